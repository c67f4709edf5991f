"""kill -9 of random worker children under load."""
import random
import time

from harness import CHEAP, brief, eventually, kill
from storm import (SEED, Books, Load, children_of, deliver, in_background,
                   pause, report, users)

WORKERS = 8
OPTIONS = CHEAP + ('--limits', 'off', '--workers', str(WORKERS))
AT_ONCE = 5.0       # seconds until all children are there again


def whole(stack):
    """Wait until there are as many children as there should be."""
    begin = time.monotonic()
    eventually(lambda: len(children_of(stack.parent())) == WORKERS, 30)
    return time.monotonic() - begin


def kill_some(stack, rng):
    """Up to three children at once; how many there were to kill."""
    children = children_of(stack.parent())
    chosen = rng.sample(children, min(len(children), rng.randint(1, 3)))
    for child in chosen:
        kill(child)
    return len(chosen)


def test_killed_under_load(stack):
    rng = random.Random(f'{SEED}/workers')
    logins = users(stack)
    begin = time.monotonic()
    killed = 0
    with Load(stack, logins).running() as load:
        goes_on = load.during(brief(6, 60))
        while goes_on():
            killed += kill_some(stack, rng)
            pause(rng, 0.05, 0.5)
        end = time.monotonic()
        recovery = max(whole(stack), load.recovered(end))
    books = Books(stack, logins, load.tries)
    mails = deliver(stack, logins, books)
    report('kill -9 of worker children', killed, books, begin, recovery,
           mails=mails)
    assert recovery < AT_ONCE


def test_killed_in_the_commit(stack):
    """All children die while the database holds their commits."""
    logins = users(stack, WORKERS)
    begin = time.monotonic()
    with stack.held_rows(*logins):
        work = in_background(stack, logins)
        eventually(lambda: len(stack.waiting_backends()) >= WORKERS)
        children = stack.children()
        for child in children:
            kill(child)
    tries = [one.result() for one in work]
    recovery = whole(stack)
    tries += [one.result() for one in in_background(stack, logins)]
    assert [one.heard for one in tries[WORKERS:]] == ['ok'] * WORKERS
    books = Books(stack, logins, tries)
    mails = deliver(stack, logins, books)
    report('kill -9 of every child in its commit', len(children), books,
           begin, recovery, mails=mails)
    assert recovery < AT_ONCE
