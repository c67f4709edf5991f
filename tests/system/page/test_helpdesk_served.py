"""The help desk's page and its route before a real service, by nginx and by
Apache: who gets them, what the page does there, and what is no identity."""
import contextlib
import http.client
import json
import urllib.parse

import pytest

from forged import CHECKED, NAMES
from harness import CHEAP, pin_of
from person import CSP, WWW, sentences
from soap import basic
from test_helpdesk_page import Helper

OPTIONS = CHEAP
ENGLISH = sentences('en')
FORM = {'Content-Type': 'application/x-www-form-urlencoded',
        'Sec-Fetch-Site': 'same-origin'}
PAGE, ROUTE = '/voicemail/helpdesk.html', '/umws/helpdesk'
FILES = ('helpdesk.html', 'helpdesk.js', 'element.js', 'soap.js',
         'language.js', 'languages/en.js', 'style.css', 'icon.svg')


@pytest.fixture(scope='module')
def base(published):
    return published


@pytest.fixture
def helper(stack, user):
    """The login of somebody with the role."""
    stack.do('ctl', 'role', 'grant', 'helpdesk', user)
    return user


def send(base, path, fields=(), **form):
    """A request with header fields exactly as they are named; with a form it
    is a POST."""
    target = urllib.parse.urlsplit(base)
    link = http.client.HTTPConnection(target.hostname, target.port,
                                      timeout=60)
    with contextlib.closing(link):
        link.request('POST' if form else 'GET', path,
                     urllib.parse.urlencode(form) or None,
                     dict(fields) | (FORM if form else {}))
        answer = link.getresponse()
        return answer.status, answer.headers, answer.read()


def asked(base, fields, **form):
    status, headers, body = send(base, ROUTE, fields, **form)
    assert headers.get_content_type() == 'application/json', body
    return status, json.loads(body)


def own(stack, user):
    return basic(user, stack.env['UMWS_PASSWORD'])


def forged(stack, login):
    """Fields that claim to be what only the web server may say: one by one,
    and all of them."""
    secret = stack.env['UMWS_SECRET']
    claims = dict.fromkeys(NAMES, login) | CHECKED | {
        'AUTH_TYPE': 'Basic', 'UMWS-Route': 'helpdesk',
        'UMWS_ROUTE': 'helpdesk', 'UMWS-Secret': secret,
        'UMWS_SECRET': secret}
    return [*({name: value} for name, value in claims.items()), claims]


def resets(stack, login):
    """Who has reset this mailbox's PIN, and why, as the audit has it."""
    return stack.sql('SELECT actor, reason FROM umws.audit WHERE login = %s'
                     " AND action = 'pin_reset'", login)


def test_files(base, stack, user):
    """To whoever may sign in; none of them is a secret."""
    for name in FILES:
        status, headers, body = send(base, f'/voicemail/{name}',
                                     own(stack, user))
        assert (status, body) == (200, (WWW / name).read_bytes())
        assert headers.get_all('Content-Security-Policy') == [CSP]


def test_without_a_password(base, stack, helper):
    """401, also to who says that he is the help desk."""
    other = stack.user()
    world = stack.world()
    for fields in ({}, basic(helper, 'wrong'), *forged(stack, helper)):
        assert send(base, PAGE, fields)[0] == 401, fields
        assert send(base, ROUTE, fields, action='reset', login=other,
                    reason='x')[0] == 401, fields
    assert stack.world() == world


def test_a_plain_user_stays_one(base, stack, user):
    """What the route's rights are is asked of who has signed in."""
    helper, other = stack.user(), stack.user()
    stack.do('ctl', 'role', 'grant', 'helpdesk', helper)
    world = stack.world()
    for fields in ({}, *forged(stack, helper)):
        fields = own(stack, user) | fields
        for form in ({'action': 'find', 'name': other},
                     {'action': 'reset', 'login': other, 'reason': 'x'}):
            assert asked(base, fields, **form) == (
                403, {'error': 'denied'}), fields
    assert stack.world() == world
    assert stack.value('SELECT count(*) FROM umws.audit WHERE actor = %s',
                       helper) == 0


def test_a_helper_stays_himself(base, stack, helper):
    """The audit has who has signed in, whatever else was said."""
    other, victim = stack.user(), stack.user()
    assert asked(base, own(stack, helper) | forged(stack, victim)[-1],
                 action='reset', login=other, reason='lost it') == (
        200, {'result': 'ok'})
    assert resets(stack, other) == [(helper, 'lost it')]


def test_from_the_search_to_the_mail(browser, base, stack, helper):
    other = stack.user()
    page = Helper(browser, base, helper, stack.env['UMWS_PASSWORD']).open()
    page.find(other)
    browser.wait("document.activeElement.id === 'mailbox-title'")
    assert ENGLISH['desk_no_pin'] in page.text('#state')
    assert page.act('reset', 'ticket 7').startswith(
        ENGLISH['desk_reset_done'].replace('{login}', other))
    assert ENGLISH['desk_must_change'] in page.text('#state')
    assert resets(stack, other) == [(helper, 'ticket 7')]
    stack.mailer()
    (mail,) = stack.mail_files(other)
    assert stack.is_pin(other, pin_of(mail))
    assert browser.complaints == []


def test_a_plain_user_before_the_page(browser, base, stack, user):
    other = stack.user()
    page = Helper(browser, base, user, stack.env['UMWS_PASSWORD']).open()
    page.find(other)
    browser.wait("document.activeElement.id === 'notice'")
    assert ENGLISH['desk_denied'] in page.text('#notice')
    assert other not in page.text('#found')
    assert not page.is_shown('#mailbox')
