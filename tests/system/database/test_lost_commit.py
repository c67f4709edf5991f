"""The answer of a commit is lost on the way: what the caller hears must
be what the database holds."""
import concurrent.futures

from harness import CHEAP, eventually, pin_of
from soap import call

OPTIONS = CHEAP + ('--workers', '4', '--limits', 'off',
                   '--conf', 'statement_timeout=1s',
                   '--conf', 'request_timeout=5s')
STORED = ("SELECT u.generation, (SELECT count(*) FROM umws.outbox o WHERE"
          " o.user_id = u.id), (SELECT count(*) FROM umws.pin_history h"
          " WHERE h.user_id = u.id), (SELECT count(*) FROM umws.audit a"
          " WHERE a.user_id = u.id AND a.result = 'ok'"
          " AND a.way <> 'umwsctl')"
          ' FROM umws.um_user u WHERE u.login = %s')


def stored(stack, login):
    """Generation, mails, history and audit; one number when they agree."""
    counts = set(stack.sql(STORED, login)[0])
    assert len(counts) == 1, counts
    return counts.pop()


def in_background(stack, login):
    pool = concurrent.futures.ThreadPoolExecutor(1)
    answer = pool.submit(call, stack, login)
    pool.shutdown(wait=False)
    return answer


def waiting(stack):
    return eventually(stack.waiting_backends)


def results(stack, login):
    return [row['result'] for row in stack.audit(login)]


def assert_pin_holds(stack, login):
    stack.mailer()
    mails = stack.mail_files(login)
    assert len(mails) == 1
    assert stack.is_pin(login, pin_of(mails[0]))


def test_backend_terminated_at_the_commit(stack, user):
    """Fenced off as abandoned; then done once more under a new id."""
    with stack.held_rows(user):
        answer = in_background(stack, user)
        (backend,) = waiting(stack)
        stack.sql('SELECT pg_terminate_backend(%s)', backend)
    assert answer.result().status == 200
    assert stored(stack, user) == 1
    assert results(stack, user) == ['abandoned', 'ok']
    assert_pin_holds(stack, user)


def test_committed_after_our_deadline(stack, user):
    """The worker gave up waiting; the old backend commits all the same,
    and the worker must find that out."""
    def lost():
        return stack.log('worker').count('database-lost')

    with stack.held_rows(user):
        before = lost()
        answer = in_background(stack, user)
        waiting(stack)
        eventually(lambda: lost() > before)
    assert answer.result().status == 200
    assert stored(stack, user) == 1
    assert results(stack, user).count('ok') == 1
    assert_pin_holds(stack, user)


def test_row_held_for_good(stack, user):
    """Nobody lets go before the request's end: a fault, and it is true."""
    with stack.held_rows(user):
        answer = in_background(stack, user).result()
        assert answer.status == 500
        assert answer.seconds < 15
    eventually(lambda: not stack.waiting_backends())
    if answer.code() != 'ErrorInternalServerTransientError':
        assert stored(stack, user) == 0
    assert call(stack, user).status == 200
    assert_pin_holds(stack, user)


def test_frozen_in_the_commit(stack, user):
    """Unknown until the server lives again; then all or nothing."""
    with stack.held_rows(user):
        answer = in_background(stack, user)
        waiting(stack)
        stack.do('pg', 'freeze')
        try:
            given = answer.result()
        finally:
            stack.do('pg', 'thaw')
    assert given.code() == 'ErrorInternalServerTransientError'
    eventually(lambda: not stack.waiting_backends())
    assert stored(stack, user) in (0, 1)
    assert call(stack, user).status == 200
    assert_pin_holds(stack, user)


def test_server_killed_in_the_commit(stack, user):
    """Crash recovery, and the request that was in it."""
    holder = stack.held_rows(user)
    holder.__enter__()
    answer = in_background(stack, user)
    waiting(stack)
    stack.do('pg', 'stop', 'immediate')
    given = answer.result()
    stack.do('pg', 'start')
    assert given.status == 500
    assert stored(stack, user) == 0
    assert call(stack, user).status == 200
    assert_pin_holds(stack, user)


def test_login_of_the_user_removed_meanwhile(stack, user):
    """Disabled between the look and the commit: refused, unchanged."""
    with stack.held_rows(user) as holder:
        answer = in_background(stack, user)
        waiting(stack)
        with holder.cursor() as cursor:
            cursor.execute('UPDATE umws.um_user SET um_enabled = false'
                           ' WHERE login = %s', (user,))
        holder.commit()
    given = answer.result()
    assert given.code() == 'ErrorUserNotUnifiedMessagingEnabled'
    assert stored(stack, user) == 0
    assert results(stack, user) == ['not_enabled']


def test_recipient_changed_meanwhile(stack, user):
    """Stale: sealed anew for the new address, never sent to the old."""
    with stack.held_rows(user) as holder:
        answer = in_background(stack, user)
        waiting(stack)
        with holder.cursor() as cursor:
            cursor.execute(
                "UPDATE umws.um_user SET email = 'new-' || email"
                ' WHERE login = %s', (user,))
        holder.commit()
    assert answer.result().status == 200
    assert results(stack, user) == ['stale', 'ok']
    stack.mailer()
    assert stack.mail_files(user) == []
    assert_pin_holds_at(stack, 'new-' + user, user)


def assert_pin_holds_at(stack, address, login):
    (mail,) = stack.mail_files(address)
    assert stack.is_pin(login, pin_of(mail))
