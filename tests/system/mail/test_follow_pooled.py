"""umws-mailer --follow behind PgBouncer, which passes notifications on only if
it keeps sessions."""
import pathlib
import re
import signal
import time

import pytest

from follower import Follower
from harness import CHEAP, eventually
from smtpserver import Server
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off', '--pgbouncer')


@pytest.fixture
def keeping_sessions(stack):
    folder = re.search(r'host=(\S+)', stack.env['UMWS_DSN_MAILER'])[1]
    path = pathlib.Path(folder, 'pgbouncer.ini')
    text = path.read_text()

    def restart(text):
        path.write_text(text)
        stack.do('pgbouncer', 'stop')
        stack.do('pgbouncer', 'start')

    restart(re.sub('default_pool_size = .*', 'default_pool_size = 10',
                   text.replace('= transaction', '= session')))
    yield
    restart(text)


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


def test_nothing_is_left_in_a_session(place):
    """Whoever gets the pooler's connection next does not listen."""
    with Server() as server, Follower(place, server) as follower:
        follower.sessions = 1
        follower.wait_idle('polling')
    with place.stack.connect('mailer') as other, other.cursor() as cursor:
        for _ in range(5):
            cursor.execute('SELECT pg_listening_channels()')
            assert ('umws_outbox',) not in cursor.fetchall()
            other.commit()


def test_sessions_are_kept(place, keeping_sessions):
    """There is a pooler, and notifications come."""
    with Server() as server, Follower(place, server) as follower:
        follower.wait_idle('notification')
        time.sleep(4)
        begun = time.monotonic()
        reset(place.stack, place.stack.user())
        eventually(lambda: server.mails)
        assert time.monotonic() - begun < 1.5
    assert len(follower.lines('follow')) == 1
