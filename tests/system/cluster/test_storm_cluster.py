"""A cluster that libpq's list of hosts names."""
import pytest

from clusterstorm import FAULTS
from storm import brief

WAY = 'libpq'


@pytest.mark.parametrize('name', brief(list(FAULTS)[:4], list(FAULTS)))
def test_fault(stack, name):
    FAULTS[name](stack, name)
