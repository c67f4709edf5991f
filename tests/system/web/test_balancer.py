"""Behind a balancer the limits count its clients: the commented lines of the
snippets and of doc/web-servers.md, tried with a balancer at 127.0.0.1 and a
client that is none at 127.0.0.2."""
import contextlib
import http.client
import re
import urllib.parse

import pytest

import otherserver
from harness import CHEAP, TREE, installed
from soap import REFERENCE, XML, basic, text_of
from storm import home

EXAMPLE, BALANCER, STRANGER = '192.0.2.10', '127.0.0.1', '127.0.0.2'
CLIENT, OTHER = '198.51.100.7', '198.51.100.8'
SERVERS = ('nginx', 'apache', 'cgi', 'lighttpd')
FILES = {'nginx': 'umws-http.conf', 'apache': 'umws.conf', 'cgi': 'umws.conf'}


def uncommented(text, first):
    """The commented example that begins with this word, in force."""
    lines = [line.removeprefix('#   ')
             for line in re.search(rf'(?m)(^#   .*\n)*^#   {first} .*\n'
                                   r'(^#   .*\n)*', text)[0].splitlines()]
    return '\n'.join(lines).replace(EXAMPLE, BALANCER)


def put_in_force(stack, server):
    """Change what the stack's web server reads, and start it anew."""
    path = home(stack) / 'web' / FILES[server]
    text = path.read_text()
    lines = uncommented(text, 'real_ip_header' if server == 'nginx'
                        else 'RemoteIPHeader')
    if server != 'nginx':
        lines = ('LoadModule remoteip_module'
                 f' /usr/lib/apache2/modules/mod_remoteip.so\n{lines}')
    path.write_text(f'{text}\n{lines}\n')
    stack.do('web', 'stop')
    stack.do('web', 'start')


@contextlib.contextmanager
def forwarding_lighttpd(stack):
    """lighttpd with the line that the document has for a balancer."""
    document = (TREE / 'doc' / 'web-servers.md').read_text()
    line = re.search('`(extforward.forwarder[^`]*)`', document)[1]
    with otherserver.before(stack, 'lighttpd', more=(
            'server.modules += ( "mod_extforward" )\n'
            + line.replace(EXAMPLE, BALANCER) + '\n')):
        yield


@pytest.fixture(scope='module', params=SERVERS)
def stack(request):
    server = request.param
    with installed(*CHEAP, '--server', 'nginx' if server == 'lighttpd'
                   else server) as made:
        if server == 'lighttpd':
            with forwarding_lighttpd(made):
                yield made
        else:
            put_in_force(made, server)
            yield made


def ask(stack, user, source, forwarded):
    """A reset from an address of ours, with a word about another one."""
    target = urllib.parse.urlsplit(stack.env['UMWS_URL'])
    link = http.client.HTTPConnection(
        target.hostname, target.port, timeout=60,
        source_address=(source, 0))
    with contextlib.closing(link):
        link.request('POST', target.path, REFERENCE, {
            'Content-Type': XML, 'X-Forwarded-For': forwarded}
            | basic(user, stack.env['UMWS_PASSWORD']))
        answer = link.getresponse()
        return answer.status, answer.read()


def address_of(stack, user):
    (row,) = stack.audit(user)[-1:]
    return row['actor_address']


def assert_done(stack, source, forwarded, address):
    user = stack.user()
    status, body = ask(stack, user, source, forwarded)
    assert status == 200, body
    assert address_of(stack, user) == address


def test_the_limit_counts_the_client(stack):
    """One reset an hour: the second of one client is refused, that of
    another behind the same balancer is not."""
    stack.sql('UPDATE umws.limits SET resets_per_address_hour = 1')
    assert_done(stack, BALANCER, CLIENT, CLIENT)
    status, body = ask(stack, stack.user(), BALANCER, CLIENT)
    assert status == 500
    assert text_of(body, 'ResponseCode') == 'ErrorServerBusy'
    assert_done(stack, BALANCER, OTHER, OTHER)


def test_what_a_client_claims(stack):
    """Who is not the balancer is not believed, and neither is what a client
    wrote before the balancer added the address that it saw."""
    stack.sql('UPDATE umws.limits SET resets_per_address_hour = 0')
    assert_done(stack, STRANGER, CLIENT, STRANGER)
    assert_done(stack, BALANCER, f'203.0.113.9, {CLIENT}', CLIENT)
    assert_done(stack, BALANCER, f'{BALANCER}, {CLIENT}', CLIENT)
