/*
 * voicemail-pin.c - which PINs are wanted, what the policies say of them, and
 * their verifiers. No PIN leaves this process but by fork().
 */
#include "config.h"

#include "ctl/voicemail-pin.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/text.h"
#include "core/crypto.h"
#include "core/policy.h"
#include "core/username.h"
#include "ctl/voicemail-derive.h"
#include "edge/keyfile.h"

#define BATCH		200		/* mailboxes in one call */
#define BATCH_MAX	(512 * 1024)	/* bytes of it */

struct item {
	char		*login;		/* owned, and so are the others */
	char		*number;
	char		*name;
	char		*place;
	struct secret	 pin;
	bool		 is_locked;
	bool		 is_wanted;	/* umws has none, and here is one */
	bool		 must_change;
	int64_t		 user_id;
	size_t		 work;		/* of those that are wanted */
};

struct voicemail_pins {
	struct command		*command;
	struct stage_pins	*counts;
	struct item		*items;		/* owned */
	size_t			 count;
	size_t			 size;
	struct voicemail_work	*works;		/* owned */
	size_t			 wanted;
	bool			 is_dry_run;
	struct keyring		*peppers;	/* owned */
};

int
voicemail_pins_new(struct command *command, struct stage_pins *counts,
    struct voicemail_pins **pins)
{
	*pins = calloc(1, sizeof(**pins));
	if (*pins == NULL)
		return command_fail(command, EX_TEMPFAIL, "no memory");
	(*pins)->command = command;
	(*pins)->counts = counts;
	return EX_OK;
}

static void
free_items(struct item *items, size_t size)
{
	if (items == NULL)
		return;
	secret_wipe(items, size * sizeof(*items));
	free(items);
}

void
voicemail_pins_free(struct voicemail_pins **pins)
{
	size_t	i;

	if (*pins == NULL)
		return;
	for (i = 0; i < (*pins)->count; i++) {
		free((*pins)->items[i].login);
		free((*pins)->items[i].number);
		free((*pins)->items[i].name);
		free((*pins)->items[i].place);
	}
	free_items((*pins)->items, (*pins)->size);
	voicemail_work_free(&(*pins)->works, (*pins)->wanted);
	keyring_free(&(*pins)->peppers);
	free(*pins);
	*pins = NULL;
}

/* realloc() would leave PINs behind. */
static bool
grow(struct voicemail_pins *pins)
{
	size_t		 size = pins->size * 2 + 64;
	struct item	*items = calloc(size, sizeof(*items));

	if (items == NULL)
		return false;
	if (pins->count > 0)
		memcpy(items, pins->items, pins->count * sizeof(*items));
	free_items(pins->items, pins->size);
	pins->items = items;
	pins->size = size;
	return true;
}

int
voicemail_pins_add(struct voicemail_pins *pins, const char *place,
    const char *login, const struct voicemail_mailbox *mailbox)
{
	struct username	 username;
	char		 reason[USERNAME_REASON_SIZE];
	struct item	*item;
	enum status	 st;

	pins->counts->ignored += mailbox->ignored;
	st = username_resolve(login,
	    pins->command->conf->strip_domains, &username, reason);
	/* No row of such a name is any good, and that has been said. */
	if (st == ST_BAD || st == ST_DENIED)
		return EX_OK;
	if (st != ST_OK || (pins->count == pins->size && !grow(pins)))
		return command_fail(pins->command, EX_TEMPFAIL, "no memory");
	item = &pins->items[pins->count++];
	item->login = strdup(username.login);
	item->number = strdup(mailbox->mailbox);
	item->name = strdup(mailbox->name);
	item->place = strdup(place);
	item->pin = mailbox->pin;
	item->is_locked = mailbox->is_locked;
	if (item->login == NULL || item->number == NULL ||
	    item->name == NULL || item->place == NULL)
		return command_fail(pins->command, EX_TEMPFAIL, "no memory");
	return EX_OK;
}

/* What does the policy of this mailbox say of its PIN? */
static int
check(struct voicemail_pins *pins, struct item *item, const char *rules)
{
	struct command		*command = pins->command;
	struct policy		 policy;
	bool			 is_number;
	enum policy_rule	 rule;

	if (policy_parse(rules, &policy) != ST_OK)
		return command_fail(command, EX_SOFTWARE, "nothing was "
		    "changed: no PIN can be held against the policy of %s as "
		    "it is in the database", item->login);
	policy_forbid_names(&policy, item->login);
	policy_forbid_names(&policy, item->name);
	is_number = item->number[strspn(item->number, "0123456789")] == '\0' &&
	    strlen(item->number) < POLICY_EXTENSION_SIZE;
	rule = policy_check(&policy, is_number ? item->number : "",
	    &item->pin);
	/* A change of what is locked against change cannot be forced. */
	item->must_change = rule != POLICY_NONE && !item->is_locked;
	if (rule != POLICY_NONE && item->is_locked)
		(void)command_fail(command, EX_OK, "%s: the PIN of %s is "
		    "refused by the policy (%s), but locked against change: "
		    "it stays", item->place, item->login,
		    policy_rule_name(rule));
	return EX_OK;
}

/* What the database knows of one mailbox. */
static int
take(struct voicemail_pins *pins, struct item *item,
    const struct db_result *result, size_t row)
{
	item->user_id = db_number(result, row, db_column(result, "user_id"));
	if (db_bool(result, row, db_column(result, "has_pin"))) {
		pins->counts->kept++;
		return EX_OK;
	}
	if (item->pin.len == 0) {
		pins->counts->none++;
		(void)command_fail(pins->command, EX_OK, "%s: mailbox %s has "
		    "no PIN of up to %d digits, and gets none", item->place,
		    item->login, SECRET_MAX);
		return EX_OK;
	}
	item->is_wanted = true;
	item->work = pins->wanted++;
	return check(pins, item, db_text(result, row,
	    db_column(result, "rules")));
}

static int
ask(struct voicemail_pins *pins, size_t first, size_t count)
{
	struct buf		 logins = BUF_INIT(BATCH_MAX);
	struct db_result	*result = NULL;
	const char		*params[2];
	enum status		 st;
	size_t			 i;
	int			 code = EX_OK;

	for (i = 0; i < count; i++) {
		buf_puts(&logins, i == 0 ? "[" : ",");
		text_json_string(&logins, pins->items[first + i].login);
	}
	buf_puts(&logins, "]");
	st = buf_status(&logins);
	params[0] = buf_text(&logins);
	params[1] = pins->is_dry_run ? "t" : "f";
	if (st == ST_OK)
		st = admin_call(pins->command->admin, "voicemail_prepare",
		    params, 2, &result);
	if (st == ST_OK && db_rows(result) != count)
		st = ST_FAIL;
	if (st != ST_OK)
		code = command_db_fail(pins->command, st, NULL);
	for (i = 0; i < count && code == EX_OK; i++)
		code = take(pins, &pins->items[first + i], result, i);
	db_result_free(&result);
	buf_free(&logins);
	return code;
}

static int
derive(struct voicemail_pins *pins)
{
	struct command		*command = pins->command;
	unsigned char		 salt[DERIVE_SALT_SIZE];
	struct voicemail_work	*work;
	size_t			 i;

	pins->works = voicemail_work_new(pins->wanted);
	if (pins->works == NULL)
		return command_fail(command, EX_TEMPFAIL, "no memory for %zu "
		    "PINs", pins->wanted);
	for (i = 0; i < pins->count; i++) {
		if (!pins->items[i].is_wanted)
			continue;
		work = &pins->works[pins->items[i].work];
		work->user_id = pins->items[i].user_id;
		work->pin = pins->items[i].pin;
		crypto_random(salt, sizeof(salt));
		derive_settings_new(&command->conf->reset.cost, salt,
		    work->settings);
	}
	return voicemail_derive(command, keyring_at(pins->peppers, 0),
	    pins->works, pins->wanted);
}

int
voicemail_pins_prepare(struct voicemail_pins *pins, bool is_dry_run)
{
	struct command	*command = pins->command;
	size_t		 i, count;
	int		 code = EX_OK;

	pins->is_dry_run = is_dry_run;
	if (crypto_init() != ST_OK || derive_init() != ST_OK)
		return command_fail(command, EX_SOFTWARE, "nothing was "
		    "changed: the library is not usable");
	/* What is wrong with it has been said. */
	if (!is_dry_run && keyfile_read(command->conf->pepper_key,
	    KEYFILE_SECRET, &pins->peppers) != ST_OK)
		return EX_CONFIG;
	code = command_open(command);
	for (i = 0; i < pins->count && code == EX_OK; i += count) {
		count = pins->count - i < BATCH ? pins->count - i : BATCH;
		code = ask(pins, i, count);
	}
	if (code == EX_OK && !is_dry_run && pins->wanted > 0)
		code = derive(pins);
	return code;
}

static void
put(struct buf *json, const struct voicemail_pins *pins, size_t i)
{
	const struct item	*item = &pins->items[i];

	buf_printf(json, "%s{\"number\":%zu,\"login\":", json->len == 0 ? "[" :
	    ",", i);
	text_json_string(json, item->login);
	buf_printf(json, ",\"user_id\":%" PRId64 ",\"must_change\":%s"
	    ",\"pin_locked\":%s", item->user_id, item->must_change ? "true" :
	    "false", item->is_locked ? "true" : "false");
	if (pins->works != NULL) {
		buf_puts(json, ",\"key_id\":");
		text_json_string(json, keyring_at(pins->peppers, 0)->id);
		buf_puts(json, ",\"verifier\":");
		text_json_string(json, pins->works[item->work].verifier);
	}
	buf_puts(json, "}");
}

static int
send_batch(struct voicemail_pins *pins, struct buf *json)
{
	struct db_result	*result = NULL;
	const char		*params[1];
	enum status		 st;

	buf_puts(json, "]");
	st = buf_status(json);
	params[0] = buf_text(json);
	if (st == ST_OK)
		st = admin_call(pins->command->admin, "stage_pins", params, 1,
		    &result);
	if (st == ST_OK) {
		pins->counts->set += (uint64_t)db_number(result, 0,
		    db_column(result, "pins"));
		pins->counts->must_change += (uint64_t)db_number(result, 0,
		    db_column(result, "must_change"));
	}
	db_result_free(&result);
	buf_reset(json);
	return st == ST_OK ? EX_OK : command_db_fail(pins->command, st, NULL);
}

int
voicemail_pins_send(struct voicemail_pins *pins)
{
	struct buf	json = BUF_INIT(BATCH_MAX);
	size_t		i, count = 0;
	int		code = EX_OK;

	for (i = 0; i < pins->count && code == EX_OK; i++) {
		if (!pins->items[i].is_wanted)
			continue;
		put(&json, pins, i);
		if (++count % BATCH == 0)
			code = send_batch(pins, &json);
	}
	if (code == EX_OK && json.len > 0)
		code = send_batch(pins, &json);
	buf_free(&json);
	return code;
}
