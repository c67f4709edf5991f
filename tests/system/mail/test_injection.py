"""What stands in a row, whoever has written it: no field of it brings another
line into the mail's header or into the dialogue with the server, and what is
no address is never said to one."""
import email
import email.policy

import pytest

from harness import CHEAP
from smtpserver import Server

OPTIONS = CHEAP + ('--limits', 'off')
# Texts of a row that are for the mail; a new one is among them by itself.
TEXTS = """
SELECT attname FROM pg_attribute WHERE attrelid = 'umws.outbox'::regclass
    AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('state',
        'last_error', 'key_id', 'kind', 'recipient')
    AND atttypid::regtype::text IN ('text', 'umws.locale', 'umws.mail_locale')
ORDER BY attnum
"""
BREAKS = ['\r\n', '\n', '\r', '\r\n\r\n', '\u2028', '\x85', '\x0b', '\x1f',
          '\n.\r\n', '\r\n.\r\nMAIL FROM:<x@y.test>\r\n']
HEADERS = {'from', 'to', 'subject', 'date', 'message-id', 'mime-version',
           'content-type', 'content-language', 'auto-submitted',
           'x-entity-ref-id', 'content-transfer-encoding',
           'x-auto-response-suppress', 'precedence'}
NO_ADDRESSES = [
    'plain', '@example.test', 'a@', 'a b@example.test', 'a@b@example.test',
    '<a@example.test>', 'a@example.test>', 'a@example.test> SIZE=1',
    'a@example.test\r\nRCPT TO:<b@example.test>', 'a@example.test\n',
    'a@example.test, b@example.test', 'a,b@example.test', 'a@exa mple.test',
    'a@example..test', 'a@.example.test', 'a@-example.test',
    'Anna <a@example.test>', 'a@example.test\x01',
    'a@example.test;b', '\u202ea@example.test', 'a@' + 'y' * 64 + '.test']


def test_no_field_is_a_header(place):
    names = [row[0] for row in place.stack.sql(TEXTS)]
    assert {'display_name', 'locale', 'extra_text', 'extension',
            'access_numbers'} <= set(names)
    cases = [(name, text) for name in names for text in BREAKS]
    logins = place.queue(len(cases))
    for login, (name, text) in zip(logins, cases):
        place.stack.sql(
            f'UPDATE umws.outbox SET {name} = %s WHERE id = %s',
            f'Anna{text}Bcc: thief@example.test', place.row(login)['id'])
    with Server() as server:
        place.run(server, None, mail_batch=100)
        mails, heard = server.mails, server.heard
    assert {line for line in heard if 'thief' in line} == set()
    assert len([line for line in heard if line.startswith('RCPT')]) == len(
        mails)
    assert len(mails) > len(cases) / 2
    for _, rcpt, body, _ in mails:
        head = email.message_from_bytes(body, policy=email.policy.SMTP)
        assert {name.lower() for name in head} <= HEADERS, list(head)
        assert len(head.get_all('to')) == 1 and not head.defects
        assert b'\n.\r\n' not in body
    sent = {rcpt.split('@')[0] for _, rcpt, _, _ in mails}
    for login in logins:
        row = place.row(login)
        assert (row['state'] == 'sent') == (login in sent)
        # What cannot be a mail is kept, with the reason.
        assert login in sent or (row['has_sealed'] and row['last_error'])


@pytest.mark.parametrize('address', NO_ADDRESSES, ids=range(
    len(NO_ADDRESSES)))
def test_no_address_is_never_said(place, address):
    """Sealed to it, as a worker would that has let it through."""
    logins = place.queue(2)
    place.address(logins[0], address)
    with Server() as server:
        said = place.run(server, None)
        assert server.rcpts == [f'{logins[1]}@example.test'], said
        assert [line.split(' ')[0] for line in server.heard].count(
            'RCPT') == 1
    row = place.row(logins[0])
    assert row['state'] in ('queued', 'dead') and row['last_error'], row
    assert place.states(logins[1:]) == ['sent']
