/*
 * test-keyring.c - key files as text: what is taken, and each thing that is
 * not with the line it stands on.
 */
#include "config.h"

#include "unit.h"

#include "core/keyring.h"

/* 32 bytes of 0x00, 0x01.. and 0xff in base64. */
#define ZERO	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define COUNT	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define ONES	"//////////////////////////////////////////8="
#define ID32	"abcdefghijklmnopqrstuvwxyz012345"

static enum status
parse(const char *text, struct keyring **ring, unsigned int *line)
{
	const char	*reason;
	enum status	 st;

	st = keyring_parse(text, strlen(text), ring, line, &reason);
	assert_int_equal(st == ST_OK, reason == NULL);
	assert_int_equal(st == ST_OK, *ring != NULL);
	return st;
}

static void
test_parse(void **state)
{
	static const char	text[] = "# peppers\n\n2026-a:" COUNT
					 "\n#old:" ONES "\n" ID32 ":" ONES
					 "\n\nA.b_c-9:" ZERO;
	struct keyring		*ring;
	unsigned int		 line;

	(void)state;
	assert_int_equal(parse(text, &ring, &line), ST_OK);
	assert_int_equal(line, 0);
	assert_int_equal(keyring_count(ring), 3);
	assert_string_equal(keyring_at(ring, 0)->id, "2026-a");
	for (int i = 0; i < KEYRING_KEY_SIZE; i++)
		assert_int_equal(keyring_at(ring, 0)->bytes[i], i);
	assert_string_equal(keyring_at(ring, 1)->id, ID32);
	assert_int_equal(keyring_at(ring, 1)->bytes[31], 0xff);
	assert_ptr_equal(keyring_find(ring, "A.b_c-9"), keyring_at(ring, 2));
	assert_ptr_equal(keyring_find(ring, "2026-a"), keyring_at(ring, 0));
	assert_null(keyring_find(ring, "2026-b"));
	assert_null(keyring_find(ring, "2026-"));
	assert_null(keyring_find(ring, "old"));
	assert_null(keyring_find(ring, ""));
	keyring_free(&ring);
	assert_null(ring);
	keyring_free(&ring);
}

static void
test_refused(void **state)
{
	static const struct {
		const char	*name;
		const char	*text;
		unsigned int	 line;
	} cases[] = {
		{ "empty", "", 0 },
		{ "comments only", "# a\n\n# b\n", 0 },
		{ "no colon", "a" COUNT "\n", 1 },
		{ "no colon, line 3", "a:" COUNT "\n\nb" COUNT "\n", 3 },
		{ "no id", "\n:" COUNT "\n", 2 },
		{ "id too long", "a:" ZERO "\n" ID32 "6:" COUNT "\n", 2 },
		{ "blank in id", "#\na b:" COUNT "\n", 2 },
		{ "blank before id", " a:" COUNT "\n", 1 },
		{ "slash in id", "a/b:" COUNT "\n", 1 },
		{ "umlaut in id", "\xc3\xa4:" COUNT "\n", 1 },
		{ "doubled id", "a:" ZERO "\nb:" ONES "\na:" COUNT "\n", 3 },
		{ "no key", "#\n#\na:\n", 3 },
		{ "short key", "a:AAAA\n", 1 },
		{ "31 bytes",
		    "a:" COUNT
		    "\nb:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
		    2 },
		{ "33 bytes", "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g",
		    1 },
		{ "no padding",
		    "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n", 1 },
		{ "url-safe base64",
		    "a:__________________________________________8=\n", 1 },
		{ "stray bits",
		    "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n", 1 },
		{ "blank after colon", "a: " COUNT "\n", 1 },
		{ "blank at the end", "a:" COUNT " \n", 1 },
		{ "comment at the end", "a:" COUNT " # pepper\n", 1 },
		{ "carriage return", "a:" COUNT "\r\n", 1 },
		{ "two keys in a line", "a:" COUNT ":" COUNT "\n", 1 },
	};
	struct keyring	*ring;
	unsigned int	 line;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		UNIT_CHECK(cases[i].name,
		    parse(cases[i].text, &ring, &line) == ST_BAD);
		UNIT_CHECK(cases[i].name, line == cases[i].line);
	}
}

/* A NUL ends nothing: not a line, not an id, not a key. */
static void
test_nul(void **state)
{
	static const char	texts[][64] = {
		"a\0b:" COUNT "\n",
		"a\0:" COUNT "\n",
		"a:" COUNT "\0\n",
		"\0\n",
	};
	static const size_t	lens[] = { 49, 48, 48, 2 };
	struct keyring		*ring;
	unsigned int		 line;
	const char		*reason;

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		assert_int_equal(keyring_parse(texts[i], lens[i], &ring, &line,
				     &reason),
		    ST_BAD);
		assert_int_equal(line, 1);
		assert_null(ring);
	}
}

static void
test_many(void **state)
{
	char		 text[KEYRING_FILE_MAX] = "";
	struct keyring	*ring;
	unsigned int	 line;

	(void)state;
	for (int i = 0; i < KEYRING_KEYS_MAX; i++)
		(void)sprintf(text + strlen(text), "k%d:" COUNT "\n", i);
	assert_int_equal(parse(text, &ring, &line), ST_OK);
	assert_int_equal(keyring_count(ring), KEYRING_KEYS_MAX);
	assert_string_equal(keyring_at(ring, 15)->id, "k15");
	keyring_free(&ring);
	(void)strcat(text, "k16:" COUNT "\n");
	assert_int_equal(parse(text, &ring, &line), ST_BAD);
	assert_int_equal(line, 17);
}

static void
test_matches(void **state)
{
	struct keyring	*ring;
	unsigned int	 line;
	char		 text[] = COUNT;

	(void)state;
	assert_int_equal(parse("a:" COUNT "\nb:" ONES "\n", &ring, &line),
	    ST_OK);
	assert_true(keyring_matches(ring, COUNT));
	assert_true(keyring_matches(ring, ONES));
	assert_false(keyring_matches(ring, ZERO));
	assert_false(keyring_matches(ring, ""));
	assert_false(keyring_matches(ring, COUNT "="));
	assert_false(keyring_matches(ring, "a:" COUNT));
	for (size_t i = 0; i < strlen(COUNT); i++) {
		text[i] ^= 1;
		assert_false(keyring_matches(ring, text));
		text[i] ^= 1;
		text[i] = '\0';
		assert_false(keyring_matches(ring, text));
		text[i] = COUNT[i];
	}
	assert_true(keyring_matches(ring, text));
	keyring_free(&ring);
}

static void
test_line(void **state)
{
	struct key	 key = { ID32, { 0 } };
	struct keyring	*ring;
	unsigned int	 line;
	char		 text[KEYRING_LINE_SIZE];

	(void)state;
	for (int i = 0; i < KEYRING_KEY_SIZE; i++)
		key.bytes[i] = (unsigned char)i;
	keyring_line(&key, text);
	assert_string_equal(text, ID32 ":" COUNT "\n");
	assert_int_equal(parse(text, &ring, &line), ST_OK);
	assert_memory_equal(keyring_at(ring, 0), &key, sizeof(key));
	keyring_free(&ring);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_parse),
		UNIT_TEST(test_refused),
		UNIT_TEST(test_nul),
		UNIT_TEST(test_many),
		UNIT_TEST(test_matches),
		UNIT_TEST(test_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
