/*
 * mailer.c - main of umws-mailer: options, keys and connections for one pass
 * over the queue, and the pass's outcome as an exit code. With --follow each of
 * its passes is one of these, in a process of its own.
 *
 * SIGTERM and SIGINT are blocked and only looked for between mails: the
 * mail in work is finished, and no system call is ever interrupted.
 */
#include "config.h"

#include <sys/stat.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "app/conf.h"
#include "app/deliver.h"
#include "app/relay.h"
#include "base/argument.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "core/crypto.h"
#include "core/message.h"
#include "edge/clock.h"
#include "edge/db.h"
#include "edge/keyfile.h"
#include "edge/outbox.h"
#include "edge/schema.h"
#include "edge/smtp-courier.h"
#include "edge/smtp.h"
#include "prog/mailer-check.h"
#include "prog/mailer-preview.h"
#include "prog/mailer-follow.h"
#include "prog/mailer-settings.h"
#include "prog/mailer-sight.h"
#include "prog/mailer-test.h"
#include "prog/settings.h"

#define FOLLOW_PASS_MS	60000	/* a follower's passes begin no mail after: they
				 * would not end while resets go on */

static const char usage[] =
    "usage: umws-mailer [--config FILE] [--max-time DURATION] [--help] "
    "[--version]\n"
    "       umws-mailer --follow [--config FILE]\n"
    "       umws-mailer --check-config | --print-config [--config FILE]\n"
    "       umws-mailer check [--config FILE] [--max-age DURATION]\n"
    "       umws-mailer preview KIND [--lang LANGUAGE] [--html]\n"
    "       umws-mailer test ADDRESS [--kind KIND] [--lang LANGUAGE]\n"
    "                   [--config FILE]\n";

static const char help[] =
    "Send the queued mails with new voice mail PINs, once, and exit;\n"
    "with --follow stay, and send each as soon as it is queued.\n"
    "\n"
    "  --config FILE        instead of " CONF_DEFAULT_FILE "\n"
    "  --follow             stay until SIGTERM; SIGHUP reads the settings\n"
    "  --max-time DURATION  begin no mail after so long: 50s, 2m, 1h\n"
    "  --check-config       say what is wrong with settings and key, and "
    "exit\n"
    "  --print-config       show what is in force, and from where, and "
    "exit\n"
    "  --help               show this text\n"
    "  --version            show the version\n"
    "\n"
    "check sends none; it tells a monitoring system whether mails leave.\n"
    "preview writes a mail about an example to standard output; test sends\n"
    "one, and says whose fault it is if it is not taken.\n"
    "\n"
    "Exit codes: 0 done, 75 database or SMTP server away (try again),\n"
    "77 the database refuses us, 78 somebody must act, 64 wrong usage.\n"
    "See umws-mailer(8).\n";

/* What the pass needs; all NULL until made. */
struct mailer {
	const struct conf *conf;
	struct keyring	*keys;
	struct smtp	*smtp;
	struct smtp_shared shared;
	struct courier	*couriers[SMTP_CONNECTIONS_MAX];
	struct db	*db;
	struct outbox	*outbox;
	bool		 is_following;
	struct tally	 tally;
};

/* Has a signal asked us to end? It stays pending and so is never lost. */
static bool
is_stopping(void)
{
	sigset_t	pending;

	(void)sigemptyset(&pending);
	(void)sigpending(&pending);
	return sigismember(&pending, SIGTERM) == 1 ||
	    sigismember(&pending, SIGINT) == 1;
}

static void
set_signals(void)
{
	sigset_t	blocked;

	(void)sigemptyset(&blocked);
	(void)sigaddset(&blocked, SIGTERM);
	(void)sigaddset(&blocked, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &blocked, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	/* A log that may not grow any more is no reason to die. */
	(void)signal(SIGXFSZ, SIG_IGN);
}

/* What the command line asks for. */
struct request {
	const char	*file;		/* NULL: the default one */
	int64_t		 until_ms;	/* of clock_ms(); 0: no end */
	bool		 is_following;
	struct settings_wish wish;
};

/* A duration from now on; false (told) for what is none. */
static bool
read_max_time(const char *text, struct request *request)
{
	uint64_t	ms;

	if (!text_duration(text, TEXT_SECONDS, TEXT_HOURS, &ms) || ms == 0) {
		(void)fputs("umws-mailer: --max-time wants a duration: 50s, "
		    "2m, 1h\n", stderr);
		return false;
	}
	request->until_ms = clock_ms() + (int64_t)ms;
	return true;
}

/* How long a follower stays is not for it to say. */
static bool
is_one_way(const struct request *request)
{
	if (!request->is_following || request->until_ms == 0)
		return true;
	(void)fputs("umws-mailer: --max-time is for one pass, and --follow "
	    "has no end\n", stderr);
	return false;
}

static int
wrong_usage(void)
{
	(void)fputs(usage, stderr);
	return EX_USAGE;
}

/*
 * The command line. Returns true to go on with *request, or false to exit
 * with *code.
 */
static bool
read_options(int argc, char *argv[], struct request *request, int *code)
{
	static const struct option	options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "follow", no_argument, NULL, 'f' },
		{ "max-time", required_argument, NULL, 'm' },
		{ "check-config", no_argument, NULL, 'k' },
		{ "print-config", no_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int	option;

	*code = EX_OK;
	while ((option = argument_option("umws-mailer", argc, argv,
	    options)) != -1) {
		switch (option) {
		case 'c':
			request->file = optarg;
			break;
		case 'f':
			request->is_following = true;
			break;
		case 'k':
			request->wish.checks = true;
			break;
		case 'p':
			request->wish.prints = true;
			break;
		case 'm':
			if (read_max_time(optarg, request))
				break;
			*code = wrong_usage();
			return false;
		case 'h':
			(void)printf("%s\n%s", usage, help);
			return false;
		case 'v':
			(void)printf("umws-mailer %s\n", UMWS_VERSION);
			return false;
		default:
			*code = wrong_usage();
			return false;
		}
	}
	if (optind < argc || !is_one_way(request))
		*code = wrong_usage();
	return *code == EX_OK;
}

static enum status
mailer_open_smtp(struct mailer *mailer)
{
	unsigned int	i;
	enum status	st;

	st = relay_new(mailer->conf, &mailer->smtp);
	for (i = 0; st == ST_OK && i < mailer->conf->deliver.connections; i++)
		st = courier_new(mailer->smtp, &mailer->shared,
		    &mailer->couriers[i]);
	return st;
}

/* Everything that comes before the first connection. */
static enum status
mailer_prepare(struct mailer *mailer)
{
	enum status	st;

	if (!mailer->conf->core_dumps)
		secret_hide_memory();
	st = mailer_settings_sender(mailer->conf);
	if (st == ST_OK)
		st = crypto_init();
	if (st != ST_OK)
		return st;
	message_init();
	st = keyfile_read(mailer->conf->mail_key, KEYFILE_SECRET,
	    &mailer->keys);
	if (st != ST_OK)
		return ST_FAIL;
	return mailer_open_smtp(mailer);
}

static enum status
mailer_connect(struct mailer *mailer)
{
	struct db_options	options;
	enum status		st;

	conf_db_options(mailer->conf, CONF_MAILER, &options);
	options.tells_once = mailer->is_following;
	st = db_new(&options, &mailer->db);
	if (st == ST_OK)
		st = schema_check(mailer->db, 0);
	if (st == ST_OK)
		st = outbox_new(mailer->db, mailer->keys, &mailer->outbox);
	return st;
}

static enum status
mailer_pass(struct mailer *mailer, int64_t until_ms, bool is_brief)
{
	const struct deliver_parts	parts = {
		.outbox = mailer->outbox,
		.couriers = mailer->couriers,
		.keys = mailer->keys,
		.message = &mailer->conf->message,
		.is_stopping = is_stopping,
		.until_ms = until_ms,
		.tally = &mailer->tally,
		.is_brief = is_brief,
	};

	return deliver_pass(&mailer->conf->deliver, &parts);
}

/* The database lets us not in, or not do this: whom it concerns, and why. */
static bool
is_refused(const struct mailer *mailer, enum status st)
{
	if (st != ST_FAIL || mailer->db == NULL ||
	    !db_is_refused(mailer->db))
		return false;
	log_err("database-refuses-us", "sqlstate", db_sqlstate(mailer->db),
	    "todo", "let database_mailer in umws.conf name a role and a "
	    "database that are there, let pg_hba.conf let it in, and run "
	    "umwsctl db upgrade as a superuser, which gives back rights in "
	    "the schema umws; those on the database, a language, a type or "
	    "another schema only GRANT gives back", NULL);
	return true;
}

/* The pass is over: let it be seen. */
static void
mailer_tell(const struct mailer *mailer, int64_t begun_ms, int code)
{
	const struct mailer_end	end = {
		.begun_ms = begun_ms,
		.code = code,
		.tally = &mailer->tally,
		.db = mailer->outbox == NULL ? NULL : mailer->db,
		.key_ids = mailer->outbox == NULL ? NULL :
		    outbox_key_ids(mailer->outbox),
	};

	mailer_sight(mailer->conf, &end);
}

/* The pass's outcome for cron or systemd. */
static int
exit_code(const struct mailer *mailer, enum status st)
{
	if (is_refused(mailer, st))
		return EX_NOPERM;
	switch (st) {
	case ST_OK:
		return EX_OK;
	case ST_DENIED:
	case ST_BUSY:
	case ST_RETRY:
	case ST_UNKNOWN:
		return EX_TEMPFAIL;
	case ST_BAD:
	case ST_FAIL:
		return EX_CONFIG;
	}
	return EX_SOFTWARE;
}

/* Carry out the verb that the command line names; false: it names none. */
static bool
run_verb(int argc, char *argv[], int *code)
{
	static const struct {
		const char	*name;
		int		(*run)(int argc, char *argv[]);
	} verbs[] = {
		{ "check", mailer_check },
		{ "preview", mailer_preview },
		{ "test", mailer_test },
	};
	size_t	verb;
	int	i;

	for (i = 1; i < argc; i++)
		for (verb = 0; verb < sizeof(verbs) / sizeof(verbs[0]); verb++)
			if (strcmp(argv[i], verbs[verb].name) == 0 &&
			    strcmp(argv[i - 1], "--config") != 0) {
				*code = verbs[verb].run(argc, argv);
				return true;
			}
	return false;
}

static void
mailer_free(struct mailer *mailer)
{
	unsigned int	i;

	outbox_free(&mailer->outbox);
	db_free(&mailer->db);
	for (i = 0; i < SMTP_CONNECTIONS_MAX; i++)
		courier_free(&mailer->couriers[i]);
	smtp_free(&mailer->smtp);
	keyring_free(&mailer->keys);
}

/* The pass itself, its trace, and its exit code; st: how it was prepared. */
static int
run_pass(struct mailer *mailer, enum status st, int64_t until_ms, bool is_brief)
{
	int64_t	begun_ms = clock_ms();
	int	code;

	if (st == ST_OK && mailer->outbox == NULL)
		st = mailer_connect(mailer);
	if (st == ST_OK)
		st = mailer_pass(mailer, until_ms, is_brief);
	code = exit_code(mailer, st);
	mailer_tell(mailer, begun_ms, code);
	return code;
}

static int
check_follower(const struct conf *conf)
{
	struct mailer	mailer = { .conf = conf };
	enum status	st = mailer_prepare(&mailer);
	int		code = exit_code(&mailer, st);

	mailer_free(&mailer);
	return code;
}

static int
follow_pass(const struct conf *conf, follow_wait wait,
    struct follow_report *report)
{
	struct mailer	mailer = { .conf = conf, .is_following = true };
	enum status	st;
	bool		is_brief = false;
	int		code = EX_OK;

	st = mailer_prepare(&mailer);
	/* Without a connection the pass makes one. */
	if (st == ST_OK && mailer_connect(&mailer) != ST_OK)
		db_free(&mailer.db);
	if (mailer.outbox != NULL)
		outbox_warm(mailer.outbox);
	if (st == ST_OK && !wait(&is_brief))
		goto out;
	code = run_pass(&mailer, st, clock_ms() + FOLLOW_PASS_MS, is_brief);
	report->attempts = mailer.tally.attempts;
	report->sent = mailer.tally.sent;
	if (mailer.outbox != NULL)
		(void)snprintf(report->key_ids, sizeof(report->key_ids), "%s",
		    outbox_key_ids(mailer.outbox));
out:
	mailer_free(&mailer);
	return code;
}

static void
miss_pass(const struct conf *conf, int code)
{
	const struct mailer	mailer = { .conf = conf };

	mailer_tell(&mailer, clock_ms(), code);
}

int
main(int argc, char *argv[])
{
	struct request	request = { 0 };
	struct mailer	mailer = { 0 };
	struct conf	*conf = NULL;
	int		code;

	if (run_verb(argc, argv, &code) ||
	    !read_options(argc, argv, &request, &code))
		return code;
	if (request.wish.checks || request.wish.prints)
		return settings_answer("umws-mailer", CONF_MAILER,
		    request.file, &request.wish, mailer_settings_check);
	(void)umask(S_IRWXG | S_IRWXO);
	set_signals();
	if (request.is_following) {
		const struct follow_parts	parts = { request.file,
						    check_follower,
						    follow_pass, miss_pass };

		return mailer_follow(&parts);
	}
	if (conf_load(request.file, &conf) != ST_OK)
		return EX_CONFIG;
	mailer.conf = conf;
	code = run_pass(&mailer, mailer_prepare(&mailer), request.until_ms,
	    false);
	mailer_free(&mailer);
	conf_free(&conf);
	return code;
}
