"""The page for people, whatever the service says, or something between."""
import datetime
import re

from person import (ALICE, MAILBOX, REFERENCE, SERVICE, answered,
                    fault, lost, mailbox, sentences)

ENGLISH = sentences('en')
SOAP = 'soap'
HOUR_MS = 3600000
# Who answers what, the sentence for it, and whether it leaves a doubt.
FAILURES = {
    'invalid': (fault('ErrorInvalidRequest'), 'error_invalid'),
    'version': (fault(None, f'{SOAP}:VersionMismatch'), 'error_invalid'),
    'must': (fault(None, f'{SOAP}:MustUnderstand'), 'error_invalid'),
    'impersonation': (fault('ErrorImpersonateUserDenied'), 'error_denied'),
    'header': (fault('ErrorInvalidExchangeImpersonationHeaderData'),
               'error_nobody'),
    'nobody': (fault('ErrorNonExistentMailbox'), 'error_nobody'),
    'disabled': (fault('ErrorUserNotUnifiedMessagingEnabled',
                       'e:UserNotUmEnabledException'), 'error_disabled'),
    'locked': (fault('ErrorAccessDenied', 'e:PinLockedException'),
               'error_locked'),
    'phone': (fault('ErrorUnifiedMessagingRequestFailed'), 'error_broken'),
    'busy': (fault('ErrorServerBusy', back_off_ms=1000), 'error_busy'),
    'away': (fault('ErrorMailboxStoreUnavailable'), 'error_away'),
    'broken': (fault('ErrorInternalServerError'), 'error_broken'),
    '400': (answered(400), 'error_invalid'),
    '401': (answered(401), 'error_signin'),
    '403': (answered(403), 'error_forbidden'),
    '404': (answered(404), 'error_invalid'),
    '405': (answered(405), 'error_invalid'),
    '413': (answered(413), 'error_invalid'),
    '415': (answered(415), 'error_invalid'),
    '429': (answered(429), 'error_many'),
}
UNKNOWN = {
    'unknown': fault('ErrorInternalServerTransientError',
                     'e:InternalServerTransientErrorException'),
    'a fault of tomorrow': fault('ErrorOfTomorrow'),
    '500': answered(500), '502': answered(502), '503': answered(503),
    '504': answered(504), 'page': answered(200, b'<html>Sign in</html>'),
    'empty': answered(200, b''), 'half': answered(200, b'<soap:Envelope'),
    'lost': lost,
}
STATES = {
    'ready': {}, 'no_pin': {'set_at': None, 'expires_at': None},
    'must_change': {'temporary_ends_at': '2026-12-03T13:05:00+00:00'},
    'expired': {}, 'ended': {}, 'reset_due': {},
    'locked_out': {'is_locked_out': True,
                   'locked_out_at': '2026-11-26T12:00:00+00:00'},
    'disabled': {},
}


def opened(person, make=None, **more):
    return person.open(stubs=[(MAILBOX, mailbox(**more))] + (
        [(SERVICE, make)] if make is not None else []))


def test_failures_of_a_reset(person):
    """Each in its words, and that nothing was changed."""
    opened(person)
    for name, (make, sentence) in FAILURES.items():
        person.browser.stub(SERVICE, make)
        said = person.reset()
        assert ENGLISH[sentence] in said, name
        assert ENGLISH['failed_title'] in said, name
        assert ENGLISH['unchanged'] in said, name
        assert ENGLISH['unknown_wait'] not in said, name
        assert (REFERENCE in said) == (not name.isdigit()), name
        assert person.focus() == 'notice', name
        assert (ENGLISH['sign_in'] in said) == (name == '401')


def test_doubts_about_a_reset(person):
    """A mail may come: nothing says that nothing was changed."""
    opened(person)
    for name, make in UNKNOWN.items():
        person.browser.stub(SERVICE, make)
        said = person.reset()
        assert ENGLISH['unknown_title'] in said, name
        assert ENGLISH['unknown_wait'] in said, name
        assert ENGLISH['unchanged'] not in said, name
    person.ask()
    assert 'You have done this already' in person.text('#confirm')


def test_offline(person):
    """Then nothing has left, and nothing was changed. Some browsers say that
    they are, behind a VPN as an example, when they are not."""
    asked = []

    def serve(request):
        asked.append(request['method'])
    opened(person, serve)
    person.browser.run("Object.defineProperty(navigator, 'onLine',"
                       ' {get: () => false})')
    said = person.reset()
    assert ENGLISH['unknown_title'] in said and asked == ['POST']
    person.browser.stub('/voicemail/soap.js', lost)
    said = person.reset()
    assert ENGLISH['error_offline'] in said and ENGLISH['unchanged'] in said
    assert asked == ['POST']


def test_a_limit_says_when_it_is_over(person):
    opened(person, fault('ErrorServerBusy', back_off_ms=2 * HOUR_MS),
           time_zone='UTC')
    said = person.reset()
    over = (datetime.datetime.now(datetime.timezone.utc)
            + datetime.timedelta(hours=2))
    found = re.search(r'at this time: (\d+ \w+ \d{4} at \d\d:\d\d) UTC', said)
    at = datetime.datetime.strptime(found[1], '%d %B %Y at %H:%M').replace(
        tzinfo=datetime.timezone.utc)
    assert abs(at - over) < datetime.timedelta(minutes=2)


def test_a_limit_that_is_reached_already(person):
    opened(person, next_reset_at='2026-11-27T10:30:00Z')
    assert 'at this time: 27 November 2026 at 11:30' in person.text('#renew')


def test_failures_of_looking(person):
    """The state is not shown, why is said, and one can try again."""
    for status, sentence in ((401, 'error_signin'), (429, 'error_many'),
                             (500, 'error_unknown'), (503, 'error_unknown')):
        person.open(stubs=[(MAILBOX, answered(status))])
        said = person.text('#state')
        assert ENGLISH['state_unknown'] in said
        assert ENGLISH[sentence] in said
        assert person.is_shown('#reset') == (status != 401)
    person.browser.stubs.clear()
    person.browser.stub(MAILBOX, mailbox())
    person.browser.run("[...document.querySelectorAll('#state button')].pop()"
                       '.click()')
    person.browser.wait('document.activeElement.id === "state-title"')
    assert ENGLISH['state_ready'] in person.text('#state')


def test_words_of_the_route(person):
    """It may say why in JSON."""
    for error, status in (('away', 503), ('busy', 503), ('broken', 500)):
        person.open(stubs=[(MAILBOX, answered(
            status, b'{"error": "%s"}' % error.encode()))])
        assert ENGLISH[f'error_{error}'] in person.text('#state'), error
    for status, body in ((200, b'{}'), (200, b'null'), (200, b'[]'),
                         (200, b'{"redirect": "/login"}'),
                         (500, b'{"error": "Internal Error"}'),
                         (500, b'{"error": {"code": 5}}')):
        person.open(stubs=[(MAILBOX, answered(status, body))])
        assert ENGLISH['error_unknown'] in person.text('#state'), body
    person.open(stubs=[(MAILBOX, answered(404, b'{"error": "disabled"}'))])
    assert ENGLISH['state_disabled'] in person.text('#state')


def test_states(person):
    for state, more in STATES.items():
        opened(person, state=state, **more)
        said = person.text('#state')
        assert ENGLISH[f'state_{state}'] in said, state
        assert person.is_shown('#reset') == (state != 'disabled'), state
        assert person.is_shown('#access') == (state != 'disabled'), state
        assert ('Set on' in said) == (state not in ('no_pin',)), state
        assert ('Locked since' in said) == (state == 'locked_out'), state


def test_words_of_a_newer_service(person):
    opened(person, state='asleep')
    assert ENGLISH['state_enabled'] in person.text('#state')
    person.open(stubs=[(MAILBOX, answered(409, b'{"error": "asleep"}'))])
    assert ENGLISH['error_unknown'] in person.text('#state')


def test_locks(person):
    locked = {'state': 'locked_out', 'is_locked_out': True}
    opened(person, **locked)
    assert ENGLISH['lock_lasts'] in person.text('#state')
    opened(person, **locked, lockout_ends_at='2026-11-27T10:00:00+00:00')
    assert 'by itself: 27 November 2026 at 11:00' in person.text('#state')
    opened(person, **locked, locked_by_admin=True)
    assert ENGLISH['state_locked_admin'] in person.text('#state')
    opened(person, pin_locked=True)
    assert ENGLISH['pin_locked'] in person.text('#state')
    assert not person.is_shown('#reset')


def test_who_am_i(person):
    opened(person)
    said = person.text('#state')
    for part in ('Alice Ash (alice)', 'alice@example.org', '4711',
                 '26 November 2026 at 14:05 CET', 'help@example.org'):
        assert part in said
    links = person.browser.run(
        "[...document.querySelectorAll('#numbers a')].map(a => a.href)")
    assert links == ['tel:+493012345', 'tel:4700']
    person.ask()
    assert 'alice@example.org' in person.text('#confirm')


def test_what_is_no_markup(person):
    bad = '<img src=x onerror=alert(1)>'
    opened(person, display_name=bad, access_numbers=bad, email=bad)
    assert person.text().count(bad) == 3
    assert person.browser.run("document.querySelector('main img')") is None


def test_dates_are_of_the_reader_and_the_mailbox(person):
    for languages, zone, shown in (
            ('en-US', 'Europe/Berlin', 'November 26, 2026 at 2:05'),
            ('en-GB', 'America/New_York', '26 November 2026 at 08:05'),
            ('de-AT', 'Europe/Berlin', '26. November 2026 um 14:05 MEZ'),
            ('en-GB', 'Nowhere/At All', '26 November 2026 at 13:05')):
        person.browser.fresh()
        person.open(languages=languages,
                    stubs=[(MAILBOX, mailbox(time_zone=zone))])
        assert shown in person.text('#state'), (languages, zone)


def test_languages(person):
    """The browser's, else the mailbox's, else English; the choice stays."""
    def heading():
        return person.text('h1')

    for languages, locale, tag in (
            ('de-AT', 'fr-CA', 'de'), ('sv,nl', 'fr-CA', 'nl'),
            ('sv', 'fr-CA', 'fr'), ('sv', None, 'en'), ('zh-CN', None,
                                                        'zh-Hans'),
            ('zh-TW', None, 'en'), ('pt-PT', None, 'en'),
            ('pt', None, 'pt-BR'), ('sv', 'zh-TW', 'en')):
        tag = 'pt-BR' if languages == 'pt-PT' else tag
        person.open(languages=languages,
                    stubs=[(MAILBOX, mailbox(locale=locale))])
        person.browser.wait(f'document.documentElement.lang === "{tag}"')
        assert heading() == sentences(tag)['title'], (languages, locale)
        assert person.browser.run(
            "document.querySelector('#language').value") == tag
    person.choose('ar')
    assert heading() == sentences('ar')['title']
    assert person.browser.run('document.documentElement.dir') == 'rtl'
    assert person.browser.run('document.title') == sentences('ar')['title']
    person.browser.call('Page.reload')
    person.browser.wait('document.documentElement.dir === "rtl"')
    person.choose('de')
    assert person.browser.run('document.documentElement.dir') == 'ltr'


def test_the_keyboard_is_enough(person):
    """No mouse: the question begins at "no", Escape is "no", and what came
    of it is where one is then."""
    browser = person.browser
    opened(person, answered(200, (
        b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        b'<s:Body><m:ResetPINResponse xmlns:m="m"/></s:Body></s:Envelope>')))
    order = []
    for _ in range(2):
        browser.press('Tab')
        order.append(person.focus())
    assert order == ['language', 'reset']
    browser.press('Enter')
    browser.wait("document.querySelector('#confirm').open")
    assert person.focus() == 'no'
    browser.press('Escape')
    browser.wait("!document.querySelector('#confirm').open")
    assert person.focus() == 'reset'
    browser.press(' ')
    browser.wait("document.querySelector('#confirm').open")
    browser.press('Tab', modifiers=8)
    assert person.focus() == 'yes'
    browser.press('Enter')
    browser.wait("!document.querySelector('#notice').hidden")
    assert person.focus() == 'notice'
    assert ENGLISH['done_title'] in person.text('#notice')
    assert ALICE['email'] in person.text('#notice')
