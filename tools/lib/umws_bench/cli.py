"""The command line of tools/bench."""
import argparse
import pathlib
import signal
import subprocess
import sys
import time

from umws_stack import programs
from umws_stack.layout import CHECKOUT, StackError

from . import measure, report
from .stand import BenchError, old_tree

USAGE = 64              # EX_USAGE
SOFTWARE = 70           # EX_SOFTWARE


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(USAGE, f'bench: {message} (tools/bench --help)\n')


def parser():
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
                     help='beside the others, f: a database with two million'
                          ' old rows')
    top.add_argument('--only', metavar='GROUPS',
                     help='a, b (with c and d), e, f; default abe, with'
                          ' --long abef')
    top.add_argument('--rounds', type=int, default=7, metavar='N',
                     help='how often all is measured; default 7')
    top.add_argument('--xml', action='store_true',
                     help='instead: what the most hostile bodies cost the'
                          ' parser')
    top.add_argument('--json', metavar='FILE', type=pathlib.Path,
                     help='write all figures to FILE too, of which "python3'
                          ' tools/pages performance FILE" makes'
                          ' doc/performance.md')
    return top


def say(text):
    print(f'  {text}', file=sys.stderr, flush=True)


def command(args):
    """What was called, but for where the figures went."""
    words = ['tools/bench']
    if args.against:
        words += ['--against', args.against]
    if args.quick:
        words.append('--quick')
    if args.long:
        words.append('--long')
    return ' '.join(words)


def run(args):
    about = report.machine()
    old = old_tree(args.against) if args.against else None
    effort = measure.Effort(args.rounds, 2, (2, 4, 8, 16), old,
                            2_000_000, say)
    if args.quick:
        effort = measure.Effort(1, 0.3, (4,), old, 20_000, say)
    rows = measure.measure(effort, args.only)
    print(report.table(rows), end='')
    if args.json:
        report.write_json(args.json, rows, about, command(args))


def main():
    args = parser().parse_args()
    if args.only is None:
        args.only = 'abef' if args.long else 'abe'
    if not args.only or not set(args.only) <= set(measure.GROUPS):
        parser().error(f'--only {args.only}: the groups are a, b, e and f')
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
        if args.xml:
            return subprocess.run(
                [programs.build() / 'tools/bench.d/hostile']).returncode
        run(args)
    except (BenchError, StackError) as failure:
        print(f'bench: {failure}', file=sys.stderr)
        log = getattr(failure, 'log', None)
        if log:
            print(programs.tail(log.read_text(errors='replace')),
                  file=sys.stderr)
        return SOFTWARE
    finally:
        say(f'{time.monotonic() - begin:.0f} s')
    return 0
