"""umws-mailer --follow in the background, against a server of a test's."""
import os
import pathlib
import re
import signal
import subprocess
import threading

from harness import eventually

LINE = re.compile(r'<(\d)>umws-mailer\[(\d+)\]: (.*)')


def name_of(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/comm').read_text().strip()
    except OSError:
        return ''


class Follower:
    """Runs while the with block lasts, and must end well after it."""

    sessions = 2        # of one that waits

    def __init__(self, place, server, **settings):
        self.place = place
        place.configure(server, **settings)
        self.said = []

    def __enter__(self):
        self.begun = self.place.stack.value('SELECT clock_timestamp()')
        self.process = subprocess.Popen(
            [self.place.stack.env['UMWS_MAILER'], '--config',
             self.place.conf, '--follow'],
            text=True, stderr=subprocess.PIPE)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        return self

    def read(self):
        for line in self.process.stderr:
            self.said.append(line.rstrip('\n'))

    def __exit__(self, kind, *_):
        code = self.end()
        if kind is None:
            assert code == 0, (code, self.said)

    def end(self, seconds=30):
        """SIGTERM; its exit code."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            code = self.process.wait(seconds)
        finally:
            if self.process.poll() is None:
                self.process.kill()
        self.reader.join(10)
        return code

    @property
    def pid(self):
        return self.process.pid

    def signal(self, number):
        os.kill(self.pid, number)

    def children(self):
        """Pids of its processes: the passes that run, and the one that is
        ready for the next."""
        path = pathlib.Path(f'/proc/{self.pid}/task/{self.pid}/children')
        return [int(pid) for pid in path.read_text().split()
                if name_of(pid) == 'umws-mailer']

    def is_idle(self):
        """Its first pass is over, and the next one is ready, as far as that
        can be seen from outside: a process that has said something is a pass,
        which may be about to end."""
        children = self.children()
        return (len(children) == 1 and
                not any(f'[{children[0]}]' in line for line in self.said) and
                self.place.stack.value(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle' AND"
            " usename = 'umws_mailer'") >= self.sessions and
            self.place.stack.value(
                'SELECT coalesce(max(ended_at) > %s, false)'
                ' FROM umws.mailer_pass', self.begun))

    def lines(self, event, level='346'):
        """What it said of this event, by itself or by its passes."""
        found = (LINE.fullmatch(line) for line in self.said)
        return [line[3] for line in found
                if line and line[1] in level and
                line[3].split(' ')[0] == event]

    def wait_for(self, event, count=1, seconds=20):
        eventually(lambda: len(self.lines(event)) >= count, seconds,
                   (event, count, self.said))
        return self.lines(event)

    def wait_idle(self, wakes_by='notification'):
        """It waits, and no pass runs."""
        self.wait_for('follow')
        assert f'wakes-by={wakes_by}' in self.lines('follow')[-1]
        eventually(self.is_idle, 20, self.said)
