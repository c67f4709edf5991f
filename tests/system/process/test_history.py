"""Thirty resets at the shortest length: no PIN comes again too soon."""
import pytest

from harness import CHEAP, pin_of
from soap import reset

HISTORY = 20
OPTIONS = CHEAP + ('--limits', 'off', '--policy', 'MinPINLength=4',
                   '--policy', f'PINHistoryCount={HISTORY}')


def is_allowed(pin, extension):
    """Exchange's rules: no run, no single digit, not in the extension."""
    steps = {int(b) - int(a) for a, b in zip(pin, pin[1:])}
    return (len(pin) == 4 and pin.isdigit() and steps not in ({1}, {-1}, {0})
            and pin not in extension)


@pytest.fixture(scope='module')
def pins(stack):
    """The PINs of thirty resets, each read from its mail."""
    login, found = stack.user(), []
    for number in range(30):
        reset(stack, login)
        stack.mailer()
        mails = stack.mail_files(login)
        assert len(mails) == number + 1
        found.append(pin_of(mails[-1]))
    print('PINs:', *found)
    return login, found


def test_none_repeats_within_the_history(pins):
    for at, pin in enumerate(pins[1]):
        assert pin not in pins[1][max(0, at - HISTORY + 1):at]


def test_all_are_by_policy(stack, pins):
    extension = stack.value(
        'SELECT extension FROM umws.um_user WHERE login = %s', pins[0])
    for pin in pins[1]:
        assert is_allowed(pin, extension), pin


def test_what_is_kept(stack, pins):
    login, found = pins
    state = stack.state(login)
    assert (state['generation'], state['history_count']) == (30, HISTORY)
    assert stack.is_pin(login, found[-1])
    assert not stack.is_pin(login, found[-2])
    rows = stack.sql(
        'SELECT count(DISTINCT h.verifier), count(DISTINCT split_part('
        "h.verifier, '$', 5)) FROM umws.pin_history h JOIN umws.um_user u"
        ' ON u.id = h.user_id WHERE u.login = %s', login)
    assert rows == [(HISTORY, 1)]       # distinct hashes, one salt


def test_a_history_of_other_settings_still_counts(stack):
    """After a change of the derivation's cost old PINs are still known."""
    login = stack.user()
    reset(stack, login)
    conf = stack.dir / 'umws.conf'
    text = conf.read_text()
    try:
        conf.write_text(text.replace('8,1,1', '16,2,1'))
        stack.do('worker', 'restart')
        reset(stack, login)
        reset(stack, login)
    finally:
        conf.write_text(text)
        stack.do('worker', 'restart')
    rows = stack.sql(
        "SELECT split_part(h.verifier, '$', 4) FROM umws.pin_history h"
        ' JOIN umws.um_user u ON u.id = h.user_id WHERE u.login = %s'
        ' ORDER BY h.generation', login)
    assert rows == [('m=8,t=1,p=1',), ('m=16,t=2,p=1',), ('m=16,t=2,p=1',)]
    stack.mailer()
    assert stack.is_pin(login, pin_of(stack.mail_files(login)[-1]))
