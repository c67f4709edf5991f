"""Settings and rights that somebody changed, by which nothing works: each is
named, with what to do about it, and ends a program with the code of a thing
that time does not mend."""
import pathlib
import re

import pytest

from harness import CHEAP, TREE, eventually
from soap import call, reset
from test_bad_input import CONFIGURATION, TEMPORARY, Place

OPTIONS = CHEAP + ('--workers', '1')
NOT_PERMITTED = 77
READ_ONLY = 'default_transaction_read_only'


@pytest.fixture
def place(stack, tmp_path):
    return Place(stack, tmp_path)


@pytest.fixture
def sql(stack):
    """Run what changes, and what takes it back at the end: on a connection
    that was there before."""
    undone = []

    def change(text, undo):
        undone.append(undo)
        stack.sql(text)
    yield change
    for text in undone:
        stack.sql(text)


def upgrade(place):
    dsn = ('host={PGHOST} port={PGPORT} dbname={PGDATABASE} user={PGUSER}'
           .format(**place.stack.env))
    return place.ctl('db', 'upgrade', '--sql', TREE / 'sql', '--dsn', dsn)


def last_line(done):
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize('name', ['session_preload_libraries',
                                  'local_preload_libraries'])
def test_library_that_is_not_there(place, sql, name):
    sql(f"ALTER DATABASE umws SET {name} = 'nope'",
        f'ALTER DATABASE umws RESET {name}')
    done = place.mailer()
    assert done.returncode == CONFIGURATION, done.stderr
    assert name in done.stderr and 'todo=' in last_line(done)
    for done in (place.ctl(), upgrade(place)):
        assert done.returncode == CONFIGURATION, done.stderr
        assert name in last_line(done) and 'is away' not in done.stderr


@pytest.mark.parametrize('options', [
    '-c nosuch=1', '-c work_mem=much', '-c', '-c port=1', '--nosuch', 'word'])
def test_options_of_the_conninfo(place, options):
    text = place.conf.read_text()
    place.conf.write_text(re.sub(r'(?m)^(database_\w+ = .*)',
                                 rf"\1 options='{options}'", text))
    for done in (place.mailer(), place.ctl()):
        assert done.returncode == CONFIGURATION, done.stderr
        assert 'options in the connection string' in last_line(done)
        assert 'is away' not in done.stderr


def test_options_that_the_role_may_not_set(place):
    text = place.conf.read_text()
    place.conf.write_text(re.sub(r'(?m)^(database_\w+ = .*)',
                                 r"\1 options='-c log_statement=all'", text))
    for done in (place.mailer(), place.ctl()):
        assert done.returncode == NOT_PERMITTED, done.stderr
        assert 'out of options in the connection string' in done.stderr


def test_right_to_connect(place, sql):
    sql('REVOKE CONNECT ON DATABASE umws FROM PUBLIC',
        'GRANT CONNECT ON DATABASE umws TO PUBLIC')
    for done in (place.mailer(), place.ctl()):
        assert done.returncode == NOT_PERMITTED, done.stderr
        assert 'GRANT CONNECT on the database' in done.stderr


def has_setting(stack, name):
    return stack.value('SELECT count(*) FROM pg_settings WHERE name = %s',
                       name) == 1


@pytest.mark.parametrize('name, value', [
    ('restrict_nonsystem_relation_kind', 'view'), ('max_stack_depth', '100kB'),
    ('temp_file_limit', '0')])
def test_umwsctl(stack, place, sql, name, value):
    """It names the setting, or works in spite of it."""
    if not has_setting(stack, name):
        pytest.skip(f'no {name} here')
    sql(f"ALTER DATABASE umws SET {name} = '{value}'",
        f'ALTER DATABASE umws RESET {name}')
    done = place.ctl()
    assert done.returncode in (0, CONFIGURATION, TEMPORARY), done.stderr
    assert done.returncode == 0 or name in last_line(done)
    if name.startswith('restrict'):
        assert done.returncode == CONFIGURATION


@pytest.mark.parametrize('where', ['', ' IN DATABASE umws'])
def test_mailer_that_may_only_read(place, sql, where):
    sql(f'ALTER ROLE umws_mailer{where} SET {READ_ONLY} = on',
        f'ALTER ROLE umws_mailer{where} RESET {READ_ONLY}')
    done = place.mailer()
    assert done.returncode == CONFIGURATION, done.stderr
    (line,) = done.stderr.splitlines()
    assert READ_ONLY in line and 'RESET' in line


def test_conninfo_that_may_only_read(place):
    text = place.conf.read_text()
    place.conf.write_text(re.sub(r'(?m)^(database_mailer = .*)',
                                 rf"\1 options='-c {READ_ONLY}=on'", text))
    done = place.mailer()
    assert done.returncode == CONFIGURATION, done.stderr
    (line,) = done.stderr.splitlines()
    assert READ_ONLY in line and 'options' in line


def test_database_that_may_only_be_read(place, sql):
    """Somebody's guard, which may go again; it is named all the same."""
    sql(f'ALTER DATABASE umws SET {READ_ONLY} = on',
        f'ALTER DATABASE umws RESET {READ_ONLY}')
    done = place.mailer()
    assert done.returncode == TEMPORARY, done.stderr
    assert READ_ONLY in last_line(done)


def end_sessions(stack, role):
    stack.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity'
              ' WHERE usename = %s', role)
    eventually(lambda: stack.value('SELECT count(*) = 0 FROM pg_stat_activity'
                                   ' WHERE usename = %s', role))


def worker_log(stack):
    return (pathlib.Path(stack.env['UMWS_LOGDIR']) / 'worker.log').read_text()


def test_worker_refuses_each_time(stack, sql, user):
    """Not only the first time that it sees the session."""
    name, value = READ_ONLY, 'on'
    sql(f'ALTER ROLE umws_worker SET {name} = {value}',
        f'ALTER ROLE umws_worker RESET {name}')
    end_sessions(stack, 'umws_worker')
    before = stack.state(user)['generation']
    for _ in range(3):
        assert call(stack, user).status == 500
    assert stack.state(user)['generation'] == before
    lines = [line for line in worker_log(stack).splitlines()
             if f'setting="{name}={value}"' in line
             or f'setting={name}={value}' in line]
    assert len(lines) >= 3 and all('todo=' in line for line in lines)
    stack.sql(f'ALTER ROLE umws_worker RESET {name}')
    reset(stack, user)


def test_worker_refuses_a_schema_each_time(stack, sql, user):
    version = stack.value('SELECT version FROM umws.schema_info')
    end_sessions(stack, 'umws_worker')
    sql('UPDATE umws.schema_info SET oldest_program = version + 1,'
        ' version = version + 1',
        f'UPDATE umws.schema_info SET oldest_program = {version},'
        f' version = {version}')
    for _ in range(3):
        assert call(stack, user).status == 500
    stack.sql('UPDATE umws.schema_info SET oldest_program = version - 1,'
              ' version = version - 1')
    reset(stack, user)


def test_statement_timeout(stack, place, sql):
    sql("ALTER ROLE umws_mailer SET statement_timeout = '50ms'",
        'ALTER ROLE umws_mailer RESET statement_timeout')
    with stack.connect() as connection, connection.cursor() as cursor:
        cursor.execute('LOCK TABLE umws.outbox IN ACCESS EXCLUSIVE MODE')
        done = place.mailer()
    assert done.returncode == TEMPORARY, done.stderr
    assert 'statement_timeout of the server' in done.stderr


@pytest.mark.parametrize('what, name', [
    ('LANGUAGE plpgsql', 'plpgsql'), ('LANGUAGE sql', 'sql'),
    ('TYPE pg_catalog.text', 'text'), ('SCHEMA pg_catalog', 'pg_catalog')])
def test_rights_that_are_not_ours(place, sql, what, name):
    """Named, and nobody is sent to db upgrade, which gives none of them."""
    sql(f'REVOKE USAGE ON {what} FROM PUBLIC',
        f'GRANT USAGE ON {what} TO PUBLIC')
    done = upgrade(place)
    assert done.returncode == NOT_PERMITTED, done.stderr
    assert name in last_line(done) and 'GRANT it back' in last_line(done)
    assert 'needs a superuser' not in last_line(done)
    done = place.ctl('user', 'add', f'add-{name}', '--email',
                     'x@example.test')
    if done.returncode != 0:
        assert done.returncode == NOT_PERMITTED, done.stderr
        assert name in last_line(done) and 'only GRANT' in last_line(done)
