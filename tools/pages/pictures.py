"""The pictures of mails in doc/pictures, as a headless Chromium shows what
umws-mailer preview prints."""
import importlib
import pathlib
import subprocess
import sys

TREE = pathlib.Path(__file__).resolve().parents[2]
FOLDER = TREE / 'doc' / 'pictures'
WIDTH = 640
# kind, language, colour scheme, file
MAILS = [('reset', 'en', 'light', 'mail-reset'),
         ('reset', 'en', 'dark', 'mail-reset-dark'),
         ('reset', 'ar', 'light', 'mail-reset-ar')]


def write(build, folder=FOLDER):
    sys.path.insert(0, str(TREE / 'tests' / 'system'))
    browser = importlib.import_module('browser')
    with browser.Browser() as made:
        for kind, language, scheme, name in MAILS:
            made.view(WIDTH, scheme, height=100)
            made.show(subprocess.run(
                [build / 'umws-mailer', 'preview', kind, '--lang', language,
                 '--html'], check=True, capture_output=True, text=True).stdout)
            made.draw(folder / f'{name}.png', WIDTH)
