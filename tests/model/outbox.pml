/*
 * outbox.pml - a reset, its fence, and the way of its mail, for spin.
 *
 * Workers, backends of PostgreSQL and mailers run in any order. A worker and a
 * mailer may die between any two steps, a backend may abort or never be
 * reached, and any answer may be lost. What is asserted are promises 1 to 4 of
 * doc/design.md; PROMISE(n, ...) says which.
 *
 * Each step names the function that it stands for, "name() of file", and
 * tests/model/run looks for all of them. A step is one that nothing can come
 * between: a statement, or a transaction that has its locks at its beginning
 * and shows at its commit what it does.
 *
 * NO_... takes one guard away: tests/model/run lists them.
 *
 * Left out, since nothing above hangs on it: what is refused by a limit or the
 * history, mails without a PIN, the ends of PINs and of mails (expired, dead,
 * withheld), and pauses between attempts: what waits is due.
 */
#ifndef USERS
#define USERS	2
#endif
#ifndef WORKERS
#define WORKERS	2
#endif
#ifndef MAILERS
#define MAILERS	2
#endif
#ifndef TRIES
#define TRIES	2		/* reset ids that a worker draws */
#endif
#ifndef IDS
#define IDS	(WORKERS * TRIES) /* less: the last worker draws fewer */
#endif
#ifndef ONLY
#define ONLY	0		/* this promise alone; 0: all */
#endif
#define NOBODY	IDS

#define PROMISE(n, holds) assert((ONLY != 0 && ONLY != n) || (holds))

/* audit.result of the row with this operation_id */
#define NO_ROW		0
#define IN_FLIGHT	1	/* inserted, not committed */
#define OK		2
#define ABANDONED	3

/* what a backend answers to reset_commit() */
#define WAITING		0
#define COMMITTED	1
#define ABORTED		2

/* outbox.state */
#define NO_MAIL		0
#define QUEUED		1
#define SENDING		2
#define SENT		3
#define SUPERSEDED	4

/* outbox.lease_until */
#define NO_LEASE	0
#define CLAIM_LEASE	1	/* 60 seconds */
#define BEGUN_LEASE	2	/* 12 minutes */
#define ENDED_LEASE	3	/* its time is over */

/* What the database holds. An id is audit.operation_id and outbox.id. */
bit		user_locked[USERS];
byte		generation[USERS];
byte		pin[USERS] = NOBODY;	/* the reset that has set it */
byte		audit[IDS];
byte		state[IDS];
bit		sealed[IDS];		/* IS NOT NULL */
byte		mail_generation[IDS];
byte		token[IDS];		/* 0: none; else a mailer */
byte		lease[IDS];
bit		row_locked[IDS];	/* by a backend that withdraws it */

/* Between a worker and its backends. */
byte		called[IDS];	/* 2: and nobody waits for its answer */
byte		answer[IDS];
bit		user_of[IDS];

/* What nobody in the system knows, and the promises are about. */
bit		refused[IDS];	/* its caller knows: nothing changed */
byte		in_smtp[IDS];	/* of a mailer: begun, not answered yet */
bit		taken[IDS];	/* by the mail server */
bit		excused[IDS];	/* taken, and nobody can have noted it */
byte		last_taken[USERS];	/* its generation */

#define is_live(i)	(state[i] != NO_MAIL && sealed[i])
#define is_free(i)	(lease[i] == NO_LEASE || lease[i] == ENDED_LEASE)
#define is_leased(i)	(!is_free(i))

/* 200: all of it is there. */
inline tell_granted(i) {
	PROMISE(1, audit[i] == OK && state[i] != NO_MAIL &&
	    mail_generation[i] > 0)
}

/*
 * A fault other than ErrorInternalServerTransientError: nothing changed, nor
 * will it.
 */
inline tell_refused(i) {
	PROMISE(2, audit[i] != OK);
	refused[i] = answer[i] == WAITING
}

/* The worker goes on; what it has not waited for may come later. */
inline go_on() {
	if
	:: answer[id] == WAITING -> called[id] = 2
	:: else -> called[id] = 0; answer[id] = WAITING
	fi;
	id++
}

/* The backend ends. */
inline give_answer(word) {
	if
	:: called[id] == 1 -> answer[id] = word
	:: else -> called[id] = 0
	fi
}

/*
 * One backend for each id: it may still be at work, or begin, when its worker
 * has gone on or died.
 */
proctype backend(byte id) {
	byte	i;
	byte	u;
	bit	withdrawn[IDS];

end:	called[id];
	u = user_of[id];
	/* commit_durably() of commit.sql: the answer is behind the commit. */
#ifdef NO_DURABLE_COMMIT
#define at_end	COMMITTED
	give_answer(COMMITTED);
#else
#define at_end	ABORTED
#endif
	/* reset_commit() of reset.sql: SELECT ... FOR UPDATE of um_user. */
	if
#ifdef NO_USER_LOCK
	:: true
#else
	:: atomic { !user_locked[u] -> user_locked[u] = 1 }
#endif
	:: goto gone		/* never reached, or its wait is over */
	fi;
	/* reset_commit() of reset.sql: INSERT INTO umws.audit. */
	if
	:: atomic { audit[id] == NO_ROW -> audit[id] = IN_FLIGHT }
#ifdef NO_UNIQUE_ID
	:: audit[id] == ABANDONED
#else
	:: audit[id] == ABANDONED -> goto rollback
#endif
	:: goto rollback
	fi;
	/* mails_supersede() of pin.sql: the rows that it sees are locked. */
	d_step {
		i = 0;
		do
		:: i < IDS ->
#ifndef NO_SUPERSEDE
			if
			:: user_of[i] == u && is_live(i) ->
				withdrawn[i] = 1; row_locked[i] = 1
			:: else
			fi;
#endif
			i++
		:: else -> break
		od;
		i = 0
	}
	/* pin_store() of pin.sql: seen by others when all is committed. */
	if
	:: d_step {
		PROMISE(2, !refused[id]);
		audit[id] = OK;
		generation[u] = generation[u] + 1;
		pin[u] = id;
		mail_generation[id] = generation[u];
#ifndef NO_ONE_COMMIT
		state[id] = QUEUED;
		sealed[id] = 1;
#endif
		i = 0;
		do
		:: i < IDS ->
			if
			:: withdrawn[i] ->
				state[i] = SUPERSEDED;
				sealed[i] = 0;
				row_locked[i] = 0;
				withdrawn[i] = 0;
#ifdef NO_LEASE_KEPT
				lease[i] = NO_LEASE; token[i] = 0;
#endif
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0;
		user_locked[u] = 0;
		give_answer(COMMITTED)
	    }
#ifdef NO_ONE_COMMIT
	    if
	    :: atomic { state[id] = QUEUED; sealed[id] = 1 }
	    :: skip
	    fi;
#endif
	    goto done
	:: goto rollback
	fi;
rollback:
	atomic {
		i = 0;
		do
		:: i < IDS ->
			if
			:: withdrawn[i] -> row_locked[i] = 0; withdrawn[i] = 0
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0;
		user_locked[u] = 0;
		if
		:: audit[id] == IN_FLIGHT -> audit[id] = NO_ROW
		:: else
		fi
	}
gone:
	atomic { give_answer(at_end); refused[id] = 0 }
done:	u = 0
}

/*
 * A worker: TRIES resets, or fewer requests of which some need a second id.
 * reset_prepare() of reset.sql changes nothing here.
 */
#define end_of(me)	((me + 1) * TRIES < IDS -> (me + 1) * TRIES : IDS)

proctype worker(byte me) {
	byte	id = me * TRIES;
	byte	u;

request:
	if
	:: id == end_of(me) -> goto finish
	/* reset_pin() of reset.c: for one user or another. */
	:: id < end_of(me) -> u = 0
	:: id < end_of(me) && USERS > 1 && id > 0 -> u = 1
	fi;
retry:	/* seal() of reset.c draws the id; store_commit() of store-reset.c
	 * sends it. */
	atomic { user_of[id] = u; called[id] = 1 }
lost:	/* commit() of reset.c: wait for the answer, or be without one. */
	if
	:: d_step { answer[id] == COMMITTED -> tell_granted(id); go_on() }
		goto request
	/* store_result_of_status() of store-call.c: an error is an answer. */
	:: d_step { answer[id] == ABORTED -> tell_refused(id); go_on() }
		goto request
	/*
	 * reset_outcome() of reset.sql, operation_outcome() of reset.sql: it
	 * waits for the row that is in flight, or inserts its own, and says
	 * what is there. store_insist() of store-call.c asks again while
	 * answers are lost, and gives up at the deadline.
	 */
#ifdef NO_FENCE
	:: d_step { audit[id] == NO_ROW || audit[id] == IN_FLIGHT ->
		tell_refused(id); go_on() }
		goto again
#endif
#ifdef NO_WAIT_IN_FENCE
	:: d_step { audit[id] == IN_FLIGHT -> tell_refused(id); go_on() }
		goto again
#endif
	:: d_step { audit[id] == NO_ROW -> audit[id] = ABANDONED }
		goto lost
	:: d_step { audit[id] == OK -> tell_granted(id); go_on() }
		goto request
	:: d_step { audit[id] == ABANDONED -> tell_refused(id); go_on() }
		goto again
#ifdef NO_OUTCOME_ASKED
	:: d_step { true -> tell_refused(id); go_on() }
		goto again
#endif
#ifdef NO_DOUBT
	:: d_step { true -> tell_granted(id); go_on() }
		goto request
#endif
	/* ErrorInternalServerTransientError; or its child is killed, and the
	 * parent starts another one: the caller knows nothing. */
	:: d_step { true -> go_on() }
		goto request
	fi;
again:	/* run() of reset.c: abandoned is one more try, with a new id, if there
	 * is time. */
	if
	:: id < end_of(me) -> goto retry
	:: goto request
	fi;
finish:	atomic { id = 0; u = 0 }
}

#ifdef NO_LINE_OF_USER
#define is_in_line	0
#else
#define is_in_line	has_leased
#endif

#ifdef NO_LOCK_IN_CLAIM
#define is_still_free(i) 1
#else
#define is_still_free(i) is_free(i)
#endif

#ifdef NO_TOKEN_IN_SETTLE
#define is_ours_to_settle(i) (state[i] != NO_MAIL)
#else
#define is_ours_to_settle(i) (token[i] == me + 1)
#endif

#ifdef NO_TOKEN_IN_BEGIN
#define is_ours_to_begin(i) 1
#else
#define is_ours_to_begin(i) (token[i] == me + 1)
#endif

#ifdef NO_STATE_IN_BEGIN
#define is_to_be_sent(i) 1
#else
#define is_to_be_sent(i) (state[i] == QUEUED || state[i] == SENDING)
#endif

/* settle by outbox_settle() of outbox.sql; in an atomic step. */
inline settle_sent_row(i) {
	if
	:: is_ours_to_settle(i) ->
		if
		:: state[i] == SENDING -> state[i] = SENT
		:: else
		fi;
		sealed[i] = 0; token[i] = 0; lease[i] = NO_LEASE;
		excused[i] = 0
	:: else
	fi
}

inline settle_kept_row(i) {
	if
	:: is_ours_to_settle(i) ->
		if
		:: state[i] == SENDING -> state[i] = QUEUED
#ifdef NO_SUPERSEDED_STAYS
		:: state[i] == SUPERSEDED -> state[i] = QUEUED; sealed[i] = 1
#endif
		:: else
		fi;
		token[i] = 0; lease[i] = NO_LEASE
	:: else
	fi
}

/* Is there a leased mail of this user? */
#define leased(i, u)	(state[i] != NO_MAIL && user_of[i] == u && \
			is_leased(i))

inline find_leased(u) {
	has_leased = 0; j = 0;
	do
	:: j < IDS ->
		has_leased = has_leased || leased(j, u);
		j++
	:: else -> break
	od;
	j = 0
}

/* deliver_mail_make() of deliver-mail.c: the Message-ID is the row's id. */
#ifdef NO_STORED_MESSAGE_ID
#define message_id(i)	(taken[i] -> NOBODY : i)
#else
#define message_id(i)	i
#endif

/* The server has the whole mail. */
inline take(i) {
	PROMISE(2, audit[i] == OK);
	PROMISE(3, !taken[i] || excused[i]);
	PROMISE(3, message_id(i) == i);
	PROMISE(4, mail_generation[i] >= last_taken[user_of[i]]);
	taken[i] = 1;
	excused[i] = 0;
	last_taken[user_of[i]] = mail_generation[i]
}

/* Something is there for a claim: due, or left behind. */
#define claimable(i)	(state[i] != NO_MAIL && \
			((sealed[i] && is_free(i)) || lease[i] == ENDED_LEASE))
#if IDS == 2
#define no_batch	(!batch[0] && !batch[1])
#define has_claimable	(claimable(0) || claimable(1))
#elif IDS == 3
#define no_batch	(!batch[0] && !batch[1] && !batch[2])
#define has_claimable	(claimable(0) || claimable(1) || claimable(2))
#elif IDS == 4
#define no_batch	(!batch[0] && !batch[1] && !batch[2] && !batch[3])
#define has_claimable	(claimable(0) || claimable(1) || claimable(2) || \
			claimable(3))
#endif

#ifdef DEATHS
byte		deaths;		/* so many, of mailers */
#define may_die	(deaths < DEATHS)
#define died	may_die -> deaths++
#else
#define may_die	true
#define died	true
#endif

/*
 * Killed, cut off from the database, or at the end of its pass: then
 * outbox_release() of outbox.sql gives back what was not begun, which is as if
 * that lease had ended. Another mailer takes its place.
 */
inline die() {
	died;
	i = 0;
	do
	:: i < IDS -> batch[i] = 0; i++
	:: else -> break
	od;
	i = 0;
	if
	:: mail != NOBODY && in_smtp[mail] == me + 1 -> in_smtp[mail] = 0
	:: else
	fi;
	mail = NOBODY; sent = NOBODY
}

proctype mailer(byte me) {
	byte	i, j;
	byte	mail = NOBODY;		/* in hand */
	byte	sent = NOBODY;		/* taken, to be noted yet */
	bit	has_leased;
	bit	chosen[IDS];		/* seen as due by the statement */
	bit	batch[IDS];

end:	if
	:: d_step {
		/* outbox_claim() of outbox.sql: what the dead have left. */
		has_claimable ->
		i = 0;
		do
		:: i < IDS ->
			if
			:: lease[i] == ENDED_LEASE && !row_locked[i] &&
			    (!sealed[i] || state[i] == SENDING) ->
				if
				:: state[i] == SENDING -> state[i] = QUEUED
				:: else
				fi;
				token[i] = 0; lease[i] = NO_LEASE
			:: else
			fi;
			i++
		:: else -> break
		od;
		/* outbox_claim() of outbox.sql: what its statement sees. */
		i = 0;
		do
		:: i < IDS ->
			find_leased(user_of[i]);
			if
			:: is_live(i) && is_free(i) && !is_in_line ->
				chosen[i] = 1
			:: else
			fi;
			i++
		:: else -> break
		od;
		i = 0; has_leased = 0
	    }
	fi;
	/* outbox_claim() of outbox.sql: FOR UPDATE SKIP LOCKED looks again at
	 * the row that it locks; committed. */
	d_step {
		i = 0;
		do
		:: i < IDS ->
			if
			:: chosen[i] && !row_locked[i] && is_live(i) &&
			    is_still_free(i) ->
				state[i] = QUEUED; token[i] = me + 1;
				lease[i] = CLAIM_LEASE; batch[i] = 1
			:: else
			fi;
			chosen[i] = 0;
			i++
		:: else -> break
		od;
		i = 0
	}
next:	/* turn_take() of deliver-turn.c */
	if
	:: batch[0] -> mail = 0
	:: batch[1] -> mail = 1
#if IDS > 2
	:: batch[2] -> mail = 2
#endif
#if IDS > 3
	:: batch[3] -> mail = 3
#endif
	/* turn_settle_all() of deliver-turn.c, by outbox_settle() of outbox.sql. It
	 * is tried as long as the lease is: settle_until_ms() of
	 * outbox-settle.c. */
	:: d_step { sent != NOBODY && no_batch && !row_locked[sent] ->
		settle_sent_row(sent); sent = NOBODY }
		goto end
	:: sent == NOBODY && no_batch -> goto end
	:: d_step { die() }
		goto end
	fi;
begin:	/* outbox_begin() of outbox.sql: the one before is settled, this one
	 * begun, in one commit. begin_each() of outbox-begin.c: if the answer
	 * is lost, the same again. */
	if
	:: d_step {
		!row_locked[mail] && (sent == NOBODY || !row_locked[sent]) ->
		if
		:: sent != NOBODY -> settle_sent_row(sent)
		:: else
		fi;
		if
		:: is_ours_to_begin(mail) && is_to_be_sent(mail) ->
			PROMISE(4, generation[user_of[mail]] ==
			    mail_generation[mail]);
			state[mail] = SENDING;
#ifndef NO_LEASE_IN_BEGIN
			lease[mail] = BEGUN_LEASE;
#endif
			in_smtp[mail] = me + 1
#ifdef NO_SETTLE_BEHIND
			; settle_sent_row(mail)
#endif
#ifdef NO_BEGIN
		:: !(is_ours_to_begin(mail) && is_to_be_sent(mail)) ->
			in_smtp[mail] = me + 1
#endif
		:: else ->
			/* superseded meanwhile, or not ours any more */
			if
			:: token[mail] == me + 1 ->
				token[mail] = 0; lease[mail] = NO_LEASE
			:: else
			fi;
			batch[mail] = 0; mail = NOBODY; sent = NOBODY
		fi
	    }
	:: d_step { die() }
		goto end
	fi;
	/* turn_begin() of deliver-turn.c: begun, or gone.
	 * deliver_mail_start() of deliver-mail.c: the SMTP transaction. */
	if
	:: mail == NOBODY -> goto next
	:: mail != NOBODY -> goto begin		/* begin's answer is lost */
	/* note_answer() of deliver-mail.c: the server has it, and says so. */
	:: d_step { mail != NOBODY -> take(mail);
		in_smtp[mail] = 0; batch[mail] = 0; sent = mail; mail = NOBODY }
		goto next
	/* note_unanswered() of deliver-mail.c: it has it, and none heard. */
	:: d_step { mail != NOBODY -> take(mail);
		in_smtp[mail] = 0; batch[mail] = 0; excused[mail] = 1;
		sent = NOBODY }
	/* Refused for now, no answer, or slot_unmake() of deliver.c. */
	:: d_step { mail != NOBODY ->
		in_smtp[mail] = 0; batch[mail] = 0; sent = NOBODY }
	/* Killed, behind the end of the mail or before. */
	:: d_step { mail != NOBODY && may_die -> take(mail); die() }
		goto end
	:: d_step { mail != NOBODY && may_die -> die() }
		goto end
	fi;
	/* round_settle() of deliver-round.c: kept, by outbox_settle() of
	 * outbox.sql. */
	if
	:: d_step { !row_locked[mail] -> settle_kept_row(mail); mail = NOBODY }
		goto next
	:: d_step { die() }
		goto end
	fi
}

/*
 * Leases end. One of 60 seconds may at any time; one of 12 minutes does not
 * before the SMTP transaction has, which takes 11 minutes at most:
 * conf_finish() of conf-finish.c. What had been taken by then and was never
 * settled is the one excuse for a second copy.
 */
proctype clock() {
	byte	i;

end:	do
#define ends(n)	\
	:: d_step { lease[n] == CLAIM_LEASE || \
	    (lease[n] == BEGUN_LEASE && !in_smtp[n]) -> \
		excused[n] = excused[n] || \
		    (taken[n] && lease[n] == BEGUN_LEASE); \
		lease[n] = ENDED_LEASE }
#ifndef NO_END_OF_LEASE
	ends(0)
	ends(1)
#if IDS > 2
	ends(2)
#endif
#if IDS > 3
	ends(3)
#endif
#endif
	:: false
	od
}

/* When nobody can go on, all that was promised is there. */
proctype auditor() {
	byte	i;

	timeout ->
	d_step {
		i = 0;
		do
		:: i < IDS ->
			PROMISE(3, audit[i] != OK || state[i] == SUPERSEDED ||
			    (state[i] == SENT && taken[i]));
			PROMISE(3, !sealed[i]);
			i++
		:: else -> break
		od;
		i = 0;
		do
		:: i < USERS ->
			PROMISE(4, pin[i] == NOBODY ||
			    last_taken[i] == generation[i]);
			i++
		:: else -> break
		od
	}
}

init {
	byte	i;

	atomic {
		do
		:: i < IDS -> run backend(i); i++
		:: else -> break
		od;
		i = 0;
		do
		:: i < WORKERS -> run worker(i); i++
		:: else -> break
		od;
		i = 0;
		do
		:: i < MAILERS -> run mailer(i); i++
		:: else -> break
		od;
		i = 0;
		run clock();
		run auditor()
	}
}
