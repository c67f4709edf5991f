"""What the mailer makes of a mail server's replies: whose fault each is,
and how much of it is written down. doc/mail.md tells the same rows."""
import base64
import quopri
import re

import pytest

from harness import CHEAP, TREE
from mailplace import CONFIGURATION, TEMPORARY, Place
from smtpserver import REPLIES, Server

OPTIONS = CHEAP + ('--limits', 'off')

# Replies that are our fault, or the server's: two mails, both kept, the pass
# ends, one err line names the setting.
OURS = [
    ('greet', '554 No SMTP service here', 78, 'smtp_url'),
    ('greet', '521 5.3.2 This host takes no mail', 78, 'smtp_url'),
    ('ehlo', '550 5.7.1 Helo refused', 78, 'smtp_helo'),
    ('ehlo', '504 5.5.2 Helo command rejected', 78, 'smtp_helo'),
    ('mail', '550 5.7.1 Sender refused', 78, 'envelope_from'),
    ('mail', '553 5.1.8 No such sender', 78, 'envelope_from'),
    ('mail', '501 5.1.7 Bad sender address syntax', 78, 'envelope_from'),
    ('mail', '530 5.7.0 Must issue a STARTTLS command first', 78,
     'smtp_tls'),
    ('mail', '550 5.7.60 Client does not have permissions to send as this'
     ' sender', 78, 'smtp_user'),
    ('rcpt', '504 5.5.2 <vm>: Helo command rejected: need fully-qualified'
     ' hostname', 78, 'smtp_helo'),
    ('rcpt', '504 Helo command rejected', 78, 'smtp_helo'),
    ('rcpt', '504 5.5.2 <{sender}>: Sender address rejected: need'
     ' fully-qualified address', 78, 'envelope_from'),
    ('rcpt', '550 5.7.1 <{helo}>: Helo command rejected: Access denied', 78,
     'smtp_helo'),
    ('rcpt', '553 5.7.1 <{sender}>: Sender address rejected: not owned by'
     ' user', 78, 'envelope_from'),
    ('rcpt', '550 5.1.0 <{sender}>: Sender address rejected: User unknown',
     78, 'envelope_from'),
    ('rcpt', '550 5.1.8 <{sender}>: Sender address rejected: Domain not'
     ' found', 78, 'envelope_from'),
    ('rcpt', '450 4.1.8 <{sender}>: Sender address rejected: Domain not'
     ' found', 75, 'envelope_from'),
    ('rcpt', '554 5.7.1 <{rcpt}>: Relay access denied', 78, 'smtp_url'),
    ('rcpt', '550 relay not permitted', 78, 'smtp_url'),
    ('rcpt', '550 5.7.1 Unable to relay', 78, 'smtp_url'),
    ('rcpt', '550 5.7.64 TenantAttribution; Relay Access Denied', 78,
     'smtp_url'),
    ('rcpt', '554 5.7.1 <unknown[127.0.0.1]>: Client host rejected: Access'
     ' denied', 78, 'smtp_url'),
    ('rcpt', '550 Sender verify failed', 78, 'envelope_from'),
    ('rcpt', '550 5.7.1 Not for you', 78, 'envelope_from'),
    ('rcpt', '550 Administrative prohibition', 78, 'envelope_from'),
    ('rcpt', '554 Transaction failed', 78, 'envelope_from'),
    ('rcpt', '530 5.7.0 Must issue a STARTTLS command first', 78,
     'smtp_tls'),
    ('rcpt', '530 5.7.1 Authentication required', 78, 'smtp_user'),
    ('rcpt', '535 5.7.8 Error: authentication failed', 78, 'smtp_user'),
    ('rcpt', '503 5.5.1 Error: need MAIL command', 78, 'mail_from'),
    ('rcpt', '501 5.5.4 Unsupported option', 78, 'mail_from'),
    ('data', '554 5.7.1 <DATA>: Data command rejected: Access denied', 78,
     'envelope_from'),
    ('data', '530 5.7.0 Authentication required', 78, 'smtp_user'),
    ('dot', '550 5.7.60 SMTP; Client does not have permissions to send as'
     ' this sender', 78, 'envelope_from'),
    ('dot', '530 5.7.57 SMTP; Client was not authenticated to send anonymous'
     ' mail', 78, 'smtp_user'),
    ('dot', '535 5.7.8 Authentication credentials invalid', 78, 'smtp_user'),
    ('dot', '550 5.7.64 TenantAttribution; Relay Access Denied', 78,
     'smtp_url'),
    ('dot', '550 5.7.708 Service unavailable. Access denied, traffic not'
     ' accepted from this IP', 78, 'smtp_url'),
    ('dot', '550 5.7.501 Service unavailable. Spam abuse detected from IP',
     78, 'smtp_url'),
    ('dot', '550 5.1.8 Access denied, bad outbound sender', 78,
     'envelope_from'),
    ('dot', '550-5.7.26 This mail has been blocked because the sender is'
     ' unauthenticated.|550 5.7.26 SPF and DKIM', 78, 'mail_from'),
    ('dot', '550 5.7.27 SPF check failed', 78, 'mail_from'),
    ('dot', '550 5.7.23 SPF validation failed', 78, 'mail_from'),
    ('dot', '550 5.7.1 Unauthenticated email is not accepted due to the'
     " domain's DMARC policy", 78, 'smtp_user'),
    ('dot', '550 5.7.1 Client does not have permissions to send as this'
     ' sender', 78, 'envelope_from'),
    ('dot', '554 5.7.1 Message rejected as spam', 78, 'smtp_url'),
    ('dot', '554 5.7.0 Reject, spam', 78, 'envelope_from'),
    ('dot', '503 5.5.1 Bad sequence', 78, 'mail_from'),
]
# One mail, refused for good, alone; the one behind it is sent.
ITS_OWN = [
    ('mail', '552 5.3.4 Message size exceeds fixed limit'),
    ('mail', '552 Too big'),
    ('mail', '550 5.6.7 SMTPUTF8 is needed'),
    ('rcpt', '550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown'
     ' in relay recipient table'),
    ('rcpt', '550 5.1.2 Bad destination system'),
    ('rcpt', '553 5.1.3 Bad address syntax'),
    ('rcpt', '556 5.1.10 Recipient has null MX'),
    ('rcpt', '550 5.2.1 Mailbox disabled'),
    ('rcpt', '552 5.2.2 Mailbox full'),
    ('rcpt', '552 Mailbox full'),
    ('rcpt', '550 5.6.7 SMTPUTF8 is needed'),
    ('rcpt', '550 5.7.17 Mailbox owner has changed'),
    ('dot', '552 5.3.4 Message too big'),
    ('dot', '552 Too much data'),
    ('dot', '552 5.2.2 Mailbox full'),
    ('dot', '550 5.6.0 Bad content'),
]
# Later: this mail alone is put off, the one behind it is sent.
LATER = [
    ('rcpt', '450 4.2.0 Greylisted'), ('rcpt', '451 4.3.0 Busy'),
    ('rcpt', '452 4.5.3 Too many recipients'),
    ('rcpt', '454 4.7.1 Relay access denied'),
    ('rcpt', '550 5.3.5 Server configuration error'),
    ('rcpt', '421 4.7.0 Closing'),
    ('data', '451 4.3.0 Busy'), ('data', '421 4.3.0 Closing'),
    ('dot', '451 4.7.1 Try again'), ('dot', '452 4.3.1 Disk full'),
    ('dot', '554 5.3.0 Server trouble'), ('dot', '421 4.3.0 Closing'),
]
# Nobody knows yet: alone it is kept, among others the recipient's own.
DOUBTS = [
    '550 5.7.1 <{rcpt}>: Recipient address rejected: Access denied',
    '550 5.4.1 Recipient address rejected: Access denied',
    '550 5.7.133 Sender is not for this group', '550 Unrouteable address',
    '550 5.5.0 mailbox unavailable']
# The same after the mail; with no other one to ask, its own fault.
CONTENTS = ['550 5.7.1 Not wanted', '554 No', '550 No']


def ids(table):
    return [re.sub('[^A-Za-z0-9.]+', '-', f'{row[0]} {row[1]}')[:48]
            for row in table]


@pytest.fixture
def place(stack):
    made = Place(stack)
    yield made
    made.clean()


@pytest.mark.parametrize('phase, reply, code, setting', OURS, ids=ids(OURS))
def test_our_fault_costs_no_mail(place, phase, reply, code, setting):
    logins = place.queue(2)
    with Server(**{phase: reply}) as server:
        place.run(server, code)
    assert place.states(logins) == ['queued', 'queued']
    (told,) = place.lines('err')
    assert setting in told.split('look_at=')[1], told
    # Once it is mended everything arrives.
    place.due()
    with Server() as server:
        place.run(server)
        assert len(server.mails) == 2
    assert place.states(logins) == ['sent', 'sent']


@pytest.mark.parametrize('phase, reply', ITS_OWN, ids=ids(ITS_OWN))
def test_a_mails_own_fault_ends_it_alone(place, phase, reply):
    logins = place.queue(2)
    with Server(**{phase: [reply, REPLIES[phase]]}) as server:
        place.run(server)
        assert len(server.mails) == 1
    assert place.states(logins) == ['dead', 'sent']
    assert place.row(logins[0])['last_error'][:3] == reply[:3]
    assert place.lines('err') == []


def test_unknown_user_alone(place):
    (login,) = place.queue()
    with Server(rcpt='550 5.1.1 <{rcpt}>: User unknown') as server:
        place.run(server)
        assert len(server.rcpts) == 1
    assert place.states([login]) == ['dead']


@pytest.mark.parametrize('phase, reply', LATER, ids=ids(LATER))
def test_later_is_later(place, phase, reply):
    logins = place.queue(2)
    with Server(**{phase: [reply, REPLIES[phase]]}) as server:
        place.run(server)
        assert len(server.mails) == 1
    assert place.states(logins) == ['queued', 'sent']
    assert place.lines('err') == []


@pytest.mark.parametrize('position', [0, 1, 2])
@pytest.mark.parametrize('reply', DOUBTS, ids=range(len(DOUBTS)))
def test_doubt_is_settled_by_another_recipient(place, reply, position):
    """Refused twice, alone among others that are taken."""
    logins = place.queue(3)
    bad = logins[position]
    if 'Sender' in reply:
        reply = reply.replace('Sender is', 'You are')

    def answer(connection):
        return (reply if connection.rcpt.startswith(bad)
                else '250 2.1.5 Ok')

    with Server(rcpt=answer) as server:
        place.run(server)
        assert len(server.mails) == 2
        assert server.rcpts.count(f'{bad}@example.test') == 2
    assert place.states(logins) == [
        'dead' if login == bad else 'sent' for login in logins]


@pytest.mark.parametrize('reply', DOUBTS, ids=range(len(DOUBTS)))
def test_doubt_alone_is_kept(place, reply):
    (login,) = place.queue()
    with Server(rcpt=reply) as server:
        place.run(server, CONFIGURATION)
        assert place.states([login]) == ['queued']
        (told,) = place.lines('err')
        assert 'envelope_from' in told
        assert place.run(server) == ''      # not due


def test_relay_denied_to_one_is_kept(place):
    """An address that the server will not relay to: others get by."""
    logins = place.queue(3)

    def answer(connection):
        return ('554 5.7.1 <{rcpt}>: Relay access denied'
                if connection.rcpt.startswith(logins[0])
                else '250 2.1.5 Ok')

    with Server(rcpt=answer) as server:
        place.run(server, CONFIGURATION)
    assert place.states(logins) == ['queued', 'sent', 'sent']
    assert len(place.lines('err')) == 1


def test_server_that_has_enough_costs_no_mail(place):
    """After two mails it refuses everybody in a recipient's words."""
    logins = place.queue(5)
    with Server(rcpt=['250 Ok', '250 Ok', '550 5.7.1 No']) as server:
        place.run(server, CONFIGURATION)
    assert place.states(logins) == ['sent'] * 2 + ['queued'] * 3


@pytest.mark.parametrize('reply', CONTENTS)
def test_filter_that_refuses_everything(place, reply):
    logins = place.queue(4)
    with Server(dot=reply) as server:
        place.run(server, CONFIGURATION)
        assert len(server.bodies) == 2
    assert place.states(logins) == ['queued'] * 4
    assert len(place.lines('err')) == 1


@pytest.mark.parametrize('count', [1, 3])
@pytest.mark.parametrize('reply', CONTENTS)
def test_filter_that_refuses_one(place, reply, count):
    logins = place.queue(count)

    def answer(connection):
        return (reply if connection.rcpt.startswith(logins[0])
                else '250 2.0.0 Ok')

    with Server(dot=answer) as server:
        place.run(server)
        assert len(server.mails) == count - 1
    assert place.states(logins) == ['dead'] + ['sent'] * (count - 1)


def test_the_manual_has_every_reply():
    """doc/mail.md lists the replies that are tried here, and no other."""
    text = (TREE / 'doc' / 'mail.md').read_text()
    table = [line.split('|')[1:-1] for line in text.splitlines()
             if re.match(r'\| (greet|ehlo|mail|rcpt|data|dot) ', line)]
    told = {tuple(cell.strip() for cell in row) for row in table}
    tried = {(phase, reply.replace('|', ' / '), f'kept, {code}', setting)
             for phase, reply, code, setting in OURS}
    tried |= {(phase, reply, 'dead', '') for phase, reply in ITS_OWN}
    tried |= {(phase, reply, 'later', '') for phase, reply in LATER}
    tried |= {('rcpt', reply, 'in doubt', 'envelope_from')
              for reply in DOUBTS}
    tried |= {('dot', reply, 'in doubt', 'envelope_from')
              for reply in CONTENTS}
    assert told == tried


def assert_no_pin(text, pin):
    """Not as it is, nor with anything between its digits."""
    assert not re.search('[^0-9]{0,2}'.join(pin), text), (pin, text)


def quoted(pin, body):
    """What servers make of a mail that they quote."""
    return [pin, ' '.join(pin), '-'.join(pin), pin[:3] + ' ' + pin[3:],
            'x' * 185 + ' ' + pin, 'x' * 189 + ' ' + pin,
            quopri.encodestring(pin.encode()).decode(),
            ''.join(f'={ord(digit):02X}' for digit in pin),
            base64.b64encode(pin.encode()).decode(),
            base64.b64encode(body[-600:]).decode()]


@pytest.mark.parametrize('kind', range(10))
@pytest.mark.parametrize('code', ['550 5.7.1', '451 4.7.1', '535 5.7.8',
                                  '530', '554 5.6.0', '250 2.0.0'])
def test_no_pin_in_log_or_row(place, code, kind):
    """From the mail's bytes on the codes are all that is written down."""
    (login,) = place.queue()
    found = {}

    def answer(connection):
        found['pin'] = re.search(rb'\r\n([0-9]{4,})\r\n',
                                 connection.body).group(1).decode()
        found['text'] = quoted(found['pin'], connection.body)[kind][:900]
        return f'{code} You wrote: {found["text"]}'

    with Server(dot=answer) as server:
        place.run(server, CONFIGURATION if code[:2] == '53' else 0)
    row = place.row(login)
    for text in (place.said, str(row['last_error'])):
        assert_no_pin(text, found['pin'])
        assert found['text'][:40] not in text
    assert f'reply="{code}"' in place.said or f'reply={code}' in place.said
    if row['state'] != 'sent':
        assert row['last_error'] == code


FORMS = [
    '<{address}>: User unknown', 'User unknown: {address}',
    'User {upper} unknown', 'no such user "{local}"', '{local}: unknown',
    'rfc822;{xtext} unknown', 'mailbox {percent} is not here',
    '<{alabel}> unknown', 'user={quoted}', '{local} (at) example.test',
    'x' * 170 + ' {address}', 'x' * 990 + ' {address}']
LOCALS = ['anna.schmidt', 'x.y', 'o-p-q+tag', 'müller', 'sales']


@pytest.mark.parametrize('local', LOCALS)
@pytest.mark.parametrize('form', FORMS, ids=range(len(FORMS)))
def test_no_recipient_in_log_or_row(place, local, form):
    (login,) = place.queue()
    address = f'{local}@bücher.example'
    xtext = address.replace('+', '+2B').replace('@', '+40')
    reply = '550 5.1.1 ' + form.format(
        address=address, local=local, upper=address.upper(), xtext=xtext,
        percent=address.replace('@', '%40'),
        quoted=f'"{local}"@bücher.example',
        alabel=f'{local}@xn--bcher-kva.example')
    place.address(login, address)
    ehlo = '250-mx.example.test|250-SMTPUTF8|250 8BITMIME'
    with Server(ehlo=ehlo, rcpt=reply) as server:
        place.run(server)
    row = place.row(login)
    assert row['state'] == 'dead'
    for text in (place.said, row['last_error']):
        folded = text.lower()
        assert '@' not in text and 'cher' not in folded
        for part in re.split(r'[^a-zü]+', local):
            assert len(part) < 3 or part not in folded
        assert local not in folded
    assert row['last_error'].startswith('550 5.1.1')


def test_words_without_an_address_are_kept(place):
    (login,) = place.queue()
    with Server(rcpt='550-5.1.1 <{rcpt}>: unknown in this|550 5.1.1 house;'
                ' see https://mx.example/x') as server:
        place.run(server)
    assert place.row(login)['last_error'] == (
        '550 5.1.1 <...> unknown in this 5.1.1 house; see ...')


def test_limit_in_the_middle_of_a_pass(place):
    """Words of a limit: the rest waits, and the exit code says so."""
    logins = place.queue(3)
    with Server(rcpt=['250 Ok', '550 5.7.1 Hourly limit reached']) as server:
        place.run(server, TEMPORARY)
    assert place.states(logins) == ['sent', 'queued', 'queued']
    assert len(place.lines('err')) == 1
