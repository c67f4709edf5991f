"""SOAP faults, each with its exact form, and each without any effect."""
import pytest

from soap import (ERRORS, MESSAGES, MESSAGES_HTTPS, OPERATION, REFERENCE,
                  SOAP, TYPES, XML, assert_fault, call, envelope, fault,
                  infoset, operation_fault, reset, text_of)

NEXT = 'http://schemas.xmlsoap.org/soap/actor/next'
DTD = b'<!DOCTYPE a [<!ENTITY b "c">]>'
BOMB = (b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b''.join(
    b'<!ENTITY %c "%s">' % (c, b'&%c;' % (c - 1) * 10)
    for c in b'bcdefgh') + b']>')


def must(attributes, name='x:other'):
    return f'<{name} xmlns:x="urn:x" {attributes}/>'


def inside(text, attributes=''):
    return envelope(f'<ResetPIN xmlns="{MESSAGES}"{attributes}>{text}'
                    '</ResetPIN>')


MALFORMED = {
    'empty': b'',
    'blank': b' \n',
    'no xml': b'hello',
    'truncated': REFERENCE[:-20],
    'half': REFERENCE[:len(REFERENCE) // 2],
    'unclosed': envelope()[:-4],
    'two roots': envelope() + envelope(),
    'garbage after': envelope() + b'x',
    'nul byte': envelope() + b'\0',
    'not utf-8': envelope() + b'<!--\xff-->',
    'dtd': DTD + envelope(),
    'entities': BOMB + envelope('&h;' + OPERATION),
    'external': b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + envelope(),
    'instruction before': b'<?a b?>' + envelope(),
    'instruction inside': inside('<?a b?>'),
    'instruction after': envelope() + b'<?a b?>',
    'iso-8859-1': b'<?xml version="1.0" encoding="iso-8859-1"?>' + envelope(),
    'too deep': inside('<a>' * 40 + '</a>' * 40),
    'complex': inside('<a b="' + '&#65;' * 12000 + '"/>'),
    'unknown operation': envelope(f'<PlayOnPhone2 xmlns="{MESSAGES}"/>'),
    'letter case': envelope(f'<ResetPin xmlns="{MESSAGES}"/>'),
    'no operation': envelope(''),
    'child': inside('<a/>'),
    'text': inside('1234'),
    'cdata': inside('<![CDATA[1234]]>'),
    'attribute': inside('', ' user="user0002"'),
    'two operations': envelope(OPERATION * 2),
    'another beside': envelope(OPERATION + '<a xmlns="urn:a"/>'),
    'enabled and reset': envelope(
        f'<IsUMEnabled xmlns="{MESSAGES}"/>' + OPERATION),
    'text in body': envelope('x' + OPERATION),
    'no namespace': envelope('<ResetPIN/>'),
    'types namespace': envelope(f'<ResetPIN xmlns="{TYPES}"/>'),
    'near namespace': envelope(f'<ResetPIN xmlns="{MESSAGES}/"/>'),
    'other root': b'<html/>',
    'no body': f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(),
    'two bodies': envelope().replace(
        b'</s:Body>', b'</s:Body><s:Body/>'),
    'header last': envelope().replace(
        b'</s:Body>', b'</s:Body><s:Header/>'),
    'after body': envelope().replace(
        b'</s:Body>', b'</s:Body><x xmlns="urn:x"/>'),
    'attribute of body': envelope().replace(b'<s:Body>', b'<s:Body a="b">'),
    'unqualified header': envelope(header='<x/>'),
    'no boolean': envelope(header=must('s:mustUnderstand="2"')),
}
MISMATCHED = {
    'soap 1.2': envelope().replace(
        SOAP.encode(), b'http://www.w3.org/2003/05/soap-envelope'),
    'no namespace': b'<Envelope><Body/></Envelope>',
    'https': envelope().replace(SOAP.encode(), SOAP.replace(
        'http:', 'https:').encode()),
}
NOT_UNDERSTOOD = {
    'one': envelope(header=must('s:mustUnderstand="1"')),
    'true': envelope(header=must('s:mustUnderstand="true"')),
    'next': envelope(header=must(f's:mustUnderstand="1" s:actor="{NEXT}"')),
    'second': envelope(header=must('') + must('s:mustUnderstand="1"')),
    'bad body too': envelope('<a/><b/>', must('s:mustUnderstand="1"')),
}
IMPERSONATION = (f'<t:ExchangeImpersonation xmlns:t="{TYPES}"{{}}>'
                 '<t:ConnectingSID><t:PrimarySmtpAddress>'
                 'user0002@example.test</t:PrimarySmtpAddress>'
                 '</t:ConnectingSID></t:ExchangeImpersonation>')


@pytest.fixture(autouse=True)
def untouched(request, stack, user):
    before = stack.world(), stack.state(user)
    yield
    if 'resets' in request.keywords:
        return
    after = stack.world(), stack.state(user)
    for state in (before[1], after[1]):
        del state['pin_locked'], state['um_enabled'], state['audit']
    assert after == before


def assert_header_fault(answer, name):
    """SOAP 1.1, section 4.4: such a fault has no detail."""
    assert answer.status == 500
    root = infoset(answer.body)
    (_, _, _, ((_, _, _, ((tag, _, _, parts),)),)) = root
    assert tag == f'{{{SOAP}}}Fault'
    assert [part[0] for part in parts] == ['faultcode', 'faultstring']
    assert parts[0][2] == f'{{{SOAP}}}{name}'


@pytest.mark.parametrize('name', MALFORMED)
def test_malformed(stack, user, name):
    kind = 'text/xml' if name == 'iso-8859-1' else XML
    answer = call(stack, user, MALFORMED[name], Content_Type=kind)
    assert_fault(answer, fault('invalid-request'))
    assert b'a:ErrorInvalidRequest</faultcode>' in answer.body
    assert stack.audit(user) == []


@pytest.mark.parametrize('name', MISMATCHED)
def test_version_mismatch(stack, user, name):
    answer = call(stack, user, MISMATCHED[name])
    assert_header_fault(answer, 'VersionMismatch')


@pytest.mark.parametrize('name', NOT_UNDERSTOOD)
def test_must_understand(stack, user, name):
    answer = call(stack, user, NOT_UNDERSTOOD[name])
    assert_header_fault(answer, 'MustUnderstand')


@pytest.mark.parametrize('attributes', [
    '', ' s:mustUnderstand="1"', ' s:mustUnderstand="0"',
    ' s:actor="urn:other"'])
def test_impersonation(stack, user, attributes):
    """It must never fall through to the caller's own mailbox."""
    header = IMPERSONATION.format(attributes)
    answer = call(stack, user, envelope(header=header))
    assert answer.status == 500
    assert text_of(answer.body, 'ResponseCode') == (
        'ErrorImpersonateUserDenied')
    code = f'{{{TYPES}}}ErrorImpersonateUserDenied'
    assert infoset(answer.body)[3][0][3][0][3][0][2] == code


@pytest.mark.parametrize('action', [
    '"urn:x"', f'"{MESSAGES}/ResetPin"', f'"{MESSAGES}/IsUMEnabled"',
    f'"{MESSAGES}ResetPIN"', f'"{TYPES}/ResetPIN"', 'ResetPIN',
    f'"{MESSAGES}/ResetPIN', f'"{MESSAGES}/ResetPIN/"'])
def test_wrong_soap_action(stack, user, action):
    answer = call(stack, user, SOAPAction=action)
    assert_fault(answer, fault('invalid-request'))


def test_unknown_and_disabled_are_the_same(stack, user):
    stack.do('web-user', 'ghost')
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              user)
    answers = [call(stack, name, envelope()) for name in ('ghost', user)]
    for answer in answers:
        assert_fault(answer, fault('operation'))
    assert answers[0].body == answers[1].body
    assert sorted(answers[0].headers) == sorted(answers[1].headers)
    for name in ('ghost', user):
        (row,) = stack.audit(name)
        assert (row['result'], row['reset_id']) == ('not_enabled', None)


def test_refusals_are_counted_not_repeated(stack, user):
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              user)
    for _ in range(5):
        assert call(stack, user).status == 500
    rows = stack.audit(user)
    assert sum(row['count'] for row in rows) == 5
    assert len(rows) <= 2       # a minute may have ended in between


@pytest.mark.parametrize('body, messages', [
    (envelope(), MESSAGES), (REFERENCE, MESSAGES_HTTPS)])
def test_pin_locked(stack, user, body, messages):
    stack.sql('UPDATE umws.um_user SET pin_locked = true WHERE login = %s',
              user)
    answer = call(stack, user, body)
    assert_fault(answer, operation_fault(
        'PinLockedException', 'ErrorAccessDenied',
        'The PIN is locked against change by an administrator.', messages))
    assert [row['result'] for row in stack.audit(user)] == ['pin_locked']


def test_faults_show_nothing_of_the_inside(stack, user):
    stack.do('web-user', "x'; DROP TABLE umws.audit; --")
    answer = call(stack, "x'; DROP TABLE umws.audit; --")
    assert answer.code() == 'ErrorUserNotUnifiedMessagingEnabled'
    for word in (b'umws', b'SELECT', b'DROP', b'/tmp', b'postgres', b'expat'):
        assert word not in answer.body
    assert text_of(answer.body, 'Message').endswith('.')
    assert f'{{{ERRORS}}}UserNotUmEnabledException' == (
        infoset(answer.body)[3][0][3][0][3][0][2])


@pytest.mark.parametrize('login', [
    '\N{LATIN SMALL LETTER E WITH ACUTE}', 'x' * 300, 'x' * 600, '..', '%s',
    'user0001\\', '@', 'DOMAIN\\user0001'])
def test_odd_logins_are_nobody(stack, login):
    stack.do('web-user', login)
    answer = call(stack, login)
    assert answer.status in (401, 500)
    if answer.status == 500:
        assert answer.code() == 'ErrorUserNotUnifiedMessagingEnabled'


@pytest.mark.resets
def test_after_all_that_a_reset(stack, user):
    """No refusal above has left a worker unable to serve."""
    for _ in range(16):
        assert call(stack, user, b'<').status == 500
    reset(stack, user)
    assert stack.state(user)['generation'] == 1
