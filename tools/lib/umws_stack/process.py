"""Start a daemon, know it again later, and end it, by its pid.

Each daemon is the leader of a session of its own. Beside its pid its start
time is kept: a number that now belongs to somebody else is never signalled.
All starts are kept, so that what a killed daemon left behind is found too.
"""
import os
import pathlib
import signal
import subprocess
import time

from . import netns
from .accounts import caller
from .layout import StackError

DAEMONS = ('asterisk', 'mailer', 'worker', 'peer', 'web', 'sink',
           'pgbouncer', 'haproxy', 'patroni', 'etcd', 'standby', 'pg')


def clean_environment():
    """The caller's environment without what would mislead a program."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(('PG', 'UMWS_'))}
    kept['PATH'] = kept.get('PATH', '/usr/bin:/bin') + ':/usr/sbin:/sbin'
    return kept


def stat_fields(pid):
    """State, parent, session and start time of a process, or None."""
    try:
        text = pathlib.Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return None
    fields = text.rpartition(')')[2].split()
    if fields[0] in 'ZX':
        return None
    return {'parent': int(fields[1]), 'session': int(fields[3]),
            'start': fields[19]}


def every_process():
    for entry in os.listdir('/proc'):
        if entry.isdigit():
            fields = stat_fields(entry)
            if fields is not None:
                yield int(entry), fields


def pid_file(layout, name):
    return layout.home / 'run' / f'{name}.pid'


def start(layout, name, argv, account, log):
    """Run argv as a daemon; its output goes to a log file."""
    if leader(layout, name) is not None:
        raise StackError(f'{name} is running already')
    # A shell has what it runs in the background ignore these, and daemons
    # are ended by them.
    for number in (signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    if layout.namespace is not None:
        argv = [*netns.prefix(layout.namespace, account), *argv]
        account = caller()
    with open(layout.log(log), 'ab') as output:
        child = subprocess.Popen(
            [str(part) for part in argv], stdin=subprocess.DEVNULL,
            stdout=output, stderr=output, cwd='/', umask=0o022,
            env=clean_environment(), start_new_session=True,
            **account.popen())
    fields = stat_fields(child.pid)
    born = fields['start'] if fields else 'gone'
    pid_file(layout, name).write_text(f'{child.pid}\n')
    with open(pid_file(layout, name).with_suffix('.starts'), 'a') as starts:
        starts.write(f'{child.pid} {born}\n')


def recorded(layout, name):
    """Pid and start time of every start so far, the last one last."""
    path = pid_file(layout, name).with_suffix('.starts')
    if not path.exists():
        return []
    lines = [line.split() for line in path.read_text().splitlines()]
    return [(int(pid), born) for pid, born in lines]


def leader(layout, name):
    """The daemon's pid while it lives, or None."""
    for pid, born in recorded(layout, name)[-1:]:
        fields = stat_fields(pid)
        if fields and fields['start'] == born:
            return pid
    return None


def members(layout, *names):
    """Every living process of the daemons: their sessions and children.

    A session keeps its leader's pid from being used again, so members
    whose leader has died are still known. PostgreSQL's processes have
    sessions of their own and are found as children.
    """
    known = set()
    for name in names:
        for pid, born in recorded(layout, name):
            fields = stat_fields(pid)
            if fields is None or fields['start'] == born:
                known.add(pid)
    if not known:
        return []
    return [pid for pid, fields in every_process()
            if known & {pid, fields['session'], fields['parent']}]


def children(layout, name):
    """The pids of the daemon's own children, oldest first."""
    parent = leader(layout, name)
    found = [(int(fields['start']), pid) for pid, fields in every_process()
             if parent and fields['parent'] == parent]
    return [pid for _, pid in sorted(found)]


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def wait_gone(layout, names, seconds):
    """Wait until nothing is left of the daemons; say whether it is so."""
    deadline = time.monotonic() + seconds
    while members(layout, *names):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def stop(layout, name, number=signal.SIGTERM, seconds=40):
    """Ask the daemon to end and wait; nothing to stop is no error."""
    pid = leader(layout, name)
    send([pid] if pid else members(layout, name), number)
    if not wait_gone(layout, [name], seconds):
        raise StackError(f'{name} does not end', layout.log('worker')
                         if name == 'worker' else None)


def stop_everything(layout):
    """End all daemons, kindly first, frozen ones too."""
    kind = {'pg': signal.SIGQUIT, 'standby': signal.SIGQUIT,
            'pgbouncer': signal.SIGQUIT, 'mailer': signal.SIGKILL}
    for name in DAEMONS:
        found = members(layout, name)
        send(found, signal.SIGCONT)
        pid = leader(layout, name)
        asked = found if name == 'mailer' or pid is None else [pid]
        send(asked, kind.get(name, signal.SIGTERM))
    if wait_gone(layout, DAEMONS, 3):
        return
    for name in DAEMONS:
        send(members(layout, name), signal.SIGKILL)
    if not wait_gone(layout, DAEMONS, 5):
        raise StackError('some processes do not end: ' + ' '.join(
            str(pid) for name in DAEMONS for pid in members(layout, name)))


def wait_for(check, layout, name, log, seconds=10):
    """Poll check() until it holds; a daemon that dies meanwhile failed."""
    deadline = time.monotonic() + seconds
    while not check():
        if leader(layout, name) is None:
            raise StackError(f'{name} did not start', layout.log(log))
        if time.monotonic() > deadline:
            raise StackError(f'{name} is not ready after {seconds} s',
                             layout.log(log))
        time.sleep(0.02)
