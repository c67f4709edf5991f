"""What umwsctl could not write: its report of a change that was made, and
files beyond the limit that a shell sets for their size."""
import pathlib
import re
import resource
import subprocess

import pytest

from harness import CHEAP, environment

OPTIONS = CHEAP


def ctl(stack, *words, text=None, stdout=subprocess.PIPE, conf=None,
        size=None):
    """Run it, with files that may have size bytes."""
    def limit():
        if size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return subprocess.run(
        [f"{stack.env['UMWS_BINDIR']}/umwsctl", '--config',
         conf or stack.env['UMWS_CONF'], *words], input=text, stdout=stdout,
        stderr=subprocess.PIPE, text=True, env=environment(),
        preexec_fn=limit)


@pytest.fixture
def conf(stack, tmp_path):
    """A configuration whose keys are not there yet."""
    path = tmp_path / 'umws.conf'
    path.write_text(re.sub(
        r'(?m)^(mail_key|mail_pub|web_secret|pepper_key).*',
        rf'\1 = {tmp_path}/\1', pathlib.Path(
            stack.env['UMWS_CONF']).read_text()))
    return path


@pytest.mark.parametrize('words, text', [
    (('user', 'add', 'full1', '--email', 'f@example.test'), None),
    (('user', 'import', '-'), 'login,email\nfull2,f@example.test\n'),
    (('policy', 'set', 'full', 'MinPINLength=9'), None),
    (('key', 'create', 'pepper'), None), (('key', 'create', 'mail'), None),
    (('key', 'create', 'web'), None)], ids=str)
def test_report_on_a_full_disk(stack, conf, words, text):
    """The change stands, and that is said."""
    with open('/dev/full', 'wb') as full:
        done = ctl(stack, *words, text=text, stdout=full, conf=conf)
    assert done.returncode == 74, done.stderr
    assert ('the change was made, but its report could not be written'
            in done.stderr)
    assert done.stderr.count('\n') == 1
    again = ctl(stack, *words, text=text, conf=conf)
    assert again.returncode != 0 or 'changed' in again.stdout


@pytest.mark.parametrize('words, code', [
    (('user', 'list'), 74), (('user', 'list', '--json'), 74),
    (('user', 'add', 'nobody', '--email', 'bad'), 65)], ids=str)
def test_no_change_on_a_full_disk(stack, words, code):
    with open('/dev/full', 'wb') as full:
        done = ctl(stack, *words, stdout=full)
    assert done.returncode == code
    assert 'the change was made' not in done.stderr


@pytest.mark.parametrize('words, code', [
    (('user', 'list'), 74), (('user', 'list', '--json'), 74),
    (('key', 'create', 'pepper'), 73)], ids=str)
def test_limit_of_file_size(stack, conf, words, code):
    """An error of its own, not an end by SIGXFSZ."""
    done = ctl(stack, *words, conf=conf, size=16)
    assert done.returncode == code, done.stderr
    assert 'File too large' in done.stderr


def test_limit_of_a_log(stack, tmp_path):
    """The mailer does its work though its log is full."""
    log = tmp_path / 'log'
    log.write_bytes(64 * b'x')

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
    with log.open('ab') as stream:
        done = subprocess.run(
            [f"{stack.env['UMWS_BINDIR']}/umws-mailer", '--config',
             '/nowhere/umws.conf'], stderr=stream, env=environment(),
            preexec_fn=limit)
    assert done.returncode == 78
