"""What a service manager hears of the worker: sd_notify(3)'s datagrams, on a
socket as systemd's."""
import contextlib
import os
import pathlib
import signal
import socket
import tempfile
import time

import pytest

from harness import CHEAP, eventually, kill
from service import instead
from soap import call
from storm import children_of

WORKERS = 3
OPTIONS = CHEAP + ('--workers', str(WORKERS))
SILENCE = 1.5       # seconds without a datagram are enough to say so


class Manager:
    """The end of the socket that systemd has."""

    def __init__(self, name):
        self.name = name
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(name.replace('@', '\0', 1))
        if name.startswith('/'):
            os.chmod(name, 0o666)

    def hear(self, seconds=20):
        """The next datagram as a dictionary, or None."""
        self.socket.settimeout(seconds)
        try:
            text = self.socket.recv(4096).decode()
        except TimeoutError:
            return None
        return dict(line.split('=', 1) for line in text.splitlines())

    def hear_all(self, seconds):
        end, heard = time.monotonic() + seconds, []
        while (left := end - time.monotonic()) > 0:
            heard.append(self.hear(left))
        return [one for one in heard if one is not None]


@pytest.fixture
def manager():
    with tempfile.TemporaryDirectory(prefix='umws-notify-') as folder:
        os.chmod(folder, 0o755)
        made = Manager(f'{folder}/notify')
        with contextlib.closing(made.socket):
            yield made


@pytest.fixture
def service(stack):
    with instead(stack, WORKERS) as made:
        made.stop()
        yield made


def start(service, manager, **environment):
    service.main = service.start(NOTIFY_SOCKET=manager.name, **environment)


def started(service, manager, **environment):
    start(service, manager, **environment)
    assert manager.hear()['READY'] == '1'
    service.wait_serving()


def test_ready_is_not_said_before(stack, service, manager):
    """The check of the settings waits for a row that we hold: it is not
    ready. Then it is, with the first child that can serve."""
    with stack.connect() as holder, holder.cursor() as cursor:
        cursor.execute('LOCK TABLE umws.schema_info')
        start(service, manager)
        assert manager.hear(SILENCE) is None
        holder.rollback()
    assert manager.hear()['READY'] == '1'
    assert call(stack, stack.user()).status == 200
    assert manager.hear(SILENCE) is None


def test_an_abstract_name(service):
    manager = Manager(f'@umws-notify-{os.getpid()}')
    with contextlib.closing(manager.socket):
        started(service, manager)
        kill(service.main.pid, signal.SIGTERM)
        assert manager.hear()['STOPPING'] == '1'


def test_wrong_settings_are_never_ready(stack, service, manager):
    with other_settings(stack, 'no_such_key = 1\n'):
        start(service, manager)
        assert service.main.wait(20) == os.EX_CONFIG
    assert manager.hear(SILENCE) is None


@contextlib.contextmanager
def other_settings(stack, more):
    path = pathlib.Path(stack.env['UMWS_CONF'])
    text = path.read_text()
    path.write_text(text + more)
    try:
        yield
    finally:
        path.write_text(text)


def test_a_reload_is_done_when_it_is_said(service, manager):
    started(service, manager)
    old = set(children_of(service.main.pid))
    begin = time.monotonic_ns() // 1000
    kill(service.main.pid, signal.SIGHUP)
    heard = manager.hear()
    assert heard['RELOADING'] == '1'
    assert begin <= int(heard['MONOTONIC_USEC']) <= (
        time.monotonic_ns() // 1000)
    heard = manager.hear()
    assert heard == {'READY': '1', 'STATUS': 'Serving'}
    eventually(lambda: not old & set(children_of(service.main.pid)), 2)


def test_two_reloads_at_once(service, manager):
    """The last word is that it is ready."""
    started(service, manager)
    kill(service.main.pid, signal.SIGHUP)
    assert manager.hear()['RELOADING'] == '1'
    kill(service.main.pid, signal.SIGHUP)
    heard = {}
    while (one := manager.hear(SILENCE)) is not None:
        heard = one
    assert 'READY' in heard


def test_a_reload_that_is_refused(stack, service, manager):
    started(service, manager)
    old = set(children_of(service.main.pid))
    with other_settings(stack, 'no_such_key = 1\n'):
        kill(service.main.pid, signal.SIGHUP)
        assert manager.hear()['RELOADING'] == '1'
        heard = manager.hear()
    assert heard['READY'] == '1' and 'refused' in heard['STATUS']
    assert set(children_of(service.main.pid)) == old


def test_stopping_is_said_before_the_last_answer(stack, service, manager):
    login = stack.user()
    started(service, manager)
    with stack.held_rows(login):
        pid = os.fork()
        if pid == 0:
            status = call(stack, login).status
            os._exit(0 if status == 200 else 1)
        eventually(stack.waiting_backends)
        kill(service.main.pid, signal.SIGTERM)
        assert manager.hear()['STOPPING'] == '1'
        assert service.main.poll() is None
    assert os.waitpid(pid, 0)[1] == 0
    assert service.main.wait(20) == 0


def test_a_parent_that_hangs_gives_no_sign_of_life(service, manager):
    started(service, manager, WATCHDOG_USEC='1000000')
    heard = manager.hear_all(3)
    assert len(heard) >= 4 and heard == [{'WATCHDOG': '1'}] * len(heard)
    kill(service.main.pid, signal.SIGSTOP)
    try:
        manager.hear_all(0.2)
        assert manager.hear(SILENCE) is None
    finally:
        kill(service.main.pid, signal.SIGCONT)
    assert manager.hear(2) == {'WATCHDOG': '1'}


def test_a_watchdog_of_another_process(service, manager):
    started(service, manager, WATCHDOG_USEC='1000000', WATCHDOG_PID='1')
    assert manager.hear(SILENCE) is None


@pytest.mark.parametrize('name', ['/nowhere/notify', 'notify', '@',
                                  '/' + 'n' * 120],
                         ids=['nowhere', 'relative', 'empty', 'too long'])
def test_a_manager_who_is_not_there(stack, service, name):
    """The service goes on, and says so."""
    before = stack.log('worker').count('notify-failed')
    service.main = service.start(NOTIFY_SOCKET=name)
    service.wait_serving()
    assert call(stack, stack.user()).status == 200
    assert stack.log('worker').count('notify-failed') > before
