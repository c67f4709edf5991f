"""The whole way, from the request into the mailbox; default derivation."""
import json
import re

from harness import as_received, digit_lines, message, pin_of
from soap import IS_ENABLED, call, health, reset

OPTIONS = ()


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
    assert audit['operation_id'] == mail['id']
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
    # Its digits stand in groups, which are elements.
    html = re.sub('</?(span|wbr)[^>]*>', '', html)
    assert re.search(rf'<strong id="?pin"?>{pin}</strong>', html)
    assert html.count(pin) == 1
    raw = as_received(path)
    assert b'\r\n.\r\n' not in raw and len(re.findall(b'(?<!\r)\n', raw)) == 0
    assert f'X-Sink-To: {user}@example.test' in path.read_text()


def test_login_is_folded_and_domains_stay(stack, user):
    """ASCII letters fold; a domain is dropped only if it is listed."""
    stack.do('web-user', user.upper())
    stack.do('web-user', user + '@example.test')
    reset(stack, user.upper())
    assert stack.state(user)['generation'] == 1
    answer = call(stack, user + '@example.test')
    assert answer.code() == 'ErrorUserNotUnifiedMessagingEnabled'
    assert stack.state(user)['generation'] == 1


def test_health_and_metrics(stack, user):
    assert health(stack) == 200
    reset(stack, user)
    answer = call(stack, None, None, 'UMWS_METRICS_URL', 'GET')
    assert answer.status == 200
    assert re.search(rb'^umws_resets_total [1-9]', answer.body, re.M)
