/*
 * message.h - make the mail of a letter: header, parts, encodings. The only
 * user of GMime.
 *
 * Everything in the mail comes from the queued row and mail_from: no clock,
 * no randomness, no host name. Two compositions of one row are therefore
 * byte-identical, so that a second copy can be recognised as one.
 *
 * GMime makes the whole of it: addresses, header, parts, encodings. Its
 * memory cannot be wiped, so it never has the PIN. It is given letters with a
 * control character in the place of each digit; what it has made is copied
 * into a buffer of ours with the digits in their places.
 */
#ifndef UMWS_MESSAGE_H
#define UMWS_MESSAGE_H

#include "base/buf.h"
#include "base/secret.h"
#include "base/status.h"
#include "core/letter.h"

#define MESSAGE_MAX		65536	/* bytes of a mail */

struct message_options {
	const char	*from;	/* "Voice mail <umws@example.org>" */
};

/* Initialise GMime, once per process. */
void	message_init(void);

/*
 * Compose the mail into an empty *mail (BUF_INIT(MESSAGE_MAX)): header,
 * text/plain and text/html as core/letter writes them, CRLF, ASCII (but for
 * a recipient whose name before the '@' is not), quoted-printable, lines of
 * at most 76 bytes, in the header 78 unless a single word is longer.
 *
 * Returns ST_OK; ST_BAD when this letter cannot become a mail: a control
 * character (CR, LF) in a header field, text that is not UTF-8, an address
 * that is none or has a quoted local part, or too much text; ST_RETRY without
 * memory; ST_FAIL when options->from is not one address. Nothing is logged.
 * Where GLib itself finds no memory it ends the process.
 *
 * *mail holds the PIN: buf_free() it on every path.
 */
enum status	message_compose(const struct message_options *options,
		    const struct letter *letter, const struct secret *pin,
		    struct buf *mail) MUSTCHECK;

#endif
