/*
 * vocabulary.h - which words of a mail server's reply may be written down.
 *
 * A server may quote whatever it was ever told, in any encoding. So there is
 * a list of what may be kept, and none of what may not: ordinary words about
 * mail. Number words, people's names and the names of shared mailboxes are
 * not among them, nor are digits (but in SMTPUTF8 and its like), addresses of
 * hosts and URLs. The same goes for codes, in whose digits a PIN has room.
 */
#ifndef UMWS_VOCABULARY_H
#define UMWS_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>

#define VOCABULARY_ADDRESS	"<...>"	/* for a mail address, by callers */
#define VOCABULARY_OTHER	"..."	/* for words that are not known */

/*
 * Copy the known words. Brackets and quotes around a word are dropped, one
 * mark of ",.:;!?" right behind it is kept; "fully-qualified" and "SPF/DKIM"
 * are known when all of their parts are, as is "STOREDRV.Deliver". What else
 * stands between blanks is replaced by VOCABULARY_OTHER, one for all that
 * follow each other; VOCABULARY_ADDRESS stays.
 *
 * words  printable ASCII, parted by blanks
 * code   a word to keep as well: the reply's enhanced code, or ""
 * out    size bytes, with the NUL; what does not fit is cut off
 */
void	vocabulary_keep(const char *words, const char *code, char *out,
	    size_t size);

/* Is this a reply code that an RFC defines, or that servers are known for? */
bool	vocabulary_has_code(int code);

/*
 * Is X.subject.detail registered (IANA, "SMTP Enhanced Status Codes"), or one
 * that Exchange Online documents? Negative ones are not.
 */
bool	vocabulary_has_enhanced(int subject, int detail);

#endif
