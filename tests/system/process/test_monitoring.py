"""What lies in monitoring/: the dashboard is what Grafana documents, the rules
are what promtool takes, and every alert is tested and has its paragraph in
doc/operations.md. That their metrics are there test_metrics.py sees."""
import json
import os
import re
import shutil
import subprocess

from harness import TREE, run
from monitoring import (ALERT, DASHBOARD, FOLDER, RULES, TESTS, expressions,
                        panels, paragraphs)

# https://grafana.com/docs/grafana/latest/dashboards/json-model/: the fields of
# a dashboard, each with what it may be.
FIELDS = {
    'id': lambda value: value is None,
    'uid': lambda value: re.fullmatch(r'[\w-]{8,40}', value),
    'title': lambda value: isinstance(value, str) and value,
    'description': lambda value: isinstance(value, str),
    'tags': lambda value: all(isinstance(tag, str) for tag in value),
    'style': lambda value: value in ('dark', 'light'),
    'timezone': lambda value: value in ('utc', 'browser'),
    'editable': lambda value: isinstance(value, bool),
    'graphTooltip': lambda value: value in (0, 1, 2),
    'panels': lambda value: isinstance(value, list) and value,
    'time': lambda value: set(value) == {'from', 'to'},
    'timepicker': lambda value: set(value) <= {'time_options',
                                               'refresh_intervals', 'now',
                                               'hidden', 'nowDelay'},
    'templating': lambda value: set(value) <= {'list', 'enable'},
    'annotations': lambda value: set(value) == {'list'},
    'refresh': lambda value: re.fullmatch(r'\d+[smhd]|', value),
    'schemaVersion': lambda value: isinstance(value, int) and value >= 17,
    'version': lambda value: isinstance(value, int),
    'links': lambda value: isinstance(value, list),
}
OPTIONAL = {'style', 'description'}
WIDTH = 24                      # columns of the grid


def test_dashboard_is_as_documented():
    assert set(FIELDS) - OPTIONAL <= set(DASHBOARD) <= set(FIELDS)
    for name, value in DASHBOARD.items():
        assert FIELDS[name](value), name
    numbers = [panel['id'] for panel in DASHBOARD['panels']]
    assert len(set(numbers)) == len(numbers)
    for panel in DASHBOARD['panels']:
        place = panel['gridPos']
        assert set(place) == {'x', 'y', 'w', 'h'}, panel['title']
        assert 1 <= place['w'] <= WIDTH - place['x'] and place['x'] >= 0
        assert place['h'] >= 1 and place['y'] >= 0
        assert panel['title'] and panel['type'] in (
            'row', 'stat', 'timeseries', 'heatmap', 'table')
    for entry in DASHBOARD['templating']['list']:
        assert {'name', 'type', 'query', 'current'} <= set(entry)
        assert entry['type'] in ('query', 'datasource')


def test_panels_do_not_overlap():
    taken = {}
    for panel in DASHBOARD['panels']:
        place = panel['gridPos']
        for x in range(place['x'], place['x'] + place['w']):
            for y in range(place['y'], place['y'] + place['h']):
                assert taken.setdefault((x, y), panel['title']) == (
                    panel['title'])


def test_panels_ask_something():
    """By the data source that is chosen, and variables that there are."""
    names = {entry['name'] for entry in DASHBOARD['templating']['list']}
    names |= {'__rate_interval', '__all'}
    assert set(re.findall(r'\$\{?(\w+)', json.dumps(DASHBOARD))) <= names
    for panel in panels():
        letters = [target['refId'] for target in panel['targets']]
        assert letters and len(set(letters)) == len(letters)
        assert all(target['datasource']['uid'] == '${datasource}'
                   for target in panel['targets'])


def promtool(*words, folder=None):
    done = subprocess.run(['promtool', *map(str, words)], text=True,
                          cwd=folder, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_expressions_parse(tmp_path):
    rules = {'groups': [{'name': 'dashboard', 'rules': [
        {'record': f'panel{number}', 'expr': expr}
        for number, (_, expr) in enumerate(expressions())]}]}
    file = tmp_path / 'rules.yml'
    file.write_text(json.dumps(rules))      # JSON is YAML, too
    count = len(rules['groups'][0]['rules'])
    assert count > 40 and f'{count} rules found' in promtool(
        'check', 'rules', file)


def test_rules():
    said = promtool('check', 'rules', RULES)
    assert f'{len(ALERT.findall(RULES.read_text()))} rules found' in said
    promtool('test', 'rules', TESTS)
    promtool('check', 'config', 'prometheus.yml', folder=FOLDER)


def test_each_alert_is_tested():
    """When it fires, and when it does not."""
    fires, silent = set(), set()
    for name, alerts in re.findall(
            r'alertname: (\w+)\n +eval_time: \w+\n +exp_alerts:(.*)',
            TESTS.read_text()):
        (silent if alerts == ' []' else fires).add(name)
    assert fires == silent == set(ALERT.findall(RULES.read_text()))


def test_a_wrong_rule_fails_its_test(tmp_path):
    """That the tests test at all."""
    text = RULES.read_text()
    for old, new in (('up{job="umws"} == 0', 'up{job="umws"} == 2'),
                     ('replaced_total[10m]) > 5', 'replaced_total[10m]) > 1'),
                     ('md#umwsmailslost', 'md#lost')):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / RULES.name).write_text(text)
    shutil.copy(TESTS, tmp_path)
    done = run('promtool', 'test', 'rules', tmp_path / TESTS.name)
    assert done.returncode != 0
    assert set(re.findall(r'alertname: (\w+)', done.stdout + done.stderr)) == {
        'UmwsWorkerDown', 'UmwsChildrenDie', 'UmwsMailsLost'}


def test_each_alert_has_its_paragraph():
    _, found = paragraphs()
    text = RULES.read_text()
    assert list(found) == ALERT.findall(text)
    assert re.findall(r'operations\.md#(\w+)', text) == [
        name.lower() for name in found]
    for name, words in found.items():
        assert len(words) > 200 and '`' in words, name


def test_installed():
    """All of it lies among the examples, and the chapter where it points."""
    made = (TREE / 'Makefile.am').read_text()
    for name in os.listdir(FOLDER):
        assert f'monitoring/{name}' in made, name
    assert re.search(r'^dist_doc_DATA = .*doc/operations\.md', made, re.M)
    package = (TREE / 'debian' / 'umws.install').read_text()
    for path in ('examples/monitoring', 'operations.md'):
        assert f'usr/share/doc/umws/{path}\n' in package
