"""The PIN verbs of umwsctl: what the help desk does, and what its users and
their telephones see of it."""
import email
import email.policy
import json
import os
import pathlib
import pty
import re
import select
import subprocess
import termios

import psycopg2
import pytest

from harness import (CHEAP, as_received, digit_lines, environment, eventually,
                     pin_of, plain_text, run)
from phonecall import change, logon, other_than
from soap import OPERATION, TYPES, call, envelope, reset

OPTIONS = CHEAP + ('--conf', 'statement_timeout=5s')
USAGE, DATA, NO_USER, TEMPORARY, CONFIGURATION = 64, 65, 67, 75, 78
OWN = '904716'


def conf_of(stack, folder, **changes):
    """umws.conf with other values."""
    lines = pathlib.Path(stack.env['UMWS_CONF']).read_text().splitlines()
    kept = [line for line in lines if line.split(' =')[0] not in changes]
    path = folder / 'umws.conf'
    path.write_text('\n'.join(
        kept + [f'{key} = {value}' for key, value in changes.items()]) + '\n')
    return path


def command(stack, *words, conf=None):
    return [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
            str(conf or stack.env['UMWS_CONF']), *words]


def ctl(stack, *words, code=0, text='', conf=None):
    done = run(*command(stack, *words, conf=conf), text=text,
               env=environment())
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


def start(stack, *words):
    return subprocess.Popen(command(stack, *words), text=True,
                            stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env=environment())


def waiting(stack):
    """Backends of umwsctl that wait for a lock."""
    return eventually(lambda: [row[0] for row in stack.sql(
        "SELECT pid FROM pg_stat_activity WHERE usename = 'umws_admin'"
        " AND wait_event_type = 'Lock'")], what='umwsctl at its commit')


def gone(stack, backend):
    eventually(lambda: not stack.sql(
        'SELECT pid FROM pg_stat_activity WHERE pid = %s', backend))


def last_mail(stack, login):
    stack.mailer()
    return stack.mail_files(login)[-1]


def acts(stack, login):
    return [(row['action'], row['result'], row['reason'])
            for row in stack.audit(login, by_operators=True)
            if row['action'] != 'user_add']


def snapshot(stack, login):
    state = stack.state(login)
    return state['generation'], state['history_count'], len(state['outbox'])


def test_reset(stack, user):
    """The PIN is in its mail, opens the mailbox, and is shown to nobody."""
    old = pin_of((reset(stack, user), last_mail(stack, user))[1])
    said = ctl(stack, 'pin', 'reset', user, '--reason', 'forgot it')
    assert said == (f'the PIN of {user} was reset; the mail with the new one '
                    f'is queued for {user}@example.test\n')
    mail = last_mail(stack, user)
    pin = pin_of(mail)
    assert stack.outbox(user)[-1]['kind'] == 'admin'
    assert 'an administrator reset the PIN' in ' '.join(
        plain_text(mail).split())
    assert pin != old and len(pin) == 6 and stack.is_pin(user, pin)
    assert logon(stack, user, old) == 'DENIED'
    assert logon(stack, user, pin) == 'CHANGE'
    assert change(stack, user, pin, OWN) == 'OK'
    (row,) = (row for row in stack.audit(user, by_operators=True)
              if row['action'] == 'pin_reset')
    actor = run('id', '-un').stdout.strip()
    assert (row['result'], row['actor'], row['way'], row['reason'],
            row['policy'], row['operation_id']) == (
        'ok', actor, 'umwsctl', 'forgot it', 'default',
        [mail['id'] for mail in stack.outbox(user)
         if mail['kind'] == 'admin'][0])


def test_reset_as_json(stack, user):
    (row,) = json.loads(ctl(stack, 'pin', 'reset', user.upper(), '--reason',
                            'x', '--json'))
    assert row == {'login': user, 'recipient': f'{user}@example.test',
                   'mail': stack.outbox(user)[0]['id'], 'told': None}


def test_reset_withdraws_the_mail_before(stack, user):
    reset(stack, user)
    ctl(stack, 'pin', 'reset', user, '--reason', 'x')
    assert [row['state'] for row in stack.outbox(user)] == [
        'superseded', 'queued']
    stack.mailer()
    assert len(stack.mail_files(user)) == 1


def test_reset_ends_a_lockout(stack, user):
    reset(stack, user)
    stack.sql('UPDATE umws.um_user SET failed_logons = 14 WHERE login = %s',
              user)
    assert logon(stack, user, '1') == 'LOCKED'
    ctl(stack, 'pin', 'reset', user, '--reason', 'x')
    state = stack.state(user)
    assert (state['is_locked_out'], state['locked_out_at'],
            state['failed_logons']) == (False, None, 0)
    mail = last_mail(stack, user)
    assert 'locked' not in plain_text(mail)
    assert logon(stack, user, pin_of(mail)) == 'CHANGE'


def give_by_helpdesk_role(stack, user, tmp_path):
    conf = conf_of(stack, tmp_path, database_admin=stack.env[
        'UMWS_DSN_ADMIN'].replace('umws_admin', 'umws_helpdesk'))
    ctl(stack, 'pin', 'reset', user, '--reason', 'x', conf=conf)


def give_by_web(stack, user, tmp_path):
    caller = stack.user()
    ctl(stack, 'role', 'grant', 'helpdesk', caller)
    header = (f'<t:ExchangeImpersonation xmlns:t="{TYPES}"><t:ConnectingSID>'
              f'<t:PrincipalName>{user}</t:PrincipalName></t:ConnectingSID>'
              '</t:ExchangeImpersonation>')
    assert call(stack, caller, envelope(
        OPERATION, header=header)).status == 200


def give_by_own_reset(stack, user, tmp_path):
    assert call(stack, user).status == 200


WAYS = {
    'own reset': give_by_own_reset,
    'pin reset': lambda stack, user, _: ctl(
        stack, 'pin', 'reset', user, '--reason', 'x'),
    'umws_helpdesk': give_by_helpdesk_role,
    'web help desk': give_by_web,
    'pin set': lambda stack, user, _: ctl(
        stack, 'pin', 'set', user, text=OWN),
    'LockoutDuration': lambda stack, user, _: stack.sql(
        'UPDATE umws.um_user SET locked_out_at = locked_out_at'
        " - interval '1 year' WHERE login = %s", user),
}


@pytest.mark.thin(3)
@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('was_locked_out', (False, True))
def test_nothing_but_unlock_ends_the_lock_of_an_administrator(
        stack, user, tmp_path, way, was_locked_out):
    """Nor is it that of failed logons, if both have come."""
    ctl(stack, 'policy', 'set', 'hourly', 'LockoutDuration=1h')
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM'
              " umws.policy WHERE name = 'hourly') WHERE login = %s", user)
    reset(stack, user)
    if was_locked_out:
        stack.sql('UPDATE umws.um_user SET locked_out_at = now()'
                  ' WHERE login = %s', user)
    ctl(stack, 'pin', 'lock', user)
    WAYS[way](stack, user, tmp_path)
    assert logon(stack, user, OWN) == 'LOCKED'
    row = status(stack, user)
    assert (row['is_locked_out'], row['locked_by_admin'],
            row['lockout_ends_at']) == (True, True, None)
    assert 'by an administrator' in ctl(stack, 'explain', user)
    ctl(stack, 'pin', 'unlock', user)
    assert logon(stack, user, '1') == 'DENIED'


def test_a_mail_to_whom_an_administrator_has_locked(stack, user):
    ctl(stack, 'pin', 'lock', user)
    ctl(stack, 'pin', 'reset', user, '--reason', 'x')
    assert plain_text(last_mail(stack, user)).startswith(
        'Your voice mailbox is locked')


def test_own_reset_does_not_end_it(stack, user):
    ctl(stack, 'pin', 'lock', user)
    assert call(stack, user).status == 200
    assert stack.state(user)['is_locked_out'] is True


def test_reset_of_a_mailbox_whose_reset_is_due(stack, user):
    """Failed logons have voided the PIN, and whoever was to draw another one
    died."""
    reset(stack, user)
    stack.sql('UPDATE umws.um_user SET reset_due = true, verifier = NULL,'
              ' pin_key_id = NULL, failed_logons = 5 WHERE login = %s', user)
    ctl(stack, 'pin', 'reset', user, '--reason', 'x')
    state = stack.state(user)
    assert (state['reset_due'], state['has_pin'],
            state['failed_logons']) == (False, True, 0)
    assert logon(stack, user, pin_of(last_mail(stack, user))) == 'CHANGE'


@pytest.mark.parametrize('change_row,word,said,code', [
    ('pin_locked = true', 'pin_locked', 'pin unlock {} --change', DATA),
    ('um_enabled = false', 'disabled', '{} is disabled', DATA)])
def test_reset_refused(stack, user, change_row, word, said, code):
    stack.sql(f'UPDATE umws.um_user SET {change_row} WHERE login = %s', user)
    before = snapshot(stack, user)
    line = ctl(stack, 'pin', 'reset', user, '--reason', 'why', code=code)
    assert said.format(user) in line and line.count('\n') == 1
    assert snapshot(stack, user) == before
    assert acts(stack, user) == [('pin_reset', word, 'why')]


def test_unlock_lets_it_be_reset(stack, user):
    ctl(stack, 'pin', 'lock', user, '--change')
    assert call(stack, user).status == 500
    ctl(stack, 'pin', 'reset', user, '--reason', 'x', code=DATA)
    ctl(stack, 'pin', 'unlock', user, '--change')
    ctl(stack, 'pin', 'reset', user, '--reason', 'x')


def test_reset_of_nobody(stack):
    line = ctl(stack, 'pin', 'reset', 'nobody', '--reason', 'x', code=NO_USER)
    assert line.startswith('umwsctl: there is no user "nobody"')
    assert acts(stack, 'nobody') == [('pin_reset', 'unknown', 'x')]


def test_limits_do_not_hold(stack, user):
    """Nor do operators' resets count for those of the user."""
    for _ in range(5):
        reset(stack, user)
    assert call(stack, user).code() == 'ErrorServerBusy'
    ctl(stack, 'pin', 'reset', user, '--reason', 'x')
    other = stack.user()
    for _ in range(6):
        ctl(stack, 'pin', 'reset', other, '--reason', 'x')
    assert call(stack, other).status == 200


@pytest.mark.parametrize('words,code,said', [
    (('reset',), USAGE, '--reason'),
    (('reset', '--reason', ''), USAGE, '--reason'),
    (('reset', '--reason', 'a\nb'), DATA, 'U+000A'),
    (('reset', '--reason', 'a\rb'), DATA, 'U+000D'),
    (('reset', '--reason', 'a\u202eb'), DATA, 'U+202E'),
    (('reset', '--reason', 'x' * 501), DATA, '501'),
    (('reset', '--reason', b'\xff'), DATA, 'UTF-8'),
    (('set', '--reason', 'a\nb'), DATA, 'U+000A'),
    (('set', OWN), USAGE, 'too many arguments'),
    (('set', '--pin', OWN), USAGE, 'unknown option')])
def test_bad_input(stack, user, words, code, said):
    before = snapshot(stack, user)
    done = subprocess.run(command(stack, 'pin', words[0], user, *words[1:]),
                          capture_output=True, text=True, env=environment())
    assert done.returncode == code
    assert said in done.stderr and done.stderr.count('\n') == 1
    assert snapshot(stack, user) == before and acts(stack, user) == []


REASONS = {'U+000A': 'a\nb', 'U+000D': 'a\rb', 'U+001B': 'a\x1bb',
           'U+202E': 'a\u202eb', 'U+2066': 'a\u2066b', '501': 'x' * 501,
           'UTF-8': b'\xff'}


@pytest.mark.parametrize('said', REASONS)
@pytest.mark.parametrize('words', [
    ('pin', 'reset', '{}'), ('pin', 'set', '{}'), ('pin', 'expire', '{}'),
    ('pin', 'lock', '{}'), ('pin', 'unlock', '{}', '--change'),
    ('outbox', 'cancel', '--login', '{}', '--yes')], ids=' '.join)
def test_reasons_that_cannot_be(stack, user, words, said):
    """Of every verb that takes one."""
    words = [word.format(user) for word in words]
    done = subprocess.run(command(stack, *words, '--reason', REASONS[said]),
                          capture_output=True, text=True, env=environment())
    assert done.returncode == DATA
    assert said in done.stderr and done.stderr.count('\n') == 1
    assert acts(stack, user) == []


@pytest.mark.parametrize('login', ['a\nb', 'a\rb', 'a\u202eb', 'x' * 400])
def test_logins_that_cannot_be(stack, login):
    line = ctl(stack, 'pin', 'reset', login, '--reason', 'x', code=NO_USER)
    assert line.count('\n') == 1


@pytest.mark.parametrize('key', ['pepper_key', 'mail_pub'])
def test_no_key(stack, user, tmp_path, key):
    conf = conf_of(stack, tmp_path, **{key: tmp_path / 'none'})
    line = ctl(stack, 'pin', 'reset', user, '--reason', 'x',
               code=CONFIGURATION, conf=conf)
    assert line.count('\n') == 1 and str(tmp_path / 'none') in line
    assert snapshot(stack, user) == (0, 0, 0)


def test_a_mail_key_that_is_not_registered(stack, user):
    stack.sql("UPDATE umws.mail_key SET state = 'retired'")
    line = ctl(stack, 'pin', 'reset', user, '--reason', 'x',
               code=CONFIGURATION)
    stack.sql("UPDATE umws.mail_key SET state = 'active'")
    assert 'umwsctl key create mail' in line
    assert snapshot(stack, user) == (0, 0, 0)
    assert acts(stack, user) == [('pin_reset', 'key_unknown', 'x')]


@pytest.mark.parametrize('role,code', [
    ('umws_helpdesk', 0), ('umws_worker', 77), ('umws_mailer', 77)])
def test_roles(stack, user, tmp_path, role, code):
    conf = conf_of(stack, tmp_path, database_admin=stack.env[
        'UMWS_DSN_ADMIN'].replace('umws_admin', role))
    ctl(stack, 'pin', 'reset', user, '--reason', 'x', code=code, conf=conf)
    assert len(stack.outbox(user)) == (code == 0)


def test_killed_at_the_commit(stack, user):
    """All of it or nothing, and no second time."""
    with stack.held_rows(user):
        process = start(stack, 'pin', 'reset', user, '--reason', 'x')
        (backend,) = waiting(stack)
        process.kill()
        process.communicate()
    gone(stack, backend)
    count = stack.state(user)['generation']
    assert snapshot(stack, user) == (count, count, count) and count in (0, 1)
    assert len(acts(stack, user)) == count
    ctl(stack, 'pin', 'reset', user, '--reason', 'x')
    assert stack.is_pin(user, pin_of(last_mail(stack, user)))


def test_the_answer_to_the_commit_is_lost(stack, user):
    """Fenced off as abandoned, and done once under another id."""
    with stack.held_rows(user):
        process = start(stack, 'pin', 'reset', user, '--reason', 'x')
        (backend,) = waiting(stack)
        stack.sql('SELECT pg_terminate_backend(%s)', backend)
    said, complaint = process.communicate()
    assert process.returncode == 0, complaint
    assert snapshot(stack, user) == (1, 1, 1)
    assert [result for _, result, _ in acts(stack, user)] == ['abandoned',
                                                              'ok']
    assert {row['actor'] for row in stack.audit(user, by_operators=True)} == {
        run('id', '-un').stdout.strip()}
    assert stack.is_pin(user, pin_of(last_mail(stack, user)))


def test_committed_after_we_gave_up(stack, user, tmp_path):
    """The row is let go of when umwsctl has given up waiting for it."""
    conf = conf_of(stack, tmp_path, request_timeout='4s')
    with stack.held_rows(user):
        process = subprocess.Popen(
            command(stack, 'pin', 'reset', user, '--reason', 'x', conf=conf),
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment())
        (backend,) = waiting(stack)
        said, complaint = process.communicate()
    gone(stack, backend)
    assert process.returncode == TEMPORARY
    assert complaint.splitlines()[-1].startswith('umwsctl: the database ')
    count = stack.state(user)['generation']
    assert snapshot(stack, user) == (count, count, count) and count in (0, 1)
    ctl(stack, 'pin', 'reset', user, '--reason', 'x')
    assert stack.is_pin(user, pin_of(last_mail(stack, user)))


def test_umwsctl_opens_no_sealed_pin(stack):
    program = os.path.join(stack.env['UMWS_BINDIR'], 'umwsctl')
    imported = run('objdump', '-T', program).stdout
    assert re.search(r'crypto_box_seal$', imported, re.MULTILINE)
    assert 'crypto_box_seal_open' not in imported


def test_set(stack, user):
    """It opens the mailbox once, to be changed; a mail without it tells."""
    reset(stack, user)
    said = ctl(stack, 'pin', 'set', user, '--reason', 'no mail', text=OWN)
    assert said == (f'the PIN of {user} was set, and has to be changed at the '
                    f'first logon; a mail that tells of it is queued for '
                    f'{user}@example.test\n')
    assert [(row['kind'], row['state']) for row in stack.outbox(user)] == [
        ('reset', 'superseded'), ('set', 'queued')]
    mail = last_mail(stack, user)
    assert len(stack.mail_files(user)) == 1
    words = ' '.join(plain_text(mail).split())
    assert 'an administrator set the PIN of your voice mailbox' in words
    subject = email.message_from_bytes(
        as_received(mail), policy=email.policy.default)['Subject']
    assert subject.startswith('Your voice mail PIN was changed')
    assert digit_lines(mail) == [] and OWN not in mail.read_text()
    state = stack.state(user)
    assert state['must_change'] and state['temporary_ends_at'] is not None
    assert acts(stack, user) == [('pin_set', 'ok', 'no mail')]
    assert logon(stack, user, OWN) == 'CHANGE'
    assert change(stack, user, OWN, OWN).startswith('REFUSED history')
    assert change(stack, user, OWN, other_than(OWN)) == 'OK'
    assert logon(stack, user, other_than(OWN)) == 'OK'


def test_set_is_temporary(stack, user):
    ctl(stack, 'pin', 'set', user, text=OWN)
    stack.sql('UPDATE umws.um_user SET temporary_until = temporary_until'
              " - interval '7 days 1 second' WHERE login = %s", user)
    assert logon(stack, user, OWN) == 'DENIED'


def test_set_ends_a_lockout_and_a_due_reset(stack, user):
    stack.sql('UPDATE umws.um_user SET locked_out_at = now() WHERE login = %s',
              user)
    stack.sql('UPDATE umws.um_user SET reset_due = true, failed_logons = 15'
              ' WHERE login = %s', user)
    ctl(stack, 'pin', 'set', user, text=OWN)
    assert logon(stack, user, OWN) == 'CHANGE'
    state = stack.state(user)
    assert (state['is_locked_out'], state['reset_due'],
            state['failed_logons']) == (False, False, 0)


def test_set_without_a_notice(stack, user):
    """The policy's NotifyChange is for this one, too."""
    reset(stack, user)
    ctl(stack, 'policy', 'set', 'default', 'NotifyChange=no')
    try:
        (row,) = json.loads(ctl(stack, 'pin', 'set', user, '--json',
                                text=OWN))
    finally:
        ctl(stack, 'policy', 'set', 'default', 'NotifyChange=yes')
    assert row == {'login': user, 'recipient': None, 'mail': None,
                   'told': None}
    assert [row['state'] for row in stack.outbox(user)] == ['superseded']
    assert logon(stack, user, OWN) == 'CHANGE'


@pytest.mark.parametrize('pin,rule,said', [
    ('123456', 'common', None), ('12', 'length', None),
    ('9' * 25, 'length', None), ('90471a', 'digits', None),
    ('', 'length', None), ('904716 ', 'digits', None),
    (OWN, 'history', 'The PIN was used before.')])
def test_set_refused(stack, user, pin, rule, said):
    if rule == 'history':
        ctl(stack, 'pin', 'set', user, text=OWN + '\n')
    before = snapshot(stack, user)
    line = ctl(stack, 'pin', 'set', user, '--reason', 'x', text=pin + '\n',
               code=DATA)
    assert line.startswith(f'umwsctl: the PIN of {user} is what it was: ')
    assert line.count('\n') == 1
    assert pin == '' or pin not in line.replace(user, '')
    assert said is None or said in line
    assert snapshot(stack, user) == before
    row = stack.audit(user, by_operators=True)[-1]
    assert (row['action'], row['result'], row['rule'], row['reason']) == (
        'pin_set', 'refused', rule, 'x')


@pytest.mark.parametrize('change_row,word,said', [
    ('pin_locked = true', 'pin_locked', 'pin unlock {} --change'),
    ('um_enabled = false', 'disabled', '{} is disabled')])
def test_set_refused_by_the_mailbox(stack, user, change_row, word, said):
    stack.sql(f'UPDATE umws.um_user SET {change_row} WHERE login = %s', user)
    line = ctl(stack, 'pin', 'set', user, text=OWN, code=DATA)
    assert said.format(user) in line
    assert acts(stack, user) == [('pin_set', word, None)]


def test_set_without_a_line(stack, user):
    line = ctl(stack, 'pin', 'set', user, code=66)
    assert 'no PIN came' in line and acts(stack, user) == []


def test_set_killed_at_the_commit(stack, user):
    with stack.held_rows(user):
        process = start(stack, 'pin', 'set', user)
        process.stdin.write(OWN + '\n')
        process.stdin.flush()
        (backend,) = waiting(stack)
        process.kill()
        process.communicate()
    gone(stack, backend)
    count = stack.state(user)['generation']
    assert snapshot(stack, user) == (count, count, count) and count in (0, 1)
    assert len(acts(stack, user)) == count


def test_set_the_answer_to_the_commit_is_lost(stack, user):
    with stack.held_rows(user):
        process = start(stack, 'pin', 'set', user)
        process.stdin.write(OWN + '\n')
        process.stdin.flush()
        (backend,) = waiting(stack)
        stack.sql('SELECT pg_terminate_backend(%s)', backend)
    said, complaint = process.communicate()
    assert process.returncode == 0, complaint
    assert [result for _, result, _ in acts(stack, user)] == ['abandoned',
                                                              'ok']
    assert stack.is_pin(user, OWN)


def typed(stack, user, *lines):
    """What a terminal shows of pin set, and its exit code."""
    ours, its = pty.openpty()
    process = subprocess.Popen(command(stack, 'pin', 'set', user), stdin=its,
                               stdout=its, stderr=its, env=environment())
    shown = b''
    for prompt, line in zip((b'New PIN: ', b'The same again: '), lines):
        while prompt not in shown:
            shown += os.read(ours, 4096)
        assert not termios.tcgetattr(its)[3] & termios.ECHO
        os.write(ours, line.encode() + b'\n')
    process.wait()
    while select.select([ours], [], [], 0.2)[0]:
        shown += os.read(ours, 4096)
    assert termios.tcgetattr(its)[3] & termios.ECHO
    os.close(ours)
    os.close(its)
    return process.returncode, shown.decode()


def test_typed_twice(stack, user):
    code, shown = typed(stack, user, OWN, OWN)
    assert code == 0 and OWN not in shown
    assert stack.is_pin(user, OWN)


def test_typed_differently(stack, user):
    for second in ('904717', '90471', '9047160', ''):
        code, shown = typed(stack, user, OWN, second)
        assert code == DATA and 'two PINs: nothing was changed' in shown
        assert OWN not in shown
    assert snapshot(stack, user) == (0, 0, 0)


def test_expire(stack, user):
    """The next logon has to change it; a reset is still to be had."""
    reset(stack, user)
    assert change(stack, user, pin_of(last_mail(stack, user)), OWN) == 'OK'
    assert logon(stack, user, OWN) == 'OK'
    assert ctl(stack, 'pin', 'expire', user, '--reason', 'x') == (
        f'the PIN of {user} has expired: the next logon has to change it\n')
    assert logon(stack, user, OWN) == 'CHANGE'
    (row,) = json.loads(ctl(stack, 'pin', 'expire', user, '--json'))
    assert (row['login'], row['is_changed']) == (user, False)
    assert 'as before' in row['message']
    assert logon(stack, user, OWN) == 'CHANGE'
    assert acts(stack, user) == [('pin_expire', 'ok', 'x'),
                                 ('pin_expire', 'ok', None)]
    assert call(stack, user).status == 200
    reset_pin = pin_of(last_mail(stack, user))
    assert change(stack, user, reset_pin, other_than(OWN)) == 'OK'
    assert logon(stack, user, other_than(OWN)) == 'OK'


def test_expire_what_cannot(stack, user):
    assert 'has no PIN' in ctl(stack, 'pin', 'expire', user, code=DATA)
    reset(stack, user)
    ctl(stack, 'pin', 'lock', user, '--change')
    assert f'pin unlock {user} --change' in ctl(
        stack, 'pin', 'expire', user, code=DATA)
    for words in (('expire',), ('lock',), ('unlock', '--change')):
        assert 'no user "nobody"' in ctl(stack, 'pin', words[0], 'nobody',
                                         *words[1:], code=NO_USER)


def status(stack, user, conf=None):
    (row,) = json.loads(ctl(stack, 'pin', 'status', user, '--json',
                            conf=conf))
    return row


def test_status(stack, user, tmp_path):
    """As Get-UMMailboxPIN has it, through the life of a mailbox."""
    row = status(stack, user)
    assert (row['state'], row['has_pin'], row['is_first_time']) == (
        'no_pin', False, True)
    reset(stack, user)
    pin = pin_of(last_mail(stack, user))
    row = status(stack, user.upper())
    assert (row['login'], row['state'], row['is_first_time'],
            row['must_change']) == (user, 'must_change', True, True)
    assert row['temporary_ends_at'] > row['set_at']
    ctl(stack, 'pin', 'expire', user)
    row = status(stack, user)
    assert (row['state'], row['is_expired'], row['is_first_time']) == (
        'expired', True, True)
    assert change(stack, user, pin, OWN) == 'OK'
    row = status(stack, user)
    assert (row['state'], row['is_expired'], row['is_first_time'],
            row['temporary_ends_at']) == ('ready', False, False, None)
    assert row['expires_at'] > row['set_at']
    assert logon(stack, user, '1') == 'DENIED'
    assert status(stack, user)['failed_logons'] == 1
    ctl(stack, 'pin', 'lock', user)
    row = status(stack, user)
    assert (row['state'], row['is_locked_out'], row['lockout_ends_at']) == (
        'locked_out', True, None)
    ctl(stack, 'pin', 'unlock', user)
    ctl(stack, 'pin', 'lock', user, '--change')
    assert (status(stack, user)['pin_locked'],
            status(stack, user)['state']) == (True, 'ready')
    ctl(stack, 'pin', 'unlock', user, '--change')
    ctl(stack, 'pin', 'reset', user, '--reason', 'x')
    row = status(stack, user)
    assert (row['is_first_time'], row['must_change']) == (False, True)
    conf = conf_of(stack, tmp_path, database_admin=stack.env[
        'UMWS_DSN_ADMIN'].replace('umws_admin', 'umws_helpdesk'))
    assert status(stack, user, conf) == row
    assert not {'verifier', 'pin', 'pin_key_id'} & set(row)


def test_status_in_words(stack, user):
    ctl(stack, 'policy', 'set', 'brief', 'LockoutDuration=10m')
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM'
              " umws.policy WHERE name = 'brief') WHERE login = %s", user)
    stack.sql('UPDATE umws.um_user SET locked_out_at = now() WHERE login = %s',
              user)
    lines = dict(line.split(':', 1) for line in ctl(
        stack, 'pin', 'status', user).splitlines())
    lines = {title: value.strip() for title, value in lines.items()}
    assert lines['Login'] == user and lines['State'] == 'locked_out'
    assert lines['Locked out'] == 'yes' and lines['First-time user'] == 'yes'
    assert lines['Lockout ends'] > lines['Locked out since']
    assert lines['Failed logons'] == '0' and lines['Expires'] == '-'
    assert lines['By an administrator'] == 'no'
    ctl(stack, 'pin', 'status', 'nobody', code=NO_USER)


def test_states_of_the_table(stack, user):
    """What each verb makes a telephone and ResetPIN say, and what ends it."""
    reset(stack, user)
    assert change(stack, user, pin_of(last_mail(stack, user)), OWN) == 'OK'
    ctl(stack, 'pin', 'lock', user)
    assert logon(stack, user, OWN) == 'LOCKED'
    assert change(stack, user, OWN, other_than(OWN)) == 'LOCKED'
    ctl(stack, 'pin', 'unlock', user)
    assert logon(stack, user, OWN) == 'OK'
    ctl(stack, 'pin', 'lock', user, '--change')
    assert logon(stack, user, OWN) == 'OK'
    assert change(stack, user, OWN, other_than(OWN)) == (
        'REFUSED pin_locked The PIN is locked against change.')
    assert call(stack, user).code() == 'ErrorPinLocked' or call(
        stack, user).status == 500
    ctl(stack, 'pin', 'unlock', user, '--change')
    ctl(stack, 'pin', 'lock', user)
    assert call(stack, user).status == 200
    mail = last_mail(stack, user)
    assert plain_text(mail).startswith('Your voice mailbox is locked')
    assert logon(stack, user, pin_of(mail)) == 'LOCKED'
    ctl(stack, 'pin', 'reset', user, '--reason', 'x')
    assert logon(stack, user, pin_of(last_mail(stack, user))) == 'LOCKED'
    ctl(stack, 'pin', 'unlock', user)
    assert logon(stack, user, pin_of(last_mail(stack, user))) == 'CHANGE'


@pytest.fixture
def elsewhere(stack, user):
    """A user whose policy lets a PIN go to another address."""
    ctl(stack, 'policy', 'set', 'travel', 'AllowNotifyAddress=yes')
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM'
              " umws.policy WHERE name = 'travel') WHERE login = %s", user)
    return user


def notify(stack, user, address='boss', **more):
    return ctl(stack, 'pin', 'reset', user, '--reason', 'abroad', '--notify',
               f'{address}@example.test', **more)


def kinds(stack, user):
    return sorted((row['kind'], row['recipient'].partition('@')[0],
                   row['state']) for row in stack.outbox(user))


def test_notify(stack, elsewhere):
    """The PIN goes to one address, and the word of it to the other."""
    user, boss = elsewhere, f'boss-of-{elsewhere}'
    assert notify(stack, user, boss) == (
        f'the PIN of {user} was reset; the mail with the new one is queued '
        f'for {boss}@example.test, and one that tells of it for '
        f'{user}@example.test\n')
    assert kinds(stack, user) == [('admin', boss, 'queued'),
                                  ('elsewhere', user, 'queued')]
    stack.mailer()
    (mail,), (notice,) = stack.mail_files(boss), stack.mail_files(user)
    pin = pin_of(mail)
    assert logon(stack, user, pin) == 'CHANGE'
    words = ' '.join(plain_text(notice).split())
    assert 'sent to another mail address than this one' in words
    assert digit_lines(notice) == [] and pin not in notice.read_text()
    assert acts(stack, user) == [
        ('pin_reset', 'ok', f'notify {boss}@example.test: abroad')]
    assert {row['state'] for row in stack.outbox(user)} == {'sent'}
    assert stack.sql('SELECT DISTINCT sealed FROM umws.outbox o JOIN'
                     ' umws.um_user u ON u.id = o.user_id WHERE login = %s',
                     user) == [(None,)]


def test_notify_as_json(stack, elsewhere):
    (row,) = json.loads(ctl(stack, 'pin', 'reset', elsewhere, '--reason', 'x',
                            '--notify', 'boss@example.test', '--json'))
    assert row == {'login': elsewhere, 'recipient': 'boss@example.test',
                   'mail': [mail['id'] for mail in stack.outbox(elsewhere)
                            if mail['kind'] == 'admin'][0],
                   'told': f'{elsewhere}@example.test'}


def test_notify_has_to_be_allowed(stack, user):
    line = notify(stack, user, code=77)
    assert 'AllowNotifyAddress=yes' in line and line.count('\n') == 1
    assert snapshot(stack, user) == (0, 0, 0)
    assert acts(stack, user) == [('pin_reset', 'notify_refused',
                                  'notify boss@example.test: abroad')]


def test_notify_is_forbidden_meanwhile(stack, elsewhere):
    """Looked at again under the lock, when the PIN is stored."""
    with stack.held_rows(elsewhere):
        process = start(stack, 'pin', 'reset', elsewhere, '--reason', 'x',
                        '--notify', 'boss@example.test')
        waiting(stack)
        ctl(stack, 'policy', 'set', 'travel', 'AllowNotifyAddress=no')
    process.communicate()
    assert process.returncode == 77
    assert snapshot(stack, elsewhere) == (0, 0, 0)


def test_notify_at_the_own_address(stack, user):
    """Which is no other one: nothing is to be allowed, or told."""
    notify(stack, user, user)
    assert kinds(stack, user) == [('welcome', user, 'queued')]
    assert acts(stack, user) == [('pin_reset', 'ok', 'abroad')]


@pytest.mark.parametrize('address', [
    'boss', 'a b@example.test', 'a\nb@example.test', 'a\r\n@example.test',
    'a\u202eb@example.test', 'x' * 300 + '@example.test', '', b'\xff@x.test'])
def test_notify_that_is_no_address(stack, elsewhere, address):
    done = subprocess.run(
        command(stack, 'pin', 'reset', elsewhere, '--reason', 'x', '--notify',
                address), capture_output=True, env=environment())
    assert done.returncode == DATA and b'no mail address' in done.stderr
    assert done.stderr.count(b'\n') == 1
    assert snapshot(stack, elsewhere) == (0, 0, 0)


def test_a_newer_pin_withdraws_the_pin_and_not_the_word(stack, elsewhere):
    """Whoever has a PIN sent elsewhere cannot hide it by another reset, by a
    change, or by wrong PINs."""
    user, boss = elsewhere, f'boss-of-{elsewhere}'
    notify(stack, user, boss)
    notify(stack, user, f'other-{boss}')
    for _ in range(5):
        logon(stack, user, '1')
    ctl(stack, 'pin', 'set', user, text=OWN)
    assert change(stack, user, OWN, other_than(OWN)) == 'OK'
    reset(stack, user)
    assert [row for row in kinds(stack, user) if row[2] == 'queued'] == [
        ('elsewhere', user, 'queued')] * 2 + [('reset', user, 'queued')]
    stack.mailer()
    assert stack.mail_files(boss) == stack.mail_files(f'other-{boss}') == []
    mails = stack.mail_files(user)
    (newest,) = (mail for mail in mails if digit_lines(mail))
    assert len(mails) == 3 and stack.is_pin(user, pin_of(newest))


@pytest.mark.parametrize('words', [('set', '--email', 'new@example.test'),
                                   ('disable',), ('remove', '--yes')])
def test_the_word_of_it_outlives_what_is_done_to_the_mailbox(
        stack, elsewhere, words):
    """Two mails wait, and the one with the PIN alone is withdrawn."""
    boss = f'boss-of-{elsewhere}'
    notify(stack, elsewhere, boss)
    said = ctl(stack, 'user', words[0], elsewhere, *words[1:])
    assert f'a PIN mail to {boss}@example.test was withdrawn' in said
    assert kinds(stack, elsewhere) == ([] if words[0] == 'remove' else [
        ('admin', boss, 'superseded'), ('elsewhere', elsewhere, 'queued')])
    stack.mailer()
    assert stack.mail_files(boss) == []
    assert len(stack.mail_files(elsewhere)) == (words[0] != 'remove')


def test_a_reset_without_a_mail_is_none(stack, user):
    """By SQL, by the help desk's role: nobody would know the PIN but whoever
    has made the verifier."""
    verifier = '$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0c2E$aGFzaA'
    link = psycopg2.connect(stack.env['UMWS_DSN_ADMIN'].replace(
        'umws_admin', 'umws_helpdesk'))
    with link, link.cursor() as cursor:
        cursor.execute(
            'SELECT c.result FROM umws.pin_order_prepare(%s, %s, %s, %s, NULL)'
            ' p, umws.pin_order_commit(gen_random_uuid(), p.user_id, %s, %s,'
            " %s, %s, p.basis, NULL, '{k}', ARRAY[%s], '', NULL, NULL, NULL,"
            ' NULL) c', (user, 'x', 'pin_reset', 'x', user, 'x', 'pin_reset',
                         'x', verifier))
        assert cursor.fetchone() == ('stale',)
    link.close()
    assert snapshot(stack, user) == (0, 0, 0)


def test_a_mailer_killed_over_one_of_two(stack, elsewhere):
    """Both arrive, copies are byte-identical, and neither holds the newest
    PIN up."""
    user, boss = elsewhere, f'boss-of-{elsewhere}'
    stack.mailer()
    notify(stack, user, boss)
    for _ in range(2):
        stack.do('sink', 'delay', '1')
        mailer = subprocess.Popen([stack.env['UMWS_MAILER']],
                                  stderr=subprocess.PIPE)
        eventually(lambda: stack.sql(
            "SELECT id FROM umws.outbox WHERE state = 'sending'"))
        mailer.kill()
        mailer.communicate()
        stack.do('sink', 'ok')
        stack.sql("UPDATE umws.outbox SET lease_until = now() - interval '1"
                  " second' WHERE lease_token IS NOT NULL")
    eventually(lambda: (stack.mailer(), {
        row['state'] for row in stack.outbox(user)} == {'sent'})[1])
    for login, has_pin in ((boss, 1), (user, 0)):
        copies = stack.mail_files(login)
        assert len({as_received(copy) for copy in copies}) == 1
        assert len(digit_lines(copies[0])) == has_pin
    assert logon(stack, user, pin_of(stack.mail_files(boss)[0])) == 'CHANGE'


def test_the_word_of_it_holds_no_newer_pin_up(stack, elsewhere):
    """Its mailer has it still, and the next mail need not wait for it."""
    notify(stack, elsewhere)
    stack.sql("UPDATE umws.outbox SET state = 'sending', lease_token ="
              " gen_random_uuid(), lease_until = now() + interval '12 minutes'"
              " WHERE kind = 'elsewhere' AND sealed IS NOT NULL")
    reset(stack, elsewhere)
    stack.mailer()
    assert ('reset', elsewhere, 'sent') in kinds(stack, elsewhere)
    assert ('elsewhere', elsewhere, 'sending') in kinds(stack, elsewhere)


def test_notify_killed_at_the_commit(stack, elsewhere):
    """Both mails or none."""
    with stack.held_rows(elsewhere):
        process = start(stack, 'pin', 'reset', elsewhere, '--reason', 'x',
                        '--notify', 'boss@example.test')
        (backend,) = waiting(stack)
        process.kill()
        process.communicate()
    gone(stack, backend)
    count = stack.state(elsewhere)['generation']
    assert snapshot(stack, elsewhere) == (count, count, 2 * count)
