"""A flood at one mailbox: it derives no more than the mailbox has tries, and
takes no more than its share of the workers from all the others."""
import concurrent.futures
import pathlib
import threading
import time

import pytest

from harness import brief, eventually, kill
from phonecall import ask, derivations, insist, logon, metric
from soap import call, reset

WORKERS = 8
OPTIONS = ('--limits', 'off', '--workers', str(WORKERS))
LINES = 64
SECONDS = brief(4, 20)


def guess(stack, mailbox, number):
    return ask(stack, {'action': 'logon', 'mailbox': mailbox,
                       'pin': f'{number:06d}'})


def tries_left(stack, login, count):
    """So that the mailbox grants so many before its PIN is void."""
    stack.sql('UPDATE umws.um_user SET failed_logons = %s'
              ' WHERE login = %s', 5 - count, login)


def test_one_try_left(stack, user):
    """The first line derives, others wait for what becomes of it, and those
    beyond half of the workers are told at once to come again. Whoever calls
    another mailbox notices nothing."""
    other = stack.user()
    reset(stack, user)
    reset(stack, other)
    tries_left(stack, user, 1)
    before, gone = derivations(stack), WORKERS // 2
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        with stack.held_rows(user):
            lines = [pool.submit(guess, stack, user, n)
                     for n in range(WORKERS)]
            eventually(lambda: sum(line.done() for line in lines) == gone, 3,
                       'those who are told to come again')
            for answer in (line.result() for line in lines if line.done()):
                assert (answer.status, answer.body) == (503, b'UNAVAILABLE\n')
                assert answer.headers['Retry-After'] == '1'
            assert logon(stack, other, '000000') == 'DENIED'
            eventually(stack.waiting_backends)
            time.sleep(0.5)
            assert sum(line.done() for line in lines) == gone
            assert derivations(stack) == before + 2
        said = sorted(line.result().body for line in lines)
    # The first has voided the PIN and drawn another, at which the others
    # have then tried theirs.
    assert said == ([b'DENIED\n'] * (WORKERS - gone - 1) + [b'RESET\n']
                    + [b'UNAVAILABLE\n'] * gone)
    assert derivations(stack) == before + 2 + 1 + WORKERS - gone - 1
    assert stack.log('worker').count(' lane-full ') == 1


def test_within_the_tries_nobody_waits(stack, user):
    """As many as there are tries derive beside each other, as ever."""
    reset(stack, user)
    tries_left(stack, user, 3)
    before = derivations(stack)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        with stack.held_rows(user):
            lines = [pool.submit(guess, stack, user, n) for n in range(4)]
            eventually(lambda: derivations(stack) == before + 3, 5,
                       'three derivations')
            time.sleep(0.5)
            assert derivations(stack) == before + 3
        said = sorted(line.result().body for line in lines)
    # Where the fourth asks again before the reset that the third has brought
    # about it hears of it, too, as test_the_reset_is_made_once has it. Where
    # after it, its PIN is compared with the new one.
    heard = said.count(b'RESET\n')
    assert said == [b'DENIED\n'] * (4 - heard) + [b'RESET\n'] * heard
    assert heard in (1, 2)
    assert stack.state(user)['failed_logons'] == 7 - heard
    assert derivations(stack) == before + 6 - heard


def test_the_reset_is_made_once(stack, user):
    """Many come while it is due: one of them derives another PIN."""
    reset(stack, user)
    stack.sql('UPDATE umws.um_user SET reset_due = true, verifier = NULL,'
              ' pin_key_id = NULL, failed_logons = 5 WHERE login = %s', user)
    before = derivations(stack)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        with stack.held_rows(user):
            lines = [pool.submit(guess, stack, user, n)
                     for n in range(WORKERS // 2)]
            eventually(stack.waiting_backends)
            time.sleep(0.5)
            assert derivations(stack) == before + 1
        assert {line.result().body for line in lines} == {b'RESET\n'}
    assert derivations(stack) == before + 1
    assert stack.state(user)['failed_logons'] == 5


def test_how_many_are_left(stack, user):
    """By each policy and count of failures: until the PIN is void or the
    mailbox locked, whatever was set meanwhile."""
    reset(stack, user)
    for every, most in ((0, 1), (0, 4), (1, 3), (3, 8), (5, 15), (997, 999)):
        stack.do('ctl', 'policy', 'set', 'counted', f'MaxLogonAttempts={most}',
                 f'LogonFailuresBeforePINReset={every or "off"}')
        for failed in range(18):
            left = next(n for n in range(1, 1000) if failed + n >= most
                        or every and (failed + n) % every == 0)
            stack.sql('UPDATE umws.um_user SET failed_logons = %s, policy_id ='
                      " (SELECT id FROM umws.policy WHERE name = 'counted')"
                      ' WHERE login = %s', failed, user)
            assert prepared(stack, user) == left, (every, most, failed)
    # A lock that has ended has its failures behind it.
    stack.do('ctl', 'policy', 'set', 'counted', 'MaxLogonAttempts=4',
             'LogonFailuresBeforePINReset=off', 'LockoutDuration=1h')
    stack.sql("UPDATE umws.um_user SET failed_logons = 4, locked_out_at ="
              " now() - interval '2 hours' WHERE login = %s", user)
    assert prepared(stack, user) == 4
    stack.do('ctl', 'policy', 'set', 'default', 'MaxLogonAttempts=7',
             'LogonFailuresBeforePINReset=6')
    assert prepared(stack, 'nobody') == 6
    stack.do('ctl', 'policy', 'set', 'default', 'MaxLogonAttempts=15',
             'LogonFailuresBeforePINReset=5')


def prepared(stack, login):
    return stack.value("SELECT tries_left FROM umws.logon_prepare('logon', %s,"
                       " %s, 'phone', NULL, 'x')", login, login)


def test_nobodys_mailbox(stack):
    """A name that no mailbox has is answered as ever, and each PIN for it
    derived once, however many lines there are."""
    before = derivations(stack)
    with concurrent.futures.ThreadPoolExecutor(LINES) as pool:
        said = list(pool.map(lambda n: insist(stack, 'nobody', f'{n:06d}'),
                             range(LINES)))
    assert {word for word, _ in said} == {'DENIED'}
    assert derivations(stack) == before + LINES
    print(sum(times for _, times in said), 'were told to come again')


def test_a_worker_dies_in_its_lane(stack, user):
    """Its place is given up: who waits behind it goes on."""
    reset(stack, user)
    tries_left(stack, user, 1)
    replaced = metric(stack, 'umws_children_replaced_total')
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        with stack.held_rows(user):
            used = processor_time(stack)
            first = pool.submit(guess, stack, user, 1)
            eventually(stack.waiting_backends)
            # It has derived, which none of the others has.
            holder = max(used, key=lambda pid:
                         processor_time(stack)[pid] - used[pid])
            second = pool.submit(insist, stack, user, '000002')
            time.sleep(0.5)
            assert not second.done()
            kill(holder)
            assert first.result().status in (502, 503)
            eventually(lambda: metric(
                stack, 'umws_children_replaced_total') > replaced)
        # Before or after the count of the dead one has come to be.
        assert second.result()[0] in ('RESET', 'DENIED')
    eventually(lambda: len(stack.children()) == WORKERS)
    assert logon(stack, user, '000003') in ('RESET', 'DENIED')


def noted(stack, result):
    return stack.value('SELECT coalesce(sum(count), 0) FROM umws.audit'
                       ' WHERE result = %s', result)


@pytest.mark.parametrize('result', ['locked_out', 'busy'])
def test_no_flood_waits_for_its_note(stack, user, result):
    """Lines at a mailbox that is locked out, or of an account that has failed
    too often, are noted in one row. While that is being written, more lines
    than there are workers are answered, and so is everybody else."""
    reset(stack, user)
    if result == 'busy':
        assert logon(stack, user, '000000') == 'DENIED'
        stack.sql('UPDATE umws.limits SET logon_failures_per_minute = 1')
    else:
        stack.sql('UPDATE umws.um_user SET locked_out_at = now()'
                  ' WHERE login = %s', user)
    said = {'busy': b'UNAVAILABLE\n', 'locked_out': b'LOCKED\n'}[result]
    before, holder = noted(stack, result), stack.connect()
    try:
        for times in (1, 2):
            assert guess(stack, user, 0).body == said
            assert noted(stack, result) == before + times
        holder.cursor().execute('SELECT FROM umws.audit WHERE result = %s'
                                ' FOR UPDATE', (result,))
        with concurrent.futures.ThreadPoolExecutor(2 * WORKERS) as pool:
            lines = [pool.submit(guess, stack, user, n)
                     for n in range(2 * WORKERS)]
            try:
                for line in lines:
                    answer = line.result(5)
                    assert answer.body == said
                    # Of a database that is away it would be 1.
                    assert answer.headers.get('Retry-After') != '1'
                reset(stack, stack.user())
            finally:
                holder.close()
    finally:
        holder.close()
        stack.sql('UPDATE umws.limits SET logon_failures_per_minute = 0')


def processor_time(stack):
    """What each child has used so far, in ns."""
    return {pid: int(pathlib.Path(f'/proc/{pid}/schedstat').read_text()
                     .split()[0]) for pid in stack.children()}


def others(stack, mailboxes):
    """Logons and resets of others while LINES lines guess at these, each with
    the patience that it is asked for. How long they took: half of them at
    most, 99 of a hundred at most; and how many there were."""
    users = [stack.user() for _ in range(4)]
    for one in users:
        reset(stack, one)
    is_over, took = threading.Event(), []

    def guess_on(mailbox):
        while not is_over.is_set():
            answer = guess(stack, mailbox, 0)
            is_over.wait(int(answer.headers.get('Retry-After', '0')))

    def work(one, ask_it):
        while not is_over.is_set():
            answer = ask_it(stack, one)
            assert answer.status == 200, (answer.status, answer.body)
            took.append(answer.seconds)

    with concurrent.futures.ThreadPoolExecutor(LINES + 4) as pool:
        running = [pool.submit(guess_on, mailbox) for mailbox in mailboxes]
        # What has come at once is told what to do.
        time.sleep(1)
        running += [pool.submit(work, one, ask_it) for one, ask_it in zip(
            users, [call, log_on] * 2)]
        time.sleep(SECONDS)
        is_over.set()
        for one in running:
            one.result()
    took.sort()
    return took[len(took) // 2], took[len(took) * 99 // 100], len(took)


def log_on(stack, mailbox):
    return guess(stack, mailbox, 1)


def test_others_are_served(stack):
    """64 lines guess at one mailbox, for as long as we look. Logons and resets
    of others take at most 6 times as long as without them, which is less than
    half of what they take when the lines guess at 64 mailboxes, and all wait
    for their turn at the gate. Medians: what else the machine does in one of
    these times is no matter of ours."""
    stack.do('ctl', 'policy', 'set', 'default',
             'LogonFailuresBeforePINReset=5', 'MaxLogonAttempts=999')
    many = [stack.user() for _ in range(LINES)]
    quiet = others(stack, [])
    at_one = others(stack, many[:1] * LINES)
    at_all = others(stack, many)
    print(f'p50 and p99 of others, and how many they were: quiet {quiet},'
          f' 64 lines at one mailbox {at_one}, at 64 {at_all}')
    assert at_one[0] <= 6 * quiet[0]
    assert at_one[0] <= at_all[0] / 2
