/*
 * key-list.c - "key list": the keys of the files beside those that the
 * database knows. It is told ids, and puts the two side by side.
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/key.h"
#include "base/buf.h"
#include "base/text.h"
#include "core/keyring.h"

/* Its keys, or what is wrong: the reason of a refusal has been logged. */
static void
tell_keys(const char *path, enum keyfile_kind secrecy, struct buf *json)
{
	struct keyring	*ring = NULL;
	size_t		 i;

	if (access(path, R_OK) != 0) {
		buf_puts(json, ", \"problem\": ");
		text_json_string(json, strerror(errno));
	} else if (keyfile_read(path, secrecy, &ring) != ST_OK) {
		buf_puts(json, ", \"problem\": \"it is refused\"");
	} else {
		buf_puts(json, ", \"ids\": [");
		for (i = 0; i < keyring_count(ring); i++) {
			buf_puts(json, i == 0 ? "" : ", ");
			text_json_string(json, keyring_at(ring, i)->id);
		}
		buf_puts(json, "]");
	}
	keyring_free(&ring);
}

static void
tell_file(const struct command *command, const struct key_kind *kind,
    const struct key_file *file, struct buf *json)
{
	const char	*path = key_path(command, file);

	if (strcmp(path, "off") == 0)
		return;
	buf_printf(json, "%s{\"kind\": \"%s\", \"setting\": \"%s\", "
	    "\"leads\": %s, \"path\": ", json->len == 0 ? "[" : ", ",
	    kind->name, file->setting, file->is_leading ? "true" : "false");
	text_json_string(json, path);
	tell_keys(path, file->secrecy, json);
	buf_puts(json, "}");
}

void
key_tell_files(const struct command *command, struct buf *json)
{
	const struct key_kind	*kind;
	const struct key_file	*file;

	for (kind = key_kinds; kind->name != NULL; kind++) {
		for (file = kind->files; file->setting != NULL; file++)
			tell_file(command, kind, file, json);
	}
	buf_puts(json, json->len == 0 ? "[]" : "]");
}

int
key_list(struct command *command)
{
	struct buf		 json = BUF_INIT(KEY_FILES_JSON_MAX);
	struct db_result	*result = NULL;
	const char		*params[1];
	int			 code;

	key_tell_files(command, &json);
	params[0] = buf_text(&json);
	code = buf_status(&json) == ST_OK ? command_open(command) :
	    command_fail(command, EX_SOFTWARE, "the paths are too long");
	if (code == EX_OK)
		code = command_call(command, "key_list", params, 1, &result);
	command->is_changing = false;
	if (code == EX_OK)
		code = command_answer(command, result);
	db_result_free(&result);
	buf_free(&json);
	return code;
}
