"""umws-mailer --follow behind PgBouncer in transaction mode, and in one that
keeps sessions."""
import signal
import time

import pytest

from follower import Follower
from harness import CHEAP, eventually
from mailplace import Place
from smtpserver import Server
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off', '--pgbouncer')


@pytest.fixture
def place(stack):
    made = Place(stack)
    made.clean()
    yield made
    made.clean()


def test_it_polls_and_says_so(place):
    """One line, once; mails leave within some seconds."""
    with Server() as server, Follower(place, server) as follower:
        follower.sessions = 1
        follower.wait_idle('polling')
        assert len(follower.lines('follow')) == 1
        assert 'PgBouncer in transaction mode' in follower.lines(
            'follow', '4')[0]
        time.sleep(2)
        begun = time.monotonic()
        reset(place.stack, place.stack.user())
        eventually(lambda: server.mails)
        assert time.monotonic() - begun < 5
        follower.signal(signal.SIGHUP)
        follower.wait_for('reload')
        eventually(follower.is_idle)
    assert len(follower.lines('follow')) == 1
    # No connection of the pooler's listens on behalf of nobody.
    assert 'wakes-by=notification' not in ''.join(follower.said)
