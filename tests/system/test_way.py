"""The whole way, from the request into the mailbox; default derivation."""
import json
import re
import urllib.parse

import pytest

from harness import as_received, digit_lines, message, pin_of
from soap import (IS_ENABLED, MESSAGES, MESSAGES_HTTPS, REFERENCE, SOAP,
                  assert_headers, call, envelope, health, infoset, reset,
                  text_of, wire)

OPTIONS = ()
HTTP_FORM = REFERENCE.replace(MESSAGES_HTTPS.encode(), MESSAGES.encode())


def response(messages):
    data = wire('resetpin-response.xml').decode().strip()
    return infoset(data.replace(MESSAGES_HTTPS, messages).encode())


@pytest.mark.parametrize('body, messages', [
    (REFERENCE, MESSAGES_HTTPS), (HTTP_FORM, MESSAGES)],
    ids=['https', 'http'])
def test_answer_is_in_the_callers_namespace(stack, user, body, messages):
    answer = call(stack, user, body)
    assert answer.status == 200
    assert_headers(answer)
    assert infoset(answer.body) == response(messages)
    assert text_of(answer.body, 'ResetPINResponse') in (None, '')


def test_envelope_prefix_and_declarations(stack, user):
    body = reset(stack, user).body.decode()
    assert '<soap:Envelope' in body
    assert 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' in body
    assert 'xmlns:xsd="http://www.w3.org/2001/XMLSchema"' in body


def test_one_reset_one_pin_one_mail(stack, user):
    assert stack.state(user)['has_pin'] is False
    assert call(stack, user, IS_ENABLED).status == 200
    answer = reset(stack, user)
    assert stack.mail_files(user) == []
    stack.do('mailer')
    path = stack.do('wait-mail', user)
    assert stack.do('mails', user).splitlines() == [path]
    assert len(stack.mail_files(user)) == 1
    pin = stack.do('pin', path)
    assert pin == pin_of(stack.mail_files(user)[0])
    assert re.fullmatch('[0-9]{6}', pin)
    stack.do('check-pin', user, text=f'{pin}\n')
    wrong = pin[:-1] + str((int(pin[-1]) + 1) % 10)
    stack.do('check-pin', user, text=f'{wrong}\n', code=1)
    assert_rows(stack, user, answer)
    assert_mail(stack, user, pin)
    stack.do('mailer')
    assert len(stack.mail_files(user)) == 1


def assert_rows(stack, user, answer):
    state = json.loads(stack.do('state', user))
    assert state['generation'] == 1 and state['history_count'] == 1
    assert state['must_change'] is True and state['failed_logons'] == 0
    (mail,) = state['outbox']
    assert (mail['state'], mail['has_sealed']) == ('sent', False)
    assert (mail['kind'], mail['attempts']) == ('reset', 1)
    assert mail['last_error'] is None and mail['sent_at'] is not None
    (audit,) = state['audit']
    assert audit['reset_id'] == mail['id']
    assert (audit['action'], audit['result']) == ('reset', 'ok')
    assert audit['actor'] == audit['login'] == user
    assert audit['actor_address'].split('/')[0] == '127.0.0.1'
    assert audit['request_id'] == answer.headers['X-Request-Id']
    verifier = stack.value(
        'SELECT verifier FROM umws.um_user WHERE login = %s', user)
    assert verifier.startswith('$argon2id$v=19$m=7168,t=5,p=1$')
    assert answer.headers['X-Request-Id'] in stack.log('worker')


def assert_mail(stack, user, pin):
    (path,) = stack.mail_files(user)
    mail = message(path)
    identity = stack.outbox(user)[0]['id']
    assert re.fullmatch(rf'<{identity}@[^<>@]+>', mail['Message-ID'])
    assert mail['Auto-Submitted'] == 'auto-generated'
    assert mail['Date'] and mail['From'] and user in mail['To']
    assert digit_lines(path) == [pin]
    html = mail.get_body(preferencelist=('html',)).get_content()
    assert re.search(rf'<strong id="?pin"?>{pin}</strong>', html)
    assert html.count(pin) == 1
    raw = as_received(path)
    assert b'\r\n.\r\n' not in raw and len(re.findall(b'(?<!\r)\n', raw)) == 0
    assert f'X-Sink-To: {user}@example.test' in path.read_text()


@pytest.mark.parametrize('path', [
    '/EWS/UM2007Legacy.asmx', '/ews/um2007legacy.asmx',
    '/EWS/UM2007LEGACY.ASMX', '/UnifiedMessaging/Service.asmx',
    '/unifiedmessaging/SERVICE.asmx'])
def test_both_paths_in_any_case(stack, user, path):
    base = stack.env['UMWS_BASE_URL']
    answer = reset(stack, user, url=base + path)
    assert infoset(answer.body) == response(MESSAGES_HTTPS)


def test_other_paths_are_not_served(stack, user):
    before = stack.world()
    for path in ('/EWS/Exchange.asmx', '/EWS/UM2007Legacy.asmx/ResetPIN',
                 '/x/EWS/UM2007Legacy.asmx', '/umws/tui'):
        url = urllib.parse.urljoin(stack.env['UMWS_BASE_URL'], path)
        assert call(stack, user, url=url).status == 404
    assert stack.world() == before


def test_is_um_enabled(stack, user):
    def ask(name):
        answer = call(stack, name, IS_ENABLED)
        assert answer.status == 200
        assert_headers(answer)
        return infoset(answer.body)[3][0][3][0]

    def expected(word):
        tag = f'{{{MESSAGES}}}IsUMEnabledResponse'
        return (tag, (), '', ((tag, (), word, ()),))

    before = stack.world()
    stack.do('web-user', 'nobody')
    assert ask(user) == expected('true')
    assert ask('nobody') == expected('false')
    stack.sql('UPDATE umws.um_user SET um_enabled = false'
              ' WHERE login = %s', user)
    assert ask(user) == expected('false')
    assert stack.world() == before
    assert stack.audit(user) == [] and stack.audit('nobody') == []


def test_login_is_folded_and_domains_stay(stack, user):
    """ASCII letters fold; a domain is dropped only if it is listed."""
    stack.do('web-user', user.upper())
    stack.do('web-user', user + '@example.test')
    reset(stack, user.upper())
    assert stack.state(user)['generation'] == 1
    answer = call(stack, user + '@example.test')
    assert answer.code() == 'ErrorUserNotUnifiedMessagingEnabled'
    assert stack.state(user)['generation'] == 1


def test_the_page_of_our_own_host_may_call(stack, user):
    host = urllib.parse.urlsplit(stack.env['UMWS_URL']).netloc
    reset(stack, user, Origin=f'http://{host}', Sec_Fetch_Site='same-origin')
    reset(stack, user, Sec_Fetch_Site='none')


@pytest.mark.parametrize('action', [
    None, '""', '', f'"{MESSAGES}/ResetPIN"', f'{MESSAGES}/ResetPIN',
    f'"{MESSAGES}#ResetPIN"', f'"{MESSAGES_HTTPS}/ResetPIN"'])
def test_soap_action_forms(stack, user, action):
    reset(stack, user, SOAPAction=action)


@pytest.mark.parametrize('kind, data', [
    ('text/xml', REFERENCE),
    ('TEXT/XML; Charset="UTF-8"', REFERENCE),
    ('text/xml; charset=us-ascii', REFERENCE),
    ('text/xml; charset=utf-8', b'\xef\xbb\xbf' + REFERENCE),
    ('text/xml; charset=utf-16', REFERENCE.decode().replace(
        'utf-8', 'utf-16').encode('utf-16')),
    ('text/xml', envelope().decode().encode('utf-16'))])
def test_media_types(stack, user, kind, data):
    reset(stack, user, body=data, Content_Type=kind)


def test_harmless_decoration(stack, user):
    """Comments, white space, ignored headers, attributes of xml: and xsi:"""
    header = ('<t:RequestServerVersion Version="Exchange2010" xmlns:t='
              '"http://schemas.microsoft.com/exchange/services/2006/types"/>'
              '<x:other xmlns:x="urn:x" s:mustUnderstand="1" s:actor="urn:a"/>'
              '<x:other xmlns:x="urn:x" s:mustUnderstand="0">text</x:other>')
    body = (f'\n <!-- a --> <m:ResetPIN xmlns:m="{MESSAGES}" xml:lang="de"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
            ' xsi:nil="true" s:encodingStyle="urn:e"'
            f' xmlns:s="{SOAP}"> <!-- b --> </m:ResetPIN>\n ')
    reset(stack, user, body=envelope(body, header))


def test_health_and_metrics(stack):
    assert health(stack) == 200
    answer = call(stack, None, None, 'UMWS_METRICS_URL', 'GET')
    assert answer.status == 200
    assert re.search(rb'^umws_resets_total [1-9]', answer.body, re.M)
