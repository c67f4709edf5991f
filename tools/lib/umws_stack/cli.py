"""The command line of tools/stack.

A test calls it hundreds of times: what only one verb wants of Python's larger
modules is imported there.
"""
import argparse
import os
import pathlib
import signal
import subprocess
import sys

from . import asterisk, clusterup, environment, mailbox, pgbouncer, postgres
from . import process, programs, ramdisk, sink, standby, template, user, web
from .layout import CHECKOUT, DATABASE, Layout, StackError
from .layout import read_env, write_env

USAGE = 64              # EX_USAGE
VERBS = """\
verbs of do:
  mailer [ARG...]               one pass of umws-mailer; its exit code
  ctl ARG...                    umwsctl
  worker start|stop|restart|reload|children   (not with --server cgi)
  pg start|stop [fast|immediate]|freeze|thaw
  pg promote                    kill the primary, promote the standby
  standby start|stop [fast|immediate]|freeze|thaw
  pgbouncer start|stop
  cluster state|healthy|switchover        of PostgreSQL's three hosts
  node N kill|start|freeze|thaw|cut|heal|orphan|etcd-lost
                                N is n1, n2, n3, "leader" or "standby"
  mailers start|stop            on the mailer hosts of a cluster
  web start|stop                the web server
  web-user NAME [PASSWORD]      add a web user or change the password
  asterisk start|stop
  asterisk rx COMMAND           say it on Asterisk's console
  asterisk agi [OPTION...]      more options for umws-agi from now on
  sink ok|delay S|450|550-rcpt|550-data|421-after N|close-after-dot|
       hang-after-dot|down      how the SMTP server behaves
  mails [LOGIN]                 files, in order of acceptance
  wait-mail LOGIN [N [SECONDS]] the user's N-th mail (1) within SECONDS (10)
  pin FILE                      the PIN in a mail; exit 1 if there is none
  check-pin LOGIN               PIN on stdin; exit 0 right, 1 wrong
  phone MAILBOX                 PIN on stdin, and a new one on a second line
                                to change it; prints what a phone is told
  state LOGIN                   what the database knows, as JSON
"""


def pair(text):
    key, equals, value = text.partition('=')
    if not key or not equals:
        raise argparse.ArgumentTypeError(f'"{text}" is not KEY=VALUE')
    return text


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(USAGE, f'stack: {message} (tools/stack --help)\n')


def parser():
    top = Parser(
        prog='tools/stack', epilog=VERBS,
        description='A private installation of umws for tests and demos.',
        formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest='command', required=True,
                                  parser_class=Parser)
    up = commands.add_parser('up', help='start a stack in DIR')
    up.add_argument('dir')
    up.add_argument('--users', type=int, default=1000, metavar='N')
    up.add_argument('--workers', type=int, metavar='N')
    up.add_argument('--kdf', metavar='M,T,P')
    up.add_argument('--policy', type=pair, action='append', default=[],
                    metavar='KEY=VALUE', help='of the default policy')
    up.add_argument('--conf', type=pair, action='append', default=[],
                    metavar='KEY=VALUE', help='any key of umws.conf')
    up.add_argument('--server', choices=tuple(web.SERVERS),
                    default='nginx',
                    help='apache: mod_proxy_fcgi; cgi: Apache, and no worker')
    up.add_argument('--limits', choices=('on', 'off'), default='on')
    up.add_argument('--mailer', choices=('cron', 'follow', 'off'),
                    default='cron')
    up.add_argument('--pgbouncer', action='store_true',
                    help='in transaction mode before PostgreSQL')
    up.add_argument('--standby', action='store_true',
                    help='a synchronous standby, in every conninfo')
    up.add_argument('--cluster', nargs='?', const='libpq',
                    choices=clusterup.WAYS, metavar='WAY',
                    help='three PostgreSQL hosts under Patroni, two with'
                    ' workers, two with mailers, as namespaces (root only);'
                    ' the WAY to the database is libpq, haproxy or pgbouncer')
    up.add_argument('--asterisk', action='store_true',
                    help='and an Asterisk, which is fetched the first time')
    up.add_argument('--pg-tmpfs', metavar='SIZE',
                    help='the database on so much memory (root only)')
    up.add_argument('--homes', metavar='DIR', default='/tmp',
                    help='where data and sockets lie; in /dev/shm no disk is'
                    ' waited for')
    up.add_argument('--template', metavar='DIR',
                    help='begin with a copy of the database that the first'
                    ' stack with this DIR has left there')
    down = commands.add_parser('down', help='end it')
    down.add_argument('dir')
    verb = commands.add_parser('do', help='talk to a running stack')
    verb.add_argument('dir')
    verb.add_argument('verb')
    verb.add_argument('words', nargs='*')
    return top


def refuse_unavailable(args):
    for name, is_asked in (('--pgbouncer with --standby',
                            args.pgbouncer and args.standby),
                           ('--cluster with another database or server',
                            args.cluster and clusterup.is_too_much(args)),
                           ('--mailer follow', args.mailer == 'follow')):
        if is_asked:
            raise StackError(f'{name} is not available', code=USAGE)


def check_packages():
    done = subprocess.run([CHECKOUT / 'tools/packages', 'check', 'build',
                           'run', 'stack'], text=True, capture_output=True)
    if done.returncode != 0:
        raise StackError(done.stderr.strip(), code=done.returncode)


def settings_of(args):
    """What --conf, --workers and --kdf say about umws.conf."""
    settings = {}
    if args.workers is not None:
        settings['workers'] = str(args.workers)
    if args.kdf is not None:
        settings['kdf'] = args.kdf
    for text in args.conf:
        key, _, value = text.partition('=')
        settings[key] = value
    return settings


def start_database(layout, settings):
    text = settings.get('workers', '8')
    workers = int(text) if text.isdigit() else 8
    if layout.has_no_worker:
        workers = web.SERVERS['cgi'].CLIENTS
    is_copy = template.is_there(layout)
    postgres.create(layout, workers, is_copy)
    postgres.start(layout)
    if not is_copy:
        postgres.query(layout, f'CREATE DATABASE {DATABASE}', 'postgres')
    if layout.options['standby']:
        standby.create(layout)
    if layout.options['pgbouncer']:
        pgbouncer.create(layout, workers)
    return is_copy


def create_schema(layout):
    """And leave it to those who come after us, if they want it."""
    programs.create_schema(layout)
    if template.place(layout) and not template.is_there(layout):
        postgres.stop(layout)
        template.save(layout)
        postgres.start(layout)


def start_web(layout, passwords):
    """The web server on a free port; another one should somebody be faster."""
    for attempt in range(3):
        layout.options['port'] = web.free_port()
        web.create(layout, layout.options['port'])
        if layout.options.get('tls_port'):
            asterisk.make_certificate(layout)
        web.set_users(layout, passwords)
        try:
            return web.start(layout)
        except StackError:
            if attempt == 2:
                raise


def bring_up(layout, args, folder, settings):
    """Everything, in the order in which it needs each other."""
    is_copy = start_database(layout, settings)
    sink.create(layout)
    if args.asterisk:
        asterisk.create(layout)
    smtp_port = sink.start(layout)
    programs.install(layout, folder)
    programs.write_config(layout, smtp_port, settings)
    if not is_copy:
        create_schema(layout)
    programs.create_keys(layout)
    programs.create_users(layout, args.users)
    programs.set_policy(layout, args.policy, args.limits == 'on')
    if not layout.has_no_worker:
        programs.create_socket_folder(layout)
        programs.start_worker(layout)
    password, tui_password = os.urandom(8).hex(), os.urandom(8).hex()
    layout.options |= {'password': password, 'tui_password': tui_password}
    if args.asterisk:
        layout.options['tls_port'] = web.free_port()
    users = {programs.user_name(number): password
             for number in range(1, args.users + 1)}
    start_web(layout, users | {'phone': tui_password})
    if args.asterisk:
        asterisk.write_settings(layout)
        asterisk.start(layout)
    layout.remember()
    write_env(layout, environment.values_of(layout, password, tui_password,
                                            smtp_port))
    process.wait_for(lambda: environment.health(read_env(layout)[
                         'UMWS_HEALTH_URL']), layout,
                     'web' if layout.has_no_worker else 'worker', 'worker',
                     15)
    if args.mailer == 'cron':
        programs.start_mailer_loop(layout)


def up(args):
    refuse_unavailable(args)
    if not template.is_made(args.template):
        check_packages()
    folder = programs.build()
    layout = Layout(args.dir)
    is_new = not layout.dir.exists()
    layout.create({'server': args.server, 'mailer': args.mailer,
                   'standby': args.standby, 'cluster': args.cluster,
                   'asterisk': args.asterisk,
                   'pgbouncer': args.pgbouncer, 'pg_tmpfs': args.pg_tmpfs,
                   'template': args.template}, args.homes)
    bring = clusterup.bring_up if args.cluster else bring_up
    try:
        bring(layout, args, folder, settings_of(args))
    except BaseException as failure:
        report(failure)
        end(layout, keep=False)
        if is_new:
            layout.dir.rmdir()
        return getattr(failure, 'code', 1)
    return 0


def report(failure, program='stack'):
    """The sentence, then the last lines of the log that explains it."""
    if not isinstance(failure, StackError):
        failure = f'{type(failure).__name__}: {failure}'
    print(f'{program}: {failure}', file=sys.stderr)
    log = getattr(failure, 'log', None)
    if log is not None and log.exists():
        text = programs.tail(log.read_text(errors='replace'))
        print(f'the end of {log.name}:\n{text}', file=sys.stderr)


def end(layout, keep):
    clusterup.end(layout)
    process.stop_everything(layout)
    clusterup.remove_network(layout)
    ramdisk.unmount(layout.home / 'data')
    layout.retire(keep)


def down(args):
    layout = Layout(args.dir)
    if layout.is_up:
        end(layout, keep=True)
    return 0


def do_mailer(layout, words):
    run_wrapper(layout, 'mailer', words)


def do_ctl(layout, words):
    run_wrapper(layout, 'ctl', words)


def run_wrapper(layout, name, words):
    path = layout.home / 'wrap' / name
    os.execve(path, [str(path), *words], process.clean_environment())


def do_worker(layout, words):
    action = one_of(words, 'start', 'stop', 'restart', 'reload', 'children')
    if layout.has_no_worker:
        raise StackError('this stack has no worker: with --server cgi Apache'
                         ' starts the program for each request', code=USAGE)
    if action == 'children':
        for pid in process.children(layout, 'worker'):
            print(pid)
    elif action == 'reload':
        process.send([running(layout, 'worker')], signal.SIGHUP)
    else:
        if action in ('stop', 'restart'):
            process.stop(layout, 'worker')
        if action in ('start', 'restart'):
            programs.start_worker(layout)


def running(layout, name):
    pid = process.leader(layout, name)
    if pid is None:
        raise StackError(f'{name} is not running')
    return pid


def do_pg(layout, words):
    action = one_of(words[:1], 'start', 'stop', 'freeze', 'thaw', 'promote')
    if action == 'stop':
        postgres.stop(layout, *words[1:2])
    elif action == 'promote':
        wanted(layout, 'standby')
        standby.promote(layout)
    else:
        getattr(postgres, action)(layout)


def do_standby(layout, words):
    action = one_of(words[:1], 'start', 'stop', 'freeze', 'thaw')
    wanted(layout, 'standby')
    if action == 'start':
        standby.start(layout)
    elif action == 'stop':
        postgres.stop(layout, *(words[1:2] or ['fast']), standby.NAME)
    else:
        getattr(postgres, action)(layout, standby.NAME)


def do_pgbouncer(layout, words):
    action = one_of(words, 'start', 'stop')
    wanted(layout, 'pgbouncer')
    getattr(pgbouncer, action)(layout)


def wanted(layout, name):
    if not layout.options.get(name):
        raise StackError(f'this stack was brought up without --{name}',
                         code=USAGE)


def do_asterisk(layout, words):
    wanted(layout, 'asterisk')
    action = one_of(words[:1], 'start', 'stop', 'rx', 'agi')
    if action == 'rx':
        count(words, 2, 2)
        print(asterisk.rx(layout, words[1]), end='')
    elif action == 'agi':
        asterisk.write_settings(layout, words[1:])
        print(asterisk.rx(layout, 'dialplan reload'), end='')
    else:
        getattr(asterisk, action)(layout)


def do_web(layout, words):
    if one_of(words, 'start', 'stop') == 'start':
        web.start(layout)
    else:
        process.stop(layout, 'web')


def do_web_user(layout, words):
    count(words, 1, 2)
    password = words[1] if len(words) == 2 else layout.options['password']
    web.set_users(layout, {words[0]: password})


def do_sink(layout, words):
    sink.set_mode(layout, words)


def do_mails(layout, words):
    count(words, 0, 1)
    known = mailbox.addresses(layout, words[0]) if words else None
    for path in mailbox.mails(layout, known):
        print(path)


def do_wait_mail(layout, words):
    count(words, 1, 3)
    number = int(words[1]) if len(words) > 1 else 1
    seconds = float(words[2]) if len(words) > 2 else 10
    print(mailbox.wait(layout, words[0], number, seconds))


def do_pin(layout, words):
    count(words, 1, 1)
    print(mailbox.pin(pathlib.Path(words[0])))


def do_check_pin(layout, words):
    count(words, 1, 1)
    pin = sys.stdin.readline().strip()
    return 0 if user.check_pin(layout, words[0], pin) else 1


def do_phone(layout, words):
    from . import phone
    count(words, 1, 1)
    print(phone.ask(read_env(layout), words[0],
                    sys.stdin.read().splitlines()))


def do_state(layout, words):
    count(words, 1, 1)
    print(user.state(layout, words[0]))


def count(words, least, most):
    if not least <= len(words) <= most:
        raise StackError('wrong number of arguments (tools/stack --help)',
                         code=USAGE)


def one_of(words, *known):
    if len(words) != 1 or words[0] not in known:
        raise StackError('one of these is needed: ' + ' '.join(known),
                         code=USAGE)
    return words[0]


DO = {'mailer': do_mailer, 'ctl': do_ctl, 'worker': do_worker, 'pg': do_pg,
      'standby': do_standby, 'pgbouncer': do_pgbouncer,
      'asterisk': do_asterisk,
      'web': do_web, 'web-user': do_web_user, 'sink': do_sink,
      'mails': do_mails, 'wait-mail': do_wait_mail, 'pin': do_pin,
      'cluster': clusterup.do_cluster, 'node': clusterup.do_node,
      'mailers': clusterup.do_mailers, 'check-pin': do_check_pin,
      'phone': do_phone, 'state': do_state}


def do(args):
    layout = Layout(args.dir)
    if not layout.is_up and args.verb not in ('mails', 'pin'):
        raise StackError(f'{args.dir}: no stack is up here')
    if args.verb not in DO:
        raise StackError(f'no verb "{args.verb}" (tools/stack --help)',
                         code=USAGE)
    clusterup.enter(layout)
    return DO[args.verb](layout, args.words) or 0


def interrupted(number, frame):
    raise StackError(f'ended by signal {number}')


def parse(argv):
    """What follows a verb belongs to the verb, options too."""
    if len(argv) >= 3 and argv[0] == 'do' and not argv[1].startswith('-'):
        return argparse.Namespace(command='do', dir=argv[1], verb=argv[2],
                                  words=argv[3:])
    return parser().parse_args(argv)


def main():
    args = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, interrupted)
    os.umask(0o022)
    try:
        return {'up': up, 'down': down, 'do': do}[args.command](args)
    except StackError as failure:
        report(failure)
        return failure.code
    except KeyboardInterrupt:
        return 130
