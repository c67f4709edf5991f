"""What both pages send says that a page of this host sends it, in every
browser.

By the Fetch standard ("append a request Origin header") a POST that is to have
no referrer, of any mode but cors, says "Origin: null", and the service has to
refuse that. Firefox does as the standard has it; Chromium, which these tests
have, says whose page it is in any case. So what is looked at is the policy."""
import pytest

from person import SERVICE, fault, mailbox
from test_helpdesk_page import ROUTE, Desk, Helper


def origin(request, base):
    """As the standard has it, of a POST to this host."""
    return 'null' if request['referrerPolicy'] == 'no-referrer' else base


@pytest.fixture
def helper(browser, base):
    return Helper(browser, base)


def test_a_reset(person, base):
    origins = []

    def serve(request):
        origins.append(origin(request, base))
        return fault('ErrorServerBusy')(request)
    person.open(stubs=[('/umws/mailbox', mailbox()), (SERVICE, serve)])
    person.reset()
    assert origins == [base]


def test_a_help_desk(helper, base):
    origins, desk = [], Desk()

    def serve(request):
        origins.append(origin(request, base))
        return desk(request)
    helper.open(stubs=[(ROUTE, serve)])
    helper.find()
    helper.act('reset')
    assert origins == [base] * 4
