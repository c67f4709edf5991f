"""A private OpenSMTPD: on loopback, with the users and folders that it wants
in a view of the file system of its own; nothing that it takes leaves."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from harness import TREE, eventually, run
from umws_stack.web import free_port, is_listening

BUILD = pathlib.Path(os.environ.get('UMWS_BUILD', TREE / 'build'))
USERS = 'opensmtpd:x:64998:64998::/:/bin/false\n' \
        'opensmtpq:x:64997:64997::/:/bin/false\n'
START = """
set -e
mount -t tmpfs none /var/spool
mkdir -m 711 /var/spool/smtpd
mount -t tmpfs none /run
mount -t tmpfs none /var/lib
mkdir -p /var/lib/opensmtpd/empty
mount --bind "$0/passwd" /etc/passwd
mount --bind "$0/group" /etc/group
exec "$1/usr/sbin/smtpd" -d -v -f "$0/conf"
"""


class OpenSmtpd:
    """One instance."""

    def __init__(self, home, port):
        self.home = home
        self.port = port

    def log(self):
        return (self.home / 'log').read_text(errors='replace')


def unpacked():
    """Where Debian's package is, which cannot be installed beside Postfix."""
    if os.geteuid() != 0:
        pytest.skip('only root runs an OpenSMTPD')
    folder = BUILD / 'opensmtpd'
    done = run(TREE / 'tools' / 'lib' / 'opensmtpd', folder)
    if done.returncode != 0:
        pytest.skip(f'no package of OpenSMTPD: {done.stderr.strip()[-200:]}')
    return folder


@contextlib.contextmanager
def opensmtpd(conf):
    """With this smtpd.conf, in which {listen} is address and port."""
    program = unpacked()
    home = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    port = free_port()
    for name in ('passwd', 'group'):
        text = pathlib.Path('/etc', name).read_text()
        own = USERS if name == 'passwd' else USERS.replace(
            ':64998::/:/bin/false', ':').replace(':64997::/:/bin/false', ':')
        (home / name).write_text(text + own)
    (home / 'conf').write_text(conf.replace(
        '{listen}', f'listen on 127.0.0.1 port {port} hostname'
        ' mx.example.test').replace('{home}', str(home)))
    made = OpenSmtpd(home, port)
    with open(home / 'log', 'w') as log:
        server = subprocess.Popen(
            ['unshare', '--mount', 'sh', '-c', START, home, program],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    try:
        eventually(lambda: server.poll() is not None or is_listening(port),
                   what='OpenSMTPD listens')
        assert server.poll() is None, made.log()
        yield made
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(home)
