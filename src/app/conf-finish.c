/*
 * conf-finish.c - what only all keys together can tell. A rule of keys of
 * which one is wrong by itself says nothing: that has been reported.
 */
#include "config.h"

#include "app/conf-state.h"

#include <stdlib.h>
#include <string.h>

#include "core/address.h"

static bool
is_good(const struct conf_state *state, const char *name)
{
	return !state->is_faulty[conf_key_find(name)];
}

static bool
are_good(const struct conf_state *state, const char *one, const char *other)
{
	return is_good(state, one) && is_good(state, other);
}

/* Of two keys the one that somebody has set. */
static struct conf_place
place_of_either(const struct conf_state *state, const char *one,
    const char *other)
{
	return conf_place_of(state, conf_is_set(state, one) ? one : other);
}

/* Two keys of which one is of no use without the other. */
static void
finish_pair(const struct conf_state *state, const char *one, const char *other)
{
	const char	*value = state->values[conf_key_find(one)];
	const char	*more = state->values[conf_key_find(other)];
	struct conf_place	place;

	if (!are_good(state, one, other) ||
	    (*value == '\0') == (*more == '\0'))
		return;
	place = place_of_either(state, one, other);
	conf_report_fault(state->report, &place, NULL,
	    "%s and %s go together: give both or none", one, other);
}

/* A password and everybody's names travel encrypted, or not at all. */
static void
finish_directory(const struct conf_state *state)
{
	const struct directory_options	*directory = &state->conf.directory;
	struct conf_place		 place;

	finish_pair(state, "ldap_bind_dn", "ldap_password_file");
	finish_pair(state, "ldap_cert_file", "ldap_key_file");
	if (*directory->url == '\0' || !is_good(state, "ldap_url") ||
	    !are_good(state, "ldap_sasl_mech", "ldap_start_tls"))
		return;
	if (*directory->sasl_mech != '\0' && *directory->bind_dn != '\0') {
		place = conf_place_of(state, "ldap_sasl_mech");
		conf_report_fault(state->report, &place, NULL,
		    "ldap_sasl_mech goes without ldap_bind_dn and "
		    "ldap_password_file: leave one of them out");
	}
	if (strncmp(directory->url, "ldap:", 5) == 0 &&
	    !directory->is_starting_tls &&
	    strcmp(directory->sasl_mech, "GSSAPI") != 0) {
		place = conf_place_of(state, "ldap_start_tls");
		conf_report_fault(state->report, &place, NULL,
		    "ldap_start_tls must be yes where ldap_url begins with "
		    "ldap://, unless ldap_sasl_mech is GSSAPI, which encrypts "
		    "by itself");
	}
}

/* A program sends in its own way, which is for its own settings to say. */
static void
finish_program(const struct conf_state *state)
{
	static const char *const	others[] = { "smtp_tls", "smtp_user",
		"smtp_password_file", "smtp_ca_file", "smtp_helo",
		"envelope_from" };
	struct conf_place		place;
	size_t				i, key;

	if (!is_good(state, "smtp_url") || strncmp(state->conf.smtp.url,
	    SMTP_PROGRAM, strlen(SMTP_PROGRAM)) != 0)
		return;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		/* A later file takes back what stands in an earlier one. */
		key = conf_key_find(others[i]);
		if (strcmp(state->values[key], conf_keys[key].value) == 0)
			continue;
		place = conf_place_of(state, others[i]);
		conf_report_fault(state->report, &place, NULL,
		    "%s is not for a program, which smtp_url names: "
		    "leave the line out, and set it there", others[i]);
	}
}

/* Who mail_from is, whose domain, and whom mails come back to. */
static void
finish_sender(struct conf_state *state)
{
	const struct conf_place	 nowhere = { .file = state->path };
	struct smtp_options	*smtp = &state->conf.smtp;
	const char		*address = "";
	size_t			 len = 0;

	/* It has been parsed before, so it has an address, or is empty. */
	if (*state->conf.message.from != '\0')
		(void)address_of_sender(state->conf.message.from, &address,
		    &len);
	state->sender = strndup(address, len);
	if (state->sender == NULL) {
		conf_report_fault(state->report, &nowhere, NULL, "no memory");
		return;
	}
	state->conf.mail_domain = len == 0 ? state->sender :
	    strchr(state->sender, '@') + 1;
	if (strcmp(smtp->envelope_from, "<>") == 0)
		smtp->envelope_from = "";
	else if (*smtp->envelope_from == '\0')
		smtp->envelope_from = state->sender;
}

/* Whoever could forge a request would tell another system lies. */
static void
finish_hook(const struct conf_state *state)
{
	const struct hook_options	*hook = &state->conf.on_change;
	bool				 is_web = *hook->web.url != '\0' &&
					    *hook->web.url != '/';
	struct conf_place		 place;

	if (!are_good(state, "on_change", "on_change_secret_file") ||
	    is_web == (*hook->secret_file != '\0'))
		return;
	place = place_of_either(state, "on_change", "on_change_secret_file");
	conf_report_fault(state->report, &place, NULL, is_web ?
	    "on_change is a URL: on_change_secret_file names what its "
	    "requests are signed with" :
	    "on_change_secret_file goes with an on_change that is a URL");
}

static void
finish_pauses(const struct conf_state *state)
{
	struct conf_place	place;

	if (state->conf.deliver.retry_min_s <=
	    state->conf.deliver.retry_max_s ||
	    !are_good(state, "retry_min", "retry_max"))
		return;
	place = place_of_either(state, "retry_min", "retry_max");
	conf_report_fault(state->report, &place, NULL,
	    "retry_min must not be longer than retry_max");
}

void
conf_finish(struct conf_state *state)
{
	finish_pauses(state);
	finish_hook(state);
	finish_pair(state, "smtp_user", "smtp_password_file");
	finish_program(state);
	finish_directory(state);
	finish_sender(state);
}
