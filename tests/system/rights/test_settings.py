"""What is set for the database or for a role must not matter.

Each setting of the table is tried for the database and for the roles: the
schema is made under it, and the whole way is gone under it, from the request
to the mail. Several are tried at once, with UMWS_LONG=1 each alone, too.
"""
import contextlib
import json

import psycopg2
import pytest

from harness import CHEAP, IS_LONG, TREE, eventually, pin_of, run
from soap import IS_ENABLED, call, reset

OPTIONS = CHEAP + ('--limits', 'off', '--conf', 'retry_min=1s',
                   '--conf', 'retry_max=1s', '--workers', '2')
ROLES = ('umws_worker', 'umws_mailer', 'umws_admin', 'umws_helpdesk')
LEVELS = ('database', 'role')

# Name, value. What this server does not have is left out and said.
SETTINGS = (
    ('bytea_output', 'escape'),
    ('standard_conforming_strings', 'off'),
    ('backslash_quote', 'off'),
    ('datestyle', 'SQL, DMY'),
    ('datestyle', 'German'),
    ('intervalstyle', 'sql_standard'),
    ('intervalstyle', 'iso_8601'),
    ('timezone', 'Pacific/Kiritimati'),
    ('timezone', 'America/St_Johns'),
    ('timezone', 'Asia/Kathmandu'),
    ('extra_float_digits', '-15'),
    ('client_encoding', 'LATIN1'),
    ('lc_messages', 'C'),
    ('lc_numeric', 'C.UTF-8'),
    ('search_path', ''),
    ('search_path', 'public, pg_catalog'),
    ('array_nulls', 'off'),
    ('transform_null_equals', 'on'),
    ('quote_all_identifiers', 'on'),
    ('row_security', 'off'),
    ('xmlbinary', 'hex'),
    ('xmloption', 'document'),
    ('default_transaction_isolation', 'serializable'),
    ('default_transaction_isolation', 'repeatable read'),
    ('default_transaction_deferrable', 'on'),
    ('statement_timeout', '5s'),
    ('lock_timeout', '5s'),
    ('transaction_timeout', '5s'),
    ('idle_session_timeout', '50ms'),
    ('idle_in_transaction_session_timeout', '5s'),
    ('session_replication_role', 'replica'),
    ('synchronous_commit', 'off'),
    ('synchronous_commit', 'local'),
    ('synchronous_commit', 'remote_write'),
    ('client_min_messages', 'debug1'),
    ('client_min_messages', 'notice'),
    ('client_min_messages', 'error'),
    ('plpgsql.variable_conflict', 'use_column'),
    ('plpgsql.variable_conflict', 'use_variable'),
    ('plpgsql.extra_warnings', 'all'),
    ('plpgsql.extra_errors', 'all'),
    ('plpgsql.print_strict_params', 'on'),
    ('check_function_bodies', 'off'),
    ('default_tablespace', 'pg_default'),
    ('default_toast_compression', 'pglz'),
    ('enable_indexscan', 'off'),
    ('enable_seqscan', 'on'),
    ('plan_cache_mode', 'force_custom_plan'),
    ('force_parallel_mode', 'on'),
    ('debug_parallel_query', 'on'),
    ('jit', 'on'),
    ('exit_on_error', 'on'),
    ('event_triggers', 'off'),
    ('createrole_self_grant', 'set, inherit'),
    ('default_text_search_config', 'simple'),
    ('gin_fuzzy_search_limit', '1'),
    ('lo_compat_privileges', 'on'),
    # Beside standard_conforming_strings = off it would hide what that does.
    ('escape_string_warning', 'off'),
)
# All that the text of the files has made, in a form of the catalogue's
# own. The connection that asks has the settings of everyday.
SHAPE = """
SELECT kind, name, text FROM (
    SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
    FROM pg_proc p WHERE p.pronamespace = 'umws'::regnamespace
  UNION ALL
    SELECT 'constraint', coalesce(conrelid::regclass::text, '') || conname,
        pg_get_constraintdef(c.oid)
    FROM pg_constraint c WHERE c.connamespace = 'umws'::regnamespace
  UNION ALL
    SELECT 'index', indexname, indexdef FROM pg_indexes
    WHERE schemaname = 'umws'
  UNION ALL
    SELECT 'view', viewname, definition FROM pg_views
    WHERE schemaname = 'umws'
  UNION ALL
    SELECT 'column', attrelid::regclass || '.' || attname,
        format_type(atttypid, atttypmod) || ' '
        || coalesce(pg_get_expr(adbin, adrelid), '')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relnamespace = 'umws'::regnamespace AND a.attnum > 0
  UNION ALL
    SELECT 'space', relname, reltablespace || ' ' || coalesce(amname, '')
    FROM pg_class c LEFT JOIN pg_am m ON m.oid = c.relam
    WHERE c.relnamespace = 'umws'::regnamespace
) x(kind, name, text) ORDER BY kind, name
"""


def bundles():
    """All settings, few times over; one name only once in a bundle."""
    if IS_LONG:
        return [[pair] for pair in SETTINGS]
    made = []
    for pair in SETTINGS:
        for bundle in made:
            if len(bundle) < 8 and pair[0] not in dict(bundle):
                bundle.append(pair)
                break
        else:
            made.append([pair])
    return made


BUNDLES = bundles()


def name_of(pair):
    return '{}={}'.format(*pair)


def names_of(bundle):
    return ' '.join(map(name_of, bundle))


def connect(stack, database):
    link = psycopg2.connect(
        'host={PGHOST} port={PGPORT} user={PGUSER}'.format(**stack.env),
        dbname=database, connect_timeout=5)
    link.autocommit = True
    return link


def shape(stack, database):
    link = connect(stack, database)
    try:
        with link.cursor() as cursor:
            cursor.execute("SET quote_all_identifiers = off;"
                           " SET search_path = pg_catalog")
            cursor.execute(SHAPE)
            return cursor.fetchall()
    finally:
        link.close()


def has(stack, name):
    """Does this server have the setting? plpgsql's come with plpgsql."""
    stack.sql("LOAD 'plpgsql'")
    return stack.value('SELECT count(*) FROM pg_settings'
                       ' WHERE lower(name) = %s', name) == 1


def whose(stack, level, roles, database):
    if level == 'database':
        return [f'DATABASE {database}']
    return [f'ROLE {role}' for role in roles]


@contextlib.contextmanager
def setting(stack, level, pairs, roles=ROLES, database='umws'):
    """Set for the database, or for each of the roles in every database."""
    saved = stack.sql('SELECT r.rolname, c FROM pg_db_role_setting s'
                      ' JOIN pg_roles r ON r.oid = s.setrole,'
                      ' unnest(s.setconfig) c WHERE s.setdatabase = 0')
    try:
        for owner in whose(stack, level, roles, database):
            for name, value in pairs:
                words = ', '.join(f"'{word.strip()}'" for word in
                                  (value.split(',') if name == 'search_path'
                                   else [value]))
                stack.sql(f'ALTER {owner} SET {name} = {words}')
        yield
    finally:
        for owner in whose(stack, level, roles, database):
            for name, _ in pairs:
                stack.sql(f'ALTER {owner} RESET {name}')
        for role, text in saved:
            name, _, value = text.partition('=')
            if role in roles and name in {name for name, _ in pairs}:
                value = value if name == 'search_path' else f"'{value}'"
                stack.sql(f'ALTER ROLE {role} SET {name} = {value}')
        renew(stack)


def renew(stack):
    """Have the workers connect anew."""
    stack.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              " WHERE usename = 'umws_worker'")


def ctl(stack, *words):
    done = run(stack.env['UMWS_CTL'], *words)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def go(stack, login):
    """The whole way of one mailbox: added, asked for, reset, put off, sent,
    shown."""
    ctl(stack, 'user', 'add', login, '--email', f'{login}@example.test',
        '--name', 'Zoë O\'Neill \\ "Q"', '--extension', login[-5:])
    ctl(stack, 'policy', 'set', 'odd', 'PINLifetime=60',
        'AccessNumbers=\\1 55 \'0100\'')
    stack.web_users([login])
    assert call(stack, login, IS_ENABLED).status == 200
    reset(stack, login)
    stack.do('sink', '450')
    stack.mailer()
    (row,) = stack.outbox(login)
    assert (row['state'], row['has_sealed']) == ('queued', True)
    stack.do('sink', 'ok')
    eventually(lambda: stack.mailer() is not None
               and stack.outbox(login)[0]['state'] == 'sent')
    (mail,) = stack.mail_files(login)
    assert stack.is_pin(login, pin_of(mail))
    (shown,) = json.loads(ctl(stack, 'user', 'show', login, '--json'))
    assert shown['has_pin'] and shown['display_name'] == (
        'Zoë O\'Neill \\ "Q"')
    days = stack.value(
        'SELECT extract(epoch FROM expires_at - set_at) / 86400'
        ' FROM umws.um_user WHERE login = %s', login)
    assert days == 60
    ctl(stack, 'user', 'show', login)
    ctl(stack, 'outbox', 'list')


@pytest.fixture(scope='module')
def tried(stack):
    """The table of what was tried, printed at the end."""
    rows = {}
    yield rows
    print('\n'.join(f'{name:45} {", ".join(words)}'
                    for name, words in rows.items()))


def note(tried, pair, word):
    tried.setdefault(name_of(pair), []).append(word)


@pytest.mark.thin(3)
@pytest.mark.parametrize('bundle', BUNDLES, ids=names_of)
@pytest.mark.parametrize('level', LEVELS)
def test_whole_way(stack, tried, level, bundle):
    there = [pair for pair in bundle if has(stack, pair[0])]
    index = BUNDLES.index(bundle) + len(BUNDLES) * LEVELS.index(level)
    with setting(stack, level, there):
        renew(stack)
        go(stack, f'odd{index + 60000}')
    for pair in bundle:
        note(tried, pair, f'{level}: ' + (
            'all the way' if pair in there else 'not in this server'))


@pytest.mark.parametrize('level', LEVELS)
def test_the_schema_is_the_same(stack, level):
    """However odd the database or the role that makes it."""
    usual = shape(stack, 'umws')
    for index, bundle in enumerate(BUNDLES):
        name = f'odd_{level}_{index}'
        there = [pair for pair in bundle if has(stack, pair[0])]
        stack.sql(f'CREATE DATABASE {name}')
        try:
            with setting(stack, level, there, [stack.env['PGUSER']], name):
                ctl(stack, 'db', 'upgrade', '--sql', TREE / 'sql', '--dsn',
                    'host={PGHOST} port={PGPORT} user={PGUSER} dbname='
                    .format(**stack.env) + name)
            assert shape(stack, name) == usual, names_of(bundle)
        finally:
            stack.sql(f'DROP DATABASE {name} WITH (FORCE)')
