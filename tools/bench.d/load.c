/*
 * load.c - load generator: N clients that send one request after another.
 *
 *	load URL CLIENTS REQUESTS [BODY] <ACCOUNTS
 *
 * Each client has a kept connection, from an address of its own (127.0.1.1
 * and so on), and waits for an answer before it sends the next request.
 * ACCOUNTS are lines NAME:PASSWORD, one for each request in turn, so that no
 * two clients are the same user while there are more lines than clients. BODY
 * is the file to post; without it each line has a form to post after a blank,
 * and all clients are 127.0.0.1, the only address that may ask as a telephone.
 * Who is told to come again (503 with Retry-After) does so at once, with the
 * same request.
 *
 * Prints one JSON object: how often somebody was told to come again, seconds,
 * and the milliseconds that each 200 took. Exits EX_TEMPFAIL when a request
 * failed.
 *
 * wrk runs for a time and not for a number of requests, so that what it sent
 * last is neither counted nor waited for, and asks from one address, whose
 * limit then costs the backend a quarter more. A request costs this program
 * about 0.15 ms of processor.
 */
#include "config.h"

#include <curl/curl.h>
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#define CLIENTS_MAX	250
#define REQUESTS_MAX	100000	/* different ones */
#define ANSWER_MAX	400	/* bytes that are kept, to be shown */
#define SILENCE_S	60L	/* so long no answer: it failed */

struct request {
	char	*account, *content;
};

struct client {
	pthread_t	 thread;
	CURL		*easy;
	char		 answer[ANSWER_MAX];
};

static struct request	 requests[REQUESTS_MAX];
static size_t		 request_count;
static unsigned long	 count;		/* requests to be sent */
static atomic_ulong	 sent, ok, again, failed;
static double		*latencies;	/* ms, of each 200 */

static double
now(void)
{
	struct timespec	ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static size_t
keep_answer(char *bytes, size_t size, size_t len, void *data)
{
	struct client	*client = data;

	(void)snprintf(client->answer, sizeof(client->answer), "%.*s",
	    (int)(size * len), bytes);
	return size * len;
}

static void
client_create(struct client *client, const char *url,
    struct curl_slist *header, const char *address)
{
	client->easy = curl_easy_init();
	if (client->easy == NULL)
		errx(EX_OSERR, "no memory");
	curl_easy_setopt(client->easy, CURLOPT_URL, url);
	curl_easy_setopt(client->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(client->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(client->easy, CURLOPT_HTTPHEADER, header);
	curl_easy_setopt(client->easy, CURLOPT_INTERFACE, address);
	curl_easy_setopt(client->easy, CURLOPT_TIMEOUT, SILENCE_S);
	curl_easy_setopt(client->easy, CURLOPT_WRITEFUNCTION, keep_answer);
	curl_easy_setopt(client->easy, CURLOPT_WRITEDATA, client);
}

/* Send until there is an answer that does not say to come again. */
static bool
client_send(struct client *client, const struct request *request)
{
	CURLcode	result;
	long		status;
	curl_off_t	retry_after;

	curl_easy_setopt(client->easy, CURLOPT_USERPWD, request->account);
	curl_easy_setopt(client->easy, CURLOPT_POSTFIELDS, request->content);
	for (;;) {
		status = 0;
		retry_after = 0;
		result = curl_easy_perform(client->easy);
		curl_easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE,
		    &status);
		curl_easy_getinfo(client->easy, CURLINFO_RETRY_AFTER,
		    &retry_after);
		if (result != CURLE_OK || status != 503 || retry_after == 0)
			break;
		again++;
	}
	if (result == CURLE_OK && status == 200)
		return true;
	if (failed++ == 0)
		warnx("%s, status %ld: %s", curl_easy_strerror(result), status,
		    client->answer);
	return false;
}

/* A client's thread: one request after another while there are some left. */
static void *
client_run(void *data)
{
	unsigned long	number;
	double		begin;

	while ((number = sent++) < count) {
		begin = now();
		if (client_send(data, &requests[number % request_count]))
			latencies[ok++] = (now() - begin) * 1000;
	}
	return NULL;
}

/* All of a file that holds no NUL. */
static char *
read_file(const char *name)
{
	FILE	*file = fopen(name, "re");
	char	*text = NULL;
	size_t	 size = 0;

	if (file == NULL || getdelim(&text, &size, '\0', file) < 0)
		err(EX_NOINPUT, "%s", name);
	(void)fclose(file);
	return text;
}

static void
read_requests(char *body)
{
	char	*line, *rest;

	for (line = strtok_r(read_file("/dev/stdin"), "\n", &rest);
	    line != NULL && request_count < REQUESTS_MAX;
	    line = strtok_r(NULL, "\n", &rest)) {
		requests[request_count].account = strsep(&line, " ");
		requests[request_count++].content = body != NULL ? body : line;
	}
}

int
main(int argc, char *argv[])
{
	static struct client	 clients[CLIENTS_MAX];
	struct curl_slist	*header = NULL;
	char			 address[32];
	unsigned long		 client_count;
	double			 begin;

	if (argc < 4 || argc > 5)
		errx(EX_USAGE, "URL CLIENTS REQUESTS [BODY] <ACCOUNTS");
	client_count = strtoul(argv[2], NULL, 10);
	count = strtoul(argv[3], NULL, 10);
	read_requests(argc == 5 ? read_file(argv[4]) : NULL);
	if (client_count < 1 || client_count > CLIENTS_MAX ||
	    request_count < client_count || count < client_count)
		errx(EX_USAGE, "more clients than %d, requests or accounts",
		    CLIENTS_MAX);
	if (argc == 5)
		header = curl_slist_append(header,
		    "Content-Type: text/xml; charset=utf-8");
	latencies = calloc(count, sizeof(*latencies));
	if (latencies == NULL || curl_global_init(CURL_GLOBAL_ALL) != CURLE_OK)
		errx(EX_OSERR, "no memory");
	begin = now();
	for (unsigned long i = 0; i < client_count; i++) {
		(void)snprintf(address, sizeof(address), "host!127.0.%d.%lu",
		    argc == 5, argc == 5 ? i + 1 : 1);
		client_create(&clients[i], argv[1], header, address);
		if (pthread_create(&clients[i].thread, NULL, client_run,
		    &clients[i]) != 0)
			errx(EX_OSERR, "no thread");
	}
	for (unsigned long i = 0; i < client_count; i++)
		(void)pthread_join(clients[i].thread, NULL);
	begin = now() - begin;
	(void)printf("{\"again\": %lu, \"seconds\": %.6f, \"latencies\": [",
	    again, begin);
	for (unsigned long i = 0; i < ok; i++)
		(void)printf("%s%.3f", i == 0 ? "" : ", ", latencies[i]);
	(void)puts("]}");
	return failed > 0 ? EX_TEMPFAIL : EX_OK;
}
