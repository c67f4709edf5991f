"""The disk of PostgreSQL is full: what is refused was not done, what was
granted is there, and all goes on when there is room again."""
import os
import pathlib
import subprocess
import tempfile
import time

import psycopg2
import pytest

from harness import CHEAP, brief, eventually, is_alive
from storm import home, is_connectable, storm

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '8',
                   '--pg-tmpfs', '80m',
                   '--conf', 'statement_timeout=2s',
                   '--conf', 'request_timeout=6s')


def can_mount():
    """A small disk takes root and the right to mount one."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        command = ['mount', '-t', 'tmpfs', '-o', 'size=1m', 'umws', folder]
        if subprocess.run(command, capture_output=True).returncode != 0:
            return False
        subprocess.run(['umount', folder], check=True)
    return True


pytestmark = pytest.mark.skipif(
    not can_mount() and 'CI' not in os.environ,
    reason='only root can mount the small disk that is filled here')


class Ballast:
    """A file that takes whatever room there is, again and again."""

    def __init__(self, stack):
        self.path = home(stack) / 'data' / 'ballast'

    def grow(self):
        with open(self.path, 'ab', buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass

    def drop(self):
        self.path.unlink(missing_ok=True)


def is_running(stack):
    pid = int(pathlib.Path(stack.env['UMWS_PG_PIDFILE']).read_text())
    return is_alive(pid)


def fill(load, ballast):
    """No byte is free until so many requests were refused in a row."""
    def refused():
        ballast.grow()
        last = load.tries[-16:]
        return all(one.heard in ('fault', 'unknown') for one in last)

    eventually(refused, 60, 'a full disk')


def use_up_the_log(stack, ballast):
    """Write log until its next file does not fit: PostgreSQL gives up."""
    def has_given_up():
        ballast.grow()
        try:
            stack.sql("SELECT pg_logical_emit_message(false, 'storm',"
                      " repeat('x', 200000))")
        except psycopg2.Error:
            return True

    eventually(has_given_up, 60, 'PostgreSQL out of log')


def start_again(stack):
    """There is room again. A server that has stopped is started by an
    operator; one that has not recovers by itself."""
    def is_there():
        if not is_running(stack):
            stack.do('pg', 'start')
        return is_connectable(stack)

    eventually(is_there, 30, 'PostgreSQL')


@pytest.mark.parametrize('what', ['tables', 'log'])
def test_disk_full(stack, what):
    ballast = Ballast(stack)

    def blow(load):
        if what == 'log':
            use_up_the_log(stack, ballast)
        fill(load, ballast)
        load.more(16)
        ballast.drop()
        start_again(stack)
        return time.monotonic()

    try:
        storm(stack, f'disk full, no room for {what}', blow, brief(1, 5))
    finally:
        ballast.drop()
