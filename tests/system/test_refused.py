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
