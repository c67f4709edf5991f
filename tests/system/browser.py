"""A headless Chromium: pages set as text or fetched from this host, seen at a
width and in a colour scheme, clicked into and drawn.

It is spoken to over two pipes, by the Chrome DevTools Protocol, and needs
nothing but itself: no port, no driver, no network but loopback, no X server.
"""
import base64
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time

PROGRAM = 'chromium-headless-shell'
OPTIONS = ('--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
           '--disable-background-networking', '--disable-extensions',
           '--no-first-run', '--hide-scrollbars', '--force-color-profile=srgb',
           '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
           '--remote-debugging-pipe')
COMMANDS, ANSWERS = 3, 4        # the descriptors that it reads and writes
PATIENCE_S = 30
HEIGHT = 800


class Failed(Exception):
    """The browser is not there, does not answer, or will not do it."""


def high(fd):
    """The same, out of the way of COMMANDS and ANSWERS."""
    made = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(fd)
    return made


class Browser:
    """One process with one page; ends with the with block. Of the words in
    front of its command line one may take it to another network."""

    def __init__(self, before=(), options=()):
        program = shutil.which(PROGRAM)
        if program is None:
            raise Failed(f'{PROGRAM} is not installed: see tools/packages')
        self.folder = tempfile.mkdtemp(prefix='umws-browser-')
        theirs_in, self.out = (high(fd) for fd in os.pipe())
        self.into, theirs_out = (high(fd) for fd in os.pipe())
        self.said = high(os.open(os.path.join(self.folder, 'stderr'),
                                 os.O_CREAT | os.O_WRONLY, 0o600))
        self.pid = os.posix_spawnp(
            (*before, program)[0],
            [*before, program, *OPTIONS, *options,
             f'--user-data-dir={self.folder}/data', 'about:blank'],
            os.environ | {'HOME': self.folder},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs_in, COMMANDS),
                (os.POSIX_SPAWN_DUP2, theirs_out, ANSWERS),
                (os.POSIX_SPAWN_DUP2, self.said, 2)], setpgroup=0)
        os.close(theirs_in)
        os.close(theirs_out)
        self.number = 0
        self.buffer = b''
        self.requests = []      # addresses that a page wanted
        self.complaints = []    # what a page's console has said
        self.stubs = []         # answers in the place of a server's
        self.session = None
        self.frame = None
        self.context = None

    def __enter__(self):
        (target,) = [each for each in self.call(
            'Target.getTargets')['targetInfos'] if each['type'] == 'page']
        self.attach(target['targetId'])
        return self

    def attach(self, target):
        self.session = self.call('Target.attachToTarget', targetId=target,
                                 flatten=True)['sessionId']
        for domain in 'Page', 'Network', 'Runtime', 'Log':
            self.call(f'{domain}.enable')
        self.frame = self.call('Page.getFrameTree')['frameTree']['frame']['id']

    def fresh(self, languages='en-US'):
        """A page for somebody else, who reads these languages: no password,
        choice or stub is left."""
        self.session = None
        if self.context is not None:
            self.call('Target.disposeBrowserContext',
                      browserContextId=self.context)
        self.context = self.call(
            'Target.createBrowserContext')['browserContextId']
        self.requests.clear()
        self.complaints.clear()
        self.stubs.clear()
        self.attach(self.call('Target.createTarget', url='about:blank',
                              browserContextId=self.context)['targetId'])
        self.call('Emulation.setUserAgentOverride', userAgent='umws-test',
                  acceptLanguage=languages)

    def __exit__(self, *_):
        # What it says to that, and when, is of no interest.
        os.close(self.out)
        os.close(self.into)
        deadline = time.monotonic() + 5
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                break
            time.sleep(0.02)
        os.close(self.said)
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self):
        """The next message; they end with a NUL."""
        while b'\0' not in self.buffer:
            ready, _, _ = select.select([self.into], [], [], PATIENCE_S)
            part = os.read(self.into, 1 << 20) if ready else b''
            if not part:
                with open(os.path.join(self.folder, 'stderr'),
                          errors='replace') as file:
                    raise Failed('the browser does not answer: '
                                 + file.read()[-2000:])
            self.buffer += part
        text, self.buffer = self.buffer.split(b'\0', 1)
        return json.loads(text)

    def send(self, method, **params):
        """Ask for something; the number of the answer."""
        self.number += 1
        order = {'id': self.number, 'method': method, 'params': params}
        if self.session is not None:
            order['sessionId'] = self.session
        data = json.dumps(order).encode() + b'\0'
        while data:
            data = data[os.write(self.out, data):]
        return self.number

    def note(self, method, params):
        """Something has happened in the page."""
        if method == 'Network.requestWillBeSent':
            self.requests.append(params['request']['url'])
        elif method == 'Runtime.exceptionThrown':
            self.complaints.append(json.dumps(params))
        elif method == 'Log.entryAdded':
            self.complaints.append(params['entry']['text'])
        elif method == 'Fetch.requestPaused':
            self.answer(params)

    def answer(self, params):
        """As the first stub says that is for it, else as the server does."""
        request = params['request']
        for part, make in self.stubs:
            made = part in request['url'] and make(request)
            if made is None:        # no answer at all
                self.send('Fetch.failRequest', requestId=params['requestId'],
                          errorReason='ConnectionReset')
                return
            if made:
                status, fields, body = made
                self.send('Fetch.fulfillRequest',
                          requestId=params['requestId'], responseCode=status,
                          responseHeaders=[{'name': name, 'value': value}
                                           for name, value in fields.items()],
                          body=base64.b64encode(body).decode())
                return
        self.send('Fetch.continueRequest', requestId=params['requestId'])

    def call(self, method, **params):
        """Ask for something, and wait for the answer."""
        number = self.send(method, **params)
        while True:
            message = self.read()
            if 'method' in message:
                self.note(message['method'], message['params'])
            if message.get('id') == number:
                break
        if 'error' in message:
            raise Failed(f'{method}: {message["error"]["message"]}')
        return message['result']

    def view(self, width, scheme, height=HEIGHT):
        """Be so wide from now on, and 'light' or 'dark'."""
        self.size(width, height)
        self.call('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme', 'value': scheme}])

    def size(self, width, height):
        self.call('Emulation.setDeviceMetricsOverride', width=width,
                  height=height, deviceScaleFactor=1, mobile=False)

    def show(self, html):
        self.call('Page.setDocumentContent', frameId=self.frame, html=html)

    def open(self, url):
        """Go there, and wait until all that the page names is there."""
        gone = self.call('Page.navigate', url=url)
        if 'errorText' in gone:
            raise Failed(f'{url}: {gone["errorText"]}')
        self.wait("document.readyState === 'complete'")

    def stub(self, part, make):
        """From now on make(request) answers what has this part in its
        address: (status, fields, body), None for a connection that breaks,
        or False for the server's own answer."""
        self.stubs.insert(0, (part, make))
        self.call('Fetch.enable')

    def no_stubs(self):
        self.stubs.clear()
        self.call('Fetch.disable')

    def wait(self, script, seconds=PATIENCE_S):
        """Until it is true; its value."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                value = self.run(script)
            except Failed:          # the page went away under it
                value = None
            if value:
                return value
            if time.monotonic() > deadline:
                raise Failed(f'not within {seconds} s: {script}')
            time.sleep(0.02)

    def run(self, script):
        """The value of a script's last expression."""
        done = self.call('Runtime.evaluate', expression=script,
                         returnByValue=True, awaitPromise=True)
        if 'exceptionDetails' in done:
            raise Failed(json.dumps(done['exceptionDetails'])[:2000])
        return done['result'].get('value')

    def double_click(self, x, y):
        for count in 1, 2:
            for kind in 'mousePressed', 'mouseReleased':
                self.call('Input.dispatchMouseEvent', type=kind, x=x, y=y,
                          button='left', clickCount=count)

    def key(self, command):
        """What a key does in an editor: 'copy', 'paste'."""
        self.call('Input.dispatchKeyEvent', type='keyDown', key='Unidentified',
                  commands=[command])
        self.call('Input.dispatchKeyEvent', type='keyUp', key='Unidentified')

    def press(self, key, code=None, text='', modifiers=0):
        """One key, down and up: 'Tab', 'Enter', 'Escape', ' '."""
        which = {'Tab': 9, 'Enter': 13, 'Escape': 27, ' ': 32}.get(key, 0)
        text = {'Enter': '\r', ' ': ' '}.get(key, text)
        for kind in 'keyDown', 'keyUp':
            self.call('Input.dispatchKeyEvent', type=kind, key=key,
                      code=code or {' ': 'Space'}.get(key, key),
                      windowsVirtualKeyCode=which, modifiers=modifiers,
                      **({'text': text} if text and kind == 'keyDown'
                         else {}))

    def draw(self, path, width):
        """The whole page, however long, as a PNG file."""
        self.size(width, self.run('document.documentElement.scrollHeight'))
        picture = self.call('Page.captureScreenshot', format='png',
                            optimizeForSpeed=True)
        path.write_bytes(base64.b64decode(picture['data']))
