"""Pages of doc/ that are made of figures and cases, and never by hand.

    python3 tools/pages protocol [--check]    the table of doc/protocol.md
    python3 tools/pages reliability FIGURES   of a run of the storms:
        UMWS_LONG=1 UMWS_FIGURES=FIGURES python3 -m pytest tests/system \\
            -k storm
        of those of tests/system/cluster alone, its last chapter
    python3 tools/pages performance FIGURES...
        of tools/bench --json FIGURES; those behind the first are of groups
        that were measured by themselves
    python3 tools/pages phone FIGURES         the calls of doc/phone.md:
        UMWS_CALLS=FIGURES python3 -m pytest tests/system/phone \\
            -k test_asterisk
    python3 tools/pages rights FIGURES        the matrix of doc/database.md:
        UMWS_RIGHTS=FIGURES python3 -m pytest tests/system/rights \\
            -k test_the_matrix
    python3 tools/pages proof MODEL PROOF     all of doc/proof.md:
        tests/model/run --long --json MODEL
        tests/proof/run --json PROOF
    python3 tools/pages pictures BUILD        the mails of doc/pictures
    python3 tools/pages people                the page for people there

With --check nothing is written; what is wrong with the page is said.
"""
import importlib
import pathlib
import sys

TREE = pathlib.Path(__file__).resolve().parents[2]
USAGE = 64              # EX_USAGE


def main(words):
    sys.path[:0] = [str(TREE / 'tools' / 'lib'), str(TREE / 'tests' / 'wire'),
                    str(TREE / 'tests' / 'system')]
    if words[:1] == ['protocol'] and words[1:] in ([], ['--check']):
        page = importlib.import_module('protocol')
        if not words[1:]:
            page.write()
        return page.check()
    if words == ['people']:
        importlib.import_module('people').write()
        return 0
    made = 'reliability', 'performance', 'phone', 'pictures', 'rights'
    if words[:1] == ['performance'] and len(words) > 1 or (
            words[:1] == ['proof'] and len(words) == 3) or (
            len(words) == 2 and words[0] in made):
        importlib.import_module(words[0]).write(
            *map(pathlib.Path, words[1:]))
        return 0
    sys.stderr.write(__doc__)
    return USAGE


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
