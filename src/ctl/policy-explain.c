/*
 * policy-explain.c - a PIN is held against a policy as the worker would do
 * it. The PIN is read last and wiped; it is in no output.
 */
#include "config.h"

#include "ctl/policy-explain.h"

#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/terminal.h"
#include "base/text.h"
#include "core/policy.h"
#include "ctl/list.h"
#include "ctl/pin-read.h"
#include "ctl/policy-value.h"
#include "ctl/user.h"

#define JSON_MAX	65536	/* bytes of the verdict */

/* What of a mailbox is asked for. */
static const struct admin_view	users = {
	.name = "v_user",
	.key = "login",
	.is_folded = true,
	.order = { "login" },
	.columns = { "login", "display_name", "extension" }
};

/* For whom the PIN would be. */
struct subject {
	struct policy	policy;
	char		extension[POLICY_EXTENSION_SIZE];
};

static enum status
on_user(void *context, const char *const *row)
{
	struct subject	*subject = context;
	const char	*extension;

	extension = list_value(&users, row, "extension");
	(void)snprintf(subject->extension, sizeof(subject->extension), "%s",
	    extension == NULL ? "" : extension);
	policy_forbid_names(&subject->policy,
	    list_value(&users, row, "login"));
	policy_forbid_names(&subject->policy,
	    list_value(&users, row, "display_name"));
	return ST_OK;
}

static int
subject_by_login(struct command *command, const char *text,
    struct subject *subject)
{
	char		login[USERNAME_SIZE];
	enum status	st;
	size_t		count;
	int		code;

	code = command_whom(command, text, login);
	if (code != EX_OK)
		return code;
	st = admin_read(command->admin, &users,
	    &(struct admin_filter){ .name = login }, on_user, subject, &count);
	if (st != ST_OK)
		return command_db_fail(command, st, NULL);
	return count > 0 ? EX_OK : command_no_user(command, login);
}

static int
subject_by_options(const struct command *command, struct subject *subject)
{
	const char	*extension = command_option(command, "--extension");
	const char	*name = command_option(command, "--name");

	if (extension != NULL) {
		if (strspn(extension, "0123456789") != strlen(extension) ||
		    strlen(extension) >= sizeof(subject->extension))
			return command_fail(command, EX_DATAERR, "extension "
			    "\"%.100s\" is not up to %zu digits", extension,
			    sizeof(subject->extension) - 1);
		(void)strcpy(subject->extension, extension);
	}
	if (name != NULL)
		policy_forbid_names(&subject->policy, name);
	return EX_OK;
}

static int
policy_read(struct command *command, struct policy *policy)
{
	struct policy_values	values = { .is_broken = false };
	struct policy_keys	keys;
	enum status		st;
	int			code = EX_OK;

	policy_keys_init(&keys);
	st = policy_values_read(command, &keys, command->words[0], &values);
	if (st != ST_OK)
		code = command_db_fail(command, st, NULL);
	else if (values.text[0] == NULL)
		code = command_no_policy(command, command->words[0]);
	else if (policy_values_parse(&keys, &values, policy) != ST_OK)
		code = command_fail(command, EX_SOFTWARE, "no PIN is drawn "
		    "by this policy as it is in the database");
	policy_values_free(&values);
	return code;
}

static void
print_text(FILE *out, const struct policy_verdict *verdict)
{
	size_t	i;

	(void)fputs(verdict->count == 0 ? "allowed\n" : "refused\n", out);
	for (i = 0; i < verdict->count; i++)
		(void)fprintf(out, "  %-15s  %s\n",
		    policy_rule_name(verdict->rules[i]),
		    policy_rule_sentence(verdict->rules[i]));
}

static void
print_json(const struct command *command,
    const struct policy_verdict *verdict)
{
	struct buf	json = BUF_INIT(JSON_MAX);
	size_t		i;

	buf_puts(&json, "{\"policy\":");
	text_json_string(&json, command->words[0]);
	buf_printf(&json, ",\"allowed\":%s,\"rules\":[",
	    verdict->count == 0 ? "true" : "false");
	for (i = 0; i < verdict->count; i++) {
		buf_printf(&json, "%s{\"rule\":", i == 0 ? "" : ",");
		text_json_string(&json, policy_rule_name(verdict->rules[i]));
		buf_puts(&json, ",\"sentence\":");
		text_json_string(&json,
		    policy_rule_sentence(verdict->rules[i]));
		buf_puts(&json, "}");
	}
	buf_puts(&json, "]}");
	terminal_print_json(command->io->out, buf_text(&json));
	(void)putc('\n', command->io->out);
	buf_free(&json);
}

int
policy_explain_verb(struct command *command)
{
	const char		*login = command_option(command, "--login");
	struct subject		 subject = { .extension = "" };
	struct policy_verdict	 verdict = { .count = 0 };
	struct secret		 pin = { 0 };
	int			 code;

	if (login != NULL && (command_option(command, "--extension") != NULL ||
	    command_option(command, "--name") != NULL))
		return command_fail(command, EX_USAGE, "policy explain: "
		    "--login has an extension and a name: give no others");
	code = command_open(command);
	if (code == EX_OK)
		code = policy_read(command, &subject.policy);
	if (code == EX_OK)
		code = login != NULL ?
		    subject_by_login(command, login, &subject) :
		    subject_by_options(command, &subject);
	if (code == EX_OK)
		code = command_read_pin(command, &pin);
	if (code == EX_OK) {
		policy_explain(&subject.policy, subject.extension, &pin,
		    &verdict);
		if (command_option(command, "--json") != NULL)
			print_json(command, &verdict);
		else
			print_text(command->io->out, &verdict);
		code = verdict.count == 0 ? EX_OK : EX_DATAERR;
	}
	WIPE(&pin);
	return code;
}

int
policy_rules_verb(struct command *command)
{
	const struct policy_setting	*setting;
	FILE				*out = command->io->out;
	size_t				 i;
	enum policy_rule		 rule;

	(void)fprintf(out, "%-16s %-21s %-8s %s\n", "RULE", "KEY", "DEFAULT",
	    "REFUSES");
	for (i = POLICY_NONE + 1; i < POLICY_RULES; i++) {
		rule = (enum policy_rule)i;
		setting = policy_rule_setting(rule);
		(void)fprintf(out, "%-16s %-21s %-8s %s\n",
		    policy_rule_name(rule),
		    setting == NULL ? "-" : setting->key,
		    setting == NULL ? "always" :
		    *setting->fallback == '\0' ? "none" : setting->fallback,
		    policy_rule_summary(rule));
	}
	return EX_OK;
}
