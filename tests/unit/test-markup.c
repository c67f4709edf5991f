/*
 * test-markup.c - what a policy's text may hold, that all of it is shown in
 * both forms, and where the rest is refused.
 */
#include "config.h"

#include "unit.h"

#include "core/markup.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define FORM_MAX	65536
#define TEN		"0123456789"
#define HUNDRED		TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND	HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED \
			HUNDRED HUNDRED HUNDRED HUNDRED

static void
check_form(const char *text, bool is_html, const char *expected)
{
	struct buf	form = BUF_INIT(FORM_MAX);

	markup_put(&form, text, is_html);
	assert_int_equal(buf_status(&form), ST_OK);
	if (strcmp(buf_text(&form), expected) != 0)
		UNIT_FAIL("%s is \"%s\", not \"%s\"\n", text, buf_text(&form),
		    expected);
	buf_free(&form);
}

/* Every text here is shown whole, as text and as HTML. */
static const struct {
	const char	*text, *plain, *html;
} kept[] = {
	{ "", "", "" },
	{ "Call 4711 & ask", "Call 4711 & ask",
	    "Call 4711 &amp; ask" },
	{ "R&D, a=1&b=2; 1 < 2 <3 > <",
	    "R&D, a=1&b=2; 1 < 2 <3 > <",
	    "R&amp;D, a=1&amp;b=2; 1 &lt; 2 &lt;3 &gt; &lt;" },
	{ "&amp;&lt;&gt;&quot;&apos;&nbsp;x", "&<>\"'\xc2\xa0x",
	    "&amp;&lt;&gt;&quot;'&nbsp;x" },
	{ "&amp;euro; &amp;#8211;", "&euro; &#8211;",
	    "&amp;euro; &amp;#8211;" },
	{ "&euro; 5&#8211;7 &#x20ac;&#X20AC;&#0065;", "€ 5–7 €€A",
	    "€ 5–7 €€A" },
	{ "B&uuml;ro &szlig;&yuml;&iexcl;&mdash;&hellip;&#x1f4de;",
	    "Büro ßÿ¡—…📞", "Büro ßÿ¡—…📞" },
	{ "Ġ Ā Ā 名前", "Ġ Ā Ā 名前", "Ġ Ā Ā 名前" },
	{ "&#60;b&#62; &#38;", "<b> &", "&lt;b&gt; &amp;" },
	{ "<b>a</b><I>b</I> <strong >c</strong> <EM>d</em >", "ab c d",
	    "<b>a</b><i>b</i> <strong>c</strong> <em>d</em>" },
	{ "a<br>b<br/>c<BR />d", "a\nb\nc\nd",
	    "a<br>b<br>c<br>d" },
	{ "a\nb\t c", "a\nb  c", "a<br>\nb  c" },
	{ "<p>one</p><p>two</p>", "\none\n\ntwo\n",
	    "<p>one</p><p>two</p>" },
	{ "<p>one<p>two", "\none\n\ntwo\n", "<p>one</p><p>two</p>" },
	{ "<ul><li>a<li>b<ul><li>c</ul></ul>",
	    "\n\n- a\n\n- b\n\n- c\n\n\n\n",
	    "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>" },
	{ "<ol><li>a</li><li>b<ol><li>c</ol><ul><li>d</ul><li>e</ol>",
	    "\n\n1. a\n\n2. b\n\n1. c\n\n\n\n- d\n\n\n\n3. e\n\n",
	    "<ol><li>a</li><li>b<ol><li>c</li></ol><ul><li>d</li></ul></li>"
	    "<li>e</li></ol>" },
	{ "<p>x<OL><li>a</ol>", "\nx\n\n\n1. a\n\n",
	    "<p>x</p><ol><li>a</li></ol>" },
	{ "&Omega;&alpha;&fnof;&le;&harr;&hearts;&dagger;&permil;&lang;x"
	    "&rang;&ensp;&lrm;", "Ωαƒ≤↔♥†‰⟨x⟩\xe2\x80\x82\xe2\x80\x8e",
	    "Ωαƒ≤↔♥†‰⟨x⟩\xe2\x80\x82\xe2\x80\x8e" },
	{ "<a href='https://x/?a=1&lang=de&copy=2'>x</a> &sub=1",
	    "x <https://x/?a=1&lang=de&copy=2> &sub=1",
	    "<a href=\"https://x/?a=1&amp;lang=de&amp;copy=2\">x</a> "
	    "&amp;sub=1" },
	{ "<p>x<ul><li><p>a</ul>", "\nx\n\n\n- \na\n\n\n",
	    "<p>x</p><ul><li><p>a</p></li></ul>" },
	{ "<a href=\"https://help.example.test/vm\">Help</a>!",
	    "Help <https://help.example.test/vm>!",
	    "<a href=\"https://help.example.test/vm\">Help</a>!" },
	{ "<A HREF = 'HTTP://x/?a=1&amp;b=2&c=3'><b>x</b>\ny</A>",
	    "x y <HTTP://x/?a=1&b=2&c=3>",
	    "<a href=\"HTTP://x/?a=1&amp;b=2&amp;c=3\"><b>x</b> y"
	    "</a>" },
	{ "<a href=tel:+431>+43&nbsp;1</a>", "+43\xc2\xa0"
	    "1 <tel:+431>", "<a href=\"tel:+431\">+43&nbsp;1</a>" },
	{ "<a href=http://x/>http://x/</a>", "http://x/",
	    "<a href=\"http://x/\">http://x/</a>" },
	{ "<a href='mailto:a@b.test'>a@b.test</a>", "a@b.test",
	    "<a href=\"mailto:a@b.test\">a@b.test</a>" },
	{ "<a href='mailto:a@b.test?subject=x'>a@b.test</a>",
	    "a@b.test <mailto:a@b.test?subject=x>",
	    "<a href=\"mailto:a@b.test?subject=x\">a@b.test</a>" },
	{ "<a href='https://bücher.test/&ouml;'>x</a>",
	    "x <https://bücher.test/ö>",
	    "<a href=\"https://bücher.test/ö\">x</a>" },
};

static void
test_kept(void **state)
{
	struct markup_fault	fault;
	size_t			i;

	(void)state;
	for (i = 0; i < COUNT(kept); i++) {
		if (markup_check(kept[i].text, &fault) != ST_OK)
			UNIT_FAIL("%s: %s\n", kept[i].text, fault.reason);
		check_form(kept[i].text, false, kept[i].plain);
		check_form(kept[i].text, true, kept[i].html);
	}
}

/* Every text here, and the character where it is refused. */
static const struct {
	const char	*text;
	size_t		 position;
} refused[] = {
	{ "<script>x</script>", 1 },
	{ "ü <u>x</u>", 3 },
	{ "<table><tr><td>x</table>", 1 },
	{ "x <!-- y -->", 3 },
	{ "x <![CDATA[y]]>", 3 },
	{ "<!DOCTYPE html>", 1 },
	{ "<?php x ?>", 1 },
	{ "</>", 1 },
	{ "<b onclick=x>y</b>", 4 },
	{ "<strong id=pin>9</strong>", 9 },
	{ "<p class=x>y</p>", 4 },
	{ "<br clear=all>", 5 },
	{ "a <b", 3 },
	{ "a <b>b", 3 },
	{ "a</b>", 2 },
	{ "</br>", 1 },
	{ "</p>", 1 },
	{ "<b><i>x</b></i>", 8 },
	{ "<b/>x", 1 },
	{ "<p/>x", 1 },
	{ "<li>x</li>", 1 },
	{ "<ul><li>x", 5 },
	{ "<ol><li>x", 5 },
	{ "<ul><li>x</ol>", 10 },
	{ "<ol><p>x</p></ol><li>y", 18 },
	{ "<ol type=a><li>x</ol>", 5 },
	{ "<ol start=3><li>x</ol>", 5 },
	{ "<u>x</u>", 1 },
	{ "<font color=red>x</font>", 1 },
	{ "<div>x</div>", 1 },
	{ "<a href='https://x/' target=_blank>x</a>", 22 },
	{ "&bigstar;", 1 },
	{ "&lang x", 1 },
	{ "<b/ >x</b>", 3 },
	{ "<a>x</a>", 1 },
	{ "<a name=x>x</a>", 4 },
	{ "<a href>x</a>", 1 },
	{ "<a href=>x</a>", 1 },
	{ "<a href=''>x</a>", 1 },
	{ "<a href='https://x/' title='y'>x</a>", 22 },
	{ "<a href='https://x/' href='https://y/'>x</a>", 22 },
	{ "<a href='https://x/'>x", 1 },
	{ "<a href='https://x/>x</a>", 1 },
	{ "<a href='https://x/'></a>", 22 },
	{ "<a href='https://x/'> <b>\n</b></a>", 31 },
	{ "<a href='https://x/'>\xe2\x80\x8b</a>", 23 },
	{ "<a href='https://x/'>&#8203;</a>", 29 },
	{ "<a href='https://x/'>&shy;&#173;</a>", 33 },
	{ "<a href='https://x/'>&nbsp;</a>", 28 },
	{ "<a href='https://x/&#x202e;y'>x</a>", 1 },
	{ "&#xFFFE;", 1 },
	{ "&#xFFFF;", 1 },
	{ "&#x1fffe;", 1 },
	{ "&#xfdd0;", 1 },
	{ "&#x2066;", 1 },
	{ "<a href='https://x/'>x<a href='https://y/'>y</a></a>", 23 },
	{ "<a href='https://x/'>x<br>y</a>", 23 },
	{ "<a href='https://'>x</a>", 1 },
	{ "<a href='https:///x'>x</a>", 1 },
	{ "<a href='/vm'>x</a>", 1 },
	{ "<a href='help.example.test'>x</a>", 1 },
	{ "<a href='javascript:alert(1)'>x</a>", 1 },
	{ "<a href='&#106;avascript:alert(1)'>x</a>", 1 },
	{ "<a href='ftp://x/'>x</a>", 1 },
	{ "<a href='https://x/ y'>x</a>", 1 },
	{ "<a href='https://x/\ny'>x</a>", 1 },
	{ "<a href='https://x/&lt;y'>x</a>", 1 },
	{ "<a href='https://x/&bogus;'>x</a>", 1 },
	{ "<a href='https://" THOUSAND THOUSAND HUNDRED "'>x</a>", 1 },
	{ "<img src='https://x/y.png'>", 1 },
	{ "&bogus; &", 1 },
	{ "5 &euro 7", 3 },
	{ "a &#8211", 3 },
	{ "a &#8211 b", 3 },
	{ "&#;", 1 },
	{ "&#x;", 1 },
	{ "&#0;", 1 },
	{ "&#10;", 1 },
	{ "&#150;", 1 },
	{ "&#xd800;", 1 },
	{ "&#x110000;", 1 },
	{ "&#99999999999999999999;", 1 },
	{ "&#8232;", 1 },
	{ "&#12a;", 1 },
	{ "a\x01", 2 },
	{ "a\x7f", 2 },
	{ "a\xc2\x85", 2 },
	{ "a\xe2\x80\xa8", 2 },
	{ "ü\xff", 2 },
	{ "a\xc3", 2 },
	{ "a\xed\xa0\x80", 2 },
	{ "<b><i><b><i><b><i><b><i><b><i><b><i><b><i><b><i><b>x</b></i></b>"
	    "</i></b></i></b></i></b></i></b></i></b></i></b></i></b>", 49 },
};

static void
test_refused(void **state)
{
	struct markup_fault	fault;
	size_t			i;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		if (markup_check(refused[i].text, &fault) != ST_BAD)
			UNIT_FAIL("%s: taken\n", refused[i].text);
		assert_non_null(fault.reason);
		if (fault.position != refused[i].position)
			UNIT_FAIL("%s: refused at %zu (%s)\n",
			    refused[i].text, fault.position, fault.reason);
		assert_in_range(fault.at - refused[i].text, 0,
		    strlen(refused[i].text));
		assert_true(fault.len <= strlen(fault.at));
	}
}

/* A text that is no markup of ours is shown, not dropped. */
static void
test_shown_as_it_stands(void **state)
{
	static const char	text[] = "<b>Help</b>\n<u>x</u> &bogus; &amp;";

	(void)state;
	check_form(text, false, text);
	check_form(text, true, "&lt;b&gt;Help&lt;/b&gt;<br>\n&lt;u&gt;x&lt;"
	    "/u&gt; &amp;bogus; &amp;amp;");
}

/* The bytes of a text, without white space. */
static void
strip(char *text)
{
	char	*to = text;

	for (; *text != '\0'; text++)
		if (strchr(" \t\r\n", *text) == NULL)
			*to++ = *text;
	*to = '\0';
}

/* Undo the escapes of what was shown as it stands. */
static void
unescape(char *text)
{
	static const char *const	pairs[][2] = { { "<br>", "" },
	    { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" },
	    { "&nbsp;", "\xc2\xa0" }, { "&amp;", "&" } };
	char				*at;
	size_t				 i, len;

	for (i = 0; i < COUNT(pairs); i++) {
		len = strlen(pairs[i][1]);
		for (at = text; (at = strstr(at, pairs[i][0])) != NULL;
		    at += len) {
			memcpy(at, pairs[i][1], len);
			memmove(at + len, at + strlen(pairs[i][0]),
			    strlen(at + strlen(pairs[i][0])) + 1);
		}
	}
}

static void
test_refused_is_shown(void **state)
{
	size_t	i;
	int	form;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		for (form = 0; form < 2; form++) {
			struct buf	 buf = BUF_INIT(FORM_MAX);
			char		*seen, *text;

			if (strpbrk(refused[i].text, "\x01\x7f\x80\x85\xff\xc3")
			    != NULL)
				continue;
			text = strdup(refused[i].text);
			markup_put(&buf, text, form == 1);
			seen = strdup(buf_text(&buf));
			if (form == 1)
				unescape(seen);
			strip(seen);
			strip(text);
			assert_string_equal(seen, text);
			free(seen);
			free(text);
			buf_free(&buf);
		}
	}
}

/* What misleads is refused, and never sent, whoever stored it. */
static void
test_misleading(void **state)
{
	static const char *const	texts[] = { "a\xef\xbf\xbe",
	    "a\xef\xbf\xbf", "a\xf0\x9f\xbf\xbe", "a\xef\xb7\x90",
	    "a\xe2\x80\xaa", "a\xe2\x80\xae", "a\xe2\x81\xa6",
	    "a\xe2\x81\xa9" };
	struct markup_fault		fault;
	size_t				i;
	int				form;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		UNIT_CHECK(texts[i], markup_check(texts[i], &fault) == ST_BAD);
		UNIT_CHECK(texts[i], fault.position == 2);
		for (form = 0; form < 2; form++) {
			struct buf	buf = BUF_INIT(FORM_MAX);

			markup_put(&buf, texts[i], form == 1);
			UNIT_CHECK(texts[i], strcmp(buf_text(&buf),
			    "a\xef\xbf\xbd") == 0);
			buf_free(&buf);
		}
	}
	UNIT_CHECK("marks", markup_check("a\xe2\x80\x8f!", &fault) == ST_OK);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_kept),
		UNIT_TEST(test_refused),
		UNIT_TEST(test_shown_as_it_stands),
		UNIT_TEST(test_refused_is_shown),
		UNIT_TEST(test_misleading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
