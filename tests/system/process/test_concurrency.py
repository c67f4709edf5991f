"""Many resets of one mailbox at once, and of many mailboxes."""
import concurrent.futures
import threading

from harness import CHEAP, pin_of
from soap import call

OPTIONS = CHEAP + ('--limits', 'off')


def at_once(count, work):
    """Run work(number) in count threads that begin together."""
    barrier = threading.Barrier(count)

    def begin(number):
        barrier.wait()
        return work(number)

    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def states(stack, login):
    return [row['state'] for row in stack.outbox(login)]


def test_two_at_once(stack, user):
    for number in range(5):
        answers = at_once(2, lambda _: call(stack, user))
        assert [answer.status for answer in answers] == [200, 200]
        kept = states(stack, user)
        assert kept.count('queued') == 1 and kept[-1] == 'queued'
        assert kept[-2] == 'superseded'
        assert not stack.outbox(user)[-2]['has_sealed']
        stack.mailer()
        mails = stack.mail_files(user)
        assert len(mails) == number + 1
        assert stack.is_pin(user, pin_of(mails[-1]))
        assert states(stack, user)[-2:] == ['superseded', 'sent']


def test_sixteen_clients_twenty_resets_each(stack, user):
    answers = at_once(16, lambda _: [call(stack, user) for _ in range(20)])
    assert [answer.status for one in answers for answer in one] == [200] * 320
    assert stack.state(user)['generation'] == 320
    kept = states(stack, user)
    assert kept == ['superseded'] * 319 + ['queued']
    results = [row['result'] for row in stack.audit(user)]
    assert results.count('ok') == 320
    stack.mailer()
    mails = stack.mail_files(user)
    assert len(mails) == 1
    assert stack.is_pin(user, pin_of(mails[0]))


def test_reset_ids_are_one_thing(stack, user):
    """audit.operation_id, outbox.id and the order of generations agree."""
    at_once(4, lambda _: [call(stack, user) for _ in range(3)])
    done = [row['operation_id'] for row in stack.audit(user)
            if row['result'] == 'ok']
    assert len(done) == 12
    assert {row['id'] for row in stack.outbox(user)} == set(done)
    assert [row['generation'] for row in stack.outbox(user)] == (
        list(range(1, 13)))


def test_many_users_at_once(stack):
    logins = [stack.user() for _ in range(40)]
    answers = at_once(10, lambda number: [
        call(stack, login) for login in logins[number * 4:number * 4 + 4]])
    assert {answer.status for one in answers for answer in one} == {200}
    for login in logins:
        assert states(stack, login) == ['queued']
    request_ids = {answer.headers['X-Request-Id']
                   for one in answers for answer in one}
    assert len(request_ids) == 40
