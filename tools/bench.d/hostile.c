/*
 * hostile.c - what the worst body within the limit costs the parser.
 *
 *	hostile [SECONDS [SEED]]
 *
 * First the kinds of bodies that are known to hurt XML parsers, each as large
 * as a body may be, in UTF-8 and in UTF-16, in pieces of several sizes, and
 * cut. Then, for SECONDS, a search: bodies made by a dozen of numbers, one of
 * which is changed again and again, and kept if it made parsing dearer.
 *
 * Prints a table. Exits 1 if a body takes more processor time than
 * CPU_MAX_MS, or more memory than ENVELOPE_MEMORY_MAX.
 */
#include "config.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "core/envelope.h"
#include "../../tests/fuzz/heap.h"

#define BODY_MAX	65536	/* bytes, REQUEST_BODY_MAX */
#define CPU_MAX_MS	50.0
#define MEMORY_MAX	(ENVELOPE_MEMORY_MAX + 16384)	/* ours included */
#define REPEATS		3	/* the least of so many: less noise */
#define CUTS		16	/* places where a body is cut */

struct body {
	char	bytes[BODY_MAX];
	size_t	len;
	size_t	max;	/* of len; half of BODY_MAX if UTF-16 comes of it */
};

/* What one body costs, or the most that several cost. */
struct cost {
	double		 ms;	/* of processor time */
	size_t		 memory;
	size_t		 piece;	/* bytes fed at once */
	bool		 is_wide;
	const char	*reason;
};

static const size_t pieces[] = { 1, 16, 256, 4096, BODY_MAX };

#define SOAP	"<s:Envelope xmlns:s='" SOAP_NS_ENVELOPE "'"
#define ENTRY	SOAP "><s:Header><h:x xmlns:h='urn:h'"
#define INSIDE	ENTRY ">"
#define OPERATION "<s:Body><ResetPIN xmlns='" SOAP_NS_MESSAGES "'/></s:Body>"
#define END	"</s:Header>" OPERATION "</s:Envelope>"
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
	{ "external entity", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>", 0,
	    "", "<a/>", "" },
	{ "elements in elements", INSIDE, 0, "", "<a>", ENDED },
	{ "attributes", ENTRY, 0, "", " a@=''", CLOSED },
	{ "attributes with long names", ENTRY, 0, "",
	    " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@=''",
	    CLOSED },
	{ "elements with attributes", INSIDE, 0, "",
	    "<a b='' c='' d='' e='' f='' g='' h=''/>", ENDED },
	{ "names of elements", INSIDE, 0, "", "<a@/>", ENDED },
	{ "one name", "<", 0, "", "a", "/>" },
	{ "one attribute's name", ENTRY " ", 0, "", "a", "=''" CLOSED },
	{ "one value", ENTRY " a='", 0, "", "a", "'" CLOSED },
	{ "one value of references", ENTRY " a='", 0, "", "&amp;", "'" CLOSED },
	{ "one value of newlines", ENTRY " a='", 0, "", "\n", "'" CLOSED },
	{ "one comment", INSIDE "<!--", 0, "", "a", "-->" ENDED },
	{ "one comment of dashes", INSIDE "<!--", 0, "", "- ", "-->" ENDED },
	{ "comments", INSIDE, 0, "", "<!---->", ENDED },
	{ "one instruction", INSIDE "<?a ", 0, "", "?", "?>" ENDED },
	{ "one CDATA", INSIDE "<![CDATA[", 0, "", "]", "]]>" ENDED },
	{ "CDATA", INSIDE, 0, "", "<![CDATA[]]>", ENDED },
	{ "text", INSIDE, 0, "", "a", ENDED },
	{ "newlines", INSIDE, 0, "", "\r\n", ENDED },
	{ "references", INSIDE, 0, "", "&#32;", ENDED },
	{ "space before the end", SOAP ">" OPERATION "</s:Envelope", 0, "",
	    " ", ">" },
	{ "declaration", "<?xml version='1.0'", 0, "", " ", "?>" SOAP "/>" },
	{ "prefixes on one element", ENTRY, 0, "", " xmlns:p@='u'", CLOSED },
	{ "prefixes on each element", INSIDE, 0, "",
	    "<p:a xmlns:p='urn:@'/>", ENDED },
	{ "one prefix again and again", INSIDE, 0, "",
	    "<p:a xmlns:p='u' xmlns:q='u' q:a='' p:b=''/>", ENDED },
	{ "namespace, elements in it", INSIDE "<h:y xmlns:p='", 32000, "'>",
	    "<p:a/>", "</h:y>" ENDED },
	{ "namespace, attributes in it", INSIDE "<h:y xmlns:p='", 32000,
	    "'>", "<b p:a='' p:b='' p:c=''/>", "</h:y>" ENDED },
	{ "namespace of 2 KiB", INSIDE "<h:y xmlns:p='", 2048, "'>",
	    "<b p:a='' p:b='' p:c='' p:d='' p:e=''/>", "</h:y>" ENDED },
	{ "namespace, header entries in it", SOAP " xmlns:p='", 32000,
	    "'><s:Header>", "<p:a p:b=''/>", END },
	{ "header entries", SOAP " xmlns:p='u'><s:Header>", 0, "",
	    "<p:a s:actor='' s:mustUnderstand='0'/>", END },
	{ "operations", SOAP "><s:Body>", 0, "", "<ResetPIN/>",
	    "</s:Body></s:Envelope>" },
	{ "attributes of the operation", SOAP "><s:Body><a", 0, "", " a@=''",
	    "/></s:Body></s:Envelope>" },
	{ "letters of three bytes", INSIDE, 0, "", "\xe2\x82\xac", ENDED },
	{ "bytes that are not UTF-8", INSIDE, 65000, "", "\xf8", ENDED },
};

static double
cpu_ms(void)
{
	struct timespec	ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void
add(struct body *body, const char *text, size_t len)
{
	if (len > body->max - body->len)
		len = body->max - body->len;
	memcpy(body->bytes + body->len, text, len);
	body->len += len;
}

static void
add_text(struct body *body, const char *text)
{
	add(body, text, strlen(text));
}

static void
add_fill(struct body *body, char c, size_t count)
{
	while (count-- > 0)
		add(body, &c, 1);
}

static void
add_unit(struct body *body, const char *unit, size_t number)
{
	size_t	before = strcspn(unit, "@");
	char	digits[24];

	add(body, unit, before);
	if (unit[before] == '\0')
		return;
	(void)snprintf(digits, sizeof(digits), "%zu", number);
	add_text(body, digits);
	add_text(body, unit + before + 1);
}

static void
make(struct body *body, const struct kind *kind)
{
	size_t	tail = strlen(kind->tail) + strlen(kind->unit) + 8;

	body->len = 0;
	add_text(body, kind->head);
	add_fill(body, 'u', kind->fill < body->max / 2 ||
	    body->max == BODY_MAX ? kind->fill : body->max / 2);
	add_text(body, kind->middle);
	for (size_t i = 0; body->len + tail < body->max; i++)
		add_unit(body, kind->unit, i);
	add_text(body, kind->tail);
}

/* Each byte as a unit of UTF-16; letters beyond ASCII are others then. */
static void
widen(struct body *body)
{
	size_t	i;

	for (i = body->len; i-- > 0;) {
		body->bytes[2 * i + 1] = body->bytes[i];
		body->bytes[2 * i] = '\0';
	}
	body->len *= 2;
}

static void
parse(const struct body *body, bool is_wide, size_t piece,
    struct cost *cost)
{
	struct envelope		*envelope;
	struct soap_request	 request;
	size_t			 at, size;
	double			 begin = cpu_ms();

	heap_begin();
	if (envelope_new(is_wide ? HTTP_CHARSET_UTF16 : HTTP_CHARSET_NONE,
	    &envelope) != ST_OK)
		exit(EX_OSERR);
	for (at = 0; at < body->len; at += size) {
		size = body->len - at < piece ? body->len - at : piece;
		if (envelope_feed(envelope, body->bytes + at, size) != ST_OK)
			break;
	}
	envelope_finish(envelope, &request);
	envelope_free(&envelope);
	cost->ms = cpu_ms() - begin;
	(void)heap_end();
	cost->memory = heap.peak;
	cost->piece = piece;
	cost->is_wide = is_wide;
	cost->reason = request.reason == NULL ? "" : request.reason;
}

/* Parse several times; *worst becomes the dearer one. */
static void
measure(const struct body *body, bool is_wide, size_t piece,
    struct cost *worst)
{
	struct cost	cost = { 0 }, again;
	size_t		i;

	parse(body, is_wide, piece, &cost);
	/* Only what looks dear is worth a second look. */
	for (i = 1; i < REPEATS && cost.ms > worst->ms; i++) {
		parse(body, is_wide, piece, &again);
		if (again.ms < cost.ms)
			cost.ms = again.ms;
	}
	if (cost.memory > worst->memory)
		worst->memory = cost.memory;
	if (cost.ms > worst->ms) {
		cost.memory = worst->memory;
		*worst = cost;
	}
}

static void
measure_all(struct body *body, bool is_wide, struct cost *worst)
{
	size_t	i, len = body->len;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		measure(body, is_wide, pieces[i], worst);
	for (i = 1; i < CUTS; i++) {
		body->len = len / CUTS * i + i;
		measure(body, is_wide, 4096, worst);
	}
	body->len = len;
}

static void
print(const char *name, const struct cost *cost)
{
	printf("%-34s %9.2f %6zu %6zu %s %s\n", name, cost->ms,
	    cost->memory / 1024, cost->piece, cost->is_wide ? "16" : " 8",
	    cost->reason);
	(void)fflush(stdout);
}

/* What a body of the search is made by; each from 0 to its largest value. */
enum gene {
	GENE_URI,	/* bytes of a namespace's name */
	GENE_PREFIXES,	/* declared on each element */
	GENE_QUALIFIED,	/* attributes with a prefix on each element */
	GENE_PLAIN,	/* attributes without one */
	GENE_NAME,	/* bytes of an attribute's name */
	GENE_VALUE,	/* bytes of its value */
	GENE_TEXT,	/* bytes of text in each element */
	GENE_REFERENCES, /* in the text */
	GENE_COMMENT,	/* bytes */
	GENE_DEPTH,
	GENE_TAG,	/* bytes of an element's name */
	GENE_NUMBERED,	/* is each name a new one? */
	GENE_PIECE,	/* index */
	GENE_WIDE,
	GENE_COUNT
};

static const unsigned int gene_max[GENE_COUNT] = {
	[GENE_URI] = 48000, [GENE_PREFIXES] = 400, [GENE_QUALIFIED] = 2000,
	[GENE_PLAIN] = 4000, [GENE_NAME] = 4000, [GENE_VALUE] = 40000,
	[GENE_TEXT] = 40000, [GENE_REFERENCES] = 8000,
	[GENE_COMMENT] = 60000, [GENE_DEPTH] = 28, [GENE_TAG] = 8000,
	[GENE_NUMBERED] = 1, [GENE_PIECE] = 4, [GENE_WIDE] = 1,
};

static void
add_attributes(struct body *body, const unsigned int genes[GENE_COUNT],
    const char *format, unsigned int count)
{
	char	name[64];
	size_t	i;

	for (i = 0; i < count && body->len < body->max; i++) {
		(void)snprintf(name, sizeof(name), format, i);
		add_text(body, name);
		add_fill(body, 'n', genes[GENE_NAME]);
		add_text(body, "='");
		add_fill(body, 'v', genes[GENE_VALUE]);
		add_text(body, "'");
	}
}

static void
add_element(struct body *body, const unsigned int genes[GENE_COUNT],
    size_t number)
{
	char	text[64];
	size_t	i;

	add_text(body, "<p:e");
	add_fill(body, 't', genes[GENE_TAG]);
	if (genes[GENE_NUMBERED] != 0)
		add_unit(body, "@", number);
	for (i = 0; i < genes[GENE_PREFIXES] && body->len < body->max; i++) {
		(void)snprintf(text, sizeof(text), " xmlns:q%zu='urn:q'", i);
		add_text(body, text);
	}
	add_attributes(body, genes, " p:a%zu", genes[GENE_QUALIFIED]);
	add_attributes(body, genes, " b%zu", genes[GENE_PLAIN]);
	add_text(body, "/>");
	add_fill(body, 'x', genes[GENE_TEXT]);
	for (i = 0; i < genes[GENE_REFERENCES]; i++)
		add_text(body, "&lt;");
	if (genes[GENE_COMMENT] > 0) {
		add_text(body, "<!--");
		add_fill(body, 'c', genes[GENE_COMMENT]);
		add_text(body, "-->");
	}
}

static void
grow(struct body *body, const unsigned int genes[GENE_COUNT])
{
	size_t	i;

	body->max = genes[GENE_WIDE] != 0 ? BODY_MAX / 2 : BODY_MAX;
	body->len = 0;
	add_text(body, INSIDE "<p:y xmlns:p='");
	add_fill(body, 'u', genes[GENE_URI]);
	add_text(body, "'>");
	for (i = 0; i < genes[GENE_DEPTH]; i++)
		add_text(body, "<p:z>");
	for (i = 0; body->len < body->max; i++)
		add_element(body, genes, i);
	if (genes[GENE_WIDE] != 0)
		widen(body);
}

/* From 0 to max, small numbers as often as large ones. */
static unsigned int
draw(uint64_t *state, unsigned int max)
{
	uint64_t	low;

	*state = *state * 6364136223846793005u + 1442695040888963407u;
	low = *state >> 33;
	return (unsigned int)(low % ((max >> (*state >> 59) % 16) + 1));
}

/* Change one or two numbers, a little or wholly. */
static void
mutate(unsigned int genes[GENE_COUNT], uint64_t *state)
{
	unsigned int	gene, count = 1 + draw(state, 1);

	while (count-- > 0) {
		gene = draw(state, GENE_COUNT - 1);
		if (draw(state, 3) == 0 && genes[gene] > 0)
			genes[gene] -= draw(state, genes[gene] / 4);
		else
			genes[gene] = draw(state, gene_max[gene]);
	}
}

/* Climb from a random start until nothing has helped for a while. */
static void
climb(struct body *body, uint64_t *state, double end, struct cost *worst,
    unsigned long *tried)
{
	unsigned int	best[GENE_COUNT] = { 0 }, genes[GENE_COUNT];
	struct cost	height = { 0 }, cost;
	unsigned int	vain = 0;

	for (size_t i = 0; i < GENE_COUNT / 2; i++)
		mutate(best, state);
	while (vain < 200 && cpu_ms() < end) {
		memcpy(genes, best, sizeof(genes));
		mutate(genes, state);
		grow(body, genes);
		cost = height;
		measure(body, genes[GENE_WIDE] != 0,
		    pieces[genes[GENE_PIECE]], &cost);
		++*tried;
		vain++;
		if (cost.ms > height.ms) {
			memcpy(best, genes, sizeof(best));
			vain = 0;
		}
		height = cost;
	}
	if (height.memory > worst->memory)
		worst->memory = height.memory;
	if (height.ms <= worst->ms)
		return;
	height.memory = worst->memory;
	*worst = height;
	printf("  found:");
	for (size_t i = 0; i < GENE_COUNT; i++)
		printf(" %u", best[i]);
	printf(": %.2f ms\n", worst->ms);
}

/* The bodies that are known; *worst is the dearest, its name returned. */
static const char *
known(struct body *body, struct cost *worst)
{
	const char	*name = "";
	size_t		 i, memory = 0;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct cost	cost = { 0 };

		for (int is_wide = 0; is_wide <= 1; is_wide++) {
			body->max = is_wide ? BODY_MAX / 2 : BODY_MAX;
			make(body, &kinds[i]);
			if (is_wide)
				widen(body);
			measure_all(body, is_wide, &cost);
		}
		print(kinds[i].name, &cost);
		if (cost.memory > memory)
			memory = cost.memory;
		if (cost.ms > worst->ms) {
			*worst = cost;
			name = kinds[i].name;
		}
	}
	worst->memory = memory;
	return name;
}

int
main(int argc, char **argv)
{
	static struct body	 body;
	struct cost		 worst = { 0 }, found = { 0 };
	double			 seconds = argc > 1 ? atof(argv[1]) : 0, end;
	uint64_t		 state = argc > 2 ?
				    strtoull(argv[2], NULL, 10) : 1;
	const char		*name;
	unsigned long		 tried = 0;

	printf("%-34s %9s %6s %6s %s %s\n", "body of 64 KiB", "CPU ms",
	    "KiB", "pieces", " u", "refused as");
	name = known(&body, &worst);
	printf("seed %" PRIu64 "\n", state);
	end = cpu_ms() + seconds * 1e3;
	while (cpu_ms() < end)
		climb(&body, &state, end, &found, &tried);
	if (tried > 0)
		print("the worst of a search", &found);
	printf("worst: %s, %.2f ms; %lu searched, %.2f ms; limit %.0f ms\n",
	    name, worst.ms, tried, found.ms, CPU_MAX_MS);
	return worst.ms > CPU_MAX_MS || found.ms > CPU_MAX_MS ||
	    worst.memory > MEMORY_MAX || found.memory > MEMORY_MAX;
}
