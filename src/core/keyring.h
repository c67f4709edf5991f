/*
 * keyring.h - the keys of one file, in memory that is locked, guarded and
 * wiped (sodium_malloc).
 *
 * A key file is text: lines of "id:base64" (RFC 4648, section 4, with
 * padding), empty lines and lines that begin with '#'. The first key is the
 * current one; the others are still known. A keyring reads no file:
 * edge/keyfile does.
 */
#ifndef UMWS_KEYRING_H
#define UMWS_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define KEYRING_ID_SIZE		33	/* bytes: 32 of [A-Za-z0-9._-], NUL */
#define KEYRING_KEY_SIZE	32	/* bytes of every key of this project */
#define KEYRING_KEYS_MAX	16	/* keys in one file */
#define KEYRING_TEXT_SIZE	45	/* bytes of a key in base64 with NUL */
#define KEYRING_FILE_MAX	4096	/* bytes of a key file */

struct key {
	char		id[KEYRING_ID_SIZE];
	unsigned char	bytes[KEYRING_KEY_SIZE];
};

struct keyring;

/*
 * Parse the text of a key file.
 *
 * text, len  the file's bytes; the caller wipes them
 * ring       set to a keyring that the caller frees, or NULL
 * line       set to the number of the offending line, from 1, or 0
 * reason     set to a static sentence that says what is wrong, or NULL
 *
 * Returns ST_OK; ST_BAD for a malformed line, a doubled id, a key that is
 * not 32 bytes, no key or too many; ST_FAIL when no memory can be had.
 */
enum status	keyring_parse(const char *text, size_t len,
		    struct keyring **ring, unsigned int *line,
		    const char **reason) MUSTCHECK;
void		keyring_free(struct keyring **ring);

/* How many keys, and the one at index (0 is the current one). Borrowed. */
size_t			 keyring_count(const struct keyring *ring);
const struct key	*keyring_at(const struct keyring *ring, size_t index);

/* The key with this id, or NULL. Borrowed. */
const struct key	*keyring_find(const struct keyring *ring,
			    const char *id);

/*
 * Is text the base64 of one of the keys? Takes the same time wherever a
 * difference stands.
 */
bool	keyring_matches(const struct keyring *ring, const char *text);

/* Write "id:base64\n" for one key. text is wiped by the caller. */
#define KEYRING_LINE_SIZE	(KEYRING_ID_SIZE + KEYRING_TEXT_SIZE + 1)
void	keyring_line(const struct key *key, char text[KEYRING_LINE_SIZE]);

#endif
