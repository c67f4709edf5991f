"""Fixtures of the system tests: one stack for each module.

A module says with OPTIONS how its stack is brought up. Run with
"-n 2", whole modules are handed to the workers, the long ones first.
"""
import signal

import pytest

from harness import CHEAP, installed

LONG_FIRST = ('test_guessing', 'test_model', 'test_asterisk', 'test_wire',
              'test_servers', 'test_asterisk_curl',
              'test_storm_database',
              'test_storm_standby', 'test_storm_pgbouncer',
              'test_storm_upgrade', 'test_storm_mailers',
              'test_storm_connections', 'test_history',
              'test_mailer', 'test_looks',
              'test_concurrency', 'test_lost_commit', 'test_processes',
              'test_database_away', 'test_bad_input', 'test_openid',
              'test_certificates')


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadFileScheduling
    return LoadFileScheduling(config, log)


def pytest_configure(config):
    # So that whoever ends us by a signal leaves no stack behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config.addinivalue_line(
        'markers', 'resets: the test changes what others must not')


def pytest_collection_modifyitems(items):
    def rank(item):
        name = item.path.stem
        return LONG_FIRST.index(name) if name in LONG_FIRST else 99

    items.sort(key=rank)


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
