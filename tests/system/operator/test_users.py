"""Mailboxes that are changed, disabled, enabled again and removed, and what
becomes of their mails."""
import concurrent.futures
import getpass
import json
import subprocess

import pytest

from harness import CHEAP, eventually, pin_of, run
from phonecall import logon
from soap import IS_ENABLED, call, reset

OPTIONS = CHEAP + ('--limits', 'off')
NO_USER, DATA, USAGE = 67, 65, 64
RESET = 'umwsctl pin reset --reason undelivered'
BAD = {'line feed': 'a\nb', 'carriage return': 'a\rb', 'bidi': 'a\u202eb',
       'isolate': 'a\u2066b', 'not UTF-8': b'a\xffb', 'long': 'x' * 300}


def ctl(stack, *words, code=0):
    done = run(stack.env['UMWS_CTL'], *words)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


def acts(stack, login):
    return [(row['action'], row['actor'], row['reason'])
            for row in stack.audit(login, by_operators=True)][1:]


def mails(stack, login):
    return [(row['state'], row['has_sealed']) for row in stack.outbox(login)]


def sent_pin(stack, user):
    reset(stack, user)
    stack.mailer()
    return pin_of(stack.mail_files(user)[-1])


def test_set(stack, user):
    said = ctl(stack, 'user', 'set', user.upper(), '--name', 'Anna "A"',
               '--extension', '0042', '--locale', 'de-AT', '--policy',
               'default')
    assert said.splitlines()[0] == (
        f'changed {user}: name User {user[4:]} -> Anna "A", extension '
        f'{20000 + int(user[4:])} -> 0042, locale en -> de-AT')
    state = stack.state(user)
    assert (state['display_name'], state['extension'], state['locale']) == (
        'Anna "A"', '0042', 'de-AT')
    assert state['email'] == f'{user}@example.test'
    (act,) = acts(stack, user)
    assert act[0] == 'user_set' and act[1] == getpass.getuser()
    assert act[2] == said.splitlines()[0].partition(': ')[2]
    said = ctl(stack, 'user', 'set', user, '--extension', '0042')
    assert said == f'{user} is so already: nothing was changed\n'
    assert len(acts(stack, user)) == 1
    ctl(stack, 'user', 'set', user, '--extension=', '--name=', '--locale=')
    state = stack.state(user)
    assert (state['display_name'], state['extension'], state['locale']) == (
        '', None, None)


def test_set_refused(stack, user):
    other = stack.user()
    taken = stack.state(other)['extension']
    assert 'in use by another mailbox' in ctl(
        stack, 'user', 'set', user, '--extension', taken, code=DATA)
    assert f'there is a user "{other}" already' in ctl(
        stack, 'user', 'set', user, '--login', other, code=DATA)
    assert 'there is no policy "nosuch"' in ctl(
        stack, 'user', 'set', user, '--policy', 'nosuch', code=DATA)
    assert 'there is no user "nobody"' in ctl(
        stack, 'user', 'set', 'nobody', '--name', 'x', code=NO_USER)
    assert acts(stack, user) == []


@pytest.mark.parametrize('bad', BAD.values(), ids=BAD)
@pytest.mark.parametrize('option', ['--email', '--name', '--login',
                                    '--extension', '--locale', '--time-zone',
                                    '--policy'])
def test_set_bad_input(stack, option, bad):
    before = stack.sql('SELECT to_jsonb(u) FROM umws.um_user u ORDER BY id')
    done = run_raw(stack, 'user', 'set', 'user0001', option, bad)
    assert done.returncode in (DATA, USAGE) and done.stdout == b''
    assert done.stderr.count(b'\n') == 1
    assert stack.sql('SELECT to_jsonb(u) FROM umws.um_user u ORDER BY id'
                     ) == before


def run_raw(stack, *words):
    return subprocess.run([stack.env['UMWS_CTL'], *words],
                          capture_output=True)


def test_renamed(stack, user):
    """The verifier is made of the mailbox's number: its PIN stays."""
    pin = sent_pin(stack, user)
    stack.web_users([user, 'renamed'])
    said = ctl(stack, 'user', 'set', user, '--login', 'Renamed', '--json')
    (row,) = json.loads(said)
    assert row['login'] == 'renamed' and row['is_changed'] is True
    assert row['changes'] == f'login {user} -> renamed'
    assert logon(stack, 'renamed', pin) == 'CHANGE'
    assert logon(stack, user, pin) == 'DENIED'
    assert b'>true<' in call(stack, 'renamed', IS_ENABLED).body
    assert b'>false<' in call(stack, user, IS_ENABLED).body


def test_address_changed_before_the_mail(stack, user):
    reset(stack, user)
    old, new = f'{user}@example.test', f'{user}-new@example.test'
    said = ctl(stack, 'user', 'set', user, '--email', new)
    assert said.splitlines() == [
        f'changed {user}: email {old} -> {new}',
        f'a PIN mail to {old} was withdrawn: umwsctl pin reset --reason'
        f' undelivered {user} sends a new one']
    assert mails(stack, user) == [('superseded', False)]
    stack.mailer()
    assert stack.mail_files(user) == []
    reset(stack, user)
    stack.mailer()
    assert len(stack.mail_files(f'{user}-new')) == 1


def test_name_changed_before_the_mail(stack, user):
    """Nothing is wrong with that mail."""
    reset(stack, user)
    assert 'mail' not in ctl(stack, 'user', 'set', user, '--name', 'Other')
    stack.mailer()
    assert len(stack.mail_files(user)) == 1


@pytest.mark.parametrize('words, end', [
    (('set', '--email', 'elsewhere@example.test'), f': {RESET} '),
    (('disable',), f': {RESET} '), (('remove', '--yes'), '\n')])
def test_mail_under_way(stack, user, words, end):
    """It may arrive; it is not sent again."""
    reset(stack, user)
    stack.do('sink', 'delay', '3')
    try:
        mailer = stack.start('mailer')
        eventually(lambda: stack.outbox(user)[0]['state'] == 'sending')
        said = ctl(stack, 'user', words[0], user, *words[1:])
        assert (f'a PIN mail to {user}@example.test is under way and may'
                f' still arrive{end}') in said
        mailer.communicate(timeout=30)
    finally:
        stack.do('sink', 'ok')
    stack.mailer()
    assert len(stack.mail_files(user)) == 1
    assert mails(stack, user) == (
        [] if words[0] == 'remove' else [('superseded', False)])


@pytest.mark.parametrize('words', [
    ('set', '--email', 'new@example.test'), ('disable',),
    ('remove', '--yes')], ids=lambda words: words[0])
def test_two_mails_wait(stack, user, words):
    """The PIN that goes elsewhere is withdrawn, the word of it is not."""
    ctl(stack, 'policy', 'set', 'travel', 'AllowNotifyAddress=yes')
    ctl(stack, 'user', 'set', user, '--policy', 'travel')
    for _ in range(2):
        ctl(stack, 'pin', 'reset', user, '--reason', 'x', '--notify',
            'boss@example.test')
    said = ctl(stack, 'user', words[0], user, *words[1:])
    assert said.count('a PIN mail to boss@example.test was withdrawn') == 1
    assert 'tells of a changed PIN' not in said
    assert sorted((mail['kind'], mail['state'])
                  for mail in stack.outbox(user)) == (
        [] if words[0] == 'remove' else [('admin', 'superseded')] * 2 + [
            ('elsewhere', 'queued')] * 2)
    stack.mailer()
    assert len(stack.mail_files(user)) == (0 if words[0] == 'remove' else 2)


def test_disabled_and_enabled(stack, user):
    pin = sent_pin(stack, user)
    reset_of = stack.state(user)['generation']
    stack.sql("UPDATE umws.outbox SET state = 'queued', sealed = 'x'"
              ' FROM umws.um_user u WHERE u.id = user_id AND login = %s', user)
    said = ctl(stack, 'user', 'disable', user)
    assert said.splitlines() == [
        f'{user} is disabled', f'a PIN mail to {user}@example.test was'
        f' withdrawn: umwsctl pin reset --reason undelivered {user} sends a'
        ' new one when the mailbox is enabled again']
    assert mails(stack, user) == [('superseded', False)]
    assert logon(stack, user, pin) == 'DENIED'
    answer = call(stack, user)
    assert answer.status == 500
    assert b"The user isn&apos;t enabled for Unified Mess" in answer.body
    assert ctl(stack, 'user', 'disable', user) == (
        f'{user} is disabled, as before\n')
    assert ctl(stack, 'user', 'enable', user) == f'{user} is enabled\n'
    assert stack.state(user)['generation'] == reset_of
    assert logon(stack, user, pin) == 'CHANGE'
    assert [row[0] for row in acts(stack, user)] == [
        'user_disable', 'user_disable', 'user_enable']


def test_enabled_whose_extension_is_taken(stack, user):
    other = stack.user()
    ctl(stack, 'user', 'disable', user)
    ctl(stack, 'user', 'set', other, '--extension',
        stack.state(user)['extension'])
    assert 'in use by another mailbox' in ctl(
        stack, 'user', 'enable', user, code=DATA)
    assert stack.state(user)['um_enabled'] is False


def test_removed(stack, user):
    pin = sent_pin(stack, user)
    reset(stack, user)
    number = stack.value('SELECT id FROM umws.um_user WHERE login = %s', user)
    assert 'say --yes' in ctl(stack, 'user', 'remove', user, code=USAGE)
    said = ctl(stack, 'user', 'remove', user, '--dry-run')
    assert said.endswith('nothing was changed: --dry-run\n')
    assert stack.state(user)['has_pin'] is True
    said = ctl(stack, 'user', 'remove', user, '--yes')
    assert said == (f'removed {user}\na PIN mail to {user}@example.test was'
                    ' withdrawn\n')
    for table in ('pin_history', 'outbox'):
        assert stack.value(f'SELECT count(*) FROM umws.{table} WHERE'
                           ' user_id = %s', number) == 0
    assert [row['result'] for row in stack.audit(user)] == ['ok', 'ok']
    assert acts(stack, user)[-1] == (
        'user_remove', getpass.getuser(), f'{user}@example.test')
    assert logon(stack, user, pin) == 'DENIED'
    assert 'there is no user' in ctl(stack, 'user', 'remove', user, '--yes',
                                     code=NO_USER)
    ctl(stack, 'user', 'add', user, '--email', f'{user}@example.test')
    assert logon(stack, user, pin) == 'DENIED'


def test_removed_under_a_reset(stack, user):
    """Who waits for the mailbox finds none."""
    with stack.held_rows(user) as holder:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            asked = pool.submit(call, stack, user)
            eventually(stack.waiting_backends)
            with holder.cursor() as cursor:
                cursor.execute('DELETE FROM umws.um_user WHERE login = %s',
                               (user,))
            holder.commit()
            answer = asked.result()
    assert answer.status == 500, answer.body
