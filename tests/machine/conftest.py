"""Machines of each release (--release), with the packages of this checkout.

--packages names the folder that tools/lib/packaged has filled: below it a
folder for each release. Tests of one file are a story: they run in order,
on the machine that those before them have left.
"""
import pathlib
import shutil

import pytest

from machine import CannotBoot, Machine

# What a server has before umws comes, besides PostgreSQL and nginx: a mail
# server, and what the commands of the documents use.
BEFORE = ('postgresql', 'nginx-light', 'postfix', 'curl', 'openssl',
          'apache2-utils')


def pytest_addoption(parser):
    parser.addoption('--release', action='append', default=[])
    parser.addoption('--packages', type=pathlib.Path, required=True)


def pytest_generate_tests(metafunc):
    if 'release' in metafunc.fixturenames:
        metafunc.parametrize('release', metafunc.config.option.release,
                             scope='module')


@pytest.fixture(scope='module')
def boot(request, release, tmp_path_factory):
    """boot(): another machine, with the packages in its /mnt."""
    made = []

    def make():
        folder = tmp_path_factory.mktemp('machine')
        for path in (request.config.option.packages / release).glob('*.deb'):
            if 'dbgsym' not in path.name:
                shutil.copy(path, folder)
        words = BEFORE + tuple(f'./mnt/{path.name}'
                               for path in folder.glob('*.deb'))
        try:
            made.append(Machine(release, folder, words))
        except CannotBoot as reason:
            pytest.skip(str(reason))
        return made[-1]

    yield make
    for machine in made:
        machine.stop()


def pytest_collection_modifyitems(items):
    """pytest would bring those with the same parameters together."""
    items.sort(key=lambda item: (item.callspec.params['release'],
                                 item.location[0], item.location[1]))
