"""One running stack (tools/stack), seen by the tests: its verbs, the
database as the owner sees it, and the mails that came."""
import contextlib
import email
import email.policy
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg2
import pytest

from umws_stack import process, user, web
from umws_stack.accounts import account, caller
from umws_stack.layout import Layout

TREE = pathlib.Path(__file__).resolve().parents[2]
TOOL = TREE / 'tools' / 'stack'
USERS = 200
UNAVAILABLE = 69                # EX_UNAVAILABLE
IS_LONG = os.environ.get('UMWS_LONG') == '1'
CHEAP = ('--kdf', '8,1,1')      # where the cost of derivation is not tested
STATE = """
SELECT to_jsonb(u) || jsonb_build_object(
    'history_count', (SELECT count(*) FROM umws.pin_history h
        JOIN umws.um_user t ON t.id = h.user_id WHERE t.login = u.login))
FROM umws.v_user u WHERE u.login = %s
"""
WORLD = """
SELECT (SELECT coalesce(sum(generation), 0) FROM umws.um_user),
    (SELECT count(*) FROM umws.um_user WHERE verifier IS NOT NULL),
    (SELECT count(*) FROM umws.pin_history),
    (SELECT count(*) FROM umws.outbox),
    (SELECT count(*) FROM umws.audit
        WHERE result = 'ok' AND way <> 'umwsctl')
"""


def brief(short, long):
    """A number of a test's short form, or of the long one."""
    return long if IS_LONG else short


def on_a_terminal(*argv):
    """What a terminal of errors is shown; the output and the exit code."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = b''
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:
            break
    os.close(ours)
    out, _ = done.communicate(timeout=120)
    return shown, out.decode(), done.returncode


def eventually(check, seconds=10, what=None):
    """Poll until check() holds and return what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        assert time.monotonic() < deadline, (
            f'not within {seconds} s: {what or check}')
        time.sleep(0.02)


def keep(variable, figures):
    """Add to the list in the file that this variable names, if it does."""
    name = os.environ.get(variable)
    if not name:
        return
    with open(name, 'a+') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        rows = json.loads(file.read() or '[]')
        file.truncate(0)
        json.dump([*rows, figures], file, indent=1)


def environment(**more):
    """Ours without what belongs to a stack or leads libpq astray."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(('PG', 'UMWS_'))} | more


def asan_options(more):
    """Ours, and this one for a sanitizer's program."""
    return f"{os.environ.get('ASAN_OPTIONS', '')}:{more}"


def frugal():
    """Our environment; a sanitizer keeps none of the memory that was freed."""
    return environment(ASAN_OPTIONS=asan_options('quarantine_size_mb=1'))


def run(*words, text=None, env=None, seconds=120):
    return subprocess.run([str(word) for word in words], input=text,
                          text=True, capture_output=True, env=env,
                          timeout=seconds)


def keep_secret(path):
    """As a file with a password is to be kept: the mailer may read it, too."""
    caller().own(path, 0o640, account('mailer').gid)


def read_env(path):
    """DIR/env as a shell would read it."""
    done = run('sh', '-c', f'. "{path}" && env -0', env={})
    assert done.returncode == 0, done.stderr
    return dict(entry.split('=', 1)
                for entry in done.stdout.split('\0') if '=' in entry)


class Stack:
    """A stack of its own in a folder; users are handed out one by one."""
    is_built = False

    def __init__(self, folder):
        self.dir = pathlib.Path(folder)
        self.env = {}
        self.used = 0
        self.owner = None

    def up(self, *options):
        for option in ('template', 'homes'):
            value = os.environ.get(f'UMWS_{option.upper()}')
            options += (f'--{option}', value) if value else ()
        done = run(TOOL, 'up', self.dir, *options, env=self.programs(),
                   seconds=300)
        if done.returncode == UNAVAILABLE and (
                {'--asterisk', '--cluster'} & set(options)):
            pytest.skip(done.stderr.strip().removeprefix('stack: '))
        assert done.returncode == 0, done.stderr
        Stack.is_built = True
        self.env = read_env(self.dir / 'env')

    @classmethod
    def programs(cls):
        """Ours; what our first stack has looked after is built."""
        env = dict(os.environ)
        if cls.is_built and 'UMWS_BUILD' in env:
            env['UMWS_BINDIR'] = env.pop('UMWS_BUILD')
        return env

    def down(self):
        if self.owner is not None:
            self.owner.close()
        done = run(TOOL, 'down', self.dir)
        assert done.returncode == 0, done.stderr

    def command(self, verb, *words):
        """What does a verb of the stack, and its environment. A program that
        the verb would only start is started at once, for there are thousands
        of such; those of a cluster are on other hosts."""
        if verb in ('ctl', 'mailer') and 'UMWS_NAMESPACE' not in self.env:
            return ([self.env[f'UMWS_{verb.upper()}'], *words],
                    process.clean_environment())
        return [TOOL, 'do', self.dir, verb, *words], None

    def do(self, *words, text=None, code=0):
        """A verb of the stack, which must end with this exit code."""
        if words[:2] == ('pg', 'stop') and self.owner is not None:
            self.owner.close()      # it would not survive that
        argv, env = self.command(*words)
        done = run(*argv, text=text, env=env)
        assert done.returncode == code, (words, done.returncode,
                                         done.stdout, done.stderr)
        return done.stdout.strip()

    def start(self, *words):
        """The same in the background."""
        argv, env = self.command(*words)
        return subprocess.Popen(
            argv, text=True, env=env,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def user(self):
        """A user nobody has used yet."""
        self.used += 1
        assert self.used <= USERS
        return f'user{self.used:04d}'

    def connect(self, role=None):
        """A connection of its own, by default as the owner."""
        dsn = self.env[f'UMWS_DSN_{role.upper()}'] if role else (
            'host={PGHOST} port={PGPORT} dbname={PGDATABASE} user={PGUSER}'
            .format(**self.env))
        return psycopg2.connect(dsn, connect_timeout=5)

    def sql(self, text, *values):
        """Run SQL as the owner; rows as tuples, or None without rows."""
        if self.owner is None or self.owner.closed:
            self.owner = self.connect()
            self.owner.autocommit = True
        with self.owner.cursor() as cursor:
            cursor.execute(text, values or None)
            return cursor.fetchall() if cursor.description else None

    def rewrite(self, text, *values):
        """SQL that umws forbids: audit rows are moved in time, say. Triggers
        are off for it."""
        self.sql('SET session_replication_role = replica')
        try:
            return self.sql(text, *values)
        finally:
            self.sql('RESET session_replication_role')

    def value(self, text, *values):
        return self.sql(text, *values)[0][0]

    def state(self, login):
        """What the database knows of the user."""
        (row,) = self.sql(STATE, login.lower())
        return row[0] | {'outbox': self.outbox(login),
                         'audit': self.audit(login)}

    def world(self):
        """Counts that every reset changes and nothing else does."""
        return self.sql(WORLD)[0]

    def outbox(self, login):
        """The user's mails, the oldest first, as dictionaries."""
        rows = self.sql(
            'SELECT to_jsonb(o) FROM umws.v_outbox o WHERE login = %s'
            ' ORDER BY generation', login)
        return [row[0] for row in rows]

    def audit(self, login, by_operators=False):
        """What callers have done to a mailbox, or what operators have."""
        rows = self.sql('SELECT to_jsonb(a) FROM umws.v_audit a'
                        " WHERE login = %s AND (way = 'umwsctl') = %s"
                        ' ORDER BY id', login, by_operators)
        return [row[0] for row in rows]

    def mail_files(self, login=None):
        """Mails in order of acceptance."""
        found = sorted(pathlib.Path(self.env['UMWS_MAILDIR']).glob('*.eml'))
        if login is None:
            return found
        line = f'X-Sink-To: {login}@example.test'
        return [path for path in found
                if line in path.read_text('utf-8', 'replace').splitlines()]

    def mailer(self, code=0):
        """One pass of the mailer."""
        done = run(self.env['UMWS_MAILER'])
        assert done.returncode == code, (done.returncode, done.stderr)
        return done.stderr

    def is_pin(self, login, pin):
        return user.check_pin(Layout(self.dir), login, pin)

    def log(self, name):
        path = pathlib.Path(self.env['UMWS_LOGDIR']) / f'{name}.log'
        return path.read_text(errors='replace') if path.exists() else ''

    def children(self):
        """Pids of the worker's children, none when it has ended."""
        try:
            parent = self.parent()
            path = pathlib.Path(f'/proc/{parent}/task/{parent}/children')
            return [int(pid) for pid in path.read_text().split()]
        except OSError:
            return []

    @contextlib.contextmanager
    def unchecked(self, domain):
        """As in a database whose makers thought less of this domain: what
        is written now is what the programs have to cope with."""
        checks = self.sql('SELECT conname, pg_get_constraintdef(oid) FROM'
                          ' pg_constraint WHERE contypid = %s::regtype',
                          domain)
        for name, _ in checks:
            self.sql(f'ALTER DOMAIN {domain} DROP CONSTRAINT {name}')
        try:
            yield
        finally:
            for name, text in checks:
                self.sql(f'ALTER DOMAIN {domain} ADD CONSTRAINT {name} {text}'
                         ' NOT VALID')

    def web_users(self, names):
        """Let these in, with the usual password."""
        password = self.env['UMWS_PASSWORD']
        web.set_users(Layout(self.dir), {name: password for name in names})

    def parent(self):
        path = pathlib.Path(self.env['UMWS_WORKER_PIDFILE'])
        return int(path.read_text())

    @contextlib.contextmanager
    def held_rows(self, *logins):
        """Hold these users' rows, so that commits of resets wait for us."""
        holder = self.connect()
        try:
            with holder.cursor() as cursor:
                cursor.execute('SELECT FROM umws.um_user WHERE login = ANY(%s)'
                               ' FOR UPDATE', (list(logins),))
            yield holder
        finally:
            holder.close()

    def wait_for_operators(self):
        """What umwsctl has begun in the database has ended; whoever killed
        the program has not ended that."""
        eventually(lambda: not self.sql(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'umws_admin'"),
            20, 'the end of what umwsctl began')

    def waiting_backends(self):
        """Pids of worker connections that wait for a lock."""
        rows = self.sql("SELECT pid FROM pg_stat_activity WHERE"
                        " usename = 'umws_worker' AND"
                        " wait_event_type = 'Lock'")
        return [row[0] for row in rows]


@contextlib.contextmanager
def installed(*options, kind=Stack):
    """A stack in a folder of its own, whose mailer runs only when told."""
    folder = tempfile.mkdtemp(prefix='umws-test-')
    made = kind(folder + '/stack')
    try:
        made.up('--users', str(USERS), '--mailer', 'off', *options)
        yield made
    finally:
        made.down()
        shutil.rmtree(folder)


def is_alive(pid):
    """Does the process run? A zombie that waits for its parent does not."""
    try:
        text = pathlib.Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return False
    return text.rpartition(')')[2].split()[0] not in 'ZX'


def account_of(pid):
    """For subprocess, to run something as the user of this process."""
    if os.geteuid() != 0:
        return {}               # all of it runs as us
    words = pathlib.Path(f'/proc/{pid}/status').read_text().split()
    user, group = (int(words[words.index(name) + 1])
                   for name in ('Uid:', 'Gid:'))
    return {'user': user, 'group': group, 'extra_groups': []}


def kill(pid, number=signal.SIGKILL):
    os.kill(pid, number)


def message(path):
    """A mail as Python's own parser reads it."""
    return email.message_from_bytes(path.read_bytes(),
                                    policy=email.policy.default)


def plain_text(path):
    return message(path).get_body(preferencelist=('plain',)).get_content()


def digit_lines(path):
    """The lines of the text part that are digits and nothing else."""
    return [line for line in plain_text(path).splitlines()
            if re.fullmatch('[0-9]+', line)]


def pin_of(path):
    lines = digit_lines(path)
    assert len(lines) == 1, (path, lines)
    return lines[0]


def as_received(path):
    """The message without the lines that the sink put before it."""
    lines = path.read_bytes().split(b'\r\n')
    while lines[0].startswith(b'X-Sink-'):
        del lines[0]
    return b'\r\n'.join(lines)
