"""The calls of doc/phone.md, as tests/system/phone has played them."""
import json

from umws_stack.layout import CHECKOUT

DOCUMENT = CHECKOUT / 'doc' / 'phone.md'
BEGIN, END = '<!-- calls: begin -->', '<!-- calls: end -->'


def write(figures):
    """One heading and one block for each title, in the order of the tests."""
    calls = {call['title']: call['text']
             for call in json.loads(figures.read_text())}
    blocks = [f'### {title}\n\n```\n{text}```\n'
              for title, text in calls.items()]
    head, begin, rest = DOCUMENT.read_text().partition(BEGIN + '\n')
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f'{DOCUMENT}: no markers for the calls')
    DOCUMENT.write_text(f'{head}{begin}\n' + '\n'.join(blocks)
                        + f'\n{end}{tail}')
