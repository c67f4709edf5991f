"""The queue's verbs: show, stats, retry, cancel."""
import json
import signal
import subprocess
import time
import uuid

import pytest

from harness import CHEAP, environment, run
from soap import call, reset

OPTIONS = CHEAP + ('--limits', 'off')
NOBODYS = '4f1d6a52-8a53-4c0e-9d6e-2c1b7a0f3e11'
RESET = 'umwsctl pin reset --reason undelivered'
DEAD = ("UPDATE umws.outbox SET state = 'dead', sealed = NULL, last_error ="
        " '550 no such user' WHERE id = %s")


def ctl(stack, *words, code=0, text=None):
    done = run(stack.env['UMWS_CTL'], 'outbox', *words, text=text)
    assert done.returncode == code, (words, done.returncode, done.stdout,
                                     done.stderr)
    if code:
        assert done.stdout == '' and done.stderr.count('\n') == 1
    return done.stdout if code == 0 else done.stderr


def mail(stack, user):
    """The row of a fresh mail that is to wait for an hour."""
    reset(stack, user)
    number = stack.outbox(user)[-1]['id']
    stack.sql("UPDATE umws.outbox SET next_attempt_at = now() + interval '1 h'"
              ' WHERE id = %s', number)
    return number


def row(stack, number):
    return stack.sql('SELECT to_jsonb(o) FROM umws.v_outbox o WHERE id = %s',
                     number)[0][0]


def acts(stack, action):
    return stack.sql('SELECT login, actor, reason FROM umws.audit WHERE'
                     ' action = %s ORDER BY id', action)


def is_due(stack, number):
    return stack.value('SELECT next_attempt_at <= clock_timestamp() FROM'
                       ' umws.outbox WHERE id = %s', number)


@pytest.fixture(autouse=True)
def empty(stack):
    stack.sql('DELETE FROM umws.outbox')


def test_show(stack, user):
    number = mail(stack, user)
    lines = ctl(stack, 'show', number).splitlines()
    assert lines[0].split() == ['Id', number]
    assert ['Recipient', f'{user}@example.test'] in [
        line.split() for line in lines]
    (one,) = json.loads(ctl(stack, 'show', number, '--json'))
    assert one['login'] == user and one['has_sealed'] is True
    assert 'sealed' not in one
    other = str(uuid.uuid4())
    assert f'there is no mail {other}' in ctl(stack, 'show', other, code=67)


@pytest.mark.parametrize('verb', ['show', 'retry', 'cancel'])
@pytest.mark.parametrize('word', [
    'x', '', '1234', "'; DROP TABLE umws.outbox; --", 'a\rb', 'ä' * 36,
    '00000000-0000-0000-0000-00000000000g',
    '00000000-0000-0000-0000-0000000000000'])
def test_bad_id(stack, user, verb, word):
    number = mail(stack, user)
    assert 'is no id of a mail' in ctl(stack, verb, word, code=64)
    assert row(stack, number)['state'] == 'queued'


def test_stats(stack):
    numbers = [mail(stack, stack.user()) for _ in range(3)]
    stack.sql(DEAD, numbers[0])
    rows = json.loads(ctl(stack, 'stats', '--json'))
    assert [(one['state'], one['kind'], one['mails']) for one in rows] == [
        ('dead', 'reset', 1), ('queued', 'reset', 2)]
    assert rows[0]['next_attempt_at'] is None
    assert rows[1]['oldest_at'] == json.loads(ctl(
        stack, 'show', numbers[1], '--json'))[0]['created_at']
    lines = ctl(stack, 'stats').splitlines()
    assert lines[0].split()[:3] == ['STATE', 'KIND', 'MAILS']
    assert lines[2].split()[:3] == ['queued', 'reset', '2']


def test_retry_one(stack, user):
    number, other = mail(stack, user), mail(stack, stack.user())
    said = ctl(stack, 'retry', number, '--dry-run')
    assert said.endswith('nothing was changed: --dry-run\n')
    assert not is_due(stack, number)
    before = len(acts(stack, 'outbox_retry'))
    assert ctl(stack, 'retry', number) == (
        f'the mail to {user}@example.test is due now\n')
    assert is_due(stack, number) and not is_due(stack, other)
    assert acts(stack, 'outbox_retry')[before:] == [
        (user, run('id', '-un').stdout.strip(), number)]
    stack.mailer()
    assert len(stack.mail_files(user)) == 1


def test_retry_all(stack):
    numbers = [mail(stack, stack.user()) for _ in range(4)]
    stack.sql("UPDATE umws.outbox SET created_at = now() - interval '3 h'"
              ' WHERE id = %s', numbers[0])
    stack.sql('UPDATE umws.outbox SET lease_token = gen_random_uuid(),'
              " lease_until = now() + interval '1 h' WHERE id = %s",
              numbers[1])
    assert ctl(stack, 'retry', '--since', '2h') == (
        '2 mails that were to wait are due now\n')
    assert [is_due(stack, number) for number in numbers] == [
        False, False, True, True]
    (one,) = json.loads(ctl(stack, 'retry', '--state', 'queued', '--json'))
    assert one['message'].startswith('1 mails') and one['is_due'] is True
    assert acts(stack, 'outbox_retry')[-1][0] == 'outbox'
    assert ctl(stack, 'retry').startswith('0 mails')
    said = ctl(stack, 'retry', numbers[1])
    assert said.startswith('a mailer is at the mail to ')


def test_retry_of_what_is_settled(stack):
    """Its PIN is gone: how to have another one is said. Many of them at once:
    mail/test_lost_pins.py."""
    users = [stack.user() for _ in range(2)]
    for user in users:
        stack.sql(DEAD, mail(stack, user))
    # The second one has another PIN meanwhile.
    number = mail(stack, users[1])
    before = stack.world()
    dead = stack.outbox(users[0])[0]['id']
    said = ctl(stack, 'retry', dead)
    assert f'another: {RESET} {users[0]}\n' in said
    superseded = stack.outbox(users[1])[0]['id']
    assert 'nothing is left of it' in ctl(stack, 'retry', superseded)
    assert stack.world() == before
    assert row(stack, number)['state'] == 'queued'
    # And that is what helps.
    done = run(stack.env['UMWS_CTL'], *said.split('umwsctl ')[1].split())
    assert done.returncode == 0, done.stderr
    stack.mailer()
    assert len(stack.mail_files(users[0])) == 1
    assert 'nothing is left of it' in ctl(stack, 'retry', dead)


def test_command_for_an_odd_login(stack, user):
    """A shell takes it as one word."""
    odd = "o'b; rm $x"
    stack.sql('UPDATE umws.um_user SET login = %s WHERE login = %s', odd, user)
    try:
        said = stack.value('SELECT umws.reset_command(%s)', odd)
        done = run('sh', '-c', 'printf "%s\\n" ' + said)
        assert done.stdout.splitlines() == [*RESET.split(), '--', odd]
    finally:
        stack.sql('UPDATE umws.um_user SET login = %s WHERE login = %s', user,
                  odd)


@pytest.mark.parametrize('words, code', [
    (('retry', '--state', 'sent'), 65), (('retry', '--state', "x'"), 65),
    (('retry', '--since', 'yesterday'), 64), (('retry', 'x', 'y'), 64),
    (('cancel',), 64), (('cancel', '--login', 'nobody', '--yes'), 67),
    (('cancel', '--login', 'a\tb', '--yes'), 67),
    (('cancel', '--login', '\u202eb', '--yes'), 67),
    (('cancel', '--login', 'x' * 300, '--yes'), 67),
    (('cancel', NOBODYS, '--login', 'x', '--yes'), 64),
    (('cancel', NOBODYS, '--yes'), 67)], ids=str)
def test_bad_input(stack, user, words, code):
    number = mail(stack, user)
    before = row(stack, number)
    ctl(stack, *words, code=code)
    assert row(stack, number) == before


def test_bad_pair(stack, user):
    number = mail(stack, user)
    ctl(stack, 'retry', number, '--state', 'dead', code=64)
    assert not is_due(stack, number)


def test_cancel(stack, user):
    number = mail(stack, user)
    said = ctl(stack, 'cancel', number, code=64, text='')
    assert 'the PIN in it reaches nobody' in said and '--yes' in said
    said = ctl(stack, 'cancel', number, '--yes', '--reason', 'wrong address')
    assert said == (f'the mail to {user}@example.test is withdrawn; its PIN'
                    ' holds and reaches nobody: to draw and send another:'
                    f' {RESET} {user}\n')
    one = row(stack, number)
    assert one['state'] == 'superseded' and one['has_sealed'] is False
    assert one['last_error'] == 'withdrawn by an operator'
    assert acts(stack, 'outbox_cancel')[-1] == (
        user, run('id', '-un').stdout.strip(), f'{number}: wrong address')
    stack.sql('UPDATE umws.outbox SET next_attempt_at = now()')
    stack.mailer()
    assert stack.mail_files(user) == []
    assert 'is superseded already' in ctl(stack, 'cancel', number, '--yes',
                                          code=65)
    assert f'no mail of {user} waits' in ctl(
        stack, 'cancel', '--login', user, '--yes', code=65)
    # Another PIN goes its way.
    assert call(stack, user).status == 200
    stack.mailer()
    assert len(stack.mail_files(user)) == 1


def test_cancel_by_login(stack, user):
    number = mail(stack, user)
    (one,) = json.loads(ctl(stack, 'cancel', '--login', user.upper(), '--yes',
                            '--json'))
    assert one['id'] == number and one['was_sending'] is False


def test_cancel_under_way(stack, user):
    """The mailer's lease stays, and it is said that the mail may be sent."""
    number = mail(stack, user)
    token = str(uuid.uuid4())
    stack.sql("UPDATE umws.outbox SET state = 'sending', lease_token = %s,"
              " lease_until = now() + interval '1 min' WHERE id = %s",
              token, number)
    said = ctl(stack, 'cancel', number, '--yes')
    assert 'a mailer is at it: it may be sent all the same' in said
    assert stack.value('SELECT lease_token::text FROM umws.outbox WHERE id ='
                       ' %s', number) == token
    stack.sql("SELECT umws.outbox_settle(%s, %s, 'sent', 0, NULL)", number,
              token)
    assert row(stack, number)['state'] == 'superseded'


def told(stack, user):
    """Mails to the user of which none has a PIN: by their kinds."""
    stack.sql("INSERT INTO umws.policy (name, allow_notify_address) VALUES"
              " ('far', true) ON CONFLICT DO NOTHING")
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM umws.policy'
              " WHERE name = 'far') WHERE login = %s", user)
    done = run(stack.env['UMWS_CTL'], 'pin', 'reset', user, '--reason', 'x',
               '--notify', 'thief@example.test')
    assert done.returncode == 0, done.stderr
    return {one['kind']: one['id'] for one in stack.outbox(user)}


def test_cancel_does_not_silence_by_the_way(stack, user):
    """The word that a PIN went elsewhere: nobody withdraws it unawares."""
    mails = told(stack, user)
    (one,) = json.loads(ctl(stack, 'cancel', '--login', user, '--yes',
                            '--reason', 'x', '--json'))
    assert one['id'] == mails['admin']
    assert 'its id' in ctl(stack, 'cancel', '--login', user, '--yes',
                           '--reason', 'x', code=65)
    for words in (), ('--reason', ''), ('--reason', '  '):
        said = ctl(stack, 'cancel', mails['elsewhere'], '--yes', *words,
                   code=65)
        assert f'tells {user}@example.test what was done' in said
        assert '--reason' in said
    assert row(stack, mails['elsewhere'])['state'] == 'queued'
    assert len(acts(stack, 'outbox_cancel')) == len(
        [act for act in acts(stack, 'outbox_cancel') if act[0] != user]) + 1
    stack.mailer()
    (notice,) = stack.mail_files(user)
    assert 'another mail address' in ' '.join(notice.read_text().split())


@pytest.mark.parametrize('kind', ['elsewhere', 'set', 'changed'])
def test_cancel_of_a_word_is_told(stack, user, kind):
    number = told(stack, user)['elsewhere']
    stack.sql("UPDATE umws.outbox SET state = 'superseded', sealed = NULL"
              " WHERE kind = 'admin'")
    stack.sql('UPDATE umws.outbox SET kind = %s WHERE id = %s', kind, number)
    ctl(stack, 'cancel', number, '--yes', code=65)
    said = ctl(stack, 'cancel', number, '--yes', '--reason', 'by order')
    assert said.endswith('is withdrawn; it had no PIN in it\n')
    assert row(stack, number)['state'] == 'superseded'
    assert acts(stack, 'outbox_cancel')[-1] == (
        user, run('id', '-un').stdout.strip(),
        f'{number}, of kind {kind} to {user}@example.test: by order')


def test_retry_killed(stack):
    """All mails or none: once what the killed one began has ended. While it
    is at work another leaves it the rows that it holds, and has the rest."""
    stack.sql("""
        INSERT INTO umws.um_user (login, email, policy_id)
        SELECT 'k' || n, 'k' || n || '@example.test', 1
        FROM generate_series(1, 20000) n ON CONFLICT DO NOTHING""")
    stack.sql("""
        INSERT INTO umws.outbox (id, user_id, generation, kind, recipient,
            locale, key_id, sealed, next_attempt_at, created_at, expires_at,
            display_name, extension, access_numbers, extra_text,
            is_locked_out, must_change)
        SELECT gen_random_uuid(), u.id, 1, 'reset', u.email, 'en', 'k', 'x',
            now() + interval '1 h', now(), now() + interval '1 d', '', '', '',
            '', false, false
        FROM umws.um_user u WHERE u.email LIKE 'k%@example.test'""")
    for wait in (0.02, 0.05, 0.1, 0.2):
        one = subprocess.Popen(
            [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
             stack.env['UMWS_CONF'], 'outbox', 'retry'], env=environment(),
            stdout=subprocess.DEVNULL)
        time.sleep(wait)
        one.send_signal(signal.SIGKILL)
        one.wait()
        stack.wait_for_operators()
        due = stack.value('SELECT count(*) FROM umws.outbox WHERE'
                          ' next_attempt_at <= now()')
        assert due in (0, 20000)
    stack.sql('DELETE FROM umws.outbox')
    stack.sql("DELETE FROM umws.um_user WHERE email LIKE 'k%@example.test'")
