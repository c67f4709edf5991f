/*
 * fake-store.h - what stands behind app/reset and app/properties: store,
 * gate, scoreboard and clock without a database or another process. What the
 * store is given is kept, and memory can be looked at on the way. Link
 * fake-store.c.
 */
#ifndef UMWS_FAKE_STORE_H
#define UMWS_FAKE_STORE_H

#include "unit.h"

#include "core/crypto.h"
#include "core/keyring.h"
#include "edge/clock.h"
#include "edge/gate.h"
#include "edge/scoreboard.h"
#include "edge/store-order.h"
#include "edge/store-properties.h"
#include "edge/store-reset.h"

#define CALLS_MAX	8
#define SLOT		3
#define TIMEOUT_MS	15000
#define FENCE_MS	3000	/* of it, not given to the commit */
#define MEMORY_MAX	(64 << 20)	/* bytes of one snapshot */

/* What one call of the fake store is to say. */
struct answer {
	enum status	st;
	enum refusal	refusal;
	uint64_t	back_off_ms;
};

/* What one commit was given. */
struct commit {
	struct store_plan	plan;
	struct store_reset	reset;
	char			reset_id[CRYPTO_UUID_SIZE];
	char			mail_key_id[SEAL_KEY_ID_SIZE];
	struct sealed		sealed;
	char			notice_id[CRYPTO_UUID_SIZE];
	struct sealed		notice;
};

/* The process's writable memory at one moment. */
struct snapshot {
	unsigned char	*bytes;
	size_t		 len;
};

struct fake {
	struct store_plan	 plan;
	struct answer		 prepare[CALLS_MAX], commit[CALLS_MAX];
	struct answer		 outcome[CALLS_MAX];
	const char		*word;		/* of all of them */
	size_t			 prepares, commits, outcomes;
	struct commit		 given[CALLS_MAX];
	const struct store_order *order;	/* of the last one */
	char			 asked_id[CRYPTO_UUID_SIZE];
	int64_t			 deadline_ms, now_ms, commit_ms;
	enum status		 gate;
	unsigned int		 enters, leaves;
	bool			 is_inside;
	uint64_t		 counters[SCORE_COUNTERS];
	unsigned int		 observed[SCORE_TIMES];
	bool			 is_writable;
	const char		*cause;		/* of not enabled */
	struct properties	 properties;
	struct store_change	 change;	/* what was to be set */
	char			 change_id[CRYPTO_UUID_SIZE], value[64];
	struct snapshot		*at_gate, *at_commit; /* taken if not NULL */
};

extern struct fake			fake;
extern const struct store_caller	caller;
extern int				memory_fd;	/* /proc/self/mem */

/* A key ring of these lines, or of one key; NULL if it is none. */
struct keyring	*ring_of(const char *text);
struct keyring	*ring_of_key(const struct key *key);

/* Peppers, and the two halves of a mailer's key, for a group of tests. */
struct rings {
	struct keyring	*peppers, *mail_keys, *secret_keys;
};

/* Make them, and the libraries ready; peppers as a key file has them. Whoever
 * is told false frees them, too. */
bool	rings_begin(struct rings *rings, const char *peppers);
void	rings_end(struct rings *rings);

/* Note what may be written to, as far as it is of a bearable size. */
void	list_regions(void);

/* Copy these regions. */
void	take_snapshot(struct snapshot *snapshot);

#endif
