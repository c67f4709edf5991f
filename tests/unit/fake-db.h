/*
 * fake-db.h - edge/db.h and edge/clock.h without a database: answers come
 * from a script, and what was asked is kept; and a way to call each function
 * of the store. Link fake-db.c.
 */
#ifndef UMWS_FAKE_DB_H
#define UMWS_FAKE_DB_H

#include "unit.h"

#include "edge/clock.h"
#include "edge/db.h"
#include "edge/store-properties.h"
#include "edge/store-reset.h"

#define CALLS_MAX	16
#define CELLS_MAX	15	/* columns of the widest row */
#define PARAMS_MAX	18
#define PARAM_SIZE	1200
#define DEADLINE_MS	60000
#define TRY_MS		45000	/* of a first try, where there is a second */
#define RESET_ID	"0198b7a2-7c1e-4d5f-9a63-2f4be0c11d77"
#define SALT_1		"$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg"
#define SALT_2		"$argon2id$v=19$m=8,t=2,p=1$ZmVkY2JhOTg3NjU0MzIxMA"
#define TEN		"0123456789"
#define BASIS		TEN TEN TEN TEN TEN TEN "abcd"

/* One answer of the fake: a status and, with ST_OK, one row. */
struct answer {
	enum status	 st;
	const char	*cells[CELLS_MAX];
};

struct db {
	bool		is_connected;
	size_t		calls, answers, results;	/* results: alive */
	struct answer	script[CALLS_MAX];
	const char	*sql[CALLS_MAX];
	size_t		counts[CALLS_MAX];	/* parameters of each call */
	bool		is_null[PARAMS_MAX];	/* of the last call */
	char		params[PARAMS_MAX][PARAM_SIZE];
	int64_t		deadline_ms;
	int64_t		now_ms, call_ms;	/* the clock; what calls take */
	bool		 is_text_error;
	bool		 is_shut;
};

extern struct db			 fake;
extern struct store			*store;
extern const struct store_caller	 caller;
extern const struct store_plan		 some_plan;

/* What a call of the store came to. */
struct ended {
	enum status		st;
	struct store_plan	plan;
	struct denial		denial;
	bool			is_enabled;
	struct properties	properties;
};

/* A connected database that has been asked nothing. */
void	fake_reset(void);

/* The next answer. */
void	fake_says(struct answer answer);

int	group_begin(void **state);
int	group_end(void **state);

struct ended	call_prepare(void);
struct ended	call_commit(void);
struct ended	call_outcome(void);
struct ended	call_is_enabled(void);
struct ended	call_get(void);
struct ended	call_set(enum property_id property, const char *value);

/* It ended so, and nothing was left over. */
void	check_denial(const char *name, const struct ended *ended,
	    enum status st, enum refusal refusal, uint64_t back_off_ms);

#endif
