"""The mailer against a real SMTP server that misbehaves on demand."""
import contextlib
import signal
import subprocess
import time

import psycopg2
import pytest

from harness import (CHEAP, as_received, eventually, kill, message, pin_of,
                     plain_text)
from soap import reset

TIMEOUT = 6
OPTIONS = CHEAP + ('--limits', 'off', '--conf', f'smtp_timeout={TIMEOUT}s',
                   '--conf', f'smtp_dot_timeout={TIMEOUT}s',
                   '--conf', 'retry_min=1s', '--conf', 'retry_max=2s')
TEMPORARY, CONFIGURATION = 75, 78


@pytest.fixture(autouse=True)
def clean(stack):
    """A sink that behaves and an empty queue, before and after."""
    stack.do('sink', 'ok')
    yield
    stack.do('sink', 'ok')
    release(stack)
    stack.sql('UPDATE umws.outbox SET next_attempt_at = now()')
    stack.mailer()
    assert live(stack) == 0


def live(stack):
    return stack.value('SELECT count(*) FROM umws.outbox WHERE state IN'
                       " ('queued', 'sending')")


def release(stack):
    """As if the lease of whoever had a mail had run out."""
    stack.sql('UPDATE umws.outbox SET lease_token = NULL, lease_until = NULL'
              " WHERE state IN ('queued', 'sending')")


def the_mail(stack, login):
    """The row of the user's newest mail."""
    return stack.outbox(login)[-1]


def assert_delivered(stack, login, copies=1):
    row = the_mail(stack, login)
    assert (row['state'], row['has_sealed']) == ('sent', False), row
    mails = stack.mail_files(login)
    assert len(mails) == copies
    assert stack.is_pin(login, pin_of(mails[-1]))


def deliver_when_due(stack, login):
    """Run passes until a mail that was put off comes."""
    eventually(lambda: stack.mailer() is not None
               and the_mail(stack, login)['state'] == 'sent')


def put_off(stack, login, pause):
    """Have the user's waiting mail wait for so long from now on."""
    stack.sql('UPDATE umws.outbox SET next_attempt_at = clock_timestamp()'
              ' + %s::interval WHERE user_id = (SELECT id FROM umws.um_user'
              ' WHERE login = %s) AND sealed IS NOT NULL', pause, login)


def wait_both(*mailers):
    """Exit codes of mailers in the background."""
    for mailer in mailers:
        mailer.communicate(timeout=60)
    return [mailer.returncode for mailer in mailers]


def queue_in_order(stack, count):
    """Mails of so many users, due one after the other; their logins."""
    logins = [stack.user() for _ in range(count)]
    for login in logins:
        reset(stack, login)
        stack.sql('UPDATE umws.outbox SET next_attempt_at = now()'
                  " - interval '1 minute' + %s * interval '1 second'"
                  ' WHERE id = %s', logins.index(login),
                  the_mail(stack, login)['id'])
    return logins


@contextlib.contextmanager
def between(stack):
    """Two mails: the server has taken the first one, and the mailer waits
    for the second one's row, to settle the one and begin the other."""
    logins = queue_in_order(stack, 2)
    stack.do('sink', 'delay', '1')
    mailer = subprocess.Popen([stack.env['UMWS_MAILER']], text=True,
                              stderr=subprocess.PIPE)
    eventually(lambda: stack.mail_files(logins[0]))
    holder = stack.connect()
    try:
        with holder.cursor() as cursor:
            cursor.execute('SELECT FROM umws.outbox WHERE id = %s FOR UPDATE',
                           (the_mail(stack, logins[1])['id'],))
        stack.do('sink', 'ok')
        eventually(lambda: waiting_mailer(stack))
        yield *logins, mailer, holder
    finally:
        holder.close()
        mailer.communicate(timeout=60)


def waiting_mailer(stack):
    """Pids of mailers' connections that wait for a lock."""
    return stack.sql('SELECT pid FROM pg_stat_activity WHERE usename ='
                     " 'umws_mailer' AND wait_event_type = 'Lock'")


def test_nothing_to_do(stack):
    assert stack.mailer() == ''


def test_many_mails_on_one_connection(stack):
    logins = [stack.user() for _ in range(25)]
    for login in logins:
        reset(stack, login)
    stack.mailer()
    for login in logins:
        assert the_mail(stack, login)['state'] == 'sent'
        assert len(stack.mail_files(login)) == 1
    for login in logins[::8]:
        assert_delivered(stack, login)


def test_two_mailers_at_once(stack):
    logins = [stack.user() for _ in range(50)]
    for login in logins:
        reset(stack, login)
    assert wait_both(stack.start('mailer'), stack.start('mailer')) == [0, 0]
    sent = [mail for login in logins for mail in stack.mail_files(login)]
    assert len(sent) == 50
    assert len({message(mail)['Message-ID'] for mail in sent}) == 50
    for login in logins:
        row = the_mail(stack, login)
        assert (row['state'], row['attempts']) == ('sent', 1)
    for login in logins[::10]:
        assert_delivered(stack, login)


def test_refused_for_now(stack, user):
    reset(stack, user)
    stack.do('sink', '450')
    stack.mailer()
    row = the_mail(stack, user)
    assert (row['state'], row['attempts']) == ('queued', 1)
    assert row['has_sealed'] and not row['is_leased']
    assert row['last_error'].startswith('450')
    assert stack.value('SELECT next_attempt_at >= created_at + interval %s'
                       ' FROM umws.v_outbox WHERE login = %s', '1 s', user)
    stack.do('sink', 'ok')
    put_off(stack, user, '1 hour')
    stack.mailer()
    assert the_mail(stack, user)['attempts'] == 1
    put_off(stack, user, '0')
    stack.mailer()
    assert_delivered(stack, user)
    assert the_mail(stack, user)['attempts'] == 2


def test_refused_for_good(stack, user):
    reset(stack, user)
    stack.do('sink', '550-rcpt')
    stack.mailer()
    row = the_mail(stack, user)
    assert (row['state'], row['attempts']) == ('dead', 1)
    assert not row['has_sealed'] and not row['is_leased']
    assert row['last_error'].startswith('550')
    stack.do('sink', 'ok')
    stack.mailer()
    assert stack.mail_files(user) == []
    reset(stack, user)
    stack.mailer()
    assert_delivered(stack, user)


def test_refused_after_the_mail(stack, user):
    """With no other mail to ask, the filter may be what is wrong."""
    reset(stack, user)
    stack.do('sink', '550-data')
    stack.mailer(CONFIGURATION)
    row = the_mail(stack, user)
    assert row['state'] == 'queued'
    assert row['has_sealed'] and not row['is_leased']
    assert row['last_error'].startswith('550')
    stack.do('sink', 'ok')
    put_off(stack, user, '0')
    stack.mailer()
    assert_delivered(stack, user)


def test_one_dead_mail_delays_no_other(stack, user):
    """An address that no server takes is its own misfortune."""
    others = [stack.user() for _ in range(3)]
    with stack.unchecked('umws.mail_address'):
        stack.sql('UPDATE umws.um_user SET email = %s WHERE login = %s',
                  'x' * 80 + '@example.test', user)
    for login in [others[0], user, *others[1:]]:
        reset(stack, login)
    stack.mailer()
    for login in others:
        assert_delivered(stack, login)
    assert the_mail(stack, user)['state'] in ('dead', 'sent')


def test_server_away(stack, user):
    reset(stack, user)
    stack.do('sink', 'down')
    stack.do('mailer', code=TEMPORARY)
    row = the_mail(stack, user)
    assert (row['state'], row['attempts']) == ('queued', 0)
    assert row['has_sealed']
    stack.do('sink', 'ok')
    release(stack)
    stack.mailer()
    assert_delivered(stack, user)


def test_closed_after_the_dot(stack, user):
    """Taken, but we never heard: the second copy is the same mail."""
    reset(stack, user)
    stack.do('sink', 'close-after-dot')
    stack.do('mailer', code=TEMPORARY)
    assert the_mail(stack, user)['state'] == 'queued'
    stack.do('sink', 'ok')
    deliver_when_due(stack, user)
    first, second = stack.mail_files(user)
    assert as_received(first) == as_received(second)
    assert message(first)['Message-ID'] == message(second)['Message-ID']
    assert_delivered(stack, user, copies=2)


def test_killed_under_way(stack, user):
    """kill -9 after the server took the message: nothing is lost, and
    the second copy is the same mail although user and policy changed."""
    reset(stack, user)
    stack.do('sink', 'delay', '20')
    mailer = stack.start('mailer')
    eventually(lambda: stack.mail_files(user))
    kill(mailer.pid)
    mailer.communicate()
    row = the_mail(stack, user)
    assert row['state'] == 'sending' and row['is_leased']
    stack.do('sink', 'ok')
    stack.mailer()
    assert len(stack.mail_files(user)) == 1
    stack.sql("UPDATE umws.um_user SET display_name = 'Changed'"
              ' WHERE login = %s', user)
    release(stack)
    stack.mailer()
    first, second = stack.mail_files(user)
    assert as_received(first) == as_received(second)
    assert_delivered(stack, user, copies=2)


def test_newer_pin_withdraws_the_older_mail(stack, user):
    for _ in range(4):
        reset(stack, user)
    stack.mailer()
    assert_delivered(stack, user)
    assert [row['state'] for row in stack.outbox(user)] == (
        ['superseded'] * 3 + ['sent'])
    assert not any(row['has_sealed'] for row in stack.outbox(user))


def test_newer_pin_while_the_mail_is_under_way(stack, user):
    """What has begun ends first; the last mail carries the stored PIN."""
    reset(stack, user)
    stack.do('sink', 'delay', '1')
    first = stack.start('mailer')
    eventually(lambda: stack.mail_files(user))
    reset(stack, user)
    second = stack.start('mailer')
    assert wait_both(first, second) == [0, 0]
    stack.do('sink', 'ok')
    stack.mailer()
    assert [row['state'] for row in stack.outbox(user)] == (
        ['superseded', 'sent'])
    old, new = stack.mail_files(user)
    assert message(old)['Message-ID'] != message(new)['Message-ID']
    assert not stack.is_pin(user, pin_of(old))
    assert_delivered(stack, user, copies=2)


def test_newer_pin_before_the_mail_begins(stack):
    """A mail that waits in a claimed batch is asked for once more."""
    logins = {stack.user(), stack.user()}
    for login in logins:
        reset(stack, login)
    stack.do('sink', 'delay', '1')
    mailer = stack.start('mailer')
    slow = eventually(lambda: [login for login in logins
                               if stack.mail_files(login)])
    (waiting,) = logins - set(slow)
    reset(stack, waiting)
    assert wait_both(mailer) == [0]
    stack.do('sink', 'ok')
    stack.mailer()
    for login in logins:
        assert_delivered(stack, login)
    assert [row['state'] for row in stack.outbox(waiting)] == (
        ['superseded', 'sent'])


def test_next_mail_is_held(stack):
    """A row that somebody else holds keeps the next mail waiting, and not
    the note that this one was sent."""
    with between(stack) as (first, second, mailer, holder):
        eventually(lambda: the_mail(stack, first)['state'] == 'sent')
        assert the_mail(stack, second)['attempts'] == 0
        holder.rollback()
        assert wait_both(mailer) == [0]
    for login in (first, second):
        assert_delivered(stack, login)
        assert the_mail(stack, login)['attempts'] == 1


def test_next_mail_is_superseded_at_that_moment(stack):
    with between(stack) as (first, second, mailer, holder):
        with holder.cursor() as cursor:
            cursor.execute("UPDATE umws.outbox SET state = 'superseded',"
                           ' sealed = NULL WHERE id = %s',
                           (the_mail(stack, second)['id'],))
        holder.commit()
        assert wait_both(mailer) == [0]
    assert_delivered(stack, first)
    row = the_mail(stack, second)
    assert (row['state'], row['attempts']) == ('superseded', 0)
    assert not row['is_leased']
    assert stack.mail_files(second) == []


@pytest.mark.parametrize('is_lost', [False, True], ids=['heard', 'lost'])
def test_killed_between_two_mails(stack, is_lost):
    """What the database has heard of it happens, both halves or none."""
    with between(stack) as (first, second, mailer, holder):
        kill(mailer.pid)
        if is_lost:
            stack.sql('SELECT pg_terminate_backend(%s)',
                      *waiting_mailer(stack)[0])
        holder.rollback()
    eventually(lambda: not stack.value(
        "SELECT count(*) FROM pg_stat_activity WHERE usename ="
        " 'umws_mailer'"))
    states = [the_mail(stack, login)['state'] for login in (first, second)]
    assert states == (['sending', 'queued'] if is_lost
                      else ['sent', 'sending'])
    release(stack)
    stack.mailer()
    assert_delivered(stack, first, copies=2 if is_lost else 1)
    assert len(set(map(as_received, stack.mail_files(first)))) == 1
    assert_delivered(stack, second)


def test_database_away_between_two_mails(stack):
    """The first one was sent: nobody gets it twice for that."""
    logins = queue_in_order(stack, 3)
    stack.do('sink', 'delay', '1')
    mailer = stack.start('mailer')
    eventually(lambda: stack.mail_files(logins[0]))
    stack.do('pg', 'stop', 'immediate')
    stack.do('sink', 'ok')
    time.sleep(1.5)
    stack.do('pg', 'start')
    assert wait_both(mailer) == [0]
    for login in logins:
        assert_delivered(stack, login)
        assert the_mail(stack, login)['attempts'] == 1


def test_next_mail_makes_the_database_complain(stack):
    """Its row is left out; those before and behind it are sent."""
    first, broken, last = queue_in_order(stack, 3)
    identity = the_mail(stack, broken)['id']
    stack.sql('ALTER TABLE umws.outbox ADD CONSTRAINT broken CHECK'
              " (id <> %s OR state <> 'sending')", identity)
    try:
        said = stack.mailer()
    finally:
        stack.sql('ALTER TABLE umws.outbox DROP CONSTRAINT broken')
    assert said.count('begin-refused') == 1 and identity in said
    for login in (first, last):
        assert_delivered(stack, login)
        assert the_mail(stack, login)['attempts'] == 1
    assert the_mail(stack, broken)['state'] == 'queued'
    assert stack.mail_files(broken) == []
    release(stack)
    stack.mailer()
    assert_delivered(stack, broken)


def test_stopped_after_a_mail(stack):
    """SIGTERM: the mail under way is noted, the others go back."""
    first, second = queue_in_order(stack, 2)
    stack.do('sink', 'delay', '1')
    mailer = subprocess.Popen([stack.env['UMWS_MAILER']],
                              stderr=subprocess.DEVNULL)
    eventually(lambda: stack.mail_files(first))
    kill(mailer.pid, signal.SIGTERM)
    assert mailer.wait(timeout=60) == 0
    assert_delivered(stack, first)
    row = the_mail(stack, second)
    assert (row['state'], row['attempts'], row['is_leased']) == (
        'queued', 0, False)


def test_busy_server(stack):
    """421 in the middle of a batch: go on with a new connection."""
    logins = [stack.user() for _ in range(6)]
    for login in logins:
        reset(stack, login)
    stack.do('sink', '421-after', '2')
    eventually(lambda: stack.mailer() is not None and live(stack) == 0)
    for login in logins:
        assert_delivered(stack, login)


def test_silent_server(stack):
    """A server that never answers holds us for smtp_timeout, and no
    longer; the next mail gets a connection of its own."""
    logins = [stack.user() for _ in range(3)]
    for login in logins:
        reset(stack, login)
    stack.do('sink', 'hang-after-dot')
    begin = time.monotonic()
    stack.do('mailer', code=TEMPORARY)
    assert 2 * TIMEOUT <= time.monotonic() - begin < 3 * TIMEOUT
    rows = [the_mail(stack, login) for login in logins]
    assert {row['state'] for row in rows} == {'queued'}
    assert sorted(row['attempts'] for row in rows) == [0, 1, 1]
    stack.do('sink', 'ok')
    release(stack)
    for login, row in zip(logins, rows):
        deliver_when_due(stack, login)
        assert_delivered(stack, login, copies=1 + row['attempts'])


def test_expired_mail_is_not_sent(stack, user):
    reset(stack, user)
    stack.sql('UPDATE umws.outbox SET expires_at = now() WHERE id = %s',
              the_mail(stack, user)['id'])
    stack.mailer()
    row = the_mail(stack, user)
    assert (row['state'], row['has_sealed']) == ('expired', False)
    assert stack.mail_files(user) == []


@pytest.mark.parametrize('change, back', [
    ('sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1)',) * 2,
    ("sealed = sealed || '\\x00'::bytea",
     'sealed = substr(sealed, 1, length(sealed) - 1)'),
    ("sealed = sealed || decode(repeat('00', 4096), 'hex')",
     'sealed = substr(sealed, 1, length(sealed) - 4096)'),
    ("recipient = 'thief@example.test'", "recipient = '{user}@example.test'"),
    ('user_id = user_id - 1', 'user_id = user_id + 1'),
    ("display_name = E'A\\nBcc: b@c.test'", "display_name = ''")],
    ids=['damaged', 'longer', 'too long', 'recipient', 'user', 'name'])
def test_a_row_that_cannot_be_read_is_kept(stack, user, change, back):
    """Whoever can write the table cannot have a PIN sent elsewhere; and
    what the mailer cannot read it does not erase: it may be the mailer."""
    reset(stack, user)
    identity = the_mail(stack, user)['id']
    before = len(stack.mail_files())
    update = 'UPDATE umws.outbox SET {} WHERE id = %s'
    stack.sql(update.format(change), identity)
    assert 'mail-unreadable' in stack.mailer(code=CONFIGURATION)
    # Not due again for as long as the longest pause, and said all the same.
    put_off(stack, user, '1 hour')
    said = stack.mailer(code=CONFIGURATION)
    assert 'mails-unreadable' in said and identity in said
    assert 'mail-unreadable' not in said
    ((state, is_sealed, error, attempts),) = stack.sql(
        'SELECT state, sealed IS NOT NULL, last_error, attempts'
        ' FROM umws.outbox WHERE id = %s', identity)
    assert (state, is_sealed, attempts) == ('queued', True, 1)
    assert 'sealed PIN' in error or 'cannot be sent' in error
    assert len(stack.mail_files()) == before
    stack.sql(update.format(back.format(user=user)), identity)
    put_off(stack, user, '0 s')
    stack.mailer(code=CONFIGURATION)        # said before it was mended
    stack.mailer()
    assert_delivered(stack, user)


def test_a_row_that_cannot_be_read_ends_with_its_pin(stack, user):
    reset(stack, user)
    identity = the_mail(stack, user)['id']
    stack.sql('UPDATE umws.outbox SET sealed = set_byte(sealed, 60,'
              ' get_byte(sealed, 60) # 1) WHERE id = %s', identity)
    stack.mailer(code=CONFIGURATION)
    reset(stack, user)                      # a newer PIN replaces it
    stack.mailer()
    assert_delivered(stack, user)
    assert [row['state'] for row in stack.outbox(user)] == [
        'superseded', 'sent']


def test_mail_for_a_key_we_do_not_hold_waits(stack, user):
    reset(stack, user)
    row = stack.sql('SELECT id, key_id FROM umws.v_outbox WHERE login = %s',
                    user)[0]
    stack.sql("UPDATE umws.outbox SET key_id = '00000000000000ff'"
              ' WHERE id = %s', row[0])
    said = stack.mailer(code=CONFIGURATION)
    assert '00000000000000ff' in said
    assert the_mail(stack, user)['attempts'] == 0
    stack.sql('UPDATE umws.outbox SET key_id = %s WHERE id = %s',
              row[1], row[0])
    stack.mailer()
    assert_delivered(stack, user)


def test_locked_out_user_is_told_first(stack, user):
    stack.sql('UPDATE umws.um_user SET locked_out_at = now()'
              ' WHERE login = %s', user)
    reset(stack, user)
    stack.mailer()
    assert_delivered(stack, user)
    text = plain_text(stack.mail_files(user)[0])
    assert 'locked' in text.strip().splitlines()[0]


def test_text_of_the_policy(stack, user):
    """HTML of the operator in both parts; digits in it are no PIN."""
    stack.do('ctl', 'policy', 'set', 'special', 'AccessNumbers=555-0100',
             'ResetPINText=<b>Help</b> desk &amp; co<br>123456')
    stack.sql("UPDATE umws.um_user SET policy_id = (SELECT id FROM"
              " umws.policy WHERE name = 'special') WHERE login = %s", user)
    reset(stack, user)
    stack.mailer()
    assert_delivered(stack, user)
    (mail,) = stack.mail_files(user)
    text = plain_text(mail)
    assert 'Help desk & co' in text and '555-0100' in text
    html = message(mail).get_body(preferencelist=('html',)).get_content()
    assert '<b>Help</b> desk &amp; co' in html


def test_first_and_second_mail(stack, user):
    """The first speaks of no PIN before; no thread is made of the two."""
    for _ in range(2):
        reset(stack, user)
        stack.mailer()
    first, second = stack.mail_files(user)
    words = [' '.join(plain_text(mail).split()) for mail in (first, second)]
    assert 'previous' not in words[0]
    assert 'Your previous PIN no longer works.' in words[1]
    for name in ('Subject', 'X-Entity-Ref-ID', 'Message-ID'):
        assert message(first)[name] != message(second)[name]
    for mail in first, second:
        assert stack.do('pin', mail).strip() not in message(mail)['Subject']


LINK = 'https://help.example.test/vm'
LINKED = ('<b>Help:</b> <a href="https://help.example.test/vm">Voice mail'
          ' help</a> or call &euro; 5&#8211;7')


def text_mail(stack, user):
    """Both parts of the mail of a user under the policy "texts"."""
    stack.sql("UPDATE umws.um_user SET policy_id = (SELECT id FROM"
              " umws.policy WHERE name = 'texts') WHERE login = %s", user)
    reset(stack, user)
    stack.mailer()
    assert_delivered(stack, user)
    (mail,) = stack.mail_files(user)
    return plain_text(mail), message(mail).get_body(
        preferencelist=('html',)).get_content()


def test_no_address_of_a_text_is_lost(stack, user):
    """Links and references, in both parts."""
    stack.do('ctl', 'policy', 'set', 'texts', f'ResetPINText={LINKED}')
    text, html = text_mail(stack, user)
    assert (f'Help: Voice mail help <{LINK}> or call \u20ac 5\u20137'
            in ' '.join(text.split()))
    assert f'<a href="{LINK}">Voice mail help</a>' in html
    assert '\u20ac 5\u20137' in html


def test_stored_text_that_is_no_markup(stack, user):
    """It came in by another door: it is shown, nothing of it is dropped."""
    stack.do('ctl', 'policy', 'set', 'texts', 'ResetPINText=')
    stored = '<table><b>Help</b> &bogus; https://help.example.test/'
    stack.sql("UPDATE umws.policy SET reset_pin_text = %s"
              " WHERE name = 'texts'", stored)
    text, html = text_mail(stack, user)
    assert stored in ' '.join(text.split())
    assert ('&lt;table&gt;&lt;b&gt;Help&lt;/b&gt; &amp;bogus;'
            ' https://help.example.test/') in html


def live_rows(stack, login):
    return [row['state'] for row in stack.outbox(login)]


def test_an_ended_lease_is_cleaned(stack, user):
    """A row superseded under a mailer that died: its lease goes, and the
    newest mail waited no longer than for it."""
    reset(stack, user)
    stack.sql("UPDATE umws.outbox SET state = 'sending', lease_token ="
              " gen_random_uuid(), lease_until = now() + interval '1 hour'"
              ' WHERE id = %s', the_mail(stack, user)['id'])
    reset(stack, user)
    stack.mailer()
    assert live_rows(stack, user) == ['superseded', 'queued']
    stack.sql('UPDATE umws.outbox SET lease_until = now()'
              ' WHERE lease_token IS NOT NULL')
    stack.mailer()
    assert live_rows(stack, user) == ['superseded', 'sent']
    assert stack.value('SELECT count(*) FROM umws.outbox'
                       ' WHERE lease_token IS NOT NULL') == 0


def test_a_mailbox_has_one_live_mail(stack, user):
    """The table itself says so."""
    reset(stack, user)
    reset(stack, user)
    assert live_rows(stack, user) == ['superseded', 'queued']
    with pytest.raises(psycopg2.errors.UniqueViolation):
        stack.sql("UPDATE umws.outbox SET state = 'queued', sealed = '\\x00'"
                  ' WHERE id = %s', stack.outbox(user)[0]['id'])


def test_a_claim_takes_its_limit(stack):
    """However the planner runs it."""
    queue_in_order(stack, 6)
    key = stack.value('SELECT key_id FROM umws.outbox LIMIT 1')
    for way in ('hashjoin', 'mergejoin', 'nestloop', 'hashagg', 'sort'):
        link = stack.connect()
        try:
            with link.cursor() as cursor:
                cursor.execute(f'SET enable_{way} = off')
                cursor.execute('SELECT id FROM umws.outbox_claim(ARRAY[%s],'
                               ' 2, gen_random_uuid())', (key,))
                assert len(cursor.fetchall()) == 2, way
        finally:
            link.close()        # and so nothing is claimed
