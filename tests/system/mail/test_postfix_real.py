"""A real Postfix that greylists by a policy service, that has a login by Cyrus
SASL, and TLS with certificates that fit and that do not."""
import contextlib
import shutil
import socketserver
import threading
import time

import pytest

from harness import CHEAP, run
from mailplace import CONFIGURATION, TEMPORARY
from umws_stack.postfix import HERE, postfix

OPTIONS = CHEAP + ('--limits', 'off')
pytestmark = pytest.mark.skipif(
    not HERE, reason='only root runs a Postfix, where it is the mail server')
PASSWORD = 'ge heim:4711'


class Greylist(socketserver.StreamRequestHandler):
    """SMTPD_POLICY_README: requests of attributes, an empty line each."""

    def handle(self):
        request = {}
        for line in self.rfile:
            name, _, value = line.decode().rstrip('\n').partition('=')
            if name:
                request[name] = value
                continue
            triplet = tuple(request[name] for name in (
                'client_address', 'sender', 'recipient'))
            first = self.server.seen.setdefault(triplet, time.monotonic())
            is_early = time.monotonic() - first < self.server.delay_s
            self.wfile.write(
                b'action=DEFER_IF_PERMIT Greylisted, see http://x.test/\n\n'
                if is_early else b'action=DUNNO\n\n')
            request = {}


@contextlib.contextmanager
def greylist(delay_s):
    with socketserver.ThreadingTCPServer(('127.0.0.1', 0),
                                         Greylist) as server:
        server.daemon_threads = True
        server.seen, server.delay_s = {}, delay_s
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def policy(server):
    return {'smtpd_recipient_restrictions': 'check_policy_service'
            f' inet:127.0.0.1:{server.server_address[1]}'}


def test_greylisted_alone(place):
    """The first mail of a quiet house: no news, and a minute late."""
    (login,) = place.queue()
    with greylist(3) as policies, postfix(**policy(policies)) as server:
        place.run(server)
        assert place.lines('err') == place.lines('warn') == []
        row = place.row(login)
        assert row['state'] == 'queued' and row['attempts'] == 1
        assert row['last_error'].startswith('450 4.7.1')
        time.sleep(3)
        place.due()
        place.run(server)
    assert place.states([login]) == ['sent']


def test_greylisted_among_others(place):
    """A new recipient waits; those whom the server knows do not."""
    logins = place.queue(6)
    with greylist(3600) as policies, postfix(**policy(policies)) as server:
        for login in logins[:5]:
            policies.seen['127.0.0.1', 'umws@example.test',
                          f'{login}@example.test'] = -3600
        place.run(server)
        assert place.states(logins) == ['sent'] * 5 + ['queued']
        assert place.lines('err') == []
        # All of them: that may be more than a greylist.
        logins = place.queue(2)
        place.run(server, TEMPORARY)
        assert len(place.lines('err')) == 1
    assert place.states(logins) == ['queued'] * 2


@pytest.mark.thin(3)
@pytest.mark.parametrize('is_delayed', ['yes', 'no'])
@pytest.mark.parametrize('kind, code, setting', [
    ('client', 78, 'smtp_url'), ('helo', 78, 'smtp_helo'),
    ('sender', 78, 'envelope_from'), ('relay', 78, 'smtp_url')])
def test_when_it_is_said(place, is_delayed, kind, code, setting):
    """smtpd_delay_reject: at its own command, or with the recipient."""
    theirs = {'smtpd_delay_reject': is_delayed} | {
        'client': {'smtpd_client_restrictions': 'check_client_access'
                   ' inline:{127.0.0.1=REJECT}'},
        'helo': {'smtpd_helo_restrictions': 'reject_non_fqdn_helo_hostname'},
        'sender': {'smtpd_sender_restrictions': 'check_sender_access'
                   ' inline:{umws@example.test=REJECT}'},
        'relay': {'relay_domains': 'other.test'}}[kind]
    logins = place.queue(2)
    with postfix(**theirs) as server:
        place.run(server, code, smtp_helo='vm')
    assert place.states(logins) == ['queued'] * 2
    (told,) = place.lines('err')
    # Postfix greets whom it will refuse, and refuses at EHLO or MAIL.
    assert setting in told.split('look_at=')[1], told
    step = 'rcpt' if is_delayed == 'yes' or kind == 'relay' else (
        'mail' if kind == 'sender' else 'ehlo')
    assert f'at={step}' in told or kind == 'client', told


@pytest.fixture(scope='module')
def account(tmp_path_factory):
    """Files of a Postfix with one account."""
    folder = tmp_path_factory.mktemp('sasl')
    path = folder / 'sasldb2'
    done = run('saslpasswd2', '-p', '-c', '-f', path, '-u', 'mx.example.test',
               'umws', text=PASSWORD)
    assert done.returncode == 0, done.stderr
    return path


@contextlib.contextmanager
def with_login(account, cert, **theirs):
    """Who is logged in may relay; and may send as one address alone."""
    def prepare(home):
        (home / 'sasldb2').write_bytes(account.read_bytes())
        shutil.chown(home / 'sasldb2', 'postfix')

    settings = {
        'relay_domains': '', 'smtpd_sasl_auth_enable': 'yes',
        'smtpd_sasl_local_domain': 'mx.example.test',
        'smtpd_relay_restrictions':
            'permit_sasl_authenticated, reject_unauth_destination',
        'smtpd_tls_security_level': 'may', 'smtpd_tls_auth_only': 'yes',
        'smtpd_tls_key_file': cert.with_suffix('.key'),
        'smtpd_tls_cert_file': cert} | theirs
    with postfix(prepare, **settings) as server:
        yield server


def login_of(place, certificates, password=PASSWORD):
    return {'smtp_user': 'umws', 'smtp_ca_file': certificates / 'ca.pem',
            'smtp_password_file': place.password_file(certificates, password)}


def test_a_login(place, account, certificates):
    """Without it no relay, with it all; a wrong one is said by its name."""
    logins = place.queue(2)
    with with_login(account, certificates / 'right.pem') as server:
        place.run(server, CONFIGURATION)
        (told,) = place.lines('err')
        assert '554 5.7.1' in told and 'smtp_user' in told
        place.due()
        place.run(server, CONFIGURATION,
                  **login_of(place, certificates, 'falsch 0815'))
        (told,) = place.lines('err')
        assert '535 5.7.8' in told and 'at=auth' in told
        assert 'smtp_password_file' in told.split('look_at=')[1]
        for secret in (PASSWORD, 'falsch', '0815'):
            assert secret not in place.said
        assert place.states(logins) == ['queued'] * 2
        place.run(server, **login_of(place, certificates))
        assert 'sasl_username=umws' in server.log()
    assert place.states(logins) == ['sent'] * 2


def test_a_login_that_may_not_send_as_us(place, account, certificates):
    logins = place.queue(2)
    with with_login(
            account, certificates / 'right.pem',
            smtpd_sender_restrictions='reject_sender_login_mismatch',
            smtpd_sender_login_maps='inline:{umws@example.test=another}'
            ) as server:
        place.run(server, CONFIGURATION, **login_of(place, certificates))
    (told,) = place.lines('err')
    assert '553 5.7.1' in told
    assert 'envelope_from' in told.split('look_at=')[1]
    assert place.states(logins) == ['queued'] * 2


def test_a_login_is_not_said_in_clear_text(place, account, certificates):
    """The server offers none before TLS, or none at all."""
    (login,) = place.queue()
    with with_login(account, certificates / 'right.pem',
                    smtpd_tls_security_level='none',
                    smtpd_tls_auth_only='no') as server:
        place.run(server, CONFIGURATION, **login_of(place, certificates))
        assert 'sasl_username' not in server.log()
    with with_login(account, certificates / 'right.pem',
                    smtpd_sasl_auth_enable='no') as server:
        place.run(server, CONFIGURATION, **login_of(place, certificates))
    (told,) = place.lines('err')
    assert 'smtp_user' in told.split('look_at=')[1]
    assert place.states([login]) == ['queued']


@pytest.mark.parametrize('name', ['wrong-name', 'expired', 'stranger'])
def test_a_certificate_that_does_not_fit(place, certificates, name):
    logins = place.queue(2)
    with postfix(smtpd_tls_security_level='may',
                 smtpd_tls_key_file=certificates / f'{name}.key',
                 smtpd_tls_cert_file=certificates / f'{name}.pem') as server:
        place.run(server, CONFIGURATION, smtp_tls='required',
                  smtp_ca_file=certificates / 'ca.pem')
        (told,) = place.lines('err')
        assert 'certificate' in told
        assert [place.row(one)['attempts'] for one in logins] == [0, 0]
        # try: TLS with any certificate is better than none.
        place.run(server, smtp_ca_file=certificates / 'ca.pem')
        assert 'TLS connection established' in server.log()
    assert place.states(logins) == ['sent'] * 2


def test_no_mail_without_tls(place):
    """required, and the server has none: nothing leaves in clear text."""
    (login,) = place.queue()
    with postfix(smtpd_tls_security_level='none') as server:
        place.run(server, CONFIGURATION, smtp_tls='required')
        assert place.row(login)['attempts'] == 0
        place.run(server)
    assert place.states([login]) == ['sent']
