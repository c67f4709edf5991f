"""Users by OpenID Connect: a real provider, Apache's module, and nginx with
an Apache beside it; by token, and by a browser that signs in."""
import contextlib
import pathlib
import tempfile

import pytest
import requests

import authenticator
import fcgi
import openidprovider
import webway
from forged import assert_nobody, fields_of_others
from harness import CHEAP
from soap import REFERENCE, XML
from umws_stack import web

OPTIONS = (*CHEAP, '--limits', 'off')
MODULE = pathlib.Path('/usr/lib/apache2/modules/mod_auth_openidc.so')
MINE, OTHER = openidprovider.USERS


def bearer(token):
    return {'Authorization': f'Bearer {token}'}


@pytest.fixture(scope='module')
def users(stack):
    """Ours of the same names as the provider's."""
    for name in openidprovider.USERS:
        stack.do('ctl', 'user', 'add', name, '--email',
                 f'{name}@example.test')
    return openidprovider.USERS


@pytest.fixture(scope='module')
def port():
    """Of the server that the provider leads browsers back to."""
    return web.free_port()


@pytest.fixture(scope='module')
def tls():
    with webway.server_certificate() as folder:
        yield folder


@pytest.fixture(scope='module')
def provider(port, tls):
    if not (MODULE.exists() and openidprovider.PORTAL.exists()):
        pytest.skip('no LemonLDAP::NG, or no mod_auth_openidc')
    with openidprovider.running({
            'umws': f'https://localhost:{port}/umws/openid',
            'another': 'https://localhost:1/'}, tls) as made:
        yield made


@contextlib.contextmanager
def names_of(provider, port):
    """What an administrator has to check in server-openidc.conf."""
    with tempfile.NamedTemporaryFile('w') as secret:
        secret.write(f'OIDCClientSecret {openidprovider.SECRET}\n'
                     f'OIDCOAuthClientSecret {openidprovider.SECRET}\n'
                     'OIDCCryptoPassphrase of-the-tests\n')
        secret.flush()
        yield {'https://sso.example.org/': provider.url,
               'https://mail.example.org': f'https://localhost:{port}',
               '/etc/ssl/certs/ca-certificates.crt': provider.authority,
               '/etc/apache2/umws-openidc.secret': secret.name}


@pytest.fixture(scope='module', params=('apache', 'request'))
def server(request, stack, provider, users, port, tls):
    with contextlib.ExitStack() as kept:
        names = kept.enter_context(names_of(provider, port))
        if request.param == 'apache':
            made = kept.enter_context(webway.running(
                stack, 'apache', 'openidc', tls, names,
                modules=('ssl', 'auth_openidc'), port=port))
        else:
            other = kept.enter_context(authenticator.running(
                'openidc', names, ('auth_openidc',)))
            made = kept.enter_context(webway.running(
                stack, 'nginx', 'request', tls,
                {'127.0.0.1:981': f'127.0.0.1:{other}'}))
        made.kind = request.param
        yield made


def test_a_token_is_a_user(stack, provider, server):
    before = stack.state(MINE)['generation']
    assert server.send(bearer(provider.token(MINE))).status == 200
    assert stack.state(MINE)['generation'] == before + 1
    assert stack.audit(MINE)[-1]['actor'] == MINE


def test_the_page_leads_to_the_provider(provider, server):
    """A browser without a session; a SOAP client is just told 401."""
    answer = server.send({'Accept': 'text/html'}, path='/voicemail/',
                         body=b'', method='GET')
    if server.kind == 'apache':
        assert answer.status == 302
        assert answer.headers['Location'].startswith(provider.url)
    else:
        assert answer.status == 401
    assert server.send().status == 401


def test_a_token_of_another_service_is_none(stack, provider, server):
    """The provider made it for the same user, and not for us."""
    before = stack.world()
    token = provider.token(MINE, client='another')
    assert server.send(bearer(token)).status in (401, 403)
    assert stack.world() == before


def test_a_token_that_is_none(stack, provider, server):
    before = stack.world()
    token = provider.token(MINE)
    for text in (token[:-1], token[::-1], token.upper(), token + '0', ''):
        assert server.send(bearer(text)).status in (400, 401), text
    path = f'{webway.PATH}?access_token={token}'
    assert server.send(path=path).status == 401
    assert stack.world() == before


def test_nobody_by_what_a_client_says(stack, server):
    assert_nobody(stack, server, {401, 403})


def test_a_token_beside_forged_fields(stack, provider, server):
    before = stack.state(MINE)['generation']
    token = bearer(provider.token(MINE))
    for number, fields in enumerate(fields_of_others(stack, OTHER), 1):
        assert server.send(token | fields).status == 200, fields
        assert stack.state(MINE)['generation'] == before + number
    assert stack.audit(OTHER) == []


def test_what_is_passed_on(stack, provider, server):
    """Who, and neither token nor claims."""
    token = provider.token(MINE)
    found = fcgi.recorded_params(
        stack, lambda: server.send(bearer(token) | {'Cookie': f'a={token}'}))
    assert found['REMOTE_USER'] == MINE and found['AUTH_TYPE']
    assert not any(token in value for value in found.values())
    # Newer modules tell of the first of two rules that did not hold.
    assert {name for name in found if 'OIDC' in name.upper()} <= {
        'OIDC_AUTHZ_ERROR', 'OIDC_ERROR', 'OIDC_ERROR_DESC'}
    assert token not in server.log()
    assert token not in stack.log('worker')


def in_a_browser(server, tls):
    session = requests.Session()
    session.verify = str(tls / 'ca.pem')
    session.trust_env = False
    return session


def post(server, session, **more):
    return session.post(server.url, data=REFERENCE, timeout=60,
                        allow_redirects=False, headers={
                            'Content-Type': XML, **more})


def test_a_browser_that_signs_in(stack, provider, server, tls):
    """At the provider's own form; the session is then a user."""
    if server.kind != 'apache':
        pytest.skip('a browser is led by Apache alone')
    session = in_a_browser(server, tls)
    assert post(server, session).status_code == 401
    answer = provider.sign_in(session, server.base + '/umws/signin', MINE)
    assert answer.status_code == 204 and answer.url == (
        server.base + '/umws/signin')
    before = stack.state(MINE)['generation']
    for number, fields in enumerate(
            [{}, *fields_of_others(stack, OTHER)], 1):
        assert post(server, session, **fields).status_code == 200
        assert stack.state(MINE)['generation'] == before + number
    assert stack.audit(OTHER) == []
    assert stack.audit(MINE)[-1]['actor'] == MINE
    # Not from a page of another site, and not with another cookie.
    answer = post(server, session, **{'Sec-Fetch-Site': 'cross-site'})
    assert answer.status_code == 403
    for cookie in session.cookies:
        cookie.value = cookie.value[::-1]
    assert post(server, session).status_code == 401
    assert stack.state(MINE)['generation'] == before + number
