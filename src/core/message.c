/*
 * message.c - GMime makes the whole mail, with a place holder for each digit
 * of the PIN; the digits are put in afterwards.
 *
 * Knows no SMTP, no queue and no clock. RFC 5322 for the header, RFC 2045
 * and 2046 for the parts, RFC 3834 for Auto-Submitted.
 */
#include "config.h"

#include "core/message.h"

#include <assert.h>
#include <string.h>

#include <gmime/gmime.h>

#include "base/utf8.h"
#include "core/address.h"
#include "core/character.h"
#include "core/idn.h"

/*
 * The place of a digit. Nothing else in a letter is one: core/letter and
 * core/markup write a control character as a blank. Quoted-printable has one
 * form for it, and no other way to write that form.
 */
#define PLACE		'\x1f'
#define PLACE_ENCODED	"=1F"
#define PIN_COPIES	2	/* one in each part */
#define UUID_LENGTH	36
#define SUBJECT_MAX	256	/* bytes */
#define WORD_BYTES	39	/* of text in one encoded word: 52 of base64 */
#define PLAIN_MAX	60	/* bytes of a name that needs no folding */
#define SUBJECT_PLAIN_MAX 67	/* the same of a subject, in a line of 76 */

void
message_init(void)
{
	g_mime_init();
}

/* A header field: UTF-8 without any control character. */
static bool
is_field(const char *text)
{
	uint32_t	c;

	while (*text != '\0') {
		text += utf8_decode(text, &c);
		if (c == UTF8_NONE || character_is_control(c))
			return false;
	}
	return true;
}

/* Can every field stand where it is written? */
static bool
is_sendable(const struct letter *letter)
{
	return strlen(letter->id) == UUID_LENGTH &&
	    strspn(letter->id, "0123456789abcdef-") == UUID_LENGTH &&
	    utf8_is_valid(letter->extension) &&
	    utf8_is_valid(letter->access_numbers) &&
	    utf8_is_valid(letter->contact) &&
	    utf8_is_valid(letter->extra_text) &&
	    utf8_is_valid(letter->brand_name);
}

/*
 * Append a field's text as GMime is to have it: ASCII as it stands. What is
 * not, or could be taken for an encoded word, becomes encoded words of whole
 * characters, RFC 2047, section 2. GMime would make one word of a long name
 * without blanks: it counts characters where the limit is 75 bytes.
 */
static void
put_field(struct buf *field, const char *text, size_t plain_max)
{
	const char	*next, *end;
	uint32_t	 c;
	char		*word;

	if (utf8_is_ascii(text) && strlen(text) <= plain_max &&
	    strstr(text, "=?") == NULL) {
		buf_puts(field, text);
		return;
	}
	for (; *text != '\0'; text = end) {
		for (end = text; *end != '\0'; end = next) {
			next = end + utf8_decode(end, &c);
			if (next - text > WORD_BYTES)
				break;
		}
		word = g_base64_encode((const guchar *)text,
		    (gsize)(end - text));
		buf_printf(field, "%s=?utf-8?B?%s?=", field->len > 0 ? " " :
		    "", word);
		g_free(word);
	}
}

/*
 * Add From or To. The domain is the one that the envelope has: GMime's own
 * A-labels follow another standard. ST_BAD when name or address cannot stand
 * in a field. (The name of mail_from may have been an encoded word.)
 */
static enum status
add_mailbox(GMimeMessage *message, GMimeAddressType type, const char *name,
    const char *address, char ascii[IDN_ADDRESS_SIZE])
{
	struct buf	field = BUF_INIT(MESSAGE_MAX);
	enum status	st;

	if (name == NULL)
		name = "";
	if (address == NULL || !address_is_plain(address) || !is_field(name))
		return ST_BAD;
	put_field(&field, name, PLAIN_MAX);
	buf_fail(&field, idn_address(address, ascii, IDN_ADDRESS_SIZE));
	st = buf_status(&field);
	if (st == ST_OK)
		g_mime_message_add_mailbox(message, type, field.data, ascii);
	buf_free(&field);
	return st;
}

/* Add the one mailbox that mail_from names; its address is *sender then. */
static enum status
add_from(GMimeMessage *message, const char *text,
    char sender[IDN_ADDRESS_SIZE])
{
	InternetAddressList	*list;
	InternetAddress		*from = NULL;
	enum status		 st = ST_BAD;

	list = is_field(text) ? internet_address_list_parse(NULL, text) : NULL;
	if (list != NULL && internet_address_list_length(list) == 1)
		from = internet_address_list_get_address(list, 0);
	if (INTERNET_ADDRESS_IS_MAILBOX(from))
		st = add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, from->name,
		    INTERNET_ADDRESS_MAILBOX(from)->addr, sender);
	g_clear_object(&list);
	return st == ST_BAD ? ST_FAIL : st;
}

static enum status
add_subject(GMimeMessage *message, const struct letter *letter)
{
	struct buf	subject = BUF_INIT(SUBJECT_MAX);
	struct buf	field = BUF_INIT(MESSAGE_MAX);
	enum status	st;

	st = letter_subject(letter, &subject);
	put_field(&field, buf_text(&subject), SUBJECT_PLAIN_MAX);
	buf_fail(&field, st);
	st = buf_status(&field);
	if (st == ST_OK)
		g_mime_message_set_subject(message, field.data, "utf-8");
	buf_free(&field);
	buf_free(&subject);
	return st;
}

/* Date and Message-ID, and what tells programs that no human wrote this. */
static void
add_trace(GMimeMessage *message, const struct letter *letter,
    const char *sender)
{
	GMimeObject	*object = GMIME_OBJECT(message);
	GDateTime	*date;
	char		*id;

	date = g_date_time_new_from_unix_utc(letter->created_at);
	if (date != NULL) {
		g_mime_message_set_date(message, date);
		g_date_time_unref(date);
	}
	id = g_strconcat(letter->id, strchr(sender, '@'), NULL);
	g_mime_message_set_message_id(message, id);
	g_free(id);
	/* Keeps a mail program from folding one user's mails into one. */
	g_mime_object_append_header(object, "X-Entity-Ref-ID", letter->id,
	    NULL);
	g_mime_object_append_header(object, "Auto-Submitted",
	    "auto-generated", NULL);
	g_mime_object_append_header(object, "X-Auto-Response-Suppress", "All",
	    NULL);
}

/* Add an alternative, RFC 2046, section 5.1, always in quoted-printable. */
static enum status
add_alternative(GMimeMultipart *multipart, const struct letter *letter,
    const struct secret *places, bool is_html)
{
	struct buf		 text = BUF_INIT(LETTER_MAX);
	GMimeStream		*stream;
	GMimeDataWrapper	*content;
	GMimePart		*part;
	enum status		 st;

	st = is_html ? letter_html(letter, places, &text) :
	    letter_text(letter, places, &text);
	stream = g_mime_stream_mem_new_with_buffer(buf_text(&text), text.len);
	content = g_mime_data_wrapper_new_with_stream(stream,
	    GMIME_CONTENT_ENCODING_DEFAULT);
	part = g_mime_part_new_with_type("text", is_html ? "html" : "plain");
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset",
	    "utf-8");
	g_mime_part_set_content_encoding(part,
	    GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_mime_part_set_content(part, content);
	g_mime_multipart_add(multipart, GMIME_OBJECT(part));
	g_object_unref(part);
	g_object_unref(content);
	g_object_unref(stream);
	buf_free(&text);
	return st;
}

static enum status
add_alternatives(GMimeMessage *message, const struct letter *letter,
    size_t pin_len)
{
	struct secret	 places = { .len = pin_len };
	GMimeMultipart	*multipart;
	char		*boundary;
	enum status	 st;

	memset(places.digits, PLACE, pin_len);
	multipart = g_mime_multipart_new_with_subtype("alternative");
	/* No line of quoted-printable has "=_", RFC 2045, section 6.7. */
	boundary = g_strconcat("=_umws-", letter->id, NULL);
	g_mime_multipart_set_boundary(multipart, boundary);
	st = add_alternative(multipart, letter, &places, false);
	if (st == ST_OK)
		st = add_alternative(multipart, letter, &places, true);
	g_mime_message_set_mime_part(message, GMIME_OBJECT(multipart));
	g_free(boundary);
	g_object_unref(multipart);
	return st;
}

/*
 * Is every field there that we set? Short of memory GMime leaves one out, or
 * its value, and says nothing.
 */
static bool
is_whole(const char *header, const struct letter *letter)
{
	static const char *const	begins[] = { "From: ", "To:",
	    "Subject: ", "Date: ", "Message-Id: <", "X-Entity-Ref-ID: ",
	    "Auto-Submitted: auto", "X-Auto-Response-Suppress: ",
	    "MIME-Version: 1", "Content-Type: multipart/alternative" };
	size_t				i;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		if (strcasestr(header, begins[i]) == NULL)
			return false;
	}
	/* In the Message-ID, in X-Entity-Ref-ID and in the boundary. */
	for (i = 0; i < 3 && header != NULL; i++) {
		header = strstr(header, letter->id);
		if (header != NULL)
			header++;
	}
	return header != NULL;
}

/*
 * Append a mail, each place of a digit become that digit. No line gets
 * longer, and none of the other bytes changes. Where both parts do not have
 * every place the mail is not whole.
 */
static void
put_pin(struct buf *mail, const char *text, const struct secret *pin,
    size_t copies)
{
	const char	*end = strstr(text, "\r\n\r\n"), *place;
	size_t		 count = 0;

	/* A name in the header may hold these letters as they are. */
	buf_append(mail, text, end == NULL ? 0 : (size_t)(end - text));
	for (text = end; text != NULL && (place = strstr(text,
	    PLACE_ENCODED)) != NULL; count++) {
		buf_append(mail, text, (size_t)(place - text));
		buf_append(mail, pin->digits + count % pin->len, 1);
		text = place + strlen(PLACE_ENCODED);
	}
	if (text == NULL || count != copies * pin->len)
		buf_fail(mail, ST_RETRY);
	else
		buf_puts(mail, text);
}

/* Append the message as it goes over the wire. */
static void
put_message(struct buf *mail, GMimeMessage *message,
    const struct letter *letter, const struct secret *pin)
{
	GMimeFormatOptions	*format = g_mime_format_options_new();
	GMimeStream		*stream = g_mime_stream_mem_new();
	GByteArray		*bytes;
	char			*header;

	g_mime_format_options_set_newline_format(format,
	    GMIME_NEWLINE_FORMAT_DOS);
	header = g_mime_object_get_headers(GMIME_OBJECT(message), format);
	if (!is_whole(header, letter))
		buf_fail(mail, ST_RETRY);
	g_free(header);
	(void)g_mime_object_write_to_stream(GMIME_OBJECT(message), format,
	    stream);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	g_byte_array_append(bytes, (const guint8 *)"", 1);
	put_pin(mail, (const char *)bytes->data, pin,
	    letter_has_pin(letter) ? PIN_COPIES : 0);
	g_object_unref(stream);
	g_mime_format_options_free(format);
}

enum status
message_compose(const struct message_options *options,
    const struct letter *letter, const struct secret *pin, struct buf *mail)
{
	GMimeMessage	*message = g_mime_message_new(FALSE);
	char		 sender[IDN_ADDRESS_SIZE], recipient[IDN_ADDRESS_SIZE];
	enum status	 st;

	assert(pin->len > 0 && pin->len <= SECRET_MAX && mail->len == 0);
	st = add_from(message, options->from, sender);
	if (st == ST_OK && !is_sendable(letter))
		st = ST_BAD;
	if (st == ST_OK)
		st = add_mailbox(message, GMIME_ADDRESS_TYPE_TO,
		    letter->display_name, letter->recipient, recipient);
	if (st == ST_OK)
		st = add_subject(message, letter);
	if (st != ST_OK)
		goto out;
	add_trace(message, letter, sender);
	st = add_alternatives(message, letter, pin->len);
	if (st != ST_OK)
		goto out;
	put_message(mail, message, letter, pin);
	st = buf_status(mail);
out:
	g_object_unref(message);
	return st;
}
