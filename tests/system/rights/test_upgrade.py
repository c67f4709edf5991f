"""db upgrade: from where to where, by which files, and what stays."""
import os
import shutil

import psycopg2
import pytest

from harness import TREE, eventually, run

CONFIG, SOFTWARE = 78, 70
SQL = TREE / 'sql'


class Database:
    """One of its own in the stack's cluster, and umwsctl for it."""

    def __init__(self, stack, name):
        self.stack, self.name = stack, name
        self.dsn = (f"host={stack.env['PGHOST']} port={stack.env['PGPORT']}"
                    f" user={stack.env['PGUSER']} dbname={name}")

    def upgrade(self, place=SQL, code=0):
        done = run(self.stack.env['UMWS_CTL'], 'db', 'upgrade', '--dsn',
                   self.dsn, '--sql', place)
        assert done.returncode == code, (done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stderr

    def sql(self, text, *values):
        link = psycopg2.connect(self.dsn)
        try:
            with link, link.cursor() as cursor:
                cursor.execute(text, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            link.close()

    def everything(self):
        """Which version each row of the catalogue and of ours is."""
        return self.sql(
            "SELECT 'class', oid::text, xmin::text FROM pg_class UNION ALL"
            " SELECT 'proc', oid::text, xmin::text FROM pg_proc UNION ALL"
            " SELECT 'role', oid::text, xmin::text FROM pg_authid UNION ALL"
            " SELECT 'user', to_jsonb(u)::text, xmin::text"
            ' FROM umws.um_user u UNION ALL'
            " SELECT 'info', to_jsonb(i)::text, xmin::text"
            ' FROM umws.schema_info i ORDER BY 1, 2')


@pytest.fixture
def fresh(stack):
    """Nothing in it yet."""
    stack.sql('CREATE DATABASE fresh')
    yield Database(stack, 'fresh')
    stack.sql('DROP DATABASE fresh WITH (FORCE)')


@pytest.fixture
def filled(fresh):
    """At this version, with users."""
    fresh.upgrade()
    for login in ('anna', 'berta', 'carl'):
        fresh.sql("SELECT umws.user_add(%s, %s, '', NULL, '', '', '', %s)",
                  login, f'{login}@example.test', login != 'carl')
    fresh.sql("UPDATE umws.um_user SET generation = 3, pin_key_id = 'k',"
              " verifier = '$argon2id$v=19$m=8$c2FsdA$aGFzaA'"
              " WHERE login = 'anna'")
    return fresh


@pytest.fixture
def files(tmp_path):
    """A copy of sql/ that the stack's user may read."""
    folder = tmp_path / 'sql'
    shutil.copytree(SQL, folder)
    for place in (folder, tmp_path, tmp_path.parent, tmp_path.parent.parent):
        os.chmod(place, 0o755)
    return folder


def test_made_at_once(fresh):
    """All files in their order, and what they make is what is wanted."""
    lines = fresh.upgrade().splitlines()
    applied = [line.removeprefix('applied ') for line in lines
               if line.startswith('applied ')]
    wanted = [path.relative_to(SQL).as_posix() for folder in (
        'schema', 'code') for path in sorted((SQL / folder).glob('*.sql'))]
    assert applied == wanted
    assert lines[-1] == 'schema is at version 6'
    assert fresh.sql('SELECT version, oldest_program'
                     ' FROM umws.schema_info') == [(6, 6)]
    assert fresh.sql(
        'SELECT has_function_privilege(r, p.oid, %s) FROM pg_proc p,'
        " unnest(ARRAY['umws_worker', 'umws_mailer', 'umws_admin']) AS r"
        " WHERE p.proname LIKE 'properties\\_%%' ORDER BY p.proname, r",
        'EXECUTE') == [(False,), (False,), (True,)] * 2


def test_again_changes_nothing(filled):
    before = filled.everything()
    assert filled.upgrade() == 'schema is at version 6\n'
    assert filled.everything() == before


@pytest.mark.parametrize('version', range(1, 6))
def test_of_before_the_first_release(filled, version):
    """There is no way from it to here: named, and left as it is."""
    filled.sql('UPDATE umws.schema_info SET version = %s,'
               ' oldest_program = %s', version, version)
    before = filled.everything()
    said = filled.upgrade(code=CONFIG)
    assert f'version {version}' in said
    assert 'made by a version before the first release' in said
    assert 'make the database anew' in said
    assert filled.everything() == before


@pytest.mark.parametrize('name', ['schema/0006-baseline.sql',
                                  'code/reset.sql', 'code/views.sql'])
def test_missing_file(fresh, files, name):
    (files / name).unlink()
    assert f'{files}/{name} is missing' in fresh.upgrade(files, CONFIG)
    assert fresh.sql("SELECT to_regnamespace('umws')") == [(None,)]


@pytest.mark.parametrize('name', ['schema/0005-old.sql', 'code/old.sql',
                                  'schema/0007-new.sql', '0001-tables.sql'])
def test_surplus_file(fresh, files, name):
    """Left by another version, say: it is not run."""
    (files / name).write_text('SELECT 1 / 0;\n')
    said = fresh.upgrade(files, CONFIG)
    assert f'{files}/{name} is no file of this version' in said
    assert fresh.sql("SELECT to_regnamespace('umws')") == [(None,)]


@pytest.mark.parametrize('name, found, broken, word', [
    ('reset', 'SELECT coalesce((SELECT u.um_enabled FROM umws.um_user u',
     'SELECT coalesce((SELECT u.um_enabled FROM umws.no_such u',
     'umws.is_um_enabled(text)'),
    ('properties', "        result := 'not_enabled';\n    END IF;\nEND",
     "        result := 'not_enabled';\n    END IFF;\nEND",
     'umws.properties_get(text)'),
], ids=['sql', 'plpgsql'])
def test_broken_body(fresh, files, name, found, broken, word):
    """Bodies are looked at once all are there, and named by function."""
    path = files / 'code' / f'{name}.sql'
    text = path.read_text()
    assert text.count(found) == 1
    path.write_text(text.replace(found, broken))
    said = fresh.upgrade(files, SOFTWARE)
    assert word in said and 'nothing was changed' in said
    assert fresh.sql("SELECT to_regnamespace('umws')") == [(None,)]


def test_functions_may_call_ahead(fresh, files):
    """Their order in the files is no matter."""
    path = files / 'code' / 'admin.sql'
    path.write_text(path.read_text() + """
CREATE FUNCTION umws.is_there(p_login text) RETURNS boolean LANGUAGE sql
AS $$ SELECT umws.is_um_enabled(p_login) FROM umws.v_user LIMIT 1 $$;
""")
    assert 'schema is at version 6' in fresh.upgrade(files)


def test_policy_rules_are_drawn_by(filled):
    """A column that is set is a rule that the worker gets."""
    filled.sql("SELECT umws.policy_set('strict', %s)",
               '{"min_pin_length": 9, "allow_common_patterns": true,'
               ' "access_numbers": "1"}')
    [(rules,)] = filled.sql("SELECT rules FROM umws.policy"
                            " WHERE name = 'strict'")
    values = dict(rule.split('=') for rule in rules.split(' '))
    assert rules.startswith('min_pin_length=9 allow_common_patterns=t ')
    assert values['refuse_most_used'] == 't'
    assert {name for (name,) in filled.sql(
        "SELECT attname FROM pg_attribute WHERE attrelid ="
        " 'umws.v_policy'::regclass AND attnum > 0")} > values.keys()
    assert filled.sql('SELECT min_pin_length, access_numbers,'
                      " pin_lifetime_days FROM umws.v_policy"
                      " WHERE name = 'strict'") == [
        (9, '1', 60)]


def test_begin_makes_no_index_entry(filled):
    """outbox_begin() comes once for each mail: a HOT update."""
    filled.sql(
        'INSERT INTO umws.outbox (id, user_id, generation, kind, recipient,'
        ' locale, key_id, sealed, next_attempt_at, created_at, expires_at,'
        ' display_name, extension, access_numbers, extra_text, is_locked_out,'
        " must_change) SELECT gen_random_uuid(), id, 1, 'reset', email,"
        " locale, 'k', '\\x01', now(), now(), now() + interval '1 hour', '',"
        " '', '', '', false, true FROM umws.um_user")
    token = '00000000-0000-4000-8000-000000000000'
    claimed = filled.sql("SELECT id FROM umws.outbox_claim('{k}', 10, %s)",
                         token)
    counts = ('SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables'
              " WHERE relid = 'umws.outbox'::regclass")
    eventually(lambda: filled.sql(counts)[0][0] == len(claimed) == 3)
    for number, in claimed:
        assert filled.sql(
            'SELECT result FROM umws.outbox_begin(ARRAY[%s::uuid],'
            " ARRAY[%s::uuid], '{}', '{}')",
            number, token) == [('ok',)]
    eventually(lambda: filled.sql(counts)[0] == (6, 3))
