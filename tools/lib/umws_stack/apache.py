"""Apache, serving the tree's own apache/umws.conf or umws-cgi.conf.

Both with the modules and the settings of Debian's own configuration that
matter here, but for the access log's name and the free port.
"""
import os
import shutil

from . import way
from .accounts import account, group_name
from .layout import CHECKOUT, replaced

AWAY = 'umws-away.asis'
MODULES = ('mpm_event', 'authn_core', 'authn_file', 'authz_core',
           'authz_host', 'authz_user', 'auth_basic', 'alias', 'asis',
           'deflate', 'env', 'filter', 'headers', 'mime', 'reqtimeout')
MAIN = """\
ServerRoot "{web}"
ServerName localhost
Listen 127.0.0.1:{port}
{user}PidFile "{web}/apache.pid"
DefaultRuntimeDir "{web}"
{modules}
ServerLimit {servers}
ThreadsPerChild 32
MaxRequestWorkers {clients}
KeepAlive On
TypesConfig /dev/null
DocumentRoot "{web}/empty"
<Directory "/">
    AllowOverride None
    Require all denied
</Directory>
AddOutputFilterByType DEFLATE text/plain text/xml
ErrorLog "{log}/error.log"
LogLevel warn
CustomLog "{log}/access.log" \\
    "%h %l %u %t \\"%r\\" %>s %b \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\""
{more}{tls}Include "{web}/umws.conf"
"""
TLS = """\
SSLEngine on
SSLCertificateFile    "{folder}/web.pem"
SSLCertificateKeyFile "{folder}/web.key"
"""


class Apache:
    """mod_proxy_fcgi, over the worker's socket."""

    MODULES = (*MODULES, 'proxy', 'proxy_fcgi')
    SOURCE = 'umws.conf'
    CLIENTS = 256           # at once
    SECRET = ('web.secret.apache', 'SetEnv UMWS_SECRET "c2VjcmV0"\n')

    def __init__(self, layout):
        self.layout = layout
        self.web = layout.home / 'web'

    def create(self, port):
        (self.web / 'empty').mkdir(exist_ok=True)
        for name in (AWAY, 'umws-authenticated.asis'):
            shutil.copy(CHECKOUT / 'apache' / name, self.web)
        user = account('web')
        is_root = os.geteuid() == 0
        (self.web / 'apache.conf').write_text(MAIN.format(
            user=f'User {user.name}\nGroup {group_name(user.gid)}\n'
            if is_root else '',
            modules='\n'.join(
                f'LoadModule {name}_module'
                f' /usr/lib/apache2/modules/mod_{name}.so'
                for name in (*self.MODULES,
                             *self.layout.options.get('modules', ()))),
            more=self.layout.options.get('more', ''), tls=self.tls(),
            servers=self.CLIENTS // 32, clients=self.CLIENTS,
            web=self.web, log=self.layout.home / 'log', port=port))
        (self.web / 'umws.conf').write_text(replaced(
            CHECKOUT / 'apache' / self.SOURCE, self.paths()))
        way.install('apache', self.layout, self.web)
        way.install_page('apache', self.web)

    def tls(self):
        """TLS on the one port, if this is where clients come."""
        return (TLS.format(folder=self.web)
                if self.layout.options.get('tls') else '')

    def paths(self):
        """What an operator would check, and what it is here."""
        return {'/run/umws/fcgi.sock': self.layout.fcgi_socket,
                **way.includes('apache', self.web),
                '/etc/apache2/umws-phone.htpasswd': self.web / 'htpasswd',
                f'/etc/apache2/{AWAY}': self.web / AWAY,
                '/etc/umws/web.secret.apache':
                    self.layout.home / 'keys' / 'web.secret.apache'}

    def command(self):
        return ['/usr/sbin/apache2', '-f', f'{self.web}/apache.conf',
                '-D', 'FOREGROUND']

    def check_command(self):
        return [*self.command(), '-t']


class Cgi(Apache):
    """mod_cgid, which runs umws-fcgi for each request.

    What the program logs goes where Apache logs its own errors.
    """

    MODULES = (*MODULES, 'cgid')
    SOURCE = 'umws-cgi.conf'
    CLIENTS = 64

    def create(self, port):
        super().create(port)
        self.layout.log('worker').unlink(missing_ok=True)
        self.layout.log('worker').symlink_to('error.log')

    def paths(self):
        paths = super().paths()
        del paths['/run/umws/fcgi.sock']
        return paths | {
            '/usr/sbin/umws-fcgi': self.layout.home / 'bin' / 'umws-fcgi',
            '/etc/umws/umws.conf': self.layout.config}
