"""The kinds of mails, as an SMTP server receives them: what queues each, what
withdraws it, and who is named in it."""
import pytest

from harness import CHEAP, message, plain_text, run
from mailplace import CONFIGURATION, Place
from smtpserver import Server
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off')
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
