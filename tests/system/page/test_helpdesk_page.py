"""The help desk's page in a browser, before a service that the test plays:
search, state, reset with a reason, unlock, and every error in words."""
import json
import urllib.parse

import pytest

from harness import IS_LONG
from person import ALICE, LANGUAGES, REFERENCE, Person, sentences
from test_page_barriers import WIDE, axe, violations

ENGLISH = sentences('en')
ROUTE = '/umws/helpdesk'
ROW = ALICE | {
    'um_enabled': True, 'policy': 'default', 'failed_logons': 0,
    'has_pin': True, 'reset_due': False, 'locale': 'en',
    'mail': {'kind': 'reset', 'state': 'sent',
             'created_at': '2026-11-26T13:05:00Z',
             'sent_at': '2026-11-26T13:05:02Z'}}
LOCKED = {'state': 'locked_out', 'is_locked_out': True, 'failed_logons': 15,
          'locked_out_at': '2026-11-26T12:00:00Z'}


class Desk:
    """The route, with one mailbox; what it was asked."""

    def __init__(self, **more):
        self.row, self.asked, self.refused = ROW | more, [], {}
        self.others = []

    def __call__(self, request):
        form = dict(urllib.parse.parse_qsl(request['postData']))
        self.asked.append(form)
        if form['action'] in self.refused:
            status, answer = self.refused[form['action']]
        else:
            status, answer = 200, getattr(self, form['action'])()
        return status, {'Content-Type': 'application/json',
                        'X-Request-Id': REFERENCE}, json.dumps(
                            answer).encode()

    def find(self):
        return {'is_complete': not self.others, 'mailboxes': [
            self.row, *(self.row | {'login': login}
                        for login in self.others)]}

    def state(self):
        return self.row

    def reset(self):
        self.row['state'] = 'must_change'
        return {'result': 'ok'}

    def unlock(self):
        self.row |= {'state': 'ready', 'is_locked_out': False,
                     'failed_logons': 0}
        return {'result': 'ok', 'is_changed': True}


class Helper(Person):
    def __init__(self, *args):
        super().__init__(*args)
        self.path = '/voicemail/helpdesk.html'

    def settled(self):
        self.browser.wait(
            "document.querySelector('#live')?.childElementCount === 0 &&"
            " document.querySelector('h1').textContent !== '' &&"
            " document.activeElement !== document.body")

    def before(self, desk, languages='en'):
        return self.open(languages=languages, stubs=[(ROUTE, desk)])

    def submit(self, field, text, button):
        self.browser.run(f"document.querySelector('{field}').value ="
                         f' {json.dumps(text)}')
        self.click(button)
        self.settled()

    def find(self, text='ali'):
        self.submit('#name', text, '#find button')

    def act(self, action, reason='ticket 7'):
        self.submit('#reason', reason, f'#{action}')
        self.browser.wait("!document.querySelector('#notice').hidden")
        return self.text('#notice')


@pytest.fixture
def helper(browser, base):
    return Helper(browser, base)


def test_find_look_and_reset(helper):
    desk = Desk()
    helper.before(desk)
    assert helper.focus() == 'name' and not helper.is_shown('#mailbox')
    helper.find(' ali ')
    helper.browser.wait("document.activeElement.id === 'mailbox-title'")
    seen = helper.text('#mailbox')
    for part in ('Alice Ash (alice)', ENGLISH['desk_ready'], '4711',
                 'alice@example.org', 'default', ENGLISH['desk_mail_sent']):
        assert part in seen, part
    assert helper.is_shown('#reset') and not helper.is_shown('#unlock')
    assert ENGLISH['desk_reset_done'].replace('{login}', 'alice') in (
        helper.act('reset'))
    assert helper.focus() == 'notice'
    assert ENGLISH['desk_must_change'] in helper.text('#state')
    assert desk.asked == [
        {'action': 'find', 'name': 'ali'},
        {'action': 'state', 'login': 'alice'},
        {'action': 'reset', 'login': 'alice', 'reason': 'ticket 7'},
        {'action': 'state', 'login': 'alice'}]
    assert helper.browser.complaints == []


def test_one_of_several(helper):
    desk = Desk()
    desk.others = ['alice2']
    helper.before(desk)
    helper.find()
    assert not helper.is_shown('#mailbox')
    assert ENGLISH['desk_more'] in helper.text('#found')
    helper.click('#found li:last-child button')
    helper.browser.wait("document.activeElement.id === 'mailbox-title'")
    assert desk.asked[-1] == {'action': 'state', 'login': 'alice2'}
    desk.find = lambda: {'is_complete': True, 'mailboxes': []}
    helper.find('nobody')
    assert helper.text('#found').strip() == ENGLISH['desk_none']
    assert not helper.is_shown('#mailbox')


def test_unlock(helper):
    desk = Desk(**LOCKED)
    helper.before(desk)
    helper.find()
    assert ENGLISH['desk_locked_out'] in helper.text('#state')
    assert ENGLISH['desk_unlock_done'].replace('{login}', 'alice') in (
        helper.act('unlock'))
    assert not helper.is_shown('#unlock')
    assert desk.asked[2] == {'action': 'unlock', 'login': 'alice',
                             'reason': 'ticket 7'}


@pytest.mark.parametrize('more, sentence, shown', [
    ({'locked_by_admin': True, **LOCKED}, 'desk_locked_admin', ['#reset']),
    ({'pin_locked': True}, 'desk_pin_locked', []),
    ({'um_enabled': False, 'state': 'disabled'}, 'desk_disabled', []),
    ({'state': 'no_pin', 'mail': None}, 'desk_no_pin', ['#reset'])])
def test_what_is_not_offered(helper, more, sentence, shown):
    helper.before(Desk(**more))
    helper.find()
    assert ENGLISH[sentence] in helper.text('#state')
    assert [name for name in ('#reset', '#unlock')
            if helper.is_shown(name)] == shown


@pytest.mark.thin(2)
@pytest.mark.parametrize('status, word, sentence', [
    (403, 'denied', 'desk_denied'), (403, 'forbidden', 'error_forbidden'),
    (404, 'nobody', 'error_nobody'), (409, 'disabled', 'desk_disabled'),
    (409, 'locked', 'desk_pin_locked'),
    (409, 'locked_by_admin', 'desk_locked_admin'),
    (503, 'busy', 'error_busy'), (503, 'away', 'error_away'),
    (500, 'broken', 'error_broken'), (500, 'unknown', 'desk_unknown'),
    (400, 'invalid', 'error_invalid'), (401, 'signin', 'error_signin')])
def test_every_error_in_words(helper, status, word, sentence):
    desk = Desk()
    desk.refused['reset'] = status, {'error': word}
    helper.before(desk)
    helper.find()
    said = helper.act('reset')
    assert ENGLISH[sentence] in said and REFERENCE in said
    assert helper.focus() == 'notice'


def test_no_help_desk(helper):
    desk = Desk()
    desk.refused['find'] = 403, {'error': 'denied'}
    helper.before(desk)
    helper.find()
    assert ENGLISH['desk_denied'] in helper.text('#notice')
    assert not helper.is_shown('#mailbox')


def test_a_reason_is_wanted(helper):
    desk = Desk()
    helper.before(desk)
    helper.find()
    helper.submit('#reason', '', '#reset')
    assert [form['action'] for form in desk.asked] == ['find', 'state']


@pytest.mark.parametrize('tag', LANGUAGES if IS_LONG else ('de', 'ar'))
def test_in_other_languages(helper, tag):
    helper.before(Desk(), tag)
    helper.find()
    assert sentences(tag)['desk_ready'] in helper.text('#state')
    helper.browser.view(360, 'light')
    assert helper.browser.run(WIDE) == []


def test_axe(helper):
    axe()
    helper.before(Desk(**LOCKED))
    helper.find()
    for scheme in ('light', 'dark'):
        helper.browser.view(360, scheme)
        assert violations(helper) == [], scheme
    helper.act('unlock')
    assert violations(helper) == []


def test_done_though_its_state_is_not_known(helper):
    """What was done is told as done, and nobody's state is shown as that."""
    desk = Desk()
    helper.before(desk)
    helper.find()
    desk.refused['state'] = 503, {'error': 'away'}
    said = helper.act('reset')
    assert ENGLISH['desk_reset_done'].replace('{login}', 'alice') in said
    assert ENGLISH['error_away'] not in said
    assert helper.focus() == 'notice' and not helper.is_shown('#mailbox')


def test_nobody_in_anothers_place(helper):
    """Who cannot be looked at is not acted for, nor is who was before."""
    desk = Desk()
    desk.others = ['alice2']
    helper.before(desk)
    helper.find()
    helper.click('#found li:first-child button')
    helper.browser.wait("document.activeElement.id === 'mailbox-title'")
    desk.refused['state'] = 503, {'error': 'away'}
    helper.click('#found li:last-child button')
    helper.browser.wait("!document.querySelector('#notice').hidden")
    assert ENGLISH['error_away'] in helper.text('#notice')
    assert not helper.is_shown('#mailbox')


@pytest.mark.thin(2)
@pytest.mark.parametrize('status, answer', [
    (200, {}), (200, None), (200, []), (200, 'ok'),
    (200, {'redirect': '/login'}), (500, {'error': 'Internal Error'}),
    (500, {'error': {'code': 5}}), (504, None), (502, {'error': 'toString'}),
    (500, {'error': 'limit'})])
def test_answers_that_are_not_the_service_s(helper, status, answer):
    """Nobody can tell what was done; none of them is taken for a success."""
    desk = Desk()
    helper.before(desk)
    helper.find()
    desk.refused['reset'] = status, answer
    assert ENGLISH['desk_unknown'] in helper.act('reset')
    assert helper.is_shown('#mailbox')
    for action in 'state', 'find':
        desk.refused[action] = status, answer
        helper.find()
        helper.browser.wait("!document.querySelector('#notice').hidden")
        assert ENGLISH['error_unknown'] in helper.text('#notice'), action


def test_words_of_a_newer_service(helper):
    helper.before(Desk(state='asleep', mail={'kind': 'reset', 'state': 'held',
                                             'created_at': None,
                                             'sent_at': None}))
    helper.find()
    assert 'asleep' in helper.text('#state')
    assert 'held' in helper.text('#state')


def test_a_second_click_is_none(helper):
    desk = Desk()
    helper.before(desk)
    helper.find()
    helper.browser.run("document.querySelector('#reason').value = 'x'")
    helper.click('#reset', times=3)
    helper.browser.wait("!document.querySelector('#notice').hidden")
    helper.settled()
    assert [form['action'] for form in desk.asked] == [
        'find', 'state', 'reset', 'state']
    assert helper.browser.complaints == []
