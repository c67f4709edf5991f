"""A running stack, and what the measurements do to it.

A stack is driven by the tools/stack of its own tree, which may be an old
commit's: what is known of it is that command line, the environment that it
writes, and the columns of the tables that are counted.
"""
import base64
import concurrent.futures
import ctypes
import ctypes.util
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.request
import uuid

from umws_stack import mailbox, process, programs
from umws_stack.layout import CHECKOUT, Layout, read_env

BODY = CHECKOUT / 'tests' / 'wire' / 'resetpin-request.xml'
EWS, TUI = '/EWS/UM2007Legacy.asmx', '/umws/tui'
USERS = 512             # whom the clients are
CALLERS = 64            # the first of them, where the phone is measured
COUNTED = """
SELECT (SELECT count(*) FROM umws.audit WHERE action = 'reset'
    AND result = 'ok'),
    (SELECT count(*) FROM umws.outbox),
    (SELECT coalesce(sum(generation), 0) FROM umws.um_user)
"""
LOGONS = """
SELECT count(*) FILTER (WHERE result IN ('ok', 'must_change')),
    count(*) FILTER (WHERE result IN ('denied', 'voided', 'locked'))
FROM umws.audit WHERE action = 'logon'
"""
# Limits are on, and high enough never to be reached.
LIMITS = ('ResetsPerHour=1000', 'ResetsPerDay=1000')
RAISE = r"""
SELECT format('UPDATE %I.%I SET resets_per_minute = 100000,'
    ' resets_per_address_hour = 100000', table_schema, table_name)
FROM information_schema.columns JOIN information_schema.tables
    USING (table_schema, table_name)
WHERE column_name = 'resets_per_minute' AND table_type = 'BASE TABLE' \gexec
"""
# What went before is no longer in any limit's window, and leaves no debts.
SETTLE = """
SET session_replication_role = replica;
UPDATE umws.audit SET at = at - interval '2 days'
WHERE at > clock_timestamp() - interval '1 day';
VACUUM ANALYZE;
"""
# As many old resets, settled, of all users.
OLD = """
CREATE TEMPORARY TABLE who AS
SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, login, email
FROM umws.um_user;
INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way, action,
    result, policy, operation_id, request_id, reset_number)
SELECT now() - interval '399 days' + g.n * interval '397 days' / {count}, w.id,
    w.login, w.login, '192.0.2.0'::inet + g.n % 256, 'soap', 'reset', 'ok',
    'default', gen_random_uuid(), g.n::text,
    nextval('umws.audit_reset_number_seq')
FROM generate_series(1, {count}) g (n)
    JOIN who w ON w.n = g.n % (SELECT count(*) FROM who);
INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
    key_id, state, next_attempt_at, created_at, expires_at, sent_at,
    display_name, extension, access_numbers, extra_text, is_locked_out,
    must_change)
SELECT gen_random_uuid(), w.id, 0, 'reset', w.email, 'en', 'k', 'sent', t.at,
    t.at, t.at + interval '5 days', t.at, '', '', '', '', false, true
FROM generate_series(1, {count}) g (n)
    JOIN who w ON w.n = g.n % (SELECT count(*) FROM who),
    LATERAL (SELECT now() - interval '399 days'
        + g.n * interval '397 days' / {count}) t (at);
VACUUM ANALYZE;
"""
CLAIM = """
SELECT count(*) FROM umws.outbox_claim(ARRAY['{key}'], 10, '{token}');
SELECT umws.outbox_release('{token}');
"""
BACKENDS = """
SELECT pid FROM pg_stat_activity
WHERE usename = 'umws_worker' AND backend_type = 'client backend'
"""


class BenchError(Exception):
    """A measurement that is worth nothing, and why."""


def old_tree(commit):
    """That commit's files in a folder of their own, which is kept."""
    done = subprocess.run(
        ['git', '-C', CHECKOUT, 'rev-parse', '--verify', '--quiet',
         f'{commit}^{{commit}}'], text=True, capture_output=True)
    if done.returncode != 0:
        raise BenchError(f'--against {commit}: no such commit')
    name = done.stdout.strip()
    tree = CHECKOUT / 'build-bench' / name[:12]
    if not tree.exists():
        fresh = tree.with_suffix('.new')
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        files = subprocess.run(['git', '-C', CHECKOUT, 'archive', name],
                               check=True, stdout=subprocess.PIPE).stdout
        subprocess.run(['tar', '-x', '-C', fresh], check=True, input=files)
        fresh.rename(tree)
    return tree


def derive(kdf, seconds):
    """Derivations and nothing else, of the worker's own library.

    Derivations per second, and milliseconds of processor time for one.
    """
    library = ctypes.CDLL(ctypes.util.find_library('sodium'))
    if library.sodium_init() < 0:       # which also chooses the fastest code
        raise BenchError('libsodium does not start')
    memory, passes, _ = map(int, kdf.split(','))
    hashed, count = ctypes.create_string_buffer(32), 0
    begin, used = time.monotonic(), time.process_time()
    while count == 0 or time.monotonic() - begin < seconds:
        # Its last number is Argon2id; an input of the MAC's 32 bytes.
        if library.crypto_pwhash(
                hashed, ctypes.c_ulonglong(32), os.urandom(32),
                ctypes.c_ulonglong(32), os.urandom(16),
                ctypes.c_ulonglong(passes), ctypes.c_size_t(memory * 1024),
                2) != 0:
            raise BenchError(f'no memory for a derivation, or bad: {kdf}')
        count += 1
    return {'rate': count / (time.monotonic() - begin),
            'cpu_ms': (time.process_time() - used) * 1000 / count}


class Stand:
    """A stack of its own, as small as the measurements want it."""

    def __init__(self, kdf, tree=CHECKOUT):
        self.kdf = kdf
        self.tree = tree
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-bench-'))
        self.program = programs.build() / 'tools' / 'bench.d' / 'load'
        self.peer = None
        self.layout = None
        self.env = {}

    def __enter__(self):
        try:
            self.up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failure):
        if self.peer is not None:
            self.peer.stop()
        if self.env:
            self.stack('down')
        shutil.rmtree(self.folder)

    def stack(self, command, *words):
        """The tree's own tools/stack; an old tree has its own build, too."""
        kept = os.environ
        if self.tree != CHECKOUT:
            kept = {name: value for name, value in kept.items()
                    if not name.startswith('UMWS_')}
        done = subprocess.run(
            [self.tree / 'tools' / 'stack', command, self.folder / 'stack',
             *words], env=kept, text=True, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise BenchError(f'{self.tree}: stack {command}: {done.stderr}')

    def up(self):
        # For who is not root, the kernel's figures want core_dumps.
        more = [] if os.geteuid() == 0 else ['--conf', 'core_dumps=yes']
        for setting in LIMITS:
            more += ['--policy', setting]
        self.stack('up', '--users', str(USERS), '--kdf', self.kdf,
                   '--mailer', 'off', *more)
        self.layout = Layout(self.folder / 'stack')
        self.env = read_env(self.layout)
        self.sql(RAISE)
        lines = [base64.b64encode(
            f'{programs.user_name(n)}:{self.env["UMWS_PASSWORD"]}'.encode())
            for n in range(1, USERS + 1)]
        self.write('credentials', lines)
        self.write('callers', lines[:CALLERS])
        self.write('others', lines[CALLERS:])

    def write(self, name, lines):
        (self.folder / name).write_bytes(b'\n'.join(lines) + b'\n')

    def sql(self, text, database=None):
        """As the owner; the rows, as lists of texts."""
        done = subprocess.run(
            ['psql', '-XqAt', '-F', '\t', '-v', 'ON_ERROR_STOP=1'],
            input=text, text=True, capture_output=True,
            env=os.environ | self.env
            | ({'PGDATABASE': database} if database else {}))
        if done.returncode != 0:
            raise BenchError(done.stderr.strip() or 'psql failed')
        return [line.split('\t') for line in done.stdout.splitlines()]

    def load(self, clients, count, variant=None):
        """So many requests by so many clients, or by one of the peer's ways.

        Some go before, and do not count: they find the pools started, the
        plans made. Every 200 must have left its rows, and nothing else may
        have. The figures of umws's own runs have the milliseconds of
        processor time that backends, worker and web server took for one.
        """
        path = f'/peer/{variant}' if variant else EWS
        database = self.peer.DATABASE if variant else None
        self.sql(SETTLE, database)
        self.send(path, clients, count // 8)
        before, used = self.counted(database), self.cpu()
        figures = self.send(path, clients, count)
        after = self.cpu()
        done = figures['ok']
        rows = [new - old for old, new
                in zip(before, self.counted(database))]
        if rows != [done] * len(rows):
            raise BenchError(f'{done} resets at {path} have left {rows}'
                             ' audit rows, mails and PINs')
        if not variant:
            figures |= {name: (after[name] - used[name]) * 1000 / done
                        for name in used}
        return figures

    def send(self, path, clients, count, lines='credentials'):
        words = (self.env['UMWS_BASE_URL'].rpartition(':')[2], path, clients,
                 max(count, clients), self.folder / lines,
                 *([] if path == TUI else [BODY]))
        done = subprocess.run([self.program, *map(str, words)], text=True,
                              capture_output=True)
        if done.returncode != 0:
            raise BenchError(f'load: {done.stderr.strip()}'
                             f' {done.stdout.strip()}')
        return json.loads(done.stdout)

    def learn(self):
        """The callers' PINs, from a mail for each of them."""
        self.send(EWS, 8, CALLERS, 'callers')
        subprocess.run([self.env['UMWS_MAILER']], check=True,
                       capture_output=True)
        pins = {mailbox.recipients(path)[0].partition('@')[0]:
                mailbox.pin(path) for path in mailbox.mails(self.layout)}
        self.write('logons', [self.logon(*pair) for pair in pins.items()])

    def logon(self, login, pin):
        account = (f'{self.env["UMWS_TUI_USER"]}:'
                   f'{self.env["UMWS_TUI_PASSWORD"]}')
        return (base64.b64encode(account.encode())
                + f' action=logon&mailbox={login}&pin={pin}'.encode())

    def phone(self, clients, count, resets=False):
        """Logons with the right PIN; beside them as many resets of others.

        Every 200 must be a PIN that was found right.
        """
        self.sql(SETTLE)
        self.send(TUI, clients, count // 8, 'logons')
        before = self.logons()
        with concurrent.futures.ThreadPoolExecutor() as pool:
            other = pool.submit(self.send, EWS, clients, count,
                                'others') if resets else None
            figures = self.send(TUI, clients, count, 'logons')
        right, wrong = (new - old for old, new in zip(before, self.logons()))
        if (right, wrong, figures['again']) != (figures['ok'], 0, 0):
            raise BenchError(f'{figures["ok"]} logons: {right} were right,'
                             f' {wrong} wrong, {figures["again"]} put off')
        return figures | ({'resets': other.result()['rate']} if other else {})

    def guess(self, lines):
        """So many lines with wrong PINs at one mailbox, twice each.

        The tries that were granted, and those that its policy grants; what
        was derived for them, without the PINs that were drawn on the way.
        """
        login = programs.user_name(1)
        self.write('guesses', [self.logon(login, f'{1000 + n}')
                               for n in range(2 * lines)])
        before, derived = self.logons()[1], self.derived()
        self.send(TUI, lines, 2 * lines, 'guesses')
        allowed = self.sql('SELECT max_logon_attempts FROM umws.policy'
                           ' JOIN umws.um_user ON policy_id = policy.id'
                           f" WHERE login = '{login}'")[0][0]
        return {'tries': self.logons()[1] - before, 'allowed': int(allowed),
                'derived': self.derived() - derived}

    def derived(self):
        """Derivations so far, but for those of resets: one for each."""
        with urllib.request.urlopen(self.env['UMWS_METRICS_URL']) as answer:
            metrics = dict(line.split() for line in
                           answer.read().decode().splitlines()
                           if not line.startswith('#'))
        return (int(metrics['umws_derivations_total'])
                - int(metrics['umws_resets_total']))

    def logons(self):
        return [int(text) for text in self.sql(LOGONS)[0]]

    def counted(self, database):
        return [int(text) for text in self.sql(COUNTED, database)[0]]

    def children(self, name):
        """Of the worker or the web server: those that serve."""
        leader = pathlib.Path(self.env[f'UMWS_{name}_PIDFILE']).read_text()
        return [pid for pid, fields in process.every_process()
                if fields['parent'] == int(leader)]

    def cpu(self):
        """Seconds of processor so far, as the kernel counts them."""
        pids = {'backend': [row[0] for row in self.sql(BACKENDS)],
                'worker': self.children('WORKER'),
                'web': self.children('WEB')}
        return {name: sum(int(
            pathlib.Path(f'/proc/{pid}/schedstat').read_text().split()[0])
            for pid in found) / 1e9 for name, found in pids.items()}

    def mailer(self):
        """One pass, from its start to its end, over a mail for everybody."""
        self.load(8, USERS)
        before = self.sent()
        begin = time.monotonic()
        done = subprocess.run([self.env['UMWS_MAILER']], capture_output=True)
        seconds = time.monotonic() - begin
        sent = self.sent() - before
        if done.returncode != 0 or sent != USERS:
            raise BenchError(f'umws-mailer: {sent} of {USERS} mails,'
                             f' exit code {done.returncode}')
        return {'rate': sent / seconds}

    def age(self, count):
        """So many old rows of audit and of outbox."""
        self.sql(OLD.format(count=count))

    def claims(self, count):
        """The median of so many claims of ten mails, by one connection."""
        key = self.sql("SELECT id FROM umws.mail_key WHERE state = 'active'")
        text = CLAIM.format(key=key[0][0], token=uuid.uuid4())
        done = subprocess.run(
            ['psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d',
             self.env['UMWS_DSN_MAILER']], text=True, capture_output=True,
            input='\\timing on\n' + text * count, env=os.environ | self.env)
        lines = done.stdout.splitlines()
        if done.returncode != 0 or lines.count('10') != count:
            raise BenchError(f'claims: {done.stderr.strip()}'
                             f' {lines[:4]}')
        times = [float(lines[n + 1].split()[1])
                 for n, line in enumerate(lines) if line == '10']
        return {'claim': statistics.median(times)}

    def sent(self):
        return int(self.sql("SELECT count(*) FROM umws.outbox"
                            " WHERE state = 'sent'")[0][0])
