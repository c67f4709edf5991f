"""The database goes away, comes back, or loses its connections."""
import time

import pytest

from harness import CHEAP, eventually
from soap import (GET_PROPERTIES, IS_ENABLED, REFERENCE, SET_STATUS,
                  assert_fault, call, envelope, health, load, more,
                  operation_fault, reset)

OPTIONS = CHEAP + ('--workers', '4', '--limits', 'off',
                   '--conf', 'statement_timeout=2s',
                   '--conf', 'request_timeout=4s')
AT_ONCE = 2.0       # seconds
UNAVAILABLE = operation_fault(
    'MailboxStoreUnavailableException', 'ErrorMailboxStoreUnavailable',
    'The mailbox store is not available. Nothing was changed. Try again'
    ' later.')


@pytest.fixture(autouse=True)
def running(stack):
    """Whatever a test did, the next one finds all of it running."""
    yield
    if call(stack, 'user0001', IS_ENABLED).status != 200:
        stack.do('pg', 'start')
        reset(stack, 'user0001')


def assert_unavailable(stack, user):
    for body in (envelope(), IS_ENABLED, GET_PROPERTIES, SET_STATUS):
        answer = call(stack, user, body)
        assert_fault(answer, UNAVAILABLE)
        assert answer.seconds < AT_ONCE
    assert health(stack) == 503


@pytest.mark.parametrize('how', ['fast', 'immediate'])
def test_stopped_and_started(stack, user, how):
    reset(stack, user)
    children = stack.children()
    stack.do('pg', 'stop', how)
    for _ in range(6):
        assert_unavailable(stack, user)
    stack.do('pg', 'start')
    for _ in range(6):
        reset(stack, user)
    assert health(stack) == 200
    assert stack.children() == children
    assert stack.state(user)['generation'] == 7


def test_an_idle_child_does_not_ask_on(stack, user):
    """What fails as long as nobody calls does not fill the log by itself:
    a child looks at addresses once a minute, whatever came of it."""
    stack.do('worker', 'restart')
    before = len(stack.log('worker'))
    stack.sql('REVOKE EXECUTE ON FUNCTION umws.address_share()'
              ' FROM umws_worker')
    try:
        reset(stack, user)

        def said():
            return [line.split(':')[0] for line in
                    stack.log('worker')[before:].splitlines()
                    if 'address_share' in line]
        eventually(said, 20)
        time.sleep(5)
        assert len(said()) == len(set(said()))
    finally:
        stack.sql('GRANT EXECUTE ON FUNCTION umws.address_share()'
                  ' TO umws_worker')


def test_warned_at_each_connection(stack, user):
    """As after an upgrade of the C library: it says nothing of a commit."""
    stack.sql("UPDATE pg_database SET datcollversion = '1.0'"
              ' WHERE datname = current_database()')
    try:
        stack.do('worker', 'restart')
        for _ in range(3):
            reset(stack, user)
        stack.do('mailer')
        stack.do('ctl', 'user', 'list')
        assert stack.sql('SELECT state FROM umws.outbox o JOIN umws.um_user u'
                         ' ON u.id = o.user_id WHERE u.login = %s AND state'
                         " NOT IN ('sent', 'superseded')", user) == []
    finally:
        stack.sql('UPDATE pg_database SET datcollversion ='
                  ' pg_database_collation_actual_version(oid)'
                  ' WHERE datname = current_database()')


@pytest.fixture
def warned(stack):
    """Every write is warned of, as when transaction ids get few, or by an
    extension."""
    stack.sql("""
        CREATE FUNCTION public.warn() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE WARNING 'must be vacuumed'; RETURN new; END $$""")
    for table in ('heartbeat', 'outbox', 'audit', 'um_user', 'policy'):
        stack.sql('CREATE TRIGGER warn BEFORE INSERT OR UPDATE ON'
                  f' umws.{table} FOR EACH ROW EXECUTE FUNCTION'
                  ' public.warn()')
    yield
    stack.sql('DROP FUNCTION public.warn() CASCADE')


def test_warned_in_each_call(stack, user, warned):
    """Said to the operator; it says nothing of a commit."""
    before = len(stack.log('worker'))
    reset(stack, user)
    assert call(stack, user, SET_STATUS).status == 200
    assert health(stack) == 200
    assert 'reason="must be vacuumed"' in stack.log('worker')[before:]
    stack.mailer()
    assert [row['state'] for row in stack.outbox(user)] == ['sent']
    stack.do('ctl', 'policy', 'set', 'warned', 'MinPINLength=8')
    stack.do('ctl', 'user', 'add', 'warned', '--email', 'w@example.test')


def test_refusals_need_no_database(stack, user):
    stack.do('pg', 'stop')
    assert call(stack, None).status == 401
    assert call(stack, user, method='GET', body=None).status == 405
    assert call(stack, user, b'<').code() == 'ErrorInvalidRequest'
    stack.do('mailer', code=75)
    stack.do('ctl', 'user', 'list', code=75)
    stack.do('pg', 'start')


def test_connections_lost_between_requests(stack, user):
    """The next request does not notice."""
    for _ in range(5):
        reset(stack, user)
        stack.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity'
                  " WHERE usename = 'umws_worker'")
        eventually(lambda: stack.value(
            'SELECT count(*) = 0 FROM pg_stat_activity'
            " WHERE usename = 'umws_worker'"))
    reset(stack, user)
    assert stack.state(user)['generation'] == 6


def test_away_at_start(stack, user):
    """The worker stays up, says so, and recovers by itself."""
    stack.do('worker', 'stop')
    stack.do('pg', 'stop')
    stack.do('worker', 'start')
    assert_unavailable(stack, user)
    children = stack.children()
    assert len(children) == 4
    stack.do('pg', 'start')
    reset(stack, user)
    assert health(stack) == 200
    assert stack.children() == children


def test_stopped_under_load(stack):
    """Every answer of 200 is in the database, and only those are."""
    logins = [stack.user() for _ in range(8)]
    with load(stack, logins, REFERENCE) as answers:
        more(answers, 20)
        stack.do('pg', 'stop', 'immediate')
        stack.do('pg', 'start')
        more(answers, 20)
    assert {answer.status for answer in answers} <= {200, 500}
    unknown = [answer for answer in answers if answer.status == 500
               and answer.code() == 'ErrorInternalServerTransientError']
    kept = sum(stack.state(login)['generation'] for login in logins)
    done = [answer.status for answer in answers].count(200)
    assert done <= kept <= done + len(unknown)


def test_frozen(stack, user):
    """A server that hangs: an answer at the deadline, then as before."""
    reset(stack, user)
    stack.do('pg', 'freeze')
    try:
        answer = call(stack, user, envelope())
        assert_fault(answer, UNAVAILABLE)
        assert answer.seconds < 10
    finally:
        stack.do('pg', 'thaw')
    reset(stack, user)
    assert stack.state(user)['generation'] == 2


def test_read_only(stack, user):
    """As on a standby that was promoted away."""
    stack.sql('ALTER DATABASE umws SET default_transaction_read_only = on')
    stack.do('worker', 'restart')
    try:
        assert_fault(call(stack, user, envelope()), UNAVAILABLE)
        assert health(stack) == 503
    finally:
        stack.sql('SET default_transaction_read_only = off;'
                  ' ALTER DATABASE umws RESET default_transaction_read_only')
    reset(stack, user)
    assert stack.state(user)['generation'] == 1
