/*
 * fake-store.c - fakes of edge/store, gate, scoreboard and clock, whose answers
 * the test puts into fake.
 */
#include "config.h"

#include "fake-store.h"

#include "core/crypto.h"
#include "core/derive.h"
#include "core/seal.h"

#define REGION_MAX	(8 << 20)	/* bytes of a mapping that is read */
#define REGIONS_MAX	256
#define LINE_SIZE	512

/* Where in memory to look, and /proc/self/mem to look with. */
static struct region {
	unsigned long	begin, end;
}	regions[REGIONS_MAX];
static size_t	region_count;

int		memory_fd = -1;
struct fake	fake;

struct keyring *
ring_of(const char *text)
{
	struct keyring	*ring;
	unsigned int	 line;
	const char	*reason;

	return keyring_parse(text, strlen(text), &ring, &line, &reason) ==
	    ST_OK ? ring : NULL;
}

struct keyring *
ring_of_key(const struct key *key)
{
	char	text[KEYRING_LINE_SIZE];

	keyring_line(key, text);
	return ring_of(text);
}

bool
rings_begin(struct rings *rings, const char *peppers)
{
	struct key	public_key, secret_key;

	if (crypto_init() != ST_OK || derive_init() != ST_OK)
		return false;
	rings->peppers = ring_of(peppers);
	seal_key_pair(&public_key, &secret_key);
	rings->mail_keys = ring_of_key(&public_key);
	rings->secret_keys = ring_of_key(&secret_key);
	return rings->peppers != NULL && rings->mail_keys != NULL &&
	    rings->secret_keys != NULL;
}

void
rings_end(struct rings *rings)
{
	keyring_free(&rings->secret_keys);
	keyring_free(&rings->mail_keys);
	keyring_free(&rings->peppers);
}

const struct store_caller	caller = { "anna", "192.0.2.7",
    "request-1", "anna@example.test", true, NULL, NULL };

int64_t
clock_ms(void)
{
	return fake.now_ms;
}

int64_t
clock_us(void)
{
	return fake.now_ms * 1000;
}

/* Note what may be written to, as far as it is of a bearable size. */
void
list_regions(void)
{
	char	 line[LINE_SIZE], mode[5];
	FILE	*maps = fopen("/proc/self/maps", "re");

	assert_non_null(maps);
	region_count = 0;
	while (fgets(line, sizeof(line), maps) != NULL) {
		struct region	*region = &regions[region_count];

		assert_true(region_count < REGIONS_MAX);
		if (sscanf(line, "%lx-%lx %4s", &region->begin, &region->end,
		    mode) == 3 && strncmp(mode, "rw", 2) == 0 &&
		    region->end - region->begin <= REGION_MAX)
			region_count++;
	}
	(void)fclose(maps);
}

/*
 * Copy these regions with as little stack as can be: what others have left
 * on it is what we are after.
 */
void
take_snapshot(struct snapshot *snapshot)
{
	struct region	*region;
	ssize_t		 len;

	snapshot->len = 0;
	for (region = regions; region < regions + region_count; region++) {
		assert_true(region->end - region->begin <=
		    MEMORY_MAX - snapshot->len);
		len = pread(memory_fd, snapshot->bytes + snapshot->len,
		    region->end - region->begin, (off_t)region->begin);
		if (len > 0)
			snapshot->len += (size_t)len;
	}
}

enum status
gate_enter(struct gate *gate, size_t slot, unsigned int timeout_ms)
{
	(void)gate;
	assert_int_equal(slot, SLOT);
	assert_in_range(timeout_ms, 1, 5000);
	assert_false(fake.is_inside);
	if (fake.at_gate != NULL)
		take_snapshot(fake.at_gate);
	fake.enters++;
	fake.is_inside = fake.gate == ST_OK;
	return fake.gate;
}

void
gate_leave(struct gate *gate, size_t slot)
{
	(void)gate;
	assert_int_equal(slot, SLOT);
	assert_true(fake.is_inside);
	fake.leaves++;
	fake.is_inside = false;
}

void
scoreboard_add(struct scoreboard *board, size_t counter, uint64_t n)
{
	(void)board;
	assert_true(counter < SCORE_COUNTERS);
	fake.counters[counter] += n;
}

void
scoreboard_observe(struct scoreboard *board, enum score_time time, int64_t us)
{
	(void)board;
	(void)us;
	assert_true(time < SCORE_TIMES);
	fake.observed[time]++;
}

size_t
scoreboard_service(const struct scoreboard *board, const char *name)
{
	(void)board;
	(void)name;
	return 0;
}

/* The store is never asked while a place in the gate is held. */
static enum status
say(const struct answer *answers, size_t call, int64_t deadline_ms,
    const struct store_caller *who, struct denial *denial)
{
	assert_true(call < CALLS_MAX);
	assert_false(fake.is_inside);
	assert_ptr_equal(who, &caller);
	assert_int_equal(deadline_ms, fake.deadline_ms);
	denial->word = fake.word;
	denial->refusal = answers[call].refusal;
	denial->back_off_ms = answers[call].back_off_ms;
	return answers[call].st;
}

enum status
store_prepare(struct store *store, const struct store_caller *who,
    int64_t deadline_ms, struct store_plan *plan, struct denial *denial)
{
	(void)store;
	*plan = fake.plan;
	return say(fake.prepare, fake.prepares++, deadline_ms, who, denial);
}

enum status
store_prepare_automatic(struct store *store, const struct store_caller *who,
    int64_t user_id, int64_t deadline_ms, struct store_plan *plan,
    struct denial *denial)
{
	(void)store;
	*plan = fake.plan;
	plan->is_automatic = true;
	assert_int_equal(user_id, fake.plan.user_id);
	return say(fake.prepare, fake.prepares++, deadline_ms, who, denial);
}

static void
keep(const struct store_plan *plan, const struct store_reset *reset)
{
	struct commit	*given = &fake.given[fake.commits];

	assert_true(fake.commits < CALLS_MAX);
	if (fake.at_commit != NULL)
		take_snapshot(fake.at_commit);
	given->plan = *plan;
	given->reset = *reset;
	if (reset->sealed != NULL)
		given->sealed = *reset->sealed;
	if (reset->notice != NULL) {
		given->notice = *reset->notice;
		(void)snprintf(given->notice_id, sizeof(given->notice_id),
		    "%s", reset->notice_id);
	}
	(void)snprintf(given->reset_id, sizeof(given->reset_id), "%s",
	    reset->reset_id);
	(void)snprintf(given->mail_key_id, sizeof(given->mail_key_id), "%s",
	    reset->mail_key_id);
	fake.now_ms += fake.commit_ms;
}

enum status
store_commit(struct store *store, const struct store_caller *who,
    const struct store_plan *plan, const struct store_reset *reset,
    int64_t deadline_ms, struct denial *denial)
{
	(void)store;
	keep(plan, reset);
	return say(fake.commit, fake.commits++, deadline_ms + FENCE_MS, who,
	    denial);
}

enum status
store_outcome(struct store *store, const struct store_caller *who,
    const struct store_plan *plan, const char *reset_id, int64_t deadline_ms,
    struct denial *denial)
{
	(void)store;
	assert_int_equal(plan->user_id, fake.plan.user_id);
	(void)snprintf(fake.asked_id, sizeof(fake.asked_id), "%s", reset_id);
	return say(fake.outcome, fake.outcomes++, deadline_ms, who, denial);
}

enum status
store_order_prepare(struct store *store, const struct store_order *order,
    int64_t deadline_ms, struct store_plan *plan, struct denial *denial)
{
	(void)store;
	fake.order = order;
	*plan = fake.plan;
	return say(fake.prepare, fake.prepares++, deadline_ms, &caller,
	    denial);
}

enum status
store_order_commit(struct store *store, const struct store_order *order,
    const struct store_plan *plan, const struct store_reset *reset,
    int64_t deadline_ms, struct denial *denial)
{
	(void)store;
	assert_ptr_equal(order, fake.order);
	keep(plan, reset);
	return say(fake.commit, fake.commits++, deadline_ms + FENCE_MS,
	    &caller, denial);
}

enum status
store_order_outcome(struct store *store, const struct store_order *order,
    const struct store_plan *plan, const char *reset_id, int64_t deadline_ms,
    struct denial *denial)
{
	assert_ptr_equal(order, fake.order);
	return store_outcome(store, &caller, plan, reset_id, deadline_ms,
	    denial);
}

enum status
store_is_um_enabled(struct store *store, const struct store_caller *who,
    int64_t deadline_ms, bool *is_enabled, struct denial *denial)
{
	(void)store;
	*is_enabled = fake.is_writable;
	return say(fake.prepare, fake.prepares++, deadline_ms, who, denial);
}

const char *
store_not_enabled_cause(struct store *store, const struct store_caller *who,
    int64_t deadline_ms)
{
	(void)store;
	assert_ptr_equal(who, &caller);
	assert_true(deadline_ms > 0);
	return fake.cause;
}

enum status
store_properties_get(struct store *store, const struct store_caller *who,
    int64_t deadline_ms, struct properties *properties,
    struct denial *denial)
{
	(void)store;
	*properties = fake.properties;
	return say(fake.prepare, fake.prepares++, deadline_ms, who, denial);
}

enum status
store_properties_set(struct store *store, const struct store_caller *who,
    const struct store_change *change, int64_t try_ms, int64_t deadline_ms,
    struct denial *denial)
{
	(void)store;
	assert_int_equal(try_ms, deadline_ms - FENCE_MS);
	fake.change = *change;
	(void)snprintf(fake.change_id, sizeof(fake.change_id), "%s",
	    change->change_id);
	(void)snprintf(fake.value, sizeof(fake.value), "%s", change->value);
	return say(fake.commit, fake.commits++, deadline_ms, who, denial);
}

bool
store_is_writable(struct store *store, int64_t deadline_ms)
{
	(void)store;
	assert_true(deadline_ms > fake.now_ms &&
	    deadline_ms <= fake.deadline_ms);
	return fake.is_writable;
}
