"""Signals, and a service that is renewed behind a socket that outlives it,
held by the test as systemd would hold it."""
import pathlib
import random
import signal
import time

import pytest

from harness import CHEAP, brief, eventually, is_alive, kill
from service import instead
from storm import SEED, Books, Load, in_background, report, users

WORKERS = 4
OPTIONS = CHEAP + ('--limits', 'off', '--workers', str(WORKERS))


def is_told_to_end(pid):
    """Does a SIGTERM wait for the process to look at it?"""
    lines = pathlib.Path(f'/proc/{pid}/status').read_text().splitlines()
    pending = dict(line.split(':', 1) for line in lines)['ShdPnd']
    return int(pending, 16) >> (signal.SIGTERM - 1) & 1


def test_term_while_idle(stack):
    """Everybody is gone in less than a second."""
    rounds, slowest = brief(3, 10), 0
    begin = time.monotonic()
    for _ in range(rounds):
        parent, children = stack.parent(), stack.children()
        assert len(children) == WORKERS
        asked = time.monotonic()
        kill(parent, signal.SIGTERM)
        eventually(lambda: not any(map(is_alive, [parent, *children])), 5)
        slowest = max(slowest, time.monotonic() - asked)
        stack.do('worker', 'start')
        eventually(lambda: len(stack.children()) == WORKERS)
    books = Books(stack, users(stack, 1), [])
    report('SIGTERM while idle', rounds, books, begin,
           **{'gone after': round(slowest, 2)})
    assert slowest < 1


def test_term_while_busy(stack):
    """The answer of every request in work is delivered first."""
    logins = users(stack, WORKERS)
    begin = time.monotonic()
    parent, children = stack.parent(), stack.children()
    with stack.held_rows(*logins):
        work = in_background(stack, logins)
        eventually(lambda: len(stack.waiting_backends()) >= WORKERS)
        kill(parent, signal.SIGTERM)
        eventually(lambda: all(map(is_told_to_end, children)))
    tries = [one.result() for one in work]
    answered = time.monotonic()
    eventually(lambda: not any(map(is_alive, [parent, *children])), 5)
    gone = time.monotonic() - answered
    stack.do('worker', 'start')
    books = Books(stack, logins, tries)
    books.lost += [one for one in tries if one.heard != 'ok']
    report('SIGTERM while busy', 1, books, begin,
           **{'gone after': round(gone, 2)})


@pytest.fixture
def service(stack):
    """Instead of the stack's own worker, for the time of a test."""
    with instead(stack, WORKERS) as made:
        yield made


def test_renewed_under_steady_load(stack, service):
    rng = random.Random(f'{SEED}/reload')
    logins = users(stack)
    begin = time.monotonic()
    count = 0
    with Load(stack, logins, name='reload').running() as load:
        goes_on = load.during(brief(6, 30))
        while goes_on():
            load.more(rng.randint(16, 100), 'ok')
            rng.choice((service.reload, service.restart,
                        service.upgrade))()
            count += 1
        load.more(16, 'ok')
    books = Books(stack, logins, load.tries)
    books.lost += [one for one in load.tries if one.heard != 'ok']
    slowest = max(one.end - one.begin for one in load.tries)
    report('SIGHUP, restart, upgrade behind a held socket', count, books,
           begin, slowest=round(slowest, 2))


def test_reload_of_a_socket_that_was_made_blocking(stack):
    """systemd does so to the one that it shares with the service, each time
    it starts something for it: nobody waits in accept() for that."""
    with instead(stack, WORKERS) as service:
        service.socket.setblocking(True)
        service.reload()
