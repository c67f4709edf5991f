"""Logons and resets wait for their turn to derive in one queue: a flood of
either leaves the other its share. And how long an answer takes tells nothing
of the mailbox."""
import concurrent.futures
import itertools
import statistics
import threading
import time

import pytest

from phonecall import ask
from soap import call

OPTIONS = ('--limits', 'off', '--workers', '8')
MANY, FEW, SECONDS = 12, 4, 6


def log_on(stack, login):
    answer = ask(stack, {'action': 'logon', 'mailbox': login,
                         'pin': '904716'})
    assert (answer.status, answer.body) == (200, b'DENIED\n')
    return answer.seconds


def reset(stack, login):
    answer = call(stack, login)
    assert answer.status == 200, answer.body
    return answer.seconds


def run(stack, jobs):
    """Clients that ask without a pause; how long each answer took, by
    what they asked for."""
    is_over = threading.Event()

    def client(job, login):
        seconds = []
        while not is_over.is_set():
            seconds.append(job(stack, login))
        return seconds

    with concurrent.futures.ThreadPoolExecutor(MANY + FEW) as pool:
        running = [(job.__name__, pool.submit(client, job, stack.user()))
                   for job, count in jobs for _ in range(count)]
        time.sleep(SECONDS)
        is_over.set()
        return {name: list(itertools.chain.from_iterable(
            one.result() for other, one in running if other == name))
            for name in (job.__name__ for job, _ in jobs)}


@pytest.mark.parametrize('many, few', [(log_on, reset), (reset, log_on)])
def test_neither_starves(stack, many, few):
    # No failure here brings about a reset or a lock.
    stack.do('ctl', 'policy', 'set', 'default',
             'LogonFailuresBeforePINReset=off', 'MaxLogonAttempts=999')
    took = run(stack, [(many, MANY), (few, FEW)])
    counts = {name: len(seconds) for name, seconds in took.items()}
    print(counts, {name: max(seconds) for name, seconds in took.items()})
    share = counts[few.__name__] / sum(counts.values())
    assert share > FEW / (MANY + FEW) / 2


def test_the_same_time(stack):
    """Of a mailbox that is unknown, not enabled, without a PIN, or has
    another one: medians of answers that take turns."""
    stack.do('ctl', 'policy', 'set', 'default',
             'LogonFailuresBeforePINReset=off', 'MaxLogonAttempts=999')
    logins = {name: stack.user() for name in ('wrong', 'disabled', 'no PIN')}
    for name in ('wrong', 'disabled'):
        reset(stack, logins[name])
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              logins['disabled'])
    logins['unknown'] = 'nobody'
    took = {name: [] for name in logins}
    for _ in range(40):
        for name, login in logins.items():
            took[name].append(log_on(stack, login))
    medians = {name: statistics.median(times) for name, times in took.items()}
    print(medians)
    assert max(medians.values()) < 1.3 * min(medians.values())
