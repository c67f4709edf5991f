"""A bare Debian that has booted (tools/lib/machine), and its commands."""
import pathlib
import re
import subprocess
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
TOOL = TREE / 'tools' / 'lib' / 'machine'
UNAVAILABLE = 69                # EX_UNAVAILABLE
BLOCK = re.compile(r'^```sh ?(\S*)\n(.*?)^```$', re.DOTALL | re.MULTILINE)


class CannotBoot(Exception):
    """This host cannot boot one; the reason is its text."""


class Machine:
    """Booted when it is made, gone with stop(). folder is its /mnt."""

    def __init__(self, release, folder, packages):
        self.folder = folder
        self.main = subprocess.Popen(
            [TOOL, release, folder, ' '.join(packages), '--wait'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.first = self.main.stdout.readline().strip()
        if not self.first:
            _, errors = self.main.communicate()
            if self.main.returncode == UNAVAILABLE:
                raise CannotBoot(errors.strip().splitlines()[-1])
            raise AssertionError(errors)

    def stop(self):
        self.main.communicate('')

    def argv(self, *words):
        return [TOOL, '--in', self.first, *words]

    def run(self, *words, text=None, timeout=120):
        return subprocess.run(self.argv(*words), input=text, text=True,
                              capture_output=True, timeout=timeout,
                              check=False)

    def sh(self, text, timeout=120):
        """What these lines print; the first that fails ends them."""
        done = self.run('bash', '-euo', 'pipefail', '-c', text,
                        timeout=timeout)
        assert done.returncode == 0, (
            f'{text}\nexit code {done.returncode}\n{done.stdout}'
            f'{done.stderr}')
        return done.stdout

    def sql(self, statement):
        """As the superuser, whatever the system thinks of us."""
        return self.run('runuser', '-u', 'postgres', '--', 'psql', '-XqAt',
                        '-v', 'ON_ERROR_STOP=1', '-d', 'umws', '-c',
                        statement).stdout.strip()

    def eventually(self, text, seconds=30):
        """Poll until these lines succeed."""
        deadline = time.monotonic() + seconds
        while True:
            done = self.run('bash', '-euo', 'pipefail', '-c', text)
            if done.returncode == 0:
                return done.stdout
            assert time.monotonic() < deadline, (
                f'not within {seconds} s: {text}\n{done.stdout}{done.stderr}')
            time.sleep(0.2)


def blocks(path):
    """The commands of a document, by the name behind ```sh."""
    found = {}
    for name, text in BLOCK.findall((TREE / path).read_text()):
        assert name and name not in found, f'{path}: "{name}" is no new name'
        found[name] = text
    return found
