"""Several hosts in the conninfo, and which of them is asked.

The stack has a primary and a synchronous standby, A and B. In the middle of
this module B is promoted behind A's back, as behind a cut network: from then
on A is the orphaned old leader that lets everybody in, reads, and hangs every
commit for a standby that is gone.
"""
import contextlib
import pathlib
import re
import socket
import subprocess
import threading
import time

import psycopg2
import pytest

from harness import CHEAP, TREE, account_of, eventually, pin_of, run
from soap import call, health, reset

REQUEST = 4
OPTIONS = CHEAP + ('--limits', 'off', '--workers', '1', '--standby',
                   '--conf', 'statement_timeout=1s',
                   '--conf', 'connect_timeout=2s',
                   '--conf', f'request_timeout={REQUEST}s')


def host(stack, index):
    return stack.env['PGHOST'].split(',')[index]


@contextlib.contextmanager
def at(stack, index):
    """A connection to A (0) or B (1) alone, that waits for no standby."""
    link = psycopg2.connect(
        host=host(stack, index), port=stack.env['PGPORT'],
        dbname=stack.env['PGDATABASE'], user=stack.env['PGUSER'],
        options='-c synchronous_commit=local')
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


def generation(stack, index, login):
    with at(stack, index) as cursor:
        cursor.execute('SELECT generation FROM umws.um_user WHERE login = %s',
                       (login,))
        return cursor.fetchone()[0]


def test_the_host_that_hung_is_asked_again(stack, user):
    """B takes no writes, so A is next, however little it was worth."""
    reset(stack, user)
    stack.do('pg', 'freeze')
    try:
        assert call(stack, user).status == 500
    finally:
        stack.do('pg', 'thaw')
    assert call(stack, user).status == 200
    assert health(stack) == 200


@pytest.mark.parametrize('words', [
    ('user', 'add', 'onstandby', '--email', 'a@example.test'),
    ('user', 'import', '-'), ('policy', 'set', 'p', 'MinPINLength=8')])
def test_umwsctl_on_a_standby(stack, words):
    """It reads there, and says why it does not write."""
    conf = pathlib.Path(stack.env['UMWS_CONF'])
    path = conf.with_name('standby.conf')
    path.write_text(re.sub(
        r'(?m)^database_admin.*', 'database_admin = user=umws_admin'
        f" host={host(stack, 1)} port={stack.env['PGPORT']}"
        f" dbname={stack.env['PGDATABASE']}", conf.read_text()))
    ctl = [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config', path]
    done = run(*ctl, 'policy', 'show', 'default')
    assert done.returncode == 0, done.stderr
    done = run(*ctl, *words, text='login,email\nonstandby,a@example.test\n')
    assert done.returncode == 75
    assert 'takes no writes' in done.stderr
    assert 'primary' in done.stderr and 'is away' not in done.stderr


def test_db_upgrade_on_a_standby(stack):
    done = run(f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
               stack.env['UMWS_CONF'], 'db', 'upgrade', '--sql', TREE / 'sql',
               '--dsn', f"host={host(stack, 1)} port={stack.env['PGPORT']}"
               f" dbname={stack.env['PGDATABASE']}"
               f" user={stack.env['PGUSER']}")
    assert done.returncode == 75
    assert 'takes no writes' in done.stderr


@contextlib.contextmanager
def late_server(stack):
    """A way to the SMTP server that opens when it is told to; its port."""
    is_open = threading.Event()
    listener = socket.create_server(('127.0.0.1', 0))

    def pump(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                is_open.wait()
                far = socket.create_connection(
                    ('127.0.0.1', int(stack.env['UMWS_SMTP_PORT'])))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=pump, args=pair,
                                     daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], is_open
    finally:
        listener.close()


def test_a_begin_that_hangs_through_a_failover(stack, user):
    """Its answer is lost, nothing was sent: the mail waits for as long as
    the failover lasts, and not for the lease of a mail under way."""
    stack.mailer()
    reset(stack, user)
    conf = pathlib.Path(stack.env['UMWS_CONF'])
    with late_server(stack) as (port, is_open):
        late = conf.with_name('late.conf')
        late.write_text(re.sub(r'(?m)^smtp_url.*',
                               f'smtp_url = smtp://127.0.0.1:{port}',
                               conf.read_text()))
        mailer = subprocess.Popen(
            [stack.env['UMWS_MAILER'], '--config', str(late)], text=True,
            stderr=subprocess.PIPE)
        eventually(lambda: stack.value(
            'SELECT count(*) FROM umws.outbox'
            ' WHERE lease_token IS NOT NULL') == 1)
        stack.do('standby', 'freeze')
        try:
            is_open.set()
            eventually(lambda: in_commit(stack))
            time.sleep(25)      # of the 22 to 40 that a failover takes
            assert mailer.poll() is None
        finally:
            stack.do('standby', 'thaw')
            said = mailer.communicate(timeout=60)[1]
    assert mailer.returncode == 0, said
    (row,) = stack.outbox(user)
    assert (row['state'], row['attempts']) == ('sent', 1)
    (mail,) = stack.mail_files(user)
    assert stack.is_pin(user, pin_of(mail))


def in_commit(stack):
    return stack.value("SELECT count(*) FROM pg_stat_activity WHERE usename ="
                       " 'umws_mailer' AND wait_event = 'SyncRep'") == 1


def test_an_old_leader_that_hangs_every_commit(stack, user):
    """From here on B is the leader and A does not know it."""
    reset(stack, user)
    with at(stack, 1) as cursor:
        cursor.execute('SELECT pg_promote()')
    begin = time.monotonic()
    first = call(stack, user)
    assert time.monotonic() - begin < REQUEST + 2
    second = call(stack, user)
    assert second.status == 200, second.body
    assert second.seconds < REQUEST
    granted = 2 + (first.status == 200)
    assert generation(stack, 1, user) == granted
    assert health(stack) == 200
    # To the mailer the old leader shows a queue of yesterday.
    done = run(stack.env['UMWS_MAILER'])
    assert done.returncode == 0, done.stderr
    with at(stack, 1) as cursor:
        cursor.execute('SELECT state, attempts FROM umws.outbox o JOIN'
                       ' umws.um_user u ON u.id = o.user_id WHERE login = %s'
                       ' ORDER BY o.generation DESC', (user,))
        assert cursor.fetchone() == ('sent', 1)


def hba_rejects(stack):
    """A's pg_hba.conf has no line for anybody but the owner."""
    path = data_of(stack) / 'pg_hba.conf'
    kept = path.read_text()
    path.write_text('local all umws_worker,umws_mailer reject\n' + kept)
    reload_settings(stack)
    yield '28000'
    path.write_text(kept)
    reload_settings(stack)


def data_of(stack):
    return pathlib.Path(host(stack, 0)).parent / 'data'


def reload_settings(stack):
    with at(stack, 0) as cursor:
        cursor.execute('SELECT pg_reload_conf()')
    time.sleep(0.3)


def no_slots(stack):
    with at(stack, 0) as cursor:
        cursor.execute('ALTER ROLE umws_worker CONNECTION LIMIT 0')
        cursor.execute('ALTER ROLE umws_mailer CONNECTION LIMIT 0')
    yield '53300'
    with at(stack, 0) as cursor:
        cursor.execute('ALTER ROLE umws_worker CONNECTION LIMIT -1')
        cursor.execute('ALTER ROLE umws_mailer CONNECTION LIMIT -1')


def no_database(stack):
    def rename(old, new):
        link = psycopg2.connect(host=host(stack, 0), dbname='postgres',
                                port=stack.env['PGPORT'],
                                user=stack.env['PGUSER'],
                                options='-c synchronous_commit=local')
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute('SELECT pg_terminate_backend(pid) FROM'
                           ' pg_stat_activity WHERE datname = %s', (old,))
            cursor.execute(f'ALTER DATABASE {old} RENAME TO {new}')
        link.close()

    if stack.owner is not None:
        stack.owner.close()
    name = stack.env['PGDATABASE']
    rename(name, 'elsewhere')
    yield '3D000'
    rename('elsewhere', name)


@pytest.mark.parametrize('refusal', [hba_rejects, no_slots, no_database])
def test_a_host_that_refuses_does_not_end_the_search(stack, user, refusal):
    """Whatever its reason is, it is its own: the next host is asked."""
    for _ in refusal(stack):
        stack.do('worker', 'restart')
        before = generation(stack, 1, user)
        assert call(stack, user).status == 200
        assert generation(stack, 1, user) == before + 1
        done = run(stack.env['UMWS_MAILER'])
        assert done.returncode == 0, done.stderr
        assert 'database-away' not in done.stderr
    mails = stack.mail_files(user)
    assert len(mails) == 1


def test_a_limit_on_descriptors(stack, user):
    """accept() fails: the child says so once, does not spin, and goes on."""
    (child,) = stack.children()
    used = {int(path.name)
            for path in pathlib.Path(f'/proc/{child}/fd').iterdir()}
    free = min(set(range(len(used) + 1)) - used)
    prlimit(child, f'{free}:')
    with load_of(stack, user) as answers:
        time.sleep(2)
        spent = cpu_of(child)
        time.sleep(2)
        assert cpu_of(child) - spent < 0.3
        prlimit(child, '1024:')
        assert answers().status == 200
    lines = [line for line in stack.log('worker').splitlines()
             if ': accept ' in line]
    assert 1 <= len(lines) <= 2 and 'LimitNOFILE' in lines[0]


def prlimit(pid, value):
    """As its own user: root may lack the right in a container."""
    subprocess.run(['prlimit', '--pid', str(pid), f'--nofile={value}'],
                   check=True, **account_of(pid))


def cpu_of(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / 100


@contextlib.contextmanager
def load_of(stack, user):
    """One request in the background; a call waits for its answer."""
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(call, stack, user)
        yield lambda: answer.result(20)
