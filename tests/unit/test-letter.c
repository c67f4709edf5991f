/*
 * test-letter.c - what a user reads: sentences in each language, exactly one
 * line that is the PIN, an administrator's text made harmless.
 */
#include "config.h"

#include "unit.h"

#include "core/letter-language.h"
#include "core/letter.h"
#include "core/locale.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define ID		"123e4567-e89b-42d3-a456-426614174000"
#define PIN		"493817"

static const struct secret pin = { 6, PIN };
/* A plain row; cases change fields of a copy. */
static const struct letter ordinary = {
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
	.temporary_until = 1764363480,	/* 2025-11-28 20:58 UTC */
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

/* Let every character that somebody ends a line at be a newline. */
static void
break_lines(char *text)
{
	static const char *const	breaks[] = {
		"\v", "\f", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"
	};
	char	*at;
	size_t	 i;

	for (i = 0; i < COUNT(breaks); i++)
		while ((at = strstr(text, breaks[i])) != NULL)
			memset(at, '\n', strlen(breaks[i]));
	while ((at = strstr(text, "\xc2\xa0")) != NULL)
		memset(at, ' ', strlen("\xc2\xa0"));
}

/* How many lines consist of digits, and how many of this very PIN. */
static void
count_digit_lines(char *text, unsigned int *digits, unsigned int *pins)
{
	size_t	len;

	break_lines(text);
	*digits = *pins = 0;
	while (*text != '\0') {
		len = strcspn(text, "\n");
		if (len > 0 && strspn(text, "0123456789 \t\v\f") == len)
			(*digits)++;
		if (len == strlen(PIN) && strncmp(text, PIN, len) == 0)
			(*pins)++;
		text += len + strspn(text + len, "\n");
	}
}

/* Is the PIN what the element holds, whatever elements are in that? */
static bool
shows_pin(const char *html)
{
	const char	*at = strstr(html, "<strong id=pin>");
	const char	*end = strstr(html, "</strong>");
	char		 digits[sizeof(PIN)] = "";
	size_t		 len = 0;

	for (; at != NULL && end != NULL && at < end; at++) {
		if (*at == '<')
			at = strchr(at, '>');
		else if (len + 1 < sizeof(digits))
			digits[len++] = *at;
		else
			return false;
	}
	return strcmp(digits, PIN) == 0;
}

static void
test_pin_line(void **state)
{
	static const struct {
		const char	*name;
		const char	*extension, *access, *display, *extra;
	} cases[] = {
		{ "nothing", "", "", "", "" },
		{ "digits", PIN, PIN, PIN, PIN },
		{ "lines", "1\n" PIN "\n2", "3\n" PIN "\r\n4", "5 " PIN,
		    "6\n" PIN "\n7\r" PIN "\r\n8" },
		{ "separators", "\v" PIN "\f",
		    "\xe2\x80\xa8" PIN "\xe2\x80\xa9", "x",
		    "\xc2\x85" PIN "\xc2\x85\n" PIN "\xe2\x80\xa8" PIN
		    "\nx\xe2\x80\xa9" PIN },
		{ "blocks", "1", "2", "3", "<p>" PIN "</p><br>" PIN "<br/>" PIN
		    "<ul><li>" PIN "</li></ul>" },
		{ "tags", "1", "2", "3", "<b>" PIN "</b>\n<a href=x>" PIN
		    "</a>\n<" PIN ">" },
		{ "spaces", "1", "2", "3", "\n " PIN " \n\xc2\xa0" PIN
		    "&nbsp;\n  \n" },
		{ "words", PIN " " PIN " " PIN " " PIN " " PIN " " PIN " " PIN
		    " " PIN " " PIN " " PIN " " PIN " " PIN " " PIN " " PIN
		    " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaa " PIN " bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
		    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "2", "3", "" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct letter	 letter = ordinary;
		unsigned int	 digits, pins;
		char		*text, *html;

		letter.extension = cases[i].extension;
		letter.access_numbers = cases[i].access;
		letter.display_name = cases[i].display;
		letter.extra_text = cases[i].extra;
		text = form_of(&letter, 0);
		html = form_of(&letter, 1);
		count_digit_lines(text, &digits, &pins);
		if (digits != 1 || pins != 1)
			UNIT_FAIL("%s: %u digit lines, %u PINs in:\n%s",
			    cases[i].name, digits, pins, text);
		if (!shows_pin(html) || count_of(html, "id=pin") != 1)
			UNIT_FAIL("%s: %s", cases[i].name, html);
		free(text);
		free(html);
	}
}

/* A PIN of any length is whole, in groups of two to four digits. */
static void
test_groups(void **state)
{
	static const char	end[] = "</span><wbr>";
	struct letter		letter = ordinary;
	struct secret		long_pin = { .len = 4 };
	struct buf		buf = BUF_INIT(LETTER_MAX);
	const char		*at;
	size_t			size, in_all;

	(void)state;
	memset(long_pin.digits, '7', sizeof(long_pin.digits));
	for (; long_pin.len <= SECRET_MAX; long_pin.len++) {
		assert_int_equal(letter_html(&letter, &long_pin, &buf), ST_OK);
		at = strstr(buf_text(&buf), "<strong id=pin>");
		assert_non_null(at);
		at += strlen("<strong id=pin>");
		size = in_all = 0;
		for (; strncmp(at, "</strong>", 9) != 0; at++) {
			if (*at == '7') {
				size++;
				in_all++;
			} else if (strncmp(at, end, strlen(end)) == 0) {
				assert_in_range(size, 2, 4);
				size = 0;
			}
			if (*at == '<')
				at = strchr(at, '>');
		}
		assert_in_range(size, 2, 4);
		assert_int_equal(in_all, long_pin.len);
		buf_free(&buf);
	}
}

/* Let white space of any length be one space. */
static void
join_lines(char *text)
{
	char	*at;

	while ((at = strchr(text, '\n')) != NULL)
		*at = ' ';
	while ((at = strstr(text, "  ")) != NULL)
		memmove(at, at + 1, strlen(at));
}

/* Text that both forms must hold, or must not. */
static const struct {
	const char	*what;
	struct letter	 change;
	const char	*text;
	bool		 is_there;
} sentences[] = {
	{ "extension", { .extension = "20001" }, "Extension: 20001",
	    true },
	{ "no extension", { .extension = "" }, "Extension", false },
	{ "access", { .access_numbers = "5550100, 5550199" },
	    "call: 5550100, 5550199", true },
	{ "no access", { .access_numbers = "" }, "call:", false },
	{ "requested", { .created_at = 1763758680 },
	    "requested on 21 November 2025 at 20:58 UTC", true },
	{ "change", { .must_change = true }, "first logon", true },
	{ "no change", { .must_change = false }, "first logon", false },
	{ "temporary", { .temporary_until = 1764363480 },
	    "by 28 November 2025 at 20:58 UTC", true },
	{ "expires", { .pin_expires_at = 1768942680 },
	    "expires on 20 January 2026 at 20:58 UTC", true },
	{ "lasting", { .pin_expires_at = 0 }, "does not expire", true },
	{ "not lasting", { .temporary_until = 1 }, "does not expire",
	    false },
	{ "not you", { .kind = "reset" },
	    "If you did not request a new PIN", true },
	{ "automatic", { .kind = "auto" }, "reset automatically",
	    true },
	{ "by an administrator", { .kind = "admin",
	    .created_at = 1763758680 }, "On 21 November 2025 at 20:58 UTC an "
	    "administrator reset the PIN", true },
	{ "not you, an administrator", { .kind = "admin" },
	    "somebody else may have asked in your name", true },
	{ "welcome", { .kind = "welcome" }, "has been set up for you. This "
	    "is your PIN", true },
	{ "welcome, first", { .kind = "welcome", .is_first = true },
	    "previous", false },
	{ "elsewhere", { .kind = "elsewhere" },
	    "sent to another mail address than this one", true },
	{ "elsewhere, no PIN", { .kind = "elsewhere" }, PIN, false },
	{ "set", { .kind = "set" }, "an administrator set the PIN", true },
	{ "set, no PIN", { .kind = "set" }, PIN, false },
	{ "changed", { .kind = "changed", .created_at = 1763758680 },
	    "changed by telephone on 21 November 2025 at 20:58 UTC", true },
	{ "changed, no PIN", { .kind = "changed" }, PIN, false },
	{ "changed, locked", { .kind = "changed", .is_locked_out = true },
	    "new PIN below", false },
	{ "changed, not you", { .kind = "changed" },
	    "not you who changed the PIN", true },
	{ "expiring", { .kind = "expiring", .pin_expires_at = 1768942680 },
	    "mailbox expires on 20 January 2026 at 20:58 UTC. Please log on",
	    true },
	{ "expiring, no PIN", { .kind = "expiring" }, PIN, false },
	{ "expiring, none before", { .kind = "expiring" }, "previous",
	    false },
	{ "lock", { .kind = "locked", .is_locked_out = true,
	    .created_at = 1763758680 }, "On 21 November 2025 at 20:58 UTC your "
	    "voice mailbox was locked, because somebody had", true },
	{ "lock, no PIN", { .kind = "locked" }, PIN, false },
	{ "lock, lasting", { .kind = "locked" }, "until an administrator "
	    "unlocks it", true },
	{ "lock, its end", { .kind = "locked",
	    .temporary_until = 1764363480 }, "unlocked automatically on "
	    "28 November 2025 at 20:58 UTC.", true },
	{ "lock, no log on", { .kind = "locked",
	    .temporary_until = 1764363480 }, "Please log on", false },
	{ "lock, no access", { .kind = "locked",
	    .access_numbers = "5550100" }, "call:", false },
	{ "contact", { .contact = "+43 1 5550199" },
	    "please tell your help desk at once: +43 1 5550199", true },
	{ "contact, not alone", { .contact = "+43 1 5550199" },
	    "request a new PIN at once", false },
	{ "no contact", { .contact = "" }, "request a new PIN at once",
	    true },
	{ "contact, welcome", { .kind = "welcome",
	    .contact = "a&b@example.test" }, "please ask your help desk: a",
	    true },
	{ "contact, locked", { .is_locked_out = true, .contact = "4711" },
	    "unlocked, please ask your help desk: 4711", true },
	{ "the first of two", { .temporary_until = 1764363480,
	    .pin_expires_at = 1768942680 }, "by 28 November", true },
	{ "not the last of two", { .temporary_until = 1764363480,
	    .pin_expires_at = 1768942680 }, "20 January", false },
	{ "the first of two, swapped", { .temporary_until = 1768942680,
	    .pin_expires_at = 1764363480 }, "on 28 November", true },
	{ "locked", { .is_locked_out = true }, "is locked", true },
	{ "not locked", { .is_locked_out = false }, "locked", false },
	{ "other kind", { .kind = "new" }, "requested on", true },
	{ "locale", { .locale = "la-VA" }, "Hello,", true },
	{ "region", { .locale = "en_GB" }, "Hello,", true },
	{ "no locale", { .locale = "" }, "Hello,", true },
	{ "previous", { .is_first = false }, "previous PIN no longer", true },
	{ "no previous", { .is_first = true }, "previous", false },
	{ "no newer one", { .is_first = true }, "new one", false },
	{ "first, private", { .is_first = true }, "keep it to yourself: "
	    "nobody else needs your PIN", true },
	{ "name", { .display_name = "Jane Doe" }, "Hello Jane Doe,",
	    true },
};

static void
test_sentences(void **state)
{
	size_t	i;
	int	form;

	(void)state;
	for (i = 0; i < COUNT(sentences); i++) {
		struct letter	letter = sentences[i].change;

		letter.id = ID;
		letter.kind = letter.kind == NULL ? "reset" : letter.kind;
		letter.locale = letter.locale == NULL ? "en" : letter.locale;
		letter.extension = letter.extension == NULL ? "" :
		    letter.extension;
		letter.access_numbers = letter.access_numbers == NULL ? "" :
		    letter.access_numbers;
		letter.contact = letter.contact == NULL ? "" : letter.contact;
		letter.display_name = letter.display_name == NULL ? "" :
		    letter.display_name;
		letter.extra_text = letter.brand_name = "";
		letter.brand_color = "";
		for (form = 0; form < 2; form++) {
			char	*text = form_of(&letter, form);

			/* Sentences may be wrapped. */
			join_lines(text);
			if ((strstr(text, sentences[i].text) != NULL) !=
			    sentences[i].is_there)
				UNIT_FAIL("%s: %s", sentences[i].what, text);
			free(text);
		}
	}
}

static void
test_wrapped(void **state)
{
	char	*text = form_of(&ordinary, 0), *line, *rest = text;

	(void)state;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (strlen(line) > 72)
			UNIT_FAIL("line of %zu: %s", strlen(line), line);
	free(text);
}

static void
test_locked_first(void **state)
{
	struct letter	 letter = ordinary;
	char		*text, *next;

	(void)state;
	letter.is_locked_out = true;
	letter.contact = "4711";
	text = form_of(&letter, 0);
	next = strstr(text, "\n\n");
	assert_non_null(next);
	*next = '\0';
	assert_non_null(strstr(text, "locked"));
	assert_null(strchr(text, '\n'));
	next[2 + strcspn(next + 2, "\n")] = '\0';
	assert_non_null(strstr(next + 2, "help desk: 4711"));
	free(text);
}

static char *
subject_of(const char *id, int64_t created_at)
{
	struct letter	 letter = ordinary;
	struct buf	 buf = BUF_INIT(256);
	char		*subject;

	letter.id = id;
	letter.created_at = created_at;
	assert_int_equal(letter_subject(&letter, &buf), ST_OK);
	subject = strdup(buf_text(&buf));
	assert_non_null(subject);
	buf_free(&buf);
	return subject;
}

/* No two alike, also in one second, and no digits to be taken for a PIN. */
static void
test_subject(void **state)
{
	char	*one = subject_of(ID, ordinary.created_at);
	char	*two = subject_of("123e4567-e89b-42d3-a456-426614174001",
	    ordinary.created_at);
	char	*three = subject_of(ID, ordinary.created_at + 60);

	(void)state;
	assert_string_equal(one, "Your new voice mail PIN, 21 November 2025 at "
	    "20:58 UTC [bbbgkc]");
	assert_string_not_equal(one, two);
	assert_string_not_equal(one, three);
	free(one);
	free(two);
	free(three);
}

static void
test_extra_text(void **state)
{
	static const struct {
		const char	*extra, *text, *html;
	} cases[] = {
		{ "Call 4711 & ask", "Call 4711 & ask", "Call 4711 &amp; ask" },
		{ "a &amp; b &lt; c&nbsp;d", "a & b < c\xc2\xa0" "d",
		    "a &amp; b &lt; c&nbsp;d" },
		{ "<b>bold</b> <EM>em</EM>", "bold em",
		    "<b>bold</b> <em>em</em>" },
		{ "<p>one</p><p>two</p>", "one\ntwo\n",
		    "<p>one</p><p>two</p>" },
		{ "<ul><li>a</li><li>b</li></ul>", "- a\n- b\n",
		    "<ul><li>a</li><li>b</li></ul>" },
		{ "one\ntwo", "one\ntwo\n", "one<br>\ntwo" },
		{ "one\n<br>\ntwo", "one\ntwo\n", "one <br> two" },
		{ "<script>x</script>", "<script>x</script>\n",
		    "&lt;script&gt;x&lt;/script&gt;" },
		{ "<b onclick=x>y</b>", "<b onclick=x>y</b>\n",
		    "&lt;b onclick=x&gt;y&lt;/b&gt;" },
		{ "<strong id=pin>9</strong>", "<strong id=pin>9</strong>\n",
		    "&lt;strong id=pin&gt;9&lt;/strong&gt;" },
		{ "<b>Help:</b> <a href=\"https://help.example.test/vm\">Mail"
		    "</a> or &euro; 5&#8211;7",
		    "Help: Mail <https://help.example.test/vm> or € 5–7\n",
		    "<b>Help:</b> <a href=\"https://help.example.test/vm\">"
		    "Mail</a> or € 5–7" },
		{ "1 < 2 <3", "1 < 2 <3", "1 &lt; 2 &lt;3" },
		{ "Ü: 名前 €", "Ü: 名前 €", "Ü: 名前 €" },
		{ "&bogus; &", "&bogus; &", "&amp;bogus; &amp;" },
	};
	struct letter	letter = ordinary;
	size_t		i;
	int		form;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		letter.extra_text = cases[i].extra;
		for (form = 0; form < 2; form++) {
			char	*text = form_of(&letter, form);

			if (strstr(text, form == 0 ? cases[i].text :
			    cases[i].html) == NULL)
				UNIT_FAIL("%s: %s", cases[i].extra, text);
			free(text);
		}
	}
}

static void
test_too_large(void **state)
{
	static char	extra[LETTER_MAX + 1];
	struct letter	letter = ordinary;
	struct buf	buf = BUF_INIT(LETTER_MAX);

	(void)state;
	memset(extra, 'x', LETTER_MAX);
	letter.extra_text = extra;
	assert_int_equal(letter_text(&letter, &pin, &buf), ST_BAD);
	buf_free(&buf);
	assert_int_equal(letter_html(&letter, &pin, &buf), ST_BAD);
	buf_free(&buf);
}

/* What a sentence must hold, and what else it may, in any language. */
static const struct {
	const char	*must, *may;
} holds[SENTENCE_COUNT] = {
#define TEXT_MAY	"{name}{extension}{access}{requested}{expires}{until}"
#define SUBJECT		{ "{requested}{reference}", "" }
	[SENTENCE_SUBJECT] = SUBJECT,
	[SENTENCE_SUBJECT_CHANGED] = SUBJECT,
	[SENTENCE_SUBJECT_WELCOME] = SUBJECT,
	[SENTENCE_SUBJECT_EXPIRING] = SUBJECT,
	[SENTENCE_SUBJECT_LOCKED] = SUBJECT,
	[SENTENCE_LOCKED_CONTACT] = { "{contact}", "" },
	[SENTENCE_LOCKED_UNTIL] = { "{until}", "" },
	[SENTENCE_EXPIRING] = { "{expires}", "" },
	[SENTENCE_TELL] = { "{contact}", "" },
	[SENTENCE_TELL_RENEW] = { "{contact}", "" },
	[SENTENCE_QUESTIONS] = { "{contact}", "" },
	[SENTENCE_LOCKED] = { "", "" },
	[SENTENCE_HELLO_NAME] = { "{name}", "" },
	[SENTENCE_HELLO] = { "", "" },
	[SENTENCE_EXTENSION] = { "{extension}", "" },
	[SENTENCE_ACCESS] = { "{access}", "" },
	[SENTENCE_TEMPORARY] = { "{until}", TEXT_MAY },
	[SENTENCE_EXPIRES] = { "{expires}", TEXT_MAY },
	/* Its time in one of three ways: test-letter-date. */
	[SENTENCE_DATE] = { "{day}{month}{year}{zone}",
	    "{time}{time12}{half}{hour}{minute}" },
};

/* Does every placeholder of text stand in one of the lists? */
static bool
holds_only(const char *text, const char *must, const char *may)
{
	char	name[32];
	size_t	len;

	for (; (text = strchr(text, '{')) != NULL; text += len) {
		len = strcspn(text, "}") + 1;
		if (len >= sizeof(name))
			return false;
		memcpy(name, text, len);
		name[len] = '\0';
		if (strstr(must, name) == NULL && strstr(may, name) == NULL)
			return false;
	}
	return true;
}

static unsigned int
columns_of(const char *text)
{
	unsigned int	columns = 0;

	for (; *text != '\0'; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

static void
check_sentence(const struct letter_language *language, int i)
{
	const char	*text = language->sentences[i], *must, *may;
	bool		 is_bound = holds[i].must != NULL;

	if (text == NULL || *text == '\0')
		UNIT_FAIL("%s has no sentence %d", language->tag, i);
	must = is_bound ? holds[i].must : "";
	may = is_bound ? holds[i].may : TEXT_MAY;
	if (!holds_only(text, must, may) || !holds_only(must, text, ""))
		UNIT_FAIL("%s, sentence %d, placeholders: %s", language->tag,
		    i, text);
	/* A subject: digits could be taken for a PIN. */
	if (strstr(must, "{reference}") != NULL &&
	    strpbrk(text, "0123456789") != NULL)
		UNIT_FAIL("%s: digits in subject %d", language->tag, i);
	/* Alone on its line it could be digits, and be taken for the PIN. */
	if (text[0] == '{' && text[strcspn(text, "}") + 1] == '\0')
		UNIT_FAIL("%s, sentence %d is only: %s", language->tag, i,
		    text);
}

/* A language that was added is whole, without a case of its own. */
static void
test_languages(void **state)
{
	const struct letter_language *const	*language;
	int					 i;

	(void)state;
	assert_non_null(letter_languages[0]);
	for (language = letter_languages; *language != NULL; language++) {
		assert_non_null((*language)->tag);
		if (!locale_is_known((*language)->tag) ||
		    !letter_speaks((*language)->tag))
			UNIT_FAIL("%s is no language", (*language)->tag);
		for (i = 0; i < SENTENCE_COUNT; i++)
			check_sentence(*language, i);
		for (i = 0; i < 12; i++)
			if ((*language)->months[i] == NULL)
				UNIT_FAIL("%s has no month %d",
				    (*language)->tag, i + 1);
		if (columns_of((*language)->sentences[SENTENCE_LOCKED]) > 72)
			UNIT_FAIL("%s: locked, too long", (*language)->tag);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_languages),
		UNIT_TEST(test_pin_line),
		UNIT_TEST(test_groups),
		UNIT_TEST(test_sentences),
		UNIT_TEST(test_wrapped),
		UNIT_TEST(test_locked_first),
		UNIT_TEST(test_subject),
		UNIT_TEST(test_extra_text),
		UNIT_TEST(test_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
