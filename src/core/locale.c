/*
 * locale.c - check language tags: a list of languages (ISO 639), and the form
 * of the subtags that may follow one.
 */
#include "config.h"

#include "core/locale.h"

#include <ctype.h>
#include <string.h>

#define TAG_MAX		35	/* bytes, RFC 5646, section 4.4.1 */

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

static bool
is_language(const char *tag, size_t len)
{
	char	word[8];
	size_t	i;

	if (len < 2 || len > 3)
		return false;
	word[0] = ' ';
	for (i = 0; i < len; i++)
		word[i + 1] = (char)tolower((unsigned char)tag[i]);
	word[len + 1] = ' ';
	word[len + 2] = '\0';
	return strstr(languages, word) != NULL;
}

bool
locale_is_known(const char *tag)
{
	size_t	start, len = strcspn(tag, "-");

	if (strlen(tag) > TAG_MAX || !is_language(tag, len))
		return false;
	for (start = len; tag[start] == '-'; start += 1 + len) {
		for (len = 0; isalnum((unsigned char)tag[start + 1 + len]);)
			len++;
		if (len == 0 || len > 8)
			return false;
	}
	return tag[start] == '\0';
}
