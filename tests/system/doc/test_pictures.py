"""The pictures of doc/pictures: of each document's, and of the mails."""
import importlib
import os
import pathlib
import re
import struct
import sys

import papers
from harness import TREE

OPTIONS = ()
FOLDER = TREE / 'doc' / 'pictures'
BUILD = pathlib.Path(os.environ['UMWS_BUILD'])


def pages(name):
    """A module of tools/pages."""
    sys.path.append(str(TREE / 'tools' / 'pages'))
    return importlib.import_module(name)


def size(path):
    """Width and height, of a PNG file's first chunk."""
    head = path.read_bytes()[:24]
    assert head[:8] == b'\x89PNG\r\n\x1a\n', path
    return struct.unpack('>II', head[16:24])


def alike(new, old, width):
    """The same picture, but for the fonts of this host."""
    new, old = size(new), size(old)
    assert new[0] == old[0] == width
    assert 0.8 < new[1] / old[1] < 1.25


def test_mails_are_drawn(tmp_path):
    made = pages('pictures')
    made.write(BUILD, tmp_path)
    drawn = {path.name for path in tmp_path.iterdir()}
    assert drawn == {f'{name}.png' for *_, name in made.MAILS}
    for name in drawn:
        alike(tmp_path / name, FOLDER / name, made.WIDTH)


def test_the_page_is_drawn(tmp_path, monkeypatch):
    made = pages('people')
    monkeypatch.setattr(made, 'FOLDER', tmp_path)
    made.write()
    drawn = {path.name for path in tmp_path.iterdir()}
    assert drawn == {path.name for path in FOLDER.glob('page-*.png')}
    for name, (place, *_) in made.PICTURES.items():
        alike(tmp_path / f'{name}.png', FOLDER / f'{name}.png',
              made.WIDTHS[place])


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
