"""Both pages in Firefox, by nginx: each does there what it is for."""
import json
import urllib.parse

import pytest

from firefox import Firefox
from harness import CHEAP, IS_LONG, pin_of
from person import ISOLATES, sentences

OPTIONS = CHEAP
pytestmark = pytest.mark.skipif(not IS_LONG, reason='for --long')
ENGLISH = sentences('en')


@pytest.fixture(scope='module')
def firefox():
    with Firefox() as made:
        yield made


def opened(firefox, stack, user, page=''):
    """The page, after one that was told the password."""
    base = urllib.parse.urlsplit(stack.env['UMWS_BASE_URL'])
    who = f"{user}:{stack.env['UMWS_PASSWORD']}@"
    firefox.open(f'http://{who}{base.netloc}/voicemail/style.css')
    firefox.open(f'http://{base.netloc}/voicemail/{page}')
    firefox.wait("document.querySelector('#live').childElementCount === 0 &&"
                 " document.querySelector('h1').textContent !== ''")


def noticed(firefox):
    firefox.wait("!document.querySelector('#notice').hidden")
    return firefox.run("document.querySelector('#notice').innerText"
                       ).translate(dict.fromkeys(map(ord, ISOLATES)))


def is_mailed(stack, user):
    stack.mailer()
    (mail,) = stack.mail_files(user)
    return stack.is_pin(user, pin_of(mail))


def test_a_reset(firefox, stack, user):
    opened(firefox, stack, user)
    firefox.wait("!document.querySelector('#renew').hidden")
    firefox.click('#reset')
    firefox.click('#yes')
    assert ENGLISH['done_title'] in noticed(firefox)
    assert is_mailed(stack, user)


def test_a_help_desk(firefox, stack, user):
    other = stack.user()
    stack.do('ctl', 'role', 'grant', 'helpdesk', user)
    opened(firefox, stack, user, 'helpdesk.html')
    firefox.run(f"document.querySelector('#name').value = {json.dumps(other)}")
    firefox.click('#find button')
    firefox.wait("!document.querySelector('#mailbox').hidden")
    firefox.run("document.querySelector('#reason').value = 'ticket 7'")
    firefox.click('#reset')
    assert ENGLISH['desk_reset_done'].replace('{login}', other) in (
        noticed(firefox))
    assert is_mailed(stack, other)
