"""A private nginx that serves the tree's own nginx/umws.conf.

Only the three paths an operator would check are replaced, so the file that
is installed is the file that is tested.

    python3 -m umws_stack.web     asks "nginx -t" about nginx/umws*.conf
"""
import base64
import hashlib
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile

from . import process
from .accounts import account, caller, group_name
from .layout import CHECKOUT, Layout, StackError

MAIN = """\
daemon off;
{user}worker_processes 2;
pid {web}/nginx.pid;
error_log {log}/error.log warn;
events {{
    worker_connections 1024;
}}
http {{
    access_log {log}/access.log;
    client_body_temp_path {web}/body;
    fastcgi_temp_path {web}/fastcgi;
    proxy_temp_path {web}/proxy;
    scgi_temp_path {web}/scgi;
    uwsgi_temp_path {web}/uwsgi;
    include {web}/umws-http.conf;
    server {{
        listen 127.0.0.1:{port};
        server_name localhost;
        include {web}/umws.conf;
    }}
}}
"""


def replace(text, old, new):
    if old not in text:
        raise StackError(f'nginx/umws*.conf no longer has "{old}"')
    return text.replace(old, str(new))


def create(layout, port):
    """The configuration, without users."""
    web = layout.home / 'web'
    web.mkdir(exist_ok=True)
    account('web').own(web, 0o700)
    user = account('web')
    is_root = os.geteuid() == 0
    (web / 'nginx.conf').write_text(MAIN.format(
        user=f'user {user.name} {group_name(user.gid)};\n' if is_root else '',
        web=web, log=layout.home / 'log', port=port))
    text = (CHECKOUT / 'nginx' / 'umws.conf').read_text()
    text = replace(text, '/run/umws/fcgi.sock', layout.fcgi_socket)
    text = replace(text, '/etc/nginx/umws.htpasswd', web / 'htpasswd')
    text = replace(text, '/etc/umws/web.secret.nginx',
                   layout.home / 'keys' / 'web.secret.nginx')
    (web / 'umws.conf').write_text(text)
    text = (CHECKOUT / 'nginx' / 'umws-http.conf').read_text()
    # Load tests come from one address; the shipped rate would stop them.
    text = replace(text, 'rate=10r/s', 'rate=100000r/s')
    (web / 'umws-http.conf').write_text(text)


def password_line(name, password):
    # SHA-1 is no way to keep passwords, but these are known to all, and a
    # slow hash would be measured in every benchmark.
    digest = hashlib.sha1(password.encode()).digest()
    return f'{name}:{{SHA}}{base64.b64encode(digest).decode()}\n'


def set_users(layout, passwords):
    """Add users or change their passwords; nginx reads the file anew."""
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
    between our probe and nginx's bind.
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


def command(layout, *more):
    web = layout.home / 'web'
    return ['/usr/sbin/nginx', '-p', f'{web}/', '-c', f'{web}/nginx.conf',
            '-e', f'{layout.home}/log/error.log', *more]


def start(layout):
    process.start(layout, 'web', command(layout), caller(), 'error')
    port = layout.options['port']
    process.wait_for(lambda: is_listening(port), layout, 'web', 'error')


def check():
    """Is nginx/umws.conf good? Prints what nginx -t says if it is not."""
    with tempfile.TemporaryDirectory(prefix='umws-') as folder:
        layout = Layout(folder)
        layout.home = pathlib.Path(folder)
        for name in ('log', 'keys'):
            (layout.home / name).mkdir()
        (layout.home / 'keys' / 'web.secret.nginx').write_text(
            'fastcgi_param UMWS_SECRET "c2VjcmV0";\n')
        create(layout, free_port())
        done = subprocess.run(command(layout, '-t', '-q'), text=True,
                              capture_output=True)
    sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == '__main__':
    sys.exit(check())
