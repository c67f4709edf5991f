"""One cluster for each module; its tests are where its clients are."""
import pytest

from clusterstorm import OPTIONS, Cluster
from harness import installed
from umws_stack import netns


@pytest.fixture(scope='module')
def stack(request):
    with installed(*OPTIONS, '--cluster', request.module.WAY,
                   kind=Cluster) as made:
        with netns.inside(made.env['UMWS_NAMESPACE']):
            yield made
