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
import pathlib
import time

import psycopg2

from harness import CHEAP, Stack, eventually
from storm import Books, Load, check_copies, deliver, report, users
from umws_stack import cluster
from umws_stack.clusterhosts import WORKERS
from umws_stack.layout import Layout

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '4', '--mailer', 'cron')
CLIENTS = 6
LOGINS = 12
PACE = 0.15             # seconds between two requests of a client
GAP_MAX = 15            # seconds, at a ttl of 8
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
        if fails_over:
            led_by_another(stack, old)
        load.recovered(time.monotonic(), AFTER)
        if beside is not None:
            beside()
        mend(host)
        cluster.wait_healthy(stack.layout, ORDER)
        load.more(CLIENTS * 4, 'ok')
    gap = round(load.gap(moment), 1)
    # Nobody of umws had to be restarted.
    assert stack.children() == children
    settle(stack, name, logins, load, begin, gap)


def settle(stack, name, logins, load, begin, gap):
    """The books, when all that was under way has ended."""
    eventually(lambda: stack.value(IS_SENT), 90, 'all mails sent')
    books = Books(stack, logins, load.tries)
    mails = deliver(stack, logins, books)
    twice = check_copies(stack, logins, books)
    report(name, 1, books, begin, mails=mails, gap=gap, copies=twice,
           way=stack.layout.options['cluster'])
    assert gap <= GAP_MAX, (name, gap)
