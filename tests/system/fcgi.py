"""A small FastCGI client that can also misbehave (FastCGI 1.0)."""
import email
import os
import socket
import struct
import threading

from soap import Answer

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR = 1, 2, 3, 4, 5, 6, 7
RESPONDER = 1


def record(kind, content=b'', request=1):
    return struct.pack('>BBHHBx', 1, kind, request, len(content), 0) + content


def begin(flags=0):
    return record(BEGIN, struct.pack('>HB5x', RESPONDER, flags))


def length(number):
    return (struct.pack('>B', number) if number < 128
            else struct.pack('>I', number | 1 << 31))


def encode(params):
    """Name-value pairs; a list, so that a name may come twice."""
    data = b''
    for name, value in params:
        name, value = name.encode(), value.encode('utf-8', 'surrogateescape')
        data += length(len(name)) + length(len(value)) + name + value
    return data


def stream(kind, data):
    """A whole stream: its content in records, then the empty one."""
    pieces = [data[i:i + 60000] for i in range(0, len(data), 60000)]
    return b''.join(record(kind, piece) for piece in pieces) + record(kind)


def usual(stack, user, body, **changes):
    """The parameters nginx would send; None leaves one out."""
    params = {
        'UMWS_ROUTE': 'soap', 'UMWS_SECRET': stack.env['UMWS_SECRET'],
        'REMOTE_USER': user, 'AUTH_TYPE': 'Basic',
        'REMOTE_ADDR': '192.0.2.7', 'REQUEST_METHOD': 'POST',
        'CONTENT_TYPE': 'text/xml; charset=utf-8',
        'CONTENT_LENGTH': str(len(body)), 'HTTP_HOST': 'localhost'} | changes
    return [(name, value) for name, value in params.items()
            if value is not None]


def connect(stack, timeout=30):
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(timeout)
    peer.connect(stack.env['UMWS_FCGI_SOCKET'])
    return peer


def read_all(peer):
    data = b''
    try:
        while piece := peer.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


def parse(data):
    """The bytes of STDOUT as an answer; None if there is none."""
    output = b''
    while len(data) >= 8:
        _, kind, _, size, padding = struct.unpack('>BBHHBx', data[:8])
        if kind == STDOUT:
            output += data[8:8 + size]
        data = data[8 + size + padding:]
    return parse_cgi(output) if output else None


def parse_cgi(output):
    """What a CGI program writes (RFC 3875, section 6) as an answer."""
    head, _, body = output.partition(b'\r\n\r\n')
    headers = email.message_from_bytes(head + b'\r\n\r\n')
    return Answer(int(headers['Status'].split()[0]), headers, body)


def ask(stack, params, body=b''):
    """A whole request; the answer, or None if it was closed without one."""
    with connect(stack) as peer:
        try:
            peer.sendall(begin() + stream(PARAMS, encode(params))
                         + stream(STDIN, body))
        except (BrokenPipeError, ConnectionResetError):
            pass
        return parse(read_all(peer))


def recorded_params(stack, request):
    """What the web server passes on: we listen in the worker's place."""
    path = stack.env['UMWS_FCGI_SOCKET']
    stack.do('worker', 'stop')
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            os.chmod(path, 0o777)
            listener.listen()
            listener.settimeout(30)
            thread = threading.Thread(target=request)
            thread.start()
            peer, _ = listener.accept()
            with peer:
                found = read_params(peer.makefile('rb'))
            thread.join()
    finally:
        os.unlink(path)
        stack.do('worker', 'start')
    return found


def read_params(stream):
    """Names and values up to the empty PARAMS record."""
    data, found = b'', {}
    while True:
        _, kind, _, length, padding = struct.unpack('!BBHHBx',
                                                    stream.read(8))
        content = stream.read(length)
        stream.read(padding)
        if kind == PARAMS and not content:
            break
        data += content if kind == PARAMS else b''
    while data:
        sizes = []
        for _ in range(2):
            wide = data[0] >> 7
            number = struct.unpack('!I', data[:4])[0] & 0x7fffffff if wide \
                else data[0]
            sizes.append(number)
            data = data[4 if wide else 1:]
        name, data = data[:sizes[0]].decode(), data[sizes[0]:]
        assert name not in found
        found[name], data = data[:sizes[1]].decode(), data[sizes[1]:]
    return found
