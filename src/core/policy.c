/*
 * policy.c - parse a PIN policy from the database's text, and check a PIN
 * against its rules: a table of fields, and a table of rules, each of which
 * is a function that says whether a PIN breaks it.
 */
#include "config.h"

#include "core/policy.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"

#define NUMBER_DIGITS	9	/* of a number; it fits an int */
#define NINES_MAX	20	/* 9^20 fits 64 bits, 9^21 does not */

enum field_type {
	FIELD_NUMBER,		/* an unsigned int */
	FIELD_BOOL
};

/* What the rules' text names: a member of struct policy each. */
static const struct field {
	const char	*name;
	enum field_type	 type;
	size_t		 offset;
	unsigned int	 min;
	unsigned int	 max;
} fields[] = {
	{ "min_pin_length", FIELD_NUMBER, offsetof(struct policy, min_length),
	    POLICY_LENGTH_MIN, POLICY_LENGTH_MAX },
	{ "allow_common_patterns", FIELD_BOOL,
	    offsetof(struct policy, allow_common), 0, 0 },
};

#define FIELDS		(sizeof(fields) / sizeof(fields[0]))

/* The field of this name, len bytes; FIELDS when there is none. */
static size_t
field_index(const char *name, size_t len)
{
	size_t	i;

	for (i = 0; i < FIELDS; i++) {
		if (strlen(fields[i].name) == len &&
		    memcmp(fields[i].name, name, len) == 0)
			break;
	}
	return i;
}

static bool
number_read(const struct field *field, const char *text, size_t len,
    unsigned int *number)
{
	size_t	i;

	*number = 0;
	if (len == 0 || len > NUMBER_DIGITS)
		return false;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*number = *number * 10 + (unsigned int)(text[i] - '0');
	}
	return *number >= field->min && *number <= field->max;
}

static bool
field_read(const struct field *field, const char *text, size_t len,
    struct policy *policy)
{
	char		*member = (char *)policy + field->offset;
	unsigned int	 number;
	bool		 is_on;

	switch (field->type) {
	case FIELD_NUMBER:
		if (!number_read(field, text, len, &number))
			return false;
		memcpy(member, &number, sizeof(number));
		return true;
	case FIELD_BOOL:
		if (len != 1 || (*text != 't' && *text != 'f'))
			return false;
		is_on = *text == 't';
		memcpy(member, &is_on, sizeof(is_on));
		return true;
	}
	return false;
}

/* Why the word that begins here cannot be read; NULL when it was. */
static const char *
word_read(const char *word, size_t len, bool is_given[FIELDS],
    struct policy *policy)
{
	size_t	name_len = strcspn(word, "= "), i;

	i = field_index(word, name_len);
	if (i == FIELDS || name_len == len)
		return "unknown: is this program older than the schema?";
	if (is_given[i])
		return "given twice";
	is_given[i] = true;
	if (!field_read(&fields[i], word + name_len + 1, len - name_len - 1,
	    policy))
		return "no value that it may have";
	return NULL;
}

enum status
policy_parse(const char *rules, struct policy *policy)
{
	const char	*word = rules, *reason = NULL, *missing = NULL;
	bool		 is_given[FIELDS] = { false };
	size_t		 len, i;

	memset(policy, 0, sizeof(*policy));
	for (;;) {
		len = strcspn(word, " ");
		reason = word_read(word, len, is_given, policy);
		if (reason != NULL || word[len] == '\0')
			break;
		word += len + 1;
	}
	for (i = 0; i < FIELDS && reason == NULL; i++) {
		if (!is_given[i])
			missing = fields[i].name;
	}
	if (reason == NULL && missing == NULL)
		return ST_OK;
	memset(policy, 0, sizeof(*policy));
	log_err("policy-unreadable", "rules", rules, "at",
	    reason != NULL ? word : missing, "reason",
	    reason != NULL ? reason : "missing", NULL);
	return ST_BAD;
}

bool
policy_is_rule(const char *name)
{
	return field_index(name, strlen(name)) < FIELDS;
}

typedef bool	(*policy_breaks)(const struct policy *policy,
		    const char *extension, const struct secret *pin);

static bool
breaks_nothing(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	(void)policy;
	(void)extension;
	(void)pin;
	return false;
}

static bool
breaks_length(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	(void)extension;
	return pin->len < policy->min_length || pin->len > POLICY_LENGTH_MAX;
}

static bool
breaks_digits(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	size_t	i;

	(void)policy;
	(void)extension;
	for (i = 0; i < pin->len; i++) {
		if (pin->digits[i] < '0' || pin->digits[i] > '9')
			return true;
	}
	return false;
}

/* Does every digit differ from the one before it by step? 9 to 0 does not. */
static bool
is_run(const struct secret *pin, int step)
{
	size_t	i;

	for (i = 1; i < pin->len; i++) {
		if (pin->digits[i] - pin->digits[i - 1] != step)
			return false;
	}
	return true;
}

static bool
breaks_common(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	(void)extension;
	return !policy->allow_common &&
	    (is_run(pin, 0) || is_run(pin, 1) || is_run(pin, -1));
}

/* AllowCommonPatterns does not switch this one off. */
static bool
breaks_extension(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	size_t	len = strlen(extension);

	(void)policy;
	if (len == 0)
		return false;
	if (memmem(pin->digits, pin->len, extension, len) != NULL)
		return true;
	return pin->len <= len &&
	    memcmp(extension + len - pin->len, pin->digits, pin->len) == 0;
}

/* One row per enum policy_rule, at its own index, in the order of checks. */
static const struct {
	enum policy_rule	 rule;
	const char		*name;
	const char		*sentence;
	policy_breaks		 breaks;
} rules[] = {
	{ POLICY_NONE, "none", "The PIN is allowed.", breaks_nothing },
	{ POLICY_LENGTH, "length", "The PIN has too few or too many digits.",
	    breaks_length },
	{ POLICY_DIGITS, "digits", "The PIN may hold digits only.",
	    breaks_digits },
	{ POLICY_COMMON, "common",
	    "The PIN is a plain sequence or one repeated digit.",
	    breaks_common },
	{ POLICY_EXTENSION, "extension",
	    "The PIN is too close to the extension.", breaks_extension },
};

#define RULES_COUNT	(sizeof(rules) / sizeof(rules[0]))

enum policy_rule
policy_check(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	size_t	i;

	for (i = 0; i < RULES_COUNT; i++) {
		if (rules[i].breaks(policy, extension, pin))
			return rules[i].rule;
	}
	return POLICY_NONE;
}

const char *
policy_rule_name(enum policy_rule rule)
{
	assert((size_t)rule < RULES_COUNT && rules[rule].rule == rule);
	return rules[rule].name;
}

const char *
policy_rule_sentence(enum policy_rule rule)
{
	assert((size_t)rule < RULES_COUNT && rules[rule].rule == rule);
	return rules[rule].sentence;
}

/*
 * No extension refuses more than one of a single digit: every PIN that
 * contains a longer extension contains its first digit as well, and only
 * one PIN is an extension's suffix. That leaves 9^n PINs of n digits, and
 * of these the common ones are refused too. Most of them are left to refuse
 * when the digit is 0 or 9, for only one run upwards and one downwards of
 * the 11 - n each contain it.
 */
uint64_t
policy_count(const struct policy *policy)
{
	unsigned int	n = policy->min_length, i;
	uint64_t	count = 1, runs;

	assert(n >= POLICY_LENGTH_MIN && n <= POLICY_LENGTH_MAX);
	if (n > NINES_MAX)
		return UINT64_MAX;
	for (i = 0; i < n; i++)
		count *= 9;
	if (policy->allow_common)
		return count;
	runs = n < 10 ? 2 * (uint64_t)(10 - n) : 0;
	return count - 9 - runs;
}
