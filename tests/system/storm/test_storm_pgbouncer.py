"""PgBouncer in transaction mode between the programs and PostgreSQL, with
half as many connections as there are workers."""
import random
import time

from harness import CHEAP, brief, eventually
from storm import (SEED, Books, deliver, in_background, pause, report, storm,
                   terminate_some, users, worker_backends)

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '8', '--pgbouncer',
                   '--conf', 'statement_timeout=4s',
                   '--conf', 'request_timeout=12s')
POOL = 4


def test_connections_are_shared(stack):
    """Nothing is broken: nothing is refused."""
    def blow(load):
        load.blows = 0
        load.more(brief(300, 3000), 'ok')
        assert not load.since(0, 'fault', 'unknown', 'odd')
        return time.monotonic()

    storm(stack, 'PgBouncer between', blow, 1)
    assert len(worker_backends(stack)) <= POOL


def test_connections_terminated(stack):
    rng = random.Random(f'{SEED}/pgbouncer')

    def blow(load):
        load.blows = 0
        goes_on = load.during(brief(2, 20))
        while goes_on():
            terminate_some(stack, rng, load)
            pause(rng, 0, 0.2)
        return time.monotonic()

    storm(stack, 'PgBouncer between, connections terminated', blow, 1)


def test_postgresql_killed(stack):
    def blow(load):
        stack.do('pg', 'stop', 'immediate')
        load.more(8, 'fault', 'unknown')
        stack.do('pg', 'start')
        return time.monotonic()

    storm(stack, 'PgBouncer between, PostgreSQL killed', blow, brief(1, 5))


def test_pgbouncer_killed(stack):
    def blow(load):
        stack.do('pgbouncer', 'stop')
        load.more(8, 'fault', 'unknown')
        stack.do('pgbouncer', 'start')
        return time.monotonic()

    storm(stack, 'PgBouncer killed', blow, brief(1, 5))


def test_broken_in_the_commit(stack):
    """PgBouncer hides from the worker that its connection has gone, but
    not that the call has no answer."""
    logins = users(stack, POOL)
    begin = time.monotonic()
    with stack.held_rows(*logins) as holder:
        work = in_background(stack, logins)
        eventually(lambda: len(stack.waiting_backends()) >= POOL)
        stack.sql('SELECT pg_terminate_backend(pid) FROM unnest(%s) pid',
                  stack.waiting_backends())
        holder.close()
    tries = [one.result() for one in work]
    books = Books(stack, logins, tries)
    mails = deliver(stack, logins, books)
    report(f'PgBouncer between, {POOL} commits held, then: terminate', 1,
           books, begin, mails=mails)
