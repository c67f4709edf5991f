"""What the worker counts and times, as Prometheus reads it: fresh, busy and
with its database away; over a death, a reload and a restart; health."""
import http.client
import pathlib
import re
import shutil
import tempfile
import time
import urllib.parse

import pytest

from harness import CHEAP, TREE, eventually, kill, run
from mailplace import Place
from monitoring import METRIC, RULES, TESTS, expressions, paragraphs
from phonecall import ask, logon, other_than
from prometheus import families, labels_of, lint, parsed, scrape
from smtpserver import Server
from soap import GET_PROPERTIES, REFERENCE, SET_STATUS, call, reset
from umws_stack.accounts import account

OPTIONS = CHEAP + ('--limits', 'off', '--workers', '4')
KINDS = ('reset', 'property', 'logon', 'change', 'other')
HISTOGRAMS = {'umws_request_duration_seconds',
              'umws_derivation_duration_seconds', 'umws_gate_wait_seconds',
              'umws_database_call_duration_seconds'}
# What a label may say; "le" is a bound, "version" one value.
LABELS = {'kind', 'code', 'operation', 'page', 'result', 'word', 'service',
          'call', 'state', 'version', 'le'}


def counted(stack):
    return parsed(scrape(stack))


def grown(before, after):
    """Counters, and counts of histograms, by how much."""
    return {key: after[key] - before.get(key, 0) for key in after
            if after[key] != before.get(key, 0)
            and re.match(r'\w+(_total|_count)\b', key)}


def checked(text):
    """Clean to promtool and to our own parser; bounded labels."""
    assert not lint(text)
    values = parsed(text)
    for key in values:
        for label, _ in labels_of(key.partition('{')[2][:-1]):
            assert label in LABELS, key
    assert all(name.startswith('umws_') for name in families(text))
    return values


@pytest.fixture
def fresh(stack):
    stack.do('worker', 'restart')


def test_fresh(stack, fresh):
    """Everything is there from the start, with its nothing."""
    text = scrape(stack)
    values = checked(text)
    kinds = families(text)
    assert {name for name in kinds if kinds[name] == 'histogram'} == (
        HISTOGRAMS)
    assert values['umws_ready'] == 1
    assert values['umws_children'] == values['umws_children_wanted'] == 4
    assert values['umws_children_busy'] == 1
    assert values['umws_gate_places'] >= 1
    assert abs(values['umws_start_time_seconds'] - time.time()) < 120
    assert values['umws_one_address_ratio'] == 0
    for key, value in values.items():
        if re.match(r'umws_(resets|faults|operations|logons|derivations|'
                    r'children_replaced|reloads|gate_timeouts)_total', key):
            assert value == 0, key
    for kind in KINDS:
        assert f'umws_request_duration_seconds_count{{kind="{kind}"}}' in (
            values)
    assert 'umws_logons_total{word="OK",service="phone"}' in values
    assert not [key for key in values if 'umws_audit_unsealed' in key]


def test_manual_lists_the_metrics(stack, user):
    stack.mailer()
    stack.do('worker', 'restart')
    names = set(families(scrape(stack))) | {
        'umws_audit_unsealed_seconds', 'umws_changes_untold_seconds',
        'umws_changes_given_up'}
    manual = (TREE / 'doc' / 'umws-fcgi.8').read_text()
    assert names == set(re.findall(r'^\.It (umws_\w+)', manual, re.M))


def test_results_and_times(stack, user):
    stack.web_users(['stranger'])
    before = counted(stack)
    reset(stack, user)
    reset(stack, user)
    call(stack, 'stranger', REFERENCE)
    call(stack, user, SET_STATUS)
    call(stack, user, GET_PROPERTIES)
    assert logon(stack, user, other_than()) == 'DENIED'
    ask(stack, {'action': 'change', 'mailbox': user, 'pin': other_than(),
                'new_pin': '5'})
    more = grown(before, checked(scrape(stack)))
    operation = 'umws_operations_total{{operation="{}",result="{}"}}'.format
    assert more.pop(operation('ResetPIN', 'ok')) == 2
    assert more.pop(operation('ResetPIN', 'refused')) == 1
    assert more.pop(operation('SetOofStatus', 'ok')) == 1
    assert more.pop(operation('GetUMProperties', 'ok')) == 1
    assert more.pop('umws_faults_total{code="ErrorUserNotUnifiedMessaging'
                    'Enabled"}') == 1
    assert more.pop('umws_resets_total') == 2
    assert more.pop('umws_logons_total{word="DENIED",service="phone"}') == 2
    took = 'umws_request_duration_seconds_count{{kind="{}"}}'.format
    assert [more.pop(took(kind)) for kind in KINDS] == [3, 2, 1, 1, 1]
    derived = more.pop('umws_derivations_total')
    assert derived == more.pop('umws_derivation_duration_seconds_count') >= 3
    assert 2 <= more.pop('umws_gate_wait_seconds_count') <= derived
    called = 'umws_database_call_duration_seconds_count{{call="{}"}}'.format
    assert 3 <= more[called('commit')] <= 5
    assert more[called('ask')] >= 5
    calls = more.pop(called('commit')) + more.pop(called('ask'))
    # The scrape itself has asked for the mails, and told before it counted.
    assert abs(calls - more.pop('umws_database_calls_total{result="ok"}')) < 4
    assert more.pop('umws_requests_total') == 8
    assert not more


def test_sums_are_seconds(stack, user):
    """What clients have waited for is what is told, give or take the way."""
    name = 'umws_request_duration_seconds_sum{kind="reset"}'
    before = counted(stack)[name]
    waited = sum(reset(stack, user).seconds for _ in range(5))
    took = counted(stack)[name] - before
    assert 0 < took < waited


def test_no_end_of_names(stack, user):
    """Logins, addresses and mailboxes make no series."""
    before = set(counted(stack))
    stack.web_users(f'nobody{number}' for number in range(20))
    for number in range(20):
        assert call(stack, f'nobody{number}', REFERENCE,
                    X_Forwarded_For=f'192.0.2.{number}').status == 500
        ask(stack, {'action': 'logon', 'mailbox': f'55{number}',
                    'pin': '000000', 'caller': f'+49 30 {number}'})
        ask(stack, {'action': 'logon', 'mailbox': user, 'pin': '000000'},
            user=f'phone{number}')
    assert set(counted(stack)) == before


def test_database_away(stack, user):
    """In time, clean, and it says that it is not ready."""
    before = counted(stack)
    stack.do('worker', 'restart')
    stack.do('pg', 'stop', 'immediate')
    try:
        assert call(stack, user, REFERENCE).status == 500
        begun = time.monotonic()
        values = checked(scrape(stack))
        assert time.monotonic() - begun < 5
        assert values['umws_ready'] == 0
        assert values['umws_database_calls_total{result="away"}'] >= 1
        assert values['umws_operations_total{operation="ResetPIN",'
                      'result="failed"}'] == 1
        assert {key for key in before if key not in values} <= {
            key for key in before
            if key.startswith(('umws_mail_', 'umws_audit_unsealed'))}
    finally:
        stack.do('pg', 'start')
    # What a probe for ready finds, the next scrape tells as well.
    eventually(lambda: told(stack, '/ready')[0] == 200)
    assert counted(stack)['umws_ready'] == 1


def reloaded(stack, result):
    key = f'umws_reloads_total{{result="{result}"}}'
    before = counted(stack)[key]
    stack.do('worker', 'reload')
    eventually(lambda: counted(stack)[key] == before + 1)


def test_counts_outlive_children(stack, user):
    """A death and a reload take nothing away; a restart begins anew."""
    reset(stack, user)
    before = counted(stack)
    kill(stack.children()[0])
    eventually(lambda: len(stack.children()) == 4)
    reloaded(stack, 'ok')
    conf = pathlib.Path(stack.env['UMWS_CONF'])
    text = conf.read_text()
    conf.write_text(text + 'nonsense = 1\n')
    try:
        reloaded(stack, 'refused')
    finally:
        conf.write_text(text)
    after = counted(stack)
    for key, value in before.items():
        if re.match(r'\w+(_total|_count|_sum|_bucket)\b', key):
            assert after[key] >= value, key
    assert grown(before, after)['umws_children_replaced_total'] == 1
    assert after['umws_start_time_seconds'] == (
        before['umws_start_time_seconds'])
    stack.do('worker', 'restart')
    anew = counted(stack)
    assert anew['umws_resets_total'] == 0
    assert anew['umws_start_time_seconds'] >= after['umws_start_time_seconds']


@pytest.fixture(scope='module')
def audit_key(stack):
    stack.do('ctl', 'key', 'create', 'audit')


def test_seal(stack, user, fresh, audit_key):
    """Nothing is told of seals before there is one."""
    name = 'umws_audit_unsealed_seconds'
    assert name not in counted(stack)
    reset(stack, user)
    stack.do('ctl', 'audit', 'seal')
    stack.do('worker', 'restart')
    assert counted(stack)[name] < 100
    reset(stack, user)
    stack.rewrite("UPDATE umws.audit SET at = at - interval '2 days'"
                  ' WHERE id > (SELECT max(audit_id) FROM umws.audit_sealed)')
    stack.do('worker', 'restart')
    assert 172800 <= counted(stack)[name] < 173800
    stack.do('ctl', 'audit', 'seal')
    stack.do('worker', 'restart')
    assert counted(stack)[name] < 100


def test_one_address(stack, fresh):
    """A proxy in front is seen, and nobody's address."""
    logins = [stack.user() for _ in range(12)]
    for login in logins:
        reset(stack, login)
    stack.sql("UPDATE umws.address_check SET at = now() - interval '2 hours'")
    stack.do('worker', 'restart')

    def looked():
        """A child that is idle for a second does, if it has a connection."""
        reset(stack, logins[0])
        time.sleep(1.5)
        return counted(stack)['umws_one_address_ratio'] == 1

    eventually(looked, 30)
    assert '127.0.0.1' not in scrape(stack)


def told(stack, path):
    url = urllib.parse.urlsplit(stack.env['UMWS_HEALTH_URL'])
    link = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
    try:
        link.request('GET', url.path + path)
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


def test_live_and_ready(stack):
    """A database that is away takes the worker out of service, and is no
    reason to restart it; no worker is."""
    assert told(stack, '/live') == (200, b'live\n')
    assert told(stack, '/ready') == told(stack, '') == (200, b'ready\n')
    assert told(stack, '/dead')[0] == 404
    stack.do('pg', 'stop', 'immediate')
    try:
        assert told(stack, '/live') == (200, b'live\n')
        assert told(stack, '/ready') == told(stack, '') == (
            503, b'not ready\n')
    finally:
        stack.do('pg', 'start')
    assert told(stack, '/ready') == (200, b'ready\n')
    stack.do('worker', 'stop')
    try:
        assert told(stack, '/live')[0] == told(stack, '/ready')[0] == 503
    finally:
        stack.do('worker', 'start')


def scraped(stack):
    """Every metric of a worker that has all to tell, and of a mailer."""
    place = Place(stack)
    reset(stack, stack.user())
    stack.do('ctl', 'audit', 'seal')
    stack.sql('UPDATE umws.pin_change_tell SET is_on = true')
    folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    try:
        account('mailer').own(folder, 0o755)
        with Server() as server:
            place.run(server, metrics_file=folder / 'umws.prom')
        written = (folder / 'umws.prom').read_text()
    finally:
        shutil.rmtree(folder)
    stack.do('worker', 'restart')
    kinds = families(scrape(stack)) | families(written)
    return {name + part for name, kind in kinds.items() for part in (
        ('_bucket', '_sum', '_count') if kind == 'histogram' else ('',))}


def test_monitoring_asks_for_what_is_there(stack, audit_key):
    """What a panel or an alert asks for is told, and no more is told than
    somebody may want to see."""
    asked = set(METRIC.findall(' '.join(expr for _, expr in expressions())))
    asked |= set(METRIC.findall(re.sub(
        '#.*', '', RULES.read_text() + TESTS.read_text())))
    there = scraped(stack)
    assert asked <= there, asked - there
    shown = {re.sub('_(bucket|sum|count)$', '', name) for name in asked}
    told = {re.sub('_(bucket|sum|count)$', '', name) for name in there}
    # The queue is the database's: a mailer's word for it is the worker's.
    assert told - shown <= {
        'umws_mailer_queue_mails', 'umws_mailer_oldest_due_seconds',
        'umws_mailer_keyless_mails', 'umws_mailer_lost_mails'}


def test_commands_of_the_paragraphs_are_there(stack):
    """Verbs, options and names of checks, as the programs have them."""
    head, found = paragraphs()
    text = ' '.join((head + ' '.join(found.values())).split())
    listed = stack.do('ctl', 'doctor', '--list')
    binaries = pathlib.Path(stack.env['UMWS_BINDIR'])
    asked = 0
    for words in re.findall(r'`((?:umwsctl|umws-mailer|umws-fcgi)\b[^`]*)`',
                            text):
        program, *verb = re.match(
            r'([\w-]+)((?: [a-z]+)*)', words).group(0).split()
        if not verb and ' ' not in words and '.' in words:
            continue            # a unit
        done = run(binaries / program, *verb, '--help')
        assert done.returncode in (0, 3), words    # 3: a check
        for option in re.findall(r'--[a-z-]+', words):
            assert option in done.stdout, words
        for check in re.findall(r'doctor --only (\w+)', words):
            assert re.search(rf'^{check}-', listed, re.M), words
        asked += 1
    assert asked > 15
    for unit in set(re.findall(r'umws[\w-]*\.(?:socket|service|timer)', text)):
        assert (TREE / 'systemd' / unit).exists() or (
            TREE / 'systemd' / f'{unit}.in').exists(), unit
    for line in re.findall(r'lines? `([a-z]+-[a-z-]+)`', text):
        assert any(f'"{line.rstrip("-")}' in file.read_text()
                   for file in (TREE / 'src').rglob('*.c')), line
