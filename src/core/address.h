/*
 * address.h - check mail addresses. No other module does.
 *
 * A Mailbox of RFC 5321, section 4.1.2, less quoted strings and address
 * literals, with the letters of RFC 6531. One label is domain enough:
 * "user@localhost" is delivered where it is written.
 */
#ifndef UMWS_ADDRESS_H
#define UMWS_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define ADDRESS_MAX		254	/* bytes, RFC 5321 section 4.5.3.1 */
#define ADDRESS_REASON_SIZE	128	/* bytes of why it is none */

/*
 * Returns ST_OK; ST_BAD when text is no such address, with the reason, which
 * fits after "it "; ST_RETRY without memory.
 *
 * Before the '@' stand up to 64 bytes, atoms joined by single dots; behind
 * it labels of letters, digits and '-', of which other scripts' have an
 * A-label (core/idn), and the last is not all digits. In neither stands a
 * character that cannot be seen.
 */
enum status	address_check(const char *text,
		    char reason[ADDRESS_REASON_SIZE]) MUSTCHECK;

/*
 * Does the text of an address mean itself wherever it is written, in a field
 * of a mail and in a command of SMTP? For what somebody else has taken for an
 * address: a dot-atom before the only '@', and behind it a domain, or an
 * address literal (RFC 5321, section 4.1.3), of whatever form.
 */
bool		address_is_plain(const char *text);

/*
 * Could a mail come from this, the first len bytes of text? From an address
 * whose part before the '@' is ASCII, which every server takes; the domain
 * may be of any script, and becomes an A-label.
 */
bool		address_is_sender(const char *text, size_t len);

/*
 * The address in "Name <address>", or the whole of a bare one: *len bytes of
 * mailbox. False when no mail could come from it.
 */
bool		address_of_sender(const char *mailbox, const char **address,
		    size_t *len);

#endif
