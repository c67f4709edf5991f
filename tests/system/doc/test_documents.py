"""The documents: links that lead somewhere, files and functions that are
there, states and words as the database has them."""
import re

import pytest

import papers
from harness import TREE

OPTIONS = ()
PAPERS = papers.papers()
# What is made by a build, an installation or an operator, and places that
# stand for one.
FOLDERS = ('src', 'sql', 'tests', 'tools', 'doc', 'letters', 'nginx', 'apache',
           'asterisk', 'freeswitch', 'monitoring', 'systemd', 'debian', 'www',
           'contrib')
NO_SQL = ('umws.actor', 'umws.conf', 'umws.lua')
PLACEHOLDER = re.compile(r'[A-Z]{3,}|\*|\.\.\.')


@pytest.mark.parametrize('paper', PAPERS)
def test_links_lead_somewhere(paper):
    folder = (TREE / paper).parent
    for file, anchor in papers.links(paper):
        target = (folder / file).resolve() if file else TREE / paper
        assert target.is_file(), f'{paper}: there is no {file}'
        assert target.is_relative_to(TREE), f'{paper}: {file} is not ours'
        if anchor:
            known = papers.anchors(str(target.relative_to(TREE)))
            assert anchor in known, f'{paper}: {file} has no #{anchor}'


def test_every_document_is_linked_from_the_readme():
    linked, todo = set(), ['README.md']
    while todo:
        paper = todo.pop()
        if paper in linked or not paper.endswith('.md'):
            continue
        linked.add(paper)
        for file, _ in papers.links(paper):
            target = ((TREE / paper).parent / file).resolve()
            todo.append(str(target.relative_to(TREE)))
    assert set(PAPERS) <= linked


def test_every_document_is_handed_out():
    text = (TREE / 'Makefile.am').read_text()
    assert [paper for paper in PAPERS
            if not re.search(rf'\s{re.escape(paper)}\s', text)] == []


def is_there(path):
    """A file, a folder, or what a build makes of path.in."""
    return any(TREE.glob(path.rstrip('/'))) or (TREE / f'{path}.in').exists()


@pytest.mark.parametrize('paper', PAPERS)
def test_files_that_are_named_are_there(paper):
    for span in papers.spans(papers.read(paper)):
        word = span.split(' ')[0]
        if word.split('/')[0] in FOLDERS and '/' in word:
            path = word.partition(':')[0]
            assert is_there(path) or PLACEHOLDER.search(path), (
                f'{paper}: there is no {path}')


def c_sources():
    return {path.relative_to(TREE): path.read_text()
            for path in (TREE / 'src').rglob('*.[ch]')}


def defined(text, name):
    """Is it a function of this file, or is it declared in this header?"""
    return re.search(rf'^(?:\w[\w *]*\t+\*?)?{name}\(', text, re.MULTILINE)


@pytest.mark.parametrize('paper', PAPERS)
def test_functions_that_are_named_are_there(paper):
    """Ours, and those of system and libraries that we do call."""
    every = '\n'.join(c_sources().values())
    sql = '\n'.join(path.read_text()
                    for path in (TREE / 'sql').rglob('*.sql'))
    for name in re.findall(r'`(\w+)\(\)`', papers.read(paper)):
        assert (re.search(rf'\b{name}\(', every)
                or re.search(rf'\b{name}\(', sql)), (
            f'{paper}: {name}() is no function')
    for name in re.findall(r'`(umws\.\w+)', papers.read(paper)):
        # A parameter is named like a table's column.
        assert name in sql or name in NO_SQL, (
            f'{paper}: there is no {name}')


def rows_of_files():
    """architecture.md's (file, function), of each table's rows."""
    found, file = [], None
    for line in papers.read('doc/architecture.md').splitlines():
        cells = [cell.strip() for cell in line.split('|')]
        if len(cells) == 5 and cells[2].startswith('`'):
            file = cells[1].strip('`') or file
            found.append((file, cells[2].strip('`()')))
    return found


def test_the_way_is_that_of_the_files():
    """architecture.md: each function stands in the file beside it."""
    rows = rows_of_files()
    assert len(rows) > 40
    for file, name in rows:
        assert defined((TREE / file).read_text(), name), (
            f'{name}() is not in {file}')


def section(paper, heading):
    text = papers.read(paper)
    return re.search(rf'^## {heading}\n(.*?)(?=^## |\Z)', text,
                     re.DOTALL | re.MULTILINE)[1]


def test_the_states_are_those_of_the_database():
    shown = section('doc/architecture.md', 'The states of a mail')
    (domain,) = re.findall(
        r"CHECK \(VALUE IN \(('queued'.*?)\)\)",
        '\n'.join(path.read_text()
                  for path in (TREE / 'sql' / 'schema').glob('*.sql')))
    states = set(re.findall(r'\w+', domain))
    rows = re.findall(r'^\| (.*?) \| (.*?) \|', shown, re.MULTILINE)
    named = {word for row in rows[2:] for cell in row
             for word in re.findall(r'\w+', cell)}
    assert named == states
    assert set(re.findall(r'[|] (\w+) +[|]', shown)) >= states


def test_the_words_of_settle_are_those_of_the_database():
    shown = section('doc/architecture.md', 'The states of a mail')
    text = (TREE / 'sql' / 'code' / 'outbox.sql').read_text()
    body = re.search(r'FUNCTION umws.outbox_settle\(.*?\$\$(.*?)\$\$', text,
                     re.DOTALL)[1]
    kept = re.search(r'v_is_kept boolean := p_result IN \((.*?)\)', body,
                     re.DOTALL)[1]
    final = re.search(r'v_is_kept OR p_result IN \((.*?)\)', body)[1]
    words = set(re.findall(r"'(\w+)'", kept + final))
    (*rows,) = [line.split('|')[4] for line in shown.splitlines()
                if line.count('|') == 5 and '`umws.outbox_settle`' in line]
    assert {word for row in rows for word in re.findall(r'`(\w+)`', row)
            } == words


@pytest.mark.parametrize('layer', ['base', 'core', 'soap', 'edge', 'app',
                                   'web', 'ctl', 'prog'])
def test_the_layers_are_those_of_the_tree(layer):
    """design.md's table names every module; of ctl every group."""
    (row,) = re.findall(rf'^\| `src/{layer}` .*$',
                        papers.read('doc/design.md'), re.MULTILINE)
    named = set(re.findall('[a-z0-9-]+', row))
    modules = {path.stem for path in (TREE / 'src' / layer).glob('*.[ch]')}
    assert {name for name in modules if name not in named and not (
        layer == 'ctl' and name.split('-')[0] in named)} == set()
