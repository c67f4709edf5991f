"""The image of the Containerfile: worker and mailer run from it, with their
settings in the environment, and a reset comes to the mailbox.

It takes minutes and a network, so it is built with --long alone. With
UMWS_CONTAINER_DIR what was made for it stays there for the next time.
"""
import contextlib
import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile

import pytest

from container import Podman
from harness import CHEAP, IS_LONG, eventually, pin_of
from soap import call
from umws_stack import accounts

OPTIONS = CHEAP
IMAGE = 'localhost/umws'
PASSWORD = secrets.token_hex(16)
BY_PASSWORD = 'local umws umws_worker,umws_mailer scram-sha-256\n'
WORKER, MAILER = 990, 991       # as in the Containerfile
KEYS = {WORKER: ('pepper.key', 'mail.pub', 'web.secret'),
        MAILER: ('mail.key',)}


@pytest.fixture(scope='module')
def podman():
    if not IS_LONG:
        pytest.skip('no container was built: only with --long')
    if os.geteuid() != 0:
        pytest.skip('no container was built: that takes root here')
    for name in ('podman', 'debootstrap'):
        if shutil.which(name) is None:
            pytest.skip(f'no container was built: there is no {name}')
    kept = os.environ.get('UMWS_CONTAINER_DIR')
    folder = kept or tempfile.mkdtemp(prefix='umws-container-')
    made = Podman(folder)
    try:
        if not made.has_base():
            made.make_base()
        if not made.find_a_way():
            pytest.skip(f'no container runs here: {made.why}')
        made.build(IMAGE)
        yield made
    finally:
        if not kept:
            made.remove()


class Containers:
    """Started on the network of this host, with the stack's database, mail
    server and web server, and keys that are handed over as secrets."""

    def __init__(self, stack, podman):
        self.stack = stack
        self.podman = podman
        self.log = open(pathlib.Path(stack.env['UMWS_LOGDIR'])
                        / 'container.log', 'ab')
        for names in KEYS.values():
            for name in names:
                podman.do('secret', 'create', name, pathlib.Path(
                    stack.env['UMWS_KEYDIR']) / name)

    def dsn(self, name):
        return f'{self.stack.env[name]} password={PASSWORD}'

    def words(self, name, user, settings, *command):
        """Each setting is a variable, and nothing else is given."""
        given = [word for key in KEYS[user]
                 for word in ('--secret', f'{key},uid={user},mode=0400')]
        database = self.stack.env['PGHOST']
        folder = pathlib.Path(self.stack.env['UMWS_FCGI_SOCKET']).parent
        return self.podman.run(
            '--rm', '--name', name, '--user', user, *given,
            '-v', f'{database}:{database}', '-v', f'{folder}:/run/umws',
            *(word for key, value in settings.items()
              for word in ('-e', f'UMWS_{key.upper()}={value}')),
            IMAGE, *command)

    def worker(self):
        settings = {'database_worker': self.dsn('UMWS_DSN_WORKER'),
                    'kdf': '8,1,1', 'workers': 2}
        return self.start(self.words('umws-worker', WORKER, settings))

    def mailer(self, name, *options):
        settings = {
            'database_mailer': self.dsn('UMWS_DSN_MAILER'),
            'smtp_url': f"smtp://127.0.0.1:{self.stack.env['UMWS_SMTP_PORT']}",
            'mail_from': 'Voice mail <umws@example.test>'}
        return self.start(self.words(name, MAILER, settings, 'umws-mailer',
                                     *options))

    def start(self, words):
        return subprocess.Popen(words, stdout=self.log, stderr=self.log)

    def stop(self, name, process):
        """As "podman stop" does; it ends by itself, before the time is up."""
        self.podman.do('stop', '-t', 45, name)
        return process.wait(60)

    def close(self):
        for name in ('umws-worker', 'umws-follower', 'umws-pass'):
            with contextlib.suppress(AssertionError):
                self.podman.do('rm', '--force', '--ignore', name)
        for names in KEYS.values():
            self.podman.do('secret', 'rm', *names)
        self.log.close()


@pytest.fixture
def passwords(stack):
    """The users of the image are nobody on this host: they have passwords."""
    path = pathlib.Path(stack.value('SHOW hba_file'))
    text = path.read_text()
    for role in ('umws_worker', 'umws_mailer'):
        stack.sql(f"ALTER ROLE {role} PASSWORD '{PASSWORD}'")
    path.write_text(BY_PASSWORD + text)
    stack.sql('SELECT pg_reload_conf()')
    yield
    path.write_text(text)
    stack.sql('SELECT pg_reload_conf()')


@pytest.fixture
def containers(podman, stack, passwords):
    """Instead of the stack's worker; its socket's folder is the image's
    user's for so long."""
    stack.do('worker', 'stop')
    folder = pathlib.Path(stack.env['UMWS_FCGI_SOCKET']).parent
    before = folder.stat()
    os.chown(folder, WORKER, accounts.account('web').gid)
    os.chmod(folder, 0o2750)
    with contextlib.closing(Containers(stack, podman)) as made:
        yield made
    os.chown(folder, before.st_uid, before.st_gid)
    os.chmod(folder, before.st_mode & 0o7777)
    stack.do('worker', 'start')


def log_of(stack):
    return stack.log('container')


def is_ready(stack):
    return call(stack, None, None, 'UMWS_HEALTH_URL', 'GET').status == 200


def test_nothing_runs_as_root(podman):
    image = ('--rm', IMAGE)
    for words, expected in ((('id', '-u'), str(WORKER)),
                            (('sh', '-c', 'ls -A /etc/umws'), '')):
        done = subprocess.run(podman.run(*image, *words), text=True,
                              capture_output=True, check=True)
        assert done.stdout.strip() == expected
    done = subprocess.run(podman.run(*image), text=True, capture_output=True)
    assert done.returncode == os.EX_CONFIG, done.stderr
    assert 'pepper.key' in done.stderr


def test_a_reset_to_the_mailbox(podman, stack, containers):
    """The worker, a pass of the mailer, and one that stays."""
    worker = containers.worker()
    eventually(lambda: is_ready(stack) or worker.poll() is not None, 60)
    assert worker.poll() is None and is_ready(stack), log_of(stack)[-2000:]
    logins = [stack.user(), stack.user()]
    assert call(stack, logins[0]).status == 200
    assert containers.mailer('umws-pass').wait(60) == 0, log_of(stack)[-2000:]
    (mail,) = stack.mail_files(logins[0])
    assert stack.is_pin(logins[0], pin_of(mail))

    follower = containers.mailer('umws-follower', '--follow')
    containers.podman.do('kill', '-s', 'HUP', 'umws-worker')
    eventually(lambda: ': reload' in log_of(stack), 30)
    assert call(stack, logins[1]).status == 200
    eventually(lambda: stack.mail_files(logins[1]), 60)
    (mail,) = stack.mail_files(logins[1])
    assert stack.is_pin(logins[1], pin_of(mail))
    assert containers.stop('umws-follower', follower) == 0
    assert containers.stop('umws-worker', worker) == 0
    assert 'stop' in log_of(stack).splitlines()[-1]
