/*
 * conf-keys.c - the table of the keys of umws.conf, the one place where they
 * are named.
 */
#include "config.h"

#include "app/conf-keys.h"

#include <stddef.h>
#include <string.h>

#include "app/conf.h"
#include "base/text.h"
#include "edge/db-conninfo.h"

#define AT(member)	offsetof(struct conf, member)

/* clang-format off */
const struct conf_key conf_keys[] = {
	{ "database_worker", conf_parse_conninfo,
	    "dbname=umws user=umws_worker",
	    1, 2048, AT(database[CONF_WORKER]) },
	{ "database_mailer", conf_parse_conninfo,
	    "dbname=umws user=umws_mailer",
	    1, 2048, AT(database[CONF_MAILER]) },
	{ "database_admin", conf_parse_conninfo,
	    "dbname=umws user=umws_admin",
	    1, 2048, AT(database[CONF_ADMIN]) },
	{ "connect_timeout", conf_parse_seconds, "3s",
	    2, 60, AT(connect_timeout_s) },
	{ "statement_timeout", conf_parse_milliseconds, "5s",
	    1000, 60000, AT(statement_timeout_ms) },
	{ "request_timeout", conf_parse_milliseconds, "15s",
	    1000, 20000, AT(reset.request_timeout_ms) },
	{ "pepper_key", conf_parse_path, UMWS_SYSCONFDIR "/pepper.key",
	    1, 1024, AT(pepper_key) },
	{ "mail_pub", conf_parse_path, UMWS_SYSCONFDIR "/mail.pub",
	    1, 1024, AT(mail_pub) },
	{ "mail_key", conf_parse_path, UMWS_SYSCONFDIR "/mail.key",
	    1, 1024, AT(mail_key) },
	{ "audit_key", conf_parse_path, UMWS_SYSCONFDIR "/audit.key",
	    1, 1024, AT(audit_key) },
	{ "web_secret", conf_parse_path_or_off, UMWS_SYSCONFDIR "/web.secret",
	    1, 1024, AT(web_secret) },
	{ "workers", conf_parse_count, "8", 1, 512, AT(workers) },
	{ "derivations", conf_parse_count, "0", 0, 1024, AT(derivations) },
	{ "kdf", conf_parse_cost, "7168,5,1", 0, 0, AT(reset.cost) },
	{ "strip_domains", conf_parse_text, "",
	    0, 2048, AT(strip_domains) },
	{ "public_url", conf_parse_http_url, "",
	    0, 1024, AT(public_url) },
	{ "www_authenticate", conf_parse_text,
	    "Basic realm=\"Unified Messaging\", charset=\"UTF-8\"",
	    1, 512, AT(www_authenticate) },
	{ "tui_accounts", conf_parse_text, "",
	    0, 2048, AT(tui_accounts) },
	{ "core_dumps", conf_parse_bool, "no", 0, 0, AT(core_dumps) },
	{ "smtp_url", conf_parse_smtp_url, "smtp://localhost:25",
	    1, 1024, AT(smtp.url) },
	{ "smtp_tls", conf_parse_tls, "try", 0, 0, AT(smtp.tls) },
	{ "smtp_user", conf_parse_text, "", 0, 256, AT(smtp.user) },
	{ "smtp_password_file", conf_parse_path, "",
	    0, 1024, AT(smtp.password_file) },
	{ "smtp_ca_file", conf_parse_path, "", 0, 1024, AT(smtp.ca_file) },
	{ "smtp_timeout", conf_parse_seconds, "60s",
	    1, 660, AT(smtp.timeout_s) },
	{ "smtp_dot_timeout", conf_parse_seconds, "10m",
	    1, 600, AT(smtp.dot_timeout_s) },
	{ "smtp_helo", conf_parse_text, "", 0, 255, AT(smtp.helo) },
	{ "mail_from", conf_parse_from, "", 0, 512, AT(message.from) },
	{ "envelope_from", conf_parse_envelope_from, "",
	    0, 254, AT(smtp.envelope_from) },
	{ "mail_batch", conf_parse_count, "20", 1, 100, AT(deliver.batch) },
	{ "smtp_connections", conf_parse_count, "4",
	    1, SMTP_CONNECTIONS_MAX, AT(deliver.connections) },
	{ "retry_min", conf_parse_seconds, "1m",
	    1, 86400, AT(deliver.retry_min_s) },
	{ "retry_max", conf_parse_seconds, "1h",
	    1, 86400, AT(deliver.retry_max_s) },
	{ "metrics_file", conf_parse_path, "",
	    0, 1024, AT(metrics_file) },
	{ "on_change", conf_parse_hook, "", 0, 1024, AT(on_change.web.url) },
	{ "on_change_secret_file", conf_parse_path, "",
	    0, 1024, AT(on_change.secret_file) },
	{ "on_change_ca_file", conf_parse_path, "",
	    0, 1024, AT(on_change.web.ca_file) },
	{ "on_change_timeout", conf_parse_seconds, "10s",
	    1, 300, AT(on_change.web.timeout_s) },
	{ "ldap_url", conf_parse_ldap_url, "", 0, 1024, AT(directory.url) },
	{ "ldap_start_tls", conf_parse_bool, "yes",
	    0, 0, AT(directory.is_starting_tls) },
	{ "ldap_ca_file", conf_parse_path, "",
	    0, 1024, AT(directory.ca_file) },
	{ "ldap_bind_dn", conf_parse_text, "",
	    0, 1024, AT(directory.bind_dn) },
	{ "ldap_password_file", conf_parse_path, "",
	    0, 1024, AT(directory.password_file) },
	{ "ldap_sasl_mech", conf_parse_sasl_mech, "",
	    0, 16, AT(directory.sasl_mech) },
	{ "ldap_cert_file", conf_parse_path, "",
	    0, 1024, AT(directory.cert_file) },
	{ "ldap_key_file", conf_parse_path, "",
	    0, 1024, AT(directory.key_file) },
	{ "ldap_base", conf_parse_text, "", 0, 1024, AT(directory.base) },
	{ "ldap_filter", conf_parse_text, "(objectClass=inetOrgPerson)",
	    1, 2048, AT(directory.filter) },
	{ "ldap_map", conf_parse_ldap_map, "login=uid email=mail name=cn",
	    1, 1024, AT(directory.map) },
	{ "ldap_timeout", conf_parse_seconds, "30s",
	    1, 600, AT(directory.timeout_s) },
	{ "sync_max_gone", conf_parse_count, "10",
	    0, 100, AT(sync_max_gone) }
};
/* clang-format on */

#define KEYS	(sizeof(conf_keys) / sizeof(conf_keys[0]))
_Static_assert(KEYS <= CONF_KEYS_MAX, "a key more than there is room for");

const size_t conf_keys_count = KEYS;

size_t
conf_key_find(const char *name)
{
	size_t	i;

	for (i = 0; i < KEYS && strcmp(name, conf_keys[i].name) != 0; i++)
		;
	return i;
}

const char *
conf_key_nearest(const char *name, size_t distance_max)
{
	const char	*nearest = NULL;
	size_t		 i, distance, best = distance_max + 1;

	for (i = 0; i < KEYS && strlen(name) <= TEXT_DISTANCE_MAX; i++) {
		distance = text_distance(name, conf_keys[i].name);
		if (distance < best && distance < strlen(name)) {
			best = distance;
			nearest = conf_keys[i].name;
		}
	}
	return nearest;
}

bool
conf_key_has_secret(size_t key, const char *value)
{
	return conf_keys[key].parse == conf_parse_conninfo &&
	    db_conninfo_has_secret(value);
}
