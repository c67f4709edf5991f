"""A web server that answers as a test has it, on a loopback port of its own.

    with Web(health=200) as web:
        web.url

Answers are codes, or functions of the request's headers; without them
everything is refused with 401 and a challenge, what is for this host alone
with 403.
"""
import email.utils
import http.server
import ssl
import threading
import time

HOST_ONLY = {'/umws/health': 'health', '/umws/metrics': 'metrics',
             '/umws/tui': 'phone'}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self, name, default):
        code = self.server.answers.get(name, default)
        if callable(code):
            code = code(self.headers)
        self.rfile.read(int(self.headers.get('Content-Length', 0)))
        self.send_response_only(code)
        if self.server.ahead_s is not None:
            self.send_header('Date', email.utils.formatdate(
                time.time() + self.server.ahead_s, usegmt=True))
        if code == 401:
            self.send_header('WWW-Authenticate', 'Basic realm="UM"')
        self.send_header('Content-Length', '0')
        self.end_headers()

    def do_GET(self):
        name = HOST_ONLY.get(self.path, 'get')
        self.answer(name, 401 if name == 'get' else 403)

    def do_POST(self):
        self.answer('post', 401)

    def log_message(self, format, *args):
        pass


class Web:
    def __init__(self, cert=None, ahead_s=0, is_old=False, **answers):
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0),
                                                      Handler)
        self.server.answers = answers
        self.server.ahead_s = ahead_s
        self.scheme = 'http'
        if cert is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*cert)
            if is_old:
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.set_ciphers('DEFAULT:@SECLEVEL=0')
            self.server.socket = context.wrap_socket(self.server.socket,
                                                     server_side=True)
            self.scheme = 'https'

    @property
    def url(self):
        return (f'{self.scheme}://127.0.0.1:{self.server.server_port}'
                '/EWS/UM2007Legacy.asmx')

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.05,),
                         daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
