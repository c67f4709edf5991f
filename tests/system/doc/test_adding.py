"""doc/development.md's lists, held against one thing of each kind that is
really added (adding.py): to texts in memory always, and with UMWS_LONG=1 to a
copy of the tree, which is built and does what was added."""
import re
import shutil
import subprocess

import pytest

import adding
import papers
from harness import IS_LONG, TREE, environment, read_env, run

OPTIONS = ()
# What a program is made of; what documents and tests want besides, it works
# without.
MADE_OF = ('src/', 'sql/', 'letters/')
ENVELOPE = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
<s:Body><GetGreeting xmlns="http://schemas.microsoft.com/exchange/services/\
2006/messages"/></s:Body></s:Envelope>"""


def lists():
    """{what is added: the text below it}."""
    found = re.split(r'^## To add ', papers.read('doc/development.md'),
                     flags=re.MULTILINE)[1:]
    return {heading: text.split('\n## ')[0] for heading, text in (
        each.split('\n', 1) for each in found)}


def named(text):
    """The files of a numbered list: what each item begins with."""
    items = re.findall(r'^\d+\. (.*?)(?=^\d+\. |^$|\Z)', text,
                       re.DOTALL | re.MULTILINE)
    found = set()
    for item in items:
        head = item.split(': ')[0]
        found |= set(re.findall(r'`([\w./*-]+/[\w./-]*)`', head))
    return found


def is_named(path, names):
    """By itself, as its folder, or as one of TAG or GROUP."""
    patterns = [re.escape(name).replace('TAG', r'[\w-]+').replace(
        'GROUP', '[a-z]+') + ('.*' if name.endswith('/') else '')
        for name in names]
    return any(re.fullmatch(pattern, path) for pattern in patterns)


@pytest.mark.parametrize('kind', adding.KINDS)
def test_a_list_names_what_is_touched(kind):
    heading, changes = adding.KINDS[kind]
    text = lists()[heading]
    names = named(text)
    paths = {f'{adding.SCHEMA}0000-x.sql' if path == adding.SCHEMA else path
             for path in changes()}
    assert [path for path in paths if not is_named(path, names)] == []
    for name in names:
        if name.startswith(MADE_OF):
            assert any(is_named(path, [name]) for path in paths), (
                f'{name} is named, and is not touched')


def test_a_change_of_the_schema_is_counted():
    """Both lists with a file of the schema say what else knows of it."""
    for heading, changes in adding.KINDS.values():
        if adding.SCHEMA in changes():
            text = lists()[heading]
            assert 'SQL_FILES' in text and 'UMWS_SCHEMA_VERSION' in text


@pytest.fixture(scope='module')
def known():
    """All that the lists may speak of."""
    tops = [TREE / top for top in (
        'src', 'sql', 'www', 'tests/unit', 'monitoring', 'tools/lib',
        'configure.ac', 'Makefile.am')]
    return '\n'.join(path.read_text() for top in tops
                     for path in [top, *top.rglob('*')]
                     if path.is_file() and '__pycache__' not in path.parts)


@pytest.mark.parametrize('heading', lists())
def test_words_of_the_lists_are_those_of_the_tree(known, heading):
    for span in papers.spans(lists()[heading]):
        if re.fullmatch(r'(?:struct |enum )?[a-zA-Z_]{4,}(?:\(\))?', span):
            word = span.split()[-1].removesuffix('()')
            assert re.search(rf'\b{word}\b', known), f'{heading}: {span}'


def test_every_change_finds_its_place():
    made = adding.every_change()
    assert {'Makefile.am', 'configure.ac'} <= set(made)
    for path, text in made.items():
        old = (TREE / path).read_text() if (TREE / path).exists() else ''
        assert len(text) > len(old) - 200 and text != old, path


def not_ours(folder, names):
    """What builds have left."""
    return [name for name in names
            if name in ('.git', '__pycache__', 'autom4te.cache')
            or folder == str(TREE) and name.startswith('build')
            and not name.startswith('build-aux')]


@pytest.fixture(scope='module')
def copy(tmp_path_factory):
    """The tree with all of it, built, and its stack's environment."""
    if not IS_LONG:
        pytest.skip('builds a copy of the tree: UMWS_LONG=1')
    folder = tmp_path_factory.mktemp('copy')
    tree = folder / 'umws'
    shutil.copytree(TREE, tree, symlinks=True, ignore=not_ours)
    for path, text in adding.every_change().items():
        (tree / path).write_text(text)
    env = environment(UMWS_BUILD=str(folder / 'build'))
    for words in (['autoreconf', '-i'],
                  [tree / 'tools' / 'lib' / 'build', folder / 'build',
                   '--enable-werror'],
                  [tree / 'tools' / 'stack', 'up', folder / 'stack',
                   '--users', '3', '--mailer', 'off', '--kdf', '8,1,1']):
        done = subprocess.run(words, cwd=tree, env=env, text=True,
                              capture_output=True, timeout=1200)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    yield read_env(folder / 'stack' / 'env') | {'tree': str(tree)}
    run(tree / 'tools' / 'stack', 'down', folder / 'stack', env=env)


def ctl(copy, *words, code=0, text=None):
    done = run(copy['UMWS_CTL'], *words, text=text)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout


def test_the_rule_works(copy):
    assert 'RefusePalindromes' in ctl(copy, 'policy', 'rules')
    ctl(copy, 'policy', 'set', 'default', 'RefusePalindromes=yes')
    assert 'RefusePalindromes' in ctl(copy, 'policy', 'show', 'default')
    said = ctl(copy, 'policy', 'explain', 'default', code=65,
               text='936639\n')
    assert 'the same read from behind' in said


def test_the_kind_works(copy):
    for language in 'en', 'ar':
        done = run(f'{copy["UMWS_BINDIR"]}/umws-mailer', 'preview', 'moved',
                   '--lang', language)
        assert done.returncode == 0, done.stderr
        assert f'({language}) Your voice mailbox was moved.' in done.stdout
        assert '271828' in done.stdout.splitlines()


def test_the_verb_works(copy):
    login = copy['UMWS_USER']
    assert 'is praised' in ctl(copy, 'pin', 'praise', login, '--reason', 'x')
    assert 'pin_praise' in ctl(copy, 'audit', 'list', '--login', login)
    assert 'praise' in ctl(copy, 'completion', 'bash')


def test_the_operation_works(copy):
    done = run('curl', '-sS', '-u',
               f'{copy["UMWS_USER"]}:{copy["UMWS_PASSWORD"]}', '-H',
               'Content-Type: text/xml; charset=utf-8', '--data-binary',
               ENVELOPE, copy['UMWS_URL'])
    assert 'GetGreetingResponse' in done.stdout, done.stdout
    wsdl = run('curl', '-sS', '-u',
               f'{copy["UMWS_USER"]}:{copy["UMWS_PASSWORD"]}',
               copy['UMWS_URL'] + '?wsdl')
    assert 'name="GetGreeting"' in wsdl.stdout
