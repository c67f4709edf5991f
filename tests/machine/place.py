"""What stands on a machine before umws comes: names, certificate, accounts,
a mail server. And who asks it for PINs meanwhile."""
import contextlib
import re
import shlex
import subprocess

from documents import REFERENCE
from machine import TREE

HOST = 'mail.example.org'
URL = f'https://{HOST}/EWS/UM2007Legacy.asmx'
PASSWORD = 'not the PIN'
USERS = ('alice', 'bob', 'carol', 'dave')
BARE = f"""
echo '127.0.0.1 {HOST}' >>/etc/hosts
export DEBIAN_FRONTEND=noninteractive
debconf-set-selections <<'END'
postfix postfix/main_mailer_type select Local only
postfix postfix/mailname string example.org
END
apt-get -qq -y --no-install-recommends install {{packages}} >/dev/null 2>&1
install -d -m 0710 -g www-data /etc/umws-web
openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN={HOST} \\
    -addext subjectAltName=DNS:{HOST} \\
    -keyout /etc/ssl/private/{HOST}.key \\
    -out /etc/ssl/certs/{HOST}.pem 2>/dev/null
install -D -m 0644 /etc/ssl/certs/{HOST}.pem \\
    /usr/local/share/ca-certificates/of-tests.crt
update-ca-certificates >/dev/null 2>&1
touch /etc/nginx/umws.htpasswd
chmod 0640 /etc/nginx/umws.htpasswd
chgrp www-data /etc/nginx/umws.htpasswd
for user in you {' '.join(USERS)}; do
    useradd -m $user
    htpasswd -bB /etc/nginx/umws.htpasswd $user {shlex.quote(PASSWORD)} \\
        2>/dev/null
done
"""
ASK = (f'curl -sS -o /dev/null -w "%%{{http_code}}\\n" --max-time 30'
       f' -u %s:{shlex.quote(PASSWORD)}'
       " -H 'Content-Type: text/xml; charset=utf-8'"
       f' --data-binary @/mnt/reset.xml {URL}')


def prepare(machine, packages):
    (machine.folder / 'reset.xml').write_bytes(REFERENCE)
    machine.sh(BARE.format(packages=' '.join(packages)), timeout=300)


def install_commands():
    """README's, the first of its blocks under Install."""
    text = (TREE / 'README.md').read_text()
    text = text.partition('\n## Install\n')[2]
    block = re.search(r'(?:^    .*\n)+', text, re.MULTILINE)[0]
    return re.sub('^    ', '', block, flags=re.MULTILINE)


def setup_command():
    return re.search(r'^umwsctl setup(?:.*\\\n)*.*\n', install_commands(),
                     re.MULTILINE)[0]


def install(machine):
    """As README says, the packages of this version."""
    machine.sh('export DEBIAN_FRONTEND=noninteractive\ncd /mnt/0\n'
               + install_commands().replace('apt-get install',
                                            'apt-get -y install'),
               timeout=300)


def reset(machine, user):
    """The status of one ResetPIN, as this user."""
    return machine.sh(ASK % user).strip()


def mails(machine, user):
    """The mails that the mail server has put into the user's mailbox."""
    return machine.sh(f'cat /var/mail/{user} 2>/dev/null || true'
                      ).split('\nFrom ')


@contextlib.contextmanager
def load(machine, users=USERS):
    """Resets all the time, of each user one after the other; the list that
    this yields has all statuses once it is over."""
    heard = []
    lines = 'while [ ! -e /mnt/enough ]; do ' + ASK + '; sleep 0.4; done'
    enough = machine.folder / 'enough'
    work = [subprocess.Popen(machine.argv('bash', '-c', lines % user),
                             stdout=subprocess.PIPE, text=True,
                             stderr=subprocess.STDOUT) for user in users]
    try:
        yield heard
    finally:
        enough.touch()
        for one in work:
            heard += one.communicate(timeout=60)[0].split()
        enough.unlink()
