/*
 * policy-language.h - keys of a policy that have a value per language, as
 * ResetPINText[de]. Private to ctl/policy.
 *
 * Such a key ends in POLICY_LANGUAGE in the table of keys, and its column is
 * of the type umws.texts: a JSON object of language and text, which is all the
 * JSON that is read here.
 */
#ifndef UMWS_COMMAND_POLICY_LANGUAGE_H
#define UMWS_COMMAND_POLICY_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "ctl/policy-key.h"
#include "ctl/verbs.h"
#include "base/buf.h"

#define POLICY_LANGUAGE	"[LANGUAGE]"

/* Has the key a value per language? */
bool	policy_language_is(const struct policy_setting *setting);

/* Do the first len bytes of a word name such a key, and any language? */
bool	policy_language_is_named(const struct policy_setting *setting,
	    const char *word, size_t len);

/*
 * Append what the words KEY[LANGUAGE]=VALUE set, a member of the object each;
 * an empty value is null. All of them name the key. EX_OK, or the exit code of
 * what was printed.
 */
int	policy_language_parse(const struct command *command,
	    const struct policy_key *key, const char *const *words,
	    size_t count, struct buf *json);

/* Print a line for each language of a stored value. */
void	policy_language_show(FILE *out, const struct policy_key *key,
	    const char *stored);

/*
 * Print what has changed from old to new in the form of "policy set"; *count is
 * how many changes have been printed.
 */
void	policy_language_changes(FILE *out, const struct policy_key *key,
	    const char *old, const char *new, size_t *count);

#endif
