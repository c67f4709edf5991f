/*
 * test-voicemail-line.c - mailboxes as lines of voicemail.conf, and what the
 * reader of voicemail.conf finds in them.
 */
#include "config.h"

#include "unit.h"

#include "base/buf.h"
#include "core/voicemail-conf.h"
#include "core/voicemail-line.h"

#define TEXT_MAX	1024

struct line_case {
	const char		*name;
	struct voicemail_entry	 entry;
	const char		*line;
	const char		*found;	/* "name,email locale @zone" */
};

static const struct line_case	cases[] = {
	{ "all there is", { "ann", "1001", "Ann", "a@b.org", "de-DE",
	    "Europe/Berlin", true },
	    "1001 => -nobody,Ann,a@b.org,,tz=Europe/Berlin|locale=de_DE.UTF-8"
	    "\n", "Ann,a@b.org de-DE @Europe/Berlin" },
	{ "a number and nothing", { "ann", "1", NULL, NULL, NULL, NULL, true },
	    "1 => -nobody,,\n", "," },
	{ "a locale alone", { "ann", "1", "", "", "pt-BR", "", true },
	    "1 => -nobody,,,,locale=pt_BR.UTF-8\n", ", pt-BR" },
	{ "separators in a name", { "ann", "1", "Doe, \"J\"; => a|b;-- x", "",
	    NULL, NULL, true },
	    "1 => -nobody,Doe  \"J\"\\; => a|b\\;-- x,\n",
	    "Doe  \"J\"; => a|b;-- x," },
	{ "backslash and semicolon", { "ann", "1", "a\\;b\\", "", NULL, NULL,
	    true }, "1 => -nobody,a\\\\;b\\,\n", "a\\;b\\," },
	{ "lines in a name", { "ann", "1", "a\n2 => 42,b\r\tc", "", NULL, NULL,
	    true }, "1 => -nobody,a 2 => 42 b  c,\n", "a 2 => 42 b  c," },
	{ "two addresses to Asterisk", { "ann", "1", "A", "a|b@c.org", NULL,
	    NULL, true }, "1 => -nobody,A,\n", "A," },
	{ "no extension", { "ann", NULL, "A", "a@b", NULL, NULL, true },
	    "; ann has no extension\n", "" },
	{ "disabled", { "ann", "1", "A", "a@b", NULL, NULL, false },
	    "; ann is disabled\n", "" }
};

static enum status
on_mailbox(void *context, const struct voicemail_mailbox *mailbox)
{
	struct buf	*found = context;

	assert_int_equal(mailbox->pin.len, 0);
	assert_true(mailbox->is_locked);
	assert_int_equal(mailbox->ignored, 0);
	buf_printf(found, "%s,%s", mailbox->name, mailbox->email);
	if (*mailbox->locale != '\0')
		buf_printf(found, " %s", mailbox->locale);
	if (*mailbox->time_zone != '\0')
		buf_printf(found, " @%s", mailbox->time_zone);
	return ST_OK;
}

static enum status
on_include(void *context, const char *path, bool is_needed)
{
	(void)context;
	(void)is_needed;
	fail_msg("include of %s", path);
	return ST_OK;
}

static enum status
on_bad(void *context, const char *reason)
{
	(void)context;
	fail_msg("%s", reason);
	return ST_OK;
}

/* What the reader finds in the line, its zone above it. */
static void
read_back(const struct line_case *one, const char *line, struct buf *found)
{
	static const struct voicemail_calls	 calls = {
		on_mailbox, on_include, on_bad
	};
	struct buf		 text = BUF_INIT(TEXT_MAX);
	struct voicemail_conf	*conf;
	char			 copy[TEXT_MAX + 1], *rest = copy, *next;

	buf_puts(&text, "[zonemessages]\n");
	if (one->entry.time_zone != NULL)
		voicemail_zone_line(&text, one->entry.time_zone);
	buf_printf(&text, "[default]\n%s", line);
	(void)snprintf(copy, sizeof(copy), "%s", buf_text(&text));
	assert_int_equal(voicemail_conf_new(&calls, found, &conf), ST_OK);
	while ((next = strsep(&rest, "\n")) != NULL)
		assert_int_equal(voicemail_conf_line(conf, next), ST_OK);
	voicemail_conf_free(&conf);
	buf_free(&text);
}

static void
test_lines(void **state)
{
	struct buf	line = BUF_INIT(TEXT_MAX), found = BUF_INIT(TEXT_MAX);
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		voicemail_line(&line, &cases[i].entry);
		if (strcmp(buf_text(&line), cases[i].line) != 0)
			fail_msg("%s: %s", cases[i].name, buf_text(&line));
		read_back(&cases[i], buf_text(&line), &found);
		if (strcmp(buf_text(&found), cases[i].found) != 0)
			fail_msg("%s: %s", cases[i].name, buf_text(&found));
		buf_reset(&line);
		buf_reset(&found);
	}
	buf_free(&line);
	buf_free(&found);
}

static void
test_contexts(void **state)
{
	static const char	*const good[] = { "default", "a.b-c_9" };
	static const char	*const bad[] = { "", "a b", "a]", "General",
	    "zonemessages", "a\nb", "a(!)" };
	size_t			 i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(voicemail_context_is_plain(good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(voicemail_context_is_plain(bad[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(test_lines),
		UNIT_TEST(test_contexts),
	};

	return cmocka_run_group_tests_name("voicemail-line", tests, NULL,
	    NULL);
}
