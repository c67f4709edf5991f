/*
 * policy-left.c - counts by core/policy, of what the database holds.
 *
 * Counting may take a second, and is done when everything has been read: no
 * transaction waits for it.
 */
#include "config.h"

#include "ctl/policy-left.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/terminal.h"
#include "base/text.h"

#define JSON_MAX	(1024 * 1024)	/* bytes of all policies' counts */
#define COMMON		5		/* times enough that are counted once
						 * for all mailboxes */

/* What is to be counted. */
struct counted {
	char		*name;		/* owned */
	struct policy	 policy;
	bool		 is_readable;
};

struct counting {
	struct policy_keys	 keys;
	struct counted		*policies;	/* owned */
	size_t			 count;
};

void
policy_left_print(FILE *out, const struct policy_count *left)
{
	if (left->pins == UINT64_MAX)
		(void)fputs("more than 10^19 PINs", out);
	else
		(void)fprintf(out, "%s%" PRIu64 " PINs", left->is_exact ? "" :
		    "at least ", left->pins);
}

static enum status
on_policy(void *context, const char *const *row)
{
	struct counting		*counting = context;
	struct policy_values	 values = { .is_broken = false };
	struct counted		*grown, *one;

	grown = reallocarray(counting->policies, counting->count + 1,
	    sizeof(*grown));
	if (grown == NULL)
		return ST_RETRY;
	counting->policies = grown;
	one = &grown[counting->count];
	one->name = strdup(row[0]);
	if (one->name == NULL)
		return ST_RETRY;
	counting->count++;
	policy_values_take(&counting->keys, row, &values);
	one->is_readable = !values.is_broken && policy_values_parse(
	    &counting->keys, &values, &one->policy) == ST_OK;
	policy_values_free(&values);
	return ST_OK;
}

static void
print_text(FILE *out, const char *name, const struct policy_count *left)
{
	command_print(out, name);
	(void)fputs("\n  allows ", out);
	policy_left_print(out, left);
	(void)fprintf(out, "\n  bits   %s%.2f\n", left->is_exact ? "" :
	    "at least ", left->bits);
}

static void
print_json(struct buf *json, const char *name,
    const struct policy_count *left)
{
	buf_printf(json, "%s{\"name\":", json->len == 0 ? "[" : ",");
	text_json_string(json, name);
	if (left->pins == UINT64_MAX)
		buf_puts(json, ",\"pins\":null");
	else
		buf_printf(json, ",\"pins\":%" PRIu64, left->pins);
	buf_printf(json, ",\"bits\":%.2f,\"is_exact\":%s}", left->bits,
	    left->is_exact ? "true" : "false");
}

/* Count them, one after the other. */
static int
count_all(struct command *command, const struct counting *counting)
{
	bool			 is_json;
	struct buf		 json = BUF_INIT(JSON_MAX);
	const struct counted	*one;
	struct policy_count	 left;
	size_t			 i;
	int			 code = EX_OK;

	is_json = command_option(command, "--json") != NULL;
	for (i = 0; i < counting->count && code == EX_OK; i++) {
		one = &counting->policies[i];
		if (!one->is_readable) {
			code = command_fail(command, EX_SOFTWARE, "no PIN "
			    "is drawn by the policy \"%.100s\" as it is in "
			    "the database", one->name);
			break;
		}
		policy_count(&one->policy, &left);
		if (is_json)
			print_json(&json, one->name, &left);
		else
			print_text(command->io->out, one->name, &left);
	}
	if (is_json && code == EX_OK) {
		buf_puts(&json, json.len == 0 ? "[]" : "]");
		terminal_print_json(command->io->out, buf_text(&json));
		(void)putc('\n', command->io->out);
		if (buf_status(&json) != ST_OK)
			code = command_fail(command, EX_OSERR, "no memory");
	}
	buf_free(&json);
	return code;
}

int
policy_left_show(struct command *command, const char *name)
{
	struct counting	counting = { .count = 0 };
	enum status	st;
	size_t		count, i;
	int		code;

	policy_keys_init(&counting.keys);
	st = admin_read(command->admin, &counting.keys.view,
	    &(struct admin_filter){ .name = name }, on_policy, &counting,
	    &count);
	if (st != ST_OK)
		code = command_db_fail(command, st, NULL);
	else if (count == 0)
		code = command_no_policy(command, name);
	else
		code = count_all(command, &counting);
	for (i = 0; i < counting.count; i++)
		free(counting.policies[i].name);
	free(counting.policies);
	return code;
}

void
policy_left_init(struct policy_left *left)
{
	memset(left, 0, sizeof(*left));
	policy_keys_init(&left->keys);
}

/* Read the policy of this name, unless it is the one we have. */
static enum status
left_read(struct command *command, struct policy_left *left,
    const char *name)
{
	struct policy_values	values = { .is_broken = false };
	enum status		st;

	if (strcmp(left->name, name) == 0)
		return ST_OK;
	st = policy_values_read(command, &left->keys, name, &values);
	if (st != ST_OK)
		goto out;
	left->is_there = values.text[0] != NULL && policy_values_parse(
	    &left->keys, &values, &left->policy) == ST_OK;
	if (left->is_there) {
		left->enough = policy_values_enough(&left->keys, &values);
		left->policy.words_count = 0;
		left->common = policy_count_up_to(&left->policy, "",
		    COMMON * left->enough);
	}
	(void)snprintf(left->name, sizeof(left->name), "%s", name);
out:
	policy_values_free(&values);
	return st;
}

static const char *
or_default(const char *text, const char *fallback)
{
	return text == NULL || *text == '\0' ? fallback : text;
}

enum status
policy_left_user(struct command *command, struct policy_left *left,
    const struct admin_user *user, uint64_t *pins)
{
	const char	*extension = or_default(user->extension, "");
	uint64_t	 found;
	enum status	 st;

	*pins = UINT64_MAX;
	st = left_read(command, left, or_default(user->policy, "default"));
	if (st != ST_OK || !left->is_there)
		return st;
	left->policy.words_count = 0;
	policy_forbid_names(&left->policy, user->login);
	policy_forbid_names(&left->policy, or_default(user->name, ""));
	/* Most mailboxes need not be counted one by one. */
	found = policy_own_most(&left->policy, extension);
	if (found <= left->common && left->common - found >= left->enough)
		return ST_OK;
	found = policy_count_up_to(&left->policy, extension, left->enough);
	if (found < left->enough)
		*pins = found;
	return ST_OK;
}

void
policy_left_warn(const struct command *command, const char *login,
    uint64_t pins)
{
	if (pins != UINT64_MAX)
		command_say(command, "warning: the extension and the names "
		    "of %s leave only %" PRIu64 " PINs: give another "
		    "extension or policy\n", login, pins);
}
