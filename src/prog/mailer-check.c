/*
 * mailer-check.c - hold what the database says of queue and passes against
 * what is to be expected, and tell it as a monitoring plugin does.
 */
#include "config.h"

#include "prog/mailer-check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "app/conf.h"
#include "base/argument.h"
#include "base/text.h"
#include "edge/clock.h"
#include "edge/db.h"
#include "edge/schema.h"
#include "edge/sight.h"

#define PATIENCE_MS	8000	/* plugins are given ten seconds */
#define MAX_AGE_S	600	/* unless --max-age says otherwise */
#define SENTENCE_SIZE	1024	/* bytes, with the NUL */

enum level {
	LEVEL_OK = 0,
	LEVEL_WARNING = 1,
	LEVEL_CRITICAL = 2,
	LEVEL_UNKNOWN = 3
};

static const char usage[] =
    "umws-mailer check [--config FILE] [--max-age DURATION]";

static const char help[] =
    "Tell a monitoring system whether mails leave: one line and an exit code\n"
    "as Nagios has them, 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n"
    "\n"
    "  --config FILE       instead of " CONF_DEFAULT_FILE "\n"
    "  --max-age DURATION  how long there may be no pass, or a due mail may\n"
    "                      wait: 30s, 10m, 2h, 1d; default 10m\n"
    "  --help              show this text, and exit with 3\n"
    "\n"
    "See umws-mailer(8).\n";

struct options {
	const char	*file;		/* NULL: the default one */
	int64_t		 max_age_s;
};

/* The worst that was found, and all that was, in words. */
struct finding {
	enum level	level;
	char		text[SENTENCE_SIZE];
};

static void	find(struct finding *finding, enum level level,
		    const char *format, ...)
		    __attribute__((format(printf, 3, 4)));

static void
find(struct finding *finding, enum level level, const char *format, ...)
{
	size_t	len = strlen(finding->text);
	va_list	ap;

	if (level > finding->level)
		finding->level = level;
	if (len > 0)
		len += (size_t)snprintf(finding->text + len,
		    sizeof(finding->text) - len, "; ");
	if (len >= sizeof(finding->text))
		return;
	va_start(ap, format);
	(void)vsnprintf(finding->text + len, sizeof(finding->text) - len,
	    format, ap);
	va_end(ap);
}

static int
unknown(const char *sentence)
{
	(void)printf("UMWS UNKNOWN - %s\n", sentence);
	return LEVEL_UNKNOWN;
}

/* False: *code is what to exit with, and has been said. */
static bool
read_options(int argc, char *argv[], struct options *options, int *code)
{
	static const struct option	known[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "max-age", required_argument, NULL, 'a' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	uint64_t	ms;
	int		option;

	*code = LEVEL_UNKNOWN;
	while ((option = argument_option("umws-mailer check", argc, argv,
	    known)) != -1) {
		if (option == 'c') {
			options->file = optarg;
		} else if (option == 'h') {
			(void)printf("usage: %s\n\n%s", usage, help);
			return false;
		} else if (option != 'a') {
			(void)printf("UMWS UNKNOWN - wrong options; usage: "
			    "%s\n", usage);
			return false;
		} else if (!text_duration(optarg, TEXT_SECONDS, TEXT_DAYS,
		    &ms) || ms == 0) {
			(void)unknown("--max-age wants a duration: 30s, 10m, "
			    "2h, 1d");
			return false;
		} else {
			options->max_age_s = (int64_t)(ms / 1000);
		}
	}
	/* getopt_long() has put what is no option behind the others. */
	if (optind == argc - 1)
		return true;
	(void)printf("UMWS UNKNOWN - one word too many; usage: %s\n", usage);
	return false;
}

/* A host's name comes from whoever is let into the database. */
static const char *
shown(const char *host)
{
	return *host != '\0' && strspn(host, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") == strlen(host) ?
	    host : "a host";
}

/* Do passes come, and do they end well? */
static void
judge_passes(const struct sight *sight, int64_t max_age_s,
    struct finding *finding)
{
	if (sight->pass_s == SIGHT_NEVER)
		find(finding, LEVEL_CRITICAL,
		    "no pass of a mailer is known: let cron run umws-mailer");
	else if (sight->pass_s > max_age_s)
		find(finding, LEVEL_CRITICAL, "no pass for %" PRId64
		    " s, the last was on %s", sight->pass_s,
		    shown(sight->pass_host));
	if (sight->failing_s > max_age_s)
		find(finding, sight->failing_code == EX_TEMPFAIL ?
		    LEVEL_WARNING : LEVEL_CRITICAL, "passes on %s have ended "
		    "with %" PRId64 " for %" PRId64 " s, see its log",
		    shown(sight->failing_host), sight->failing_code,
		    sight->failing_s);
}

static void
judge_queue(const struct sight *sight, int64_t max_age_s,
    struct finding *finding)
{
	if (sight->oldest_due_s > max_age_s)
		find(finding, LEVEL_CRITICAL, "%" PRId64 " due, for up to %"
		    PRId64 " s", sight->due, sight->oldest_due_s);
	if (sight->keyless > 0)
		find(finding, LEVEL_CRITICAL, "%" PRId64 " sealed to a key "
		    "that no mailer holds, add it to mail_key",
		    sight->keyless);
	if (sight->unreadable > 0)
		find(finding, LEVEL_WARNING, "%" PRId64 " unreadable, see "
		    "umwsctl outbox list", sight->unreadable);
	if (sight->withheld > 0)
		find(finding, LEVEL_WARNING, "%" PRId64 " withheld without "
		    "an answer, see the mail server's log", sight->withheld);
	if (sight->lost > 0)
		find(finding, LEVEL_WARNING, "%" PRId64 " dead or expired in "
		    "24 hours, and no later mail of the mailbox was taken",
		    sight->lost);
}

static int
tell(const struct sight *sight, int64_t max_age_s)
{
	static const char *const words[] = {
		[LEVEL_OK] = "OK",
		[LEVEL_WARNING] = "WARNING",
		[LEVEL_CRITICAL] = "CRITICAL",
		[LEVEL_UNKNOWN] = "UNKNOWN",
	};
	struct finding	finding = { LEVEL_OK, "" };

	judge_passes(sight, max_age_s, &finding);
	judge_queue(sight, max_age_s, &finding);
	if (finding.level == LEVEL_OK)
		find(&finding, LEVEL_OK, "last pass %" PRId64 " s ago on %s, %"
		    PRId64 " due", sight->pass_s, shown(sight->pass_host),
		    sight->due);
	(void)printf("UMWS %s - %s | due=%" PRId64 ";;;0 oldest=%" PRId64
	    "s;;%" PRId64 ";0 dead=%" PRId64 ";0;;0 later=%" PRId64
	    ";;;0 unreadable=%" PRId64 ";0;;0 withheld=%" PRId64
	    ";0;;0 keyless=%" PRId64 ";;0;0", words[finding.level],
	    finding.text, sight->due, sight->oldest_due_s, max_age_s,
	    sight->lost, sight->later, sight->unreadable, sight->withheld,
	    sight->keyless);
	if (sight->pass_s != SIGHT_NEVER)
		(void)printf(" pass=%" PRId64 "s;;%" PRId64 ";0",
		    sight->pass_s, max_age_s);
	(void)putchar('\n');
	return (int)finding.level;
}

int
mailer_check(int argc, char *argv[])
{
	int64_t			 deadline_ms = clock_ms() + PATIENCE_MS;
	struct options		 options = { NULL, MAX_AGE_S };
	struct db_options	 db_options;
	struct conf		*conf = NULL;
	struct db		*db = NULL;
	struct sight		 sight;
	enum status		 st;
	int			 code;

	if (!read_options(argc, argv, &options, &code))
		return code;
	if (conf_load(options.file, &conf) != ST_OK)
		return unknown("the settings cannot be read, see the line on "
		    "standard error");
	conf_db_options(conf, CONF_MAILER, &db_options);
	st = db_new(&db_options, &db);
	if (st == ST_OK)
		st = schema_check(db, deadline_ms);
	if (st == ST_OK)
		st = sight_read(db, deadline_ms, &sight);
	if (st == ST_OK)
		code = tell(&sight, options.max_age_s);
	else
		code = unknown(st == ST_FAIL || st == ST_BAD ?
		    "the database or its schema refuses us, see the line on "
		    "standard error" : "the database does not answer");
	db_free(&db);
	conf_free(&conf);
	return code;
}
