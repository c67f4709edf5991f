"""The phone route through each web server's own location."""
import contextlib
import http.client
import socket
import urllib.parse

import pytest

import otherserver
from harness import CHEAP, installed, pin_of
from phonecall import ask, change, logon
from soap import basic, reset


@pytest.fixture(scope='module', params=['nginx', 'apache', 'cgi',
                                        *otherserver.NAMES])
def stack(request):
    name = request.param
    is_other = name in otherserver.NAMES
    with installed(*CHEAP, '--limits', 'off', '--server',
                   'nginx' if is_other else name) as made:
        with (otherserver.before(made, name) if is_other
              else contextlib.nullcontext()):
            yield made


def fields(user, pin='904716'):
    return {'action': 'logon', 'mailbox': user, 'pin': pin}


def test_a_first_logon(stack, user):
    reset(stack, user)
    stack.mailer()
    pin = pin_of(stack.mail_files(user)[-1])
    assert logon(stack, user, pin) == 'CHANGE'
    assert change(stack, user, pin, '904716') == 'OK'
    assert logon(stack, user, '381625') == 'DENIED'
    assert stack.audit(user)[-1]['actor_address'] == '127.0.0.1'
    answer = ask(stack, fields(user), Accept='application/json')
    assert answer.body == b'{"result":"OK","rule":null}\n'


def test_who_may(stack, user):
    before = stack.value('SELECT count(*) FROM umws.audit')
    form = fields(user)
    assert ask(stack, form, user=None).status == 401
    assert ask(stack, form, password='x').status == 401
    answer = ask(stack, form, user=user, password=stack.env['UMWS_PASSWORD'])
    assert answer.status == 403
    assert ask(stack, form, method='PUT').status == 405
    for size in (1024, 20000):
        assert ask(stack, form | {'call': 'x' * size}).status in (400, 413)
    assert ask(stack, form, Content_Type='text/plain').status == 400
    url = stack.env['UMWS_TUI_URL'] + '?' + urllib.parse.urlencode(form)
    assert ask(stack, form, url=url).status == 400
    assert before == stack.value('SELECT count(*) FROM umws.audit')


def other_address():
    """One of this host that is no loopback address, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(('192.0.2.1', 9))     # sends nothing
        except OSError:
            return None
        address = probe.getsockname()[0]
        return None if address.startswith('127.') else address


def test_from_which_address(stack, user):
    """Right account and password are not enough: the location names the
    phone system's address, which in the snippets is this host's."""
    address = other_address()
    if address is None:
        pytest.skip('this host has no address but loopback')
    reset(stack, user)
    before = stack.value('SELECT count(*) FROM umws.audit')
    url = urllib.parse.urlsplit(stack.env['UMWS_TUI_URL'])
    link = http.client.HTTPConnection(url.hostname, url.port, timeout=30,
                                      source_address=(address, 0))
    with contextlib.closing(link):
        link.request('POST', url.path,
                     urllib.parse.urlencode(fields(user)),
                     {'Content-Type': 'application/x-www-form-urlencoded'}
                     | basic('phone', stack.env['UMWS_TUI_PASSWORD']))
        assert link.getresponse().status in (403, 404)
    assert before == stack.value('SELECT count(*) FROM umws.audit')


def test_no_name_from_a_header(stack, user):
    for name in ('REMOTE_USER', 'AUTH_TYPE', 'UMWS_ROUTE'):
        answer = ask(stack, fields(user), **{name: 'phone'}, user=None)
        assert answer.status == 401


def test_unavailable_passes_through(stack, user):
    """The service's own answer, and not the web server's."""
    stack.sql('UPDATE umws.limits SET logon_failures_per_minute = 1')
    try:
        ask(stack, fields('nobody'))
        answer = ask(stack, fields(user))
        assert (answer.status, answer.body) == (503, b'UNAVAILABLE\n')
        assert int(answer.headers['Retry-After']) > 1
    finally:
        stack.sql('UPDATE umws.limits SET logon_failures_per_minute = 0')
