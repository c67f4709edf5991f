"""The matrix of rights in doc/database.md, from the catalogue of a database
that tests/system/rights/test_rights.py has made.

Rights as the catalogue has them, not as the files of sql/ mean them. What no
role may touch stands there, too, but for functions that others call.
"""
import json

from umws_stack.layout import CHECKOUT

DOCUMENT = CHECKOUT / 'doc' / 'database.md'
BEGIN, END = '<!-- rights: begin -->', '<!-- rights: end -->'
ROLES = ('umws_worker', 'umws_mailer', 'umws_admin', 'umws_helpdesk')
HEAD = '| {} | ' + ' | '.join(role.removeprefix('umws_') for role in ROLES) + (
    ' | PUBLIC |')
RULE = '|---|' + '---|' * (len(ROLES) + 1)
# One row for each object: kind, name, rights by role; umws_owner's as well.
# A table's right on columns alone stands with their names.
QUERY = """
WITH object AS (
    SELECT c.relkind::text AS kind, c.relname::text AS name,
        coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'
            ELSE 'r' END::"char", c.relowner)) AS acl, c.oid AS relation
    FROM pg_class c WHERE c.relnamespace = 'umws'::regnamespace
        AND c.relkind IN ('r', 'v', 'S', 'm', 'p')
    UNION ALL
    SELECT 'f', p.proname || '(' || pg_get_function_identity_arguments(p.oid)
            || ')',
        coalesce(p.proacl, acldefault('f', p.proowner)), NULL
    FROM pg_proc p WHERE p.pronamespace = 'umws'::regnamespace),
granted AS (
    SELECT o.kind, o.name, a.grantee, a.privilege_type AS word
    FROM object o, aclexplode(o.acl) a
    UNION ALL
    SELECT o.kind, o.name, a.grantee, a.privilege_type || ' (' || string_agg(
        t.attname, ', ' ORDER BY t.attnum) || ')'
    FROM object o JOIN pg_attribute t ON t.attrelid = o.relation,
        aclexplode(t.attacl) a
    GROUP BY o.kind, o.name, a.grantee, a.privilege_type)
SELECT o.kind, o.name, coalesce((
    SELECT jsonb_object_agg(r.role, r.words) FROM (
        SELECT CASE g.grantee WHEN 0 THEN 'public'
            ELSE g.grantee::regrole::text END AS role,
            jsonb_agg(g.word ORDER BY g.word) AS words
        FROM granted g WHERE g.kind = o.kind AND g.name = o.name
            AND g.word <> 'MAINTAIN'
        GROUP BY 1) r), '{}')
FROM object o ORDER BY o.kind, o.name COLLATE "C"
"""
ALL = {'r': {'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES',
             'TRIGGER'}}


def owner(kind, words):
    """What umws_owner, as whom the functions run, may do with a table."""
    lost = sorted(ALL[kind] - set(words))
    more = sorted(set(words) - ALL[kind])
    if not lost:
        return 'all'
    return '; has '.join(['all but ' + ', '.join(lost)] + more)


def line(name, cells):
    return f'| `{name}` | ' + ' | '.join(cells) + ' |'


def others(rights):
    """One cell for each role; whoever else has a right gets a word, too."""
    known = ROLES + ('public',)
    cells = [', '.join(rights.get(role, ())) or '-' for role in known]
    foreign = sorted(set(rights) - set(known) - {'umws_owner'})
    if foreign:
        cells[-1] += ', and ' + ', '.join(foreign)
    return cells


def is_granted(rights):
    return bool(set(rights) - {'umws_owner'})


def tables(rows):
    closed = [(name, rights) for kind, name, rights in rows if kind == 'r'
              and not is_granted(rights)]
    yield ('No role but the owner, as whom functions run, may do anything with'
           ' a table:')
    yield ''
    yield '| table | umws_owner |'
    yield '|---|---|'
    for name, rights in closed:
        yield line(name, [owner('r', rights.get('umws_owner', ()))])
    rest = [row for row in rows if row[0] != 'f' and (
        row[0] != 'r' or is_granted(row[2]))]
    yield ''
    yield HEAD.format('view or sequence')
    yield RULE
    for kind, name, rights in rest:
        yield line(name, others(rights))


def functions(rows):
    all_of = [(name, rights) for kind, name, rights in rows if kind == 'f']
    yield HEAD.format('function')
    yield RULE
    for name, rights in all_of:
        if is_granted(rights):
            yield line(name.partition('(')[0], others({
                role: ['yes'] for role in rights}))
    yield ''
    yield ('All other functions are called by these or by triggers, and by no'
           ' role.')


def make(rows):
    return '\n'.join([*tables(rows), '', *functions(rows)]) + '\n'


def split(text):
    """What comes before the matrix, the matrix, and what comes after."""
    head, begin, rest = text.partition(BEGIN + '\n')
    matrix, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f'{DOCUMENT}: no markers for the matrix')
    return head + begin, matrix, end + tail


def write(figures):
    head, _, tail = split(DOCUMENT.read_text())
    rows = json.loads(figures.read_text())
    DOCUMENT.write_text(head + make(rows) + tail)
