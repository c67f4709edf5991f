"""What is wrong at the start: one line that names it, and an exit code."""
import os
import pathlib
import shutil
import subprocess

import pytest

from harness import account_of, environment, keep_secret, run

USAGE, UNAVAILABLE, SYSTEM, TEMPORARY, CONFIGURATION = 64, 69, 71, 75, 78
NO_INPUT, DATA, NO_USER = 66, 65, 67
WORKER_KEYS = ('pepper.key', 'mail.pub', 'web.secret')
KEY_NAMES = {'pepper.key': 'pepper_key', 'mail.pub': 'mail_pub',
             'mail.key': 'mail_key', 'web.secret': 'web_secret'}


class Place:
    """A configuration and keys of our own, beside those of the stack."""

    def __init__(self, stack, folder):
        self.stack, self.folder = stack, folder
        self.programs = pathlib.Path(stack.env['UMWS_BINDIR'])
        self.conf = folder / 'umws.conf'
        self.keys = folder / 'keys'
        self.keys.mkdir()
        for name in KEY_NAMES:
            shutil.copy(pathlib.Path(stack.env['UMWS_KEYDIR']) / name,
                        self.keys / name)
            (self.keys / name).chmod(0o600)
        text = pathlib.Path(stack.env['UMWS_CONF']).read_text()
        lines = [line for line in text.splitlines()
                 if line.split(' =')[0] not in KEY_NAMES.values()]
        lines += [f'{key} = {self.keys / name}'
                  for name, key in KEY_NAMES.items()]
        self.conf.write_text('\n'.join(lines) + '\n')

    def set(self, key, value):
        lines = [line for line in self.conf.read_text().splitlines()
                 if line.split(' =')[0] != key]
        self.conf.write_text('\n'.join([*lines, f'{key} = {value}']) + '\n')

    def line_count(self):
        return len(self.conf.read_text().splitlines())

    def run(self, program, *words):
        return run(self.programs / program, '--config', self.conf, *words,
                   env=environment(), seconds=20)

    def worker(self):
        return self.run('umws-fcgi', '--listen', self.folder / 'socket')

    def mailer(self):
        return self.run('umws-mailer')

    def ctl(self, *words):
        return self.run('umwsctl', *(words or ('user', 'list')))

    def all(self):
        return self.worker(), self.mailer(), self.ctl()


@pytest.fixture
def place(stack, tmp_path):
    return Place(stack, tmp_path)


def assert_refused(done, *words, code=CONFIGURATION):
    """One line on stderr that names it, nothing on stdout."""
    assert done.returncode == code, (done.returncode, done.stderr)
    assert done.stdout == ''
    assert len(done.stderr.splitlines()) == 1, done.stderr
    for word in words:
        assert str(word) in done.stderr, (word, done.stderr)


def test_as_it_is_all_works(place):
    """The copies are good: what fails below fails for its own reason."""
    assert place.mailer().returncode == 0
    assert place.ctl().returncode == 0
    refused = place.run('umws-fcgi', '--listen',
                        place.stack.env['UMWS_FCGI_SOCKET'])
    assert_refused(refused, 'serves it', code=UNAVAILABLE)


@pytest.mark.parametrize('name', WORKER_KEYS)
def test_worker_without_a_key(place, name):
    (place.keys / name).unlink()
    assert_refused(place.worker(), place.keys / name, 'No such file')
    assert not (place.folder / 'socket').exists()


def test_mailer_without_its_key(place):
    (place.keys / 'mail.key').unlink()
    assert_refused(place.mailer(), place.keys / 'mail.key', 'No such file')


def test_keys_of_other_programs_do_not_matter(place):
    for name in WORKER_KEYS:
        (place.keys / name).unlink()
    assert place.mailer().returncode == 0


@pytest.mark.parametrize('mode', [0o644, 0o604, 0o606, 0o660, 0o620])
def test_keys_that_others_can_use(place, mode):
    for name in ('pepper.key', 'web.secret', 'mail.key'):
        (place.keys / name).chmod(mode)
        done = place.mailer() if name == 'mail.key' else place.worker()
        assert_refused(done, place.keys / name, 'chmod')
        (place.keys / name).chmod(0o600)


@pytest.mark.skipif(os.geteuid() != 0, reason='only root gives files away')
def test_keys_of_another_owner(place):
    os.chown(place.keys / 'pepper.key', 1, 1)
    assert_refused(place.worker(), place.keys / 'pepper.key', 'chown')


@pytest.mark.parametrize('text', [
    '', 'nonsense\n', 'id:no base64!\n', 'id:AAAA\n', '\0\0\0\n',
    'x' * 70000], ids=['empty', 'word', 'text', 'short', 'nul', 'long'])
def test_damaged_keys(place, text):
    for name in ('pepper.key', 'mail.pub', 'mail.key'):
        good = (place.keys / name).read_text()
        (place.keys / name).write_text(text)
        done = place.mailer() if name == 'mail.key' else place.worker()
        assert_refused(done, place.keys / name)
        (place.keys / name).write_text(good)


def test_unknown_key(place):
    place.set('pepper_kye', '/x')
    for done in place.all():
        assert_refused(done, place.conf, 'pepper_kye', 'pepper_key',
                       f'line={place.line_count()}')


@pytest.mark.parametrize('line, word', [
    ('workers = 0', '512'), ('workers = many', '512'),
    ('workers = 513', '512'), ('statement_timeout = 5', 'unit'),
    ('statement_timeout = 0s', '1s'), ('smtp_timeout = 12m', '11m'),
    ('kdf = 1,1,1', 'kdf'), ('kdf = 7168,5', 'm,t,p'),
    ('smtp_tls = maybe', 'required'), ('core_dumps = 1', 'yes or no'),
    ('smtp_url = http://x', 'smtp://'), ('mail_from = nobody', 'mail_from'),
    ('web_secret = web.secret', 'web_secret'),
    ('retry_min = 2h', 'retry_max'), ('just words', "'='"),
    ('smtp_user = me', 'smtp_password_file'), ('= x', 'key')],
    ids=lambda text: text.replace('/', '|'))
def test_bad_values(place, line, word):
    key = line.split(' =')[0]
    place.set(key, 'x')
    text = place.conf.read_text().splitlines()
    place.conf.write_text('\n'.join([*text[:-1], line]) + '\n')
    for done in place.all():
        assert_refused(done, place.conf, word)


def test_a_key_twice(place):
    text = place.conf.read_text()
    place.conf.write_text(text + 'workers = 1\nworkers = 2\n')
    for done in place.all():
        assert_refused(done, 'workers', f'line={place.line_count()}')


def test_no_configuration(place):
    place.conf.unlink()
    for done in place.all():
        assert_refused(done, place.conf, 'No such file')


@pytest.mark.parametrize('version, oldest, advice', [
    (99, 99, 'newer'), (3, 1, 'db upgrade')])
def test_schema_out_of_range(place, version, oldest, advice):
    sql = 'UPDATE umws.schema_info SET version = %s, oldest_program = %s'
    kept = place.stack.sql('SELECT * FROM umws.schema_info()')[0]
    place.stack.sql(sql, version, oldest)
    try:
        done = place.all()
    finally:
        place.stack.sql(sql, *kept)
    for one in done:
        assert_refused(one, str(version))
    assert advice in done[2].stderr


def test_newer_schema_that_still_knows_us(place):
    sql = 'UPDATE umws.schema_info SET version = version + %s'
    place.stack.sql(sql, 5)
    try:
        assert place.mailer().returncode == 0
        assert place.ctl().returncode == 0
    finally:
        place.stack.sql(sql, -5)


def test_no_schema(place):
    place.stack.sql('CREATE DATABASE empty')
    text = place.conf.read_text()
    place.conf.write_text(text.replace('dbname=umws', 'dbname=empty'))
    for done in place.all():
        assert_refused(done, 'umwsctl db upgrade')


def test_no_server(place):
    """Away is no mistake of the configuration: come again later."""
    text = place.conf.read_text()
    place.conf.write_text(text.replace('/pg port', '/nowhere port'))
    for done in (place.ctl(), place.mailer()):
        assert done.returncode == TEMPORARY and 'nowhere' in done.stderr


@pytest.mark.parametrize('program, words', [
    ('umws-fcgi', ['--nonsense']), ('umws-fcgi', ['word']),
    ('umws-fcgi', ['--workers', '0']), ('umws-fcgi', ['--workers', 'x']),
    ('umws-fcgi', ['--listen']), ('umws-mailer', ['--nonsense']),
    ('umws-mailer', ['word']), ('umwsctl', []), ('umwsctl', ['nonsense']),
    ('umwsctl', ['user']), ('umwsctl', ['user', 'add']),
    ('umwsctl', ['user', 'show']), ('umwsctl', ['user', 'list', '--x']),
    ('umwsctl', ['key', 'create', 'house']),
    ('umwsctl', ['policy', 'set', 'default'])],
    ids=lambda value: ' '.join(value) if isinstance(value, list) else value)
def test_usage(place, program, words):
    done = place.run(program, *words)
    assert done.returncode == USAGE, done.stderr
    assert done.stdout == '' and done.stderr != ''


@pytest.mark.parametrize('program', ['umws-fcgi', 'umws-mailer', 'umws-agi',
                                     'umwsctl'])
@pytest.mark.parametrize('words, told', [
    (['--dsn=password=SECRET'], '--dsn'), (['--dsnSECRET'], '(not shown)'),
    (['--password=SECRET'], '--password'), (['-pSECRET'], None),
    (['--help=SECRET'], '--help'), (['password=SECRET'], None),
    (['SECRET'], None), (['--version=SECRET', '--help'], '--version')],
    ids=lambda value: ' '.join(value) if isinstance(value, list) else '')
def test_a_mistyped_password_is_not_told(place, program, words, told):
    """Whatever it strayed to: cron mails what a program says."""
    done = run(place.programs / program, *words, env=environment(),
               seconds=20)
    assert done.returncode == USAGE, done.stderr
    assert 'SECRET' not in done.stdout + done.stderr
    assert done.stderr != '' and (told or '') in done.stderr


@pytest.mark.parametrize('program, words', [
    ('umws-fcgi', ['--workers', '--dsn=SECRET']),
    ('umws-fcgi', ['--workers=SECRET']), ('umws-agi', ['--tries=SECRET']),
    ('umws-agi', ['--timeout', '--password=SECRET']),
    ('umws-agi', ['--sound', 'SECRET'])], ids=lambda value: ' '.join(value)
    if isinstance(value, list) else value)
def test_nor_where_a_number_is_wanted(place, program, words):
    done = run(place.programs / program, *words, env=environment(),
               seconds=20)
    assert done.returncode == USAGE and words[0].split('=')[0] in done.stderr
    assert 'SECRET' not in done.stdout + done.stderr


@pytest.mark.parametrize('number', ['4294967297', '-4294967295', '+1', '1x'])
def test_no_number_of_workers(place, number):
    """Not one that is 1 when it is cut to 32 bits, either."""
    done = place.run('umws-fcgi', '--workers', number)
    assert done.returncode == USAGE
    assert f'"{number}" is not 1 to 512' in done.stderr


def test_worker_needs_a_socket(place):
    assert_refused(place.run('umws-fcgi'), '--listen', code=USAGE)


def test_worker_with_a_conninfo_that_is_none(place):
    """One line, and not one about memory behind it."""
    place.set('database_worker', 'password=pw4711 nosuch=x')
    keep_secret(place.conf)
    done = place.worker()
    assert_refused(done, 'connection string')
    assert 'pw4711' not in done.stderr


def test_worker_that_may_not_fork(stack):
    """It is not the configuration that has to be mended."""
    path = pathlib.Path(stack.env['UMWS_FCGI_SOCKET']).with_name('no-fork')
    done = subprocess.run(
        ['prlimit', '--nproc=0', f'{stack.env["UMWS_BINDIR"]}/umws-fcgi',
         '--config', stack.env['UMWS_CONF'], '--listen', path],
        capture_output=True, text=True, timeout=20, env=environment(),
        **account_of(stack.parent()))
    assert_refused(done, 'fork', code=SYSTEM)


def test_listen_path(place):
    folder = place.folder / 'socket'
    folder.write_text('')
    assert_refused(place.worker(), folder)
    assert folder.exists()
    long = place.folder / ('x' * 100)
    assert_refused(place.run('umws-fcgi', '--listen', long), '107')
    nowhere = place.folder / 'nowhere' / 'socket'
    assert_refused(place.run('umws-fcgi', '--listen', nowhere), nowhere,
                   code=73)


@pytest.mark.parametrize('program', ['umws-fcgi', 'umws-mailer', 'umwsctl'])
def test_help_and_version(place, program):
    for word in ('--help', '--version'):
        done = run(place.programs / program, word)
        assert (done.returncode, done.stderr) == (0, '')
        assert program in done.stdout


@pytest.mark.parametrize('words, code, said', [
    (['user', 'show', 'ghost'], NO_USER, 'ghost'),
    (['user', 'add', 'x', '--email', 'nonsense'], DATA, 'mail address'),
    (['user', 'add', 'x', '--email', '"x"@y'], DATA, 'mail address'),
    (['user', 'add', 'x', '--email', 'a;b@y'], DATA, 'mail address'),
    (['user', 'add', 'x', '--email', 'a@b]c'], DATA, 'mail address'),
    (['user', 'add', 'x', '--email', 'a,b@y'], DATA, 'mail address'),
    (['user', 'add', 'x', '--email', 'x@y', '--name', 'a\u0085b'], DATA,
     'control'),
    (['user', 'add', 'user0001', '--email', 'x@y'], DATA, 'user0001'),
    (['user', 'add', 'x', '--email', 'x@y', '--extension', '20001'], DATA,
     '20001'),
    (['user', 'add', 'x', '--email', 'x@y', '--policy', 'house'], DATA,
     'house'),
    (['user', 'import', '/nowhere.csv'], NO_INPUT, 'nowhere.csv'),
    (['policy', 'set', 'default', 'MinPINLength=3'], DATA, 'MinPINLength'),
    (['policy', 'set', 'default', 'Nonsense=3'], USAGE, 'Nonsense'),
    (['policy', 'set', 'default', 'MinPINLength'], USAGE, 'MinPINLength'),
    (['policy', 'set', 'default', 'MaxLogonAttempts=5'], DATA,
     'LogonFailuresBeforePINReset')],
    ids=lambda value: ' '.join(value) if isinstance(value, list) else '')
def test_ctl_refuses(place, words, code, said):
    before = place.stack.sql('SELECT * FROM umws.v_policy')
    done = place.ctl(*words)
    assert_refused(done, said, code=code)
    assert place.stack.sql('SELECT * FROM umws.v_policy') == before
    assert place.stack.value(
        "SELECT count(*) FROM umws.um_user WHERE login = 'x'") == 0


def test_csv_is_all_or_nothing(place):
    """The line that is wrong is named, and no other line is kept."""
    path = place.folder / 'users.csv'
    path.write_text('login,email,name,extension,locale,policy\n'
                    'csv1,csv1@example.test,One,,en,default\n'
                    'csv2,csv2@example.test,"Two, the second",,de-AT,\n'
                    'csv3,not an address,Three,,en,default\n')
    done = place.ctl('user', 'import', path)
    assert_refused(done, 'users.csv:4', code=DATA)
    count = "SELECT count(*) FROM umws.um_user WHERE login LIKE 'csv%%'"
    assert place.stack.value(count, 0) == 0
    path.write_text('\n'.join(path.read_text().splitlines()[:3]) + '\n')
    assert place.ctl('user', 'import', path).returncode == 0
    assert place.stack.value(count, 0) == 2
    shown = place.ctl('user', 'show', 'csv2', '--json').stdout
    assert 'Two, the second' in shown and '"policy"' in shown


@pytest.mark.parametrize('kind', ['pepper', 'mail', 'web'])
def test_keys_are_never_overwritten(place, kind):
    before = {name: (place.keys / name).read_bytes() for name in KEY_NAMES}
    if kind == 'web':   # the web servers' files, which are missing, are made
        assert place.ctl('key', 'create', kind).returncode == 0
    done = place.ctl('key', 'create', kind)
    assert done.returncode not in (0, CONFIGURATION), done.stderr
    assert str(place.keys) in done.stderr
    assert before == {name: (place.keys / name).read_bytes()
                      for name in KEY_NAMES}
