"""The worst known bodies of permitted size, and what they cost a worker."""
import base64
import urllib.error
import urllib.request

from umws_stack.layout import StackError

SIZE = 65536            # bytes, REQUEST_BODY_MAX
CPU_MAX = 50.0          # ms
REPEATS = 3             # the least of so many: less noise
CODINGS = {'utf-8': 'utf-8', 'utf-16': 'utf-16-be'}    # by their charset

SOAP = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'"
ENTRY = SOAP + "><s:Header><h:x xmlns:h='urn:h'"
INSIDE = ENTRY + '>'
END = ("</s:Header><s:Body><ResetPIN xmlns='http://schemas.microsoft.com"
       "/exchange/services/2006/messages'/></s:Body></s:Envelope>")
CLOSED, ENDED = '/>' + END, '</h:x>' + END
# Head, a unit while there is room, with its number in place of '@'; tail.
BODIES = {
    'entities': ("<!DOCTYPE a [<!ENTITY e0 'x'>",
                 "<!ENTITY e@ '&e0;&e0;&e0;'>", ']>'),
    'elements in elements': (INSIDE, '<a>', ENDED),
    'attributes': (ENTRY, " a@=''", CLOSED),
    'elements with attributes': (
        INSIDE, "<a b='' c='' d='' e='' f='' g='' h=''/>", ENDED),
    'names of elements': (INSIDE, '<a@/>', ENDED),
    'one value': (ENTRY + " a='", 'a', "'" + CLOSED),
    'one value of references': (ENTRY + " a='", '&amp;', "'" + CLOSED),
    'one comment of dashes': (INSIDE + '<!--', '- ', '-->' + ENDED),
    'one CDATA': (INSIDE + '<![CDATA[', ']', ']]>' + ENDED),
    'newlines': (INSIDE, '\r\n', ENDED),
    'prefixes on one element': (ENTRY, " xmlns:p@='u'", CLOSED),
    'one prefix again and again': (
        INSIDE, "<p:a xmlns:p='u' xmlns:q='u' q:a='' p:b=''/>", ENDED),
    'namespace, attributes in it': (
        f"{INSIDE}<h:y xmlns:p='{'u' * 30000}'>",
        "<b p:a='' p:b='' p:c=''/>", '</h:y>' + ENDED),
    'namespace of 2 KiB': (
        f"{INSIDE}<h:y xmlns:p='{'u' * 2048}'>",
        "<b p:a='' p:b='' p:c='' p:d='' p:e=''/>", '</h:y>' + ENDED),
    'header entries': (
        SOAP + " xmlns:p='u'><s:Header>",
        "<p:a s:actor='' s:mustUnderstand='0'/>", END),
    'letters of three bytes': (INSIDE, '\u20ac', ENDED),
}


def make(name, coding):
    """The body, as large as a body may be or a little less."""
    head, unit, tail = BODIES[name]
    middle, room = [], SIZE - len((head + tail).encode(coding))
    while room >= 0:
        middle.append(unit.replace('@', str(len(middle))))
        room -= len(middle[-1].encode(coding))
    return (head + ''.join(middle[:-1]) + tail).encode(coding)


def cost(stand, name, charset):
    """Milliseconds of the worker's processor for one request."""
    request = urllib.request.Request(
        stand.env['UMWS_URL'], make(name, CODINGS[charset]), {
            'Content-Type': f'text/xml; charset={charset}',
            'Authorization': 'Basic ' + base64.b64encode(
                stand.accounts[0].encode()).decode()})
    found = []
    for _ in range(REPEATS):
        before = stand.cpu()['worker']
        try:
            urllib.request.urlopen(request).close()
        except urllib.error.HTTPError as answer:
            if answer.code not in (400, 500):       # it was not parsed
                raise StackError(f'{name}: status {answer.code}')
        found.append(stand.cpu()['worker'] - before)
    if min(found) > CPU_MAX:
        raise StackError(f'{name}, {charset}: {min(found):.2f} ms of processor'
                         f' time, over {CPU_MAX}')
    return min(found)
