/*
 * log.c - write log lines to stderr, each by one write(2), so that the lines
 * of several processes do not mix.
 */
#include "config.h"

#include "base/log.h"

#include <sys/stat.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES	1000	/* below PIPE_BUF: a write to a pipe is whole */

/* Who has the events instead of stderr, or NULL. */
static void	(*diverted)(void *context, enum log_level level,
		    const char *event, const char *const *pairs);
static void	*diverted_to;

struct line {
	size_t	len;
	char	text[LINE_MAX_BYTES + 1];	/* one more for the newline */
};

static void
line_add(struct line *line, const char *text, size_t len)
{
	if (len > LINE_MAX_BYTES - line->len)
		len = LINE_MAX_BYTES - line->len;
	memcpy(line->text + line->len, text, len);
	line->len += len;
}

static bool
is_plain(const char *value)
{
	if (*value == '\0')
		return false;
	for (; *value != '\0'; value++) {
		if ((unsigned char)*value <= ' ' ||
		    (unsigned char)*value >= 0x7f || *value == '"' ||
		    *value == '\\' || *value == '=')
			return false;
	}
	return true;
}

/* Quote, and write control and non-ASCII bytes as \xHH. */
static void
line_add_quoted(struct line *line, const char *value)
{
	char	hex[5];

	line_add(line, "\"", 1);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\') {
			line_add(line, "\\", 1);
			line_add(line, value, 1);
		} else if ((unsigned char)*value < ' ' ||
		    (unsigned char)*value >= 0x7f) {
			(void)snprintf(hex, sizeof(hex), "\\x%02x",
			    (unsigned int)(unsigned char)*value);
			line_add(line, hex, 4);
		} else {
			line_add(line, value, 1);
		}
	}
	line_add(line, "\"", 1);
}

void
log_divert(void (*listener)(void *context, enum log_level level,
    const char *event, const char *const *pairs), void *context)
{
	diverted = listener;
	diverted_to = context;
}

/*
 * Is stderr the journal's (systemd.exec(5), $JOURNAL_STREAM)? A variable that
 * was inherited and a stderr that leads elsewhere are not.
 */
static bool
is_journal(void)
{
	const char	*stream = getenv("JOURNAL_STREAM");
	char		 ours[2 * LOG_NUMBER_SIZE];
	struct stat	 info;

	if (stream == NULL || fstat(STDERR_FILENO, &info) != 0)
		return false;
	(void)snprintf(ours, sizeof(ours), "%ju:%ju", (uintmax_t)info.st_dev,
	    (uintmax_t)info.st_ino);
	return strcmp(stream, ours) == 0;
}

/* The journal knows by itself who has written, and shows it. */
static void
line_add_head(struct line *line, enum log_level level)
{
	char	head[80];

	if (is_journal())
		(void)snprintf(head, sizeof(head), "<%d>", (int)level);
	else
		(void)snprintf(head, sizeof(head), "<%d>%.40s[%d]: ",
		    (int)level, program_invocation_short_name, (int)getpid());
	line_add(line, head, strlen(head));
}

/* Write pairs of key and value, which NULL ends, as one line. */
static void
write_line(enum log_level level, const char *event, const char *const *pairs)
{
	struct line	 line = { 0 };
	ssize_t		 done;

	line_add_head(&line, level);
	line_add(&line, event, strlen(event));
	for (; *pairs != NULL; pairs += 2) {
		line_add(&line, " ", 1);
		line_add(&line, pairs[0], strlen(pairs[0]));
		line_add(&line, "=", 1);
		if (is_plain(pairs[1]))
			line_add(&line, pairs[1], strlen(pairs[1]));
		else
			line_add_quoted(&line, pairs[1]);
	}
	line.text[line.len] = '\n';
	/* A log that cannot be written must not stop the service. */
	done = write(STDERR_FILENO, line.text, line.len + 1);
	(void)done;
}

void
log_event(enum log_level level, const char *event, ...)
{
	const char	*pairs[2 * LOG_PAIRS_MAX + 1];
	const char	*key, *value;
	va_list		 ap;
	size_t		 n = 0;
	int		 saved_errno = errno;

	va_start(ap, event);
	while ((key = va_arg(ap, const char *)) != NULL) {
		value = va_arg(ap, const char *);
		if (value == NULL || n == 2 * LOG_PAIRS_MAX)
			continue;
		pairs[n++] = key;
		pairs[n++] = value;
	}
	va_end(ap);
	pairs[n] = NULL;
	if (diverted != NULL)
		diverted(diverted_to, level, event, pairs);
	else
		write_line(level, event, pairs);
	errno = saved_errno;
}

const char *
log_number(char text[LOG_NUMBER_SIZE], int64_t number)
{
	(void)snprintf(text, LOG_NUMBER_SIZE, "%" PRId64, number);
	return text;
}

void
log_system(const char *call)
{
	log_err("system-failed", "call", call, "reason", strerror(errno),
	    NULL);
}
