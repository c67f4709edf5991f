/* csv.c: any text is written as a field; any bytes are read, up to libcsv. */
#define PROOF_WITHOUT_BUF
#include "proof.h"

#include "core/csv.c"

/* Of their callers: they do what they may do. */
void
model_reader_byte(struct csv_reader *reader, unsigned char byte)
{
	(void)byte;
	assert(reader->status == ST_OK);
	reader->status = nondet_bool() ? ST_OK : ST_BAD;
}

void
model_reader_end_head(struct csv_reader *reader)
{
	assert(reader->head.len <= CSV_HEAD_BYTES_MAX);
	reader->head.is_over = true;
	reader->status = nondet_bool() ? ST_OK : ST_BAD;
}

void
model_reader_take(struct csv_reader *reader, unsigned char byte)
{
	model_reader_byte(reader, byte);
}

/* Any bytes of a file, in any state of the reader. */
void
fed(void)
{
	char			bytes[BOUND];
	struct csv_reader	reader;
	size_t			start = nondet_size();

	__CPROVER_assume(start <= BOUND && reader.offset <= 3);
	if (csv_reader_feed(&reader, bytes + start, BOUND - start) == ST_OK)
		assert(reader.offset <= 3);
}

/* One byte more, of a header that has not ended or that has. */
void
taken(void)
{
	struct csv_reader	reader;

	__CPROVER_assume(reader.status == ST_OK);
	__CPROVER_assume(reader.head.is_over ||
	    reader.head.len < CSV_HEAD_BYTES_MAX);
	reader_take(&reader, nondet_byte());
	assert(reader.head.is_over ||
	    reader.head.len < CSV_HEAD_BYTES_MAX);
}

int
main(void)
{
	char		bytes[BOUND + 1];

	csv_field(CLOSED_BUF, any_text(bytes));
	return 0;
}
