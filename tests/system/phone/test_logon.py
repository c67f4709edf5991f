"""The phone route, word by word: logon, change, and what each leaves."""
import pytest

from harness import CHEAP, pin_of, plain_text
from phonecall import ask, change, logon, other_than, word
from soap import call, reset

OPTIONS = CHEAP + ('--limits', 'off')
OWN = '904716'
REFUSED_HISTORY = 'REFUSED history The PIN has been used before.'


def new_pin(stack, login):
    """The PIN of a fresh reset."""
    reset(stack, login)
    stack.mailer()
    return pin_of(stack.mail_files(login)[-1])


def own_pin(stack, login, pin=OWN):
    """A PIN that the user has set by phone."""
    assert change(stack, login, new_pin(stack, login), pin) == 'OK'
    return pin


def extension(login):
    return str(20000 + int(login[-4:]))


def age(stack, login, column, days):
    stack.sql(f'UPDATE umws.um_user SET {column} = {column}'
              ' - make_interval(days => %s) WHERE login = %s', days, login)


def rows(stack, login):
    return [(row['action'], row['result'], row['rule'])
            for row in stack.audit(login)]


def test_a_first_pin_wants_a_change(stack, user):
    pin = new_pin(stack, user)
    for mailbox in (extension(user), user, user.upper()):
        assert logon(stack, mailbox, pin, caller='+43 1 5550100',
                     call='1700000000.7') == 'CHANGE'
        last = stack.audit(user)[-1]
        assert (last['action'], last['result']) == ('logon', 'must_change')
        assert last['actor'] == 'phone'
        assert last['actor_address'] == '127.0.0.1'
        assert (last['caller'], last['call']) == ('+43 1 5550100',
                                                  '1700000000.7')
    assert change(stack, extension(user), pin, OWN) == 'OK'
    assert logon(stack, user, OWN) == 'OK'
    assert logon(stack, user, pin) == 'DENIED'
    assert stack.state(user)['must_change'] is False


def test_wrong_unknown_and_disabled_are_one(stack, user):
    new_pin(stack, user)
    other = stack.user()
    new_pin(stack, other)
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              other)
    never = stack.user()
    seen = set()
    for mailbox in (user, other, never, 'nobody', '99999', 'a\tb',
                    'x' * 400):
        before = stack.value('SELECT count(*) FROM umws.audit')
        answer = ask(stack, {'action': 'logon', 'mailbox': mailbox,
                             'pin': '000000'})
        assert word(answer) == 'DENIED', mailbox
        seen.add(tuple(sorted(name for name in answer.headers)))
        assert stack.value('SELECT count(*) FROM umws.audit') == before + 1
    assert len(seen) == 1
    assert rows(stack, user)[-1] == ('logon', 'denied', 'wrong')
    assert rows(stack, other)[-1] == ('logon', 'denied', 'disabled')
    assert rows(stack, never)[-1] == ('logon', 'denied', 'no_pin')
    assert rows(stack, 'nobody')[-1] == ('logon', 'denied', 'unknown')


@pytest.mark.parametrize('pin', ['', 'abcdef', '12345*', '#', '1' * 25,
                                 ' 904716', '9047 16', '٩٠٤٧١٦'])
def test_what_is_no_pin(stack, user, pin):
    """Denied, and neither derived nor counted."""
    reset(stack, user)
    before = stack.audit(user), derivations(stack)
    assert logon(stack, user, pin) == 'DENIED'
    assert change(stack, user, pin, OWN) == 'DENIED'
    assert (stack.audit(user), derivations(stack)) == before
    assert stack.state(user)['failed_logons'] == 0


def derivations(stack):
    text = call(stack, None, None, url='UMWS_METRICS_URL', method='GET')
    return next(int(line.split()[1]) for line in
                text.body.decode().splitlines()
                if line.startswith('umws_derivations_total '))


def test_failures_reset_and_lock(stack, user):
    """5 and 15 of the default policy: reset after 5 and 10, locked at 15."""
    pin = own_pin(stack, user)
    mails = len(stack.mail_files(user))
    for number in range(1, 16):
        said = logon(stack, user, other_than(pin))
        state = stack.state(user)
        assert state['failed_logons'] == number
        assert said == ('LOCKED' if number == 15 else
                        'RESET' if number % 5 == 0 else 'DENIED'), number
        assert state['reset_due'] is False
        if said == 'RESET':
            assert stack.outbox(user)[-1]['kind'] == 'auto'
            assert logon(stack, user, pin) == 'DENIED' or number == 10
            stack.sql('UPDATE umws.um_user SET failed_logons = %s'
                      ' WHERE login = %s', number, user)
    assert state['is_locked_out'] is True
    before = derivations(stack)
    assert logon(stack, user, pin) == 'LOCKED'
    assert derivations(stack) == before
    assert stack.state(user)['failed_logons'] == 15
    stack.mailer()
    found = stack.mail_files(user)[mails:]
    assert len(found) == 1      # the first of the two is withdrawn
    assert 'reset automatically' in ' '.join(plain_text(found[0]).split())
    assert stack.is_pin(user, pin_of(found[0]))
