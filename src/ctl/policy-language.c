/*
 * policy-language.c - read, show and compare the values of a policy's key that
 * has one per language. What a value may be its format says (policy-key).
 */
#include "config.h"

#include "ctl/policy-language.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/text.h"
#include "core/locale.h"

#define NAME_SIZE	128	/* bytes of a key and its language */
#define HEX_DIGITS	4	/* of \uXXXX */

/* A key with one language in place of POLICY_LANGUAGE. */
struct named {
	char			name[NAME_SIZE];
	struct policy_setting	setting;
};

static size_t
base_length(const struct policy_setting *setting)
{
	return strlen(setting->key) - strlen(POLICY_LANGUAGE);
}

bool
policy_language_is(const struct policy_setting *setting)
{
	return strlen(setting->key) > strlen(POLICY_LANGUAGE) &&
	    strcmp(setting->key + base_length(setting), POLICY_LANGUAGE) == 0;
}

bool
policy_language_is_named(const struct policy_setting *setting,
    const char *word, size_t len)
{
	size_t	base = base_length(setting);

	return len >= base + strlen("[]") &&
	    strncasecmp(setting->key, word, base) == 0 && word[base] == '[' &&
	    word[len - 1] == ']';
}

static void
name(const struct policy_key *key, const char *language,
    struct named *named)
{
	named->setting = *key->setting;
	(void)snprintf(named->name, sizeof(named->name), "%.*s[%s]",
	    (int)base_length(key->setting), key->setting->key, language);
	named->setting.key = named->name;
}

/* The language that a word names, in the usual letters. */
static int
parse_language(const struct command *command, const struct policy_key *key,
    const char *word, char language[LOCALE_TAG_SIZE])
{
	size_t	base = base_length(key->setting);
	size_t	len = strcspn(word + base, "=") - strlen("[]");
	char	tag[LOCALE_TAG_SIZE];

	(void)snprintf(tag, sizeof(tag), "%.*s", (int)len, word + base + 1);
	if (len >= sizeof(tag) || !locale_is_known(tag))
		return command_fail(command, EX_DATAERR, "%.*s[%s%s] names no "
		    "language: en, or with a region de-AT", (int)base,
		    key->setting->key, tag, len < sizeof(tag) ? "" : "...");
	locale_format(tag, language);
	return EX_OK;
}

static int
parse_value(const struct command *command, const struct policy_key *key,
    const char *language, const char *value, struct buf *json)
{
	struct named	named;

	buf_printf(json, "\"%s\": ", language);
	if (*value == '\0') {
		buf_puts(json, "null");
		return EX_OK;
	}
	name(key, language, &named);
	return key->format->parse(command, &named.setting, value, json);
}

int
policy_language_parse(const struct command *command,
    const struct policy_key *key, const char *const *words, size_t count,
    struct buf *json)
{
	char	language[LOCALE_TAG_SIZE], earlier[LOCALE_TAG_SIZE];
	size_t	i, k;
	int	code = EX_OK;

	for (i = 0; code == EX_OK && i < count; i++) {
		code = parse_language(command, key, words[i], language);
		if (code != EX_OK)
			return code;
		for (k = 0; k < i; k++) {
			(void)parse_language(command, key, words[k], earlier);
			if (strcmp(earlier, language) == 0)
				return command_fail(command, EX_USAGE,
				    "%.*s[%s] is given twice: which one "
				    "holds?", (int)base_length(key->setting),
				    key->setting->key, language);
		}
		buf_puts(json, i == 0 ? "" : ", ");
		code = parse_value(command, key, language,
		    strchr(words[i], '=') + 1, json);
	}
	return code;
}

/* One character of a string, as PostgreSQL writes it; *at is behind it. */
static void
read_character(const char **at, struct buf *text)
{
	static const char	letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	char			hex[HEX_DIGITS + 1] = "";
	const char		*letter;
	char			c = *(*at)++;

	if (c == '\\' && **at == 'u') {
		(void)strncpy(hex, *at + 1, HEX_DIGITS);
		*at += 1 + strlen(hex);
		c = (char)strtoul(hex, NULL, 16);
	} else if (c == '\\' && **at != '\0') {
		c = *(*at)++;
		letter = strchr(letters, c);
		if (letter != NULL)
			c = meant[letter - letters];
	}
	buf_append(text, &c, 1);
}

static void
read_string(const char **at, struct buf *text)
{
	buf_reset(text);
	*at += strcspn(*at, "\"");
	if (**at == '"')
		++*at;
	while (**at != '\0' && **at != '"')
		read_character(at, text);
	if (**at == '"')
		++*at;
}

/* The next language of a stored value and its text; false at the end. */
static bool
next(const char **at, struct buf *language, struct buf *text)
{
	read_string(at, language);
	read_string(at, text);
	return buf_status(language) == ST_OK && buf_status(text) == ST_OK &&
	    language->len > 0;
}

static void
print_name(FILE *out, const struct policy_key *key, const char *language,
    int width)
{
	struct named	named;

	name(key, language, &named);
	(void)fprintf(out, "%*s ", -width, named.name);
}

static void
print_value(FILE *out, const struct policy_key *key, const char *text)
{
	char	value[POLICY_VALUE_SIZE];

	command_print(out, key->format->print(key->setting, text, value));
}

void
policy_language_show(FILE *out, const struct policy_key *key,
    const char *stored)
{
	struct buf	language = BUF_INIT(NAME_SIZE);
	struct buf	text = BUF_INIT(POLICY_VALUE_SIZE);

	while (next(&stored, &language, &text)) {
		(void)fputs("  ", out);
		print_name(out, key, buf_text(&language), POLICY_KEY_COLUMNS);
		print_value(out, key, buf_text(&text));
		(void)putc('\n', out);
	}
	buf_free(&language);
	buf_free(&text);
}

/* The text for a language, or "". */
static void
find(const char *stored, const char *language, struct buf *text)
{
	struct buf	found = BUF_INIT(NAME_SIZE);

	while (next(&stored, &found, text))
		if (strcmp(buf_text(&found), language) == 0)
			break;
	if (found.len == 0)
		buf_reset(text);
	buf_free(&found);
}

/* Of the languages of one: what they are in the other. */
static void
changes(FILE *out, const struct policy_key *key, const char *one,
    const char *other, bool is_old, size_t *count)
{
	struct buf	language = BUF_INIT(NAME_SIZE);
	struct buf	text = BUF_INIT(POLICY_VALUE_SIZE);
	struct buf	there = BUF_INIT(POLICY_VALUE_SIZE);

	while (next(&one, &language, &text)) {
		find(other, buf_text(&language), &there);
		/* What is in both has been seen from the other side. */
		if (is_old ? there.len > 0 :
		    strcmp(buf_text(&text), buf_text(&there)) == 0)
			continue;
		(void)fputs((*count)++ == 0 ? ": " : ", ", out);
		print_name(out, key, buf_text(&language), 0);
		print_value(out, key, buf_text(is_old ? &text : &there));
		(void)fputs(" -> ", out);
		print_value(out, key, buf_text(is_old ? &there : &text));
	}
	buf_free(&language);
	buf_free(&text);
	buf_free(&there);
}

void
policy_language_changes(FILE *out, const struct policy_key *key,
    const char *old, const char *new, size_t *count)
{
	changes(out, key, new, old, false, count);
	changes(out, key, old, new, true, count);
}
