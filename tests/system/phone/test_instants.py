"""What an administrator changes while somebody dials, or between two tries:
nobody gets into another's mailbox by it, or more tries than are granted."""
import concurrent.futures
import itertools

import pytest

from harness import CHEAP, eventually, pin_of
from phonecall import ask, change, logon, word
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off')
OWN, OTHER, NEW, WRONG = '904716', '381625', '629174', '000000'
NAMES = itertools.count(1)


def mailed_pin(stack, login):
    reset(stack, login)
    stack.mailer()
    return pin_of(stack.mail_files(login)[-1])


def own_pin(stack, login, pin):
    assert change(stack, login, mailed_pin(stack, login), pin) == 'OK'


def extension(login):
    return str(20000 + int(login[-4:]))


def dialled_while_moved(stack, here, there, fields):
    """The answer to a call to the extension of one user, which becomes the
    other's after the PIN was derived and before it is compared."""
    number = extension(here)
    holder = stack.connect()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        try:
            with holder.cursor() as cursor:
                for login, value in ((here, None), (there, number)):
                    cursor.execute('UPDATE umws.um_user SET extension = %s'
                                   ' WHERE login = %s', (value, login))
            asking = pool.submit(ask, stack, {'mailbox': number} | fields)
            eventually(stack.waiting_backends)
            holder.commit()
            return word(asking.result())
        finally:
            holder.close()


@pytest.mark.parametrize('action, pin, said', [
    ('logon', OWN, 'DENIED'), ('logon', OTHER, 'OK'),
    ('change', OWN, 'DENIED'), ('change', OTHER, 'OK')])
def test_an_extension_that_moves(stack, user, action, pin, said):
    """Its new owner is let in, and its old one is not: a phone system opens
    the mailbox by the extension that was dialled."""
    there = stack.user()
    own_pin(stack, user, OWN)
    own_pin(stack, there, OTHER)
    fields = {'action': action, 'pin': pin}
    if action == 'change':
        fields['new_pin'] = NEW
    assert dialled_while_moved(stack, user, there, fields) == said
    assert stack.state(user)['failed_logons'] == 0
    assert stack.state(there)['failed_logons'] == (said == 'DENIED')
    assert logon(stack, user, OWN) == 'OK'
    assert logon(stack, extension(user), NEW if fields.get('new_pin') and
                 said == 'OK' else OTHER) == 'OK'


def test_a_login_that_is_the_extension_of_another(stack, user):
    """Who dials it means the extension, also of a mailbox that is disabled:
    the phone system would open that one."""
    there = stack.user()
    own_pin(stack, there, OTHER)
    number = extension(user)
    stack.sql('UPDATE umws.um_user SET login = %s WHERE login = %s', number,
              there)
    own_pin(stack, user, OWN)
    assert logon(stack, number, OTHER) == 'DENIED'
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              user)
    for pin in (OWN, OTHER):
        assert logon(stack, number, pin) == 'DENIED'
        assert change(stack, number, pin, NEW) == 'DENIED'
    assert stack.audit(user)[-1]['rule'] == 'disabled'
    assert logon(stack, extension(there), OTHER) == 'OK'
    stack.sql('UPDATE umws.um_user SET extension = NULL WHERE login = %s',
              user)
    assert logon(stack, number, OTHER) == 'OK'


def policy(stack, login, resets, locks):
    """From now on these numbers hold for this user alone."""
    name = stack.value('SELECT p.name FROM umws.policy p JOIN umws.um_user u'
                       ' ON u.policy_id = p.id WHERE u.login = %s', login)
    if name == 'default':
        name = f'instant{next(NAMES)}'
    stack.do('ctl', 'policy', 'set', name,
             f'LogonFailuresBeforePINReset={resets}',
             f'MaxLogonAttempts={locks}')
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM'
              ' umws.policy WHERE name = %s) WHERE login = %s', name, login)


D, R, L = 'DENIED', 'RESET', 'LOCKED'


@pytest.mark.parametrize('steps', [
    [(5, 15, [D, D, D, D]), (3, 15, [R, D, D, R])],
    [(5, 15, [D, D, D, D, R, D]), (2, 15, [R, D, R])],
    [('off', 15, [D] * 7), (5, 15, [R, D, D, D, D, R])],
    [(3, 15, [D, D, R, D]), (5, 15, [D, D, D, R])],
    [(5, 15, [D, D, D, D]), (2, 3, [L, L])],
    [(5, 15, [D, D, D, D, R, D, D]), (5, 6, [L])],
    [(5, 15, [D, D, D]), (2, 4, [L])]],
    ids=['sooner', 'sooner, after one', 'turned on', 'later', 'locked',
         'locked, after a reset', 'both at once'])
def test_other_numbers_after_failures(stack, user, steps):
    """What they would have brought about by now comes with the next failure:
    it is never passed over."""
    own_pin(stack, user, OWN)
    for resets, locks, words in steps:
        policy(stack, user, resets, locks)
        assert [logon(stack, user, WRONG) for _ in words] == words


@pytest.mark.parametrize('resets, locks', [(2, 15), (2, 3)])
def test_a_right_pin_after_other_numbers(stack, user, resets, locks):
    """It is only a failure that counts, and then from the beginning."""
    own_pin(stack, user, OWN)
    assert [logon(stack, user, WRONG) for _ in range(4)] == [D] * 4
    policy(stack, user, resets, locks)
    assert logon(stack, user, OWN) == 'OK'
    assert [logon(stack, user, WRONG) for _ in range(2)] == [D, R]


def test_after_a_row_of_failures(stack, user):
    """A new row begins at nothing, whatever the one before has reached."""
    policy(stack, user, 2, 15)
    for pin in (OWN, OTHER, NEW):
        own_pin(stack, user, pin)
        assert [logon(stack, user, WRONG) for _ in range(4)] == [D, R, D, R]


def test_why_a_pin_is_to_be_changed(stack, user):
    """For who asks by JSON, and in the audit: it is a first one, or has
    expired."""
    form = {'action': 'logon', 'mailbox': user,
            'pin': mailed_pin(stack, user)}

    def asked(**more):
        answer = ask(stack, form, **more)
        return answer.body, stack.audit(user)[-1]['rule']

    accept = {'Accept': 'application/json'}
    assert asked(**accept) == (b'{"result":"CHANGE","rule":"first"}\n',
                               'first')
    assert asked() == (b'CHANGE\n', 'first')
    assert change(stack, user, form['pin'], OWN) == 'OK'
    form['pin'] = OWN
    assert asked(**accept) == (b'{"result":"OK","rule":null}\n', None)
    stack.sql("UPDATE umws.um_user SET expires_at = now() WHERE login = %s",
              user)
    assert asked(**accept) == (b'{"result":"CHANGE","rule":"expired"}\n',
                               'expired')
