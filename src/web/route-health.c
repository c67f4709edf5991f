/*
 * route-health.c - answer /umws/health: "ready" if the database commits a
 * write. How the mails are doing stands in a field and changes no status: a
 * worker beside a mailer that is down resets PINs as well as ever, their mails
 * wait, and whoever takes it out of service makes it worse.
 */
#include "config.h"

#include "web/route.h"

#include <inttypes.h>

#include "edge/clock.h"
#include "web/mail-sight.h"

#define READY_TIMEOUT_MS 3000

/* Since when no pass has ended, and no mail has been taken up. */
static void
write_mails(struct turn *turn)
{
	struct buf	*fields = &turn->answer->fields;
	struct sight	 sight;

	if (!mail_sight(turn, &sight))
		return;
	buf_printf(fields, "X-UMWS-Mail: due=%" PRId64 " oldest-due=%" PRId64
	    "s", sight.due, sight.oldest_due_s);
	if (sight.pass_s == SIGHT_NEVER)
		buf_puts(fields, " last-pass=none\r\n");
	else
		buf_printf(fields, " last-pass=%" PRId64 "s\r\n",
		    sight.pass_s);
}

void
route_health(struct turn *turn)
{
	bool	is_ready = store_is_writable(turn->parts->properties.store,
		    clock_ms() + READY_TIMEOUT_MS);

	turn->answer->status = is_ready ? 200 : 503;
	turn->answer->content_type = "text/plain; charset=utf-8";
	turn->result = is_ready ? "ready" : "not-ready";
	buf_puts(&turn->answer->body, is_ready ? "ready\n" : "not ready\n");
	if (is_ready)
		write_mails(turn);
	else
		buf_puts(&turn->answer->fields, "Retry-After: 5\r\n");
	if (buf_status(&turn->answer->body) != ST_OK)
		turn_unwritten(turn);
}
