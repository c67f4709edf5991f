"""Whole calls to a real Asterisk by the recipe that asks umws by CURL() alone:
who is let in, what is heard, and what is written down."""
import contextlib
import http.server
import re
import threading
import time

import pytest

from harness import CHEAP
from storm import home
from telephone import (NEW, OTHER, Call, console, debugging, frozen, log_of,
                       log_on, long_prompt, mailbox, mailed_pin, told,
                       written)

OPTIONS = (*CHEAP, '--asterisk', '--limits', 'off',
           '--policy', 'LogonFailuresBeforePINReset=4',
           '--policy', 'MaxLogonAttempts=6')
AWAY = 'please-try-call-later', 'vm-goodbye'


def test_right_pin(stack, user, own_pin, names):
    """After a wrong one."""
    call = log_on(stack, user, OTHER, 'curl')
    call.hear('vm-incorrect')
    call.answer('vm-login', mailbox(user))
    call.answer('vm-password', own_pin)
    call.hear('vm-youhave')
    assert call.opened() == f'{mailbox(user)}@default,s'
    call.hang_up()
    assert call.result()[0] == 'OK'
    told(call, 'CURL(): a wrong PIN, then the right one', names)


def wrong(stack, user, times, *end):
    call = Call(stack, 'curl')
    for count in range(times):
        call.answer('vm-login', mailbox(user))
        call.answer('vm-password', OTHER)
        if count < times - 1:
            call.hear('vm-incorrect')
    call.hear(*end)
    return call


def test_wrong_pin_until_the_lock(stack, user, own_pin, names):
    call = wrong(stack, user, 3, 'vm-incorrect', 'vm-goodbye')
    assert call.result()[0] == 'DENIED'
    told(call, 'CURL(): a wrong PIN, three times', names)
    call = wrong(stack, user, 1, *AWAY)
    assert call.result()[0] == 'RESET'
    told(call, 'CURL(): wrong until the PIN is void', names)
    pin = mailed_pin(stack, user, 2)
    stack.do('check-pin', user, text=f'{pin}\n')
    call = wrong(stack, user, 2, *AWAY)
    assert call.result()[0] == 'LOCKED'
    told(call, 'CURL(): wrong until the mailbox is locked out', names)


def test_first_pin(stack, user, first_pin, names):
    """It cannot be changed there, so nobody is let in with it."""
    call = log_on(stack, user, first_pin, 'curl')
    call.hear(*AWAY)
    assert call.result()[0] == 'CHANGE'
    told(call, 'CURL(): a first PIN', names | {first_pin: 'MAILED'})


def test_away(stack, user, own_pin, names):
    stack.do('worker', 'stop')
    try:
        call = log_on(stack, user, own_pin, 'curl')
        call.hear(*AWAY)
        assert call.result()[0] == 'UNAVAILABLE'
    finally:
        stack.do('worker', 'start')
    told(call, 'CURL(): umws is away', names)


def test_slow_service(stack, user, own_pin, names):
    call = Call(stack, 'curl')
    call.answer('vm-login', mailbox(user))
    call.hear('vm-password')
    thaw = frozen(stack)
    threading.Timer(2, thaw).start()
    call.type(own_pin)
    call.hear('vm-youhave')
    call.hang_up()
    assert call.result()[0] == 'OK'
    told(call, 'CURL(): umws takes two seconds', names)


@pytest.mark.parametrize('prompt', ['vm-login', 'vm-password',
                                    'vm-incorrect'])
def test_hang_up_in_a_prompt(stack, user, own_pin, names, prompt):
    call = Call(stack, 'curl')
    with long_prompt(stack, prompt):
        for name, digits in (('vm-login', mailbox(user)),
                             ('vm-password', OTHER), ('vm-incorrect', None)):
            call.hear(name)
            if name == prompt:
                break
            call.type(digits)
        call.hang_up()
        call.result()
    told(call, f'CURL(): hanging up in {prompt}', names)
    assert call.opened() is None


def test_hang_up_while_the_service_is_asked(stack, user, own_pin, names):
    call = Call(stack, 'curl')
    call.answer('vm-login', mailbox(user))
    call.hear('vm-password')
    thaw = frozen(stack)
    call.type(own_pin)
    call.wait_typed(own_pin)
    time.sleep(0.5)
    call.hang_up(' while umws is asked')
    time.sleep(0.5)
    thaw()
    call.result()
    assert call.opened() is None
    told(call, 'CURL(): hanging up while umws is asked', names)


@contextlib.contextmanager
def asking(stack, base):
    """CURL() asks this server instead."""
    conf = home(stack) / 'asterisk' / 'etc' / 'umws.conf'
    text, count = re.subn(r'CURL\(http://127\.0\.0\.1:\d+/',
                          f'CURL({base}/', conf.read_text())
    assert count == 1
    conf.write_text(text)
    console(stack, 'dialplan reload')
    try:
        yield
    finally:
        stack.do('asterisk', 'agi')


def test_wrong_certificate(stack, user, own_pin, names):
    """That of the stack's server is signed by nobody whom this host knows."""
    conf = (home(stack) / 'asterisk' / 'etc' / 'umws.conf').read_text()
    base = re.search(r'--url,(https://[^/]*)/', conf)[1]
    with asking(stack, base):
        call = log_on(stack, user, own_pin, 'curl')
        call.hear(*AWAY)
        assert call.result()[0] == 'UNAVAILABLE'
    told(call, 'CURL(): the certificate is of nobody we trust', names)


@pytest.fixture
def other_server(stack):
    """CURL() asks a server that is not umws: its answer, to be set."""
    answer = {'status': 200}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers['Content-Length']))
            self.send_response(answer['status'])
            self.end_headers()
            self.wfile.write(answer['body'])

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    with asking(stack, f'http://127.0.0.1:{server.server_port}'):
        yield answer
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize('status, body', [
    (200, b'{"status":"OK"}'), (500, b'OK, but not quite'),
    (200, b'200 OK\n'), (200, b'<i>O</i><b>K</b>'), (404, b'O,K\n'),
    (200, b'OK" | "1" = "1')])
def test_curl_a_page_of_another_server(stack, user, other_server, status,
                                       body):
    other_server.update(status=status, body=body)
    call = log_on(stack, user, NEW, 'curl')
    call.hear('please-try-call-later', 'vm-goodbye')
    assert call.result()[0] == 'UNAVAILABLE'
    assert call.opened() is None


def test_what_stands_in_which_log(stack, user, own_pin):
    """No PIN where nothing has "verbose"; where something has, all of it."""
    with debugging(stack):
        call = log_on(stack, user, own_pin, 'curl')
        call.hear('vm-youhave')
        call.hang_up()
        call.result()
    password = stack.env['UMWS_TUI_PASSWORD']
    found = {name: [bool(written(secret, log_of(stack, name).read_text(
        errors='replace'))) for secret in (own_pin, password)]
        for name in ('messages', 'full', 'debug', 'keys')}
    assert found == {'messages': [False, False], 'full': [True, True],
                     'debug': [True, False], 'keys': [False, False]}
    assert NEW == own_pin
