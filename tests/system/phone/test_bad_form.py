"""What is no request of a phone system, field by field: the documented
status, and nothing is counted."""
import http.client
import urllib.parse

import pytest

import fcgi
from harness import CHEAP
from phonecall import ask, word

OPTIONS = CHEAP + ('--limits', 'off')
GOOD = {'action': 'change', 'mailbox': 'user0001', 'pin': '904716',
        'new_pin': '381625', 'caller': '+43', 'call': '7'}
FORM = urllib.parse.urlencode(GOOD).encode()


def without(*names):
    return urllib.parse.urlencode({name: value for name, value in GOOD.items()
                                   if name not in names}).encode()


BAD = {'empty': b'', 'no form': b'{"action": "logon"}',
       'ampersands': b'&&', 'no action': without('action'),
       'no mailbox': without('mailbox'), 'no pin': without('pin'),
       'no new_pin': without('new_pin'),
       'other action': FORM.replace(b'change', b'delete'),
       'capitals': FORM.replace(b'change', b'Change'),
       'empty action': FORM.replace(b'change', b''),
       'empty mailbox': FORM.replace(b'user0001', b''),
       'new_pin of a logon': FORM.replace(b'change', b'logon'),
       'unknown field': FORM + b'&x=1', 'no value': FORM + b'&x',
       'too long': FORM + b'0' * 1024,
       'no hex': FORM.replace(b'904716', b'90471%g6'),
       'cut escape': FORM + b'%4', 'percent': FORM + b'%',
       'nul': FORM.replace(b'904716', b'904716%00'),
       'nul in a name': FORM.replace(b'caller', b'caller%00'),
       'raw nul': FORM.replace(b'904716', b'9047\x0016')}
for name in GOOD:
    BAD[f'{name} twice'] = FORM + f'&{name}=1'.encode()
    BAD[f'{name} no utf-8'] = FORM.replace(
        f'{name}='.encode(), f'{name}=%C3%28'.encode(), 1)
    BAD[f'{name} overlong'] = FORM.replace(
        f'{name}='.encode(), f'{name}=%C0%80'.encode(), 1)
    BAD[f'{name} too long'] = FORM.replace(
        f'{name}='.encode(), f'{name}='.encode() + b'1' * 1000, 1)


def tui(stack, body, **changes):
    """Straight to the worker."""
    params = fcgi.usual(stack, 'phone', body, **{
        'UMWS_ROUTE': 'tui',
        'CONTENT_TYPE': 'application/x-www-form-urlencoded'} | changes)
    return fcgi.ask(stack, params, body)


@pytest.fixture
def untouched(stack):
    """Nothing is noted and no mailbox changes."""
    before = stack.value('SELECT count(*) FROM umws.audit'), stack.world()
    yield
    assert before == (stack.value('SELECT count(*) FROM umws.audit'),
                      stack.world())


@pytest.mark.parametrize('case', BAD)
def test_bad_form(stack, untouched, case):
    answer = tui(stack, BAD[case])
    assert (answer.status, answer.body) == (400, b'')
    line = stack.log('worker').splitlines()[-1]
    assert 'status=400' in line and 'result=bad-request' in line
    assert '904716' not in line and '381625' not in line


@pytest.mark.parametrize('changes, status', [
    ({'REMOTE_USER': None}, 401), ({'AUTH_TYPE': None}, 401),
    ({'REMOTE_USER': 'user0001'}, 403), ({'REMOTE_USER': 'phone2'}, 403),
    ({'REQUEST_METHOD': 'GET'}, 405), ({'REQUEST_METHOD': 'PUT'}, 405),
    ({'REQUEST_METHOD': 'HEAD'}, 405), ({'REQUEST_METHOD': 'OPTIONS'}, 405),
    ({'HTTP_SEC_FETCH_SITE': 'cross-site'}, 403),
    ({'HTTP_ORIGIN': 'null'}, 403), ({'CONTENT_TYPE': 'text/xml'}, 400),
    ({'CONTENT_TYPE': None}, 400), ({'CONTENT_TYPE': 'text/plain'}, 400),
    ({'CONTENT_TYPE': 'multipart/form-data; boundary=x'}, 400),
    ({'HTTP_CONTENT_ENCODING': 'gzip'}, 400),
    ({'QUERY_STRING': 'action=logon'}, 400), ({'CONTENT_LENGTH': 'x'}, 400),
    ({'CONTENT_LENGTH': '5000000'}, 400), ({'CONTENT_LENGTH': '3'}, 400),
    ({'CONTENT_LENGTH': '200'}, 400)],
    ids=lambda value: str(value))
def test_refused_before_the_form(stack, untouched, changes, status):
    answer = tui(stack, FORM, **changes)
    assert answer.status == status
    assert answer.body == b''
    if status == 405:
        assert answer.headers['Allow'] == 'POST'
    if status == 401:
        assert 'Basic' in answer.headers['WWW-Authenticate']


def test_a_parameter_twice(stack, untouched):
    params = fcgi.usual(stack, 'phone', FORM, UMWS_ROUTE='tui')
    answer = fcgi.ask(stack, params + [('REMOTE_USER', 'phone')], FORM)
    assert answer.status == 500


@pytest.mark.parametrize('name', ['PHONE', 'Phone', 'ｐhone'])
def test_an_account_in_another_form(stack, name):
    """It is the same name (PRECIS), as it is for a mailbox."""
    assert tui(stack, FORM, REMOTE_USER=name).status == 200


@pytest.mark.parametrize('accept, is_json', [
    (None, False), ('*/*', False), ('text/plain', False),
    ('application/*', False), ('application/json', True),
    ('text/html, application/json;q=0.5', True),
    ('application/jsonx', False)])
def test_accept(stack, accept, is_json):
    answer = tui(stack, FORM, HTTP_ACCEPT=accept)
    assert answer.body == (b'{"result":"DENIED","rule":null}\n' if is_json
                           else b'DENIED\n')


def test_escapes(stack):
    """Written in the ways that a form may be written in."""
    login = stack.user()
    for form in (b'action=logon&mailbox=' + login.encode() + b'&pin=000000',
                 b'pin=%30%300000&%61ction=logon&mailbox='
                 + login.replace('u', '%75').encode(),
                 b'mailbox=' + login.encode() + b'&action=logon&pin=000000&'):
        assert word(ask(stack, form)) == 'DENIED'
        assert stack.audit(login)[-1]['rule'] == 'no_pin'
    assert word(ask(stack, b'action=logon&mailbox=a+b%2B&pin=000000&caller='
                    b'%22%0a&call=%E2%82%AC')) == 'DENIED'
    (row,) = stack.audit('a b+')
    assert (row['caller'], row['call']) == ('"\n', '€')


def test_a_long_mailbox_hides_nothing(stack):
    """The log's line is cut, but only what was dialled."""
    form = b'action=logon&pin=000000&mailbox=' + b'%01' * 300
    assert tui(stack, form, REMOTE_ADDR='192.0.2.7').body == b'DENIED\n'
    line = stack.log('worker').splitlines()[-1]
    assert ' address=192.0.2.7 ' in line and ' ms=' in line
    assert ' result=DENIED ' in line and r'\x01\x01' in line


def test_chunked(stack):
    """A body that comes without its length; the web server counts it."""
    target = urllib.parse.urlsplit(stack.env['UMWS_TUI_URL'])
    from soap import basic
    for body, status in ((FORM, 200), (FORM + b'0' * 2000, 413)):
        link = http.client.HTTPConnection(target.hostname, target.port,
                                          timeout=30)
        link.request('POST', target.path, iter([body[:10], body[10:]]),
                     {'Content-Type': 'application/x-www-form-urlencoded'}
                     | basic('phone', stack.env['UMWS_TUI_PASSWORD']),
                     encode_chunked=True)
        assert link.getresponse().status == status
        link.close()
