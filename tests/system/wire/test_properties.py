"""The properties of a mailbox: read and set over SOAP, kept for the phone
system to read; and Play on Phone, which there is not."""
import concurrent.futures
import json
import xml.sax.saxutils

import pytest

from harness import CHEAP, TREE, eventually, run
from soap import (EXCHANGE, GET_PROPERTIES, MESSAGES, MESSAGES_HTTPS, SOAP,
                  TYPES, assert_fault, assert_headers, call, envelope, fault,
                  infoset, operation_fault, reset)

OPTIONS = CHEAP + ('--workers', '4', '--limits', 'off',
                   '--policy', 'AccessNumbers=+49 30 1 & 2',
                   '--conf', 'statement_timeout=2s')
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
FOLDER = 'AAAAAGsd2rbQLVtLobUGbrq/9IUBAEX2ikn/L8JJtI5WHI0FAW8AAAFXHhsAAA=='
DEFAULTS = ('false', 'true', '', '+49 30 1 & 2', '')
NAMES = ('OofStatus', 'MissedCallNotificationEnabled',
         'PlayOnPhoneDialString', 'TelephoneAccessNumbers',
         'TelephoneAccessFolderEmail')
COLUMNS = ('oof_status', 'missed_call_notification_enabled',
           'play_on_phone_dial_string', 'telephone_access_folder_email')
# Each setter's child, its column, and a value that is not the default.
SETTERS = {
    'SetOofStatus': ('status', COLUMNS[0], 'true', True),
    'SetMissedCallNotificationEnabled': ('status', COLUMNS[1], '0', False),
    'SetPlayOnPhoneDialString': ('dialString', COLUMNS[2], '+49 30 9',
                                 '+49 30 9'),
    'SetTelephoneAccessFolderEmail': ('base64FolderId', COLUMNS[3], FOLDER,
                                      FOLDER),
}
PLAY_ON_PHONE = {
    'PlayOnPhone': f'<entryId>{FOLDER}</entryId>'
                   '<DialString>12345</DialString>',
    'PlayOnPhoneGreeting': '<GreetingType>NormalCustom</GreetingType>'
                           '<DialString>12345</DialString>',
    'GetCallInfo': '<CallId>NDEzYjEz</CallId>',
    'Disconnect': '<CallId>NDEzYjEz</CallId>',
}


def operation(name, inner='', messages=MESSAGES):
    return envelope(f'<{name} xmlns="{messages}" {XSI}>{inner}</{name}>')


def setter(name, value=None, messages=MESSAGES):
    child, _, usual, _ = SETTERS[name]
    text = xml.sax.saxutils.escape(usual if value is None else value)
    return operation(name, f'<{child}>{text}</{child}>', messages)


def change(stack, user, name, value=None):
    """Set a property, which must succeed."""
    answer = call(stack, user, setter(name, value))
    assert answer.status == 200, (name, answer.body)
    return answer


def get(stack, user):
    """The five values, in their order."""
    answer = call(stack, user, GET_PROPERTIES)
    assert answer.status == 200, answer.body
    assert_headers(answer)
    (outer,) = infoset(answer.body)[3][0][3]
    (inner,) = outer[3]
    tag = f'{{{MESSAGES}}}GetUMPropertiesResponse'
    assert (outer[0], inner[0]) == (tag, tag)
    assert [child[0] for child in inner[3]] == [
        f'{{{MESSAGES}}}{name}' for name in NAMES]
    return tuple(child[2] for child in inner[3])


def row(stack, user):
    return stack.sql(f'SELECT {", ".join(COLUMNS)} FROM umws.um_user'
                     ' WHERE login = %s', user)[0]


def everything(stack):
    """All that a refused request must leave as it is."""
    return (stack.world(), stack.sql(
        f'SELECT login, {", ".join(COLUMNS)}, generation FROM umws.um_user'
        ' ORDER BY login'))


def response(name, messages):
    return (f'{{{SOAP}}}Envelope', (), '', ((f'{{{SOAP}}}Body', (), '', (
        (f'{{{messages}}}{name}Response', (), '', ()),)),))


def test_defaults(stack, user):
    before = everything(stack)
    assert get(stack, user) == DEFAULTS
    assert row(stack, user) == (False, True, '', '')
    assert everything(stack) == before and stack.audit(user) == []


def test_answer_to_get_is_in_the_callers_namespace(stack, user):
    for messages in (MESSAGES, MESSAGES_HTTPS):
        answer = call(stack, user, operation('GetUMProperties',
                                             messages=messages))
        tags = [child[0] for child in
                infoset(answer.body)[3][0][3][0][3][0][3]]
        assert tags == [f'{{{messages}}}{name}' for name in NAMES]


@pytest.mark.parametrize('messages', [MESSAGES, MESSAGES_HTTPS],
                         ids=['http', 'https'])
@pytest.mark.parametrize('name', SETTERS)
def test_set(stack, user, name, messages):
    _, column, _, stored = SETTERS[name]
    before = stack.world()
    answer = call(stack, user, setter(name, messages=messages),
                  SOAPAction=f'"{messages}/{name}"')
    assert answer.status == 200
    assert_headers(answer)
    assert infoset(answer.body) == response(name, messages)
    index = COLUMNS.index(column)
    expected = [False, True, '', '']
    expected[index] = stored
    assert list(row(stack, user)) == expected
    assert stack.state(user)[column] == stored
    assert_audit(stack, user, f'set_{column}', answer)
    # One audit row more, no PIN, no mail.
    assert stack.world() == before[:4] + (before[4] + 1,)


def assert_audit(stack, user, action, answer):
    (noted,) = stack.audit(user)
    assert (noted['action'], noted['result']) == (action, 'ok')
    assert noted['actor'] == noted['login'] == user
    assert noted['actor_address'].split('/')[0] == '127.0.0.1'
    assert noted['request_id'] == answer.headers['X-Request-Id']
    assert noted['policy'] == 'default' and noted['operation_id'] is not None


def test_all_of_them_and_back(stack, user):
    for name in SETTERS:
        change(stack, user, name)
    assert get(stack, user) == ('true', 'false', '+49 30 9', DEFAULTS[3],
                                FOLDER)
    for name, value in (('SetOofStatus', 'false'),
                        ('SetMissedCallNotificationEnabled', ' 1 '),
                        ('SetPlayOnPhoneDialString', ''),
                        ('SetTelephoneAccessFolderEmail', '')):
        change(stack, user, name, value)
    assert get(stack, user) == DEFAULTS
    assert len(stack.audit(user)) == 8


def test_the_same_value_again(stack, user):
    for name in SETTERS:
        first = change(stack, user, name)
        assert change(stack, user, name).body == first.body
    assert len(stack.audit(user)) == 8


def test_only_ones_own(stack, user):
    other = stack.user()
    for name in SETTERS:
        change(stack, user, name)
    assert row(stack, other) == (False, True, '', '')
    assert get(stack, other) == DEFAULTS and stack.audit(other) == []


@pytest.mark.parametrize('value', [
    '<&>"\' ]]>', "'; DROP TABLE umws.audit; --", 'ä€📞', '\\x\\0', '{1,"2"}',
    '  1  ', '1' * 128, 'ä' * 64, '&lt;', '%s%n', 'NULL', '\xa0'])
def test_dial_string_is_kept_as_it_is(stack, user, value):
    change(stack, user, 'SetPlayOnPhoneDialString', value)
    assert row(stack, user)[2] == value
    body = call(stack, user, GET_PROPERTIES).body.decode()
    shown = body.partition('<PlayOnPhoneDialString>')[2].partition('</')[0]
    assert xml.sax.saxutils.unescape(
        shown, {'&quot;': '"', '&apos;': "'"}) == value
    assert get(stack, user)[2] == value.strip()


def test_dial_string_stays_out_of_the_log(stack, user):
    change(stack, user, 'SetPlayOnPhoneDialString', '0176-5551234')
    assert call(stack, user, setter('SetPlayOnPhoneDialString',
                                    '0176-5551234\n')).status == 500
    for log in ('worker', 'postgres', 'access', 'error'):
        assert '5551234' not in stack.log(log)
    assert not [one for one in stack.audit(user) if '5551234' in str(one)]


def test_folder(stack, user):
    for value, stored in (
            ('A' * 512, 'A' * 512), ('\n AAEC\n AwQF ', 'AAECAwQF')):
        change(stack, user, 'SetTelephoneAccessFolderEmail', value)
        assert row(stack, user)[3] == stored
    answer = call(stack, user, operation(
        'SetTelephoneAccessFolderEmail',
        '<base64FolderID>AAE=</base64FolderID>'))
    assert answer.status == 200 and row(stack, user)[3] == 'AAE='


def test_nil_is_empty(stack, user):
    for name in list(SETTERS)[2:]:
        change(stack, user, name)
        child = SETTERS[name][0]
        answer = call(stack, user, operation(
            name, f'<{child} xsi:nil="true"/>'))
        assert answer.status == 200
    assert row(stack, user)[2:] == ('', '')


def status(text, attributes=''):
    return operation('SetOofStatus', f'<status{attributes}>{text}</status>')


INVALID = {
    'child missing': operation('SetOofStatus'),
    'text instead': operation('SetOofStatus', 'true'),
    'child twice': operation('SetOofStatus', '<status>1</status>' * 2),
    'another child': operation('SetOofStatus', '<state>1</state>'),
    'one more': operation('SetOofStatus', '<status>1</status><x/>'),
    'letter case': operation('SetOofStatus', '<Status>1</Status>'),
    'child in the child': status('<x/>1'),
    'attribute': status('1', ' a="b"'),
    'no namespace': status('1', ' xmlns=""'),
    'types': status('1', f' xmlns="{TYPES}"'),
    'other scheme': status('1', f' xmlns="{MESSAGES_HTTPS}"'),
    'empty': status(''), 'yes': status('yes'), 'True': status('True'),
    'two': status('2'), 'two words': status('1 1'),
    'nil': status('', ' xsi:nil="true"'),
    'nil and not': status('1', ' xsi:nil="true"'),
    'attribute of the operation': envelope(
        f'<SetOofStatus xmlns="{MESSAGES}" user="user0002">'
        '<status>1</status></SetOofStatus>'),
    'a child for get': operation('GetUMProperties', '<status>1</status>'),
    'two operations': envelope(
        f'<SetOofStatus xmlns="{MESSAGES}"><status>1</status></SetOofStatus>'
        f'<ResetPIN xmlns="{MESSAGES}"/>'),
    'long': setter('SetPlayOnPhoneDialString', '1' * 129),
    'long in bytes': setter('SetPlayOnPhoneDialString', 'ä' * 64 + '1'),
    'line feed': setter('SetPlayOnPhoneDialString', '1\n2'),
    'tab': setter('SetPlayOnPhoneDialString', '1\t2'),
    'C1': setter('SetPlayOnPhoneDialString', '1\x85'),
    'separator': setter('SetPlayOnPhoneDialString', '1\u2028'),
    'NUL': operation('SetPlayOnPhoneDialString',
                     '<dialString>1&#0;</dialString>'),
    'long folder': setter('SetTelephoneAccessFolderEmail', 'A' * 516),
    'no base64': setter('SetTelephoneAccessFolderEmail', 'AAA'),
    'url-safe': setter('SetTelephoneAccessFolderEmail', 'AA-_'),
}


@pytest.mark.parametrize('body', INVALID.values(), ids=INVALID)
def test_invalid(stack, user, body):
    before = everything(stack)
    assert_fault(call(stack, user, body), fault('invalid-request'))
    assert everything(stack) == before and stack.audit(user) == []


def test_action_of_another_operation(stack, user):
    before = everything(stack)
    answer = call(stack, user, setter('SetOofStatus'),
                  SOAPAction=f'"{MESSAGES}/ResetPIN"')
    assert_fault(answer, fault('invalid-request'))
    assert everything(stack) == before


def test_impersonation(stack, user):
    inner = '<SetOofStatus xmlns="%s"><status>1</status></SetOofStatus>'
    before = everything(stack)
    answer = call(stack, user, envelope(
        inner % MESSAGES, f'<t:ExchangeImpersonation xmlns:t="{TYPES}"/>'))
    assert answer.code() == 'ErrorImpersonateUserDenied'
    assert everything(stack) == before


def test_unknown_and_disabled_are_the_same(stack, user):
    """For every operation, and as ResetPIN says it."""
    stack.do('web-user', 'ghost')
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              user)
    before = everything(stack)
    for body in (GET_PROPERTIES, *map(setter, SETTERS)):
        answers = [call(stack, name, body) for name in ('ghost', user)]
        for answer in answers:
            assert_fault(answer, fault('operation'))
        assert answers[0].body == answers[1].body
        assert sorted(answers[0].headers) == sorted(answers[1].headers)
    assert everything(stack) == before
    for name in ('ghost', user):
        noted = stack.audit(name)
        assert [one['action'] for one in noted] == [
            f'set_{column}' for column in COLUMNS]
        assert {one['result'] for one in noted} == {'not_enabled'}
        assert {one['operation_id'] for one in noted} == {None}


def test_a_locked_pin_locks_nothing_else(stack, user):
    stack.sql('UPDATE umws.um_user SET pin_locked = true WHERE login = %s',
              user)
    change(stack, user, 'SetOofStatus')
    assert get(stack, user)[0] == 'true'


def test_resets_and_properties_leave_each_other_alone(stack, user):
    change(stack, user, 'SetOofStatus')
    reset(stack, user)
    before = stack.state(user)
    change(stack, user, 'SetPlayOnPhoneDialString')
    after = stack.state(user)
    assert (before['play_on_phone_dial_string'],
            after['play_on_phone_dial_string']) == ('', '+49 30 9')
    for state in (before, after):
        assert state.pop('oof_status') is True
        del state['play_on_phone_dial_string'], state['audit']
    assert before == after and after['generation'] == 1


@pytest.mark.parametrize('name', PLAY_ON_PHONE)
def test_play_on_phone(stack, user, name):
    stack.do('web-user', 'ghost2')
    before = everything(stack)
    expected = operation_fault(
        'PlayOnPhoneNotEnabledException', 'ErrorUnifiedMessagingRequestFailed',
        'Play on Phone is not enabled.')
    for caller in (user, 'ghost2'):
        for inner in (PLAY_ON_PHONE[name], '', '<a xmlns="urn:a" b="c"/>'):
            answer = call(stack, caller, operation(name, inner),
                          SOAPAction=f'"{EXCHANGE}messages/{name}"')
            assert_fault(answer, expected)
    answer = call(stack, user, operation(name, 'x'))
    assert_fault(answer, fault('invalid-request'))
    assert everything(stack) == before
    assert stack.audit(user) == stack.audit('ghost2') == []


def test_log_and_metrics(stack, user):
    def count(name):
        text = call(stack, None, None, 'UMWS_METRICS_URL', 'GET').body
        line = (f'umws_operations_total{{operation="{name}",'
                'result="ok"} ')
        (value,) = [one.removeprefix(line) for one in
                    text.decode().splitlines() if one.startswith(line)]
        return int(value)

    for name in SETTERS:
        before = count(name)
        answer = change(stack, user, name)
        assert count(name) == before + 1
        (line,) = [one for one in stack.log('worker').splitlines()
                   if answer.headers['X-Request-Id'] in one]
        assert f' operation={name} ' in line and ' result=ok ' in line


def test_umwsctl_shows_them(stack, user):
    for name in SETTERS:
        change(stack, user, name)
    card = stack.do('ctl', 'user', 'show', user)
    for title, value in (('out of office', 'yes'), ('missed calls', 'no'),
                         ('play on phone', '+49 30 9'),
                         ('read out folder', FOLDER)):
        assert f'{title:<16}{value}' in card.splitlines()
    (shown,) = json.loads(stack.do('ctl', 'user', 'show', user, '--json'))
    assert tuple(shown[column] for column in COLUMNS) == row(stack, user)


def in_background(stack, user, body):
    pool = concurrent.futures.ThreadPoolExecutor(1)
    answer = pool.submit(call, stack, user, body)
    pool.shutdown(wait=False)
    return answer


def waiting(stack):
    return eventually(stack.waiting_backends)


def test_backend_terminated_at_the_commit(stack, user):
    """Asked again, and carried out once."""
    with stack.held_rows(user):
        answer = in_background(stack, user, setter('SetOofStatus'))
        (backend,) = waiting(stack)
        stack.sql('SELECT pg_terminate_backend(%s)', backend)
    given = answer.result()
    assert given.status == 200
    assert row(stack, user)[0] is True
    assert_audit(stack, user, 'set_oof_status', given)


def test_two_backends_for_one_change(stack, user):
    """The worker gave up on the first call, which commits all the same."""
    def lost():
        return stack.log('worker').count('database-lost')

    before = lost()
    with stack.held_rows(user):
        answer = in_background(stack, user,
                               setter('SetPlayOnPhoneDialString'))
        waiting(stack)
        eventually(lambda: lost() > before)
        eventually(lambda: len(stack.waiting_backends()) == 2)
    given = answer.result()
    assert given.status == 200
    eventually(lambda: not stack.waiting_backends())
    assert row(stack, user)[2] == '+49 30 9'
    assert_audit(stack, user, 'set_play_on_phone_dial_string', given)


def test_two_changes_at_once(stack, user):
    """Of different properties: neither undoes the other."""
    with stack.held_rows(user):
        answers = [in_background(stack, user, setter(name))
                   for name in SETTERS]
        eventually(lambda: len(stack.waiting_backends()) == len(SETTERS))
    assert [answer.result().status for answer in answers] == [200] * 4
    assert row(stack, user) == tuple(SETTERS[name][3] for name in SETTERS)


@pytest.fixture
def worker_link(stack):
    link = stack.connect('worker')
    link.autocommit = True
    with link.cursor() as cursor:
        yield cursor
    link.close()


def set_again(link, user, identity, value):
    """The worker's call, under an id of our own."""
    link.execute('SELECT result FROM umws.properties_set(%s, %s, NULL, %s, %s,'
                 ' %s)', (f'00000000-0000-4000-8000-00000000000{identity}',
                          user, 'r', 'play_on_phone_dial_string', value))
    return link.fetchone()[0]


def test_late_twin_undoes_nothing(stack, user, worker_link):
    """A call that comes once more, after the next change, does nothing."""
    for identity, value in (1, 'first'), (2, 'second'), (1, 'first'):
        assert set_again(worker_link, user, identity, value) == 'ok'
    assert row(stack, user)[2] == 'second'
    assert len(stack.audit(user)) == 2


def test_what_was_done_stays_done(stack, user, worker_link):
    """The answer was lost, and the mailbox is disabled meanwhile."""
    assert set_again(worker_link, user, 3, 'set') == 'ok'
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              user)
    assert set_again(worker_link, user, 3, 'set') == 'ok'
    assert set_again(worker_link, user, 4, 'not') == 'not_enabled'
    assert row(stack, user)[2] == 'set'


def test_row_held_for_good(stack, user):
    """No answer in time: unknown, and then all of it or nothing."""
    with stack.held_rows(user):
        answer = call(stack, user, setter('SetOofStatus'))
        assert answer.code() == 'ErrorInternalServerTransientError'
    # What had to wait may yet be done, while we look: at both at once.
    is_away, is_told = stack.sql(
        'SELECT oof_status, EXISTS (SELECT FROM umws.audit WHERE action'
        " = 'set_oof_status' AND user_id = u.id) FROM umws.um_user u"
        ' WHERE login = %s', user)[0]
    assert is_away is is_told
    change(stack, user, 'SetOofStatus')
    assert row(stack, user)[0] is True


def test_other_encodings(stack):
    """A name or a number that the database cannot hold would be nobody."""
    stack.sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0"
              " LOCALE 'C'")
    dsn = 'host={PGHOST} port={PGPORT} user={PGUSER} dbname=latin'.format(
        **stack.env)
    done = run(stack.env['UMWS_CTL'], 'db', 'upgrade', '--dsn', dsn,
               '--sql', TREE / 'sql')
    assert done.returncode != 0 and 'LATIN1' in done.stderr
    stack.sql('DROP DATABASE latin')
