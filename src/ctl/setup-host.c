/*
 * setup-host.c - "setup": users, folders, and the settings that were told. A
 * package has made the first two already.
 */
#include "config.h"

#include <sys/stat.h>

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/setup-auth.h"
#include "edge/program.h"

#define USERS		"users"
#define FOLDERS		"folders"
#define SETTINGS	"settings"
#define TIMEOUT_S	30
#define SETTINGS_MAX	8192	/* bytes of the file */

static const char *const	users[] = { SETUP_WORKER, SETUP_MAILER,
    SETUP_ADMIN };

#define USER_COUNT	(sizeof(users) / sizeof(users[0]))

enum setup_found
setup_look_users(struct setup *setup)
{
	const struct passwd	*user;
	enum setup_found	 found = SETUP_THERE;
	size_t			 i;

	setup_tell(setup, "users %s, %s and %s", users[0], users[1], users[2]);
	for (i = 0; i < USER_COUNT; i++) {
		user = getpwnam(users[i]);
		if (user == NULL && getgrnam(users[i]) == NULL)
			found = SETUP_MISSING;
		else if (user == NULL || user->pw_uid == 0 ||
		    getgrnam(users[i]) == NULL)
			return setup_refuse(setup, "%s is to be a user and "
			    "its own group, and is only one of them, or root",
			    users[i]);
	}
	return found;
}

static int
run_on_user(struct setup *setup, const char *path,
    const char *const *arguments, const char *user)
{
	const struct program	program = { .path = path,
				    .arguments = arguments,
				    .timeout_s = TIMEOUT_S };
	struct buf		words = BUF_INIT(SETTINGS_MAX);
	int			code;

	code = program_run(&program, &words) == 0 ? EX_OK :
	    command_fail(setup->command, EX_OSERR, "%s %s has failed (it "
	    "says: %.*s)", path, user, (int)strcspn(buf_text(&words), "\n"),
	    buf_text(&words));
	buf_free(&words);
	return code;
}

int
setup_make_users(struct setup *setup)
{
	const char	*arguments[] = { "--system", "--user-group",
			    "--no-create-home", "--home-dir", "/nonexistent",
			    "--shell", "/usr/sbin/nologin", NULL, NULL };
	size_t		 i;
	int		 code = EX_OK;

	for (i = 0; i < USER_COUNT && code == EX_OK; i++) {
		if (getpwnam(users[i]) != NULL)
			continue;
		code = setup_record_add(setup, "made", USERS, users[i]);
		arguments[7] = users[i];
		if (code == EX_OK)
			code = run_on_user(setup, "/usr/sbin/useradd",
			    arguments, users[i]);
	}
	return code;
}

struct undoing {
	struct setup	*setup;
	int		 code;
};

static void
undo_user(void *context, const char *name)
{
	struct undoing	*undoing = context;
	const char	*arguments[] = { name, NULL };

	if (getpwnam(name) != NULL && undoing->code == EX_OK)
		undoing->code = run_on_user(undoing->setup,
		    "/usr/sbin/userdel", arguments, name);
}

int
setup_undo_users(struct setup *setup)
{
	struct undoing	undoing = { setup, EX_OK };

	setup_record_each(setup, "made", USERS, undo_user, &undoing);
	return undoing.code;
}

/* Each folder, and its rights; the users may not be there yet. */
static bool
folder_at(size_t i, const char **path, struct hostfile_rights *rights)
{
	static const char *const	paths[] = { UMWS_SYSCONFDIR,
					    SETUP_CONF_DIR, SETUP_RUN_DIR };
	const struct passwd		*worker = getpwnam(SETUP_WORKER);
	const struct group		*web = getgrnam(SETUP_WEB_GROUP);

	if (i >= sizeof(paths) / sizeof(paths[0]))
		return false;
	*path = paths[i];
	*rights = (struct hostfile_rights){ 0, 0, 0755 };
	if (strcmp(*path, SETUP_RUN_DIR) == 0)
		*rights = (struct hostfile_rights){
		    worker == NULL ? 0 : worker->pw_uid,
		    web == NULL ? 0 : web->gr_gid, 02750 };
	return true;
}

enum setup_found
setup_look_folders(struct setup *setup)
{
	struct hostfile_rights	 rights;
	enum setup_found	 found = SETUP_THERE;
	const char		*path;
	size_t			 i;

	setup_tell(setup, "folders %s and %s", SETUP_CONF_DIR, SETUP_RUN_DIR);
	for (i = 0; folder_at(i, &path, &rights); i++) {
		if (!hostfile_is_there(path) || (setup_record_has(setup,
		    "made", FOLDERS, path) && !hostfile_has(path, &rights)))
			found = SETUP_MISSING;
		else if (strcmp(path, SETUP_RUN_DIR) == 0 &&
		    !hostfile_has(path, &rights))
			return setup_refuse(setup, "%s is there, and not "
			    "%s's with the group %s and mode 2750: correct it",
			    path, SETUP_WORKER, SETUP_WEB_GROUP);
	}
	return found;
}

int
setup_make_folders(struct setup *setup)
{
	struct hostfile_rights	 rights;
	const char		*path;
	size_t			 i;
	int			 code = EX_OK;

	for (i = 0; code == EX_OK && folder_at(i, &path, &rights); i++) {
		if (hostfile_is_there(path) &&
		    !setup_record_has(setup, "made", FOLDERS, path))
			continue;
		code = setup_record_add(setup, "made", FOLDERS, path);
		if (code == EX_OK &&
		    hostfile_make_directory(path, &rights) != ST_OK)
			code = command_fail(setup->command, EX_CANTCREAT,
			    "%s could not be made, see above", path);
	}
	return code;
}

int
setup_undo_folders(struct setup *setup)
{
	return setup_undo_made(setup, FOLDERS);
}

/* What was told, as lines of umws.conf. */
static void
write_settings(const struct setup *setup, struct buf *text)
{
	static const char *const	roles[] = { "worker", "mailer",
					    "admin" };
	const struct setup_wish		*wish = &setup->wish;
	char				 realm[SETUP_PATH_SIZE];
	size_t				 i;

	buf_puts(text, "# Made by umwsctl setup, whose --undo takes it back. "
	    "Your own settings belong\n# into another file of this folder: "
	    "of several, the last one wins.\n");
	if (wish->mail_from != NULL)
		buf_printf(text, "mail_from = %s\n", wish->mail_from);
	if (wish->smtp_url != NULL)
		buf_printf(text, "smtp_url = %s\n", wish->smtp_url);
	if (setup->web != NULL &&
	    strcmp(setup_auth_way(setup)->name, "kerberos") == 0 &&
	    setup_auth_name(setup, 1, realm))
		buf_printf(text, "strip_domains = %s\n", realm);
	if (setup->server.is_usual && strcmp(wish->database, "umws") == 0)
		return;
	for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		buf_printf(text, "database_%s = %s dbname=%s user=umws_%s\n",
		    roles[i], setup->server.conninfo, wish->database,
		    roles[i]);
}

enum setup_found
setup_look_settings(struct setup *setup)
{
	struct buf		text = BUF_INIT(SETTINGS_MAX);
	enum setup_found	found;

	setup_tell(setup, "settings in %s", SETUP_CONF_FILE);
	write_settings(setup, &text);
	found = setup_look_file(setup, SETTINGS, SETUP_CONF_FILE,
	    buf_text(&text));
	buf_free(&text);
	return found;
}

int
setup_make_settings(struct setup *setup)
{
	struct buf	 text = BUF_INIT(SETTINGS_MAX);
	struct conf	*conf = NULL;
	int		 code;

	write_settings(setup, &text);
	code = setup_make_file(setup, SETTINGS, SETUP_CONF_FILE,
	    buf_text(&text));
	buf_free(&text);
	if (code != EX_OK)
		return code;
	/* What is wrong with it is said with the name of the file. */
	if (conf_load(setup->command->config, &conf) != ST_OK)
		return command_fail(setup->command, EX_CONFIG, "what was "
		    "told is no setting, see above");
	setup->conf = conf;
	return EX_OK;
}

int
setup_undo_settings(struct setup *setup)
{
	return setup_undo_made(setup, SETTINGS);
}
