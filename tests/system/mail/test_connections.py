"""Several connections of one pass: how many, what the server says of it, and
that order, judgement and settling are those of one."""
import pathlib
import signal
import subprocess
import threading
import time

import pytest

from harness import CHEAP, eventually, is_alive, kill, pin_of
from mailplace import CONFIGURATION, TEMPORARY
from smtpserver import Server
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off')
PER_CONNECTION = 8      # mails that are taken before another one is opened


class Watch:
    """Which recipients' mails are between MAIL and the answer to the dot."""

    def __init__(self, dot='250 2.0.0 Ok', pause=0.05):
        self.lock = threading.Lock()
        self.under_way, self.most = {}, 0
        self.at_once = set()        # a user's mails that met
        self.dot_reply, self.pause = dot, pause

    def mail(self, connection):
        with self.lock:
            self.under_way[connection] = None
            self.most = max(self.most, len(self.under_way))
        return '250 2.1.0 Ok'

    def rcpt(self, connection):
        with self.lock:
            if connection.rcpt in self.under_way.values():
                self.at_once.add(connection.rcpt)
            self.under_way[connection] = connection.rcpt
        return '250 2.1.5 Ok'

    def dot(self, connection):
        pause, reply = self.pause, self.dot_reply
        time.sleep(pause(connection) if callable(pause) else pause)
        with self.lock:
            self.under_way.pop(connection, None)
        return reply(connection) if callable(reply) else reply

    def replies(self):
        return {'mail': self.mail, 'rcpt': self.rcpt, 'dot': self.dot}


def start(place, server, **settings):
    """A pass in the background, with these settings."""
    place.configure(server, **settings)
    return subprocess.Popen(
        [place.stack.env['UMWS_MAILER'], '--config', place.conf], text=True,
        stderr=subprocess.PIPE)


def assert_all_sent(place, server, logins):
    assert place.states(logins) == ['sent'] * len(logins)
    assert sorted(mail[1] for mail in server.mails) == sorted(
        f'{login}@example.test' for login in logins)


@pytest.mark.parametrize('settings, count, most', [
    ({}, 60, 4), ({'smtp_connections': 2}, 60, 2),
    ({'smtp_connections': 1}, 30, 1), ({}, PER_CONNECTION, 1),
    ({'mail_batch': 1}, 40, 4),
])
def test_how_many(place, settings, count, most):
    logins = place.queue(count)
    watch = Watch(pause=0.15)
    with Server(**watch.replies()) as server:
        said = place.run(server, **settings)
        assert_all_sent(place, server, logins)
        assert watch.most == most
        assert server.connections == most
    assert f'pass sent={count} deferred=0 dead=0 left=0' in said
    assert [place.row(login)['attempts'] for login in logins] == [1] * count


class Crowd:
    """Answers of a server that serves so many connections at once."""

    def __init__(self, limit, reply):
        self.limit, self.reply = limit, reply
        self.lock = threading.Lock()
        self.served = []

    def answer(self, connection, usual):
        with self.lock:
            if connection not in self.served:
                if len(self.served) >= self.limit:
                    return self.reply
                self.served.append(connection)
        return usual


TOO_MANY = [
    ('greet', '421 4.7.0 mx Error: too many connections from 127.0.0.1'),
    ('greet', '554 5.7.1 Too many concurrent connections'),
    ('ehlo', '421 4.3.2 The maximum number of concurrent connections has'
     ' exceeded a limit, closing transmission channel'),
    ('mail', '421 4.7.0 Too many concurrent SMTP sessions'),
    ('mail', '450 4.7.1 Too many connections'),
    ('mail', '451 4.7.0 Try again later'),
    ('rcpt', '421 4.7.0 Closing'),
    ('data', '421 4.3.0 Closing'),
    ('dot', '432 4.3.2 Concurrent connections limit exceeded'),
    ('dot', '550 5.7.1 Too many concurrent sessions'),
]
USUAL = {'greet': '220 mx', 'ehlo': '250 mx.example.test',
         'mail': '250 2.1.0 Ok', 'rcpt': '250 2.1.5 Ok', 'data': '354 Go',
         'dot': '250 2.0.0 Ok'}


@pytest.mark.thin(4)
@pytest.mark.parametrize('limit', (1, 2))
@pytest.mark.parametrize('phase, reply', TOO_MANY,
                         ids=[f'{phase}-{reply[:3]}-{number}' for
                              number, (phase, reply) in enumerate(TOO_MANY)])
def test_too_many_for_the_server(place, phase, reply, limit):
    """It is no error, and no mail is put off or waits for another pass."""
    logins = place.queue(50)
    crowd = Crowd(limit, reply)
    with Server(pause={'dot': 0.03}, **{
            phase: lambda connection: crowd.answer(
                connection, USUAL[phase])}) as server:
        said = place.run(server)
        assert_all_sent(place, server, logins)
    assert place.lines('err') == place.lines('warn') == []
    assert 'pass sent=50 deferred=0 dead=0 left=0' in said
    refused = server.connections - len(crowd.served)
    assert 1 <= refused <= 4


def test_what_another_connection_was_told_is_not_repeated(place):
    """The server knows a mail by the time that another one is greeted."""
    place.queue(20)
    with Server(pause={'dot': 0.03},
                greet=['220 mx', '421 4.7.0 relay access denied']) as server:
        said = place.run(server)
    lines = [line for line in said.splitlines()
             if 'smtp-connections' in line]
    assert lines and all('reply="421 4.7.0" ' in line for line in lines)


def test_what_a_killed_connection_was_told_is_not_repeated(place):
    """Whoever had a mail may quote it, though its process tells no more."""
    place.queue(2)
    is_reached, is_over = threading.Event(), threading.Event()

    def dot(connection):
        is_reached.set()
        is_over.wait(30)

    with Server(dot=dot, greet=['220 mx', '421 4.7.0 relay access denied']
                ) as server:
        mailer = start(place, server)
        assert is_reached.wait(30)
        kill(couriers(mailer)[0])
        is_over.set()
        said = mailer.communicate(timeout=30)[1]
        assert mailer.returncode == TEMPORARY, said
    lines = [line for line in said.splitlines() if 'smtp-away' in line]
    assert lines and all('reply="421 4.7.0" ' in line for line in lines)


def test_order_of_one_user(place):
    """A newer PIN's mail is not begun before the older one's has ended,
    though other connections are free; the last mail has the newest PIN."""
    stack = place.stack
    logins = place.queue(40)
    slow = logins[-6]
    is_reached, is_over = threading.Event(), threading.Event()

    def pause(connection):
        if connection.rcpt != f'{slow}@example.test':
            return 0.02
        is_reached.set()
        is_over.wait(30)
        return 0

    watch = Watch(pause=pause)
    with Server(**watch.replies()) as server:
        mailer = start(place, server)
        assert is_reached.wait(30)
        reset(stack, slow)
        others = place.queue(2)
        # Others do not wait for it.
        eventually(lambda: len(server.mails) >= 39)
        assert f'{slow}@example.test' in watch.under_way.values()
        is_over.set()
        mailer.communicate(timeout=60)
        assert mailer.returncode == 0
        place.run(server)
        mails = [mail for mail in server.mails
                 if mail[1] == f'{slow}@example.test']
    assert watch.most > 1 and not watch.at_once
    assert place.states(logins + others) == ['sent'] * 42
    assert len(mails) == 2
    assert stack.is_pin(slow, pin_of(as_file(place, mails[-1])))


def as_file(place, mail):
    path = place.conf.with_name('mail-test.eml')
    path.write_bytes(mail[2])
    return path


def test_a_slow_answer_delays_no_other(place):
    logins = place.queue(60)
    slow = f'{logins[30]}@example.test'
    taken = {}

    def dot(connection):
        taken[connection.rcpt] = time.monotonic()
        return '250 2.0.0 Ok'

    watch = Watch(dot=dot, pause=lambda connection:
                  4 if connection.rcpt == slow else 0.01)
    with Server(**watch.replies()) as server:
        place.run(server)
        assert_all_sent(place, server, logins)
    assert max(taken, key=taken.get) == slow


def test_stopped(place):
    """Mails that are under way end and are settled; no other begins."""
    logins = place.queue(60)
    watch = Watch(pause=0.3)
    with Server(**watch.replies()) as server:
        mailer = start(place, server)
        eventually(lambda: len(watch.under_way) == 4, seconds=30)
        begun = server.said['mail']
        mailer.send_signal(signal.SIGTERM)
        said = mailer.communicate(timeout=30)[1]
        assert mailer.returncode == 0, said
        assert len(server.mails) in (begun, begun + 1)
        states = place.states(logins)
        assert states.count('sent') == len(server.mails)
        assert states.count('queued') == 60 - len(server.mails)
        assert place.stack.value('SELECT count(*) FROM umws.outbox WHERE'
                                 ' lease_token IS NOT NULL') == 0


@pytest.mark.parametrize('position', (3, 20, 45))
def test_an_unknown_recipient_ends_alone(place, position):
    logins = place.queue(60)
    stranger = logins[position]

    def rcpt(connection):
        return ('550 5.1.1 No such user' if stranger in connection.rcpt
                else '250 2.1.5 Ok')

    with Server(rcpt=rcpt, pause={'dot': 0.02}) as server:
        place.run(server)
    expected = ['sent'] * 60
    expected[position] = 'dead'
    assert place.states(logins) == expected


@pytest.mark.parametrize('phase, reply', [
    ('rcpt', '550 5.1.1 No such user'),
    ('rcpt', '550 5.7.1 <{rcpt}>: Recipient address rejected'),
    ('dot', '554 5.7.1 Not wanted'),
])
def test_refusals_of_all_begin_under_way(place, phase, reply):
    """The directory goes while several mails are under way: those that are
    refused then, and those taken beside them, condemn no mail."""
    logins = place.queue(50)
    watch = Watch(pause=0.1)
    replies = watch.replies()
    usual = replies[phase]
    begun = []

    def answer(connection):
        with watch.lock:
            begun.append(connection)
            is_taken = len(begun) <= 35
        answered = usual(connection)
        if is_taken:
            return answered
        with watch.lock:
            watch.under_way.pop(connection, None)
        return reply

    replies[phase] = answer
    with Server(**replies) as server:
        place.run(server, code=CONFIGURATION)
        assert watch.most == 4
    states = place.states(logins)
    assert states.count('sent') == 35
    assert states.count('queued') == 15


def test_silence_of_several_is_one(place):
    """What kills the server's connections once does not end the pass."""
    logins = place.queue(60)
    watch = Watch(pause=0.05)
    replies = watch.replies()
    lost = []

    def mail(connection):
        if len(server.mails) >= 30 and watch.under_way and not lost:
            lost.extend(watch.under_way)
            for other in lost:
                other.peer.shutdown(2)
            watch.under_way.clear()
            return None
        return watch.mail(connection)

    replies['mail'] = mail
    with Server(**replies) as server:
        place.run(server)
    states = place.states(logins)
    assert 1 <= len(lost) <= 3
    assert states.count('queued') <= len(lost) + 1
    assert states.count('sent') >= 60 - len(lost) - 1


def couriers(mailer):
    """Pids of the mailer's processes that hold a connection."""
    path = pathlib.Path(f'/proc/{mailer.pid}/task/{mailer.pid}/children')
    return [int(pid) for pid in path.read_text().split() if pathlib.Path(
        f'/proc/{pid}/comm').read_text() == 'umws-mailer\n']


def test_killed_with_its_connections(place):
    """What is under way dies with the mailer, as a part of it; no mail is
    lost, and a second copy is the first one."""
    logins = place.queue(60)
    watch = Watch(pause=0.3)
    with Server(**watch.replies()) as server:
        mailer = start(place, server)
        eventually(lambda: len(watch.under_way) == 4, seconds=30)
        processes = couriers(mailer)
        assert len(processes) == 4
        kill(mailer.pid)
        mailer.communicate(timeout=30)
        eventually(lambda: not any(map(is_alive, processes)))
        eventually(lambda: not place.stack.value(
            "SELECT count(*) > 0 FROM pg_stat_activity"
            " WHERE usename = 'umws_mailer'"))
        place.stack.sql('UPDATE umws.outbox SET lease_until = now() -'
                        " interval '1 second' WHERE lease_token IS NOT NULL")
        watch.pause = 0
        place.run(server)
    assert place.states(logins) == ['sent'] * 60
    assert len({mail[1] for mail in server.mails}) == 60
    copies = len(server.mails) - 60
    print(f'{copies} second copies')
    assert 0 <= copies <= 4
    by_rcpt = {}
    for _, rcpt, body, _ in server.mails:
        by_rcpt.setdefault(rcpt, set()).add(body)
    assert all(len(found) == 1 for found in by_rcpt.values())


@pytest.mark.parametrize('phase, result, least, most', [
    ('mail', 'retry', 60, 68), ('rcpt', 'retry', 60, 68),
    ('data', 'retry', 60, 68), ('dot', 'unanswered', 3600, 3600)])
def test_a_connection_is_killed(place, phase, result, least, most):
    """A mail that nobody can have is soon tried again; one that may have
    arrived is not. The others go over a new one."""
    logins = place.queue(3)
    is_reached, is_over = threading.Event(), threading.Event()

    def answer(connection):
        if not is_reached.is_set():
            is_reached.set()
            is_over.wait(30)
        return USUAL[phase]

    with Server(**{phase: answer}) as server:
        mailer = start(place, server)
        assert is_reached.wait(30)
        process, = couriers(mailer)
        kill(process)
        eventually(lambda: not is_alive(process))
        is_over.set()
        said = mailer.communicate(timeout=30)[1]
        assert mailer.returncode == 0, said
        first, = (login for login in logins
                  if place.row(login)['state'] == 'queued')
        assert first == logins[0]
        assert place.states(logins) == ['queued', 'sent', 'sent']
        assert f'result={result} ' in said
        assert 'pass sent=2 deferred=1 dead=0 left=1' in said
        wait = place.stack.value(
            'SELECT extract(epoch FROM next_attempt_at - now())::integer'
            ' FROM umws.outbox WHERE id = %s', place.row(first)['id'])
        assert least - 30 <= wait <= most
        place.due()
        place.run(server)
        mails = [mail[2] for mail in server.mails
                 if mail[1] == f'{first}@example.test']
    assert place.states(logins) == ['sent'] * 3
    assert len(mails) == (2 if phase == 'dot' else 1)
    assert len(set(mails)) == 1
