"""umwsctl doctor: all is well where it is, and whatever is broken is found by
its name, with what to do, and nothing else.

Each case breaks something, asks, and mends it again.
"""
import contextlib
import json
import os
import pathlib
import re
import struct
import tempfile
import time


import pytest

import certificate
from harness import (CHEAP, TREE, asan_options, environment, eventually,
                     installed, run)
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

    def set_program(self, path):
        self.conf.write_text(self.text.replace('smtp_helo', '#'))
        self.set('smtp_url', f'sendmail:{path}')

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


@contextlib.contextmanager
def german():
    """Whoever is started here speaks German, where that locale can be made:
    nothing goes by the words of a message."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix='umws-test-') as folder:
        os.chmod(folder, 0o755)
        done = run('localedef', '-i', 'de_DE', '-f', 'UTF-8',
                   f'{folder}/de_DE.UTF-8')
        if done.returncode == 0:
            os.environ |= {'LOCPATH': f'{folder}:/usr/lib/locale',
                           'LC_ALL': 'de_DE.UTF-8', 'LANGUAGE': 'de'}
        try:
            yield done.returncode == 0
        finally:
            os.environ.clear()
            os.environ.update(before)


@pytest.fixture(scope='module')
def stack():
    with german() as is_german, installed(*OPTIONS) as made:
        if is_german:
            made.sql("ALTER SYSTEM SET lc_messages = 'de_DE.UTF-8'")
            made.sql('SELECT pg_reload_conf()')
        yield made


@pytest.fixture(scope='module')
def patient(stack, tmp_path_factory):
    made = Patient(stack, tmp_path_factory.mktemp('doctor'))
    assert made.ctl('key', 'create', 'audit').returncode == 0
    reset(stack, stack.user())
    assert made.mailer().returncode == 0
    assert made.ctl('audit', 'seal').returncode == 0
    made.keep()
    return made


def query(case, words, way='sql'):
    """What a case of SQL is made of: the statements that break and mend."""
    @contextlib.contextmanager
    def broken(patient):
        say = getattr(patient.stack, way)
        say(case)
        try:
            yield ()
        finally:
            say(words)
    return broken


def database(name, value):
    return query(f'ALTER DATABASE umws SET {name} = {value}',
                 f'ALTER DATABASE umws RESET {name}')


def role(who, name, value, before=None):
    return query(f'ALTER ROLE {who} SET {name} = {value}',
                 f'ALTER ROLE {who} RESET {name}' if before is None else
                 f'ALTER ROLE {who} SET {name} = {before}')


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
    return query(case, words, 'rewrite')


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


@contextlib.contextmanager
def open_folder(patient):
    patient.folder.chmod(0o777)
    try:
        yield ()
    finally:
        patient.folder.chmod(0o755)


def setting(key, value):
    return files(lambda patient: patient.set(key, value))


def key(name, change):
    return files(lambda patient: change(patient.keys / name))


def writable(path):
    """By a group that is not root's."""
    if os.geteuid() == 0:
        os.chown(path, -1, 65534)
    path.chmod(0o664)


def acl(path):
    """Let one more user read it: acl(5), in the kernel's form."""
    entries = ((0x01, 6, -1), (0x02, 4, 65534), (0x04, 0, -1), (0x10, 4, -1),
               (0x20, 0, -1))
    text = b''.join(struct.pack('<HHi', *entry) for entry in entries)
    os.setxattr(path, 'system.posix_acl_access', struct.pack('<I', 2) + text)


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
def far_name(patient):
    """Begins as this host's does. libcurl takes all below "localhost" for
    this host (RFC 6761), without asking anybody."""
    with Server() as served:
        patient.set('smtp_url', f'smtp://localhost.localhost:{served.port}')
        patient.set('smtp_tls', 'off')
        try:
            yield ()
        finally:
            patient.mend()


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


@contextlib.contextmanager
def without_check(patient):
    """The stack's own nginx, whose snippet has lost what authenticates: it
    gives the worker whatever name a client claims."""
    stack = patient.stack
    web_home = pathlib.Path(stack.env['UMWS_KEYDIR']).resolve().parent / 'web'
    (path,) = [path for path in web_home.glob('*.conf')
               if '"Unified Messaging"' in path.read_text()]
    whole = path.read_text()
    parts = re.sub('^ *auth_basic.*\n', '', whole, flags=re.M)
    assert parts != whole
    path.write_text(parts)
    stack.do('web', 'stop')
    stack.do('web', 'start')
    try:
        yield '--url', stack.env['UMWS_URL']
    finally:
        path.write_text(whole)
        stack.do('web', 'stop')
        stack.do('web', 'start')


PROXY = """INSERT INTO umws.audit (login, actor, actor_address, way, action,
    result) SELECT 'proxied', 'proxied', '192.0.2.9', 'soap', 'reset', 'ok'
    FROM generate_series(1, 30)"""
# Where the schema gives a right, and where it does not.
RESET = 'umws.reset_prepare(text, inet, text)'
SEAL_AGE = "UPDATE umws.audit_seal SET at = at {} interval '3 days'"

# name of the check, verdict, a word of its line, what breaks it
CASES = [
    ('conf-read', 'wrong', 'nosuch', setting('nosuch', 1)),
    ('conf-read', 'wrong', 'chmod 0644',
     files(lambda patient: patient.conf.chmod(0o666))),
    ('conf-read', 'wrong', 'a password stands here', setting(
        'database_mailer', 'password=x')),
    ('conf-rights', 'wrong', 'everybody', open_folder),
    ('conf-sender', 'wrong', 'mail_from', setting('mail_from', '')),
    ('database-connect', 'wrong', 'start the server',
     setting('database_admin', 'host=/nonexistent dbname=umws')),
    ('database-connect', 'wrong', 'umws_admin',
     files(lambda patient: patient.set('database_admin', patient.stack.env[
         'UMWS_DSN_ADMIN'].replace('umws_admin', 'nosuch')))),
    ('database-connect', 'wrong', 'session_preload_libraries',
     database('session_preload_libraries', "'nosuch'")),
    ('schema-version', 'wrong', 'upgrade this program',
     query('UPDATE umws.schema_info SET version = version + 1,'
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
     query("UPDATE umws.mail_key SET state = 'retired', retired_at = now()",
           "UPDATE umws.mail_key SET state = 'active', retired_at = NULL")),
    ('key-audit-known', 'warning', 'copy of the keys',
     key('audit.key', other_id)),
    ('role-attributes', 'wrong', 'SUPERUSER',
     query('ALTER ROLE umws_worker SUPERUSER',
           'ALTER ROLE umws_worker NOSUPERUSER')),
    ('role-login', 'wrong', 'ALTER ROLE umws_mailer LOGIN',
     query('ALTER ROLE umws_mailer NOLOGIN', 'ALTER ROLE umws_mailer LOGIN')),
    ('role-login', 'warning', '14 days',
     lambda patient: query(
         "DO $$BEGIN EXECUTE format('ALTER ROLE umws_worker VALID UNTIL %L',"
         " now() + interval '3 days'); END$$",
         "ALTER ROLE umws_worker VALID UNTIL 'infinity'")(patient)),
    ('role-members', 'wrong', 'REVOKE pg_read_all_data',
     query('GRANT pg_read_all_data TO umws_mailer',
           'REVOKE pg_read_all_data FROM umws_mailer')),
    ('role-settings', 'wrong', 'in this database',
     query('ALTER ROLE umws_worker IN DATABASE umws SET lock_timeout = 0',
           'ALTER ROLE umws_worker IN DATABASE umws RESET lock_timeout')),
    ('role-in-use', 'wrong', 'superuser', superuser_as_worker),
    ('right-missing', 'wrong', 'reset_prepare',
     query(f'REVOKE EXECUTE ON FUNCTION {RESET} FROM umws_worker',
           f'GRANT EXECUTE ON FUNCTION {RESET} TO umws_worker')),
    ('right-extra', 'wrong', 'umws.um_user',
     query('GRANT SELECT ON umws.um_user TO umws_worker',
           'REVOKE SELECT ON umws.um_user FROM umws_worker')),
    ('right-extra', 'wrong', 'verifier',
     query('GRANT SELECT (verifier) ON umws.um_user TO umws_admin',
           'REVOKE SELECT (verifier) ON umws.um_user FROM umws_admin')),
    ('right-extra', 'wrong', 'PUBLIC',
     query(f'GRANT EXECUTE ON FUNCTION {RESET} TO PUBLIC',
           f'REVOKE EXECUTE ON FUNCTION {RESET} FROM PUBLIC')),
    ('right-owner', 'wrong', 'postgres',
     query(f'ALTER FUNCTION {RESET} OWNER TO postgres',
           f'ALTER FUNCTION {RESET} OWNER TO umws_owner')),
    ('server-fsync', 'wrong', 'set it to on', server('fsync', 'off')),
    ('server-pages', 'wrong', 'set it to on',
     server('full_page_writes', 'off')),
    ('server-damage', 'wrong', 'zero_damaged_pages',
     server('zero_damaged_pages', 'on')),
    ('server-read-only', 'wrong', 'RESET it',
     query('ALTER DATABASE umws SET default_transaction_read_only = on',
           'SET default_transaction_read_only = off;'
           'ALTER DATABASE umws RESET default_transaction_read_only')),
    ('server-standby', 'wrong', 'every commit waits',
     server('synchronous_standby_names', 'far')),
    ('server-parameters', 'wrong', 'verifiers',
     role('umws_mailer', 'log_parameter_max_length', -1, 0)),
    ('server-parameters', 'wrong', 'not set',
     query('ALTER ROLE umws_worker RESET log_parameter_max_length',
           'ALTER ROLE umws_worker SET log_parameter_max_length = 0')),
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
    ('server-views', 'wrong', 'views',
     database('restrict_nonsystem_relation_kind', "'view'")),
    ('server-triggers', 'wrong', 'session_replication_role',
     role('umws_worker', 'session_replication_role', 'replica')),
    ('server-vacuum', 'warning', 'autovacuum', server('autovacuum', 'off')),
    ('server-connections', 'wrong', 'max_connections',
     setting('workers', 500)),
    ('server-connections', 'wrong', 'CONNECTION LIMIT -1',
     query('ALTER ROLE umws_worker CONNECTION LIMIT 1',
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
    # The worst counts, not the last.
    ('user-policies', 'wrong', 'tight', rows(
        "INSERT INTO umws.policy (name, min_pin_length,"
        " min_different_digits) VALUES ('tight', 4, 9), ('ultra', 4, 4)",
        "DELETE FROM umws.policy WHERE name IN ('tight', 'ultra')")),
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
    ('smtp-connect', 'wrong', 'chmod 0640', smtp([
        ('smtp_user', 'umws'), ('smtp_password_file', '/etc/passwd')])),
    ('smtp-ehlo', 'wrong', 'smtp_helo',
     smtp(ehlo='550 5.7.1 not by that name')),
    ('smtp-ehlo', 'warning', 'no dot', smtp([('smtp_helo', 'mx')])),
    ('smtp-tls', 'wrong', 'smtp_tls', smtp([('smtp_tls', 'required')])),
    ('smtp-tls', 'warning', 'another host', far_name),
    ('smtp-program', 'wrong', '/nonexistent',
     files(lambda patient: patient.set_program('/nonexistent'))),
    ('smtp-program', 'wrong', '/etc/passwd',
     files(lambda patient: patient.set_program('/etc/passwd'))),
    ('web-forged-basic', 'wrong', 'REMOTE_USER', without_check),
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
    ('web-worker', 'wrong', 'start umws-fcgi', web(health=503)),
    ('web-worker', 'wrong', 'start umws-fcgi', web(health=502)),
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


@pytest.mark.thin(2)
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


def named(line):
    """How many things a line tells of."""
    more = re.search(r' \(and ([0-9]+) more\)$', line['text'])
    return 1 + int(more.group(1)) if more else 1


def test_every_setting_of_the_roles(patient):
    """Not only the one that a case above takes away."""
    stack = patient.stack
    rows = stack.sql(
        "SELECT setrole::regrole::text, split_part(c, '=', 1),"
        " substr(c, strpos(c, '=') + 1) FROM pg_db_role_setting,"
        ' unnest(setconfig) c WHERE setdatabase = 0 AND'
        " setrole::regrole::text ~ '^umws_'")
    logged = [row for row in rows if row[1].startswith('log_parameter')]
    assert len(rows) > 30 and len(logged) == 8
    # Whom the doctor is connected as, too: nothing depends on them.
    for name in {row[0] for row in rows}:
        stack.sql(f'ALTER ROLE {name} RESET ALL')
    try:
        found = patient.find()
    finally:
        for name, key_, value in rows:
            quoted = value if key_ == 'search_path' else f"'{value}'"
            stack.sql(f'ALTER ROLE {name} SET {key_} = {quoted}')
    assert found.keys() == {'role-settings', 'server-parameters'}, found
    assert named(found['role-settings']) == len(rows) - len(logged)
    assert patient.find() == {}


def test_every_right(patient):
    """Each that a program has on a function or a view is missed."""
    stack = patient.stack
    saved = stack.sql(
        "SELECT format('GRANT %s ON %s TO %s', a.privilege_type, o.name,"
        ' a.grantee::regrole), a.grantee::regrole::text FROM ('
        "SELECT 'FUNCTION ' || oid::regprocedure AS name, proacl AS acl"
        " FROM pg_proc WHERE pronamespace = 'umws'::regnamespace UNION ALL"
        " SELECT 'TABLE ' || oid::regclass, relacl FROM pg_class"
        " WHERE relnamespace = 'umws'::regnamespace) o, aclexplode(o.acl) a"
        " WHERE a.grantee::regrole::text IN ('umws_worker', 'umws_mailer')")
    assert len(saved) > 30
    try:
        for who in ('umws_worker', 'umws_mailer'):
            for what in ('FUNCTIONS', 'TABLES'):
                stack.sql(f'REVOKE ALL ON ALL {what} IN SCHEMA umws'
                          f' FROM {who}')
        found = patient.find()
    finally:
        for statement, _ in saved:
            stack.sql(statement)
    assert found.keys() == {'right-missing'}, found
    assert named(found['right-missing']) == len(saved)
    assert patient.find() == {}


def test_nothing_is_written(patient):
    """No transaction of ours has a number of its own, no mail has left. A
    worker that is asked whether it is ready writes its heartbeat."""
    stack = patient.stack

    def last():
        return stack.value('SELECT pg_snapshot_xmax(pg_current_snapshot())')

    def is_quiet():
        mails, before = len(stack.mail_files()), last()
        patient.doctor('--url', stack.env['UMWS_URL'])
        assert len(stack.mail_files()) == mails
        beat = stack.value('SELECT xmin::text FROM umws.heartbeat')
        # Autovacuum may have one in between.
        return int(last()) - int(before) == (beat == str(before))

    eventually(is_quiet, 30)


def test_database_away(patient):
    """The other checks are done, and those of the database say why not."""
    stack = patient.stack
    stack.do('pg', 'stop')
    try:
        lines = patient.doctor('--url', stack.env['UMWS_URL'])
    finally:
        stack.do('pg', 'start')
    assert {name for name, line in lines.items()
            if line['verdict'] == 'wrong'} == {'database-connect'}
    assert lines['mail-pass']['verdict'] == 'not checked'
    assert 'database-connect' in lines['mail-pass']['text']
    assert lines['web-worker']['verdict'] == 'not checked'
    for name in ('conf-read', 'key-pepper', 'smtp-connect', 'web-refuses'):
        assert lines[name]['verdict'] == 'ok'


def test_it_never_hangs(patient):
    """A database that is frozen, and a mail server that says nothing."""
    stack = patient.stack
    with Server(pause={'greet': 60}) as served, Web(
            post=lambda headers: time.sleep(8 * (
                'X-Forwarded-User' in headers)) or 401) as silent:
        for key_, value in (('connect_timeout', '2s'), ('smtp_timeout', '2s'),
                            ('smtp_url', f'smtp://127.0.0.1:{served.port}')):
            patient.set(key_, value)
        stack.do('pg', 'freeze')
        begun = time.monotonic()
        try:
            found = patient.find('--url', silent.url)
        finally:
            stack.do('pg', 'thaw')
            patient.mend()
        assert time.monotonic() - begun < 60
    assert found.keys() == {'database-connect', 'smtp-connect',
                            'web-forged-user'}, found


SHIM = """
#include <time.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <unistd.h>
int clock_gettime(clockid_t id, struct timespec *at)
{
    int r = (int)syscall(SYS_clock_gettime, id, at);
    if (id == CLOCK_REALTIME) at->tv_sec += 600;
    return r;
}
time_t time(time_t *at)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at != 0) *at = now.tv_sec;
    return now.tv_sec;
}
"""


def test_clock(patient, tmp_path):
    """Ours is ten minutes fast, against the database and the web server."""
    (tmp_path / 'shim.c').write_text(SHIM)
    assert run('cc', '-shared', '-fPIC', '-o', tmp_path / 'shim.so',
               tmp_path / 'shim.c').returncode == 0
    # A sanitizer wants to be loaded first.
    options = asan_options('verify_asan_link_order=0')
    with Web() as served:
        found = patient.find('--url', served.url, ASAN_OPTIONS=options,
                             LD_PRELOAD=str(tmp_path / 'shim.so'))
    assert found.keys() == {'clock-database', 'clock-web'}, found
    for line in found.values():
        assert re.search('is (599|600|601) s behind ours', line['text'])


@pytest.fixture(scope='module')
def certificates():
    with certificate.made((('right', 'IP:127.0.0.1', 30),
                           ('other', 'DNS:other.example', 30),
                           ('late', 'IP:127.0.0.1', 5))) as folder:
        yield folder


@pytest.mark.parametrize('name, authority, verdict, word', [
    ('right', 'ca', 'ok', ''), ('right', None, 'wrong', 'not trusted'),
    ('other', 'ca', 'wrong', 'not trusted'), ('late', 'ca', 'warning', 'days'),
    ('stranger', 'ca', 'wrong', 'not trusted')])
def test_certificate(patient, certificates, name, authority, verdict, word):
    words = () if authority is None else (
        '--ca', certificates / f'{authority}.pem')
    with Web(cert=(certificates / f'{name}.pem',
                   certificates / f'{name}.key')) as served:
        lines = patient.doctor('--only', 'web', '--url', served.url, *words)
    assert lines['web-tls']['verdict'] == verdict, lines
    assert word in lines['web-tls']['text'], lines
    assert {line['verdict'] for other, line in lines.items()
            if other != 'web-tls'} <= {'ok', 'not checked'}, lines


def test_old_tls(patient, certificates):
    with Web(cert=(certificates / 'right.pem', certificates / 'right.key'),
             is_old=True) as served:
        lines = patient.doctor('--only', 'web', '--url', served.url, '--ca',
                               certificates / 'ca.pem')
    assert lines['web-old-tls']['verdict'] == 'warning', lines
    assert lines['web-tls']['verdict'] == 'ok', lines


@pytest.mark.parametrize('settings, replies, name, word', [
    (('required', 'ca'), {'cert': 'other'}, 'smtp-tls', 'another host'),
    (('required', 'stranger'), {'cert': 'right'}, 'smtp-tls', 'authority'),
    (('required', 'ca', 'wrong'), {'cert': 'right'}, 'smtp-auth', '535'),
    (('required', 'ca'), {'cert': 'right'}, None, None),
    (('required', 'ca', 'right'), {'cert': 'right'}, None, None)])
def test_tls_and_login_of_smtp(patient, certificates, tmp_path, settings,
                               replies, name, word):
    tls, authority, *password = settings
    cert = replies['cert']
    if password:
        (tmp_path / 'password').write_text(password[0] + '\n')
        (tmp_path / 'password').chmod(0o600)
        patient.set('smtp_user', 'umws')
        patient.set('smtp_password_file', tmp_path / 'password')
    patient.set('smtp_tls', tls)
    patient.set('smtp_ca_file', certificates / f'{authority}.pem')
    with Server(ehlo='250-mx.example.test|250-STARTTLS|250-AUTH PLAIN'
                '|250 8BITMIME', account=('umws', 'right'),
                cert=(certificates / f'{cert}.pem',
                      certificates / f'{cert}.key')) as served:
        patient.set('smtp_url', f'smtp://127.0.0.1:{served.port}')
        try:
            found = patient.find('--only', 'smtp')
        finally:
            patient.mend()
        assert not served.mails and not served.rcpts
    assert found.keys() == ({name} if name else set()), found
    assert word is None or word in found[name]['text'], found


UNTRIED = {
    # What cannot be brought about here without another host, another server
    # or a thousand mailboxes.
    'mail-depth',
    'server-version', 'server-encoding', 'server-disk', 'server-tls',
    'web-health', 'web-metrics', 'web-phone'}
ELSEWHERE = {'clock-database', 'smtp-auth', 'web-tls', 'web-old-tls',
             # in test_doctor_patroni.py
             'patroni-synchronous', 'patroni-strict', 'patroni-version'}


def test_every_check_is_broken_once(patient):
    listed = run(patient.programs / 'umwsctl', 'doctor', '--list').stdout
    names = {line.split()[0] for line in listed.splitlines()}
    assert names == {name for name, *_ in CASES} | ELSEWHERE | UNTRIED


@pytest.mark.skipif(os.geteuid() != 0, reason='as root alone')
def test_somebody_else(patient):
    """Who may not read the keys, and is not let in, hears just that."""
    env = patient.stack.env
    done = run('setpriv', '--reuid=daemon', '--regid=daemon',
               '--clear-groups', patient.programs / 'umwsctl', '--config',
               env['UMWS_CONF'], 'doctor', '--json', env=environment())
    lines = {line['name']: line for line in json.loads(done.stdout)}
    assert done.returncode == CONFIGURATION and done.stderr == ''
    assert {name for name, line in lines.items()
            if line['verdict'] == 'wrong'} == {'database-connect'}
    for name in ('key-mail', 'key-web-copy'):
        assert lines[name]['verdict'] == 'not checked'
        assert 'run this as root' in lines[name]['text']
    assert lines['key-pepper']['verdict'] == 'ok'


def test_only_and_list(patient):
    listed = run(patient.programs / 'umwsctl', 'doctor', '--list').stdout
    names = [line.split()[0] for line in listed.splitlines()]
    assert len(names) == len(set(names)) > 60
    assert list(patient.doctor('--url', patient.stack.env['UMWS_URL'])) == \
        names
    assert list(patient.doctor('--only', 'server-fsync')) == ['server-fsync']
    assert len(patient.doctor('--only', 'key')) == 10
    done = patient.ctl('doctor', '--only', 'nosuch')
    assert done.returncode == 64 and '--list' in done.stderr
    done = patient.ctl('doctor', '--url', 'mail.example.org')
    assert done.returncode == 64 and 'https://' in done.stderr


def test_lines_for_people(patient):
    """One for each check, what is to be done in it, and a count at the end."""
    patient.set('smtp_url', 'smtp://127.0.0.1:9')
    try:
        done = patient.ctl('doctor')
    finally:
        patient.mend()
    *lines, last = done.stdout.splitlines()
    assert done.returncode == CONFIGURATION and done.stderr == ''
    (wrong,) = [line for line in lines if line.startswith('wrong')]
    assert re.fullmatch('wrong +smtp-connect: .*; to do: .*', wrong)
    counts = [int(number) for number in re.findall('[0-9]+', last)]
    assert sum(counts) == len(lines) and counts[2] == 1


def test_man_page_has_every_check(patient):
    listed = run(patient.programs / 'umwsctl', 'doctor', '--list').stdout
    page = (TREE / 'doc' / 'umwsctl.1').read_text()
    part = page.split('.Ss The checks of doctor', 1)[1].split('.Sh ', 1)[0]
    there = [name for line in part.splitlines()
             if line.startswith('.It Li ')
             for name in line[7:].split(' , ')]
    assert sorted(there) == sorted(line.split()[0]
                                   for line in listed.splitlines())


def test_nothing_is_left_broken(patient):
    assert patient.find() == {}
