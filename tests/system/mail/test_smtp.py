"""The mailer over the wire: domains of other scripts, its name, TLS, AUTH,
and servers that take their time."""
import os
import pathlib
import re
import subprocess
import time

import pytest

from harness import CHEAP, eventually, keep_secret, run
from mailplace import CONFIGURATION, LEVEL, TEMPORARY
from smtpserver import EHLO_TLS, Server

OPTIONS = CHEAP + ('--limits', 'off')
END_LEASES = ('UPDATE umws.outbox SET lease_until = now()'
              ' WHERE lease_token IS NOT NULL')


IDN = [('anna@bücher.example', 'anna@xn--bcher-kva.example'),
       ('anna@BÜCHER.example', 'anna@xn--bcher-kva.example'),
       ('anna@straße.example', 'anna@xn--strae-oqa.example'),
       ('anna@βόλος.example', 'anna@xn--nxasmm1c.example'),
       ('anna@例え.テスト', 'anna@xn--r8jz45g.xn--zckzah'),
       ('Anna@Example.ORG', 'Anna@Example.ORG')]


@pytest.mark.parametrize('locale', ['C', 'C.UTF-8', 'en_US.ISO-8859-1'])
@pytest.mark.parametrize('address, wire', IDN)
def test_envelope_and_header_have_the_a_label(place, monkeypatch, address,
                                              wire, locale):
    (login,) = place.queue()
    place.address(login, address)
    monkeypatch.setenv('LC_ALL', locale)
    with Server() as server:
        place.run(server)
        assert server.rcpts == [wire]
        ((_, _, body, _),) = server.mails
    assert f'<{wire}>'.encode() in body.split(b'\r\n\r\n')[0]


def test_sender_and_helo_of_another_script(place):
    place.queue()
    with Server() as server:
        place.run(server, mail_from='Voice mail <umws@bücher.example>',
                  smtp_helo='mail.bücher.example')
        assert server.helos == ['mail.xn--bcher-kva.example']
        ((sender, _, body, _),) = server.mails
    assert sender == 'umws@xn--bcher-kva.example'
    assert b'From: Voice mail <umws@xn--bcher-kva.example>' in body
    assert b'@xn--bcher-kva.example>' in re.search(
        rb'(?im)^message-id:.*(\r\n .*)?', body).group()


def test_domain_without_a_label_is_refused(place):
    (login,) = place.queue()
    place.address(login, 'anna@-bücher.example')
    with Server() as server:
        place.run(server, code=CONFIGURATION)
        assert server.rcpts == []
    row = place.row(login)
    assert (row['state'], row['has_sealed']) == ('queued', True)
    assert 'cannot be sent' in row['last_error']


@pytest.mark.parametrize('ehlo, state', [
    ('250 mx.example.test', 'dead'), (EHLO_TLS, 'dead'),
    ('250-mx.example.test|250 SMTPUTF8', 'sent')])
def test_local_part_of_another_script(place, ehlo, state):
    """It needs SMTPUTF8: without it that mail ends, and the others go."""
    logins = place.queue(2)
    place.address(logins[0], 'jörg@bücher.example')
    place.due()
    with Server(ehlo=ehlo) as server:
        place.run(server, smtp_tls='off')
        assert ('jörg@xn--bcher-kva.example' in server.rcpts) == (
            state == 'sent')
        assert any(line.startswith('MAIL') and line.endswith(' SMTPUTF8')
                   for line in server.heard) == (state == 'sent')
    assert place.states(logins) == [state, 'sent']
    assert place.lines('err') == []
    row = place.row(logins[0])
    assert state == 'sent' or (row['last_error'], row['has_sealed']) == (
        'the address needs SMTPUTF8, which the server does not offer', False)


def test_default_helo_has_a_dot(place):
    place.queue()
    with Server() as server:
        place.run(server)
        (helo,) = server.helos
    assert re.fullmatch(r'([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*', helo)


@pytest.mark.skipif(os.geteuid() != 0, reason='only root names a host')
@pytest.mark.parametrize('host, helo', [
    ('vm', 'example.test'), ('mx7.example.net', 'mx7.example.net'),
    ('localhost.localdomain', 'example.test')])
def test_helo_by_the_hosts_name(place, host, helo):
    place.queue()
    with Server() as server:
        place.run(server)      # writes the configuration
        place.queue()
        done = run('unshare', '--uts', 'sh', '-c',
                   f'hostname {host}; exec "$0" --config "$1"',
                   place.stack.env['UMWS_MAILER'], place.conf)
        assert done.returncode == 0, done.stderr
        assert server.helos[-1] == helo


def test_starttls(place, certificates):
    place.queue()
    cert = (certificates / 'right.pem', certificates / 'right.key')
    with Server(cert=cert, ehlo=EHLO_TLS) as server:
        place.run(server, smtp_tls='required',
                  smtp_ca_file=certificates / 'ca.pem')
        assert [mail[3] for mail in server.mails] == [True]
        assert server.verbs().index('STARTTLS') < server.verbs().index('MAIL')


def test_smtps(place, certificates):
    place.queue()
    cert = (certificates / 'right.pem', certificates / 'right.key')
    with Server(cert=cert, is_smtps=True) as server:
        place.run(server, smtp_ca_file=certificates / 'ca.pem',
                  smtp_url=f'smtps://127.0.0.1:{server.port}')
        assert [mail[3] for mail in server.mails] == [True]


@pytest.mark.parametrize('is_smtps', [False, True])
@pytest.mark.parametrize('name', ['wrong-name', 'expired', 'stranger'])
def test_certificates_that_do_not_fit(place, certificates, name, is_smtps):
    (login,) = place.queue()
    cert = (certificates / f'{name}.pem', certificates / f'{name}.key')
    with Server(cert=cert, ehlo=EHLO_TLS, is_smtps=is_smtps) as server:
        scheme = 'smtps' if is_smtps else 'smtp'
        settings = {'smtp_ca_file': certificates / 'ca.pem',
                    'smtp_url': f'{scheme}://127.0.0.1:{server.port}'}
        place.run(server, CONFIGURATION, smtp_tls='required', **settings)
        assert len(place.lines('err')) == 1
        assert 'MAIL' not in server.verbs()
        assert place.row(login)['attempts'] == 0
        if not is_smtps:
            # try: any certificate will do.
            place.run(server, **settings)
            assert [mail[3] for mail in server.mails] == [True]


@pytest.mark.parametrize('tls', ['garbage', 'close', 'silence', '454', '501',
                                 '502', '554', '421'])
def test_broken_tls(place, certificates, tls):
    """try falls back to clear text and says so once; required does not,
    and with a password nothing leaves in clear text."""
    logins = place.queue(3)
    settings = {'smtp_timeout': '2s'}
    replies = {'ehlo': EHLO_TLS, 'tls': tls}
    if tls.isdigit():
        replies['starttls'] = f'{tls} 4.7.0 TLS not available'.replace(
            '4.7.0', f'{tls[0]}.7.0')
    with Server(**replies) as server:
        place.run(server, smtp_tls='required',
                  code=CONFIGURATION if tls[0] == '5' else None, **settings)
        password = place.password_file(certificates, 'geheim')
        place.run(server, smtp_user='umws', smtp_password_file=password,
                  code=CONFIGURATION if tls[0] == '5' else None, **settings)
        assert not {'MAIL', 'AUTH'} & set(server.verbs())
        place.run(server, **settings)
        assert [mail[3] for mail in server.mails] == [False] * 3
        assert place.states(logins) == ['sent'] * 3
        told = [line for line in place.lines('warn')
                if 'smtp-tls-failed' in line]
        assert len(told) == 1 and place.lines('err') == []


@pytest.mark.parametrize('mechanism', ['PLAIN', 'LOGIN'])
@pytest.mark.parametrize('is_right', [True, False])
def test_auth(place, certificates, mechanism, is_right):
    (login,) = place.queue()
    ehlo = f'{EHLO_TLS[:-12]}250-AUTH {mechanism}|250 8BITMIME'
    cert = (certificates / 'right.pem', certificates / 'right.key')
    password = place.password_file(certificates,
                                   'geheim' if is_right else 'falsch')
    with Server(ehlo=ehlo, cert=cert, account=('umws', 'geheim')) as server:
        place.run(server, 0 if is_right else CONFIGURATION,
                  smtp_user='umws', smtp_password_file=password,
                  smtp_ca_file=certificates / 'ca.pem')
        assert {login[0] for login in server.logins} == {mechanism}
        assert all(login[3] for login in server.logins)
    assert 'geheim' not in place.said and 'falsch' not in place.said
    if is_right:
        assert place.row(login)['state'] == 'sent'
    else:
        assert place.row(login)['attempts'] == 0
        (told,) = place.lines('err')
        assert '535' in told and 'smtp_user' in told


def test_auth_that_is_not_offered(place, certificates):
    (login,) = place.queue()
    cert = (certificates / 'right.pem', certificates / 'right.key')
    password = place.password_file(certificates, 'geheim')
    with Server(ehlo=EHLO_TLS, cert=cert, mail='530 5.7.0 Log in') as server:
        place.run(server, CONFIGURATION, smtp_user='umws',
                  smtp_password_file=password,
                  smtp_ca_file=certificates / 'ca.pem')
    assert place.row(login)['state'] == 'queued'
    assert len(place.lines('err')) == 1


def test_a_late_answer_is_waited_for(place):
    """smtp_timeout is for what comes before the mail's last byte."""
    (login,) = place.queue()
    with Server(pause={'dot': 4}) as server:
        place.run(server, smtp_timeout='2s', retry_min='1s')
        place.run(server, smtp_timeout='2s', retry_min='1s')
        assert len(server.mails) == 1
    assert place.row(login)['state'] == 'sent'


def test_each_answer_has_its_time(place):
    """A server that is slow at each step is no server that is away."""
    (login,) = place.queue()
    steps = ('greet', 'ehlo', 'noop', 'mail', 'rcpt', 'data', 'dot')
    with Server(pause=dict.fromkeys(steps, 1.3)) as server:
        place.run(server, smtp_timeout='3s', smtp_dot_timeout='3s')
        assert len(server.mails) == 1
    assert place.row(login)['state'] == 'sent'


@pytest.mark.parametrize('phase', ['greet', 'ehlo', 'mail', 'rcpt', 'data'])
def test_silence_before_the_mail_is_short(place, phase):
    (login,) = place.queue()
    with Server(pause={phase: 30}) as server:
        begun = time.monotonic()
        place.run(server, TEMPORARY, smtp_timeout='2s')
        assert time.monotonic() - begun < 8
    assert place.row(login)['state'] == 'queued'


@pytest.mark.parametrize('dot', ['hang', 'close'])
def test_copies_end(place, dot):
    """Without an answer: few copies, far apart, the same to the byte, and
    then the mail waits for its PIN's end."""
    (login,) = place.queue()
    pauses = []
    with Server(dot=(lambda _: None) if dot == 'close' else '250 late',
                pause={'dot': 20} if dot == 'hang' else {}) as server:
        for _ in range(7):
            place.run(server, None, smtp_dot_timeout='1s', retry_max='1h')
            pauses.append(place.stack.value(
                'SELECT extract(epoch FROM next_attempt_at - now())::int'
                ' FROM umws.outbox WHERE id = %s', place.row(login)['id']))
            if pauses[-1] < 86400 * 300:
                place.due()
        assert len(server.bodies) == 4
        assert len(set(server.bodies)) == 1
    row = place.row(login)
    assert row['state'] == 'queued' and row['last_error']
    for pause, hours in zip(pauses, (1, 4, 16)):
        assert hours * 3600 - 60 < pause <= hours * 3600
    # Its PIN's life ends, and so does the row.
    place.stack.sql('UPDATE umws.outbox SET expires_at = now() WHERE id ='
                    ' %s', row['id'])
    with Server() as server:
        place.run(server)
        assert server.mails == []
    assert place.row(login)['state'] == 'expired'


def test_one_line_says_that_copies_end(place):
    """Mailers that lived, and heard no answer."""
    place.queue()
    said = []
    with Server(dot=lambda _: None) as server:
        for _ in range(6):
            said.append(place.run(server, None).count('mail-withheld'))
            place.stack.sql('UPDATE umws.outbox SET next_attempt_at = now()'
                            ' WHERE sealed IS NOT NULL AND next_attempt_at <'
                            " now() + interval '1 year'")
        assert len(server.bodies) == 4
    assert said == [0, 0, 0, 1, 0, 0]


def test_a_mail_that_was_only_claimed_is_no_copy(place):
    """A mailer died over it once; later ones before they began."""
    (login,) = place.queue()
    place.stack.sql("UPDATE umws.outbox SET state = 'sending', lease_token ="
                    ' gen_random_uuid(), lease_until = now()'
                    ' WHERE sealed IS NOT NULL')
    claim = ('SELECT count(*) FROM umws.outbox_claim((SELECT'
             ' array_agg(DISTINCT key_id) FROM umws.outbox), 10,'
             ' gen_random_uuid())')
    for _ in range(6):
        assert place.stack.value(claim) == 1
        place.stack.sql(END_LEASES)
        assert place.stack.value(
            'SELECT abandoned FROM umws.outbox WHERE id = %s',
            place.row(login)['id']) == 1
    with Server() as server:
        place.run(server)
        assert len(server.mails) == 1
    assert place.states([login]) == ['sent']


def test_other_mails_pass_one_that_waits_for_its_answer(place):
    """While one mailer waits behind a dot, the next one, as soon as the
    short lease of what was not begun has ended, sends the others."""
    logins = place.queue(3)
    with Server(pause={'dot': 0}) as server:
        first = []

        def answer(connection):
            if not first:
                first.append(connection)
                server.closing.wait(30)
            return '250 2.0.0 Ok'

        server.replies['dot'] = answer
        place.stack.sql("UPDATE umws.outbox SET next_attempt_at = now() +"
                        " interval '1 hour' WHERE sealed IS NOT NULL")
        place.run(server)
        place.due()
        slow = subprocess.Popen([place.stack.env['UMWS_MAILER'], '--config',
                                 str(place.conf)], stderr=subprocess.DEVNULL)
        eventually(lambda: first)
        left = place.stack.value(
            'SELECT max(extract(epoch FROM lease_until - now()))::int FROM'
            " umws.outbox WHERE state = 'queued' AND lease_token IS NOT NULL")
        assert left <= 60
        place.stack.sql("UPDATE umws.outbox SET lease_until = now() WHERE"
                        " state = 'queued'")
        place.run(server)
        assert sorted(place.states(logins)) == ['sending', 'sent', 'sent']
        server.closing.set()
        assert slow.wait(30) == 0
        assert place.states(logins) == ['sent'] * 3
        assert len(server.mails) == 3


SECRET = 'geheim4711'


@pytest.mark.parametrize('line', [
    f'smtp_url = smtp://umws:{SECRET}@mx.example:25',
    f'smtp_url = smtp//umws:{SECRET}@mx.example',
    f'smtp_url = smtp://umws:{SECRET}@mx.example:port',
    f'smtp_url = smtp://umws:{SECRET}@[::1',
    f'smtp_url smtp://umws:{SECRET}@mx.example?x=1',
    f'smtp_password_file = {SECRET}',
    f'public_url = htps://a:{SECRET}@x',
    f'database_mailer = host=/nowhere dbname=x password= {SECRET}',
    f"database_mailer = host=/nowhere dbname=x password='{SECRET}",
    f'database_mailer = host=/nowhere pasword={SECRET}',
    f'database_mailer = host=/nowhere dbname=x password={SECRET}',
    f'database_mailer = postgresql://umws:{SECRET}@127.0.0.1:1x/y',
    f'database_mailer = postgresql://umws:{SECRET}@127.0.0.1:1/y?z=1',
    f'database_mailer = postgresql://umws:a@{SECRET}@127.0.0.1:1/y',
    f'database_mailer = postgresql://umws:a/{SECRET}@127.0.0.1:1/y',
    f'database_mailer = postgresql://umws:{SECRET}%zz@127.0.0.1:1/y',
    f'postgresql://umws:{SECRET}@127.0.0.1:1/y?z=1',
], ids=range(17))
def test_no_secret_of_the_configuration_is_logged(place, line):
    conf = pathlib.Path(place.stack.env['UMWS_CONF'])
    key = line.split(' ')[0]
    lines = [text for text in conf.read_text().splitlines()
             if text.split(' = ')[0] != key]
    path = conf.with_name('secret-test.conf')
    path.write_text('\n'.join([*lines, line]) + '\n')
    keep_secret(path)
    done = run(place.stack.env['UMWS_MAILER'], '--config', path)
    assert done.returncode in (TEMPORARY, CONFIGURATION)
    assert SECRET not in done.stderr and SECRET[:6] not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(LEVEL['err'])
