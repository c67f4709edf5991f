/*
 * command-case.c - a directory of its own, and command lines run in it.
 */
#include "config.h"

#include "command-case.h"

#include "ctl/command.h"

#define ARGS_MAX	24

static char	dir[64];

int
command_case_begin(void **state)
{
	fake_reset();
	return unit_begin(state);
}

int
command_case_end(void **state)
{
	fake_free();
	return unit_end(state);
}

void
put_file(const char *name, const char *text)
{
	FILE	*file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

int
command_group_begin(void **state)
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

int
command_group_end(void **state)
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

void
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
	assert_false(fake.is_used);
}

void
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

void
check_all(const struct command_case *rows, size_t count)
{
	size_t	i;

	for (i = 0; i < count; i++) {
		fake_reset();
		check(&rows[i], "");
	}
}
