"""umwsctl setup on a host of its own: from programs to a mail in one command,
once and again, dry, killed after each step, and back."""
import fcntl
import os
import pathlib
import re
import signal
import subprocess

import pytest

from harness import eventually
from privatehost import GERMAN, WISHES, Host
from privateroot import stage  # noqa: F401

STEPS = ('users', 'folders', 'settings', 'database', 'schema', 'lines in',
         'keys', 'policy', 'https://', 'lines of cron')
REST = 'systemd does not run here: start '


@pytest.fixture(scope='module')
def host(stage):  # noqa: F811
    made = Host(stage)
    made.run('nginx')
    yield made
    made.close()


def lines(done):
    return [line for line in done.stdout.splitlines()
            if not line.startswith(REST)]


def settings(host):
    return host.at(f'{host.sysconf}/umws.conf.d/10-setup.conf').read_text()


def test_dry_run_prints_every_step_and_changes_nothing(host):
    before = host.world()
    done = host.setup('--dry-run')
    assert done.returncode == 0, done.stderr
    said = lines(done)
    assert len(said) == len(STEPS) + 1
    for line, step in zip(said, STEPS):
        assert line.startswith(f'would make: {step}'), line
    assert said[-1] == 'nothing was changed: --dry-run'
    assert done.stderr == ''
    assert host.world() == before


def stopped(host, process):
    """Does it write to standard output, where nobody takes it?"""
    for child in subprocess.run(['pgrep', '-P', str(process.pid)],
                                capture_output=True,
                                text=True).stdout.split():
        try:
            call = pathlib.Path(f'/proc/{child}/syscall').read_text()
        except OSError:
            continue
        if call.startswith('1 0x1 '):
            return int(child)
    return None


def kill_at_the_first_line(host):
    """Start setup, and kill it while it says what it has made first."""
    ours, theirs = os.pipe2(os.O_DIRECT)
    fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
    os.write(theirs, b'full')
    process = host.start('umwsctl', 'setup', *WISHES, '--web', 'nginx',
                         env=GERMAN, stdout=theirs, stdin=subprocess.DEVNULL)
    pid = eventually(lambda: stopped(host, process), 60)
    os.kill(pid, signal.SIGKILL)
    process.wait()
    os.close(theirs)
    os.close(ours)


def test_killed_after_each_step_the_next_run_goes_on(host):
    before = host.world()
    for number in range(len(STEPS)):
        kill_at_the_first_line(host)
        done = host.setup('--dry-run')
        assert done.returncode == 0, done.stderr
        made = [line.startswith('is there: ') for line in lines(done)[:-1]]
        assert made == [i <= number for i in range(len(STEPS))], done.stdout
    done = host.setup()
    assert done.returncode == 0, done.stderr
    assert lines(done) == ['all is there, and nothing was changed']
    done = host.setup('--undo', wishes=(), web=None)
    assert done.returncode == 0, done.stderr
    assert host.world() == before


def test_one_command_and_a_mail(host):
    before = host.world()
    done = host.setup()
    assert done.returncode == 0, done.stderr
    assert done.stderr == ''
    said = lines(done)
    assert len(said) == len(STEPS)
    for line, step in zip(said, STEPS):
        assert line.startswith(f'made: {step}'), line
    assert REST in done.stdout

    # Once more, with the wishes and without: nothing is left to do.
    there = host.world()
    for wishes in (WISHES, ()):
        done = host.setup(wishes=wishes)
        assert done.returncode == 0, done.stderr
        assert lines(done) == ['all is there, and nothing was changed']
        assert host.world() == there

    host.run('umwsctl', 'user', 'add', 'alice', '--email',
             'alice@example.org')
    # Whom umws-seal, umws-purge and umws-expiring run as.
    host.run('setpriv', '--reuid', 'umws_admin', '--regid', 'umws_admin',
             '--clear-groups', 'umwsctl', 'notify', 'expiring', '--days', '14')
    host.serve_mail()
    host.serve_worker()
    answer = host.reset()
    assert answer.endswith('200'), answer
    mails = host.mails()
    assert len(mails) == 1 and 'From: Voice Mail <vm@example.org>' in mails[0]

    # The mailbox keeps the data; what serves it goes.
    done = host.setup('--undo', wishes=(), web=None)
    assert done.returncode == 0, done.stderr
    assert re.search(r'^kept: database umws of \S+ with 1 mailboxes, its '
                     r'keys in', done.stdout, re.MULTILINE)
    assert 'mail.example.org' not in host.run('nginx', '-T').stdout
    assert host.sql('SELECT count(*) FROM umws.um_user', 'umws') == '1\n'
    host.stop_servers()
    done = host.setup('--undo', '--delete-mailboxes', wishes=(), web=None)
    assert done.returncode == 0, done.stderr
    assert host.world() == before
    done = host.setup('--undo', wishes=(), web=None)
    assert lines(done) == ['setup has made nothing on this host, and nothing '
                           'was changed']


def test_another_wish_than_the_last(host):
    assert host.setup().returncode == 0
    there = host.world()
    done = host.setup('--database', 'other')
    assert done.returncode == 64
    assert done.stderr.count('\n') == 1
    assert '--undo' in done.stderr
    assert host.world() == there
    assert host.setup('--undo', wishes=(), web=None).returncode == 0
