"""The page in each language: as many sentences, with as much in them."""
import re
import struct

import pytest

from harness import TREE
from person import LANGUAGES, WWW, sentences

ENGLISH = sentences('en')


def places(text):
    return sorted(re.findall(r'\{(\w+)\}', text))


def test_as_many_as_the_mails():
    """In www/, in the chooser, and in what is installed."""
    assert sorted(path.stem for path in (WWW / 'languages').glob('*.js')) == (
        LANGUAGES)
    offered = re.findall(r"^\t\['([\w-]+)', '", (
        WWW / 'language.js').read_text(), re.M)
    assert sorted(offered) == LANGUAGES
    made = (TREE / 'Makefile.am').read_text()
    assert sorted(re.findall(r'www/languages/([\w-]+)\.js', made)) == LANGUAGES


@pytest.mark.parametrize('tag', LANGUAGES)
def test_sentences(tag):
    table = sentences(tag)
    assert list(table) == list(ENGLISH)
    for name, text in table.items():
        assert text.strip() == text != '', name
        assert places(text) == places(ENGLISH[name]), name
        assert '<' not in text and '&' not in text, name
        # Each is one of its own language, not a forgotten English one.
        assert tag == 'en' or text != ENGLISH[name] or len(text) < 25, name


def used():
    """Names of sentences that the pages ask for, and beginnings of names."""
    whole, begun = set(), set()
    for path in [*WWW.glob('*.js'), *WWW.glob('*.html')]:
        text = path.read_text()
        whole |= set(re.findall(r'data-text="(\w+)"', text))
        whole |= set(re.findall(r"'([a-z]+(?:_\w+)?)'", text))
        begun |= set(re.findall(r'`(\w+_)\$\{', text))
        begun |= {f'{group}_' for group in
                  re.findall(r"known\('(\w+)'", text)}
    return whole, tuple(begun)


def test_every_sentence_is_used():
    whole, begun = used()
    for name in ENGLISH:
        assert (name in whole or name.startswith(begun)
                or name.removesuffix('_plain') in whole), name


def test_every_kind_of_failure_has_its_sentence():
    text = (WWW / 'soap.js').read_text()
    kinds = set(re.findall(r"\['Error\w+', '(\w+)'\]", text))
    kinds |= set(re.findall(r"\[\d+, '(\w+)'\]", text))
    kinds |= set(re.findall(r"new Failure\('(\w+)'", text))
    assert len(kinds) > 8
    for kind in kinds:
        assert f'error_{kind}' in ENGLISH, kind


def test_every_fault_is_known():
    """Those that doc/protocol.md lists, all of them."""
    page = (TREE / 'doc' / 'protocol.md').read_text()
    listed = set(re.findall(r'\| (Error\w+) \|', page[
        page.index('## Faults'):page.index('## For others')]))
    known = set(re.findall(r"\['(Error\w+)', '", (
        WWW / 'soap.js').read_text()))
    assert len(listed) > 8 and listed == known


def test_every_word_of_the_routes_is_known():
    """Those that doc/protocol.md lists, all of them."""
    page = (TREE / 'doc' / 'protocol.md').read_text()
    section = page[page.index('## JSON for the pages'):]
    listed = set(re.findall(r'(?m)^\| (\w+) \| \d{3}', section[
        :section.index('GET or HEAD of')]))
    text = (WWW / 'soap.js').read_text()
    words = re.search(r'const WORDS = new Set\(\[(.*?)\]', text, re.S)[1]
    assert len(listed) > 8 and listed == set(re.findall(r"'(\w+)'", words))


def test_every_state_has_its_sentence():
    view = (TREE / 'sql' / 'code' / 'views.sql').read_text()
    states = re.findall(r"(?:THEN|ELSE) '(\w+)'", view[
        view.index('CASE'):view.index('AS state')])
    assert len(states) == 9     # ready twice
    for state in states:
        assert f'state_{state}' in ENGLISH


def test_pictures():
    """doc/pictures: small, in colours of a palette, and of nothing else."""
    found = sorted((TREE / 'doc' / 'pictures').glob('page-*.png'))
    assert len(found) >= 4
    for path in found:
        data = path.read_bytes()
        width, height, depth, kind = struct.unpack('>IIBB', data[16:26])
        assert (depth, kind) == (8, 3) and len(data) < 60000, path.name
        assert width in (390, 900) and height > 300, path.name


def test_nothing_is_written_into_the_page():
    """No script, no style, no handler: the policy would not run it."""
    for path in WWW.glob('*.html'):
        text = path.read_text()
        for script in re.findall('<script[^>]*>.*?</script>', text, re.S):
            assert re.fullmatch(
                r'<script type="module" src="[\w.-]+"></script>', script)
        assert not re.search(r'<style|\sstyle=|\son\w+=|javascript:', text)
        # Wherever it is published, it stays there.
        assert not re.search(r'(?:src|href)="(?:/|[a-z]+:)', text)
    for path in WWW.rglob('*.js'):
        assert not re.search(
            r'innerHTML|outerHTML|insertAdjacent|document\.write|eval\(',
            path.read_text()), path
