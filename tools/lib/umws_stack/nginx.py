"""nginx, serving the tree's own nginx/umws.conf."""
import os

from . import way
from .accounts import account, group_name
from .layout import CHECKOUT, replaced

# Where it writes what does not fit into memory; else below /var.
TEMPORARY = """\
    client_body_temp_path {folder}/body;
    fastcgi_temp_path {folder}/fastcgi;
    proxy_temp_path {folder}/proxy;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
"""
MAIN = """\
{modules}daemon off;
{user}worker_processes 2;
pid {web}/nginx.pid;
error_log {log}/error.log warn;
events {{
    worker_connections 1024;
}}
http {{
    access_log {log}/access.log;
""" + TEMPORARY.replace('{folder}', '{web}') + """\
    include {web}/umws-http.conf;
{more}    server {{
{listen}        server_name localhost;
        include {web}/umws.conf;
    }}
}}
"""

PLAIN = """\
        listen {address}:{port};
"""
TLS = """\
        listen 127.0.0.1:{port} ssl;
        ssl_certificate     {folder}/web.pem;
        ssl_certificate_key {folder}/web.key;
"""


class Nginx:
    SECRET = ('web.secret.nginx', 'fastcgi_param UMWS_SECRET "c2VjcmV0";\n')

    def __init__(self, layout):
        self.layout = layout
        self.web = layout.home / 'web'

    def create(self, port):
        user = account('web')
        is_root = os.geteuid() == 0
        (self.web / 'nginx.conf').write_text(MAIN.format(
            user=f'user {user.name} {group_name(user.gid)};\n'
            if is_root else '',
            web=self.web, log=self.layout.home / 'log',
            listen=self.listen(port), more=self.layout.options.get('more', ''),
            modules=self.layout.options.get('modules') or ''))
        (self.web / 'umws.conf').write_text(replaced(
            CHECKOUT / 'nginx' / 'umws.conf', {
                '/run/umws/fcgi.sock': self.layout.fcgi_socket,
                **way.includes('nginx', self.web),
                '/etc/nginx/umws-phone.htpasswd': self.web / 'htpasswd',
                '/etc/umws/web.secret.nginx':
                    self.layout.home / 'keys' / 'web.secret.nginx'}))
        # Load tests come from one address; the shipped rate would stop them.
        (self.web / 'umws-http.conf').write_text(replaced(
            CHECKOUT / 'nginx' / 'umws-http.conf',
            {'rate=10r/s': 'rate=100000r/s'}))
        way.install('nginx', self.layout, self.web)
        way.install_page('nginx', self.web)

    def listen(self, port):
        """Without TLS, or over TLS; or both, for clients that insist on a
        certificate."""
        options = self.layout.options
        if options.get('tls'):
            return TLS.format(port=port, folder=self.web)
        second = options.get('tls_port')
        address = options.get('listen', '127.0.0.1')
        return PLAIN.format(port=port, address=address) + (
            TLS.format(port=second, folder=self.web) if second else '')

    def command(self):
        return ['/usr/sbin/nginx', '-p', f'{self.web}/',
                '-c', f'{self.web}/nginx.conf',
                '-e', f'{self.layout.home}/log/error.log']

    def check_command(self):
        return [*self.command(), '-t', '-q']
