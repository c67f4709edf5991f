"""The examples of contrib/ for those without systemd: the worker serves, is
read anew and comes back, as they are but for paths and users."""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import pytest

from harness import CHEAP, TREE, eventually, is_alive, kill
from soap import call
from storm import children_of
from umws_stack import accounts, process

OPTIONS = CHEAP + ('--workers', '2')
CONTRIB = TREE / 'contrib'


def adapted(stack, path, program=None):
    """The script, for this stack."""
    worker, web = accounts.account('worker'), accounts.account('web')
    group = process_group(worker.gid)
    fcgi = f"{stack.env['UMWS_BINDIR']}/umws-fcgi"
    text = path.read_text()
    for old, new in (
            ('/run/umws/fcgi.sock', stack.env['UMWS_FCGI_SOCKET']),
            ('/run/umws', str(pathlib.Path(
                stack.env['UMWS_FCGI_SOCKET']).parent)),
            ('/usr/sbin/umws-fcgi',
             program or f"{fcgi} --config {stack.env['UMWS_CONF']}"),
            ('umws_worker:umws_worker', f'{worker.name}:{group}'),
            ('-g umws_worker', f'-g {group}'),
            ('umws_worker', worker.name),
            ('www-data', process_group(web.gid))):
        text = text.replace(old, new)
    return text


def process_group(gid):
    return accounts.grp.getgrgid(gid).gr_name


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix='umws-init-') as name:
        yield pathlib.Path(name)


@pytest.fixture
def away(stack):
    """The stack's own worker does not run, and its socket is gone."""
    stack.do('worker', 'stop')
    path = pathlib.Path(stack.env['UMWS_FCGI_SOCKET'])
    path.unlink(missing_ok=True)
    before = path.parent.stat()
    yield
    path.unlink(missing_ok=True)
    with contextlib.suppress(PermissionError):
        os.chown(path.parent, before.st_uid, before.st_gid)
    path.parent.chmod(before.st_mode & 0o7777)
    stack.do('worker', 'start')


def needs(*names):
    if os.geteuid() != 0:
        pytest.skip('what these examples do takes root')
    for name in names:
        assert shutil.which(name), f'{name} is missing: tools/packages'


def start(stack, words):
    with open(pathlib.Path(stack.env['UMWS_LOGDIR']) / 'inits.log',
              'ab') as log:
        return subprocess.Popen(
            [str(word) for word in words], stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True,
            env=process.clean_environment())


def is_ready(stack):
    return call(stack, None, None, 'UMWS_HEALTH_URL', 'GET').status == 200


def test_spawn_fcgi(stack, folder, away):
    needs('spawn-fcgi')
    script = folder / 'umws-fcgi'
    script.write_text(adapted(stack, CONTRIB / 'spawn-fcgi/umws-fcgi'))
    service = start(stack, ['sh', script])
    try:
        eventually(lambda: is_ready(stack), 20)
        assert call(stack, stack.user()).status == 200
        old = set(children_of(service.pid))
        kill(service.pid, signal.SIGHUP)
        eventually(lambda: len(set(children_of(service.pid)) - old) == 2, 20)
        assert call(stack, stack.user()).status == 200
        uid = accounts.account('worker').uid
        assert os.stat(f'/proc/{service.pid}').st_uid == uid
    finally:
        kill(service.pid, signal.SIGTERM)
        assert service.wait(20) == 0


def test_runit(stack, folder, away):
    needs('runsv', 'sv', 'chpst')
    run = folder / 'run'
    run.write_text(adapted(stack, CONTRIB / 'runit/umws-fcgi/run'))
    run.chmod(0o755)
    supervisor = start(stack, ['runsv', folder])

    def parent():
        return int((folder / 'supervise/pid').read_text() or 0)

    try:
        eventually(lambda: is_ready(stack), 20)
        assert call(stack, stack.user()).status == 200
        old = set(children_of(parent()))
        subprocess.run(['sv', 'hup', folder], check=True)
        eventually(lambda: len(set(children_of(parent())) - old) == 2, 20)
        # It comes back by itself.
        killed = parent()
        kill(killed)
        eventually(lambda: parent() not in (0, killed) and is_ready(stack),
                   20)
        last = parent()
        subprocess.run(['sv', '-w', '20', 'stop', folder], check=True)
        assert not is_alive(last)
    finally:
        kill(supervisor.pid, signal.SIGTERM)
        assert supervisor.wait(30) == 0


def test_openrc(stack, folder, away):
    """Read as OpenRC reads it, by a shell; and what it would start does."""
    needs('setpriv')
    script = folder / 'umws-fcgi'
    script.write_text(adapted(
        stack, CONTRIB / 'openrc/umws-fcgi',
        f"{stack.env['UMWS_BINDIR']}/umws-fcgi"))
    said = subprocess.run(
        ['sh', '-euc', 'need() { :; }; use() { :; }; before() { :; }\n'
         'checkpath() { echo "$@"; }\n. "$0"; depend; start_pre\n'
         'echo "$command $command_args"; echo "$command_user"', script],
        check=True, text=True, capture_output=True).stdout.splitlines()
    assert said[0].startswith('--directory --mode 2750 --owner ')
    user, _, group = said[2].partition(':')
    service = start(stack, ['setpriv', f'--reuid={user}', f'--regid={group}',
                            '--clear-groups', *said[1].split(),
                            '--config', stack.env['UMWS_CONF']])
    try:
        eventually(lambda: is_ready(stack), 20)
    finally:
        kill(service.pid, signal.SIGTERM)
        assert service.wait(20) == 0
