/*
 * smtp-courier.h - several connections of edge/smtp at once, each in a
 * process of its own.
 *
 * libcurl waits for the answer to a mail in the middle of a call that is to
 * return at once, so one process cannot have two mails under way. A courier's
 * process knows its connection and the mail that it carries. It ends with the
 * courier, and dies with the process that made it, as a part of it would.
 *
 * What is asked of a courier is started, and courier_wait() tells when one has
 * ended.
 */
#ifndef UMWS_SMTP_COURIER_H
#define UMWS_SMTP_COURIER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "core/verdict.h"
#include "edge/smtp.h"

struct courier;

/*
 * smtp    that nothing was asked of, and nothing is to be: each process has a
 *         copy of it. Borrowed for the courier's life
 * shared  what couriers to one server tell each other; all zero at first, and
 *         borrowed likewise
 *
 * The process comes with the first thing that is asked. ST_OK; ST_FAIL (logged)
 * without memory.
 */
enum status	courier_new(struct smtp *smtp, struct smtp_shared *shared,
		    struct courier **courier) MUSTCHECK;
/* Ends its process, which says QUIT, and waits for that. */
void		courier_free(struct courier **courier);

/*
 * smtp_ready() and smtp_send(); after the first, and while nothing else was
 * asked, the second begins with MAIL FROM. Nothing of the mail is borrowed. A
 * process that ends under way is ST_RETRY, but ST_UNKNOWN once the mail had
 * begun to leave: the process has said so before.
 */
void		courier_start_ready(struct courier *courier);
void		courier_start_send(struct courier *courier,
		    const char *recipient, const char *bytes, size_t len);

/* Is what was started under way? Else courier_result() says how it ended. */
bool		courier_is_busy(const struct courier *courier);
enum status	courier_result(const struct courier *courier) MUSTCHECK;

/*
 * Wait until one that is busy is no longer, but no longer than wait_ms (-1:
 * for ever); at once when none is.
 */
void		courier_wait(struct courier *const *couriers, size_t count,
		    int wait_ms);

/*
 * Log why a connection could not be made: st is ST_RETRY, one warn line, or
 * ST_FAIL, an err line that names the settings to look at.
 */
void		courier_tell(const struct courier *courier, enum status st);

/* Of what was asked last: as of edge/smtp. Borrowed until the next. */
struct verdict	courier_verdict(const struct courier *courier);
const char	*courier_reply(const struct courier *courier);
const char	*courier_at(const struct courier *courier);
const char	*courier_look_at(const struct courier *courier);
int		 courier_code(const struct courier *courier);

#endif
