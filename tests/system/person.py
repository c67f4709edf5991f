"""Somebody with a browser before the page for people; and the answers that a
service, a web server or something between them may have for the page."""
import contextlib
import functools
import http.server
import json
import re
import threading
import urllib.parse

from harness import TREE

WWW = TREE / 'www'
CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; "
       "img-src 'self'; connect-src 'self'; base-uri 'none'; "
       "form-action 'none'; frame-ancestors 'none'")
LANGUAGES = sorted(path.stem for path in (TREE / 'letters').glob('*.c'))
SERVICE, MAILBOX = 'UM2007Legacy.asmx', '/umws/mailbox'
REFERENCE = '00000000-0000-4000-8000-0123456789ab'
TYPES = 'http://schemas.microsoft.com/exchange/services/2006/types'
ISOLATES = '\u2068\u2069'
ALICE = {
    'login': 'alice', 'display_name': 'Alice Ash',
    'email': 'alice@example.org', 'extension': '4711', 'state': 'ready',
    'set_at': '2026-11-26T13:05:00+00:00',
    'expires_at': '2027-01-25T13:05:00+00:00', 'temporary_ends_at': None,
    'must_change': False, 'is_locked_out': False, 'locked_by_admin': False,
    'locked_out_at': None, 'lockout_ends_at': None, 'pin_locked': False,
    'locale': None, 'time_zone': 'Europe/Berlin',
    'access_numbers': '+49 30 12345, 4700',
    'help_desk_contact': 'help@example.org'}


class Files(http.server.SimpleHTTPRequestHandler):
    """www/ at /voicemail/, as the web servers serve it, but to everybody."""

    extensions_map = {'.html': 'text/html', '.css': 'text/css',
                      '.js': 'text/javascript', '.svg': 'image/svg+xml'}

    def translate_path(self, path):
        if not path.startswith('/voicemail/'):
            return '/nonexistent'
        return super().translate_path(path.removeprefix('/voicemail'))

    def end_headers(self):
        self.send_header('Content-Security-Policy', CSP)
        super().end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served():
    """The page's files alone, on a port of loopback: its base."""
    with http.server.ThreadingHTTPServer(
            ('127.0.0.1', 0),
            functools.partial(Files, directory=str(WWW))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f'http://127.0.0.1:{server.server_port}'
        server.shutdown()
        thread.join()


def sentences(tag):
    """The table of languages/TAG.js, read as the JavaScript that it is."""
    text = (WWW / 'languages' / f'{tag}.js').read_text()
    body = text[text.index('{') + 1:text.rindex('}')]
    table = {}
    entry = re.compile(r"\s*(\w+):((?:\s*'(?:[^'\\\n]|\\.)*'\s*\+?)+),")
    at = 0
    while body[at:].strip():
        found = entry.match(body, at)
        assert found, f'{tag}: {body[at:at + 60]!r}'
        assert found[1] not in table, f'{tag}: {found[1]} twice'
        table[found[1]] = re.sub(r'\\(.)', r'\1', ''.join(
            re.findall(r"'((?:[^'\\\n]|\\.)*)'", found[2])))
        at = found.end()
    return table


def mailbox(**more):
    """The answer of /umws/mailbox about Alice, of whom more is known."""
    row = json.dumps(ALICE | more).encode()
    return lambda request: (200, {'Content-Type': 'application/json'}, row)


def fault(code, name=None, back_off_ms=None, fields=()):
    """The service's fault with this ResponseCode; None: it has no detail."""
    more = '' if back_off_ms is None else (
        f'<t:MessageXml xmlns:t="{TYPES}"><t:Value Name="BackOffMilliseconds">'
        f'{back_off_ms}</t:Value></t:MessageXml>')
    detail = '' if code is None else (
        '<detail><e:ResponseCode xmlns:e="urn:e">'
        f'{code}</e:ResponseCode>{more}</detail>')
    body = ('<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap='
            '"http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
            f'<soap:Fault><faultcode>{name or "t:" + code}</faultcode>'
            f'<faultstring>no</faultstring>{detail}</soap:Fault>'
            '</soap:Body></soap:Envelope>').encode()
    return answered(500, body, {'Content-Type': 'text/xml; charset=utf-8',
                                'X-Request-Id': REFERENCE, **dict(fields)})


def answered(status, body=b'<html>no</html>', fields=()):
    return lambda request: (status, {'Content-Type': 'text/html',
                                     **dict(fields)}, body)


def lost(request):
    """No answer at all."""


class Person:
    """Of the page, what somebody would see and do."""

    def __init__(self, browser, base, user=None, password=None):
        self.browser = browser
        self.base, self.path = base, '/voicemail/'
        self.user, self.password = user, password

    def open(self, width=1024, scheme='light', languages='en-GB', stubs=()):
        self.browser.fresh(languages)
        self.browser.view(width, scheme)
        for part, make in stubs:
            self.browser.stub(part, make)
        target = urllib.parse.urlsplit(self.base)
        who = '' if self.user is None else f'{self.user}:{self.password}@'
        self.browser.open(f'{target.scheme}://{who}{target.netloc}'
                          f'{target.path}{self.path}')
        self.settled()
        return self

    def settled(self):
        """Until the page waits for nobody but its reader."""
        self.browser.wait(
            "document.querySelector('#live')?.childElementCount === 0 &&"
            " (!document.querySelector('#state-card').hidden)")

    def text(self, where='body'):
        """What is to be seen there, without what sets its direction."""
        said = self.browser.run(
            f'document.querySelector({json.dumps(where)}).innerText')
        return said.translate(dict.fromkeys(map(ord, ISOLATES)))

    def is_shown(self, where):
        return self.browser.run(
            f'document.querySelector({json.dumps(where)}).checkVisibility()')

    def click(self, where, times=1):
        self.browser.run(f'for (let i = 0; i < {times}; i++)'
                         f' document.querySelector({json.dumps(where)})'
                         '.click()')

    def ask(self):
        """As far as the question whether it is meant."""
        self.click('#reset')
        self.browser.wait("document.querySelector('#confirm').open")

    def reset(self, times=1):
        self.ask()
        self.click('#yes', times)
        self.browser.wait("!document.querySelector('#notice').hidden")
        self.settled()
        return self.text('#notice')

    def choose(self, tag):
        self.browser.run(
            "{const chooser = document.querySelector('#language');"
            f"chooser.value = {json.dumps(tag)};"
            "chooser.dispatchEvent(new Event('change'))}")
        self.browser.wait(f'document.documentElement.lang === "{tag}"')

    def focus(self):
        return self.browser.run('document.activeElement.id')
