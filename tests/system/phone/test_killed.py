"""kill -9 of the workers after the database has counted, set or locked, and
before anybody was told: it has happened once, and the next call goes on from
there."""
import concurrent.futures
import contextlib

import pytest

from harness import CHEAP, eventually, kill, pin_of
from phonecall import ask, change, logon
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '2')
OWN, NEW, WRONG = '904716', '381625', '000000'


@pytest.fixture
def begin(stack, user):
    """A mailbox whose user has set a PIN; the last row of its audit."""
    reset(stack, user)
    stack.mailer()
    pin = pin_of(stack.mail_files(user)[-1])
    assert change(stack, user, pin, OWN) == 'OK'
    return stack.audit(user)[-1]['id']


def since(stack, user, begin):
    return [(row['action'], row['result']) for row in stack.audit(user)
            if row['id'] > begin]


@contextlib.contextmanager
def held_table(stack, name):
    """Nobody writes to it meanwhile; who reads it is not disturbed."""
    holder = stack.connect()
    try:
        holder.cursor().execute(
            f'LOCK TABLE umws.{name} IN SHARE ROW EXCLUSIVE MODE')
        yield
    finally:
        holder.close()


def killed(stack, fields, hold, with_backend=False):
    """Ask, and kill all workers while the database is at it, which goes on;
    unless its backend is ended as well."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with hold:
            asking = pool.submit(ask, stack, fields)
            waiting = eventually(stack.waiting_backends)
            pids = stack.children()
            for pid in pids:
                kill(pid)
            if with_backend:
                for pid in waiting:
                    stack.sql('SELECT pg_terminate_backend(%s)', pid)
                eventually(lambda: not stack.waiting_backends())
        assert asking.result().status in (502, 503)
    eventually(lambda: len(set(stack.children()) - set(pids)) == len(pids),
               20)
    eventually(lambda: stack.value(
        "SELECT count(*) = 0 FROM pg_stat_activity WHERE usename ="
        " 'umws_worker' AND state = 'active'"))


def form(user, pin, new_pin=None):
    fields = {'action': 'logon', 'mailbox': user, 'pin': pin}
    if new_pin:
        fields |= {'action': 'change', 'new_pin': new_pin}
    return fields


@pytest.mark.parametrize('before, pin, result, then', [
    (0, WRONG, 'denied', 'OK'), (3, WRONG, 'denied', 'OK'),
    (14, WRONG, 'locked', 'LOCKED'), (3, OWN, 'ok', 'OK')])
def test_a_logon(stack, user, begin, before, pin, result, then):
    stack.sql('UPDATE umws.um_user SET failed_logons = %s WHERE login = %s',
              before, user)
    killed(stack, form(user, pin), stack.held_rows(user))
    assert since(stack, user, begin) == [('logon', result)]
    assert stack.state(user)['failed_logons'] == (
        0 if pin == OWN else before + 1)
    assert logon(stack, user, OWN) == then


def test_a_change(stack, user, begin):
    """The caller was told nothing, and the new PIN holds."""
    killed(stack, form(user, OWN, NEW), stack.held_rows(user))
    assert since(stack, user, begin) == [('change', 'ok')]
    assert stack.outbox(user)[-1]['kind'] == 'changed'
    assert change(stack, user, OWN, NEW) == 'DENIED'
    assert logon(stack, user, NEW) == 'OK'


def fail(stack, user, count):
    assert [logon(stack, user, WRONG) for _ in range(count)] == (
        ['DENIED'] * count)


def test_the_reset_is_made_and_nobody_told(stack, user, begin):
    fail(stack, user, 4)
    killed(stack, form(user, WRONG), held_table(stack, 'pin_history'))
    assert since(stack, user, begin)[4:] == [('logon', 'voided'),
                                             ('auto', 'ok')]
    assert logon(stack, user, OWN) == 'DENIED'
    stack.mailer()
    assert logon(stack, user, pin_of(stack.mail_files(user)[-1])) == 'CHANGE'


def test_the_reset_is_not_made(stack, user, begin):
    """It has been counted, and the PIN is void: whoever calls next has the
    reset made, once."""
    fail(stack, user, 4)
    killed(stack, form(user, WRONG), held_table(stack, 'pin_history'), True)
    assert since(stack, user, begin)[4:] == [('logon', 'voided')]
    assert stack.state(user)['reset_due'] is True
    assert logon(stack, user, OWN) == 'RESET'
    assert logon(stack, user, OWN) == 'DENIED'
    assert [row for row in since(stack, user, begin) if row[0] == 'auto'] == [
        ('auto', 'ok')]
    stack.mailer()
    assert logon(stack, user, pin_of(stack.mail_files(user)[-1])) == 'CHANGE'
