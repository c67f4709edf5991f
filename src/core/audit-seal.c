/*
 * audit-seal.c - make the codes of audit rows and of seals.
 *
 * Each begins with words that no other one begins with, and no field can have
 * a newline in it but a row's text, which is the last: so one text has one
 * meaning.
 */
#include "config.h"

#include "core/audit-seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static enum status
text_mac(const struct key *key, struct buf *text,
    unsigned char mac[CRYPTO_MAC_SIZE])
{
	enum status	st = buf_status(text);

	memset(mac, 0, CRYPTO_MAC_SIZE);
	if (st == ST_OK)
		st = crypto_hmac(key->bytes, sizeof(key->bytes),
		    buf_text(text), strlen(buf_text(text)), mac);
	buf_free(text);
	return st;
}

enum status
audit_row_mac(const struct key *key, const char *seal_id, uint64_t place,
    const char *text, unsigned char mac[CRYPTO_MAC_SIZE])
{
	struct buf	buf = BUF_INIT(AUDIT_ROW_MAX);

	buf_printf(&buf, "umws audit row\n%s\n%" PRIu64 "\n", seal_id, place);
	buf_puts(&buf, text);
	return text_mac(key, &buf, mac);
}

enum status
audit_rows_add(const struct key *key,
    const unsigned char mac[CRYPTO_MAC_SIZE],
    unsigned char rows[CRYPTO_MAC_SIZE])
{
	unsigned char	both[2 * CRYPTO_MAC_SIZE];

	memcpy(both, rows, CRYPTO_MAC_SIZE);
	memcpy(both + CRYPTO_MAC_SIZE, mac, CRYPTO_MAC_SIZE);
	return crypto_hmac(key->bytes, sizeof(key->bytes), both, sizeof(both),
	    rows);
}

void
audit_mac_text(const unsigned char mac[CRYPTO_MAC_SIZE],
    char text[AUDIT_MAC_TEXT_SIZE])
{
	size_t	i;

	for (i = 0; i < CRYPTO_MAC_SIZE; i++)
		(void)snprintf(text + 2 * i, 3, "%02x", (unsigned int)mac[i]);
}

enum status
audit_seal_mac(const struct key *key, const struct audit_seal *seal,
    char text[AUDIT_MAC_TEXT_SIZE])
{
	struct buf	buf = BUF_INIT(AUDIT_ROW_MAX);
	unsigned char	mac[CRYPTO_MAC_SIZE];
	enum status	st;

	buf_printf(&buf, "umws audit seal\n%s\n%s\n%s\n%s\n%s\n%s\n",
	    seal->id, seal->us, seal->key_id, seal->row_count, seal->first_us,
	    seal->last_us);
	buf_printf(&buf, "%s\n%s\n%s\n%s\n%s\n%s\n", seal->cluster,
	    seal->xid_below, seal->xid_next, seal->refusals_below_us,
	    seal->rows_mac, seal->previous_mac);
	st = text_mac(key, &buf, mac);
	audit_mac_text(mac, text);
	return st;
}
