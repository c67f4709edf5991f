/*
 * reply.c - one table says what each refusal looks like in SOAP; its sentence
 * is core/refusal's.
 *
 * A fault shows a code and a sentence: no library's words, no SQL, no path.
 */
#include "config.h"

#include "soap/reply.h"

#include <assert.h>
#include <inttypes.h>

#include "base/utf8.h"

#define DECLARATION	"<?xml version=\"1.0\" encoding=\"utf-8\"?>"
#define XSI_NS		"http://www.w3.org/2001/XMLSchema-instance"
#define XSD_NS		"http://www.w3.org/2001/XMLSchema"

/* The two layouts of the Exchange services, and the one of SOAP itself. */
enum layout {
	LAYOUT_REQUEST,		/* MS-OXWUMS 2.2.2.1; the code is in types */
	LAYOUT_OPERATION,	/* MS-OXWUMS 4.15; an exception in errors */
	LAYOUT_HEADER		/* SOAP 1.1 section 4.4: no detail */
};

struct row {
	enum layout	 layout;
	const char	*exception;	/* of LAYOUT_OPERATION */
	const char	*code;		/* ResponseCode, or SOAP's faultcode */
};

/*
 * No public document names the exceptions of these operations: they are
 * ours, the codes are the nearest ones of EWS.
 */
static const struct row rows[] = {
	[REFUSAL_NONE] = { LAYOUT_REQUEST, NULL, "NoError" },
	[REFUSAL_INVALID_REQUEST] = { LAYOUT_REQUEST, NULL,
	    "ErrorInvalidRequest" },
	[REFUSAL_VERSION_MISMATCH] = { LAYOUT_HEADER, NULL, "VersionMismatch" },
	[REFUSAL_MUST_UNDERSTAND] = { LAYOUT_HEADER, NULL, "MustUnderstand" },
	[REFUSAL_IMPERSONATION] = { LAYOUT_REQUEST, NULL,
	    "ErrorImpersonateUserDenied" },
	[REFUSAL_IMPERSONATION_HEADER] = { LAYOUT_REQUEST, NULL,
	    "ErrorInvalidExchangeImpersonationHeaderData" },
	[REFUSAL_NO_MAILBOX] = { LAYOUT_REQUEST, NULL,
	    "ErrorNonExistentMailbox" },
	[REFUSAL_NOT_ENABLED] = { LAYOUT_OPERATION,
	    "UserNotUmEnabledException",
	    "ErrorUserNotUnifiedMessagingEnabled" },
	[REFUSAL_PIN_LOCKED] = { LAYOUT_OPERATION,
	    "PinLockedException",
	    "ErrorAccessDenied" },
	[REFUSAL_NO_PLAY_ON_PHONE] = { LAYOUT_OPERATION,
	    "PlayOnPhoneNotEnabledException",
	    "ErrorUnifiedMessagingRequestFailed" },
	[REFUSAL_BUSY] = { LAYOUT_REQUEST, NULL, "ErrorServerBusy" },
	[REFUSAL_STORE_UNAVAILABLE] = { LAYOUT_OPERATION,
	    "MailboxStoreUnavailableException",
	    "ErrorMailboxStoreUnavailable" },
	[REFUSAL_INTERNAL] = { LAYOUT_OPERATION,
	    "InternalServerErrorException",
	    "ErrorInternalServerError" },
	[REFUSAL_TRANSIENT] = { LAYOUT_OPERATION,
	    "InternalServerTransientErrorException",
	    "ErrorInternalServerTransientError" },
};
_Static_assert(sizeof(rows) / sizeof(rows[0]) == REFUSAL_COUNT,
    "a row for each refusal");

static const char *
messages_namespace(enum soap_scheme scheme)
{
	return scheme == SOAP_HTTPS ? "https" SOAP_NS_TAIL "messages" :
	    SOAP_NS_MESSAGES;
}

/*
 * Bytes of the character that text begins with; 0 when it is no UTF-8
 * (RFC 3629), or a character that XML 1.0 cannot have (production 2).
 */
static size_t
character_len(const char *text)
{
	uint32_t	c;
	size_t		len = utf8_decode(text, &c);

	return c == UTF8_NONE || c < ' ' || (c | 1) == 0xffff ? 0 : len;
}

void
reply_escape(struct buf *buf, const char *text)
{
	size_t	len;

	for (; *text != '\0'; text += len) {
		len = 1;
		switch (*text) {
		case '&':
			buf_puts(buf, "&amp;");
			break;
		case '<':
			buf_puts(buf, "&lt;");
			break;
		case '>':
			buf_puts(buf, "&gt;");
			break;
		case '"':
			buf_puts(buf, "&quot;");
			break;
		case '\'':
			buf_puts(buf, "&apos;");
			break;
		case '\t':
		case '\n':
		case '\r':
			/* As they stand, an attribute would lose them. */
			buf_printf(buf, "&#%d;", *text);
			break;
		default:
			len = character_len(text);
			if (len > 0) {
				buf_append(buf, text, len);
				break;
			}
			/* XML 1.0 has no way to write it: U+FFFD. */
			buf_puts(buf, "\xef\xbf\xbd");
			len = 1;
		}
	}
}

static void
response_begin(struct buf *buf)
{
	buf_puts(buf, DECLARATION
	    "<soap:Envelope xmlns:soap=\"" SOAP_NS_ENVELOPE "\""
	    " xmlns:xsi=\"" XSI_NS "\" xmlns:xsd=\"" XSD_NS "\"><soap:Body>");
}

static enum status
response_end(struct buf *buf)
{
	buf_puts(buf, "</soap:Body></soap:Envelope>");
	return buf_status(buf);
}

enum status
reply_response(struct buf *buf, enum soap_scheme scheme,
    const char *operation)
{
	response_begin(buf);
	buf_puts(buf, "<");
	reply_escape(buf, operation);
	buf_printf(buf, "Response xmlns=\"%s\"/>", messages_namespace(scheme));
	return response_end(buf);
}

enum status
reply_is_um_enabled(struct buf *buf, enum soap_scheme scheme, bool is_enabled)
{
	response_begin(buf);
	buf_printf(buf, "<IsUMEnabledResponse xmlns=\"%s\">"
	    "<IsUMEnabledResponse>%s</IsUMEnabledResponse>"
	    "</IsUMEnabledResponse>", messages_namespace(scheme),
	    is_enabled ? "true" : "false");
	return response_end(buf);
}

static void
put_property(struct buf *buf, const char *name, const char *text)
{
	buf_printf(buf, "<%s>", name);
	reply_escape(buf, text);
	buf_printf(buf, "</%s>", name);
}

/* The order of the children is that of the table. */
enum status
reply_properties(struct buf *buf, enum soap_scheme scheme,
    const struct properties *properties)
{
	unsigned int	id;

	response_begin(buf);
	buf_printf(buf, "<GetUMPropertiesResponse xmlns=\"%s\">"
	    "<GetUMPropertiesResponse>", messages_namespace(scheme));
	for (id = 0; id < PROPERTY_COUNT; id++)
		put_property(buf, property_at((enum property_id)id)->name,
		    properties->values[id]);
	buf_puts(buf, "</GetUMPropertiesResponse></GetUMPropertiesResponse>");
	return response_end(buf);
}

/* The prefix resolves where it stands: it is bound on this very element. */
static void
put_fault_code(struct buf *buf, const struct row *row)
{
	static const char	format[] =
	    "<faultcode xmlns:%s=\"%s\">%s:%s</faultcode>";

	switch (row->layout) {
	case LAYOUT_REQUEST:
		buf_printf(buf, format, "a", SOAP_NS_TYPES, "a", row->code);
		break;
	case LAYOUT_OPERATION:
		buf_printf(buf, format, "a", SOAP_NS_ERRORS, "a",
		    row->exception);
		break;
	case LAYOUT_HEADER:
		buf_printf(buf, format, "soap", SOAP_NS_ENVELOPE, "soap",
		    row->code);
		break;
	}
}

static void
put_error(struct buf *buf, const char *name, const char *text)
{
	buf_printf(buf, "<e:%s xmlns:e=\"" SOAP_NS_ERRORS "\">", name);
	reply_escape(buf, text);
	buf_printf(buf, "</e:%s>", name);
}

static void
put_detail(struct buf *buf, enum soap_scheme scheme, enum refusal refusal,
    uint64_t back_off_ms)
{
	const struct row	*row = &rows[refusal];

	buf_puts(buf, "<detail>");
	if (row->exception != NULL)
		buf_printf(buf, "<m:ExceptionType xmlns:m=\"%s\">%s"
		    "</m:ExceptionType>", messages_namespace(scheme),
		    row->exception);
	put_error(buf, "ResponseCode", row->code);
	put_error(buf, "Message", refusal_sentence(refusal));
	if (refusal == REFUSAL_BUSY)
		buf_printf(buf, "<t:MessageXml xmlns:t=\"" SOAP_NS_TYPES "\">"
		    "<t:Value Name=\"BackOffMilliseconds\">%" PRIu64
		    "</t:Value></t:MessageXml>", back_off_ms);
	buf_puts(buf, "</detail>");
}

enum status
reply_fault(struct buf *buf, enum soap_scheme scheme, enum refusal refusal,
    uint64_t back_off_ms)
{
	const struct row	*row;

	assert(refusal > REFUSAL_NONE && refusal < REFUSAL_COUNT);
	row = &rows[refusal];
	buf_puts(buf, DECLARATION
	    "<s:Envelope xmlns:s=\"" SOAP_NS_ENVELOPE "\"><s:Body><s:Fault>");
	put_fault_code(buf, row);
	buf_puts(buf, "<faultstring xml:lang=\"en-US\">");
	reply_escape(buf, refusal_sentence(refusal));
	buf_puts(buf, "</faultstring>");
	/* SOAP 1.1, section 4.4: detail is about the body, not the header. */
	if (row->layout != LAYOUT_HEADER)
		put_detail(buf, scheme, refusal, back_off_ms);
	buf_puts(buf, "</s:Fault></s:Body></s:Envelope>");
	return buf_status(buf);
}

const char *
reply_refusal_code(enum refusal refusal)
{
	assert(refusal >= REFUSAL_NONE && refusal < REFUSAL_COUNT);
	return rows[refusal].code;
}
