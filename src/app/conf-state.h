/*
 * conf-state.h - a configuration, and how it came to be. Private to conf.
 */
#ifndef UMWS_CONF_STATE_H
#define UMWS_CONF_STATE_H

#include <stdbool.h>

#include "app/conf.h"
#include "app/conf-keys.h"
#include "app/conf-report.h"
#include "app/conf-source.h"
#include "base/status.h"

/* struct conf is what callers see; the rest is indexed as conf_keys is. */
struct conf_state {
	struct conf		 conf;		/* first: conf_free() casts */
	const char		*path;		/* borrowed */
	struct conf_sources	 sources;
	char			*values[CONF_KEYS_MAX];	/* owned; in force */
	char			*variables[CONF_KEYS_MAX]; /* owned; of those
						 * that the environment has */
	struct conf_place	 places[CONF_KEYS_MAX];	/* where each stands */
	bool			 is_faulty[CONF_KEYS_MAX];
	char			*sender;	/* owned: who mail_from is */
	struct conf_report	*report;	/* while it is being read */
};

/* Set one key from text, which stands at this place, or report why not. */
void	conf_set(struct conf_state *state, size_t key, const char *text,
	    const struct conf_place *place);

/* Is there a control character, which no value may have? */
bool	conf_has_control(const char *text);

/* Cut white space off both ends, in place. */
char	*conf_trim(char *text);

/* Where a key stands, by its name; umws.conf for a default. */
struct conf_place	conf_place_of(const struct conf_state *state,
			    const char *name);

/* Is it set anywhere, or is the default in force? */
bool	conf_is_set(const struct conf_state *state, const char *name);

/* Take over what UMWS_KEY of the environment says. */
void	conf_read_environment(struct conf_state *state);

/* Report what only all keys together can tell, and set what follows from
 * several of them. */
void	conf_finish(struct conf_state *state);

#endif
