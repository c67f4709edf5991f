/*
 * fake-logon.h - what stands behind app/logon besides fake-store: logons in
 * the store, lanes and automatic resets, and requests to try it with. Link
 * fake-logon.c and fake-store.c.
 */
#ifndef UMWS_FAKE_LOGON_H
#define UMWS_FAKE_LOGON_H

#include "fake-store.h"

#include "app/logon.h"
#include "core/crypto.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define NEW_ID		"p-2025"
#define OLD_ID		"p-2024"
#define SALT		"MDEyMzQ1Njc4OWFiY2RlZg"
#define SETTINGS(cost)	"$argon2id$v=19$" cost "$" SALT
#define TODAY		"m=8,t=2,p=1"
#define USER_ID		4711

/* What the fake store says, call by call, and what it was given. */
extern struct fake_db {
	struct store_logon_plan	plan;
	struct store_logon_plan	*next;	/* from the second call on */
	enum status		prepare[CALLS_MAX], settle[CALLS_MAX];
	enum store_logon	verdict;
	const char		*rule;
	size_t			prepares, settles, rehashes, resets;
	char			ids[CALLS_MAX][CRYPTO_UUID_SIZE];
	struct store_candidate	pin, old, fresh;
	struct store_reset	new;
	struct sealed		sealed;
	char			broken[STORE_RULE_SIZE];
	enum refusal		reset;
	int64_t			settled_id;	/* 0: that of plan */
} db;

/* The lane: what each question for a place is answered, and where we are. */
extern struct fake_way {
	size_t		places[CALLS_MAX];	/* 0: the first */
	enum status	enter, wait;
	size_t		enters, waits, leaves;
	uint64_t	lane;
	size_t		last[CALLS_MAX];	/* what was waited for */
	bool		is_in;
} way;

extern struct rings		 rings;
extern struct logon_parts	 parts;
extern const struct store_line	 line;
extern const struct secret	 pin, new_pin;

/* Keys and parts, for a group of tests. */
int	logon_group_begin(void **state);
int	logon_group_end(void **state);

/* A mailbox whose PIN has the settings of today; every call says ok. */
void	begin(void);

/* Try the PIN, and with a change set another one. */
struct logon_answer	try_it(bool is_change, const struct secret *wanted,
			    enum policy_rule fault);
struct logon_answer	dial(void);
struct logon_answer	wish(const struct secret *wanted);

#endif
