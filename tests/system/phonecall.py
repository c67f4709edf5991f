"""What a phone system asks of umws: is this PIN right, set another one."""
import time
import urllib.parse

from soap import call


def ask(stack, fields, url='UMWS_TUI_URL', user='phone', password=None,
        **more):
    """One request of the phone route; fields may be a form as it is sent."""
    body = fields if isinstance(fields, bytes) else urllib.parse.urlencode(
        fields).encode()
    more.setdefault('Content_Type', 'application/x-www-form-urlencoded')
    return call(stack, user, body, url=url,
                password=password or stack.env['UMWS_TUI_PASSWORD'], **more)


def word(answer):
    """What a caller is told; a rule and its sentence come behind REFUSED."""
    assert answer.status == 200, (answer.status, answer.body)
    assert answer.headers['Content-Type'] == 'text/plain; charset=utf-8'
    text = answer.body.decode()
    assert text.count('\n') == 1 and text.endswith('\n')
    return text[:-1]


def logon(stack, mailbox, pin, **more):
    return word(ask(stack, {'action': 'logon', 'mailbox': mailbox,
                            'pin': pin} | more))


def change(stack, mailbox, pin, new_pin, **more):
    return word(ask(stack, {'action': 'change', 'mailbox': mailbox,
                            'pin': pin, 'new_pin': new_pin} | more))


def insist(stack, mailbox, pin, **more):
    """A logon of a line that comes again as long as it is told to. The word,
    and how often that was."""
    for times in range(10000):
        answer = ask(stack, {'action': 'logon', 'mailbox': mailbox,
                             'pin': pin} | more)
        if answer.status != 503:
            return word(answer), times
        assert answer.body == b'UNAVAILABLE\n'
        # It would have a second's patience; a flood has less.
        assert answer.headers['Retry-After'] == '1'
        time.sleep(0.02)
    raise AssertionError('never an answer')


def metric(stack, name):
    """One of the worker's counters, by its name in /umws/metrics."""
    text = call(stack, None, None, url='UMWS_METRICS_URL', method='GET')
    return next(int(line.split()[1]) for line in
                text.body.decode().splitlines()
                if line.startswith(name + ' '))


def derivations(stack):
    return metric(stack, 'umws_derivations_total')


def other_than(*pins):
    """A PIN that is none of these, and that no rule refuses."""
    return next(pin for pin in ('904716', '381625', '629174', '258036')
                if pin not in pins)
