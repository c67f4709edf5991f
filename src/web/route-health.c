/*
 * route-health.c - answer /umws/health: "ready" if the database commits a
 * write; and /umws/health/live: "live", since a child answers.
 *
 * How the mails are doing stands in a field and changes no status: a worker
 * beside a mailer that is down resets PINs as well as ever, their mails wait,
 * and whoever takes it out of service makes it worse. Likewise a worker whose
 * database is away lives: whoever restarts it for that mends nothing.
 */
#include "config.h"

#include "web/route.h"

#include <inttypes.h>

#include "web/mail-sight.h"
#include "web/service-sight.h"

#define CONTENT_TYPE	"text/plain; charset=utf-8"

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
	bool	is_ready = service_ask_ready(turn);

	turn->answer->status = is_ready ? 200 : 503;
	turn->answer->content_type = CONTENT_TYPE;
	turn->result = is_ready ? "ready" : "not-ready";
	buf_puts(&turn->answer->body, is_ready ? "ready\n" : "not ready\n");
	if (is_ready)
		write_mails(turn);
	else
		buf_puts(&turn->answer->fields, "Retry-After: 5\r\n");
	if (buf_status(&turn->answer->body) != ST_OK)
		turn_unwritten(turn);
}

void
route_live(struct turn *turn)
{
	turn->answer->status = 200;
	turn->answer->content_type = CONTENT_TYPE;
	turn->result = "live";
	buf_puts(&turn->answer->body, "live\n");
	if (buf_status(&turn->answer->body) != ST_OK)
		turn_unwritten(turn);
}
