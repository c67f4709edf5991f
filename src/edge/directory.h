/*
 * directory.h - the people of an LDAP directory, one by one: OpenLDAP, Active
 * Directory and others that speak LDAPv3. The only user of libldap.
 *
 * The server is spoken to by TLS, its certificate checked, which nothing can
 * turn off: by ldaps, by StartTLS (RFC 4513, section 3), or by GSSAPI's own
 * encryption; only a Unix socket of this host (ldapi) goes without. ldap.conf,
 * .ldaprc and the LDAP* variables of the environment have no say.
 *
 * The answer comes in pages (RFC 2696). It is all of it, or an error: a limit
 * of the server's, a reference to another server, a lost connection and pages
 * that do not go on are.
 */
#ifndef UMWS_DIRECTORY_H
#define UMWS_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "edge/directory-map.h"

#define DIRECTORY_PAGE		500	/* entries asked for at a time */
#define DIRECTORY_ENTRIES_MAX	5000000	/* whoever sends more has no end */
#define DIRECTORY_REASON_SIZE	1024	/* bytes of a sentence */
#define DIRECTORY_VALUE_SIZE	1025	/* bytes of a value, with the NUL */
#define DIRECTORY_DN_SIZE	1025	/* bytes of a name as it is told */

/* Borrowed; "" for what is not set. */
struct directory_options {
	const char	*url;		/* ldaps://host, ldap://host, ldapi: */
	bool		 is_starting_tls;	/* with ldap:// */
	const char	*ca_file;	/* PEM; "": the system's */
	const char	*bind_dn;	/* "": anonymous, or SASL */
	const char	*password_file;	/* for keyfile_read_line() */
	const char	*sasl_mech;	/* "GSSAPI", "EXTERNAL" */
	const char	*cert_file;	/* for EXTERNAL over TLS, PEM */
	const char	*key_file;	/* the caller looks how it is kept */
	const char	*base;
	const char	*filter;
	const char	*map;		/* directory_map_parse() */
	unsigned int	 timeout_s;	/* for each answer */
};

/* One entry; borrowed during the call. */
struct directory_entry {
	const char	*dn;		/* as it may be told, perhaps cut */
	const char	*values[DIRECTORY_FIELDS];	/* UTF-8; "" where the
					 * entry has none; NULL where the map
					 * has none. The first of several. */
	const char	*fault;		/* what is wrong with one of its values,
					 * which is "" then; or NULL */
};

/*
 * password goes with bind_dn, is "" without one, and is the caller's to wipe.
 *
 * Hand over every entry that the filter finds below the base. on_entry's
 * answer ends the reading if it is not ST_OK, and is passed on; reason is ""
 * then. It is called before it is known whether the answer is whole, so nothing
 * may be made of an entry until ST_OK is returned.
 *
 * ST_OK; ST_BAD: something in the settings is wrong, or who we are is not let
 * in, or what is asked for is not there; ST_RETRY: the server is away or busy,
 * or has broken off; ST_FAIL: its answer is not whole, and will not be before
 * somebody acts. reason is a sentence that says what to do.
 */
enum status	directory_read(const struct directory_options *options,
		    char *password, enum status (*on_entry)(void *context,
		    const struct directory_entry *entry), void *context,
		    char reason[DIRECTORY_REASON_SIZE]) MUSTCHECK;

#endif
