"""A resolver that says nothing, and hosts of the conninfo that need none.

The programs run in a mount namespace whose only name server is a socket that
nobody reads, so that a lookup takes as long as the C library pleases.
"""
import os
import pathlib
import re
import shlex
import socket
import time

import pytest

import fcgi
from harness import CHEAP, environment, run
from soap import REFERENCE

pytestmark = pytest.mark.skipif(os.geteuid() != 0,
                                reason='only root mounts a resolv.conf')
REQUEST = 9
CONNECT = 4
HOST = 2            # that the mailer waits for the name of its own host
OPTIONS = CHEAP + ('--limits', 'off', '--conf', f'connect_timeout={CONNECT}s',
                   '--conf', f'request_timeout={REQUEST}s')
DEAD = 'db{}.example.test'
QUICK = 'quick.example.test'            # stands in /etc/hosts
SERVER = '127.0.0.77'
FILES = {'resolv.conf': f'nameserver {SERVER}\n',
         'nsswitch.conf': 'hosts: files dns\n',
         'hosts': f'127.0.0.1 localhost\n127.0.0.1 {QUICK}\n'}


@pytest.fixture(scope='module', autouse=True)
def name_server():
    """It takes every question."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((SERVER, 53))
        yield


def inside(stack, command):
    """The words that run a command where names are looked up in vain."""
    mounts = []
    for name, text in FILES.items():
        path = stack.dir / name
        path.write_text(text)
        mounts.append(f'mount --bind {shlex.quote(str(path))} /etc/{name}')
    return ['unshare', '--mount', 'sh', '-ec',
            '; '.join([*mounts, 'exec "$0" "$@"']), *command]


def configured(stack, key, hosts, port=''):
    """A configuration whose database is on these hosts."""
    conf = pathlib.Path(stack.env['UMWS_CONF'])
    path = conf.with_name('resolver.conf')
    value = (f'dbname={stack.env["PGDATABASE"]} host={hosts}'
             f' port={port or stack.env["PGPORT"]}'
             f' user={key.replace("database", "umws")}')
    path.write_text(re.sub(f'(?m)^{key}.*', f'{key} = {value}',
                           conf.read_text()))
    return path


def mailer(stack, hosts, port=''):
    """What it says of its queue, and after how many seconds."""
    conf = configured(stack, 'database_mailer', hosts, port)
    begin = time.monotonic()
    done = run(*inside(stack, [stack.env['UMWS_MAILER'], '--config', conf]),
               env=environment())
    return done, time.monotonic() - begin


def request(stack, user, hosts):
    conf = configured(stack, 'database_worker', hosts)
    params = dict(fcgi.usual(stack, user, REFERENCE,
                             GATEWAY_INTERFACE='CGI/1.1',
                             UMWS_CONF=str(conf)))
    program = f'{stack.env["UMWS_BINDIR"]}/umws-fcgi'
    begin = time.monotonic()
    done = run(*inside(stack, [program]), text=REFERENCE.decode(),
               env=environment(**params))
    assert done.returncode == 0, done.stderr
    return (fcgi.parse_cgi(done.stdout.replace('\n', '\r\n').encode()),
            time.monotonic() - begin)


LISTS = {
    'before': [DEAD.format(1), '{PGHOST}'],
    'before-many': [*map(DEAD.format, range(12)), '{PGHOST}'],
    'around': [DEAD.format(1), '{PGHOST}', DEAD.format(2)],
    'with-more': [DEAD.format(1), '/nowhere', '{PGHOST}'],
}


@pytest.mark.parametrize('hosts', LISTS)
def test_a_request_reaches_the_host_that_needs_no_resolver(stack, user,
                                                           hosts):
    """One host's time is spent on the others' names, however many."""
    answer, seconds = request(stack, user, ','.join(LISTS[hosts]).format(
        **stack.env))
    assert answer.status == 200, answer.body
    assert seconds < CONNECT + 2.5
    assert stack.state(user)['generation'] == 1


def test_a_request_ends_in_time_where_every_name_hangs(stack, user):
    answer, seconds = request(stack, user, ','.join(map(DEAD.format,
                                                        range(3))))
    assert answer.status == 500
    assert b'Nothing was changed' in answer.body
    assert seconds < REQUEST + 2
    assert stack.state(user)['generation'] == 0


def test_no_name_is_waited_for_that_is_not_needed(stack):
    stack.mailer()
    done, seconds = mailer(stack, f'{stack.env["PGHOST"]},{DEAD.format(1)}')
    assert (done.returncode, done.stderr) == (0, '')
    assert seconds < HOST + CONNECT


@pytest.mark.parametrize('hosts', [
    f'{DEAD.format(1)} hostaddr=127.0.0.1', '127.0.0.1',
    f'127.0.0.1,{QUICK},localhost'])
def test_a_name_that_needs_no_resolver(stack, hosts):
    done, seconds = mailer(stack, hosts, port=9)
    assert done.returncode == 75
    assert seconds < HOST + CONNECT
    lines = done.stderr.splitlines()
    assert [re.search(' host=([^ ]+) ', line)[1] for line in lines] == (
        hosts.split()[0].split(','))
    assert all('refused' in line for line in lines)


def test_who_is_asked_when_the_resolver_hangs(stack):
    """Those who need it not, in their order; then the others."""
    dead = {DEAD.format(1), DEAD.format(2)}
    done, _ = mailer(stack, f'/nowhere,{DEAD.format(1)},{QUICK},'
                            f'{DEAD.format(2)},127.0.0.1', port=9)
    assert done.returncode == 75
    asked = [re.search(' host=([^ ]+) ', line)[1]
             for line in done.stderr.splitlines()]
    assert asked[:3] == ['/nowhere', QUICK, '127.0.0.1']
    assert set(asked[3:]) == dead and len(asked) == 5
