/*
 * user-check.c - can this be a mailbox? What the database would refuse is said
 * in words that name the value.
 */
#include "config.h"

#include "ctl/user.h"

#include <string.h>

#include "base/utf8.h"
#include "core/address.h"
#include "core/character.h"
#include "core/letter.h"
#include "core/locale.h"
#include "core/policy.h"
#include "core/unicode.h"
#include "core/username.h"

#define EXTENSION_DIGITS (POLICY_EXTENSION_SIZE - 1)

static enum status
refuse_login(const char *text, const char *why,
    char reason[COMMAND_REASON_SIZE])
{
	if (*text == '\0')
		(void)snprintf(reason, COMMAND_REASON_SIZE,
		    "the login is empty");
	else if (*why != '\0')
		(void)snprintf(reason, COMMAND_REASON_SIZE,
		    "\"%.1024s\" can be no login: it %s", text, why);
	else
		(void)snprintf(reason, COMMAND_REASON_SIZE, "login "
		    "\"%.512s\" is longer than %d bytes", text,
		    USERNAME_STORED_MAX);
	return ST_BAD;
}

/* A domain was dropped: should the rest be added, or is it dropped again? */
static enum status
refuse_stripped(const struct command *command, const char *text,
    const char *login, char reason[COMMAND_REASON_SIZE])
{
	struct username	again;
	char		why[USERNAME_REASON_SIZE];
	enum status	st;

	st = username_resolve(login, command->conf->strip_domains,
	    &again, why);
	if (st == ST_RETRY)
		return st;
	(void)snprintf(reason, COMMAND_REASON_SIZE, "nobody could log on as "
	    "\"%.512s\": strip_domains in umws.conf makes it \"%s\", %s",
	    text, login, st == ST_OK && !again.is_stripped ? "so add that" :
	    "which can be no login either: give it without a domain");
	return ST_BAD;
}

/* The login as it is looked up, if the web server could ever name it. */
static enum status
check_login(const struct command *command, struct admin_user *user,
    char login[USERNAME_SIZE], char reason[COMMAND_REASON_SIZE])
{
	struct username	username;
	char		why[USERNAME_REASON_SIZE];
	enum status	st;

	st = username_resolve(user->login,
	    command->conf->strip_domains, &username, why);
	if (st == ST_RETRY)
		return st;
	if (st == ST_OK && username.is_stripped)
		return refuse_stripped(command, user->login, username.login,
		    reason);
	if (st != ST_OK || strlen(username.login) > USERNAME_STORED_MAX)
		return refuse_login(user->login, why, reason);
	(void)strcpy(login, username.login);
	user->login = login;
	return ST_OK;
}

static enum status
check_email(const struct admin_user *user, char reason[COMMAND_REASON_SIZE])
{
	char		why[ADDRESS_REASON_SIZE];
	enum status	st = address_check(user->email, why);

	if (st == ST_BAD)
		(void)snprintf(reason, COMMAND_REASON_SIZE, "\"%.1024s\" is "
		    "no mail address: it %s", user->email, why);
	return st;
}

/* A name that a mail can show: something visible, as it is written. */
static enum status
check_name(const struct admin_user *user, char reason[COMMAND_REASON_SIZE])
{
	const char	*text = user->name;
	uint32_t	 c;
	bool		 is_visible = text == NULL || *text == '\0';

	while (text != NULL && *text != '\0') {
		text += utf8_decode(text, &c);
		if (c == UTF8_NONE)
			return ST_OK;	/* the database says so */
		if (character_misleads(c)) {
			(void)snprintf(reason, COMMAND_REASON_SIZE, "the name "
			    "has U+%04X, which makes it look like another",
			    (unsigned int)c);
			return ST_BAD;
		}
		is_visible = is_visible || unicode_invisible(c) == NULL;
	}
	if (!is_visible)
		(void)snprintf(reason, COMMAND_REASON_SIZE, "the name has no "
		    "character that can be seen");
	return is_visible ? ST_OK : ST_BAD;
}

static bool
is_given(const char *option)
{
	return option != NULL && *option != '\0';
}

enum status
command_locale_check(const char *locale, char reason[COMMAND_REASON_SIZE])
{
	char	tags[LETTER_TAGS_SIZE];

	(void)letter_tags(tags);
	if (!locale_is_known(locale))
		(void)snprintf(reason, COMMAND_REASON_SIZE, "locale "
		    "\"%.512s\" is of no language in our list: give a tag of "
		    "BCP 47, a code of ISO 639 such as en, de or fr and "
		    "perhaps a region, as in de-AT; mails are written in %s",
		    locale, tags);
	else if (!letter_speaks(locale))
		(void)snprintf(reason, COMMAND_REASON_SIZE, "locale "
		    "\"%.512s\" is of a language that no mail is written in; "
		    "mails are written in %s, and each may have a region",
		    locale, tags);
	else
		return ST_OK;
	return ST_BAD;
}

/* What the database would refuse, said in words that name the value. */
enum status
command_user_check(const struct command *command, struct admin_user *user,
    char login[USERNAME_SIZE], char reason[COMMAND_REASON_SIZE])
{
	enum status	st = ST_OK;

	reason[0] = '\0';
	if (user->login != NULL)
		st = check_login(command, user, login, reason);
	if (st == ST_OK && user->email != NULL)
		st = check_email(user, reason);
	if (st == ST_OK)
		st = check_name(user, reason);
	if (st != ST_OK)
		return st;
	if (is_given(user->extension) && user->extension[
	    strspn(user->extension, "0123456789")] != '\0')
		(void)snprintf(reason, COMMAND_REASON_SIZE,
		    "extension \"%.1024s\" is not digits", user->extension);
	else if (is_given(user->extension) &&
	    strlen(user->extension) > EXTENSION_DIGITS)
		(void)snprintf(reason, COMMAND_REASON_SIZE, "extension "
		    "\"%.1024s\" has more than %d digits", user->extension,
		    EXTENSION_DIGITS);
	else if (is_given(user->locale))
		return command_locale_check(user->locale, reason);
	return reason[0] == '\0' ? ST_OK : ST_BAD;
}
