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
stubs that hold their callers to their contracts. A buffer is closed to those
that append to one: all bytes of what they append have to be there, and buf's
own proof is that any sound buffer stays sound. Where a function calls one that
is proven by itself, a model may stand for that: it does whatever the function
may do, of strspn() and strcspn() too where they step over header fields, and
of strlen() in a line of the log. For the loop over a list of refused PINs one
turn stands for all, from any place of the list. Each proof is seen to fail
with a line of a copy of the source made wrong. The seconds are of a busy
machine.

| module | functions | bound in bytes | seconds |
|---|---|---:|---:|
'''
REST = '''
What is not proven:

- Longer inputs. Where a limit of ours is longer, a shorter one stands for it:
  a field and a header of CSV have 64 bytes and a row four fields, an event
  has six pairs, an address in markup 12 bytes. A mailbox has two names, and a
  PIN is drawn three times at most.
- Libraries, libcsv among them, and what printf() makes of its values.
- The tokens of markup: whatever may be read is taken for one.
- Of an array within a struct, CBMC sees an access behind the struct and not
  one into its next member. Those of csv, log and markup assert what they have
  as indexes; a name's digits are only held to the array of names.
- What all this is for: that an output is the right one is a matter of tests.
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
    PAGE.write_text(text + REST)
