/*
 * test-reply.c - every answer parsed back and compared, by infoset, with the
 * recorded ones in tests/wire, or with one derived from them.
 */
#include "config.h"

#include "soap/reply.h"

#include <expat.h>

#include "unit.h"

#define CANON_MAX	(16 * 1024)
#define M_NS	"http://schemas.microsoft.com/exchange/services/2006/messages"
#define MS_NS	"https://schemas.microsoft.com/exchange/services/2006/messages"

/*
 * A document's infoset as text: elements and attributes by namespace and
 * local name, the prefixes bound, text; no white space between elements.
 */
struct canon {
	struct buf	text;	/* what is done */
	struct buf	run;	/* characters since the last tag */
	bool		is_leaf; /* no element has ended since the last start */
};

static void XMLCALL
on_prefix(void *data, const XML_Char *prefix, const XML_Char *uri)
{
	struct canon	*canon = data;

	/* Which prefix is ours to choose; that it is bound may matter. */
	if (prefix != NULL)
		buf_printf(&canon->text, "(%s=%s)", prefix, uri);
}

static void XMLCALL
on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct canon	*canon = data;

	buf_reset(&canon->run);
	canon->is_leaf = true;
	buf_printf(&canon->text, "<%s", name);
	/* No element of ours has two attributes, so order is no matter. */
	for (; *attributes != NULL; attributes += 2)
		buf_printf(&canon->text, " %s='%s'", attributes[0],
		    attributes[1]);
	buf_puts(&canon->text, ">");
}

static void XMLCALL
on_end(void *data, const XML_Char *name)
{
	struct canon	*canon = data;

	(void)name;
	/* The runs between elements are white space (see canon_of). */
	if (canon->is_leaf)
		buf_puts(&canon->text, buf_text(&canon->run));
	else
		assert_int_equal(strspn(buf_text(&canon->run), " \r\n\t"),
		    canon->run.len);
	buf_reset(&canon->run);
	canon->is_leaf = false;
	buf_puts(&canon->text, "</>");
}

static void XMLCALL
on_text(void *data, const XML_Char *text, int len)
{
	struct canon	*canon = data;

	buf_append(&canon->run, text, (size_t)len);
}

/* The infoset of XML; the caller frees it. */
static char *
canon_of(const char *xml, size_t len)
{
	struct canon	 canon = { BUF_INIT(CANON_MAX), BUF_INIT(CANON_MAX),
		true };
	XML_Parser	 parser = XML_ParserCreateNS(NULL, '|');
	char		*text;

	assert_non_null(parser);
	XML_SetUserData(parser, &canon);
	XML_SetElementHandler(parser, on_start, on_end);
	XML_SetCharacterDataHandler(parser, on_text);
	XML_SetStartNamespaceDeclHandler(parser, on_prefix);
	assert_int_equal(XML_Parse(parser, xml, (int)len, true),
	    XML_STATUS_OK);
	assert_int_equal(buf_status(&canon.text), ST_OK);
	text = strdup(buf_text(&canon.text));
	XML_ParserFree(parser);
	buf_free(&canon.text);
	buf_free(&canon.run);
	return text;
}

/* A recorded answer with each from replaced by to. */
static char *
wire_with(const char *file, const char *from, const char *to)
{
	const char	*srcdir = getenv("srcdir");
	struct buf	 xml = BUF_INIT(CANON_MAX);
	char		 path[512], bytes[4096], *text;
	const char	*at = bytes, *hit;
	size_t		 len;
	FILE		*stream;

	(void)snprintf(path, sizeof(path), "%s/tests/wire/%s",
	    srcdir == NULL ? "." : srcdir, file);
	stream = fopen(path, "r");
	if (stream == NULL)
		fail_msg("%s cannot be read", path);
	len = fread(bytes, 1, sizeof(bytes) - 1, stream);
	(void)fclose(stream);
	bytes[len] = '\0';
	while (from != NULL && (hit = strstr(at, from)) != NULL) {
		buf_append(&xml, at, (size_t)(hit - at));
		buf_puts(&xml, to);
		at = hit + strlen(from);
	}
	buf_puts(&xml, at);
	text = canon_of(buf_text(&xml), xml.len);
	buf_free(&xml);
	return text;
}

/* Compare an answer, which it frees, with an infoset, which it frees. */
static void
check(const char *name, struct buf *reply, char *expected)
{
	char	*canon;

	UNIT_CHECK(name, buf_status(reply) == ST_OK);
	UNIT_CHECK(name, strncmp(buf_text(reply), "<?xml version=\"1.0\" "
	    "encoding=\"utf-8\"?><", 39) == 0);
	canon = canon_of(buf_text(reply), reply->len);
	assert_string_equal(canon, expected);
	free(canon);
	free(expected);
	buf_free(reply);
}

static void
test_response(void **state)
{
	struct buf	reply = BUF_INIT(REPLY_MAX);

	(void)state;
	assert_int_equal(reply_response(&reply, SOAP_HTTPS, "ResetPIN"),
	    ST_OK);
	check("https", &reply, wire_with("resetpin-response.xml", NULL, ""));
	assert_int_equal(reply_response(&reply, SOAP_HTTP, "ResetPIN"), ST_OK);
	check("http", &reply, wire_with("resetpin-response.xml", MS_NS, M_NS));
}

static void
test_is_um_enabled(void **state)
{
#define ASKED(ns, word) \
	"<IsUMEnabledResponse xmlns=\"" ns "\"><IsUMEnabledResponse>" word \
	"</IsUMEnabledResponse></IsUMEnabledResponse>"
#define EMPTY	"<ResetPINResponse xmlns=\"" MS_NS "\" />"
	struct buf	reply = BUF_INIT(REPLY_MAX);

	(void)state;
	assert_int_equal(reply_is_um_enabled(&reply, SOAP_HTTPS, true), ST_OK);
	check("true", &reply, wire_with("resetpin-response.xml", EMPTY,
	    ASKED(MS_NS, "true")));
	assert_int_equal(reply_is_um_enabled(&reply, SOAP_HTTP, false), ST_OK);
	check("false", &reply, wire_with("resetpin-response.xml", EMPTY,
	    ASKED(M_NS, "false")));
}

/* The recorded faults, word for word. */
/* Each value as it was, at its largest and with all that needs escaping. */
static void
test_properties(void **state)
{
#define GOT(ns, oof, missed, dial, numbers, folder) \
	"<GetUMPropertiesResponse xmlns=\"" ns "\"><GetUMPropertiesResponse>" \
	"<OofStatus>" oof "</OofStatus><MissedCallNotificationEnabled>" \
	missed "</MissedCallNotificationEnabled><PlayOnPhoneDialString>" dial \
	"</PlayOnPhoneDialString><TelephoneAccessNumbers>" numbers \
	"</TelephoneAccessNumbers><TelephoneAccessFolderEmail>" folder \
	"</TelephoneAccessFolderEmail></GetUMPropertiesResponse>" \
	"</GetUMPropertiesResponse>"
	struct buf		reply = BUF_INIT(REPLY_MAX);
	struct properties	properties = { { "true", "false", "<1>&\"'",
	    "\xc3\xa4, 2", "AAE=" } };

	(void)state;
	assert_int_equal(reply_properties(&reply, SOAP_HTTPS, &properties),
	    ST_OK);
	check("https", &reply, wire_with("resetpin-response.xml", EMPTY,
	    GOT(MS_NS, "true", "false", "&lt;1&gt;&amp;&#34;&#39;",
	    "\xc3\xa4, 2", "AAE=")));
	properties = (struct properties){ { "false", "true" } };
	assert_int_equal(reply_properties(&reply, SOAP_HTTP, &properties),
	    ST_OK);
	check("http", &reply, wire_with("resetpin-response.xml", EMPTY,
	    GOT(M_NS, "false", "true", "", "", "")));
	memset(properties.values[PROPERTY_PLAY_ON_PHONE_DIAL_STRING], '"',
	    PROPERTY_DIAL_MAX);
	memset(properties.values[PROPERTY_TELEPHONE_ACCESS_NUMBERS], '"',
	    PROPERTY_NUMBERS_MAX);
	memset(properties.values[PROPERTY_TELEPHONE_ACCESS_FOLDER_EMAIL], 'A',
	    PROPERTY_FOLDER_MAX);
	assert_int_equal(reply_properties(&reply, SOAP_HTTPS, &properties),
	    ST_OK);
	buf_free(&reply);
}

static void
test_recorded_faults(void **state)
{
	struct buf	reply = BUF_INIT(REPLY_MAX);

	(void)state;
	assert_int_equal(reply_fault(&reply, SOAP_HTTP,
	    REFUSAL_INVALID_REQUEST, 7), ST_OK);
	check("invalid", &reply, wire_with("fault-invalid-request.xml", NULL,
	    ""));
	assert_int_equal(reply_fault(&reply, SOAP_HTTP, REFUSAL_NOT_ENABLED,
	    7), ST_OK);
	check("not enabled", &reply, wire_with("fault-operation.xml", NULL,
	    ""));
	assert_int_equal(reply_fault(&reply, SOAP_HTTPS, REFUSAL_NOT_ENABLED,
	    7), ST_OK);
	check("not enabled, https", &reply, wire_with("fault-operation.xml",
	    M_NS, MS_NS));
	assert_int_equal(reply_fault(&reply, SOAP_HTTPS, REFUSAL_BUSY,
	    297749), ST_OK);
	check("busy", &reply, wire_with("fault-server-busy.xml", NULL, ""));
	assert_int_equal(reply_fault(&reply, SOAP_HTTP, REFUSAL_BUSY,
	    UINT64_MAX), ST_OK);
	check("busy for long", &reply, wire_with("fault-server-busy.xml",
	    "297749", "18446744073709551615"));
}

/* How often part stands in text. */
static size_t
count_of(const char *text, const char *part)
{
	size_t	count = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		count++;
	return count;
}

struct fault_case {
	enum refusal	 refusal;
	const char	*fault;		/* faultcode's text */
	const char	*bound;		/* what its prefix means */
	const char	*exception;	/* or NULL */
	const char	*code;
};

static const struct fault_case faults[] = {
	{ REFUSAL_INVALID_REQUEST, "a:ErrorInvalidRequest",
	    SOAP_NS_TYPES, NULL, "ErrorInvalidRequest" },
	{ REFUSAL_IMPERSONATION, "a:ErrorImpersonateUserDenied",
	    SOAP_NS_TYPES, NULL, "ErrorImpersonateUserDenied" },
	{ REFUSAL_IMPERSONATION_HEADER,
	    "a:ErrorInvalidExchangeImpersonationHeaderData",
	    SOAP_NS_TYPES, NULL,
	    "ErrorInvalidExchangeImpersonationHeaderData" },
	{ REFUSAL_NO_MAILBOX, "a:ErrorNonExistentMailbox",
	    SOAP_NS_TYPES, NULL, "ErrorNonExistentMailbox" },
	{ REFUSAL_BUSY, "a:ErrorServerBusy", SOAP_NS_TYPES, NULL,
	    "ErrorServerBusy" },
	{ REFUSAL_NOT_ENABLED, "a:UserNotUmEnabledException",
	    SOAP_NS_ERRORS, "UserNotUmEnabledException",
	    "ErrorUserNotUnifiedMessagingEnabled" },
	{ REFUSAL_PIN_LOCKED, "a:PinLockedException", SOAP_NS_ERRORS,
	    "PinLockedException", "ErrorAccessDenied" },
	{ REFUSAL_NO_PLAY_ON_PHONE, "a:PlayOnPhoneNotEnabledException",
	    SOAP_NS_ERRORS, "PlayOnPhoneNotEnabledException",
	    "ErrorUnifiedMessagingRequestFailed" },
	{ REFUSAL_STORE_UNAVAILABLE,
	    "a:MailboxStoreUnavailableException", SOAP_NS_ERRORS,
	    "MailboxStoreUnavailableException",
	    "ErrorMailboxStoreUnavailable" },
	{ REFUSAL_INTERNAL, "a:InternalServerErrorException",
	    SOAP_NS_ERRORS, "InternalServerErrorException",
	    "ErrorInternalServerError" },
	{ REFUSAL_TRANSIENT, "a:InternalServerTransientErrorException",
	    SOAP_NS_ERRORS, "InternalServerTransientErrorException",
	    "ErrorInternalServerTransientError" },
	{ REFUSAL_VERSION_MISMATCH, "soap:VersionMismatch",
	    SOAP_NS_ENVELOPE, NULL, "VersionMismatch" },
	{ REFUSAL_MUST_UNDERSTAND, "soap:MustUnderstand",
	    SOAP_NS_ENVELOPE, NULL, "MustUnderstand" },
};

/* The shape of one fault; canon is its infoset. */
static void
check_fault(const struct fault_case *row, const char *canon)
{
	char	part[512];
	bool	is_header = row->refusal == REFUSAL_VERSION_MISMATCH ||
	    row->refusal == REFUSAL_MUST_UNDERSTAND;

	(void)snprintf(part, sizeof(part), "<%s|Body><%s|Fault>(%.*s=%s)"
	    "<faultcode>%s</><faultstring", SOAP_NS_ENVELOPE,
	    SOAP_NS_ENVELOPE, (int)strcspn(row->fault, ":"), row->fault,
	    row->bound, row->fault);
	UNIT_CHECK(part, strstr(canon, part) != NULL);
	(void)snprintf(part, sizeof(part), "(e=%s)<%s|ResponseCode>%s</>",
	    SOAP_NS_ERRORS, SOAP_NS_ERRORS, row->code);
	UNIT_CHECK(part, (strstr(canon, part) != NULL) == !is_header);
	(void)snprintf(part, sizeof(part), "(m=%s)<%s|ExceptionType>%s</>",
	    M_NS, M_NS, row->exception == NULL ? "" : row->exception);
	UNIT_CHECK(part, (strstr(canon, part) != NULL) ==
	    (row->exception != NULL));
	UNIT_CHECK(row->fault, count_of(canon, "ExceptionType") ==
	    (row->exception != NULL));
	UNIT_CHECK(row->fault, count_of(canon, "<detail>") == !is_header);
	UNIT_CHECK(row->fault, count_of(canon, "BackOffMilliseconds") ==
	    (row->refusal == REFUSAL_BUSY));
	/* The sentence: faultstring and, if there is a detail, Message. */
	UNIT_CHECK(row->fault, count_of(canon, ".</>") ==
	    (is_header ? 1 : 2));
}

/* Each refusal has the shape of its kind and its own names. */
static void
test_all_faults(void **state)
{
	struct buf	 reply = BUF_INIT(REPLY_MAX);
	char		*canon;

	(void)state;
	assert_int_equal(sizeof(faults) / sizeof(faults[0]),
	    REFUSAL_COUNT - 1);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		assert_int_equal(reply_fault(&reply, SOAP_HTTP,
		    faults[i].refusal, 0), ST_OK);
		canon = canon_of(buf_text(&reply), reply.len);
		check_fault(&faults[i], canon);
		UNIT_CHECK(faults[i].fault, strcmp(faults[i].code,
		    reply_refusal_code(faults[i].refusal)) == 0);
		UNIT_CHECK(faults[i].fault, strstr(canon,
		    refusal_sentence(faults[i].refusal)) != NULL);
		free(canon);
		buf_free(&reply);
	}
	assert_string_equal(reply_refusal_code(REFUSAL_NONE), "NoError");
}

static void
test_escape(void **state)
{
#define NOT	"\xef\xbf\xbd"
	static const struct {
		const char	*text;
		const char	*escaped;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "<>&\"'", "&lt;&gt;&amp;&quot;&apos;" },
		{ "]]>", "]]&gt;" },
		{ "&amp;", "&amp;amp;" },
		{ "a\tb\nc\rd", "a&#9;b&#10;c&#13;d" },
		{ "\xc3\xa4\xe2\x82\xac", "\xc3\xa4\xe2\x82\xac" },
		{ "a\x01\x1f\x7f", "a" NOT NOT "\x7f" },
		/* The first and the last of each length. */
		{ "\xc2\x80\xdf\xbf", "\xc2\x80\xdf\xbf" },
		{ "\xe0\xa0\x80\xef\xbf\xbd",
		    "\xe0\xa0\x80\xef\xbf\xbd" },
		{ "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
		    "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
		/* Cut, alone, too long, surrogates, too large, no letter. */
		{ "\xc3", NOT }, { "\xe2\x82", NOT NOT }, { "\x80z", NOT "z" },
		{ "\xe2<", NOT "&lt;" }, { "\xff\xfe", NOT NOT },
		{ "\xc1\xbf", NOT NOT }, { "\xe0\x9f\xbf", NOT NOT NOT },
		{ "\xf0\x8f\xbf\xbf", NOT NOT NOT NOT },
		{ "\xed\x9f\xbf\xed\xa0\x80", "\xed\x9f\xbf" NOT NOT NOT },
		{ "\xed\xbf\xbf\xee\x80\x80", NOT NOT NOT "\xee\x80\x80" },
		{ "\xf4\x90\x80\x80", NOT NOT NOT NOT },
		{ "\xef\xbf\xbe\xef\xbf\xbf", NOT NOT NOT NOT NOT NOT },
	};
#undef NOT
	struct buf	 escaped = BUF_INIT(REPLY_MAX);
	struct buf	 xml = BUF_INIT(REPLY_MAX);
	char		*canon;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		reply_escape(&escaped, rows[i].text);
		assert_string_equal(buf_text(&escaped), rows[i].escaped);
		buf_free(&escaped);
	}
	/* And back: in text as in an attribute, nothing is lost. */
	buf_puts(&xml, "<a b=\"");
	reply_escape(&xml, "<&'\">\t\n\r ]]>");
	buf_puts(&xml, "\">");
	reply_escape(&xml, "<&'\">\t\n\r ]]>");
	buf_puts(&xml, "</a>");
	canon = canon_of(buf_text(&xml), xml.len);
	assert_string_equal(canon,
	    "<a b='<&'\">\t\n\r ]]>'><&'\">\t\n\r ]]></>");
	free(canon);
	buf_free(&xml);
}

/* Too small a buffer is an error, never half an answer. */
static void
test_too_small(void **state)
{
	(void)state;
	for (size_t max = 0; max < 1100; max++) {
		struct buf	reply = BUF_INIT(max);
		enum status	st = reply_fault(&reply, SOAP_HTTPS,
		    REFUSAL_BUSY, UINT64_MAX);

		if (st == ST_OK) {
			assert_true(max > 700 && reply.len == max);
			buf_free(&reply);
			return;
		}
		assert_int_equal(st, ST_BAD);
		buf_free(&reply);
	}
	fail();
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		UNIT_TEST(test_response),
		UNIT_TEST(test_is_um_enabled),
		UNIT_TEST(test_properties),
		UNIT_TEST(test_recorded_faults),
		UNIT_TEST(test_all_faults),
		UNIT_TEST(test_escape),
		UNIT_TEST(test_too_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
