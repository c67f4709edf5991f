"""One thing of each kind that doc/development.md has a list for, as changes of
files: what stands there, and what comes in its place.

A list names the files, and these touch them; test_adding.py holds the two
together and builds a copy of the tree that has them all.
"""
import re

from harness import TREE

SCHEMA = 'sql/schema/'
NEXT = ("UPDATE umws.schema_info SET version = {0}, oldest_program = {0},\n"
        '    upgraded_at = clock_timestamp();\nRESET ROLE;\n')


def next_version():
    found = re.search(r'UMWS_SCHEMA_VERSION\],? *\[?(\d+)',
                      (TREE / 'configure.ac').read_text())
    return int(found[1]) + 1


def rules_expression():
    """The generated column as the schema's last file has made it."""
    found = [re.search(r'rules +text NOT NULL (GENERATED .*?\) STORED)',
                       path.read_text(), re.DOTALL)
             for path in sorted((TREE / SCHEMA).glob('*.sql'))]
    return [each[1] for each in found if each][-1]


def kinds():
    found = [re.search(r'outbox_kind_check CHECK \(VALUE IN \((.*?)\)\)',
                       path.read_text(), re.DOTALL)
             for path in sorted((TREE / SCHEMA).glob('*.sql'))]
    return ' '.join([each[1] for each in found if each][-1].split())


def before(anchor, text):
    return (anchor, text + anchor)


def behind(anchor, text):
    return (anchor, anchor + text)


def rule():
    expression = rules_expression().replace(
        ') STORED', "|| ' refuse_palindromes=' || CASE WHEN refuse_palindromes"
        " THEN 't' ELSE 'f' END) STORED")
    return {
        SCHEMA: f"""SET LOCAL ROLE umws_owner;
ALTER TABLE umws.policy ADD COLUMN refuse_palindromes boolean NOT NULL
    DEFAULT false;
ALTER TABLE umws.policy DROP COLUMN rules;
ALTER TABLE umws.policy ADD COLUMN rules text NOT NULL {expression};
COMMENT ON COLUMN umws.policy.refuse_palindromes IS 'Refuse 123321.';
COMMENT ON COLUMN umws.policy.rules IS 'As before.';
""",
        'src/core/policy.h': [
            before('\tPOLICY_HISTORY,', '\tPOLICY_PALINDROMES,\n'),
            behind('\tbool\t\trefuse_most_used;\n',
                   '\tbool\t\trefuse_palindromes;\n')],
        'src/core/policy-rule.c': [
            before('const struct policy_row\tpolicy_rows', """static bool
breaks_palindromes(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
\tsize_t\ti;

\t(void)extension;
\tfor (i = 0; i < pin->len / 2; i++) {
\t\tif (pin->digits[i] != pin->digits[pin->len - 1 - i])
\t\t\treturn false;
\t}
\treturn policy->refuse_palindromes;
}

static long double
most_palindromes(const struct policy *policy, unsigned int n,
    const long double *free)
{
\treturn policy->refuse_palindromes ? free[(n + 1) / 2] : 0;
}

"""),
            before('\t{ POLICY_HISTORY, SCOPE_ELSE', """\
\t{ POLICY_PALINDROMES, SCOPE_PIN, "palindromes",
\t    "The PIN is the same read from behind.",
\t    "what is the same read from behind: 123321",
\t    .breaks = breaks_palindromes, .most = most_palindromes,
\t    SETTING(refuse_palindromes, "RefusePalindromes",
\t    "refuse_palindromes", ON_OFF, "no") },
""")],
    }


def kind():
    changes = {
        SCHEMA: f"""SET LOCAL ROLE umws_owner;
ALTER DOMAIN umws.mail_kind DROP CONSTRAINT outbox_kind_check;
ALTER DOMAIN umws.mail_kind ADD CONSTRAINT outbox_kind_check
    CHECK (VALUE IN ({kinds()}, 'moved'));
""",
        'src/core/letter-kind.c': [behind(
            'static const struct letter_kind kinds[] = {\n', """\
\t{ "reset", SENTENCE_SUBJECT, true, true, false, SENTENCE_REQUESTED,
\t    SENTENCE_NOT_YOU, SENTENCE_TELL, SENTENCE_RENEW },
\t{ "moved", SENTENCE_SUBJECT, true, true, false, SENTENCE_MOVED,
\t    LETTER_NONE, SENTENCE_QUESTIONS, LETTER_NONE },
""")],
        'src/core/letter-language.h': [
            before('\tSENTENCE_ELSEWHERE,', '\tSENTENCE_MOVED,\n')],
    }
    first = re.search(r'\t\{ "reset", .*?\},\n',
                      (TREE / 'src/core/letter-kind.c').read_text(),
                      re.DOTALL)[0]
    changes['src/core/letter-kind.c'] = [behind(first, """\
\t{ "moved", SENTENCE_SUBJECT, true, true, false, SENTENCE_MOVED,
\t    LETTER_NONE, SENTENCE_QUESTIONS, LETTER_NONE },
""")]
    for path in sorted((TREE / 'letters').glob('*.c')):
        changes[f'letters/{path.name}'] = [before(
            '\t\t[SENTENCE_ELSEWHERE] =', '\t\t[SENTENCE_MOVED] = "'
            f'({path.stem}) Your voice mailbox was moved. Its PIN:",\n')]
    return changes


def verb():
    return {
        'sql/code/admin-pin.sql': [before('\nRESET ROLE;\n', """
CREATE OR REPLACE FUNCTION umws.pin_praise(
        p_login text, p_reason text, OUT login text, OUT message text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user umws.um_user;
BEGIN
    PERFORM umws.commit_durably();
    v_user := umws.user_held(p_login);
    login := v_user.login;
    message := format('the PIN of %s is praised', login);
    PERFORM umws.audit_act('pin_praise', v_user.id, login,
        umws.policy_name(v_user.policy_id), p_reason);
END
$$;
COMMENT ON FUNCTION umws.pin_praise(text, text) IS 'Say that a PIN is good.';
GRANT EXECUTE ON FUNCTION umws.pin_praise(text, text) TO umws_admin;
""")],
        'src/ctl/pin.c': [
            before('static const struct verb\tverbs[] = {\n', """\
static const struct verb_call\tpraise = {
\t.function = "pin_praise",
\t.params = { "LOGIN", "--reason" }
};
static const char\tpraise_help[] =
"  --reason TEXT  why\\n"
"  --json         an object\\n";

"""),
            before('\t{ .name = "status",', """\
\t{ .name = "praise", .usage = "LOGIN [--reason TEXT] [--json]",
\t  .summary = "say that a PIN is good", .help = praise_help,
\t  .options = { "--reason=", "--json" }, .word_names = "LOGIN",
\t  .words_min = 1, .words_max = 1, .run = command_act,
\t  .call = &praise },
""")],
    }


def operation():
    return {
        'src/soap/operation.h': [
            before('\tOPERATION_COUNT\n', '\tOPERATION_GET_GREETING,\n')],
        'src/soap/operation.c': [
            behind('static const struct operation operations[] = {\n', """\
\t[OPERATION_GET_GREETING] = { "GetGreeting",
\t    OPERATION_EMPTY, 0, NULL, NULL },
""")],
        'src/web/route-ews.c': [
            behind('static const struct handler handlers[] = {\n', """\
\t[OPERATION_GET_GREETING] = { run_is_enabled, reply_empty, false },
""")],
    }


KINDS = {'rule': ('a rule that PINs are drawn by', rule),
         'kind': ('a mail kind', kind),
         'verb': ('a verb of umwsctl with --json', verb),
         'operation': ('an operation of the web service', operation)}


def changed(text, changes, path):
    """The text with these changes, each where it can be alone."""
    for old, new in changes:
        assert text.count(old) == 1, f'{path}: {text.count(old)} times {old}'
        text = text.replace(old, new)
    return text


def every_change():
    """{path: its text with all four things}; one file of the schema for
    each, the list of them and the version."""
    made, version, files = {}, next_version() - 1, []
    for name, (_, changes) in KINDS.items():
        for path, text in changes().items():
            if path == SCHEMA:
                version += 1
                files.append(f'{SCHEMA}{version:04}-{name}.sql')
                made[files[-1]] = text + NEXT.format(version)
                continue
            old = made.get(path) or (TREE / path).read_text()
            made[path] = changed(old, text, path)
    # Behind the schema's files that are there, before the code.
    made['Makefile.am'] = re.sub(
        r'^SQL_FILES = (?:sql/schema/\S+ (?:\\\n\t)?)+',
        lambda found: f'{found[0]}{" ".join(files)} ',
        (TREE / 'Makefile.am').read_text(), flags=re.MULTILINE)
    made['configure.ac'] = re.sub(
        r'(UMWS_SCHEMA_VERSION\],? *\[?)\d+', rf'\g<1>{version}',
        (TREE / 'configure.ac').read_text())
    return made
