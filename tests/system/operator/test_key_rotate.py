"""Every key is rotated under load, on two hosts, of which one comes later.

The second host is a worker with key files of its own. Meanwhile users reset
their PINs, others log on by phone through both workers, and mailers run.
"""
import contextlib
import dataclasses
import pathlib
import random
import shutil
import signal
import subprocess
import threading
import time
import urllib.parse

import pytest

import fcgi
from harness import CHEAP, eventually, installed, kill, pin_of, run
from soap import REFERENCE, reset
from storm import (SEED, Books, Load, accounts, children_of, deliver, home,
                   process, report)

WORKERS = 2
OPTIONS = CHEAP + ('--limits', 'off', '--workers', '4', '--users', '40')
FILES = ('pepper.key', 'mail.pub', 'web.secret')
RIGHT = ('OK', 'CHANGE')
FORM = 'application/x-www-form-urlencoded'


@pytest.fixture
def stack():
    with installed(*OPTIONS) as made:
        yield made


@dataclasses.dataclass
class Host:
    """A worker beside the stack's, with its own configuration and keys."""
    env: dict
    keys: pathlib.Path
    config: pathlib.Path
    main: subprocess.Popen

    def reload(self):
        old = set(children_of(self.main.pid))
        kill(self.main.pid, signal.SIGHUP)
        eventually(lambda: not old & set(children_of(self.main.pid))
                   and len(children_of(self.main.pid)) >= WORKERS, 20)

    def ctl(self, *words):
        done = run(pathlib.Path(self.env['UMWS_BINDIR']) / 'umwsctl',
                   '--config', self.config, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def take(self, stack, name, key_id):
        """Copy the other host's line to the end of this file."""
        (line,) = (line for line in
                   key_file(stack, name).read_text().splitlines()
                   if line.startswith(key_id + ':'))
        with open(self.keys / name, 'a', encoding='ascii') as file:
            file.write(line + '\n')


def key_file(stack, name):
    return pathlib.Path(stack.env['UMWS_KEYDIR']) / name


@pytest.fixture
def other(stack):
    keys = home(stack) / 'keys-of-b'
    keys.mkdir()
    keys.chmod(key_file(stack, '.').stat().st_mode & 0o7777)
    for name in FILES:
        path = key_file(stack, name)
        shutil.copy2(path, keys)
        with contextlib.suppress(PermissionError):
            shutil.chown(keys / name, path.stat().st_uid, path.stat().st_gid)
    config = home(stack) / 'b.conf'
    text = pathlib.Path(stack.env['UMWS_CONF']).read_text()
    lines = [line for line in text.splitlines()
             if not line.startswith('workers ')]
    text = '\n'.join(lines + [f'workers = {WORKERS}', ''])
    for name in FILES:
        text = text.replace(str(key_file(stack, name)), str(keys / name))
    config.write_text(text)
    config.chmod(0o644)
    path = pathlib.Path(stack.env['UMWS_FCGI_SOCKET']).parent / 'b'
    log = open(pathlib.Path(stack.env['UMWS_LOGDIR']) / 'b.log', 'ab')
    main = subprocess.Popen(
        [pathlib.Path(stack.env['UMWS_BINDIR']) / 'umws-fcgi', '--config',
         config, '--listen', path], stdout=log, stderr=log,
        start_new_session=True, env=process.clean_environment(),
        **accounts.account('worker').popen())
    host = Host(stack.env | {'UMWS_FCGI_SOCKET': str(path)}, keys, config,
                main)
    try:
        eventually(lambda: len(children_of(main.pid)) >= WORKERS
                   and path.exists())
        yield host
    finally:
        kill(main.pid, signal.SIGTERM)
        assert main.wait(30) == 0
        log.close()


def logon(host, login, pin):
    """What a phone system hears of this host's worker."""
    body = urllib.parse.urlencode({'action': 'logon', 'mailbox': login,
                                   'pin': pin}).encode()
    return fcgi.ask(host, fcgi.usual(
        host, 'phone', body, UMWS_ROUTE='tui', CONTENT_TYPE=FORM), body)


class Phones:
    """Right PINs all the time, at either host; and a mailer."""

    def __init__(self, stack, other, logins):
        self.stack = stack
        self.hosts = (stack, other)
        self.pins = {}
        for login in logins:
            reset(stack, login)
        stack.mailer()
        for login in logins:
            self.pins[login] = pin_of(stack.mail_files(login)[-1])
        self.is_over = threading.Event()
        self.heard = []

    def lines(self, number):
        rng = random.Random(f'{SEED}/phones/{number}')
        mine = sorted(self.pins)[number::2]
        while not self.is_over.is_set():
            login = rng.choice(mine)
            answer = logon(rng.choice(self.hosts), login, self.pins[login])
            self.heard.append((answer.status, answer.body.decode().strip()))
            self.is_over.wait(0.05)

    def mailers(self):
        while not self.is_over.is_set():
            self.stack.mailer()
            self.is_over.wait(0.3)

    @contextlib.contextmanager
    def running(self):
        work = [threading.Thread(target=self.lines, args=(0,)),
                threading.Thread(target=self.lines, args=(1,)),
                threading.Thread(target=self.mailers)]
        for one in work:
            one.start()
        try:
            yield
        finally:
            self.is_over.set()
            for one in work:
                one.join()

    def more(self, count=12):
        wanted = len(self.heard) + count
        eventually(lambda: len(self.heard) >= wanted, 30)


def ctl(stack, *words):
    done = run(stack.env['UMWS_CTL'], *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rotated(stack, kind):
    return ctl(stack, 'key', 'rotate', kind).split('--use ')[1].split()[0]


def reloaded(stack):
    """Every child of the stack's worker is a new one."""
    old = set(stack.children())
    stack.do('worker', 'reload')
    eventually(lambda: not old & set(stack.children()), 20)


def use(host, kind, key_id):
    words = 'key', 'rotate', kind, '--use', key_id, '--yes'
    if isinstance(host, Host):
        host.ctl(*words)
        host.reload()
    else:
        ctl(host, *words)
        reloaded(host)


def rotate_pepper(stack, other, pause):
    new = rotated(stack, 'pepper')
    other.take(stack, 'pepper.key', new)
    reloaded(stack)
    pause()
    other.reload()
    use(stack, 'pepper', new)
    pause()
    use(other, 'pepper', new)
    pause()


def rotate_mail(stack, other, pause):
    new = rotated(stack, 'mail')
    other.take(stack, 'mail.pub', new)
    use(stack, 'mail', new)
    pause()
    use(other, 'mail', new)
    pause()


def rotate_web(stack, other, pause):
    new = rotated(stack, 'web')
    other.take(stack, 'web.secret', new)
    reloaded(stack)
    pause()
    other.reload()
    use(stack, 'web', new)
    pause()
    # nginx includes the file, and ours is the web server of the other host.
    pid = int(pathlib.Path(stack.env['UMWS_WEB_PIDFILE']).read_text())
    kill(pid, signal.SIGHUP)
    secret = key_file(stack, 'web.secret').read_text()
    secret = secret.split(f'{new}:')[1].split()[0]
    other.env['UMWS_SECRET'] = secret
    stack.env['UMWS_SECRET'] = secret
    use(other, 'web', new)
    pause()


@pytest.mark.parametrize('rotate', [rotate_pepper, rotate_mail, rotate_web])
def test_rotated_under_load(stack, other, rotate):
    """Nothing fails: no reset, no logon, no mail."""
    logins = [stack.user() for _ in range(12)]
    phones = Phones(stack, other, [stack.user() for _ in range(8)])
    name = rotate.__name__
    begin = time.monotonic()
    with Load(stack, logins, clients=4, name=name,
              pace=0.05).running() as load, phones.running():
        def pause():
            load.more(8, 'ok')
            phones.more()

        pause()
        rotate(stack, other, pause)
    books = Books(stack, logins, load.tries)
    books.lost += [one for one in load.tries if one.heard != 'ok']
    books.wrong += [heard for heard in phones.heard
                    if heard[0] != 200 or heard[1] not in RIGHT]
    mails = deliver(stack, logins, books)
    report(name, 1, books, begin, logons=len(phones.heard), mails=mails)
    assert stack.value('SELECT sum(failed_logons) FROM umws.v_user') == 0


def test_a_pepper_that_a_host_does_not_have(stack, other):
    """It is first on one host before the other has it: there the PINs under
    it are UNAVAILABLE, and no failed logon is counted."""
    login = stack.user()
    new = rotated(stack, 'pepper')
    use(stack, 'pepper', new)
    reset(stack, login)
    stack.mailer()
    pin = pin_of(stack.mail_files(login)[-1])
    for _ in range(20):
        answer = logon(other, login, pin)
        assert (answer.status, answer.body) == (503, b'UNAVAILABLE\n')
    body = REFERENCE
    answer = fcgi.ask(other, fcgi.usual(other, login, body), body)
    assert answer.status == 500
    assert stack.state(login)['failed_logons'] == 0
    assert stack.state(login)['generation'] == 1
    assert logon(stack, login, pin).body == b'CHANGE\n'
    other.take(stack, 'pepper.key', new)
    other.reload()
    assert logon(other, login, pin).body == b'CHANGE\n'
