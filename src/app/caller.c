/*
 * caller.c - nothing is believed twice: a parameter that comes more than
 * once ends the request.
 */
#include "config.h"

#include "app/caller.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char		*name;
	enum caller_route	 route;
} routes[] = {
	{ "soap", CALLER_SOAP },
	{ "metrics", CALLER_METRICS },
	{ "health", CALLER_HEALTH },
};

static const char *const	single[] = { "UMWS_SECRET", "UMWS_ROUTE",
    "REMOTE_USER", "AUTH_TYPE", "REMOTE_ADDR" };

const char *
exchange_param(const struct exchange_request *request, const char *name)
{
	unsigned int	 count;
	const char	*value;

	value = request->param(request->context, name, &count);
	return value == NULL ? "" : value;
}

static bool
is_doubled(const struct exchange_request *request)
{
	unsigned int	count;
	size_t		i;

	for (i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
		(void)request->param(request->context, single[i], &count);
		if (count > 1)
			return true;
	}
	return false;
}

static enum status
find_route(const char *name, enum caller_route *route)
{
	size_t	i;

	*route = CALLER_SOAP;
	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (strcmp(routes[i].name, name) == 0) {
			*route = routes[i].route;
			return ST_OK;
		}
	}
	return ST_BAD;
}

/* Is the name of len bytes one of the comma-separated list? */
static bool
is_listed(const char *list, const char *name, size_t len)
{
	size_t	item;

	for (; *list != '\0'; list += item) {
		list += strspn(list, ", \t");
		item = strcspn(list, ", \t");
		if (item > 0 && item == len &&
		    strncasecmp(list, name, len) == 0)
			return true;
	}
	return false;
}

/* REMOTE_USER less a domain that may be dropped. ST_BAD: overlong. */
static enum status
copy_login(const char *user, const char *strip_domains,
    char login[CALLER_LOGIN_SIZE])
{
	const char	*at = strrchr(user, '@');
	const char	*backslash = strchr(user, '\\');
	size_t		 len = strlen(user);

	if (backslash != NULL &&
	    is_listed(strip_domains, user, (size_t)(backslash - user))) {
		user = backslash + 1;
		len = strlen(user);
	} else if (at != NULL && is_listed(strip_domains, at + 1,
	    strlen(at + 1))) {
		len = (size_t)(at - user);
	}
	login[0] = '\0';
	if (len == 0 || len >= CALLER_LOGIN_SIZE)
		return ST_BAD;
	memcpy(login, user, len);
	login[len] = '\0';
	return ST_OK;
}

enum status
caller_identify(const struct exchange_request *request,
    const struct keyring *secrets, const char *strip_domains,
    struct caller *caller, const char **reason)
{
	memset(caller, 0, sizeof(*caller));
	caller->address = exchange_param(request, "REMOTE_ADDR");
	*reason = NULL;
	if (is_doubled(request)) {
		*reason = "a parameter of identity came twice";
		return ST_FAIL;
	}
	if (secrets != NULL && !keyring_matches(secrets,
	    exchange_param(request, "UMWS_SECRET"))) {
		*reason = "UMWS_SECRET is not in web_secret";
		return ST_FAIL;
	}
	if (find_route(exchange_param(request, "UMWS_ROUTE"),
	    &caller->route) != ST_OK) {
		*reason = "UMWS_ROUTE is missing or unknown";
		return ST_FAIL;
	}
	if (caller->route != CALLER_SOAP)
		return ST_OK;
	if (*exchange_param(request, "REMOTE_USER") == '\0' ||
	    *exchange_param(request, "AUTH_TYPE") == '\0') {
		*reason = "not authenticated";
		return ST_DENIED;
	}
	if (copy_login(exchange_param(request, "REMOTE_USER"), strip_domains,
	    caller->login) != ST_OK) {
		*reason = "REMOTE_USER is no login";
		return ST_DENIED;
	}
	return ST_OK;
}
