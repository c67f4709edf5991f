"""The units for systemd: read without a complaint, and with little left open;
what they start takes its arguments, and ends as they expect."""
import os
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(os.environ['UMWS_BUILD']) / 'systemd'
SERVICES = ('umws-changes', 'umws-expiring', 'umws-fcgi', 'umws-mailer',
            'umws-mailer-follow', 'umws-purge', 'umws-seal')
BY_TIMER = ('umws-changes', 'umws-expiring', 'umws-mailer', 'umws-purge',
            'umws-seal')
EXPOSURE = 20   # tenths, of systemd-analyze's 0 to 10


@pytest.fixture(scope='module')
def units(tmp_path_factory):
    """As they are installed, but for where the programs are."""
    folder = tmp_path_factory.mktemp('units')
    sources = pathlib.Path(__file__).parents[3] / 'systemd'
    for path in [*HERE.glob('*.service'), *sources.glob('*.timer'),
                 *sources.glob('*.socket')]:
        text = re.sub(r'(?m)^ExecStart=.*/', f'ExecStart={HERE.parent}/',
                      path.read_text())
        (folder / path.name).write_text(text)
    return folder


def analyze(*words):
    return subprocess.run(('systemd-analyze', *words), text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_read_without_a_complaint(units):
    paths = sorted(units.iterdir())
    assert {path.name for path in paths} == {
        *(f'{name}.service' for name in SERVICES),
        *(f'{name}.timer' for name in BY_TIMER), 'umws-fcgi.socket'}
    done = analyze('verify', '--man=no', *paths)
    assert (done.returncode, done.stdout) == (0, '')


@pytest.mark.parametrize('service', SERVICES)
def test_little_is_left_open(units, service):
    done = analyze('security', '--no-pager', '--offline=true',
                   f'--threshold={EXPOSURE}', units / f'{service}.service')
    print(done.stdout.splitlines()[-1])
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize('service', SERVICES)
def test_settings_that_are_wrong_do_not_start_it_again(units, service,
                                                       tmp_path):
    text = (units / f'{service}.service').read_text()
    command = re.search(r'(?m)^ExecStart=(.*)', text)[1].split()
    wrong = tmp_path / 'umws.conf'
    wrong.write_text('no_such_key = 1\n')
    done = subprocess.run([command[0], '--config', wrong, *command[1:]],
                          stdin=subprocess.DEVNULL, check=False,
                          stderr=subprocess.PIPE, text=True)
    assert done.returncode == os.EX_CONFIG, done.stderr
    assert 'Restart=' not in text or re.search(
        r'(?m)^RestartPreventExitStatus=.*\bCONFIG\b', text)
