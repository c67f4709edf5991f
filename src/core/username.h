/*
 * username.h - the one form in which a login is stored and looked up.
 *
 * PRECIS UsernameCaseMapped (RFC 8265, section 3.3, on RFC 8264), with these
 * decisions of ours. Each is about what no directory would tell apart, or
 * what no person could see:
 *
 *   - letters are folded (full case folding) and not only put in lower case:
 *     the sharp s is "ss" and the final sigma a sigma, as LDAP compares;
 *   - of characters that depend on their neighbours (CONTEXTJ, CONTEXTO)
 *     the Arabic digits are allowed, of one kind in a login; the joiners,
 *     the middle dots and the Hebrew and Greek punctuation are not;
 *   - the Bidi Rule holds for each part between blanks, '@' and '\', and no
 *     part begins with a combining mark: a domain may be Latin and its user
 *     Hebrew.
 *
 * So a login is a row of letters, digits, marks and visible ASCII; blanks
 * (U+0020 alone) stand inside only. Refused are control and invisible
 * characters, every other blank, symbols and punctuation outside ASCII,
 * what is not assigned or of private use, and what is no UTF-8.
 */
#ifndef UMWS_USERNAME_H
#define UMWS_USERNAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define USERNAME_STORED_MAX	256	/* bytes of a mailbox's login */
#define USERNAME_SIZE		512	/* bytes of one that asks, with NUL */
#define USERNAME_REASON_SIZE	128	/* bytes of why it is none */

/* A name, and which mailbox it means. */
struct username {
	char	login[USERNAME_SIZE];	/* the mailbox's, normal */
	char	other[USERNAME_SIZE];	/* what it would be with the domain, if
					 * that was dropped; without it, if it
					 * was not; "" when there is none */
	bool	is_stripped;		/* a domain was dropped */
};

/*
 * Write the normal form of a login to name. The form of a form is the form.
 *
 * Returns ST_OK; ST_BAD when text can be no login, and *reason says why,
 * after "it "; ST_RETRY without memory. *name is "" then.
 */
enum status	username_normalize(const char *text, char *name, size_t size,
		    char reason[USERNAME_REASON_SIZE]) MUSTCHECK;

/*
 * Whom does this name mean? In its normal form a domain is dropped, once:
 * that of DOMAIN\user if the list has it, else that of user@domain.
 *
 * What is left of it has something on each side of a '@' or '\'.
 *
 * domains  "EXAMPLE,example.org", in whatever form
 *
 * Returns ST_OK; ST_DENIED when there is no name in it, or more than
 * USERNAME_SIZE bytes of one; ST_BAD and ST_RETRY as above. *reason is set
 * with ST_DENIED and ST_BAD, and username->login is "" then.
 */
enum status	username_resolve(const char *text, const char *domains,
		    struct username *username,
		    char reason[USERNAME_REASON_SIZE]) MUSTCHECK;

#endif
