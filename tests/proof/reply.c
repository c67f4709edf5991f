/* reply.c: any text is escaped for XML. */
#define PROOF_WITHOUT_BUF
#include "proof.h"

#include "base/utf8.c"
#include "soap/reply.c"

int
main(void)
{
	char		bytes[BOUND + 1];
	struct buf	buf = BUF_INIT(BOUND);

	reply_escape(&buf, any_text(bytes));
	return 0;
}
