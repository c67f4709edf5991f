/*
 * username.c - bring a login into its one form, and check its characters.
 * Most logins are ASCII and take a short way without Unicode's tables.
 */
#include "config.h"

#include "core/username.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "core/unicode.h"

/* A login as characters, with the place where a part begins. */
struct reading {
	uint32_t	c[UNICODE_TEXT_MAX];
	size_t		count;
	size_t		part;
	unsigned int	digits;		/* Arabic ones: 1, 2, or both */
};

/* Copy with small letters; false when it is not all ASCII, or too long. */
static bool
copy_ascii(const char *text, char *name, size_t size)
{
	size_t	i;

	for (i = 0; text[i] != '\0'; i++) {
		if ((unsigned char)text[i] >= 0x80 || i + 1 >= size)
			return false;
		name[i] = text[i] >= 'A' && text[i] <= 'Z' ?
		    (char)(text[i] - 'A' + 'a') : text[i];
	}
	name[i] = '\0';
	return true;
}

static enum status
refuse(char reason[USERNAME_REASON_SIZE], const char *sentence)
{
	(void)snprintf(reason, USERNAME_REASON_SIZE, "%s", sentence);
	return ST_BAD;
}

static enum status
refuse_character(char reason[USERNAME_REASON_SIZE], uint32_t c,
    size_t number, const char *what)
{
	(void)snprintf(reason, USERNAME_REASON_SIZE,
	    "has U+%04X as its character %zu, %s", (unsigned int)c, number,
	    what);
	return ST_BAD;
}

static unsigned int
arabic_digit(uint32_t c)
{
	return c >= 0x660 && c <= 0x669 ? 1 : c >= 0x6f0 && c <= 0x6f9 ? 2 : 0;
}

static bool
is_separator(uint32_t c)
{
	return c == ' ' || c == '@' || c == '\\';
}

/* A part ends here: what can be said of it as a whole. */
static enum status
end_part(struct reading *reading, char reason[USERNAME_REASON_SIZE])
{
	const uint32_t	*part = reading->c + reading->part;
	size_t		 count = reading->count - reading->part;

	if (count > 0 && unicode_is_mark(part[0]))
		return refuse_character(reason, part[0], reading->part + 1,
		    "a combining mark that follows no letter");
	if (!unicode_keeps_bidi_rule(part, count))
		return refuse(reason, "mixes directions of writing against "
		    "the Bidi Rule (RFC 5893)");
	return ST_OK;
}

/* Is every character of the normal form one of a login's? */
static enum status
check_characters(const char *name, char reason[USERNAME_REASON_SIZE])
{
	struct reading	 reading = { .count = 0 };
	const char	*what;
	uint32_t	 c;
	enum status	 st = ST_OK;

	for (; *name != '\0' && st == ST_OK; reading.count++) {
		name += utf8_decode(name, &c);
		reading.c[reading.count] = c;
		if (is_separator(c)) {
			st = end_part(&reading, reason);
			reading.part = reading.count + 1;
			continue;
		}
		what = unicode_no_identifier(c);
		reading.digits |= arabic_digit(c);
		if (what == NULL && reading.digits == 3)
			what = "a digit of another kind than those before it";
		if (what != NULL)
			st = refuse_character(reason, c, reading.count + 1,
			    what);
	}
	return st != ST_OK ? st : end_part(&reading, reason);
}

/* The same for ASCII, where only control characters are none. */
static enum status
check_ascii(const char *name, char reason[USERNAME_REASON_SIZE])
{
	size_t	i;

	for (i = 0; name[i] != '\0'; i++)
		if (name[i] < ' ' || name[i] == 0x7f)
			return refuse_character(reason,
			    (unsigned char)name[i], i + 1,
			    "a control character");
	return ST_OK;
}

static enum status
check_blanks(const char *name, char reason[USERNAME_REASON_SIZE])
{
	size_t	len = strlen(name);

	if (len == 0)
		return refuse(reason, "is empty");
	if (name[0] == ' ')
		return refuse(reason, "begins with a blank");
	if (name[len - 1] == ' ')
		return refuse(reason, "ends with a blank");
	return ST_OK;
}

enum status
username_normalize(const char *text, char *name, size_t size,
    char reason[USERNAME_REASON_SIZE])
{
	enum status	st;
	bool		is_ascii = copy_ascii(text, name, size);

	reason[0] = '\0';
	st = is_ascii ? ST_OK : unicode_fold(text, name, size);
	if (st == ST_BAD)
		(void)refuse(reason, utf8_is_valid(text) ? "is too long" :
		    "is no valid UTF-8");
	if (st == ST_OK)
		st = check_blanks(name, reason);
	if (st == ST_OK)
		st = is_ascii ? check_ascii(name, reason) :
		    check_characters(name, reason);
	if (st != ST_OK)
		name[0] = '\0';
	return st;
}

/* '@' and '\\' part a domain and a user, neither of which is empty. */
static enum status
check_parts(const char *name, char reason[USERNAME_REASON_SIZE])
{
	static const char	separators[] = "@\\";
	size_t			i;

	for (i = 0; name[i] != '\0'; i++) {
		if (strchr(separators, name[i]) == NULL)
			continue;
		if (i == 0 || strchr(separators, name[i + 1]) != NULL) {
			(void)snprintf(reason, USERNAME_REASON_SIZE,
			    "has nothing beside its '%c'", name[i]);
			return ST_BAD;
		}
	}
	return ST_OK;
}

/* Is the name of len bytes, which is normal, one of the list? */
static bool
is_listed(const char *list, const char *name, size_t len)
{
	char	item[UNICODE_TEXT_MAX], domain[UNICODE_TEXT_MAX];
	char	reason[USERNAME_REASON_SIZE];
	size_t	n;

	for (; *list != '\0'; list += n) {
		list += strspn(list, ", \t");
		n = strcspn(list, ", \t");
		if (n == 0 || n >= sizeof(item))
			continue;
		memcpy(item, list, n);
		item[n] = '\0';
		if (username_normalize(item, domain, sizeof(domain),
		    reason) == ST_OK && strlen(domain) == len &&
		    memcmp(domain, name, len) == 0)
			return true;
	}
	return false;
}

/*
 * Find the domain of a name that is normal, and what it is without. False
 * when it has none that the list has; NULL is a list of all.
 */
static bool
find_domain(const char *name, const char *domains, const char **user,
    size_t *len)
{
	const char	*at = strrchr(name, '@');
	const char	*backslash = strchr(name, '\\');

	if (backslash != NULL && (domains == NULL ||
	    is_listed(domains, name, (size_t)(backslash - name)))) {
		*user = backslash + 1;
		*len = strlen(*user);
		return true;
	}
	if (at != NULL && (domains == NULL ||
	    is_listed(domains, at + 1, strlen(at + 1)))) {
		*user = name;
		*len = (size_t)(at - name);
		return true;
	}
	return false;
}

/* Copy what fits; false when it does not. */
static bool
copy(char to[USERNAME_SIZE], const char *from, size_t len)
{
	to[0] = '\0';
	if (len >= USERNAME_SIZE)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

enum status
username_resolve(const char *text, const char *domains,
    struct username *username, char reason[USERNAME_REASON_SIZE])
{
	char		 name[UNICODE_TEXT_MAX], rest[USERNAME_SIZE];
	const char	*user = name;
	size_t		 len;
	enum status	 st;

	memset(username, 0, sizeof(*username));
	st = username_normalize(text, name, sizeof(name), reason);
	if (st != ST_OK)
		return st == ST_BAD && (*text == '\0' ||
		    strlen(text) >= USERNAME_SIZE) ? ST_DENIED : st;
	len = strlen(name);
	username->is_stripped = find_domain(name, domains, &user, &len);
	if (len == 0 || !copy(rest, user, len)) {
		(void)refuse(reason, len == 0 ? "is empty" : "is too long");
		return ST_DENIED;
	}
	if (username->is_stripped)
		(void)copy(username->other, name, strlen(name));
	else if (find_domain(name, NULL, &user, &len))
		(void)copy(username->other, user, len);
	st = username_normalize(rest, username->login,
	    sizeof(username->login), reason);
	if (st == ST_OK)
		st = check_parts(username->login, reason);
	if (st != ST_OK)
		username->login[0] = '\0';
	return st;
}
