/*
 * setup-web-hosts.c - "setup": find a host name among the sites that nginx or
 * Apache has. Knows the form of what they write, and none of their messages.
 */
#include "config.h"

#include "ctl/setup-web-hosts.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WORD_SIZE	512		/* bytes; the rest of one is cut */
#define DEPTH_MAX	32		/* of blocks in blocks */
#define PLAIN_PORT	"80"		/* without "listen" */
#define FILE_MARK	"# configuration file "	/* of "nginx -T" */

/* Where we are in the text of nginx's files. */
struct walk {
	const char	*at;
	const char	*host;
	const char	*port;
	char		 file[SETUP_PLACE_SIZE];
	char		 first[WORD_SIZE];	/* of the directive */
	size_t		 words;			/* of it, so far */
	size_t		 depth;
	size_t		 server;		/* depth within the block, or
						 * 0 */
	bool		 has_listen;
	bool		 has_port;
	bool		 has_name;
};

static void
copy(char *to, size_t size, const char *from, size_t len)
{
	(void)snprintf(to, size, "%.*s", (int)(len < size ? len : size - 1),
	    from);
}

/* To the end of the line; it may be where a file begins. */
static void
skip_comment(struct walk *walk)
{
	size_t	len = strcspn(walk->at, "\n"), mark = sizeof(FILE_MARK) - 1;

	if (len > mark && strncmp(walk->at, FILE_MARK, mark) == 0)
		copy(walk->file, sizeof(walk->file), walk->at + mark,
		    len - mark - (walk->at[len - 1] == ':'));
	walk->at += len;
}

/* A word, in quotes or not; they end at blanks and at what parts directives. */
static void
take_word(struct walk *walk, char word[WORD_SIZE])
{
	const char	*at = walk->at;
	size_t		 len = 0;
	char		 quote = *at == '"' || *at == '\'' ? *at++ : '\0';

	for (; *at != '\0' && (quote != '\0' ? *at != quote :
	    !isspace((unsigned char)*at) && strchr(";{", *at) == NULL); at++) {
		/* "${name}" is no block. */
		if (quote == '\0' && at[0] == '$' && at[1] == '{')
			while (at[1] != '\0' && *at != '}')
				at++;
		if (*at == '\\' && at[1] != '\0')
			at++;
		if (len + 1 < WORD_SIZE)
			word[len++] = *at;
	}
	word[len] = '\0';
	walk->at = at + (quote != '\0' && *at == quote);
}

/* Of "listen": its port is what we look for. */
static bool
is_on_port(const char *address, const char *port)
{
	const char	*colon = strrchr(address, ':');

	if (strncmp(address, "unix:", 5) == 0)
		return false;
	if (colon != NULL && strchr(colon, ']') == NULL)
		return strcmp(colon + 1, port) == 0;
	if (address[strspn(address, "0123456789")] == '\0')
		return strcmp(address, port) == 0;
	return strcmp(port, PLAIN_PORT) == 0;
}

/* ".example.org" is that name, and all below it. */
static bool
is_name(const char *name, const char *host)
{
	return strcasecmp(name + (*name == '.'), host) == 0;
}

static void
judge_word(struct walk *walk, const char *word)
{
	if (walk->words++ == 0) {
		(void)snprintf(walk->first, sizeof(walk->first), "%s", word);
		return;
	}
	if (walk->server == 0 || walk->depth != walk->server)
		return;
	if (strcmp(walk->first, "listen") == 0 && walk->words == 2) {
		walk->has_listen = true;
		walk->has_port |= is_on_port(word, walk->port);
	} else if (strcmp(walk->first, "server_name") == 0) {
		walk->has_name |= is_name(word, walk->host);
	}
}

static void
open_block(struct walk *walk)
{
	walk->depth++;
	if (walk->server == 0 && walk->words == 1 &&
	    strcmp(walk->first, "server") == 0) {
		walk->server = walk->depth;
		walk->has_listen = walk->has_port = walk->has_name = false;
	}
	walk->words = 0;
}

/* True: it was a server with our name on our port. */
static bool
close_block(struct walk *walk)
{
	bool	is_found = false;

	if (walk->server != 0 && walk->depth == walk->server) {
		is_found = walk->has_name && (walk->has_port ||
		    (!walk->has_listen && strcmp(walk->port, PLAIN_PORT) ==
		    0));
		walk->server = 0;
	}
	walk->depth -= walk->depth > 0;
	walk->words = 0;
	return is_found;
}

bool
setup_find_nginx_host(const char *told, const char *host, const char *port,
    const char *own, char place[SETUP_PLACE_SIZE])
{
	struct walk	walk = { .at = told, .host = host, .port = port };
	char		word[WORD_SIZE];

	while (*walk.at != '\0') {
		if (*walk.at == '#') {
			skip_comment(&walk);
		} else if (*walk.at == '{') {
			open_block(&walk);
			walk.at++;
		} else if (*walk.at == '}') {
			walk.at++;
			if (!close_block(&walk) || strcmp(walk.file, own) == 0)
				continue;
			copy(place, SETUP_PLACE_SIZE, walk.file,
			    sizeof(walk.file));
			return true;
		} else if (*walk.at == ';') {
			walk.words = 0;
			walk.at++;
		} else if (isspace((unsigned char)*walk.at)) {
			walk.at++;
		} else {
			take_word(&walk, word);
			judge_word(&walk, word);
		}
	}
	return false;
}

/* The blank-parted words of a line, each where it begins; how many. */
static size_t
split(const char *line, size_t len, const char *words[], size_t max)
{
	size_t	i, count = 0;

	for (i = 0; i < len && count < max; i++)
		if (line[i] != ' ' && (i == 0 || line[i - 1] == ' '))
			words[count++] = line + i;
	return count;
}

static bool
is_word(const char *word, const char *text)
{
	size_t	len = strcspn(word, " \n");

	return strlen(text) == len && strncasecmp(word, text, len) == 0;
}

/* "(/etc/apache2/sites-enabled/a.conf:1)" */
static void
take_place(const char *word, char place[SETUP_PLACE_SIZE])
{
	size_t	len = strcspn(word, " \n)");

	while (len > 0 && word[len] != ':')
		len--;
	copy(place, SETUP_PLACE_SIZE, word + 1, len > 0 ? len - 1 : 0);
}

/*
 * "*:443  NAME (FILE:LINE)" where a port has one site; else "*:443 is a ..."
 * and, below it, "port 443 namevhost NAME (FILE:LINE)", each with lines
 * "alias NAME".
 */
bool
setup_find_apache_host(const char *told, const char *host, const char *port,
    const char *own, char place[SETUP_PLACE_SIZE])
{
	const char	*words[5], *colon, *name;
	char		 address[WORD_SIZE];
	bool		 is_port = false;
	size_t		 len, count;

	*place = '\0';
	for (; *told != '\0'; told += len + (told[len] == '\n')) {
		len = strcspn(told, "\n");
		count = split(told, len, words, 5);
		name = NULL;
		if (*told != ' ' && count >= 3) {
			copy(address, sizeof(address), told,
			    strcspn(told, " "));
			colon = strrchr(address, ':');
			is_port = colon != NULL && strcmp(colon + 1, port) ==
			    0;
			if (*words[2] == '(') {
				name = words[1];
				take_place(words[2], place);
			}
		} else if (count == 5 && *words[4] == '(') {
			is_port = is_word(words[1], port);
			name = words[3];
			take_place(words[4], place);
		} else if (*told == ' ' && count == 2) {
			name = words[1];
		}
		if (name != NULL && is_port && is_word(name, host) &&
		    strcmp(place, own) != 0)
			return true;
	}
	return false;
}
