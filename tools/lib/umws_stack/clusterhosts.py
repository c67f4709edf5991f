"""What stands before the cluster: two hosts with a worker and a web server,
two with a mailer, and one where clients, HAProxy, PgBouncer and the mail
server are. That one is where tools/stack itself is while it works."""
import os

from . import cluster, netns, pgbouncer, process, programs, sink, web
from .accounts import account, caller
from .cluster import FRONT, NODES, Host
from .layout import PG_PORT

WAYS = ('libpq', 'haproxy', 'pgbouncer')
WORKERS = {'h1': f'{FRONT}.11', 'h2': f'{FRONT}.12'}
MAILERS = {'m1': f'{FRONT}.21', 'm2': f'{FRONT}.22'}
CLIENT, CLIENT_ADDRESS = 'cl', f'{FRONT}.30'
WEB_PORT, HAPROXY_PORT = 8080, 5000
# on-marked-down: who no longer leads keeps nobody. rise 2: who comes back and
# believes for a moment that it leads is not asked.
HAPROXY = """\
defaults
    mode tcp
    timeout connect 2s
    timeout client 1h
    timeout server 1h
listen primary
    bind {client}:{port}
    option httpchk GET /primary
    http-check expect status 200
    default-server inter 1s fastinter 500ms fall 2 rise 2 on-marked-down \
shutdown-sessions
"""


def client(layout):
    return f'{layout.home.name}-{CLIENT}'


def hosts(layout, names):
    return [Host(layout, name) for name in names]


def create_network(layout):
    """All but the nodes; from here on we are where the clients are."""
    netns.create(cluster.network(layout), 'lan', 'front')
    for name, address in (*WORKERS.items(), *MAILERS.items(),
                          (CLIENT, CLIENT_ADDRESS)):
        namespace = f'{layout.home.name}-{name}'
        netns.create(namespace)
        netns.connect(cluster.network(layout), 'front', namespace, address)
    for host in hosts(layout, (*WORKERS, *MAILERS)):
        host.folders()
        for part in ('bin', 'keys', 'wrap'):
            (host.home / part).symlink_to(layout.home / part)
    netns.enter(client(layout))


def start_haproxy(layout):
    text = HAPROXY.format(client=CLIENT_ADDRESS, port=HAPROXY_PORT)
    for name in NODES:
        text += (f'    server {name} {cluster.front(name)}:{PG_PORT} check'
                 f' port {cluster.REST_PORT}\n')
    path = layout.home / 'haproxy.cfg'
    path.write_text(text)
    process.start(layout, 'haproxy', ['/usr/sbin/haproxy', '-db', '-f', path],
                  account('postgres'), 'haproxy')


def start_way(layout, workers):
    """How worker and mailer come to the database."""
    if layout.options['cluster'] != 'libpq':
        start_haproxy(layout)
    if layout.options['cluster'] == 'pgbouncer':
        pgbouncer.create(layout, workers, f'{CLIENT_ADDRESS}'
                         f' port={HAPROXY_PORT}', CLIENT_ADDRESS)


def way_of(layout):
    """Host and port in the services' conninfo, and what belongs to it."""
    return {'libpq': f'host={layout.pg_hosts} port={PG_PORT}'
            f'{layout.pg_attributes}',
            'haproxy': f'host={CLIENT_ADDRESS} port={HAPROXY_PORT}',
            'pgbouncer': f'host={CLIENT_ADDRESS} port={PG_PORT}'}[
                layout.options['cluster']]


def start_hosts(layout, passwords, has_mailers):
    """Worker and web server of each worker host; mailers if they are to
    run by themselves."""
    for host in hosts(layout, WORKERS):
        programs.create_socket_folder(host)
        programs.start_worker(host)
        host.options = layout.options | {'port': WEB_PORT,
                                         'listen': '0.0.0.0'}
        (host.home / 'log').symlink_to(layout.home / 'log')
        web.create(host, WEB_PORT)
        web.set_users(host, passwords)
        with netns.inside(host.namespace):
            web.start(host)
    if has_mailers:
        start_mailers(layout)


def start_mailers(layout):
    for host in hosts(layout, MAILERS):
        programs.start_mailer_loop(host)


def stop_mailers(layout):
    for host in hosts(layout, MAILERS):
        process.stop(host, 'mailer')


def start_sink(layout):
    sink.create(layout)
    return sink.start(layout, CLIENT_ADDRESS)


def wrappers(layout):
    """Where umwsctl and a pass of the mailer run."""
    return {'mailer': netns.prefix(f'{layout.home.name}-m1',
                                   account('mailer')),
            'ctl': netns.prefix(client(layout), caller())}


def environment(layout):
    """What DIR/env says of a cluster beyond the usual."""
    return {'UMWS_BASE_URLS': ' '.join(base_urls()),
            'UMWS_NAMESPACE': netns.FOLDER / client(layout),
            'PGTARGETSESSIONATTRS': 'read-write'}


def base_urls():
    return [f'http://{address}:{WEB_PORT}' for address in WORKERS.values()]


def is_up(layout):
    return layout.options.get('cluster') and os.path.exists(
        netns.FOLDER / client(layout))


def end(layout):
    """Hosts and nodes, frozen ones too; then the network."""
    everybody = hosts(layout, (*WORKERS, *MAILERS, *NODES))
    if is_up(layout):
        cluster.end(layout)
    for host in everybody:
        if host.home.exists():
            process.stop_everything(host)


def remove_network(layout):
    """When nothing of the stack runs any more; we are back on the machine,
    whatever namespace we were started in."""
    for name in (*WORKERS, *MAILERS, *NODES, CLIENT):
        netns.remove(f'{layout.home.name}-{name}')
    netns.remove(cluster.network(layout))
