/*
 * log.c: a value of any text, in a line of any length that has been written;
 * events of up to so many pairs, and one more, and their lines.
 */
#define PROOF_OF_LOG
#include "proof.h"

#include "base/log.h"

/* Fewer, which as many turns fill. */
#undef LOG_PAIRS_MAX
#define LOG_PAIRS_MAX	6

#include "base/log.c"

/* Any text that fits, and how long it would be. */
int
snprintf(char *text, size_t size, const char *format, ...)
{
	size_t	len = nondet_size();

	__CPROVER_assert(__CPROVER_r_ok(format, 1), "the format is there");
	__CPROVER_assert(size > 0 && __CPROVER_w_ok(text, size), "room");
	__CPROVER_assume(len < size);
	text[len] = '\0';
	return nondet_int();
}

/* Only where it reads and writes is looked at. */
void *
memcpy(void *to, const void *from, size_t len)
{
	__CPROVER_assert(__CPROVER_r_ok(from, len), "the text is there");
	__CPROVER_assert(__CPROVER_w_ok(to, len), "room for the text");
	return to;
}

void
quoted(void)
{
	char		bytes[BOUND + 1];
	struct line	line;

	__CPROVER_assume(line.len <= LINE_MAX_BYTES);
	line_add_quoted(&line, any_text(bytes));
	assert(line.len < sizeof(line.text));
}

void
plain(void)
{
	char	bytes[BOUND + 1];

	(void)is_plain(any_text(bytes));
}

/* What plain() and quoted() prove of the functions that these stand for. */
bool
model_is_plain(const char *value)
{
	__CPROVER_assert(__CPROVER_r_ok(value, 1), "the value is there");
	return nondet_bool();
}

void
model_line_add_quoted(struct line *line, const char *value)
{
	size_t	len = nondet_size();

	__CPROVER_assert(__CPROVER_r_ok(value, 1), "the value is there");
	assert(line->len <= LINE_MAX_BYTES);
	__CPROVER_assume(len >= line->len && len <= LINE_MAX_BYTES);
	line->len = len;
}

/* Whatever write_line() is given, and whoever listens. */
static void
take_pairs(const char *const *pairs)
{
	size_t	n;

	for (n = 0; pairs[n] != NULL; n++)
		assert(__CPROVER_r_ok(pairs[n], 1));
	assert(n % 2 == 0 && n <= 2 * LOG_PAIRS_MAX);
}

void
model_write_line(enum log_level level, const char *event,
    const char *const *pairs)
{
	(void)level;
	assert(__CPROVER_r_ok(event, 1));
	take_pairs(pairs);
}

static void
listen(void *context, enum log_level level, const char *event,
    const char *const *pairs)
{
	assert(context == NULL);
	model_write_line(level, event, pairs);
}

static char	stream[BOUND + 1];

char *
getenv(const char *name)
{
	__CPROVER_assert(__CPROVER_r_ok(name, 1), "a name");
	return nondet_bool() ? any_text(stream) : NULL;
}

int
fstat(int fd, struct stat *info)
{
	(void)fd;
	__CPROVER_assert(__CPROVER_w_ok(info, sizeof(*info)), "room");
	return nondet_bool() ? 0 : -1;
}

pid_t
getpid(void)
{
	return nondet_int();
}

/* All of it is written, and its end. */
ssize_t
write(int fd, const void *bytes, size_t len)
{
	assert(fd == STDERR_FILENO);
	assert(len > 0 && len <= sizeof(((struct line *)NULL)->text));
	__CPROVER_assert(__CPROVER_r_ok(bytes, len), "the line is there");
	assert(((const char *)bytes)[len - 1] == '\n');
	return nondet_int();
}

/* Whatever may be the length of a text that is there. */
size_t
model_strlen(const char *text)
{
	size_t	len = nondet_size();

	__CPROVER_assert(__CPROVER_r_ok(text, 1), "the text is there");
	__CPROVER_assume(len < __CPROVER_OBJECT_SIZE(text));
	return len;
}

/* A line of an event with so many pairs, of any texts. */
void
line(void)
{
	char		 bytes[BOUND + 1];
	const char	*pairs[2 * LOG_PAIRS_MAX + 1];
	size_t		 i;

	for (i = 0; i < 2 * LOG_PAIRS_MAX; i += 2) {
		pairs[i] = nondet_bool() ? bytes : NULL;
		pairs[i + 1] = bytes;
	}
	pairs[i] = NULL;
	write_line(LOG_LEVEL_INFO, bytes, pairs);
}

#define ANY	(nondet_bool() ? bytes : NULL)
#define PAIR	ANY, ANY

/* A pair more than a listener gets; any of them may be the last. */
void
event(void)
{
	char	bytes[BOUND + 1];

	if (nondet_bool())
		log_divert(listen, NULL);
	log_event(LOG_LEVEL_WARN, bytes, PAIR, PAIR, PAIR, PAIR, PAIR, PAIR,
	    PAIR, NULL);
}
