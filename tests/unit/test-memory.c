/*
 * test-memory.c - core without memory: each allocation of buffer, reply,
 * letter, mail and keyring fails once. Nothing is lost without a word, and
 * want of memory is told from what is wrong for good.
 *
 * GLib ends the process when it finds no memory, which the mailer takes as
 * it takes a kill: the mail is composed before its SMTP transaction begins,
 * and its lease ends by itself. What GLib allocates is thus no case here.
 *
 * Link as memory.h says, and with --wrap=sodium_malloc,--wrap=sodium_free.
 */
#include "config.h"

#include "memory.h"

#include "core/crypto.h"
#include "core/keyring.h"
#include "core/letter.h"
#include "core/message.h"
#include "soap/reply.h"
#include "core/unseal.h"

#define UUID	"123e4567-e89b-42d3-a456-426614174000"
#define TEN	"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6" \
		"\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4"
#define NOTES	"\xf0\x9d\x84\x9e\xf0\x9d\x84\x9e\xf0\x9d\x84\x9e" \
		"\xf0\x9d\x84\x9e\xf0\x9d\x84\x9e\xf0\x9d\x84\x9e"
#define LINE	NOTES NOTES NOTES NOTES NOTES NOTES NOTES NOTES NOTES NOTES
#define LONG	"a word after another word fills the buffer that grows, "

static const struct secret	pin = { 6, "493817" };

/* Names and texts that are long enough for every buffer to grow. */
static const struct letter	letter = {
	.id = UUID,
	.kind = "reset",
	.recipient = "jane@example.test",
	.locale = "de",
	.extension = "20001",
	.display_name = TEN TEN TEN,
	.access_numbers = "+43 1 5550100",
	.contact = "+43 1 5550199, help@example.test",
	.extra_text = "<p>" LINE " " NOTES " " LINE "</p><p>" LONG LONG LONG
	    LONG LONG LONG "</p>",
	.brand_name = "",
	.brand_color = "",
	.is_locked_out = true,
	.must_change = true,
	.created_at = 1763758680,
	.pin_expires_at = 1768942680,
};

void	*__real_sodium_malloc(size_t size);
void	 __real_sodium_free(void *data);
void	*__wrap_sodium_malloc(size_t size);
void	 __wrap_sodium_free(void *data);

void *
__wrap_sodium_malloc(size_t size)
{
	return memory_refuses() ? NULL :
	    memory_replace(NULL, __real_sodium_malloc(size));
}

void
__wrap_sodium_free(void *data)
{
	if (data != NULL)
		(void)memory_replace(data, NULL);
	__real_sodium_free(data);
}

/* What a writer makes of an empty buffer. */
typedef enum status	(*writer)(struct buf *);

/*
 * All of it or ST_RETRY, whichever allocation fails; a later attempt in the
 * same buffer then finds memory.
 */
static void
check_writer(const char *name, writer write_it, size_t allocations)
{
	struct buf	whole = BUF_INIT(MESSAGE_MAX);
	struct buf	buf = BUF_INIT(MESSAGE_MAX);
	enum status	st;
	size_t		failing = 0;
	bool		was_short;

	UNIT_CHECK(name, write_it(&whole) == ST_OK);
	do {
		memory.count = 0;
		memory.failing = ++failing;
		st = write_it(&buf);
		was_short = memory_was_short();
		memory.failing = 0;
		UNIT_CHECK(name, st == (was_short ? ST_RETRY : ST_OK));
		buf_reset(&buf);
		UNIT_CHECK(name, write_it(&buf) == ST_OK);
		UNIT_CHECK(name, buf.len == whole.len);
		UNIT_CHECK(name, memcmp(buf.data, whole.data, buf.len) == 0);
		buf_free(&buf);
		UNIT_CHECK(name, memory_live() == 1);	/* whole */
	} while (was_short && failing < MEMORY_FAIL_MAX);
	UNIT_CHECK(name, !was_short && failing > allocations);
	buf_free(&whole);
	UNIT_CHECK(name, memory_live() == 0);
}

static enum status
write_pieces(struct buf *buf)
{
	size_t	i;

	for (i = 0; i < 100; i++) {
		buf_puts(buf, "a piece");
		buf_append(buf, "of bytes", 8);
		buf_printf(buf, " and number %zu", i);
	}
	return buf_status(buf);
}

static enum status
write_response(struct buf *buf)
{
	return reply_response(buf, SOAP_HTTPS, "ResetPIN");
}

static enum status
write_answer(struct buf *buf)
{
	return reply_is_um_enabled(buf, SOAP_HTTPS, true);
}

static enum status
write_properties(struct buf *buf)
{
	static const struct properties	properties = { { "true", "true",
	    "<1>", "2", "AAE=" } };

	return reply_properties(buf, SOAP_HTTPS, &properties);
}

static enum status
write_text(struct buf *buf)
{
	return letter_text(&letter, &pin, buf);
}

static enum status
write_html(struct buf *buf)
{
	return letter_html(&letter, &pin, buf);
}

static enum status
write_mail(struct buf *buf)
{
	static const struct message_options	options = {
		"Voice mail <umws@example.org>"
	};

	return message_compose(&options, &letter, &pin, buf);
}

static void
test_writers(void **state)
{
	static const struct {
		const char	*name;
		writer		 write_it;
		size_t		 allocations;	/* at least */
	} rows[] = {
		{ "buffer", write_pieces, 4 },
		{ "response", write_response, 1 },
		{ "answer", write_answer, 1 },
		{ "properties", write_properties, 1 },
		{ "text", write_text, 20 },
		{ "html", write_html, 20 },
		{ "mail", write_mail, 40 },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_writer(rows[i].name, rows[i].write_it,
		    rows[i].allocations);
}

static enum refusal	refusal;

static enum status
write_fault(struct buf *buf)
{
	return reply_fault(buf, SOAP_HTTPS, refusal, 1000);
}

static void
test_faults(void **state)
{
	(void)state;
	for (refusal = REFUSAL_NONE + 1; refusal < REFUSAL_COUNT; refusal++)
		check_writer(reply_refusal_code(refusal), write_fault, 1);
}

/* Too much is not the same as no memory: it stays wrong. */
static void
test_maximum(void **state)
{
	struct buf	buf = BUF_INIT(1000);

	(void)state;
	assert_int_equal(write_pieces(&buf), ST_BAD);
	memory.count = 0;
	memory.failing = 1;
	buf_puts(&buf, "more");
	assert_int_equal(memory.count, 0);
	memory.failing = 0;
	assert_int_equal(buf_status(&buf), ST_BAD);
	buf_free(&buf);
	assert_int_equal(memory_live(), 0);
}

static void
parse_keys(void)
{
	static const char	 text[] =
	    "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
	struct keyring		*ring;
	unsigned int		 line;
	const char		*reason;
	enum status		 st;

	st = keyring_parse(text, strlen(text), &ring, &line, &reason);
	assert_int_equal(line, 0);
	if (memory_was_short()) {
		assert_int_equal(st, ST_FAIL);
		assert_null(ring);
		assert_string_equal(reason, "no guarded memory can be had");
	} else {
		assert_int_equal(st, ST_OK);
		assert_int_equal(keyring_count(ring), 1);
	}
	keyring_free(&ring);
}

static void
test_keyring(void **state)
{
	(void)state;
	assert_int_equal(memory_fail_each("keyring", parse_keys), 1);
}

static struct key	public_key;
static struct keyring	*secret_keys;

static void
seal_and_open(void)
{
	static const struct seal_row	row = { UUID, 4711, "reset",
					    "jane@example.test" };
	struct sealed			blob;
	struct secret			opened = { 0 };

	assert_int_equal(seal_pin(&public_key, &row, &pin, &blob), ST_OK);
	assert_int_equal(unseal_pin(secret_keys, &row, &blob, &opened),
	    ST_OK);
	assert_int_equal(opened.len, pin.len);
	assert_memory_equal(opened.digits, pin.digits, pin.len);
}

/* Sealing and opening allocate nothing of ours, so nothing can fail. */
static void
test_seal(void **state)
{
	struct key	 secret_key;
	char		 text[KEYRING_LINE_SIZE];
	unsigned int	 line;
	const char	*reason;

	(void)state;
	seal_key_pair(&public_key, &secret_key);
	keyring_line(&secret_key, text);
	assert_int_equal(keyring_parse(text, strlen(text), &secret_keys, &line,
	    &reason), ST_OK);
	assert_int_equal(memory_fail_each("seal", seal_and_open), 0);
	keyring_free(&secret_keys);
}

static int
group_begin(void **state)
{
	(void)state;
	message_init();
	return crypto_init() == ST_OK ? 0 : -1;
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_writers),
		UNIT_TEST(test_faults),
		UNIT_TEST(test_maximum),
		UNIT_TEST(test_keyring),
		UNIT_TEST(test_seal),
	};

	return cmocka_run_group_tests(tests, group_begin, NULL);
}
