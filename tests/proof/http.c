/* http.c: header fields, of any text or absent. */
#include "proof.h"

/* The text of a harness, up to its NUL. */
static const char	*end_of_text;

static char *
value_in(char *bytes, size_t len)
{
	end_of_text = bytes + len;
	return any_text_in(bytes, len);
}

/* What follows in the memory of a text, its last NUL apart. */
static size_t
rest_of(const char *text)
{
	return __CPROVER_OBJECT_SIZE(text) - __CPROVER_POINTER_OFFSET(text) -
	    1;
}

/* Whatever of a text strspn() and strcspn() may step over. */
static size_t
any_span(const char *text, const char *set, bool is_in)
{
	size_t	n = nondet_size();

	__CPROVER_assert(__CPROVER_r_ok(text, 1), "the text is there");
	__CPROVER_assume(n <= rest_of(text));
	__CPROVER_assume((n > 0) == (text[0] != '\0' &&
	    (strchr(set, text[0]) != NULL) == is_in));
	__CPROVER_assume(text[n] == '\0' ||
	    (strchr(set, text[n]) != NULL) != is_in);
	return n;
}

#define strspn(text, set)	any_span(text, set, true)
#define strcspn(text, set)	any_span(text, set, false)

#include "soap/http.c"

#undef strspn
#undef strcspn

/* What token() and quoted() prove of the functions that these stand for. */
static void
go_on(const char **at, size_t least)
{
	size_t	n = nondet_size();

	__CPROVER_assert(__CPROVER_r_ok(*at, 1), "within the text");
	__CPROVER_assume(n >= least && n <= rest_of(*at));
	*at += n;
}

static void
any_word(char word[PARAMETER_SIZE])
{
	size_t	i;

	for (i = 0; i < PARAMETER_SIZE; i++)
		word[i] = (char)nondet_byte();
	word[PARAMETER_SIZE - 1] = '\0';
}

bool
model_read_token(const char **at, char word[PARAMETER_SIZE])
{
	any_word(word);
	if (nondet_bool())
		return false;
	go_on(at, 1);
	return true;
}

bool
model_read_quoted(const char **at, char word[PARAMETER_SIZE])
{
	bool	is_good = nondet_bool();

	__CPROVER_assert(**at == '"', "a quote");
	any_word(word);
	go_on(at, is_good ? 2 : 1);
	return is_good;
}

/* Prefixes may be longer than any text here: they are of any length. */
bool
model_skip_prefix(const char **text, size_t *len, const char *prefix)
{
	size_t	size = nondet_size();

	__CPROVER_assert(__CPROVER_r_ok(*text, *len), "the text is there");
	__CPROVER_assert(__CPROVER_r_ok(prefix, 1), "there is a prefix");
	if (size > *len || nondet_bool())
		return false;
	*text += size;
	*len -= size;
	return true;
}

bool
model_read_parameters(const char *at, enum http_charset *charset)
{
	__CPROVER_assert(__CPROVER_r_ok(at, 1), "within the text");
	*charset = nondet_bool() ? HTTP_CHARSET_UTF8 : HTTP_CHARSET_NONE;
	return nondet_bool();
}

bool
model_read_authority(const char *text, unsigned int default_port,
    struct authority *authority, const char **end)
{
	const char	*at = text;

	go_on(&at, 1);
	authority->host = text;
	authority->host_len = nondet_size();
	authority->port = nondet_bool() ? default_port : 1;
	__CPROVER_assume(authority->host_len <= (size_t)(at - text));
	*end = at;
	return nondet_bool();
}

static const char *
any_value(char *text)
{
	return nondet_bool() ? text : NULL;
}

void
token(void)
{
	char		 bytes[BOUND + 1], word[PARAMETER_SIZE];
	const char	*text = value_in(bytes, BOUND), *at = text;

	if (read_token(&at, word))
		assert(at > text && at <= end_of_text);
	else
		assert(at == text);
	assert(word[PARAMETER_SIZE - 1] == '\0');
}

void
quoted(void)
{
	char		 bytes[BOUND + 1], word[PARAMETER_SIZE];
	const char	*text = value_in(bytes, BOUND), *at = text;

	__CPROVER_assume(*text == '"');
	if (read_quoted(&at, word))
		assert(at >= text + 2);
	assert(at > text && at <= end_of_text);
	assert(word[PARAMETER_SIZE - 1] == '\0');
}

void
parameters(void)
{
	char			bytes[BOUND + 1];
	enum http_charset	charset = HTTP_CHARSET_NONE;

	(void)read_parameters(value_in(bytes, BOUND), &charset);
}

void
prefix(void)
{
	char		 bytes[BOUND + 1];
	const char	*text = value_in(bytes, BOUND), *at = text;
	size_t		 before = strlen(text), len = before;

	(void)skip_prefix(&at, &len, SOAP_NS_MESSAGES);
	assert(at >= text && at + len == text + before);
}

void
authority(void)
{
	char			 bytes[BOUND + 1];
	const char		*text = value_in(bytes, BOUND), *end;
	struct authority	 authority;

	if (!read_authority(text, 80, &authority, &end))
		return;
	assert(end > text && end <= end_of_text);
	assert(authority.host == text && authority.host_len > 0 &&
	    authority.host_len <= (size_t)(end - text));
}

void
content_type(void)
{
	char			 bytes[BOUND + 1];
	const char		*value = any_value(any_text(bytes));
	enum http_charset	 charset;

	if (http_content_type(value, &charset) != ST_OK)
		assert(charset == HTTP_CHARSET_NONE);
}

void
identity(void)
{
	char	bytes[BOUND + 1];

	(void)http_is_identity(any_value(value_in(bytes, BOUND)));
}

void
soap_action(void)
{
	char	bytes[BOUND + 1];

	(void)http_soap_action_fits(any_value(any_text(bytes)), "ResetPIN");
}

void
same_site(void)
{
	char	origin[BOUND + 1], host[BOUND + 1], url[BOUND + 1];

	(void)http_is_same_site(NULL, any_value(any_text(origin)),
	    any_value(any_text(host)), any_text(url));
}

void
host(void)
{
	char	bytes[BOUND + 1];

	(void)http_is_host(any_value(value_in(bytes, BOUND)));
}

void
accept(void)
{
	char	bytes[BOUND + 1];

	(void)http_accepts_html(any_value(value_in(bytes, BOUND)));
}

void
form(void)
{
	char	bytes[BOUND + 1];

	(void)http_is_form(any_value(value_in(bytes, BOUND)));
}
