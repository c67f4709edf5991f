"""The PHP peer: a pool of php-fpm and a database, inside of a stack.

The stack ends the pool with its own daemons.
"""
import glob
import shutil
import subprocess

from umws_stack import postgres, process, web
from umws_stack.accounts import account, caller, group_name
from umws_stack.layout import CHECKOUT, OWNER, replaced

SOURCE = CHECKOUT / 'tests' / 'peers'


def program():
    return sorted(glob.glob('/usr/sbin/php-fpm*'))[-1]


class Peer:
    """At most one pool at a time; size and way are the caller's."""

    DATABASE = 'peer'

    def __init__(self, layout, kdf):
        """Database, script and nginx's part; the pool comes later."""
        self.layout = layout
        self.kdf = kdf
        self.size = 0
        self.folder = layout.home / 'peer'
        self.socket = layout.fcgi_socket.parent / 'peer.sock'
        self.create_database()
        self.folder.mkdir(mode=0o755)
        shutil.copy(SOURCE / 'soap.php', self.folder)
        (self.folder / 'soap.php').chmod(0o644)
        with open(layout.home / 'web' / 'umws.conf', 'a') as configuration:
            configuration.write(replaced(SOURCE / 'nginx.conf', {
                '{web}': layout.home / 'web', '{socket}': self.socket,
                '{script}': self.folder / 'soap.php'}))
        process.stop(layout, 'web')
        web.start(layout)

    def create_database(self):
        """A copy of the stack's own, with what it holds so far."""
        layout = self.layout
        postgres.query(layout, f'CREATE DATABASE {self.DATABASE}', 'postgres')
        postgres.query(layout, 'CREATE ROLE peer LOGIN', 'postgres')
        dump = subprocess.run(
            [postgres.program('pg_dump'), '-d', layout.dsn(OWNER)],
            text=True, check=True, stdout=subprocess.PIPE).stdout
        postgres.query(layout, dump + (SOURCE / 'peer.sql').read_text(),
                       self.DATABASE)
        with open(layout.home / 'data' / 'pg_ident.conf', 'a') as access:
            access.write(f'stack "{account("worker").name}" peer\n')
        postgres.query(layout, 'SELECT pg_reload_conf()', 'postgres')

    def start(self, size):
        """A pool of this many processes instead of the one there is."""
        if size == self.size:
            return
        process.stop(self.layout, 'peer')
        layout, worker = self.layout, account('worker')
        path, log = self.folder / 'php-fpm.conf', layout.log('peer')
        path.write_text(replaced(SOURCE / 'php-fpm.conf', {
            '{user}': worker.name, '{group}': group_name(worker.gid),
            '{web}': group_name(account('web').gid),
            '{socket}': self.socket, '{size}': size, '{log}': log,
            '{home}': layout.home, '{database}': self.DATABASE,
            '{kdf}': self.kdf}))
        log.touch()
        worker.own(log, 0o644)
        process.start(layout, 'peer', [program(), '-F', '-y', path],
                      caller(), 'peer')
        process.wait_for(self.is_ready, layout, 'peer', 'peer')
        self.size = size

    def is_ready(self):
        return (self.socket.exists()
                and len(process.children(self.layout, 'peer')) > 0)
