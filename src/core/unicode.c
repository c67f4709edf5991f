/*
 * unicode.c - ask libunistring for the width, visibility, direction and folded
 * form of text. Buffers are ours: the library allocates only for very long
 * rows of combining marks.
 */
#include "config.h"

#include "core/unicode.h"

#include <errno.h>
#include <stdlib.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>
#include <unilbrk.h>
#include <uniwidth.h>

#include "base/utf8.h"

size_t
unicode_width(const char *utf8)
{
	/* The encoding says how wide a character is that may be either. */
	return (size_t)u8_strwidth((const uint8_t *)utf8, "UTF-8");
}

size_t
unicode_columns(uint32_t c)
{
	int	columns = c == UTF8_NONE ? 1 : uc_width(c, "UTF-8");

	return columns < 0 ? 0 : (size_t)columns;
}

bool
unicode_breaks(uint32_t before, uint32_t after)
{
	char	text[2 * UTF8_MAX], breaks[2 * UTF8_MAX];
	size_t	len, second;

	if (unicode_columns(before) < 2 || unicode_columns(after) < 2)
		return false;
	second = utf8_encode(before, text);
	len = second + utf8_encode(after, text + second);
	u8_possible_linebreaks((const uint8_t *)text, len, "UTF-8", breaks);
	return breaks[second] == UC_BREAK_POSSIBLE;
}

static bool
is_of(uint32_t c, uint32_t categories)
{
	return uc_is_general_category_withtable(c, categories);
}

const char *
unicode_invisible(uint32_t c)
{
	if (is_of(c, UC_CATEGORY_MASK_Cc))
		return "a control character";
	if (uc_is_property_not_a_character(c))
		return "no character";
	if (is_of(c, UC_CATEGORY_MASK_Cf) ||
	    uc_is_property_default_ignorable_code_point(c))
		return "an invisible character";
	if (is_of(c, UC_CATEGORY_MASK_Zs | UC_CATEGORY_MASK_Zl |
	    UC_CATEGORY_MASK_Zp))
		return "a blank";
	if (is_of(c, UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cs))
		return "a character of private use";
	if (is_of(c, UC_CATEGORY_MASK_Cn))
		return "not assigned";
	return NULL;
}

/* RFC 8264, section 9.9. */
static bool
is_old_hangul(uint32_t c)
{
	return (c >= 0x1100 && c <= 0x11ff) || (c >= 0xa960 && c <= 0xa97c) ||
	    (c >= 0xd7b0 && c <= 0xd7c6) || (c >= 0xd7cb && c <= 0xd7fb);
}

/* RFC 8264, section 9.17: does NFKC change the character? */
static bool
has_compatibility(uint32_t c)
{
	uint32_t	 buf[32], *made;
	size_t		 count = sizeof(buf) / sizeof(buf[0]);
	bool		 is_same;

	made = u32_normalize(UNINORM_NFKC, &c, 1, buf, &count);
	is_same = made != NULL && count == 1 && made[0] == c;
	if (made != buf)
		free(made);
	return !is_same;
}

/* The exceptions are those of RFC 8264, section 9.6, and CONTEXTO. */
const char *
unicode_no_identifier(uint32_t c)
{
	static const uint32_t	allowed[] = { 0xdf, 0x3c2, 0x6fd, 0x6fe,
				    0xf0b, 0x3007 };
	static const uint32_t	refused[] = { 0xb7, 0x375, 0x5f3, 0x5f4,
				    0x30fb, 0x640, 0x7fa, 0x302e, 0x302f,
				    0x3031, 0x3032, 0x3033, 0x3034, 0x3035,
				    0x303b };
	const char		*invisible;
	size_t			 i;

	if (c > 0x20 && c < 0x7f)
		return NULL;
	for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (allowed[i] == c)
			return NULL;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (refused[i] == c)
			return "not for names";
	invisible = unicode_invisible(c);
	if (invisible != NULL)
		return invisible;
	if (is_old_hangul(c))
		return "an old Hangul letter";
	if (has_compatibility(c))
		return "another form of a character";
	if (is_of(c, UC_CATEGORY_MASK_Ll | UC_CATEGORY_MASK_Lu |
	    UC_CATEGORY_MASK_Lo | UC_CATEGORY_MASK_Lm | UC_CATEGORY_MASK_Nd |
	    UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Mc))
		return NULL;
	return "no letter, digit or mark";
}

bool
unicode_is_mark(uint32_t c)
{
	return is_of(c, UC_CATEGORY_MASK_M);
}

static uint32_t
bidi_bit(uint32_t c)
{
	return UINT32_C(1) << uc_bidi_class(c);
}

#define BIDI(name)	(UINT32_C(1) << UC_BIDI_##name)
#define BIDI_RIGHT	(BIDI(R) | BIDI(AL))
#define BIDI_WEAK	(BIDI(EN) | BIDI(ES) | BIDI(CS) | BIDI(ET) | \
			    BIDI(ON) | BIDI(BN) | BIDI(NSM))

bool
unicode_keeps_bidi_rule(const uint32_t *text, size_t count)
{
	uint32_t	seen = 0, last = 0, bit;
	size_t		i;

	for (i = 0; i < count; i++) {
		bit = bidi_bit(text[i]);
		seen |= bit;
		if (bit != BIDI(NSM))
			last = bit;
	}
	if ((seen & (BIDI_RIGHT | BIDI(AN))) == 0)
		return true;
	/* One that begins otherwise may hold none of these. */
	return (bidi_bit(text[0]) & BIDI_RIGHT) != 0 &&
	    (seen & ~(BIDI_RIGHT | BIDI(AN) | BIDI_WEAK)) == 0 &&
	    (last & (BIDI_RIGHT | BIDI(AN) | BIDI(EN))) != 0 &&
	    ((seen & BIDI(AN)) == 0 || (seen & BIDI(EN)) == 0);
}

/* Characters of a text in the making. */
struct text {
	uint32_t	c[UNICODE_TEXT_MAX];
	size_t		count;
};

/* What the library made, if it is what it was given room for. */
static enum status
text_take(struct text *to, uint32_t *made, size_t count)
{
	to->count = count;
	if (made == to->c)
		return ST_OK;
	if (made == NULL)
		return errno == ENOMEM ? ST_RETRY : ST_BAD;
	free(made);
	return ST_BAD;
}

static enum status
text_normalize(const struct text *from, uninorm_t form, struct text *to)
{
	size_t		 count = UNICODE_TEXT_MAX;
	uint32_t	*made;

	made = u32_normalize(form, from->c, from->count, to->c, &count);
	return text_take(to, made, count);
}

static enum status
text_fold(const struct text *from, struct text *to)
{
	size_t		 count = UNICODE_TEXT_MAX;
	uint32_t	*made;

	made = u32_casefold(from->c, from->count, "", NULL, to->c, &count);
	return text_take(to, made, count);
}

/* Decode, with fullwidth and halfwidth characters as others have them. */
static enum status
text_read(struct text *text, const char *utf8)
{
	ucs4_t		decomposed[UC_DECOMPOSITION_MAX_LENGTH];
	uint32_t	c;
	size_t		len;
	int		tag, k, n;

	for (text->count = 0; *utf8 != '\0'; utf8 += len) {
		len = utf8_decode(utf8, &c);
		if (c == UTF8_NONE)
			return ST_BAD;
		n = uc_decomposition(c, &tag, decomposed);
		if (n < 0 || (tag != UC_DECOMP_WIDE &&
		    tag != UC_DECOMP_NARROW)) {
			decomposed[0] = c;
			n = 1;
		}
		if (text->count + (size_t)n > UNICODE_TEXT_MAX)
			return ST_BAD;
		for (k = 0; k < n; k++)
			text->c[text->count++] = decomposed[k];
	}
	return ST_OK;
}

enum status
unicode_fold(const char *utf8, char *folded, size_t size)
{
	struct text	 one, two;
	size_t		 len = size - 1;
	uint8_t		*made;
	enum status	 st;

	folded[0] = '\0';
	st = text_read(&one, utf8);
	if (st != ST_OK || one.count == 0)
		return st;
	st = text_normalize(&one, UNINORM_NFD, &two);
	if (st == ST_OK)
		st = text_fold(&two, &one);
	if (st == ST_OK)
		st = text_normalize(&one, UNINORM_NFC, &two);
	if (st != ST_OK)
		return st;
	made = u32_to_u8(two.c, two.count, (uint8_t *)folded, &len);
	if (made == (uint8_t *)folded) {
		folded[len] = '\0';
		return ST_OK;
	}
	folded[0] = '\0';
	if (made == NULL)
		return errno == ENOMEM ? ST_RETRY : ST_BAD;
	free(made);
	return ST_BAD;
}

/* The first character of a character's full decomposition. */
static uint32_t
base_of(uint32_t c)
{
	ucs4_t	decomposed[UC_DECOMPOSITION_MAX_LENGTH];

	while (uc_canonical_decomposition(c, decomposed) > 0)
		c = decomposed[0];
	return c;
}

void
unicode_letters(uint32_t c, char letters[UNICODE_LETTERS_SIZE])
{
	uint32_t	 folded[UNICODE_LETTERS_SIZE], *made;
	ucs4_t		 decomposed[UC_DECOMPOSITION_MAX_LENGTH];
	size_t		 count = UNICODE_LETTERS_SIZE - 1, i, len = 0;
	int		 tag;

	letters[0] = '\0';
	if (uc_decomposition(c, &tag, decomposed) == 1 &&
	    (tag == UC_DECOMP_WIDE || tag == UC_DECOMP_NARROW))
		c = decomposed[0];
	made = u32_casefold(&c, 1, "", NULL, folded, &count);
	if (made != folded) {
		free(made);
		return;
	}
	for (i = 0; i < count; i++) {
		c = base_of(folded[i]);
		if (c >= 'a' && c <= 'z')
			letters[len++] = (char)c;
	}
	letters[len] = '\0';
}
