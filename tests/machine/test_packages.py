"""The Debian packages on a system that has booted: installed, set up, in use,
upgraded, removed, installed again and purged, in this order.

tools/lib/packaged builds them and says where they are."""
import re

import pytest

PACKAGES = ('umws', 'umws-agi', 'umws-common', 'umws-mailer')
HOST = 'mail.example.org'
ARRIVES = 30                    # seconds
# What an operator has before: no part of what is tested.
BEFORE = ('postgresql', 'nginx-light', 'postfix', 'curl', 'openssl')
SETUP = (f"umwsctl setup --host {HOST} --certificate /etc/ssl/mail.pem"
         " --certificate-key /etc/ssl/mail.key"
         " --auth basic=/etc/umws.htpasswd"
         f" --mail-from 'Voice mail <vm@{HOST}>'")
BODY = """\
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<{0} xmlns="http://schemas.microsoft.com/exchange/services/2006/messages"/>
</s:Body></s:Envelope>"""
CALL = (f"curl -s --cacert /etc/ssl/mail.pem --resolve {HOST}:443:127.0.0.1"
        " -u anna:wonderland -H 'Content-Type: text/xml; charset=utf-8'"
        " --data-binary @/root/{0} -o /root/answer -w '%{{http_code}}'"
        f" https://{HOST}/EWS/UM2007Legacy.asmx")


@pytest.fixture(scope='module')
def machine(boot):
    made = boot()
    made.sh('export DEBIAN_FRONTEND=noninteractive\n'
            f'apt-get -qq -y --no-install-recommends install '
            f'{" ".join(BEFORE)}', timeout=300)
    made.sh(f"""
hostname {HOST}
postconf -e 'mydestination = {HOST}, localhost' home_mailbox=Maildir/ \\
    inet_interfaces=loopback-only inet_protocols=ipv4
systemctl restart postfix
useradd -m anna
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN={HOST} -days 2 \\
    -addext subjectAltName=DNS:{HOST} -keyout /etc/ssl/mail.key \\
    -out /etc/ssl/mail.pem 2>/dev/null
echo "anna:$(openssl passwd -apr1 wonderland)" >/etc/umws.htpasswd
""")
    for name in ('ResetPIN', 'IsUMEnabled'):
        made.run('tee', f'/root/{name}', text=BODY.format(name))
    return made


def install(machine, *words):
    """What apt-get says. Nobody is there to answer a question."""
    return machine.sh('export DEBIAN_FRONTEND=noninteractive\n'
                      f'apt-get -y --no-install-recommends '
                      f'{" ".join(words)} </dev/null 2>&1', timeout=300)


def failed_units(machine):
    return machine.sh('systemctl --failed --no-legend | grep umws || true')


def processes(machine):
    """A line for each of ours, "PID (NAME)". Others may end meanwhile."""
    return machine.sh("cat /proc/[0-9]*/stat 2>/dev/null | cut -d ' ' -f 1,2"
                      ' | grep umws || true')


def active(machine, unit):
    return machine.run('systemctl', 'is-active', unit).stdout.strip()


def mails(machine):
    return machine.sh('ls -rt /home/anna/Maildir/new 2>/dev/null || true'
                      ).split()


# There are five resets an hour of one mailbox.
def new_pin(machine, send='systemctl start umws-mailer.service'):
    """A reset over HTTPS; the PIN of the one mail that arrives."""
    before = set(mails(machine))
    assert machine.sh(CALL.format('ResetPIN')) == '200'
    machine.sh(send)
    machine.eventually('test "$(ls /home/anna/Maildir/new | wc -l)" -gt '
                       f'{len(before)}', ARRIVES)
    (new,) = set(mails(machine)) - before
    text = machine.sh(f'cat /home/anna/Maildir/new/{new}')
    return re.search(r'^\s*([0-9]{3} ?[0-9]{3})\s*$', text,
                     re.MULTILINE)[1].replace(' ', '')


def word(machine, pin):
    """What the phone system hears of a PIN."""
    done = machine.run(
        'umws-agi', '--url', f'https://{HOST}/umws/tui', '--ca-file',
        '/etc/ssl/mail.pem', '--once', text=f'20001\n{pin}\n')
    return done.stdout.strip() or done.stderr


def keys(machine):
    return machine.sh('cd /etc/umws && stat -c "%n %a %U %G" *.key *.pub '
                      'web.secret* && sha256sum *.key *.pub web.secret*')


def test_installing_starts_nothing_that_fails(machine):
    said = install(machine, 'install', '/mnt/0/*.deb')
    assert 'debconf' not in said.replace('debconf: delaying', '')
    assert failed_units(machine) == ''
    assert active(machine, 'umws-fcgi.socket') == 'active'
    assert active(machine, 'umws-fcgi.service') == 'inactive'
    for name in ('mailer', 'seal', 'purge'):
        assert active(machine, f'umws-{name}.timer') == 'active'
        # The timer's moment before there is anything to do.
        machine.sh(f'systemctl start umws-{name}.service')
    for unit in ('umws-expiring.timer', 'umws-mailer-follow.service'):
        assert machine.run('systemctl', 'is-enabled', unit).stdout == \
            'disabled\n'
    assert failed_units(machine) == ''
    assert machine.sh('stat -c "%A %U %G" /run/umws /run/umws/fcgi.sock') \
        == 'drwxr-s--- umws_worker www-data\n' \
           'srw-rw---- umws_worker www-data\n'


def test_service_users_own_and_write_nothing_of_the_packages(machine):
    found = machine.sh(
        f'dpkg -L {" ".join(PACKAGES)} | grep . | sort -u | '
        'while read -r path; do'
        ' find "$path" -maxdepth 0 "(" ! -user root -o ! -group root'
        ' -o -perm /022 ! -type l ")" ; done')
    assert found == ''
    assert machine.sh('getent passwd umws_worker umws_mailer umws_admin | '
                      'cut -d: -f1,7') == ''.join(
        f'umws_{name}:/usr/sbin/nologin\n'
        for name in ('worker', 'mailer', 'admin'))
    assert machine.sh('id -Gn umws_worker') == 'umws_worker\n'


def test_set_up_in_one_command_and_a_mail_arrives(machine):
    machine.sh(SETUP)
    machine.sh(f"""
umwsctl user add anna --email anna@{HOST} --extension 20001
echo 'tui_accounts = phone' >/etc/umws/umws.conf.d/20-phone.conf
echo "phone:$(openssl passwd -apr1 cable)" >/etc/nginx/umws-phone.htpasswd
echo phone:cable >/etc/umws/agi.account
chmod 600 /etc/umws/agi.account
grep -q '{HOST}' /etc/hosts || echo '127.0.0.1 {HOST}' >>/etc/hosts
systemctl reload nginx
systemctl try-reload-or-restart umws-fcgi
""")
    pin = machine.pin = new_pin(machine)
    assert word(machine, pin) == 'CHANGE'
    assert word(machine, str((int(pin) + 1) % 10 ** 6).zfill(6)) == 'DENIED'
    assert failed_units(machine) == ''


REQUESTS = """
: >/root/codes
while [ ! -e /root/enough ]; do
    {0} >>/root/codes
    echo >>/root/codes
    sleep 0.2                   # nginx lets 10 a second through
done"""


def test_an_upgrade_keeps_all_and_loses_no_request(machine):
    before = keys(machine)
    machine.sh("""
echo '# ours' >>/etc/umws/umws.conf
echo '# ours' >>/etc/cron.d/umws-mailer
echo '# ours' >>/etc/apparmor.d/local/umws-fcgi""")
    worker = machine.sh('systemctl show -p MainPID --value umws-fcgi')
    assert 'umws-fcgi' in processes(machine)
    machine.sh('rm -f /root/enough; systemd-run --quiet --unit requests '
               'bash -c "$(cat <<"END"'
               + REQUESTS.format(CALL.format('IsUMEnabled')) + '\nEND\n)"')
    machine.eventually('test "$(grep -c 200 /root/codes)" -gt 2')
    install(machine, 'install', '/mnt/1/*.deb')
    done = machine.sh('wc -l </root/codes')
    machine.eventually(f'test "$(wc -l </root/codes)" -gt {int(done) + 2}')
    machine.sh('touch /root/enough')
    machine.eventually('! systemctl is-active -q requests')
    assert set(machine.sh('cat /root/codes').split()) == {'200'}
    assert machine.sh('systemctl show -p MainPID --value umws-fcgi') != worker
    assert machine.sh("dpkg-query -W -f '${Version}\\n' "
                      f'{" ".join(PACKAGES)} | sort -u').endswith('+next\n')
    assert keys(machine) == before
    for name in ('umws/umws.conf', 'cron.d/umws-mailer',
                 'apparmor.d/local/umws-fcgi'):
        machine.sh(f'tail -n 1 /etc/{name} | grep -qx "# ours"')
    assert word(machine, machine.pin) == 'CHANGE'
    machine.pin = new_pin(machine)
    assert word(machine, machine.pin) == 'CHANGE'
    assert failed_units(machine) == ''


def test_removed_and_installed_again_it_goes_on(machine):
    before = keys(machine)
    install(machine, 'remove', *PACKAGES)
    assert processes(machine) == ''
    assert machine.sh('systemctl list-units --all --no-legend "umws*" | '
                      'grep -v not-found || true') == ''
    # What cron would do now is to be silent.
    for path in ('umws', 'umws-mailer'):
        machine.sh(f"sed -n 's/^[0-9*].*\\(root\\|umws_mailer\\) //p' "
                   f'/etc/cron.d/{path} >/root/line; '
                   'test -s /root/line; test -z "$(sh /root/line 2>&1)"')
    assert keys(machine) == before
    install(machine, 'install', '/mnt/1/*.deb')
    assert failed_units(machine) == ''
    machine.eventually('test -S /run/umws/fcgi.sock')
    assert keys(machine) == before
    assert word(machine, machine.pin) == 'CHANGE'
    machine.pin = new_pin(machine)
    assert word(machine, machine.pin) == 'CHANGE'


def test_purge_leaves_the_data_and_says_where(machine):
    before = keys(machine)
    files = machine.sh(f'dpkg -L {" ".join(PACKAGES)} | grep . | sort -u | '
                       'while read -r path; do [ -d "$path" ] || '
                       'echo "$path"; done').split('\n')
    said = install(machine, 'purge', *PACKAGES)
    assert sorted(re.findall(r'(?m)^umws: .*', said)) == [
        'umws: so is what "umwsctl setup" made: /var/lib/umws lists it',
        'umws: the PostgreSQL database "umws" is kept, if there is one',
        'umws: the keys in /etc/umws are kept']
    left = [path for path in files
            if path and machine.run('test', '-e', path).returncode == 0]
    assert left == []
    found = machine.sh("find /etc /run /usr /var -name '*umws*' -print")
    assert [path for path in found.split() if not re.match(
        r'/etc/(umws|nginx)(/|$)|/etc/umws\.htpasswd$|/var/lib/umws(/|$)|'
        r'/var/(log|cache)/', path)] == []
    assert machine.run('test', '-e', '/etc/umws/umws.conf').returncode == 1
    assert machine.sh('ls /etc/umws/umws.conf.d') == '20-phone.conf\n'
    assert keys(machine) == before
    assert machine.sql('SELECT count(*) FROM umws.um_user') == '1'


# Its own /run, which has no folder of systemd's; the database's is left.
NO_SYSTEMD = """
systemctl stop nginx
exec unshare --mount --propagation private bash -euo pipefail -c '
mkdir /root/postgresql
mount --bind /run/postgresql /root/postgresql
mount -t tmpfs -o mode=755 run /run
mkdir /run/lock /run/postgresql
mount --bind /root/postgresql /run/postgresql
export DEBIAN_FRONTEND=noninteractive
apt-get -y --no-install-recommends install /mnt/1/*.deb </dev/null
nginx
{setup}
setsid runuser -u umws_worker -- umws-fcgi --listen /run/umws/fcgi.sock \\
    </dev/null >/dev/null 2>&1 &
sed -n "s/^[*].* umws_mailer //p" /etc/cron.d/umws-mailer >/run/line
test -s /run/line
for _ in $(seq 100); do [ ! -S /run/umws/fcgi.sock ] || break; sleep 0.1; done
'"""


def test_without_systemd_it_is_cron_that_sends(machine):
    """On the data of before, which were kept."""
    said = machine.sh(NO_SYSTEMD.format(setup=SETUP.replace("'", '"')),
                      timeout=300)
    assert 'systemd does not run here' in said
    worker = re.search(r'^(\d+) \(umws-fcgi\)$', processes(machine),
                       re.MULTILINE)[1]
    pin = new_pin(machine, f'nsenter -t {worker} -m runuser -u umws_mailer --'
                  f' sh /run/line')
    assert word(machine, pin) == 'CHANGE'
