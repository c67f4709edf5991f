"""What tests of the mailer have in common."""
import pathlib
import shutil
import tempfile

import pytest

from harness import run


def openssl(*words):
    done = run('openssl', *words)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope='module')
def certificates():
    """Of an authority of our own: a right one and wrong ones."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    folder.chmod(0o755)
    for name in ('ca', 'stranger'):
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', 30,
                '-subj', f'/CN={name}', '-addext',
                'subjectAltName=IP:127.0.0.1', '-keyout',
                folder / f'{name}.key', '-out', folder / f'{name}.pem')
    for name, alt, days in (('right', 'IP:127.0.0.1', 30),
                            ('wrong-name', 'DNS:other.example.test', 30),
                            # As of tomorrow, and no later than now.
                            ('expired', 'IP:127.0.0.1', 0)):
        extra = folder / f'{name}.ext'
        extra.write_text(f'subjectAltName={alt}\n')
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj',
                f'/CN={name}', '-keyout', folder / f'{name}.key', '-out',
                folder / f'{name}.csr')
        openssl('x509', '-req', '-in', folder / f'{name}.csr', '-CA',
                folder / 'ca.pem', '-CAkey', folder / 'ca.key',
                '-CAcreateserial', '-extfile', extra, '-days', days,
                '-out', folder / f'{name}.pem')
    yield folder
    shutil.rmtree(folder)
