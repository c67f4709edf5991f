"""A schema that is not as its files make it: db upgrade mends owners,
rights, roles, settings and functions, or names what it cannot mend."""
import subprocess
import tempfile

import pytest

import test_rights
from harness import CHEAP, TREE, environment, installed, run
from umws_stack.postgres import program

ROLES = ('umws_owner', 'umws_worker', 'umws_mailer', 'umws_admin',
         'umws_helpdesk')
CONFIG, NOT_PERMITTED = 78, 77
# All that test_rights.py says of who may do what.
MATRIX = (
    test_rights.test_relations, test_rights.test_effective_rights_on_relations,
    test_rights.test_functions, test_rights.test_schema_and_roles,
    test_rights.test_owner_owns_everything,
    test_rights.test_granted_functions_are_pinned,
    test_rights.test_functions_name_their_schema,
    test_rights.test_worker_gets_no_hash_and_no_sealed_pin,
    test_rights.test_role_settings)


@pytest.fixture(scope='module')
def other():
    """Another cluster, whose database may be thrown away."""
    with installed(*CHEAP) as made:
        made.do('worker', 'stop')
        yield made


def connect_as_postgres(stack, database='umws'):
    return (f"host={stack.env['PGHOST']} port={stack.env['PGPORT']}"
            f' user=postgres dbname={database}')


def upgrade(stack, *words):
    """umwsctl db upgrade, as the superuser unless told otherwise."""
    words = words or ('--dsn', connect_as_postgres(stack))
    return run(stack.env['UMWS_CTL'], 'db', 'upgrade', '--sql', TREE / 'sql',
               *words)


def mended(done):
    assert done.returncode == 0, done.stderr
    assert 'schema is at version' in done.stdout
    return [line.removeprefix('mended ')
            for line in done.stdout.splitlines() if 'mended ' in line]


def assert_good(stack):
    """The whole matrix holds, and there is nothing more to mend."""
    for check in MATRIX:
        check(stack)
    for role, statements in test_rights.FORBIDDEN.items():
        for statement in statements:
            test_rights.test_really_tried(stack, role, statement)
    assert mended(upgrade(stack)) == []


def catalogue(stack):
    """Of every row that tells about the schema, which version it is."""
    return stack.sql(
        'SELECT 1, oid, xmin::text FROM pg_namespace WHERE nspname ='
        " 'umws' UNION ALL SELECT 2, oid, xmin::text FROM pg_class WHERE"
        " relnamespace = 'umws'::regnamespace UNION ALL SELECT 3, oid,"
        " xmin::text FROM pg_proc WHERE pronamespace = 'umws'::regnamespace"
        " UNION ALL SELECT 4, oid, xmin::text FROM pg_authid UNION ALL"
        ' SELECT 5, setrole, xmin::text FROM pg_db_role_setting UNION ALL'
        ' SELECT 6, oid, xmin::text FROM pg_default_acl ORDER BY 1, 2')


def test_good_schema_is_left_alone(stack):
    before = catalogue(stack)
    assert mended(upgrade(stack)) == []
    assert catalogue(stack) == before
    assert_good(stack)


def drop_all(stack):
    if stack.owner is not None:
        stack.owner.close()
    text = ('DROP DATABASE umws WITH (FORCE);\n'
            + ''.join(f'DROP ROLE IF EXISTS {role};\n' for role in ROLES)
            + 'CREATE DATABASE umws;\n')
    done = run(program('psql'), '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d',
               connect_as_postgres(stack, 'postgres'), text=text,
               env=environment())
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize('words', [
    (), ('--no-owner',), ('--no-acl',), ('--no-owner', '--no-acl')],
    ids=lambda words: ' '.join(words) or 'plain')
def test_restored_in_a_new_cluster(stack, other, words):
    """Neither roles nor owners nor rights are there: all come back."""
    with tempfile.NamedTemporaryFile() as dump:
        subprocess.run([program('pg_dump'), '-Fc', '-d',
                        connect_as_postgres(stack)], stdout=dump, check=True,
                       env=environment())
        drop_all(other)
        run(program('pg_restore'), '-d', connect_as_postgres(other), *words,
            dump.name, env=environment())
    count = 'SELECT count(*) FROM umws.um_user'
    assert other.value(count) == stack.value(count)
    assert other.value("SELECT proowner::regrole::text FROM pg_proc WHERE"
                       " proname = 'reset_commit'") == 'postgres'
    lines = mended(upgrade(other))
    assert 'role umws_worker: it was missing' in lines
    assert any(line.startswith('function umws.reset_commit(')
               and line.endswith('owner was postgres') for line in lines)
    assert all(len(line.splitlines()) == 1 for line in lines)
    assert_good(other)
    run(other.env['UMWS_CTL'], 'user', 'show', 'user0001')


# What somebody may have done by hand, and the line that says so.
DAMAGE = (
    ('ALTER FUNCTION umws.reset_prepare(text, inet, text) OWNER TO postgres',
     'umws.reset_prepare(text, inet, text): owner was postgres'),
    ('GRANT EXECUTE ON FUNCTION umws.reset_outcome(uuid, bigint, text)'
     ' TO PUBLIC', 'PUBLIC: EXECUTE was granted'),
    ('REVOKE EXECUTE ON FUNCTION umws.write_probe() FROM umws_worker',
     'umws_worker: EXECUTE was not granted'),
    ('ALTER FUNCTION umws.write_probe() SECURITY INVOKER',
     'umws.write_probe(): its definition was another one'),
    ('ALTER FUNCTION umws.schema_info() RESET search_path',
     'umws.schema_info(): its definition was another one'),
    ('CREATE OR REPLACE FUNCTION umws.is_um_enabled(p_login text) RETURNS'
     " boolean LANGUAGE sql AS 'SELECT true'",
     'umws.is_um_enabled(text): its definition was another one'),
    ('DROP FUNCTION umws.mail_key_add(text)',
     'umws.mail_key_add(text): it was missing'),
    ('ALTER TABLE umws.outbox OWNER TO postgres',
     'table umws.outbox: owner was postgres'),
    ('ALTER VIEW umws.v_user OWNER TO postgres',
     'view umws.v_user: owner was postgres'),
    ('ALTER DOMAIN umws.login OWNER TO postgres',
     'domain umws.login: owner was postgres'),
    ('ALTER SCHEMA umws OWNER TO postgres', 'schema umws: owner was postgres'),
    ('GRANT CREATE ON SCHEMA umws TO umws_worker',
     'schema umws: umws_worker: CREATE was granted'),
    ('REVOKE USAGE ON SCHEMA umws FROM umws_mailer',
     'schema umws: umws_mailer: USAGE was not granted'),
    ('GRANT SELECT (verifier) ON umws.um_user TO umws_worker',
     'um_user: umws_worker: SELECT (verifier) was granted'),
    ('GRANT ALL ON ALL TABLES IN SCHEMA umws TO PUBLIC',
     'table umws.audit: PUBLIC: DELETE was granted'),
    ('GRANT USAGE ON ALL SEQUENCES IN SCHEMA umws TO umws_admin',
     'sequence umws.audit_id_seq: umws_admin: USAGE was granted'),
    ('GRANT SELECT ON umws.um_user TO stranger WITH GRANT OPTION',
     'um_user: stranger: SELECT and pass it on was granted'),
    ('ALTER DEFAULT PRIVILEGES FOR ROLE umws_owner GRANT EXECUTE ON'
     ' FUNCTIONS TO PUBLIC', 'on functions: PUBLIC: EXECUTE was granted'),
    ('ALTER DEFAULT PRIVILEGES FOR ROLE umws_owner GRANT SELECT ON TABLES'
     ' TO umws_worker', 'on tables: umws_worker: SELECT was granted'),
    ('ALTER DEFAULT PRIVILEGES FOR ROLE umws_owner IN SCHEMA umws GRANT SELECT'
     ' ON TABLES TO umws_worker', 'default privileges of umws_owner in schema'
     ' umws on tables: umws_worker: SELECT was granted'),
    ('ALTER DEFAULT PRIVILEGES FOR ROLE stranger IN SCHEMA umws GRANT EXECUTE'
     ' ON FUNCTIONS TO PUBLIC', 'default privileges of stranger in schema umws'
     ' on functions: PUBLIC: EXECUTE was granted'),
    ('ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA umws GRANT UPDATE'
     ' ON SEQUENCES TO "odd Role" WITH GRANT OPTION', 'default privileges of'
     ' postgres in schema umws on sequences: odd Role: UPDATE and pass it on'
     ' was granted'),
    ('ALTER DEFAULT PRIVILEGES FOR ROLE umws_owner IN SCHEMA umws GRANT ALL'
     ' ON TYPES TO umws_mailer', 'umws on types: umws_mailer: USAGE'),
    ('ALTER ROLE umws_worker SUPERUSER', 'umws_worker: SUPERUSER was true'),
    ('ALTER ROLE umws_mailer BYPASSRLS', 'umws_mailer: BYPASSRLS was true'),
    ('ALTER ROLE umws_owner LOGIN', 'umws_owner: LOGIN was true'),
    ('GRANT umws_owner TO umws_mailer',
     'umws_mailer: it was a member of umws_owner'),
    ('GRANT pg_read_all_data TO umws_worker',
     'umws_worker: it was a member of pg_read_all_data'),
    ('ALTER ROLE umws_worker RESET log_parameter_max_length',
     'umws_worker: setting log_parameter_max_length was missing'),
    ("ALTER ROLE umws_mailer SET statement_timeout = '1h'",
     'umws_mailer: setting statement_timeout was 1h'),
    ('ALTER ROLE umws_worker IN DATABASE umws SET log_parameter_max_length'
     ' = -1', 'umws_worker: setting log_parameter_max_length was -1 in this'
     ' database'),
    ('DELETE FROM umws.limits',
     'table umws.limits: its first row was missing'),
    ('DELETE FROM umws.address_check',
     'table umws.address_check: its first row was missing'),
    ('DELETE FROM umws.heartbeat',
     'table umws.heartbeat: its first row was missing'),
    ("SELECT setval('umws.um_user_id_seq', 1, false)",
     'sequence umws.um_user_id_seq: its next number was 1, and 200 stands in'
     ' umws.um_user'),
    # The number that is next is the last one that is taken.
    ("SELECT setval('umws.policy_id_seq', 1, false)",
     'sequence umws.policy_id_seq: its next number was 1, and 1 stands in'
     ' umws.policy'),
)


@pytest.fixture(scope='module')
def stranger(stack):
    stack.sql('CREATE ROLE stranger')
    stack.sql('CREATE ROLE "odd Role"')


@pytest.mark.thin(4)
@pytest.mark.parametrize('statement, line', DAMAGE,
                         ids=[statement for statement, _ in DAMAGE])
def test_mended(stack, stranger, statement, line):
    stack.sql(statement)
    lines = mended(upgrade(stack))
    assert any(line in one for one in lines), lines


def test_mended_all_at_once(stack, stranger):
    for statement, _ in DAMAGE:
        stack.sql(statement)
    lines = mended(upgrade(stack))
    for _, line in DAMAGE:
        # Whoever is missing or another's altogether has one line only.
        assert any(line in one for one in lines) or 'PUBLIC: DEL' in line
    assert_good(stack)


def test_what_operators_may_grant_stays(stack, stranger):
    stack.sql('GRANT SELECT ON umws.v_user, umws.v_audit TO stranger')
    stack.sql('GRANT umws_owner TO stranger')
    stack.sql("ALTER ROLE umws_worker SET work_mem = '8MB'")
    stack.sql('CREATE INDEX of_ours ON umws.um_user (set_at)')
    try:
        assert mended(upgrade(stack)) == []
        assert stack.value("SELECT has_table_privilege('stranger',"
                           " 'umws.v_user', 'SELECT')")
    finally:
        stack.sql('DROP INDEX umws.of_ours')
        stack.sql('ALTER ROLE umws_worker RESET work_mem')
        stack.sql('REVOKE umws_owner FROM stranger')
        stack.sql('REVOKE ALL ON umws.v_user, umws.v_audit FROM stranger')


@pytest.mark.thin(4)
@pytest.mark.parametrize('statement, undo, words', [
    ('CREATE TABLE umws.x (y integer)', 'DROP TABLE umws.x',
     'table umws.x: umws has none of that name'),
    ('ALTER TABLE umws.policy ADD COLUMN x integer',
     'ALTER TABLE umws.policy DROP COLUMN x', 'column x is not one of umws'),
    ('ALTER TABLE umws.um_user DISABLE TRIGGER ALL',
     'ALTER TABLE umws.um_user ENABLE TRIGGER ALL', 'triggers that are off'),
    ('ALTER TABLE umws.policy DROP CONSTRAINT policy_reset_before_lockout',
     'ALTER TABLE umws.policy ADD CONSTRAINT policy_reset_before_lockout'
     ' CHECK (logon_failures_before_reset < max_logon_attempts)',
     'constraint policy_reset_before_lockout was missing'),
    ('DROP INDEX umws.um_user_extension', 'CREATE UNIQUE INDEX'
     ' um_user_extension ON umws.um_user (extension) WHERE um_enabled',
     'index umws.um_user_extension was missing'),
    ('ALTER TABLE umws.heartbeat SET UNLOGGED',
     'ALTER TABLE umws.heartbeat SET LOGGED', 'heartbeat: kind was'),
    ('ALTER VIEW umws.v_outbox RENAME TO x',
     'ALTER VIEW umws.x RENAME TO v_outbox',
     'view umws.v_outbox: it was missing'),
    ('ALTER TABLE umws.heartbeat RENAME TO x',
     'ALTER TABLE umws.x RENAME TO heartbeat',
     'table umws.heartbeat: it was missing'),
    ('CREATE FUNCTION umws.x() RETURNS integer LANGUAGE sql SECURITY DEFINER'
     " AS 'SELECT 1'", 'DROP FUNCTION umws.x()', 'umws.x(): umws has none'),
    ('CREATE TYPE umws.x AS (y integer)', 'DROP TYPE umws.x',
     'type umws.x: umws has none of that name: drop it, or move it to'),
    ('CREATE OPERATOR umws.=== (LEFTARG = text, RIGHTARG = text, FUNCTION ='
     ' textcat)', 'DROP OPERATOR umws.=== (text, text)',
     'operator umws.===(pg_catalog.text,pg_catalog.text): umws has none'),
    ('CREATE COLLATION umws.x FROM "C"', 'DROP COLLATION umws.x',
     'collation umws.x: umws has none'),
    ("CREATE CONVERSION umws.x FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
     'DROP CONVERSION umws.x', 'conversion umws.x: umws has none'),
    ('CREATE TEXT SEARCH CONFIGURATION umws.x (COPY = simple)',
     'DROP TEXT SEARCH CONFIGURATION umws.x',
     'text search configuration umws.x: umws has none'),
    ('CREATE MATERIALIZED VIEW umws.x AS SELECT 1',
     'DROP MATERIALIZED VIEW umws.x', 'umws.x: umws has none'),
    ("CREATE TYPE umws.x AS ENUM ('y')", 'DROP TYPE umws.x',
     'umws.x: umws has none'),
    # pg_class says that it had a child until somebody, or autovacuum in the
    # middle of a later test, looks.
    ('CREATE TABLE public.x () INHERITS (umws.audit)',
     'DROP TABLE public.x; ANALYZE umws.audit',
     'table umws.audit: child public.x is not one of umws'),
    ('CREATE TABLE public.x (is_only boolean NOT NULL);'
     ' ALTER TABLE umws.limits INHERIT public.x', 'ALTER TABLE umws.limits'
     ' NO INHERIT public.x; DROP TABLE public.x',
     'table umws.limits: parent public.x is not one of umws'),
    ('ALTER TABLE umws.um_user FORCE ROW LEVEL SECURITY',
     'ALTER TABLE umws.um_user NO FORCE ROW LEVEL SECURITY',
     'forced row security'),
    ('CREATE POLICY x ON umws.outbox USING (true)',
     'DROP POLICY x ON umws.outbox', 'policy x is not one of umws'),
    ('CREATE RULE x AS ON INSERT TO umws.outbox DO ALSO NOTHING',
     'DROP RULE x ON umws.outbox', 'rule x is not one of umws'),
    ('ALTER SEQUENCE umws.audit_id_seq MAXVALUE 1000000 CYCLE',
     'ALTER SEQUENCE umws.audit_id_seq NO MAXVALUE NO CYCLE',
     'sequence umws.audit_id_seq: numbers was'),
], ids=lambda text: text[:40])
def test_named_and_refused(stack, statement, undo, words):
    """And what could be mended beside it is left as it is, too."""
    stack.sql(statement)
    stack.sql('GRANT CREATE ON SCHEMA umws TO umws_worker')
    try:
        done = upgrade(stack)
        assert done.returncode == CONFIG
        assert words in done.stderr and 'nothing was changed' in done.stderr
        assert 'mended' not in done.stdout
        assert stack.value("SELECT has_schema_privilege('umws_worker',"
                           " 'umws', 'CREATE')")
    finally:
        stack.sql(undo)
    assert mended(upgrade(stack)) == [
        'schema umws: umws_worker: CREATE was granted']


@pytest.mark.thin(3)
@pytest.mark.parametrize('statement, undo, line', [
    ('ALTER ROLE umws_worker NOLOGIN', 'ALTER ROLE umws_worker LOGIN',
     'role umws_worker: it has NOLOGIN and is not let in'),
    ("ALTER ROLE umws_mailer VALID UNTIL '2001-01-01'",
     "ALTER ROLE umws_mailer VALID UNTIL 'infinity'",
     'role umws_mailer: its password is of no use since 2001-01-01'),
    ('ALTER ROLE umws_admin CONNECTION LIMIT 0',
     'ALTER ROLE umws_admin CONNECTION LIMIT -1',
     'role umws_admin: more than 0 connections are refused'),
    ('REVOKE CONNECT ON DATABASE umws FROM PUBLIC',
     'GRANT CONNECT ON DATABASE umws TO PUBLIC',
     'role umws_worker: it may not CONNECT: GRANT CONNECT ON DATABASE umws'),
    ('CREATE PUBLICATION x FOR TABLE umws.outbox', 'DROP PUBLICATION x',
     'publication x: it sends outbox to whoever subscribes'),
    ('CREATE PUBLICATION x FOR ALL TABLES', 'DROP PUBLICATION x',
     'publication x: it sends address_check, audit, audit_seal, audit_sealed,'
     ' heartbeat, limits'),
    ('CREATE VIEW public.x AS SELECT * FROM umws.um_user', 'DROP VIEW x',
     'view public.x: it reads the table umws.um_user'),
    ('CREATE FUNCTION public.x() RETURNS integer LANGUAGE sql AS'
     " 'SELECT 1'; ALTER FUNCTION public.x() OWNER TO umws_owner",
     'DROP FUNCTION public.x()', 'function public.x(): it belongs to'
     ' umws_owner'),
    ('CREATE FUNCTION public.x() RETURNS event_trigger LANGUAGE plpgsql AS'
     " 'BEGIN END'; CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE"
     ' FUNCTION public.x()', 'DROP EVENT TRIGGER x; DROP FUNCTION public.x()',
     'event trigger x: it runs public.x at ddl_command_end'),
    ('CREATE CAST (text AS bytea) WITH INOUT AS IMPLICIT',
     'DROP CAST (text AS bytea)',
     'cast (pg_catalog.text AS pg_catalog.bytea): to the functions of umws'),
    ("CREATE FUNCTION pg_catalog.x(text) RETURNS text LANGUAGE sql AS"
     " 'SELECT 1::text'", 'DROP FUNCTION pg_catalog.x(text)',
     "function pg_catalog.x(pg_catalog.text): to the functions of umws it is"
     " one of PostgreSQL's own"),
], ids=lambda text: text[:40])
def test_named_and_left(stack, statement, undo, line):
    """It stands outside of the schema, and somebody should look at it."""
    stack.sql(statement)
    try:
        before = catalogue(stack)
        done = upgrade(stack)
        assert mended(done) == []
        assert f'look at {line}' in done.stdout
        assert catalogue(stack) == before
    finally:
        stack.sql(undo)
    assert 'look at' not in upgrade(stack).stdout


def test_rows_without_their_sequences(stack):
    """As pg_dump --data-only of a table leaves them: what is wrong is not
    the login, and db upgrade counts on from the rows."""
    for name in ('um_user', 'policy', 'audit'):
        stack.sql(f"SELECT setval('umws.{name}_id_seq', 1, false)")
    stack.sql("SELECT setval('umws.audit_reset_number_seq', 1, false)")
    login = 'nobody-has-this'
    number = stack.value('SELECT 1000 + coalesce(max(id), 0) FROM umws.audit')
    stack.sql('INSERT INTO umws.audit (id, login, actor, way, action, result,'
              ' reset_number) OVERRIDING SYSTEM VALUE'
              " VALUES (%s, 'x', 'x', 'soap', 'reset', 'ok', 77)", number)
    ctl = stack.env['UMWS_CTL']
    for words in (('user', 'add', login, '--email', 'x@example.test'),
                  ('policy', 'set', 'fresh', 'MinPINLength=8')):
        done = run(ctl, *words)
        assert done.returncode == 65
        assert 'already' not in done.stderr
        assert 'run `umwsctl db upgrade` as a superuser' in done.stderr
    lines = mended(upgrade(stack))
    assert [line.split(':')[0] for line in lines] == [
        f'sequence umws.{name}_seq' for name in (
            'audit_id', 'audit_reset_number', 'um_user_id')]
    assert (f'sequence umws.audit_id_seq: its next number was 1, and {number}'
            ' stands in umws.audit') in lines
    assert stack.value("SELECT nextval('umws.audit_reset_number_seq')") == 78
    for words in (('user', 'add', login, '--email', 'x@example.test'),
                  ('policy', 'set', 'fresh', 'MinPINLength=8')):
        done = run(ctl, *words)
        assert done.returncode == 0, done.stderr
    done = run(ctl, 'user', 'add', login, '--email', 'x@example.test')
    assert f'there is a user "{login}" already' in done.stderr
    assert mended(upgrade(stack)) == []


@pytest.mark.parametrize('rule, words', [
    ('UNIQUE (email)', 'of_ours'), ("CHECK (login <> 'other-rule')",
                                    'of_ours')], ids=['unique', 'check'])
def test_a_rule_of_somebody_else(stack, rule, words):
    """It is named, and not taken for one of ours."""
    stack.sql(f'ALTER TABLE umws.um_user ADD CONSTRAINT of_ours {rule}')
    try:
        done = run(stack.env['UMWS_CTL'], 'user', 'add', 'other-rule',
                   '--email', 'user0001@example.test')
        assert done.returncode == 65
        assert words in done.stderr
        assert 'already' not in done.stderr
        assert 'cannot be a login' not in done.stderr
    finally:
        stack.sql('ALTER TABLE umws.um_user DROP CONSTRAINT of_ours')


@pytest.mark.parametrize('change', [
    'version = 0', 'version = -1', 'oldest_program = 9',
    'oldest_program = 0'])
def test_the_row_of_the_version_cannot_be(stack, change):
    """No program goes by it, and umwsctl says how to correct it."""
    stack.sql(f'UPDATE umws.schema_info SET {change}')
    try:
        for words in (('UMWS_CTL', 'user', 'list'), ('UMWS_MAILER',)):
            done = run(stack.env[words[0]], *words[1:])
            assert done.returncode == CONFIG
            assert 'umws.schema_info says what cannot be' in done.stderr
        done = upgrade(stack)
        assert done.returncode == CONFIG
        (line,) = done.stderr.splitlines()
        assert 'umws.schema_info says what cannot be' in line
        stack.sql(line[line.index('DELETE'):].partition(', if')[0])
    finally:
        stack.sql('UPDATE umws.schema_info SET version = 6,'
                  ' oldest_program = 6')
    assert mended(upgrade(stack)) == []


def test_two_rows_of_the_version(stack):
    stack.sql('ALTER TABLE umws.schema_info DROP CONSTRAINT schema_info_pkey;'
              'INSERT INTO umws.schema_info (version, oldest_program)'
              ' VALUES (7, 6)')
    try:
        done = upgrade(stack)
        assert done.returncode == CONFIG
        assert 'umws.schema_info says what cannot be' in done.stderr
    finally:
        stack.sql('DELETE FROM umws.schema_info WHERE version = 7;'
                  'ALTER TABLE umws.schema_info ADD CONSTRAINT'
                  ' schema_info_pkey PRIMARY KEY (is_only)')


def test_the_row_of_the_version_is_lost(stack):
    """Every program says which, and umwsctl what to do, to the statement."""
    version = stack.value('SELECT version FROM umws.schema_info')
    stack.sql('DELETE FROM umws.schema_info')
    try:
        done = upgrade(stack)
        assert done.returncode == CONFIG
        (line,) = done.stderr.splitlines()
        assert 'umws.schema_info is empty' in line
        statement = line[line.index('INSERT INTO'):].partition('), if')[0]
        done = run(stack.env['UMWS_CTL'], 'user', 'list')
        assert done.returncode == CONFIG
        assert 'umws.schema_info is empty' in done.stderr
        done = run(stack.env['UMWS_MAILER'])
        assert done.returncode == CONFIG
        assert 'umws.schema_info is empty' in done.stderr
        stack.sql(statement + ')')
    finally:
        stack.sql('INSERT INTO umws.schema_info (version, oldest_program)'
                  ' VALUES (%s, %s) ON CONFLICT DO NOTHING', version, version)
    assert stack.value('SELECT version FROM umws.schema_info') == version
    assert mended(upgrade(stack)) == []


def test_who_may_only_look(stack):
    """umws_admin hears what was not looked at, and that is no mistake."""
    done = run(stack.env['UMWS_CTL'], 'db', 'upgrade', '--sql', TREE / 'sql')
    assert done.returncode == 0
    assert 'not checked: that needs a superuser (--dsn)' in done.stdout
    stack.sql('REVOKE USAGE ON SCHEMA umws FROM umws_admin')
    try:
        done = run(stack.env['UMWS_CTL'], 'user', 'list')
        assert done.returncode == NOT_PERMITTED
        assert 'refuses us: the role lacks the right' in done.stderr
        assert 'as a superuser' in done.stderr
    finally:
        assert len(mended(upgrade(stack))) == 1
