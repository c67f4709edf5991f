/*
 * store.c - result words of SQL to refusals, in one table.
 *
 * Knows the signatures of sql/code/reset.sql and sql/code/properties.sql;
 * knows nothing of how a PIN is drawn or derived. No clear PIN comes here.
 */
#include "config.h"

#include "edge/store.h"

#include <arpa/inet.h>
#include <assert.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "edge/clock.h"
#include "edge/schema.h"

#define SUDDEN_MS		500	/* a lost connection, not a deadline */
#define OUTCOME_PAUSE_MS	200	/* between two questions */
#define ARRAY_MAX		1024	/* bytes of an SQL array's text */
#define SEALED_TEXT_SIZE	(2 * SEAL_BLOB_MAX + 3)

struct store {
	struct db	*db;
};

/* What properties_set() calls them. */
static const char *const property_names[] = {
	[STORE_OOF_STATUS] = "oof_status",
	[STORE_MISSED_CALL_NOTIFICATION_ENABLED] =
	    "missed_call_notification_enabled",
	[STORE_PLAY_ON_PHONE_DIAL_STRING] = "play_on_phone_dial_string",
	[STORE_TELEPHONE_ACCESS_FOLDER_EMAIL] =
	    "telephone_access_folder_email",
};
_Static_assert(sizeof(property_names) / sizeof(property_names[0]) ==
    STORE_PROPERTY_COUNT, "a name for each property");

/* What the words of reset_* and properties_* mean to us. */
static const struct {
	const char	*word;
	enum status	 status;
	enum refusal	 refusal;
} results[] = {
	{ "ok", ST_OK, REFUSAL_NONE },
	{ "not_enabled", ST_DENIED, REFUSAL_NOT_ENABLED },
	{ "pin_locked", ST_DENIED, REFUSAL_PIN_LOCKED },
	{ "busy", ST_DENIED, REFUSAL_BUSY },
	{ "stale", ST_RETRY, REFUSAL_BUSY },
	{ "history", ST_RETRY, REFUSAL_BUSY },
	{ "abandoned", ST_RETRY, REFUSAL_STORE_UNAVAILABLE },
	{ "key_unknown", ST_DENIED, REFUSAL_INTERNAL },
};

/* What umws.not_enabled_cause() says, for the operator. */
static const struct {
	const char	*word;
	bool		 is_stripped;
	const char	*sentence;
} causes[] = {
	{ "disabled", false, "the mailbox is disabled" },
	{ "disabled", true, "the mailbox is disabled" },
	{ "unknown", false, "no mailbox has this login" },
	{ "unknown", true, "no mailbox has this login" },
	{ "other", false, "the domain is not in strip_domains, and a mailbox "
	    "has the login without it" },
	{ "other", true, "strip_domains drops the domain, and a mailbox has "
	    "the login with it" },
};

enum status
store_new(struct db *db, struct store **store)
{
	*store = calloc(1, sizeof(**store));
	if (*store == NULL)
		return ST_RETRY;
	(*store)->db = db;
	return ST_OK;
}

void
store_free(struct store **store)
{
	free(*store);
	*store = NULL;
}

static enum status
result_of_word(const char *word, uint64_t back_off_ms,
    struct store_denial *denial)
{
	size_t	i;

	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (strcmp(results[i].word, word) != 0)
			continue;
		if (strcmp(word, "key_unknown") == 0)
			log_err("mail-key-unknown", "todo",
			    "register mail_pub: umwsctl key create mail",
			    NULL);
		denial->refusal = results[i].refusal;
		denial->back_off_ms = back_off_ms == 0 ?
		    REPLY_BACK_OFF_MS : back_off_ms;
		return results[i].status;
	}
	log_err("result-unknown", "word", word, NULL);
	denial->refusal = REFUSAL_INTERNAL;
	return ST_DENIED;
}

/*
 * A call that did not return ST_OK. ST_UNKNOWN stays what it is only where
 * a write may have happened.
 */
static enum status
result_of_status(struct store *store, enum status st, bool is_write,
    struct store_denial *denial)
{
	denial->back_off_ms = REPLY_BACK_OFF_MS;
	switch (st) {
	case ST_DENIED:
		denial->refusal = REFUSAL_BUSY;
		return ST_DENIED;
	case ST_UNKNOWN:
		if (is_write) {
			denial->refusal = REFUSAL_TRANSIENT;
			return ST_UNKNOWN;
		}
		denial->refusal = REFUSAL_STORE_UNAVAILABLE;
		return ST_DENIED;
	case ST_RETRY:
		denial->refusal = REFUSAL_STORE_UNAVAILABLE;
		return ST_DENIED;
	case ST_BAD:
		log_err("database-refused", "reason", db_message(store->db),
		    NULL);
		break;
	case ST_FAIL:
		/* It does not let us in at all: to a caller it is away. */
		if (db_is_shut(store->db)) {
			denial->refusal = REFUSAL_STORE_UNAVAILABLE;
			return ST_DENIED;
		}
		break;
	case ST_OK:
		break;
	}
	denial->refusal = REFUSAL_INTERNAL;
	return ST_DENIED;
}

/* A new connection may lead to another schema than the last one. */
static enum status
store_connect(struct store *store, int64_t deadline_ms)
{
	if (db_is_connected(store->db))
		return ST_OK;
	return schema_check(store->db, deadline_ms);
}

static enum status
store_call(struct store *store, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, struct db_result **result)
{
	enum status	st = store_connect(store, deadline_ms);

	return st != ST_OK ? st : db_call(store->db, sql, params, count,
	    deadline_ms, result);
}

/*
 * A call that does no harm when it is made twice. A kept connection may end
 * in the very moment in which it is used: then, if that took no time, once
 * more on a new one.
 */
static enum status
store_ask(struct store *store, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, struct db_result **result)
{
	int64_t		begin_ms = clock_ms();
	bool		was_kept = db_is_connected(store->db);
	enum status	st;

	st = store_call(store, sql, params, count, deadline_ms, result);
	if (st != ST_UNKNOWN || !was_kept ||
	    clock_ms() - begin_ms > SUDDEN_MS)
		return st;
	return store_call(store, sql, params, count, deadline_ms, result);
}

/* The address if it is one, else SQL's NULL. */
static const char *
inet_or_null(const char *address)
{
	unsigned char	bytes[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, address, bytes) == 1 ||
	    inet_pton(AF_INET6, address, bytes) == 1)
		return address;
	return NULL;
}

/* "keyid:settings keyid:settings" into the plan. */
static enum status
parse_settings(const char *text, struct store_plan *plan)
{
	struct store_setting	*setting;
	const char		*colon, *end;

	plan->count = 0;
	while (*text != '\0') {
		end = text + strcspn(text, " ");
		colon = memchr(text, ':', (size_t)(end - text));
		if (colon == NULL || plan->count == STORE_SETTINGS_MAX ||
		    colon - text >= KEYRING_ID_SIZE ||
		    end - colon > DERIVE_SETTINGS_SIZE)
			return ST_BAD;
		setting = &plan->settings[plan->count++];
		memcpy(setting->key_id, text, (size_t)(colon - text));
		memcpy(setting->text, colon + 1, (size_t)(end - colon - 1));
		text = *end == ' ' ? end + 1 : end;
	}
	return ST_OK;
}

/* One row of reset_prepare into the plan. */
static enum status
parse_plan(const struct db_result *row, struct store_plan *plan)
{
	plan->user_id = db_number(row, 0, 2);
	if (db_copy_text(row, 0, 3, plan->basis, sizeof(plan->basis)) !=
	    ST_OK ||
	    db_copy_text(row, 0, 4, plan->recipient,
	    sizeof(plan->recipient)) != ST_OK ||
	    db_copy_text(row, 0, 5, plan->extension,
	    sizeof(plan->extension)) != ST_OK ||
	    policy_parse(db_text(row, 0, 6), &plan->policy) != ST_OK)
		return ST_BAD;
	return parse_settings(db_text(row, 0, 7), plan);
}

enum status
store_prepare(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms, struct store_plan *plan, struct store_denial *denial)
{
	const char		*params[] = { caller->login,
				    inet_or_null(caller->address),
				    caller->request_id };
	struct db_result	*row = NULL;
	enum status		 st;

	memset(plan, 0, sizeof(*plan));
	st = store_ask(store, "SELECT result, back_off_ms, user_id, basis,"
	    " recipient, extension, rules, hash_parameters"
	    " FROM umws.reset_prepare($1, $2, $3)", params, 3,
	    deadline_ms, &row);
	if (st == ST_BAD && db_is_text_error(store->db)) {
		/* A login that is no text to the database has no mailbox. */
		denial->refusal = REFUSAL_NOT_ENABLED;
		return ST_DENIED;
	}
	if (st != ST_OK)
		return result_of_status(store, st, false, denial);
	st = result_of_word(db_text(row, 0, 0),
	    (uint64_t)db_number(row, 0, 1), denial);
	if (st == ST_OK && parse_plan(row, plan) != ST_OK) {
		log_err("plan-unreadable", "user", caller->login, NULL);
		denial->refusal = REFUSAL_INTERNAL;
		st = ST_DENIED;
	}
	db_result_free(&row);
	return st;
}

/*
 * Candidates as two SQL arrays. Their characters are those of key ids and
 * PHC strings: none needs an escape between double quotes.
 */
static enum status
candidate_arrays(const struct store_reset *reset, struct buf *key_ids,
    struct buf *verifiers)
{
	size_t	i;

	for (i = 0; i < reset->count; i++) {
		buf_printf(key_ids, "%s\"%s\"", i == 0 ? "{" : ",",
		    reset->candidates[i].key_id);
		buf_printf(verifiers, "%s\"%s\"", i == 0 ? "{" : ",",
		    reset->candidates[i].verifier);
	}
	buf_puts(key_ids, "}");
	buf_puts(verifiers, "}");
	buf_fail(key_ids, buf_status(verifiers));
	return buf_status(key_ids);
}

/* A row of (result, back_off_ms) of a call that may have written. */
static enum status
result_of_row(struct store *store, enum status st, struct db_result **row,
    struct store_denial *denial)
{
	if (st == ST_OK)
		st = result_of_word(db_text(*row, 0, 0),
		    (uint64_t)db_number(*row, 0, 1), denial);
	else
		st = result_of_status(store, st, true, denial);
	db_result_free(row);
	return st;
}

enum status
store_commit(struct store *store, const struct store_caller *caller,
    const struct store_plan *plan, const struct store_reset *reset,
    int64_t deadline_ms, struct store_denial *denial)
{
	struct buf		 key_ids = BUF_INIT(ARRAY_MAX);
	struct buf		 verifiers = BUF_INIT(ARRAY_MAX);
	char			 user_id[24], sealed[SEALED_TEXT_SIZE];
	struct db_result	*row = NULL;
	enum status		 st;

	assert(reset->count > 0 && reset->count <= STORE_CANDIDATES_MAX);
	(void)snprintf(user_id, sizeof(user_id), "%" PRId64, plan->user_id);
	db_bytes_text(reset->sealed->bytes, reset->sealed->len, sealed,
	    sizeof(sealed));
	st = candidate_arrays(reset, &key_ids, &verifiers);
	if (st == ST_OK)
		st = store_connect(store, deadline_ms);
	if (st == ST_OK) {
		const char	*params[] = { reset->reset_id, user_id,
				    caller->login,
				    inet_or_null(caller->address),
				    caller->request_id, plan->basis,
				    buf_text(&key_ids), buf_text(&verifiers),
				    reset->mail_key_id, sealed };

		st = db_call(store->db,
		    "SELECT result, back_off_ms FROM umws.reset_commit("
		    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		    params, 10, deadline_ms, &row);
	}
	st = result_of_row(store, st, &row, denial);
	buf_free(&verifiers);
	buf_free(&key_ids);
	return st;
}

/*
 * Ask until there is an answer: the call does the same however often it is
 * made. Everything but an answer leaves open what became of an earlier one.
 */
static enum status
store_insist(struct store *store, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, struct db_result **row)
{
	enum status	st;

	for (;;) {
		st = store_call(store, sql, params, count, deadline_ms, row);
		if (st == ST_OK)
			return ST_OK;
		if (st == ST_FAIL ||
		    clock_ms() + OUTCOME_PAUSE_MS >= deadline_ms)
			return ST_UNKNOWN;
		(void)poll(NULL, 0, OUTCOME_PAUSE_MS);
	}
}

enum status
store_outcome(struct store *store, const struct store_caller *caller,
    const struct store_plan *plan, const char *reset_id, int64_t deadline_ms,
    struct store_denial *denial)
{
	char			 user_id[24];
	const char		*params[] = { reset_id, user_id,
				    caller->login };
	struct db_result	*row = NULL;
	enum status		 st;

	(void)snprintf(user_id, sizeof(user_id), "%" PRId64, plan->user_id);
	st = store_insist(store, "SELECT umws.reset_outcome($1, $2, $3), 0",
	    params, 3, deadline_ms, &row);
	return result_of_row(store, st, &row, denial);
}

enum status
store_is_um_enabled(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms, bool *is_enabled, struct store_denial *denial)
{
	const char		*params[] = { caller->login };
	struct db_result	*row = NULL;
	enum status		 st;

	*is_enabled = false;
	st = store_ask(store, "SELECT umws.is_um_enabled($1)", params, 1,
	    deadline_ms, &row);
	if (st == ST_BAD && db_is_text_error(store->db))
		return ST_OK;
	if (st != ST_OK)
		return result_of_status(store, st, false, denial);
	*is_enabled = db_bool(row, 0, 0);
	db_result_free(&row);
	return ST_OK;
}

const char *
store_not_enabled_cause(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms)
{
	const char		*params[] = { caller->login, caller->other };
	const char		*cause = NULL;
	struct db_result	*row = NULL;
	size_t			 i;

	if (store_ask(store, "SELECT umws.not_enabled_cause($1, $2)", params,
	    2, deadline_ms, &row) != ST_OK)
		return NULL;
	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (strcmp(causes[i].word, db_text(row, 0, 0)) == 0 &&
		    causes[i].is_stripped == caller->is_stripped)
			cause = causes[i].sentence;
	db_result_free(&row);
	return cause;
}

/* One row of properties_get. */
static enum status
parse_properties(const struct db_result *row,
    struct reply_properties *properties)
{
	struct reply_properties	*p = properties;

	p->oof_status = db_bool(row, 0, 1);
	p->missed_call_notification_enabled = db_bool(row, 0, 2);
	if (db_copy_text(row, 0, 3, p->play_on_phone_dial_string,
	    sizeof(p->play_on_phone_dial_string)) != ST_OK ||
	    db_copy_text(row, 0, 4, p->telephone_access_numbers,
	    sizeof(p->telephone_access_numbers)) != ST_OK)
		return ST_BAD;
	return db_copy_text(row, 0, 5, p->telephone_access_folder_email,
	    sizeof(p->telephone_access_folder_email));
}

enum status
store_properties_get(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms, struct reply_properties *properties,
    struct store_denial *denial)
{
	const char		*params[] = { caller->login };
	struct db_result	*row = NULL;
	enum status		 st;

	memset(properties, 0, sizeof(*properties));
	st = store_ask(store, "SELECT result, oof_status,"
	    " missed_call_notification_enabled, play_on_phone_dial_string,"
	    " telephone_access_numbers, telephone_access_folder_email"
	    " FROM umws.properties_get($1)", params, 1, deadline_ms, &row);
	if (st == ST_BAD && db_is_text_error(store->db))
		return result_of_word("not_enabled", 0, denial);
	if (st != ST_OK)
		return result_of_status(store, st, false, denial);
	st = result_of_word(db_text(row, 0, 0), 0, denial);
	if (st == ST_OK && parse_properties(row, properties) != ST_OK) {
		log_err("properties-unreadable", "user", caller->login, NULL);
		denial->refusal = REFUSAL_INTERNAL;
		st = ST_DENIED;
	}
	db_result_free(&row);
	return st;
}

enum status
store_properties_set(struct store *store, const struct store_caller *caller,
    const struct store_change *change, int64_t try_ms, int64_t deadline_ms,
    struct store_denial *denial)
{
	static const char	 sql[] = "SELECT result, back_off_ms"
				    " FROM umws.properties_set("
				    "$1, $2, $3, $4, $5, $6)";
	const char		*params[] = { change->change_id,
				    caller->login,
				    inet_or_null(caller->address),
				    caller->request_id,
				    property_names[change->property],
				    change->value };
	struct db_result	*row = NULL;
	enum status		 st;

	st = store_call(store, sql, params, 6, try_ms, &row);
	if (st == ST_BAD && db_is_text_error(store->db))
		return result_of_word("not_enabled", 0, denial);
	if (st == ST_UNKNOWN)
		st = store_insist(store, sql, params, 6, deadline_ms, &row);
	return result_of_row(store, st, &row, denial);
}

bool
store_is_writable(struct store *store, int64_t deadline_ms)
{
	struct db_result	*row = NULL;
	enum status		 st;

	st = store_call(store, "SELECT umws.write_probe()", NULL, 0,
	    deadline_ms, &row);
	db_result_free(&row);
	return st == ST_OK;
}
