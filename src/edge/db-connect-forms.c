/*
 * db-connect-forms.c - one table, a row for each keyword with a form.
 */
#include "config.h"

#include "edge/db-connect-forms.h"

#include <sys/socket.h>

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define BLANKS		" \t\n\v\f\r"
#define DIGITS		"0123456789"
#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_BYTES_MAX	63	/* of an identifier of PostgreSQL's */

bool
db_form_number(const char *text, int64_t *number)
{
	const char	*end;
	uint64_t	 digits;
	bool		 is_negative;

	*number = 0;
	text += strspn(text, BLANKS);
	is_negative = *text == '-';
	text += *text == '-' || *text == '+';
	if (!text_number(text, &digits, &end) ||
	    end[strspn(end, BLANKS)] != '\0')
		return false;
	*number = is_negative ? -(int64_t)digits : (int64_t)digits;
	return true;
}

static bool
is_number(const char *value)
{
	int64_t	number;

	return db_form_number(value, &number);
}

static bool
is_port(const char *item)
{
	int64_t	number;

	return db_form_number(item, &number) && number >= 1 && number <= 65535;
}

static bool
is_address(const char *item)
{
	const struct addrinfo	 hints = { .ai_flags = AI_NUMERICHOST };
	struct addrinfo		*found = NULL;

	if (getaddrinfo(item, NULL, &hints, &found) != 0)
		return false;
	freeaddrinfo(found);
	return true;
}

static bool
consists_of(const char *text, const char *characters)
{
	return text[strspn(text, characters)] == '\0';
}

/* A path, "@" and the name of an abstract socket, a name, or an address. */
static bool
is_host(const char *item)
{
	if (*item == '/' || *item == '@')
		return strpbrk(item + 1, ":;=?&@") == NULL;
	return consists_of(item, LETTERS DIGITS ".-_") || is_address(item);
}

static bool
is_plain_path(const char *item)
{
	return *item == '/' && consists_of(item, LETTERS DIGITS "/.-_+");
}

static bool
is_plain_host(const char *item)
{
	if (*item == '@')
		item++;
	return is_plain_path(item) || is_host(item);
}

/* Nobody's name has in it what parts one setting from another. */
static bool
is_name(const char *value)
{
	return strpbrk(value, ":;,=/?&") == NULL;
}

static bool
is_plain_name(const char *value)
{
	return strlen(value) <= NAME_BYTES_MAX &&
	    strchr(DIGITS "-", *value) == NULL &&
	    consists_of(value, LETTERS DIGITS "_-");
}

static bool
is_plain_file(const char *value)
{
	return is_plain_path(value) || strcmp(value, "system") == 0;
}

static bool
is_any(const char *value)
{
	(void)value;
	return true;
}

/*
 * is_good: what libpq finds out while it connects, or never; NULL for what it
 * finds out in time. is_plain: may it be quoted?
 */
static const struct form {
	const char	*keyword;
	bool		 is_list;
	bool		 (*is_good)(const char *value);
	const char	*words;
	bool		 (*is_plain)(const char *value);
} forms[] = {
	{ "host", true, is_host, "names no host", is_plain_host },
	{ "hostaddr", true, is_address, "is no numeric address", is_address },
	{ "port", true, is_port, "is no number from 1 to 65535", is_port },
	{ "dbname", false, is_name, "is no database's name", is_plain_name },
	{ "user", false, is_name, "is no role's name", is_plain_name },
	{ "connect_timeout", false, is_number, "is no number", is_number },
	{ "keepalives", false, is_number, "is no number", is_number },
	{ "keepalives_idle", false, is_number, "is no number", is_number },
	{ "keepalives_interval", false, is_number, "is no number", is_number },
	{ "keepalives_count", false, is_number, "is no number", is_number },
	{ "tcp_user_timeout", false, is_number, "is no number", is_number },
	{ "sslsni", false, NULL, NULL, is_number },
	{ "sslcompression", false, NULL, NULL, is_number },
	{ "gssdelegation", false, NULL, NULL, is_number },
	{ "service", false, NULL, NULL, is_plain_name },
	{ "passfile", false, NULL, NULL, is_plain_path },
	{ "sslcert", false, NULL, NULL, is_plain_path },
	{ "sslkey", false, NULL, NULL, is_plain_path },
	{ "sslrootcert", false, NULL, NULL, is_plain_file },
	{ "sslcrl", false, NULL, NULL, is_plain_path },
	{ "sslcrldir", false, NULL, NULL, is_plain_path },
	/* Ours, always: nobody sees this one. */
	{ "client_encoding", false, NULL, NULL, is_any },
	/* libpq looks at these before it begins. */
	{ "sslmode", false, NULL, NULL, is_any },
	{ "sslnegotiation", false, NULL, NULL, is_any },
	{ "sslcertmode", false, NULL, NULL, is_any },
	{ "ssl_min_protocol_version", false, NULL, NULL, is_any },
	{ "ssl_max_protocol_version", false, NULL, NULL, is_any },
	{ "channel_binding", false, NULL, NULL, is_any },
	{ "gssencmode", false, NULL, NULL, is_any },
	{ "target_session_attrs", false, NULL, NULL, is_any },
	{ "load_balance_hosts", false, NULL, NULL, is_any },
	{ "require_auth", false, NULL, NULL, is_any },
	/* Nobody quotes these. */
	{ "application_name", false, NULL, NULL, is_any },
	{ "fallback_application_name", false, NULL, NULL, is_any },
	{ "password", false, NULL, NULL, is_any },
	{ "sslpassword", false, NULL, NULL, is_any }
};

static const struct form *
form_of(const char *keyword)
{
	size_t	i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].keyword, keyword) == 0)
			return &forms[i];
	return NULL;
}

/* Does each item of a list keep a rule? An empty one is libpq's default. */
static bool
all_items(const char *list, bool (*is_good)(const char *item))
{
	char	*copy = strdup(list), *rest = copy, *item;
	bool	 is_all = copy != NULL;

	while (is_all && (item = strsep(&rest, ",")) != NULL)
		is_all = *item == '\0' || is_good(item);
	free(copy);
	return is_all;
}

const char *
db_form_fault(const char *keyword, const char *value)
{
	const struct form	*form = form_of(keyword);

	if (form == NULL || form->is_good == NULL)
		return NULL;
	return (form->is_list ? all_items(value, form->is_good) :
	    form->is_good(value)) ? NULL : form->words;
}

bool
db_form_is_plain(const char *keyword, const char *value, const char *compiled)
{
	const struct form	*form = form_of(keyword);

	if (form == NULL)
		return compiled != NULL && strcmp(value, compiled) == 0;
	return form->is_list ? all_items(value, form->is_plain) :
	    form->is_plain(value);
}
