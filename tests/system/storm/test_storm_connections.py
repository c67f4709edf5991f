"""kill -9 of mailers, and of the processes that hold their connections, at
random moments, three mailers of four connections at once, while PINs are
reset: no mail is lost, a second copy is the same mail, and no older PIN comes
after a newer one."""
import contextlib
import pathlib
import random
import time

from harness import brief, kill
from storm import SEED, Books, Load, deliver, pause, report, users
from test_storm_mailers import (MAILERS, OPTIONS, check_copies, let_time_pass,
                                start_mailer)

__all__ = ['OPTIONS']
CONNECTIONS = 4         # the default of smtp_connections


def connections(mailer):
    """Pids of the processes that hold them."""
    path = pathlib.Path(f'/proc/{mailer.pid}/task/{mailer.pid}/children')
    try:
        return [int(pid) for pid in path.read_text().split()]
    except OSError:
        return []


class Crowd:
    """Three mailers that are replaced when they end, and are killed."""

    def __init__(self, stack, rng):
        self.stack, self.rng = stack, rng
        self.mailers = []
        self.killed = {'mailers': 0, 'connections': 0}
        self.most = 0           # connections of one mailer

    def fill(self):
        self.mailers = [one for one in self.mailers if one.poll() is None]
        while len(self.mailers) < MAILERS:
            self.mailers.append(start_mailer(self.stack))

    def grow(self):
        """Let one of them have all its connections, if mails are left."""
        end = time.monotonic() + 2
        found = 0
        while found < CONNECTIONS and time.monotonic() < end:
            pause(self.rng, 0.01, 0.05)
            found = max(len(connections(one)) for one in self.mailers)
            self.most = max(self.most, found)

    def kill_one(self):
        """One of the mailers, or one of its connections."""
        mailer = self.rng.choice(self.mailers)
        couriers = connections(mailer)
        if couriers and self.rng.random() < 0.5:
            with contextlib.suppress(ProcessLookupError):   # just ended
                kill(self.rng.choice(couriers))
                self.killed['connections'] += 1
        elif mailer.poll() is None:
            kill(mailer.pid)
            mailer.wait()
            self.killed['mailers'] += 1

    def round(self):
        """Kills; then those who are left end by themselves."""
        self.fill()
        self.grow()
        for _ in range(5):
            self.fill()
            pause(self.rng, 0.02, 0.5)
            self.kill_one()
        for mailer in self.mailers:
            mailer.terminate()
        for mailer in self.mailers:
            mailer.wait()
        self.mailers = []
        let_time_pass(self.stack)

    def count(self):
        return sum(self.killed.values())


def test_connections_killed(stack):
    logins = users(stack, 100)
    crowd = Crowd(stack, random.Random(f'{SEED}/connections'))
    begin = time.monotonic()
    stack.do('sink', 'delay', '0.05')
    before = len(stack.mail_files())
    with Load(stack, logins, 8, 'connections', 0.05).running() as load:
        load.more(80, 'ok')
        while (crowd.count() < brief(15, 200)
               or len(stack.mail_files()) - before < brief(150, 2000)):
            crowd.round()
    stack.do('sink', 'ok')
    books = Books(stack, logins, load.tries)
    mails = deliver(stack, logins, books)
    twice = check_copies(stack, logins, books)
    killed = crowd.killed
    assert crowd.most > 1 and min(killed.values()) > 0
    if twice > 4 * killed['mailers'] + killed['connections']:
        books.doubled.append((twice, killed))
    report('kill -9 of mailers and of their connections', crowd.count(),
           books, begin, mails=mails, **{
               'of them connections': killed['connections'],
               'connections of a mailer': crowd.most,
               'second copies, the same': twice})
