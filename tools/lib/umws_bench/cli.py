"""The command line of tools/bench."""
import argparse
import pathlib
import subprocess
import sys
import time

from umws_stack import programs
from umws_stack.layout import CHECKOUT, StackError

from . import groups, report
from .stand import BenchError, stack_failure

USAGE = 64              # EX_USAGE
SOFTWARE = 70           # EX_SOFTWARE
NOTES = {
    'a': 'The reset as it is by default (Argon2id with 7 MiB and 5 passes),'
         ' over HTTP with kept connections. "Bare" is the same call of the'
         ' same library in a loop, one process per core, and nothing else'
         ' running: what clients, nginx, worker and PostgreSQL use of the'
         ' same cores is what is missing to 1.',
    'b': 'A SoapServer under php-fpm behind the same nginx, with PDO, in a'
         ' database of its own with the same tables (`tests/peers`). The'
         ' size of its pool is the best of 2, 4, 8, ... The rows differ in'
         ' how the PIN is derived; the last one, without a target, derives'
         ' as umws does, and shows what is left between the two then.',
    'c': 'Argon2id with 8 KiB and 1 pass, so that all the rest is seen. The'
         ' same client, the same nginx, kept connections on both sides, the'
         ' same rows, counted after every run. `pgbench` calls umws\'s two'
         ' functions over the same protocol, and does nothing else. Most of'
         ' the time is PostgreSQL\'s. The peer\'s one function writes the same'
         ' rows, but asks the database once where umws asks twice: what a PIN'
         ' is drawn, derived and sealed by it takes from its configuration,'
         ' so it has no basis that can turn stale, checks no mail key, and'
         ' knows no limits per address and per minute. Both send their'
         ' statements unprepared, since PgBouncer may stand between; parsing'
         ' and planning one `SELECT ... FROM f()` costs about as much as three'
         ' prepared calls of an empty function.',
    'd': 'As the kernel counts it, of all worker children, less the'
         ' derivation measured alone; 8 clients. nginx checks the password'
         ' (SHA-1 here) and passes the request on. Samples of a worker fall'
         ' on libsodium (34 %: the derivation that is taken off, and sealing,'
         ' two multiplications on Curve25519 that took 0.11 ms in a loop of'
         ' their own, more than the limit), kernel (30 %, in 30 system'
         ' calls), libc (17 %), umws itself (6 %), expat (5 %), libpq (4 %)'
         ' and libgcrypt (2 %).',
    'e': 'Children that have just been started and have then served some'
         ' resets at the default parameters; the largest of them.',
    'f': 'One client, at the parameters of (c), two installations measured'
         ' in turn.',
    'g': 'One pass of `umws-mailer` over 512 queued mails, its start'
         ' included, against Postfix\'s `smtp-source` with mails of the same'
         ' size over one connection to the same SMTP server. The mailer'
         ' commits once for each mail, durably, after the server has taken'
         ' the one before and before it hears of the next (promises 3 and'
         ' 4); `smtp-source` notes nothing. What a commit costs on this disk'
         ' is the second row: `pgbench`, one client, an update of one row.'
         ' The third is what both together allow: a program that spends no'
         ' time of its own, sending with `smtp-source` and waiting for one'
         ' such commit per mail.',
}


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(USAGE, f'bench: {message} (tools/bench --help)\n')


def parser():
    top = Parser(
        prog='tools/bench',
        description='Measure umws against its limits and its peers, on real'
                    ' stacks of its own below /tmp. About 15 minutes, on a'
                    ' machine that does nothing else.')
    top.add_argument('--quick', action='store_true',
                     help='one short round: does it all work?')
    top.add_argument('--long', action='store_true',
                     help='also with ten million users')
    top.add_argument('--only', metavar='PARTS', default='acf',
                     help='a (with b, e), c (with d, g), f; default acf')
    top.add_argument('--xml', action='store_true',
                     help='instead: what the most hostile bodies cost the'
                          ' parser; a minute, with a search for worse ones'
                          ' than are known')
    top.add_argument('--json', metavar='FILE', type=pathlib.Path,
                     help='write all figures to FILE too')
    top.add_argument('--doc', action='store_true',
                     help='write doc/performance.md')
    return top


def say(text):
    print(f'  {text}', file=sys.stderr, flush=True)


def run(args):
    about = report.machine()
    effort = groups.Effort.chosen(args.quick, args.long)
    rows = groups.measure(effort, args.only, say)
    print(report.table(rows))
    print(f'{report.summary(rows)}.')
    if args.json:
        report.write_json(args.json, rows, about)
    if args.doc:
        options = ''.join(f' --{name}' for name in ('quick', 'long', 'doc')
                          if getattr(args, name))
        (CHECKOUT / 'doc' / 'performance.md').write_text(
            report.document(rows, about, NOTES, options))


def hostile(quick):
    """The parser alone: no stack, no database; its own limits decide."""
    program = programs.build() / 'tools' / 'bench.d' / 'hostile'
    return subprocess.run([program, '2' if quick else '20',
                           str(time.time_ns() % 2**31)]).returncode


def main():
    args = parser().parse_args()
    if not set(args.only) <= set(groups.PARTS):
        parser().error(f'--only {args.only}: the parts are a, c and f')
    packages = subprocess.run(
        [CHECKOUT / 'tools' / 'packages', 'check', 'build', 'run', 'stack',
         'bench'])
    if packages.returncode != 0:
        return packages.returncode
    begin = time.monotonic()
    try:
        if args.xml:
            return hostile(args.quick)
        run(args)
    except (BenchError, StackError) as failure:
        print(f'bench: {stack_failure(failure)}', file=sys.stderr)
        return SOFTWARE
    finally:
        say(f'{time.monotonic() - begin:.0f} s')
    return 0
