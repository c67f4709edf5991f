"""Mails in the language of a user's locale, as a mail program reads them."""
import email.header
import re
import unicodedata

import pytest

from harness import CHEAP, TREE, message, pin_of, run
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off')
# The language of HTML, its direction, a word of the subject, one of the text.
LANGUAGES = {
    'de-AT': ('de', None, 'Voicemail-PIN', 'für Ihr Voicemail-Postfach'),
    'pt-PT': ('pt-BR', None, 'correio de voz', 'Não compartilhe'),
    'ru-RU': ('ru', None, 'Новый PIN-код', 'голосовой почты'),
    'ja-JP': ('ja', None, 'ボイスメール', '管理者'),
    'zh-CN': ('zh-Hans', None, '语音信箱', '管理员'),
    'ar-EG': ('ar', 'rtl', 'لبريدك الصوتي', 'شخص آخر حسابك'),
    'zh-TW': ('en', None, 'voice mail PIN', 'to yourself'),
    'cy': ('en', None, 'voice mail PIN', 'to yourself'),
}
FOREIGN = ('zh-TW', 'cy')       # no mail is written in these
FIRST_STRONG, POP = '\u2068', '\u2069'


def set_locale(stack, login, locale):
    return run(stack.env['UMWS_CTL'], 'user', 'set', login, '--locale',
               locale)


def mailed(stack, locale):
    """The mail of a user with this locale, and where it is."""
    login = stack.user()
    if locale in FOREIGN:       # as umws.user_set() of SQL would take it
        stack.sql('UPDATE umws.um_user SET locale = %s WHERE login = %s',
                  locale, login)
    else:
        assert set_locale(stack, login, locale).returncode == 0
    reset(stack, login)
    stack.mailer()
    path, = stack.mail_files(login)
    assert stack.is_pin(login, pin_of(path))
    return path, message(path)


def body(mail, kind):
    part = mail.get_body(preferencelist=(kind,))
    assert part.get_content_charset() == 'utf-8'
    assert part['content-transfer-encoding'] == 'quoted-printable'
    return part.get_content()


def width(line):
    return sum(0 if unicodedata.category(c) in ('Mn', 'Cf') else
               1 + (unicodedata.east_asian_width(c) in 'WF') for c in line)


@pytest.mark.parametrize('locale', LANGUAGES)
def test_mail_is_in_the_language_of_the_locale(stack, locale):
    language, direction, subject, words = LANGUAGES[locale]
    path, mail = mailed(stack, locale)
    raw = path.read_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b'\r\n')) <= 78
    # By RFC 2047's decoder, word by word, and not what parsers guess.
    field = re.search(rb'(?i)^subject: ((?:[^\r]|\r\n[ \t])*)', raw, re.M)[1]
    decoded = str(email.header.make_header(email.header.decode_header(
        field.decode().replace('\r\n', ''))))
    assert decoded == mail['subject']
    assert subject in decoded
    assert not re.search('[0-9]{3,}', decoded.replace(
        mail['date'].split()[3], ''))
    text, html = body(mail, 'plain'), body(mail, 'html')
    assert words in ' '.join(text.split()) or words in text.replace('\n', '')
    assert words in ' '.join(html.split())
    assert max(width(line) for line in text.splitlines()) <= 72
    tag = re.search('<html([^>]*)>', html)[1]
    assert f' lang="{language}"' in tag
    assert (' dir="rtl"' in tag) == (direction == 'rtl')
    assert (' dir="ltr"><strong id=pin>' in html) == (direction == 'rtl')
    for part in text, html:
        assert part.count(FIRST_STRONG) == part.count(POP)
        assert (FIRST_STRONG in part) == (direction == 'rtl')


def test_a_language_without_mails_is_refused(stack):
    login = stack.user()
    for locale in FOREIGN:
        done = set_locale(stack, login, locale)
        assert (done.returncode, done.stdout) == (65, '')
        assert f'locale "{locale}" is of a language that no mail is' in (
            done.stderr)
        assert ', '.join(sorted(path.stem for path in (
            TREE / 'letters').glob('*.c'))) in done.stderr
    assert stack.state(login)['locale'] == 'en'


def test_every_language_is_in_the_manual():
    page = (TREE / 'doc' / 'umwsctl.1').read_text()
    table = page.split('.Bl -column')[1].split('.El')[0]
    assert sorted(re.findall(r'^\.It Li (\S+) Ta', table, re.M)) == sorted(
        path.stem for path in (TREE / 'letters').glob('*.c'))
