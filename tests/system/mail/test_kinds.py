"""The kinds of mails, as an SMTP server receives them: what queues each, what
withdraws it, and who is named in it."""
import json
import subprocess

import psycopg2
import pytest

from follower import Follower
from harness import (CHEAP, digit_lines, eventually, message, pin_of,
                     plain_text, run)
from mailplace import CONFIGURATION, Place
from phonecall import change, logon, other_than
from smtpserver import Server
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off')
OWN, OTHER = '904716', '381625'
USAGE = 64
# A PIN of the user's own that nobody knows.
OWN_PIN = ("UPDATE umws.um_user SET pin_key_id = 'k', verifier ="
           " '$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA', must_change = false,"
           ' generation = generation + 1, is_expiry_told = false,'
           ' reset_due = false, set_at = now(), expires_at = now() + %s *'
           " interval '1 day' WHERE login = ANY (%s)")
CONTACT = '+49 30 1234, helpdesk@example.org'


def ctl(stack, *words, code=0, text=None):
    done = run(stack.env['UMWS_CTL'], *words, text=text)
    assert done.returncode == code, (done.returncode, done.stdout,
                                     done.stderr)
    return done.stdout if code == 0 else done.stderr


def words_of(path):
    return ' '.join(plain_text(path).split())


@pytest.fixture
def desk(stack):
    """A policy of which the help desk can be reached."""
    ctl(stack, 'policy', 'set', 'desk', 'HelpDeskContact=' + CONTACT)
    return 'desk'


def mail_of(stack, login):
    """The one mail that leaves now."""
    before = set(stack.mail_files(login))
    stack.mailer()
    path, = set(stack.mail_files(login)) - before
    return path


def test_the_help_desk_is_named_with_its_contact(stack, user, desk):
    """And where there is none, not at all."""
    reset(stack, user)
    alone = mail_of(stack, user)
    assert 'help desk' not in words_of(alone).lower()
    assert 'please request a new PIN at once' in words_of(alone)
    ctl(stack, 'user', 'set', user, '--policy', desk)
    reset(stack, user)
    named = mail_of(stack, user)
    assert f'please tell your help desk at once: {CONTACT}' in words_of(named)
    html = message(named).get_body(preferencelist=('html',)).get_content()
    assert CONTACT in ' '.join(html.split())


def test_a_mail_keeps_the_contact_that_it_was_queued_with(stack, user, desk):
    """So a second copy is the first one to the byte."""
    ctl(stack, 'user', 'set', user, '--policy', desk)
    reset(stack, user)
    ctl(stack, 'policy', 'set', desk, 'HelpDeskContact=')
    assert CONTACT in words_of(mail_of(stack, user))


@pytest.mark.parametrize('contact', [
    'a\nBcc: x@example.test', 'a\r', 'a\x1b[31m', 'a\u202eb', 'a\u2066b',
    'a\u2028b', 'a\u200fb', ' a', 'a ', 'x' * 201, '\ufffe'])
def test_a_contact_is_one_honest_line(stack, desk, contact):
    """What is none is refused, and what was set stays."""
    said = ctl(stack, 'policy', 'set', desk, 'HelpDeskContact=' + contact,
               code=65)
    assert 'HelpDeskContact' in said
    assert f'HelpDeskContact "{CONTACT}"' in ' '.join(
        ctl(stack, 'policy', 'show', desk).split())


def test_no_mail_without_a_sender(stack, user):
    """Nothing is claimed, and what to set is said."""
    place = Place(stack)
    reset(stack, user)
    with Server() as server:
        place.run(server, CONFIGURATION, mail_from='')
        assert server.heard == [] and server.mails == []
        line, = place.lines('err')
        assert 'mail-from-missing' in line
        assert 'set mail_from in umws.conf' in line
        row = place.row(user)
        assert (row['state'], row['attempts']) == ('queued', 0)
        assert stack.value('SELECT count(*) FROM umws.outbox'
                           ' WHERE lease_token IS NOT NULL') == 0
        # Nobody else needs it.
        assert ctl(stack, '--config', place.conf, 'outbox', 'list')
        place.run(server, mail_from='Voice mail <desk@example.test>')
        assert len(server.mails) == 1
    place.clean()


def kinds(stack, login):
    """The user's mails, the oldest first."""
    return [(row[0], row[1]) for row in stack.sql(
        'SELECT o.kind::text, o.state::text FROM umws.outbox o JOIN'
        ' umws.um_user u ON u.id = o.user_id WHERE u.login = %s'
        ' ORDER BY o.created_at, o.id', login)]


def own_pin(stack, login, pin=OWN):
    """A PIN that the user has set by phone; all mails have left."""
    reset(stack, login)
    assert change(stack, login, pin_of(mail_of(stack, login)), pin) == 'OK'
    stack.mailer()
    return pin


def expires_in(stack, days, *logins):
    stack.sql(OWN_PIN, days, list(logins))


@pytest.fixture
def quiet(stack):
    """No mail and no PIN that would expire is left by others."""
    stack.mailer()
    stack.sql('UPDATE umws.um_user SET is_expiry_told = true')
    yield
    Place(stack).clean()
    stack.sql('UPDATE umws.um_user SET is_expiry_told = true')


def test_the_first_pin_is_welcome(stack, user):
    """The one that others give; the next one is a reset."""
    ctl(stack, 'policy', 'set', 'new', 'UMEnabledText=<b>Hello</b> there',
        'ResetPINText=Sorry')
    ctl(stack, 'user', 'set', user, '--policy', 'new')
    ctl(stack, 'pin', 'reset', user, '--reason', 'first')
    mail = mail_of(stack, user)
    words = words_of(mail)
    assert 'A voice mailbox has been set up for you.' in words
    assert message(mail)['Subject'].startswith('Your voice mailbox and its')
    assert 'previous' not in words and 'Hello there' in words
    assert stack.is_pin(user, pin_of(mail))
    ctl(stack, 'pin', 'reset', user, '--reason', 'second')
    again = words_of(mail_of(stack, user))
    assert 'an administrator reset the PIN' in again and 'Sorry' in again
    assert 'Hello there' not in again
    assert kinds(stack, user) == [('welcome', 'sent'), ('admin', 'sent')]


def test_a_first_pin_for_somebody_else_is_no_welcome(stack, user):
    """He is told what was done; so is its user."""
    ctl(stack, 'policy', 'set', 'away', 'AllowNotifyAddress=yes')
    ctl(stack, 'user', 'set', user, '--policy', 'away')
    ctl(stack, 'pin', 'reset', user, '--reason', 'x', '--notify',
        f'boss-of-{user}@example.test')
    assert sorted(kind for kind, _ in kinds(stack, user)) == [
        'admin', 'elsewhere']
    Place(stack).clean()


def test_user_add_and_enable_with_a_pin(stack, user):
    """One command; what is wrong with it is said before anything is done."""
    said = ctl(stack, 'user', 'add', f'new-{user}', '--email',
               f'new-{user}@example.test', '--pin')
    assert said == (f'added new-{user}\nthe first PIN of new-{user} was drawn;'
                    f' the mail with it is queued for new-{user}'
                    '@example.test\n')
    mail = mail_of(stack, f'new-{user}')
    assert 'has been set up for you' in words_of(mail)
    assert stack.is_pin(f'new-{user}', pin_of(mail))
    assert '--pin goes without --disabled' in ctl(
        stack, 'user', 'add', 'x', '--email', 'x@example.test', '--pin',
        '--disabled', code=USAGE)
    ctl(stack, 'user', 'disable', user)
    said = ctl(stack, 'user', 'enable', user, '--pin')
    assert said.startswith(f'{user} is enabled\nthe first PIN of {user} was')
    assert kinds(stack, user) == [('welcome', 'queued')]
    (told,) = json.loads(ctl(stack, 'user', 'enable', user, '--pin',
                             '--json'))
    assert told['recipient'] == f'{user}@example.test'
    assert kinds(stack, user)[-1] == ('admin', 'queued')
    acts = [row['action'] for row in stack.audit(user, by_operators=True)]
    assert acts[-5:] == ['user_disable', 'user_enable', 'pin_reset',
                         'user_enable', 'pin_reset']
    assert 'there is no user' in ctl(stack, 'user', 'enable', 'nobody-here',
                                     '--pin', code=67)
    Place(stack).clean()


def test_who_asked_for_the_first_pin_is_not_welcomed(stack, user):
    reset(stack, user)
    assert kinds(stack, user) == [('reset', 'queued')]
    words = words_of(mail_of(stack, user))
    assert 'was requested on' in words and 'previous' not in words


def test_expiring(stack, user, quiet, desk):
    """Once for each PIN, within the days that were asked for."""
    ctl(stack, 'user', 'set', user, '--policy', desk)
    expires_in(stack, 10, user)
    assert ctl(stack, 'notify', 'expiring', '--days', '9') == ''
    assert kinds(stack, user) == []
    said = ctl(stack, 'notify', 'expiring', '--days', '11', '--dry-run')
    assert said == ('would queue 1 mail to users whose PIN expires within 11'
                    ' days\nnothing was changed: --dry-run\n')
    assert kinds(stack, user) == []
    assert json.loads(ctl(stack, 'notify', 'expiring', '--days', '11',
                          '--json')) == [
        {'days': 11, 'mails': 1, 'is_done': True}]
    (act,) = (row for row in stack.audit('outbox', by_operators=True)
              if row['action'] == 'notify_expiring')
    assert act['reason'] == '1 mails, PINs that expire within 11 days'
    mail = mail_of(stack, user)
    words = words_of(mail)
    assert 'The PIN of your voice mailbox expires on ' in words
    assert 'change it before then' in words and digit_lines(mail) == []
    assert f'please ask your help desk: {CONTACT}' in words
    assert 'previous' not in words
    assert message(mail)['Subject'].startswith('Reminder of ')
    for _ in range(2):
        assert ctl(stack, 'notify', 'expiring', '--days', '11') == ''
    expires_in(stack, 3, user)
    said = ctl(stack, 'notify', 'expiring', '--days', '11')
    assert said == 'queued 1 mail to users whose PIN expires within 11 days\n'
    assert kinds(stack, user) == [('expiring', 'sent'),
                                  ('expiring', 'queued')]


@pytest.mark.parametrize('change_sql', [
    'um_enabled = false', 'must_change = true', 'pin_locked = true',
    'locked_out_at = now()', 'verifier = NULL, pin_key_id = NULL',
    'expires_at = NULL', 'expires_at = now()', 'reset_due = true'])
def test_who_is_not_told_of_an_expiry(stack, user, quiet, change_sql):
    expires_in(stack, 3, user)
    stack.sql(f'UPDATE umws.um_user SET {change_sql} WHERE login = %s', user)
    assert ctl(stack, 'notify', 'expiring', '--days', '90') == ''
    assert kinds(stack, user) == []
    stack.sql('UPDATE umws.um_user SET um_enabled = true, pin_locked = false,'
              ' locked_out_at = NULL, must_change = false, reset_due = false'
              ' WHERE login = %s', user)


@pytest.mark.parametrize('days', ['0', '91', '-1', 'x', '1d', '', None])
def test_days_have_bounds(stack, days):
    words = () if days is None else (f'--days={days}',)
    said = ctl(stack, 'notify', 'expiring', *words, code=USAGE)
    assert '--days N says how many days before the end, 1 to 90' in said
    if days in ('0', '91'):
        with pytest.raises(psycopg2.errors.InvalidParameterValue):
            stack.sql('SELECT umws.notify_expiring(%s, 1)', int(days))


def test_two_at_once_tell_everybody_once(stack, quiet):
    """More than one transaction each, and nobody is left out."""
    logins = [row[0] for row in stack.sql(
        "INSERT INTO umws.um_user (login, email, policy_id) SELECT"
        " 'many' || n, 'many' || n || '@example.test', (SELECT id FROM"
        " umws.policy WHERE name = 'default') FROM generate_series(1, 1300) n"
        " RETURNING login")]
    expires_in(stack, 5, *logins)
    both = [subprocess.Popen(
        [stack.env['UMWS_CTL'], 'notify', 'expiring', '--days', '7',
         '--json'], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [json.loads(one.communicate(timeout=60)[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sum(told['mails'] for (told,) in said) == len(logins)
    assert stack.sql(
        'SELECT count(*), count(DISTINCT o.user_id) FROM umws.outbox o JOIN'
        ' umws.um_user u ON u.id = o.user_id WHERE o.kind = %s AND u.login'
        ' = ANY (%s)', 'expiring', logins) == [(1300, 1300)]
    stack.sql('DELETE FROM umws.um_user WHERE login = ANY (%s)', logins)


def test_no_word_of_an_expiry_after_a_change(stack, user, quiet):
    pin = own_pin(stack, user)
    stack.sql("UPDATE umws.um_user SET expires_at = now() + interval '2 days',"
              ' is_expiry_told = false WHERE login = %s', user)
    ctl(stack, 'notify', 'expiring', '--days', '7')
    assert kinds(stack, user)[-1] == ('expiring', 'queued')
    assert change(stack, user, pin, OTHER) == 'OK'
    before = len(stack.mail_files(user))
    stack.mailer()
    assert kinds(stack, user)[-2:] == [('expiring', 'superseded'),
                                       ('changed', 'sent')]
    assert len(stack.mail_files(user)) == before + 1


def test_no_word_of_an_expiry_that_is_over(stack, user, quiet):
    """It was put off until then: no alarm, since nothing is lost."""
    expires_in(stack, 2, user)
    ctl(stack, 'notify', 'expiring', '--days', '7')
    stack.sql("UPDATE umws.outbox SET expires_at = now(), pin_expires_at ="
              " now() WHERE kind = 'expiring' AND sealed IS NOT NULL")
    assert 'mail-expired' not in stack.mailer()
    assert kinds(stack, user) == [('expiring', 'superseded')]
    assert stack.value('SELECT lost_at FROM umws.outbox o JOIN umws.um_user u'
                       ' ON u.id = o.user_id WHERE login = %s', user) is None
    expires_in(stack, 2, user)
    ctl(stack, 'notify', 'expiring', '--days', '7')
    ctl(stack, 'pin', 'expire', user, '--reason', 'x')
    assert kinds(stack, user)[-1] == ('expiring', 'superseded')


def test_an_expiry_is_told_at_the_new_address(stack, user, quiet):
    """Or once the mailbox is enabled again: what was withdrawn told nobody."""
    expires_in(stack, 2, user)
    told = 'queued 1 mail to users whose PIN expires within 7 days\n'
    assert ctl(stack, 'notify', 'expiring', '--days', '7') == told
    ctl(stack, 'user', 'set', user, '--email', f'new-{user}@example.test')
    assert ctl(stack, 'notify', 'expiring', '--days', '7') == told
    ctl(stack, 'user', 'disable', user)
    assert ctl(stack, 'notify', 'expiring', '--days', '7') == ''
    ctl(stack, 'user', 'enable', user)
    assert ctl(stack, 'notify', 'expiring', '--days', '7') == told
    assert kinds(stack, user) == [('expiring', 'superseded'),
                                  ('expiring', 'superseded'),
                                  ('expiring', 'queued')]
    assert Place(stack).row(user)['recipient'] == f'new-{user}@example.test'


def locking(stack, login, *settings):
    """A policy by which two failures lock the mailbox."""
    ctl(stack, 'policy', 'set', 'strict', 'MaxLogonAttempts=2',
        'LogonFailuresBeforePINReset=off', 'HelpDeskContact=' + CONTACT,
        *(settings or ('NotifyLocked=yes', 'LockoutDuration=unlimited')))
    ctl(stack, 'user', 'set', login, '--policy', 'strict')
    return own_pin(stack, login)


def lock(stack, login, pin):
    for said in ('DENIED', 'LOCKED'):
        assert logon(stack, login, other_than(pin)) == said


def locked(stack, login):
    return [state for kind, state in kinds(stack, login) if kind == 'locked']


def test_locked(stack, user):
    """One mail for a lock, and no other one on that day."""
    pin = locking(stack, user)
    lock(stack, user, pin)
    assert logon(stack, user, pin) == 'LOCKED'
    assert locked(stack, user) == ['queued']
    mail = mail_of(stack, user)
    words = words_of(mail)
    assert words.startswith('Your voice mailbox is locked')
    assert f'unlocked, please ask your help desk: {CONTACT}' in words
    assert 'your voice mailbox was locked, because somebody had' in words
    assert 'until an administrator unlocks it' in words
    assert f'please tell your help desk at once: {CONTACT}' in words
    assert digit_lines(mail) == []
    assert message(mail)['Subject'].startswith('Your voice mailbox was locked')
    for _ in range(3):
        ctl(stack, 'pin', 'unlock', user)
        lock(stack, user, pin)
    assert locked(stack, user) == ['sent']
    stack.sql("UPDATE umws.outbox SET created_at = created_at - interval"
              " '24 hours' WHERE kind = 'locked'")
    ctl(stack, 'pin', 'unlock', user)
    lock(stack, user, pin)
    assert locked(stack, user) == ['sent', 'queued']


def test_no_word_of_a_lock_that_has_ended(stack, user):
    pin = locking(stack, user)
    for end in (('pin', 'unlock', user), ('pin', 'lock', user),
                ('pin', 'reset', user, '--reason', 'x')):
        ctl(stack, 'pin', 'unlock', user)
        lock(stack, user, pin)
        assert locked(stack, user)[-1] == 'queued'
        ctl(stack, *end)
        assert set(locked(stack, user)) == {'superseded'}
    assert len(locked(stack, user)) == 3


def test_a_lock_that_ends_by_itself(stack, user):
    """It says when; and afterwards it is not sent any more."""
    pin = locking(stack, user, 'LockoutDuration=1h', 'NotifyLocked=yes')
    lock(stack, user, pin)
    assert 'unlocked automatically on' in words_of(mail_of(stack, user))
    stack.sql("UPDATE umws.outbox SET state = 'queued', sealed = '',"
              " sent_at = NULL, expires_at = now(), temporary_until = now()"
              " WHERE kind = 'locked' AND user_id = (SELECT id FROM"
              ' umws.um_user WHERE login = %s)', user)
    assert 'mail-expired' not in stack.mailer()
    assert locked(stack, user) == ['superseded']


def test_a_lock_that_a_policy_has_ended(stack, user):
    """Its mail has waited for days, while the mail server was away: the next
    failures count all the same, and lock the mailbox again."""
    pin = locking(stack, user)
    lock(stack, user, pin)
    stack.sql("UPDATE umws.outbox SET created_at = created_at - interval"
              " '30 hours', next_attempt_at = now() + interval '1 hour'"
              " WHERE kind = 'locked' AND sealed IS NOT NULL")
    stack.sql("UPDATE umws.um_user SET locked_out_at = locked_out_at -"
              " interval '30 hours' WHERE login = %s", user)
    ctl(stack, 'policy', 'set', 'strict', 'LockoutDuration=1h')
    lock(stack, user, pin)
    assert locked(stack, user) == ['superseded', 'queued']
    assert logon(stack, user, pin) == 'LOCKED'
    assert 'unlocked automatically on' in words_of(mail_of(stack, user))


def test_a_lock_is_told_beside_a_pin(stack, user):
    """Whose mail still waits, and is not withdrawn for it."""
    pin = locking(stack, user)
    reset(stack, user)
    lock(stack, user, pin)
    assert kinds(stack, user)[-2:] == [('reset', 'queued'),
                                       ('locked', 'queued')]
    stack.mailer()
    assert kinds(stack, user)[-2:] == [('reset', 'sent'), ('locked', 'sent')]


def test_two_mails_of_one_user_are_under_way_one_by_one(stack, user):
    """The first one that was due, and the other one when that has ended."""
    pin = locking(stack, user)
    reset(stack, user)
    lock(stack, user, pin)
    token = stack.value('SELECT gen_random_uuid()::text')
    claim = ('SELECT o.kind::text FROM umws.outbox_claim(ARRAY(SELECT k.id'
             ' FROM umws.mail_key k), 100, %s) c JOIN umws.outbox o'
             ' ON o.id = c.id JOIN umws.um_user u ON u.id = o.user_id'
             ' WHERE u.login = %s')
    assert stack.sql(claim, token, user) == [('reset',)]
    assert stack.sql(claim, token, user) == []
    stack.sql('SELECT umws.outbox_settle(o.id, %s, %s, 60, %s) FROM'
              ' umws.outbox o WHERE o.lease_token = %s', token, 'retry', '',
              token)
    stack.sql("UPDATE umws.outbox SET next_attempt_at = now() + interval"
              " '1 hour' WHERE kind = 'reset' AND sealed IS NOT NULL")
    assert stack.sql(claim, token, user) == [('locked',)]
    Place(stack).clean()


def test_locked_is_a_setting(stack, user):
    pin = locking(stack, user, 'NotifyLocked=no', 'LockoutDuration=1h')
    lock(stack, user, pin)
    assert locked(stack, user) == []


def test_mails_without_a_seal_need_no_key(stack, user, quiet):
    """And whoever says that a row with a PIN has none opens nothing."""
    expires_in(stack, 2, user)
    ctl(stack, 'notify', 'expiring', '--days', '7')
    assert ctl(stack, 'key', 'list').count('mail  ') == 1
    # Whoever follows the queue without any key is woken for it.
    assert stack.value("SELECT umws.outbox_next('{}')") == 0
    # One that never left is no PIN that its user waits for.
    stack.sql("UPDATE umws.outbox SET state = 'dead', sealed = NULL,"
              " lost_at = now() WHERE kind = 'expiring'")
    assert stack.value('SELECT count(*) FROM umws.v_outbox_lost'
                       " WHERE kind = 'expiring'") == 0
    stack.sql("UPDATE umws.outbox SET state = 'queued', sealed = '',"
              " lost_at = NULL, kind = 'reset' WHERE kind = 'expiring'"
              ' AND lost_at IS NOT NULL AND user_id = (SELECT id FROM'
              ' umws.um_user WHERE login = %s)', user)
    assert 'mail-unreadable' in stack.mailer(code=CONFIGURATION)
    assert stack.mail_files(user) == []


def test_a_follower_sends_them_at_once(stack, quiet):
    """What it asks before, to get ready, takes none of them."""
    logins = [stack.user() for _ in range(4)]
    expires_in(stack, 2, *logins)
    ctl(stack, 'notify', 'expiring', '--days', '7')
    with Server() as server, Follower(Place(stack), server):
        eventually(lambda: len(server.mails) == 4, 20)
    assert [kinds(stack, login) for login in logins] == [
        [('expiring', 'sent')]] * 4


def test_a_changed_address_withdraws_them_all(stack, user):
    """Each is told of, and none goes to the old address."""
    pin = locking(stack, user)
    reset(stack, user)
    lock(stack, user, pin)
    said = ctl(stack, 'user', 'set', user, '--email', 'n@example.test')
    assert (f'a mail to {user}@example.test, which tells of a lockout,'
            ' was withdrawn\n') in said
    assert f'a PIN mail to {user}@example.test was withdrawn' in said
    assert [state for _, state in kinds(stack, user)[-2:]] == [
        'superseded'] * 2
