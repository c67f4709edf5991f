"""Statements that a program repeats are prepared, where that works; where it
does not, nobody notices.

Directly PostgreSQL keeps them. PgBouncer in transaction mode gives the next
call to another of its connections, which does not know them, or knows them
from another worker.
"""
import concurrent.futures
import re

import pytest

from harness import CHEAP, eventually, installed
from soap import IS_ENABLED, call, reset

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '4')


@pytest.fixture(scope='module', params=[(), ('--pgbouncer',)],
                ids=['direct', 'pgbouncer'])
def stack(request):
    with installed(*OPTIONS, *request.param) as made:
        yield made


@pytest.fixture
def is_pooled(stack):
    return 'pgbouncer' in stack.env['UMWS_DSN_WORKER']


@pytest.fixture(autouse=True)
def nothing_is_said(stack):
    """What leads to the same call once more is no line in the log."""
    before = len(stack.log('worker'))
    yield
    assert '<3>' not in stack.log('worker')[before:]


@pytest.fixture
def statements(stack):
    """All statements since, as PostgreSQL logs them."""
    stack.sql("ALTER SYSTEM SET log_statement = 'all'")
    stack.sql('SELECT pg_reload_conf()')
    eventually(lambda: stack.value('SHOW log_statement') == 'all')
    before = len(stack.log('postgres'))
    yield lambda: stack.log('postgres')[before:]
    stack.sql('ALTER SYSTEM RESET log_statement')
    stack.sql('SELECT pg_reload_conf()')


@pytest.fixture
def executed(statements):
    """How many calls have been executed: prepared, and as they are."""
    def count():
        text = statements()
        return [len(re.findall(form, text)) for form in (
            r'umws_worker LOG:  execute umws_\w+: ',
            r'umws_worker LOG:  execute <unnamed>: ')]
    return count


@pytest.fixture
def rested(stack, statements):
    """Wait until the workers ask the database nothing for a minute.

    Each child that is connected looks at addresses once a minute, first when
    it has had nothing to do for a second. While the server restarts that
    fails, and the log says so, as it should.
    """
    stack.do('worker', 'restart')
    before, said = len(statements()), len(stack.log('worker'))

    def have_looked():
        looks = re.findall('umws_worker LOG:  execute .*umws.address_share',
                           statements()[before:])
        return len(looks) >= len(set(re.findall(
            r'umws-fcgi\[(\d+)\]: request ', stack.log('worker')[said:])))

    def wait():
        eventually(have_looked, 30)
        eventually(lambda: not stack.sql(
            'SELECT FROM pg_stat_activity WHERE usename = %s AND state <> %s',
            'umws_worker', 'idle'))
    return wait


def many(stack, logins, rounds=6):
    """Resets at the same time, so that connections are shared; all 200."""
    with concurrent.futures.ThreadPoolExecutor(len(logins)) as pool:
        for _ in range(rounds):
            list(pool.map(lambda login: reset(stack, login), logins))
    for login in logins:
        assert stack.state(login)['generation'] % rounds == 0


def test_repeated_calls(stack, executed, is_pooled):
    stack.do('worker', 'restart')
    logins = [stack.user() for _ in range(4)]
    many(stack, logins)
    many(stack, logins)
    prepared, plain = executed()
    if is_pooled:
        # Each child has found out, and each call was made all the same.
        assert plain >= 2 * 4 * 12 - prepared
    else:
        # Each child has asked each of two once, and then prepared them.
        assert prepared >= 2 * 4 * 12 - 2 * 4 and plain < 40


def test_mails_are_begun_by_a_prepared_statement(stack, executed, is_pooled):
    logins = [stack.user() for _ in range(6)]
    for login in logins:
        reset(stack, login)
    stack.mailer()
    for login in logins:
        assert [row['state'] for row in stack.outbox(login)] == ['sent']
        assert len(stack.mail_files(login)) == 1
    assert re.search(r'umws_mailer LOG:  execute umws_\w+: SELECT',
                     stack.log('postgres'))


def test_forgotten_in_between(stack, is_pooled):
    """Somebody has emptied the sessions that the worker uses."""
    if not is_pooled:
        pytest.skip('a session of the worker\'s own')
    stack.do('worker', 'restart')
    logins = [stack.user() for _ in range(4)]
    for login in logins:
        reset(stack, login)
        for statement in ('DISCARD ALL', 'DEALLOCATE ALL'):
            links = [stack.connect('worker') for _ in range(2)]
            for link in links:
                link.autocommit = True
                with link.cursor() as cursor:
                    cursor.execute(statement)
                link.close()
            reset(stack, login)
    assert [stack.state(login)['generation'] for login in logins] == [3] * 4


@pytest.mark.parametrize('how', ['fast', 'immediate'])
def test_server_restarted(stack, how, rested):
    logins = [stack.user() for _ in range(4)]
    many(stack, logins)
    rested()
    stack.do('pg', 'stop', how)
    stack.do('pg', 'start')
    eventually(lambda: call(stack, logins[0], IS_ENABLED).status == 200)
    many(stack, logins)


def another_type(text):
    return text.replace('OUT back_off_ms bigint', 'OUT back_off_ms integer')


def function_made_anew(stack, logins, change):
    before = stack.value("SELECT pg_get_functiondef('umws.reset_commit'"
                         '::regproc)')
    for text in (change(before), before):
        with stack.connect() as link, link.cursor() as cursor:
            cursor.execute('DROP FUNCTION umws.reset_commit')
            cursor.execute('SET LOCAL ROLE umws_owner')
            cursor.execute(text)
            cursor.execute('GRANT EXECUTE ON FUNCTION umws.reset_commit'
                           ' TO umws_worker')
        link.close()
        many(stack, logins)


@pytest.mark.parametrize('change', [lambda text: text, another_type],
                         ids=['anew', 'another type'])
def test_function_made_anew(stack, change):
    """As by db upgrade: no call fails for what a session has kept."""
    logins = [stack.user() for _ in range(4)]
    many(stack, logins)
    function_made_anew(stack, logins, change)


def test_prepared_again_after_a_change(stack, executed, rested, is_pooled):
    """What the database itself said of a statement is not a pooler's word:
    the same processes prepare on their next connections."""
    if is_pooled:
        pytest.skip('nothing is prepared there for long')
    logins = [stack.user() for _ in range(4)]
    many(stack, logins)
    function_made_anew(stack, logins, another_type)
    rested()
    stack.do('pg', 'stop', 'fast')
    stack.do('pg', 'start')
    eventually(lambda: call(stack, logins[0], IS_ENABLED).status == 200)
    before = executed()
    many(stack, logins)
    many(stack, logins)
    prepared, plain = (now - then for now, then in zip(executed(), before))
    assert prepared >= 2 * 4 * 12 - 2 * 4 and plain < 40
