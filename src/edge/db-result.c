/*
 * db-result.c - read the values of a result's rows, by the name of the column.
 *
 * All values come as text in a form that no setting of a session changes:
 * queries see to that.
 */
#include "config.h"

#include "edge/db-result.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

static const char	hex_digits[] = "0123456789abcdef";

struct db_result {
	PGresult	*rows;
	unsigned int	 owners;
};

struct db_result *
db_result_new(struct pg_result *rows)
{
	struct db_result	*result = calloc(1, sizeof(*result));

	if (result == NULL) {
		PQclear(rows);
		return NULL;
	}
	result->rows = rows;
	result->owners = 1;
	return result;
}

size_t
db_rows(const struct db_result *result)
{
	return (size_t)PQntuples(result->rows);
}

size_t
db_column(const struct db_result *result, const char *name)
{
	int	column = PQfnumber(result->rows, name);

	assert(column >= 0);
	return (size_t)column;
}

bool
db_is_null(const struct db_result *result, size_t row, size_t column)
{
	return PQgetisnull(result->rows, (int)row, (int)column) != 0;
}

const char *
db_text(const struct db_result *result, size_t row, size_t column)
{
	const char	*text;

	text = PQgetvalue(result->rows, (int)row, (int)column);
	return text == NULL ? "" : text;
}

int64_t
db_number(const struct db_result *result, size_t row, size_t column)
{
	const char	*text = db_text(result, row, column);
	char		*end;
	int64_t		 number;

	if (*text == '\0')
		return 0;
	number = strtoll(text, &end, 10);
	assert(*end == '\0');
	return number;
}

bool
db_bool(const struct db_result *result, size_t row, size_t column)
{
	return db_text(result, row, column)[0] == 't';
}

enum status
db_copy_text(const struct db_result *result, size_t row, size_t column,
    char *text, size_t size)
{
	const char	*value = db_text(result, row, column);
	size_t		 len = strlen(value);

	text[0] = '\0';
	if (len >= size)
		return ST_BAD;
	memcpy(text, value, len + 1);
	return ST_OK;
}

/* What a digit of encode(..., 'hex') stands for. */
static unsigned int
hex_value(char digit)
{
	return (unsigned int)(strchr(hex_digits, digit) - hex_digits);
}

enum status
db_copy_hex(const struct db_result *result, size_t row, size_t column,
    unsigned char *bytes, size_t size, size_t *len)
{
	const char	*text = db_text(result, row, column);
	size_t		 i, digits = strlen(text);

	*len = 0;
	if (digits % 2 != 0 || digits / 2 > size ||
	    strspn(text, hex_digits) != digits)
		return ST_BAD;
	for (i = 0; i < digits / 2; i++)
		bytes[i] = (unsigned char)(hex_value(text[2 * i]) << 4 |
		    hex_value(text[2 * i + 1]));
	*len = digits / 2;
	return ST_OK;
}

struct db_result *
db_result_share(struct db_result *result)
{
	result->owners++;
	return result;
}

void
db_result_free(struct db_result **result)
{
	if (*result == NULL)
		return;
	if (--(*result)->owners == 0) {
		PQclear((*result)->rows);
		free(*result);
	}
	*result = NULL;
}

void
db_bytes_text(const unsigned char *bytes, size_t len, char *text, size_t size)
{
	size_t	i;

	assert(size >= 2 * len + 3);
	*text++ = '\\';
	*text++ = 'x';
	for (i = 0; i < len; i++) {
		*text++ = hex_digits[bytes[i] >> 4];
		*text++ = hex_digits[bytes[i] & 0x0f];
	}
	*text = '\0';
}
