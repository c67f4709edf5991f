/*
 * doctor-user.c - mailboxes that no mail reaches, policies that leave too few
 * PINs, and resets that seem to come from one place.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/doctor.h"
#include "ctl/policy-left.h"
#include "core/address.h"
#include "core/username.h"

#define NAMES_MAX	64	/* policies that are looked at */

static const struct admin_view	addresses = {
	.name = "v_user",
	.key = "login",
	.order = { "login" },
	.columns = { "login", "email", "um_enabled" }
};

static const struct admin_view	policies = {
	.name = "v_policy",
	.key = "name",
	.order = { "name" },
	.columns = { "name" }
};

struct unmailable {
	size_t	count;
	char	login[USERNAME_SIZE];	/* of the first */
	char	reason[ADDRESS_REASON_SIZE];
};

static enum status
on_address(void *context, const char *const *values)
{
	struct unmailable	*found = context;
	char			 reason[ADDRESS_REASON_SIZE];
	enum status		 st;

	if (values[2] == NULL || *values[2] != 't')
		return ST_OK;
	st = address_check(values[1] == NULL ? "" : values[1], reason);
	if (st != ST_BAD)
		return st;
	if (found->count++ > 0)
		return ST_OK;
	(void)snprintf(found->login, sizeof(found->login), "%s", values[0]);
	(void)snprintf(found->reason, sizeof(found->reason), "%s", reason);
	return ST_OK;
}

static void
check_addresses(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct unmailable	found = { .count = 0 };
	enum status		st;
	size_t			count;

	st = admin_read(doctor->command->admin, &addresses, NULL, on_address,
	    &found, &count);
	if (st != ST_OK)
		doctor_repeat(doctor, line, DOCTOR_SKIPPED,
		    admin_message(doctor->command->admin));
	else if (found.count > 0)
		doctor_say(line, DOCTOR_WARNING, "umwsctl user set LOGIN "
		    "--email ADDRESS", "mailboxes whose address takes no mail: "
		    "%zu; that of %s %s", found.count, found.login,
		    found.reason);
	else
		doctor_well(line, check);
}

struct names {
	size_t	count;
	char	names[NAMES_MAX][POLICY_NAME_SIZE];
};

static enum status
on_policy(void *context, const char *const *values)
{
	struct names	*names = context;

	if (names->count < NAMES_MAX)
		(void)snprintf(names->names[names->count++],
		    POLICY_NAME_SIZE, "%s", values[0]);
	return ST_OK;
}

/* What is left to a mailbox without extension and names is what counts. */
static enum status
judge_policies(struct doctor *doctor, const struct names *names,
    struct doctor_line *line)
{
	struct policy_left	left;
	struct admin_user	nobody = { .login = "" };
	uint64_t		pins;
	enum status		st;
	size_t			i;

	policy_left_init(&left);
	for (i = 0; i < names->count; i++) {
		nobody.policy = names->names[i];
		st = policy_left_user(doctor->command, &left, &nobody, &pins);
		if (st != ST_OK)
			return st;
		/* No other one is worse. */
		if (!left.is_there || pins == 0) {
			doctor_say(line, DOCTOR_WRONG, "correct it by umwsctl "
			    "policy set", "no PIN can be drawn by the policy "
			    "\"%s\"", nobody.policy);
			return ST_OK;
		}
		if (pins != UINT64_MAX)
			doctor_say(line, DOCTOR_WARNING, "take back a rule, "
			    "or let PINs be longer: umwsctl policy set",
			    "the policy \"%s\" leaves only %" PRIu64 " PINs",
			    nobody.policy, pins);
	}
	return ST_OK;
}

static void
check_policies(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct names	*names = calloc(1, sizeof(*names));
	enum status	 st = names == NULL ? ST_RETRY : ST_OK;
	size_t		 count;

	doctor_well(line, check);
	if (st == ST_OK)
		st = admin_read(doctor->command->admin, &policies, NULL,
		    on_policy, names, &count);
	if (st == ST_OK)
		st = judge_policies(doctor, names, line);
	if (st != ST_OK)
		doctor_repeat(doctor, line, DOCTOR_SKIPPED, "no memory");
	free(names);
}

/* As umws.address_share() counts, which notes that it was asked. */
static const char	one_address[] =
    "SELECT 'warning', format('%s makes %s of the last %s resets: that will"
    " be a proxy, and all users share its limits', host(g.net), g.n,"
    " g.total), 'let the web server take the client''s address from the proxy:"
    " set_real_ip_from, real_ip_header and real_ip_recursive in nginx,"
    " RemoteIPHeader and RemoteIPInternalProxy of mod_remoteip in Apache; or"
    " umwsctl limits set ResetsPerAddressHour=N'"
    " FROM (SELECT CASE family(a.actor_address) WHEN 4 THEN"
    " set_masklen(a.actor_address, 32) ELSE network(set_masklen("
    "a.actor_address, 64))::inet END AS net, count(*) AS n,"
    " (sum(count(*)) OVER ())::bigint AS total FROM umws.v_audit a"
    " WHERE a.id > (SELECT max(m.id) FROM umws.v_audit m) - 20000"
    " AND a.at > now() - interval '24 hours' AND a.way = 'soap'"
    " AND a.action = 'reset' AND a.result = 'ok' GROUP BY 1) g"
    " WHERE g.net IS NOT NULL AND g.n >= 10 AND g.n * 2 > g.total";

const struct doctor_check	doctor_user_checks[] = {
	{ "user-addresses", "mails can be sent to every mailbox",
	    check_addresses, NULL, 0 },
	{ "user-policies", "each policy leaves PINs enough", check_policies,
	    NULL, 0 },
	{ "user-one-address", "resets come from many addresses", doctor_ask,
	    one_address, 0 },
	{ .name = NULL }
};
