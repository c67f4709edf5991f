/*
 * directory-connect.c - open a connection to a directory: every option of
 * libldap that matters is set here, since nothing else that it would read
 * may weaken them.
 */
#include "config.h"

#include "edge/directory-connect.h"

#include <sasl/sasl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>


#define SYSTEM_CA	"/etc/ssl/certs/ca-certificates.crt"

/* What there is to do about a result, beside what it is called. */
static const struct {
	int		 result;
	enum status	 st;
	const char	*todo;
} results[] = {
	{ LDAP_SIZELIMIT_EXCEEDED, ST_FAIL, "the server cuts its answer: let "
	    "the account of ldap_bind_dn have all of it (OpenLDAP: limits "
	    "... size=unlimited, or size.prtotal=unlimited)" },
	{ LDAP_ADMINLIMIT_EXCEEDED, ST_FAIL, "the server cuts its answer: "
	    "raise its limit, or index what ldap_filter asks for" },
	{ LDAP_TIMELIMIT_EXCEEDED, ST_FAIL, "the server cuts its answer: "
	    "raise its limit, or index what ldap_filter asks for" },
	{ LDAP_PARTIAL_RESULTS, ST_FAIL, "the server has a part of it only" },
	{ LDAP_REFERRAL, ST_FAIL, "another server has what ldap_base names: "
	    "name that one in ldap_url" },
	{ LDAP_UNAVAILABLE_CRITICAL_EXTENSION, ST_FAIL, "the server knows no "
	    "paged results (RFC 2696)" },
	{ LDAP_INVALID_CREDENTIALS, ST_BAD, "look at ldap_bind_dn and "
	    "ldap_password_file" },
	{ LDAP_STRONG_AUTH_REQUIRED, ST_BAD, "the server wants TLS or SASL" },
	{ LDAP_CONFIDENTIALITY_REQUIRED, ST_BAD, "the server wants TLS" },
	{ LDAP_INSUFFICIENT_ACCESS, ST_BAD, "the account may not read it" },
	{ LDAP_NO_SUCH_OBJECT, ST_BAD, "look at ldap_base, and whether the "
	    "account may read it" },
	{ LDAP_INVALID_DN_SYNTAX, ST_BAD, "look at ldap_base and "
	    "ldap_bind_dn" },
	{ LDAP_FILTER_ERROR, ST_BAD, "look at ldap_filter" },
	{ LDAP_OPERATIONS_ERROR, ST_BAD, "the server wants to know first who "
	    "asks: look at ldap_bind_dn" },
	{ LDAP_AUTH_UNKNOWN, ST_BAD, "look at ldap_sasl_mech; GSSAPI wants "
	    "the package libsasl2-modules-gssapi-mit and a ticket (kinit)" },
	{ LDAP_LOCAL_ERROR, ST_BAD, "look at ldap_sasl_mech; GSSAPI wants "
	    "the package libsasl2-modules-gssapi-mit and a ticket (kinit)" },
	{ LDAP_SERVER_DOWN, ST_RETRY, "is it the server that ldap_url names, "
	    "and is its certificate one for that name from whom ldap_ca_file "
	    "trusts?" },
	{ LDAP_CONNECT_ERROR, ST_RETRY, "is it the server that ldap_url "
	    "names, and is its certificate one for that name from whom "
	    "ldap_ca_file trusts?" },
	{ LDAP_TIMEOUT, ST_RETRY, "ldap_timeout is how long we wait" },
	{ LDAP_BUSY, ST_RETRY, "later again" },
	{ LDAP_UNAVAILABLE, ST_RETRY, "later again" },
	{ LDAP_NO_MEMORY, ST_RETRY, "later again" },
};

#define RESULTS	(sizeof(results) / sizeof(results[0]))

enum status
directory_refuse(LDAP *ld, int result, const char *tried,
    const char *diagnostic, char reason[DIRECTORY_REASON_SIZE])
{
	char	*own = NULL;
	size_t	 i;

	for (i = 0; i < RESULTS && results[i].result != result; i++)
		;
	if (diagnostic == NULL && ld != NULL) {
		(void)ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &own);
		diagnostic = own;
	}
	(void)snprintf(reason, DIRECTORY_REASON_SIZE, "%s: %s%s%.400s%s%s%s",
	    tried, ldap_err2string(result),
	    diagnostic != NULL && *diagnostic != '\0' ? " (" : "",
	    diagnostic != NULL ? diagnostic : "",
	    diagnostic != NULL && *diagnostic != '\0' ? ")" : "",
	    i < RESULTS ? "; " : "", i < RESULTS ? results[i].todo : "");
	if (own != NULL)
		ldap_memfree(own);
	return i < RESULTS ? results[i].st : ST_BAD;
}

static bool
is_socket(const struct directory_options *options)
{
	return strncasecmp(options->url, "ldapi:", 6) == 0;
}

static bool
is_start_tls(const struct directory_options *options)
{
	return options->is_starting_tls &&
	    strncasecmp(options->url, "ldap:", 5) == 0;
}

static bool
is_tls(const struct directory_options *options)
{
	return strncasecmp(options->url, "ldaps:", 6) == 0 ||
	    is_start_tls(options);
}

static int
set_text(LDAP *ld, int option, const char *text)
{
	return *text == '\0' ? LDAP_OPT_SUCCESS :
	    ldap_set_option(ld, option, text);
}

/* The certificate is always asked for and always checked. */
static int
set_tls(LDAP *ld, const struct directory_options *options)
{
	int	demand = LDAP_OPT_X_TLS_DEMAND, is_server = 0;
	int	oldest = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
	int	rc;

	rc = ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
	if (rc == LDAP_OPT_SUCCESS)
		rc = ldap_set_option(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN,
		    &oldest);
	if (rc == LDAP_OPT_SUCCESS)
		rc = set_text(ld, LDAP_OPT_X_TLS_CACERTFILE,
		    *options->ca_file == '\0' ? SYSTEM_CA : options->ca_file);
	if (rc == LDAP_OPT_SUCCESS)
		rc = set_text(ld, LDAP_OPT_X_TLS_CERTFILE,
		    options->cert_file);
	if (rc == LDAP_OPT_SUCCESS)
		rc = set_text(ld, LDAP_OPT_X_TLS_KEYFILE, options->key_file);
	if (rc == LDAP_OPT_SUCCESS)
		rc = ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &is_server);
	return rc;
}

static int
set_options(LDAP *ld, const struct directory_options *options)
{
	struct timeval	patience = { .tv_sec = options->timeout_s };
	int		version = LDAP_VERSION3, never = LDAP_DEREF_NEVER;
	int		rc;

	rc = ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
	if (rc == LDAP_OPT_SUCCESS)
		rc = ldap_set_option(ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
	if (rc == LDAP_OPT_SUCCESS)
		rc = ldap_set_option(ld, LDAP_OPT_DEREF, &never);
	if (rc == LDAP_OPT_SUCCESS)
		rc = ldap_set_option(ld, LDAP_OPT_NETWORK_TIMEOUT, &patience);
	if (rc == LDAP_OPT_SUCCESS)
		rc = ldap_set_option(ld, LDAP_OPT_TIMEOUT, &patience);
	/* Without this libldap reads in a circle while a handshake stands
	 * still, and forgets the time. */
	if (rc == LDAP_OPT_SUCCESS)
		rc = ldap_set_option(ld, LDAP_OPT_CONNECT_ASYNC, LDAP_OPT_ON);
	/* Signed and sealed by one of them: Active Directory refuses both. */
	if (rc == LDAP_OPT_SUCCESS)
		rc = ldap_set_option(ld, LDAP_OPT_X_SASL_SECPROPS,
		    is_tls(options) ? "none,maxssf=0" :
		    is_socket(options) ? "none" : "noplain,minssf=56");
	return rc;
}

/* Cyrus asks in whose name to act: in that of the ticket or certificate. */
static int
answer_nothing(LDAP *ld, unsigned int flags, void *defaults, void *questions)
{
	sasl_interact_t	*question;

	(void)ld;
	(void)flags;
	(void)defaults;
	for (question = questions; question->id != SASL_CB_LIST_END;
	    question++) {
		if (question->id != SASL_CB_USER)
			return LDAP_OTHER;
		question->result = "";
		question->len = 0;
	}
	return LDAP_SUCCESS;
}

static enum status
bind_simply(LDAP *ld, const struct directory_options *options,
    char *password, char reason[DIRECTORY_REASON_SIZE])
{
	struct berval	credentials = { .bv_val = password,
			    .bv_len = strlen(password) };
	int		rc;

	rc = ldap_sasl_bind_s(ld, options->bind_dn, LDAP_SASL_SIMPLE,
	    &credentials, NULL, NULL, NULL);
	if (rc == LDAP_SUCCESS)
		return ST_OK;
	return directory_refuse(ld, rc, "the directory does not let us in",
	    NULL, reason);
}

static enum status
bind_sasl(LDAP *ld, const struct directory_options *options,
    char reason[DIRECTORY_REASON_SIZE])
{
	int	rc;

	rc = ldap_sasl_interactive_bind_s(ld, NULL, options->sasl_mech, NULL,
	    NULL, LDAP_SASL_QUIET, answer_nothing, NULL);
	if (rc == LDAP_SUCCESS)
		return ST_OK;
	return directory_refuse(ld, rc, "the directory does not let us in",
	    NULL, reason);
}

enum status
directory_connect(const struct directory_options *options, char *password,
    LDAP **ld, char reason[DIRECTORY_REASON_SIZE])
{
	enum status	st = ST_OK;
	const char	*tried = "libldap cannot be set up";
	int		 rc;

	*ld = NULL;
	reason[0] = '\0';
	/* No file and no variable but what is set here. */
	if (setenv("LDAPNOINIT", "1", 1) != 0)
		rc = LDAP_NO_MEMORY;
	else
		rc = ldap_initialize(ld, options->url);
	if (rc == LDAP_SUCCESS &&
	    set_options(*ld, options) != LDAP_OPT_SUCCESS)
		rc = LDAP_PARAM_ERROR;
	if (rc == LDAP_SUCCESS && is_tls(options)) {
		tried = "the certificates of ldap_ca_file, ldap_cert_file and "
		    "ldap_key_file cannot be used";
		/* What options return is of another list. */
		if (set_tls(*ld, options) != LDAP_OPT_SUCCESS)
			rc = LDAP_PARAM_ERROR;
	}
	if (rc == LDAP_SUCCESS) {
		tried = "the directory cannot be reached safely";
		if (is_start_tls(options))
			rc = ldap_start_tls_s(*ld, NULL, NULL);
		else
			rc = ldap_connect(*ld);
	}
	if (rc != LDAP_SUCCESS)
		st = directory_refuse(*ld, rc, tried, NULL, reason);
	else if (*options->sasl_mech != '\0')
		st = bind_sasl(*ld, options, reason);
	else
		st = bind_simply(*ld, options, password, reason);
	if (st != ST_OK)
		directory_disconnect(ld);
	return st;
}

void
directory_disconnect(LDAP **ld)
{
	if (*ld != NULL)
		(void)ldap_unbind_ext_s(*ld, NULL, NULL);
	*ld = NULL;
}
