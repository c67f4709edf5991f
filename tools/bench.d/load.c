/*
 * load.c - load generator: N clients that send one request after another.
 *
 *	load PORT PATH CLIENTS REQUESTS CREDENTIALS [BODY]
 *
 * Each client has a kept connection to a web server on the loopback, from an
 * address of its own (127.0.1.1 and so on), and waits for an answer before it
 * sends the next request. CREDENTIALS is a file of lines for "Authorization:
 * Basic", one for each request in turn, so that no two clients are the same
 * user while there are more lines than clients. BODY is the file to post;
 * without it each line has a form to post after a blank, and all clients are
 * 127.0.0.1, the only address that may ask as a telephone. Who is told to come
 * again (503 with Retry-After) does so at once, with the same request.
 *
 * Prints one JSON object: what came, requests per second, and latencies in
 * milliseconds. One process, one epoll: about 20 us of processor per request.
 *
 * wrk with a script of Lua takes twice that, runs for a time and not for a
 * number of requests, so that what it sent last is neither counted nor waited
 * for, and asks from one address, whose limit then costs the backend a quarter
 * more.
 */
#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX	250
#define ANSWER_MAX	16384	/* bytes, header and body */
#define REQUEST_MAX	8192
#define LINES_MAX	100000
#define SILENCE_MS	60000	/* so long no answer at all: give up */

struct client {
	int		fd;
	in_addr_t	address;
	bool		is_waiting;	/* for an answer */
	const char	*line;		/* to be sent again, or NULL */
	double		sent_at;	/* for the first time */
	size_t		len;
	char		answer[ANSWER_MAX];
};

static struct client	 clients[CLIENTS_MAX];
static unsigned long	 requests, sent, ok, again, refused, broken;
static double		*latencies;	/* ms, of each 200 */
static const char	*path;
static uint16_t		 port;
static char		*lines[LINES_MAX], *body;
static size_t		 line_count;

static void
die(int code, const char *what)
{
	(void)fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(code);
}

static double
now(void)
{
	struct timespec	ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
client_connect(struct client *client, int epoll)
{
	struct epoll_event	event = { .events = EPOLLIN,
				    .data.ptr = client };
	struct sockaddr_in	from = { .sin_family = AF_INET }, to;
	int			one = 1;

	from.sin_addr.s_addr = client->address;
	to = from;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons(port);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 ||
	    bind(client->fd, (struct sockaddr *)&from, sizeof(from)) != 0 ||
	    connect(client->fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one,
	    sizeof(one)) != 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
		die(EX_UNAVAILABLE, "connect");
}

/* A request is far smaller than the socket's buffer: one send does it. */
static void
client_send(struct client *client, int epoll)
{
	char		 request[REQUEST_MAX];
	const char	*line, *content = body;
	size_t		 name_len;
	int		 len;

	if (client->line == NULL) {
		client->line = lines[sent++ % line_count];
		client->sent_at = now();
	}
	line = client->line;
	name_len = strcspn(line, " ");
	if (content == NULL)
		content = line + name_len + (line[name_len] == ' ');
	if (client->fd < 0)
		client_connect(client, epoll);
	len = snprintf(request, sizeof(request), "POST %s HTTP/1.1\r\n"
	    "Host: localhost\r\nAuthorization: Basic %.*s\r\n"
	    "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", path,
	    (int)name_len, line, body != NULL ? "text/xml; charset=utf-8" :
	    "application/x-www-form-urlencoded", strlen(content), content);
	if (len < 0 || (size_t)len >= sizeof(request)) {
		errno = EMSGSIZE;
		die(EX_DATAERR, "request");
	}
	client->len = 0;
	client->is_waiting = true;
	if (send(client->fd, request, (size_t)len, MSG_NOSIGNAL) != len)
		die(EX_UNAVAILABLE, "send");
}

/* The value of a header field in the answer, or NULL. */
static const char *
field(const char *answer, const char *name)
{
	const char	*line;

	for (line = strstr(answer, "\r\n"); line != NULL;
	    line = strstr(line, "\r\n")) {
		line += 2;
		if (strncmp(line, "\r\n", 2) == 0)
			return NULL;
		if (strncasecmp(line, name, strlen(name)) == 0)
			return line + strlen(name);
	}
	return NULL;
}

/* Is the answer there, to its last byte? */
static bool
is_whole(const struct client *client)
{
	const char	*content, *length;

	content = strstr(client->answer, "\r\n\r\n");
	if (content == NULL)
		return false;
	content += 4;
	length = field(client->answer, "Content-Length:");
	if (length != NULL)
		return client->len - (size_t)(content - client->answer) >=
		    strtoul(length, NULL, 10);
	return client->len >= 5 &&
	    memcmp(client->answer + client->len - 5, "0\r\n\r\n", 5) == 0;
}

static void
client_close(struct client *client)
{
	(void)close(client->fd);
	client->fd = -1;
	client->is_waiting = false;
}

/* Bytes have come. True when the client may send again. */
static bool
client_receive(struct client *client)
{
	const char	*connection;
	ssize_t		 len;

	len = recv(client->fd, client->answer + client->len,
	    sizeof(client->answer) - client->len - 1, 0);
	if (len <= 0) {
		/* A kept connection may be closed between two requests. */
		broken += client->is_waiting;
		client->line = NULL;
		client_close(client);
		return true;
	}
	client->len += (size_t)len;
	client->answer[client->len] = '\0';
	if (!is_whole(client))
		return false;
	client->is_waiting = false;
	connection = field(client->answer, "Connection:");
	if (connection != NULL && strncasecmp(connection, " close", 6) == 0)
		client_close(client);
	if (strncmp(client->answer, "HTTP/1.1 503 ", 13) == 0 &&
	    field(client->answer, "Retry-After:") != NULL) {
		again++;
		return true;
	}
	client->line = NULL;
	if (strncmp(client->answer, "HTTP/1.1 200 ", 13) == 0)
		latencies[ok++] = (now() - client->sent_at) * 1000;
	else if (refused++ == 0)
		(void)fprintf(stderr, "load: %.400s\n", client->answer);
	return true;
}

/* Send all, and wait for the answers. */
static void
run(unsigned long count, int epoll)
{
	struct epoll_event	events[64];
	struct client		*client;
	unsigned long		i, waiting;
	int			n;

	for (i = 0; i < count; i++) {
		clients[i].fd = -1;
		clients[i].address = htonl(INADDR_LOOPBACK +
		    (body != NULL ? 256 + (in_addr_t)i : 0));
		client_send(&clients[i], epoll);
	}
	waiting = count;
	while (waiting > 0 &&
	    (n = epoll_wait(epoll, events, 64, SILENCE_MS)) > 0)
		for (; n > 0; n--) {
			if (!client_receive(events[n - 1].data.ptr))
				continue;
			client = events[n - 1].data.ptr;
			if (client->line != NULL || sent < requests)
				client_send(client, epoll);
			else
				waiting--;
		}
	for (i = 0; i < count; i++)
		broken += clients[i].is_waiting;
}

/* All of a file that holds no NUL. */
static char *
read_file(const char *name)
{
	FILE	*file = fopen(name, "re");
	char	*text = NULL;
	size_t	 size = 0;

	if (file == NULL || getdelim(&text, &size, '\0', file) < 0)
		die(EX_NOINPUT, name);
	(void)fclose(file);
	return text;
}

static int
compare(const void *a, const void *b)
{
	const double	*x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
percentile(unsigned long percent)
{
	return ok == 0 ? 0 : latencies[(ok - 1) * percent / 100];
}

int
main(int argc, char *argv[])
{
	unsigned long	count;
	double		begin;
	char		*line, *rest;
	int		epoll = epoll_create1(EPOLL_CLOEXEC);

	if (argc < 6 || argc > 7) {
		(void)fputs("usage: load PORT PATH CLIENTS REQUESTS"
		    " CREDENTIALS [BODY]\n", stderr);
		return EX_USAGE;
	}
	port = (uint16_t)strtoul(argv[1], NULL, 10);
	path = argv[2];
	count = strtoul(argv[3], NULL, 10);
	requests = strtoul(argv[4], NULL, 10);
	for (line = strtok_r(read_file(argv[5]), "\n", &rest);
	    line != NULL && line_count < LINES_MAX;
	    line = strtok_r(NULL, "\n", &rest))
		lines[line_count++] = line;
	if (argc == 7)
		body = read_file(argv[6]);
	if (count < 1 || count > CLIENTS_MAX || line_count < count ||
	    requests < count)
		return EX_USAGE;
	latencies = calloc(requests, sizeof(*latencies));
	if (latencies == NULL || epoll < 0)
		die(EX_OSERR, "start");
	begin = now();
	run(count, epoll);
	begin = now() - begin;
	qsort(latencies, ok, sizeof(*latencies), compare);
	(void)printf("{\"ok\": %lu, \"again\": %lu, \"refused\": %lu,"
	    " \"broken\": %lu, \"rate\": %.3f, \"p50\": %.3f,"
	    " \"p99\": %.3f}\n", ok, again, refused, broken,
	    (double)ok / begin, percentile(50), percentile(99));
	return refused + broken > 0 ? EX_TEMPFAIL : EX_OK;
}
