/*
 * sql-files.c - read the files of sql/, and check that they are those of the
 * list.
 */
#include "config.h"

#include "ctl/sql-files.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/text.h"

#define PATH_SIZE	4096	/* bytes of a file's path */
#define ROOT		"sql/"	/* in the list, not in the directory */
#define SCHEMA		"schema/"
#define CODE		"code/"

static bool
has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The list into names; it is ours, so that a mistake in it is a bug. */
static int
list_parse(const struct command *command, struct sql_files *files)
{
	const char	*end;
	char		*rest, *word;
	uint64_t	 number;
	bool		 is_number;

	files->words = strdup(sql_files_list());
	if (files->words == NULL)
		return command_fail(command, EX_OSERR, "no memory");
	for (rest = files->words; (word = strsep(&rest, " ")) != NULL;) {
		assert(files->count < SQL_FILES_MAX &&
		    has_prefix(word, ROOT));
		word += strlen(ROOT);
		files->names[files->count++] = word;
		if (!has_prefix(word, SCHEMA)) {
			assert(has_prefix(word, CODE));
			continue;
		}
		is_number = text_number(word + strlen(SCHEMA), &number, &end);
		assert(is_number && *end == '-');
		files->last = (int64_t)number;
		if (files->schema_count++ == 0)
			files->first = files->last;
		assert(files->schema_count == files->count &&
		    files->last == files->first +
		    (int64_t)files->schema_count - 1);
	}
	assert(files->schema_count > 0);
	return EX_OK;
}

static int
is_sql(const struct dirent *entry)
{
	size_t	len = strlen(entry->d_name);

	return len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0;
}

/* Which of names it is; count when it is none. */
static size_t
name_index(const struct sql_files *files, const char *name)
{
	size_t	i;

	for (i = 0; i < files->count; i++) {
		if (strcmp(files->names[i], name) == 0)
			break;
	}
	return i;
}

/* What is in one folder: mark what is wanted, and name what is not. */
static int
folder_scan(const struct command *command, const struct sql_files *files,
    const char *folder, bool is_there[SQL_FILES_MAX])
{
	struct dirent	**entries = NULL;
	char		  path[PATH_SIZE], name[PATH_SIZE];
	size_t		  index;
	int		  count, i, code = EX_OK;

	(void)snprintf(path, sizeof(path), "%s/%s", files->dir, folder);
	count = scandir(path, &entries, is_sql, alphasort);
	if (count < 0 && *folder == '\0')
		return command_fail(command, EX_NOINPUT, "%s: %s: give the "
		    "directory of the schema's files by --sql", files->dir,
		    strerror(errno));
	for (i = 0; i < count; i++) {
		(void)snprintf(name, sizeof(name), "%s%s", folder,
		    entries[i]->d_name);
		free(entries[i]);
		index = name_index(files, name);
		if (index < files->count)
			is_there[index] = true;
		else if (code == EX_OK && strcmp(name, SQL_VERIFY) != 0 &&
		    strcmp(name, SQL_BESIDE) != 0)
			code = command_fail(command, EX_CONFIG, "%s/%s is no "
			    "file of this version: remove it", files->dir,
			    name);
	}
	free(entries);
	return code;
}

int
sql_files_find(const struct command *command, const char *dir,
    struct sql_files *files)
{
	static const char *const	folders[] = { "", SCHEMA, CODE };
	bool				is_there[SQL_FILES_MAX] = { false };
	size_t				i, there = 0;
	int				code;

	files->dir = dir;
	code = list_parse(command, files);
	for (i = 0; i < 3 && code == EX_OK; i++)
		code = folder_scan(command, files, folders[i], is_there);
	for (i = 0; i < files->count; i++)
		there += is_there[i];
	if (code == EX_OK && there == 0)
		return command_fail(command, EX_NOINPUT, "%s: no file "
		    SCHEMA "NNNN-name.sql: give the directory of the schema's "
		    "files by --sql", dir);
	for (i = 0; i < files->count && code == EX_OK; i++) {
		if (!is_there[i])
			code = command_fail(command, EX_CONFIG, "%s/%s is "
			    "missing: install it again", dir,
			    files->names[i]);
	}
	return code;
}

int
sql_files_read(const struct command *command, const struct sql_files *files,
    const char *name, struct buf *text)
{
	char	 bytes[8192], path[PATH_SIZE];
	FILE	*stream;
	size_t	 len;
	int	 code = EX_OK;

	(void)snprintf(path, sizeof(path), "%s/%s", files->dir, name);
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

const char *
sql_files_schema(const struct sql_files *files, int64_t version)
{
	assert(version >= files->first && version <= files->last);
	return files->names[version - files->first];
}

void
sql_files_free(struct sql_files *files)
{
	free(files->words);
	memset(files, 0, sizeof(*files));
}
