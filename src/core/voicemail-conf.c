/*
 * voicemail-conf.c - sections and lines of voicemail.conf. A section's lines
 * are kept as they stand, since any section may be inherited from.
 */
#include "config.h"

#include "core/voicemail-conf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/locale.h"
#include "core/pin.h"

#define BLANKS		" \t\r\n"
#define REASON_SIZE	256
#define ZONES		"zonemessages"
#define LOCALE_SIZE	sizeof(((struct voicemail_mailbox *)0)->locale)

struct section {
	char		 name[VOICEMAIL_NAME_MAX + 1];
	bool		 is_template;
	char		**lines;	/* owned: "mailbox=value" */
	size_t		 count;
	size_t		 size;
};

/* A line of [zonemessages]. */
struct zone {
	char	name[VOICEMAIL_NAME_MAX + 1];
	char	place[VOICEMAIL_NAME_MAX + 1];	/* "America/New_York" */
};

struct voicemail_conf {
	const struct voicemail_calls	*calls;
	void				*context;
	struct section			*sections;	/* owned */
	size_t				 count;
	size_t				 current;	/* == count: none */
	size_t				 lines;		/* of all sections */
	unsigned int			 comments;	/* open ";--" */
	char				 aliases[VOICEMAIL_NAME_MAX + 1];
						/* the section of other names
						 * for mailboxes, or "" */
	struct zone			*zones;		/* owned */
	size_t				 zone_count;
	/* Of mailboxes that name none, or "". */
	char				 locale[LOCALE_SIZE];
	char				 zone[VOICEMAIL_NAME_MAX + 1];
};

enum status
voicemail_conf_new(const struct voicemail_calls *calls, void *context,
    struct voicemail_conf **conf)
{
	*conf = calloc(1, sizeof(**conf));
	if (*conf == NULL)
		return ST_RETRY;
	(*conf)->calls = calls;
	(*conf)->context = context;
	return ST_OK;
}

void
voicemail_conf_free(struct voicemail_conf **conf)
{
	struct section	*section;
	size_t		 i, k;

	if (*conf == NULL)
		return;
	for (i = 0; i < (*conf)->count; i++) {
		section = &(*conf)->sections[i];
		for (k = 0; k < section->count; k++) {
			secret_wipe(section->lines[k],
			    strlen(section->lines[k]));
			free(section->lines[k]);
		}
		free(section->lines);
	}
	free((*conf)->sections);
	free((*conf)->zones);
	free(*conf);
	*conf = NULL;
}

static enum status refuse(struct voicemail_conf *conf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum status
refuse(struct voicemail_conf *conf, const char *format, ...)
{
	char	reason[REASON_SIZE];
	va_list	args;

	va_start(args, format);
	(void)vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return conf->calls->on_bad(conf->context, reason);
}

/* Without blanks around it; changes text. */
static char *
trim(char *text)
{
	size_t	len;

	text += strspn(text, BLANKS);
	len = strlen(text);
	while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL)
		len--;
	text[len] = '\0';
	return text;
}

/* Take the comments out, those of several lines included; "\;" is no comment
 * but a semicolon. */
static void
strip_comments(struct voicemail_conf *conf, char *line)
{
	char	*to = line;
	size_t	 i;

	for (i = 0; line[i] != '\0'; i++) {
		if (line[i] == '\\' && line[i + 1] == ';' &&
		    conf->comments == 0) {
			*to++ = line[++i];
		} else if (strncmp(&line[i], ";--", 3) == 0 &&
		    line[i + 3] != '-') {
			conf->comments++;
			i += 2;
		} else if (conf->comments > 0) {
			if (strncmp(&line[i], "--;", 3) != 0)
				continue;
			conf->comments--;
			i += 2;
		} else if (line[i] == ';') {
			break;
		} else {
			*to++ = line[i];
		}
	}
	*to = '\0';
}

/* The section of this name; conf->count: none. */
static size_t
find(const struct voicemail_conf *conf, const char *name)
{
	size_t	i = conf->count;

	/* The last one of several. */
	while (i > 0)
		if (strcmp(conf->sections[--i].name, name) == 0)
			return i;
	return conf->count;
}

/* "de_DE.UTF-8" is de-DE; what is no language is "". */
static void
take_locale(const char *text, char *locale, size_t size)
{
	size_t	len = strcspn(text, ".@"), i;

	*locale = '\0';
	if (len >= size)
		return;
	memcpy(locale, text, len);
	locale[len] = '\0';
	for (i = 0; i < len; i++)
		if (locale[i] == '_')
			locale[i] = '-';
	if (!locale_is_known(locale))
		*locale = '\0';
}

static void
take_options(char *text, struct voicemail_mailbox *mailbox)
{
	char	*option, *value;

	while ((option = strsep(&text, "|")) != NULL) {
		value = strchr(option, '=');
		if (value != NULL)
			*value++ = '\0';
		option = trim(option);
		if (*option == '\0')
			continue;
		if (value != NULL && strcasecmp(option, "locale") == 0)
			take_locale(trim(value), mailbox->locale,
			    sizeof(mailbox->locale));
		else if (value != NULL && strcasecmp(option, "tz") == 0)
			(void)snprintf(mailbox->time_zone,
			    sizeof(mailbox->time_zone), "%s", trim(value));
		else if (strcasecmp(option, "tz") != 0)
			mailbox->ignored++;
	}
}

/* Put the place in the place of its name; what has none is "". */
static void
resolve_zone(const struct voicemail_conf *conf, char *zone, size_t size)
{
	size_t	i = conf->zone_count;

	/* The last one of several. */
	while (i > 0 && strcmp(conf->zones[i - 1].name, zone) != 0)
		i--;
	(void)snprintf(zone, size, "%s", i > 0 ? conf->zones[i - 1].place :
	    "");
}

/* "eastern=America/New_York|'vm-received' Q": how a time is spoken is left
 * alone, and so is what is no place, as Zulu. */
static enum status
take_zone(struct voicemail_conf *conf, char *name, char *value)
{
	struct zone	*grown;

	if (value == NULL)
		return ST_OK;
	*value++ = '\0';
	if (*value == '>')
		value++;
	value[strcspn(value, "|")] = '\0';
	value = trim(value);
	if (strchr(value, '/') == NULL && strcmp(value, "UTC") != 0)
		return ST_OK;
	if (conf->zone_count == VOICEMAIL_ZONES_MAX)
		return refuse(conf, "there are too many zones");
	grown = reallocarray(conf->zones, conf->zone_count + 1,
	    sizeof(*grown));
	if (grown == NULL)
		return ST_RETRY;
	conf->zones = grown;
	grown += conf->zone_count++;
	(void)snprintf(grown->name, sizeof(grown->name), "%s", trim(name));
	(void)snprintf(grown->place, sizeof(grown->place), "%s", value);
	return ST_OK;
}

/* Hand over a line of a context; it is left as it is. */
static enum status
give(struct voicemail_conf *conf, const char *context, const char *line)
{
	char				 copy[VOICEMAIL_LINE_MAX + 1];
	struct voicemail_mailbox	 mailbox = { .context = context };
	char				*rest, *password, *text;
	enum status			 st;

	(void)snprintf(copy, sizeof(copy), "%s", line);
	rest = copy;
	(void)strsep(&rest, "=");
	mailbox.mailbox = copy;
	password = trim(strsep(&rest, ","));
	text = strsep(&rest, ",");
	mailbox.name = text != NULL ? trim(text) : "";
	text = strsep(&rest, ",");
	mailbox.email = text != NULL ? trim(text) : "";
	(void)strsep(&rest, ",");
	(void)snprintf(mailbox.locale, sizeof(mailbox.locale), "%s",
	    conf->locale);
	(void)snprintf(mailbox.time_zone, sizeof(mailbox.time_zone), "%s",
	    conf->zone);
	if (rest != NULL)
		take_options(rest, &mailbox);
	resolve_zone(conf, mailbox.time_zone, sizeof(mailbox.time_zone));
	mailbox.is_locked = *password == '-';
	if (pin_read(password + (mailbox.is_locked ? 1 : 0), &mailbox.pin) !=
	    ST_OK)
		mailbox.pin.len = 0;
	st = conf->calls->on_mailbox(conf->context, &mailbox);
	WIPE(&mailbox);
	WIPE(&copy);
	return st;
}

/* Keep a line of the current section, and hand it over if it is no template's
 * but a context's. */
static enum status
add(struct voicemail_conf *conf, const char *line)
{
	struct section	*section = &conf->sections[conf->current];
	char		**grown;

	if (conf->lines == VOICEMAIL_LINES_MAX)
		return refuse(conf, "there are too many mailboxes in %s",
		    section->name);
	if (section->count == section->size) {
		section->size = section->size * 2 + 8;
		grown = reallocarray(section->lines, section->size,
		    sizeof(*grown));
		if (grown == NULL)
			return ST_RETRY;
		section->lines = grown;
	}
	section->lines[section->count] = strdup(line);
	if (section->lines[section->count] == NULL)
		return ST_RETRY;
	section->count++;
	conf->lines++;
	return section->is_template ? ST_OK : give(conf, section->name, line);
}

/* The current section has the lines of another one as well. */
static enum status
inherit(struct voicemail_conf *conf, const char *name)
{
	size_t		from = find(conf, name), i, count;
	enum status	st = ST_OK;

	if (from == conf->current || from == conf->count)
		return refuse(conf, "there is no section [%s] above", name);
	count = conf->sections[from].count;
	for (i = 0; i < count && st == ST_OK; i++)
		st = add(conf, conf->sections[from].lines[i]);
	return st;
}

/* Sections that hold no mailboxes. */
static bool
is_special(const struct voicemail_conf *conf, const char *name)
{
	return strcasecmp(name, "general") == 0 ||
	    strcasecmp(name, ZONES) == 0 ||
	    strcmp(name, conf->aliases) == 0;
}

static enum status
open_section(struct voicemail_conf *conf, const char *name, bool is_template)
{
	struct section	*grown;

	grown = reallocarray(conf->sections, conf->count + 1, sizeof(*grown));
	if (grown == NULL)
		return ST_RETRY;
	conf->sections = grown;
	conf->current = conf->count++;
	memset(&grown[conf->current], 0, sizeof(*grown));
	(void)snprintf(grown[conf->current].name,
	    sizeof(grown[conf->current].name), "%s", name);
	grown[conf->current].is_template = is_template ||
	    is_special(conf, name);
	return ST_OK;
}

/* "!", "+" and the names of others, parted by commas. */
static enum status
take_section(struct voicemail_conf *conf, const char *name, char *traits)
{
	char		*names[VOICEMAIL_NAME_MAX], *trait;
	size_t		 count = 0, i;
	bool		 is_template = false, is_more = false;
	enum status	 st = ST_OK;

	while ((trait = strsep(&traits, ",")) != NULL) {
		trait = trim(trait);
		if (strcmp(trait, "!") == 0)
			is_template = true;
		else if (strcmp(trait, "+") == 0)
			is_more = true;
		else if (*trait != '\0' && count < VOICEMAIL_NAME_MAX)
			names[count++] = trait;
	}
	conf->current = is_more ? find(conf, name) : conf->count;
	if (is_more && conf->current == conf->count)
		return refuse(conf, "there is no section [%s] above", name);
	if (!is_more)
		st = open_section(conf, name, is_template);
	for (i = 0; i < count && st == ST_OK; i++)
		st = inherit(conf, names[i]);
	return st;
}

/* "[name]" or "[name](traits)" */
static enum status
section_line(struct voicemail_conf *conf, char *line)
{
	char	*end = strchr(line, ']'), *traits, *close = NULL;
	char	*name = line + 1;

	conf->current = conf->count;
	if (end == NULL)
		return refuse(conf, "a section's name has no end");
	*end = '\0';
	traits = trim(end + 1);
	if (*traits == '(')
		close = strchr(traits, ')');
	if (*traits != '\0' && close == NULL)
		return refuse(conf, "after [%s] only (...) may stand", name);
	name = trim(name);
	if (*name == '\0' || strlen(name) > VOICEMAIL_NAME_MAX)
		return refuse(conf, "the section \"%.200s\" has no name, or "
		    "too long a one", name);
	if (conf->count == VOICEMAIL_SECTIONS_MAX)
		return refuse(conf, "there are too many sections: [%s]", name);
	if (close == NULL)
		return open_section(conf, name, false);
	*close = '\0';
	return take_section(conf, name, traits + 1);
}

/* "#include x", "x" or <x> */
static enum status
directive(struct voicemail_conf *conf, char *line)
{
	size_t	 len = strcspn(line, BLANKS "\"<");
	char	*path = trim(line + len);
	bool	 is_needed = len == 8 && strncasecmp(line, "#include", 8) == 0;

	if (!is_needed &&
	    (len != 11 || strncasecmp(line, "#tryinclude", 11) != 0)) {
		line[len] = '\0';
		return refuse(conf, "\"%.60s\" is not followed", line);
	}
	if (*path == '"' || *path == '<') {
		path++;
		path[strcspn(path, "\">")] = '\0';
	}
	if (*path == '\0')
		return refuse(conf, "#include without a file");
	return conf->calls->on_include(conf->context, path, is_needed);
}

/* Of what is set for all mailboxes three things matter. */
static void
take_setting(struct voicemail_conf *conf, bool is_general, char *line,
    char *value)
{
	if (value == NULL)
		return;
	*value++ = '\0';
	if (*value == '>')
		value++;
	line = trim(line);
	if (strcasecmp(line, "aliasescontext") == 0)
		(void)snprintf(conf->aliases, sizeof(conf->aliases), "%s",
		    trim(value));
	else if (strcasecmp(line, "locale") == 0 && is_general)
		take_locale(trim(value), conf->locale, sizeof(conf->locale));
	else if (strcasecmp(line, "tz") == 0 && is_general)
		(void)snprintf(conf->zone, sizeof(conf->zone), "%s",
		    trim(value));
}

/* "mailbox => value" or "mailbox = value" */
static enum status
mailbox_line(struct voicemail_conf *conf, char *line)
{
	char		*value = strchr(line, '=');
	const char	*name;
	char		 kept[VOICEMAIL_LINE_MAX + 1];
	enum status	 st;

	if (conf->current == conf->count)
		return refuse(conf, "the line is in no section");
	name = conf->sections[conf->current].name;
	if (strcasecmp(name, ZONES) == 0)
		return take_zone(conf, line, value);
	if (is_special(conf, name)) {
		take_setting(conf, strcasecmp(name, "general") == 0, line,
		    value);
		return ST_OK;
	}
	if (value == NULL)
		return refuse(conf, "the line in [%s] is no \"mailbox => "
		    "...\"", name);
	*value++ = '\0';
	if (*value == '>')
		value++;
	line = trim(line);
	if (*line == '\0')
		return refuse(conf, "a mailbox without a number in [%s]",
		    name);
	(void)snprintf(kept, sizeof(kept), "%s=%s", line, trim(value));
	st = add(conf, kept);
	WIPE(&kept);
	return st;
}

enum status
voicemail_conf_line(struct voicemail_conf *conf, char *line)
{
	if (strlen(line) > VOICEMAIL_LINE_MAX)
		return refuse(conf, "the line is too long");
	strip_comments(conf, line);
	line = trim(line);
	if (*line == '\0')
		return ST_OK;
	if (*line == '[')
		return section_line(conf, line);
	if (*line == '#')
		return directive(conf, line);
	return mailbox_line(conf, line);
}
