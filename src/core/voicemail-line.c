/*
 * voicemail-line.c - lines of voicemail.conf. Asterisk parts a line at its
 * first "=", a mailbox's value at commas, its options at "|"; of all of these
 * only ";" has an escape, "\;".
 */
#include "config.h"

#include "core/voicemail-line.h"

#include <string.h>
#include <strings.h>

#include "core/voicemail-conf.h"

#define PLAIN	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
		"0123456789._-"

bool
voicemail_context_is_plain(const char *name)
{
	size_t	len = strlen(name);

	return len > 0 && len <= VOICEMAIL_NAME_MAX &&
	    strspn(name, PLAIN) == len && strcasecmp(name, "general") != 0 &&
	    strcasecmp(name, "zonemessages") != 0;
}

static bool
is_given(const char *text)
{
	return text != NULL && *text != '\0';
}

/* A comment; no login and no extension has a control character. */
static void
left_out(struct buf *line, const struct voicemail_entry *entry,
    const char *why)
{
	buf_printf(line, "; %s %s\n", entry->login, why);
}

static void
put_name(struct buf *line, const char *name)
{
	size_t	i;

	for (i = 0; name[i] != '\0'; i++) {
		if (name[i] == ',' || (unsigned char)name[i] < ' ')
			buf_puts(line, " ");
		else if (name[i] == ';')
			buf_puts(line, "\\;");
		else
			buf_append(line, &name[i], 1);
	}
}

/* de-DE is de_DE.UTF-8 */
static void
put_locale(struct buf *line, const char *locale)
{
	size_t	i;

	buf_puts(line, "locale=");
	for (i = 0; locale[i] != '\0'; i++)
		buf_append(line, locale[i] == '-' ? "_" : &locale[i], 1);
	buf_puts(line, ".UTF-8");
}

void
voicemail_line(struct buf *line, const struct voicemail_entry *entry)
{
	if (!entry->is_enabled) {
		left_out(line, entry, "is disabled");
		return;
	}
	if (!is_given(entry->extension)) {
		left_out(line, entry, "has no extension");
		return;
	}
	buf_printf(line, "%s => " VOICEMAIL_PASSWORD ",", entry->extension);
	if (is_given(entry->name))
		put_name(line, entry->name);
	buf_puts(line, ",");
	/* An address with "|" in it would be two to Asterisk. */
	if (is_given(entry->email) && strchr(entry->email, '|') == NULL)
		buf_puts(line, entry->email);
	if (is_given(entry->time_zone) || is_given(entry->locale))
		buf_puts(line, ",,");
	if (is_given(entry->time_zone))
		buf_printf(line, "tz=%s", entry->time_zone);
	if (is_given(entry->time_zone) && is_given(entry->locale))
		buf_puts(line, "|");
	if (is_given(entry->locale))
		put_locale(line, entry->locale);
	buf_puts(line, "\n");
}

void
voicemail_zone_line(struct buf *line, const char *time_zone)
{
	buf_printf(line, "%s=%s|'vm-received' Q 'digits/at' R\n", time_zone,
	    time_zone);
}
