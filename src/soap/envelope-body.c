/*
 * envelope-body.c - check what stands in the Body of an envelope: one
 * operation, and the one child that it may have.
 */
#include "config.h"

#include "soap/envelope-body.h"

#include <string.h>

#include "soap/qname.h"

/* Where an element or a text stands, below the Body. */
#define AT_OPERATION	1
#define AT_CHILD	2

/* Remember what is wrong, unless something was before. */
static void
note(struct envelope_body *body, const char *reason)
{
	if (body->reason == NULL)
		body->reason = reason;
}

static void
start_operation(struct envelope_body *body, const char *name,
    const char **attributes)
{
	const char		*local;
	enum soap_scheme	 scheme;

	if (body->has_operation) {
		note(body, "more than one operation");
		return;
	}
	body->has_operation = true;
	for (; *attributes != NULL; attributes += 2) {
		if (!qname_is_harmless_attribute(attributes[0]))
			note(body, "the operation has an attribute");
	}
	local = qname_exchange(name, "messages", &scheme);
	if (local == NULL) {
		note(body, "not in the messages namespace");
		return;
	}
	body->request->scheme = scheme;
	if (strlen(local) >= sizeof(body->request->operation)) {
		note(body, "the operation's name is too long");
		return;
	}
	memcpy(body->request->operation, local, strlen(local) + 1);
	if (operation_find(local) != OPERATION_COUNT)
		body->operation = operation_at(operation_find(local));
}

static enum operation_content
content_of(const struct envelope_body *body)
{
	return body->operation == NULL ? OPERATION_EMPTY :
	    body->operation->content;
}

/* The value of xsi:nil, a boolean: XML Schema part 1, 2.6.2. */
static void
take_nil(struct envelope_body *body, const char *value)
{
	static const struct property	 nil = { "nil", NULL,
					    PROPERTY_BOOLEAN,
					    PROPERTY_BOOLEAN_MAX };
	struct operation_value		 taken = { 0 };

	if (operation_value_add(&nil, &taken, value, strlen(value)) != NULL ||
	    operation_value_end(&nil, &taken, false) != NULL)
		note(body, "xsi:nil is no boolean");
	body->is_nil = strcmp(taken.text, "true") == 0;
}

/* A child of the operation: the one it may have, and that once. */
static void
start_child(struct envelope_body *body, const char *name,
    const char **attributes)
{
	const char		*local;
	enum soap_scheme	 scheme;

	if (content_of(body) == OPERATION_ANY)
		return;
	if (content_of(body) == OPERATION_EMPTY) {
		note(body, "the operation has a child");
		return;
	}
	local = qname_exchange(name, "messages", &scheme);
	if (local == NULL || scheme != body->request->scheme ||
	    !operation_has_child(body->operation, local))
		note(body, "the operation has another child");
	else if (body->has_child)
		note(body, "the child stands there twice");
	body->has_child = true;
	for (; *attributes != NULL; attributes += 2) {
		if (strcmp(attributes[0], QNAME_XSI("nil")) == 0)
			take_nil(body, attributes[1]);
		else if (!qname_is_harmless_attribute(attributes[0]))
			note(body, "the child has an attribute");
	}
}

void
envelope_body_start(struct envelope_body *body, unsigned int depth,
    const char *name, const char **attributes)
{
	if (depth == AT_OPERATION)
		start_operation(body, name, attributes);
	else if (depth == AT_CHILD)
		start_child(body, name, attributes);
	else if (content_of(body) != OPERATION_ANY)
		note(body, "the child has a child");
}

void
envelope_body_text(struct envelope_body *body, unsigned int depth,
    const char *text, size_t len, bool is_space)
{
	const struct operation	*operation = body->operation;
	const char		*reason;

	/* It may be that of the operation's child. */
	if (depth == AT_CHILD && operation != NULL &&
	    operation->child != NULL) {
		reason = operation_value_add(property_at(operation->property),
		    &body->request->value, text, len);
		if (reason != NULL)
			note(body, reason);
	} else if (!is_space && (depth < AT_CHILD ||
	    content_of(body) != OPERATION_ANY)) {
		note(body, "text in Body or in the operation");
	}
}

void
envelope_body_end(struct envelope_body *body)
{
	const struct operation	*operation = body->operation;
	const char		*reason;

	if (!body->has_operation)
		note(body, "no operation");
	if (operation == NULL || operation->child == NULL)
		return;
	if (!body->has_child)
		note(body, "the operation's child is missing");
	reason = operation_value_end(property_at(operation->property),
	    &body->request->value, body->is_nil);
	if (reason != NULL)
		note(body, reason);
}
