"""Three hosts with PostgreSQL under Patroni and etcd, in a network of ours.

Each host is a namespace with a card on two bridges: "lan", where etcd and
replication are, and "front", where umws comes from. A host that is cut off
has lost the lan and no more, so that both sides stay alive and are asked.

Debian 12's Patroni 3.0.2 wants the version 2 of etcd's protocol: by version 3
it lets an old leader that was frozen take the place of the new one, which
loses what that has acknowledged. Later ones take version 3.
"""
import json
import os
import re
import signal
import subprocess
import time

from . import netns, postgres, process, programs
from .accounts import account
from .layout import DATABASE, OWNER, PG_PORT, Layout, StackError

NODES = ('n1', 'n2', 'n3')
LAN, FRONT = '10.77.1', '10.77.2'
REST_PORT = 8008
NODE_ACTIONS = ('kill', 'start', 'freeze', 'thaw', 'cut', 'heal', 'orphan',
                'etcd-lost')
# What makes a promise of "committed" hold through a failover. The times are
# short, for tests; Patroni's own are ttl 30, loop_wait 10, retry_timeout 10.
TTL_LEAST = 20
DCS = {'ttl': 8, 'loop_wait': 1, 'retry_timeout': 3,
       'maximum_lag_on_failover': 1 << 20,
       'synchronous_mode': True, 'synchronous_mode_strict': True,
       'postgresql': {
           'use_pg_rewind': True, 'use_slots': True,
           'parameters': {'synchronous_commit': 'on',
                          'wal_retrieve_retry_interval': '500ms',
                          'max_connections': 100}}}
PARAMETERS = {'dynamic_shared_memory_type': 'mmap',
              'logging_collector': 'off', 'log_line_prefix': '%m [%p] %u ',
              'recovery_init_sync_method': 'syncfs',
              'shared_buffers': '32MB', 'timezone': 'UTC',
              'log_timezone': 'UTC'}
STREAMING = """
SELECT count(*) FILTER (WHERE state = 'streaming') = {others}
    AND count(*) FILTER (WHERE sync_state = 'sync') = 1
FROM pg_stat_replication
"""


class Host(Layout):
    """A host of the stack: a folder in its home, and a namespace."""

    def __init__(self, main, name):
        super().__init__(main.dir)
        self.main = main
        self.name = name
        self.home = main.home / name
        self.options = main.options
        self.namespace = f'{main.home.name}-{name}'

    def log(self, name):
        return self.main.log(f'{self.name}-{name}')

    @property
    def config(self):
        return self.main.config

    def folders(self, *names):
        self.home.mkdir(mode=0o711)
        for name in ('run', *names):
            (self.home / name).mkdir(mode=0o755)


def network(layout):
    return f'{layout.home.name}-net'


def node(layout, name):
    if name not in NODES:
        raise StackError(f'no host "{name}": {" ".join(NODES)}', code=64)
    return Host(layout, name)


def number(host):
    return int(host.name[1:])


def front(name):
    return f'{FRONT}.{name[1:]}'


def lan(name):
    return f'{LAN}.{name[1:]}'


def check_packages():
    for name in ('patroni', 'etcd', 'haproxy', 'pgbouncer', 'nsenter', 'ip'):
        if not any(os.access(f'{folder}/{name}', os.X_OK) for folder in
                   ('/usr/bin', '/usr/sbin', '/bin', '/sbin')):
            raise StackError(f'{name} is missing: tools/packages install',
                             code=netns.UNAVAILABLE)


def version():
    said = subprocess.run(['patroni', '--version'], text=True,
                          capture_output=True).stdout
    return '.'.join(re.findall(r'\d+', said)[:3])


def is_before(*wanted):
    return tuple(map(int, version().split('.'))) < wanted


def speaks_version_2():
    """Is this a Patroni that loses what it acknowledged by version 3?"""
    return is_before(3, 0, 3)


def ttl():
    """What is in force, in seconds: Patroni 4 takes no less than 20."""
    return DCS['ttl'] if is_before(4) else max(DCS['ttl'], TTL_LEAST)


def create(layout):
    """The network and its hosts, and on them a cluster that is in order."""
    for name in NODES:
        host = node(layout, name)
        netns.create(host.namespace)
        for bridge, address in (('lan', lan(name)), ('front', front(name))):
            netns.connect(network(layout), bridge, host.namespace, address)
        host.folders('etcd', 'pg', 'patroni')
        for folder in ('etcd', 'pg', 'patroni'):
            account('postgres').own(host.home / folder, 0o700)
        # JSON is YAML, too.
        (host.home / 'patroni.yml').write_text(
            json.dumps(settings(host), indent=1))
        start_etcd(host)
    for name in NODES:
        start_patroni(node(layout, name))
    wait_healthy(layout)
    postgres.query(layout, f'CREATE DATABASE {DATABASE}', 'postgres')


def settings(host):
    """patroni.yml."""
    local = {'hosts': [f'{lan(name)}:2379' for name in NODES]}
    return {
        'scope': 'umws', 'name': host.name,
        'restapi': {'listen': f'0.0.0.0:{REST_PORT}',
                    'connect_address': f'{lan(host.name)}:{REST_PORT}'},
        'etcd' if speaks_version_2() else 'etcd3': local,
        'bootstrap': {
            'dcs': DCS,
            'initdb': [{'encoding': 'UTF8'}, {'locale': 'C.UTF-8'},
                       'no-sync']},
        'postgresql': {
            'listen': f'0.0.0.0:{PG_PORT}',
            'connect_address': f'{lan(host.name)}:{PG_PORT}',
            'data_dir': str(host.home / 'patroni' / 'data'),
            'bin_dir': os.path.dirname(postgres.program('postgres')),
            'pgpass': str(host.home / 'patroni' / 'pgpass'),
            'use_unix_socket': True,
            'authentication': {'superuser': {'username': OWNER},
                               'replication': {'username': 'replicator'}},
            'parameters': PARAMETERS | {
                'unix_socket_directories': str(host.home / 'pg')},
            # A host asks itself, too: without that nobody sees that an old
            # leader has gone astray, and it stays away.
            'use_unix_socket_repl': True,
            'pg_hba': ['local all all trust',
                       'local replication all trust',
                       f'host all all {FRONT}.0/24 trust',
                       f'host all all {LAN}.0/24 trust',
                       f'host replication all {LAN}.0/24 trust']},
        'watchdog': {'mode': 'off'}}


def start_etcd(host):
    me = lan(host.name)
    peers = ','.join(f'{name}=http://{lan(name)}:2380' for name in NODES)
    process.start(host, 'etcd', [
        'etcd', '--name', host.name, '--data-dir', host.home / 'etcd/data',
        '--listen-peer-urls', f'http://{me}:2380',
        '--initial-advertise-peer-urls', f'http://{me}:2380',
        '--listen-client-urls', f'http://{me}:2379',
        '--advertise-client-urls', f'http://{me}:2379',
        '--initial-cluster', peers,
        *(['--enable-v2'] if speaks_version_2() else [])],
        account('postgres'), 'etcd')


def start_patroni(host):
    process.start(host, 'patroni', ['patroni', host.home / 'patroni.yml'],
                  account('postgres'), 'patroni')


def members(layout, name):
    """The cluster as this host's Patroni sees it; None if it says nothing."""
    import urllib.error
    import urllib.request
    url = f'http://{front(name)}:{REST_PORT}/cluster'
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return json.load(answer)['members']
    except (OSError, urllib.error.URLError, ValueError, KeyError):
        return None


def leader(layout):
    """Who leads, in the eyes of most hosts; None if they are not of one
    mind. Who is cut off sees what was."""
    seen = [one['name'] for name in NODES
            for one in members(layout, name) or []
            if one['role'] == 'leader']
    named = [name for name in NODES if seen.count(name) > len(NODES) // 2]
    return named[0] if named else None


def sync_standby(layout):
    """Whose word the leader waits for; None if there is nobody."""
    leads = leader(layout)
    found = members(layout, leads) if leads else None
    seen = {one['name'] for one in found or []
            if one['role'] == 'sync_standby'}
    return seen.pop() if len(seen) == 1 else None


def is_healthy(layout):
    """Three hosts on one timeline, of which two follow, one in step. What
    Patroni says is of some seconds ago after a cut: PostgreSQL is asked."""
    found = members(layout, NODES[0])
    if found is None or len(found) != len(NODES) or leader(layout) is None:
        return False
    if (len({one.get('timeline') for one in found}) != 1
            or any(one['state'] not in ('running', 'streaming')
                   for one in found) or sync_standby(layout) is None):
        return False
    try:
        return postgres.query(layout, STREAMING.format(
            others=len(NODES) - 1), 'postgres') == 't'
    except StackError:
        return False


def wait_healthy(layout, seconds=90):
    deadline = time.monotonic() + seconds
    while not is_healthy(layout):
        if time.monotonic() > deadline:
            raise StackError(f'the cluster is not in order after {seconds} s:'
                             f' {members(layout, NODES[0])}\n'
                             + last_words(layout))
        time.sleep(0.3)


def last_words(layout):
    """What each host's programs have said last, PostgreSQL by its Patroni."""
    logs = [node(layout, name).log(program)
            for name in NODES for program in ('patroni', 'etcd')]
    return '\n'.join(
        f'{log.name}:\n' + programs.tail(log.read_text(errors='replace'), 15)
        for log in logs)


def switchover(layout):
    """As planned: the standby in step becomes the leader."""
    import urllib.error
    import urllib.request
    old, new = leader(layout), sync_standby(layout)
    request = urllib.request.Request(
        f'http://{front(old)}:{REST_PORT}/switchover', method='POST',
        data=json.dumps({'leader': old, 'candidate': new}).encode(),
        headers={'Content-Type': 'application/json'})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as failure:
        raise StackError(f'switchover: {failure.read().decode()}') from None


def act(layout, name, action):
    """Break a host, or mend it."""
    host = node(layout, name)
    if action == 'kill':
        process.send(netns.processes(host.namespace), signal.SIGKILL)
    elif action == 'start':
        start(host)
    elif action in ('freeze', 'thaw'):
        process.send(netns.processes(host.namespace), signal.SIGSTOP
                     if action == 'freeze' else signal.SIGCONT)
    elif action == 'cut':
        netns.cut(network(layout), f'{name}-lan')
    elif action == 'heal':
        netns.heal(network(layout), f'{name}-lan', 'lan')
    elif action == 'etcd-lost':
        process.stop(host, 'etcd', signal.SIGKILL)
    else:
        # Its postgres is left, and nobody looks after it.
        process.stop(host, 'patroni', signal.SIGKILL)


def start(host):
    """What of it does not run."""
    if process.leader(host, 'etcd') is None:
        start_etcd(host)
    if process.leader(host, 'patroni') is None:
        start_patroni(host)


def end(layout):
    """All that runs on the hosts, whoever started it."""
    for name in NODES:
        found = netns.processes(node(layout, name).namespace)
        process.send(found, signal.SIGKILL)
        process.send(found, signal.SIGCONT)
