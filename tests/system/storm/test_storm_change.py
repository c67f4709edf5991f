"""Whatever is changed behind a socket that outlives the worker, no request
is lost: stopped, read anew, its program or its package or the schema replaced.
"""
import concurrent.futures
import contextlib
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

import pytest

import fcgi
from harness import CHEAP, TREE, brief, run
from service import backlog, instead
from storm import SEED, Books, Load, ask, deliver, report, users
from test_storm_upgrade import HARMLESS

sys.path.insert(0, str(TREE / 'tests' / 'system' / 'rights'))
from test_upgrade import Database        # noqa: E402

BUILD = pathlib.Path(os.environ['UMWS_BUILD'])
WORKERS = 4
OPTIONS = CHEAP + ('--limits', 'off', '--workers', str(WORKERS))
CONTROL = """\
Package: umws-change
Version: 1.{number}
Architecture: all
Maintainer: nobody <nobody@example.test>
Description: umws-fcgi as it was built, to be installed over itself
"""


class Installation:
    """What "make install" has put into a folder, and dpkg's books of it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.root = self.folder / 'root'
        self.number = 0
        self.make_install(self.root)
        (self.program,) = self.root.glob('**/sbin/umws-fcgi')
        books = self.root / 'var/lib/dpkg'
        for place in ('info', 'updates', 'triggers'):
            (books / place).mkdir(parents=True)
        (books / 'status').touch()

    def make_install(self, root):
        done = run('make', '-s', '-C', BUILD, 'install-sbinPROGRAMS',
                   f'DESTDIR={root}')
        assert done.returncode == 0, done.stderr

    def dpkg_install(self):
        """A package with a newer version; dpkg puts each of its files in the
        place of the old one."""
        self.number += 1
        tree = self.folder / 'tree'
        shutil.rmtree(tree, ignore_errors=True)
        tree.mkdir()
        self.make_install(tree)
        (tree / 'DEBIAN').mkdir()
        (tree / 'DEBIAN/control').write_text(
            CONTROL.format(number=self.number))
        package = self.folder / 'package.deb'
        for words in (['dpkg-deb', '--root-owner-group', '-Znone', '-b', tree,
                       package],
                      ['dpkg', f'--root={self.root}', '--force-not-root',
                       '--log=/dev/null', '-i', package]):
            done = run(*words)
            assert done.returncode == 0, done.stderr


@pytest.fixture(scope='module')
def installation():
    with tempfile.TemporaryDirectory(prefix='umws-change-') as folder:
        os.chmod(folder, 0o755)
        yield Installation(folder)


@pytest.fixture
def service(stack, installation):
    with instead(stack, WORKERS, installation.program) as made:
        yield made


def is_of_now(service):
    """Does it run the file that is there, and not one that was replaced?"""
    return os.stat(f'/proc/{service.main.pid}/exe').st_ino == (
        service.program.stat().st_ino)


def changes(stack, service, installation, rng):
    """What a change is called, and how it is made."""
    database = Database(stack, 'umws')

    def stop():
        service.stop()
        time.sleep(rng.uniform(0, 2))
        service.main = service.start()
        service.wait_serving()

    def replaced(install):
        assert is_of_now(service)
        install()
        assert not is_of_now(service)
        service.restart()       # what a package's postinst has systemd do
        assert is_of_now(service)

    def upgrade():
        stack.sql(HARMLESS)
        assert 'mended function umws.reset_commit(' in database.upgrade()

    return {
        'stop': stop, 'reload': service.reload,
        'binary': lambda: replaced(
            lambda: installation.make_install(installation.root)),
        'package': lambda: replaced(installation.dpkg_install),
        'schema': upgrade}


def test_changed_under_load(stack, service, installation):
    """In turn and in any order; each is made twice at least."""
    rng = random.Random(f'{SEED}/change')
    print('seed', SEED)
    logins = users(stack)
    every = changes(stack, service, installation, rng)
    begin = time.monotonic()
    made = []
    with Load(stack, logins, name='change').running() as load:
        goes_on = load.during(brief(30, 200))
        while goes_on() or len(made) < 2 * len(every):
            names = list(every)
            rng.shuffle(names)
            for name in names:
                load.more(rng.randint(1, 40), 'ok')
                every[name]()
                made.append(name)
        load.more(16, 'ok')
    books = Books(stack, logins, load.tries)
    books.lost += [one for one in load.tries if one.heard != 'ok']
    mails = deliver(stack, logins, books)
    slowest = max(one.end - one.begin for one in load.tries)
    report('stop, reload, binary, package, schema', len(made), books, begin,
           slowest=round(slowest, 2), mails=mails)


def test_all_who_wait_are_answered(stack, service):
    """Everybody asks while there is no worker at all, and is granted when
    there is one again."""
    logins = users(stack, brief(60, 120))
    begin = time.monotonic()
    service.stop()
    with concurrent.futures.ThreadPoolExecutor(len(logins)) as pool:
        work = [pool.submit(ask, stack, number, login)
                for number, login in enumerate(logins)]
        time.sleep(4)           # longer than fastcgi_connect_timeout
        assert not any(one.done() for one in work)
        service.main = service.start()
        tries = [one.result() for one in work]
    service.wait_serving()
    books = Books(stack, logins, tries)
    books.lost += [one for one in tries if one.heard != 'ok']
    report('asked while no worker runs', 1, books, begin)


def test_the_queue_is_as_long_as_the_unit_says(stack, service):
    """More requests than a socket of "--listen" holds lie there, and each is
    answered."""
    somaxconn = int(pathlib.Path('/proc/sys/net/core/somaxconn').read_text())
    count = min(1000, backlog(), somaxconn)
    params = fcgi.usual(stack, None, b'', UMWS_ROUTE='health',
                        REQUEST_METHOD='GET', CONTENT_TYPE=None)
    request = (fcgi.begin() + fcgi.stream(fcgi.PARAMS, fcgi.encode(params))
               + fcgi.stream(fcgi.STDIN, b''))
    service.stop()
    with contextlib.ExitStack() as closing:
        peers = []
        for _ in range(count):
            peers.append(closing.enter_context(fcgi.connect(stack, 60)))
            peers[-1].sendall(request)
        service.main = service.start()
        heard = [fcgi.parse(fcgi.read_all(peer)) for peer in peers]
    assert [answer.status for answer in heard] == [200] * count
