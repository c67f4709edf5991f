"""The PHP peer: a pool of php-fpm and a database, inside of a stack."""
import glob
import os
import shutil
import signal

from umws_stack import postgres, process, programs
from umws_stack.accounts import account, caller, group_name
from umws_stack.layout import CHECKOUT, StackError

SOURCE = CHECKOUT / 'tests' / 'peers'
USERS = """
INSERT INTO umws.um_user (login, email, display_name, extension, policy_id)
SELECT 'user' || d, 'user' || d || '@example.test', 'User ' || d,
    (20000 + n)::text, p.id
FROM generate_series(1, :users) AS n,
    lpad(n::text, greatest(4, length(n::text)), '0') AS d, umws.policy p
WHERE p.name = 'default' ORDER BY n;
UPDATE umws.policy SET resets_per_hour = 1000, resets_per_day = 1000;
INSERT INTO umws.mail_key (id) VALUES (:'mail_key');
"""


def program():
    found = sorted(glob.glob('/usr/sbin/php-fpm*'))
    if not found:
        raise StackError('php-fpm is missing: tools/packages install bench',
                         code=69)
    return found[-1]


class Peer:
    """At most one pool at a time; size and variant are the caller's."""

    DATABASE = 'peer'

    def __init__(self, layout, kdf):
        self.layout = layout
        self.kdf = kdf
        self.size = 0
        self.folder = layout.home / 'peer'
        self.socket = layout.fcgi_socket.parent / 'peer.sock'

    def create(self, users):
        """Database, script and nginx's part; the pool comes later."""
        self.create_database(users)
        self.folder.mkdir(mode=0o755)
        shutil.copy(SOURCE / 'soap.php', self.folder)
        (self.folder / 'soap.php').chmod(0o644)
        self.serve()

    def create_database(self, users):
        layout = self.layout
        postgres.query(layout, f'CREATE DATABASE {self.DATABASE}', 'postgres')
        postgres.query(layout, 'CREATE ROLE peer LOGIN', 'postgres')
        dsn = layout.dsn('postgres').replace('dbname=umws',
                                             f'dbname={self.DATABASE}')
        programs.ctl(layout, 'db', 'upgrade', '--dsn', dsn, '--sql',
                     str(CHECKOUT / 'sql'))
        postgres.query(layout, (SOURCE / 'peer.sql').read_text(),
                       self.DATABASE)
        key_id = next(iter(layout.keys('mail.pub')))
        postgres.query(layout, USERS, self.DATABASE, users=users,
                       mail_key=key_id)
        with open(layout.home / 'data' / 'pg_ident.conf', 'a') as access:
            for name in sorted({account('worker').name, caller().name}):
                access.write(f'stack "{name}" peer\n')
        postgres.query(layout, 'SELECT pg_reload_conf()', 'postgres')

    def serve(self):
        """Let the stack's nginx know the peer."""
        web = self.layout.home / 'web'
        text = (SOURCE / 'nginx.conf').read_text()
        for name, value in (('web', web), ('socket', self.socket),
                            ('script', self.folder / 'soap.php')):
            text = text.replace(f'{{{name}}}', str(value))
        with open(web / 'umws.conf', 'a') as configuration:
            configuration.write(text)
        old = set(process.children(self.layout, 'web'))
        process.send([process.leader(self.layout, 'web')], signal.SIGHUP)
        # Those that leave take kept connections with them.
        process.wait_for(
            lambda: not old & set(process.children(self.layout, 'web')),
            self.layout, 'web', 'error')

    def start(self, size):
        """A pool of this many processes instead of the one there is."""
        if size == self.size:
            return
        self.stop()
        layout = self.layout
        worker, web = account('worker'), account('web')
        owner = (f'user = {worker.name}\ngroup = {group_name(worker.gid)}\n'
                 f'listen.owner = {worker.name}\n'
                 f'listen.group = {group_name(web.gid)}\n'
                 'listen.mode = 0660\n') if os.geteuid() == 0 else ''
        values = {'owner': owner, 'socket': self.socket, 'size': size,
                  'log': layout.log('peer'), 'kdf': self.kdf,
                  'keys': layout.home / 'keys',
                  'dsn': f'pgsql:host={layout.home}/pg;port=5432;'
                         f'dbname={self.DATABASE};user=peer'}
        text = (SOURCE / 'php-fpm.conf').read_text()
        for name, value in values.items():
            text = text.replace(f'{{{name}}}', str(value))
        path = self.folder / 'php-fpm.conf'
        path.write_text(text)
        layout.log('peer').touch()
        worker.own(layout.log('peer'), 0o644)
        process.start(layout, 'peer', [program(), '-F', '-y', path],
                      caller(), 'peer')
        process.wait_for(self.is_ready, layout, 'peer', 'peer')
        self.size = size

    def is_ready(self):
        return (self.socket.exists()
                and len(process.children(self.layout, 'peer')) > 0)

    def stop(self):
        if self.size:
            process.stop(self.layout, 'peer')
            self.size = 0
