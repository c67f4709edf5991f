/*
 * conf.c - the table of the keys of umws.conf, and the reader of the file.
 * What is wrong with a line is one err line that names file and line and
 * says what would be right.
 */
#include "config.h"

#include "app/conf.h"

#include <sys/types.h>

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/conf-value.h"
#include "base/log.h"
#include "base/text.h"
#include "core/address.h"

#define LINE_BYTES_MAX	4096	/* of one line; longer is no setting of ours */

#define AT(member)	offsetof(struct conf, member)

/* clang-format off */
static const struct conf_key keys[] = {
	{ "database_worker", conf_parse_text, "dbname=umws user=umws_worker",
	    1, 2048, AT(database[CONF_WORKER]) },
	{ "database_mailer", conf_parse_text, "dbname=umws user=umws_mailer",
	    1, 2048, AT(database[CONF_MAILER]) },
	{ "database_admin", conf_parse_text, "dbname=umws user=umws_admin",
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

#define KEYS	(sizeof(keys) / sizeof(keys[0]))

/* struct conf is what callers see; the rest is how it came to be. */
struct conf_file {
	struct conf	 conf;			/* first: conf_free() casts */
	const char	*path;			/* borrowed */
	char		*texts[KEYS];		/* owned; of texts alone */
	char		*sender;		/* owned: who mail_from is */
	unsigned int	 lines[KEYS];		/* where each key stood, or 0 */
};

static void	conf_refuse(const struct conf_file *file, unsigned int line,
		    const char *format, ...)
		    __attribute__((format(printf, 3, 4)));

static void
conf_refuse(const struct conf_file *file, unsigned int line,
    const char *format, ...)
{
	char	reason[CONF_REASON_SIZE], number[LOG_NUMBER_SIZE];
	va_list	ap;

	va_start(ap, format);
	(void)vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	log_err("configuration-refused", "file", file->path, "line",
	    line == 0 ? NULL : log_number(number, line), "reason", reason,
	    NULL);
}

/* Set one key from text; line 0 is the default. */
static enum status
conf_set(struct conf_file *file, size_t index, const char *text,
    unsigned int line)
{
	struct conf_value	 value = { .key = &keys[index], .text = text };

	value.field = (char *)&file->conf + value.key->offset;
	if (!value.key->parse(&value)) {
		conf_refuse(file, line, "%s", value.reason);
		return ST_BAD;
	}
	if (value.copy != NULL) {
		free(file->texts[index]);
		file->texts[index] = value.copy;
	}
	file->lines[index] = line;
	return ST_OK;
}

/* The key that a name is most like, or NULL. */
static const char *
nearest_key(const char *name)
{
	const char	*nearest = NULL;
	size_t		 i, distance, best = 4;

	for (i = 0; i < KEYS && strlen(name) <= TEXT_DISTANCE_MAX; i++) {
		distance = text_distance(name, keys[i].name);
		if (distance < best && distance < strlen(name)) {
			best = distance;
			nearest = keys[i].name;
		}
	}
	return nearest;
}

/*
 * A line without its '=' at the right place, or the rest of a wrapped one, may
 * have a password before a '=': only what has the form of a key is told.
 */
static void
refuse_unknown(const struct conf_file *file, unsigned int line,
    const char *name)
{
	const char	*nearest = nearest_key(name);
	size_t		 len = strspn(name, "abcdefghijklmnopqrstuvwxyz_");

	if (nearest != NULL && name[len] == '\0')
		conf_refuse(file, line, "unknown key '%.60s' (did you mean "
		    "'%s'?)", name, nearest);
	else if (nearest != NULL)
		conf_refuse(file, line, "unknown key: did you mean '%s'?",
		    nearest);
	else if (name[len] == '\0')
		conf_refuse(file, line, "unknown key '%.60s'; umws.conf(5) "
		    "lists them all", name);
	else if (len > 0 && strchr(" \t:", name[len]) != NULL)
		conf_refuse(file, line, "unknown key: '%.*s' and more before "
		    "the '='; write key = value", len < 60 ? (int)len : 60,
		    name);
	else
		conf_refuse(file, line, "what stands before the '=' is no "
		    "key: write key = value on one line; umws.conf(5) lists "
		    "all keys");
}

/* Cut white space off both ends, in place. */
static char *
trim(char *text)
{
	size_t	len;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		len--;
	text[len] = '\0';
	return text;
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	}
	return false;
}

static enum status
conf_line(struct conf_file *file, unsigned int number, char *line)
{
	const char	*name, *value;
	char		*equals;
	size_t		 i;

	line = trim(line);
	if (*line == '\0' || *line == '#')
		return ST_OK;
	equals = strchr(line, '=');
	if (equals == NULL) {
		conf_refuse(file, number, "no '=' in the line: write "
		    "key = value, or begin a comment with '#'");
		return ST_BAD;
	}
	*equals = '\0';
	name = trim(line);
	value = trim(equals + 1);
	for (i = 0; i < KEYS && strcmp(name, keys[i].name) != 0; i++)
		;
	if (i == KEYS) {
		refuse_unknown(file, number, name);
		return ST_BAD;
	}
	if (has_control(value)) {
		conf_refuse(file, number, "a control character in %s", name);
		return ST_BAD;
	}
	if (file->lines[i] != 0) {
		conf_refuse(file, number, "%s stands here a second time, "
		    "the first time on line %u: remove one", name,
		    file->lines[i]);
		return ST_BAD;
	}
	return conf_set(file, i, value, number);
}

static enum status
conf_read(struct conf_file *file, FILE *stream)
{
	enum status	 st = ST_OK;
	unsigned int	 number = 0;
	char		*line = NULL;
	size_t		 size = 0;
	ssize_t		 len;

	while (st == ST_OK && (len = getline(&line, &size, stream)) >= 0) {
		number++;
		if ((size_t)len > LINE_BYTES_MAX ||
		    memchr(line, '\0', (size_t)len) != NULL) {
			conf_refuse(file, number,
			    "no text line of at most %d bytes",
			    LINE_BYTES_MAX);
			st = ST_BAD;
		} else {
			st = conf_line(file, number, line);
		}
	}
	if (st == ST_OK && !feof(stream)) {
		conf_refuse(file, 0, "cannot read: %s", strerror(errno));
		st = ST_BAD;
	}
	free(line);
	return st;
}

static unsigned int
line_of(const struct conf_file *file, const char *name)
{
	size_t	i;

	for (i = 0; i < KEYS; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return file->lines[i];
	}
	return 0;
}

/* Two keys of which one is of no use without the other. */
static enum status
refuse_alone(const struct conf_file *file, const char *one, const char *other)
{
	conf_refuse(file, line_of(file, one) != 0 ? line_of(file, one) :
	    line_of(file, other), "%s and %s go together: give both or none",
	    one, other);
	return ST_BAD;
}

/* A password and everybody's names travel encrypted, or not at all. */
static enum status
finish_directory(const struct conf_file *file)
{
	const struct directory_options	*directory = &file->conf.directory;

	if ((*directory->bind_dn == '\0') !=
	    (*directory->password_file == '\0'))
		return refuse_alone(file, "ldap_bind_dn",
		    "ldap_password_file");
	if ((*directory->cert_file == '\0') != (*directory->key_file == '\0'))
		return refuse_alone(file, "ldap_cert_file", "ldap_key_file");
	if (*directory->url == '\0')
		return ST_OK;
	if (*directory->sasl_mech != '\0' && *directory->bind_dn != '\0') {
		conf_refuse(file, line_of(file, "ldap_sasl_mech"),
		    "ldap_sasl_mech goes without ldap_bind_dn and "
		    "ldap_password_file: leave one of them out");
		return ST_BAD;
	}
	if (strncmp(directory->url, "ldap:", 5) == 0 &&
	    !directory->is_starting_tls &&
	    strcmp(directory->sasl_mech, "GSSAPI") != 0) {
		conf_refuse(file, line_of(file, "ldap_start_tls"),
		    "ldap_start_tls must be yes where ldap_url begins with "
		    "ldap://, unless ldap_sasl_mech is GSSAPI, which encrypts "
		    "by itself");
		return ST_BAD;
	}
	return ST_OK;
}

/* A program sends in its own way, which is for its own settings to say. */
static enum status
finish_program(const struct conf_file *file)
{
	static const char *const	others[] = { "smtp_tls", "smtp_user",
		"smtp_password_file", "smtp_ca_file", "smtp_helo",
		"envelope_from" };
	size_t				i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]) &&
	    strncmp(file->conf.smtp.url, SMTP_PROGRAM,
	    strlen(SMTP_PROGRAM)) == 0; i++)
		if (line_of(file, others[i]) != 0) {
			conf_refuse(file, line_of(file, others[i]),
			    "%s is not for a program, which smtp_url names: "
			    "leave the line out, and set it there", others[i]);
			return ST_BAD;
		}
	return ST_OK;
}

/* What only all keys together can tell. */
static enum status
conf_finish(struct conf_file *file)
{
	struct smtp_options	*smtp = &file->conf.smtp;
	const char		*address = "";
	size_t			 len = 0;

	if (file->conf.deliver.retry_min_s > file->conf.deliver.retry_max_s) {
		conf_refuse(file, line_of(file, "retry_min") != 0 ?
		    line_of(file, "retry_min") : line_of(file, "retry_max"),
		    "retry_min must not be longer than retry_max");
		return ST_BAD;
	}
	if ((*smtp->user == '\0') != (*smtp->password_file == '\0'))
		return refuse_alone(file, "smtp_user", "smtp_password_file");
	if (finish_program(file) != ST_OK || finish_directory(file) != ST_OK)
		return ST_BAD;
	/* It has been parsed before, so it has an address, or is empty. */
	if (*file->conf.message.from != '\0')
		(void)address_of_sender(file->conf.message.from, &address,
		    &len);
	file->sender = strndup(address, len);
	if (file->sender == NULL) {
		conf_refuse(file, 0, "no memory");
		return ST_BAD;
	}
	file->conf.mail_domain = len == 0 ? file->sender :
	    strchr(file->sender, '@') + 1;
	if (strcmp(smtp->envelope_from, "<>") == 0)
		smtp->envelope_from = "";
	else if (*smtp->envelope_from == '\0')
		smtp->envelope_from = file->sender;
	return ST_OK;
}

enum status
conf_load(const char *path, struct conf **conf)
{
	struct conf_file	*file;
	struct conf		*loaded = NULL;
	FILE			*stream = NULL;
	enum status		 st = ST_OK;
	size_t			 i;

	*conf = NULL;
	file = calloc(1, sizeof(*file));
	if (file == NULL) {
		log_err("configuration-refused", "reason", "no memory", NULL);
		return ST_BAD;
	}
	loaded = &file->conf;
	file->path = path != NULL ? path : CONF_DEFAULT_FILE;
	for (i = 0; st == ST_OK && i < KEYS; i++)
		st = conf_set(file, i, keys[i].value, 0);
	if (st != ST_OK)
		goto out;
	stream = fopen(file->path, "re");
	if (stream != NULL) {
		st = conf_read(file, stream);
	} else if (path != NULL || errno != ENOENT) {
		conf_refuse(file, 0, "cannot open: %s", strerror(errno));
		st = ST_BAD;
	}
	if (st == ST_OK)
		st = conf_finish(file);
	if (st == ST_OK) {
		*conf = loaded;
		loaded = NULL;
	}
out:
	if (stream != NULL)
		(void)fclose(stream);
	conf_free(&loaded);
	return st;
}

void
conf_refuse_key(const struct conf *conf, const char *key, const char *reason)
{
	const struct conf_file	*file = (const struct conf_file *)conf;

	conf_refuse(file, line_of(file, key), "%s: %s", key, reason);
}

void
conf_free(struct conf **conf)
{
	struct conf_file	*file = (struct conf_file *)*conf;
	size_t			 i;

	if (file == NULL)
		return;
	for (i = 0; i < KEYS; i++)
		free(file->texts[i]);
	free(file->sender);
	free(file);
	*conf = NULL;
}

void
conf_db_options(const struct conf *conf, enum conf_role role,
    struct db_options *options)
{
	static const char *const programs[] = { "umws-fcgi", "umws-mailer",
		"umwsctl" };

	*options = (struct db_options){
		.conninfo = conf->database[role],
		.program = programs[role],
		.connect_timeout_s = conf->connect_timeout_s,
		.statement_timeout_ms = conf->statement_timeout_ms,
		.is_repeating = role != CONF_ADMIN
	};
}
