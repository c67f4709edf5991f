/*
 * doctor-patroni.c - what a cluster under Patroni promises: whether whoever is
 * promoted has all that was answered. Patroni is asked over its REST, and what
 * it says is read by PostgreSQL; which protocol it speaks to etcd it does not
 * say.
 */
#include "config.h"

#include <string.h>

#include "ctl/doctor.h"

#define TIMEOUT_S	5
#define URL_SIZE	400	/* bytes, with the NUL */

/*
 * A server that Patroni has started has these on its command line. Another
 * one is well; $1 is not looked at then, and neither where it is NULL.
 */
#define NOT_ASKED							\
    "SELECT CASE WHEN p.n = 2 THEN 'skipped' ELSE 'ok' END,"		\
    " CASE WHEN p.n = 2 THEN 'give the address of its REST by --patroni'" \
    " ELSE 'the server is not one of Patroni''s' END, NULL"		\
    " FROM (SELECT count(*) FROM pg_settings WHERE source = 'command line'" \
    " AND name IN ('cluster_name', 'wal_log_hints')) p (n)"		\
    " WHERE $1::text IS NULL UNION ALL "

/* Of /config, which has what is in force for all of the cluster. */
static const char	sync_mode[] =
    NOT_ASKED
    "SELECT 'wrong', 'synchronous_mode is not on: whoever is promoted lacks"
    " the last resets that were answered', 'patronictl edit-config: set"
    " synchronous_mode and synchronous_mode_strict to true'"
    " WHERE $1 IS NOT NULL AND coalesce($1::json ->> 'synchronous_mode',"
    " 'false') IN ('false', 'off', 'no')";

static const char	strict_mode[] =
    NOT_ASKED
    "SELECT 'wrong', 'synchronous_mode_strict is not on: while no standby is"
    " in step, resets are answered that one host alone has', 'patronictl"
    " edit-config: set synchronous_mode_strict to true'"
    " WHERE $1 IS NOT NULL AND coalesce($1::json ->> 'synchronous_mode_strict',"
    " 'false') IN ('false', 'off', 'no')";

/* Of /patroni. */
static const char	version[] =
    NOT_ASKED
    "SELECT 'warning', format('Patroni is %s: before 3.0.3, where it speaks to"
    " etcd by version 3 of its protocol, an old leader that was frozen takes"
    " the place of the new one, and resets that were answered are lost', v.v),"
    " 'upgrade it, or give it etcd: in place of etcd3: in its settings, and"
    " start etcd with --enable-v2' FROM (SELECT $1::json -> 'patroni' ->>"
    " 'version') v (v) WHERE string_to_array(substring(v.v FROM"
    " '^[0-9]+[.][0-9]+[.][0-9]+'), '.')::int[] < ARRAY[3, 0, 3]";

/* What Patroni answers to a GET of this path; true if it is its JSON. */
static bool
ask_patroni(const struct doctor *doctor, const char *path,
    struct web_answer *answer, struct doctor_line *line)
{
	struct web_request	request = { .ca_file = doctor->ca_file,
				    .timeout_s = TIMEOUT_S };
	char			url[URL_SIZE];
	size_t			len = strlen(doctor->patroni_url);

	while (len > 0 && doctor->patroni_url[len - 1] == '/')
		len--;
	(void)snprintf(url, sizeof(url), "%.*s%s", (int)len,
	    doctor->patroni_url, path);
	request.url = url;
	web_probe(&request, answer);
	if (answer->code == 0)
		doctor_say(line, DOCTOR_WRONG, "start Patroni, or correct "
		    "--patroni", "%s: %s", url, answer->words);
	else if (answer->body[0] != '{')
		doctor_say(line, DOCTOR_WRONG, "correct --patroni: "
		    "http://HOST:8008 by default", "%s: the answer is %d, and "
		    "not Patroni's", url, answer->code);
	else if (strlen(answer->body) == sizeof(answer->body) - 1)
		doctor_say(line, DOCTOR_SKIPPED, NULL, "the answer of %s is "
		    "longer than %zu bytes", url, sizeof(answer->body) - 1);
	else
		return true;
	return false;
}

static void
check(struct doctor *doctor, const struct doctor_check *check,
    const char *path, struct doctor_line *line)
{
	struct web_answer	 answer = { 0 };
	const char		*params[1] = { NULL };

	if (doctor->patroni_url != NULL) {
		if (!ask_patroni(doctor, path, &answer, line))
			return;
		params[0] = answer.body;
	}
	doctor_ask_with(doctor, check, params, 1, line);
}

static void
check_config(struct doctor *doctor, const struct doctor_check *of,
    struct doctor_line *line)
{
	check(doctor, of, "/config", line);
}

static void
check_version(struct doctor *doctor, const struct doctor_check *of,
    struct doctor_line *line)
{
	check(doctor, of, "/patroni", line);
}

const struct doctor_check	doctor_patroni_checks[] = {
	{ "patroni-synchronous", "whoever is promoted has what was answered",
	    check_config, sync_mode, 0 },
	{ "patroni-strict", "two hosts have what was answered, always",
	    check_config, strict_mode, 0 },
	{ "patroni-version", "an old leader does not come back",
	    check_version, version, 0 },
	{ .name = NULL }
};
