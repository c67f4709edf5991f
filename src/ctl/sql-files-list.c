/*
 * sql-files-list.c - Makefile.am's list, as make has written it down.
 */
#include "config.h"

#include "ctl/sql-files.h"

const char *
sql_files_list(void)
{
	return UMWS_SQL_FILES;
}
