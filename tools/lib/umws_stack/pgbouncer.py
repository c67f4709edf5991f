"""PgBouncer in transaction mode between the programs and PostgreSQL.

It has fewer connections than there are workers, so that they really share
them: whatever one left behind in a session would hurt the next one.
"""
import pathlib
import signal
import subprocess

from . import postgres, process
from .accounts import account
from .layout import DATABASE, PG_PORT, StackError

NAME = 'pgbouncer'
PROGRAM = pathlib.Path('/usr/sbin/pgbouncer')
# The three times are what umws wants of a pooler: it has deadlines of its
# own, and a database that is back should be found at once.
SETTINGS = """\
[databases]
{database} = host={server}

[pgbouncer]
listen_addr = {address}
listen_port = {port}
unix_socket_dir = {home}/pgbouncer
auth_type = trust
auth_file = {home}/pgbouncer/users
pool_mode = transaction
max_client_conn = 1000
default_pool_size = {size}
server_login_retry = 1
server_connect_timeout = 2
query_wait_timeout = 5
"""


def create(layout, workers, server=None, address=''):
    """Before our own PostgreSQL, or another one; and listen there, too."""
    if not PROGRAM.exists():
        raise StackError('pgbouncer is missing: tools/packages install',
                         code=69)
    folder = layout.home / NAME
    folder.mkdir()
    # Nobody who does not know the name of home comes to the socket.
    account('postgres').own(folder, 0o755)
    (folder / 'pgbouncer.ini').write_text(SETTINGS.format(
        database=DATABASE, home=layout.home, port=PG_PORT, address=address,
        server=server or f'{layout.home}/pg port={PG_PORT}',
        size=max(2, workers // 2)))
    (folder / 'users').write_text(''.join(
        f'"{role}" ""\n' for role in ('umws_worker', 'umws_mailer')))
    start(layout)


def start(layout):
    process.start(layout, NAME,
                  [PROGRAM, layout.home / NAME / 'pgbouncer.ini'],
                  account('postgres'), NAME)
    ready = [postgres.program('pg_isready'), '-q', '-h',
             str(layout.home / NAME), '-p', str(PG_PORT)]
    process.wait_for(lambda: subprocess.call(ready) == 0, layout, NAME, NAME,
                     60)


def stop(layout):
    """At once, whatever its clients are about.

    As of 1.23 it waits for them after a SIGTERM. Before that it knew no
    SIGQUIT, which ends it all the same.
    """
    process.stop(layout, NAME, signal.SIGQUIT)
