/*
 * csv.h - push parser: the bytes of an RFC 4180 file in, rows out; and fields
 * for such a file. The only user of libcsv.
 *
 * Columns are parted by commas, semicolons or tabs: by what stands most often,
 * outside of quotes, in the first line with a text in it.
 *
 * Fields are UTF-8 (one byte-order mark at the start is skipped, a second
 * one refused) and kept as they are: white space belongs to a field (RFC
 * 4180, section 2.4). Lines end in CRLF, LF or CR; empty lines are skipped.
 * Refused: quotes inside an unquoted field, text after a closing quote, a
 * quote that never closes, invalid UTF-8, UTF-16, NUL bytes, and whatever
 * exceeds the limits below.
 */
#ifndef UMWS_CSV_H
#define UMWS_CSV_H

#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

#define CSV_FIELD_BYTES_MAX	1024	/* of one field */
#define CSV_ROW_FIELDS_MAX	32	/* fields in one row */
#define CSV_HEAD_BYTES_MAX	32768	/* until the first line with a text
					 * ends, else that is guessed at */

struct csv_row {
	unsigned int		 line;	 /* on which the row starts, from 1 */
	size_t			 count;
	const char *const	*fields; /* borrowed during the call */
};

struct csv_reader;

/*
 * on_row  called with each row; anything but ST_OK ends the reading
 * ST_OK, or ST_RETRY when there is no memory.
 */
enum status	csv_reader_new(enum status (*on_row)(void *context,
		    const struct csv_row *row), void *context,
		    struct csv_reader **reader) MUSTCHECK;

/* Before the first byte: what parts the columns, ',', ';' or '\t', whatever
 * the file looks like. */
void		csv_reader_part_by(struct csv_reader *reader, char delimiter);

/*
 * Read the next len bytes, or the end of the input. ST_OK: go on. ST_BAD:
 * csv_reader_reason() and csv_reader_line() say what is wrong. Else what
 * on_row returned; there is no reason then. After a failure every further
 * call returns the same.
 */
enum status	csv_reader_feed(struct csv_reader *reader, const char *bytes,
		    size_t len) MUSTCHECK;
enum status	csv_reader_finish(struct csv_reader *reader) MUSTCHECK;

/* A static sentence, or NULL; and the line it is about. */
const char	*csv_reader_reason(const struct csv_reader *reader);
unsigned int	 csv_reader_line(const struct csv_reader *reader);

void	csv_reader_free(struct csv_reader **reader);

/*
 * Append a field, in quotes if it has a comma, quote, line end or a blank at an
 * end. Nothing else is done to it: one that a spreadsheet takes for a formula
 * stays as it is.
 */
void	csv_field(struct buf *line, const char *text);

#endif
