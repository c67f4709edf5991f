"""The PIN verbs of umwsctl: what the help desk does, and what its users and
their telephones see of it."""
import json
import os
import pathlib
import re
import subprocess

import pytest

from harness import CHEAP, environment, eventually, pin_of, plain_text, run
from phonecall import change, logon
from soap import call, reset

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
    assert 'your help desk reset the PIN' in ' '.join(
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
                   'mail': stack.outbox(user)[0]['id']}


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
    (('reset', '--reason', b'\xff'), DATA, 'UTF-8')])
def test_bad_input(stack, user, words, code, said):
    before = snapshot(stack, user)
    done = subprocess.run(command(stack, 'pin', words[0], user, *words[1:]),
                          capture_output=True, text=True, env=environment())
    assert done.returncode == code
    assert said in done.stderr and done.stderr.count('\n') == 1
    assert snapshot(stack, user) == before and acts(stack, user) == []


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
