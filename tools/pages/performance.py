"""doc/performance.md from the figures of a run of tools/bench."""
import json
import textwrap

from umws_bench.report import Row, table
from umws_stack.layout import CHECKOUT

GROUPS = {
    'a': 'The default derivation',
    'b': 'Against PHP, where derivation costs next to nothing',
    'c': 'Processor time of one reset, where derivation costs nothing',
    'd': 'Mails',
    'e': 'Logons by the phone route',
    'f': 'A database of years',
    'g': 'Mails to a Postfix',
}
NOTES = {
    'a': 'Argon2id with 7 MiB and 5 passes, over HTTP with kept connections.'
         ' "Bare" is the same call of the same library in a loop, one process'
         ' per core. What umws and PHP reach is less by what clients, nginx'
         ' and PostgreSQL use of the same cores. "Besides the derivation" is'
         ' all processor time of umws-fcgi and of its backends in PostgreSQL,'
         ' less one derivation, measured alone after each run.',
    'b': 'Argon2id with 8 KiB and 1 pass, so that all the rest is seen. PHP'
         ' is a SoapServer under php-fpm behind the same nginx, with PDO, in'
         ' a database of its own with the same tables (`tests/peers`); its'
         ' pool has the best of several sizes. Its one function writes the'
         ' same rows, but asks the database once where umws asks twice: what'
         ' a PIN is drawn, derived and sealed by it takes from its'
         ' configuration, so it has no basis that can turn stale, checks no'
         ' mail key, and knows no limits per address and per minute.',
    'c': 'As the kernel counts it (`/proc/PID/schedstat`), in the runs of'
         ' (b): of all worker children, of all their backends, of nginx,'
         ' which checks the password and passes the request on.',
    'd': 'One pass of umws-mailer over 512 queued mails, its start included.'
         ' It commits once for each mail, durably, after the server has'
         ' taken the one before.',
    'e': 'The default derivation again. Each line sends the right PIN of one'
         ' mailbox after the other, 64 mailboxes by 16 lines; "beside" are as'
         ' many resets of other mailboxes by 16 clients at the same time.'
         ' Afterwards 64 lines send 128 wrong PINs to one mailbox, at once'
         ' again where they are put off: tries are those that the audit has as'
         ' compared and found wrong, derivations those that the worker counts,'
         ' without one for each automatic reset.',
    'f': 'Resets of 512 mailboxes over 397 days, settled: each with a row of'
         ' the audit and one of a mail, which has waited in the queue before.'
         ' Five million of them are held against five thousand, both'
         ' databases at work on the same machine. A reset is by one client,'
         ' where derivation costs next to nothing, and writes more of the log'
         ' of PostgreSQL the more pages its indexes have, since a page goes'
         ' there whole when it is first touched after a checkpoint (8 KB for'
         ' a reset beside 300,000 that are settled, 2 KB beside 5,000), which'
         ' a busy disk shows most; a claim is of ten mails of'
         ' 512 that are due, and reads as many pages in both, since settled'
         ' rows are in none of its indexes.',
    'g': 'One pass of umws-mailer over 2,048 queued mails, its start included,'
         ' to a Postfix that throws them away; beside it the load generator'
         ' of Postfix with as many kept connections, as many mails, as large,'
         ' each to another address (-N), as ours are: what Postfix finds out'
         ' of an address it keeps for the next mail.'
         ' All share two cores and a disk: Postfix puts each mail on it'
         ' durably, and so does umws with what has become of it.',
}
HOW = """\
Limits are on in all runs, and high enough never to be reached. Before each
run all earlier resets are put out of every limit's window, so that of a minute
fills from nothing to about 1,350 resets in (b); by default the limit is 600.
Figures are medians over all rounds; a ratio is the median of the ratios within
each round, so that what slows the machine for a while hits both sides. It need
not be the quotient of the two figures beside it. The rows that each 200 must
leave are counted after every run.
"""


def fill(text, indent=''):
    return textwrap.fill(text, 80, subsequent_indent=indent,
                         break_on_hyphens=False)


def apart(path):
    """Rows that were measured by themselves, and the words for when."""
    known = json.loads(path.read_text())
    rows = [Row(**row) for row in known['rows']]
    groups = ', '.join(f'({key})' for key in sorted({
        row.group for row in rows}))
    about = known['machine']
    return rows, (f' {groups}: `{known["command"]}`, {about["date"]}, on the'
                  f' same machine; load average before:'
                  f' {about["load before"]}.')


def write(figures, *others):
    known = json.loads(figures.read_text())
    rows = [Row(**row) for row in known['rows']]
    about = known['machine']
    also = ''
    for path in others:
        more, words = apart(path)
        rows += more
        also += words
    blocks = [
        '# Performance',
        f'Made by `python3 tools/pages performance` of what'
        f' `{known["command"]}` measured, {about["date"]}, on'
        f' {about["cores"]} cores of {about["processor"]},'
        f' {about["memory"]}, Linux {about["kernel"]}; PostgreSQL'
        f' {about["PostgreSQL"]} with its durable defaults, nginx'
        f' {about["nginx"]}, libsodium {about["libsodium"]}, PHP'
        f' {about["PHP"]}. Load average before: {about["load before"]}.'
        + also,
        table(rows, has_targets=False).rstrip(),
        '## How to read it', HOW.rstrip()]
    text = '\n\n'.join(block if block.startswith('|') else fill(block)
                       for block in blocks)
    items = [fill(f'- **({key}) {title}.** {NOTES[key]}', '  ')
             for key, title in GROUPS.items()
             if key in {row.group for row in rows}]
    (CHECKOUT / 'doc' / 'performance.md').write_text(
        text + '\n\n' + '\n'.join(items) + '\n')
