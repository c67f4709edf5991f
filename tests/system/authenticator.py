"""An Apache that only says who is asking, for nginx: apache/authenticate.conf
with one of the ways of apache/."""
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

from harness import TREE, environment, eventually
from umws_stack import web
from umws_stack.accounts import account

MAIN = """\
ServerRoot "{folder}"
ServerName localhost
{user}PidFile "{folder}/apache.pid"
DefaultRuntimeDir "{folder}"
{modules}
DocumentRoot "{folder}/empty"
ErrorLog "{folder}/error.log"
CustomLog "{folder}/access.log" "%h %r %>s"
{more}Include "{folder}/authenticate.conf"
"""
MODULES = ('mpm_event', 'alias', 'asis', 'authn_core', 'authz_core',
           'authz_user', 'headers')
ASIS = 'umws-authenticated.asis'


def prepare(folder, port, way, names):
    """The files as an operator has them in /etc/apache2."""
    (folder / 'empty').mkdir()
    account('web').own(folder, 0o755)
    source = TREE / 'apache'
    shutil.copy(source / ASIS, folder)
    texts = {'authenticate.conf': (source / 'authenticate.conf').read_text()}
    text = texts['authenticate.conf']
    assert '127.0.0.1:981' in text
    texts['authenticate.conf'] = text.replace('127.0.0.1:981',
                                              f'127.0.0.1:{port}')
    for part in ('auth', 'server'):
        if (source / f'{part}-{way}.conf').exists():
            texts[f'umws-{part}.conf'] = (
                source / f'{part}-{way}.conf').read_text()
    for name, text in texts.items():
        for old, new in {**names, '/etc/apache2': folder}.items():
            text = text.replace(old, str(new))
        (folder / name).write_text(text)


@contextlib.contextmanager
def running(way, names, modules, env=(), more=''):
    """Yields its port.

    way   that of a file of apache/
    more  lines of the main configuration
    """
    port = web.free_port()
    folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    prepare(folder, port, way, names)
    (folder / 'apache.conf').write_text(MAIN.format(
        folder=folder, more=more, modules='\n'.join(
            f'LoadModule {name}_module'
            f' /usr/lib/apache2/modules/mod_{name}.so'
            for name in (*MODULES, *modules)),
        user='User www-data\nGroup www-data\n'
        if os.geteuid() == 0 else ''))
    with open(folder / 'log', 'w') as log:
        server = subprocess.Popen(
            ['/usr/sbin/apache2', '-f', folder / 'apache.conf', '-D',
             'FOREGROUND'], stdout=log, stderr=log,
            env=environment(**dict(env)))
    try:
        eventually(lambda: server.poll() is not None
                   or web.is_listening(port), 20)
        assert server.poll() is None, (folder / 'log').read_text()
        yield port
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)
