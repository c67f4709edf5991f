"""What is measured: (a) to (g), each a function that returns rows."""
import contextlib
import dataclasses
import os
import re

from umws_stack.layout import read_env

from .report import Row
from .rounds import Rounds
from .smtp import Source
from .stand import USERS, BenchError, Stand

KDF = '7168,5,1'        # the default of umws.conf
CHEAP = '8,1,1'
VARIANTS = {'usual': 'PHP, password_verify() for each old PIN',
            'single': 'PHP, one password_hash()',
            'prepared': 'PHP, prepared statements in a transaction',
            'function': 'PHP, one call of one function'}
TRIED = 64              # the largest pool that is tried


@dataclasses.dataclass(frozen=True)
class Effort:
    """How long and how often."""
    seconds: float
    rounds: int
    trial: float            # seconds per pool size tried; 0 tries none
    users: int              # (f), the larger number

    @classmethod
    def chosen(cls, quick, long):
        if quick:
            return cls(1.5, 1, 0, 10000)
        return cls(4, 5, 2, 10000000 if long else 10000)


def best_pool(stand, variant, clients, effort, say):
    """The pool size with which the peer is at its best, by trying."""
    if not effort.trial:
        return 4
    rates = {}
    size = 2
    while size <= min(TRIED, 2 * clients):
        stand.peer.start(size)
        rates[size] = stand.load(clients, effort.trial,
                                 variant=variant)['rate']
        if rates[size] < 0.8 * max(rates.values()):
            break
        size *= 2
    best = max(rates, key=rates.get)
    say(f'{variant}, {clients} clients: ' + ', '.join(
        f'{rate:.0f}/s with {size}' for size, rate in rates.items())
        + f': {best} processes')
    return best


def peer_load(stand, variant, clients, seconds, size):
    stand.peer.start(size)
    return stand.load(clients, seconds, variant=variant)


def derivation_bound(effort, say):
    """(a), (b) and (e), with the default Argon2id parameters."""
    with Stand(KDF) as stand:
        for _ in range(5):
            stand.load(8, count=USERS // 4)
        yield from memory(stand)
        yield from against_bare(stand, effort, say)
        stand.add_peer()
        stand.peer.fill_history()
        yield from against_php(stand, effort, say)


def against_bare(stand, effort, say):
    cores = len(os.sched_getaffinity(0))
    loads = (1, 4, 16, 64)
    rounds = Rounds(effort.rounds, say).run(
        {'bare': lambda: stand.derive(cores, effort.seconds)}
        | {n: lambda n=n: stand.load(n, effort.seconds) for n in loads})
    for n in loads:
        yield Row('a', f'resets, {clients(n)}', rounds.median(n, 'rate'),
                  rounds.median('bare', 'rate'), '/s',
                  rounds.ratio(n, 'bare', 'rate'), '>=' if n > 1 else '',
                  0.95 if n > 1 else 0,
                  f'bare Argon2id on {cores} cores')
    yield Row('a', 'p99 of a reset, 16 clients', rounds.median(16, 'p99'),
              rounds.median(16, 'p50'), 'ms',
              rounds.ratio(16, 16, 'p99', 'p50'), '<=', 1.15, 'its p50')


def clients(number):
    return f'{number} client' + ('s' if number > 1 else '')


def against_php(stand, effort, say):
    n = 16
    sizes = {variant: best_pool(stand, variant, n, effort, say)
             for variant in ('usual', 'single', 'prepared')}
    rounds = Rounds(effort.rounds, say).run(
        {'ours': lambda: stand.load(n, effort.seconds)}
        | {variant: lambda variant=variant: peer_load(
            stand, variant, n, effort.seconds + 1, sizes[variant])
           for variant in sizes})
    for variant, target in (('usual', 8), ('single', 1.6), ('prepared', 0)):
        what = VARIANTS[variant]
        if variant == 'prepared':
            what = 'PHP, one derivation by libsodium'
        yield Row('b', f'resets, {n} clients', rounds.median('ours', 'rate'),
                  rounds.median(variant, 'rate'), '/s',
                  rounds.ratio('ours', variant, 'rate'),
                  '>=' if target else '', target,
                  f'{what}, {sizes[variant]} processes')


def memory(stand):
    """Idle children that have derived; a fresh set, so nothing is old."""
    stand.restart_worker()
    stand.load(stand.workers, count=8 * stand.workers)
    children = [stand.memory(pid) for pid in stand.processes('worker')]
    for key, name in (('Private_Dirty', 'Private_Dirty of an idle child'),
                      ('Rss', 'RSS of an idle child')):
        used = max(child[key] for child in children)
        yield Row('e', name, used, 5, 'MiB', used / 5, '<=', 1, 'limit')
    used = sum(child['Pss'] for child in children)
    yield Row('e', f'PSS of {len(children)} children', used, 12, 'MiB',
              used / 12, '<=', 1, 'limit')


def database_bound(effort, say):
    """(c), (d) and (g), where derivation costs next to nothing."""
    with Stand(CHEAP) as stand:
        for _ in range(2):
            stand.load(8, count=USERS)
        yield from processor(stand, effort, say)
        yield from mails(stand, effort, say)
        stand.add_peer()
        for n, least in ((8, (3, 1.4)), (32, (4, 1.6))):
            yield from like_for_like(stand, n, least, effort, say)


def like_for_like(stand, n, least, effort, say):
    targets = dict(zip(('prepared', 'function'), least))
    sizes = {variant: best_pool(stand, variant, n, effort, say)
             for variant in targets}
    rounds = Rounds(effort.rounds, say).run(
        {'ours': lambda: stand.load(n, effort.seconds),
         'pgbench': lambda: stand.pgbench(n, effort.seconds)}
        | {variant: lambda variant=variant: peer_load(
            stand, variant, n, effort.seconds, sizes[variant])
           for variant in sizes})
    for variant, target in targets.items():
        against = f'{VARIANTS[variant]}, {sizes[variant]} processes'
        yield Row('c', f'resets, {n} clients', rounds.median('ours', 'rate'),
                  rounds.median(variant, 'rate'), '/s',
                  rounds.ratio('ours', variant, 'rate'), '>=', target,
                  against)
        yield Row('c', f'p99 of a reset, {n} clients',
                  rounds.median('ours', 'p99'), rounds.median(variant, 'p99'),
                  'ms', rounds.ratio('ours', variant, 'p99'), '<=', 0.5,
                  against)
    yield Row('c', f'resets, {n} clients', rounds.median('ours', 'rate'),
              rounds.median('pgbench', 'rate'), '/s',
              rounds.ratio('ours', 'pgbench', 'rate'), '>=', 0.55,
              'pgbench, our two functions')


def processor(stand, effort, say):
    def measure():
        before = {name: stand.cpu(name) for name in ('worker', 'web')}
        done = stand.load(8, count=2 * USERS)['ok']
        used = {name: (stand.cpu(name) - before[name]) / done * 1000
                for name in before}
        derivation = 1000 / stand.derive(1, effort.seconds / 4)['rate']
        return {'worker': used['worker'] - derivation, 'web': used['web']}

    rounds = Rounds(effort.rounds, say).run({'cpu': measure})
    ours, web = (rounds.median('cpu', name) for name in ('worker', 'web'))
    yield Row('d', 'processor per reset, umws-fcgi', ours, 0.1, 'ms',
              ours / 0.1, '<=', 1, 'limit')
    yield Row('d', 'processor per reset, nginx', web, ours, 'ms', web / ours,
              against='umws-fcgi')


def mails(stand, effort, say):
    with Source() as source:
        if not source.is_there:
            say('(g) left out: there is no smtp-source, and no package'
                ' "postfix" to unpack it from')
            return
        port = read_env(stand.layout)['UMWS_SMTP_PORT']
        stand.mailer()
        text = stand.mails()[-1].read_bytes()
        size = len(re.sub(rb'^(X-Sink-.*\r\n)+', b'', text))
        rounds = Rounds(effort.rounds, say).run(
            {'ours': stand.mailer,
             'source': lambda: source.send(port, USERS, size),
             'commit': lambda: stand.commits(effort.seconds / 2)})
    yield Row('g', 'mails of one umws-mailer', rounds.median('ours', 'rate'),
              rounds.median('source', 'rate'), '/s',
              rounds.ratio('ours', 'source', 'rate'), '>=', 0.7,
              'smtp-source, one connection')
    rounds.add('bound', lambda figures: {'rate': 1 / (
        1 / figures['source']['rate'] + 1 / figures['commit']['rate'])})
    for name, against in (
            ('commit', 'commits of one row, one after the other'),
            ('bound', 'smtp-source, and one such commit per mail')):
        yield Row('g', 'mails of one umws-mailer',
                  rounds.median('ours', 'rate'), rounds.median(name, 'rate'),
                  '/s', rounds.ratio('ours', name, 'rate'), against=against)


def many_users(effort, say):
    """(f): two stacks at once, so that they can be measured in turn."""
    few = 10000 if effort.users > 10000 else USERS
    with contextlib.ExitStack() as stack:
        small = stack.enter_context(Stand(CHEAP, few))
        large = stack.enter_context(Stand(CHEAP, effort.users))
        for stand in (small, large):
            stand.load(8, count=2 * USERS)
        rounds = Rounds(max(3, effort.rounds), say).run(
            {few: lambda: small.load(1, effort.seconds),
             effort.users: lambda: large.load(1, effort.seconds)})
    yield Row('f', f'p50 of a reset, {effort.users:,} users',
              rounds.median(effort.users, 'p50'), rounds.median(few, 'p50'),
              'ms', rounds.ratio(effort.users, few, 'p50'), '<=', 1.1,
              f'{few:,} users')


PARTS = {'a': derivation_bound, 'c': database_bound, 'f': many_users}


def measure(effort, wanted, say):
    """All rows, sorted by group."""
    rows = []
    for name, part in PARTS.items():
        if name in wanted:
            rows += part(effort, say)
    if not rows:
        raise BenchError('nothing was measured')
    return sorted(rows, key=lambda row: row.group)
