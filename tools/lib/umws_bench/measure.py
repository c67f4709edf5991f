"""What is measured: each group is a function that yields rows.

A virtual machine is slower at one moment than at another. So everything
that is held against each other is measured in turn, several times, and a
ratio is taken within one round before it is taken to the median.
"""
import contextlib
import dataclasses
import multiprocessing
import os
import signal
import statistics

from .peer import Peer
from .report import Row
from .stand import USERS, Stand, derive

KDF = '7168,5,1'        # the default of umws.conf
CHEAP = '8,1,1'
PEERS = {'prepared': 'PHP, prepared statements in a transaction',
         'function': 'PHP, one call of one function'}


@dataclasses.dataclass(frozen=True)
class Effort:
    """How often and how much, and against which tree."""
    rounds: int
    seconds: float          # of one measurement, about
    pools: tuple            # sizes of the peer's that are tried
    old: object             # a folder, or None
    rows: int               # old ones, where these are what is measured
    say: object             # a function that takes a line


class Rounds:
    """Figures by name, one dictionary of them for each round."""

    def __init__(self, effort, alternatives):
        """Call each of {name: function} once per round.

        Every other round goes backwards, so that nobody always follows the
        same one.
        """
        names = list(alternatives)
        self.figures = {name: [] for name in names}
        for number in range(effort.rounds):
            for name in names[::-1] if number % 2 else names:
                figures = alternatives[name]()
                self.figures[name].append(figures)
                effort.say(f'round {number + 1} of {effort.rounds}, {name}: '
                           + ', '.join(f'{key} {value:.4g}' for key, value
                                       in figures.items()))

    def row(self, group, what, unit, ours, theirs=None, against='', aim=''):
        """ours and theirs: whose figure, and which."""
        values = [[figures[key] for figures in self.figures[name]]
                  for name, key in (ours, theirs or ours)]
        row = Row(group, what, statistics.median(values[0]), unit)
        if theirs:
            row.against, row.target = against, aim
            row.base = statistics.median(values[1])
            row.ratio = statistics.median(a / b for a, b in zip(*values))
        return row


@contextlib.contextmanager
def stands(effort, kdf):
    """This tree's stack, and the old one's: {name: Stand}."""
    with contextlib.ExitStack() as stack:
        made = {'umws': stack.enter_context(Stand(kdf))}
        if effort.old:
            made['old'] = stack.enter_context(Stand(kdf, effort.old))
        for stand in made.values():
            stand.load(8, USERS)
        yield made


def peers(effort, stand, clients, rates):
    """{name: function} for the peer's ways, each with its best pool.

    rates: about how many requests per second each of them can do.
    """
    def one(way, size, share=1.0):
        stand.peer.start(size)
        count = int(rates[way] * effort.seconds * share)
        return stand.load(clients, count, way) | {'size': size}

    chosen = {}
    for way in rates:
        found = {size: one(way, size, 0.5)['rate'] for size in effort.pools
                 } if len(effort.pools) > 1 else {effort.pools[0]: 1}
        chosen[way] = max(found, key=found.get)
        effort.say(f'{way}: {chosen[way]} processes of {found}')
    return {way: lambda way=way: one(way, chosen[way]) for way in rates}


def add_peer(stand):
    stand.peer = Peer(stand.layout, stand.kdf)
    stand.peer.create(USERS)


def beside(group, rounds, made, figures, clients=''):
    """The figures of one run against the old commit's of the same round."""
    if 'old' not in made:
        return
    for what, key, unit, aim in figures:
        yield rounds.row(group, what + clients, unit, ('umws', key),
                         ('old', key), 'the old commit', aim)


def bare(kdf, seconds):
    """Derivations on every core at once."""
    cores = len(os.sched_getaffinity(0))
    # The pool ends its processes by a signal that cli has us heed.
    with multiprocessing.Pool(cores, signal.signal, (
            signal.SIGTERM, signal.SIG_DFL)) as pool:
        done = pool.starmap(derive, [(kdf, seconds)] * cores, 1)
    return {'rate': sum(one['rate'] for one in done),
            'cpu_ms': statistics.mean(one['cpu_ms'] for one in done)}


def derivation_bound(effort):
    """(a), the default Argon2id parameters."""
    n = 16
    with stands(effort, KDF) as made:
        ours = made['umws']
        add_peer(ours)
        runs = {name: lambda stand=stand: with_derivation(stand, n, effort)
                for name, stand in made.items()}
        rounds = Rounds(effort, {'bare': lambda: bare(KDF, effort.seconds)}
                        | runs | peers(effort, ours, n, {'prepared': 80}))
    rate, clients = ('umws', 'rate'), f', {n} clients'
    yield rounds.row('a', 'resets' + clients, '/s', rate, ('bare', 'rate'),
                     'bare Argon2id on all cores')
    yield rounds.row('a', 'p99 of a reset' + clients, 'ms', ('umws', 'p99'),
                     ('umws', 'p50'), 'its p50')
    yield rounds.row('a', 'resets' + clients, '/s', rate,
                     ('prepared', 'rate'), PEERS['prepared'])
    yield rounds.row('a', 'processor besides the derivation', 'ms',
                     ('umws', 'besides'), ('umws', 'cpu_ms'),
                     'the derivation', '≤ 0.14')
    yield from beside('a', rounds, made, (
        ('resets', 'rate', '/s', ''), ('p99 of a reset', 'p99', 'ms', '')),
        clients)
    yield from beside('a', rounds, made, ((
        'processor besides the derivation', 'besides', 'ms', ''),))


def with_derivation(stand, clients, effort):
    """A run, and what worker and backend took besides the derivation."""
    figures = stand.load(clients, int(80 * effort.seconds))
    alone = bare(KDF, effort.seconds / 2)['cpu_ms']
    return figures | {'cpu_ms': alone, 'besides': figures['worker']
                      + figures['backend'] - alone}


def database_bound(effort):
    """(b), (c) and (d), where derivation costs next to nothing."""
    n = 8
    with stands(effort, CHEAP) as made:
        ours = made['umws']
        add_peer(ours)
        runs = {name: lambda stand=stand: stand.load(
            n, int(600 * effort.seconds)) for name, stand in made.items()}
        rounds = Rounds(effort, runs | peers(
            effort, ours, n, {'prepared': 450, 'function': 800}))
        mails = Rounds(effort, {name: stand.mailer
                                for name, stand in made.items()})
    clients = f', {n} clients'
    for way, aim in (('prepared', '≥ 2'), ('function', '≥ 1.1')):
        yield rounds.row('b', 'resets' + clients, '/s', ('umws', 'rate'),
                         (way, 'rate'), PEERS[way], aim)
        yield rounds.row('b', 'p99 of a reset' + clients, 'ms',
                         ('umws', 'p99'), (way, 'p99'), PEERS[way])
    yield from beside('b', rounds, made, (
        ('resets', 'rate', '/s', ''), ('p99 of a reset', 'p99', 'ms', '')),
        clients)
    for what, key in (('nginx', 'web'), ('umws-fcgi', 'worker')):
        yield rounds.row('c', f'processor per reset, {what}', 'ms',
                         ('umws', key), ('umws', 'backend'),
                         'backend of PostgreSQL')
    yield from beside('c', rounds, made, (
        ('processor per reset, backend', 'backend', 'ms', '≤ 0.7'),
        ('processor per reset, umws-fcgi', 'worker', 'ms', '')))
    yield mails.row('d', 'mails of one umws-mailer', '/s', ('umws', 'rate'))
    yield from beside('d', mails, made, (
        ('mails of one umws-mailer', 'rate', '/s', ''),))


def phone(effort):
    """(e), logons by the phone route; without an old commit, which may have
    none."""
    n = 16
    with Stand(KDF) as stand:
        stand.learn()
        count = int(80 * effort.seconds)
        rounds = Rounds(effort, {
            'bare': lambda: bare(KDF, effort.seconds),
            'logons': lambda: stand.phone(n, count),
            'mixed': lambda: stand.phone(n, count, True)})
        guessed = stand.guess(64)
    lines = f', {n} lines'
    yield rounds.row('e', 'logons' + lines, '/s', ('logons', 'rate'),
                     ('bare', 'rate'), 'bare Argon2id on all cores', '≥ 0.9')
    yield rounds.row('e', 'p99 of a logon' + lines, 'ms', ('logons', 'p99'),
                     ('logons', 'p50'), 'its p50')
    yield rounds.row('e', f'logons{lines}, resets beside', '/s',
                     ('mixed', 'rate'), ('mixed', 'resets'),
                     f'resets beside, {n} clients')
    yield rounds.row('e', f'p99 of a logon{lines}, resets beside', 'ms',
                     ('mixed', 'p99'), ('mixed', 'p50'), 'its p50')
    yield Row('e', 'tries of 64 lines at one mailbox', guessed['tries'], '',
              'what the policy grants', guessed['allowed'],
              guessed['tries'] / guessed['allowed'], '= 1')
    yield Row('e', 'derivations of 64 lines at one mailbox',
              guessed['derived'], '', 'tries', guessed['tries'],
              guessed['derived'] / guessed['tries'], '= 1')


def grown(effort):
    """(f), a database of years beside an empty one."""
    with Stand(CHEAP) as empty, Stand(CHEAP) as full:
        full.age(effort.rows)
        made = {'full': full, 'empty': empty}
        for stand in made.values():
            stand.load(8, USERS)
        rounds = Rounds(effort, {
            name: lambda stand=stand: stand.load(
                1, int(200 * effort.seconds)) | stand.claims(200)
            for name, stand in made.items()})
    rows = f', {effort.rows} old rows'
    yield rounds.row('f', 'p50 of a reset' + rows, 'ms', ('full', 'p50'),
                     ('empty', 'p50'), 'none', '≤ 1.1')
    yield rounds.row('f', 'p50 of a claim' + rows, 'ms', ('full', 'claim'),
                     ('empty', 'claim'), 'none', '≤ 1.3')


GROUPS = {'a': derivation_bound, 'b': database_bound, 'e': phone, 'f': grown}


def measure(effort, wanted):
    """All rows, sorted by group."""
    rows = [row for name, group in GROUPS.items() if name in wanted
            for row in group(effort)]
    return sorted(rows, key=lambda row: row.group)
