/*
 * address.c - check mail addresses: the characters, then the part before the
 * '@', then the domain, each with a reason in words.
 */
#include "config.h"

#include "core/address.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "core/character.h"
#include "core/idn.h"
#include "core/unicode.h"

#define LOCAL_MAX	64	/* bytes, RFC 5321, section 4.5.3.1.1 */

static enum status
refuse(char reason[ADDRESS_REASON_SIZE], const char *sentence)
{
	(void)snprintf(reason, ADDRESS_REASON_SIZE, "%s", sentence);
	return ST_BAD;
}

/* Nothing invisible, no blank, and of ASCII what needs no quotes. */
static enum status
check_characters(const char *text, char reason[ADDRESS_REASON_SIZE])
{
	const char	*what;
	uint32_t	 c;
	size_t		 len, number;

	for (number = 1; *text != '\0'; text += len, number++) {
		len = utf8_decode(text, &c);
		if (c == UTF8_NONE)
			return refuse(reason, "is no valid UTF-8");
		what = unicode_invisible(c);
		if (what == NULL && c < 0x80 &&
		    strchr("\"(),:;<>[]\\", (int)c) != NULL)
			what = "which stands in no plain address";
		if (what != NULL) {
			(void)snprintf(reason, ADDRESS_REASON_SIZE,
			    "has U+%04X as its character %zu, %s",
			    (unsigned int)c, number, what);
			return ST_BAD;
		}
	}
	return ST_OK;
}

static enum status
check_local(const char *local, size_t len, char reason[ADDRESS_REASON_SIZE])
{
	if (len == 0)
		return refuse(reason, "has nothing before the '@'");
	if (len > LOCAL_MAX)
		return refuse(reason, "has more than 64 bytes before the "
		    "'@'");
	if (local[0] == '.' || local[len - 1] == '.')
		return refuse(reason, "has a dot at the start, or before the "
		    "'@'");
	if (memmem(local, len, "..", 2) != NULL)
		return refuse(reason, "has two dots in a row");
	return ST_OK;
}

/* The labels of a domain that is ASCII; a host's name is no number. */
static enum status
check_labels(const char *domain, char reason[ADDRESS_REASON_SIZE])
{
	const char	*fault = idn_labels_fault(domain, ""), *dot, *last;

	if (fault != NULL)
		return refuse(reason, fault);
	dot = strrchr(domain, '.');
	last = dot == NULL ? domain : dot + 1;
	if (last[strspn(last, "0123456789")] == '\0')
		return refuse(reason, "has a domain that ends with a number");
	return ST_OK;
}

static enum status
check_domain(const char *domain, char reason[ADDRESS_REASON_SIZE])
{
	char		ascii[IDN_DOMAIN_SIZE];
	enum status	st;

	if (*domain == '\0')
		return refuse(reason, "has no domain after the '@'");
	if (utf8_is_ascii(domain)) {
		st = check_labels(domain, reason);
		if (st == ST_OK)
			st = idn_check(domain);
		if (st == ST_BAD && reason[0] == '\0')
			return refuse(reason, "has a domain with a label "
			    "\"xn--...\" that is no A-label");
		return st;
	}
	st = idn_domain(domain, ascii, sizeof(ascii));
	if (st == ST_BAD)
		return refuse(reason, "has a domain that no A-label "
		    "(\"xn--...\") stands for");
	return st != ST_OK ? st : check_labels(ascii, reason);
}

enum status
address_check(const char *text, char reason[ADDRESS_REASON_SIZE])
{
	const char	*at = strchr(text, '@');
	enum status	 st;

	reason[0] = '\0';
	if (*text == '\0')
		return refuse(reason, "is empty");
	if (strlen(text) > ADDRESS_MAX)
		return refuse(reason, "is longer than 254 bytes");
	st = check_characters(text, reason);
	if (st != ST_OK)
		return st;
	if (at == NULL || strchr(at + 1, '@') != NULL)
		return refuse(reason, at == NULL ? "has no '@'" :
		    "has two '@'");
	st = check_local(text, (size_t)(at - text), reason);
	return st != ST_OK ? st : check_domain(at + 1, reason);
}

bool
address_is_plain(const char *text)
{
	const char	*domain, *at = strchr(text, '@'), *next;
	uint32_t	 c;

	if (at == NULL || at == text || strlen(text) > ADDRESS_MAX)
		return false;
	domain = at + 1;
	if (*domain == '\0' || strchr(domain, '@') != NULL ||
	    strpbrk(text, " \"(),;<>\\") != NULL ||
	    (*domain != '[' && strpbrk(text, "[]:") != NULL))
		return false;
	for (next = text; *next != '\0';) {
		next += utf8_decode(next, &c);
		if (c == UTF8_NONE || character_is_control(c))
			return false;
	}
	return true;
}

bool
address_is_sender(const char *text, size_t len)
{
	char	 address[ADDRESS_MAX + 1], reason[ADDRESS_REASON_SIZE], *at;
	bool	 is_ascii;

	if (len > ADDRESS_MAX)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	at = strchr(address, '@');
	if (at == NULL)
		return false;
	*at = '\0';
	is_ascii = utf8_is_ascii(address);
	*at = '@';
	return is_ascii && address_check(address, reason) == ST_OK;
}

bool
address_of_sender(const char *mailbox, const char **address, size_t *len)
{
	const char	*open = strrchr(mailbox, '<');

	*address = mailbox;
	*len = strlen(mailbox);
	if (open != NULL) {
		if (mailbox[*len - 1] != '>')
			return false;
		*address = open + 1;
		*len -= (size_t)(open - mailbox) + 2;
	}
	return address_is_sender(*address, *len);
}
