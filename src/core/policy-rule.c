/*
 * policy-rule.c - a table of rules, each a pure function that says whether a
 * PIN breaks it.
 */
#include "config.h"

#include "core/policy-rule.h"

#include <string.h>

#include "core/keypad.h"

#define TAIL_MAX	4	/* digits of an extension that are its tail */
#define TAIL_MIN	3	/* a shorter extension has none */
#define LEFT		9U	/* digits when one may not be used */

long double
policy_power(unsigned int base, unsigned int n)
{
	long double	power = 1;

	while (n-- > 0)
		power *= base;
	return power;
}

static bool
contains(const struct secret *pin, const char *digits, size_t len)
{
	return memmem(pin->digits, pin->len, digits, len) != NULL;
}

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

/* Without 0 or 9 there are most runs: 10 - n of the 11 - n each way. */
static long double
most_common(const struct policy *policy, unsigned int n,
    const long double *free)
{
	(void)free;
	if (policy->allow_common)
		return 0;
	return LEFT + (n < 10 ? 2 * (10 - n) : 0);
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
	if (contains(pin, extension, len))
		return true;
	return pin->len <= len &&
	    memcmp(extension + len - pin->len, pin->digits, pin->len) == 0;
}

static bool
breaks_extension_parts(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	size_t		 len = strlen(extension), i;
	const char	*tail = extension;
	char		 back[TAIL_MAX] = "";

	if (!policy->refuse_extension_parts || len < TAIL_MIN)
		return false;
	if (len > TAIL_MAX) {
		tail = extension + len - TAIL_MAX;
		len = TAIL_MAX;
	}
	for (i = 0; i < len; i++)
		back[i] = tail[len - 1 - i];
	return contains(pin, tail, len) || contains(pin, back, len);
}

/* Each place in the PIN, with anything around it; or the tail alone. */
uint64_t
policy_own_most(const struct policy *policy, const char *extension)
{
	size_t	len = strlen(extension), n = policy->min_length;

	if ((policy->refuse_names && policy->words_count > 0) ||
	    (policy->refuse_extension_parts && len > 0) ||
	    (len > 0 && n > len + LEFT))
		return UINT64_MAX;
	if (len == 0)
		return 0;
	return len >= n ? 1 : (uint64_t)((long double)(n - len + 1) *
	    policy_power(10, (unsigned int)(n - len)));
}

static bool
breaks_different(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	unsigned int	seen = 0, count = 0, bit;
	size_t		i;

	(void)extension;
	if (policy->min_different == 0)
		return false;
	for (i = 0; i < pin->len; i++) {
		bit = 1U << (pin->digits[i] - '0');
		count += (seen & bit) == 0;
		seen |= bit;
	}
	return count < policy->min_different;
}

/* For each choice of one digit too few, all that can be made of them. */
static long double
most_different(const struct policy *policy, unsigned int n,
    const long double *free)
{
	unsigned int	few = policy->min_different, i;
	long double	choices = 1;

	if (few == 0)
		return 0;
	few--;
	if (few >= LEFT)
		return free[n];
	for (i = 0; i < few; i++)
		choices = choices * (LEFT - i) / (i + 1);
	return choices * policy_power(few, n);
}

static bool
breaks_in_a_row(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	unsigned int	times = 0;
	size_t		i;

	(void)extension;
	if (policy->max_in_a_row == 0)
		return false;
	for (i = 0; i < pin->len; i++) {
		times = i > 0 && pin->digits[i] == pin->digits[i - 1] ?
		    times + 1 : 1;
		if (times > policy->max_in_a_row)
			return true;
	}
	return false;
}

/* How many texts of n digits have one of these, of len digits, somewhere? */
static long double
most_with(unsigned int n, unsigned int len, const long double *free)
{
	long double	most = 0;
	unsigned int	before;

	for (before = 0; before + len <= n; before++)
		most += free[before] * free[n - len - before];
	return most;
}

/* What no window shows: longer rows, of each digit. */
static long double
most_in_a_row(const struct policy *policy, unsigned int n,
    const long double *free)
{
	unsigned int	max = policy->max_in_a_row;

	if (max < POLICY_WINDOW || max >= n)
		return 0;
	return LEFT * most_with(n, max + 1, free);
}

/* Is the PIN its own first period digits, again and again? */
static bool
is_group(const struct secret *pin, size_t period)
{
	return pin->len % period == 0 && memcmp(pin->digits,
	    pin->digits + period, pin->len - period) == 0;
}

static bool
breaks_groups(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	size_t	period;

	(void)extension;
	if (!policy->refuse_groups)
		return false;
	for (period = 1; period <= pin->len / 2; period++) {
		if (is_group(pin, period))
			return true;
	}
	return false;
}

static long double
most_groups(const struct policy *policy, unsigned int n,
    const long double *free)
{
	unsigned int	period;
	long double	most = 0;

	if (!policy->refuse_groups)
		return 0;
	for (period = 1; period <= n / 2; period++)
		most += n % period == 0 ? free[period] : 0;
	return most;
}

static bool
breaks_keypad(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	size_t	i;

	(void)extension;
	if (!policy->refuse_keypad)
		return false;
	for (i = 0; i + 3 <= pin->len; i++) {
		if (keypad_is_line(pin->digits + i) ||
		    (i + 4 <= pin->len && keypad_is_circle(pin->digits + i)))
			return true;
	}
	return false;
}

static unsigned int
two(const char *digits)
{
	return (unsigned int)(digits[0] - '0') * 10 +
	    (unsigned int)(digits[1] - '0');
}

static bool
is_day(const char *day, const char *month)
{
	static const unsigned int	days[13] = { 0, 31, 29, 31, 30, 31,
	    30, 31, 31, 30, 31, 30, 31 };

	return two(month) <= 12 && two(day) >= 1 &&
	    two(day) <= days[two(month)];
}

static bool
is_year(const char *digits)
{
	return two(digits) == 19 || two(digits) == 20;
}

static bool
breaks_dates(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	const char	*d = pin->digits;

	(void)extension;
	if (!policy->refuse_dates || pin->len < 4)
		return false;
	if (is_year(d) || is_year(d + pin->len - 4))
		return true;
	if (pin->len != 4 && pin->len != 6)
		return false;
	return is_day(d, d + 2) || is_day(d + 2, d) ||
	    (pin->len == 6 && is_day(d + 4, d + 2));
}

/* 200 years, at either end. */
static long double
most_dates(const struct policy *policy, unsigned int n,
    const long double *free)
{
	return policy->refuse_dates ? 2 * 200 * free[n - 4] : 0;
}

static bool
breaks_names(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	const struct policy_word	*word;
	size_t				 i;

	(void)extension;
	for (i = 0; policy->refuse_names && i < policy->words_count; i++) {
		word = &policy->words[i];
		if (contains(pin, word->digits, word->len) ||
		    (pin->len >= POLICY_WORD_MIN && memmem(word->digits,
		    word->len, pin->digits, pin->len) != NULL))
			return true;
	}
	return false;
}

/* A word is of four letters and at every place of the PIN, or so long that
 * the PIN may be at every place of it. */
static long double
most_names(const struct policy *policy, unsigned int n,
    const long double *free)
{
	long double	in_pin, in_word;

	if (!policy->refuse_names)
		return 0;
	in_pin = most_with(n, POLICY_WORD_MIN, free);
	in_word = SECRET_MAX - n + 1;
	return POLICY_WORDS_MAX * (in_pin > in_word ? in_pin : in_word);
}

static bool
breaks_most_used(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	(void)extension;
	return policy->refuse_most_used &&
	    policy_is_most_used(pin->digits, pin->len);
}

static bool
breaks_blocked(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	const char	*entry = policy->blocked;
	size_t		 len;

	(void)extension;
	for (; *entry != '\0'; entry += len + (entry[len] == ',')) {
		len = strcspn(entry, ",");
		if (len == pin->len && memcmp(entry, pin->digits, len) == 0)
			return true;
	}
	return false;
}

/* As if every entry had this length. */
static long double
most_blocked(const struct policy *policy, unsigned int n,
    const long double *free)
{
	size_t	entries = (strlen(policy->blocked) + 1) / (n + 1);

	(void)free;
	return entries;
}

#define SETTING(member, ...)	\
	.setting = { __VA_ARGS__ }, .offset = offsetof(struct policy, member)
#define ON_OFF	POLICY_BOOL, 0, 0, NULL

/* clang-format off */
const struct policy_row	policy_rows[POLICY_RULES] = {
	{ POLICY_NONE, SCOPE_ELSE, "none",
	    "The PIN is allowed.", "nothing",
	    .breaks = breaks_nothing },
	{ POLICY_LENGTH, SCOPE_ELSE, "length",
	    "The PIN has too few or too many digits.",
	    "fewer digits than this, or more than 24",
	    .breaks = breaks_length,
	    SETTING(min_length, "MinPINLength", "min_pin_length",
	    POLICY_NUMBER, POLICY_LENGTH_MIN, POLICY_LENGTH_MAX, NULL, "6") },
	{ POLICY_DIGITS, SCOPE_ELSE, "digits",
	    "The PIN may hold digits only.",
	    "anything but digits",
	    .breaks = breaks_digits },
	{ POLICY_COMMON, SCOPE_PIN, "common",
	    "The PIN is a plain sequence or one repeated digit.",
	    "unless yes, a run wholly up or down and one digit: 65432, 1111",
	    .breaks = breaks_common, .most = most_common,
	    SETTING(allow_common, "AllowCommonPatterns",
	    "allow_common_patterns", ON_OFF, "no") },
	{ POLICY_EXTENSION, SCOPE_ELSE, "extension",
	    "The PIN is too close to the extension.",
	    "what contains the extension, or is the end of it",
	    .breaks = breaks_extension },
	{ POLICY_EXTENSION_PARTS, SCOPE_ELSE, "extension_parts",
	    "The PIN holds a part of the extension.",
	    "what contains the extension's last four digits, or its only "
	    "three, forwards or backwards",
	    .breaks = breaks_extension_parts,
	    SETTING(refuse_extension_parts, "RefuseExtensionParts",
	    "refuse_extension_parts", ON_OFF, "no") },
	{ POLICY_DIFFERENT, SCOPE_PIN, "different",
	    "The PIN has too few different digits.",
	    "fewer different digits than this",
	    .breaks = breaks_different, .most = most_different,
	    SETTING(min_different, "MinDifferentDigits",
	    "min_different_digits", POLICY_NUMBER, 0, 10, "off", "off") },
	{ POLICY_IN_A_ROW, SCOPE_BOTH, "in_a_row",
	    "The PIN repeats one digit too often in a row.",
	    "one digit more often in a row than this",
	    .breaks = breaks_in_a_row, .most = most_in_a_row,
	    SETTING(max_in_a_row, "MaxDigitInARow", "max_digit_in_a_row",
	    POLICY_NUMBER, 0, POLICY_LENGTH_MAX, "off", "off") },
	{ POLICY_GROUPS, SCOPE_PIN, "groups",
	    "The PIN repeats one group of digits.",
	    "one group of digits, twice or more: 408408, 121212",
	    .breaks = breaks_groups, .most = most_groups,
	    SETTING(refuse_groups, "RefuseRepeatedGroups",
	    "refuse_repeated_groups", ON_OFF, "no") },
	{ POLICY_KEYPAD, SCOPE_WINDOW, "keypad",
	    "The PIN holds a straight line of keys, or the four corners.",
	    "what contains three neighbouring keys in a straight line, or "
	    "the four corners in a circle: 2580, 159, 753, 1397",
	    .breaks = breaks_keypad,
	    SETTING(refuse_keypad, "RefuseKeypadLines",
	    "refuse_keypad_lines", ON_OFF, "no") },
	{ POLICY_DATES, SCOPE_PIN, "dates",
	    "The PIN looks like a date or a year.",
	    "what begins or ends with a year from 1900 to 2099, or is DDMM, "
	    "MMDD, DDMMYY, MMDDYY or YYMMDD",
	    .breaks = breaks_dates, .most = most_dates,
	    SETTING(refuse_dates, "RefuseDates", "refuse_dates", ON_OFF,
	    "no") },
	{ POLICY_NAMES, SCOPE_ELSE, "names",
	    "The PIN spells a name on the keypad.",
	    "words of the login or name, four letters at least, spelled on "
	    "the keypad, and parts of them",
	    .breaks = breaks_names, .most = most_names,
	    SETTING(refuse_names, "RefuseNames", "refuse_names", ON_OFF,
	    "no") },
	{ POLICY_MOST_USED, SCOPE_PIN, "most_used",
	    "The PIN is one of those that most people choose.",
	    "the most used PINs of four and six digits in published studies",
	    .breaks = breaks_most_used,
	    SETTING(refuse_most_used, "RefuseMostUsed", "refuse_most_used",
	    ON_OFF, "yes") },
	{ POLICY_BLOCKED, SCOPE_ELSE, "blocked",
	    "The PIN is on the list of refused ones.",
	    "these PINs, parted by commas",
	    .breaks = breaks_blocked, .most = most_blocked,
	    SETTING(blocked, "BlockedPINs", "blocked_pins", POLICY_PINS, 0,
	    POLICY_BLOCKED_SIZE - 1, NULL, "") },
	{ POLICY_HISTORY, SCOPE_ELSE, "history",
	    "The PIN was used before.",
	    "the last PINs of the mailbox, as many as PINHistoryCount says",
	    .breaks = breaks_nothing },
	{ POLICY_AGE, SCOPE_ELSE, "age",
	    "The PIN was changed too short a time ago.",
	    "a change by the user sooner than this after the last one, "
	    "unless it is due",
	    .breaks = breaks_nothing,
	    SETTING(min_age_s, "MinPINAge", "min_pin_age_s", POLICY_SECONDS,
	    0, POLICY_AGE_MAX, "off", "off") },
};
/* clang-format on */
