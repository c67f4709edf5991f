"""Certificates of an authority of our own, and a stranger's."""
import contextlib
import pathlib
import shutil
import tempfile

from harness import run


def openssl(*words):
    done = run('openssl', *words)
    assert done.returncode == 0, done.stderr


@contextlib.contextmanager
def made(kinds, subject='/CN={}'):
    """A folder of NAME.pem and NAME.key: ca and stranger, and of the first's
    each of the kinds, (name, names that it is for, days).

    subject  with the place of the name
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix='umws-test-'))
    folder.chmod(0o755)
    for name in ('ca', 'stranger'):
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', 30,
                '-subj', subject.format(name), '-addext',
                'subjectAltName=IP:127.0.0.1', '-keyout',
                folder / f'{name}.key', '-out', folder / f'{name}.pem')
    for name, alt, days in kinds:
        extra = folder / f'{name}.ext'
        extra.write_text(f'subjectAltName={alt}\n' if alt else '')
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj',
                subject.format(name), '-keyout', folder / f'{name}.key',
                '-out', folder / f'{name}.csr')
        openssl('x509', '-req', '-in', folder / f'{name}.csr', '-CA',
                folder / 'ca.pem', '-CAkey', folder / 'ca.key',
                '-CAcreateserial', '-extfile', extra, '-days', days,
                '-out', folder / f'{name}.pem')
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
