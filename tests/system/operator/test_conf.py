"""Where settings come from: umws.conf, umws.conf.d and the environment, in all
three programs; how they are shown, checked and read again."""
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading

import pytest

import fcgi
from harness import (CHEAP, TREE, brief, environment, eventually, keep_secret,
                     run)
from test_bad_input import CONFIGURATION, Place

OPTIONS = CHEAP
SECRET = 'pW4711xY'
# How each is asked for what is in force, and for what is wrong.
ASK = {'umws-fcgi': (['--print-config'], ['--check-config']),
       'umws-mailer': (['--print-config'], ['--check-config']),
       'umwsctl': (['config', 'show'], ['config', 'check'])}
Setting = collections.namedtuple('Setting', 'value origin')


class Settings(Place):
    """An installation with a folder umws.conf.d."""

    def __init__(self, stack, folder):
        super().__init__(stack, folder)
        self.beside = folder / 'umws.conf.d'
        self.beside.mkdir(mode=0o755)

    def put(self, name, text):
        path = self.beside / name
        path.write_text(text)
        return path

    def ask(self, program, words, **env):
        return run(self.programs / program, '--config', self.conf, *words,
                   env=environment(**env), seconds=30)

    def shown(self, program='umwsctl', **env):
        done = self.ask(program, ASK[program][0], **env)
        assert (done.returncode, done.stderr) == (0, '')
        rows = [re.fullmatch(r'(\w+) =(?: (.*))?\t(.*)', line).groups()
                for line in done.stdout.splitlines()]
        return {key: Setting(value or '', origin)
                for key, value, origin in rows}

    def faults(self, program='umwsctl', **env):
        """What is wrong: a line each, without the one that counts them."""
        done = self.ask(program, ASK[program][1], **env)
        assert done.returncode == CONFIGURATION, done.stderr
        assert done.stdout == ''
        return [line for line in done.stderr.splitlines()
                if line.startswith('<3>')]


@pytest.fixture
def place(stack, tmp_path):
    return Settings(stack, tmp_path)


@pytest.mark.parametrize('program', ASK)
def test_who_wins(place, program):
    place.set('retry_min', '2m')
    place.set('retry_max', '3h')
    place.set('smtp_helo', 'a.example')
    place.put('10-setup.conf', '# made by setup\nretry_max = 4h\n')
    last = place.put('20-local.conf', 'smtp_helo =\nretry_max = 5h\n')
    place.put('30-local.conf.dpkg-old', 'retry_max = 6h\n')
    shown = place.shown(program, UMWS_RETRY_MIN='7m')
    assert shown['retry_min'] == ('7m', 'environment')
    assert shown['retry_max'] == ('5h', f'{last}:2')
    assert shown['smtp_helo'] == ('', f'{last}:1')
    assert shown['mail_batch'] == ('20', 'default')
    number = place.conf.read_text().splitlines().index(
        f'pepper_key = {place.keys / "pepper.key"}') + 1
    assert shown['pepper_key'].origin == f'{place.conf}:{number}'
    keys = re.findall(r'(?m)^#(\w+) =', (
        TREE / 'doc' / 'umws.conf.example').read_text())
    assert list(shown) == keys
    assert place.ask(program, ASK[program][1]).returncode == 0


@pytest.mark.parametrize('program', ASK)
def test_every_fault(place, program):
    place.set('workers', '0')
    place.put('10.conf', 'frobnicate = 1\nkdf = 1\n')
    place.put('20.conf', '\xff\x00\n')
    os.mkfifo(place.beside / '30.conf')
    (place.beside / '40.conf').symlink_to('nowhere')
    faults = place.faults(program, UMWS_CORE_DUMPS='maybe',
                          UMWS_SMTP_ULR='smtp://x')
    words = [f'{place.beside}/30.conf reason="is no regular file',
             f'{place.beside}/40.conf reason="is a symbolic link to nothing',
             f'{place.conf} line={place.line_count()} reason="workers must',
             f'{place.beside}/10.conf line=1 reason="unknown key',
             f'{place.beside}/10.conf line=2 reason="kdf must',
             f'{place.beside}/20.conf line=1 reason="no text line',
             'variable=UMWS_CORE_DUMPS reason="core_dumps must',
             'variable=UMWS_SMTP_ULR reason="unknown setting']
    assert len(faults) == len(words), faults
    for fault, word in zip(faults, words):
        assert word in fault
    # What it does otherwise stops with the first, and so does showing.
    done = place.ask(program, ASK[program][0])
    assert (done.returncode, done.stdout) == (CONFIGURATION, '')
    start = {'umws-fcgi': ['--listen', place.folder / 'socket'],
             'umws-mailer': [], 'umwsctl': ['user', 'list']}[program]
    done = place.ask(program, start)
    assert done.returncode == CONFIGURATION
    assert len(done.stderr.splitlines()) == 1


def test_the_keys_are_checked_by_those_who_read_them(place):
    for name in ('pepper.key', 'mail.pub', 'mail.key'):
        (place.keys / name).unlink()
    (place.keys / 'web.secret').chmod(0o644)
    place.set('mail_from', '')
    place.set('database_mailer', 'host=h nosuch=x')
    told = place.faults('umws-fcgi')
    assert [re.search(r'file=\S*/(\S+)', line)[1] for line in told] == [
        'pepper.key', 'mail.pub', 'web.secret']
    told = place.faults('umws-mailer')
    assert [line.split()[1] for line in told] == [
        'mail-from-missing', 'key-refused', 'database-refused']
    (told,) = place.faults('umwsctl')
    assert 'program=umws-mailer' in told


def test_json(place):
    place.put('a.conf', 'retry_min = 2m\n')
    done = place.ask('umwsctl', ['config', 'show', '--json'],
                     UMWS_DATABASE_MAILER=f'host=h password={SECRET}',
                     UMWS_LDAP_BASE='o=\u202e"\\')
    rows = {row['key']: row for row in json.loads(done.stdout)}
    assert rows['retry_min'] == {
        'key': 'retry_min', 'value': '2m', 'origin': 'file',
        'file': f'{place.beside}/a.conf', 'line': 1, 'variable': None}
    assert rows['database_mailer'] == {
        'key': 'database_mailer', 'value': 'password=(hidden) host=h',
        'origin': 'environment', 'file': None, 'line': None,
        'variable': 'UMWS_DATABASE_MAILER'}
    assert rows['ldap_base']['value'] == 'o=\u202e"\\'
    assert '\u202e' not in done.stdout and SECRET not in done.stdout
    assert rows['retry_max']['origin'] == 'default'


@pytest.mark.parametrize('program', ASK)
def test_a_password_and_who_may_read_it(place, program):
    path = place.put('a.conf', '\n'.join(
        f'database_{role} = postgresql://umws:{SECRET}%40@db/umws'
        for role in ('worker', 'mailer', 'admin')))
    (told,) = place.faults(program)
    assert f'{path} line=1' in told and 'others can use it' in told
    assert f'chmod 0640 {path}' in told and 'passfile=' in told
    keep_secret(path)
    shown = place.shown(program)
    assert shown['database_mailer'].value == (
        'user=umws password=(hidden) dbname=umws host=db')
    assert SECRET not in repr(shown)
    if os.geteuid() != 0 or not shutil.which('setfacl'):
        return
    subprocess.run(['setfacl', '-m', 'u:nobody:r', path], check=True)
    (told,) = place.faults(program)
    assert 'its ACL lets others read it' in told and 'setfacl -x u:' in told
    # The mask counts.
    subprocess.run(['setfacl', '-m', 'm::-', path], check=True)
    assert program == 'umws-mailer' or place.shown(program)
    subprocess.run(['setfacl', '-b', path], check=True)
    os.chown(path, -1, 33)
    if program != 'umwsctl' or shutil.which('nginx'):
        path.chmod(0o640)
        (told,) = place.faults(program)
        assert 'every process of the web server (www-data)' in told
    subprocess.run(['setfacl', '-m', 'u:nobody:rwx', place.beside],
                   check=True)
    (told,) = place.faults(program)
    assert f'file={place.beside} ' in told
    assert 'its ACL lets others write it' in told


def test_nobody_waits_for_a_name(place):
    """A file that is renamed all the time is read, under either name."""
    ends = threading.Event()
    names = place.beside / '10-a.conf', place.beside / '90-z.conf'
    names[0].write_text('retry_min = 2m\n')
    for number in range(11, 60):
        place.put(f'{number}.conf', '# nothing\n')

    def rename():
        while not ends.is_set():
            names[0].rename(names[1])
            names[1].rename(names[0])

    thread = threading.Thread(target=rename)
    thread.start()
    try:
        found = [place.shown()['retry_min'] for _ in range(brief(30, 100))]
    finally:
        ends.set()
        thread.join()
    assert {setting.value for setting in found} <= {'2m'}


def cgi(stack, body=b'', conf=None, **more):
    params = dict(fcgi.usual(stack, 'user0001', body, AUTH_TYPE=None))
    done = subprocess.run(
        [f'{stack.env["UMWS_BINDIR"]}/umws-fcgi'], input=body, timeout=30,
        capture_output=True, env=environment(
            GATEWAY_INTERFACE='CGI/1.1',
            UMWS_CONF=str(conf or stack.env['UMWS_CONF']), **params | more))
    assert done.returncode == 0, done.stderr
    return fcgi.parse_cgi(done.stdout)


def test_no_request_is_a_setting(stack, place):
    """Plain CGI: the environment is the request's, and files are all."""
    usual = cgi(stack).headers['WWW-Authenticate']
    answer = cgi(stack, UMWS_WWW_AUTHENTICATE='Basic realm="x"',
                 HTTP_UMWS_WWW_AUTHENTICATE='Basic realm="y"',
                 UMWS_SMTP_ULR='x', UMWS_WORKERS='none')
    assert (answer.status, answer.headers['WWW-Authenticate']) == (401, usual)
    # The secret is asked for, whatever a request says.
    assert cgi(stack, UMWS_WEB_SECRET='off', UMWS_SECRET='wrong').status == 500
    assert cgi(stack, UMWS_SECRET='wrong', UMWS_ROUTE='health',
               HTTP_UMWS_WEB_SECRET='off').status == 500
    place.put('a.conf', 'www_authenticate = Basic realm="z"\n')
    answer = cgi(stack, conf=place.conf)
    assert answer.headers['WWW-Authenticate'] == 'Basic realm="z"'


@pytest.fixture
def worker(stack, place):
    """A worker of our own; what it logs, and a way to be answered by it."""
    log, path = place.folder / 'log', place.folder / 'socket'
    with log.open('w') as said, subprocess.Popen(
            [place.programs / 'umws-fcgi', '--config', place.conf, '--listen',
             path], stderr=said, env=environment(UMWS_WORKERS='1')) as child:
        eventually(lambda: 'start' in log.read_text() or path.exists())
        kept = stack.env['UMWS_FCGI_SOCKET']
        stack.env['UMWS_FCGI_SOCKET'] = str(path)
        yield child, log
        stack.env['UMWS_FCGI_SOCKET'] = kept
        child.terminate()
        child.wait(timeout=30)


def realm(stack):
    answer = fcgi.ask(stack, fcgi.usual(stack, 'user0001', b'',
                                        AUTH_TYPE=None))
    return answer.headers['WWW-Authenticate']


def test_read_again(stack, place, worker):
    """All of it; and what is wrong changes nothing, and is named."""
    child, log = worker
    usual = realm(stack)
    path = place.put('a.conf', 'www_authenticate = Basic realm="one"\n')
    child.send_signal(signal.SIGHUP)
    eventually(lambda: realm(stack) == 'Basic realm="one"')
    assert usual != 'Basic realm="one"'
    cases = (('www_authenticate = Basic realm="two"\nworkers = x\n', 0o644,
              f'file={path} line=2'),
             (f'database_worker = password={SECRET}\n', 0o644,
              'a password stands here'),
             ('www_authenticate = Basic realm="two"\n', 0o666,
              'others can write it'))
    for number, (text, mode, words) in enumerate(cases, 1):
        path.write_text(text)
        path.chmod(mode)
        child.send_signal(signal.SIGHUP)
        eventually(lambda count=number: log.read_text().count(
            'reload-refused') == count)
        lines = log.read_text().splitlines()
        refused = [line for line in lines if 'configuration-refused' in line]
        assert len(refused) == number and words in refused[-1]
        assert realm(stack) == 'Basic realm="one"'
    assert SECRET not in log.read_text()
    path.unlink()
    child.send_signal(signal.SIGHUP)
    eventually(lambda: realm(stack) == usual)


def test_a_container(stack, place):
    """No file at all: settings and password come from the environment."""
    empty = place.folder / 'none.conf'
    empty.write_text('')
    text = place.conf.read_text()
    variables = {f'UMWS_{key.upper()}': value for key, value in re.findall(
        r'(?m)^(\w+) = (.*)$', text)}
    done = run(place.programs / 'umws-mailer', '--config', empty,
               env=environment(**variables))
    assert done.returncode == 0, done.stderr
    done = run(place.programs / 'umwsctl', '--config', empty, 'user', 'list',
               env=environment(**variables))
    assert done.returncode == 0 and 'user0001' in done.stdout
    done = run(place.programs / 'umws-fcgi', '--config', empty,
               '--check-config', env=environment(**variables))
    assert done.returncode == 0, done.stderr


def test_where_nothing_can_be_written(stack, place):
    """A read-only mount is nobody's to write, whatever its mode, as that of
    container managers is."""
    if os.geteuid() != 0:
        pytest.skip('only root can mount')
    place.put('a.conf', 'retry_min = 2m\n')
    place.beside.chmod(0o777)
    (told,) = place.faults()
    assert f'file={place.beside} ' in told and 'others can write it' in told
    program = pathlib.Path(place.programs) / 'umwsctl'
    done = run('unshare', '-m', 'sh', '-c', 'mount --bind "$1" "$1" &&'
               ' mount -o remount,bind,ro "$1" && exec "$2" --config "$3"'
               ' config show', 'sh', place.beside, program, place.conf,
               env=environment())
    if 'unshare' in done.stderr or 'mount' in done.stderr:
        pytest.skip('nothing can be mounted here')
    assert 'retry_min = 2m\t' in done.stdout, done.stderr
