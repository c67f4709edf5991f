"""Whole calls to a real Asterisk by the recipes of asterisk/umws.conf: who is
let in, what is heard, and what is written down."""
import concurrent.futures
import http.server
import re
import signal
import threading
import time

import pytest

from harness import CHEAP, kill, pin_of
from soap import reset
from storm import home
from telephone import Call, console, log_of, mailbox

OPTIONS = (*CHEAP, '--asterisk', '--limits', 'off',
           '--policy', 'LogonFailuresBeforePINReset=3',
           '--policy', 'MaxLogonAttempts=6')
NEW = '836194'
OTHER = '529371'
WEAK = '111111'


def mailed_pin(stack, user, count=1):
    stack.do('mailer')
    assert len(stack.mail_files(user)) == count
    return pin_of(stack.mail_files(user)[-1])


@pytest.fixture
def first_pin(stack, user):
    reset(stack, user)
    return mailed_pin(stack, user)


@pytest.fixture
def own_pin(stack, user, first_pin):
    """A user who has chosen a PIN by telephone."""
    call = log_on(stack, user, first_pin)
    choose(call, NEW)
    call.hear('vm-passchanged', 'vm-youhave')
    call.hang_up()
    assert call.result() == ('OK', 'SUCCESS')
    return NEW


def log_on(stack, user, pin, line='agi'):
    call = Call(stack, line)
    call.answer('vm-login', mailbox(user))
    call.answer('vm-password', pin)
    if line == 'agi' and pin != NEW and pin != OTHER:
        call.hear('vm-newuser')
    return call


def choose(call, pin, again=None):
    call.answer('vm-newpassword', pin)
    call.answer('vm-reenterpassword', again or pin)


def test_right_pin_reaches_the_mailbox(stack, user, own_pin):
    """Asterisk's own password, a random one, is never asked for."""
    call = log_on(stack, user, own_pin)
    call.hear('vm-youhave')
    assert call.prompts().count('vm-password') == 1
    assert 'VoiceMailMain' in call.text()
    call.hang_up()
    assert call.result() == ('OK', 'SUCCESS')


def test_wrong_pin_three_times(stack, user, own_pin):
    stack.do('ctl', 'policy', 'set', 'default',
             'LogonFailuresBeforePINReset=5')
    call = Call(stack)
    for _ in range(3):
        call.answer('vm-login', mailbox(user))
        call.answer('vm-password', OTHER)
        call.hear('vm-incorrect')
    call.hear('vm-goodbye')
    assert call.result() == ('DENIED', 'SUCCESS')
    assert stack.state(user)['failed_logons'] == 3
    stack.do('ctl', 'policy', 'set', 'default',
             'LogonFailuresBeforePINReset=3')


def test_forced_change(stack, user, first_pin):
    """With a mistyped repetition, and one that a rule refuses."""
    call = log_on(stack, user, first_pin)
    choose(call, NEW, OTHER)
    call.hear('vm-mismatch')
    choose(call, WEAK)
    call.hear('vm-invalid-password')
    choose(call, NEW)
    call.hear('vm-passchanged', 'vm-youhave')
    call.hang_up()
    assert call.result() == ('OK', 'SUCCESS')
    stack.do('check-pin', user, text=f'{NEW}\n')


def test_reset_and_lock(stack, user, own_pin):
    """The third wrong PIN voids it and mails another; the sixth locks."""
    call = Call(stack)
    for count in range(3):
        call.answer('vm-login', mailbox(user))
        call.answer('vm-password', OTHER)
        if count < 2:
            call.hear('vm-incorrect')
    call.hear('sorry-youre-having-problems', 'vm-goodbye')
    assert call.result() == ('RESET', 'SUCCESS')
    pin = mailed_pin(stack, user, 2)
    stack.do('check-pin', user, text=f'{pin}\n')
    call = Call(stack)
    for count in range(3):
        call.answer('vm-login', mailbox(user))
        call.answer('vm-password', OTHER)
        if count < 2:
            call.hear('vm-incorrect')
    call.hear('sorry-youre-having-problems', 'vm-goodbye')
    assert call.result() == ('LOCKED', 'SUCCESS')
    call = log_on(stack, user, OTHER)
    call.hear('sorry-youre-having-problems', 'vm-goodbye')
    assert call.result() == ('LOCKED', 'SUCCESS')


def hang_up_at(stack, user, pin, prompt):
    call = Call(stack)
    call.hear('vm-login')
    if prompt != 'vm-login':
        call.type(mailbox(user))
        call.hear('vm-password')
    if prompt not in ('vm-login', 'vm-password'):
        call.type(pin)
        call.hear('vm-newuser', 'vm-newpassword')
    if prompt == 'vm-reenterpassword':
        call.type(NEW)
        call.hear('vm-reenterpassword')
    call.hang_up()
    return call


@pytest.mark.parametrize('prompt', ['vm-login', 'vm-password',
                                    'vm-newpassword', 'vm-reenterpassword'])
def test_hang_up_in_a_prompt(stack, user, first_pin, prompt):
    call = hang_up_at(stack, user, first_pin, prompt)
    assert call.result() == ('HANGUP', 'HANGUP')
    stack.do('check-pin', user, text=f'{first_pin}\n')


def frozen(stack):
    """Stop the workers where they are; returns how they go on."""
    pids = stack.children()
    for pid in pids:
        kill(pid, signal.SIGSTOP)

    def thaw():
        for pid in pids:
            kill(pid, signal.SIGCONT)
    return thaw


def test_slow_service(stack, user, own_pin):
    """Two seconds: the caller waits and is let in."""
    call = Call(stack)
    call.answer('vm-login', mailbox(user))
    call.hear('vm-password')
    thaw = frozen(stack)
    threading.Timer(2, thaw).start()
    call.type(own_pin)
    call.hear('vm-youhave')
    call.hang_up()
    assert call.result() == ('OK', 'SUCCESS')


def test_hang_up_while_the_service_is_asked(stack, user, own_pin):
    call = Call(stack)
    call.answer('vm-login', mailbox(user))
    call.hear('vm-password')
    thaw = frozen(stack)
    call.type(own_pin)
    time.sleep(1)
    call.hang_up()
    time.sleep(0.5)
    thaw()
    assert call.result()[1] == 'HANGUP'
    assert 'vm-youhave' not in call.prompts()


@pytest.mark.parametrize('line', ['agi', 'curl'])
def test_away(stack, user, own_pin, line):
    """The caller hears that the service is not available."""
    stack.do('worker', 'stop')
    try:
        call = log_on(stack, user, own_pin, line)
        call.hear('please-try-call-later', 'vm-goodbye')
        assert call.result()[0] == 'UNAVAILABLE'
    finally:
        stack.do('worker', 'start')


def test_wrong_certificate(stack, user, own_pin):
    stack.do('asterisk', 'agi', '--ca-file',
             '/etc/ssl/certs/ca-certificates.crt')
    try:
        call = log_on(stack, user, own_pin)
        call.hear('please-try-call-later', 'vm-goodbye')
        assert call.result() == ('UNAVAILABLE', 'SUCCESS')
    finally:
        stack.do('asterisk', 'agi')


def test_curl(stack, user, own_pin):
    """The recipe without a program of ours."""
    call = log_on(stack, user, OTHER, 'curl')
    call.hear('vm-incorrect')
    call.answer('vm-login', mailbox(user))
    call.answer('vm-password', own_pin)
    call.hear('vm-youhave')
    call.hang_up()
    assert call.result()[0] == 'OK'


def test_curl_first_pin(stack, user, first_pin):
    """It cannot be changed there, so nobody is let in with it."""
    call = log_on(stack, user, first_pin, 'curl')
    call.hear('please-try-call-later', 'vm-goodbye')
    assert call.result()[0] == 'CHANGE'


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
    conf = home(stack) / 'asterisk' / 'etc' / 'umws.conf'
    text, count = re.subn(r'CURL\(http://127\.0\.0\.1:\d+/',
                          f'CURL(http://127.0.0.1:{server.server_port}/',
                          conf.read_text())
    assert count == 1
    conf.write_text(text)
    console(stack, 'dialplan reload')
    yield answer
    stack.do('asterisk', 'agi')
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
    assert 'VoiceMailMain' not in '\n'.join(call.own())


def test_program_that_cannot_start(stack):
    """Not even where an earlier one has let somebody in on this channel."""
    stack.do('asterisk', 'agi', '--account-file', '/nonexistent')
    try:
        call = Call(stack, 'stale')
        assert call.result()[0] == 'UNAVAILABLE'
        assert 'VoiceMailMain' not in '\n'.join(call.own())
    finally:
        stack.do('asterisk', 'agi')


def test_eight_calls_at_once(stack):
    users = [stack.user() for _ in range(8)]
    for one in users:
        reset(stack, one)
    pins = {one: mailed_pin(stack, one) for one in users}

    def whole(one):
        call = log_on(stack, one, pins[one])
        choose(call, NEW)
        call.hear('vm-passchanged', 'vm-youhave', seconds=40)
        call.hang_up()
        return call.result(40)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(whole, users)) == {('OK', 'SUCCESS')}


def test_no_pin_in_a_log(stack, user, first_pin):
    """With umws-agi not even in a log of all that Asterisk does; with CURL()
    not in one without "verbose"."""
    call = log_on(stack, user, first_pin)
    choose(call, NEW)
    call.hear('vm-passchanged', 'vm-youhave')
    call.hang_up()
    assert call.result() == ('OK', 'SUCCESS')
    own = '\n'.join(call.own())
    assert first_pin not in own and NEW not in own
    call = log_on(stack, user, NEW, 'curl')
    call.hear('vm-youhave')
    call.hang_up()
    call.result()
    kept = log_of(stack, 'messages').read_text()
    for secret in (first_pin, NEW, OTHER):
        assert secret not in kept
    programs = (home(stack) / 'log' / 'asterisk.log').read_text()
    assert not [line for line in programs.splitlines()
                if 'umws-agi' in line and first_pin in line]


def test_no_prompt_is_missing(stack):
    assert 'does not exist in any format' not in log_of(stack).read_text()


def test_nothing_listens(stack):
    assert 'No such command' not in console(stack, 'core show uptime')
