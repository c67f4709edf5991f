"""Whatever is done or refused has its audit row: who, for whom, from where,
by which way, with what result, by which rule, in which request."""
import pytest

from harness import CHEAP, TREE, pin_of, run
from phonecall import ask, change, logon
from soap import SET_STATUS, call, reset

OPTIONS = CHEAP + ('--limits', 'off')
OWN, WRONG, OTHER = '904716', '381625', '629174'


def new_pin(stack, login):
    reset(stack, login)
    stack.mailer()
    return pin_of(stack.mail_files(login)[-1])


def last(stack, **fields):
    """The last row of these, which is of the last seconds."""
    where = ' AND '.join(f'{name} = %s' for name in fields)
    rows = stack.sql(
        f'SELECT to_jsonb(a) FROM umws.v_audit a WHERE {where} AND at >'
        " clock_timestamp() - interval '20 s' ORDER BY id DESC LIMIT 1",
        *fields.values())
    assert rows, fields
    return rows[0][0]


def assert_row(stack, login, way, action, result, rule=None, **more):
    row = last(stack, login=login, way=way, action=action, result=result)
    told = {'rule': rule} | more
    if way == 'soap':
        told = {'actor': login} | told
    elif way == 'phone':
        told = {'actor': 'phone'} | told
    if way == 'umwsctl':
        assert row['actor'] == run('id', '-un').stdout.strip()
    else:
        assert row['actor_address'].partition('/')[0] == '127.0.0.1'
        assert row['request_id']
    assert {name: row[name] for name in told} == told
    return row


def setting(stack, login, text):
    stack.sql(f'UPDATE umws.um_user SET {text} WHERE login = %s', login)


@pytest.fixture
def limit(stack):
    """Set limits, and take them back."""
    kept = stack.sql('SELECT resets_per_minute, logon_failures_per_minute,'
                     ' changes_per_user_hour FROM umws.limits')[0]
    yield lambda text: stack.sql(f'UPDATE umws.limits SET {text}')
    stack.sql('UPDATE umws.limits SET resets_per_minute = %s,'
              ' logon_failures_per_minute = %s, changes_per_user_hour = %s',
              *kept)


def test_resets(stack, limit):
    user = stack.user()
    reset(stack, user)
    assert_row(stack, user, 'soap', 'reset', 'ok', policy='default')
    setting(stack, user, 'pin_locked = true')
    assert call(stack, user).status == 500
    assert_row(stack, user, 'soap', 'reset', 'pin_locked', policy='default')
    setting(stack, user, 'um_enabled = false')
    assert call(stack, user).status == 500
    assert_row(stack, user, 'soap', 'reset', 'not_enabled', 'disabled')
    gone = stack.user()
    stack.sql('DELETE FROM umws.um_user WHERE login = %s', gone)
    assert call(stack, gone).status == 500
    assert_row(stack, gone, 'soap', 'reset', 'not_enabled', 'unknown')


def test_busy(stack, limit):
    user = stack.user()
    reset(stack, user)
    limit('resets_per_minute = 1')
    assert call(stack, user).status == 500
    assert_row(stack, user, 'soap', 'reset', 'busy', 'all-minute')


def test_properties(stack, limit):
    user = stack.user()
    assert call(stack, user, SET_STATUS).status == 200
    assert_row(stack, user, 'soap', 'set_oof_status', 'ok', policy='default')
    limit('changes_per_user_hour = 1')
    assert call(stack, user, SET_STATUS).status == 500
    assert_row(stack, user, 'soap', 'set_oof_status', 'busy', 'user-hour')
    setting(stack, user, 'um_enabled = false')
    assert call(stack, user, SET_STATUS).status == 500
    assert_row(stack, user, 'soap', 'set_oof_status', 'not_enabled',
               'disabled')


def test_logons(stack):
    user = stack.user()
    pin = new_pin(stack, user)
    more = {'caller': '+49301234', 'call': 'c-1'}
    assert logon(stack, user, pin, **more) == 'CHANGE'
    assert_row(stack, user, 'phone', 'logon', 'must_change', 'first', **more)
    assert change(stack, user, pin, '123456', **more).startswith('REFUSED')
    assert_row(stack, user, 'phone', 'change', 'refused', 'common')
    assert change(stack, user, pin, OWN, **more) == 'OK'
    assert_row(stack, user, 'phone', 'change', 'ok', policy='default', **more)
    assert logon(stack, user, WRONG, **more) == 'DENIED'
    assert_row(stack, user, 'phone', 'logon', 'denied', 'wrong', **more)
    setting(stack, user, 'failed_logons = 14')
    assert logon(stack, user, WRONG) == 'LOCKED'
    assert_row(stack, user, 'phone', 'logon', 'locked', 'wrong')
    assert logon(stack, user, OWN) == 'LOCKED'
    assert_row(stack, user, 'phone', 'logon', 'locked_out', policy='default')
    assert logon(stack, 'nobody', OWN) == 'DENIED'
    assert_row(stack, 'nobody', 'phone', 'logon', 'denied', 'unknown')


def test_voided_and_drawn_anew(stack):
    user = stack.user()
    pin = new_pin(stack, user)
    assert change(stack, user, pin, OWN) == 'OK'
    setting(stack, user, 'failed_logons = 4')
    logon(stack, user, WRONG)
    assert_row(stack, user, 'phone', 'logon', 'voided', 'wrong')
    assert_row(stack, user, 'phone', 'auto', 'ok', policy='default')


def test_account_is_busy(stack, limit):
    user = stack.user()
    limit('logon_failures_per_minute = 1')
    for _ in range(2):
        answer = ask(stack, {'action': 'logon', 'mailbox': user, 'pin': OWN})
    assert answer.status == 503
    assert_row(stack, 'phone', 'phone', 'logon', 'busy', 'account-minute')


def test_mail_key_unknown(stack):
    """Nothing is changed, by either way, and both say so."""
    user = stack.user()
    pin = new_pin(stack, user)
    stack.sql("UPDATE umws.mail_key SET state = 'retired'")
    try:
        assert call(stack, user).status == 500
        assert_row(stack, user, 'soap', 'reset', 'key_unknown')
        answer = ask(stack, {'action': 'change', 'mailbox': user, 'pin': pin,
                             'new_pin': OWN})
        assert answer.status == 503
        assert_row(stack, user, 'phone', 'change', 'key_unknown')
    finally:
        stack.sql("UPDATE umws.mail_key SET state = 'active'")


def ctl(stack, *words):
    done = run(stack.env['UMWS_CTL'], *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_operators(stack):
    user = stack.user()
    ctl(stack, 'pin', 'lock', user, '--reason', 'lost')
    assert_row(stack, user, 'umwsctl', 'pin_lock', 'ok', policy='default',
               reason='logon: lost')
    ctl(stack, 'pin', 'unlock', user)
    assert_row(stack, user, 'umwsctl', 'pin_unlock', 'ok')
    ctl(stack, 'user', 'add', 'fresh', '--email', 'fresh@example.test')
    assert_row(stack, 'fresh', 'umwsctl', 'user_add', 'ok', policy='default')
    ctl(stack, 'policy', 'set', 'other', 'MinPINLength=7')
    assert_row(stack, 'other', 'umwsctl', 'policy_set', 'ok', policy='other',
               reason='min_pin_length')
    stack.sql('DELETE FROM umws.mail_key')
    ctl(stack, 'key', 'create', 'mail')
    key_id = stack.value('SELECT id FROM umws.mail_key')
    assert_row(stack, key_id, 'umwsctl', 'mail_key_add', 'ok')


def test_upgrade(stack):
    """One that mends something; one that does not leaves nothing."""
    words = ('db', 'upgrade', '--sql', TREE / 'sql', '--dsn',
             'host={PGHOST} port={PGPORT} dbname={PGDATABASE} user={PGUSER}'
             .format(**stack.env))
    first = stack.sql("SELECT reason FROM umws.audit WHERE action ="
                      " 'db_upgrade' ORDER BY id")
    assert first == [('version 6, 0 mended',)]
    stack.sql('REVOKE SELECT ON umws.v_audit FROM umws_admin')
    assert 'mended ' in ctl(stack, *words)
    assert_row(stack, 'schema', 'umwsctl', 'db_upgrade', 'ok',
               reason='version 6, 1 mended')
    count = stack.value('SELECT count(*) FROM umws.audit')
    ctl(stack, *words)
    assert stack.value('SELECT count(*) FROM umws.audit') == count
