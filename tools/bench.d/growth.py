#!/usr/bin/python3
"""growth.py - what a database carries, and how it grows.

    tools/bench.d/growth.py [--rows N] [--users N] [--seconds S]

Resets by pgbench, without the derivation: what the primary can carry. Then the
bytes of so many settled resets. Then so many users, each with a reset a year
and a purge each day: what the next day's purge takes, alone and beside resets.
Prints Markdown.
"""
import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'lib'))

from umws_stack import postgres, process         # noqa: E402
from umws_stack.layout import CHECKOUT, PG_PORT, Layout    # noqa: E402

USERS = 5000
CLIENTS = (1, 2, 4, 8, 16)
BENCH = CHECKOUT / 'tools' / 'bench.d'
SIZES = """
SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class c
WHERE c.relnamespace = 'umws'::regnamespace AND c.relkind = 'r'
"""
# Indexes that no constraint needs; they are made when all rows are there.
INDEXES = """
SELECT i.indexrelid::regclass,
    replace(pg_get_indexdef(i.indexrelid), chr(10), ' ')
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = 'umws'::regnamespace
    AND c.relname IN ('um_user', 'audit', 'outbox')
    AND NOT EXISTS (
        SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
"""


def sizes(layout):
    rows = postgres.query(layout, SIZES).splitlines()
    return {name: int(size) for name, size in
            (row.split('\t') for row in rows)}


def count(layout, table):
    return int(postgres.query(layout, f'SELECT count(*) FROM umws.{table}'))


def granted(layout):
    return int(postgres.query(
        layout, 'SELECT sum(generation) FROM umws.um_user'))


def pepper(layout):
    return next(iter(layout.keys('pepper.key')))


def pgbench(layout, clients, seconds):
    """Resets that were granted in a second; refused ones do not count."""
    key = postgres.query(
        layout, "SELECT id FROM umws.mail_key WHERE state = 'active'")
    before = granted(layout)
    done = subprocess.run(
        [postgres.program('pgbench'), '-n', '-M', 'prepared',
         '-c', str(clients), '-j', '1', '-T', str(seconds),
         '-D', f'users={USERS}', '-D', f'mail_key={key}',
         '-D', f'pepper={pepper(layout)}',
         '-f', BENCH / 'reset.sql', '-h', layout.pg_hosts, '-p', str(PG_PORT),
         '-U', 'umws_worker', 'umws'], text=True, capture_output=True,
        env=process.clean_environment())
    if done.returncode != 0:
        sys.exit(done.stderr)
    return (granted(layout) - before) / seconds


def carried(layout, seconds):
    """As many clients as there may be workers that wait."""
    print('| connections | resets per second |\n|---:|---:|')
    for clients in CLIENTS:
        rate = pgbench(layout, clients, seconds)
        print(f'| {clients} | {rate:,.0f} |', flush=True)


def fill(layout, script, number):
    """The psql that makes so many rows."""
    return subprocess.Popen(
        [postgres.program('psql'), '-Xq', '-v', 'ON_ERROR_STOP=1', '-v',
         f'count={number}', '-v', f'pepper={pepper(layout)}', '-f',
         BENCH / script, '-h', layout.pg_hosts, '-p', str(PG_PORT), '-U',
         'postgres', 'umws'], stdout=subprocess.DEVNULL,
        env=process.clean_environment())


def filled(*scripts):
    if any([script.wait() for script in scripts]):
        sys.exit('growth: psql has failed')


def grown(layout, rows):
    """Bytes of each settled reset, indexes and all."""
    before = sizes(layout)
    filled(fill(layout, 'old-rows.sql', rows))
    after = sizes(layout)
    print('\n| what | rows | bytes of each |\n|---|---:|---:|')
    for name, table in (('audit, of a reset', 'audit'),
                        ('outbox, of its mail, settled', 'outbox')):
        print(f'| {name} | {rows:,} |'
              f' {(after[table] - before[table]) / rows:,.0f} |')
    for name, table in (('um_user, of a mailbox', 'um_user'),
                        ('pin_history, of a PIN kept', 'pin_history')):
        number = count(layout, table)
        print(f'| {name} | {number:,} | {after[table] / number:,.0f} |')


def purge(layout):
    """The verb, as its timer says it: seconds, and what it says."""
    begin = time.monotonic()
    done = subprocess.run([layout.home / 'wrap' / 'ctl', 'db', 'purge'],
                          text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return f'{time.monotonic() - begin:.1f} s, {done.stdout.strip()}'


def lived(layout, users):
    """A year's rows."""
    indexes = [line.split('\t') for line in
               postgres.query(layout, INDEXES).splitlines()]
    postgres.query(layout, ''.join(f'DROP INDEX {name};'
                                   for name, _ in indexes))
    filled(fill(layout, 'mailboxes.sql', users),
           fill(layout, 'year.sql', users))
    postgres.query(layout, ''.join(f'{text};' for _, text in indexes))
    postgres.query(layout, 'VACUUM ANALYZE')
    postgres.query(layout, 'CHECKPOINT')


def year(layout, users, seconds):
    """A day's purge where they are; resets that are counted end before it."""
    lived(layout, users)
    print('\n| table | rows | bytes with indexes |\n|---|---:|---:|')
    for table, size in sizes(layout).items():
        if table in ('um_user', 'pin_history', 'audit', 'outbox'):
            print(f'| {table} | {count(layout, table):,} | {size:,} |')
    print(f'\nPurge of a day: {purge(layout)}.', flush=True)
    rates = [pgbench(layout, 4, seconds)]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        going = pool.submit(purge, layout)
        while not going.done():
            rates.append(pgbench(layout, 4, seconds))
    print(f'Again, beside resets: {going.result()}. Resets a second: '
          f'{rates[0]:,.0f} before it; while it ran '
          + (', '.join(f'{rate:,.0f}' for rate in rates[1:-1])
             or 'too short') + '.')


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument('--rows', type=int, default=300000)
    words.add_argument('--users', type=int, default=100000)
    words.add_argument('--seconds', type=int, default=10)
    args = words.parse_args()
    folder = tempfile.mkdtemp(prefix='umws-growth-')
    stack = CHECKOUT / 'tools' / 'stack'
    up = [stack, 'up', f'{folder}/stack', '--users', str(USERS), '--limits',
          'off', '--mailer', 'off', '--workers', '1', '--kdf', '8,1,1']
    subprocess.run(up, check=True)
    try:
        layout = Layout(f'{folder}/stack')
        print(f'Load average before: {os.getloadavg()[0]:.1f}.\n')
        carried(layout, args.seconds)
        grown(layout, args.rows)
        year(layout, args.users, args.seconds)
    finally:
        subprocess.run([stack, 'down', f'{folder}/stack'], check=True)
        subprocess.run(['rm', '-r', folder], check=True)


if __name__ == '__main__':
    main()
