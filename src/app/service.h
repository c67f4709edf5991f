/*
 * service.h - the operations: what a SOAP request does to a mailbox.
 *
 * reset_pin: look up, draw by policy, derive, seal, one durable
 * transaction. Knows nothing of HTTP, XML or the web server; app/endpoint
 * brings the caller and turns the outcome into an answer.
 */
#ifndef UMWS_SERVICE_H
#define UMWS_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "core/derive.h"
#include "core/keyring.h"
#include "core/properties.h"
#include "core/refusal.h"
#include "edge/scoreboard.h"
#include "edge/gate.h"
#include "edge/store-properties.h"
#include "edge/store-reset.h"

struct service_options {
	struct derive_cost	cost;		 /* of new verifiers */
	unsigned int		request_timeout_ms; /* one request, in all */
};

/* What a service works with; all borrowed for its life. */
struct service_parts {
	struct store		*store;
	struct gate		*gate;
	size_t			 slot;		/* ours in the gate */
	struct scoreboard		*board;
	const struct keyring	*peppers;	/* first: current */
	const struct keyring	*mail_keys;	/* public; first: current */
};

struct service;

/* How an operation ended. */
struct service_outcome {
	enum refusal	refusal;	/* REFUSAL_NONE: done */
	uint64_t	back_off_ms;	/* with REFUSAL_BUSY */
	const char	*cause;		/* why not enabled, for the log alone;
					 * static, or NULL */
	bool		is_enabled;	/* is_um_enabled's answer */
	struct properties	properties;	/* get_properties' answer */
};

/* ST_OK, or ST_RETRY without memory. */
enum status	service_new(const struct service_options *options,
		    const struct service_parts *parts,
		    struct service **service) MUSTCHECK;
void		service_free(struct service **service);

/*
 * Reset the caller's own PIN. When outcome->refusal is REFUSAL_NONE, PIN,
 * history, audit row and queued mail are durably committed, once; with
 * REFUSAL_TRANSIENT that is unknown; else nothing changed.
 */
void	service_reset_pin(struct service *service,
	    const struct store_caller *caller,
	    struct service_outcome *outcome);

/* Is the caller's mailbox enabled? False without a mailbox. */
void	service_is_um_enabled(struct service *service,
	    const struct store_caller *caller,
	    struct service_outcome *outcome);

/* The properties of the caller's mailbox. */
void	service_get_properties(struct service *service,
	    const struct store_caller *caller,
	    struct service_outcome *outcome);

/*
 * Set a property of the caller's mailbox; value is as property_check()
 * leaves it. REFUSAL_NONE: durably committed, once; REFUSAL_TRANSIENT: unknown.
 */
void	service_set_property(struct service *service,
	    const struct store_caller *caller, enum property_id property,
	    const char *value, struct service_outcome *outcome);

/* Can the database take a write right now? */
bool	service_is_ready(struct service *service);

#endif
