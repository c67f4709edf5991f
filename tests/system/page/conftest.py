"""A browser, and www/ served to it, for each module."""
import pytest

import webway
from browser import Browser
from person import Person, served


@pytest.fixture(scope='module')
def base():
    with served() as made:
        yield made


@pytest.fixture(scope='module', params=('nginx', 'apache'))
def published(request, stack):
    """The base of one real server and of the other, before one worker."""
    if request.param == 'nginx':
        yield stack.env['UMWS_BASE_URL']
        return
    with webway.running(stack, 'apache', 'basic') as made:
        yield made.base.replace('localhost', '127.0.0.1')


@pytest.fixture(scope='module')
def browser():
    with Browser() as made:
        yield made


@pytest.fixture
def person(browser, base):
    return Person(browser, base)
