"""The help desk's route, POST /umws/helpdesk: who may, what is found, told
and done, and what the audit keeps of it."""
import json
import pathlib
import urllib.parse

import pytest

import fcgi
from harness import CHEAP, brief, environment, installed, pin_of, run
from soap import call, reset

OPTIONS = CHEAP
FORM = 'application/x-www-form-urlencoded'
DENIED = (403, {'error': 'denied'})
ACTIONS = [{'action': 'find', 'name': '{}'}, {'action': 'state'},
           {'action': 'reset', 'reason': 'lost it'},
           {'action': 'unlock', 'reason': 'lost it'}]


# The other server has the same route: test_mailbox_route.py looks.
@pytest.fixture(scope='module', params=brief(['nginx'], ['nginx', 'apache']))
def stack(request):
    with installed(*OPTIONS, '--server', request.param) as made:
        yield made


def url(stack):
    return stack.env['UMWS_URL'].split('/EWS/')[0] + '/umws/helpdesk'


def post(stack, user, fields, **headers):
    if not isinstance(fields, (bytes, str)):
        fields = urllib.parse.urlencode(fields)
    if isinstance(fields, str):
        fields = fields.encode()
    return call(stack, user, fields, url(stack), 'POST',
                **({'Content_Type': FORM, 'Origin': stack.env[
                    'UMWS_BASE_URL']} | headers))


def ask(stack, user, action, **fields):
    answer = post(stack, user, {'action': action} | fields)
    assert answer.headers['Content-Type'] == 'application/json', answer
    assert answer.headers['Cache-Control'] == 'no-store'
    return answer.status, json.loads(answer.body)


def ctl(stack, *words):
    done = run(pathlib.Path(stack.env['UMWS_BINDIR']) / 'umwsctl', '--config',
               stack.env['UMWS_CONF'], *words, env=environment())
    assert done.returncode == 0, done.stderr


@pytest.fixture
def helper(stack, user):
    ctl(stack, 'role', 'grant', 'helpdesk', user)
    return user


def notes(stack, actor):
    return stack.sql(
        'SELECT login, action, result, rule, reason, count FROM umws.audit'
        " WHERE actor = %s AND way = 'soap' ORDER BY id", actor)


def found(stack, helper, name):
    status, answer = ask(stack, helper, 'find', name=name)
    assert status == 200, answer
    return [row['login'] for row in answer['mailboxes']]


def test_find(stack, helper):
    other = stack.user()
    ctl(stack, 'user', 'set', other, '--name', 'Zoë O\'Hara-Smith',
        '--extension', '778899')
    for name in (other, other.upper(), f' {other} ', f'{other}@EXAMPLE.test',
                 '778899', 'zoë', 'O\'Har', 'smi zo', 'hara-sm'):
        assert found(stack, helper, name) == [other], name
    for name in ('oë', '7788', 'zoë x', '%', '\' OR true --', '!:*&|()\\'):
        assert found(stack, helper, name) == [], name
    status, answer = ask(stack, helper, 'find', name=other)
    assert answer == {'is_complete': True, 'mailboxes': [{
        'login': other, 'display_name': 'Zoë O\'Hara-Smith',
        'extension': '778899', 'email': f'{other}@example.test',
        'policy': 'default', 'state': 'no_pin'}]}
    # Each text once a minute, with a count.
    rows = notes(stack, helper)
    assert {row[1:4] for row in rows} == {('helpdesk_find', 'ok', None)}
    assert sum(row[5] for row in rows) == 16
    assert '778899' in [row[0] for row in rows]


@pytest.mark.parametrize('name, texts', [
    ('Müller, Hans (IT/Support)', ['support', 'it/sup', 'müller it']),
    ('J.Smith-Jones', ['smith', 'j.smi', 'jones', 'j smith-j']),
    ('Room-12 <north>', ['12', 'room-12', 'north']),
    ('A\u030angstro\u0308m', ['ångs', 'a\u030ang'])])
def test_words_that_no_blank_parts(stack, helper, name, texts):
    other = stack.user()
    mark = f'q{other}'
    ctl(stack, 'user', 'set', other, '--name', f'{mark} {name}')
    for text in texts:
        assert found(stack, helper, f'{mark} {text}') == [other], text
    assert found(stack, helper, f'{mark} upport') == []


def test_twenty_at_most(stack, helper):
    logins = [stack.user() for _ in range(21)]
    word = f'Crowd{helper}'
    stack.sql('UPDATE umws.um_user SET display_name = %s'
              ' WHERE login = ANY (%s)', f'Of the {word}', logins)
    status, answer = ask(stack, helper, 'find', name=word[:-1])
    assert [row['login'] for row in answer['mailboxes']] == sorted(
        logins)[:20]
    assert not answer['is_complete']
    ctl(stack, 'user', 'disable', logins[0])
    status, answer = ask(stack, helper, 'find', name=word)
    assert answer['mailboxes'][0]['state'] == 'disabled'


def test_thirty_searches_a_minute(stack, helper):
    # Whenever a minute ends in between, it begins anew.
    codes = [ask(stack, helper, 'find', name=f'x{i}')[0] for i in range(65)]
    assert codes[:30] == [200] * 30
    assert 503 in codes
    answer = post(stack, helper, {'action': 'find', 'name': 'x'})
    if answer.status == 503:
        body = json.loads(answer.body)
        assert body['error'] == 'busy' and 0 < body['back_off_ms'] <= 60000
        assert int(answer.headers['Retry-After']) <= 60
    assert (helper, 'helpdesk_find', 'busy', 'helpdesk-minute') in [
        row[:4] for row in notes(stack, helper)]


def test_the_state(stack, helper):
    other = stack.user()
    reset(stack, other)
    status, row = ask(stack, helper, 'state', login=other)
    assert status == 200
    assert row == row | {
        'login': other, 'um_enabled': True, 'state': 'must_change',
        'email': f'{other}@example.test', 'policy': 'default',
        'failed_logons': 0, 'locked_by_admin': False}
    assert row['mail'] == row['mail'] | {'kind': 'reset', 'state': 'queued',
                                         'sent_at': None}
    stack.mailer()
    assert ask(stack, helper, 'state', login=other)[1]['mail'][
        'state'] == 'sent'
    ctl(stack, 'user', 'disable', other)
    row = ask(stack, helper, 'state', login=other)[1]
    assert (row['um_enabled'], row['state']) == (False, 'disabled')
    # A row for each minute.
    rows = notes(stack, helper)
    assert {row[:5] for row in rows} == {
        (other, 'impersonate', 'ok', 'state', None)}
    assert sum(row[5] for row in rows) == 3


def test_reset_with_a_reason(stack, helper):
    other = stack.user()
    reason = 'Anna\'s "new" phone\\ é = 100 %; DROP'
    answer = post(stack, helper, {'action': 'reset', 'login': other.upper(),
                                  'reason': reason})
    assert (answer.status, answer.body) == (200, b'{"result": "ok"}\n')
    stack.mailer()
    (path,) = stack.mail_files(other)
    assert stack.is_pin(other, pin_of(path))
    assert notes(stack, helper) == [
        (other, 'impersonate', 'ok', 'reset', None, 1),
        (other, 'pin_reset', 'ok', None, reason, 1)]
    (line,) = [line + ' ' for line in stack.log('worker').splitlines()
               if answer.headers['X-Request-Id'] in line
               and ': request ' in line]
    assert (f' operation=helpdesk-reset user={helper} ' in line
            and f' mailbox={other} ' in line)
    assert 'phone' not in line and 'DROP' not in stack.log('worker')


def test_what_cannot_be_reset_or_unlocked(stack, helper):
    other = stack.user()
    ctl(stack, 'pin', 'lock', other, '--change')
    assert ask(stack, helper, 'reset', login=other, reason='x') == (
        409, {'error': 'locked'})
    # The reset stays refused: this is no lockout.
    assert ask(stack, helper, 'unlock', login=other, reason='x') == (
        200, {'result': 'ok', 'is_changed': False})
    assert stack.state(other)['pin_locked']
    ctl(stack, 'user', 'disable', other)
    for action in ('reset', 'unlock'):
        assert ask(stack, helper, action, login=other, reason='x') == (
            409, {'error': 'disabled'})
    for fields in ({'action': 'state'}, ACTIONS[2], ACTIONS[3]):
        assert ask(stack, helper, login='no.such', **fields) == (
            404, {'error': 'nobody'})


def test_unlock(stack, helper):
    other = stack.user()
    stack.sql('UPDATE umws.um_user SET locked_out_at = clock_timestamp(),'
              ' failed_logons = 15 WHERE login = %s', other)
    assert ask(stack, helper, 'state', login=other)[1]['is_locked_out']
    for is_changed in (True, False):
        assert ask(stack, helper, 'unlock', login=other, reason='ticket 1'
                   ) == (200, {'result': 'ok', 'is_changed': is_changed})
    state = stack.state(other)
    assert (state['is_locked_out'], state['failed_logons']) == (False, 0)
    assert notes(stack, helper)[1:] == [
        (other, 'pin_unlock', 'ok', None, 'ticket 1', 1)] * 2


def test_an_administrators_lock_stays(stack, helper):
    other = stack.user()
    ctl(stack, 'pin', 'lock', other)
    assert ask(stack, helper, 'unlock', login=other, reason='please') == (
        409, {'error': 'locked_by_admin'})
    assert ask(stack, helper, 'state', login=other)[1]['locked_by_admin']
    assert (other, 'pin_unlock', 'locked_by_admin', None, 'please', 1
            ) in notes(stack, helper)
    assert ask(stack, helper, 'reset', login=other, reason='x')[0] == 200
    assert stack.state(other)['is_locked_out']


def test_everybody_else_is_told_the_same(stack, user):
    other = stack.user()
    world = stack.world()
    for name in (other, 'no.such', user):
        for fields in ACTIONS:
            key = 'name' if fields['action'] == 'find' else 'login'
            assert ask(stack, user, **fields | {key: name}) == DENIED
    assert stack.world() == world
    assert {row[1:4] for row in notes(stack, user)} == {
        ('impersonate', 'denied', 'role')}


def test_it_takes_the_same_time_for_all(stack, user):
    other = stack.user()
    times = {other: [], 'no.such': []}
    for _ in range(15):
        for name, taken in times.items():
            taken.append(post(stack, user, {
                'action': 'find', 'name': name}).seconds)
    # What other processes take away is no part of it.
    known, unknown = (sorted(taken)[2] for taken in times.values())
    assert abs(known - unknown) < 0.05, times


def test_a_role_for_a_policy(stack, user):
    policy, mine, other = f'p-{user}', stack.user(), stack.user()
    ctl(stack, 'policy', 'set', policy, 'MinPINLength=8')
    ctl(stack, 'user', 'set', mine, '--policy', policy)
    ctl(stack, 'role', 'grant', 'helpdesk', user, '--policy', policy)
    stack.sql('UPDATE umws.um_user SET display_name = %s'
              ' WHERE login = ANY (%s)', f'Pair{user}', [mine, other])
    assert found(stack, user, f'Pair{user}') == [mine]
    for fields in ACTIONS[1:]:
        assert ask(stack, user, login=mine, **fields)[0] == 200
        assert ask(stack, user, login=other, **fields) == DENIED
    ctl(stack, 'role', 'revoke', 'helpdesk', user, '--policy', policy)
    assert ask(stack, user, 'state', login=mine) == DENIED


def test_the_limit_on_resets_is_that_of_impersonation(stack, helper):
    other = stack.user()
    ctl(stack, 'limits', 'set', 'HelpdeskResetsPerHour=1')
    try:
        assert ask(stack, helper, 'reset', login=other, reason='x')[0] == 200
        status, answer = ask(stack, helper, 'reset', login=other, reason='x')
        assert (status, answer['error']) == (503, 'busy')
        assert 3500000 < answer['back_off_ms'] <= 3600000
    finally:
        ctl(stack, 'limits', 'set', 'HelpdeskResetsPerHour=60')


def test_no_secret_is_told(stack, helper):
    other = stack.user()
    reset(stack, other)
    bodies = b''.join(post(stack, helper, fields | {
        'name' if fields['action'] == 'find' else 'login': other}).body
        for fields in ACTIONS[:2])
    (secrets,) = stack.sql(
        'SELECT u.verifier, u.pin_key_id, encode(o.sealed, %s) FROM'
        ' umws.um_user u JOIN umws.outbox o ON o.user_id = u.id'
        ' WHERE login = %s', 'hex', other)
    for secret in secrets:
        assert secret.encode() not in bodies
    stack.mailer()
    (path,) = stack.mail_files(other)
    assert pin_of(path).encode() not in bodies


@pytest.mark.parametrize('body', [
    '', 'action=find', 'action=erase&login=a', 'action=find&name=a&login=b',
    'action=state&login=', 'action=state&login=+', 'action=state&login=a%00',
    'action=reset&login=a', 'action=reset&login=a&reason=',
    'action=reset&login=a&reason=++', 'action=reset&login=a&reason=a%0Ab',
    'action=reset&login=a&reason=a%E2%80%AEb', 'action=find&name=%ff',
    'action=reset&login=a&reason=' + 'r' * 201, 'action=find&name=a&name=b',
    'action=find&name=' + 'n' * 129, 'action=find&name=a&pin=1'])
def test_forms_that_are_none(stack, helper, body):
    world = stack.world()
    answer = post(stack, helper, body)
    assert (answer.status, answer.body) == (400, b'{"error": "invalid"}\n')
    assert stack.world() == world and notes(stack, helper) == []


@pytest.mark.parametrize('headers, status, word', [
    ({'Sec_Fetch_Site': 'cross-site'}, 403, 'forbidden'),
    ({'Sec_Fetch_Site': 'same-site'}, 403, 'forbidden'),
    ({'Origin': 'https://evil.example'}, 403, 'forbidden'),
    ({'Origin': 'null'}, 403, 'forbidden'),
    # As a form of any page comes from a browser that has neither field.
    ({'Origin': None}, 403, 'forbidden'), ({'Origin': ''}, 403, 'forbidden'),
    ({'Content_Type': 'text/plain'}, 415, 'invalid'),
    ({'Content_Type': 'application/json'}, 415, 'invalid'),
    ({'Content_Encoding': 'gzip'}, 415, 'invalid')])
def test_requests_that_are_refused(stack, helper, headers, status, word):
    other = stack.user()
    answer = post(stack, helper, {'action': 'reset', 'login': other,
                                  'reason': 'x'}, **headers)
    assert (answer.status, json.loads(answer.body)) == (status,
                                                        {'error': word})
    assert stack.outbox(other) == [] and notes(stack, helper) == []


def test_methods_a_query_and_size(stack, helper):
    for method in ('GET', 'HEAD', 'PUT'):
        answer = call(stack, helper, None, url(stack), method)
        assert (answer.status, answer.headers['Allow']) == (405, 'POST')
    answer = call(stack, helper, b'action=find&name=a',
                  url(stack) + '?action=find', 'POST', Content_Type=FORM,
                  Sec_Fetch_Site='same-origin')
    assert answer.status == 400
    body = b'action=find&name=' + b'n' * 5000
    assert post(stack, helper, body).status == 413
    answer = fcgi.ask(stack, fcgi.usual(
        stack, helper, body, UMWS_ROUTE='helpdesk', CONTENT_TYPE=FORM,
        HTTP_SEC_FETCH_SITE='same-origin'), body)
    assert answer.status == 400


@pytest.mark.parametrize('changes, status', [
    ({'REMOTE_USER': None}, 401), ({'AUTH_TYPE': None}, 401),
    ({'UMWS_SECRET': 'wrong'}, 500),
    ({'HTTP_REMOTE_USER': 'x', 'REMOTE_USER': None}, 401)])
def test_forged_identity(stack, helper, changes, status):
    other = stack.user()
    body = f'action=reset&login={other}&reason=x'.encode()
    params = {'UMWS_ROUTE': 'helpdesk', 'CONTENT_TYPE': FORM} | changes
    answer = fcgi.ask(stack, fcgi.usual(stack, helper, body, **params), body)
    assert answer.status == status
    assert post(stack, None, body).status == 401
    assert stack.outbox(other) == []


def test_the_counters(stack, helper):
    ask(stack, helper, 'find', name='nobody')
    metrics = fcgi.ask(stack, fcgi.usual(stack, helper, b'',
                                         UMWS_ROUTE='metrics')).body
    for page in ('find', 'state', 'reset', 'unlock'):
        assert (f'umws_pages_total{{page="helpdesk-{page}",result="refused"'
                .encode() in metrics)
