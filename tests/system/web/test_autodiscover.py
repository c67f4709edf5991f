"""Autodiscover: the files of nginx/ and apache/ before a server that answers
already, and those that answer by themselves; to the byte.

The answers in autodiscover/ are grommunio's, as exch/oxdisco.cpp of Gromox
writes them, Exchange's, as [MS-OXDSCLI] shows them, and those that mailcow has
before SOGo (data/web/autodiscover.php); @UM@ is where <UMUrl> belongs.
"""
import contextlib
import http.client
import http.server
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import types

import pytest
from lxml import etree

from harness import TREE, environment, eventually
from umws_stack.accounts import account, group_name
from umws_stack.nginx import TEMPORARY
from umws_stack.web import free_port, is_listening

ANSWERS = pathlib.Path(__file__).parent / 'autodiscover'
SERVERS = ('nginx', 'apache')
URL = b'https://mail.example.org/EWS/UM2007Legacy.asmx'
UM = b'<UMUrl>' + URL + b'</UMUrl>'
PATH = '/autodiscover/autodiscover.xml'
NAMES = '{http://schemas.microsoft.com/exchange/autodiscover/' \
    'outlook/responseschema/2006a}'
REQUEST = (ANSWERS / 'request').read_bytes()
NGINX = """\
daemon off;
{user}pid {folder}/nginx.pid;
error_log {folder}/log;
events {{ }}
http {{
    access_log off;
    gzip on;
    gzip_types text/xml application/xml;
    gzip_min_length 1;
""" + TEMPORARY + """\
    server {{
        listen 127.0.0.1:{port};
        include {folder}/autodiscover.conf;
    }}
}}
"""
APACHE = """\
ServerRoot "{folder}"
ServerName localhost
Listen 127.0.0.1:{port}
{user}PidFile "{folder}/apache.pid"
DefaultRuntimeDir "{folder}"
{modules}
DocumentRoot "{folder}/empty"
<Directory "/">
    Require all denied
</Directory>
ErrorLog "{folder}/log"
AddOutputFilterByType DEFLATE text/html text/xml application/xml
Include "{folder}/autodiscover.conf"
"""
MODULES = ('mpm_event', 'authn_core', 'authz_core', 'alias', 'deflate', 'env',
           'filter', 'headers', 'proxy', 'proxy_http', 'substitute')


class Upstream(http.server.BaseHTTPRequestHandler):
    """The server that answers so far: what the test has put down, in the
    pieces that it has it in."""

    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        told = self.server.told
        told.body = self.rfile.read(int(self.headers['Content-Length']))
        told.seen, told.path = dict(self.headers), self.path
        self.send_response(told.status)
        for name, value in told.fields.items():
            self.send_header(name, value)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        for piece in told.pieces:
            self.wfile.write(b'%x\r\n%s\r\n' % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b'0\r\n\r\n')

    def log_message(self, *words):
        pass


@pytest.fixture(scope='module')
def upstream():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Upstream)
    server.told = types.SimpleNamespace()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@contextlib.contextmanager
def serving(server, name, changes):
    """The file of this server alone, with other names in it; its port."""
    port = free_port()
    folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    folder.chmod(0o755)
    (folder / 'empty').mkdir()
    shutil.copy(TREE / 'nginx' / 'autodiscover.xml',
                folder / 'umws-autodiscover.xml')
    text = (TREE / server / name).read_text()
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, str(new).format(folder=folder))
    (folder / 'autodiscover.conf').write_text(text)
    user = account('web')
    user = '' if os.geteuid() != 0 else (
        f'user {user.name} {group_name(user.gid)};\n' if server == 'nginx'
        else f'User {user.name}\nGroup {group_name(user.gid)}\n')
    modules = '\n'.join(f'LoadModule {module}_module '
                        f'/usr/lib/apache2/modules/mod_{module}.so'
                        for module in MODULES)
    (folder / 'main.conf').write_text(
        {'nginx': NGINX, 'apache': APACHE}[server].format(
            folder=folder, port=port, user=user, modules=modules))
    command = {'nginx': ['/usr/sbin/nginx', '-p', f'{folder}/', '-e',
                         f'{folder}/log', '-c', f'{folder}/main.conf'],
               'apache': ['/usr/sbin/apache2', '-D', 'FOREGROUND', '-f',
                          f'{folder}/main.conf']}[server]
    with open(folder / 'log', 'ab') as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log, env=environment())
    try:
        eventually(lambda: process.poll() is not None or is_listening(port),
                   20, (folder / 'log').read_text)
        assert process.poll() is None, (folder / 'log').read_text()
        yield port
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


@pytest.fixture(scope='module', params=SERVERS)
def port(request, upstream):
    """Of the server before the upstream."""
    with serving(request.param, 'autodiscover.conf', {
            'http://127.0.0.1:10080':
            f'http://127.0.0.1:{upstream.server_port}'}) as made:
        yield made


@pytest.fixture(scope='module', params=SERVERS)
def static(request):
    place = {'nginx': ' /etc/nginx', 'apache': '"/etc/apache2'}[request.param]
    with serving(request.param, 'autodiscover-static.conf',
                 {place: place[0] + '{folder}'}) as made:
        yield made


def ask(port, path=PATH, fields=(), method='POST'):
    link = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
    with contextlib.closing(link):
        link.request(method, path, REQUEST if method == 'POST' else None, {
            'Content-Type': 'text/xml', 'Accept-Encoding': 'gzip, deflate',
            'Authorization': 'Basic YWxpY2U6c2VjcmV0', **dict(fields)})
        answer = link.getresponse()
        return types.SimpleNamespace(status=answer.status,
                                     fields=answer.headers,
                                     body=answer.read())


def answered(upstream, port, *pieces, status=200, fields=None, path=PATH):
    told = upstream.told
    told.status, told.pieces = status, pieces
    told.fields = {'Content-Type': 'text/xml; charset=utf-8', **(fields or {})}
    return ask(port, path, {'Host': 'autodiscover.example.org'})


def marked(name):
    """The answer as the server has it, and as it ought to arrive."""
    text = (ANSWERS / f'{name}.xml').read_bytes()
    return text.replace(b'@UM@', b''), text.replace(b'@UM@', UM)


def urls(body):
    """Of each Protocol that is Exchange's."""
    return [[found.text for found in protocol.findall(f'{NAMES}UMUrl')]
            for protocol in etree.fromstring(body).iter(f'{NAMES}Protocol')
            if protocol.findtext(f'{NAMES}Type') in ('EXCH', 'EXPR', 'EXHTTP')]


@pytest.mark.parametrize('name, count', [('grommunio', 3), ('exchange', 3)])
@pytest.mark.parametrize('kind', ['text/xml', 'application/xml'])
def test_exchange_and_its_kin(upstream, port, name, count, kind):
    before, after = marked(name)
    answer = answered(upstream, port, before, fields={'Content-Type': kind})
    assert answer.status == 200 and answer.body == after
    assert answer.fields['Content-Type'] == kind
    assert urls(after) == [[URL.decode()]] * count
    assert answer.fields['Content-Encoding'] is None


def test_what_the_upstream_gets(upstream, port):
    """The request as it came, Host and password too, in any case of the path;
    and nothing that lets it compress."""
    before, after = marked('grommunio')
    path = '/Autodiscover/Autodiscover.XML'
    answer = answered(upstream, port, before, path=path)
    assert answer.body == after and upstream.told.path == path
    assert upstream.told.body == REQUEST
    seen = upstream.told.seen
    assert seen['Host'] == 'autodiscover.example.org'
    assert seen['Authorization'] == 'Basic YWxpY2U6c2VjcmV0'
    assert not seen.get('Accept-Encoding')


def test_pieces(upstream, port):
    """Whatever way it is cut: each type is found."""
    before, after = marked('grommunio')
    cuts = [before.index(b'<Type>' + kind) + 9
            for kind in (b'EXHTTP', b'EXCH', b'EXPR')]
    pieces = [before[start:end] for start, end in
              zip([0, *cuts], [*cuts, None])]
    assert answered(upstream, port, *pieces).body == after


@pytest.mark.parametrize('name', ['grommunio-error', 'grommunio-redirect',
                                  'sogo-activesync', 'sogo-imap'])
def test_left_alone(upstream, port, name):
    before, after = marked(name)
    assert before == after
    answer = answered(upstream, port, before)
    assert answer.status == 200 and answer.body == before


@pytest.mark.parametrize('status, fields, body', [
    (401, {'WWW-Authenticate': 'Basic realm="autodiscover realm"',
           'Content-Type': 'text/plain; charset=utf-8'}, b'no'),
    (302, {'Location': 'http://127.0.0.1:PORT/autodiscover/x.xml'}, b'x'),
    (500, {'Content-Type': 'text/html'},
     b'<p>The server is not well.</p>')])
def test_other_answers(upstream, port, status, fields, body):
    fields = {name: value.replace('PORT', str(upstream.server_port))
              for name, value in fields.items()}
    answer = answered(upstream, port, body, status=status, fields=fields)
    assert answer.status == status and answer.body == body
    for name, value in fields.items():
        assert answer.fields[name] == value


@pytest.mark.parametrize('old', [
    b'<UMUrl>https://xn--e1afmkfd.example.org/UM?a=1&amp;b=--</UMUrl>',
    b'<UMUrl>\n  https://old.example.org/UM\n</UMUrl>', b'<UMUrl/>',
    b'<UMUrl />'])
def test_one_that_has_it(upstream, port, old):
    """In its place is ours, once, whatever it holds."""
    before, _ = marked('exchange')
    before = before.replace(b'<OABUrl>', old + b'<OABUrl>').replace(
        b'<SSL>On</SSL>', b'<SSL>On</SSL>' + old)
    answer = answered(upstream, port, before)
    assert urls(answer.body) == [[URL.decode()]] * 3
    assert len(etree.fromstring(answer.body).findall(
        f'.//{NAMES}OABUrl')) == 1


@pytest.mark.parametrize('end', [b'\n', b'\r\n'])
def test_one_that_has_it_on_a_line_of_its_own(upstream, port, end):
    """Apache's module has been seen to crash where nothing was left of a
    line's beginning."""
    before, _ = marked('exchange')
    before = before.replace(b'<OABUrl>', end + b'<UMUrl>https://old/</UMUrl>'
                            + end + b'<OABUrl>')
    answer = answered(upstream, port, before)
    assert urls(answer.body) == [[URL.decode()]] * 3


@pytest.mark.parametrize('method', ['POST', 'GET'])
@pytest.mark.parametrize('path', [PATH, '/Autodiscover/Autodiscover.xml'])
def test_static(static, method, path):
    answer = ask(static, path, method=method)
    assert answer.status == 200
    assert answer.body == (TREE / 'nginx' / 'autodiscover.xml').read_bytes()
    assert answer.fields['Content-Type'].partition(';')[0] == 'text/xml'
    assert urls(answer.body) == [[URL.decode()]]


def test_static_and_nothing_else(static):
    for path in ('/umws-autodiscover.xml', PATH + '/x', '/log'):
        assert ask(static, path, method='GET').status in (403, 404), path
