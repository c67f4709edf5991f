"""Users by Kerberos ticket: a real KDC, Apache's module, nginx with its
module or with an Apache beside it; and what is no ticket of theirs."""
import contextlib
import pathlib

import pytest

import authenticator
import fcgi
import kdc
import webway
from forged import assert_nobody, fields_of_others
from harness import CHEAP
from soap import basic
from umws_stack.accounts import account

OPTIONS = (*CHEAP, '--conf', f'strip_domains={kdc.REALM}')
MODULE = pathlib.Path('/usr/lib/nginx/modules'
                      '/ngx_http_auth_spnego_module.so')


@pytest.fixture(scope='module')
def realms(stack):
    with kdc.running() as made:
        yield made


@pytest.fixture(scope='module', params=('apache', 'request', 'nginx'))
def server(request, stack, realms):
    keytab = realms.keytab('http.keytab', owner=account('web'))
    env = {name: realms.env[name]
           for name in ('KRB5_CONFIG', 'KRB5RCACHENAME')}
    apache = {'/etc/apache2/umws.keytab': keytab}
    with contextlib.ExitStack() as kept:
        tls = kept.enter_context(webway.server_certificate())
        if request.param == 'apache':
            made = webway.running(stack, 'apache', 'kerberos', tls, apache,
                                  modules=('ssl', 'auth_gssapi'), env=env)
        elif request.param == 'request':
            port = kept.enter_context(
                authenticator.running(
                    'kerberos', apache, ('auth_gssapi',), env))
            made = webway.running(stack, 'nginx', 'request', tls, {
                '127.0.0.1:981': f'127.0.0.1:{port}'})
        else:
            if not MODULE.exists():
                pytest.skip('Debian 12 has no such module of nginx')
            made = webway.running(stack, 'nginx', 'kerberos', tls, {
                '/etc/nginx/umws.keytab': keytab,
                'EXAMPLE.ORG': kdc.REALM,
                'HTTP/mail.example.org': 'HTTP/localhost'},
                modules=f'load_module {MODULE};\nenv KRB5_CONFIG;\n'
                'env KRB5RCACHENAME;\n', env=env)
        yield kept.enter_context(made)


def test_a_ticket_is_a_user(stack, realms, server, user):
    """user@REALM is the login."""
    realms.user(user)
    assert server.negotiate(realms.tickets(user)).status == 200
    assert stack.state(user)['generation'] == 1
    assert [row['actor'] for row in stack.audit(user)] == [user]


@pytest.mark.parametrize('size', (9000, 46000))
def test_a_ticket_of_a_user_in_many_groups(stack, realms, server, user,
                                           size):
    """A real one of that size: 46,000 bytes are 62,000 in the field."""
    realms.user(user)
    env = realms.tickets(user)
    realms.grow(env, size)
    assert server.negotiate(env).status == 200
    assert stack.state(user)['generation'] == 1


def test_any_letter_case(stack, realms, server, user):
    realms.user(user)
    env = realms.tickets(user)
    answer = server.negotiate(env, path='/ews/UM2007LEGACY.asmx')
    assert answer.status == 200
    assert server.send(path='/ews/UM2007LEGACY.asmx').status == 401


def test_a_user_of_another_realm_is_nobody(stack, realms, server, user):
    """Trusted, and yet no user of the same name here."""
    before = stack.world()
    realms.user(user, realm=kdc.OTHER)
    answer = server.negotiate(realms.tickets(user, realm=kdc.OTHER))
    assert answer.status == 401 or (
        answer.code() == 'ErrorUserNotUnifiedMessagingEnabled')
    assert stack.world() == before


def test_a_ticket_for_an_older_key(stack, realms, server, user):
    """A ticket that somebody else's key made is none."""
    before = stack.world()
    realms.user(user)
    env = realms.tickets(user)
    realms.keytab('unused.keytab')
    try:
        assert server.negotiate(env).status in (401, 403)
    finally:
        realms.run('cp', '/dev/null', realms.folder / 'http.keytab')
        realms.run('rm', realms.folder / 'http.keytab')
        realms.keytab('http.keytab', owner=account('web'))
    assert stack.world() == before


def test_nobody_by_what_a_client_says(stack, server):
    # nginx's module says 403 to some that are no tickets at all.
    assert_nobody(stack, server, {401, 403})


def test_a_ticket_beside_forged_fields(stack, realms, server, user):
    """Whose ticket it is, and nobody else."""
    realms.user(user)
    env, victim = realms.tickets(user), stack.user()
    for number, fields in enumerate(fields_of_others(stack, victim), 1):
        words = [word for name, value in fields.items()
                 for word in ('-H', f'{name}: {value}')]
        assert server.negotiate(env, *words).status == 200, fields
        assert stack.state(user)['generation'] == number
    assert stack.audit(victim) == []


def test_a_password_is_no_ticket(stack, server):
    before = stack.world()
    victim = stack.user()
    for name in (victim, f'{victim}@{kdc.REALM}'):
        fields = basic(name, stack.env['UMWS_PASSWORD'])
        answer = server.send(fields)
        assert answer.status == 401
        assert answer.headers['WWW-Authenticate'].startswith('Negotiate')
    assert stack.world() == before


def test_what_is_passed_on(stack, realms, server, user):
    """Who, and not the ticket."""
    realms.user(user)
    env = realms.tickets(user)
    answers = []
    found = fcgi.recorded_params(
        stack, lambda: answers.append(server.negotiate(env)))
    assert found['REMOTE_USER'] == f'{user}@{kdc.REALM}'
    assert found['AUTH_TYPE'] in ('Negotiate', 'Session')
    assert 'HTTP_AUTHORIZATION' not in found
    # Each of them begins so: an ASN.1 head and the OID of SPNEGO.
    assert not any('YII' in value for value in found.values())
    assert 'YII' not in server.log()
