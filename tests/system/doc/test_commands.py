"""Every command that a document or a manual's EXAMPLES shows: it is run here,
on a stack, or stands in the table below with the test that runs it."""
import os
import pathlib
import re

import pytest

import papers
from harness import CHEAP, TREE, environment, pin_of, run
from soap import call, reset

OPTIONS = CHEAP + ('--limits', 'off')
TESTS = TREE / 'tests'
DAY, HOSTS = 'machine/test_day.py', 'machine/test_hosts.py'
INSTALL = 'machine/test_readme.py'
CLUSTER = 'system/cluster/test_storm_cluster.py::test_fault'
SINGLE = f'{DAY}::test_single_commands'

# Blocks by their names or first lines, and commands: below tests the test that
# runs them, or a step of tools/check.
ELSEWHERE = {
    'README.md': {
        'apt-get install ./umws-common_*.deb ./umws_*.deb'
        ' ./umws-mailer_*.deb':
            f'{INSTALL}::test_from_packages_to_the_first_mail',
        'apt-get install $(tools/packages list build) postgresql nginx':
            'tools/check: dist',
        'apt-get build-dep .': 'tools/check: packaged-$each',
        'dpkg-buildpackage -us -uc -b': 'tools/check: packaged-$each',
        'tools/demo # install what is missing, build, and show one whole'
        ' reset': 'system/doc/test_commands.py::test_the_demo'},
    'CONTRIBUTING.md': {
        'tools/packages install # as root: what builds and tests need':
            'tools/check: unit'},
    'SECURITY.md': {
        "dpkg-query -W -f '${Maintainer}\\n' umws": SINGLE},
    'doc/database.md': {
        'make check': 'tools/check: unit',
        'python3 tools/pages rights':
            'system/rights/test_rights.py::test_the_matrix_in_the_document'},
    'doc/design.md': {
        'make check': 'tools/check: unit',
        'tools/bench --only x': 'tools/check: bench',
        'umwsctl notify changes':
            'system/operator/test_notify_changes.py::told'},
    'doc/integration.md': {
        'systemctl enable --now umws-changes.timer':
            f'{DAY}::test_what_timers_start',
        'umwsctl notify changes':
            'system/operator/test_notify_changes.py::told',
        'umwsctl setup': f'{INSTALL}::test_setup_once_more_changes_nothing'},
    'doc/development.md': {
        'make check': 'tools/check: unit',
        'python3 tools/pages pictures BUILD':
            'system/doc/test_pictures.py::test_mails_are_drawn',
        'python3 tools/pages people':
            'system/doc/test_pictures.py::test_the_page_is_drawn',
        'tools/stack up DIR --cluster':
            'system/cluster/test_storm_cluster.py::test_fault',
        'tools/stack do DIR node leader kill':
            'system/cluster/test_storm_cluster.py::test_fault',
        'tools/check --fast': 'tools/check: system',
        'tools/check --long': 'tools/check: system-long',
        'tools/lib/build DIR --enable-sanitize=address,undefined':
            'tools/check: system-asan',
        'tools/lib/packaged RELEASE': 'tools/check: packaged-$each'},
    'doc/operations.md': {
        'back-up': f'{DAY}::test_back_up',
        'restore': f'{DAY}::test_restore',
        'rotate-pepper': f'{DAY}::test_rotate',
        'rotate-mail': f'{DAY}::test_rotate',
        'rotate-web': f'{DAY}::test_rotate',
        'retire-web': f'{DAY}::test_rotate',
        'rotate-audit': f'{DAY}::test_rotate',
        'upgrade': f'{DAY}::test_upgrade_of_packages',
        'patronictl edit-config': CLUSTER,
        'patronictl switchover': CLUSTER,
        'umwsctl doctor --patroni http://db1.example.org:8008': CLUSTER,
        'umwsctl role grant helpdesk anna':
            'system/operator/test_role.py::test_grant_and_revoke',
        'lost-pepper': 'system/doc/test_commands.py::test_a_lost_pepper',
        'umwsctl key create mail':
            'system/operator/test_key.py::'
            'test_mail_key_where_only_the_secret_half_is',
        'remove': f'{DAY}::test_remove',
        'remove-data': f'{DAY}::test_remove',
        'database-certificates': f'{HOSTS}::second',
        'database-listens': f'{HOSTS}::second',
        'pack-worker': f'{HOSTS}::second',
        'pack-mailer': f'{HOSTS}::second',
        'worker-host': f'{HOSTS}::test_a_second_worker',
        'mailer-host': f'{HOSTS}::test_a_second_mailer',
        'tools/bench.d/growth.py --users 10000000': 'tools/check: bench',
        'umwsctl key retire pepper ID':
            'system/operator/test_key.py::test_retire_pepper',
        'apt-get install ./umws*.deb': f'{DAY}::test_upgrade_of_packages',
        'promtool test rules':
            'system/process/test_monitoring.py::test_rules'},
    'doc/performance.md': {
        'python3 tools/pages performance': 'tools/check: bench',
        'tools/bench --against 886726e': 'tools/check: bench',
        'tools/bench --only f': 'tools/check: bench',
        'tools/bench --only g': 'tools/check: bench'},
    'doc/phone.md': {
        'umws-agi --once': 'system/phone/test_agi.py::test_once',
        'umwsctl user import --asterisk voicemail.conf':
            'system/operator/test_voicemail.py::command',
        'python3 tools/pages phone FILE':
            'system/phone/test_asterisk.py::'
            'test_right_pin_reaches_the_mailbox'},
    'doc/proof.md': {
        'tests/model/run --long --json model.json':
            'tools/check: model-long'},
    'doc/protocol.md': {
        'python3 tools/pages protocol':
            'system/wire/test_conformance.py::check'},
    'doc/reliability.md': {
        'UMWS_LONG=1 UMWS_FIGURES=figures.json python3 -m pytest'
        ' tests/system/cluster': CLUSTER,
        'tools/stack up --cluster': CLUSTER,
        'UMWS_LONG=1 UMWS_FIGURES=figures.json python3 -m pytest'
        ' tests/system -k storm': 'tools/check: system-long'},
    'doc/web-servers.md': {
        'kadmin -q "addprinc -randkey HTTP/mail.example.org"':
            'system/kdc.py::keytab'},
    'doc/umws-agi.8': {
        'exten => *97,1,Answer()': 'system/phone/test_asterisk.py::'
        'test_right_pin_reaches_the_mailbox'},
    'doc/umws-mailer.8': {
        '* * * * * umws_mailer /usr/sbin/umws-mailer 2>&1 | logger -t'
        ' umws-mailer': 'machine/test_packages.py::'
        'test_without_systemd_it_is_cron_that_sends'},
    'doc/umwsctl.1': {
        '30 3 * * * root /usr/bin/umwsctl user sync --ldap':
            'system/operator/test_directory.py::test_many'},
}
# What would change this host, whichever document has it.
SETUP = f'{INSTALL}::test_setup_once_more_changes_nothing'
# All of a machine with systemd, one by one.
MACHINES = ('curl', 'journalctl', 'runuser', 'systemctl')
# Names of verbs, which want more words: what they take is in their --help.
VERBS = ('umwsctl key rotate', 'umwsctl limits set',
         'umwsctl notify expiring', 'umwsctl notify retry',
         'umwsctl notify stop', 'umwsctl pin reset', 'umwsctl pin unlock',
         'umwsctl policy explain', 'umwsctl policy set',
         'umwsctl role grant', 'umws-mailer preview')
# Of blocks that nobody types into a shell.
LANGUAGES = ('caddy', 'ini', 'json', 'lighttpd', 'python', 'sql', 'text',
             'xml')


def squeezed(text):
    return ' '.join(text.split())


def place_of(command):
    """Where it is run, if that is not here."""
    if command.text.startswith('umwsctl setup'):
        return SETUP
    known = ELSEWHERE.get(command.paper, {})
    if squeezed(command.text) in known:
        return known[squeezed(command.text)]
    if not command.is_block and command.text.split()[0] in MACHINES:
        return SINGLE
    return None


# Blocks that tests of this file run: beginnings of the only one there is each,
# but for those of policies, and the test.
WHOLE = {'IFS=': 'test_a_logon_from_the_shell',
         'install -d': 'test_the_socket_folder',
         'sed ': 'test_the_secret_of_lighttpd',
         'umwsctl db upgrade': 'test_a_new_installation',
         'umwsctl policy': 'test_a_policy'}
COMMANDS = papers.every_command()
HERE = sorted({command.block if command.is_block else command.text
               for command in COMMANDS if place_of(command) is None})

FILES = {'users.csv': 'login,email\nanna.muster,anna.muster@example.test\n',
         'voicemail.conf': '[default]\n7001 => 482913,Carla,c@example.test\n',
         'web.secret': 'w1:c2VjcmV0\nw2:b2xk\n'}
# Exit codes that say something of a stack: no timer runs its mailer.
CODES = {'umws-mailer check': (0, 1, 2),
         'command[umws]=sudo -u umws_mailer /usr/sbin/umws-mailer check':
             (0, 1, 2), 'umwsctl doctor': (0, 78),
         'umwsctl doctor --only conf': (0, 78),
         'umwsctl doctor --only server': (0, 78),
         'umwsctl doctor --only database': (0, 78)}
# On a terminal.
QUESTIONS = ('umwsctl outbox cancel ID', 'umwsctl notify stop')


def is_test(place):
    """Is there such a test, or such a step of tools/check?"""
    step = place.removeprefix('tools/check: ')
    if step != place:
        return re.search(rf'^ +step "?{re.escape(step)}[" ]',
                         (TREE / 'tools' / 'check').read_text(), re.M)
    file, _, name = place.partition('::')
    path = TESTS / file
    return path.is_file() and re.search(rf'^ *def {name}\(', path.read_text(),
                                        re.MULTILINE)


def test_the_table_names_tests_that_are_there():
    places = {place_of(command) for command in COMMANDS} - {None}
    assert len(places) > 20
    assert [place for place in sorted(places) if not is_test(place)] == []


def test_the_table_names_nothing_else():
    """What a document does not show any more is taken out."""
    shown = {(command.paper, squeezed(command.text)) for command in COMMANDS}
    listed = {(paper, text) for paper, entries in ELSEWHERE.items()
              for text in entries}
    assert listed - shown == set()


def test_named_blocks_are_asked_for_by_name():
    """Those of tests/machine: the test has the name, or its beginning."""
    for command in COMMANDS:
        place = place_of(command) or ''
        if place.startswith('machine/') and re.fullmatch(r'[a-z-]+',
                                                         command.text):
            text = (TESTS / place.partition('::')[0]).read_text()
            first = command.text.split('-')[0]
            assert (f"OPERATIONS['{command.text}']" in text
                    or f"OPERATIONS[f'{first}-{{" in text), command.text


def test_what_is_indented_is_a_command():
    """Anything else stands in a block that says what it is, or within an item
    of a list."""
    for paper in papers.papers():
        for block in papers.indented(papers.read(paper)):
            first = papers.joined(block)[0]
            assert papers.is_command(first) or first.startswith('IFS='), (
                f'{paper}: {first}')


def test_every_fence_says_what_it_is():
    """A language that is no shell's, sh with a name, or none: commands, or
    what an Asterisk has said. Anything else nobody would look at."""
    for paper in papers.papers():
        for info, block in papers.FENCE.findall(papers.read(paper)):
            lines = papers.joined(block)
            assert (info in LANGUAGES or info.split()[:1] == ['sh']
                    or not info and (any(map(papers.is_command, lines))
                                     or lines[0].startswith('vm-'))), (
                f'{paper}: ```{info} {lines[0]}')


def test_blocks_of_a_document_begin_differently():
    """The tables know them by their beginnings."""
    begun = [(command.paper, squeezed(command.text)) for command in COMMANDS
             if command.is_block]
    assert sorted(set(begun)) == sorted(begun)


class Shell:
    """bash with our programs, as they are installed in a stack, and what the
    words of a document stand for."""

    def __init__(self, stack, folder):
        self.stack = stack
        self.folder = folder
        self.login = stack.user()
        (folder / 'bin').mkdir()
        self.program('sudo', 'shift 2\nexec "$@"')
        self.program('umwsctl', 'case "$1 $2" in "db upgrade")\nshift 2\n'
                     f'set -- db upgrade --sql {TREE}/sql "$@" ;;\nesac\n'
                     f'exec {stack.env["UMWS_CTL"]} "$@"')
        self.program('umws-mailer', '[ "$1" != preview ] ||\n'
                     f'exec {stack.env["UMWS_BINDIR"]}/umws-mailer "$@"\n'
                     f'exec {stack.env["UMWS_MAILER"]} "$@"')
        for name, text in FILES.items():
            (folder / name).write_text(text)

    def program(self, name, text):
        path = self.folder / 'bin' / name
        path.write_text(f'#!/bin/sh\n{text}\n')
        path.chmod(0o755)

    def mail(self):
        """The id of a mail that waits."""
        reset(self.stack, self.login)
        return self.stack.outbox(self.login)[-1]['id']

    def replaced(self, text):
        words = {'LOGIN': self.login, 'USER': self.login, 'KIND': 'reset',
                 'ADDRESS': f'{self.login}@example.test', 'TIME': '1h',
                 'TEXT': 'test', 'LANGUAGE': 'de', 'N': '900',
                 'NAME': 'default', 'KEY': 'MinPINLength', 'VALUE': '6'}
        if re.search(r'\bID\b', text):
            words['ID'] = self.mail()
        for word, value in words.items():
            text = re.sub(rf'\b{word}\b', value, text)
        for path in ('/etc/asterisk/', '/run/', '/etc/umws/', '/usr/sbin/',
                     'command[umws]='):
            text = text.replace(path, '')
        return text

    def run(self, text, stdin=None):
        path = f'{self.folder}/bin:{os.environ["PATH"]}:/usr/sbin'
        env = environment(PATH=path,
                          HOME=str(self.folder), LC_ALL='C.UTF-8',
                          **{name: self.stack.env[name]
                             for name in ('PGHOST', 'PGPORT')})
        return run('bash', '-euo', 'pipefail', '-c',
                   f'cd {self.folder}\n{self.replaced(text)}', env=env,
                   text=stdin)

    def check(self, text, codes=(0,), stdin=None):
        done = self.run(text, stdin)
        assert done.returncode in codes, (
            text, done.returncode, done.stdout, done.stderr)
        return done.stdout


@pytest.fixture(scope='module')
def shell(stack, tmp_path_factory):
    made = Shell(stack, tmp_path_factory.mktemp('shell'))
    made.check('umwsctl key create audit')
    return made


def is_whole(text):
    """Is it a block that test_a_command leaves to others?"""
    return '\n' in text.strip() or text.startswith(('install -d', 'sed '))


def test_every_block_is_run():
    """Whoever writes a new one of several lines says here, or above, by which
    test; and what those above run is still there."""
    blocks = [text for text in HERE if is_whole(text)]
    assert [text for text in blocks
            if not text.startswith(tuple(WHOLE))] == []
    for start, name in WHOLE.items():
        assert [text for text in blocks if text.startswith(start)], start
        assert is_test(f'system/doc/test_commands.py::{name}'), name


@pytest.mark.parametrize('text', [text for text in HERE
                                  if not is_whole(text)])
def test_a_command(shell, text):
    text = text.strip()
    more = (' --help' if text in VERBS else
            ' --yes' if text in QUESTIONS else '')
    shell.check(text + more, CODES.get(text, (0,)))


@pytest.mark.parametrize('text', [
    text for text in HERE if is_whole(text)
    and text.startswith('umwsctl policy')])
def test_a_policy(shell, text):
    shell.check(text)


def the_block(start):
    (text,) = [text for text in HERE if text.startswith(start)
               and '\n' in text]
    return text


def test_a_new_installation(shell):
    """umwsctl(1): each line; keys that are there are not made again."""
    block = the_block('umwsctl db upgrade')
    for line in papers.joined(block):
        shell.check(line, (73,) if 'key create' in line else (0,))
    assert 'anna.muster' in shell.check('umwsctl user list')


def test_a_logon_from_the_shell(shell, stack):
    """doc/phone.md: the PIN is typed, and is no argument."""
    block = the_block('IFS=')
    for old, new in (('-u phone', '-u "phone:{UMWS_TUI_PASSWORD}"'),
                     ('https://umws.example.org/umws/tui', '{UMWS_TUI_URL}')):
        assert old in block
        block = block.replace(old, new.format(**stack.env))
    assert shell.check(block, stdin='111111\n').split() == ['DENIED']


def test_the_socket_folder(shell):
    """doc/web-servers.md, but for the owners."""
    line = the_block('install -d').replace('umws_worker', str(os.geteuid()))
    shell.check(line.replace('www-data', str(os.getegid())))
    assert (shell.folder / 'umws').stat().st_mode & 0o7777 == 0o2750


def test_the_secret_of_lighttpd(shell):
    """doc/web-servers.md: its line of the first secret."""
    shell.check(the_block('sed'))
    assert (shell.folder / 'web.secret.lighttpd').read_text() == (
        'var.umws_secret = "c2VjcmV0"\n')


def test_a_lost_pepper(shell, stack):
    """doc/operations.md: without the lines that stand in for the lost keys no
    reset is done; the old PIN opens nothing, a new one does."""
    (block,) = [command.block for command in COMMANDS
                if command.text == 'lost-pepper']
    path = pathlib.Path(stack.env['UMWS_KEYDIR']) / 'pepper.key'
    login = stack.user()
    reset(stack, login)
    kept, mode = path.read_bytes(), path.stat()
    lost = kept.decode().split(':')[0]
    path.unlink()
    (shell.folder / 'pepper.key').symlink_to(path)
    shell.program('chgrp', f'chown {mode.st_uid}:{mode.st_gid} {path}')
    shell.program('systemctl', 'exit 0')
    shell.check(re.sub('for id.*?done\n', '', block, flags=re.DOTALL))
    stack.do('worker', 'restart')
    assert call(stack, login).status == 500
    path.unlink()
    shell.check(block)
    assert f'\n{lost}:' in path.read_text()
    stack.do('worker', 'restart')
    reset(stack, login)
    stack.mailer()
    assert stack.is_pin(login, pin_of(stack.mail_files(login)[-1]))
    path.write_bytes(kept)
    stack.do('worker', 'restart')


def test_the_demo():
    """README: from the request into the mailbox."""
    done = run(TREE / 'tools' / 'demo', env=dict(os.environ), seconds=300)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert 'The mailer runs' in done.stdout
