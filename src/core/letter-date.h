/*
 * letter-date.h - a moment as a reader of the language and region writes it.
 * Private to core/letter.
 *
 * Knows no time zones: how far the reader's clock is from UTC, and what that
 * is called, comes with the moment.
 */
#ifndef UMWS_LETTER_DATE_H
#define UMWS_LETTER_DATE_H

#include <stdint.h>

#include "base/buf.h"
#include "core/letter.h"
#include "core/letter-language.h"

/*
 * Append the moment (seconds since 1970, UTC) by the reader's clock. The zone
 * is called as the language calls it; where it has no word for that, by its
 * distance: "UTC+5:30".
 *
 * region  how dates differ in the reader's region, or NULL
 */
void	letter_date(struct buf *buf, const struct letter_language *language,
	    const struct letter_region *region, int64_t when,
	    const struct letter_clock *clock);

#endif
