"""A database that is there and says no: told from one that is away by its
SQLSTATE, in whatever language it speaks."""
import pytest

from test_bad_input import TEMPORARY, Place

NOT_PERMITTED = 77


@pytest.fixture
def place(stack, tmp_path):
    return Place(stack, tmp_path)


def change(place, old, new):
    text = place.conf.read_text()
    assert old in text
    place.conf.write_text(text.replace(old, new))


@pytest.mark.parametrize('old, new, code, words', [
    ('user=umws_', 'user=nobody_', '28', 'refuses the role'),
    ('dbname=umws', 'dbname=nowhere', '3D000', 'no database of the name')])
def test_at_the_door(place, old, new, code, words):
    change(place, old, new)
    done = place.ctl()
    assert done.returncode == NOT_PERMITTED, done.stderr
    assert words in done.stderr and 'is away' not in done.stderr
    done = place.mailer()
    assert done.returncode == NOT_PERMITTED, done.stderr
    assert f'sqlstate={code}' in done.stderr
    assert 'pg_hba.conf' in done.stderr


def test_nobody_is_at_the_door(place):
    change(place, '/pg port', '/nowhere port')
    for done in (place.ctl(), place.mailer()):
        assert done.returncode == TEMPORARY


@pytest.mark.parametrize('role, program', [('admin', 'ctl'),
                                           ('mailer', 'mailer')])
def test_rights(stack, place, role, program):
    stack.sql(f'REVOKE USAGE ON SCHEMA umws FROM umws_{role}')
    try:
        done = getattr(place, program)()
    finally:
        stack.sql(f'GRANT USAGE ON SCHEMA umws TO umws_{role}')
    assert done.returncode == NOT_PERMITTED, done.stderr
    assert 'refuses' in done.stderr
    assert 'umwsctl db upgrade' in done.stderr
    assert 'superuser' in done.stderr
