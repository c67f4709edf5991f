"""The phone route, word by word: logon, change, and what each leaves."""
import concurrent.futures

import pytest

from harness import CHEAP, eventually, message, pin_of, plain_text
from phonecall import ask, change, derivations, logon, other_than, word
from soap import call, reset

OPTIONS = CHEAP + ('--limits', 'off')
OWN = '904716'
REFUSED_HISTORY = 'REFUSED history The PIN was used before.'


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
    # The first of the two with a PIN is withdrawn.
    words = {' '.join(plain_text(mail).split()): mail for mail in found}
    (auto,) = (mail for text, mail in words.items()
               if 'reset automatically' in text)
    (_,) = (mail for text, mail in words.items()
            if 'your voice mailbox was locked' in text)
    assert len(found) == 2
    assert stack.is_pin(user, pin_of(auto))


def test_a_good_logon_clears_the_count(stack, user):
    pin = own_pin(stack, user)
    for _ in range(3):
        for _ in range(4):
            assert logon(stack, user, other_than(pin)) == 'DENIED'
        assert logon(stack, user, pin) == 'OK'
        assert stack.state(user)['failed_logons'] == 0


def test_a_reset_of_the_users_clears_the_count(stack, user):
    pin = own_pin(stack, user)
    for _ in range(4):
        logon(stack, user, other_than(pin))
    reset(stack, user)
    assert stack.state(user)['failed_logons'] == 0


def test_a_failed_change_counts(stack, user):
    pin = own_pin(stack, user)
    for said in ['DENIED'] * 4 + ['RESET']:
        assert change(stack, user, other_than(pin), '381625') == said
    assert [row['action'] for row in stack.audit(user)][-6:] == [
        'change'] * 5 + ['auto']


def test_expired(stack, user):
    pin = own_pin(stack, user)
    age(stack, user, 'expires_at', 61)
    assert logon(stack, user, pin) == 'CHANGE'
    assert change(stack, user, pin, '381625') == 'OK'
    assert logon(stack, user, '381625') == 'OK'


def test_a_temporary_pin_that_is_too_old(stack, user):
    """As wrong as any other; the reset after failures ends it."""
    pin = new_pin(stack, user)
    age(stack, user, 'temporary_until', 8)
    assert change(stack, user, pin, OWN) == 'DENIED'
    assert logon(stack, user, pin) == 'DENIED'
    assert rows(stack, user)[-1] == ('logon', 'denied', 'temporary')
    assert logon(stack, user, new_pin(stack, user)) == 'CHANGE'


def test_the_pin_is_locked(stack, user):
    """A logon works, also with a PIN that should be changed; nothing is
    voided, and failures only lock the mailbox."""
    pin = new_pin(stack, user)
    stack.sql('UPDATE umws.um_user SET pin_locked = true WHERE login = %s',
              user)
    assert logon(stack, user, pin) == 'OK'
    assert change(stack, user, pin, OWN) == (
        'REFUSED pin_locked The PIN is locked against change.')
    for number in range(1, 16):
        assert logon(stack, user, other_than(pin)) == (
            'LOCKED' if number == 15 else 'DENIED')
    assert stack.is_pin(user, pin)
    assert logon(stack, user, pin) == 'LOCKED'
    assert call(stack, user).code() == 'ErrorAccessDenied'


def test_a_lock_ends_by_itself(stack, user):
    stack.do('ctl', 'policy', 'set', 'brief', 'LockoutDuration=1h',
             'MaxLogonAttempts=2', 'LogonFailuresBeforePINReset=off')
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM'
              " umws.policy WHERE name = 'brief') WHERE login = %s", user)
    pin = own_pin(stack, user)
    for said in ('DENIED', 'LOCKED', 'LOCKED'):
        assert logon(stack, user, other_than(pin)) == said
    assert logon(stack, user, pin) == 'LOCKED'
    stack.sql('UPDATE umws.um_user SET locked_out_at = locked_out_at'
              " - interval '1 hour' WHERE login = %s", user)
    assert logon(stack, user, other_than(pin)) == 'DENIED'
    assert stack.state(user)['failed_logons'] == 1
    assert logon(stack, user, pin) == 'OK'
    assert stack.state(user)['locked_out_at'] is None


def test_a_locked_mailbox_and_a_reset(stack, user):
    """200, and the mail says what to do; the lock stays."""
    pin = own_pin(stack, user)
    stack.sql('UPDATE umws.um_user SET locked_out_at = now()'
              ' WHERE login = %s', user)
    assert logon(stack, user, pin) == 'LOCKED'
    fresh = new_pin(stack, user)
    assert plain_text(stack.mail_files(user)[-1]).splitlines()[0].startswith(
        'Your voice mailbox is locked')
    assert logon(stack, user, fresh) == 'LOCKED'
    assert change(stack, user, fresh, OWN) == 'LOCKED'


def test_changes_that_are_refused(stack, user):
    """By name and sentence, only to who has the right PIN; none counts."""
    pin = new_pin(stack, user)
    cases = {'123456': 'common', '1': 'length', '': 'length',
             '5' * 25: 'length', '12*456': 'digits', 'abc': 'digits',
             '9' + extension(user): 'extension', pin: 'history'}
    for wanted, rule in cases.items():
        said = change(stack, user, pin, wanted)
        assert said.startswith(f'REFUSED {rule} '), (wanted, said)
        assert said.endswith('.')
        assert rows(stack, user)[-1] == ('change', 'refused', rule)
        assert change(stack, 'nobody', pin, wanted) == 'DENIED'
    assert stack.state(user)['failed_logons'] == 0
    assert change(stack, user, other_than(pin), '123456') == 'DENIED'
    assert stack.is_pin(user, pin)
    answer = ask(stack, {'action': 'change', 'mailbox': user, 'pin': pin,
                         'new_pin': pin}, Accept='application/json')
    assert answer.headers['Content-Type'] == 'application/json'
    assert answer.body == b'{"result":"REFUSED","rule":"history"}\n'


def test_rules_of_the_policy(stack, user):
    """Those that need the mailbox's login and name, a list, and the age of
    the PIN, which binds no change that is forced."""
    stack.do('ctl', 'policy', 'set', 'strict', 'RefuseNames=yes',
             'MinPINAge=1h', 'BlockedPINs=629174')
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM'
              " umws.policy WHERE name = 'strict'), display_name ="
              " 'Jan Zwolski' WHERE login = %s", user)
    pin = new_pin(stack, user)
    for wanted, rule in (('8737', 'length'), ('187373', 'names'),
                         ('996575', 'names'), ('629174', 'blocked')):
        assert change(stack, extension(user), pin, wanted).startswith(
            f'REFUSED {rule} '), wanted
    assert change(stack, extension(user), pin, OWN) == 'OK'
    assert change(stack, user, OWN, '381625').startswith('REFUSED age ')
    assert change(stack, user, '000000', '381625') == 'DENIED'
    stack.sql("UPDATE umws.um_user SET set_at = set_at - interval '1 hour'"
              ' WHERE login = %s', user)
    assert change(stack, user, OWN, '381625') == 'OK'
    age(stack, user, 'expires_at', 61)
    assert change(stack, user, '381625', '258036') == 'OK'


def test_history(stack, user):
    """PINHistoryCount is 5, the current one included."""
    pins = ['904716', '381625', '629174', '258036', '740192', '863051']
    own_pin(stack, user, pins[0])
    for old, new in zip(pins, pins[1:]):
        for known in pins[:pins.index(old) + 1][-5:]:
            assert change(stack, user, old, known) == REFUSED_HISTORY
        assert change(stack, user, old, new) == 'OK'
    assert change(stack, user, pins[-1], pins[0]) == 'OK'


def test_a_change_withdraws_the_mail(stack, user):
    """The older PIN's, and tells of itself without a PIN."""
    pin = new_pin(stack, user)
    assert change(stack, user, pin, OWN) == 'OK'
    stack.mailer()
    told = stack.mail_files(user)[-1]
    text = ' '.join(plain_text(told).split())
    assert 'was changed by telephone on' in text
    assert 'PIN was changed' in message(told)['Subject']
    assert not any(digits in told.read_text() for digits in (pin, OWN))
    reset(stack, user)
    assert stack.outbox(user)[-1]['state'] == 'queued'
    stack.sql('UPDATE umws.um_user SET verifier = (SELECT verifier FROM'
              ' umws.pin_history h WHERE h.user_id = um_user.id AND'
              ' h.generation = 2) WHERE login = %s', user)
    assert change(stack, user, OWN, '381625') == 'OK'
    states = [(mail['kind'], mail['state']) for mail in stack.outbox(user)]
    assert states == [('reset', 'sent'), ('changed', 'sent'),
                      ('reset', 'superseded'), ('changed', 'queued')]


def test_no_notice(stack, user):
    stack.do('ctl', 'policy', 'set', 'quiet', 'NotifyChange=no')
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM'
              " umws.policy WHERE name = 'quiet') WHERE login = %s", user)
    pin = new_pin(stack, user)
    assert change(stack, user, pin, OWN) == 'OK'
    assert [mail['kind'] for mail in stack.outbox(user)] == ['reset']


def test_failures_of_an_account_are_limited(stack, user):
    """One PIN on every mailbox: 60 a minute, then nobody is served, and an
    err line says so once."""
    pin = own_pin(stack, user)
    stack.sql('UPDATE umws.limits SET logon_failures_per_minute = 6')
    try:
        stack.rewrite("UPDATE umws.audit SET at = at - interval '1 hour'")
        for number in range(6):
            assert logon(stack, f'nobody{number}', '904716') == 'DENIED'
        for _ in range(2):
            answer = ask(stack, {'action': 'logon', 'mailbox': user,
                                 'pin': pin})
            assert answer.status == 503
            assert answer.body == b'UNAVAILABLE\n'
            assert 50 < int(answer.headers['Retry-After']) <= 60
    finally:
        stack.sql('UPDATE umws.limits SET logon_failures_per_minute = 0')
    assert stack.log('worker').count(
        ' logon-failures account=phone ') in (
        1, 2)       # the minute may have ended in between
    assert logon(stack, user, pin) == 'OK'


def test_the_pepper_and_the_cost_change(stack, user):
    """A good logon keeps the PIN by today's settings; a bad one does not."""
    pin = own_pin(stack, user)
    old = stack.value('SELECT verifier FROM umws.um_user WHERE login = %s',
                      user)
    stack.do('worker', 'stop')
    conf = stack.env['UMWS_CONF']
    text = open(conf).read()
    open(conf, 'w').write(text.replace('kdf = 8,1,1', 'kdf = 16,2,1'))
    stack.do('worker', 'start')
    try:
        assert logon(stack, user, other_than(pin)) == 'DENIED'
        assert old == stack.value('SELECT verifier FROM umws.um_user'
                                  ' WHERE login = %s', user)
        assert logon(stack, user, pin) == 'OK'
        new = stack.value('SELECT verifier FROM umws.um_user'
                          ' WHERE login = %s', user)
        assert 'm=16,t=2,p=1' in new
        assert stack.value('SELECT h.verifier FROM umws.pin_history h JOIN'
                           ' umws.um_user u ON u.id = h.user_id AND'
                           ' h.generation = u.generation'
                           ' WHERE u.login = %s', user) == new
        assert logon(stack, user, pin) == 'OK'
        assert change(stack, user, pin, pin) == REFUSED_HISTORY
    finally:
        stack.do('worker', 'stop')
        open(conf, 'w').write(text)
        stack.do('worker', 'start')
    assert logon(stack, user, pin) == 'OK'


def test_the_same_work(stack, user):
    """One derivation each, whoever the mailbox belongs to."""
    pin = own_pin(stack, user)
    disabled = stack.user()
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              disabled)
    for mailbox in (user, disabled, stack.user(), 'nobody', '99999'):
        before = derivations(stack)
        assert logon(stack, mailbox, other_than(pin)) == 'DENIED'
        assert derivations(stack) == before + 1, mailbox
        for wanted in ('381625', '111111'):     # allowed, and not
            before = derivations(stack)
            assert change(stack, mailbox, other_than(pin), wanted) == 'DENIED'
            assert derivations(stack) == before + 2, mailbox


def test_database_away(stack, user):
    pin = own_pin(stack, user)
    stack.do('pg', 'stop')
    try:
        for fields in ({'action': 'logon', 'mailbox': user, 'pin': pin},
                       {'action': 'change', 'mailbox': user, 'pin': pin,
                        'new_pin': '381625'}):
            answer = ask(stack, fields)
            assert (answer.status, answer.body) == (503, b'UNAVAILABLE\n')
            assert int(answer.headers['Retry-After']) >= 1
            assert answer.seconds < 10
    finally:
        stack.do('pg', 'start')
    assert logon(stack, user, pin) == 'OK'


def test_words_are_counted(stack, user):
    def counts():
        text = call(stack, None, None, url='UMWS_METRICS_URL', method='GET')
        return {line.split('"')[1]: int(line.split()[1]) for line in
                text.body.decode().splitlines()
                if line.startswith('umws_logons_total{')}

    before = counts()
    assert logon(stack, user, '000000') == 'DENIED'
    own_pin(stack, user)
    assert logon(stack, user, OWN) == 'OK'
    after = counts()
    assert {name: after[name] - before[name] for name in after} == {
        'OK': 2, 'DENIED': 1, 'CHANGE': 0, 'LOCKED': 0, 'RESET': 0,
        'REFUSED': 0, 'UNAVAILABLE': 0}


def test_a_phone_for_people(stack, user):
    """tools/stack do DIR phone, to play with."""
    pin = new_pin(stack, user)
    assert stack.do('phone', extension(user), text=pin) == 'CHANGE'
    assert stack.do('phone', user, text=f'{pin}\n{OWN}\n') == 'OK'
    assert stack.do('phone', user, text='000000\n') == 'DENIED'
    assert stack.do('phone', user) == 'DENIED'


def test_two_changes_at_once_wait_for_the_age(stack, user):
    """The second is asked for before the first has committed: it is the
    first one's PIN that must be an hour old."""
    pin = new_pin(stack, user)
    first = other_than(pin, OWN)
    stack.do('ctl', 'policy', 'set', 'slow', 'MinPINAge=1h')
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM'
              " umws.policy WHERE name = 'slow') WHERE login = %s", user)
    holder = stack.connect()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        try:
            holder.cursor().execute(
                'SELECT FROM umws.um_user WHERE login = %s FOR UPDATE',
                (user,))
            said = []
            for count, (old, new) in enumerate([(pin, first), (first, OWN)]):
                said.append(pool.submit(change, stack, user, old, new))
                eventually(lambda: stack.value(
                    'SELECT count(*) FROM pg_stat_activity WHERE'
                    " wait_event_type = 'Lock' AND datname ="
                    ' current_database()') > count, 4, 'a change that waits')
        finally:
            holder.close()
        assert said[0].result() == 'OK'
        assert said[1].result().startswith('REFUSED age ')
    assert logon(stack, user, first) == 'OK'
