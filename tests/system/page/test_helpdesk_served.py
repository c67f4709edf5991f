"""The help desk's page and its route before a real service, by nginx and by
Apache: who gets them, what the page does there, and what is no identity."""
import contextlib
import http.client
import json
import urllib.parse

import pytest

from harness import CHEAP, pin_of, run
from person import CSP, WWW, sentences
from soap import basic
from test_helpdesk_page import Helper

OPTIONS = CHEAP
ENGLISH = sentences('en')
FORM = {'Content-Type': 'application/x-www-form-urlencoded'}
PAGE, ROUTE = '/voicemail/helpdesk.html', '/umws/helpdesk'
FILES = ('helpdesk.html', 'helpdesk.js', 'element.js', 'soap.js',
         'language.js', 'languages/en.js', 'style.css', 'icon.svg')
# Where somebody might look for who is asking.
NAMES = ('Remote-User', 'Remote_User', 'REMOTE_USER', 'X-Remote-User',
         'X-Forwarded-User', 'Http-Remote-User', 'REDIRECT_REMOTE_USER')


@pytest.fixture(scope='module')
def base(published):
    return published


def ctl(stack, *words):
    done = run(stack.env['UMWS_CTL'], *words)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def helper(stack, user):
    """The login of somebody with the role."""
    ctl(stack, 'role', 'grant', 'helpdesk', user)
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
    one = [*({name: login} for name in NAMES),
           {'Auth-Type': 'Basic'}, {'AUTH_TYPE': 'Basic'},
           {'UMWS-Route': 'helpdesk'}, {'UMWS_ROUTE': 'helpdesk'},
           {'UMWS-Secret': stack.env['UMWS_SECRET']},
           {'UMWS_SECRET': stack.env['UMWS_SECRET']}]
    return [*one, {name: value for each in one
                   for name, value in each.items()}]


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
    ctl(stack, 'role', 'grant', 'helpdesk', helper)
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
    assert stack.sql('SELECT actor, reason FROM umws.audit WHERE login = %s'
                     " AND action = 'pin_reset'", other) == [
        (helper, 'lost it')]


def test_from_the_search_to_the_mail(browser, base, stack, helper):
    other = stack.user()
    page = Helper(browser, base, helper, stack.env['UMWS_PASSWORD']).open()
    page.find(other)
    browser.wait("document.activeElement.id === 'mailbox-title'")
    assert ENGLISH['desk_no_pin'] in page.text('#state')
    assert page.act('reset', 'ticket 7').startswith(
        ENGLISH['desk_reset_done'].replace('{login}', other))
    assert ENGLISH['desk_must_change'] in page.text('#state')
    assert stack.sql('SELECT actor, reason FROM umws.audit WHERE login = %s'
                     " AND action = 'pin_reset'", other) == [
        (helper, 'ticket 7')]
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
