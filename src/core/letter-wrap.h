/*
 * letter-wrap.h - a letter's text as lines. Private to core/letter.
 */
#ifndef UMWS_LETTER_WRAP_H
#define UMWS_LETTER_WRAP_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Append UTF-8 text as lines of at most 72 columns, where words allow it, each
 * ended by LF. White space of any kind and length is where a line may end, and
 * else one blank. No line of plain text is one that could be taken for a PIN:
 * "- " stands before it. HTML is to have been escaped.
 */
void	letter_wrap(struct buf *out, const char *text, bool is_html);

#endif
