"""Somebody on the telephone: calls the voice mail of the stack's Asterisk,
hears its prompts and types.

A call is followed in Asterisk's log, prompt by prompt, since digits that are
typed before it asks for them are lost. What was played and typed is its
story, which doc/phone.md prints.
"""
import contextlib
import itertools
import os
import pathlib
import re
import signal
import time

from harness import TREE, eventually, keep, kill, pin_of
from storm import home
from umws_stack import asterisk
from umws_stack.layout import Layout

NUMBERS = itertools.count(1)
DOCUMENT = TREE / 'doc' / 'phone.md'
# The PIN of the user's own, another one, and one that a rule refuses.
NEW, OTHER, WEAK = '836194', '529371', '111111'


def mailbox(user):
    """The user's extension, as tools/stack hands them out."""
    return str(20000 + int(user[-4:]))


def log_of(stack, name='full'):
    return pathlib.Path(home(stack)) / 'asterisk' / 'log' / name


def keys_of(stack):
    """What Asterisk's log of level dtmf says was pressed since the start."""
    return ''.join(re.findall("DTMF begin '([0-9*#])' received",
                              log_of(stack, 'keys').read_text()))


def console(stack, command):
    """Not by a verb of the stack: eight of them at once take as long, on a
    busy machine, as a caller may wait before he types."""
    return asterisk.rx(Layout(stack.dir), command)


@contextlib.contextmanager
def debugging(stack):
    """Meanwhile Asterisk writes all that it can into its log "debug"."""
    console(stack, 'core set debug 9')
    try:
        yield
    finally:
        console(stack, 'core set debug 0')


@contextlib.contextmanager
def long_prompt(stack, name, seconds=20):
    """Meanwhile this prompt is so long that somebody can hang up in it."""
    path = home(stack) / 'asterisk' / 'data' / 'sounds' / 'en' / f'{name}.wav'
    asterisk.silence(path, seconds)
    try:
        yield
    finally:
        asterisk.silence(path)


class Call:
    """One call to extension agi, curl or stale of the context "line"."""

    def __init__(self, stack, line='agi'):
        self.stack = stack
        self.start = self.read_to = log_of(stack).stat().st_size
        self.lines = []
        self.taken = 0
        self.story = []
        self.waited = ''
        # A name of its own, to be told from the other calls of the moment.
        self.name = f'{line}{next(NUMBERS)}'
        console(stack, f'channel originate Local/{self.name}@line/n'
                       ' extension hold@caller')
        found = eventually(lambda: re.search(
            rf'Local/{self.name}@line-([0-9a-f]+);2', self.text()), 20,
            'the call')
        self.channel = f'Local/{self.name}@line-{found[1]}'

    def text(self):
        """What the log has said since the call began."""
        with open(log_of(self.stack), 'rb') as log:
            log.seek(self.start)
            return log.read().decode(errors='replace')

    def own(self):
        """The lines about our channel's end at the voice mail. Each line is
        read once: eight callers who look at all of them again and again come
        to type when nobody waits for their digits any more."""
        with open(log_of(self.stack), 'rb') as log:
            log.seek(self.read_to)
            text = log.read().rpartition(b'\n')[0]
        if text:
            self.read_to += len(text) + 1
            self.lines += [line for line in
                           text.decode(errors='replace').splitlines()
                           if f'{self.channel};2' in line]
        return self.lines

    def prompts(self):
        """What was played to the caller so far."""
        return re.findall(r" Playing '([^'.]+)", '\n'.join(self.own()))

    def opened(self, prompt=None):
        """The mailbox that the dial plan has opened, as it is named there;
        None: it has not, or not before the prompt of this number."""
        text = '\n'.join(self.own())
        if prompt is not None:
            text = ' Playing '.join(text.split(' Playing ')[:prompt + 1])
        found = re.search(r'VoiceMailMain\("[^"]*", "([^"]*)"\)', text)
        return found and found[1]

    def hear(self, *names, seconds=20):
        """These prompts come next, in this order."""
        for name in names:
            eventually(lambda: len(self.prompts()) > self.taken or
                       self.is_over(), seconds, f'{name} is played')
            heard = self.prompts()[self.taken:]
            assert heard and heard[0].removeprefix('digits/') == name, (
                names, self.prompts(), keys_of(self.stack)[-40:],
                self.waited, self.own()[-3:])
            opened = self.opened(self.taken)
            if opened and not any(
                    'VoiceMailMain' in line for line, _ in self.story):
                self.story.append([f'VoiceMailMain({opened})', ''])
            self.story.append([name, ''])
            self.taken += 1

    def skip(self, name, seconds=20):
        """Let prompts go by until this one comes."""
        eventually(lambda: name in self.prompts()[self.taken:], seconds,
                   f'{name} is played')
        self.taken += self.prompts()[self.taken:].index(name)
        self.hear(name)

    def does(self, what):
        """Into the story, beside the prompt that is played."""
        if not self.story or self.story[-1][1]:
            self.story.append(['', ''])
        self.story[-1][1] = what

    def type(self, digits, ends='#'):
        self.does(f'{digits} {ends}'.strip())
        begin = time.monotonic()
        console(self.stack,
                f'channel redirect {self.channel};1 caller,d{digits}{ends},1')
        self.waited = f'{time.monotonic() - begin:.1f} s for the console'

    def wait_typed(self, digits, ends='#'):
        """Before his last key a caller cannot hang up."""
        eventually(lambda: keys_of(self.stack).endswith(digits + ends), 20,
                   'the last key')

    def answer(self, prompt, digits):
        self.hear(prompt)
        self.type(digits)

    def hang_up(self, when=''):
        self.does('hangs up' + when)
        console(self.stack, f'channel request hangup {self.channel};1')

    def is_over(self):
        return any('umws: result' in line for line in self.own())

    def result(self, seconds=20):
        """UMWS_RESULT, once the call is over; and AGISTATUS."""
        eventually(self.is_over, seconds, 'the end of the call')
        line = next(line for line in self.own() if 'umws: result' in line)
        found = re.search(r'"?umws: result ([A-Z]*)(?:, AGI ([A-Z]*))?', line)
        return found[1], found[2]

    def transcript(self, names):
        """The call in two columns, and what it came to. names: what stands
        there for digits that are others in each run."""
        result, agi = self.result()
        lines = [f'{left:34} {right}'.rstrip() for left, right in self.story]
        text = '\n'.join(lines + [f'UMWS_RESULT is {result}' + (
            f', AGISTATUS {agi}' if agi else '')]) + '\n'
        for digits, name in names.items():
            text = re.sub(rf'\b{digits}\b', name, text)
        return text


def mailed_pin(stack, user, count=1):
    stack.do('mailer')
    assert len(stack.mail_files(user)) == count
    return pin_of(stack.mail_files(user)[-1])


def log_on(stack, user, pin, line='agi'):
    call = Call(stack, line)
    call.answer('vm-login', mailbox(user))
    call.answer('vm-password', pin)
    if line == 'agi' and pin != NEW and pin != OTHER:
        call.hear('vm-newuser')
    return call


def choose(call, pin, again=None):
    call.answer('vm-newpassword', pin)
    call.answer('vm-reenterpassword', again or pin)


def frozen(stack):
    """Stop the workers where they are; returns how they go on."""
    pids = stack.children()
    for pid in pids:
        kill(pid, signal.SIGSTOP)

    def thaw():
        for pid in pids:
            kill(pid, signal.SIGCONT)
    return thaw


def written(secret, text):
    """The lines with it, but for those of the caller's end, whose dial plan
    presses the keys."""
    typed = f'd{secret}#', f'"{secret}#,{asterisk.TONES}"'
    return [line for line in text.splitlines() if secret in line
            and not any(one in line for one in typed)]


def told(call, title, names):
    """doc/phone.md has this call as it was; tools/pages writes it there."""
    text = call.transcript(names)
    if 'UMWS_CALLS' in os.environ:
        keep('UMWS_CALLS', {'title': title, 'text': text})
        return
    page = DOCUMENT.read_text()
    printed = re.search(rf'^### {re.escape(title)}\n\n```\n(.*?)```$', page,
                        re.DOTALL | re.MULTILINE)
    assert printed, f'{DOCUMENT} has no call "{title}":\n{text}'
    assert printed[1] == text, text
