/*
 * letter-page.c - a letter's HTML: one table, as wide as the window up to 560
 * pixels.
 *
 * A class only ever changes what its style says. The comments are for Word,
 * which knows no max-width, and whose tables do not inherit a font.
 */
#include "config.h"

#include "core/letter-page.h"

#include <string.h>

#include "core/markup.h"

#define FONTS	"'Segoe UI',-apple-system,Roboto,'Helvetica Neue',Arial," \
	"sans-serif"
#define TABLE	"<table role=\"presentation\" width=\"100%\" border=\"0\" " \
	"cellspacing=\"0\" cellpadding=\"0\""
#define GROUP_MAX	4	/* digits that an eye takes in at once */

static const char	head[] =
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n"
    /* Digits are not to become a link that calls them. */
    "<meta name=\"format-detection\" "
    "content=\"telephone=no,date=no,address=no,email=no\">\n";

/* No line begins with a dot: there are relays that lose it. */
static const char	style[] =
    "<style>\n"
    ":root{color-scheme:light dark}\n"
    "a{color:#1a56b0}\n"
    "@media (max-width:480px){\n"
    "td.u-page{padding:0!important}\n"
    "td.u-card{padding:24px 20px!important;border-width:4px 0 0!important}\n"
    "}\n"
    "@media (prefers-color-scheme:dark){\n"
    "body,td.u-back{background:#14161a!important}\n"
    "td.u-card{background:#1d2026!important;color:#e4e7eb!important;"
    "border-color:#5b83d6 #31363f #31363f!important}\n"
    "td.u-pin{background:#282d37!important;color:#ffffff!important}\n"
    "td.u-note{background:#3a2f17!important;color:#f8dfa8!important}\n"
    "td.u-advice{color:#b4bbc6!important;border-color:#31363f!important}\n"
    "td.u-line{border-color:#31363f!important}\n"
    "a{color:#9dbff5!important}\n"
    "}\n"
    "</style>\n";

/* Both ends of each block. */
static const struct {
	const char	*open, *close;
} blocks[] = {
	[PAGE_PARAGRAPH] = {
		"<p style=\"margin:0 0 16px\">\n",
		"</p>\n"
	},
	[PAGE_NOTE] = {
		"<div style=\"margin:0 0 16px\">" TABLE "><tr>\n"
		"<td class=\"u-note\" style=\"padding:12px 16px;"
		"background:#fcf0d4;color:#573c00;border-radius:6px\">\n",
		"</td></tr></table></div>\n"
	},
	[PAGE_FACTS] = {
		"<div style=\"margin:0 0 24px\">" TABLE ">\n",
		"</table></div>\n"
	},
	[PAGE_FACT] = {
		"<tr><td class=\"u-line\" style=\"padding:10px 0;"
		"border-bottom:1px solid #dfe3e8\">\n",
		"</td></tr>\n"
	},
	[PAGE_ADVICE] = {
		"<div style=\"margin:24px 0 0\">" TABLE "><tr>\n"
		"<td class=\"u-advice\" style=\"padding:16px 0 0;"
		"border-top:1px solid #dfe3e8;color:#525b67;"
		"font-size:14px\">\n",
		"</td></tr></table></div>\n"
	},
	[PAGE_HOUSE] = {
		"<div style=\"margin:16px 0 0\">" TABLE "><tr>\n"
		"<td class=\"u-line\" style=\"padding:16px 0 0;"
		"border-top:1px solid #dfe3e8\">\n",
		"</td></tr></table></div>\n"
	},
};

/*
 * What a house's colour changes, and its name. Of the frame of the PIN alone
 * nothing is left where <style> is taken out.
 */
static void
put_brand_style(struct buf *out, const struct brand *brand)
{
	buf_puts(out, "<style>\n@media (max-width:480px){"
	    "td.u-bar{padding:12px 20px!important}}\n");
	if (brand->has_color)
		buf_printf(out, "td.u-pin{border:2px solid %s}\n"
		    "@media (prefers-color-scheme:dark){"
		    "td.u-pin{border-color:%s}"
		    "td.u-card{border-color:%s #31363f #31363f!important}}\n",
		    brand->line, brand->dark_line, brand->dark_line);
	buf_puts(out, "</style>\n");
}

/* The bar has one pair of colours in both schemes. */
static void
put_bar(struct buf *out, const struct page *page, const char *fonts,
    const char *side)
{
	const struct brand	*brand = page->brand;

	if (*brand->name == '\0')
		return;
	buf_printf(out, "<tr>\n"
	    "<td class=\"u-bar\" align=\"%s\" dir=\"auto\" "
	    "style=\"padding:12px 32px;background:%s;color:%s;"
	    "font-family:%s" FONTS ";font-size:18px;line-height:1.4;"
	    "word-break:break-word;overflow-wrap:anywhere\"><b>", side,
	    brand->color, brand->text, fonts);
	markup_escape(out, brand->name, strlen(brand->name));
	buf_puts(out, "</b></td></tr>\n");
}

void
page_begin(struct buf *out, const struct page *page)
{
	const char	*fonts = page->fonts == NULL ? "" : page->fonts;
	const char	*dir = page->is_right_to_left ? " dir=\"rtl\"" : "";
	const char	*side = page->is_right_to_left ? "right" : "left";

	buf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\"%s>\n<head>\n%s"
	    "<title>", page->tag, dir, head);
	markup_escape(out, page->title, strlen(page->title));
	buf_printf(out, "</title>\n%s", style);
	put_brand_style(out, page->brand);
	buf_printf(out, "<!--[if mso]><style>"
	    "p,div,td{font-family:%s" FONTS "}</style><![endif]-->\n"
	    "</head>\n<body "
	    "style=\"margin:0;padding:0;background:#f1f3f6\">\n", fonts);
	/* Again: a reader on the web takes html and body away. */
	buf_printf(out, "%s lang=\"%s\"%s><tr>\n<td class=\"u-back u-page\" "
	    "align=\"center\" style=\"padding:32px 16px;"
	    "background:#f1f3f6\">\n"
	    "<!--[if mso]><table role=\"presentation\" width=\"560\"><tr><td>"
	    "<![endif]-->\n", TABLE, page->tag, dir);
	buf_printf(out, "%s style=\"max-width:560px;table-layout:fixed\">",
	    TABLE);
	put_bar(out, page, fonts, side);
	buf_printf(out, "<tr>\n<td class=\"u-card\" align=\"%s\" "
	    "style=\"padding:32px;"
	    "background:#ffffff;color:#1c2128;border:1px solid #dfe3e8;"
	    "border-top:4px solid %s;font-family:%s" FONTS ";"
	    "font-size:16px;line-height:1.5;word-break:break-word;"
	    "overflow-wrap:anywhere\">\n", side, page->brand->line, fonts);
}

void
page_end(struct buf *out)
{
	buf_puts(out, "</td></tr></table>\n"
	    "<!--[if mso]></td></tr></table><![endif]-->\n"
	    "</td></tr></table>\n</body>\n</html>\n");
}

void
page_open(struct buf *out, enum page_block block)
{
	buf_puts(out, blocks[block].open);
}

void
page_close(struct buf *out, enum page_block block)
{
	buf_puts(out, blocks[block].close);
}

/*
 * As even as can be, the longer ones first. Word knows no margin within a
 * line, but the space behind a letter; a long PIN may be wrapped there.
 */
static void
put_groups(struct buf *out, const struct secret *pin, unsigned int gap)
{
	size_t	groups = (pin->len + GROUP_MAX - 1) / GROUP_MAX;
	size_t	at = 0, size;

	for (; groups > 0; groups--, at += size) {
		size = (pin->len - at + groups - 1) / groups;
		buf_append(out, pin->digits + at, size - 1);
		buf_printf(out, "<span style=\"letter-spacing:%upx\">", gap);
		buf_append(out, pin->digits + at + size - 1, 1);
		buf_puts(out, groups > 1 ? "</span><wbr>" : "</span>");
	}
}

void
page_pin(struct buf *out, const struct secret *pin, bool is_right_to_left)
{
	/* Pixels; up to twelve digits stand in one line of a telephone's. */
	unsigned int	size = pin->len <= 8 ? 36 : pin->len <= 12 ? 26 : 24;
	unsigned int	gap = size / 2;

	/* As much on the left as the last digit has behind it. */
	buf_printf(out, "<div style=\"margin:0 0 16px\">%s><tr>\n"
	    "<td class=\"u-pin\" align=\"center\" "
	    "style=\"padding:20px 8px 20px %upx;"
	    "background:#eef2f9;color:#101828;border-radius:6px;"
	    "font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace;"
	    "font-size:%upx;line-height:1.3;letter-spacing:2px;"
	    "word-break:normal;overflow-wrap:normal\"%s><strong id=pin>"
	    /* Else a click right of the last digit's middle may miss. */
	    "<span style=\"-webkit-user-select:all;user-select:all\">", TABLE,
	    8 + gap, size, is_right_to_left ? " dir=\"ltr\"" : "");
	put_groups(out, pin, gap);
	buf_puts(out, "</span></strong></td></tr></table></div>\n");
}
