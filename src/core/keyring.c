/*
 * keyring.c - parse a key file line by line into one block of guarded memory,
 * which is read-only from then on.
 */
#include "config.h"

#include "core/keyring.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"

#define BASE64	sodium_base64_VARIANT_ORIGINAL

/* Every character that an id may hold. */
#define ID_CHARACTERS						\
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"	\
	"0123456789._-"

struct keyring {
	size_t		count;
	struct key	keys[KEYRING_KEYS_MAX];
};

struct key_text {
	char	bytes[KEYRING_TEXT_SIZE];
};

static void
encode(const struct key *key, struct key_text *text)
{
	sodium_bin2base64(text->bytes, sizeof(text->bytes), key->bytes,
	    sizeof(key->bytes), BASE64);
}

/* Parse one line, without its newline. NULL, or what is wrong with it. */
static const char *
parse_line(struct keyring *ring, const char *line, size_t len)
{
	const char	*colon = memchr(line, ':', len);
	struct key	*key = &ring->keys[ring->count];
	size_t		 id_len, size;

	if (colon == NULL)
		return "a line must read id:base64";
	id_len = (size_t)(colon - line);
	if (id_len == 0 || id_len >= sizeof(key->id))
		return "an id has 1 to 32 characters";
	if (ring->count == KEYRING_KEYS_MAX)
		return "a file holds 16 keys at most";
	memcpy(key->id, line, id_len);
	key->id[id_len] = '\0';
	if (strspn(key->id, ID_CHARACTERS) != id_len)
		return "an id is made of letters, digits and . _ -";
	if (keyring_find(ring, key->id) != NULL)
		return "this id stands on an earlier line already";
	if (sodium_base642bin(key->bytes, sizeof(key->bytes), colon + 1,
		len - id_len - 1, NULL, &size, NULL, BASE64) != 0 ||
	    size != sizeof(key->bytes))
		return "a key must be 32 bytes in base64";
	ring->count++;
	return NULL;
}

static const char *
parse_text(struct keyring *ring, const char *text, size_t len,
    unsigned int *line)
{
	const char	*end = text + len, *next, *wrong;

	for (; text < end; text = next < end ? next + 1 : end) {
		++*line;
		next = memchr(text, '\n', (size_t)(end - text));
		if (next == NULL)
			next = end;
		if (text == next || *text == '#')
			continue;
		wrong = parse_line(ring, text, (size_t)(next - text));
		if (wrong != NULL)
			return wrong;
	}
	*line = 0;
	return ring->count == 0 ? "there is no key in it" : NULL;
}

enum status
keyring_parse(const char *text, size_t len, struct keyring **ring,
    unsigned int *line, const char **reason)
{
	struct keyring	*made;

	*ring = NULL;
	*line = 0;
	*reason = NULL;
	made = sodium_init() < 0 ? NULL : sodium_malloc(sizeof(*made));
	if (made == NULL) {
		*reason = "no guarded memory can be had";
		return ST_FAIL;
	}
	memset(made, 0, sizeof(*made));
	*reason = parse_text(made, text, len, line);
	if (*reason != NULL) {
		keyring_free(&made);
		return ST_BAD;
	}
	(void)sodium_mprotect_readonly(made);
	*ring = made;
	return ST_OK;
}

void
keyring_free(struct keyring **ring)
{
	sodium_free(*ring);	/* wipes; takes NULL */
	*ring = NULL;
}

size_t
keyring_count(const struct keyring *ring)
{
	return ring->count;
}

const struct key *
keyring_at(const struct keyring *ring, size_t index)
{
	assert(index < ring->count);
	return &ring->keys[index];
}

const struct key *
keyring_find(const struct keyring *ring, const char *id)
{
	size_t	i;

	for (i = 0; i < ring->count; i++) {
		if (strcmp(ring->keys[i].id, id) == 0)
			return &ring->keys[i];
	}
	return NULL;
}

bool
keyring_matches(const struct keyring *ring, const char *text)
{
	struct key_text	 given = { { 0 } }, ours;
	size_t		 len = strnlen(text, KEYRING_TEXT_SIZE), i;
	int		 found = 0;

	/* How long the right text is, is no secret; what it says is. */
	if (len != KEYRING_TEXT_SIZE - 1)
		return false;
	memcpy(given.bytes, text, len);
	for (i = 0; i < ring->count; i++) {
		encode(&ring->keys[i], &ours);
		found |= sodium_memcmp(given.bytes, ours.bytes,
			     sizeof(ours.bytes)) == 0;
	}
	WIPE(&given);
	WIPE(&ours);
	return found != 0;
}

void
keyring_line(const struct key *key, char text[KEYRING_LINE_SIZE])
{
	struct key_text	base64;

	encode(key, &base64);
	(void)snprintf(text, KEYRING_LINE_SIZE, "%s:%s\n", key->id,
	    base64.bytes);
	WIPE(&base64);
}
