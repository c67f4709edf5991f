/*
 * sync-directory.c - the rows of an LDAP directory for ctl/stage.
 */
#include "config.h"

#include <sysexits.h>

#include "ctl/sync.h"
#include "base/secret.h"
#include "edge/directory.h"
#include "edge/keyfile.h"

#define SECRET_SIZE	512	/* bytes of a first line, with the NUL */

struct source {
	struct stage	*stage;
	uint64_t	 entries;
	int		 code;
};

static enum status
on_entry(void *context, const struct directory_entry *entry)
{
	struct source	 *source = context;
	struct stage_row  row = { .place = entry->dn,
			    .fault = entry->fault };

	row.login = entry->values[DIRECTORY_LOGIN];
	row.email = entry->values[DIRECTORY_EMAIL];
	row.name = entry->values[DIRECTORY_NAME];
	row.extension = entry->values[DIRECTORY_EXTENSION];
	row.locale = entry->values[DIRECTORY_LOCALE];
	row.time_zone = entry->values[DIRECTORY_TIME_ZONE];
	row.policy = entry->values[DIRECTORY_POLICY];
	row.enabled = entry->values[DIRECTORY_ENABLED];
	stage_progress(source->stage, "reading", ++source->entries, 0);
	source->code = stage_add(source->stage, &row);
	return source->code == EX_OK ? ST_OK : ST_FAIL;
}

/* What is wrong with how a file is kept has been logged. */
static int
take_secrets(const struct directory_options *options,
    char password[SECRET_SIZE])
{
	char		line[SECRET_SIZE] = "";
	enum status	st = ST_OK;

	if (*options->password_file != '\0')
		st = keyfile_read_line(options->password_file, password,
		    SECRET_SIZE);
	/* libldap reads it by itself, however it is kept. */
	if (st == ST_OK && *options->key_file != '\0')
		st = keyfile_read_line(options->key_file, line, sizeof(line));
	WIPE(&line);
	return st == ST_OK ? EX_OK : EX_CONFIG;
}

static int
fail(const struct command *command, enum status st, const char *reason)
{
	int	code = EX_OK;

	switch (st) {
	case ST_OK:
		return EX_OK;
	case ST_BAD:
	case ST_DENIED:
		code = EX_CONFIG;
		break;
	case ST_BUSY:
	case ST_RETRY:
	case ST_UNKNOWN:
		code = EX_TEMPFAIL;
		break;
	case ST_FAIL:
		code = EX_PROTOCOL;
		break;
	}
	return command_fail(command, code, "nothing was changed: %s", reason);
}

int
sync_directory(struct command *command, struct stage *stage)
{
	const struct directory_options	*options = &command->conf->directory;
	struct source			 source = { .stage = stage };
	char				 password[SECRET_SIZE] = "";
	char				 reason[DIRECTORY_REASON_SIZE];
	enum status			 st;
	int				 code;

	code = take_secrets(options, password);
	if (code != EX_OK)
		goto out;
	st = directory_read(options, password, on_entry, &source, reason);
	code = source.code != EX_OK ? source.code :
	    fail(command, st, reason);
out:
	WIPE(&password);
	return code;
}
