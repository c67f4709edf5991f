"""A 200 is durable whatever is set, and whenever it is set.

PostgreSQL is killed right after an answer, when nothing but the commit itself
could have brought it to the disk.
"""
import contextlib
import json
import re

import pytest

from harness import CHEAP, eventually, installed, pin_of, run
from phonecall import change, logon
from soap import IS_ENABLED, SET_STATUS, call, health, reset

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '2')
# So that a commit that does not wait for the disk is not there for seconds.
LAZY = {'synchronous_commit': 'off', 'wal_writer_delay': '10s',
        'wal_writer_flush_after': '1GB'}
# What is set for the session, and what then holds at the commit.
LEVELS = {'off': 'on', 'local': 'on', 'remote_write': 'on', 'on': 'on',
          'remote_apply': 'remote_apply'}
# All functions that a program calls and that may write, by role.
WRITING = {
    'worker': ('write_probe()', 'address_share()',
               "reset_prepare('nobody', NULL, 'x')",
               "reset_commit(gen_random_uuid(), 1, 'x', NULL, 'x', 'x',"
               " '{k}', '{v}', 'x', '')",
               "reset_outcome(gen_random_uuid(), 1, 'x')",
               "helpdesk_enter('x', 'login', 'y', 'ResetPIN', NULL, 'x')",
               "helpdesk_prepare('y', 'x', NULL, 'x')",
               "helpdesk_commit(gen_random_uuid(), 1, 'y', NULL, 'x', 'x',"
               " '{k}', '{v}', 'x', '', 'x', 'reset', 'x')",
               "helpdesk_outcome(gen_random_uuid(), 1, 'y', 'x')",
               "helpdesk_find('x', 'y', NULL, 'x')",
               "helpdesk_unlock(gen_random_uuid(), 'y', 'x', NULL, 'x', 'x')",
               "properties_set(gen_random_uuid(), 'user0001', NULL, 'x',"
               " 'oof_status', 'true')",
               "logon_prepare('logon', 'nobody', 'x', 'x', NULL, 'x')",
               "logon_settle(gen_random_uuid(), 'logon', 'nobody', 'x', 'x',"
               " NULL, '', '', 'x', NULL, '', '', NULL, NULL, NULL, NULL,"
               " NULL, NULL)",
               "pin_rehash(0, 'x', 'k', 'v')",
               "auto_commit(gen_random_uuid(), 0, 'x', NULL, 'x', 'x',"
               " '{k}', '{v}', 'x', '')"),
    'mailer': ('write_probe()', "outbox_claim('{}', 1, gen_random_uuid())",
               "outbox_begin('{}', '{}', '{}', '{}')",
               'outbox_settle(gen_random_uuid(), gen_random_uuid(), '
               "'sent', 0, NULL)", 'outbox_release(gen_random_uuid())',
               'outbox_vouch()', "outbox_give_way('x.test', 60)"),
    'admin': ("user_add('x', 'x@example.test', '', '', '', '', '', true)",
              "policy_set('x', '{}')",
              "policy_set('x', '{}'); SELECT umws.policy_remove('x')",
              "limits_set('[\"ResetsPerMinute=600\"]')",
              "role_grant('helpdesk', 'x', NULL)",
              "role_grant('helpdesk', 'x', NULL);"
              " SELECT umws.role_revoke('helpdesk', 'x', NULL)",
              "mail_key_add('0000000000000000')",
              "key_note('pepper', 'x', false)",
              "key_retire('pepper', 'x', true)", "key_mails('x')",
              "pin_lock((SELECT max(login) FROM umws.v_user), true, false,"
              " '')", "audit_seal_begin(0, '3')",
              "audit_seal_rows(1, 1, '{}', '{}')",
              "audit_seal_end(1, 0, 'k', 1, 0, 0, 0, '3', '3', NULL,"
              " sha256(''), sha256(''))", 'purge_begin(400, 90)',
              'purge_audit(400, 0, 1)', 'purge_outbox(90, 0, 1)',
              "outbox_retry(NULL, 'queued', NULL)",
              'notify_expiring(1, 1)', 'pin_change_start()',
              'pin_change_claim(60)', "pin_change_settle(gen_random_uuid(),"
              " gen_random_uuid(), 'told', '')", 'pin_change_retry()',
              'pin_change_stop()',
              'outbox_cancel((SELECT max(id::text)::uuid FROM umws.v_outbox'
              " WHERE has_sealed), NULL, '')",
              "pin_order_prepare('nobody', 'x', 'pin_reset',"
              " 'x', NULL)", "pin_order_commit(gen_random_uuid(), 0, 'x', 'x',"
              " 'pin_reset', 'x', 'x', NULL, '{k}', '{v}', 'x', '',"
              " NULL, NULL, NULL)",
              "pin_order_outcome(gen_random_uuid(), 1, 'x', 'x',"
              " 'pin_reset')",
              "pin_expire((SELECT login FROM umws.v_user WHERE has_pin"
              " LIMIT 1), '')",
              "user_set((SELECT max(login) FROM umws.v_user), NULL, 'x',"
              " NULL, NULL, NULL, NULL, NULL)",
              'user_enable((SELECT max(login) FROM umws.v_user), true)',
              'user_remove((SELECT max(login) FROM umws.v_user))',
              'stage_begin()', "stage_add('[]')",
              'stage_compare(true, false)', "stage_pins('[]')",
              "voicemail_prepare('[\"x\"]', true)", "stage_apply('x', 'x')",
              'stage_end()'),
}


@pytest.fixture(scope='module', params=[(), ('--pgbouncer',)],
                ids=['direct', 'pgbouncer'])
def stack(request):
    with installed(*OPTIONS, *request.param) as made:
        yield made


@contextlib.contextmanager
def system_settings(stack, settings):
    """Set for the server, as seen by connections that are open."""
    def alter(words):
        stack.sql(f'ALTER SYSTEM {words}')

    for name, value in settings.items():
        alter(f"SET {name} = '{value}'")
    stack.sql('SELECT pg_reload_conf()')
    name, value = next(iter(settings.items()))
    eventually(lambda: stack.value(f'SHOW {name}') == value)
    try:
        yield
    finally:
        for name in settings:
            alter(f'RESET {name}')
        stack.sql('SELECT pg_reload_conf()')


@pytest.fixture
def served(stack):
    """PgBouncer lets nobody in for a while after the crash of the test
    before."""
    for _ in range(4):
        eventually(
            lambda: call(stack, 'user0001', IS_ENABLED).status == 200, 60)


@pytest.fixture
def lazy(stack, served):
    """Set while the worker holds connections."""
    with system_settings(stack, LAZY):
        yield


def crash(stack):
    stack.do('pg', 'stop', 'immediate')
    stack.do('pg', 'start')


def ctl(stack, *words):
    done = run(stack.env['UMWS_CTL'], *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_reset(stack, lazy, user):
    reset(stack, user)
    crash(stack)
    state = stack.state(user)
    assert state['generation'] == state['history_count'] == 1
    assert [row['has_sealed'] for row in state['outbox']] == [True]
    assert [row['result'] for row in state['audit']] == ['ok']


def test_property(stack, lazy, user):
    assert call(stack, user, SET_STATUS).status == 200
    crash(stack)
    assert stack.state(user)['oof_status'] is True


def test_pin_changed_by_phone(stack, lazy, user):
    reset(stack, user)
    stack.mailer()
    crash(stack)
    pin = pin_of(stack.mail_files(user)[-1])
    eventually(lambda: call(stack, user, IS_ENABLED).status == 200)
    assert change(stack, user, pin, '904716') == 'OK'
    crash(stack)
    state = stack.state(user)
    assert state['generation'] == state['history_count'] == 2
    assert [row['result'] for row in state['audit']] == ['ok', 'ok']
    eventually(lambda: call(stack, user, IS_ENABLED).status == 200)
    assert logon(stack, user, '904716') == 'OK'


def test_failed_logon(stack, lazy, user):
    """Or a crash would give a guesser his tries back."""
    reset(stack, user)
    crash(stack)
    eventually(lambda: call(stack, user, IS_ENABLED).status == 200)
    assert logon(stack, user, '000000') == 'DENIED'
    crash(stack)
    assert stack.state(user)['failed_logons'] == 1


def test_refusal(stack, lazy):
    assert call(stack, 'user0200', IS_ENABLED).status == 200
    stack.sql('UPDATE umws.um_user SET um_enabled = false'
              " WHERE login = 'user0200'")
    assert call(stack, 'user0200').status == 500
    crash(stack)
    results = [row['result'] for row in stack.audit('user0200')]
    assert results == ['not_enabled']


def test_mail_sent(stack, lazy, user):
    """Or there would be a second copy."""
    reset(stack, user)
    stack.mailer()
    crash(stack)
    stack.mailer()
    assert [row['state'] for row in stack.outbox(user)] == ['sent']
    assert len(stack.mail_files(user)) == 1


@pytest.mark.parametrize('words, shown', [
    (('user', 'add', 'ctl{}', '--email', 'c@example.test'),
     ('user', 'show', 'ctl{}')),
    (('policy', 'set', 'ctl{}', 'MinPINLength=8'),
     ('policy', 'show', 'ctl{}'))], ids=['user', 'policy'])
def test_operator(stack, lazy, user, words, shown):
    ctl(stack, *(word.format(user) for word in words))
    crash(stack)
    assert json.loads(ctl(stack, *(word.format(user) for word in shown),
                          '--json'))


def test_ready_means_durable(stack, lazy):
    """What health has written is there, as a reset would be."""
    assert health(stack) == 200
    before = stack.value('SELECT at FROM umws.heartbeat')
    crash(stack)
    assert stack.value('SELECT at FROM umws.heartbeat') == before


def test_every_function_is_tried(stack):
    """Those that PostgreSQL takes for writing, but for one that reads, and
    one whose loss costs nothing: the next pass writes its row anew."""
    tried = {name for functions in WRITING.values() for text in functions
             for name in re.findall(r'(?:^|SELECT umws\.)(\w+)\(', text)}
    rows = stack.sql(
        "SELECT p.proname FROM pg_proc p WHERE p.provolatile = 'v'"
        " AND p.pronamespace = 'umws'::regnamespace AND p.prosecdef")
    assert tried == {row[0] for row in rows} - {
        'outbox_is_alone', 'outbox_pass'}


@pytest.mark.thin(2)
@pytest.mark.parametrize('level', LEVELS)
@pytest.mark.parametrize('role', WRITING)
def test_every_function_raises_the_level(stack, served, role, level):
    """And lowers it nowhere; a warning at the commit can be heard."""
    reset(stack, 'user0002')        # so that there is a mail to withdraw
    link = stack.connect(role)
    try:
        for function in WRITING[role]:
            with link.cursor() as cursor:
                cursor.execute(
                    f"SET LOCAL synchronous_commit = '{level}';"
                    'SET LOCAL client_min_messages = error;'
                    f'SELECT umws.{function};'
                    "SELECT current_setting('synchronous_commit'),"
                    " current_setting('client_min_messages')")
                assert cursor.fetchall() == [(LEVELS[level], 'warning')], (
                    function)
            link.rollback()
    finally:
        link.close()


@pytest.mark.parametrize('setting', ['fsync', 'full_page_writes'])
def test_storage_that_forgets_is_said(stack, setting):
    """No program can mend that: the worker says it once, at its start."""
    stack.do('worker', 'restart')
    before = len(stack.log('worker'))
    with system_settings(stack, {setting: 'off'}):
        stack.do('worker', 'restart')
    (line,) = (line for line in stack.log('worker')[before:].splitlines()
               if 'storage-not-durable' in line)
    assert f'setting={setting} ' in line
