"""A database cluster that the first of several stacks leaves for the others.

To make one anew takes a stack longer than all the rest: PostgreSQL's own
tables, then umws's schema. It is copied when it has both, before there are
users in it; the copy is a cluster of its own from then on.
"""
import pathlib
import shutil
import subprocess
import tempfile

from .layout import StackError

MARK = '# Of this stack:'


def place(layout):
    """Where the cluster is or will be, or None: this stack has its own."""
    options = layout.options
    if (not options.get('template') or options.get('pg_tmpfs')
            or options.get('standby')):
        return None
    return pathlib.Path(options['template']) / 'data'


def is_there(layout):
    data = place(layout)
    return data is not None and data.exists()


def is_made(folder):
    """Has a stack before this one left its own?"""
    return folder is not None and (pathlib.Path(folder) / 'data').exists()


def duplicate(source, target, *more):
    """Owners, modes and times as they are."""
    done = subprocess.run(['cp', '-a', '--reflink=auto', *more,
                           f'{source}/.', target], text=True,
                          capture_output=True)
    if done.returncode != 0:
        raise StackError(f'the database was not copied: {done.stderr}')


def copy(layout, data):
    """Into the empty folder; what was another stack's in it is left out."""
    duplicate(place(layout), data)
    settings = data / 'postgresql.conf'
    settings.write_text(settings.read_text().split(MARK)[0])


def save(layout):
    """For the next ones; the server must not run. Whoever is first wins. What
    is still empty of its log takes no room, in a copy neither."""
    target = place(layout)
    fresh = pathlib.Path(tempfile.mkdtemp(dir=target.parent))
    duplicate(layout.home / 'data', fresh, '--sparse=always')
    try:
        fresh.rename(target)
    except OSError:
        shutil.rmtree(fresh)
