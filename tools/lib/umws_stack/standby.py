"""A synchronous standby beside the primary: what is acknowledged is on both.

Both are named in every conninfo, with target_session_attrs=read-write, so
that the programs find whichever of them takes writes.
"""
import subprocess

from . import postgres, process
from .layout import OWNER, PG_PORT

NAME = 'standby'
DATA = 'standby-data'
IS_SYNC = """
SELECT count(*) FROM pg_stat_replication
WHERE application_name = 'standby' AND sync_state = 'sync'
"""


def create(layout):
    """Copy the primary, follow it, and make it wait for us from now on."""
    data = layout.home / DATA
    postgres.make_folders(data, layout.home / NAME)
    primary = f'host={layout.home}/pg port={PG_PORT} user={OWNER}'
    postgres.run_once(layout, NAME, 'pg_basebackup', '-D', data,
                      '-d', primary, '-X', 'stream', '-c', 'fast',
                      '--no-sync')
    with open(data / 'postgresql.conf', 'a') as output:
        output.write(f"""
unix_socket_directories = '{layout.home / NAME}'
primary_conninfo = '{primary} application_name={NAME}'
wal_retrieve_retry_interval = 500ms
""")
    (data / 'standby.signal').touch()
    start(layout)
    postgres.query(layout, "ALTER SYSTEM SET synchronous_standby_names ="
                   f" '{NAME}'")
    postgres.query(layout, 'SELECT pg_reload_conf()')
    process.wait_for(lambda: postgres.query(layout, IS_SYNC) == '1',
                     layout, NAME, NAME, 40)


def start(layout):
    postgres.start(layout, NAME, DATA, NAME)


def promote(layout):
    """The primary dies without a word; the standby takes its place."""
    postgres.stop(layout, 'immediate')
    subprocess.run(
        [postgres.program('psql'), '-Xq', '-v', 'ON_ERROR_STOP=1', '-d',
         f'host={layout.home / NAME} port={PG_PORT} user={OWNER}'
         ' dbname=postgres', '-c', 'SELECT pg_promote()'],
        check=True, stdout=subprocess.DEVNULL,
        env=process.clean_environment())
