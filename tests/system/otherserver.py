"""lighttpd and Caddy before a stack's worker, with the configuration that
doc/web-servers.md prints; as on a host of their own, but for the paths."""
import contextlib
import os
import pwd
import re
import secrets
import subprocess
import tempfile

from harness import TREE, USERS, environment, eventually, run
from umws_stack.web import free_port, is_listening

WEB = 'www-data'
NAMES = ('lighttpd', 'caddy')
SHA_256, BCRYPT = '$5$', '$2b$04$'      # cheap ones
LIGHTTPD = """\
server.document-root = "{folder}/empty"
server.bind = "127.0.0.1"
server.port = {port}
{user}include "{folder}/umws.conf"
"""
CADDY = """\
{{
    admin off
    auto_https off
}}
import {folder}/umws.conf
http://127.0.0.1:{port} {{
    import umws_server
}}
"""


def printed(name, changes):
    """The configuration as the document has it, with other paths."""
    document = (TREE / 'doc' / 'web-servers.md').read_text()
    text = re.search(f'```{name}\n(.*?)```', document, re.DOTALL)[1]
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def write(path, text):
    with open(path, 'w') as output:
        output.write(text)


def crypted(password, method):
    """As crypt(3) has it; Perl still knows it, Python 3.13 does not."""
    salt = ''.join(secrets.choice('./0123456789abcdef') for _ in range(22))
    return run('perl', '-e', 'print crypt(<STDIN>, $ARGV[0])',
               method + salt, text=password).stdout


def passwords(stack, method, between):
    hashed = crypted(stack.env['UMWS_PASSWORD'], method)
    assert hashed.startswith(method)
    return ''.join(f'user{number:04d}{between}{hashed}\n'
                   for number in range(1, USERS + 1))


def phone_account(stack, method, between):
    """That of the stack; and all users, as somebody may have it who takes one
    file for both: the service lets them in no more for that."""
    hashed = crypted(stack.env['UMWS_TUI_PASSWORD'], method)
    return (f'{stack.env["UMWS_TUI_USER"]}{between}{hashed}\n'
            + passwords(stack, method, between))


def lighttpd(stack, folder, port, more):
    """The command that runs it."""
    write(f'{folder}/secret', 'var.umws_secret = "%s"\n'
          % stack.env['UMWS_SECRET'])
    write(f'{folder}/users', passwords(stack, SHA_256, ':'))
    write(f'{folder}/phone', phone_account(stack, SHA_256, ':'))
    write(f'{folder}/umws.conf', printed('lighttpd', {
        '/run/umws/fcgi.sock': stack.env['UMWS_FCGI_SOCKET'],
        '/etc/umws/web.secret.lighttpd': f'{folder}/secret',
        '/etc/lighttpd/umws.htpasswd': f'{folder}/users',
        '/etc/lighttpd/umws-phone.htpasswd': f'{folder}/phone'}))
    user = (f'server.username = "{WEB}"\nserver.groupname = "{WEB}"\n'
            if os.geteuid() == 0 else '')
    write(f'{folder}/main.conf', LIGHTTPD.format(
        folder=folder, port=port, user=user) + more)
    return ['/usr/sbin/lighttpd', '-D', '-f', f'{folder}/main.conf'], {}


def caddy(stack, folder, port, more):
    assert not more
    write(f'{folder}/users', passwords(stack, BCRYPT, ' '))
    write(f'{folder}/phone', phone_account(stack, BCRYPT, ' '))
    write(f'{folder}/umws.conf', printed('caddy', {
        'unix//run/umws/fcgi.sock': 'unix/' + stack.env['UMWS_FCGI_SOCKET'],
        '/etc/caddy/umws.users': f'{folder}/users',
        '/etc/caddy/umws-phone.users': f'{folder}/phone'}))
    write(f'{folder}/Caddyfile', CADDY.format(folder=folder, port=port))
    account = {}
    if os.geteuid() == 0:
        web = pwd.getpwnam(WEB)
        account = {'user': web.pw_uid, 'group': web.pw_gid,
                   'extra_groups': []}
    return ['/usr/bin/caddy', 'run', '--adapter', 'caddyfile', '--config',
            f'{folder}/Caddyfile'], account


@contextlib.contextmanager
def before(stack, name, more=''):
    """Run the server, with more lines at the end of its configuration; the
    stack's addresses are its own meanwhile."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix='umws-') as folder:
        os.chmod(folder, 0o755)
        os.mkdir(f'{folder}/empty')
        argv, account = {'lighttpd': lighttpd,
                         'caddy': caddy}[name](
                             stack, folder, port, more)
        with open(f'{folder}/log', 'w') as log:
            server = subprocess.Popen(
                argv, stdout=log, stderr=log, cwd='/', env=environment(
                    UMWS_SECRET=stack.env['UMWS_SECRET'], HOME=folder),
                **account)
        try:
            eventually(lambda: is_listening(port), what=open(log.name).read)
            base = stack.env['UMWS_BASE_URL']
            stack.env |= {
                key: value.replace(base, f'http://127.0.0.1:{port}')
                for key, value in stack.env.items() if key.endswith('_URL')
                or key.startswith('UMWS_URL')}
            yield
        finally:
            server.terminate()
            server.wait(30)
