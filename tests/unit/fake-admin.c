/*
 * fake-admin.c - the calls of umwsctl, noted as text.
 */
#include "config.h"

#include "fake-admin.h"

#include "unit.h"

#include "ctl/sql-files.h"
#include "core/policy.h"
#include "edge/admin-stage.h"
#include "edge/admin.h"

struct admin {
	char	unused;
};

struct fake_admin	fake;
const char		*fake_sql_files = "sql/schema/0001-a.sql";

static struct admin	the_admin;

static enum status	called(const char *call, const char *format, ...)
			    __attribute__((format(printf, 2, 3)));

static enum status
called(const char *call, const char *format, ...)
{
	char	text[2048];
	va_list	ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	buf_printf(&fake.calls, "%s%s;", call, text);
	if (fake.fail_call == NULL || strcmp(fake.fail_call, call) != 0)
		return ST_OK;
	return fake.fail_after-- == 0 ? fake.fail_status : ST_OK;
}

enum status
admin_new(const struct db_options *options, struct admin **admin)
{
	assert_string_equal(options->program, "umwsctl");
	fake.is_used = true;
	*admin = &the_admin;
	return called("new", "(%s)", options->conninfo);
}

void
admin_set_actor(struct admin *admin, const char *actor)
{
	(void)admin;
	assert_true(*actor != '\0');
}

void
admin_take_time(struct admin *admin)
{
	(void)admin;
}

const char *
admin_actor(const struct admin *admin)
{
	(void)admin;
	return "operator";
}

struct db *
admin_db(struct admin *admin)
{
	(void)admin;
	return NULL;
}

enum status
admin_call(struct admin *admin, const char *function,
    const char *const *params, size_t count, struct db_result **result)
{
	struct buf	text = BUF_INIT(2048);
	enum status	st;
	size_t		i;

	(void)admin;
	*result = NULL;
	for (i = 0; i < count; i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : ",",
		    params[i] != NULL ? params[i] : "NULL");
	st = called(function, "(%s)", buf_text(&text));
	buf_free(&text);
	return st;
}

void
admin_free(struct admin **admin)
{
	if (*admin != NULL)
		fake.is_used = false;
	*admin = NULL;
}

const char *
admin_message(const struct admin *admin)
{
	(void)admin;
	return "the database's \"sentence\"";
}

const char *
admin_sqlstate(const struct admin *admin)
{
	(void)admin;
	return fake.sqlstate != NULL ? fake.sqlstate : "";
}

const char *
admin_todo(const struct admin *admin)
{
	(void)admin;
	return fake.todo;
}

bool
admin_is_read_only(const struct admin *admin)
{
	return strcmp(admin_sqlstate(admin), "25006") == 0;
}

bool
admin_is_collision(const struct admin *admin)
{
	return strcmp(admin_sqlstate(admin), "XX000") == 0;
}

enum status
admin_is_superuser(struct admin *admin, bool *is_superuser)
{
	(void)admin;
	*is_superuser = fake.is_superuser;
	return ST_OK;
}

enum status
admin_reference_begin(struct admin *admin, const char *verify)
{
	(void)admin;
	fake.version_kept = fake.version;
	fake.version = 0;
	return called("reference", "(%s)", verify);
}

enum status
admin_reference_end(struct admin *admin, char **reference)
{
	(void)admin;
	fake.version = fake.version_kept;
	*reference = strdup("state");
	return called("taken", "%s", "");
}

enum status
admin_mend(struct admin *admin, const char *reference,
    void (*on_line)(void *context, enum admin_verdict verdict,
    const char *line), void *context)
{
	(void)admin;
	if (fake.wrong != NULL)
		on_line(context, ADMIN_WRONG, fake.wrong);
	if (fake.mended != NULL)
		on_line(context, ADMIN_MENDED, fake.mended);
	return called("mend", "(%s)", reference);
}

enum status
admin_schema(struct admin *admin, int64_t *version, int64_t *oldest_program)
{
	(void)admin;
	*version = fake.version;
	*oldest_program = fake.oldest;
	return called("schema", "%s", "");
}

enum status
admin_begin(struct admin *admin)
{
	(void)admin;
	return called("begin", "%s", "");
}

enum status
admin_commit(struct admin *admin)
{
	(void)admin;
	return called("commit", "%s", "");
}

void
admin_rollback(struct admin *admin)
{
	(void)admin;
	(void)called("rollback", "%s", "");
}

enum status
admin_lock_schema(struct admin *admin)
{
	(void)admin;
	if (fake.version_locked != 0)
		fake.version = fake.version_locked;
	return called("lock", "%s", "");
}

enum status
admin_script(struct admin *admin, const char *script)
{
	(void)admin;
	/* Only the schema's files set it. */
	if (strstr(script, "schema/") != NULL)
		fake.version = fake.version_left != 0 ? fake.version_left :
		    atoi(strstr(script, "schema/") + 7);
	return called("script", "(%s)", script);
}

enum status
admin_check_code(struct admin *admin)
{
	(void)admin;
	return called("checked", "%s", "");
}

const char *
sql_files_list(void)
{
	return fake_sql_files;
}

enum status
admin_user_add(struct admin *admin, const struct admin_user *user)
{
	(void)admin;
	return called("user_add", "(%s,%s,%s,%s,%s,%s,%s,%d)", user->login,
	    user->email, user->name != NULL ? user->name : "NULL",
	    user->extension != NULL ? user->extension : "NULL",
	    user->locale != NULL ? user->locale : "NULL",
	    user->time_zone != NULL ? user->time_zone : "NULL",
	    user->policy != NULL ? user->policy : "NULL", user->is_enabled);
}

enum status
admin_stage_begin(struct admin *admin)
{
	(void)admin;
	return called("stage", "%s", "");
}

/* Of a JSON object only the login is kept, beside the whole as a call. */
enum status
admin_stage_add(struct admin *admin, const char *rows)
{
	const char	*from = rows;
	size_t		 i, k;

	(void)admin;
	for (i = 0; i < FAKE_ROWS_MAX &&
	    (from = strstr(from, "\"login\":\"")) != NULL; i++) {
		from += strlen("\"login\":\"");
		k = strcspn(from, "\"");
		(void)snprintf(fake.logins[i], sizeof(fake.logins[i]), "%.*s",
		    (int)k, from);
	}
	fake.rows = i;
	return called("stage_add", "(%s)", rows);
}

enum status
admin_stage_compare(struct admin *admin, bool is_by_hand, bool is_whole,
    struct admin_stage_counts *counts)
{
	(void)admin;
	memset(counts, 0, sizeof(*counts));
	counts->rows = counts->added = fake.rows;
	return called("compare", "(%d,%d)", is_by_hand, is_whole);
}

enum status
admin_stage_apply(struct admin *admin, const char *action,
    const char *source, uint64_t *mails)
{
	(void)admin;
	*mails = 0;
	return called("apply", "(%s,%s)", action, source);
}

enum status
admin_stage_commit(struct admin *admin)
{
	(void)admin;
	return called("stage_commit", "%s", "");
}

enum status
admin_policy_set(struct admin *admin, const char *name, const char *settings,
    char result[ADMIN_RESULT_SIZE])
{
	(void)admin;
	fake.is_set = true;
	(void)strcpy(result, fake.has_rows ? "changed" : "created");
	return called("policy_set", "(%s,%s)", name, settings);
}

enum status
admin_mail_key_add(struct admin *admin, const char *id,
    char result[ADMIN_RESULT_SIZE])
{
	(void)admin;
	assert_int_equal(strlen(id), 16);
	(void)snprintf(result, ADMIN_RESULT_SIZE, "%s",
	    fake.key_result != NULL ? fake.key_result : "added");
	return called("mail_key_add", "%s", "");
}

static const char *const	user_columns[] = { "login", "email",
    "display_name", "extension", "locale", "policy", "um_enabled",
    "has_pin", "generation", "set_at", "expires_at", "is_expired",
    "must_change", "pin_locked", "is_locked_out", "locked_out_at",
    "failed_logons", "reset_due", "oof_status",
    "missed_call_notification_enabled", "play_on_phone_dial_string",
    "telephone_access_folder_email", "temporary_ends_at",
    "state", NULL };
static const char *const	users[2][24] = {
	{ "al", "al@example.test", "\xc3\x84l \x1b[31m", "201", "en",
	    "default", "t", "t", "3", "2026-01-02 03:04:05.678901+00", NULL,
	    "f", "f", "f", "f", NULL, "0", "f", "t", "t", "+49 30 1\x1b[31m",
	    "AAE=", NULL, "ready" },
	{ "berta", "b@example.test", "", NULL, "de", "strict", "f", "f",
	    "0", NULL, NULL, "f", "f", "f", "t",
	    "2026-01-02 03:04:05+00", "15", "f", "f", "f", "", "", NULL,
	    "disabled" } };
static const char *const	policy_columns[] = { "name",
    "min_pin_length", "pin_lifetime_days", "pin_history_count",
    "allow_common_patterns", "logon_failures_before_reset",
    "max_logon_attempts", "lockout_duration_s", "temp_pin_lifetime_days",
    "reset_pin_text", "um_enabled_text", "resets_per_hour",
    "resets_per_day", "access_numbers", "help_desk_contact",
    "notify_change", "notify_locked",
    "allow_notify_address", "default_language", "time_zone", NULL };
static const char *const	policy_before[] = { "default", "6", "60",
    "5", "f", "5", "15", "0", "7", "", "", "5", "10", "", "", "t",
    "t", "f", "en", "" };
static const char *const	policy_after[] = { "default", "8", "0",
    "20", "t", "5", "15", "1800", "7", "a \"b\"", "", "5", "10", "",
    "", "t", "t", "f", "en", "" };

/* A rule that a row does not have is off. */
static const char *
rule_off(const char *column)
{
	const struct policy_setting	*setting;
	size_t				 i;

	for (i = 0; i < POLICY_RULES; i++) {
		setting = policy_rule_setting((enum policy_rule)i);
		if (setting == NULL || strcmp(setting->column, column) != 0)
			continue;
		return setting->type == POLICY_BOOL ? "f" :
		    setting->type == POLICY_PINS ? "" : "0";
	}
	return NULL;
}

/*
 * Hand over a row of ours in the order of the view's columns; one that we
 * have no value for is NULL.
 */
static enum status
hand_over(const struct admin_view *view, const char *const *columns,
    const char *const *row,
    enum status (*on_row)(void *context, const char *const *values),
    void *context)
{
	const char	*values[ADMIN_COLUMNS_MAX] = { NULL };
	size_t		 i, k;

	for (i = 0; view->columns[i] != NULL; i++) {
		values[i] = rule_off(view->columns[i]);
		for (k = 0; columns[k] != NULL; k++) {
			if (strcmp(columns[k], view->columns[i]) == 0)
				values[i] = row[k];
		}
	}
	return on_row(context, values);
}

/* Mailboxes that stage_add() got: each is new, with the policy "default". */
static enum status
hand_over_stage(const struct admin_view *view,
    const struct admin_filter *filter,
    enum status (*on_row)(void *context, const char *const *values),
    void *context)
{
	static const char *const	columns[] = { "login", "policy",
					    "what", NULL };
	enum status			st = ST_OK;
	size_t				i;

	if (strcmp(filter->conditions[0].column, "is_touched") != 0)
		return ST_OK;
	for (i = 0; i < fake.rows && st == ST_OK; i++)
		st = hand_over(view, columns, (const char *const[]){
		    fake.logins[i], "default", "add" }, on_row, context);
	return st;
}

enum status
admin_read(struct admin *admin, const struct admin_view *view,
    const struct admin_filter *filter,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *count)
{
	const char	*name = filter != NULL ? filter->name : NULL;
	const bool	is_users = strcmp(view->name, "v_user") == 0;
	const bool	is_policies = strcmp(view->name, "v_policy") == 0;
	enum status	st = ST_OK;
	size_t		i;

	(void)admin;
	*count = 0;
	if (strcmp(view->name, "v_stage") == 0)
		st = hand_over_stage(view, filter, on_row, context);
	if (is_policies && (fake.is_set || fake.has_rows)) {
		*count = 1;
		st = hand_over(view, policy_columns, fake.is_set ?
		    policy_after : policy_before, on_row, context);
	}
	for (i = 0; is_users && fake.has_rows && i < 2; i++) {
		if (name == NULL || strcmp(name, users[i][0]) == 0) {
			++*count;
			st = hand_over(view, user_columns, users[i], on_row,
			    context);
		}
	}
	assert_int_equal(st, ST_OK);
	return called("read", "(%s,%s)", view->name,
	    name != NULL ? name : "NULL");
}

enum status
admin_read_json(struct admin *admin, const struct admin_view *view,
    const struct admin_filter *filter,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *count)
{
	static const char	*row[] = { "{\"a\":1}" };
	const char		*name = filter != NULL ? filter->name : NULL;

	(void)admin;
	*count = fake.has_rows ? 1 : 0;
	if (fake.has_rows)
		assert_int_equal(on_row(context, row), ST_OK);
	return called("json", "(%s,%s)", view->name,
	    name != NULL ? name : "NULL");
}

void
policy_count(const struct policy *policy, struct policy_count *count)
{
	assert_true(policy->min_length == 6 || policy->min_length == 8);
	*count = (struct policy_count){ fake.pins, 25.36, true };
}

uint64_t
policy_count_up_to(const struct policy *policy, const char *extension,
    uint64_t enough)
{
	(void)policy;
	(void)extension;
	return fake.pins < enough ? fake.pins : enough;
}

void
fake_reset(void)
{
	buf_free(&fake.calls);
	memset(&fake, 0, sizeof(fake));
	fake.calls = (struct buf)BUF_INIT(FAKE_CALLS_MAX);
	fake.version = UMWS_SCHEMA_VERSION;
	fake.oldest = 1;
	fake.has_rows = true;
	fake.pins = 43000000;
}

void
fake_free(void)
{
	buf_free(&fake.calls);
}
