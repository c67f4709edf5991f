/* policy.c: the words of a policy's text. */
#include "proof.h"

#include "core/policy.h"

/* A short list, which as many bytes fill. */
#undef POLICY_BLOCKED_SIZE
#define POLICY_BLOCKED_SIZE	(BOUND - 4)

#include "core/policy-rule.c"
#include "core/policy.c"

/* A value ends where the next word begins, or all does: no NUL is its own. */
void
number(void)
{
	char		bytes[BOUND];
	size_t		start = nondet_size();
	unsigned int	number;

	__CPROVER_assume(start <= BOUND);
	(void)number_read(&policy_rows[POLICY_LENGTH].setting, bytes + start,
	    BOUND - start, &number);
}

void
pins(void)
{
	struct policy_setting	setting = { .max = POLICY_BLOCKED_SIZE - 1 };
	char			bytes[BOUND], pins[POLICY_BLOCKED_SIZE];
	size_t			start = nondet_size();

	__CPROVER_assume(start <= BOUND);
	(void)pins_read(&setting, bytes + start, BOUND - start, pins);
}

void
name(void)
{
	char		bytes[BOUND + 1];
	const char	*text = any_text(bytes);

	(void)row_find(text, strcspn(text, "= "));
}
