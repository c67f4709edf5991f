/* reply.c: any text is escaped for XML. */
#define PROOF_WITHOUT_BUF
#include "proof.h"

#include "base/utf8.c"
#include "soap/reply.c"

int
main(void)
{
	char		bytes[BOUND + 1];

	reply_escape(CLOSED_BUF, any_text(bytes));
	return 0;
}
