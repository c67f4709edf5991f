/*
 * db-connect-hosts.c - list the hosts of a conninfo, as libpq reads it.
 */
#include "config.h"

#include "edge/db-connect-hosts.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "edge/clock.h"
#include "edge/db-connect-forms.h"

#define NO_VALUE	"no-connection"
#define DEFAULT_PORT	"5432"
#define BLAME_MS	(60 * 1000)

bool
db_place_is_same(const struct db_place *a, const struct db_place *b)
{
	return strcmp(a->name, b->name) == 0 &&
	    strcmp(a->address, b->address) == 0 &&
	    strcmp(a->port, b->port) == 0;
}

bool
db_place_is_name(const struct db_place *place)
{
	return place->address[0] == '\0' && place->name[0] != '\0' &&
	    place->name[0] != '/' && place->name[0] != '@';
}

const char *
db_place_label(const struct db_place *place, size_t turn,
    const struct db_hosts *hosts, char number[DB_PLACE_NUMBER_SIZE])
{
	const char	*label = place->name[0] != '\0' ? place->name :
			    place->address;
	bool		 is_word = db_place_is_name(place) &&
			    strchr(label, '.') == NULL;

	if (db_form_is_plain("host", label, NULL) &&
	    (!is_word || hosts->count == 1))
		return label;
	number[0] = '#';
	(void)log_number(number + 1, (int64_t)turn + 1);
	return number;
}

int64_t
db_blames_at_ms(const struct db_blames *blames, const struct db_place *place)
{
	size_t	i;

	for (i = 0; i < DB_BLAMES_MAX; i++) {
		if (blames->at_ms[i] != 0 &&
		    clock_ms() - blames->at_ms[i] < BLAME_MS &&
		    db_place_is_same(&blames->places[i], place))
			return blames->at_ms[i];
	}
	return 0;
}

void
db_blames_add(struct db_blames *blames, const struct db_place *place)
{
	size_t	i, to = 0;

	for (i = 0; i < DB_BLAMES_MAX; i++) {
		if (blames->at_ms[i] < blames->at_ms[to])
			to = i;
	}
	for (i = 0; i < DB_BLAMES_MAX; i++) {
		if (db_place_is_same(&blames->places[i], place))
			to = i;
	}
	blames->places[to] = *place;
	blames->at_ms[to] = clock_ms();
}

/* The value of one of libpq's options, "" for none. */
static const char *
option_value(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val == NULL ? "" : options->val;
	return "";
}

/*
 * Begin a connection that ends before any host is asked: only of a connection
 * does libpq tell what it makes of a conninfo. No libpq knows this value of
 * the key. A host, unless it is NULL, wins over the conninfo's. NULL without
 * memory.
 */
static PGconn *
begin_nothing(const char *conninfo, const char *key, const char *host)
{
	const char	*keys[] = { "dbname", key, "host", NULL };
	const char	*values[] = { conninfo, NO_VALUE, host, NULL };

	return PQconnectStartParams(keys, values, 1);
}

/* What libpq would use but for this key; NULL when it has no use for it. */
static PQconninfoOption *
options_but(const char *conninfo, const char *key)
{
	PGconn			*conn = begin_nothing(conninfo, key, NULL);
	PQconninfoOption	*options = NULL;

	if (conn != NULL)
		options = PQconninfo(conn);
	if (options != NULL &&
	    strcmp(option_value(options, key), NO_VALUE) != 0) {
		PQconninfoFree(options);
		options = NULL;
	}
	PQfinish(conn);
	return options;
}

/* Let two sets of options swap their value of one key. */
static void
swap_value(PQconninfoOption *a, PQconninfoOption *b, const char *key)
{
	char	*value;

	for (; a->keyword != NULL && strcmp(a->keyword, key) != 0; a++)
		;
	for (; b->keyword != NULL && strcmp(b->keyword, key) != 0; b++)
		;
	if (a->keyword == NULL || b->keyword == NULL)
		return;
	value = a->val;
	a->val = b->val;
	b->val = value;
}

PQconninfoOption *
db_hosts_options(const char *conninfo)
{
	PQconninfoOption	*options, *other;

	options = options_but(conninfo, "sslmode");
	other = options_but(conninfo, "target_session_attrs");
	if (options != NULL && other != NULL) {
		swap_value(options, other, "sslmode");
	} else {
		PQconninfoFree(options);
		options = NULL;
	}
	PQconninfoFree(other);
	return options;
}

/* The folder of sockets that an empty item in a list of hosts means. */
static void
default_name(char name[DB_PLACE_NAME_SIZE])
{
	PGconn		*conn = begin_nothing("", "sslmode", ",");
	const char	*host = conn == NULL ? NULL : PQhost(conn);

	(void)snprintf(name, DB_PLACE_NAME_SIZE, "%s",
	    host == NULL ? "" : host);
	PQfinish(conn);
}

/* How many items has a list with commas? One that is empty has one. */
static size_t
list_count(const char *list)
{
	size_t	count = 1;

	for (; *list != '\0'; list++)
		count += *list == ',';
	return count;
}

/* The index-th item; false when size is too small for it. */
static bool
list_item(const char *list, size_t index, char *item, size_t size)
{
	size_t	len;

	for (; index > 0; index--)
		list += strcspn(list, ",") + 1;
	len = strcspn(list, ",");
	item[0] = '\0';
	if (len >= size)
		return false;
	memcpy(item, list, len);
	item[len] = '\0';
	return true;
}

/* libpq's three lists, each with as many items as there are hosts. */
struct lists {
	const char	*names, *addresses, *ports;
	size_t		 count;
};

/* Read the index-th host; false when it is longer than any. */
static bool
read_place(const struct lists *lists, size_t index, struct db_place *place)
{
	size_t	port = list_count(lists->ports) == 1 ? 0 : index;

	memset(place, 0, sizeof(*place));
	if (lists->names[0] != '\0' && !list_item(lists->names, index,
	    place->name, sizeof(place->name)))
		return false;
	if (lists->addresses[0] != '\0' && !list_item(lists->addresses,
	    index, place->address, sizeof(place->address)))
		return false;
	if (!list_item(lists->ports, port, place->port, sizeof(place->port)))
		return false;
	/* "" would mean the whole list to libpq. */
	if (place->name[0] == '\0' && lists->count > 1) {
		if (place->address[0] != '\0')
			strcpy(place->name, place->address);
		else
			default_name(place->name);
	}
	if (place->port[0] == '\0')
		strcpy(place->port, DEFAULT_PORT);
	return true;
}

/* What is wrong with the lists, or NULL. */
static const char *
list_places(const struct lists *lists, struct db_hosts *hosts)
{
	size_t	i, ports = list_count(lists->ports);

	if (lists->names[0] != '\0' &&
	    list_count(lists->names) != lists->count)
		return "it has not as many hosts as addresses (hostaddr)";
	if (ports != 1 && ports != lists->count)
		return "it has not as many ports as hosts";
	if (lists->count > DB_HOSTS_MAX)
		return "it has too many hosts";
	for (i = 0; i < lists->count; i++)
		if (!read_place(lists, i, &hosts->places[i]))
			return "a host or port in it is too long";
	hosts->count = lists->count;
	return NULL;
}

/* The conninfo's own connect_timeout; 0 for none, and for one without end. */
static unsigned int
own_timeout_s(const PQconninfoOption *options)
{
	int64_t	timeout_s;

	return db_form_number(option_value(options, "connect_timeout"),
	    &timeout_s) && timeout_s > 0 ? (unsigned int)timeout_s : 0;
}

/* The first keyword whose value may be more than it should be, or "". */
static void
find_odd(const PQconninfoOption *options, char odd[DB_KEYWORD_SIZE])
{
	odd[0] = '\0';
	for (; options->keyword != NULL; options++) {
		if (options->val != NULL && options->val[0] != '\0' &&
		    !db_form_is_plain(options->keyword, options->val,
		    options->compiled)) {
			(void)snprintf(odd, DB_KEYWORD_SIZE, "%s",
			    options->keyword);
			return;
		}
	}
}

enum status
db_hosts_list(const char *conninfo, const char *program,
    struct db_hosts *hosts)
{
	PQconninfoOption	*options = db_hosts_options(conninfo);
	const char		*fault = "it, or its service, is of no use to "
				    "libpq, or memory is short";
	struct lists		 lists;

	hosts->count = 0;
	if (options != NULL) {
		hosts->timeout_s = own_timeout_s(options);
		find_odd(options, hosts->odd);
		lists.names = option_value(options, "host");
		lists.addresses = option_value(options, "hostaddr");
		lists.ports = option_value(options, "port");
		lists.count = list_count(lists.addresses[0] != '\0' ?
		    lists.addresses : lists.names);
		fault = list_places(&lists, hosts);
		PQconninfoFree(options);
	}
	/* libpq's own words may hold a password. */
	if (fault != NULL)
		log_err("database-refused", "program", program, "of",
		    "connection string", "reason", fault, NULL);
	return fault == NULL ? ST_OK : ST_FAIL;
}
