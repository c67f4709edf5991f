/*
 * properties.c - the table of UM properties, and the check of their values by
 * type.
 */
#include "config.h"

#include "core/properties.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"
#include "core/character.h"

#define DIGITS64	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
			"0123456789+/"

static const struct property properties[] = {
	[PROPERTY_OOF_STATUS] = { "OofStatus", "oof_status",
	    PROPERTY_BOOLEAN, PROPERTY_BOOLEAN_MAX },
	[PROPERTY_MISSED_CALL_NOTIFICATION_ENABLED] = {
	    "MissedCallNotificationEnabled",
	    "missed_call_notification_enabled",
	    PROPERTY_BOOLEAN, PROPERTY_BOOLEAN_MAX },
	[PROPERTY_PLAY_ON_PHONE_DIAL_STRING] = { "PlayOnPhoneDialString",
	    "play_on_phone_dial_string",
	    PROPERTY_STRING, PROPERTY_DIAL_MAX },
	[PROPERTY_TELEPHONE_ACCESS_NUMBERS] = { "TelephoneAccessNumbers",
	    "telephone_access_numbers",
	    PROPERTY_STRING, PROPERTY_NUMBERS_MAX },
	[PROPERTY_TELEPHONE_ACCESS_FOLDER_EMAIL] = {
	    "TelephoneAccessFolderEmail", "telephone_access_folder_email",
	    PROPERTY_BASE64, PROPERTY_FOLDER_MAX },
};
_Static_assert(sizeof(properties) / sizeof(properties[0]) == PROPERTY_COUNT,
    "a row for each property");

const struct property *
property_at(enum property_id id)
{
	assert(id < PROPERTY_COUNT);
	return &properties[id];
}

/* XML Schema part 2, 3.2.2: a boolean has two spellings. */
static bool
make_boolean(char *value)
{
	if (strcmp(value, "1") == 0)
		(void)strcpy(value, "true");
	else if (strcmp(value, "0") == 0)
		(void)strcpy(value, "false");
	return strcmp(value, "true") == 0 || strcmp(value, "false") == 0;
}

/*
 * C0, DEL, C1 and the line and paragraph separators: no telephone number or
 * name has one, and a phone system's own configuration could be led astray.
 */
static bool
has_control(const char *text)
{
	uint32_t	c;

	while (*text != '\0') {
		text += utf8_decode(text, &c);
		if (character_is_control(c))
			return true;
	}
	return false;
}

/* XML Schema part 2, 3.2.16: whole groups, and no bits behind the last. */
static bool
is_base64(const char *text)
{
	size_t	len = strlen(text), digits = strspn(text, DIGITS64);
	char	last;

	if (len % 4 != 0 || len - digits > 2 ||
	    strspn(text + digits, "=") != len - digits)
		return false;
	if (len == digits)
		return true;
	last = text[digits - 1];
	return strchr(len - digits == 1 ? "AEIMQUYcgkosw048" : "AQgw",
	    last) != NULL;
}

const char *
property_check(const struct property *property, char *value)
{
	switch (property->type) {
	case PROPERTY_BOOLEAN:
		return make_boolean(value) ? NULL : "the value is no boolean";
	case PROPERTY_STRING:
		return has_control(value) ?
		    "the value has a control character" : NULL;
	case PROPERTY_BASE64:
		return is_base64(value) ? NULL : "the value is not base64";
	}
	return NULL;
}
