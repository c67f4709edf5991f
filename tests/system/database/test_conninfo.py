"""Every way in which a conninfo can name its hosts.

Each case leads to the stack's server by another host than the first, and the
mailer, which only has to look into its queue, says whether it got there.
"""
import pathlib
import re

import pytest

from harness import CHEAP, TREE, environment, keep_secret, run

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
    keep_secret(path)
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


MALFORMED = {
    'semicolons': ('host=h;user=u;password={}', 'host '),
    'ampersands': ('user=u&password={}', 'user '),
    'no-blank': ('sslmode=disablepassword={}', 'sslmode '),
    'no-blank-port': ('port=5432password={}', 'port '),
    'dbname': ('dbname=umws;password={}', 'dbname '),
    'dbname-pwd': ('dbname=umws;pwd={}', 'dbname '),
    'quoted': ("user='umws PassWord = {}'", 'user '),
    'no-at': ('postgresql://umws:{}/umws', 'port '),
    'port-of-uri': ('postgresql://umws@host:54{}/umws', 'port '),
    'uri-as-name': ('dbname=postgresql://umws:{}@host/umws', 'dbname '),
    'uri-in-host': ('host=umws:{}@host', 'host '),
    'role-and-password': ('user=umws:{}', 'user '),
    'no-equals': ('password {}', 'cannot be read'),
    'no-equals-behind': ('user=umws password {}', 'cannot be read'),
    'colon': ('password:{}', 'cannot be read'),
    'slash': ('umws/{}', 'cannot be read'),
    'one-slash': ('postgres:/umws:{}@host/umws', 'cannot be read'),
    'keyword': ('user=umws passwort={}', 'cannot be read'),
    'quote': ("user='umws password={}", 'cannot be read'),
    'quote-inside': ("user=umws password='{}'s'", 'cannot be read'),
    'at-in-password': ('postgresql://umws:x@{}@host/umws', 'cannot be read'),
    'slash-in-password': ('postgresql://umws:1/{}@host/umws',
                          'cannot be read'),
    'question-in-password': ('postgresql://umws:1?{}@host/umws',
                             'cannot be read'),
    'parameter': ('postgresql://host/umws?user=u;password={}',
                  'cannot be read'),
    'sslmode': ('host=/nowhere sslmode={}', 'sslmode '),
    'channel-binding': ('host=/nowhere channel_binding={}',
                        'channel_binding '),
    'session': ('host=/nowhere target_session_attrs={}',
                'target_session_attrs '),
    'gssencmode': ('host=/nowhere gssencmode={}', 'gssencmode '),
    'tls-version': ('host=/nowhere ssl_min_protocol_version={}',
                    'ssl_min_protocol_version '),
    'timeout': ('host=/nowhere connect_timeout={}', 'connect_timeout '),
    'keepalives': ('host=/nowhere keepalives_idle={}', 'keepalives_idle '),
    'address': ('hostaddr={}', 'hostaddr '),
    'port': ('host=/nowhere port={}', 'port '),
    'second-port': ('host=/nowhere,/nowhere port=5432,{}', 'port '),
    'service': ('service={}', 'service'),
}


def configured(stack, conninfo):
    """A configuration with this conninfo for every program."""
    conf = pathlib.Path(stack.env['UMWS_CONF'])
    path = conf.with_name('malformed.conf')
    path.write_text(re.sub(r'(?m)^(database_\w+).*',
                           lambda found: f'{found[1]} = {conninfo}',
                           conf.read_text()))
    keep_secret(path)
    return path


def programs(stack, path, conninfo):
    """What each of them is called by, to use that conninfo."""
    folder = pathlib.Path(stack.env['UMWS_BINDIR'])
    ctl = [folder / 'umwsctl', '--config', path]
    return [
        [folder / 'umws-mailer', '--config', path],
        [folder / 'umws-fcgi', '--config', path, '--listen',
         path.with_name('malformed.sock')],
        [*ctl, 'user', 'list'],
        [*ctl, 'db', 'upgrade', '--sql', TREE / 'sql', '--dsn', conninfo]]


@pytest.mark.parametrize('form', MALFORMED)
def test_a_password_at_the_wrong_place(stack, form):
    """No program connects to anything by it, says it, or calls the database
    away; each names the setting that is wrong."""
    conninfo, words = MALFORMED[form]
    conninfo = conninfo.format(SECRET)
    path = configured(stack, conninfo)
    for command in programs(stack, path, conninfo):
        done = run(*command, env=environment())
        said = done.stdout + done.stderr
        assert done.returncode == 78, said
        assert SECRET not in said
        (line,) = [line for line in said.splitlines()
                   if ' database-refused ' in line]
        assert words in line


@pytest.mark.parametrize('name, value, word', [
    ('PGSSLMODE', SECRET, 'environment'), ('PGPORT', SECRET, 'port '),
    ('PGHOST', f'h;password={SECRET}', 'host ')])
def test_variables_that_libpq_does_not_know(stack, name, value, word):
    done = mailer(stack, 'dbname=umws', **{name: value})
    assert done.returncode == 78
    assert SECRET not in done.stderr
    assert 'database-refused' in done.stderr and word in done.stderr


def test_settings_that_do_not_fit_each_other(stack):
    done = mailer(stack, 'ssl_min_protocol_version=TLSv1.3'
                         ' ssl_max_protocol_version=TLSv1.2')
    assert done.returncode == 78
    assert 'do not fit each other' in done.stderr


@pytest.mark.parametrize('conninfo', [
    "host=/no\\'where connect_timeout=' 3 '", 'host=/nowhere sslmode=require',
    "host='/no where' options='-c search_path=x -c work_mem=4MB'",
    'host=/nowhere gssencmode=disable target_session_attrs=prefer-standby',
    "host=@nowhere,::1 port=,9 keepalives=1 application_name='a:b'",
    'postgresql://%2Fnowhere/umws?user=umws%40domain&sslmode=disable',
    'postgresql://umws:p%40%3A%2F%3Bpassword%3Dx@%2Fnowhere/umws',
    "host=/nowhere password=';password=:@ x'", 'umws_of-nobody.1'])
def test_what_libpq_takes_is_not_refused(stack, conninfo):
    done = mailer(stack, conninfo)
    assert done.returncode == 75, done.stderr
    assert 'database-away' in done.stderr
    assert 'database-refused' not in done.stderr


@pytest.mark.parametrize('words', [
    ['db', 'upgrade', '--dsn', 'dbname=umws', f'password={SECRET}'],
    [f'--dsn=password={SECRET}', 'db', 'upgrade'],
    ['db', 'upgrade', f'--dns=password={SECRET}'],
    ['db', 'upgrade', '--dsn=dbname=umws', f'--dsn=password={SECRET}'],
    [f'password={SECRET}', 'db', 'upgrade'],
    ['user', 'list', f'--json=password={SECRET}']])
def test_a_password_that_strayed_from_dsn(stack, words):
    done = run(stack.env['UMWS_CTL'], *words)
    assert done.returncode == 64
    assert SECRET not in done.stdout + done.stderr


def test_a_line_for_each_host(stack):
    """Also for the one whose name nobody knows."""
    done = mailer(stack, f'host=nosuch.invalid,{LOST}')
    assert done.returncode == 75
    assert [re.search(' host=([^ ]+) ', line)[1]
            for line in done.stderr.splitlines()] == ['nosuch.invalid', LOST]
