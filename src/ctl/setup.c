/*
 * setup.c - "setup": from installed programs to a service that works, step by
 * step. All steps look before the first one makes anything; what one cannot
 * make takes back what this run has made.
 */
#include "config.h"

#include "ctl/setup.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/text.h"
#include "core/crypto.h"
#include "core/derive.h"

#define STEPS_MAX	16

const struct setup_step	setup_steps[] = {
	{ "users", setup_look_users, setup_make_users, setup_undo_users,
	  "who runs worker and mailer", true, true },
	{ "folders", setup_look_folders, setup_make_folders,
	  setup_undo_folders, "for settings, and for the worker's socket",
	  true, true },
	{ "settings", setup_look_settings, setup_make_settings,
	  setup_undo_settings, "what was told to setup", true, true },
	{ "database", setup_look_database, setup_make_database,
	  setup_undo_database, "for mailboxes and queued mails", true,
	  false },
	{ "schema", setup_look_schema, setup_make_schema, setup_undo_schema,
	  "tables, functions and roles, by umwsctl db upgrade", true, false },
	{ "login", setup_look_login, setup_make_login, setup_undo_login,
	  "who may log in to the database as what role", true, false },
	{ "keys", setup_look_keys, setup_make_keys, setup_undo_keys,
	  "with the owners and rights that they need", true, true },
	{ "policy", setup_look_policy, setup_make_policy, setup_undo_policy,
	  "the first rules of PINs", true, false },
	{ "web", setup_look_web, setup_make_web, setup_undo_web,
	  "tested and loaded by the web server", false, true },
	{ "services", setup_look_services, setup_make_services,
	  setup_undo_services, "sockets and timers", false, true },
	{ .name = NULL }
};

void
setup_tell(struct setup *setup, const char *format, ...)
{
	va_list	ap;

	va_start(ap, format);
	(void)vsnprintf(setup->what, sizeof(setup->what), format, ap);
	va_end(ap);
}

enum setup_found
setup_refuse(const struct setup *setup, const char *format, ...)
{
	char	line[SETUP_PATH_SIZE];
	va_list	ap;

	va_start(ap, format);
	(void)vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	(void)command_fail(setup->command, EX_CONFIG, "%s; nothing was "
	    "changed", line);
	return SETUP_FOREIGN;
}

enum setup_found
setup_both(enum setup_found one, enum setup_found other)
{
	return one > other ? one : other;
}

/* Whoever looks on sees each line when it is true. */
static void
say_now(struct setup *setup, const char *done, const char *what,
    const char *sentence)
{
	command_say(setup->command, "%s: %s%s%s\n", done, what,
	    sentence == NULL ? "" : ": ", sentence == NULL ? "" : sentence);
	(void)fflush(setup->command->io->out);
}

/* Look at all; EX_OK, and what each has found. */
static int
look_at_all(struct setup *setup, bool is_missing[STEPS_MAX], size_t *missing)
{
	enum setup_found	found;
	size_t			i;

	*missing = 0;
	for (i = 0; setup_steps[i].name != NULL; i++) {
		found = setup_steps[i].look(setup);
		if (found == SETUP_FOREIGN)
			return EX_CONFIG;
		if (found == SETUP_UNKNOWN)
			return EX_UNAVAILABLE;
		is_missing[i] = found == SETUP_MISSING;
		*missing += is_missing[i];
		if (setup->is_dry)
			say_now(setup, is_missing[i] ? "would make" :
			    "is there", setup->what, is_missing[i] ?
			    setup_steps[i].sentence : NULL);
	}
	return EX_OK;
}

/* One step, the last of this run before it has begun. */
static int
make_one(struct setup *setup, const struct setup_step *step)
{
	int	code;

	/* What it says of itself, which those before it may have changed. */
	if (step->look(setup) > SETUP_MISSING)
		return EX_CONFIG;
	code = setup_record_add(setup, "begin", step->name, NULL);
	if (code == EX_OK)
		code = step->make(setup);
	if (code == EX_OK)
		code = setup_record_add(setup, "done", step->name, NULL);
	if (code == EX_OK)
		say_now(setup, "made", setup->what, NULL);
	return code;
}

static int
undo_one(struct setup *setup, const struct setup_step *step)
{
	int	code;

	code = step->undo(setup);
	if (code == EX_OK)
		code = setup_record_forget(setup, step->name);
	if (code == EX_OK)
		say_now(setup, "taken back", step->name, NULL);
	return code;
}

/*
 * Take back what this run has made of a step. Of one that was there before,
 * and of data that is in use, that is what the record did not have then: not
 * the key of every PIN because a file beside it was missing.
 */
static int
take_one_back(struct setup *setup, const struct setup_step *step,
    const char *earlier)
{
	char	done[SETUP_WHAT_SIZE];
	bool	is_old;
	int	code;

	(void)snprintf(done, sizeof(done), "\ndone %s\n", step->name);
	is_old = strstr(earlier, done) != NULL ||
	    (step->is_data && setup->mailboxes > 0);
	if (is_old && !step->is_listed)
		return EX_OK;
	setup->earlier = is_old ? earlier : NULL;
	code = undo_one(setup, step);
	setup->earlier = NULL;
	return code;
}

/* Make what is missing, or leave nothing of this run. */
static int
make_all(struct setup *setup, const bool is_missing[STEPS_MAX])
{
	char	*earlier = setup_record_standing(setup);
	size_t	 i;
	int	 code, undone = EX_OK;

	if (earlier == NULL)
		return command_fail(setup->command, EX_OSERR, "no memory");
	code = setup_record_keep_options(setup);
	for (i = 0; code == EX_OK && setup_steps[i].name != NULL; i++)
		if (is_missing[i])
			code = make_one(setup, &setup_steps[i]);
	while (code != EX_OK && i > 0 && undone == EX_OK)
		if (is_missing[--i])
			undone = take_one_back(setup, &setup_steps[i],
			    earlier);
	if (code != EX_OK && undone == EX_OK)
		undone = setup_record_forget(setup, NULL);
	free(earlier);
	if (undone != EX_OK)
		(void)command_fail(setup->command, undone, "what this run has "
		    "made could not be taken back: umwsctl setup --undo does "
		    "once the above is put right");
	return code;
}

static int
refuse_library(const struct setup *setup)
{
	return command_fail(setup->command, EX_SOFTWARE, "no key could be "
	    "made: the library is not usable");
}

/* Everything that can be wrong before anything is looked at. */
static int
prepare(struct setup *setup)
{
	int	code;

	code = setup_record_options(setup);
	if (code == EX_OK)
		code = setup_check_wish(setup);
	if (code == EX_OK)
		code = setup_find_web(setup);
	if (code == EX_OK)
		code = setup_check_certificate(setup);
	if (code == EX_OK)
		code = setup_check_auth(setup);
	if (code == EX_OK)
		code = setup_find_server(setup);
	if (code == EX_OK && derive_init() != ST_OK)
		code = refuse_library(setup);
	return code;
}

static int
set_up(struct setup *setup)
{
	const char	*address = command_option(setup->command,
			    "--test-mail");
	bool		 is_missing[STEPS_MAX] = { false };
	size_t		 missing;
	int		 code;

	code = prepare(setup);
	if (code == EX_OK)
		code = look_at_all(setup, is_missing, &missing);
	if (code != EX_OK)
		return code;
	if (setup->is_dry) {
		command_say(setup->command, "nothing was changed: "
		    "--dry-run\n");
		return EX_OK;
	}
	if (missing == 0)
		command_say(setup->command, "all is there, and nothing was "
		    "changed\n");
	else
		code = make_all(setup, is_missing);
	if (code == EX_OK)
		setup_tell_services(setup);
	if (code == EX_OK && address != NULL)
		code = setup_test_mail(setup, address);
	return code;
}

/* The data stays, and where it is. */
static void
tell_kept(struct setup *setup)
{
	command_say(setup->command, "kept: database %s of %s with %lld "
	    "mailboxes, its keys in %s and who may log in; umwsctl setup "
	    "--undo --delete-mailboxes takes them, too\n",
	    setup->wish.database, setup->server.name[0] != '\0' ?
	    setup->server.name : "the server of --dsn",
	    (long long)setup->mailboxes, UMWS_SYSCONFDIR);
}

/* All that the record has, the last first. */
static int
undo_all(struct setup *setup, bool is_keeping)
{
	const struct setup_step	*step;
	size_t			 i;
	int			 code = EX_OK;

	for (i = 0; setup_steps[i].name != NULL; i++)
		;
	while (i > 0 && code == EX_OK) {
		step = &setup_steps[--i];
		if (!setup_record_has(setup, "begin", step->name, NULL) ||
		    (is_keeping && step->is_data))
			continue;
		if (setup->is_dry)
			say_now(setup, "would take back", step->name, NULL);
		else
			code = undo_one(setup, step);
	}
	/* Options are all that one has left who was killed early. */
	if (code == EX_OK && !setup->is_dry)
		code = setup_record_forget(setup, NULL);
	return code;
}

static int
take_back(struct setup *setup)
{
	bool	is_keeping;
	int	code;

	if (setup->record.len == 0) {
		command_say(setup->command, "setup has made nothing on this "
		    "host, and nothing was changed\n");
		return EX_OK;
	}
	code = setup_record_options(setup);
	if (code == EX_OK)
		code = setup_find_web(setup);
	if (code == EX_OK)
		code = setup_find_server(setup);
	if (code == EX_OK && setup_look_schema(setup) > SETUP_MISSING)
		code = EX_CONFIG;
	if (code != EX_OK)
		return code;
	is_keeping = setup->mailboxes > 0 && !command_has(setup->command,
	    "--delete-mailboxes");
	code = undo_all(setup, is_keeping);
	if (code == EX_OK && is_keeping)
		tell_kept(setup);
	if (code == EX_OK && setup->is_dry)
		command_say(setup->command, "nothing was changed: "
		    "--dry-run\n");
	return code;
}

/* One at a time, by a folder that nobody else locks. */
static int
lock(const struct command *command, int *fd)
{
	enum status	st;

	st = hostfile_lock(UMWS_SHAREDIR, fd);
	if (st == ST_BUSY)
		return command_fail(command, EX_TEMPFAIL, "another umwsctl "
		    "setup is at work on this host; nothing was changed");
	return st == ST_OK ? EX_OK : command_fail(command, EX_SOFTWARE,
	    "%s cannot be read, see above: install umws again",
	    UMWS_SHAREDIR);
}

int
setup_run(struct command *command)
{
	struct setup	setup = { .command = command,
			    .record = BUF_INIT(SETUP_RECORD_MAX) };
	int		code, fd = -1;

	if (geteuid() != 0)
		return command_fail(command, EX_NOPERM, "setup makes users, "
		    "keys and files of the web server: run it as root; "
		    "nothing was changed");
	if (!command_has(command, "--undo") &&
	    command_has(command, "--delete-mailboxes"))
		return command_fail(command, EX_USAGE, "--delete-mailboxes "
		    "goes with --undo");
	setup.is_dry = command_has(command, "--dry-run");
	setup.silent = *command->io;
	setup.silent.out = fopen("/dev/null", "we");
	if (setup.silent.out == NULL)
		return command_fail(command, EX_OSERR, "/dev/null cannot be "
		    "written");
	command->is_changing = !setup.is_dry;
	setup_take_wish(&setup);
	code = crypto_init() == ST_OK ? lock(command, &fd) :
	    refuse_library(&setup);
	if (code == EX_OK)
		code = setup_record_load(&setup);
	if (code == EX_OK)
		code = command_has(command, "--undo") ? take_back(&setup) :
		    set_up(&setup);
	setup_server_close(&setup);
	(void)fclose(setup.silent.out);
	buf_free(&setup.record);
	free(setup.kept);
	conf_free(&setup.conf);
	if (fd >= 0)
		(void)close(fd);
	return code;
}
