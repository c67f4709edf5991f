"""The verbs on keys: what they say of files and database, and what they
leave in both."""
import fcntl
import json
import os
import pathlib
import random
import secrets
import signal
import subprocess
import time

import pytest

from harness import CHEAP, eventually, installed, run
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '2')


@pytest.fixture
def stack():
    """One for each test: they change its keys."""
    with installed(*OPTIONS, '--users', '20') as made:
        yield made


def ctl(stack, *words, code=0, text=None):
    done = run(stack.env['UMWS_CTL'], *words, text=text)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


def listed(stack):
    """{(kind, id): row}; a row without an id is about a file."""
    rows = json.loads(ctl(stack, 'key', 'list', '--json'))
    return {(row['kind'], row['id']): row for row in rows}


def place(stack, name):
    return pathlib.Path(stack.env['UMWS_KEYDIR']) / name


def ids(stack, name):
    return [line.partition(':')[0] for line in
            place(stack, name).read_text().splitlines()
            if line and not line.startswith('#')]


def test_list(stack):
    pepper, mail, web = (ids(stack, name)[0] for name in (
        'pepper.key', 'mail.pub', 'web.secret'))
    reset(stack, 'user0001')
    reset(stack, 'user0001')
    rows = listed(stack)
    assert set(rows) == {('pepper', pepper), ('mail', mail), ('web', web),
                         ('audit', None)}
    assert 'No such file' in rows.pop(('audit', None))['problem']
    assert all(row['is_current'] and row['problem'] is None
               for row in rows.values())
    assert (rows['pepper', pepper]['verifiers'],
            rows['pepper', pepper]['history']) == (1, 2)
    assert rows['mail', mail]['mails'] == 1
    assert rows['mail', mail]['state'] == 'active'
    lines = ctl(stack, 'key', 'list').splitlines()
    assert [line.split()[:3] for line in lines] == [
        ['pepper', pepper, 'current;'], ['mail', mail, 'current;'],
        ['web', web, 'current'], ['audit', 'problem:', 'audit_key']]
    assert '1 PINs and 2 of the history need it' in lines[0]
    assert '1 waiting mails need it' in lines[1]


def test_list_names_problems(stack):
    """A file that is not there, one that others can read, a key that only one
    side knows."""
    pepper, mail = ids(stack, 'pepper.key')[0], ids(stack, 'mail.pub')[0]
    reset(stack, 'user0001')
    stack.sql("UPDATE umws.um_user SET pin_key_id = 'gone' WHERE"
              " verifier IS NOT NULL")
    stack.sql("UPDATE umws.mail_key SET id = '0123456789abcdef'")
    place(stack, 'web.secret').unlink()
    rows = listed(stack)
    assert 'UNAVAILABLE' in rows['pepper', 'gone']['problem']
    assert rows['pepper', pepper]['problem'] is None
    assert 'unknown to the database' in rows['mail', mail]['problem']
    assert 'in no file' in rows['mail', '0123456789abcdef']['problem']
    assert 'web.secret: No such file' in rows['web', None]['problem']
    place(stack, 'mail.key').chmod(0o644)
    assert 'it is refused' in listed(stack)['mail', None]['problem']
    place(stack, 'mail.key').unlink()
    assert listed(stack)['mail', '0123456789abcdef']['problem'] is None


FILES = {'pepper': ('pepper.key',), 'mail': ('mail.key', 'mail.pub'),
         'web': ('web.secret',)}


def rotate(stack, kind):
    """Add a key; its id."""
    said = ctl(stack, 'key', 'rotate', kind)
    new = said.split('--use ')[1].split()[0]
    assert said.startswith(f'added key {new} to ')
    return new


def acts(stack, key_id):
    return stack.sql('SELECT action, reason, actor FROM umws.v_audit WHERE'
                     " way = 'umwsctl' AND login = %s ORDER BY id", key_id)


@pytest.mark.parametrize('kind', FILES)
def test_rotate(stack, kind):
    """Last at first, first when told; nothing else of the files changes."""
    paths = [place(stack, name) for name in FILES[kind]]
    for path in paths:
        path.write_text('# in the safe\n' + path.read_text())
    before = [(path.read_text(), path.stat()) for path in paths]
    new = rotate(stack, kind)
    for path, (text, stat) in zip(paths, before):
        assert path.read_text().startswith(text)
        assert ids(stack, path.name)[1:] == [new]
        now = path.stat()
        assert ((now.st_mode, now.st_uid, now.st_gid)
                == (stat.st_mode, stat.st_uid, stat.st_gid))
    row = listed(stack)[kind, new]
    assert not row['is_current'] and row['problem'] is None
    said = ctl(stack, 'key', 'rotate', kind, '--use', new, code=64)
    assert 'has this key' in said and 'say --yes' in said
    assert ids(stack, paths[-1].name)[1:] == [new]
    said = ctl(stack, 'key', 'rotate', kind, '--use', new, '--yes')
    assert f'key {new} is the first in ' in said
    assert ids(stack, paths[-1].name)[0] == new
    assert listed(stack)[kind, new]['is_current']
    (add, _, actor), (use, reason, _) = acts(stack, new)
    assert add == ('mail_key_add' if kind == 'mail' else 'key_add')
    assert (use, reason) == ('key_use', kind) and actor
    stack.do('worker', 'reload')
    if kind == 'web':
        secret = paths[0].read_text().split(f'{new}:')[1].split()[0]
        for name in ('web.secret.nginx', 'web.secret.apache'):
            assert f'"{secret}"' in place(stack, name).read_text()


def test_rotate_refused(stack):
    for words in (('salt',), ('pepper', '--use', 'nobody', '--yes'),
                  ('pepper', '--use', 'a:b\r\n', '--yes'),
                  ('mail', '--use', 'x' * 5000, '--yes')):
        before = {path.name: path.read_bytes()
                  for path in place(stack, '.').iterdir()}
        ctl(stack, 'key', 'rotate', *words,
            code=64 if words == ('salt',) else 65)
        assert before == {path.name: path.read_bytes()
                          for path in place(stack, '.').iterdir()}
    # One that the database does not accept would stop every reset.
    new = rotate(stack, 'mail')
    stack.sql('DELETE FROM umws.mail_key WHERE id = %s', new)
    said = ctl(stack, 'key', 'rotate', 'mail', '--use', new, '--yes', code=65)
    assert 'does not accept' in said
    for _ in range(15):
        rotate(stack, 'pepper')
    assert 'holds 16 keys already' in ctl(stack, 'key', 'rotate', 'pepper',
                                          code=73)
    place(stack, 'web.secret').chmod(0o644)
    ctl(stack, 'key', 'rotate', 'web', code=73)


def test_mail_key_where_only_the_secret_half_is(stack):
    """Killed between the two files: the public half is made of the other."""
    new = rotate(stack, 'mail')
    public = place(stack, 'mail.pub')
    text = public.read_text()
    public.write_text(text.splitlines()[0] + '\n')
    ctl(stack, 'key', 'rotate', 'mail', '--use', new, '--yes')
    assert sorted(public.read_text().split()) == sorted(text.split())


@pytest.mark.parametrize('kind', FILES)
def test_for_programs(stack, kind):
    """--json has what is said to people; --dry-run changes nothing."""
    def world():
        return ([place(stack, name).read_text() for name in FILES[kind]],
                stack.sql('SELECT id FROM umws.audit ORDER BY 1'),
                stack.sql('SELECT * FROM umws.mail_key ORDER BY 1'))

    def asked(*words):
        before = world()
        said = ctl(stack, 'key', *words, '--dry-run')
        assert said.endswith('nothing was changed: --dry-run\n')
        assert 'would' in said
        ctl(stack, 'key', *words, '--dry-run', '--json')
        assert world() == before
        (row,) = json.loads(ctl(stack, 'key', *words, '--yes', '--json'))
        assert set(row) == {'kind', 'id', 'files', 'next'}
        assert row['kind'] == kind and row['next'] and world() != before
        return row

    paths = [str(place(stack, name)) for name in FILES[kind]]
    old = ids(stack, FILES[kind][0])[0]
    row = asked('rotate', kind)
    assert row['files'] == paths
    assert f"--use {row['id']}" in row['next']
    row = asked('rotate', kind, '--use', row['id'])
    assert row['files'] == paths[-1:]
    assert ids(stack, FILES[kind][-1])[0] == row['id']
    row = asked('retire', kind, old)
    assert row['files'] == paths and row['id'] == old
    assert old not in ids(stack, FILES[kind][0])


def test_dry_run_with_mails(stack):
    """What retire would wait for is said, and no key is retired."""
    old = ids(stack, 'mail.pub')[0]
    reset(stack, 'user0001')
    ctl(stack, 'key', 'rotate', 'mail', '--use', rotate(stack, 'mail'),
        '--yes')
    said = ctl(stack, 'key', 'retire', 'mail', old, '--dry-run')
    assert 'since 1 mails wait for it' in said
    assert stack.sql('SELECT DISTINCT state::text FROM umws.mail_key') == [
        ('active',)]


def test_two_retire_at_once(stack):
    """One key at least is left that PINs may be sealed to."""
    old, = ids(stack, 'mail.pub')
    for _ in range(3):
        new = rotate(stack, 'mail')
        # Neither is in a file of this host, as on two hosts that each have
        # the other one first.
        other = rotate(stack, 'mail')
        stack.sql("UPDATE umws.mail_key SET state = 'retired' WHERE id NOT IN"
                  ' (%s, %s)', new, other)
        for name in FILES['mail']:
            path = place(stack, name)
            path.write_text(''.join(
                line for line in path.read_text().splitlines(True)
                if line.startswith(old + ':')))
        with stack.connect() as link, link.cursor() as cursor:
            cursor.execute('LOCK TABLE umws.audit IN EXCLUSIVE MODE')
            both = [subprocess.Popen(
                [stack.env['UMWS_CTL'], 'key', 'retire', 'mail', one, '--yes'],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                for one in (new, other)]
            eventually(lambda: len(stack.sql(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'umws_admin'"
                " AND wait_event_type = 'Lock'")) == 2)
        link.close()
        assert sorted(one.wait(30) for one in both) == [0, 65]
        assert stack.value('SELECT count(*) FROM umws.mail_key'
                           " WHERE state = 'active'") == 1


def test_locked_directory(stack):
    """Anybody who can open it may lock it: that is said, not waited out, and
    the database has heard of no key."""
    new = rotate(stack, 'pepper')
    before = stack.sql('SELECT id FROM umws.audit ORDER BY 1')
    fd = os.open(place(stack, '.'), os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        going = [subprocess.Popen(
            [stack.env['UMWS_CTL'], 'key', *words], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for words in (('rotate', 'mail'),
                          ('rotate', 'pepper', '--use', new, '--yes'),
                          ('retire', 'pepper', new, '--yes'))]
        for one in going:
            out, err = one.communicate(timeout=40)
            assert one.returncode == 75 and out == ''
            assert 'another program has locked its directory' in err
            assert 'somebody else is at it' in err
    finally:
        os.close(fd)
    assert stack.sql('SELECT id FROM umws.audit ORDER BY 1') == before
    rotate(stack, 'mail')


def test_includes_are_made_again(stack):
    """A key create web that was killed had written the secret alone."""
    ctl(stack, 'key', 'create', 'web', code=73)
    names = [place(stack, f'web.secret.{suffix}')
             for suffix in ('nginx', 'apache')]
    texts = [path.read_text() for path in names]
    names[1].unlink()
    assert ctl(stack, 'key', 'create', 'web') == f'wrote {names[1]} anew\n'
    assert [path.read_text() for path in names] == texts
    ctl(stack, 'key', 'create', 'web', code=73)


def test_rotate_killed(stack):
    """At any moment: every key that was in a file is there, and the files
    are good."""
    seed = os.environ.get('UMWS_SEED') or secrets.randbelow(10 ** 6)
    print('seed', seed)
    rng = random.Random(f'{seed}/killed')
    known = {name: set() for names in FILES.values() for name in names}
    for _ in range(24):
        kind = rng.choice([*FILES])
        if len(ids(stack, FILES[kind][0])) > 14:
            continue
        work = subprocess.Popen([stack.env['UMWS_CTL'], 'key', 'rotate', kind],
                                stdout=subprocess.DEVNULL,
                                start_new_session=True)
        time.sleep(rng.uniform(0, 0.15))
        os.killpg(work.pid, signal.SIGKILL)
        work.wait()
        for name, there in known.items():
            now = place(stack, name).read_text().splitlines()
            assert there <= set(now), (seed, name)
            there |= set(now)
    rows = listed(stack)
    assert {row['kind'] for row in rows.values() if not row['id']} == {
        'audit'}, (seed, rows)
    rotate(stack, 'mail')
    assert not [path for path in place(stack, '.').iterdir()
                if path.name.endswith('.next')
                and path.name.startswith('.mail')]


def retire(stack, *words, code=0):
    return ctl(stack, 'key', 'retire', *words, '--yes', code=code)


def test_retire_pepper(stack):
    """Not the one in use, and not while a PIN or its history needs it."""
    (old,) = ids(stack, 'pepper.key')
    reset(stack, 'user0001')
    assert 'the one in use' in retire(stack, 'pepper', old, code=65)
    new = rotate(stack, 'pepper')
    ctl(stack, 'key', 'rotate', 'pepper', '--use', new, '--yes')
    assert '1 PINs and 1 of the history' in retire(stack, 'pepper', old,
                                                   code=65)
    assert ids(stack, 'pepper.key') == [new, old]
    assert 'nobody is there' in ctl(stack, 'key', 'retire', 'pepper', old,
                                    code=64)
    stack.sql('UPDATE umws.um_user SET pin_key_id = NULL, verifier = NULL')
    stack.sql('DELETE FROM umws.pin_history')
    assert f'took key {old} out of ' in retire(stack, 'pepper', old)
    assert ids(stack, 'pepper.key') == [new]
    assert [row[0] for row in acts(stack, old)] == ['key_retire']
    assert 'no key of this id' in retire(stack, 'pepper', old, code=65)
    retire(stack, 'pepper', 'x' * 33, code=65)


def test_retire_mail(stack):
    """No PIN is sealed to it any more; it stays while a mail waits."""
    (old,) = ids(stack, 'mail.pub')
    reset(stack, 'user0001')
    new = rotate(stack, 'mail')
    assert 'the one in use' in retire(stack, 'mail', old, code=65)
    ctl(stack, 'key', 'rotate', 'mail', '--use', new, '--yes')
    stack.do('worker', 'restart')
    assert '1 mails wait for it' in retire(stack, 'mail', old, code=75)
    assert listed(stack)['mail', old]['state'] == 'retired'
    assert old in ids(stack, 'mail.key')
    stack.mailer()
    assert len(stack.mail_files('user0001')) == 1
    retire(stack, 'mail', old)
    assert ids(stack, 'mail.key') == ids(stack, 'mail.pub') == [new]
    reset(stack, 'user0001')
    stack.mailer()
    assert len(stack.mail_files('user0001')) == 2
    assert 'no mail key of this id' in retire(stack, 'mail', '0' * 16,
                                              code=65)


def test_retire_mail_waits_for_resets_under_way(stack):
    """One that has looked at the key before it was retired is counted."""
    (old,) = ids(stack, 'mail.pub')
    new = rotate(stack, 'mail')
    ctl(stack, 'key', 'rotate', 'mail', '--use', new, '--yes')
    link = stack.connect()
    with link.cursor() as cursor:
        cursor.execute('SELECT pg_current_xact_id()')
        work = subprocess.Popen(
            [stack.env['UMWS_CTL'], 'key', 'retire', 'mail', old, '--yes'],
            stdout=subprocess.PIPE, text=True)
        eventually(lambda: stack.value(
            "SELECT state FROM umws.mail_key WHERE id = %s", old)
            == 'retired')
        time.sleep(0.3)
        assert work.poll() is None and old in ids(stack, 'mail.key')
    link.rollback()
    link.close()
    assert work.wait(30) == 0
    assert old not in ids(stack, 'mail.key')


def test_retire_web(stack):
    (old,) = ids(stack, 'web.secret')
    new = rotate(stack, 'web')
    ctl(stack, 'key', 'rotate', 'web', '--use', new, '--yes')
    retire(stack, 'web', old)
    assert ids(stack, 'web.secret') == [new]
