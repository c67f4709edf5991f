"""Which of a mail server's words the mailer writes down: those it knows, in
whatever form the server quotes the PIN and the recipient, and whenever."""
import base64
import codecs
import re

import pytest

from harness import CHEAP
from smtpserver import Server

pytestmark = pytest.mark.thin(4)
OPTIONS = CHEAP + ('--limits', 'off')
DIGITS = ('zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven',
          'eight', 'nine')
LOCAL, DOMAIN = 'anna.schmidt', 'bücher.example'
ADDRESS = f'{LOCAL}@{DOMAIN}'


def base64_of(text):
    return base64.b64encode(text.encode()).decode()


def coded(sign, text):
    """Every byte as its number."""
    return ''.join(f'{sign}{byte:02X}' for byte in text.encode())


FORMS = {
    'plain': ADDRESS, 'local': LOCAL, 'domain': DOMAIN,
    'alabel': 'xn--bcher-kva.example', 'upper': ADDRESS.upper(),
    'no dots': 'annaschmidt', 'blanks': ' '.join(LOCAL),
    'words': 'Anna Schmidt', 'other marks': 'anna_schmidt',
    'at': f'{LOCAL} at {DOMAIN}', 'base64': base64_of(ADDRESS),
    'base64 of the local part': base64_of(LOCAL),
    'encoded word': f'=?utf-8?b?{base64_of(ADDRESS)}?=',
    'percent': coded('%', ADDRESS), 'xtext': coded('+', ADDRESS),
    'quoted-printable': coded('=', ADDRESS),
    'hexadecimal': ADDRESS.encode().hex(),
    'references': ''.join(f'&#{ord(letter)};' for letter in ADDRESS),
    'rot13': codecs.encode(ADDRESS, 'rot13'), 'backwards': ADDRESS[::-1],
    'punycode': 'xn--' + ADDRESS.encode('punycode').decode(),
    'url': f'https://mx.example/?to={coded("%", ADDRESS)}',
    'url of base64': f'https://mx.example/unknown/{base64_of(ADDRESS)}',
    'two lines': 'anna.sch|550 5.1.1 midt',
    'lines of an address': f'anna.schmidt@|550 5.1.1 {DOMAIN}',
    'lines of letters': '|550 5.1.1 '.join(LOCAL),
    'lines of base64':
    f'{base64_of(ADDRESS)[:11]}|550 5.1.1 {base64_of(ADDRESS)[11:]}',
}
HARMLESS = re.compile(r'550 5\.1\.1( (<\.\.\.>|\.\.\.|User|unknown|here|at'
                      r'|5\.1\.1|a))*')


def in_lines(text):
    """A reply of several lines, as RFC 5321 wants it."""
    first, *more = text.replace('|550 ', '|').split('|')
    lines = [first[4:], *more]
    return '|'.join([f'550-{line}' for line in lines[:-1]]
                    + [f'550 {lines[-1]}'])


@pytest.mark.parametrize('phase', ['rcpt', 'data'])
@pytest.mark.parametrize('form', FORMS)
def test_no_form_of_the_recipient(place, form, phase):
    (login,) = place.queue()
    place.address(login, ADDRESS)
    reply = in_lines(f'550 5.1.1 User {FORMS[form]} unknown here')
    with Server(ehlo='250-mx.example.test|250 SMTPUTF8',
                **{phase: reply}) as server:
        place.run(server)
    row = place.row(login)
    assert row['state'] == 'dead'
    assert HARMLESS.fullmatch(row['last_error']), row['last_error']
    line, summary = place.said.splitlines()
    assert ': pass sent=0 deferred=0 dead=1 left=0' in summary
    told = re.search('reply="?([^"]*?)"? at=' + phase, line).group(1)
    assert HARMLESS.fullmatch(told), told


def quotes(code, pin, rcpt):
    """One reply with both in several forms."""
    local = rcpt.split('@')[0]
    forms = [pin, '-'.join(pin), ' '.join(pin), base64_of(pin),
             ' '.join(DIGITS[int(digit)] for digit in pin),
             coded('%', pin), local, local.upper(), rcpt,
             base64_of(local), base64_of(rcpt), coded('=', rcpt)]
    return f'{code} You said: {" ".join(forms)}'


def assert_silent(place, pin, rcpt):
    """Nothing of a quote is in what was logged, or stored."""
    told = place.said.splitlines() + [
        error for (error,) in place.stack.sql(
            'SELECT last_error FROM umws.outbox'
            ' WHERE last_error IS NOT NULL')]
    local = rcpt.split('@')[0]
    for text in told:
        text = re.sub('id=[0-9a-f-]+', '', text).lower()
        assert not re.search('[^0-9]{0,2}'.join(pin), text), text
        reply = re.search('reply="[^"]*"', text)
        assert not {*DIGITS} & {*re.findall(
            '[a-z]+', reply.group() if reply else '')}, text
        for form in (local, base64_of(pin), base64_of(local),
                     base64_of(rcpt)[:20], coded('%', pin),
                     coded('=', local)):
            assert form.lower() not in text, text


@pytest.mark.parametrize('code', ['451 4.7.1', '550 5.7.1', '421'])
@pytest.mark.parametrize('phase', ['noop', 'greet', 'ehlo', 'mail', 'rcpt',
                                   'data', 'dot', 'quit'])
def test_what_was_mailed_is_not_told_later(place, phase, code):
    """In the same pass, on this connection and on the next; and in a pass
    of its own."""
    place.queue(3)
    known = []

    def first(connection):
        known[:] = [re.search(rb'\r\n([0-9]{4,})\r\n',
                              connection.body).group(1).decode(),
                    connection.rcpt]
        server.replies[phase] = quotes(code, *known)
        return None if phase in ('greet', 'ehlo') else '451 4.3.0 Busy'

    with Server(dot=first) as server:
        place.run(server, None)
        assert known
        assert_silent(place, *known)
        place.due()
        server.replies['dot'] = '451 4.3.0 Busy'
        server.replies[phase] = quotes(code, *known)
        place.run(server, None)
        assert place.said
        assert_silent(place, *known)


@pytest.mark.parametrize('phase', ['noop', 'mail', 'rcpt', 'quit'])
def test_who_was_refused_is_not_told_later(place, phase):
    """No mail has left yet; the next command is another recipient's."""
    place.queue(2)
    known = []

    def first(connection):
        known.append(connection.rcpt)
        server.replies[phase] = quotes('451 4.7.1', '493817', known[0])
        return '450 4.2.0 Later'

    with Server(rcpt=first) as server:
        place.run(server, None)
    assert_silent(place, '493817', known[0])
    said = ''.join(line for line in place.said.splitlines()
                   if 'mail-refused-for-us' not in line)
    assert said.count('450 4.2.0 Later' if phase == 'quit'
                      else '451 4.7.1 You ...') == (
        2 if phase == 'quit' else 1), place.said


@pytest.mark.parametrize('phase, reply', [
    ('greet', '554 5.7.1 Client host rejected: Access denied'),
    ('ehlo', '504 5.5.2 Helo command rejected: need fully-qualified hostname'),
    ('mail', '550 5.7.1 Sender address rejected: not owned by user'),
    ('rcpt', '554 5.7.1 <...> Relay access denied'),
    ('rcpt', '450 4.2.0 <...> Recipient address rejected: Greylisted'),
    ('rcpt', '452 4.2.2 The mailbox is over quota'),
    ('data', '451 4.7.1 SPF and DMARC checks failed, try again later')])
def test_the_operator_reads_why(place, phase, reply):
    """What a server says without naming anybody, and to what."""
    place.queue()
    with Server(**{phase: reply.replace('<...>', '<{rcpt}>:')}) as server:
        place.run(server, None)
    assert f'reply="{reply}" at={phase}' in place.said


def test_words_to_a_recipient_are_told_after_a_mail(place):
    """Those to one that is refused for good will not be said again."""
    logins = place.queue(2)
    with Server(rcpt=['250 2.1.5 Ok', '550 5.1.1 <{rcpt}>: User unknown'
                      ' in virtual mailbox table 4711']) as server:
        place.run(server)
    assert place.states(logins) == ['sent', 'dead']
    assert place.row(logins[1])['last_error'] == (
        '550 5.1.1 <...> User unknown in virtual mailbox table ...')
