"""outbox retry of what is dead or expired: another PIN for each mailbox whose
PIN was in a mail that was never sent."""
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

import pytest

from harness import CHEAP, environment, eventually, pin_of, run
from mailplace import Place
from phonecall import logon
from smtpserver import Server
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off')
UNKNOWN = '550 5.1.1 <{rcpt}>: User unknown'
LOST = ("UPDATE umws.outbox SET state = %s, sealed = NULL, lost_at = now() -"
        " %s * interval '1 hour', last_error = '550 no such user'"
        ' WHERE id = %s')
RETRY = ('outbox', 'retry', '--state', 'dead', '--since', '2h')
WHY = ('--reason', 'outage')
MANY = 5000
# KiB at most, as a child of a process that is small itself.
PEAK = ('import resource, subprocess, sys; subprocess.run(sys.argv[1:]);'
        ' print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss,'
        ' file=sys.stderr)')


@pytest.fixture(autouse=True)
def clean(stack):
    yield
    stack.sql('DELETE FROM umws.outbox')


def ctl(stack, *words, code=0):
    done = run(stack.env['UMWS_CTL'], *words)
    assert done.returncode == code, (words, done.returncode, done.stdout,
                                     done.stderr)
    return done.stdout if code == 0 else done.stderr


def lose(stack, user, state='dead', hours=0):
    """A reset whose mail came nowhere; the mail's id."""
    reset(stack, user)
    number = stack.outbox(user)[-1]['id']
    stack.sql(LOST, state, hours, number)
    return number


def generation(stack, user):
    return stack.state(user)['generation']


def resets(stack, user):
    return [(row['actor'], row['result'], row['reason'])
            for row in stack.audit(user, by_operators=True)
            if row['action'] == 'pin_reset']


def test_what_a_server_has_ended(stack):
    """The whole way: refused for good, shown, reset, sent, and once."""
    place = Place(stack)
    (user,) = place.queue()
    with Server(rcpt=UNKNOWN) as server:
        place.run(server)
    assert place.states([user]) == ['dead']
    dead, before = place.row(user)['id'], stack.state(user)
    said = ctl(stack, *RETRY, '--dry-run').splitlines()
    assert said[0].split()[:2] == ['LOST', 'LOGIN'] and len(said) == 3
    assert said[1].split()[1] == user and dead in said[1]
    assert 'user unknown' in said[1].lower()
    assert said[2] == 'nothing was changed: --dry-run'
    assert stack.state(user) == before
    assert ctl(stack, *RETRY, *WHY).splitlines() == [
        f'the PIN of {user} was reset; the mail with the new one is queued'
        f' for {user}@example.test',
        '1 new PINs were queued, 0 mailboxes left alone']
    after = stack.state(user)
    assert after['generation'] == before['generation'] + 1
    assert [row['kind'] for row in after['outbox']] == ['reset', 'admin']
    assert resets(stack, user)[-1:] == [
        (run('id', '-un').stdout.strip(), 'ok', 'outage')]
    # What is final stays so: nothing of the lost PIN comes back.
    assert after['outbox'][0] == before['outbox'][0]
    assert ctl(stack, *RETRY, *WHY) == (
        '0 new PINs were queued, 0 mailboxes left alone\n')
    assert generation(stack, user) == after['generation']
    stack.mailer()
    (path,) = stack.mail_files(user)
    assert stack.is_pin(user, pin_of(path))
    assert len(ctl(stack, *RETRY, '--dry-run').splitlines()) == 2


def test_who_is_meant(stack):
    """Those alone whose PIN is the one in a mail of that state."""
    names = ('dead', 'expired', 'old', 'newer', 'queued', 'sent', 'set')
    users = {name: stack.user() for name in names}
    for name in ('dead', 'newer', 'set'):
        lose(stack, users[name])
    lose(stack, users['expired'], 'expired')
    lose(stack, users['old'], hours=3)
    for name in ('newer', 'queued', 'sent'):
        reset(stack, users[name])
    stack.sql("UPDATE umws.outbox SET state = 'sent', sealed = NULL WHERE"
              ' id = %s', stack.outbox(users['sent'])[-1]['id'])
    done = run(stack.env['UMWS_CTL'], 'pin', 'set', users['set'],
               text='749302\n')
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(ctl(stack, *RETRY, '--dry-run', '--json'))
    assert row['login'] == users['dead'] and row['against'] is None
    before = {name: generation(stack, user) for name, user in users.items()}
    for state, name in (('dead', 'dead'), ('expired', 'expired')):
        words = [state if word == 'dead' else word for word in RETRY]
        (row,) = json.loads(ctl(stack, *words, *WHY, '--json'))
        mails = stack.outbox(users[name])
        assert row == {'id': mails[0]['id'], 'login': users[name],
                       'against': None, 'mail': mails[1]['id'],
                       'recipient': f'{users[name]}@example.test'}
        before[name] += 1
    assert before == {name: generation(stack, user)
                      for name, user in users.items()}
    words = [word.replace('2h', '4h') for word in RETRY]
    assert ctl(stack, *words, *WHY).splitlines()[0].startswith(
        f"the PIN of {users['old']} was reset")


def test_what_kinds(stack, user):
    """Of mails, those with a PIN in them: the view says so on its own."""
    number = lose(stack, user)
    kinds = stack.value("SELECT regexp_matches(pg_get_constraintdef(oid),"
                        " 'ARRAY\\[(.*)\\]') FROM pg_constraint WHERE"
                        " conname = 'outbox_kind_check'")[0]
    kinds = re.findall("'([a-z]+)'", kinds)
    assert len(kinds) >= 6
    for kind in kinds:
        stack.sql('UPDATE umws.outbox SET kind = %s WHERE id = %s', kind,
                  number)
        rows = json.loads(ctl(stack, *RETRY, '--dry-run', '--json'))
        assert bool(rows) == stack.value('SELECT umws.mail_has_pin(%s)',
                                         kind), kind


def test_to_where_the_mailbox_has_its_mail_now(stack, user):
    """An address that was wrong and has been mended."""
    lose(stack, user)
    ctl(stack, 'user', 'set', user, '--email', 'right@example.test')
    assert 'queued for right@example.test' in ctl(stack, *RETRY, *WHY)
    assert stack.outbox(user)[-1]['recipient'] == 'right@example.test'


def test_who_knows_the_pin_keeps_it(stack, user):
    """A copy that nothing was heard of has arrived: it opened the mailbox."""
    reset(stack, user)
    stack.mailer()
    (path,) = stack.mail_files(user)
    stack.sql(LOST, 'dead', 0, stack.outbox(user)[-1]['id'])
    assert user in ctl(stack, *RETRY, '--dry-run')
    said = logon(stack, user, pin_of(path))
    assert said in ('OK', 'CHANGE'), said
    assert user not in ctl(stack, *RETRY, '--dry-run')
    before = generation(stack, user)
    ctl(stack, *RETRY, *WHY)
    assert generation(stack, user) == before


def test_who_can_have_none(stack):
    """Shown, left alone, and no reason to leave out the others."""
    users = sorted(stack.user() for _ in range(4))
    for number, user in enumerate(users):
        lose(stack, user, hours=1 - number / 10)
    ctl(stack, 'pin', 'lock', users[1], '--change')
    ctl(stack, 'user', 'disable', users[2])
    rows = json.loads(ctl(stack, *RETRY, '--dry-run', '--json'))
    assert [(row['login'], row['against']) for row in rows] == list(zip(
        users, (None, 'pin_locked', 'disabled', None)))
    before = [generation(stack, user) for user in users]
    said = ctl(stack, *RETRY, *WHY).splitlines()
    assert said[1:3] == [
        f'{users[1]} is left alone: its PIN is locked against change',
        f'{users[2]} is left alone: the mailbox is disabled']
    assert said[4] == '2 new PINs were queued, 2 mailboxes left alone'
    assert [generation(stack, user) for user in users] == [
        before[0] + 1, before[1], before[2], before[3] + 1]
    rows = json.loads(ctl(stack, *RETRY, *WHY, '--json'))
    assert [(row['against'], row['mail']) for row in rows] == [
        ('pin_locked', None), ('disabled', None)]


def test_limit(stack):
    """One to try with: the one that was lost first."""
    users = [stack.user() for _ in range(3)]
    for number, user in enumerate(users):
        lose(stack, user, hours=number / 10)
    (row,) = json.loads(ctl(stack, *RETRY, *WHY, '--limit', '1', '--json'))
    assert row['login'] == users[2]
    assert len(json.loads(ctl(stack, *RETRY, '--dry-run', '--json'))) == 2


@pytest.mark.parametrize('words, said', [
    (('--state', 'dead'), '--since'),
    (('--state', 'dead', '--dry-run'), '--since'),
    (('--state', 'dead', '--since', '2h'), '--reason'),
    (('--state', 'expired', '--since', '2h', '--reason', ''), '--reason'),
    (('--state', 'dead', '--since', 'monday', *WHY), 'monday'),
    (('--state', 'dead', '--since', '2h', *WHY, '--limit', '0'), '--limit'),
    (('--state', 'queued', *WHY), '--state dead'),
    (('--limit', '1'), '--state dead')], ids=str)
def test_usage(stack, user, words, said):
    lose(stack, user)
    before = stack.state(user)
    assert said in ctl(stack, 'outbox', 'retry', *words, code=64)
    assert stack.state(user) == before


def test_keys_that_cannot_be_read(stack, user):
    """Said before anything is changed; the list needs none of them."""
    lose(stack, user)
    conf = os.path.join(stack.dir, 'no-keys.conf')
    with open(stack.env['UMWS_CONF']) as file, open(conf, 'w') as other:
        other.writelines('pepper_key = /nonexistent/pepper.key\n' if
                         line.startswith('pepper_key') else line
                         for line in file)
    program = [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config', conf]
    before = stack.state(user)
    done = run(*program, *RETRY, *WHY)
    assert done.returncode == 78 and '/nonexistent' in done.stderr
    assert stack.state(user) == before
    done = run(*program, *RETRY, '--dry-run')
    assert done.returncode == 0 and user in done.stdout


def stand(stack, users):
    """Of each its generation, and how many resets its audit has."""
    return {user: (generation(stack, user), len(resets(stack, user)))
            for user in users}


def each_once(stack, before):
    """Every mailbox has one PIN more, and one mail that has it."""
    for user, (last, audited) in before.items():
        state = stack.state(user)
        assert state['generation'] == last + 1
        assert [(row['generation'], row['kind'], row['state'])
                for row in state['outbox']] == [
            (last, 'reset', 'dead'), (last + 1, 'admin', 'queued')]
        assert [result for _, result, _ in resets(stack, user)[audited:]
                if result != 'not_lost'] == ['ok']


def test_killed(stack):
    """kill -9 in the middle: what is done is done whole; the rest is done by
    the next one, and nobody is given two."""
    seed = int(os.environ.get('UMWS_SEED', random.randrange(1000000)))
    print('seed', seed)
    draw = random.Random(seed)
    users = [stack.user() for _ in range(40)]
    for user in users:
        lose(stack, user)
    before = stand(stack, users)
    program = [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
               stack.env['UMWS_CONF'], *RETRY, *WHY]
    count = 'SELECT count(*) FROM umws.v_outbox_lost'
    lefts = [len(users)]
    while lefts[-1] > 10:
        with subprocess.Popen(program, env=environment(),
                              stdout=subprocess.DEVNULL) as one:
            eventually(lambda: stack.value(count) < lefts[-1])
            time.sleep(draw.uniform(0, 0.02))
            one.send_signal(signal.SIGKILL)
        lefts.append(stack.value(count))
    print('left', lefts)
    assert len([left for left in lefts[1:] if left]) >= 2
    ctl(stack, *RETRY, *WHY)
    each_once(stack, before)


def test_two_at_a_time(stack):
    """Both have the same list; the second one finds it done."""
    users = [stack.user() for _ in range(20)]
    for user in users:
        lose(stack, user)
    before = stand(stack, users)
    said = []
    with stack.held_rows(users[0]):
        threads = [threading.Thread(target=lambda: said.append(json.loads(
            ctl(stack, *RETRY, *WHY, '--json')))) for _ in range(2)]
        for thread in threads:
            thread.start()
        eventually(lambda: stack.value(
            "SELECT count(*) = 2 FROM pg_stat_activity WHERE usename ="
            " 'umws_admin' AND wait_event_type = 'Lock'"))
    for thread in threads:
        thread.join()
    each_once(stack, before)
    rows = [row for one in said for row in one]
    assert len(rows) == 40
    assert sum(row['against'] == 'not_lost' for row in rows) == 20


def test_thousands(stack):
    """The list does not grow in memory."""
    stack.sql("""
        INSERT INTO umws.um_user (login, email, policy_id, verifier,
            pin_key_id, generation, set_at)
        SELECT 'k' || n, 'k' || n || '@example.test', 1, u.verifier,
            u.pin_key_id, 1, now() FROM generate_series(1, %s) n,
            umws.um_user u WHERE u.verifier IS NOT NULL AND u.login = %s""",
              MANY, settled(stack))
    stack.sql("""
        INSERT INTO umws.outbox (id, user_id, generation, kind, recipient,
            locale, key_id, state, next_attempt_at, created_at, expires_at,
            lost_at, display_name, extension, access_numbers, extra_text,
            is_locked_out, must_change)
        SELECT gen_random_uuid(), u.id, 1, 'reset', u.email, 'en', 'k', 'dead',
            now(), now(), now() + interval '1 d', now(), '', '', '', '',
            false, false
        FROM umws.um_user u WHERE u.email LIKE 'k%%@example.test'""")
    try:
        rows = json.loads(ctl(stack, *RETRY, *WHY, '--limit', '50', '--json'))
        assert [row['against'] for row in rows] == [None] * 50
        done = run(sys.executable, '-c', PEAK, stack.env['UMWS_CTL'], *RETRY,
                   '--dry-run', '--json')
        assert len(json.loads(done.stdout)) == MANY - 50
        assert int(done.stderr) <= 48 * 1024, f'{done.stderr} KiB'
    finally:
        stack.sql('DELETE FROM umws.um_user WHERE email LIKE'
                  " 'k%@example.test'")


def settled(stack):
    """A user with a PIN, whose mail is no more."""
    user = stack.user()
    reset(stack, user)
    return user
