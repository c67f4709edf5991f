/*
 * completion.c - "completion bash": what bash completes, from the table of
 * verbs.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include "ctl/verbs.h"

/* Words parted by blanks; an option that takes a value loses its '='. */
static void
print_word(FILE *out, const char *before, const char *word)
{
	(void)fprintf(out, "%s%.*s", before, (int)strcspn(word, "="), word);
}

/* The second words of a group, or its one verb's options. */
static void
print_group(FILE *out, const struct verb_group *group)
{
	const struct verb	*verb;
	size_t			 i;

	(void)fprintf(out, "\t'%s') words='--help", group->name);
	for (verb = group->verbs; verb->name != NULL; verb++) {
		if (*verb->name != '\0')
			print_word(out, " ", verb->name);
		for (i = 0; *verb->name == '\0' && verb->options[i] != NULL;
		    i++)
			print_word(out, " ", verb->options[i]);
	}
	(void)fputs("' ;;\n", out);
}

static void
print_verb(FILE *out, const struct verb_group *group,
    const struct verb *verb)
{
	size_t	i;

	(void)fprintf(out, "\t'%s %s') words='--help", group->name,
	    verb->name);
	for (i = 0; verb->options[i] != NULL; i++)
		print_word(out, " ", verb->options[i]);
	(void)fputs("' ;;\n", out);
}

/* What is none of these words is a file's name, perhaps. */
static int
verb_bash(struct command *command)
{
	const struct verb	*verb;
	FILE			*out = command->io->out;
	size_t			 i;

	(void)fputs("# bash completion of umwsctl: made by umwsctl completion "
	    "bash\n"
	    "_umwsctl() {\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} first=1 verb words\n"
	    "\t[[ ${COMP_WORDS[1]} == --config ]] && first=3\n"
	    "\tverb=\"${COMP_WORDS[*]:first:COMP_CWORD-first}\"\n"
	    "\tcase $(printf '%s' \"$verb\" | cut -d ' ' -f 1-2) in\n"
	    "\t'') words='--config --help --version", out);
	for (i = 0; verb_groups[i] != NULL; i++)
		print_word(out, " ", verb_groups[i]->name);
	(void)fputs("' ;;\n", out);
	for (i = 0; verb_groups[i] != NULL; i++) {
		print_group(out, verb_groups[i]);
		for (verb = verb_groups[i]->verbs; verb->name != NULL; verb++)
			if (*verb->name != '\0')
				print_verb(out, verb_groups[i], verb);
	}
	(void)fputs("\tesac\n"
	    "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	    "}\n"
	    "complete -o default -F _umwsctl umwsctl\n", out);
	return EX_OK;
}

static const struct verb	verbs[] = {
	{ .name = "bash", .usage = "",
	  .summary = "print the completion that bash reads",
	  .help = "The installed one is made by this.\n", .run = verb_bash,
	  .reads_conf = true },
	{ .name = NULL }
};

const struct verb_group	verbs_completion = { "completion", verbs };
