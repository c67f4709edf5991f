"""doc/proof.md from what the model and the bounded proofs have found."""
import json

from umws_stack.layout import CHECKOUT

PAGE = CHECKOUT / 'doc' / 'proof.md'

HEAD = '''# Proof

What is gone through without an exception, where tests try examples. This page
is the output of two runs and is never edited:

```
tests/model/run --long --json model.json
tests/proof/run --json proof.json
python3 tools/pages proof model.json proof.json
```

[development.md](development.md) says how the model is read and extended.

## The model

`tests/model/outbox.pml` is a reset, its fence and the way of its mail: two
workers, a backend of PostgreSQL for each reset, and mailers. Any of them may
die between any two steps, leases may end, and any answer may be lost. Spin
visits every state and stores it whole; promises 1 to 4 of
[design.md](design.md) hold in each.

| form | users | mailers | reset ids | deaths of mailers | states | seconds |
|---|---:|---:|---:|---:|---:|---:|
'''
FORMS = {
    'small': '1 | 2 | 2 | 1',
    'two users': '2 | 2 | 2 | any',
    'second ids': '2 | 1 | 3 | any',
}
GUARDS = '''
In the last form an abandoned reset is tried again under a second id.

Each guard is taken away in turn, in the small form with deaths at any time.
The promise beside it is then seen to break, after so many states:

| guard | without it | promise | states until found |
|---|---|---:|---:|
'''
PROOFS = '''
## Bounded proofs

CBMC goes through all inputs of up to so many bytes: no access is out of
bounds, no signed number overflows, and each loop ends. Foreign libraries are
stubs that hold their callers to their contracts, and so is the buffer of those
that append to one. Where a loop calls a function that is proven by itself, a
model may stand for that: it does whatever the function may do, of strspn() and
strcspn() too where they step over header fields. Left out are the loops of
libcsv and over a file's header row, the copying of a field that was read, and
a policy's list of PINs when one is checked. A PIN is drawn three times at
most. Each proof is seen to fail with a line of a copy of the source made
wrong. The seconds are of a busy machine.

| module | functions | bound in bytes | seconds |
|---|---|---:|---:|
'''


def write(model, proof):
    """Make the page of these two files."""
    model = json.loads(model.read_text())
    rows = json.loads(proof.read_text())
    bad = [form['form'] for form in model['forms']
           if form['promise'] is not None]
    bad += [row['guard'] for row in model['mutations']
            if row['promise'] != row['expected']]
    bad += [row['name'] for row in rows if not row['good']]
    assert not bad and model['mutations'], bad
    text = HEAD
    for form in model['forms']:
        text += (f'| {form["form"]} | {FORMS[form["form"]]} | '
                 f'{form["states"]:,} | {form["seconds"]:g} |\n')
    text += GUARDS
    for row in model['mutations']:
        text += (f'| `{row["guard"]}` | {row["without"]} | '
                 f'{row["expected"]} | {row["states"]:,} |\n')
    text += PROOFS
    for row in rows:
        text += (f'| {row["name"]} | {row["functions"]} | {row["bound"]} | '
                 f'{row["seconds"]:g} |\n')
    PAGE.write_text(text)
