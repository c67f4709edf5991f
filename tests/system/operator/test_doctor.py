"""umwsctl doctor: all is well where it is, and whatever is broken is found by
its name, with what to do, and nothing else.

Each case breaks something, asks, and mends it again.
"""
import contextlib
import json
import pathlib
import re


import pytest

from harness import CHEAP, TREE, environment, eventually, run
from smtpserver import Server
from soap import reset
from test_bad_input import Place
from webfake import Web

OPTIONS = CHEAP + ('--workers', '2', '--limits', 'off')
CONFIGURATION = 78


class Patient(Place):
    """An installation of our own beside the stack's, all of which is well."""

    def __init__(self, stack, folder):
        super().__init__(stack, folder)
        for name in ('web.secret.nginx', 'web.secret.apache'):
            self.copy(name)
        self.set('audit_key', self.keys / 'audit.key')
        self.set('smtp_helo', 'mx.example.test')
        self.text = self.conf.read_text()
        self.own = {}

    def copy(self, name):
        source = pathlib.Path(self.stack.env['UMWS_KEYDIR']) / name
        (self.keys / name).write_bytes(source.read_bytes())
        (self.keys / name).chmod(0o600)

    def keep(self):
        self.own = {path: path.read_bytes() for path in self.keys.iterdir()}

    def mend(self):
        """Files as they were."""
        self.conf.write_text(self.text)
        self.conf.chmod(0o644)
        for path, text in self.own.items():
            path.unlink(missing_ok=True)
            path.write_bytes(text)
            path.chmod(0o600)

    def doctor(self, *words, **env):
        done = run(self.programs / 'umwsctl', '--config', self.conf,
                   'doctor', '--json', *words, env=environment(**env),
                   seconds=120)
        assert done.stderr == '', done.stderr
        lines = json.loads(done.stdout)
        assert done.returncode == (
            CONFIGURATION if 'wrong' in [line['verdict'] for line in lines]
            else 0)
        return {line['name']: line for line in lines}

    def find(self, *words, **env):
        """What is not well: {name: line}."""
        return {name: line
                for name, line in self.doctor(*words, **env).items()
                if line['verdict'] in ('warning', 'wrong')}


@pytest.fixture(scope='module')
def patient(stack, tmp_path_factory):
    made = Patient(stack, tmp_path_factory.mktemp('doctor'))
    assert made.ctl('key', 'create', 'audit').returncode == 0
    reset(stack, stack.user())
    assert made.mailer().returncode == 0
    assert made.ctl('audit', 'seal').returncode == 0
    made.keep()
    return made


def shell(case, words):
    """What a case of SQL is made of: the statements that break and mend."""
    @contextlib.contextmanager
    def broken(patient):
        patient.stack.sql(case)
        try:
            yield ()
        finally:
            patient.stack.sql(words)
    return broken


def database(name, value):
    return shell(f'ALTER DATABASE umws SET {name} = {value}',
                 f'ALTER DATABASE umws RESET {name}')


def role(who, name, value):
    return shell(f'ALTER ROLE {who} SET {name} = {value}',
                 f'ALTER ROLE {who} RESET {name}')


def server(name, value):
    """For the whole server, which takes a moment to hear of it."""
    @contextlib.contextmanager
    def broken(patient):
        stack = patient.stack
        before = stack.value(f'SHOW {name}')
        stack.sql(f"ALTER SYSTEM SET {name} = '{value}'")
        stack.sql('SELECT pg_reload_conf()')
        eventually(lambda: stack.value(f'SHOW {name}') == value)
        try:
            yield ()
        finally:
            stack.sql(f'ALTER SYSTEM RESET {name}')
            stack.sql('SELECT pg_reload_conf()')
            eventually(lambda: stack.value(f'SHOW {name}') == before)
    return broken


def rows(case, words):
    """Rows that umws itself would not write so."""
    @contextlib.contextmanager
    def broken(patient):
        patient.stack.rewrite(case)
        try:
            yield ()
        finally:
            patient.stack.rewrite(words)
    return broken


def files(change):
    """change(patient) breaks configuration or keys."""
    @contextlib.contextmanager
    def broken(patient):
        change(patient)
        try:
            yield ()
        finally:
            patient.mend()
    return broken


def setting(key, value):
    return files(lambda patient: patient.set(key, value))


def key(name, change):
    return files(lambda patient: change(patient.keys / name))


def acl(path):
    subprocess.run(['setfacl', '-m', 'u:nobody:r', path], check=True)


def other_id(path):
    path.write_text(re.sub(r'^[^:]+:', 'other:', path.read_text()))


def other_key(path):
    """Another one of the same id."""
    ident = path.read_text().split(':')[0]
    path.write_text(f'{ident}:{"B" * 42}8=\n')


def web(**answers):
    @contextlib.contextmanager
    def broken(_patient):
        with Web(**answers) as served:
            yield '--url', served.url
    return broken


def smtp(settings=(), **replies):
    @contextlib.contextmanager
    def broken(patient):
        with Server(**replies) as served:
            patient.set('smtp_url', f'smtp://127.0.0.1:{served.port}')
            for name, value in settings:
                patient.set(name, value)
            try:
                yield ()
            finally:
                patient.mend()
            assert not served.mails and not served.rcpts
    return broken


@contextlib.contextmanager
def superuser_as_worker(patient):
    with contextlib.closing(patient.stack.connect()) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SET application_name = 'umws-fcgi'")
        yield ()


@contextlib.contextmanager
def bad_address(patient):
    with patient.stack.unchecked('umws.mail_address'):
        patient.stack.sql("UPDATE umws.um_user SET email = 'no address'"
                          " WHERE login = 'user0150'")
    try:
        yield ()
    finally:
        patient.stack.sql("UPDATE umws.um_user SET email ="
                          " 'user0150@example.test'"
                          " WHERE login = 'user0150'")


@contextlib.contextmanager
def waiting_mail(patient, change, undo):
    """A mail in the queue, and what there is to say of it."""
    stack = patient.stack
    user = stack.user()
    reset(stack, user)
    row = ('(SELECT o.id FROM umws.outbox o JOIN umws.um_user u'
           f" ON u.id = o.user_id WHERE u.login = '{user}')")
    stack.rewrite(f'UPDATE umws.outbox SET {change} WHERE id = {row}')
    try:
        yield ()
    finally:
        if undo:
            stack.rewrite(f'UPDATE umws.outbox SET {undo} WHERE id = {row}')
        assert patient.mailer().returncode == 0
        stack.rewrite(f'DELETE FROM umws.outbox WHERE id = {row}')


def mail(change, undo=''):
    return lambda patient: waiting_mail(patient, change, undo)


def believes(name):
    """A server that lets in whoever brings this field."""
    return lambda headers: 200 if name in headers else 401


PROXY = """INSERT INTO umws.audit (login, actor, actor_address, way, action,
    result) SELECT 'proxied', 'proxied', '192.0.2.9', 'soap', 'reset', 'ok'
    FROM generate_series(1, 30)"""
# Where the schema gives a right, and where it does not.
RESET = 'umws.reset_prepare(text, inet, text)'
SEAL_AGE = "UPDATE umws.audit_seal SET at = at {} interval '3 days'"

# name of the check, verdict, a word of its line, what breaks it
CASES = [
    ('conf-read', 'wrong', 'nosuch', setting('nosuch', 1)),
    ('conf-rights', 'wrong', 'everybody',
     files(lambda patient: patient.conf.chmod(0o666))),
    ('conf-sender', 'wrong', 'mail_from', setting('mail_from', '')),
    ('database-connect', 'wrong', 'start the server',
     setting('database_admin', 'host=/nonexistent dbname=umws')),
    ('database-connect', 'wrong', 'umws_admin',
     files(lambda patient: patient.set('database_admin', patient.stack.env[
         'UMWS_DSN_ADMIN'].replace('umws_admin', 'nosuch')))),
    ('database-connect', 'wrong', 'session_preload_libraries',
     database('session_preload_libraries', "'nosuch'")),
    ('schema-version', 'wrong', 'upgrade this program',
     shell('UPDATE umws.schema_info SET version = version + 1,'
           ' oldest_program = version + 1',
           'UPDATE umws.schema_info SET version = version - 1,'
           ' oldest_program = version - 1')),
    ('key-pepper', 'wrong', 'umwsctl key create pepper',
     key('pepper.key', lambda path: path.unlink())),
    ('key-pepper', 'wrong', 'chmod 0640',
     key('pepper.key', lambda path: path.chmod(0o644))),
    ('key-pepper', 'wrong', 'setfacl', key('pepper.key', acl)),
    ('key-pepper', 'wrong', 'id:base64',
     key('pepper.key', lambda path: path.write_text('what?\n'))),
    ('key-mail', 'wrong', 'chmod 0640',
     key('mail.key', lambda path: path.chmod(0o660))),
    ('key-mail', 'warning', 'umwsctl key create mail',
     key('mail.key', lambda path: path.unlink())),
    ('key-mail-pub', 'wrong', 'chmod 0644',
     key('mail.pub', lambda path: path.chmod(0o666))),
    ('key-web', 'wrong', 'umwsctl key create web',
     key('web.secret', lambda path: path.unlink())),
    ('key-audit', 'warning', 'umwsctl key create audit',
     key('audit.key', lambda path: path.unlink())),
    ('key-mail-pair', 'wrong', 'other half', key('mail.pub', other_key)),
    ('key-web-copy', 'wrong', 'web.secret.nginx', key(
        'web.secret.nginx',
        lambda path: path.write_text('fastcgi_param UMWS_SECRET "x";\n'))),
    ('key-pepper-known', 'wrong', 'copy of the keys',
     key('pepper.key', other_id)),
    ('key-mail-known', 'wrong', 'retired',
     shell("UPDATE umws.mail_key SET state = 'retired', retired_at = now()",
           "UPDATE umws.mail_key SET state = 'active', retired_at = NULL")),
    ('key-audit-known', 'warning', 'copy of the keys',
     key('audit.key', other_id)),
    ('role-attributes', 'wrong', 'SUPERUSER',
     shell('ALTER ROLE umws_worker SUPERUSER',
           'ALTER ROLE umws_worker NOSUPERUSER')),
    ('role-login', 'wrong', 'ALTER ROLE umws_mailer LOGIN',
     shell('ALTER ROLE umws_mailer NOLOGIN', 'ALTER ROLE umws_mailer LOGIN')),
    ('role-login', 'warning', '14 days',
     lambda patient: shell(
         "DO $$BEGIN EXECUTE format('ALTER ROLE umws_worker VALID UNTIL %L',"
         " now() + interval '3 days'); END$$",
         "ALTER ROLE umws_worker VALID UNTIL 'infinity'")(patient)),
    ('role-members', 'wrong', 'REVOKE pg_read_all_data',
     shell('GRANT pg_read_all_data TO umws_mailer',
           'REVOKE pg_read_all_data FROM umws_mailer')),
    ('role-settings', 'wrong', 'in this database',
     shell('ALTER ROLE umws_worker IN DATABASE umws SET lock_timeout = 0',
           'ALTER ROLE umws_worker IN DATABASE umws RESET lock_timeout')),
    ('role-in-use', 'wrong', 'superuser', superuser_as_worker),
    ('right-missing', 'wrong', 'reset_prepare',
     shell(f'REVOKE EXECUTE ON FUNCTION {RESET} FROM umws_worker',
           f'GRANT EXECUTE ON FUNCTION {RESET} TO umws_worker')),
    ('right-extra', 'wrong', 'umws.um_user',
     shell('GRANT SELECT ON umws.um_user TO umws_worker',
           'REVOKE SELECT ON umws.um_user FROM umws_worker')),
    ('right-extra', 'wrong', 'verifier',
     shell('GRANT SELECT (verifier) ON umws.um_user TO umws_admin',
           'REVOKE SELECT (verifier) ON umws.um_user FROM umws_admin')),
    ('right-extra', 'wrong', 'PUBLIC',
     shell(f'GRANT EXECUTE ON FUNCTION {RESET} TO PUBLIC',
           f'REVOKE EXECUTE ON FUNCTION {RESET} FROM PUBLIC')),
    ('right-owner', 'wrong', 'postgres',
     shell(f'ALTER FUNCTION {RESET} OWNER TO postgres',
           f'ALTER FUNCTION {RESET} OWNER TO umws_owner')),
    ('server-fsync', 'wrong', 'set it to on', server('fsync', 'off')),
    ('server-pages', 'wrong', 'set it to on',
     server('full_page_writes', 'off')),
    ('server-damage', 'wrong', 'zero_damaged_pages',
     server('zero_damaged_pages', 'on')),
    ('server-read-only', 'wrong', 'RESET it',
     shell('ALTER DATABASE umws SET default_transaction_read_only = on',
           'SET default_transaction_read_only = off;'
           'ALTER DATABASE umws RESET default_transaction_read_only')),
    ('server-standby', 'wrong', 'every commit waits',
     server('synchronous_standby_names', 'far')),
    ('server-parameters', 'wrong', 'verifiers',
     role('umws_mailer', 'log_parameter_max_length', -1)),
    ('server-pgaudit', 'wrong', 'pgaudit.log_parameter',
     database('pgaudit.log_parameter', "'on'")),
    ('server-auto-explain', 'wrong', 'log_parameter_max_length',
     database('auto_explain.log_min_duration', "'0'")),
    ('server-passwords', 'warning', 'scram-sha-256',
     database('password_encryption', "'md5'")),
    ('server-timeouts', 'warning', 'idle_session_timeout',
     database('idle_session_timeout', "'20s'")),
    ('server-room', 'warning', 'temp_file_limit',
     database('temp_file_limit', "'1MB'")),
    ('server-triggers', 'wrong', 'session_replication_role',
     role('umws_worker', 'session_replication_role', 'replica')),
    ('server-vacuum', 'warning', 'autovacuum', server('autovacuum', 'off')),
    ('server-connections', 'wrong', 'max_connections',
     setting('workers', 500)),
    ('server-connections', 'wrong', 'CONNECTION LIMIT -1',
     shell('ALTER ROLE umws_worker CONNECTION LIMIT 1',
           'ALTER ROLE umws_worker CONNECTION LIMIT -1')),
    ('mail-pass', 'wrong', 'umws-mailer.timer',
     rows("UPDATE umws.mailer_pass SET ended_at = now() - interval '1 hour'",
          'UPDATE umws.mailer_pass SET ended_at = now()')),
    ('mail-result', 'wrong', '78',
     rows('UPDATE umws.mailer_pass SET exit_code = 78',
          'UPDATE umws.mailer_pass SET exit_code = 0')),
    ('mail-due', 'wrong', 'mail-pass',
     mail("next_attempt_at = now() - interval '2 hours'")),
    ('mail-refused', 'warning', 'umwsctl outbox list',
     mail("attempts = 6, last_error = '450 4.3.2 later'")),
    ('mail-lost', 'warning', 'umwsctl outbox retry',
     mail("state = 'dead', sealed = NULL, lost_at = now()")),
    ('user-addresses', 'warning', 'user0150', bad_address),
    ('user-policies', 'wrong', 'tight', rows(
        "INSERT INTO umws.policy (name, min_pin_length,"
        " min_different_digits) VALUES ('tight', 4, 9)",
        "DELETE FROM umws.policy WHERE name = 'tight'")),
    ('user-one-address', 'warning', 'set_real_ip_from',
     rows(PROXY, "DELETE FROM umws.audit WHERE login = 'proxied'")),
    ('audit-seal', 'warning', 'umws-seal.timer',
     rows(SEAL_AGE.format('-'), SEAL_AGE.format('+'))),
    ('audit-purge', 'warning', 'umwsctl db purge',
     rows("UPDATE umws.audit SET at = at - interval '500 days' WHERE id ="
          ' (SELECT min(id) FROM umws.audit)',
          "UPDATE umws.audit SET at = at + interval '500 days' WHERE id ="
          ' (SELECT min(id) FROM umws.audit)')),
    ('smtp-connect', 'wrong', 'smtp_url',
     setting('smtp_url', 'smtp://127.0.0.1:9')),
    ('smtp-connect', 'wrong', '554', smtp(greet='554 go away')),
    ('smtp-ehlo', 'wrong', 'smtp_helo',
     smtp(ehlo='550 5.7.1 not by that name')),
    ('smtp-ehlo', 'warning', 'no dot', smtp([('smtp_helo', 'mx')])),
    ('smtp-tls', 'wrong', 'smtp_tls', smtp([('smtp_tls', 'required')])),
    ('smtp-program', 'wrong', '/nonexistent',
     setting('smtp_url', 'sendmail:/nonexistent')),
    ('web-refuses', 'wrong', 'REMOTE_USER', web(
        post=lambda headers: 401 if 'Authorization' in headers
        or 'Remote-User' in headers else 500)),
    ('web-forged-basic', 'wrong', 'not refused', web(
        post=lambda headers: 200 if headers.get(
            'Authorization', '').startswith('Basic') else 401)),
    ('web-forged-user', 'wrong', 'header',
     web(post=believes('X-Forwarded-User'))),
    ('web-forged-user', 'wrong', 'header',
     web(post=believes('REMOTE_USER'))),
    ('web-get', 'warning', '200', web(get=200)),
    ('web-ticket', 'warning', 'large_client_header_buffers', web(
        post=lambda headers: 400 if len(headers.get('Authorization', ''))
        > 8192 else 401)),
    ('clock-web', 'wrong', 'NTP', web(ahead_s=7200)),
]


def test_all_is_well(patient):
    lines = patient.doctor('--url', patient.stack.env['UMWS_URL'])
    assert {line['verdict'] for line in lines.values()} <= {
        'ok', 'not checked'}, lines
    unchecked = {name for name, line in lines.items()
                 if line['verdict'] == 'not checked'}
    assert unchecked == {'web-tls', 'web-old-tls'}
    assert all(line['text'] and line['todo'] is None
               for line in lines.values())


@pytest.mark.parametrize('name, verdict, word, case', CASES, ids=[
    f'{name}-{number}' for number, (name, *_) in enumerate(CASES)])
def test_found_by_name(patient, name, verdict, word, case):
    with case(patient) as words:
        found = patient.find(*words)
    assert found.keys() == {name}, found
    line = found[name]
    assert line['verdict'] == verdict, line
    assert line['todo'], line
    assert word in line['text'] + line['todo'], line


def test_nothing_is_left_broken(patient):
    assert patient.find() == {}
