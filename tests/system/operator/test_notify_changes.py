"""Another system is told of changes of PINs: at least once, whoever dies, by
HTTPS or by a program, and never of the PIN itself."""
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import random
import re
import signal
import ssl
import subprocess
import threading
import time
import types
import urllib.request

import pytest

import certificate
from harness import CHEAP, brief, eventually, pin_of, run
from phonecall import change
from soap import reset
from umws_stack.web import free_port

OPTIONS = CHEAP + ('--limits', 'off')
UNAVAILABLE, TEMPORARY, CONFIG = 69, 75, 78
SECRET = 'a secret of both'


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what it is told, and answers as the test wants."""

    def do_POST(self):
        told = self.server.told
        body = self.rfile.read(int(self.headers['Content-Length']))
        told.all.append((dict(self.headers), body, self.path))
        time.sleep(told.delay)
        status = told.status() if callable(told.status) else told.status
        with contextlib.suppress(OSError):
            self.send_response(status)
            if status == 301:
                self.send_header('Location', '/elsewhere')
            self.send_header('Content-Length', str(len(told.answer)))
            self.end_headers()
            self.wfile.write(told.answer)

    do_GET = do_POST

    def log_message(self, *words):
        pass


@pytest.fixture(scope='module')
def tls():
    with certificate.made([('localhost', 'DNS:localhost', 30)]) as folder:
        yield folder


@pytest.fixture
def web(tls):
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Receiver)
    server.told = types.SimpleNamespace(all=[], status=204, delay=0,
                                        answer=b'')
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / 'localhost.pem', tls / 'localhost.key')
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.told.url = f'https://localhost:{server.server_port}/told'
    yield server.told
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(stack, tls, tmp_path):
    """A umws.conf with on_change, and what else is given."""
    secret = tmp_path / 'secret'
    secret.write_text(SECRET + '\n')
    secret.chmod(0o600)

    def write(target, **more):
        keys = {'on_change': target, **more}
        if target.startswith('https:'):
            keys = {'on_change_secret_file': secret,
                    'on_change_ca_file': tls / 'ca.pem', **keys}
        path = tmp_path / 'umws.conf'
        path.write_text(pathlib.Path(stack.env['UMWS_CONF']).read_text()
                        + ''.join(f'{key} = {value}\n'
                                  for key, value in keys.items()))
        return path
    return write


@pytest.fixture
def on(stack):
    """Changes are kept, and none is left of others."""
    stack.do('ctl', 'notify', 'stop', '--yes')
    stack.sql('UPDATE umws.pin_change_tell SET is_on = true, since = now()')


def words(stack, conf, *verb):
    return [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config', conf,
            'notify', *(verb or ['changes'])]


def told(stack, conf, code=0):
    done = run(*words(stack, conf))
    assert done.returncode == code, (done.returncode, done.stdout,
                                     done.stderr)
    return done


def left(stack):
    return json.loads(stack.do('ctl', 'notify', 'list', '--json'))


def test_nothing_before_somebody_tells(stack, user, web, settings):
    stack.do('ctl', 'notify', 'stop', '--yes')
    reset(stack, user)
    assert left(stack) == []
    conf = settings(web.url)
    done = told(stack, conf)
    assert done.stdout == 'changes of PINs are told from now on\n'
    reset(stack, user)
    assert [row['state'] for row in left(stack)] == ['queued']
    assert told(stack, conf).stdout == 'told 1 change\n'
    assert [json.loads(body)['generation'] for _, body, _ in web.all] == [2]
    reset(stack, user)
    assert 'and 1 were left' in stack.do('ctl', 'notify', 'stop', '--yes')
    reset(stack, user)
    assert left(stack) == []
    assert run(*words(stack, stack.env['UMWS_CONF'])).returncode == CONFIG


def metrics(stack):
    with urllib.request.urlopen(stack.env['UMWS_METRICS_URL'],
                                timeout=30) as answer:
        text = answer.read().decode()
    return {key: int(value) for key, value in re.findall(
        r'^umws_changes_(\w+) (\d+)$', text, re.M)}


def test_metrics(stack, user, on):
    """How old is what nobody told, and what was given up; and nothing at all
    where changes are not told."""
    reset(stack, user)
    reset(stack, user)
    assert metrics(stack) == {'untold_seconds': 0, 'given_up': 0}
    stack.sql("UPDATE umws.pin_change SET at = at - interval '90 min'")
    assert 5400 <= metrics(stack)['untold_seconds'] < 5700
    stack.sql('UPDATE umws.pin_change SET given_up_at = now()')
    assert metrics(stack) == {'untold_seconds': 0, 'given_up': 2}
    stack.do('ctl', 'notify', 'stop', '--yes')
    assert metrics(stack) == {}


def test_what_is_told(stack, user, web, settings, on, tmp_path):
    """Each way to set a PIN; who, when and how, by the id of the audit; signed
    over the very bytes; and no PIN."""
    reset(stack, user)
    stack.do('mailer')
    first = pin_of(stack.mail_files(user)[-1])
    assert change(stack, user, first, '836194') == 'OK'
    stack.do('ctl', 'pin', 'reset', user, '--reason', 'asked')
    stack.do('ctl', 'pin', 'set', user, text='739152\n')
    other = f'7{user[-4:]}'
    file = tmp_path / 'voicemail.conf'
    file.write_text(f'[default]\n{other} => 739152,O,o@example.test\n')
    stack.do('ctl', 'user', 'import', '--asterisk', str(file))
    conf = settings(web.url)
    assert told(stack, conf).stdout == 'told 5 changes\n'
    facts = [json.loads(body) for _, body, _ in web.all]
    assert [(fact['kind'], fact['mailbox'], fact['generation'])
            for fact in facts] == [
        ('reset', user, 1), ('changed', user, 2), ('admin', user, 3),
        ('set', user, 4), ('import', other, 1)]
    ids = {str(value) for value, in stack.sql(
        'SELECT operation_id FROM umws.audit WHERE login = %s'
        " AND action <> 'logon' AND operation_id IS NOT NULL", user)}
    assert {fact['id'] for fact in facts[:4]} == ids
    for (fields, body, path), fact in zip(web.all, facts):
        assert set(fact) == {'event', 'id', 'mailbox', 'extension',
                             'generation', 'kind', 'at'}
        assert fields['Content-Type'] == 'application/json'
        assert fields['Idempotency-Key'] == fact['id'] and path == '/told'
        stamp, mark = (part.split('=')[1] for part in
                       fields['X-UMWS-Signature'].split(','))
        assert abs(int(stamp) - time.time()) < 60
        assert hmac.new(SECRET.encode(), f'{stamp}.'.encode() + body,
                        hashlib.sha256).hexdigest() == mark
    said = b''.join(body for _, body, _ in web.all) + repr(web.all).encode()
    for secret in (first, '836194', '739152', 'argon2', SECRET):
        assert secret.encode() not in said
    done = told(stack, conf)
    assert (done.stdout, done.stderr, left(stack)) == ('', '', [])


def kept(facts):
    """Of what comes in this order, all that a receiver does not leave by the
    rule of doc/integration.md."""
    known = []
    for fact in facts:
        if not any(fact['generation'] < other['generation']
                   and fact['at'] < other['at'] for other in known):
            known.append(fact)
    return known


def test_a_mailbox_made_anew(stack, web, settings, on):
    """It counts its PINs from 1, and a receiver takes them all the same."""
    login = stack.user()
    for _ in range(3):
        reset(stack, login)
    stack.do('ctl', 'user', 'remove', login, '--yes')
    stack.do('ctl', 'user', 'add', login, '--email', f'{login}@example.test')
    for _ in range(2):
        reset(stack, login)
    told(stack, settings(web.url))
    facts = [json.loads(body) for _, body, _ in web.all]
    assert [fact['generation'] for fact in facts] == [1, 2, 3, 1, 2]
    assert kept(facts) == facts
    # Overtaken ones are left.
    assert kept([facts[i] for i in (2, 0, 1, 4, 3)]) == [facts[2], facts[4]]


def refuse(web, tls, how):
    """Settings by which nobody takes it, and what is said of it."""
    if how == 'closed':
        return f'https://localhost:{free_port()}/', {}, 'no answer'
    if how == 'stranger':
        return web.url, {'on_change_ca_file': tls / 'stranger.pem'}, \
            'no answer'
    if how == 'other name':
        return web.url.replace('localhost', '127.0.0.1'), {}, 'no answer'
    if how == 'slow':
        web.delay = 3
        return web.url, {'on_change_timeout': '1s'}, 'no answer'
    web.status = how
    return web.url, {}, f'the answer was {how}'


@pytest.mark.parametrize('how', ['closed', 'stranger', 'other name', 'slow',
                                 301, 500])
def test_not_taken(stack, tls, web, settings, on, how):
    """It is kept, the pass ends soon, mails and resets go on; and the next
    attempt says the same."""
    users = [stack.user() for _ in range(4)]
    for login in users:
        reset(stack, login)
    target, more, said = refuse(web, tls, how)
    done = told(stack, settings(target, **more), TEMPORARY)
    assert '3 put off' in done.stderr and said in done.stderr
    rows = left(stack)
    assert [row['attempts'] for row in rows] == [1, 1, 1, 0]
    assert all(said in row['last_error'] for row in rows[:3])
    assert '/elsewhere' not in {path for _, _, path in web.all}
    stack.do('mailer')
    assert all(len(stack.mail_files(login)) == 1 for login in users)
    before = {fields['Idempotency-Key']: body for fields, body, _ in web.all}
    assert len(before) == (0 if isinstance(how, str) and how != 'slow' else 3)
    web.all.clear()
    web.status, web.delay = 200, 0
    conf = settings(web.url)
    assert told(stack, conf).stdout == 'told 1 change\n'
    stack.do('ctl', 'notify', 'retry')
    assert told(stack, conf).stdout == 'told 3 changes\n'
    after = {fields['Idempotency-Key']: body for fields, body, _ in web.all}
    assert len(after) == 4 and before.items() <= after.items()


@pytest.mark.parametrize('status', [400, 409, 410, 413, 422])
def test_refused_ones_hold_up_nobody(stack, web, settings, on, status):
    """They are told again later; the receiver is there, and takes others."""
    answers = [status] * 4
    web.status = lambda: answers.pop() if answers else 200
    for _ in range(5):
        reset(stack, stack.user())
    done = told(stack, settings(web.url), TEMPORARY)
    assert done.stdout == 'told 1 change\n'
    assert f'4 put off, 0 given up: the answer was {status}' in done.stderr
    assert [row['attempts'] for row in left(stack)] == [1] * 4


def test_a_long_answer(stack, user, web, settings, on):
    web.answer = b'x' * 300000
    reset(stack, user)
    assert told(stack, settings(web.url)).stdout == 'told 1 change\n'


def test_pauses_and_the_end(stack, user, web, settings, on):
    """30 s, then twice as long each time, up to an hour; after 72 hours and 12
    attempts it is given up, shown, and can be told after all."""
    web.status = 503
    conf = settings(web.url)
    reset(stack, user)
    pauses = []
    for _ in range(12):
        stack.sql('SELECT umws.pin_change_settle(c.id, c.token, %s, %s)'
                  ' FROM umws.pin_change_claim(60) c', 'later', 'no')
        pauses.append(round(float(stack.value(
            'UPDATE umws.pin_change c SET next_attempt_at = now() FROM'
            ' umws.pin_change o WHERE o.id = c.id RETURNING'
            ' extract(epoch FROM o.next_attempt_at - now())')) / 30))
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120, 120, 120]
    told(stack, conf, TEMPORARY)
    stack.sql('UPDATE umws.pin_change SET next_attempt_at = now()')
    stack.sql("UPDATE umws.pin_change SET at = now() - interval '73 hours'")
    assert '1 given up' in told(stack, conf, UNAVAILABLE).stderr
    assert told(stack, conf).stdout == ''
    row, = left(stack)
    assert (row['state'], row['login'], row['last_error']) == (
        'given_up', user, 'the answer was 503')
    assert user in stack.do('ctl', 'notify', 'list', '--state', 'given_up')
    web.status = 200
    stack.do('ctl', 'notify', 'retry')
    assert told(stack, conf).stdout == 'told 1 change\n'


@pytest.fixture
def program(tmp_path):
    def write(text):
        path = tmp_path / 'program'
        path.write_text(f'#!/bin/sh\n{text}\n')
        path.chmod(0o755)
        return str(path)
    return write


def test_program(stack, user, settings, program, on, tmp_path):
    """Its argument is the id, its input the fact; no shell in between."""
    out = tmp_path / 'out'
    conf = settings(program(
        f'echo "$# $1" >>{out}; cat >>{out}; echo >>{out}; env >{out}.env'))
    stack.do('ctl', 'user', 'set', user, '--name', '$(id); `id`')
    reset(stack, user)
    assert told(stack, conf).stdout == 'told 1 change\n'
    head, fact = out.read_text().splitlines()
    assert head == f'1 {json.loads(fact)["id"]}'
    assert json.loads(fact)['mailbox'] == user
    assert 'UMWS' not in pathlib.Path(f'{out}.env').read_text()


@pytest.mark.parametrize('text, code, said', [
    ('exit 75', TEMPORARY, 'ended with 75'),
    ('exit 1', TEMPORARY, 'ended with 1'),
    ('exit 65', UNAVAILABLE, 'ended with 65'),
    ('exit 67', UNAVAILABLE, 'ended with 67'),
    ('kill -9 $$', TEMPORARY, 'by signal 9'),
    ('sleep 30', TEMPORARY, 'longer than on_change_timeout, 1 s')])
def test_program_refuses(stack, user, settings, program, on, text, code,
                         said):
    reset(stack, user)
    conf = settings(program(text), on_change_timeout='1s')
    assert said in told(stack, conf, code).stderr
    row, = left(stack)
    assert row['state'] == ('given_up' if code == UNAVAILABLE else 'queued')
    # There is a next attempt, or there is none.
    assert (row['next_attempt_at'] is None) == (row['state'] == 'given_up')


@pytest.mark.parametrize('target, more, mode', [
    ('http://localhost/', {}, 0o600), ('ftp://x/', {}, 0o600),
    ('https://a:b@localhost/', {}, 0o600), ('https://', {}, 0o600),
    ('https://localhost/', {'on_change_secret_file': ''}, 0o600),
    ('https://localhost/', {}, 0o644), ('/no/such/program', {}, 0o600),
    ('/bin/true', {'on_change_secret_file': '/x'}, 0o600)])
def test_refused_settings(stack, settings, on, tmp_path, target, more, mode):
    (tmp_path / 'secret').chmod(mode)
    done = told(stack, settings(target, **more), CONFIG)
    assert 'on_change' in done.stderr or 'secret' in done.stderr


def test_resets_wait_for_nobody(stack, user, on):
    """Neither for one who has a change locked, nor for what is queued."""
    reset(stack, user)
    other = stack.connect('admin')
    try:
        other.autocommit = False
        with other.cursor() as cursor:
            cursor.execute('SELECT umws.pin_change_claim(60)')
            reset(stack, user)
            other.rollback()
    finally:
        other.close()
    assert len(left(stack)) == 2


def test_killed_anywhere(stack, web, settings, on):
    """Senders die at any moment, two at a time, and the receiver refuses one
    of five: all is told, nothing twice by two ids, and nothing else."""
    seed = int(os.environ.get('UMWS_SEED', random.randrange(10**6)))
    print(f'UMWS_SEED={seed}')
    dice = random.Random(seed)
    web.status = lambda: 500 if dice.random() < 0.2 else 200
    conf = settings(web.url, on_change_timeout='2s')
    users = [stack.user() for _ in range(8)]
    end = time.monotonic() + brief(4, 60)
    count = 0
    while time.monotonic() < end:
        senders = [subprocess.Popen(
            words(stack, conf), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL) for _ in range(2)]
        for login in users[:3]:
            reset(stack, login)
            count += 1
        dice.shuffle(users)
        time.sleep(dice.random() * 0.2)
        for sender in senders:
            sender.send_signal(signal.SIGKILL)
            sender.wait()
        # Time passes: leases and pauses end.
        stack.sql('UPDATE umws.pin_change SET next_attempt_at = now()')
    web.status = 200

    def all_told():
        stack.sql('UPDATE umws.pin_change SET next_attempt_at = now()')
        told(stack, conf)
        return left(stack) == []
    eventually(all_told, 60)
    wanted = {str(value) for value, in stack.sql(
        "SELECT operation_id FROM umws.audit WHERE action = 'reset'"
        " AND result = 'ok' AND login = ANY(%s)", users)}
    ids = [fields['Idempotency-Key'] for fields, _, _ in web.all]
    assert set(ids) == wanted and len(wanted) == count
    bodies = {(fields['Idempotency-Key'], body)
              for fields, body, _ in web.all}
    assert len(bodies) == count
    print(f'{count} changes, told {len(ids)} times')
