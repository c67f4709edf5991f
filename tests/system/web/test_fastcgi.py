"""Straight to the worker's socket, past the web server; and plain CGI."""
import contextlib
import os
import pathlib
import random
import socket
import struct
import subprocess
import threading

import pytest

import fcgi
from harness import CHEAP, environment, eventually
from soap import (MESSAGES_HTTPS, REFERENCE, assert_fault, assert_headers,
                  call, fault, infoset, operation_fault, reset)

WORKERS = 2
OPTIONS = CHEAP + ('--workers', str(WORKERS), '--limits', 'off',
                   '--conf', 'request_timeout=2s')
INTERNAL = operation_fault(
    'InternalServerErrorException', 'ErrorInternalServerError',
    'An internal server error occurred. Nothing was changed.')


@pytest.fixture(autouse=True)
def serving(request, stack, user):
    """After whatever was sent, nothing has changed and requests work."""
    before = stack.world()
    yield
    if 'resets' not in request.keywords:
        assert stack.world() == before
    eventually(lambda: len(stack.children()) == WORKERS)
    for _ in range(WORKERS + 1):
        reset(stack, user)


def ask(stack, user, body=REFERENCE, **changes):
    return fcgi.ask(stack, fcgi.usual(stack, user, body, **changes), body)


@pytest.mark.resets
def test_as_the_web_server_does_it(stack, user):
    answer = ask(stack, user)
    assert answer.status == 200
    assert_headers(answer)
    assert stack.audit(user)[-1]['actor_address'] == '192.0.2.7'


@pytest.mark.resets
@pytest.mark.parametrize('address', ['2001:db8::1', '', 'nonsense', None])
def test_address_of_the_client(stack, user, address):
    assert ask(stack, user, REMOTE_ADDR=address).status == 200
    noted = stack.audit(user)[-1]['actor_address']
    assert noted == (address if address == '2001:db8::1' else None)


@pytest.mark.parametrize('changes', [
    {'UMWS_SECRET': None}, {'UMWS_SECRET': ''}, {'UMWS_SECRET': 'wrong'},
    {'UMWS_SECRET': None, 'HTTP_UMWS_SECRET': 'x'},
    {'UMWS_ROUTE': None}, {'UMWS_ROUTE': ''}, {'UMWS_ROUTE': 'admin'},
    {'UMWS_ROUTE': 'SOAP'}, {'UMWS_ROUTE': 'TUI'}],
    ids=lambda changes: ' '.join(f'{k}={v}' for k, v in changes.items()))
def test_not_from_our_web_server(stack, user, changes):
    answer = ask(stack, user, **changes)
    assert_fault(answer, INTERNAL)
    assert stack.audit(user) == []


def test_part_of_the_secret(stack, user):
    secret = stack.env['UMWS_SECRET']
    for wrong in (secret[:-1], secret + 'x', secret.swapcase(), secret[::-1]):
        assert_fault(ask(stack, user, UMWS_SECRET=wrong), INTERNAL)


@pytest.mark.parametrize('name', [
    'REMOTE_USER', 'UMWS_SECRET', 'UMWS_ROUTE', 'AUTH_TYPE', 'REMOTE_ADDR'])
def test_a_parameter_of_identity_twice(stack, user, name):
    params = fcgi.usual(stack, user, REFERENCE)
    params.append((name, dict(params)[name]))
    assert_fault(fcgi.ask(stack, params, REFERENCE), INTERNAL)
    other = [('REMOTE_USER', 'user0001')] + params[:-1]
    assert_fault(fcgi.ask(stack, other, REFERENCE), INTERNAL)


@pytest.mark.parametrize('changes', [
    {'AUTH_TYPE': None}, {'AUTH_TYPE': ''}, {'REMOTE_USER': None},
    {'REMOTE_USER': ''}, {'REMOTE_USER': 'x' * 2000},
    {'AUTH_TYPE': None, 'HTTP_AUTHORIZATION': 'Basic dXNlcjAwMDE6eA=='},
    {'REMOTE_USER': None, 'HTTP_REMOTE_USER': 'user0001'}],
    ids=lambda changes: ' '.join(f'{k}={v:.10}' if v else k
                                 for k, v in changes.items()))
@pytest.mark.parametrize('method', ['POST', 'GET'])
def test_nobody_authenticated(stack, user, changes, method):
    answer = ask(stack, user, REQUEST_METHOD=method, **changes)
    assert answer.status == 401
    assert answer.headers['WWW-Authenticate'] == (
        'Basic realm="Unified Messaging", charset="UTF-8"')
    assert answer.body == b'' and answer.headers['X-Request-Id']


@pytest.mark.parametrize('login', [
    '\udcff\udcfe', 'a\nb', "' OR 1=1", 'x' * 400, 'user0001\x7f',
    '\N{KELVIN SIGN}', 'user0001 '])
def test_odd_logins(stack, login):
    """No text to the database, or no such user: nobody's mailbox."""
    answer = ask(stack, login)
    assert answer.code() == 'ErrorUserNotUnifiedMessagingEnabled'


@pytest.mark.parametrize('announced', [
    '10', '1', '0', str(len(REFERENCE) - 1)])
def test_announced_too_little(stack, user, announced):
    answer = ask(stack, user, CONTENT_LENGTH=announced)
    assert_fault(answer, fault('invalid-request'))


@pytest.mark.parametrize('announced', [str(len(REFERENCE) + 1), '65536'])
def test_announced_too_much(stack, user, announced):
    answer = ask(stack, user, CONTENT_LENGTH=announced)
    assert_fault(answer, fault('invalid-request'))


@pytest.mark.parametrize('announced', [
    '-1', 'x', '0x10', '1e3', '9' * 30, ' 210', '+210'])
def test_announced_nonsense(stack, user, announced):
    answer = ask(stack, user, CONTENT_LENGTH=announced)
    assert answer.status in (413, 500)
    if answer.status == 500:
        assert_fault(answer, fault('invalid-request'))


def test_more_than_announced(stack, user):
    """A second document behind the first is not looked at, or refused;
    it never makes a second reset."""
    body = REFERENCE + REFERENCE
    params = fcgi.usual(stack, user, REFERENCE)
    before = stack.value('SELECT generation FROM umws.um_user'
                         ' WHERE login = %s', user)
    answer = fcgi.ask(stack, params, body)
    assert_fault(answer, fault('invalid-request'))
    assert stack.state(user)['generation'] == before


HUGE = 'x' * 1_000_000
# What the web server would never send: a parameter missing, empty, huge or
# twice. None of it takes a child away, and the first of two counts.
ODD = {
    'REQUEST_METHOD': {None: 405, '': 405, HUGE: 405, 'GET': 405},
    'CONTENT_TYPE': {None: 415, '': 415, HUGE: 415, 'text/plain': 415},
    'CONTENT_LENGTH': {'': 500, HUGE: 500, '9' * 1_000_000: 500, '1': 500},
    'REMOTE_USER': {HUGE: 401},
    'AUTH_TYPE': {HUGE: 200},
    'UMWS_SECRET': {HUGE: 500},
    'UMWS_ROUTE': {HUGE: 500},
    'REMOTE_ADDR': {HUGE: 200},
    'HTTP_HOST': {None: 200, '': 200, HUGE: 200},
    'HTTP_SOAPACTION': {'': 200, HUGE: 500, 'urn:x': 500},
    'HTTP_ORIGIN': {'': 200, HUGE: 403, 'null': 403},
    'HTTP_SEC_FETCH_SITE': {'': 200, HUGE: 403, 'cross-site': 403},
    'QUERY_STRING': {HUGE: 200},
    HUGE: {HUGE: 200},
    '': {'': 200, HUGE: 200},
}
TWICE = ('REQUEST_METHOD', 'CONTENT_TYPE', 'CONTENT_LENGTH',
         'HTTP_SOAPACTION', 'HTTP_ORIGIN', 'HTTP_SEC_FETCH_SITE')


@pytest.mark.resets
@pytest.mark.parametrize('name', ODD, ids=lambda name: name[:20] or 'none')
def test_odd_parameters(stack, user, name):
    for value, status in ODD[name].items():
        before = stack.state(user)['generation']
        answer = ask(stack, user, **{name: value})
        assert answer.status == status, (name, value and value[:10])
        is_reset = status == 200
        assert stack.state(user)['generation'] == before + is_reset
        assert HUGE[:1000] not in str(answer)


@pytest.mark.parametrize('name', TWICE)
def test_a_parameter_twice(stack, user, name):
    """Whatever the second one says, what the first one says is refused."""
    first, status = list(ODD[name].items())[-1]
    usual = fcgi.usual(stack, user, REFERENCE, **{name: first})
    again = dict(fcgi.usual(stack, user, REFERENCE)).get(name, '')
    answer = fcgi.ask(stack, usual + [(name, again)], REFERENCE)
    assert answer.status == status


@pytest.mark.resets
def test_many_parameters(stack, user):
    params = [(f'HTTP_X_{number}', 'x' * 100) for number in range(3000)]
    params += fcgi.usual(stack, user, REFERENCE)
    assert fcgi.ask(stack, params, REFERENCE).status == 200


@pytest.mark.parametrize('size', [65537, 10 ** 9])
def test_too_large(stack, user, size):
    """Refused by its announced size, without reading it."""
    answer = ask(stack, user, CONTENT_LENGTH=str(size))
    assert answer.status == 413


def test_largest_body(stack, user):
    """The limit itself, in many small records; not well-formed at its
    end, so that all of it must have been read."""
    body = REFERENCE + b' ' * (65535 - len(REFERENCE)) + b'x'
    params = fcgi.usual(stack, user, body)
    with fcgi.connect(stack) as peer:
        peer.sendall(fcgi.begin() + fcgi.stream(
            fcgi.PARAMS, fcgi.encode(params)))
        for at in range(0, len(body), 100):
            peer.sendall(fcgi.record(fcgi.STDIN, body[at:at + 100]))
        peer.sendall(fcgi.record(fcgi.STDIN))
        answer = fcgi.parse(fcgi.read_all(peer))
    assert_fault(answer, fault('invalid-request'))


def spent_ms(stack):
    """Processor time that the children have used."""
    return sum(int(pathlib.Path(f'/proc/{pid}/schedstat').read_text()
                   .split()[0]) for pid in stack.children()) / 1e6


HOSTILE = {
    'comment': (b'<a><!--', b'c', b'--></a>'),
    'value': (b'<a b="', b'v', b'"/>'),
    'name': (b'<', b'n', b'/>'),
    'namespace': (b'<a xmlns:p="' + 32000 * b'u' + b'">', b'<b p:c=""/>',
                  b'</a>')}


@pytest.mark.parametrize('kind', HOSTILE)
def test_hostile_body_in_records_of_one_byte(stack, user, kind):
    head, unit, end = HOSTILE[kind]
    count = (65536 - len(head) - len(end)) // len(unit)
    body = head + count * unit + end
    data = fcgi.begin() + fcgi.stream(
        fcgi.PARAMS, fcgi.encode(fcgi.usual(stack, user, body)))
    data += b''.join(fcgi.record(fcgi.STDIN, body[i:i + 1])
                     for i in range(len(body)))
    before = spent_ms(stack)
    with fcgi.connect(stack) as peer:
        peer.sendall(data + fcgi.record(fcgi.STDIN))
        assert_fault(fcgi.parse(fcgi.read_all(peer)), fault('invalid-request'))
    assert spent_ms(stack) - before < 50


def cuts(stack, user):
    """A request cut short at every interesting place."""
    params = fcgi.encode(fcgi.usual(stack, user, REFERENCE))
    whole = (fcgi.begin() + fcgi.stream(fcgi.PARAMS, params)
             + fcgi.stream(fcgi.STDIN, REFERENCE))
    seed = random.randrange(1 << 30)
    print('seed', seed)
    random_places = random.Random(seed).sample(range(len(whole) - 8), 20)
    for size in (0, 1, 7, 8, 15, 16, 20, 40, len(whole) - 17, len(whole) - 9,
                 *random_places):
        yield whole[:size]


def test_peer_that_goes_away(stack, user):
    """Half a request is no request, wherever it ends."""
    for data in cuts(stack, user):
        with fcgi.connect(stack) as peer:
            peer.sendall(data)
    for data in cuts(stack, user):
        with fcgi.connect(stack) as peer:
            peer.sendall(data)
            peer.shutdown(1)
            answer = fcgi.parse(fcgi.read_all(peer))
            assert answer is None or answer.status != 200


@pytest.mark.resets
def test_peer_that_stops_half_way(stack, user):
    """It holds one child for the request's time, and no longer."""
    params = fcgi.encode(fcgi.usual(stack, user, REFERENCE))
    with fcgi.connect(stack) as peer:
        peer.sendall(fcgi.begin() + fcgi.stream(fcgi.PARAMS, params)
                     + fcgi.record(fcgi.STDIN, REFERENCE[:50]))
        for _ in range(5):
            reset(stack, stack.user())
        answer = fcgi.parse(fcgi.read_all(peer))
    assert answer is None or answer.status == 500
    assert stack.state(user)['generation'] == 0


@pytest.mark.resets
@pytest.mark.parametrize('data', [
    b'', fcgi.begin(),
    fcgi.begin() + fcgi.record(fcgi.PARAMS, b'\x0bREMOTE')[:12]],
    ids=['nothing', 'begin', 'half a name'])
def test_silent_peers(stack, user, data):
    """More of them than children: each is waited for only so long."""
    peers = [fcgi.connect(stack) for _ in range(WORKERS + 1)]
    try:
        for peer in peers:
            peer.sendall(data)
        assert reset(stack, user).seconds < 15
    finally:
        for peer in peers:
            peer.close()


def drip(peer, data, stop, size):
    """A little each second, never so slow that it looks silent."""
    try:
        while data and not stop.wait(1):
            peer.sendall(data[:size])
            data = data[size:]
    except OSError:
        pass


@contextlib.contextmanager
def dripping(stack, first, rest, size=1):
    """As many peers as children: the first part at once, the rest slowly."""
    stop = threading.Event()
    with contextlib.ExitStack() as ending:
        for _ in range(WORKERS):
            peer = ending.enter_context(fcgi.connect(stack))
            peer.sendall(first)
            threading.Thread(target=drip,
                             args=(peer, rest, stop, size)).start()
        ending.callback(stop.set)
        yield


@pytest.mark.resets
def test_dripping_peers(stack, user):
    """As many as children, each within its request's time at every byte of
    its parameters: the parent ends what is at one for half a minute."""
    params = fcgi.stream(fcgi.PARAMS, fcgi.encode(
        fcgi.usual(stack, user, REFERENCE)))
    old = stack.children()
    with dripping(stack, fcgi.begin(), params):
        eventually(lambda: call(stack, stack.user()).status == 200, 45)
        eventually(lambda: len(stack.children()) == WORKERS)
        assert set(old) != set(stack.children())
        assert stack.state(user)['generation'] == 0


@pytest.mark.resets
def test_dripping_bodies(stack, user):
    """As a web server hands on what a slow client sends: it gets little
    time, for others wait behind it."""
    begin = (fcgi.begin() + fcgi.stream(fcgi.PARAMS, fcgi.encode(
        fcgi.usual(stack, user, REFERENCE))))
    body = b''.join(fcgi.record(fcgi.STDIN, REFERENCE[i:i + 1])
                    for i in range(len(REFERENCE)))
    old = stack.children()
    with dripping(stack, begin, body, size=9):
        assert reset(stack, stack.user()).seconds < 9
        assert stack.children() == old
        assert 'body too slow' in stack.log('worker')
        assert stack.state(user)['generation'] == 0


@pytest.mark.resets
def test_silent_peers_behind_one_that_left(stack, user):
    """A connection that ends before its request must not have libfcgi
    accept the next one, which it would not limit."""
    half = fcgi.begin() + fcgi.record(fcgi.PARAMS, b'x' * 100)[:50]
    old, peers = stack.children(), []
    try:
        for _ in range(2 * WORKERS):
            fcgi.connect(stack).close()
            peers.append(fcgi.connect(stack))
            peers[-1].sendall(half)
        reset(stack, user)
        assert stack.children() == old
        assert 'child-stuck' not in stack.log('worker').splitlines()[-1]
    finally:
        for peer in peers:
            peer.close()


GARBAGE = {
    'text': b'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'nul': b'\0' * 4096,
    'ones': b'\xff' * 4096,
    'other version': b'\x02' + fcgi.begin()[1:],
    'unknown kind': fcgi.record(99, b'x' * 10),
    'abort': fcgi.begin() + fcgi.record(fcgi.ABORT),
    'other role': fcgi.record(fcgi.BEGIN, struct.pack('>HB5x', 9, 0)),
    'short begin': fcgi.record(fcgi.BEGIN, b'\0'),
    'begin twice': fcgi.begin() * 2,
    'other request': fcgi.begin() + fcgi.record(fcgi.PARAMS, b'', 7),
    'name too long': fcgi.begin() + fcgi.record(
        fcgi.PARAMS, b'\xff\xff\xff\xff\xff\xff\xff\xffx')
    + fcgi.record(fcgi.PARAMS),
    'name past end': fcgi.begin() + fcgi.record(
        fcgi.PARAMS, b'\x7f\x7fx') + fcgi.record(fcgi.PARAMS),
    'body first': fcgi.begin() + fcgi.stream(fcgi.STDIN, REFERENCE),
    'values': fcgi.record(9, b'\x0e\0FCGI_MAX_CONNS', 0),
}


@pytest.mark.parametrize('name', GARBAGE)
def test_garbage(stack, name):
    with fcgi.connect(stack) as peer:
        try:
            peer.sendall(GARBAGE[name])
            peer.shutdown(1)
        except OSError:
            return
        answer = fcgi.parse(fcgi.read_all(peer))
    assert answer is None or answer.status != 200


def test_random_bytes(stack, user):
    """Whole requests with a few bytes changed, and nothing but noise."""
    seed = random.randrange(1 << 30)
    print('seed', seed)
    noise = random.Random(seed)
    params = fcgi.encode(fcgi.usual(stack, user, REFERENCE,
                                    UMWS_SECRET='wrong'))
    whole = (fcgi.begin() + fcgi.stream(fcgi.PARAMS, params)
             + fcgi.stream(fcgi.STDIN, REFERENCE))
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(noise.randrange(1, 6)):
            data[noise.randrange(len(data))] = noise.randrange(256)
        with fcgi.connect(stack) as peer:
            try:
                peer.sendall(bytes(data))
                peer.shutdown(1)
            except OSError:
                continue
            answer = fcgi.parse(fcgi.read_all(peer))
            assert answer is None or answer.status != 200


@pytest.mark.resets
def test_kept_connections_are_closed(stack, user):
    """FCGI_KEEP_CONN asks for what would hide the next request."""
    params = fcgi.encode(fcgi.usual(stack, user, REFERENCE))
    with fcgi.connect(stack) as peer:
        peer.sendall(fcgi.begin(flags=1) + fcgi.stream(fcgi.PARAMS, params)
                     + fcgi.stream(fcgi.STDIN, REFERENCE))
        answer = fcgi.parse(fcgi.read_all(peer))
    assert answer.status == 200


@pytest.mark.parametrize('route', ['health', 'live', 'metrics'])
def test_other_routes(stack, user, route):
    """They need the secret, and no user."""
    answer = ask(stack, None, b'', UMWS_ROUTE=route, AUTH_TYPE=None,
                 REQUEST_METHOD='GET')
    assert answer.status == 200
    answer = ask(stack, None, b'', UMWS_ROUTE=route, AUTH_TYPE=None,
                 REQUEST_METHOD='GET', UMWS_SECRET=None)
    assert_fault(answer, INTERNAL)


def cgi(stack, body, params, *arguments):
    """Run the worker as a CGI program and read what it says."""
    program = os.path.join(stack.env['UMWS_BINDIR'], 'umws-fcgi')
    variables = {'GATEWAY_INTERFACE': 'CGI/1.1',
                 'UMWS_CONF': stack.env['UMWS_CONF']} | dict(params)
    done = subprocess.run([program, *arguments], input=body, timeout=30,
                          env=environment(**variables), capture_output=True)
    assert done.returncode == 0, done.stderr
    return fcgi.parse_cgi(done.stdout)


@pytest.mark.parametrize('scheme', ['http', 'https'])
def test_wsdl(stack, user, scheme):
    """By either way HEAD has the fields of GET, and not one byte more."""
    for way in (fcgi.ask, lambda stack, params: cgi(stack, b'', params)):
        answers = {method: way(stack, fcgi.usual(
            stack, user, b'', REQUEST_METHOD=method, QUERY_STRING='wsdl',
            REQUEST_URI='/EWS/UM2007Legacy.asmx?wsdl', HTTP_HOST='um.test',
            HTTPS='on' if scheme == 'https' else None,
            CONTENT_TYPE=None)) for method in ('GET', 'HEAD')}
        assert (answers['GET'].status, answers['HEAD'].status) == (200, 200)
        assert_headers(answers['GET'])
        assert f'"{scheme}://um.test/EWS/' in answers['GET'].body.decode()
        assert answers['HEAD'].body == b''
        for name in ('Content-Type', 'Content-Length'):
            assert answers['HEAD'].headers[name] == (
                answers['GET'].headers[name])


@pytest.mark.resets
def test_plain_cgi(stack, user):
    answer = cgi(stack, REFERENCE, fcgi.usual(stack, user, REFERENCE))
    assert answer.status == 200
    assert_headers(answer)
    assert infoset(answer.body)[3][0][3][0][0] == (
        f'{{{MESSAGES_HTTPS}}}ResetPINResponse')
    assert stack.state(user)['generation'] == 1
    assert len(stack.outbox(user)) == 1


def test_plain_cgi_refuses_the_same(stack, user):
    def status(body=REFERENCE, **changes):
        return cgi(stack, body, fcgi.usual(stack, user, body,
                                           **changes)).status

    assert status(AUTH_TYPE=None) == 401
    assert status(REQUEST_METHOD='GET') == 405
    assert status(CONTENT_TYPE='text/plain') == 415
    assert status(HTTP_ORIGIN='null') == 403
    assert status(body=b'<') == 500
    assert status(UMWS_SECRET='wrong') == 500
    assert status(CONTENT_LENGTH='70000') == 413
    assert status(CONTENT_LENGTH=str(len(REFERENCE) + 9)) == 500


def test_plain_cgi_does_not_read_its_arguments(stack, user):
    """RFC 3875, section 4.4: they may be a stranger's query."""
    answer = cgi(stack, b'<', fcgi.usual(stack, user, b'<'),
                 '--config', '/nowhere', '--help')
    assert_fault(answer, fault('invalid-request'))


def test_plain_cgi_reads_what_it_refuses(stack, user):
    """A socket that is closed with input unread is reset, and the answer on
    it lost: Apache gives its programs one."""
    program = os.path.join(stack.env['UMWS_BINDIR'], 'umws-fcgi')
    body = REFERENCE * 100
    params = fcgi.usual(stack, user, body, CONTENT_TYPE='text/plain',
                        GATEWAY_INTERFACE='CGI/1.1',
                        UMWS_CONF=stack.env['UMWS_CONF'])
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            child = subprocess.Popen(
                [program], stdin=theirs, stdout=theirs,
                env=environment(**dict(params)))
        ours.sendall(body)
        assert child.wait(30) == 0
        answer = fcgi.parse_cgi(ours.recv(65536))
    assert answer.status == 415
