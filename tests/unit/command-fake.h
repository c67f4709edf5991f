/*
 * command-fake.h - what the tests of umwsctl's verbs share: an admin that
 * notes its calls and fails where it is told to, and a way to run a command
 * line and look at all it left behind.
 */
#ifndef UMWS_COMMAND_FAKE_H
#define UMWS_COMMAND_FAKE_H

#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "app/command.h"
#include "app/sql-files.h"
#include "base/buf.h"
#include "core/policy.h"
#include "edge/admin.h"

#define TEXT_MAX	65536	/* bytes of output or calls */
#define ARGS_MAX	24

struct admin {
	bool	is_used;
};

/* What sql_files_list() says; fake_reset() leaves it. */
static const char	*fake_sql_files = "sql/schema/0001-a.sql";

/* What the fake shall answer, and what it was asked. */
static struct {
	int64_t		 version;
	int64_t		 oldest;
	const char	*fail_call;	/* the call that fails, or NULL */
	unsigned int	 fail_after;	/* so many of these that succeed */
	enum status	 fail_status;
	int64_t		 version_left;	/* a file leaves; 0: its own */
	int64_t		 version_kept;	/* beside the reference's */
	int64_t		 version_locked; /* seen under the lock; 0: same */
	bool		 has_rows;
	bool		 is_set;	/* policy_set was called */
	uint64_t	 pins;
	const char	*sqlstate;	/* of whatever fails; NULL: "" */
	bool		 is_superuser;
	const char	*mended;	/* a line, or NULL */
	const char	*wrong;		/* likewise */
	struct buf	 calls;
} fake;

static struct admin	the_admin;
static char		dir[64];

static inline enum status
called(const char *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline enum status
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
	the_admin.is_used = true;
	*admin = &the_admin;
	return called("new", "(%s)", options->conninfo);
}

void
admin_free(struct admin **admin)
{
	if (*admin != NULL)
		the_admin.is_used = false;
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
    void (*on_line)(void *context, bool is_mended, const char *line),
    void *context)
{
	(void)admin;
	if (fake.wrong != NULL)
		on_line(context, false, fake.wrong);
	if (fake.mended != NULL)
		on_line(context, true, fake.mended);
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

/* What there is to be in dir, instead of what Makefile.am says. */
const char *
sql_files_list(void)
{
	return fake_sql_files;
}

enum status
admin_user_add(struct admin *admin, const struct admin_user *user)
{
	(void)admin;
	return called("user_add", "(%s,%s,%s,%s,%s,%s,%d)", user->login,
	    user->email, user->name != NULL ? user->name : "NULL",
	    user->extension != NULL ? user->extension : "NULL",
	    user->locale != NULL ? user->locale : "NULL",
	    user->policy != NULL ? user->policy : "NULL", user->is_enabled);
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
admin_mail_key_add(struct admin *admin, const char *id)
{
	(void)admin;
	assert_int_equal(strlen(id), 16);
	return called("mail_key_add", "%s", "");
}

static const char *const	user_columns[] = { "login", "email",
    "display_name", "extension", "locale", "policy", "um_enabled",
    "has_pin", "generation", "set_at", "expires_at", "is_expired",
    "must_change", "pin_locked", "is_locked_out", "locked_out_at",
    "failed_logons", "reset_due", "oof_status",
    "missed_call_notification_enabled", "play_on_phone_dial_string",
    "telephone_access_folder_email", NULL };
static const char *const	users[2][22] = {
	{ "al", "al@example.test", "\xc3\x84l \x1b[31m", "201", "en",
	    "default", "t", "t", "3", "2026-01-02 03:04:05.678901+00", NULL,
	    "f", "f", "f", "f", NULL, "0", "f", "t", "t", "+49 30 1\x1b[31m",
	    "AAE=" },
	{ "berta", "b@example.test", "", NULL, "de", "strict", "f", "f",
	    "0", NULL, NULL, "f", "f", "f", "t",
	    "2026-01-02 03:04:05+00", "15", "f", "f", "f", "", "" } };
static const char *const	policy_columns[] = { "name",
    "min_pin_length", "pin_lifetime_days", "pin_history_count",
    "allow_common_patterns", "logon_failures_before_reset",
    "max_logon_attempts", "lockout_duration_s", "temp_pin_lifetime_days",
    "reset_pin_text", "um_enabled_text", "resets_per_hour",
    "resets_per_day", "access_numbers", NULL };
static const char *const	policy_before[] = { "default", "6", "60",
    "5", "f", "5", "15", "0", "7", "", "", "5", "10", "" };
static const char *const	policy_after[] = { "default", "8", "0",
    "20", "t", "5", "15", "1800", "7", "a \"b\"", "", "5", "10", "" };
static const char *const	outbox_columns[] = { "id", "login",
    "generation", "kind", "recipient", "locale", "key_id", "has_sealed",
    "state", "attempts", "next_attempt_at", "is_leased", "created_at",
    "expires_at", "sent_at", "last_error", NULL };

const char *const *
admin_columns(enum admin_view view)
{
	return view == ADMIN_USERS ? user_columns :
	    view == ADMIN_POLICIES ? policy_columns : outbox_columns;
}

enum status
admin_read(struct admin *admin, enum admin_view view, const char *name,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *count)
{
	enum status	st = ST_OK;
	size_t		i;

	(void)admin;
	*count = 0;
	if (view == ADMIN_POLICIES && fake.is_set) {
		*count = 1;
		st = on_row(context, policy_after);
	} else if (view == ADMIN_POLICIES && fake.has_rows) {
		*count = 1;
		st = on_row(context, policy_before);
	}
	for (i = 0; view == ADMIN_USERS && fake.has_rows && i < 2; i++) {
		if (name == NULL || strcmp(name, users[i][0]) == 0) {
			++*count;
			st = on_row(context, users[i]);
		}
	}
	assert_int_equal(st, ST_OK);
	return called("read", "(%d,%s)", (int)view,
	    name != NULL ? name : "NULL");
}

enum status
admin_read_json(struct admin *admin, enum admin_view view, const char *name,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *count)
{
	static const char	*row[] = { "{\"a\":1}" };

	(void)admin;
	*count = fake.has_rows ? 1 : 0;
	if (fake.has_rows)
		assert_int_equal(on_row(context, row), ST_OK);
	return called("json", "(%d,%s)", (int)view,
	    name != NULL ? name : "NULL");
}

enum status
policy_parse(const char *rules, struct policy *policy)
{
	assert_int_equal(sscanf(rules, "min_pin_length=%u ",
	    &policy->min_length), 1);
	assert_non_null(strstr(rules, " allow_common_patterns="));
	assert_null(strstr(rules, "pin_history_count"));
	policy->allow_common = false;
	return ST_OK;
}

bool
policy_is_rule(const char *name)
{
	return strcmp(name, "min_pin_length") == 0 ||
	    strcmp(name, "allow_common_patterns") == 0;
}

uint64_t
policy_count(const struct policy *policy)
{
	assert_true(policy->min_length == 6 || policy->min_length == 8);
	return fake.pins;
}

static inline void
fake_reset(void)
{
	buf_free(&fake.calls);
	memset(&fake, 0, sizeof(fake));
	fake.calls = (struct buf)BUF_INIT(TEXT_MAX);
	fake.version = UMWS_SCHEMA_VERSION;
	fake.oldest = 1;
	fake.has_rows = true;
	fake.pins = 43000000;
}

static inline int
case_begin(void **state)
{
	fake_reset();
	return unit_begin(state);
}

static inline int
case_end(void **state)
{
	buf_free(&fake.calls);
	return unit_end(state);
}

#define COMMAND_TEST(test) \
	cmocka_unit_test_setup_teardown(test, case_begin, case_end)

/* Write a file; the tests run in a directory of their own. */
static inline void
put_file(const char *name, const char *text)
{
	FILE	*file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline int
group_begin(void **state)
{
	char	text[1024];

	(void)state;
	(void)strcpy(dir, "/tmp/umws-command-XXXXXX");
	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return -1;
	(void)snprintf(text, sizeof(text), "database_admin = user=a\n"
	    "pepper_key = %s/pepper.key\nmail_key = %s/mail.key\n"
	    "mail_pub = %s/mail.pub\nweb_secret = %s/web.secret\n", dir, dir,
	    dir, dir);
	put_file("umws.conf", text);
	return 0;
}

static inline int
group_end(void **state)
{
	static const char *const	names[] = { "umws.conf", "pepper.key",
	    "mail.key", "mail.pub", "web.secret", "web.secret.nginx",
	    "web.secret.apache", "users.csv", "bad.conf", "off.conf" };
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(names[i]);
	return chdir("/") == 0 ? rmdir(dir) : -1;
}

/* What one invocation left behind. */
struct outcome {
	int	code;
	char	out[TEXT_MAX];
	char	err[4096];
};

/* Run "umwsctl ARG|ARG|..." with this standard input. */
static inline void
run(const char *args, const char *input, struct outcome *outcome)
{
	char			*argv[ARGS_MAX + 1], *copy, *rest;
	struct command_io	 io;
	int			 argc = 0;

	memset(outcome, 0, sizeof(*outcome));
	copy = strdup(args);
	assert_non_null(copy);
	argv[argc++] = copy + strlen(copy);
	for (rest = copy; rest != NULL && argc < ARGS_MAX;)
		argv[argc++] = strsep(&rest, "|");
	argv[argc] = NULL;
	io.in = tmpfile();
	assert_non_null(io.in);
	assert_true(fputs(input, io.in) >= 0);
	rewind(io.in);
	io.out = fmemopen(outcome->out, sizeof(outcome->out) - 1, "w");
	io.err = fmemopen(outcome->err, sizeof(outcome->err) - 1, "w");
	outcome->code = command_main(&io, argc, argv);
	(void)fclose(io.in);
	(void)fclose(io.out);
	(void)fclose(io.err);
	free(copy);
	assert_false(the_admin.is_used);
}

struct command_case {
	const char	*args;		/* after "--config|umws.conf|" */
	int		 code;
	const char	*out;		/* "" for none; else part of it */
	const char	*err;		/* likewise, after "umwsctl: " */
	const char	*calls;		/* all of them, or NULL */
};

static inline void
check(const struct command_case *row, const char *input)
{
	static struct outcome	outcome;
	char			args[1024];
	size_t			len;
	bool			is_fine;

	(void)snprintf(args, sizeof(args), "--config|umws.conf|%s",
	    row->args);
	run(args, input, &outcome);
	len = strlen(outcome.err);
	is_fine = outcome.code == row->code &&
	    (*row->out == '\0') == (outcome.out[0] == '\0') &&
	    strstr(outcome.out, row->out) != NULL &&
	    (*row->err == '\0') == (len == 0) &&
	    strstr(outcome.err, row->err) != NULL &&
	    (row->calls == NULL ||
	    strcmp(buf_text(&fake.calls), row->calls) == 0);
	/* An error is one line. */
	is_fine = is_fine && (len == 0 ||
	    (strncmp(outcome.err, "umwsctl: ", 9) == 0 &&
	    strchr(outcome.err, '\n') == outcome.err + len - 1));
	if (!is_fine)
		dprintf(unit.stderr_fd, "code %d\nout %s\nerr %s\ncalls "
		    "%s\n", outcome.code, outcome.out, outcome.err,
		    buf_text(&fake.calls));
	UNIT_CHECK(row->args, is_fine);
}

static inline void
check_all(const struct command_case *rows, size_t count)
{
	size_t	i;

	for (i = 0; i < count; i++) {
		fake_reset();
		check(&rows[i], "");
	}
}

#define CHECK_ALL(rows)	check_all(rows, sizeof(rows) / sizeof((rows)[0]))

#endif
