"""When a mail is given up, and when it only seems to be its own fault: what
servers say to some mails of a pass, or to one mail in some passes."""
import itertools
import signal
import subprocess
import time

import pytest

from harness import CHEAP, eventually
from mailplace import CONFIGURATION, TEMPORARY
from smtpserver import REPLIES, Server
from soap import reset

pytestmark = pytest.mark.thin(3)
OPTIONS = CHEAP + ('--limits', 'off')
UNKNOWN = '550 5.1.1 <{rcpt}>: User unknown'


def due(place, *logins):
    """These, in this order, and no other."""
    place.stack.sql("UPDATE umws.outbox SET next_attempt_at = now() +"
                    " interval '1 hour' WHERE sealed IS NOT NULL")
    for number, login in enumerate(logins):
        place.stack.sql(
            "UPDATE umws.outbox SET next_attempt_at = now() - interval"
            " '1 hour' + %s * interval '1 second' WHERE id = %s", number,
            place.row(login)['id'])


def one_in(gap_s, reply):
    """Takes a mail in so much time and refuses the others."""
    taken = []

    def answer(connection):
        if taken and time.monotonic() - taken[-1] < gap_s:
            return reply
        taken.append(time.monotonic())
        return '250 Ok'

    return answer


def refuse(reply, *logins):
    """Refuses the mails of these, and takes those of others."""
    return lambda connection: (
        reply if connection.rcpt.split('@')[0] in logins else '250 Ok')


def hang_up(_):
    raise EOFError


# Words of limits, words that say nothing, and those of a wrong recipient.
@pytest.mark.parametrize('reply', [
    '550 5.7.1 Message rate exceeded', '550 5.7.1 No', '554 No',
    '550 5.7.1 <{rcpt}>: Recipient address rejected: Access denied'])
@pytest.mark.parametrize('phase', ['rcpt', 'dot'])
def test_a_limit_costs_no_mail(place, phase, reply):
    """So many in so much time, else refused for good: in each pass some
    are refused, others taken, and those refused again."""
    logins = place.queue(40)
    with Server(**{phase: one_in(0.2, reply)}) as server:
        for _ in range(3):
            place.run(server, None)
            assert 'dead' not in place.states(logins)
            assert len(place.lines('err')) == 1
            place.doubted()
            place.due()
    assert 'sent' in place.states(logins)
    with Server() as server:
        place.run(server)
    assert place.states(logins) == ['sent'] * 40


def test_every_fourth_is_taken(place):
    """Not by time: the order of the mails says nothing either."""
    logins = place.queue(12)
    turn = itertools.count()
    with Server(dot=lambda _: '554 No' if next(turn) % 4
                else '250 Ok') as server:
        for _ in range(2):
            place.run(server, CONFIGURATION)
            assert 'dead' not in place.states(logins)
            place.doubted()
            place.due()


@pytest.mark.parametrize('taken, refused, is_given_up', [
    (1, 1, True), (9, 2, False), (20, 2, True), (20, 3, False)])
def test_a_tenth_may_be_at_fault(place, taken, refused, is_given_up):
    """Refused in an earlier pass as well, of words that name nobody."""
    bad = place.queue(refused)
    with Server(dot='554 No') as server:
        place.run(server, CONFIGURATION)
        place.doubted()
    good = place.queue(taken)
    # The first is refused and one is taken behind; two would end the pass.
    due(place, bad[0], good[0], *bad[1:], *good[1:])
    place.stack.sql('UPDATE umws.outbox SET doubted_at = now() - interval'
                    " '10 minutes' WHERE sealed IS NOT NULL")
    with Server(dot=refuse('554 No', *bad)) as server:
        place.run(server, 0 if is_given_up else CONFIGURATION)
        assert len(place.lines('err')) == (0 if is_given_up else 1)
    assert place.states(good) == ['sent'] * taken
    assert place.states(bad) == [
        'dead' if is_given_up else 'queued'] * refused


@pytest.mark.parametrize('taken, refused, is_given_up', [
    (2, 3, True), (3, 4, False), (5, 5, True)])
def test_strangers_may_be_as_many_as_others(place, taken, refused,
                                            is_given_up):
    logins = place.queue(taken + refused)
    bad = logins[:refused]
    with Server(rcpt=refuse(UNKNOWN, *bad)) as server:
        place.run(server, 0 if is_given_up else CONFIGURATION)
        assert len(place.lines('err')) == (0 if is_given_up else 1)
    state = 'dead' if is_given_up else 'queued'
    assert place.states(logins) == [state] * refused + ['sent'] * taken


def test_doubt_of_a_recipient_takes_one_pass(place):
    """Its words say who is refused."""
    logins = place.queue(2)
    with Server(rcpt=refuse('550 5.7.1 <{rcpt}>: Recipient address rejected',
                            logins[0])) as server:
        place.run(server)
    assert place.states(logins) == ['dead', 'sent']


def refused_in(place, login, code):
    """One pass, in which another mail is taken between two refusals."""
    (other,) = place.queue()
    due(place, login, other)
    with Server(dot=['554 No', REPLIES['dot'], '554 No']) as server:
        place.run(server, code)
    assert place.states([other]) == ['sent']


@pytest.mark.parametrize('count', [1, 3])
def test_doubt_where_none_was_taken(place, count):
    """Weeks ago the server refused whatever there was: that it refuses this
    one now, and takes another, is the first that is known of it."""
    logins = place.queue(count)
    with Server(dot='554 No') as server:
        place.run(server, CONFIGURATION)
    place.doubted(30 * 24 * 60)
    refused_in(place, logins[0], CONFIGURATION)
    assert place.states(logins[:1]) == ['queued']
    place.doubted()
    refused_in(place, logins[0], 0)
    assert place.states(logins[:1]) == ['dead']


def test_doubt_where_the_same_was_taken(place):
    """Of two mails to one address one is refused: that is no other one."""
    logins = place.queue(2)
    for login in logins:
        place.address(login, 'shared@example.test')
    due(place, *logins)
    with Server(dot=['554 No', REPLIES['dot'], '554 No']) as server:
        place.run(server, CONFIGURATION)
    assert place.states(logins) == ['queued', 'sent']
    place.doubted()
    refused_in(place, logins[0], CONFIGURATION)
    assert place.states(logins[:1]) == ['queued']


@pytest.mark.parametrize('between, code, is_given_up', [
    ({'rcpt': '451 4.3.0 Busy'}, 0, False), ({'rcpt': hang_up}, None, False),
    ({'dot': hang_up}, None, False), ({'dot': '554 No'}, CONFIGURATION, True)],
    ids=['451', 'silence', 'unanswered', 'the same, alone'])
def test_doubt_is_over_when_an_attempt_ends_otherwise(
        place, between, code, is_given_up):
    (login,) = place.queue()
    refused_in(place, login, CONFIGURATION)
    place.doubted()
    due(place, login)
    with Server(**between) as server:
        place.run(server, code)
    refused_in(place, login, 0 if is_given_up else CONFIGURATION)
    assert place.states([login]) == ['dead' if is_given_up else 'queued']


@pytest.mark.parametrize('between', [
    {'rcpt': '451 4.3.0 Directory away'}, {'rcpt': hang_up},
    {'dot': hang_up}], ids=['451', 'silence', 'unanswered'])
def test_unknown_alone_after_others_were_not_taken(place, between):
    """Two are refused; in the next pass something else is wrong; then one
    of them is due by itself. The directory may still be away."""
    logins = place.queue(2)
    with Server(rcpt=UNKNOWN) as server:
        place.run(server, CONFIGURATION)
    place.due()
    with Server(**between) as server:
        place.run(server, None)
    for login in logins:
        due(place, login)
        with Server(rcpt=UNKNOWN) as server:
            place.run(server, CONFIGURATION)
    assert place.states(logins) == ['queued', 'queued']


def test_unknown_one_after_the_other(place):
    """A wrong smtp_url in a quiet house: each mail is alone. It costs the
    first one, and the others wait until a mail is taken."""
    logins = []
    with Server(rcpt=UNKNOWN) as server:
        for code in (0, CONFIGURATION, CONFIGURATION):
            logins += place.queue()
            due(place, logins[-1])
            place.run(server, code)
            assert len(place.lines('err')) == (1 if code else 0)
    assert place.states(logins) == ['dead', 'queued', 'queued']
    place.due()
    with Server() as server:
        place.run(server)
    assert place.states(logins) == ['dead', 'sent', 'sent']
    # It is known now that others are taken there.
    for state, code in (('dead', 0), ('queued', CONFIGURATION)):
        (login,) = place.queue()
        with Server(rcpt=UNKNOWN) as server:
            place.run(server, code)
        assert place.states([login]) == [state]


DENIALS = [
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "553 5.7.1 sorry, that domain isn't in my list of allowed rcpthosts",
    '551 User not local', '551 5.7.1 User not local; please try another host',
    '550 we do not relay', '550 5.7.1 Relaying denied', '571 We do not relay',
    '550 5.7.1 <{rcpt}>... Relaying denied. Proper authentication required.',
    '554 <{rcpt}>: Relay access denied', '550 relay not permitted',
    '550-Verification failed|550 not permitted to relay through this server',
    '550 5.7.1 Unable to relay', '550 5.7.54 SMTP; Unable to relay recipient'
    ' in non-accepted domain', '550 Administrative prohibition',
    '550 5.7.1 relaying prohibited', '550 Domain not accepted',
    '550 5.7.1 Recipient domain is not accepted here',
    '550 Delivery is not allowed to this address.',
    '550 #5.1.0 Address rejected.', '550 5.7.1 Mail to external domains'
    ' is not allowed', '550 5.7.1 Not permitted to send to external'
    ' recipients', '550 5.7.1 You are not allowed to send to this domain',
    '550 This gateway does not serve that domain', '554 5.7.1 No external mail'
    ' from this network', '550 5.7.1 Local users only', '550 not a local'
    ' domain', '554 Recipient not allowed for this client',
    '550 sorry, no mail to the outside from here',
    '550 Not one of our domains']


@pytest.mark.parametrize('reply', DENIALS, ids=range(len(DENIALS)))
def test_relay_denied_in_other_words(place, reply):
    """To one who is not of the house; the others are taken, in each pass."""
    logins = place.queue(3)
    with Server(rcpt=refuse(reply, logins[0])) as server:
        for _ in range(2):
            place.run(server, CONFIGURATION)
            assert place.states(logins) == ['queued'] + ['sent'] * (
                len(logins) - 1)
            (told,) = place.lines('err')
            assert 'smtp_url' in told.split('look_at=')[1], told
            place.doubted()
            logins += place.queue(2)
            due(place, logins[0], *logins[-2:])


@pytest.mark.parametrize('reason', [None, '451 4.3.0 Busy'])
def test_expired_is_said_once(place, reason):
    logins = place.queue(2)
    if reason is not None:
        with Server(rcpt=reason) as server:
            place.run(server, TEMPORARY)
    (gone, *_) = [place.row(login)['id'] for login in logins]
    place.stack.sql('UPDATE umws.outbox SET expires_at = now() WHERE id ='
                    ' %s', gone)
    due(place, *logins)
    with Server() as server:
        place.run(server)
        (told,) = place.lines('warn')
        assert 'mail-expired' in told and gone in told
        assert (reason or 'never tried') in told
        assert place.states(logins) == ['expired', 'sent']
        assert place.run(server) == ''


def test_many_that_expire_are_counted(place):
    place.queue(14)
    place.stack.sql('UPDATE umws.outbox SET expires_at = now() WHERE sealed'
                    ' IS NOT NULL')
    with Server() as server:
        place.run(server)
        assert server.mails == []
    told = place.lines('warn')
    assert [' mail-expired ' in line for line in told] == [True] * 10 + [
        False]
    assert 'mails-expired others=4' in told[-1]


@pytest.mark.parametrize('answer', [hang_up, '451 4.3.0 Busy'])
@pytest.mark.parametrize('attempts, line', [(3, None), (7, 'mail-overdue')])
def test_put_off_for_hours_among_others(place, answer, attempts, line):
    """A server that ends the connection over one mail, or delays it."""
    logins = place.queue(2)
    place.stack.sql('UPDATE umws.outbox SET attempts = %s WHERE id = %s',
                    attempts, place.row(logins[0])['id'])

    def to_one(connection):
        if not connection.rcpt.startswith(logins[0]):
            return REPLIES['rcpt']
        return answer(connection) if callable(answer) else answer

    with Server(rcpt=to_one) as server:
        place.run(server)
    assert place.states(logins) == ['queued', 'sent']
    assert [line in told for told in place.lines('warn')] == (
        [True] if line else [])


@pytest.mark.parametrize('attempts, lines', [(0, 0), (5, 1)])
def test_connections_lost_for_hours(place, attempts, lines):
    """In each pass, of every mail."""
    place.queue(2)
    place.stack.sql('UPDATE umws.outbox SET attempts = %s WHERE sealed IS'
                    ' NOT NULL', attempts)
    with Server(rcpt=hang_up) as server:
        place.run(server, TEMPORARY)
    told = place.lines('err')
    assert len(told) == lines
    assert all('smtp_url' in line for line in told)


def test_one_line_for_one_cause(place):
    """A mail is refused for our address, and so is the next connection."""
    place.queue(4)

    def answer(connection):
        if connection.server.said['rcpt'] <= 1:
            return '250 Ok'
        connection.server.replies['greet'] = '554 5.7.1 Blocked'
        connection.peer.sendall(b'550 5.7.1 Client host rejected: no\r\n')
        raise EOFError

    with Server(rcpt=answer) as server:
        place.run(server, CONFIGURATION)
    assert len(place.lines('err')) == 1, place.said


def test_mailers_that_die_lose_no_mail(place):
    """kill -9 before and behind the dot, again and again: it comes again
    at once, three times, then after pauses that grow, and is never given
    up for that."""
    (login,) = place.queue()
    identity = place.row(login)['id']
    due(place)
    pauses, bodies = [], 0
    with Server() as server:
        place.run(server)               # writes the configuration
        for death in range(1, 13):
            due(place, login)
            phase = 'dot' if death % 2 else 'rcpt'
            before = server.said[phase]
            server.replies |= {'rcpt': REPLIES['rcpt'], phase: lambda _: (
                server.closing.wait(60) and None)}
            mailer = subprocess.Popen(
                [place.stack.env['UMWS_MAILER'], '--config',
                 str(place.conf)], stderr=subprocess.DEVNULL)
            eventually(lambda: server.said[phase] > before)
            bodies += phase == 'dot'
            mailer.send_signal(signal.SIGKILL)
            mailer.wait()
            assert place.states([login]) == ['sending']
            place.stack.sql('UPDATE umws.outbox SET lease_until = now() WHERE'
                            ' lease_token IS NOT NULL')
            # Claimed for nobody's keys: what is found dead is put back.
            place.stack.sql("SELECT umws.outbox_claim('{}', 1,"
                            ' gen_random_uuid())')
            pauses.append(place.stack.value(
                'SELECT round(extract(epoch FROM next_attempt_at - now()))'
                '::int FROM umws.outbox WHERE id = %s', identity))
        assert len(server.bodies) == bodies
        assert len(set(server.bodies)) == 1
        server.replies |= {'rcpt': REPLIES['rcpt'], 'dot': REPLIES['dot']}
        assert place.run(server) == ''
        due(place, login)
        place.run(server)
        assert len(server.mails) == 1
    assert [max(pause, 0) for pause in pauses] == [0, 0, 0] + [
        5 * 4 ** n for n in range(9)]
    # Each lease is 12 minutes: 12 copies in 5 days.
    lives = list(itertools.accumulate(pause + 720 for pause in pauses))
    assert lives[10] < 5 * 86400 < lives[11]
    assert place.states([login]) == ['sent']


def test_answers_that_do_not_come_still_end_the_copies(place):
    """Four of them, whatever mailers died in between."""
    (login,) = place.queue()
    place.stack.sql("UPDATE umws.outbox SET state = 'sending', abandoned = 9,"
                    ' lease_token = gen_random_uuid(), lease_until = now()'
                    ' WHERE id = %s', place.row(login)['id'])
    said = []
    with Server(dot=hang_up) as server:
        for _ in range(6):
            place.run(server, None)
            said.append(place.said.count('mail-withheld'))
            place.stack.sql('UPDATE umws.outbox SET next_attempt_at = now()'
                            ' WHERE sealed IS NOT NULL AND next_attempt_at <'
                            " now() + interval '1 year'")
        assert len(server.bodies) == 4
    assert sum(said) == 1
    # A new reset is a new mail.
    reset(place.stack, login)
    with Server() as server:
        place.run(server)
    assert place.states([login]) == ['sent']


SETTLED = 20000     # enough that nobody would read them all


def test_who_is_alone_is_asked_of_few_rows(stack):
    """However many mails have been sent; and a sent mail asks nothing."""
    stack.sql(
        'INSERT INTO umws.outbox (id, user_id, generation, kind, recipient,'
        ' locale, key_id, state, next_attempt_at, created_at, expires_at,'
        ' sent_at, display_name, extension, access_numbers, extra_text,'
        ' is_locked_out, must_change) SELECT gen_random_uuid(), id, n,'
        " 'reset', email, locale, 'k', 'sent', now(), now(), now(), now(),"
        " '', '', '', '', false, true FROM umws.um_user,"
        ' generate_series(1, (SELECT %s / count(*) FROM umws.um_user)) n',
        SETTLED)
    stack.sql('ANALYZE umws.outbox')
    try:
        plans = []
        for query in (
                'SELECT FROM umws.outbox o WHERE o.is_lone',
                'SELECT FROM umws.outbox o WHERE o.sealed IS NOT NULL AND'
                ' o.generation > 0 AND o.id <> gen_random_uuid() AND'
                ' (o.next_attempt_at <= now() OR o.attempts > 0)'):
            plan = '\n'.join(row[0] for row in stack.sql(
                'EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF,'
                ' SUMMARY OFF) ' + query))
            plans.append(plan)
        print(*plans, sep='\n')
        assert 'outbox_lone' in plans[0]
        assert not any('Seq Scan' in plan for plan in plans)
    finally:
        stack.sql("DELETE FROM umws.outbox WHERE key_id = 'k'")


RELAY = '554 5.7.1 <{rcpt}>: Relay access denied'
OF_A_DOMAIN = [
    (RELAY, 2), ('550 5.7.1 <{sender}>: Sender address rejected: not here', 1),
    ('550 5.7.1 <{rcpt}>: Recipient address rejected: Access denied', 2),
    ('550 5.7.64 TenantAttribution; Relay Access Denied', 1),
    ('550 5.1.1 <{rcpt}>: User unknown', 20)]


def domains(place, *names, count):
    """So many mails to each, due domain after domain."""
    logins = place.queue(count * len(names))
    for number, login in enumerate(logins):
        place.address(login, f'{login}@{names[number // count]}')
    due(place, *logins)
    return [logins[first:first + count]
            for first in range(0, len(logins), count)]


def not_for(reply, *names):
    """Refuses mails to these domains."""
    return lambda connection: (reply if connection.rcpt.split('@')[1] in names
                               else '250 Ok')


@pytest.mark.parametrize('reply, tried', OF_A_DOMAIN,
                         ids=range(len(OF_A_DOMAIN)))
def test_a_domain_backs_off_alone(place, reply, tried):
    """All mails to one domain are refused, for what may be ours, and they are
    before the others, which go in the same pass."""
    count = tried + 3
    bad, good = domains(place, 'Other.test', 'example.test', count=count)
    with Server(rcpt=not_for(reply, 'Other.test')) as server:
        place.run(server, CONFIGURATION, retry_min='1m', mail_batch=10)
        assert place.states(bad + good) == (
            ['queued'] * count + ['sent'] * count)
        assert len(place.lines('err')) == 1
        refused = [rcpt for rcpt in server.rcpts if 'Other' in rcpt]
        assert len(refused) == tried
        # No other one is tried before its time, which is short.
        place.run(server)
        assert len(server.rcpts) == tried + count
        assert place.stack.value(
            "SELECT bool_and(next_attempt_at < now() + interval '68 s'"
            '   AND lease_token IS NULL)'
            ' FROM umws.outbox WHERE sealed IS NOT NULL')
    place.due()
    with Server() as server:
        place.run(server)
    assert place.states(bad) == ['sent'] * count


def test_of_several_bad_domains_none_keeps_the_others(place):
    """Two of them end a pass, then it may be us; but not the next one too."""
    parts = domains(place, 'a.test', 'b.test', 'c.test', count=4)
    with Server(rcpt=not_for(RELAY, 'a.test', 'b.test')) as server:
        for _ in range(2):
            place.run(server, CONFIGURATION)
            place.stack.sql('UPDATE umws.outbox SET next_attempt_at ='
                            " next_attempt_at - interval '70 s'")
    assert place.states(parts[2]) == ['sent'] * 4
    assert place.states(parts[0] + parts[1]) == ['queued'] * 8


@pytest.mark.parametrize('reply', [row[0] for row in OF_A_DOMAIN[:4]],
                         ids=range(4))
def test_refused_for_every_domain_is_us(place, reply):
    """A few are tried, whatever their domains, and one line says it."""
    parts = domains(place, 'a.test', 'b.test', 'c.test', count=4)
    with Server(rcpt=reply) as server:
        place.run(server, CONFIGURATION)
        assert len(server.rcpts) <= 4
        assert len(place.lines('err')) == 1
    assert place.states(sum(parts, [])) == ['queued'] * 12


def test_one_domain_alone_does_not_wait(place):
    """Nobody has to make room: once it is mended all are due."""
    (logins,) = domains(place, 'a.test', count=6)
    with Server(rcpt=RELAY) as server:
        place.run(server, CONFIGURATION)
    with Server() as server:
        place.run(server)
        assert len(server.mails) == 5
