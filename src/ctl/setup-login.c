/*
 * setup-login.c - "setup": let worker, mailer and root in to the cluster, by
 * lines at the top of pg_hba.conf and pg_ident.conf, and a reload of the
 * server. Both blocks are known by their first and last line, and undo
 * cuts them out again. A server on another host has files of its own.
 *
 * The files, their folder and the setting that names them are the cluster's
 * owner's, so we act as that user: root would follow wherever they lead.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/setup.h"
#include "edge/program.h"

#define LOGIN		"login"
#define BEGIN		"# umws: begin, made by umwsctl setup\n"
#define END		"# umws: end\n"
#define BLOCK_MAX	1024

struct file {
	const char	*path;
	char		 block[BLOCK_MAX];
};

/* i is 0 or 1. */
static void
file_at(const struct setup *setup, size_t i, struct file *file)
{
	const struct cluster_facts	*facts = &setup->server.facts;
	const char			*database = setup->wish.database;

	file->path = i == 0 ? facts->hba_file : facts->ident_file;
	if (i == 0)
		(void)snprintf(file->block, sizeof(file->block), BEGIN
		    "local %s umws_admin peer map=umws\n"
		    "local %s umws_worker,umws_mailer peer\n" END, database,
		    database);
	else
		(void)snprintf(file->block, sizeof(file->block), BEGIN
		    "umws root umws_admin\n"
		    /* The timers run as a user of this name. */
		    "umws umws_admin umws_admin\n" END);
}

/* Where a block of ours is, whatever it says, and how long; NULL: none. */
static const char *
find_block(const char *text, size_t *len)
{
	const char	*begin = strstr(text, BEGIN), *end;

	if (begin == NULL)
		return NULL;
	end = strstr(begin, END);
	*len = end == NULL ? 0 : (size_t)(end + strlen(END) - begin);
	return begin;
}

/* What the owner may not read was logged. */
static enum status
read_file(const struct setup *setup, const struct file *file,
    struct buf *text)
{
	enum status	st = program_be_user(setup->server.owner);

	if (st == ST_OK) {
		st = hostfile_read(file->path, text);
		program_be_root();
	}
	return st;
}

static enum setup_found
look_file(struct setup *setup, const struct file *file)
{
	struct buf		 text = BUF_INIT(HOSTFILE_MAX);
	enum setup_found	 found = SETUP_MISSING;
	const char		*block;
	size_t			 len;

	if (read_file(setup, file, &text) != ST_OK) {
		buf_free(&text);
		(void)command_fail(setup->command, EX_NOINPUT, "%s cannot be "
		    "read by %s, who owns the cluster, see above; nothing was "
		    "changed", file->path, setup->server.owner);
		return SETUP_UNKNOWN;
	}
	block = find_block(buf_text(&text), &len);
	if (block != NULL && len == strlen(file->block) &&
	    strncmp(block, file->block, len) == 0)
		found = SETUP_THERE;
	else if (block != NULL)
		found = setup_refuse(setup, "%s has lines of umwsctl setup "
		    "that are not those for database %s: take them out",
		    file->path, setup->wish.database);
	buf_free(&text);
	return found;
}

enum setup_found
setup_look_login(struct setup *setup)
{
	struct file		file;
	enum setup_found	found = SETUP_THERE;
	size_t			i;

	if (*setup->server.name == '\0') {
		setup_tell(setup, "login, which is the other host's matter");
		return SETUP_THERE;
	}
	setup_tell(setup, "lines in %s and pg_ident.conf, and a reload",
	    setup->server.facts.hba_file);
	for (i = 0; i < 2; i++) {
		file_at(setup, i, &file);
		found = setup_both(found, look_file(setup, &file));
	}
	/* Killed between the files and the reload. */
	if (found == SETUP_THERE &&
	    setup_record_has(setup, "begin", LOGIN, NULL) &&
	    !setup_record_has(setup, "done", LOGIN, NULL))
		found = SETUP_MISSING;
	return found;
}

static int
write_file(struct setup *setup, const struct file *file,
    const struct buf *text)
{
	static const struct hostfile_rights	rights = { 0, 0, 0600 };
	enum status				st = buf_status(text);

	if (st == ST_OK)
		st = program_be_user(setup->server.owner);
	if (st == ST_OK) {
		st = hostfile_write(file->path, buf_text(text), &rights);
		program_be_root();
	}
	return st == ST_OK ? EX_OK : command_fail(setup->command,
	    EX_CANTCREAT, "%s could not be written by %s, see above",
	    file->path, setup->server.owner);
}

static int
add_block(struct setup *setup, const struct file *file)
{
	struct buf	text = BUF_INIT(HOSTFILE_MAX);
	struct buf	next = BUF_INIT(HOSTFILE_MAX);
	size_t		len;
	int		code = EX_OK;

	if (read_file(setup, file, &text) != ST_OK)
		code = command_fail(setup->command, EX_NOINPUT, "%s cannot be "
		    "read by %s, see above", file->path, setup->server.owner);
	else if (find_block(buf_text(&text), &len) == NULL) {
		/* The first line that fits is the one that counts. */
		buf_puts(&next, file->block);
		buf_puts(&next, buf_text(&text));
		code = write_file(setup, file, &next);
	}
	buf_free(&next);
	buf_free(&text);
	return code;
}

static int
cut_block(struct setup *setup, const struct file *file)
{
	struct buf	 text = BUF_INIT(HOSTFILE_MAX);
	struct buf	 next = BUF_INIT(HOSTFILE_MAX);
	const char	*block;
	size_t		 len;
	int		 code = EX_OK;

	if (read_file(setup, file, &text) != ST_OK)
		code = command_fail(setup->command, EX_NOINPUT, "%s cannot be "
		    "read by %s, see above", file->path, setup->server.owner);
	else if ((block = find_block(buf_text(&text), &len)) != NULL) {
		buf_append(&next, text.data, (size_t)(block - text.data));
		buf_puts(&next, block + len);
		code = write_file(setup, file, &next);
	}
	buf_free(&next);
	buf_free(&text);
	return code;
}

/* The server takes no file that has a bad line, and says nothing of it. */
static int
reload(struct setup *setup)
{
	struct command	*all = &setup->server.all;
	int64_t		 bad;
	enum status	 st;

	st = cluster_count_bad_lines(admin_db(all->admin), &bad);
	if (st == ST_OK && bad > 0)
		return command_fail(setup->command, EX_CONFIG, "%s or "
		    "pg_ident.conf has %lld lines that PostgreSQL does not "
		    "understand: its log names them",
		    setup->server.facts.hba_file, (long long)bad);
	if (st == ST_OK)
		st = cluster_reload(admin_db(all->admin));
	return st == ST_OK ? EX_OK : command_db_fail(all, st, LOGIN);
}

int
setup_make_login(struct setup *setup)
{
	struct file	file;
	size_t		i;
	int		code = EX_OK;

	for (i = 0; i < 2 && code == EX_OK; i++) {
		file_at(setup, i, &file);
		code = add_block(setup, &file);
	}
	return code == EX_OK ? reload(setup) : code;
}

int
setup_undo_login(struct setup *setup)
{
	struct file	file;
	size_t		i;
	int		code = EX_OK;

	for (i = 0; i < 2 && code == EX_OK; i++) {
		file_at(setup, i, &file);
		code = cut_block(setup, &file);
	}
	return code == EX_OK ? reload(setup) : code;
}
