"""The rows: what was measured, and against what; the table of them."""
import dataclasses
import datetime
import json
import os
import platform
import re
import subprocess
import sys

from umws_stack import postgres

from . import peer


@dataclasses.dataclass
class Row:
    group: str
    what: str
    ours: float
    unit: str
    against: str = ''
    base: float = 0.0
    ratio: float = 0.0
    target: str = ''            # of the ratio


def say(text):
    print(f'  {text}', file=sys.stderr, flush=True)


def figure(value):
    """Three digits that count."""
    if value >= 100:
        return f'{value:.0f}'
    return f'{value:.3g}' if value else '0'


def said(pattern, *argv):
    """The first such words in what a program prints."""
    done = subprocess.run(argv, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    found = re.search(pattern, done.stdout)
    return found.group(1) if found else 'unknown'


def machine():
    """Where it was measured, and with what."""
    number = r'(\d+(?:\.\d+)+)'
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
    return {
        'date': datetime.datetime.now(datetime.timezone.utc).strftime(
            '%Y-%m-%d %H:%M UTC'),
        'processor': said(r'model name\s*: *(.*)', 'cat', '/proc/cpuinfo'),
        'cores': os.cpu_count(),
        'memory': f'{memory / 2**30:.0f} GiB',
        'kernel': platform.release(),
        'load before': f'{os.getloadavg()[0]:.2f}',
        'PostgreSQL': said(number, postgres.program('postgres'), '-V'),
        'nginx': said(number, '/usr/sbin/nginx', '-v'),
        'libsodium': said('(.+)', 'dpkg-query', '-W', '-f', '${Version}',
                          'libsodium23'),
        'PHP': said(number, peer.program(), '-v'),
    }


def table(rows, has_targets=True):
    """All rows as one Markdown table."""
    lines = [('', 'What', 'Figure', 'Against', 'Figure', 'Ratio', 'Target')]
    for row in rows:
        lines.append((
            row.group, row.what, f'{figure(row.ours)} {row.unit}',
            row.against, f'{figure(row.base)} {row.unit}' if row.against
            else '', f'{row.ratio:.2f}' if row.against else '', row.target))
    if not has_targets:
        lines = [line[:-1] for line in lines]
    widths = [max(map(len, column)) for column in zip(*lines)]
    lines.insert(1, tuple('-' * width for width in widths))
    return '\n'.join('| ' + ' | '.join(
        cell.ljust(width) for cell, width in zip(line, widths)) + ' |'
        for line in lines) + '\n'


def write_json(path, rows, about, command):
    known = {'command': command, 'machine': about,
             'rows': [dataclasses.asdict(row) for row in rows]}
    path.write_text(json.dumps(known, indent=1, ensure_ascii=False) + '\n')
