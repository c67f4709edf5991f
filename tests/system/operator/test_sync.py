"""umwsctl user sync from a file: who is added, changed, disabled, enabled
again and left alone; what is refused; and what becomes of it when it is
killed."""
import json
import signal
import subprocess
import sys
import time

import pytest

from harness import CHEAP, brief, environment, eventually, frugal, run

OPTIONS = CHEAP
HEADER = 'login,email,name\n'
MANY = brief(20_000, 100_000)
FLAT_KIB = 96 * 1024
MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def command(stack, *words):
    return [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
            stack.env['UMWS_CONF'], 'user', 'sync', *words]


def rows(names):
    return HEADER + ''.join(f'{name},{name}@example.test,Person {name}\n'
                            for name in names)


def names(prefix, count):
    return [f'{prefix}{number:03d}' for number in range(count)]


class Sync:
    def __init__(self, stack, path):
        self.stack = stack
        self.path = path

    def __call__(self, text, *words, code=0):
        """Sync with this file; what it says on both channels."""
        self.path.write_text(text)
        done = run(*command(self.stack, '--csv', self.path, *words),
                   env=environment())
        assert done.returncode == code, (done.returncode, done.stdout,
                                         done.stderr)
        return done.stdout + done.stderr

    def users(self, prefix):
        """Login, enabled and the mark of these."""
        return self.stack.sql(
            'SELECT login::text, um_enabled, synced::text FROM umws.um_user'
            ' WHERE login LIKE %s ORDER BY login', prefix + '%')


@pytest.fixture
def sync(stack, tmp_path):
    """Nobody is synced when a test begins."""
    stack.sql("UPDATE umws.um_user SET synced = NULL")
    return Sync(stack, tmp_path / 'people.csv')


def test_add_change_disable(sync):
    people = names('acd', 30)
    said = sync(rows(people))
    assert said == f'{sync.path}: added 30, changed 0, disabled 0\n'
    assert sync.users('acd') == [(name, True, 'here') for name in people]
    audits = sync.stack.value('SELECT count(*) FROM umws.audit')
    assert sync(rows(people)) == ''
    assert sync.stack.value('SELECT count(*) FROM umws.audit') == audits
    text = rows(people[:-1]).replace('Person acd000', 'Somebody')
    assert sync(text) == f'{sync.path}: added 0, changed 1, disabled 1\n'
    assert sync.users('acd029') == [('acd029', False, 'gone')]
    assert sync.stack.value("SELECT display_name FROM umws.um_user"
                            " WHERE login = 'acd000'") == 'Somebody'
    (row,) = sync.stack.audit('acd029', by_operators=True)[-1:]
    assert row['action'] == 'user_disable'
    (whole,) = sync.stack.audit(str(sync.path), by_operators=True)[-1:]
    assert whole['action'] == 'user_sync'
    assert whole['reason'] == 'added 0, changed 1, disabled 1, refused 0'
    assert sync(text) == ''


def test_back_again(sync):
    people = names('back', 20)
    sync(rows(people))
    sync(rows(people[1:]))
    assert sync.users('back000') == [('back000', False, 'gone')]
    assert 'changed 1' in sync(rows(people))
    assert sync.users('back000') == [('back000', True, 'here')]
    sync(rows(people[1:]))
    sync.stack.do('ctl', 'user', 'disable', 'back000')
    assert sync(rows(people)) == ''
    assert sync.users('back000') == [('back000', False, 'here')]


def test_by_hand(sync):
    """Who was added by hand stays; a row takes a mailbox over; whom a person
    has disabled or enabled, no sync treats otherwise."""
    people = names('hand', 20)
    for name in ('handmade', 'handover'):
        sync.stack.do('ctl', 'user', 'add', name, '--email', 'x@example.test')
    sync(rows(people))
    assert sync.users('handmade') == [('handmade', True, None)]
    text = rows(people) + 'handover,x@example.test,\n'
    assert sync(text) == ''
    assert sync.users('handover') == [('handover', True, 'here')]
    sync(rows(people))
    assert sync.users('handover') == [('handover', False, 'gone')]
    sync.stack.do('ctl', 'user', 'enable', 'handover')
    assert sync(rows(people)) == ''
    assert sync.users('handover') == [('handover', True, None)]
    sync.stack.do('ctl', 'user', 'disable', 'hand003')
    assert sync(rows(people)) == ''
    assert sync.users('hand003') == [('hand003', False, 'here')]


def test_many_gone(sync):
    people = names('gone', 40)
    sync(rows(people))
    before = sync.users('gone')
    said = sync(rows(people[5:]), code=65)
    assert '5 of 40 mailboxes are gone' in said and 'sync_max_gone' in said
    assert sync.users('gone') == before
    said = sync(HEADER, code=65)
    assert 'there is nobody in' in said and '40 of 40' in said
    assert sync.users('gone') == before
    assert 'disabled 4\n' in sync(rows(people[4:]))     # 10 per cent
    assert 'disabled 10\n' in sync(rows(people[14:]), '--force')
    assert 'disabled 26\n' in sync(HEADER, '--force')


def test_many_disabled(sync):
    """By rows that say so: as many may be as may be gone."""
    people = names('dis', 40)
    sync(rows(people))
    before = sync.users('dis')

    def text(disabled, gone):
        return 'login,email,enabled\n' + ''.join(
            f'{name},{name}@example.test,{"no" if n < disabled else "yes"}\n'
            for n, name in enumerate(people[:40 - gone]))

    for disabled, gone in ((5, 0), (3, 2), (40, 0)):
        said = sync(text(disabled, gone), code=65)
        assert f'nothing was changed: {disabled + gone} of 40 ' in said
        assert f'disabled by what stands there ({disabled})' in said
        assert sync.users('dis') == before
    assert 'changed 3, disabled 1\n' in sync(text(3, 1))
    assert 'changed 1, disabled 0\n' in sync(text(4, 1))
    assert 'changed 35, disabled 0\n' in sync(text(39, 1), '--force')
    # Those that are there already and that no sync has had.
    sync.stack.sql('UPDATE umws.um_user SET synced = NULL, um_enabled = true'
                   " WHERE login LIKE 'dis%%'")
    assert '5 of 40' in sync(text(5, 0), code=65)


def test_cut(sync):
    """A file whose writer has died within a line."""
    people = names('cut', 40)
    sync(rows(people))
    before = sync.users('cut')
    for cut in (1, 3):
        said = sync(rows(people)[:-cut], code=65)
        assert said.startswith(f'umwsctl: {sync.path}:41: nothing was'
                               ' changed: this last line has no line end')
        assert said.count('\n') == 1 and sync.users('cut') == before
    assert 'changed 1' in sync(rows(people)[:-3], '--force')
    sync(rows(people).replace('\n', '\r\n'))
    done = subprocess.run(command(sync.stack, '--csv', '-'), text=True,
                          input=rows(people)[:-20], env=environment(),
                          capture_output=True)
    assert done.returncode == 65 and 'stdin:41: ' in done.stderr


def test_synced_is_shown(sync):
    """Whom the next sync may disable, an operator can see."""
    people = names('mark', 20)
    sync(rows(people))
    sync(rows(people[1:]))
    ctl = command(sync.stack)[:-2]

    def marks(*words):
        return {row['login']: row['synced']
                for row in json.loads(run(*ctl, 'user', *words).stdout)}

    shown = marks('list', '--login', 'mark*', '--json')
    assert shown == dict.fromkeys(people, 'here') | {'mark000': 'gone'}
    assert marks('show', 'mark000', '--json') == {'mark000': 'gone'}
    assert marks('show', 'user0001', '--json') == {'user0001': None}
    assert ['synced', 'gone'] in [line.split() for line in run(
        *ctl, 'user', 'show', 'mark000').stdout.splitlines()]


def test_bad_rows(sync):
    """One is enough to refuse all; left out, its mailbox is not gone."""
    people = names('bad', 20)
    sync(rows(people))
    text = rows(people[1:]) + 'bad000,nowhere,\nnewcomer,n@example.test,\n'
    said = sync(text, code=65)
    assert ':21: "nowhere" is no mail address' in said
    assert not sync.users('newcomer')
    said = sync(text, '--skip-bad')
    assert 'added 1, changed 0, disabled 0, left out 1 bad row' in said
    assert sync.users('bad000') == [('bad000', True, 'here')]
    # Of this one nobody knows whose it is.
    said = sync(rows(people[1:]) + 'a\x07b,x@example.test,\n', '--skip-bad',
                code=65)
    assert 'nobody knows' in said


def test_dry_run(sync):
    people = names('dry', 20)
    sync(rows(people))
    said = sync(rows(people[1:]) + 'drynew,n@example.test,\n', '--dry-run')
    assert 'would disable 1 users' in said and 'disable dry000' in said
    assert 'would add 1 users' in said and 'nothing was changed' in said
    assert sync.users('dry000') == [('dry000', True, 'here')]
    (counts,) = json.loads(sync(rows(people), '--dry-run', '--json'))
    assert (counts['same'], counts['added'], counts['is_dry_run']) == (
        20, 0, True)


def test_policy(sync):
    sync.stack.do('ctl', 'policy', 'set', 'staff', 'MinPINLength=8')
    people = names('pol', 3)
    said = sync(rows(people), '--policy', 'none', code=65)
    assert said.count('there is no policy "none"') == 1
    sync(rows(people), '--policy', 'staff')
    assert sync.stack.value("SELECT count(*) FROM umws.v_user WHERE"
                            " login LIKE 'pol%' AND policy = 'staff'") == 3


def test_mail_of_who_is_gone(sync):
    """As user disable: the mail is withdrawn, and that is said."""
    people = names('mail', 12)
    sync(rows(people))
    sync.stack.sql(
        "INSERT INTO umws.outbox (id, user_id, generation, kind, recipient,"
        " locale, key_id, state, next_attempt_at, created_at, expires_at,"
        " display_name, extension, access_numbers, extra_text, is_locked_out,"
        " must_change, sealed) SELECT gen_random_uuid(), id, 1, 'reset',"
        " email, 'en', 'x', 'queued', now() + interval '1 day', now(),"
        " now() + interval '2 days', '', '', '', '', false, true, 'x'"
        " FROM umws.um_user WHERE login = 'mail000'")
    assert '1 mails were withdrawn' in sync(rows(people[1:]))
    (mail,) = sync.stack.outbox('mail000')
    assert mail['state'] == 'superseded' and not mail['has_sealed']


@pytest.mark.parametrize('words,code,what', [
    ((), 64, '--csv FILE or --ldap'),
    (('--csv', '/x', '--ldap'), 64, '--csv FILE or --ldap'),
    (('--ldap',), 78, 'no ldap_url'),
    (('--csv', '/nowhere'), 66, 'No such file'),
    (('--csv', '/dev/null'), 65, 'empty'),
])
def test_usage(stack, words, code, what):
    done = run(*command(stack, *words), env=environment())
    assert done.returncode == code, done.stderr
    assert what in done.stderr


def test_two_at_once(sync):
    """The second one leaves, and says why."""
    people = names('two', 12)
    sync(rows(people))
    with sync.stack.held_rows('two000'):
        sync.path.write_text(rows(people[1:]))
        first = subprocess.Popen(command(sync.stack, '--csv', sync.path),
                                 stdout=subprocess.PIPE, text=True,
                                 env=environment())
        eventually(lambda: sync.stack.sql(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'umws_admin'"
            " AND wait_event_type = 'Lock'"))
        said = sync(rows(people[1:]), code=75)
        assert 'another import or sync is running' in said
    assert 'disabled 1' in first.communicate(timeout=60)[0]
    assert first.returncode == 0


def ended(stack):
    return not stack.sql("SELECT pid FROM pg_stat_activity"
                         " WHERE usename = 'umws_admin'")


def test_killed(sync):
    """kill -9 in the middle: nothing half done, and the next one works."""
    people = names('kill', 100)
    sync(rows(people))
    before = sync.users('kill')
    text = rows(people[5:]) + 'killnew,n@example.test,\n'
    sync.path.write_text(text)
    with sync.stack.held_rows('kill001'):
        child = subprocess.Popen(command(sync.stack, '--csv', sync.path),
                                 env=environment())
        eventually(lambda: sync.stack.sql(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'umws_admin'"
            " AND wait_event_type = 'Lock'"))
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    eventually(lambda: ended(sync.stack))
    assert sync.users('kill') == before
    assert 'added 1, changed 0, disabled 5' in sync(text)


def measured(sync, *words):
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, '-c', MEASURE,
         *command(sync.stack, '--csv', sync.path, *words)],
        capture_output=True, text=True, env=frugal())
    assert done.returncode == 0, done.stderr
    return (time.monotonic() - began, int(done.stderr.splitlines()[-1]),
            done.stdout)


def test_many(sync, capsys):
    """How long it takes is printed, memory stays flat, which 100,000 rows
    show."""
    sync.path.write_text(rows(f'many{number:06d}' for number in range(MANY)))
    for what, words in (('added', ()), ('same', ()),
                        ('gone', ('--force',))):
        if what == 'gone':
            sync.path.write_text(rows(['many000000']))
        seconds, kib, said = measured(sync, *words)
        assert kib < FLAT_KIB
        assert {'added': f'added {MANY}', 'same': '',
                'gone': f'disabled {MANY - 1}'}[what] in said
        assert what != 'same' or said == ''
        with capsys.disabled():
            print(f'\nsync of {MANY} rows, {what}: {seconds:.1f} s,'
                  f' {kib // 1024} MiB')
