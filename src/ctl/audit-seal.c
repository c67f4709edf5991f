/*
 * audit-seal.c - "audit seal": codes over the rows of the audit that have
 * none yet, in one transaction.
 *
 * Which rows those are the database says (sql/code/audit-seal.sql), the codes
 * are made here: it never sees the key.
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
#include "edge/clock.h"
#include "edge/journal.h"

#define PAGE		"1000"		/* rows at once */
#define IDS_MAX		(1024 * 1024)	/* bytes of their ids, their codes */
#define NUMBER_SIZE	24		/* bytes of a 64-bit number's text */
#define TRIES		20		/* until older transactions end ... */
#define PAUSE_MS	100		/* ... with such pauses */

struct sealing {
	struct command		*command;
	const struct key	*key;
	struct db_result	*begun;	/* owned: of audit_seal_begin() */
	uint64_t		 rows;
	int64_t			 first_us;
	int64_t			 last_us;
	char			 after[NUMBER_SIZE];	/* id of the last row */
	unsigned char		 rows_mac[CRYPTO_MAC_SIZE];
	struct progress		 progress;
};

static const char *
begun(const struct sealing *sealing, const char *column)
{
	return audit_value(sealing->begun, 0, column);
}

static int
mac_fail(const struct command *command, enum status st, const char *what,
    const char *id)
{
	if (st == ST_BAD)
		return command_fail(command, EX_DATAERR, "%s %s is too long "
		    "to be sealed", what, id);
	return command_fail(command, EX_OSERR, "no code can be made: no "
	    "memory, or the library is not usable");
}

/* The code of one row, into the lists for the database. */
static int
take_row(struct sealing *sealing, const struct db_result *page, size_t row,
    struct buf *ids, struct buf *macs)
{
	const char	*id = audit_value(page, row, "audit_id");
	int64_t		 us = db_number(page, row, db_column(page, "us"));
	const char	*before = *buf_text(ids) == '\0' ? "{" : ",";
	unsigned char	 mac[CRYPTO_MAC_SIZE];
	char		 text[AUDIT_MAC_TEXT_SIZE];
	enum status	 st;

	st = audit_row_mac(sealing->key, begun(sealing, "seal_id"),
	    sealing->rows + 1, audit_value(page, row, "canonical"), mac);
	if (st == ST_OK)
		st = audit_rows_add(sealing->key, mac, sealing->rows_mac);
	if (st != ST_OK)
		return mac_fail(sealing->command, st, "row", id);
	audit_mac_text(mac, text);
	buf_printf(ids, "%s%s", before, id);
	buf_printf(macs, "%s\"\\\\x%s\"", before, text);
	if (sealing->rows == 0 || us < sealing->first_us)
		sealing->first_us = us;
	if (sealing->rows == 0 || us > sealing->last_us)
		sealing->last_us = us;
	sealing->rows++;
	(void)snprintf(sealing->after, sizeof(sealing->after), "%s", id);
	return EX_OK;
}

/* One page that has rows. */
static int
seal_page(struct sealing *sealing, const struct db_result *page, size_t rows)
{
	struct buf		 ids = BUF_INIT(IDS_MAX);
	struct buf		 macs = BUF_INIT(IDS_MAX);
	struct db_result	*result = NULL;
	char			 place[NUMBER_SIZE];
	const char		*params[] = { begun(sealing, "seal_id"), place,
				    NULL, NULL };
	size_t			 row;
	int			 code = EX_OK;

	(void)snprintf(place, sizeof(place), "%" PRIu64, sealing->rows + 1);
	for (row = 0; row < rows && code == EX_OK; row++)
		code = take_row(sealing, page, row, &ids, &macs);
	buf_puts(&ids, "}");
	buf_puts(&macs, "}");
	if (code == EX_OK && (buf_status(&ids) != ST_OK ||
	    buf_status(&macs) != ST_OK))
		code = mac_fail(sealing->command, ST_RETRY, "", "");
	params[2] = buf_text(&ids);
	params[3] = buf_text(&macs);
	if (code == EX_OK)
		code = audit_call(sealing->command, "audit_seal_rows", params,
		    4, &result);
	db_result_free(&result);
	buf_free(&macs);
	buf_free(&ids);
	return code;
}

/* NULL for "", which is how a column that is NULL reads. */
static const char *
or_null(const char *text)
{
	return *text == '\0' ? NULL : text;
}

static int
seal_rows(struct sealing *sealing)
{
	const char		*params[] = { sealing->after,
				    begun(sealing, "xid_below"), or_null(
				    begun(sealing, "refusals_below_us")),
				    PAGE };
	struct db_result	*page;
	size_t			 rows;
	int			 code;

	do {
		code = audit_call(sealing->command, "audit_unsealed", params,
		    4, &page);
		if (code != EX_OK)
			return code;
		rows = db_rows(page) - 1;	/* the last is of NULLs */
		if (rows > 0)
			code = seal_page(sealing, page, rows);
		db_result_free(&page);
		progress_count(&sealing->progress, "sealing", sealing->rows);
	} while (code == EX_OK && rows > 0);
	return code;
}

static void
say_json(const struct sealing *sealing, const char *mac)
{
	command_say(sealing->command, "[{\"seal\": %s, \"rows\": %" PRIu64
	    ", \"key\": \"%s\", \"mac\": \"%s\"}]\n",
	    begun(sealing, "seal_id"), sealing->rows, sealing->key->id, mac);
}

/* Say it, and let the system's log have it, which is kept elsewhere. */
static void
tell(const struct sealing *sealing, const char *mac)
{
	char	line[512];

	if (command_has(sealing->command, "--dry-run")) {
		if (command_has(sealing->command, "--json"))
			say_json(sealing, mac);
		else
			command_say(sealing->command, "would seal %" PRIu64
			    " rows with key %s\nnothing was changed: "
			    "--dry-run\n", sealing->rows, sealing->key->id);
		return;
	}

	(void)snprintf(line, sizeof(line), "audit seal %s over %" PRIu64
	    " rows, key %s: %s", begun(sealing, "seal_id"), sealing->rows,
	    sealing->key->id, mac);
	if (command_has(sealing->command, "--json"))
		say_json(sealing, mac);
	else
		command_say(sealing->command, "%s\n", line);
	journal_note(line);
}

static int
seal_end(struct sealing *sealing)
{
	char			 first[NUMBER_SIZE], last[NUMBER_SIZE];
	char			 rows[NUMBER_SIZE];
	char			 rows_hex[AUDIT_MAC_TEXT_SIZE + 2] = "\\x";
	char			 hex[AUDIT_MAC_TEXT_SIZE + 2] = "\\x";
	const struct audit_seal	 seal = {
		begun(sealing, "seal_id"), begun(sealing, "us"),
		sealing->key->id, rows, first, last,
		begun(sealing, "cluster"), begun(sealing, "xid_below"),
		begun(sealing, "xid_next"),
		begun(sealing, "refusals_below_us"), rows_hex + 2,
		begun(sealing, "previous_mac")
	};
	const char		*params[] = { seal.id, seal.us, seal.key_id,
				    rows, first, last, seal.cluster,
				    seal.xid_below, seal.xid_next,
				    or_null(seal.refusals_below_us), rows_hex,
				    hex };
	struct db_result	*result;
	enum status		 st;
	int			 code;

	(void)snprintf(rows, sizeof(rows), "%" PRIu64, sealing->rows);
	(void)snprintf(first, sizeof(first), "%" PRId64, sealing->first_us);
	(void)snprintf(last, sizeof(last), "%" PRId64, sealing->last_us);
	audit_mac_text(sealing->rows_mac, rows_hex + 2);
	st = audit_seal_mac(sealing->key, &seal, hex + 2);
	if (st != ST_OK)
		return mac_fail(sealing->command, st, "seal", seal.id);
	code = audit_call(sealing->command, "audit_seal_end", params,
	    sizeof(params) / sizeof(params[0]), &result);
	db_result_free(&result);
	if (code != EX_OK)
		return code;
	progress_clear(&sealing->progress);
	sealing->command->is_changing = !command_has(sealing->command,
	    "--dry-run");
	if (!sealing->command->is_changing)
		admin_rollback(sealing->command->admin);
	else
		st = admin_commit(sealing->command->admin);
	if (st != ST_OK)
		return command_db_fail(sealing->command, st, NULL);
	tell(sealing, hex + 2);
	return EX_OK;
}

/*
 * Begin the transaction of a seal. Whoever may still let a refusal grow began
 * before the horizon: such a transaction takes milliseconds, and if one takes
 * longer, refusals are left to the next seal.
 */
static int
seal_begin(struct sealing *sealing)
{
	struct command		*command = sealing->command;
	struct db_result	*horizon;
	const char		*params[2];
	enum status		 st;
	unsigned int		 tries = 0;
	int			 code;

	code = audit_call(command, "audit_horizon", NULL, 0, &horizon);
	if (code != EX_OK)
		return code;
	params[0] = audit_value(horizon, 0, "us");
	params[1] = audit_value(horizon, 0, "xid");
	do {
		if (tries > 0)
			clock_sleep_ms(PAUSE_MS);
		db_result_free(&sealing->begun);
		st = admin_begin(command->admin);
		code = st == ST_OK ? audit_call(command, "audit_seal_begin",
		    params, 2, &sealing->begun) :
		    command_db_fail(command, st, NULL);
	} while (code == EX_OK && ++tries < TRIES &&
	    *begun(sealing, "refusals_below_us") == '\0');
	db_result_free(&horizon);
	return code;
}

int
audit_seal(struct command *command)
{
	struct sealing	 sealing = { .command = command, .after = "0" };
	struct keyring	*ring;
	int		 code;

	code = audit_open(command, &ring);
	if (code != EX_OK)
		return code;
	sealing.key = keyring_at(ring, 0);
	progress_init(&sealing.progress, command->io->err);
	progress_begin(&sealing.progress);
	code = seal_begin(&sealing);
	if (code == EX_OK)
		code = seal_rows(&sealing);
	if (code == EX_OK && sealing.rows > 0)
		code = seal_end(&sealing);
	else if (code == EX_OK)
		command_say(command, command_has(command, "--json") ? "[]\n" :
		    "nothing to seal: there is no row that no seal is over\n");
	progress_clear(&sealing.progress);
	admin_rollback(command->admin);
	db_result_free(&sealing.begun);
	keyring_free(&ring);
	return code;
}
