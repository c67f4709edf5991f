/*
 * operation.c - the table, and the three types that a child's text can have.
 *
 * A further operation is its id in operation.h, a row here, a handler in
 * app/endpoint.c, and, if its response is not empty, a row in core/wsdl.c.
 */
#include "config.h"

#include "core/operation.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "core/character.h"

#define DIGITS64	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
			"0123456789+/"

/*
 * Microsoft's page of SetTelephoneAccessFolderEmail prints base64FolderID in
 * its request, the page of the element base64FolderId: both are understood.
 */
static const struct operation operations[] = {
	[OPERATION_RESET_PIN] = { "ResetPIN",
	    OPERATION_EMPTY, NULL, NULL, 0 },
	[OPERATION_IS_UM_ENABLED] = { "IsUMEnabled",
	    OPERATION_EMPTY, NULL, NULL, 0 },
	[OPERATION_GET_UM_PROPERTIES] = { "GetUMProperties",
	    OPERATION_EMPTY, NULL, NULL, 0 },
	[OPERATION_SET_OOF_STATUS] = { "SetOofStatus",
	    OPERATION_BOOLEAN, "status", NULL, OPERATION_BOOLEAN_MAX },
	[OPERATION_SET_MISSED_CALL_NOTIFICATION_ENABLED] = {
	    "SetMissedCallNotificationEnabled",
	    OPERATION_BOOLEAN, "status", NULL, OPERATION_BOOLEAN_MAX },
	[OPERATION_SET_PLAY_ON_PHONE_DIAL_STRING] = {
	    "SetPlayOnPhoneDialString",
	    OPERATION_STRING, "dialString", NULL, OPERATION_DIAL_MAX },
	[OPERATION_SET_TELEPHONE_ACCESS_FOLDER_EMAIL] = {
	    "SetTelephoneAccessFolderEmail",
	    OPERATION_BASE64, "base64FolderId", "base64FolderID",
	    OPERATION_FOLDER_MAX },
	[OPERATION_PLAY_ON_PHONE] = { "PlayOnPhone",
	    OPERATION_ANY, NULL, NULL, 0 },
	[OPERATION_PLAY_ON_PHONE_GREETING] = { "PlayOnPhoneGreeting",
	    OPERATION_ANY, NULL, NULL, 0 },
	[OPERATION_GET_CALL_INFO] = { "GetCallInfo",
	    OPERATION_ANY, NULL, NULL, 0 },
	[OPERATION_DISCONNECT] = { "Disconnect",
	    OPERATION_ANY, NULL, NULL, 0 },
};
_Static_assert(sizeof(operations) / sizeof(operations[0]) == OPERATION_COUNT,
    "a row for each operation");

const struct operation *
operation_at(enum operation_id id)
{
	assert(id < OPERATION_COUNT);
	return &operations[id];
}

enum operation_id
operation_find(const char *name)
{
	size_t	id = 0;

	while (id < OPERATION_COUNT && strcmp(operations[id].name, name) != 0)
		id++;
	return (enum operation_id)id;
}

bool
operation_has_child(const struct operation *operation, const char *local_name)
{
	return operation->child != NULL &&
	    (strcmp(operation->child, local_name) == 0 ||
	    (operation->alias != NULL &&
	    strcmp(operation->alias, local_name) == 0));
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

const char *
operation_value_add(const struct operation *operation,
    struct operation_value *value, const char *text, size_t len)
{
	bool	keeps_space = operation->content == OPERATION_STRING;

	assert(operation->max < sizeof(value->text));
	for (; len > 0; text++, len--) {
		if (!keeps_space && is_space(*text)) {
			value->has_gap = value->len > 0;
			continue;
		}
		if (value->has_gap && operation->content == OPERATION_BOOLEAN)
			return "white space within a boolean";
		if (value->len == operation->max)
			return "the value is too long";
		value->text[value->len++] = *text;
		value->text[value->len] = '\0';
	}
	return NULL;
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
is_base64(const char *text, size_t len)
{
	size_t	digits = strspn(text, DIGITS64);
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

static const char *
boolean_end(struct operation_value *value)
{
	const char	*word = NULL;

	if (strcmp(value->text, "true") == 0 || strcmp(value->text, "1") == 0)
		word = "true";
	else if (strcmp(value->text, "false") == 0 ||
	    strcmp(value->text, "0") == 0)
		word = "false";
	if (word == NULL)
		return "the value is no boolean";
	value->len = strlen(word);
	memcpy(value->text, word, value->len + 1);
	return NULL;
}

const char *
operation_value_end(const struct operation *operation,
    struct operation_value *value, bool is_nil)
{
	/* XML Schema part 1, 3.3.4: a nil element has no content. */
	if (is_nil && value->len > 0)
		return "a nil element with content";
	switch (operation->content) {
	case OPERATION_BOOLEAN:
		return boolean_end(value);
	case OPERATION_STRING:
		return has_control(value->text) ?
		    "the value has a control character" : NULL;
	case OPERATION_BASE64:
		return is_base64(value->text, value->len) ? NULL :
		    "the value is not base64";
	case OPERATION_EMPTY:
	case OPERATION_ANY:
		break;
	}
	return NULL;
}
