"""kill -9 of umwsctl in every verb that changes something: all of it was
done, or nothing, and the next call ends it.

Most verbs are one transaction, their row in the audit included. Those that
write files, or work in pieces, are named with what holds for them instead.
"""
import dataclasses
import json
import os
import pathlib
import random
import re
import secrets
import shutil
import signal
import subprocess
import time

import pytest

from harness import CHEAP, TREE, brief, environment, eventually, run
from soap import reset
from storm import home

OPTIONS = CHEAP + ('--limits', 'off')
SEED = int(os.environ.get('UMWS_SEED') or secrets.randbelow(10 ** 6))
TRIES = brief(2, 40)
DATA = 65                       # EX_DATAERR: "the login is taken"
NOUSER = 67
READS = {'explain', 'db status', 'key list', 'user show', 'user list',
         'user export', 'pin status', 'policy list', 'policy show',
         'policy explain', 'policy rules', 'limits show', 'role list',
         'outbox list', 'outbox show', 'outbox stats', 'audit list',
         'audit verify', 'completion bash', 'doctor', 'config show',
         'config check', 'notify list'}
ELSEWHERE = {'db upgrade': 'tests/system/storm/test_storm_upgrade.py',
             'notify changes':
             'tests/system/operator/test_notify_changes.py',
             'setup': 'tests/system/operator/test_setup.py'}
MANY = 150
TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relkind = 'r' AND c.relnamespace = 'umws'::regnamespace
    AND c.relname NOT IN ('heartbeat', 'address_check') GROUP BY 1
"""


@dataclasses.dataclass
class Case:
    """A verb, and what a call meets that was made already."""
    words: str
    text: str = None            # standard input
    again: tuple = (0,)         # exit codes after one that was done
    ready: str = ''             # SQL before


CASES = {
    'user add': Case('user add fresh --email f@example.test', again=(DATA,)),
    'user set': Case('user set user0001 --email n@example.test --name New'),
    'user enable': Case(
        'user enable user0001', again=(0, DATA),
        ready="UPDATE umws.um_user SET um_enabled = false"
        " WHERE login = 'user0001'"),
    'user disable': Case('user disable user0001', again=(0, DATA)),
    'user remove': Case('user remove user0001 --yes', again=(NOUSER,)),
    'user import': Case('user import {dir}/import.csv'),
    'user import --asterisk': Case(
        'user import --asterisk {dir}/voicemail.conf'),
    'user sync': Case('user sync --csv {dir}/sync.csv --force'),
    'pin reset': Case('pin reset user0002 --reason asked'),
    'pin set': Case('pin set user0002', text='739152\n', again=(0, DATA)),
    'pin expire': Case('pin expire user0002', again=(0, DATA)),
    'pin lock': Case('pin lock user0002', again=(0, DATA)),
    'pin unlock': Case(
        'pin unlock user0002', again=(0, DATA),
        ready='UPDATE umws.um_user SET locked_out_at = now()'
        " WHERE login = 'user0002'"),
    'policy set': Case(
        'policy set fresh MinPINLength=8 PINLifetime=90 BlockedPINs=13572468'),
    'policy remove': Case('policy remove spare --yes', again=(DATA, NOUSER)),
    'limits set': Case('limits set {limits}'),
    'role grant': Case('role grant helpdesk user0002', again=(0, DATA)),
    'role revoke': Case('role revoke helpdesk user0003',
                        again=(0, DATA, NOUSER)),
    'outbox retry': Case(
        'outbox retry --state queued', ready='UPDATE umws.outbox SET'
        " next_attempt_at = next_attempt_at + interval '1 h'"),
    'outbox cancel': Case('outbox cancel --login user0001 --yes',
                          again=(0, DATA, NOUSER)),
    'notify retry': Case('notify retry'),
    'notify stop': Case(
        'notify stop --yes', ready='UPDATE umws.pin_change_tell SET'
        ' is_on = true, since = now()'),
    'notify expiring': Case(
        'notify expiring --days 30', ready='UPDATE umws.um_user SET'
        " must_change = false, expires_at = now() + interval '9 days'"
        ' WHERE verifier IS NOT NULL'),
    'audit seal': Case('audit seal'),
}
PIECES = {'db purge', 'key create', 'key rotate', 'key retire'}
FILES = {'pepper': ('pepper.key',), 'mail': ('mail.key', 'mail.pub'),
         'web': ('web.secret',), 'audit': ('audit.key',)}
AUDIT = """
INSERT INTO umws.audit (at, login, actor, way, action, result)
SELECT clock_timestamp() - interval '500 days', 'old', 'old', 'soap', 'reset',
    'ok' FROM generate_series(1, 12000)
"""


def program(stack):
    return [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
            stack.env['UMWS_CONF']]


def ctl(stack, *words, text=None, codes=(0,)):
    done = run(*program(stack), *words, text=text, env=environment())
    assert done.returncode in codes, (words, SEED, done)
    return done


def verbs():
    build = os.environ['UMWS_BUILD']
    text = run(os.path.join(build, 'umwsctl'), '--help').stdout
    return set(re.findall(r'^  ([a-z]+(?: [a-z]+)?)  +\S', text, re.M))


class World:
    """The tables of umws: what is in them, and back to what was."""

    def __init__(self, stack):
        self.stack = stack
        self.tables = dict(stack.sql(TABLES))
        self.known = {}

    def keep(self):
        """From now on, this is the beginning."""
        self.stack.sql('DROP SCHEMA IF EXISTS kept CASCADE')
        self.stack.sql('CREATE SCHEMA kept')
        for name in self.tables:
            self.stack.sql(f'CREATE TABLE kept.{name} AS'
                           f' TABLE umws.{name}')
        self.known = {
            name: [{str(row[n]) for row in self.rows(name)}
                   for n in range(len(columns))]
            for name, columns in self.tables.items()}

    def back(self):
        text = ['BEGIN']
        for name, columns in self.tables.items():
            listed = ', '.join(columns)
            text += [f'DELETE FROM umws.{name}',
                     f'INSERT INTO umws.{name} ({listed}) OVERRIDING SYSTEM'
                     f' VALUE SELECT {listed} FROM kept.{name}']
        self.stack.rewrite('; '.join([*text, 'COMMIT']))

    def rows(self, name):
        listed = ', '.join(f'{column}::text' for column in self.tables[name])
        return self.stack.sql(f'SELECT {listed} FROM umws.{name}')

    def seen(self):
        """Rows by table; a value that was nowhere in its column at the
        beginning is one that is drawn, counted or a time: "new"."""
        return {name: sorted(
            tuple(str(value) if str(value) in known else 'new'
                  for value, known in zip(row, self.known[name]))
            for row in self.rows(name)) for name in self.tables}


def differing(one, other):
    """The rows in which they differ, for whoever reads the failure."""
    return {table: (sorted(set(one[table]) - set(other[table])),
                    sorted(set(other[table]) - set(one[table])))
            for table in one if one[table] != other[table]}


def start(stack, *words, text=None):
    one = subprocess.Popen(
        [*program(stack), *words], env=environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True)
    one.stdin.write(text or '')
    one.stdin.close()
    return one


def end(one):
    os.killpg(one.pid, signal.SIGKILL)
    one.wait(30)


def kill_at(stack, seconds, *words, text=None):
    one = start(stack, *words, text=text)
    time.sleep(seconds)
    end(one)
    stack.wait_for_operators()


def kill_before_its_audit_row(stack, *words, text=None):
    """All the rest of its work is done by then."""
    link = stack.connect()
    try:
        link.cursor().execute('LOCK TABLE umws.audit IN EXCLUSIVE MODE')
        one = start(stack, *words, text=text)
        eventually(lambda: stack.sql(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'umws_admin'"
            " AND wait_event_type = 'Lock'"))
        end(one)
    finally:
        link.close()
    stack.wait_for_operators()


def csv(lines):
    return 'login,email,name\n' + ''.join(lines)


@pytest.fixture(scope='module')
def world(stack):
    print('seed', SEED)
    folder = home(stack)
    many = [f'many{n:04},{n}@example.test,M\n' for n in range(MANY)]
    (folder / 'import.csv').write_text(
        csv([*many[:MANY // 2], 'user0001,other@example.test,Other\n',
             *(f'more{n},{n}@example.test,N\n' for n in range(MANY))]))
    (folder / 'sync.csv').write_text(
        csv([line.replace(',M', ',S') for line in many[20:]] +
            ['come,come@example.test,C\n']))
    (folder / 'voicemail.conf').write_text('[c]\n' + ''.join(
        f'{6000 + n} => 739152,N,a{n}@example.test\n' for n in range(8)))
    (folder / 'people.csv').write_text(csv(many))
    ctl(stack, 'user', 'sync', '--csv', folder / 'people.csv')
    ctl(stack, 'policy', 'set', 'spare', 'MinPINLength=7')
    ctl(stack, 'role', 'grant', 'helpdesk', 'user0003')
    ctl(stack, 'role', 'grant', 'helpdesk', 'user0003', '--policy',
        'default')
    for number in range(1, 12):
        reset(stack, f'user{number:04}')
    ctl(stack, 'key', 'create', 'audit')
    made = World(stack)
    made.keep()
    return made


def test_every_verb_is_in_a_list():
    cases = {name.split(' --')[0] for name in CASES}
    groups = (cases, PIECES, READS, set(ELSEWHERE))
    assert set().union(*groups) == verbs()
    assert sum(map(len, groups)) == len(verbs())
    for path in ELSEWHERE.values():
        assert 'def test_killed' in (TREE / path).read_text()


def words_of(stack, case):
    limits = [f'{name}=7' for name in re.findall(
        r'^([A-Za-z]\w+)', ctl(stack, 'limits', 'show').stdout, re.M)]
    fields = {'dir': str(home(stack))}
    return [word for item in case.words.split()
            for word in (limits[1:4] if item == '{limits}'
                         else [item.format(**fields)])]


def begin(world, case):
    world.back()
    if case.ready:
        world.stack.sql(case.ready)


@pytest.mark.thin(2)
@pytest.mark.parametrize('name', CASES)
def test_all_or_nothing(world, stack, name):
    case = CASES[name]
    words = words_of(stack, case)
    rng = random.Random(f'{SEED}/{name}')
    begin(world, case)
    before = world.seen()
    start = time.monotonic()
    ctl(stack, *words, text=case.text)
    length = time.monotonic() - start
    after = world.seen()
    assert sum(len(after[table]) - len(before[table]) for table in
               ('audit',)) > 0 and after != before
    outcomes = []
    for number in range(TRIES + 1):
        begin(world, case)
        if number == 0:
            kill_before_its_audit_row(stack, *words, text=case.text)
        else:
            kill_at(stack, rng.uniform(length / 4, length), *words,
                    text=case.text)
        now = world.seen()
        assert now in (before, after), (name, SEED, differing(now, before),
                                        differing(now, after))
        outcomes.append('all' if now == after else 'nothing')
        ctl(stack, *words, text=case.text,
            codes=case.again if now == after else (0,))
        if now == before:
            assert world.seen() == after, (
                name, SEED, differing(world.seen(), after))
    print(name, f'{length:.2f} s', *outcomes)


def lines(stack, kind):
    """Lines of keys by file, the others left out."""
    folder = pathlib.Path(stack.env['UMWS_KEYDIR'])
    return {name: [line for line in (folder / name).read_text().splitlines()
                   if line and line[0] != '#'] if (folder / name).exists()
            else [] for name in FILES[kind]}


def problems(stack, kind):
    rows = json.loads(ctl(stack, 'key', 'list', '--json').stdout)
    return [row for row in rows if row['kind'] == kind and row['problem']]


@pytest.mark.parametrize('kind', FILES)
def test_keys(world, stack, kind):
    """A file is the old one or the new one, no key is lost that was in one,
    and the same call once more brings it to its end."""
    world.back()
    rng = random.Random(f'{SEED}/{kind}')
    there = lines(stack, kind)
    for _ in range(TRIES):
        kill_at(stack, rng.uniform(0, 0.06), 'key', 'rotate', kind)
        now = lines(stack, kind)
        for name in now:
            assert now[name][:len(there[name])] == there[name], (SEED, name)
            assert len(now[name]) - len(there[name]) in (0, 1), (SEED, name)
        assert all(not row['id'] or row['kind'] == 'mail'
                   for row in problems(stack, kind)), SEED
        there = now
    said = ctl(stack, 'key', 'rotate', kind).stdout
    (fresh,) = re.findall('--use ([0-9a-f]+)', said)
    for _ in range(TRIES):
        kill_at(stack, rng.uniform(0, 0.06), 'key', 'rotate', kind, '--use',
                fresh, '--yes')
        now = lines(stack, kind)
        for name in there:
            assert {*there[name]} <= {*now[name]}, (SEED, name)
    ctl(stack, 'key', 'rotate', kind, '--use', fresh, '--yes')
    leading = lines(stack, kind)[FILES[kind][-1]][0]
    assert leading.startswith(fresh + ':')
    (spare,) = re.findall('--use ([0-9a-f]+)',
                          ctl(stack, 'key', 'rotate', kind).stdout)
    there = lines(stack, kind)
    reset(stack, 'user0009')    # by keys that are whole
    for _ in range(TRIES):
        kill_at(stack, rng.uniform(0, 0.06), 'key', 'retire', kind, spare,
                '--yes')
        now = lines(stack, kind)
        for name in now:
            assert not problems(stack, kind) or kind == 'mail', SEED
            assert {line.partition(':')[0] for line in there[name]} <= {
                line.partition(':')[0] for line in now[name]} | {spare}
    ctl(stack, 'key', 'retire', kind, spare, '--yes', codes=(0, DATA))
    assert not [line for name in FILES[kind]
                for line in lines(stack, kind)[name]
                if line.startswith(spare + ':')], SEED
    # What the database knows and no file has can be retired as well.
    for row in problems(stack, kind):
        ctl(stack, 'key', 'retire', kind, row['id'], '--yes')
    assert problems(stack, kind) == [], SEED


@pytest.mark.parametrize('kind', FILES)
def test_key_create(world, stack, kind):
    """Files that are there are never overwritten, so what was killed is
    either whole, or the next call makes what is missing."""
    world.back()
    folder = pathlib.Path(stack.env['UMWS_KEYDIR'])
    kept = home(stack) / f'kept-{kind}'
    shutil.copytree(folder, kept)
    rng = random.Random(f'{SEED}/create/{kind}')
    try:
        for _ in range(TRIES):
            for path in folder.glob(FILES[kind][0].partition('.')[0] + '*'):
                path.unlink()
            kill_at(stack, rng.uniform(0, 0.06), 'key', 'create', kind)
            done = [name for name, now in lines(stack, kind).items() if now]
            said = ctl(stack, 'key', 'create', kind, codes=(0, 73))
            now = lines(stack, kind)
            assert all(len(now[name]) == 1 for name in now), (SEED, done,
                                                              now, said)
            ids = {now[name][0].partition(':')[0] for name in now}
            assert len(ids) == 1, (SEED, done)
            assert not [row for row in problems(stack, kind) if
                        not row['id'] or kind == 'mail'
                        and row['id'] in ids], SEED
            if kind == 'web':
                assert all((folder / f'web.secret.{name}').stat().st_size
                           for name in ('nginx', 'apache')), (SEED, done)
    finally:
        for path in kept.iterdir():
            shutil.copy2(path, folder)
            about = path.stat()
            os.chown(folder / path.name, about.st_uid, about.st_gid)


def test_purge(world, stack):
    """Batches are whole, seals with their rows, and the next has the rest."""
    world.back()
    stack.rewrite("UPDATE umws.audit SET at = at - interval '500 d'")
    stack.sql(AUDIT)
    ctl(stack, 'audit', 'seal')
    rng = random.Random(f'{SEED}/purge')
    for _ in range(TRIES):
        kill_at(stack, rng.uniform(0, 0.3), 'db', 'purge')
        assert stack.value(
            'SELECT count(*) FROM umws.audit a FULL JOIN umws.audit_sealed s'
            " ON s.audit_id = a.id WHERE a.login = 'old' AND s.seal_id IS NULL"
            ' OR a.id IS NULL') == 0, SEED
        ctl(stack, 'audit', 'verify')
    ctl(stack, 'db', 'purge')
    assert stack.sql('SELECT DISTINCT action FROM umws.audit ORDER BY 1') == [
        ('audit_seal',), ('db_purge',)]
    ctl(stack, 'audit', 'verify')
