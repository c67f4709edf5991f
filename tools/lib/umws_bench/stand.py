"""A running stack, and what the measurements do to it.

A stack is brought up by the tools/stack of its own tree, which may be an old
commit's: what is known of it is that command line, the environment that it
writes, where umws_stack.layout has its parts lie, and the columns of the
tables that are counted.
"""
import base64
import concurrent.futures
import contextlib
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

from umws_stack import mailbox, postgres, process, programs
from umws_stack.accounts import account
from umws_stack.layout import CHECKOUT, DATABASE, Layout, StackError, read_env

BODY = CHECKOUT / 'tests' / 'wire' / 'resetpin-request.xml'
OLD_ROWS = CHECKOUT / 'tools' / 'bench.d' / 'old-rows.sql'
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
SENT = "SELECT count(*) FROM umws.outbox WHERE state = 'sent'"
# Limits are on, and high enough never to be reached.
LIMITS = ('--policy', 'ResetsPerHour=1000', '--policy', 'ResetsPerDay=1000')
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
CLAIM = """
SELECT count(*) FROM umws.outbox_claim(ARRAY['{key}'], 10, '{token}');
SELECT umws.outbox_release('{token}');
"""
BACKENDS = """
SELECT pid FROM pg_stat_activity
WHERE usename = 'umws_worker' AND backend_type = 'client backend'
"""


def old_tree(commit):
    """That commit's files in a folder of their own, which is kept."""
    git = ('git', '-C', CHECKOUT)
    done = subprocess.run(
        [*git, 'rev-parse', '--verify', '--quiet', f'{commit}^{{commit}}'],
        text=True, capture_output=True)
    if done.returncode != 0:
        raise StackError(f'--against {commit}: no such commit')
    name = done.stdout.strip()
    tree = CHECKOUT / 'build-bench' / name[:12]
    if not tree.exists():
        fresh = tree.with_suffix('.new')
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        files = subprocess.run([*git, 'archive', name], check=True,
                               stdout=subprocess.PIPE).stdout
        subprocess.run(['tar', '-x', '-C', fresh], check=True, input=files)
        fresh.rename(tree)
    return tree


@contextlib.contextmanager
def running(kdf, tree=CHECKOUT, users=USERS):
    """A stack of that tree, as small as the measurements want it: a Stand."""
    # For who is not root, the kernel's figures want core_dumps.
    more = [] if os.geteuid() == 0 else ['--conf', 'core_dumps=yes']
    with tempfile.TemporaryDirectory(prefix='umws-bench-') as folder:
        try:
            stack(tree, 'up', folder, '--users', str(users), '--kdf', kdf,
                  '--mailer', 'off', *LIMITS, *more)
            yield Stand(Layout(folder), users)
        finally:
            stack(tree, 'down', folder)


def stack(tree, *words):
    """The tree's own tools/stack; an old tree has its own build, too."""
    environment = {name: value for name, value in os.environ.items()
                   if tree == CHECKOUT or not name.startswith('UMWS_')}
    done = subprocess.run([tree / 'tools' / 'stack', *words], text=True,
                          env=environment, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise StackError(f'{tree}: stack {words[0]}: {done.stderr}')


def credentials(line):
    """A line for the load generator: "NAME:PASSWORD", a blank, a form."""
    account, blank, form = line.partition(' ')
    return base64.b64encode(account.encode()).decode() + blank + form


class Stand:
    def __init__(self, layout, users):
        self.layout = layout
        self.users = users
        self.env = read_env(layout)
        self.program = programs.build() / 'tools' / 'bench.d' / 'load'
        self.peer = None
        postgres.query(layout, RAISE)
        self.accounts = [
            f'{programs.user_name(n)}:{self.env["UMWS_PASSWORD"]}'
            for n in range(1, users + 1)]

    def numbers(self, sql, database=DATABASE):
        """The one row of a query."""
        return [int(text) for text in
                postgres.query(self.layout, sql, database).split('\t')]

    def growth(self, sql, database=DATABASE):
        """A function: by how much that row's numbers have grown."""
        before = self.numbers(sql, database)
        return lambda: [new - old for old, new in zip(
            before, self.numbers(sql, database))]

    def load(self, clients, count, way=None):
        """So many requests by so many clients, or by one of the peer's ways.

        Some go before, and do not count: they find the pools started, the
        plans made. Every 200 must have left its rows, and nothing else may
        have. The figures of umws's own runs have the milliseconds of
        processor time that backends, worker and web server took for one.
        """
        path = f'/peer/{way}' if way else EWS
        database = self.peer.DATABASE if way else DATABASE
        postgres.query(self.layout, SETTLE, database)
        self.send(path, clients, count // 8)
        left, used = self.growth(COUNTED, database), self.cpu()
        figures = self.send(path, clients, count)
        after = self.cpu()
        done, rows = figures['ok'], left()
        if rows != [done] * len(rows):
            raise StackError(f'{done} resets at {path} have left {rows}'
                             ' audit rows, mails and PINs')
        if not way:
            figures |= {name: (after[name] - used[name]) / done
                        for name in used}
        return figures

    def send(self, path, clients, count, lines=None):
        """Run the load generator; its figures."""
        words = [self.program, self.env['UMWS_BASE_URL'].rpartition(':')[2],
                 path, clients, max(count, clients), '/dev/stdin',
                 *([] if path == TUI else [BODY])]
        done = subprocess.run(
            [str(word) for word in words], text=True, capture_output=True,
            input='\n'.join(map(credentials, lines or self.accounts)))
        if done.returncode != 0:
            raise StackError(f'{done.stderr.strip()} {done.stdout.strip()}')
        return json.loads(done.stdout)

    def mailer(self, **settings):
        """One pass over a mail for everybody, from its start to its end."""
        self.load(8, self.users)
        sent, begin = self.growth(SENT), time.monotonic()
        self.run_mailer(**settings)
        seconds = time.monotonic() - begin
        if sent() != [self.users]:
            raise StackError(f'umws-mailer: {sent()} of {self.users} mails')
        return {'rate': self.users / seconds}

    def configure(self, settings):
        """A copy of umws.conf that has these."""
        file = pathlib.Path(self.env['UMWS_CONF'])
        lines = [line for line in file.read_text().splitlines()
                 if line.partition(' = ')[0] not in settings]
        lines += [f'{key} = {value}' for key, value in settings.items()]
        file = file.with_name('bench.conf')
        file.write_text('\n'.join(lines) + '\n')
        return file

    def run_mailer(self, **settings):
        """One pass; with these settings in place of the file's, and as cron
        starts it, its log to a file. The stack's way has a copy made of it."""
        command = [self.env['UMWS_MAILER']]
        if settings:
            command = [*account('mailer').prefix().split(),
                       self.layout.home / 'bin' / 'umws-mailer',
                       '--config', self.configure(settings)]
        with tempfile.TemporaryFile('w+') as log:
            done = subprocess.run(command, stdout=log, stderr=log)
            if done.returncode != 0:
                log.seek(0)
                raise StackError(f'umws-mailer: {log.read()}')

    def learn(self):
        """The callers' PINs, from a mail for each of them; their logons."""
        self.send(EWS, 8, CALLERS, self.accounts[:CALLERS])
        self.run_mailer()
        return [self.logon(mailbox.recipients(path)[0].partition('@')[0],
                           mailbox.pin(path))
                for path in mailbox.mails(self.layout)]

    def logon(self, login, pin):
        """A line for the load generator."""
        return (f'{self.env["UMWS_TUI_USER"]}:{self.env["UMWS_TUI_PASSWORD"]}'
                f' action=logon&mailbox={login}&pin={pin}')

    def phone(self, lines, count, logons, resets=False):
        """Logons with the right PIN; beside them as many resets of others.

        Every 200 must be a PIN that was found right.
        """
        postgres.query(self.layout, SETTLE)
        self.send(TUI, lines, count // 8, logons)
        told = self.growth(LOGONS)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            others = pool.submit(self.send, EWS, lines, count,
                                 self.accounts[CALLERS:]) if resets else None
            figures = self.send(TUI, lines, count, logons)
        right, wrong = told()
        if (right, wrong, figures['again']) != (figures['ok'], 0, 0):
            raise StackError(f'{figures["ok"]} logons: {right} were right,'
                             f' {wrong} wrong, {figures["again"]} put off')
        return figures | ({'resets': others.result()['rate']} if others
                          else {})

    def guess(self, lines):
        """So many lines with wrong PINs at one mailbox, twice each.

        The tries that were granted, and those that its policy grants; what
        was derived for them, without the PINs that were drawn on the way.
        """
        login = programs.user_name(1)
        told, derived = self.growth(LOGONS), self.derived()
        self.send(TUI, lines, 2 * lines, [
            self.logon(login, 1000 + n) for n in range(2 * lines)])
        allowed, = self.numbers(
            'SELECT max_logon_attempts FROM umws.policy JOIN umws.um_user'
            f" ON policy_id = policy.id WHERE login = '{login}'")
        return {'tries': told()[1], 'allowed': allowed,
                'derived': self.derived() - derived}

    def derived(self):
        """Derivations so far, but for those of resets: one for each."""
        with urllib.request.urlopen(self.env['UMWS_METRICS_URL']) as answer:
            metrics = dict(line.rsplit(None, 1) for line in
                           answer.read().decode().splitlines()
                           if not line.startswith('#'))
        return (int(metrics['umws_derivations_total'])
                - int(metrics['umws_resets_total']))

    def cpu(self):
        """Milliseconds of processor so far, as the kernel counts them."""
        pids = {'backend': postgres.query(self.layout, BACKENDS).split(),
                'worker': process.children(self.layout, 'worker'),
                'web': process.children(self.layout, 'web')}
        return {name: sum(int(
            pathlib.Path(f'/proc/{pid}/schedstat').read_text().split()[0])
            for pid in found) / 1e6 for name, found in pids.items()}

    def age(self, count):
        """So many old rows of audit and of outbox."""
        postgres.query(self.layout, OLD_ROWS.read_text(), count=count)

    def claims(self, count):
        """The median of so many claims of ten mails, by one connection."""
        key = next(iter(self.layout.keys('mail.pub')))
        claim = CLAIM.format(key=key, token=uuid.uuid4())
        lines = postgres.query(
            self.layout, '\\timing on\n' + claim * count,
            role='umws_mailer').splitlines()
        times = [float(time.split()[1])
                 for line, time in zip(lines, lines[1:]) if line == '10']
        if len(times) != count:
            raise StackError(f'claims: {lines[:4]}')
        return {'claim': statistics.median(times)}
