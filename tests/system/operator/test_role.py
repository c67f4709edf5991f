"""Who may act for others: granted, revoked, listed and audited."""
import json
import os
import pathlib
import threading
import time

import pytest

from harness import CHEAP, environment, run

OPTIONS = CHEAP
USAGE, DATA, NO_USER = 64, 65, 67
NOT_UTF8 = os.fsdecode(b'\xff')


def ctl(stack, *words, code=0):
    done = run(pathlib.Path(stack.env['UMWS_BINDIR']) / 'umwsctl', '--config',
               stack.env['UMWS_CONF'], *words, text='', env=environment())
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


def grants(stack, *words):
    rows = json.loads(ctl(stack, 'role', 'list', *words, '--json').stdout)
    return [(row['role'], row['login'], row['policy']) for row in rows]


def acts(stack):
    return stack.sql('SELECT action, login, policy, reason, result, way'
                     " FROM umws.audit WHERE action LIKE 'role%%'"
                     " AND actor NOT IN ('umws_admin', '') ORDER BY id", 0)


@pytest.fixture
def nobody_has_it(stack):
    stack.sql('DELETE FROM umws.role_grant')
    stack.rewrite("DELETE FROM umws.audit WHERE action LIKE 'role%%'", 0)
    ctl(stack, 'policy', 'set', 'sales', 'MinPINLength=7')


@pytest.mark.usefixtures('nobody_has_it')
def test_grant_and_revoke(stack):
    assert ctl(stack, 'role', 'grant', 'helpdesk', 'Hanna').stdout == (
        'hanna has the role helpdesk for all mailboxes\n')
    assert ctl(stack, 'role', 'grant', 'helpdesk', 'hanna').stdout == (
        'hanna has the role helpdesk for all mailboxes, as before\n')
    done = ctl(stack, 'role', 'grant', 'helpdesk', 'paul', '--policy',
               'sales', '--json')
    (row,) = json.loads(done.stdout)
    assert row == {
        'role': 'helpdesk', 'login': 'paul', 'policy': 'sales',
        'is_changed': True,
        'message': 'paul has the role helpdesk for the mailboxes of policy'
                   ' sales'}
    assert grants(stack) == [('helpdesk', 'hanna', None),
                             ('helpdesk', 'paul', 'sales')]
    assert grants(stack, '--login', 'P*') == [('helpdesk', 'paul', 'sales')]
    lines = ctl(stack, 'role', 'list').stdout.splitlines()
    assert lines[0].split() == ['ROLE', 'LOGIN', 'POLICY', 'GRANTED']
    assert lines[1].split()[:3] == ['helpdesk', 'hanna', '-']
    ctl(stack, 'role', 'revoke', 'helpdesk', 'hanna', '--policy', 'sales',
        code=NO_USER)
    ctl(stack, 'role', 'revoke', 'helpdesk', 'hanna')
    assert grants(stack) == [('helpdesk', 'paul', 'sales')]
    ctl(stack, 'role', 'revoke', 'helpdesk', 'hanna', code=NO_USER)
    assert acts(stack) == [
        ('role_grant', 'hanna', None, 'helpdesk', 'ok', 'umwsctl'),
        ('role_grant', 'hanna', None, 'helpdesk', 'ok', 'umwsctl'),
        ('role_grant', 'paul', 'sales', 'helpdesk', 'ok', 'umwsctl'),
        ('role_revoke', 'hanna', None, 'helpdesk', 'ok', 'umwsctl')]


@pytest.mark.usefixtures('nobody_has_it')
def test_for_several_policies(stack):
    ctl(stack, 'policy', 'set', 'plant', 'MinPINLength=7')
    for name in ('sales', 'plant'):
        ctl(stack, 'role', 'grant', 'helpdesk', 'paul', '--policy', name)
    assert grants(stack) == [('helpdesk', 'paul', 'plant'),
                             ('helpdesk', 'paul', 'sales')]
    assert grants(stack, '--policy', 'plant') == [
        ('helpdesk', 'paul', 'plant')]
    done = ctl(stack, 'policy', 'remove', 'plant', '--yes', code=DATA)
    assert '1 row of umwsctl role list' in done.stderr
    ctl(stack, 'role', 'revoke', 'helpdesk', 'paul', '--policy', 'plant')
    assert grants(stack) == [('helpdesk', 'paul', 'sales')]
    ctl(stack, 'policy', 'remove', 'plant', '--yes')
    ctl(stack, 'role', 'grant', 'helpdesk', 'paul')
    ctl(stack, 'role', 'revoke', 'helpdesk', 'paul')
    assert grants(stack) == []


def last_act(stack, action):
    return stack.sql('SELECT login, reason FROM umws.audit WHERE action = %s'
                     ' ORDER BY id DESC LIMIT 1', action)[0]


@pytest.mark.usefixtures('nobody_has_it')
def test_a_removed_login_keeps_no_role(stack):
    """Who is given the login later does not have what was granted."""
    ctl(stack, 'user', 'add', 'gone', '--email', 'gone@example.test')
    ctl(stack, 'role', 'grant', 'helpdesk', 'gone')
    ctl(stack, 'role', 'grant', 'helpdesk', 'gone', '--policy', 'sales')
    ctl(stack, 'role', 'grant', 'helpdesk', 'other')
    said = ctl(stack, 'user', 'remove', 'GONE', '--dry-run').stdout
    assert 'gone no longer has the role helpdesk\n' in said
    assert len(grants(stack)) == 3
    said = ctl(stack, 'user', 'remove', 'GONE', '--yes').stdout
    assert 'removed gone\ngone no longer has the role helpdesk\n' in said
    assert grants(stack) == [('helpdesk', 'other', None)]
    assert last_act(stack, 'user_remove') == (
        'gone', 'gone@example.test, role helpdesk revoked')
    ctl(stack, 'user', 'add', 'gone', '--email', 'another@example.test')
    assert last_act(stack, 'user_add') == ('gone', None)
    assert grants(stack) == [('helpdesk', 'other', None)]
    said = ctl(stack, 'user', 'remove', 'gone', '--yes').stdout
    assert 'role' not in said


@pytest.mark.usefixtures('nobody_has_it')
def test_a_renamed_login_keeps_no_role(stack):
    ctl(stack, 'user', 'add', 'maiden', '--email', 'm@example.test')
    ctl(stack, 'role', 'grant', 'helpdesk', 'maiden')
    ctl(stack, 'role', 'grant', 'helpdesk', 'taken')
    ctl(stack, 'user', 'set', 'maiden', '--login', 'Maiden', '--name', 'M')
    assert grants(stack, '--login', 'maiden') == [('helpdesk', 'maiden', None)]
    said = ctl(stack, 'user', 'set', 'maiden', '--login', 'married').stdout
    assert ('maiden no longer has the role helpdesk, and the new login does'
            ' not get it: umwsctl role grant gives it\n') in said
    assert grants(stack) == [('helpdesk', 'taken', None)]
    assert last_act(stack, 'user_set') == (
        'married', 'login maiden -> married, role helpdesk revoked')
    ctl(stack, 'user', 'add', 'maiden', '--email', 'next@example.test')
    assert grants(stack, '--login', 'maiden') == []
    for login in ('maiden', 'married'):
        ctl(stack, 'user', 'remove', login, '--yes')


@pytest.mark.usefixtures('nobody_has_it')
def test_a_role_without_its_mailbox_is_told(stack):
    """A role is a login's: disabled, its mailbox is, and the role holds."""
    ctl(stack, 'role', 'grant', 'helpdesk', 'early')
    ctl(stack, 'user', 'add', 'early', '--email', 'early@example.test')
    assert last_act(stack, 'user_add') == ('early', 'has the role helpdesk')
    said = ctl(stack, 'user', 'disable', 'early').stdout
    assert ('early is disabled\nthe login still has the role helpdesk: umwsctl'
            ' role revoke takes it\n') in said
    assert grants(stack) == [('helpdesk', 'early', None)]
    assert 'role' not in ctl(stack, 'user', 'enable', 'early').stdout
    ctl(stack, 'user', 'remove', 'early', '--yes')
    assert grants(stack) == []


@pytest.mark.usefixtures('nobody_has_it')
def test_a_role_that_an_import_meets_is_told(stack, tmp_path):
    """In the audit, of a login that gets a mailbox or whose is disabled."""
    ctl(stack, 'role', 'grant', 'helpdesk', 'foreign')
    file = tmp_path / 'users.csv'

    def reasons(action, *more):
        file.write_text('\n'.join(','.join(line) for line in (
            ('login', 'email', *more[:1]),
            ('foreign', 'foreign@example.test', *more[1:]),
            ('plain', 'plain@example.test', *more[1:]))) + '\n')
        file.chmod(0o644)
        ctl(stack, 'user', 'import', str(file))
        return [stack.value(
            'SELECT reason FROM umws.v_audit WHERE login = %s AND action = %s'
            ' ORDER BY id DESC LIMIT 1', login, action)
            for login in ('foreign', 'plain')]

    for words in (('user_add',), ('user_set', 'enabled', 'no')):
        foreign, plain = reasons(*words)
        assert foreign == f'{plain}, has the role helpdesk'
    for login in ('foreign', 'plain'):
        ctl(stack, 'user', 'remove', login, '--yes')


@pytest.mark.usefixtures('nobody_has_it')
def test_removed_beside_a_reset_of_its_own(stack):
    """Both lock the role before the mailbox: neither waits for the other in
    a circle."""
    ctl(stack, 'user', 'add', 'both', '--email', 'both@example.test')
    ctl(stack, 'role', 'grant', 'helpdesk', 'both')
    first = stack.connect()
    with first.cursor() as cursor:      # as helpdesk_commit() begins
        cursor.execute('SELECT 1 FROM umws.role_grant WHERE login = %s'
                       ' FOR UPDATE', ('both',))
    done = []
    thread = threading.Thread(target=lambda: done.append(
        ctl(stack, 'user', 'remove', 'both', '--yes')))
    thread.start()
    while not stack.sql("SELECT pid FROM pg_stat_activity WHERE query LIKE"
                        " '%user_remove%' AND wait_event_type = 'Lock'"):
        assert thread.is_alive()
        time.sleep(0.05)
    with first.cursor() as cursor:
        cursor.execute('SELECT 1 FROM umws.um_user WHERE login = %s'
                       ' FOR UPDATE NOWAIT', ('both',))
    first.commit()
    thread.join()
    assert len(done) == 1
    first.close()


@pytest.mark.thin(3)
@pytest.mark.usefixtures('nobody_has_it')
@pytest.mark.parametrize('words', [
    ('admin', 'hanna'), ('HELPDESK', 'hanna'), ('', 'hanna'),
    ('helpdesk', 'hanna', '--policy', 'nowhere'),
    ('helpdesk', 'hanna', '--policy', ''), ('helpdesk', ''),
    ('helpdesk', 'a\nb'), ('helpdesk', 'a\rb'), ('helpdesk', 'a\u202eb'),
    ('helpdesk', 'x' * 600), ('helpdesk', NOT_UTF8),
    ('\u202ehelpdesk', 'hanna'), (NOT_UTF8, 'hanna')])
def test_bad_input(stack, words):
    names_nobody = len(words) == 2 and words[0] == 'helpdesk'
    for verb in ('grant', 'revoke'):
        done = ctl(stack, 'role', verb, *words,
                   code=NO_USER if names_nobody else DATA)
        assert done.stderr.count('\n') == 1 and len(done.stderr) > 20
        assert '\u202e' not in done.stderr
    assert grants(stack) == [] and acts(stack) == []


def test_usage(stack):
    ctl(stack, 'role', 'grant', 'helpdesk', code=USAGE)
    ctl(stack, 'role', 'grant', code=USAGE)
