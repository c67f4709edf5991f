"""A password that slipped into the value of anything is never shown.

Tables are made of every keyword of libpq's and every key of umws.conf, with
every way to slip: a wrong mark before it, a mark too few, a wrapped line.
A value that is nothing but a name by its form, like dbname=PASSWORD, is told.
"""
import ctypes
import pathlib
import re
import subprocess

import pytest

from harness import CHEAP, TREE, environment, eventually, keep_secret, run

OPTIONS = CHEAP
SECRET = 'pW4711xY'
MARKS = ':', ',', ';', '/', '@', ' ', '=', '?', '&', ' pass=', ':x:'
# What each has where it is in order; most have a word.
VALUES = {'port': '5432', 'options': '-c', 'sslmode': 'disable',
          'hostaddr': '127.0.0.1', 'gssencmode': 'disable',
          'channel_binding': 'prefer', 'target_session_attrs': 'any',
          'ssl_min_protocol_version': 'TLSv1.2', 'client_encoding': 'UTF8',
          'ssl_max_protocol_version': 'TLSv1.3', 'dbname': 'umws',
          'user': 'umws_admin', 'replication': 'database',
          'load_balance_hosts': 'disable', 'require_auth': 'none',
          'connect_timeout': '3', 'keepalives': '1', 'tcp_user_timeout': '1'}
FILES = ('passfile', 'sslcert', 'sslkey', 'sslrootcert', 'sslcrl', 'sslcrldir',
         'servicefile')


class Option(ctypes.Structure):
    _fields_ = [(name, ctypes.c_char_p) for name in (
        'keyword', 'envvar', 'compiled', 'val', 'label', 'dispchar')] + [
        ('dispsize', ctypes.c_int)]


def keywords():
    """Those of this libpq, but for its own secrets."""
    libpq = ctypes.CDLL('libpq.so.5')
    libpq.PQconndefaults.restype = ctypes.POINTER(Option)
    found = []
    for option in libpq.PQconndefaults():
        if option.keyword is None:
            return found
        if not option.dispchar.startswith(b'*'):
            found.append(option.keyword.decode())


def slips(keyword):
    """Values of this keyword with a password in them."""
    value = VALUES.get(keyword, 'word')
    marks = MARKS
    if keyword in FILES:
        # Behind a '/' it is a file.
        value, marks = '/nowhere/word', [m for m in MARKS if m != '/']
    if keyword in ('options', 'client_encoding', 'replication',
                   'requirepeer', 'krbsrvname', 'gsslib'):
        yield SECRET
    for mark in marks:
        yield f'{value}{mark}{SECRET}'
    yield f'{value} {SECRET}=1'


def quoted(value):
    return "'" + value.replace('\\', r'\\').replace("'", r"\'") + "'"


def conninfo(stack, keyword, value):
    """It leads to the server as far as it can, so that this may quote it."""
    settings = {'host': stack.env['PGHOST'], 'dbname': 'umws',
                'user': 'umws_admin'} | {keyword: value}
    if keyword == 'port':
        settings['host'] = '127.0.0.1'
    return ' '.join(f'{key}={quoted(text)}' for key, text in settings.items())


def configuration(stack, dsn):
    path = pathlib.Path(stack.env['UMWS_CONF']).with_name('secrets.conf')
    path.write_text(re.sub(r'(?m)^(database_\w+).*',
                           lambda found: f'{found[1]} = {dsn}',
                           pathlib.Path(stack.env['UMWS_CONF']).read_text()))
    keep_secret(path)
    return path


def umwsctl(stack, *words):
    return run(stack.env['UMWS_CTL'], *words, env=environment())


def worker(stack, path):
    """It goes on where the database refuses it, and says so at once."""
    said = path.with_name('secrets.log')
    with said.open('w') as log, subprocess.Popen(
            [f"{stack.env['UMWS_BINDIR']}/umws-fcgi", '--config', path,
             '--listen', path.with_name('secrets.sock')],
            stderr=log, stdout=log, env=environment()) as process:
        eventually(lambda: process.poll() is not None
                   or '<3>' in said.read_text(), seconds=30)
        process.terminate()
        process.wait(timeout=30)
    return subprocess.CompletedProcess(
        process.args, process.returncode, '', said.read_text())


def three(stack, path):
    yield worker(stack, path)
    for words in (['umws-mailer'], ['umwsctl', 'user', 'list']):
        yield run(f"{stack.env['UMWS_BINDIR']}/{words[0]}", '--config', path,
                  *words[1:], env=environment())


def check(done, what):
    assert SECRET not in done.stdout + done.stderr, what


@pytest.mark.thin(4)
@pytest.mark.parametrize('keyword', keywords())
def test_keywords(stack, keyword):
    for value in slips(keyword):
        dsn = conninfo(stack, keyword, value)
        done = umwsctl(stack, 'db', 'upgrade', '--sql', TREE / 'sql', '--dsn',
                       dsn)
        check(done, dsn)
        if done.returncode != 0:
            assert done.stderr.count('umwsctl: ') == 1, done.stderr


@pytest.mark.thin(2)
@pytest.mark.parametrize('keyword', ['host', 'port', 'dbname', 'user',
                                     'options'])
def test_keywords_in_all_programs(stack, keyword):
    for value in slips(keyword):
        dsn = conninfo(stack, keyword, value)
        for done in three(stack, configuration(stack, dsn)):
            check(done, dsn)
            assert '<3>' in done.stderr, dsn


@pytest.mark.parametrize('uri', [
    'postgresql://u:{}:@h/', 'postgresql://u,{}@127.0.0.1:1/umws',
    'postgresql://127.0.0.1:1/umws:{}', 'postgresql://127.0.0.1:1/umws,{}',
    'postgresql://u%20{}@%2Fnowhere/umws', 'postgresql://127.0.0.1,{}/umws',
    'postgresql://u:x@127.0.0.1:1/umws?options={}', 'pq://u:{}@h/d',
    'postgresql+psycopg2://u:{}@h/d?sslmode=off', 'postgres:u:{}',
    '127.0.0.1:1:umws:u:{}', 'u?password={}', 'u/{}', 'u {}'])
def test_uris(stack, uri):
    dsn = uri.format(SECRET)
    for words in (['db', 'upgrade', '--dsn', dsn], ['db', 'upgrade', dsn],
                  ['db', 'upgrade', f'--dsn{dsn}'], [f'--dsn:{dsn}'], [dsn],
                  ['db', 'upgrade', f'--dsn:{dsn}'], ['db', dsn],
                  ['db', 'upgrade', SECRET], ['db', SECRET], [SECRET],
                  ['db', 'upgrade', f'--dsn{SECRET}'], ['user', 'list', dsn]):
        done = umwsctl(stack, *words)
        assert done.returncode != 0
        check(done, words)


LINES = ('{key} = {pw}', '{key} = u:{pw}@h', '{key} = u:{pw}', '{key} {pw}',
         '{key} = x,{pw}', '{key}: u:{pw}@h?x=y', '{key} {pw} = x',
         '{key}{pw} = x', '{key} = /x:{pw}', '{key} = /x {pw}=1\n{pw}=',
         '{key} = smtp://u:{pw}@h', '{key} = https://u:{pw}@h/',
         '{key} = x@h:{pw}', '{key} = 1{pw}', '{pw}=', '{pw} = {key}',
         '=\n{pw}', '{key} =\n {pw}=\n', 'user={pw} {key}=x', '"{pw}" = x')
# A database's name, as far as anybody can tell.
NAMES = '{key} = {pw}', '{key} = 1{pw}'


def keys():
    text = (TREE / 'doc' / 'umws.conf.example').read_text()
    return sorted(set(re.findall(r'(?m)^#?(\w+) = ', text)))


@pytest.mark.thin(5)
@pytest.mark.parametrize('key', keys())
def test_keys(stack, key):
    """With a database that all of them refuse, should they come that far."""
    kept = configuration(stack, 'sslmode=bogus').read_text()
    kept = re.sub(rf'(?m)^{key} = .*\n', '', kept)
    path = pathlib.Path(stack.env['UMWS_CONF']).with_name('secrets.conf')
    for line in LINES:
        if key.startswith('database_') and line in NAMES:
            continue
        line = line.format(key=key, pw=SECRET)
        path.write_text(kept + line + '\n')
        for done in three(stack, path):
            check(done, line)
            assert '<3>' in done.stderr, line
