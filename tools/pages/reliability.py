"""doc/reliability.md from the figures of a run of the storms."""
import json
import os
import pathlib
import platform
import subprocess
import textwrap
import time

from umws_stack import postgres
from umws_stack.layout import CHECKOUT

ORDER = ('workers', 'reload', 'mailers', 'connections', 'database', 'disk',
         'standby', 'pgbouncer')
COLUMNS = ('faults', 'requests', 'ok', 'refused', 'unknown', 'of them done',
           'mails', 'lost', 'doubled', 'wrong', 'recovery')
KNOWN = COLUMNS + ('name', 'seed', 'seconds', 'long', 'test')
HEAD = """\
# Reliability

What the storms of `tests/system/storm/test_storm_*.py` break under load, and
what was lost by it. This page is the output of one run and is never edited:

```
{command}
python3 tools/pages reliability figures.json
```

{run}

- **ok**: answered 200. **refused**: answered with a fault that says that
  nothing was changed. **unknown**: ErrorInternalServerTransientError, or no
  answer of the service at all (its child was killed); **done**: how many of
  these had happened all the same, as they may.
- **lost**: an answer of 200 whose PIN, history, audit or mail is not there,
  or a queued mail that never came. **doubled**: a request that changed more
  than one PIN. **wrong**: a refused request that changed something, a change
  that nobody asked for, tables that disagree, a second copy of a mail that
  differs, a last mail that does not hold the stored PIN. All three must be 0;
  the tests fail otherwise.
- **recovery**: the longest time, in seconds, from the end of a fault until
  each client (16 in most storms) had been granted a request that began after
  it. Nothing of umws was restarted for that, except where that is the
  fault.

"""
CLUSTER = """\
## A cluster, and what is done to its hosts

Three hosts with PostgreSQL under Patroni and etcd
([operations.md](operations.md)), two with a web server and a worker, two with
a mailer: network namespaces of one machine (`tools/stack up --cluster`).
Patroni's ttl is 8 s, loop_wait 1 s, retry_timeout 3 s; synchronous_mode and
synchronous_mode_strict are on. The mailers go on all the time. Made by

```
{command} \\
    python3 -m pytest tests/system/cluster
python3 tools/pages reliability figures.json
```

{run}

The first columns are **seconds without a granted reset**: the longest time in
which none of {clients} clients got a 200, from the fault until the host was
mended and the cluster in order, by the way that worker and mailer come to the
database. With Patroni's own ttl of 30 s they are longer by up to 22.
**copies** are second copies of a mail, each the same as the first (promise 3).
The counts are those of all ways together.

"""
WAYS = {'libpq': "libpq's list", 'haproxy': 'HAProxy',
        'pgbouncer': 'PgBouncer, HAProxy'}
COUNTS = ('requests', 'ok', 'refused', 'unknown', 'of them done', 'mails',
          'copies', 'lost', 'doubled', 'wrong')
TITLES = ('fault', 'times', 'requests', 'ok', 'refused', 'unknown', 'done',
          'mails', 'lost', 'doubled', 'wrong', 'recovery', 'seed')


def read_fields(path, separator=':'):
    pairs = (line.split(separator, 1) for line
             in pathlib.Path(path).read_text().splitlines()
             if separator in line)
    return {name.strip(): value.strip().strip('"') for name, value in pairs}


def machine():
    cpu = read_fields('/proc/cpuinfo').get('model name', platform.machine())
    memory = int(read_fields('/proc/meminfo')['MemTotal'].split()[0])
    return (f'{cpu}, {len(os.sched_getaffinity(0))} cores,'
            f' {memory / 1048576:.0f} GiB of memory')


def system():
    release = read_fields('/etc/os-release', '=').get('PRETTY_NAME', '')
    version = subprocess.run([postgres.program('postgres'), '--version'],
                             text=True, capture_output=True).stdout.split()
    return f'{release}, Linux {platform.release()}, PostgreSQL {version[2]}'


def place(row):
    """Storms in the order of ORDER, those of a file as they were run."""
    name = row.get('test', '')
    return [number for number, part in enumerate(ORDER) if part in name
            ] or [len(ORDER)]


def cell(value):
    if value is None:
        return ''
    return f'{value:,}' if isinstance(value, int) else str(value)


def line(row):
    more = [f'{name} {value}' for name, value in row.items()
            if name not in KNOWN]
    name = row['name'] + (f' ({", ".join(more)})' if more else '')
    cells = [name, *(cell(row.get(key)) for key in COLUMNS),
             str(row['seed'])]
    return f'| {" | ".join(cells)} |'


def document(rows, now):
    is_long = all(row['long'] for row in rows)
    head = HEAD.format(
        command=('UMWS_LONG=1 ' if is_long else '')
        + 'UMWS_FIGURES=figures.json python3 -m pytest tests/system'
          ' -k storm',
        run=textwrap.fill(
            f'Run of {time.strftime("%Y-%m-%d", now)},'
            f' {"long" if is_long else "short"} form: {machine()};'
            f' {system()}.', 80, break_on_hyphens=False))
    lines = [f'| {" | ".join(TITLES)} |',
             '|---|' + '---:|' * (len(TITLES) - 1)]
    lines += [line(row) for row in sorted(rows, key=place)]
    total = {key: sum(row.get(key, 0) for row in rows) for key in COLUMNS[:-1]}
    lines.append('| **all** | ' + ' | '.join(
        f'**{total[key]:,}**' for key in COLUMNS[:-1]) + ' | | |')
    return head + '\n'.join(lines) + '\n'


def cluster_line(name, rows):
    """A fault: a gap for each way, and what was counted in all of them."""
    gaps = {row['way']: max(one['gap'] for one in rows
                            if one['way'] == row['way']) for row in rows}
    cells = [cell(gaps.get(way)) for way in WAYS]
    cells += [cell(sum(row[key] for row in rows)) for key in COUNTS]
    return f'| {" | ".join([name, *cells])} |'


def cluster(rows, now):
    titles = ('fault', *WAYS.values(), *COUNTS)
    names = list(dict.fromkeys(row['name'] for row in rows))
    is_long = all(row['long'] for row in rows)
    lines = [f'| {" | ".join(titles).replace("of them done", "done")} |',
             '|---|' + '---:|' * (len(titles) - 1)]
    lines += [cluster_line(name, [row for row in rows if row['name'] == name])
              for name in names]
    total = [f'**{sum(row[key] for row in rows):,}**' for key in COUNTS]
    lines.append(f'| **all** | | | | {" | ".join(total)} |')
    head = CLUSTER.format(
        command=('UMWS_LONG=1 ' if is_long else '')
        + 'UMWS_FIGURES=figures.json',
        clients=rows[0]['clients'],
        run=textwrap.fill(
            f'Run of {time.strftime("%Y-%m-%d", now)}: {machine()};'
            f' {system()}, Patroni {rows[0]["patroni"]}. The load average was'
            f' up to {max(row["load"] for row in rows)}.', 80,
            break_on_hyphens=False))
    return head + '\n'.join(lines) + '\n'


def write(figures):
    """All of the page, or its last chapter, if that is all there is; what is
    not measured anew stays."""
    rows = json.loads(figures.read_text())
    page = CHECKOUT / 'doc' / 'reliability.md'
    first, mark, last = page.read_text().partition(CLUSTER.split('\n')[0])
    last = mark + last
    now = time.gmtime()
    if [row for row in rows if 'way' not in row]:
        first = document([row for row in rows if 'way' not in row],
                         now) + '\n'
    if [row for row in rows if 'way' in row]:
        last = cluster([row for row in rows if 'way' in row], now)
    page.write_text(first.rstrip() + '\n' + ('\n' + last if last else ''))
