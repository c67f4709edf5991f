"""Mailboxes and PINs of an Asterisk: in, whole, and known to nobody else."""
import getpass
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import time

import pytest

from harness import CHEAP, eventually, run
from phonecall import logon
from storm import home

OPTIONS = CHEAP + ('--limits', 'off')
USAGE, DATA, NOINPUT, TEMPORARY = 64, 65, 66, 75
GOOD, WEAK = '739152', '111111'


def command(stack, path, *options, conf=None):
    return [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
            conf or stack.env['UMWS_CONF'], 'user', 'import', '--asterisk',
            path, *options]


def imported(stack, path, *options, code=0):
    done = run(*command(stack, path, *options))
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


@pytest.fixture
def number():
    """The first of ten mailboxes of this test."""
    number.last = getattr(number, 'last', 61000) + 10
    return number.last


@pytest.fixture
def write(tmp_path):
    def write(text, name='voicemail.conf'):
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)
    return write


def world(stack):
    return stack.sql('SELECT to_jsonb(u) FROM umws.um_user u ORDER BY id')


def audited(stack, login):
    return [(row['action'], row['actor'], row['reason'])
            for row in stack.audit(login, by_operators=True)]


def test_contexts_templates_and_files(stack, write, number):
    a, b, c, d, e, f = (str(number + n) for n in range(6))
    write(f'{c} => -{GOOD},Locked,c@example.test\n'
          '#tryinclude "none.conf"\n', 'more.conf')
    path = write(f"""\
[general]
format = wav ; no mailbox
[zonemessages]
eastern = America/New_York|'vm-received' Q 'digits/at' IMp
[base](!)
{d} => {GOOD},From A Template,d@example.test
;-- {f} => {GOOD},Comment,f@example.test --;
[default]
{a} => {GOOD},Ann; comment
{a} => {GOOD}, Good PIN ,a@example.test,p@example.test,\
tz=eastern|locale=de_DE.UTF-8|attach=yes
#include more.conf
[sales](base)
{b} = {WEAK},Weak PIN,b@example.test
{e} => ,No PIN,e@example.test
""")
    assert 'no mail address' in imported(stack, path, code=DATA).stderr
    text = pathlib.Path(path).read_text().replace(
        f'{a} => {GOOD},Ann; comment\n', '')
    write(text)
    before = world(stack)
    done = imported(stack, path, '--dry-run')
    assert world(stack) == before
    assert 'would add 5 users' in done.stdout
    assert 'would set 4 PINs\n1 of them are refused' in done.stdout
    done = imported(stack, path)
    assert done.stdout.startswith('added 5 users\n')
    assert done.stdout.splitlines()[-4:] == [
        'set 4 PINs', '1 of them are refused by the policy,'
        ' and must be changed at the next logon',
        '1 mailboxes have no PIN', '1 options of the file mean nothing here']
    assert done.stderr.splitlines() == [
        f'umwsctl: {path}:13: mailbox {e} has no PIN of up to 24 digits, and'
        ' gets none']
    assert logon(stack, a, GOOD) == 'OK'
    assert logon(stack, b, WEAK).startswith('CHANGE')
    assert logon(stack, c, GOOD) == 'OK'
    assert logon(stack, d, GOOD) == 'OK'
    assert logon(stack, e, GOOD) == 'DENIED'
    assert logon(stack, a, WEAK) == 'DENIED'
    state = stack.state(a)
    assert (state['extension'], state['locale'], state['display_name'],
            state['email'], state['generation'], state['history_count']) == (
        a, 'de-DE', 'Good PIN', 'a@example.test', 1, 1)
    assert state['time_zone'] == 'America/New_York'
    assert stack.state(b)['time_zone'] is None
    assert stack.value('SELECT array_agg(is_first_time ORDER BY login) FROM'
                       ' umws.um_user WHERE login = ANY(%s)', [a, b]) == [
        False, True]
    assert state['expires_at'] is not None
    assert stack.state(c)['pin_locked'] and not state['pin_locked']
    assert stack.state(b)['must_change'] and not state['must_change']
    assert stack.sql('SELECT 1 FROM umws.um_user WHERE login = %s', f) == []
    assert stack.outbox(a) == []
    actor = getpass.getuser()
    assert audited(stack, a) == [('user_add', actor, path),
                                 ('pin_import', actor, path)]
    assert audited(stack, b)[-1] == (
        'pin_import', actor, f'{path}, must be changed')
    assert stack.value('SELECT count(DISTINCT verifier) FROM umws.um_user'
                       ' WHERE login = ANY(%s)', [a, c, d]) == 3
    # And again, with other PINs: nobody's is changed.
    write(text.replace(GOOD, '852963'))
    before = world(stack)
    (row,) = json.loads(imported(stack, path, '--json').stdout)
    assert row == {
        'added': 0, 'changed': 0, 'disabled': 0, 'same': 5, 'bad': 0,
        'mails': 0, 'is_dry_run': False, 'pins_set': 0,
        'pins_must_change': 0, 'pins_kept': 4, 'pins_none': 1,
        'options_ignored': 1}
    assert world(stack) == before


def test_patterns_and_the_default_locale(stack, write, tmp_path, number):
    """Files of a pattern come in the order of their names, directories are
    none, and a pattern of no file is one that is missing."""
    (tmp_path / 'vm.d' / 'sub.conf').mkdir(parents=True)
    for n in (2, 1):
        write(f'{number + n} => {GOOD},N{n},p{number + n}@example.test'
              f'{",,locale=fr_FR" if n == 2 else ""}\n', f'vm.d/{n}.conf')
    path = write('[general]\nlocale=de_AT.UTF-8\n[c]\n'
                 '#include "vm.d/*.conf"\n#tryinclude none.d/*.conf\n'
                 f'{number} => {GOOD},N,p{number}@example.test\n')
    assert imported(stack, path).stdout.startswith('added 3 users\n')
    assert stack.sql('SELECT login::text, locale::text FROM umws.um_user WHERE'
                     ' login = ANY(%s) ORDER BY id',
                     [str(number + n) for n in range(3)]) == [
        (str(number + 1), 'de-AT'), (str(number + 2), 'fr-FR'),
        (str(number), 'de-AT')]
    text = pathlib.Path(path).read_text()
    write(text.replace('#tryinclude', '#include'))
    said = imported(stack, path, code=NOINPUT).stderr
    assert 'none.d/*.conf: No such file' in said
    write('p => broken\n', 'vm.d/3.conf')
    write(text)
    assert 'vm.d/3.conf:1: ' in imported(stack, path, code=DATA).stderr


@pytest.mark.parametrize('word, form', [('email', 'Jan{}@Example.test'),
                                        ('user', 'Jan{}')])
def test_logins_of_addresses(stack, write, number, word, form):
    """Their numbers are their extensions all the same, and the PINs work."""
    extension, login = str(number), form.format(number).lower()
    path = write(f'[c]\n{number} => {GOOD},J,Jan{number}@Example.test\n'
                 f'{number + 1} => {number + 1},K,kai{number}@example.test\n')
    done = imported(stack, path, '--login', word)
    assert done.stdout.startswith('added 2 users\n')
    assert '1 of them are refused' in done.stdout    # it is the extension
    state = stack.state(login)
    assert (state['login'], state['extension']) == (login, extension)
    assert logon(stack, extension, GOOD) == 'OK'
    assert imported(stack, path, '--login', word).stdout.startswith(
        'added 0 users\nnothing is to be changed')
    assert '--login x' in imported(stack, path, '--login', 'x',
                                   code=USAGE).stderr
    done = run(*command(stack, path)[:-2], path, '--login', 'user')
    assert done.returncode == USAGE and 'for --asterisk' in done.stderr


def test_of_mailboxes_that_are_there(stack, write, number):
    """Who has never had a PIN gets one; who has one keeps it."""
    extension = str(number)
    run(stack.env['UMWS_CTL'], 'user', 'add', extension, '--email',
        'old@example.test', '--extension', extension)
    path = write(f'[default]\n{extension} => {GOOD},New,new@example.test\n')
    done = imported(stack, path)
    assert done.stdout.splitlines()[:3] == [
        'added 0 users', 'changed 1 users', 'set 1 PINs']
    assert logon(stack, extension, GOOD) == 'OK'
    # As if failed logons had voided it: that is no mailbox without a PIN.
    stack.sql('UPDATE umws.um_user SET verifier = NULL, pin_key_id = NULL,'
              ' reset_due = true WHERE login = %s', extension)
    assert 'kept 1 PINs' in imported(stack, path).stdout
    assert stack.state(extension)['generation'] == 1


def test_one_context(stack, write, number):
    path = write(f'[one]\n{number} => {GOOD},N,a@example.test\n'
                 f'[two]\n{number} => {WEAK},N,b@example.test\n')
    said = imported(stack, path, code=DATA).stderr
    assert f'{path}:4: the login "{number}" stands on line 2' in said
    assert 'there is no mailbox in three of' in imported(
        stack, path, '--context', 'three', code=DATA).stderr
    imported(stack, path, '--context', 'two')
    assert stack.state(str(number))['email'] == 'b@example.test'
    assert logon(stack, str(number), WEAK).startswith('CHANGE')


def test_bad_rows(stack, write, number):
    included = write(f'{number} => 1,N\n#include more.conf\n', 'more.conf')
    path = write('[c]\n'
                 f'{number + 1} => {GOOD},No Address\n'
                 'no mailbox\n'
                 f'{number + 2} => {GOOD},a\u202eb,b@example.test\n'
                 f'{number + 3} => {GOOD},{"x" * 5000}\n'
                 f'{number + 4} => {GOOD},N,e@example.test,,locale=C\n'
                 '#exec /bin/true\n'
                 f'{"1" * 21} => {GOOD},N,f@example.test\n'
                 '#include more.conf\n')
    with open(path, 'ab') as file:
        file.write(f'{number + 5} => {GOOD},'.encode() + b'\xe4,'
                   b'g@example.test\n')
    before = world(stack)
    said = imported(stack, path, code=DATA).stderr.splitlines()
    assert world(stack) == before
    for line, part in ((2, 'is no mail address'), (3, 'is no "mailbox =>'),
                       (4, 'U+202E'), (5, 'too long'), (7, '"#exec"'),
                       (8, 'extension'), (10, 'not UTF-8')):
        (found,) = [one for one in said
                    if one.startswith(f'umwsctl: {path}:{line}: ')]
        assert part in found
    assert f'umwsctl: {path}: {included}:1: "" is no mail address' in (
        '\n'.join(said))
    assert 'too many files include one another' in '\n'.join(said)
    assert GOOD not in '\n'.join(said)
    assert imported(stack, path, '--skip-bad').stdout.startswith(
        'added 1 users\n')
    assert logon(stack, str(number + 4), GOOD) == 'OK'
    assert stack.value('SELECT count(*) FROM umws.um_user WHERE login = %s',
                       str(number + 1)) == 0


def test_refused(stack, write, tmp_path):
    path = write('[c]\n#include none.conf\n1 => 2\n')
    said = imported(stack, path, code=NOINPUT).stderr
    assert said == (f'umwsctl: nothing was changed: {tmp_path}/none.conf: No'
                    ' such file or directory\n')
    assert 'no mailbox in' in imported(stack, write('[general]\na=b\n'),
                                       code=DATA).stderr
    assert 'is for CSV' in imported(stack, path, '--uneven',
                                    code=USAGE).stderr
    done = run(stack.env['UMWS_CTL'], 'user', 'import', path, '--context',
               'x')
    assert (done.returncode, '--context is for' in done.stderr) == (
        USAGE, True)


def test_locked_and_refused_by_the_policy(stack, write, number):
    """No change can be forced of what may not be changed."""
    path = write(f'[c]\n{number} => -{WEAK},N,a@example.test\n')
    said = imported(stack, path).stderr
    assert 'locked against change: it stays' in said and WEAK not in said
    assert logon(stack, str(number), WEAK) == 'OK'


def test_pin_stands_nowhere(stack, write, number):
    """In no file of the database, no log and no mail."""
    pin = '739152846039'
    path = write(f'[c]\n{number} => {pin},N,a@example.test\n')
    imported(stack, path)
    assert logon(stack, str(number), pin) == 'OK'
    stack.sql('CHECKPOINT')
    found = subprocess.run(['grep', '-rlsa', pin, home(stack)], check=False,
                           capture_output=True, text=True).stdout.split()
    assert found == []


def slow_conf(stack, tmp_path):
    """A derivation takes about half a second."""
    text = re.sub(r'(?m)^kdf\b.*\n', '',
                  pathlib.Path(stack.env['UMWS_CONF']).read_text())
    conf = tmp_path / 'umws.conf'
    conf.write_text(text + 'kdf = 65536,8,1\n')
    conf.chmod(0o600)
    return str(conf)


def many(number, count=10):
    return '[c]\n' + ''.join(
        f'{number * 100 + n} => {GOOD},N,a{n}@example.test\n'
        for n in range(count))


def children(pid):
    return [int(word) for word in pathlib.Path(
        f'/proc/{pid}/task/{pid}/children').read_text().split()]


@pytest.mark.parametrize('how', [signal.SIGKILL, signal.SIGTERM])
def test_ended_while_it_derives(stack, write, tmp_path, number, how):
    """And meanwhile no PIN is on the command line or in a temporary file."""
    before = world(stack)
    going = subprocess.Popen(
        command(stack, write(many(number, 40)),
                conf=slow_conf(stack, tmp_path)), stderr=subprocess.PIPE)
    crew = eventually(lambda: children(going.pid))
    # No transaction waits for it.
    assert stack.value("SELECT count(*) FROM pg_stat_activity WHERE usename ="
                       " 'umws_admin' AND state LIKE 'idle in%%'") == 0
    proc = pathlib.Path(f'/proc/{going.pid}')
    assert GOOD not in (proc / 'cmdline').read_text()
    spools = [fd for fd in (proc / 'fd').iterdir()
              if '/umwsctl-' in os.readlink(fd)]
    assert spools
    for spool in spools:
        text = spool.read_bytes()
        assert b'@example.test' in text and GOOD.encode() not in text
    going.send_signal(how)
    assert going.wait(30) == -how
    going.stderr.close()
    eventually(lambda: not any(pathlib.Path(f'/proc/{pid}').exists()
                               for pid in crew), 60)
    assert world(stack) == before
    assert stack.value('SELECT count(*) FROM umws.stage') == 0


def test_killed_child(stack, write, tmp_path, number):
    before = world(stack)
    going = subprocess.Popen(
        command(stack, write(many(number, 40)),
                conf=slow_conf(stack, tmp_path)),
        stderr=subprocess.PIPE, text=True)
    os.kill(eventually(lambda: children(going.pid))[0], signal.SIGKILL)
    assert going.communicate(timeout=60)[1] == (
        'umwsctl: nothing was changed: the PINs could not be derived\n')
    assert going.returncode == TEMPORARY and world(stack) == before


def test_killed_while_it_applies(stack, write, number):
    """All rows sent, and the PINs: nothing of it is left."""
    run(stack.env['UMWS_CTL'], 'user', 'add', str(number), '--email',
        'old@example.test', '--extension', str(number))
    path = write(many(number) +
                 f'{number} => {GOOD},Held,new@example.test\n')
    before = world(stack)
    waits = ("SELECT pid FROM pg_stat_activity WHERE usename = 'umws_admin'"
             " AND wait_event_type = 'Lock'")
    with stack.held_rows(str(number)):
        going = subprocess.Popen(command(stack, path))
        eventually(lambda: stack.sql(waits))
        going.kill()
        assert going.wait(30) == -signal.SIGKILL
    eventually(lambda: stack.sql(waits) == [])
    assert world(stack) == before
    assert stack.value('SELECT count(*) FROM umws.stage') == 0
    assert 'set 11 PINs' in imported(stack, path).stdout


def test_pin_set_meanwhile(stack, write, tmp_path, number):
    """Somebody has given the mailbox a PIN while ours was derived."""
    run(stack.env['UMWS_CTL'], 'user', 'add', str(number), '--email',
        'old@example.test', '--extension', str(number))
    path = write(f'{many(number, 8)}{number} => {GOOD},N,n@example.test\n')
    going = subprocess.Popen(
        command(stack, path, conf=slow_conf(stack, tmp_path)),
        stderr=subprocess.PIPE, text=True)
    eventually(lambda: children(going.pid))
    done = run(stack.env['UMWS_CTL'], 'pin', 'reset', str(number),
               '--reason', 'test')
    assert done.returncode == 0, done.stderr
    before = world(stack)
    said = going.communicate(timeout=120)[1]
    assert going.returncode == TEMPORARY and 'nothing was changed' in said
    assert world(stack) == before
    assert 'kept 1 PINs' in imported(stack, path).stdout
    assert logon(stack, str(number), GOOD) == 'DENIED'


def test_time_left_on_a_terminal(stack, write, tmp_path, number):
    ours, theirs = pty.openpty()
    going = subprocess.Popen(
        command(stack, write(many(number, 12)),
                conf=slow_conf(stack, tmp_path)),
        stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = b''
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            shown += os.read(ours, 4096)
        except OSError:
            break
    os.close(ours)
    assert b'set 12 PINs' in going.communicate(timeout=60)[0]
    assert b'deriving PINs' in shown and b's left' in shown
    assert shown.endswith(b'\r\x1b[K')


def exported(stack, *options, code=0):
    done = run(stack.env['UMWS_CTL'], 'user', 'export', *options)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def test_exported_is_imported(stack, write, number):
    """Everything but the PIN and commas, whatever a name holds."""
    wanted = {
        str(number): ('Jane; => "x"|y;-- z\\', 'de-DE', 'Europe/Berlin'),
        str(number + 1): ('Doe, John', 'pt-BR', 'America/Sao_Paulo'),
        str(number + 2): ('', 'en', None)}
    for login, (name, locale, zone) in wanted.items():
        stack.do('ctl', 'user', 'add', login, '--extension', login,
                 '--email', f'{login}@example.test', '--name', name,
                 '--locale', locale, *(['--time-zone', zone] if zone else []))
    stack.do('ctl', 'user', 'add', f'{number}-none', '--email',
             'n@example.test')
    stack.do('ctl', 'user', 'add', f'{number}-off', '--email',
             'o@example.test', '--extension', str(number + 3), '--disabled')
    stack.do('ctl', 'pin', 'set', str(number), text=f'{GOOD}\n')
    text = exported(stack, '--format', 'asterisk', '--context', 'sales',
                    '--login', f'{str(number)[:4]}*')
    assert GOOD not in text and text.count(' => -nobody,') == len(wanted)
    assert f'; {number}-none has no extension\n' in text
    assert f'; {number}-off is disabled\n' in text
    stack.sql('DELETE FROM umws.um_user WHERE starts_with(login, %s)',
              str(number)[:4])
    done = imported(stack, write(text), '--context', 'sales')
    assert done.stdout.startswith(f'added {len(wanted)} users\n')
    assert 'options of the file' not in done.stdout
    for login, (name, locale, zone) in wanted.items():
        state = stack.state(login)
        assert (state['display_name'] or '', state['locale'],
                state['time_zone'], state['email'], state['extension'],
                state['generation']) == (
            name.replace(',', ' '), locale, zone, f'{login}@example.test',
            login, 0)


@pytest.mark.parametrize('options, said', [
    (['--format', 'xml'], 'csv or asterisk'),
    (['--context', 'x'], '--format asterisk'),
    (['--format', 'asterisk', '--context', 'a]\nb'], 'name of a context')])
def test_export_refused(stack, options, said):
    assert said in exported(stack, *options, code=USAGE)
