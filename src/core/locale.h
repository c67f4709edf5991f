/*
 * locale.h - check and write a language tag such as "de-AT".
 *
 * BCP 47 (RFC 5646, section 2.1): a language of ISO 639-1, or of those of ISO
 * 639-2 and 639-3 that mail programs offer, and then subtags in the order and
 * form of the RFC: none twice of variants and extensions, something behind an
 * 'x'. A region is one of the registry, and none of its private ones. Of
 * scripts, variants and extended languages the form alone is looked at.
 * Which of these a mail is written in, letters/ says.
 */
#ifndef UMWS_LOCALE_H
#define UMWS_LOCALE_H

#include <stdbool.h>

#define LOCALE_TAG_SIZE	36	/* bytes of a known tag, with the NUL */

bool	locale_is_known(const char *tag);

/*
 * Write a known tag in the usual letters, RFC 5646, section 2.1.1: "de-AT",
 * "zh-Hant-TW".
 */
void	locale_format(const char *tag, char form[LOCALE_TAG_SIZE]);

#endif
