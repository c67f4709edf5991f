"""A real OpenID Connect provider on loopback: LemonLDAP::NG with its users
for demonstrations, whose passwords are their names."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import lxml.html
import requests

from harness import environment, eventually, run
from umws_stack import web
from umws_stack.nginx import TEMPORARY

USERS = ('dwho', 'rtyler')
PORTAL = pathlib.Path('/usr/share/lemonldap-ng/portal/htdocs/index.psgi')
SECRET = 'hush-hush-secret'
INI = """\
[all]
logLevel = warn
[configuration]
type = File
dirName = {folder}/conf
localStorage = Cache::FileCache
localStorageOptions = {{ 'namespace'=>'c', 'cache_root'=>'{folder}/cache' }}
[portal]
staticPrefix = /static
templateDir = /usr/share/lemonldap-ng/portal/templates
languages = en
[handler]
"""
NGINX = """\
daemon off;
pid {folder}/nginx.pid;
events {{
}}
http {{
    access_log off;
""" + TEMPORARY + """\
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {tls}/localhost.pem;
        ssl_certificate_key {tls}/localhost.key;
        location / {{
            proxy_pass http://127.0.0.1:{inner};
            proxy_set_header Host $http_host;
        }}
    }}
}}
"""


def configuration(folder, url, clients):
    """clients  {name: its redirection addresses}"""
    key = run('openssl', 'genrsa', '2048').stdout
    public = run('openssl', 'rsa', '-pubout', text=key).stdout
    option = 'oidcRPMetaDataOptions'
    store = {'generateModule': 'Lemonldap::NG::Common::Apache::Session::'
             'Generate::SHA256'}
    for name in ('sessions', 'psessions'):
        (folder / name / 'lock').mkdir(parents=True)
    return {
        'cfgNum': 1, 'cfgVersion': '2.0.0', 'cfgAuthor': 'tests',
        'cfgDate': '1', 'authentication': 'Demo', 'userDB': 'Same',
        'passwordDB': 'Null', 'registerDB': 'Null',
        'demoExportedVars': {'cn': 'cn', 'mail': 'mail', 'uid': 'uid'},
        'domain': 'localhost', 'portal': url, 'cookieName': 'lemonldap',
        'securedCookie': 1, 'key': 'sixteen-letters!', 'whatToTrace': 'uid',
        'globalStorage': 'Apache::Session::File',
        'globalStorageOptions': store | {
            'Directory': f'{folder}/sessions',
            'LockDirectory': f'{folder}/sessions/lock'},
        'persistentStorage': 'Apache::Session::File',
        'persistentStorageOptions': {
            'Directory': f'{folder}/psessions',
            'LockDirectory': f'{folder}/psessions/lock'},
        'localSessionStorage': 'Cache::FileCache',
        'localSessionStorageOptions': {
            'cache_root': f'{folder}/cache', 'namespace': 's'},
        'locationRules': {'localhost': {'default': 'accept'}},
        # Some module has to be loaded here, and the usual one wants
        # ImageMagick; this one does nothing before it is asked.
        'captcha': '::Plugins::History',
        'captcha_mail_enabled': 0, 'captcha_register_enabled': 0,
        'portalDisplayRegister': 0, 'portalDisplayResetPassword': 0,
        'issuerDBOpenIDConnectActivation': 1,
        'oidcServiceMetaDataIssuer': url,
        'oidcServiceAllowAuthorizationCodeFlow': 1,
        'oidcServicePrivateKeySig': key, 'oidcServicePublicKeySig': public,
        'oidcServiceKeyIdSig': 'k1',
        'oidcRPMetaDataOptions': {name: {
            f'{option}ClientID': name, f'{option}ClientSecret': SECRET,
            f'{option}RedirectUris': addresses,
            f'{option}IDTokenSignAlg': 'RS256',
            f'{option}BypassConsent': 1, f'{option}AllowPasswordGrant': 1,
            f'{option}UserIDAttr': 'uid'}
            for name, addresses in clients.items()},
        'oidcRPMetaDataExportedVars': {name: {'email': 'mail'}
                                       for name in clients}}


class Provider:
    """url  with a slash at its end; authority  the file of who signed its
    certificate"""

    def __init__(self, url, authority):
        self.url, self.authority = url, str(authority)

    def token(self, user, client='umws'):
        """An access token, as a client without a browser gets it."""
        answer = requests.post(
            f'{self.url}oauth2/token', timeout=30, auth=(client, SECRET),
            verify=self.authority,
            data={'grant_type': 'password', 'username': user,
                  'password': user, 'scope': 'openid'})
        assert answer.status_code == 200, answer.text
        return answer.json()['access_token']

    def sign_in(self, session, url, user):
        """What a person does in a browser: follow to the form, fill it in,
        and be led back. The last answer."""
        page = session.get(url, timeout=30)
        assert page.url.startswith(self.url), page.url
        (form,) = lxml.html.fromstring(page.text).forms[:1]
        form.fields['user'] = form.fields['password'] = user
        return session.post(page.url, data=dict(form.form_values()),
                            timeout=30)


@contextlib.contextmanager
def started(command, port, folder, **more):
    """A server in a group of its own, as soon as it listens."""
    with open(folder / 'log', 'a') as log:
        server = subprocess.Popen(command, stdout=log, stderr=log,
                                  start_new_session=True, **more)
    try:
        eventually(lambda: server.poll() is not None
                   or web.is_listening(port), 60)
        assert server.poll() is None, (folder / 'log').read_text()
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


@contextlib.contextmanager
def running(clients, tls):
    """Over TLS, with the certificate of webway.server_certificate().

    clients  {name: the address that it leads browsers back to}
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    port, inner = web.free_port(), web.free_port()
    url = f'https://localhost:{port}/'
    (folder / 'conf').mkdir()
    (folder / 'conf' / 'lmConf-1.json').write_text(
        json.dumps(configuration(folder, url, clients)))
    ini = folder / 'lemonldap-ng.ini'
    ini.write_text(INI.format(folder=folder))
    (folder / 'nginx.conf').write_text(NGINX.format(
        folder=folder, port=port, inner=inner, tls=tls))
    made = Provider(url, tls / 'ca.pem')
    with contextlib.ExitStack() as kept:
        kept.callback(shutil.rmtree, folder)
        kept.enter_context(started(
            ['plackup', '-s', 'HTTP::Server::PSGI', '-E', 'deployment',
             '--host', '127.0.0.1', '--port', str(inner), PORTAL], inner,
            folder, env=environment(LLNG_DEFAULTCONFFILE=str(ini))))
        kept.enter_context(started(
            ['/usr/sbin/nginx', '-p', folder, '-c', folder / 'nginx.conf',
             '-e', folder / 'log'], port, folder))
        answer = requests.get(f'{url}.well-known/openid-configuration',
                              timeout=60, verify=made.authority)
        assert answer.status_code == 200, (folder / 'log').read_text()
        yield made
