/*
 * unit.c - catch what a unit test logs: stderr is a file while a test runs.
 */
#include "config.h"

#include "unit.h"

struct unit	unit;

/* Show what was captured; for a test that dies or fails. */
static void
unit_show(void)
{
	char	bytes[512];
	ssize_t	len;

	if (lseek(STDERR_FILENO, 0, SEEK_SET) != 0)
		return;
	while ((len = read(STDERR_FILENO, bytes, sizeof(bytes))) > 0) {
		if (write(unit.stderr_fd, bytes, (size_t)len) != len)
			return;
	}
}

/* A failed assert() says why on the captured stderr: pass it on. */
static void
unit_on_abort(int number)
{
	(void)number;
	unit_show();
}

void
unit_expect_log(const char *part)
{
	assert_true(unit.count < UNIT_EXPECT_MAX);
	unit.expected[unit.count++] = part;
}

const char *
unit_log(void)
{
	static char	text[4096];
	ssize_t		len;

	len = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);
	assert_true(len >= 0);
	text[len] = '\0';
	assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
	(void)lseek(STDERR_FILENO, 0, SEEK_SET);
	return text;
}

int
unit_begin(void **state)
{
	FILE	*file;

	(void)state;
	unit.count = 0;
	file = tmpfile();
	if (file == NULL)
		return -1;
	unit.stderr_fd = dup(STDERR_FILENO);
	if (dup2(fileno(file), STDERR_FILENO) < 0)
		return -1;
	(void)fclose(file);
	if (__sanitizer_set_report_fd != NULL)
		__sanitizer_set_report_fd((void *)(intptr_t)unit.stderr_fd);
	(void)signal(SIGABRT, unit_on_abort);
	return 0;
}

/* Compare the captured lines with what the test announced. */
static bool
unit_log_fits(void)
{
	char	 line[1100];
	bool	 has_come[UNIT_EXPECT_MAX] = { false };
	bool	 is_fitting = true, is_known;
	FILE	*file = fdopen(dup(STDERR_FILENO), "r");

	if (file == NULL)
		return false;
	rewind(file);
	while (fgets(line, (int)sizeof(line), file) != NULL) {
		is_known = strncmp(line, "<3>", 3) != 0 &&
		    strncmp(line, "<4>", 3) != 0;
		for (size_t i = 0; i < unit.count; i++) {
			if (strstr(line, unit.expected[i]) != NULL)
				is_known = has_come[i] = true;
		}
		is_fitting = is_fitting && is_known;
	}
	(void)fclose(file);
	for (size_t i = 0; i < unit.count; i++)
		is_fitting = is_fitting && has_come[i];
	return is_fitting;
}

int
unit_end(void **state)
{
	bool	is_fitting = unit_log_fits();

	(void)state;
	if (!is_fitting) {
		dprintf(unit.stderr_fd, "the log is not what was expected:\n");
		for (size_t i = 0; i < unit.count; i++)
			dprintf(unit.stderr_fd, "expected: %s\n",
			    unit.expected[i]);
		unit_show();
	}
	(void)dup2(unit.stderr_fd, STDERR_FILENO);
	(void)close(unit.stderr_fd);
	(void)signal(SIGABRT, SIG_DFL);
	if (__sanitizer_set_report_fd != NULL)
		__sanitizer_set_report_fd((void *)(intptr_t)STDERR_FILENO);
	return is_fitting ? 0 : -1;
}

bool
unit_is_long(void)
{
	const char	*word = getenv("UMWS_LONG");

	return word != NULL && strcmp(word, "1") == 0;
}
