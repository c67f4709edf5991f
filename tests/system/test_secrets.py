"""The PIN is nowhere but in its mail. Every search is shown to work by
a canary that it must find."""
import contextlib
import os
import pathlib

import pytest

from harness import CHEAP, pin_of, run
from soap import call, reset

OPTIONS = CHEAP + ('--limits', 'off', '--policy', 'MinPINLength=24')
NAMES = ('worker', 'mailer', 'access', 'error', 'postgres', 'sink')


@pytest.fixture(scope='module')
def pins(stack):
    """Resets of every kind, with a database that logs all it can."""
    stack.sql("ALTER SYSTEM SET log_statement = 'all'")
    stack.sql('ALTER SYSTEM SET log_duration = on')
    stack.sql('SELECT pg_reload_conf()')
    stack.do('worker', 'restart')
    login, found = stack.user(), []
    for number in range(4):
        if number == 2:     # a delivery that fails leaves nothing either
            reset(stack, login)
            stack.do('sink', '550-data')
            stack.mailer()
            stack.do('sink', 'ok')
        reset(stack, login)
        stack.mailer()
        found.append(pin_of(stack.mail_files(login)[-1]))
        assert stack.is_pin(login, found[-1])
    call(stack, login, b'<')
    reset(stack, login)     # one more is queued
    return login, found


def assert_absent(text, pins, canary, where):
    """No PIN in the text; the canary is, so the search works."""
    assert canary in text, (where, canary)
    for pin in pins:
        assert len(pin) == 24 and pin not in text, where


def test_logs(stack, pins):
    login, found = pins
    canaries = {'worker': login, 'mailer': 'result=sent', 'access': login,
                'postgres': 'umws.reset_commit', 'sink': login, 'error': ''}
    for name in NAMES:
        assert_absent(stack.log(name), found, canaries[name], name)
    known = {path.name for path in
             pathlib.Path(stack.env['UMWS_LOGDIR']).iterdir()}
    assert known == {f'{name}.log' for name in NAMES}


def test_parameters_are_not_logged(stack, pins):
    """Neither verifiers nor sealed PINs: the roles say so."""
    text = stack.log('postgres')
    assert 'umws.reset_commit($1' in text
    verifier = stack.value(
        'SELECT verifier FROM umws.um_user WHERE login = %s', pins[0])
    assert verifier.rpartition('$')[2] not in text


def test_dump(stack, pins):
    login, found = pins
    done = run('pg_dump', '-h', stack.env['PGHOST'], '-p',
               stack.env['PGPORT'], '-U', stack.env['PGUSER'],
               stack.env['PGDATABASE'])
    assert done.returncode == 0, done.stderr
    assert_absent(done.stdout, found, f'{login}@example.test', 'dump')
    assert '$argon2id$' in done.stdout


def test_files_of_the_database(stack, pins):
    """Tables, indexes and the write-ahead log, byte by byte."""
    login, found = pins
    stack.sql('CHECKPOINT')
    folder = pathlib.Path(stack.value('SHOW data_directory'))
    canary, count = f'{login}@example.test'.encode(), 0
    for path in folder.rglob('*'):
        if path.is_file():
            data = path.read_bytes()
            count += canary in data
            for pin in found:
                assert pin.encode() not in data, path
    assert count > 0


def test_activity(stack, pins):
    rows = stack.sql('SELECT query FROM pg_stat_activity'
                     " WHERE usename = 'umws_worker'")
    text = ' '.join(row[0] for row in rows)
    assert_absent(text, pins[1], 'umws.', 'pg_stat_activity')


def test_final_rows_hold_nothing(stack, pins):
    rows = stack.sql('SELECT state, sealed IS NULL FROM umws.outbox')
    assert {row[0] for row in rows} == {'sent', 'dead', 'queued'}
    assert all(is_empty == (state != 'queued') for state, is_empty in rows)


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


@pytest.mark.skipif(os.geteuid() != 0, reason='needs to read /proc/PID/mem')
def test_memory_of_the_worker(stack, pins):
    """Afterwards no memory of a worker holds the PIN."""
    canary, count = b'umws.reset_commit', 0
    for pid in stack.children():
        for memory in memory_of(pid):
            count += canary in memory
            for pin in pins[1]:
                assert pin.encode() not in memory
    assert count > 0


def test_command_lines_and_environments(stack, pins):
    """Only root can see the environment: the workers are not dumpable."""
    names = ('cmdline', 'environ') if os.geteuid() == 0 else ('cmdline',)
    for pid in [stack.parent(), *stack.children()]:
        for name in names:
            data = pathlib.Path(f'/proc/{pid}/{name}').read_bytes()
            assert not any(pin.encode() in data for pin in pins[1])


def test_privates_of_the_worker(stack):
    """It holds neither the mailer's key nor a way to open a sealed PIN."""
    program = os.path.join(stack.env['UMWS_BINDIR'], 'umws-fcgi')
    imported = run('objdump', '-T', program).stdout
    assert 'crypto_box_seal' in imported
    assert 'crypto_box_seal_open' not in imported
