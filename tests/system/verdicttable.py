"""The rules of src/core/verdict.c, as rows of doc/mail.md, and which of them
is the first that matches a reply."""
import re

from harness import TREE

PHASES = {'GREETING': 'greet', 'HELO': 'ehlo', 'STARTTLS': 'starttls',
          'AUTH': 'auth', 'NOOP': 'noop', 'MAIL': 'mail', 'RCPT': 'rcpt',
          'DATA': 'data', 'BODY': 'dot'}
GROUPS = {'ON_MAIL': ['mail'], 'ON_RCPT': ['rcpt', 'data'],
          'ON_BODY': ['dot'], 'ON_ALL': ['mail', 'rcpt', 'data', 'dot'],
          'ON_ANY': list(PHASES.values())}
FAULTS = {'MAIL': 'dead', 'DOUBT': 'in doubt', 'RELAY': 'kept, 78',
          'SETTING': 'kept, 78', 'SERVER': 'kept, 75', 'LATER': 'later'}
WORDS = {'OPEN': 'yes', 'CLOSED': 'no', 'NAMED': 'recipient'}
ROW = re.compile(r'''
    \{\ ((?:ON_?[A-Z]*(?:\(PHASE_[A-Z]+\))?(?:\ \|\ )?)+),\s
    (\d+),\ (\d+),\ (ANY|NONE|\d+),\ (\d+),\ (\d+),\s
    FAULT_([A-Z]+),\s+(.*?),\s+(OPEN|CLOSED|NAMED)\ \}''', re.X | re.S)
SETTINGS = ('smtp_url', 'smtp_user', 'smtp_password_file', 'smtp_tls',
            'smtp_helo', 'envelope_from', 'mail_from')


class Rule:
    """One row; details None: any, or no enhanced code where subject is ''."""

    def __init__(self, fields, macros):
        phases, low, high, subject, first, last, fault, look, kind = fields
        self.phases = []
        for one in re.findall(r'PHASE_([A-Z]+)|(ON_[A-Z]+)', phases):
            self.phases += [PHASES[one[0]]] if one[0] else GROUPS[one[1]]
        self.codes = int(low), int(high)
        self.subject = {'ANY': None, 'NONE': ''}.get(subject, subject)
        self.details = int(first), int(last)
        self.fault = FAULTS[fault]
        text = ''.join(macros.get(one, one)
                       for one in re.findall(r'"[^"]*"|[A-Z]+', look))
        self.settings = [name for name in SETTINGS if name in text]
        self.words = WORDS[kind]

    def row(self):
        """The cells of the row in doc/mail.md, but for its source."""
        low, high = self.codes
        codes = str(low) if low == high else (
            f'{low // 100}yz' if (low, high) in ((400, 499), (500, 599))
            else f'{low} to {high}')
        first, last = self.details
        detail = 'x' if (first, last) == (0, 999) else (
            str(first) if first == last else f'{first} to {last}')
        enhanced = {None: 'any', '': 'none'}.get(
            self.subject, f'{self.subject}.{detail}')
        phases = 'any' if len(self.phases) == len(PHASES) else ', '.join(
            self.phases)
        return (phases, codes, enhanced, self.fault,
                ', '.join(self.settings), self.words)

    def is_match(self, phase, code, subject, detail):
        if phase not in self.phases or not (
                self.codes[0] <= code <= self.codes[1]):
            return False
        if self.subject is None or self.subject != subject:
            return self.subject is None
        return subject == '' or (
            self.details[0] <= detail <= self.details[1])


def rules():
    """In their order."""
    text = (TREE / 'src' / 'core' / 'verdict.c').read_text()
    text = re.sub(r'/\*.*?\*/', '', text.replace('\\\n', ' '), flags=re.S)
    macros = dict(re.findall(r'#define\s+([A-Z]+)\s+(".*)', text))
    for _ in range(2):
        macros = {name: ''.join(macros.get(one, one) for one in re.findall(
            r'"[^"]*"|[A-Z]+', value)) for name, value in macros.items()}
    table = text[text.index('rules[] = {'):]
    table = table[:table.index('\n};')]
    found = [Rule(fields, macros) for fields in ROW.findall(table)]
    assert len(found) == table.count('FAULT_'), 'a row is not understood'
    return found


def first_match(table, phase, reply):
    """The place of the rule for a reply, or None."""
    found = re.match(r'([0-9]{3})(?:[ -]([245])\.([0-9]+)\.([0-9]+)(?= |$))?',
                     reply)
    code = int(found.group(1))
    subject, detail = '', 0
    if found.group(2) == str(code // 100):
        subject, detail = found.group(3), int(found.group(4))
    for place, rule in enumerate(table):
        if rule.is_match(phase, code, subject, detail):
            return place
    return None


def section(title, width):
    """The rows of the table under a heading of doc/mail.md."""
    text = (TREE / 'doc' / 'mail.md').read_text()
    part = text.split(f'\n## {title}\n')[1].split('\n## ')[0]
    rows = [[cell.strip() for cell in line.split('|')[1:-1]]
            for line in part.splitlines() if line.startswith('| ')]
    assert all(len(row) == width for row in rows), title
    return rows[1:]


def written():
    """The rules as doc/mail.md has them, the source last."""
    return section('The table', 7)


def replies():
    """The replies that doc/mail.md says are tried."""
    return section('Replies that are tried', 4)
