"""The database has lost the mail key's row: as after a restore without it."""
import pathlib

from harness import run
from soap import call


def create(stack, code):
    done = run(stack.env['UMWS_CTL'], 'key', 'create', 'mail')
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


def key_files(stack):
    place = pathlib.Path(stack.env['UMWS_KEYDIR'])
    return {name: (place / name).read_bytes()
            for name in ('mail.key', 'mail.pub')}


def test_the_row_is_lost(stack, user):
    """What the worker's log line says to do is what helps."""
    files = key_files(stack)
    key_id = files['mail.pub'].split(b':')[0].decode()
    stack.sql('DELETE FROM umws.mail_key')
    assert call(stack, user).status == 500
    assert 'umwsctl key create mail' in stack.log('worker')
    said = create(stack, 0)
    assert f'its key {key_id}, which the database did not know' in said
    assert call(stack, user).status == 200
    stack.mailer()
    assert len(stack.mail_files(user)) == 1
    assert f'the database knows its key {key_id}' in create(stack, 73)
    assert key_files(stack) == files


def test_another_key_is_there(stack):
    """As in a database of another installation: ours is added, and what the
    other one is for is said."""
    stack.sql("UPDATE umws.mail_key SET id = '0123456789abcdef'")
    assert 'it knows other keys as well' in create(stack, 0)
    assert stack.value('SELECT count(*) FROM umws.mail_key') == 2
    stack.sql("DELETE FROM umws.mail_key WHERE id = '0123456789abcdef'")


def test_it_is_retired(stack, user):
    stack.sql("UPDATE umws.mail_key SET state = 'retired'")
    said = create(stack, 78)
    stack.sql(said[said.index('UPDATE'):])
    assert call(stack, user).status == 200


def test_the_public_half_is_lost(stack, user):
    """It is made of the other one."""
    files = key_files(stack)
    (pathlib.Path(stack.env['UMWS_KEYDIR']) / 'mail.pub').unlink()
    assert 'mail.pub anew, key ' in create(stack, 0)
    assert key_files(stack) == files
    stack.do('worker', 'restart')
    assert call(stack, user).status == 200
