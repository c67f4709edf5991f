/*
 * csv-row.c: a row that libcsv has read, in a reader of shorter fields, rows
 * and headers. Between two bytes each field of the row is a string of its
 * text; that is shown for any one.
 */
#define PROOF_WITHOUT_BUF
#include "proof.h"

#include "core/csv.h"

#undef CSV_FIELD_BYTES_MAX
#undef CSV_ROW_FIELDS_MAX
#undef CSV_HEAD_BYTES_MAX
#define CSV_FIELD_BYTES_MAX	BOUND
#define CSV_ROW_FIELDS_MAX	4
#define CSV_HEAD_BYTES_MAX	BOUND

#include "base/utf8.c"
#include "core/csv.c"

/* One field of the row so far, and where in the text it ends. */
static size_t			 any_field, its_end;
static struct csv_reader	*read_by;

static bool
is_field(const struct csv_reader *reader)
{
	const char	*field = reader->fields[any_field];

	return its_end < reader->used && field >= reader->text &&
	    field <= reader->text + its_end &&
	    reader->text[its_end] == '\0';
}

/* What holds between two bytes. */
static bool
is_sound(const struct csv_reader *reader)
{
	return reader->seen <= 2 && reader->offset <= 3 &&
	    reader->count <= CSV_ROW_FIELDS_MAX &&
	    reader->used <= reader->count * (CSV_FIELD_BYTES_MAX + 1) &&
	    (any_field >= reader->count || is_field(reader));
}

static enum status
take_row(void *context, const struct csv_row *row)
{
	assert(context == NULL);
	assert(row->count <= CSV_ROW_FIELDS_MAX);
	return nondet_bool() ? ST_OK : ST_DENIED;
}

/* A reader between two bytes, of any row so far. */
static void
any_reader(struct csv_reader *reader)
{
	read_by = reader;
	any_field = nondet_size();
	its_end = nondet_size() % sizeof(reader->text);
	reader->on_row = take_row;
	reader->context = NULL;
	if (any_field < CSV_ROW_FIELDS_MAX)
		reader->fields[any_field] = reader->text + nondet_size() %
		    sizeof(reader->text);
	__CPROVER_assume(is_sound(reader));
}

/* Of what it writes, only that one byte is looked at. */
void *
memcpy(void *to, const void *from, size_t len)
{
	char	*end = read_by->text + its_end;

	__CPROVER_assert(__CPROVER_r_ok(from, len), "the field is there");
	__CPROVER_assert(__CPROVER_w_ok(to, len), "room for the field");
	if (end >= (char *)to && end < (char *)to + len)
		*end = (char)nondet_byte();
	return to;
}

/* libcsv has a field of any bytes. */
static void
give_field(void (*give)(void *, size_t, void *), struct csv_reader *reader)
{
	char	bytes[2 * CSV_FIELD_BYTES_MAX + 3];
	size_t	start = nondet_size(), count = reader->count;

	__CPROVER_assume(start <= sizeof(bytes));
	give(bytes + start, sizeof(bytes) - start, reader);
	if (reader->count > count && any_field == count)
		its_end = reader->used - 1;
	assert(is_sound(reader));
}

/* The end of a field, of a row, of both, or none. */
static void
give(void (*field)(void *, size_t, void *), void (*end)(int, void *),
    struct csv_reader *reader)
{
	if (nondet_bool())
		give_field(field, reader);
	if (nondet_bool())
		end(nondet_int(), reader);
	assert(is_sound(reader));
}

size_t
csv_parse(struct csv_parser *parser, const void *bytes, size_t len,
    void (*field)(void *, size_t, void *), void (*end)(int, void *),
    void *reader)
{
	__CPROVER_assert(__CPROVER_w_ok(parser, sizeof(*parser)), "a parser");
	__CPROVER_assert(__CPROVER_r_ok(bytes, len) && len == 1, "a byte");
	give(field, end, reader);
	return nondet_bool() ? 1 : 0;
}

int
csv_fini(struct csv_parser *parser, void (*field)(void *, size_t, void *),
    void (*end)(int, void *), void *reader)
{
	__CPROVER_assert(__CPROVER_w_ok(parser, sizeof(*parser)), "a parser");
	give(field, end, reader);
	return nondet_bool() ? 0 : -1;
}

int
csv_error(struct csv_parser *parser)
{
	__CPROVER_assert(__CPROVER_r_ok(parser, sizeof(*parser)), "a parser");
	return nondet_int();
}

void
csv_set_delim(struct csv_parser *parser, unsigned char byte)
{
	parser->delim_char = byte;
}

/* What libcsv may say for a byte. */
void
field(void)
{
	struct csv_reader	reader;

	any_reader(&reader);
	give(on_field, on_end_of_row, &reader);
}

/* A byte more of a file that is good so far. */
void
byte(void)
{
	struct csv_reader	reader;

	any_reader(&reader);
	__CPROVER_assume(reader.status == ST_OK);
	reader_byte(&reader, nondet_byte());
	assert(is_sound(&reader));
}

/* The end, also of a file that ends in its header. */
void
finished(void)
{
	struct csv_reader	reader;

	any_reader(&reader);
	if (csv_reader_finish(&reader) == ST_OK)
		assert(is_sound(&reader));
}

/* A header of any length, of which no byte comes that it does not have. */
void
head(void)
{
	struct csv_reader	reader;

	__CPROVER_assume(reader.head.len <= CSV_HEAD_BYTES_MAX);
	reader_end_head(&reader);
	assert(reader.head.is_over);
}

/* Of their callers: a byte is good or not, and a header has been read. */
void
model_reader_byte(struct csv_reader *reader, unsigned char byte)
{
	static size_t	count;

	(void)byte;
	count++;
	assert(reader->status == ST_OK && count <= reader->head.len);
	reader->status = nondet_bool() ? ST_OK : ST_BAD;
}

void
model_reader_end_head(struct csv_reader *reader)
{
	reader->head.is_over = true;
	reader->status = nondet_bool() ? ST_OK : ST_BAD;
}
