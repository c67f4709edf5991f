"""Many lines at once at one mailbox: no try more than the policy grants,
and none derived in vain; also when workers die over it."""
import concurrent.futures
import random
import threading
import time

from harness import CHEAP, brief, digit_lines, eventually, kill, pin_of
from phonecall import ask, change, derivations, insist, logon, word
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '16')
LINES = 64
ROUNDS, SECONDS = 50, brief(20, 3600)
OWN = '904716'
FAILED = ('denied', 'voided', 'locked')


def last_pin(stack, login):
    """A mail that tells of the lock may have come behind it."""
    return [pin_of(path) for path in stack.mail_files(login)
            if digit_lines(path)][-1]


def prepared(stack, login):
    """A mailbox whose user has set a PIN by phone."""
    reset(stack, login)
    stack.mailer()
    pin = pin_of(stack.mail_files(login)[-1])
    assert change(stack, login, pin, OWN) == 'OK'
    return stack.state(login)['audit'][-1]['id']


def since(stack, login, number):
    return [row for row in stack.audit(login) if row['id'] > number]


def check_tries(rows, n=5, most=15):
    """What was compared, in the order in which it was: never a try more."""
    failed = 0
    for row in rows:
        if row['action'] == 'logon' and row['result'] in FAILED:
            failed += 1
            assert row['rule'] == 'wrong'
            assert row['result'] == (
                'locked' if failed == most else
                'voided' if failed % n == 0 else 'denied'), failed
        elif row['result'] in ('ok', 'must_change') and (
                row['action'] == 'logon'):
            failed = 0
    assert failed <= most
    return failed


def guesses(draw):
    """One for each line, all different, the right one among them."""
    pins = draw.sample(range(10 ** 6), LINES)
    pins = [f'{pin:06d}' for pin in pins if f'{pin:06d}' != OWN][:LINES - 1]
    pins.append(OWN)
    draw.shuffle(pins)
    return pins


def one_round(stack, pool, draw):
    login = stack.user()
    begin = prepared(stack, login)
    before = derivations(stack)
    start = threading.Barrier(LINES)
    # However it is called, it is one mailbox.
    names = [draw.choice([login, login.upper(), str(20000 + int(login[-4:]))])
             for _ in range(LINES)]

    def guess(name, pin):
        start.wait()
        return insist(stack, name, pin)[0]

    said = list(pool.map(guess, names, guesses(draw)))
    rows = since(stack, login, begin)
    results = [row['result'] for row in rows if row['action'] == 'logon']
    tries = sum(result in FAILED for result in results)
    good = sum(result in ('ok', 'must_change') for result in results)
    check_tries(rows)
    # The right PIN counts only if it came before the fifth wrong one.
    assert good <= 1
    if good:
        at = next(i for i, result in enumerate(results) if result == 'ok')
        assert sum(result in FAILED for result in results[:at]) < 5
    assert tries <= 15 + (4 if good else 0)
    assert said.count('OK') == good
    assert set(said) <= {'OK', 'DENIED', 'RESET', 'LOCKED'}
    assert said[-1] != 'CHANGE'
    # The lock is reached, and every reset in between was made once.
    assert results.count('locked') == 1
    voided = results.count('voided')
    autos = [row for row in rows if row['action'] == 'auto']
    assert voided == 2
    assert [row['result'] for row in autos] == ['ok'] * voided
    assert said.count('DENIED') == results.count('denied')
    # One for each PIN that was compared, and one for each that was drawn.
    derived = derivations(stack) - before
    assert derived == tries + good + voided
    stack.mailer()
    assert stack.is_pin(login, last_pin(stack, login))
    last = {mail['kind']: mail['state'] for mail in stack.outbox(login)}
    assert last['auto'] == last['locked'] == 'sent'
    return tries, good, derived


def test_64_lines_at_one_mailbox(stack):
    seed = random.randrange(2 ** 32)
    draw, begin = random.Random(seed), time.monotonic()
    print('seed', seed)
    done = []
    with concurrent.futures.ThreadPoolExecutor(LINES) as pool:
        while len(done) < 3 or (len(done) < ROUNDS and
                                time.monotonic() < begin + SECONDS):
            done.append(one_round(stack, pool, draw))
    print(f'{len(done)} rounds of {LINES} lines: tries, right ones and'
          f' derivations of each: {done}')


def test_counted_and_killed(stack, user):
    """The fifth failure is counted and the PIN void; then the worker dies
    before it answers. The next who calls has the reset made, once."""
    begin = prepared(stack, user)
    for _ in range(4):
        assert logon(stack, user, '000000') == 'DENIED'
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with stack.held_rows(user):
            asking = pool.submit(ask, stack, {
                'action': 'logon', 'mailbox': user, 'pin': '000000'})
            eventually(stack.waiting_backends)
            pids = stack.children()
            for pid in pids:
                kill(pid)
        assert asking.result().status in (502, 503)
    eventually(lambda: stack.state(user)['reset_due'])
    assert [row['result'] for row in since(stack, user, begin)] == (
        ['denied'] * 4 + ['voided'])
    assert stack.outbox(user)[-1]['kind'] == 'changed'
    assert [mail['state'] for mail in stack.outbox(user)][-1] == 'superseded'
    eventually(lambda: len(set(stack.children()) - set(pids)) == 16)
    # Also with what was the right PIN: nothing matches any more.
    assert logon(stack, user, OWN) == 'RESET'
    assert logon(stack, user, OWN) == 'DENIED'
    assert [row['action'] for row in since(stack, user, begin)
            if row['result'] == 'ok'] == ['auto']
    stack.mailer()
    assert logon(stack, user, pin_of(stack.mail_files(user)[-1])) == 'CHANGE'


def test_the_answer_is_lost(stack, user):
    """The connection ends while the database counts: it is asked again
    under the same id, and has counted once."""
    begin = prepared(stack, user)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with stack.held_rows(user):
            asking = pool.submit(logon, stack, user, '000000')
            for pid in eventually(stack.waiting_backends):
                stack.sql('SELECT pg_terminate_backend(%s)', pid)
            eventually(stack.waiting_backends)
        assert asking.result() == 'DENIED'
    assert stack.state(user)['failed_logons'] == 1
    assert [row['result'] for row in since(stack, user, begin)] == ['denied']


def test_an_own_reset_after_that(stack, user):
    """A reset of the user's own does for the one that is due."""
    prepared(stack, user)
    stack.sql('UPDATE umws.um_user SET reset_due = true, verifier = NULL,'
              ' pin_key_id = NULL WHERE login = %s', user)
    reset(stack, user)
    assert stack.state(user)['reset_due'] is False
    assert logon(stack, user, OWN) == 'DENIED'
    assert stack.outbox(user)[-1]['kind'] == 'reset'


def test_workers_die_meanwhile(stack):
    """Lines guess while children are killed: tries and resets still add
    up."""
    seed = random.randrange(2 ** 32)
    print('seed', seed)
    draw, is_over = random.Random(seed), threading.Event()
    login = stack.user()
    begin = prepared(stack, login)
    stack.do('ctl', 'policy', 'set', 'patient', 'MaxLogonAttempts=999',
             'LogonFailuresBeforePINReset=5')
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM'
              " umws.policy WHERE name = 'patient') WHERE login = %s", login)

    def guess(_):
        statuses = []
        while not is_over.is_set():
            answer = ask(stack, {'action': 'logon', 'mailbox': login,
                                 'pin': '000000'})
            statuses.append(answer.status)
            assert answer.status in (502, 503) or word(answer) in (
                'DENIED', 'RESET'), answer
            is_over.wait(0.1)       # so that all of them are less than 999
        return statuses

    def kill_some():
        for _ in range(20):
            time.sleep(0.25)
            for pid in draw.sample(stack.children(), 2):
                try:
                    kill(pid)
                except ProcessLookupError:
                    pass

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        lines = [pool.submit(guess, number) for number in range(15)]
        try:
            kill_some()
        finally:
            is_over.set()
        statuses = sum((line.result() for line in lines), [])
    eventually(lambda: len(stack.children()) == 16)
    if stack.state(login)['reset_due']:
        assert logon(stack, login, '000000') == 'RESET'
    rows = since(stack, login, begin)
    failed = check_tries(rows, most=999)
    state = stack.state(login)
    assert state['failed_logons'] == failed > 10
    voided = sum(row['result'] == 'voided' for row in rows)
    autos = [row for row in rows if row['action'] == 'auto'
             and row['result'] == 'ok']
    assert len(autos) == voided > 2
    print(f'{len(statuses)} answers, {failed} tries, {voided} resets')
    stack.mailer()
    assert stack.is_pin(login, last_pin(stack, login))
