"""Children die and are replaced; signals end or renew them; nobody's
request is lost."""
import concurrent.futures
import pathlib
import signal
import time

import pytest

from harness import CHEAP, eventually, is_alive, kill
from soap import REFERENCE, call, health, load, more, reset

WORKERS = 4
OPTIONS = CHEAP + ('--workers', str(WORKERS), '--limits', 'off')


@pytest.fixture(autouse=True)
def whole(stack):
    """Every test begins and ends with all children at work."""
    yield
    eventually(lambda: len(stack.children()) == WORKERS, 20)
    assert health(stack) == 200


def renewed(stack, old):
    """All children are others than these, and as many as there should be."""
    def check():
        new = stack.children()
        return len(new) == WORKERS and not set(new) & set(old) and new

    return eventually(check, 20)


def test_a_killed_child_is_replaced(stack, user):
    old = stack.children()
    assert len(old) == WORKERS
    kill(old[0])
    for _ in range(8):
        reset(stack, user)
    new = eventually(lambda: len(stack.children()) == WORKERS
                     and stack.children())
    assert set(old[1:]) <= set(new) and old[0] not in new
    assert 'child-died' in stack.log('worker')


def test_all_children_killed(stack, user):
    parent, old = stack.parent(), stack.children()
    for child in old:
        kill(child)
    renewed(stack, old)
    reset(stack, user)
    assert stack.parent() == parent


def test_killed_under_load(stack):
    """At most the requests of the dead child fail; what it had said yes
    to is there."""
    logins = [stack.user() for _ in range(4)]
    with load(stack, logins, REFERENCE) as answers:
        for _ in range(3):
            more(answers, 10)
            kill(stack.children()[0])
        more(answers, 10)
    statuses = [answer.status for answer in answers]
    assert set(statuses) <= {200, 503}
    assert statuses.count(503) <= 3
    kept = sum(stack.state(login)['generation'] for login in logins)
    assert statuses.count(200) <= kept <= len(statuses)


def test_term_ends_idle_children_at_once(stack):
    parent, children = stack.parent(), stack.children()
    begin = time.monotonic()
    kill(parent, signal.SIGTERM)
    eventually(lambda: not any(map(is_alive, [parent, *children])), 5)
    seconds = time.monotonic() - begin
    assert not pathlib.Path(stack.env['UMWS_FCGI_SOCKET']).exists()
    stack.do('worker', 'start')
    assert seconds < 1


def test_term_lets_a_request_end(stack, user):
    """A child at work gives its answer first."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with stack.held_rows(user):
            answer = pool.submit(call, stack, user)
            eventually(stack.waiting_backends)
            kill(stack.parent(), signal.SIGTERM)
            eventually(lambda: len(stack.children()) == 1)
        assert answer.result().status == 200
    eventually(lambda: not stack.children())
    stack.do('worker', 'start')
    assert stack.state(user)['generation'] == 1


def test_without_a_worker(stack, user):
    stack.do('worker', 'stop')
    answer = call(stack, user)
    status = health(stack)
    stack.do('worker', 'start')
    assert answer.status == 503 and status == 503
    assert int(answer.headers['Retry-After']) > 0
    assert b'Envelope' not in answer.body
    assert stack.state(user)['generation'] == 0
    reset(stack, user)


def test_children_end_with_their_parent(stack):
    """kill -9 of the parent leaves nobody behind."""
    parent, children = stack.parent(), stack.children()
    kill(parent)
    eventually(lambda: not any(map(is_alive, children)), 5)
    stack.do('worker', 'start')


def test_a_reload_loses_no_request(stack):
    logins = [stack.user() for _ in range(3)]
    with load(stack, logins, REFERENCE) as answers:
        for _ in range(3):
            old = stack.children()
            stack.do('worker', 'reload')
            renewed(stack, old)
            more(answers, 10)
    assert {answer.status for answer in answers} == {200}
    kept = sum(stack.state(login)['generation'] for login in logins)
    assert kept == len(answers)


def test_a_reload_takes_the_new_configuration(stack, user):
    conf = pathlib.Path(stack.env['UMWS_CONF'])
    text = conf.read_text()
    try:
        conf.write_text(text.replace('8,1,1', '32,1,1'))
        old = stack.children()
        stack.do('worker', 'reload')
        renewed(stack, old)
        reset(stack, user)
    finally:
        conf.write_text(text)
        old = stack.children()
        stack.do('worker', 'reload')
        renewed(stack, old)
    verifier = stack.value(
        'SELECT verifier FROM umws.um_user WHERE login = %s', user)
    assert '$m=32,t=1,p=1$' in verifier


@pytest.mark.parametrize('line', [
    'nonsense = 1', 'pepper_key = /nowhere', 'database_worker = host=/x'])
def test_a_bad_configuration_changes_nothing(stack, user, line):
    conf = pathlib.Path(stack.env['UMWS_CONF'])
    text = conf.read_text()
    key = line.split(' =')[0]
    kept = [old for old in text.splitlines() if old.split(' =')[0] != key]
    parent, old = stack.parent(), stack.children()
    refused = stack.log('worker').count('reload-refused')
    try:
        conf.write_text('\n'.join([*kept, line]) + '\n')
        stack.do('worker', 'reload')
        if line.startswith('database'):
            return finish_reload(stack, old, conf, text)
        eventually(lambda: stack.log('worker').count(
            'reload-refused') == refused + 1)
    finally:
        conf.write_text(text)
    assert (stack.parent(), stack.children()) == (parent, old)
    reset(stack, user)


def finish_reload(stack, old, conf, text):
    """A database that is away is no mistake: the reload goes on."""
    new = renewed(stack, old)
    assert health(stack) == 503
    conf.write_text(text)
    stack.do('worker', 'reload')
    renewed(stack, new)
    eventually(lambda: health(stack) == 200)


def test_a_stopped_child_is_no_reason_to_wait(stack, user):
    """One hung child does not hold up the others."""
    child = stack.children()[0]
    kill(child, signal.SIGSTOP)
    try:
        for _ in range(12):
            assert reset(stack, user).seconds < 5
    finally:
        kill(child, signal.SIGCONT)


def test_derivations_wait_their_turn(stack):
    """More clients than cores and children: all are served."""
    logins = [stack.user() for _ in range(16)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda login: call(stack, login), logins))
    assert [answer.status for answer in answers] == [200] * 16
