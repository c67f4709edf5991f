"""A telephone: asks the stack's phone route whether a PIN is right."""
import base64
import urllib.error
import urllib.parse
import urllib.request


def ask(env, mailbox, pins):
    """The answer's line; with two PINs the first is changed to the second."""
    fields = {'action': 'logon', 'mailbox': mailbox, 'pin': (pins or [''])[0]}
    if len(pins) > 1:
        fields |= {'action': 'change', 'new_pin': pins[1]}
    account = f'{env["UMWS_TUI_USER"]}:{env["UMWS_TUI_PASSWORD"]}'
    token = base64.b64encode(account.encode()).decode()
    request = urllib.request.Request(
        env['UMWS_TUI_URL'], urllib.parse.urlencode(fields).encode(),
        {'Authorization': f'Basic {token}'})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read().decode().strip()
    except urllib.error.HTTPError as failure:
        return failure.read().decode().strip() or f'HTTP {failure.code}'
