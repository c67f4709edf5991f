"""The pictures of doc/pictures: of each document's, and of the mails."""
import importlib.util
import os
import pathlib
import re
import struct

import papers
from harness import TREE

OPTIONS = ()
FOLDER = TREE / 'doc' / 'pictures'
BUILD = pathlib.Path(os.environ['UMWS_BUILD'])


def pages():
    spec = importlib.util.spec_from_file_location(
        'pictures', TREE / 'tools' / 'pages' / 'pictures.py')
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def size(path):
    """Width and height, of a PNG file's first chunk."""
    head = path.read_bytes()[:24]
    assert head[:8] == b'\x89PNG\r\n\x1a\n', path
    return struct.unpack('>II', head[16:24])


def test_they_are_drawn(tmp_path):
    """As those in the tree are, but for the fonts of this host."""
    made = pages()
    made.write(BUILD, tmp_path)
    drawn = {path.name for path in tmp_path.iterdir()}
    assert drawn == {f'{name}.png' for *_, name in made.MAILS}
    for name in drawn:
        new, old = size(tmp_path / name), size(FOLDER / name)
        assert new[0] == old[0] == made.WIDTH
        assert 0.8 < new[1] / old[1] < 1.25


def test_each_is_shown():
    shown = {pathlib.Path(file).name
             for paper in papers.papers()
             for file, _ in papers.links(paper) if 'pictures/' in file}
    kept = {path.name for path in FOLDER.iterdir()}
    assert {name for name in kept if name.startswith('mail-')} <= shown


def test_each_says_what_it_shows():
    """For whoever does not see it."""
    for paper in papers.papers():
        for text in re.findall(r'!\[([^]]*)\]', papers.read(paper)):
            assert len(text.split()) > 4, f'{paper}: {text}'
