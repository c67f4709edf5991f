"""Whole calls to a real Asterisk by the recipe of umws-agi: who is let in,
what is heard, and what is written down."""
import concurrent.futures
import re
import threading
import time

import pytest

from harness import CHEAP, plain_text
from soap import reset
from storm import home
from telephone import (NEW, OTHER, WEAK, Call, choose, console, debugging,
                       frozen, keys_of, log_of, log_on, long_prompt, mailbox,
                       mailed_pin, told, written)
from umws_stack import asterisk

OPTIONS = (*CHEAP, '--asterisk', '--limits', 'off',
           '--policy', 'LogonFailuresBeforePINReset=4',
           '--policy', 'MaxLogonAttempts=6')


def test_right_pin_reaches_the_mailbox(stack, user, own_pin, names):
    """Asterisk's own password, a random one, is never asked for."""
    call = log_on(stack, user, own_pin)
    call.hear('vm-youhave')
    assert call.prompts().count('vm-password') == 1
    assert call.opened() == f'{mailbox(user)}@default,s'
    call.hang_up()
    assert call.result() == ('OK', 'SUCCESS')
    told(call, 'The right PIN', names)


def wrong(stack, user, times, *end):
    """A call with wrong PINs, the last of which ends it."""
    call = Call(stack)
    for count in range(times):
        call.answer('vm-login', mailbox(user))
        call.answer('vm-password', OTHER)
        if count < times - 1 or 'vm-incorrect' in end:
            call.hear('vm-incorrect')
    call.hear(*end[-2:] if 'vm-incorrect' not in end else end[1:])
    return call


def test_wrong_pin_until_the_lock(stack, user, own_pin, names):
    """Three times; the fourth voids it and mails another; the sixth locks."""
    call = wrong(stack, user, 3, 'vm-incorrect', 'vm-goodbye')
    assert call.result() == ('DENIED', 'SUCCESS')
    told(call, 'A wrong PIN, three times', names)
    assert stack.state(user)['failed_logons'] == 3
    sorry = 'sorry-youre-having-problems', 'vm-goodbye'
    call = wrong(stack, user, 1, *sorry)
    assert call.result() == ('RESET', 'SUCCESS')
    told(call, 'Wrong until the PIN is void', names)
    pin = mailed_pin(stack, user, 2)
    stack.do('check-pin', user, text=f'{pin}\n')
    assert 'reset automatically' in ' '.join(plain_text(
        stack.mail_files(user)[-1]).split())
    call = wrong(stack, user, 2, *sorry)
    assert call.result() == ('LOCKED', 'SUCCESS')
    told(call, 'Wrong until the mailbox is locked out', names)
    call = log_on(stack, user, OTHER)
    call.hear(*sorry)
    assert call.result() == ('LOCKED', 'SUCCESS')
    told(call, 'A mailbox that is locked out', names)


def test_forced_change(stack, user, first_pin, names):
    """With a mistyped repetition, and one that a rule refuses."""
    call = log_on(stack, user, first_pin)
    choose(call, NEW, OTHER)
    call.hear('vm-mismatch')
    choose(call, WEAK)
    call.hear('vm-invalid-password')
    choose(call, NEW)
    call.hear('vm-passchanged', 'vm-youhave')
    call.hang_up()
    assert call.result() == ('OK', 'SUCCESS')
    told(call, 'A first PIN: mistyped, then refused by a rule, then changed',
         names | {first_pin: 'MAILED'})
    stack.do('check-pin', user, text=f'{NEW}\n')


def test_expired(stack, user, own_pin, names):
    """The caller hears another reason."""
    stack.sql('UPDATE umws.um_user SET expires_at = now() WHERE login = %s',
              user)
    call = log_on(stack, user, own_pin)
    call.hear('your', 'vm-password', 'is', 'vm-Old')
    choose(call, OTHER)
    call.hear('vm-passchanged', 'vm-youhave')
    call.hang_up()
    assert call.result() == ('OK', 'SUCCESS')
    told(call, 'An expired PIN', names)
    stack.do('check-pin', user, text=f'{OTHER}\n')


def test_a_rule_with_a_sound_of_its_own(stack, user, own_pin):
    """As long as the file is there; else that of all rules."""
    stack.sql('UPDATE umws.um_user SET expires_at = now() WHERE login = %s',
              user)
    stack.do('asterisk', 'agi', '--sound', 'refused-history=vm-pls-try-again',
             '--sound', 'refused-common=own/none')
    try:
        call = log_on(stack, user, own_pin)
        call.hear('your', 'vm-password', 'is', 'vm-Old')
        choose(call, own_pin)
        call.hear('vm-pls-try-again')
        choose(call, WEAK)
        call.hear('vm-invalid-password')
        call.hang_up()
        # To Asterisk a program with a missing sound is a failure.
        assert call.result() == ('HANGUP', 'FAILURE')
    finally:
        stack.do('asterisk', 'agi')
    text = (home(stack) / 'log' / 'asterisk.log').read_text()
    assert 'prompt-missing sound=own/none' in text


def test_change_of_password_is_closed(stack, user, own_pin, names):
    """The mailbox's own menu: it would set Asterisk's password, which nobody
    asks for."""
    call = log_on(stack, user, own_pin)
    call.hear('vm-youhave')
    call.skip('vm-opts')
    call.type('0', ends='')
    call.skip('vm-options')
    call.type('5', ends='')
    call.hear('vm-no')
    call.hang_up()
    assert call.result() == ('OK', 'SUCCESS')
    assert 'vm-newpassword' not in call.prompts()
    told(call, "The mailbox menu's own change of the password", names)


# The way to each prompt: what is played, and what is typed then; PIN and BOX
# stand for the user's.
FIRST = (('vm-login', 'BOX'), ('vm-password', 'PIN'), ('vm-newuser', None),
         ('vm-newpassword', NEW), ('vm-reenterpassword', OTHER),
         ('vm-mismatch', None), ('vm-newpassword', WEAK),
         ('vm-reenterpassword', WEAK), ('vm-invalid-password', None),
         ('vm-newpassword', NEW), ('vm-reenterpassword', NEW),
         ('vm-passchanged', None))
WRONG = (('vm-login', 'BOX'), ('vm-password', OTHER),
         ('vm-incorrect', None)) * 3 + (('vm-goodbye', None),)
PROMPTS = list(dict.fromkeys(name for name, _ in FIRST + WRONG))


@pytest.mark.thin(3)
@pytest.mark.parametrize('prompt', PROMPTS)
def test_hang_up_in_a_prompt(stack, user, first_pin, names, prompt):
    way = FIRST if prompt in dict(FIRST) else WRONG
    typed = {'BOX': mailbox(user), 'PIN': first_pin}
    call = Call(stack)
    with long_prompt(stack, prompt):
        for name, digits in way:
            call.hear(name)
            if name == prompt:
                break
            if digits:
                call.type(typed.get(digits, digits))
        call.hang_up()
        assert call.result() == ('DENIED' if prompt == 'vm-goodbye' else
                                 'HANGUP', 'HANGUP')
    told(call, f'Hanging up in {prompt}', names | {first_pin: 'MAILED'})
    assert call.opened() is None
    is_changed = prompt == 'vm-passchanged'
    stack.do('check-pin', user, text=f'{NEW if is_changed else first_pin}\n')


def test_slow_service(stack, user, own_pin, names):
    """Two seconds: the caller waits and is let in."""
    call = Call(stack)
    call.answer('vm-login', mailbox(user))
    call.hear('vm-password')
    thaw = frozen(stack)
    threading.Timer(2, thaw).start()
    call.type(own_pin)
    call.hear('vm-youhave')
    call.hang_up()
    assert call.result() == ('OK', 'SUCCESS')
    told(call, 'umws takes two seconds', names)


def test_hang_up_while_the_service_is_asked(stack, user, own_pin, names):
    call = Call(stack)
    call.answer('vm-login', mailbox(user))
    call.hear('vm-password')
    thaw = frozen(stack)
    call.type(own_pin)
    call.wait_typed(own_pin)
    time.sleep(0.5)
    call.hang_up(' while umws is asked')
    time.sleep(0.5)
    thaw()
    assert call.result()[1] == 'HANGUP'
    assert 'vm-youhave' not in call.prompts()
    told(call, 'Hanging up while umws is asked', names)


def test_away(stack, user, own_pin, names):
    """The caller hears that the service is not available."""
    stack.do('worker', 'stop')
    try:
        call = log_on(stack, user, own_pin)
        call.hear('please-try-call-later', 'vm-goodbye')
        assert call.result() == ('UNAVAILABLE', 'SUCCESS')
    finally:
        stack.do('worker', 'start')
    told(call, 'umws is away', names)


def test_wrong_certificate(stack, user, own_pin, names):
    stack.do('asterisk', 'agi', '--ca-file',
             '/etc/ssl/certs/ca-certificates.crt')
    try:
        call = log_on(stack, user, own_pin)
        call.hear('please-try-call-later', 'vm-goodbye')
        assert call.result() == ('UNAVAILABLE', 'SUCCESS')
    finally:
        stack.do('asterisk', 'agi')
    told(call, 'Its certificate is of nobody we trust', names)


def test_program_that_cannot_start(stack):
    """Not even where an earlier one has let somebody in on this channel."""
    stack.do('asterisk', 'agi', '--account-file', '/nonexistent')
    try:
        call = Call(stack, 'stale')
        assert call.result()[0] == 'UNAVAILABLE'
        assert call.opened() is None
    finally:
        stack.do('asterisk', 'agi')


def test_a_mailbox_of_other_characters(stack, user, own_pin):
    """What the dial plan would read as another's mailbox opens none."""
    stack.do('asterisk', 'agi', f'{mailbox(user)}@other')
    try:
        call = Call(stack, 'stale')
        call.hear('please-try-call-later', 'vm-goodbye')
        assert call.result() == ('UNAVAILABLE', 'SUCCESS')
        assert call.opened() is None
    finally:
        stack.do('asterisk', 'agi')


def test_eight_calls_at_once(stack):
    users = [stack.user() for _ in range(8)]
    for one in users:
        reset(stack, one)
    pins = {one: mailed_pin(stack, one) for one in users}

    def whole(one):
        call = log_on(stack, one, pins[one])
        choose(call, NEW)
        call.hear('vm-passchanged', 'vm-youhave', seconds=40)
        call.hang_up()
        call.result(40)
        return call

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        calls = list(pool.map(whole, users))
    for one, call in zip(users, calls):
        assert call.result() == ('OK', 'SUCCESS')
        assert call.opened() == f'{mailbox(one)}@default,s'
        told(call, 'Each of eight calls at once',
             {mailbox(one): 'MAILBOX', pins[one]: 'MAILED'})


def test_no_pin_in_a_log(stack, user, first_pin):
    """Not even in one of all that Asterisk does; but level dtmf, and a
    debugger of AGI, write every key, as the document says."""
    with debugging(stack):
        call = log_on(stack, user, first_pin)
        choose(call, NEW)
        call.hear('vm-passchanged', 'vm-youhave')
        call.hang_up()
        assert call.result() == ('OK', 'SUCCESS')
    logs = home(stack) / 'asterisk' / 'log'
    kept = {path.name: path.read_text(errors='replace')
            for path in logs.iterdir() if path.is_file()}
    assert {'messages', 'full', 'debug', 'keys'} <= set(kept)
    password = stack.env['UMWS_TUI_PASSWORD']
    for name, text in kept.items():
        for secret in (first_pin, NEW, password):
            assert not written(secret, text), name
    programs = (home(stack) / 'log' / 'asterisk.log').read_text()
    assert first_pin not in programs and password not in programs
    assert f'{mailbox(user)}#{first_pin}#{NEW}#{NEW}#' in keys_of(stack)


def test_agi_debug_shows_pins(stack, user, own_pin):
    console(stack, 'agi set debug on')
    try:
        call = log_on(stack, user, own_pin)
        call.hear('vm-youhave')
        call.hang_up()
        call.result()
    finally:
        console(stack, 'agi set debug off')
    assert f'200 result={own_pin}' in call.text()


def test_no_prompt_is_missing(stack):
    text = [line for line in log_of(stack).read_text().splitlines()
            if 'does not exist in any format' in line]
    assert not [line for line in text if 'own/none' not in line]


def test_the_language_of_the_channel(stack, user, own_pin):
    """Prompts are asked for by name; which language they are played in, the
    channel says."""
    for name in ('vm-login', 'vm-password', 'vm-incorrect'):
        asterisk.silence(home(stack) / 'asterisk' / 'data' / 'sounds' / 'de'
                         / f'{name}.wav')
    call = Call(stack, 'other')
    call.answer('vm-login', mailbox(user))
    call.answer('vm-password', OTHER)
    call.hear('vm-incorrect')
    call.hang_up()
    call.result()
    played = [line for line in call.own() if ' Playing ' in line]
    assert len(played) > 2
    assert all("(language 'de')" in line for line in played)


def test_nothing_listens(stack):
    assert 'No such command' not in console(stack, 'core show uptime')


def test_exported_mailboxes(stack):
    """Asterisk reads the file of "user export" and has these mailboxes, with
    their zones, and a password that no telephone has keys for."""
    login = stack.user()
    number = mailbox(login)
    stack.do('ctl', 'user', 'set', login, '--name', 'Jane; => Doe|x, J',
             '--time-zone', 'Europe/Berlin', '--locale', 'de-DE')
    text = stack.do('ctl', 'user', 'export', '--format', 'asterisk',
                    '--login', login)
    path = home(stack) / 'asterisk' / 'etc' / 'voicemail.conf'
    before = path.read_text()
    try:
        path.write_text(f'[general]\nformat=wav\n{text}\n')
        console(stack, 'voicemail reload')
        users = console(stack, 'voicemail show users for default')
        assert re.search(rf'^default +{number} +Jane; => Doe\|x +J +'
                         r'Europe/Berli', users, re.M), users
        assert '1 voicemail users configured' in users
        zones = console(stack, 'voicemail show zones')
        assert re.search(r'^Europe/Berlin +Europe/Berlin', zones, re.M), zones
    finally:
        path.write_text(before)
        console(stack, 'voicemail reload')
