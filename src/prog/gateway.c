/*
 * gateway.c - accept FastCGI connections and read and answer requests with
 * libfcgi; the same for plain CGI.
 *
 * Five habits of libfcgi shape this file. It reads the parameters before
 * anyone can limit how long it waits for them, so connections are accepted
 * here. Parameters that were cut short look complete unless FCGX_GetError()
 * is asked. A kept connection would hide the next request from the caller's
 * wait, so it is closed each time. FCGX_Init() installs signal handlers of
 * its own, so SIGPIPE is ignored after it. It never wipes the buffer that it
 * reads into, in which a phone system's PINs stand: done here.
 */
#include "config.h"

#include "prog/gateway.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "edge/clock.h"

#define BODY_MS		3000	/* for the whole body to come */
#define LINGER_MS	1000	/* for the peer to take its answer */
#define ACCEPT_PAUSE_MS	100	/* when there is no descriptor for it */
#define ACCEPT_SAY_MS	60000	/* between two lines about that */

struct gateway {
	bool		 is_cgi;
	size_t		 cgi_left;	/* of the body, still to read */
	int		 listen_fd;
	int64_t		 body_until_ms;	/* no waiting for it after that */
	int64_t		 accept_said_ms; /* 0: it has not failed yet */
	FCGX_Request	 fcgi;
	char		**params;	/* "NAME=value", NULL at the end */
	struct buf	 head;		/* of the answer */
};

static const struct {
	int		 status;
	const char	*phrase;
} phrases[] = {
	{ 200, "OK" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 405, "Method Not Allowed" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 500, "Internal Server Error" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
};

static const char *
phrase_of(int status)
{
	size_t	i;

	for (i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		if (phrases[i].status == status)
			return phrases[i].phrase;
	}
	return "";
}

static enum status
gateway_new(bool is_cgi, struct gateway **gateway)
{
	*gateway = calloc(1, sizeof(**gateway));
	if (*gateway == NULL) {
		log_err("no-memory", "for", "gateway", NULL);
		return ST_RETRY;
	}
	(*gateway)->is_cgi = is_cgi;
	(*gateway)->listen_fd = -1;
	(*gateway)->head.max = 2 * ANSWER_FIELDS_MAX;
	return ST_OK;
}

enum status
gateway_open(int listen_fd, struct gateway **gateway)
{
	if (gateway_new(false, gateway) != ST_OK)
		return ST_RETRY;
	(*gateway)->listen_fd = listen_fd;
	if (FCGX_Init() != 0 || FCGX_InitRequest(&(*gateway)->fcgi, listen_fd,
	    FCGI_FAIL_ACCEPT_ON_INTR) != 0) {
		log_err("fastcgi-unusable", "reason", strerror(errno), NULL);
		gateway_free(gateway);
		return ST_RETRY;
	}
	/*
	 * After a connection without a request libfcgi would accept another
	 * one by itself, and wait for that without end.
	 */
	(*gateway)->fcgi.listen_sock = -1;
	(void)signal(SIGPIPE, SIG_IGN);
	return ST_OK;
}

enum status
gateway_open_cgi(struct gateway **gateway)
{
	(void)signal(SIGPIPE, SIG_IGN);
	return gateway_new(true, gateway);
}

void
gateway_free(struct gateway **gateway)
{
	if (*gateway == NULL)
		return;
	buf_free(&(*gateway)->head);
	free(*gateway);
	*gateway = NULL;
}

static const char *
gateway_param(void *context, const char *name, unsigned int *count)
{
	struct gateway	*gateway = context;
	size_t		 len = strlen(name);
	const char	*value = NULL;
	char		**param;

	*count = 0;
	for (param = gateway->params; *param != NULL; param++) {
		if (strncmp(*param, name, len) != 0 || (*param)[len] != '=')
			continue;
		if ((*count)++ == 0)
			value = *param + len + 1;
	}
	return value;
}

/* A CGI program's input may never end; its body does (RFC 3875, 4.2). */
static ssize_t
cgi_read(struct gateway *gateway, char *bytes, size_t size)
{
	ssize_t	n;

	if (size > gateway->cgi_left)
		size = gateway->cgi_left;
	do {
		n = size == 0 ? 0 : read(STDIN_FILENO, bytes, size);
	} while (n < 0 && errno == EINTR);
	if (n > 0)
		gateway->cgi_left -= (size_t)n;
	return n;
}

/* Would reading wait for the peer? */
static bool
is_fcgi_silent(const struct gateway *gateway)
{
	struct pollfd	pfd = { gateway->fcgi.ipcFd, POLLIN, 0 };

	return gateway->fcgi.in->rdNext == gateway->fcgi.in->stop &&
	    poll(&pfd, 1, 0) == 0;
}

/*
 * Up to size bytes, as far as libfcgi has them at hand; it waits for the
 * first. 0: the end, or an error. Its buffer is left as it is, so what was
 * taken is wiped there.
 */
static size_t
fcgi_take(FCGX_Stream *in, char *bytes, size_t size)
{
	size_t	there;
	int	first = FCGX_GetChar(in);

	if (first < 0 || FCGX_GetError(in) != 0)
		return 0;
	bytes[0] = (char)first;
	there = (size_t)(in->stop - in->rdNext);
	if (there > size - 1)
		there = size - 1;
	there = (size_t)FCGX_GetStr(bytes + 1, (int)there, in);
	secret_wipe(in->rdNext - there - 1, there + 1);
	return there + 1;
}

/*
 * Fill bytes, from as many records as it takes. A web server that hands a
 * body on as it comes may have a client who takes his time: he gets so much
 * and no more, because others wait for this child.
 */
static ssize_t
fcgi_read(struct gateway *gateway, char *bytes, size_t size)
{
	FCGX_Stream	*in = gateway->fcgi.in;
	size_t		 n = 0, taken;

	while (n < size) {
		if (clock_ms() > gateway->body_until_ms &&
		    is_fcgi_silent(gateway)) {
			log_warn("request-cut", "reason", "body too slow",
			    NULL);
			return -1;
		}
		taken = fcgi_take(in, bytes + n, size - n);
		if (FCGX_GetError(in) != 0)
			return -1;
		if (taken == 0)
			break;
		n += taken;
	}
	return (ssize_t)n;
}

static enum status
gateway_read(void *context, char *bytes, size_t size, size_t *len)
{
	struct gateway	*gateway = context;
	ssize_t		 n;

	*len = 0;
	n = gateway->is_cgi ? cgi_read(gateway, bytes, size) :
	    fcgi_read(gateway, bytes, size);
	if (n < 0)
		return ST_BAD;
	*len = (size_t)n;
	return ST_OK;
}

/* A peer that stops half way holds us for so long, and no longer. */
static void
limit_waiting(int fd, unsigned int timeout_s)
{
	const struct timeval	limit = { (time_t)timeout_s, 0 };

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

static void
cgi_begin(struct gateway *gateway)
{
	const char	*length = getenv("CONTENT_LENGTH");
	uint64_t	 left = 0;

	gateway->params = environ;
	/* One that is no number is refused by web/request. */
	if (length != NULL)
		(void)text_size(length, &left);
	gateway->cgi_left = (size_t)left;
	/* Apache ends the input of a chunked body where the body ends. */
	if (length == NULL && getenv("HTTP_TRANSFER_ENCODING") != NULL)
		gateway->cgi_left = SIZE_MAX;
}

/*
 * Another child was faster, or the peer has left again: that is all in order.
 * Anything else will be so again at once, since the connection still waits:
 * pause, and say so now and then.
 */
static void
accept_failed(struct gateway *gateway, int reason)
{
	static const struct timespec	pause = {
		.tv_nsec = ACCEPT_PAUSE_MS * 1000000L
	};

	if (reason == EAGAIN || reason == EINTR || reason == ECONNABORTED ||
	    reason == EPROTO)
		return;
	if (gateway->accept_said_ms == 0 ||
	    clock_ms() - gateway->accept_said_ms > ACCEPT_SAY_MS) {
		gateway->accept_said_ms = clock_ms();
		log_err("accept", "reason", strerror(reason), "todo",
		    "requests wait; raise the limit it speaks of, "
		    "LimitNOFILE for too many open files", NULL);
	}
	(void)nanosleep(&pause, NULL);
}

enum status
gateway_accept(struct gateway *gateway, unsigned int timeout_s,
    struct request *request)
{
	int	fd;

	request->context = gateway;
	request->param = gateway_param;
	request->read = gateway_read;
	if (gateway->is_cgi) {
		cgi_begin(gateway);
		return ST_OK;
	}
	fd = accept4(gateway->listen_fd, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0) {
		accept_failed(gateway, errno);
		return ST_RETRY;
	}
	limit_waiting(fd, timeout_s);
	/* libfcgi reads on from a connection that it takes for a kept one. */
	gateway->fcgi.ipcFd = fd;
	gateway->fcgi.keepConnection = 1;
	if (FCGX_Accept_r(&gateway->fcgi) < 0)
		return ST_RETRY;
	if (FCGX_GetError(gateway->fcgi.in) != 0) {
		log_warn("request-cut", "reason", "parameters incomplete",
		    NULL);
		FCGX_Free(&gateway->fcgi, 1);
		return ST_RETRY;
	}
	limit_waiting(gateway->fcgi.ipcFd, BODY_MS / 1000);
	gateway->body_until_ms = clock_ms() + BODY_MS;
	gateway->params = gateway->fcgi.envp;
	return ST_OK;
}

static void
gateway_write(struct gateway *gateway, const struct buf *buf)
{
	const char	*bytes = buf_text(buf);
	size_t		 left = buf->len;
	ssize_t		 n;

	if (!gateway->is_cgi) {
		(void)FCGX_PutStr(bytes, (int)left, gateway->fcgi.out);
		return;
	}
	while (left > 0) {
		n = write(STDOUT_FILENO, bytes, left);
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			bytes += n;
			left -= (size_t)n;
		}
	}
}

/*
 * What of the body nobody wanted, for what libfcgi has read of it stays in
 * memory that it frees: here it is wiped.
 */
static void
fcgi_drain(FCGX_Stream *in, int64_t until_ms)
{
	char	chunk[4096];
	size_t	seen = 0, taken;

	do {
		taken = fcgi_take(in, chunk, sizeof(chunk));
		seen += taken;
	} while (taken > 0 && seen <= REQUEST_BODY_MAX &&
	    clock_ms() < until_ms);
	WIPE(&chunk);
}

/*
 * An answer could be lost with input that nobody has read, so read it; but
 * the peer may go on for ever.
 */
static void
linger(int fd, int64_t until_ms)
{
	char		chunk[4096];
	struct pollfd	pfd = { fd, POLLIN, 0 };

	(void)shutdown(fd, SHUT_WR);
	while (clock_ms() < until_ms && poll(&pfd, 1, LINGER_MS) > 0 &&
	    read(fd, chunk, sizeof(chunk)) > 0)
		;
	WIPE(&chunk);
}

/*
 * Close the connection, whatever the peer asked for; see above. libfcgi
 * would wait until the peer has closed it too, as long as that takes; and it
 * would free its buffer with what is still in it.
 */
static void
gateway_finish(struct gateway *gateway)
{
	FCGX_Request	*fcgi = &gateway->fcgi;
	int64_t		 until_ms = clock_ms() + LINGER_MS;
	bool		 is_read;

	(void)FCGX_FClose(fcgi->err);
	(void)FCGX_FClose(fcgi->out);
	if (FCGX_HasSeenEOF(fcgi->in) == 0) {
		limit_waiting(fcgi->ipcFd, LINGER_MS / 1000);
		fcgi_drain(fcgi->in, until_ms);
	}
	is_read = FCGX_HasSeenEOF(fcgi->in) != 0;
	FCGX_Free(fcgi, 0);
	if (!is_read)
		linger(fcgi->ipcFd, until_ms);
	(void)close(fcgi->ipcFd);
	fcgi->ipcFd = -1;
}

/*
 * What of the body nobody wanted. Apache hands it over through a socket, and
 * one that is closed with bytes unread loses the answer with them.
 */
static void
cgi_drain(struct gateway *gateway)
{
	char	chunk[4096];
	size_t	seen = 0;
	ssize_t	n;

	do {
		n = cgi_read(gateway, chunk, sizeof(chunk));
		seen += n > 0 ? (size_t)n : 0;
	} while (n > 0 && seen <= REQUEST_BODY_MAX);
	WIPE(&chunk);
}

void
gateway_answer(struct gateway *gateway, const struct answer *answer)
{
	struct buf	*head = &gateway->head;

	buf_reset(head);
	buf_printf(head, "Status: %d %s\r\n", answer->status,
	    phrase_of(answer->status));
	if (answer->content_type != NULL)
		buf_printf(head, "Content-Type: %s\r\n",
		    answer->content_type);
	buf_printf(head, "Content-Length: %zu\r\n%s\r\n",
	    answer->content_type == NULL ? 0 : answer->body.len,
	    buf_text(&answer->fields));
	gateway_write(gateway, head);
	if (answer->content_type != NULL && !answer->is_head)
		gateway_write(gateway, &answer->body);
	if (gateway->is_cgi)
		cgi_drain(gateway);
	else
		gateway_finish(gateway);
}
