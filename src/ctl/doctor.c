/*
 * doctor.c - "doctor": look at everything, say what is wrong and what to do,
 * and change nothing. The subjects are a table; each is a file of its own.
 */
#include "config.h"

#include "ctl/doctor.h"

#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/terminal.h"
#include "base/text.h"

#define JSON_MAX	(16 * DOCTOR_TEXT_SIZE)	/* bytes of one object */

const struct doctor_subject	doctor_subjects[] = {
	{ "configuration", DOCTOR_NOTHING, 10, doctor_conf_checks },
	{ "database", DOCTOR_CONF, 20, doctor_database_checks },
	{ "keys", DOCTOR_CONF, 10, doctor_key_checks },
	{ "roles", DOCTOR_SCHEMA, 10, doctor_role_checks },
	{ "server", DOCTOR_DATABASE, 10, doctor_server_checks },
	{ "Patroni", DOCTOR_DATABASE, 10, doctor_patroni_checks },
	{ "mails", DOCTOR_SCHEMA, 10, doctor_mail_checks },
	{ "mailboxes", DOCTOR_SCHEMA, 30, doctor_user_checks },
	{ "audit", DOCTOR_SCHEMA, 10, doctor_audit_checks },
	{ "mail server", DOCTOR_CONF, 20, doctor_smtp_checks },
	{ "web server", DOCTOR_URL, 15, doctor_web_checks },
	{ .name = NULL }
};

static const char *const	verdicts[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_WARNING] = "warning",
	[DOCTOR_WRONG] = "wrong",
	[DOCTOR_SKIPPED] = "not checked",
};

struct report {
	struct doctor	*doctor;
	bool		 is_silent;	/* asked for what comes after */
	size_t		 counts[sizeof(verdicts) / sizeof(verdicts[0])];
	size_t		 lines;
};

static void
print_json(const struct report *report, const struct doctor_subject *subject,
    const struct doctor_check *check, const struct doctor_line *line)
{
	struct buf	 json = BUF_INIT(JSON_MAX);
	FILE		*out = report->doctor->command->io->out;

	buf_puts(&json, "{");
	text_json_member(&json, "name", check->name);
	text_json_member(&json, "subject", subject->name);
	text_json_member(&json, "verdict", verdicts[line->verdict]);
	text_json_member(&json, "text", line->text);
	text_json_member(&json, "todo", line->todo);
	buf_puts(&json, "}");
	(void)fputs(report->lines == 0 ? "[" : ",\n ", out);
	terminal_print_json(out, buf_text(&json));
	buf_free(&json);
}

static void
print_line(const struct report *report, const struct doctor_check *check,
    const struct doctor_line *line)
{
	const struct command	*command = report->doctor->command;

	command_say(command, "%-11s  %s: %s", verdicts[line->verdict],
	    check->name, line->text);
	if (line->todo[0] != '\0')
		command_say(command, "; to do: %s", line->todo);
	(void)putc('\n', command->io->out);
}

/* Who reads along sees each line when it is known. */
static void
on_line(void *context, const struct doctor_subject *subject,
    const struct doctor_check *check, const struct doctor_line *line)
{
	struct report	*report = context;
	bool		 is_bad = line->verdict == DOCTOR_WRONG ||
			    line->verdict == DOCTOR_SKIPPED;

	if (strcmp(check->name, "database-connect") == 0)
		report->doctor->is_database_bad = is_bad;
	if (strcmp(check->name, "schema-version") == 0)
		report->doctor->is_schema_bad = is_bad;
	if (report->is_silent)
		return;
	if (command_has(report->doctor->command, "--json"))
		print_json(report, subject, check, line);
	else
		print_line(report, check, line);
	(void)fflush(report->doctor->command->io->out);
	report->counts[line->verdict]++;
	report->lines++;
}

static int
list_checks(const struct command *command)
{
	const struct doctor_subject	*subject;
	const struct doctor_check	*check;
	struct buf			 json = BUF_INIT(JSON_MAX);
	bool	is_json = command_has(command, "--json"), is_first = true;

	for (subject = doctor_subjects; subject->name != NULL; subject++) {
		for (check = subject->checks; check->name != NULL; check++) {
			if (!is_json) {
				command_say(command, "%-20s  %s\n",
				    check->name, check->about);
				continue;
			}
			buf_reset(&json);
			buf_puts(&json, is_first ? "[{" : ",\n {");
			text_json_member(&json, "name", check->name);
			text_json_member(&json, "subject", subject->name);
			text_json_member(&json, "about", check->about);
			command_say(command, "%s}", buf_text(&json));
			is_first = false;
		}
	}
	if (is_json)
		command_say(command, "]\n");
	buf_free(&json);
	return EX_OK;
}

static void
run_all(struct report *report, const char *only)
{
	const struct doctor_subject	*subject;

	/* One check alone wants to know whether there is a database, too. */
	if (only != NULL) {
		report->is_silent = true;
		for (subject = doctor_subjects; subject->name != NULL;
		    subject++) {
			if (subject->checks == doctor_database_checks)
				doctor_run(report->doctor, subject, NULL,
				    on_line, report);
		}
		report->is_silent = false;
	}
	for (subject = doctor_subjects; subject->name != NULL; subject++)
		doctor_run(report->doctor, subject, only, on_line, report);
}

static void
print_end(const struct report *report)
{
	const struct command	*command = report->doctor->command;

	if (command_has(command, "--json"))
		command_say(command, "]\n");
	else
		command_say(command, "%zu ok, %zu warnings, %zu wrong, %zu "
		    "not checked\n", report->counts[DOCTOR_OK],
		    report->counts[DOCTOR_WARNING],
		    report->counts[DOCTOR_WRONG],
		    report->counts[DOCTOR_SKIPPED]);
}

/* Of HTTP, or none at all. */
static bool
is_address(const char *url)
{
	return url == NULL || strncmp(url, "https://", 8) == 0 ||
	    strncmp(url, "http://", 7) == 0;
}

static int
verb_doctor(struct command *command)
{
	struct doctor	doctor = { .command = command };
	struct report	report = { .doctor = &doctor };
	const char	*only = command_option(command, "--only");

	if (command_has(command, "--list"))
		return list_checks(command);
	doctor.url = command_option(command, "--url");
	doctor.patroni_url = command_option(command, "--patroni");
	doctor.ca_file = command_option(command, "--ca");
	if (!is_address(doctor.patroni_url))
		return command_fail(command, EX_USAGE, "--patroni %.60s: give "
		    "the address of its REST, http://...:8008",
		    doctor.patroni_url);
	if (!is_address(doctor.url))
		return command_fail(command, EX_USAGE, "--url %.60s: give the "
		    "address of the service, https://...", doctor.url);
	if (only != NULL && !doctor_knows(only))
		return command_fail(command, EX_USAGE, "there is no check "
		    "\"%.60s\": see umwsctl doctor --list", only);
	doctor_read_conf(&doctor);
	run_all(&report, only);
	log_divert(NULL, NULL);
	print_end(&report);
	return report.counts[DOCTOR_WRONG] > 0 ? EX_CONFIG : EX_OK;
}

/* clang-format off */
static const char	doctor_help[] =
"Looks at configuration, keys, roles and rights, database, queue, mail\n"
"server and web server, one line each: ok, warning, wrong or not checked,\n"
"what is so, and what to do. Changes nothing, and sends no mail. Run it as\n"
"root, who may read every key. Exit code 78 when something is wrong, else 0.\n"
"\n"
"  --ca FILE    authorities that its certificate may be of, instead of the\n"
"               system's\n"
"  --patroni URL\n"
"               also ask Patroni there, in whose cluster the database is, for\n"
"               the settings that a failover hangs on: http://10.0.0.1:8008\n"
"  --url URL    also ask the web server there, from outside, as somebody who\n"
"               has no password: https://mail.example.org/EWS/\n"
"               UM2007Legacy.asmx\n"
"  --only NAME  this check alone, or those whose names begin with it: key,\n"
"               server-fsync\n"
"  --list       list the checks and what each of them wants\n"
"  --json       an array of objects: name, subject, verdict, text, todo\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "", .usage = "[--url URL] [--patroni URL] [--ca FILE] "
	  "[--only NAME] [--list] [--json]",
	  .summary = "find what is wrong with this installation",
	  .help = doctor_help,
	  .options = { "--url=", "--patroni=", "--ca=", "--only=", "--list",
	  "--json" },
	  .run = verb_doctor, .reads_conf = true },
	{ .name = NULL }
};

const struct verb_group	verbs_doctor = { "doctor", verbs };
