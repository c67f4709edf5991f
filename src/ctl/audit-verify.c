/*
 * audit-verify.c - "audit verify": make the codes of the audit's seals again,
 * and name the first thing that differs.
 */
#include "config.h"

#include "ctl/audit.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/progress.h"
#include "base/buf.h"
#include "base/text.h"
#include "core/audit-seal.h"

#define PAGE		"1000"	/* rows at once */
#define NUMBER_SIZE	24	/* bytes of a 64-bit number's text */
#define JSON_MAX	2048	/* bytes of the answer */
#define PURGED		(-1)	/* no exit code: its rows are gone rightly */

struct verifying {
	struct command		*command;
	const struct keyring	*ring;
	struct db_result	*seal;	/* owned: of audit_seal_next() */
	const struct key	*key;	/* that made it */
	char			 id[NUMBER_SIZE];	/* its number */
	char			 mac[AUDIT_MAC_TEXT_SIZE]; /* its code */
	uint64_t		 seals;
	uint64_t		 purged;	/* of these */
	uint64_t		 purged_to;	/* told of by a purge's row */
	uint64_t		 rows;
	/* Of this seal's rows: */
	uint64_t		 places;
	char			 last_row[NUMBER_SIZE];
	unsigned char		 rows_mac[CRYPTO_MAC_SIZE];
	struct progress		 progress;
};

static const char *
of_seal(const struct verifying *verifying, const char *column)
{
	return audit_value(verifying->seal, 0, column);
}

static bool
is_purged(const struct verifying *verifying)
{
	return *of_seal(verifying, "is_purged") == 't';
}

/* What differs is on standard error, too; message NULL: nothing does. */
static void
say_json(const struct verifying *verifying, const char *message,
    const char *unsealed)
{
	struct buf	json = BUF_INIT(JSON_MAX);

	buf_printf(&json, "[{\"is_good\": %s, \"seal\": %s, \"rows\": %"
	    PRIu64 ", \"purged\": %" PRIu64 ", \"unsealed\": %s, "
	    "\"mac\": ", message == NULL ? "true" : "false", verifying->id,
	    verifying->rows, verifying->purged, unsealed);
	text_json_string(&json, verifying->mac);
	buf_puts(&json, ", \"message\": ");
	if (message != NULL)
		text_json_string(&json, message);
	else
		buf_puts(&json, "null");
	command_say(verifying->command, "%s}]\n", buf_text(&json));
	buf_free(&json);
}

static int
differs(struct verifying *verifying, const char *what, const char *id,
    const char *how)
{
	char	message[512];

	progress_clear(&verifying->progress);
	if (command_has(verifying->command, "--json")) {
		(void)snprintf(message, sizeof(message), "%s%s%s %s", what,
		    *id == '\0' ? "" : " ", id, how);
		say_json(verifying, message, "null");
	}
	return command_fail(verifying->command, EX_DATAERR, "the audit is not "
	    "as it was sealed: %s%s%s %s (seal %s)", what,
	    *id == '\0' ? "" : " ", id, how, verifying->id);
}

static int
mac_fail(struct verifying *verifying, enum status st, const char *id)
{
	if (st == ST_BAD)
		return differs(verifying, "row", id, "is longer than any row");
	return command_fail(verifying->command, EX_OSERR, "no code can be "
	    "made: no memory, or the library is not usable");
}

/* The seal behind this one, whose number is "" when there is none. */
static int
read_seal(struct verifying *verifying, const char *after)
{
	db_result_free(&verifying->seal);
	return audit_call(verifying->command, "audit_seal_next", &after, 1,
	    &verifying->seal);
}

/* A row is not there: was the seal purged since it was read? */
static int
check_purged(struct verifying *verifying)
{
	char	before[NUMBER_SIZE];
	int	code;

	(void)snprintf(before, sizeof(before), "%" PRIu64,
	    verifying->seals - 1);
	code = read_seal(verifying, before);
	return code == EX_OK && is_purged(verifying) ? PURGED : code;
}

/* What lies between two rows that follow each other in a seal is gone. */
static int
lost_places(struct verifying *verifying, uint64_t count, const char *next)
{
	char	what[128];
	int	code = check_purged(verifying);

	if (code != EX_OK)
		return code;
	(void)snprintf(what, sizeof(what), "%" PRIu64 " row%s behind row %s%s",
	    count, count == 1 ? "" : "s",
	    *verifying->last_row == '\0' ? "0" : verifying->last_row,
	    *next == '\0' ? "" : " and before row");
	return differs(verifying, what, next, count == 1 ?
	    "was removed, and that it was sealed" :
	    "were removed, and that they were sealed");
}

static int
verify_row(struct verifying *verifying, const struct db_result *page,
    size_t row)
{
	const char	*id = audit_value(page, row, "audit_id");
	const char	*text = audit_value(page, row, "canonical");
	uint64_t	 place = (uint64_t)db_number(page, row,
			    db_column(page, "place"));
	unsigned char	 mac[CRYPTO_MAC_SIZE];
	char		 hex[AUDIT_MAC_TEXT_SIZE];
	enum status	 st;
	int		 code;

	if (place != verifying->places + 1)
		return lost_places(verifying, place - verifying->places - 1,
		    id);
	if (*text == '\0') {
		code = check_purged(verifying);
		return code != EX_OK ? code :
		    differs(verifying, "row", id, "was removed");
	}
	st = audit_row_mac(verifying->key, verifying->id, place, text, mac);
	if (st == ST_OK)
		st = audit_rows_add(verifying->key, mac, verifying->rows_mac);
	if (st != ST_OK)
		return mac_fail(verifying, st, id);
	audit_mac_text(mac, hex);
	if (strcmp(hex, audit_value(page, row, "mac")) != 0)
		return differs(verifying, "row", id, "was changed");
	verifying->places = place;
	(void)snprintf(verifying->last_row, sizeof(verifying->last_row), "%s",
	    id);
	return EX_OK;
}

static int
verify_pages(struct verifying *verifying)
{
	char			 after[NUMBER_SIZE];
	const char		*params[] = { verifying->id, after, PAGE };
	struct db_result	*page;
	size_t			 row, rows;
	int			 code;

	do {
		(void)snprintf(after, sizeof(after), "%" PRIu64,
		    verifying->places);
		code = audit_call(verifying->command, "audit_sealed_rows",
		    params, 3, &page);
		if (code != EX_OK)
			return code;
		rows = db_rows(page) - 1;	/* the last is of NULLs */
		for (row = 0; row < rows && code == EX_OK; row++)
			code = verify_row(verifying, page, row);
		db_result_free(&page);
		progress_count(&verifying->progress, "verifying",
		    verifying->rows + verifying->places);
	} while (code == EX_OK && rows > 0);
	return code;
}

/* All rows of a seal that is not purged. */
static int
verify_rows(struct verifying *verifying)
{
	uint64_t	count = (uint64_t)db_number(verifying->seal, 0,
			    db_column(verifying->seal, "row_count"));
	char		hex[AUDIT_MAC_TEXT_SIZE];
	int		code;

	verifying->places = 0;
	verifying->last_row[0] = '\0';
	memset(verifying->rows_mac, 0, sizeof(verifying->rows_mac));
	code = verify_pages(verifying);
	if (code != EX_OK)
		return code;
	if (verifying->places < count)
		return lost_places(verifying, count - verifying->places, "");
	audit_mac_text(verifying->rows_mac, hex);
	if (verifying->places != count ||
	    strcmp(hex, of_seal(verifying, "rows_mac")) != 0)
		return differs(verifying, "row", verifying->last_row,
		    "was added, or one before it");
	verifying->rows += count;
	return EX_OK;
}

/* Does a purge's row in the audit tell of this seal? That row itself is held
 * against its own seal, or is to be under the next one. */
static int
check_told(struct verifying *verifying)
{
	struct db_result	*result;
	int			 code;

	if (verifying->seals <= verifying->purged_to)
		return EX_OK;
	code = audit_call(verifying->command, "audit_purged_to", NULL, 0,
	    &result);
	if (code != EX_OK)
		return code;
	verifying->purged_to = (uint64_t)db_number(result, 0, 0);
	db_result_free(&result);
	return verifying->seals <= verifying->purged_to ? EX_OK :
	    differs(verifying, "seal", verifying->id, "says that its rows "
	    "were purged, and no row of the audit tells of that purge");
}

/* Could db purge have purged it? From the first on, and none that is young;
 * the one before may have been purged since it was looked at. */
static int
check_purge(struct verifying *verifying)
{
	struct db_result	*before = NULL;
	char			 after[NUMBER_SIZE];
	const char		*params[] = { after };
	bool			 is_right = *of_seal(verifying,
				    "is_young") != 't';
	int			 code = EX_OK;

	if (is_right && verifying->seals > 1) {
		(void)snprintf(after, sizeof(after), "%" PRIu64,
		    verifying->seals - 2);
		code = audit_call(verifying->command, "audit_seal_next",
		    params, 1, &before);
		if (code != EX_OK)
			return code;
		is_right = *audit_value(before, 0, "is_purged") == 't';
		db_result_free(&before);
	}
	return is_right ? check_told(verifying) : differs(verifying, "seal",
	    verifying->id, "says that its rows were purged, which db purge "
	    "would not have done yet");
}

/* The seal itself, and that it follows the one before. */
static int
verify_seal(struct verifying *verifying)
{
	const struct audit_seal	seal = {
		of_seal(verifying, "seal_id"), of_seal(verifying, "us"),
		of_seal(verifying, "key_id"), of_seal(verifying, "row_count"),
		of_seal(verifying, "first_us"), of_seal(verifying, "last_us"),
		of_seal(verifying, "cluster"),
		of_seal(verifying, "xid_below"),
		of_seal(verifying, "xid_next"),
		of_seal(verifying, "refusals_below_us"),
		of_seal(verifying, "rows_mac"), verifying->mac
	};
	char		hex[AUDIT_MAC_TEXT_SIZE];
	enum status	st;

	verifying->key = keyring_find(verifying->ring, seal.key_id);
	if (verifying->key == NULL)
		return command_fail(verifying->command, EX_CONFIG, "seal %s "
		    "was made with key %s, which is not in %s: put its line "
		    "there, below the first", verifying->id, seal.key_id,
		    verifying->command->conf->audit_key);
	st = audit_seal_mac(verifying->key, &seal, hex);
	if (st != ST_OK)
		return mac_fail(verifying, st, "0");
	if (strcmp(hex, of_seal(verifying, "mac")) != 0)
		return differs(verifying, "seal", verifying->id,
		    "was changed, or the one before it");
	(void)strcpy(verifying->mac, hex);
	return EX_OK;
}

static int
verify_next(struct verifying *verifying)
{
	int	code;

	(void)snprintf(verifying->id, sizeof(verifying->id), "%" PRIu64,
	    ++verifying->seals);
	if (strcmp(of_seal(verifying, "seal_id"), verifying->id) != 0)
		return differs(verifying, "seal", verifying->id,
		    "was removed");
	code = verify_seal(verifying);
	if (code == EX_OK)
		code = is_purged(verifying) ? PURGED : verify_rows(verifying);
	if (code != PURGED)
		return code;
	verifying->purged++;
	return check_purge(verifying);
}

static void
say_good(struct verifying *verifying, const char *unsealed)
{
	progress_clear(&verifying->progress);
	if (command_has(verifying->command, "--json")) {
		say_json(verifying, NULL, unsealed);
		return;
	}
	command_say(verifying->command, "%" PRIu64 " seals and %" PRIu64
	    " rows are as they were sealed; the rows of %" PRIu64 " seals are "
	    "purged; %s rows are not sealed yet\n", verifying->seals,
	    verifying->rows, verifying->purged, unsealed);
	if (verifying->seals > 0)
		command_say(verifying->command, "the last is seal %s: %s\n",
		    verifying->id, verifying->mac);
}

/* What stands in the audit and under no seal. */
static int
verify_rest(struct verifying *verifying)
{
	struct db_result	*rest;
	const char		*added;
	int			 code;

	code = audit_call(verifying->command, "audit_added", NULL, 0, &rest);
	if (code != EX_OK)
		return code;
	added = audit_value(rest, 0, "audit_id");
	if (*added != '\0')
		code = differs(verifying, "row", added, "was added later");
	else
		say_good(verifying, audit_value(rest, 0, "unsealed"));
	db_result_free(&rest);
	return code;
}

static int
verify_all(struct verifying *verifying)
{
	int	code;

	code = read_seal(verifying, verifying->id);
	while (code == EX_OK && *of_seal(verifying, "seal_id") != '\0') {
		code = verify_next(verifying);
		if (code == EX_OK)
			code = read_seal(verifying, verifying->id);
	}
	if (code == EX_OK && (uint64_t)db_number(verifying->seal, 0,
	    db_column(verifying->seal, "last_id")) > verifying->seals) {
		(void)snprintf(verifying->id, sizeof(verifying->id), "%"
		    PRIu64, verifying->seals + 1);
		code = differs(verifying, "seal", verifying->id,
		    "was removed");
	}
	if (code == EX_OK)
		code = verify_rest(verifying);
	return code;
}

int
audit_verify(struct command *command)
{
	struct verifying	 verifying = { .command = command, .id = "0" };
	struct keyring		*ring;
	int			 code;

	code = audit_open(command, &ring);
	if (code != EX_OK)
		return code;
	verifying.ring = ring;
	progress_init(&verifying.progress, command->io->err);
	progress_begin(&verifying.progress);
	code = verify_all(&verifying);
	progress_clear(&verifying.progress);
	db_result_free(&verifying.seal);
	keyring_free(&ring);
	return code;
}
