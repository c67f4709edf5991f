"""Every way in which a conninfo can name its hosts.

Each case leads to the stack's server by another host than the first, and the
mailer, which only has to look into its queue, says whether it got there.
"""
import pathlib
import re

import pytest

from harness import CHEAP, environment, run

OPTIONS = CHEAP
LOST = '/nowhere'
SECRET = 'pw4711'


def folder(stack):
    return stack.env['PGHOST']


def quoted(stack):
    return folder(stack).replace('/', '%2F')


def mailer(stack, conninfo, **env):
    conf = pathlib.Path(stack.env['UMWS_CONF'])
    path = conf.with_name('hosts.conf')
    path.write_text(re.sub(r'(?m)^database_mailer.*',
                           f'database_mailer = {conninfo}',
                           conf.read_text()))
    return run(stack.env['UMWS_MAILER'], '--config', path,
               env=environment(**env))


WHO = 'dbname={PGDATABASE} user=umws_mailer '
FORMS = {
    'list': WHO + f'host={LOST},{{PGHOST}} port={{PGPORT}}',
    'ports': WHO + f'host={LOST},{{PGHOST}} port=9,{{PGPORT}}',
    'empty-host': WHO + 'host=,{PGHOST} port=9,{PGPORT}',
    'empty-port': WHO + f'host={LOST},{{PGHOST}} port=9,',
    'empty-port-first': WHO + f'host={{PGHOST}},{LOST} port=,9',
    'name-without-address': WHO + 'host=nosuch.invalid,{PGHOST}'
                                  ' port={PGPORT}',
    'name-with-addresses': WHO + 'host=localhost,{PGHOST} port=9,{PGPORT}',
    'uri': 'postgresql://umws_mailer@%2Fnowhere,{quoted}:{PGPORT}'
           '/{PGDATABASE}',
}


@pytest.mark.parametrize('form', FORMS)
def test_a_host_behind_another(stack, form):
    assert stack.env['PGPORT'] == '5432'    # the default of an empty item
    done = mailer(stack, FORMS[form].format(quoted=quoted(stack),
                                            **stack.env))
    assert (done.returncode, done.stderr) == (0, '')


def test_hosts_of_the_environment(stack):
    done = mailer(stack, WHO.format(**stack.env),
                  PGHOST=f'{LOST},{folder(stack)}', PGPORT='9,5432')
    assert (done.returncode, done.stderr) == (0, '')


def test_hosts_of_a_service(stack):
    path = pathlib.Path(stack.env['UMWS_CONF']).with_name('service.conf')
    path.write_text(f'[two]\nhost={LOST},{folder(stack)}\nport=5432\n')
    done = mailer(stack, 'service=two ' + WHO.format(**stack.env),
                  PGSERVICEFILE=str(path))
    assert (done.returncode, done.stderr) == (0, '')


@pytest.mark.parametrize('lists, words', [
    (f'host={LOST},{LOST}2,{LOST}3 port=1,2', 'as many ports as hosts'),
    (f'host={LOST} port=1,2', 'as many ports as hosts'),
    ('host=a hostaddr=127.0.0.1,127.0.0.2', 'as many hosts as addresses'),
    ('host=' + 300 * 'h', 'too long'),
    ('host=' + ','.join(17 * [LOST]), 'too many hosts'),
    ('service=nosuch', 'service'),
])
def test_lists_that_fit_nothing(stack, lists, words):
    """They are refused in words, and none of them is the conninfo's."""
    done = mailer(stack, f'password={SECRET} {lists}')
    assert done.returncode == 78
    (line,) = done.stderr.splitlines()
    assert line.startswith('<3>') and words in line
    assert SECRET not in line


def test_a_line_for_each_host(stack):
    """Also for the one whose name nobody knows."""
    done = mailer(stack, f'host=nosuch.invalid,{LOST}')
    assert done.returncode == 75
    assert [re.search(' host=([^ ]+) ', line)[1]
            for line in done.stderr.splitlines()] == ['nosuch.invalid', LOST]
