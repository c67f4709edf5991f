"""The PIN is nowhere but in its mail, and keys are in their files alone.
Every search is shown to work by a canary that it must find."""
import base64
import concurrent.futures
import contextlib
import ctypes
import ctypes.util
import itertools
import os
import pathlib
import re
import tempfile
import threading
import time

import pytest

import fcgi
import phonecall
from harness import CHEAP, eventually, pin_of, run
from soap import call, reset
from umws_stack import postgres

OPTIONS = CHEAP + ('--limits', 'off', '--policy', 'MinPINLength=24',
                   '--workers', '2', '--conf', 'core_dumps=yes')
NAMES = ('worker', 'mailer', 'access', 'error', 'postgres', 'sink')
RESETS = 6
TALKATIVE = {'log_statement': 'all', 'log_duration': 'on',
             'log_min_error_statement': 'debug5',
             'log_parameter_max_length': '-1',
             'log_parameter_max_length_on_error': '-1'}
# What a role without settings of its own would have in the log.
CANARY = '471147114711471147114711'
REFUSE = """
CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'refused for a test'; END $$;
CREATE TRIGGER refuse BEFORE INSERT ON umws.outbox
    FOR EACH ROW EXECUTE FUNCTION public.refuse()
"""
is_root = os.geteuid() == 0
as_root = pytest.mark.skipif(not is_root, reason='reads others\' memory')


def processes():
    """Command line and environment of whatever runs at this moment."""
    names = ('cmdline', 'environ') if is_root else ('cmdline',)
    for entry in pathlib.Path('/proc').iterdir():
        if entry.name.isdigit():
            for name in names:
                with contextlib.suppress(OSError):
                    yield (entry / name).read_bytes()


class Watch:
    """Looks at all processes and database sessions again and again."""

    def __init__(self, stack):
        self.stack = stack
        self.processes, self.queries = set(), set()
        self.rounds = 0
        self.is_over = threading.Event()

    def look(self):
        connection = self.stack.connect()
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            while not self.is_over.is_set():
                cursor.execute('SELECT query FROM pg_stat_activity')
                self.queries.update(row[0] for row in cursor)
                self.processes.update(processes())
                self.rounds += 1
                time.sleep(0.02)

    def round(self):
        """Wait until all has been looked at once more."""
        target = self.rounds + 2
        eventually(lambda: self.rounds >= target, what='a round')


@contextlib.contextmanager
def watching(stack):
    watch = Watch(stack)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        looking = pool.submit(watch.look)
        try:
            yield watch
        finally:
            watch.is_over.set()
        looking.result()


def talk_in_database(stack):
    """Let the database log all it can, our roles' settings permitting."""
    for name, value in TALKATIVE.items():
        stack.sql(f"ALTER SYSTEM SET {name} = '{value}'")
    stack.sql('SELECT pg_reload_conf()')
    stack.owner.close()     # the next session has them from its start
    stack.do('worker', 'restart')


def log_parameter(stack, text):
    """A statement of the owner's, with this text as its parameter."""
    libpq = ctypes.CDLL(ctypes.util.find_library('pq'))
    libpq.PQconnectdb.restype = ctypes.c_void_p
    libpq.PQexecParams.restype = ctypes.c_void_p
    dsn = ('host={PGHOST} port={PGPORT} dbname={PGDATABASE} user={PGUSER}'
           .format(**stack.env))
    connection = ctypes.c_void_p(libpq.PQconnectdb(dsn.encode()))
    values = (ctypes.c_char_p * 1)(text.encode())
    result = ctypes.c_void_p(libpq.PQexecParams(
        connection, b'SELECT length($1::text)', 1, None, values, None, None,
        0))
    assert libpq.PQresultStatus(result) == 2    # PGRES_TUPLES_OK
    libpq.PQclear(result)
    libpq.PQfinish(connection)


def held_reset(stack, login, watch):
    """A reset that is looked at while its commit waits."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with stack.held_rows(login):
            resetting = pool.submit(reset, stack, login)
            eventually(stack.waiting_backends)
            watch.round()
        resetting.result()


def held_mail(stack, watch):
    """A mail that is looked at while the server thinks about it."""
    stack.do('sink', 'delay', '0.5')
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        sending = pool.submit(stack.mailer)
        watch.round()
        watch.round()
        sending.result()
    stack.do('sink', 'ok')


def held_logon(stack, login, watch, pin):
    """A logon that is looked at while its mailbox is held."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with stack.held_rows(login):
            asking = pool.submit(phonecall.logon, stack, login, pin)
            eventually(stack.waiting_backends)
            watch.round()
        return asking.result()


def phone_calls(stack, login, watch, pin):
    """Whatever a telephone may send with a PIN in it, also what is refused;
    returns the PINs that were dialled."""
    wrong, own, other = ('904716258036172948305961'[i:] + '90471625803617294'
                         '8305961'[:i] for i in (0, 5, 11))
    assert held_logon(stack, login, watch, pin) == 'CHANGE'
    assert phonecall.change(stack, login, pin, own) == 'OK'
    assert phonecall.logon(stack, login, own) == 'OK'
    assert phonecall.change(stack, login, own, pin).startswith('REFUSED')
    # Known PINs come last: nothing covers what they leave in memory.
    for _ in range(4):
        form = {'action': 'logon', 'mailbox': login, 'pin': wrong}
        assert phonecall.logon(stack, login, wrong) == 'DENIED'
        for body in (form | {'call': 'x' * 1000}, form | {'x': own},
                     f'pin={wrong}&pin={own}'.encode(),
                     f'pin={wrong}&call={own * 60}'.encode()):
            assert phonecall.ask(stack, body).status in (400, 413)
        assert phonecall.ask(stack, form, Content_Type='text/xml'
                             ).status == 400
        cut_short(stack, f'action=logon&pin={other}&mailbox={login}'.encode())
    assert phonecall.logon(stack, login, own) == 'OK'
    for _ in range(8):
        never_read(stack, f'action=logon&mailbox={login}&pin={other}')
    return [wrong, own, other]


def never_read(stack, form):
    """A form that is refused before anybody looks at it."""
    body = form.encode()
    for changes, status in (({'REMOTE_USER': 'nobody'}, 403),
                            ({'REQUEST_METHOD': 'PUT'}, 405),
                            ({'CONTENT_LENGTH': '2000'}, 400),
                            ({'REMOTE_USER': ''}, 401)):
        params = fcgi.usual(stack, 'phone', body, UMWS_ROUTE='tui', **changes)
        assert fcgi.ask(stack, params, body).status == status


def cut_short(stack, body):
    """A body that the worker never reads to its end."""
    params = dict(fcgi.usual(stack, 'phone', body), UMWS_ROUTE='tui',
                  CONTENT_TYPE='application/x-www-form-urlencoded',
                  CONTENT_LENGTH='5000')
    assert fcgi.ask(stack, list(params.items()), body).status == 400


def refused_reset(stack, login):
    """The statement that carries the new PIN's verifier fails."""
    stack.sql(REFUSE)
    assert call(stack, login).status == 500
    stack.sql('DROP FUNCTION public.refuse() CASCADE')


def broken_mail(stack):
    """Refused after its bytes, then for good."""
    stack.do('sink', '550-data')
    stack.mailer(78)
    stack.do('sink', '550-rcpt')
    stack.sql('UPDATE umws.outbox SET next_attempt_at = now()'
              ' WHERE sealed IS NOT NULL')
    stack.mailer()
    stack.do('sink', 'ok')


@pytest.fixture(scope='module')
def watch(stack):
    """Resets of every kind, all of them looked at."""
    talk_in_database(stack)
    log_parameter(stack, CANARY)
    login = stack.user()
    with watching(stack) as watch:
        watch.login, watch.pins = login, []
        reset(stack, login)
        broken_mail(stack)
        call(stack, login, b'<')
        refused_reset(stack, login)
        # Known PINs come last: nothing covers what they leave in memory.
        for number in range(RESETS):
            held_reset(stack, login, watch) if number == 0 else reset(
                stack, login)
            held_mail(stack, watch) if number == 0 else stack.mailer()
            watch.pins.append(pin_of(stack.mail_files(login)[-1]))
            assert stack.is_pin(login, watch.pins[-1])
        assert len(set(watch.pins)) == RESETS
        watch.pins += phone_calls(stack, login, watch, watch.pins[-1])
    return watch


@pytest.fixture(scope='module')
def pins(watch):
    return watch.login, watch.pins


@pytest.fixture(scope='module')
def dump(stack, pins):
    done = run('pg_dump', '-h', stack.env['PGHOST'], '-p',
               stack.env['PGPORT'], '-U', stack.env['PGUSER'],
               stack.env['PGDATABASE'])
    assert done.returncode == 0, done.stderr
    return done.stdout


def assert_absent(text, pins, canary, where):
    """No PIN in the text; the canary is, so the search works."""
    assert canary in text, (where, canary)
    for pin in pins:
        assert len(pin) == 24 and pin not in text, where


def files_of_the_database(stack):
    """Tables, indexes and the write-ahead log: name and content."""
    stack.sql('CHECKPOINT')
    folder = pathlib.Path(stack.value('SHOW data_directory'))
    for path in folder.rglob('*'):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file():
                yield path, path.read_bytes()


def test_logs(stack, pins):
    login, found = pins
    canaries = {'worker': login, 'mailer': 'result=sent', 'access': login,
                'postgres': 'umws.reset_commit', 'sink': login, 'error': ''}
    for name in NAMES:
        assert_absent(stack.log(name), found, canaries[name], name)
    known = {path.name for path in
             pathlib.Path(stack.env['UMWS_LOGDIR']).iterdir()}
    assert known == {f'{name}.log' for name in NAMES}


def test_metrics_and_health(stack, pins):
    """What monitoring reads, and keeps for years."""
    for url, canary in (('UMWS_METRICS_URL', 'umws_logons_total{'),
                        ('UMWS_HEALTH_URL', 'ready')):
        answer = call(stack, None, None, url=url, method='GET')
        assert_absent(answer.body.decode() + str(answer.headers), pins[1],
                      canary, url)


def test_parameters_are_not_logged(stack, pins):
    """Neither verifiers nor sealed PINs, even where a statement fails: the
    settings of the roles win over those of the server."""
    text = stack.log('postgres')
    # "Parameters" as of PostgreSQL 16.
    assert f"arameters: $1 = '{CANARY}'" in text
    assert 'umws.reset_commit($1' in text
    failure = text.partition('ERROR:  refused for a test')[2]
    assert 'umws.reset_commit($1' in failure.partition(
        'STATEMENT:')[2].partition('\n')[0]
    logins = ' umws_worker ', ' umws_mailer '
    lines = [line for line in text.splitlines()
             if any(login in line for login in logins)]
    assert not [line for line in lines if "$1 = '" in line]
    for (verifier,) in stack.sql('SELECT verifier FROM umws.pin_history'
                                 ' UNION SELECT verifier FROM umws.um_user'
                                 ' WHERE verifier IS NOT NULL'):
        assert verifier.rpartition('$')[2] not in text


def test_dump(dump, pins):
    login, found = pins
    assert_absent(dump, found, f'{login}@example.test', 'dump')
    assert '$argon2id$' in dump


def test_files_of_the_database(stack, pins):
    """The recipient is in a table as well as in the write-ahead log."""
    login, found = pins
    canary, places = f'{login}@example.test'.encode(), set()
    for path, data in files_of_the_database(stack):
        if canary in data:
            places.add(path.parent.name)
        for pin in found:
            assert pin.encode() not in data, path
    assert 'pg_wal' in places and len(places) > 1


def test_write_ahead_log(stack, pins):
    """As PostgreSQL's own tool shows it."""
    folder = pathlib.Path(stack.value('SHOW data_directory')) / 'pg_wal'
    table = stack.value("SELECT pg_relation_filenode('umws.outbox')")
    segments = sorted(path.name for path in folder.iterdir()
                      if re.fullmatch('[0-9A-F]{24}', path.name))
    done = run(postgres.program('pg_waldump'), '-b', '-p', folder,
               segments[0])
    assert_absent(done.stdout, pins[1], f'/{table} ', 'pg_waldump')


def test_activity(stack, watch):
    text = '\n'.join(watch.queries)
    for name in ('reset_commit', 'outbox_begin', 'logon_settle'):
        assert_absent(text, watch.pins, f'umws.{name}(', 'pg_stat_activity')


def test_command_lines_and_environments(stack, watch):
    """Of every process that ran meanwhile."""
    text = b'\n'.join(watch.processes).decode(errors='replace')
    for name in ('umws-fcgi', 'umws-mailer'):
        program = os.path.join(stack.env['UMWS_BINDIR'], name)
        assert_absent(text, watch.pins, f'{program}\0--config', 'cmdline')
    if is_root:
        assert_absent(text, watch.pins, '\0HOME=', 'environ')


def memory_of(pid):
    """All that the process can write, one area after the other."""
    with open(f'/proc/{pid}/maps') as maps, open(
            f'/proc/{pid}/mem', 'rb', 0) as memory:
        for line in maps:
            area, rights = line.split()[:2]
            begin, end = (int(number, 16) for number in area.split('-'))
            # Larger ones are a sanitizer's own books.
            if 'w' not in rights or end - begin > 1 << 28:
                continue
            with contextlib.suppress(OSError):
                memory.seek(begin)
                yield memory.read(end - begin)


@as_root
def test_memory_of_the_worker(stack, pins):
    """Afterwards no memory of a worker holds the PIN."""
    canary, count = b'umws.reset_commit', 0
    for pid in stack.children():
        for memory in memory_of(pid):
            count += canary in memory
            for pin in pins[1]:
                assert pin.encode() not in memory
    assert count > 0


def address_space(pid):
    """Bytes of it, used or not."""
    pages = pathlib.Path(f'/proc/{pid}/statm').read_text().split()[0]
    return int(pages) * os.sysconf('SC_PAGE_SIZE')


@pytest.fixture(scope='module')
def cores(stack, pins):
    """Core files of the idle children, as they are after their answers."""
    if any(address_space(pid) > 1 << 40 for pid in stack.children()):
        pytest.skip('no disk holds the core of a sanitizer\'s program')
    with tempfile.TemporaryDirectory(prefix='umws-core-') as folder:
        found = []
        for pid in stack.children():
            done = run('gcore', '-o', f'{folder}/core', pid)
            assert done.returncode == 0, done.stderr
            found.append(pathlib.Path(f'{folder}/core.{pid}').read_bytes())
        yield found


@as_root
def test_core_of_an_idle_worker(stack, cores, pins):
    """A child that made a PIN remembers whom for, and not the PIN."""
    login, found = pins
    assert len(cores) == 2
    assert any(b'umws.reset_commit' in core and login.encode() in core
               for core in cores)
    for core in cores:
        assert not any(pin.encode() in core for pin in found)


def key_forms(stack, name):
    """The keys of a file by their ids: as in the file, raw and in hex."""
    forms = {}
    path = pathlib.Path(stack.env['UMWS_KEYDIR']) / name
    for line in path.read_text().splitlines():
        key_id, colon, text = line.partition(':')
        if colon and not line.startswith('#'):
            key = base64.b64decode(text)
            assert len(key) == 32
            # HMAC's inner and outer keys are as good as the key.
            inner, outer = (bytes(byte ^ pad for byte in key)
                            for pad in (0x36, 0x5c))
            forms[key_id] = [text.rstrip('=').encode()] + [
                form for raw in (key, inner, outer) for form in
                (raw, raw.hex().encode(), raw.hex().upper().encode())]
    return forms


@pytest.fixture(scope='module')
def keys(stack):
    """Every form of every secret key, by file and id."""
    return {name: key_forms(stack, name)
            for name in ('pepper.key', 'mail.key', 'web.secret')}


def forms_of(keys, *names):
    return list(itertools.chain.from_iterable(
        forms for name in names or keys for forms in keys[name].values()))


def test_keys_are_not_logged(stack, pins, keys):
    for name in NAMES:
        data = (pathlib.Path(stack.env['UMWS_LOGDIR']) /
                f'{name}.log').read_bytes()
        assert not any(form in data for form in forms_of(keys)), name


def test_keys_are_not_in_the_database(stack, pins, dump, keys):
    """It knows the pepper's id, by which the same search finds it."""
    (pepper_id,), forms = keys['pepper.key'], forms_of(keys)
    assert pepper_id in dump
    assert not any(form in dump.encode() for form in forms)
    count = 0
    for path, data in files_of_the_database(stack):
        count += pepper_id.encode() in data
        assert not any(form in data for form in forms), path
    assert count > 0


@as_root
def test_keys_are_not_in_a_core(stack, cores, keys):
    """Their memory is kept out of core files. The web server's secret
    comes with every request, and is no secret from that server."""
    path = pathlib.Path(stack.env['UMWS_KEYDIR']) / 'pepper.key'
    assert any(str(path).encode() in core for core in cores)
    for core in cores:
        assert not any(form in core for form in
                       forms_of(keys, 'pepper.key', 'mail.key'))


def test_privates_of_the_worker(stack):
    """It holds neither the mailer's key nor a way to open a sealed PIN."""
    program = os.path.join(stack.env['UMWS_BINDIR'], 'umws-fcgi')
    imported = run('objdump', '-T', program).stdout
    assert 'crypto_box_seal' in imported
    assert 'crypto_box_seal_open' not in imported


def test_final_rows_hold_nothing(stack, pins):
    reset(stack, pins[0])
    rows = stack.sql('SELECT state, sealed IS NULL FROM umws.outbox')
    assert {row[0] for row in rows} == {'sent', 'dead', 'queued',
                                        'superseded'}
    assert all(is_empty == (state != 'queued') for state, is_empty in rows)
