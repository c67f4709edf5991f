"""Fixtures of the system tests: one stack for each module.

A module says with OPTIONS how its stack is brought up. Run with
"-n 2", whole modules are handed to the workers, the long ones first.
"""
import collections
import os
import shutil
import signal
import tempfile

import pytest

from harness import CHEAP, installed

LONG_FIRST = ('test_storm_cluster', 'test_storm_cluster_haproxy',
              'test_storm_cluster_pgbouncer',
              'test_guessing', 'test_model', 'test_asterisk', 'test_wire',
              'test_servers', 'test_sync', 'test_import', 'test_asterisk_curl',
              'test_storm_database',
              'test_storm_standby', 'test_storm_pgbouncer',
              'test_storm_upgrade', 'test_storm_change', 'test_storm_mailers',
              'test_storm_connections', 'test_killed_verbs', 'test_history',
              'test_mailer', 'test_fastcgi', 'test_operator', 'test_hosts',
              'test_follow', 'test_lanes', 'test_purge', 'test_audit',
              'test_looks', 'test_prepared', 'test_smtp_replies',
              'test_durable_standby', 'test_sight', 'test_properties',
              'test_concurrency', 'test_lost_commit', 'test_processes',
              'test_database_away', 'test_bad_input', 'test_doctor',
              'test_openid', 'test_certificates')


MEMORY = '/dev/shm'
# Their stacks lie on the disk: what PostgreSQL has said it keeps is there.
ON_DISK = ('test_durable', 'test_durable_standby', 'test_lost_commit')


def is_roomy():
    """May all stacks of a run lie in memory, and run programs there?"""
    if not os.path.isdir(MEMORY):
        return False
    room = os.statvfs(MEMORY)
    return (not room.f_flag & os.ST_NOEXEC
            and room.f_bavail * room.f_frsize > 8 << 30)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadFileScheduling
    return LoadFileScheduling(config, log)


def pytest_configure(config):
    # So that whoever ends us by a signal leaves no stack behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config.addinivalue_line(
        'markers', 'resets: the test changes what others must not')
    config.addinivalue_line(
        'markers', 'thin(n): every n-th case of it, all with UMWS_LONG=1')
    # The workers of xdist have it from us.
    if 'UMWS_TEMPLATE' not in os.environ:
        os.environ['UMWS_TEMPLATE'] = tempfile.mkdtemp(
            prefix='umws-template-', dir=MEMORY if is_roomy() else None)
        config.add_cleanup(lambda: shutil.rmtree(
            os.environ.pop('UMWS_TEMPLATE')))


def thinned(items):
    """The cases that are for UMWS_LONG=1 alone: of long tables, whose rows all
    take the same way."""
    number = collections.Counter()
    for item in items:
        mark = item.get_closest_marker('thin')
        if mark is not None:
            name = item.nodeid.partition('[')[0]
            if number[name] % mark.args[0] != 0:
                yield item
            number[name] += 1


def pytest_collection_modifyitems(config, items):
    def rank(item):
        name = item.path.stem
        return LONG_FIRST.index(name) if name in LONG_FIRST else 99

    # Whoever names a case means it.
    if os.environ.get('UMWS_LONG') != '1' and not config.option.keyword and (
            not any('::' in word for word in config.args)):
        left = set(thinned(items))
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]
    items.sort(key=rank)


@pytest.fixture(scope='module', autouse=True)
def home_of_stacks(request):
    """In memory, but where tests are about what a disk keeps."""
    path = request.path
    is_durable = path.parent.name == 'storm' or path.stem in ON_DISK
    os.environ['UMWS_HOMES'] = (
        MEMORY if is_roomy() and not is_durable else '/tmp')


@pytest.fixture(scope='module')
def stack(request):
    """The module's stack, whose mailer runs only when it is told to."""
    options = getattr(request.module, 'OPTIONS', CHEAP)
    with installed(*options) as made:
        yield made


@pytest.fixture
def user(stack):
    """A user of this test alone."""
    return stack.user()
