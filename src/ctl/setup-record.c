/*
 * setup-record.c - what setup was told and has made on this host, as lines of
 * a file. A line is on the disk before what it tells of is made. A last line
 * without its end is what somebody was killed over, and does not count.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/setup.h"

#define HEAD	"# What umwsctl setup has made on this host, for its --undo.\n"
#define LINE_SIZE	(SETUP_PATH_SIZE + 128)
#define OPTION(name)	{ #name, offsetof(struct setup_wish, name) }

/* Which options are kept, by their names in the record. */
static const struct {
	const char	*name;
	size_t		 offset;
} options[] = {
	OPTION(host), OPTION(port), OPTION(certificate),
	OPTION(certificate_key), OPTION(auth), OPTION(mail_from),
	OPTION(smtp_url), OPTION(web), OPTION(cluster), OPTION(dsn),
	OPTION(database),
};

#define OPTIONS	(sizeof(options) / sizeof(options[0]))

static const char **
option_at(struct setup_wish *wish, size_t i)
{
	return (const char **)(void *)((char *)wish + options[i].offset);
}

int
setup_record_load(struct setup *setup)
{
	char	*end;

	if (!hostfile_is_there(SETUP_RECORD_FILE))
		return EX_OK;
	if (hostfile_read(SETUP_RECORD_FILE, &setup->record) != ST_OK)
		return command_fail(setup->command, EX_NOINPUT, "%s cannot be "
		    "read, see above; nothing was changed",
		    SETUP_RECORD_FILE);
	end = setup->record.len == 0 ? NULL :
	    strrchr(setup->record.data, '\n');
	if (end == NULL)
		buf_reset(&setup->record);
	else if (end[1] != '\0') {
		end[1] = '\0';
		setup->record.len = (size_t)(end + 1 - setup->record.data);
		/* What is appended begins a line of its own. */
		if (!setup->is_dry && hostfile_write(SETUP_RECORD_FILE,
		    buf_text(&setup->record),
		    &(struct hostfile_rights){ 0, 0, 0600 }) != ST_OK)
			return command_fail(setup->command, EX_CANTCREAT,
			    "%s cannot be written, see above",
			    SETUP_RECORD_FILE);
	}
	return EX_OK;
}

/* "WORD STEP VALUE\n"; false: too long, or no line. */
static bool
write_line(char line[LINE_SIZE], const char *word, const char *step,
    const char *value)
{
	if (value != NULL && strchr(value, '\n') != NULL)
		return false;
	return (size_t)snprintf(line, LINE_SIZE, "%s %s%s%s\n", word, step,
	    value == NULL ? "" : " ", value == NULL ? "" : value) < LINE_SIZE;
}

/* Does a whole line of the text begin with these len bytes, and end there? */
static bool
has_line(const char *text, const char *line, size_t len)
{
	for (; text != NULL && *text != '\0'; text += strcspn(text, "\n"),
	    text += *text == '\n')
		if (strncmp(text, line, len) == 0 && text[len] == '\n')
			return true;
	return false;
}

bool
setup_record_has(const struct setup *setup, const char *word,
    const char *step, const char *value)
{
	char	line[LINE_SIZE];

	return write_line(line, word, step, value) &&
	    has_line(buf_text(&setup->record), line, strlen(line) - 1);
}

void
setup_record_each(const struct setup *setup, const char *word,
    const char *step, void (*on_value)(void *context, const char *value),
    void *context)
{
	char		 begin[LINE_SIZE], value[LINE_SIZE];
	const char	*text = buf_text(&setup->record);
	const char	*at = text + strlen(text), *end;
	size_t		 len;

	len = (size_t)snprintf(begin, sizeof(begin), "%s %s ", word, step);
	while (at > text) {
		end = --at;
		while (at > text && at[-1] != '\n')
			at--;
		if (strncmp(at, begin, len) != 0 ||
		    (size_t)(end - at) - len >= sizeof(value) ||
		    has_line(setup->earlier, at, (size_t)(end - at)))
			continue;
		(void)snprintf(value, sizeof(value), "%.*s",
		    (int)((size_t)(end - at) - len), at + len);
		on_value(context, value);
	}
}

/* The folder of the record, which is ours alone to remove. */
static int
make_folder(struct setup *setup)
{
	if (hostfile_is_there(SETUP_RECORD_FILE))
		return EX_OK;
	if ((!hostfile_is_there(UMWS_STATEDIR) && hostfile_make_directory(
	    UMWS_STATEDIR, &(struct hostfile_rights){ 0, 0, 0755 }) !=
	    ST_OK) || hostfile_append(SETUP_RECORD_FILE, HEAD) != ST_OK)
		return command_fail(setup->command, EX_CANTCREAT, "%s cannot "
		    "be written, see above", SETUP_RECORD_FILE);
	buf_puts(&setup->record, HEAD);
	return EX_OK;
}

int
setup_record_add(struct setup *setup, const char *word, const char *step,
    const char *value)
{
	char	line[LINE_SIZE];
	int	code;

	if (setup_record_has(setup, word, step, value))
		return EX_OK;
	code = make_folder(setup);
	if (code != EX_OK)
		return code;
	if (!write_line(line, word, step, value))
		return command_fail(setup->command, EX_DATAERR, "%s: a value "
		    "is too long, or has a line feed", step);
	if (hostfile_append(SETUP_RECORD_FILE, line) != ST_OK)
		return command_fail(setup->command, EX_CANTCREAT, "%s cannot "
		    "be written, see above", SETUP_RECORD_FILE);
	buf_puts(&setup->record, line);
	return EX_OK;
}

/* Is this a line "WORD STEP ..."? */
static bool
is_of(const char *line, const char *step)
{
	size_t	word = strcspn(line, " \n"), len = strlen(step);

	return line[word] == ' ' && *line != '#' &&
	    strncmp(line, "option ", 7) != 0 &&
	    strncmp(line + word + 1, step, len) == 0 &&
	    strchr(" \n", line[word + 1 + len]) != NULL;
}

int
setup_record_forget(struct setup *setup, const char *step)
{
	struct buf	 left = BUF_INIT(SETUP_RECORD_MAX);
	const char	*line = buf_text(&setup->record), *end;
	bool		 is_any = false;
	enum status	 st;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		if (step != NULL && is_of(line, step) &&
		    !has_line(setup->earlier, line, (size_t)(end - line)))
			continue;
		buf_append(&left, line, (size_t)(end + 1 - line));
		is_any = is_any || (*line != '#' &&
		    strncmp(line, "option ", 7) != 0);
	}
	st = is_any ? hostfile_write(SETUP_RECORD_FILE, buf_text(&left),
	    &(struct hostfile_rights){ 0, 0, 0600 }) :
	    hostfile_remove(SETUP_RECORD_FILE);
	if (st == ST_OK && !is_any)
		st = hostfile_remove(UMWS_STATEDIR);
	buf_reset(&setup->record);
	if (is_any)
		buf_puts(&setup->record, buf_text(&left));
	buf_free(&left);
	return st == ST_OK ? EX_OK : command_fail(setup->command,
	    EX_CANTCREAT, "%s cannot be written, see above",
	    SETUP_RECORD_FILE);
}

/* "made STEP /PATH", and nothing is at that path? */
static bool
is_gone(const char *line, size_t len)
{
	char		 path[LINE_SIZE];
	const char	*at = memchr(line, '/', len);

	if (strncmp(line, "made ", 5) != 0 || at == NULL || at[-1] != ' ' ||
	    (size_t)(line + len - at) >= sizeof(path))
		return false;
	(void)snprintf(path, sizeof(path), "%.*s", (int)(line + len - at), at);
	return !hostfile_is_there(path);
}

char *
setup_record_standing(const struct setup *setup)
{
	const char	*line = buf_text(&setup->record), *end;
	char		*text = calloc(1, strlen(line) + 1), *to = text;

	for (; text != NULL && (end = strchr(line, '\n')) != NULL;
	    line = end + 1) {
		if (is_gone(line, (size_t)(end - line)))
			continue;
		(void)memcpy(to, line, (size_t)(end + 1 - line));
		to += end + 1 - line;
	}
	return text;
}

/* They become lines: of the record, and of umws.conf. */
static int
check_lines(struct setup *setup)
{
	const char	*value, *at;
	size_t		 i;

	for (i = 0; i < OPTIONS; i++) {
		value = *option_at(&setup->wish, i);
		for (at = value; at != NULL && *at != '\0'; at++)
			if ((unsigned char)*at < ' ' || *at == 0x7f)
				return command_fail(setup->command, EX_USAGE,
				    "the value for %s has a line feed or "
				    "another control character; nothing was "
				    "changed", options[i].name);
	}
	return EX_OK;
}

int
setup_record_options(struct setup *setup)
{
	char		*line, *rest, *name, *value;
	const char	**wish;
	size_t		 i;

	setup->kept = strdup(buf_text(&setup->record));
	rest = setup->kept;
	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, "option ", 7) != 0)
			continue;
		value = line + 7;
		name = strsep(&value, " ");
		for (i = 0; i < OPTIONS && value != NULL; i++) {
			if (strcmp(options[i].name, name) != 0)
				continue;
			wish = option_at(&setup->wish, i);
			if (*wish != NULL && strcmp(*wish, value) != 0)
				return command_fail(setup->command, EX_USAGE,
				    "the last setup here was told \"%s\" for "
				    "%s, and this one \"%s\": take that back "
				    "first (umwsctl setup --undo); nothing was "
				    "changed", value, name, *wish);
			*wish = value;
		}
	}
	return setup->kept != NULL ? check_lines(setup) :
	    command_fail(setup->command, EX_OSERR, "no memory");
}

int
setup_record_keep_options(struct setup *setup)
{
	const char	*value;
	size_t		 i;
	int		 code = EX_OK;

	for (i = 0; i < OPTIONS && code == EX_OK; i++) {
		value = *option_at(&setup->wish, i);
		if (value != NULL)
			code = setup_record_add(setup, "option",
			    options[i].name, value);
	}
	return code;
}
