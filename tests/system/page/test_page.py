"""The page for people before a real service, by nginx and by Apache: who may
see it, what it is served with, and a reset from the button to the mail."""
import contextlib
import http.client
import http.server
import threading
import urllib.parse

import pytest

from harness import CHEAP, eventually
from person import CSP, MAILBOX, WWW, Person, sentences
from soap import basic

OPTIONS = (*CHEAP, '--policy', 'ResetsPerHour=2',
           '--policy', 'AccessNumbers=+49 30 12345')
ENGLISH = sentences('en')
FIELDS = {'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff',
          'Referrer-Policy': 'no-referrer',
          'Cache-Control': 'private, no-cache'}
TYPES = {'.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript',
         '.svg': 'image/svg+xml'}


@pytest.fixture(scope='module')
def base(published):
    return published


@pytest.fixture
def person(browser, base, stack, user):
    return Person(browser, base, user, stack.env['UMWS_PASSWORD'])


def ask(base, path, fields=(), method='GET'):
    target = urllib.parse.urlsplit(base)
    link = http.client.HTTPConnection(target.hostname, target.port,
                                      timeout=30)
    with contextlib.closing(link):
        link.request(method, path, headers=dict(fields))
        answer = link.getresponse()
        return answer.status, answer.headers, answer.read()


def test_served_to_whom_it_may_concern(base, stack, user):
    """Every file, as what it is, after the password; and nothing else."""
    own = basic(user, stack.env['UMWS_PASSWORD'])
    for path in (path for path in WWW.rglob('*') if path.is_file()):
        url = f'/voicemail/{path.relative_to(WWW)}'
        for none in ({}, basic(user, 'wrong'), {'X-Remote-User': user}):
            assert ask(base, url, none)[0] == 401
        status, headers, body = ask(base, url, own)
        assert (status, body) == (200, path.read_bytes())
        assert headers.get_content_type() == TYPES[path.suffix]
        for name, value in FIELDS.items():
            assert headers.get_all(name) == [value], (url, name)
        again = ask(base, url, own | {'If-None-Match': headers['ETag']})
        assert again[0] == 304 and again[2] == b''
    assert ask(base, '/voicemail/', own)[2] == (
        WWW / 'index.html').read_bytes()


def test_nothing_else_is_served(base, stack, user):
    own = basic(user, stack.env['UMWS_PASSWORD'])
    status, headers, _ = ask(base, '/voicemail')
    assert status == 301 and headers['Location'].endswith('/voicemail/')
    for path in ('languages/', 'nothing.js', '../umws.conf', '..%2fumws.conf',
                 '%2e%2e/umws.conf', 'languages/../../umws.conf'):
        status, _, body = ask(base, f'/voicemail/{path}', own)
        assert status in (400, 403, 404), path
        assert b'umws' not in body.replace(b'umws.conf', b'')
    for method in 'POST', 'PUT', 'DELETE':
        assert ask(base, '/voicemail/style.css', own, method)[0] in (
            # Apache answers a file's POST with the file.
            405, 200 if method == 'POST' else 405)
    assert ask(base, '/voicemail/style.css', {}, 'POST')[0] == 401


def asked_for(person):
    return {urllib.parse.urlsplit(url)._replace(path='', query='').geturl()
            .rpartition('@')[2].removeprefix('http://')
            for url in person.browser.requests}


def test_a_reset(person, stack, user):
    """From the button to a mail whose PIN holds; a second click is none."""
    person.open()
    said = person.text()
    assert ENGLISH['reset'] in said and '+49 30 12345' in said
    person.ask()
    assert stack.state(user)['generation'] == 0
    person.click('#no')
    assert not person.is_shown('#confirm')
    assert stack.state(user)['generation'] == 0
    said = person.reset(times=3)
    assert ENGLISH['done_title'] in said and ENGLISH['done_time'] in said
    assert f'on its way to {user}@example.test' in said
    assert person.focus() == 'notice'
    assert stack.state(user)['generation'] == 1
    stack.mailer()
    (mail,) = stack.mail_files(user)
    pin = stack.do('pin', mail).strip()
    assert stack.is_pin(user, pin)
    # It speaks to this host alone, and has never had the PIN.
    assert asked_for(person) == {urllib.parse.urlsplit(person.base).netloc}
    assert pin not in person.browser.run(
        'document.documentElement.outerHTML')
    assert person.browser.run('document.cookie + sessionStorage.length'
                              ' + localStorage.length') == '00'


def test_a_limit(person, stack, user):
    person.open()
    for _ in range(2):
        assert ENGLISH['done_title'] in person.reset()
    said = person.reset()
    assert ENGLISH['error_limit'].partition('{')[0] in said
    assert ENGLISH['unchanged'] in said
    assert stack.state(user)['generation'] == 2


def test_what_an_operator_has_done(person, stack, user):
    person.open()
    said = person.text('#state')
    assert ENGLISH['state_no_pin'] in said
    assert user in said and f'{user}@example.test' in said
    stack.do('ctl', 'pin', 'reset', user, '--reason', 'test')
    stack.do('ctl', 'pin', 'lock', user)
    person.open()
    said = person.text('#state')
    assert ENGLISH['state_locked_admin'] in said and 'Set on' in said
    stack.do('ctl', 'pin', 'unlock', user)
    person.open()
    assert ENGLISH['state_must_change'] in person.text('#state')
    stack.do('ctl', 'pin', 'lock', user, '--change')
    assert ENGLISH['error_locked'] in person.reset()
    stack.do('ctl', 'pin', 'unlock', user, '--change')
    stack.do('ctl', 'user', 'disable', user)
    person.open()
    assert ENGLISH['state_disabled'] in person.text('#state')
    assert not person.is_shown('#reset')
    stack.do('ctl', 'user', 'enable', user)


def test_the_way_to_the_help_desk(person, stack, user):
    """Shown to who has the role, also without a mailbox; by the keyboard
    there and back."""
    def follow(link, title, ready):
        person.browser.run(f'document.querySelector({link!r}).focus()')
        person.browser.press('Enter')
        person.browser.wait(f'document.title === {ENGLISH[title]!r} && '
                            + ready)

    person.open()
    assert not person.is_shown('#desk')
    stack.do('ctl', 'role', 'grant', 'helpdesk', user)
    person.open()
    assert person.text('#desk').strip() == ENGLISH['desk_link']
    # With the mailbox goes the role: one for who has none.
    stack.do('ctl', 'user', 'remove', user, '--yes')
    stack.do('ctl', 'role', 'grant', 'helpdesk', user)
    person.open()
    assert ENGLISH['state_disabled'] in person.text('#state')
    assert person.is_shown('#desk')
    follow('#desk a', 'desk_title', "document.activeElement.id === 'name'")
    assert person.text('nav').strip() == ENGLISH['desk_back']
    follow('nav a', 'title', "document.querySelector('#desk') !== null")
    person.settled()
    assert person.is_shown('#desk')
    stack.do('ctl', 'role', 'revoke', 'helpdesk', user)
    person.open()
    assert not person.is_shown('#desk')


def test_nobody_answers(person, stack, user):
    """503 without an envelope: nobody knows, and the page says so."""
    person.open()
    stack.do('worker', 'stop')
    try:
        said = person.reset()
        assert ENGLISH['unknown_title'] in said
        eventually(lambda: ENGLISH['error_unknown'] in person.text('#state'))
    finally:
        stack.do('worker', 'start')
    eventually(lambda: ENGLISH['done_title'] in person.reset())


def test_the_policy_is_kept(person):
    """What is written into the page, from elsewhere, or framed, is not run."""
    person.open()
    for script in (
            "document.body.setAttribute('onclick', 'window.mark = 1');"
            'document.body.click()',
            "document.body.append(Object.assign(document.createElement("
            "'script'), {textContent: 'window.mark = 1'}))",
            "document.body.append(Object.assign(document.createElement("
            "'img'), {src: 'http://127.0.0.1:1/x.png'}))"):
        person.browser.complaints.clear()
        person.browser.run(script)
        person.browser.wait('true')
        eventually(lambda: person.browser.run('1') and any(
            'Content Security Policy' in line
            for line in person.browser.complaints))
    assert person.browser.run('window.mark === undefined')


def test_where_the_state_is_not_told(person):
    """Without the route of JSON two operations give what they can."""
    person.open(stubs=[(MAILBOX, lambda request: (404, {}, b''))])
    assert ENGLISH['state_enabled'] in person.text('#state')
    assert '+49 30 12345' in person.text('#access')
    person.ask()
    assert ENGLISH['confirm_mail_plain'] in person.text('#confirm')


class Proxy(http.server.BaseHTTPRequestHandler):
    """Somebody before the web server who publishes it below /house/."""

    target = None

    def pass_on(self):
        if not self.path.startswith('/house/'):
            self.send_error(404)
            return
        size = int(self.headers.get('Content-Length', 0))
        link = http.client.HTTPConnection(self.target, timeout=30)
        with contextlib.closing(link):
            link.request(self.command, self.path.removeprefix('/house'),
                         self.rfile.read(size), dict(self.headers))
            answer = link.getresponse()
            body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ('connection', 'content-length', 'date',
                                    'server', 'transfer-encoding'):
                self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = pass_on

    def log_message(self, *_):
        pass


def test_below_another_path(person, stack, user):
    """Nothing of the page knows where it stands."""
    handler = type('Handler', (Proxy,), {
        'target': urllib.parse.urlsplit(person.base).netloc})
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0),
                                         handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            person.base = f'http://127.0.0.1:{server.server_port}/house'
            person.open()
            assert ENGLISH['done_title'] in person.reset()
        finally:
            server.shutdown()
            thread.join()
    assert stack.state(user)['generation'] == 1
