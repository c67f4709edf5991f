"""What a help desk types first: why a reset by this name fails. By the role
umws_helpdesk, which may do little else."""
import json
import pathlib

import psycopg2
import pytest

from harness import CHEAP, environment, pin_of, run
from phonecall import logon
from soap import call, reset

OPTIONS = CHEAP
NO_USER, NO_PERMISSION, CONFIG = 67, 77, 78


@pytest.fixture(scope='module')
def config(stack):
    """Another --config: the same, but for the role."""
    text = pathlib.Path(stack.env['UMWS_CONF']).read_text()
    assert 'umws_admin' in text
    path = stack.dir / 'helpdesk.conf'
    path.write_text(text.replace('umws_admin', 'umws_helpdesk'))
    return path


def ctl(stack, config, *words, code=0):
    done = run(pathlib.Path(stack.env['UMWS_BINDIR']) / 'umwsctl', '--config',
               config, *words, text='', env=environment())
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


def explain(stack, config, login):
    rows = json.loads(ctl(stack, config, 'explain', login, '--json').stdout)
    printed = ctl(stack, config, 'explain', login).stdout.splitlines()
    assert printed == [row['message'] for row in rows]
    for row in rows:
        assert row['message'].startswith(row['topic'] + ': ')
    return rows


def one(rows, topic):
    (row,) = [row for row in rows if row['topic'] == topic]
    return row


def test_all_is_well(stack, config, user):
    rows = explain(stack, config, user.upper())
    assert [row['topic'] for row in rows] == ['mailbox', 'reset', 'phone',
                                              'audit']
    assert 'user_add ok, by ' in rows[-1]['message']
    assert one(rows, 'mailbox')['word'] == 'enabled'
    assert one(rows, 'reset')['word'] == 'ok'
    assert f'{user}@example.test' in one(rows, 'reset')['message']
    assert one(rows, 'phone')['word'] == 'no_pin'
    reset(stack, user)
    rows = explain(stack, config, user)
    assert one(rows, 'phone')['word'] == 'must_change'
    assert rows[3]['topic'] == 'audit' and rows[3]['word'] == 'ok'
    assert f'reset ok, by {user} over soap' in rows[3]['message']
    assert one(rows, 'mail')['word'] == 'queued'
    stack.mailer()
    assert one(explain(stack, config, user), 'mail')['word'] == 'sent'


def test_unknown_and_the_domain(stack, config, user):
    rows = explain(stack, config, 'ghost')
    assert [(row['topic'], row['word']) for row in rows] == [
        ('mailbox', 'unknown'), ('reset', 'not_enabled')]
    row = one(explain(stack, config, f'{user}@elsewhere.test'), 'reset')
    assert 'not in strip_domains' in row['message']
    assert f'"{user}"' in row['message']
    ctl(stack, config, 'explain', 'a\nb', code=NO_USER)
    ctl(stack, config, 'explain', '', code=NO_USER)


@pytest.mark.parametrize('change, word, words, code', [
    ('um_enabled = false', 'not_enabled', 'disabled',
     'ErrorUserNotUnifiedMessagingEnabled'),
    ('pin_locked = true', 'pin_locked', 'pin unlock', 'ErrorAccessDenied')])
def test_it_says_what_a_reset_answers(stack, config, user, change, word,
                                      words, code):
    stack.sql(f'UPDATE umws.um_user SET {change} WHERE login = %s', user)
    row = one(explain(stack, config, user), 'reset')
    assert row['word'] == word
    assert words in row['message'] and code in row['message']
    assert call(stack, user).code() == code


def test_the_limit_and_until_when(stack, config, user):
    for _ in range(5):
        reset(stack, user)
    rows = explain(stack, config, user)
    row = one(rows, 'reset')
    assert row['word'] == 'busy' and 'ResetsPerHour' in row['message']
    seconds = stack.value(
        'SELECT extract(epoch FROM %s::timestamptz - now())', row['at'])
    answer = call(stack, user)
    assert answer.code() == 'ErrorServerBusy'
    assert abs(float(seconds) - int(answer.headers['Retry-After'])) < 30
    stack.rewrite("UPDATE umws.audit SET at = at - interval '2 hours' WHERE"
                  " login = %s AND result = 'ok'", user)
    reset(stack, user)
    rows = explain(stack, config, user)
    assert len([row for row in rows if row['topic'] == 'mail']) == 6
    stack.sql('INSERT INTO umws.audit (user_id, login, actor, way, action,'
              " result) SELECT id, login, 'x', 'soap', 'reset', 'stale'"
              ' FROM umws.um_user, generate_series(1, 20) WHERE login = %s',
              user)
    rows = explain(stack, config, user)
    assert len([row for row in rows if row['topic'] == 'audit']) == 10


def test_no_mail_key(stack, config, user):
    stack.sql("UPDATE umws.mail_key SET state = 'retired'")
    try:
        assert one(explain(stack, config, user), 'reset')[
            'word'] == 'key_unknown'
    finally:
        stack.sql("UPDATE umws.mail_key SET state = 'active'")


def test_locked_out(stack, config, user):
    reset(stack, user)
    ctl(stack, config, 'pin', 'lock', user)
    assert one(explain(stack, config, user), 'phone')['word'] == 'locked_out'
    ctl(stack, config, 'pin', 'unlock', user)
    assert one(explain(stack, config, user), 'phone')['word'] == 'must_change'


STATES = {
    'ready': "must_change = false, temporary_until = NULL",
    'must_change': 'must_change = true',
    'expired': "must_change = false, temporary_until = NULL,"
               " expires_at = now()",
    'ended': 'temporary_until = now()',
    'no_pin': 'verifier = NULL, pin_key_id = NULL',
    'reset_due': 'verifier = NULL, pin_key_id = NULL, reset_due = true',
    'locked_out': 'locked_out_at = now()',
    'disabled': 'um_enabled = false'}


@pytest.mark.parametrize('is_locked', [False, True], ids=['', 'pin_locked'])
@pytest.mark.parametrize('state', STATES)
def test_the_phone_answers_what_it_says(stack, config, user, state,
                                        is_locked):
    """With the right PIN; and v_user has the same word."""
    reset(stack, user)
    stack.mailer()
    pin = pin_of(stack.mail_files(user)[-1])
    extension = stack.value(f'UPDATE umws.um_user SET {STATES[state]},'
                            ' pin_locked = %s WHERE login = %s'
                            ' RETURNING extension', is_locked, user)
    row = one(explain(stack, config, user), 'phone')
    assert stack.value('SELECT state FROM umws.v_user WHERE login = %s',
                       user) == row['word']
    if not is_locked:
        assert row['word'] == state
    said = row['message'].split()[1].strip(':,')
    assert logon(stack, extension, pin) == said


def test_the_files_that_it_needs(stack, config, user):
    """As umwsctl(1) says: none but the configuration, unless a PIN is made;
    then the pepper and the public key."""
    keys = ('pepper_key', 'mail_pub', 'mail_key', 'audit_key', 'web_secret')
    text = config.read_text()

    def without(*names):
        path = stack.dir / 'without.conf'
        lines = [line for line in text.splitlines()
                 if line.partition('=')[0].strip() not in names]
        lines += [f'{name} = /nonexistent/{name}' for name in names]
        path.write_text('\n'.join(lines) + '\n')
        return path

    reset(stack, user)
    bare = without(*keys)
    for words in (('explain', user), ('pin', 'expire', user),
                  ('pin', 'status', user), ('pin', 'lock', user),
                  ('pin', 'unlock', user)):
        ctl(stack, bare, *words)
    for name in keys[:2]:
        done = ctl(stack, without(name), 'pin', 'reset', user, '--reason',
                   'x', code=CONFIG)
        assert f'/nonexistent/{name}' in done.stderr
    ctl(stack, without(*keys[2:]), 'pin', 'reset', user, '--reason', 'x')


@pytest.mark.parametrize('words', [
    ('limits', 'set', 'ResetsPerMinute=1'), ('limits', 'show'),
    ('policy', 'set', 'default', 'MinPINLength=4'), ('policy', 'list'),
    ('policy', 'remove', 'x', '--yes'), ('role', 'list'),
    ('role', 'grant', 'helpdesk', 'x'), ('role', 'revoke', 'helpdesk', 'x'),
    ('user', 'list'), ('user', 'show', 'user0001'), ('outbox', 'list'),
    ('outbox', 'cancel', '4f1d6a52-8a53-4c0e-9d6e-2c1b7a0f3e11', '--reason',
     'x', '--yes'),
    ('outbox', 'cancel', '--login', 'user0001', '--reason', 'x', '--yes'),
    ('outbox', 'retry'), ('user', 'remove', 'user0001', '--yes'),
    ('user', 'set', 'user0001', '--email', 'x@example.test'),
    ('db', 'purge', '--outbox-days', '7'),
    ('user', 'add', 'x', '--email', 'x@example.test')])
def test_what_else_it_tries_is_refused(stack, config, words):
    done = run(pathlib.Path(stack.env['UMWS_BINDIR']) / 'umwsctl', '--config',
               config, *words, text='', env=environment())
    assert done.returncode in (NO_PERMISSION, CONFIG), done
    assert done.stdout == ''


@pytest.mark.parametrize('statement', [
    'SELECT * FROM umws.um_user', 'SELECT * FROM umws.v_user',
    'SELECT * FROM umws.audit', 'SELECT * FROM umws.v_audit',
    'SELECT * FROM umws.v_outbox', 'SELECT sealed FROM umws.outbox',
    'SELECT * FROM umws.role_grant', 'DELETE FROM umws.audit',
    "SELECT umws.outbox_cancel(gen_random_uuid(), NULL, 'x')",
    "SELECT umws.outbox_cancel(NULL, 'user0001', 'x')",
    "UPDATE umws.outbox SET recipient = 'x@example.test'",
    "SELECT umws.mails_withdraw('{1}')", "SELECT umws.user_remove('user0001')",
    "SELECT umws.explain_phone('user0001')", 'SET ROLE umws_admin',
    "SELECT umws.limits_set('[]')", "SELECT umws.policy_set('x', '{}')",
    "SELECT umws.helpdesk_prepare('user0001', 'x', NULL, '')"])
def test_by_sql_as_well(stack, statement):
    link = psycopg2.connect(stack.env['UMWS_DSN_ADMIN'].replace(
        'umws_admin', 'umws_helpdesk'))
    try:
        with link.cursor() as cursor:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement)
    finally:
        link.close()
