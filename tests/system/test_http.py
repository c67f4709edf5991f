"""HTTP before SOAP: what is refused without any effect, and how clients
that speak HTTP in unusual ways are served."""
import http.client
import socket
import urllib.parse

import pytest

from soap import REFERENCE, XML, basic, call, reset

FORM = 'application/x-www-form-urlencoded'
METHODS = ('GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'post')


@pytest.fixture(autouse=True)
def untouched(request, stack, user):
    """Nothing must have changed, unless the test is marked "resets"."""
    before = stack.world(), stack.state(user)
    yield
    if 'resets' not in request.keywords:
        assert (stack.world(), stack.state(user)) == before


@pytest.mark.parametrize('method', ['GET', 'POST', 'OPTIONS', 'DELETE'])
@pytest.mark.parametrize('name, password', [
    (None, None), ('user0001', 'wrong'), ('nobody', 'x'), ('user0001', '')],
    ids=['none', 'wrong', 'unknown', 'empty'])
def test_not_authenticated(stack, method, name, password):
    body = REFERENCE if method == 'POST' else None
    headers = basic(name, password) if name else {}
    answer = call(stack, None, body, method=method, **headers)
    assert answer.status == 401
    assert answer.headers['WWW-Authenticate'].startswith('Basic ')
    assert b'Envelope' not in answer.body


def test_identity_is_no_header(stack, user):
    """What a client calls itself in header fields is nobody's name."""
    names = {name: user for name in (
        'Remote_User', 'X_Remote_User', 'X_Forwarded_User', 'Auth_Type',
        'UMWS_Secret', 'UMWS_Route')}
    assert call(stack, None, **names).status == 401


@pytest.mark.parametrize('body', [None, REFERENCE], ids=['empty', 'full'])
@pytest.mark.parametrize('method', METHODS)
@pytest.mark.parametrize('query', ['', '?op=ResetPIN'])
def test_only_post(stack, user, method, body, query):
    url = stack.env['UMWS_URL'] + query
    answer = call(stack, user, body, url, method)
    if method == 'post' and answer.status == 400:
        return      # the web server's own opinion of such a method
    assert answer.status == 405
    assert answer.headers['Allow'] == 'POST'
    assert 'Access-Control-Allow-Origin' not in answer.headers


@pytest.mark.parametrize('size', [65537, 1 << 20])
def test_too_large(stack, user, size):
    body = REFERENCE + b' ' * (size - len(REFERENCE))
    assert call(stack, user, body).status == 413


@pytest.mark.resets
def test_just_not_too_large(stack, user):
    reset(stack, user, body=REFERENCE + b' ' * (65536 - len(REFERENCE)))


@pytest.mark.parametrize('kind', [
    None, '', 'text/plain', 'text/plain; charset=utf-8', FORM,
    'multipart/form-data; boundary=x', 'application/soap+xml; charset=utf-8',
    'application/xml', 'text/xmlx', 'text/xml2; charset=utf-8', 'text',
    'text/html', 'text/xml; charset=iso-8859-1', 'text/xml; charset=utf-7',
    'text/xml; charset=utf-8; charset=utf-16', 'text/xml; charset=utf-32',
    'text/xml charset=utf-8', 'text/plain; text/xml'])
def test_media_type(stack, user, kind):
    answer = call(stack, user, Content_Type=kind)
    assert answer.status == 415
    assert b'Envelope' not in answer.body


@pytest.mark.parametrize('headers', [
    {'Origin': 'https://evil.example'}, {'Origin': 'null'},
    {'Origin': 'http://127.0.0.1'}, {'Origin': 'http://127.0.0.1:1'},
    {'Origin': '{own}.evil.example'}, {'Origin': '{own}/'},
    {'Sec_Fetch_Site': 'cross-site'}, {'Sec_Fetch_Site': 'same-site'},
    {'Sec_Fetch_Site': 'Same-Origin'},
    {'Origin': '{own}', 'Sec_Fetch_Site': 'cross-site'}],
    ids=lambda headers: ' '.join(headers.values()))
def test_other_sites(stack, user, headers):
    own = stack.env['UMWS_BASE_URL']
    headers = {name: value.replace('{own}', own)
               for name, value in headers.items()}
    answer = call(stack, user, **headers)
    assert answer.status == 403
    assert 'Access-Control-Allow-Origin' not in answer.headers
    assert b'Envelope' not in answer.body


def test_order_of_checks(stack, user):
    """Method before media type before origin; identity before all."""
    foreign = {'Origin': 'null'}
    assert call(stack, None, method='PUT', **foreign).status == 401
    assert call(stack, user, method='PUT', **foreign).status == 405
    assert call(stack, user, Content_Type='text/plain',
                **foreign).status == 415
    assert call(stack, user, b'no xml', **foreign).status == 403


def raw(stack, data):
    """Bytes to the web server; what it says until it closes."""
    url = urllib.parse.urlsplit(stack.env['UMWS_URL'])
    with socket.create_connection((url.hostname, url.port), 30) as peer:
        peer.sendall(data)
        received = b''
        while piece := peer.recv(65536):
            received += piece
    return received


def head(stack, user, version, *fields):
    url = urllib.parse.urlsplit(stack.env['UMWS_URL'])
    auth = basic(user, stack.env['UMWS_PASSWORD'])['Authorization']
    lines = [f'POST {url.path} HTTP/{version}', f'Host: {url.netloc}',
             f'Authorization: {auth}', f'Content-Type: {XML}', *fields]
    return ('\r\n'.join(lines) + '\r\n\r\n').encode()


@pytest.mark.resets
def test_http_10(stack, user):
    size = f'Content-Length: {len(REFERENCE)}'
    answer = raw(stack, head(stack, user, '1.0', size) + REFERENCE)
    assert answer.startswith(b'HTTP/1.1 200')
    assert stack.state(user)['generation'] == 1


@pytest.mark.resets
def test_chunked_body(stack, user):
    chunks = b''.join(b'%x\r\n%s\r\n' % (len(piece), piece) for piece in
                      (REFERENCE[:7], REFERENCE[7:100], REFERENCE[100:]))
    fields = ('Transfer-Encoding: chunked', 'Connection: close')
    answer = raw(stack, head(stack, user, '1.1', *fields) + chunks
                 + b'0\r\n\r\n')
    assert answer.startswith(b'HTTP/1.1 200')
    assert stack.state(user)['generation'] == 1


@pytest.mark.resets
def test_expect_continue(stack, user):
    fields = (f'Content-Length: {len(REFERENCE)}', 'Expect: 100-continue',
              'Connection: close', 'Accept-Encoding: gzip')
    answer = raw(stack, head(stack, user, '1.1', *fields) + REFERENCE)
    assert answer.startswith(b'HTTP/1.1 100')
    assert b'HTTP/1.1 200' in answer and b'ResetPINResponse' in answer


@pytest.mark.resets
def test_second_leg_on_the_same_connection(stack, user):
    """A 401, then the same request with a password, as clients do it."""
    url = urllib.parse.urlsplit(stack.env['UMWS_URL'])
    auth = basic(user, stack.env['UMWS_PASSWORD'])
    link = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
    statuses = []
    for more in ({}, auth, auth):
        link.request('POST', url.path, REFERENCE, {'Content-Type': XML} | more)
        answer = link.getresponse()
        answer.read()
        statuses.append(answer.status)
    link.close()
    assert statuses == [401, 200, 200]
    assert stack.state(user)['generation'] == 2
