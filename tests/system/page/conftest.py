"""A browser, and www/ served to it, for each module."""
import pytest

from browser import Browser
from person import Person, served


@pytest.fixture(scope='module')
def base():
    with served() as made:
        yield made


@pytest.fixture(scope='module')
def browser():
    with Browser() as made:
        yield made


@pytest.fixture
def person(browser, base):
    return Person(browser, base)
