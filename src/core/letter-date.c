/*
 * letter-date.c - write a moment by the reader's clock, in the reader's words.
 */
#include "config.h"

#include "core/letter-date.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/letter-fill.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define NUMBER_SIZE	sizeof("-2147483648")
#define DISTANCE_SIZE	sizeof("UTC+00:00")
#define MINUTE		60
#define HOUR		3600
#define DAY		(24 * HOUR)

/* What the zone is called in the list, or NULL. */
static const char *
zone_in(const struct letter_zone *zones, const char *zone)
{
	for (; zones != NULL && zones->name != NULL; zones++)
		if (strcmp(zones->name, zone) == 0)
			return zones->shown;
	return NULL;
}

/* Is it a word, "CEST", and not "+03", as most zones have it? */
static bool
is_word(const char *zone)
{
	size_t	len = 0;

	while (isalpha((unsigned char)zone[len]))
		len++;
	return len > 0 && zone[len] == '\0';
}

/* "UTC", "UTC-3" or "UTC+5:30" */
static void
print_distance(int64_t offset_s, char text[DISTANCE_SIZE])
{
	unsigned int	distance = (unsigned int)(llabs(offset_s) % DAY);
	unsigned int	minutes = distance % HOUR / MINUTE;
	char		sign = offset_s < 0 ? '-' : '+';

	if (distance / MINUTE == 0)
		(void)snprintf(text, DISTANCE_SIZE, "UTC");
	else if (minutes == 0)
		(void)snprintf(text, DISTANCE_SIZE, "UTC%c%u", sign,
		    distance / HOUR);
	else
		(void)snprintf(text, DISTANCE_SIZE, "UTC%c%u:%02u", sign,
		    distance / HOUR, minutes);
}

static const char *
zone_shown(const struct letter_language *language,
    const struct letter_region *region, const struct letter_clock *clock,
    char distance[DISTANCE_SIZE])
{
	const char	*zone = clock->zone != NULL ? clock->zone : "";
	const char	*shown = NULL;

	if (region != NULL)
		shown = zone_in(region->zones, zone);
	if (shown == NULL)
		shown = zone_in(language->zones, zone);
	if (shown == NULL && language->has_zone_words && is_word(zone))
		shown = zone;
	if (shown != NULL)
		return shown;
	print_distance(clock->offset_s, distance);
	return distance;
}

void
letter_date(struct buf *buf, const struct letter_language *language,
    const struct letter_region *region, int64_t when,
    const struct letter_clock *clock)
{
	static const struct letter_region	none = { .regions = "" };
	const struct letter_region		*own = region != NULL ?
						    region : &none;
	const char *const	*months = own->months != NULL ? own->months :
				    language->months;
	const char *const	*halves = own->halves[0] != NULL ?
				    own->halves : language->halves;
	const char		*sentence = own->date != NULL ? own->date :
				    language->sentences[SENTENCE_DATE];
	time_t		seconds = (time_t)(when + clock->offset_s);
	struct tm	tm = { 0 };
	char		day[NUMBER_SIZE], year[NUMBER_SIZE];
	char		hour[NUMBER_SIZE], minute[NUMBER_SIZE];
	char		time[2 * NUMBER_SIZE], time12[2 * NUMBER_SIZE];
	char		distance[DISTANCE_SIZE];

	/* A moment that no calendar has stays the epoch: a visible fault. */
	(void)gmtime_r(&seconds, &tm);
	(void)snprintf(day, sizeof(day), "%d", tm.tm_mday);
	(void)snprintf(year, sizeof(year), "%d", tm.tm_year + 1900);
	(void)snprintf(hour, sizeof(hour), "%02d", tm.tm_hour);
	(void)snprintf(minute, sizeof(minute), "%02d", tm.tm_min);
	(void)snprintf(time, sizeof(time), "%s:%s", hour, minute);
	(void)snprintf(time12, sizeof(time12), "%d:%s", tm.tm_hour % 12 == 0 ?
	    12 : tm.tm_hour % 12, minute);
	const struct letter_value values[] = {
		{ "day", tm.tm_mday == 1 && language->first_day != NULL ?
		    language->first_day : day },
		{ "month", months[tm.tm_mon] },
		{ "year", year },
		{ "hour", hour },
		{ "minute", minute },
		{ "time", time },
		{ "time12", time12 },
		{ "half", halves[tm.tm_hour < 12 ? 0 : 1] },
		{ "zone", zone_shown(language, region, clock, distance) },
	};
	letter_fill(buf, sentence, values, COUNT(values), false);
}
