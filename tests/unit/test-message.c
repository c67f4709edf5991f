/*
 * test-message.c - the mail as it stands on the wire, and as GMime's parser
 * reads it.
 */
#include "config.h"

#include <fcntl.h>
#include <unistd.h>

#include <gmime/gmime.h>

#include "core/letter-language.h"
#include "core/message.h"

#include "unit.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define ID		"123e4567-e89b-42d3-a456-426614174000"
#define FROM		"Voice mail <umws@example.org>"
#define PIN		"493817"

#define MAPPING_MAX	((size_t)1 << 28)	/* bytes that are searched */
#define LONG_WORD	"https://intranet.example.org/voice/mail/help?a=b&"

static const struct secret pin = { 6, PIN };
static const struct message_options options = { FROM };

/* A plain row; cases change fields of a copy. */
static const struct letter ordinary = {
	.id = ID,
	.kind = "reset",
	.recipient = "jane@example.test",
	.locale = "en",
	.extension = "20001",
	.display_name = "Jane Doe",
	.access_numbers = "+43 1 5550100",
	.contact = "+43 1 5550199, help@example.test",
	.extra_text = "",
	.brand_name = "",
	.brand_color = "",
	.must_change = true,
	.created_at = 1763758680,	/* 2025-11-21 20:58 UTC */
	.pin_expires_at = 1768942680,	/* 2026-01-20 20:58 UTC */
	.temporary_until = 1764363480,	/* 2025-11-28 20:58 UTC */
};

/* The decoded content of one alternative, 0 text or 1 HTML; g_free() it. */
static char *
read_part(const struct buf *mail, int index)
{
	GMimeStream	*stream, *memory = g_mime_stream_mem_new();
	GMimeParser	*parser;
	GMimeMessage	*message;
	GMimeObject	*part;
	GByteArray	*bytes;
	char		*text;

	stream = g_mime_stream_mem_new_with_buffer(mail->data, mail->len);
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	assert_non_null(message);
	part = g_mime_multipart_get_part(
	    GMIME_MULTIPART(g_mime_message_get_mime_part(message)), index);
	assert_non_null(part);
	g_mime_data_wrapper_write_to_stream(
	    g_mime_part_get_content(GMIME_PART(part)), memory);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	text = g_strndup((const char *)bytes->data, bytes->len);
	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
	g_object_unref(memory);
	return text;
}

static void
compose(const struct letter *letter, struct buf *mail)
{
	assert_int_equal(message_compose(&options, letter, &pin, mail), ST_OK);
}

static void
test_header(void **state)
{
	static const char *const fields[] = {
		"Date: Fri, 21 Nov 2025 20:58:00 +0000\r\n",
		"From: Voice mail <umws@example.org>\r\n",
		"To: Jane Doe <jane@example.test>\r\n",
		"Subject: Your new voice mail PIN, 21 November 2025 at "
		    "20:58 UTC [bbbgkc]\r\n",
		"X-Entity-Ref-ID: " ID "\r\n",
		"Message-Id: <" ID "@example.org>\r\n",
		"Auto-Submitted: auto-generated\r\n",
		"MIME-Version: 1.0\r\n",
		"Content-Type: multipart/alternative;",
		"boundary=\"=_umws-" ID "\"\r\n",
	};
	struct buf	 mail = BUF_INIT(MESSAGE_MAX);
	const char	*end;
	size_t		 i;

	(void)state;
	compose(&ordinary, &mail);
	end = strstr(mail.data, "\r\n\r\n");
	assert_non_null(end);
	for (i = 0; i < COUNT(fields); i++) {
		const char	*field = strcasestr(mail.data, fields[i]);

		if (field == NULL || field > end)
			UNIT_FAIL("missing: %s", fields[i]);
	}
	assert_string_equal(mail.data + mail.len - strlen("--\r\n"),
	    "--\r\n");
	buf_free(&mail);
}

static void
test_identical_twice(void **state)
{
	struct buf	one = BUF_INIT(MESSAGE_MAX);
	struct buf	two = BUF_INIT(MESSAGE_MAX);

	(void)state;
	compose(&ordinary, &one);
	compose(&ordinary, &two);
	assert_int_equal(one.len, two.len);
	assert_memory_equal(one.data, two.data, one.len);
	buf_free(&one);
	buf_free(&two);
}

/* RFC 5322, section 2.1.1, and RFC 2045, section 6.7. */
static void
check_lines(const struct buf *mail)
{
	const char	*line = mail->data;
	size_t		 len;

	while (*line != '\0') {
		len = strcspn(line, "\r\n");
		if (len > 76)
			UNIT_FAIL("line of %zu: %.*s", len, (int)len, line);
		for (size_t i = 0; i < len; i++)
			assert_true((unsigned char)line[i] < 0x80 &&
			    ((unsigned char)line[i] >= ' ' || line[i] == '\t'));
		assert_int_equal(line[len], '\r');
		assert_int_equal(line[len + 1], '\n');
		line += len + 2;
	}
}

/* The display name comes out of the header as it went in. */
static void
check_to(const struct buf *mail, const char *name)
{
	InternetAddressList	*list;
	InternetAddress		*address;
	char			*field = strstr(mail->data, "\r\nTo:");
	char			*end = strstr(field + 2, "\r\n");

	/* A line that begins with a blank belongs to the field. */
	while (end[2] == ' ' || end[2] == '\t')
		end = strstr(end + 2, "\r\n");
	field = g_strndup(field + 5, (gsize)(end - field) - 5);
	list = internet_address_list_parse(NULL, field);
	assert_int_equal(internet_address_list_length(list), 1);
	address = internet_address_list_get_address(list, 0);
	if (address->name == NULL)
		assert_string_equal(name, "");
	else
		assert_string_equal(address->name, name);
	assert_string_equal(internet_address_mailbox_get_addr(
	    INTERNET_ADDRESS_MAILBOX(address)), "jane@example.test");
	g_object_unref(list);
	g_free(field);
}

static void
test_lines(void **state)
{
	static const char	*const names[] = {
		"", "Jane Doe", "Jürgen Müller",
		"Doe, Jane", "Jane \"JD\" Doe", "Jane. Doe",
		"Müller, Jürgen \"Jü\" von und zu einem sehr langen Namen "
		"der kaum in eine Zeile passt und noch weiter geht",
		"A rather long name, with a comma and (comments), that will "
		"have to be quoted and folded somewhere or other",
		"名前名前名前名前名前名前名前名前名前名前"
		"名前名前名前名前名前",
	};
	struct letter	letter = ordinary;
	struct buf	mail = BUF_INIT(MESSAGE_MAX);
	size_t		i;

	(void)state;
	letter.extra_text = "Überlänge ohne Leerzeichen: "
	    "https://intranet.example.org/ein/sehr/langer/pfad/der/in/keine/"
	    "Zeile/passt?und=dann&noch=mehr\nFrom here\n.\n=\n";
	for (i = 0; i < COUNT(names); i++) {
		letter.display_name = names[i];
		compose(&letter, &mail);
		check_lines(&mail);
		check_to(&mail, names[i]);
		buf_free(&mail);
	}
}

/* Each part is the letter's form with this PIN and CRLF. */
static void
check_parts(const struct buf *mail, const struct letter *letter,
    const struct secret *digits)
{
	int	index;

	for (index = 0; index < 2; index++) {
		struct buf	 form = BUF_INIT(LETTER_MAX);
		char		*text = read_part(mail, index), *at;

		assert_int_equal(index == 0 ? letter_text(letter, digits,
		    &form) : letter_html(letter, digits, &form), ST_OK);
		while ((at = strstr(text, "\r\n")) != NULL)
			memmove(at, at + 1, strlen(at));
		assert_string_equal(text, buf_text(&form));
		g_free(text);
		buf_free(&form);
	}
}

static void
test_parts(void **state)
{
	struct letter	letter = ordinary;
	struct buf	mail = BUF_INIT(MESSAGE_MAX);

	(void)state;
	letter.extra_text = "Über = 名前 " LONG_WORD LONG_WORD " \n.\n";
	compose(&letter, &mail);
	check_parts(&mail, &letter, &pin);
	buf_free(&mail);
}

/*
 * The PIN is where the letter has it, every digit of it and no other byte
 * changed, whatever stands in the texts: above all what is, or looks like,
 * the mark that stands for a digit while the mail is made.
 */
static void
check_digits(struct letter *letter, const struct secret *digits)
{
	struct buf	 mail = BUF_INIT(MESSAGE_MAX);
	const char	*body;

	assert_int_equal(message_compose(&options, letter, digits, &mail),
	    ST_OK);
	check_lines(&mail);
	check_to(&mail, letter->display_name);
	check_parts(&mail, letter, digits);
	body = strstr(mail.data, "\r\n\r\n");
	if (strstr(body, "=1F") != NULL)
		UNIT_FAIL("left: %s", strstr(body, "=1F"));
	buf_free(&mail);
}

static void
test_digits(void **state)
{
	static const char *const texts[] = {
		"", "=1F", "\x1f", "=\x1f", "\x1f=1F\x1f", "a\x1f\x1f" "b",
		"&#31;", "&#x1f;&#x1F;", "&amp;#31;", "=3D1F", "=\n1F",
		"1F=", "=", "?=1F?=", "<p>=1F<br>\x1f</p>", "<b>\x1f",
		"<a href=\"http://b.test/=1F\">=1F</a>", "493817", "Ü=1F",
		"=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F=1F",
		"\xc2\x9f", "\xe2\x80\xa8", LONG_WORD "=1F" LONG_WORD,
	};
	static const char *const names[] = { "", "Jane Doe", "Jürgen =1F",
		"=1F", "a=1F@b", "\"=1F\"", "=?utf-8?Q?=1F?=" };
	static const char *const kinds[] = { "reset", "auto" };
	struct letter	letter = ordinary;
	struct secret	digits;
	size_t		i, n, step = unit_is_long() ? 1 : 5, languages = 0;

	(void)state;
	while (letter_languages[languages] != NULL)
		languages++;
	for (i = 0; i < COUNT(texts) * languages; i++) {
		letter.locale = letter_languages[i % languages]->tag;
		for (n = 1 + i % step; n <= SECRET_MAX; n += step) {
			digits.len = n;
			memcpy(digits.digits, "901234567890123456789012", n);
			letter.extra_text = texts[i / languages];
			letter.extension = texts[(i + n) % COUNT(texts)];
			letter.access_numbers = texts[(i + n * 3) %
			    COUNT(texts)];
			letter.contact = texts[(i + n * 5) % COUNT(texts)];
			letter.display_name = names[(i + n) % COUNT(names)];
			letter.kind = kinds[(i + n / 4) % COUNT(kinds)];
			letter.is_first = n % 3 == 0;
			letter.is_locked_out = n % 5 == 0;
			check_digits(&letter, &digits);
		}
	}
}

/* A PIN that stands nowhere but in a struct secret: digit by digit. */
static char
digit_at(size_t i)
{
	return (char)('0' + (i * i + 3) % 10);
}

/* Is that PIN in size bytes? */
static bool
holds_digits(const char *bytes, size_t size)
{
	size_t	at, i;

	for (at = 0; at + SECRET_MAX <= size; at++) {
		for (i = 0; i < SECRET_MAX && bytes[at + i] == digit_at(i);)
			i++;
		if (i == SECRET_MAX)
			return true;
	}
	return false;
}

/* Does memory from begin to end, read piece by piece, hold that PIN? */
static bool
memory_holds_digits(int mem, size_t begin, size_t end)
{
	static char	piece[(size_t)1 << 20];
	ssize_t		got;
	bool		is_found = false;

	for (; begin < end && !is_found; begin += sizeof(piece) - SECRET_MAX) {
		got = pread(mem, piece, MIN(sizeof(piece), end - begin),
		    (off_t)begin);
		is_found = got > 0 && holds_digits(piece, (size_t)got);
		memset(piece, 0, sizeof(piece));
	}
	return is_found;
}

/* How many mappings of this process that can be written hold that PIN? */
static size_t
count_memory(void)
{
	FILE	*maps = fopen("/proc/self/maps", "r");
	int	 mem = open("/proc/self/mem", O_RDONLY);
	char	 line[512], flags[5];
	size_t	 begin, end, count = 0;

	assert_true(maps != NULL && mem >= 0);
	while (fgets(line, sizeof(line), maps) != NULL) {
		/* The larger ones are a sanitizer's own. */
		if (sscanf(line, "%zx-%zx %4s", &begin, &end, flags) == 3 &&
		    flags[1] == 'w' && end - begin < MAPPING_MAX &&
		    memory_holds_digits(mem, begin, end))
			count++;
	}
	(void)fclose(maps);
	(void)close(mem);
	return count;
}

/* When its mail is wiped no memory has the PIN: GMime has never had it. */
static void
test_memory(void **state)
{
	struct secret	digits = { .len = SECRET_MAX };
	struct buf	mail = BUF_INIT(MESSAGE_MAX);
	size_t		i;

	(void)state;
	for (i = 0; i < SECRET_MAX; i++)
		digits.digits[i] = digit_at(i);
	assert_int_equal(message_compose(&options, &ordinary, &digits, &mail),
	    ST_OK);
	assert_true(holds_digits(mail.data, mail.len));
	WIPE(&digits);
	assert_int_not_equal(count_memory(), 0);
	buf_free(&mail);
	assert_int_equal(count_memory(), 0);
}

static void
test_refused(void **state)
{
	static const struct {
		const char	*id, *recipient, *display, *extra, *from;
		enum status	 st;
	} cases[] = {
		{ ID, "a@b.test", "A", "", FROM, ST_OK },
		{ ID, "o'brien+x=y@b.test", "A", "", FROM, ST_OK },
		{ ID, "a@[192.0.2.1]", "A", "", FROM, ST_OK },
		{ ID, "a@[IPv6:2001:db8::1]", "A", "", FROM, ST_OK },
		{ ID, "a@b.test\r\nBcc: x@y.test", "A", "", FROM, ST_BAD },
		{ ID, "a@b.test\n", "A", "", FROM, ST_BAD },
		{ ID, "a@b.test", "A\r\nBcc: x@y.test", "", FROM, ST_BAD },
		{ ID, "a@b.test", "A\rB", "", FROM, ST_BAD },
		{ ID, "a@b.test", "A\nB", "", FROM, ST_BAD },
		{ ID, "a@b.test", "A\xc2\x85" "B", "", FROM, ST_BAD },
		{ ID, "a@b.test, c@d.test", "A", "", FROM, ST_BAD },
		{ ID, "a@b.test>,<c@d.test", "A", "", FROM, ST_BAD },
		{ ID, "a b@c.test", "A", "", FROM, ST_BAD },
		{ ID, "\"a\"@c.test", "A", "", FROM, ST_BAD },
		{ ID, "group:a@c.test", "A", "", FROM, ST_BAD },
		{ ID, "a@b@c.test", "A", "", FROM, ST_BAD },
		{ ID, "@c.test", "A", "", FROM, ST_BAD },
		{ ID, "a@", "A", "", FROM, ST_BAD },
		{ ID, "a", "A", "", FROM, ST_BAD },
		{ ID, "", "A", "", FROM, ST_BAD },
		{ ID, "a@b.test", "A\xff", "", FROM, ST_BAD },
		{ ID, "a@b.test", "A", "\xff", FROM, ST_BAD },
		{ "", "a@b.test", "A", "", FROM, ST_BAD },
		{ ID "\n", "a@b.test", "A", "", FROM, ST_BAD },
		{ ID, "a@b.test", "A", "", "", ST_FAIL },
		{ ID, "a@b.test", "A", "", "Voice mail", ST_FAIL },
		{ ID, "a@b.test", "A", "", "a@b.test, c@d.test", ST_FAIL },
		{ ID, "a@b.test", "A", "", "A\r\nX: y <a@b.test>", ST_FAIL },
		{ ID, "a@b.test", "A", "",
		    "=?utf-8?Q?A=0D=0AX:_y?= <a@b.test>", ST_FAIL },
		{ ID, "a@b.test", "A", "", "=?utf-8?Q?A=1F?= <a@b.test>",
		    ST_FAIL },
		{ ID, "a@b.test", "A", "", "Föö <a@b.test>", ST_OK },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		struct message_options	from = { cases[i].from };
		struct letter		letter = ordinary;
		struct buf		mail = BUF_INIT(MESSAGE_MAX);
		enum status		st;

		letter.id = cases[i].id;
		letter.recipient = cases[i].recipient;
		letter.display_name = cases[i].display;
		letter.extra_text = cases[i].extra;
		st = message_compose(&from, &letter, &pin, &mail);
		if (st != cases[i].st)
			UNIT_FAIL("case %zu: status %d", i, (int)st);
		buf_free(&mail);
	}
}

static void
test_too_large(void **state)
{
	struct letter	 letter = ordinary;
	struct buf	 mail = BUF_INIT(MESSAGE_MAX);
	char		*extra = g_strnfill(LETTER_MAX, 'x');

	(void)state;
	letter.extra_text = extra;
	assert_int_equal(message_compose(&options, &letter, &pin, &mail),
	    ST_BAD);
	buf_free(&mail);
	g_free(extra);
}

/* A mail of a kind that has no PIN leaves, and does not show what is sealed. */
static void
test_without_pin(void **state)
{
	struct letter	letter = ordinary;
	struct buf	mail = BUF_INIT(MESSAGE_MAX);

	(void)state;
	letter.kind = "changed";
	compose(&letter, &mail);
	assert_null(memmem(mail.data, mail.len, pin.digits, pin.len));
	assert_null(strstr(mail.data, "=1F"));
	buf_free(&mail);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_header),
		UNIT_TEST(test_identical_twice),
		UNIT_TEST(test_lines),
		UNIT_TEST(test_parts),
		UNIT_TEST(test_digits),
		UNIT_TEST(test_without_pin),
		UNIT_TEST(test_memory),
		UNIT_TEST(test_refused),
		UNIT_TEST(test_too_large),
	};

	message_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
