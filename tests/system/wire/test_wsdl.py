"""What GET shows: the WSDL, which anyone can check against the profiles, and
a page for browsers. It never does anything."""
import http.client
import subprocess
import urllib.parse

import pytest
from lxml import etree

from soap import (IS_ENABLED, MESSAGES, TYPES, XML, basic, call,
                  envelope)

WSDL = '{http://schemas.xmlsoap.org/wsdl/}'
SOAP = '{http://schemas.xmlsoap.org/wsdl/soap/}'
XSD = '{http://www.w3.org/2001/XMLSchema}'
BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
OPERATIONS = {
    'ResetPIN', 'IsUMEnabled', 'GetUMProperties', 'SetOofStatus',
    'SetMissedCallNotificationEnabled', 'SetPlayOnPhoneDialString',
    'SetTelephoneAccessFolderEmail'}


@pytest.fixture(autouse=True)
def untouched(stack):
    """Whatever is read here, nothing changes."""
    before = stack.world()
    yield
    assert stack.world() == before


def get(stack, user, url='UMWS_URL', query='', method='GET', **headers):
    return call(stack, user, None, stack.env[url] + query, method, **headers)


@pytest.fixture
def document(stack, user):
    answer = get(stack, user, query='?wsdl')
    assert answer.status == 200
    return etree.fromstring(answer.body)


@pytest.mark.parametrize('query', ['?wsdl', '?WSDL', '?Wsdl'])
@pytest.mark.parametrize('url', ['UMWS_URL', 'UMWS_URL_2007'])
def test_served(stack, user, url, query):
    answer = get(stack, user, url, query)
    assert answer.status == 200
    assert answer.headers.get_all('Content-Type') == [XML]
    assert answer.headers.get_all('Content-Length') == [str(len(answer.body))]
    assert answer.headers.get_all('Cache-Control') == ['private']
    location = etree.fromstring(answer.body).find(f'.//{SOAP}address')
    assert location.get('location') == stack.env[url]


def test_path_in_any_case(stack, user):
    url = stack.env['UMWS_URL']
    answer = call(stack, user, None, url.lower() + '?wsdl', 'GET')
    location = etree.fromstring(answer.body).find(f'.//{SOAP}address')
    assert location.get('location') == url


@pytest.mark.parametrize('method', ['GET', 'HEAD'])
@pytest.mark.parametrize('query', ['', '?wsdl'])
def test_not_authenticated(stack, method, query):
    answer = get(stack, None, query=query, method=method, Accept=BROWSER)
    assert answer.status == 401
    assert answer.headers['WWW-Authenticate'].startswith('Basic ')
    assert b'definitions' not in answer.body


@pytest.mark.parametrize('query, accept', [('?wsdl', '*/*'), ('', BROWSER)])
def test_head(stack, user, query, accept):
    """The same fields as GET and no body, so the connection lives on."""
    url = urllib.parse.urlsplit(stack.env['UMWS_URL'])
    link = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
    fields = basic(user, stack.env['UMWS_PASSWORD']) | {'Accept': accept}
    seen = []
    for method in ('GET', 'HEAD', 'GET'):
        link.request(method, url.path + query, headers=fields)
        answer = link.getresponse()
        body = answer.read()
        names = [(name, value) for name, value in answer.getheaders()
                 if name not in ('X-Request-Id', 'Date')]
        seen.append((answer.status, sorted(names), body))
    link.close()
    assert seen[0][0] == 200 and seen[0] == seen[2]
    assert seen[1] == (*seen[0][:2], b'')


def test_own_name(stack, user):
    """The address is the name that the client knows us by."""
    for host in ('um.test:8443', 'um.test', '[::1]:81'):
        answer = get(stack, user, query='?wsdl', Host=host)
        location = etree.fromstring(answer.body).find(f'.//{SOAP}address')
        assert location.get('location') == (
            f'http://{host}/EWS/UM2007Legacy.asmx')


@pytest.mark.parametrize('host', ['a"b', 'a b', 'a<b', '', 'a@b'])
def test_no_name(stack, user, host):
    answer = get(stack, user, query='?wsdl', Host=host)
    assert answer.status == 400
    assert b'definitions' not in answer.body


@pytest.mark.parametrize('query', [
    '?wsdl=1', '?wsdl&x=y', '?singleWsdl', '?op=ResetPIN', '?ResetPIN',
    '?disco', '?wsdl%00', '?%77sdl'])
def test_no_other_document(stack, user, query):
    answer = get(stack, user, query=query, Accept=BROWSER)
    assert answer.status == 405
    assert answer.headers['Allow'] == 'POST'


def test_no_operation_by_path(stack, user):
    answer = get(stack, user, query='/ResetPIN', Accept=BROWSER)
    assert answer.status in (403, 404)      # the web server's own word


def test_page(stack, user):
    for url in ('UMWS_URL', 'UMWS_URL_2007'):
        answer = get(stack, user, url, Accept=BROWSER)
        assert answer.status == 200
        assert answer.headers['Content-Type'] == 'text/html; charset=utf-8'
        assert "default-src 'none'" in answer.headers[
            'Content-Security-Policy']
        assert answer.headers['Cache-Control'] == 'private'
        assert user.encode() not in answer.body
        for word in (b'<script', b'<form', b'<style', b'src='):
            assert word not in answer.body
        root = etree.fromstring(answer.body, etree.HTMLParser())
        (link,) = root.iter('a')
        assert link.get('href') == '?wsdl'


@pytest.mark.parametrize('accept', ['*/*', 'text/xml', None])
def test_no_page_for_programs(stack, user, accept):
    assert get(stack, user, Accept=accept).status == 405


def test_well_formed(stack, user, tmp_path):
    path = tmp_path / 'um.wsdl'
    path.write_bytes(get(stack, user, query='?wsdl').body)
    done = subprocess.run(['xmllint', '--noout', '--pedantic', str(path)],
                          capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, '')


def local(qname):
    """A reference to one of our own names, without its prefix."""
    prefix, _, name = qname.partition(':')
    assert prefix == 'tns'
    return name


def schema_of(document):
    """The one schema, alone, with the prefixes that are in its scope."""
    (schema,) = document.iter(f'{XSD}schema')
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))


def test_one_schema(document):
    assert document.get('targetNamespace') == MESSAGES
    (schema,) = document.iter(f'{XSD}schema')
    assert schema.get('targetNamespace') == MESSAGES
    assert schema.get('elementFormDefault') == 'qualified'
    for name in (f'{WSDL}import', f'{XSD}import', f'{XSD}include',
                 f'{WSDL}fault', f'{SOAP}fault', f'{SOAP}header'):
        assert not list(document.iter(name))
    schema_of(document)


def test_order_of_sections(document):
    """WS-I R2023: types first, and the rest as WSDL 1.1 has it."""
    assert [child.tag.removeprefix(WSDL) for child in document] == [
        'types', *['message'] * 14, 'portType', 'binding', 'service']


def test_binding(document):
    """WS-I Basic Profile 1.1: R2701, R2702, R2705, R2706, R2716, R2745."""
    (binding,) = document.iter(f'{WSDL}binding')
    (soap_binding,) = binding.iter(f'{SOAP}binding')
    assert dict(soap_binding.attrib) == {
        'style': 'document',
        'transport': 'http://schemas.xmlsoap.org/soap/http'}
    operations = binding.findall(f'{WSDL}operation')
    assert {one.get('name') for one in operations} == OPERATIONS
    for one in operations:
        (action,) = one.iter(f'{SOAP}operation')
        assert action.get('style') == 'document'
        assert action.get('soapAction') == f'{MESSAGES}/{one.get("name")}'
        bodies = list(one.iter(f'{SOAP}body'))
        assert [body.getparent().tag for body in bodies] == [
            f'{WSDL}input', f'{WSDL}output']
        assert [dict(body.attrib) for body in bodies] == [
            {'use': 'literal'}] * 2


def test_messages(document):
    """R2204, R2210, R2712: one part each, and it names a global element."""
    (schema,) = document.iter(f'{XSD}schema')
    elements = {one.get('name') for one in schema.findall(f'{XSD}element')}
    parts = {}
    for message in document.iter(f'{WSDL}message'):
        (part,) = message
        assert set(part.attrib) == {'name', 'element'}
        assert part.get('name') == 'parameters'
        parts[message.get('name')] = local(part.get('element'))
    assert set(parts.values()) == elements
    (port_type,) = document.iter(f'{WSDL}portType')
    assert {one.get('name') for one in port_type} == OPERATIONS
    for one in port_type:
        name = one.get('name')
        messages = [local(way.get('message')) for way in one]
        assert messages == [f'{name}SoapIn', f'{name}SoapOut']
        assert [parts[message] for message in messages] == [
            name, f'{name}Response']


def test_answers_fit_the_schema(stack, user, document):
    """What we send is what the WSDL says."""
    schema = schema_of(document)

    def payload(body):
        return etree.fromstring(body)[-1][0]

    answer = call(stack, user, IS_ENABLED)
    assert answer.status == 200
    schema.assertValid(payload(IS_ENABLED))
    schema.assertValid(payload(answer.body))
    wrong = envelope(f'<SetOofStatus xmlns="{MESSAGES}"/>')
    assert not schema.validate(payload(wrong))
    stranger = envelope(f'<SetOofStatus xmlns="{TYPES}"/>')
    assert not schema.validate(payload(stranger))
