/*
 * conf.c - the lines of the files, the environment, and all together, into a
 * configuration. What is wrong with a line is one fault that names file and
 * line and says what would be right.
 */
#include "config.h"

#include "app/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/conf-state.h"
#include "base/log.h"

#define LINE_BYTES_MAX	4096	/* of one line; longer is no setting of ours */
#define DISTANCE_MAX	3	/* letters that are wrong in a slip */
#define BYTE_ORDER_MARK	"\xef\xbb\xbf"	/* what some editors begin UTF-8 with */

void
conf_set(struct conf_state *state, size_t key, const char *text,
    const struct conf_place *place)
{
	struct conf_value	 value = { .key = &conf_keys[key] };
	char			*copy = strdup(text);

	value.text = copy;
	value.field = (char *)&state->conf + value.key->offset;
	if (copy == NULL || !value.key->parse(&value)) {
		conf_report_fault(state->report, place, NULL, "%s",
		    copy == NULL ? "no memory" : value.reason);
		state->is_faulty[key] = true;
		free(copy);
		return;
	}
	free(state->values[key]);
	state->values[key] = copy;
	state->places[key] = *place;
}

/*
 * A line without its '=' at the right place, or the rest of a wrapped one, may
 * have a password before a '=': only what has the form of a key is told.
 */
static void
refuse_unknown(struct conf_state *state, const struct conf_place *place,
    const char *name)
{
	const char	*nearest = conf_key_nearest(name, DISTANCE_MAX);
	size_t		 len = strspn(name, "abcdefghijklmnopqrstuvwxyz_");

	if (nearest != NULL && name[len] == '\0')
		conf_report_fault(state->report, place, NULL,
		    "unknown key '%.60s' (did you mean '%s'?)", name, nearest);
	else if (nearest != NULL)
		conf_report_fault(state->report, place, NULL,
		    "unknown key: did you mean '%s'?", nearest);
	else if (name[len] == '\0')
		conf_report_fault(state->report, place, NULL,
		    "unknown key '%.60s'; umws.conf(5) lists them all", name);
	else if (len > 0 && strchr(" \t:", name[len]) != NULL)
		conf_report_fault(state->report, place, NULL,
		    "unknown key: '%.*s' and more before the '='; write "
		    "key = value", len < 60 ? (int)len : 60, name);
	else
		conf_report_fault(state->report, place, NULL,
		    "what stands before the '=' is no key: write key = value "
		    "on one line; umws.conf(5) lists all keys");
}

char *
conf_trim(char *text)
{
	size_t	len;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	text[len] = '\0';
	return text;
}

bool
conf_has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	}
	return false;
}

/* A file on its way through its lines. */
struct reading {
	struct conf_place	 place;		/* the present line */
	unsigned int		 lines[CONF_KEYS_MAX]; /* of each key, or 0 */
	unsigned int		 secret_line;	/* the first with one, or 0 */
};

static void
read_line(struct conf_state *state, struct reading *reading, char *line)
{
	const struct conf_place	*place = &reading->place;
	const char		*name, *value;
	char			*equals;
	size_t			 key;

	line = conf_trim(line);
	if (*line == '\0' || *line == '#')
		return;
	equals = strchr(line, '=');
	if (equals == NULL) {
		conf_report_fault(state->report, place, NULL, "no '=' in the "
		    "line: write key = value, or begin a comment with '#'");
		return;
	}
	*equals = '\0';
	name = conf_trim(line);
	value = conf_trim(equals + 1);
	key = conf_key_find(name);
	if (key == conf_keys_count) {
		refuse_unknown(state, place, name);
		return;
	}
	if (conf_key_has_secret(key, value) && reading->secret_line == 0)
		reading->secret_line = place->line;
	if (conf_has_control(value)) {
		state->is_faulty[key] = true;
		conf_report_fault(state->report, place, NULL,
		    "a control character in %s", name);
	} else if (reading->lines[key] != 0) {
		conf_report_fault(state->report, place, NULL,
		    "%s stands here a second time, the first time on line %u: "
		    "remove one", name, reading->lines[key]);
	} else {
		reading->lines[key] = place->line;
		conf_set(state, key, value, place);
	}
}

static void
read_source(struct conf_state *state, struct conf_source *source)
{
	struct reading		 reading = { .place.file = source->path };
	char			*line = source->text, *end;
	char			*rest = source->text + source->len;
	size_t			 len;

	if (strncmp(line, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
		line += strlen(BYTE_ORDER_MARK);
	for (; line < rest; line = end + 1) {
		end = memchr(line, '\n', (size_t)(rest - line));
		if (end == NULL)
			end = rest;
		len = (size_t)(end - line);
		*end = '\0';
		reading.place.line++;
		if (len >= LINE_BYTES_MAX || strlen(line) != len)
			conf_report_fault(state->report, &reading.place, NULL,
			    "no text line of at most %d bytes",
			    LINE_BYTES_MAX);
		else
			read_line(state, &reading, line);
	}
	conf_source_check(source, reading.secret_line, state->report);
}

struct conf_place
conf_place_of(const struct conf_state *state, const char *name)
{
	const struct conf_place	nowhere = { .file = state->path };

	return conf_is_set(state, name) ?
	    state->places[conf_key_find(name)] : nowhere;
}

bool
conf_is_set(const struct conf_state *state, const char *name)
{
	size_t	key = conf_key_find(name);

	return key < conf_keys_count && (state->places[key].file != NULL ||
	    state->places[key].variable != NULL);
}

/* Defaults, files, environment, and all together; ST_BAD after a fault. */
static enum status
fill(struct conf_state *state, const char *path, bool has_environment)
{
	const struct conf_place	nowhere = { .file = NULL };
	size_t			i;

	for (i = 0; i < conf_keys_count; i++)
		conf_set(state, i, conf_keys[i].value, &nowhere);
	if (state->report->count != 0)
		return ST_BAD;
	conf_sources_read(path, state->report, &state->sources);
	for (i = 0; i < state->sources.count; i++)
		read_source(state, &state->sources.files[i]);
	conf_sources_close(&state->sources);
	if (has_environment)
		conf_read_environment(state);
	conf_finish(state);
	return state->report->count == 0 ? ST_OK : ST_BAD;
}

static enum status
load(const char *path, bool has_environment, struct conf_report *report,
    struct conf **conf)
{
	struct conf_state	*state;
	struct conf		*loaded;
	enum status		 st;

	*conf = NULL;
	state = calloc(1, sizeof(*state));
	if (state == NULL) {
		log_err("configuration-refused", "reason", "no memory", NULL);
		return ST_BAD;
	}
	loaded = &state->conf;
	state->path = path != NULL ? path : CONF_DEFAULT_FILE;
	state->report = report;
	st = fill(state, path, has_environment);
	state->report = NULL;
	if (st == ST_OK)
		*conf = loaded;
	else
		conf_free(&loaded);
	return st;
}

enum status
conf_load(const char *path, struct conf **conf)
{
	struct conf_report	report = { .on_fault = conf_log_first };

	report.context = &report;
	return load(path, true, &report, conf);
}

enum status
conf_load_cgi(const char *path, struct conf **conf)
{
	struct conf_report	report = { .on_fault = conf_log_first };

	report.context = &report;
	return load(path, false, &report, conf);
}

enum status
conf_read(const char *path, conf_on_fault on_fault, void *context,
    struct conf **conf)
{
	struct conf_report	report = { on_fault, context, 0 };

	return load(path, true, &report, conf);
}

void
conf_refuse_key(const struct conf *conf, const char *key, const char *reason)
{
	struct conf_report	report = { .on_fault = conf_log_fault };
	const struct conf_place	place = conf_place_of(
				    (const struct conf_state *)conf, key);

	conf_report_fault(&report, &place, NULL, "%s: %s", key, reason);
}

void
conf_free(struct conf **conf)
{
	struct conf_state	*state = (struct conf_state *)*conf;
	size_t			 i;

	if (state == NULL)
		return;
	for (i = 0; i < CONF_KEYS_MAX; i++) {
		free(state->values[i]);
		free(state->variables[i]);
	}
	conf_sources_free(&state->sources);
	free(state->sender);
	free(state);
	*conf = NULL;
}

void
conf_db_options(const struct conf *conf, enum conf_role role,
    struct db_options *options)
{
	static const char *const programs[] = { "umws-fcgi", "umws-mailer",
		"umwsctl" };

	*options = (struct db_options){
		.conninfo = conf->database[role],
		.program = programs[role],
		.connect_timeout_s = conf->connect_timeout_s,
		.statement_timeout_ms = conf->statement_timeout_ms,
		.is_repeating = role != CONF_ADMIN
	};
}
