"""Who may do what in the database: the whole matrix, and really tried."""
import importlib.util
import json
import os
import pathlib

import psycopg2
import pytest

from harness import TREE
from soap import reset

SPEC = importlib.util.spec_from_file_location(
    'rights_page', TREE / 'tools' / 'pages' / 'rights.py')
page = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(page)

ROLES = ('umws_worker', 'umws_mailer', 'umws_admin', 'umws_helpdesk',
         'public')
TABLE_RIGHTS = ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',
                'REFERENCES', 'TRIGGER')
PATH = 'search_path=pg_catalog, pg_temp'
# Relations and functions of the schema with each role's rights on them.
RELATIONS = """
SELECT c.relkind, c.relname, r.role, (
    SELECT coalesce(string_agg(DISTINCT a.privilege_type, ','), '')
    FROM aclexplode(c.relacl) a
    WHERE a.grantee = coalesce(to_regrole(r.role)::oid, 0))
    || CASE WHEN EXISTS (SELECT FROM pg_attribute t, aclexplode(t.attacl) a
        WHERE t.attrelid = c.oid
            AND a.grantee = coalesce(to_regrole(r.role)::oid, 0))
       THEN ' columns' ELSE '' END
FROM pg_class c, unnest(%s) AS r (role)
WHERE c.relnamespace = 'umws'::regnamespace AND c.relkind IN ('r','v','S','m')
ORDER BY 1, 2, 3
"""
FUNCTIONS = """
SELECT p.oid::regprocedure::text, r.role, EXISTS (
    SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE a.grantee IN (coalesce(to_regrole(r.role)::oid, 0), 0)
        AND a.privilege_type = 'EXECUTE')
FROM pg_proc p, unnest(%s) AS r (role)
WHERE p.pronamespace = 'umws'::regnamespace ORDER BY 1, 2
"""
WORKER = {'schema_info', 'write_probe', 'is_um_enabled', 'not_enabled_cause',
          'reset_prepare', 'reset_commit', 'reset_outcome', 'properties_get',
          'properties_set', 'logon_prepare', 'logon_settle', 'pin_rehash',
          'auto_prepare', 'auto_commit', 'address_share',
          'helpdesk_enter', 'helpdesk_prepare', 'helpdesk_commit',
          'helpdesk_outcome', 'helpdesk_find', 'helpdesk_state',
          'helpdesk_unlock', 'mailbox_own', 'outbox_sight', 'audit_sight',
          'pin_change_sight'}
MAILER = {'schema_info', 'write_probe', 'outbox_claim', 'outbox_begin',
          'outbox_settle', 'outbox_release', 'outbox_missing_keys',
          'outbox_unreadable', 'outbox_is_alone', 'outbox_vouch',
          'outbox_left', 'outbox_next', 'outbox_sight', 'outbox_pass',
          'outbox_give_way'}
HELPDESK = {'schema_info', 'pin_lock', 'pin_order_prepare',
            'pin_order_commit', 'pin_order_outcome', 'pin_expire', 'explain'}
ADMIN = HELPDESK | {
    'user_add', 'policy_set', 'mail_key_add', 'key_list', 'key_note',
    'key_retire', 'key_mails', 'audit_horizon',
    'audit_seal_begin', 'audit_unsealed', 'audit_seal_rows', 'audit_seal_end',
    'audit_seal_next', 'audit_sealed_rows', 'audit_added', 'audit_purged_to',
    'purge_begin', 'purge_audit', 'purge_outbox', 'purge_count',
    'outbox_retry',
    'outbox_cancel', 'user_set', 'user_enable', 'user_remove', 'stage_begin',
    'stage_add', 'stage_compare', 'stage_apply', 'stage_end',
    'stage_pins', 'voicemail_prepare',
    'policy_remove', 'limits_set', 'role_grant', 'role_revoke',
    'notify_expiring', 'pin_change_start', 'pin_change_stop',
    'pin_change_claim', 'pin_change_settle', 'pin_change_retry'}
VIEWS = {'v_user', 'v_policy', 'v_policy_use', 'v_outbox', 'v_audit',
         'v_limits', 'v_role_grant', 'v_seal', 'v_table', 'v_status', 'v_pin',
         'v_outbox_stats', 'v_outbox_lost', 'v_stage', 'v_pin_change'}
SECRET_COLUMNS = {'verifier', 'sealed', 'hash', 'pin_key_id', 'pin'}


def name_of(signature):
    return signature.partition('(')[0].removeprefix('umws.')


def granted(stack, role):
    rows = stack.sql(FUNCTIONS, [role])
    return {name_of(signature) for signature, _, may in rows if may}


def test_relations(stack):
    rows = stack.sql(RELATIONS, list(ROLES))
    for row in rows:
        print('%s %-24s %-12s %s' % row)
    kinds = {(kind, name) for kind, name, _, _ in rows}
    assert ('r', 'um_user') in kinds and ('v', 'v_user') in kinds
    views = {'umws_admin': VIEWS, 'umws_helpdesk': {'v_pin'}}
    for kind, name, role, rights in rows:
        is_view = name in views.get(role, ())
        assert rights == ('SELECT' if is_view else ''), (name, role, rights)


def test_effective_rights_on_relations(stack):
    """The same through every membership and default there may be."""
    for role in ROLES[:4]:
        rows = stack.sql(
            "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'm')"
            " AND c.relnamespace = 'umws'::regnamespace AND ("
            'has_table_privilege(%s, c.oid, %s)'
            ' OR has_any_column_privilege(%s, c.oid, %s))', role,
            ','.join(TABLE_RIGHTS), role, 'SELECT,INSERT,UPDATE,REFERENCES')
        assert rows == [], role
        rows = stack.sql(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace ="
            " 'umws'::regnamespace AND CASE WHEN c.relkind = 'S' THEN"
            " has_sequence_privilege(%s, c.oid, 'USAGE,SELECT,UPDATE')"
            ' ELSE false END', role)
        assert rows == [], role


def test_functions(stack):
    for signature, role, may in stack.sql(FUNCTIONS, list(ROLES)):
        if may:
            print('x %-12s %s' % (role, signature))
    assert granted(stack, 'public') == set()
    assert granted(stack, 'umws_worker') == WORKER
    assert granted(stack, 'umws_mailer') == MAILER
    assert granted(stack, 'umws_admin') == ADMIN
    assert granted(stack, 'umws_helpdesk') == HELPDESK


def test_the_matrix_in_the_document(stack):
    """doc/database.md has it as the catalogue does; tools/pages writes it
    there."""
    rows = stack.sql(page.QUERY)
    if 'UMWS_RIGHTS' in os.environ:
        pathlib.Path(os.environ['UMWS_RIGHTS']).write_text(json.dumps(rows))
        return
    _, printed, _ = page.split(page.DOCUMENT.read_text())
    assert printed == page.make(rows)


def test_the_matrix_shows_every_right(stack):
    """What is granted beside it changes the page, to whomever it is."""
    before = page.make(stack.sql(page.QUERY))
    link = stack.connect()
    for change in (
            'GRANT SELECT ON umws.um_user TO umws_worker',
            'GRANT UPDATE (email) ON umws.um_user TO umws_helpdesk',
            'GRANT SELECT ON umws.v_audit TO PUBLIC',
            'GRANT USAGE ON SEQUENCE umws.audit_id_seq TO umws_mailer',
            "GRANT EXECUTE ON FUNCTION umws.role_end(text) TO umws_helpdesk",
            'GRANT SELECT ON umws.policy TO pg_monitor',
            'GRANT EXECUTE ON FUNCTION umws.role_end(text) TO pg_monitor',
            'GRANT UPDATE ON umws.audit TO umws_owner',
            'REVOKE SELECT ON umws.v_audit FROM umws_admin'):
        with link.cursor() as cursor:
            cursor.execute(change)
            cursor.execute(page.QUERY)
            assert page.make(cursor.fetchall()) != before, change
        link.rollback()
    link.close()


def test_schema_and_roles(stack):
    for role in ROLES[:4]:
        rights = stack.sql(
            "SELECT has_schema_privilege(%s, 'umws', 'USAGE'),"
            " has_schema_privilege(%s, 'umws', 'CREATE')", role, role)
        assert rights == [(True, False)]
    rows = stack.sql(
        'SELECT rolname, rolcanlogin, rolsuper OR rolcreaterole'
        ' OR rolcreatedb OR rolreplication OR rolbypassrls'
        " FROM pg_roles WHERE rolname LIKE 'umws%%' ORDER BY 1", 0)[0:]
    assert rows == [('umws_admin', True, False),
                    ('umws_helpdesk', True, False),
                    ('umws_mailer', True, False),
                    ('umws_owner', False, False),
                    ('umws_worker', True, False)]
    members = stack.sql(
        'SELECT m.member::regrole::text, m.roleid::regrole::text FROM'
        " pg_auth_members m WHERE m.member::regrole::text LIKE 'umws%%'"
        " OR m.roleid::regrole::text LIKE 'umws%%'", 0)
    assert members == []


def test_owner_owns_everything(stack):
    owners = stack.sql(
        'SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE'
        " relnamespace = 'umws'::regnamespace UNION SELECT DISTINCT"
        ' proowner::regrole::text FROM pg_proc WHERE pronamespace ='
        " 'umws'::regnamespace")
    assert owners == [('umws_owner',)]


def test_every_table_is_logged(stack):
    """A server that dies beside an unlogged one may not start again."""
    assert stack.sql(
        "SELECT relname FROM pg_class WHERE relpersistence <> 'p'"
        " AND relnamespace = 'umws'::regnamespace") == []


def test_granted_functions_are_pinned(stack):
    """SECURITY DEFINER with a search path that nobody can lead astray.
    Helpers run under the path of the function that calls them: without
    one of their own PostgreSQL can inline them. Those of triggers run
    under whatever path there is."""
    rows = stack.sql(
        'SELECT p.proname, p.prosecdef, p.proconfig,'
        " p.prorettype = 'trigger'::regtype FROM pg_proc p"
        " WHERE p.pronamespace = 'umws'::regnamespace")
    assert len(rows) > 10
    for name, is_definer, config, is_trigger in rows:
        assert is_definer == (name in WORKER | MAILER | ADMIN), name
        assert (PATH in (config or [])) == (is_definer or is_trigger), name


def test_functions_name_their_schema(stack):
    """No body reaches a table of ours without naming the schema."""
    rows = stack.sql(
        'SELECT p.proname, c.relname FROM pg_proc p, pg_class c'
        " WHERE p.pronamespace = 'umws'::regnamespace"
        " AND c.relnamespace = 'umws'::regnamespace AND c.relkind IN"
        " ('r', 'v') AND p.prosrc ~ ("
        "'(?i)(from|join|insert\\s+into|update)\\s+'"
        " || c.relname || '\\M')")
    assert rows == []


def test_worker_gets_no_hash_and_no_sealed_pin(stack):
    rows = stack.sql(
        'SELECT p.proname, p.prorettype::regtype::text, coalesce('
        '(SELECT array_agg(n) FROM unnest(p.proargnames, p.proargmodes)'
        " AS a (n, m) WHERE m IN ('o', 't', 'b')), '{}') FROM pg_proc p"
        " WHERE p.pronamespace = 'umws'::regnamespace"
        ' AND p.proname = ANY(%s)', sorted(WORKER))
    assert {row[0] for row in rows} == WORKER
    for name, kind, columns in rows:
        assert not SECRET_COLUMNS & set(columns), name
        assert kind in ('record', 'boolean', 'text',
                        'timestamp with time zone'), (name, kind)


def test_prepare_hands_out_settings_without_the_hash(stack, user):
    """What the worker is told of a PIN ends before its last field."""
    from soap import reset
    reset(stack, user)
    verifier = stack.value(
        'SELECT verifier FROM umws.um_user WHERE login = %s', user)
    link = stack.connect('worker')
    with link, link.cursor() as cursor:
        cursor.execute('SELECT to_jsonb(r)::text FROM'
                       " umws.reset_prepare(%s, '::1', 'x') r", (user,))
        told = cursor.fetchone()[0]
    link.close()
    settings, _, digest = verifier.rpartition('$')
    assert settings in told and digest not in told


def test_views_for_people_show_no_secret(stack):
    rows = stack.sql(
        'SELECT table_name, column_name FROM information_schema.columns'
        " WHERE table_schema = 'umws' AND table_name LIKE 'v\\_%%'", 0)
    assert {row[0] for row in rows} == VIEWS
    assert not SECRET_COLUMNS & {row[1] for row in rows}


def test_everything_has_a_comment(stack):
    """Tables, columns and functions; a view's own columns as well."""
    bare = stack.sql(
        "SELECT 'relation ' || c.relname FROM pg_class c WHERE c.relnamespace"
        " = 'umws'::regnamespace AND c.relkind IN ('r', 'v')"
        " AND obj_description(c.oid, 'pg_class') IS NULL UNION ALL"
        " SELECT 'column ' || c.relname || '.' || a.attname FROM pg_class c"
        ' JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT'
        " a.attisdropped WHERE c.relnamespace = 'umws'::regnamespace AND"
        " c.relkind = 'r' AND col_description(c.oid, a.attnum) IS NULL UNION"
        " ALL SELECT 'function ' || p.proname FROM pg_proc p WHERE"
        " p.pronamespace = 'umws'::regnamespace"
        " AND obj_description(p.oid, 'pg_proc') IS NULL")
    assert bare == []


@pytest.mark.parametrize('role', ['worker', 'mailer'])
def test_nothing_is_compiled(stack, role):
    """LLVM would take 0.2 s and more, and megabytes, at every start."""
    connection = stack.connect(role)
    try:
        with connection.cursor() as cursor:
            cursor.execute('SELECT pg_backend_pid(), s.version'
                           ' FROM umws.schema_info() s')
            pid = cursor.fetchone()[0]
            maps = pathlib.Path(f'/proc/{pid}/maps').read_text()
    finally:
        connection.close()
    assert 'postgres' in maps
    assert 'llvmjit' not in maps


FORBIDDEN = {
    'worker': (
        'SELECT * FROM umws.um_user', 'SELECT * FROM umws.v_user',
        'SELECT * FROM umws.pin_history', 'SELECT * FROM umws.outbox',
        'SELECT * FROM umws.v_outbox', 'SELECT * FROM umws.audit',
        'SELECT * FROM umws.limits', 'SELECT * FROM umws.mail_key',
        'UPDATE umws.um_user SET verifier = NULL',
        'UPDATE umws.um_user SET oof_status = true',
        'DELETE FROM umws.audit', 'TRUNCATE umws.outbox',
        "INSERT INTO umws.policy (name) VALUES ('x')",
        "SELECT * FROM umws.outbox_claim('{}', 1, gen_random_uuid())",
        "SELECT * FROM umws.outbox_begin('{}', '{}', '{}', '{}')",
        "SELECT umws.outbox_settle(gen_random_uuid(), gen_random_uuid(),"
        " 'sent', 0, '')",
        "SELECT umws.user_add('x', 'x@y', '', '', '', '', '', true)",
        "SELECT umws.policy_set('default', '{}')",
        "SELECT umws.mail_key_add('0000000000000000')",
        "SELECT umws.audit_refusal(1, 'x', 'x', NULL, '', '', '', '', '')",
        "SELECT * FROM umws.history_parameters(1, 5)",
        "SELECT umws.phone_mailbox('20001', 'x')",
        "SELECT umws.logon_refuse('', '', 1, 'x', 'x', NULL, '')",
        'CREATE TABLE umws.x (y int)', 'SET ROLE umws_owner',
        'SET ROLE umws_mailer'),
    'mailer': (
        'SELECT * FROM umws.outbox', 'SELECT * FROM umws.v_outbox',
        'SELECT * FROM umws.um_user', 'UPDATE umws.outbox SET sealed = NULL',
        "SELECT * FROM umws.reset_prepare('x', NULL, '')",
        'SELECT * FROM umws.reset_commit(gen_random_uuid(), 1, NULL, NULL,'
        ' NULL, NULL, NULL, NULL, NULL, NULL)',
        "SELECT umws.reset_outcome(gen_random_uuid(), 1, 'x')",
        "SELECT umws.is_um_enabled('x')",
        "SELECT * FROM umws.logon_prepare('logon', '1', '1', 'x', NULL, '')",
        'SELECT * FROM umws.auto_prepare(1)',
        "SELECT umws.not_enabled_cause('x', 'y')",
        "SELECT * FROM umws.properties_get('x')",
        "SELECT umws.properties_set(gen_random_uuid(), 'x', NULL, '',"
        " 'oof_status', 'true')",
        "SELECT umws.mail_key_add('0000000000000000')",
        'CREATE TABLE umws.x (y int)', 'SET ROLE umws_owner'),
    'admin': (
        'SELECT * FROM umws.um_user', 'SELECT verifier FROM umws.pin_history',
        'SELECT sealed FROM umws.outbox', 'SELECT * FROM umws.audit',
        "SELECT * FROM umws.properties_get('x')",
        "SELECT umws.properties_set(gen_random_uuid(), 'x', NULL, '',"
        " 'oof_status', 'true')", 'UPDATE umws.um_user SET oof_status = true',
        "UPDATE umws.v_policy SET name = 'x'", 'DELETE FROM umws.v_audit',
        "SELECT * FROM umws.outbox_claim('{}', 1, gen_random_uuid())",
        'SELECT * FROM umws.reset_commit(gen_random_uuid(), 1, NULL, NULL,'
        ' NULL, NULL, NULL, NULL, NULL, NULL)',
        "SELECT * FROM umws.logon_prepare('logon', '1', '1', 'x', NULL, '')",
        "SELECT umws.pin_rehash(1, 'x', 'x', 'x')",
        'SET ROLE umws_owner', 'SET ROLE umws_worker'),
}


@pytest.mark.parametrize('role, statement', [
    (role, statement) for role in FORBIDDEN for statement in FORBIDDEN[role]])
def test_really_tried(stack, role, statement):
    link = stack.connect(role)
    try:
        with link.cursor() as cursor:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement)
    finally:
        link.close()


def test_the_tries_above_could_succeed(stack):
    """The owner may do what the roles may not: no statement is broken."""
    link = stack.connect()
    try:
        for statement in sorted({one for role in FORBIDDEN.values()
                                 for one in role}):
            with link.cursor() as cursor:
                try:
                    cursor.execute(statement)
                except psycopg2.Error as error:
                    assert not isinstance(error, (
                        psycopg2.errors.InsufficientPrivilege,
                        psycopg2.errors.SyntaxErrorOrAccessRuleViolation)
                    ) or 'v_' in statement, (statement, error)
                link.rollback()
    finally:
        link.close()


def test_role_settings(stack):
    rows = dict(stack.sql(
        'SELECT r.rolname, s.setconfig FROM pg_db_role_setting s'
        ' JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = 0'))
    for role in ROLES[:4]:
        assert 'log_parameter_max_length=0' in rows[role]
        assert 'log_parameter_max_length_on_error=0' in rows[role]
        assert 'default_transaction_isolation=read committed' in rows[role]


SIGNATURES = """
SELECT p.proname, p.proargnames[:p.pronargs], ARRAY(
    SELECT format_type(t, NULL) FROM unnest(p.proargtypes) t)
FROM pg_proc p WHERE p.pronamespace = 'umws'::regnamespace
    AND p.proname = ANY (%s) AND p.pronargs > 0 ORDER BY 1
"""
LONG = 'x' * 5000
# Of each type something usual, and then what a program should not pass.
ODD = {'uuid': ('00000000-0000-4000-8000-000000000000', None),
       'text': ('x', None, '', LONG), 'bigint': (1, None, -1, 2 ** 62),
       'integer': (1, None, -1), 'inet': ('127.0.0.1', None),
       'text[]': (['x'], None, [], [LONG], [None]), 'bytea': (b'x', None),
       'boolean': (True, None)}


def odd_calls(name, names, types, known):
    """Each argument odd in turn, the others as usual as we know them."""
    usual = [known.get(arg, ODD[kind][0]) for arg, kind in zip(names, types)]
    for place, kind in enumerate(types):
        for value in ODD[kind]:
            values = usual[:place] + [value] + usual[place + 1:]
            marks = ', '.join(f'%s::{kind}' for kind in types)
            yield f'SELECT * FROM umws.{name}({marks})', values


def test_no_complaint_shows_a_verifier(stack, user):
    """PostgreSQL shows the row that breaks a rule of its table, whole."""
    reset(stack, user)
    number, verifier = stack.sql(
        'SELECT id, verifier FROM umws.um_user WHERE login = %s', user)[0]
    salt = verifier.split('$')[4]
    known = {'p_login': user, 'p_user_id': number,
             'p_property': 'play_on_phone_dial_string'}
    complaints = 0
    orders = {name for name in ADMIN if name.startswith('pin_order_')}
    links = {role: stack.connect(role) for role in ('admin', 'worker')}
    for name, names, types in stack.sql(SIGNATURES, list(WORKER | orders)):
        link = links['admin' if name in orders else 'worker']
        for statement, values in odd_calls(name, names, types, known):
            try:
                with link.cursor() as cursor:
                    cursor.execute(statement, values)
            except psycopg2.Error as error:
                complaints += 1
                shown = f'{error} {error.diag.message_detail}'
                assert salt not in shown, (statement, values, shown)
            finally:
                link.rollback()
    for link in links.values():
        link.close()
    assert complaints > 0
    assert salt not in stack.log('postgres')
