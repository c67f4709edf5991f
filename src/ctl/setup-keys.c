/*
 * setup-keys.c - "setup": the key files, as umwsctl key create makes them,
 * with the owners and rights that their readers need. Keys and a database
 * belong together: with one of another installation nothing is made.
 */
#include "config.h"

#include <sys/stat.h>

#include <grp.h>
#include <libgen.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/key.h"
#include "ctl/setup.h"

#define KEYS		"keys"
#define IDS_MAX		1024	/* bytes of the ids of one file */

static const char *const	include_suffixes[] = { ".nginx", ".apache" };

/* With the settings in force, and as the database's superuser. */
static struct command
key_command(struct setup *setup)
{
	struct command	command = setup->server.own;

	command.io = &setup->silent;
	command.conf = setup->conf != NULL ? setup->conf :
	    setup->command->conf;
	return command;
}

/* The rights of a key file; the group may not be there yet. */
static struct hostfile_rights
rights_of(const struct key_kind *kind, const struct key_file *file)
{
	const struct group	*group = kind->group == NULL ? NULL :
				    getgrnam(kind->group);

	if (file->secrecy == KEYFILE_PUBLIC)
		return (struct hostfile_rights){ 0, 0, 0644 };
	if (group == NULL)
		return (struct hostfile_rights){ 0, 0, 0600 };
	return (struct hostfile_rights){ 0, group->gr_gid, 0640 };
}

static bool
is_made(const struct setup *setup, const char *path)
{
	return setup_record_has(setup, "made", KEYS, path);
}

/*
 * Those of one that somebody else has put there, as from a backup: its reader
 * may read it, and nobody else, or it is root's alone, whose keys systemd hands
 * on.
 */
static bool
has_good_rights(const char *path, const struct hostfile_rights *rights)
{
	const struct hostfile_rights	root = { 0, 0, 0600 };

	return hostfile_has(path, rights) || ((rights->mode & S_IROTH) == 0 &&
	    hostfile_has(path, &root));
}

/* The ids of a file's keys, parted by commas; "" when it is refused. */
static void
read_ids(const char *path, enum keyfile_kind secrecy, char ids[IDS_MAX])
{
	struct keyring	*ring = NULL;
	size_t		 i, len = 0;

	*ids = '\0';
	if (keyfile_read(path, secrecy, &ring) != ST_OK)
		return;
	for (i = 0; i < keyring_count(ring) && len < IDS_MAX; i++)
		len += (size_t)snprintf(ids + len, IDS_MAX - len, "%s%s",
		    i == 0 ? "" : ",", keyring_at(ring, i)->id);
	keyring_free(&ring);
}

/* Is the key that PINs are sealed to one that the database knows? */
static enum setup_found
judge_mail(struct setup *setup, const struct command *command,
    const char *path)
{
	const char	*pub = command->conf->mail_pub;
	char		 ids[IDS_MAX];
	struct key	 key;
	bool		 is_known, is_pub_there = hostfile_is_there(pub);
	int64_t		 strange;
	enum status	 st;

	/* Killed over it. */
	if (is_made(setup, path) && !is_pub_there)
		return SETUP_MISSING;
	if (hostfile_is_there(path) &&
	    key_read_pair(command->conf, is_pub_there, &key) != ST_OK)
		return setup_refuse(setup, "%s and %s are no pair of keys: "
		    "they are of different installations, or damaged", path,
		    pub);
	read_ids(is_pub_there ? pub : path, is_pub_there ? KEYFILE_PUBLIC :
	    KEYFILE_SECRET, ids);
	ids[strcspn(ids, ",")] = '\0';
	st = cluster_find_keys(admin_db(command->admin), "mail", ids,
	    &is_known, &strange);
	if (st != ST_OK) {
		(void)command_db_fail(command, st, KEYS);
		return SETUP_UNKNOWN;
	}
	if (is_known)
		return is_pub_there ? SETUP_THERE : SETUP_MISSING;
	return setup_refuse(setup, "database %s does not know the key %s of "
	    "%s: it is another installation's; or, where only its row was "
	    "lost, umwsctl key create mail registers it",
	    setup->wish.database, ids, is_pub_there ? pub : path);
}

/* Are there PINs that none of our peppers keys? */
static enum setup_found
judge_pepper(struct setup *setup, const struct command *command,
    const char *path)
{
	char		ids[IDS_MAX] = "";
	bool		is_known;
	int64_t		strange;
	enum status	st;

	if (hostfile_is_there(path))
		read_ids(path, KEYFILE_SECRET, ids);
	st = cluster_find_keys(admin_db(command->admin), "pepper", ids,
	    &is_known, &strange);
	if (st != ST_OK) {
		(void)command_db_fail(command, st, KEYS);
		return SETUP_UNKNOWN;
	}
	if (strange == 0)
		return SETUP_THERE;
	return setup_refuse(setup, "database %s has %lld PINs under a key "
	    "that is not in %s: bring the keys of the installation that made "
	    "them", setup->wish.database, (long long)strange, path);
}

/* The files of one kind: there, as they should be, or to be made. */
static enum setup_found
look_kind(struct setup *setup, const struct command *command,
    const struct key_kind *kind)
{
	const struct key_file	*file;
	struct hostfile_rights	 rights;
	const char		*path;
	enum setup_found	 found = SETUP_THERE;
	bool			 is_schema_ours = setup_record_has(setup,
				    "begin", "schema", NULL);

	for (file = kind->files; file->setting != NULL; file++) {
		path = key_path(command, file);
		if (strcmp(path, "off") == 0)
			continue;
		rights = rights_of(kind, file);
		if (hostfile_is_there(path) && !is_made(setup, path) &&
		    setup->version == 0)
			return setup_refuse(setup, "%s is there, and database "
			    "%s has no schema: it is another installation's "
			    "key, move it away, or name that database",
			    path, setup->wish.database);
		/* A host without a mailer has the public half alone. */
		if ((!hostfile_is_there(path) && !(kind->group != NULL &&
		    strcmp(path, command->conf->mail_key) == 0 &&
		    hostfile_is_there(command->conf->mail_pub))) ||
		    (hostfile_is_there(path) && (is_made(setup, path) ?
		    !hostfile_has(path, &rights) :
		    !has_good_rights(path, &rights))))
			found = SETUP_MISSING;
		if (!hostfile_is_there(path) && setup->version > 0 &&
		    !is_schema_ours && strcmp(kind->name, "pepper") == 0)
			return setup_refuse(setup, "database %s is another "
			    "installation's, with %lld mailboxes: bring its "
			    "keys to %s first", setup->wish.database,
			    (long long)setup->mailboxes, UMWS_SYSCONFDIR);
	}
	return found;
}

/* What only the database can tell of the files that are there. */
static enum setup_found
judge_kind(struct setup *setup, const struct command *command,
    const struct key_kind *kind)
{
	const char	*path = key_path(command, &kind->files[0]);
	char		 ids[IDS_MAX];

	if (setup->version == 0)
		return SETUP_THERE;
	if (hostfile_is_there(path)) {
		read_ids(path, kind->files[0].secrecy, ids);
		if (*ids == '\0')
			return setup_refuse(setup, "%s is no key file, or not "
			    "kept as one, see above", path);
	}
	if (strcmp(kind->name, "pepper") == 0)
		return judge_pepper(setup, command, path);
	if (strcmp(kind->name, "mail") == 0 && (hostfile_is_there(path) ||
	    hostfile_is_there(command->conf->mail_pub)))
		return judge_mail(setup, command, path);
	return SETUP_THERE;
}

/* The files beside the web server's secret. */
static enum setup_found
look_includes(const struct command *command)
{
	char	path[SETUP_PATH_SIZE];
	size_t	i;

	for (i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s%s",
		    command->conf->web_secret, include_suffixes[i]);
		if (strcmp(command->conf->web_secret, "off") != 0 &&
		    !hostfile_is_there(path))
			return SETUP_MISSING;
	}
	return SETUP_THERE;
}

enum setup_found
setup_look_keys(struct setup *setup)
{
	struct command		 command = key_command(setup);
	const struct key_kind	*kind;
	enum setup_found	 found, one;

	setup_tell(setup, "keys in %s", UMWS_SYSCONFDIR);
	command.conf = command.conf != NULL ? command.conf :
	    setup->command->conf;
	found = look_includes(&command);
	for (kind = key_kinds; kind->name != NULL; kind++) {
		if (key_check_group(setup->command, kind) != EX_OK)
			return SETUP_FOREIGN;
		one = look_kind(setup, &command, kind);
		if (one <= SETUP_MISSING)
			one = setup_both(one, judge_kind(setup, &command,
			    kind));
		found = setup_both(found, one);
		if (found > SETUP_MISSING)
			return found;
	}
	return found;
}

/* What a killed writer has left beside the file is a key, too. */
static void
remove_successor(const char *path)
{
	char	copy[SETUP_PATH_SIZE], name[SETUP_PATH_SIZE];
	char	next[2 * SETUP_PATH_SIZE];

	(void)snprintf(copy, sizeof(copy), "%s", path);
	(void)snprintf(name, sizeof(name), "%s", path);
	(void)snprintf(next, sizeof(next), "%s/.%s.next", dirname(copy),
	    basename(name));
	if (hostfile_remove(next) != ST_OK)
		return;		/* logged; the next one tries again */
}

static int
note_files(struct setup *setup, const struct command *command,
    const struct key_kind *kind)
{
	const struct key_file	*file;
	char			 path[SETUP_PATH_SIZE];
	size_t			 i;
	int			 code = EX_OK;

	for (file = kind->files; code == EX_OK && file->setting != NULL;
	    file++)
		if (!hostfile_is_there(key_path(command, file)))
			code = setup_record_add(setup, "made", KEYS,
			    key_path(command, file));
	for (i = 0; code == EX_OK && strcmp(kind->name, "web") == 0 && i < 2;
	    i++) {
		(void)snprintf(path, sizeof(path), "%s%s",
		    command->conf->web_secret, include_suffixes[i]);
		if (!hostfile_is_there(path))
			code = setup_record_add(setup, "made", KEYS, path);
	}
	return code;
}

/* Whether kind->create() has something to do; it refuses what is there. */
static bool
is_whole(const struct command *command, const struct key_kind *kind)
{
	const struct key_file	*file;

	if (strcmp(kind->name, "mail") == 0 &&
	    hostfile_is_there(command->conf->mail_pub))
		return true;
	for (file = kind->files; file->setting != NULL; file++)
		if (strcmp(key_path(command, file), "off") != 0 &&
		    !hostfile_is_there(key_path(command, file)))
			return false;
	return strcmp(kind->name, "web") != 0 ||
	    look_includes(command) == SETUP_THERE;
}

static int
make_kind(struct setup *setup, struct command *command,
    const struct key_kind *kind)
{
	const struct key_file	*file;
	struct hostfile_rights	 rights;
	const char		*path;
	int			 code;

	code = note_files(setup, command, kind);
	if (code == EX_OK && !is_whole(command, kind))
		code = kind->create(command, kind);
	for (file = kind->files; code == EX_OK && file->setting != NULL;
	    file++) {
		path = key_path(command, file);
		rights = rights_of(kind, file);
		remove_successor(path);
		if (hostfile_is_there(path) && (is_made(setup, path) ||
		    !has_good_rights(path, &rights)) &&
		    hostfile_own(path, &rights) != ST_OK)
			code = command_fail(setup->command, EX_CANTCREAT,
			    "%s did not get its owner, see above", path);
	}
	return code;
}

int
setup_make_keys(struct setup *setup)
{
	struct command		 command = key_command(setup);
	const struct key_kind	*kind;
	int			 code = EX_OK;

	for (kind = key_kinds; code == EX_OK && kind->name != NULL; kind++)
		if (strcmp(key_path(&command, &kind->files[0]), "off") != 0)
			code = make_kind(setup, &command, kind);
	return code;
}

static void
remove_next(void *context, const char *path)
{
	(void)context;
	remove_successor(path);
}

int
setup_undo_keys(struct setup *setup)
{
	setup_record_each(setup, "made", KEYS, remove_next, NULL);
	return setup_undo_made(setup, KEYS);
}
