"""PostgreSQL dies, hangs, restarts, loses connections, or only reads, while
16 clients reset PINs."""
import pathlib
import random
import time

import pytest

from harness import CHEAP, IS_LONG, brief, eventually
from soap import health
from storm import (SEED, Books, deliver, in_background, kill_backend, pause,
                   report, storm, terminate_some, users, worker_backends)

WORKERS = 8
OPTIONS = CHEAP + ('--limits', 'off', '--workers', str(WORKERS))
# The long form has the deadlines that operators have.
STATEMENT, REQUEST, CONNECT = (5, 15, 3) if IS_LONG else (1, 3, 2)
if not IS_LONG:
    OPTIONS += ('--conf', f'statement_timeout={STATEMENT}s',
                '--conf', f'request_timeout={REQUEST}s',
                '--conf', f'connect_timeout={CONNECT}s')


def test_killed(stack):
    """Immediate shutdown, as by the kernel, and a crash recovery."""
    def blow(load):
        stack.do('pg', 'stop', 'immediate')
        load.more(8, 'fault', 'unknown')
        stack.do('pg', 'start')
        return time.monotonic()

    storm(stack, 'PostgreSQL killed', blow, brief(1, 10))


def test_restarted(stack):
    def blow(load):
        stack.do('pg', 'stop', 'fast')
        stack.do('pg', 'start')
        return time.monotonic()

    storm(stack, 'PostgreSQL restarted', blow, brief(1, 10))


def test_one_backend_killed(stack):
    """kill -9 of one backend makes PostgreSQL drop all and recover."""
    rng = random.Random(f'{SEED}/backend')

    def blow(load):
        kill_backend(stack, rng.choice(worker_backends(stack)))
        return time.monotonic()

    storm(stack, 'kill -9 of a backend', blow, brief(1, 10))


def test_frozen(stack):
    """SIGSTOP until long after every deadline: each request that has begun
    is answered, and those answers are true when the server goes on."""
    def blow(load):
        frozen = time.monotonic()
        stack.do('pg', 'freeze')
        try:
            eventually(lambda: time.monotonic() - frozen
                       > REQUEST + CONNECT + 1, 60)
            load.more(1, 'fault', 'unknown')
        finally:
            stack.do('pg', 'thaw')
        return time.monotonic()

    storm(stack, 'PostgreSQL frozen', blow, brief(1, 3))


def slow_commits(stack, microseconds):
    """Every COMMIT lasts so long, so that blows fall into it."""
    stack.sql(f'ALTER SYSTEM SET commit_delay = {microseconds}')
    stack.sql('ALTER SYSTEM SET commit_siblings = 0')
    stack.sql('SELECT pg_reload_conf()')


def test_connections_terminated(stack):
    """One connection after the other, most of them while they commit."""
    rng = random.Random(f'{SEED}/terminate')

    def blow(load):
        load.blows = 0
        goes_on = load.during(brief(3, 30))
        while goes_on():
            terminate_some(stack, rng, load)
            pause(rng, 0, 0.1)
        return time.monotonic()

    slow_commits(stack, 20000)
    try:
        storm(stack, 'connections terminated', blow, 1)
    finally:
        slow_commits(stack, 0)


BREAKS = ('terminate', 'kill', 'immediate', 'freeze')


def break_commits(stack, how, holder):
    """The rows are let go and the database breaks, both at once."""
    backends = stack.waiting_backends()
    if how == 'terminate':
        holder.close()
        stack.sql('SELECT pg_terminate_backend(pid) FROM unnest(%s) pid',
                  backends)
    elif how == 'kill':
        holder.close()
        kill_backend(stack, backends[0])
    elif how == 'immediate':
        holder.close()
        stack.do('pg', 'stop', 'immediate')
        stack.do('pg', 'start')
    else:
        stack.do('pg', 'freeze')
        threshold = time.monotonic() + STATEMENT + 0.5
        eventually(lambda: time.monotonic() > threshold)
        holder.close()
        stack.do('pg', 'thaw')


@pytest.mark.parametrize('how', BREAKS)
def test_broken_in_the_commit(stack, how):
    """Eight commits wait for their rows; then they go on or break."""
    logins = users(stack, WORKERS)
    begin = time.monotonic()
    rounds, slowest, tries = brief(1, 5), 0, []
    for _ in range(rounds):
        with stack.held_rows(*logins) as holder:
            work = in_background(stack, logins)
            eventually(lambda: len(stack.waiting_backends()) >= WORKERS)
            break_commits(stack, how, holder)
        broken = time.monotonic()
        tries += [one.result() for one in work]
        eventually(lambda: health(stack) == 200)
        slowest = max(slowest, time.monotonic() - broken)
    books = Books(stack, logins, tries)
    mails = deliver(stack, logins, books)
    report(f'{WORKERS} commits held, then: {how}', rounds, books, begin,
           slowest, mails=mails)


def ask_for_a_writable_host(stack):
    """target_session_attrs in the worker's conninfo."""
    path = pathlib.Path(stack.env['UMWS_CONF'])
    text = path.read_text()
    path.write_text(text.replace(
        'user=umws_worker\n',
        'user=umws_worker target_session_attrs=read-write\n'))
    stack.do('worker', 'restart')
    return lambda: (path.write_text(text), stack.do('worker', 'restart'))


def read_only(stack, is_on):
    stack.sql('ALTER SYSTEM SET default_transaction_read_only = '
              + ('on' if is_on else 'off'))
    stack.sql('SELECT pg_reload_conf()')


@pytest.mark.parametrize('attribute', ['any', 'read-write'])
def test_read_only(stack, attribute):
    """Nothing is granted while nothing can be written."""
    def blow(load):
        read_only(stack, True)
        load.more(1, 'fault')
        # What had begun before that has ended: no child is at it still.
        load.more(50)
        now = time.monotonic()
        load.more(50)
        assert not load.since(now, 'ok', 'unknown')
        read_only(stack, False)
        return time.monotonic()

    undo = (ask_for_a_writable_host(stack) if attribute == 'read-write'
            else lambda: None)
    try:
        storm(stack, f'read-only, target_session_attrs={attribute}', blow,
              brief(1, 5))
    finally:
        read_only(stack, False)
        undo()
