"""smtp_url = sendmail:/path: a program gets the mail on stdin and the
recipient as its only argument; its exit code is judged like a reply.
doc/mail.md tells the same rows."""
import email
import email.policy
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

import pytest

from harness import CHEAP, TREE, eventually, is_alive, kill
from mailplace import CONFIGURATION, TEMPORARY
from smtpserver import Server
from umws_stack.accounts import account
from umws_stack.postfix import postfix

OPTIONS = CHEAP + ('--limits', 'off')
# Exit codes, what a mail is with each, whether a setting is named.
EXITS = [
    (1, 'later', True), (64, 'kept, 78', True), (65, 'in doubt', True),
    (66, 'kept, 78', True), (67, 'dead', True), (68, 'later', True),
    (69, 'later', True), (70, 'later', True), (71, 'later', True),
    (72, 'kept, 78', True), (73, 'later', True), (74, 'unanswered', False),
    (75, 'later', False), (76, 'unanswered', False), (77, 'kept, 78', True),
    (78, 'kept, 78', True), (100, 'in doubt', True), (111, 'later', False),
    (126, 'kept, 78', True), (127, 'kept, 78', True), (255, 'later', True),
]
# What it was given, in files of its own; then what the test wants.
RECORD = """\
#!/bin/sh
cat >{home}/$$.mail
printf '%s\\n' "$#" "$@" >{home}/$$.arguments
env >{home}/$$.environment
for fd in /proc/$$/fd/*; do
    printf '%s %s\\n' "${{fd##*/}}" "$(readlink "$fd")"
done >{home}/$$.descriptors
cat /proc/self/status >{home}/$$.status
cat /proc/$PPID/task/$PPID/children >{home}/$$.children
{more}
"""


class Program:
    """A script in a folder that the mailer's user may write to."""

    def __init__(self, home):
        self.home = home
        self.path = home / 'sendmail'

    def write(self, text):
        fresh = self.home / 'fresh'
        fresh.write_text(text)
        fresh.chmod(0o755)
        fresh.rename(self.path)

    def record(self, more='exit 0'):
        for path in self.home.glob('*.*'):
            path.unlink()
        self.write(RECORD.format(home=self.home, more=more))

    def texts(self, kind):
        return [path.read_text() for path in sorted(
            self.home.glob(f'*.{kind}'))]

    def recipients(self):
        return [text.splitlines()[1] for text in self.texts('arguments')]


@pytest.fixture
def program():
    home = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    account('mailer').own(home, 0o755)
    yield Program(home)
    shutil.rmtree(home)


def run(place, program, code=0, **settings):
    """A pass that has the program send."""
    settings = {'smtp_url': f'sendmail:{program.path}'} | settings
    return place.run(None, code, **settings)


def wait_s(place, login):
    return place.stack.value(
        'SELECT extract(epoch FROM next_attempt_at - now())::integer'
        ' FROM umws.outbox WHERE id = %s', place.row(login)['id'])


@pytest.mark.parametrize('connections', (1, 4))
def test_what_it_is_given(place, program, connections):
    logins = place.queue(30)
    program.record()
    said = run(place, program, smtp_connections=connections)
    assert place.states(logins) == ['sent'] * 30
    assert 'pass sent=30 deferred=0 dead=0 left=0' in said
    assert place.lines('err') == place.lines('warn') == []
    assert sorted(program.texts('arguments')) == sorted(
        f'1\n{login}@example.test\n' for login in logins)
    for text in program.texts('mail'):
        assert text.startswith('From: ') and '\r' not in text
        made = email.message_from_string(text, policy=email.policy.default)
        assert made['To'].addresses[0].addr_spec in program.recipients()
        assert made.get_body(('plain',)).get_content()


def test_nothing_of_ours_is_inherited(place, program):
    place.queue(2)
    program.record()
    os.environ['UMWS_SECRET'] = 'leak'
    try:
        run(place, program)
    finally:
        del os.environ['UMWS_SECRET']
    for text in program.texts('environment'):
        names = {line.partition('=')[0] for line in text.splitlines()}
        assert names <= {'PATH', 'LC_ALL', 'HOME', 'USER', 'LOGNAME', 'TZ',
                         'PWD', 'OLDPWD', 'SHLVL', '_'}
    for text in program.texts('descriptors'):
        names = dict(line.split(' ', 1) for line in text.splitlines())
        assert names.pop('0').startswith('/memfd:')
        # The script itself and what it writes to here are its own.
        assert all(name.startswith(('pipe:', str(program.home)))
                   for name in names.values()), names
    for text in program.texts('status'):
        masks = dict(re.findall(r'^(Sig(?:Blk|Ign)):\s*(\w+)', text, re.M))
        assert int(masks['SigBlk'], 16) == 0
        for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGTERM):
            assert not int(masks['SigIgn'], 16) >> (number - 1) & 1
    # No zombie of the mail before.
    assert all(len(text.split()) == 1 for text in program.texts('children'))


@pytest.mark.thin(4)
@pytest.mark.parametrize('number', [row[0] for row in EXITS if row[1] in (
    'kept, 78', 'later')])
def test_all_mails_have_it(place, program, number):
    result, is_named = next(row[1:] for row in EXITS if row[0] == number)
    code = CONFIGURATION if result == 'kept, 78' else TEMPORARY
    logins = place.queue(2)
    program.record(f'exit {number}')
    run(place, program, code)
    assert place.states(logins) == ['queued'] * 2
    assert place.row(logins[0])['last_error'].startswith(f'exit {number}')
    assert wait_s(place, logins[0]) <= 70
    (told,) = place.lines('err')
    look_at = told.partition('look_at=')[2]
    assert 'smtp_url' in look_at
    assert ('the program' in look_at) == is_named
    # What goes wrong before mails go is said once, and ends the pass.
    assert len(program.texts('mail')) == (1 if result == 'kept, 78' else 2)
    place.due()
    program.record()
    run(place, program)
    assert place.states(logins) == ['sent'] * 2


@pytest.mark.parametrize('more, error', [
    ('exit 74', 'exit 74 EX_IOERR'), ('exit 76', 'exit 76 EX_PROTOCOL'),
    ('kill -SEGV $$', 'killed by SIGSEGV'),
    ('kill -KILL $$', 'killed by SIGKILL'),
    ('sleep 60 & sleep 60', 'no end of the program in time')])
def test_nobody_knows(place, program, more, error):
    """It may have handed the mail on: the same copy, later."""
    (login,) = place.queue()
    program.record(f'echo $$ >{program.home}/pid.{place.row(login)["id"]}\n'
                   + more)
    said = run(place, program, TEMPORARY, smtp_timeout='1s',
               smtp_dot_timeout='1s')
    assert f'result=unanswered attempts=1 retry_s=3600 reply="{error}"' in said
    row = place.row(login)
    assert (row['state'], row['last_error']) == ('queued', error)
    first = program.texts('mail')
    (group,) = program.texts(row['id'])
    eventually(lambda: not any(
        is_alive(int(pid)) and os.getpgid(int(pid)) == int(group)
        for pid in os.listdir('/proc') if pid.isdigit()))
    place.due()
    program.record()
    run(place, program)
    assert place.states([login]) == ['sent']
    assert program.texts('mail') == first


def test_no_such_user_ends_alone(place, program):
    logins = place.queue(3)
    program.record(f'case $1 in {logins[0]}@*) exit 67;; esac')
    said = run(place, program)
    assert place.states(logins) == ['dead', 'sent', 'sent']
    assert place.row(logins[0])['last_error'] == 'exit 67 EX_NOUSER'
    assert 'at=program' in said
    logins = place.queue(3)
    program.record('exit 67')
    run(place, program, CONFIGURATION)
    assert place.states(logins) == ['queued'] * 3


@pytest.mark.parametrize('number', (65, 100))
def test_in_doubt(place, program, number):
    logins = place.queue(2)
    refuse = f'case $1 in {logins[0]}@*) exit {number};; esac'
    program.record(refuse)
    run(place, program, CONFIGURATION)
    assert place.states(logins) == ['queued', 'sent']
    # In two passes, each of which took another mail between.
    for state, code in (('queued', CONFIGURATION), ('dead', 0)):
        place.doubted(10 if state == 'dead' else 0)
        place.due()
        logins.extend(place.queue())
        place.stack.sql('UPDATE umws.outbox SET next_attempt_at = now() -'
                        " interval '2 hours' WHERE id = %s",
                        place.row(logins[0])['id'])
        run(place, program, code)
        assert place.states(logins) == [state] + ['sent'] * (len(logins) - 1)


def test_the_manual_has_every_exit():
    text = (TREE / 'doc' / 'mail.md').read_text()
    told = {tuple(cell.strip() for cell in line.split('|')[1:-1])
            for line in text.splitlines() if re.match(r'\| \d+ ', line)}
    tried = {(str(number), result, 'smtp_url' if is_named else '')
             for number, result, is_named in EXITS
             if number not in (1, 255)}
    assert {(row[0].split()[0], *row[2:]) for row in told} == tried
    assert '| others ' in text


@pytest.mark.parametrize('url, reason', [
    ('sendmail:{home}/none', 'the program is not there'),
    ('sendmail:{home}', 'the program is no file'),
    ('sendmail:{home}/plain', 'the program may not be executed'),
    ('sendmail:{home}/sendmail -t', 'the program is not there'),
    ('sendmail:bin/sendmail', 'absolute path'),
    ('sendmail:', 'absolute path'),
    ('sendmail://usr@sbin', 'absolute path')])
@pytest.mark.parametrize('verb', ((), ('test', 'somebody@example.test')))
def test_no_such_program(place, program, url, reason, verb):
    program.record()
    (program.home / 'plain').write_text('')
    (login,) = place.queue()
    place.configure(None, smtp_url=url.format(home=program.home))
    lines = place.conf.read_text().splitlines()
    number = 1 + next(i for i, line in enumerate(lines)
                      if line.startswith('smtp_url'))
    done = subprocess.run(
        [place.stack.env['UMWS_MAILER'], *verb, '--config', place.conf],
        text=True, capture_output=True)
    assert done.returncode == CONFIGURATION
    (told,) = done.stderr.splitlines()
    assert told.startswith('<3>') and f'file={place.conf} line={number} ' \
        in told and reason in told
    assert (place.row(login)['state'], place.row(login)['attempts']) == (
        'queued', 0)


@pytest.mark.parametrize('number', (0, 67, 75, 76, 78))
def test_the_verb_test(place, program, number):
    program.record(f'exit {number}')
    place.configure(None, smtp_url=f'sendmail:{program.path}')
    done = subprocess.run(
        [place.stack.env['UMWS_MAILER'], 'test', '--config', place.conf,
         'somebody@example.test'], text=True, capture_output=True)
    assert done.returncode == {0: 0, 67: 69, 75: 75, 76: 75, 78: 78}[number]
    assert program.recipients() == ['somebody@example.test']
    assert f'"exit {number}' in done.stdout + done.stderr
    if number in (67, 78):
        assert 'smtp_url: the program' in done.stderr


@pytest.mark.parametrize('key, value', [
    ('smtp_tls', 'required'), ('smtp_helo', 'vm.example.test'),
    ('envelope_from', 'umws@example.test'), ('smtp_ca_file', '/etc/x')])
def test_what_is_for_a_server(place, program, key, value):
    program.record()
    run(place, program, CONFIGURATION, **{key: value})
    (told,) = place.lines('err')
    assert f'reason="{key} is not for a program' in told and ' line=' in told


@pytest.mark.parametrize('what', ('gone', 'closed', 'no interpreter'))
def test_lost_on_the_way(place, program, what):
    """What befalls the program during a pass costs no mail."""
    logins = place.queue(3)
    program.record({'gone': f'rm {program.path}',
                    'closed': f'chmod 0 {program.path}',
                    'no interpreter': f'cd {program.home} && printf "#!/no\\n"'
                    ' >x && chmod 755 x && mv x sendmail'}[what])
    account('mailer').own(program.path, 0o755)
    run(place, program, CONFIGURATION)
    assert place.states(logins) == ['sent', 'queued', 'queued']
    (told,) = place.lines('err')
    assert 'smtp_url' in told.partition('look_at=')[2]


def test_an_address_that_looks_like_an_option(place, program):
    odd, other = place.queue(2)
    place.address(odd, '-fevil@example.test')
    program.record()
    run(place, program)
    assert place.states([odd, other]) == ['dead', 'sent']
    assert program.recipients() == [f'{other}@example.test']
    assert 'an option of the program' in place.row(odd)['last_error']


def test_a_line_of_a_dot(place, program):
    """By itself it would end a mail that sendmail(1) reads."""
    (login,) = place.queue()
    place.stack.sql('UPDATE umws.outbox SET extra_text = %s WHERE id = %s',
                    '.<br>one<br>.<br>.<br>..<br>two', place.row(login)['id'])
    program.record()
    run(place, program)
    (text,) = program.texts('mail')
    assert '.' not in text.splitlines()
    made = email.message_from_string(text, policy=email.policy.default)
    assert re.search(r'\.\s+one\s+\.\s+\.\s+\.\.\s+two',
                     made.get_body(('plain',)).get_content())


@pytest.mark.parametrize('number', (0, 65))
def test_its_words_are_no_news(place, program, number):
    """However many, with the mail among them."""
    (login,) = place.queue()
    program.record(f'for i in 1 2 3 4 5 6 7 8 9; do cat {program.home}/*.mail'
                   f' {program.home}/*.mail >&2; head -c 100000 /dev/zero |'
                   ' tr "\\0" x; done; echo "550 relay denied" >&2; exit '
                   + str(number))
    said = run(place, program, None)
    row = place.row(login)
    assert row['state'] == ('sent' if number == 0 else 'queued')
    for text in (said, row['last_error'] or ''):
        assert 'relay' not in text and 'xxx' not in text
        assert 'example.test' not in text


def test_a_killed_process_takes_its_program_along(place, program):
    (login,) = place.queue()
    program.record(f'echo $$ $PPID >{program.home}/pids.x; sleep 30')
    place.configure(None, smtp_url=f'sendmail:{program.path}')
    mailer = subprocess.Popen(
        [place.stack.env['UMWS_MAILER'], '--config', place.conf], text=True,
        stderr=subprocess.PIPE)
    own, parent = map(int, eventually(
        lambda: (program.texts('x') or [''])[0].split()))
    kill(parent)
    eventually(lambda: not is_alive(own))
    said = mailer.communicate(timeout=30)[1]
    assert mailer.returncode == TEMPORARY, said
    assert 'result=unanswered' in said
    assert wait_s(place, login) > 3000


def start(place, url):
    place.configure(None, smtp_url=url)
    return [place.stack.env['UMWS_MAILER'], '--config', place.conf]


@pytest.mark.parametrize('replies, state, error, code', [
    ({}, 'sent', None, 0),
    ({'rcpt': '550 5.1.1 <{rcpt}>: no such user'}, 'queued',
     'exit 65 EX_DATAERR', 78),
    ({'mail': '550 5.7.1 Sender refused'}, 'queued', 'exit 65 EX_DATAERR',
     78),
    ({'rcpt': '450 4.2.0 Greylisted'}, 'queued', 'exit 69 EX_UNAVAILABLE',
     75),
    ({'dot': '554 5.7.1 Spam'}, 'queued', 'exit 69 EX_UNAVAILABLE', 75),
    ({'dot': None}, 'queued', 'exit 76 EX_PROTOCOL', 75),
    ({'greet': None}, 'queued', 'exit 76 EX_PROTOCOL', 75),
    ({'dot': 'what?'}, 'queued', 'exit 76 EX_PROTOCOL', 75)])
def test_msmtp(place, program, replies, state, error, code):
    """That its exit codes are what the manual says of them."""
    (login,) = place.queue()
    with Server(**{phase: (lambda _: None) if reply is None else reply
                   for phase, reply in replies.items()}) as server:
        program.write('#!/bin/sh\nexec /usr/bin/msmtp --file=/dev/null'
                      f' --host=127.0.0.1 --port={server.port}'
                      ' --from=vm@example.test -- "$1"\n')
        said = run(place, program, code)
        assert place.states([login]) == [state]
        assert place.row(login)['last_error'] == error
        assert ('unanswered' in said) == ('76' in (error or ''))
        if state == 'sent':
            ((sender, recipient, body, _),) = server.mails
            assert (sender, recipient) == ('vm@example.test',
                                           f'{login}@example.test')
            assert b'\r\r' not in body


def test_msmtp_without_its_server(place, program):
    (login,) = place.queue()
    for host, error in (('127.0.0.1 --port=1', 'exit 75 EX_TEMPFAIL'),
                        ('mx.invalid', 'exit 68 EX_NOHOST')):
        program.write('#!/bin/sh\nexec /usr/bin/msmtp --file=/dev/null'
                      f' --host={host} --from=vm@example.test -- "$1"\n')
        place.due()
        run(place, program, None)
        assert place.states([login]) == ['queued']
        assert place.row(login)['last_error'] == error


@pytest.mark.skipif(
    os.geteuid() != 0 or not os.path.exists('/usr/sbin/postfix'),
    reason='only root runs a Postfix, where it is the mail server')
def test_sendmail_of_postfix(place, program):
    """A private Postfix in the place of this host's own."""
    logins = place.queue(3)
    with postfix() as made:
        command = ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0"'
                   ' /etc/postfix && exec "$@"', made.home / 'etc',
                   *start(place, 'sendmail:/usr/sbin/sendmail')]
        done = subprocess.run(command, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        assert place.states(logins) == ['sent'] * 3
        eventually(lambda: made.log().count('status=sent') == 3)
        for login in logins:
            assert f'to=<{login}@example.test>' in made.log()
        # Not allowed, and no room: of whatever is wrong it makes one code.
        for setting in ('authorized_submit_users = root',
                        'message_size_limit = 2000'):
            (login,) = place.queue()
            path = made.home / 'etc' / 'main.cf'
            text = path.read_text()
            path.write_text(f'{text}{setting}\n')
            done = subprocess.run(command, text=True, capture_output=True)
            path.write_text(text)
            row = place.row(login)
            assert (row['state'], row['last_error']) == (
                'queued', 'exit 75 EX_TEMPFAIL'), done.stderr
            place.clean()
