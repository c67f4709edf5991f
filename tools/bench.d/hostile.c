/*
 * hostile.c - measure the parser on the worst known bodies of permitted size.
 *
 * Each is as large as a body may be, in UTF-8 and in UTF-16, and fed in the
 * worker's pieces. Prints a table. Exits 1 if one takes more processor time
 * than CPU_MAX_MS. (What memory they take, tools/fuzz looks at.)
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "soap/envelope.h"

#define BODY_MAX	65536	/* bytes, REQUEST_BODY_MAX */
#define CPU_MAX_MS	50.0
#define PIECE		4096	/* bytes fed at once */
#define REPEATS		3	/* the least of so many: less noise */

#define SOAP	"<s:Envelope xmlns:s='" SOAP_NS_ENVELOPE "'"
#define ENTRY	SOAP "><s:Header><h:x xmlns:h='urn:h'"
#define INSIDE	ENTRY ">"
#define END	"</s:Header><s:Body><ResetPIN xmlns='" SOAP_NS_MESSAGES \
		"'/></s:Body></s:Envelope>"
#define ENDED	"</h:x>" END
#define CLOSED	"/>" END

/*
 * head, fill bytes of 'u', middle, then unit while there is room, each with
 * its number in the place of '@'; tail.
 */
static const struct kind {
	const char	*name;
	const char	*head;
	size_t		 fill;
	const char	*middle, *unit, *tail;
} kinds[] = {
	{ "entities", "<!DOCTYPE a [<!ENTITY e0 'x'>", 0, "",
	    "<!ENTITY e@ '&e0;&e0;&e0;'>", "]>" },
	{ "elements in elements", INSIDE, 0, "", "<a>", ENDED },
	{ "attributes", ENTRY, 0, "", " a@=''", CLOSED },
	{ "elements with attributes", INSIDE, 0, "",
	    "<a b='' c='' d='' e='' f='' g='' h=''/>", ENDED },
	{ "names of elements", INSIDE, 0, "", "<a@/>", ENDED },
	{ "one value", ENTRY " a='", 0, "", "a", "'" CLOSED },
	{ "one value of references", ENTRY " a='", 0, "", "&amp;", "'" CLOSED },
	{ "one comment of dashes", INSIDE "<!--", 0, "", "- ", "-->" ENDED },
	{ "one CDATA", INSIDE "<![CDATA[", 0, "", "]", "]]>" ENDED },
	{ "newlines", INSIDE, 0, "", "\r\n", ENDED },
	{ "prefixes on one element", ENTRY, 0, "", " xmlns:p@='u'", CLOSED },
	{ "one prefix again and again", INSIDE, 0, "",
	    "<p:a xmlns:p='u' xmlns:q='u' q:a='' p:b=''/>", ENDED },
	{ "namespace, attributes in it", INSIDE "<h:y xmlns:p='", 30000,
	    "'>", "<b p:a='' p:b='' p:c=''/>", "</h:y>" ENDED },
	{ "namespace of 2 KiB", INSIDE "<h:y xmlns:p='", 2048, "'>",
	    "<b p:a='' p:b='' p:c='' p:d='' p:e=''/>", "</h:y>" ENDED },
	{ "header entries", SOAP " xmlns:p='u'><s:Header>", 0, "",
	    "<p:a s:actor='' s:mustUnderstand='0'/>", END },
	{ "letters of three bytes", INSIDE, 0, "", "\xe2\x82\xac", ENDED },
};

static double
cpu_ms(void)
{
	struct timespec	ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* The body, of max bytes or a little less; returns its length. */
static size_t
make(const struct kind *kind, size_t max, char *body)
{
	char	fill[BODY_MAX / 2], unit[128];
	size_t	before = strcspn(kind->unit, "@"), tail, at, i;

	memset(fill, 'u', sizeof(fill));
	at = (size_t)snprintf(body, max, "%s%.*s%s", kind->head,
	    (int)kind->fill, fill, kind->middle);
	tail = strlen(kind->tail);
	for (i = 0; ; i++) {
		if (kind->unit[before] == '\0')
			(void)snprintf(unit, sizeof(unit), "%s", kind->unit);
		else
			(void)snprintf(unit, sizeof(unit), "%.*s%zu%s",
			    (int)before, kind->unit, i,
			    kind->unit + before + 1);
		if (at + strlen(unit) + tail >= max)
			break;
		at += (size_t)snprintf(body + at, max - at, "%s", unit);
	}
	return at + (size_t)snprintf(body + at, max - at, "%s", kind->tail);
}

/* Each byte as a unit of UTF-16; letters beyond ASCII are others then. */
static size_t
widen(char *body, size_t len)
{
	for (size_t i = len; i-- > 0;) {
		body[2 * i + 1] = body[i];
		body[2 * i] = '\0';
	}
	return 2 * len;
}

/* Parse once; the processor time in ms. */
static double
parse(const char *body, size_t len, bool is_wide)
{
	struct envelope		*envelope;
	struct soap_request	 request;
	size_t			 at, size;
	double			 begin = cpu_ms();

	if (envelope_new(is_wide ? HTTP_CHARSET_UTF16 : HTTP_CHARSET_NONE,
	    &envelope) != ST_OK)
		exit(EX_OSERR);
	for (at = 0; at < len; at += size) {
		size = len - at < PIECE ? len - at : PIECE;
		if (envelope_feed(envelope, body + at, size) != ST_OK)
			break;
	}
	envelope_finish(envelope, &request);
	envelope_free(&envelope);
	return cpu_ms() - begin;
}

/* The least of several times: less noise. */
static double
cost(const struct kind *kind, bool is_wide)
{
	static char	body[BODY_MAX];
	size_t		len;
	double		ms, least = 0;

	len = make(kind, is_wide ? BODY_MAX / 2 : BODY_MAX, body);
	if (is_wide)
		len = widen(body, len);
	for (int i = 0; i < REPEATS; i++) {
		ms = parse(body, len, is_wide);
		if (i == 0 || ms < least)
			least = ms;
	}
	return least;
}

int
main(void)
{
	double	narrow, wide, worst = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		narrow = cost(&kinds[i], false);
		wide = cost(&kinds[i], true);
		(void)printf("%-30s %8.2f ms, as UTF-16 %8.2f ms\n",
		    kinds[i].name, narrow, wide);
		worst = narrow > worst ? narrow : worst;
		worst = wide > worst ? wide : worst;
	}
	(void)printf("worst %.2f ms, limit %.0f ms\n", worst, CPU_MAX_MS);
	return worst > CPU_MAX_MS;
}
