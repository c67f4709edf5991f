/*
 * policy-count.c - how many PINs a policy leaves: one by one where that is
 * quick, and else at least so many.
 *
 * No extension refuses more than one of a single digit. Every PIN that
 * contains a longer one, or the tail of one, contains its first or its last
 * digit as well, and the only PIN that is its end is no longer than it and
 * contains its last one. So the worst extension is the worst digit.
 *
 * Above POLICY_EXACT_MAX digits the local rules are counted digit by digit,
 * and of these PINs each other rule takes away what it refuses at most, as if
 * no PIN broke two.
 */
#include "config.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/policy-rule.h"
#include "core/policy.h"

#define DIGITS		10
#define SETS		1024		/* of ten digits */
#define TRIES_MAX	10000000	/* of policy_count_up_to() */
#define LAST		1000		/* values of three digits */
#define ROUNDED		1e15L		/* from here on, a double rounds */
#define ROUNDING	1e-12L		/* what that takes, at most */

static unsigned int
set_of(const char *digits, size_t len)
{
	unsigned int	set = 0;
	size_t		i;

	for (i = 0; i < len; i++)
		set |= 1U << (digits[i] - '0');
	return set;
}

/* The PIN after this one; false after the last. */
static bool
advance(struct secret *pin)
{
	size_t	i;

	for (i = pin->len; i > 0; i--) {
		if (pin->digits[i - 1] < '9') {
			pin->digits[i - 1]++;
			return true;
		}
		pin->digits[i - 1] = '0';
	}
	return false;
}

/*
 * Take away the entries of the block list that nothing else refuses, each of
 * them once. judge is the policy without the list.
 */
static void
drop_blocked(struct policy *judge, const char *blocked,
    uint64_t left[SETS])
{
	const char	*entry = blocked;
	struct secret	 pin;
	size_t		 len, done;

	while (*entry != '\0') {
		len = strcspn(entry, ",");
		done = (size_t)(entry - blocked) + len;
		if (len == judge->min_length) {
			pin.len = len;
			memcpy(pin.digits, entry, len);
			if (policy_check(judge, "", &pin) == POLICY_NONE)
				left[set_of(pin.digits, len)]--;
		}
		memcpy(judge->blocked, blocked, done);
		entry += len + (entry[len] == ',');
	}
}

/* The fewest that are left when one digit may not be used. */
static uint64_t
without_worst(const uint64_t left[SETS])
{
	uint64_t	sum, worst = UINT64_MAX;
	unsigned int	digit, set;

	for (digit = 0; digit < DIGITS; digit++) {
		sum = 0;
		for (set = 0; set < SETS; set++)
			sum += (set & 1U << digit) == 0 ? left[set] : 0;
		worst = sum < worst ? sum : worst;
	}
	return worst;
}

/* Which windows of four digits does no rule refuse? */
static void
windows(const struct policy *policy, bool is_free[LAST * DIGITS])
{
	struct secret	window = { .len = POLICY_WINDOW };
	size_t		i, value = 0;

	memset(window.digits, '0', window.len);
	do {
		is_free[value] = true;
		for (i = 0; i < POLICY_RULES; i++) {
			if (policy_rows[i].scope >= SCOPE_BOTH &&
			    policy_rows[i].breaks(policy, "", &window))
				is_free[value] = false;
		}
		value++;
	} while (advance(&window));
}

/* Is there a window that is not free? Then the last one of the PINs that have
 * it at the same place. */
static bool
skip_windows(const bool is_free[LAST * DIGITS], struct secret *pin)
{
	size_t	i, value = 0;

	for (i = 0; i < pin->len; i++) {
		value = (value * DIGITS + (size_t)(pin->digits[i] - '0')) %
		    (LAST * DIGITS);
		if (i + 1 < POLICY_WINDOW || is_free[value])
			continue;
		memset(pin->digits + i + 1, '9', pin->len - i - 1);
		return true;
	}
	return false;
}

/* Whatever windows show, and whoever's the PIN is. */
static bool
is_refused(const struct policy *policy, const struct secret *pin)
{
	size_t	i;

	for (i = 0; i < POLICY_RULES; i++) {
		if ((policy_rows[i].scope == SCOPE_PIN ||
		    policy_rows[i].scope == SCOPE_BOTH) &&
		    policy_rows[i].breaks(policy, "", pin))
			return true;
	}
	return false;
}

/* Every PIN is looked at, and counted by the set of its digits. */
static long double
count_all(const struct policy *policy)
{
	struct policy	judge = *policy;
	struct secret	pin = { .len = policy->min_length };
	uint64_t	left[SETS] = { 0 };
	bool		is_free[LAST * DIGITS];
	long double	free[POLICY_LENGTH_MAX + 1];
	unsigned int	i;

	for (i = 0; i <= pin.len; i++)
		free[i] = policy_power(DIGITS - 1, i);
	judge.words_count = 0;
	memset(judge.blocked, 0, sizeof(judge.blocked));
	memset(pin.digits, '0', pin.len);
	windows(&judge, is_free);
	do {
		if (!skip_windows(is_free, &pin) &&
		    !is_refused(&judge, &pin))
			left[set_of(pin.digits, pin.len)]++;
	} while (advance(&pin));
	drop_blocked(&judge, policy->blocked, left);
	return (long double)without_worst(left) -
	    policy_rows[POLICY_NAMES].most(policy, policy->min_length, free);
}

static bool
has_digit(size_t value, size_t digit)
{
	return value % 10 == digit || value / 10 % 10 == digit ||
	    value / 100 == digit;
}

/* One digit more: PINs are counted by their last three. */
static void
count_on(const bool is_free[LAST * DIGITS], size_t without,
    const long double from[LAST], long double to[LAST])
{
	size_t	last, next;

	memset(to, 0, LAST * sizeof(to[0]));
	for (last = 0; last < LAST; last++) {
		for (next = 0; from[last] > 0 && next < DIGITS; next++) {
			if (next != without && is_free[last * DIGITS + next])
				to[(last * DIGITS + next) % LAST] +=
				    from[last];
		}
	}
}

/* How many of each number of digits up to n have no window that is not free,
 * and not this digit? */
static void
count_local(const bool is_free[LAST * DIGITS], unsigned int n,
    size_t without, long double free[POLICY_LENGTH_MAX + 1])
{
	long double	from[LAST], to[LAST];
	size_t		last;
	unsigned int	i;

	for (i = 0; i < POLICY_WINDOW; i++)
		free[i] = policy_power(DIGITS - 1, i);
	for (last = 0; last < LAST; last++)
		from[last] = has_digit(last, without) ? 0 : 1;
	for (; i <= n; i++) {
		count_on(is_free, without, from, to);
		free[i] = 0;
		for (last = 0; last < LAST; last++)
			free[i] += to[last];
		memcpy(from, to, sizeof(from));
	}
}

static long double
count_at_least(const struct policy *policy)
{
	bool		is_free[LAST * DIGITS];
	long double	free[POLICY_LENGTH_MAX + 1], worst = HUGE_VALL, left;
	unsigned int	n = policy->min_length;
	size_t		digit, i;

	windows(policy, is_free);
	for (digit = 0; digit < DIGITS; digit++) {
		count_local(is_free, n, digit, free);
		left = free[n];
		for (i = 0; i < POLICY_RULES; i++) {
			if (policy_rows[i].most != NULL)
				left -= policy_rows[i].most(policy, n, free);
		}
		if (LDBL_MANT_DIG < 64 && free[n] > ROUNDED)
			left -= free[n] * ROUNDING;
		if (left < worst)
			worst = left;
	}
	return worst;
}

void
policy_count(const struct policy *policy, struct policy_count *count)
{
	unsigned int	n = policy->min_length;
	long double	left;

	assert(n >= POLICY_LENGTH_MIN && n <= POLICY_LENGTH_MAX);
	left = n <= POLICY_EXACT_MAX ? count_all(policy) :
	    count_at_least(policy);
	count->is_exact = n <= POLICY_EXACT_MAX && !policy->refuse_names;
	count->pins = 0;
	count->bits = 0;
	if (left < 1)
		return;
	count->bits = (double)log2l(left);
	count->pins = left >= 18446744073709551615.0L ? UINT64_MAX :
	    (uint64_t)left;
}

/* Nothing but a step that every PIN of a length is reached by: it has no
 * factor with 10. */
static const char	step[] = "618033988749894848204587";

static void
scatter(struct secret *pin)
{
	int	carry = 0, sum;
	size_t	i;

	for (i = pin->len; i > 0; i--) {
		sum = pin->digits[i - 1] - '0' +
		    step[sizeof(step) - 1 - 1 - (pin->len - i)] - '0' + carry;
		pin->digits[i - 1] = (char)('0' + sum % 10);
		carry = sum / 10;
	}
}

uint64_t
policy_count_up_to(const struct policy *policy, const char *extension,
    uint64_t enough)
{
	struct secret	pin = { .len = policy->min_length };
	uint64_t	tries = TRIES_MAX, all = 1, found = 0;
	unsigned int	i;

	for (i = 0; i < policy->min_length && all < TRIES_MAX; i++)
		all *= 10;
	memset(pin.digits, '0', pin.len);
	for (tries = 0; tries < all && found < enough; tries++) {
		found += policy_check(policy, extension, &pin) == POLICY_NONE;
		scatter(&pin);
	}
	return found;
}
