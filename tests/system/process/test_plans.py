"""What each request asks of the database: rows by an index, and helpers that
are planned once in a session, or none at all."""
import pytest

from harness import CHEAP, pin_of
from phonecall import change, logon, other_than
from soap import GET_PROPERTIES, MESSAGES, call, envelope, reset

OPTIONS = CHEAP + ('--limits', 'off')
OWN = '904716'
IS_ENABLED = envelope(f'<IsUMEnabled xmlns="{MESSAGES}"/>')
SET_OOF = envelope(f'<SetOofStatus xmlns="{MESSAGES}"><status>1</status>'
                   '</SetOofStatus>')


def new_pin(stack, login):
    reset(stack, login)
    stack.mailer()
    return pin_of(stack.mail_files(login)[-1])


@pytest.fixture(scope='module')
def asked(stack):
    """All that a worker asks, refusals too; by sessions whose plans are those
    that a session keeps."""
    stack.sql("ALTER SYSTEM SET track_functions = 'all'")
    stack.sql('SELECT pg_reload_conf()')
    try:
        login = stack.user()
        new_pin(stack, login)
        stack.sql('SELECT pg_stat_reset()')
        stack.do('worker', 'restart')
        for _ in range(8):
            pin = new_pin(stack, login)
            extension = str(20000 + int(login[-4:]))
            assert logon(stack, login, pin) == 'CHANGE'
            assert logon(stack, extension, other_than(pin)) == 'DENIED'
            assert change(stack, login, pin, OWN) in (
                'OK', 'REFUSED history The PIN was used before.')
            for body in (GET_PROPERTIES, SET_OOF, IS_ENABLED):
                assert call(stack, login, body).status == 200
        # A connection's end is when it tells at the latest what it did.
        stack.do('worker', 'restart')
        yield
    finally:
        stack.sql('ALTER SYSTEM RESET track_functions')
        stack.sql('SELECT pg_reload_conf()')


def test_no_mailbox_is_looked_for_in_all(stack, asked):
    rows = stack.sql(
        'SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname IN'
        " ('um_user', 'pin_history', 'audit', 'outbox') AND seq_scan > 0")
    assert rows == []


def test_no_helper_is_parsed_at_each_call(stack, asked):
    """PostgreSQL counts a function of language sql where it was not inlined:
    its text is parsed and planned whenever a query that calls it is run."""
    rows = stack.sql(
        'SELECT f.funcname, f.calls FROM pg_stat_user_functions f'
        ' JOIN pg_proc p ON p.oid = f.funcid JOIN pg_language l'
        " ON l.oid = p.prolang WHERE l.lanname = 'sql' AND NOT p.prosecdef")
    assert rows == []
    assert stack.value('SELECT calls FROM pg_stat_user_functions'
                       " WHERE funcname = 'logon_settle'") >= 16
