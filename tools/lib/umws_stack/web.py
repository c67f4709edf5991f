"""A private web server that serves the snippet of the tree's own.

Only the paths an operator would check are replaced, so the file that is
installed is the file that is tested. A server is a class: create(port)
writes its configuration into home/web, command() starts it.

    python3 -m umws_stack.web SERVER    does it take its configuration?
"""
import base64
import hashlib
import pathlib
import random
import socket
import subprocess
import sys
import tempfile

from . import process
from .accounts import account, caller
from .apache import Apache, Cgi
from .layout import Layout, StackError
from .nginx import Nginx

SERVERS = {'nginx': Nginx, 'apache': Apache, 'cgi': Cgi}


def server(layout):
    return SERVERS[layout.options['server']](layout)


def create(layout, port):
    """The configuration, without users."""
    web = layout.home / 'web'
    web.mkdir(exist_ok=True)
    account('web').own(web, 0o700)
    server(layout).create(port)


def password_line(name, password):
    # SHA-1 is no way to keep passwords, but these are known to all, and a
    # slow hash would be measured in every benchmark.
    digest = hashlib.sha1(password.encode()).digest()
    return f'{name}:{{SHA}}{base64.b64encode(digest).decode()}\n'


def set_users(layout, passwords):
    """Add users or change their passwords; the server reads the file anew."""
    path = layout.home / 'web' / 'htpasswd'
    lines = {}
    if path.exists():
        lines = {line.split(':', 1)[0]: line + '\n'
                 for line in path.read_text().splitlines()}
    lines |= {name: password_line(name, password)
              for name, password in passwords.items()}
    fresh = path.with_suffix('.new')
    fresh.write_text(''.join(lines.values()))
    account('web').own(fresh, 0o600)
    fresh.rename(path)


def is_listening(port):
    with socket.socket() as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0


def free_port():
    """A loopback port below those that the kernel gives to clients.

    A port of the kernel's own range could go to some client in the moment
    between our probe and the server's bind.
    """
    for _ in range(100):
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(('127.0.0.1', port))
                return port
            except OSError:
                continue
    raise StackError('no free port between 20000 and 32000')


def start(layout):
    process.start(layout, 'web', server(layout).command(), caller(), 'error')
    port = layout.options['port']
    process.wait_for(lambda: is_listening(port), layout, 'web', 'error')


def check(name):
    """Is the snippet good? Prints what the server says if it is not."""
    with tempfile.TemporaryDirectory(prefix='umws-') as folder:
        layout = Layout(folder)
        layout.home = pathlib.Path(folder)
        layout.options['server'] = name
        for part in ('log', 'keys'):
            (layout.home / part).mkdir()
        secret, text = SERVERS[name].SECRET
        (layout.home / 'keys' / secret).write_text(text)
        create(layout, free_port())
        done = subprocess.run(server(layout).check_command(), text=True,
                              capture_output=True)
    if done.returncode != 0:
        sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == '__main__':
    sys.exit(check(sys.argv[1]))
