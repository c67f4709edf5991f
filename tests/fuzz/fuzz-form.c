/*
 * fuzz-form.c - any bytes as the form of the phone route: each value lies in
 * the text, ends there, and is UTF-8; written as a form again it is read as
 * the same.
 */
#include "config.h"

#include "web/form.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"
#include "fuzz.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define GUARD		0x5a

const char	fuzz_target[] = "form";

static const struct form_field	known[] = {
	{ "action", NULL }, { "mailbox", NULL }, { "pin", NULL },
	{ "new_pin", NULL }, { "caller", NULL }, { "call", NULL }
};

/* A form with bytes behind it that nobody may write to. */
struct guarded {
	struct form_text	text;
	unsigned char		guard[16];
};

static void
fill(struct guarded *form, const void *bytes, size_t len)
{
	memset(form, GUARD, sizeof(*form));
	memcpy(form->text.bytes, bytes, len);
	form->text.len = len;
}

static void
check_guard(const struct guarded *form)
{
	size_t	i;

	for (i = 0; i < sizeof(form->guard); i++)
		assert(form->guard[i] == GUARD);
}

static void
check_fields(const struct guarded *form, const struct form_field *fields)
{
	const char	*begin = form->text.bytes;
	const char	*end = begin + form->text.len;
	size_t		 i, k;

	for (i = 0; i < COUNT(known); i++) {
		if (fields[i].value == NULL)
			continue;
		assert(fields[i].value > begin && fields[i].value <= end);
		assert(fields[i].value + strlen(fields[i].value) <= end);
		assert(utf8_is_valid(fields[i].value));
		for (k = 0; k < i; k++)
			assert(fields[i].value != fields[k].value);
	}
}

/* The same fields, the plainest way; 0 when that is too long. */
static size_t
write_form(const struct form_field *fields, char bytes[FORM_MAX])
{
	static const char	 hex[] = "0123456789abcdef";
	size_t			 len = 0, i;
	const char		*at;

	for (i = 0; i < COUNT(known); i++) {
		if (fields[i].value == NULL)
			continue;
		if (len + strlen(known[i].name) + 2 +
		    3 * strlen(fields[i].value) > FORM_MAX)
			return 0;
		if (len > 0)
			bytes[len++] = '&';
		for (at = known[i].name; *at != '\0'; at++)
			bytes[len++] = *at;
		bytes[len++] = '=';
		for (at = fields[i].value; *at != '\0'; at++) {
			bytes[len++] = '%';
			bytes[len++] = hex[(unsigned char)*at >> 4];
			bytes[len++] = hex[(unsigned char)*at & 0xf];
		}
	}
	return len;
}

static void
check_again(const struct form_field *fields)
{
	char			bytes[FORM_MAX];
	size_t			len = write_form(fields, bytes), i;
	struct form_field	again[COUNT(known)];
	struct guarded		form;
	const char		*reason;
	enum status		st;

	if (len == 0)
		return;
	fill(&form, bytes, len);
	memcpy(again, known, sizeof(again));
	st = form_parse(&form.text, again, COUNT(again), &reason);
	assert(st == ST_OK && reason == NULL);
	for (i = 0; i < COUNT(known); i++) {
		assert((again[i].value == NULL) == (fields[i].value == NULL));
		assert(again[i].value == NULL ||
		    strcmp(again[i].value, fields[i].value) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct form_field	fields[COUNT(known)];
	struct guarded		form;
	const char		*reason;
	enum status		st;

	if (size > FORM_MAX)
		return 0;
	fill(&form, size == 0 ? (const void *)"" : data, size);
	memcpy(fields, known, sizeof(fields));
	st = form_parse(&form.text, fields, COUNT(fields), &reason);
	assert(form.text.len == size);
	assert(st == (reason == NULL ? ST_OK : ST_BAD));
	check_guard(&form);
	if (st == ST_OK) {
		check_fields(&form, fields);
		check_again(fields);
	}
	return 0;
}
