/*
 * load.c - N clients that do nothing but send one request after another.
 *
 *	load PORT PATH CLIENTS WARMUP_S SECONDS|nREQUESTS CREDENTIALS BODY
 *
 * Each client has a kept connection to a web server on the loopback and
 * waits for an answer before it sends the next request. CREDENTIALS is a
 * file of lines for "Authorization: Basic"; client i uses lines i,
 * i + CLIENTS, ..., so that no two clients are the same user as long as
 * CLIENTS divides the number of lines. BODY is the file to post.
 *
 * A rate counts the answers between the end of WARMUP_S and the end of
 * SECONDS; n512 instead sends 512 requests, by one line after the other,
 * and then stops. Prints one JSON object; "ok" counts all 200s, those
 * outside of the window too.
 *
 * One process, one epoll: it needs about 20 us of processor per request.
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX	1024
#define ANSWER_MAX	16384	/* bytes, header and body */
#define REQUEST_MAX	8192
#define LINES_MAX	100000
#define DRAIN_S		60	/* after the end, for answers under way */

struct plan {
	struct sockaddr_in	 address;
	const char		*path;
	unsigned int		 clients;
	double			 warmup_s;
	double			 seconds;	/* 0: see requests */
	unsigned long		 requests;	/* 0: see seconds */
	char			*lines[LINES_MAX];
	unsigned int		 count;		/* lines */
	char			*body;
	size_t			 body_len;
};

struct client {
	int		fd;
	unsigned int	line;		/* who it is now */
	bool		is_waiting;	/* for an answer */
	double		sent_at;
	size_t		len;
	char		answer[ANSWER_MAX];
};

struct result {
	double		*ms;		/* latencies within the window */
	size_t		 count, room;
	unsigned long	 sent, ok, refused, broken;
	double		 begin, end;	/* of the window */
};

static struct plan	plan;
static struct client	clients[CLIENTS_MAX];
static struct result	result;

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
client_connect(struct client *client)
{
	int	one = 1;

	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 || connect(client->fd,
	    (const struct sockaddr *)&plan.address,
	    sizeof(plan.address)) != 0)
		die(EX_UNAVAILABLE, "connect");
	(void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one,
	    sizeof(one));
}

/* A request is far smaller than the socket's buffer: one send does it. */
static void
client_send(struct client *client, int epoll)
{
	struct epoll_event	event = { .events = EPOLLIN };
	char			request[REQUEST_MAX];
	int			len;

	if (plan.requests > 0)
		client->line = (unsigned int)(result.sent % plan.count);
	else
		client->line = (client->line + plan.clients) % plan.count;
	if (client->fd < 0) {
		client_connect(client);
		event.data.ptr = client;
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
			die(EX_OSERR, "epoll_ctl");
	}
	len = snprintf(request, sizeof(request), "POST %s HTTP/1.1\r\n"
	    "Host: localhost\r\nAuthorization: Basic %s\r\n"
	    "Content-Type: text/xml; charset=utf-8\r\n"
	    "Content-Length: %zu\r\n\r\n%s", plan.path,
	    plan.lines[client->line], plan.body_len, plan.body);
	if (len < 0 || (size_t)len >= sizeof(request)) {
		errno = EMSGSIZE;
		die(EX_DATAERR, "request");
	}
	client->len = 0;
	client->is_waiting = true;
	client->sent_at = now();
	result.sent++;
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
	const char	*body, *length;

	body = strstr(client->answer, "\r\n\r\n");
	if (body == NULL)
		return false;
	body += 4;
	length = field(client->answer, "Content-Length:");
	if (length != NULL)
		return client->len - (size_t)(body - client->answer) >=
		    strtoul(length, NULL, 10);
	return client->len >= 5 &&
	    memcmp(client->answer + client->len - 5, "0\r\n\r\n", 5) == 0;
}

static void
note_answer(const struct client *client, double at)
{
	bool	is_inside = at >= result.begin && at <= result.end;

	if (strncmp(client->answer, "HTTP/1.1 200 ", 13) != 0) {
		if (result.refused++ == 0)
			(void)fprintf(stderr, "load: %.400s\n",
			    client->answer);
		return;
	}
	result.ok++;
	if (!is_inside)
		return;
	if (result.count == result.room) {
		result.room = result.room * 2 + 1024;
		result.ms = realloc(result.ms,
		    result.room * sizeof(*result.ms));
		if (result.ms == NULL)
			die(EX_OSERR, "memory");
	}
	result.ms[result.count++] = (at - client->sent_at) * 1000;
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
		result.broken += client->is_waiting;
		client_close(client);
		return true;
	}
	client->len += (size_t)len;
	client->answer[client->len] = '\0';
	if (!is_whole(client))
		return false;
	client->is_waiting = false;
	note_answer(client, now());
	connection = field(client->answer, "Connection:");
	if (connection != NULL && strncasecmp(connection, " close", 6) == 0)
		client_close(client);
	return true;
}

static bool
may_send(double at)
{
	return plan.requests > 0 ? result.sent < plan.requests :
	    at < result.end;
}

/* Send until the end, then wait for what is under way. */
static void
run(int epoll)
{
	struct epoll_event	 events[64];
	struct client		*client;
	unsigned int		 i, waiting = 0;
	double			 at = now();
	int			 n;

	for (i = 0; i < plan.clients && may_send(at); i++, waiting++) {
		clients[i] = (struct client){ .fd = -1, .line = i };
		client_send(&clients[i], epoll);
	}
	while (waiting > 0 && at < result.end + DRAIN_S) {
		n = epoll_wait(epoll, events, 64, 1000);
		at = now();
		for (; n > 0; n--) {
			client = events[n - 1].data.ptr;
			if (!client_receive(client))
				continue;
			if (may_send(at))
				client_send(client, epoll);
			else
				waiting--;
		}
	}
	for (i = 0; i < plan.clients; i++)
		result.broken += clients[i].is_waiting;
	if (plan.requests > 0)
		result.end = now();
}

static char *
read_file(const char *path, size_t *len)
{
	FILE	*file = fopen(path, "re");
	char	*text;
	long	 size;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		die(EX_NOINPUT, path);
	size = ftell(file);
	text = calloc(1, (size_t)size + 1);
	rewind(file);
	if (text == NULL ||
	    fread(text, 1, (size_t)size, file) != (size_t)size)
		die(EX_NOINPUT, path);
	(void)fclose(file);
	*len = (size_t)size;
	return text;
}

static void
read_plan(char *argv[])
{
	char	*text, *line, *rest;
	size_t	 len;

	plan.address.sin_family = AF_INET;
	plan.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	plan.address.sin_port = htons((uint16_t)atoi(argv[1]));
	plan.path = argv[2];
	plan.clients = (unsigned int)strtoul(argv[3], NULL, 10);
	plan.warmup_s = strtod(argv[4], NULL);
	if (argv[5][0] == 'n')
		plan.requests = strtoul(argv[5] + 1, NULL, 10);
	else
		plan.seconds = strtod(argv[5], NULL);
	text = read_file(argv[6], &len);
	for (line = strtok_r(text, "\n", &rest);
	    line != NULL && plan.count < LINES_MAX;
	    line = strtok_r(NULL, "\n", &rest))
		plan.lines[plan.count++] = line;
	plan.body = read_file(argv[7], &plan.body_len);
}

static int
compare(const void *a, const void *b)
{
	const double	*x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
percentile(double share)
{
	size_t	at;

	if (result.count == 0)
		return 0;
	at = (size_t)(share * (double)result.count);
	return result.ms[at < result.count ? at : result.count - 1];
}

static void
print_result(void)
{
	struct rusage	usage;
	double		seconds = result.end - result.begin;

	(void)getrusage(RUSAGE_SELF, &usage);
	qsort(result.ms, result.count, sizeof(*result.ms), compare);
	(void)printf("{\"sent\": %lu, \"ok\": %lu, \"refused\": %lu,"
	    " \"broken\": %lu, \"seconds\": %.6f, \"rate\": %.3f,"
	    " \"p50\": %.3f, \"p90\": %.3f, \"p99\": %.3f, \"max\": %.3f,"
	    " \"cpu\": %.3f}\n", result.sent, result.ok, result.refused,
	    result.broken, seconds, (double)result.count / seconds,
	    percentile(0.5), percentile(0.9), percentile(0.99),
	    percentile(1), (double)usage.ru_utime.tv_sec +
	    (double)usage.ru_stime.tv_sec +
	    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
}

int
main(int argc, char *argv[])
{
	int	epoll;

	if (argc != 8) {
		(void)fputs("usage: load PORT PATH CLIENTS WARMUP_S"
		    " SECONDS|nREQUESTS CREDENTIALS BODY\n", stderr);
		return EX_USAGE;
	}
	read_plan(argv);
	if (plan.clients < 1 || plan.clients > CLIENTS_MAX ||
	    plan.count < plan.clients)
		return EX_USAGE;
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		die(EX_OSERR, "epoll_create1");
	result.begin = now() + plan.warmup_s;
	result.end = plan.requests > 0 ? result.begin + 3600 :
	    result.begin + plan.seconds;
	run(epoll);
	print_result();
	return result.refused + result.broken > 0 ? EX_TEMPFAIL : EX_OK;
}
