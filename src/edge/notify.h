/*
 * notify.h - tell the service manager how we are: sd_notify(3)'s protocol,
 * datagrams to the socket that $NOTIFY_SOCKET names, as systemd and others
 * speak it.
 *
 * Where nobody has asked, all of it does nothing. What cannot be told is
 * logged, and is nobody else's trouble.
 */
#ifndef UMWS_NOTIFY_H
#define UMWS_NOTIFY_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct notify {
	struct sockaddr_un	address;
	socklen_t		len;		/* 0: nobody asked */
	int64_t			every_ms;	/* a sign of life; 0: never */
	int64_t			alive_ms;	/* clock_ms() of the next */
};

/*
 * Read NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and take them out of the
 * environment: whom we start is not asked.
 */
void	notify_open(struct notify *notify);

/* We serve; status, one line, is what a person is shown. */
void	notify_ready(const struct notify *notify, const char *status);

/* We read our settings again; notify_ready() says when that is done. */
void	notify_reloading(const struct notify *notify);

/* We end, by our own will or as we were told. */
void	notify_stopping(const struct notify *notify);

/*
 * We are alive: to be called whenever the caller has looked after what it is
 * there for. Sent twice in the time that the manager waits.
 */
void	notify_alive(struct notify *notify);

#endif
