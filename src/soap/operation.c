/*
 * operation.c - the table of operations of the web service, and the value of
 * an operation's child element as it is parsed.
 *
 * A further operation is its id in operation.h, a row here, a handler in
 * web/route-ews.c, and, if its response is not empty, a row in soap/wsdl.c.
 */
#include "config.h"

#include "soap/operation.h"

#include <assert.h>
#include <string.h>

/*
 * Microsoft's page of SetTelephoneAccessFolderEmail prints base64FolderID in
 * its request, the page of the element base64FolderId: both are understood.
 */
static const struct operation operations[] = {
	[OPERATION_RESET_PIN] = { "ResetPIN",
	    OPERATION_EMPTY, 0, NULL, NULL },
	[OPERATION_IS_UM_ENABLED] = { "IsUMEnabled",
	    OPERATION_EMPTY, 0, NULL, NULL },
	[OPERATION_GET_UM_PROPERTIES] = { "GetUMProperties",
	    OPERATION_EMPTY, 0, NULL, NULL },
	[OPERATION_SET_OOF_STATUS] = { "SetOofStatus",
	    OPERATION_VALUE, PROPERTY_OOF_STATUS,
	    "status", NULL },
	[OPERATION_SET_MISSED_CALL_NOTIFICATION_ENABLED] = {
	    "SetMissedCallNotificationEnabled",
	    OPERATION_VALUE, PROPERTY_MISSED_CALL_NOTIFICATION_ENABLED,
	    "status", NULL },
	[OPERATION_SET_PLAY_ON_PHONE_DIAL_STRING] = {
	    "SetPlayOnPhoneDialString",
	    OPERATION_VALUE, PROPERTY_PLAY_ON_PHONE_DIAL_STRING,
	    "dialString", NULL },
	[OPERATION_SET_TELEPHONE_ACCESS_FOLDER_EMAIL] = {
	    "SetTelephoneAccessFolderEmail",
	    OPERATION_VALUE, PROPERTY_TELEPHONE_ACCESS_FOLDER_EMAIL,
	    "base64FolderId", "base64FolderID" },
	[OPERATION_PLAY_ON_PHONE] = { "PlayOnPhone",
	    OPERATION_ANY, 0, NULL, NULL },
	[OPERATION_PLAY_ON_PHONE_GREETING] = { "PlayOnPhoneGreeting",
	    OPERATION_ANY, 0, NULL, NULL },
	[OPERATION_GET_CALL_INFO] = { "GetCallInfo",
	    OPERATION_ANY, 0, NULL, NULL },
	[OPERATION_DISCONNECT] = { "Disconnect",
	    OPERATION_ANY, 0, NULL, NULL },
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
operation_value_add(const struct property *property,
    struct operation_value *value, const char *text, size_t len)
{
	bool	keeps_space = property->type == PROPERTY_STRING;

	assert(property->max < sizeof(value->text));
	for (; len > 0; text++, len--) {
		if (!keeps_space && is_space(*text)) {
			value->has_gap = value->len > 0;
			continue;
		}
		if (value->has_gap && property->type == PROPERTY_BOOLEAN)
			return "white space within a boolean";
		if (value->len == property->max)
			return "the value is too long";
		value->text[value->len++] = *text;
		value->text[value->len] = '\0';
	}
	return NULL;
}

const char *
operation_value_end(const struct property *property,
    struct operation_value *value, bool is_nil)
{
	const char	*reason;

	/* XML Schema part 1, 3.3.4: a nil element has no content. */
	if (is_nil && value->len > 0)
		return "a nil element with content";
	reason = property_check(property, value->text);
	value->len = strlen(value->text);
	return reason;
}
