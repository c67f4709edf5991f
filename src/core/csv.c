/*
 * csv.c - parse a CSV file with libcsv. It is fed byte by byte: it does not
 * count lines, and only between two bytes can be seen in which line a row
 * began.
 */
#include "config.h"

#include "core/csv.h"

#include <csv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define INVALID_UTF8	"invalid UTF-8: save the file as \"CSV UTF-8\", or " \
			"convert it with iconv -f WINDOWS-1252 -t UTF-8"

static const char	delimiters[] = { ',', ';', '\t' };

/* The file up to its first line with a text: what parts its columns? */
struct head {
	bool		 is_over;	/* that is known */
	bool		 is_in_quotes;
	bool		 has_text;	/* the line has */
	unsigned int	 seen[sizeof(delimiters)];	/* in the line */
	size_t		 len;
	char		 bytes[CSV_HEAD_BYTES_MAX];
};

struct csv_reader {
	struct csv_parser	 parser;
	struct head		 head;
	enum status		 (*on_row)(void *, const struct csv_row *);
	void			*context;
	enum status		 status;	/* sticks */
	const char		*reason;
	unsigned int		 line;		/* of the next byte */
	unsigned int		 row_line;
	bool			 is_in_row;
	unsigned char		 last;		/* the byte before */
	bool			 has_mark;	/* it began with one */
	unsigned int		 seen;		/* bytes of text: 0, 1, more */
	unsigned int		 offset;	/* in the mark; 3: past it */
	struct utf8_reader	 utf8;
	size_t			 field_bytes;	/* fed for this field */
	size_t			 count;
	size_t			 used;		/* bytes of text */
	const char		*fields[CSV_ROW_FIELDS_MAX];
	char			 text[CSV_ROW_FIELDS_MAX *
				    (CSV_FIELD_BYTES_MAX + 1)];
};

static void
reader_refuse(struct csv_reader *reader, unsigned int line,
    const char *reason)
{
	if (reader->status != ST_OK)
		return;
	reader->status = ST_BAD;
	reader->reason = reason;
	reader->line = line;
}

/* libcsv has a field; it may hold a NUL only if we fed one. */
static void
on_field(void *bytes, size_t len, void *context)
{
	struct csv_reader	*reader = context;
	char			*text;

	reader->field_bytes = 0;
	if (reader->status != ST_OK)
		return;
	if (len > CSV_FIELD_BYTES_MAX) {
		reader_refuse(reader, reader->row_line,
		    "a field is longer than 1,024 bytes (a quote left open?)");
		return;
	}
	if (reader->count == CSV_ROW_FIELDS_MAX) {
		reader_refuse(reader, reader->row_line,
		    "the row has more than 32 fields");
		return;
	}
	text = reader->text + reader->used;
	if (len > 0)
		memcpy(text, bytes, len);
	text[len] = '\0';
	reader->fields[reader->count++] = text;
	reader->used += len + 1;
}

static void
on_end_of_row(int byte, void *context)
{
	struct csv_reader	*reader = context;
	struct csv_row		 row;

	(void)byte;
	if (reader->status != ST_OK)
		return;
	row.line = reader->row_line;
	row.count = reader->count;
	row.fields = reader->fields;
	reader->count = 0;
	reader->used = 0;
	reader->is_in_row = false;
	reader->status = reader->on_row(reader->context, &row);
}

/* Spaces and tabs belong to a field; libcsv would trim them. */
static int
is_never_space(unsigned char byte)
{
	(void)byte;
	return 0;
}

enum status
csv_reader_new(enum status (*on_row)(void *context,
    const struct csv_row *row), void *context, struct csv_reader **reader)
{
	*reader = calloc(1, sizeof(**reader));
	if (*reader == NULL)
		return ST_RETRY;
	if (csv_init(&(*reader)->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		free(*reader);
		*reader = NULL;
		return ST_RETRY;
	}
	csv_set_space_func(&(*reader)->parser, is_never_space);
	(*reader)->on_row = on_row;
	(*reader)->context = context;
	(*reader)->line = 1;
	return ST_OK;
}

/* A byte that no UTF-8 has here: what may the file be instead? */
static const char *
utf8_reason(const struct csv_reader *reader, unsigned char byte)
{
	bool	is_start = !reader->has_mark && reader->seen < 2;

	if (is_start && (byte == '\0' || byte == 0xfe || byte == 0xff))
		return "this is UTF-16: save the file as \"CSV UTF-8\", or "
		    "convert it with iconv -f UTF-16 -t UTF-8";
	return byte == '\0' ? "a NUL byte" : INVALID_UTF8;
}

/* Does it part the columns of some other file? */
static bool
parts_columns(const struct csv_reader *reader, unsigned char byte)
{
	return byte != reader->parser.delim_char &&
	    memchr(delimiters, byte, sizeof(delimiters)) != NULL;
}

/* Beside a quote stands what may have been meant to part the columns. */
static const char *
quoting_reason(const struct csv_reader *reader, unsigned char byte)
{
	if (parts_columns(reader, byte) ||
	    (byte == '"' && parts_columns(reader, reader->last)))
		return "malformed quoting, or columns that are parted by "
		    "another character than those of the header: see "
		    "--delimiter";
	return "malformed quoting: a quote inside a field is written "
	    "twice, in a field that is quoted";
}

/* Feed one byte, then count its line. */
static void
reader_byte(struct csv_reader *reader, unsigned char byte)
{
	bool	is_line_end = byte == '\n' || byte == '\r';

	if (byte == '\0' || !utf8_take(&reader->utf8, byte)) {
		reader_refuse(reader, reader->line,
		    utf8_reason(reader, byte));
		return;
	}
	reader->seen += reader->seen < 2;
	if (!reader->is_in_row && !is_line_end) {
		reader->is_in_row = true;
		reader->row_line = reader->line;
	}
	/* Two bytes of quotes may come with a field of the longest kind. */
	if (++reader->field_bytes > 2 * CSV_FIELD_BYTES_MAX + 3) {
		reader_refuse(reader, reader->row_line,
		    "a field is longer than 1,024 bytes (a quote left open?)");
		return;
	}
	if (csv_parse(&reader->parser, &byte, 1, on_field, on_end_of_row,
	    reader) != 1) {
		reader_refuse(reader, reader->line,
		    csv_error(&reader->parser) == CSV_EPARSE ?
		    quoting_reason(reader, byte) : "no memory");
		return;
	}
	if (!reader->is_in_row)
		reader->field_bytes = 0;
	if (reader->status != ST_OK)
		return;
	if (is_line_end && !(byte == '\n' && reader->last == '\r'))
		reader->line++;
	reader->last = byte;
}

/* The header has ended, or all that there is: read it. */
static void
reader_end_head(struct csv_reader *reader)
{
	struct head	*head = &reader->head;
	size_t		 i, most = 0;

	if (head->is_over)
		return;
	head->is_over = true;
	for (i = 1; i < sizeof(delimiters); i++)
		if (head->seen[i] > head->seen[most])
			most = i;
	csv_set_delim(&reader->parser, (unsigned char)delimiters[most]);
	for (i = 0; i < head->len && reader->status == ST_OK; i++)
		reader_byte(reader, (unsigned char)head->bytes[i]);
}

/* A byte of the file, its mark apart: of the header until that ends. */
static void
reader_take(struct csv_reader *reader, unsigned char byte)
{
	struct head	*head = &reader->head;
	const char	*part;

	if (head->is_over) {
		reader_byte(reader, byte);
		return;
	}
	head->bytes[head->len++] = (char)byte;
	part = memchr(delimiters, byte, sizeof(delimiters));
	if (byte == '"') {
		head->is_in_quotes = !head->is_in_quotes;
	} else if (!head->is_in_quotes && part != NULL) {
		head->seen[part - delimiters]++;
	} else if (!head->is_in_quotes && (byte == '\n' || byte == '\r')) {
		if (head->has_text)
			reader_end_head(reader);
		else
			memset(head->seen, 0, sizeof(head->seen));
	} else if (part == NULL && byte != ' ') {
		head->has_text = true;
	}
	if (head->len == CSV_HEAD_BYTES_MAX)
		reader_end_head(reader);
}

void
csv_reader_part_by(struct csv_reader *reader, char delimiter)
{
	reader->head.is_over = true;
	csv_set_delim(&reader->parser, (unsigned char)delimiter);
}

/* A mark may have ended: only one may stand at the start. */
static void
reader_mark(struct csv_reader *reader)
{
	if (reader->offset < 3)
		return;
	if (reader->has_mark)
		reader_refuse(reader, reader->line, "a second byte-order "
		    "mark (U+FEFF) at the start: remove it");
	reader->has_mark = true;
	reader->offset = 0;
}

enum status
csv_reader_feed(struct csv_reader *reader, const char *bytes, size_t len)
{
	static const unsigned char	bom[] = { 0xef, 0xbb, 0xbf };
	unsigned int			held, k;
	size_t				i;

	for (i = 0; i < len && reader->status == ST_OK; i++) {
		if (reader->offset < sizeof(bom)) {
			if ((unsigned char)bytes[i] == bom[reader->offset]) {
				reader->offset++;
				reader_mark(reader);
				continue;
			}
			/* No mark after all: what was held back is text. */
			held = reader->offset;
			reader->offset = sizeof(bom);
			for (k = 0; k < held && reader->status == ST_OK; k++)
				reader_take(reader, bom[k]);
		}
		if (reader->status == ST_OK)
			reader_take(reader, (unsigned char)bytes[i]);
	}
	return reader->status;
}

enum status
csv_reader_finish(struct csv_reader *reader)
{
	reader_end_head(reader);
	if (reader->status != ST_OK)
		return reader->status;
	if (reader->utf8.left > 0 ||
	    (reader->offset > 0 && reader->offset < 3))
		reader_refuse(reader, reader->line, INVALID_UTF8);
	else if (csv_fini(&reader->parser, on_field, on_end_of_row,
	    reader) != 0)
		reader_refuse(reader, reader->row_line,
		    "a quote in this row never closes");
	return reader->status;
}

const char *
csv_reader_reason(const struct csv_reader *reader)
{
	return reader->reason;
}

unsigned int
csv_reader_line(const struct csv_reader *reader)
{
	return reader->line;
}

void
csv_reader_free(struct csv_reader **reader)
{
	if (*reader == NULL)
		return;
	csv_free(&(*reader)->parser);
	free(*reader);
	*reader = NULL;
}

void
csv_field(struct buf *line, const char *text)
{
	size_t	len = strlen(text);

	if (strpbrk(text, ",\"\r\n") == NULL && text[0] != ' ' &&
	    (len == 0 || text[len - 1] != ' ')) {
		buf_puts(line, text);
		return;
	}
	buf_puts(line, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_puts(line, "\"");
		buf_append(line, text, 1);
	}
	buf_puts(line, "\"");
}
