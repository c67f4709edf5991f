/*
 * brand.c - take a house's name, and choose the colours that go with its own.
 *
 * A colour is written from the number that was read, never from the text.
 */
#include "config.h"

#include "core/brand.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "core/character.h"
#include "core/unicode.h"

#define ZWNJ		0x200c
#define ZWJ		0x200d
#define REPLACEMENT	0xfffd
#define BLACK		0x000000
#define WHITE		0xffffff
#define LIGHT		0xeef2f9	/* the darkest behind a line, */
#define DARK		0x282d37	/* and the lightest in a dark scheme */
#define LINE_CONTRAST	3.0		/* WCAG 2.1, 1.4.11 */
#define STEPS		32		/* from a colour to black or white */

bool
brand_is_color(const char *text)
{
	return text[0] == '#' && strlen(text) == BRAND_COLOR_SIZE - 1 &&
	    strspn(text + 1, "0123456789abcdefABCDEF") ==
	    BRAND_COLOR_SIZE - 2;
}

const char *
brand_name_fault(const char *name)
{
	const char	*at, *reason;
	uint32_t	 c;
	size_t		 len;

	for (at = name; *at != '\0'; at += len) {
		len = utf8_decode(at, &c);
		if (c == UTF8_NONE)
			return "not UTF-8";
		/* The two joiners are a matter of spelling. */
		reason = c == ' ' || c == ZWNJ || c == ZWJ ? NULL :
		    unicode_invisible(c);
		if (reason != NULL)
			return reason;
		if (c == ' ' && (at == name || at[1] == '\0'))
			return "a blank at an end";
	}
	return NULL;
}

static unsigned int
channel(uint32_t color, unsigned int i)
{
	return color >> (8 * i) & 0xff;
}

/* WCAG 2.1, relative luminance. */
static double
luminance(uint32_t color)
{
	static const double	weights[] = { 0.0722, 0.7152, 0.2126 };
	double			sum = 0, part;
	unsigned int		i;

	for (i = 0; i < 3; i++) {
		part = channel(color, i) / 255.0;
		sum += weights[i] * (part <= 0.04045 ? part / 12.92 :
		    pow((part + 0.055) / 1.055, 2.4));
	}
	return sum;
}

static double
contrast(uint32_t one, uint32_t other)
{
	double	a = luminance(one) + 0.05, b = luminance(other) + 0.05;

	return a > b ? a / b : b / a;
}

static uint32_t
number_of(const char *text)
{
	assert(brand_is_color(text));
	return (uint32_t)strtoul(text + 1, NULL, 16);
}

double
brand_contrast(const char *one, const char *other)
{
	return contrast(number_of(one), number_of(other));
}

static void
write_color(uint32_t color, char text[BRAND_COLOR_SIZE])
{
	(void)snprintf(text, BRAND_COLOR_SIZE, "#%06x", color & 0xffffff);
}

/* A colour on its way to another, which it is after the last step. */
static uint32_t
mixed(uint32_t from, uint32_t to, unsigned int step)
{
	uint32_t	color = 0;
	unsigned int	i, part;

	for (i = 0; i < 3; i++) {
		part = (channel(from, i) * (STEPS - step) +
		    channel(to, i) * step) / STEPS;
		color |= part << (8 * i);
	}
	return color;
}

/* The nearest to a colour that is seen on what is behind it. */
static uint32_t
seen_on(uint32_t color, uint32_t back, uint32_t towards)
{
	unsigned int	step = 0;

	while (step < STEPS &&
	    contrast(mixed(color, towards, step), back) < LINE_CONTRAST)
		step++;
	return mixed(color, towards, step);
}

static void
take_name(struct brand *brand, const char *name)
{
	size_t		size = 0, len;
	uint32_t	c;

	for (; *name != '\0'; name += len) {
		len = utf8_decode(name, &c);
		if (c == UTF8_NONE || character_misleads(c))
			c = REPLACEMENT;
		if (character_is_control(c))
			c = ' ';
		if (size + UTF8_MAX >= sizeof(brand->name))
			break;
		size += utf8_encode(c, brand->name + size);
	}
}

void
brand_init(struct brand *brand, const char *color, const char *name)
{
	uint32_t	number;

	memset(brand, 0, sizeof(*brand));
	take_name(brand, name);
	brand->has_color = brand_is_color(color);
	number = number_of(brand->has_color ? color : BRAND_COLOR);
	write_color(number, brand->color);
	write_color(contrast(number, WHITE) >= contrast(number, BLACK) ?
	    WHITE : BLACK, brand->text);
	write_color(seen_on(number, LIGHT, BLACK), brand->line);
	write_color(seen_on(number, DARK, WHITE), brand->dark_line);
}
