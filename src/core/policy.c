/*
 * policy.c - parse a PIN policy from the database's text, and ask one rule
 * after the other whether a PIN breaks it.
 */
#include "config.h"

#include "core/policy.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "base/utf8.h"
#include "core/keypad.h"
#include "core/policy-rule.h"
#include "core/unicode.h"

#define NUMBER_DIGITS	9	/* of a number; it fits an int */

/* The rule whose column has this name, len bytes; NULL when there is none. */
static const struct policy_row *
row_find(const char *name, size_t len)
{
	const char	*column;
	size_t		 i;

	for (i = 0; i < POLICY_RULES; i++) {
		column = policy_rows[i].setting.column;
		if (column != NULL && strlen(column) == len &&
		    memcmp(column, name, len) == 0)
			return &policy_rows[i];
	}
	return NULL;
}

static bool
number_read(const struct policy_setting *setting, const char *text,
    size_t len, unsigned int *number)
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
	return *number >= setting->min && *number <= setting->max;
}

/* PINs parted by single commas, or none. */
static bool
pins_read(const struct policy_setting *setting, const char *text, size_t len,
    char *pins)
{
	size_t	i, digits = 0;

	if (len > setting->max)
		return false;
	for (i = 0; i <= len && len > 0; i++) {
		if (i < len && text[i] >= '0' && text[i] <= '9') {
			digits++;
			continue;
		}
		if ((i < len && text[i] != ',') ||
		    digits < POLICY_LENGTH_MIN || digits > POLICY_LENGTH_MAX)
			return false;
		digits = 0;
	}
	memcpy(pins, text, len);
	return true;
}

static bool
value_read(const struct policy_row *row, const char *text, size_t len,
    struct policy *policy)
{
	char		*member = (char *)policy + row->offset;
	unsigned int	 number;
	bool		 is_on;

	switch (row->setting.type) {
	case POLICY_NUMBER:
	case POLICY_SECONDS:
		if (!number_read(&row->setting, text, len, &number))
			return false;
		memcpy(member, &number, sizeof(number));
		return true;
	case POLICY_BOOL:
		if (len != 1 || (*text != 't' && *text != 'f'))
			return false;
		is_on = *text == 't';
		memcpy(member, &is_on, sizeof(is_on));
		return true;
	case POLICY_PINS:
		return pins_read(&row->setting, text, len, member);
	}
	return false;
}

/* Why the word that begins here cannot be read; NULL when it was. */
static const char *
word_read(const char *word, size_t len, bool is_given[POLICY_RULES],
    struct policy *policy)
{
	const struct policy_row	*row;
	size_t			 name_len = strcspn(word, "= ");

	row = row_find(word, name_len);
	if (row == NULL || name_len == len)
		return "unknown: is this program older than the schema?";
	if (is_given[row->rule])
		return "given twice";
	is_given[row->rule] = true;
	if (!value_read(row, word + name_len + 1, len - name_len - 1, policy))
		return "no value that it may have";
	return NULL;
}

/* The first rule that was not given; NULL when all were. */
static const char *
find_missing(const bool is_given[POLICY_RULES])
{
	size_t	i;

	for (i = 0; i < POLICY_RULES; i++) {
		if (policy_rows[i].setting.column != NULL && !is_given[i])
			return policy_rows[i].setting.column;
	}
	return NULL;
}

enum status
policy_parse(const char *rules, struct policy *policy)
{
	const char	*word = rules, *reason, *missing = NULL;
	bool		 is_given[POLICY_RULES] = { false };
	size_t		 len;

	memset(policy, 0, sizeof(*policy));
	for (;;) {
		len = strcspn(word, " ");
		reason = word_read(word, len, is_given, policy);
		if (reason != NULL || word[len] == '\0')
			break;
		word += len + 1;
	}
	if (reason == NULL)
		missing = find_missing(is_given);
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
	return row_find(name, strlen(name)) != NULL;
}

static void
word_add(struct policy_word *word, char letter)
{
	if (word->len < sizeof(word->digits))
		word->digits[word->len++] = keypad_digit(letter);
}

/* The word has ended: keep it, if it is one. */
static void
word_end(struct policy *policy, struct policy_word *word)
{
	if (word->len >= POLICY_WORD_MIN &&
	    policy->words_count < POLICY_WORDS_MAX)
		policy->words[policy->words_count++] = *word;
	memset(word, 0, sizeof(*word));
}

void
policy_forbid_names(struct policy *policy, const char *name)
{
	struct policy_word	word = { 0 }, all = { 0 };
	char			letters[UNICODE_LETTERS_SIZE];
	uint32_t		c;
	size_t			i, words = 0;

	while (*name != '\0') {
		name += utf8_decode(name, &c);
		if (c != UTF8_NONE && unicode_is_mark(c))
			continue;
		letters[0] = '\0';
		if (c != UTF8_NONE)
			unicode_letters(c, letters);
		if (letters[0] == '\0' && word.len > 0) {
			word_end(policy, &word);
			words++;
		}
		for (i = 0; letters[i] != '\0'; i++) {
			word_add(&word, letters[i]);
			word_add(&all, letters[i]);
		}
	}
	words += word.len > 0;
	word_end(policy, &word);
	if (words > 1)
		word_end(policy, &all);
}

/* A PIN that no other rule can look at. */
static bool
is_no_pin(enum policy_rule broken, const struct secret *pin)
{
	return broken == POLICY_DIGITS || (broken == POLICY_LENGTH &&
	    (pin->len == 0 || pin->len > sizeof(pin->digits)));
}

enum policy_rule
policy_check(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	size_t	i;

	for (i = 0; i < POLICY_RULES; i++) {
		if (policy_rows[i].breaks(policy, extension, pin))
			return policy_rows[i].rule;
	}
	return POLICY_NONE;
}

void
policy_explain(const struct policy *policy, const char *extension,
    const struct secret *pin, struct policy_verdict *verdict)
{
	size_t	i;

	verdict->count = 0;
	for (i = 0; i < POLICY_RULES; i++) {
		if (!policy_rows[i].breaks(policy, extension, pin))
			continue;
		verdict->rules[verdict->count++] = policy_rows[i].rule;
		if (is_no_pin(policy_rows[i].rule, pin))
			break;
	}
}

enum policy_rule
policy_check_age(const struct policy *policy, int64_t age_s, bool is_forced)
{
	if (is_forced || age_s >= (int64_t)policy->min_age_s)
		return POLICY_NONE;
	return POLICY_AGE;
}

static const struct policy_row *
row_at(enum policy_rule rule)
{
	assert((size_t)rule < POLICY_RULES && policy_rows[rule].rule == rule);
	return &policy_rows[rule];
}

const char *
policy_rule_name(enum policy_rule rule)
{
	return row_at(rule)->name;
}

const char *
policy_rule_sentence(enum policy_rule rule)
{
	return row_at(rule)->sentence;
}

const char *
policy_rule_summary(enum policy_rule rule)
{
	return row_at(rule)->summary;
}

const struct policy_setting *
policy_rule_setting(enum policy_rule rule)
{
	const struct policy_setting	*setting = &row_at(rule)->setting;

	return setting->column == NULL ? NULL : setting;
}
