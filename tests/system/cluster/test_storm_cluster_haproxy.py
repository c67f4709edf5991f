"""A cluster behind HAProxy, which asks Patroni who leads."""
import pytest

from clusterstorm import FAULTS
from harness import IS_LONG

WAY = 'haproxy'
pytestmark = pytest.mark.skipif(not IS_LONG, reason='only with UMWS_LONG=1')


@pytest.mark.parametrize('name', FAULTS)
def test_fault(stack, name):
    FAULTS[name](stack, name)
