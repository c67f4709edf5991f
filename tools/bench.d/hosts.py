#!/usr/bin/python3
"""hosts.py - how resets grow with the hosts for workers.

    tools/bench.d/hosts.py [--share S] [--seconds S] [--rounds N]

A cluster (tools/stack --cluster) whose hosts for workers may use a share of
one core each, so that two of them are twice the processor on any machine with
two cores. Resets per second by one host and by both, in turns, and what one
costs the hosts of the database. As root; prints Markdown.
"""
import argparse
import base64
import http.client
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'lib'))

from umws_stack import cluster, clusterhosts, netns      # noqa: E402
from umws_stack.layout import CHECKOUT, Layout, read_env    # noqa: E402

CGROUPS = pathlib.Path('/sys/fs/cgroup')
PERIOD_US = 20000
CLIENTS = 8             # of each host: some always wait
USERS = 1000
BODY = (b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        b'<s:Body><ResetPIN xmlns="http://schemas.microsoft.com/exchange'
        b'/services/2006/messages"/></s:Body></s:Envelope>')


class Group:
    """Processes whose processor is counted and, with a share, limited; of
    the kernel's control groups either version will do."""

    def __init__(self, name, pids, share=None):
        is_old = (CGROUPS / 'cpu').is_dir()
        parts = ('cpu', 'cpuacct') if is_old else ('',)
        self.folders = [CGROUPS / part / name for part in parts]
        self.usage = self.folders[-1] / (
            'cpuacct.usage' if is_old else 'cpu.stat')
        for folder in self.folders:
            folder.mkdir(exist_ok=True)
        if share is not None:
            quota = int(PERIOD_US * share)
            first = self.folders[0]
            if is_old:
                (first / 'cpu.cfs_period_us').write_text(str(PERIOD_US))
                (first / 'cpu.cfs_quota_us').write_text(str(quota))
            else:
                (first / 'cpu.max').write_text(f'{quota} {PERIOD_US}')
        for folder in self.folders:
            for pid in pids:
                with open(folder / 'cgroup.procs', 'w') as file:
                    file.write(str(pid))

    def seconds(self):
        words = self.usage.read_text().split()
        return (int(words[0]) / 1e9 if len(words) == 1
                else int(words[1]) / 1e6)

    def remove(self):
        """When its processes have ended."""
        for folder in self.folders:
            folder.rmdir()


class Client(threading.Thread):
    """One reset after the other, each of another user."""

    def __init__(self, url, password, numbers, is_over):
        super().__init__()
        self.target = urllib.parse.urlsplit(url)
        self.password, self.numbers, self.is_over = password, numbers, is_over
        self.granted = self.refused = 0

    def run(self):
        link = http.client.HTTPConnection(self.target.hostname,
                                          self.target.port, timeout=60)
        while not self.is_over.is_set():
            name = f'user{next(self.numbers):04d}:{self.password}'
            link.request('POST', self.target.path, BODY, {
                'Content-Type': 'text/xml; charset=utf-8', 'Authorization':
                'Basic ' + base64.b64encode(name.encode()).decode()})
            answer = link.getresponse()
            answer.read()
            if answer.status == 200:
                self.granted += 1
            else:
                self.refused += 1
        link.close()


class Numbers:
    """1 to USERS, again and again, for all clients."""

    def __init__(self):
        self.lock, self.number = threading.Lock(), 0

    def __next__(self):
        with self.lock:
            self.number += 1
            return (self.number - 1) % USERS + 1


def rate(urls, password, seconds):
    """Granted by these hosts in a second; a refusal ends the measurement."""
    is_over, numbers = threading.Event(), Numbers()
    clients = [Client(url, password, numbers, is_over)
               for url in urls for _ in range(CLIENTS)]
    begin = time.monotonic()
    for client in clients:
        client.start()
    time.sleep(seconds)
    is_over.set()
    for client in clients:
        client.join()
    if any(client.refused for client in clients):
        sys.exit('hosts: a reset was refused, so these are no figures')
    return (sum(client.granted for client in clients)
            / (time.monotonic() - begin))


def measure(layout, args):
    env = read_env(layout)
    path = urllib.parse.urlsplit(env['UMWS_URL']).path
    urls = [base + path for base in clusterhosts.base_urls()]
    names = layout.home.name
    hosts = [Group(f'{names}-{name}',
                   netns.processes(f'{names}-{name}'), args.share)
             for name in clusterhosts.WORKERS]
    database = Group(f'{names}-db', [
        pid for name in cluster.NODES
        for pid in netns.processes(f'{names}-{name}')])
    rates, costs = {1: [], 2: []}, []
    with netns.inside(env['UMWS_NAMESPACE']):
        rate(urls, env['UMWS_PASSWORD'], 3)
        before = database.seconds()
        time.sleep(args.seconds)
        idle = (database.seconds() - before) / args.seconds
        for _ in range(args.rounds):
            for number in rates:
                before, begin = database.seconds(), time.monotonic()
                one = rate(urls[:number], env['UMWS_PASSWORD'], args.seconds)
                passed = time.monotonic() - begin
                rates[number].append(one)
                costs.append(((database.seconds() - before) / passed - idle)
                             / one * 1000)
    return rates, statistics.median(costs), [*hosts, database]


def main():
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument('--share', type=float, default=0.25)
    words.add_argument('--seconds', type=int, default=10)
    words.add_argument('--rounds', type=int, default=5)
    args = words.parse_args()
    folder, groups = tempfile.mkdtemp(prefix='umws-hosts-'), []
    stack = CHECKOUT / 'tools' / 'stack'
    subprocess.run([stack, 'up', f'{folder}/stack', '--cluster', '--limits',
                    'off', '--users', str(USERS), '--workers', '4'],
                   check=True)
    try:
        print(f'Load average before: {os.getloadavg()[0]:.1f}. Each host for'
              f' workers has {args.share:.0%} of a core.\n')
        rates, cost, groups = measure(Layout(f'{folder}/stack'), args)
        one = statistics.median(rates[1])
        print('| hosts for workers | resets per second | of one host |\n'
              '|---:|---:|---:|')
        for number, rounds in rates.items():
            median = statistics.median(rounds)
            print(f'| {number} | {median:.1f} | {median / one:.2f} |')
        print(f'\nA reset takes {cost:.1f} ms of processor from the three'
              ' hosts of the database together, beyond what they take idle.')
    finally:
        subprocess.run([stack, 'down', f'{folder}/stack'], check=True)
        for group in groups:
            group.remove()
        subprocess.run(['rm', '-r', folder], check=True)


if __name__ == '__main__':
    main()
