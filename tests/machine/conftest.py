"""Machines of a release, with the packages of this checkout in /mnt.

tools/lib/packaged builds them and says which and where: UMWS_RELEASE, and
UMWS_PACKAGES with 0 and 1, of this version and of the next. Tests of one file
are a story: they run in order, on the machine that those before have left.
"""
import os
import pathlib
import shutil

import pytest

from machine import CannotBoot, Machine

FOLDER = os.environ.get('UMWS_PACKAGES')
RELEASE = os.environ.get('UMWS_RELEASE', 'trixie')
# What a server has before umws comes, besides PostgreSQL and nginx: a mail
# server, and what the commands of the documents use.
BEFORE = ('postgresql', 'nginx-light', 'postfix', 'curl', 'openssl',
          'apache2-utils')


def pytest_collection_modifyitems(items):
    """pytest would bring those with the same parameters together."""
    items.sort(key=lambda item: item.location[:2])
    if FOLDER is None:
        for item in items:
            item.add_marker(pytest.mark.skip(
                reason='tools/lib/packaged has the packages'))


@pytest.fixture(scope='module')
def boot(tmp_path_factory):
    """boot(): another machine."""
    made = []

    def make():
        folder = tmp_path_factory.mktemp('machine')
        for number in ('0', '1'):
            shutil.copytree(pathlib.Path(FOLDER, number), folder / number)
        own = [f'/mnt/0/{path.name}' for path in (folder / '0').iterdir()]
        try:
            made.append(Machine(RELEASE, folder, BEFORE + tuple(own)))
        except CannotBoot as reason:
            pytest.skip(str(reason))
        return made[-1]

    yield make
    for machine in made:
        machine.stop()
