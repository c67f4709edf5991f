"""A worker behind a listening socket that the test holds, as systemd holds
that of umws-fcgi.socket: whoever serves it comes and goes."""
import contextlib
import os
import pathlib
import re
import signal
import socket
import subprocess

from harness import TREE, eventually, kill
from storm import children_of
from umws_stack import accounts, process

UNIT = TREE / 'systemd' / 'umws-fcgi.socket'


def backlog():
    """As the unit has it."""
    return int(re.search(r'(?m)^Backlog=(\d+)$', UNIT.read_text())[1])


class Service:
    """What systemd does for a service with a socket unit."""

    def __init__(self, stack, workers):
        self.env = stack.env
        self.workers = workers
        self.program = pathlib.Path(self.env['UMWS_BINDIR']) / 'umws-fcgi'
        self.path = stack.env['UMWS_FCGI_SOCKET']
        self.log = open(pathlib.Path(stack.env['UMWS_LOGDIR'])
                        / 'worker.log', 'ab')
        self.socket = socket.socket(socket.AF_UNIX)
        self.main = None

    def listen(self):
        mask = os.umask(0o117)
        self.socket.bind(self.path)
        os.umask(mask)
        accounts.account('web').own(self.path, 0o660)
        self.socket.listen(backlog())
        self.main = self.start()

    def start(self, **environment):
        worker = accounts.account('worker')
        return subprocess.Popen(
            [self.program, '--config', self.env['UMWS_CONF']],
            stdin=self.socket, stdout=self.log, stderr=self.log,
            start_new_session=True,
            env=process.clean_environment() | environment,
            **worker.popen())

    def wait_serving(self):
        eventually(lambda: len(children_of(self.main.pid)) >= self.workers)

    def reload(self):
        """SIGHUP; done when every child is a new one."""
        old = set(children_of(self.main.pid))
        kill(self.main.pid, signal.SIGHUP)
        eventually(lambda: not old & set(children_of(self.main.pid)), 20)
        self.wait_serving()

    def restart(self):
        """The old service ends, then the new one starts."""
        self.stop()
        self.main = self.start()
        self.wait_serving()

    def upgrade(self):
        """The new service starts, then the old one ends."""
        old, self.main = self.main, self.start()
        self.wait_serving()
        kill(old.pid, signal.SIGTERM)
        assert old.wait(30) == 0

    def stop(self):
        kill(self.main.pid, signal.SIGTERM)
        assert self.main.wait(30) == 0

    def close(self):
        if self.main is not None and self.main.poll() is None:
            self.stop()
        self.socket.close()
        self.log.close()
        pathlib.Path(self.path).unlink(missing_ok=True)


@contextlib.contextmanager
def instead(stack, workers, program=None):
    """A service that serves in the place of the stack's own worker."""
    stack.do('worker', 'stop')
    with contextlib.closing(Service(stack, workers)) as made:
        made.program = program or made.program
        made.listen()
        made.wait_serving()
        yield made
    stack.do('worker', 'start')
