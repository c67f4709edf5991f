"""A real Kerberos realm on loopback, and another that it trusts."""
import contextlib
import ctypes
import os
import pathlib
import shutil
import subprocess
import tempfile

from harness import environment, eventually, run
from umws_stack.web import free_port, is_listening

REALM, OTHER = 'EXAMPLE.TEST', 'OTHER.TEST'
CONF = """\
[libdefaults]
    default_realm = {realm}
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
[realms]
    {realm} = {{
        kdc = 127.0.0.1:{port}
    }}
    {other} = {{
        kdc = 127.0.0.1:{port}
    }}
[domain_realm]
    localhost = {realm}
[capaths]
    {other} = {{
        {realm} = .
    }}
[logging]
    kdc = FILE:{folder}/kdc.log
"""
KDC_CONF = """\
[kdcdefaults]
    kdc_listen = 127.0.0.1:{port}
    kdc_tcp_listen = 127.0.0.1:{port}
[realms]
    {realm} = {{
        database_name = {folder}/{realm}.db
        key_stash_file = {folder}/{realm}.stash
        acl_file = {folder}/none
    }}
    {other} = {{
        database_name = {folder}/{other}.db
        key_stash_file = {folder}/{other}.stash
        acl_file = {folder}/none
    }}
"""


class Data(ctypes.Structure):
    _fields_ = [('magic', ctypes.c_int32), ('length', ctypes.c_uint),
                ('data', ctypes.c_char_p)]


class AuthData(ctypes.Structure):
    _fields_ = [('magic', ctypes.c_int32), ('ad_type', ctypes.c_int32),
                ('length', ctypes.c_uint), ('contents', ctypes.c_char_p)]


class Creds(ctypes.Structure):
    """krb5_creds of krb5.h."""
    _fields_ = [('magic', ctypes.c_int32), ('client', ctypes.c_void_p),
                ('server', ctypes.c_void_p),
                ('key', ctypes.c_int32 * 2), ('key_length', ctypes.c_uint),
                ('key_contents', ctypes.c_void_p),
                ('times', ctypes.c_int32 * 4), ('is_skey', ctypes.c_uint),
                ('flags', ctypes.c_int32), ('addresses', ctypes.c_void_p),
                ('ticket', Data), ('second_ticket', Data),
                ('authdata', ctypes.c_void_p)]


class Realms:
    """Both realms; tickets lie in files of their own."""

    def __init__(self, folder, port):
        self.folder, self.port = pathlib.Path(folder), port
        names = {'folder': folder, 'port': port, 'realm': REALM,
                 'other': OTHER}
        (self.folder / 'krb5.conf').write_text(CONF.format(**names))
        (self.folder / 'kdc.conf').write_text(KDC_CONF.format(**names))
        self.env = environment(
            KRB5_CONFIG=f'{folder}/krb5.conf',
            KRB5_KDC_PROFILE=f'{folder}/kdc.conf',
            KRB5RCACHENAME='none:')

    def run(self, *words, text=None, code=0, **more):
        done = run(*words, text=text, env=self.env | more)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout

    def admin(self, query, realm=REALM):
        return self.run('/usr/sbin/kadmin.local', '-r', realm, '-q', query)

    def create(self):
        for realm in (REALM, OTHER):
            self.run('/usr/sbin/kdb5_util', '-r', realm, 'create', '-s',
                     '-P', 'master')
            # Whoever has a ticket of the one is believed by the other.
            self.admin(f'addprinc -pw trust krbtgt/{REALM}@{OTHER}', realm)

    def user(self, name, password='secret', realm=REALM):
        self.admin(f'addprinc -pw {password} {name}', realm)

    def keytab(self, name, principal='HTTP/localhost', owner=None):
        """Make the principal, or give it a new key, and write that down."""
        path = self.folder / name
        self.admin(f'addprinc -randkey {principal}')
        self.admin(f'ktadd -k {path} {principal}')
        if owner is not None:
            owner.own(path, 0o400)
        return path

    def tickets(self, name, password='secret', realm=REALM):
        """The environment of somebody who has logged in."""
        path = self.folder / f'tickets-{name}-{realm}'
        more = {'KRB5CCNAME': f'FILE:{path}'}
        self.run('kinit', f'{name}@{realm}', text=password + '\n', **more)
        return self.env | more

    def grow(self, env, size, server='HTTP/localhost'):
        """Get a ticket for the server with so many bytes of authorization
        data, as Windows puts a user's groups there."""
        with environ(env):
            grow(f'{server}@{REALM}'.encode(), size)


@contextlib.contextmanager
def environ(env):
    """libkrb5 of this process reads getenv()."""
    before = dict(os.environ)
    os.environ.update({name: value for name, value in env.items()
                       if name.startswith('KRB5')})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def grow(server, size):
    krb5 = ctypes.CDLL('libkrb5.so.3')

    def call(name, *words):
        code = getattr(krb5, name)(*words)
        assert code == 0, (name, code)

    context, cache, out = (ctypes.c_void_p() for _ in range(3))
    call('krb5_init_context', ctypes.byref(context))
    call('krb5_cc_default', context, ctypes.byref(cache))
    creds = Creds()
    # An element of type 0x1000 that no server has to know: AD-IF-RELEVANT is
    # a sequence of (type, octets).
    data = os.urandom(size)
    element = AuthData(0, 0x1000, len(data), data)
    inner = (ctypes.c_void_p * 2)(ctypes.addressof(element), None)
    relevant = ctypes.c_void_p()
    call('krb5_encode_authdata_container', context, 1, inner,
         ctypes.byref(relevant))
    creds.authdata = relevant
    name, client = ctypes.c_void_p(), ctypes.c_void_p()
    call('krb5_parse_name', context, server, ctypes.byref(name))
    call('krb5_cc_get_principal', context, cache, ctypes.byref(client))
    creds.server, creds.client = name, client
    call('krb5_get_credentials', context, 0, cache, ctypes.byref(creds),
         ctypes.byref(out))


@contextlib.contextmanager
def running():
    """Realms with their KDC."""
    folder = tempfile.mkdtemp(prefix='umws-kdc-')
    os.chmod(folder, 0o755)
    made = Realms(folder, free_port())
    made.create()
    with open(f'{folder}/log', 'w') as log:
        server = subprocess.Popen(
            ['/usr/sbin/krb5kdc', '-n', '-r', REALM, '-r', OTHER],
            stdout=log, stderr=log, env=made.env)
    try:
        eventually(lambda: is_listening(made.port), what=open(log.name).read)
        yield made
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)
