/*
 * command-db.c - db upgrade: migrations in order, one transaction, one lock.
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
	bool		 is_denied;

	hint = version > 0 ? " (it needs a superuser or a member of "
	    "umws_owner: --dsn)" :
	    " (the first upgrade needs a superuser: --dsn)";
	is_denied = strncmp(message, "permission denied", 17) == 0 ||
	    strncmp(message, "must be ", 8) == 0;
	if (st == ST_BAD)
		return command_fail(command, is_denied ? EX_NOPERM :
		    EX_SOFTWARE, "%s: %s; nothing was changed%s", place,
		    message, is_denied ? hint : "");
	if (st == ST_RETRY)
		return command_fail(command, EX_TEMPFAIL, "%s: the database "
		    "is away, or does not let us in%s", place, hint);
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

/* Within the transaction: lock, look again, apply. *from is what it was. */
static int
upgrade_locked(struct command *command, const struct migrations *list,
    int64_t *from)
{
	int64_t		number, oldest;
	enum status	st;
	int		code = EX_OK;

	st = admin_lock_schema(command->admin);
	if (st == ST_OK)
		st = admin_schema(command->admin, from, &oldest);
	if (st != ST_OK)
		return upgrade_fail(command, st, *from, "db upgrade");
	if (*from > (int64_t)list->count)
		return refuse_newer(command, *from, list);
	for (number = *from + 1; code == EX_OK &&
	    number <= (int64_t)list->count; number++)
		code = migration_apply(command, list, number);
	if (code != EX_OK)
		return code;
	st = admin_commit(command->admin);
	return st == ST_OK ? EX_OK :
	    upgrade_fail(command, st, *from, "db upgrade");
}

static int
upgrade(struct command *command, const struct migrations *list)
{
	int64_t		version, oldest;
	enum status	st;
	int		code;

	code = command_connect(command, command_option(command, "--dsn"));
	if (code != EX_OK)
		return code;
	/* Whoever may only look can see that there is nothing to do. */
	st = admin_schema(command->admin, &version, &oldest);
	if (st != ST_OK)
		return upgrade_fail(command, st, version, "db upgrade");
	if (version > (int64_t)list->count)
		return refuse_newer(command, version, list);
	if (version < (int64_t)list->count) {
		st = admin_begin(command->admin);
		if (st == ST_OK)
			code = upgrade_locked(command, list, &version);
		else
			code = upgrade_fail(command, st, version,
			    "db upgrade");
		admin_rollback(command->admin);
		if (code != EX_OK)
			return code;
	}
	for (; version < (int64_t)list->count; version++)
		(void)fprintf(command->io->out, "applied %s\n",
		    list->files[version]->d_name);
	(void)fprintf(command->io->out, "schema is at version %zu\n",
	    list->count);
	return EX_OK;
}

int
verb_db_upgrade(struct command *command)
{
	struct migrations	 list = { 0 };
	const char		*dir;
	int			 code;

	dir = command_option(command, "--sql");
	code = migrations_find(command, dir != NULL ? dir : UMWS_SQLDIR,
	    &list);
	if (code == EX_OK)
		code = upgrade(command, &list);
	migrations_free(&list);
	return code;
}
