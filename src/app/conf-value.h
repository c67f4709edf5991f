/*
 * conf-value.h - the types of umws.conf's values: text in, a field of struct
 * conf out, or one sentence that says what would be right.
 *
 * Private to conf; knows no file and logs nothing.
 */
#ifndef UMWS_CONF_VALUE_H
#define UMWS_CONF_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#define CONF_REASON_SIZE	512	/* bytes of an error's sentence */

enum conf_type {
	TYPE_TEXT,		/* min, max: bytes */
	TYPE_PATH,		/* absolute; "" where min is 0 */
	TYPE_PATH_OR_OFF,
	TYPE_COUNT,		/* min, max: the number itself */
	TYPE_SECONDS,		/* min, max: seconds */
	TYPE_MILLISECONDS,	/* min, max: milliseconds */
	TYPE_BOOL,
	TYPE_TLS,
	TYPE_COST,
	TYPE_HTTP_URL,
	TYPE_SMTP_URL,
	TYPE_FROM,
	TYPE_ENVELOPE_FROM
};

struct conf_key {
	const char	*name;
	enum conf_type	 type;
	const char	*value;		/* the default, as in the file */
	unsigned int	 min;
	unsigned int	 max;
	size_t		 offset;	/* into struct conf */
};

/* One value on its way into its field. */
struct conf_value {
	const struct conf_key	*key;
	const char		*text;		/* trimmed, no control bytes */
	void			*field;
	char			 reason[CONF_REASON_SIZE];
};

/*
 * Check value->text by the key's type and range and set the field, except
 * of a text type, whose copy is the caller's matter. False: value->reason
 * is a sentence that names the key.
 */
bool	conf_value_parse(struct conf_value *value);

/* Is a field of this type a const char *? */
bool	conf_type_is_text(enum conf_type type);

/*
 * The address in "Name <address>", or the whole of a bare one: *len bytes
 * of from. False when there is none.
 */
bool	conf_from_address(const char *from, const char **address,
	    size_t *len);

#endif
