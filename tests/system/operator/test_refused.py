"""A database that is there and says no: told from one that is away by its
SQLSTATE, in whatever language it speaks."""
import pathlib
import time

import pytest

from harness import keep_secret
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


@pytest.fixture
def asked_for_a_password(stack):
    """pg_hba.conf wants one of a role that has one."""
    path = pathlib.Path(stack.env['PGHOST']).parent / 'data' / 'pg_hba.conf'
    kept = path.read_text()
    stack.sql("CREATE ROLE guarded LOGIN PASSWORD 'correct'")
    path.write_text('local all guarded scram-sha-256\n' + kept)
    stack.sql('SELECT pg_reload_conf()')
    time.sleep(0.3)
    yield
    path.write_text(kept)
    stack.sql('SELECT pg_reload_conf()')
    stack.sql('DROP ROLE guarded')


@pytest.mark.parametrize('password', ['', ' password=wrong'])
def test_password(place, asked_for_a_password, password):
    """One that is missing is told like one that is wrong."""
    text = place.conf.read_text()
    for role in ('umws_admin', 'umws_mailer'):
        text = text.replace(f'user={role}', f'user=guarded{password}')
    place.conf.write_text(text)
    keep_secret(place.conf)
    for done in (place.ctl(), place.mailer()):
        assert done.returncode == NOT_PERMITTED, done.stderr
        assert 'is away' not in done.stderr and 'wrong' not in done.stderr


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
