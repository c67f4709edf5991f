"""Limits on resets: on by default, kept in the database, and a refusal
that says when to come again."""
import concurrent.futures

import pytest

from soap import (MESSAGES, assert_fault, call, envelope, fault, reset,
                  text_of)

HOUR_MS = 3600 * 1000


@pytest.fixture(autouse=True)
def own_limits(stack):
    """Whatever a test changes, the next one finds the defaults."""
    stack.sql('UPDATE umws.limits SET resets_per_address_hour = 0,'
              ' resets_per_minute = 0')
    yield
    stack.sql('UPDATE umws.policy SET resets_per_hour = 5,'
              ' resets_per_day = 10')


def assert_busy(stack, user, rule, longest_ms, address_of=None):
    """Refused now, with a consistent time to wait, and without effect."""
    before = stack.world(), stack.outbox(user)
    answer = call(stack, user)
    back_off = int(text_of(answer.body, 'Value'))
    assert 0 < back_off <= longest_ms
    assert_fault(answer, fault('server-busy', **{'297749': str(back_off)}))
    assert answer.headers['Retry-After'] == str(-(-back_off // 1000))
    assert (stack.world(), stack.outbox(user)) == before
    (row,) = [row for row in stack.audit(user) if row['result'] == 'busy'][-1:]
    assert (row['rule'], row['operation_id']) == (rule, None)
    return back_off


def test_defaults_are_on(stack):
    shown = stack.sql('SELECT resets_per_hour, resets_per_day'
                      ' FROM umws.policy WHERE name = %s', 'default')
    assert shown == [(5, 10)]
    columns = stack.sql(
        'SELECT column_name, column_default FROM information_schema.columns'
        " WHERE table_schema = 'umws' AND table_name = 'limits'")
    assert ('resets_per_address_hour', '120') in columns
    assert ('resets_per_minute', '600') in columns
    assert ('changes_per_user_hour', '60') in columns


def test_five_an_hour(stack, user):
    for _ in range(5):
        reset(stack, user)
    back_off = assert_busy(stack, user, 'user-hour', HOUR_MS)
    assert back_off > HOUR_MS - 60000
    assert stack.state(user)['generation'] == 5


def test_back_off_ends_when_the_oldest_leaves_the_window(stack, user):
    for _ in range(5):
        reset(stack, user)
    stack.rewrite("UPDATE umws.audit SET at = at - interval '59 minutes'"
                  ' WHERE id = (SELECT min(id) FROM umws.audit'
                  " WHERE login = %s AND way = 'soap')", user)
    assert assert_busy(stack, user, 'user-hour', 60000) > 30000
    stack.rewrite("UPDATE umws.audit SET at = at - interval '1 minute'"
                  ' WHERE id = (SELECT min(id) FROM umws.audit'
                  " WHERE login = %s AND way = 'soap')", user)
    reset(stack, user)
    assert_busy(stack, user, 'user-hour', HOUR_MS)


def test_ten_a_day(stack, user):
    stack.sql('UPDATE umws.policy SET resets_per_hour = 0')
    for _ in range(10):
        reset(stack, user)
    assert_busy(stack, user, 'user-day', 24 * HOUR_MS)


def test_per_address(stack, user):
    reset(stack, user)
    stack.sql('UPDATE umws.limits SET resets_per_address_hour = 1')
    assert_busy(stack, stack.user(), 'address-hour', HOUR_MS)


def test_over_all(stack, user):
    stack.sql('UPDATE umws.limits SET resets_per_minute = 1')
    stack.rewrite("UPDATE umws.audit SET at = at - interval '1 minute'")
    reset(stack, user)
    assert_busy(stack, stack.user(), 'all-minute', 60000)


def test_over_all_is_counted(stack, user):
    """Numbers that stand at no row (a commit that failed, a crash) are no
    resets: three are three, however far apart their numbers are."""
    stack.sql('UPDATE umws.limits SET resets_per_minute = 3')
    stack.rewrite("UPDATE umws.audit SET at = at - interval '1 minute'")
    for _ in range(3):
        stack.sql("SELECT nextval('umws.audit_reset_number_seq')"
                  ' FROM generate_series(1, 50)')
        reset(stack, stack.user())
    assert_busy(stack, user, 'all-minute', 60000)
    # The oldest leaves the window: there is room for one.
    stack.rewrite("UPDATE umws.audit SET at = at - interval '1 minute' WHERE"
                  ' reset_number = (SELECT min(reset_number) FROM umws.audit'
                  " WHERE at > now() - interval '1 minute')")
    reset(stack, user)
    assert_busy(stack, stack.user(), 'all-minute', 60000)


def test_refusals_and_others_do_not_count(stack, user):
    """Only successful own resets fill a window."""
    for _ in range(20):
        assert call(stack, user, b'<').status == 500
    for _ in range(5):
        reset(stack, user)
    for _ in range(3):
        assert_busy(stack, user, 'user-hour', HOUR_MS)
    reset(stack, stack.user())


def test_exact_under_concurrency(stack, user):
    """Twelve at once: exactly five succeed, however they interleave."""
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: call(stack, user), range(12)))
    assert sorted(answer.status for answer in answers) == (
        [200] * 5 + [500] * 7)
    assert {answer.code() for answer in answers
            if answer.status == 500} == {'ErrorServerBusy'}
    assert stack.state(user)['generation'] == 5
    assert len([row for row in stack.outbox(user)
                if row['state'] == 'queued']) == 1


def rows_read(stack):
    """Rows that scans of whole tables have read, of the tables that grow."""
    stack.sql('SELECT pg_stat_clear_snapshot()')
    return stack.value(
        "SELECT sum(seq_tup_read)::bigint FROM pg_stat_user_tables WHERE"
        " relname IN ('audit', 'outbox', 'pin_history', 'um_user')")


SET_OOF = envelope(f'<SetOofStatus xmlns="{MESSAGES}"><status>1</status>'
                   '</SetOofStatus>')


def test_properties(stack, user):
    """Each is a durable commit and an audit row: they have a limit, too."""
    stack.sql('UPDATE umws.limits SET changes_per_user_hour = 2')
    try:
        for status in (200, 200, 500, 500):
            answer = call(stack, user, SET_OOF)
            assert answer.status == status
        assert answer.code() == 'ErrorServerBusy'
        assert 0 < int(text_of(answer.body, 'Value')) <= HOUR_MS
        assert [(row['result'], row['rule'], row['count'])
                for row in stack.audit(user)] == [
                    ('ok', None, 1), ('ok', None, 1), ('busy', 'user-hour', 2)]
        assert call(stack, stack.user(), SET_OOF).status == 200
        reset(stack, user)
    finally:
        stack.sql('UPDATE umws.limits SET changes_per_user_hour = 0')
    assert call(stack, user, SET_OOF).status == 200


def test_history_is_never_read_whole(stack, user):
    """Not by a session either that planned its queries on small tables."""
    stack.sql('UPDATE umws.limits SET resets_per_address_hour = 10000,'
              ' resets_per_minute = 10000')
    stack.rewrite('TRUNCATE umws.audit, umws.outbox, umws.pin_history')
    reset(stack, user)
    stack.sql('VACUUM ANALYZE umws.audit, umws.outbox, umws.pin_history')
    stack.do('worker', 'restart')
    # Plans settle with a session's sixth call.
    for _ in range(8 * 8):
        reset(stack, stack.user())
    stack.sql(
        "INSERT INTO umws.audit (at, login, actor, way, action, result)"
        " SELECT clock_timestamp() - interval '1 month', 'user0001',"
        " 'user0001', 'soap', 'reset', 'ok' FROM generate_series(1, 20000)")
    stack.sql(
        'INSERT INTO umws.outbox (id, user_id, generation, kind, recipient,'
        ' locale, key_id, state, next_attempt_at, created_at, expires_at,'
        ' display_name, extension, access_numbers, extra_text, is_locked_out,'
        ' must_change) SELECT gen_random_uuid(), (SELECT min(id) FROM'
        " umws.um_user), 0, 'reset', 'x@example.test', 'en', 'k', 'sent',"
        " now(), now() - interval '1 month', now(), '', '', '', '', false,"
        ' false FROM generate_series(1, 20000)')
    stack.owner.close()     # what the lines above have read is told now
    before = rows_read(stack)
    for _ in range(16):
        reset(stack, stack.user())
    stack.mailer()      # claims, and reads what waits alone
    # A connection's end is when it tells at the latest what it has read.
    stack.do('worker', 'stop')
    stack.do('worker', 'start')
    assert rows_read(stack) - before < 20000


def test_limits_read_few_rows(stack, user):
    """However many resets of others there are, not by a session either that
    planned its queries when there were none."""
    stack.sql('UPDATE umws.limits SET resets_per_address_hour = 120,'
              ' resets_per_minute = 600')
    stack.rewrite('TRUNCATE umws.audit')
    stack.sql('VACUUM ANALYZE umws.audit')
    stack.do('worker', 'restart')
    for _ in range(8 * 8):
        reset(stack, stack.user())
    stack.sql('INSERT INTO umws.audit (at, user_id, login, actor,'
              " actor_address, way, action, result, reset_number) SELECT"
              " clock_timestamp() - (5000 - n) * interval '0.1 seconds', 0,"
              " 'other', 'other', '192.0.2.0'::inet + n % 256, 'soap',"
              " 'reset', 'ok',"
              " nextval('umws.audit_reset_number_seq')"
              ' FROM generate_series(1, 4500) n')
    read = ('SELECT sum(pg_stat_get_tuples_returned(indexrelid))::bigint'
            " FROM pg_index WHERE indrelid = 'umws.audit'::regclass")
    before = stack.value(read)
    for _ in range(16):
        reset(stack, stack.user())
    stack.do('worker', 'stop')      # tells at the latest what it has read
    stack.do('worker', 'start')
    stack.sql('SELECT pg_stat_clear_snapshot()')
    # Those of our own address, 80 at the end, and few others.
    assert stack.value(read) - before < 16 * 200


def test_refusals_are_counted_not_repeated(stack, user):
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              user)
    for _ in range(5):
        assert call(stack, user).status == 500
    rows = stack.audit(user)
    assert sum(row['count'] for row in rows) == 5
    assert len(rows) <= 2       # a minute may have ended in between
    assert all(row['operation_id'] is None for row in rows)
