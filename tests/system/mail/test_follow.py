"""umws-mailer --follow: a mail leaves at once, whatever goes away meanwhile,
and no other mailer is in its way."""
import collections
import contextlib
import os
import pathlib
import signal
import statistics
import subprocess
import time

import psycopg2
import pytest

from follower import Follower
from harness import CHEAP, IS_LONG, eventually, run
from mailplace import CONFIGURATION
from smtpserver import Server
from soap import call, reset

OPTIONS = CHEAP + ('--limits', 'off')
AT_ONCE = 0.1           # seconds, of a mail on a machine that is idle
SILENCE = 4             # after so long the follower itself looks every 5 s
LOOKS = 2.5             # and this is what a lost notification costs at least
# Another transaction, as umws.outbox_wake() has it.
ABOUT_TO_NOTIFY = """
SELECT pg_try_advisory_xact_lock(1970108275, 7304564),
    pg_notify('umws_outbox', '')
"""


class Arrivals:
    """When the server had taken the mail to whom."""

    def __init__(self):
        self.at = {}

    def dot(self, connection):
        self.at[connection.rcpt.split('@')[0]] = time.time()
        return '250 2.0.0 Ok'

    def delay(self, place, login):
        """Seconds from a reset's commit, or just before it, to its mail."""
        self.at.pop(login, None)
        reset(place.stack, login)
        eventually(lambda: login in self.at, 20, login)
        return self.at[login] - place.stack.value(
            'SELECT extract(epoch FROM max(o.created_at))::float8'
            ' FROM umws.outbox o JOIN umws.um_user u ON u.id = o.user_id'
            ' WHERE u.login = %s', login)


def one_pass(place, server):
    """What this machine takes at this time for a mail, from the command on:
    more than a follower has to do."""
    place.queue()
    begun = time.monotonic()
    place.run(server)
    return time.monotonic() - begun


def test_at_once(place):
    """20 resets, one after the other. A machine with other things to do is
    allowed what it takes to start a mailer for one mail, if that is more."""
    arrivals = Arrivals()
    with Server(dot=arrivals.dot) as server:
        passes = [one_pass(place, server) for _ in range(5)]
        with Follower(place, server) as follower:
            follower.wait_idle()
            found = []
            for login in [place.stack.user() for _ in range(20)]:
                found.append(arrivals.delay(place, login))
                eventually(follower.is_idle)
    median, worst = statistics.median(found), max(found)
    busy = max(passes)
    print(f'median {median:.3f} s, worst {worst:.3f} s; a mailer that is'
          f' started takes {statistics.median(passes):.3f} s')
    assert median < max(AT_ONCE, statistics.median(passes)), found
    assert worst < max(AT_ONCE, 5 * busy), found


def test_by_notification(place):
    """Not because it happened to look: it has been silent for long."""
    arrivals = Arrivals()
    with Server(dot=arrivals.dot) as server:
        with Follower(place, server) as follower:
            follower.wait_idle()
            time.sleep(SILENCE)
            assert arrivals.delay(place, place.stack.user()) < LOOKS / 2
            follower.wait_for('pass')


def heard(listener, seconds):
    """What was notified meanwhile."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not listener.notifies:
        listener.poll()
        time.sleep(0.02)
    found = [(note.channel, note.payload) for note in listener.notifies]
    listener.notifies.clear()
    return found


def test_what_is_notified(place):
    """Nothing of the mail; and nothing at all while another transaction is
    about to notify, so that no reset waits for that one's commit."""
    stack = place.stack
    with contextlib.closing(stack.connect('mailer')) as listener:
        listener.autocommit = True
        with listener.cursor() as cursor:
            cursor.execute('LISTEN umws_outbox')
        reset(stack, stack.user())
        assert heard(listener, 5) == [('umws_outbox', '')]
        with contextlib.closing(stack.connect()) as other:
            with other.cursor() as cursor:
                cursor.execute(ABOUT_TO_NOTIFY)
            reset(stack, stack.user())
            assert heard(listener, 0.5) == []
            other.commit()
            assert heard(listener, 5) == [('umws_outbox', '')]


@contextlib.contextmanager
def full_queue(stack):
    """Somebody listens and stays in a transaction, until the queue of
    notifications takes no other one."""
    with contextlib.closing(stack.connect()) as listener, \
            contextlib.closing(stack.connect()) as other:
        with listener.cursor() as cursor:
            cursor.execute('LISTEN test_full')
            listener.commit()
            cursor.execute('SELECT 1')
            other.autocommit = True
            with other.cursor() as filling, pytest.raises(
                    psycopg2.errors.ProgramLimitExceeded):
                for number in range(1000):
                    filling.execute("SELECT pg_notify('test_full', rpad(%s,"
                                    " 7000, 'x'))", str(number))
            yield


def test_a_full_queue_of_notifications_undoes_no_reset(place):
    stack = place.stack
    if stack.value("SELECT current_setting('server_version_num')::integer"
                   ' < 170000'):
        pytest.skip('its queue has eight gigabytes')
    stack.sql('ALTER SYSTEM SET max_notify_queue_pages = 64')
    try:
        stack.do('pg', 'stop', 'fast')
        stack.do('pg', 'start')
        with full_queue(stack):
            login = stack.user()
            eventually(lambda: call(stack, login).status == 200)
            assert place.row(login)['state'] == 'queued'
    finally:
        stack.sql('ALTER SYSTEM RESET max_notify_queue_pages')
        stack.do('pg', 'stop', 'fast')
        stack.do('pg', 'start')


def test_notification_that_is_left_out(place):
    """Right behind another one it costs no more than a moment; without any,
    ten seconds."""
    stack = place.stack
    with Server() as server, Follower(place, server) as follower:
        follower.wait_idle()
        with contextlib.closing(stack.connect()) as other:
            with other.cursor() as cursor:
                cursor.execute(ABOUT_TO_NOTIFY)
            login = stack.user()
            reset(stack, login)
            other.commit()
            begun = time.monotonic()
            follower.wait_for('mail', 1)
            assert time.monotonic() - begun < LOOKS / 2
            time.sleep(SILENCE)
            with other.cursor() as cursor:
                cursor.execute(ABOUT_TO_NOTIFY)
            reset(stack, login)
            follower.wait_for('mail', 2)
            other.rollback()
    assert len(server.mails) == 2


def test_another_process_each_time(place):
    """What was in clear ends with its pass."""
    with Server() as server, Follower(place, server) as follower:
        for count in range(1, 4):
            follower.wait_idle()
            reset(place.stack, place.stack.user())
            follower.wait_for('mail', count)
        pids = {line.split('[')[1].split(']')[0] for line in follower.said
                if ' mail ' in line}
    assert len(pids) == 3 and str(follower.pid) not in pids
    assert [line for line in follower.lines('pass')
            if 'sent=1 deferred=0 dead=0 left=0' not in line] == []


def test_falls_due(place):
    """A mail that was put off, with nobody to say so, leaves when it is
    due."""
    with Server(rcpt=['450 4.2.0 Greylisted', '250 2.1.5 Ok']) as server:
        with Follower(place, server, retry_min='2s') as follower:
            follower.wait_idle()
            login = place.stack.user()
            reset(place.stack, login)
            follower.wait_for('mail', 1)
            follower.wait_for('mail', 2)
    row = place.row(login)
    assert (row['state'], row['attempts']) == ('sent', 2)
    first, second = (line.split('result=')[1].split(' ')[0]
                     for line in follower.lines('mail'))
    assert (first, second) == ('retry', 'sent')


def test_retry_of_an_operator(place):
    """outbox retry is heard as well."""
    with Server(rcpt=['450 4.2.0 Greylisted', '250 2.1.5 Ok']) as server:
        with Follower(place, server, retry_min='1h') as follower:
            follower.wait_idle()
            login = place.stack.user()
            reset(place.stack, login)
            follower.wait_for('mail', 1)
            time.sleep(SILENCE)
            place.stack.do('ctl', 'outbox', 'retry', place.row(login)['id'])
            begun = time.monotonic()
            follower.wait_for('mail', 2)
            assert time.monotonic() - begun < LOOKS / 2 + 1


def test_database_restarts(place):
    """While mails are under way, and no more than a line for each host and
    process says so: each mail comes once."""
    server = Server(pause={'dot': 0.05})
    with server, Follower(place, server) as follower:
        follower.wait_idle()
        logins = place.queue(20)
        eventually(lambda: len(server.mails) > 3)
        place.stack.do('pg', 'stop', 'fast')
        follower.wait_for('database-away')
        time.sleep(3)
        place.stack.do('pg', 'start')
        eventually(lambda: set(place.states(logins)) == {'sent'}, 60)
    copies = collections.Counter(
        mail[1].split('@')[0] for mail in server.mails)
    assert copies.keys() == set(logins)
    assert set(copies.values()) == {1}, copies
    away = collections.Counter(
        line.split('[')[1].split(']')[0] for line in follower.said
        if ' database-away ' in line)
    assert set(away.values()) == {1}, follower.said


def test_database_away(place):
    """It is asked now and then, one line says that it is away and one that
    it is back, and then mails leave as before."""
    with Server() as server, Follower(place, server) as follower:
        follower.wait_idle()
        place.stack.do('pg', 'stop', 'fast')
        time.sleep(4)
        place.stack.do('pg', 'start')
        follower.wait_for('follow', 2)
        eventually(follower.is_idle)
        login = place.stack.user()
        reset(place.stack, login)
        follower.wait_for('mail')
    assert place.row(login)['state'] == 'sent'
    own = [line for line in follower.said if f'[{follower.pid}]' in line]
    words = [line.split(': ')[1].split(' ')[0] for line in own]
    # Where it was just asking for the next mail that says so, too.
    if words[2] == 'database-lost':
        del words[2]
    # Where it was just asking for the next mail it ends at once, in silence.
    if words[-1] == 'stop':
        del words[-1]
    assert words == ['start', 'follow', 'database-away', 'follow'], own
    assert len(follower.lines('database-away')) == 1, follower.said


def test_mail_server_away(place):
    """No busy loop, no mail lost, and all well by itself afterwards."""
    server = Server()
    reply = '421 4.3.2 Not now'
    server.replies['greet'] = reply
    with server, Follower(place, server) as follower:
        follower.wait_idle()
        logins = [place.stack.user() for _ in range(5)]
        begun = time.monotonic()
        for login in logins:
            reset(place.stack, login)
            time.sleep(0.5)
        time.sleep(max(0, begun + 3 - time.monotonic()))
        assert 1 <= server.connections <= 4
        assert not server.mails
        server.replies['greet'] = '220 mx.example.test ESMTP'
        eventually(lambda: len(server.mails) == 5, 40)
    assert place.states(logins) == ['sent'] * 5


def test_setting_at_fault(place):
    """The sender is refused: it stays, says so, and goes on when told that
    somebody has mended it."""
    with Server(mail='550 5.7.1 Sender refused') as server:
        with Follower(place, server) as follower:
            follower.wait_idle()
            login = place.stack.user()
            reset(place.stack, login)
            follower.wait_for('mail')
            eventually(lambda: place.stack.value(
                'SELECT exit_code FROM umws.mailer_pass') == CONFIGURATION)
            time.sleep(3)
            assert follower.process.poll() is None
            assert server.connections <= 4
            assert 'envelope_from' in ''.join(follower.said)
            server.replies['mail'] = '250 2.1.0 Ok'
            place.due()
            follower.signal(signal.SIGHUP)
            eventually(lambda: server.mails)
    assert place.row(login)['state'] == 'sent'


def test_reload(place):
    """Another server by SIGHUP; a file that is wrong changes nothing."""
    with Server() as first, Server() as second:
        with Follower(place, first) as follower:
            follower.wait_idle()
            place.configure(second)
            reset(place.stack, place.stack.user())
            follower.wait_for('mail', 1)
            assert (len(first.mails), len(second.mails)) == (1, 0)
            follower.wait_idle()        # or the pass would take what comes
            follower.signal(signal.SIGHUP)
            follower.wait_for('reload')
            reset(place.stack, place.stack.user())
            follower.wait_for('mail', 2)
            assert (len(first.mails), len(second.mails)) == (1, 1)
            place.conf.write_text('smtp_url = nonsense\n')
            follower.signal(signal.SIGHUP)
            follower.wait_for('reload-refused')
            reset(place.stack, place.stack.user())
            follower.wait_for('mail', 3)
            assert (len(first.mails), len(second.mails)) == (1, 2)


def test_key_that_cannot_be_read(place):
    """At SIGHUP the old settings stay; at the start there is none."""
    with Server() as server:
        with Follower(place, server) as follower:
            follower.wait_idle()
            place.configure(server, mail_key='/nonexistent')
            follower.signal(signal.SIGHUP)
            follower.wait_for('reload-refused')
            reset(place.stack, place.stack.user())
            follower.wait_for('mail')
        place.configure(server, mail_key='/nonexistent')
        done = run(place.stack.env['UMWS_MAILER'], '--config', place.conf,
                   '--follow')
    assert done.returncode == CONFIGURATION, done


@pytest.mark.parametrize('number', (signal.SIGTERM, signal.SIGINT))
def test_end(place, number):
    """At once when it waits; with a mail in hand that is finished first."""
    with Server() as server, Follower(place, server) as follower:
        follower.wait_idle()
        begun = time.monotonic()
        follower.signal(number)
        assert follower.process.wait(20) == 0
        assert time.monotonic() - begun < 2
    server = Server(pause={'dot': 2})
    with server, Follower(place, server) as follower:
        follower.wait_idle()
        logins = place.queue(3)
        eventually(lambda: 'DATA' in server.verbs())
        follower.signal(number)
        assert follower.process.wait(20) == 0
    assert [login.split('@')[0] for _, login, *_ in server.mails] == (
        logins[:1])
    assert sorted(place.states(logins)) == ['queued', 'queued', 'sent']
    assert place.stack.value('SELECT count(*) FROM umws.outbox'
                             ' WHERE lease_token IS NOT NULL') == 0


@pytest.mark.skipif(not IS_LONG,
                    reason='takes more than a minute: UMWS_LONG=1')
def test_silent_server_holds_nobody(place):
    """A mail without an answer holds its pass; after a minute another one
    sends the mails behind it."""
    silent = place.stack.user()

    def dot(connection):
        if connection.rcpt.startswith(silent):
            connection.server.closing.wait(90)
            return None
        return '250 2.0.0 Ok'

    with Server(dot=dot) as server:
        with Follower(place, server, smtp_connections=1) as follower:
            follower.wait_idle()
            reset(place.stack, silent)
            eventually(lambda: 'DATA' in server.verbs())
            login = place.stack.user()
            reset(place.stack, login)
            eventually(lambda: place.row(login)['state'] == 'sent', 75)
            assert place.row(silent)['state'] == 'sending'
            server.closing.set()


def test_side_by_side(place):
    """Two followers and mailers from cron, over 200 mails: each once."""
    with Server(pause={'dot': 0.01}) as server:
        with Follower(place, server) as one, Follower(place, server) as two:
            one.wait_for('follow')
            two.wait_for('follow')
            mailers = []
            logins = []
            for _ in range(4):
                logins += place.queue(50)
                mailers.append(subprocess.Popen(
                    [place.stack.env['UMWS_MAILER'], '--config', place.conf],
                    stderr=subprocess.DEVNULL))
            eventually(lambda: len(server.mails) >= 200, 60)
            for mailer in mailers:
                assert mailer.wait(30) == 0
    copies = collections.Counter(
        mail[1].split('@')[0] for mail in server.mails)
    assert len(copies) == 200 and set(copies.values()) == {1}
    assert set(place.states(logins)) == {'sent'}


def test_metrics_stay_alive(place):
    """Each pass is seen, and one that had nothing to do."""
    stack = place.stack
    with Server() as server, Follower(place, server) as follower:
        follower.wait_idle()
        done = run(stack.env['UMWS_MAILER'], 'check')
        assert done.returncode == 0, done
        before = stack.value('SELECT max(ended_at) FROM umws.mailer_pass')
        reset(stack, stack.user())
        follower.wait_for('pass')
        eventually(lambda: stack.value(
            'SELECT max(ended_at) > %s FROM umws.mailer_pass', before))
        shown = stack.do('ctl', 'db', 'status')
    assert 'Last mailer pass' in shown and os.uname().nodename in shown


def test_no_end_for_a_follower(place):
    done = run(place.stack.env['UMWS_MAILER'], '--follow', '--max-time',
               '5s')
    assert done.returncode == 64
    assert '--follow has no end' in done.stderr


def test_killed(place):
    """kill -9 leaves no process that waits for ever."""
    with Server() as server:
        follower = Follower(place, server).__enter__()
        follower.wait_idle()
        children = follower.children()
        follower.process.kill()
        follower.process.wait()
        eventually(lambda: not any(
            pathlib.Path(f'/proc/{pid}').exists() for pid in children))
