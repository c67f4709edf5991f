"""db upgrade beside others: another database's upgrade, somebody who alters
roles or rights, requests that are served, and a kill in the middle."""
import subprocess

import pytest

from harness import eventually
from test_upgrade import SQL, Database

# Backends of umwsctl that wait for somebody's lock.
WAITING = ("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
           " AND backend_type = 'client backend'")
SAID = 'schema is at version 6\n'


@pytest.fixture
def databases(stack):
    """Two more of the same cluster: its roles are theirs as well."""
    names = ('first', 'second')
    for name in names:
        stack.sql(f'CREATE DATABASE {name}')
    yield [Database(stack, name) for name in names]
    for name in names:
        stack.sql(f'DROP DATABASE {name} WITH (FORCE)')


def begin_upgrade(database):
    """In the background."""
    return subprocess.Popen(
        [database.stack.env['UMWS_CTL'], 'db', 'upgrade', '--dsn',
         database.dsn, '--sql', str(SQL)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def end_upgrade(process):
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 0, (said, errors)
    return said


def test_databases_of_one_cluster(databases):
    """Each makes or looks at the same roles."""
    for _ in range(3):
        for process in [begin_upgrade(one) for one in databases * 2]:
            assert end_upgrade(process).endswith(SAID)


@pytest.mark.parametrize('statement, undo, mended', [
    ('ALTER ROLE umws_owner CONNECTION LIMIT 7',
     'ALTER ROLE umws_owner CONNECTION LIMIT -1', ''),
    ("ALTER ROLE umws_worker SET work_mem = '8MB'",
     'ALTER ROLE umws_worker RESET work_mem', ''),
    ('GRANT EXECUTE ON FUNCTION umws.write_probe() TO other',
     'SELECT 1', 'write_probe(): other: EXECUTE was granted'),
], ids=['role', 'setting', 'right'])
def test_somebody_alters_the_same(stack, statement, undo, mended):
    """It waits for them, and goes by what they leave."""
    database = Database(stack, 'umws')
    stack.sql('DROP ROLE IF EXISTS other')
    stack.sql('CREATE ROLE other')
    stack.sql('ALTER FUNCTION umws.write_probe() SECURITY INVOKER')
    holder = stack.connect()
    try:
        with holder.cursor() as cursor:
            cursor.execute(statement)
        process = begin_upgrade(database)
        eventually(lambda: process.poll() is not None or stack.sql(WAITING))
        holder.commit()
        assert mended in end_upgrade(process)
    finally:
        holder.close()
        stack.sql(undo)
    assert database.upgrade() == SAID
