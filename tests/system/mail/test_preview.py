"""umws-mailer preview and test: mails about an example, without a queue."""
import email
import email.policy
import os
import re

import pytest

from harness import TREE, run
from smtpserver import Server

PIN = '271828'
WITH_PIN, WITHOUT_PIN = {'reset', 'auto', 'admin'}, {'changed', 'set'}
LANGUAGES = sorted(path.stem for path in (TREE / 'letters').glob('*.c'))
ADDRESS = 'postmaster@example.test'
USAGE, UNAVAILABLE, IO, TEMPORARY, CONFIGURATION = 64, 69, 74, 75, 78


def mailer(*words):
    return run(os.path.join(os.environ['UMWS_BUILD'], 'umws-mailer'), *words)


def kinds():
    (names,) = re.findall('^Kinds: (.*)$', mailer('preview', '--help').stdout,
                          re.M)
    return names.split()


def preview(*words):
    done = mailer('preview', *words)
    assert (done.returncode, done.stderr) == (0, '')
    return done.stdout


@pytest.mark.thin(3)
@pytest.mark.parametrize('language', LANGUAGES)
def test_preview(language):
    """Each kind in each language, in both forms, the same each time."""
    subjects, having = set(), set()
    for kind in kinds():
        text = preview(kind, '--lang', language)
        html = preview(kind, '--lang', language, '--html')
        subject, empty, *lines = text.splitlines()
        assert subject.startswith('Subject: ') and empty == ''
        subjects.add(subject)
        if PIN in lines:
            having.add(kind)
        assert lines.count(PIN) == text.count(PIN) == (kind in having), text
        assert f'<html lang="{language}"' in html
        # Grouped or not, it is one element.
        inside = re.findall('<strong id=pin[^>]*>(.*?)</strong>', html, re.S)
        assert [re.sub('<[^>]*>', '', each) for each in inside] == [
            PIN] * (kind in having)
        assert preview(kind, '--lang', language) == text
    assert len(subjects) > 1
    assert WITH_PIN <= having and not WITHOUT_PIN & having


def test_preview_takes_a_locale():
    assert preview('reset', '--lang', 'de-AT') == preview(
        'reset', '--lang', 'de')
    assert 'Hello' in preview('reset')


@pytest.mark.parametrize('words, there', [
    (['rest'], 'reset, auto'), (['reset', '--lang', 'cy'], 'de, en, es'),
    (['reset', '--lang', ''], 'de, en, es'),
    (['\x1b[31m'], 'reset, auto')])
def test_preview_of_what_is_not_there(words, there):
    done = mailer('preview', *words)
    assert (done.returncode, done.stdout) == (USAGE, '')
    (line,) = done.stderr.splitlines()
    assert there in line and line.isprintable()


@pytest.mark.parametrize('words', [
    ['preview'], ['preview', 'reset', 'auto'], ['preview', 'reset', '--x'],
    ['test'], ['test', ADDRESS, ADDRESS], ['test', 'nobody'],
    ['test', 'a@b\r\nBcc: c@example.test'], ['test', 'a@-example.test'],
    ['test', ADDRESS, '--kind', 'rest'], ['test', ADDRESS, '--lang', 'cy']])
def test_wrong_usage(words):
    done = mailer(*words)
    assert (done.returncode, done.stdout) == (USAGE, '')
    assert len(done.stderr.splitlines()) <= 2 and done.stderr.strip()


def test_preview_onto_a_full_disk():
    done = run('sh', '-c', '"$0" preview reset >/dev/full',
               os.path.join(os.environ['UMWS_BUILD'], 'umws-mailer'))
    assert done.returncode == IO
    assert 'standard output' in done.stderr


class Sender:
    """umws-mailer test with settings of its own, and nothing but these: no
    database, no keys."""

    def __init__(self, folder):
        self.folder = folder
        self.conf = folder / 'umws.conf'

    def send(self, server, *words, **settings):
        settings = {
            'database_mailer': f'host={self.folder}/none dbname=none',
            'mail_key': self.folder / 'none', 'smtp_timeout': '10s',
            'smtp_url': f'smtp://127.0.0.1:{server.port}',
            'mail_from': 'Voice mail <vm@umws.example>'} | settings
        self.conf.write_text(''.join(f'{key} = {value}\n' for key, value in
                                     settings.items()))
        return mailer('test', *words, '--config', self.conf)


@pytest.fixture
def sender(tmp_path):
    return Sender(tmp_path)


def bodies(mail):
    """The words of both parts."""
    for kind in 'plain', 'html':
        text = mail.get_body(preferencelist=(kind,)).get_content()
        text = re.sub('(?s)<head>.*</head>|<!--.*?-->', '', text)
        yield ' '.join(re.sub('<[^>]*>', '', text).split())


@pytest.mark.parametrize('language', LANGUAGES)
def test_a_test_arrives_and_says_what_it_is(sender, language):
    subjects = []
    with Server() as server:
        for _ in range(2):
            done = sender.send(server, ADDRESS, '--lang', language)
            assert (done.returncode, done.stderr) == (0, '')
            (line,) = done.stdout.splitlines()
            assert ADDRESS in line and '250 2.0.0' in line
        for envelope_from, to, body, _ in server.mails:
            assert (envelope_from, to) == ('vm@umws.example', ADDRESS)
            mail = email.message_from_bytes(body, policy=email.policy.default)
            subjects.append(mail['subject'])
            assert mail['from'] == 'Voice mail <vm@umws.example>'
            for text in bodies(mail):
                assert text.startswith('This is a test')
                assert 'no PIN in it is valid' in text and PIN in text
    assert all(subject.startswith('TEST: ') for subject in subjects)
    assert subjects[0] != subjects[1]


def test_a_test_of_another_kind(sender):
    with Server() as server:
        assert sender.send(server, '--kind', 'changed',
                           ADDRESS).returncode == 0
        ((_, _, body, _),) = server.mails
    mail = email.message_from_bytes(body, policy=email.policy.default)
    assert 'changed' in mail['subject']
    assert not any(PIN in text for text in bodies(mail))


# What the server says, the exit code, whose fault that is, what to set.
REFUSALS = [
    ({'greet': '554 No SMTP service here'}, CONFIGURATION, 'refuses us',
     'smtp_url'),
    ({'greet': '421 4.3.2 Too busy'}, TEMPORARY, 'has trouble', 'smtp_url'),
    ({'ehlo': '550 5.7.1 Helo refused'}, CONFIGURATION, 'refuses us',
     'smtp_helo'),
    ({'mail': '553 5.1.8 No such sender'}, CONFIGURATION, 'refuses us',
     'envelope_from'),
    ({'mail': '530 5.7.0 Must issue a STARTTLS command first'},
     CONFIGURATION, 'refuses us', 'smtp_tls'),
    ({'rcpt': '550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown'},
     UNAVAILABLE, 'no such address', 'smtp_url'),
    ({'rcpt': '554 5.7.1 <{rcpt}>: Relay access denied'}, CONFIGURATION,
     'sends nothing there', 'smtp_url'),
    ({'rcpt': '550 5.7.1 Not for you'}, CONFIGURATION, 'does not take it',
     'envelope_from'),
    ({'rcpt': '450 4.2.0 Greylisted'}, TEMPORARY, 'puts it off', 'smtp_url'),
    ({'data': '451 4.3.0 Busy'}, TEMPORARY, 'puts it off', 'smtp_url'),
    ({'dot': '554 5.7.1 Message rejected as spam'}, CONFIGURATION,
     'refuses us', 'smtp_url'),
    ({'dot': '530 5.7.57 Client was not authenticated'}, CONFIGURATION,
     'refuses us', 'smtp_user'),
]


@pytest.mark.parametrize('replies, code, whose, setting', REFUSALS)
def test_a_refusal_says_whose_fault(sender, replies, code, whose, setting):
    with Server(**replies) as server:
        done = sender.send(server, ADDRESS)
    assert (done.returncode, done.stdout) == (code, ''), done.stderr
    (line,) = done.stderr.splitlines()
    assert whose in line
    assert setting in line.split('look at ')[1].split('("')[0]
    ((_, reply),) = replies.items()
    assert reply.split()[0] in line


def test_nobody_listens(sender):
    with Server() as server:
        pass
    done = sender.send(server, ADDRESS)
    assert done.returncode == TEMPORARY
    (line,) = done.stderr.splitlines()
    assert 'away' in line and 'smtp_url' in line


def test_no_answer(sender):
    with Server(pause={'dot': 5}) as server:
        done = sender.send(server, ADDRESS, smtp_dot_timeout='1s')
    assert done.returncode == TEMPORARY
    (line,) = done.stderr.splitlines()
    assert 'may have arrived' in line and 'smtp_dot_timeout' in line


def test_no_tls(sender):
    with Server() as server:
        done = sender.send(server, ADDRESS, smtp_tls='required')
    assert done.returncode == CONFIGURATION
    (line,) = done.stderr.splitlines()
    assert 'smtp_tls' in line


@pytest.mark.parametrize('settings', [
    {'mail_from': 'nobody'}, {'smtp_url': 'http://localhost'},
    {'smtp_usr': 'x'}])
def test_settings_that_are_wrong(sender, settings):
    with Server() as server:
        done = sender.send(server, ADDRESS, **settings)
    assert (done.returncode, done.stdout) == (CONFIGURATION, '')
    (line,) = done.stderr.splitlines()
    assert next(iter(settings)) in line


def test_no_secret_is_told(sender, tmp_path):
    """Neither the password nor what the server makes of the mail."""
    path = tmp_path / 'password'
    path.write_text('Xanadu-93-kubla\n')
    path.chmod(0o600)

    def quote(connection):
        return '550 5.7.1 ' + connection.body.decode()[:400].replace(
            '\r\n', ' ') + ' Xanadu-93-kubla'

    for replies in ({'dot': quote}, {'mail': '550 5.7.1 Xanadu-93-kubla'}):
        with Server(ehlo='250-mx.example.test|250 AUTH PLAIN',
                    account=('vm', 'Xanadu-93-kubla'), **replies) as server:
            done = sender.send(server, ADDRESS, smtp_user='vm',
                               smtp_password_file=path, smtp_tls='off')
        assert done.returncode == CONFIGURATION
        assert server.logins
        (line,) = done.stderr.splitlines()
        for word in 'Xanadu', 'kubla', 'MIME', PIN:
            assert word not in line


def test_address_that_needs_smtputf8(sender):
    with Server() as server:
        done = sender.send(server, 'jörg@example.test')
        assert server.rcpts == []
    assert done.returncode == CONFIGURATION
    assert 'SMTPUTF8' in done.stderr
