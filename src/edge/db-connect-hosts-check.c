/*
 * db-connect-hosts-check.c - check a conninfo before it is used: libpq parses
 * it, and what libpq would find out only while it connects, or leave to the
 * server, is checked here.
 */
#include "config.h"

#include "edge/db-connect-hosts-check.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "edge/db-connect-forms.h"
#include "edge/db-connect-hosts.h"

#define REASON_SIZE	160	/* bytes of a reason with a keyword in it */
#define OPTIONS_MAX	96	/* libpq 17 has 50 keywords */
#define BAD_ADDRESS	"no-address"	/* ends a connection in the making */

#define TODO_FORM							\
	"see libpq's manual for the form; write '@', '/' and '?' in "	\
	"a URI's password as %40, %2F and %3F"
#define TODO_SETTING							\
	"write keyword = value, with blanks between settings "		\
	"(in a URI '&'), as libpq's manual has it"

static enum status
refuse(const char *program, const char *reason, const char *todo)
{
	log_err("database-refused", "program", program, "reason", reason,
	    "todo", todo, NULL);
	return ST_FAIL;
}

static bool
is_uri(const char *text)
{
	return strncmp(text, "postgresql://", 13) == 0 ||
	    strncmp(text, "postgres://", 11) == 0;
}

/*
 * Can libpq read it? A name alone is a database's, and so would be a password
 * that somebody gave without a '='. In a URI a '@' or '/' of the password
 * begins a host.
 */
bool
db_conninfo_is_readable(const char *conninfo)
{
	PQconninfoOption	*parsed;
	const char		*host;

	if (is_uri(conninfo)) {
		host = strstr(conninfo, "://") + 3;
		host += strcspn(host, "@");
		if (*host == '@' && strchr(host + 1, '@') != NULL)
			return false;
		host = strstr(conninfo, "://") + 3;
		host += strcspn(host, "/?");
		if (strchr(host, '@') != NULL)
			return false;
	} else if (strchr(conninfo, '=') == NULL) {
		return strpbrk(conninfo, " \t:;,@/?&'\"\\") == NULL;
	}
	parsed = PQconninfoParse(conninfo, NULL);
	PQconninfoFree(parsed);
	return parsed != NULL;
}

/* Is there a word like it, and behind it what may end a keyword? */
static bool
has_setting(const char *text, const char *word)
{
	size_t	len = strlen(word);

	while ((text = strcasestr(text, word)) != NULL) {
		text += len;
		text += strspn(text, " \t");
		if (*text == '=' || *text == ':')
			return true;
	}
	return false;
}

bool
db_value_has_swallowed(const char *value)
{
	const char	*end = strpbrk(value, ";&");

	return has_setting(value, "password") || has_setting(value, "passwd") ||
	    has_setting(value, "pwd") || strstr(value, "://") != NULL ||
	    (end != NULL && strchr(end, '=') != NULL);
}

/* What is wrong with a value, or NULL. */
static const char *
value_fault(const PQconninfoOption *option)
{
	if (db_value_has_swallowed(option->val))
		return "holds another setting";
	return db_form_fault(option->keyword, option->val);
}

static bool
is_one_of(const char *keyword, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, keyword) == 0)
			return true;
	return false;
}

/*
 * Does libpq take these options, or the one of this keyword ("" for none)? It
 * gets as far as the address, which is none, and looks at everything else
 * before that. What leads it elsewhere, and to files, is left out.
 */
static bool
libpq_takes(const PQconninfoOption *options, const char *keyword)
{
	static const char *const	 others[] = { "host", "hostaddr",
		"port", "user", "dbname", "service", "password", "passfile",
		NULL };
	const char			*keys[OPTIONS_MAX] = { "host",
		"hostaddr", "port", "user", "dbname" };
	const char			*values[OPTIONS_MAX] = { "umws",
		BAD_ADDRESS, "5432", "umws", "umws" };
	size_t				 count = 5;
	PGconn				*conn;
	bool				 is_taken;

	for (; options->keyword != NULL && count < OPTIONS_MAX - 1; options++) {
		if (options->val == NULL ||
		    is_one_of(options->keyword, others) || (keyword != NULL &&
		    strcmp(options->keyword, keyword) != 0))
			continue;
		keys[count] = options->keyword;
		values[count++] = options->val;
	}
	conn = PQconnectStartParams(keys, values, 0);
	is_taken = conn == NULL ||
	    strstr(PQerrorMessage(conn), BAD_ADDRESS) != NULL;
	PQfinish(conn);
	return is_taken;
}

static enum status
refuse_value(const char *program, const char *keyword, const char *fault)
{
	char	reason[REASON_SIZE];

	(void)snprintf(reason, sizeof(reason), "%s in its connection string %s",
	    keyword, fault);
	return refuse(program, reason, TODO_SETTING);
}

/* Look at each value by our rules, then at all by libpq's. */
static enum status
check_values(const PQconninfoOption *options, const char *program)
{
	const PQconninfoOption	*option;
	const char		*fault;

	for (option = options; option->keyword != NULL; option++) {
		/* Those that libpq hides itself are secrets. */
		if (option->val == NULL || option->val[0] == '\0' ||
		    option->dispchar[0] == '*' ||
		    strcmp(option->keyword, "passfile") == 0)
			continue;
		fault = value_fault(option);
		if (fault != NULL)
			return refuse_value(program, option->keyword, fault);
	}
	if (libpq_takes(options, NULL))
		return ST_OK;
	if (!libpq_takes(options, ""))
		return refuse(program, "a variable of libpq's environment "
		    "(PG...) has a value that it does not know", "correct it, "
		    "or take it out of the environment");
	for (option = options; option->keyword != NULL; option++)
		if (!libpq_takes(options, option->keyword))
			return refuse_value(program, option->keyword,
			    "is nothing that libpq knows");
	return refuse(program, "settings in its connection string do not fit "
	    "each other", TODO_SETTING);
}

enum status
db_check_conninfo(const char *conninfo, const char *program)
{
	struct db_hosts		*hosts;
	PQconninfoOption	*options;
	enum status		 st;

	if (!db_conninfo_is_readable(conninfo))
		return refuse(program, "its connection string cannot be read",
		    TODO_FORM);
	options = db_hosts_options(conninfo);
	if (options == NULL)
		return refuse(program, "its connection string, or its "
		    "service, is of no use to libpq, or memory is short",
		    TODO_FORM);
	st = check_values(options, program);
	PQconninfoFree(options);
	if (st != ST_OK)
		return st;
	hosts = malloc(sizeof(*hosts));
	if (hosts == NULL) {
		log_err("no-memory", "for", "database", NULL);
		return ST_RETRY;
	}
	st = db_hosts_list(conninfo, program, hosts);
	free(hosts);
	return st;
}
