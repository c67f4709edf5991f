"""What lies in monitoring/, and the chapter Alerts of doc/operations.md."""
import json
import re

from harness import TREE

FOLDER = TREE / 'monitoring'
RULES = FOLDER / 'umws-alerts.yml'
TESTS = FOLDER / 'umws-alerts-test.yml'
DASHBOARD = json.loads((FOLDER / 'umws-dashboard.json').read_text())
MANUAL = (TREE / 'doc' / 'operations.md').read_text()
ALERT = re.compile(r'^      - alert: (\w+)$', re.M)
# A metric in an expression; Prometheus' own have no place in a scrape.
METRIC = re.compile(r'\bumws_\w+')


def panels(kind=None):
    return [panel for panel in DASHBOARD['panels']
            if panel['type'] != 'row' and kind in (None, panel['type'])]


def expressions():
    """Of the dashboard, with its variables as Grafana fills them in."""
    found = [(panel['title'], target['expr'])
             for panel in panels() for target in panel['targets']]
    found += [(entry['name'], entry['expr'])
              for entry in DASHBOARD['annotations']['list']]
    for title, expr in found:
        expr = expr.replace('$__rate_interval', '5m')
        yield title, re.sub(r'\$(job|instance)\b', '.*', expr)


def paragraphs():
    """Of the chapter Alerts, by their names."""
    chapter = re.search(r'^## Alerts\n(.*?)(?=^## |\Z)', MANUAL,
                        re.M | re.S).group(1)
    pieces = re.split(r'^### (\w+)\n', chapter, flags=re.M)
    assert len(pieces) == 2 * len(set(pieces[1::2])) + 1
    return pieces[0], dict(zip(pieces[1::2], pieces[2::2]))
