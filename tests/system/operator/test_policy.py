"""The rules of a PIN policy: listed, set, counted, and a PIN held against
them, typed at a real terminal."""
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import termios
import time

import psycopg2
import pytest

from harness import CHEAP, TREE, environment, eventually, pin_of, run
from soap import reset

OPTIONS = CHEAP + ('--limits', 'off')
DATA, NO_INPUT, NO_USER = 65, 66, 67
ALL_ON = ('RefuseExtensionParts=yes', 'MinDifferentDigits=3',
          'MaxDigitInARow=2', 'RefuseRepeatedGroups=yes',
          'RefuseKeypadLines=yes', 'RefuseDates=yes', 'RefuseNames=yes')


def command(stack, *words):
    return [str(pathlib.Path(stack.env['UMWS_BINDIR']) / 'umwsctl'),
            '--config', stack.env['UMWS_CONF'], *words]


def ctl(stack, *words, text=None, code=0):
    done = run(*command(stack, *words), text=text, env=environment())
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


def explain(stack, pin, *words, code=DATA):
    """The names of the rules that refuse it."""
    done = ctl(stack, 'policy', 'explain', *words, '--json', text=pin + '\n',
               code=code)
    answer = json.loads(done.stdout)
    assert answer['allowed'] == (code == 0)
    assert pin not in done.stdout + done.stderr
    return [rule['rule'] for rule in answer['rules']]


def listed(stack):
    lines = ctl(stack, 'policy', 'rules').stdout.splitlines()
    return [(line[:16].strip(), line[17:38].strip(), line[39:47].strip(),
             line[48:].strip()) for line in lines[1:]]


def test_the_page_has_the_rules(stack):
    page = (TREE / 'doc' / 'policy.md').read_text()
    rows = [tuple(cell.strip() for cell in line.strip('|').split('|'))
            for line in page.splitlines() if line.count('|') == 5]
    assert rows[2:] == listed(stack)


def test_the_defaults_are_those_of_the_database(stack):
    ctl(stack, 'policy', 'set', 'fresh', 'PINHistoryCount=5')
    shown = ctl(stack, 'policy', 'show', 'fresh').stdout
    for name, key, default, _ in listed(stack):
        if key != '-':
            assert re.search(rf'^  {key} +{default}$', shown, re.M), name


def test_every_rule_is_explained(stack):
    ctl(stack, 'policy', 'set', 'strict', *ALL_ON, 'BlockedPINs=864209',
        'AllowCommonPatterns=no')
    for pin, rules in (
            ('111111', ['common', 'different', 'in_a_row', 'groups',
                        'dates', 'most_used']),
            ('159753', ['keypad', 'most_used']), ('311299', ['dates']),
            ('864209', ['blocked']), ('408408', ['groups']),
            ('40', ['length', 'different'])):
        assert explain(stack, pin, 'strict') == rules, pin
    assert explain(stack, '739052', 'strict', code=0) == []
    assert explain(stack, '793421', 'strict', '--extension', '51243') == [
        'extension_parts']
    assert explain(stack, '263737', 'strict', '--name', 'Andres') == [
        'names']
    assert explain(stack, '73a052', 'strict') == ['digits']


def test_of_a_mailbox(stack):
    ctl(stack, 'policy', 'set', 'named', 'RefuseNames=yes')
    ctl(stack, 'user', 'add', 'wolfram', '--email', 'w@example.test',
        '--name', 'J\u00fcrgen', '--extension', '77304')
    assert explain(stack, '587436', 'named', '--login', 'WOLFRAM') == [
        'names']
    assert explain(stack, '965372', 'named', '--login', 'wolfram') == [
        'names']
    assert explain(stack, '773049', 'named', '--login', 'wolfram') == [
        'extension']
    assert explain(stack, '587436', 'named', code=0) == []
    done = ctl(stack, 'policy', 'explain', 'named', '--login', 'nobody',
               text='587436\n', code=NO_USER)
    assert 'nobody' in done.stderr and '587436' not in done.stderr
    ctl(stack, 'policy', 'explain', 'nosuch', text='1\n', code=DATA)
    ctl(stack, 'policy', 'explain', 'named', text='', code=NO_INPUT)


def is_echoing(terminal):
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def read_all(terminal, process):
    """What the terminal shows until the program has ended."""
    shown = b''
    while True:
        ready, _, _ = select.select([terminal], [], [], 0.2)
        if ready:
            shown += os.read(terminal, 4096)
        elif process.poll() is not None:
            return shown.decode()


def heed_signals():
    """Whoever runs us in the background has them ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def typed(stack):
    """umwsctl policy explain at a terminal, with its echo off."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        command(stack, 'policy', 'explain', 'default'), stdin=its,
        stdout=its, stderr=its, env=environment(), preexec_fn=heed_signals)
    eventually(lambda: not is_echoing(its) or None,
               what='the echo is switched off')
    yield ours, its, process
    if process.poll() is None:
        process.kill()
        process.wait()
    os.close(ours)
    os.close(its)


def test_typed_without_echo(typed):
    ours, its, process = typed
    os.write(ours, b'739152\n')
    shown = read_all(ours, process)
    assert process.returncode == 0
    assert '739152' not in shown
    assert shown.replace('\r', '') == 'PIN: \nallowed\n'
    assert is_echoing(its)


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM,
                                    signal.SIGHUP])
def test_interrupted_the_echo_comes_back(typed, number):
    ours, its, process = typed
    os.write(ours, b'739')
    time.sleep(0.1)
    process.send_signal(number)
    shown = read_all(ours, process)
    assert process.returncode == -number
    assert is_echoing(its)
    assert '739' not in shown


def test_too_few_are_refused(stack):
    before = stack.sql('SELECT * FROM umws.v_policy ORDER BY name')
    for words, said in (
            (('MinPINLength=4', 'MinDifferentDigits=10'), '0 PINs, fewer '
             'than 1000'),
            (('MinPINAge=60d', 'PINLifetime=60'), 'MinPINAge must be below'),
            (('MinPINAge=1d', 'LogonFailuresBeforePINReset=15'),
             'LogonFailuresBeforePINReset must be below')):
        done = run(*command(stack, 'policy', 'set', 'default', *words),
                   env=environment())
        assert done.returncode == DATA and said in done.stderr, done.stderr
        assert stack.sql(
            'SELECT * FROM umws.v_policy ORDER BY name') == before


def test_count(stack):
    ctl(stack, 'policy', 'set', 'seven', 'MinPINLength=7', *ALL_ON[:-1])
    said = ctl(stack, 'policy', 'show', 'seven', '--count').stdout
    pins = int(re.search(r'allows (\d+) PINs', said).group(1))
    assert 3_500_000 < pins < 4_000_000
    [answer] = json.loads(ctl(stack, 'policy', 'show', 'seven', '--count',
                              '--json').stdout)
    assert answer == {'name': 'seven', 'pins': pins, 'bits': 21.88,
                      'is_exact': True}
    ctl(stack, 'policy', 'set', 'long', 'MinPINLength=24', *ALL_ON)
    said = ctl(stack, 'policy', 'show', 'long', '--count').stdout
    assert 'more than 10^19 PINs' in said and 'at least 7' in said


def test_one_mailbox_is_warned_of(stack):
    """A policy that nobody could set by umwsctl leaves one too few."""
    stack.sql("SELECT umws.policy_set('few', %s)",
              '{"min_pin_length": 4, "min_different_digits": 10}')
    said = ctl(stack, 'user', 'add', 'few', '--email', 'f@example.test',
               '--policy', 'few', '--extension', '1').stdout
    assert said.splitlines()[0] == 'added few'
    assert 'warning' in said and 'leave only 0 PINs' in said
    assert 'warning' not in ctl(stack, 'user', 'add', 'enough', '--email',
                                'e@example.test', '--extension', '2').stdout


def test_pins_are_drawn_by_all_rules(stack):
    """By the policy as it is, the names of the mailbox included."""
    ctl(stack, 'policy', 'set', 'default', 'MinPINLength=4', *ALL_ON)
    login = stack.user()
    stack.sql('UPDATE umws.um_user SET display_name = %s WHERE login = %s',
              'Alexander', login)
    try:
        for _ in range(5):
            reset(stack, login)
            stack.mailer()
            assert explain(stack, pin_of(stack.mail_files(login)[-1]),
                           'default', '--login', login, code=0) == []
    finally:
        ctl(stack, 'policy', 'set', 'default', 'MinPINLength=6')


def test_a_name_is_part_of_the_basis(stack):
    login = stack.user()
    basis = [stack.value("SELECT basis FROM umws.reset_prepare(%s, NULL,"
                         " 'x')", login)]
    stack.sql("UPDATE umws.um_user SET display_name = 'Other'"
              ' WHERE login = %s', login)
    basis += [stack.value("SELECT basis FROM umws.reset_prepare(%s, NULL,"
                          " 'x')", login)]
    assert basis[0] != basis[1]


@pytest.mark.parametrize('column, low, high', [
    ('min_pin_length', 4, 24), ('pin_lifetime_days', 0, 999),
    ('pin_history_count', 1, 20), ('logon_failures_before_reset', 0, 998),
    ('max_logon_attempts', 1, 999), ('lockout_duration_s', 0, 31536000),
    ('temp_pin_lifetime_days', 0, 90), ('min_different_digits', 0, 10),
    ('max_digit_in_a_row', 0, 24), ('min_pin_age_s', 0, 31536000)])
def test_ranges_of_the_database(stack, column, low, high):
    """Whoever writes there without umwsctl is held to them, too."""
    # What two settings ask of each other is not asked here.
    free = {'pin_lifetime_days': 0, 'logon_failures_before_reset': 0,
            'max_logon_attempts': 999}
    for value in (low, high):
        stack.sql("SELECT umws.policy_set('ends', %s)",
                  json.dumps({**free, column: value}))
    for value in (low - 1, high + 1):
        with pytest.raises(psycopg2.Error, match='out of range'):
            stack.sql("SELECT umws.policy_set('ends', %s)",
                      json.dumps({**free, column: value}))


@pytest.mark.parametrize('text', [
    '123', '1234,', ',1234', '1234 5678', '1234,x', '1' * 25,
    ','.join(['1234'] * 401)])
def test_lists_of_the_database(stack, text):
    with pytest.raises(psycopg2.Error, match='out of range'):
        stack.sql("SELECT umws.policy_set('ends', %s)",
                  json.dumps({'blocked_pins': text}))
