/*
 * directory.c - ask a directory for its people, page by page, and take each
 * entry apart. An entry is in memory alone, whatever the directory holds.
 */
#include "config.h"

#include "edge/directory.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>

#include "base/text.h"
#include "base/utf8.h"
#include "edge/directory-connect.h"

#define ENTRIES_TELLING	10	/* that not one of so many has it is odd */
#define EMPTY_PAGES_MAX	1000	/* in a row, of a server that filters late */
#define ACCOUNT_DISABLED	0x2	/* of userAccountControl */
#define ACCOUNT_CONTROL	"userAccountControl"

struct reading {
	const struct directory_options	*options;
	struct directory_map	 map;
	enum status		 (*on_entry)(void *context,
				    const struct directory_entry *entry);
	void			*context;
	char			*reason;
	LDAP			*ld;
	struct berval		*cookie;	/* owned */
	size_t			 entries;
	size_t			 of_page;	/* entries of this one */
	size_t			 empty_pages;
	bool			 is_seen[DIRECTORY_FIELDS]; /* by any entry */
	char			 dn[DIRECTORY_DN_SIZE];
	char			 values[DIRECTORY_FIELDS][DIRECTORY_VALUE_SIZE];
};

static enum status
refuse(struct reading *reading, enum status st, const char *sentence)
{
	(void)snprintf(reading->reason, DIRECTORY_REASON_SIZE, "%s",
	    sentence);
	return st;
}

/* One value; NULL, or what is wrong with it. */
static const char *
take_value(const struct berval *from, char value[DIRECTORY_VALUE_SIZE])
{
	if (from->bv_len >= DIRECTORY_VALUE_SIZE)
		return "is longer than 1024 bytes";
	memcpy(value, from->bv_val, from->bv_len);
	value[from->bv_len] = '\0';
	if (strlen(value) != from->bv_len)
		return "is binary: it has a NUL";
	if (!utf8_is_valid(value))
		return "is not UTF-8";
	return NULL;
}

/*
 * Blanks and hyphens of a telephone number mean nothing (RFC 4518, section
 * 2.6.3). Where only its last digits count, all that is no digit means nothing.
 */
static void
trim_number(char value[DIRECTORY_VALUE_SIZE], unsigned int digits)
{
	size_t	i, len = 0;

	for (i = 0; value[i] != '\0'; i++) {
		if (digits > 0 ? value[i] >= '0' && value[i] <= '9' :
		    value[i] != ' ' && value[i] != '-')
			value[len++] = value[i];
	}
	value[len] = '\0';
	if (digits > 0 && len > digits)
		memmove(value, value + len - digits, digits + 1);
}

/* Of Active Directory's flags one says that an account is disabled. */
static const char *
take_enabled(const char *attribute, char value[DIRECTORY_VALUE_SIZE])
{
	bool		is_negative = *value == '-';
	uint64_t	flags;

	if (strcasecmp(attribute, ACCOUNT_CONTROL) != 0 || *value == '\0')
		return NULL;
	if (!text_size(value + is_negative, &flags))
		return "is no number";
	if (is_negative)
		flags = 0 - flags;
	(void)strcpy(value, (flags & ACCOUNT_DISABLED) != 0 ? "no" : "yes");
	return NULL;
}

static const char *
take_field(struct reading *reading, LDAPMessage *message, size_t field)
{
	const char	*attribute = reading->map.attributes[field];
	char		*value = reading->values[field];
	const char	*fault = NULL;
	struct berval	**values;

	value[0] = '\0';
	if (*attribute == '\0')
		return NULL;
	values = ldap_get_values_len(reading->ld, message, attribute);
	if (values == NULL)
		return NULL;
	if (values[0] != NULL)
		fault = take_value(values[0], value);
	ldap_value_free_len(values);
	if (fault == NULL && field == DIRECTORY_EXTENSION)
		trim_number(value, reading->map.extension_digits);
	if (fault == NULL && field == DIRECTORY_ENABLED)
		fault = take_enabled(attribute, value);
	return fault;
}

/* As much of a DN as is told; what is not UTF-8 in it is a '?'. */
static void
take_dn(struct reading *reading, LDAPMessage *message)
{
	char		*dn = ldap_get_dn(reading->ld, message);
	const char	*from = dn != NULL ? dn : "";
	size_t		 len = 0, part;
	uint32_t	 c;

	while (*from != '\0') {
		part = utf8_decode(from, &c);
		if (len + part >= sizeof(reading->dn))
			break;
		if (c == UTF8_NONE)
			reading->dn[len] = '?';
		else
			memcpy(reading->dn + len, from, part);
		len += part;
		from += part;
	}
	reading->dn[len] = '\0';
	if (dn != NULL)
		ldap_memfree(dn);
}

static enum status
read_entry(struct reading *reading, LDAPMessage *message)
{
	struct directory_entry	 entry = { .dn = reading->dn };
	const char		*fault;
	char			 sentence[128 + DIRECTORY_ATTRIBUTE_SIZE];
	size_t			 i;

	if (++reading->entries > DIRECTORY_ENTRIES_MAX)
		return refuse(reading, ST_FAIL, "the directory's answer has "
		    "no end: look at ldap_base and ldap_filter");
	reading->of_page++;
	take_dn(reading, message);
	for (i = 0; i < DIRECTORY_FIELDS; i++) {
		fault = take_field(reading, message, i);
		if (fault != NULL) {
			(void)snprintf(sentence, sizeof(sentence), "its %s "
			    "%s", reading->map.attributes[i], fault);
			reading->values[i][0] = '\0';
			entry.fault = sentence;
			reading->is_seen[i] = true;
		}
		if (reading->values[i][0] != '\0')
			reading->is_seen[i] = true;
		if (*reading->map.attributes[i] != '\0')
			entry.values[i] = reading->values[i];
	}
	return reading->on_entry(reading->context, &entry);
}

/* The server has a part of what was asked for, and says who has another. */
static enum status
refuse_reference(struct reading *reading, LDAPMessage *message)
{
	char	**references = NULL;
	int	  rc;

	rc = ldap_parse_reference(reading->ld, message, &references, NULL, 0);
	(void)snprintf(reading->reason, DIRECTORY_REASON_SIZE, "the answer is "
	    "not whole: a part of it is at %.300s; let ldap_base name what "
	    "is below this server alone, or ask Active Directory's global "
	    "catalog (port 3269)", rc == LDAP_SUCCESS && references != NULL &&
	    references[0] != NULL ? references[0] : "another server");
	if (references != NULL)
		ber_memvfree((void **)references);
	return ST_FAIL;
}

/* Where the next page begins, from the controls at the end of this one. */
static enum status
take_cookie(struct reading *reading, LDAPControl **controls)
{
	LDAPControl	*control;
	struct berval	 cookie = { 0 };
	ber_int_t	 total;
	int		 rc;

	ber_bvfree(reading->cookie);
	reading->cookie = NULL;
	control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls,
	    NULL);
	if (control == NULL)
		return refuse(reading, ST_FAIL, "the directory does not say "
		    "whether there are more pages (RFC 2696)");
	rc = ldap_parse_pageresponse_control(reading->ld, control, &total,
	    &cookie);
	if (rc != LDAP_SUCCESS)
		return directory_refuse(reading->ld, rc, "the directory's "
		    "pages do not go on", NULL, reading->reason);
	if (cookie.bv_len > 0)
		reading->cookie = ber_bvdup(&cookie);
	if (cookie.bv_len > 0 && reading->cookie == NULL)
		rc = LDAP_NO_MEMORY;
	ber_memfree(cookie.bv_val);
	if (rc != LDAP_SUCCESS)
		return refuse(reading, ST_RETRY, "no memory");
	return ST_OK;
}

/* The end of a page: was all well, and is it the last? */
static enum status
end_page(struct reading *reading, LDAPMessage *message)
{
	LDAPControl	**controls = NULL;
	char		 *diagnostic = NULL;
	enum status	  st;
	int		  rc, result = LDAP_OTHER;

	rc = ldap_parse_result(reading->ld, message, &result, NULL,
	    &diagnostic, NULL, &controls, 0);
	if (rc != LDAP_SUCCESS || result != LDAP_SUCCESS)
		st = directory_refuse(reading->ld, rc != LDAP_SUCCESS ? rc :
		    result, "the directory did not answer all of it",
		    diagnostic, reading->reason);
	else
		st = take_cookie(reading, controls);
	ldap_controls_free(controls);
	ldap_memfree(diagnostic);
	if (st == ST_OK && reading->of_page == 0 &&
	    ++reading->empty_pages > EMPTY_PAGES_MAX)
		st = refuse(reading, ST_FAIL, "the directory sends one empty "
		    "page after the other");
	if (reading->of_page > 0)
		reading->empty_pages = 0;
	return st;
}

static enum status
refuse_connection(struct reading *reading, int got)
{
	int	result = got == 0 ? LDAP_TIMEOUT : LDAP_OTHER;

	if (got < 0)
		(void)ldap_get_option(reading->ld, LDAP_OPT_RESULT_CODE,
		    &result);
	if (result == LDAP_SERVER_DOWN)
		return refuse(reading, ST_RETRY, "the directory broke off in "
		    "the middle of its answer");
	return directory_refuse(reading->ld, result, "the directory's answer "
	    "broke off", NULL, reading->reason);
}

/* Every message of one page, as it comes. */
static enum status
read_page(struct reading *reading, int search)
{
	struct timeval	 patience;
	LDAPMessage	*message = NULL;
	enum status	 st = ST_OK;
	int		 got = LDAP_RES_SEARCH_ENTRY;

	while (st == ST_OK && got != LDAP_RES_SEARCH_RESULT) {
		patience.tv_sec = reading->options->timeout_s;
		patience.tv_usec = 0;
		got = ldap_result(reading->ld, search, LDAP_MSG_ONE,
		    &patience, &message);
		switch (got) {
		case LDAP_RES_SEARCH_ENTRY:
			st = read_entry(reading, message);
			break;
		case LDAP_RES_SEARCH_REFERENCE:
			st = refuse_reference(reading, message);
			break;
		case LDAP_RES_SEARCH_RESULT:
			st = end_page(reading, message);
			break;
		case LDAP_RES_INTERMEDIATE:
			break;
		default:
			st = refuse_connection(reading, got);
		}
		ldap_msgfree(message);
		message = NULL;
	}
	return st;
}

/* Every attribute of the map, once each. */
static void
take_wanted(struct directory_map *map, char *wanted[DIRECTORY_FIELDS + 1])
{
	size_t	i, k, count = 0;

	for (i = 0; i < DIRECTORY_FIELDS; i++) {
		for (k = 0; k < count && strcasecmp(wanted[k],
		    map->attributes[i]) != 0; k++)
			;
		if (k == count && *map->attributes[i] != '\0')
			wanted[count++] = map->attributes[i];
	}
	wanted[count] = NULL;
}

static enum status
ask_page(struct reading *reading)
{
	const struct directory_options	*options = reading->options;
	char		*wanted[DIRECTORY_FIELDS + 1];
	LDAPControl	*page = NULL, *controls[] = { NULL, NULL };
	int		 rc, search = 0;

	take_wanted(&reading->map, wanted);
	rc = ldap_create_page_control(reading->ld, DIRECTORY_PAGE,
	    reading->cookie, 1, &page);
	if (rc == LDAP_SUCCESS) {
		controls[0] = page;
		rc = ldap_search_ext(reading->ld, options->base,
		    LDAP_SCOPE_SUBTREE, options->filter, wanted, 0, controls,
		    NULL, NULL, LDAP_NO_LIMIT, &search);
	}
	if (page != NULL)
		ldap_control_free(page);
	if (rc != LDAP_SUCCESS)
		return directory_refuse(reading->ld, rc, "the directory "
		    "cannot be asked", NULL, reading->reason);
	reading->of_page = 0;
	return read_page(reading, search);
}

/*
 * An attribute that we may not read looks like one that nobody has, and what
 * has no value is taken from each mailbox.
 */
static enum status
check_seen(struct reading *reading)
{
	static const size_t	fields[] = { DIRECTORY_NAME,
				    DIRECTORY_EXTENSION };
	const char		*attribute;
	size_t			 i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		attribute = reading->map.attributes[fields[i]];
		if (*attribute == '\0' || reading->is_seen[fields[i]] ||
		    reading->entries < ENTRIES_TELLING)
			continue;
		(void)snprintf(reading->reason, DIRECTORY_REASON_SIZE, "not "
		    "one of %zu entries has %s: may the account read it, and "
		    "is it what the directory calls it? Else take it out of "
		    "ldap_map", reading->entries, attribute);
		return ST_BAD;
	}
	return ST_OK;
}

enum status
directory_read(const struct directory_options *options, char *password,
    enum status (*on_entry)(void *context,
    const struct directory_entry *entry), void *context,
    char reason[DIRECTORY_REASON_SIZE])
{
	struct reading		reading = { .options = options,
				    .on_entry = on_entry, .context = context,
				    .reason = reason };
	struct sigaction	ignoring = { .sa_handler = SIG_IGN }, before;
	char			why[DIRECTORY_MAP_REASON_SIZE];
	enum status		st;

	reason[0] = '\0';
	if (directory_map_parse(options->map, &reading.map, why) != ST_OK) {
		(void)snprintf(reason, DIRECTORY_REASON_SIZE, "ldap_map: %s",
		    why);
		return ST_BAD;
	}
	/* GnuTLS says goodbye to a server that is dead already. */
	(void)sigaction(SIGPIPE, &ignoring, &before);
	st = directory_connect(options, password, &reading.ld, reason);
	while (st == ST_OK) {
		st = ask_page(&reading);
		if (st != ST_OK || reading.cookie == NULL)
			break;
	}
	if (st == ST_OK)
		st = check_seen(&reading);
	ber_bvfree(reading.cookie);
	directory_disconnect(&reading.ld);
	(void)sigaction(SIGPIPE, &before, NULL);
	return st;
}
