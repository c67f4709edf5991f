"""Network namespaces: hosts of a small network on one machine.

A network is a namespace with bridges in it and nothing else; a host is a
namespace with a network card on some of them. Nothing of it is in the
namespace of the machine, so several networks with the same addresses stand
side by side. It wants root.
"""
import contextlib
import os
import pathlib
import subprocess

from .layout import StackError

FOLDER = pathlib.Path('/run/netns')
OWN = '/proc/thread-self/ns/net'
CLONE_NEWNET = 0x40000000
UNAVAILABLE = 69        # EX_UNAVAILABLE


def check():
    """Can this machine have them?"""
    if os.geteuid() != 0:
        raise StackError('network namespaces are root\'s', code=UNAVAILABLE)
    done = subprocess.run(['unshare', '--net', 'ip', 'link', 'add', 'probe',
                           'type', 'bridge'], text=True, capture_output=True)
    if done.returncode != 0:
        raise StackError('this machine lets us have no network namespace with'
                         f' a bridge: {done.stderr.strip()}',
                         code=UNAVAILABLE)


def ip(*words):
    done = subprocess.run(['ip', *words], text=True, capture_output=True)
    if done.returncode != 0:
        raise StackError(f'ip {" ".join(words)}: {done.stderr.strip()}')


def create(name, *bridges):
    """A namespace with its loopback and bridges."""
    ip('netns', 'add', name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
    for bridge in bridges:
        ip('-n', name, 'link', 'add', bridge, 'type', 'bridge')
        ip('-n', name, 'link', 'set', bridge, 'up')


def connect(network, bridge, name, address):
    """Give the host name a card on the bridge; returns the bridge's port."""
    host = name.rpartition('-')[2]
    port = f'{host}-{bridge}'
    ip('-n', network, 'link', 'add', port, 'type', 'veth', 'peer', 'name',
       bridge, 'netns', name)
    ip('-n', network, 'link', 'set', port, 'master', bridge, 'up')
    ip('-n', name, 'addr', 'add', f'{address}/24', 'dev', bridge)
    ip('-n', name, 'link', 'set', bridge, 'up')
    return port


def cut(network, port):
    """What the host sends or is sent vanishes; its card looks well."""
    ip('-n', network, 'link', 'set', port, 'nomaster')


def heal(network, port, bridge):
    ip('-n', network, 'link', 'set', port, 'master', bridge)


def remove(name):
    """It is no error that there is none."""
    if (FOLDER / name).exists():
        ip('netns', 'del', name)


def processes(name):
    """The pids of all that run in it."""
    done = subprocess.run(['ip', 'netns', 'pids', name], text=True,
                          capture_output=True)
    return [int(pid) for pid in done.stdout.split()]


def prefix(name, account):
    """A command in front of another: there, and as this account."""
    return ['nsenter', f'--net={FOLDER / name}', *account.prefix().split()]


def switch(path):
    """Let this thread, and what it starts, be in another namespace."""
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise StackError(f'{path}: {os.strerror(ctypes.get_errno())}')
    finally:
        os.close(descriptor)


def enter(name):
    switch(FOLDER / name)


@contextlib.contextmanager
def inside(name):
    """Be there for a while."""
    before = os.open(OWN, os.O_RDONLY)
    try:
        enter(name)
        yield
    finally:
        switch(f'/proc/self/fd/{before}')
        os.close(before)
