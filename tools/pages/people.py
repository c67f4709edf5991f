"""doc/pictures: the page for people, on a telephone and on a desk, light and
dark, as a headless Chromium draws it. The mailbox in it is an example."""
import pathlib
import tempfile

import png
from browser import Browser
from person import MAILBOX, SERVICE, Person, answered, mailbox, served
from umws_stack.layout import CHECKOUT

FOLDER = CHECKOUT / 'doc' / 'pictures'
WIDTHS = {'phone': 390, 'desk': 900}
DONE = (b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        b'<s:Body><m:ResetPINResponse xmlns:m="m"/></s:Body></s:Envelope>')
# Name: where, in which scheme and language, and how far.
PICTURES = {
    'page-desk-light': ('desk', 'light', 'en-GB', 'opened'),
    'page-desk-dark': ('desk', 'dark', 'en-GB', 'done'),
    'page-phone-light': ('phone', 'light', 'en-GB', 'opened'),
    'page-phone-dark': ('phone', 'dark', 'en-GB', 'opened'),
    'page-phone-question': ('phone', 'light', 'en-GB', 'question'),
    'page-phone-arabic': ('phone', 'light', 'ar', 'opened'),
}


def draw(browser, base, name):
    place, scheme, language, stage = PICTURES[name]
    width = WIDTHS[place]
    person = Person(browser, base).open(width, scheme, language, stubs=[
        (MAILBOX, mailbox()), (SERVICE, answered(200, DONE))])
    if stage == 'question':
        person.ask()
    elif stage == 'done':
        person.reset()
        browser.run('document.activeElement.blur()')
    browser.size(width, 200)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'picture.png'
        browser.draw(path, width)
        return png.small(path.read_bytes())


def write():
    FOLDER.mkdir(exist_ok=True)
    with served() as base, Browser() as browser:
        for name in PICTURES:
            (FOLDER / f'{name}.png').write_bytes(draw(browser, base, name))
