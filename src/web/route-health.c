/*
 * route-health.c - answer /umws/health: "ready" if the database commits a
 * write.
 */
#include "config.h"

#include "web/route.h"

#include "edge/clock.h"

#define READY_TIMEOUT_MS 3000

void
route_health(struct turn *turn)
{
	bool	is_ready = store_is_writable(turn->parts->properties.store,
		    clock_ms() + READY_TIMEOUT_MS);

	turn->answer->status = is_ready ? 200 : 503;
	turn->answer->content_type = "text/plain; charset=utf-8";
	turn->result = is_ready ? "ready" : "not-ready";
	buf_puts(&turn->answer->body, is_ready ? "ready\n" : "not ready\n");
	if (!is_ready)
		buf_puts(&turn->answer->fields, "Retry-After: 5\r\n");
	if (buf_status(&turn->answer->body) != ST_OK)
		turn_unwritten(turn);
}
