"""What is measured: a table of the rows, and functions that yield figures.

A virtual machine is slower at one moment than at another. So everything
that is held against each other is measured in turn, several times, and a
ratio is taken within one round before it is taken to the median.
"""
import concurrent.futures
import contextlib
import ctypes
import ctypes.util
import dataclasses
import functools
import os
import statistics
import subprocess
import time

from umws_stack import mailbox, postfix
from umws_stack.layout import CHECKOUT, StackError

from . import hostile
from .peer import Peer
from .report import Row, say
from .stand import USERS, running

KDF = '7168,5,1'        # the default of umws.conf
CHEAP = '8,1,1'

BARE = 'bare Argon2id on all cores'
PREPARED = 'PHP, prepared statements in a transaction'
FUNCTION = 'PHP, one call of one function'
OLD = 'the old commit'
# Group, what, its unit, whose figure and which; against what, whose figure
# and which, the target of the ratio. A row whose figures were not measured,
# such as the old commit's, is left out.
ROWS = (
    ('a', 'resets, 16 clients', '/s', 'umws rate', BARE, 'bare rate', ''),
    ('a', 'p99 of a reset, 16 clients', 'ms', 'umws p99',
     'its p50', 'umws p50', ''),
    ('a', 'resets, 16 clients', '/s', 'umws rate',
     PREPARED, 'prepared rate', ''),
    ('a', 'processor besides the derivation', 'ms', 'umws besides',
     'the derivation', 'umws cpu', '≤ 0.14'),
    ('a', 'resets, 16 clients', '/s', 'umws rate', OLD, 'old rate', ''),
    ('a', 'p99 of a reset, 16 clients', 'ms', 'umws p99', OLD, 'old p99', ''),
    ('a', 'processor besides the derivation', 'ms', 'umws besides',
     OLD, 'old besides', ''),
    ('b', 'resets, 8 clients', '/s', 'umws rate',
     PREPARED, 'prepared rate', '≥ 2'),
    ('b', 'p99 of a reset, 8 clients', 'ms', 'umws p99',
     PREPARED, 'prepared p99', ''),
    ('b', 'resets, 8 clients', '/s', 'umws rate',
     FUNCTION, 'function rate', '≥ 1.1'),
    ('b', 'p99 of a reset, 8 clients', 'ms', 'umws p99',
     FUNCTION, 'function p99', ''),
    ('b', 'resets, 8 clients', '/s', 'umws rate', OLD, 'old rate', ''),
    ('b', 'p99 of a reset, 8 clients', 'ms', 'umws p99', OLD, 'old p99', ''),
    ('c', 'processor per reset, nginx', 'ms', 'umws web',
     'backend of PostgreSQL', 'umws backend', ''),
    ('c', 'processor per reset, umws-fcgi', 'ms', 'umws worker',
     'backend of PostgreSQL', 'umws backend', ''),
    ('c', 'processor per reset, backend', 'ms', 'umws backend',
     OLD, 'old backend', '≤ 0.7'),
    ('c', 'processor per reset, umws-fcgi', 'ms', 'umws worker',
     OLD, 'old worker', ''),
    ('d', 'mails of one umws-mailer', '/s', 'umws-mailer rate', '', '', ''),
    ('d', 'mails of one umws-mailer', '/s', 'umws-mailer rate',
     OLD, 'old-mailer rate', ''),
    ('e', 'logons, 16 lines', '/s', 'logons rate', BARE, 'bare rate',
     '≥ 0.9'),
    ('e', 'p99 of a logon, 16 lines', 'ms', 'logons p99',
     'its p50', 'logons p50', ''),
    ('e', 'logons, 16 lines, resets beside', '/s', 'mixed rate',
     'resets beside, 16 clients', 'mixed resets', ''),
    ('e', 'p99 of a logon, 16 lines, resets beside', 'ms', 'mixed p99',
     'its p50', 'mixed p50', ''),
    ('e', 'tries of 64 lines at one mailbox', '', 'guesses tries',
     'what the policy grants', 'guesses allowed', '= 1'),
    ('e', 'derivations of 64 lines at one mailbox', '', 'guesses derived',
     'tries', 'guesses tries', '= 1'),
    ('g', 'mails over 1 connection', '/s', 'mailer-1 rate',
     'smtp-source', 'source-1 rate', '≥ 0.5'),
    ('g', 'mails over 4 connections', '/s', 'mailer-4 rate',
     'smtp-source', 'source-4 rate', '≥ 0.7'),
    ('f', 'p50 of a reset, {old_rows:,} settled', 'ms', 'many p50',
     '{few_rows:,} settled', 'few p50', '≤ 1.1'),
    ('f', 'p50 of a claim, {old_rows:,} settled', 'ms', 'many claim',
     '{few_rows:,} settled', 'few claim', '≤ 1.3'),
    *(('x', f'{name}, processor of umws-fcgi', 'ms', f'{name} utf-8',
       'as UTF-16', f'{name} utf-16', '') for name in hostile.BODIES))


@dataclasses.dataclass(frozen=True)
class Effort:
    """How often and how much, and against which tree."""
    rounds: int
    seconds: float          # of one measurement, about
    pools: tuple            # sizes of the peer's that are tried
    old_rows: int           # where these are what is measured,
    few_rows: int           # and where they are held against so many
    relayed: int            # mails of a pass to a real server
    old: object             # a folder, or None


def interleaved(rounds, alternatives):
    """Call each of {name: function} once per round: {name: its figures}.

    Every other round goes backwards, so that nobody always follows the
    same one.
    """
    found = {name: [] for name in alternatives}
    for number in range(rounds):
        for name in list(found)[::-1] if number % 2 else found:
            figures = alternatives[name]()
            found[name].append(figures)
            say(f'round {number + 1} of {rounds}, {name}: ' + ', '.join(
                f'{key} {value:.4g}' for key, value in figures.items()))
    return found


@contextlib.contextmanager
def stands(effort, kdf):
    """This tree's stack, and the old one's: {name: Stand}."""
    trees = {'umws': CHECKOUT} | ({'old': effort.old} if effort.old else {})
    with contextlib.ExitStack() as stack:
        made = {name: stack.enter_context(running(kdf, tree))
                for name, tree in trees.items()}
        for stand in made.values():
            stand.load(8, USERS)
        yield made


def peers(effort, stand, kdf, clients, rates):
    """{name: function} for the peer's ways, each with its best pool.

    rates: about how many requests per second each of them can do.
    """
    stand.peer = Peer(stand.layout, kdf)

    def one(way, size, share=1.0):
        stand.peer.start(size)
        count = int(rates[way] * effort.seconds * share)
        return stand.load(clients, count, way) | {'size': size}

    best = {way: max(effort.pools,
                     key=lambda size: one(way, size, 0.5)['rate'])
            for way in rates}
    return {way: lambda way=way: one(way, best[way]) for way in rates}


def derive(seconds):
    """Derivations and nothing else, of the worker's own library.

    Derivations per second, and milliseconds of processor time for one.
    """
    library = ctypes.CDLL(ctypes.util.find_library('sodium'))
    if library.sodium_init() < 0:       # which also chooses the fastest code
        raise StackError('libsodium does not start')
    memory, passes, _ = map(int, KDF.split(','))
    hashed, count = ctypes.create_string_buffer(32), 0
    begin, used = time.monotonic(), time.process_time()
    while count == 0 or time.monotonic() - begin < seconds:
        # Its last number is Argon2id; an input of the MAC's 32 bytes.
        if library.crypto_pwhash(
                hashed, ctypes.c_ulonglong(32), os.urandom(32),
                ctypes.c_ulonglong(32), os.urandom(16),
                ctypes.c_ulonglong(passes), ctypes.c_size_t(memory * 1024),
                2) != 0:
            raise StackError('no memory for a derivation')
        count += 1
    return {'rate': count / (time.monotonic() - begin),
            'cpu': (time.process_time() - used) * 1000 / count}


def bare(seconds):
    """Derivations on every core at once."""
    cores = len(os.sched_getaffinity(0))
    with concurrent.futures.ProcessPoolExecutor(cores) as pool:
        done = list(pool.map(derive, [seconds] * cores))
    return {'rate': sum(one['rate'] for one in done),
            'cpu': statistics.mean(one['cpu'] for one in done)}


def derivation_bound(effort):
    """(a), the default Argon2id parameters."""
    def resets(stand):
        figures = stand.load(16, int(80 * effort.seconds))
        cpu = bare(effort.seconds / 2)['cpu']
        return figures | {'cpu': cpu, 'besides': figures['worker']
                          + figures['backend'] - cpu}

    with stands(effort, KDF) as made:
        return interleaved(effort.rounds, {
            'bare': lambda: bare(effort.seconds),
            **{name: lambda stand=stand: resets(stand)
               for name, stand in made.items()},
            **peers(effort, made['umws'], KDF, 16, {'prepared': 80})})


def database_bound(effort):
    """(b), (c) and (d), where derivation costs next to nothing."""
    with stands(effort, CHEAP) as made:
        found = interleaved(effort.rounds, {
            **{name: lambda stand=stand: stand.load(
                8, int(600 * effort.seconds)) for name, stand in made.items()},
            **peers(effort, made['umws'], CHEAP, 8,
                    {'prepared': 450, 'function': 800})})
        return found | interleaved(effort.rounds, {
            f'{name}-mailer': stand.mailer for name, stand in made.items()})


def phone(effort):
    """(e), logons by the phone route; without an old commit, which may have
    none."""
    count = int(80 * effort.seconds)
    with running(KDF) as stand:
        logons = stand.learn()
        found = interleaved(effort.rounds, {
            'bare': lambda: bare(effort.seconds),
            'logons': lambda: stand.phone(16, count, logons),
            'mixed': lambda: stand.phone(16, count, logons, True)})
        return found | {'guesses': [stand.guess(64)]}


def grown(effort):
    """(f), a database of years beside one of a few days."""
    with running(CHEAP) as few, running(CHEAP) as many:
        few.age(effort.few_rows)
        many.age(effort.old_rows)
        made = {'many': many, 'few': few}
        for stand in made.values():
            stand.load(8, USERS)
        return interleaved(effort.rounds, {
            name: lambda stand=stand: stand.load(
                1, int(200 * effort.seconds)) | stand.claims(200)
            for name, stand in made.items()})


def smtp_source(port, sessions, count, size):
    """Postfix's own load generator: as many mails, as large, to as many."""
    begin = time.monotonic()
    done = subprocess.run(
        ['smtp-source', '-d', '-N', '-s', str(sessions), '-m', str(count),
         '-l', str(size), '-f', 'umws@example.test', '-t',
         'user@example.test', f'127.0.0.1:{port}'],
        text=True, capture_output=True)
    if done.returncode != 0:
        raise StackError(f'smtp-source: {done.stderr}')
    return {'rate': count / (time.monotonic() - begin)}


def relayed(effort):
    """(g), mails to a Postfix beside its own load generator."""
    if not postfix.HERE:
        raise StackError('g: it takes root, and the package postfix')
    with (running(CHEAP, users=effort.relayed) as stand,
          postfix.postfix() as server):
        stand.mailer()
        size = mailbox.mails(stand.layout)[0].stat().st_size
        return interleaved(effort.rounds, {
            name: call for sessions in (1, 4) for name, call in {
                f'mailer-{sessions}': functools.partial(
                    stand.mailer, smtp_url=f'smtp://127.0.0.1:{server.port}',
                    smtp_connections=sessions),
                f'source-{sessions}': functools.partial(
                    smtp_source, server.port, sessions, effort.relayed,
                    size)}.items()})


def hostile_bodies(effort):
    """(x), what the worst known bodies cost a worker."""
    with running(CHEAP) as stand:
        return {name: [{charset: hostile.cost(stand, name, charset)
                        for charset in hostile.CODINGS}]
                for name in hostile.BODIES}


GROUPS = {'a': derivation_bound, 'bcd': database_bound, 'e': phone,
          'f': grown, 'g': relayed, 'x': hostile_bodies}


def median_row(figures, group, what, unit, ours, against, theirs, target):
    """One of ROWS; None where nothing was measured against it."""
    def values(text):
        name, _, key = text.rpartition(' ')
        return [one[key] for one in figures.get(name, [])]

    row = Row(group, what, statistics.median(values(ours)), unit)
    if against:
        pairs = list(zip(values(ours), values(theirs)))
        if not pairs:
            return None
        row.against, row.target = against, target
        row.base = statistics.median(base for _, base in pairs)
        row.ratio = statistics.median(own / base for own, base in pairs)
    return row


def measure(effort, wanted):
    """The rows of all groups of which one is wanted."""
    rows = []
    for names, group in GROUPS.items():
        if set(names) & set(wanted):
            figures = group(effort)
            rows += [median_row(figures, *row) for row in ROWS
                     if row[0] in names]
    for row in filter(None, rows):
        ages = {'old_rows': effort.old_rows, 'few_rows': effort.few_rows}
        row.what = row.what.format(**ages)
        row.against = row.against.format(**ages)
        yield row
