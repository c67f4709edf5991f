"""This machine once more, for a test that changes it: name spaces of its own
for mounts, processes and the network, and all files an overlay of those that
are there. The real paths, ports and users are used, and nothing is left."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import pytest

from harness import TREE

BUILD = pathlib.Path(os.environ.get('UMWS_BUILD', TREE / 'build'))
LAYERS = r"""
set -eu
mount --make-rprivate /
mount -t tmpfs -o mode=755 private "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" root \
    "$1/root"
cd "$1/root"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs -o mode=755 run run
mount -t tmpfs -o mode=1777 tmp tmp
rm -f etc/resolv.conf
rm -rf etc/umws var/lib/umws etc/postgresql/*/* var/lib/postgresql/*/*
mkdir run/lock
install -d -o postgres -g postgres -m 2775 run/postgresql
cp -a "$2/." .
touch run/ready
exec chroot . sleep infinity
"""
LOOPBACK = """
import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh', b'lo', 0x49))
"""


def why_not():
    """Why there can be no such root here, or None."""
    if os.geteuid() != 0:
        return 'a root of its own needs root'
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ['unshare', '-m', '-p', '-n', '-f', 'sh', '-c',
             f'mount -t tmpfs t {folder} && cd {folder} && mkdir u w r && '
             f'mount -t overlay -o lowerdir=/,upperdir={folder}/u,'
             f'workdir={folder}/w o r'],
            capture_output=True, text=True)
    if done.returncode != 0:
        return f'no name spaces or overlays here: {done.stderr.strip()}'
    return None


def staged(folder):
    """What "make install" makes, with paths as of the build."""
    done = subprocess.run(['make', '-C', BUILD, '-s', 'install',
                           f'DESTDIR={folder}'],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    folder.chmod(0o755)         # it becomes that of /
    return folder


class PrivateRoot:
    """One such root, and the processes in it."""

    def __init__(self, stage):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-root-'))
        self.holder = subprocess.Popen(
            ['unshare', '-m', '-p', '-n', '-f', '--kill-child', '/bin/bash',
             '-c', LAYERS, 'layers', self.folder, stage],
            stdin=subprocess.DEVNULL)
        self.inside = self._wait()
        self.path = pathlib.Path(f'/proc/{self.inside}/root')
        self.run('/usr/bin/python3', '-c', LOOPBACK)

    def _wait(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.holder.poll() is None, 'the root was not made'
            children = subprocess.run(
                ['pgrep', '-P', str(self.holder.pid)], capture_output=True,
                text=True).stdout.split()
            for child in children:
                try:
                    if (pathlib.Path(f'/proc/{child}/root/run/ready').exists()
                            and pathlib.Path(f'/proc/{child}/comm')
                            .read_text() == 'sleep\n'):
                        return int(child)
                except OSError:
                    pass
            time.sleep(0.02)
        raise AssertionError('the root was not made in time')

    def close(self):
        self.holder.send_signal(signal.SIGKILL)
        self.holder.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *argv, env=()):
        """The arguments of a process outside that becomes one inside."""
        return ['nsenter', '-t', str(self.inside), '-m', '-p', '-n', '-r',
                '-w', 'env', '-i', 'HOME=/root', 'LC_ALL=C.UTF-8',
                'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:'
                '/sbin:/bin', *env, *map(str, argv)]

    def start(self, *argv, env=(), **more):
        return subprocess.Popen(self.command(*argv, env=env), **more)

    def run(self, *argv, env=(), ok=True, timeout=120, **more):
        more.setdefault('stdin', subprocess.DEVNULL)
        done = subprocess.run(self.command(*argv, env=env),
                              capture_output=True, text=True,
                              timeout=timeout, **more)
        assert not ok or done.returncode == 0, (argv, done.stdout,
                                                done.stderr)
        return done

    def at(self, path):
        """A path inside, from outside. Links in it lead nowhere."""
        return self.path / str(path).lstrip('/')

    def write(self, path, text, mode=0o644):
        self.at(path).write_text(text)
        self.at(path).chmod(mode)


@pytest.fixture(scope='session')
def stage(tmp_path_factory):
    reason = why_not()
    if reason:
        pytest.skip(reason)
    return staged(tmp_path_factory.mktemp('stage'))
