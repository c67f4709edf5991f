"""The documents, as tests read them: their links, the files and functions
that they name, and the commands that they show."""
import re
from typing import NamedTuple

from harness import TREE

OURS = ('umwsctl', 'umws-mailer', 'umws-fcgi', 'umws-agi')
PROGRAMS = OURS + (
    'apt-get', 'autoreconf', 'createdb', 'curl', 'dpkg', 'dpkg-buildpackage',
    'dpkg-query', 'git', 'htpasswd', 'install', 'journalctl', 'kadmin',
    'ldapsearch', 'make', 'nginx', 'openssl', 'patronictl', 'pg_dump',
    'pg_restore', 'podman', 'promtool', 'psql', 'python3', 'runuser', 'sed',
    'sudo', 'systemctl')
FENCE = re.compile(r'^```(.*)\n((?:.*\n)*?)```$', re.MULTILINE)
# Behind an empty line, and not the second line of an item.
INDENTED = re.compile(r'(?<=\n\n)(?:    .*\n)+')
EXAMPLES = re.compile(r'^\.Sh EXAMPLES\n(.*?)(?=^\.Sh |\Z)',
                      re.DOTALL | re.MULTILINE)
LITERAL = re.compile(r'^\.Bd -literal.*\n((?:.*\n)*?)\.Ed$', re.MULTILINE)


class Command(NamedTuple):
    """One of a document, or a block of them."""
    paper: str          # the document, seen from the top of the tree
    text: str           # of a block its name, or its first line
    is_block: bool
    block: str          # the whole of it


def papers():
    """Every document in Markdown, seen from the top of the tree."""
    found = [*TREE.glob('*.md'), *(TREE / 'doc').glob('*.md')]
    return sorted(str(path.relative_to(TREE)) for path in found)


def manuals():
    return sorted(str(path.relative_to(TREE))
                  for path in (TREE / 'doc').glob('*.[1-8]'))


def read(paper):
    return (TREE / paper).read_text()


def prose(text):
    """Without the blocks."""
    return INDENTED.sub('\n', FENCE.sub('', text))


def spans(text):
    """What stands between backquotes, each on one line."""
    return [' '.join(inside.split())
            for inside in re.findall(r'`([^`]+)`', prose(text))]


def is_command(line):
    word = line.split(' ')[0]
    return word in PROGRAMS or word.startswith('tools/')


def indented(text):
    """The blocks of commands that stand without a fence."""
    return INDENTED.findall(FENCE.sub('', text))


def joined(block):
    """Its lines, each with those that continue it."""
    lines = re.sub(r'\\\n\s*', '', block).splitlines()
    return [line.strip() for line in lines if line.strip()]


def commands_of(paper):
    """What somebody who reads it would type."""
    text = read(paper)
    found = []
    for info, block in FENCE.findall(text):
        words = info.split()
        if words[:1] == ['sh']:
            assert len(words) == 2, f'{paper}: a block of sh without a name'
            found.append(Command(paper, words[1], True, block))
        elif not words and any(map(is_command, joined(block))):
            found.append(Command(paper, joined(block)[0], True, block))
    for block in indented(text):
        found.append(Command(paper, joined(block)[0], True,
                             re.sub('^    ', '', block, flags=re.M)))
    found += [Command(paper, span, False, span) for span in spans(text)
              if ' ' in span and is_command(span)]
    return found


def examples_of(manual):
    """Of a manual's EXAMPLES, those with a program of ours."""
    found = []
    for section in EXAMPLES.findall(read(manual)):
        for block in LITERAL.findall(section):
            block = block.replace(r'\e', '\\')
            if any(name in block for name in OURS):
                found.append(Command(manual, joined(block)[0], True, block))
    return found


def every_command():
    """Each once for each document that has it."""
    found = [each for paper in papers() for each in commands_of(paper)]
    found += [each for manual in manuals() for each in examples_of(manual)]
    return list(dict.fromkeys(found))


def anchor(heading):
    """As GitHub makes it of a heading."""
    text = re.sub(r'[^\w\- ]', '', heading.strip().lower())
    return text.replace(' ', '-')


def anchors(paper):
    headings = re.findall(r'^#+ (.*)$', FENCE.sub('', read(paper)), re.M)
    return {anchor(heading) for heading in headings}


def links(paper):
    """(file, anchor) of each link that is none to the network."""
    found = re.findall(r'\]\(([^)\s]+)\)', FENCE.sub('', read(paper)))
    return [target.partition('#')[::2] for target in found
            if not re.match('[a-z]+:', target)]
