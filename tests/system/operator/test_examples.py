"""The examples that stand in comments of the files we install."""
import re

from harness import TREE, run
from umws_stack.nginx import TEMPORARY
from umws_stack.web import free_port

MAIN = """\
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ }}
http {{
    access_log off;
""" + TEMPORARY + """\
{server}}}
"""


def example(text):
    """The server block of the comment at the top, without the marks."""
    head = text.partition('\n\n')[0]
    lines = [line.removeprefix('#') for line in head.splitlines()]
    return re.search(r'^ +server \{\n.*?^ +\}\n', '\n'.join(lines) + '\n',
                     re.DOTALL | re.MULTILINE)[0]


def test_nginx_takes_the_example_without_a_warning(tmp_path):
    """From Debian 12's to the newest: none calls a word of it deprecated."""
    port = free_port()
    server = example((TREE / 'nginx' / 'umws.conf').read_text())
    assert 'listen' in server and 'ssl_certificate_key' in server
    done = run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes',
               '-subj', '/CN=mail.example.org', '-days', '2',
               '-keyout', tmp_path / 'key', '-out', tmp_path / 'pem')
    assert done.returncode == 0, done.stderr
    for old, new in (('/etc/ssl/certs/mail.example.org.pem', 'pem'),
                     ('/etc/ssl/private/mail.example.org.key', 'key')):
        assert old in server
        server = server.replace(old, str(tmp_path / new))
    server = server.replace('listen 443', f'listen 127.0.0.1:{port}')
    server = server.replace('[::]:443', f'[::1]:{port}')
    server = server.replace('include snippets/umws.conf;', '')
    (tmp_path / 'nginx.conf').write_text(MAIN.format(
        folder=tmp_path, server=server))
    done = run('/usr/sbin/nginx', '-t', '-p', tmp_path, '-e', 'stderr',
               '-c', tmp_path / 'nginx.conf')
    assert done.returncode == 0, done.stderr
    assert '[warn]' not in done.stderr
    assert 'deprecated' not in done.stderr
