"""Postfix's smtp-source: how fast the SMTP server alone takes mails."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

INSTALLED = pathlib.Path('/usr/sbin/smtp-source')


class Source:
    """The installed one, or one unpacked from Debian's package.

    Installing the package would put a mail server on this host, in the
    place of the one it has; unpacked into a folder it starts nothing.
    """

    def __init__(self):
        self.folder = None
        self.program = INSTALLED
        self.environment = None

    def __enter__(self):
        if not INSTALLED.exists():
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-smtp-'))
            self.unpack()
        return self

    def __exit__(self, *failure):
        if self.folder is not None:
            shutil.rmtree(self.folder)

    def unpack(self):
        # apt downloads as a user of its own, which must get there.
        self.folder.chmod(0o777)
        subprocess.run(['apt-get', '-q', 'download', 'postfix'], check=False,
                       cwd=self.folder, capture_output=True)
        for package in self.folder.glob('postfix_*.deb'):
            subprocess.run(['dpkg', '-x', package, self.folder], check=True)
        self.program = self.folder / 'usr/sbin/smtp-source'
        self.environment = os.environ | {
            'LD_LIBRARY_PATH': str(self.folder / 'usr/lib/postfix')}

    @property
    def is_there(self):
        return self.program.exists()

    def send(self, port, count, size):
        """count mails of size bytes over one connection, as the mailer."""
        begin = time.monotonic()
        subprocess.run(
            [self.program, '-d', '-s', '1', '-m', str(count), '-l',
             str(size), '-f', 'umws@example.test', '-t',
             'user0001@example.test', f'127.0.0.1:{port}'], check=True,
            env=self.environment, stdout=subprocess.DEVNULL)
        return {'rate': count / (time.monotonic() - begin)}
