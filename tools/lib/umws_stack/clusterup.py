"""tools/stack --cluster: all of it, in the order in which it needs each
other, and the verbs that such a stack has."""
import json
import os

from . import cluster, clusterhosts, environment, netns, process, programs
from .clusterhosts import WAYS                  # noqa: F401
from .layout import StackError, write_env

USAGE = 64
UP_SECONDS = 30


def is_too_much(args):
    """What is left to stacks that are one host."""
    return (args.standby or args.pgbouncer or args.asterisk or args.pg_tmpfs
            or args.server != 'nginx')


def bring_up(layout, args, folder, settings):
    """The same as with one host, but each part has its own."""
    cluster.check_packages()
    netns.check()
    clusterhosts.create_network(layout)
    cluster.create(layout)
    clusterhosts.start_way(layout, int(settings.get('workers', 8)))
    smtp_port = clusterhosts.start_sink(layout)
    programs.install(layout, folder, clusterhosts.wrappers(layout))
    settings = {'smtp_url': f'smtp://{clusterhosts.CLIENT_ADDRESS}:'
                f'{smtp_port}'} | settings
    programs.write_config(layout, smtp_port, settings)
    programs.create_schema(layout)
    programs.create_keys(layout)
    programs.create_users(layout, args.users)
    programs.set_policy(layout, args.policy, args.limits == 'on')
    password, tui_password = os.urandom(8).hex(), os.urandom(8).hex()
    layout.options |= {'password': password, 'tui_password': tui_password}
    layout.remember()
    users = {programs.user_name(number): password
             for number in range(1, args.users + 1)}
    clusterhosts.start_hosts(layout, users | {'phone': tui_password},
                             args.mailer == 'cron')
    write_env(layout, environment.values_of(layout, password, tui_password,
                                            smtp_port))
    for host in clusterhosts.hosts(layout, clusterhosts.WORKERS):
        with netns.inside(host.namespace):
            process.wait_for(lambda: environment.health(
                f'http://127.0.0.1:{clusterhosts.WEB_PORT}/umws/health'),
                host, 'worker', 'worker', UP_SECONDS)


def enter(layout):
    """Verbs of such a stack are said where its clients are."""
    if clusterhosts.is_up(layout):
        netns.enter(clusterhosts.client(layout))


def end(layout):
    if layout.options.get('cluster'):
        clusterhosts.end(layout)


def remove_network(layout):
    if layout.options.get('cluster'):
        clusterhosts.remove_network(layout)


def wanted(layout):
    if not layout.options.get('cluster'):
        raise StackError('this stack was brought up without --cluster',
                         code=USAGE)


def do_cluster(layout, words):
    wanted(layout)
    if words == ['state']:
        for name in cluster.NODES:
            print(name, json.dumps(cluster.members(layout, name)))
    elif words == ['healthy']:
        cluster.wait_healthy(layout)
    elif words == ['switchover']:
        print(cluster.switchover(layout))
    else:
        raise StackError('one of these is needed: state healthy switchover',
                         code=USAGE)


def do_node(layout, words):
    """Says which host it was: who leads is another one afterwards."""
    wanted(layout)
    if len(words) != 2 or words[1] not in cluster.NODE_ACTIONS:
        raise StackError('node: which one, and one of these: '
                         + ' '.join(cluster.NODE_ACTIONS), code=USAGE)
    named = {'leader': cluster.leader, 'standby': cluster.sync_standby}
    name = named[words[0]](layout) if words[0] in named else words[0]
    if name is None:
        raise StackError(f'there is no {words[0]} now', code=75)
    cluster.act(layout, name, words[1])
    print(name)


def do_mailers(layout, words):
    wanted(layout)
    if words == ['start']:
        clusterhosts.start_mailers(layout)
    elif words == ['stop']:
        clusterhosts.stop_mailers(layout)
    else:
        raise StackError('one of these is needed: start stop', code=USAGE)
