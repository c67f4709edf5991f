"""Where a stack lies, what it remembers, and how it reports a failure."""
import json
import os
import pathlib
import shutil
import tempfile

CHECKOUT = pathlib.Path(__file__).resolve().parents[3]
DATABASE = 'umws'
OWNER = 'postgres'
PG_PORT = 5432          # only part of a socket's name, so it never clashes
CLUSTER_HOSTS = '10.77.2.1,10.77.2.2,10.77.2.3'


class StackError(Exception):
    """Something went wrong: a sentence, perhaps a log, an exit code."""

    def __init__(self, sentence, log=None, code=1):
        super().__init__(sentence)
        self.log = log
        self.code = code


class Layout:
    """The folder people name (DIR) and the private one behind it (home).

    Data, sockets and copies of the programs are in home, below /tmp unless
    told otherwise, so that socket paths stay short and unprivileged users get
    there even when DIR or the checkout lies in root's own folder. DIR has
    links into home.
    """

    LINKS = ('umws.conf', 'keys', 'log', 'mail')

    def __init__(self, directory):
        self.dir = pathlib.Path(os.path.abspath(directory))
        self.memory = self.dir / 'stack.json'
        self.home = None
        self.options = {}
        self.namespace = None   # of the network, if not the caller's
        if self.memory.exists():
            known = json.loads(self.memory.read_text())
            self.options = known['options']
            if known['home']:
                self.home = pathlib.Path(known['home'])

    @property
    def is_up(self):
        return self.home is not None and self.home.exists()

    def create(self, options, where='/tmp'):
        """Make DIR, and home below where; DIR must be empty or left by a
        stack."""
        if self.is_up:
            raise StackError(f'{self.dir}: a stack is up here already;'
                             f' first: tools/stack down {self.dir}')
        if (self.dir.exists() and any(self.dir.iterdir())
                and not self.memory.exists()):
            raise StackError(f'{self.dir}: neither empty nor a stack\'s')
        self.dir.mkdir(parents=True, exist_ok=True)
        self.remove_remains()
        self.home = pathlib.Path(tempfile.mkdtemp(prefix='umws-', dir=where))
        self.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.options = options
        for name in ('bin', 'keys', 'log', 'run', 'wrap'):
            (self.home / name).mkdir(mode=0o755)
        self.remember()
        for name in self.LINKS:
            (self.dir / name).symlink_to(self.home / name)

    def remember(self):
        text = json.dumps({'home': str(self.home) if self.home else None,
                           'options': self.options}, indent=1)
        self.memory.write_text(text + '\n')

    def remove_remains(self):
        """Take out of DIR what an earlier stack has left there."""
        for name in (*self.LINKS, 'env', 'stack.json'):
            remove_tree(self.dir / name)

    def retire(self, keep):
        """Remove home; keep logs and mails in DIR if asked to."""
        for name in (*self.LINKS, 'env'):
            remove_tree(self.dir / name)
        for name in ('log', 'mail'):
            source = self.home / name
            if keep and source.exists():
                copy_files(source, self.dir / name)
        remove_tree(self.home)
        self.home = None
        if keep:
            self.remember()
        else:
            self.memory.unlink(missing_ok=True)

    def log(self, name):
        return self.home / 'log' / f'{name}.log'

    @property
    def fcgi_socket(self):
        return self.home / 'fcgi' / 'fcgi.sock'

    @property
    def config(self):
        return self.home / 'umws.conf'

    @property
    def has_no_worker(self):
        return self.options.get('server') == 'cgi'

    @property
    def worker_part(self):
        """Whose account umws-fcgi has: a CGI program has its server's."""
        return 'web' if self.has_no_worker else 'worker'

    @property
    def pg_hosts(self):
        """PostgreSQL's hosts for a conninfo: folders of sockets, or those
        of the cluster."""
        if self.options.get('cluster'):
            return CLUSTER_HOSTS
        names = ['pg', 'standby'] if self.options.get('standby') else ['pg']
        return ','.join(f'{self.home}/{name}' for name in names)

    @property
    def pg_attributes(self):
        """Which of several hosts is meant: the one that takes writes."""
        return (' target_session_attrs=read-write'
                if self.options.get('standby') or self.options.get('cluster')
                else '')

    def dsn(self, role):
        """Straight to PostgreSQL."""
        return (f'host={self.pg_hosts} port={PG_PORT} dbname={DATABASE}'
                f' user={role}{self.pg_attributes}')

    def service_dsn(self, role):
        """As worker and mailer get there: through PgBouncer if there is
        one."""
        if self.options.get('cluster'):
            from . import clusterhosts
            return (f'{clusterhosts.way_of(self)} dbname={DATABASE}'
                    f' user={role}')
        if not self.options.get('pgbouncer'):
            return self.dsn(role)
        return (f'host={self.home}/pgbouncer port={PG_PORT}'
                f' dbname={DATABASE} user={role}')

    def keys(self, name):
        """The keys of a key file, {id: base64}; the current one first."""
        text = (self.home / 'keys' / name).read_text()
        lines = [line for line in text.splitlines()
                 if line and not line.startswith('#')]
        return dict(line.split(':', 1) for line in lines)


def replaced(path, changes):
    """The text of a file of the tree with other paths in it."""
    text = path.read_text()
    for old, new in changes.items():
        if old not in text:
            raise StackError(f'{path.name} no longer has "{old}"')
        text = text.replace(old, str(new))
    return text


def remove_tree(path):
    """Remove a file, a link or a whole folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def copy_files(source, target):
    target.mkdir(exist_ok=True)
    for child in source.iterdir():
        if child.is_file():
            (target / child.name).write_bytes(child.read_bytes())


def write_env(layout, values):
    """Write DIR/env, for `. DIR/env` in any shell."""
    lines = []
    for name, value in values.items():
        quoted = str(value).replace("'", "'\\''")
        lines.append(f"export {name}='{quoted}'\n")
    (layout.dir / 'env').write_text(''.join(lines))


def read_env(layout):
    """DIR/env again, as a dictionary."""
    values = {}
    for line in (layout.dir / 'env').read_text().splitlines():
        name, quoted = line.removeprefix('export ').split('=', 1)
        values[name] = quoted[1:-1].replace("'\\''", "'")
    return values
