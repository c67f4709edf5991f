"""What tests of the mailer have in common."""
import pytest

import certificate
from mailplace import Place


@pytest.fixture
def place(stack):
    """The mailer's place, where no other test has left a mail."""
    made = Place(stack)
    made.clean()
    yield made
    made.clean()


@pytest.fixture(scope='module')
def certificates():
    """A right one and wrong ones."""
    with certificate.made((('right', 'IP:127.0.0.1', 30),
                           ('wrong-name', 'DNS:other.example.test', 30),
                           # As of tomorrow, and no later than now.
                           ('expired', 'IP:127.0.0.1', 0))) as folder:
        yield folder
