"""What counts as a mail server's answer, byte by byte: behind the dot above
all, where the mail may have been taken; and what is said of one that is none,
or of a connection that fails."""
import re
import socket

import pytest

import certificate
from harness import CHEAP
from mailplace import CONFIGURATION, TEMPORARY
from smtpserver import EHLO_TLS, REPLIES, Server

OPTIONS = CHEAP + ('--limits', 'off')


def raw(data, is_end=True):
    """An answer of these bytes, and as a rule the connection's end."""
    def answer(connection):
        connection.peer.sendall(data)
        if is_end:
            raise EOFError
        return ''

    return answer


def copies(place, login):
    """How many may have arrived."""
    return place.stack.value(
        'SELECT unanswered FROM umws.outbox WHERE id = %s',
        place.row(login)['id'])


@pytest.mark.thin(4)
@pytest.mark.parametrize('data', [
    b'', b'4', b'25', b'250', b'451', b'250 Ok', b'451 4.3.0 Busy',
    b'250-half\r\n', b'451-half\r\n', b'550-half\r\n', b'550-5.1.1 a\r\n550',
    b'garbage\r\n', b'\r\n', b'4711\r\n', b'580x\r\n', b'250x\n',
    b'150 x\r\n', b'354 Go\r\n', b'650 5.1.1 x\r\n', b'999 what\r\n',
    b'250-a\r\n550 b\r\n', b'550-a\r\n250 b\r\n', b'451-a\r\n550 b\r\n',
    b'what?\r\n250 Ok\r\n', b'what?\r\n550 5.7.1 No\r\n',
    b'451-4.3.0 a\r\nwhat?\r\n451 4.3.0 b\r\n'], ids=repr)
def test_what_is_no_answer_to_a_mail(place, data):
    """It may have been taken: few copies, and one line at their end."""
    (login,) = place.queue()
    withheld = 0
    with Server(dot=raw(data)) as server:
        for _ in range(6):
            place.run(server, None)
            withheld += place.said.count('mail-withheld')
            place.stack.sql('UPDATE umws.outbox SET next_attempt_at = now()'
                            ' WHERE sealed IS NOT NULL AND next_attempt_at <'
                            " now() + interval '1 year'")
        assert len(server.bodies) == 4
        assert len(set(server.bodies)) == 1
    assert withheld == 1
    assert copies(place, login) == 4
    assert place.states([login]) == ['queued']


def test_what_follows_no_answer_is_for_nobody(place):
    """libcurl takes 250 and keeps the connection; its next mail must not
    hear what else comes."""
    logins = place.queue(2)
    with Server(dot=[raw(b'what?\r\n250 Ok\r\n550 5.1.1 no\r\n', False),
                     '250 Ok']) as server:
        place.run(server, None)
        assert server.connections == 2
    assert place.states(logins) == ['queued', 'sent']
    assert [copies(place, login) for login in logins] == [1, 0]


@pytest.mark.parametrize('phase', ['mail', 'rcpt', 'data', 'dot'])
@pytest.mark.parametrize('data', [b'451 4.3.0 Busy\r\n', b'452-x\r\n452\r\n'])
def test_a_server_that_hangs_up_after_a_no(place, phase, data):
    """The next mail has a connection of its own."""
    logins = place.queue(2)
    with Server(**{phase: [raw(data), REPLIES[phase]]}) as server:
        place.run(server)
        assert server.connections == 2
    assert place.states(logins) == ['queued', 'sent']
    assert place.lines('warn') == []


@pytest.mark.parametrize('data, state', [
    (b'250 Ok\r\n', 'sent'), (b'250\r\n', 'sent'), (b'250 Ok\n', 'sent'),
    (b'250\n', 'sent'), (b'251 Ok\r\n', 'sent'), (b'200 Ok\r\n', 'sent'),
    (b'252-a\r\n252 b\r\n', 'sent'), (b'250-a\r\n250-b\r\n250\r\n', 'sent'),
    (b'451 4.3.0 Busy\r\n', 'queued'), (b'451\r\n', 'queued'),
    (b'451\n', 'queued'), (b'450-a\r\n451 b\r\n', 'queued'),
    (b'499 x\r\n', 'queued'), (b'550 5.7.1 No\r\n', 'queued'),
    (b'554\r\n', 'queued'), (b'571 No\r\n', 'queued'),
    (b'451 4.3.0 a\r\n250 b\r\n', 'queued')], ids=repr)
@pytest.mark.parametrize('is_end', [True, False])
def test_what_is_an_answer_to_a_mail(place, data, state, is_end):
    (login,) = place.queue()
    with Server(dot=raw(data, is_end)) as server:
        place.run(server, None, smtp_dot_timeout='2s')
        # What is in doubt is tried twice in a pass.
        assert len(server.bodies) == (2 if data[:1] == b'5' else 1)
    assert place.states([login]) == [state]
    assert copies(place, login) == 0
    if state == 'queued':
        told = data[:3].decode() if data[:3] != b'499' else '4yz'
        if data.startswith(b'450'):
            told = '451'
        assert place.row(login)['last_error'].startswith(told)


def early_answer(early):
    """A 354 and more at once, and then the mail is read."""
    def answer(connection):
        connection.peer.sendall(b'354 Go\r\n' + early)
        while connection.file.readline() not in (b'', b'.\r\n'):
            pass
        raise EOFError

    return answer


@pytest.mark.parametrize('early, count', [
    (b'451 4.3.0 Busy\r\n', 0), (b'550 5.7.1 No\r\n', 0),
    (b'354 Go on\r\n', 1), (b'150 x\r\n', 1)])
def test_answers_before_the_mail_is_there(place, early, count):
    """libcurl reads them behind the dot. A refusal is one."""
    (login,) = place.queue()
    with Server(data=early_answer(early)) as server:
        place.run(server, None, smtp_dot_timeout='2s')
    assert copies(place, login) == count
    assert place.states([login]) == ['queued']


@pytest.mark.parametrize('last', [None, b'250 Ok\r\n', b'550 5.7.1 No\r\n'])
def test_a_peer_that_echoes_the_mail(place, last):
    (login,) = place.queue()
    found = []

    def echo(connection):
        found.append(re.search(rb'\r\n([0-9]{4,})\r\n',
                               connection.body).group(1))
        connection.peer.sendall(connection.body + b'500 Main Street\r\n'
                                + found[0] + b'\r\n' + (last or b''))
        raise EOFError

    with Server(dot=echo) as server:
        place.run(server, None)
    assert copies(place, login) == 1
    (line,) = [line for line in place.said.splitlines() if 'id=' in line]
    told = re.search('reply="([^"]*)"', line).group(1)
    assert told == place.row(login)['last_error']
    assert not re.search('[0-9]', told), told


@pytest.mark.parametrize('phase', ['rcpt', 'dot'])
@pytest.mark.parametrize('reply, told', [
    ('550 5.4.938 No', '550'), ('550 5.9.381 No', '550'),
    ('451 4.3.817 No', '451'), ('580 5.1.1 No', '5yz 5.1.1'),
    ('493 4.8.17 No', '4yz'), ('550 5.7.26 No', '550 5.7.26'),
    ('550 5.7.60 No', '550 5.7.60')])
def test_codes_that_nobody_defines_are_not_told(place, phase, reply, told):
    """Digits of a PIN have room in a code."""
    (login,) = place.queue()
    with Server(**{phase: reply}) as server:
        place.run(server, None)
    words = ' No' if phase == 'rcpt' else ''
    if words and told in ('550', '451', '4yz'):
        words = ' ... No'
    assert place.row(login)['last_error'] == told + words


# Their base64 begins with QUIt, RCpT and eHlO.
@pytest.mark.parametrize('user, password', [
    ('AB-bob', 'geheim'), ('bob', 'AB-geheim'), ('D*Sbob', 'xyNgeheim')])
def test_a_login_that_looks_like_a_command(place, certificates, user,
                                           password):
    place.queue()
    ehlo = '250-mx.example.test|250-AUTH LOGIN|250 8BITMIME'
    path = place.password_file(certificates, password)
    with Server(ehlo=ehlo, account=('other', 'other')) as server:
        place.run(server, CONFIGURATION, smtp_tls='off', smtp_user=user,
                  smtp_password_file=path)
        assert server.logins
    (told,) = place.lines('err')
    assert 'reply="535 5.7.8 Bad credentials" at=auth' in told
    assert 'look_at="smtp_user, smtp_password_file"' in told


PIN = '493817'


@pytest.fixture(scope='module')
def certificates():
    """Each quotes what a server has heard."""
    with certificate.made(
            (('no names', None, 30),
             ('other names', f'DNS:x{PIN}.example.test', 30),
             ('expired', 'IP:127.0.0.1', 0)),
            f'/CN=anna.schmidt {{}} {PIN}') as folder:
        (folder / 'empty.pem').write_text('')
        (folder / 'empty.pem').chmod(0o644)
        yield folder


@pytest.mark.parametrize('is_smtps', [False, True])
@pytest.mark.parametrize('kind, words, setting', [
    ('no names', 'for another host', 'smtp_url'),
    ('other names', 'for another host', 'smtp_url'),
    ('expired', 'has expired', 'smtp_url'),
    ('stranger', 'signed by itself alone', 'smtp_ca_file')])
def test_why_a_certificate_does_not_fit(place, certificates, kind, words,
                                        setting, is_smtps):
    """In words of ours: those in it a server has chosen."""
    place.queue()
    scheme = 'smtps' if is_smtps else 'smtp'
    cert = (certificates / f'{kind}.pem', certificates / f'{kind}.key')
    with Server(cert=cert, ehlo=EHLO_TLS, is_smtps=is_smtps) as server:
        place.run(server, CONFIGURATION, smtp_tls='required',
                  smtp_url=f'{scheme}://127.0.0.1:{server.port}',
                  smtp_ca_file=certificates / 'ca.pem')
    (told,) = place.lines('err')
    assert words in told
    assert setting in told.split('look_at=')[1]
    assert PIN not in place.said and 'anna' not in place.said


@pytest.mark.parametrize('ehlo, settings, words, setting', [
    (EHLO_TLS.replace('STARTTLS', 'SIZE'), {'smtp_tls': 'required'},
     'does not offer STARTTLS', 'smtp_tls'),
    ('250-mx.example.test|250 AUTH NOSUCH', {'smtp_tls': 'off',
                                             'smtp_user': 'umws'},
     'no way to log in', 'smtp_user'),
    (EHLO_TLS, {'smtp_tls': 'required', 'smtp_ca_file': 'empty.pem'},
     'file of authorities', 'smtp_ca_file')])
def test_what_is_not_offered_names_a_setting(place, certificates, ehlo,
                                             settings, words, setting):
    place.queue()
    settings = dict(settings)
    if 'smtp_user' in settings:
        settings['smtp_password_file'] = place.password_file(
            certificates, 'geheim')
    if 'smtp_ca_file' in settings:
        settings['smtp_ca_file'] = certificates / settings['smtp_ca_file']
    cert = (certificates / 'ca.pem', certificates / 'ca.key')
    with Server(ehlo=ehlo, cert=cert) as server:
        place.run(server, CONFIGURATION, **settings)
        assert 'MAIL' not in server.verbs()
    (told,) = place.lines('err')
    assert words in told
    assert setting in told.split('look_at=')[1]


def closed_port():
    with socket.create_server(('127.0.0.1', 0)) as probe:
        return probe.getsockname()[1]


@pytest.mark.parametrize('url, words', [
    ('smtp://127.0.0.1:{closed}', 'Connection refused'),
    ('smtp://no-such-host.invalid', "Couldn't resolve host name"),
    ('smtps://127.0.0.1:{port}', 'what came is not TLS')])
def test_no_connection_names_a_setting(place, url, words):
    place.queue()
    with Server() as server:
        place.run(server, TEMPORARY, smtp_url=url.format(
            port=server.port, closed=closed_port()))
    (told,) = place.lines('warn')
    assert words in told
    assert 'smtp_url' in told.split('look_at=')[1]


@pytest.mark.parametrize('phase', ['greet', 'ehlo', 'mail', 'rcpt', 'data'])
@pytest.mark.parametrize('data', [b'550-half\r\n', b'650 x\r\n', b'4711\r\n',
                                  b'what?\r\n'])
def test_no_answer_before_the_mail(place, phase, data):
    """Nothing is decided by it, and it is not repeated."""
    (login,) = place.queue()
    with Server(**{phase: raw(data)}) as server:
        place.run(server, TEMPORARY)
    assert place.states([login]) == ['queued']
    assert copies(place, login) == 0
    # To EHLO it is a no, and HELO is next.
    assert phase == 'ehlo' or 'no whole SMTP reply' in place.said
