"""umws's own programs: built, copied, configured, given keys and users."""
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess

from . import postgres, process
from .accounts import account, caller
from .layout import CHECKOUT, StackError

NAMES = ('umws-agi', 'umws-fcgi', 'umws-mailer', 'umwsctl')
CONFINFO = (('database_worker', 'umws_worker'),
            ('database_mailer', 'umws_mailer'),
            ('database_admin', 'umws_admin'))
KEYS = (('pepper_key', 'pepper.key'), ('mail_pub', 'mail.pub'),
        ('mail_key', 'mail.key'), ('web_secret', 'web.secret'),
        ('audit_key', 'audit.key'))
# One pass, a second of sleep, again: what cron does, only more often.
LOOP = """\
#!/bin/sh
while :; do
    {bin}/umws-mailer --config {config}
    sleep 1
done
"""
# The program takes the place of the shell, so that whoever started it may
# kill it; what it logs goes to its caller and to the stack's log.
MAILER = """\
#!/bin/bash
exec {mailer}{bin}/umws-mailer --config {config} "$@" \\
    2> >(exec tee -a {log} >&2)
"""
CTL = """\
#!/bin/sh
exec {ctl}{bin}/umwsctl --config {config} "$@"
"""


def build():
    """The folder that holds the programs; builds what is not built."""
    given = os.environ.get('UMWS_BINDIR')
    if given and 'UMWS_BUILD' not in os.environ:
        folder = pathlib.Path(given)
    else:
        folder = pathlib.Path(os.environ.get('UMWS_BUILD',
                                             CHECKOUT / 'build'))
        done = subprocess.run([CHECKOUT / 'tools/lib/build', folder],
                              text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise StackError('the build failed:\n' + tail(done.stdout))
    for name in NAMES:
        if not (folder / name).exists():
            raise StackError(f'{folder} holds no {name}')
    return folder


def tail(text, lines=20):
    return '\n'.join(text.splitlines()[-lines:])


def install(layout, folder, before=None):
    """Copy the programs to where unprivileged users can run them. What comes
    before them on a command line may be another host."""
    for name in NAMES:
        shutil.copy(folder / name, layout.home / 'bin' / name)
        (layout.home / 'bin' / name).chmod(0o755)
    names = {'bin': layout.home / 'bin', 'config': layout.config,
             'log': layout.log('mailer'),
             'mailer': account('mailer').prefix(), 'ctl': ''}
    names |= {name: ' '.join(words) + ' '
              for name, words in (before or {}).items()}
    for name, text in (('loop', LOOP), ('mailer', MAILER), ('ctl', CTL)):
        path = layout.home / 'wrap' / name
        path.write_text(text.format(**names))
        path.chmod(0o755)
    layout.log('mailer').touch()


def write_config(layout, smtp_port, more):
    """umws.conf; what the caller asked for wins over what we set."""
    settings = {key: layout.service_dsn(role) for key, role in CONFINFO}
    settings['database_admin'] = layout.dsn('umws_admin')
    settings |= {key: layout.home / 'keys' / name for key, name in KEYS}
    settings['smtp_url'] = f'smtp://127.0.0.1:{smtp_port}'
    settings['mail_from'] = 'Voice mail <umws@example.test>'
    settings['tui_accounts'] = 'phone'
    settings |= more
    layout.config.write_text(''.join(
        f'{key} = {value}\n' for key, value in settings.items()))
    layout.config.chmod(0o644)


def ctl(layout, *argv, text=None):
    """Run umwsctl; what it says is the reason when it fails."""
    done = subprocess.run([layout.home / 'wrap' / 'ctl', *argv], input=text,
                          text=True, capture_output=True,
                          env=process.clean_environment())
    if done.returncode != 0:
        raise StackError(f'umwsctl {shlex.join(argv[:3])} ended with'
                         f' {done.returncode}: {done.stderr.strip()}')
    return done.stdout


def create_schema(layout):
    ctl(layout, 'db', 'upgrade', '--dsn', layout.dsn('postgres'),
        '--sql', str(CHECKOUT / 'sql'))


def create_keys(layout):
    """Each key belongs to root and to the group of the one that needs it."""
    for kind in ('pepper', 'mail', 'web'):
        ctl(layout, 'key', 'create', kind)
    keys, worker = layout.home / 'keys', layout.worker_part
    owners = (('pepper.key', worker, 0o640), ('mail.pub', worker, 0o644),
              ('mail.key', 'mailer', 0o640), ('web.secret', worker, 0o640))
    for name, part, mode in owners:
        # --conf may have put a key somewhere else, on purpose.
        if os.geteuid() == 0 and (keys / name).exists():
            caller().own(keys / name, mode, account(part).gid)


def user_name(number):
    return f'user{number:04d}'


def create_users(layout, count):
    """user0001 and so on: enabled, no PIN yet, nothing queued."""
    lines = ['login,email,name,extension,locale,policy\n']
    for number in range(1, count + 1):
        login = user_name(number)
        lines.append(f'{login},{login}@example.test,User {number:04d},'
                     f'{20000 + number},en,default\n')
    if count > 0:
        ctl(layout, 'user', 'import', '-', text=''.join(lines))


def set_policy(layout, settings, limits):
    if not limits:
        settings = ['ResetsPerHour=0', 'ResetsPerDay=0', *settings]
        postgres.query(layout, 'UPDATE umws.limits SET'
                       ' resets_per_address_hour = 0, resets_per_minute = 0,'
                       ' changes_per_user_hour = 0,'
                       ' logon_failures_per_minute = 0')
    if settings:
        ctl(layout, 'policy', 'set', 'default', *settings)


def create_socket_folder(layout):
    """Where the worker makes its socket and nginx's workers may open it.

    The folder hands its group, the web server's, on to the socket.
    """
    folder = layout.fcgi_socket.parent
    folder.mkdir()
    account('worker').own(folder, 0o2750, account('web').gid)


def is_answering(layout):
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(layout.fcgi_socket)) == 0


def is_complete(layout):
    """The socket is there before the children, so it takes both."""
    found = re.search(r'^workers *= *([0-9]+)$', layout.config.read_text(),
                      re.MULTILINE)
    workers = int(found.group(1)) if found else 8
    return (is_answering(layout)
            and len(process.children(layout, 'worker')) == workers)


def start_worker(layout):
    process.start(layout, 'worker',
                  [layout.home / 'bin' / 'umws-fcgi', '--config',
                   layout.config, '--listen', layout.fcgi_socket],
                  account('worker'), 'worker')
    process.wait_for(lambda: is_complete(layout), layout, 'worker', 'worker')


def start_mailer_loop(layout):
    process.start(layout, 'mailer', [layout.home / 'wrap' / 'loop'],
                  account('mailer'), 'mailer')
