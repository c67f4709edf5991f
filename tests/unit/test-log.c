/*
 * test-log.c - log lines: whatever a peer sends, an event is one line of a
 * known form.
 */
#include "config.h"

#include "unit.h"

#include <sys/stat.h>

#include <errno.h>

#include "base/log.h"

#define LINE_MAX_BYTES	1000	/* log.h: a line is cut there */

struct line {
	size_t	len;
	char	text[4096];
};

/* What the log has written since *start, which moves on. */
static void
take_line(off_t *start, struct line *line)
{
	ssize_t	len;

	len = pread(STDERR_FILENO, line->text, sizeof(line->text) - 1, *start);
	assert_true(len > 0);
	line->len = (size_t)len;
	line->text[len] = '\0';
	*start += len;
	/* One line, and the newline is its last byte. */
	assert_ptr_equal(memchr(line->text, '\n', line->len),
	    line->text + line->len - 1);
	line->text[--line->len] = '\0';
}

static void
check_line(const struct line *line, const char *level, const char *rest)
{
	char	expected[4096];

	(void)snprintf(expected, sizeof(expected), "<%s>%s[%d]: %s", level,
	    program_invocation_short_name, (int)getpid(), rest);
	assert_string_equal(line->text, expected);
}

/* To the journal, which puts program and pid before each line by itself. */
static void
test_journal(void **state)
{
	struct line	line;
	struct stat	info;
	char		stream[64];
	off_t		at = 0;

	(void)state;
	assert_int_equal(fstat(STDERR_FILENO, &info), 0);
	(void)snprintf(stream, sizeof(stream), "%ju:%ju",
	    (uintmax_t)info.st_dev, (uintmax_t)info.st_ino);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
	log_info("some-event", "i", "1", NULL);
	take_line(&at, &line);
	assert_string_equal(line.text, "<6>some-event i=1");
	/* Inherited by somebody whose stderr leads elsewhere. */
	assert_int_equal(setenv("JOURNAL_STREAM", "1:1", 1), 0);
	log_info("some-event", "i", "2", NULL);
	take_line(&at, &line);
	check_line(&line, "6", "some-event i=2");
	assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
}

static void
test_form(void **state)
{
	struct line	line;
	off_t		at = 0;

	(void)state;
	unit_expect_log("e=1");
	unit_expect_log("w=2");
	log_err("some-event", "e", "1", NULL);
	take_line(&at, &line);
	check_line(&line, "3", "some-event e=1");
	log_warn("some-event", "w", "2", "x", "y", NULL);
	take_line(&at, &line);
	check_line(&line, "4", "some-event w=2 x=y");
	log_info("some-event", NULL);
	take_line(&at, &line);
	check_line(&line, "6", "some-event");
	/* A pair without a value is left out, the next one is not. */
	log_info("ev", "a", NULL, "b", "c", NULL);
	take_line(&at, &line);
	check_line(&line, "6", "ev b=c");
}

static void
test_escapes(void **state)
{
	static const struct {
		const char	*value;
		const char	*written;
	} cases[] = {
		{ "plain-1.2/3@x:y", "plain-1.2/3@x:y" },
		{ "", "\"\"" },
		{ "two words", "\"two words\"" },
		{ "a=b", "\"a=b\"" },
		{ "say \"hi\"", "\"say \\\"hi\\\"\"" },
		{ "\"", "\"\\\"\"" },
		{ "back\\slash", "\"back\\\\slash\"" },
		{ "\n", "\"\\x0a\"" },
		{ "x\n<3>umws[1]: forged", "\"x\\x0a<3>umws[1]: forged\"" },
		{ "\r\n", "\"\\x0d\\x0a\"" },
		{ "\t", "\"\\x09\"" },
		{ "\x1b[2J", "\"\\x1b[2J\"" },
		{ "\x01\x1f\x7f", "\"\\x01\\x1f\\x7f\"" },
		{ "J\xc3\xbcrgen", "\"J\\xc3\\xbcrgen\"" },
		{ "\xe2\x80\xa8", "\"\\xe2\\x80\\xa8\"" },
		{ "\x80\xff", "\"\\x80\\xff\"" },
		{ "%s%n", "%s%n" },
	};
	struct line	line;
	off_t		at = 0;
	char		rest[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		log_info("ev", "k", cases[i].value, "after", "1", NULL);
		take_line(&at, &line);
		(void)snprintf(rest, sizeof(rest), "ev k=%s after=1",
		    cases[i].written);
		check_line(&line, "6", rest);
	}
}

static void
test_every_byte(void **state)
{
	char		value[256];
	struct line	line;
	off_t		at = 0;

	(void)state;
	for (int i = 1; i < 256; i++)
		value[i - 1] = (char)i;
	value[255] = '\0';
	log_info("ev", "k", value, NULL);
	take_line(&at, &line);
	for (size_t i = 0; i < line.len; i++)
		assert_true(line.text[i] >= ' ' && line.text[i] < 0x7f);
}

static void
test_overlong(void **state)
{
	char		value[3000];
	struct line	line;
	off_t		at = 0;

	(void)state;
	memset(value, 'a', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	log_info("ev", "k", value, "after", "1", NULL);
	take_line(&at, &line);
	assert_int_equal(line.len, LINE_MAX_BYTES);
	memset(value, '\n', sizeof(value) - 1);
	log_info("ev", "k", value, "after", "1", NULL);
	take_line(&at, &line);
	assert_int_equal(line.len, LINE_MAX_BYTES);
	/* Every length around the cut. */
	for (size_t len = 930; len < 1010; len++) {
		memset(value, '\x01', len);
		value[len] = '\0';
		log_info("ev", "k", value + len - 240, NULL);
		take_line(&at, &line);
		assert_true(line.len <= LINE_MAX_BYTES);
		memset(value, 'a', len);
		log_info("ev", "k", value, "x", "y", NULL);
		take_line(&at, &line);
		assert_true(line.len <= LINE_MAX_BYTES);
	}
}

static void
test_errno_kept(void **state)
{
	int	fd = dup(STDERR_FILENO);

	(void)state;
	errno = ENOENT;
	log_info("ev", NULL);
	assert_int_equal(errno, ENOENT);
	/* Also when nobody can read what it says. */
	(void)close(STDERR_FILENO);
	errno = ENOENT;
	log_info("ev", NULL);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	(void)close(fd);
}

static void
test_number(void **state)
{
	char	text[LOG_NUMBER_SIZE];

	(void)state;
	assert_ptr_equal(log_number(text, 0), text);
	assert_string_equal(text, "0");
	assert_string_equal(log_number(text, -42), "-42");
	assert_string_equal(log_number(text, INT64_MAX),
	    "9223372036854775807");
	assert_string_equal(log_number(text, INT64_MIN),
	    "-9223372036854775808");
}

/* What a listener has heard last. */
struct heard {
	size_t		count;
	enum log_level	level;
	char		text[256];
};

static void
on_event(void *context, enum log_level level, const char *event,
    const char *const *pairs)
{
	struct heard	*heard = context;
	size_t		 len;

	heard->count++;
	heard->level = level;
	len = (size_t)snprintf(heard->text, sizeof(heard->text), "%s", event);
	for (; *pairs != NULL; pairs += 2)
		len += (size_t)snprintf(heard->text + len,
		    sizeof(heard->text) - len, " %s=%s", pairs[0], pairs[1]);
}

/* A listener has the event instead of stderr, values as they are. */
static void
test_diverted(void **state)
{
	struct heard	heard = { 0 };
	struct line	line;
	off_t		at = 0;

	(void)state;
	log_divert(on_event, &heard);
	log_err("some-event", "a", "two words", "b", NULL, "c", "\n", NULL);
	log_divert(NULL, NULL);
	assert_int_equal(heard.count, 1);
	assert_int_equal(heard.level, LOG_LEVEL_ERR);
	assert_string_equal(heard.text, "some-event a=two words c=\n");
	log_info("after", NULL);
	take_line(&at, &line);
	check_line(&line, "6", "after");
	assert_int_equal(heard.count, 1);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_form),
		UNIT_TEST(test_journal),
		UNIT_TEST(test_escapes),
		UNIT_TEST(test_every_byte),
		UNIT_TEST(test_overlong),
		UNIT_TEST(test_errno_kept),
		UNIT_TEST(test_number),
		UNIT_TEST(test_diverted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
