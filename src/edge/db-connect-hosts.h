/*
 * db-connect-hosts.h - the hosts that a conninfo names.
 * Private to edge/db-connect.
 *
 * They are what libpq would make of conninfo, environment and service file
 * (PostgreSQL 15, section 34.1.1.3): lists of host, hostaddr and port, whose
 * empty items are the default. No name is looked up here.
 */
#ifndef UMWS_DB_CONNECT_HOSTS_H
#define UMWS_DB_CONNECT_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/status.h"

#define DB_HOSTS_MAX		16
#define DB_PLACE_NAME_SIZE	256	/* bytes of a host's name or path */
#define DB_PLACE_PORT_SIZE	8
#define DB_KEYWORD_SIZE		32	/* bytes of a keyword of libpq's */

/* Where a server listens, as libpq wants to hear it; "" is its default. */
struct db_place {
	char		 name[DB_PLACE_NAME_SIZE];
	char		 address[DB_PLACE_NAME_SIZE];
	char		 port[DB_PLACE_PORT_SIZE];
};

#define DB_BLAMES_MAX		16	/* the oldest make room */

/* Places that hung or lied, and when; all zero for none. */
struct db_blames {
	struct db_place	places[DB_BLAMES_MAX];
	int64_t		at_ms[DB_BLAMES_MAX];	/* 0: nobody is blamed here */
};

struct db_hosts {
	struct db_place	places[DB_HOSTS_MAX];
	size_t		count;
	unsigned int	timeout_s;	/* the conninfo's own, 0 for none */
	char		odd[DB_KEYWORD_SIZE]; /* a keyword whose value must not
					 * be quoted, or "" */
};

bool		db_place_is_same(const struct db_place *a,
		    const struct db_place *b);

/* Is there a name to look up? A path, or "@" of an abstract socket, is none. */
bool		db_place_is_name(const struct db_place *place);

#define DB_PLACE_NUMBER_SIZE	(LOG_NUMBER_SIZE + 1)

/*
 * What to call the turn-th place of these hosts in a line: its name or address,
 * if that is plain (db_form_is_plain()). A word of a list may be a password
 * behind a ','. Else its number in the list, "#1" for the first, in number.
 */
const char	*db_place_label(const struct db_place *place, size_t turn,
		    const struct db_hosts *hosts,
		    char number[DB_PLACE_NUMBER_SIZE]);

/* Blame the place for a minute from now on. */
void		db_blames_add(struct db_blames *blames,
		    const struct db_place *place);

/* When it was blamed, of clock_ms(); 0 when not, or longer ago. */
int64_t		db_blames_at_ms(const struct db_blames *blames,
		    const struct db_place *place);

struct _PQconninfoOption;

/*
 * All options that libpq would use, its defaults among them; NULL when it
 * cannot read the conninfo, there is no such service, or memory is short. The
 * caller frees them by PQconninfoFree().
 */
struct _PQconninfoOption	*db_hosts_options(const char *conninfo);

/*
 * List the hosts, in the conninfo's order; there is one at least.
 *
 * Returns ST_OK, or ST_FAIL (logged, without a word of it) when the conninfo
 * cannot be used: no such service, lists that do not fit each other, or more
 * than DB_HOSTS_MAX hosts in them.
 */
enum status	db_hosts_list(const char *conninfo, const char *program,
		    struct db_hosts *hosts) MUSTCHECK;

#endif
