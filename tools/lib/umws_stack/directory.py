"""An LDAP directory beside a stack: slapd with a folder, a configuration and a
certificate authority of its own, on free ports of the loopback.

OpenLDAP's shell names the database "mdb"; entries are made by slapadd, which
takes 20,000 of them in a second or two.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

from .accounts import account
from .layout import StackError
from .process import clean_environment
from .web import free_port

SLAPD = '/usr/sbin/slapd'
SLAPADD = '/usr/sbin/slapadd'
MODULES = '/usr/lib/ldap'
SCHEMAS = ('core', 'cosine', 'inetorgperson')
BASE = 'dc=example,dc=test'
PEOPLE = f'ou=people,{BASE}'
READER = f'cn=umws,{BASE}'
HOSTS = ('127.0.0.1', '127.0.0.2')
PASSWORD = 'reader\'s word'
# Active Directory's flags of an account, as that has them.
FLAGS = """\
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl'
    EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9.99 NAME 'umwsAccount' SUP top AUXILIARY
    MAY ( userAccountControl ) )
"""
CONFIG = """\
{includes}
include {folder}/flags.schema
modulepath {modules}
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
TLSVerifyClient try
threads 4
{more}
database mdb
suffix "{base}"
rootdn "cn=root,{base}"
directory {folder}/data
maxsize 268435456
dbnosync
limits dn.exact="{reader}" {limits}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by * none
"""
PERSON = """\
dn: uid={login},{people}
objectClass: inetOrgPerson
objectClass: umwsAccount
uid: {login}
cn: {name}
sn: {login}
"""


def openssl(folder, *words):
    done = subprocess.run(['openssl', *words], cwd=folder, text=True,
                          capture_output=True)
    if done.returncode != 0:
        raise StackError(f'openssl {words[0]}: {done.stderr}')


def certificate(folder, name, subject, names, authority):
    """NAME.pem and NAME.key, made by this authority."""
    openssl(folder, 'req', '-newkey', 'rsa:2048', '-nodes', '-keyout',
            f'{name}.key', '-out', f'{name}.csr', '-subj', subject)
    (folder / f'{name}.ext').write_text(f'subjectAltName={names}\n')
    openssl(folder, 'x509', '-req', '-in', f'{name}.csr', '-CA',
            f'{authority}.pem', '-CAkey', f'{authority}.key',
            '-CAcreateserial', '-days', '3650', '-extfile', f'{name}.ext',
            '-out', f'{name}.pem')


def authority(folder, name):
    openssl(folder, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes',
            '-keyout', f'{name}.key', '-out', f'{name}.pem', '-days', '3650',
            '-subj', f'/CN=umws test {name}')


def entry(login, **attributes):
    """One person in LDIF; an attribute is a text, bytes or a list of them."""
    import base64
    text = PERSON.format(login=login, people=PEOPLE,
                         name=attributes.pop('cn', f'Person {login}'))
    for name, values in attributes.items():
        for value in values if isinstance(values, list) else [values]:
            plain = value if isinstance(value, bytes) else value.encode()
            text += f'{name}:: {base64.b64encode(plain).decode()}\n'
    return text + '\n'


def people(first, last):
    """Persons with the numbers from first to last, all alike."""
    return ''.join(entry(f'person{number:06d}',
                         mail=f'person{number:06d}@example.test',
                         telephoneNumber=f'+1 425 55{number:06d}')
                   for number in range(first, last + 1))


class Directory:
    """One slapd. Used as a context it is ended with it."""

    def __init__(self, folder, limits='size=unlimited'):
        self.folder = pathlib.Path(folder)
        self.account = account('sink')
        self.port, self.tls_port = free_port(), free_port()
        self.socket = self.folder / 'ldapi'
        self.process = None
        self.create()
        self.configure(limits)

    def create(self):
        self.folder.mkdir(exist_ok=True)
        (self.folder / 'flags.schema').write_text(FLAGS)
        authority(self.folder, 'ca')
        authority(self.folder, 'other')
        certificate(self.folder, 'server', '/CN=localhost',
                    'DNS:localhost,IP:127.0.0.1', 'ca')
        certificate(self.folder, 'client', '/CN=umws/DC=example', 'DNS:umws',
                    'ca')
        for path in (self.folder, *self.folder.iterdir()):
            self.account.own(path, 0o755 if path.is_dir() else 0o644)

    def configure(self, limits, more=''):
        includes = '\n'.join(f'include /etc/ldap/schema/{name}.schema'
                             for name in SCHEMAS)
        (self.folder / 'slapd.conf').write_text(CONFIG.format(
            includes=includes, folder=self.folder, modules=MODULES,
            base=BASE, reader=READER, limits=limits, more=more))

    def fill(self, ldif):
        """Have these people and nobody else; slapd must not run."""
        data = self.folder / 'data'
        if data.exists():
            shutil.rmtree(data)
        data.mkdir()
        self.account.own(data, 0o700)
        head = (f'dn: {BASE}\nobjectClass: domain\ndc: example\n\n'
                f'dn: {READER}\nobjectClass: organizationalRole\n'
                'objectClass: simpleSecurityObject\ncn: umws\n'
                f'userPassword: {PASSWORD}\n\n'
                f'dn: {PEOPLE}\nobjectClass: organizationalUnit\n'
                'ou: people\n\n')
        done = subprocess.run(
            [SLAPADD, '-q', '-f', self.folder / 'slapd.conf'],
            input=head + ldif, text=True, capture_output=True,
            env=clean_environment(), **self.account.popen())
        if done.returncode != 0:
            raise StackError(f'slapadd: {done.stderr}')

    def start(self):
        # The second address is one that the certificate does not name.
        urls = ' '.join(f'ldap://{host}:{self.port} ldaps://{host}:'
                        f'{self.tls_port}' for host in HOSTS)
        socket_url = f'ldapi://{str(self.socket).replace("/", "%2F")}'
        with open(self.folder / 'log', 'ab') as log:
            self.process = subprocess.Popen(
                [SLAPD, '-d', '0', '-f', self.folder / 'slapd.conf', '-h',
                 f'{urls} {socket_url}'],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, env=clean_environment(),
                **self.account.popen())
        deadline = time.monotonic() + 20
        while not self.is_answering():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise StackError('slapd did not start', self.folder / 'log')
            time.sleep(0.02)

    def is_answering(self):
        try:
            with socket.create_connection(('127.0.0.1', self.port), 1), \
                    socket.create_connection(('127.0.0.1', self.tls_port), 1):
                return True
        except OSError:
            return False

    def stop(self, number=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(20)
            self.process = None

    def freeze(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)
