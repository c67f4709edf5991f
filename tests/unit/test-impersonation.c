/*
 * test-impersonation.c - whom the header entry t:ExchangeImpersonation names,
 * or why nobody, through the parser of the envelope.
 */
#include "config.h"

#include "soap/envelope.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define CHUNK_MAX	7	/* bytes; 0 stands for the whole */
#define T_NS		SOAP_NS_TYPES
#define HEADER(entry) "<s:Envelope xmlns:s='" SOAP_NS_ENVELOPE "'><s:Header>" \
	entry "</s:Header><s:Body><ResetPIN xmlns='" SOAP_NS_MESSAGES "'/>" \
	"</s:Body></s:Envelope>"
#define NAMED(inside) HEADER("<t:ExchangeImpersonation xmlns:t='" T_NS "'>" \
	inside "</t:ExchangeImpersonation>")
#define SID(inside) NAMED("<t:ConnectingSID>" inside "</t:ConnectingSID>")
static const struct {
	const char		*document;
	enum impersonation_kind	 kind;
	const char		*name, *reason;
} rows[] = {
	{ SID("<t:PrincipalName>anna@x.test</t:PrincipalName>"),
	    IMPERSONATION_LOGIN, "anna@x.test", NULL },
	{ SID(" <t:SmtpAddress>\n a&#64;b </t:SmtpAddress> "),
	    IMPERSONATION_ADDRESS, "a@b", NULL },
	{ SID("<t:PrimarySmtpAddress><![CDATA[a@]]><!-- -->b"
	    "</t:PrimarySmtpAddress>"), IMPERSONATION_ADDRESS, "a@b",
	    NULL },
	{ SID("<t:PrincipalName>a \n\t b</t:PrincipalName>"),
	    IMPERSONATION_LOGIN, "a b", NULL },
	{ SID("<t:SID>S-1-5-21</t:SID>"), IMPERSONATION_NONE, "",
	    "a SID" },
	{ NAMED(""), IMPERSONATION_NONE, "", "names nobody" },
	{ SID(""), IMPERSONATION_NONE, "", "names nobody" },
	{ SID("<t:SmtpAddress> </t:SmtpAddress>"), IMPERSONATION_NONE,
	    "", "empty" },
	{ SID("<t:SmtpAddress>a</t:SmtpAddress><t:SmtpAddress>a"
	    "</t:SmtpAddress>"), IMPERSONATION_NONE, "",
	    "two names" },
	{ SID("<t:Name>a</t:Name>"), IMPERSONATION_NONE, "",
	    "unknown name" },
	{ SID("<t:SmtpAddress>a<t:x/></t:SmtpAddress>"),
	    IMPERSONATION_NONE, "", "not one ConnectingSID" },
	{ SID("<SmtpAddress>a</SmtpAddress>"), IMPERSONATION_NONE, "",
	    "types namespace" },
	{ SID("<t:SmtpAddress x='1'>a</t:SmtpAddress>"),
	    IMPERSONATION_NONE, "", "attribute" },
	{ NAMED("a<t:ConnectingSID/>"), IMPERSONATION_NONE, "",
	    "outside of a name" },
	{ NAMED("<t:ConnectingSID/><t:ConnectingSID/>"),
	    IMPERSONATION_NONE, "", "not one ConnectingSID" },
	{ NAMED("<t:SmtpAddress>a</t:SmtpAddress>"),
	    IMPERSONATION_NONE, "", "not one ConnectingSID" },
	{ HEADER("<t:ExchangeImpersonation xmlns:t='" T_NS "'>"
	    "<t:ConnectingSID><t:SmtpAddress>a</t:SmtpAddress>"
	    "</t:ConnectingSID></t:ExchangeImpersonation>"
	    "<t:ExchangeImpersonation xmlns:t='" T_NS "'/>"),
	    IMPERSONATION_NONE, "", "twice" },
};

static void
parse(const char *document, size_t chunk, struct soap_request *request)
{
	struct envelope	*envelope;
	size_t		 at, size, len = strlen(document);

	assert_int_equal(envelope_new(HTTP_CHARSET_NONE, &envelope), ST_OK);
	for (at = 0; at < len; at += size) {
		size = chunk == 0 || chunk > len - at ? len - at : chunk;
		assert_int_equal(envelope_feed(envelope, document + at, size),
		    ST_OK);
	}
	envelope_finish(envelope, request);
	envelope_free(&envelope);
}

/* In pieces of every size. */
static void
test_impersonated(void **state)
{
	struct soap_request	 request;
	size_t			 i, chunk;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (chunk = 0; chunk <= CHUNK_MAX; chunk++) {
			parse(rows[i].document, chunk, &request);
			UNIT_CHECK(rows[i].document,
			    request.verdict == ENVELOPE_OK &&
			    request.impersonates);
			UNIT_CHECK(rows[i].document,
			    request.impersonation.kind == rows[i].kind);
			UNIT_CHECK(rows[i].document, strcmp(
			    request.impersonation.name, rows[i].name) == 0);
			UNIT_CHECK(rows[i].document, rows[i].reason == NULL ?
			    request.impersonation.reason == NULL :
			    strstr(request.impersonation.reason,
			    rows[i].reason) != NULL);
		}
	}
}

/* A name is as long as it may be, or refused; nothing is cut. */
static void
test_impersonated_length(void **state)
{
	char			 document[4096], name[600];
	struct soap_request	 request;
	size_t			 len;

	(void)state;
	for (len = IMPERSONATION_NAME_SIZE - 2; len <= IMPERSONATION_NAME_SIZE;
	    len++) {
		memset(name, 'x', len);
		name[len] = '\0';
		(void)snprintf(document, sizeof(document), HEADER(
		    "<t:ExchangeImpersonation xmlns:t='" T_NS "'>"
		    "<t:ConnectingSID><t:PrincipalName>%s</t:PrincipalName>"
		    "</t:ConnectingSID></t:ExchangeImpersonation>"), name);
		parse(document, 5, &request);
		if (len < IMPERSONATION_NAME_SIZE) {
			assert_string_equal(request.impersonation.name, name);
			continue;
		}
		assert_string_equal(request.impersonation.name, "");
		assert_non_null(strstr(request.impersonation.reason,
		    "too long"));
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_impersonated),
		UNIT_TEST(test_impersonated_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
