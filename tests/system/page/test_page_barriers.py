"""The page for people for those who see little, hear it, or use no mouse: by
axe-core, by its names and roles, enlarged, and on a telephone."""
import functools
import json
import os
import pathlib

import pytest

from harness import IS_LONG, TREE, UNAVAILABLE, run
from person import (LANGUAGES, MAILBOX, SERVICE, fault, mailbox,
                    sentences)

VIEWS = [(width, scheme) for width in (360, 1280)
         for scheme in ('light', 'dark')]
RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
         'best-practice']
AXE = f"""
axe.run(document, {{runOnly: {json.dumps(RULES)}}}).then(
    (done) => done.violations.map((one) => one.id + ': ' + one.nodes.map(
        (node) => node.html + ' ' + node.failureSummary).join('; ')))
"""
WIDE = """
[...document.querySelectorAll('body *')].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
}).map((element) => element.outerHTML.slice(0, 80)).concat(
    document.documentElement.scrollWidth > innerWidth ? ['the page'] : [])
"""
LOCKED = {'state': 'locked_out', 'is_locked_out': True,
          'locked_out_at': '2026-11-26T12:00:00+00:00',
          'email': 'a.very.long.address.of.somebody@department.example.org'}


@functools.cache
def axe():
    """Its text; where nobody has it, the tests with it are left out."""
    home = os.environ.get('UMWS_CHECK_DIR') or (
        '/var/cache/umws-check' if os.geteuid() == 0 else
        pathlib.Path.home() / '.cache' / 'umws-check')
    done = run(TREE / 'tools' / 'lib' / 'axe', pathlib.Path(home) / 'axe')
    if done.returncode == UNAVAILABLE:
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    return pathlib.Path(done.stdout.strip()).read_text()


def violations(person):
    if not person.browser.run("typeof axe === 'object'"):
        person.browser.run(axe() + '; true')
    return person.browser.run(AXE)


def opened(person, tag='en', **more):
    return person.open(languages=tag, stubs=[
        (MAILBOX, mailbox(**more)),
        (SERVICE, fault('ErrorServerBusy', back_off_ms=3600000))])


def stages(person):
    """As it is opened, the question, and what came of it; one by one."""
    yield 'opened'
    person.ask()
    yield 'question'
    person.click('#no')
    person.reset()
    yield 'answer'


@pytest.mark.parametrize('tag', LANGUAGES if IS_LONG else ('en', 'ar'))
def test_axe(person, tag):
    """Not a violation, in both directions, light and dark, on a telephone
    and on a desk."""
    axe()
    opened(person, tag, is_helpdesk=True, **LOCKED)
    for stage in stages(person):
        for width, scheme in VIEWS:
            person.browser.view(width, scheme)
            assert violations(person) == [], (stage, width, scheme)


def test_axe_finds_something(person):
    axe()
    opened(person)
    person.browser.run("document.querySelector('label').remove();"
                       "document.querySelector('h1').style.color = '#ddd'")
    assert {one.partition(':')[0] for one in violations(person)
            } >= {'color-contrast'}


@pytest.mark.thin(3)
@pytest.mark.parametrize('tag', LANGUAGES)
def test_enlarged(person, tag):
    """Nothing is to be read sideways: a telephone, one at 200 %, a desk at
    400 %, and text alone at 200 %."""
    opened(person, tag, is_helpdesk=True, **LOCKED)
    for stage in stages(person):
        for width, percent in ((360, 100), (180, 100), (320, 100),
                               (360, 200), (1280, 200)):
            person.browser.view(width, 'light')
            person.browser.run('document.documentElement.style.fontSize ='
                               f" '{percent}%'")
            assert person.browser.run(WIDE) == [], (stage, width, percent)
        person.browser.run("document.documentElement.style.fontSize = ''")


def spoken(person):
    """What a screen reader has: roles and names."""
    tree = person.browser.call('Accessibility.getFullAXTree')['nodes']
    return {(node['role']['value'], node.get('name', {}).get('value', ''))
            for node in tree if not node['ignored']}


@pytest.mark.parametrize('tag', ('en', 'ar'))
def test_names_and_roles(person, tag):
    words = sentences(tag)
    opened(person, tag)
    said = spoken(person)
    assert {('button', words['reset']), ('combobox', words['language']),
            ('heading', words['title']), ('heading', words['state_title']),
            ('region', words['state_title']), ('status', '')} <= said
    assert ('main', '') in said
    # Nobody hears of a page that is not for him.
    assert ('link', words['desk_link']) not in said
    opened(person, tag, is_helpdesk=True)
    assert {('navigation', ''), ('link', words['desk_link'])} <= spoken(person)
    person.ask()
    said = spoken(person)
    assert {('dialog', words['confirm_title']),
            ('button', words['confirm_yes']),
            ('button', words['confirm_no'])} <= said
    person.click('#no')
    person.reset()
    assert ('region', words['failed_title']) in spoken(person)


def test_what_is_under_way_is_told(person):
    """In a live region, while the button says that it is at work."""
    opened(person)
    person.browser.run("""
        window.told = [];
        new MutationObserver(() => told.push([
            document.querySelector('#live').textContent,
            document.querySelector('#reset').ariaDisabled])).observe(
            document.querySelector('#live'), {childList: true})""")
    person.reset()
    assert person.browser.run('told')[0] == [
        sentences('en')['working'], 'true']
    assert person.browser.run(
        "document.querySelector('#reset').ariaDisabled") == 'false'
    assert person.browser.run(
        "document.querySelector('#live').ariaLive") == 'polite'


def test_large_enough_for_a_thumb(person):
    opened(person, is_helpdesk=True)
    person.browser.view(360, 'light')
    person.ask()
    for height in person.browser.run(
            "[...document.querySelectorAll('button, select, nav a')].filter("
            'one => one.checkVisibility()).map('
            'one => one.getBoundingClientRect().height)'):
        assert height >= 44


@pytest.mark.parametrize('motion, turns', (('reduce', False),
                                           ('no-preference', True)))
def test_nothing_turns_for_who_minds(person, motion, turns):
    opened(person)
    person.browser.call('Emulation.setEmulatedMedia', features=[
        {'name': 'prefers-reduced-motion', 'value': motion}])
    person.browser.run("document.querySelector('#reset').className += ' busy'")
    name = person.browser.run("getComputedStyle(document.querySelector("
                              "'#reset'), '::after').animationName")
    assert (name != 'none') == turns
