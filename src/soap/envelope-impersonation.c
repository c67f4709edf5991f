/*
 * envelope-impersonation.c - read the header entry t:ExchangeImpersonation.
 *
 * What is wrong in it is no fault of the envelope: whoever may not act for
 * others is not told about it.
 */
#include "config.h"

#include "soap/envelope-impersonation.h"

#include <string.h>

#include "soap/qname.h"

/* Where an element or a text stands, below the entry. */
#define AT_SID	1
#define AT_NAME	2

static const struct {
	const char		*name;
	enum impersonation_kind	 kind;
	const char		*reason;	/* of IMPERSONATION_NONE */
} children[] = {
	{ "PrincipalName", IMPERSONATION_LOGIN, NULL },
	{ "PrimarySmtpAddress", IMPERSONATION_ADDRESS, NULL },
	{ "SmtpAddress", IMPERSONATION_ADDRESS, NULL },
	{ "SID", IMPERSONATION_NONE, "ExchangeImpersonation: a SID" },
};

static void
note(struct impersonation *impersonation, const char *reason)
{
	if (impersonation->reason == NULL)
		impersonation->reason = reason;
}

void
impersonation_begin(struct impersonation *impersonation, bool is_first)
{
	if (!is_first)
		note(impersonation, "ExchangeImpersonation stands there twice");
}

static void
start_name(struct impersonation *impersonation, const char *local)
{
	size_t	i;

	if (impersonation->has_name)
		note(impersonation, "ExchangeImpersonation: two names");
	impersonation->has_name = true;
	for (i = 0; i < sizeof(children) / sizeof(children[0]); i++) {
		if (strcmp(children[i].name, local) != 0)
			continue;
		impersonation->kind = children[i].kind;
		if (children[i].reason != NULL)
			note(impersonation, children[i].reason);
		return;
	}
	note(impersonation, "ExchangeImpersonation: an unknown name");
}

void
impersonation_start(struct impersonation *impersonation, unsigned int depth,
    const char *name, const char **attributes)
{
	enum soap_scheme	 scheme;
	const char		*local = qname_exchange(name, "types", &scheme);

	for (; *attributes != NULL; attributes += 2) {
		if (!qname_is_harmless_attribute(attributes[0]))
			note(impersonation,
			    "ExchangeImpersonation: an attribute");
	}
	if (local == NULL) {
		note(impersonation, "ExchangeImpersonation: an element that "
		    "is not in the types namespace");
	} else if (depth == AT_NAME) {
		start_name(impersonation, local);
	} else if (depth != AT_SID || strcmp(local, "ConnectingSID") != 0 ||
	    impersonation->has_sid) {
		note(impersonation, "ExchangeImpersonation: not one "
		    "ConnectingSID with one name");
	} else {
		impersonation->has_sid = true;
	}
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
add(struct impersonation *impersonation, char c)
{
	if (impersonation->len == sizeof(impersonation->name) - 1) {
		note(impersonation, "ExchangeImpersonation: the name is too "
		    "long");
		return;
	}
	impersonation->name[impersonation->len++] = c;
	impersonation->name[impersonation->len] = '\0';
}

void
impersonation_text(struct impersonation *impersonation, unsigned int depth,
    const char *text, size_t len)
{
	for (; len > 0; text++, len--) {
		if (is_space(*text)) {
			impersonation->has_gap = impersonation->len > 0;
			continue;
		}
		if (depth != AT_NAME) {
			note(impersonation, "ExchangeImpersonation: text "
			    "outside of a name");
			return;
		}
		if (impersonation->has_gap)
			add(impersonation, ' ');
		impersonation->has_gap = false;
		add(impersonation, *text);
	}
}

void
impersonation_end(struct impersonation *impersonation)
{
	if (!impersonation->has_name)
		note(impersonation, "ExchangeImpersonation: it names nobody");
	else if (impersonation->len == 0)
		note(impersonation, "ExchangeImpersonation: the name is "
		    "empty");
	if (impersonation->reason == NULL)
		return;
	impersonation->kind = IMPERSONATION_NONE;
	impersonation->name[0] = '\0';
	impersonation->len = 0;
}
