"""The rows: what was measured, and against what; the table of them."""
import dataclasses
import datetime
import glob
import json
import os
import pathlib
import platform
import re
import subprocess

from umws_stack import postgres


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


def figure(value):
    """Three digits that count."""
    if value >= 100:
        return f'{value:.0f}'
    return f'{value:.3g}' if value else '0'


def first_match(path, pattern):
    found = re.search(pattern, pathlib.Path(path).read_text(), re.MULTILINE)
    return found.group(1).strip() if found else 'unknown'


def version(*argv):
    """The first number with a dot that a program says about itself."""
    done = subprocess.run([str(word) for word in argv], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    found = re.search(r'\d+(\.\d+)+', done.stdout)
    return found.group() if found else 'unknown'


def package_version(name):
    done = subprocess.run(['dpkg-query', '-W', '-f', '${Version}', name],
                          text=True, capture_output=True)
    return done.stdout or 'unknown'


def machine():
    """Where it was measured, and with what."""
    memory = int(first_match('/proc/meminfo', r'MemTotal:\s+(\d+)'))
    php = sorted(glob.glob('/usr/sbin/php-fpm*'))
    return {
        'date': datetime.datetime.now(datetime.timezone.utc).strftime(
            '%Y-%m-%d %H:%M UTC'),
        'processor': first_match('/proc/cpuinfo', r'model name\s*:(.*)'),
        'cores': os.cpu_count(),
        'memory': f'{memory / 1048576:.0f} GiB',
        'kernel': platform.release(),
        'load before': f'{os.getloadavg()[0]:.2f}',
        'PostgreSQL': version(postgres.program('postgres'), '--version'),
        'nginx': version('/usr/sbin/nginx', '-v'),
        'libsodium': package_version('libsodium23'),
        'PHP': version(php[-1], '-v') if php else 'none',
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
