/*
 * caller.c - read the caller's identity from FastCGI parameters. A parameter
 * that comes more than once ends the request.
 */
#include "config.h"

#include "web/caller.h"

#include <stdbool.h>
#include <string.h>

static const struct {
	const char		*name;
	enum caller_route	 route;
} routes[] = {
	{ "soap", CALLER_SOAP },
	{ "tui", CALLER_TUI },
	{ "mailbox", CALLER_MAILBOX },
	{ "helpdesk", CALLER_HELPDESK },
	{ "metrics", CALLER_METRICS },
	{ "health", CALLER_HEALTH },
	{ "live", CALLER_LIVE },
};

static const char *const	single[] = { "UMWS_SECRET", "UMWS_ROUTE",
    "REMOTE_USER", "AUTH_TYPE", "REMOTE_ADDR" };

static bool
is_doubled(const struct request *request)
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

/*
 * Whom REMOTE_USER means. A name that no mailbox can have goes on as it is:
 * it is looked up and refused as every other that is not known.
 * ST_DENIED: there is no name, or an overlong one.
 */
static enum status
find_login(const char *user, const char *strip_domains,
    struct caller *caller)
{
	enum status	st;

	st = username_resolve(user, strip_domains, &caller->username,
	    caller->fault);
	if (st != ST_BAD)
		return st;
	if (strlen(user) >= sizeof(caller->username.login))
		return ST_DENIED;
	memset(&caller->username, 0, sizeof(caller->username));
	(void)strcpy(caller->username.login, user);
	return ST_OK;
}

enum status
caller_identify(const struct request *request,
    const struct keyring *secrets, const char *strip_domains,
    struct caller *caller, const char **reason)
{
	enum status	st;

	memset(caller, 0, sizeof(*caller));
	caller->address = request_param(request, "REMOTE_ADDR");
	*reason = NULL;
	if (is_doubled(request)) {
		*reason = "a parameter of identity came twice";
		return ST_FAIL;
	}
	if (secrets != NULL && !keyring_matches(secrets,
	    request_param(request, "UMWS_SECRET"))) {
		*reason = "UMWS_SECRET is not in web_secret";
		return ST_FAIL;
	}
	if (find_route(request_param(request, "UMWS_ROUTE"),
	    &caller->route) != ST_OK) {
		*reason = "UMWS_ROUTE is missing or unknown";
		return ST_FAIL;
	}
	if (caller->route >= CALLER_METRICS)
		return ST_OK;
	if (*request_param(request, "REMOTE_USER") == '\0' ||
	    *request_param(request, "AUTH_TYPE") == '\0') {
		*reason = "not authenticated";
		return ST_DENIED;
	}
	st = find_login(request_param(request, "REMOTE_USER"), strip_domains,
	    caller);
	if (st == ST_RETRY)
		*reason = "no memory";
	else if (st == ST_DENIED)
		*reason = "REMOTE_USER is no login";
	return st;
}
