/*
 * setup-services.c - "setup": sockets and timers of systemd or, where it does
 * not run, the lines of cron; and a mail to see whether one gets out.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include "ctl/setup-service.h"
#include "edge/program.h"

#define SERVICES	"services"
#define SYSTEMCTL	"/usr/bin/systemctl"
#define CRON_FILE	"/etc/cron.d/umws"
#define CRON_SOURCE	UMWS_SHAREDIR "/umws.cron"
#define MAILER		UMWS_SBINDIR "/umws-mailer"
#define TIMEOUT_S	120
#define WORDS_MAX	4096

/* What is to be started; a host that lacks a program lacks its unit. */
static const char *const	units[] = { "umws-fcgi.socket",
				    "umws-fcgi.service", "umws-mailer.timer",
				    "umws-seal.timer", "umws-purge.timer" };

#define UNITS	(sizeof(units) / sizeof(units[0]))

bool
setup_has_systemd(void)
{
	return hostfile_is_there("/run/systemd/system");
}

/* The exit code of systemctl. */
static int
run_systemctl(const char *verb, const char *option, const char *unit)
{
	const char *const	arguments[] = { verb, option, unit, NULL };
	const struct program	program = { .path = SYSTEMCTL,
				    .arguments = arguments,
				    .timeout_s = TIMEOUT_S };

	return program_run(&program, NULL);
}

int
setup_systemctl(const struct setup *setup, const char *verb,
    const char *unit)
{
	int	code;

	code = run_systemctl(verb, strcmp(verb, "enable") == 0 ||
	    strcmp(verb, "disable") == 0 ? "--now" : "--quiet", unit);
	return code == 0 ? EX_OK : command_fail(setup->command,
	    EX_UNAVAILABLE, "systemctl %s %s has failed: systemctl status %s "
	    "says why", verb, unit, unit);
}

static bool
has_unit(const char *unit)
{
	static const char *const	folders[] = { "/etc/systemd/system",
		"/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
		"/lib/systemd/system" };
	char				path[SETUP_PATH_SIZE];
	size_t				i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folders[i], unit);
		if (hostfile_is_there(path))
			return true;
	}
	return false;
}

static bool
is_started(const char *unit)
{
	return run_systemctl("is-enabled", "--quiet", unit) == 0 &&
	    run_systemctl("is-active", "--quiet", unit) == 0;
}

/* The lines of cron that a package brings. */
static bool
has_cron_lines(void)
{
	return hostfile_is_there("/etc/cron.d/umws-mailer") ||
	    hostfile_is_there(CRON_FILE);
}

enum setup_found
setup_look_services(struct setup *setup)
{
	size_t	i;

	if (!setup_has_systemd()) {
		setup_tell(setup, "lines of cron in /etc/cron.d");
		return has_cron_lines() || !hostfile_is_there("/etc/cron.d") ?
		    SETUP_THERE : SETUP_MISSING;
	}
	setup_tell(setup, "umws-fcgi and timers");
	for (i = 0; i < UNITS; i++)
		if (has_unit(units[i]) && !is_started(units[i]))
			return SETUP_MISSING;
	return SETUP_THERE;
}

int
setup_make_services(struct setup *setup)
{
	struct buf	text = BUF_INIT(HOSTFILE_MAX);
	size_t		i;
	int		code = EX_OK;

	for (i = 0; setup_has_systemd() && i < UNITS && code == EX_OK; i++) {
		if (!has_unit(units[i]) || is_started(units[i]))
			continue;
		code = setup_record_add(setup, "made", SERVICES, units[i]);
		if (code == EX_OK)
			code = setup_systemctl(setup, "enable", units[i]);
	}
	if (!setup_has_systemd() && !has_cron_lines()) {
		if (hostfile_read(CRON_SOURCE, &text) == ST_OK)
			code = setup_make_file(setup, SERVICES, CRON_FILE,
			    buf_text(&text));
		else
			code = command_fail(setup->command, EX_SOFTWARE,
			    "%s cannot be read, see above: install umws "
			    "again", CRON_SOURCE);
	}
	buf_free(&text);
	return code;
}

struct undoing {
	struct setup	*setup;
	int		 code;
};

static void
undo_one(void *context, const char *value)
{
	struct undoing	*undoing = context;

	if (undoing->code != EX_OK)
		return;
	if (*value == '/') {
		if (setup_undo_file(undoing->setup, SERVICES, value) != ST_OK)
			undoing->code = command_fail(undoing->setup->command,
			    EX_CANTCREAT, "%s could not be taken away",
			    value);
	} else if (setup_has_systemd() && has_unit(value)) {
		undoing->code = setup_systemctl(undoing->setup, "disable",
		    value);
	}
}

int
setup_undo_services(struct setup *setup)
{
	struct undoing	undoing = { setup, EX_OK };

	setup_record_each(setup, "made", SERVICES, undo_one, &undoing);
	return undoing.code;
}

void
setup_tell_services(const struct setup *setup)
{
	if (setup_has_systemd())
		return;
	command_say(setup->command, "systemd does not run here: start %s%s"
	    "umws-fcgi --listen %s/fcgi.sock as %s, and cron\n",
	    setup_web_is_running(setup) ? "" : setup->wish.web,
	    setup_web_is_running(setup) ? "" : ", ", SETUP_RUN_DIR,
	    SETUP_WORKER);
}

int
setup_test_mail(struct setup *setup, const char *address)
{
	const char *const	arguments[] = { "test", address, NULL };
	const struct program	program = { .path = MAILER,
				    .arguments = arguments,
				    .user = SETUP_MAILER,
				    .timeout_s = TIMEOUT_S };
	struct buf		words = BUF_INIT(WORDS_MAX);
	int			code;

	code = program_run(&program, &words);
	command_say(setup->command, "%s", buf_text(&words));
	buf_free(&words);
	if (code == PROGRAM_NOT_RUN)
		return command_fail(setup->command, EX_UNAVAILABLE, "%s is "
		    "not installed here, so no mail was sent", MAILER);
	return code >= 0 ? code : EX_SOFTWARE;
}
