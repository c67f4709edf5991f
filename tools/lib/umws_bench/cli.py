"""The command line of tools/bench."""
import argparse
import pathlib
import signal
import subprocess
import time

from umws_stack import cli as stack
from umws_stack.layout import CHECKOUT, StackError

from . import measure, report
from .stand import old_tree

USAGE = 64              # EX_USAGE
SOFTWARE = 70           # EX_SOFTWARE


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(USAGE, f'bench: {message} (tools/bench --help)\n')


def parse():
    top = Parser(
        prog='tools/bench',
        description='Measure umws beside its PHP peers, and beside an older'
                    ' commit, on real stacks below /tmp, with limits on.'
                    ' About 10 minutes, on a machine that does nothing'
                    ' else.')
    top.add_argument('--against', metavar='COMMIT',
                     help='an older commit: built in build-bench/, its stack'
                          ' runs beside ours, rounds are interleaved')
    top.add_argument('--quick', action='store_true',
                     help='one short round: does it all work?')
    top.add_argument('--long', action='store_true',
                     help='beside the others, f: a database with five million'
                          ' settled rows, which takes 5 GB below /tmp for'
                          ' some minutes')
    top.add_argument('--only', metavar='GROUPS',
                     help='the rows of a, b to d, e, f; g, mails to a Postfix,'
                          ' as root; or x, what the most hostile bodies cost'
                          ' a worker; default abcde, with --long abcdef')
    top.add_argument('--rounds', type=int, default=7, metavar='N',
                     help='how often all is measured; default 7')
    top.add_argument('--json', metavar='FILE', type=pathlib.Path,
                     help='write all figures to FILE too, of which "python3'
                          ' tools/pages performance FILE" makes'
                          ' doc/performance.md')
    args = top.parse_args()
    if args.only is None:
        args.only = 'abcdef' if args.long else 'abcde'
    if not args.only or not set(args.only) <= set(''.join(measure.GROUPS)):
        top.error(f'--only {args.only}: the groups are a to g, and x')
    return args


def command(args):
    """What was called, but for where the figures went."""
    words = ['tools/bench']
    if args.against:
        words += ['--against', args.against]
    if args.quick:
        words.append('--quick')
    if args.long:
        words.append('--long')
    if args.only != ('abcdef' if args.long else 'abcde'):
        words += ['--only', args.only]
    return ' '.join(words)


def run(args):
    about = report.machine()
    old = old_tree(args.against) if args.against else None
    effort = measure.Effort(args.rounds, 2, (2, 4, 8, 16), 5_000_000, 5000,
                            2048, old)
    if args.quick:
        effort = measure.Effort(1, 0.3, (4,), 20_000, 2000, 512, old)
    rows = list(measure.measure(effort, args.only))
    print(report.table(rows), end='')
    if args.json:
        report.write_json(args.json, rows, about, command(args))


def main():
    args = parse()
    packages = subprocess.run(
        [CHECKOUT / 'tools' / 'packages', 'check', 'build', 'run', 'stack',
         'bench'])
    if packages.returncode != 0:
        return packages.returncode
    # Whoever ends us by a signal leaves no stack behind.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    begin = time.monotonic()
    try:
        run(args)
    except StackError as failure:
        stack.report(failure, 'bench')
        return SOFTWARE
    finally:
        report.say(f'{time.monotonic() - begin:.0f} s')
    return 0
