/*
 * test-voicemail-conf.c - what Asterisk's voicemail.conf may have: contexts,
 * templates, comments, files that are included, and what is no good.
 */
#include "config.h"

#include "unit.h"

#include "base/buf.h"
#include "core/voicemail-conf.h"

#define SHOWN_MAX	16384	/* bytes of what is found in one case */
#define COPY_SIZE	8192

/*
 * A mailbox is shown as "context/mailbox:pin,name,email", a locked PIN with a
 * '-', then " locale", " @zone" and " +ignored"; "?path;" asks for a file, "!"
 * begins a refusal, of which the case gives the beginning.
 */
struct conf_case {
	const char	*name;
	const char	*text;
	const char	*shown;
};

static const struct conf_case cases[] = {
	{ "empty", "", "" },
	{ "a mailbox", "[c]\n1 => 42,Nn,a@b\n", "c/1:42,Nn,a@b;" },
	{ "=, blanks, CR", " [ c ] \r\n 1=42 , N n , a@b \r\n",
	    "c/1:42,N n,a@b;" },
	{ "no section", "1 => 42\n[c]\n1 => 42\n",
	    "!the line is in no section;c/1:42,,;" },
	{ "general is none",
	    "[general]\nformat = wav\nx\n[ZoneMessages]\na=b\n[c]\n1 => 2\n",
	    "c/1:2,,;" },
	{ "aliases", "[general]\naliasescontext => al\n[al]\n1@x=1@c\n[c]\n"
	    "1 => 2\n", "c/1:2,,;" },
	{ "no PIN", "[c]\n1 => ,N,e\n2 =>\n3 => x1,N\n4 => -,N\n5 => *1\n",
	    "c/1:,N,e;c/2:,,;c/3:,N,;c/4:-,N,;c/5:,,;" },
	{ "too long a PIN", "[c]\n1 => 1234567890123456789012345\n"
	    "2 => 123456789012345678901234\n",
	    "c/1:,,;c/2:123456789012345678901234,,;" },
	{ "locked", "[c]\n1 => -42,N\n", "c/1:-42,N,;" },
	{ "options", "[c]\n1 => 2,N,e,p,tz=central|attach=yes|x|locale="
	    "de_DE.UTF-8\n2 => 2,N,e,,locale=C\n3 => 2,N,e,,locale=fr@euro|\n"
	    "4 => 2,N,e,,attach=no,delete=1\n",
	    "c/1:2,N,e de-DE +2;c/2:2,N,e;c/3:2,N,e fr;c/4:2,N,e +1;" },
	{ "zones", "[zonemessages]\neast=America/New_York|'vm-received' Q\n"
	    "eu => Europe/Rome\nzulu=Zulu|x\nutc = UTC |x\nbad\n[c]\n"
	    "1 => 2,N,e,,tz=east|locale=it\n2 => 2,N,e,, TZ = eu \n"
	    "3 => 2,N,e,,tz=zulu\n4 => 2,N,e,,tz=none|tz=utc\n"
	    "5 => 2,N,e,,tz\n[general]\ntz=eu\n[d]\n1 => 2\n"
	    "2 => 3,N,e,,tz=east\n3 => 3,N,e,,tz=none\n",
	    "c/1:2,N,e it @America/New_York;c/2:2,N,e @Europe/Rome;"
	    "c/3:2,N,e;c/4:2,N,e @UTC;c/5:2,N,e;d/1:2,, @Europe/Rome;"
	    "d/2:3,N,e @America/New_York;d/3:3,N,e;" },
	{ "the later zone", "[zonemessages]\na=Asia/Tokyo\na=Asia/Aden\n"
	    "[c]\n1 => 2,,,,tz=a\n", "c/1:2,, @Asia/Aden;" },
	{ "comments", "; x\n[c] ; y\n1 => 2,N\\;n ; z\n;-- a\n2 => 3\n"
	    ";-- b --;\nc --; 3 => 4\n4 => 5 ;-- d --;,N\n;--- 5\n6 => 7\n",
	    "c/1:2,N;n,;c/3:4,,;c/4:5,N,;c/6:7,,;" },
	{ "template", "[t](!)\n1 => 2\n[c](t)\n3 => 4\n",
	    "c/1:2,,;c/3:4,,;" },
	{ "two, and one that is none", "[t](!)\n1 => 2\n[u]\n3 => 4\n"
	    "[c](t,u)\n", "u/3:4,,;c/1:2,,;c/3:4,,;" },
	{ "of a template", "[t](!)\n1 => 2\n[u](!,t)\n3 => 4\n[c](u)\n",
	    "c/1:2,,;c/3:4,,;" },
	{ "none such", "[c](t)\n1 => 2\n[c](c)\n",
	    "!there is no section [t];c/1:2,,;!there is no section [c];" },
	{ "more of it", "[c]\n1 => 2\n[d]\n[c](+)\n3 => 4\n[e](+)\n5 => 6\n",
	    "c/1:2,,;c/3:4,,;!there is no section [e];!the line is in no;" },
	{ "bad sections", "[c\n1 => 2\n[]\n[c]x\n[c](t\n",
	    "!a section's name has no;!the line is in no;!the section \"\";"
	    "!after [c] only;!after [c] only;" },
	{ "bad lines", "[c]\nx\n=> 2\n", "!the line in [c] is no;"
	    "!a mailbox without a number;" },
	{ "includes", "#include a.conf\n#include \"b c\" \n#include <d>\n"
	    "#tryinclude e\n#include\n#exec f\n#includes g\n",
	    "?a.conf;?b c;?d;?e?;!#include without;!\"#exec\" is not;"
	    "!\"#includes\" is not;" }
};

static enum status
show_mailbox(void *context, const struct voicemail_mailbox *mailbox)
{
	struct buf	*shown = context;

	buf_printf(shown, "%s/%s:%s", mailbox->context, mailbox->mailbox,
	    mailbox->is_locked ? "-" : "");
	buf_append(shown, mailbox->pin.digits, mailbox->pin.len);
	buf_printf(shown, ",%s,%s", mailbox->name, mailbox->email);
	if (*mailbox->locale != '\0')
		buf_printf(shown, " %s", mailbox->locale);
	if (*mailbox->time_zone != '\0')
		buf_printf(shown, " @%s", mailbox->time_zone);
	if (mailbox->ignored > 0)
		buf_printf(shown, " +%u", mailbox->ignored);
	buf_puts(shown, ";");
	return ST_OK;
}

static enum status
show_include(void *context, const char *path, bool is_needed)
{
	buf_printf(context, "?%s%s;", path, is_needed ? "" : "?");
	return ST_OK;
}

static enum status
show_bad(void *context, const char *reason)
{
	buf_printf(context, "!%s;", reason);
	return ST_OK;
}

static const struct voicemail_calls calls = {
	.on_mailbox = show_mailbox, .on_include = show_include,
	.on_bad = show_bad
};

static void
read_text(const char *text, struct buf *shown)
{
	struct voicemail_conf	*conf = NULL;
	char			 copy[COPY_SIZE];
	char			*rest = copy, *line;

	assert_true(strlen(text) < sizeof(copy));
	(void)snprintf(copy, sizeof(copy), "%s", text);
	assert_int_equal(voicemail_conf_new(&calls, shown, &conf), ST_OK);
	while ((line = strsep(&rest, "\n")) != NULL)
		assert_int_equal(voicemail_conf_line(conf, line), ST_OK);
	voicemail_conf_free(&conf);
	assert_null(conf);
}

/* Of a refusal the beginning is enough. */
static bool
is_shown(const char *shown, const char *wanted)
{
	size_t	len;

	while (*wanted != '\0') {
		len = strcspn(wanted, ";");
		if (strncmp(shown, wanted, len) != 0)
			return false;
		shown += *wanted == '!' ? strcspn(shown, ";") : len;
		wanted += len;
		if (*shown++ != *wanted++)
			return false;
	}
	return *shown == '\0';
}

static void
test_cases(void **state)
{
	struct buf	shown = BUF_INIT(SHOWN_MAX);
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_reset(&shown);
		read_text(cases[i].text, &shown);
		if (!is_shown(buf_text(&shown), cases[i].shown))
			fail_msg("%s: %s", cases[i].name, buf_text(&shown));
	}
	buf_free(&shown);
}

static void
test_bounds(void **state)
{
	struct buf	shown = BUF_INIT(SHOWN_MAX);
	char		text[COPY_SIZE];

	(void)state;
	(void)snprintf(text, sizeof(text), "[%0*d]\n[%0*d]\n1 => 2\n",
	    VOICEMAIL_NAME_MAX + 1, 1, VOICEMAIL_NAME_MAX, 1);
	read_text(text, &shown);
	assert_true(strncmp(buf_text(&shown), "!the section \"000", 17) == 0);
	assert_non_null(strstr(buf_text(&shown), "01/1:2,,;"));
	buf_reset(&shown);
	(void)snprintf(text, sizeof(text), "[c]\n1 => 2,%0*d\n",
	    VOICEMAIL_LINE_MAX - 7, 1);
	read_text(text, &shown);
	assert_true(strncmp(buf_text(&shown), "c/1:2,0", 7) == 0);
	buf_reset(&shown);
	(void)snprintf(text, sizeof(text), "[c]\n1 => 2,%0*d\n",
	    VOICEMAIL_LINE_MAX - 6, 1);
	read_text(text, &shown);
	assert_string_equal(buf_text(&shown), "!the line is too long;");
	buf_free(&shown);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(test_cases),
		UNIT_TEST(test_bounds),
	};

	return cmocka_run_group_tests_name("voicemail-conf", tests, NULL,
	    NULL);
}
