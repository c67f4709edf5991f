/*
 * conf-keys.h - the keys of umws.conf: name, type, default and range of each.
 * Private to conf.
 */
#ifndef UMWS_CONF_KEYS_H
#define UMWS_CONF_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/conf-value.h"

#define CONF_KEYS_MAX	96	/* room for them; the table is checked */

extern const struct conf_key	conf_keys[];
extern const size_t		conf_keys_count;

/* Where a key stands in the table; conf_keys_count when it is none. */
size_t		 conf_key_find(const char *name);

/*
 * The key that a name is most like, with at most distance_max letters to
 * change, add or drop; or NULL.
 */
const char	*conf_key_nearest(const char *name, size_t distance_max);

/* Is there a password in a value of this key? */
bool		 conf_key_has_secret(size_t key, const char *value);

#endif
