/*
 * clock.c - read the monotonic clock, in milliseconds and in microseconds.
 */
#include "config.h"

#include "edge/clock.h"

#include <time.h>

int64_t
clock_us(void)
{
	struct timespec	now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000;
}

void
clock_sleep_ms(unsigned int ms)
{
	const struct timespec	pause = { (time_t)(ms / 1000),
				    (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&pause, NULL);
}
