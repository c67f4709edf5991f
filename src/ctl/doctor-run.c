/*
 * doctor-run.c - run the checks of a subject in a child process, and hear what
 * each has found; and what all checks do alike.
 */
#include "config.h"

#include "ctl/doctor.h"

#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "edge/clock.h"
#include "edge/guard.h"

_Static_assert(sizeof(struct doctor_line) <= GUARD_RECORD_MAX,
    "a line is told as a whole");

/* What a child has to do: the checks from this one on. */
struct task {
	struct doctor			*doctor;
	const struct doctor_subject	*subject;
	const char			*only;
	size_t				 from;
};

void
doctor_say(struct doctor_line *line, enum doctor_verdict verdict,
    const char *todo, const char *format, ...)
{
	va_list	args;

	line->verdict = verdict;
	(void)snprintf(line->todo, sizeof(line->todo), "%s",
	    todo == NULL ? "" : todo);
	va_start(args, format);
	(void)vsnprintf(line->text, sizeof(line->text), format, args);
	va_end(args);
}

void
doctor_well(struct doctor_line *line, const struct doctor_check *check)
{
	doctor_say(line, DOCTOR_OK, NULL, "%s", check->about);
}

static void
add(char text[DOCTOR_TEXT_SIZE], const char *before, const char *more)
{
	size_t	len = strlen(text);

	(void)snprintf(text + len, DOCTOR_TEXT_SIZE - len, "%s%s",
	    len == 0 ? "" : before, more);
}

/* The event's name, what it is about and why; what to do by itself. */
static void
on_event(void *context, enum log_level level, const char *event,
    const char *const *pairs)
{
	struct doctor_heard	*heard = context;

	if (heard->is_heard && level >= heard->level)
		return;
	memset(heard, 0, sizeof(*heard));
	heard->is_heard = true;
	heard->level = level;
	for (; *pairs != NULL; pairs += 2) {
		if (*pairs[1] == '\0')
			continue;
		if (strcmp(pairs[0], "todo") == 0) {
			add(heard->todo, "", pairs[1]);
		} else if (strcmp(pairs[0], "reason") == 0 ||
		    strcmp(pairs[0], "file") == 0) {
			add(heard->text, ": ", pairs[1]);
		} else {
			add(heard->text, ", ", pairs[0]);
			add(heard->text, " ", pairs[1]);
		}
	}
	if (heard->text[0] == '\0')
		add(heard->text, "", event);
}

void
doctor_listen(struct doctor *doctor)
{
	memset(&doctor->heard, 0, sizeof(doctor->heard));
	log_divert(on_event, &doctor->heard);
}

void
doctor_repeat(const struct doctor *doctor, struct doctor_line *line,
    enum doctor_verdict verdict, const char *otherwise)
{
	if (doctor->heard.is_heard)
		doctor_say(line, verdict, doctor->heard.todo, "%s",
		    doctor->heard.text);
	else
		doctor_say(line, verdict, NULL, "%s", otherwise);
}

/* Is there what it needs? Else why it is not checked. */
static bool
has_need(const struct doctor *doctor, const struct doctor_check *check,
    enum doctor_need need, struct doctor_line *line)
{
	const char	*why = NULL;

	if (check->need > need)
		need = check->need;
	if (need == DOCTOR_URL && doctor->url == NULL)
		why = "give the address of the service by --url";
	else if (need != DOCTOR_NOTHING && need != DOCTOR_URL &&
	    doctor->command->conf == NULL)
		why = "umws.conf cannot be read, see configuration";
	else if ((need == DOCTOR_DATABASE || need == DOCTOR_SCHEMA) &&
	    doctor->is_database_bad)
		why = "there is no connection, see database-connect";
	else if (need == DOCTOR_SCHEMA && doctor->is_schema_bad)
		why = "the schema is not this program's, see schema-version";
	if (why != NULL)
		doctor_say(line, DOCTOR_SKIPPED, NULL, "%s", why);
	return why == NULL;
}

static bool
is_wanted(const struct doctor_check *check, const char *only)
{
	size_t	len;

	if (only == NULL || strcmp(check->name, only) == 0)
		return true;
	/* "key" is all that begin with "key-". */
	len = strlen(only);
	return strncmp(check->name, only, len) == 0 && check->name[len] == '-';
}

bool
doctor_knows(const char *only)
{
	const struct doctor_subject	*subject;
	const struct doctor_check	*check;

	for (subject = doctor_subjects; subject->name != NULL; subject++) {
		for (check = subject->checks; check->name != NULL; check++) {
			if (is_wanted(check, only))
				return true;
		}
	}
	return false;
}

static bool
needs_database(const struct doctor_subject *subject,
    const struct doctor_check *check)
{
	enum doctor_need	need = check->need > subject->need ?
				    check->need : subject->need;

	return need == DOCTOR_DATABASE || need == DOCTOR_SCHEMA;
}

/* In the child: each check, and tell its line. */
static void
work(void *context, int fd)
{
	const struct task		*task = context;
	const struct doctor_check	*check;
	struct doctor			*doctor = task->doctor;
	struct doctor_line		 line;

	/* libcurl writes to peers that have gone. */
	(void)signal(SIGPIPE, SIG_IGN);
	for (check = &task->subject->checks[task->from]; check->name != NULL;
	    check++) {
		if (!is_wanted(check, task->only))
			continue;
		memset(&line, 0, sizeof(line));
		/* Our parent says why not, and does not wait for us. */
		if (!has_need(doctor, check, task->subject->need, &line))
			continue;
		doctor_listen(doctor);
		if (needs_database(task->subject, check) &&
		    doctor_connect(doctor) != ST_OK)
			doctor_repeat(doctor, &line, DOCTOR_SKIPPED,
			    "the database has gone");
		else
			check->run(doctor, check, &line);
		guard_tell(fd, &line, sizeof(line));
	}
}

/* What there is to say of a check whose child has told nothing. */
static void
say_silence(enum status st, unsigned int timeout_s, struct doctor_line *line)
{
	if (st == ST_RETRY)
		doctor_say(line, DOCTOR_WRONG, "look at what it asks: it "
		    "takes connections and does not answer",
		    "no answer within %u s", timeout_s);
	else
		doctor_say(line, DOCTOR_WRONG, "please report it, with the "
		    "configuration", "the check itself has failed");
}

void
doctor_run(struct doctor *doctor, const struct doctor_subject *subject,
    const char *only, void (*on_line)(void *context,
    const struct doctor_subject *subject, const struct doctor_check *check,
    const struct doctor_line *line), void *context)
{
	struct task		 task = { doctor, subject, only, 0 };
	const struct doctor_check *check;
	struct doctor_line	 line;
	struct guard		 guard = { 0, -1 };
	enum status		 st;

	for (check = subject->checks; check->name != NULL; check++) {
		task.from = (size_t)(check - subject->checks);
		if (!is_wanted(check, only))
			continue;
		memset(&line, 0, sizeof(line));
		if (!has_need(doctor, check, subject->need, &line)) {
			on_line(context, subject, check, &line);
			continue;
		}
		st = guard.pid != 0 ? ST_OK : guard_start(&guard, work, &task);
		if (st == ST_OK)
			st = guard_hear(&guard, &line, sizeof(line),
			    clock_ms() + subject->timeout_s * 1000LL);
		if (st != ST_OK) {
			guard_stop(&guard);
			say_silence(st, subject->timeout_s, &line);
		}
		on_line(context, subject, check, &line);
	}
	guard_stop(&guard);
}

void
doctor_ask_with(struct doctor *doctor, const struct doctor_check *check,
    const char *const *params, size_t count, struct doctor_line *line)
{
	struct db_result	*result = NULL;
	const char		*verdict;
	enum status		 st;
	size_t			 i, rows, at = 0;

	st = db_call(admin_db(doctor->command->admin), check->with, params,
	    count, 0, &result);
	if (st != ST_OK) {
		doctor_repeat(doctor, line, DOCTOR_SKIPPED,
		    db_message(admin_db(doctor->command->admin)));
		goto out;
	}
	rows = db_rows(result);
	if (rows == 0) {
		doctor_well(line, check);
		goto out;
	}
	for (i = 0; i < rows; i++) {
		if (strcmp(db_text(result, i, 0), "wrong") == 0 &&
		    strcmp(db_text(result, at, 0), "wrong") != 0)
			at = i;
	}
	verdict = db_text(result, at, 0);
	doctor_say(line, strcmp(verdict, "wrong") == 0 ? DOCTOR_WRONG :
	    strcmp(verdict, "warning") == 0 ? DOCTOR_WARNING :
	    strcmp(verdict, "ok") == 0 ? DOCTOR_OK : DOCTOR_SKIPPED,
	    db_text(result, at, 2), "%s", db_text(result, at, 1));
	if (rows > 1) {
		i = strlen(line->text);
		(void)snprintf(line->text + i, sizeof(line->text) - i,
		    " (and %zu more)", rows - 1);
	}
out:
	db_result_free(&result);
}

void
doctor_ask(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	doctor_ask_with(doctor, check, NULL, 0, line);
}
