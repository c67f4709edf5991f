/*
 * keypad.c - places of keys as rows and columns.
 */
#include "config.h"

#include "core/keypad.h"

#include <assert.h>

/* Where the keys stand: rows of three, and 0 below 8. */
static const int	key_row[10] = { 3, 0, 0, 0, 1, 1, 1, 2, 2, 2 };
static const int	key_column[10] = { 1, 0, 1, 2, 0, 1, 2, 0, 1, 2 };

/* The corners' places on the way around the pad; -1 for the other keys. */
static const int	key_corner[10] = { -1, 0, -1, 1, -1, -1, -1, 3, -1, 2 };

bool
keypad_is_line(const char *digits)
{
	int	a = digits[0] - '0', b = digits[1] - '0', c = digits[2] - '0';
	int	down = key_row[b] - key_row[a];
	int	right = key_column[b] - key_column[a];

	return (down != 0 || right != 0) && down >= -1 && down <= 1 &&
	    right >= -1 && right <= 1 && key_row[c] - key_row[b] == down &&
	    key_column[c] - key_column[b] == right;
}

bool
keypad_is_circle(const char *digits)
{
	int	place[4], i, step;

	for (i = 0; i < 4; i++) {
		place[i] = key_corner[digits[i] - '0'];
		if (place[i] < 0)
			return false;
	}
	step = (place[1] - place[0] + 4) % 4;
	return step % 2 == 1 && (place[2] - place[1] + 4) % 4 == step &&
	    (place[3] - place[2] + 4) % 4 == step;
}

char
keypad_digit(char letter)
{
	static const char	digits[] = "22233344455566677778889999";

	assert(letter >= 'a' && letter <= 'z');
	return digits[letter - 'a'];
}
