"""umwsctl user sync --ldap against a real slapd: TLS and who is trusted, who
may ask, an answer that is cut or breaks off, entries of every kind."""
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time

import pytest

from harness import CHEAP, brief, environment, eventually, run
from umws_stack import directory as ldap

OPTIONS = CHEAP
MANY = brief(5_000, 20_000)


@pytest.fixture(scope='module')
def slapd():
    """In a folder that its user can enter, and whose path is short."""
    with tempfile.TemporaryDirectory(prefix='umws-', dir='/tmp') as folder:
        os.chmod(folder, 0o755)
        with ldap.Directory(folder + '/d') as server:
            yield server


class Site:
    """One stack and the directory that its umws.conf names."""

    def __init__(self, stack, slapd, folder):
        self.stack, self.slapd, self.folder = stack, slapd, folder
        self.password = folder / 'password'
        self.write_password(ldap.PASSWORD)
        self.tls = f'ldaps://127.0.0.1:{slapd.tls_port}'
        self.plain = f'ldap://127.0.0.1:{slapd.port}'
        self.settings = {
            'ldap_url': self.tls, 'ldap_ca_file': slapd.folder / 'ca.pem',
            'ldap_bind_dn': ldap.READER, 'ldap_password_file': self.password,
            'ldap_base': ldap.BASE, 'ldap_timeout': '5s'}

    def write_password(self, text, mode=0o600):
        self.password.touch(mode)
        self.password.chmod(mode)
        self.password.write_text(text + '\n')

    def restart(self, ldif=None, limits='size=unlimited', more=''):
        self.slapd.stop()
        self.slapd.configure(limits, more)
        if ldif is not None:
            self.slapd.fill(ldif)
        self.slapd.start()

    def command(self, *words, **settings):
        with open(self.stack.env['UMWS_CONF']) as file:
            text = file.read()
        for name, value in (self.settings | settings).items():
            text += f'{name} = {value}\n' if value is not None else ''
        conf = self.folder / 'umws.conf'
        conf.write_text(text)
        return [f"{self.stack.env['UMWS_BINDIR']}/umwsctl", '--config', conf,
                'user', 'sync', '--ldap', *words]

    def sync(self, *words, code=0, env=None, **settings):
        done = run(*self.command(*words, **settings),
                   env=environment(**(env or {})))
        assert done.returncode == code, (done.returncode, done.stdout,
                                         done.stderr)
        return done.stdout + done.stderr

    def people(self):
        return self.stack.sql(
            'SELECT login::text, email::text, display_name::text,'
            ' extension::text, um_enabled FROM umws.um_user'
            ' WHERE synced IS NOT NULL ORDER BY login')


@pytest.fixture
def site(stack, slapd, tmp_path):
    """Nobody is synced when a test begins."""
    stack.sql("DELETE FROM umws.um_user WHERE synced IS NOT NULL"
              " OR login LIKE 'person%'")
    return Site(stack, slapd, tmp_path)


def refused(site, code, what, *words, env=None, **settings):
    """Nothing changes, and what is wrong is said."""
    before = site.people()
    said = site.sync(*words, code=code, env=env, **settings)
    assert what in said, said
    assert site.people() == before
    assert ldap.PASSWORD not in said


def test_many(site, capsys):
    site.restart(ldap.people(1, MANY))
    for what in (f'added {MANY}', ''):
        began = time.monotonic()
        said = site.sync()
        assert what in said and (what or not said)
        with capsys.disabled():
            print(f'\n{MANY} entries, {what or "same"}:'
                  f' {time.monotonic() - began:.1f} s')
    assert len(site.people()) == MANY


@pytest.fixture
def few(site):
    site.restart(ldap.people(1, 1200))
    return site


def test_safe_ways(few):
    few.sync()
    assert len(few.people()) == 1200
    assert few.sync(ldap_url=few.plain) == ''
    # The first one is away.
    assert few.sync(ldap_url=f'ldaps://127.0.0.1:1 {few.tls}') == ''


@pytest.mark.parametrize('scheme', ['tls', 'plain'])
def test_certificate(few, scheme):
    """Not of whom we trust, or not of this name; nothing turns that off."""
    url = getattr(few, scheme)
    other = few.slapd.folder / 'other.pem'
    loose = {'LDAPTLS_REQCERT': 'never', 'LDAPTLS_CACERT':
             str(few.slapd.folder / 'ca.pem'), 'LDAPRC': 'x'}
    refused(few, 75, 'certificate', ldap_url=url, ldap_ca_file=other)
    refused(few, 75, 'certificate', ldap_url=url, ldap_ca_file=other,
            env=loose)
    refused(few, 75, 'certificate', ldap_url=url, ldap_ca_file=None)
    refused(few, 75, 'certificate',
            ldap_url=url.replace('127.0.0.1', '127.0.0.2'))
    refused(few, 78, 'ldap_ca_file', ldap_url=url, ldap_ca_file='/nowhere')


def test_no_tls(few):
    refused(few, 78, 'ldap_start_tls must be yes', ldap_url=few.plain,
            ldap_start_tls='no')
    # A server that cannot: nothing is said to it in clear text.
    refused(few, 75, 'reached safely', ldap_url=few.plain.replace(
        str(few.slapd.port), few.stack.env['UMWS_SMTP_PORT']))


def test_who_asks(few):
    few.write_password('wrong')
    refused(few, 78, 'Invalid credentials')
    few.write_password(ldap.PASSWORD, 0o644)
    refused(few, 78, 'others can use it')
    few.write_password('')
    refused(few, 78, 'no password')
    few.password.unlink()
    refused(few, 78, 'No such file')
    refused(few, 78, 'No such object', ldap_bind_dn=None,
            ldap_password_file=None)
    refused(few, 78, 'go together', ldap_password_file=None)


def test_external(few):
    """By a client's certificate, and by who we are at the socket."""
    few.slapd.stop()
    few.slapd.configure(
        'size=unlimited',
        f'authz-regexp "cn=umws.*" "{ldap.READER}"\n'
        f'authz-regexp "gidNumber=.*,cn=peercred.*" "{ldap.READER}"')
    few.slapd.start()
    nobody = {'ldap_bind_dn': None, 'ldap_password_file': None,
              'ldap_sasl_mech': 'EXTERNAL'}
    local = 'ldapi://' + str(few.slapd.socket).replace('/', '%2F')
    key = few.folder / 'client.key'
    key.write_bytes((few.slapd.folder / 'client.key').read_bytes())
    key.chmod(0o600)
    proof = {'ldap_cert_file': few.slapd.folder / 'client.pem',
             'ldap_key_file': key}
    few.sync(**nobody, **proof)
    assert few.sync(ldap_url=local, **nobody) == ''
    assert len(few.people()) == 1200
    key.chmod(0o644)
    refused(few, 78, 'others can use it', **nobody, **proof)


@pytest.mark.parametrize('settings,what', [
    ({'ldap_filter': '(uid=*'}, 'ldap_filter'),
    ({'ldap_base': 'ou=nowhere,dc=example,dc=test'}, 'No such object'),
    ({'ldap_base': 'nonsense'}, 'Invalid DN'),
    ({'ldap_map': 'login=uid email=mail extension=title'},
     'not one of 1200 entries has title'),
])
def test_wrong_question(few, settings, what):
    few.sync()
    refused(few, 78, what, **settings)


def test_nobody(few):
    few.sync()
    refused(few, 65, 'nobody in', ldap_filter='(uid=nobody)')
    refused(few, 65, '700 of 1200 mailboxes are gone',
            ldap_filter='(&(objectClass=inetOrgPerson)(!(|'
            '(uid=person0007*)(uid=person0008*)(uid=person0009*)'
            '(uid=person0010*)(uid=person0011*)'
            '(uid=person0006*)(uid=person0001*))))')


def test_cut(few):
    """A limit cuts the answer in a later page."""
    few.sync()
    few.restart(limits='size=1000')
    refused(few, 76, 'Size limit exceeded')
    few.restart(limits='size=1000 size.prtotal=unlimited')
    assert few.sync() == ''
    few.restart(limits='size.prtotal=disabled')
    refused(few, 76, 'nothing was changed')


def test_reference(few):
    """A part of the tree is said to be on another server."""
    few.sync()
    few.restart(ldap.people(1, 1200) +
                f'dn: ou=far,{ldap.BASE}\nobjectClass: referral\n'
                'objectClass: extensibleObject\nou: far\n'
                f'ref: ldap://far.example.test/ou=far,{ldap.BASE}\n\n')
    refused(few, 76, 'ldap://far.example.test')
    assert few.sync(ldap_base=ldap.PEOPLE) == ''


def slow(site):
    """A sync in the background."""
    return subprocess.Popen(site.command(), stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True,
                            env=environment())


class Relay(threading.Thread):
    """Hand on what one client and the server say, until the server has said
    so much; then something happens to it."""

    def __init__(self, port, limit, event):
        super().__init__(daemon=True)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.server, self.limit, self.event = port, limit, event
        self.has_happened = False

    def run(self):
        client = self.listener.accept()[0]
        server = socket.create_connection(('127.0.0.1', self.server))
        other = {client: server, server: client}
        passed = 0
        with self.listener, client, server:
            while True:
                for end in select.select([client, server], [], [])[0]:
                    try:
                        data = end.recv(65536)
                        other[end].sendall(data)
                    except OSError:
                        return
                    if not data:
                        return
                    passed += len(data) if end is server else 0
                if passed > self.limit and not self.has_happened:
                    self.has_happened = True
                    self.event()


@pytest.mark.parametrize('way', ['tls', 'plain'])
def test_dies(site, way):
    """kill -9 after the first pages: nothing is changed."""
    site.restart(ldap.people(1, 5000))
    site.sync()
    before = site.people()
    site.restart(ldap.people(1, 4995))
    relay = Relay(site.slapd.tls_port if way == 'tls' else site.slapd.port,
                  200_000, lambda: site.slapd.stop(signal.SIGKILL))
    relay.start()
    scheme = 'ldaps' if way == 'tls' else 'ldap'
    said = site.sync(code=75, ldap_url=f'{scheme}://127.0.0.1:{relay.port}')
    assert relay.has_happened
    assert 'nothing was changed: the directory broke off' in said
    assert site.people() == before


@pytest.mark.parametrize('way', ['tls', 'plain'])
def test_silent(few, way):
    """A server that answers no more is given up after ldap_timeout."""
    few.slapd.freeze()
    began = time.monotonic()
    try:
        refused(few, 75, 'nothing was changed', ldap_timeout='2s',
                ldap_url=getattr(few, way))
    finally:
        few.slapd.process.send_signal(signal.SIGCONT)
    assert time.monotonic() - began < 15


MAP = ('login=uid email=mail name=displayName extension=telephoneNumber:4'
       ' enabled=userAccountControl')


def test_entries(site):
    """Several values, none, flags of Active Directory, long numbers."""
    site.restart(
        ldap.entry('anna', mail=['anna@example.test', 'a@example.test'],
                   displayName='Änne 李', telephoneNumber='+49 (30) 12-3401',
                   userAccountControl='512') +
        ldap.entry('bert', mail='bert@example.test',
                   userAccountControl='514'))
    assert 'added 2' in site.sync(ldap_map=MAP)
    assert site.people() == [
        ('anna', 'anna@example.test', 'Änne 李', '3401', True),
        ('bert', 'bert@example.test', '', None, False)]
    assert site.sync(ldap_map=MAP) == ''
    # What the map does not have stays as it is.
    assert site.sync(ldap_map='login=uid email=mail') == ''


@pytest.mark.parametrize('attributes,what', [
    ({}, 'is no mail address'),
    ({'mail': 'x@example.test', 'displayName': 'a\x07b'}, 'name'),
    ({'mail': 'x@example.test', 'jpegPhoto': b'\xff\xd8\0'}, 'binary'),
    ({'mail': 'x@example.test', 'jpegPhoto': b'\xff\xd8'}, 'not UTF-8'),
    ({'mail': 'x@example.test', 'displayName': 'x' * 1025}, 'is longer'),
    ({'mail': 'x@example.test', 'displayName': 'a\u202eb'}, 'U+202E'),
])
def test_bad_entry(site, attributes, what):
    """It is named; left out, its mailbox is not gone."""
    good = ldap.entry('good', mail='good@example.test')
    field = 'jpegPhoto' if 'jpegPhoto' in attributes else 'displayName'
    site.settings['ldap_map'] = f'login=uid email=mail name={field}'
    site.restart(good + ldap.entry('wrong', mail='w@example.test'))
    site.sync()
    site.restart(good + ldap.entry('wrong', **attributes))
    refused(site, 65, what)
    refused(site, 65, f'uid=wrong,{ldap.PEOPLE}')
    said = site.sync('--skip-bad')
    assert 'disabled 0, left out 1 bad row' in said
    assert [person[4] for person in site.people()] == [True, True]


def test_language_and_zone(site):
    """Each has its attribute; what is none is named with its entry."""
    def people(**bert):
        return (ldap.entry('anna', mail='anna@example.test',
                           preferredLanguage='de-AT',
                           description='Europe/Vienna') +
                ldap.entry('bert', mail='bert@example.test', **bert))

    site.settings['ldap_map'] = ('login=uid email=mail'
                                 ' locale=preferredLanguage'
                                 ' time_zone=description')
    site.restart(people())
    assert 'added 2' in site.sync()
    reader = ('SELECT locale::text, time_zone::text FROM umws.um_user WHERE'
              " login IN ('anna', 'bert') ORDER BY login")
    assert site.stack.sql(reader) == [('de-AT', 'Europe/Vienna'),
                                      (None, None)]
    for bert, what in (({'preferredLanguage': 'cy'}, 'locale "cy" is of a'),
                       ({'description': 'CET'}, 'time zone "CET" is no')):
        site.restart(people(**bert))
        refused(site, 65, what)
        refused(site, 65, f'uid=bert,{ldap.PEOPLE}')
        assert 'disabled 0, left out 1 bad row' in site.sync('--skip-bad')
    site.restart(people(preferredLanguage='ja', description='Asia/Tokyo'))
    assert 'changed 1' in site.sync()
    assert site.stack.sql(reader) == [('de-AT', 'Europe/Vienna'),
                                      ('ja', 'Asia/Tokyo')]


def test_killed(few):
    """kill -9 of umwsctl: all of it or nothing, and the next one works."""
    few.sync()
    few.restart(ldap.people(1, 1190))
    for delay in (0.01, 0.05, 0.1, 0.2):
        child = slow(few)
        time.sleep(delay)
        child.kill()
        child.communicate(timeout=10)
    # The server sees within a second that nobody waits for it any more.
    eventually(lambda: run(*few.command()).returncode != 75, 30)
    few.sync()
    enabled = [person[0] for person in few.people() if person[4]]
    assert len(enabled) == 1190


def test_dry_run(few):
    said = few.sync('--dry-run')
    assert 'would add 1200 users' in said and 'nothing was changed' in said
    assert few.people() == []
