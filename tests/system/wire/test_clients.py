"""Clients that others wrote: Zeep, PHP's SoapClient, SOAP::Lite, gSOAP and
curl, from the WSDL that is served and, where they can, without it.

Each must reset the PIN, and show a refusal as its own kind of error with
the code in it.
"""
import json
import pathlib
import re
import subprocess

import pytest
import requests
import zeep
import zeep.exceptions
from lxml import etree

from harness import environment, pin_of
from soap import ERRORS, MESSAGES, REFERENCE, XML, call, envelope

CLIENTS = pathlib.Path(__file__).resolve().parent / 'clients'
WSDL = '{http://schemas.xmlsoap.org/wsdl/}'
NOT_ENABLED = 'ErrorUserNotUnifiedMessagingEnabled'
EXCEPTION = 'UserNotUmEnabledException'
FOLDER = 'AAAAAGsd2rbQLVtLobUGbrq/9IUBAEX2ikn/L8JJtI5WHI0FAW8AAAFXHhsAAA=='


@pytest.fixture(scope='module')
def wsdl(stack, tmp_path_factory):
    """The WSDL in a file, unchanged."""
    answer = call(stack, 'user0001', None, stack.env['UMWS_URL'] + '?wsdl',
                  'GET')
    assert answer.status == 200
    path = tmp_path_factory.mktemp('wsdl') / 'um.wsdl'
    path.write_bytes(answer.body)
    return path


@pytest.fixture
def disabled(stack, user):
    """A user who has a mailbox and no voice mail."""
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              user)
    return user


def assert_reset(stack, user, times=1):
    """So many resets, and the mail that is queued has the PIN that holds."""
    state = stack.state(user)
    assert state['generation'] == times
    assert [row['state'] for row in state['outbox']].count('queued') == 1
    stack.mailer()
    assert stack.is_pin(user, pin_of(stack.mail_files(user)[-1]))


def run(*words, text=None, cwd=None, **variables):
    done = subprocess.run([str(word) for word in words], input=text,
                          text=True, capture_output=True, timeout=120,
                          cwd=cwd, env=environment(**variables))
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout.strip()


# Zeep


def zeep_transport(stack, user):
    session = requests.Session()
    session.trust_env = False
    session.auth = (user, stack.env['UMWS_PASSWORD'])
    return zeep.Transport(session=session)


@pytest.fixture(params=['served', 'file'])
def zeep_client(request, stack, wsdl):
    """From the served WSDL, and from a file."""
    def make(user):
        source = (stack.env['UMWS_URL_2007'] + '?wsdl'
                  if request.param == 'served' else str(wsdl))
        return zeep.Client(source, transport=zeep_transport(stack, user))
    return make


def test_zeep(stack, user, zeep_client):
    service = zeep_client(user).service
    assert service.IsUMEnabled() is True
    service.ResetPIN()
    assert_reset(stack, user)


def test_zeep_fault(stack, disabled, zeep_client):
    service = zeep_client(disabled).service
    assert service.IsUMEnabled() is False
    with pytest.raises(zeep.exceptions.Fault) as caught:
        service.ResetPIN()
    fault = caught.value
    assert fault.code.rpartition(':')[2] == EXCEPTION
    assert fault.message.startswith("The user isn't enabled")
    assert fault.detail.findtext(f'{{{ERRORS}}}ResponseCode') == NOT_ENABLED
    assert fault.detail.findtext(f'{{{MESSAGES}}}ExceptionType') == EXCEPTION
    assert stack.state(disabled)['generation'] == 0


def test_zeep_busy(stack, user, zeep_client):
    """How long to wait can be read as well."""
    stack.sql('UPDATE umws.policy SET resets_per_hour = 1')
    try:
        service = zeep_client(user).service
        service.ResetPIN()
        with pytest.raises(zeep.exceptions.Fault) as caught:
            service.ResetPIN()
    finally:
        stack.sql('UPDATE umws.policy SET resets_per_hour = 5')
    assert caught.value.code.rpartition(':')[2] == 'ErrorServerBusy'
    (value,) = caught.value.detail.iterfind('.//{*}Value')
    assert value.get('Name') == 'BackOffMilliseconds'
    assert 0 < int(value.text) <= 3600000


def test_zeep_message(stack, user, wsdl):
    """Zeep writes the envelope and somebody else sends it."""
    client = zeep.Client(str(wsdl), transport=zeep_transport(stack, user))
    message = client.create_message(client.service, 'ResetPIN')
    answer = call(stack, user, etree.tostring(message))
    assert answer.status == 200
    assert_reset(stack, user)


def test_zeep_properties(stack, user, zeep_client):
    """What was set is what is got."""
    service = zeep_client(user).service
    service.SetOofStatus(status=True)
    service.SetMissedCallNotificationEnabled(status=False)
    service.SetPlayOnPhoneDialString(dialString='+49 30 1234')
    service.SetTelephoneAccessFolderEmail(base64FolderId=FOLDER)
    got = service.GetUMProperties()
    assert (got.OofStatus, got.MissedCallNotificationEnabled,
            got.PlayOnPhoneDialString, got.TelephoneAccessFolderEmail) == (
        True, False, '+49 30 1234', FOLDER)
    service.SetOofStatus(status=False)
    assert service.GetUMProperties().OofStatus is False
    assert stack.state(user)['generation'] == 0


# PHP


@pytest.fixture(params=['served', 'file', 'none'])
def php(request, stack, wsdl):
    """Calls by SoapClient, from the WSDL and in its mode without one."""
    def make(user, *calls):
        options = {'login': user, 'password': stack.env['UMWS_PASSWORD']}
        source = {'served': stack.env['UMWS_URL'] + '?WSDL',
                  'file': str(wsdl), 'none': None}[request.param]
        if source is None:
            options |= {'location': stack.env['UMWS_URL'], 'uri': MESSAGES}
        job = {'wsdl': source, 'options': options, 'calls': calls}
        return json.loads(run('php', CLIENTS / 'client.php',
                              text=json.dumps(job)))
    make.mode = request.param
    return make


def test_php(stack, user, php):
    enabled, reset = php(user, ['IsUMEnabled', []], ['ResetPIN', []])
    # From the WSDL SoapClient knows the response as an object.
    if php.mode == 'none':
        assert enabled['result'] in (True, 'true')
    else:
        assert enabled['result'] == {'IsUMEnabledResponse': True}
    assert 'code' not in reset
    assert_reset(stack, user)


def test_php_fault(stack, disabled, php):
    enabled, reset = php(disabled, ['IsUMEnabled', []], ['ResetPIN', []])
    assert 'code' not in enabled
    assert reset['code'].rpartition(':')[2] == EXCEPTION
    assert reset['string'].startswith("The user isn't enabled")
    assert reset['detail']['ResponseCode'] == NOT_ENABLED
    assert reset['detail']['ExceptionType'] == EXCEPTION
    assert stack.state(disabled)['generation'] == 0


# Without a WSDL, SoapClient does not qualify the children of a request.
@pytest.mark.parametrize('php', ['served', 'file'], indirect=True)
def test_php_properties(stack, user, php):
    answers = php(
        user, ['SetOofStatus', [{'status': True}]],
        ['SetMissedCallNotificationEnabled', [{'status': False}]],
        ['SetPlayOnPhoneDialString', [{'dialString': '+49 30 1234'}]],
        ['SetTelephoneAccessFolderEmail', [{'base64FolderId': FOLDER}]],
        ['GetUMProperties', []])
    assert not [one for one in answers if 'code' in one]
    got = answers[-1]['result']['GetUMPropertiesResponse']
    assert (got['OofStatus'], got['MissedCallNotificationEnabled'],
            got['PlayOnPhoneDialString'],
            got['TelephoneAccessFolderEmail']) == (
        True, False, '+49 30 1234', FOLDER)


# SOAP::Lite


@pytest.fixture(params=['served', 'none'])
def perl(request, stack):
    def make(user, *words):
        url = stack.env['UMWS_URL']
        return run('perl', CLIENTS / 'client.pl',
                   url + '?wsdl' if request.param == 'served' else '-', url,
                   user, *words, UMWS_PASSWORD=stack.env['UMWS_PASSWORD'])
    return make


def test_soap_lite(stack, user, perl):
    assert perl(user, 'IsUMEnabled') == 'result true'
    assert perl(user, 'ResetPIN') == 'result -'
    assert_reset(stack, user)


def test_soap_lite_fault(stack, disabled, perl):
    assert perl(disabled, 'IsUMEnabled') == 'result false'
    words = perl(disabled, 'ResetPIN').split()
    assert words[0] == 'fault' and words[2] == NOT_ENABLED
    assert words[1].rpartition(':')[2] == EXCEPTION


# gSOAP


@pytest.fixture(scope='module')
def gsoap(wsdl):
    """A C client, made from the WSDL as gSOAP's manual says."""
    folder = wsdl.parent
    run('wsdl2h', '-c', '-o', 'um.h', wsdl, cwd=folder)
    run('soapcpp2', '-C', '-c', '-L', 'um.h', cwd=folder)
    run('gcc', '-w', '-I.', CLIENTS / 'client.c', 'soapClient.c', 'soapC.c',
        '-lgsoap', '-o', 'client', cwd=folder)
    return folder / 'client'


def test_gsoap(stack, user, gsoap):
    password = {'UMWS_PASSWORD': stack.env['UMWS_PASSWORD']}
    url = stack.env['UMWS_URL']
    assert run(gsoap, url, user, 'IsUMEnabled', **password) == 'true'
    assert run(gsoap, url, user, 'ResetPIN', **password) == 'ok'
    assert_reset(stack, user)


def test_gsoap_fault(stack, disabled, gsoap):
    password = {'UMWS_PASSWORD': stack.env['UMWS_PASSWORD']}
    url = stack.env['UMWS_URL']
    assert run(gsoap, url, disabled, 'IsUMEnabled', **password) == 'false'
    word, code = run(gsoap, url, disabled, 'ResetPIN', **password).split()
    assert (word, code.rpartition(':')[2]) == ('fault', EXCEPTION)


# curl


def curl(stack, user, *options, body=REFERENCE):
    """One call of curl: status, connections made, and what it said."""
    done = subprocess.run(
        ['curl', '-sv', '--noproxy', '*', '-u',
         f'{user}:{stack.env["UMWS_PASSWORD"]}', '-H', f'Content-Type: {XML}',
         '--data-binary', '@-', '-w', '\n%{http_code} %{num_connects}',
         *options, stack.env['UMWS_URL']],
        input=body, capture_output=True, timeout=60, env=environment())
    assert done.returncode == 0, done.stderr
    answer, _, figures = done.stdout.rpartition(b'\n')
    status, connections = map(int, figures.split())
    return status, connections, answer, done.stderr.decode()


def test_curl_anyauth(stack, user):
    """A leg that is refused, then the request, on one connection."""
    status, connections, answer, log = curl(stack, user, '--anyauth')
    statuses = re.findall(r'^< HTTP/1\.1 (\d+)', log, re.M)
    assert statuses == ['401', '200']
    assert (status, connections) == (200, 1)
    assert re.search('Re-?using existing|re-?use', log, re.I)
    assert b'ResetPINResponse' in answer
    assert_reset(stack, user)


def test_curl_expect(stack, user):
    """The body is sent only when we have asked for it."""
    status, _, _, log = curl(stack, user, '-H', 'Expect: 100-continue',
                             '--expect100-timeout', '30')
    statuses = re.findall(r'^< HTTP/1\.1 (\d+)', log, re.M)
    assert (status, statuses) == (200, ['100', '200'])
    assert_reset(stack, user)


def test_curl_anyauth_expect(stack, user):
    """Both: the body is not asked for before it is known who sends it."""
    status, _, _, log = curl(
        stack, user, '--anyauth', '-H', 'Expect: 100-continue',
        body=REFERENCE + b' ' * 60000)
    statuses = re.findall(r'^< HTTP/1\.1 (\d+)', log, re.M)
    assert (status, statuses) == (200, ['401', '100', '200'])
    assert_reset(stack, user)


@pytest.mark.parametrize('options', [
    ['--http1.0'], ['-H', 'Transfer-Encoding: chunked'],
    ['--http1.0', '--anyauth'], ['--compressed'],
    ['-H', 'Transfer-Encoding: chunked', '--anyauth']],
    ids=lambda options: ' '.join(options))
def test_curl(stack, user, options):
    status, _, answer, _ = curl(stack, user, *options)
    assert status == 200 and b'ResetPINResponse' in answer
    assert_reset(stack, user)


def test_every_operation_of_the_wsdl(stack, wsdl):
    """The service does all that the WSDL promises, and in its words."""
    document = etree.parse(str(wsdl))
    (types,) = document.iterfind(f'{WSDL}types')
    schema = etree.XMLSchema(etree.fromstring(etree.tostring(types[0])))
    values = {'SetOofStatus': '<status>true</status>',
              'SetMissedCallNotificationEnabled': '<status>true</status>',
              'SetPlayOnPhoneDialString': '<dialString>1</dialString>',
              'SetTelephoneAccessFolderEmail':
                  f'<base64FolderId>{FOLDER}</base64FolderId>'}
    operations = list(document.iterfind(f'{WSDL}portType/{WSDL}operation'))
    assert len(operations) == 7
    for name in (one.get('name') for one in operations):
        request = envelope(f'<{name} xmlns="{MESSAGES}">'
                           f'{values.get(name, "")}</{name}>')
        answer = call(stack, stack.user(), request)
        assert answer.status == 200, (name, answer.body)
        for message in (request, answer.body):
            schema.assertValid(etree.fromstring(message)[-1][0])
