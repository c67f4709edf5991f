"""Every verb of umwsctl: its help, its paragraph in the man page and what
bash completes are in step."""
import os
import re
import subprocess

import pytest

from harness import TREE, run

OPTIONS = ()
PAGE = (TREE / 'doc' / 'umwsctl.1').read_text()


def program():
    return os.path.join(os.environ['UMWS_BUILD'], 'umwsctl')


def verbs():
    """{"user add": its help}, as the program lists them."""
    text = run(program(), '--help').stdout
    found = re.findall(r'^  ([a-z]+(?: [a-z]+)?)  +\S', text, re.M)
    assert len(found) > 10
    return {verb: run(program(), *verb.split(), '--help').stdout
            for verb in found}


def options(text):
    return set(re.findall(r'--([a-z]+(?:-[a-z]+)*)', text)) - {'help'}


def paragraph(verb):
    """What the man page has of a verb: its forms with what follows."""
    items = re.split(r'^(?=\.It )', PAGE, flags=re.M)
    found = [item for item in items
             if re.match(rf'\.It Ic {verb}(?: |$)', item, re.M)]
    assert found, f'umwsctl(1) has no paragraph of {verb}'
    return ''.join(found)


def completed(words, *typed):
    """What bash offers after these words."""
    line = ' '.join(('umwsctl',) + typed)
    script = (f'{words}\nCOMP_WORDS=({line} "")\n'
              f'COMP_CWORD={len(typed) + 1}\n_umwsctl\n'
              'printf "%s\\n" "${COMPREPLY[@]}"\n')
    done = subprocess.run(['bash', '-c', script], capture_output=True,
                          text=True, check=True)
    assert done.stderr == ''
    return set(done.stdout.split())


@pytest.fixture(scope='module')
def known():
    return verbs()


def test_help_names_every_option(known):
    words = run(program(), 'completion', 'bash').stdout
    for verb, text in known.items():
        assert text.startswith(f'usage: umwsctl {verb}'), verb
        offered = {word[2:] for word in completed(words, *verb.split())
                   if word.startswith('--')} - {'help'}
        assert offered == options(text), verb


def test_man_page_names_every_option(known):
    for verb, text in known.items():
        there = set(re.findall(r'Fl -([a-z]+(?:-[a-z]+)*)', paragraph(verb)))
        assert options(text) <= there, verb


def test_man_page_has_no_other_verb(known):
    for verb in re.findall(r'^\.It Ic ([a-z]+(?: [a-z]+)?)(?= |$)', PAGE,
                           re.M):
        assert verb in known, verb


def test_completion_knows_the_verbs(known):
    words = run(program(), 'completion', 'bash').stdout
    groups = {verb.split()[0] for verb in known}
    assert completed(words) == groups | {'--config', '--help', '--version'}
    for group in groups:
        second = {verb.split()[1] for verb in known
                  if verb.split()[0] == group and ' ' in verb}
        assert second <= completed(words, group)
        assert second <= completed(words, '--config', 'x', group)
