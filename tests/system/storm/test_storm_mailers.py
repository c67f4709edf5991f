"""kill -9 of mailers at random moments, three of them at once, while PINs
are reset: no mail is lost, a second copy is the same mail, and no older PIN
comes after a newer one."""
import concurrent.futures
import pathlib
import random
import subprocess
import time

from harness import CHEAP, USERS, brief, eventually, is_alive, kill
from storm import (SEED, Books, Load, ask, check_copies, deliver, pause,
                   report, users)

MAILERS = 3
FIRST = USERS + 1
OPTIONS = CHEAP + ('--limits', 'off', '--workers', '4',
                   '--users', str(USERS + 400),
                   '--conf', 'retry_min=1s', '--conf', 'retry_max=1s')
# Of one mailer: those that its four connections have, and those that were
# taken and are not settled yet.
IN_HAND = 12
# What a killed mailer has asked for still happens.
IS_CONNECTED = ("SELECT count(*) > 0 FROM pg_stat_activity"
                " WHERE usename = 'umws_mailer'")


def start_mailer(stack):
    """The wrapper becomes the mailer, so the pid is the mailer's own."""
    return subprocess.Popen([stack.env['UMWS_MAILER']],
                            stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


def is_sink_idle(stack):
    """Has the SMTP server seen the end of every connection?"""
    port = f':{int(stack.env["UMWS_SMTP_PORT"]):04X}'
    lines = pathlib.Path('/proc/net/tcp').read_text().splitlines()[1:]
    # Field 1 is the server's own end, field 3 the state: 01 established,
    # 08 closed by the peer and not yet by the server.
    return not any(fields[1].endswith(port) and fields[3] in ('01', '08')
                   for fields in map(str.split, lines))


def expire_leases(stack):
    """As if 12 minutes had passed: nobody who held one is alive."""
    stack.sql('UPDATE umws.outbox SET lease_until = now() - interval'
              " '1 second' WHERE lease_token IS NOT NULL")


def let_time_pass(stack):
    """Everything that a dead mailer had begun is over."""
    eventually(lambda: is_sink_idle(stack))
    eventually(lambda: not stack.value(IS_CONNECTED))
    expire_leases(stack)


def one_round(stack, rng, least=0.02, most=0.25):
    """Three mailers, each killed if it has not ended by then; how many
    were alive to be killed?"""
    killed = 0
    mailers = [start_mailer(stack) for _ in range(MAILERS)]
    rng.shuffle(mailers)
    for mailer in mailers:
        pause(rng, least, most)
        if is_alive(mailer.pid):
            kill(mailer.pid)
            killed += 1
    for mailer in mailers:
        mailer.wait()
    let_time_pass(stack)
    return killed


def test_mailers_killed(stack):
    rng = random.Random(f'{SEED}/mailers')
    logins = users(stack, 100)
    begin = time.monotonic()
    killed = 0
    # The server takes a mail and is slow to say so: most of the kills fall
    # into the time in which nobody but it knows.
    stack.do('sink', 'delay', '0.03')
    with Load(stack, logins, 2, 'mailers', 0.05).running() as load:
        load.more(20, 'ok')
        for _ in range(brief(12, 120)):
            killed += one_round(stack, rng)
    stack.do('sink', 'ok')
    books = Books(stack, logins, load.tries)
    mails = deliver(stack, logins, books)
    twice = check_copies(stack, logins, books)
    assert killed > 0
    if twice > killed:
        books.doubled.append((twice, killed))
    report('kill -9 of mailers, three at once', killed, books, begin,
           mails=mails, **{'second copies, the same': twice})


def test_mailers_killed_amid_many(stack):
    """Each has come to its four connections, and begins and settles several
    mails at once."""
    rng = random.Random(f'{SEED}/many')
    # Behind those of the harness, which has fewer.
    logins = [f'user{number:04d}' for number in range(
        FIRST, FIRST + brief(200, 400))]
    begin = time.monotonic()
    killed, tries = 0, []
    stack.do('sink', 'ok')
    for _ in range(brief(2, 5)):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            tries += pool.map(lambda login: ask(stack, 0, login), logins)
        for _ in range(brief(3, 14)):
            killed += one_round(stack, rng, 0.1, 0.4)
    books = Books(stack, logins, tries)
    mails = deliver(stack, logins, books)
    twice = check_copies(stack, logins, books)
    assert killed > 0
    if twice > killed * IN_HAND:
        books.doubled.append((twice, killed))
    report('kill -9 of mailers amid many mails', killed, books, begin,
           mails=mails, **{'second copies, the same': twice})
