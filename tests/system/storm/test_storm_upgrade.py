"""db upgrade while 16 clients reset PINs, and db upgrade that is killed."""
import os
import random
import signal
import subprocess
import sys
import time

import psycopg2
import pytest

from harness import CHEAP, TREE, brief, eventually, run
from storm import HARMLESS, SEED, kill_backend, pause, storm

sys.path.insert(0, str(TREE / 'tests' / 'system' / 'rights'))
from test_upgrade import SQL, Database        # noqa: E402

WORKERS = 8
OPTIONS = CHEAP + ('--limits', 'off', '--workers', str(WORKERS))
TEMPORARY = 75
SAID = 'schema is at version 6'
# And this stops every reset until it is mended.
HARMFUL = (
    'ALTER TABLE umws.outbox OWNER TO postgres',
    'ALTER TABLE umws.um_user OWNER TO postgres',
    'ALTER TABLE umws.audit OWNER TO postgres',
    'REVOKE EXECUTE ON FUNCTION umws.reset_prepare(text, inet, text)'
    ' FROM umws_worker')


def begin_upgrade(database):
    return subprocess.Popen(
        [database.stack.env['UMWS_CTL'], 'db', 'upgrade', '--dsn',
         database.dsn, '--sql', str(SQL)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def is_good(database):
    return database.upgrade().strip() == SAID


def test_beside_requests(stack, tmp_path):
    """Where nothing is amiss for a request, an upgrade is none of its
    business: all are granted."""
    database = Database(stack, 'umws')

    def blow(load):
        begin = time.monotonic()
        for _ in range(3):
            stack.sql(HARMLESS)
            assert 'mended function umws.reset_commit(' in database.upgrade()
            assert is_good(database)
        load.ended(time.monotonic(), 1)
        assert not load.since(begin, 'fault', 'unknown', 'odd')
        return time.monotonic()

    # One pass, which goes on for as long as there is a mail.
    log = tmp_path / 'mailer.log'
    with log.open('w') as said:
        mailer = subprocess.Popen([stack.env['UMWS_MAILER']], stderr=said)
    storm(stack, 'db upgrade beside requests', blow, brief(1, 20))
    assert mailer.wait(60) == 0, log.read_text()[-2000:]


def test_under_requests(stack):
    """What is mended is locked, and requests wait for it or are refused."""
    database = Database(stack, 'umws')

    def blow(load):
        for statement in HARMFUL:
            stack.sql(statement)
        load.more(4, 'fault')
        assert 'mended table umws.outbox: owner' in database.upgrade()
        now = time.monotonic()
        assert is_good(database)
        return now

    storm(stack, 'db upgrade under requests', blow, brief(1, 20))


def state(database):
    """Nothing, the old state or the new one: it must be one of these."""
    (found,) = database.sql(
        "SELECT to_regnamespace('umws') IS NOT NULL, (SELECT count(*) FROM"
        " pg_class WHERE relnamespace = to_regnamespace('umws')), (SELECT"
        ' array_agg(DISTINCT procost ORDER BY procost) FROM pg_proc WHERE'
        " pronamespace = to_regnamespace('umws') AND prolang <> (SELECT oid"
        " FROM pg_language WHERE lanname = 'c')), (SELECT count(*) FROM"
        " pg_namespace WHERE nspname LIKE 'umws%%'), (SELECT count(*) FROM"
        " pg_roles WHERE rolname LIKE 'umws%%')")
    return found


def kill_umwsctl(database, process):
    os.kill(process.pid, signal.SIGKILL)


def kill_its_backend(database, process):
    rows = database.stack.sql('SELECT pid FROM pg_stat_activity WHERE'
                              ' datname = %s', database.name)
    for pid, in rows:
        kill_backend(database.stack, pid)


def ended(database, process):
    """Wait until nothing of the upgrade is left, here or in the server."""
    code = process.wait(timeout=60)

    def is_gone():
        try:
            return database.stack.value(
                'SELECT count(*) = 0 FROM pg_stat_activity'
                ' WHERE datname = %s', database.name)
        except psycopg2.Error:
            return False

    eventually(is_gone, 60)
    process.stdout.close()
    process.stderr.close()
    return code


@pytest.mark.thin(2)
@pytest.mark.parametrize('kill, rounds', [
    (kill_umwsctl, brief(4, 200)), (kill_its_backend, brief(3, 100))],
    ids=['umwsctl', 'backend'])
@pytest.mark.parametrize('begin', ['', HARMLESS], ids=['empty', 'made'])
def test_killed(stack, kill, rounds, begin):
    """At any moment: all of it was done, or nothing, and the next one ends
    it."""
    rng = random.Random(f'{SEED}/{kill.__name__}/{bool(begin)}')
    print('seed', SEED)
    database = Database(stack, 'victim')
    outcomes = []
    for _ in range(rounds):
        stack.sql('DROP DATABASE IF EXISTS victim WITH (FORCE)')
        stack.sql('CREATE DATABASE victim')
        if begin:
            database.upgrade()
            database.sql(begin.replace('%', '%%'))
        old = state(database)
        start = time.monotonic()
        if not outcomes:            # how long it takes, and what it makes
            database.upgrade()
            new, usual = state(database), time.monotonic() - start
            outcomes.append('usual')
            continue
        process = begin_upgrade(database)
        pause(rng, 0, usual)
        kill(database, process)
        code = ended(database, process)
        found = state(database)
        assert found in (old, new), (SEED, found, old, new)
        assert code in (0, TEMPORARY, -signal.SIGKILL), (SEED, code)
        assert code != 0 or found == new, SEED
        outcomes.append('old' if found == old else 'new')
        database.upgrade()
        assert state(database) == new and is_good(database), SEED
    print(outcomes)
    stack.sql('DROP DATABASE victim WITH (FORCE)')
    assert run(stack.env['UMWS_CTL'], 'user', 'list').returncode == 0
