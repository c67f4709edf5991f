"""HTTP byte by byte, for what a usual client would not send."""
import base64
import http.client
import socket
import time
import urllib.parse

from soap import Answer

ANNOUNCED = 10_000_000  # bytes


class Request:
    """One request: who asks for what, with which fields."""

    def __init__(self, url, method, body, fields, credentials=None):
        self.target = urllib.parse.urlsplit(url)
        self.method, self.body = method, body
        self.fields = list(fields)
        self.credentials = credentials

    def path(self):
        query = self.target.query
        return self.target.path + (f'?{query}' if query else '')

    def head(self, *more, version='1.1', path=None, anonymous=False):
        lines = [f'{self.method} {path or self.path()} HTTP/{version}',
                 f'Host: {self.target.netloc}']
        fields = [*self.fields, *more]
        if self.credentials and not anonymous:
            token = base64.b64encode(':'.join(self.credentials).encode())
            fields.append(('Authorization', f'Basic {token.decode()}'))
        lines += [f'{name}: {value}' for name, value in fields]
        return ('\r\n'.join(lines) + '\r\n\r\n').encode()

    def length(self):
        return 'Content-Length', str(len(self.body))

    def connect(self):
        peer = socket.create_connection(
            (self.target.hostname, self.target.port), 30)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return peer


CLOSE = ('Connection', 'close')


def send(peer, data):
    """Whoever has read enough answers and need not read on."""
    try:
        peer.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        pass


def read(peer, request):
    begin = time.monotonic()
    answer = http.client.HTTPResponse(peer, method=request.method)
    answer.begin()
    body = answer.read()
    return Answer(answer.status, answer.headers, body,
                  time.monotonic() - begin)


def plain(request):
    with request.connect() as peer:
        send(peer, request.head(request.length(), CLOSE) + request.body)
        return read(peer, request)


def chunked(request):
    pieces = [request.body[at:at + 1000]
              for at in range(0, len(request.body), 1000)]
    data = b''.join(b'%x\r\n%s\r\n' % (len(piece), piece)
                    for piece in pieces)
    with request.connect() as peer:
        send(peer, request.head(('Transfer-Encoding', 'chunked'), CLOSE)
             + data + b'0\r\n\r\n')
        return read(peer, request)


def http10(request):
    with request.connect() as peer:
        send(peer, request.head(request.length(), version='1.0')
             + request.body)
        answer = read(peer, request)
        assert peer.recv(1) == b''
        return answer


def drip(request):
    data = request.head(request.length(), CLOSE) + request.body
    with request.connect() as peer:
        for at in range(0, len(data), 50):
            peer.sendall(data[at:at + 50])
            time.sleep(0.001)
        return read(peer, request)


def absolute(request):
    url = request.target._replace(fragment='').geturl()
    with request.connect() as peer:
        send(peer, request.head(request.length(), CLOSE, path=url)
             + request.body)
        return read(peer, request)


def expect(request):
    """The body waits for the interim answer."""
    with request.connect() as peer:
        peer.sendall(request.head(request.length(), CLOSE,
                                  ('Expect', '100-continue')))
        interim = b''
        while not interim.endswith(b'\r\n\r\n'):
            piece = peer.recv(1)
            assert piece, interim
            interim += piece
        assert interim.startswith(b'HTTP/1.1 100 '), interim
        peer.sendall(request.body)
        return read(peer, request)


def announce(request):
    """Far more is announced than will ever come: the answer does not wait."""
    is_asking = 'Expect' in dict(request.fields)
    with request.connect() as peer:
        send(peer, request.head(('Content-Length', str(ANNOUNCED)))
             + (b'' if is_asking else request.body))
        assert peer.recv(9, socket.MSG_PEEK) == b'HTTP/1.1 '
        assert peer.recv(13, socket.MSG_PEEK)[9:12] != b'100'
        answer = read(peer, request)
    assert answer.seconds < 5
    return answer


def legs(request):
    """First without a password, then with one, on the same connection."""
    with request.connect() as peer:
        send(peer, request.head(request.length(), anonymous=True)
             + request.body)
        assert read(peer, request).status == 401
        peer.sendall(request.head(request.length()) + request.body)
        return read(peer, request)


def turns(request):
    """Several bodies, one after the other on one connection; an answer
    for each."""
    bodies, answers = request.body, []
    peer = None
    for body in bodies:
        request.body = body
        peer = peer or request.connect()
        send(peer, request.head(request.length()) + body)
        answers.append(read(peer, request))
        if answers[-1].headers['Connection'] == 'close':
            peer.close()
            peer = None
    if peer:
        peer.close()
    return answers


HOW = {'plain': plain, 'chunked': chunked, 'http10': http10, 'drip': drip,
       'absolute': absolute, 'expect': expect, 'announce': announce,
       'legs': legs, 'turns': turns}
