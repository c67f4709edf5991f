"""HTTP and SOAP as a client speaks them, and answers read by infoset."""
import base64
import concurrent.futures
import contextlib
import dataclasses
import http.client
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

from harness import eventually
# The names that the tests share; some are for those who import us.
from documents import (  # noqa: F401
    ENABLED, ERRORS, EXCHANGE, HERE, MESSAGES, MESSAGES_HTTPS, OPERATION,
    REFERENCE, SOAP, TYPES, XML, envelope)

IS_ENABLED = envelope(ENABLED)
GET_PROPERTIES = envelope(f'<GetUMProperties xmlns="{MESSAGES}"/>')
SET_STATUS = envelope(f'<SetOofStatus xmlns="{MESSAGES}"><status>true'
                      '</status></SetOofStatus>')


def wire(name):
    return (HERE / name).read_bytes()


@dataclasses.dataclass
class Answer:
    status: int
    headers: object
    body: bytes
    seconds: float = 0.0

    def code(self):
        """The EWS ResponseCode of a fault, by its local name."""
        return text_of(self.body, 'ResponseCode')


def basic(user, password):
    token = base64.b64encode(f'{user}:{password}'.encode()).decode()
    return {'Authorization': f'Basic {token}'}


def call(stack, user, body=REFERENCE, url='UMWS_URL', method='POST',
         password=None, timeout=60, **headers):
    """One request on a connection of its own.

    Headers are named with underscores; None leaves a usual one out. user
    None sends no credentials.
    """
    target = urllib.parse.urlsplit(stack.env.get(url, url))
    fields = {'Content-Type': XML} if body is not None else {}
    if user is not None:
        fields |= basic(user, password or stack.env['UMWS_PASSWORD'])
    for name, value in headers.items():
        fields[name.replace('_', '-')] = value
    fields = {name: value for name, value in fields.items()
              if value is not None}
    connection = http.client.HTTPConnection(target.hostname, target.port,
                                            timeout=timeout)
    begin = time.monotonic()
    try:
        connection.request(
            method, target.path + ('?' + target.query if target.query
                                   else ''), body, fields)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read(),
                      time.monotonic() - begin)
    finally:
        connection.close()


def reset(stack, user, **more):
    """The reference request, which must succeed."""
    answer = call(stack, user, **more)
    assert answer.status == 200, (user, answer.status, answer.body)
    return answer


@contextlib.contextmanager
def load(stack, logins, body):
    """Requests without a pause from as many clients; yields the answers."""
    stop = threading.Event()
    answers = []

    def client(login):
        while not stop.is_set():
            answers.append(call(stack, login, body))

    with concurrent.futures.ThreadPoolExecutor(len(logins)) as pool:
        clients = [pool.submit(client, login) for login in logins]
        try:
            yield answers
        finally:
            stop.set()
    for one in clients:
        one.result()


def more(answers, count):
    """Wait until so many answers more have come."""
    target = len(answers) + count
    eventually(lambda: len(answers) >= target, 20)


def health(stack):
    return call(stack, None, None, 'UMWS_HEALTH_URL', 'GET').status


def infoset(data):
    """An XML document as nested tuples in which prefixes do not matter.

    White space around elements is left out; the value of a faultcode, a
    qualified name, is resolved where it stands.
    """
    scopes, pending, current = [{}], {}, [[]]
    parser = ElementTree.XMLPullParser(('start-ns', 'start', 'end'))
    parser.feed(data)
    parser.close()
    for event, item in parser.read_events():
        if event == 'start-ns':
            pending[item[0]] = item[1]
        elif event == 'start':
            scopes.append(scopes[-1] | pending)
            pending = {}
            current.append([])
        else:
            children = current.pop()
            current[-1].append(describe(item, children, scopes.pop()))
    return current[0][0]


def describe(element, children, scope):
    text = (element.text or '').strip()
    if element.tag == 'faultcode':
        prefix, _, name = text.rpartition(':')
        text = f'{{{scope[prefix]}}}{name}'
    assert not (element.tail or '').strip()
    return (element.tag, tuple(sorted(element.attrib.items())), text,
            tuple(children))


def text_of(data, name):
    """The text of the one element with this local name, or None."""
    found = [element.text for element in ElementTree.fromstring(data).iter()
             if element.tag.rpartition('}')[2] == name]
    assert len(found) < 2, found
    return found[0] if found else None


def fault(name, **changes):
    """The infoset of one of the reference faults, with texts changed."""
    data = wire(f'fault-{name}.xml').decode()
    for old, new in changes.items():
        data = data.replace(old, new)
    return infoset(data.encode())


def operation_fault(exception, code, sentence, messages=MESSAGES):
    """Layout B: an operation failed."""
    data = wire('fault-operation.xml').decode()
    for old, new in (
            ('UserNotUmEnabledException', exception),
            ('ErrorUserNotUnifiedMessagingEnabled', code),
            ("The user isn't enabled for Unified Messaging.", sentence),
            (MESSAGES, messages)):
        data = data.replace(old, new)
    return infoset(data.encode())


def assert_fault(answer, expected):
    """An answer is this fault, with the headers of one."""
    assert answer.status == 500, (answer.status, answer.body)
    assert_headers(answer)
    assert infoset(answer.body) == expected, answer.body


def assert_headers(answer):
    """What every answer with an envelope has."""
    headers = answer.headers
    assert headers.get_all('Content-Type') == [XML]
    assert headers.get_all('Cache-Control') == ['private']
    assert headers.get_all('Content-Length') == [str(len(answer.body))]
    assert len(headers.get_all('X-Request-Id')) == 1
