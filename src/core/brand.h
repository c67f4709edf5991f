/*
 * brand.h - the house that a mail comes from: its name and its colour, and
 * which colours go with it.
 *
 * No image and nothing that is fetched: a name and one colour are all there
 * is. Pure; knows no policy and no letter.
 *
 * Contrast is that of WCAG 2.1 (relative luminance), 1 to 21. Text on the
 * colour is black or white, whichever has more: 4.58 at least, where AA wants
 * 4.5. It is the same in a dark scheme, since the colour is behind it in both.
 */
#ifndef UMWS_BRAND_H
#define UMWS_BRAND_H

#include <stdbool.h>

#define BRAND_COLOR_SIZE	8	/* bytes of "#rrggbb" with the NUL */
#define BRAND_COLOR		"#2f5fb3"	/* of who has none */
#define BRAND_NAME_MAX		64	/* characters */
#define BRAND_NAME_SIZE		(4 * BRAND_NAME_MAX + 1)	/* bytes */

struct brand {
	char		 name[BRAND_NAME_SIZE]; /* "" for none */
	bool		 has_color;	/* else it is BRAND_COLOR */
	char		 color[BRAND_COLOR_SIZE]; /* behind the name */
	char		 text[BRAND_COLOR_SIZE];  /* on it */
	/* Lines of that colour, made darker or lighter where need be: 3 at
	 * least against what a mail has behind them in its two schemes. */
	char		 line[BRAND_COLOR_SIZE];
	char		 dark_line[BRAND_COLOR_SIZE];
};

/* Is it a colour: "#" and six hex digits? */
bool		 brand_is_color(const char *text);

/*
 * Why a name cannot be shown in one line, as it is read: static words, or NULL.
 * It may be empty. How long it is is not looked at.
 */
const char	*brand_name_fault(const char *name);

/*
 * Take a colour and a name, whoever has stored them, and not escaped: what is
 * no colour is none; in the name a control character is a blank, and U+FFFD
 * stands for one that misleads or is none; what is too long is cut.
 */
void		 brand_init(struct brand *brand, const char *color,
		    const char *name);

/* The contrast of two colours. */
double		 brand_contrast(const char *one, const char *other);

#endif
