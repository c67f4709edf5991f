"""Whether mails leave, as monitoring sees it: umws-mailer check, the mailer's
file of metrics, and what the worker says of the mails."""
import os
import pathlib
import re
import shutil
import socket
import stat
import tempfile
import time

import pytest

from harness import CHEAP, TREE, eventually, run
from mailplace import CONFIGURATION, TEMPORARY, Place
from prometheus import lint, parsed, scrape
from smtpserver import Server
from soap import call, reset
from umws_stack.accounts import account

OPTIONS = CHEAP + ('--limits', 'off')
OK, WARNING, CRITICAL, UNKNOWN = range(4)
WORDS = ('OK', 'WARNING', 'CRITICAL', 'UNKNOWN')
HOST = socket.gethostname()
PERFORMANCE = re.compile(
    r"([a-z]+)=(\d+)(s?);(\d*);(\d*);0")


@pytest.fixture
def place(stack):
    made = Place(stack)
    stack.sql('DELETE FROM umws.mailer_pass')
    yield made
    made.clean()
    stack.sql('UPDATE umws.outbox SET lost_at = NULL, unanswered = 0,'
              ' is_unreadable = false')


class Check:
    """What one check said."""

    def __init__(self, stack, *words, conf=None):
        begun = time.monotonic()
        if conf is not None:
            words = ('--config', conf) + words
        done = run(stack.env['UMWS_MAILER'], 'check', *words)
        self.seconds = time.monotonic() - begun
        self.code, self.said, self.errors = (
            done.returncode, done.stdout, done.stderr)
        (line,) = self.said.splitlines()
        assert line.startswith(f'UMWS {WORDS[self.code]} - '), line
        self.text, _, figures = line.partition(' | ')
        self.data = {}
        for word in figures.split():
            name, value, *_ = PERFORMANCE.fullmatch(word).groups()
            self.data[name] = int(value)


def checked(place, code, words, *options):
    """A check that says so, and nothing on standard error."""
    check = Check(place.stack, *options)
    assert (check.code, check.errors) == (code, ''), check.said
    assert words in check.text, check.said
    return check


def aged(place, minutes):
    """As if the passes had been so long ago."""
    place.stack.sql(
        "UPDATE umws.mailer_pass SET ended_at = ended_at - %s * interval"
        " '1 minute', begun_at = begun_at - %s * interval '1 minute',"
        " failing_since = failing_since - %s * interval '1 minute'",
        minutes, minutes, minutes)


def overdue(place, login, minutes):
    place.stack.sql(
        "UPDATE umws.outbox SET next_attempt_at = now() - %s * interval"
        " '1 minute' WHERE id = %s", minutes, place.row(login)['id'])


@pytest.fixture
def folder(stack):
    """Where the mailer may write."""
    made = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    account('mailer').own(made, 0o755)
    yield made
    shutil.rmtree(made)


def test_no_pass(place):
    """Never, then just now, then too long ago, and just now again."""
    checked(place, CRITICAL, 'no pass of a mailer is known')
    place.stack.mailer()
    check = checked(place, OK, f'on {HOST}, 0 due')
    assert check.data['pass'] < 60 and check.data['oldest'] == 0
    aged(place, 11)
    check = checked(place, CRITICAL, f's, the last was on {HOST}')
    assert 660 <= check.data['pass'] < 760
    checked(place, OK, 'last pass', '--max-age', '20m')
    checked(place, CRITICAL, 'no pass for', '--max-age', '600s')
    place.stack.mailer()
    checked(place, OK, 'last pass')


def test_another_host_will_do(place):
    place.stack.mailer()
    aged(place, 60)
    place.stack.sql("INSERT INTO umws.mailer_pass SELECT 'elsewhere.example',"
                    ' now(), now(), 0, NULL, NULL, key_ids, 0, 0, 0'
                    ' FROM umws.mailer_pass')
    checked(place, OK, 'on elsewhere.example')
    aged(place, 7 * 24 * 60 + 61)
    place.stack.mailer()
    assert place.stack.sql('SELECT host FROM umws.mailer_pass') == [(HOST,)]


def test_a_pass_that_was_killed_leaves_none(place):
    """What is no pass is not counted as one: the keys cannot be read."""
    with Server() as server:
        place.run(server, CONFIGURATION, mail_key='/nonexistent')
    checked(place, CRITICAL, 'no pass of a mailer is known')


def test_due(place):
    place.stack.mailer()
    login, = place.queue()
    overdue(place, login, 9)
    check = checked(place, OK, '1 due')
    assert 540 <= check.data['oldest'] < 600 and check.data['due'] == 1
    overdue(place, login, 30)
    check = checked(place, CRITICAL, '1 due, for up to 18')
    assert 1800 <= check.data['oldest'] < 1900
    # One that a mailer works on, or that waits behind such a one, is not.
    place.stack.sql("UPDATE umws.outbox SET lease_token = gen_random_uuid(),"
                    " lease_until = now() + interval '1 hour'"
                    ' WHERE sealed IS NOT NULL')
    checked(place, OK, '0 due')
    reset(place.stack, login)
    overdue(place, login, 30)
    check = checked(place, OK, '0 due')
    assert check.data['later'] == 1
    place.stack.sql('UPDATE umws.outbox SET lease_until = now()'
                    ' WHERE lease_token IS NOT NULL')
    checked(place, CRITICAL, '1 due, for up to 18')
    place.stack.mailer()
    checked(place, OK, '0 due')


def test_the_mail_server_is_away(place):
    """Mails stay due; passes come, and end with 75."""
    login, = place.queue()
    with Server(greet='421 4.3.0 Closing') as server:
        place.run(server, TEMPORARY)
        checked(place, CRITICAL, '1 due, for up to')
        overdue(place, login, 0)
        checked(place, OK, '1 due')
        aged(place, 11)
        place.run(server, TEMPORARY)
        checked(place, WARNING,
                f'passes on {HOST} have ended with 75 for 6')
    place.stack.mailer()
    checked(place, OK, '0 due')


def test_refused_by_the_mail_server(place):
    """Nobody's mail is due while all are put off; a pass with nothing to try
    is none that ended well."""
    place.queue(2)
    with Server(mail='550 5.7.1 Sender refused') as server:
        place.run(server, CONFIGURATION)
        place.stack.sql("UPDATE umws.outbox SET next_attempt_at = now() +"
                        " interval '1 hour' WHERE sealed IS NOT NULL")
        place.run(server)
        checked(place, OK, '0 due')
        aged(place, 11)
        place.run(server)
        check = checked(place, CRITICAL,
                        f'passes on {HOST} have ended with 78 for 6')
        assert check.data['later'] == 2
    place.due()
    place.stack.mailer()
    checked(place, OK, '0 due')


def test_given_up_queue_is_well_again(place):
    """The mails that could not leave are gone: nothing is left to fail."""
    place.queue(2)
    with Server(mail='550 5.7.1 Sender refused') as server:
        place.run(server, CONFIGURATION)
    aged(place, 11)
    place.clean()
    place.stack.mailer()
    checked(place, OK, 'last pass')


@pytest.mark.parametrize('ends', ['newer', 'day'])
def test_dead(place, ends):
    place.stack.mailer()
    login, = place.queue()
    with Server(rcpt='550 5.1.1 <{rcpt}>: User unknown') as server:
        place.run(server)
    assert place.states([login]) == ['dead']
    check = checked(place, WARNING, '1 dead or expired in 24 hours')
    assert check.data['dead'] == 1
    if ends == 'newer':
        reset(place.stack, login)
        checked(place, WARNING, '1 dead or expired')
        place.stack.mailer()
    else:
        place.stack.sql("UPDATE umws.outbox SET lost_at = lost_at - interval"
                        " '24 hours' WHERE lost_at IS NOT NULL")
    assert checked(place, OK, '0 due').data['dead'] == 0


def test_expired(place):
    login, = place.queue()
    place.stack.sql('UPDATE umws.outbox SET expires_at = now() WHERE id = %s',
                    place.row(login)['id'])
    place.stack.mailer()
    assert place.states([login]) == ['expired']
    checked(place, WARNING, '1 dead or expired in 24 hours')


def test_missing_key(place):
    """Known without a key file, by those that the last passes held."""
    login, = place.queue()
    identity = place.row(login)['id']
    key = place.stack.value('SELECT key_id FROM umws.outbox WHERE id = %s',
                            identity)
    place.stack.sql("UPDATE umws.outbox SET key_id = '00000000000000ff'"
                    ' WHERE id = %s', identity)
    place.stack.mailer(code=CONFIGURATION)
    check = checked(place, CRITICAL, '1 sealed to a key that no mailer holds')
    assert check.data['keyless'] == 1
    place.stack.sql('UPDATE umws.outbox SET key_id = %s WHERE id = %s',
                    key, identity)
    place.stack.mailer()
    assert checked(place, OK, '0 due').data['keyless'] == 0


def test_unreadable(place):
    login, = place.queue()
    place.stack.sql("UPDATE umws.outbox SET sealed = set_byte(sealed, 40,"
                    ' get_byte(sealed, 40) # 1) WHERE id = %s',
                    place.row(login)['id'])
    place.stack.mailer(code=CONFIGURATION)
    check = checked(place, WARNING, '1 unreadable')
    assert check.data['unreadable'] == 1
    reset(place.stack, login)
    place.stack.mailer()
    checked(place, OK, '0 due')


def test_withheld(place):
    login, = place.queue()
    place.stack.sql('UPDATE umws.outbox SET unanswered = 4 WHERE id = %s',
                    place.row(login)['id'])
    assert 'mail-withheld' in place.stack.mailer()
    check = checked(place, WARNING, '1 withheld without an answer')
    assert check.data['withheld'] == 1 and check.data['due'] == 0
    reset(place.stack, login)
    place.stack.mailer()
    checked(place, OK, '0 due')


def test_several_at_once(place):
    """The worst is the code; all are said."""
    login, = place.queue()
    place.stack.sql('UPDATE umws.outbox SET unanswered = 4 WHERE id = %s',
                    place.row(login)['id'])
    place.stack.mailer()
    aged(place, 11)
    check = checked(place, CRITICAL, 'no pass for')
    assert '; 1 withheld' in check.text


@pytest.mark.parametrize('words, said', [
    (('--max-age', '10'), '--max-age wants a duration'),
    (('--max-age', '0s'), '--max-age wants a duration'),
    (('--max-age', '10ms'), '--max-age wants a duration'),
    (('--max-age', '-5m'), '--max-age wants a duration'),
    (('--max-age',), 'wrong options; usage: '),
    (('--unknown',), 'wrong options; usage: '),
    (('10m',), 'one word too many; usage: ')])
def test_wrong_options(stack, words, said):
    check = Check(stack, *words)
    assert check.code == UNKNOWN and said in check.text


def test_wrong_settings(stack, tmp_path):
    conf = tmp_path / 'umws.conf'
    for text in ('smtp_ulr = x\n', None):
        if text is not None:
            conf.write_text(text)
        else:
            conf.unlink()
        check = Check(stack, conf=conf)
        assert check.code == UNKNOWN
        assert 'the settings cannot be read' in check.text
        assert 'configuration-refused' in check.errors


def test_help_is_no_good_news(stack):
    """Or a check that was given --help would be green for ever."""
    done = run(stack.env['UMWS_MAILER'], 'check', '--help')
    assert done.returncode == UNKNOWN and '--max-age' in done.stdout


def conf_with(stack, folder, **settings):
    text = pathlib.Path(stack.env['UMWS_CONF']).read_text()
    lines = [line for line in text.splitlines()
             if line.split(' = ')[0] not in settings]
    lines += [f'{key} = {value}' for key, value in settings.items()]
    path = folder / 'umws.conf'
    path.write_text('\n'.join(lines) + '\n')
    path.chmod(0o644)
    return path


def test_no_key_is_needed(place, folder):
    place.stack.mailer()
    check = Check(place.stack, conf=conf_with(
        place.stack, folder, mail_key='/nonexistent'))
    assert check.code == OK, check.said


def test_database_away(place):
    place.stack.mailer()
    place.stack.do('pg', 'stop', 'immediate')
    try:
        check = Check(place.stack)
        assert (check.code, check.text) == (
            UNKNOWN, 'UMWS UNKNOWN - the database does not answer')
        assert check.seconds < 10
    finally:
        place.stack.do('pg', 'start')
    eventually(lambda: Check(place.stack).code != UNKNOWN)


def test_database_that_hangs(stack, folder):
    """It takes the connection and says nothing; one host or five."""
    with socket.create_server(('127.0.0.1', 0)) as silent:
        port = silent.getsockname()[1]
        for count in (1, 5):
            hosts = ','.join(['127.0.0.1'] * count)
            conf = conf_with(
                stack, folder, database_mailer=f'host={hosts} port={port}'
                ' dbname=umws user=umws_mailer')
            check = Check(stack, conf=conf)
            assert check.code == UNKNOWN
            assert 'the database does not answer' in check.text
            assert check.seconds < 12


def test_database_refuses(place, folder):
    conf = conf_with(place.stack, folder, database_mailer=re.sub(
        r'dbname=\S+', 'dbname=nowhere',
        place.stack.env['UMWS_DSN_MAILER']))
    check = Check(place.stack, conf=conf)
    assert check.code == UNKNOWN and check.errors
    assert 'refuses us' in check.text


def test_metrics(place, folder):
    """Totals grow from pass to pass; the file is replaced as a whole."""
    path = folder / 'umws.prom'
    with Server() as server:
        place.queue(3)
        place.run(server, metrics_file=path)
        first = parsed(path.read_text())
        place.run(server, metrics_file=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [entry.name for entry in folder.iterdir()] == ['umws.prom']
    assert abs(first['umws_mailer_last_pass_timestamp_seconds']
               - time.time()) < 60
    assert 0 < first['umws_mailer_last_pass_duration_seconds'] < 60
    name = 'umws_mailer_attempts_total{{result="{}"}}'.format
    assert (first[name('sent')], first[name('deferred')],
            first[name('dead')]) == (3, 0, 0)
    login, other = place.queue(2)
    unknown = f'550 5.1.1 <{login}@example.test>: User unknown'
    with Server(rcpt=lambda connection: unknown if connection.rcpt.startswith(
            login) else '451 4.3.0 Busy') as server:
        place.run(server, None, metrics_file=path)
    with Server() as server:
        last = parsed(path.read_text())
        assert set(last) == set(first) and not lint(path.read_text())
        assert last['umws_mailer_queue_mails{state="later"}'] >= 1
        assert last[name('sent')] == 3 and last[name('deferred')] >= 1
        place.due()
        place.run(server, metrics_file=path)
    last = parsed(path.read_text())
    assert not lint(path.read_text())
    assert last['umws_mailer_last_pass_exit_code'] == 0
    assert last['umws_mailer_oldest_due_seconds'] == 0


def test_metrics_of_a_mailer_that_cannot_begin(place, folder):
    path = folder / 'umws.prom'
    with Server() as server:
        place.run(server, CONFIGURATION, metrics_file=path,
                  mail_key='/nonexistent')
    assert not lint(path.read_text())
    values = parsed(path.read_text())
    assert values['umws_mailer_last_pass_exit_code'] == CONFIGURATION
    assert len(values) == 3


@pytest.mark.parametrize('case', ['missing', 'refused', 'folder'])
def test_metrics_that_cannot_be_written(place, folder, case):
    """One warn line, and mail leaves."""
    path = folder / 'umws.prom'
    if case == 'missing':
        path = folder / 'none' / 'umws.prom'
    elif case == 'refused':
        os.chown(folder, 0, 0)
        if os.geteuid() != 0 or account('mailer').uid == 0:
            pytest.skip('everybody may write everywhere')
    else:
        path.mkdir()
    login, = place.queue()
    with Server() as server:
        place.run(server, metrics_file=path)
    assert place.states([login]) == ['sent']
    line, = place.lines('warn')
    assert 'metrics-not-written' in line and str(path) in line
    left = [entry.name for entry in folder.iterdir()]
    assert left == (['umws.prom'] if case == 'folder' else [])
    checked(place, OK, 'last pass')


def test_metrics_file_is_absolute(place):
    with Server() as server:
        said = place.run(server, CONFIGURATION, metrics_file='umws.prom')
    assert 'metrics_file' in said


def worker_metrics(stack):
    return parsed(scrape(stack))


def healthy(stack):
    answer = call(stack, None, None, 'UMWS_HEALTH_URL', 'GET')
    assert (answer.status, answer.body) == (200, b'ready\n')
    return answer.headers['X-UMWS-Mail']


def test_worker_shows_a_mailer_that_does_not_run(place):
    """A day without a pass is seen in health and metrics; health stays 200,
    since resets do work."""
    stack = place.stack
    stack.mailer()
    login, = place.queue()
    aged(place, 24 * 60)
    overdue(place, login, 24 * 60)
    stack.do('worker', 'restart')   # or it would make do with what it knows
    due, oldest, last = re.fullmatch(
        r'due=(\d+) oldest-due=(\d+)s last-pass=(\d+)s',
        healthy(stack)).groups()
    assert due == '1' and int(oldest) >= 86400 <= int(last)
    values = worker_metrics(stack)
    assert values['umws_mail_oldest_due_seconds'] >= 86400
    assert values['umws_mail_last_pass_seconds'] >= 86400
    assert values['umws_mail_queue{state="due"}'] == 1
    # It is not asked of the database each time ...
    begun = time.monotonic()
    stack.mailer()
    aged_values = worker_metrics(stack)
    if time.monotonic() - begun < 10:
        assert aged_values['umws_mail_queue{state="due"}'] in (0, 1)
    # ... but soon.
    eventually(lambda: healthy(stack).startswith('due=0 oldest-due=0s')
               and re.search(r'last-pass=\d{1,2}s$', healthy(stack)),
               seconds=30)
    assert worker_metrics(stack)['umws_mail_last_pass_seconds'] < 100


def test_the_database_is_asked_once_in_15_seconds(place):
    stack = place.stack
    stack.sql("ALTER SYSTEM SET track_functions = 'all'")
    stack.sql('SELECT pg_reload_conf()')
    stack.do('worker', 'restart')
    try:
        stack.sql('SELECT pg_stat_reset()')
        begun = time.monotonic()
        for _ in range(40):
            healthy(stack)
            worker_metrics(stack)
        most = 1 + (time.monotonic() - begun) // 15
        stack.do('worker', 'restart')
        assert 1 <= stack.value(
            "SELECT sum(calls) FROM pg_stat_user_functions WHERE funcname ="
            " 'outbox_sight'") <= most
    finally:
        stack.sql('ALTER SYSTEM RESET track_functions')
        stack.sql('SELECT pg_reload_conf()')


def test_metrics_without_a_database(place):
    """The counters are told all the same, in time."""
    stack = place.stack
    stack.do('worker', 'restart')
    stack.do('pg', 'stop', 'immediate')
    try:
        begun = time.monotonic()
        values = worker_metrics(stack)
        assert time.monotonic() - begun < 5
        assert 'umws_requests_total' in values
        assert not [key for key in values if key.startswith('umws_mail_')]
    finally:
        stack.do('pg', 'start')


def test_a_pass_does_not_wait_for_the_disk(place):
    """Its trace is worth no flush of the log."""
    stack = place.stack
    stack.mailer()
    link = stack.connect('mailer')
    try:
        with link.cursor() as cursor:
            cursor.execute("SELECT umws.outbox_pass('x', 1, 0, '{}', 0, 0, 0);"
                           "SELECT current_setting('synchronous_commit')")
            assert cursor.fetchone() == ('off',)
    finally:
        link.rollback()
        link.close()


def is_alone(stack):
    """Has the server no other client's process left?"""
    return not stack.value(
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client"
        " backend' AND pid <> pg_backend_pid()")


def test_the_queue_is_read_by_its_indexes(place):
    """What waits, and what was lost of late: however many settled rows there
    are, they are in none of these."""
    stack = place.stack
    # For each that was lost a later one is looked for, among all of its user.
    stack.rewrite('UPDATE umws.outbox SET lost_at = NULL')
    # A server's process tells what it has read as late as it ends, which is
    # after its client has: those of the tests before do not count.
    stack.do('worker', 'stop')
    eventually(lambda: is_alone(stack))
    stack.sql('SELECT pg_stat_force_next_flush()')
    stack.sql('SELECT pg_stat_reset()')
    try:
        for _ in range(3):
            Check(stack)
        eventually(lambda: is_alone(stack))
        read = dict(stack.sql(
            'SELECT indexrelname, idx_tup_read FROM pg_stat_user_indexes'
            " WHERE idx_scan > 0 AND relname = 'outbox'"))
        in_order = stack.value('SELECT seq_scan FROM pg_stat_user_tables'
                               " WHERE relname = 'outbox'")
    finally:
        stack.do('worker', 'start')
    # Has a user who waits a mail under way? While the table is small, the
    # planner may as well look among all of that user's.
    theirs = stack.value(
        'SELECT count(*) FROM umws.outbox WHERE user_id IN (SELECT user_id'
        ' FROM umws.outbox WHERE sealed IS NOT NULL)')
    assert read.pop('outbox_user', 0) <= 3 * theirs
    assert read.keys() <= {'outbox_due', 'outbox_expiring',
                           'outbox_unreadable', 'outbox_lost',
                           'outbox_leased_user'}, read
    assert in_order == 0


def test_manual_lists_the_metrics(place, folder):
    path = folder / 'umws.prom'
    with Server() as server:
        place.run(server, metrics_file=path)
    names = {key.partition('{')[0] for key in parsed(path.read_text())}
    manual = (TREE / 'doc' / 'umws-mailer.8').read_text()
    assert names == set(re.findall(r'^\.It (umws_mailer_\w+)', manual, re.M))
