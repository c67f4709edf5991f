/*
 * test-keyfile-credential.c - what systemd has read of a key file is taken
 * where we may not read that ourselves, and never when it is out of date.
 */
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "edge/keyfile.h"
#include "edge/keyfile-credential.h"

#define NAME	"umws-test-credential.key"	/* of nobody */
#define LINE	"a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

static char	home[64];	/* where the keys are */
static char	given[64];	/* where systemd has put them */
static char	file[128];
static char	copy[128];

static int
group_begin(void **state)
{
	(void)state;
	(void)strcpy(home, "/tmp/umws-keys-XXXXXX");
	(void)strcpy(given, "/tmp/umws-given-XXXXXX");
	if (mkdtemp(home) == NULL || mkdtemp(given) == NULL ||
	    setenv("CREDENTIALS_DIRECTORY", given, 1) != 0)
		return -1;
	(void)snprintf(file, sizeof(file), "%s/" NAME, home);
	(void)snprintf(copy, sizeof(copy), "%s/" NAME, given);
	return 0;
}

static int
group_end(void **state)
{
	(void)state;
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	(void)unlink(file);
	(void)unlink(copy);
	return rmdir(home) == 0 && rmdir(given) == 0 ? 0 : -1;
}

/* Write a file that is so many seconds older than now. */
static void
put(const char *path, const char *text, int age_s)
{
	struct timespec	times[2] = { { .tv_nsec = UTIME_OMIT } };
	FILE		*stream = fopen(path, "w");

	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(clock_gettime(CLOCK_REALTIME, &times[1]), 0);
	times[1].tv_sec -= age_s;
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* The file in the default folder, which is not there. */
static void
test_read_instead(void **state)
{
	struct keyring	*ring;

	(void)state;
	put(copy, LINE, 0);
	assert_int_equal(keyfile_read(UMWS_SYSCONFDIR "/" NAME,
	    KEYFILE_SECRET, &ring), ST_OK);
	assert_string_equal(keyring_at(ring, 0)->id, "a");
	keyring_free(&ring);
}

/* These files are refused by their own names. */
static void
test_not_read(void **state)
{
	static const struct {
		const char	*path, *text;
	} cases[] = {
		{ "/nowhere/" NAME, LINE },
		{ UMWS_SYSCONFDIR "/other-" NAME, LINE },
		{ UMWS_SYSCONFDIR "/sub/" NAME, LINE },
		{ UMWS_SYSCONFDIR "/../" NAME, LINE },
		{ UMWS_SYSCONFDIR "/" NAME, "-" },
		{ UMWS_SYSCONFDIR "/" NAME, "" },
	};
	struct keyring	*ring;
	char		 log[1024] = "";

	(void)state;
	unit_expect_log("key-refused");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put(copy, cases[i].text, 0);
		assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
		(void)lseek(STDERR_FILENO, 0, SEEK_SET);
		UNIT_CHECK(cases[i].path, keyfile_read(cases[i].path,
		    KEYFILE_SECRET, &ring) == ST_BAD);
		assert_true(pread(STDERR_FILENO, log, sizeof(log) - 1, 0) > 0);
		UNIT_CHECK(cases[i].path, strstr(log, cases[i].path) != NULL);
		UNIT_CHECK(log, strstr(log, "No such file") != NULL);
	}
}

/* A key that was added since our start is in the file alone. */
static void
test_age(void **state)
{
	static const struct {
		const char	*name;
		int		 file_s, copy_s;
		bool		 is_taken;
	} cases[] = {
		{ "copied at the start", 90, 60, true },
		{ "changed since", 30, 60, false },
		{ "changed in a future", -3600, 60, true },
	};
	char	*instead;
	int	 fd;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put(file, LINE, cases[i].file_s);
		put(copy, LINE, cases[i].copy_s);
		fd = keyfile_credential_open(home, file, &instead);
		UNIT_CHECK(cases[i].name, (fd >= 0) == cases[i].is_taken);
		if (fd >= 0) {
			assert_string_equal(instead, copy);
			(void)close(fd);
			free(instead);
		} else {
			assert_int_equal(errno, ESTALE);
			assert_null(instead);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_read_instead),
		UNIT_TEST(test_not_read),
		UNIT_TEST(test_age),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
