"""An operator's days: doc/operations.md, an upgrade.

All of it on one machine that has booted, by the commands as they stand in the
documents.
"""
import re
import time

import pytest

import papers
import place
from conftest import BEFORE
from machine import blocks

OPERATIONS = blocks('doc/operations.md')
ROTATED = ('pepper', 'mail', 'web', 'audit')


@pytest.fixture(scope='module')
def machine(boot):
    made = boot()
    place.prepare(made, BEFORE)
    place.install(made)
    return made


@pytest.mark.parametrize('unit', [
    'umws-mailer', 'umws-seal', 'umws-purge', 'umws-expiring',
    'umws-changes'])
def test_what_timers_start(machine, unit):
    """The sandbox lets them do their work."""
    if unit == 'umws-seal':
        machine.sh('test -e /etc/umws/audit.key || umwsctl key create audit')
    if unit == 'umws-changes':
        machine.sh("echo 'on_change = /bin/true'"
                   ' >/etc/umws/umws.conf.d/50-change.conf\n'
                   'systemctl enable --now umws-changes.timer')
    machine.sh(f'systemctl start {unit}')
    assert machine.sh(f'systemctl show -P Result {unit}') == 'success\n'
    assert machine.sh(f'systemctl show -P NRestarts {unit}') == '0\n'


@pytest.fixture
def unlimited(machine):
    machine.sh('umwsctl policy set default ResetsPerHour=0 ResetsPerDay=0\n'
               'umwsctl limits set ResetsPerAddressHour=0 ResetsPerMinute=0\n'
               'for user in bob carol dave; do umwsctl user show $user'
               ' >/dev/null 2>&1 || umwsctl user add $user --email'
               ' $user@example.org; done')


def test_a_mail_at_once(machine, unlimited):
    machine.sh('systemctl enable --now umws-mailer-follow\n'
               'systemctl stop umws-mailer.timer')
    assert place.reset(machine, 'bob') == '200'
    machine.eventually('grep -q "^Subject: Your new voice mail PIN"'
                       ' /var/mail/bob', 10)


def test_nothing_arrives(machine, unlimited):
    """Each thing to look at says what is wrong, and then how it went on."""
    machine.sh('systemctl stop postfix')
    assert place.reset(machine, 'carol') == '200'
    time.sleep(2)
    shown = machine.run('umwsctl', 'doctor', '--only', 'smtp').stdout
    assert re.search('^wrong +smtp-connect', shown, re.MULTILINE)
    assert 'carol' in machine.sh('umwsctl explain carol')
    assert 'queued' in machine.sh('umwsctl outbox list --login carol')
    assert 'smtp' in machine.sh('journalctl -t umws-mailer -n 20 -o cat')
    done = machine.run('runuser', '-u', 'umws_mailer', '--', 'umws-mailer',
                       'test', 'you@example.org')
    assert done.returncode == 75 and 'the mail server is away' in done.stderr
    machine.sh('systemctl start postfix && umwsctl outbox retry')
    machine.eventually('systemctl start umws-mailer;'
                       'test -s /var/mail/carol', 60)


def all_is_answered(heard):
    assert heard and set(heard) == {'200'}, sorted(set(heard))


def single_commands():
    """Those within the text of a document, which want systemd."""
    found = {command.text for command in papers.every_command()
             if not command.is_block and command.text.split()[0] in (
                 'curl', 'dpkg-query', 'journalctl', 'runuser', 'systemctl')}
    return sorted(found | {papers.commands_of('SECURITY.md')[0].block})


# systemctl status: 3, one of them does not run. journalctl -k: 1, a machine in
# name spaces has no messages of the kernel.
ENDS = {'systemctl status': (0, 3), 'journalctl -k': (0, 1)}


@pytest.mark.parametrize('text', single_commands())
def test_single_commands(machine, text):
    done = machine.run('bash', '-c', text.strip())
    codes = ENDS.get(' '.join(text.split()[:2]), (0,))
    assert done.returncode in codes, (text, done.stdout, done.stderr)


@pytest.mark.parametrize('key', ROTATED)
def test_rotate(machine, unlimited, key):
    """Under load, and nobody notices."""
    with place.load(machine) as heard:
        machine.sh(OPERATIONS[f'rotate-{key}'])
        if key == 'web':
            time.sleep(10)
            machine.sh(OPERATIONS['retire-web'])
        time.sleep(2)
    all_is_answered(heard)
    assert '[umws-mailer]' not in machine.sh(
        'journalctl -t umws-mailer -p err --since -1min -o cat')


@pytest.mark.parametrize('verb', ['restart', 'reload', 'kill -s KILL'])
def test_service_under_load(machine, unlimited, verb):
    """A restart and a reload lose no request; a kill at most those that
    were being worked on, and the socket keeps the others."""
    with place.load(machine) as heard:
        for _ in range(3):
            machine.sh(f'systemctl {verb} umws-fcgi')
            time.sleep(1.5)
            machine.eventually('systemctl is-active umws-fcgi')
            time.sleep(2)
    if 'kill' in verb:
        assert heard.count('200') > len(place.USERS) * 3
        assert set(heard) <= {'200', '502', '503', '500'}
    else:
        all_is_answered(heard)


def test_back_up(machine):
    machine.sh(OPERATIONS['back-up'])
    machine.sh('cp -a /var/backups/umws /root/umws-keys /mnt/')


def test_upgrade_of_packages(machine, unlimited):
    """Under load; an edited setting, keys and data stay."""
    machine.sh("echo 'workers = 6' >>/etc/umws/umws.conf\n"
               'md5sum /etc/umws/*.key /etc/umws/umws.conf'
               ' /etc/umws/umws.conf.d/* >/mnt/before')
    users = machine.sql('SELECT count(*) FROM umws.um_user')
    with place.load(machine) as heard:
        machine.sh('export DEBIAN_FRONTEND=noninteractive\n'
                   'dpkg -i --force-confold /mnt/1/umws-common_*.deb'
                   ' /mnt/1/umws_*.deb /mnt/1/umws-mailer_*.deb')
        machine.sh(OPERATIONS['upgrade'])
        time.sleep(2)
    all_is_answered(heard)
    assert machine.sh('md5sum -c --quiet /mnt/before') == ''
    assert machine.sql('SELECT count(*) FROM umws.um_user') == users
    assert 'next' in machine.sh('dpkg-query -W umws')
    assert ' 0 wrong, ' in machine.sh('umwsctl doctor').splitlines()[-1]


def test_restore(machine):
    """The database is lost, the keys too, setup's work as well."""
    pin = machine.sql('SELECT md5(array_agg(u.* ORDER BY u.id)::text)'
                      ' FROM umws.um_user u')
    machine.sh('rm -rf /var/backups/umws /root/umws-keys')
    machine.sh('systemctl stop umws-mailer-follow\n' + OPERATIONS['back-up'])
    machine.sh('umwsctl setup --undo --delete-mailboxes\n'
               'for role in worker mailer helpdesk admin owner; do\n'
               '    runuser -u postgres -- dropuser --if-exists umws_$role\n'
               'done\nrm -f /etc/umws/*.key /etc/umws/*.pub')
    machine.sh(OPERATIONS['restore'])
    machine.sh(place.setup_command())
    assert machine.sql('SELECT md5(array_agg(u.* ORDER BY u.id)::text)'
                       ' FROM umws.um_user u') == pin
    assert place.reset(machine, 'alice') == '200'
    machine.sh('systemctl start umws-mailer')
    assert ' 0 wrong, ' in machine.sh('umwsctl doctor').splitlines()[-1]


def test_remove(machine):
    shown = machine.sh(OPERATIONS['remove'], timeout=200)
    assert 'kept' in shown
    assert machine.sql('SELECT count(*) > 0 FROM umws.um_user') == 't'
    assert machine.sh('ls /etc/umws/*.key')
    assert machine.run('systemctl', 'cat', 'umws-fcgi').returncode != 0
    machine.sh(OPERATIONS['remove-data'])
    assert machine.run('ls', '/etc/umws').returncode != 0
