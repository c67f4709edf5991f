/*
 * test-letter-brand.c - the house's name and colour in every letter; and that
 * nothing in a row's fields gets into the header or the markup of its mail.
 */
#include "config.h"

#include "unit.h"

#include "core/brand.h"
#include "core/letter-language.h"
#include "core/letter.h"
#include "core/message.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define ID		"123e4567-e89b-42d3-a456-426614174000"
#define PIN		"493817"
#define BOUNDARY	"\r\n--=_umws-" ID
#define HOUSE		"Caf\xc3\xa9 & S\xc3\xb6hne <\xd8\xb4\xd8\xb1\xda\xa9>"
#define HOUSE_HTML	"Caf\xc3\xa9 &amp; S\xc3\xb6hne &lt;\xd8\xb4\xd8\xb1" \
			"\xda\xa9&gt;"

static const struct secret		pin = { 6, PIN };
static const struct message_options	options = { "Mail <a@example.org>" };
static const struct letter		ordinary = {
	.id = ID,
	.kind = "reset",
	.recipient = "jane@example.test",
	.locale = "en",
	.extension = "20001",
	.display_name = "Jane Doe",
	.access_numbers = "+43 1 5550100",
	.contact = "",
	.extra_text = "",
	.brand_name = "",
	.brand_color = "",
	.must_change = true,
	.created_at = 1763758680,	/* 2025-11-21 20:58 UTC */
	.pin_expires_at = 1768942680,	/* 2026-01-20 20:58 UTC */
};

/* One form, 0 text or 1 HTML; free() it. */
static char *
form_of(const struct letter *letter, int form)
{
	struct buf	 buf = BUF_INIT(LETTER_MAX);
	char		*text;

	assert_int_equal(form == 0 ? letter_text(letter, &pin, &buf) :
	    letter_html(letter, &pin, &buf), ST_OK);
	text = strdup(buf_text(&buf));
	assert_non_null(text);
	buf_free(&buf);
	return text;
}

static unsigned int
count_of(const char *text, const char *what)
{
	unsigned int	count = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		count++;
	return count;
}

static bool
ends_in(const char *text, const char *end)
{
	size_t	len = strlen(text), end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* In each language: the bar before the first sentence, and the signature. */
static void
test_every_language(void **state)
{
	const struct letter_language *const	*language;
	static const char *const		kinds[] = { "reset",
						    "changed" };
	struct letter				 letter = ordinary;
	char					*text, *html;
	size_t					 i;

	(void)state;
	letter.brand_name = HOUSE;
	letter.brand_color = "#FFE000";
	for (language = letter_languages; *language != NULL; language++) {
		for (i = 0; i < COUNT(kinds); i++) {
			letter.locale = (*language)->tag;
			letter.kind = kinds[i];
			text = form_of(&letter, 0);
			html = form_of(&letter, 1);
			UNIT_CHECK(letter.locale, ends_in(text, "\n\n-- \n"
			    HOUSE "\n"));
			UNIT_CHECK(letter.locale, count_of(text, HOUSE) == 1);
			UNIT_CHECK(letter.locale, count_of(html, ">"
			    HOUSE_HTML "<") == 1);
			UNIT_CHECK(letter.locale, strstr(html, HOUSE_HTML) <
			    strstr(html, "Jane"));
			UNIT_CHECK(letter.locale, count_of(html,
			    ";background:#ffe000;color:#000000;") == 1);
			free(text);
			free(html);
		}
	}
}

static void
test_name_or_color(void **state)
{
	struct letter	letter = ordinary;
	struct brand	brand;
	char		*text;

	(void)state;
	text = form_of(&letter, 1);
	assert_null(strstr(text, "<td class=\"u-bar\""));
	assert_null(strstr(text, ".u-pin{border:"));
	free(text);
	text = form_of(&letter, 0);
	assert_null(strstr(text, "-- \n"));
	free(text);
	letter.brand_color = "#00004f";
	text = form_of(&letter, 0);
	assert_null(strstr(text, "-- \n"));
	free(text);
	/* The frame of the PIN, in a dark scheme a lighter one. */
	text = form_of(&letter, 1);
	brand_init(&brand, letter.brand_color, "");
	assert_null(strstr(text, "<td class=\"u-bar\""));
	assert_int_equal(count_of(text, ".u-pin{border:2px solid #00004f}"),
	    1);
	assert_int_equal(count_of(text, "border-top:4px solid #00004f;"), 1);
	assert_int_equal(count_of(text, brand.dark_line), 2);
	assert_string_not_equal(brand.line, brand.dark_line);
	free(text);
}

/* The name is behind the house's text, and is no PIN, whatever it is. */
static void
test_signature(void **state)
{
	struct letter	letter = ordinary;
	char		*text;

	(void)state;
	letter.extra_text = "<p>one</p><p>two</p>";
	letter.brand_name = PIN;
	text = form_of(&letter, 0);
	UNIT_CHECK(text, ends_in(text, "one\ntwo\n\n-- \n- " PIN "\n"));
	assert_int_equal(count_of(text, "\n" PIN "\n"), 1);
	free(text);
	text = form_of(&letter, 1);
	assert_int_equal(count_of(text, "<b>" PIN "</b>"), 1);
	assert_int_equal(count_of(text, "<strong id=pin>"), 1);
	free(text);
	letter.brand_name = "a\n" PIN "\r\n\xe2\x80\xa8" PIN "\x1f";
	text = form_of(&letter, 0);
	assert_int_equal(count_of(text, "\n" PIN "\n"), 1);
	UNIT_CHECK(text, ends_in(text, "-- \na " PIN " " PIN "\n"));
	free(text);
}

static const char *const	hostile[] = {
	"x\r\nBcc: eve@example.test", "x\nBcc: eve@example.test\n\nx",
	"\rX-Eve: y\r", "\r\n\r\n<html>", "x\r\n.\r\nMAIL FROM:<eve@x.test>",
	"=?utf-8?Q?=0D=0ABcc:_eve@example.test?=", "\n--=_umws-" ID "--\n",
	"\n--=_umws-" ID "\nContent-Type: text/html\n\nx", "\x1f\x1f\x1f",
	"=1F=1F", "\x01\x02", "\"><script>eve()</script>", "'><b x='",
	"</td></table></style><style>*{}", "#fff;x:url(//eve.test/)",
	"\xe2\x80\xa8" "Bcc: eve@example.test", "\xc2\x85" "Bcc: x",
	"\xe2\x80\xae" "eve", "<strong id=pin>111111</strong>", "\xff\xfe",
	"\xed\xa0\x80", "%s%n", "{name}{pin}", "../../etc/passwd",
};

static const size_t	fields[] = {
	offsetof(struct letter, locale), offsetof(struct letter, extension),
	offsetof(struct letter, display_name),
	offsetof(struct letter, access_numbers),
	offsetof(struct letter, extra_text),
	offsetof(struct letter, brand_name),
	offsetof(struct letter, brand_color),
};

/* The names of a header's fields, each with a line's end; free() it. */
static char *
field_names(const char *mail)
{
	struct buf	 names = BUF_INIT(LETTER_MAX);
	const char	*line = mail, *end = strstr(mail, "\r\n\r\n");
	char		*text;

	assert_non_null(end);
	for (; line < end; line = strstr(line, "\r\n") + 2)
		if (*line != ' ' && *line != '\t')
			buf_printf(&names, "%.*s\n", (int)strcspn(line, ":"),
			    line);
	text = strdup(buf_text(&names));
	buf_free(&names);
	return text;
}

/* What is sent has the same fields as ever, and two parts. */
static void
check_mail(const char *what, const struct buf *mail, const char *names)
{
	char	*own = field_names(mail->data);

	if (strcmp(own, names) != 0)
		UNIT_FAIL("%s: %s", what, own);
	free(own);
	UNIT_CHECK(what, count_of(mail->data, BOUNDARY "\r\n") == 2);
	UNIT_CHECK(what, count_of(mail->data, BOUNDARY "--\r\n") == 1);
}

static void
check_html(const char *what, const struct letter *letter)
{
	char	*html = form_of(letter, 1);

	UNIT_CHECK(what, count_of(html, "<script") == 0);
	UNIT_CHECK(what, count_of(html, "<strong id=pin>") == 1);
	UNIT_CHECK(what, letter->brand_color != what ||
	    strstr(html, what) == NULL);
	UNIT_CHECK(what, count_of(html, "</body>") == 1);
	UNIT_CHECK(what, count_of(html, "<style>") == 3);
	free(html);
}

static void
test_no_injection(void **state)
{
	struct buf	 mail = BUF_INIT(MESSAGE_MAX);
	struct letter	 letter;
	char		*names;
	size_t		 field, i;
	enum status	 st;

	(void)state;
	assert_int_equal(message_compose(&options, &ordinary, &pin, &mail),
	    ST_OK);
	names = field_names(mail.data);
	for (field = 0; field < COUNT(fields); field++) {
		for (i = 0; i < COUNT(hostile); i++) {
			letter = ordinary;
			*(const char **)((char *)&letter + fields[field]) =
			    hostile[i];
			buf_reset(&mail);
			st = message_compose(&options, &letter, &pin, &mail);
			if (st == ST_OK) {
				check_mail(hostile[i], &mail, names);
				check_html(hostile[i], &letter);
			} else {
				UNIT_CHECK(hostile[i], st == ST_BAD);
			}
		}
	}
	free(names);
	buf_free(&mail);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_every_language),
		UNIT_TEST(test_name_or_color),
		UNIT_TEST(test_signature),
		UNIT_TEST(test_no_injection),
	};

	message_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
