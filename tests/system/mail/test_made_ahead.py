"""The next mails are begun and composed while the server takes those before:
once the pass goes well, never of an older PIN, and as if they had not been
when they are not sent. Several are begun in one call, with what was sent."""
import signal
import threading

import pytest

from harness import CHEAP, eventually
from mailplace import TEMPORARY
from smtpserver import Server
from soap import reset
from test_connections import assert_all_sent, start

OPTIONS = CHEAP + ('--limits', 'off')
STEADY = 8      # mails that are taken before one is made ahead


class Dot:
    """The end of the mail of this number waits until it is let go."""

    def __init__(self, number):
        self.number, self.count = number, 0
        self.is_reached, self.is_over = threading.Event(), threading.Event()

    def __call__(self, connection):
        self.count += 1
        if self.count == self.number:
            self.is_reached.set()
            assert self.is_over.wait(30)
        return '250 2.0.0 Ok'


def leased(place):
    return place.stack.value("SELECT count(*) FROM umws.outbox"
                             " WHERE state = 'sending'")


def untouched(place, login):
    return place.stack.value(
        "SELECT state = 'queued' AND attempts = 0 AND last_error IS NULL"
        ' AND lease_token IS NULL FROM umws.outbox WHERE id = %s',
        place.row(login)['id'])


@pytest.mark.parametrize('number, most', [
    (STEADY, 1), (STEADY + 1, 3), (STEADY + 10, 2), (STEADY + 11, 3)])
def test_two_are_made_for_a_connection_that_goes_well(place, number, most):
    logins = place.queue(30)
    dot = Dot(number)
    with Server(dot=dot) as server:
        mailer = start(place, server, smtp_connections=1)
        assert dot.is_reached.wait(30)
        if most > 1:
            eventually(lambda: leased(place) == most)
        assert leased(place) == most
        dot.is_over.set()
        said = mailer.communicate(timeout=30)[1]
        assert mailer.returncode == 0, said
        assert_all_sent(place, server, logins)
        # As they were due.
        assert [mail[1].split('@')[0] for mail in server.mails] == logins


def test_a_newer_pin_replaces_one_that_waits_long(place):
    logins = place.queue(20)
    dot = Dot(STEADY + 4)
    later = logins[STEADY + 4]
    with Server(dot=dot) as server:
        mailer = start(place, server, smtp_connections=1)
        assert dot.is_reached.wait(30)
        eventually(lambda: place.row(later)['state'] == 'sending')
        older = place.row(later)['id']
        reset(place.stack, later)
        threading.Event().wait(1.5)     # MADE_MS of app/deliver
        dot.is_over.set()
        said = mailer.communicate(timeout=30)[1]
        assert mailer.returncode == 0, said
        got = [mail for mail in server.mails if mail[1].startswith(later)]
    assert len(got) == 1 and place.row(later)['state'] == 'sent'
    assert place.row(later)['id'] != older
    assert f'id={older}' not in said
    assert place.states(logins) == ['sent'] * 20


def test_it_waits_for_no_server_that_is_silent(place):
    """Nor is it made anew meanwhile: another mailer has it, and all others
    that are due."""
    logins = place.queue(20)
    dot = Dot(STEADY + 4)
    waiting = logins[STEADY + 4]
    with Server(dot=dot) as server, Server() as other:
        mailer = start(place, server, smtp_connections=1)
        assert dot.is_reached.wait(30)
        eventually(lambda: place.row(waiting)['state'] == 'sending')
        eventually(lambda: untouched(place, waiting), 5)
        threading.Event().wait(1.5)
        assert untouched(place, waiting)
        place.run(other, smtp_connections=1)
        assert waiting in [mail[1].split('@')[0] for mail in other.mails]
        assert place.row(waiting)['state'] == 'sent'
        dot.is_over.set()
        said = mailer.communicate(timeout=30)[1]
        assert mailer.returncode == 0, said
        assert sorted(mail[1].split('@')[0] for mail in server.mails +
                      other.mails) == sorted(logins)


def test_it_waits_for_no_connection_that_takes_long(place):
    """Its line is free, and then another one is needed: in that time the
    mail is anybody's."""
    logins = place.queue(20)
    waiting = logins[STEADY + 4]
    dot = Dot(STEADY + 4)

    def answer(connection):
        dot(connection)
        if dot.count == STEADY + 4:
            server.pause.update(greet=4, noop=4)
            return '421 4.3.2 Closing'
        return '250 2.0.0 Ok'

    with Server(dot=answer) as server:
        mailer = start(place, server, smtp_connections=1)
        assert dot.is_reached.wait(30)
        eventually(lambda: place.row(waiting)['state'] == 'sending')
        dot.is_over.set()
        eventually(lambda: untouched(place, waiting), 3)
        server.pause.clear()
        said = mailer.communicate(timeout=40)[1]
    states = place.states(logins)
    assert states.count('sent') == len(logins) - 1, (states, said)
    assert place.row(waiting)['state'] == 'sent'
    assert f'id={place.row(waiting)["id"]}' in said
    assert len({mail[1] for mail in server.mails}) == len(server.mails)


def test_it_goes_back_when_the_server_goes_away(place):
    logins = place.queue(20)
    gone = threading.Event()
    dot = Dot(STEADY + 4)

    def answer(connection):
        said = dot(connection)
        return None if gone.is_set() else said

    with Server(dot=answer,
                greet=lambda connection: None if gone.is_set()
                else '220 mx') as server:
        mailer = start(place, server, smtp_connections=1)
        assert dot.is_reached.wait(30)
        waiting = logins[STEADY + 4]
        eventually(lambda: place.row(waiting)['state'] == 'sending')
        due = place.row(waiting)['next_attempt_at']
        gone.set()
        dot.is_over.set()
        said = mailer.communicate(timeout=30)[1]
        assert mailer.returncode == TEMPORARY, said
    assert untouched(place, waiting)
    assert place.row(waiting)['next_attempt_at'] == due
    assert f'id={place.row(logins[STEADY + 3])["id"]}' in said
    assert place.states(logins).count('sent') == STEADY + 3
    assert f'id={place.row(waiting)["id"]}' not in said


def test_it_goes_back_when_the_pass_is_ended(place):
    logins = place.queue(20)
    dot = Dot(STEADY + 4)
    with Server(dot=dot) as server:
        mailer = start(place, server, smtp_connections=1)
        assert dot.is_reached.wait(30)
        waiting = logins[STEADY + 4]
        eventually(lambda: place.row(waiting)['state'] == 'sending')
        mailer.send_signal(signal.SIGTERM)
        dot.is_over.set()
        said = mailer.communicate(timeout=30)[1]
        assert mailer.returncode == 0, said
    assert untouched(place, waiting)
    assert place.states(logins).count('sent') == STEADY + 4


def test_what_was_sent_is_settled_though_the_next_one_waits(place):
    """It is held for those that are begun with it, and not for as long as a
    mail may wait: it is settled before that one is given back."""
    logins = place.queue(20)
    before, waiting = logins[STEADY + 2], logins[STEADY + 4]
    dot = Dot(STEADY + 4)
    with Server(dot=dot) as server:
        mailer = start(place, server, smtp_connections=1)
        assert dot.is_reached.wait(30)
        eventually(lambda: place.row(waiting)['state'] == 'sending')
        eventually(lambda: untouched(place, waiting), 5)
        assert place.row(before)['state'] == 'sent'
        assert place.stack.value(
            'SELECT age(s.xmin) > age(w.xmin) FROM umws.outbox s, umws.outbox'
            ' w WHERE s.id = %s AND w.id = %s',
            place.row(before)['id'], place.row(waiting)['id'])
        dot.is_over.set()
        said = mailer.communicate(timeout=30)[1]
        assert mailer.returncode == 0, said
        assert_all_sent(place, server, logins)


@pytest.mark.parametrize('connections', [1, 4])
def test_one_of_several_makes_the_database_complain(place, connections):
    """Its row is left out; those that were begun or settled with it are sent,
    once, by one attempt."""
    logins = place.queue(40)
    broken = logins[30]
    identity = place.row(broken)['id']
    place.stack.sql('ALTER TABLE umws.outbox ADD CONSTRAINT broken CHECK'
                    " (id <> %s OR state <> 'sending')", identity)
    try:
        with Server() as server:
            said = place.run(server, smtp_connections=connections)
            assert said.count('begin-refused') == 1 and identity in said
            assert place.row(broken)['state'] == 'queued'
            logins.remove(broken)
            assert_all_sent(place, server, logins)
            assert {place.row(login)['attempts'] for login in logins} == {1}
    finally:
        place.stack.sql('ALTER TABLE umws.outbox DROP CONSTRAINT broken')


@pytest.mark.parametrize('connections', [1, 4])
def test_somebody_holds_the_row_of_one_of_several(place, connections):
    """Longer than a lock is waited for: those that were sent are settled, and
    all are sent once."""
    logins = place.queue(40)
    dot = Dot(STEADY + 6)
    holder = place.stack.connect()
    try:
        with holder.cursor() as cursor, Server(dot=dot) as server:
            mailer = start(place, server, smtp_connections=connections,
                           mail_batch=100)     # claimed before it is held
            assert dot.is_reached.wait(30)
            cursor.execute('SELECT FROM umws.outbox WHERE id = %s FOR UPDATE',
                           (place.row(logins[-1])['id'],))
            dot.is_over.set()
            threading.Event().wait(4)
            holder.rollback()
            said = mailer.communicate(timeout=60)[1]
            assert mailer.returncode == 0, said
            assert_all_sent(place, server, logins)
    finally:
        holder.close()


@pytest.mark.parametrize('connections', [1, 4])
def test_the_database_goes_away_with_several(place, connections):
    logins = place.queue(90)
    dot = Dot(STEADY + 6)
    with Server(dot=dot) as server:
        mailer = start(place, server, smtp_connections=connections,
                       mail_batch=100)      # a claim has no patience
        assert dot.is_reached.wait(30)
        place.stack.do('pg', 'stop', 'immediate')
        try:
            dot.is_over.set()
            threading.Event().wait(1.5)
        finally:
            place.stack.do('pg', 'start')
        said = mailer.communicate(timeout=60)[1]
        assert mailer.returncode == 0, said
        assert_all_sent(place, server, logins)
