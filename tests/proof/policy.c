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

/* Of their callers: any answer, as long as what they are given is there. */
const struct policy_row *
model_row_find(const char *name, size_t len)
{
	size_t	i = nondet_size();

	__CPROVER_assert(__CPROVER_r_ok(name, len), "the name is there");
	__CPROVER_assume(i < POLICY_RULES);
	return nondet_bool() ? &policy_rows[i] : NULL;
}

bool
model_value_read(const struct policy_row *row, const char *text, size_t len,
    struct policy *policy)
{
	(void)row;
	(void)policy;
	__CPROVER_assert(__CPROVER_r_ok(text, len), "the value is there");
	return nondet_bool();
}

bool
model_number_read(const struct policy_setting *setting, const char *text,
    size_t len, unsigned int *number)
{
	__CPROVER_assert(__CPROVER_r_ok(setting, sizeof(*setting)), "a rule");
	__CPROVER_assert(__CPROVER_r_ok(text, len), "the value is there");
	*number = (unsigned int)nondet_int();
	return nondet_bool();
}

bool
model_pins_read(const struct policy_setting *setting, const char *text,
    size_t len, char *pins)
{
	__CPROVER_assert(__CPROVER_r_ok(text, len), "the value is there");
	__CPROVER_assert(__CPROVER_w_ok(pins, setting->max + 1), "room");
	return nondet_bool();
}

const char *
model_word_read(const char *word, size_t len, bool is_given[POLICY_RULES],
    struct policy *policy)
{
	(void)is_given;
	(void)policy;
	__CPROVER_assert(__CPROVER_r_ok(word, len), "the word is there");
	return nondet_bool() ? "unknown" : NULL;
}

void
word(void)
{
	char		 bytes[BOUND + 1];
	const char	*text = any_text(bytes);
	bool		 is_given[POLICY_RULES];
	struct policy	 policy;

	(void)word_read(text, strcspn(text, " "), is_given, &policy);
}

void
value(void)
{
	char		bytes[BOUND];
	struct policy	policy;
	size_t		start = nondet_size(), i;

	__CPROVER_assume(start <= BOUND);
	for (i = 0; i < POLICY_RULES; i++) {
		if (policy_rows[i].setting.column != NULL)
			(void)value_read(&policy_rows[i], bytes + start,
			    BOUND - start, &policy);
	}
}

void
parse(void)
{
	char		bytes[BOUND + 1];
	struct policy	policy;

	if (policy_parse(any_text(bytes), &policy) == ST_OK)
		return;
}
