/*
 * envelope.c - parse a SOAP envelope with expat, and find the fault that
 * comes first in the order of SOAP processing.
 *
 * A document can be wrong in several ways at once, and its answer is the
 * first in the order of WS-I R2725, wherever in the document it stands. So
 * each step keeps the first reason it meets, parsing goes on to the end, and
 * envelope_finish() picks. Only what is wrong with the XML itself ends the
 * parse at once: nothing can come before it.
 *
 * What stands in the Body is soap/envelope-body's to check, whom the caller
 * acts for soap/envelope-impersonation's to read.
 */
#include "config.h"

#include "soap/envelope.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <expat.h>

#include "soap/encoding.h"
#include "soap/envelope-body.h"
#include "soap/envelope-memory.h"
#include "soap/qname.h"

#define ACTOR_NEXT	"http://schemas.xmlsoap.org/soap/actor/next"

#define PIECE_MAX	(16 * 1024)	/* bytes that expat gets in one go */
#define BODY_DEPTH	2		/* Body in Envelope */
#define ENTRY_DEPTH	3		/* an entry in its Header */
#define NOT_XML_1	"not XML 1"	/* the XML declaration is not */

/* The steps of SOAP processing; the first one that fails is the answer. */
enum step {
	STEP_MEMORY = 0,	/* not the caller's fault: comes before all */
	STEP_XML,
	STEP_VERSION,
	STEP_STRUCTURE,
	STEP_UNDERSTAND,
	STEP_BODY,
	STEP_COUNT
};

static const enum envelope_verdict step_verdicts[] = {
	[STEP_MEMORY] = ENVELOPE_NO_MEMORY,
	[STEP_XML] = ENVELOPE_INVALID,
	[STEP_VERSION] = ENVELOPE_VERSION_MISMATCH,
	[STEP_STRUCTURE] = ENVELOPE_INVALID,
	[STEP_UNDERSTAND] = ENVELOPE_MUST_UNDERSTAND,
	[STEP_BODY] = ENVELOPE_INVALID,
};
_Static_assert(sizeof(step_verdicts) / sizeof(step_verdicts[0]) == STEP_COUNT,
    "a verdict for each step");

/* The child of Envelope that the parser is in. */
enum part {
	PART_NONE = 0,
	PART_HEADER,
	PART_BODY,
	PART_STRANGE	/* neither; what is in it does not matter any more */
};

struct envelope {
	XML_Parser		 parser;	/* NULL once it has failed */
	struct envelope_memory		 memory;	/* what expat holds */
	struct encoding		 encoding;	/* of the input */
	const char		*reasons[STEP_COUNT];
	size_t			 names_len;	/* bytes of attributes' names */
	unsigned int		 depth;		/* open elements */
	enum part		 part;
	bool			 has_header;
	bool			 has_body;
	bool			 is_impersonation; /* the header entry
						    * that it is in */
	struct envelope_body	 body;
	struct soap_request	 request;
};

/* Remember what is wrong, unless this step has failed before. */
static void
note(struct envelope *e, enum step step, const char *reason)
{
	if (e->reasons[step] == NULL)
		e->reasons[step] = reason;
}

/* The XML itself is refused: from here nothing can change the verdict. */
static void
refuse_xml(struct envelope *e, const char *reason)
{
	note(e, STEP_XML, reason);
	(void)XML_StopParser(e->parser, XML_FALSE);
}

/* expat may still report an event or two after XML_StopParser(). */
static bool
is_stopped(const struct envelope *e)
{
	return e->reasons[STEP_MEMORY] != NULL ||
	    e->reasons[STEP_XML] != NULL;
}

/*
 * expat writes a namespace out, byte by byte, for each attribute in it: a
 * name of 32 KiB and thousands of attributes would cost half a second.
 */
static bool
are_names_short(struct envelope *e, const char **attributes)
{
	for (; *attributes != NULL; attributes += 2)
		e->names_len += strlen(attributes[0]);
	return e->names_len <= ENVELOPE_NAMES_MAX;
}

/* Envelope, Header and Body take qualified attributes only. */
static void
check_attributes(struct envelope *e, const char **attributes)
{
	for (; *attributes != NULL; attributes += 2) {
		if (!qname_is_qualified(attributes[0]))
			note(e, STEP_STRUCTURE, "unqualified attribute on "
			    "Envelope, Header or Body");
	}
}

static void
start_root(struct envelope *e, const char *name, const char **attributes)
{
	if (strcmp(name, QNAME_SOAP("Envelope")) == 0)
		check_attributes(e, attributes);
	else if (strcmp(qname_local(name), "Envelope") == 0)
		note(e, STEP_VERSION, "not the SOAP 1.1 envelope namespace");
	else
		note(e, STEP_STRUCTURE, "the root is not an Envelope");
}

static void
start_part(struct envelope *e, const char *name, const char **attributes)
{
	if (strcmp(name, QNAME_SOAP("Header")) == 0) {
		if (e->has_header || e->has_body)
			note(e, STEP_STRUCTURE, "Header not first or not "
			    "alone");
		e->part = PART_HEADER;
		e->has_header = true;
		check_attributes(e, attributes);
	} else if (strcmp(name, QNAME_SOAP("Body")) == 0) {
		if (e->has_body)
			note(e, STEP_STRUCTURE, "more than one Body");
		e->part = PART_BODY;
		e->has_body = true;
		check_attributes(e, attributes);
	} else {
		note(e, STEP_STRUCTURE, "neither Header nor Body");
		e->part = PART_STRANGE;
	}
}

static void
start_header_entry(struct envelope *e, const char *name,
    const char **attributes)
{
	const char		*must = "0", *actor = "", *local;
	enum soap_scheme	 scheme;

	if (!qname_is_qualified(name))
		note(e, STEP_STRUCTURE, "unqualified header entry");
	for (; *attributes != NULL; attributes += 2) {
		if (strcmp(attributes[0], QNAME_SOAP("mustUnderstand")) == 0)
			must = attributes[1];
		else if (strcmp(attributes[0], QNAME_SOAP("actor")) == 0)
			actor = attributes[1];
	}
	if (strcmp(must, "0") != 0 && strcmp(must, "1") != 0 &&
	    strcmp(must, "false") != 0 && strcmp(must, "true") != 0)
		note(e, STEP_STRUCTURE, "mustUnderstand is no boolean");
	/*
	 * Whatever its actor, and in the wrong one of Exchange's namespaces,
	 * too: a caller who means another mailbox must never fall through to
	 * his own.
	 */
	local = qname_exchange(name, "types", &scheme);
	if (local == NULL)
		local = qname_exchange(name, "messages", &scheme);
	if (local != NULL && strcmp(local, "ExchangeImpersonation") == 0) {
		impersonation_begin(&e->request.impersonation,
		    !e->request.impersonates);
		e->request.impersonates = true;
		e->is_impersonation = true;
		return;
	}
	/* An empty actor names this very resource (RFC 3986, 4.4). */
	if (*actor != '\0' && strcmp(actor, ACTOR_NEXT) != 0)
		return;
	if (strcmp(must, "1") == 0 || strcmp(must, "true") == 0)
		note(e, STEP_UNDERSTAND, "unknown header entry with "
		    "mustUnderstand");
}

static void XMLCALL
on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct envelope	*e = data;

	if (is_stopped(e))
		return;
	if (e->depth == ENVELOPE_DEPTH_MAX) {
		refuse_xml(e, "nested too deeply");
		return;
	}
	if (!are_names_short(e, attributes)) {
		refuse_xml(e, "too complex");
		return;
	}
	e->depth++;
	if (e->depth == 1)
		start_root(e, name, attributes);
	else if (e->depth == 2)
		start_part(e, name, attributes);
	else if (e->depth == 3 && e->part == PART_HEADER)
		start_header_entry(e, name, attributes);
	else if (e->is_impersonation)
		impersonation_start(&e->request.impersonation,
		    e->depth - ENTRY_DEPTH, name, attributes);
	else if (e->part == PART_BODY)
		envelope_body_start(&e->body, e->depth - BODY_DEPTH, name,
		    attributes);
}

static void XMLCALL
on_end(void *data, const XML_Char *name)
{
	struct envelope	*e = data;

	(void)name;
	if (is_stopped(e))
		return;
	e->depth--;
	if (e->depth < ENTRY_DEPTH)
		e->is_impersonation = false;
	if (e->depth == 1)
		e->part = PART_NONE;
}

static void XMLCALL
on_text(void *data, const XML_Char *text, int len)
{
	struct envelope	*e = data;
	int		 i = 0;

	while (i < len && (text[i] == ' ' || text[i] == '\t' ||
	    text[i] == '\r' || text[i] == '\n'))
		i++;
	if (is_stopped(e))
		return;
	if (e->part == PART_BODY)
		envelope_body_text(&e->body, e->depth - BODY_DEPTH, text,
		    (size_t)len, i == len);
	else if (e->is_impersonation)
		impersonation_text(&e->request.impersonation,
		    e->depth - ENTRY_DEPTH, text, (size_t)len);
	else if (i == len)
		return;
	else if (e->depth == 1 || (e->depth == 2 && e->part == PART_HEADER))
		note(e, STEP_STRUCTURE, "text between the parts");
}

static void XMLCALL
on_instruction(void *data, const XML_Char *target, const XML_Char *text)
{
	struct envelope	*e = data;

	(void)target;
	(void)text;
	refuse_xml(e, "processing instruction");	/* WS-I R1009 */
}

static void XMLCALL
on_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
    const XML_Char *public_id, int has_subset)
{
	struct envelope	*e = data;

	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_subset;
	refuse_xml(e, "DOCTYPE not allowed");
}

/* version and encoding as declared; both may be missing (NULL). */
static void XMLCALL
on_declaration(void *data, const XML_Char *version, const XML_Char *encoding,
    int standalone)
{
	struct envelope	*e = data;

	(void)standalone;
	/* Old expats take any version; production 26 of XML 1.0 does not. */
	if (version == NULL || strncmp(version, "1.", 2) != 0 ||
	    version[2] == '\0' ||
	    version[2 + strspn(version + 2, "0123456789")] != '\0')
		refuse_xml(e, NOT_XML_1);
	/* What the media type said wins; then this does not matter. */
	else if (e->encoding.charset == HTTP_CHARSET_NONE && encoding != NULL &&
	    strcasecmp(encoding, "utf-8") != 0 &&
	    strcasecmp(encoding, "utf-16") != 0 &&
	    strcasecmp(encoding, "us-ascii") != 0)
		refuse_xml(e, "encoding not allowed");
}

static void
parser_free(struct envelope *e)
{
	if (e->parser == NULL)
		return;
	envelope_memory_account(&e->memory);
	XML_ParserFree(e->parser);
	envelope_memory_account(NULL);
	e->parser = NULL;
}

/* Give bytes to expat; once it fails, the parser is gone. */
static void
parser_feed(struct envelope *e, const char *bytes, int len, bool is_final)
{
	enum XML_Status	 done;
	enum XML_Error	 error;
	const char	*words;

	envelope_memory_account(&e->memory);
	done = XML_Parse(e->parser, bytes, len, is_final);
	envelope_memory_account(NULL);
	/*
	 * Whatever expat says: without memory it may report a lookup as
	 * "unbound prefix", and must not be believed.
	 */
	if (e->memory.refusal == ENVELOPE_MEMORY_LIMIT)
		note(e, STEP_XML, "too complex");
	else if (e->memory.refusal == ENVELOPE_MEMORY_NONE_LEFT)
		note(e, STEP_MEMORY, "out of memory");
	if (done == XML_STATUS_OK && !is_stopped(e))
		return;
	/* expat's words are static and quote nothing of the input. */
	error = XML_GetErrorCode(e->parser);
	words = XML_ErrorString(error);
	/* A newer expat looks at the version itself: one reason for both. */
	if (error == XML_ERROR_XML_DECL)
		words = NOT_XML_1;
	note(e, STEP_XML, words == NULL ? "not well-formed" : words);
	parser_free(e);
}

enum status
envelope_new(enum http_charset charset, struct envelope **envelope)
{
	static const XML_Memory_Handling_Suite memory = {
		envelope_memory_malloc, envelope_memory_realloc,
		envelope_memory_free
	};
	static const char *const encodings[] = {
		[HTTP_CHARSET_NONE] = NULL,
		[HTTP_CHARSET_UTF8] = "UTF-8",
		[HTTP_CHARSET_UTF16] = "UTF-16",
		[HTTP_CHARSET_ASCII] = "US-ASCII",
	};
	struct envelope	*e = calloc(1, sizeof(*e));

	*envelope = NULL;
	if (e == NULL)
		return ST_RETRY;
	e->encoding.charset = charset;
	e->body.request = &e->request;
	e->memory.max = ENVELOPE_MEMORY_MAX;
	envelope_memory_account(&e->memory);
	e->parser = XML_ParserCreate_MM(encodings[charset], &memory,
	    QNAME_SEP);
	envelope_memory_account(NULL);
	if (e->parser == NULL) {
		free(e);
		return ST_RETRY;
	}
	XML_SetUserData(e->parser, e);
	XML_SetElementHandler(e->parser, on_start, on_end);
	XML_SetCharacterDataHandler(e->parser, on_text);
	XML_SetProcessingInstructionHandler(e->parser, on_instruction);
	XML_SetStartDoctypeDeclHandler(e->parser, on_doctype);
	XML_SetXmlDeclHandler(e->parser, on_declaration);
	*envelope = e;
	return ST_OK;
}

enum status
envelope_feed(struct envelope *envelope, const char *bytes, size_t len)
{
	struct envelope	*e = envelope;
	const char	*reason;
	size_t		 left, piece;

	reason = encoding_check(&e->encoding, bytes, len, &left);
	for (; e->parser != NULL && left > 0; left -= piece) {
		piece = left < PIECE_MAX ? left : PIECE_MAX;
		parser_feed(e, bytes, (int)piece, false);
		bytes += piece;
	}
	if (e->parser != NULL && reason != NULL) {
		note(e, STEP_XML, reason);
		parser_free(e);
	}
	return e->parser == NULL ? ST_BAD : ST_OK;
}

void
envelope_finish(struct envelope *envelope, struct soap_request *request)
{
	struct envelope	*e = envelope;

	if (e->parser != NULL)
		parser_feed(e, "", 0, true);
	if (!e->has_body)
		note(e, STEP_STRUCTURE, "no Body");
	envelope_body_end(&e->body);
	if (e->request.impersonates)
		impersonation_end(&e->request.impersonation);
	note(e, STEP_BODY, e->body.reason);
	*request = e->request;
	request->verdict = ENVELOPE_OK;
	request->reason = NULL;
	for (size_t i = 0; i < STEP_COUNT; i++) {
		if (e->reasons[i] == NULL)
			continue;
		request->verdict = step_verdicts[i];
		request->reason = e->reasons[i];
		/* What was refused must not look like something to do. */
		request->operation[0] = '\0';
		request->value = (struct operation_value){ 0 };
		break;
	}
}

void
envelope_free(struct envelope **envelope)
{
	if (*envelope == NULL)
		return;
	parser_free(*envelope);
	free(*envelope);
	*envelope = NULL;
}
