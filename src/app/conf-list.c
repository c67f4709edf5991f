/*
 * conf-list.c - show a configuration, key by key.
 */
#include "config.h"

#include "app/conf-list.h"

#include "app/conf-state.h"
#include "base/log.h"
#include "base/terminal.h"
#include "edge/db-conninfo.h"

size_t
conf_count(void)
{
	return conf_keys_count;
}

enum status
conf_entry(const struct conf *conf, size_t number, struct conf_entry *entry)
{
	const struct conf_state	*state = (const struct conf_state *)conf;
	const char		*value = state->values[number];

	entry->key = conf_keys[number].name;
	entry->place = state->places[number];
	buf_reset(&entry->value);
	if (conf_keys[number].parse == conf_parse_conninfo)
		db_conninfo_show(value, &entry->value);
	else
		buf_puts(&entry->value, value);
	return buf_status(&entry->value) == ST_OK ? ST_OK : ST_RETRY;
}

const char *
conf_origin(const struct conf_place *place, char text[CONF_ORIGIN_SIZE])
{
	if (place->file != NULL)
		(void)snprintf(text, CONF_ORIGIN_SIZE, "%s:%u", place->file,
		    place->line);
	else
		(void)snprintf(text, CONF_ORIGIN_SIZE, "%s",
		    place->variable != NULL ? "environment" : "default");
	return text;
}

const char *
conf_file(const struct conf *conf, size_t number)
{
	const struct conf_state	*state = (const struct conf_state *)conf;

	return number < state->sources.count ?
	    state->sources.files[number].path : NULL;
}

enum status
conf_print(const struct conf *conf, FILE *stream)
{
	struct conf_entry	entry = CONF_ENTRY_INIT;
	enum status		st = ST_OK;
	char			origin[CONF_ORIGIN_SIZE];
	size_t			i;

	for (i = 0; st == ST_OK && i < conf_count(); i++) {
		st = conf_entry(conf, i, &entry);
		if (st != ST_OK) {
			log_err("no-memory", "for", "settings", NULL);
			break;
		}
		(void)fprintf(stream, "%s =%s", entry.key,
		    entry.value.len == 0 ? "" : " ");
		terminal_print(stream, buf_text(&entry.value));
		(void)fputc('\t', stream);
		terminal_print(stream, conf_origin(&entry.place, origin));
		(void)fputc('\n', stream);
	}
	buf_free(&entry.value);
	return st;
}
