"""Somebody on the telephone: calls the voice mail of the stack's Asterisk,
hears its prompts and types.

A call is followed in Asterisk's log, prompt by prompt, since digits that are
typed before it asks for them are lost."""
import itertools
import pathlib
import re

from harness import eventually
from storm import home

NUMBERS = itertools.count(1)


def mailbox(user):
    """The user's extension, as tools/stack hands them out."""
    return str(20000 + int(user[-4:]))


def log_of(stack, name='full'):
    return pathlib.Path(home(stack)) / 'asterisk' / 'log' / name


def console(stack, command):
    return stack.do('asterisk', 'rx', command)


class Call:
    """One call to extension agi, curl or stale of the context "line"."""

    def __init__(self, stack, line='agi'):
        self.stack = stack
        self.start = log_of(stack).stat().st_size
        self.taken = 0
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
        """The lines about our channel's end at the voice mail."""
        return [line for line in self.text().splitlines()
                if f'{self.channel};2' in line]

    def prompts(self):
        """What was played to the caller so far."""
        return re.findall(r" Playing '([^'.]+)", '\n'.join(self.own()))

    def hear(self, *names, seconds=20):
        """These prompts come next, in this order."""
        for name in names:
            eventually(lambda: len(self.prompts()) > self.taken or
                       self.is_over(), seconds, f'{name} is played')
            heard = self.prompts()[self.taken:]
            assert heard and heard[0].removeprefix('digits/') == name, (
                names, self.prompts(), self.own()[-3:])
            self.taken += 1

    def type(self, digits):
        console(self.stack,
                f'channel redirect {self.channel};1 caller,d{digits}#,1')

    def answer(self, prompt, digits):
        self.hear(prompt)
        self.type(digits)

    def hang_up(self):
        console(self.stack, f'channel request hangup {self.channel};1')

    def is_over(self):
        return any('umws: result' in line for line in self.own())

    def result(self, seconds=20):
        """UMWS_RESULT, once the call is over; and AGISTATUS."""
        eventually(self.is_over, seconds, 'the end of the call')
        line = next(line for line in self.own() if 'umws: result' in line)
        found = re.search(r'"?umws: result ([A-Z]*)(?:, AGI ([A-Z]*))?', line)
        return found[1], found[2]
