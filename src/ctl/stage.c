/*
 * stage.c - rows of a source into the database: checked here as far as they
 * can be alone, kept in a file, sent in batches, compared and applied by
 * sql/code/admin-stage.sql.
 */
#include "config.h"

#include "ctl/stage.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "ctl/list.h"
#include "ctl/progress.h"
#include "ctl/stage-report.h"
#include "ctl/user.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/utf8.h"

#define ROW_MAX		(64 * 1024)	/* bytes of a row as JSON */
#define BATCH_BYTES	(512 * 1024)	/* of rows that go at once */
#define BATCH_MAX	(BATCH_BYTES + ROW_MAX + 3)
#define LOCK_NOT_AVAILABLE "55P03"	/* SQLSTATE */

struct stage {
	struct command			*command;
	const struct stage_options	*options;
	FILE				*spool;	/* owned: a row of JSON a
						 * line */
	struct buf			 json;
	uint64_t			 rows;	/* in the spool */
	uint64_t			 told;	/* bad ones */
	uint64_t			 unknown; /* of these, about nobody
						 * knows whom */
	struct progress			 progress;
	struct admin_stage_counts	 counts;
};

int
stage_new(struct command *command, const struct stage_options *options,
    struct stage **stage)
{
	int	code;

	*stage = calloc(1, sizeof(**stage));
	if (*stage == NULL)
		return command_fail(command, EX_TEMPFAIL, "no memory for %s",
		    options->source);
	(*stage)->command = command;
	(*stage)->options = options;
	(*stage)->json = (struct buf)BUF_INIT(ROW_MAX);
	progress_init(&(*stage)->progress, command->io->err);
	progress_begin(&(*stage)->progress);
	code = list_spool_open(command, &(*stage)->spool);
	if (code != EX_OK)
		stage_free(stage);
	return code;
}

void
stage_free(struct stage **stage)
{
	if (*stage == NULL)
		return;
	progress_clear(&(*stage)->progress);
	if ((*stage)->command->admin != NULL)
		admin_rollback((*stage)->command->admin);
	if ((*stage)->spool != NULL)
		(void)fclose((*stage)->spool);
	buf_free(&(*stage)->json);
	free(*stage);
	*stage = NULL;
}

void
stage_progress(struct stage *stage, const char *what, uint64_t done,
    uint64_t total)
{
	progress_show(&stage->progress, what, done, total);
}

static void
tell(struct stage *stage, unsigned int line, const char *place,
    const char *reason)
{
	const char	*source = stage->options->source;

	progress_clear(&stage->progress);
	stage->told++;
	if (place != NULL)
		(void)command_fail(stage->command, EX_DATAERR,
		    "%s: %.256s: %s", source, place, reason);
	else
		(void)command_fail(stage->command, EX_DATAERR, "%s:%u: %s",
		    source, line, reason);
}

int
stage_refuse(struct stage *stage, unsigned int line, const char *place,
    const char *reason)
{
	tell(stage, line, place, reason);
	stage->unknown++;
	return EX_OK;
}

static void
json_member(struct buf *json, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(json, ",\"%s\":", name);
	text_json_string(json, value);
}

/* Keep a row; of a bad one, who it is about and why. */
static int
keep(struct stage *stage, const struct stage_row *row,
    const struct admin_user *user, const char *enabled, const char *reason)
{
	struct buf	*json = &stage->json;

	buf_reset(json);
	buf_printf(json, "{\"number\":%" PRIu64, ++stage->rows);
	if (row->place != NULL)
		json_member(json, "place", row->place);
	else
		buf_printf(json, ",\"line\":%u", row->line);
	json_member(json, "login", user->login);
	json_member(json, "reason", reason);
	if (reason == NULL) {
		json_member(json, "email", user->email);
		json_member(json, "name", user->name);
		json_member(json, "extension", user->extension);
		json_member(json, "locale", user->locale);
		json_member(json, "time_zone", user->time_zone);
		json_member(json, "policy", user->policy);
		if (enabled != NULL)
			buf_printf(json, ",\"enabled\":%s", enabled);
	}
	buf_puts(json, "}\n");
	if (buf_status(json) == ST_RETRY)
		return command_fail(stage->command, EX_TEMPFAIL,
		    "no memory for %s", stage->options->source);
	if (buf_status(json) != ST_OK) {
		stage->rows--;
		return stage_refuse(stage, row->line, row->place,
		    "the row is too long");
	}
	(void)fwrite(json->data, 1, json->len, stage->spool);
	if (ferror(stage->spool))
		return list_spool_rewind(stage->command, stage->spool);
	return EX_OK;
}

/* "1.23E+09": what a spreadsheet makes of a number of many digits. */
static bool
is_rounded(const char *text)
{
	size_t	len = strspn(text, "0123456789");

	if (len == 0 || strpbrk(text, "eE") == NULL)
		return false;
	text += len;
	if (*text == '.' || *text == ',')
		text += 1 + strspn(text + 1, "0123456789");
	if (*text != 'e' && *text != 'E')
		return false;
	text++;
	return *text == '+' && text[1] != '\0' &&
	    text[1 + strspn(text + 1, "0123456789")] == '\0';
}

static bool
is_spoilt(const char *column, const char *text,
    char reason[COMMAND_REASON_SIZE])
{
	if (text == NULL || !is_rounded(text))
		return false;
	(void)snprintf(reason, COMMAND_REASON_SIZE, "column %s: \"%.1024s\" "
	    "is what a spreadsheet has made of a long number, whose digits "
	    "are lost: format the column as text and fill it in again", column,
	    text);
	return true;
}

/* *json: "true", "false" or, where the source says nothing, NULL. */
static bool
take_enabled(const char *text, const char **json)
{
	static const struct {
		const char	*word;
		const char	*json;
	} words[] = {
		{ "", NULL }, { "yes", "true" }, { "true", "true" },
		{ "1", "true" }, { "y", "true" }, { "t", "true" },
		{ "on", "true" }, { "no", "false" }, { "false", "false" },
		{ "0", "false" }, { "n", "false" }, { "f", "false" },
		{ "off", "false" }
	};
	size_t	i;

	*json = NULL;
	for (i = 0; text != NULL && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(text, words[i].word) == 0) {
			*json = words[i].json;
			return true;
		}
	return text == NULL;
}

/* All that can be said of a row without looking at others. */
static enum status
check(struct stage *stage, const struct stage_row *row,
    struct admin_user *user, const char **enabled, char login[USERNAME_SIZE],
    char reason[COMMAND_REASON_SIZE])
{
	const char	*texts[] = { row->place, row->login, row->email,
			    row->name, row->extension, row->locale,
			    row->time_zone, row->policy, row->enabled };
	enum status	 st;
	size_t		 i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i] != NULL && !utf8_is_valid(texts[i])) {
			(void)snprintf(reason, COMMAND_REASON_SIZE,
			    "it is not UTF-8");
			return ST_BAD;
		}
	st = command_user_check(stage->command, user, login, reason);
	if (is_spoilt("login", row->login, reason) ||
	    is_spoilt("extension", row->extension, reason))
		return ST_BAD;
	if (st == ST_OK && !take_enabled(row->enabled, enabled)) {
		(void)snprintf(reason, COMMAND_REASON_SIZE, "enabled is "
		    "\"%.1024s\": say yes or no", row->enabled);
		st = ST_BAD;
	}
	if (st != ST_RETRY && row->fault != NULL) {
		(void)snprintf(reason, COMMAND_REASON_SIZE, "%s", row->fault);
		st = ST_BAD;
	}
	return st;
}

int
stage_add(struct stage *stage, const struct stage_row *row)
{
	struct admin_user	user = { .is_enabled = true };
	char			login[USERNAME_SIZE] = "";
	char			reason[COMMAND_REASON_SIZE];
	const char		*enabled = NULL;
	enum status		st;

	user.login = row->login != NULL ? row->login : "";
	user.email = row->email != NULL ? row->email : "";
	user.name = row->name;
	user.extension = row->extension;
	user.locale = row->locale;
	user.time_zone = row->time_zone;
	user.policy = row->policy;
	if ((row->policy == NULL || *row->policy == '\0') &&
	    stage->options->policy != NULL)
		user.policy = stage->options->policy;
	st = check(stage, row, &user, &enabled, login, reason);
	if (st == ST_RETRY)
		return command_fail(stage->command, EX_TEMPFAIL,
		    "no memory for %s", stage->options->source);
	if (st == ST_OK)
		return keep(stage, row, &user, enabled, NULL);
	tell(stage, row->line, row->place, reason);
	/* Its mailbox is not gone, if we know which one it is. */
	if (login[0] != '\0')
		return keep(stage, row, &user, NULL, reason);
	stage->unknown++;
	return EX_OK;
}

bool
stage_is_good(struct stage *stage)
{
	progress_clear(&stage->progress);
	return stage->told == 0 || stage->options->is_skipping;
}

/* Send what is in the spool. */
static int
send_rows(struct stage *stage)
{
	struct buf	 batch = BUF_INIT(BATCH_MAX);
	enum status	 st = ST_OK;
	char		*line = NULL;
	size_t		 size = 0;
	uint64_t	 sent = 0;
	ssize_t		 len = 0;

	progress_begin(&stage->progress);
	while (st == ST_OK && len >= 0) {
		len = getline(&line, &size, stage->spool);
		if (len > 0) {
			buf_puts(&batch, batch.len == 0 ? "[" : ",");
			buf_append(&batch, line, (size_t)len - 1);
			sent++;
		}
		if (batch.len == 0 || (len > 0 && batch.len < BATCH_BYTES))
			continue;
		buf_puts(&batch, "]");
		st = buf_status(&batch);
		if (st == ST_OK)
			st = admin_stage_add(stage->command->admin,
			    buf_text(&batch));
		buf_reset(&batch);
		stage_progress(stage, "sending", sent, stage->rows);
	}
	free(line);
	buf_free(&batch);
	progress_clear(&stage->progress);
	if (st != ST_OK)
		return command_db_fail(stage->command, st, NULL);
	if (ferror(stage->spool) || sent != stage->rows)
		return command_fail(stage->command, EX_IOERR, "what was read "
		    "of %s could not be kept", stage->options->source);
	return EX_OK;
}

static enum status
on_bad(void *context, const char *const *values)
{
	struct stage	*stage = context;

	tell(stage, values[0] != NULL ?
	    (unsigned int)strtoul(values[0], NULL, 10) : 0, values[1],
	    values[2]);
	return ST_OK;
}

/* Tell what the database alone has found; may the rest go on? */
static int
judge(struct stage *stage)
{
	static const struct admin_view	view = {
		.name = "v_stage", .key = "number", .order = { "number" },
		.columns = { "line", "place", "reason" }
	};
	static const struct admin_filter bad = {
		.conditions = { { "what", ADMIN_EQUAL, "bad" } }, .count = 1
	};
	enum status	st;
	size_t		count;

	if (stage->counts.bad > 0) {
		st = admin_read(stage->command->admin, &view, &bad, on_bad,
		    stage, &count);
		if (st != ST_OK)
			return command_db_fail(stage->command, st, NULL);
	}
	stage->counts.bad = stage->told;
	if (stage->options->is_whole && stage->unknown > 0)
		return command_fail(stage->command, EX_DATAERR, "nothing was "
		    "changed: %" PRIu64 " rows of %s are about nobody knows "
		    "whom, so nobody can be held to be gone", stage->unknown,
		    stage->options->source);
	if (stage->told == 0 || stage->options->is_skipping)
		return EX_OK;
	if (stage->told > 1)
		(void)command_fail(stage->command, EX_DATAERR, "nothing was "
		    "changed: %" PRIu64 " rows of %s are no good (--skip-bad "
		    "leaves them out)", stage->told, stage->options->source);
	return EX_DATAERR;
}

static enum status
on_policy(void *context, const char *const *values)
{
	(void)context;
	(void)values;
	return ST_OK;
}

/* A policy that every row would be refused for is told once. */
static int
check_policy(struct stage *stage)
{
	static const struct admin_view	view = {
		.name = "v_policy", .key = "name", .order = { "name" },
		.columns = { "name" }
	};
	const char	*name = stage->options->policy;
	struct command	*command = stage->command;
	enum status	 st;
	size_t		 count;

	if (name == NULL)
		return EX_OK;
	st = admin_read(command->admin, &view,
	    &(struct admin_filter){ .name = name }, on_policy, NULL, &count);
	if (st != ST_OK)
		return command_db_fail(command, st, NULL);
	return count > 0 ? EX_OK : command_fail(command, EX_DATAERR,
	    "nothing was changed: there is no policy \"%.300s\"", name);
}

int
stage_compare(struct stage *stage, struct admin_stage_counts *counts)
{
	struct command	*command = stage->command;
	enum status	 st = ST_OK;
	int		 code;

	memset(counts, 0, sizeof(*counts));
	code = list_spool_rewind(command, stage->spool);
	if (code == EX_OK)
		code = command_open(command);
	if (code == EX_OK)
		code = check_policy(stage);
	if (code != EX_OK)
		return code;
	st = admin_stage_begin(command->admin);
	if (st == ST_BUSY && strcmp(admin_sqlstate(command->admin),
	    LOCK_NOT_AVAILABLE) == 0)
		return command_fail(command, EX_TEMPFAIL, "another import or "
		    "sync is running and nothing was changed: try again");
	if (st != ST_OK)
		return command_db_fail(command, st, NULL);
	code = send_rows(stage);
	if (code != EX_OK)
		return code;
	progress_begin(&stage->progress);
	progress_now(&stage->progress, "comparing");
	st = admin_stage_compare(command->admin, stage->options->is_by_hand,
	    stage->options->is_whole, &stage->counts);
	progress_clear(&stage->progress);
	if (st != ST_OK)
		return command_db_fail(command, st, NULL);
	code = judge(stage);
	*counts = stage->counts;
	return code;
}

int
stage_apply(struct stage *stage)
{
	struct command		*command = stage->command;
	struct stage_report	 report = { .command = command,
				    .options = stage->options,
				    .counts = &stage->counts };
	enum status		 st;
	int			 code;

	progress_now(&stage->progress, "changing");
	command->is_changing = !stage->options->is_dry_run;
	st = admin_stage_apply(command->admin, stage->options->action,
	    stage->options->source, &report.mails);
	code = st == ST_OK ? stage_report_take(&report) :
	    command_db_fail(command, st, NULL);
	if (code == EX_OK && stage->options->is_dry_run) {
		admin_rollback(command->admin);
	} else if (code == EX_OK) {
		st = admin_stage_commit(command->admin);
		if (st != ST_OK)
			code = command_db_fail(command, st, NULL);
	}
	progress_clear(&stage->progress);
	if (code == EX_OK)
		code = stage_report_print(&report);
	stage_report_free(&report);
	return code;
}
