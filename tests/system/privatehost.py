"""What a host has before umwsctl setup: a PostgreSQL cluster that speaks
German, nginx and Apache, a certificate, a mail server; and what is on it, to
be compared with what was."""
import hashlib
import os
import pathlib
import re
import signal
import stat
import subprocess

import pytest

from documents import REFERENCE
from harness import eventually
from privateroot import PrivateRoot

HOST = 'mail.example.org'
GERMAN = ('LC_ALL=de_DE.UTF-8', 'LANGUAGE=de')
HTPASSWD = '/etc/umws.htpasswd'
CERTIFICATE = '/etc/ssl/certs/mail.pem'
KEY = '/etc/ssl/private/mail.key'
WISHES = ('--host', HOST, '--certificate', CERTIFICATE, '--certificate-key',
          KEY, '--auth', f'basic={HTPASSWD}', '--mail-from',
          'Voice Mail <vm@example.org>')
# Of the cluster, of programs that keep a diary, and what passwd keeps.
NOT_COMPARED = re.compile(
    r'/(var/(lib/postgresql|log|cache)|run/postgresql|tmp|root/mail|proc|dev)/'
    r'|/etc/(passwd|group|shadow|gshadow|subuid|subgid)-$|/etc/\.pwd\.lock$'
    r'|/run/(nginx\.pid|apache2|lock|sendsigs)')


class Host(PrivateRoot):
    def __init__(self, stage):
        super().__init__(stage)
        self.servers = []
        try:
            self._furnish()
        except BaseException:
            self.close()
            raise

    def _furnish(self):
        version = os.listdir('/usr/lib/postgresql')[0]
        self.version = version
        self.cluster = f'{version}/main'
        self.run('localedef', '-i', 'de_DE', '-f', 'UTF-8', 'de_DE.UTF-8')
        self.run('pg_createcluster', '--locale', 'de_DE.UTF-8', version,
                 'main', '--start', '--', '--no-sync')
        self.sysconf = re.search(r'instead of (\S+)/umws.conf',
                                 self.run('umwsctl', '--help').stdout)[1]
        self.state = '/var/lib/umws' if self.sysconf == '/etc/umws' else \
            self.sysconf.replace('etc/umws', 'var/lib/umws')
        self.run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes',
                 '-subj', f'/CN={HOST}', '-addext',
                 f'subjectAltName=DNS:{HOST}', '-days', '2', '-keyout', KEY,
                 '-out', CERTIFICATE)
        secret = self.run('openssl', 'passwd', '-apr1', 'wonderland').stdout
        self.write(HTPASSWD, f'alice:{secret}')

    def setup(self, *more, wishes=WISHES, web='nginx', **options):
        choice = ('--web', web) if web else ()
        return self.run('umwsctl', 'setup', *wishes, *choice, *more,
                        env=GERMAN, ok=False, **options)

    def as_postgres(self, *argv):
        return self.run('setpriv', '--reuid', 'postgres', '--regid',
                        'postgres', '--init-groups', *argv,
                        env=[f'PGCLUSTER={self.cluster}']).stdout

    def sql(self, statement, database='postgres'):
        return self.as_postgres('psql', '-XAtq', '-v', 'ON_ERROR_STOP=1',
                                '-d', database, '-c', statement)

    def serve_web(self, name):
        """This server and not the other one, with nothing of ours."""
        if name == 'apache' and not self.at('/usr/sbin/apache2ctl').exists():
            pytest.skip('apache2 is not installed')
        for path, stop in (
                ('/run/nginx.pid', ('nginx', '-s', 'stop')),
                ('/run/apache2/apache2.pid', ('apache2ctl', 'stop'))):
            # "nginx -t" leaves an empty one where no nginx runs.
            if self.at(path).exists() and not self.at(path).read_text():
                self.run('rm', path)
            if self.at(path).exists():
                self.run(*stop)
                eventually(lambda path=path: not self.at(path).exists(), 20)
        self.run(*(('nginx',) if name == 'nginx' else
                   ('apache2ctl', 'start')))
        # It says so when it is there, a moment after its parent has ended.
        pid = self.at('/run/nginx.pid' if name == 'nginx' else
                      '/run/apache2/apache2.pid')
        eventually(lambda: pid.exists() and pid.read_text().strip(), 20)

    def serve_mail(self):
        self.run('rm', '-rf', '/root/mail')
        self.servers.append(self.start(
            '/usr/bin/python3', '-m', 'aiosmtpd', '-n', '-l',
            '127.0.0.1:25', '-c', 'aiosmtpd.handlers.Mailbox', '/root/mail'))
        eventually(lambda: self.run(
            'curl', '-s', 'telnet://127.0.0.1:25', '-m', '0.1',
            ok=False).stdout, 20)

    def stop_servers(self):
        for server in self.servers:
            for child in subprocess.run(
                    ['pgrep', '-P', str(server.pid)], capture_output=True,
                    text=True).stdout.split():
                os.kill(int(child), signal.SIGTERM)
            server.wait()
        self.servers.clear()

    def serve_worker(self):
        self.servers.append(self.start(
            'setpriv', '--reuid', 'umws_worker', '--regid', 'umws_worker',
            '--clear-groups', 'umws-fcgi', '--listen', '/run/umws/fcgi.sock',
            stderr=subprocess.DEVNULL))
        eventually(lambda: self.at('/run/umws/fcgi.sock').exists(), 20)

    def reset(self):
        return self.run(
            'curl', '-s', '--cacert', CERTIFICATE, '--resolve',
            f'{HOST}:443:127.0.0.1', '-u', 'alice:wonderland', '-H',
            'Content-Type: text/xml; charset=utf-8', '--data-binary',
            REFERENCE.decode(),
            '-w', '%{http_code}', f'https://{HOST}/EWS/UM2007Legacy.asmx',
            ok=False).stdout

    def health(self):
        """What the web server answers about the service: "200", or not."""
        return self.run('curl', '-sk', '-o', '/dev/null', '-w',
                        '%{http_code}', '--resolve', f'{HOST}:443:127.0.0.1',
                        f'https://{HOST}/umws/health', ok=False).stdout

    def page(self):
        """The page for people, as alice gets it."""
        return self.run(
            'curl', '-s', '--cacert', CERTIFICATE, '--resolve',
            f'{HOST}:443:127.0.0.1', '-u', 'alice:wonderland', '-i',
            f'https://{HOST}/voicemail/', ok=False).stdout

    def mails(self):
        done = self.run('setpriv', '--reuid', 'umws_mailer', '--regid',
                        'umws_mailer', '--clear-groups', 'umws-mailer',
                        ok=False)
        assert done.returncode == 0, done.stderr
        folder = self.at('/root/mail/new')
        return [path.read_text() for path in sorted(folder.iterdir())] \
            if folder.exists() else []

    def _states(self, base):
        """Of each name below base: kind, rights and content."""
        states = {}
        for folder, names, files in os.walk(base):
            for name in names + files:
                path = pathlib.Path(folder, name)
                shown = '/' + str(path.relative_to(base))
                if NOT_COMPARED.search(shown + '/'):
                    continue
                info = path.lstat()
                content = os.readlink(path) if path.is_symlink() else (
                    hashlib.sha256(path.read_bytes()).hexdigest()
                    if stat.S_ISREG(info.st_mode) else '')
                states[shown] = (oct(info.st_mode), info.st_uid, info.st_gid,
                                 content)
        return states

    def world(self, is_deep=True):
        """All files that are not as on the machine, and the catalogues; or
        of these the names of databases and roles alone."""
        listed = subprocess.run(
            ['nsenter', '-t', str(self.inside), '-m', 'find',
             f'{self.folder}/upper', '-printf', '/%P\\0'],
            capture_output=True, text=True, check=True).stdout
        files = {}
        for path in listed.split('\0'):
            if path in ('', '/') or NOT_COMPARED.search(path) or \
                    NOT_COMPARED.search(path + '/'):
                continue
            now, before = self._state(self.at(path)), self._state(
                pathlib.Path(path))
            if now != before:
                files[path] = now
        for folder in ('run',):
            files |= {f'/{folder}{name}': state for name, state in
                      self._states(self.at(folder)).items()
                      if not NOT_COMPARED.search(f'/{folder}{name}/')}
        if not is_deep:
            return files, self.sql('SELECT datname FROM pg_database UNION ALL '
                                   'SELECT rolname FROM pg_roles ORDER BY 1')
        dump = self.as_postgres('pg_dumpall')
        return files, re.sub(r'(?m)^\\(un)?restrict .*$|^-- .*$', '', dump)

    @staticmethod
    def _state(path):
        try:
            info = path.lstat()
        except OSError:
            return None
        if stat.S_ISREG(info.st_mode):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
        else:
            content = os.readlink(path) if stat.S_ISLNK(info.st_mode) else ''
        return oct(info.st_mode), info.st_uid, info.st_gid, content
