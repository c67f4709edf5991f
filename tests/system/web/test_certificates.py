"""The commented recipe for client certificates in nginx/umws.conf, tried:
the name in a certificate decides whose PIN is reset, and no other text in
the certificate does."""
import contextlib
import re
import subprocess

import pytest

from harness import CHEAP, TREE, eventually, run
from soap import REFERENCE
from storm import home
from umws_stack import web

OPTIONS = CHEAP
CONF = TREE / 'nginx' / 'umws.conf'


def recipe():
    """The map and the lines of the location, as the comment has them."""
    text = CONF.read_text()
    comment = text.split('# or client certificates', 1)[1]
    comment = comment.split('# REMOTE_USER and AUTH_TYPE must', 1)[0]
    lines = [line.strip().removeprefix('#').removeprefix('   ')
             for line in comment.splitlines()[3:]]
    the_map, _, location = '\n'.join(lines).partition('\n\n')
    assert the_map.startswith('map ') and 'Certificate' in location
    return the_map, location


def configuration(stack, folder, port):
    """The stack's own nginx files, with certificates instead of Basic."""
    web_home = home(stack) / 'web'
    the_map, location = recipe()
    text = (web_home / 'umws.conf').read_text()
    # The first location is the service's, the next the phone system's.
    text, count = re.subn(r'    satisfy .*?AUTH_TYPE   Basic;\n', lambda _:
                          location, text, count=1, flags=re.S)
    assert count == 1
    (folder / 'umws.conf').write_text(text)
    main = (web_home / 'nginx.conf').read_text()
    main = main.replace(f'include {web_home}/umws-http.conf;',
                        f'include {web_home}/umws-http.conf;\n{the_map}')
    main = main.replace(f'include {web_home}/umws.conf;',
                        f'include {folder}/umws.conf;')
    main = re.sub(r'listen 127\.0\.0\.1:[0-9]+;', f'''
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/ca.crt;
        ssl_certificate_key {folder}/ca.key;
        ssl_client_certificate {folder}/ca.crt;
        ssl_verify_client optional;
    ''', main)
    main = main.replace(f'{web_home}/nginx.pid', f'{folder}/nginx.pid')
    (folder / 'nginx.conf').write_text(main)
    return folder / 'nginx.conf'


def openssl(*words):
    done = run('openssl', *words)
    assert done.returncode == 0, done.stderr


def certificate(folder, subject):
    """Signed by the stack's authority, whatever it says."""
    openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-utf8',
            '-multivalue-rdn', '-subj', subject,
            '-keyout', folder / 'me.key', '-out', folder / 'me.csr')
    openssl('x509', '-req', '-days', '2', '-in', folder / 'me.csr',
            '-CA', folder / 'ca.crt', '-CAkey', folder / 'ca.key',
            '-CAcreateserial', '-out', folder / 'me.crt')
    return '--cert', folder / 'me.crt', '--key', folder / 'me.key'


@pytest.fixture(scope='module')
def tls(stack, tmp_path_factory):
    """An nginx beside the stack's, that asks for certificates."""
    folder = tmp_path_factory.mktemp('tls')
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
            '-subj', '/CN=localhost', '-addext',
            'subjectAltName=DNS:localhost', '-keyout', folder / 'ca.key',
            '-out', folder / 'ca.crt')
    port = web.free_port()
    conf = configuration(stack, folder, port)
    server = subprocess.Popen(['/usr/sbin/nginx', '-p', folder, '-c', conf,
                               '-e', folder / 'error.log'])
    with contextlib.ExitStack() as ending:
        ending.callback(server.wait)
        ending.callback(server.terminate)
        eventually(lambda: web.is_listening(port), 10, 'nginx')
        yield folder, f'https://localhost:{port}/EWS/UM2007Legacy.asmx'


def post(tls, *more):
    folder, url = tls
    done = run('curl', '-sS', '--cacert', folder / 'ca.crt',
               '--resolve', f'localhost:{url.split(":")[2].split("/")[0]}'
               ':127.0.0.1', '-o', folder / 'answer', '-w', '%{http_code}',
               '-H', 'Content-Type: text/xml', '--data-binary', '@-',
               *more, url, text=REFERENCE.decode())
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_whose_pin_is_reset(stack, tls):
    """The UID of the subject, first or last, alone or beside others."""
    for subject in ('/UID={}', '/CN=Anna/UID={}', '/UID={}/CN=Anna',
                    '/UID={}+CN=Anna/O=Example'):
        me = stack.user()
        assert post(tls, *certificate(tls[0], subject.format(me))) == 200
        assert stack.state(me)['generation'] == 1


@pytest.mark.parametrize('before, after', [
    ('/CN=Anna,UID={victim}', '/UID={me}'),
    ('/UID={me}', '/CN=Anna,UID={victim}'),
    ('/UID={me}', '/CN=Anna\\\\,UID={victim}'),
    ('/UID={me}', '/CN=Anna\\+UID={victim}'),
])
def test_a_comma_in_a_name_misleads_nobody(stack, tls, before, after):
    me, victim = stack.user(), stack.user()
    subject = (before + after).format(me=me, victim=victim)
    assert post(tls, *certificate(tls[0], subject)) == 200
    assert stack.state(victim)['generation'] == 0
    assert stack.state(me)['generation'] == 1


def test_a_name_that_is_no_uid_is_nobody(stack, tls):
    victim = stack.user()
    for subject in ('/CN=Anna,UID={}', '/CN={}', '/O=x\\+UID={}',
                    '/UID=a,UID={}'):
        code = post(tls, *certificate(tls[0], subject.format(victim)))
        assert code == 401, subject
    assert stack.state(victim)['generation'] == 0


def test_no_certificate_no_service(tls):
    assert post(tls) == 403
