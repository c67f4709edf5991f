/*
 * test-wsdl.c - the WSDL as expat reads it: well-formed whatever the address
 * is, and each operation in all the places where it must stand.
 */
#include "config.h"

#include "soap/wsdl.h"

#include <expat.h>

#include "unit.h"

#define ADDRESS		"https://mail.example.org/EWS/UM2007Legacy.asmx"
#define MESSAGES "http://schemas.microsoft.com/exchange/services/2006/messages"

/* What the parser meets. */
struct found {
	char		location[256];
	unsigned int	operations, bodies, schemas;
	bool		has_foreign;	/* a fault, a header, an import */
};

static void XMLCALL
on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	static const char	wsdl[] = "http://schemas.xmlsoap.org/wsdl/|";
	static const char	soap[] =
	    "http://schemas.xmlsoap.org/wsdl/soap/|";
	struct found		*found = data;

	if (strncmp(name, soap, strlen(soap)) == 0) {
		name += strlen(soap);
		found->bodies += strcmp(name, "body") == 0;
		if (strcmp(name, "address") == 0)
			(void)snprintf(found->location,
			    sizeof(found->location), "%s", attributes[1]);
		if (strcmp(name, "fault") == 0 || strcmp(name, "header") == 0)
			found->has_foreign = true;
		return;
	}
	if (strncmp(name, wsdl, strlen(wsdl)) == 0)
		name += strlen(wsdl);
	found->operations += strcmp(name, "operation") == 0;
	found->schemas += strcmp(name,
	    "http://www.w3.org/2001/XMLSchema|schema") == 0;
	if (strcmp(name, "fault") == 0 || strcmp(name, "import") == 0)
		found->has_foreign = true;
}

static void
read_wsdl(const struct buf *buf, struct found *found)
{
	XML_Parser	parser = XML_ParserCreateNS(NULL, '|');

	memset(found, 0, sizeof(*found));
	assert_non_null(parser);
	XML_SetUserData(parser, found);
	XML_SetStartElementHandler(parser, on_start);
	assert_int_equal(XML_Parse(parser, buf_text(buf), (int)buf->len,
	    true), XML_STATUS_OK);
	XML_ParserFree(parser);
}

/* Each operation: its elements, messages, and its action in the binding. */
static void
test_operations(void **state)
{
	static const char *const	names[] = { "ResetPIN", "IsUMEnabled",
	    "GetUMProperties", "SetOofStatus",
	    "SetMissedCallNotificationEnabled", "SetPlayOnPhoneDialString",
	    "SetTelephoneAccessFolderEmail" };
	static const struct {
		const char	*before, *after;	/* the name */
	} parts[] = {
		{ "<xsd:element name=\"", "\"><xsd:complexType><xsd:seq" },
		{ "<xsd:element name=\"", "Response\"><xsd:complexType>" },
		{ "<wsdl:message name=\"", "SoapIn\">" },
		{ "<wsdl:message name=\"", "SoapOut\">" },
		{ "<wsdl:part name=\"parameters\" element=\"tns:", "\"/>" },
		{ "<wsdl:part name=\"parameters\" element=\"tns:",
		    "Response\"/>" },
		{ "<wsdl:input message=\"tns:", "SoapIn\"/>" },
		{ "<wsdl:output message=\"tns:", "SoapOut\"/>" },
		{ " soapAction=\"" MESSAGES "/", "\"/>" },
	};
	const size_t	count = sizeof(names) / sizeof(names[0]);
	struct buf	buf = BUF_INIT(WSDL_MAX);
	struct found	found;
	char		part[256];
	size_t		i, j;

	(void)state;
	assert_int_equal(wsdl_write(&buf, ADDRESS), ST_OK);
	read_wsdl(&buf, &found);
	assert_string_equal(found.location, ADDRESS);
	assert_int_equal(found.schemas, 1);
	assert_int_equal(found.operations, 2 * count);
	assert_int_equal(found.bodies, 2 * count);
	assert_false(found.has_foreign);
	for (i = 0; i < count; i++) {
		for (j = 0; j < sizeof(parts) / sizeof(parts[0]); j++) {
			(void)snprintf(part, sizeof(part), "%s%s%s",
			    parts[j].before, names[i], parts[j].after);
			UNIT_CHECK(part, strstr(buf_text(&buf), part) != NULL);
		}
	}
	buf_free(&buf);
}

/* Whatever the address, it comes back as it is and breaks nothing. */
static void
test_address(void **state)
{
	static const char *const	addresses[] = { "",
	    "http://[::1]:8080/", "https://um.test/a?b&c=<d>",
	    "\"/><soap:address location=\"x", "'&amp;&#10;",
	    ("https://b\xc3\xbc" "cher.test/") };
	struct found			found;
	struct buf			buf = BUF_INIT(2 * WSDL_MAX);
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		buf_reset(&buf);
		UNIT_CHECK(addresses[i], wsdl_write(&buf, addresses[i]) ==
		    ST_OK);
		read_wsdl(&buf, &found);
		UNIT_CHECK(addresses[i], strcmp(found.location,
		    addresses[i]) == 0);
	}
	buf_free(&buf);
}

/* One byte too few is no WSDL at all, and WSDL_MAX is enough. */
static void
test_small(void **state)
{
	struct buf	buf = BUF_INIT(WSDL_MAX), small = BUF_INIT(0);

	(void)state;
	assert_int_equal(wsdl_write(&buf, ""), ST_OK);
	small.max = buf.len - 1;
	assert_int_equal(wsdl_write(&small, ""), ST_BAD);
	buf_free(&small);
	small.max = buf.len;
	assert_int_equal(wsdl_write(&small, ""), ST_OK);
	assert_string_equal(buf_text(&small), buf_text(&buf));
	buf_free(&small);
	buf_free(&buf);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		UNIT_TEST(test_operations),
		UNIT_TEST(test_address),
		UNIT_TEST(test_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
