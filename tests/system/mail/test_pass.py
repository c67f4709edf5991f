"""How a pass of the mailer ends, and what it says then."""
import re

import pytest

from harness import CHEAP, run
from smtpserver import Server

OPTIONS = CHEAP + ('--limits', 'off')


def summary(said):
    """The values of the line at the end; it is the last one."""
    line = said.splitlines()[-1]
    assert re.match(r'<6>umws-mailer\[\d+\]: pass ', line), said
    return dict(re.findall(r'(\w+)=(\d+)', line))


def test_summary(place):
    """What was sent, put off and refused, and what is left of it."""
    logins = place.queue(6)
    place.stack.sql("UPDATE umws.outbox SET created_at = now() - interval"
                    " '1 hour' WHERE id = %s", place.row(logins[2])['id'])

    def answer(connection):
        login = connection.rcpt.split('@')[0]
        return {logins[1]: '550 5.1.1 No such user',
                logins[2]: '450 4.2.0 Greylisted'}.get(login, '250 Ok')

    with Server(rcpt=answer) as server:
        said = summary(place.run(server))
    oldest_s = int(said.pop('oldest_s'))
    assert said == {'sent': '4', 'deferred': '1', 'dead': '1', 'left': '1'}
    assert 3600 <= oldest_s < 3700


def test_nothing_to_tell(place):
    with Server() as server:
        assert place.run(server) == ''
        assert server.connections == 0


def test_all_sent(place):
    place.queue(2)
    with Server() as server:
        assert summary(place.run(server)) == {
            'sent': '2', 'deferred': '0', 'dead': '0', 'left': '0'}


@pytest.mark.parametrize('phase', ('dot', 'greet'))
def test_max_time(place, phase):
    """No mail is begun after it, be it spent on a mail or on a connection;
    what is left is anybody's at once."""
    logins = place.queue(3)
    with Server(pause={phase: 3}) as server:
        place.arguments = ('--max-time', '2s')
        said = place.run(server)
        sent = 1 if phase == 'dot' else 0
        assert len(server.mails) == sent
        assert 'DATA' in server.verbs() if sent else (
            'MAIL' not in server.verbs())
        assert (f'pass sent={sent} deferred=0 dead=0 left={3 - sent} '
                in said) == bool(sent)
        place.arguments = ()
        server.pause.clear()
        place.run(server)
    assert place.states(logins) == ['sent'] * 3
    assert [place.row(login)['attempts'] for login in logins] == [1] * 3


@pytest.mark.parametrize('text', ('', '0s', '5', '5x', '-1s', '10ms', '1d'))
def test_max_time_that_is_none(stack, text):
    done = run(stack.env['UMWS_MAILER'], '--max-time', text)
    assert done.returncode == 64, done
    assert '--max-time wants a duration' in done.stderr
