"""Files of mailboxes: in, out, the same again, and what is wrong with them."""
import concurrent.futures
import csv
import getpass
import io
import json
import pathlib
import signal
import subprocess
import threading
import time

import pytest

from harness import CHEAP, eventually, frugal, on_a_terminal, run
from soap import call, reset

OPTIONS = CHEAP + ('--limits', 'off')
DATA, TEMPORARY = 65, 75
MANY = 100000
HEADER = 'login,email,name,extension,locale,policy,enabled\n'


def ctl(stack, *words, text=None, code=0, seconds=300):
    done = run(stack.env['UMWS_CTL'], *words, text=text, seconds=seconds)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


def imported(stack, text, *options, **more):
    return ctl(stack, 'user', 'import', '-', *options, text=text, **more)


def world(stack):
    return stack.sql('SELECT to_jsonb(u) FROM umws.um_user u ORDER BY id')


def acts(stack, login):
    return [(row['action'], row['actor'], row['reason'])
            for row in stack.audit(login, by_operators=True)]


def test_added_changed_and_the_same_again(stack, user):
    text = (HEADER + f'{user},{user}@example.test,"New, Name",0815,,,\n'
            'imp1,imp1@example.test,,,de-AT,default,no\n')
    before = stack.state(user)
    assert imported(stack, text).splitlines()[:2] == [
        'added 1 users', 'changed 1 users']
    state = stack.state(user)
    assert state == before | {
        'display_name': 'New, Name', 'extension': '0815'}
    assert stack.state('imp1')['state'] == 'disabled'
    actor = getpass.getuser()
    assert acts(stack, user)[-1] == (
        'user_set', actor, f"name {before['display_name']} -> New, Name,"
        f" extension {before['extension']} -> 0815")
    assert acts(stack, 'imp1') == [('user_add', actor, 'stdin')]
    assert acts(stack, 'stdin')[-1] == (
        'user_import', actor, 'added 1, changed 1, disabled 0, refused 0')
    after = world(stack)
    assert imported(stack, text) == (
        'added 0 users\nnothing is to be changed: all 2 users are so'
        ' already\n')
    assert world(stack) == after
    assert len(acts(stack, 'imp1')) == 1


def test_what_has_no_column_stays(stack, user):
    ctl(stack, 'user', 'set', user, '--locale', 'fr', '--name', 'Stays')
    ctl(stack, 'user', 'disable', user)
    before = stack.state(user)
    imported(stack, f'login,email\n{user},other@example.test\n')
    assert stack.state(user) == before | {'email': 'other@example.test'}
    imported(stack, 'login,email,locale,policy,enabled\n'
             f'{user},other@example.test,,,\n')
    assert stack.state(user) == before | {'email': 'other@example.test'}


def test_dry_run(stack, user):
    text = (f'login,email,name\n{user},{user}@example.test,Dry\n'
            'dry1,dry1@example.test,\n')
    before = world(stack)
    assert imported(stack, text, '--dry-run').splitlines() == [
        'would add 1 users', 'would change 1 users',
        f'change {user}: name User {user[4:]} -> Dry', 'add dry1',
        'nothing was changed: --dry-run']
    assert world(stack) == before and acts(stack, 'dry1') == []
    (row,) = json.loads(imported(stack, text, '--dry-run', '--json'))
    assert row == {'added': 1, 'changed': 1, 'disabled': 0, 'same': 0,
                   'bad': 0, 'mails': 0, 'is_dry_run': True}


def test_all_bad_rows(stack, user):
    """Those that the program finds, and those that only the database does."""
    taken = stack.state(user)['extension']
    text = ('login,email,extension,policy\n'
            'bad1,bad1@example.test,,nosuch\n'
            'bad2,no address,,\n'
            f'bad3,bad3@example.test,{taken},\n'
            'good,good@example.test,777777,\n'
            'GOOD,good2@example.test,,\n'
            'bad4,bad4@example.test,777777,\n'
            'bad5,bad5@example.test,4.5E+07,\n'
            'bad6,bad6@example.test\n')
    reasons = {
        2: 'there is no policy "nosuch"', 3: '"no address" is no mail',
        4: f'extension "{taken}" is in use by another mailbox, "{user}"',
        6: 'the login "good" stands on line 5 already',
        7: 'extension "777777" is in use by another mailbox, that of line 5',
        8: 'column extension: "4.5E+07" is what a spreadsheet',
        9: '2 fields where the header has 4'}
    before = world(stack)
    said = imported(stack, text, code=DATA).splitlines()
    assert said[-1] == ('umwsctl: nothing was changed: 7 rows of stdin are no'
                        ' good (--skip-bad leaves them out)')
    lines = {int(line.split(':')[2]): line for line in said[:-1]}
    assert lines.keys() == reasons.keys()
    for number, reason in reasons.items():
        assert reason in lines[number]
    assert world(stack) == before and acts(stack, 'good') == []
    assert imported(stack, text, '--skip-bad').splitlines() == [
        'added 1 users', 'left out 7 bad rows']
    assert stack.sql("SELECT login FROM umws.um_user WHERE login LIKE 'bad_'"
                     ) == []
    assert stack.state('good')['email'] == 'good@example.test'


BAD = {'line feed': '"a\nb"', 'carriage return': '"a\rb"',
       'bidi': 'a\u202eb', 'isolate': 'a\u2066b', 'long': 'x' * 300}


@pytest.mark.parametrize('bad', BAD.values(), ids=BAD)
@pytest.mark.parametrize('column', range(6))
def test_bad_input(stack, column, bad):
    fields = ['bad', 'bad@example.test', '', '', '', '']
    fields[column] = bad
    before = world(stack)
    said = imported(stack, HEADER + ','.join(fields) + ',\n', code=DATA)
    assert said.startswith('umwsctl: stdin:2: ') and said.count('\n') == 1
    assert world(stack) == before


@pytest.mark.parametrize('bad, said', [
    (b'login,email\nx\0y,a@b\n', 'NUL'), (b'login,email\nx\xe4,a@b\n', '8'),
    ('login,email\nx,a@b\n'.encode('utf-16'), 'UTF-16')])
def test_bad_bytes(stack, tmp_path, bad, said):
    path = tmp_path / 'users.csv'
    path.write_bytes(bad)
    done = run(stack.env['UMWS_CTL'], 'user', 'import', path)
    assert done.returncode == DATA and said in done.stderr


def test_lost_zeros(stack):
    """Named where nearly all others have one width, and not twice."""
    rows = [f'z{n},z{n}@example.test,{33000 + n}\n' for n in range(9)]
    text = 'login,email,extension\n' + ''.join(rows)
    short = text + 'z9,z9@example.test,912\n'
    said = imported(stack, short, code=DATA)
    assert said.startswith('umwsctl: stdin:11: extension "912" has 3 digits'
                           ' where the others have 5')
    assert 'added 10 users' in imported(stack, short, '--uneven')
    assert 'so already' in imported(stack, short)
    kept = text.replace(',33000\n', ',03000\n')
    assert 'changed 1 users' in imported(
        stack, kept + 'z9,z9@example.test,912\nza,za@example.test,913\n')


def test_extensions_change_hands(stack):
    first = ''.join(f'h{n},h{n}@example.test,55500{n},yes\n'
                    for n in range(5))
    head = 'login,email,extension,enabled\n'
    imported(stack, head + first)
    # Round in a circle, and one is given up by whom it is taken from.
    turned = ''.join(f'h{n},h{n}@example.test,55500{(n + 1) % 4},yes\n'
                     for n in range(4))
    said = imported(stack, head + turned + 'h4,h4@example.test,555004,no\n'
                    'h5,h5@example.test,555004,yes\n')
    assert said.splitlines()[:2] == ['added 1 users', 'changed 5 users']
    assert [stack.state(f'h{n}')['extension'] for n in range(6)] == [
        '555001', '555002', '555003', '555000', '555004', '555004']
    # A row that is left out keeps its own, which another then cannot have.
    said = imported(stack, head + 'h0,bad,555009,yes\n'
                    'h1,h1@example.test,555001,yes\n', '--skip-bad')
    assert said.splitlines()[:2] == ['added 0 users', 'left out 2 bad rows']


def test_mail_of_a_changed_address(stack, user):
    other, third = stack.user(), stack.user()
    for login in (user, other, third):
        reset(stack, login)
    said = imported(stack, f'login,email,enabled\n{user},n@example.test,yes\n'
                    f'{other},{other}@example.test,no\n'
                    f'{third},{third}@example.test,yes\n')
    assert (f'a PIN mail to {user}@example.test was withdrawn: umwsctl pin'
            f' reset --reason undelivered {user} sends a new one\n') in said
    assert (f'a PIN mail to {other}@example.test was withdrawn: umwsctl pin'
            f' reset --reason undelivered {other} sends a new one when the'
            ' mailbox is') in said
    assert [stack.outbox(login)[0]['state']
            for login in (user, other, third)] == [
        'superseded', 'superseded', 'queued']


def test_exported_is_imported(stack):
    """Whatever a name may hold comes back, and is nobody's change."""
    names = ['=1+1', '@x', '-1', '"quoted"', 'a,b;c', ' blank ', 'Ünï', "'x",
             'a""b', '+49 30', 'x' * 128]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(['login', 'email', 'name', 'extension', 'enabled'])
    for number, name in enumerate(names):
        writer.writerow([f'out{number}', f'out{number}@example.test', name,
                         f'0{number:05}', 'no' if number % 2 else 'yes'])
    imported(stack, file.getvalue())
    text = run_bytes(stack, 'user', 'export', '--login', 'OUT*')
    assert text.endswith(b'\r\n') and text.count(b'\r\n') == len(names) + 1
    rows = {row['login']: row
            for row in csv.DictReader(io.StringIO(text.decode()))}
    assert [rows[f'out{n}']['name'] for n in range(len(names))] == names
    assert {row['enabled'] for row in rows.values()} == {'yes', 'no'}
    everything = run_bytes(stack, 'user', 'export')
    before = world(stack)
    assert 'nothing is to be changed' in imported(
        stack, everything.decode(), '--uneven')
    assert world(stack) == before
    stack.sql("DELETE FROM umws.um_user WHERE login LIKE 'out%%'")
    imported(stack, text.decode())
    assert run_bytes(stack, 'user', 'export', '--login', 'out*') == text
    assert run_bytes(stack, 'user', 'export', '--state', 'disabled',
                     '--login', 'out*').count(b'\r\n') == 1 + len(names) // 2


def test_beside_resets(stack):
    """No deadlock; and what is queued at the end goes to the address that
    holds, and to no other."""
    logins = [stack.user() for _ in range(30)]
    is_over = threading.Event()
    answers, passes = [], []

    def ask(mine):
        while not is_over.is_set():
            answers.extend(call(stack, login).status for login in mine)

    def send():
        while not is_over.is_set():
            passes.append(run(stack.env['UMWS_MAILER']).returncode)

    with concurrent.futures.ThreadPoolExecutor() as pool:
        work = [pool.submit(ask, logins[n::3]) for n in range(3)]
        work.append(pool.submit(send))
        try:
            for turn in range(12):
                said = imported(stack, 'login,email\n' + ''.join(
                    f'{login},{login}@turn{turn}.test\n'
                    for login in reversed(logins)))
                assert 'changed 30 users' in said
        finally:
            is_over.set()
        for one in work:
            one.result()
    assert set(passes) == {0} and answers.count(200) > 30
    rows = stack.sql('SELECT o.recipient, u.email FROM umws.outbox o JOIN'
                     ' umws.um_user u ON u.id = o.user_id WHERE o.sealed IS'
                     ' NOT NULL AND u.login = ANY(%s)', logins)
    assert all(recipient == email for recipient, email in rows)
    assert 'deadlock' not in stack.log('postgres')


def run_bytes(stack, *words):
    return subprocess.run([stack.env['UMWS_CTL'], *words], check=True,
                          capture_output=True).stdout


def program(stack):
    return [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
            stack.env['UMWS_CONF']]


def test_one_at_a_time(stack):
    """The second is told to come again, and changes nothing."""
    with stack.connect() as link, link.cursor() as cursor:
        cursor.execute('SELECT umws.stage_begin()')
        said = imported(stack, 'login,email\nsecond,s@example.test\n',
                        code=TEMPORARY)
    link.close()
    assert 'another import or sync is running and nothing was' in said
    assert stack.sql("SELECT 1 FROM umws.um_user WHERE login = 'second'"
                     ) == []


@pytest.mark.parametrize('how', [signal.SIGKILL, signal.SIGINT, 'database'])
def test_ended_in_the_middle(stack, how):
    """While it waits for a mailbox, all rows sent and some of them applied:
    nothing of it is left."""
    user = stack.user()
    name = f'mid{user}'
    rows = ''.join(f'{name}-{n},{n}@example.test,x\n' for n in range(2000))
    before = world(stack)
    with stack.held_rows(user):
        going = subprocess.Popen(
            [*program(stack), 'user', 'import', '-'], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        going.stdin.write('login,email,name\n' + rows +
                          f'{user},{user}@example.test,Held\n')
        going.stdin.close()
        going.stdin = None
        waits = ("SELECT pid FROM pg_stat_activity WHERE usename ="
                 " 'umws_admin' AND wait_event_type = 'Lock'")
        (pid,) = eventually(lambda: stack.sql(waits))[0]
        if how == 'database':
            stack.sql('SELECT pg_terminate_backend(%s)', pid)
        else:
            going.send_signal(how)
        out, err = going.communicate(timeout=30)
    assert going.returncode == (TEMPORARY if how == 'database' else -how)
    assert out == ''
    if how == 'database':
        assert 'nothing was changed' in err
    eventually(lambda: stack.sql(waits) == [])
    eventually(lambda: world(stack) == before)
    assert stack.value('SELECT count(*) FROM umws.stage') == 0
    assert stack.value('SELECT count(*) FROM umws.audit WHERE login LIKE %s',
                       name + '%') == 0
    said = imported(stack, 'login,email,name\n' + rows)
    assert said.startswith('added 2000 users\n')
    stack.sql('DELETE FROM umws.um_user WHERE login LIKE %s', name + '%')


def test_bar_on_a_terminal_only(stack, tmp_path):
    path = tmp_path / 'users.csv'
    path.write_text(many(30000, 'bar'))
    shown, _, code = on_a_terminal(*program(stack), 'user', 'import', path,
                                   '--dry-run')
    assert code == 0
    assert b'sending' in shown and b' % [' in shown and b's left' in shown
    assert shown.endswith(b'\r\x1b[K')


def many(count, name, domain='example.test'):
    return HEADER + ''.join(
        f'{name}{n},{name}{n}@{domain},Big User {n},{7000000 + n},de,default,'
        'yes\n' for n in range(count))


def peak(process):
    """The most memory that it had, in KiB, when it has ended."""
    most = 0
    while process.poll() is None:
        text = pathlib.Path(f'/proc/{process.pid}/status').read_text()
        most = max([most, *(int(line.split()[1])
                            for line in text.splitlines()
                            if line.startswith('VmHWM:'))])
        time.sleep(0.02)
    return most


def test_a_hundred_thousand(stack, tmp_path):
    """In less than a minute, with memory that does not grow with them."""
    path = tmp_path / 'users.csv'
    figures = []
    try:
        for text, said in (
                (many(MANY, 'big'), f'added {MANY} users'),
                (many(MANY, 'big'), f'all {MANY} users are so already'),
                (many(MANY, 'big', 'example.org'), f'changed {MANY} users')):
            path.write_text(text)
            began = time.monotonic()
            going = subprocess.Popen(
                [*program(stack), 'user', 'import', path],
                stdout=subprocess.PIPE, env=frugal())
            memory = peak(going)
            figures.append((time.monotonic() - began, memory))
            assert said in going.communicate()[0].decode()
            assert going.returncode == 0
        print(figures)
        assert max(seconds for seconds, _ in figures) < 60
        assert 0 < max(memory for _, memory in figures) < 32 * 1024
    finally:
        stack.sql("DELETE FROM umws.um_user WHERE login LIKE 'big%%'")
