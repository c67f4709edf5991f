/*
 * idn.h - domains of other scripts as ASCII, whatever the locale. The only
 * user of libidn2.
 *
 * UTS #46, non-transitional, on top of IDNA2008 (RFC 5891): the sharp s and
 * the final sigma stay letters of their own. Text is UTF-8.
 */
#ifndef UMWS_IDN_H
#define UMWS_IDN_H

#include <stddef.h>

#include "base/status.h"

#define IDN_DOMAIN_SIZE		254	/* bytes of a domain, with the NUL */
#define IDN_ADDRESS_SIZE	512	/* bytes of an address, with the NUL */

/*
 * Write a domain as servers want it: labels of letters, digits, '-' and '_',
 * each of 1 to 63 bytes and none with '-' at an end. One that is ASCII stays
 * as it is; other labels become A-labels ("xn--...").
 *
 * Returns ST_OK; ST_BAD when there is no such form, or not in size bytes;
 * ST_RETRY without memory. *ascii is "" then.
 */
enum status	idn_domain(const char *utf8, char *ascii, size_t size)
		    MUSTCHECK;

/*
 * What is wrong with the labels of an ASCII domain, as a sentence about its
 * address that fits after "it "; NULL when each has 1 to 63 letters, digits,
 * '-' and whatever stands in others, and none a '-' at an end. Static.
 */
const char	*idn_labels_fault(const char *ascii, const char *others);

/*
 * Does each label of an ASCII domain that begins with "xn--" stand for one
 * of another script? ST_OK; ST_BAD when one does not; ST_RETRY without
 * memory.
 */
enum status	idn_check(const char *ascii) MUSTCHECK;

/*
 * The same as idn_domain() for what follows the last '@' of an address; what
 * comes before it is copied as it is. An address literal, "[192.0.2.1]", is
 * too.
 */
enum status	idn_address(const char *utf8, char *ascii, size_t size)
		    MUSTCHECK;

#endif
