/*
 * reply.c: any text is escaped for XML; each response and each fault, with
 * values of any text.
 */
#define PROOF_WITHOUT_BUF
#include "proof.h"

#include "base/utf8.c"
#include "core/properties.c"
#include "core/refusal.c"
#include "soap/reply.c"

size_t
character_space(const char *text)
{
	__CPROVER_assert(__CPROVER_r_ok(text, 1), "the text is there");
	return nondet_size();
}

enum status
buf_status(const struct buf *buf)
{
	__CPROVER_assert(buf == CLOSED_BUF, "the buffer that was given");
	return nondet_bool() ? ST_OK : ST_BAD;
}

/* What main() proves of it. */
void
model_reply_escape(struct buf *buf, const char *text)
{
	buf_puts(buf, text);
}

static enum soap_scheme
any_scheme(void)
{
	return nondet_bool() ? SOAP_HTTPS : SOAP_HTTP;
}

void
fault(void)
{
	int	refusal = nondet_int();

	__CPROVER_assume(refusal > REFUSAL_NONE && refusal < REFUSAL_COUNT);
	(void)reply_fault(CLOSED_BUF, any_scheme(), (enum refusal)refusal,
	    nondet_size());
	(void)reply_refusal_code((enum refusal)refusal);
}

void
response(void)
{
	char			bytes[BOUND + 1];
	struct properties	properties;
	size_t			i;

	for (i = 0; i < PROPERTY_COUNT; i++)
		properties.values[i][BOUND] = '\0';
	(void)reply_response(CLOSED_BUF, any_scheme(), any_text(bytes));
	(void)reply_is_um_enabled(CLOSED_BUF, any_scheme(), nondet_bool());
	(void)reply_properties(CLOSED_BUF, any_scheme(), &properties);
}

int
main(void)
{
	char	bytes[BOUND + 1];

	reply_escape(CLOSED_BUF, any_text(bytes));
	return 0;
}
