"""umwsctl setup on a host of its own: from programs to a mail in one command,
once and again, dry, killed after each step, and back."""
import fcntl
import os
import pathlib
import random
import re
import signal
import subprocess
import time

import pytest

from harness import IS_LONG, eventually
from privatehost import CERTIFICATE, GERMAN, HOST, KEY, WISHES, Host
from privateroot import stage  # noqa: F401

STEPS = ('users', 'folders', 'settings', 'database', 'schema', 'lines in',
         'keys', 'policy', 'https://', 'lines of cron')
REST = 'systemd does not run here: start '


@pytest.fixture(scope='module')
def host(stage):  # noqa: F811
    made = Host(stage)
    made.serve_web('nginx')
    yield made
    made.close()


def lines(done):
    return [line for line in done.stdout.splitlines()
            if not line.startswith(REST)]


def settings(host):
    return host.at(f'{host.sysconf}/umws.conf.d/10-setup.conf').read_text()


def test_dry_run_prints_every_step_and_changes_nothing(host):
    before = host.world()
    done = host.setup('--dry-run')
    assert done.returncode == 0, done.stderr
    said = lines(done)
    assert len(said) == len(STEPS) + 1
    for line, step in zip(said, STEPS):
        assert line.startswith(f'would make: {step}'), line
    assert said[-1] == 'nothing was changed: --dry-run'
    assert done.stderr == ''
    assert host.world() == before


def stopped(host, process):
    """Does it write to standard output, where nobody takes it?"""
    for child in subprocess.run(['pgrep', '-P', str(process.pid)],
                                capture_output=True,
                                text=True).stdout.split():
        try:
            call = pathlib.Path(f'/proc/{child}/syscall').read_text()
        except OSError:
            continue
        if call.startswith('1 0x1 '):
            return int(child)
    return None


def kill_at_the_first_line(host):
    """Start setup, and kill it while it says what it has made first."""
    ours, theirs = os.pipe2(os.O_DIRECT)
    fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, 4096)
    os.write(theirs, b'full')
    process = host.start('umwsctl', 'setup', *WISHES, '--web', 'nginx',
                         env=GERMAN, stdout=theirs, stdin=subprocess.DEVNULL)
    pid = eventually(lambda: stopped(host, process), 60)
    os.kill(pid, signal.SIGKILL)
    process.wait()
    os.close(theirs)
    os.close(ours)


def test_killed_after_each_step_the_next_run_goes_on(host):
    before = host.world()
    for number in range(len(STEPS)):
        kill_at_the_first_line(host)
        done = host.setup('--dry-run')
        assert done.returncode == 0, done.stderr
        made = [line.startswith('is there: ') for line in lines(done)[:-1]]
        assert made == [i <= number for i in range(len(STEPS))], done.stdout
    done = host.setup()
    assert done.returncode == 0, done.stderr
    assert lines(done) == ['all is there, and nothing was changed']
    done = host.setup('--undo', wishes=(), web=None)
    assert done.returncode == 0, done.stderr
    assert host.world() == before


@pytest.mark.parametrize('web', ('nginx', 'apache'))
def test_one_command_and_a_mail(host, web):
    host.serve_web(web)
    before = host.world()
    done = host.setup(web=web)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ''
    said = lines(done)
    assert len(said) == len(STEPS)
    for line, step in zip(said, STEPS):
        assert line.startswith(f'made: {step}'), line
    assert REST in done.stdout

    # Once more, with the wishes and without: nothing is left to do.
    there = host.world()
    for wishes in (WISHES, ()):
        done = host.setup(wishes=wishes, web=web if wishes else None)
        assert done.returncode == 0, done.stderr
        assert lines(done) == ['all is there, and nothing was changed']
        assert host.world() == there

    host.run('umwsctl', 'user', 'add', 'alice', '--email',
             'alice@example.org')
    # Whom umws-seal, umws-purge and umws-expiring run as.
    host.run('setpriv', '--reuid', 'umws_admin', '--regid', 'umws_admin',
             '--clear-groups', 'umwsctl', 'notify', 'expiring', '--days', '14')
    host.serve_mail()
    host.serve_worker()
    answer = host.reset()
    assert answer.endswith('200'), answer
    page = host.page()
    assert page.startswith('HTTP/1.1 200') or page.startswith('HTTP/2 200')
    assert 'Content-Security-Policy: ' in page and page.endswith('</html>\n')
    mails = host.mails()
    assert len(mails) == 1
    assert host.health() == '200'
    assert 'From: Voice Mail <vm@example.org>' in mails[0]

    # The mailbox keeps the data; what serves it goes.
    done = host.setup('--undo', wishes=(), web=None)
    assert done.returncode == 0, done.stderr
    assert re.search(r'^kept: database umws of \S+ with 1 mailboxes, its '
                     r'keys in', done.stdout, re.MULTILINE)
    eventually(lambda: host.health() != '200')
    assert host.sql('SELECT count(*) FROM umws.um_user', 'umws') == '1\n'
    host.stop_servers()
    done = host.setup('--undo', '--delete-mailboxes', wishes=(), web=None)
    assert done.returncode == 0, done.stderr
    assert host.world() == before
    done = host.setup('--undo', wishes=(), web=None)
    assert lines(done) == ['setup has made nothing on this host, and nothing '
                           'was changed']


def test_another_wish_than_the_last(host):
    before = host.world(is_deep=False)
    assert host.setup().returncode == 0
    there = host.world(is_deep=False)
    done = host.setup('--database', 'other')
    assert done.returncode == 64
    assert done.stderr.count('\n') == 1
    assert '--undo' in done.stderr
    assert host.world(is_deep=False) == there
    record = host.at(host.state + '/setup.log')
    options = [line for line in record.read_text().splitlines(True)
               if line.startswith(('#', 'option'))]
    assert host.setup('--undo', wishes=(), web=None).returncode == 0

    # Killed before the first step: undo takes back what it was told, too.
    record.parent.mkdir(exist_ok=True)
    record.write_text(''.join(options))
    refused(host, host.setup('--database', 'other'), 64, '--undo')
    done = host.setup('--undo', wishes=(), web=None)
    assert done.returncode == 0, done.stderr
    assert host.world(is_deep=False) == before


# What is wrong, how it is put right again, and what setup says of it. SQL is
# the cluster's owner's, in the database named before a colon.
SPOILED = {
    'empty': (['postgres: CREATE DATABASE umws'], 78, 'is empty and was not'),
    'tables': (['postgres: CREATE DATABASE umws',
                'umws: CREATE TABLE public.orders ()'],
               78, 'has 1 tables of something else'),
    'half a schema': (['postgres: CREATE DATABASE umws',
                       'umws: CREATE SCHEMA umws'], 78, 'not whole, or not'),
    'old': (["postgres: SET allow_system_table_mods = on; CREATE OR REPLACE "
             "VIEW pg_catalog.pg_settings AS SELECT name, CASE name WHEN "
             "'server_version_num' THEN '130021' ELSE setting END AS setting,"
             " {columns} FROM pg_catalog.pg_show_all_settings()"],
            78, 'PostgreSQL 13 is too old'),
    'clock': (["postgres: SET allow_system_table_mods = on; CREATE OR REPLACE "
               "FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz "
               "LANGUAGE sql RETURN now() + interval '1 hour'"],
              78, "seconds ahead of ours"),
    'settings': ({'{sysconf}/umws.conf': 'colour = red\n'}, 78, None),
    'site': ({'/etc/nginx/sites-available/umws': '# mine\n'}, 78,
             'was not made by setup'),
    'other settings': ({'{sysconf}/umws.conf.d/10-setup.conf': '# mine\n'},
                       78, 'was not made by setup'),
    'key alone': ({'{sysconf}/pepper.key': 'a:b\n'}, 78,
                  "another installation's key"),
    'web server': ({'/etc/nginx/conf.d/broken.conf': 'nonsense;\n'}, 78,
                   'as they are already'),
    'web server with ours': ({'/etc/nginx/conf.d/more.conf':
                              'large_client_header_buffers 4 8k;\n'}, 78,
                             'which are taken back'),
    'host name': ({'/etc/nginx/conf.d/site.conf':
                   f'server {{ listen 443 ssl; server_name {HOST};\n'
                   f'ssl_certificate {CERTIFICATE};\n'
                   f'ssl_certificate_key {KEY}; }}\n'}, 78,
                  f'nginx serves {HOST} on port 443 already, by '
                  '/etc/nginx/conf.d/site.conf'),
    'cluster': ({'/etc/postgresql/{version}/two/postgresql.conf':
                 "data_directory = '/usr/share/postgresql'\n"}, 64,
                'lists 2 clusters'),
}
OPTIONS_REFUSED = {
    'certificate': (('--certificate', '/etc/ssl/nothing.pem'), 66,
                    '--certificate: /etc/ssl/nothing.pem is not there'),
    'key': (('--certificate-key', '/etc'), 66, '--certificate-key'),
    'port': (('--port', '70000'), 64, '--port is a number'),
    'host': (('--host', 'mail;'), 64, '--host is a name'),
    'auth': (('--auth', 'basic=/etc/shadow'), 78, 'chgrp www-data'),
    'ways': (('--auth', 'magic'), 64, '--auth is basic=FILE'),
    'database': (('--database', 'Um"ws'), 64, '--database has'),
    'no cluster': (('--cluster', '9.6/main'), 64, 'lists no cluster'),
    'both': (('--cluster', '9.6/main', '--dsn', 'host=x'), 64, 'one of them'),
    'web': (('--web', 'iis'), 64, '--web is nginx, apache or none'),
    'mail server': (('--smtp-url', 'gopher://x'), 78, 'is no setting'),
}


def spoil(host, what):
    """Do it; returns how to undo it."""
    if isinstance(what, dict):
        paths = [path.format(sysconf=host.sysconf, version=host.version)
                 for path in what]
        folders = []
        for path, text in zip(paths, what.values()):
            folder = host.at(path).parent
            while not folder.exists():
                folders.append(folder)
                folder = folder.parent
            host.at(path).parent.mkdir(parents=True, exist_ok=True)
            host.write(path, text)

        def remove():
            for path in paths:
                host.at(path).unlink()
            for folder in folders:
                folder.rmdir()
        return remove
    columns = host.sql(
        "SELECT string_agg(attname, ', ') FROM pg_attribute WHERE attnum > 2 "
        "AND attrelid = 'pg_settings'::regclass").strip()
    view = host.sql("SELECT pg_get_viewdef('pg_settings'::regclass)")
    clock = host.sql("SELECT pg_get_functiondef('clock_timestamp'::regproc)")
    for one in what:
        database, _, statement = one.partition(': ')
        host.sql(statement.format(columns=columns), database)

    def mend():
        host.sql('DROP DATABASE IF EXISTS umws')
        host.sql('SET allow_system_table_mods = on; CREATE OR REPLACE VIEW '
                 f'pg_catalog.pg_settings AS {view} ; {clock}')
    return mend


def refused(host, done, code, words):
    """One line that says it, below what the lower layers had to say."""
    said = [line for line in done.stderr.splitlines()
            if not re.match(r'<\d>', line)]
    assert done.returncode == code, (done.stdout, done.stderr)
    if words is not None:
        assert len(said) == 1 and words in said[0], done.stderr
    for line in done.stdout.splitlines():
        assert re.match(r'made: |taken back: ', line), done.stdout
    assert done.stdout.count('made') == 0 or 'taken back' in done.stdout


@pytest.mark.thin(3)
@pytest.mark.parametrize('name', SPOILED)
def test_what_is_not_ours_is_said_and_left(host, name):
    what, code, words = SPOILED[name]
    if name in ('host name', 'web server'):
        host.serve_web('nginx')
    mend = spoil(host, what)
    try:
        before = host.world(is_deep=False)
        if name in ('host name', 'web server'):
            # What runs is asked without a change, too.
            done = host.setup('--dry-run')
            assert done.returncode == code and words in done.stderr, done
        refused(host, host.setup(), code, words)
        assert host.world(is_deep=False) == before
    finally:
        mend()


def test_options_that_cannot_be(host):
    before = host.world(is_deep=False)
    for given, code, words in OPTIONS_REFUSED.values():
        refused(host, host.setup(*given, wishes=[
            wish for pair in zip(WISHES[::2], WISHES[1::2])
            for wish in pair if pair[0] not in given],
            web=None if '--web' in given else 'nginx'), code, words)
    for option in WISHES[::2]:
        at = WISHES.index(option)
        refused(host, host.setup(wishes=WISHES[:at] + WISHES[at + 2:]), 64,
                f'setup needs {option}')
    if host.at('/etc/apache2/sites-available').exists():
        refused(host, host.setup(web=None), 64, 'say which one by --web')
    assert host.world(is_deep=False) == before


def test_without_rights(host):
    before = host.world(is_deep=False)
    done = host.run('setpriv', '--reuid', 'nobody', 'umwsctl', 'setup',
                    ok=False)
    refused(host, done, 77, 'as root')
    path = f'/etc/postgresql/{host.cluster}/pg_hba.conf'
    hba = host.at(path).read_text()
    try:
        host.write(path, 'local all postgres reject\n' + hba, 0o640)
        host.run('pg_ctlcluster', *host.cluster.split('/'), 'reload')
        eventually(lambda: host.setup('--dry-run').returncode != 0)
        refused(host, host.setup(), 77, 'local all postgres peer')
    finally:
        host.write(path, hba, 0o640)
        host.run('pg_ctlcluster', *host.cluster.split('/'), 'reload')
    eventually(lambda: host.setup('--dry-run').returncode == 0)
    assert host.world(is_deep=False) == before


def test_keys_and_database_of_two_installations(host):
    conf = host.sysconf
    before = host.world()
    assert host.setup().returncode == 0
    record = host.state + '/setup.log'
    kept = host.at(record).read_text()
    saved = {name: host.at(f'{conf}/{name}').read_bytes()
             for name in ('pepper.key', 'mail.key', 'mail.pub')}

    def say(words, **files):
        """As if nothing were known of how it came to be."""
        host.at(record).unlink()
        for name, data in saved.items():
            data = files.get(name.replace('.', '_'), data)
            path = host.at(f'{conf}/{name}')
            if data is None:
                path.unlink(missing_ok=True)
            else:
                path.write_bytes(data)
        host.run('sh', '-c', f'cd {conf} && chmod -f 0640 pepper.key '
                 'mail.key; chgrp -f umws_worker pepper.key; '
                 'chgrp -f umws_mailer mail.key', ok=False)
        there = host.world(is_deep=False)
        refused(host, host.setup(), 78, words)
        assert host.world(is_deep=False) == there
        host.write(record, kept, 0o600)

    line = saved['mail.pub'].decode()
    say('are no pair of keys', mail_pub=line.replace(
        line[40], 'A' if line[40] != 'A' else 'B').encode())
    say("is another installation's", pepper_key=None, mail_key=None,
        mail_pub=None)
    host.sql("DELETE FROM umws.mail_key", 'umws')
    say('does not know the key')
    host.run('umwsctl', 'key', 'create', 'mail')
    # With its keys, and without a record, it is simply there.
    host.at(record).unlink()
    done = host.setup()
    assert done.returncode == 0, done.stderr
    assert lines(done) == ['all is there, and nothing was changed']
    host.write(record, kept, 0o600)
    assert host.setup('--undo', wishes=(), web=None).returncode == 0
    assert host.world() == before


@pytest.fixture
def used(host):
    """Set up, with a mailbox; and what it is afterwards."""
    host.serve_web('nginx')
    before = host.world()
    assert host.setup().returncode == 0
    host.run('umwsctl', 'user', 'add', 'alice', '--email',
             'alice@example.org')
    yield
    done = host.setup('--undo', '--delete-mailboxes', wishes=(), web=None)
    assert done.returncode == 0, done.stderr
    assert host.world() == before


def test_a_later_run_that_fails_takes_back_nothing_of_the_first(host, used):
    """It completes something, and then the web server refuses its files."""
    more = '/etc/nginx/conf.d/zz-more.conf'
    auth = host.at('/etc/nginx/snippets/umws-auth.conf')
    record = host.state + '/setup.log'
    kept = host.at(record).read_text()
    host.write(more, 'large_client_header_buffers 4 8k;\n')
    for missing in ('web.secret.nginx', 'mail.pub',
                    'umws.conf.d/10-setup.conf'):
        path = host.at(f'{host.sysconf}/{missing}')
        aside = path.rename(path.with_name('aside'))
        auth.unlink(missing_ok=True)
        there, dump = host.world()
        done = host.setup(wishes=(), web=None)
        assert done.returncode == 78, (missing, done.stderr)
        assert 'which are taken back' in done.stderr
        files, after = host.world()
        assert files | {record: there[record]} == there, missing
        assert after == dump
        assert not path.exists() and not auth.exists()
        aside.rename(path)
        host.write(record, kept, 0o600)
    path.unlink()
    host.at(more).unlink()
    done = host.setup(wishes=(), web=None)
    assert done.returncode == 0, done.stderr
    assert path.exists() and auth.exists()


def test_told_what_cannot_stand_in_a_file(host):
    before = host.world(is_deep=False)
    for option, value in (('--mail-from', 'a@b.example\nsmtp_tls = off'),
                          ('--smtp-url', 'smtp://x\r'),
                          ('--dsn', 'host=x\nuser=y')):
        for more in ((), ('--dry-run',)):
            refused(host, host.setup(option, value, *more, wishes=[
                wish for pair in zip(WISHES[::2], WISHES[1::2])
                for wish in pair if pair[0] != option]), 64,
                'has a line feed')
    assert host.world(is_deep=False) == before


def test_undo_keeps_what_is_of_others(host):
    """Tables in our database, a right of one role, and lines in files."""
    before = host.world()
    assert host.setup().returncode == 0
    host.sql('CREATE TABLE public.orders (id int);'
             'INSERT INTO public.orders VALUES (1)', 'umws')
    host.sql('CREATE TABLE public.calls (id int);'
             'GRANT SELECT ON public.calls TO umws_helpdesk')
    edited = [f'{host.sysconf}/umws.conf.d/10-setup.conf',
              '/etc/nginx/sites-available/umws', '/etc/cron.d/umws']
    for path in edited:
        with host.at(path).open('a') as file:
            file.write('# mine\n')
    done = host.setup('--undo', '--delete-mailboxes', wishes=(), web=None)
    assert done.returncode == 0, done.stderr
    kept = [line for line in lines(done) if line.startswith('kept: ')]
    assert sorted(kept) == sorted(
        ['kept: database umws, which has 1 tables of something else'] +
        ['kept: role umws_helpdesk, which something else in the cluster '
         'belongs to'] +
        [f'kept: {path}, which was changed since setup made it'
         for path in edited]), done.stdout
    for path in edited:
        assert host.at(path).read_text().endswith('# mine\n')
        host.at(path).unlink()
    for folder in (f'{host.sysconf}/umws.conf.d', host.sysconf):
        if folder not in before[0]:
            host.at(folder).rmdir()
    assert host.sql('SELECT count(*) FROM public.orders', 'umws') == '1\n'
    assert host.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'umws'",
                    'umws') == '0\n'
    host.sql('DROP DATABASE umws')
    host.sql('DROP TABLE public.calls; DROP ROLE umws_helpdesk')
    files, dump = host.world()
    assert files.items() ^ before[0].items() == set()
    assert dump == before[1]


@pytest.mark.parametrize('name', ('pg_hba.conf', 'pg_ident.conf'))
def test_files_of_the_cluster_lead_root_nowhere(host, name):
    """They are its owner's, who may make links of them."""
    before = host.world(is_deep=False)
    path = host.at(f'/etc/postgresql/{host.cluster}/{name}')
    aside = path.rename(path.with_name('aside'))
    host.write('/etc/ssl/private/secret', 'a secret\n', 0o600)
    try:
        path.symlink_to('/etc/ssl/private/secret')
        refused(host, host.setup(), 69, 'cannot be read by postgres')
        assert host.at('/etc/ssl/private/secret').read_text() == 'a secret\n'
    finally:
        host.at('/etc/ssl/private/secret').unlink()
        path.unlink()
        aside.rename(path)
    assert host.world(is_deep=False) == before


def test_two_at_once(host):
    """The second one is told, and the first one is not disturbed."""
    prefix = host.sysconf.removesuffix('/etc/umws') or '/usr'
    share = f'{prefix}/share/umws'
    first = host.start('flock', '-o', share, 'sleep', '60')
    try:
        eventually(lambda: host.setup('--dry-run').returncode == 75)
        refused(host, host.setup(), 75, 'is at work on this host')
    finally:
        host.servers.append(first)
        host.stop_servers()
    assert host.setup('--dry-run').returncode == 0


def test_port_that_another_program_has(host):
    host.serve_web('nginx')
    before = host.world()
    other = host.start('/usr/bin/python3', '-m', 'http.server', '-b',
                       '0.0.0.0', '443', stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: host.health() != '000' or host.run(
            'curl', '-s', 'http://127.0.0.1:443/', ok=False).stdout, 20)
        refused(host, host.setup(), 78, 'listens on port 443')
    finally:
        host.servers.append(other)
        host.stop_servers()
    assert host.world() == before


def test_a_database_on_another_host(host):
    """By TCP; its files and its logins are not touched."""
    before = host.world()
    path = f'/etc/postgresql/{host.cluster}/pg_hba.conf'
    hba = host.at(path).read_text()
    host.write(path, 'host all all 127.0.0.1/32 trust\n' + hba, 0o640)
    host.run('pg_ctlcluster', *host.cluster.split('/'), 'reload')
    there = host.world()
    dsn = 'host=127.0.0.1 user=postgres'
    try:
        for bad in ('postgresql://db/', dsn + ' dbname=umws',
                    dsn + ' password=secret', 'umws'):
            refused(host, host.setup('--dsn', bad), 64, '--dsn is like')
        done = host.setup('--dsn', dsn)
        assert done.returncode == 0, done.stderr
        assert not any('pg_hba' in line for line in lines(done))
        assert host.at(path).read_text().startswith('host all')
        assert 'user=umws_worker' in settings(host)
        host.run('umwsctl', 'user', 'add', 'alice', '--email', 'a@b.example')
        done = host.setup('--undo', '--delete-mailboxes', wishes=(), web=None)
        assert done.returncode == 0, done.stderr
        assert host.world() == there
    finally:
        host.write(path, hba, 0o640)
        host.run('pg_ctlcluster', *host.cluster.split('/'), 'reload')
    assert host.world() == before


@pytest.mark.skipif(not IS_LONG, reason='for --long')
def test_killed_at_any_moment_the_next_run_goes_on(host):
    seed = int(os.environ.get('UMWS_SEED') or time.time())
    print('UMWS_SEED', seed)
    chance = random.Random(seed)
    before = host.world()
    for _ in range(12):
        for _ in range(chance.randint(1, 4)):
            process = host.start('umwsctl', 'setup', *WISHES, '--web',
                                 'nginx', stdout=subprocess.DEVNULL,
                                 stdin=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 4))
            for child in subprocess.run(
                    ['pgrep', '-P', str(process.pid)], capture_output=True,
                    text=True).stdout.split():
                os.kill(int(child), signal.SIGKILL)
            process.wait()
        done = host.setup()
        assert done.returncode == 0, done.stderr
        done = host.setup()
        assert lines(done) == ['all is there, and nothing was changed']
        done = host.setup('--undo', wishes=(), web=None)
        assert done.returncode == 0, done.stderr
        assert host.world() == before
