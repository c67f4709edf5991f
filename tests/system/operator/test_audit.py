"""The audit: what may not be changed in it, how it is listed, and what its
seals prove."""
import psycopg2
import pytest

from harness import CHEAP, TREE, run
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
    stack.rewrite(f"UPDATE umws.audit SET at = at - interval '29 days' {where}")
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
