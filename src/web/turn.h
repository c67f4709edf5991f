/*
 * turn.h - one request on its way through endpoint and route, and how it is
 * answered when the answer is not the route's own.
 */
#ifndef UMWS_TURN_H
#define UMWS_TURN_H

#include <stdbool.h>

#include "web/caller.h"
#include "web/endpoint.h"
#include "app/outcome.h"
#include "web/request.h"
#include "soap/envelope.h"
#include "core/properties.h"
#include "core/refusal.h"

/* Also what the log line is made of. */
struct turn {
	const struct endpoint_options	*options;
	const struct endpoint_parts	*parts;
	const struct request		*request;
	struct answer			*answer;
	struct caller			 caller;
	struct soap_request		 soap;
	struct outcome			 outcome;
	bool				 is_enabled;	/* of IsUMEnabled */
	struct properties		 properties;	/* of GetUMProperties */
	const char			*action;	/* without SOAP */
	char				 mailbox[USERNAME_SIZE];
	enum score_time			 time;	/* which one it is timed as */
	const char			*result;	/* one word or code */
	const char			*reason;	/* words, or NULL */
};

/* The first value of a parameter, "" when absent. */
const char	*turn_param(const struct turn *turn, const char *name);

/*
 * Refused before SOAP: a status, no side effect; no body, but on the routes
 * that speak JSON an error in it.
 */
void	turn_refuse(struct turn *turn, int status, const char *result,
	    const char *reason);

/* turn_refuse() with 405, and what the route allows. */
void	turn_refuse_method(struct turn *turn);

/* The fault of a refusal; with REFUSAL_BUSY its time is the outcome's. */
void	turn_fault(struct turn *turn, enum refusal refusal,
	    const char *reason);

/* There is no memory now; the same request may pass later. */
void	turn_no_memory(struct turn *turn, const char *reason);

/* As which result of an operation a refusal counts. */
enum score_result	turn_result_of(enum refusal refusal);

/* What cannot be written whole must not look like another answer: 502. */
void	turn_unwritten(struct turn *turn);

#endif
