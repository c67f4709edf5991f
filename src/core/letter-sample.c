/*
 * letter-sample.c - every field of a letter, with a value that shows it.
 */
#include "config.h"

#include "core/letter-sample.h"

#include <string.h>

#define DAY_S	86400

/* Known to everybody who would take it for a real one. */
static const char	digits[] = "271828";

void
letter_sample(const char *kind, const char *locale, struct letter *letter,
    struct secret *pin)
{
	const int64_t	created_at = 1772444460;	/* 2026-03-02 09:41 */

	*letter = (struct letter){
		.id = "7f3c1a52-8d06-4b7e-9a41-2c5e90d6b318",
		.kind = kind,
		.recipient = "robin@example.org",
		.locale = locale,
		.extension = "2042",
		.display_name = "Robin Example",
		/* Numbers that are nobody's, Ofcom's for drama. */
		.access_numbers = "2000, +44 20 7946 0123",
		.contact = "+44 20 7946 0100, helpdesk@example.org",
		.extra_text = "",
		.brand_name = "",
		.brand_color = "",
		.created_at = created_at,
		.pin_expires_at = created_at + (int64_t)60 * DAY_S,
	};
	letter->must_change = letter_has_pin(letter);
	letter->is_first = strcmp(kind, "welcome") == 0;
	letter->is_locked_out = strcmp(kind, "locked") == 0;
	*pin = (struct secret){ .len = sizeof(digits) - 1 };
	memcpy(pin->digits, digits, pin->len);
}
