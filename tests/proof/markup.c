/* markup.c: any bytes are escaped for HTML. */
#define PROOF_WITHOUT_BUF
#include "proof.h"

#include "core/markup.c"

int
main(void)
{
	char		bytes[BOUND];
	size_t		start = nondet_size();

	__CPROVER_assume(start <= BOUND);
	markup_escape(CLOSED_BUF, bytes + start, BOUND - start);
	return 0;
}
