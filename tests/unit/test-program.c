/*
 * test-program.c - programs that are run to their end, and those that have
 * none.
 */
#include "config.h"

#include "unit.h"

#include "base/buf.h"
#include "edge/clock.h"
#include "edge/program.h"

#define WORDS_MAX	4096
#define LATE_MS		10000	/* of one that has a second */

static const struct run {
	const char	*name;
	const char	*script;
	const char	*words;
	int		 code;
} runs[] = {
	{ "well", "echo a; echo b >&2", "a\nb\n", 0 },
	{ "code", "exit 3", "", 3 },
	{ "killed", "kill -9 $$", "", PROGRAM_KILLED },
	{ "closes and ends", "exec >&- 2>&-; sleep 0.1; exit 4", "", 4 },
	{ "talks on", "echo a; exec sleep 60", "a\n", PROGRAM_KILLED },
	{ "closes and stays", "echo a; exec >&- 2>&-; exec sleep 60", "a\n",
	  PROGRAM_KILLED },
	/* What it has started holds its output. */
	{ "ends and is heard", "sleep 60 & echo a; exit 5", "a\n", 5 },
};

static void
test_ends(void **state)
{
	const char	*arguments[] = { "-c", NULL, NULL };
	struct program	 program = { .path = "/bin/sh", .timeout_s = 1,
			    .arguments = arguments };
	struct buf	 words = BUF_INIT(WORDS_MAX);
	int64_t		 start_ms;
	size_t		 i;
	int		 code;

	(void)state;
	for (i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		arguments[1] = runs[i].script;
		buf_reset(&words);
		start_ms = clock_ms();
		code = program_run(&program, &words);
		UNIT_CHECK(runs[i].name, code == runs[i].code);
		UNIT_CHECK(runs[i].name, clock_ms() - start_ms < LATE_MS);
		UNIT_CHECK(runs[i].name, strcmp(buf_text(&words),
		    runs[i].words) == 0);
	}
	buf_free(&words);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = { UNIT_TEST(test_ends) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
