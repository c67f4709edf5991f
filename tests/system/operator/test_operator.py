"""umwsctl on a full database, on a closed pipe, on a slow one, and with
text that has control characters for the terminal."""
import json
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import unicodedata

import pytest

from harness import CHEAP, TREE, brief, environment, frugal, run

OPTIONS = CHEAP
MANY = 200_000
USERS = """
INSERT INTO umws.um_user (login, email, display_name, policy_id)
SELECT 'many' || lpad(i::text, 7, '0'), 'many' || i || '@example.test',
    'Number ' || i, p.id
FROM generate_series(1, %s) i, umws.policy p WHERE p.name = 'default'
"""
MAILS = """
INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
    key_id, state, next_attempt_at, created_at, expires_at, display_name,
    extension, access_numbers, extra_text, is_locked_out, must_change)
SELECT gen_random_uuid(), u.id, 1, 'reset', u.email, 'en', 'x', 'sent', now(),
    now(), now(), '', '', '', '', false, false
FROM umws.um_user u WHERE u.login LIKE 'many%%'
"""
# What held all rows took over 150 MiB, a page takes 14; the rest is for the
# sanitizers, whose store of freed memory is not of interest.
FLAT_KIB = 96 * 1024
TEMPORARY = 75
CSI, OVERRIDE, ZERO_WIDTH = '\u009b', '\u202e', '\u200b'


def test_text_for_the_terminal(stack):
    """By whatever way it came into the database."""
    odd = f'x{CSI}31m{OVERRIDE}y{ZERO_WIDTH}z'
    with stack.unchecked('umws.login'):
        stack.sql('INSERT INTO umws.um_user (login, email, policy_id) SELECT'
                  " %s, 'x@example.test', id FROM umws.policy"
                  " WHERE name = 'default'", odd)
    try:
        ctl = stack.env['UMWS_CTL']
        for words in (('user', 'list'), ('user', 'show', odd),
                      ('user', 'list', '--json'),
                      ('user', 'show', odd, '--json'),
                      ('user', 'show', odd + 'no'),
                      ('policy', 'show', odd), ('user', odd),
                      ('policy', 'set', 'default', odd),
                      ('--config', f'/no/{odd}', 'user', 'list'),
                      ('db', 'upgrade', '--sql', f'/no/{odd}')):
            done = run(ctl, *words)
            shown = done.stdout + done.stderr
            assert not re.search('[\x80-\x9f\u200b\u202e]', shown), words
            assert shown
        done = run(ctl, 'user', 'list')
        assert 'x?31m?y?z' in done.stdout
        done = run(ctl, 'user', 'list', '--json')
        assert odd in {row['login'] for row in json.loads(done.stdout)}
    finally:
        stack.sql('DELETE FROM umws.um_user WHERE login = %s', odd)


@pytest.fixture(scope='module')
def many(stack):
    stack.sql(USERS, MANY)
    stack.sql(MAILS)
    stack.sql('ANALYZE umws.um_user')
    return stack


# A small process between, since the memory of whoever forks is counted too.
MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def ctl_to_file(stack, path, *words):
    """Run umwsctl into a file; how much memory it took, in KiB."""
    with open(path, 'wb') as output:
        done = subprocess.run(
            [sys.executable, '-c', MEASURE,
             f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
             stack.env['UMWS_CONF'], *words], stdout=output,
            stderr=subprocess.PIPE, text=True, env=frugal())
    assert done.returncode == 0, done.stderr
    return int(done.stderr)


def test_many_users(many, tmp_path):
    path = tmp_path / 'list'
    assert ctl_to_file(many, path, 'user', 'list') < FLAT_KIB
    lines = path.read_text().splitlines()
    assert len(lines) == 1 + many.value('SELECT count(*) FROM umws.um_user')
    logins = [line.split()[0] for line in lines[1:]]
    assert logins == sorted(logins)
    # Every column begins where its title does.
    place = lines[0].index('EXTENSION')
    assert all(line[place - 1] == ' ' != line[place] for line in lines)


def test_many_users_as_json(many, tmp_path):
    path = tmp_path / 'list'
    assert ctl_to_file(many, path, 'user', 'list', '--json') < FLAT_KIB
    rows = json.loads(path.read_text())
    names = [row[0] for row in many.sql(
        "SELECT attname FROM pg_attribute WHERE attrelid ="
        " 'umws.v_user'::regclass AND attnum > 0 ORDER BY attnum")]
    assert len(rows) == many.value('SELECT count(*) FROM umws.um_user')
    assert all(list(row) == names for row in rows)
    assert rows[-1]['login'] > rows[0]['login']


@pytest.mark.parametrize('words', [(), ('--json',)])
def test_many_mails(many, tmp_path, words):
    path = tmp_path / 'list'
    assert ctl_to_file(many, path, 'outbox', 'list', *words) < FLAT_KIB
    text = path.read_text()
    assert (len(json.loads(text)) if words else
            len(text.splitlines()) - 1) == MANY


@pytest.mark.thin(3)
@pytest.mark.parametrize('words', [
    ('user', 'list'), ('user', 'list', '--json'), ('outbox', 'list'),
    ('user', 'show', 'many0000001'), ('policy', 'show'), ('--help',)],
    ids=' '.join)
@pytest.mark.parametrize('is_ignored', [False, True])
def test_closed_pipe(many, words, is_ignored):
    """Whoever reads has seen enough: silence, and death by SIGPIPE."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [f"{many.env['UMWS_BINDIR']}/umwsctl", '--config',
         many.env['UMWS_CONF'], *words] if words != ('--help',) else
        [f"{many.env['UMWS_BINDIR']}/umwsctl", *words],
        stdout=writer, stderr=subprocess.PIPE, env=environment(),
        restore_signals=not is_ignored)
    os.close(writer)
    assert done.returncode == -signal.SIGPIPE
    assert done.stderr == b''


def test_full_disk(many):
    with open('/dev/full', 'wb') as full:
        done = subprocess.run(
            [f"{many.env['UMWS_BINDIR']}/umwsctl", '--config',
             many.env['UMWS_CONF'], 'user', 'list'], stdout=full,
            stderr=subprocess.PIPE, text=True, env=environment())
    assert done.returncode == 74
    assert 'could not be written' in done.stderr


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def test_no_room_for_the_list(many, tmp_path):
    """Nothing is printed of what could not be kept as a whole."""
    command = [f"{many.env['UMWS_BINDIR']}/umwsctl", '--config',
               many.env['UMWS_CONF'], 'user', 'list']
    done = subprocess.run(command, capture_output=True, text=True,
                          preexec_fn=small_files, env=environment())
    assert (done.returncode, done.stdout) == (74, '')
    assert 'name a directory with more room by TMPDIR' in done.stderr
    done = subprocess.run(command, capture_output=True, text=True,
                          env=environment(TMPDIR=str(tmp_path / 'none')))
    assert (done.returncode, done.stdout) == (73, '')
    assert 'TMPDIR' in done.stderr


def test_one_snapshot(many):
    """What is added while a list is read is in it whole or not at all."""
    stop = threading.Event()

    def write():
        link = many.connect()
        link.autocommit = True
        with link.cursor() as cursor:
            while not stop.is_set():
                cursor.execute(
                    'UPDATE umws.um_user SET failed_logons = failed_logons'
                    " + 1 WHERE login IN ('many0000001', 'many0200000')")
        link.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(brief(1, 3)):
            done = run(many.env['UMWS_CTL'], 'user', 'list', '--json')
            rows = json.loads(done.stdout)
            first, last = (row['failed_logons'] for row in rows
                           if row['login'] in ('many0000001', 'many0200000'))
            assert first == last
    finally:
        stop.set()
        writer.join()


def test_slow_read(stack):
    """What takes too long to read has changed nothing: look for nothing."""
    holder = stack.connect()
    try:
        with holder.cursor() as cursor:
            cursor.execute('LOCK TABLE umws.um_user IN ACCESS EXCLUSIVE MODE')
        done = run(stack.env['UMWS_CTL'], 'user', 'show', 'user0001')
    finally:
        holder.close()
    assert done.returncode == TEMPORARY
    assert 'statement_timeout' in done.stderr
    assert 'look whether' not in done.stderr


COLLIDE = """
CREATE SEQUENCE public.collisions;
GRANT ALL ON SEQUENCE public.collisions TO PUBLIC;
CREATE FUNCTION public.collide() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.login = 'collides' AND nextval('public.collisions') <= %s THEN
        RAISE EXCEPTION 'collided' USING ERRCODE = '40001';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER collide BEFORE INSERT ON umws.um_user
    FOR EACH ROW EXECUTE FUNCTION public.collide();
"""
APART = """
DROP TRIGGER collide ON umws.um_user;
DROP FUNCTION public.collide();
DROP SEQUENCE public.collisions;
"""


def test_collision_in_a_transaction(stack):
    """It is given up as a whole: one statement of it cannot be repeated."""
    stack.sql(COLLIDE, 1)
    try:
        done = run(stack.env['UMWS_CTL'], 'user', 'import', '-',
                   text='login,email,name,extension,locale,policy\n'
                   'before,b@example.test,,,,\n'
                   'collides,c@example.test,,,,\n')
        assert done.returncode == TEMPORARY, done.stderr
        assert 'the database is busy and nothing was changed' in (
            done.stderr)
        assert '25P02' not in done.stderr
        assert stack.sql('SELECT login FROM umws.um_user WHERE login IN'
                         " ('before', 'collides')") == []
        # A call of its own is repeated, and nobody hears of it.
        stack.sql('SELECT setval(%s, 1, false)', 'public.collisions')
        done = run(stack.env['UMWS_CTL'], 'user', 'add', 'collides',
                   '--email', 'c@example.test')
        assert done.returncode == 0, done.stderr
    finally:
        stack.sql(APART)
        stack.sql("DELETE FROM umws.um_user WHERE login = 'collides'")


@pytest.mark.parametrize('times, code', [(2, 0), (3, TEMPORARY)])
def test_collision_at_the_commit(stack, times, code):
    """It is repeated like one before it, and given up as one."""
    stack.sql(COLLIDE.replace('TRIGGER collide BEFORE',
                              'CONSTRAINT TRIGGER collide AFTER').replace(
        'FOR EACH ROW', 'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW'), times)
    try:
        done = run(stack.env['UMWS_CTL'], 'user', 'add', 'collides',
                   '--email', 'c@example.test')
        assert done.returncode == code, done.stderr
        assert stack.value('SELECT last_value FROM public.collisions') == 3
        assert stack.value("SELECT count(*) FROM umws.um_user WHERE login ="
                           " 'collides'") == (code == 0)
    finally:
        stack.sql(APART)
        stack.sql("DELETE FROM umws.um_user WHERE login = 'collides'")


LOGINS = ('\u5f20\u4f1f', '\uae40\ubbfc\uc900', 'zo\u00eb', 'q\u0308x',
          '\u30b5\u30c8\u30a6', '\u05d3\u05d5\u05d3')


def columns(text):
    """How many of a terminal's columns it takes."""
    return sum(0 if unicodedata.combining(one) else
               2 if unicodedata.east_asian_width(one) in 'WF' else 1
               for one in text)


def test_columns_of_any_script(stack):
    for login in LOGINS:
        stack.sql('INSERT INTO umws.um_user (login, email, policy_id,'
                  " display_name) SELECT %s, %s, min(id), 'The name'"
                  ' FROM umws.policy', login, f'{login}@\u4f8b\u3048.test')
    try:
        done = run(stack.env['UMWS_CTL'], 'user', 'list')
        title, *lines = done.stdout.splitlines()
        shown = {line.split()[0]: line for line in lines}
        for login in LOGINS:
            line = shown[login]
            for word, head in ((f' {login}@', ' EMAIL'),
                               (' default', ' POLICY'),
                               ('The name', 'NAME')):
                assert columns(line[:line.index(word)]) == title.index(head)
    finally:
        stack.sql("DELETE FROM umws.um_user WHERE display_name = 'The name'")


DOCUMENTS = ('README.md', 'doc', 'apache', 'nginx')


def test_cron_lines_have_a_path():
    """cron's own PATH has no sbin."""
    files = [path for name in DOCUMENTS for path in (
        [TREE / name] if (TREE / name).is_file() else (TREE / name).iterdir())]
    lines = [line for path in files if path.is_file()
             for line in path.read_text().splitlines()
             if re.search(r'\*( \*){3,4}.*umws-mailer', line)]
    assert lines
    for line in lines:
        assert re.search(r'\s(/\S*/|@sbindir@/)umws-mailer', line), line
