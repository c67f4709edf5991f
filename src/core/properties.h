/*
 * properties.h - the UM properties of a mailbox: one table of their names,
 * types, columns and limits.
 *
 * Source: MS-OXWUMS and Microsoft's page of GetUMProperties, whose order the
 * table has. A further property is its row here, a column and its place in
 * properties_get of the schema; one that users set, its operation as well.
 */
#ifndef UMWS_PROPERTIES_H
#define UMWS_PROPERTIES_H

#include <stddef.h>

#define PROPERTY_BOOLEAN_MAX	5	/* bytes: "false" */
#define PROPERTY_DIAL_MAX	128	/* bytes of a dial string in UTF-8 */
#define PROPERTY_NUMBERS_MAX	800	/* bytes: 200 characters of UTF-8 */
#define PROPERTY_FOLDER_MAX	512	/* bytes of a folder's id in base64 */
#define PROPERTY_VALUE_SIZE	(PROPERTY_NUMBERS_MAX + 1) /* of any value */

enum property_id {
	PROPERTY_OOF_STATUS = 0,
	PROPERTY_MISSED_CALL_NOTIFICATION_ENABLED,
	PROPERTY_PLAY_ON_PHONE_DIAL_STRING,
	PROPERTY_TELEPHONE_ACCESS_NUMBERS,	/* no user sets them */
	PROPERTY_TELEPHONE_ACCESS_FOLDER_EMAIL,
	PROPERTY_COUNT
};

/* How a value is written as text. */
enum property_type {
	PROPERTY_BOOLEAN,	/* "true" or "false" */
	PROPERTY_STRING,	/* UTF-8 without control characters */
	PROPERTY_BASE64		/* without white space */
};

struct property {
	const char		*name;		/* in GetUMProperties */
	const char		*column;	/* in the database */
	enum property_type	 type;
	size_t			 max;		/* bytes of a value */
};

/* All that a mailbox has, as text; a string that is not set is empty. */
struct properties {
	char	values[PROPERTY_COUNT][PROPERTY_VALUE_SIZE];
};

/* A row of the table; static. */
const struct property	*property_at(enum property_id id);

/*
 * Is value one that this property can have? One of the words of xs:boolean
 * becomes "true" or "false"; value has PROPERTY_BOOLEAN_MAX + 1 bytes at
 * least, its length has been limited before. Returns NULL, or why it is
 * refused: static words for a log.
 */
const char	*property_check(const struct property *property, char *value);

#endif
