"""The Lua script for FreeSWITCH, which is in no release of Debian: its
session is made here, Lua, umws-agi and the service are the real ones."""
import pathlib
import re
import shutil
import subprocess

import pytest

from harness import CHEAP, TREE, environment, pin_of
from soap import reset
from storm import home
from telephone import mailbox

OPTIONS = (*CHEAP, '--asterisk')
SCRIPT = TREE / 'freeswitch' / 'umws.lua'
LUA = shutil.which('lua5.4') or shutil.which('lua5.3')
NEW = '836194'
# What FreeSWITCH's "lua" application gives a script: digits are taken from
# the arguments, and what is done is written down.
SESSION = """\
local typed = {...}
local at = 0
session = {}
function session:playAndGetDigits(min, max, tries, ms, ends, file)
    at = at + 1
    print("ask " .. file)
    return typed[at] or ""
end
function session:ready() return at <= #typed end
function session:streamFile(file) print("play " .. file) end
function session:setVariable(name, value) print("set " .. name .. value) end
function session:execute(name, data) print("do " .. name .. " " .. data) end
function session:hangup() print("hangup") end
freeswitch = {}
function freeswitch.getGlobalVariable(name)
    if name == "domain" then return os.getenv("TEST_DOMAIN") end
end
function freeswitch.consoleLog(level, text) io.write(level, " ", text) end
"""
DOMAIN = 'pbx.example.org'


@pytest.fixture
def script(stack, tmp_path):
    """The script with the two names replaced that an operator replaces."""
    conf = (home(stack) / 'asterisk' / 'etc' / 'umws.conf').read_text()
    words = re.search(r'AGI\(([^)]*)\)', conf)[1].split(',')
    url = words[words.index('--url') + 1]
    rest = [word for word in words[1:] if word not in ('--url', url)]
    text = SCRIPT.read_text()
    for old, new in (('/usr/sbin/umws-agi', ' '.join([words[0], *rest])),
                     ('https://mail.example.org/umws/tui', url)):
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = pathlib.Path(tmp_path) / 'umws.lua'
    path.write_text(SESSION + text)
    return path


def call(script, *typed, domain=DOMAIN):
    more = {'TEST_DOMAIN': domain} if domain is not None else {}
    done = subprocess.run([LUA, script, *typed], text=True,
                          env=environment(**more), capture_output=True,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_first_pin_is_changed(stack, user, script):
    reset(stack, user)
    stack.do('mailer')
    pin = pin_of(stack.mail_files(user)[-1])
    box = mailbox(user)
    heard = call(script, box, pin, '111111', '111111', NEW, NEW)
    assert heard[-3:] == ['set voicemail_authorizedtrue',
                          f'do voicemail check default {DOMAIN} {box}',
                          'hangup']
    stack.do('check-pin', user, text=f'{NEW}\n')
    assert f'do voicemail check default {DOMAIN} {box}' in call(
        script, box, '111222', box, NEW)


def test_nobody_else_is_let_in(stack, user, script):
    box = mailbox(user)
    for typed in ((box, '1', box, '2', box, '3'), (), (box,), (box, '')):
        assert not [line for line in call(script, *typed)
                    if line.startswith(('do', 'set'))], typed
    stack.do('worker', 'stop')
    try:
        heard = call(script, box, NEW)
    finally:
        stack.do('worker', 'start')
    assert heard[-3:] == ['play ivr/ivr-please_try_again_later.wav',
                          'play voicemail/vm-goodbye.wav', 'hangup']


@pytest.mark.parametrize('domain', [None, '', '$${domain}', 'a b'])
def test_no_domain(stack, user, script, domain):
    """Nobody is let in where FreeSWITCH has no domain, and a line says so."""
    reset(stack, user)
    stack.do('mailer')
    pin = pin_of(stack.mail_files(user)[-1])
    heard = call(script, mailbox(user), pin, NEW, NEW, domain=domain)
    assert not [line for line in heard if line.startswith(('do', 'set'))]
    assert [line for line in heard if line.startswith('ERR umws.lua: there')]
    assert heard[-3:] == ['play ivr/ivr-please_try_again_later.wav',
                          'play voicemail/vm-goodbye.wav', 'hangup']
