"""Requests and the answers that they must have: one flat table of cases.

Each case names the rule that it proves, a mark such as S3 that stands in
doc/protocol.md, and where the rule comes from. tests/system/wire/test_wire.py
sends them through every web server; tools/pages writes the table at the end
of doc/protocol.md.
"""
import dataclasses
import gzip
import zlib

from documents import (
    BODY_MAX, BOMB, DEPTH_MAX, ENABLED, MARK, MESSAGES, MESSAGES_HTTPS, NEXT,
    OPERATION, REFERENCE, SOAP, SOAP_12, TYPES, TYPES_HTTPS, XSI, declared,
    entry, envelope, filled, header, impersonation, nested, numbered,
    operation, padded, squeezed, text, wrong_from)

SERVERS = ('nginx', 'apache', 'cgi')

PATH = '/EWS/UM2007Legacy.asmx'
PATH_2007 = '/UnifiedMessaging/Service.asmx'
PUBLIC_HOST = 'umws.example.test'       # of the stacks' public_url
DOMAINS = ('EXAMPLE', 'example.test')   # of the stacks' strip_domains
REQUEST = envelope()
NOT_POST = 'RFC 9110 15.5.6, WS-I R1114'
FETCH = 'Fetch Standard, Fetch Metadata'
FORM = 'application/x-www-form-urlencoded'
REFUSALS = {
    405: 'only POST is served',
    413: 'body over 64 KiB',
    415: 'not text/xml in utf-8, utf-16 or us-ascii',
    403: 'called by a page of another site',
}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What must come back."""
    statuses: tuple     # several where web servers differ
    reply: str = ''     # local name of the response
    text: str = ''      # what is in the element in it, if anything
    sets: tuple = ()    # a property of the mailbox and its new value
    document: str = ''  # a word in what is answered to a GET
    fault: str = ''     # of documents.FAULTS
    reason: str = ''    # words in the log line
    resets: bool = False
    audit: str = ''     # the result of the one refusal that is noted
    by_web: bool = False        # the web server may answer by itself

    def words(self):
        """The column "result" of the table."""
        what = ' or '.join(str(status) for status in self.statuses)
        if self.resets:
            what += ', a new PIN'
        elif self.sets:
            what += f', {self.sets[0]} is set'
        elif self.text:
            what += (f' `{self.text}`' if len(self.text) < 10
                     else ', all five')
        elif self.document:
            what += f', {self.document}'
        elif self.fault:
            what += f' {self.fault}'
        return f'{what}: {self.reason}' if self.reason else what


DONE = Outcome((200,), 'ResetPINResponse', resets=True)
TRUE = Outcome((200,), 'IsUMEnabledResponse', 'true')
FALSE = Outcome((200,), 'IsUMEnabledResponse', 'false')
NOBODY = Outcome((401,), by_web=True)
NOT_FOUND = Outcome((403, 404), by_web=True)
TOO_LARGE = Outcome((413,), by_web=True)
VERSION = Outcome((500,), fault='version',
                  reason='not the SOAP 1.1 envelope namespace')
CODED = Outcome((415,), reason='the body is compressed')
MUST = Outcome((500,), fault='must',
               reason='unknown header entry with mustUnderstand')
DENIED = Outcome((500,), fault='impersonation', audit='denied',
                 reason='ExchangeImpersonation is not allowed')
NO_UM = "The user isn't enabled for Unified Messaging."
NOT_ENABLED = Outcome((500,), fault='not enabled', audit='not_enabled',
                      reason=NO_UM)
LOCKED = Outcome((500,), fault='locked', audit='pin_locked',
                 reason='The PIN is locked against change by an'
                        ' administrator.')
BUSY = Outcome((500,), fault='busy', audit='busy',
               reason='The server cannot service this request right now. Try'
                      ' again later.')
AWAY = Outcome((500,), fault='store',
               reason='The mailbox store is not available. Nothing was'
                      ' changed. Try again later.')
NO_PHONE = Outcome((500,), fault='no phone',
                   reason='Play on Phone is not enabled.')
UNAUDITED = Outcome((500,), fault='not enabled', reason=NO_UM)
PROPERTIES = Outcome((200,), 'GetUMPropertiesResponse', (
    '<OofStatus>false</OofStatus>'
    '<MissedCallNotificationEnabled>true</MissedCallNotificationEnabled>'
    '<PlayOnPhoneDialString></PlayOnPhoneDialString>'
    '<TelephoneAccessNumbers></TelephoneAccessNumbers>'
    '<TelephoneAccessFolderEmail></TelephoneAccessFolderEmail>'))
WSDL = Outcome((200,), document='definitions')
PAGE = Outcome((200,), document='html')


def http(status, by_web=False):
    return Outcome((status,), reason=REFUSALS[status], by_web=by_web)


def invalid(reason):
    return Outcome((500,), fault='invalid', reason=reason)


@dataclasses.dataclass(frozen=True)
class Case:
    rule: str
    name: str
    basis: str
    outcome: Outcome
    body: object = REQUEST      # bytes, or several to be sent in turn
    method: str = 'POST'
    path: str = PATH
    headers: tuple = ()         # pairs beside the usual ones; None: without
    who: str = 'anyone'         # of PEOPLE in wire/test_wire.py
    how: str = 'plain'          # of HOW in wire/test_wire.py
    away: bool = False          # while the database is away

    @property
    def id(self):
        return f'{self.rule} {self.name}'


@dataclasses.dataclass(frozen=True)
class Elsewhere:
    """A rule that no request through a web server can show."""
    rule: str
    test: str           # file:function below tests/system
    basis: str


def rows(rule, basis, outcome, table, key='body', **more):
    """A case for each item: its name, and its body or whatever key says."""
    return [Case(rule, name, basis, outcome, **({key: value} | more))
            for name, value in table.items()]


def by_reason(rule, basis, table, **more):
    """Invalid documents: name, words in the log, document."""
    return [Case(rule, name, basis, invalid(reason), body=body, **more)
            for name, (reason, body) in table.items()]


def setter(name, content, space=MESSAGES):
    return operation(content, name=name, space=space)


def sets(name, column, value):
    return Outcome((200,), f'{name}Response', sets=(column, value))


def kinds(rule, basis, outcome, table, **more):
    """A case for each media type."""
    return [Case(rule, name, basis, outcome, **(
        {'headers': (('Content-Type', kind),)} | more))
        for name, kind in table.items()]


NAMES = [
    *rows('N1', 'MS-OXWUMS', DONE, {
        'as Exchange 2010': PATH, 'lower case': PATH.lower(),
        'upper case': PATH.upper(), 'as Exchange 2007': PATH_2007,
        '2007, mixed case': '/unifiedmessaging/SERVICE.asmx',
        'query ignored': PATH + '?op=ResetPIN'}, 'path'),
    *rows('N1', 'RFC 9110 15.5.5', NOT_FOUND, {
        'another service': '/EWS/Exchange.asmx',
        'path goes on': PATH + '/ResetPIN', 'path begins before': '/x' + PATH,
        'dot for any character': '/EWS/UM2007LegacyXasmx'}, 'path'),
    Case('N2', 'Microsoft\'s own request', 'ResetPIN page', DONE, REFERENCE),
    *rows('N2', 'MS-OXWUMS, ResetPIN page', DONE, {
        'http namespace': operation(),
        'https namespace': operation(space=MESSAGES_HTTPS)}),
    *by_reason('N2', 'MS-OXWUMS, ResetPIN page', {
        'types namespace': ('not in the messages namespace',
                            operation(space=TYPES)),
        'a slash more': ('not in the messages namespace',
                         operation(space=MESSAGES + '/')),
        'upper-case namespace': ('not in the messages namespace',
                                 operation(space=MESSAGES.upper())),
        'another scheme': ('not in the messages namespace', operation(
            space=MESSAGES.replace('http:', 'ftp:'))),
        'no namespace': ('not in the messages namespace',
                         envelope('<ResetPIN/>'))}),
    *rows('N3', 'ResetPIN page', DONE, {
        'start and end tag': operation(),
        'empty-element tag': envelope(),
        'prefix': envelope(f'<q:ResetPIN xmlns:q="{MESSAGES}"/>'),
        'namespace from Envelope': envelope(
            '<q:ResetPIN/>', attributes=f' xmlns:q="{MESSAGES}"')}),
    Case('N4', 'enabled', 'IsUMEnabled page', TRUE, envelope(ENABLED)),
    Case('N4', 'PIN locked', 'IsUMEnabled page', TRUE, envelope(ENABLED),
         who='locked'),
    Case('N4', 'over a limit', 'IsUMEnabled page', TRUE, envelope(ENABLED),
         who='capped'),
    *rows('N4', 'IsUMEnabled page', FALSE, {
        'no mailbox': 'ghost', 'not enabled': 'disabled'},
        'who', body=envelope(ENABLED)),
    Case('N4', 'https namespace', 'IsUMEnabled page', TRUE,
         operation(name='IsUMEnabled', space=MESSAGES_HTTPS)),
    *rows('N5', 'doc/design.md', DONE, {
        'DOMAIN\\user': 'nt', 'domain\\user': 'nt lower',
        'user@domain': 'realm', 'USER': 'upper'}, 'who'),
    *rows('N5', 'doc/design.md', NOT_ENABLED, {
        'OTHER\\user': 'nt other', 'user@other': 'realm other',
        'quotes in the name': 'quoted', 'no ASCII': 'accented',
        'dots': 'dots', 'a format': 'format', 'backslash last': 'backslash',
        'an at sign': 'at', 'longer than a login': 'long'}, 'who'),
    Case('N5', 'much longer', 'doc/design.md',
         Outcome((401,), reason='REMOTE_USER is no login'), who='overlong'),
    Case('N5', 'another user in the query', 'doc/design.md', DONE,
         path=PATH + '?user=user0009&REMOTE_USER=user0009'),
    Case('N5', 'another user in a header entry', 'doc/design.md', DONE,
         header(content='user0009')),
    Case('N5', 'a name in header fields', 'doc/design.md', DONE, headers=(
        ('Remote-User', 'user0009'), ('X-Remote-User', 'user0009'),
        ('X-Forwarded-User', 'user0009'), ('Auth-Type', 'x'),
        ('UMWS-Secret', 'x'), ('UMWS-Route', 'health'))),
]

OOF, MISSED = 'SetOofStatus', 'SetMissedCallNotificationEnabled'
DIAL, FOLDER = 'SetPlayOnPhoneDialString', 'SetTelephoneAccessFolderEmail'
ON = sets(OOF, 'oof_status', True)
OFF = sets(OOF, 'oof_status', False)
PHONE = ('PlayOnPhone', 'PlayOnPhoneGreeting', 'GetCallInfo', 'Disconnect')

OPERATIONS = [
    *rows('P1', 'GetUMProperties page', PROPERTIES, {
        'as they are at first': 'anyone', 'PIN locked': 'locked',
        'over a limit': 'capped'}, 'who',
        body=operation(name='GetUMProperties')),
    *rows('P1', 'GetUMProperties page', UNAUDITED, {
        'no mailbox': 'ghost', 'not enabled': 'disabled'}, 'who',
        body=operation(name='GetUMProperties')),
    *[Case('P2', f'{name}, {value}', f'{name} page', sets(name, column, new),
           setter(name, f'<{child}>{value}</{child}>'), who='owner')
      for name, child, value, column, new in (
        (OOF, 'status', 'true', 'oof_status', True),
        (MISSED, 'status', 'false', 'missed_call_notification_enabled',
         False),
        (DIAL, 'dialString', '+49 30 9', 'play_on_phone_dial_string',
         '+49 30 9'),
        (FOLDER, 'base64FolderId', 'AAAA', 'telephone_access_folder_email',
         'AAAA'))],
    Case('P2', 'https namespace', 'SetOofStatus page', ON,
         setter(OOF, '<status>1</status>', MESSAGES_HTTPS), who='owner'),
    *rows('P2', 'SetOofStatus page', NOT_ENABLED, {
        'no mailbox': 'ghost', 'not enabled': 'disabled'}, 'who',
        body=setter(OOF, '<status>true</status>')),
    *[Case('P3', f'{name}, {who}', 'MS-OXWUMS', NO_PHONE,
           operation(f'<{MARK}><a>{MARK}</a></{MARK}>', name=name), who=who)
      for name in PHONE for who in ('anyone', 'ghost')],
    *rows('P4', 'XML Schema 2 3.2.2', ON, {
        '1': setter(OOF, '<status>1</status>'),
        'white space around': setter(OOF, '<status> true\n</status>')},
        who='owner'),
    *rows('P4', 'XML Schema 2 3.2.2', OFF, {
        '0': setter(OOF, '<status>0</status>')}, who='owner'),
    *by_reason('P4', 'XML Schema 2 3.2.2', {
        value or 'empty': ('the value is no boolean', setter(
            OOF, f'<status>{value}</status>'))
        for value in ('True', 'yes', '2', '')}),
    Case('P5', '128 bytes', 'doc/protocol.md',
         sets(DIAL, 'play_on_phone_dial_string', '1' * 128),
         setter(DIAL, f'<dialString>{"1" * 128}</dialString>'), who='owner'),
    Case('P5', 'control character', 'doc/protocol.md',
         invalid('the value has a control character'),
         setter(DIAL, '<dialString>1&#10;2</dialString>')),
    Case('P6', 'the other spelling', 'doc/protocol.md',
         sets(FOLDER, 'telephone_access_folder_email', 'AAAB'),
         setter(FOLDER, '<base64FolderID>AAAB</base64FolderID>'),
         who='owner'),
    Case('P6', 'no base64', 'XML Schema 2 3.2.16',
         invalid('the value is not base64'),
         setter(FOLDER, '<base64FolderId>A?==</base64FolderId>')),
    *by_reason('P7', 'doc/protocol.md', {
        'missing': ("the operation's child is missing", setter(OOF, '')),
        'another': ('the operation has another child',
                    setter(OOF, f'<{MARK}>true</{MARK}>')),
        'of another setter': ('the operation has another child',
                              setter(OOF, '<dialString>1</dialString>')),
        'twice': ('the child stands there twice',
                  setter(OOF, '<status>true</status>' * 2)),
        'with a child': ('the child has a child',
                         setter(OOF, f'<status><{MARK}/></status>')),
        'with an attribute': ('the child has an attribute', setter(
            OOF, f'<status a="{MARK}">true</status>'))}),
]

ANSWERS = [
    *rows('A1', 'RFC 9110 8.6, ResetPIN page', DONE, {
        'ResetPIN': REFERENCE, 'ResetPIN, http': REQUEST}),
    Case('A1', 'IsUMEnabled', 'IsUMEnabled page', TRUE, envelope(ENABLED)),
    Case('A1', 'locked out', 'ResetPIN page', DONE, who='locked out'),
    Case('A2', 'rows are there', 'ResetPIN page', DONE, REFERENCE),
    Elsewhere('A2', 'storm/test_storm_workers.py:test_killed_under_load',
              'ResetPIN page'),
]

MEDIA = {
    'none': None, 'empty': '', 'text/plain': 'text/plain',
    'text/plain in utf-8': 'text/plain; charset=utf-8', 'a form': FORM,
    'a form in parts': 'multipart/form-data; boundary=x',
    'SOAP 1.2': 'application/soap+xml; charset=utf-8',
    'application/xml': 'application/xml', 'text/xmlx': 'text/xmlx',
    'text': 'text', 'text/': 'text/', 'text/html': 'text/html',
    'text/*': 'text/*', 'a list': 'text/xml, text/xml',
    'second is text/xml': 'text/plain; text/xml',
    'no semicolon': 'text/xml charset=utf-8',
    'parameter without value': 'text/xml; charset',
    'space around the sign': 'text/xml; charset = utf-8',
    'quotes not closed': 'text/xml; charset="utf-8',
}
CHARSETS = ('iso-8859-1', 'utf-7', 'utf-32', 'utf-16le', 'utf-16be', 'utf8',
            'windows-1252', 'ascii', 'ebcdic-cp-us', MARK)
MEDIA_TYPES = {
    'without charset': 'text/xml', 'utf-8': 'text/xml; charset=utf-8',
    'quoted': 'text/xml; charset="utf-8"', 'upper case':
    'TEXT/XML; CHARSET=UTF-8', 'no space': 'text/xml;charset=utf-8',
    'quoted and escaped': 'text/xml; charset="utf\\-8"',
    'other parameters': f'text/xml; x={MARK}; charset=utf-8; action="a;b"',
    'semicolon last': 'text/xml; charset=utf-8;',
    'us-ascii': 'text/xml; charset=us-ascii',
    'US-ASCII quoted': 'text/xml; charset="US-ASCII"',
}
UTF_16 = (('Content-Type', 'text/xml; charset=utf-16'),)
UTF_8 = (('Content-Type', 'text/xml; charset=utf-8'),)
ASCII = (('Content-Type', 'text/xml; charset=us-ascii'),)
BARE = (('Content-Type', 'text/xml'),)
ACCENT = text(OPERATION + '<!--\N{LATIN SMALL LETTER E WITH ACUTE}-->')
SITES = {
    'another': (('Origin', f'https://{MARK}.example'),),
    'null': (('Origin', 'null'),),
    'own host, no port': (('Origin', 'http://127.0.0.1'),),
    'own host, another port': (('Origin', 'http://127.0.0.1:1'),),
    'own host is a prefix': (('Origin', '{own}.evil.example'),),
    'own with a path': (('Origin', '{own}/'),),
    'own, user information': (('Origin', 'http://x@127.0.0.1'),),
    'public host, another scheme': (('Origin', f'http://{PUBLIC_HOST}'),),
    'public host, another port': (('Origin', f'https://{PUBLIC_HOST}:1'),),
    'under the public host': (('Origin', f'https://a.{PUBLIC_HOST}'),),
    'ftp': (('Origin', 'ftp://127.0.0.1'),),
    'two': (('Origin', '{own} {own}'),),
    'cross-site': (('Sec-Fetch-Site', 'cross-site'),),
    'same-site': (('Sec-Fetch-Site', 'same-site'),),
    'letter case': (('Sec-Fetch-Site', 'Same-Origin'),),
    'unknown word': (('Sec-Fetch-Site', MARK),),
    'own, but cross-site': (('Origin', '{own}'),
                            ('Sec-Fetch-Site', 'cross-site')),
    'cross-site, but same-origin': (('Origin', 'null'),
                                    ('Sec-Fetch-Site', 'same-origin')),
}
OWN_SITES = {
    'own origin': (('Origin', '{own}'),),
    'public origin': (('Origin', f'https://{PUBLIC_HOST}'),),
    'public origin, its port': (('Origin', f'https://{PUBLIC_HOST}:443'),),
    'public origin, upper case': (
        ('Origin', f'HTTPS://{PUBLIC_HOST.upper()}'),),
    'same-origin': (('Sec-Fetch-Site', 'same-origin'),),
    'typed by the user': (('Sec-Fetch-Site', 'none'),),
}
GZIP = ('Content-Encoding', 'gzip')
CODINGS = {
    'gzip': ('gzip', gzip.compress(REQUEST, mtime=0)),
    'x-gzip': ('X-GZip', gzip.compress(REQUEST, mtime=0)),
    'deflate': ('deflate', zlib.compress(REQUEST)),
    'br, said only': ('br', REQUEST), 'zstd, said only': ('zstd', REQUEST),
    'unknown': (MARK, REQUEST), 'two': ('identity, gzip', REQUEST),
    'a list': ('gzip, gzip', gzip.compress(REQUEST, mtime=0)),
}
WRONG_ACTION = ('SOAPAction', f'"{MARK}"')
FOREIGN = ('Origin', 'null')
PLAIN = ('Content-Type', 'text/plain')

HTTP = [
    Elsewhere('H1', 'web/test_fastcgi.py:test_not_from_our_web_server',
              'doc/design.md'),
    Elsewhere('H1', 'web/test_fastcgi.py:test_a_parameter_of_identity_twice',
              'doc/design.md'),
    *[Case('H2', f'{method}, {name}', 'RFC 9110 15.5.2', NOBODY, body,
           method, who=who)
      for method, body in (('POST', REQUEST), ('GET', b''), ('PUT', REQUEST),
                           ('OPTIONS', b''), ('DELETE', b''))
      for name, who in (('no password', 'nobody'),
                        ('wrong password', 'liar'),
                        ('empty password', 'blank'),
                        ('unknown user', 'stranger'))],
    Case('H2', 'another scheme', 'RFC 9110 11.4', NOBODY, who='nobody',
         headers=(('Authorization', f'Bearer {MARK}'),)),
    Case('H2', 'no base64', 'RFC 7617 2', NOBODY, who='nobody',
         headers=(('Authorization', f'Basic {MARK}?'),)),
    Case('H2', 'name in header fields', 'RFC 9110 11.6.2', NOBODY,
         who='nobody', headers=(('Remote-User', 'user0001'),
                                ('X-Remote-User', 'user0001'))),
    *[Case('H3', f'{method}, {name}', NOT_POST, http(405), body,
           method)
      for method in ('HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH')
      for name, body in (('no body', b''), ('body', REQUEST))],
    *[Case('H3', f'GET {query or "alone"}, {name}', NOT_POST,
           http(405), body, 'GET', PATH + query)
      for query in ('?op=ResetPIN', '?ResetPIN', '?singleWsdl')
      for name, body in (('no body', b''), ('body', REQUEST))],
    *[Case('H3', f'GET {name}', NOT_POST, http(405), b'', 'GET',
           headers=headers) for name, headers in {
        'alone': (), 'any type': (('Accept', '*/*'),)}.items()],
    Case('H3', 'TRACE echoes nothing', 'RFC 9110 9.3.8',
         Outcome((405,), by_web=True), b'', 'TRACE'),
    Case('H3', 'methods have a case', 'RFC 9110 9.1',
         Outcome((400, 405, 501), by_web=True), method='post'),
    Case('H3', 'unknown method', 'RFC 9110 9.1',
         Outcome((400, 405, 501), by_web=True), method=MARK.upper()),
    Case('H4', 'a byte too many', 'RFC 9110 15.5.14', TOO_LARGE,
         padded(REQUEST, BODY_MAX + 1)),
    Case('H4', 'a mebibyte', 'RFC 9110 15.5.14', TOO_LARGE,
         padded(REQUEST, 1 << 20)),
    Case('H4', '10 MB announced, little sent', 'RFC 9110 15.5.14', TOO_LARGE,
         how='announce'),
    Case('H4', '10 MB announced, 100 expected', 'RFC 9110 10.1.1', TOO_LARGE,
         how='announce', headers=(('Expect', '100-continue'),)),
    Case('H4', 'too large in chunks', 'RFC 9112 7.1', TOO_LARGE,
         padded(REQUEST, 100000), how='chunked'),
    Case('H4', 'the limit itself', 'doc/protocol.md', DONE,
         padded(REQUEST, BODY_MAX)),
    *kinds('H5', 'SOAP 1.1 6, WS-I R1115', http(415), MEDIA),
    *kinds('H5', 'RFC 9110 8.3.1', DONE, MEDIA_TYPES),
    *kinds('H6', 'WS-I R1012', http(415), {
        name: f'text/xml; charset={name}' for name in CHARSETS}),
    *kinds('H6', 'RFC 9110 8.3.2', http(415), {
        'given twice': 'text/xml; charset=utf-8; charset=utf-16',
        'quoted, empty': 'text/xml; charset=""'}),
    *rows('H7', FETCH, http(403), SITES, 'headers'),
    *rows('H7', FETCH, DONE, OWN_SITES, 'headers'),
    Case('H8', 'a preflight', FETCH, http(405), b'',
         'OPTIONS', headers=(FOREIGN, ('Access-Control-Request-Method',
                                       'POST'))),
    *[Case('H9', name, 'RFC 3023 3.1, WS-I R1012, R4001', DONE,
           body.encode(coding), headers=kind)
      for name, kind, coding, body in (
        ('utf-16, mark', UTF_16, 'utf-16', text()),
        ('utf-16, little end, none', UTF_16, 'utf-16-le', text()),
        ('utf-16, big end, none', UTF_16, 'utf-16-be', text()),
        ('utf-16, big end, mark', UTF_16, 'utf-16-be', '\ufeff' + text()),
        ('utf-16, no charset', BARE, 'utf-16', text()),
        ('utf-16, declared', BARE, 'utf-16', declared('utf-16')),
        ('utf-16 wins over iso-8859-1', UTF_16, 'utf-16',
         declared('iso-8859-1')),
        ('utf-8, mark', UTF_8, 'utf-8-sig', text()),
        ('mark, no charset', BARE, 'utf-8-sig', text()),
        ('mark, declared', BARE, 'utf-8-sig', declared('UTF-8')),
        ('utf-8 wins over iso-8859-1', UTF_8, 'utf-8',
         declared('iso-8859-1', OPERATION + '<!--\xe9-->')),
        ('utf-8 wins over utf-16', UTF_8, 'utf-8', declared('utf-16')),
        ('utf-8 wins over the unknown', UTF_8, 'utf-8', declared(MARK)),
        ('us-ascii wins over utf-8', ASCII, 'ascii', declared('utf-8')),
        ('declared utf-8', BARE, 'utf-8', declared('utf-8')),
        ('declared US-ASCII', BARE, 'ascii', declared('US-ASCII')),
        ('utf-8 beyond ASCII', UTF_8, 'utf-8', ACCENT),
        ('nothing said, beyond ASCII', BARE, 'utf-8', ACCENT))],
    *[Case('H9', name, 'RFC 3023 3.1, XML 1.0 4.3.3', invalid(reason), body,
           headers=kind)
      for name, reason, kind, body in (
        ('utf-8 said, utf-16 sent', 'not in the charset that was given',
         UTF_8, text().encode('utf-16')),
        ('utf-8 said, utf-16 sent, no mark',
         'not in the charset that was given', UTF_8,
         text().encode('utf-16-le')),
        ('utf-16 said, utf-8 sent', 'not in the charset that was given',
         UTF_16, REQUEST),
        ('us-ascii said, utf-8 sent', 'not well-formed (invalid token)',
         ASCII, ACCENT.encode()),
        ('us-ascii said, byte-order mark',
         'not in the charset that was given', ASCII,
         ACCENT.encode('utf-8-sig')),
        ('utf-8 said, iso-8859-1 sent', 'not well-formed (invalid token)',
         UTF_8, ACCENT.encode('iso-8859-1')),
        ('declared iso-8859-1', 'encoding not allowed', BARE,
         declared('iso-8859-1').encode()),
        ('declared windows-1252', 'encoding not allowed', BARE,
         declared('windows-1252').encode()),
        ('declared iso-8859-1 after a mark', 'encoding not allowed', BARE,
         declared('iso-8859-1').encode('utf-8-sig')),
        ('declared utf-16, utf-8 sent',
         'encoding specified in XML declaration is incorrect', BARE,
         declared('utf-16').encode()),
        ('declared us-ascii, utf-8 sent', 'not well-formed (invalid token)',
         BARE, declared('us-ascii', OPERATION + '<!--\xe9-->').encode()))],
    *rows('H10', 'RFC 9112', DONE, {
        'chunked': 'chunked', 'HTTP/1.0': 'http10', 'in small pieces': 'drip',
        'Expect: 100-continue': 'expect', '401, then the password': 'legs',
        'absolute target': 'absolute'}, 'how'),
    Case('H10', 'Accept-Encoding: gzip', 'RFC 9110 12.5.3', DONE,
         headers=(('Accept-Encoding', 'gzip, deflate, br'),)),
    Case('H10', 'any Accept', 'RFC 9110 12.5.1', DONE,
         headers=(('Accept', MARK),)),
    Case('H11', 'a reset', 'doc/protocol.md', DONE, REFERENCE),
    Case('H11', 'a fault', 'doc/protocol.md', invalid('syntax error'),
         MARK.encode()),
    Case('H11', 'no fault', 'doc/protocol.md', http(415), headers=(PLAIN,)),
    *rows('H14', 'doc/protocol.md', WSDL, {
        'as usual': PATH + '?wsdl', 'upper case': PATH + '?WSDL',
        'of 2007': PATH_2007 + '?wsdl'}, 'path', body=b'', method='GET'),
    Case('H14', 'nobody', 'doc/protocol.md', NOBODY, b'', 'GET',
         PATH + '?wsdl', who='nobody'),
    Case('H14', 'HEAD', 'RFC 9110 9.3.2', WSDL, b'', 'HEAD', PATH + '?wsdl'),
    Case('H15', 'a browser', 'RFC 9110 12.5.1', PAGE, b'', 'GET',
         headers=(('Accept', 'text/html,*/*;q=0.8'),)),
    Case('H15', 'with a query', 'doc/protocol.md', http(405), b'', 'GET',
         PATH + '?op=ResetPIN', (('Accept', 'text/html'),)),
    Case('H16', 'an operation as the body', 'RFC 9110 9.2.1', WSDL, REQUEST,
         'GET', PATH + '?wsdl'),
    Case('H16', 'an operation in the path', 'RFC 9110 9.2.1', NOT_FOUND, b'',
         'GET', PATH + '/ResetPIN'),
    *rows('H17', 'doc/protocol.md', DONE, {
        '?wsdl': PATH + '?wsdl', '?WSDL': PATH_2007 + '?WSDL'}, 'path'),
    *[Case('H18', name, 'RFC 9110 8.4, 15.5.16', CODED, body,
           headers=(('Content-Encoding', coding),))
      for name, (coding, body) in CODINGS.items()],
    Case('H18', 'gzip, in chunks', 'RFC 9110 8.4, 15.5.16', CODED,
         gzip.compress(REQUEST, mtime=0), how='chunked', headers=(GZIP,)),
    *rows('H18', 'RFC 9110 8.4.1', DONE, {
        'identity': (('Content-Encoding', 'identity'),),
        'identity, upper case': (('Content-Encoding', 'IDENTITY'),)},
        'headers'),
    Elsewhere('H12', 'process/test_processes.py:test_without_a_worker',
              'RFC 9110 15.6.4'),
]

TOKEN = 'not well-formed (invalid token)'
STRANGE = 'neither Header nor Body'
STRUCTURE_TEXT = 'text between the parts'
UNQUALIFIED = 'unqualified attribute on Envelope, Header or Body'

SOAP_XML = [
    *by_reason('S1', 'XML 1.0 2.1', {
        'empty': ('no element found', b''),
        'blank': ('no element found', b' \n'),
        'no XML': ('syntax error', MARK.encode()),
        'form fields': (TOKEN, f'op={MARK}'.encode()),
        'JSON': (TOKEN, f'{{"{MARK}": 1}}'.encode()),
        'end missing': ('unclosed token', envelope()[:-20]),
        'end tag open': ('unclosed token', envelope()[:-4]),
        'end tag wrong': ('mismatched tag', envelope().replace(
            b'</s:Body>', b'</s:Bod>')),
        'two roots': ('junk after document element', envelope() * 2),
        'garbage after': ('junk after document element',
                          envelope() + MARK.encode()),
        'unbound prefix': ('unbound prefix', envelope(f'<z:{MARK}/>')),
        'attribute twice': ('duplicate attribute', operation(
            attributes=f' a="{MARK}" a="{MARK}"')),
        'undefined entity': ('undefined entity',
                             operation(f'&{MARK};')),
        'declaration late': (
            'XML or text declaration not at start of entity',
            b' <?xml version="1.0"?>' + envelope()),
        'XML 2': ('not XML 1', b'<?xml version="2.0"?>' + envelope()),
        'XML 1.x': ('not XML 1', b'<?xml version="1.x"?>' + envelope()),
        'XML 1.': ('not XML 1', b'<?xml version="1."?>' + envelope()),
        'no version': ('not XML 1', b'<?xml encoding="utf-8"?>' + envelope()),
        'XML 2, encoding unknown': (
            'not XML 1', b'<?xml version="2.0" encoding="x"?>' + envelope())
    }),
    Case('S1', 'cut at every byte', 'XML 1.0 2.1', invalid(''), tuple(
        REFERENCE[:size] for size in range(REFERENCE.rindex(b'>'))),
        how='turns'),
    *by_reason('S1', 'XML 1.0 2.2', {
        'NUL after': (TOKEN, envelope() + b'\0'),
        'NUL inside': (TOKEN, operation('\0')),
        'nothing but NULs': ('not in the charset that was given',
                             b'\0' * 4096),
        'control character': (TOKEN, operation('\x01')),
        'U+FFFE': (TOKEN, operation('\ufffe')),
        'NUL by reference': ('reference to invalid character number',
                             operation('&#0;')),
        'surrogate by reference': ('reference to invalid character number',
                                   operation('&#xD800;')),
        'surrogate in UTF-8': (TOKEN, envelope().replace(
            MARK.encode(), b'\xed\xa0\x80')),
        'overlong UTF-8': (TOKEN, envelope().replace(
            MARK.encode(), b'\xc0\xbc')),
        'beyond Unicode': (TOKEN, envelope().replace(
            MARK.encode(), b'\xf4\x90\x80\x80')),
        'stray byte': (TOKEN, envelope().replace(MARK.encode(), b'\xff')),
        'cut in a character': (TOKEN, envelope().replace(
            MARK.encode(), b'\xe2\x82'))}),
    Case('S1', 'half a surrogate in UTF-16', 'XML 1.0 2.2', invalid(TOKEN),
         text().replace(MARK, '\ud800').encode('utf-16', 'surrogatepass'),
         headers=UTF_16),
    *[Case('S1', f'{name}, {place}', 'XML 1.0 2.2', invalid(TOKEN),
           (text(OPERATION + part) if place == 'comment' else
            text(header=part)).replace('?', half + 'zz').encode(
                coding, 'surrogatepass'), headers=kind)
      for name, half, coding, kind in (
        ('high half, big end', '\ud83d', 'utf-16-be', UTF_16),
        ('high half, little end', '\ud83d', 'utf-16-le', UTF_16),
        ('high half, no charset', '\ud83d', 'utf-16', BARE),
        ('low half', '\ude00', 'utf-16', UTF_16),
        ('halves the wrong way round', '\ude00\ud83d', 'utf-16', UTF_16))
      for place, part in (
        ('comment', '<!--?-->'), ('text', '<x:y xmlns:x="urn:x">?</x:y>'),
        ('attribute', '<x:y xmlns:x="urn:x" z="?"/>'))],
    Case('H9', 'utf-16, beyond the BMP', 'RFC 3023 3.1', DONE,
         text(OPERATION + '<!--\U0001f600-->').encode('utf-16'),
         headers=UTF_16),
    Case('S1', 'gzip, not said', 'RFC 9110 8.4', invalid(TOKEN),
         squeezed(REQUEST)),
    *by_reason('S2', 'SOAP 1.1 3, WS-I R1008', {
        'DOCTYPE': ('DOCTYPE not allowed',
                    f'<!DOCTYPE {MARK}>'.encode() + REFERENCE),
        'entity': ('DOCTYPE not allowed', (
            f'<!DOCTYPE a [<!ENTITY b "{MARK}">]>'
            + text('&b;' + OPERATION)).encode()),
        'entity bomb': ('DOCTYPE not allowed',
                        (BOMB + text('&h;' + OPERATION)).encode()),
        'quadratic entities': ('DOCTYPE not allowed', filled(
            '<!DOCTYPE a [<!ENTITY b "' + 'x' * 20000 + '">]>', '&b;', '',
            40000)),
        'external entity': ('DOCTYPE not allowed', (
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
            + text('&b;' + OPERATION)).encode()),
        'parameter entity': ('DOCTYPE not allowed', (
            '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:9/">%b;]>'
            + text()).encode()),
        'external subset': ('DOCTYPE not allowed', (
            '<!DOCTYPE a SYSTEM "file:///etc/passwd">' + text()).encode()),
        'default attributes': ('DOCTYPE not allowed', (
            '<!DOCTYPE a [<!ATTLIST ResetPIN b CDATA "c">]>'
            + text()).encode()),
        'DOCTYPE not closed': ('DOCTYPE not allowed',
                               f'<!DOCTYPE {MARK} ['.encode())}),
    *by_reason('S3', 'WS-I R1009', {
        'before': ('processing instruction',
                   f'<?{MARK} b?>'.encode() + envelope()),
        'inside': ('processing instruction', operation(f'<?{MARK} b?>')),
        'after': ('processing instruction',
                  envelope() + f'<?{MARK} b?>'.encode()),
        'a style sheet': ('processing instruction', (
            '<?xml-stylesheet href="http://127.0.0.1:9/"?>'
            + text()).encode())}),
    *rows('S4', 'XML 1.0 2.5, 2.10', DONE, {
        'comments': (f'<!--{MARK}-->' + text(
            '<!--a-->' + OPERATION + '<!--b-->', entry('', content='<!---->'),
            after='<!--c-->') + '<!--d-->').encode(),
        'comment in the operation': operation('<!--a-->'),
        'white space': operation(' \t\r\n'),
        'white space between': text().replace('><', '>\r\n\t <').encode(),
        'white space by reference': operation('&#32;&#x9;'),
        'white space as CDATA': operation('<![CDATA[ ]]>'),
        'declaration': declared('utf-8').encode(),
        'XML 1.1': b'<?xml version="1.1"?>' + envelope(),
        'no prefix': (f'<Envelope xmlns="{SOAP}"><!--{MARK}--><Body>'
                      f'{OPERATION}</Body></Envelope>').encode(),
        'other prefixes': text().replace('<s:', '<\xe9.-:').replace(
            '</s:', '</\xe9.-:').replace('xmlns:s=', 'xmlns:\xe9.-=').encode()
        }),
    Case('S5', '32 levels', 'doc/protocol.md', DONE, nested(DEPTH_MAX)),
    Case('S5', '33 levels', 'doc/protocol.md', invalid('nested too deeply'),
         nested(DEPTH_MAX + 1)),
    Case('S5', 'thousands of levels', 'doc/protocol.md',
         invalid('nested too deeply'), nested(8000)),
    Case('S5', 'levels that do not end', 'doc/protocol.md',
         invalid('nested too deeply'), filled('', '<a>', '')),
    *by_reason('S6', 'doc/protocol.md', {
        'many attributes': ('too complex', numbered(
            f'<s:Envelope xmlns:s="{SOAP}"><s:Header><x:a xmlns:x="u"',
            ' a#="b"', f'/></s:Header><s:Body>{MARK}</s:Body></s:Envelope>',
            )),
        'many prefixes': ('too complex', numbered(
            f'<s:Envelope xmlns:s="{SOAP}"', ' xmlns:a#="b"',
            f'>{MARK}</s:Envelope>')),
        'many namespaced attributes': ('too complex', numbered(
            f'<s:Envelope xmlns:s="{SOAP}" xmlns:b="u"', ' b:a#="b"',
            f'>{MARK}</s:Envelope>')),
        'many names': ('too complex', numbered(
            f'<s:Envelope xmlns:s="{SOAP}"><s:Header><x:a xmlns:x="u">',
            f'<{MARK}#/>', ''))}),
    *by_reason('S6', 'doc/protocol.md', {
        'a huge value': ('the operation has an attribute', filled(
            f'<s:Envelope xmlns:s="{SOAP}"><s:Body><{MARK} b="', '&#65;',
            '"/></s:Body></s:Envelope>')),
        'a huge name': ('the root is not an Envelope',
                        filled('<', 'a', '/>')),
        'a huge name in Body': ('not in the messages namespace', filled(
            f'<s:Envelope xmlns:s="{SOAP}"><s:Body><', MARK,
            '/></s:Body></s:Envelope>'))}),
    *rows('S6', 'doc/protocol.md', DONE, {
        'a long comment': envelope(
            OPERATION + f'<!--{"x" * 60000}-->'),
        'many comments': filled(text()[:-13], f'<!--{MARK}-->',
                                '</s:Envelope>'),
        'many equal entries': filled(
            f'<s:Envelope xmlns:s="{SOAP}"><s:Header>',
            f'<x:a xmlns:x="urn:{MARK}">x</x:a>',
            f'</s:Header><s:Body>{OPERATION}</s:Body></s:Envelope>'),
        'a namespace declared again and again': filled(
            f'<s:Envelope xmlns:s="{SOAP}"><s:Header>',
            f'<s:a xmlns:s="{MARK}"/>',
            f'</s:Header><s:Body>{OPERATION}</s:Body></s:Envelope>')}),
    Elsewhere('S7', 'web/test_fastcgi.py:test_announced_too_little',
              'RFC 3875 4.2'),
    Elsewhere('S7', 'web/test_fastcgi.py:test_announced_too_much',
              'RFC 3875 4.2'),
]

SOAP_STRUCTURE = [
    *rows('S8', 'SOAP 1.1 4.1.2, WS-I R1015', VERSION, {
        'SOAP 1.2': envelope().replace(SOAP.encode(), SOAP_12.encode()),
        'https': envelope().replace(b'http://schemas.xmlsoap',
                                    b'https://schemas.xmlsoap'),
        'no namespace': f'<Envelope><Body>{MARK}</Body></Envelope>'.encode(),
        'unknown': envelope().replace(SOAP.encode(), MARK.encode()),
        'no slash at the end': envelope().replace(
            SOAP.encode(), SOAP[:-1].encode())}),
    *by_reason('S9', 'SOAP 1.1 4, WS-I R1011', {
        'another root': ('the root is not an Envelope',
                         f'<{MARK}/>'.encode()),
        'envelope in letters': ('the root is not an Envelope', (
            f'<s:envelope xmlns:s="{SOAP}"><!--{MARK}--></s:envelope>'
            ).encode()),
        'no Body': ('no Body', (f'<s:Envelope xmlns:s="{SOAP}"><!--{MARK}-->'
                                '</s:Envelope>').encode()),
        'Header alone': ('no Body', (
            f'<s:Envelope xmlns:s="{SOAP}"><s:Header>{entry()}</s:Header>'
            '</s:Envelope>').encode()),
        'two Bodies': ('more than one Body', envelope(
            after=f'<s:Body>{OPERATION}</s:Body>')),
        'two Bodies, one empty': ('more than one Body',
                                  envelope(after='<s:Body/>')),
        'two Headers': ('Header not first or not alone', envelope(
            header=f'{entry()}</s:Header><s:Header>')),
        'Header last': ('Header not first or not alone', envelope(
            after='<s:Header/>')),
        'element before Body': (STRANGE, text().replace(
            '<s:Body>', f'<{MARK}/><s:Body>').encode()),
        'qualified after Body': (STRANGE, envelope(after=entry())),
        'unqualified after Body': (STRANGE, envelope(after=f'<{MARK}/>')),
        'body in letters': (STRANGE, envelope().replace(
            b's:Body', b's:body')),
        'Body of no namespace': (STRANGE, envelope().replace(
            b's:Body', b'Body')),
        'text before Body': (STRUCTURE_TEXT, text().replace(
            '<s:Body>', f'{MARK}<s:Body>').encode()),
        'text after Body': (STRUCTURE_TEXT, envelope(after=MARK)),
        'text in Header': (STRUCTURE_TEXT, envelope(header=MARK))}),
    *by_reason('S10', 'SOAP 1.1 4.2', {
        'unqualified entry': ('unqualified header entry',
                              envelope(header=f'<{MARK}/>')),
        'second unqualified': ('unqualified header entry', envelope(
            header=entry() + f'<{MARK}/>')),
        'unqualified, must': ('unqualified header entry', envelope(
            header=f'<{MARK} s:mustUnderstand="1"/>'))}),
    *by_reason('S11', 'SOAP 1.1 4.1.1', {
        'on Envelope': (UNQUALIFIED, envelope(attributes=f' a="{MARK}"')),
        'on Header': (UNQUALIFIED, header().replace(
            b'<s:Header>', f'<s:Header a="{MARK}">'.encode())),
        'on Body': (UNQUALIFIED, envelope().replace(
            b'<s:Body>', f'<s:Body a="{MARK}">'.encode())),
        'encodingStyle': (UNQUALIFIED, envelope(
            attributes=' encodingStyle="u"'))}),
    *rows('S11', 'SOAP 1.1 4.1.1', DONE, {
        'encodingStyle anywhere': header('s:encodingStyle="u"').replace(
            b'<s:Body>', b'<s:Body s:encodingStyle="">'),
        'encodingStyle of the operation': operation(
            attributes=' s:encodingStyle="u"'),
        'qualified on Envelope': envelope(
            attributes=f' xmlns:x="urn:x" x:a="{MARK}"'),
        'xml: and xsi:': envelope(
            attributes=f' xml:lang="en" xmlns:i="{XSI}" i:type="{MARK}"')}),
]

SOAP_HEADER = [
    *rows('S12', 'SOAP 1.1 4.2.3, WS-I R1027', MUST, {
        '1': header('s:mustUnderstand="1"'),
        'true': header('s:mustUnderstand="true"'),
        'actor next': header(f's:mustUnderstand="1" s:actor="{NEXT}"'),
        'actor empty': header('s:actor="" s:mustUnderstand="1"'),
        'a second entry': envelope(
            header=entry() + entry('s:mustUnderstand="1"')),
        'entry of ours': header('s:mustUnderstand="1"', f'y:{MARK} '
                                f'xmlns:y="{MESSAGES}"').replace(
            f'</y:{MARK} xmlns:y="{MESSAGES}">'.encode(),
            f'</y:{MARK}>'.encode()),
        'WS-Security': envelope(header=(
            '<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/'
            'oasis-200401-wss-wssecurity-secext-1.0.xsd"'
            ' s:mustUnderstand="1"/>'))}),
    *rows('S12', 'SOAP 1.1 4.2.3', DONE, {
        '0': header('s:mustUnderstand="0"'),
        'false': header('s:mustUnderstand="false"'),
        'absent': header(),
        'of no namespace': header('mustUnderstand="1"'),
        'deeper': header(content='<a s:mustUnderstand="1"/>'),
        'on the operation': operation(attributes=' s:mustUnderstand="1"'),
        'on Body': envelope().replace(
            b'<s:Body>', b'<s:Body s:mustUnderstand="1">'),
        'empty Header': envelope(header=' ')}),
    *rows('S13', 'SOAP 1.1 4.2.2', DONE, {
        'another': header(f's:mustUnderstand="1" s:actor="urn:{MARK}"'),
        'nearly next': header(
            f's:mustUnderstand="1" s:actor="{NEXT}/"'),
        'another and nothing': header(f's:actor="urn:{MARK}"')}),
    *by_reason('S14', 'SOAP 1.1 4.2.3, WS-I R1013', {
        name: ('mustUnderstand is no boolean',
               header(f's:mustUnderstand="{value}"'))
        for name, value in {
            '2': '2', 'empty': '', 'TRUE': 'TRUE', 'yes': 'yes', '01': '01',
            '-1': '-1', 'words': MARK}.items()}),
    Case('S14', 'for another actor too', 'SOAP 1.1 4.2.3',
         invalid('mustUnderstand is no boolean'),
         header(f's:mustUnderstand="{MARK}" s:actor="urn:x"')),
    *rows('S15', 'SOAP 1.1 4.2', DONE, {
        'RequestServerVersion': envelope(header=(
            f'<t:RequestServerVersion xmlns:t="{TYPES}"'
            f' Version="{MARK}"/>')),
        'content of any kind': header('y="z"', content='<a b="c">d</a>'),
        'a twin of impersonation': envelope(header=(
            f'<x:ExchangeImpersonation xmlns:x="urn:{MARK}"/>')),
        'another actor, another twin': header(
            's:actor="urn:x"', 'x:ExchangeImpersonation')}),
]

SOAP_BODY = [
    *by_reason('S16', 'SOAP 1.1 4.3, WS-I R9981', {
        'no child': ('no operation', envelope('')),
        'comment alone': ('no operation', envelope('<!--a-->')),
        'two operations': ('more than one operation',
                           envelope(OPERATION * 2)),
        'IsUMEnabled first': ('more than one operation',
                              envelope(ENABLED + OPERATION)),
        'IsUMEnabled last': ('more than one operation',
                             envelope(OPERATION + ENABLED)),
        'another beside': ('more than one operation',
                           envelope(OPERATION + f'<{MARK}/>')),
        'another before': ('not in the messages namespace',
                           envelope(f'<{MARK}/>' + OPERATION)),
        'text beside': ('text in Body or in the operation',
                        envelope(MARK + OPERATION)),
        'text alone': ('text in Body or in the operation', envelope(MARK))}),
    *by_reason('S17', 'MS-OXWUMS 2.2.2.1', {
        'unknown': ('unknown operation', operation(name=MARK)),
        'letter case': ('unknown operation', operation(name='ResetPin')),
        'the response': ('unknown operation',
                         operation(name='ResetPINResponse')),
        'a prefix of it': ('unknown operation', operation(name='ResetPI')),
        'a long name': ('the operation\'s name is too long',
                        operation(name=MARK * 10)),
        'a fault': ('not in the messages namespace',
                    envelope('<s:Fault/>'))}),
    *by_reason('S18', 'ResetPIN page', {
        'child': ('the operation has a child', operation(f'<{MARK}/>')),
        'child of ours': ('the operation has a child', operation(
            f'<PIN>{MARK}</PIN>')),
        'text': ('text in Body or in the operation', operation('1234')),
        'CDATA': ('text in Body or in the operation',
                  operation(f'<![CDATA[{MARK}]]>')),
        'text by reference': ('text in Body or in the operation',
                              operation('&#49;')),
        'no-break space': ('text in Body or in the operation',
                           operation('\xa0')),
        'attribute': ('the operation has an attribute',
                      operation(attributes=' user="user0009"')),
        'qualified attribute': (
            'the operation has an attribute', operation(
                attributes=f' xmlns:x="urn:x" x:user="{MARK}"')),
        'id': ('the operation has an attribute',
               operation(attributes=' id="i1"')),
        'IsUMEnabled with a child': (
            'the operation has a child',
            operation(f'<{MARK}/>', name='IsUMEnabled'))}),
    *rows('S18', 'XML Schema 1 2.6', DONE, {
        'xsi:type': operation(attributes=f' xmlns:i="{XSI}" i:type="m:x"'),
        'xsi:nil': operation(attributes=f' xmlns:i="{XSI}" i:nil="true"'),
        'xml:lang': operation(attributes=f' xml:lang="{MARK}"'),
        'declarations': operation(attributes=f' xmlns:y="urn:{MARK}"')}),
    *[Case('S19', name, 'SOAP 1.1 6.1.1, WS-I R1109, R1119', DONE,
           headers=(('SOAPAction', value),)) for name, value in {
        'absent': None, 'quotes alone': '""', 'empty': '',
        'as in the WSDL': f'"{MESSAGES}/ResetPIN"',
        'not quoted': f'{MESSAGES}/ResetPIN',
        'https': f'"{MESSAGES_HTTPS}/ResetPIN"',
        'number sign': f'"{MESSAGES}#ResetPIN"',
        'number sign, not quoted': f'{MESSAGES}#ResetPIN',
        'https, number sign': f'"{MESSAGES_HTTPS}#ResetPIN"',
        'space around': f'  "{MESSAGES}/ResetPIN" '}.items()],
    Case('S19', 'IsUMEnabled', 'SOAP 1.1 6.1.1', TRUE, envelope(ENABLED),
         headers=(('SOAPAction', f'"{MESSAGES}/IsUMEnabled"'),)),
    *[Case('S19', name, 'SOAP 1.1 6.1.1',
           invalid('SOAPAction names another operation'),
           headers=(('SOAPAction', value),)) for name, value in {
        'another URI': f'"urn:{MARK}"', 'letter case':
        f'"{MESSAGES}/ResetPin"', 'another operation':
        f'"{MESSAGES}/IsUMEnabled"', 'no separator':
        f'"{MESSAGES}ResetPIN"', 'types': f'"{TYPES}/ResetPIN"',
        'no namespace': 'ResetPIN', 'quotes not closed':
        f'"{MESSAGES}/ResetPIN', 'slash at the end':
        f'"{MESSAGES}/ResetPIN/"', 'namespace alone': f'"{MESSAGES}"',
        'a blank within': f'"{MESSAGES}/ResetPIN "',
        'single quotes': f"'{MESSAGES}/ResetPIN'"}.items()],
    *rows('S20', 'MS-OXWSCDATA', DENIED, {
        'alone': envelope(header=impersonation()),
        'mustUnderstand': envelope(
            header=impersonation(' s:mustUnderstand="1"')),
        'mustUnderstand 0': envelope(
            header=impersonation(' s:mustUnderstand="0"')),
        'another actor': envelope(
            header=impersonation(' s:actor="urn:other"')),
        'another actor, must': envelope(header=impersonation(
            ' s:actor="urn:other" s:mustUnderstand="true"')),
        'https namespace': envelope(header=impersonation(space=TYPES_HTTPS)),
        'empty': envelope(
            header=f'<t:ExchangeImpersonation xmlns:t="{TYPES}"/>'),
        'second entry': envelope(header=entry() + impersonation()),
        'twice': envelope(header=impersonation() * 2),
        'no prefix': envelope(
            header=f'<ExchangeImpersonation xmlns="{TYPES}"/>'),
        'for IsUMEnabled': envelope(ENABLED, impersonation())}),
    Case('S20', 'beside an unknown one', 'SOAP 1.1 4.2.3', MUST, envelope(
        header=impersonation() + entry('s:mustUnderstand="1"'))),
]

FAULT_CASES = [
    Case('F1', 'invalid', 'MS-OXWUMS 2.2.2.1', invalid('no operation'),
         envelope('')),
    Case('F2', 'VersionMismatch', 'SOAP 1.1 4.4', VERSION,
         envelope().replace(SOAP.encode(), SOAP_12.encode())),
    Case('F2', 'MustUnderstand', 'SOAP 1.1 4.4', MUST,
         header('s:mustUnderstand="1"')),
    Case('F3', 'impersonation', 'MS-OXWSCDATA', DENIED,
         envelope(header=impersonation())),
    *rows('F4', 'MS-OXWUMS 4.15', NOT_ENABLED, {
        'no mailbox': 'ghost', 'not enabled': 'disabled'}, 'who'),
    *rows('F4', 'MS-OXWUMS 4.15', NOT_ENABLED, {
        'no mailbox, https': 'ghost', 'not enabled, https': 'disabled'},
        'who', body=REFERENCE),
    Case('F5', 'locked', 'MS-OXWUMS 4.15', LOCKED, who='locked'),
    Case('F5', 'locked, https', 'MS-OXWUMS 4.15', LOCKED, REFERENCE,
         who='locked'),
    Case('F6', 'limit of a user', 'MS-OXWSCDATA', BUSY,
         who='capped'),
    Case('F6', 'limit of a user, https', 'MS-OXWSCDATA', BUSY,
         REFERENCE, who='capped'),
    Elsewhere('F6', 'process/test_limits.py:test_per_address',
              'MS-OXWSCDATA'),
    Elsewhere('F6', 'process/test_limits.py:test_over_all', 'MS-OXWSCDATA'),
    Elsewhere('F14', 'wire/test_impersonation.py:'
              'test_a_header_that_names_nobody', 'MS-OXWSCDATA'),
    Elsewhere('F15', 'wire/test_impersonation.py:test_unknown_names',
              'MS-OXWSCDATA'),
    Elsewhere('F7', 'database/test_database_away.py:test_read_only',
              'MS-OXWSCDATA'),
    Case('F7', 'database away', 'MS-OXWSCDATA', AWAY, away=True),
    Case('F7', 'database away, https', 'MS-OXWSCDATA', AWAY,
         REFERENCE, away=True),
    Case('F7', 'database away, IsUMEnabled', 'MS-OXWSCDATA', AWAY,
         envelope(ENABLED), away=True),
    Case('F7', 'database away, invalid', 'doc/protocol.md',
         invalid('no operation'), envelope(''), away=True),
    Elsewhere('F8', 'web/test_fastcgi.py:test_not_from_our_web_server',
              'MS-OXWUMS 4.15'),
    Elsewhere('F9', 'database/test_lost_commit.py:test_row_held_for_good',
              'MS-OXWUMS 4.15'),
    Case('F13', 'Play on Phone', 'MS-OXWUMS', NO_PHONE,
         operation(name='PlayOnPhone')),
    Case('F10', 'an operation', 'MS-OXWUMS 4.15', LOCKED, who='locked'),
    Case('F11', 'quotes in the name', 'doc/protocol.md', NOT_ENABLED,
         who='quoted'),
    Case('F11', 'markup', 'doc/protocol.md', invalid(TOKEN),
         f'{MARK}<script>'.encode()),
    Case('F12', 'invalid', 'WS-I R1000, R1001, R1004, R1126',
         invalid('no operation'), envelope('')),
]

# What is wrong from one step on is wrong in all that follow: the first one
# is the answer.
WRONG = {'who': 'ghost', 'headers': (PLAIN, FOREIGN, WRONG_ACTION)}
WRONG_SOAP = {'who': 'ghost', 'headers': (WRONG_ACTION,)}
ORDER = [
    Case('H13', '401 before all', 'doc/protocol.md', NOBODY,
         wrong_from('xml'), 'PUT', **(WRONG | {'who': 'nobody'})),
    Case('H13', '405 before 415', 'doc/protocol.md', http(405),
         wrong_from('xml'), 'PUT', **WRONG),
    Case('H13', '413 before 415', 'doc/protocol.md', TOO_LARGE,
         padded(wrong_from('xml'), BODY_MAX + 1), **WRONG),
    Case('H13', 'media type before coding', 'doc/protocol.md', http(415),
         headers=(PLAIN, GZIP, FOREIGN)),
    Case('H13', 'coding before 403', 'doc/protocol.md', CODED,
         headers=(GZIP, FOREIGN)),
    Case('H13', '415 before 403', 'doc/protocol.md', http(415),
         wrong_from('xml'), **WRONG),
    Case('H13', '403 before the document', 'doc/protocol.md', http(403),
         wrong_from('xml'), who='ghost', headers=(FOREIGN, WRONG_ACTION)),
    Case('S21', 'XML before version', 'WS-I R2725',
         invalid('DOCTYPE not allowed'), wrong_from('xml'), **WRONG_SOAP),
    Case('S21', 'version before structure', 'WS-I R2725', VERSION,
         wrong_from('version'), **WRONG_SOAP),
    Case('S21', 'structure before mustUnderstand', 'WS-I R2725',
         invalid(STRANGE), wrong_from('structure'), **WRONG_SOAP),
    Case('S21', 'mustUnderstand before the body', 'WS-I R2725', MUST,
         wrong_from('must'), **WRONG_SOAP),
    Case('S21', 'the body before SOAPAction', 'WS-I R2725',
         invalid('more than one operation'), wrong_from('body'),
         **WRONG_SOAP),
    Case('S21', 'SOAPAction before impersonation', 'doc/protocol.md',
         invalid('SOAPAction names another operation'), wrong_from('right'),
         **WRONG_SOAP),
    Case('S21', 'impersonation before the mailbox', 'doc/protocol.md',
         DENIED, wrong_from('right'), who='ghost'),
    Case('S21', 'impersonation before the PIN lock', 'doc/protocol.md',
         DENIED, wrong_from('right'), who='locked'),
    Case('S21', 'mailbox before PIN lock and limits', 'doc/protocol.md',
         NOT_ENABLED, who='disabled all'),
    Case('S21', 'PIN lock before limits', 'doc/protocol.md', LOCKED,
         who='locked capped'),
]

ALL = (NAMES + OPERATIONS + ANSWERS + HTTP + SOAP_XML + SOAP_STRUCTURE
       + SOAP_HEADER + SOAP_BODY + ORDER + FAULT_CASES)
CASES = [row for row in ALL if isinstance(row, Case)]
ELSEWHERE = [row for row in ALL if isinstance(row, Elsewhere)]
