"""The SMTP server's side of the stack: start it, tell it how to behave."""
import re
import socket

from . import process
from .accounts import account
from .layout import StackError

SERVER = 'sink_server.py'
MODES = (r'ok|450|550-rcpt|550-data|close-after-dot|hang-after-dot|down'
         r'|delay \d+(\.\d+)?|421-after \d+')


def create(layout):
    for name in ('mail', 'sink'):
        folder = layout.home / name
        folder.mkdir()
        account('sink').own(folder, 0o755)


def start(layout, address='127.0.0.1'):
    """Start it on a port of its own choice; returns the port."""
    home = layout.home
    # A copy, since the checkout may be out of reach for its user.
    server = home / 'bin' / SERVER
    source = __file__.replace('sink.py', SERVER)
    with open(source, 'rb') as text:
        server.write_bytes(text.read())
    process.start(layout, 'sink',
                  ['/usr/bin/python3', server, home / 'mail', home / 'sink',
                   address],
                  account('sink'), 'sink')
    port_file = home / 'sink' / 'port'
    process.wait_for(port_file.exists, layout, 'sink', 'sink')
    return int(port_file.read_text())


def set_mode(layout, words):
    mode = ' '.join(words)
    if not re.fullmatch(MODES, mode):
        raise StackError(f'sink: no mode "{mode}"; there are ok, delay S,'
                         ' 450, 550-rcpt, 550-data, 421-after N,'
                         ' close-after-dot, hang-after-dot, down', code=64)
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(str(layout.home / 'sink' / 'control'))
        control.sendall(mode.encode() + b'\n')
        if control.recv(64) != b'done\n':
            raise StackError('the SMTP sink does not answer',
                             layout.log('sink'))
