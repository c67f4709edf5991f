"""A real Postfix as the mail server: what it says at RCPT, where it holds
client, name and sender against us (smtpd_delay_reject), costs no mail."""
import pathlib
import shutil
import tempfile

import pytest

from harness import CHEAP, eventually, run
from mailplace import CONFIGURATION, TEMPORARY
from umws_stack.postfix import HERE, postfix

OPTIONS = CHEAP + ('--limits', 'off')
pytestmark = pytest.mark.skipif(
    not HERE, reason='only root runs a Postfix, where it is the mail server')


NAMED = [
    # name, Postfix's settings, ours, exit code, setting named, reply
    ('helo', {'smtpd_helo_restrictions': 'reject_non_fqdn_helo_hostname'},
     {'smtp_helo': 'vm'}, 78, 'smtp_helo', '504 5.5.2'),
    ('invalid-helo', {'smtpd_helo_restrictions':
                      'check_helo_access inline:{vm.example=REJECT}'},
     {'smtp_helo': 'vm.example'}, 78, 'smtp_helo', '554 5.7.1'),
    ('sender', {'smtpd_sender_restrictions': 'check_sender_access'
                ' inline:{umws@example.test=REJECT}'},
     {}, 78, 'envelope_from', '554 5.7.1'),
    ('unlisted-sender', {'smtpd_sender_restrictions':
                         'reject_unlisted_sender',
                         'smtpd_reject_unlisted_recipient': 'no',
                         'relay_recipient_maps': 'inline:{x@example.test=x}'},
     {}, 78, 'envelope_from', '550 5.1.0'),
    ('non-fqdn-sender', {'smtpd_sender_restrictions':
                         'reject_non_fqdn_sender'},
     {'envelope_from': 'umws@localhost'}, 78, 'envelope_from', '504 5.5.2'),
    ('client', {'smtpd_client_restrictions': 'check_client_access'
                ' inline:{127.0.0.1=REJECT}'},
     {}, 78, 'smtp_url', '554 5.7.1'),
    ('relay', {'relay_domains': 'other.test'}, {}, 78, 'smtp_url',
     '554 5.7.1'),
    ('relay-defer', {'relay_domains': 'other.test',
                     'smtpd_relay_restrictions': 'defer_unauth_destination'},
     {}, 75, 'smtp_url', '454 4.7.1'),
    ('tls', {'smtpd_tls_security_level': 'encrypt',
             'smtpd_tls_cert_file': '{home}/none.pem'},
     {'smtp_tls': 'off'}, 78, 'smtp_tls', '530 5.7.0'),
    ('greylist', {'smtpd_recipient_restrictions': 'check_recipient_access'
                  ' inline:{example.test=DEFER}'}, {}, 75, 'smtp_url',
     '450 4.7.1'),
    ('unknown-helo', {'smtpd_helo_restrictions':
                      'reject_unknown_helo_hostname'},
     {'smtp_helo': 'nobody.invalid'}, 75, 'smtp_helo', '450 4.7.1'),
    ('other-server', {'relay_recipient_maps': 'inline:{x@example.test=x}'},
     {}, 78, 'smtp_url', '550 5.1.1'),
    ('too-big', {'message_size_limit': '1000'}, {}, 78, 'smtp_url',
     '552 5.3.4'),
    ('content', {'body_checks': 'static:REJECT'}, {}, 78, 'envelope_from',
     '550 5.7.1'),
    ('plain-helo', {'smtpd_delay_reject': 'no', 'smtpd_helo_restrictions':
                    'reject_non_fqdn_helo_hostname'},
     {'smtp_helo': 'vm'}, 78, 'smtp_helo', '504 5.5.2'),
    ('plain-client', {'smtpd_delay_reject': 'no',
                      'smtpd_client_restrictions': 'check_client_access'
                      ' inline:{127.0.0.1=REJECT}'},
     {}, 78, None, '554 5.7.1'),
]


@pytest.mark.thin(4)
@pytest.mark.parametrize('theirs, ours, code, setting, reply',
                         [row[1:] for row in NAMED],
                         ids=[row[0] for row in NAMED])
def test_no_mail_is_lost(place, theirs, ours, code, setting, reply):
    logins = place.queue(2)
    with postfix(**theirs) as server:
        place.run(server, code, **ours)
        said = server.log()
    assert place.states(logins) == ['queued', 'queued'], said
    assert reply in place.said, (place.said, said)
    if setting is not None:
        (told,) = place.lines('err')
        assert setting in told.split('look_at=')[1]
    place.due()
    with postfix() as server:
        place.run(server)
        eventually(lambda: server.log().count('relay=none') == 2)
    assert place.states(logins) == ['sent', 'sent']


def test_unknown_recipient_ends_alone(place):
    logins = place.queue(3)
    maps = f'inline:{{ {{{logins[0]}@example.test=x}},' \
           f' {{{logins[2]}@example.test=x}} }}'
    with postfix(relay_recipient_maps=maps) as server:
        place.run(server)
    assert place.states(logins) == ['sent', 'dead', 'sent']
    row = place.row(logins[1])
    assert row['last_error'].startswith('550 5.1.1 <...> Recipient address'
                                        ' rejected')
    assert logins[1] not in place.said


def test_message_too_big(place):
    """One limit for all mails: kept, and said."""
    (login,) = place.queue()
    with postfix(message_size_limit='1000') as server:
        place.run(server, CONFIGURATION)
    row = place.row(login)
    assert (row['state'], row['last_error'][:9]) == ('queued', '552 5.3.4')
    assert 'smtp_url' in place.lines('err')[0]


def test_broken_tls_of_the_server(place):
    """STARTTLS offered without a usable certificate."""
    (login,) = place.queue()
    with postfix(smtpd_tls_security_level='may',
                 smtpd_tls_chain_files='{home}/none.pem') as server:
        place.run(server, None, smtp_tls='required')
        assert place.states([login]) == ['queued']
        place.run(server)
    assert place.states([login]) == ['sent']


def test_starttls_and_unicode(place):
    (login,) = place.queue()
    place.address(login, 'jörg@bücher.example')
    folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    folder.chmod(0o755)
    done = run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes',
               '-subj', '/CN=mx.example.test', '-addext',
               'subjectAltName=IP:127.0.0.1', '-days', 2, '-keyout',
               folder / 'key.pem', '-out', folder / 'cert.pem')
    assert done.returncode == 0, done.stderr
    try:
        with postfix(relay_domains='xn--bcher-kva.example',
                     smtpd_tls_security_level='may',
                     smtpd_tls_key_file=folder / 'key.pem',
                     smtpd_tls_cert_file=folder / 'cert.pem') as server:
            place.run(server, smtp_tls='required',
                      smtp_ca_file=folder / 'cert.pem')
    finally:
        shutil.rmtree(folder)
    assert place.states([login]) == ['sent']


def test_server_away(place):
    (login,) = place.queue()
    with postfix() as server:
        pass
    place.run(server, TEMPORARY)
    assert place.states([login]) == ['queued']
