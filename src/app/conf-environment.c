/*
 * conf-environment.c - the settings that the environment has.
 *
 * A name that begins with UMWS_ and is none of ours is left alone: whoever
 * starts containers has such names, as UMWS_PORT for a service called umws.
 * One that is nearly ours is a slip, and would else go unnoticed.
 */
#include "config.h"

#include "app/conf-state.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX		"UMWS_"
#define NAME_SIZE	64	/* bytes of the longest variable of ours */
#define SLIP_MAX	2	/* letters that are wrong in a slip */

/* "smtp_url" is UMWS_SMTP_URL. */
static const char *
variable_of(const char *key, char name[NAME_SIZE])
{
	size_t	i, prefix = strlen(PREFIX);

	(void)snprintf(name, NAME_SIZE, PREFIX "%s", key);
	for (i = prefix; name[i] != '\0'; i++)
		name[i] = (char)toupper((unsigned char)name[i]);
	return name;
}

static void
take_variable(struct conf_state *state, size_t key, const char *name,
    const char *text)
{
	struct conf_place	 place = { .variable = name };
	char			*copy = strdup(text);

	state->variables[key] = strdup(name);
	if (copy == NULL || state->variables[key] == NULL) {
		conf_report_fault(state->report, &place, NULL, "no memory");
		free(copy);
		return;
	}
	place.variable = state->variables[key];
	text = conf_trim(copy);
	if (conf_has_control(text)) {
		state->is_faulty[key] = true;
		conf_report_fault(state->report, &place, NULL,
		    "a control character in it");
	} else {
		conf_set(state, key, text, &place);
	}
	free(copy);
}

/* Is what stands in the environment as "NAME=value" nearly one of ours? */
static void
refuse_slip(struct conf_state *state, const char *entry)
{
	struct conf_place	place = { .variable = NULL };
	size_t			len = strcspn(entry, "="), i;
	const char		*nearest;
	char			name[NAME_SIZE], key[NAME_SIZE] = "";
	char			right[NAME_SIZE];

	if (strncmp(entry, PREFIX, strlen(PREFIX)) != 0 ||
	    len >= sizeof(name))
		return;
	(void)snprintf(name, sizeof(name), "%.*s", (int)len, entry);
	for (i = strlen(PREFIX); i <= len; i++)
		key[i - strlen(PREFIX)] = (char)tolower((unsigned char)name[i]);
	nearest = conf_key_nearest(key, SLIP_MAX);
	if (nearest == NULL || strcmp(variable_of(nearest, right), name) == 0)
		return;
	place.variable = name;
	conf_report_fault(state->report, &place, NULL,
	    "unknown setting in the environment: did you mean %s?", right);
}

void
conf_read_environment(struct conf_state *state)
{
	const char	*text;
	char		 name[NAME_SIZE];
	size_t		 i;

	for (i = 0; i < conf_keys_count; i++) {
		text = getenv(variable_of(conf_keys[i].name, name));
		if (text != NULL)
			take_variable(state, i, name, text);
	}
	for (i = 0; environ != NULL && environ[i] != NULL; i++)
		refuse_slip(state, environ[i]);
}
