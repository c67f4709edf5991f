"""What the SMTP sink has taken, and the PIN that a mail holds."""
import re
import sys
import time

from . import postgres
from .layout import StackError


def recipients(path):
    """The envelope's recipients, from the sink's own second line."""
    with open(path, 'rb') as mail:
        mail.readline()
        line = mail.readline().decode('utf-8', 'replace')
    return re.findall(r'[^\s,<>]+@[^\s,<>]+', line.partition(':')[2])


def addresses(layout, login):
    """Where mail for a user goes: as made by us, and as changed since."""
    known = {login, f'{login}@example.test'}
    try:
        known.add(postgres.query(
            layout, "SELECT email FROM umws.v_user WHERE login = :'login'",
            login=login.lower()))
    except StackError:
        pass        # the database may be stopped on purpose
    return known


def mails(layout, known=None):
    """Paths in order of acceptance, all or those for known addresses."""
    paths = sorted((layout.dir / 'mail').glob('*.eml'))
    if known is None:
        return paths
    return [path for path in paths if known & set(recipients(path))]


def wait(layout, login, count=1, seconds=10):
    """The user's count-th mail, as soon as there is one."""
    known = addresses(layout, login)
    deadline = time.monotonic() + seconds
    while True:
        found = mails(layout, known)
        if len(found) >= count:
            return found[count - 1]
        if time.monotonic() > deadline:
            raise StackError(f'{login}: {len(found)} mails after'
                             f' {seconds:g} s, not {count}')
        time.sleep(0.05)


def read(path):
    """A mail's headers and its text for people, decoded."""
    import email.policy
    with open(path, 'rb') as source:
        message = email.message_from_binary_file(
            source, policy=email.policy.default)
    body = message.get_body(preferencelist=('plain',))
    return message, body.get_content() if body else ''


def pin(path):
    """The PIN: the one line of the text that is nothing but digits."""
    lines = [line for line in read(path)[1].splitlines()
             if re.fullmatch('[0-9]{4,24}', line)]
    if len(lines) != 1:
        raise StackError(f'{path}: {len(lines)} lines that look like a PIN')
    return lines[0]


def show(path):
    """Print the headers that matter and the text, as a reader sees them."""
    message, text = read(path)
    for name in ('From', 'To', 'Subject', 'Date', 'Message-ID',
                 'Auto-Submitted'):
        if message[name] is not None:
            print(f'{name}: {message[name]}')
    print()
    print(text.strip())


if __name__ == '__main__':
    show(sys.argv[1])
