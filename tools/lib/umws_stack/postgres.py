"""A private PostgreSQL: durable as by default, on a Unix socket only.

Peer authentication, as on a Debian host: the users that run worker and
mailer get their own role and no other; whoever called may take any.
"""
import pathlib
import re
import shutil
import signal
import subprocess

from . import process, ramdisk, template
from .accounts import account, caller
from .layout import DATABASE, OWNER, PG_PORT, StackError

ROLES = (OWNER, 'umws_worker', 'umws_mailer', 'umws_admin', 'umws_helpdesk')


def program(name):
    """A program of the newest PostgreSQL server installed."""
    def version(path):
        return int(re.sub(r'\D', '', path.parts[4]) or 0)

    found = pathlib.Path('/usr/lib/postgresql').glob(f'*/bin/{name}')
    newest = max(found, key=version, default=shutil.which(name))
    if newest is None:
        raise StackError(f'{name} is missing: tools/packages install',
                         code=69)
    return str(newest)


def create(layout, workers, is_copy=False):
    """initdb or a copy of the template, access rules and settings."""
    data = layout.home / 'data'
    sockets = layout.home / 'pg'
    make_folders(data, sockets)
    if is_copy:
        template.copy(layout, data)
    else:
        init(layout, data)
    write_settings(data, sockets, workers)
    write_access(layout, data)


def init(layout, data):
    small = []
    if layout.options.get('pg_tmpfs'):
        ramdisk.mount(data, layout.options['pg_tmpfs'], account('postgres'))
        small = ['--wal-segsize=1']     # so that it needs more soon
    run_once(layout, 'postgres', 'initdb', '-D', data, '-U', OWNER,
             '-E', 'UTF8', '--locale=C.UTF-8', '--auth=peer',
             '--no-instructions', '--no-sync', *small)


def make_folders(data, sockets):
    for path, mode in ((data, 0o700), (sockets, 0o755)):
        path.mkdir()
        account('postgres').own(path, mode)


def run_once(layout, log, name, *argv):
    """One of PostgreSQL's programs, as its user, until it ends."""
    with open(layout.log(log), 'ab') as output:
        failed = subprocess.call(
            [program(name), *argv], stdin=subprocess.DEVNULL, stdout=output,
            stderr=output, cwd='/', env=process.clean_environment(),
            umask=0o077, **account('postgres').popen())
    if failed:
        raise StackError(f'{name} failed', layout.log(log))


def write_settings(data, sockets, workers):
    """fsync, synchronous_commit and the like stay as PostgreSQL has them."""
    settings = f"""
{template.MARK}
listen_addresses = ''
unix_socket_directories = '{sockets}'
port = {PG_PORT}
max_connections = {workers + 150}
log_line_prefix = '%m [%p] %u '
timezone = 'UTC'
log_timezone = 'UTC'
# What a recovery and a new standby begin with: one sync of the disk instead of
# one of each of a thousand files, which takes longer than anybody waits beside
# others that write.
recovery_init_sync_method = syncfs
# In a file instead of /dev/shm, so that nothing outlives a killed server.
dynamic_shared_memory_type = mmap
"""
    with open(data / 'postgresql.conf', 'a') as output:
        output.write(settings)


def write_access(layout, data):
    (data / 'pg_hba.conf').write_text(
        'local all all peer map=stack\n'
        'local replication all peer map=stack\n')
    allowed = {(caller().name, role) for role in ROLES}
    allowed |= {(account('postgres').name, role) for role in ROLES}
    allowed.add((account(layout.worker_part).name, 'umws_worker'))
    allowed.add((account('mailer').name, 'umws_mailer'))
    (data / 'pg_ident.conf').write_text(''.join(
        f'stack "{user}" {role}\n' for user, role in sorted(allowed)))


def start(layout, name='pg', data='data', log='postgres'):
    """Start a server; its sockets lie in the folder of its name."""
    process.start(layout, name,
                  [program('postgres'), '-D', layout.home / data],
                  account('postgres'), log)
    process.wait_for(lambda: is_ready(layout, name, data),
                     layout, name, log, 60)


def is_ready(layout, name, data):
    """Does it take connections? It says so in its file, as pg_ctl has it;
    pg_isready would be a program to start each time."""
    try:
        lines = (layout.home / data / 'postmaster.pid').read_text().split('\n')
    except OSError:
        return False
    return (len(lines) > 7 and lines[7].strip() == 'ready'
            and lines[0] == str(process.leader(layout, name)))


def stop(layout, how='fast', name='pg'):
    numbers = {'fast': signal.SIGINT, 'immediate': signal.SIGQUIT}
    if how not in numbers:
        raise StackError(f'stop: "{how}" is neither fast nor immediate',
                         code=64)
    process.stop(layout, name, numbers[how])


def freeze(layout, name='pg'):
    """Stop the whole server dead, the way a hung host looks."""
    process.send(process.members(layout, name), signal.SIGSTOP)


def thaw(layout, name='pg'):
    process.send(process.members(layout, name), signal.SIGCONT)


def query(layout, sql, database=DATABASE, role=OWNER, **variables):
    """Run SQL, as the owner; rows come as text, fields apart by tabs."""
    argv = [program('psql'), '-XqAt', '-F', '\t', '-v', 'ON_ERROR_STOP=1',
            '-d', f'host={layout.pg_hosts} port={PG_PORT} user={role}'
                  f' dbname={database} connect_timeout=5'
                  + layout.pg_attributes]
    for name, value in variables.items():
        argv += ['-v', f'{name}={value}']
    done = subprocess.run(argv, input=sql, text=True, capture_output=True,
                          env=process.clean_environment())
    if done.returncode != 0:
        raise StackError(done.stderr.strip() or 'psql failed', code=69)
    return done.stdout.rstrip('\n')
