/* markup.c: any bytes are escaped for HTML. */
#define PROOF_WITHOUT_BUF
#include "proof.h"

#include "core/markup.c"

int
main(void)
{
	char		bytes[BOUND];
	struct buf	buf = BUF_INIT(BOUND);
	size_t		start = nondet_size();

	__CPROVER_assume(start <= BOUND);
	markup_escape(&buf, bytes + start, BOUND - start);
	return 0;
}
