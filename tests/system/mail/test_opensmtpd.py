"""A real OpenSMTPD, a second opinion beside Postfix: it has few enhanced
codes, says of a relay that it denies what it says of an unknown user, and
offers no SMTPUTF8."""
import pytest

from harness import CHEAP
from mailplace import CONFIGURATION
from opensmtpd import opensmtpd

OPTIONS = CHEAP + ('--limits', 'off')
# What it takes goes to a port where nobody listens.
RULES = """
action "keep" relay host smtp://127.0.0.1:1
match from any for domain "example.test" action "keep"
"""


def pki(certificates):
    """That of Debian 12 cannot use its key, whatever it is: it only says that
    it has TLS, and asks for it."""
    return (f'pki "mx.example.test" cert "{certificates}/right.pem"\n'
            f'pki "mx.example.test" key "{certificates}/right.key"\n')


def test_taken(place):
    logins = place.queue(3)
    with opensmtpd('{listen}' + RULES) as server:
        place.run(server)
        for login in logins:
            assert f'to=<{login}@example.test>' in server.log()
    assert place.states(logins) == ['sent'] * 3


@pytest.mark.parametrize('conf, ours, setting, reply', [
    # It relays for another domain alone.
    ('{listen}' + RULES.replace('example.test', 'other.test'), {},
     'smtp_user', '550'),
    ('table us { umws@example.test }\n'
     'filter no phase mail-from match mail-from <us> reject "550 No sender"\n'
     '{listen} filter no' + RULES, {}, 'envelope_from', '550'),
    ('table us { vm.example }\n'
     'filter no phase helo match helo <us> reject "550 No name"\n'
     'filter not phase ehlo match helo <us> reject "550 No name"\n'
     'filter both chain { no, not }\n'
     '{listen} filter both' + RULES, {'smtp_helo': 'vm.example'}, 'smtp_helo',
     '550'),
    ('{pki}{listen} tls-require pki "mx.example.test"' + RULES,
     {'smtp_tls': 'off'}, 'smtp_tls', '530'),
    ('smtp max-message-size 1000\n{listen}' + RULES, {}, 'smtp_url', '55'),
], ids=['relay', 'sender', 'helo', 'tls', 'size'])
def test_no_mail_is_lost(place, certificates, conf, ours, setting, reply):
    logins = place.queue(3)
    conf = conf.replace('{pki}', pki(certificates))
    with opensmtpd(conf) as server:
        place.run(server, CONFIGURATION, **ours)
        said = server.log()
    assert place.states(logins) == ['queued'] * 3, said
    (told,) = place.lines('err')
    assert setting in told.split('look_at=')[1], told
    assert told.split('reply=')[1].lstrip('"').startswith(reply)
    place.due()
    with opensmtpd('{listen}' + RULES) as server:
        place.run(server)
    assert place.states(logins) == ['sent'] * 3


def test_one_that_is_refused(place):
    """Beside others that are taken it is the recipient's own."""
    logins = place.queue(5)
    place.address(logins[1], 'nobody@other.test')
    place.stack.sql('UPDATE umws.outbox SET next_attempt_at = now() -'
                    " interval '2 hours' WHERE id = %s",
                    place.row(logins[1])['id'])
    with opensmtpd('{listen}' + RULES) as server:
        place.run(server)
    assert place.states(logins) == ['sent', 'dead'] + ['sent'] * 3
    assert place.row(logins[1])['last_error'].startswith('550 Invalid')


def test_local_part_of_another_script(place):
    """It has no SMTPUTF8, and hears nothing of such a mail."""
    logins = place.queue(2)
    place.address(logins[0], 'jörg@example.test')
    place.due()
    with opensmtpd('{listen}' + RULES) as server:
        place.run(server)
        assert 'rg@' not in server.log()
    assert place.states(logins) == ['dead', 'sent']
    assert 'SMTPUTF8' in place.row(logins[0])['last_error']
