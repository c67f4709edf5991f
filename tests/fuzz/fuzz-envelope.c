/*
 * fuzz-envelope.c - any bytes as an envelope: however they are cut into
 * pieces the verdict is the same, and what is accepted is well-formed XML
 * without a DTD, also for a parser that stands under no rules of ours.
 *
 * The first byte of the input is the charset of the media type, the second
 * one says how the rest is cut. Link as heap.h says.
 */
#include "config.h"

#include "soap/envelope.h"

#include <assert.h>
#include <string.h>

#include <expat.h>

#include "fuzz.h"
#include "heap.h"

#define BODY_MAX	65536	/* bytes, REQUEST_BODY_MAX */
#define STRUCT_MAX	16384	/* bytes of an envelope, without expat's */

const char	fuzz_target[] = "envelope";

struct document {
	const char		*bytes;
	size_t			 len;
	enum http_charset	 charset;
};

/*
 * The length of the next piece. cut 0: all; to 127: always as long as that;
 * above: short and long ones, by a generator that starts with cut.
 */
static size_t
next_piece(unsigned int cut, uint32_t *state, size_t left)
{
	size_t	piece = cut == 0 ? left : cut;

	if (cut >= 128) {
		*state = *state * 1664525 + 1013904223;
		piece = 1 + (*state >> 16) % (*state >> 31 ? 8 : 5000);
	}
	return piece < left ? piece : left;
}

/* Parse a document cut into pieces and check what holds for any. */
static void
parse(const struct document *document, unsigned int cut,
    struct soap_request *request)
{
	struct envelope	*envelope;
	enum status	 st;
	uint32_t	 state = cut;
	size_t		 at, piece;
	bool		 has_ended = false;

	heap_begin();
	st = envelope_new(document->charset, &envelope);
	assert(st == ST_OK);
	for (at = 0; at < document->len; at += piece) {
		piece = next_piece(cut, &state, document->len - at);
		st = envelope_feed(envelope, document->bytes + at, piece);
		/* Once refused, always refused, and feeding does no harm. */
		assert(st == ST_OK || st == ST_BAD);
		assert(!has_ended || st == ST_BAD);
		has_ended = st == ST_BAD;
	}
	memset(request, 0xff, sizeof(*request));
	envelope_finish(envelope, request);
	assert(!has_ended || request->verdict == ENVELOPE_INVALID);
	envelope_free(&envelope);
	assert(envelope == NULL);
	assert(heap.peak <= ENVELOPE_MEMORY_MAX + STRUCT_MAX);
	assert(heap_end());
}

static void
check_request(const struct soap_request *request)
{
	bool	is_ok = request->verdict == ENVELOPE_OK;

	assert(request->verdict <= ENVELOPE_MUST_UNDERSTAND);
	assert((request->reason == NULL) == is_ok);
	assert(memchr(request->operation, '\0',
	    sizeof(request->operation)) != NULL);
	assert((*request->operation != '\0') == is_ok);
	assert(request->value.len < sizeof(request->value.text));
	assert(strlen(request->value.text) == request->value.len);
	assert(is_ok || request->value.len == 0);
	assert(strlen(request->impersonation.name) ==
	    request->impersonation.len);
	assert(request->impersonates || request->impersonation.len == 0);
	/* Whoever names somebody names one, or it is said why not. */
	assert(!request->impersonates ||
	    (request->impersonation.kind == IMPERSONATION_NONE) ==
	    (request->impersonation.reason != NULL));
	assert((request->impersonation.kind == IMPERSONATION_NONE) ==
	    (request->impersonation.len == 0));
	assert(request->scheme == SOAP_HTTP || request->scheme == SOAP_HTTPS);
}

/* What does not fit into the parser's memory may depend on the pieces. */
static bool
is_too_complex(const struct soap_request *request)
{
	return request->reason != NULL &&
	    strcmp(request->reason, "too complex") == 0;
}

static void
check_same(const struct soap_request *a, const struct soap_request *b)
{
	if (is_too_complex(a) || is_too_complex(b))
		return;
	assert(a->verdict == b->verdict);
	/* Which fault of broken XML is met first may depend on them, too. */
	assert(a->verdict == ENVELOPE_INVALID || a->reason == b->reason);
	assert(a->scheme == b->scheme);
	assert(strcmp(a->operation, b->operation) == 0);
	assert(a->impersonates == b->impersonates);
	assert(a->verdict == ENVELOPE_INVALID ||
	    (a->impersonation.kind == b->impersonation.kind &&
	    a->impersonation.reason == b->impersonation.reason &&
	    strcmp(a->impersonation.name, b->impersonation.name) == 0));
	assert(a->value.len == b->value.len);
	assert(strcmp(a->value.text, b->value.text) == 0);
}

static void XMLCALL
on_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
    const XML_Char *public_id, int has_subset)
{
	bool	*has_doctype = data;

	(void)name;
	(void)system_id;
	(void)public_id;
	(void)has_subset;
	*has_doctype = true;
}

static void
check_well_formed(const struct document *document)
{
	static const char *const encodings[] = { NULL, "UTF-8", "UTF-16",
	    "US-ASCII" };
	XML_Parser	parser;
	enum XML_Status	done;
	bool		has_doctype = false;

	parser = XML_ParserCreateNS(encodings[document->charset], '\n');
	assert(parser != NULL);
	XML_SetUserData(parser, &has_doctype);
	XML_SetStartDoctypeDeclHandler(parser, on_doctype);
	done = XML_Parse(parser, document->bytes, (int)document->len, true);
	assert(done == XML_STATUS_OK);
	assert(!has_doctype);
	XML_ParserFree(parser);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct soap_request	whole, cut;
	struct document		document;

	if (size < 2 || size > BODY_MAX + 2)
		return 0;
	document.charset = (enum http_charset)(data[0] % 4);
	document.bytes = (const char *)data + 2;
	document.len = size - 2;
	parse(&document, 0, &whole);
	check_request(&whole);
	parse(&document, data[1] == 0 ? 1 : data[1], &cut);
	check_request(&cut);
	check_same(&whole, &cut);
	if (whole.verdict == ENVELOPE_OK)
		check_well_formed(&document);
	return 0;
}
