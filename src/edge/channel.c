/*
 * channel.c - AGI over stdin and stdout: one command, one reply.
 *
 * A reply may hold a PIN, so lines are read with read(2) into memory of ours
 * and wiped. Asterisk answers a prompt that it does not have as it answers
 * one in which the caller hung up; which it was, the channel's state tells.
 */
#include "config.h"

#include "edge/channel.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/whole.h"

#define ENVIRONMENT_MAX	64	/* lines */
#define COMMAND_SIZE	256	/* bytes of a command, with the NUL */
#define SILENCE_MS	"8000"	/* that ends a caller's typing */

struct channel {
	struct agi_channel	about;
	bool			is_gone;
	size_t			at;	/* first unread byte of bytes */
	size_t			len;
	char			bytes[AGI_LINE_MAX];	/* as they came */
	char			line[AGI_LINE_MAX];
	size_t			line_len;
};

/* The next byte, or -1 at the end of what Asterisk says. */
static int
next_byte(struct channel *channel)
{
	ssize_t	got;
	char	byte;

	if (channel->at == channel->len) {
		WIPE(&channel->bytes);
		do
			got = read(STDIN_FILENO, channel->bytes,
			    sizeof(channel->bytes));
		while (got < 0 && errno == EINTR);
		channel->at = 0;
		channel->len = got > 0 ? (size_t)got : 0;
		if (got <= 0)
			return -1;
	}
	byte = channel->bytes[channel->at];
	channel->bytes[channel->at++] = '\0';
	return (unsigned char)byte;
}

/* The next line, without its end; what is too long is cut off. */
static bool
next_line(struct channel *channel)
{
	int	byte;

	WIPE(&channel->line);
	channel->line_len = 0;
	while ((byte = next_byte(channel)) >= 0 && byte != '\n')
		if (channel->line_len < sizeof(channel->line))
			channel->line[channel->line_len++] = (char)byte;
	if (channel->line_len > 0 &&
	    channel->line[channel->line_len - 1] == '\r')
		channel->line_len--;
	return byte >= 0;
}

static enum status
read_environment(struct channel *channel)
{
	unsigned int	lines = 0;

	while (next_line(channel)) {
		if (channel->line_len == 0 && lines > 0)
			return ST_OK;
		if (!agi_environment(channel->line, channel->line_len,
		    &channel->about) || ++lines > ENVIRONMENT_MAX)
			break;
	}
	log_err("agi-refused", "reason", "no environment of a channel on "
	    "stdin", "todo", "start this program from a dial plan, as "
	    "AGI(umws-agi)", NULL);
	return ST_BAD;
}

enum status
channel_open(struct channel **channel)
{
	enum status	st;

	*channel = calloc(1, sizeof(**channel));
	if (*channel == NULL) {
		log_err("no-memory", "for", "channel", NULL);
		return ST_FAIL;
	}
	st = read_environment(*channel);
	if (st != ST_OK)
		channel_close(channel);
	return st;
}

void
channel_close(struct channel **channel)
{
	if (*channel == NULL)
		return;
	WIPE(*channel);
	free(*channel);
	*channel = NULL;
}

const struct agi_channel *
channel_about(const struct channel *channel)
{
	return &channel->about;
}

/*
 * Say a command and hear its reply. A line HANGUP may come at any time, and
 * the reply still follows; a closed pipe is a caller who is gone.
 */
static enum status
say(struct channel *channel, const char *command, const char **value,
    size_t *len)
{
	enum agi_result	result = AGI_GONE;
	bool		is_hangup;

	*value = NULL;
	*len = 0;
	if (channel->is_gone)
		return ST_DENIED;
	channel->is_gone = true;
	if (!whole_write(STDOUT_FILENO, command, strlen(command)))
		return ST_DENIED;
	do {
		if (!next_line(channel))
			return ST_DENIED;
		result = agi_reply(channel->line, channel->line_len, value,
		    len);
		is_hangup = channel->line_len == strlen("HANGUP") &&
		    result == AGI_GONE;
	} while (is_hangup);
	if (result == AGI_GONE)
		return ST_DENIED;
	channel->is_gone = false;
	if (result == AGI_DONE)
		return ST_OK;
	/* Not the command's words: Asterisk may quote them, but it had none. */
	log_err("agi-failed", "reason", result == AGI_REFUSED ?
	    "Asterisk refuses a command of ours" :
	    "what Asterisk says is no reply", NULL);
	return ST_FAIL;
}

static bool
is_minus_one(const char *value, size_t len)
{
	return len == 2 && memcmp(value, "-1", 2) == 0;
}

/* Is the caller still there, after "-1"? Then the prompt was missing. */
static enum status
check_caller(struct channel *channel, const char *sound)
{
	const char	*value;
	size_t		 len;
	enum status	 st = say(channel, "CHANNEL STATUS\n", &value, &len);

	/* 6: the line is up. */
	if (st == ST_OK && (len != 1 || value[0] != '6')) {
		channel->is_gone = true;
		st = ST_DENIED;
	}
	if (st == ST_OK)
		log_err("prompt-missing", "sound", sound, "todo",
		    "install Asterisk's core sounds for the channel's "
		    "language, or name another by --sound", NULL);
	return st;
}

enum status
channel_play(struct channel *channel, const char *sound)
{
	char		 command[COMMAND_SIZE];
	const char	*value;
	size_t		 len;
	enum status	 st;

	(void)snprintf(command, sizeof(command), "STREAM FILE \"%s\" \"\"\n",
	    sound);
	st = say(channel, command, &value, &len);
	if (st != ST_OK || !is_minus_one(value, len))
		return st;
	st = check_caller(channel, sound);
	return st == ST_OK ? ST_BAD : st;
}

enum status
channel_ask(struct channel *channel, const char *sound, unsigned int max,
    char digits[CHANNEL_DIGITS_SIZE])
{
	char		 command[COMMAND_SIZE];
	const char	*value;
	size_t		 len, i;
	enum status	 st;

	digits[0] = '\0';
	(void)snprintf(command, sizeof(command), "GET DATA \"%s\" "
	    SILENCE_MS " %u\n", sound, max);
	st = say(channel, command, &value, &len);
	if (st == ST_OK && is_minus_one(value, len))
		return check_caller(channel, sound);
	for (i = 0; st == ST_OK && i < len && i < max; i++)
		digits[i] = isdigit((unsigned char)value[i]) ? value[i] : '*';
	digits[i] = '\0';
	WIPE(&channel->line);
	return st;
}

bool
channel_is_plain(const char *value)
{
	static const char	rest[] = "._-";

	if (*value != '\0' && strchr(rest, *value) != NULL)
		return false;
	for (; *value != '\0'; value++)
		if (!isalnum((unsigned char)*value) &&
		    strchr(rest, *value) == NULL)
			return false;
	return true;
}

enum status
channel_set(struct channel *channel, const char *name, const char *value)
{
	char		 command[COMMAND_SIZE];
	const char	*reply;
	size_t		 len;

	if (!channel_is_plain(value) || strlen(value) >= CHANNEL_DIGITS_SIZE) {
		log_err("variable-refused", "variable", name, "reason",
		    "a dial plan might read its value as something else",
		    NULL);
		return ST_FAIL;
	}
	(void)snprintf(command, sizeof(command), "SET VARIABLE %s \"%s\"\n",
	    name, value);
	return say(channel, command, &reply, &len);
}
