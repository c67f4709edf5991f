/*
 * clock.h - monotonic time for deadlines; core never sees a clock.
 */
#ifndef UMWS_CLOCK_H
#define UMWS_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t	clock_ms(void);

/* Microseconds of CLOCK_MONOTONIC. */
int64_t	clock_us(void);

/* Sleep so long, or until a signal comes. */
void	clock_sleep_ms(unsigned int ms);

#endif
