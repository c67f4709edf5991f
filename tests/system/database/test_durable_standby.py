"""Nothing is acknowledged that a synchronous standby does not have, whatever
is set for the server, and whenever.
"""
import contextlib
import subprocess

import pytest

from harness import CHEAP, eventually, run
from soap import SET_STATUS, call, health, reset
from test_hosts import at

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '2', '--standby',
                   '--conf', 'statement_timeout=1s',
                   '--conf', 'request_timeout=4s')
ADD = ('user', 'add')
WAITING = ("SELECT pid FROM pg_stat_activity WHERE usename = %s"
           " AND wait_event = 'SyncRep'")


@contextlib.contextmanager
def frozen_standby(stack):
    stack.do('standby', 'freeze')
    try:
        yield
    finally:
        stack.do('standby', 'thaw')


@contextlib.contextmanager
def commits(stack, level):
    """Set while the worker holds connections."""
    with at(stack, 0) as cursor:
        cursor.execute(f'ALTER SYSTEM SET synchronous_commit = {level}')
        cursor.execute('SELECT pg_reload_conf()')
    eventually(lambda: stack.value('SHOW synchronous_commit') == level)
    try:
        yield
    finally:
        with at(stack, 0) as cursor:
            cursor.execute('ALTER SYSTEM RESET synchronous_commit')
            cursor.execute('SELECT pg_reload_conf()')


@pytest.mark.parametrize('level', ['off', 'local', 'remote_write'])
def test_what_the_standby_does_not_have(stack, user, level):
    reset(stack, user)
    with commits(stack, level):
        with frozen_standby(stack):
            assert call(stack, user).status == 500
            assert call(stack, user, SET_STATUS).status == 500
            assert health(stack) == 503
        reset(stack, user)


def test_programs_that_are_started(stack, user):
    reset(stack, user)
    with commits(stack, 'local'):
        with frozen_standby(stack):
            assert run(stack.env['UMWS_MAILER']).returncode == 75
            done = run(stack.env['UMWS_CTL'], *ADD, 'alone', '--email',
                       'a@example.test', seconds=20)
            assert done.returncode == 75
            assert 'look whether the change was made' in done.stderr
        stack.mailer()
        assert len(stack.mail_files(user)) == 1


def test_umwsctl_cancelled_in_its_commit(stack):
    """The server says that it is done; one host of two has it."""
    with frozen_standby(stack):
        work = subprocess.Popen(
            [stack.env['UMWS_CTL'], *ADD, 'cancelled', '--email',
             'a@example.test'], stderr=subprocess.PIPE, text=True)
        with at(stack, 0) as cursor:
            def waiting():
                cursor.execute(WAITING, ('umws_admin',))
                return cursor.fetchone()
            (pid,) = eventually(waiting)
            cursor.execute('SELECT pg_cancel_backend(%s)', (pid,))
        _, words = work.communicate(timeout=20)
    assert work.returncode == 75, words
    assert 'look whether the change was made' in words
