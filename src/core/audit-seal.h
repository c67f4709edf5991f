/*
 * audit-seal.h - the codes by which a changed audit is found out:
 * HMAC-SHA-256 (core/crypto) over each row, over a seal's rows in their
 * order, and over the seal and the one before it.
 *
 * Knows the form of what is under a code; knows nothing of SQL. Whoever has
 * the key can make all of it.
 */
#ifndef UMWS_AUDIT_SEAL_H
#define UMWS_AUDIT_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "core/crypto.h"
#include "core/keyring.h"

#define AUDIT_MAC_TEXT_SIZE	(2 * CRYPTO_MAC_SIZE + 1) /* hex, NUL */
#define AUDIT_ROW_MAX		65536	/* bytes of a row's text */

/* What is under a seal's code. Numbers are decimal texts as the database has
 * them, "" for none; times are microseconds since 1970. All are borrowed. */
struct audit_seal {
	const char	*id;
	const char	*us;
	const char	*key_id;
	const char	*row_count;
	const char	*first_us;
	const char	*last_us;
	const char	*cluster;
	const char	*xid_below;
	const char	*xid_next;
	const char	*refusals_below_us;
	const char	*rows_mac;	/* hex */
	const char	*previous_mac;	/* hex; "" for the first seal */
};

/*
 * The code of a row, the place'th (from 1) of a seal. ST_BAD when text is
 * longer than a row can be; ST_FAIL (logged) when libgcrypt refuses, ST_RETRY
 * without memory.
 */
enum status	audit_row_mac(const struct key *key, const char *seal_id,
		    uint64_t place, const char *text,
		    unsigned char mac[CRYPTO_MAC_SIZE]) MUSTCHECK;

/*
 * Take one more row into the code over all rows of a seal, which is all zero
 * before the first. ST_FAIL as above.
 */
enum status	audit_rows_add(const struct key *key,
		    const unsigned char mac[CRYPTO_MAC_SIZE],
		    unsigned char rows[CRYPTO_MAC_SIZE]) MUSTCHECK;

/* The code of a seal, as hex. ST_FAIL, ST_RETRY as above. */
enum status	audit_seal_mac(const struct key *key,
		    const struct audit_seal *seal,
		    char text[AUDIT_MAC_TEXT_SIZE]) MUSTCHECK;

/* A code as hex digits in lower case. */
void	audit_mac_text(const unsigned char mac[CRYPTO_MAC_SIZE],
	    char text[AUDIT_MAC_TEXT_SIZE]);

#endif
