/*
 * test-judge.c - what passes make of refusals, for every reply that can be
 * and for every order of mails that are taken and refused.
 *
 * The queue is a model: a mail that is to be tried at once comes again
 * behind the others, as from the database. The verdicts are the real ones.
 */
#include "config.h"

#include "unit.h"

#include "app/judge.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define MAILS_MAX	80
#define TURNS_MAX	(3 * MAILS_MAX)

static const struct verdict_reply	TAKEN = { .code = 250 };

/* One pass: what the server answers, and what becomes of the mails. */
static struct {
	size_t				 count;
	/* The answer to the turn'th attempt of the pass, which is for mail. */
	const struct verdict_reply	*(*answer)(size_t mail, size_t turn);
	unsigned int			 attempts;	/* of each before */
	bool				 is_waiting;	/* another, not due */
	bool				 is_away;	/* the database */
	unsigned int			 doubted_s;	/* of each */
	bool				 was_lone;	/* one died alone */
	bool				 is_shared;	/* one address */

	bool				 has_lone;	/* or has now */
	size_t				 turns;		/* attempts made */
	size_t				 taken, dead;
	bool				 is_dead[MAILS_MAX];
	bool				 is_gone[MAILS_MAX]; /* or taken */
	enum status			 result;
	unsigned int			 errors;	/* err lines */
	char				 log[4096];
} pass;

static size_t
mail_of(const char *id)
{
	return (size_t)strtoul(id + 24, NULL, 10);
}

enum status
outbox_is_alone(struct outbox *outbox, const char *id, bool *is_alone)
{
	size_t	i;

	assert_null(outbox);
	*is_alone = !pass.is_waiting && !pass.is_away && !pass.has_lone;
	if (pass.is_away)
		return ST_RETRY;
	for (i = 0; i < pass.count; i++)
		if (i != mail_of(id) && !pass.is_gone[i])
			*is_alone = false;
	return ST_OK;
}

enum status
outbox_vouch(struct outbox *outbox)
{
	assert_null(outbox);
	assert_true(pass.taken > 0);
	pass.has_lone = false;
	return ST_OK;
}

/* Take what was logged; 0 remains. */
static void
take_log(void)
{
	const char	*line = pass.log;
	ssize_t		 len;

	len = pread(STDERR_FILENO, pass.log, sizeof(pass.log) - 1, 0);
	assert_true(len >= 0);
	pass.log[len] = '\0';
	while ((line = strstr(line, "<3>")) != NULL) {
		pass.errors++;
		line++;
	}
	assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
	assert_int_equal(lseek(STDERR_FILENO, 0, SEEK_SET), 0);
}

/* One attempt; whether the mail comes again in this pass. */
static bool
attempt_mail(struct judge *judge, size_t mail)
{
	char				 id[CRYPTO_UUID_SIZE];
	char				 address[32];
	const struct outbox_mail	 row = {
		.letter = { .id = id, .recipient = address },
		.attempts = pass.attempts + 1, .doubted_s = pass.doubted_s };
	struct attempt			 attempt = { .result = OUTBOX_RETRY,
		.retry_s = 60, .at = "rcpt", .reply = "550 5.1.1" };
	const struct verdict_reply	*reply;
	struct verdict			 verdict;
	bool				 is_kept, is_vouched;
	unsigned int			 order;

	(void)snprintf(id, sizeof(id), "0198b7a2-7c1e-4d5f-9a63-%012zu",
	    mail % 1000);
	(void)snprintf(address, sizeof(address), "user%zu@example.test",
	    pass.is_shared ? 0 : mail);
	order = judge_begin(judge);
	reply = pass.answer(mail, pass.turns++);
	if (reply->code == TAKEN.code) {
		judge_taken(judge, &row, order);
		pass.taken++;
		pass.is_gone[mail] = true;
		return false;
	}
	verdict = verdict_on(reply);
	judge_missed(judge, id);
	judge_refused(judge, &row, &verdict, &attempt);
	is_kept = attempt.result == OUTBOX_RETRY ||
	    attempt.result == OUTBOX_DOUBT || attempt.result == OUTBOX_AGAIN;
	assert_true(is_kept || attempt.result == OUTBOX_DEAD ||
	    attempt.result == OUTBOX_LONE);
	/* What no mail of another recipient vouches for is not held against
	 * it later. */
	is_vouched = pass.taken > 0 && !pass.is_shared;
	assert_int_equal(attempt.result == OUTBOX_DOUBT,
	    is_kept && verdict.fault == FAULT_DOUBT && is_vouched);
	assert_int_equal(attempt.result == OUTBOX_AGAIN,
	    is_kept && verdict.fault == FAULT_DOUBT && !is_vouched);
	/* Mails to other domains may go on where none was taken. */
	if (attempt.is_domains) {
		assert_int_equal(attempt.pass, ST_FAIL);
		assert_int_equal(pass.taken, 0);
		assert_true(reply->phase > PHASE_MAIL);
		assert_string_equal(judge->domain, "example.test");
	}
	if (!is_kept) {
		pass.dead++;
		pass.is_dead[mail] = pass.is_gone[mail] = true;
		pass.has_lone |= attempt.result == OUTBOX_LONE;
	}
	pass.result = attempt.pass;
	return is_kept && attempt.retry_s == 0;
}

/* Let a pass run over so many mails. */
static void
run(size_t count,
    const struct verdict_reply *(*answer)(size_t mail, size_t turn))
{
	struct judge	judge = { 0 };
	size_t		queue[TURNS_MAX], end, i;
	enum status	kept;

	pass.count = count;
	pass.answer = answer;
	pass.turns = pass.taken = pass.dead = pass.errors = 0;
	pass.result = ST_OK;
	pass.has_lone = pass.was_lone;
	memset(pass.is_dead, 0, sizeof(pass.is_dead));
	memset(pass.is_gone, 0, sizeof(pass.is_gone));
	for (end = 0; end < count; end++)
		queue[end] = end;
	for (i = 0; i < end && pass.result == ST_OK; i++) {
		assert_true(end < TURNS_MAX);
		if (attempt_mail(&judge, queue[i]))
			queue[end++] = queue[i];
	}
	kept = judge_end(&judge, pass.result == ST_OK, NULL);
	if (pass.result == ST_OK)
		pass.result = kept;
	take_log();
}

/* What real servers say, with the codes that go with it. */
static const struct verdict_reply	replies[] = {
	{ PHASE_MAIL, 421, 7, 0, "Too many connections" },
	{ PHASE_MAIL, 451, 7, 1, "Service unavailable" },
	{ PHASE_MAIL, 552, 2, 2, "Mailbox of the sender over quota" },
	{ PHASE_MAIL, 552, 3, 4, "Message size exceeds fixed limit" },
	{ PHASE_MAIL, 550, 6, 7, "SMTPUTF8 is needed" },
	{ PHASE_MAIL, 550, 1, 1, "Sender unknown" },
	{ PHASE_RCPT, 454, 7, 1, "Relay access denied" },
	{ PHASE_RCPT, 450, 7, 1, "Helo command rejected: Host not found" },
	{ PHASE_RCPT, 450, 2, 0, "Greylisted" },
	{ PHASE_RCPT, 450, 1, 8, "Sender address rejected" },
	{ PHASE_RCPT, 550, 1, 1, "User unknown in relay recipient table" },
	{ PHASE_RCPT, 550, 1, 1, "Relay access denied" },
	{ PHASE_RCPT, 550, 1, 1, "Sender unknown" },
	{ PHASE_RCPT, 521, 1, 1, "this host accepts no mail" },
	{ PHASE_RCPT, 550, 1, 2, "domain lookup failed" },
	{ PHASE_RCPT, 550, 1, 3, "sender domain must resolve" },
	{ PHASE_RCPT, 550, 1, 10, "Recipient not found" },
	{ PHASE_RCPT, 556, -1, -1, "Domain does not accept mail" },
	{ PHASE_RCPT, 550, 2, 1, "Mailbox disabled" },
	{ PHASE_RCPT, 550, 2, 2, "Submission quota exceeded" },
	{ PHASE_RCPT, 552, -1, -1, "Mailbox full" },
	{ PHASE_RCPT, 550, 4, 1, "Recipient address rejected" },
	{ PHASE_RCPT, 550, 5, 0, "mailbox unavailable" },
	{ PHASE_RCPT, 550, 7, 1, "Recipient address rejected" },
	{ PHASE_RCPT, 550, -1, -1, "Unrouteable address" },
	{ PHASE_RCPT, 553, 3, 0, "Spam blocked" },
	{ PHASE_RCPT, 999, -1, -1, "odd" },
	{ PHASE_DATA, 550, 2, 1, "sending account disabled" },
	{ PHASE_DATA, 554, 5, 1, "no valid recipients" },
	{ PHASE_BODY, 554, 2, 252, "SendAsDenied" },
	{ PHASE_BODY, 554, 2, 0, "STOREDRV.Submission.Exception" },
	{ PHASE_BODY, 521, 2, 1, "will not accept delivery" },
	{ PHASE_BODY, 552, 2, 3, "Message exceeds fixed maximum" },
	{ PHASE_BODY, 554, 6, 0, "Mail message is malformed" },
	{ PHASE_BODY, 550, 4, 5, "Daily user sending quota exceeded" },
	{ PHASE_BODY, 550, 7, 1, "Message content rejected" },
	{ PHASE_BODY, 554, -1, -1, "Transaction failed" },
	{ PHASE_BODY, 554, 3, 0, "Server trouble" },
	{ PHASE_BODY, 552, 7, 0, "its content presents a potential" },
	{ PHASE_BODY, 550, 1, 1, "No such user" },
};

static struct verdict_reply		 all;	/* everybody's */
static const struct verdict_reply	*two[2];
static size_t				 limit;	/* mails taken before it */
static unsigned int			 mask;	/* mails that are refused */

static const struct verdict_reply *
to_all(size_t mail, size_t turn)
{
	(void)mail;
	(void)turn;
	return &all;
}

static const struct verdict_reply *
to_each_its_own(size_t mail, size_t turn)
{
	(void)turn;
	return two[mail % 2];
}

static const struct verdict_reply *
from_a_limit_on(size_t mail, size_t turn)
{
	(void)mail;
	return turn < limit ? &TAKEN : &all;
}

static const struct verdict_reply *
to_some(size_t mail, size_t turn)
{
	(void)turn;
	return (mask >> mail & 1) != 0 ? &all : &TAKEN;
}

/* Everybody was refused: all is kept, one err line says where to look. */
static void
check_all_kept(const char *name)
{
	UNIT_CHECK(name, pass.dead == 0);
	UNIT_CHECK(name, pass.errors == 1);
	UNIT_CHECK(name, strstr(pass.log, " look_at=") != NULL);
	UNIT_CHECK(name, pass.result == ST_FAIL || pass.result == ST_RETRY);
	/* A 4yz of all is the server's; it may come round. */
	UNIT_CHECK(name, all.code >= 500 || pass.result == ST_RETRY);
}

static void
test_all_refused_all_codes(void **state)
{
	static const int		 details[] = { 0, 1, 2, 3, 4, 6, 8,
		10, 17, 60, 133, 252, 708 };
	static const char *const	 words[] = { "", "User unknown",
		"Relay access denied", "spam", "Mailbox over quota" };
	char				 name[64];
	size_t				 i, word;
	int				 phase;

	(void)state;
	for (phase = PHASE_MAIL; phase <= PHASE_BODY; phase++)
	for (all.code = 400; all.code <= 599; all.code++)
	for (all.subject = VERDICT_NO_CODE; all.subject <= 9; all.subject++)
	for (i = 0; i < COUNT(details); i++) {
		all.phase = (enum smtp_phase)phase;
		all.detail = details[i];
		word = (size_t)(all.code + all.subject + 1 + all.detail) %
		    COUNT(words);
		all.words = words[word];
		(void)snprintf(name, sizeof(name), "%d: %d x.%d.%d %s",
		    phase, all.code, all.subject, all.detail, all.words);
		run(2 + i % 3, to_all);
		check_all_kept(name);
		if (all.subject == VERDICT_NO_CODE)
			break;
	}
}

static void
test_all_refused_many(void **state)
{
	static const size_t	counts[] = { 2, 3, 5, 40, MAILS_MAX };
	size_t			i, j;

	(void)state;
	for (i = 0; i < COUNT(replies); i++) {
		all = replies[i];
		for (j = 0; j < COUNT(counts); j++) {
			run(counts[j], to_all);
			check_all_kept(all.words);
			/* Who refuses everybody is not asked for ever. */
			UNIT_CHECK(all.words, all.code < 500 ||
			    pass.turns <= 20 || counts[j] < 40 ||
			    verdict_on(&all).fault == FAULT_LATER);
		}
	}
}

/* Two of them, each for other reasons. */
static void
test_all_refused_differently(void **state)
{
	size_t	i, j;

	(void)state;
	for (i = 0; i < COUNT(replies); i++)
	for (j = 0; j < COUNT(replies); j++) {
		two[0] = &replies[i];
		two[1] = &replies[j];
		for (pass.attempts = 0; pass.attempts < 9; pass.attempts++) {
			run(2 + pass.attempts % 3, to_each_its_own);
			UNIT_CHECK(two[0]->words, pass.dead == 0);
			UNIT_CHECK(two[0]->words, pass.errors == 1);
			UNIT_CHECK(two[0]->words, pass.result == ST_FAIL ||
			    pass.result == ST_RETRY);
		}
	}
	pass.attempts = 0;
}

/* The server begins to refuse everybody in the middle of a pass. */
static void
test_limit_in_the_middle(void **state)
{
	size_t	i, count;

	(void)state;
	for (i = 0; i < COUNT(replies); i++)
	for (count = 2; count <= 6; count++)
	for (limit = 0; limit < count; limit++) {
		bool	is_stranger;

		all = replies[i];
		is_stranger = verdict_on(&all).fault == FAULT_MAIL;
		run(count, from_a_limit_on);
		UNIT_CHECK(all.words, pass.taken == limit);
		/* The last one, and there is no such recipient. */
		if (is_stranger && count - limit == 1) {
			UNIT_CHECK(all.words, pass.dead == 1);
			UNIT_CHECK(all.words, pass.errors == 0);
			continue;
		}
		UNIT_CHECK(all.words, pass.dead == 0);
		UNIT_CHECK(all.words, all.code < 500 || pass.errors == 1 ||
		    verdict_on(&all).fault == FAULT_LATER);
	}
}

/* May so many refusals in a pass be the mails' own faults? */
static bool
is_fatal(const struct verdict *verdict, size_t refused, size_t taken)
{
	bool	is_named = verdict->about == ABOUT_RECIPIENT;
	size_t	most = verdict->fault == FAULT_MAIL ? taken : taken / 10;
	size_t	few = is_named ? 3 : 1;

	if (verdict->fault != FAULT_MAIL && verdict->fault != FAULT_DOUBT)
		return false;
	return (is_named || pass.doubted_s >= JUDGE_DOUBT_S) &&
	    refused <= (most > few ? most : few);
}

/* The mails of the pass whose bit is set were refused with all. */
static void
check_some_refused(size_t count)
{
	struct verdict	verdict = verdict_on(&all);
	bool		is_single = (mask & (mask - 1)) == 0, is_mended;
	size_t		mail, last = count, refused = 0;

	while (last > 0 && (mask >> (last - 1) & 1) != 0)
		last--;
	for (mail = 0; mail < count; mail++)
		refused += mask >> mail & 1;
	/* Else they end the pass before one is taken. */
	is_mended = last > 0 && (mask & 3) != 3;
	for (mail = 0; mail < count; mail++) {
		bool	is_refused = (mask >> mail & 1) != 0;
		bool	is_last = is_refused && is_single && mail + 1 == count;

		if (is_last && verdict.fault == FAULT_MAIL)
			UNIT_CHECK(all.words, pass.is_dead[mail]);
		else if (is_mended || pass.is_dead[mail])
			UNIT_CHECK(all.words, pass.is_dead[mail] ==
			    (is_refused && mail < last &&
			    is_fatal(&verdict, refused, count - refused)));
	}
	/* What is refused and kept is said, but for a delay. */
	if (verdict.fault == FAULT_LATER && last > 0)
		UNIT_CHECK(all.words, pass.errors == 0 &&
		    pass.result == ST_OK);
	else
		UNIT_CHECK(all.words, pass.errors == (pass.dead < refused) &&
		    (pass.result == ST_OK) == (pass.dead == refused));
}

/*
 * Any mails are refused and the others taken: those are dead that are said
 * to be at fault, were refused before and after another was taken, and are
 * few; or long ago as well, where it may be about anything.
 */
static void
test_some_refused(void **state)
{
	static const unsigned int	ages[] = { 0, 299, 300 };
	size_t				i, age, count;

	(void)state;
	for (i = 0; i < COUNT(replies); i++)
	for (age = 0; age < COUNT(ages); age++)
	for (count = 2; count <= 7; count++)
	for (mask = 1; mask < 1U << count; mask++) {
		all = replies[i];
		pass.doubted_s = ages[age];
		run(count, to_some);
		check_some_refused(count);
	}
	pass.doubted_s = 0;
}

/* As above, of mails that all go to one address. */
static void
test_one_address(void **state)
{
	(void)state;
	pass.is_shared = true;
	all = (struct verdict_reply){ PHASE_BODY, 554, -1, -1, "No" };
	for (mask = 1; mask < 1U << 4; mask++) {
		run(4, to_some);
		check_some_refused(4);
	}
	pass.is_shared = false;
}

static const struct verdict_reply *
to_every_tenth(size_t mail, size_t turn)
{
	(void)turn;
	return mail % 10 == limit ? &all : &TAKEN;
}

/* More than a tenth of what is taken, in words of anything: a limit. */
static void
test_a_tenth_refused(void **state)
{
	static const struct {
		size_t	 count, first, dead;
	} cases[] = {
		{ 10, 5, 1 }, { 20, 5, 0 }, { 25, 5, 2 }, { 33, 8, 3 },
		{ 70, 9, 0 },
	};
	size_t	i;

	(void)state;
	all = (struct verdict_reply){ PHASE_BODY, 554, -1, -1, "No" };
	pass.doubted_s = 1000;
	for (i = 0; i < COUNT(cases); i++) {
		limit = cases[i].first;
		run(cases[i].count, to_every_tenth);
		assert_int_equal(pass.dead, cases[i].dead);
		assert_int_equal(pass.errors, pass.dead == 0 ? 1 : 0);
		assert_int_equal(pass.result,
		    pass.dead == 0 ? ST_FAIL : ST_OK);
	}
	pass.doubted_s = 0;
}

/* Refused first as a stranger, then in doubt, or for the relay. */
static const struct verdict_reply *
in_turns(size_t mail, size_t turn)
{
	return mail == 0 ? two[turn > 0] : &TAKEN;
}

static void
test_the_reply_changes(void **state)
{
	static const struct verdict_reply	relay = { PHASE_RCPT, 550, 7,
		1, "Relay access denied" };
	static const struct verdict_reply	stranger = { PHASE_RCPT, 550,
		1, 1, "No such user" };

	(void)state;
	two[0] = &relay;
	two[1] = &stranger;
	run(2, in_turns);
	assert_int_equal(pass.dead, 0);
	two[0] = &stranger;
	two[1] = &relay;
	run(2, in_turns);
	assert_int_equal(pass.dead, 0);
	two[1] = &stranger;
	run(2, in_turns);
	assert_int_equal(pass.dead, 1);
}

/* A mail without others: only the unknown recipient ends. */
static void
test_alone(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < COUNT(replies); i++) {
		enum fault	fault;

		all = replies[i];
		fault = verdict_on(&all).fault;
		pass.is_waiting = false;
		run(1, to_all);
		UNIT_CHECK(all.words, pass.dead == (fault == FAULT_MAIL));
		UNIT_CHECK(all.words, pass.dead == 0 || pass.errors == 0);
		/* One that was refused before it waits for its time. */
		pass.is_waiting = true;
		run(1, to_all);
		UNIT_CHECK(all.words, pass.dead == 0);
		pass.is_waiting = false;
		pass.is_away = true;
		run(1, to_all);
		UNIT_CHECK(all.words, pass.dead == 0);
		pass.is_away = false;
		/* Another one ended like this, and none was taken since. */
		pass.was_lone = true;
		run(1, to_all);
		UNIT_CHECK(all.words, pass.dead == 0);
		pass.was_lone = false;
	}
}

/* One that is taken in the same pass speaks for the server. */
static void
test_alone_behind_one_that_is_taken(void **state)
{
	(void)state;
	all = (struct verdict_reply){ PHASE_RCPT, 550, 1, 1, "" };
	limit = 1;
	pass.was_lone = true;
	run(2, from_a_limit_on);
	assert_int_equal(pass.dead, 1);
	pass.was_lone = false;
}

/* Greylisting is no news; that it does not end, or names a setting, is. */
static void
test_put_off_alone(void **state)
{
	(void)state;
	all = (struct verdict_reply){ PHASE_RCPT, 450, 7, 1, "Greylisted" };
	for (pass.attempts = 0; pass.attempts < 10; pass.attempts++) {
		bool	is_usual = pass.attempts < 4;

		run(1, to_all);
		assert_int_equal(pass.result, is_usual ? ST_OK : ST_RETRY);
		assert_int_equal(pass.errors, is_usual ? 0 : 1);
	}
	pass.attempts = 0;
	all.words = "Relay access denied";
	run(1, to_all);
	assert_int_equal(pass.result, ST_RETRY);
	assert_non_null(strstr(pass.log, "look_at=\"smtp_url"));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_all_refused_all_codes),
		UNIT_TEST(test_all_refused_many),
		UNIT_TEST(test_all_refused_differently),
		UNIT_TEST(test_limit_in_the_middle),
		UNIT_TEST(test_some_refused),
		UNIT_TEST(test_one_address),
		UNIT_TEST(test_a_tenth_refused),
		UNIT_TEST(test_the_reply_changes),
		UNIT_TEST(test_alone),
		UNIT_TEST(test_alone_behind_one_that_is_taken),
		UNIT_TEST(test_put_off_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
