"""The verbs on keys: what they say of files and database, and what they
leave in both."""
import json
import pathlib

import pytest

from harness import CHEAP, installed, run
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
