"""An Asterisk without telephone or open port, behind the snippet of the tree.

Its calls are played over Local channels: one end is the caller, who types,
the other the voice mail. Prompts are short silences, so that a call takes
seconds; what was played stands in its log.
"""
import os
import pathlib
import subprocess
import time
import wave

from . import process
from .accounts import account, caller
from .layout import CHECKOUT, StackError, replaced

NAME = 'asterisk'
FETCH = CHECKOUT / 'tools' / 'lib' / 'asterisk'
SNIPPET = CHECKOUT / 'asterisk' / 'umws.conf'
ROUTE = 'https://mail.example.org/umws/tui'
FOLDERS = ('etc', 'run', 'spool', 'log', 'db', 'agi', 'keys')
MAILBOXES = 200
ASTERISK_CONF = """\
[directories]
astetcdir => {home}/etc
astmoddir => {root}/usr/lib/{arch}/asterisk/modules
astvarlibdir => {home}/data
astdbdir => {home}/db
astkeydir => {home}/keys
astdatadir => {home}/data
astagidir => {home}/agi
astspooldir => {home}/spool
astrundir => {home}/run
astlogdir => {home}/log
astsbindir => {root}/usr/sbin

[options]
verbose = 5
"""
MODULES = """\
[modules]
autoload=no
""" + ''.join(f'require={name}.so\n' for name in (
    'pbx_config', 'res_timing_timerfd', 'app_voicemail', 'res_speech',
    'res_agi', 'res_clioriginate', 'app_senddtmf', 'app_playback',
    'format_wav', 'app_read', 'res_curl', 'func_curl', 'func_strings',
    'func_uri', 'func_channel', 'format_gsm', 'codec_gsm'))
LOGGER = """\
[general]
dateformat=%F %T.%3q
[logfiles]
; what an operator keeps, and what a test follows a call by
messages => notice,warning,error
full => notice,warning,error,verbose(5)
; what none of them should have
debug => debug
keys => dtmf
"""
# "line" is the telephone's number of the voice mail, "caller" who types. On
# "stale" something has let a caller in on this channel before; on "other" the
# channel has another language.
TONES = '120,100'         # ms between two keys that are pressed, and of each
EXTENSIONS = f"""\
[line]
exten => _agi.,1,Goto(umws-voicemail,s,1)
exten => _curl.,1,Goto(umws-voicemail-curl,s,1)
exten => _stale.,1,Set(UMWS_RESULT=OK)
 same => n,Set(UMWS_MAILBOX=20001)
 same => n,Goto(umws-voicemail,s,1)
exten => _other.,1,Set(CHANNEL(language)=de)
 same => n,Goto(umws-voicemail,s,1)

[caller]
exten => hold,1,Wait(120)
exten => _d.,1,SendDTMF(${{EXTEN:1}},{TONES})
 same => n,Wait(120)

#include umws.conf
"""
PROMPTS = ('beep', 'auth-thankyou', 'goodbye', 'please-try-call-later',
           'sorry-youre-having-problems', 'your', 'is', 'digits/0')


def digits():
    """A PIN that nobody knows."""
    return f'{int.from_bytes(os.urandom(8), "big") % 10**12:012d}'


def cache():
    """Where the unpacked Asterisk is kept."""
    given = os.environ.get('UMWS_CHECK_DIR')
    if given:
        return pathlib.Path(given) / NAME
    if os.geteuid() == 0:
        return pathlib.Path('/var/cache/umws-check') / NAME
    return pathlib.Path.home() / '.cache' / 'umws-check' / NAME


def fetch():
    done = subprocess.run([FETCH, cache()], text=True, capture_output=True)
    if done.returncode != 0:
        raise StackError(done.stderr.strip(), code=done.returncode)
    return cache()


def folder(layout):
    return layout.home / NAME


def unpacked(root, pattern):
    """A file of the packages, which lies below its architecture's name."""
    return next((root / 'usr' / 'lib').glob(pattern))


def silence(path, seconds=0.2):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), 'wb') as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * int(8000 * seconds)))


def make_data(home, root):
    """Documentation, without which it does not start, and the prompts."""
    data = home / 'data'
    data.mkdir()
    shipped = root / 'usr' / 'share' / 'asterisk'
    for name in ('documentation', 'rest-api', 'static-http', 'firmware'):
        if (shipped / name).exists():
            (data / name).symlink_to(shipped / name)
    names = {path.stem for path in shipped.glob('sounds/*/vm-*.gsm')}
    digits = {f'digits/{path.stem}'
              for path in shipped.glob('sounds/*/digits/*.gsm')}
    for name in sorted(names | digits | set(PROMPTS)):
        silence(data / 'sounds' / 'en' / f'{name}.wav')


def write_settings(layout, words=()):
    """The settings; the snippet with other names in it, as people do.

    words: more options of umws-agi, which win over ours.
    """
    home, root = folder(layout), cache().resolve() / 'root'
    modules = unpacked(root, '*/asterisk/modules')
    password = layout.options['tui_password']
    etc = home / 'etc'
    texts = {
        'asterisk.conf': ASTERISK_CONF.format(
            home=home, root=root, arch=modules.parents[1].name),
        'modules.conf': MODULES,
        'logger.conf': LOGGER,
        'extensions.conf': EXTENSIONS,
        'umws.conf': replaced(SNIPPET, {
            f'/usr/sbin/umws-agi,--url,{ROUTE}': ','.join(
                [str(layout.home / 'bin' / 'umws-agi'), '--url', url(layout),
                 '--ca-file', str(home / 'ca.pem'),
                 '--account-file', str(home / 'agi.account'), *words]),
            'phone:PASSWORD': f'phone:{password}',
            f'CURL({ROUTE}': 'CURL(http://127.0.0.1:'
                             f'{layout.options["port"]}/umws/tui'}),
        'voicemail.conf': '[general]\nformat=wav\n[default]\n' + ''.join(
            f'{20000 + number} => -{digits()},User\n'
            for number in range(1, MAILBOXES + 1)),
    }
    for name, text in texts.items():
        (etc / name).write_text(text)
        account(NAME).own(etc / name, 0o600)
    path = home / 'agi.account'
    path.write_text(f'phone:{password}\n')
    caller().own(path, 0o640, account(NAME).gid)


def make_certificate(layout):
    """For 127.0.0.1 and no other name; who trusts it is told so by file."""
    home = layout.home / 'web'
    done = subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes',
         '-days', '2', '-subj', '/CN=127.0.0.1',
         '-addext', 'subjectAltName=IP:127.0.0.1',
         '-keyout', home / 'web.key', '-out', home / 'web.pem'],
        text=True, capture_output=True)
    if done.returncode != 0:
        raise StackError(f'openssl: {done.stderr}')
    (folder(layout) / 'ca.pem').write_text((home / 'web.pem').read_text())
    account(NAME).own(folder(layout) / 'ca.pem', 0o644)
    account('web').own(home / 'web.pem', 0o644)
    account('web').own(home / 'web.key', 0o600)


def url(layout):
    return f'https://127.0.0.1:{layout.options["tls_port"]}/umws/tui'


def create(layout):
    """Folders and prompts; write_settings() and start() follow."""
    home, root = folder(layout), fetch() / 'root'
    home.mkdir()
    account(NAME).own(home, 0o700)
    for name in FOLDERS:
        (home / name).mkdir()
        account(NAME).own(home / name, 0o700)
    make_data(home, root.resolve())


def rx(layout, command):
    """Say a command on the console; what it answers. Our caller may be large
    and busy: a child that Python itself gives to another user is a copy of it
    first."""
    done = subprocess.run(
        [*account(NAME).prefix().split(), cache() / 'run',
         'usr/sbin/asterisk', '-C',
         folder(layout) / 'etc' / 'asterisk.conf', '-rx', command],
        text=True, capture_output=True, stdin=subprocess.DEVNULL,
        env=process.clean_environment())
    return done.stdout + done.stderr


def is_booted(layout):
    return ((folder(layout) / 'run' / 'asterisk.ctl').exists() and
            'booted' in rx(layout, 'core waitfullybooted'))


def start(layout):
    process.start(layout, NAME,
                  [cache() / 'run', 'usr/sbin/asterisk', '-C',
                   folder(layout) / 'etc' / 'asterisk.conf', '-f', '-q'],
                  account(NAME), NAME)
    process.wait_for(lambda: is_booted(layout), layout, NAME, NAME, 30)


def stop(layout):
    rx(layout, 'core stop now')
    deadline = time.monotonic() + 3
    while process.leader(layout, NAME) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.stop(layout, NAME)
