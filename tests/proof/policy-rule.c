/* policy-rule.c: any PIN and any extension against each rule. */
#include "proof.h"

/*
 * Of the loop over a list, one turn for all: the first turn moves *at to any
 * place within the text, which has to be there for the second to be, and each
 * has to have gone on.
 */
static size_t
any_turn(const char **at, const char *set)
{
	static const char	*before;
	size_t			 offset = nondet_size(), len;
	const char		*text;

	(void)set;
	__CPROVER_assert(__CPROVER_r_ok(*at, 1), "within the list");
	if (before != NULL) {
		__CPROVER_assert(*at > before, "it goes on");
		__CPROVER_assume(false);
	}
	text = *at - __CPROVER_POINTER_OFFSET(*at);
	__CPROVER_assume(offset >= __CPROVER_POINTER_OFFSET(*at) &&
	    offset < __CPROVER_OBJECT_SIZE(*at));
	before = *at = text + offset;
	__CPROVER_assume(**at != '\0');
	len = nondet_size();
	__CPROVER_assume(len < __CPROVER_OBJECT_SIZE(*at) - offset);
	__CPROVER_assume((*at)[len] == ',' || (*at)[len] == '\0');
	return len;
}

#define strcspn(text, set)	any_turn(&(text), set)

#include "core/keypad.c"
#include "core/policy-rule.c"

bool
policy_is_most_used(const char *digits, size_t count)
{
	__CPROVER_assert(__CPROVER_r_ok(digits, count), "the PIN is there");
	return nondet_bool();
}

/* What policy_parse() leaves, without a list of PINs. */
static void
any_policy(struct policy *policy)
{
	__CPROVER_assume(policy->min_length >= POLICY_LENGTH_MIN &&
	    policy->min_length <= POLICY_LENGTH_MAX);
	policy->blocked[0] = '\0';
}

static void
any_pin(struct secret *pin)
{
	size_t	i;

	__CPROVER_assume(pin->len <= SECRET_MAX);
	for (i = 0; i < SECRET_MAX; i++)
		__CPROVER_assume(pin->digits[i] >= '0' &&
		    pin->digits[i] <= '9');
}

/* The rules that look at digits alone. */
void
digits(void)
{
	struct policy	policy;
	struct secret	any, pin;

	any_policy(&policy);
	any_pin(&pin);
	__CPROVER_assume(any.len <= SECRET_MAX);
	(void)breaks_length(&policy, "", &any);
	(void)breaks_digits(&policy, "", &any);
	(void)breaks_common(&policy, "", &pin);
	(void)breaks_different(&policy, "", &pin);
	(void)breaks_in_a_row(&policy, "", &pin);
	(void)breaks_keypad(&policy, "", &pin);
	(void)breaks_dates(&policy, "", &pin);
	(void)breaks_most_used(&policy, "", &pin);
}

void
groups(void)
{
	struct policy	policy;
	struct secret	pin;

	any_policy(&policy);
	any_pin(&pin);
	__CPROVER_assume(pin.len <= BOUND);
	(void)breaks_groups(&policy, "", &pin);
}

/* Extensions, and PINs, of up to so many digits. */
void
extension(void)
{
	char		 bytes[BOUND + 1];
	const char	*text = any_text(bytes);
	struct policy	 policy;
	struct secret	 pin;

	any_policy(&policy);
	any_pin(&pin);
	__CPROVER_assume(pin.len <= BOUND);
	(void)breaks_extension(&policy, text, &pin);
	(void)breaks_extension_parts(&policy, text, &pin);
}

/* Two words of a mailbox. */
void
names(void)
{
	struct policy	policy;
	struct secret	pin;
	size_t		i;

	any_policy(&policy);
	any_pin(&pin);
	__CPROVER_assume(pin.len <= BOUND);
	policy.words_count = 2;
	for (i = 0; i < policy.words_count; i++)
		__CPROVER_assume(policy.words[i].len <= BOUND);
	(void)breaks_names(&policy, "", &pin);
}

int
model_memcmp(const void *a, const void *b, size_t len)
{
	__CPROVER_assert(__CPROVER_r_ok(a, len), "an entry of the list");
	__CPROVER_assert(__CPROVER_r_ok(b, len), "the PIN");
	return nondet_int();
}

/* A list of any text, behind which there is nothing. */
void
blocked(void)
{
	char		 bytes[offsetof(struct policy, blocked) + BOUND + 1];
	struct secret	 pin;

	bytes[sizeof(bytes) - 1] = '\0';
	__CPROVER_assume(pin.len <= SECRET_MAX);
	(void)breaks_blocked((const struct policy *)bytes, "", &pin);
}
