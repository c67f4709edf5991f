"""A small file system in memory, so that a test can fill it."""
import subprocess

from .layout import StackError

UNAVAILABLE = 69        # EX_UNAVAILABLE


def mount(folder, size, account):
    """Mount size (such as 80m) of memory at folder, for this account."""
    done = subprocess.run(
        ['mount', '-t', 'tmpfs', '-o',
         f'size={size},mode=0700,uid={account.uid},gid={account.gid}',
         'umws', folder], text=True, capture_output=True)
    if done.returncode != 0:
        raise StackError(f'--pg-tmpfs: {done.stderr.strip()}',
                         code=UNAVAILABLE)


def unmount(folder):
    """Nothing mounted there is no error."""
    if folder.is_mount():
        subprocess.run(['umount', folder], check=True)
