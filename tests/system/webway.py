"""A web server beside the stack's, before the same worker, that asks who is
asking in another way; with the files of nginx/ and apache/."""
import contextlib
import http.client
import os
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import urllib.parse

import certificate
from harness import environment, eventually, run
from soap import REFERENCE, XML, Answer
from storm import home
from umws_stack import layout as places
from umws_stack import web
from umws_stack.accounts import account

PATH = '/EWS/UM2007Legacy.asmx'
SECRETS = {'nginx': 'web.secret.nginx', 'apache': 'web.secret.apache'}


class Beside(places.Layout):
    """The folder of such a server."""

    fcgi_socket = None

    def __init__(self, stack, server, folder, options):
        super().__init__(folder)
        self.home = folder
        self.fcgi_socket = stack.env['UMWS_FCGI_SOCKET']
        self.options = {'server': server, 'port': web.free_port(), **options}
        folder.chmod(0o755)
        for name in ('log', 'keys', 'web'):
            (folder / name).mkdir()
        secret = SECRETS[server]
        shutil.copy(home(stack) / 'keys' / secret, folder / 'keys' / secret)
        shutil.copy(home(stack) / 'web' / 'htpasswd', folder / 'web')
        account('web').own(folder / 'web' / 'htpasswd', 0o600)
        account('web').own(folder / 'web', 0o755)


class Server:
    """Where it is, and what it has written."""

    def __init__(self, layout, scheme, authority):
        self.layout, self.authority = layout, authority
        self.base = f'{scheme}://localhost:{layout.options["port"]}'
        self.url = self.base + PATH

    def log(self):
        return ''.join(path.read_text(errors='replace') for path in
                       sorted((self.layout.home / 'log').iterdir()))

    def send(self, fields=(), cert=None, path=PATH, body=REFERENCE,
             method='POST', version=11):
        """A request with header fields exactly as they are named.

        cert  the folder and the name of a client's certificate
        """
        target = urllib.parse.urlsplit(self.base)
        if target.scheme == 'https':
            context = ssl.create_default_context(cafile=self.authority)
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
            if cert is not None:
                folder, name = cert
                context.load_cert_chain(folder / f'{name}.pem',
                                        folder / f'{name}.key')
            link = http.client.HTTPSConnection(
                'localhost', target.port, timeout=60, context=context)
        else:
            link = http.client.HTTPConnection('localhost', target.port,
                                              timeout=60)
        link._http_vsn, link._http_vsn_str = version, (
            f'HTTP/{version // 10}.{version % 10}')
        with contextlib.closing(link):
            link.putrequest(method, path)
            for name, value in (('Content-Type', XML),
                                ('Content-Length', str(len(body))),
                                *dict(fields).items()):
                link.putheader(name, value)
            link.endheaders(body)
            answer = link.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def negotiate(self, env, *more, path=PATH):
        """A request by somebody with tickets; status and body."""
        done = run('curl', '-sS', '--cacert', self.authority, '--negotiate',
                   '-u', ':', '-H', f'Content-Type: {XML}', '-w',
                   '\n%{http_code}', '--data-binary', '@-', *more,
                   self.base + path, text=REFERENCE.decode(), env=env)
        assert done.returncode == 0, done.stderr
        body, _, status = done.stdout.rpartition('\n')
        return Answer(int(status), {}, body.encode())


@contextlib.contextmanager
def running(stack, server, way, tls=None, names=None, more='', modules=(),
            env=None, port=None):
    """It listens on one port, as localhost; over TLS with the certificate
    that the folder tls holds as localhost.pem, signed by ca.pem.

    names    other names in auth-WAY.conf and server-WAY.conf; one that these
             files lack is a mistake
    more     lines of the server's main configuration
    modules  Apache's, by name; nginx's, a line each
    port     None: a free one
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    options = {'way': way, 'names': names or {}, 'more': more,
               'modules': modules}
    if port is not None:
        options['port'] = port
    if tls is not None:
        options['tls'] = True
    layout = Beside(stack, server, folder, options)
    port = layout.options['port']
    web.create(layout, port)
    if tls is not None:
        for name in ('pem', 'key'):
            shutil.copy(tls / f'localhost.{name}',
                        folder / 'web' / f'web.{name}')
    process = subprocess.Popen(
        web.server(layout).command(), stdin=subprocess.DEVNULL,
        stdout=open(folder / 'log' / 'error.log', 'ab'),
        stderr=subprocess.STDOUT, env=environment(**(env or {})))
    made = Server(layout, 'https' if tls is not None else 'http',
                  tls / 'ca.pem' if tls is not None else None)
    try:
        eventually(lambda: process.poll() is not None
                   or web.is_listening(port), 20)
        assert process.poll() is None, made.log()
        yield made
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder)


@contextlib.contextmanager
def server_certificate():
    """For localhost, of an authority of ours."""
    with certificate.made([('localhost', 'DNS:localhost', 30)]) as folder:
        assert os.path.exists(folder / 'localhost.pem')
        yield folder
