"""An old leader on which somebody's commit already hangs.

Everything runs with the times of umws.conf's defaults. The standby B is
promoted behind A's back; A lets everybody in, and each commit on it hangs for
a standby that is gone, with its locks held. Who comes next does not hang on
A's standby but waits for such a lock, and is told so by A itself.
"""
import contextlib
import os
import signal

import pytest

from harness import CHEAP, eventually, run
from soap import call, health
from test_hosts import at

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '2', '--standby')


@pytest.fixture(scope='module', autouse=True)
def new_leader(stack):
    """B is the leader, and A does not know it."""
    with at(stack, 1) as cursor:
        cursor.execute('SELECT pg_promote()')


def hung_commits(stack, role):
    with at(stack, 0) as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE usename ="
                       " %s AND wait_event = 'SyncRep'", (role,))
        return cursor.fetchone()[0]


@contextlib.contextmanager
def alone(stack, pid):
    """Whatever comes, this child takes it."""
    others = [child for child in stack.children() if child != pid]
    for child in others:
        os.kill(child, signal.SIGSTOP)
    try:
        yield
    finally:
        for child in others:
            os.kill(child, signal.SIGCONT)


def test_every_pass_finds_the_new_leader(stack):
    """The first leaves a commit on A that the others would wait for."""
    for _ in range(3):
        done = run(stack.env['UMWS_MAILER'])
        assert done.returncode == 0, done.stderr
    assert hung_commits(stack, 'umws_mailer') == 1


@pytest.mark.parametrize('ask', [
    lambda stack, login: health(stack),
    lambda stack, login: call(stack, login).status], ids=['health', 'reset'])
def test_every_child_finds_the_new_leader(stack, user, ask):
    """Each gives one request for it, also when A answers: with a lock that
    was not to be had."""
    stack.do('worker', 'restart')
    children = eventually(lambda: len(stack.children()) == 2 and
                          stack.children())
    for child in children:
        with alone(stack, child):
            answers = [ask(stack, user) for _ in range(3)]
        assert answers[1:] == [200, 200], answers
