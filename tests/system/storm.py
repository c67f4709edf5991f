"""Load on a stack while a test breaks something, and the check of all
requests, rows and mails after it.

Each test of a storm has a seed (UMWS_SEED repeats one), prints one line
with what was lost, doubled or wrong, and adds its figures to the file that
UMWS_FIGURES names. With UMWS_LONG=1 the storms last longer.

What a client heard is held against what the database has, request by
request: the answer's X-Request-Id stands in the audit, and a reset's audit
row has the id of its mail.
"""
import collections
import concurrent.futures
import contextlib
import dataclasses
import http.client
import os
import pathlib
import random
import secrets
import signal
import threading
import time

import psycopg2

from harness import (IS_LONG, as_received, brief, eventually, is_alive, keep,
                     message, pin_of)
from soap import call
from umws_stack import accounts, process       # noqa: F401
from umws_stack import layout as stack_layout
from umws_stack import user as stack_user

SEED = int(os.environ.get('UMWS_SEED') or secrets.randbelow(10 ** 6))
CLIENTS = 16
HISTORY_KEPT = 20       # verifiers that the database keeps of each user
CONNECTION_ERRORS = (OSError, http.client.HTTPException)
BOOKS = """
SELECT u.login, u.generation, u.verifier, (
    SELECT coalesce(json_agg(json_build_array(
        a.operation_id, a.request_id)), '[]')
    FROM umws.audit a WHERE a.user_id = u.id AND a.result = 'ok'
        AND a.way <> 'umwsctl'), (
    SELECT coalesce(json_agg(json_build_array(o.id, o.generation, o.state)
        ORDER BY o.generation), '[]')
    FROM umws.outbox o WHERE o.user_id = u.id), (
    SELECT coalesce(json_agg(json_build_array(h.generation, h.verifier)
        ORDER BY h.generation), '[]')
    FROM umws.pin_history h WHERE h.user_id = u.id)
FROM umws.um_user u WHERE u.login = ANY(%s)
"""
LIVE = ('queued', 'sending')
# What the upgrade has to mend: all functions, tables and roles' settings.
# Nobody is kept from anything by it.
HARMLESS = """
DO $$ DECLARE r record; BEGIN
    FOR r IN SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = 'umws'::regnamespace
    LOOP EXECUTE format('ALTER FUNCTION %s COST 7', r.name); END LOOP;
    FOR r IN SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'umws'::regnamespace AND c.relkind = 'r'
    LOOP EXECUTE format('GRANT SELECT ON %s TO umws_admin', r.name); END LOOP;
    ALTER ROLE umws_worker SET statement_timeout = '9s';
    ALTER ROLE umws_mailer RESET log_parameter_max_length;
END $$
"""


@dataclasses.dataclass
class Try:
    """One request: when, for whom, and what its client heard.

    heard is ok, fault (nothing changed), unknown (the transient fault, or
    no answer of the service at all) or odd.
    """
    client: int
    login: str
    begin: float
    end: float = 0.0
    heard: str = 'unknown'
    code: str = ''
    request_id: str = ''


def ask(stack, client, login):
    """One reset, whose answer may be anything."""
    one = Try(client, login, time.monotonic())
    try:
        answer = call(stack, login)
    except CONNECTION_ERRORS:
        answer = None
    one.end = time.monotonic()
    if answer is not None:
        hear(one, answer)
    return one


def hear(one, answer):
    one.request_id = answer.headers.get('X-Request-Id') or ''
    one.code = str(answer.status)
    if answer.status == 200:
        one.heard = 'ok'
    elif answer.status == 500 and one.request_id:
        one.code = answer.code()
        one.heard = ('unknown' if 'Transient' in one.code else 'fault')
    elif answer.status not in (502, 503, 504):
        one.heard = 'odd'


class Load:
    """Clients that reset without a pause until they are told to stop."""

    def __init__(self, stack, logins, clients=CLIENTS, name='load', pace=0):
        self.stack = stack
        self.pace = pace    # seconds between two requests of a client
        self.logins = logins
        self.clients = clients
        self.name = name
        self.tries = []
        self.blows = None   # how many there were, if not one in each round
        self.is_over = threading.Event()

    def place(self, number):
        """Whom this client asks."""
        return self.stack

    def client(self, number):
        rng = random.Random(f'{SEED}/{self.name}/{number}')
        while not self.is_over.is_set():
            one = ask(self.place(number), number, rng.choice(self.logins))
            self.tries.append(one)
            # Who was refused waits a moment, as a client would.
            self.is_over.wait(self.pace if one.heard == 'ok'
                              else max(self.pace, 0.02))

    @contextlib.contextmanager
    def running(self):
        with concurrent.futures.ThreadPoolExecutor(self.clients) as pool:
            work = [pool.submit(self.client, number)
                    for number in range(self.clients)]
            try:
                yield self
            finally:
                self.is_over.set()
        for one in work:
            one.result()

    def since(self, moment, *heard):
        """The requests that began then or later."""
        return [one for one in list(self.tries)
                if one.begin >= moment and (not heard or one.heard in heard)]

    def more(self, count, *heard, seconds=30):
        """Wait for so many answers to requests that begin from now on."""
        now = time.monotonic()
        eventually(lambda: len(self.since(now, *heard)) >= count, seconds,
                   f'{count} times {heard}')

    def ended(self, moment, count, seconds=30):
        """Wait until so many requests have been answered since moment."""
        eventually(lambda: sum(one.end >= moment for one in list(self.tries))
                   >= count, seconds, f'{count} answers')

    def recovered(self, moment, seconds=30):
        """Wait until every client had its request granted; how long after
        moment was that?"""
        def check():
            good = collections.defaultdict(lambda: float('inf'))
            for one in self.since(moment, 'ok'):
                good[one.client] = min(good[one.client], one.end)
            return len(good) == self.clients and max(good.values())

        try:
            return eventually(check, seconds) - moment
        except AssertionError:
            heard = collections.Counter(
                f'{one.heard} {one.code}' for one in self.since(moment))
            raise AssertionError(
                f'not recovered in {seconds} s: {dict(heard)}') from None

    def during(self, seconds):
        """Be true for so long: while load.during(5)() ..."""
        end = time.monotonic() + seconds
        return lambda: time.monotonic() < end


def pause(rng, least, most):
    """The time between two blows; what is waited for is time itself."""
    threading.Event().wait(rng.uniform(least, most))


def at_rest(stack):
    """Wait until no call of a worker is under way in the database."""
    eventually(lambda: stack.value(
        "SELECT count(*) = 0 FROM pg_stat_activity WHERE usename ="
        " 'umws_worker' AND state <> 'idle'"), 30, 'database at rest')


class Books:
    """What the database has, held against what the clients heard."""

    def __init__(self, stack, logins, tries):
        at_rest(stack)
        self.tries = tries
        self.lost = []
        self.doubled = []
        self.wrong = []
        self.rows = stack.sql(BOOKS, logins)
        self.stored = collections.Counter()     # by request id
        self.strangers = collections.Counter()  # by login
        for row in self.rows:
            self.check_user(*row)
        self.check_answers()

    def check_user(self, login, generation, verifier, audit, outbox,
                   history):
        """One user's tables agree with each other."""
        ids = [operation_id for operation_id, _ in audit]
        mails = [mail_id for mail_id, _, _ in outbox]
        known = {one.request_id for one in self.tries if one.login == login}
        for operation_id, request_id in audit:
            self.stored[request_id] += 1
            if request_id not in known:
                self.strangers[login] += 1
            if operation_id not in mails:
                self.lost.append((login, operation_id))
        first = max(1, generation - HISTORY_KEPT + 1)
        kept = [number for number, _ in history]
        if (sorted(ids) != sorted(mails) or len(audit) != generation
                or [row[1] for row in outbox] != [*range(1, generation + 1)]
                or kept != [*range(first, generation + 1)]
                or (history and history[-1][1] != verifier)
                or any(row[2] in LIVE for row in outbox[:-1])):
            self.wrong.append((login, generation, len(audit), len(outbox),
                               kept[:1], kept[-1:]))

    def check_answers(self):
        """What each client heard is true."""
        unanswered = collections.Counter(
            one.login for one in self.tries
            if one.heard == 'unknown' and not one.request_id)
        for one in self.tries:
            times = self.stored[one.request_id] if one.request_id else 0
            if one.heard == 'ok' and times == 0:
                self.lost.append(one)
            if times > 1:
                self.doubled.append(one)
            if one.heard == 'odd' or (one.heard == 'fault' and times > 0):
                self.wrong.append(one)
        # A reset that no answer told of belongs to a request without one.
        for login, count in self.strangers.items():
            if count > unanswered[login]:
                self.wrong.append((login, 'unasked', count))

    def figures(self):
        heard = collections.Counter(one.heard for one in self.tries)
        happened = sum(self.strangers.values()) + sum(
            1 for one in self.tries if one.heard == 'unknown'
            and one.request_id and self.stored[one.request_id])
        return {'requests': len(self.tries), 'ok': heard['ok'],
                'refused': heard['fault'], 'unknown': heard['unknown'],
                'of them done': happened}


def report(name, faults, books, begin, recovery=None, **more):
    """Print the one line, keep the figures, and insist on zeros."""
    figures = {'name': name, 'seed': SEED, 'faults': faults}
    figures |= books.figures() if hasattr(books, 'figures') else {}
    figures |= more
    figures |= {'lost': len(books.lost), 'doubled': len(books.doubled),
                'wrong': len(books.wrong)}
    if recovery is not None:
        figures['recovery'] = round(recovery, 2)
    figures['seconds'] = round(time.monotonic() - begin, 1)
    print(', '.join(f'{key} {value}' for key, value in figures.items()))
    keep('UMWS_FIGURES', figures | {
        'long': IS_LONG, 'test': os.environ.get('PYTEST_CURRENT_TEST', '')})
    for what in ('lost', 'doubled', 'wrong'):
        bad = getattr(books, what)
        assert not bad, (name, SEED, what, len(bad), bad[:5])


def deliver(stack, logins, books):
    """Send what is queued: the last mail of each user has the PIN that is
    stored. What is not so is added to the books; returns mails."""
    eventually(lambda: stack.mailer() is not None and stack.value(
        "SELECT count(*) = 0 FROM umws.v_outbox WHERE state = 'queued'"
        ' AND login = ANY(%s)', logins), 60, 'all mails sent')
    newest = {row[0]: row[4][-1][0] for row in books.rows if row[4]}
    mails = mails_by_login(stack)
    for login, mail_id in newest.items():
        if not mails[login]:
            books.lost.append((login, mail_id))
        elif mail_id_of(mails[login][-1]) != mail_id:
            books.wrong.append((login, mail_id, 'is not the last mail'))
    for login in list(newest)[:brief(8, len(newest))]:
        if mails[login] and not carries(stack, login, mails[login][-1]):
            books.wrong.append((login, 'PIN'))
    return sum(len(mails[login]) for login in newest)


def check_copies(stack, logins, books):
    """Copies of a mail beyond the first; they are the same mail. Nobody's
    older PIN arrives for the first time behind a newer one."""
    copies = collections.defaultdict(list)
    rows = stack.sql('SELECT o.id::text, o.state, o.generation FROM'
                     ' umws.outbox o JOIN umws.um_user u ON u.id = o.user_id'
                     ' WHERE u.login = ANY(%s)', logins)
    states = {row[0]: row[1] for row in rows}
    generations = {row[0]: row[2] for row in rows}
    mails = mails_by_login(stack)
    for login in logins:
        newest = 0
        for path in mails[login]:
            mail_id = mail_id_of(path)
            if mail_id not in generations:
                books.lost.append((login, mail_id, 'its mail came'))
                continue
            if mail_id not in copies and generations[mail_id] < newest:
                books.wrong.append((login, mail_id, 'comes too late'))
            newest = max(newest, generations[mail_id])
            copies[mail_id].append(as_received(path))
    for mail_id, same in copies.items():
        if len(set(same)) != 1:
            books.wrong.append((mail_id, 'differs', len(same)))
    for mail_id, state in states.items():
        if state == 'sent' and mail_id not in copies:
            books.lost.append(mail_id)
        if state in LIVE or state not in ('sent', 'superseded'):
            books.wrong.append((mail_id, state))
    return sum(len(same) - 1 for same in copies.values())


def mails_by_login(stack):
    """The mail files of each user in order of acceptance."""
    mails = collections.defaultdict(list)
    for path in stack.mail_files():
        mails[receiver(path)].append(path)
    return mails


def receiver(path):
    with open(path, 'rb') as mail:
        mail.readline()
        line = mail.readline().decode()
    return line.removeprefix('X-Sink-To: ').partition('@')[0]


def mail_id_of(path):
    """The outbox row that a mail comes from."""
    return message(path)['Message-ID'].strip('<>').partition('@')[0]


def carries(stack, login, path):
    """Is the PIN in this mail the one that is stored?"""
    return stack_user.check_pin(stack_layout.Layout(stack.dir), login,
                                pin_of(path))


def storm(stack, name, blow, rounds, hold=20):
    """Load; then so often a blow, recovery, and load again. blow(load)
    returns the moment from which on all was there again."""
    logins = users(stack, 16)
    begin = time.monotonic()
    children = stack.children()
    slowest = 0
    with Load(stack, logins, name=name).running() as load:
        for _ in range(rounds):
            load.more(hold, 'ok')
            slowest = max(slowest, load.recovered(blow(load)))
    # Nobody had to be restarted.
    assert stack.children() == children, died(stack)
    books = Books(stack, logins, load.tries)
    mails = deliver(stack, logins, books)
    blows = rounds if load.blows is None else load.blows
    report(name, blows, books, begin, slowest, mails=mails)


def died(stack):
    """What the parent said of its children."""
    return [line for line in stack.log('worker').splitlines()
            if ' child-' in line]


def users(stack, count=24):
    return [stack.user() for _ in range(count)]


def home(stack):
    """The private folder of the stack."""
    return pathlib.Path(stack.env['UMWS_KEYDIR']).parent


def is_connectable(stack):
    """Ours may be gone with the server: ask on a new connection."""
    if stack.owner is not None:
        stack.owner.close()
    try:
        return stack.sql('SELECT 1')
    except psycopg2.OperationalError:
        return None


def kill_backend(stack, pid):
    """kill -9, as the kernel does when there is no memory left. PostgreSQL
    then trusts none of its processes any more and begins anew."""
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not is_alive(pid))
    eventually(lambda: is_connectable(stack), 60, 'crash recovery')


def children_of(pid):
    """Without a process of its own, as the stack's verb needs one."""
    return [number for number, fields in process.every_process()
            if fields['parent'] == pid]


def terminate_some(stack, rng, load):
    """Each connection of a worker ends with a chance of three in ten."""
    for pid in worker_backends(stack):
        if rng.random() < 0.3:
            stack.sql('SELECT pg_terminate_backend(%s)', pid)
            load.blows += 1


def worker_backends(stack):
    return [row[0] for row in stack.sql(
        "SELECT pid FROM pg_stat_activity WHERE usename = 'umws_worker'")]


def in_background(stack, logins):
    """One request for each login; the futures of their Trys."""
    pool = concurrent.futures.ThreadPoolExecutor(len(logins))
    work = [pool.submit(ask, stack, number, login)
            for number, login in enumerate(logins)]
    pool.shutdown(wait=False)
    return work
