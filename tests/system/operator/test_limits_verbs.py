"""The limits that hold whatever the policy: shown, set, and the line about a
proxy whose address makes most of the resets. Policies listed and removed."""
import json
import os
import pathlib

import pytest

from harness import CHEAP, environment, eventually, run
from soap import call, reset

OPTIONS = CHEAP + ('--limits', 'off')
USAGE, DATA = 64, 65
KEYS = ['ResetsPerAddressHour', 'ResetsPerMinute', 'ChangesPerUserHour',
        'LogonFailuresPerMinute']


def ctl(stack, *words, text=None, code=0):
    done = run(pathlib.Path(stack.env['UMWS_BINDIR']) / 'umwsctl', '--config',
               stack.env['UMWS_CONF'], *words, text=text, env=environment())
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


def limits(stack):
    rows = json.loads(ctl(stack, 'limits', 'show', '--json').stdout)
    return {row['key']: row['value'] for row in rows}


def acts(stack, action):
    return stack.sql('SELECT login, result, policy, reason, actor'
                     ' FROM umws.audit WHERE action = %s ORDER BY id', action)


def test_every_limit_is_shown(stack):
    columns = stack.sql(
        'SELECT attname FROM pg_attribute WHERE attnum > 0 AND NOT'
        " attisdropped AND attrelid = 'umws.limits'::regclass")
    assert list(limits(stack))[:len(KEYS)] == KEYS
    assert len(limits(stack)) == len(columns) - 1
    lines = ctl(stack, 'limits', 'show').stdout.splitlines()
    assert lines[0].split() == ['LIMIT', 'VALUE', 'MEANING']
    assert [line.split()[0] for line in lines[1:]] == list(limits(stack))
    for line in lines[1:]:
        assert len(line.split()) > 6, line


def test_set_and_hold(stack, user):
    before = limits(stack)
    ctl(stack, 'limits', 'set', 'ResetsPerMinute=off',
        'ResetsPerAddressHour=off')
    done = ctl(stack, 'limits', 'set', 'resetsperaddresshour=1',
               'ResetsPerMinute=off')
    assert done.stdout == ('ResetsPerAddressHour off -> 1\n'
                           'ResetsPerMinute is off, as before\n')
    assert ctl(stack, 'limits', 'show').stdout.count(' off ') >= 1
    assert limits(stack) == before | {'ResetsPerAddressHour': 1,
                                      'ResetsPerMinute': 0}
    stack.rewrite('DELETE FROM umws.audit')
    reset(stack, user)
    assert call(stack, stack.user()).code() == 'ErrorServerBusy'
    ctl(stack, 'limits', 'set', 'ResetsPerAddressHour=off')
    reset(stack, stack.user())
    row = acts(stack, 'limits_set')[-1]
    assert row[:4] == ('limits', 'ok', None, 'ResetsPerAddressHour=off')
    assert row[4] not in ('', None, 'umws_admin')


def test_dry_run_and_json(stack):
    before, rows = limits(stack), len(acts(stack, 'limits_set'))
    done = ctl(stack, 'limits', 'set', 'ResetsPerMinute=7', '--dry-run')
    assert done.stdout.splitlines()[1:] == ['nothing was changed: --dry-run']
    done = ctl(stack, 'limits', 'set', 'ResetsPerMinute=8', '--dry-run',
               '--json')
    (row,) = json.loads(done.stdout)
    assert (row['key'], row['new_value']) == ('ResetsPerMinute', 8)
    assert row['old_value'] == before['ResetsPerMinute']
    assert limits(stack) == before
    assert len(acts(stack, 'limits_set')) == rows


@pytest.mark.parametrize('words', [
    ('ResetsPerMinute=-1',), ('ResetsPerMinute=1000001',),
    ('ResetsPerMinute=',), ('ResetsPerMinute',), ('Resets=1',), ('=1',),
    ('ResetsPerMinute=1', 'RESETSPERMINUTE=2'),
    ('ResetsPerMinute=1', 'ResetsPerAddressHour=x'), ('is_only=1',),
    ('IsOnly=1',), ('ResetsPerMinute=1\n2',), ('ResetsPerMinute=\u202e1',),
    ('x' * 5000,), (os.fsdecode(b'ResetsPerMinute=\xff'),)])
def test_bad_settings(stack, words):
    before, rows = limits(stack), len(acts(stack, 'limits_set'))
    done = ctl(stack, 'limits', 'set', *words, code=DATA)
    assert done.stdout == '' and done.stderr.count('\n') == 1, done.stderr
    assert len(done.stderr) > 30, done.stderr
    assert '\u202e' not in done.stderr
    assert limits(stack) == before
    assert len(acts(stack, 'limits_set')) == rows


def lines_of(stack):
    return [line for line in stack.log('worker').splitlines()
            if ' one-address ' in line]


def test_one_address_makes_most_resets(stack):
    """A proxy in front: said once an hour, with what to do."""
    stack.rewrite('DELETE FROM umws.audit')
    logins = [stack.user() for _ in range(12)]
    for login in logins[:9]:
        reset(stack, login)

    def look():
        """Let the workers look again, an hour later."""
        seen = stack.value('SELECT at FROM umws.address_check')
        stack.sql("UPDATE umws.address_check SET at = now()"
                  " - interval '61 minutes'")
        stack.do('worker', 'stop')
        stack.do('worker', 'start')
        reset(stack, logins[0])
        eventually(lambda: stack.value(
            'SELECT at > %s FROM umws.address_check', seen), 20)

    had = len(lines_of(stack))
    stack.rewrite(
        "UPDATE umws.audit SET actor_address = '2001:db8::1'"
        " WHERE id IN (SELECT id FROM umws.audit WHERE action = 'reset'"
        ' ORDER BY id DESC LIMIT 2)')
    look()                      # eight: too few to tell
    assert len(lines_of(stack)) == had
    for login in logins[9:]:
        reset(stack, login)
    look()
    eventually(lambda: len(lines_of(stack)) == had + 1, 5)
    line = lines_of(stack)[-1]
    for word in ('address=127.0.0.1', 'real_ip', 'RemoteIPHeader',
                 'ResetsPerAddressHour', 'resets=12', 'of=14'):
        assert word in line, line
    reset(stack, logins[0])     # within the hour: silence
    stack.do('worker', 'stop')
    stack.do('worker', 'start')
    reset(stack, logins[1])
    for number in range(20):    # half of them is not over half
        stack.sql(
            'INSERT INTO umws.audit (login, actor, actor_address, way, action,'
            " result, reset_number) VALUES ('x', 'x', %s, 'soap', 'reset',"
            " 'ok', nextval('umws.audit_reset_number_seq'))",
            f'2001:db8:{number}::1')
    look()
    assert len(lines_of(stack)) == had + 1
    stack.rewrite("UPDATE umws.audit SET actor_address = '2001:db8:9::7'"
                  " WHERE action = 'reset'")
    look()
    eventually(lambda: len(lines_of(stack)) == had + 2, 5)
    assert 'address=2001:db8:9::/64' in lines_of(stack)[-1]


def test_policies_are_listed(stack):
    ctl(stack, 'policy', 'set', 'short', 'MinPINLength=5',
        'PINLifetime=unlimited')
    lines = ctl(stack, 'policy', 'list').stdout.splitlines()
    assert lines[0].split() == ['NAME', 'LENGTH', 'LIFETIME', 'USERS']
    users = stack.value('SELECT count(*) FROM umws.um_user')
    assert ['default', '6', '60', str(users)] in [
        line.split() for line in lines]
    assert ['short', '5', 'unlimited', '0'] in [
        line.split() for line in lines]
    rows = json.loads(ctl(stack, 'policy', 'list', '--json').stdout)
    assert {'name': 'short', 'min_pin_length': 5, 'pin_lifetime_days': 0,
            'users': 0} in rows
    assert len(ctl(stack, 'policy', 'list', '--jsonl').stdout.splitlines()
               ) == len(rows)


def names(stack):
    return {row['name'] for row in json.loads(
        ctl(stack, 'policy', 'list', '--json').stdout)}


def test_a_policy_is_removed(stack, user):
    ctl(stack, 'policy', 'set', 'old one', 'MinPINLength=5')
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM umws.policy'
              " WHERE name = 'old one') WHERE login = %s", user)
    done = ctl(stack, 'policy', 'remove', 'old one', '--yes', code=DATA)
    assert '1 mailbox:' in done.stderr
    stack.sql('UPDATE umws.um_user SET policy_id = (SELECT id FROM umws.policy'
              " WHERE name = 'default') WHERE login = %s", user)
    done = ctl(stack, 'policy', 'remove', 'old one', text='', code=USAGE)
    assert '--yes' in done.stderr
    done = ctl(stack, 'policy', 'remove', 'old one', '--dry-run')
    assert done.stdout.endswith('nothing was changed: --dry-run\n')
    assert 'old one' in names(stack) and not acts(stack, 'policy_remove')
    done = ctl(stack, 'policy', 'remove', 'old one', '--yes', '--json')
    assert json.loads(done.stdout) == [
        {'policy': 'old one', 'message': 'policy old one is removed'}]
    assert 'old one' not in names(stack)
    (row,) = acts(stack, 'policy_remove')
    assert row[:4] == ('old one', 'ok', 'old one', None)


@pytest.mark.parametrize('name', ['default', 'nobody', '', 'x' * 5000,
                                  'a\nb', 'd\u202eefault',
                                  os.fsdecode(b'\xff')])
def test_what_is_not_removed(stack, name):
    before = names(stack)
    done = ctl(stack, 'policy', 'remove', name, '--yes', code=DATA)
    assert done.stderr.count('\n') == 1 and '\u202e' not in done.stderr
    assert len(done.stderr) > 30, done.stderr
    assert names(stack) == before
