"""The texts of a policy as its mails show them: by language and kind, whole in
both parts, frozen when the mail is queued; refused where they could not be."""
import html as entities
import json
import re
import uuid

import psycopg2
import pytest

from harness import CHEAP, message, pin_of, plain_text, run
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off')
DATA, USAGE = 65, 64


def ctl(stack, *words, code=0):
    done = run(stack.env['UMWS_CTL'], *words)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


@pytest.fixture
def policy(stack):
    name = 'p' + uuid.uuid4().hex[:12]
    ctl(stack, 'policy', 'set', name, 'AllowNotifyAddress=no')
    return name


def member(stack, policy, locale='en'):
    login = stack.user()
    ctl(stack, 'user', 'set', login, '--policy', policy, '--locale', locale)
    return login


def parts(path):
    """Text with its line ends taken for blanks, and HTML."""
    html = message(path).get_body(preferencelist=('html',)).get_content()
    return ' '.join(plain_text(path).split()), html


def all_mailed(stack, logins):
    """The newest mail of each, sent in one pass."""
    for login in logins:
        reset(stack, login)
    stack.mailer()
    paths = [stack.mail_files(login)[-1] for login in logins]
    for login, path in zip(logins, paths):
        assert stack.is_pin(login, pin_of(path))
    return paths


def mailed(stack, login):
    return all_mailed(stack, [login])[0]


def test_by_language(stack, policy):
    said = ctl(stack, 'policy', 'set', policy, 'ResetPINText=General text.',
               'resetpintext[DE]=Deutscher Text.', 'MinPINLength=7',
               'ResetPINText[pt]=Texto.', 'ResetPINText[PT-br]=Texto do BR.')
    assert 'ResetPINText[pt-BR] "" -> "Texto do BR."' in said
    cases = (
            ('pt-BR', 'Texto do BR.', ('Texto.', 'General')),
            ('PT-br', 'Texto do BR.', ('Texto.', 'General')),
            ('pt-BR-x-house', 'Texto do BR.', ('Texto.', 'General')),
            ('pt-PT', 'Texto.', ('do BR', 'General')),
            ('pt', 'Texto.', ('do BR', 'General')),
            ('de-AT', 'Deutscher Text.', ('General',)),
            ('fr', 'General text.', ('Texto', 'Deutscher')),
            ('en', 'General text.', ('Texto', 'Deutscher')))
    paths = all_mailed(stack, [member(stack, policy, case[0])
                               for case in cases])
    for (locale, words, others), path in zip(cases, paths):
        text = parts(path)[0]
        assert words in text, locale
        assert not [other for other in others if other in text], locale


def test_what_there_is_is_shown(stack, policy):
    ctl(stack, 'policy', 'set', policy, 'ResetPINText[de]=a "b" \\ <br>c',
        'ResetPINText[zh-hant-tw]=\u6587\u5b57\nx', 'UMEnabledText[fr]=Oui')
    shown = ctl(stack, 'policy', 'show', policy)
    assert re.search(r'^  ResetPINText\[de\] +"a "b" \\ <br>c"$', shown, re.M)
    assert re.search(r'^  ResetPINText\[zh-Hant-TW\] +"\u6587\u5b57\?x"$',
                     shown, re.M)
    assert re.search(r'^  UMEnabledText\[fr\] +"Oui"$', shown, re.M)
    row, = json.loads(ctl(stack, 'policy', 'show', policy, '--json'))
    assert row['reset_pin_texts'] == {'de': 'a "b" \\ <br>c',
                                      'zh-Hant-TW': '\u6587\u5b57\nx'}
    assert row['um_enabled_texts'] == {'fr': 'Oui'}
    said = ctl(stack, 'policy', 'set', policy, 'ResetPINText[DE]=',
               'UMEnabledText[fr]=Non', 'UMEnabledText[nl]=Ja')
    assert 'ResetPINText[de] "a "b" \\ <br>c" -> ""' in said
    assert 'UMEnabledText[fr] "Oui" -> "Non"' in said
    assert 'UMEnabledText[nl] "" -> "Ja"' in said and 'zh-Hant' not in said
    row, = json.loads(ctl(stack, 'policy', 'show', policy, '--json'))
    assert list(row['reset_pin_texts']) == ['zh-Hant-TW']
    assert row['um_enabled_texts'] == {'fr': 'Non', 'nl': 'Ja'}
    assert 'every value was like that' in ctl(
        stack, 'policy', 'set', policy, 'UMEnabledText[fr]=Non')


@pytest.mark.parametrize('setting, code, words', [
    ('ResetPINText[de]=a\n\u00fc <u>x</u>', DATA,
     'ResetPINText[de], character 5, at "<u>x</u>": not kept'),
    ('ResetPINText[de]=<a href="javascript:x">y</a>', DATA,
     'ResetPINText[de], character 1, at "<a href="javascript:x">'),
    ('UMEnabledText[fr]=<img src="https://x/">', DATA, 'not kept'),
    ('UMEnabledText[fr]=<p style="x">y</p>', DATA,
     'character 4, at "style="x">y</p>": no attribute'),
    ('ResetPINText[de]=<a href="https://h.example.test/vm" target="_blank">x'
     '</a>', DATA, 'character 37, at "target="_blank">'),
    ('ResetPINText[de]=' + 'x' * 513, DATA, 'at most 512 characters'),
    ('ResetPINText[german]=x', DATA, '[german] names no language'),
    ('ResetPINText[]=x', DATA, '[] names no language'),
    ('ResetPINText[de_AT]=x', DATA, 'names no language'),
    ('ResetPINText[' + 'de-' * 30 + 'de]=x', DATA, 'names no language'),
    ('ResetPINText[de=x', USAGE, 'is no KEY=VALUE'),
    ('AccessNumbers[de]=x', USAGE, 'is no KEY=VALUE')])
def test_refused_with_its_place(stack, policy, setting, code, words):
    before = ctl(stack, 'policy', 'show', policy)
    assert words in ctl(stack, 'policy', 'set', policy, 'ResetPINText=new',
                        setting, code=code)
    assert ctl(stack, 'policy', 'show', policy) == before


def test_given_twice(stack, policy):
    assert 'ResetPINText[de] is given twice' in ctl(
        stack, 'policy', 'set', policy, 'ResetPINText[de]=a',
        'ResetPINText[fr]=b', 'resetpintext[DE]=c', code=USAGE)


def test_markup_of_real_texts(stack, policy):
    """Links of all four kinds, both lists, line breaks and references."""
    ctl(stack, 'policy', 'set', policy,
        'ResetPINText=<p>You can<ol><li><a href="https://h.example.test/vm?'
        'a=1&amp;lang=de">look</a></li><li><a href="mailto:h@example.test">'
        'write</a></li><li><a href="tel:+4315550100">call</a></li></ol>'
        '<ul><li><b>Caf&eacute;</b> &euro;&nbsp;5&#8211;7</ul>one<br>two')
    path = mailed(stack, member(stack, policy))
    _, html = parts(path)
    assert plain_text(path).splitlines()[-7:] == [
        'You can', '1. look <https://h.example.test/vm?a=1&lang=de>',
        '2. write <mailto:h@example.test>', '3. call <tel:+4315550100>',
        '- Caf\u00e9 \u20ac\u00a05\u20137', 'one', 'two']
    assert '<a href="https://h.example.test/vm?a=1&amp;lang=de">look</a>' \
        in html
    assert '<ul><li><b>Caf\u00e9</b> \u20ac&nbsp;5\u20137</li></ul>' in html


def test_each_name_of_a_character(stack, policy):
    """HTML 4's, as Python's own table has them."""
    names = sorted(set(entities.entities.name2codepoint) - {'shy'})
    texts = {}
    for i, locale in enumerate(('de', 'fr', 'es', 'it')):
        texts[locale] = names[i::4]
        ctl(stack, 'policy', 'set', policy, f'ResetPINText[{locale}]=@@'
            + ''.join(f'&{name};' for name in texts[locale]) + '@@')
    paths = all_mailed(stack, [member(stack, policy, locale)
                               for locale in texts])
    for (locale, some), path in zip(texts.items(), paths):
        wanted = ''.join(entities.unescape(f'&{name};') for name in some)
        _, html = parts(path)
        assert entities.unescape(html.split('@@')[1]) == wanted, locale


def test_frozen_when_it_is_queued(stack, policy):
    """A second copy is the first one, whatever the policy says by now."""
    login = member(stack, policy, 'de')
    ctl(stack, 'policy', 'set', policy, 'ResetPINText[de]=Vorher',
        'ResetPINText=Before')
    reset(stack, login)
    ctl(stack, 'policy', 'set', policy, 'ResetPINText[de]=Nachher',
        'ResetPINText=After')
    ctl(stack, 'user', 'set', login, '--locale', 'fr')
    stack.mailer()
    path, = stack.mail_files(login)
    text, html = parts(path)
    for part in text, html:
        assert 'Vorher' in part
        assert 'Nachher' not in part and 'After' not in part


def test_only_with_a_pin(stack, policy):
    """The text of a reset says nothing to who has set a PIN."""
    login = member(stack, policy)
    mailed(stack, login)
    ctl(stack, 'policy', 'set', policy, 'ResetPINText=Only of a reset',
        'ResetPINText[en]=Only of a reset')
    done = run(stack.env['UMWS_CTL'], 'pin', 'set', login,
               text='83649175\n83649175\n')
    assert done.returncode == 0, done.stderr
    stack.mailer()
    path = stack.mail_files(login)[-1]
    assert 'Only of a reset' not in path.read_text()


def test_stored_by_another_way(stack, policy):
    """What SQL has stored is shown as it stands; what is no text by language
    is not stored."""
    stored = '<table onclick=x>Hilfe</table> &bogus; \u202ex'
    stack.sql("UPDATE umws.policy SET reset_pin_texts ="
              " jsonb_build_object('DE', %s::text) WHERE name = %s",
              stored, policy)
    text, html = parts(mailed(stack, member(stack, policy, 'de-CH')))
    assert '<table onclick=x>Hilfe</table> &bogus; \ufffdx' in text
    assert '&lt;table onclick=x&gt;Hilfe&lt;/table&gt; &amp;bogus;' in html
    for bad in ('[]', '"x"', '{"de": 1}', '{"de": null}', '{"": "x"}',
                '{"de": {"x": "y"}}', '{"d e": "x"}',
                json.dumps({'de': '\n' * 513}), 'null'):
        with pytest.raises((psycopg2.errors.CheckViolation,
                            psycopg2.errors.NotNullViolation)):
            stack.sql('UPDATE umws.policy SET reset_pin_texts = %s'
                      ' WHERE name = %s', bad, policy)
    stack.sql('UPDATE umws.policy SET reset_pin_texts = %s WHERE name = %s',
              json.dumps({'de': '\n' * 512}), policy)


def test_text_by_kind(stack, policy):
    """UMEnabledText is that of the welcome, and of no other mail."""
    ctl(stack, 'policy', 'set', policy, 'ResetPINText=R', 'UMEnabledText=W',
        'ResetPINText[de]=RD', 'UMEnabledText[de]=WD')
    for kind, locale, wanted in (
            ('welcome', 'en', 'W'), ('welcome', 'de-AT', 'WD'),
            ('reset', 'en', 'R'), ('auto', 'de', 'RD'), ('admin', 'de', 'RD'),
            ('set', 'de', ''), ('changed', 'de', ''), ('elsewhere', 'en', '')):
        assert stack.value(
            'SELECT umws.mail_text(p, %s, %s) FROM umws.policy p'
            ' WHERE p.name = %s', kind, locale, policy) == wanted, kind


HOUSE = 'Caf\u00e9 & S\u00f6hne <KG>'


def header_of(path):
    return path.read_bytes().split(b'\r\n\r\n')[0]


def test_brand_of_the_house(stack, policy):
    """Name and colour in both parts, frozen as the texts are."""
    ctl(stack, 'policy', 'set', policy, f'BrandName={HOUSE}',
        'BrandColor=#FFE000', 'ResetPINText=Text.')
    login = member(stack, policy, 'ar')
    reset(stack, login)
    said = ctl(stack, 'policy', 'set', policy, 'BrandName=Later',
               'BrandColor=none')
    assert f'BrandName "{HOUSE}" -> "Later"' in said
    assert 'BrandColor #ffe000 -> none' in said
    stack.mailer()
    path, = stack.mail_files(login)
    assert plain_text(path).replace('\r', '').endswith(
        f'Text.\n\n-- \n{HOUSE}\n')
    _, html = parts(path)
    assert ';background:#ffe000;color:#000000;' in html
    assert '>Caf\u00e9 &amp; S\u00f6hne &lt;KG&gt;</b>' in html
    assert 'Later' not in path.read_text()
    assert '<img' not in html and 'http' not in html
    row, = json.loads(ctl(stack, 'policy', 'show', policy, '--json'))
    assert (row['brand_name'], row['brand_color']) == ('Later', '')


def test_brand_of_mails_without_a_pin(stack, policy):
    ctl(stack, 'policy', 'set', policy, f'BrandName={HOUSE}',
        'BrandColor=#00004f', 'AllowNotifyAddress=yes')
    login = member(stack, policy)
    ctl(stack, 'pin', 'reset', login, '--notify', f'{login}.x@example.test',
        '--reason', 'test')
    stack.mailer()
    both = stack.mail_files()[-2:]
    for path in both:
        assert HOUSE in parts(path)[0]
        assert ';background:#00004f;color:#ffffff;' in parts(path)[1]
    assert len({message(path)['to'] for path in both}) == 2


HOSTILE = ('x\r\nBcc: eve@example.test', 'a\n\n<script>eve()</script>',
           '=?utf-8?Q?=0D=0ABcc:_eve@example.test?=', '"><script>eve()',
           '\x1f\x1f', '\n.\nRSET\n', '</td></style><style>*{}',
           '\u202eeve', '\u2028Bcc: x', '%s%n{name}')


def stored(stack, table, column, key, name, text):
    """Let SQL write it, if the database lets it."""
    try:
        stack.sql(f'UPDATE umws.{table} SET {column} = %s WHERE {key} = %s',
                  text, name)
    except psycopg2.errors.CheckViolation:
        return False
    return True


def write_everywhere(stack, policy, login, hostile):
    taken = [column for column in (
        'brand_name', 'brand_color', 'access_numbers', 'reset_pin_text')
        if stored(stack, 'policy', column, 'name', policy, hostile)]
    taken += [column for column in ('display_name', 'locale')
              if stored(stack, 'um_user', column, 'login', login, hostile)]
    assert 'reset_pin_text' in taken
    assert not {'locale', 'brand_color'} & set(taken)
    if {'brand_name', 'display_name'} & set(taken):
        assert hostile.isprintable()


def fields_of(path):
    return re.findall('^[^ \t:]+(?=:)', header_of(path).decode(), re.M)


def test_no_injection(stack, policy):
    """Whatever gets into the database by whatever way: the header of the
    mail is that of any other, and the markup is ours."""
    logins = [member(stack, policy)]
    for number, hostile in enumerate(HOSTILE):
        own = f'{policy}-{number}'
        ctl(stack, 'policy', 'set', own, 'MinPINLength=6')
        logins.append(member(stack, own))
        write_everywhere(stack, own, logins[-1], hostile)
    plain, *paths = all_mailed(stack, logins)
    for login, path in zip(logins[1:], paths):
        assert fields_of(path) == fields_of(plain)
        mail = message(path)
        assert [part.get_content_type() for part in mail.walk()] == [
            'multipart/alternative', 'text/plain', 'text/html']
        address, = mail['to'].addresses
        assert address.addr_spec == f'{login}@example.test'
        _, html = parts(path)
        assert '<script' not in html and html.count('<style>') == 3
        assert html.count('</body>') == 1


@pytest.mark.parametrize('setting, words', [
    ('BrandColor=navy', 'six hex digits'),
    ('BrandColor=#12345', 'six hex digits'),
    ('BrandColor=#123456;x:url(//eve.test)', 'six hex digits'),
    ('BrandName=x\r\nBcc: eve@example.test', 'a control character'),
    ('BrandName=\u202eeve', 'an invisible character'),
    ('BrandName=' + 'x' * 65, 'at most 64 characters')])
def test_brand_refused(stack, policy, setting, words):
    assert words in ctl(stack, 'policy', 'set', policy, setting, code=DATA)


def test_every_mail_has_the_brand(stack):
    """Whatever queues a mail takes the name and the colour with it."""
    rows = stack.sql("SELECT proname FROM pg_proc"
                     " WHERE prosrc ~ 'INSERT INTO umws.outbox'"
                     " AND prosrc !~ 'brand_name.*brand_name.*brand_color'")
    assert rows == []
