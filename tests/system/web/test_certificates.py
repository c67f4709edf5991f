"""Users by client certificate, nginx and Apache: the name in a certificate
decides whose PIN is reset, and no other text in it does; and no certificate
but one that holds, of the one authority, is any."""
import contextlib
import pathlib
import ssl

import pytest

import fcgi
import webway
from certificate import openssl
from forged import assert_nobody, fields_of_others
from harness import CHEAP

OPTIONS = (*CHEAP, '--conf', 'strip_domains=example.test')
NAMES = {'nginx': '/etc/nginx/', 'apache': '/etc/apache2/'}
# How the files call a part of the certificate.
PARTS = {'nginx': {'UID': '$umws_certificate_uid',
                   'CN': '$umws_certificate_cn',
                   'email': '$umws_certificate_email'},
         'apache': {'UID': 'SSL_CLIENT_S_DN_UID', 'CN': 'SSL_CLIENT_S_DN_CN',
                    'email': 'SSL_CLIENT_S_DN_Email',
                    'SAN': 'SSL_CLIENT_SAN_Email_0',
                    'UPN': 'SSL_CLIENT_SAN_OTHER_msUPN_0'}}
CA_CONF = """\
[ca]
default_ca = it
[it]
database = {folder}/index
serial = {folder}/serial
default_md = sha256
default_crl_days = 2
"""


class Authority:
    """A folder of certificates, and its list of those that are revoked."""

    def __init__(self, folder):
        self.folder, self.made = pathlib.Path(folder), 0
        (self.folder / 'index').touch()
        (self.folder / 'serial').write_text('01\n')
        (self.folder / 'ca.conf').write_text(CA_CONF.format(folder=folder))

    def certificate(self, subject, by='ca', san='', start=None, end=None):
        """What send() wants as cert."""
        self.made += 1
        name = f'client{self.made}'
        at = self.folder / name
        openssl('req', '-new', '-newkey', 'ec', '-pkeyopt',
                'ec_paramgen_curve:prime256v1', '-nodes', '-utf8',
                '-multivalue-rdn', '-subj', subject, '-keyout',
                f'{at}.key', '-out', f'{at}.csr')
        pathlib.Path(f'{at}.ext').write_text(
            f'subjectAltName={san}\n' if san else '')
        if end is None:
            openssl('x509', '-req', '-days', '2', '-in', f'{at}.csr', '-CA',
                    self.folder / f'{by}.pem', '-CAkey',
                    self.folder / f'{by}.key', '-CAcreateserial', '-extfile',
                    f'{at}.ext', '-out', f'{at}.pem')
        else:
            (self.folder / 'policy.conf').write_text(
                CA_CONF.format(folder=self.folder)
                + 'policy = any\n[any]\nUID = optional\n')
            openssl('ca', '-batch', '-notext', '-config',
                    self.folder / 'policy.conf', '-in', f'{at}.csr', '-cert',
                    self.folder / 'ca.pem', '-keyfile',
                    self.folder / 'ca.key', '-startdate', start, '-enddate',
                    end, '-outdir', self.folder, '-out', f'{at}.pem')
        return self.folder, name

    def list_revoked(self, *certificates):
        conf = ('-config', self.folder / 'ca.conf', '-cert',
                self.folder / 'ca.pem', '-keyfile', self.folder / 'ca.key')
        for folder, name in certificates:
            openssl('ca', *conf, '-revoke', folder / f'{name}.pem')
        openssl('ca', *conf, '-gencrl', '-out', self.folder / 'ca.crl')


@contextlib.contextmanager
def serving(stack, authority, server, part):
    names = {f'{NAMES[server]}umws-clients.{kind}': authority.folder / name
             for kind, name in (('pem', 'ca.pem'), ('crl', 'ca.crl'))}
    shipped = PARTS[server]['UID']
    if part != 'UID':
        names[shipped] = PARTS[server][part]
    with webway.running(stack, server, 'certificate', authority.folder, names,
                        modules=('ssl',) if server == 'apache' else ''
                        ) as made:
        made.kind = server
        yield made


@pytest.fixture(scope='module')
def authority():
    with webway.server_certificate() as folder:
        made = Authority(folder)
        made.list_revoked()
        yield made


@pytest.fixture(scope='module', params=('nginx', 'apache'))
def server(request, stack, authority):
    made = authority
    revoked = made.certificate(f'/UID={stack.user()}')
    made.list_revoked(revoked)
    with serving(stack, made, request.param, 'UID') as running:
        running.revoked = revoked
        yield running


def status(server, cert, **more):
    """The answer's, or None where there is not even a handshake."""
    try:
        return server.send(cert=cert, **more).status
    except (ssl.SSLError, ConnectionError):
        return None


@pytest.mark.parametrize('subject', [
    '/UID={}', '/CN=Anna/UID={}', '/UID={}/CN=Anna', '/UID={}+CN=Anna/O=Ex'])
def test_whose_pin_is_reset(stack, authority, server, user, subject):
    """The UID of the subject, first or last, alone or beside others."""
    cert = authority.certificate(subject.format(user))
    assert status(server, cert) == 200
    assert stack.state(user)['generation'] == 1
    assert [row['actor'] for row in stack.audit(user)] == [user]


@pytest.mark.parametrize('before, after', [
    ('/CN=Anna,UID={victim}', '/UID={me}'),
    ('/UID={me}', '/CN=Anna,UID={victim}'),
    ('/UID={me}', '/CN=Anna\\\\,UID={victim}'),
    ('/UID={me}', '/CN=Anna\\+UID={victim}'),
])
def test_a_comma_in_a_name_misleads_nobody(stack, authority, server, before,
                                           after):
    me, victim = stack.user(), stack.user()
    subject = (before + after).format(me=me, victim=victim)
    assert status(server, authority.certificate(subject)) == 200
    assert stack.state(victim)['generation'] == 0
    assert stack.state(me)['generation'] == 1


def test_a_name_that_is_no_uid_is_nobody(stack, authority, server):
    victim = stack.user()
    for subject in ('/CN=Anna,UID={}', '/CN={}', '/O=x\\+UID={}',
                    '/emailAddress={}@example.test'):
        cert = authority.certificate(subject.format(victim))
        assert status(server, cert) == 401, subject
    assert stack.state(victim)['generation'] == 0


def test_a_uid_that_is_not_a_login_is_nobody(stack, authority, server):
    """"a,UID=victim" is one name, and not the one after the comma."""
    victim = stack.user()
    cert = authority.certificate(f'/UID=a,UID={victim}')
    assert status(server, cert) in (401, 500)
    assert stack.state(victim)['generation'] == 0


@pytest.mark.parametrize('what', ['stranger', 'expired', 'early', 'revoked',
                                  'self'])
def test_certificates_that_do_not_hold(stack, authority, server, what):
    before = stack.world()
    subject = f'/UID={stack.user()}'
    if what == 'stranger':
        cert = authority.certificate(subject, by='stranger')
    elif what == 'expired':
        cert = authority.certificate(subject, start='20200101000000Z',
                                     end='20200102000000Z')
    elif what == 'early':
        cert = authority.certificate(subject, start='20480101000000Z',
                                     end='20490102000000Z')
    elif what == 'revoked':
        cert = server.revoked
    else:
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', 2,
                '-subj', subject, '-keyout', authority.folder / 'self.key',
                '-out', authority.folder / 'self.pem')
        cert = authority.folder, 'self'
    assert status(server, cert) in (None, 400, 403)
    assert stack.world() == before


def test_an_authority_below_is_none(stack, authority, server):
    """The depth: whom the authority lets sign others, umws does not know."""
    before = stack.world()
    _, below = authority.certificate('/CN=below',
                                     san='DNS:x\nbasicConstraints=CA:true')
    folder, name = authority.certificate(f'/UID={stack.user()}', by=below)
    with open(folder / f'{name}.pem', 'a') as chain:
        chain.write((folder / f'{below}.pem').read_text())
    assert status(server, (folder, name)) in (None, 400, 403)
    assert stack.world() == before


def test_nobody_by_what_a_client_says(stack, server):
    assert_nobody(stack, server, {403})


def test_a_certificate_beside_forged_fields(stack, authority, server, user):
    cert, victim = authority.certificate(f'/UID={user}'), stack.user()
    for number, fields in enumerate(fields_of_others(stack, victim), 1):
        assert server.send(fields, cert=cert).status == 200, fields
        assert stack.state(user)['generation'] == number
    assert stack.audit(victim) == []


@pytest.mark.parametrize('kind, part', [
    (kind, part) for kind in PARTS for part in PARTS[kind] if part != 'UID'])
def test_other_parts_as_the_login(stack, authority, kind, part):
    """What is to be edited for them is one name, in one file."""
    user, other = stack.user(), stack.user()
    address = f'{user}@example.test'
    subject, san = {
        'CN': (f'/UID={other}/CN={user}', ''),
        'email': (f'/UID={other}/emailAddress={address}', ''),
        'SAN': (f'/UID={other}', f'email:{address}'),
        'UPN': (f'/UID={other}', 'otherName:1.3.6.1.4.1.311.20.2.3;UTF8:'
                + address)}[part]
    with serving(stack, authority, kind, part) as server:
        cert = authority.certificate(subject, san=san)
        assert status(server, cert) == 200
        assert status(server, authority.certificate(f'/UID={other}')) == 401
    assert stack.state(user)['generation'] == 1
    assert stack.state(other)['generation'] == 0


def test_what_is_passed_on(stack, authority, server, user):
    """Who, and nothing else of the certificate."""
    cert = authority.certificate(f'/UID={user}/CN=Anna Quinn')
    found = fcgi.recorded_params(stack, lambda: server.send(cert=cert))
    assert found['REMOTE_USER'] == user
    assert found['AUTH_TYPE'] == {'nginx': 'Certificate',
                                  'apache': 'ClientCert'}[server.kind]
    assert not any('Quinn' in value for value in found.values())
