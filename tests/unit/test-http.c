/*
 * test-http.c - header values as clients, and others, send them.
 */
#include "config.h"

#include "soap/http.h"

#include "unit.h"

#define M_NS	"http://schemas.microsoft.com/exchange/services/2006/messages"
#define MS_NS	"https://schemas.microsoft.com/exchange/services/2006/messages"

#define NONE	HTTP_CHARSET_NONE
#define UTF8	HTTP_CHARSET_UTF8
#define UTF16	HTTP_CHARSET_UTF16
#define ASCII	HTTP_CHARSET_ASCII

static const struct {
	const char		*value;
	enum status		 st;
	enum http_charset	 charset;
} types[] = {
	{ "text/xml", ST_OK, NONE },
	{ "Text/XML", ST_OK, NONE },
	{ " text/xml\t", ST_OK, NONE },
	{ "text/xml;", ST_OK, NONE },
	{ "text/xml; ; charset=utf-8 ;", ST_OK, UTF8 },
	{ "text/xml; charset=utf-8", ST_OK, UTF8 },
	{ "text/xml;charset=UTF-8", ST_OK, UTF8 },
	{ "text/xml ; Charset=\"Utf-8\"", ST_OK, UTF8 },
	{ "text/xml; charset=\"u\\tf-8\"", ST_OK, UTF8 },
	{ "text/xml; charset=utf-16", ST_OK, UTF16 },
	{ "text/xml; charset=\"US-ASCII\"", ST_OK, ASCII },
	{ "text/xml; action=\"urn:a;charset=x\"; charset=us-ascii",
	    ST_OK, ASCII },
	{ "text/xml; averylongparametername=averylongvaluebesides",
	    ST_OK, NONE },
	{ "text/xml; charset=iso-8859-1", ST_BAD, NONE },
	{ "text/xml; charset=utf8", ST_BAD, NONE },
	{ "text/xml; charset=utf-16le", ST_BAD, NONE },
	{ "text/xml; charset='utf-8'", ST_BAD, NONE },
	{ "text/xml; charset=utf-8utf-8utf-8utf-8", ST_BAD, NONE },
	{ "text/xml; charset=\"\"", ST_BAD, NONE },
	{ "text/xml; charset=", ST_BAD, NONE },
	{ "text/xml; charset", ST_BAD, NONE },
	{ "text/xml; charset =utf-8", ST_BAD, NONE },
	{ "text/xml; charset= utf-8", ST_BAD, NONE },
	{ "text/xml; =utf-8", ST_BAD, NONE },
	{ "text/xml; charset=\"utf-8", ST_BAD, NONE },
	{ "text/xml; charset=\"utf-8\\", ST_BAD, NONE },
	{ "text/xml; a=\"b\nc\"", ST_BAD, NONE },
	{ "text/xml; a=\"b\x7f\"", ST_BAD, NONE },
	{ "text/xml; charset=\"utf-8\"x", ST_BAD, NONE },
	{ "text/xml; charset=utf-8; charset=utf-8", ST_BAD, NONE },
	{ "text/xml; charset=utf-8; charset=utf-16", ST_BAD, NONE },
	{ "text/xml, text/xml", ST_BAD, NONE },
	{ "text/xml charset=utf-8", ST_BAD, NONE },
	{ "text/xmlx", ST_BAD, NONE },
	{ "text/xml+soap", ST_BAD, NONE },
	{ "text/plain", ST_BAD, NONE },
	{ "application/soap+xml; charset=utf-8", ST_BAD, NONE },
	{ "application/x-www-form-urlencoded", ST_BAD, NONE },
	{ "multipart/form-data; boundary=text/xml", ST_BAD, NONE },
	{ "", ST_BAD, NONE },
	{ NULL, ST_BAD, NONE },
};

static void
test_content_type(void **state)
{
	enum http_charset	 charset;
	const char		*name;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		name = types[i].value == NULL ? "absent" : types[i].value;
		charset = HTTP_CHARSET_UTF16;
		UNIT_CHECK(name, http_content_type(types[i].value, &charset) ==
		    types[i].st);
		UNIT_CHECK(name, charset == types[i].charset);
	}
}

static void
test_soap_action(void **state)
{
	static const struct {
		const char	*value;
		bool		 fits;
	} rows[] = {
		{ NULL, true },
		{ "", true },
		{ "\"\"", true },
		{ "  ", true },
		{ "\"" M_NS "/ResetPIN\"", true },
		{ M_NS "/ResetPIN", true },
		{ "\"" M_NS "#ResetPIN\"", true },
		{ M_NS "#ResetPIN", true },
		{ "\"" MS_NS "/ResetPIN\"", true },
		{ MS_NS "#ResetPIN", true },
		{ " \"" M_NS "/ResetPIN\" ", true },
		{ "\"", false },
		{ "\"\"\"", false },
		{ "\"" M_NS "/ResetPIN", false },
		{ M_NS "/ResetPIN\"", false },
		{ "\"" M_NS "/ResetPIN\"x", false },
		{ "x" M_NS "/ResetPIN\"", false },
		{ "\"" M_NS "/ResetPINx", false },
		{ "\"" M_NS "/IsUMEnabled\"", false },
		{ "\"" M_NS "/resetpin\"", false },
		{ "\"" M_NS "/ResetPIN/\"", false },
		{ "\"" M_NS "/ResetPI\"", false },
		{ "\"" M_NS "ResetPIN\"", false },
		{ "\"" M_NS "//ResetPIN\"", false },
		{ "\"" M_NS "\"", false },
		{ "\"" M_NS "/\"", false },
		{ "\"ResetPIN\"", false },
		{ "ResetPIN", false },
		{ "HTTP://schemas.microsoft.com/exchange/services/2006/"
		    "messages/ResetPIN", false },
		{ "ftp://schemas.microsoft.com/exchange/services/2006/"
		    "messages/ResetPIN", false },
		{ "\"http://example.test/ResetPIN\"", false },
		{ "\" \"", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		UNIT_CHECK(rows[i].value == NULL ? "absent" : rows[i].value,
		    http_soap_action_fits(rows[i].value, "ResetPIN") ==
		    rows[i].fits);
}

static void
test_sec_fetch_site(void **state)
{
	(void)state;
	assert_true(http_is_same_site(NULL, NULL, NULL, ""));
	assert_true(http_is_same_site("", "", "", ""));
	assert_true(http_is_same_site("same-origin", NULL, "um.test", ""));
	assert_true(http_is_same_site("none", NULL, "um.test", ""));
	assert_false(http_is_same_site("same-site", NULL, "um.test", ""));
	assert_false(http_is_same_site("cross-site", NULL, "um.test", ""));
	assert_false(http_is_same_site("Same-Origin", NULL, "um.test", ""));
	assert_false(http_is_same_site("none, none", NULL, "um.test", ""));
	/* A foreign field is not redeemed by the other one. */
	assert_false(http_is_same_site("cross-site", "https://um.test",
	    "um.test", ""));
	assert_false(http_is_same_site("same-origin", "https://a.test",
	    "um.test", ""));
}

static const struct {
	const char	*origin;
	const char	*host;
	const char	*public_url;
	bool		 is_same;
} origins[] = {
	{ "https://um.test", "um.test", "", true },
	{ "https://um.test", "um.test", NULL, true },
	{ "HTTPS://UM.test", "um.TEST", "", true },
	{ "https://um.test", "um.test:443", "", true },
	{ "https://um.test:443", "um.test", "", true },
	{ "http://um.test", "um.test", "", true },
	{ "http://um.test", "um.test:80", "", true },
	{ "http://um.test:8080", "um.test:8080", "", true },
	{ "http://127.0.0.1:8080", "127.0.0.1:8080", "", true },
	{ "http://[::1]:8080", "[::1]:8080", "", true },
	{ "https://[fe80::A]", "[fe80::a]", "", true },
	{ "https://um.test", "inside", "https://um.test", true },
	{ "https://um.test", "inside", "https://um.test/EWS", true },
	{ "https://um.test", "inside", "https://um.test:443/", true },
	{ "https://um.test:8443", NULL, "https://um.test:8443", true },
	{ "null", "um.test", "https://um.test", false },
	{ "null", "null", "", false },
	{ "https://um.test", NULL, "", false },
	{ "https://um.test", "", "", false },
	{ "https://um.test", "um.test:80", "", false },
	{ "http://um.test", "um.test:443", "", false },
	{ "https://um.test:8443", "um.test", "", false },
	{ "https://um.test", "um.tes", "", false },
	{ "https://um.test.evil.test", "um.test", "", false },
	{ "https://um.test", "um.test.evil.test", "", false },
	{ "https://evil.test", "um.test", "https://um.test", false },
	{ "https://um.test@evil.test", "um.test", "", false },
	{ "https://evil.test@um.test", "um.test", "", false },
	{ "https://um.test/", "um.test", "", false },
	{ "https://um.test https://a.test", "um.test", "", false },
	{ "https://um.test", "um.test, a.test", "", false },
	{ "https://um.test", "um.test/x", "", false },
	{ "https://", "", "", false },
	{ "https://", "um.test", "", false },
	{ "https://:443", ":443", "", false },
	{ "https://um.test:", "um.test:", "", false },
	{ "https://um.test:0", "um.test:0", "", false },
	{ "https://um.test:65536", "um.test:65536", "", false },
	{ "https://um.test:4294967739", "um.test", "", false },
	{ "https://um.test:44x", "um.test:44x", "", false },
	{ "https://[::1", "[::1", "", false },
	{ "https://[::1x", "[::1x", "", false },
	{ "um.test", "um.test", "", false },
	{ "ftp://um.test", "um.test", "", false },
	{ "file://", "um.test", "", false },
	{ "http://um.test", "inside", "https://um.test", false },
	{ "https://um.test", "inside", "https://um.test@a", false },
	{ "https://um.test", "inside", "um.test", false },
};

static void
test_origin(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++)
		UNIT_CHECK(origins[i].origin, http_is_same_site(NULL,
		    origins[i].origin, origins[i].host,
		    origins[i].public_url) == origins[i].is_same);
}

static const struct {
	const char	*value;
	bool		 is_host;
} hosts[] = {
	{ "um.test", true },
	{ "um.test:8443", true },
	{ "192.0.2.7", true },
	{ "[2001:db8::1]:443", true },
	{ "a&b", true },
	{ "", false },
	{ NULL, false },
	{ "um.test:", false },
	{ "um.test:0", false },
	{ "um.test:65536", false },
	{ "um.test:443x", false },
	{ "um.test/path", false },
	{ "um.test ", false },
	{ "user@um.test", false },
	{ "um.test\"><x", false },
	{ "um.test\r\nX: y", false },
	{ "[::1", false },
	{ "[]", false },
};

static void
test_host(void **state)
{
	char	name[HTTP_HOST_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		UNIT_CHECK(hosts[i].value == NULL ? "NULL" : hosts[i].value,
		    http_is_host(hosts[i].value) == hosts[i].is_host);
	memset(name, 'a', sizeof(name));
	name[HTTP_HOST_MAX + 1] = '\0';
	assert_false(http_is_host(name));
	assert_true(http_is_host(name + 1));
}

static const struct {
	const char	*value;
	bool		 is_html;
} accepts[] = {
	{ "text/html", true },
	{ "text/html,application/xhtml+xml,*/*;q=0.8", true },
	{ "application/xml, Text/HTML;q=0.9", true },
	{ " , text/html ", true },
	{ "*/*", false },
	{ "text/*", false },
	{ "text/htmlx", false },
	{ "text/xml, application/text/html", false },
	{ "text/xml;x=text/html", false },
	{ "", false },
	{ NULL, false },
};

static void
test_accept(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(accepts) / sizeof(accepts[0]); i++)
		UNIT_CHECK(accepts[i].value == NULL ? "NULL" :
		    accepts[i].value, http_accepts_html(accepts[i].value) ==
		    accepts[i].is_html);
}

static void
test_form(void **state)
{
	static const struct {
		const char	*value;
		bool		 is_form;
	} rows[] = {
		{ "application/x-www-form-urlencoded", true },
		{ "Application/X-WWW-Form-Urlencoded", true },
		{ "application/x-www-form-urlencoded; charset=utf-8", true },
		{ "application/x-www-form-urlencoded ", true },
		{ "application/x-www-form-urlencodedx", false },
		{ "application/x-www-form", false },
		{ "multipart/form-data; boundary=x", false },
		{ "text/plain", false },
		{ "", false },
		{ NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		UNIT_CHECK(rows[i].value == NULL ? "NULL" : rows[i].value,
		    http_is_form(rows[i].value) == rows[i].is_form);
	assert_true(http_accepts_json("text/html, application/json;q=0.5"));
	assert_false(http_accepts_json("*/*"));
	assert_false(http_accepts_json("application/json-seq"));
	assert_false(http_accepts_json(NULL));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		UNIT_TEST(test_content_type),
		UNIT_TEST(test_soap_action),
		UNIT_TEST(test_sec_fetch_site),
		UNIT_TEST(test_origin),
		UNIT_TEST(test_host),
		UNIT_TEST(test_accept),
		UNIT_TEST(test_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
