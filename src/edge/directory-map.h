/*
 * directory-map.h - which attribute of a directory is which field of a
 * mailbox: "login=uid email=mail".
 *
 * Pure; knows no LDAP library.
 */
#ifndef UMWS_DIRECTORY_MAP_H
#define UMWS_DIRECTORY_MAP_H

#include "base/status.h"

#define DIRECTORY_ATTRIBUTE_SIZE	64	/* bytes of a name, with NUL */
#define DIRECTORY_MAP_REASON_SIZE	256	/* bytes of a sentence */

enum directory_field {
	DIRECTORY_LOGIN,
	DIRECTORY_EMAIL,
	DIRECTORY_NAME,
	DIRECTORY_EXTENSION,
	DIRECTORY_LOCALE,
	DIRECTORY_TIME_ZONE,
	DIRECTORY_POLICY,
	DIRECTORY_ENABLED,
	DIRECTORY_FIELDS
};

struct directory_map {
	/* Of each field; "" for one that the directory does not have. */
	char		attributes[DIRECTORY_FIELDS][DIRECTORY_ATTRIBUTE_SIZE];
	unsigned int	extension_digits;	/* the last so many of them;
						 * 0: all */
};

/*
 * Read a map: field=attribute, parted by blanks. The fields are login and
 * email, which are needed, name, extension, locale, time_zone, policy and
 * enabled. An attribute is a name or a numeric OID (RFC 4512, section 2.5),
 * perhaps with options as in "cn;lang-de". Of the extension's, ":N" after it
 * means its last N digits, 1 to 20. ST_OK; ST_BAD, and reason is a sentence
 * that begins with what is wrong.
 */
enum status	directory_map_parse(const char *text,
		    struct directory_map *map,
		    char reason[DIRECTORY_MAP_REASON_SIZE]) MUSTCHECK;

#endif
