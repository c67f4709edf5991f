/*
 * db.c - "db upgrade": apply the schema's files in order and then all of the
 * code, in one transaction under a lock; then compare the schema with what
 * the files make (sql/verify.sql).
 *
 * The version is read again once the lock is held, so two upgrades at once
 * apply each file once.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/db.h"
#include "ctl/sql-files.h"
#include "ctl/verbs.h"
#include "base/buf.h"

#define LINES_MAX	(1024 * 1024) /* bytes of what was mended */
#define TRIES		10	/* of an upgrade that collides with others */
#define SCRIPT_SIZE	256	/* bytes of one that is ours */
#define AGAIN		(-1)	/* no exit code: it collided */

/* What verifying has to say. */
struct upgrade_report {
	struct command	*command;
	struct buf	*lines;		/* one for each thing */
	size_t		 mended;
	size_t		 wrong;
};

/*
 * An upgrade fails for one reason most of all: it is the wrong role's. What a
 * superuser is denied, umws_owner is, as whom it makes the schema. One that
 * met with somebody else's is made again, and has nothing to say.
 */
static int
upgrade_fail(const struct command *command, enum status st,
    int64_t version, const char *place)
{
	const char	*message = admin_message(command->admin), *hint;
	const char	*sqlstate = admin_sqlstate(command->admin);
	bool		 is_denied;

	if (st != ST_OK && admin_is_collision(command->admin))
		return AGAIN;
	hint = command->is_superuser ? " (umws_owner lacks this right, or "
	    "PUBLIC, which has it by default: GRANT it back)" : version > 0 ?
	    " (it needs a superuser or a member of umws_owner: --dsn)" :
	    " (the first upgrade needs a superuser: --dsn)";
	is_denied = strcmp(sqlstate, "42501") == 0;
	if (st == ST_BAD || (st == ST_FAIL && is_denied))
		return command_fail(command, is_denied ? EX_NOPERM :
		    EX_SOFTWARE, "%s: %s; nothing was changed%s", place,
		    message, is_denied ? hint : "");
	/* Let in, and still: what db upgrade itself meets is no reason to
	 * advise db upgrade. */
	if (st == ST_FAIL && strncmp(sqlstate, "28", 2) != 0 &&
	    strncmp(sqlstate, "3D", 2) != 0 &&
	    admin_todo(command->admin) == NULL)
		return command_fail(command, EX_SOFTWARE, "%s: %s; nothing "
		    "was changed", place, message);
	if (st == ST_RETRY && !admin_is_read_only(command->admin))
		return command_fail(command, EX_TEMPFAIL, "%s: the database "
		    "is away and nothing was changed: is it running?%s",
		    place, hint);
	return command_db_fail(command, st, place);
}

/* Run one file. place, in a sentence about it, is dir/name. */
static int
file_apply(struct command *command, const struct sql_files *files,
    const char *name, int64_t version)
{
	struct buf	text = BUF_INIT(SQL_FILE_MAX);
	struct buf	place = BUF_INIT(SQL_FILE_MAX);
	enum status	st;
	int		code;

	buf_printf(&place, "%s/%s", files->dir, name);
	code = sql_files_read(command, files, name, &text);
	if (code == EX_OK) {
		st = admin_script(command->admin, buf_text(&text));
		if (st != ST_OK)
			code = upgrade_fail(command, st, version,
			    buf_text(&place));
	}
	buf_free(&place);
	buf_free(&text);
	return code;
}

/* Apply one of the schema; it must leave the schema at its own number. */
static int
schema_apply(struct command *command, const struct sql_files *files,
    int64_t number)
{
	const char	*name = sql_files_schema(files, number);
	int64_t		 version, oldest;
	enum status	 st;
	int		 code;

	code = file_apply(command, files, name, number - 1);
	if (code != EX_OK)
		return code;
	st = admin_schema(command->admin, &version, &oldest);
	if (st != ST_OK)
		return upgrade_fail(command, st, number - 1, name);
	if (version != number)
		return command_fail(command, EX_SOFTWARE, "%s/%s: it left "
		    "umws.schema_info at version %lld; nothing was changed",
		    files->dir, name, (long long)version);
	return EX_OK;
}

/* What is not there yet of the schema, then all code. */
static int
files_apply(struct command *command, const struct sql_files *files,
    int64_t from)
{
	int64_t	number;
	size_t	i;
	int	code = EX_OK;

	for (number = from == 0 ? files->first : from + 1;
	    code == EX_OK && number <= files->last; number++)
		code = schema_apply(command, files, number);
	for (i = files->schema_count; code == EX_OK && i < files->count; i++)
		code = file_apply(command, files, files->names[i],
		    files->last);
	return code;
}

/* Is there a way from this version to the files' last one? */
static int
judge_version(const struct command *command, int64_t version,
    const struct sql_files *files)
{
	if (version < 0)
		return command_refuse_version(command, version);
	if (version > files->last)
		return command_fail(command, EX_CONFIG, "the schema is at "
		    "version %lld, newer than the files in %s, which end at "
		    "%lld: install a newer umws, or correct the table "
		    "umws.schema_info if none was ever here",
		    (long long)version, files->dir, (long long)files->last);
	if (version > 0 && version < files->first)
		return command_fail(command, EX_CONFIG, "the schema is at "
		    "version %lld: this schema was made by a version before "
		    "the first release: make the database anew; nothing was "
		    "changed", (long long)version);
	return EX_OK;
}

/* The state that the files make, as a text which the caller frees. */
static int
reference_make(struct command *command, const struct sql_files *files,
    char **reference)
{
	struct buf	verify = BUF_INIT(SQL_FILE_MAX);
	enum status	st;
	int		code;

	*reference = NULL;
	code = sql_files_read(command, files, SQL_VERIFY, &verify);
	if (code == EX_OK)
		code = sql_files_read(command, files, SQL_BESIDE, &verify);
	if (code != EX_OK)
		goto out;
	st = admin_reference_begin(command->admin, buf_text(&verify));
	if (st != ST_OK) {
		code = upgrade_fail(command, st, files->last, SQL_VERIFY);
		goto out;
	}
	code = files_apply(command, files, 0);
	if (code != EX_OK)
		goto out;
	st = admin_reference_end(command->admin, reference);
	if (st != ST_OK)
		code = upgrade_fail(command, st, files->last, SQL_VERIFY);
out:
	buf_free(&verify);
	return code;
}

static void
on_line(void *context, enum admin_verdict verdict, const char *line)
{
	struct upgrade_report	*report = context;

	switch (verdict) {
	case ADMIN_MENDED:
		report->mended++;
		buf_printf(report->lines, "mended %s\n", line);
		break;
	case ADMIN_NOTE:
		buf_printf(report->lines, "look at %s\n", line);
		break;
	case ADMIN_WRONG:
		report->wrong++;
		(void)command_fail(report->command, EX_CONFIG,
		    "cannot be mended: %s", line);
		break;
	}
}

/* Is all as the files make it? What can be mended is. */
static int
verify(const struct sql_files *files, struct upgrade_report *report)
{
	struct command	*command = report->command;
	char		*reference;
	enum status	 st;
	int		 code;

	code = reference_make(command, files, &reference);
	if (code == EX_OK) {
		st = admin_mend(command->admin, reference, on_line, report);
		if (st != ST_OK)
			code = upgrade_fail(command, st, files->last,
			    "mending the schema");
		else if (report->wrong > 0)
			code = command_fail(command, EX_CONFIG, "the schema "
			    "is not what version %lld makes of it, and "
			    "nothing was changed: put the above right, or "
			    "restore a whole dump", (long long)files->last);
	}
	free(reference);
	return code;
}

/* Bring up to date: schema and code, and a look at what that has made. */
static int
apply(struct command *command, const struct sql_files *files, int64_t from)
{
	enum status	st;
	int		code;

	code = files_apply(command, files, from);
	if (code != EX_OK)
		return code;
	st = admin_check_code(command->admin);
	return st == ST_OK ? EX_OK :
	    upgrade_fail(command, st, files->last, "sql/code");
}

/* The audit row of an upgrade that has changed something. */
static int
note_upgrade(struct command *command, int64_t version, size_t mended)
{
	char		script[SCRIPT_SIZE];
	enum status	st;

	(void)snprintf(script, sizeof(script), "SET LOCAL ROLE umws_owner; "
	    "SELECT umws.audit_act('db_upgrade', NULL, 'schema', NULL, "
	    "'version %lld, %zu mended'); RESET ROLE", (long long)version,
	    mended);
	st = admin_script(command->admin, script);
	return st == ST_OK ? EX_OK :
	    upgrade_fail(command, st, version, "the audit");
}

/* Within the transaction: lock, look again, apply, verify. */
static int
upgrade_locked(struct command *command, const struct sql_files *files,
    int64_t *from, struct buf *lines)
{
	struct upgrade_report	report = { .command = command,
				    .lines = lines };
	int64_t			oldest;
	enum status		st;
	int			code;

	st = admin_lock_schema(command->admin);
	if (st == ST_OK)
		st = admin_schema(command->admin, from, &oldest);
	if (st != ST_OK)
		return upgrade_fail(command, st, *from, "db upgrade");
	code = judge_version(command, *from, files);
	if (code == EX_OK && *from < files->last)
		code = apply(command, files, *from);
	if (code == EX_OK && command->is_superuser)
		code = verify(files, &report);
	if (code != EX_OK)
		return code;
	/* A good schema is left as it is: not even looking changes it. */
	if (*from == files->last && command->is_superuser &&
	    report.mended == 0)
		return EX_OK;
	if (*from < files->last || report.mended > 0)
		code = note_upgrade(command, files->last, report.mended);
	if (code != EX_OK)
		return code;
	command->is_changing = true;
	st = admin_commit(command->admin);
	return st == ST_OK ? EX_OK :
	    upgrade_fail(command, st, *from, "db upgrade");
}

/* Look, and bring up to date; lines are for people. */
static int
upgrade_once(struct command *command, const struct sql_files *files,
    int64_t *from, struct buf *lines)
{
	int64_t		oldest;
	enum status	st;
	int		code;

	/* Whoever may only look can see that there is nothing to do. */
	*from = 0;
	st = admin_is_superuser(command->admin, &command->is_superuser);
	if (st == ST_OK)
		st = admin_schema(command->admin, from, &oldest);
	if (st != ST_OK)
		return upgrade_fail(command, st, *from, "db upgrade");
	code = judge_version(command, *from, files);
	if (code == EX_OK && (*from < files->last ||
	    command->is_superuser)) {
		st = admin_begin(command->admin);
		if (st == ST_OK)
			code = upgrade_locked(command, files, from, lines);
		else
			code = upgrade_fail(command, st, *from,
			    "db upgrade");
		admin_rollback(command->admin);
	}
	if (code == EX_OK && !command->is_superuser)
		buf_puts(lines, "its owners, rights and functions were not "
		    "checked: that needs a superuser (--dsn)\n");
	return code;
}

/* It is one transaction, so one that collided has done nothing. */
static int
upgrade(struct command *command, const struct sql_files *files,
    int64_t *from, struct buf *lines)
{
	unsigned int	tries = 0;
	int		code;

	do {
		buf_reset(lines);
		code = upgrade_once(command, files, from, lines);
	} while (code == AGAIN && ++tries < TRIES);
	if (code == AGAIN)
		return command_fail(command, EX_TEMPFAIL, "db upgrade: "
		    "somebody else alters the schema or the roles all the "
		    "time; nothing was changed: try again");
	return code;
}

/* What was done, line by line. */
static void
say_done(const struct command *command, const struct sql_files *files,
    int64_t from, const char *lines)
{
	const char	*end;
	size_t		 i;

	/* The schema's that were not there yet, and all code after them. */
	i = from == 0 ? 0 : (size_t)(from - files->first + 1);
	for (; from < files->last && i < files->count; i++)
		command_say(command, "applied %s\n", files->names[i]);
	command_say(command, "schema is at version %lld\n",
	    (long long)files->last);
	for (; (end = strchr(lines, '\n')) != NULL; lines = end + 1)
		command_say(command, "%.*s\n", (int)(end - lines), lines);
}

int
db_upgrade(struct command *command, const char *dir, const char *dsn)
{
	struct sql_files	 files = { 0 };
	struct buf		 lines = BUF_INIT(LINES_MAX);
	int64_t			 from;
	int			 code;

	code = sql_files_find(command, dir != NULL ? dir : UMWS_SQLDIR,
	    &files);
	if (code == EX_OK && command->admin == NULL)
		code = command_connect(command, dsn);
	if (code == EX_OK)
		code = upgrade(command, &files, &from, &lines);
	if (code == EX_OK)
		say_done(command, &files, from, buf_text(&lines));
	buf_free(&lines);
	sql_files_free(&files);
	return code;
}

static int
verb_upgrade(struct command *command)
{
	return db_upgrade(command, command_option(command, "--sql"),
	    command_option(command, "--dsn"));
}

/* clang-format off */
static const char	upgrade_help[] =
"Applies schema/NNNN-name.sql that the database does not have yet and code/,\n"
"in order and in one transaction. Several upgrades at once are safe: one\n"
"works, the others wait. Where nothing is to do it says so.\n\n"
"As a superuser it also checks that owners, rights, roles and functions are\n"
"those of this version and that sequences are not behind their rows, mends\n"
"what is not, and names what it cannot mend and what somebody should see.\n\n"
"  --dsn CONNINFO  connect with this libpq connection string instead of\n"
"                  database_admin of umws.conf. The first upgrade makes\n"
"                  roles and needs a superuser; later ones need a\n"
"                  superuser or a member of umws_owner.\n"
"  --sql DIR       read the files of sql/ from DIR instead of\n"
"                  " UMWS_SQLDIR "\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "upgrade", .usage = "[--dsn CONNINFO] [--sql DIR]",
	  .summary = "bring the database schema up to date",
	  .help = upgrade_help, .options = { "--dsn=", "--sql=" },
	  .run = verb_upgrade },
	{ .name = "status", .usage = "[--json]",
	  .summary = "show tables, their size and their growth",
	  .help = db_status_help, .options = { "--json" }, .run = db_status },
	{ .name = "purge", .usage = "[OPTION...]",
	  .summary = "remove old mails and old rows of the audit",
	  .help = db_purge_help, .options = { "--audit-days=",
	  "--outbox-days=", "--max-time=", "--dry-run", "--json" },
	  .run = db_purge },
	{ .name = NULL }
};

const struct verb_group	verbs_db = { "db", verbs };
