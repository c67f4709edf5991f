/*
 * db-connect-hosts.h - the hosts that a conninfo names.
 * Private to edge/db-connect.
 *
 * They are what libpq would make of conninfo, environment and service file
 * (PostgreSQL 15, section 34.1.1.3): lists of host, hostaddr and port, whose
 * empty items are the default; each address of a name is a host.
 */
#ifndef UMWS_DB_CONNECT_HOSTS_H
#define UMWS_DB_CONNECT_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define DB_HOSTS_MAX		16
#define DB_PLACE_NAME_SIZE	256	/* bytes of a host's name or path */
#define DB_PLACE_PORT_SIZE	8

/* Where a server listens, as libpq wants to hear it; "" is its default. */
struct db_place {
	char		 name[DB_PLACE_NAME_SIZE];
	char		 address[DB_PLACE_NAME_SIZE];
	char		 port[DB_PLACE_PORT_SIZE];
	const char	*fault;		/* why the name has no address, or NULL;
					 * static */
};

struct db_hosts {
	struct db_place	places[DB_HOSTS_MAX];
	size_t		count;
	unsigned int	timeout_s;	/* the conninfo's own, 0 for none */
};

bool		db_place_is_same(const struct db_place *a,
		    const struct db_place *b);

/*
 * Can libpq read this? What it would say of a string that it cannot read
 * quotes it, password and all; so does what it says of a host when a '@' or
 * '/' in the password of a URI begins one. A name alone is a database's.
 */
bool		db_hosts_is_readable(const char *conninfo);

/*
 * List the hosts; there is one at least. Names are looked up anew, since they
 * may lead elsewhere by now, but not after deadline_ms of clock_ms().
 *
 * Returns ST_OK, or ST_FAIL (logged, without a word of it) when the conninfo
 * cannot be used: no such service, lists that do not fit each other, or more
 * than DB_HOSTS_MAX hosts in them. Of more addresses the first ones count.
 */
enum status	db_hosts_list(const char *conninfo, const char *program,
		    int64_t deadline_ms, struct db_hosts *hosts) MUSTCHECK;

#endif
