/*
 * setup-file.c - "setup": files and links that a step makes, with a line of
 * the record for each, and taking them away by it.
 *
 * A line is "made STEP PATH", and for a file with a text "text STEP DIGEST
 * PATH"; undo removes what is at PATH, and keeps a file that says something
 * else by then. What was there before is not ours, and never in the record.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include "ctl/setup.h"
#include "core/crypto.h"

#define KEY		"umws setup"	/* no secret: it is a digest */
#define DIGEST_SIZE	(CRYPTO_MAC_SIZE * 2 + 1)

static const struct hostfile_rights	plain = { 0, 0, 0644 };

/* Something is there that is not what we would make. */
static enum setup_found
refuse_other(struct setup *setup, const char *step, const char *path)
{
	if (setup_record_has(setup, "made", step, path))
		return setup_refuse(setup, "%s was made by setup and changed "
		    "since: put it back, or move it away", path);
	return setup_refuse(setup, "%s is there, was not made by setup and is "
	    "not what it would make: move it away", path);
}

enum setup_found
setup_look_file(struct setup *setup, const char *step, const char *path,
    const char *text)
{
	if (!hostfile_is_there(path))
		return SETUP_MISSING;
	if (hostfile_equals(path, text))
		return SETUP_THERE;
	return refuse_other(setup, step, path);
}

/* What could not be done was logged. */
static int
fail(const struct setup *setup, const char *path)
{
	return command_fail(setup->command, EX_CANTCREAT, "%s could not be "
	    "made, see above", path);
}

/* "DIGEST PATH", as the record has it; false: it could not be. */
static bool
write_digest(const char *text, const char *path, char word[SETUP_PATH_SIZE])
{
	unsigned char	mac[CRYPTO_MAC_SIZE];
	char		digest[DIGEST_SIZE];
	size_t		i;

	if (crypto_hmac(KEY, strlen(KEY), text, strlen(text), mac) != ST_OK)
		return false;
	for (i = 0; i < sizeof(mac); i++)
		(void)snprintf(digest + i * 2, 3, "%02x", mac[i]);
	return (size_t)snprintf(word, SETUP_PATH_SIZE, "%s %s", digest,
	    path) < SETUP_PATH_SIZE;
}

int
setup_make_file(struct setup *setup, const char *step, const char *path,
    const char *text)
{
	char	word[SETUP_PATH_SIZE];
	int	code;

	if (hostfile_equals(path, text))
		return EX_OK;
	code = setup_record_add(setup, "made", step, path);
	if (code == EX_OK && write_digest(text, path, word))
		code = setup_record_add(setup, "text", step, word);
	if (code == EX_OK && hostfile_write(path, text, &plain) != ST_OK)
		code = fail(setup, path);
	return code;
}

enum setup_found
setup_look_link(struct setup *setup, const char *step, const char *path,
    const char *target)
{
	if (!hostfile_is_there(path))
		return SETUP_MISSING;
	if (hostfile_links(path, target))
		return SETUP_THERE;
	return refuse_other(setup, step, path);
}

int
setup_make_link(struct setup *setup, const char *step, const char *path,
    const char *target)
{
	int	code;

	if (hostfile_links(path, target))
		return EX_OK;
	code = setup_record_add(setup, "made", step, path);
	if (code == EX_OK && hostfile_link(path, target) != ST_OK)
		code = fail(setup, path);
	return code;
}

struct undoing {
	struct setup	*setup;
	const char	*step;
	const char	*path;
	bool		 is_told;	/* what its text was */
	enum status	 st;
};

static void
find_digest(void *context, const char *word)
{
	struct undoing	*undoing = context;

	if (strlen(word) > DIGEST_SIZE &&
	    strcmp(word + DIGEST_SIZE, undoing->path) == 0)
		undoing->is_told = true;
}

/* Does the file say something else than what we have written? */
static bool
is_changed(struct undoing *undoing)
{
	struct setup	*setup = undoing->setup;
	struct buf	 text = BUF_INIT(HOSTFILE_MAX);
	char		 word[SETUP_PATH_SIZE];
	bool		 is_ours;

	undoing->is_told = false;
	setup_record_each(setup, "text", undoing->step, find_digest, undoing);
	if (!undoing->is_told || !hostfile_is_there(undoing->path))
		return false;
	is_ours = hostfile_read(undoing->path, &text) == ST_OK &&
	    write_digest(buf_text(&text), undoing->path, word) &&
	    setup_record_has(setup, "text", undoing->step, word);
	buf_free(&text);
	return !is_ours;
}

static void
remove_one(void *context, const char *path)
{
	struct undoing	*undoing = context;

	undoing->path = path;
	if (is_changed(undoing))
		command_say(undoing->setup->command, "kept: %s, which was "
		    "changed since setup made it\n", path);
	else if (hostfile_remove(path) != ST_OK)
		undoing->st = ST_BAD;
}

enum status
setup_undo_file(struct setup *setup, const char *step, const char *path)
{
	struct undoing	undoing = { setup, step, NULL, false, ST_OK };

	remove_one(&undoing, path);
	return undoing.st;
}

int
setup_undo_made(struct setup *setup, const char *step)
{
	struct undoing	undoing = { setup, step, NULL, false, ST_OK };

	setup_record_each(setup, "made", step, remove_one, &undoing);
	return undoing.st == ST_OK ? EX_OK : command_fail(setup->command,
	    EX_CANTCREAT, "%s: not all could be taken away, see above", step);
}
