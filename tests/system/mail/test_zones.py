"""Times in mails by the clock of whoever reads them, on either side of a
change of summer time; who says which clock and which language that is; what
is no time zone, and what is no language, by each way to set one."""
import datetime
import json
import zoneinfo

import pytest

from harness import (CHEAP, as_received, brief, eventually, plain_text,
                     run)
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off', '--conf', 'smtp_timeout=3s', '--conf',
                   'smtp_dot_timeout=3s', '--conf', 'retry_min=1s',
                   '--conf', 'retry_max=1s')
USAGE, DATA, TEMPORARY = 64, 65, 75
# The locale, the zone, how a date is written there, the zone's names.
READERS = {
    'berlin': ('de', 'Europe/Berlin', '{0:%-d}. {month} {0:%Y} um {0:%H:%M}'
               ' Uhr {zone}', {'CET': 'MEZ', 'CEST': 'MESZ'}),
    'new york': ('en-US', 'America/New_York', '{month} {0:%-d}, {0:%Y} at'
                 ' {0:%-I:%M} {0:%p} {zone}', {}),
    'london': ('en-GB', 'Europe/London', '{0:%-d} {month} {0:%Y} at'
               ' {0:%H:%M} {zone}', {}),
    'calcutta': ('fr', 'Asia/Kolkata', '{month} {0:%Y} à {0:%H:%M} ({zone})',
                 {'IST': 'UTC+5:30'}),
    'nobody': ('en', None, '{0:%-d} {month} {0:%Y} at {0:%H:%M} {zone}', {}),
}
MONTHS = {
    'de': 'Januar Februar März April Mai Juni Juli August September Oktober'
          ' November Dezember',
    'fr': 'janvier février mars avril mai juin juillet août septembre octobre'
          ' novembre décembre',
    'en': 'January February March April May June July August September'
          ' October November December',
}
BAD_ZONES = ('CET', 'EST', 'EST5EDT', 'MESZ', 'foo', 'europe/berlin',
             'Europe/Berlin ', 'Europe', 'Europe/', '/etc/passwd',
             '../../etc/passwd', 'posix/Europe/Berlin', '<+03>-3', '+02:00',
             'CET-1CEST,M3.5.0,M10.5.0/3', 'localtime', 'Factory', "x'y",
             'Europe/Berlin\nx', 'x' * 3000)
BAD_LOCALES = ('la', 'cy-GB', 'zh-TW', 'german')


def ctl(stack, *words, code=0, text=None):
    done = run(stack.env['UMWS_CTL'], *words, text=text)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr


@pytest.fixture(autouse=True)
def policy(stack):
    """The defaults of a policy, before and after, and no mail that waits."""
    def settle():
        stack.do('sink', 'ok')
        stack.sql("UPDATE umws.policy SET default_language = 'en',"
                  " time_zone = '', pin_lifetime_days = 60,"
                  ' temp_pin_lifetime_days = 7')
        stack.sql("UPDATE umws.outbox SET state = 'dead', sealed = NULL,"
                  ' lease_token = NULL, lease_until = NULL'
                  ' WHERE sealed IS NOT NULL')

    settle()
    yield
    settle()


def reader(stack, locale, zone):
    login = stack.user()
    stack.sql('UPDATE umws.um_user SET locale = NULL WHERE login = %s', login)
    for option, value in (('--locale', locale), ('--time-zone', zone)):
        if value is not None:
            ctl(stack, 'user', 'set', login, option, value)
    return login


def words_of(stack, login):
    """The text of the only mail, on one line."""
    reset(stack, login)
    stack.mailer()
    path, = stack.mail_files(login)
    return ' '.join(plain_text(path).split())


def moments(stack, login):
    """When its last mail was queued, and when its PIN expires."""
    return stack.sql(
        'SELECT created_at, pin_expires_at FROM umws.outbox o JOIN'
        ' umws.um_user u ON u.id = o.user_id WHERE u.login = %s'
        ' ORDER BY o.created_at DESC LIMIT 1', login)[0]


def shown(moment, locale, zone, form, names):
    there = moment.astimezone(zoneinfo.ZoneInfo(zone or 'UTC'))
    month = MONTHS[locale[:2]].split()[there.month - 1]
    name = there.tzname()
    return form.format(there, month=month, zone=names.get(name, name))


def days_to_the_other_time(zone):
    """After so many days the clocks of this zone are an hour off."""
    here = zoneinfo.ZoneInfo(zone)
    now = datetime.datetime.now(here)
    return next(days for days in range(30, 300) if (
        now + datetime.timedelta(days)).utcoffset() != now.utcoffset() and (
        now + datetime.timedelta(days + 2)).utcoffset() != now.utcoffset())


def test_either_side_of_summer_time(stack):
    ctl(stack, 'policy', 'set', 'default', 'TempPINLifetime=unlimited',
        f'PINLifetime={days_to_the_other_time("Europe/Berlin")}')
    logins = {name: reader(stack, *READERS[name][:2]) for name in READERS}
    for login in logins.values():
        reset(stack, login)
    stack.mailer()
    names = set()
    for name, login in logins.items():
        path, = stack.mail_files(login)
        text = ' '.join(plain_text(path).split())
        created, expires = (shown(moment, *READERS[name])
                            for moment in moments(stack, login))
        assert created in text and expires in text, (name, created, expires)
        names |= {created.split()[-1], expires.split()[-1]}
    assert {'MEZ', 'MESZ', 'GMT', 'BST', 'EST', 'EDT', 'UTC',
            '(UTC+5:30)'} == names


def test_mailbox_then_policy_then_utc(stack):
    own = reader(stack, 'en-GB', 'Asia/Tokyo')
    of_policy = reader(stack, None, None)
    before = reader(stack, None, None)
    assert 'UTC. This is your new PIN' in words_of(stack, before)
    ctl(stack, 'policy', 'set', 'default', 'TimeZone=Asia/Kathmandu',
        'DefaultLanguage=de')
    assert 'JST. This is your new PIN' in words_of(stack, own)
    text = words_of(stack, of_policy)
    assert 'Uhr UTC+5:45 wurde eine neue PIN' in text
    said = ctl(stack, 'policy', 'show', 'default')
    assert 'DefaultLanguage              de\n' in said
    assert 'TimeZone                     Asia/Kathmandu\n' in said
    assert 'Asia/Kathmandu -> none' in ctl(
        stack, 'policy', 'set', 'default', 'TimeZone=none')


def test_what_the_server_no_longer_knows(stack):
    """Another tz database, or a program with fewer languages: a reset goes
    its way all the same."""
    login = reader(stack, None, None)
    stack.sql("UPDATE umws.um_user SET time_zone = 'Atlantis/City', locale ="
              " 'la' WHERE login = %s", login)
    ctl(stack, 'policy', 'set', 'default', 'TimeZone=Asia/Tokyo',
        'DefaultLanguage=ja')
    assert '(JST)' in words_of(stack, login)
    stack.sql("UPDATE umws.policy SET time_zone = 'Atlantis/City',"
              " default_language = 'la'")
    other = reader(stack, None, None)
    assert 'UTC. This is your new PIN' in words_of(stack, other)


def test_a_copy_is_identical_whatever_was_changed(stack):
    login = reader(stack, 'de', 'Europe/Berlin')
    other = reader(stack, None, None)
    ctl(stack, 'policy', 'set', 'default', 'TimeZone=America/Lima',
        'DefaultLanguage=es-PE')
    reset(stack, login)
    reset(stack, other)
    stack.do('sink', 'close-after-dot')
    stack.mailer(TEMPORARY)
    assert [stack.outbox(one)[-1]['attempts'] for one in (login, other)] == [
        1, 1]
    ctl(stack, 'user', 'set', login, '--time-zone', 'Asia/Tokyo',
        '--locale', 'ja')
    ctl(stack, 'user', 'set', other, '--time-zone', 'Asia/Tokyo')
    ctl(stack, 'policy', 'set', 'default', 'TimeZone=Europe/Paris',
        'DefaultLanguage=fr')
    stack.do('sink', 'ok')
    for one in login, other:
        eventually(lambda one=one: stack.mailer() is not None and
                   stack.outbox(one)[-1]['state'] == 'sent')
        first, *copies = [as_received(path) for path in stack.mail_files(one)]
        assert copies and all(copy == first for copy in copies)
    text = plain_text(stack.mail_files(login)[-1])
    assert 'Uhr MEZ' in text or 'Uhr MESZ' in text
    assert '(UTC-5)' in plain_text(stack.mail_files(other)[-1])
    assert '(JST)' in words_of_next(stack, login)


def words_of_next(stack, login):
    reset(stack, login)
    stack.mailer()
    return plain_text(stack.mail_files(login)[-1])


def test_show_list_export_and_import(stack):
    login = reader(stack, 'de-AT', 'Europe/Vienna')
    assert '\ntime zone       Europe/Vienna\n' in ctl(stack, 'user', 'show',
                                                      login)
    row, = json.loads(ctl(stack, 'user', 'list', '--login', login, '--json'))
    assert (row['locale'], row['time_zone']) == ('de-AT', 'Europe/Vienna')
    file = ctl(stack, 'user', 'export', '--login', login)
    header, line = file.splitlines()
    assert header == 'login,email,name,extension,locale,time_zone,policy,' \
        'enabled'
    assert ',de-AT,Europe/Vienna,default,yes' in line
    said = ctl(stack, 'user', 'set', login, '--locale=', '--time-zone=')
    assert said.startswith(f'changed {login}: locale de-AT -> (none),'
                           ' time_zone Europe/Vienna -> (none)')
    state = stack.state(login)
    assert (state['locale'], state['time_zone']) == (None, None)
    said = ctl(stack, 'user', 'import', '-', '--dry-run', text=file)
    assert (f'change {login}: locale (none) -> de-AT, time_zone (none) ->'
            ' Europe/Vienna') in said
    ctl(stack, 'user', 'import', '-', text=file)
    state = stack.state(login)
    assert (state['locale'], state['time_zone']) == ('de-AT', 'Europe/Vienna')
    # What is empty stays as it is.
    ctl(stack, 'user', 'import', '-', text='login,email,locale,time_zone\n'
        f'{login},{login}@example.test,,\n')
    assert stack.state(login) == state


def people(stack):
    return stack.sql('SELECT u.*, p.time_zone, p.default_language FROM'
                     ' umws.v_user u JOIN umws.v_policy p ON p.name ='
                     ' u.policy ORDER BY 1')


def csv_field(text):
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.parametrize('field,option,key,values', [
    ('time_zone', '--time-zone', 'TimeZone', BAD_ZONES),
    ('locale', '--locale', 'DefaultLanguage', BAD_LOCALES)],
    ids=['zone', 'locale'])
def test_refused_by_each_way(stack, tmp_path, field, option, key, values):
    login = stack.user()
    before = people(stack)
    for value in values[::brief(3, 1)]:
        named = value[:100].replace('\n', '')[:8]
        for words in (['user', 'set', login, option, value],
                      ['user', 'add', 'new', '--email', 'n@example.test',
                       option, value],
                      ['policy', 'set', 'default', f'{key}={value}']):
            said = ctl(stack, *words, code=DATA)
            assert said.count('\n') == 1, said
            assert named in said or len(value) > 1000, (value, said)
        assert people(stack) == before
    # A file has them all, each with its line, and one that is good.
    rows = [f'login,email,{field}'] + [
        f'bad{n},b@example.test,{csv_field(value)}'
        for n, value in enumerate(values)
        if '\n' not in value and len(value) < 1000]
    good = {'time_zone': 'Asia/Tokyo', 'locale': 'ja'}[field]
    file = tmp_path / 'people.csv'
    file.write_text('\n'.join([*rows, f'good,g@example.test,{good}']) + '\n')
    for verb in (['import', file], ['sync', '--csv', file]):
        said = ctl(stack, 'user', *verb, code=DATA)
        assert [f'{file}:{n + 2}: ' in said
                for n in range(len(rows) - 1)] == [True] * (len(rows) - 1)
        assert f'{file}:{len(rows) + 1}: ' not in said
        assert people(stack) == before
        ctl(stack, 'user', *verb, '--skip-bad')
        assert stack.state('good')[field] == good
        stack.sql("DELETE FROM umws.um_user WHERE login = 'good'")
    assert people(stack) == before


def test_a_zone_in_other_letters_is_told(stack):
    said = ctl(stack, 'user', 'set', stack.user(), '--time-zone',
               'AMERICA/new_york', code=DATA)
    assert said == ('umwsctl: time zone "AMERICA/new_york" is written'
                    ' America/New_York\n')


def test_an_option_without_a_value(stack):
    ctl(stack, 'user', 'set', stack.user(), '--time-zone', code=USAGE)


def test_no_setting_of_a_session_matters(stack):
    """Whatever time zone the database, or its roles, are set to."""
    login = reader(stack, 'en-GB', 'Asia/Tokyo')
    utc = reader(stack, 'en-GB', None)
    roles = ('umws_worker', 'umws_mailer')
    for role in roles:
        stack.sql(f"ALTER ROLE {role} SET timezone = 'America/Lima'")
        stack.sql(f"ALTER ROLE {role} SET datestyle = 'German'")
    try:
        stack.do('worker', 'restart')
        assert 'JST. This is' in words_of(stack, login)
        assert 'UTC. This is' in words_of(stack, utc)
        created, _ = moments(stack, utc)
        assert f'{created.astimezone(datetime.timezone.utc):%H:%M} UTC' in (
            words_of_next(stack, utc) + ' '.join(plain_text(
                stack.mail_files(utc)[0]).split()))
    finally:
        for role in roles:
            stack.sql(f'ALTER ROLE {role} RESET timezone')
            stack.sql(f'ALTER ROLE {role} RESET datestyle')
        stack.do('worker', 'restart')
