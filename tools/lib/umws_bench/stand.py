"""A running stack, and what the measurements do to it."""
import base64
import json
import os
import pathlib
import re
import secrets
import shutil
import subprocess
import tempfile
import time
import urllib.request

from umws_stack import postgres, process, programs, web
from umws_stack.layout import CHECKOUT, Layout, StackError, read_env

from .peer import DATABASE as PEER_DATABASE
from .peer import Peer

STACK = CHECKOUT / 'tools' / 'stack'
BODY = CHECKOUT / 'tests' / 'wire' / 'resetpin-request.xml'
OURS = '/EWS/UM2007Legacy.asmx'
USERS = 512             # whom the clients are; every client count divides it
COUNTED = """
SELECT (SELECT count(*) FROM umws.audit WHERE result = 'ok'),
    (SELECT count(*) FROM umws.outbox),
    (SELECT coalesce(sum(generation), 0) FROM umws.um_user);
"""
MORE_USERS = """
INSERT INTO umws.um_user (login, email, display_name, extension, policy_id)
SELECT 'user' || d, 'user' || d || '@example.test', 'User ' || d,
    (20000 + n)::text, p.id
FROM generate_series(:first::bigint, :last::bigint) AS n,
    lpad(n::text, greatest(4, length(n::text)), '0') AS d, umws.policy p
WHERE p.name = 'default' ORDER BY n;
"""
PGBENCH = """\
\\set n :client_id + 1 + :clients * random(0, {users} / :clients - 1)
SELECT user_id, basis, split_part(hash_parameters, ':', 1) AS key_id,
    substr(hash_parameters, strpos(hash_parameters, ':') + 1) || '$' || rtrim(
        encode(sha256(gen_random_uuid()::text::bytea), 'base64'), '=')
        AS verifier,
    gen_random_uuid() AS id, 'user' || lpad(:n::text, 4, '0') AS login
FROM umws.reset_prepare('user' || lpad(:n::text, 4, '0'), '127.0.0.1',
    '00000000-0000-4000-8000-000000000000') \\gset
SELECT result, back_off_ms FROM umws.reset_commit(:id, :user_id, :login,
    '127.0.0.1', '00000000-0000-4000-8000-000000000000', :basis,
    ARRAY[:key_id], ARRAY[:verifier], '{mail_key}', '{sealed}');
"""


class BenchError(Exception):
    """A measurement that is worth nothing, and why."""


class Stand:
    """A stack of its own, as small as the measurements want it."""

    def __init__(self, kdf, users=USERS):
        self.kdf = kdf
        self.users = users
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-bench-'))
        self.helpers = programs.build() / 'tools' / 'bench.d'
        for name in ('load', 'derive'):
            if not (self.helpers / name).exists():
                raise BenchError(f'{self.helpers} holds no {name}')
        self.layout = None
        self.peer = None
        self.workers = 0

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
        if self.layout is not None:
            subprocess.run([STACK, 'down', self.layout.dir], check=True)
        shutil.rmtree(self.folder)

    def up(self):
        """Few lines in htpasswd: nginx reads them all, for every request."""
        folder = self.folder / 'stack'
        self.layout = Layout(folder)
        more = [] if os.geteuid() == 0 else ['--conf', 'core_dumps=yes']
        done = subprocess.run(
            [STACK, 'up', folder, '--users', '0', '--kdf', self.kdf,
             '--limits', 'off', '--mailer', 'off', *more],
            stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise BenchError(f'no stack: {done.stderr}')
        self.layout = Layout(folder)
        self.workers = len(process.children(self.layout, 'worker'))
        self.add_users(1, self.users)
        self.choose(range(1, self.users + 1, self.users // USERS))
        self.load(8, count=USERS)

    def add_users(self, first, last):
        """As many as asked for, by SQL: the CSV has every check twice."""
        postgres.query(self.layout, MORE_USERS, first=first, last=last)
        postgres.query(self.layout, 'VACUUM ANALYZE')

    def choose(self, numbers):
        """Whom the clients are."""
        password = secrets.token_hex(8)
        names = [programs.user_name(n) for n in numbers][:USERS]
        web.set_users(self.layout, {name: password for name in names})
        lines = [base64.b64encode(f'{name}:{password}'.encode()).decode()
                 for name in names]
        (self.folder / 'credentials').write_text('\n'.join(lines) + '\n')

    def add_peer(self):
        self.peer = Peer(self.layout, self.kdf)
        self.peer.create(self.users)

    def sql(self, text, database='umws'):
        return [line.split('\t') for line in
                postgres.query(self.layout, text, database).splitlines()]

    def helper(self, name, *words):
        done = subprocess.run([self.helpers / name, *map(str, words)],
                              text=True, capture_output=True)
        if done.returncode != 0:
            raise BenchError(f'{name}: {done.stderr.strip()}'
                             f' {done.stdout.strip()}')
        return json.loads(done.stdout)

    def derive(self, processes, seconds):
        memory, passes, _ = self.kdf.split(',')
        return self.helper('derive', processes, seconds, memory, passes)

    def load(self, clients, seconds=0.0, count=0, variant=None):
        """So many clients for so long, or until so many requests are done.

        Every 200 must have left its rows, and nothing else may have.
        """
        path, database = OURS, 'umws'
        if variant:
            path, database = f'/peer/{variant}', PEER_DATABASE
        before = self.counted(database)
        result = self.helper(
            'load', self.layout.options['port'], path, clients,
            0 if count else min(0.5, seconds / 3),
            f'n{count}' if count else seconds,
            self.folder / 'credentials', BODY)
        self.check_rows(before, result['ok'], database)
        if count == 0 and result['rate'] == 0:
            raise BenchError(f'{path}: no answer in {seconds} s')
        return result

    def counted(self, database):
        return [int(text) for text in self.sql(COUNTED, database)[0]]

    def check_rows(self, before, wanted, database='umws'):
        rows = [new - old for old, new
                in zip(before, self.counted(database))]
        if rows != [wanted] * len(rows):
            raise BenchError(f'{wanted} resets in {database} have left'
                             f' {rows} audit rows, mails and PINs')

    def pgbench(self, clients, seconds):
        """The two functions that a reset calls, without all the rest."""
        script = self.folder / 'pgbench.sql'
        script.write_text(PGBENCH.format(
            users=USERS, sealed='\\x' + '01' * 120,
            mail_key=next(iter(self.layout.keys('mail.pub')))))
        before = self.counted('umws')
        said = self.run_pgbench(script, clients, seconds)
        self.check_rows(before, int(re.search(
            r'actually processed: (\d+)', said).group(1)))
        return {'rate': tps(said)}

    def run_pgbench(self, script, clients, seconds):
        """As the worker's role; what pgbench prints."""
        done = subprocess.run(
            [postgres.program('pgbench'), '-n', '-M', 'extended',
             '-f', script, '-c', str(clients), '-j', '1', '-T',
             f'{max(1, round(seconds))}', '-D', f'clients={clients}',
             '-h', self.layout.home / 'pg', '-p', '5432', '-U',
             'umws_worker', 'umws'], text=True, capture_output=True,
            env=process.clean_environment())
        if done.returncode != 0:
            raise BenchError(f'pgbench: {done.stderr.strip()}')
        return done.stdout

    def commits(self, seconds):
        """Durable updates of one row, one transaction after the other."""
        script = self.folder / 'commits.sql'
        script.write_text('SELECT umws.write_probe();\n')
        return {'rate': tps(self.run_pgbench(script, 1, seconds))}

    def processes(self, name):
        """The children of worker or web: those that serve."""
        return process.children(self.layout, name)

    def cpu(self, name):
        """Seconds of processor that they have used so far."""
        return sum(int(pathlib.Path(f'/proc/{pid}/schedstat')
                       .read_text().split()[0])
                   for pid in self.processes(name)) / 1e9

    def memory(self, pid):
        """Private_Dirty, Rss and Pss of a process, in MiB."""
        text = pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text()
        return {key: int(re.search(rf'^{key}:\s+(\d+)', text,
                                   re.MULTILINE).group(1)) / 1024
                for key in ('Private_Dirty', 'Rss', 'Pss')}

    def restart_worker(self):
        process.stop(self.layout, 'worker')
        programs.start_worker(self.layout)
        url = read_env(self.layout)['UMWS_HEALTH_URL']
        process.wait_for(lambda: urllib.request.urlopen(url).status == 200,
                         self.layout, 'worker', 'worker')

    def queue(self):
        """One mail for everybody; those of before are out of the way."""
        self.sql("UPDATE umws.outbox SET state = 'dead', sealed = NULL,"
                 " lease_token = NULL, lease_until = NULL"
                 " WHERE state IN ('queued', 'sending')")
        self.load(8, count=USERS)
        return USERS

    def mailer(self):
        """One pass, from its start to its end; every mail must go out."""
        count = self.queue()
        before = self.sent()
        begin = time.monotonic()
        done = subprocess.run([self.layout.home / 'wrap' / 'mailer'],
                              capture_output=True, text=True,
                              env=process.clean_environment())
        seconds = time.monotonic() - begin
        sent = self.sent() - before
        if done.returncode != 0 or sent != count:
            raise BenchError(f'umws-mailer: {sent} of {count} mails,'
                             f' exit code {done.returncode}')
        return {'rate': count / seconds}

    def sent(self):
        return int(self.sql("SELECT count(*) FROM umws.outbox"
                            " WHERE state = 'sent'")[0][0])

    def mails(self):
        """What the SMTP server has taken, in order."""
        return sorted((self.layout.home / 'mail').glob('*.eml'))


def tps(said):
    """Transactions per second, as pgbench says."""
    return float(re.search(r'tps = ([\d.]+)', said).group(1))


def stack_failure(failure):
    """The sentence of a StackError with the end of its log."""
    if isinstance(failure, StackError) and failure.log:
        return f'{failure}\n' + programs.tail(
            failure.log.read_text(errors='replace'))
    return str(failure)
