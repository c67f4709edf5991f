"""The rows: what was measured, against what, and was it enough."""
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

GROUPS = {
    'a': 'Resets per second against the bare Argon2id rate',
    'b': 'Against PHP, at the same Argon2id parameters',
    'c': 'Against PHP and pgbench, where derivation costs next to nothing',
    'd': 'Processor time of one reset, besides derivation and database',
    'e': 'Memory',
    'f': 'Number of users',
    'g': 'Mails',
}


@dataclasses.dataclass
class Row:
    group: str
    what: str
    ours: float
    base: float
    unit: str
    ratio: float
    sense: str = ''             # '>=' or '<=' target; '' has none
    target: float = 0.0
    against: str = ''

    @property
    def is_ok(self):
        if self.sense == '>=':
            return self.ratio >= self.target
        if self.sense == '<=':
            return self.ratio <= self.target
        return True

    @property
    def verdict(self):
        if not self.sense:
            return ''
        return 'ok' if self.is_ok else 'missed'

    @property
    def aim(self):
        if not self.sense:
            return ''
        return f'{"≥" if self.sense == ">=" else "≤"} {self.target:g}'

    def as_dict(self):
        return dataclasses.asdict(self) | {'verdict': self.verdict}


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


def table(rows):
    """All rows as one Markdown table."""
    lines = [('', 'What', 'Figure', 'Against', 'Figure', 'Ratio', 'Target',
              '')]
    for row in rows:
        lines.append((row.group, row.what, f'{figure(row.ours)} {row.unit}',
                      row.against, f'{figure(row.base)} {row.unit}',
                      f'{row.ratio:.2f}', row.aim, row.verdict))
    widths = [max(len(line[i]) for line in lines)
              for i in range(len(lines[0]))]
    lines.insert(1, tuple('-' * width for width in widths))
    return '\n'.join('| ' + ' | '.join(
        cell.ljust(width) for cell, width in zip(line, widths)) + ' |'
        for line in lines) + '\n'


def summary(rows):
    aimed = [row for row in rows if row.sense]
    good = sum(row.is_ok for row in aimed)
    return f'{good} of {len(aimed)} targets met'


def write_json(path, rows, about):
    path.write_text(json.dumps(
        {'machine': about, 'rows': [row.as_dict() for row in rows]},
        indent=1, ensure_ascii=False) + '\n')


def document(rows, about, notes, options):
    """doc/performance.md."""
    text = ['# Performance', '',
            f'Written by `tools/bench{options}`, {about["date"]}, on '
            f'{about["cores"]} cores of {about["processor"]},'
            f' {about["memory"]}, Linux {about["kernel"]}; PostgreSQL'
            f' {about["PostgreSQL"]} with its durable defaults, nginx'
            f' {about["nginx"]}, libsodium {about["libsodium"]}, PHP'
            f' {about["PHP"]}. Load average before: {about["load before"]}.',
            '', f'{summary(rows)}.', '', table(rows),
            '## How to read it', '',
            'Figures are medians over all rounds; a ratio is the median of'
            ' the ratios within each round, so that what slows the machine'
            ' for a while hits both sides. So it need not be the quotient of'
            ' the two figures beside it.', '']
    text += [f'- **({key}) {GROUPS[key]}.** {note}'
             for key, note in notes.items()]
    return '\n'.join(text) + '\n'
