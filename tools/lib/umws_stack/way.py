"""How users prove who they are: the files that umws.conf includes.

A way is a name, as basic: auth-basic.conf of the server's folder, and
server-basic.conf if there is one. Where umws.conf looks for them they have
one name each, so that there is one way and no second.
"""
import shutil

from .layout import CHECKOUT, replaced

WAYS = {'nginx': ('basic', 'kerberos', 'certificate', 'request'),
        'apache': ('basic', 'kerberos', 'certificate', 'ldap', 'openidc')}
PASSWORDS = {'nginx': '/etc/nginx', 'apache': '/etc/apache2'}
ASIS = '/etc/apache2/umws-authenticated.asis'
# How umws.conf of each includes them.
INCLUDED = {'nginx': ('snippets/umws-auth.conf', 'snippets/umws-server*.conf',
                      'snippets/umws-page*.conf'),
            'apache': ('/etc/apache2/umws-auth.conf',
                       '/etc/apache2/umws-server*.conf',
                       '/etc/apache2/umws-page*.conf')}
PAGE = '/usr/share/umws/www'


def includes(server, web):
    """What umws.conf reads, and where it lies in this folder."""
    return {name: web / name.rpartition('/')[2] for name in INCLUDED[server]}


def install_page(server, web):
    """The page for people, and a copy of its files that any user may read."""
    files = web / 'www'
    shutil.rmtree(files, ignore_errors=True)
    shutil.copytree(CHECKOUT / 'www', files)
    include = INCLUDED[server][0]
    (web / 'umws-page.conf').write_text(replaced(
        CHECKOUT / server / 'umws-page.conf', {
            PAGE: files, include: web / include.rpartition('/')[2]}))


def install(server, layout, web):
    """Both files in the folder, with other names in them; a name that neither
    has is a mistake."""
    way = layout.options.get('way', 'basic')
    names = layout.options.get('names', {})
    if way == 'basic':
        names = {f'{PASSWORDS[server]}/umws.htpasswd': web / 'htpasswd'}
    texts, unused = {}, set(names)
    for part in ('auth', 'server'):
        target = web / f'umws-{part}.conf'
        target.unlink(missing_ok=True)
        source = CHECKOUT / server / f'{part}-{way}.conf'
        if part == 'auth' or source.exists():
            texts[target] = source.read_text()
    for target, text in texts.items():
        for old, new in names.items():
            unused -= {old} if old in text else set()
            text = text.replace(old, str(new))
        text = text.replace(ASIS, f'{web}/{ASIS.rpartition("/")[2]}')
        target.write_text(text)
    assert not unused, f'{server}, {way}: no {sorted(unused)}'
