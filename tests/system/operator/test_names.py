"""Logins and addresses: what is stored can be reached, and the operator
hears why somebody is not enabled while the caller does not."""
import re

import psycopg2
import pytest

import fcgi
from harness import CHEAP, environment, eventually, run
from soap import IS_ENABLED, REFERENCE

DATA, NO_USER = 65, 67
OPTIONS = (*CHEAP, '--conf', 'strip_domains=EXAMPLE,example.test')
HEADER = 'login,email,name,extension,locale,policy\n'
NO_UM = b"The user isn&apos;t enabled for Unified Messaging."

# Files of operators, and what is said of each beside file and line.
FILES = {
    'blank at the end': ('csv1 ,csv1@example.test,Csv One,32001,,',
                         'ends with a blank'),
    'zero width': ('csv3\u200b,csv3@example.test,Csv Three,32003,,',
                   'U+200B'),
    'zero width in the address': (
        'csv5,csv5@example.test\u200b,Csv Five,32005,,', 'U+200B'),
    'second mark': ('csv6,\ufeffcsv6@example.test,Csv Six,32006,,',
                    'U+FEFF'),
    'dot last': ('csv9,csv9@example.test.,Nine,32009,,', 'ends with a dot'),
    'two dots': ('csv10,csv10@example..test,Ten,32010,,', 'two dots'),
    'hyphens': ('csv12,csv12@-example-.test,Twelve,32012,,', "'-'"),
    'stripped': ('csv13@example.test,c@example.test,,,,', 'strip_domains'),
    'stripped, NT': ('EXAMPLE\\csv14,c@example.test,,,,', 'add that'),
    'stripped twice': ('EXAMPLE\\csv19@example.test,c@example.test,,,,',
                       'give it without a domain'),
    'no user': ('csv20@,c@example.test,,,,', "nothing beside its '@'"),
    'no domain': ('\\csv21,c@example.test,,,,', "nothing beside its"),
    'no A-label': ('csv22,c@xn--a.test,,,,', 'no A-label'),
    'name turned round': ('csv23,c@example.test,Cs\u202ev,,,', 'U+202E'),
    'name unseen': ('csv24,c@example.test,\u200b,,,', 'can be seen'),
    'no language': ('csv15,c@example.test,,,german,', 'locale "german"'),
    'no language, long': ('csv16,c@example.test,,,xx-klingon,', 'xx-klingon'),
    'blank after the domain': ('OTHER\\ csv17 ,c@example.test,,,,', 'blank'),
    'line separator': ('csv\u202818,c@example.test,,,,', 'U+2028'),
}


def ctl(stack, *words, text=None):
    return run(f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
               stack.env['UMWS_CONF'], *words, text=text, env=environment())


def add(stack, login, *more):
    done = ctl(stack, 'user', 'add', login, '--email', 'a@example.test',
               *more)
    assert done.returncode == 0, done.stderr


def ask(stack, user, body=REFERENCE):
    return fcgi.ask(stack, fcgi.usual(stack, user, body), body)


def log_line(stack, answer):
    wanted = f"id={answer.headers['X-Request-Id']} "
    return eventually(lambda: next(
        (line for line in stack.log('worker').splitlines()
         if wanted in line), None))


@pytest.mark.parametrize('name', FILES)
def test_unreachable_rows(stack, tmp_path, name):
    row, said = FILES[name]
    path = tmp_path / 'users.csv'
    path.write_text(HEADER + 'fine,fine@example.test,,,,\n' + row + '\n')
    done = ctl(stack, 'user', 'import', path)
    assert done.returncode == DATA and done.stdout == ''
    assert f'{path}:3: ' in done.stderr and said in done.stderr
    assert done.stderr.count('\n') == 1
    assert stack.value('SELECT count(*) FROM umws.um_user'
                       " WHERE login LIKE '%%fine%%' OR login LIKE '%%csv%%'",
                       ) == 0


def test_windows_file(stack, tmp_path):
    """What Excel's plain CSV is, and how to mend it."""
    path = tmp_path / 'users.csv'
    path.write_bytes((HEADER + 'w1,w1@example.test,Jürgen,,,\n')
                     .encode('cp1252'))
    done = ctl(stack, 'user', 'import', path)
    assert done.returncode == DATA and f'{path}:2: ' in done.stderr
    assert 'iconv -f WINDOWS-1252 -t UTF-8' in done.stderr
    path.write_text(HEADER + 'w1,w1@example.test,Jürgen,,,\n',
                    encoding='utf-16')
    done = ctl(stack, 'user', 'import', path)
    assert done.returncode == DATA and 'UTF-16' in done.stderr


@pytest.mark.parametrize('mark', ['', '\ufeff'])
def test_quoted_semicolons(stack, mark):
    """What PowerShell's Export-Csv -UseCulture writes."""
    done = ctl(stack, 'user', 'import', '-', text=mark +
               '"login";"email"\r\n"semi";"semi@example.test"\r\n')
    assert (done.returncode, done.stderr) == (0, '')
    assert stack.state('semi')['email'] == 'semi@example.test'


def test_empty_columns(stack):
    done = ctl(stack, 'user', 'import', '-',
               text='login,email,,\r\nempty,empty@example.test,, \r\n')
    assert (done.returncode, done.stderr) == (0, '')
    assert stack.state('empty')['email'] == 'empty@example.test'
    done = ctl(stack, 'user', 'import', '-',
               text='login,email,\r\nfull,full@example.test,x\r\n')
    assert done.returncode == DATA and 'has no name' in done.stderr


@pytest.mark.parametrize('text', [
    '<a href="https://h.test">\u200b</a>', '<a href="https://h.test">'
    '&nbsp;</a>', 'a&#xFFFE;', 'a\uffff', 'a\u202eb',
    '<a href="https://h.test/&#x202e;">x</a>'], ids=ascii)
def test_policy_text_unseen(stack, text):
    done = ctl(stack, 'policy', 'set', 'default', 'ResetPINText=' + text)
    assert done.returncode == DATA and done.stdout == ''
    assert 'ResetPINText, character ' in done.stderr


def test_policy_of_no_name(stack):
    done = ctl(stack, 'policy', 'show', 'nosuch', '--json')
    assert (done.returncode, done.stdout) == (DATA, '')


def test_key_over_a_link(stack, tmp_path):
    link = tmp_path / 'pepper.key'
    link.symlink_to(tmp_path / 'nowhere')
    conf = tmp_path / 'umws.conf'
    conf.write_text(f'pepper_key = {link}\n')
    done = run(f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config', conf,
               'key', 'create', 'pepper', env=environment())
    assert done.returncode == 73 and 'leads to no file' in done.stderr
    assert link.is_symlink() and not (tmp_path / 'nowhere').exists()


def test_two_columns(stack):
    done = ctl(stack, 'user', 'import', '-',
               text='email,login\r\ntwo@example.test,two\r\n,\r\n \r\n')
    assert (done.returncode, done.stderr) == (0, '')
    assert stack.state('two')['email'] == 'two@example.test'
    assert stack.state('two')['locale'] is None


def test_one_form(stack):
    """Whatever form the web server sends, the mailbox is found."""
    add(stack, 'Müller')
    add(stack, 'straße')
    forms = {'müller': ['müller', 'MÜLLER', 'mu\u0308ller', 'MU\u0308LLER',
                        'EXAMPLE\\Müller', 'Müller@Example.Test',
                        '\uff2d\u00fc\uff4cler'],
             'strasse': ['straße', 'STRASSE', 'Strasse', 'STRAẞE']}
    for login, users in forms.items():
        for user in users:
            answer = ask(stack, user, IS_ENABLED)
            assert b'>true<' in answer.body, user
        shown = ctl(stack, 'user', 'show', users[1], '--json')
        assert shown.returncode == 0 and login in shown.stdout
    answer = ask(stack, 'MU\u0308LLER')
    assert answer.status == 200
    assert stack.state('müller')['generation'] == 1
    done = ctl(stack, 'user', 'add', 'MÜLLER', '--email', 'b@example.test')
    assert done.returncode == DATA and '"müller" already' in done.stderr
    shown = ctl(stack, 'user', 'show', 'mu\u200bller')
    assert shown.returncode == NO_USER and 'U+200B' in shown.stderr


CAUSES = {
    'nobody': ('no mailbox has this login', 'unknown', 'nobody'),
    'OTHER\\nobody': ('no mailbox has this login', 'unknown',
                      'other\\nobody'),
    'asleep': ('the mailbox is disabled', 'disabled', 'asleep'),
    'EXAMPLE\\asleep': ('the mailbox is disabled', 'disabled', 'asleep'),
    'OTHER\\awake': ('the domain is not in strip_domains', 'unknown',
                     'other\\awake'),
    'awake@other.test': ('the domain is not in strip_domains', 'unknown',
                         'awake@other.test'),
    'kept@example.test': ('strip_domains drops the domain', 'unknown',
                          'kept'),
    'aw\u200bake': ('no mailbox can have this login: it has U+200B',
                    'unknown', 'aw\u200bake'),
    'awake ': ('it ends with a blank', 'unknown', 'awake '),
    'EXAMPLE\\awake ': ('it ends with a blank', 'unknown',
                        'example\\awake '),
}


@pytest.fixture(scope='module')
def mailboxes(stack):
    add(stack, 'asleep', '--disabled')
    add(stack, 'awake')
    # From before strip_domains had the domain.
    stack.sql("SELECT umws.user_add('kept@example.test', 'k@example.test',"
              " '', '', '', '', '', true)")


@pytest.mark.parametrize('user', CAUSES)
def test_cause_is_logged_and_not_told(stack, mailboxes, user):
    cause, rule, login = CAUSES[user]
    bodies = set()
    for name in (user, 'somebody else'):
        answer = ask(stack, name)
        assert answer.status == 500 and NO_UM in answer.body
        bodies.add(answer.body)
        if name == user:
            line = log_line(stack, answer)
    assert len(bodies) == 1
    assert re.search(r'cause="[^"]*' + re.escape(cause), line), line
    assert stack.audit(login)[-1]['rule'] == rule
    enabled = ask(stack, user, IS_ENABLED)
    assert enabled.status == 200 and b'>false<' in enabled.body
    assert cause in log_line(stack, enabled)


def test_no_cause_where_all_is_well(stack, mailboxes):
    assert 'cause=' not in log_line(stack, ask(stack, 'awake', IS_ENABLED))
    assert 'cause=' not in log_line(stack, ask(stack, 'awake'))


@pytest.mark.parametrize('login, email', [
    ('hand ', 'a@b'), (' hand', 'a@b'), ('hand\u200b', 'a@b'),
    ('Hand', 'a@b'), ('ha\u0308nd', 'a@b'), ('hand\ufeff', 'a@b'),
    ('ha\u00a0nd', 'a@b'), ('\uff48and', 'a@b'), ('hand', 'a@b.'),
    ('hand', 'a@b..c'), ('hand', '.a@b'), ('hand', 'a.@b'),
    ('hand', 'a@-b'), ('hand', 'a@b-.c'), ('hand', 'a@b\u200b'),
    ('hand', 'a' * 65 + '@b')], ids=repr)
def test_by_hand(stack, login, email):
    """An INSERT of the owner's own makes nobody who is out of reach."""
    with pytest.raises(psycopg2.errors.CheckViolation):
        stack.sql('INSERT INTO umws.um_user (login, email, policy_id)'
                  ' SELECT %s, %s, min(id) FROM umws.policy', login, email)


MISLEADING = (*range(0x202a, 0x202f), *range(0x2066, 0x206a), 0xfdd0, 0xfdef,
              *(plane << 16 | last for plane in range(17)
                for last in (0xfffe, 0xffff)))


def test_display_name_by_hand(stack):
    """The database refuses what umwsctl does, by whatever way it comes."""
    insert = ('INSERT INTO umws.um_user (login, email, policy_id,'
              " display_name) SELECT 'named', 'a@b', min(id), %s"
              ' FROM umws.policy')
    for number in MISLEADING:
        name = f'A{chr(number)}B'
        with pytest.raises(psycopg2.errors.CheckViolation):
            stack.sql(insert, name)
        done = ctl(stack, 'user', 'add', 'named', '--email', 'a@b.test',
                   '--name', name)
        assert done.returncode == 65
        assert f'U+{number:04X}' in done.stderr
    # Their neighbours are characters like others.
    for name in ('\u2027\u202f\u2065\u206a\ufdcf\ufdf0\ufffd', '\U0001fffd',
                 '\U00020000 \u5f20\u4f1f \u05d3\u05d5\u05d3'):
        stack.sql(insert, name)
        stack.sql("DELETE FROM umws.um_user WHERE login = 'named'")
