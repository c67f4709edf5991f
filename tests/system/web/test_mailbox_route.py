"""The page's question how one's own mailbox is: GET /umws/mailbox."""
import json
import pathlib

import pytest

import fcgi
from harness import CHEAP, environment, installed, run
from soap import call, reset

OPTIONS = CHEAP
TIME = r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ'
MEMBERS = {
    'login', 'um_enabled', 'is_helpdesk', 'display_name', 'email',
    'extension', 'state', 'has_pin', 'set_at', 'must_change', 'expires_at',
    'temporary_ends_at', 'is_locked_out', 'locked_by_admin', 'locked_out_at',
    'lockout_ends_at', 'pin_locked', 'reset_due', 'resets_left',
    'next_reset_at', 'access_numbers', 'help_desk_contact', 'locale',
    'time_zone', 'brand_name', 'brand_color'}


@pytest.fixture(scope='module', params=['nginx', 'apache'])
def stack(request):
    with installed(*OPTIONS, '--server', request.param) as made:
        yield made


def url(stack):
    return stack.env['UMWS_URL'].split('/EWS/')[0] + '/umws/mailbox'


def get(stack, user, method='GET', **headers):
    return call(stack, user, None, url(stack), method, **headers)


def look(stack, user):
    answer = get(stack, user)
    assert answer.status == 200, answer.body
    assert answer.headers['Content-Type'] == 'application/json'
    assert answer.headers['Cache-Control'] == 'no-store'
    assert answer.headers['X-Request-Id']
    return json.loads(answer.body)


def ctl(stack, *words):
    done = run(pathlib.Path(stack.env['UMWS_BINDIR']) / 'umwsctl', '--config',
               stack.env['UMWS_CONF'], *words, env=environment())
    assert done.returncode == 0, done.stderr


def test_one_that_was_reset(stack, user):
    before = look(stack, user)
    assert set(before) == MEMBERS
    assert before == before | {
        'login': user, 'um_enabled': True, 'state': 'no_pin',
        'has_pin': False, 'set_at': None, 'email': f'{user}@example.test',
        'resets_left': 5, 'next_reset_at': None, 'is_helpdesk': False,
        'locale': 'en', 'time_zone': 'UTC'}
    for left in (4, 3, 2, 1, 0):
        reset(stack, user)
        after = look(stack, user)
        assert after['resets_left'] == left
    assert after == after | {'state': 'must_change', 'has_pin': True,
                             'must_change': True}
    at = stack.sql(
        'SELECT umws.json_time(set_at), umws.json_time(expires_at),'
        ' umws.json_time(temporary_until), umws.json_time((SELECT min(a.at)'
        " FROM umws.audit a WHERE a.user_id = u.id AND action = 'reset')"
        " + interval '1 hour') FROM umws.um_user u WHERE login = %s", user)
    assert (after['set_at'], after['expires_at'], after['temporary_ends_at'],
            after['next_reset_at']) == at[0]


def test_what_the_policy_and_the_mailbox_say(stack, user):
    ctl(stack, 'policy', 'set', user, 'AccessNumbers=+43 1 234',
        'HelpDeskContact=ext. 1', 'DefaultLanguage=de', 'ResetsPerHour=0',
        'ResetsPerDay=0', 'BrandName=Example AG', 'BrandColor=#112233',
        'TimeZone=Europe/Vienna')
    ctl(stack, 'user', 'set', user, '--policy', user)
    stack.sql('UPDATE umws.um_user SET locale = NULL WHERE login = %s', user)
    ctl(stack, 'role', 'grant', 'helpdesk', user)
    ctl(stack, 'pin', 'lock', user, '--change')
    ctl(stack, 'pin', 'lock', user)
    row = look(stack, user)
    assert row == row | {
        'access_numbers': '+43 1 234', 'help_desk_contact': 'ext. 1',
        'locale': 'de', 'resets_left': None, 'next_reset_at': None,
        'brand_name': 'Example AG', 'brand_color': '#112233',
        'time_zone': 'Europe/Vienna', 'is_helpdesk': True,
        'pin_locked': True, 'is_locked_out': True, 'locked_by_admin': True,
        'lockout_ends_at': None, 'state': 'locked_out'}
    assert row['locked_out_at']


def test_none_and_a_disabled_one_are_the_same(stack, user):
    none = {'login': 'nobody', 'um_enabled': False, 'state': 'disabled',
            'is_helpdesk': False}
    answer = fcgi.ask(stack, fcgi.usual(
        stack, 'Nobody', b'', UMWS_ROUTE='mailbox', REQUEST_METHOD='GET'))
    assert json.loads(answer.body) == none
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              user)
    assert look(stack, user) == none | {'login': user}
    # With the mailbox goes the role, but the role needs none.
    helpdesk = none | {'login': user, 'is_helpdesk': True}
    ctl(stack, 'role', 'grant', 'helpdesk', user)
    assert look(stack, user) == helpdesk
    ctl(stack, 'user', 'remove', user, '--yes')
    assert look(stack, user) == none | {'login': user}
    ctl(stack, 'role', 'grant', 'helpdesk', user)
    assert look(stack, user) == helpdesk
    ctl(stack, 'role', 'revoke', 'helpdesk', user)
    assert look(stack, user) == none | {'login': user}


def test_it_changes_nothing_and_holds_no_secret(stack, user):
    reset(stack, user)
    world, audit = stack.world(), stack.value(
        'SELECT count(*) FROM umws.audit')
    body = get(stack, user).body
    assert stack.world() == world
    assert stack.value('SELECT count(*) FROM umws.audit') == audit
    (secrets,) = stack.sql(
        'SELECT u.verifier, u.pin_key_id, encode(o.sealed, %s) FROM'
        ' umws.um_user u JOIN umws.outbox o ON o.user_id = u.id'
        ' WHERE login = %s', 'hex', user)
    for secret in secrets:
        assert secret.encode() not in body
    assert b'argon2' not in body


@pytest.mark.parametrize('method, headers, status, word', [
    ('GET', {'Sec_Fetch_Site': 'cross-site'}, 403, 'forbidden'),
    ('GET', {'Origin': 'https://evil.example'}, 403, 'forbidden'),
    ('POST', {}, 405, 'invalid'), ('DELETE', {}, 405, 'invalid')])
def test_what_is_refused(stack, user, method, headers, status, word):
    answer = get(stack, user, method, **headers)
    assert answer.status == status
    assert json.loads(answer.body) == {'error': word}
    assert answer.headers['Cache-Control'] == 'no-store'
    if status == 405:
        assert answer.headers['Allow'] == 'GET, HEAD'


def test_a_query(stack, user):
    answer = call(stack, user, None, url(stack) + '?login=other', 'GET')
    assert (answer.status, answer.body) == (400, b'{"error": "invalid"}\n')


def test_who_is_not_signed_in(stack, user):
    assert get(stack, None).status == 401
    assert call(stack, user, None, url(stack), 'GET',
                password='wrong').status == 401
    answer = get(stack, user, REMOTE_USER='other', X_Remote_User='other')
    assert json.loads(answer.body)['login'] == user


@pytest.mark.parametrize('changes, status', [
    ({'REMOTE_USER': None}, 401), ({'AUTH_TYPE': None}, 401),
    ({'UMWS_SECRET': 'wrong'}, 500), ({'UMWS_ROUTE': 'mailboxes'}, 500),
    ({'HTTP_REMOTE_USER': 'x', 'REMOTE_USER': None}, 401)])
def test_what_our_web_server_would_not_send(stack, user, changes, status):
    params = {'UMWS_ROUTE': 'mailbox', 'REQUEST_METHOD': 'GET'} | changes
    answer = fcgi.ask(stack, fcgi.usual(stack, user, b'', **params))
    assert answer.status == status
    assert user.encode() not in answer.body
    if status == 401:
        assert json.loads(answer.body) == {'error': 'signin'}


def test_head(stack, user):
    answer = get(stack, user, 'HEAD')
    assert (answer.status, answer.body) == (200, b'')


def test_the_log_and_the_counters(stack, user):
    answer = get(stack, user)
    (line,) = [line for line in stack.log('worker').splitlines()
               if answer.headers['X-Request-Id'] in line]
    assert f' result=ok operation=mailbox user={user} ' in line
    metrics = fcgi.ask(stack, fcgi.usual(stack, user, b'',
                                         UMWS_ROUTE='metrics'))
    assert (b'umws_pages_total{page="mailbox",result="ok"} 0'
            not in metrics.body)
    assert b'umws_pages_total{page="mailbox",result="ok"} ' in metrics.body
