"""A private Postfix: on loopback, in a folder of its own, nothing leaves."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from .layout import StackError
from .web import free_port

HERE = os.geteuid() == 0 and os.path.exists('/usr/sbin/postfix')
MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/spool
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.test
mydestination =
mynetworks =
alias_maps =
relay_domains = example.test
relay_transport = discard:
default_transport = discard:
smtpd_relay_restrictions = reject_unauth_destination
smtpd_client_connection_count_limit = 0
smtpd_tls_loglevel = 1
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
pickup unix n - n 60 1 pickup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
discard unix - - n - - discard
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """One instance."""

    def __init__(self, home, port):
        self.home = home
        self.port = port

    def log(self):
        path = self.home / 'log'
        return path.read_text() if path.exists() else ''

    def wait(self, seconds=10):
        """Until it listens."""
        deadline = time.monotonic() + seconds
        while True:
            with socket.socket() as client:
                if client.connect_ex(('127.0.0.1', self.port)) == 0:
                    return
            if time.monotonic() > deadline:
                raise StackError(f'Postfix does not listen: {self.log()}')
            time.sleep(0.02)

    def control(self, verb):
        # Its daemons keep our pipes: no pipes.
        # Cyrus SASL looks for accounts in one place; it sees ours there.
        return subprocess.call(
            ['unshare', '--mount', 'sh', '-c', '[ ! -e "$0/sasldb2" ] ||'
             ' mount --bind "$0/sasldb2" /etc/sasldb2 &&'
             ' exec /usr/sbin/postfix -c "$0/etc" "$1"', self.home, verb],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=60)

    def end(self):
        """What is stuck does not outlive us."""
        try:
            self.control('stop')
        except subprocess.TimeoutExpired:
            number = (self.home / 'spool' / 'pid' / 'master.pid').read_text()
            os.killpg(int(number), signal.SIGKILL)
            raise


def main_cf(home, settings):
    """One line for each name: of two, each daemon warns. Should others have
    filled postlogd's queue before it starts, it waits for itself to take its
    own warning, without end."""
    lines = [line for line in MAIN.splitlines()
             if line.partition(' =')[0] not in settings]
    lines += [f'{name} = {value}' for name, value in settings.items()]
    return ''.join(f'{line}\n' for line in lines).replace('{home}', str(home))


@contextlib.contextmanager
def postfix(prepare=None, **settings):
    """With these lines in main.cf, in which {home} is its folder, and what
    prepare(home) does besides."""
    home = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    home.chmod(0o755)
    for name in ('etc', 'spool', 'data'):
        (home / name).mkdir()
    shutil.chown(home / 'data', 'postfix')
    port = free_port()
    (home / 'etc' / 'main.cf').write_text(main_cf(home, settings))
    (home / 'etc' / 'master.cf').write_text(MASTER.format(port=port))
    if prepare is not None:
        prepare(home)
    made = Postfix(home, port)
    try:
        if made.control('start') != 0:
            raise StackError(f'Postfix does not start: {made.log()}')
        made.wait()
        yield made
    finally:
        made.end()
        shutil.rmtree(home)
