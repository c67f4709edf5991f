/* buf.c: appends of any length up to BOUND, to any maximum up to it. */
#include "proof.h"

#include "base/buf.c"

int
main(void)
{
	static char	bytes[BOUND];
	struct buf	buf = BUF_INIT(0);
	size_t		i, len;

	buf.max = nondet_size();
	__CPROVER_assume(buf.max <= BOUND);
	for (i = 0; i < 3; i++) {
		len = nondet_size();
		__CPROVER_assume(len <= BOUND);
		buf_append(&buf, bytes, len);
		assert(buf.len <= buf.max);
		assert(buf.len == 0 || buf.len < buf.size);
		assert(buf.len == 0 || buf.data[buf.len] == '\0');
		assert(buf_text(&buf) != NULL);
	}
	if (nondet_bool())
		buf_reset(&buf);
	buf_free(&buf);
	return buf.data != NULL;
}
