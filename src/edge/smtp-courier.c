/*
 * smtp-courier.c - processes that each hold one connection to the mail
 * server, and the words that are exchanged with them.
 *
 * A process is a fork of ours without exec, so that a pointer to a constant
 * means the same in both.
 */
#include "config.h"

#include "edge/smtp-courier.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/secret.h"
#include "core/address.h"
#include "core/message.h"

#define CHUNK_SIZE	4096	/* bytes of a mail that are read at once */

/* What a process is asked; the mail follows. */
struct order {
	bool			is_mail;	/* else to get ready */
	struct smtp_shared	shared;
	size_t			len;		/* bytes of the mail */
	char			recipient[ADDRESS_MAX + 1];
};

/* What it says of it; a report comes behind WORD_END. */
enum word {
	WORD_LEAVES,		/* the mail, now; until then nobody has it */
	WORD_END
};

struct report {
	enum status		 st;
	struct smtp_report	 smtp;
};

struct courier {
	struct smtp		*smtp;
	struct smtp_shared	*shared;
	pid_t			 pid;
	int			 fd;		/* -1: there is no process */
	bool			 is_busy;
	bool			 is_mail;	/* it was asked to send, */
	bool			 has_left;	/* and the mail may be there */
	struct report		 report;
};

/* All of it, or false: the other side has gone. */
static bool
read_all(int fd, void *data, size_t len)
{
	char	*to = data;
	ssize_t	 got;

	while (len > 0) {
		got = read(fd, to, len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		to += got;
		len -= (size_t)got;
	}
	return true;
}

/* What is sent is only read, but struct iovec is for reading as well. */
static struct iovec
part_of(const void *data, size_t len)
{
	union {
		const void	*sent;
		void		*base;
	}	pointer = { data };

	return (struct iovec){ pointer.base, len };
}

/* Both parts, in one piece where that can be: it wakes the other side once. */
static bool
write_both(int fd, const void *head, size_t head_len, const void *tail,
    size_t tail_len)
{
	struct iovec	parts[] = { part_of(head, head_len),
			    part_of(tail, tail_len) };
	struct msghdr	message = { .msg_iov = parts, .msg_iovlen = 2 };
	size_t		i, part, left;
	ssize_t		done;

	while (parts[0].iov_len + parts[1].iov_len > 0) {
		done = sendmsg(fd, &message, MSG_NOSIGNAL);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		left = (size_t)done;
		for (i = 0; i < 2; i++) {
			part = left < parts[i].iov_len ? left :
			    parts[i].iov_len;
			parts[i].iov_base = (char *)parts[i].iov_base + part;
			parts[i].iov_len -= part;
			left -= part;
		}
	}
	return true;
}

/* The mail behind an order, into memory that is wiped. */
static bool
read_mail(int fd, size_t len, struct buf *bytes)
{
	char	chunk[CHUNK_SIZE];
	size_t	part;
	bool	is_read = true;

	while (len > 0 && is_read) {
		part = len < sizeof(chunk) ? len : sizeof(chunk);
		is_read = read_all(fd, chunk, part);
		if (is_read)
			buf_append(bytes, chunk, part);
		len -= part;
	}
	WIPE(&chunk);
	return is_read;
}

static bool
write_word(int fd, enum word word, const struct report *report)
{
	char	byte = (char)word;

	if (report == NULL)
		return write_both(fd, &byte, 1, "", 0);
	return write_both(fd, &byte, 1, report, sizeof(*report));
}

/* In the process: a mail is about to leave. */
static bool
on_leaving(void *context)
{
	const int	*fd = context;

	return write_word(*fd, WORD_LEAVES, NULL);
}

/* In the process: do what is asked. False when nobody asks any more. */
static bool
serve(struct smtp *smtp, int fd)
{
	struct order	order;
	struct report	report;
	struct buf	bytes = BUF_INIT(MESSAGE_MAX);

	/* No byte between the members is to tell of anything. */
	memset(&report, 0, sizeof(report));
	if (!read_all(fd, &order, sizeof(order)) ||
	    !read_mail(fd, order.len, &bytes)) {
		buf_free(&bytes);
		return false;
	}
	smtp_share(smtp, &order.shared);
	if (!order.is_mail)
		report.st = smtp_ready(smtp);
	else if (buf_status(&bytes) == ST_OK)
		report.st = smtp_send(smtp, order.recipient, bytes.data,
		    bytes.len);
	else
		report.st = ST_RETRY;
	buf_free(&bytes);
	smtp_tell(smtp, &report.smtp);
	return write_word(fd, WORD_END, &report);
}

/*
 * The life of the process. The connection to the database and whatever else
 * is open is not its own.
 */
static void
live(struct smtp *smtp, int fd, pid_t parent)
{
	const struct smtp_watch	watch = { on_leaving, &fd };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup2(fd, STDERR_FILENO + 1) < 0 ||
	    close_range(STDERR_FILENO + 2, ~0U, 0) != 0)
		_exit(EXIT_FAILURE);
	fd = STDERR_FILENO + 1;
	smtp_watch(smtp, &watch);
	while (serve(smtp, fd))
		continue;
	smtp_free(&smtp);
	_exit(EXIT_SUCCESS);
}

/* See that there is a process. */
static bool
has_process(struct courier *courier)
{
	pid_t	parent = getpid();
	int	fds[2];

	if (courier->fd >= 0)
		return true;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
		log_system("socketpair");
		return false;
	}
	courier->pid = fork();
	if (courier->pid == 0)
		live(courier->smtp, fds[1], parent);
	(void)close(fds[1]);
	if (courier->pid < 0) {
		log_system("fork");
		(void)close(fds[0]);
		return false;
	}
	courier->fd = fds[0];
	return true;
}

/* Let go of the process; it ends when it has said QUIT. */
static void
dismiss(struct courier *courier)
{
	if (courier->fd < 0)
		return;
	(void)close(courier->fd);
	courier->fd = -1;
	while (waitpid(courier->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
}

enum status
courier_new(struct smtp *smtp, struct smtp_shared *shared,
    struct courier **courier)
{
	*courier = calloc(1, sizeof(**courier));
	if (*courier == NULL) {
		log_err("no-memory", "for", "courier", NULL);
		return ST_FAIL;
	}
	(*courier)->smtp = smtp;
	(*courier)->shared = shared;
	(*courier)->fd = -1;
	return ST_OK;
}

void
courier_free(struct courier **courier)
{
	if (*courier == NULL)
		return;
	dismiss(*courier);
	free(*courier);
	*courier = NULL;
}

/* There is no process, or no longer. A mail that left it may have arrived. */
static void
lose(struct courier *courier)
{
	dismiss(courier);
	courier->is_busy = false;
	courier->report = (struct report){
		.st = courier->has_left ? ST_UNKNOWN : ST_RETRY,
		.smtp.reply =
		    "the process that had the connection has ended" };
}

static void
ask(struct courier *courier, const struct order *order, const char *bytes)
{
	assert(!courier->is_busy);
	courier->is_mail = order->is_mail;
	courier->has_left = false;
	courier->is_busy = has_process(courier) &&
	    write_both(courier->fd, order, sizeof(*order), bytes, order->len);
	if (!courier->is_busy)
		lose(courier);
}

void
courier_start_ready(struct courier *courier)
{
	struct order	order;

	if (courier->report.smtp.is_warm) {
		courier->report.st = ST_OK;
		return;
	}
	memset(&order, 0, sizeof(order));
	order.shared = *courier->shared;
	ask(courier, &order, "");
}

void
courier_start_send(struct courier *courier, const char *recipient,
    const char *bytes, size_t len)
{
	struct order	order;

	memset(&order, 0, sizeof(order));
	order.is_mail = true;
	order.shared = *courier->shared;
	order.len = len;
	(void)strncat(order.recipient, recipient, ADDRESS_MAX);
	ask(courier, &order, bytes);
}

bool
courier_is_busy(const struct courier *courier)
{
	return courier->is_busy;
}

enum status
courier_result(const struct courier *courier)
{
	assert(!courier->is_busy);
	return courier->report.st;
}

/* A process has something to say, or has ended. */
static void
hear(struct courier *courier)
{
	struct smtp_shared	*shared = courier->shared;
	struct report		*report = &courier->report;
	char			 word;

	if (!read_all(courier->fd, &word, 1)) {
		lose(courier);
		return;
	}
	if (word == WORD_LEAVES) {
		courier->has_left = true;
		shared->has_told_all = true;
		return;
	}
	if (!read_all(courier->fd, report, sizeof(*report))) {
		lose(courier);
		return;
	}
	courier->is_busy = false;
	shared->is_clear |= report->smtp.shared.is_clear;
	shared->is_clear_told |= report->smtp.shared.is_clear_told;
	shared->has_told_all |= report->smtp.shared.has_told_all;
	/* Unlike a mail's, this is told here; the verdict's is not ours. */
	if (courier->is_mail && report->st == ST_FAIL &&
	    report->smtp.verdict.fault == FAULT_NONE)
		courier_tell(courier, ST_FAIL);
}

void
courier_wait(struct courier *const *couriers, size_t count, int wait_ms)
{
	struct pollfd	pfds[SMTP_CONNECTIONS_MAX];
	bool		is_any = false;
	size_t		i;

	assert(count <= SMTP_CONNECTIONS_MAX);
	for (i = 0; i < count; i++) {
		pfds[i] = (struct pollfd){ couriers[i]->is_busy ?
		    couriers[i]->fd : -1, POLLIN, 0 };
		is_any = is_any || couriers[i]->is_busy;
	}
	if (!is_any || poll(pfds, count, wait_ms) < 0)
		return;
	for (i = 0; i < count; i++)
		if (pfds[i].revents != 0)
			hear(couriers[i]);
}

void
courier_tell(const struct courier *courier, enum status st)
{
	const struct smtp_report	*report = &courier->report.smtp;

	if (st == ST_RETRY)
		log_warn("smtp-away", "reply", report->reply, "at", report->at,
		    "look_at", report->look_at, NULL);
	else
		log_err("smtp-refused", "reply", report->reply, "at",
		    report->at, "look_at", report->look_at, NULL);
}

struct verdict
courier_verdict(const struct courier *courier)
{
	return courier->report.smtp.verdict;
}

const char *
courier_reply(const struct courier *courier)
{
	return courier->report.smtp.reply;
}

const char *
courier_at(const struct courier *courier)
{
	return courier->report.smtp.at;
}

const char *
courier_look_at(const struct courier *courier)
{
	return courier->report.smtp.look_at;
}

int
courier_code(const struct courier *courier)
{
	return courier->report.smtp.code;
}
