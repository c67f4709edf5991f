/*
 * envelope-body.h - what stands in the Body of an envelope: one operation, and
 * the one child that it may have. Private to soap/envelope.
 *
 * Which child an operation may have is soap/operation's to say. The name of
 * the operation is reported as it is; one that is unknown may have no child.
 */
#ifndef UMWS_ENVELOPE_BODY_H
#define UMWS_ENVELOPE_BODY_H

#include <stdbool.h>
#include <stddef.h>

#include "soap/envelope.h"
#include "soap/operation.h"

/* All zero at first, but for request. */
struct envelope_body {
	struct soap_request	*request;	/* borrowed: scheme, operation
						 * and value are filled in */
	const char		*reason;	/* the first thing that is
						 * wrong, static; or NULL */
	const struct operation	*operation;	/* NULL if it is unknown */
	bool			 has_operation;
	bool			 has_child;	/* the one it may have */
	bool			 is_nil;	/* that child */
};

/*
 * An element begins. depth is 1 for a child of the Body, 2 for a child of
 * that, and so on. name and attributes, in pairs and with a NULL behind, are
 * qualified as soap/qname has it.
 */
void	envelope_body_start(struct envelope_body *body, unsigned int depth,
	    const char *name, const char **attributes);

/*
 * A piece of text, whole characters of UTF-8; depth is that of its element, 0
 * in the Body itself. is_space: nothing but XML's white space.
 */
void	envelope_body_text(struct envelope_body *body, unsigned int depth,
	    const char *text, size_t len, bool is_space);

/* The envelope ends. */
void	envelope_body_end(struct envelope_body *body);

#endif
