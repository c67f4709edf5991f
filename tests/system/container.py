"""Containers by podman, with a storage of their own, and nothing of a
registry's: the base is made by debootstrap."""
import os
import pathlib
import shutil
import subprocess

from harness import TREE, run

RELEASE = 'trixie'
BASE = 'localhost/umws-base'
# What a machine that is a container or a small guest itself may refuse. The
# last one hides a second hierarchy of cgroups, which crun does not like.
PLAIN = ([], [])
NARROW = ([], ['--cgroups=disabled', '--ulimit', 'nofile=1024:1024',
               '--ulimit', 'nproc=1000:1000'])
HIDDEN = (['unshare', '--mount', 'sh', '-c',
           'umount /sys/fs/cgroup/unified; exec "$@"', 'sh'], NARROW[1])


class Podman:
    """podman as root, in the way that this machine lets it run."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.prefix, self.options = PLAIN
        self.why = None

    def command(self, *words):
        return [str(word) for word in (
            *self.prefix, 'podman', '--root', self.folder / 'storage',
            '--runroot', self.folder / 'run', '--cgroup-manager=cgroupfs',
            '--events-backend=file', *words)]

    def do(self, *words, seconds=120):
        done = run(*self.command(*words), seconds=seconds)
        assert done.returncode == 0, (words, done.stderr[-3000:])
        return done.stdout.strip()

    def run(self, *words):
        """The command that runs a container on this host's network."""
        return self.command('run', '--network=host', *self.options, *words)

    def has_base(self):
        return run(*self.command('image', 'exists', BASE)).returncode == 0

    def make_base(self):
        """A Debian that has this host's ways to its packages."""
        root = self.folder / 'root'
        archive = run(TREE / 'tools/lib/archive', 'debian').stdout.strip()
        done = run('debootstrap', '--variant=minbase', RELEASE, root, archive,
                   seconds=900)
        assert done.returncode == 0, done.stdout[-2000:]
        settings = run('sh', '-c', 'apt-config dump | grep -E'
                       " '^Acquire::(http|https|Check-Date|"
                       "Check-Valid-Until|ForceIPv)'").stdout
        (root / 'etc/apt/apt.conf.d/90host').write_text(settings)
        shutil.copy('/etc/resolv.conf', root / 'etc/resolv.conf')
        with subprocess.Popen(['tar', '-C', root, '-c', '.'],
                              stdout=subprocess.PIPE) as tar:
            subprocess.run(self.command('import', '-', BASE), check=True,
                           stdin=tar.stdout, capture_output=True)
        shutil.rmtree(root)

    def remove(self):
        """All of it; what is another's of podman's stays."""
        run(*self.command('rmi', '--all', '--force'))
        run('umount', self.folder / 'storage/overlay')
        shutil.rmtree(self.folder, ignore_errors=True)

    def find_a_way(self):
        """Can a container run here at all? Else why says what was said."""
        for self.prefix, self.options in (PLAIN, NARROW, HIDDEN):
            done = run(*self.run('--rm', BASE, 'true'))
            if done.returncode == 0:
                return True
            self.why = (done.stderr.strip().splitlines() or ['?'])[-1]
        return False

    def build(self, image):
        context = self.folder / 'context'
        shutil.rmtree(context, ignore_errors=True)
        copy_checkout(context)
        self.do('build', '--isolation=chroot', '--network=host',
                '--ulimit=nofile=1024:1024', '--build-arg', f'BASE={BASE}',
                '-t', image, context, seconds=1800)


def copy_checkout(place):
    """What git knows or would add; of an unpacked archive all of it."""
    done = run('git', '-C', TREE, 'ls-files', '-z', '--cached', '--others',
               '--exclude-standard')
    names = done.stdout.split('\0') if done.returncode == 0 else ['.']
    place.mkdir()
    names = [name for name in names
             if name and os.path.lexists(TREE / name)]
    packed = subprocess.run(
        ['tar', '-c', '-C', TREE, '--exclude=./build*', '--null', '-T', '-'],
        input='\0'.join(names).encode(), capture_output=True, check=True)
    subprocess.run(['tar', '-x', '-C', place], input=packed.stdout,
                   check=True)
