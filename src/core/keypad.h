/*
 * keypad.h - the keys of a telephone: where they stand, and their letters.
 *
 * Source: ITU-T E.161: rows 123, 456, 789 and 0 below the 8; letters abc on
 * 2 to wxyz on 9.
 */
#ifndef UMWS_KEYPAD_H
#define UMWS_KEYPAD_H

#include <stdbool.h>

/* Are these three digits neighbours in a straight line, however it runs? */
bool	keypad_is_line(const char *digits);

/* Are these four digits the corners, in a circle from any, either way? */
bool	keypad_is_circle(const char *digits);

/* The digit of a letter, a to z. */
char	keypad_digit(char letter);

#endif
