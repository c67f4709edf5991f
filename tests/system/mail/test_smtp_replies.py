"""What the mailer makes of a mail server's replies: whose fault each is,
and how much of it is written down. doc/mail.md tells the same rows."""
import base64
import quopri
import re

import pytest

import verdicttable
from harness import CHEAP
from mailplace import CONFIGURATION, TEMPORARY
from smtpserver import EHLO_TLS, REPLIES, Server

pytestmark = pytest.mark.thin(5)
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
    ('mail', '552 5.2.2 Submission quota exceeded', 78, 'smtp_user'),
    ('mail', '550 5.1.1 Sender unknown', 78, 'envelope_from'),
    ('mail', '521 5.2.1 Not for you', 78, 'smtp_url'),
    ('rcpt', '521 5.1.1 This host accepts no mail', 78, 'smtp_url'),
    ('rcpt', '550 5.1.1 <{rcpt}>: Relay access denied', 78, 'smtp_url'),
    ('rcpt', '550 5.1.1 relaying to <{rcpt}> prohibited by administrator',
     78, 'smtp_url'),
    ('rcpt', '550 5.1.1 Sender unknown', 78, 'envelope_from'),
    ('rcpt', '550 5.1.3 <{rcpt}>: sender domain must resolve', 78,
     'envelope_from'),
    ('rcpt', "553 sorry, that domain isn't in my list of allowed rcpthosts"
     ' (#5.7.1)', 78, 'smtp_url'),
    ('rcpt', '550 5.2.2 Submission quota exceeded', 75, 'smtp_user'),
    ('data', '550 5.2.1 sending account disabled', 78, 'smtp_user'),
    ('dot', '554 5.2.252 SendAsDenied; not allowed to send as', 78,
     'envelope_from'),
    ('dot', '554 5.2.0 STOREDRV.Submission.Exception:'
     'SubmissionQuotaExceededException; Failed to process message', 78,
     'smtp_user'),
    ('dot', '521 5.2.1 will not accept delivery of this message', 78,
     'smtp_url'),
    ('dot', '550 5.4.5 Daily user sending quota exceeded', 75, 'smtp_user'),
    ('dot', '552 5.7.0 This message presents a potential security issue',
     78, 'smtp_user'),
    ('ehlo', '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked'
     ' using a block list', 78, 'smtp_url'),
    ('ehlo', '530 5.7.0 Must issue a STARTTLS command first', 78,
     'smtp_tls'),
    ('noop', '530 5.7.0 Must issue a STARTTLS command first', 78,
     'smtp_tls'),
    ('noop', '550 5.7.1 Client host rejected: Access denied', 78,
     'smtp_url'),
    ('noop', '502 5.5.2 Command not implemented', 78, 'smtp_url'),
    ('noop', '550 Authentication required', 78, 'smtp_user'),
    ('mail', '550 5.7.1 Client host rejected: Access denied', 78,
     'smtp_url'),
    ('mail', '550 5.7.606 Access denied, banned sending IP', 78, 'smtp_url'),
    ('mail', '550 Access denied - blocked using a list', 78, 'smtp_url'),
    ('mail', '550 5.7.1 Authentication required', 78, 'smtp_user'),
    ('mail', '503 5.5.1 Error: authentication required', 78, 'smtp_user'),
    ('mail', '550 5.7.1 Helo command rejected: need fully-qualified'
     ' hostname', 78, 'smtp_helo'),
    ('mail', '550 5.7.1 Message rate exceeded', 78, 'smtp_url'),
    ('rcpt', '503 5.5.1 Error: authentication required', 78, 'smtp_user'),
    ('rcpt', '550 5.7.1 Message rate exceeded', 75, 'smtp_url'),
    ('rcpt', '554 5.7.1 Sender rate limit exceeded', 75, 'smtp_url'),
    ('rcpt', '550 Sending too fast, slow down', 75, 'smtp_url'),
    ('dot', '550 5.7.1 Maximum credits exceeded', 75, 'smtp_url'),
    ('dot', '550 5.7.1 Threshold reached', 75, 'smtp_url'),
    ('dot', '554 Sending burst detected', 75, 'smtp_url'),
    ('dot', '550 Too many concurrent messages', 75, 'smtp_url'),
    ('dot', '554 Throttling failure: Daily message quota exceeded', 75,
     'smtp_url'),
    ('greet', '530 5.7.1 Authentication required', 78, 'smtp_user'),
    ('rcpt', '551 User not local; please try'
     ' <x@other.example>', 78, 'smtp_url'),
    ('rcpt', '550 5.7.8 Authentication credentials invalid', 78, 'smtp_user'),
    ('rcpt', '550 5.7.54 SMTP; Unable to relay recipient in'
     ' non-accepted domain', 78, 'smtp_url'),
    ('rcpt', '550 5.7.57 SMTP; Client was not authenticated to'
     ' send anonymous mail', 78, 'smtp_user'),
    ('rcpt', '500 Command not recognized', 78, 'smtp_url'),
    ('rcpt', '503 Bad sequence of commands', 78, 'smtp_url'),
    ('rcpt', '555 Parameters not recognized', 78, 'smtp_url'),
    ('dot', '503 Bad sequence of commands', 78, 'smtp_url'),
]
# Before there is a mail: refused, exit code, setting named, as above; or the
# server is away for now (None), which is one warn line.
STEPS = [
    ('greet', '421 4.3.2 Not now', 75, None),
    ('greet', '450 4.3.2 Not now', 75, None),
    ('starttls', '501 5.5.4 Syntax error', 78, 'smtp_tls'),
    ('starttls', '530 5.7.0 Not for you', 78, 'smtp_tls'),
    ('starttls', '554 5.7.0 No TLS', 78, 'smtp_tls'),
    ('starttls', '454 4.7.0 TLS not available', 75, None),
    ('auth', '530 5.7.0 Not for you', 78, 'smtp_user'),
    ('auth', '534 5.7.9 Mechanism is too weak', 78, 'smtp_user'),
    ('auth', '535 5.7.8 Authentication failed', 78, 'smtp_user'),
    ('auth', '538 5.7.11 Encryption required', 78, 'smtp_user'),
    ('auth', '454 4.7.0 Temporary authentication failure', 75, None),
]
# There is no such recipient: refused for good, alone as among others.
STRANGERS = [
    ('rcpt', '550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown'
     ' in relay recipient table'),
    ('rcpt', '553 5.1.3 Bad address syntax'),
    ('rcpt', '556 5.1.10 Recipient has null MX'),
    ('rcpt', '556 Domain does not accept mail'),
    ('rcpt', '550 5.1.6 Mailbox has moved'),
]
# The mail's own, if others are taken; else a setting may be what is wrong.
PERHAPS = [
    ('mail', '552 5.3.4 Message size exceeds fixed limit', 'smtp_url'),
    ('mail', '552 Too big', 'smtp_url'),
    ('mail', '550 5.6.7 SMTPUTF8 is needed', 'smtp_url'),
    ('rcpt', '550 5.1.2 Bad destination system', 'smtp_url'),
    ('rcpt', '550 5.2.1 Mailbox disabled', 'smtp_user'),
    ('rcpt', '552 5.2.2 Mailbox full', 'smtp_user'),
    ('rcpt', '552 Mailbox full', 'smtp_url'),
    ('rcpt', '552-5.2.2 The email account that you tried to reach is over'
     ' quota.|552 5.2.2 Please direct the recipient to https://mx.example',
     'smtp_user'),
    ('rcpt', '550 5.2.3 Mailbox exceeds its storage limit', 'smtp_user'),
    ('rcpt', '550 5.6.7 SMTPUTF8 is needed', 'smtp_url'),
    ('rcpt', '550 5.7.17 Mailbox owner has changed', 'smtp_url'),
    ('dot', '552 5.3.4 Message too big', 'smtp_url'),
    ('dot', '552 Too much data', 'smtp_url'),
    ('dot', '552 5.2.2 Mailbox full', 'smtp_user'),
    ('dot', '550 5.6.0 Bad content', 'smtp_url'),
    ('data', '552 5.2.2 Mailbox full', 'smtp_user'),
]
ITS_OWN = STRANGERS + [row[:2] for row in PERHAPS]
# Of these a limit or a filter can speak to anybody: their words, and codes,
# do not name the recipient.
OF_ANYTHING = [row for row in ITS_OWN if row[1].startswith((
    '552 5.3.4', '552 Too', '550 5.6'))]
# Later: this mail alone is put off, the one behind it is sent. If all are
# put off it is said, with the setting that the words point to; so it is for
# one mail alone, unless its words (None) can be those of greylisting.
DELAYS = [
    ('mail', '421 4.7.0 Too many connections', 'smtp_url'),
    ('mail', '451 4.7.1 Service unavailable', None),
    ('mail', '450 4.7.1 Client host rejected: cannot find your hostname',
     'smtp_url'),
    ('rcpt', '450 4.2.0 Greylisted', None), ('rcpt', '451 4.3.0 Busy', None),
    ('rcpt', '452 4.5.3 Too many recipients', 'smtp_url'),
    ('rcpt', '454 4.7.1 Relay access denied', 'smtp_url'),
    ('rcpt', '450 4.7.1 Helo command rejected: Host not found', 'smtp_helo'),
    ('rcpt', '450 4.7.1 Client host rejected: cannot find your hostname',
     'smtp_url'),
    ('rcpt', '450 4.7.1 Sender address rejected: try later',
     'envelope_from'),
    ('rcpt', '550 5.3.5 Server configuration error', 'smtp_url'),
    ('rcpt', '554 5.3.0 Refused', 'smtp_url'),
    ('rcpt', '421 4.7.0 Closing', None),
    ('data', '451 4.3.0 Busy', None), ('data', '421 4.3.0 Closing', None),
    ('dot', '451 4.7.1 Try again', None),
    ('dot', '452 4.3.1 Disk full', None),
    ('dot', '554 5.3.0 Server trouble', 'smtp_url'),
    ('rcpt', '550 5.5.3 Too many recipients', 'smtp_url'),
    ('dot', '421 4.3.0 Closing', None),
]
LATER = [row[:2] for row in DELAYS]
# Nobody knows yet: alone it is kept, among others the recipient's own.
DOUBTS = [
    '550 5.7.1 <{rcpt}>: Recipient address rejected: Access denied',
    '550 5.4.1 Recipient address rejected: Access denied',
    '550 5.7.133 Sender is not for this group', '550 Unrouteable address',
    '550 5.5.0 mailbox unavailable', '550 Invalid recipient: <{rcpt}>']
# The same after the mail.
CONTENTS = ['550 5.7.1 Not wanted', '554 No', '550 No']


def ids(table):
    return [re.sub('[^A-Za-z0-9.]+', '-', f'{row[0]} {row[1]}')[:48]
            for row in table]


def first_of_all(place, login):
    """Due again, before the others."""
    place.stack.sql("UPDATE umws.outbox SET next_attempt_at = now() -"
                    " interval '1 day' WHERE id = %s",
                    place.row(login)['id'])


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


@pytest.mark.parametrize('phase, reply, code, setting', STEPS, ids=ids(STEPS))
def test_a_step_before_any_mail(place, certificates, phase, reply, code,
                                setting):
    logins = place.queue(2)
    cert = (certificates / 'right.pem', certificates / 'right.key')
    ours = {'smtp_tls': 'required', 'smtp_ca_file': certificates / 'ca.pem'}
    if phase == 'auth':
        ours |= {'smtp_user': 'umws', 'smtp_password_file':
                 place.password_file(certificates, 'geheim')}
    if phase == 'greet':
        ours = {}
    theirs = {'cert': cert, 'account': ('umws', 'geheim'),
              'ehlo': EHLO_TLS.replace('250 8', '250-AUTH PLAIN|250 8')}
    with Server(**theirs, **{phase: reply}) as server:
        place.run(server, code, **ours)
        assert 'MAIL' not in server.verbs()
    assert [place.row(login)['attempts'] for login in logins] == [0, 0]
    (told,) = place.lines('err' if code == 78 else 'warn')
    assert 'geheim' not in place.said
    assert f'at={phase}' in told and reply[:9] in told, told
    assert setting is None or setting in told.split('look_at=')[1]
    with Server(**theirs) as server:
        place.run(server, **ours)
    assert place.states(logins) == ['sent', 'sent']


@pytest.mark.parametrize('phase, reply', ITS_OWN, ids=ids(ITS_OWN))
def test_a_mails_own_fault_ends_it_alone(place, phase, reply):
    logins = place.queue(2)
    if (phase, reply) in OF_ANYTHING:
        # One pass alone says nothing, nor do two at once.
        with Server(**{phase: [reply, REPLIES[phase], reply]}) as server:
            place.run(server, CONFIGURATION)
            assert place.states(logins) == ['queued', 'sent']
            assert len(place.lines('err')) == 1
        logins = [logins[0], *place.queue()]
        first_of_all(place, logins[0])
        with Server(**{phase: [reply, REPLIES[phase], reply]}) as server:
            place.run(server, CONFIGURATION)
        assert place.states(logins) == ['queued', 'sent']
        logins = [logins[0], *place.queue()]
        first_of_all(place, logins[0])
        place.doubted()
    with Server(**{phase: [reply, REPLIES[phase], reply]}) as server:
        place.run(server)
        assert len(server.mails) == 1
    assert place.states(logins) == ['dead', 'sent']
    assert place.row(logins[0])['last_error'][:3] == reply[:3]
    assert place.lines('err') == []


@pytest.mark.parametrize('batch', [1, 50])
@pytest.mark.parametrize('phase, reply, code, setting', [
    row + (78, 'smtp_url') for row in STRANGERS] + [
    row[:2] + (78, row[2]) for row in PERHAPS] + [
    row[:2] + (75, row[2] or 'smtp_url') for row in DELAYS],
    ids=ids(ITS_OWN + LATER))
def test_everybody_refused_costs_no_mail(place, phase, reply, code, setting,
                                         batch):
    """In the words of one mail's fault: the wrong server, a lost directory,
    a filter that refuses all."""
    logins = place.queue(3)
    with Server(**{phase: reply}) as server:
        place.run(server, code, mail_batch=batch)
        assert place.states(logins) == ['queued'] * 3
        (told,) = place.lines('err')
        assert setting in told.split('look_at=')[1], told
        assert told.split('reply=')[1].lstrip('"').startswith(reply[:3])
        # The same in the next pass, whoever is the first one then.
        place.due()
        place.run(server, code, mail_batch=batch)
        assert len(place.lines('err')) == 1
    assert place.states(logins) == ['queued'] * 3
    place.due()
    with Server() as server:
        place.run(server)
    assert place.states(logins) == ['sent'] * 3


@pytest.mark.parametrize('phase, reply', [
    ('mail', '100 5.1.1 odd'), ('mail', '354 odd'), ('mail', '999 5.1.1 odd'),
    ('rcpt', '300 5.1.1 odd'), ('rcpt', '600 5.1.1 odd'), ('rcpt', '550'),
    ('data', '250 odd'), ('data', '300 odd'), ('data', '000 odd'),
    ('dot', '354 odd'), ('dot', '600 5.1.1 odd'), ('dot', '550-5.1.1|550 x')])
def test_odd_answers_to_everybody(place, phase, reply):
    logins = place.queue(3)
    with Server(**{phase: reply}) as server:
        place.run(server, None)
    assert 'dead' not in place.states(logins), place.said


@pytest.mark.parametrize('phase, reply, setting', PERHAPS, ids=ids(PERHAPS))
def test_perhaps_alone_is_kept(place, phase, reply, setting):
    (login,) = place.queue()
    with Server(**{phase: reply}) as server:
        place.run(server, CONFIGURATION, mail_batch=1)
    assert place.states([login]) == ['queued']
    (told,) = place.lines('err')
    assert setting in told.split('look_at=')[1]


@pytest.mark.parametrize('reply', [
    '550 5.1.1 <{rcpt}>: unknown', '550 5.2.2 Mailbox full',
    '550 5.7.1 No', '550 No', '556 5.1.10 Null MX'])
@pytest.mark.parametrize('taken', [1, 3])
@pytest.mark.parametrize('phase', ['rcpt', 'dot'])
def test_refusals_of_all_begin_in_the_middle(place, phase, taken, reply):
    """Two or more are left: that they are refused says nothing of them."""
    logins = place.queue(taken + 2)
    okay = [REPLIES[phase]] * taken
    with Server(**{phase: okay + [reply]}) as server:
        place.run(server, CONFIGURATION)
    assert place.states(logins) == ['sent'] * taken + ['queued'] * 2
    assert len(place.lines('err')) == 1


@pytest.mark.parametrize('reply', ['550 5.2.2 Mailbox full', '550 5.7.1 No',
                                   '550 No', '550 5.4.1 No'])
@pytest.mark.parametrize('phase', ['rcpt', 'dot'])
def test_refused_last_is_kept(place, phase, reply):
    """None is taken after it, so nobody knows; in the next pass one is."""
    logins = place.queue(4)

    def answer(connection):
        return (reply if connection.rcpt.startswith(logins[3])
                else REPLIES[phase])

    with Server(**{phase: answer}) as server:
        place.run(server, CONFIGURATION)
        assert place.states(logins) == ['sent'] * 3 + ['queued']
        place.due()
        place.doubted()
        logins += place.queue()
        first_of_all(place, logins[3])
        place.run(server)
    assert place.states(logins) == ['sent'] * 3 + ['dead', 'sent']


def test_two_unknown_users_behind_others(place):
    """The directory may be gone. Alone in the queue each is its own."""
    logins = place.queue(3)
    good = [logins[0]]

    def answer(connection):
        return (REPLIES['rcpt'] if connection.rcpt.split('@')[0] in good
                else '550 5.1.1 <{rcpt}>: unknown')

    with Server(rcpt=answer) as server:
        place.run(server, CONFIGURATION)
        assert place.states(logins) == ['sent', 'queued', 'queued']
        # One of them is due: the other one was refused as well.
        place.stack.sql('UPDATE umws.outbox SET next_attempt_at = now()'
                        ' WHERE id = %s', place.row(logins[1])['id'])
        place.run(server, CONFIGURATION)
        assert place.states(logins) == ['sent', 'queued', 'queued']
        # One is taken between them.
        logins += place.queue()
        for number, login in enumerate([logins[1], logins[3], logins[2]]):
            place.stack.sql(
                "UPDATE umws.outbox SET next_attempt_at = now() - interval"
                " '1 hour' + %s * interval '1 second' WHERE id = %s",
                number, place.row(login)['id'])
        good.append(logins[3])
        place.run(server, CONFIGURATION)
    assert place.states(logins) == ['sent', 'dead', 'queued', 'sent']


def test_unknown_user_while_others_wait(place):
    """What was put off was not taken: nobody speaks for the server."""
    logins = place.queue(2)
    with Server(rcpt=['250 Ok', '450 4.2.0 Greylisted'],
                dot='451 4.3.0 Busy') as server:
        place.run(server, TEMPORARY)
    place.stack.sql('UPDATE umws.outbox SET next_attempt_at = now()'
                    ' WHERE id = %s', place.row(logins[0])['id'])
    with Server(rcpt='550 5.1.1 <{rcpt}>: unknown') as server:
        place.run(server, CONFIGURATION)
    assert place.states(logins) == ['queued', 'queued']


def test_unknown_user_alone(place):
    (login,) = place.queue()
    with Server(rcpt='550 5.1.1 <{rcpt}>: User unknown') as server:
        place.run(server)
        assert len(server.rcpts) == 1
    assert place.states([login]) == ['dead']


@pytest.mark.parametrize('phase, reply, setting', DELAYS, ids=ids(DELAYS))
def test_put_off_alone(place, phase, reply, setting):
    """Greylisting is no news, until it lasts."""
    (login,) = place.queue()
    with Server(**{phase: reply}) as server:
        for attempt in range(1, 7):
            is_told = setting is not None or attempt >= 5
            place.run(server, TEMPORARY if is_told else 0)
            assert len(place.lines('err')) == is_told
            place.due()
    assert place.states([login]) == ['queued']


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
    """Refused twice, and another one taken between; the last one is kept."""
    logins = place.queue(3)
    bad = logins[position]
    is_last = position == 2
    if 'Sender' in reply:
        reply = reply.replace('Sender is', 'You are')

    def answer(connection):
        return (reply if connection.rcpt.startswith(bad)
                else '250 2.1.5 Ok')

    with Server(rcpt=answer) as server:
        place.run(server, CONFIGURATION if is_last else 0)
        assert len(server.mails) == 2
        assert server.rcpts.count(f'{bad}@example.test') == 2
    state = 'queued' if is_last else 'dead'
    assert place.states(logins) == [
        state if login == bad else 'sent' for login in logins]


@pytest.mark.parametrize('reply', DOUBTS, ids=range(len(DOUBTS)))
def test_doubt_alone_is_kept(place, reply):
    (login,) = place.queue()
    with Server(rcpt=reply) as server:
        place.run(server, CONFIGURATION)
        assert place.states([login]) == ['queued']
        (told,) = place.lines('err')
        assert 'envelope_from' in told
        assert place.run(server) == ''      # not due


@pytest.mark.parametrize('order, states, code', [
    ('bgbg', ['dead', 'sent', 'dead', 'sent'], 0),
    ('bgb', ['dead', 'sent', 'queued'], CONFIGURATION),
    ('gbb', ['sent', 'queued', 'queued'], CONFIGURATION),
    ('gbbg', ['sent', 'dead', 'dead', 'sent'], 0),
    ('bbg', ['queued', 'queued', 'queued'], CONFIGURATION)])
def test_two_in_doubt(place, order, states, code):
    """Who is dead was refused before and after another one was taken."""
    logins = place.queue(len(order))
    bad = [login for login, kind in zip(logins, order) if kind == 'b']

    def answer(connection):
        return ('550 5.7.1 <{rcpt}>: Recipient address rejected: Access'
                ' denied' if connection.rcpt.split('@')[0] in bad
                else '250 2.1.5 Ok')

    with Server(rcpt=answer) as server:
        place.run(server, code)
        assert place.states(logins) == states
        if order == 'bbg':
            place.run(server, None)
            assert place.states(logins)[2] == 'sent'


@pytest.mark.parametrize('reply', [
    '550 <limit@listed.example>: Unrouteable address',
    '550 5.7.1 <listed@x.example>: Recipient address rejected: Access denied',
    '550 anna@relay.example unknown user',
    '550 5.1.1 <{rcpt}>: unknown at mx.relay.example[192.0.2.7]',
    '550 5.1.1 <sender>: see https://blocked.example/limit.html'])
def test_words_in_names_say_nothing(place, reply):
    logins = place.queue(3)

    def answer(connection):
        return (reply if connection.rcpt.startswith(logins[0])
                else '250 2.1.5 Ok')

    with Server(rcpt=answer) as server:
        place.run(server)
    assert place.states(logins) == ['dead', 'sent', 'sent']
    assert place.lines('err') == []


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


@pytest.mark.parametrize('batch', [1, 50])
@pytest.mark.parametrize('reply', CONTENTS)
def test_filter_that_refuses_everything(place, reply, batch):
    logins = place.queue(4)
    with Server(dot=reply) as server:
        place.run(server, CONFIGURATION, mail_batch=batch)
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
        place.run(server, CONFIGURATION)
        assert len(server.mails) == count - 1
        # Refused again, and minutes later, while others are taken.
        place.doubted()
        logins += place.queue(count - 1)
        first_of_all(place, logins[0])
        place.run(server, CONFIGURATION if count == 1 else 0)
        assert len(server.mails) == 2 * (count - 1)
    # With no other one to ask the filter may refuse everything.
    state = 'queued' if count == 1 else 'dead'
    assert place.states(logins) == [state] + ['sent'] * (2 * count - 2)


def test_the_manual_has_every_reply():
    """doc/mail.md lists the replies that are tried here, and no other."""
    told = {tuple(row) for row in verdicttable.replies()}
    tried = {(phase, reply.replace('|', ' / '), f'kept, {code}', setting or '')
             for phase, reply, code, setting in OURS + STEPS}
    tried |= {(phase, reply, 'dead', 'smtp_url')
              for phase, reply in STRANGERS}
    tried |= {(phase, reply.replace('|', ' / '), 'in doubt', setting)
              for phase, reply, setting in PERHAPS}
    tried |= {(phase, reply, 'later', setting or '')
              for phase, reply, setting in DELAYS}
    tried |= {('rcpt', reply, 'in doubt', 'envelope_from')
              for reply in DOUBTS}
    tried |= {('dot', reply, 'in doubt', 'envelope_from')
              for reply in CONTENTS}
    assert told == tried


def test_the_manual_has_every_rule():
    """And its table is that of src/core/verdict.c, with a source for each."""
    told = verdicttable.written()
    for row, rule in zip(told, verdicttable.rules()):
        assert tuple(row[:-1]) == rule.row()
        assert re.search('RFC|Exchange|Gmail|Outlook|Postfix|Exim|registry',
                         row[-1]), row
    assert len(told) == len(verdicttable.rules())


def test_every_rule_is_tried():
    """Each is the first that fits one of the replies, at least."""
    table = verdicttable.rules()
    hit = {verdicttable.first_match(table, phase, reply)
           for phase, reply, _, _ in verdicttable.replies()}
    assert [rule.row() for place, rule in enumerate(table)
            if place not in hit] == []


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
        place.run(server, CONFIGURATION if code[0] == '5' else 0)
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
