/*
 * doctor-smtp.c - the way to the mail server, up to where a mail would begin.
 * One connection is made and told of by several checks: whichever it ended at
 * is wrong, and those behind it cannot be known.
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ctl/doctor.h"
#include "app/relay.h"
#include "edge/smtp-exec.h"
#include "edge/smtp-program.h"

#define TIMEOUT_S	8	/* of a reply, whatever smtp_timeout says */
#define MAILER_USER	"umws_mailer"

/* In this order. */
enum stage {
	STAGE_SETTING,		/* nothing was asked */
	STAGE_CONNECT,
	STAGE_EHLO,
	STAGE_TLS,
	STAGE_AUTH,
	STAGE_DONE
};

static const char *const	stages[] = {
	[STAGE_SETTING] = "smtp-connect",
	[STAGE_CONNECT] = "smtp-connect",
	[STAGE_EHLO] = "smtp-ehlo",
	[STAGE_TLS] = "smtp-tls",
	[STAGE_AUTH] = "smtp-auth",
	[STAGE_DONE] = ""
};

/* Make the connection, once. */
static void
ask(struct doctor *doctor)
{
	struct conf	 conf = *doctor->command->conf;
	struct smtp	*smtp = NULL;

	if (doctor->is_asked)
		return;
	doctor->is_asked = true;
	if (conf.smtp.timeout_s > TIMEOUT_S)
		conf.smtp.timeout_s = TIMEOUT_S;
	doctor->smtp_status = relay_new(&conf, &smtp);
	doctor->is_smtp_made = smtp != NULL;
	if (smtp != NULL && doctor->smtp_status == ST_OK)
		doctor->smtp_status = smtp_ready(smtp);
	if (smtp != NULL)
		smtp_tell(smtp, &doctor->smtp_report);
	smtp_free(&smtp);
	doctor->smtp_heard = doctor->heard;
}

/* Where did it end? Settings tell what the last command alone does not. */
static enum stage
find_stage(const struct doctor *doctor)
{
	const struct smtp_report	*report = &doctor->smtp_report;
	const char			*at = report->at;
	const char			*look_at = report->look_at != NULL ?
					    report->look_at : "";

	if (doctor->smtp_status == ST_OK)
		return STAGE_DONE;
	if (!doctor->is_smtp_made)
		return STAGE_SETTING;
	if (report->code == 0 && strstr(look_at, "smtp_user") != NULL)
		return STAGE_AUTH;
	if (report->code == 0 && (strstr(look_at, "smtp_ca_file") != NULL ||
	    strstr(look_at, "smtp_tls") != NULL ||
	    strstr(look_at, "certificate") != NULL))
		return STAGE_TLS;
	if (at == NULL || strcmp(at, "greet") == 0)
		return report->code == 0 && at != NULL && report->look_at !=
		    NULL && strncmp(doctor->command->conf->smtp.url, "smtps",
		    5) == 0 ? STAGE_TLS : STAGE_CONNECT;
	if (strcmp(at, "ehlo") == 0)
		return STAGE_EHLO;
	if (strcmp(at, "starttls") == 0)
		return STAGE_TLS;
	return strcmp(at, "auth") == 0 ? STAGE_AUTH : STAGE_CONNECT;
}

static void
say_failure(const struct doctor *doctor, enum stage stage,
    struct doctor_line *line)
{
	const struct smtp_report	*report = &doctor->smtp_report;
	char				 todo[DOCTOR_TEXT_SIZE];
	bool				 is_later = report->code >= 400 &&
					    report->code < 500;

	(void)snprintf(todo, sizeof(todo), "the mail server's log says more; "
	    "in umws.conf look at %s", report->look_at != NULL ?
	    report->look_at : stage == STAGE_EHLO ? "smtp_helo" : "smtp_url");
	doctor_say(line, is_later ? DOCTOR_WARNING : DOCTOR_WRONG, todo,
	    "%s: %s", doctor->command->conf->smtp.url,
	    report->reply[0] != '\0' ? report->reply : "no answer");
}

static bool
is_program(const struct doctor *doctor)
{
	return smtp_program_path(doctor->command->conf->smtp.url) != NULL;
}

/*
 * The part that all checks of the connection have: true when it came past the
 * stage of this one.
 */
static bool
is_past(struct doctor *doctor, enum stage own, struct doctor_line *line)
{
	const char	*password = doctor->command->conf->smtp.password_file;
	enum stage	 stage;

	if (is_program(doctor)) {
		doctor_say(line, DOCTOR_SKIPPED, NULL, "smtp_url names a "
		    "program, which speaks to the server itself");
		return false;
	}
	if (password[0] != '\0' && access(password, R_OK) != 0 &&
	    errno == EACCES) {
		doctor_say(line, DOCTOR_SKIPPED, NULL, "%s: %s; run this as "
		    "root", password, strerror(errno));
		return false;
	}
	ask(doctor);
	stage = find_stage(doctor);
	if (stage > own)
		return true;
	if (stage == STAGE_SETTING && own == STAGE_CONNECT) {
		doctor->heard = doctor->smtp_heard;
		doctor_repeat(doctor, line, DOCTOR_WRONG, "no memory");
	} else if (stage == own) {
		say_failure(doctor, stage, line);
	} else {
		doctor_say(line, DOCTOR_SKIPPED, NULL, "it did not come so "
		    "far, see %s", stages[stage]);
	}
	return false;
}

static void
check_connect(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	if (is_past(doctor, STAGE_CONNECT, line))
		doctor_well(line, check);
}

/* RFC 5321, section 4.1.1.1: a name with a dot, or many servers say no. */
static void
check_ehlo(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	char	name[RELAY_NAME_SIZE];

	if (!is_past(doctor, STAGE_EHLO, line))
		return;
	relay_name(doctor->command->conf, name);
	if (name[0] == '\0' || (strchr(name, '.') == NULL && name[0] != '['))
		doctor_say(line, DOCTOR_WARNING, "set smtp_helo to this "
		    "host's name in the DNS", "the name for EHLO, \"%s\", has "
		    "no dot: many servers refuse that", name);
	else
		doctor_well(line, check);
}

/* To this host nobody listens; "localhost.example.org" is another one. */
static bool
is_far(const char *url)
{
	const char	*host = strstr(url, "//");
	size_t		 len;

	host = host == NULL ? url : host + 2;
	if (strncmp(host, "[::1]", 5) == 0)
		return false;
	len = strcspn(host, ":/");
	if (len == 9 && strncasecmp(host, "localhost", len) == 0)
		return false;
	return strncmp(host, "127.", 4) != 0 ||
	    strspn(host, "0123456789.") != len;
}

static void
check_tls(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	const struct smtp_options	*smtp = &doctor->command->conf->smtp;

	if (!is_past(doctor, STAGE_TLS, line))
		return;
	if (doctor->smtp_report.shared.is_clear)
		doctor_say(line, DOCTOR_WARNING, "mend the server's TLS, or "
		    "say so with smtp_tls = off", "TLS was offered and failed: "
		    "mails leave in clear text");
	else if (smtp->tls == SMTP_TLS_OFF && is_far(smtp->url) &&
	    strncmp(smtp->url, "smtps", 5) != 0)
		doctor_say(line, DOCTOR_WARNING, "smtp_tls = required, if the "
		    "server can do it", "smtp_tls is off, and the mail server "
		    "another host: PINs pass in clear text");
	else
		doctor_well(line, check);
}

static void
check_auth(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	if (!is_past(doctor, STAGE_AUTH, line))
		return;
	if (doctor->command->conf->smtp.user[0] == '\0')
		doctor_say(line, DOCTOR_OK, NULL, "smtp_user is not set: we "
		    "do not log in");
	else
		doctor_well(line, check);
}

/*
 * As the mailer's own user would find it, if there is one and we are root; so
 * it is the last check of this subject, and of its process.
 */
static void
check_program(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	const char		*url = doctor->command->conf->smtp.url;
	const char		*path = smtp_program_path(url), *fault;
	const struct passwd	*user = getpwnam(MAILER_USER);

	if (path == NULL) {
		doctor_say(line, DOCTOR_OK, NULL, "smtp_url names a server");
		return;
	}
	if (user != NULL && geteuid() == 0 &&
	    (initgroups(user->pw_name, user->pw_gid) != 0 ||
	    setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) {
		doctor_say(line, DOCTOR_SKIPPED, NULL, "we cannot be "
		    MAILER_USER ": %s", strerror(errno));
		return;
	}
	fault = smtp_exec_fault(path);
	if (fault == NULL)
		doctor_well(line, check);
	else
		doctor_say(line, DOCTOR_WRONG, "install it, or correct "
		    "smtp_url in umws.conf", "%s: the program %s", path,
		    fault);
}

const struct doctor_check	doctor_smtp_checks[] = {
	{ "smtp-connect", "it is there, and greets us", check_connect, NULL,
	    0 },
	{ "smtp-ehlo", "it takes the name that we give it", check_ehlo, NULL,
	    0 },
	{ "smtp-tls", "TLS is as smtp_tls wants it, and the certificate fits",
	    check_tls, NULL, 0 },
	{ "smtp-auth", "it lets us log in", check_auth, NULL, 0 },
	{ "smtp-program", "the program is there, and the mailer's to run",
	    check_program, NULL, 0 },
	{ .name = NULL }
};
