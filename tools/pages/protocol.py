"""The table of conformance in doc/protocol.md, from tests/wire/cases.py.

It stands between two markers; what is wrong with the page beside a table
that is out of date: a rule without a case, a case whose rule is not in the
document, a sentence about the wire without a rule.
"""
import itertools
import re
import sys

import cases
from umws_stack.layout import CHECKOUT

DOCUMENT = CHECKOUT / 'doc' / 'protocol.md'
TESTS = CHECKOUT / 'tests' / 'system'
BEGIN, END = '<!-- conformance: begin -->', '<!-- conformance: end -->'
# Sections every sentence of which is a rule.
BINDING = ('Success', 'HTTP before SOAP', 'SOAP, in this order', 'Faults')
MARK = re.compile(r'\[([A-Z][0-9]+)\]')


def split(text):
    """What comes before the table, the table, and what comes after."""
    head, begin, rest = text.partition(BEGIN + '\n')
    table, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f'{DOCUMENT}: no markers for the table')
    return head + begin, table, end + tail


def rank(rule):
    return 'NPAHSF'.find(rule[0]), rule[0], int(rule[1:])


def cell(text):
    return text.replace('|', '\\|')


def make():
    """One row for cases of one rule and basis that have one result."""
    servers = ', '.join(cases.SERVERS)
    lines = [f'{len(cases.CASES)} cases, each through: {servers}.', '',
             '| rule | basis | cases | result |', '|---|---|---|---|']
    order = sorted(cases.CASES, key=lambda case: rank(case.rule))

    def row(case):
        return case.rule, case.basis, case.outcome.words()

    for (rule, basis, result), same in itertools.groupby(order, row):
        names = '; '.join(case.name for case in same)
        lines.append(f'| {rule} | {cell(basis)} | {cell(names)} |'
                     f' {cell(result)} |')
    for other in sorted(cases.ELSEWHERE, key=lambda one: rank(one.rule)):
        lines.append(f'| {other.rule} | {other.basis} |'
                     f' `tests/system/{other.test}` | as it says |')
    return '\n'.join(lines) + '\n'


def sentences(text):
    """Rows, list items and sentences of the binding sections."""
    for section in re.split('^## ', text, flags=re.MULTILINE)[1:]:
        title, _, body = section.partition('\n')
        if not title.startswith(BINDING):
            continue
        for block in re.split(r'\n\n|\n(?=\||[0-9]\. )', body):
            block = ' '.join(block.split())
            if block.startswith('|'):
                yield block
            else:
                block = re.sub('^[0-9]+[.] ', '', block)
                yield from re.split(r'(?<=[.])\s+(?=[A-Z`*])', block)


def is_heading(line):
    """The two lines of a table that are no rows."""
    return line.startswith(('|---', '| check ', '| situation '))


def problems(text):
    head, table, _ = split(text)
    rules = set(MARK.findall(head))
    proven = ({case.rule for case in cases.CASES}
              | {other.rule for other in cases.ELSEWHERE})
    for rule in sorted(rules - proven, key=rank):
        yield f'{rule} has no case'
    for rule in sorted(proven - rules, key=rank):
        yield f'{rule} is not in {DOCUMENT.name}'
    for sentence in sentences(head):
        if sentence and not is_heading(sentence) and not MARK.search(sentence):
            yield f'no rule: {sentence}'
    for other in cases.ELSEWHERE:
        file, _, name = other.test.partition(':')
        path = TESTS / file
        if not path.exists() or f'\ndef {name}(' not in path.read_text():
            yield f'{other.rule}: there is no {other.test}'
    if table != make():
        yield 'the table is out of date'


def write():
    head, _, tail = split(DOCUMENT.read_text())
    DOCUMENT.write_text(head + make() + tail)


def check():
    """Say what is wrong with the page; the exit code."""
    found = list(problems(DOCUMENT.read_text()))
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0
