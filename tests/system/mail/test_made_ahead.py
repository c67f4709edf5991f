"""The next mail is begun and composed while the server takes the one before:
once the pass goes well, never of an older PIN, and as if it had not been when
it is not sent."""
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
    (STEADY, 1), (STEADY + 1, 2), (STEADY + 10, 2)])
def test_one_is_made_for_a_connection_that_goes_well(place, number, most):
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
