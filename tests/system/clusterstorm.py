"""Storms on a cluster: what is done to its hosts, and what was counted.

The stack has three hosts with PostgreSQL under Patroni and etcd, two with a
worker and a web server, two whose mailers go on all the time. Clients ask both
worker hosts. A storm breaks something, waits until every client is served
again, mends it, waits until the cluster is in order, and holds the books
against the database that leads by then.

The gap is the longest time within all of that in which nobody's reset was
granted.
"""
import copy
import os
import pathlib
import subprocess
import threading
import time

import psycopg2

from harness import CHEAP, TREE, Stack, eventually
from storm import (HARMLESS, Books, Load, check_copies, deliver, report,
                   users)
from umws_stack import cluster
from umws_stack.clusterhosts import WORKERS
from umws_stack.layout import Layout

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '4', '--mailer', 'cron')
CLIENTS = 6
LOGINS = 12
PACE = 0.15             # seconds between two requests of a client
TEMPORARY = 75          # EX_TEMPFAIL
GAP_MORE = 7            # seconds beyond the ttl without a granted reset
AFTER = 60              # seconds in which clients are served again
ORDER = 120             # and in which the cluster is in order
IS_SENT = """
SELECT count(*) = 0 FROM umws.outbox WHERE state IN ('queued', 'sending')
"""


class Cluster(Stack):
    """A stack whose database is the one that leads, whoever that is."""

    @property
    def layout(self):
        return Layout(self.dir)

    def connect(self, role=None):
        dsn = ('host={PGHOST} port={PGPORT} dbname={PGDATABASE} user={PGUSER}'
               ' target_session_attrs={PGTARGETSESSIONATTRS}'
               .format(**self.env))
        return psycopg2.connect(dsn, connect_timeout=3)

    def sql(self, text, *values):
        """On a new connection, if ours went with the one who led."""
        try:
            return super().sql(text, *values)
        except psycopg2.OperationalError:
            self.owner.close()
            return super().sql(text, *values)

    def at(self, number):
        """The same stack, asked at one of its worker hosts."""
        urls = self.env['UMWS_BASE_URLS'].split()
        place = copy.copy(self)
        place.env = self.env | {'UMWS_URL': self.env['UMWS_URL'].replace(
            urls[0], urls[number % len(urls)])}
        return place

    def children(self):
        """Of the workers of both hosts."""
        home, found = pathlib.Path(self.env['UMWS_KEYDIR']).parent, []
        for name in WORKERS:
            pid = (home / name / 'run/worker.pid').read_text().strip()
            path = pathlib.Path(f'/proc/{pid}/task/{pid}/children')
            found += [int(word) for word in path.read_text().split()]
        return found

    def node(self, name, action):
        """The name of the host that it was done to."""
        return self.do('node', name, action)

    def leader(self):
        return cluster.leader(self.layout)


class HostsLoad(Load):
    """Clients take turns at the worker hosts."""

    def place(self, number):
        return self.stack.at(number)

    def gap(self, since):
        """The longest time without a granted reset, and what followed it."""
        granted = sorted(one.end for one in list(self.tries)
                         if one.heard == 'ok')
        granted = [end for end in granted if end >= since - 1]
        return max(after - before
                   for before, after in zip(granted, granted[1:]))


def led_by_another(stack, old):
    eventually(lambda: stack.leader() not in (None, old), AFTER,
               f'another leader than {old}')


def storm(stack, name, blow, mend, fails_over=True, beside=None):
    """blow() breaks a host and returns its name; mend(host)."""
    cluster.wait_healthy(stack.layout)
    logins = users(stack, LOGINS)
    begin, children = time.monotonic(), stack.children()
    load = HostsLoad(stack, logins, CLIENTS, name, PACE)
    with load.running():
        load.more(CLIENTS * 4, 'ok')
        moment, old = time.monotonic(), stack.leader()
        host = blow()
        try:
            if fails_over:
                led_by_another(stack, old)
            load.recovered(time.monotonic(), AFTER)
            if beside is not None:
                beside()
        finally:
            mend(host)
        cluster.wait_healthy(stack.layout, ORDER)
        load.more(CLIENTS * 4, 'ok')
    gap = round(load.gap(moment), 1)
    # Nobody of umws had to be restarted.
    assert stack.children() == children
    settle(stack, name, logins, load, begin, gap)


class Upgrade:
    """db upgrade, in the midst of which the leader is killed."""

    def __init__(self, stack):
        self.stack = stack

    def run(self):
        stack = self.stack
        return subprocess.Popen(
            [stack.env['UMWS_CTL'], 'db', 'upgrade', '--sql', TREE / 'sql',
             '--dsn', stack.layout.dsn('postgres')], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def blow(self):
        self.stack.sql(HARMLESS)
        self.process = self.run()
        threading.Event().wait(0.2)
        return self.stack.node('leader', 'kill')

    def again(self):
        """What was begun has ended, whole or not at all; the next is
        whole."""
        said, _ = self.process.communicate(timeout=120)
        assert self.process.returncode in (0, TEMPORARY), said
        for _ in range(2):
            last = self.run()
            said, _ = last.communicate(timeout=120)
            assert last.returncode == 0, said
        assert said.startswith('schema is at version'), said


def broken(role, action, mended, fails_over=True):
    def fault(stack, name):
        storm(stack, name, lambda: stack.node(role, action),
              lambda host: stack.node(host, mended), fails_over)
    return fault


def planned(stack, name):
    storm(stack, name, lambda: stack.do('cluster', 'switchover'),
          lambda said: None)


def upgraded(stack, name):
    upgrade = Upgrade(stack)
    storm(stack, name, upgrade.blow, lambda host: stack.node(host, 'start'),
          beside=upgrade.again)


# The first four are those of the short form. Of the standby is meant that
# whose word is waited for.
FAULTS = {
    'leader killed': broken('leader', 'kill', 'start'),
    'leader cut off from the others': broken('leader', 'cut', 'heal'),
    'the leader has no Patroni, its PostgreSQL goes on':
        broken('leader', 'orphan', 'start'),
    'leader frozen': broken('leader', 'freeze', 'thaw'),
    'etcd of the leader killed': broken('leader', 'etcd-lost', 'start',
                                        False),
    'standby killed': broken('standby', 'kill', 'start', False),
    'standby cut off from the others': broken('standby', 'cut', 'heal',
                                              False),
    'switchover, as planned': planned,
    'leader killed in db upgrade': upgraded}


def settle(stack, name, logins, load, begin, gap):
    """The books, when all that was under way has ended."""
    eventually(lambda: stack.value(IS_SENT), 90, 'all mails sent')
    books = Books(stack, logins, load.tries)
    mails = deliver(stack, logins, books)
    twice = check_copies(stack, logins, books)
    report(name, 1, books, begin, mails=mails, gap=gap, copies=twice,
           way=stack.layout.options['cluster'], clients=CLIENTS,
           load=round(os.getloadavg()[0]), patroni=cluster.version())
    assert gap <= cluster.ttl() + GAP_MORE, (name, gap)
