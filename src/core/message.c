/*
 * message.c - a header by GMime around the two forms of the letter.
 *
 * Knows no SMTP, no queue and no clock. RFC 5322 for the header, RFC 2045
 * and 2046 for the parts, RFC 3834 for Auto-Submitted.
 */
#include "config.h"

#include "core/message.h"

#include <assert.h>
#include <string.h>

#include <gmime/gmime.h>

#include "core/address.h"
#include "core/idn.h"

#define ENCODE_STEP	240	/* bytes given to the encoder at a time */
#define UUID_LENGTH	36
#define SUBJECT_MAX	256	/* bytes */
#define WORD_BYTES	45	/* of text in one encoded word: 60 of base64 */
#define QUOTED_MAX	60	/* bytes of a name that needs no folding */
#define ATOM_SPECIALS	"()<>[]:;@\\,.\""	/* RFC 5322, section 3.2.3 */

void
message_init(void)
{
	g_mime_init();
}

/* Append bytes with LF written as CRLF. */
static void
put_crlf(struct buf *mail, const char *bytes, size_t len)
{
	const char	*newline;
	size_t		 head;

	while ((newline = memchr(bytes, '\n', len)) != NULL) {
		head = (size_t)(newline - bytes);
		buf_append(mail, bytes, head);
		buf_puts(mail, "\r\n");
		bytes += head + 1;
		len -= head + 1;
	}
	buf_append(mail, bytes, len);
}

/*
 * Append a part in quoted-printable. GMime's encoder works on our memory
 * and keeps at most one character, in a struct that is wiped here.
 */
static void
put_encoded(struct buf *mail, const struct buf *part)
{
	GMimeEncoding	encoding;
	char		out[GMIME_QP_ENCODE_LEN(ENCODE_STEP) + 1];
	size_t		at, len, step;

	g_mime_encoding_init_encode(&encoding,
	    GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	for (at = 0; at < part->len; at += step) {
		step = MIN(part->len - at, (size_t)ENCODE_STEP);
		len = g_mime_encoding_step(&encoding, part->data + at, step,
		    out);
		put_crlf(mail, out, len);
	}
	len = g_mime_encoding_flush(&encoding, "", 0, out);
	put_crlf(mail, out, len);
	WIPE(&encoding);
	WIPE(&out);
}

/* Append one alternative with its own header, RFC 2046, section 5.1. */
static void
put_alternative(struct buf *mail, const struct letter *letter,
    const struct secret *pin, bool is_html)
{
	struct buf	content = BUF_INIT(LETTER_MAX);
	enum status	st;

	st = is_html ? letter_html(letter, pin, &content) :
	    letter_text(letter, pin, &content);
	buf_printf(mail,
	    "\r\n--umws-%s\r\n"
	    "Content-Type: text/%s; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
	    letter->id, is_html ? "html" : "plain");
	put_encoded(mail, &content);
	buf_fail(mail, st);
	buf_free(&content);
}

/* A header field: UTF-8 without any control character. */
static bool
is_field(const char *text)
{
	const char	*p;

	if (!g_utf8_validate(text, -1, NULL))
		return false;
	for (p = text; *p != '\0'; p = g_utf8_next_char(p))
		if (g_unichar_iscntrl(g_utf8_get_char(p)))
			return false;
	return true;
}

/* An address that a field can have, with a form that SMTP has for it. */
static bool
is_address(const char *text)
{
	char	ascii[IDN_ADDRESS_SIZE];

	return address_is_plain(text) &&
	    idn_address(text, ascii, sizeof(ascii)) != ST_BAD;
}

/* Can every field stand where it is written? */
static bool
is_sendable(const struct letter *letter)
{
	return strlen(letter->id) == UUID_LENGTH &&
	    strspn(letter->id, "0123456789abcdef-") == UUID_LENGTH &&
	    is_address(letter->recipient) && is_field(letter->display_name) &&
	    g_utf8_validate(letter->extension, -1, NULL) &&
	    g_utf8_validate(letter->access_numbers, -1, NULL) &&
	    g_utf8_validate(letter->extra_text, -1, NULL);
}

/* The one mailbox that text names, or NULL. The list owns it. */
static InternetAddressMailbox *
parse_from(const char *text, InternetAddressList **list)
{
	InternetAddress	*address;
	const char	*spec;

	*list = is_field(text) ? internet_address_list_parse(NULL, text) : NULL;
	if (*list == NULL || internet_address_list_length(*list) != 1)
		return NULL;
	address = internet_address_list_get_address(*list, 0);
	if (!INTERNET_ADDRESS_IS_MAILBOX(address))
		return NULL;
	spec = internet_address_mailbox_get_addr(
	    INTERNET_ADDRESS_MAILBOX(address));
	if (spec == NULL || !is_address(spec))
		return NULL;
	return INTERNET_ADDRESS_MAILBOX(address);
}

/*
 * Append a name as encoded words, RFC 2047, section 2: whole characters,
 * at most 75 bytes each, one to a line. GMime would write a long name
 * without spaces as one overlong word.
 */
static void
put_encoded_words(struct buf *mail, const char *name)
{
	const char	*next, *end;
	char		*word;

	for (; *name != '\0'; name = end) {
		for (end = name; *end != '\0'; end = next) {
			next = g_utf8_next_char(end);
			if (next - name > WORD_BYTES)
				break;
		}
		word = g_base64_encode((const guchar *)name,
		    (gsize)(end - name));
		buf_printf(mail, "=?utf-8?B?%s?=", word);
		if (*end != '\0')
			buf_puts(mail, "\r\n ");
		g_free(word);
	}
}

/*
 * Append a field with one mailbox, RFC 5322, section 3.4. Its domain is the
 * one that the envelope has: GMime's own A-labels follow another standard.
 */
static void
put_mailbox(struct buf *mail, const char *field, InternetAddressMailbox *box)
{
	const char	*name = INTERNET_ADDRESS(box)->name;
	char		 address[IDN_ADDRESS_SIZE];
	size_t		 len = name == NULL ? 0 : strlen(name);

	buf_fail(mail, idn_address(internet_address_mailbox_get_addr(box),
	    address, sizeof(address)));
	buf_printf(mail, "%s: ", field);
	if (len > 0 && (len > QUOTED_MAX || !g_str_is_ascii(name) ||
	    strpbrk(name, "\"\\") != NULL || strstr(name, "=?") != NULL))
		put_encoded_words(mail, name);
	else if (len > 0 && strpbrk(name, ATOM_SPECIALS) != NULL)
		buf_printf(mail, "\"%s\"", name);
	else if (len > 0)
		buf_puts(mail, name);
	if (len > 0)
		buf_puts(mail, len + strlen(address) > QUOTED_MAX ? "\r\n " :
		    " ");
	buf_printf(mail, "<%s>\r\n", address);
}

/* Append From and To. */
static void
put_mailboxes(struct buf *mail, const struct letter *letter,
    InternetAddressMailbox *from)
{
	InternetAddress	*to;

	put_mailbox(mail, "From", from);
	to = internet_address_mailbox_new(letter->display_name,
	    letter->recipient);
	put_mailbox(mail, "To", INTERNET_ADDRESS_MAILBOX(to));
	g_object_unref(to);
}

/*
 * Fill in the other fields of a header. X-Entity-Ref-ID keeps a mail program
 * from folding one user's mails into one thread.
 */
static void
header_fill(GMimeMessage *message, const struct letter *letter,
    const char *subject, InternetAddressMailbox *from)
{
	const char	*spec = internet_address_mailbox_get_addr(from);
	char		 address[IDN_ADDRESS_SIZE];
	GDateTime	*date;
	char		*id;

	date = g_date_time_new_from_unix_utc(letter->created_at);
	if (date != NULL) {
		g_mime_message_set_date(message, date);
		g_date_time_unref(date);
	}
	/* parse_from() has tried: only memory can be short. */
	if (idn_address(spec, address, sizeof(address)) == ST_OK) {
		id = g_strconcat(letter->id, strchr(address, '@'), NULL);
		g_mime_message_set_message_id(message, id);
		g_free(id);
	}
	g_mime_message_set_subject(message, subject, "utf-8");
	g_mime_object_append_header(GMIME_OBJECT(message), "X-Entity-Ref-ID",
	    letter->id, NULL);
	g_mime_object_append_header(GMIME_OBJECT(message), "Auto-Submitted",
	    "auto-generated", NULL);
	g_mime_object_append_header(GMIME_OBJECT(message),
	    "X-Auto-Response-Suppress", "All", NULL);
}

/*
 * Is every field there that we set? Short of memory GMime leaves one out, or
 * its value, and says nothing.
 */
static bool
is_whole(const char *header, const struct letter *letter)
{
	static const char *const	begins[] = { "Subject: ", "Date: ",
	    "Message-Id: <", "X-Entity-Ref-ID: ", "Auto-Submitted: auto",
	    "X-Auto-Response-Suppress: ", "MIME-Version: 1",
	    "Content-Type: multipart/alternative" };
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

/* Append the mail's header; the first part brings the empty line. */
static void
put_header(struct buf *mail, const struct letter *letter,
    InternetAddressMailbox *from)
{
	GMimeFormatOptions	*format = g_mime_format_options_new();
	GMimeMessage		*message = g_mime_message_new(FALSE);
	GMimeMultipart		*multipart;
	struct buf		 subject = BUF_INIT(SUBJECT_MAX);
	char			*boundary, *text;

	put_mailboxes(mail, letter, from);
	buf_fail(mail, letter_subject(letter, &subject));
	header_fill(message, letter, buf_text(&subject), from);
	buf_free(&subject);
	multipart = g_mime_multipart_new_with_subtype("alternative");
	boundary = g_strconcat("umws-", letter->id, NULL);
	g_mime_multipart_set_boundary(multipart, boundary);
	g_mime_message_set_mime_part(message, GMIME_OBJECT(multipart));
	text = g_mime_object_get_headers(GMIME_OBJECT(message), format);
	if (is_whole(text, letter))
		put_crlf(mail, text, strlen(text));
	else
		buf_fail(mail, ST_RETRY);
	g_free(text);
	g_free(boundary);
	g_object_unref(multipart);
	g_object_unref(message);
	g_mime_format_options_free(format);
}

enum status
message_compose(const struct message_options *options,
    const struct letter *letter, const struct secret *pin, struct buf *mail)
{
	InternetAddressList	*list = NULL;
	InternetAddressMailbox	*from;
	enum status		 st;

	assert(pin->len > 0 && pin->len <= SECRET_MAX && mail->len == 0);
	from = parse_from(options->from, &list);
	st = from == NULL ? ST_FAIL : is_sendable(letter) ? ST_OK : ST_BAD;
	if (st != ST_OK)
		goto out;
	put_header(mail, letter, from);
	put_alternative(mail, letter, pin, false);
	put_alternative(mail, letter, pin, true);
	buf_printf(mail, "\r\n--umws-%s--\r\n", letter->id);
	st = buf_status(mail);
out:
	g_clear_object(&list);
	return st;
}
