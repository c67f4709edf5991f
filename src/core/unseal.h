/*
 * unseal.h - open what seal.h sealed. Linked into the mailer only.
 */
#ifndef UMWS_UNSEAL_H
#define UMWS_UNSEAL_H

#include "base/secret.h"
#include "base/status.h"
#include "core/keyring.h"
#include "core/seal.h"

/*
 * Open blob with the secret key it names and compare every field of the
 * plaintext with row before believing the PIN.
 *
 * secret_keys  the mailer's keys
 * pin          empty unless ST_OK; the caller must WIPE() it on every path
 *
 * Returns ST_OK; ST_RETRY when no held key has the blob's key id (logged
 * only if a key bears that id wrongly); ST_BAD (logged) when the blob is
 * damaged, or belongs to another row.
 */
enum status	unseal_pin(const struct keyring *secret_keys,
		    const struct seal_row *row, const struct sealed *blob,
		    struct secret *pin) MUSTCHECK;

#endif
