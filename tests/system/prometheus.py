"""Metrics as Prometheus reads them: a strict parser of its text format, what
promtool says of them, and a scrape of the worker."""
import math
import re
import subprocess

from soap import call

NAME = re.compile(r'[a-z][a-z0-9_]*')
LINE = re.compile(r'(?P<name>[a-z][a-z0-9_]*)(?:\{(?P<labels>.*)\})?'
                  r' (?P<value>\d+(?:\.\d+)?)')
LABEL = re.compile(r'([a-z]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')
KINDS = ('counter', 'gauge', 'histogram')
PARTS = ('_bucket', '_sum', '_count')


def labels_of(text):
    """The labels of a line, as pairs."""
    found, rest = [], text or ''
    while rest:
        match = LABEL.match(rest)
        assert match, text
        found.append(match.groups())
        rest = rest[match.end():]
    assert len(dict(found)) == len(found), text
    return found


def family_of(name, kinds):
    """Which metric a line's name belongs to."""
    for part in PARTS:
        if kinds.get(name.removesuffix(part)) == 'histogram':
            return name.removesuffix(part)
    return name


def check_histogram(name, values):
    """Buckets grow up to the last, which counts all."""
    series = {}
    for key, value in values.items():
        if key.startswith(name + '_bucket{'):
            labels = labels_of(key.partition('{')[2][:-1])
            assert labels[-1][0] == 'le', key
            series.setdefault(tuple(labels[:-1]), []).append(
                (float(labels[-1][1]), value))
    assert series
    for labels, buckets in series.items():
        assert buckets == sorted(buckets)
        assert [count for _, count in buckets] == sorted(
            count for _, count in buckets)
        assert buckets[-1][0] == math.inf
        own = ','.join(f'{label}="{value}"' for label, value in labels)
        own = f'{{{own}}}' if own else ''
        assert values[f'{name}_count{own}'] == buckets[-1][1]
        assert (values[f'{name}_sum{own}'] > 0) <= (buckets[-1][1] > 0)


def parsed(text):
    """Strictly: HELP, TYPE, then the values of that metric and of no other;
    each series once."""
    values, kinds, name = {}, {}, None
    lines = text.splitlines(keepends=True)
    while lines:
        line = lines.pop(0)
        assert line.endswith('\n') and line.strip() == line[:-1] != ''
        if line.startswith('# HELP '):
            _, _, name, words = line[:-1].split(' ', 3)
            assert name not in kinds and NAME.fullmatch(name)
            assert words and '\\' not in words
            _, _, other, kinds[name] = lines.pop(0)[:-1].split(' ')
            assert other == name and kinds[name] in KINDS
            assert (kinds[name] == 'counter') == name.endswith('_total')
            continue
        found = LINE.fullmatch(line[:-1])
        assert found and family_of(found['name'], kinds) == name, line
        assert labels_of(found['labels']) or not found['labels']
        key = line[:-1].rpartition(' ')[0]
        assert key not in values
        values[key] = float(found['value'])
    for name, kind in kinds.items():
        if kind == 'histogram':
            check_histogram(name, values)
    return values


def families(text):
    """The metrics' names, each with its kind."""
    return dict(line.split()[2:] for line in text.splitlines()
                if line.startswith('# TYPE '))


def lint(text):
    """Whatever promtool has against it."""
    done = subprocess.run(['promtool', 'check', 'metrics'], input=text,
                          text=True, capture_output=True, timeout=60)
    return (done.stdout + done.stderr).strip() or (
        done.returncode and f'exit status {done.returncode}')


def scrape(stack):
    answer = call(stack, None, None, 'UMWS_METRICS_URL', 'GET')
    assert answer.status == 200
    return answer.body.decode()
