"""What holds for every way to say who is asking: a server without one does
not start, one whose file checks nobody serves nobody, and settings around the
block loosen nothing in it."""
import contextlib

import pytest

import kdc
import webway
from harness import CHEAP
from soap import basic
from umws_stack import way
from umws_stack.accounts import account

OPTIONS = CHEAP
# An administrator who lets everybody see a server's other pages.
OPEN = {'nginx': '    satisfy any;\n    allow all;\n',
        'apache': '<Location "/">\n    Satisfy Any\n    Order allow,deny\n'
                  '    Allow from all\n    Require all granted\n'
                  '</Location>\n'}
WAYS = [('nginx', 'basic'), ('nginx', 'certificate'), ('nginx', 'request'),
        ('apache', 'basic'), ('apache', 'certificate'),
        ('apache', 'kerberos')]


@pytest.fixture(scope='module')
def tls():
    with webway.server_certificate() as folder:
        yield folder


@pytest.fixture(scope='module')
def realms():
    with kdc.running() as made:
        made.keytab('http.keytab', owner=account('web'))
        yield made


def names_of(server, kind, tls, realms):
    place = way.PASSWORDS[server]
    if kind == 'certificate':
        # No list of revoked ones is needed where nobody has a certificate.
        return {f'{place}/umws-clients.pem': tls / 'ca.pem',
                f'{place}/umws-clients.crl': tls / 'ca.pem'}
    if kind == 'kerberos':
        return {f'{place}/umws.keytab': realms.folder / 'http.keytab'}
    return {}


@contextlib.contextmanager
def opened(stack, server, kind, tls, realms):
    modules = ''
    if server == 'apache':
        modules = ('ssl', 'access_compat') + (
            ('auth_gssapi',) if kind == 'kerberos' else ())
    with webway.running(stack, server, kind, tls,
                        names_of(server, kind, tls, realms), OPEN[server],
                        modules) as made:
        yield made


@pytest.mark.parametrize('server, kind', WAYS)
def test_what_is_open_around_it(stack, tls, realms, server, kind):
    """"satisfy any", of nginx and of Apache."""
    before = stack.world()
    victim = stack.user()
    with opened(stack, server, kind, tls, realms) as made:
        for fields in ({}, basic(victim, 'wrong'),
                       {'Authorization': 'Negotiate YII='},
                       {'X-Remote-User': victim, 'REMOTE_USER': victim}):
            answer = made.send(fields)
            # Nobody is there whom nginx could ask.
            assert answer.status in (
                {500} if kind == 'request' else {401, 403}), fields
            assert b'Envelope' not in answer.body
        if kind == 'basic':
            own = basic(victim, stack.env['UMWS_PASSWORD'])
            assert made.send(own).status == 200
            before = None
    assert before is None or stack.world() == before


@pytest.mark.parametrize('server', way.WAYS)
def test_a_file_that_checks_nobody(stack, tls, server, monkeypatch):
    """Empty: a right password and a forged name are nothing then."""
    before = stack.world()
    victim = stack.user()
    modules = ('ssl',) if server == 'apache' else ''

    def emptied(*words, install=way.install):
        install(*words)
        (words[2] / 'umws-auth.conf').write_text('')

    monkeypatch.setattr(way, 'install', emptied)
    with webway.running(stack, server, 'basic', tls, modules=modules) as made:
        for fields in ({}, basic(victim, stack.env['UMWS_PASSWORD']),
                       {'X-Remote-User': victim, 'REMOTE_USER': victim,
                        'Remote-User': victim}):
            assert made.send(fields).status in (401, 403)
    assert stack.world() == before


@pytest.mark.parametrize('server', way.WAYS)
def test_without_the_file(stack, tls, server, monkeypatch):
    """The web server says so, and does not start."""
    modules = ('ssl',) if server == 'apache' else ''

    def removed(*words, install=way.install):
        install(*words)
        (words[2] / 'umws-auth.conf').unlink()

    monkeypatch.setattr(way, 'install', removed)
    with pytest.raises(AssertionError, match='umws-auth.conf'):
        with webway.running(stack, server, 'basic', tls, modules=modules):
            pass
