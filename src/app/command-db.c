/*
 * command-db.c - db upgrade: migrations in order, one transaction, one lock;
 * then a look whether the schema is in the state that they give it.
 *
 * The version is read again once the lock is held, so two upgrades at once
 * apply each migration once.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "app/command-verbs.h"
#include "base/buf.h"

#define NUMBER_DIGITS	4	/* of NNNN-name.sql */
#define MIGRATION_MAX	(4 * 1024 * 1024) /* bytes of one file */
#define PATH_SIZE	4096	/* bytes of a file's path */
#define LINES_MAX	(1024 * 1024) /* bytes of what was mended */
#define VERIFY_FILE	"verify.sql"	/* beside the migrations */

/* What verifying has to say. */
struct upgrade_report {
	struct command	*command;
	struct buf	*mended;	/* a line for each thing */
	size_t		 wrong;
};

struct migrations {
	const char	 *dir;
	struct dirent	**files;	/* owned; number i + 1 is at i */
	size_t		  count;
};

static int
is_migration(const struct dirent *entry)
{
	size_t	len = strlen(entry->d_name);

	return strspn(entry->d_name, "0123456789") == NUMBER_DIGITS &&
	    entry->d_name[NUMBER_DIGITS] == '-' && len > 4 &&
	    strcmp(entry->d_name + len - 4, ".sql") == 0;
}

static void
migrations_free(struct migrations *list)
{
	size_t	i;

	for (i = 0; i < list->count; i++)
		free(list->files[i]);
	free(list->files);
	list->files = NULL;
	list->count = 0;
}

/* Find the files; their numbers must be 1, 2, 3, ... */
static int
migrations_find(const struct command *command, const char *dir,
    struct migrations *list)
{
	size_t	i;
	long	number;
	int	count;

	list->dir = dir;
	count = scandir(dir, &list->files, is_migration, alphasort);
	if (count < 0)
		return command_fail(command, EX_NOINPUT, "%s: %s: give the "
		    "directory of the migrations by --sql", dir,
		    strerror(errno));
	list->count = (size_t)count;
	if (count == 0)
		return command_fail(command, EX_NOINPUT, "%s: no file "
		    "NNNN-name.sql: give the directory of the migrations by "
		    "--sql", dir);
	for (i = 0; i < list->count; i++) {
		number = strtol(list->files[i]->d_name, NULL, 10);
		if (number == (long)i)
			return command_fail(command, EX_CONFIG, "%s: two files "
			    "have the number %04ld, or it is 0000: remove "
			    "%s", dir, number, list->files[i]->d_name);
		if (number != (long)i + 1)
			return command_fail(command, EX_CONFIG, "%s: "
			    "%04zu-*.sql is missing before %s: install it "
			    "again", dir, i + 1, list->files[i]->d_name);
	}
	return EX_OK;
}

static int
migration_read(const struct command *command, const char *path,
    struct buf *text)
{
	char	 bytes[8192];
	FILE	*stream;
	size_t	 len;
	int	 code = EX_OK;

	stream = fopen(path, "re");
	if (stream == NULL)
		return command_fail(command, EX_NOINPUT, "%s: %s", path,
		    strerror(errno));
	do {
		len = fread(bytes, 1, sizeof(bytes), stream);
		buf_append(text, bytes, len);
	} while (len == sizeof(bytes));
	if (ferror(stream))
		code = command_fail(command, EX_NOINPUT, "%s: %s", path,
		    strerror(errno));
	else if (buf_status(text) != ST_OK ||
	    strlen(buf_text(text)) != text->len)
		code = command_fail(command, EX_NOINPUT, "%s: no text of at "
		    "most 4 MiB", path);
	(void)fclose(stream);
	return code;
}

/* An upgrade fails for one reason most of all: it is the wrong role's. */
static int
upgrade_fail(const struct command *command, enum status st,
    int64_t version, const char *place)
{
	const char	*message = admin_message(command->admin), *hint;
	const char	*sqlstate = admin_sqlstate(command->admin);
	bool		 is_denied;

	hint = version > 0 ? " (it needs a superuser or a member of "
	    "umws_owner: --dsn)" :
	    " (the first upgrade needs a superuser: --dsn)";
	is_denied = strcmp(sqlstate, "42501") == 0;
	if (st == ST_BAD || (st == ST_FAIL && is_denied))
		return command_fail(command, is_denied ? EX_NOPERM :
		    EX_SOFTWARE, "%s: %s; nothing was changed%s", place,
		    message, is_denied ? hint : "");
	/* Let in, and still: what db upgrade itself meets is no reason to
	 * advise db upgrade. */
	if (st == ST_FAIL && strncmp(sqlstate, "28", 2) != 0 &&
	    strncmp(sqlstate, "3D", 2) != 0)
		return command_fail(command, EX_SOFTWARE, "%s: %s; nothing "
		    "was changed", place, message);
	if (st == ST_RETRY)
		return command_fail(command, EX_TEMPFAIL, "%s: the database "
		    "is away and nothing was changed: is it running?%s",
		    place, hint);
	return command_db_fail(command, st, place);
}

/* Apply one file; it must leave the schema at its own number. */
static int
migration_apply(struct command *command, const struct migrations *list,
    int64_t number)
{
	struct buf	 text = BUF_INIT(MIGRATION_MAX);
	char		 path[PATH_SIZE];
	int64_t		 version, oldest;
	enum status	 st;
	int		 code;

	(void)snprintf(path, sizeof(path), "%s/%s", list->dir,
	    list->files[number - 1]->d_name);
	code = migration_read(command, path, &text);
	if (code != EX_OK)
		goto out;
	st = admin_script(command->admin, buf_text(&text));
	if (st == ST_OK)
		st = admin_schema(command->admin, &version, &oldest);
	if (st != ST_OK)
		code = upgrade_fail(command, st, number - 1, path);
	else if (version != number)
		code = command_fail(command, EX_SOFTWARE, "%s: it left "
		    "umws.schema_info at version %lld; nothing was changed",
		    path, (long long)version);
out:
	buf_free(&text);
	return code;
}

static int
refuse_newer(const struct command *command, int64_t version,
    const struct migrations *list)
{
	return command_fail(command, EX_CONFIG, "the schema is at version "
	    "%lld, newer than the files in %s, which end at %zu: install a "
	    "newer umws", (long long)version, list->dir, list->count);
}

static int
migrations_apply(struct command *command, const struct migrations *list,
    int64_t from)
{
	int64_t	number;
	int	code = EX_OK;

	for (number = from + 1; code == EX_OK &&
	    number <= (int64_t)list->count; number++)
		code = migration_apply(command, list, number);
	return code;
}

/* The state that the migrations make, as a text which the caller frees. */
static int
reference_make(struct command *command, const struct migrations *list,
    char **reference)
{
	struct buf	verify = BUF_INIT(MIGRATION_MAX);
	char		path[PATH_SIZE];
	enum status	st;
	int		code;

	*reference = NULL;
	(void)snprintf(path, sizeof(path), "%s/" VERIFY_FILE, list->dir);
	code = migration_read(command, path, &verify);
	if (code != EX_OK)
		goto out;
	st = admin_reference_begin(command->admin, buf_text(&verify));
	if (st != ST_OK) {
		code = upgrade_fail(command, st, (int64_t)list->count, path);
		goto out;
	}
	code = migrations_apply(command, list, 0);
	if (code != EX_OK)
		goto out;
	st = admin_reference_end(command->admin, reference);
	if (st != ST_OK)
		code = upgrade_fail(command, st, (int64_t)list->count, path);
out:
	buf_free(&verify);
	return code;
}

static void
on_line(void *context, bool is_mended, const char *line)
{
	struct upgrade_report	*report = context;

	if (is_mended) {
		buf_printf(report->mended, "mended %s\n", line);
		return;
	}
	report->wrong++;
	(void)command_fail(report->command, EX_CONFIG,
	    "cannot be mended: %s", line);
}

/* Is all as the migrations make it? What can be mended is. */
static int
verify(struct command *command, const struct migrations *list,
    struct buf *mended)
{
	struct upgrade_report	 report = { .command = command,
				    .mended = mended };
	char		*reference;
	enum status	 st;
	int		 code;

	code = reference_make(command, list, &reference);
	if (code == EX_OK) {
		st = admin_mend(command->admin, reference, on_line, &report);
		if (st != ST_OK)
			code = upgrade_fail(command, st,
			    (int64_t)list->count, "mending the schema");
		else if (report.wrong > 0)
			code = command_fail(command, EX_CONFIG, "the schema "
			    "is not what version %zu makes of it, and nothing "
			    "was changed: put the above right, or restore a "
			    "whole dump", list->count);
	}
	free(reference);
	return code;
}

/* Within the transaction: lock, look again, apply, verify. */
static int
upgrade_locked(struct command *command, const struct migrations *list,
    bool is_superuser, int64_t *from, struct buf *mended)
{
	int64_t		oldest;
	enum status	st;
	int		code;

	st = admin_lock_schema(command->admin);
	if (st == ST_OK)
		st = admin_schema(command->admin, from, &oldest);
	if (st != ST_OK)
		return upgrade_fail(command, st, *from, "db upgrade");
	if (*from > (int64_t)list->count)
		return refuse_newer(command, *from, list);
	code = migrations_apply(command, list, *from);
	if (code == EX_OK && is_superuser)
		code = verify(command, list, mended);
	if (code != EX_OK)
		return code;
	/* A good schema is left as it is: not even looking changes it. */
	if (*from == (int64_t)list->count && is_superuser && mended->len == 0)
		return EX_OK;
	command->is_changing = true;
	st = admin_commit(command->admin);
	return st == ST_OK ? EX_OK :
	    upgrade_fail(command, st, *from, "db upgrade");
}

/* Look, and bring up to date; lines are for people. */
static int
upgrade(struct command *command, const struct migrations *list,
    int64_t *from, struct buf *lines)
{
	bool		is_superuser = false;
	int64_t		oldest;
	enum status	st;
	int		code = EX_OK;

	/* Whoever may only look can see that there is nothing to do. */
	*from = 0;
	st = admin_is_superuser(command->admin, &is_superuser);
	if (st == ST_OK)
		st = admin_schema(command->admin, from, &oldest);
	if (st != ST_OK)
		return upgrade_fail(command, st, *from, "db upgrade");
	if (*from > (int64_t)list->count)
		return refuse_newer(command, *from, list);
	if (*from < (int64_t)list->count || is_superuser) {
		st = admin_begin(command->admin);
		if (st == ST_OK)
			code = upgrade_locked(command, list, is_superuser,
			    from, lines);
		else
			code = upgrade_fail(command, st, *from,
			    "db upgrade");
		admin_rollback(command->admin);
	}
	if (code == EX_OK && !is_superuser)
		buf_puts(lines, "its owners, rights and functions were not "
		    "checked: that needs a superuser (--dsn)\n");
	return code;
}

/* What was done, line by line. */
static void
say_done(const struct command *command, const struct migrations *list,
    int64_t from, const char *lines)
{
	const char	*end;

	for (; from < (int64_t)list->count; from++)
		command_say(command, "applied %s\n",
		    list->files[from]->d_name);
	command_say(command, "schema is at version %zu\n", list->count);
	for (; (end = strchr(lines, '\n')) != NULL; lines = end + 1)
		command_say(command, "%.*s\n", (int)(end - lines), lines);
}

static int
verb_upgrade(struct command *command)
{
	struct migrations	 list = { 0 };
	struct buf		 lines = BUF_INIT(LINES_MAX);
	const char		*dir;
	int64_t			 from;
	int			 code;

	dir = command_option(command, "--sql");
	code = migrations_find(command, dir != NULL ? dir : UMWS_SQLDIR,
	    &list);
	if (code == EX_OK)
		code = command_connect(command,
		    command_option(command, "--dsn"));
	if (code == EX_OK)
		code = upgrade(command, &list, &from, &lines);
	if (code == EX_OK)
		say_done(command, &list, from, buf_text(&lines));
	buf_free(&lines);
	migrations_free(&list);
	return code;
}

/* clang-format off */
static const char	upgrade_help[] =
"Applies the migrations NNNN-name.sql that the database does not have yet,\n"
"in order and in one transaction. Several upgrades at once are safe: one\n"
"works, the others wait. Where nothing is to do it says so.\n\n"
"As a superuser it also checks that owners, rights, roles and functions are\n"
"those of this version, mends what is not, and names what it cannot mend.\n\n"
"  --dsn CONNINFO  connect with this libpq connection string instead of\n"
"                  database_admin of umws.conf. The first upgrade makes\n"
"                  roles and needs a superuser; later ones need a\n"
"                  superuser or a member of umws_owner.\n"
"  --sql DIR       read the migrations from DIR instead of\n"
"                  " UMWS_SQLDIR "\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ "upgrade", "[--dsn CONNINFO] [--sql DIR]",
	    "bring the database schema up to date", upgrade_help,
	    { "--dsn=", "--sql=" }, "", 0, 0, verb_upgrade },
	{ .name = NULL }
};

const struct verb_group	verbs_db = { "db", verbs };
