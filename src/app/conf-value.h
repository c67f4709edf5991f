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

struct conf_value;

struct conf_key {
	const char	*name;
	bool		 (*parse)(struct conf_value *value);
	const char	*value;		/* the default, as in the file */
	unsigned int	 min;
	unsigned int	 max;
	size_t		 offset;	/* into struct conf */
};

/* One value on its way into its field. */
struct conf_value {
	const struct conf_key	*key;
	const char		*text;		/* trimmed, no control bytes;
						 * lives as long as the field,
						 * which may point to it */
	void			*field;
	char			 reason[CONF_REASON_SIZE];
};

/*
 * A type is its parser, which checks value->text by its own form and the
 * key's range, and sets the field. False: value->reason is a sentence that
 * names the key, and the field is as it was.
 */

/* const char *; min, max: bytes. A path is absolute, or "" where min is 0. */
bool	conf_parse_text(struct conf_value *value);
bool	conf_parse_conninfo(struct conf_value *value); /* may hold a secret */
bool	conf_parse_path(struct conf_value *value);
bool	conf_parse_path_or_off(struct conf_value *value);
bool	conf_parse_http_url(struct conf_value *value);
bool	conf_parse_hook(struct conf_value *value);
bool	conf_parse_smtp_url(struct conf_value *value);
bool	conf_parse_ldap_url(struct conf_value *value);
bool	conf_parse_ldap_map(struct conf_value *value);
bool	conf_parse_sasl_mech(struct conf_value *value);
bool	conf_parse_from(struct conf_value *value);
bool	conf_parse_envelope_from(struct conf_value *value);

/* unsigned int; min, max: the number, or so many seconds, milliseconds. */
bool	conf_parse_count(struct conf_value *value);
bool	conf_parse_seconds(struct conf_value *value);
bool	conf_parse_milliseconds(struct conf_value *value);

/* bool, enum smtp_tls, struct derive_cost; without min and max. */
bool	conf_parse_bool(struct conf_value *value);
bool	conf_parse_tls(struct conf_value *value);
bool	conf_parse_cost(struct conf_value *value);

#endif
