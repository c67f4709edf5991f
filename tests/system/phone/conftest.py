"""PINs of a user that a telephone may dial."""
import pytest

from phonecall import change
from soap import reset
from telephone import NEW, mailed_pin


@pytest.fixture
def first_pin(stack, user):
    """The PIN that came by mail: it must be changed at the first call."""
    reset(stack, user)
    return mailed_pin(stack, user)


@pytest.fixture
def own_pin(stack, user, first_pin):
    """A user who has chosen a PIN."""
    assert change(stack, user, first_pin, NEW) == 'OK'
    return NEW


@pytest.fixture
def names(user):
    """What the document has for digits that are others each time."""
    return {str(20000 + int(user[-4:])): 'MAILBOX'}
