"""What the mails look like, in a browser: every kind and language, narrow and
wide, light and dark. The pictures stay in pictures/ of the build folder."""
import html.parser
import os
import pathlib
import re

import pytest

from browser import Browser
from harness import CHEAP, TREE, message, run
from soap import reset

# The longest that a policy can ask for.
OPTIONS = CHEAP + ('--limits', 'off', '--policy', 'MinPINLength=24')
HERE = pathlib.Path(__file__).parent
FAULTS = (HERE / 'looks.js').read_text()
DIGITS = (HERE / 'digits.js').read_text()
BUILD = pathlib.Path(os.environ['UMWS_BUILD'])
LANGUAGES = sorted(path.stem for path in (TREE / 'letters').glob('*.c'))
VIEWS = [(width, scheme) for width in (320, 1000)
         for scheme in ('light', 'dark')]
SELECTS_ALL = '-webkit-user-select:all;user-select:all'
HOUSE = ('<p><b>Help</b>: <a href="https://help.example.test/a/very/long/path'
         '/without/any/blank/or/hyphen/in/it/for/the/narrowest/window">'
         'https://help.example.test/a/very/long/path/without/any/blank/or/'
         'hyphen/in/it</a>, <a href="tel:+493012345678">+493012345678</a></p>'
         '<ul><li>Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau'
         'unterbeamtengesellschaft<li>短い</ul>')
LETTER = {'ar': 'م', 'ja': '鬱', 'zh-Hans': '赢', 'ru': 'Щ'}


def preview(*words):
    done = run(BUILD / 'umws-mailer', 'preview', *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def kinds():
    return re.search('^Kinds: (.*)$', preview('--help'), re.M)[1].split()


@pytest.fixture(scope='module')
def browser():
    with Browser() as made:
        yield made


@pytest.fixture(scope='module')
def pictures():
    folder = BUILD / 'pictures'
    folder.mkdir(exist_ok=True)
    return folder


def faults_of(browser, letter, pictures=None, name=None):
    """What is wrong with it, in any of the views, of which pictures are
    kept."""
    found = []
    browser.requests.clear()
    browser.show(letter)
    for width, scheme in VIEWS:
        browser.view(width, scheme)
        found += [f'{width} {scheme}: {fault}'
                  for fault in browser.run(FAULTS)]
        if pictures is not None:
            browser.draw(pictures / f'{name}-{width}-{scheme}.png', width)
    return found + [f'asked for {url}' for url in browser.requests]


def pin_of(letter):
    (inside,) = re.findall('<strong id=pin>(.*?)</strong>', letter, re.S)
    return re.sub('<[^>]*>', '', inside)


def clicks(browser, sides=(0.25, 0.75)):
    """What a double click selects, on both sides of each digit."""
    selected = []
    for at in browser.run(DIGITS):
        for side in sides:
            browser.run('getSelection().empty()')
            browser.double_click(
                at['left'] + side * (at['right'] - at['left']),
                (at['top'] + at['bottom']) / 2)
            selected.append(browser.run('getSelection().toString()'))
    return selected


def copied(browser):
    """What the selection is when it is pasted as text."""
    browser.key('copy')
    browser.run('document.body.append(Object.assign('
                'document.createElement("textarea"), {id: "paste"}));'
                'document.getElementById("paste").focus()')
    browser.key('paste')
    return browser.run('document.getElementById("paste").value')


def check_pin(browser, letter, width):
    """Large, in groups, and selected and copied without a blank."""
    pin = pin_of(letter)
    browser.view(width, 'light')
    browser.show(letter)
    digits = browser.run(DIGITS)
    assert ''.join(each['digit'] for each in digits) == pin
    assert min(each['size'] for each in digits) >= 24
    groups = [1]
    for one, other in zip(digits, digits[1:]):
        is_same_line = one['top'] == other['top']
        if is_same_line:
            assert other['left'] > one['left']
        if is_same_line and other['left'] - one['right'] < 8:
            groups[-1] += 1
        else:
            assert one['space'] >= 8
            groups.append(1)
    tops = [each['top'] for each in digits]
    rows = [tops.count(top) for top in set(tops)]
    assert max(rows) - min(rows) <= 4       # none of a single group
    assert sum(groups) == len(pin) and 2 <= min(groups) <= max(groups) <= 4
    assert set(clicks(browser)) == {pin}
    assert copied(browser) == pin
    # A mail program may take out what makes the whole of it selected.
    assert letter.count(SELECTS_ALL) == 1
    browser.show(letter.replace(SELECTS_ALL, ''))
    assert set(clicks(browser, [0.25])) == {pin}
    assert copied(browser) == pin


@pytest.mark.thin(3)
@pytest.mark.parametrize('language', LANGUAGES)
def test_letters(browser, pictures, language):
    for kind in kinds():
        letter = preview(kind, '--lang', language, '--html')
        assert faults_of(browser, letter, pictures,
                         f'{kind}-{language}') == []
    check_pin(browser, preview('reset', '--lang', language, '--html'), 320)


@pytest.fixture(scope='module')
def hostile(stack):
    """For each language the HTML of a mail in which all is as long as it can
    be, and the whole of the mail."""
    letters = {}
    for number, language in enumerate(LANGUAGES):
        login = stack.user()
        stack.sql('UPDATE umws.um_user SET locale = %s, display_name = %s,'
                  ' extension = %s WHERE login = %s', language,
                  LETTER.get(language, 'W') * 128, f'{10 ** 19 + number}',
                  login)
        reset(stack, login)
        letters[language] = login
    stack.sql('UPDATE umws.outbox SET is_locked_out = true,'
              ' must_change = true, pin_expires_at = created_at +'
              " interval '60 days', access_numbers = %s, extra_text = %s"
              ' WHERE sealed IS NOT NULL', '+493012345678/' * 14, HOUSE)
    stack.mailer()
    for language, login in letters.items():
        (path,) = stack.mail_files(login)
        letters[language] = message(path).get_body(
            preferencelist=('html',)).get_content()
    return letters


@pytest.mark.thin(3)
@pytest.mark.parametrize('language', LANGUAGES)
def test_the_longest_letter(browser, pictures, hostile, language):
    letter = hostile[language]
    assert len(pin_of(letter)) == 24
    assert letter.count('<a href=') == 2
    assert faults_of(browser, letter, pictures, f'longest-{language}') == []


@pytest.mark.parametrize('width', [320, 1000])
def test_the_longest_pin(browser, hostile, width):
    check_pin(browser, hostile['en'], width)


# Light, dark, and what is neither; the last one has no name.
COLORS = ('#ffffff', '#000000', '#777777', '#ffe000', '#c8102e', '#00004f')


@pytest.fixture(scope='module')
def branded(stack):
    """Mails of houses with the longest of names, and each of the colours."""
    letters = {}
    for color in COLORS:
        letters[color] = stack.user()
        reset(stack, letters[color])
        stack.sql('UPDATE umws.outbox SET brand_color = %s, brand_name = %s'
                  ' WHERE id = %s', color,
                  '' if color == COLORS[-1] else 'W' * 64,
                  stack.outbox(letters[color])[-1]['id'])
    stack.mailer()
    for color, login in letters.items():
        (path,) = stack.mail_files(login)
        letters[color] = message(path).get_body(
            preferencelist=('html',)).get_content()
    return letters


@pytest.mark.parametrize('color', COLORS)
def test_any_color_of_a_house(browser, pictures, branded, color):
    letter = branded[color]
    assert ('W' * 64 in letter) == (color != COLORS[-1])
    assert faults_of(browser, letter, pictures, f'brand-{color[1:]}') == []
    assert {'title', 'table', 'p'} <= Word(letter).seen


def test_a_mistake_in_the_bar_is_seen(browser, branded):
    letter = branded['#ffe000']
    assert 'background:#ffe000;color:#000000' in letter
    assert any('contrast' in found for found in faults_of(
        browser, letter.replace('background:#ffe000;color:#000000',
                                'background:#ffe000;color:#ffffff')))


# A mistake in the style, and what is to be found of it.
BROKEN = [
    ('color:#1c2128', 'color:#9aa1ab', '320 light: contrast'),
    ('color:#e4e7eb', 'color:#4a4f58', '1000 dark: contrast'),
    ('background:#1d2026', 'background:#8a8a8a', 'dark: contrast'),
    ('a{color:#9dbff5!important}', 'a{color:#1a56b0}', 'dark: contrast'),
    ('max-width:560px', 'width:560px', '320 light: 5'),
    ('word-break:break-word;overflow-wrap:anywhere', '',
     'text out of its place'),
    ('overflow-wrap:anywhere"', 'overflow:hidden"', 'cut off'),
    ('font-size:14px', 'font-size:10px', '10 pixels'),
    ('</body>', '<img src="http://umws.invalid/x.png"></body>',
     'asked for http://umws.invalid/x.png'),
    ('background:#eef2f9', 'background:#eef2f9 url(//umws.invalid/y.png)',
     'a picture behind'),
]


@pytest.mark.parametrize('old, new, fault', BROKEN)
def test_a_mistake_is_seen(browser, hostile, old, new, fault):
    letter = hostile['en']
    assert old in letter
    assert any(fault in found for found in faults_of(
        browser, letter.replace(old, new)))


@pytest.mark.parametrize('old, new', [('</span><wbr>', '</span> '),
                                      ('18px">', '2px">')])
def test_a_mistake_in_the_groups_is_seen(browser, old, new):
    letter = preview('reset', '--html')
    assert old in letter
    with pytest.raises(AssertionError):
        check_pin(browser, letter.replace(old, new), 1000)


class Word(html.parser.HTMLParser):
    """What Outlook on Windows makes of it, whose engine is Word's: it knows
    these properties, by the element that they stand on. Of the others nothing
    may depend."""
    CORE = {'color', 'background', 'font-family', 'font-size', 'line-height',
            'letter-spacing'}
    KNOWN = {'span': CORE, 'body': CORE | {'margin', 'padding'},
             'p': CORE | {'margin'}, 'div': CORE | {'margin'},
             'table': CORE, 'td': CORE | {'padding', 'border', 'border-top',
                                          'border-bottom'}}
    LOST = {'border-radius', 'max-width', 'table-layout', 'word-break',
            'overflow-wrap', 'user-select', '-webkit-user-select'}
    NEVER = {'img', 'link', 'script', 'iframe', 'object', 'svg', 'form',
             'input', 'base', 'font'}

    def __init__(self, letter):
        super().__init__()
        self.seen = set()
        self.feed(letter)

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        assert tag not in self.NEVER
        for name, value in attrs:
            assert name not in ('src', 'background', 'srcset', 'poster')
            assert not name.startswith('on')
            if name == 'style':
                names = {each.split(':')[0] for each in value.split(';')}
                assert names <= self.KNOWN.get(tag, set()) | self.LOST, (
                    tag, value)


@pytest.mark.parametrize('language', LANGUAGES)
def test_letter_is_made_for_mail_programs(language):
    for kind in kinds():
        letter = preview(kind, '--lang', language, '--html')
        assert {'title', 'table', 'p'} <= Word(letter).seen
        assert not re.search(r'url\(|@import|https?:|//', letter)
        assert not re.search(r'(?m)^\.', letter)
        for scheme in 'color-scheme', 'supported-color-schemes':
            assert f'<meta name="{scheme}" content="light dark">' in letter
        # Whoever takes html and body away leaves language and direction.
        assert re.search(f'<table[^>]* lang="{language}"', letter)


def test_newer_mails_stand_alone(stack):
    """Gmail folds mails of one sender with like subjects into a thread, unless
    X-Entity-Ref-ID tells them apart; others go by References."""
    login = stack.user()
    for _ in range(2):
        reset(stack, login)
        stack.mailer()
    mails = [message(path) for path in stack.mail_files(login)]
    assert len(mails) == 2
    for field in 'subject', 'x-entity-ref-id', 'message-id':
        one, other = (mail.get_all(field) for mail in mails)
        assert len(one) == len(other) == 1 and one != other
    for mail in mails:
        assert mail['references'] is mail['in-reply-to'] is None
        assert mail['x-entity-ref-id'] in mail['message-id']
        assert re.search(r'\[[a-z]{6}\]$', mail['subject'])
