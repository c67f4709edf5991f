/*
 * locale.c - check language tags (RFC 5646): lists of the languages (ISO 639)
 * and regions (ISO 3166) there are, and the form of what may follow them.
 */
#include "config.h"

#include "core/locale.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#define TAG_MAX		(LOCALE_TAG_SIZE - 1) /* RFC 5646, section 4.4.1 */
#define SUBTAG_MAX	8	/* bytes */
#define SUBTAGS_MAX	(TAG_MAX / 2 + 1)

/*
 * Each stands between blanks. First ISO 639-1, the longer ones last. Between
 * them stand the old codes that the registry prefers others to (he, id, yi, jv,
 * ro), and that are valid for good all the same (RFC 5646, section 3.4).
 */
static const char	languages[] =
    " aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce"
    " ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo"
    " fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik"
    " io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb"
    " lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl"
    " nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc"
    " sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk"
    " tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
    " iw in ji jw mo"
    " arn asa ast bas bem bez brx ceb cgg chr ckb dav dje dsb dua dyo ebu"
    " ewo fil frr fur gsw guz haw hsb ibb jgo jmc kab kam kde kea khq kkj kln"
    " kok ksb ksf ksh lag lkt lrc luo luy mai mas mer mfe mgh mgo mni moh"
    " mua mzn naq nds nmg nnh nqo nso nus nyn pap prs quc quz rof rwk sah"
    " saq sat sbp seh ses shi sma smj smn sms ssy syr teo tig twq tzm vai"
    " vun wae wal xog yav yue zgh ";

/*
 * ISO 3166-1, with the codes that are gone and valid all the same, and the
 * areas of UN M.49 that the registry has. XK is nobody's code and Kosovo's.
 */
static const char	regions[] =
    " ac ad ae af ag ai al am an ao aq ar as at au aw ax az ba bb bd be bf"
    " bg bh bi bj bl bm bn bo bq br bs bt bu bv bw by bz ca cc cd cf cg ch"
    " ci ck cl cm cn co cp cr cs cu cv cw cx cy cz dd de dg dj dk dm do dz"
    " ea ec ee eg eh er es et eu ez fi fj fk fm fo fr fx ga gb gd ge gf gg"
    " gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu ic id ie il"
    " im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la"
    " lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk ml mm mn mo mp"
    " mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nt nu nz"
    " om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb"
    " sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz ta tc td"
    " tf tg th tj tk tl tm tn to tp tr tt tv tw tz ua ug um un us uy uz va"
    " vc ve vg vi vn vu wf ws xk yd ye yt yu za zm zr zw"
    " 001 002 003 005 009 011 013 014 015 017 018 019 021 029 030 034 035"
    " 039 053 054 057 061 142 143 145 150 151 154 155 202 419 ";

/* A part of a tag between two '-'. */
struct subtag {
	const char	*text;
	size_t		 len;
};

/* Does a word stand in the list, in whatever letters? */
static bool
is_listed(const char *list, const char *text, size_t len)
{
	char	word[SUBTAG_MAX + 3];
	size_t	i;

	if (len < 2)
		return false;
	word[0] = ' ';
	for (i = 0; i < len; i++)
		word[i + 1] = (char)tolower((unsigned char)text[i]);
	word[len + 1] = ' ';
	word[len + 2] = '\0';
	return strstr(list, word) != NULL;
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Is it so many letters, and nothing else? */
static bool
is_letters(const struct subtag *subtag, size_t len)
{
	size_t	i;

	for (i = 0; i < subtag->len && is_alpha(subtag->text[i]); i++)
		;
	return subtag->len == len && i == len;
}

static bool
is_region(const struct subtag *subtag)
{
	return is_listed(regions, subtag->text, subtag->len);
}

/* Five letters or digits, or four of which a digit is the first. */
static bool
is_variant(const struct subtag *subtag)
{
	return subtag->len >= 5 ||
	    (subtag->len == 4 && is_digit(subtag->text[0]));
}

/*
 * Cut the tag at its '-'. False when a part is no subtag, or there are more
 * than any tag has.
 */
static bool
cut(const char *tag, struct subtag subtags[SUBTAGS_MAX], size_t *count)
{
	struct subtag	*subtag;

	for (*count = 0; *count < SUBTAGS_MAX; tag++) {
		subtag = &subtags[(*count)++];
		*subtag = (struct subtag){ tag, 0 };
		for (; is_alpha(*tag) || is_digit(*tag); tag++)
			subtag->len++;
		if (subtag->len == 0 || subtag->len > SUBTAG_MAX)
			return false;
		if (*tag != '-')
			return *tag == '\0';
	}
	return false;
}

/* Does it stand among those before it? */
static bool
is_repeated(const struct subtag *from, const struct subtag *subtag)
{
	for (; from < subtag; from++)
		if (from->len == subtag->len && strncasecmp(from->text,
		    subtag->text, subtag->len) == 0)
			return true;
	return false;
}

/*
 * Extensions, each a letter or digit that no other has and something behind it;
 * at the end private use, which is whatever stands behind an 'x'.
 */
static bool
is_tail(const struct subtag *subtag, const struct subtag *end)
{
	const struct subtag	*first = subtag;

	while (subtag < end) {
		if (subtag->len != 1 || subtag + 1 == end)
			return false;
		if (tolower((unsigned char)subtag->text[0]) == 'x')
			return true;
		if (subtag[1].len == 1 || is_repeated(first, subtag))
			return false;
		for (subtag++; subtag < end && subtag->len > 1;)
			subtag++;
	}
	return true;
}

bool
locale_is_known(const char *tag)
{
	struct subtag		 subtags[SUBTAGS_MAX + 1] = { { NULL, 0 } };
	const struct subtag	*at = subtags, *end, *variants;
	size_t			 count;

	if (strlen(tag) > TAG_MAX || !cut(tag, subtags, &count) ||
	    at->len > 3 || !is_listed(languages, at->text, at->len))
		return false;
	end = &subtags[count];
	at++;
	if (is_letters(at, 3))		/* an extended language */
		at++;
	if (is_letters(at, 4))		/* a script */
		at++;
	if (is_region(at))
		at++;
	for (variants = at; at < end && is_variant(at); at++)
		if (is_repeated(variants, at))
			return false;
	return is_tail(at, end);
}

void
locale_format(const char *tag, char form[LOCALE_TAG_SIZE])
{
	bool	is_after_singleton = false;
	size_t	at = 0, i, len;
	bool	is_upper;

	assert(strlen(tag) < LOCALE_TAG_SIZE);
	for (; tag[at] != '\0'; at += len) {
		if (tag[at] == '-')
			form[at++] = '-';
		len = strcspn(tag + at, "-");
		for (i = 0; i < len; i++) {
			is_upper = at > 0 && !is_after_singleton &&
			    (len == 2 || (len == 4 && i == 0));
			form[at + i] = (char)(is_upper ?
			    toupper((unsigned char)tag[at + i]) :
			    tolower((unsigned char)tag[at + i]));
		}
		is_after_singleton |= len == 1;
	}
	form[at] = '\0';
}
