/*
 * fuzz-reply.c - any numbers and strings in an answer: it is well-formed and
 * shows the string as it was, or the buffer says that it was too small.
 *
 * The first byte of the input, a digit, says what is written, the next three
 * are small numbers, the rest is the string.
 */
#include "config.h"

#include "soap/reply.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <expat.h>

#include "fuzz.h"

#define WIDE_MAX	(128 * 1024)	/* room for every answer */
#define STRING_SIZE	2048
#define NAME_SIZE	(2 * REPLY_MAX)

const char	fuzz_target[] = "reply";

struct input {
	unsigned int	 kind;
	unsigned int	 number;	/* of 16 bits */
	enum soap_scheme scheme;
	const char	*string;
};

/* What expat says of a document. */
struct seen {
	struct buf	text;
	struct buf	attribute;	/* the first one of the root */
	unsigned int	elements;
};

static void XMLCALL
on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct seen	*seen = data;

	(void)name;
	if (seen->elements++ == 0 && *attributes != NULL)
		buf_puts(&seen->attribute, attributes[1]);
}

static void XMLCALL
on_text(void *data, const XML_Char *text, int len)
{
	struct seen	*seen = data;

	buf_append(&seen->text, text, (size_t)len);
}

/* Parse a document, which must be well-formed; the caller frees *seen. */
static void
read_back(const struct buf *xml, struct seen *seen)
{
	const struct seen	empty = { BUF_INIT(WIDE_MAX),
				    BUF_INIT(WIDE_MAX), 0 };
	XML_Parser		parser = XML_ParserCreateNS("UTF-8", '\n');
	enum XML_Status		done;

	assert(parser != NULL);
	*seen = empty;
	XML_SetUserData(parser, seen);
	XML_SetStartElementHandler(parser, on_start);
	XML_SetCharacterDataHandler(parser, on_text);
	done = XML_Parse(parser, buf_text(xml), (int)xml->len, true);
	assert(done == XML_STATUS_OK);
	XML_ParserFree(parser);
}

static void
seen_free(struct seen *seen)
{
	buf_free(&seen->text);
	buf_free(&seen->attribute);
}

static enum status
write_fault(struct buf *buf, const struct input *input)
{
	uint64_t	back_off_ms = input->number;

	return reply_fault(buf, input->scheme, (enum refusal)(1 +
	    input->number % (REFUSAL_COUNT - 1)), back_off_ms << 48);
}

/* An operation is a name of ours, never the caller's: but how long? */
static enum status
write_response(struct buf *buf, const struct input *input)
{
	char	name[NAME_SIZE] = "n";

	memset(name, 'n', input->number % (NAME_SIZE - 1));
	return reply_response(buf, input->scheme, name);
}

static enum status
write_boolean(struct buf *buf, const struct input *input)
{
	return reply_is_um_enabled(buf, input->scheme, input->number % 2);
}

/* Each property as long as it may be, or cut where a letter may be cut. */
static enum status
write_properties(struct buf *buf, const struct input *input)
{
	struct properties	p = { 0 };
	unsigned int		id;

	for (id = 0; id < PROPERTY_COUNT; id++)
		(void)snprintf(p.values[id],
		    property_at((enum property_id)id)->max + 1, "%s",
		    input->string);
	return reply_properties(buf, input->scheme, &p);
}

static enum status
write_string(struct buf *buf, const struct input *input)
{
	buf_puts(buf, "<a b=\"");
	reply_escape(buf, input->string);
	buf_puts(buf, "\">");
	reply_escape(buf, input->string);
	buf_puts(buf, "</a>");
	return buf_status(buf);
}

static enum status	(*const writers[])(struct buf *,
			    const struct input *) = {
	write_fault, write_response, write_boolean, write_string,
	write_properties
};
#define WRITERS	(sizeof(writers) / sizeof(writers[0]))

/* As text as in an attribute: nothing lost, but what XML cannot have. */
static void
check_string(const struct input *input, const struct seen *seen)
{
	static const char	 not[] = "\xef\xbf\xbd";	/* U+FFFD */
	const char		*text = buf_text(&seen->text);
	const char		*at = input->string;

	assert(strcmp(text, buf_text(&seen->attribute)) == 0);
	assert(seen->elements == 1);
	while (*at != '\0') {
		if (strncmp(text, not, strlen(not)) == 0) {
			text += strlen(not);
			at += strncmp(at, not, strlen(not)) == 0 ?
			    strlen(not) : 1;
			continue;
		}
		if (*text++ != *at++)
			break;
	}
	assert(*at == '\0' && *text == '\0');
}

/* With max bytes of room: whole, or refused; never over it, never half. */
static void
check_room(const struct input *input, size_t max, const struct buf *whole)
{
	struct buf	buf = BUF_INIT(max);
	enum status	st = writers[input->kind](&buf, input);

	assert(st == (whole->len <= max ? ST_OK : ST_BAD));
	assert(buf.len <= max);
	assert(st != ST_OK || strcmp(buf_text(&buf), buf_text(whole)) == 0);
	buf_free(&buf);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char		string[STRING_SIZE];
	struct input	input;
	struct buf	whole = BUF_INIT(WIDE_MAX);
	struct seen	seen;
	enum status	st;

	if (size < 4 || size - 4 >= sizeof(string))
		return 0;
	memcpy(string, data + 4, size - 4);
	string[size - 4] = '\0';
	input.kind = (data[0] - (unsigned int)'0') % WRITERS;
	input.scheme = data[1] % 2 ? SOAP_HTTPS : SOAP_HTTP;
	input.number = (unsigned int)data[2] << 8 | data[3];
	input.string = string;
	st = writers[input.kind](&whole, &input);
	assert(st == ST_OK);
	read_back(&whole, &seen);
	if (writers[input.kind] == write_string)
		check_string(&input, &seen);
	seen_free(&seen);
	check_room(&input, REPLY_MAX, &whole);
	check_room(&input, input.number, &whole);
	buf_free(&whole);
	return 0;
}
