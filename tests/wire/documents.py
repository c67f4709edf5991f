"""What the cases are made of: names, envelopes, and the faults.

MARK stands in every request that is written here. It must come back in no
answer and stand in no log line: nothing of the input does.
"""
import dataclasses
import gzip
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
SOAP_12 = 'http://www.w3.org/2003/05/soap-envelope'
NEXT = 'http://schemas.xmlsoap.org/soap/actor/next'
XSI = 'http://www.w3.org/2001/XMLSchema-instance'
EXCHANGE = 'http://schemas.microsoft.com/exchange/services/2006/'
MESSAGES = EXCHANGE + 'messages'
MESSAGES_HTTPS = MESSAGES.replace('http:', 'https:')
TYPES = EXCHANGE + 'types'
TYPES_HTTPS = TYPES.replace('http:', 'https:')
ERRORS = EXCHANGE + 'errors'
XML = 'text/xml; charset=utf-8'
MARK = 'qzMarkZq'

BODY_MAX = 65536        # bytes
DEPTH_MAX = 32          # elements

REFERENCE = (HERE / 'resetpin-request.xml').read_bytes()
OPERATION = f'<ResetPIN xmlns="{MESSAGES}"/>'
ENABLED = f'<IsUMEnabled xmlns="{MESSAGES}"/>'


@dataclasses.dataclass(frozen=True)
class Fault:
    """A row of the table of faults in doc/protocol.md."""
    space: str          # of the faultcode
    code: str           # its local name
    sentence: str
    response: str = ''  # ResponseCode in detail; none in a header fault
    exception: str = ''  # ExceptionType in detail, of an operation


FAULTS = {
    'invalid': Fault(
        TYPES, 'ErrorInvalidRequest', 'The request is invalid.',
        'ErrorInvalidRequest'),
    'version': Fault(
        SOAP, 'VersionMismatch', 'The envelope is not one of SOAP 1.1.'),
    'must': Fault(
        SOAP, 'MustUnderstand', 'A header that must be understood is not'
        ' known to this service.'),
    'impersonation': Fault(
        TYPES, 'ErrorImpersonateUserDenied', 'The account does not have'
        ' permission to impersonate the requested user.',
        'ErrorImpersonateUserDenied'),
    'not enabled': Fault(
        ERRORS, 'UserNotUmEnabledException', "The user isn't enabled for"
        ' Unified Messaging.', 'ErrorUserNotUnifiedMessagingEnabled',
        'UserNotUmEnabledException'),
    'locked': Fault(
        ERRORS, 'PinLockedException', 'The PIN is locked against change by'
        ' an administrator.', 'ErrorAccessDenied', 'PinLockedException'),
    'no phone': Fault(
        ERRORS, 'PlayOnPhoneNotEnabledException', 'Play on Phone is not'
        ' enabled.', 'ErrorUnifiedMessagingRequestFailed',
        'PlayOnPhoneNotEnabledException'),
    'busy': Fault(
        TYPES, 'ErrorServerBusy', 'The server cannot service this request'
        ' right now. Try again later.', 'ErrorServerBusy'),
    'store': Fault(
        ERRORS, 'MailboxStoreUnavailableException', 'The mailbox store is'
        ' not available. Nothing was changed. Try again later.',
        'ErrorMailboxStoreUnavailable', 'MailboxStoreUnavailableException'),
}


def text(body=OPERATION, header='', attributes='', after=''):
    """An envelope as text, around the content of its body."""
    if header:
        header = f'<s:Header>{header}</s:Header>'
    return (f'<s:Envelope xmlns:s="{SOAP}"{attributes}><!--{MARK}-->'
            f'{header}<s:Body>{body}</s:Body>{after}</s:Envelope>')


def envelope(*parts, **more):
    return text(*parts, **more).encode()


def declared(encoding, body=OPERATION):
    return f'<?xml version="1.0" encoding="{encoding}"?>' + text(body)


def operation(content='', attributes='', name='ResetPIN', space=MESSAGES):
    """A document whose operation has this content and attributes."""
    return envelope(f'<{name} xmlns="{space}"{attributes}>{content}'
                    f'</{name}>')


def entry(attributes='', name='x:other', content=''):
    return (f'<{name} xmlns:x="urn:{MARK}" {attributes}>{content}'
            f'</{name}>')


def header(*parts, **more):
    return envelope(header=entry(*parts, **more))


def impersonation(attributes='', space=TYPES):
    return (f'<t:ExchangeImpersonation xmlns:t="{space}"{attributes}>'
            '<t:ConnectingSID><t:PrimarySmtpAddress>'
            f'{MARK}@example.test</t:PrimarySmtpAddress>'
            '</t:ConnectingSID></t:ExchangeImpersonation>')


def nested(depth):
    """Elements within a header entry down to this depth in all."""
    inner = depth - 3
    return header(content='<a>' * inner + '</a>' * inner)


def padded(document, size):
    return document + b' ' * (size - len(document))


def filled(before, piece, after, size=60000):
    """A hostile document: as many pieces as there is room for."""
    return (before + piece * (size // len(piece)) + after).encode()


def numbered(before, pattern, after, size=60000):
    """The same with pieces that differ, a number in each."""
    pieces, number = [], 0
    while size > 0:
        pieces.append(pattern.replace('#', str(number)))
        size -= len(pieces[-1])
        number += 1
    return (before + ''.join(pieces) + after).encode()


def squeezed(document):
    return gzip.compress(document, mtime=0)


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + ''.join(
    f'<!ENTITY {chr(c)} "{f"&{chr(c - 1)};" * 10}">'
    for c in range(ord('b'), ord('i'))) + ']>'

# What is wrong with a document, in the order in which it is answered; a
# document that is wrong from one step on is wrong in all that follow too.
STEPS = ('xml', 'version', 'structure', 'must', 'body', 'right')


def wrong_from(step):
    bad = STEPS[STEPS.index(step):]
    document = text(
        body=OPERATION + f'<{MARK}/>' if 'body' in bad else OPERATION,
        header=(entry('s:mustUnderstand="1"') if 'must' in bad else '')
        + impersonation(),
        after=f'<{MARK}/>' if 'structure' in bad else '')
    if 'version' in bad:
        document = document.replace(SOAP, SOAP_12)
    if 'xml' in bad:
        document = f'<!DOCTYPE {MARK}>' + document
    return document.encode()
