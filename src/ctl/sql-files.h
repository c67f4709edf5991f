/*
 * sql-files.h - the files that make the database's schema.
 *
 * In the directory that is installed, or named by --sql:
 *
 *   schema/NNNN-name.sql   tables, indexes, roles; each leaves the schema at
 *                          version NNNN
 *   code/name.sql          all functions and views as they are now
 *   verify.sql             how to look whether a schema is as these make it,
 *   beside.sql             and at what stands beside it
 *
 * Which there are is said in Makefile.am and nowhere else.
 */
#ifndef UMWS_SQL_FILES_H
#define UMWS_SQL_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "ctl/verbs.h"
#include "base/buf.h"

#define SQL_FILES_MAX	64
#define SQL_FILE_MAX	(4 * 1024 * 1024) /* bytes of one file */
#define SQL_VERIFY	"verify.sql"
#define SQL_BESIDE	"beside.sql"

/* To be freed. Zero it first. */
struct sql_files {
	const char	*dir;		/* borrowed */
	char		*words;		/* owned: what names point into */
	const char	*names[SQL_FILES_MAX];	/* the schema's, then code's */
	size_t		 count;
	size_t		 schema_count;	/* of names */
	int64_t		 first, last;	/* versions of the schema's files */
};

/*
 * What is to be there, "sql/" before each name, parted by blanks: those of
 * the schema first and in order. verify.sql and beside.sql are not named.
 */
const char	*sql_files_list(void);

/*
 * Hold the .sql files in dir against the list. EX_OK, or an exit code whose
 * sentence, said, names a file that is missing or one too many.
 */
int	sql_files_find(const struct command *command, const char *dir,
	    struct sql_files *files);

/* Append the text of one of them to *text. EX_OK, or an exit code, said. */
int	sql_files_read(const struct command *command,
	    const struct sql_files *files, const char *name, struct buf *text);

/* The schema's file of this version, first to last. */
const char	*sql_files_schema(const struct sql_files *files,
		    int64_t version);

void	sql_files_free(struct sql_files *files);

#endif
