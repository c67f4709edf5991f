/*
 * child.h - what a child of umws-fcgi does: hold the keys and one database
 * connection, serve one request after the other.
 *
 * The parent holds neither; it only knows what child_check() and the
 * children's exit codes tell it.
 */
#ifndef UMWS_CHILD_H
#define UMWS_CHILD_H

#include <stddef.h>
#include <sys/types.h>

#include "app/conf.h"
#include "edge/gate-lanes.h"
#include "edge/gate.h"
#include "edge/scoreboard.h"

/* What the parent hands down through fork(); borrowed. */
struct child_parts {
	const struct conf	*conf;
	struct gate		*gate;
	struct lanes		*lanes;
	struct scoreboard	*board;
	size_t			 slot;
	pid_t			 parent;
	int			 listen_fd;
	int			 ready_fd;	/* takes one byte when ready */
};

/*
 * Serve until SIGTERM, which must be blocked on entry. Returns an exit code
 * (sysexits.h); what was wrong has been logged.
 */
int	child_serve(const struct child_parts *parts);

/* Serve one request as a CGI program. Returns an exit code. */
int	child_serve_cgi(const struct conf *conf);

/*
 * Are the key files usable? EX_OK, or EX_CONFIG; each that is not has been
 * logged.
 */
int	child_check_keys(const struct conf *conf);

/*
 * In a process of its own: are keys and schema usable? Returns EX_OK;
 * EX_TEMPFAIL when the database is away, which is no reason not to start;
 * EX_CONFIG when somebody must act. Logged.
 */
int	child_check(const struct conf *conf);

#endif
