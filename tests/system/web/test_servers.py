"""Every web server we have a snippet for: who asks is whom it has checked,
whatever the client sends, and its own answers are told from the service's."""
import base64
import contextlib
import gzip
import http.client
import os
import signal
import socket
import threading
import urllib.parse

import pytest

import fcgi
import otherserver
from harness import CHEAP, eventually, installed, is_alive, kill
from soap import REFERENCE, XML, assert_headers, basic, call, health, reset

SERVERS = ('nginx', 'apache', 'cgi', *otherserver.NAMES)
AWAY = b'The service is not available at the moment.'
VICTIM = 'user0001'
NAMES = ('Remote-User', 'Remote_User', 'REMOTE_USER', 'X-Remote-User',
         'Http-Remote-User', 'Redirect-Remote-User', 'REDIRECT_REMOTE_USER')


@pytest.fixture(scope='module', params=SERVERS)
def stack(request):
    name = request.param
    is_other = name in otherserver.NAMES
    with installed(*CHEAP, '--limits', 'off', '--server',
                   'nginx' if is_other else name) as made:
        made.user()             # the victim, who never resets
        made.server = name
        with (otherserver.before(made, name) if is_other
              else contextlib.nullcontext()):
            yield made


def lacks(stack, what, *servers):
    """Not every server can do everything; doc/web-servers.md says so."""
    if stack.server in servers:
        pytest.skip(f'{stack.server}: {what}')


def has_worker(stack):
    return 'UMWS_FCGI_SOCKET' in stack.env


def forged(stack):
    """Header fields that claim to be what only the web server may say."""
    secret = stack.env['UMWS_SECRET']
    return ([{name: VICTIM} for name in NAMES]
            + [{name: 'Basic'} for name in
               ('Auth-Type', 'Auth_Type', 'AUTH_TYPE')]
            + [{name: 'soap'} for name in
               ('UMWS-Route', 'Umws-Route', 'UMWS_ROUTE')]
            + [{name: secret} for name in ('UMWS-Secret', 'UMWS_SECRET')]
            + [{name: '192.0.2.1'} for name in
               ('Remote-Addr', 'REMOTE_ADDR', 'X-Forwarded-For')]
            + [{'Proxy': 'http://192.0.2.1/'}, {'Umws-Conf': '/dev/null'},
               {'Umws-Web-Secret': 'off'}, {'UMWS_WEB_SECRET': 'off'},
               {'Gateway-Interface': 'CGI/1.1'}])


def together(fields):
    return {name: value for one in fields for name, value in one.items()}


def send(stack, url='UMWS_URL', body=REFERENCE, fields=()):
    """A request with header fields exactly as they are named."""
    target = urllib.parse.urlsplit(stack.env.get(url, url))
    link = http.client.HTTPConnection(target.hostname, target.port,
                                      timeout=60)
    with contextlib.closing(link):
        link.putrequest('POST', target.path)
        for name, value in (('Content-Type', XML),
                            ('Content-Length', str(len(body))),
                            *dict(fields).items()):
            link.putheader(name, value)
        link.endheaders(body)
        answer = link.getresponse()
        return answer.status, answer.read()


@pytest.mark.thin(3)             # both sizes, at different servers
@pytest.mark.parametrize('size', (9000, 48000))
def test_large_tickets(stack, size):
    """A Kerberos ticket of a user in many groups reaches those who check it:
    401, not 400 or 431. Windows makes none above 48,000 bytes."""
    ticket = base64.b64encode(os.urandom(size)).decode()
    answer = call(stack, None, Authorization=f'Negotiate {ticket}')
    assert answer.status == 401
    assert answer.headers['WWW-Authenticate'].startswith('Basic ')


def test_nobody_by_forged_headers(stack):
    before = stack.world()
    every = forged(stack)
    for fields in [*every, together(every)]:
        assert send(stack, fields=fields)[0] == 401, fields
    assert stack.world() == before


def test_forged_headers_beside_a_user(stack, user):
    """The one who was checked is reset, and nobody else."""
    own = basic(user, stack.env['UMWS_PASSWORD'])
    every = forged(stack)
    every.append(together(every))
    for number, fields in enumerate(every, 1):
        before = stack.world()
        assert send(stack, fields=own | fields)[0] == 200, fields
        assert stack.state(user)['generation'] == number
        assert stack.world()[0] == before[0] + 1, fields
    assert {row['actor_address'] for row in stack.audit(user)} == {
        '127.0.0.1'}
    assert stack.audit(VICTIM) == []
    assert stack.state(VICTIM)['generation'] == 0


@pytest.mark.parametrize('route', ['HEALTH', 'METRICS'])
def test_routes_without_a_user(stack, route):
    """Any password, and a forged route, on a path that checks nobody."""
    if route == 'METRICS':
        lacks(stack, 'no counters', 'cgi')
    before = stack.world()
    for password in ('wrong', stack.env['UMWS_PASSWORD']):
        status, body = send(
            stack, f'UMWS_{route}_URL',
            fields=basic(VICTIM, password) | together(forged(stack)))
        assert status == 200 and b'Envelope' not in body
    assert stack.world() == before


@pytest.mark.parametrize('path, says', [
    ('', b'ready\n'), ('/ready', b'ready\n'), ('/live', b'live\n'),
    ('/dead', None), ('/live/', None), ('/live%0a', None)])
def test_health(stack, path, says):
    status, body = send(stack, stack.env['UMWS_HEALTH_URL'] + path, b'',
                        together(forged(stack)))
    if says is None:
        assert status in (400, 403, 404) and b'ready' not in body
    else:
        assert (status, body) == (200, says)


@pytest.mark.parametrize('value', [
    'Basic', 'Basic !', 'Basic {victim}', 'Basic {empty}', 'Basic {colon}',
    'Basic {unknown}', 'Negotiate YII=', 'Bearer {good}', '{good}',
    'Digest username="user0001"'])
def test_passwords_that_are_none(stack, value):
    def token(text):
        return base64.b64encode(text.encode()).decode()

    password = stack.env['UMWS_PASSWORD']
    value = value.format(
        victim=token(VICTIM + ':wrong'), empty=token(':' + password),
        colon=token(VICTIM), unknown=token('nobody:' + password),
        good=token(f'{VICTIM}:{password}'))
    before = stack.world()
    assert send(stack, fields={'Authorization': value})[0] in (400, 401)
    assert stack.world() == before


@pytest.mark.parametrize('path', [
    '/EWS/UM2007Legacy.asmx/', '/EWS/UM2007Legacy.asmx/x', '/EWS/',
    '/EWS/UM2007Legacy.asmx.bak', '/EWS/UM2007Legacy.asmx%0a', '/umws/soap',
    '/umws/away', '/', '/umws/health/../../EWS/x', '/umws/fcgi.sock'])
def test_other_paths(stack, path):
    """No other path leads to the service, with a password or without."""
    before = stack.world()
    url = stack.env['UMWS_BASE_URL'] + path
    for fields in ({}, basic(VICTIM, stack.env['UMWS_PASSWORD'])):
        status, body = send(stack, url, fields=fields)
        assert status >= 400 and b'Envelope' not in body
    assert stack.world() == before


@pytest.mark.parametrize('path', [
    '/EWS/UM2007Legacy.asmx', '/ews/um2007legacy.asmx',
    '/UnifiedMessaging/Service.asmx', '/UNIFIEDMESSAGING/SERVICE.ASMX'])
def test_paths(stack, user, path):
    answer = reset(stack, user, url=stack.env['UMWS_BASE_URL'] + path)
    assert_headers(answer)


def chunked(pieces):
    for piece in pieces:
        yield b'%x\r\n%s\r\n' % (len(piece), piece)
    yield b'0\r\n\r\n'


def request_head(stack, user, *fields):
    url = urllib.parse.urlsplit(stack.env['UMWS_URL'])
    auth = basic(user, stack.env['UMWS_PASSWORD'])['Authorization']
    lines = (f'POST {url.path} HTTP/1.1', f'Host: {url.netloc}',
             f'Authorization: {auth}', f'Content-Type: {XML}', *fields)
    return ('\r\n'.join(lines) + '\r\n\r\n').encode()


@contextlib.contextmanager
def connection(stack):
    url = urllib.parse.urlsplit(stack.env['UMWS_URL'])
    with socket.create_connection((url.hostname, url.port), 30) as peer:
        yield peer


@pytest.mark.parametrize('size', [len(REFERENCE), 40000, 65536])
def test_chunked_bodies(stack, user, size):
    lacks(stack, 'no chunked bodies', 'caddy')
    body = REFERENCE + b' ' * (size - len(REFERENCE))
    pieces = [body[at:at + 5000] for at in range(0, size, 5000)]
    with connection(stack) as peer:
        peer.sendall(request_head(stack, user, 'Connection: close',
                                  'Transfer-Encoding: chunked'))
        for piece in chunked(pieces):
            peer.sendall(piece)
        assert peer.recv(65536).startswith(b'HTTP/1.1 200')
    assert stack.state(user)['generation'] == 1


@pytest.mark.parametrize('is_chunked', [True, False])
def test_too_large(stack, user, is_chunked):
    """413 long before the end of it, and nothing done."""
    if is_chunked:
        lacks(stack, 'no chunked bodies', 'caddy')
    size = 50_000_000
    field = ('Transfer-Encoding: chunked' if is_chunked
             else f'Content-Length: {size}')
    piece = b'%x\r\n%s\r\n' % (10000, b' ' * 10000) if is_chunked else (
        b' ' * 10000)
    sent, answer = 0, b''
    with connection(stack) as peer:
        peer.sendall(request_head(stack, user, field))
        peer.setblocking(False)
        with contextlib.suppress(ConnectionError):
            while not answer and sent < size:
                with contextlib.suppress(BlockingIOError):
                    sent += peer.send(piece)
                with contextlib.suppress(BlockingIOError):
                    answer = peer.recv(1000)
    # Caddy closes so soon that its answer can be lost.
    assert answer.startswith(b'HTTP/1.1 413') or (
        stack.server == 'caddy' and not answer)
    assert sent < size / 2
    assert stack.audit(user) == []


def test_slow_clients(stack, user):
    """As many as workers, each of them nearly silent: a server that does not
    wait for their bodies itself has its workers give them little time."""
    slow, stop = stack.user(), threading.Event()

    def drip(peer):
        with contextlib.suppress(OSError):
            while not stop.wait(0.5):
                peer.sendall(b' ' * 500)

    with contextlib.ExitStack() as peers:
        peers.callback(stop.set)
        for _ in range(8):
            peer = peers.enter_context(connection(stack))
            peer.sendall(request_head(stack, slow, 'Content-Length: 65000'))
            threading.Thread(target=drip, args=(peer,)).start()
        assert reset(stack, user).seconds < 8
    assert stack.state(slow)['generation'] == 0


def test_expect_continue(stack, user):
    with connection(stack) as peer:
        peer.sendall(request_head(stack, user, 'Expect: 100-continue',
                                  f'Content-Length: {len(REFERENCE)}'))
        assert peer.recv(65536) == b'HTTP/1.1 100 Continue\r\n\r\n'
        peer.sendall(REFERENCE)
        assert peer.recv(65536).startswith(b'HTTP/1.1 200')


def test_answers_before_the_body_is_read(stack, user):
    """None is lost because bytes were left unread behind it."""
    body = b' ' * 60000
    for _ in range(20):
        assert call(stack, user, body, Content_Type='a/b').status == 415


def test_gzip_is_not_for_faults(stack, user):
    answer = call(stack, user, b'<x/>', Accept_Encoding='gzip')
    assert answer.code() == 'ErrorInvalidRequest'
    assert_headers(answer)
    assert 'Content-Encoding' not in answer.headers


def test_compressed_bodies(stack, user):
    """The coding reaches the service, which says what it takes."""
    answer = call(stack, user, gzip.compress(REFERENCE),
                  Content_Encoding='gzip')
    assert answer.status == 415
    assert answer.headers['Accept-Encoding'] == 'identity'
    assert stack.state(user)['generation'] == 0


def programs_at_work(stack):
    """Those of this stack that answer requests, as pids."""
    if has_worker(stack):
        return stack.children()
    program = os.path.realpath(stack.env['UMWS_BINDIR'] + '/umws-fcgi')
    found = []
    for pid in filter(str.isdigit, os.listdir('/proc')):
        with contextlib.suppress(OSError):
            if os.readlink(f'/proc/{pid}/exe') == program:
                found.append(int(pid))
    return found


def assert_away(answer):
    assert answer.status == 503 and answer.body.strip() == AWAY
    assert answer.headers['Retry-After'] == '5'
    assert answer.headers['Content-Type'].startswith('text/plain')


def in_background(stack, user):
    """A request that somebody else holds up; ask it with join()."""
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(call(stack, user)))
    thread.start()

    def join():
        thread.join()
        return answers[0]

    eventually(stack.waiting_backends)
    return join


def test_killed_in_the_middle(stack, user):
    with stack.held_rows(user):
        join = in_background(stack, user)
        killed = programs_at_work(stack)
        assert killed
        for pid in killed:
            kill(pid, signal.SIGKILL)
        answer = join()
    if stack.server == 'lighttpd':
        assert answer.status in (500, 503) and b'Envelope' not in answer.body
    else:
        assert_away(answer)
    eventually(lambda: not any(is_alive(pid) for pid in killed))
    eventually(lambda: health(stack) == 200)
    reset(stack, user)


def test_nobody_listens(stack, user):
    lacks(stack, 'no worker', 'cgi')
    before = stack.world()
    stack.do('worker', 'stop')
    try:
        answers = [call(stack, user),
                   call(stack, None, None, 'UMWS_HEALTH_URL', 'GET')]
        for answer in answers:
            if stack.server == 'lighttpd':
                assert answer.status == 503
            else:
                assert_away(answer)
        assert call(stack, None).status == 401
    finally:
        stack.do('worker', 'start')
    assert stack.world() == before
    eventually(lambda: health(stack) == 200)    # lighttpd waits a second
    reset(stack, user)


def test_cgi_has_no_worker(stack):
    code = 0 if has_worker(stack) else 64
    said = stack.do('worker', 'children', code=code)
    assert bool(said) == has_worker(stack)


def test_the_web_server_can_be_restarted(stack, user):
    lacks(stack, 'not of the stack', *otherserver.NAMES)
    stack.do('web', 'stop')
    with pytest.raises(ConnectionRefusedError):
        health(stack)
    stack.do('web-user', 'elsewhere', 'secret')
    stack.do('web', 'start')
    reset(stack, user)
    assert call(stack, 'elsewhere', password='secret').code() == (
        'ErrorUserNotUnifiedMessagingEnabled')


def environment_of_a_program(stack, user, request):
    """The same for plain CGI: what a program that waits was started with."""
    with stack.held_rows(user):
        thread = threading.Thread(target=request)
        thread.start()
        eventually(stack.waiting_backends)
        (pid,) = programs_at_work(stack)
        with open(f'/proc/{pid}/environ', 'rb') as source:
            entries = source.read().decode().split('\0')
    thread.join()
    return dict(entry.split('=', 1) for entry in entries if entry)


def test_what_is_passed_on(stack, user):
    """Who and where from, and never the password."""
    password = stack.env['UMWS_PASSWORD']
    own = basic(user, password)
    secrets = (password, own['Authorization'].split()[1], 'cookie-value')

    def request():
        send(stack, fields=own | {
            'Cookie': 'a=cookie-value', 'Proxy': 'http://192.0.2.1/',
            'Proxy-Authorization': own['Authorization'],
            'SOAPAction': '""', 'Sec-Fetch-Site': 'same-origin',
            'User-Agent': 'test'})

    found = (fcgi.recorded_params(stack, request) if has_worker(stack)
             else environment_of_a_program(stack, user, request))
    for name, value in found.items():
        assert not any(secret in value for secret in secrets), name
    expected = {'UMWS_ROUTE': 'soap', 'REMOTE_USER': user,
                'UMWS_SECRET': stack.env['UMWS_SECRET'],
                'AUTH_TYPE': 'Basic', 'REMOTE_ADDR': '127.0.0.1',
                'REQUEST_METHOD': 'POST', 'CONTENT_TYPE': XML,
                'CONTENT_LENGTH': str(len(REFERENCE)), 'QUERY_STRING': '',
                'HTTP_SOAPACTION': '""', 'HTTP_USER_AGENT': 'test',
                'HTTP_SEC_FETCH_SITE': 'same-origin'}
    assert {name: found.get(name) for name in expected} == expected
    assert 'HTTP_PROXY' not in found and 'HTTP_HOST' in found
