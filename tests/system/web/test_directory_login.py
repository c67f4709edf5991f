"""Users by the password of a directory: slapd, asked by Apache, or by an
Apache that nginx asks."""
import contextlib
import os
import tempfile

import pytest

import authenticator
import fcgi
import webway
from forged import fields_of_others
from harness import CHEAP, USERS
from soap import basic
from umws_stack import directory

OPTIONS = (*CHEAP, '--limits', 'off')
PASSWORD = 'the one of the directory'


@pytest.fixture(scope='module')
def slapd():
    with tempfile.TemporaryDirectory(prefix='umws-', dir='/tmp') as folder:
        os.chmod(folder, 0o755)
        with directory.Directory(folder + '/d') as server:
            server.stop()
            server.fill(''.join(
                directory.entry(f'user{number:04d}', userPassword=PASSWORD)
                for number in range(1, USERS)))
            server.start()
            yield server


@contextlib.contextmanager
def names_of(slapd):
    """What an administrator has to check in auth-ldap.conf."""
    with tempfile.NamedTemporaryFile('w') as secret:
        secret.write(directory.PASSWORD)
        secret.flush()
        yield {'ldaps://dc.example.org': f'ldaps://127.0.0.1:{slapd.tls_port}',
               'ou=people,dc=example,dc=org': directory.PEOPLE,
               'cn=umws,dc=example,dc=org': directory.READER,
               '/etc/apache2/umws-ldap.password': secret.name}


@pytest.fixture(scope='module', params=('apache', 'request'))
def server(request, stack, slapd):
    trusted = f'LDAPTrustedGlobalCert CA_BASE64 {slapd.folder}/ca.pem\n'
    with contextlib.ExitStack() as kept:
        tls = kept.enter_context(webway.server_certificate())
        names = kept.enter_context(names_of(slapd))
        if request.param == 'apache':
            yield kept.enter_context(webway.running(
                stack, 'apache', 'ldap', tls, names, trusted,
                ('ssl', 'ldap', 'authnz_ldap')))
        else:
            port = kept.enter_context(authenticator.running(
                'ldap', names, ('auth_basic', 'ldap', 'authnz_ldap'),
                more=trusted))
            yield kept.enter_context(webway.running(
                stack, 'nginx', 'request', tls,
                {'127.0.0.1:981': f'127.0.0.1:{port}'}))


def test_the_password_of_the_directory(stack, server, user):
    assert server.send(basic(user, PASSWORD)).status == 200
    assert server.send(basic(user.upper(), PASSWORD)).status == 200
    assert [row['actor'] for row in stack.audit(user)] == [user, user]


@pytest.mark.parametrize('name, password', [
    ('{}', 'wrong'), ('{}', ''), ('*', PASSWORD), ('user000*', PASSWORD),
    ('{})(uid=*', PASSWORD), ('', PASSWORD), ('', ''),
    ('cn=umws,dc=example,dc=test', directory.PASSWORD),
    ('nobody', PASSWORD)])
def test_passwords_that_are_none(stack, server, user, name, password):
    before = stack.world()
    answer = server.send(basic(name.format(user), password))
    assert answer.status == 401
    assert stack.world() == before


def test_nobody_by_what_a_client_says(stack, server, user):
    before = stack.world()
    for fields in [{}, *fields_of_others(stack, user)]:
        for more in ({}, basic(user, 'wrong')):
            assert server.send(fields | more).status == 401, fields
    assert stack.world() == before


def test_a_password_beside_forged_fields(stack, server, user):
    victim = stack.user()
    for number, fields in enumerate(fields_of_others(stack, victim), 1):
        assert server.send(basic(user, PASSWORD) | fields).status == 200
        assert stack.state(user)['generation'] == number
    assert stack.audit(victim) == []


def test_what_is_passed_on(stack, server, user):
    """Who, and not the password."""
    own = basic(user, PASSWORD)
    victim = stack.user()
    others = fields_of_others(stack, victim)[-1]
    found = fcgi.recorded_params(stack, lambda: server.send(own | others))
    assert found['REMOTE_USER'] == user
    secrets = (PASSWORD, own['Authorization'].split()[1])
    assert not any(secret in value for secret in secrets
                   for value in found.values())
    assert not any(secret in server.log() for secret in secrets)


def test_the_directory_is_away(stack, server, slapd, user):
    before = stack.world()
    slapd.stop()
    try:
        assert server.send(basic(user, PASSWORD)).status >= 500
    finally:
        slapd.start()
    assert stack.world() == before
    assert server.send(basic(user, PASSWORD)).status == 200
