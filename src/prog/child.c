/*
 * child.c - a child process of umws-fcgi: read the keys, connect, and serve
 * requests until told to stop.
 *
 * Signals are blocked all the time and read from a descriptor between two
 * requests, so none can cut a request body short inside libfcgi.
 */
#include "config.h"

#include "prog/child.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "web/endpoint.h"
#include "web/service-sight.h"
#include "app/reset.h"
#include "base/log.h"
#include "core/crypto.h"
#include "core/derive.h"
#include "edge/clock.h"
#include "edge/db.h"
#include "edge/keyfile.h"
#include "edge/schema.h"
#include "edge/store.h"
#include "prog/gateway.h"

/*
 * Argon2's memory comes from mmap() above this and goes back after each
 * derivation; below, malloc() would keep it.
 */
#define MMAP_THRESHOLD	(1 << 20)

/*
 * A connection wakes one idle child. Should that one be stopped dead before
 * it accepts, another comes by within so long.
 */
#define LOOK_AGAIN_MS	1000

/* How often an idle child asks whether it is time to look at addresses; the
 * database says so once an hour. */
#define ADDRESSES_MS		60000
#define ADDRESSES_TIMEOUT_MS	2000

struct child {
	struct keyring	*peppers;
	struct keyring	*mail_keys;
	struct keyring	*web_secrets;	/* NULL with "web_secret = off" */
	struct db	*db;
	struct store	*store;
	struct reset	*reset;
	struct endpoint	*endpoint;
	int64_t		 addresses_ms;	/* clock_ms() of the next look */
};

static void
child_free(struct child *child)
{
	endpoint_free(&child->endpoint);
	reset_free(&child->reset);
	store_free(&child->store);
	db_free(&child->db);
	keyring_free(&child->web_secrets);
	keyring_free(&child->mail_keys);
	keyring_free(&child->peppers);
}

/* Libraries and keys. EX_OK or EX_CONFIG. */
static int
child_load(struct child *child, const struct conf *conf)
{
	if (!conf->core_dumps)
		secret_hide_memory();
	(void)mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
	if (crypto_init() != ST_OK || derive_init() != ST_OK)
		return EX_CONFIG;
	if (keyfile_read(conf->pepper_key, KEYFILE_SECRET,
	    &child->peppers) != ST_OK)
		return EX_CONFIG;
	if (keyfile_read(conf->mail_pub, KEYFILE_PUBLIC,
	    &child->mail_keys) != ST_OK)
		return EX_CONFIG;
	if (strcmp(conf->web_secret, "off") != 0 &&
	    keyfile_read(conf->web_secret, KEYFILE_SECRET,
	    &child->web_secrets) != ST_OK)
		return EX_CONFIG;
	return EX_OK;
}

int
child_check_keys(const struct conf *conf)
{
	struct child	child = { 0 };
	enum status	st, others[2] = { ST_OK, ST_OK };

	if (!conf->core_dumps)
		secret_hide_memory();
	if (crypto_init() != ST_OK || derive_init() != ST_OK)
		return EX_CONFIG;
	st = keyfile_read(conf->pepper_key, KEYFILE_SECRET, &child.peppers);
	others[0] = keyfile_read(conf->mail_pub, KEYFILE_PUBLIC,
	    &child.mail_keys);
	if (strcmp(conf->web_secret, "off") != 0)
		others[1] = keyfile_read(conf->web_secret, KEYFILE_SECRET,
		    &child.web_secrets);
	child_free(&child);
	return st == ST_OK && others[0] == ST_OK && others[1] == ST_OK ?
	    EX_OK : EX_CONFIG;
}

/* EX_OK, EX_CONFIG or EX_OSERR; logged by db. */
static int
open_database(struct child *child, const struct conf *conf)
{
	struct db_options	options;
	enum status		st;

	conf_db_options(conf, CONF_WORKER, &options);
	st = db_new(&options, &child->db);
	return st == ST_OK ? EX_OK : st == ST_FAIL ? EX_CONFIG : EX_OSERR;
}

/* A call of the database has ended. */
static void
count_call(void *context, bool is_commit, int64_t us, enum status st)
{
	scoreboard_observe(context, is_commit ? SCORE_TIME_COMMIT :
	    SCORE_TIME_ASK, us);
	scoreboard_add(context, SCORE_CALLS + (size_t)st, 1);
}

/* Everything a request needs, on top of child_load(). */
static int
child_build(struct child *child, const struct child_parts *from)
{
	const struct conf		*conf = from->conf;
	const struct endpoint_options	options = { conf->strip_domains,
					    conf->public_url,
					    conf->www_authenticate,
					    conf->tui_accounts };
	struct endpoint_parts		parts;
	struct reset_parts		reset_parts;
	int				code = open_database(child, conf);

	if (code != EX_OK)
		return code;
	if (store_new(child->db, &child->store) != ST_OK) {
		log_system("calloc");
		return EX_OSERR;
	}
	store_watch(child->store, count_call, from->board);
	reset_parts = (struct reset_parts){ child->store, from->gate,
	    from->slot, from->board, child->peppers, child->mail_keys };
	if (reset_new(&conf->reset, &reset_parts, &child->reset) != ST_OK) {
		log_system("calloc");
		return EX_OSERR;
	}
	parts = (struct endpoint_parts){ child->reset,
	    { child->store, conf->reset.request_timeout_ms },
	    { child->store, { from->gate, from->slot, from->board,
	    child->peppers, conf->reset.cost }, from->lanes,
	    child->mail_keys, child->reset, conf->reset.request_timeout_ms },
	    child->web_secrets, from->board };
	if (endpoint_new(&options, &parts, &child->endpoint) != ST_OK) {
		log_system("calloc");
		return EX_OSERR;
	}
	return EX_OK;
}

/* What ended a wait. */
enum wake {
	WAKE_IN_VAIN,
	WAKE_REQUEST,	/* there may be one */
	WAKE_STOP	/* told to stop */
};

static enum wake
wait_for_request(int signal_fd, int events_fd, int listen_fd)
{
	struct pollfd		listening = { listen_fd, POLLIN, 0 };
	struct epoll_event	events[2];
	int			i, n;

	n = epoll_wait(events_fd, events, 2, LOOK_AGAIN_MS);
	for (i = 0; i < n; i++) {
		if (events[i].data.fd == signal_fd)
			return WAKE_STOP;
	}
	if (n == 0)
		n = poll(&listening, 1, 0);
	return n <= 0 ? WAKE_IN_VAIN : WAKE_REQUEST;
}

static void
serve_one(struct child *child, struct gateway *gateway,
    unsigned int timeout_s)
{
	struct request	request;
	struct answer	answer;

	if (gateway_accept(gateway, timeout_s, &request) != ST_OK)
		return;
	endpoint_handle(child->endpoint, &request, &answer);
	gateway_answer(gateway, &answer);
	endpoint_answer_free(&answer);
}

/* Most resets from one address: that will be a proxy's, not a person's. */
static void
look_at_addresses(struct child *child, const struct child_parts *parts)
{
	struct store_share	share;
	int64_t			now = clock_ms();
	enum status		st;

	if (now < child->addresses_ms)
		return;
	st = store_address_share(child->store, now + ADDRESSES_TIMEOUT_MS,
	    &share);
	if (st == ST_BUSY)
		return;
	/* One that has no answer is not asked again sooner. */
	child->addresses_ms = now + ADDRESSES_MS;
	if (st != ST_OK)
		return;
	if (share.address[0] == '\0')
		return;
	service_note_address_share(parts->board, share.resets, share.total);
	log_warn("one-address", "address", share.address, "resets",
	    share.resets, "of", share.total, "todo", "if a proxy is there, "
	    "let the web server take the client's address from it: real_ip in "
	    "nginx, RemoteIPHeader in Apache; or raise the limit per address: "
	    "umwsctl limits set ResetsPerAddressHour=N", NULL);
}

static void
serve_all(struct child *child, const struct child_parts *parts,
    struct gateway *gateway, int signal_fd, int events_fd)
{
	unsigned int	timeout_s;
	enum wake	wake;

	timeout_s = (parts->conf->reset.request_timeout_ms + 999) / 1000;
	do {
		wake = wait_for_request(signal_fd, events_fd,
		    parts->listen_fd);
		if (wake == WAKE_IN_VAIN) {
			look_at_addresses(child, parts);
			continue;
		}
		/*
		 * Also when told to stop: this child alone may have been
		 * woken for a connection that came at the same time.
		 */
		scoreboard_set_busy(parts->board, parts->slot, clock_ms());
		serve_one(child, gateway, timeout_s);
		scoreboard_set_busy(parts->board, parts->slot, 0);
	} while (wake != WAKE_STOP);
}

/* SIGTERM as something to wait for; also when the parent is gone. */
static int
open_signals(void)
{
	sigset_t	set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/*
 * Signals and connections in one place. poll() would wake every idle child
 * for each connection, and all but one in vain.
 */
static int
open_events(int signal_fd, int listen_fd)
{
	struct epoll_event	signals = { EPOLLIN, { .fd = signal_fd } };
	struct epoll_event	requests = { EPOLLIN | EPOLLEXCLUSIVE,
				    { .fd = listen_fd } };
	int			events_fd;

	events_fd = epoll_create1(EPOLL_CLOEXEC);
	if (events_fd >= 0 &&
	    epoll_ctl(events_fd, EPOLL_CTL_ADD, signal_fd, &signals) == 0 &&
	    epoll_ctl(events_fd, EPOLL_CTL_ADD, listen_fd, &requests) == 0)
		return events_fd;
	log_err("epoll", "reason", strerror(errno), NULL);
	if (events_fd >= 0)
		(void)close(events_fd);
	return -1;
}

int
child_serve(const struct child_parts *parts)
{
	struct child	 child = { 0 };
	struct gateway	*gateway = NULL;
	int		 code, events_fd = -1, signal_fd;

	signal_fd = open_signals();
	if (signal_fd < 0) {
		log_err("signalfd", "reason", strerror(errno), NULL);
		return EX_OSERR;
	}
	/* The parent may have died before its death was asked to be told. */
	code = EX_OSERR;
	if (getppid() != parts->parent) {
		log_err("parent-gone", NULL);
		goto out;
	}
	code = child_load(&child, parts->conf);
	if (code != EX_OK)
		goto out;
	code = child_build(&child, parts);
	if (code != EX_OK)
		goto out;
	code = EX_OSERR;
	events_fd = open_events(signal_fd, parts->listen_fd);
	if (events_fd < 0 ||
	    gateway_open(parts->listen_fd, &gateway) != ST_OK)
		goto out;
	code = write(parts->ready_fd, "r", 1) == 1 ? EX_OK : EX_OSERR;
	if (code != EX_OK)
		log_system("write");
	(void)close(parts->ready_fd);
	if (code != EX_OK)
		goto out;
	serve_all(&child, parts, gateway, signal_fd, events_fd);
out:
	gateway_free(&gateway);
	if (events_fd >= 0)
		(void)close(events_fd);
	child_free(&child);
	(void)close(signal_fd);
	return code;
}

int
child_serve_cgi(const struct conf *conf)
{
	struct child_parts	 parts = { .conf = conf };
	struct child		 child = { 0 };
	struct gateway		*gateway = NULL;
	int			 code;

	code = child_load(&child, conf);
	if (code != EX_OK)
		goto out;
	/* Each CGI process is alone: gate, lanes and board are its own. */
	code = EX_OSERR;
	if (gate_new(1, 1, &parts.gate) != ST_OK ||
	    lanes_new(1, 1, &parts.lanes) != ST_OK ||
	    scoreboard_new(1, &parts.board) != ST_OK ||
	    gateway_open_cgi(&gateway) != ST_OK) {
		log_system("shared memory");
		goto out;
	}
	code = child_build(&child, &parts);
	if (code == EX_OK)
		serve_one(&child, gateway, 0);
out:
	gateway_free(&gateway);
	child_free(&child);
	scoreboard_free(&parts.board);
	lanes_free(&parts.lanes);
	gate_free(&parts.gate);
	return code;
}

int
child_check(const struct conf *conf)
{
	struct child	child = { 0 };
	int		code;

	code = child_load(&child, conf);
	if (code == EX_OK)
		code = open_database(&child, conf);
	if (code != EX_OK)
		goto out;
	switch (schema_check(child.db, 0)) {
	case ST_OK:
		schema_warn_of_storage(child.db);
		code = EX_OK;
		break;
	case ST_FAIL:
		/* One that does not let us in may do so later. */
		code = db_is_shut(child.db) ? EX_TEMPFAIL : EX_CONFIG;
		break;
	case ST_BAD:
	case ST_DENIED:
	case ST_BUSY:
	case ST_RETRY:
	case ST_UNKNOWN:
		code = EX_TEMPFAIL;
		break;
	}
out:
	child_free(&child);
	return code;
}
