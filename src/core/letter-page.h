/*
 * letter-page.h - what a letter looks like: the HTML around its sentences.
 * Private to core/letter.
 *
 * A mail is read by programs that know little of CSS. Everything is in tables
 * and inline styles, as Outlook on Windows wants it, whose engine is Word's;
 * what stands in <style> may be taken out, and the letter is as readable. No
 * image, no link of ours, nothing that is fetched. Colours come in pairs, text
 * and background, for light and for dark: each meets WCAG 2.1, AA.
 */
#ifndef UMWS_LETTER_PAGE_H
#define UMWS_LETTER_PAGE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/secret.h"
#include "core/brand.h"

/* A block of text; between its two ends stand sentences or other HTML. */
enum page_block {
	PAGE_PARAGRAPH,
	PAGE_NOTE,	/* what is to be read first */
	PAGE_FACTS,	/* holds nothing but the next */
	PAGE_FACT,
	PAGE_ADVICE,	/* the last word, set apart */
	PAGE_HOUSE	/* a text that is not ours */
};

struct page {
	const char	*tag;		/* "pt-BR" */
	const char	*fonts;		/* CSS: before ours, or NULL */
	const char	*title;		/* UTF-8 */
	const struct brand *brand;
	bool		 is_right_to_left;
};

/* From the first byte to where the first block begins, and from the last's
 * end. A house's name stands above the first, on its colour. */
void	page_begin(struct buf *out, const struct page *page);
void	page_end(struct buf *out);

void	page_open(struct buf *out, enum page_block block);
void	page_close(struct buf *out, enum page_block block);

/*
 * The PIN in <strong id=pin>, large, from left to right, its digits in groups
 * of two to four. What parts the groups is the space behind a digit, and no
 * character: a double click selects the PIN, and it is copied without blanks.
 */
void	page_pin(struct buf *out, const struct secret *pin,
	    bool is_right_to_left);

#endif
