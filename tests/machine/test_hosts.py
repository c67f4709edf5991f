"""A second host for workers and mailers, as doc/operations.md has it: two
machines, the database on one of them, TLS between them."""
import shutil
import subprocess

import pytest

import place
from conftest import BEFORE
from machine import blocks

OPERATIONS = blocks('doc/operations.md')
NETWORK = '192.0.2.%d'


def link(first, second):
    """A cable between two machines; they know each other by name."""
    def ip(machine, *words):
        subprocess.run(['nsenter', '-t', machine.first, '-n', 'ip', *words],
                       check=True)

    subprocess.run(['ip', 'link', 'add', 'cable', 'netns', first.first,
                    'type', 'veth', 'peer', 'name', 'cable', 'netns',
                    second.first], check=True)
    for number, machine in enumerate((first, second), 1):
        ip(machine, 'address', 'add', NETWORK % number + '/24', 'dev',
           'cable')
        ip(machine, 'link', 'set', 'cable', 'up')
        machine.sh(f"echo '{NETWORK % 1} db.example.org' >>/etc/hosts")


@pytest.fixture(scope='module')
def first(boot):
    made = boot()
    place.prepare(made, BEFORE)
    place.install(made)
    for name in place.USERS[1:]:
        made.sh(f'umwsctl user add {name} --email {name}@example.org')
    return made


@pytest.fixture(scope='module')
def second(boot, first):
    """All that the text asks for: packages, a web server, the files."""
    made = boot()
    place.prepare(made, [name for name in BEFORE if name != 'postgresql'])
    link(first, made)
    first.sh(OPERATIONS['database-certificates'])
    first.sh(OPERATIONS['database-listens'])
    for role in ('worker', 'mailer'):
        first.sh(OPERATIONS[f'pack-{role}']
                 + f'cp /root/umws-{role}.tar /mnt/')
        shutil.copy(first.folder / f'umws-{role}.tar', made.folder)
    first.sh('cp /usr/local/share/ca-certificates/of-tests.crt /mnt/')
    shutil.copy(first.folder / 'of-tests.crt', made.folder)
    made.sh('cp /mnt/of-tests.crt /usr/local/share/ca-certificates/\n'
            'update-ca-certificates --fresh >/dev/null 2>&1\n'
            'cp /mnt/umws-*.tar /root/\n'
            'export DEBIAN_FRONTEND=noninteractive\n'
            'apt-get -y --no-install-recommends install'
            ' /mnt/0/umws-common_*.deb /mnt/0/umws_*.deb'
            ' /mnt/0/umws-mailer_*.deb', timeout=300)
    return made


def test_a_second_worker(first, second):
    second.sh(OPERATIONS['worker-host'])
    first.sh('systemctl stop umws-fcgi.socket umws-fcgi.service')
    assert place.reset(second, 'alice') == '200'
    assert first.sql("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity"
                     " USING (pid) WHERE ssl AND usename = 'umws_worker'"
                     " AND client_addr = '192.0.2.2'") != '0'
    first.sh('systemctl start umws-fcgi.socket')
    assert place.reset(first, 'bob') == '200'


def test_a_second_mailer(first, second):
    first.sh('systemctl stop umws-mailer.timer')
    second.sh(OPERATIONS['mailer-host'])
    assert place.reset(first, 'carol') == '200'
    second.sh('systemctl start umws-mailer')
    second.eventually('grep -q "^Subject: Your new voice mail PIN"'
                      ' /var/mail/carol', 30)


@pytest.mark.parametrize('words', ['', 'sslmode=require'])
def test_nobody_gets_in_without_a_certificate(first, second, words):
    done = second.run(
        'runuser', '-u', 'umws_worker', '--', 'umwsctl', 'db', 'status')
    assert done.returncode != 0
    done = first.run(
        'runuser', '-u', 'umws_mailer', '--', 'psql', '-c', 'SELECT 1',
        f'host=db.example.org dbname=umws user=umws_worker {words}')
    assert done.returncode != 0
    assert 'certificate' in done.stderr or 'pg_hba' in done.stderr


def test_one_host_less(first, second):
    """What the first has begun the second goes on with."""
    first.sh('systemctl stop umws-mailer-follow umws-mailer.timer')
    assert place.reset(second, 'dave') == '200'
    second.sh('systemctl start umws-mailer')
    second.eventually('test -s /var/mail/dave', 30)
