"""The audit: what may not be changed in it, how it is listed, and what its
seals prove."""
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time

import psycopg2
import pytest

from harness import CHEAP, TREE, environment, installed, run
from soap import call, reset

OPTIONS = CHEAP + ('--limits', 'off')
APPEND_ONLY = 'umws.audit is append-only'


def refusal(stack, text, role=None):
    """What a superuser, or one in this role, is told; nothing is changed."""
    link = stack.connect()
    try:
        with link.cursor() as cursor:
            if role:
                cursor.execute(f'SET ROLE {role}')
            with pytest.raises(psycopg2.Error) as failed:
                cursor.execute(text)
        return str(failed.value)
    finally:
        link.close()


def refused_once(stack):
    """A refusal's audit row, by its id."""
    login = stack.user()
    stack.sql('UPDATE umws.um_user SET um_enabled = false WHERE login = %s',
              login)
    assert call(stack, login).status == 500
    return stack.value("SELECT id FROM umws.audit WHERE login = %s"
                       ' ORDER BY id DESC LIMIT 1', login)


def upgrade(stack):
    return run(stack.env['UMWS_CTL'], 'db', 'upgrade', '--sql', TREE / 'sql',
               '--dsn', 'host={PGHOST} port={PGPORT} dbname={PGDATABASE}'
               ' user={PGUSER}'.format(**stack.env))


@pytest.mark.parametrize('text', [
    "UPDATE umws.audit SET result = 'ok'",
    'UPDATE umws.audit SET result = result',
    'UPDATE umws.audit SET count = count + 1 WHERE minute IS NULL',
    'UPDATE umws.audit SET count = count - 1 WHERE minute IS NOT NULL',
    'UPDATE umws.audit SET count = count WHERE minute IS NOT NULL',
    "UPDATE umws.audit SET count = count + 1, login = login || 'x'"
    ' WHERE minute IS NOT NULL',
    'UPDATE umws.audit SET count = count + 1, request_id = NULL'
    ' WHERE minute IS NOT NULL',
    'DELETE FROM umws.audit', 'DELETE FROM umws.audit WHERE minute > now()'
    " - interval '1 hour'", 'TRUNCATE umws.audit',
    'TRUNCATE umws.audit CASCADE'])
def test_append_only_for_a_superuser(stack, text):
    reset(stack, stack.user())
    refused_once(stack)
    before = stack.sql('SELECT * FROM umws.audit ORDER BY id')
    assert APPEND_ONLY in refusal(stack, text)
    assert stack.sql('SELECT * FROM umws.audit ORDER BY id') == before


@pytest.mark.parametrize('text', [
    "UPDATE umws.audit SET result = 'ok'", "UPDATE umws.audit SET at = now()",
    'UPDATE umws.audit SET xid = xid', 'TRUNCATE umws.audit'])
def test_append_only_by_rights(stack, text):
    """Its owner, whom our functions run as, lacks the right."""
    assert 'permission denied' in refusal(stack, text, 'umws_owner')


def test_a_count_grows_for_ten_minutes(stack):
    number = refused_once(stack)
    grow = f'UPDATE umws.audit SET count = count + 1 WHERE id = {number}'
    count = stack.value(f'SELECT count FROM umws.audit WHERE id = {number}')
    stack.sql(grow)
    assert stack.value('SELECT count FROM umws.audit'
                       f' WHERE id = {number}') == count + 1
    stack.rewrite("UPDATE umws.audit SET minute = minute - interval '11 min'"
                  f' WHERE id = {number}')
    assert APPEND_ONLY in refusal(stack, grow)


def test_rows_of_thirty_days_may_go(stack, user):
    reset(stack, user)
    where = f"WHERE login = '{user}'"
    stack.rewrite("UPDATE umws.audit SET at = at - interval '29 days'"
                  f' {where}')
    assert APPEND_ONLY in refusal(stack, f'DELETE FROM umws.audit {where}')
    stack.rewrite(f"UPDATE umws.audit SET at = at - interval '1 day' {where}")
    stack.sql(f'DELETE FROM umws.audit {where}')


@pytest.mark.parametrize('damage, undo, words', [
    ('DROP TRIGGER audit_update ON umws.audit',
     'CREATE TRIGGER audit_update BEFORE UPDATE ON umws.audit FOR EACH ROW'
     ' EXECUTE FUNCTION umws.keep_refusal()',
     'table umws.audit: trigger audit_update was missing'),
    ('CREATE OR REPLACE TRIGGER audit_delete BEFORE DELETE ON umws.audit FOR'
     " EACH ROW WHEN (OLD.at > clock_timestamp() - interval '30 s')"
     ' EXECUTE FUNCTION umws.keep_row()',
     'CREATE OR REPLACE TRIGGER audit_delete BEFORE DELETE ON umws.audit FOR'
     " EACH ROW WHEN (OLD.at > clock_timestamp() - interval '30 days')"
     ' EXECUTE FUNCTION umws.keep_row()',
     'table umws.audit: trigger audit_delete was CREATE TRIGGER'),
    ('ALTER TABLE umws.audit DISABLE TRIGGER audit_truncate',
     'ALTER TABLE umws.audit ENABLE TRIGGER audit_truncate',
     'table umws.audit: triggers that are off: umws.keep_row')])
def test_upgrade_names_a_trigger(stack, damage, undo, words):
    stack.sql(damage)
    try:
        done = upgrade(stack)
        assert done.returncode == 78, done.stderr
        assert words in done.stderr
    finally:
        stack.sql(undo)
    assert upgrade(stack).returncode == 0


def test_upgrade_takes_rights_back(stack):
    stack.sql('GRANT UPDATE, TRUNCATE ON umws.audit TO umws_owner')
    done = upgrade(stack)
    assert done.returncode == 0, done.stderr
    assert 'table umws.audit: umws_owner: TRUNCATE was granted' in done.stdout
    assert 'permission denied' in refusal(
        stack, 'UPDATE umws.audit SET at = at', 'umws_owner')


# ------------------------------------------------------------------- list

def ctl(stack, *words, code=0):
    done = run(stack.env['UMWS_CTL'], *words)
    assert done.returncode == code, (words, done.returncode, done.stdout,
                                     done.stderr)
    return done


def listed(stack, *words):
    done = ctl(stack, 'audit', 'list', '--json', *words)
    return json.loads(done.stdout)


def test_list(stack):
    login, other = stack.user(), stack.user()
    for name in (login, other):
        reset(stack, name)
    ctl(stack, 'pin', 'lock', login, '--reason', 'lost telephone')
    rows = listed(stack, '--login', login)
    assert [row['action'] for row in rows] == [
        'pin_lock', 'reset', 'user_add']
    assert rows[0]['reason'] == 'logon: lost telephone'
    assert rows[1]['actor'] == login
    assert rows[1]['actor_address'].partition('/')[0] == '127.0.0.1'
    assert re.fullmatch(r'[0-9-]{10}T[0-9:]{8}\.[0-9]{6}\+00:00',
                        rows[0]['at'])
    names = [row[0] for row in stack.sql(
        "SELECT attname FROM pg_attribute WHERE attrelid ="
        " 'umws.v_audit'::regclass AND attnum > 0 ORDER BY attnum")]
    assert list(rows[0]) == names
    request = rows[1]['request_id']
    assert [row['login'] for row in listed(stack, '--request', request)] == [
        login]
    assert {row['actor'] for row in listed(stack, '--actor', other)} == {
        other}
    assert {row['action'] for row in listed(stack, '--action', 'pin_*')} == {
        'pin_lock'}
    assert listed(stack, '--login', login, '--result', 'busy') == []
    assert listed(stack, '--login', login, '--until', '1h') == []
    assert len(listed(stack, '--login', login, '--since', '1h')) == 3
    newest = listed(stack, '--limit', '3')
    assert [row['id'] for row in newest] == sorted(
        (row['id'] for row in newest), reverse=True)
    assert newest[0]['id'] == stack.value('SELECT max(id) FROM umws.audit')
    lines = ctl(stack, 'audit', 'list', '--login', login).stdout.splitlines()
    assert lines[0].split()[:3] == ['ID', 'AT', 'LOGIN']
    assert len(lines) == 4 and 'lost telephone' in lines[1]
    lines = ctl(stack, 'audit', 'list', '--jsonl', '--limit', '2').stdout
    assert [json.loads(line)['id'] for line in lines.splitlines()] == [
        row['id'] for row in newest[:2]]


@pytest.mark.parametrize('role', ('umws_admin', 'umws_helpdesk'))
def test_who_claims_to_be_another(stack, role):
    """By SQL one may name any actor; who was logged in is noted beside it."""
    login = stack.user()
    link = psycopg2.connect(stack.env['UMWS_DSN_ADMIN'].replace(
        'umws_admin', role))
    with link, link.cursor() as cursor:
        cursor.execute("SET umws.actor = 'root'")
        cursor.execute("SELECT umws.pin_lock(%s, true, false, 'x')", (login,))
        cursor.execute("SELECT umws.pin_order_prepare(%s, 'root', 'pin_reset',"
                       " 'x', 'elsewhere@example.test')", (login,))
    link.close()
    rows = listed(stack, '--login', login)
    assert [(row['action'], row['actor'], row['db_user'])
            for row in rows[:2]] == [('pin_reset', 'root', role),
                                     ('pin_lock', 'root', role)]
    head, line = ctl(stack, 'audit', 'list', '--login', login, '--action',
                     'pin_lock').stdout.splitlines()
    assert head.index('DB USER') == line.index(role) > line.index('root')
    assert call(stack, login).status == 200
    assert listed(stack, '--login', login)[0]['db_user'] == 'umws_worker'


@pytest.mark.parametrize('words', [
    ('--since', 'yesterday'), ('--until', 'x'), ('--limit', '0'),
    ('--limit', 'x'), ('--since', '2026-02-30'), ('now',)], ids=' '.join)
def test_list_bad_input(stack, words):
    done = run(stack.env['UMWS_CTL'], 'audit', 'list', *words)
    assert done.returncode in (64, 65) and done.stdout == ''
    assert done.stderr.count('\n') == 1


# ------------------------------------------------------------------ seals

@pytest.fixture(scope='module')
def sealed():
    """A stack with a key for seals."""
    with installed(*OPTIONS) as made:
        ctl(made, 'key', 'create', 'audit')
        yield made


def age(stack, seconds):
    """All that stands there was so long ago: counts grow no more."""
    stack.rewrite("UPDATE umws.audit SET at = at - interval '%d s', minute ="
                  " minute - interval '%d s' WHERE id NOT IN (SELECT audit_id"
                  ' FROM umws.audit_sealed)' % (seconds, seconds))


def seal(stack):
    done = ctl(stack, 'audit', 'seal')
    return done.stdout


def verify(stack, code=0):
    done = run(stack.env['UMWS_CTL'], 'audit', 'verify')
    assert done.returncode == code, (done.stdout, done.stderr)
    if code:
        assert done.stderr.count('\n') == 1, done.stderr
        assert done.stdout == ''
    return done.stdout + done.stderr


def assert_each_once(stack):
    """Every row that a seal must be over is under one."""
    assert stack.sql(
        'SELECT s.seal_id, count(*), max(s.place), z.row_count FROM'
        ' umws.audit_sealed s LEFT JOIN umws.audit_seal z ON z.id = s.seal_id'
        ' GROUP BY 1, 4 HAVING count(*) <> max(s.place)'
        ' OR count(*) <> z.row_count OR z.row_count IS NULL') == []


def test_key_is_ours_alone(sealed):
    path = re.search('^audit_key = (.*)$', open(
        sealed.env['UMWS_CONF']).read(), re.M)[1]
    assert os.stat(path).st_mode & 0o777 == 0o600
    done = ctl(sealed, 'key', 'create', 'audit', code=73)
    assert 'is not overwritten' in done.stderr


def test_without_a_key(stack):
    for verb in ('seal', 'verify'):
        done = ctl(stack, 'audit', verb, code=78)
        assert 'umwsctl key create audit' in done.stderr
        assert done.stdout == ''


def test_seals_hold(sealed):
    for _ in range(3):
        for _ in range(3):
            reset(sealed, sealed.user())
        refused_once(sealed)
        said = seal(sealed)
        last = sealed.sql("SELECT id, encode(mac, 'hex'), row_count FROM"
                          ' umws.audit_seal ORDER BY id DESC LIMIT 1')[0]
        assert said.startswith(f'audit seal {last[0]} over {last[2]} rows,')
        assert said.endswith(f': {last[1]}\n')
    assert_each_once(sealed)
    out = verify(sealed)
    assert f'the last is seal {last[0]}: {last[1]}' in out
    # What is left: young refusals, and what the last seal itself wrote.
    assert sealed.value(
        'SELECT count(*) FROM umws.audit a WHERE NOT EXISTS (SELECT FROM'
        ' umws.audit_sealed s WHERE s.audit_id = a.id) AND minute IS NULL'
        ) == 1
    rows = listed(sealed, '--action', 'audit_seal', '--limit', '1')
    assert rows[0]['login'] == f'seal {last[0]}'
    assert rows[0]['seal'] is None


def test_for_programs():
    """--json of seal and verify, and --dry-run."""
    with installed(*OPTIONS) as made:
        ctl(made, 'key', 'create', 'audit')
        reset(made, made.user())
        seal_and_verify(made)


def seal_and_verify(sealed):
    """From the first seal to one that does not hold."""

    def said(*words):
        return ctl(sealed, 'audit', *words).stdout

    (would,) = json.loads(said('seal', '--dry-run', '--json'))
    assert re.fullmatch(r'would seal \d+ rows with key [0-9a-f]+\n'
                        r'nothing was changed: --dry-run\n',
                        said('seal', '--dry-run'))
    assert sealed.value('SELECT count(*) FROM umws.audit_seal') == 0
    assert sealed.value('SELECT count(*) FROM umws.audit_sealed') == 0
    (row,) = json.loads(said('seal', '--json'))
    assert set(row) == {'seal', 'rows', 'key', 'mac'}
    assert (row['seal'], row['rows']) == (1, would['rows'])
    assert sealed.sql('SELECT key_id, mac FROM umws.v_seal') == [
        (row['key'], row['mac'])]
    (good,) = json.loads(said('verify', '--json'))
    assert good == {'is_good': True, 'seal': 1, 'rows': row['rows'],
                    'purged': 0, 'unsealed': 1, 'mac': row['mac'],
                    'message': None}
    sealed.rewrite("UPDATE umws.audit SET reason = 'x' WHERE id = (SELECT"
                   ' min(audit_id) FROM umws.audit_sealed)')
    done = run(sealed.env['UMWS_CTL'], 'audit', 'verify', '--json')
    (bad,) = json.loads(done.stdout)
    assert done.returncode == 65 and not bad['is_good']
    assert bad['seal'] == 1 and 'was changed' in bad['message']
    assert bad['message'] in done.stderr


def test_refusals_are_sealed_when_they_grow_no_more(sealed):
    number = refused_once(sealed)
    where = f'WHERE audit_id = {number}'
    seal(sealed)
    assert sealed.sql(f'SELECT 1 FROM umws.audit_sealed {where}') == []
    age(sealed, 660)
    seal(sealed)
    assert len(sealed.sql(f'SELECT 1 FROM umws.audit_sealed {where}')) == 1
    verify(sealed)


@pytest.mark.parametrize('settings', [
    {'TimeZone': 'Asia/Kolkata', 'DateStyle': 'German', 'IntervalStyle':
     'iso_8601', 'extra_float_digits': '-10', 'bytea_output': 'escape'}])
def test_no_setting_changes_a_seal(sealed, settings):
    reset(sealed, sealed.user())
    seal(sealed)
    for name, value in settings.items():
        sealed.sql(f"ALTER DATABASE umws SET {name} = '{value}'")
    try:
        verify(sealed)
        reset(sealed, sealed.user())
        seal(sealed)
    finally:
        for name in settings:
            sealed.sql(f'ALTER DATABASE umws RESET {name}')
    verify(sealed)


@pytest.fixture
def row(sealed):
    """The id of a row in the middle of a sealed list."""
    for _ in range(5):
        reset(sealed, sealed.user() if sealed.used < 190 else 'user0001')
    seal(sealed)
    verify(sealed)
    return sealed.value(
        'SELECT s.audit_id FROM umws.audit_sealed s WHERE s.seal_id ='
        ' (SELECT max(id) FROM umws.audit_seal) AND s.place = 3')


COLUMNS = ("at = at + interval '1 us'", "login = login || 'x'",
           "actor = 'root'", "actor_address = '192.0.2.7'", "way = 'phone'",
           "caller = '1'", "call = '1'", "action = 'auto'", "result = 'busy'",
           "rule = 'x'", "policy = 'x'", "reason = 'x'",
           'operation_id = gen_random_uuid()', "request_id = 'x'",
           'count = 2', 'minute = at', 'reset_number = 999999',
           'user_id = 999999', "xid = '3'", "at = 'infinity'",
           "db_user = 'umws_helpdesk'")


def test_every_column_is_under_the_code():
    names = re.search(r'CREATE TABLE umws.audit \((.*?)\n\)', (
        TREE / 'sql/schema/0006-baseline.sql').read_text(), re.S)[1]
    names = set(re.findall(r'^    ([a-z_]+) ', names, re.M))
    assert {text.split()[0] for text in COLUMNS} == names - {'id'}


@pytest.mark.thin(3)
@pytest.mark.parametrize('change', COLUMNS)
def test_changed(sealed, row, change):
    # As whoever owns the machine would.
    kept = sealed.sql(f'SELECT * FROM umws.audit WHERE id = {row}')[0]
    sealed.rewrite(f'UPDATE umws.audit SET {change} WHERE id = {row}')
    assert f'row {row} was changed' in verify(sealed, 65)
    sealed.rewrite(f'DELETE FROM umws.audit WHERE id = {row}')
    assert f'row {row} was removed' in verify(sealed, 65)
    marks = ', '.join(['%s'] * len(kept))
    sealed.sql('INSERT INTO umws.audit OVERRIDING SYSTEM VALUE'
               f' VALUES ({marks})', *kept)
    verify(sealed)


def test_removed_with_its_mark(sealed, row):
    before, after = sealed.sql(
        f'SELECT max(audit_id) FILTER (WHERE audit_id < {row}),'
        f' min(audit_id) FILTER (WHERE audit_id > {row})'
        ' FROM umws.audit_sealed')[0]
    kept = sealed.sql(f'SELECT * FROM umws.audit_sealed WHERE audit_id = {row}'
                      )[0]
    sealed.rewrite(f'DELETE FROM umws.audit_sealed WHERE audit_id = {row}')
    said = f'1 row behind row {before} and before row {after} was removed'
    assert said in verify(sealed, 65)
    sealed.sql('INSERT INTO umws.audit_sealed VALUES (%s, %s, %s, %s)', *kept)
    verify(sealed)


def test_last_row_removed_with_its_mark(sealed, row):
    last, before = [number for number, in sealed.sql(
        'SELECT audit_id FROM umws.audit_sealed ORDER BY seal_id DESC,'
        ' place DESC LIMIT 2')]
    kept = sealed.sql('SELECT * FROM umws.audit_sealed WHERE audit_id = '
                      f'{last}')[0]
    sealed.rewrite(f'DELETE FROM umws.audit_sealed WHERE audit_id = {last}')
    assert f'1 row behind row {before} was removed' in verify(sealed, 65)
    sealed.sql('INSERT INTO umws.audit_sealed VALUES (%s, %s, %s, %s)', *kept)
    verify(sealed)


@pytest.mark.parametrize('xid, at', [
    ('%s', 'now()'), ('pg_current_xact_id()', "now() - interval '2 days'")])
def test_added(sealed, row, xid, at):
    """A row that pretends to be of a sealed time."""
    if '%' in xid:
        old = sealed.value('SELECT xid::text FROM umws.audit'
                           f' WHERE id = {row}')
        xid = f"'{old}'"
    number = sealed.value(
        'INSERT INTO umws.audit (xid, at, login, actor, way, action, result)'
        f" VALUES ({xid}, {at}, 'x', 'x', 'soap', 'reset', 'ok')"
        ' RETURNING id')
    assert f'row {number} was added later' in verify(sealed, 65)
    sealed.rewrite(f'DELETE FROM umws.audit WHERE id = {number}')
    verify(sealed)


@pytest.mark.parametrize('xid, minute, mark', [
    ("'9000000000'", 'NULL', None), ('xid_below', 'NULL', None),
    ("'9'", "now() + interval '9 years'", None), ("'9'", 'NULL', (0, 1)),
    ("'9'", 'NULL', (1, 0)), ("'9'", 'NULL', (1, -1))])
def test_added_with_care(sealed, row, xid, minute, mark):
    """Under a transaction, in a minute, or with a mark that would hide it."""
    number = sealed.value(
        'INSERT INTO umws.audit (xid, at, login, actor, way, action, result,'
        f" minute) SELECT {xid}, now() - interval '2 days', 'x', 'x', 'soap',"
        f" 'reset', 'ok', {minute} FROM umws.audit_seal ORDER BY id DESC"
        ' LIMIT 1 RETURNING id')
    if mark:
        sealed.sql('INSERT INTO umws.audit_sealed VALUES (%s, %s, %s,'
                   " decode(repeat('00', 32), 'hex'))", number, *mark)
    assert f'row {number} was added later' in verify(sealed, 65)
    for table, name in ('audit_sealed', 'audit_id'), ('audit', 'id'):
        sealed.rewrite(f'DELETE FROM umws.{table} WHERE {name} = {number}')
    verify(sealed)


def test_a_long_row_is_sealed(sealed, row):
    """As somebody writes who wants no seal to be made any more."""
    sealed.sql("SELECT umws.pin_lock('user0001', false, true, repeat('x',"
               ' 200000))')
    seal(sealed)
    verify(sealed)
    where = 'WHERE length(reason) > 199999'
    number = sealed.value(f'SELECT id FROM umws.audit {where}')
    sealed.rewrite(f"UPDATE umws.audit SET reason = reason || 'x' {where}")
    assert f'row {number} was changed' in verify(sealed, 65)
    sealed.rewrite(f'UPDATE umws.audit SET reason = left(reason, -1) {where}')
    verify(sealed)


@pytest.mark.parametrize('change, words', [
    ("row_count = row_count + 1", 'was changed'),
    ("at = at - interval '1 s'", 'was changed'),
    ("mac = decode(repeat('00', 32), 'hex')", 'was changed'),
    ("purged_at = now()", 'says that its rows were purged'),
    ("xid_below = '3'", 'was changed')])
def test_changed_seal(sealed, row, change, words):
    number = sealed.value('SELECT max(id) FROM umws.audit_seal')
    kept = sealed.sql(f'SELECT * FROM umws.audit_seal WHERE id = {number}')[0]
    sealed.rewrite(f'UPDATE umws.audit_seal SET {change} WHERE id = {number}')
    said = verify(sealed, 65)
    assert f'seal {number} ' in said and words in said
    sealed.rewrite(f'DELETE FROM umws.audit_seal WHERE id = {number}')
    assert f'seal {number} was removed' in verify(sealed, 65)
    marks = ', '.join(['%s'] * len(kept))
    sealed.sql(f'INSERT INTO umws.audit_seal VALUES ({marks})', *kept)
    verify(sealed)


@pytest.mark.parametrize('table, text', [
    (table, text.format(table)) for table in ('audit_seal', 'audit_sealed')
    for text in ('UPDATE umws.{0} SET mac = mac', 'DELETE FROM umws.{0}',
                 'TRUNCATE umws.{0}')])
def test_seals_are_append_only(sealed, row, table, text):
    assert f'umws.{table} is append-only' in refusal(sealed, text)
    if 'DELETE FROM umws.audit_sealed' not in text:
        assert 'permission denied' in refusal(sealed, text, 'umws_owner')


def test_a_new_key_beside_the_old(sealed, row):
    path = re.search('^audit_key = (.*)$', open(
        sealed.env['UMWS_CONF']).read(), re.M)[1]
    old = open(path).read()
    line = 'other:' + 'A' * 43 + '=\n'
    try:
        with open(path, 'w') as file:
            file.write(line + old)
        reset(sealed, 'user0002')
        seal(sealed)
        verify(sealed)
        with open(path, 'w') as file:
            file.write(line)
        done = ctl(sealed, 'audit', 'verify', code=78)
        assert f"was made with key {old.partition(':')[0]}" in done.stderr
    finally:
        with open(path, 'w') as file:
            file.write(line + old)


def test_two_at_once_beside_writers(sealed):
    """No row is left out, and none is under two seals."""
    stop = threading.Event()
    slow = sealed.connect()
    with slow.cursor() as cursor:
        cursor.execute('INSERT INTO umws.audit (login, actor, way, action,'
                       " result) VALUES ('slow', 'x', 'soap', 'reset', 'ok')")

    def write(number):
        link = sealed.connect()
        n = 0
        while not stop.is_set():
            with link, link.cursor() as cursor:
                cursor.execute(
                    'INSERT INTO umws.audit (login, actor, way, action,'
                    " result) SELECT 'storm', %s, 'soap', 'reset', 'ok'"
                    ' FROM generate_series(1, 1 + %s %% 7)', (number, n))
                cursor.execute(
                    "SELECT umws.audit_refusal(NULL, 'storm', 'storm', NULL,"
                    " 'x', 'reset', 'busy', 'x', 'x')")
                if n % 5 == 0:
                    time.sleep(0.02)
            n += 1
        link.close()

    writers = [threading.Thread(target=write, args=(number,))
               for number in range(4)]
    for writer in writers:
        writer.start()
    seals = []
    try:
        begin = time.monotonic()
        while time.monotonic() < begin + 15:
            if time.monotonic() > begin + 5:
                slow.commit()       # and what came behind it may be sealed
            seals += [subprocess.Popen(
                [sealed.env['UMWS_CTL'], 'audit', 'seal'], text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                for _ in range(2)]
            for one in seals[-2:]:
                one.said = one.communicate()
                assert one.returncode == 0, one.said
            verify(sealed)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert_each_once(sealed)
    slow.close()
    assert len([one for one in seals if 'over' in one.said[0]]) > 5
    age(sealed, 660)
    seal(sealed)
    verify(sealed)
    assert_each_once(sealed)
    # What the last seal has written is left, and no other row.
    assert sealed.sql('SELECT action FROM umws.audit a WHERE NOT EXISTS'
                      ' (SELECT FROM umws.audit_sealed s'
                      ' WHERE s.audit_id = a.id)') == [('audit_seal',)]
    assert len(sealed.sql("SELECT 1 FROM umws.audit_sealed s JOIN umws.audit a"
                          " ON a.id = s.audit_id WHERE login = 'slow'")) == 1


def test_killed(sealed):
    """A seal that is killed on the way is none."""
    sealed.sql('INSERT INTO umws.audit (login, actor, way, action, result)'
               " SELECT 'killed', 'x', 'soap', 'reset', 'ok'"
               ' FROM generate_series(1, 20000)')
    for wait in (0.05, 0.1, 0.2, 0.3, 0.5):
        before = sealed.value('SELECT coalesce(max(id), 0) FROM'
                              ' umws.audit_seal')
        one = subprocess.Popen(
            [f"{sealed.env['UMWS_BINDIR']}/umwsctl", '--config',
             sealed.env['UMWS_CONF'], 'audit', 'seal'], env=environment())
        time.sleep(wait)
        one.send_signal(signal.SIGKILL)
        one.wait()
        sealed.wait_for_operators()
        after = sealed.value('SELECT coalesce(max(id), 0) FROM'
                             ' umws.audit_seal')
        assert after in (before, before + 1)
        assert_each_once(sealed)
        verify(sealed)
    seal(sealed)
    verify(sealed)
    assert_each_once(sealed)


LISTEN = textwrap.dedent("""
    import os, socket, subprocess, sys
    def mount(*words):
        subprocess.run(['mount', *words], check=True)
    mount('--bind', '/dev/shm', '/mnt')     # there the stack may lie
    mount('-t', 'tmpfs', 'none', '/dev')
    os.mkdir('/dev/shm')
    mount('--bind', '/mnt', '/dev/shm')
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind('/dev/log')
    log.settimeout(10)
    subprocess.run(sys.argv[1:], check=True)
    print(log.recv(4096).decode())
""")


def test_the_log_has_it(sealed, row):
    if run('unshare', '-m', 'true').returncode != 0:
        pytest.skip('needs a namespace of its own')
    reset(sealed, 'user0003')
    done = run('unshare', '-m', sys.executable, '-c', LISTEN,
               f"{sealed.env['UMWS_BINDIR']}/umwsctl", '--config',
               sealed.env['UMWS_CONF'], 'audit', 'seal', env=environment())
    assert done.returncode == 0, done.stderr
    last = sealed.sql("SELECT id, encode(mac, 'hex') FROM umws.audit_seal"
                      ' ORDER BY id DESC LIMIT 1')[0]
    said, noted = done.stdout.splitlines()[:2]
    assert noted.startswith('<85>')             # authpriv.notice
    assert 'umwsctl[' in noted and noted.endswith(said)
    assert f'audit seal {last[0]} over ' in said and last[1] in said
