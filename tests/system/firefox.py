"""A headless Firefox, the other engine that people have: pages of this host
are opened and clicked into.

It is spoken to by Marionette, its own remote protocol, on a port of loopback
that it chooses, and needs no driver and no X server."""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

from harness import eventually

PROGRAM = 'firefox-esr'
PATIENCE_S = 60
# It asks nobody but the host of a page.
PREFERENCES = {
    'marionette.port': 0, 'app.update.auto': False,
    'network.captive-portal-service.enabled': False,
    'network.connectivity-service.enabled': False,
    'services.settings.server': 'http://127.0.0.1:9/',
    'toolkit.telemetry.enabled': False,
    'browser.safebrowsing.malware.enabled': False,
    'browser.safebrowsing.phishing.enabled': False}


class Failed(Exception):
    """The browser is not there, or will not do it."""


class Firefox:
    """One process with one page; ends with the with block."""

    def __init__(self):
        program = shutil.which(PROGRAM)
        if program is None:
            raise Failed(f'{PROGRAM} is not installed: see tools/packages')
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-firefox-'))
        profile = self.folder / 'profile'
        profile.mkdir()
        (profile / 'user.js').write_text(''.join(
            f'user_pref({json.dumps(name)}, {json.dumps(value)});\n'
            for name, value in PREFERENCES.items()))
        with open(self.folder / 'said', 'wb') as said:
            self.process = subprocess.Popen(
                [program, '--headless', '--no-remote', '--marionette',
                 '--profile', str(profile)], stdin=subprocess.DEVNULL,
                stdout=said, stderr=said, start_new_session=True,
                env=os.environ | {'HOME': str(self.folder)})
        self.number, self.link = 0, None
        self.port = profile / 'MarionetteActivePort'

    def __enter__(self):
        try:
            eventually(lambda: self.port.is_file() and
                       self.port.read_text().strip(), PATIENCE_S,
                       (self.folder / 'said').read_text)
            self.link = socket.create_connection(
                ('127.0.0.1', int(self.port.read_text())), PATIENCE_S)
            self.stream = self.link.makefile('rb')
            self.read()             # who it is
            self.call('WebDriver:NewSession')
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.link is not None:
            self.link.close()
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_S)
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self):
        """A message is its length, a colon, and JSON."""
        length = b''
        while not length.endswith(b':'):
            byte = self.stream.read(1)
            if not byte:
                raise Failed((self.folder / 'said').read_text())
            length += byte
        return json.loads(self.stream.read(int(length[:-1])))

    def call(self, command, **params):
        self.number += 1
        text = json.dumps([0, self.number, command, params]).encode()
        self.link.sendall(b'%d:%s' % (len(text), text))
        _, _, error, result = self.read()
        if error is not None:
            raise Failed(f'{command}: {error}')
        return result

    def open(self, url):
        self.call('WebDriver:Navigate', url=url)

    def run(self, script):
        """What the expression is."""
        return self.call('WebDriver:ExecuteScript', args=[],
                         script=f'return {script};')['value']

    def click(self, where):
        self.run(f'document.querySelector({json.dumps(where)}).click()')

    def wait(self, script):
        eventually(lambda: self.run(f'Boolean({script})'), PATIENCE_S,
                   lambda: self.run('document.body.innerText'))
