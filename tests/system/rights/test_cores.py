"""No program of ours leaves a core file, or lets others of its user look
into its memory. /proc/PID/mem of a process that may be dumped is its
user's, of any other root's (proc(5)); that user is not root here."""
import os
import pathlib
import subprocess

import pytest

from harness import CHEAP, account_of, environment, eventually

OPTIONS = CHEAP + ('--workers', '1')


def is_hidden(pid, name):
    """Of this program, once it is in the place of what started it."""
    process = pathlib.Path(f'/proc/{pid}')
    status = (process / 'status').read_text()
    return (f'Name:\t{name}\n' in status and 'Uid:\t0\t' not in status
            and 'Max core file size        0                    0 ' in
            (process / 'limits').read_text()
            and (process / 'mem').stat().st_uid == 0)


@pytest.fixture
def account(stack):
    """Whom the worker runs as, for subprocess; not root."""
    child, = stack.children()
    found = account_of(child)
    assert found.get('user', os.geteuid()) != 0
    return found


def test_worker(stack, account):
    child, = stack.children()
    assert is_hidden(child, 'umws-fcgi')


def test_mailer(stack):
    """It waits for the queue, which we hold."""
    holder = stack.connect()
    with holder.cursor() as cursor:
        cursor.execute('LOCK TABLE umws.outbox IN ACCESS EXCLUSIVE MODE')
    with subprocess.Popen([stack.env['UMWS_MAILER']],
                          stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: is_hidden(process.pid, 'umws-mailer'),
                       what='hidden memory')
        finally:
            holder.close()
            process.kill()


def test_umwsctl(stack, account):
    """It makes keys; here it waits for the rows of a file."""
    program = os.path.join(stack.env['UMWS_BINDIR'], 'umwsctl')
    with subprocess.Popen([program, '--config', '/dev/null', 'user', 'import',
                           '-'], stdin=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=environment(),
                          **account) as process:
        try:
            eventually(lambda: is_hidden(process.pid, 'umwsctl'),
                       what='hidden memory')
        finally:
            process.kill()
