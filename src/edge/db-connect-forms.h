/*
 * db-connect-forms.h - what form the values of a conninfo have, by keyword.
 * Private to edge/db-connect.
 *
 * A password that stands at the wrong place is part of some value. So a value
 * is told, by us or by libpq and the server that quote it, only if it has the
 * plain form of what its keyword stands for.
 */
#ifndef UMWS_DB_CONNECT_FORMS_H
#define UMWS_DB_CONNECT_FORMS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What is wrong with this value, in words without it; NULL when nothing is, as
 * far as its form tells. value is not empty.
 */
const char	*db_form_fault(const char *keyword, const char *value);

/*
 * May the value be quoted? value is what is used; compiled, which may be NULL,
 * what libpq would use without being told.
 *
 *	host, hostaddr	names of letters, digits, '.', '-', '_'; addresses;
 *			paths of these characters, '/' and '+'
 *	port, ...	numbers
 *	dbname, user	letters, digits, '_', '-'; no digit first
 *	sslcert, ...	paths as above
 *
 * Secrets and application_name are never quoted and always may be; words that
 * libpq checks itself may be; anything else only if it is compiled.
 */
bool	db_form_is_plain(const char *keyword, const char *value,
	    const char *compiled);

/* Read a number as libpq does: blanks around it do not count. */
bool	db_form_number(const char *text, int64_t *number);

#endif
