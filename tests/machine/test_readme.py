"""README's Install and first use, by its own commands, with a stopwatch."""
import re
import time
import urllib.parse

import pytest

import place
from browser import Browser
from conftest import BEFORE
from person import Person, sentences


@pytest.fixture(scope='module')
def machine(boot):
    made = boot()
    place.prepare(made, BEFORE)
    return made


def test_from_packages_to_the_first_mail(machine, capsys):
    """README's commands and one reset: the mail is there by itself."""
    begin = time.monotonic()
    place.install(machine)
    assert place.reset(machine, 'alice') == '200'
    machine.eventually('grep -q "^Subject: Your new voice mail PIN"'
                       ' /var/mail/alice', 90)
    seconds = time.monotonic() - begin
    text = place.install_commands()
    count = len(re.sub(r'\\\n', '', text).splitlines())
    with capsys.disabled():
        print(f'\n    {count} commands, {seconds:.0f} s to the first mail,'
              ' the mailer\'s minute included')
    assert seconds < 600
    machine.eventually('test -s /var/mail/you')


def test_to_a_reset_in_the_browser(machine, capsys):
    """The same by the page: a person, a browser and a button. It runs on the
    host that runs this, in the network of the machine."""
    begin = time.monotonic()
    before = len(place.mails(machine, 'alice'))
    with Browser(['nsenter', '-t', machine.first, '-n'],
                 ['--ignore-certificate-errors', '--host-resolver-rules=MAP '
                  f'{place.HOST} 127.0.0.1 , MAP * ~NOTFOUND ,'
                  ' EXCLUDE 127.0.0.1']) as browser:
        person = Person(browser, f'https://{place.HOST}', 'alice',
                        urllib.parse.quote(place.PASSWORD))
        person.open()
        assert 'alice' in person.text()
        assert sentences('en')['done_title'] in person.reset()
    machine.eventually(f'test "$(grep -c "^From " /var/mail/alice)" -gt'
                       f' {before}', 90)
    seconds = time.monotonic() - begin
    with capsys.disabled():
        print(f'\n    {seconds:.0f} s from the page to its mail')
    assert seconds < 120


def test_all_is_well(machine):
    shown = machine.sh(f'umwsctl doctor --url {place.URL}')
    assert ' 0 warnings, 0 wrong, ' in shown.splitlines()[-1]
    assert machine.sh('systemctl --failed --no-legend') == ''


def test_setup_once_more_changes_nothing(machine):
    assert 'nothing was changed' in machine.sh('umwsctl setup')


def test_a_boot_is_survived(machine):
    """What lies below /run is gone with a boot, and made again."""
    machine.sh('systemctl stop umws-fcgi.socket umws-fcgi.service\n'
               'rm -r /run/umws\n'
               'systemd-tmpfiles --create --boot\n'
               'systemctl start umws-fcgi.socket umws-fcgi.service')
    assert place.reset(machine, 'alice') == '200'
