"""umwsctl where default_transaction_read_only is on: it says that it writes,
and does."""
import pathlib
import re

import pytest

from harness import CHEAP, TREE, run

OPTIONS = CHEAP
SETTING = 'default_transaction_read_only'


@pytest.fixture(params=['ROLE umws_admin', 'DATABASE {PGDATABASE}'])
def frozen(stack, request):
    what = request.param.format(**stack.env)
    stack.sql(f'ALTER {what} SET {SETTING} = on')
    yield stack
    stack.sql(f'SET {SETTING} = off')
    stack.sql(f'ALTER {what} RESET {SETTING}')


def ctl(stack, *words, text=None):
    done = run(stack.env['UMWS_CTL'], *words, text=text)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_user_add(frozen, user):
    ctl(frozen, 'user', 'add', f'x{user}', '--email', 'x@example.test')
    assert f'x{user}' in ctl(frozen, 'user', 'list')


def test_user_add_from_a_file(frozen, user):
    ctl(frozen, 'user', 'import', '-',
        text=f'login,email\ny{user},y@example.test\n')
    assert frozen.state(f'y{user}')['email'] == 'y@example.test'


def test_policy_set(frozen, user):
    ctl(frozen, 'policy', 'set', user, 'MinPINLength=9')
    assert frozen.value('SELECT min_pin_length FROM umws.policy'
                        ' WHERE name = %s', user) == 9


def test_key_create(frozen, user, tmp_path):
    conf = pathlib.Path(frozen.env['UMWS_CONF'])
    other = conf.with_name(f'{user}.conf')
    tmp_path.chmod(0o755)
    other.write_text(re.sub(r'(?m)^(mail_(key|pub)).*',
                            rf'\1 = {tmp_path}/\1', conf.read_text()))
    before = frozen.value('SELECT count(*) FROM umws.mail_key')
    done = run(f"{frozen.env['UMWS_BINDIR']}/umwsctl", '--config', other,
               'key', 'create', 'mail')
    assert done.returncode == 0, done.stderr
    assert frozen.value('SELECT count(*) FROM umws.mail_key') == before + 1


def test_db_upgrade(frozen):
    """As the owner, who may be held by the database's setting."""
    dsn = ('host={PGHOST} port={PGPORT} dbname={PGDATABASE} user={PGUSER}'
           .format(**frozen.env))
    out = ctl(frozen, 'db', 'upgrade', '--dsn', dsn, '--sql', TREE / 'sql')
    assert 'schema is at version' in out


def test_a_refused_user_is_refused_in_words(frozen):
    done = run(frozen.env['UMWS_CTL'], 'user', 'add', 'user0001', '--email',
               'x@example.test')
    assert done.returncode == 65
    assert 'user0001' in done.stderr
