"""A cluster that libpq's list of hosts names."""
import contextlib
import json
import urllib.request

import pytest

from clusterstorm import FAULTS, storm
from harness import IS_LONG, brief, eventually, run
from umws_stack import cluster

WAY = 'libpq'
REST = f'http://{cluster.front("n1")}:{cluster.REST_PORT}'


def configure(**settings):
    """As patronictl edit-config does."""
    request = urllib.request.Request(
        f'{REST}/config', method='PATCH', data=json.dumps(settings).encode(),
        headers={'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=10):
        pass


@contextlib.contextmanager
def configured(**settings):
    configure(**settings)
    try:
        yield
    finally:
        configure(**{key: cluster.DCS[key] for key in settings})


def doctor(stack):
    """What is not well with standbys and Patroni's settings."""
    found = {}
    for words in (('server-standby',), ('patroni', '--patroni', REST)):
        done = run(stack.env['UMWS_CTL'], 'doctor', '--json', '--only',
                   *words)
        found |= {line['name']: line['verdict']
                  for line in json.loads(done.stdout)
                  if line['verdict'] != 'ok'}
    # That depends on the Debian this is.
    found.pop('patroni-version', None)
    return found


def test_doctor_names_what_breaks_the_promise(stack):
    """A server under Patroni shows it, and Patroni says it."""
    eventually(lambda: doctor(stack) == {}, 30)
    with configured(synchronous_mode_strict=False):
        assert doctor(stack) == {'patroni-strict': 'wrong'}
    with configured(synchronous_mode=False):
        eventually(lambda: doctor(stack) == {
            'patroni-synchronous': 'wrong', 'server-standby': 'warning'}, 30)
    eventually(lambda: doctor(stack) == {}, 30)


@pytest.mark.parametrize('name', brief(list(FAULTS)[:4], list(FAULTS)))
def test_fault(stack, name):
    FAULTS[name](stack, name)


@pytest.mark.skipif(not IS_LONG, reason='only with UMWS_LONG=1')
def test_the_books_show_what_is_lost_without_the_settings(stack, monkeypatch):
    """A leader for whose word nobody waits grants resets while it is cut off,
    and the next one has none of them."""
    def blow():
        configure(synchronous_mode=False)
        eventually(lambda: 'server-standby' in doctor(stack), 30)
        return stack.node('leader', 'cut')

    def mend(host):
        stack.node(host, 'heal')
        eventually(configure_again, 60)

    def configure_again():
        with contextlib.suppress(OSError):
            configure(synchronous_mode=True)
            return True
        return False

    # It is no row of the table.
    monkeypatch.delenv('UMWS_FIGURES', raising=False)
    with pytest.raises(AssertionError, match="'lost', [1-9]"):
        storm(stack, 'leader cut off, not synchronous', blow, mend)


def test_a_host_may_ask_its_own_server_for_its_timeline(stack):
    """Else Patroni cannot see that an old leader went astray, and it stays
    away. Last here: it is asked after a fault."""
    for name in cluster.NODES:
        host = cluster.node(stack.layout, name)
        assert 'no pg_hba.conf entry' not in host.log('patroni').read_text()
