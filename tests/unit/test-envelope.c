/*
 * test-envelope.c - every document whole and in chunks of 1 to 7 bytes, cut
 * at every byte, without memory at every allocation, and beyond its cap. Large
 * ones in some of these sizes, unless UMWS_LONG is 1.
 */
#include "config.h"

#include "soap/envelope.h"

#include "envelope-cases.h"
#include "heap.h"
#include "unit.h"

#define CHUNK_MAX	7	/* bytes; 0 stands for the whole */
#define INPUT_MAX	(64 * 1024)

/* Parse a document, in chunks (0: whole). Returns what envelope_new() did. */
static enum status
parse(const char *document, size_t len, enum http_charset charset,
    size_t chunk, struct soap_request *request)
{
	struct envelope	*envelope;
	enum status	 st, last = ST_OK;
	size_t		 size;

	memset(request, 0, sizeof(*request));
	st = envelope_new(charset, &envelope);
	if (st != ST_OK) {
		assert_null(envelope);
		return st;
	}
	for (size_t at = 0; at < len && last == ST_OK; at += size) {
		size = chunk == 0 || chunk > len - at ? len - at : chunk;
		last = envelope_feed(envelope, document + at, size);
	}
	envelope_finish(envelope, request);
	/* Feeding ends early only when the verdict is certain. */
	if (last != ST_OK && heap.failing == 0)
		assert_int_equal(request->verdict, ENVELOPE_INVALID);
	envelope_free(&envelope);
	assert_null(envelope);
	envelope_free(&envelope);
	return ST_OK;
}

/*
 * In small pieces expat reads a long tag again and again: of documents that
 * are as large as they may be some sizes are tried, and with UMWS_LONG=1 all.
 */
static bool
is_tried(size_t len, size_t chunk)
{
	return len < INPUT_MAX / 2 || chunk % 4 == 0 || chunk == CHUNK_MAX ||
	    unit_is_long();
}

/* Parse in every way and check; operation is "" unless all is well. */
static void
check(const char *name, const char *document, size_t len,
    enum http_charset charset, enum envelope_verdict verdict,
    const char *reason)
{
	struct soap_request	 request;
	bool			 is_ok = verdict == ENVELOPE_OK;

	for (size_t chunk = 0; chunk <= CHUNK_MAX; chunk++) {
		if (!is_tried(len, chunk))
			continue;
		UNIT_CHECK(name, parse(document, len, charset, chunk,
		    &request) == ST_OK);
		UNIT_CHECK(name, request.verdict == verdict);
		UNIT_CHECK(name, (request.reason == NULL) == is_ok);
		UNIT_CHECK(name, reason == NULL ||
		    strstr(request.reason, reason) != NULL);
		UNIT_CHECK(name, strcmp(request.operation,
		    is_ok ? "ResetPIN" : "") == 0);
		UNIT_CHECK(name, heap.live == 0);
	}
}

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(cases[i].name, cases[i].document,
		    strlen(cases[i].document), HTTP_CHARSET_NONE,
		    cases[i].verdict, cases[i].reason);
}

/* The value of the operation's child, however the document comes. */
static void
test_values(void **state)
{
	struct soap_request	 request;
	const char		*name, *document, *value;

	(void)state;
	for (size_t i = 0; i < sizeof(value_cases) / sizeof(value_cases[0]);
	    i++) {
		name = value_cases[i].name;
		document = value_cases[i].document;
		value = value_cases[i].value;
		for (size_t chunk = 0; chunk <= CHUNK_MAX; chunk++) {
			UNIT_CHECK(name, parse(document, strlen(document),
			    HTTP_CHARSET_NONE, chunk, &request) == ST_OK);
			UNIT_CHECK(name, (request.verdict == ENVELOPE_OK) ==
			    (value != NULL));
			UNIT_CHECK(name, strcmp(request.value.text,
			    value == NULL ? "" : value) == 0);
			UNIT_CHECK(name, request.value.len ==
			    strlen(request.value.text));
			UNIT_CHECK(name, value != NULL || strstr(
			    request.reason, value_cases[i].reason) != NULL);
			UNIT_CHECK(name, value != NULL ||
			    request.operation[0] == '\0');
		}
	}
}

/* The first reason is kept, and the header comes before the body. */
static void
test_value_order(void **state)
{
	struct soap_request	request;
	const char		document[] = ENVELOPE("<s:Header>"
	    ENTRY("s:mustUnderstand='1'") "</s:Header>" BODY("<SetOofStatus "
	    "xmlns='" M_NS "'><status>maybe</status></SetOofStatus>"));

	(void)state;
	assert_int_equal(parse(document, strlen(document), HTTP_CHARSET_NONE,
	    0, &request), ST_OK);
	assert_int_equal(request.verdict, ENVELOPE_MUST_UNDERSTAND);
	assert_string_equal(request.value.text, "");
}

static void
test_truncated(void **state)
{
	static const char *const documents[] = {
		"<?xml version='1.0' encoding='utf-8'?>" HEADER(ENTRY("")),
		MUST,
		MISMATCH(BODY(OP)),
		DIAL("1&#50;\xc3\xa4"),
	};
	struct soap_request	 request;

	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		for (size_t len = 0; len < strlen(documents[i]); len++) {
			assert_int_equal(parse(documents[i], len,
			    HTTP_CHARSET_NONE, len % 3, &request), ST_OK);
			UNIT_CHECK(documents[i],
			    request.verdict == ENVELOPE_INVALID);
		}
	}
}

static void
test_names(void **state)
{
	static const struct {
		const char		*document;
		const char		*operation;
		enum soap_scheme	 scheme;
	} rows[] = {
		{ ENVELOPE(BODY(OP)), "ResetPIN", SOAP_HTTP },
		{ ENVELOPE(BODY("<ResetPIN xmlns='" MS_NS "'/>")), "ResetPIN",
		    SOAP_HTTPS },
		{ ENVELOPE(BODY("<x:resetpin xmlns:x='" M_NS "'/>")),
		    "resetpin", SOAP_HTTP },
		{ ENVELOPE(BODY("<" NAME_63 " xmlns='" M_NS "'/>")), NAME_63,
		    SOAP_HTTP },
		/* Refused, but the answer still is in the caller's scheme. */
		{ ENVELOPE(BODY("<ResetPIN xmlns='" MS_NS "'>x</ResetPIN>")),
		    "", SOAP_HTTPS },
	};
	struct soap_request	 request;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse(rows[i].document,
		    strlen(rows[i].document), HTTP_CHARSET_NONE, 0, &request),
		    ST_OK);
		UNIT_CHECK(rows[i].document, strcmp(request.operation,
		    rows[i].operation) == 0);
		UNIT_CHECK(rows[i].document, request.scheme == rows[i].scheme);
		UNIT_CHECK(rows[i].document, !request.impersonates);
	}
}

static void
test_impersonation(void **state)
{
#define AS(ns, attributes) \
	"<t:ExchangeImpersonation xmlns:t='" ns "' " attributes "/>"
	static const struct {
		const char		*document;
		enum envelope_verdict	 verdict;
		bool			 impersonates;
	} rows[] = {
		{ HEADER(AS(T_NS, "")), OK, true },
		{ HEADER(AS(TS_NS, "")), OK, true },
		{ HEADER(AS(M_NS, "")), OK, true },
		{ HEADER(AS(T_NS, "s:mustUnderstand='1'")), OK, true },
		{ HEADER(AS(T_NS, "s:actor='urn:other'")), OK, true },
		{ HEADER(AS(T_NS, "s:mustUnderstand='9'")), BAD, true },
		{ HEADER(AS(T_NS, "") ENTRY("s:mustUnderstand='1'")), UNKNOWN,
		    true },
		{ HEADER(AS("urn:other", "")), OK, false },
		{ HEADER(AS("urn:other", "s:mustUnderstand='1'")), UNKNOWN,
		    false },
		{ ENVELOPE(BODY(AS(T_NS, ""))), BAD, false },
	};
	struct soap_request	 request;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(parse(rows[i].document,
		    strlen(rows[i].document), HTTP_CHARSET_NONE, 0, &request),
		    ST_OK);
		UNIT_CHECK(rows[i].document,
		    request.verdict == rows[i].verdict);
		UNIT_CHECK(rows[i].document,
		    request.impersonates == rows[i].impersonates);
	}
#undef AS
}

/* Write ASCII as UTF-16, the high byte at place high; returns its length. */
static size_t
to_utf16(char *wide, const char *text, size_t high, bool has_mark)
{
	size_t	len = 0;

	if (has_mark) {
		wide[high] = '\xfe';
		wide[1 - high] = '\xff';
		len = 2;
	}
	for (; *text != '\0'; text++, len += 2) {
		wide[len + high] = '\0';
		wide[len + 1 - high] = *text;
	}
	return len;
}

/* What the media type says wins; without it, what the document says. */
static void
test_charsets(void **state)
{
#define NONE	HTTP_CHARSET_NONE
#define UTF8	HTTP_CHARSET_UTF8
#define UTF16	HTTP_CHARSET_UTF16
#define ASCII	HTTP_CHARSET_ASCII
#define MARK	"\xef\xbb\xbf"
#define DECLARED(encoding, inner) "<?xml version='1.0' encoding='" encoding \
	"'?>" ENVELOPE(BODY(OP inner))
	static const struct {
		const char		*name;
		const char		*document;
		enum http_charset	 charset;
		enum envelope_verdict	 verdict;
	} rows[] = {
		{ "utf-8", DECLARED("utf-8", "<!--\xc3\xa4-->"), NONE, OK },
		{ "UTF-8", DECLARED("UTF-8", ""), NONE, OK },
		{ "us-ascii", DECLARED("US-ascii", ""), NONE, OK },
		{ "not ascii", DECLARED("us-ascii", "<!--\xc3\xa4-->"), NONE,
		    BAD },
		{ "utf-16 in 8 bits", DECLARED("utf-16", ""), NONE, BAD },
		{ "latin", DECLARED("iso-8859-1", ""), NONE, BAD },
		{ "utf-16le", DECLARED("utf-16le", ""), NONE, BAD },
		{ "unheard of", DECLARED("ebcdic", ""), NONE, BAD },
		{ "mark", MARK DECLARED("utf-8", ""), NONE, OK },
		{ "mark alone", MARK, NONE, BAD },
		{ "mark, utf-8 given", MARK ENVELOPE(BODY(OP)), UTF8, OK },
		{ "latin, utf-8 given", DECLARED("iso-8859-1", ""), UTF8, OK },
		{ "utf-16, utf-8 given", DECLARED("utf-16", ""), UTF8, OK },
		{ "utf-8, ascii given", DECLARED("utf-8", ""), ASCII, OK },
		{ "not ascii, ascii given", DECLARED("utf-8",
		    "<!--\xc3\xa4-->"), ASCII, BAD },
		{ "mark, ascii given", MARK DECLARED("utf-8",
		    "<!--\xc3\xa4-->"), ASCII, BAD },
		{ "8 bits, utf-16 given", DECLARED("utf-8", ""), UTF16, BAD },
		{ "mark, utf-16 given", MARK DECLARED("utf-8", ""), UTF16,
		    BAD },
		{ "one byte, utf-16 given", "<", UTF16, BAD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(rows[i].name, rows[i].document, strlen(rows[i].document),
		    rows[i].charset, rows[i].verdict, NULL);
}

static void
test_utf16(void **state)
{
	static const char *const names[2][2] = {
		{ "big, no mark", "big" }, { "little, no mark", "little" }
	};
	char	wide[2048];
	size_t	len;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const char	*name = names[i / 2][i % 2];

		len = to_utf16(wide, DECLARED("utf-16", ""), i / 2, i % 2 == 1);
		check(name, wide, len, UTF16, OK, NULL);
		check(name, wide, len, UTF8, BAD, NULL);
		check(name, wide, len, ASCII, BAD, NULL);
		check(name, wide, len, NONE, OK, NULL);
		len = to_utf16(wide, DECLARED("utf-8", ""), i / 2, i % 2 == 1);
		check(name, wide, len, UTF16, OK, NULL);
		check(name, wide, len, NONE, BAD, NULL);
	}
}

/* head, then before NUMBER after while there is room, at most count; tail. */
static size_t
repeat(char document[INPUT_MAX], const char *head, const char *before,
    const char *after, size_t count, const char *tail)
{
	size_t	len = strlen(head);
	size_t	room = strlen(before) + 8 + strlen(after) + strlen(tail);

	memcpy(document, head, len);
	for (size_t i = 0; i < count && len + room < INPUT_MAX; i++)
		len += (size_t)snprintf(document + len, room, "%s%zu%s",
		    before, i, after);
	memcpy(document + len, tail, strlen(tail));
	return len + strlen(tail);
}

static void
test_memory_cap(void **state)
{
#define AROUND	"<s:Envelope " SOAP "><s:Header><h:x xmlns:h='urn:h' "
#define CLOSED	"/></s:Header>" BODY(OP) "</s:Envelope>"
#define TEXT	"<s:Envelope " SOAP "><s:Header><h:x xmlns:h='urn:h'>"
#define ENDED	"</h:x></s:Header>" BODY(OP) "</s:Envelope>"
	static const struct {
		const char		*name;
		const char		*head, *before, *after, *tail;
		enum envelope_verdict	 verdict;
	} rows[] = {
		{ "attributes", AROUND, "a", "='' ", CLOSED, BAD },
		{ "prefixes", AROUND, "xmlns:a", "='u' ", CLOSED, BAD },
		{ "elements with prefixes", TEXT, "<p:y xmlns:p='urn:", "'/>",
		    ENDED, OK },
		{ "elements with names", TEXT, "<a", "/>", ENDED, BAD },
		{ "elements", TEXT, "<a>", "</a>", ENDED, OK },
		{ "text", TEXT, "word ", "\n", ENDED, OK },
		{ "one long value", AROUND "b='", "word ", " ", "'" CLOSED,
		    OK },
	};
	static char		 document[INPUT_MAX];
	struct soap_request	 request;
	size_t			 len;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		len = repeat(document, rows[i].head, rows[i].before,
		    rows[i].after, INPUT_MAX, rows[i].tail);
		heap.peak = 0;
		check(rows[i].name, document, len, HTTP_CHARSET_NONE,
		    rows[i].verdict, rows[i].verdict == BAD ?
		    "too complex" : NULL);
		/* expat may come to its last byte; the envelope itself, of
		 * some 1,300, is not expat's. */
		UNIT_CHECK(rows[i].name,
		    heap.peak < ENVELOPE_MEMORY_MAX + 2048);
	}
	/* The usual request is far from it. */
	heap.peak = 0;
	assert_int_equal(parse(ENVELOPE(BODY(OP)), strlen(ENVELOPE(BODY(OP))),
	    HTTP_CHARSET_UTF8, 0, &request), ST_OK);
	assert_true(heap.peak < ENVELOPE_MEMORY_MAX / 8);
}

/* A long namespace must not be written out again and again. */
static void
test_names_cap(void **state)
{
	static const struct {
		const char		*name;
		size_t			 namespace_len;
		enum envelope_verdict	 verdict;
	} rows[] = {
		{ "usual", 80, OK },
		{ "long", 400, BAD },
		{ "huge", 32 * 1024, BAD },
	};
	static char	 head[INPUT_MAX], document[INPUT_MAX];
	size_t		 len;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		len = (size_t)sprintf(head, TEXT "<y xmlns:p='%0*d'>",
		    (int)rows[i].namespace_len, 0);
		assert_true(len < sizeof(head));
		len = repeat(document, head, "<y p:b='' p:c='' p:d='' z='",
		    "'/>", INPUT_MAX, "</y>" ENDED);
		check(rows[i].name, document, len, HTTP_CHARSET_NONE,
		    rows[i].verdict, rows[i].verdict == BAD ?
		    "too complex" : NULL);
	}
}

/* What is given back may be used again. */
static void
test_memory_returned(void **state)
{
	static const char	letters[] = "abcdefghijklmnopqrstuvwxyz";
	static char		document[INPUT_MAX];
	size_t			len;

	(void)state;
	/* Tables that double, the old ones freed: near the cap at the end. */
	len = repeat(document, AROUND, "a", "='' ", 1600, CLOSED);
	check("doubled", document, len, HTTP_CHARSET_NONE, OK, NULL);
	/* An array of attributes that is enlarged again and again. */
	len = (size_t)sprintf(document, "%s", TEXT);
	for (size_t count = 17; count <= 544; count += 17) {
		len += (size_t)sprintf(document + len, "<y ");
		for (size_t i = 0; i < count; i++)
			len += (size_t)sprintf(document + len, "%c%c='' ",
			    letters[i / 26], letters[i % 26]);
		len += (size_t)sprintf(document + len, "/>");
	}
	len += (size_t)sprintf(document + len, "%s", ENDED);
	assert_true(len < INPUT_MAX);
	check("enlarged", document, len, HTTP_CHARSET_NONE, OK, NULL);
}

/* Two at once: each pays for itself. */
static void
test_two_envelopes(void **state)
{
	static const char	 good[] = MUST;
	static char		 huge[INPUT_MAX];
	struct envelope		*a, *b;
	struct soap_request	 request;
	size_t			 len;

	(void)state;
	len = repeat(huge, AROUND, "xmlns:a", "='u' ", INPUT_MAX, CLOSED);
	assert_int_equal(envelope_new(HTTP_CHARSET_NONE, &a), ST_OK);
	assert_int_equal(envelope_new(HTTP_CHARSET_NONE, &b), ST_OK);
	for (size_t i = 0; i + 1 < sizeof(good); i++) {
		assert_int_equal(envelope_feed(a, good + i, 1), ST_OK);
		if (i < 64)
			assert_int_equal(envelope_feed(b, huge + i * 64, 64),
			    ST_OK);
	}
	assert_int_equal(envelope_feed(b, huge + 64 * 64, len - 64 * 64),
	    ST_BAD);
	envelope_finish(b, &request);
	assert_string_equal(request.reason, "too complex");
	envelope_free(&b);
	envelope_finish(a, &request);
	assert_int_equal(request.verdict, ENVELOPE_MUST_UNDERSTAND);
	envelope_free(&a);
	assert_int_equal(heap.live, 0);
}

static void
test_allocations_fail(void **state)
{
	static const char	document[] = "<?xml version='1.0' "
	    "encoding='utf-8'?>" ENVELOPE("<s:Header>" ENTRY("y='z'")
	    "<a:b xmlns:a='urn:a' xmlns:c='urn:c' c:d='e'>text</a:b>"
	    "</s:Header>" BODY("<SetOofStatus xmlns='" M_NS "'><status>1"
	    "</status></SetOofStatus>"));
	struct soap_request	request;
	enum status		st;
	size_t			failing = 0;

	(void)state;
	unit_expect_log("envelope-memory reason=\"out of memory\"");
	do {
		heap.count = 0;
		heap.failing = ++failing;
		st = parse(document, strlen(document), HTTP_CHARSET_UTF8,
		    failing % 2, &request);
		if (heap.count < failing)
			break;
		if (st == ST_OK) {
			assert_int_equal(request.verdict, ENVELOPE_NO_MEMORY);
			assert_string_equal(request.reason, "out of memory");
			assert_string_equal(request.operation, "");
		} else {
			assert_int_equal(st, ST_RETRY);
		}
		assert_int_equal(heap.live, 0);
	} while (failing < 1000);
	heap.failing = 0;
	assert_in_range(failing, 10, 999);
	assert_int_equal(request.verdict, ENVELOPE_OK);
}

static void
test_depth(void **state)
{
	char	document[2048];

	(void)state;
	/* Envelope, Header and h:x are three levels. */
	for (size_t deep = 28; deep <= 31; deep++) {
		size_t	len = (size_t)sprintf(document, "%s", TEXT);

		for (size_t i = 0; i < deep; i++)
			len += (size_t)sprintf(document + len, "<a>");
		for (size_t i = 0; i < deep; i++)
			len += (size_t)sprintf(document + len, "</a>");
		len += (size_t)sprintf(document + len, "%s", ENDED);
		check("depth", document, len, HTTP_CHARSET_NONE,
		    deep + 3 <= ENVELOPE_DEPTH_MAX ? OK : BAD,
		    deep + 3 <= ENVELOPE_DEPTH_MAX ? NULL : "deep");
	}
}

/* Nothing that follows a DOCTYPE or an instruction is taken in. */
static void
test_ends_at_once(void **state)
{
	static const char *const heads[] = { "<!DOCTYPE a>", "<?a b?>",
	    "<!DOCTYPE a [" };
	static char		 document[INPUT_MAX];
	struct envelope		*envelope;
	struct soap_request	 request;
	size_t			 len;

	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		assert_int_equal(envelope_new(HTTP_CHARSET_NONE, &envelope),
		    ST_OK);
		assert_int_equal(envelope_feed(envelope, heads[i],
		    strlen(heads[i])), ST_BAD);
		assert_int_equal(envelope_feed(envelope, "<a/>", 4), ST_BAD);
		envelope_finish(envelope, &request);
		assert_int_equal(request.verdict, ENVELOPE_INVALID);
		envelope_free(&envelope);
	}
	len = repeat(document, "<!DOCTYPE a [", "<!ENTITY e", " 'x'>",
	    INPUT_MAX, "]><a/>");
	heap.peak = 0;
	check("entities", document, len, HTTP_CHARSET_NONE, BAD, "DOCTYPE");
	assert_true(heap.peak < ENVELOPE_MEMORY_MAX / 8);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		UNIT_TEST(test_cases),
		UNIT_TEST(test_values),
		UNIT_TEST(test_value_order),
		UNIT_TEST(test_truncated),
		UNIT_TEST(test_names),
		UNIT_TEST(test_impersonation),
		UNIT_TEST(test_charsets),
		UNIT_TEST(test_utf16),
		UNIT_TEST(test_memory_cap),
		UNIT_TEST(test_names_cap),
		UNIT_TEST(test_memory_returned),
		UNIT_TEST(test_two_envelopes),
		UNIT_TEST(test_allocations_fail),
		UNIT_TEST(test_depth),
		UNIT_TEST(test_ends_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
