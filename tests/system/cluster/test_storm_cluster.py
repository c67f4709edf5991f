"""A cluster whose hosts libpq's list names, broken in every way."""
import functools

import pytest

from storm import IS_LONG
from clusterstorm import storm

WAY = 'libpq'
long = pytest.mark.skipif(not IS_LONG, reason='UMWS_LONG=1')


def test_leader_killed(stack):
    storm(stack, 'leader killed',
          functools.partial(stack.node, 'leader', 'kill'),
          lambda host: stack.node(host, 'start'))


def test_leader_cut_off(stack):
    """It and the others are alive, and both are asked."""
    storm(stack, 'leader cut off',
          functools.partial(stack.node, 'leader', 'cut'),
          lambda host: stack.node(host, 'heal'))


def test_leader_orphaned(stack):
    """Its postgres takes writes, and nobody has them but it."""
    storm(stack, "leader's patroni killed, its postgres left",
          functools.partial(stack.node, 'leader', 'orphan'),
          lambda host: stack.node(host, 'start'))


def test_leader_frozen(stack):
    storm(stack, 'leader frozen',
          functools.partial(stack.node, 'leader', 'freeze'),
          lambda host: stack.node(host, 'thaw'))
