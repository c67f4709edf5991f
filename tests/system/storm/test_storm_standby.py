"""A primary with a synchronous standby: an answer of 200 means that both
have it, so that whoever is left after a crash has it too.

The standby is frozen to hold commits open: such a commit is durable on the
primary, and has not been acknowledged.
"""
import time

import pytest

from harness import CHEAP, brief, eventually
from storm import Books, deliver, in_background, report, storm, users

WORKERS = 8
OPTIONS = CHEAP + ('--limits', 'off', '--workers', str(WORKERS),
                   '--standby', '--conf', 'statement_timeout=1s',
                   '--conf', 'request_timeout=3s')
# Calls of the worker that wait for the standby's word.
IN_COMMIT = ("SELECT pid FROM pg_stat_activity WHERE usename ="
             " 'umws_worker' AND wait_event = 'SyncRep'")


def in_commit(stack, count):
    """Wait until so many resets are in their COMMIT."""
    return eventually(
        lambda: len(rows := stack.sql(IN_COMMIT)) >= count
        and [row[0] for row in rows], 20)


def test_standby_frozen(stack):
    """Nothing is granted meanwhile, everything afterwards."""
    def blow(load):
        stack.do('standby', 'freeze')
        try:
            in_commit(stack, WORKERS)
            now = time.monotonic()
            load.ended(now, WORKERS)
            assert not load.since(now, 'ok')
        finally:
            stack.do('standby', 'thaw')
        return time.monotonic()

    storm(stack, 'synchronous standby frozen', blow, brief(1, 5))


@pytest.mark.parametrize('how', ['terminate', 'cancel'])
def test_broken_off_in_the_commit(stack, how):
    """The connection breaks exactly in COMMIT, or its wait is cancelled,
    which the server reports as done. The reset can be seen then, but only
    one of two hosts has it: nobody may be told of it yet."""
    logins = users(stack, WORKERS)
    begin = time.monotonic()
    rounds, slowest, tries, early = brief(1, 5), 0, [], []
    for _ in range(rounds):
        stack.do('standby', 'freeze')
        try:
            work = in_background(stack, logins)
            stack.sql(f'SELECT pg_{how}_backend(pid) FROM unnest(%s) pid',
                      in_commit(stack, WORKERS))
            given = [one.result() for one in work]
        finally:
            stack.do('standby', 'thaw')
        thawed = time.monotonic()
        again = [one.result() for one in in_background(stack, logins)]
        slowest = max(slowest, time.monotonic() - thawed)
        assert {one.heard for one in again} == {'ok'}
        # Had the primary died before the thaw, these would be lost.
        early += [one for one in given if one.heard == 'ok']
        tries += given + again
    books = Books(stack, logins, tries)
    books.lost += early
    report(f'{WORKERS} connections in COMMIT: {how}', rounds, books, begin,
           slowest)


def test_primary_killed_in_the_commit(stack):
    """Load, then every worker in a COMMIT that the standby does not see,
    then no primary. The standby has what was granted and nothing that was
    refused. There is no standby any more after this: the last test."""
    def blow(load):
        load.more(brief(50, 2000), 'ok')
        stack.do('standby', 'freeze')
        try:
            in_commit(stack, WORKERS)
            stack.do('pg', 'stop', 'immediate')
        finally:
            stack.do('standby', 'thaw')
        stack.do('pg', 'promote')
        return time.monotonic()

    storm(stack, 'primary killed, standby promoted', blow, 1)
    logins = users(stack, WORKERS)
    begin = time.monotonic()
    tries = [one.result() for one in in_background(stack, logins)]
    assert {one.heard for one in tries} == {'ok'}
    books = Books(stack, logins, tries)
    mails = deliver(stack, logins, books)
    report('on the promoted standby', 0, books, begin, mails=mails)
