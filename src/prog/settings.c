/*
 * settings.c - check settings as a start would, or show them, and end.
 */
#include "config.h"

#include "prog/settings.h"

#include <stdio.h>
#include <sysexits.h>

#include "app/conf-list.h"
#include "edge/db.h"

/* Can libpq use the connection string? It is not connected to. */
static int
check_database(const struct conf *conf, enum conf_role role)
{
	struct db_options	 options;
	struct db		*db = NULL;
	enum status		 st;

	conf_db_options(conf, role, &options);
	st = db_new(&options, &db);
	db_free(&db);
	return st == ST_OK ? EX_OK : st == ST_FAIL ? EX_CONFIG : EX_OSERR;
}

static int
check_all(const struct conf *conf, enum conf_role role, settings_check check)
{
	int	code = check(conf);
	int	other = check_database(conf, role);

	return code != EX_OK ? code : other;
}

int
settings_answer(const char *program, enum conf_role role, const char *file,
    const struct settings_wish *wish, settings_check check)
{
	struct conf	*conf = NULL;
	int		 code = EX_OK;

	if (conf_read(file, conf_log_fault, NULL, &conf) != ST_OK)
		return EX_CONFIG;
	if (wish->checks)
		code = check_all(conf, role, check);
	if (code == EX_OK && wish->prints && conf_print(conf, stdout) != ST_OK)
		code = EX_OSERR;
	if (code == EX_OK && wish->checks && !wish->prints)
		(void)printf("%s: no fault in the settings\n", program);
	conf_free(&conf);
	if (fflush(stdout) != 0 && code == EX_OK) {
		(void)fprintf(stderr, "%s: the output could not be written\n",
		    program);
		code = EX_IOERR;
	}
	return code;
}
