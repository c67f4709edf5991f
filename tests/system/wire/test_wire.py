"""Every case of tests/wire/cases.py, through every web server.

Each is held against what came back, what the database has, and what stands
in the log: nothing changes but where a PIN was reset, and nothing of the
input is ever repeated.
"""
import pathlib
import re

import pytest

from harness import CHEAP, eventually, installed, keep
import rawhttp
from cases import CASES, CODED, DOMAINS, PUBLIC_HOST, SERVERS
from documents import FAULTS, MARK, MESSAGES, MESSAGES_HTTPS, SOAP, XML
from soap import fault, infoset, operation_fault, reset, text_of, wire

PUBLIC = f'https://{PUBLIC_HOST}/EWS/UM2007Legacy.asmx'
# So long a PIN that none is drawn twice: that would be a refusal in the audit.
OPTIONS = CHEAP + ('--workers', '2', '--limits', 'off', '--users', '20',
                   '--policy', 'MinPINLength=12',
                   '--conf', f'public_url={PUBLIC}',
                   '--conf', f'strip_domains={", ".join(DOMAINS)}')
HOUR_MS = 3600 * 1000

# Logins of the cases; a password other than the usual one stands beside.
PEOPLE = {
    'anyone': 'user0001', 'disabled': 'user0002', 'locked': 'user0003',
    'capped': 'user0004', 'locked capped': 'user0005',
    'disabled all': 'user0006', 'locked out': 'user0007',
    'owner': 'user0010', 'ghost': 'ghost', 'nt': 'EXAMPLE\\user0008',
    'nt lower': 'example\\user0008', 'realm': 'user0008@example.test',
    'upper': 'USER0008', 'nt other': 'OTHER\\user0008',
    'realm other': 'user0008@other.test',
    'quoted': "x'; DROP TABLE umws.audit; --",
    'accented': '\N{LATIN SMALL LETTER E WITH ACUTE}', 'dots': '..',
    'format': '%s%n', 'backslash': 'user0001\\', 'at': '@',
    'long': 'x' * 300, 'overlong': 'x' * 600,
}
STRANGERS = {'nobody': None, 'liar': ('user0001', f'x{MARK}'),
             'blank': ('user0001', ''), 'stranger': (f'x{MARK}', 'x')}
# The mailbox behind a name, where it is not the same.
MAILBOX = {PEOPLE[who]: 'user0008' for who in (
    'nt', 'nt lower', 'realm', 'upper')}
SETUP = """
INSERT INTO umws.policy (name, resets_per_hour) VALUES ('tight', 1);
UPDATE umws.um_user SET policy_id = (
    SELECT id FROM umws.policy WHERE name = 'tight')
WHERE login IN ('user0004', 'user0005', 'user0006');
"""
STATES = """
UPDATE umws.um_user SET pin_locked = true
WHERE login IN ('user0003', 'user0005', 'user0006');
UPDATE umws.um_user SET um_enabled = false
WHERE login IN ('user0002', 'user0006');
UPDATE umws.um_user SET locked_out_at = now() WHERE login = 'user0007';
"""
# All that a request could change: of one user, and of all others.
WORLD = """
WITH chosen AS (SELECT id FROM umws.um_user WHERE login = %s)
SELECT jsonb_build_object(
    'user', (SELECT to_jsonb(u) FROM umws.um_user u
        WHERE id IN (TABLE chosen)),
    'history', (SELECT coalesce(jsonb_agg(h.generation ORDER BY generation),
        '[]') FROM umws.pin_history h WHERE user_id IN (TABLE chosen)),
    'outbox', (SELECT coalesce(jsonb_agg(jsonb_build_array(
        o.id, o.generation, o.state, o.sealed IS NOT NULL)
        ORDER BY generation), '[]')
        FROM umws.outbox o WHERE user_id IN (TABLE chosen)),
    'others', (SELECT md5(string_agg(u::text, '|' ORDER BY id))
        FROM umws.um_user u WHERE id NOT IN (TABLE chosen)),
    'history of others', (SELECT md5(string_agg(h::text, '|' ORDER BY h::text))
        FROM umws.pin_history h WHERE user_id NOT IN (TABLE chosen)),
    'outbox of others', (SELECT md5(string_agg(o::text, '|' ORDER BY id))
        FROM umws.outbox o WHERE user_id NOT IN (TABLE chosen)),
    'resets', (SELECT count(*) FROM umws.audit
        WHERE result = 'ok' AND action = 'reset'),
    'changes', (SELECT count(*) FROM umws.audit
        WHERE result = 'ok' AND action <> 'reset'),
    'refusals', (SELECT coalesce(jsonb_object_agg(result, number), '{}')
        FROM (SELECT result, sum(count) AS number FROM umws.audit
            WHERE result <> 'ok' GROUP BY result) refused))
"""


class Place:
    """A stack behind one kind of web server, its people made ready."""

    def __init__(self, stack, server):
        self.stack, self.server = stack, server
        self.count = self.requests = 0
        self.seen, self.log = 0, ''
        stack.web_users(PEOPLE.values())
        stack.sql(SETUP)
        for login in ('user0004', 'user0005', 'user0006'):
            reset(stack, login)
        stack.sql(STATES)

    def url(self, path):
        return self.stack.env['UMWS_BASE_URL'] + path

    def credentials(self, case):
        if case.who in STRANGERS:
            return STRANGERS[case.who]
        return PEOPLE[case.who], self.stack.env['UMWS_PASSWORD']

    def login(self, case):
        name = PEOPLE.get(case.who, '')
        return MAILBOX.get(name, name)

    def fields(self, case):
        """The usual ones and the case's own; None leaves one out."""
        own = self.stack.env['UMWS_BASE_URL']
        fields = {'User-Agent': MARK}
        if case.body or case.method == 'POST':
            fields['Content-Type'] = XML
        fields |= {name: value and value.replace('{own}', own)
                   for name, value in case.headers}
        return [(name, value) for name, value in fields.items()
                if value is not None]

    def send(self, case):
        """The answers, mostly one."""
        request = rawhttp.Request(
            self.url(case.path), case.method, case.body, self.fields(case),
            self.credentials(case))
        answers = rawhttp.HOW[case.how](request)
        answers = answers if isinstance(answers, list) else [answers]
        self.count += 1
        self.requests += len(answers)
        return answers

    def world(self, case):
        return self.stack.value(WORLD, self.login(case))

    def line_of(self, identity):
        """The log line of a request, as soon as it is there."""
        def find():
            self.log += self.new_log()
            return [line for line in self.log.splitlines(True)
                    if f'id={identity} ' in line and line.endswith('\n')]

        (line,) = eventually(find, 5, f'a log line for {identity}')
        return line

    def new_log(self):
        """What was added to the worker's log since the last call."""
        path = pathlib.Path(self.stack.env['UMWS_LOGDIR']) / 'worker.log'
        with path.open('rb') as file:
            file.seek(self.seen)
            text = file.read().decode(errors='replace')
            self.seen = file.tell()
        return text


# By CGI each request begins a process, which reads it as all do.
@pytest.fixture(scope='module', params=[
    pytest.param(server, marks=pytest.mark.thin(3) if server == 'cgi' else ())
    for server in SERVERS])
def place(request):
    with installed('--server', request.param, *OPTIONS) as stack:
        made = Place(stack, request.param)
        yield made
    keep('UMWS_WIRE', {'server': made.server, 'cases': made.count,
                       'requests': made.requests})


def expected(case, answer):
    """The infoset that must have come back."""
    outcome = case.outcome
    body = case.body if isinstance(case.body, bytes) else b''
    messages = (MESSAGES_HTTPS if MESSAGES_HTTPS.encode() in body
                else MESSAGES)
    if outcome.reply:
        return response(outcome, messages)
    row = FAULTS[outcome.fault]
    if not row.response:
        return header_fault(row)
    if row.exception:
        return operation_fault(row.exception, row.response, row.sentence,
                               messages)
    if outcome.fault == 'busy':
        return fault('server-busy', **{
            '297749': text_of(answer.body, 'Value')})
    return fault('invalid-request', **{
        'ErrorInvalidRequest': row.code,
        'The request is invalid.': row.sentence})


def response(outcome, messages):
    data = wire('resetpin-response.xml').decode().strip()
    content = (f'<{outcome.reply}>{outcome.text}</{outcome.reply}>'
               if outcome.text else '')
    return infoset(re.sub(
        '<ResetPINResponse .*/>', f'<{outcome.reply} xmlns="{messages}">'
        f'{content}</{outcome.reply}>', data).encode())


def header_fault(row):
    """SOAP 1.1, section 4.4: such a fault has no detail."""
    return infoset((
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault>'
        f'<faultcode xmlns:a="{row.space}">a:{row.code}</faultcode>'
        f'<faultstring xml:lang="en-US">{row.sentence}</faultstring>'
        '</s:Fault></s:Body></s:Envelope>').encode())


def assert_answer(case, answer):
    outcome, headers = case.outcome, answer.headers
    assert answer.status in outcome.statuses, (answer.status, answer.body)
    assert MARK.lower() not in (str(headers) + answer.body.decode(
        errors='replace')).lower()
    for name in headers:
        assert not name.lower().startswith('access-control-')
    assert headers['Content-Encoding'] is None
    assert headers['Set-Cookie'] is None
    if answer.status == 401:
        assert headers['WWW-Authenticate'].startswith('Basic ')
    if headers['X-Request-Id'] is None:
        assert outcome.by_web, 'not answered by the worker'
        assert b'Envelope' not in answer.body
        return
    assert len(headers.get_all('X-Request-Id')) == 1
    assert headers.get_all('Cache-Control') == ['private']
    if case.method != 'HEAD':
        assert headers.get_all('Content-Length') == [str(len(answer.body))]
    assert headers['Allow'] == ('POST' if answer.status == 405 else None)
    assert headers['Accept-Encoding'] == (
        'identity' if case.outcome is CODED else None)
    assert_body(case, answer)


def assert_body(case, answer):
    if case.outcome.document:
        kind = answer.headers['Content-Type']
        assert kind.startswith(('text/xml', 'text/html'))
        assert case.outcome.document in answer.body.decode() or (
            case.method == 'HEAD' and answer.body == b'')
        return
    if not case.outcome.reply and not case.outcome.fault:
        assert answer.body == b'' and answer.headers['Content-Type'] is None
        return
    assert answer.headers.get_all('Content-Type') == [XML]
    assert infoset(answer.body) == expected(case, answer), answer.body
    if case.outcome.reply:
        assert answer.body.startswith(b'<?xml version="1.0" encoding="utf-8"')
        for name in (b'<soap:Envelope', b'xmlns:xsi=', b'xmlns:xsd='):
            assert name in answer.body
    back_off = text_of(answer.body, 'Value')
    if back_off is not None:
        assert 0 < int(back_off) <= HOUR_MS
        back_off = str(-(-int(back_off) // 1000))
    assert answer.headers['Retry-After'] == back_off


def assert_line(place, case, answer):
    """One line for each request that the worker answered, with its words."""
    if answer.headers['X-Request-Id'] is None:
        return
    line = place.line_of(answer.headers['X-Request-Id'])
    assert '<6>umws-fcgi[' in line and ': request ' in line
    assert MARK.lower() not in line.lower()
    assert f' status={answer.status} ' in line
    outcome = case.outcome
    if outcome.fault:
        row = FAULTS[outcome.fault]
        assert f' result={row.response or row.code} ' in line
    elif outcome.document:
        assert ' result=document ' in line
    elif outcome.reply:
        assert ' result=ok ' in line
    words = re.findall(r' reason="([^"]*)"', line)
    assert len(words) == (answer.status >= 400)
    if outcome.reason:
        assert words == [outcome.reason]


def assert_effect(case, before, after):
    outcome = case.outcome
    if outcome.audit:
        count = before['refusals'].get(outcome.audit, 0)
        before['refusals'][outcome.audit] = count + 1
    if outcome.resets:
        assert_reset(before, after)
    if outcome.sets:
        column, value = outcome.sets
        assert after['user'][column] == value
        before['user'][column] = value
        before['changes'] += 1
    assert after == before


def assert_reset(before, after):
    """One PIN more, in all its places; then forgets about them."""
    old, new = before['user'], after['user']
    generation = old['generation'] + 1
    assert new['generation'] == generation
    assert new['verifier'] not in (None, old['verifier'])
    assert new['must_change'] and new['failed_logons'] == 0
    assert new['set_at'] < new['temporary_until'] < new['expires_at']
    assert after['history'][-1] == generation
    length = len(after['history']) - 1
    assert after['history'][:-1] == before['history'][len(
        before['history']) - length:]
    assert [row[1] for row in after['outbox']] == [
        row[1] for row in before['outbox']] + [generation]
    *older, newest = [row[2:] for row in after['outbox']]
    assert newest == ['queued', True]
    assert all(row == ['superseded', False] for row in older)
    assert after['resets'] == before['resets'] + 1
    for name in ('history', 'outbox', 'resets'):
        before[name] = after[name]
    for name in ('generation', 'verifier', 'pin_key_id', 'set_at',
                 'expires_at', 'temporary_until', 'must_change',
                 'failed_logons'):
        before['user'][name] = after['user'][name]


def prove(place, case, before):
    answers = place.send(case)
    for answer in answers:
        assert_answer(case, answer)
        assert_line(place, case, answer)
    if not case.away:
        assert_effect(case, before, place.world(case))


@pytest.mark.parametrize('case', [
    pytest.param(case, id=case.id) for case in CASES if not case.away])
def test_case(place, case):
    prove(place, case, place.world(case))


def test_one_answer_for_both(place):
    """Whoever asks learns not whether there is such a mailbox."""
    for number in (0, 1):
        pair = [case for case in CASES if case.rule == 'F4'
                and case.who in ('ghost', 'disabled')][number * 2:][:2]
        first, second = [place.send(case)[0] for case in pair]
        assert first.body == second.body
        names = [[name for name in answer.headers] for answer in (
            first, second)]
        assert names[0] == names[1]


def test_database_away(place):
    """No database, no effect, and a fault that says so."""
    cases = [case for case in CASES if case.away]
    before = place.world(cases[0])
    place.stack.do('pg', 'stop', 'immediate')
    try:
        for case in cases:
            prove(place, case, before)
    finally:
        place.stack.do('pg', 'start')
    assert place.world(cases[0]) == before
    eventually(lambda: reset(place.stack, 'user0001'))


def test_one_line_each(place):
    """No request has left two lines in the log."""
    place.log += place.new_log()
    found = re.findall(': request id=([0-9a-f-]+) ', place.log)
    assert found and len(found) == len(set(found))
