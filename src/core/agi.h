/*
 * agi.h - lines of Asterisk's gateway interface (AGI), read and no more.
 *
 * At its start an AGI program hears the channel's environment, lines of
 * "agi_name: value" up to an empty one. Then each command has one reply,
 * "200 result=VALUE" and perhaps more; 511 stands for a channel that is gone,
 * 510 and 520 for a command that is unknown or wrong (Asterisk's manual, "AGI
 * commands"; res_agi is the reference). Pure: no descriptor, no memory.
 */
#ifndef UMWS_AGI_H
#define UMWS_AGI_H

#include <stdbool.h>
#include <stddef.h>

#define AGI_LINE_MAX	1024	/* bytes of a line of Asterisk, without LF */
#define AGI_VALUE_SIZE	65	/* bytes of a value we keep, with the NUL */

/* What we want to know of the channel; "" where it was not said. */
struct agi_channel {
	char	unique_id[AGI_VALUE_SIZE];	/* of the call */
	char	caller_id[AGI_VALUE_SIZE];	/* a number, as claimed */
};

enum agi_result {
	AGI_DONE,	/* 200: value is what stands behind "result=" */
	AGI_GONE,	/* the caller has hung up: 511, or a line HANGUP */
	AGI_REFUSED,	/* the command is unknown or wrong: 5yz */
	AGI_GARBLED	/* no reply of Asterisk's */
};

/*
 * Read one line of the environment, len bytes without the line's end. What
 * does not fit, and a name we do not want, is left out. False when it is no
 * such line.
 */
bool	agi_environment(const char *line, size_t len,
	    struct agi_channel *channel);

/*
 * Read a reply, len bytes without the line's end. With AGI_DONE *value and
 * *value_len are the word behind "result=", which may be empty and is part
 * of line; else it is NULL.
 */
enum agi_result	agi_reply(const char *line, size_t len, const char **value,
		    size_t *value_len);

#endif
