"""umws-agi, whose Asterisk is the test: every byte of the conversation, and
callers who hang up anywhere. The service behind it is the real one."""
import pathlib
import re
import socketserver
import subprocess
import threading
import time

import pytest

from harness import CHEAP, pin_of
from soap import reset
from storm import home
from telephone import mailbox

OPTIONS = (*CHEAP, '--asterisk')
ENVIRONMENT = """\
agi_request: umws-agi
agi_channel: Local/agi@line-00000001;2
agi_language: en
agi_uniqueid: 1795679611.1
agi_callerid: 0301234567
agi_context: line

"""
NEW = '836194'
OTHER = '529371'


def program(stack):
    return pathlib.Path(stack.env['UMWS_BINDIR']) / 'umws-agi'


def command_line(stack, **more):
    """The command line of the dial plan; more options win."""
    conf = (home(stack) / 'asterisk' / 'etc' / 'umws.conf').read_text()
    given = re.search(r'AGI\(([^)]*)\)', conf)[1].split(',')
    for name, value in more.items():
        given += ['--' + name.replace('_', '-'), *([value] if value else [])]
    return given


class Asterisk:
    """Speaks AGI to the program: answers each of its commands."""

    def __init__(self, stack, environment=ENVIRONMENT, words=(), **more):
        self.process = subprocess.Popen(
            command_line(stack, **more) + list(words), text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.heard = []
        if environment:
            self.say(environment.rstrip('\n') + '\n')
        self.variables = {}

    def say(self, line):
        try:
            self.process.stdin.write(line + '\n')
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def command(self):
        line = self.process.stdout.readline().rstrip('\n')
        self.heard.append(line)
        return line

    def play(self, script, gone=None):
        """Answer by the script, {prompt: [digits, ...]}, until it ends; with
        gone the caller hangs up at that command."""
        while line := self.command():
            verb, _, rest = line.partition(' ')
            name = (re.findall('"([^"]*)"', rest) or [''])[0]
            if gone is not None and len(self.heard) > gone:
                self.say('511 Command Not Permitted on a dead channel')
            elif line.startswith('GET DATA'):
                self.say(f'200 result={script[name].pop(0)}')
            elif line.startswith('SET VARIABLE'):
                self.variables[rest.split()[1]] = name
                self.say('200 result=1')
            else:
                assert line.startswith(('STREAM FILE', 'CHANNEL STATUS'))
                self.say('200 result=0 endpos=1600')
        return self.end()

    def end(self):
        self.process.stdin.close()
        text = self.process.stderr.read()
        code = self.process.wait(20)
        self.process.stdout.close()
        self.process.stderr.close()
        return code, text


@pytest.fixture
def first_pin(stack, user):
    """The PIN that came by mail: it must be changed at the first call."""
    reset(stack, user)
    stack.do('mailer')
    return pin_of(stack.mail_files(user)[-1])


def typed(user, pin, *new):
    script = {'vm-login': [mailbox(user)] * 3, 'vm-password': [pin] * 3}
    script |= {'vm-newpassword': list(new), 'vm-reenterpassword': list(new)}
    return script


def test_first_pin_is_changed(stack, user, first_pin):
    line = Asterisk(stack)
    code, text = line.play(typed(user, first_pin, '111111', NEW))
    assert (code, line.variables) == (0, {'UMWS_RESULT': 'OK',
                                          'UMWS_MAILBOX': mailbox(user)})
    assert line.heard == [
        'SET VARIABLE UMWS_MAILBOX ""', 'SET VARIABLE UMWS_RESULT "HANGUP"',
        'GET DATA "vm-login" 8000 32', 'GET DATA "vm-password" 8000 24',
        'STREAM FILE "vm-newuser" ""',
        'GET DATA "vm-newpassword" 8000 24',
        'GET DATA "vm-reenterpassword" 8000 24',
        'STREAM FILE "vm-invalid-password" ""',
        'GET DATA "vm-newpassword" 8000 24',
        'GET DATA "vm-reenterpassword" 8000 24',
        'STREAM FILE "vm-passchanged" ""',
        f'SET VARIABLE UMWS_MAILBOX "{mailbox(user)}"',
        'SET VARIABLE UMWS_RESULT "OK"', '']
    assert re.search('new-pin-refused rule=[a-z-]+', text)
    stack.do('check-pin', user, text=f'{NEW}\n')
    line = Asterisk(stack)
    line.play(typed(user, NEW))
    assert line.variables['UMWS_RESULT'] == 'OK'
    assert 'vm-newpassword' not in ' '.join(line.heard)


def test_wrong(stack, user, first_pin):
    line = Asterisk(stack)
    assert line.play(typed(user, OTHER))[0] == 0
    assert line.variables == {'UMWS_RESULT': 'DENIED', 'UMWS_MAILBOX': ''}
    assert stack.state(user)['failed_logons'] == 3


@pytest.mark.parametrize('pin', ['', '*', '12*4', '#'])
def test_what_is_no_pin_is_not_counted(stack, user, first_pin, pin):
    line = Asterisk(stack)
    line.play(typed(user, pin))
    assert line.variables['UMWS_RESULT'] == 'DENIED'
    assert stack.state(user)['failed_logons'] == 0


@pytest.mark.thin(3)
@pytest.mark.parametrize('gone', range(14))
def test_hung_up_anywhere(stack, user, first_pin, gone):
    """Nobody is let in, and what was not asked of umws has not happened."""
    line = Asterisk(stack)
    code, text = line.play(typed(user, first_pin, '111111', NEW), gone)
    assert code == 0 and 'phone-unavailable' not in text
    assert line.variables.get('UMWS_RESULT') != 'OK' or gone == 13
    is_changed = gone >= 10
    stack.do('check-pin', user, text=f'{NEW if is_changed else first_pin}\n')


@pytest.mark.parametrize('gone', range(6))
def test_closed_pipe(stack, user, first_pin, gone):
    """Asterisk itself is gone: the program ends, with a word or none."""
    line = Asterisk(stack)
    for _ in range(gone):
        command = line.command()
        line.say('200 result=' + ('1' if 'GET' in command else '0'))
    code, text = line.end()
    assert code == 0 and 'core' not in text


@pytest.mark.parametrize('environment', [
    '', '\n', 'GET / HTTP/1.1\nHost: x\n', 'agi_request\n', '\0\1\2\n',
    'x' * 100000 + '\n', 'agi_x: y\n' * 100])
def test_garbled_environment(stack, environment):
    """One line, exit 65, and nothing was asked of the caller."""
    done = subprocess.run(command_line(stack), input=environment.encode(),
                          capture_output=True, timeout=20)
    assert (done.returncode, done.stdout) == (65, b'')
    assert done.stderr.count(b'\n') == 1 and b'agi-refused' in done.stderr


@pytest.mark.parametrize('reply', ['520 End of proper usage.', 'hello',
                                   '200 ok', '\0'])
def test_garbled_reply(stack, reply):
    line = Asterisk(stack)
    line.command()
    line.say(reply)
    code, text = line.end()
    assert code == 76 and text.count('agi-failed') == 1


def test_a_hangup_line_before_the_reply(stack, user, first_pin):
    line = Asterisk(stack)
    line.command()
    line.say('HANGUP')
    line.say('511 Command Not Permitted on a dead channel')
    assert line.end()[0] == 0


def test_missing_sound(stack, user, first_pin):
    """The caller is still there: the call goes on, and a line says it."""
    line = Asterisk(stack)
    script = typed(user, first_pin, NEW)
    while command := line.command():
        name = (re.findall('"([^"]*)"', command) or [''])[0]
        if command.startswith('STREAM FILE "vm-newuser"'):
            line.say('200 result=-1')
        elif command == 'CHANNEL STATUS':
            line.say('200 result=6')
        elif command.startswith('GET DATA'):
            line.say(f'200 result={script[name].pop(0)}')
        else:
            line.say('200 result=0')
    code, text = line.end()
    assert code == 0 and 'prompt-missing sound=vm-newuser' in text
    stack.do('check-pin', user, text=f'{NEW}\n')


def test_an_asterisk_that_answers_late(stack, user, first_pin):
    """Whatever it waits for, the environment in pieces, each reply seconds
    late: the call is the same."""
    line = Asterisk(stack, environment='')
    head, rest = ENVIRONMENT[:40], ENVIRONMENT[40:]
    for part in (head, rest):
        time.sleep(1)
        line.process.stdin.write(part)
        line.process.stdin.flush()
    say = line.say

    def say_late(text):
        time.sleep(0.7)
        say(text)

    line.say = say_late
    code, text = line.play(typed(user, first_pin, NEW))
    assert (code, line.variables['UMWS_RESULT']) == (0, 'OK')
    assert text == ''


def test_an_asterisk_that_does_not_read(stack, user, first_pin):
    """Two replies at once, and more before it is asked: those are no
    answers to what is asked next."""
    line = Asterisk(stack)
    line.command()
    line.say('200 result=1\n200 result=1\n200 result=\n200 result=')
    line.process.stdin.close()
    assert line.process.wait(20) == 0
    assert stack.state(user)['failed_logons'] == 0
    line.process.stdout.close()
    line.process.stderr.close()


@pytest.mark.parametrize('given', ['a b', '20001@other', '../20001', '*1',
                                   '20001"', '.20001', '${X}', '20001,s'])
def test_a_mailbox_that_is_no_plain_name(stack, given):
    """The dial plan never has a part of it: another's mailbox."""
    line = Asterisk(stack, words=[given])
    code, text = line.play({})
    assert code == 0 and text.count('\n') == 1
    assert 'mailbox-refused' in text and given not in text
    assert line.variables == {'UMWS_RESULT': 'UNAVAILABLE',
                              'UMWS_MAILBOX': ''}


def test_a_plain_name(stack):
    """What it is handed on as is what it was given as."""
    login = stack.user()
    reset(stack, login)
    stack.do('mailer')
    stack.sql("UPDATE umws.um_user SET login = 'a.b-c_1' WHERE login = %s",
              login)
    pin = pin_of(stack.mail_files(login)[-1])
    line = Asterisk(stack, words=['a.b-c_1'])
    line.play({'vm-password': [pin], 'vm-newpassword': [NEW],
               'vm-reenterpassword': [NEW]})
    assert line.variables == {'UMWS_RESULT': 'OK', 'UMWS_MAILBOX': 'a.b-c_1'}


def test_typed_stars_reach_nobody(stack, user, first_pin):
    """A star in the mailbox is not left out of it."""
    box = mailbox(user)
    before = stack.value('SELECT count(*) FROM umws.audit')
    line = Asterisk(stack)
    line.play({'vm-login': [f'{box[:2]}*{box[2:]}', f'*{box}', f'{box}*'],
               'vm-password': [first_pin] * 3})
    assert line.variables == {'UMWS_RESULT': 'DENIED', 'UMWS_MAILBOX': ''}
    assert stack.value('SELECT count(*) FROM umws.audit') == before


BAD = [({'url': 'http://127.0.0.1/umws/tui'}, 78, 'option-refused'),
       ({'url': 'https://u:secretword@127.0.0.1/'}, 78, 'option-refused'),
       ({'url': 'nonsense:'}, 78, 'option-refused'),
       ({'account_file': '/nowhere/agi.account'}, 78, '/nowhere'),
       ({'sound': 'refused-nonsense=x'}, 64, 'usage'),
       ({'sound': 'pin=' + 'x' * 201}, 64, 'usage'),
       ({'sound': 'pin=&a'}, 64, 'usage'), ({'sound': 'pin=a&'}, 64, 'usage'),
       ({'sound': 'pin=a&&b'}, 64, 'usage'),
       ({'tries': '0'}, 64, 'usage'), ({'tries': 'x'}, 64, 'usage'),
       ({'timeout': '61'}, 64, 'usage'), ({'sound': 'x=y'}, 64, 'usage'),
       ({'sound': 'pin=a"b'}, 64, 'usage'), ({'unknown': None}, 64, 'usage')]


@pytest.mark.parametrize('more,code,part', BAD)
def test_bad_options(stack, more, code, part):
    done = subprocess.run(command_line(stack, **more), input='', text=True,
                          capture_output=True, timeout=20)
    assert (done.returncode, done.stdout) == (code, '')
    assert part in done.stderr and 'secretword' not in done.stderr
    assert code == 64 or done.stderr.count('\n') == 1


@pytest.mark.parametrize('text', ['', '\n', 'x', ':y', 'x' * 5000])
def test_bad_account(stack, tmp_path, text):
    path = tmp_path / 'account'
    path.write_text(text)
    path.chmod(0o600)
    done = subprocess.run(command_line(stack, account_file=str(path)),
                          input='', text=True, capture_output=True,
                          timeout=20)
    assert done.returncode == 78 and str(path) in done.stderr


def test_account_that_others_can_read(stack, tmp_path):
    path = tmp_path / 'account'
    path.write_text('phone:x\n')
    path.chmod(0o644)
    done = subprocess.run(command_line(stack, account_file=str(path)),
                          input='', text=True, capture_output=True,
                          timeout=20)
    assert done.returncode == 78 and str(path) in done.stderr


def once(stack, text, **more):
    return subprocess.run([*command_line(stack, **more), '--once'], input=text,
                          text=True, capture_output=True, timeout=30)


def test_once(stack, user, first_pin):
    box = mailbox(user)
    for text, word in ((f'{box}\n{first_pin}\n', 'CHANGE'),
                       (f'{box}\r\n{first_pin}\r\n', 'CHANGE'),
                       (f'{user}\n{first_pin}', 'CHANGE'),
                       (f'{box}\n{OTHER}\n', 'DENIED'),
                       (f'{box}\n{first_pin}\n{NEW}\n', 'OK'),
                       (f'{box}\n{NEW}\n', 'OK')):
        done = once(stack, text)
        assert (done.returncode, done.stdout) == (0, f'{word}\n'), text
    done = once(stack, f'{box}\n{NEW}\n{NEW}\n')
    assert re.fullmatch('REFUSED [a-z-]+\n', done.stdout)


@pytest.mark.parametrize('text', ['', '\n', '20001\n', '1\n2\n3\n4\n',
                                  '1\n2\0\n', 'x' * 600])
def test_once_bad_input(stack, text):
    done = once(stack, text)
    assert done.returncode in (65, 0)
    if done.returncode == 0:
        assert done.stdout == 'DENIED\n' and text == '\n'
    else:
        assert done.stdout == '' and 'input-refused' in done.stderr


def test_away(stack, user, first_pin):
    stack.do('worker', 'stop')
    try:
        done = once(stack, f'{mailbox(user)}\n{first_pin}\n')
    finally:
        stack.do('worker', 'start')
    assert (done.returncode, done.stdout) == (75, 'UNAVAILABLE\n')
    assert done.stderr.count('\n') == 1
    assert 'phone-unavailable' in done.stderr


def test_wrong_account(stack, tmp_path, user, first_pin):
    path = tmp_path / 'account'
    path.write_text('phone:wrong\n')
    path.chmod(0o600)
    done = once(stack, f'{mailbox(user)}\n{first_pin}\n',
                account_file=str(path))
    assert (done.returncode, done.stdout) == (75, 'UNAVAILABLE\n')
    assert '401' in done.stderr


@pytest.fixture
def says(tmp_path):
    """A server that is not umws: its socket, and what it answers to all."""
    answer = {}

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            length = 0
            while (line := self.rfile.readline()).strip():
                if line.lower().startswith(b'content-length:'):
                    length = int(line.split(b':')[1])
            self.rfile.read(length)
            self.wfile.write(answer['bytes'])

    path = tmp_path / 'other.sock'
    server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield path, answer
    server.shutdown()
    thread.join()
    server.server_close()


HEAD = b'HTTP/1.1 200 OK\r\nConnection: close\r\n'


@pytest.mark.parametrize('answer', [
    HEAD + b'\r\nOK here is the page of a proxy\n',
    HEAD + b'\r\nOK\n<html>a page</html>\n',
    HEAD + b'\r\nOK\r\n\r\n',
    HEAD + b'\r\nOK\0\n', HEAD + b'\r\nOK \n', HEAD + b'\r\nOKAY\n',
    HEAD + b'\r\nok\n', HEAD + b'\r\n\nOK\n', HEAD + b'\r\n OK\n',
    HEAD + b'\r\nDENIED by the firewall\n',
    HEAD + b'\r\n{"result":"OK"}\n', HEAD + b'\r\n{"result":"OK",',
    HEAD + b'\r\n{"result":"OK","rule":null}\n{}',
    HEAD + b'\r\n{"result":"OK","rule":nul}\n',
    HEAD + b'\r\n{"result":"OK","rule":"a b"}\n',
    HEAD + b'\r\n{"result":"ok","rule":null}\n',
    HEAD + b'\r\n {"result":"OK","rule":null}\n',
    HEAD + b'\r\n{"result":"OK","rule":null}\0\n',
    HEAD + b'\r\n{"status":"OK","result":"OK","rule":null}\n',
    HEAD + b'Content-Length: 9\r\n\r\nOK\n', HEAD + b'\r\n', b'', b'OK\n',
    b'HTTP/1.1 302 Found\r\nLocation: /ok\r\nConnection: close\r\n\r\nOK\n',
    b'HTTP/1.1 201 Created\r\nConnection: close\r\n\r\nOK\n'])
def test_an_answer_of_somebody_else(stack, says, answer):
    """Only the whole line, as the phone route writes it, lets anybody in."""
    path, tell = says
    tell['bytes'] = answer
    done = once(stack, '20001\n836194\n', url='http://localhost/umws/tui',
                socket=str(path))
    assert (done.returncode, done.stdout) == (75, 'UNAVAILABLE\n')
    assert 'phone-unavailable' in done.stderr
    for body in (b'OK\n', b'{"result":"OK","rule":null}\n'):
        tell['bytes'] = HEAD + b'\r\n' + body
        done = once(stack, '20001\n836194\n',
                    url='http://localhost/umws/tui', socket=str(path))
        assert (done.returncode, done.stdout) == (0, 'OK\n')
