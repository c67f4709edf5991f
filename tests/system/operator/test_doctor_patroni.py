"""umwsctl doctor asks Patroni what a failover would keep. Here its REST is
played; tests/system/cluster asks the real one."""
import contextlib
import http.server
import json
import threading

import pytest

from harness import CHEAP, run

OPTIONS = CHEAP
GOOD = {'ttl': 30, 'synchronous_mode': True, 'synchronous_mode_strict': True}
NEW = '4.0.4'


@contextlib.contextmanager
def rest(config, version=NEW, raw=None):
    """What Patroni answers to /config and /patroni; its address."""
    pages = {'/config': config,
             '/patroni': {'state': 'running', 'patroni': {
                 'version': version, 'scope': 'umws'}}}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            page = pages.get(self.path)
            self.send_response(200 if page is not None else 404)
            self.end_headers()
            self.wfile.write(raw if raw is not None
                             else json.dumps(page).encode())

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f'http://127.0.0.1:{server.server_port}'
    finally:
        server.shutdown()
        server.server_close()


def doctor(stack, *words):
    done = run(stack.env['UMWS_CTL'], 'doctor', '--only', 'patroni', '--json',
               *words)
    assert done.stderr == '', done.stderr
    return {line['name']: line for line in json.loads(done.stdout)}


@pytest.mark.parametrize('config, version, name, verdict, word', [
    (GOOD, NEW, None, None, None),
    (GOOD, '3.0.3', None, None, None),
    (GOOD | {'synchronous_mode': 'quorum'}, NEW, None, None, None),
    (GOOD | {'synchronous_mode': False}, NEW, 'patroni-synchronous', 'wrong',
     'lacks'),
    ({'synchronous_mode_strict': True}, NEW, 'patroni-synchronous', 'wrong',
     'edit-config'),
    (GOOD | {'synchronous_mode': 'off'}, NEW, 'patroni-synchronous', 'wrong',
     'lacks'),
    (GOOD | {'synchronous_mode_strict': False}, NEW, 'patroni-strict',
     'wrong', 'one host'),
    (GOOD | {'synchronous_mode_strict': None}, NEW, 'patroni-strict',
     'wrong', 'edit-config'),
    (GOOD, '3.0.2', 'patroni-version', 'warning', 'etcd3'),
    (GOOD, '2.1.10', 'patroni-version', 'warning', '--enable-v2')])
def test_settings(stack, config, version, name, verdict, word):
    with rest(config, version) as url:
        lines = doctor(stack, '--patroni', url + '/')
    found = {key: line for key, line in lines.items()
             if line['verdict'] != 'ok'}
    assert found.keys() == ({name} if name else set()), lines
    if name:
        assert found[name]['verdict'] == verdict
        assert word in found[name]['text'] + found[name]['todo']


@pytest.mark.parametrize('raw, verdict', [
    (b'<html>', 'wrong'), (b'', 'wrong'), (b'{"a": "' + b'x' * 9000, None),
    (b'{"a"', None), (b'{"synchronous_mode": {"a": "b"', None)])
def test_what_is_not_patroni(stack, raw, verdict):
    with rest(GOOD, raw=raw) as url:
        lines = doctor(stack, '--patroni', url)
    assert {line['verdict'] for line in lines.values()} == {
        verdict or 'not checked'}, lines


def test_not_reached(stack):
    lines = doctor(stack, '--patroni', 'http://127.0.0.1:9')
    assert {line['verdict'] for line in lines.values()} == {'wrong'}
    assert all('--patroni' in line['todo'] for line in lines.values())


def test_not_asked(stack):
    """This server is nobody's but its own; there is nothing to ask."""
    lines = doctor(stack)
    assert {line['verdict'] for line in lines.values()} == {'ok'}
    assert all('not one of Patroni' in line['text']
               for line in lines.values())


def test_no_address(stack):
    done = run(stack.env['UMWS_CTL'], 'doctor', '--patroni', '10.0.0.1:8008')
    assert done.returncode == 64 and 'http://' in done.stderr
