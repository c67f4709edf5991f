/*
 * sql-files-list.c - the list of the files of sql/, from Makefile.am.
 */
#include "config.h"

#include "ctl/sql-files.h"

const char *
sql_files_list(void)
{
	return UMWS_SQL_FILES;
}
