/*
 * policy-value.c - a row of v_policy as text, and as what the worker makes
 * of it.
 */
#include "config.h"

#include "ctl/policy-value.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/text.h"

void
policy_values_free(struct policy_values *values)
{
	size_t	i;

	for (i = 0; i < POLICY_KEYS_MAX; i++) {
		free(values->text[i]);
		values->text[i] = NULL;
	}
}

/* What a row is read into. */
struct reading {
	const struct policy_keys	*keys;
	struct policy_values		*values;
};

/* The keys' columns are the view's, behind the name. */
void
policy_values_take(const struct policy_keys *keys, const char *const *row,
    struct policy_values *values)
{
	size_t	i;

	for (i = 0; i < keys->count; i++) {
		values->text[i] = strdup(row[i + 1] == NULL ? "" :
		    row[i + 1]);
		if (values->text[i] == NULL)
			values->is_broken = true;
	}
}

static enum status
on_values(void *context, const char *const *row)
{
	const struct reading	*reading = context;

	policy_values_take(reading->keys, row, reading->values);
	return ST_OK;
}

enum status
policy_values_read(struct command *command, const struct policy_keys *keys,
    const char *name, struct policy_values *values)
{
	struct reading	reading = { keys, values };
	enum status	st;
	size_t		count;

	policy_values_free(values);
	st = admin_read(command->admin, &keys->view,
	    &(struct admin_filter){ .name = name }, on_values, &reading,
	    &count);
	return st == ST_OK && values->is_broken ? ST_RETRY : st;
}

int
command_no_policy(const struct command *command, const char *name)
{
	return command_fail(command, EX_DATAERR, "there is no policy "
	    "\"%.100s\": umwsctl policy show lists them all", name);
}

enum status
policy_values_parse(const struct policy_keys *keys,
    const struct policy_values *values, struct policy *policy)
{
	struct buf	rules = BUF_INIT(POLICY_RULES_SIZE);
	const char	*column;
	enum status	st;
	size_t		i;

	memset(policy, 0, sizeof(*policy));
	for (i = 0; i < keys->count; i++) {
		column = keys->keys[i].setting->column;
		if (policy_is_rule(column))
			buf_printf(&rules, "%s%s=%s", rules.len == 0 ? "" :
			    " ", column, values->text[i]);
	}
	st = buf_status(&rules);
	if (st == ST_OK)
		st = policy_parse(buf_text(&rules), policy);
	buf_free(&rules);
	return st;
}

const char *
policy_values_of(const struct policy_keys *keys,
    const struct policy_values *values, const char *column)
{
	size_t	i;

	for (i = 0; strcmp(keys->keys[i].setting->column, column) != 0; i++)
		assert(i + 1 < keys->count);
	return values->text[i];
}

uint64_t
policy_values_enough(const struct policy_keys *keys,
    const struct policy_values *values)
{
	uint64_t	enough, history;

	/* The column is a number, and always there. */
	(void)text_size(policy_values_of(keys, values, "pin_history_count"),
	    &history);
	enough = POLICY_PINS_PER_OLD * history;
	return enough > POLICY_PINS_MIN ? enough : POLICY_PINS_MIN;
}
