/*
 * outbox-row.c - the columns of a mail that is begun, and its fields.
 */
#include "config.h"

#include "edge/outbox-row.h"

#include <stddef.h>

#include "edge/db.h"

/*
 * All that a row has for a mail: SQL's name, type, and the field. The query
 * and what is read from its answer are both made of this list.
 */
#define MAIL_COLUMNS(COLUMN)						\
	COLUMN(user_id, number, user_id)				\
	COLUMN(kind, text, letter.kind)					\
	COLUMN(recipient, text, letter.recipient)			\
	COLUMN(locale, text, letter.locale)				\
	COLUMN(extension, text, letter.extension)			\
	COLUMN(display_name, text, letter.display_name)			\
	COLUMN(access_numbers, text, letter.access_numbers)		\
	COLUMN(contact, text, letter.contact)				\
	COLUMN(extra_text, text, letter.extra_text)			\
	COLUMN(brand_name, text, letter.brand_name)			\
	COLUMN(brand_color, text, letter.brand_color)			\
	COLUMN(generation, first, letter.is_first)			\
	COLUMN(is_locked_out, bool, letter.is_locked_out)		\
	COLUMN(must_change, bool, letter.must_change)			\
	COLUMN(created_at, number, letter.created_at)			\
	COLUMN(pin_expires_at, number, letter.pin_expires_at)		\
	COLUMN(temporary_until, number, letter.temporary_until)		\
	COLUMN(default_language, text, letter.default_locale)		\
	COLUMN(created_offset_s, number, letter.created_clock.offset_s)	\
	COLUMN(created_zone, text, letter.created_clock.zone)		\
	COLUMN(pin_expires_offset_s, number,				\
	    letter.pin_expires_clock.offset_s)				\
	COLUMN(pin_expires_zone, text, letter.pin_expires_clock.zone)	\
	COLUMN(temporary_offset_s, number,				\
	    letter.temporary_clock.offset_s)				\
	COLUMN(temporary_zone, text, letter.temporary_clock.zone)	\
	COLUMN(attempts, count, attempts)				\
	COLUMN(unanswered, count, unanswered)				\
	COLUMN(doubted_s, count, doubted_s)				\
	COLUMN(sealed, sealed, sealed)

static void
read_text(const struct db_result *rows, size_t row, size_t column,
    void *field)
{
	*(const char **)field = db_text(rows, row, column);
}

static void
read_number(const struct db_result *rows, size_t row, size_t column,
    void *field)
{
	*(int64_t *)field = db_number(rows, row, column);
}

static void
read_count(const struct db_result *rows, size_t row, size_t column,
    void *field)
{
	*(unsigned int *)field = (unsigned int)db_number(rows, row, column);
}

static void
read_bool(const struct db_result *rows, size_t row, size_t column,
    void *field)
{
	*(bool *)field = db_bool(rows, row, column);
}

/* Is it the first of the mailbox's PINs? */
static void
read_first(const struct db_result *rows, size_t row, size_t column,
    void *field)
{
	*(bool *)field = db_number(rows, row, column) == 1;
}

/* One that does not fit opens as little as an empty one: it is kept. */
static void
read_sealed(const struct db_result *rows, size_t row, size_t column,
    void *field)
{
	struct sealed	*sealed = field;

	if (db_copy_hex(rows, row, column, sealed->bytes, sizeof(sealed->bytes),
	    &sealed->len) != ST_OK)
		sealed->len = 0;
}

#define COLUMN_NAME(name, type, field)	", " #name
#define COLUMN_READ(name, type, field) \
	{ read_##type, offsetof(struct outbox_mail, field) },

const char	outbox_begin_sql[] =
    "SELECT settled, result" MAIL_COLUMNS(COLUMN_NAME)
    " FROM umws.outbox_begin($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[])";

void
outbox_mail_fill(struct outbox_mail *mail, size_t row)
{
	static const struct {
		void	(*read)(const struct db_result *rows, size_t row,
			    size_t column, void *field);
		size_t	 offset;
	} columns[] = { MAIL_COLUMNS(COLUMN_READ) };
	size_t	i;

	mail->letter.id = mail->lease.id;
	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		columns[i].read(mail->lease.rows, row, COLUMN_MAIL + i,
		    (char *)mail + columns[i].offset);
}
