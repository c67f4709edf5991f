/*
 * operation.h - the operations of the web service: one table of their names
 * and of the one child element that each may have.
 *
 * Source: MS-OXWUMS; Microsoft's pages of the UM web service. An operation's
 * soapAction is SOAP_NS_MESSAGES, "/" and its name. Knows nothing of how one
 * is carried out: web/route-ews has a handler for each id.
 */
#ifndef UMWS_OPERATION_H
#define UMWS_OPERATION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/properties.h"

/* Bytes for any value that an operation sets, and a NUL. */
#define OPERATION_VALUE_SIZE	(PROPERTY_FOLDER_MAX + 1)

enum operation_id {
	OPERATION_RESET_PIN = 0,
	OPERATION_IS_UM_ENABLED,
	OPERATION_GET_UM_PROPERTIES,
	OPERATION_SET_OOF_STATUS,
	OPERATION_SET_MISSED_CALL_NOTIFICATION_ENABLED,
	OPERATION_SET_PLAY_ON_PHONE_DIAL_STRING,
	OPERATION_SET_TELEPHONE_ACCESS_FOLDER_EMAIL,
	OPERATION_PLAY_ON_PHONE,
	OPERATION_PLAY_ON_PHONE_GREETING,
	OPERATION_GET_CALL_INFO,
	OPERATION_DISCONNECT,
	OPERATION_COUNT
};

/* What may stand in an operation's element. */
enum operation_content {
	OPERATION_EMPTY = 0,	/* nothing */
	OPERATION_VALUE,	/* one child: the value of a property to set */
	OPERATION_ANY		/* any children; they are not read */
};

struct operation {
	const char		*name;		/* of its element */
	enum operation_content	 content;
	enum property_id	 property;	/* of OPERATION_VALUE */
	const char		*child;		/* local name, or NULL */
	const char		*alias;		/* of the child, or NULL */
};

/* The text of a child while it comes in pieces. */
struct operation_value {
	size_t	len;
	bool	has_gap;	/* white space after what there is */
	char	text[OPERATION_VALUE_SIZE];
};

/* A row of the table; static. */
const struct operation	*operation_at(enum operation_id id);

/* The id of the operation with this name, or OPERATION_COUNT. */
enum operation_id	 operation_find(const char *name);

/* Is this the local name of the one child? */
bool	operation_has_child(const struct operation *operation,
	    const char *local_name);

/*
 * Take in a piece of the child's text, in UTF-8; a character never stands in
 * two pieces. White space is collapsed as the property's type says. *value
 * begins as zeroes. Returns NULL, or why it is refused: static words for a
 * log.
 */
const char	*operation_value_add(const struct property *property,
		    struct operation_value *value, const char *text,
		    size_t len);

/*
 * The text is complete: value->text is what property_check() leaves. is_nil
 * (xsi:nil) is the empty string, which a boolean cannot be. Returns NULL, or
 * why it is refused.
 */
const char	*operation_value_end(const struct property *property,
		    struct operation_value *value, bool is_nil);

#endif
