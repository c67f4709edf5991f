/*
 * test-keyfile-edit.c - key files that get another key, and lose one.
 */
#include "config.h"

#include "unit.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include "edge/keyfile-edit.h"

#define A	"a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n"
#define B	"b:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=\n"
#define C	"c:Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0M=\n"
#define HEAD	"# copies: the safe in room 3\n\n"

/* What somebody's editor does between our reading and our rename: in the
 * place of the C library's, which brings the successor to the disk then. */
static const char	*edits[8];
static size_t		 edited;

int
fsync(int fd)
{
	FILE	*file;

	(void)fd;
	if (edits[edited] == NULL)
		return 0;
	file = fopen("/proc/self/cwd/pepper.key", "w");
	assert_non_null(file);
	assert_true(fputs(edits[edited++], file) >= 0);
	return fclose(file);
}

static char	dir[] = "/tmp/umws-edit-XXXXXX";
static char	path[64];

static int
group_begin(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/pepper.key", dir);
	return chdir(dir);
}

static int
group_end(void **state)
{
	(void)state;
	(void)unlink(path);
	return chdir("/") != 0 || rmdir(dir);	/* nothing else is left in it */
}

static void
put_file(const char *text)
{
	FILE	*file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0640), 0);
}

static void
check_file(const char *text)
{
	char		 there[8192];
	struct stat	 info;
	FILE		*file = fopen(path, "r");
	size_t		 len;

	assert_non_null(file);
	len = fread(there, 1, sizeof(there) - 1, file);
	there[len] = '\0';
	assert_int_equal(fclose(file), 0);
	assert_string_equal(there, text);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0640);
}

static enum status
change(enum keyfile_edit edit, const char *id)
{
	struct key	key;

	memset(&key, *id - 'a' + 'A', sizeof(key));
	(void)snprintf(key.id, sizeof(key.id), "%s", id);
	return keyfile_change(path, KEYFILE_SECRET, edit, &key);
}

static void
test_changes(void **state)
{
	static const struct {
		const char		*before;
		enum keyfile_edit	 edit;
		const char		*id;
		const char		*after;
	} cases[] = {
		{ A, KEYFILE_ADD, "b", A B },
		{ HEAD A "# old\n" B, KEYFILE_ADD, "c", HEAD A "# old\n" B C },
		{ HEAD A "# old\n" B, KEYFILE_FIRST, "b", HEAD B A "# old\n" },
		{ A B C, KEYFILE_FIRST, "c", C A B },
		{ A B, KEYFILE_FIRST, "a", A B },
		{ HEAD A "# old\n" B, KEYFILE_REMOVE, "b", HEAD A "# old\n" },
		{ A B C, KEYFILE_REMOVE, "a", B C },
	};
	char	text[1024];
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put_file(cases[i].before);
		assert_int_equal(change(cases[i].edit, cases[i].id), ST_OK);
		check_file(cases[i].after);
		/* The last line may have no newline. */
		(void)snprintf(text, sizeof(text), "%.*s",
		    (int)strlen(cases[i].before) - 1, cases[i].before);
		put_file(text);
		assert_int_equal(change(cases[i].edit, cases[i].id), ST_OK);
		check_file(cases[i].after);
	}
}

static void
test_refused(void **state)
{
	static const struct {
		const char		*text;
		enum keyfile_edit	 edit;
		const char		*id;
	} cases[] = {
		{ A B, KEYFILE_ADD, "b" },
		{ A B, KEYFILE_FIRST, "c" },
		{ A B, KEYFILE_REMOVE, "c" },
		{ A, KEYFILE_REMOVE, "a" },	/* none would be left */
		{ HEAD, KEYFILE_ADD, "a" },	/* refused as it is */
	};
	size_t	i;

	(void)state;
	unit_expect_log("key-not-written");
	unit_expect_log("key-refused");
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put_file(cases[i].text);
		assert_int_equal(change(cases[i].edit, cases[i].id), ST_BAD);
		check_file(cases[i].text);
	}
}

/* What a killed process has left is in nobody's way, and goes. */
static void
test_leftover(void **state)
{
	char	next[96];

	(void)state;
	(void)snprintf(next, sizeof(next), "%s/.pepper.key.next", dir);
	put_file(A);
	assert_int_equal(rename(path, next), 0);
	put_file(B);
	assert_int_equal(change(KEYFILE_ADD, "a"), ST_OK);
	check_file(B A);
	assert_int_not_equal(access(next, F_OK), 0);
}

static void
test_link(void **state)
{
	char		link[96];
	struct stat	info;
	struct key	key = { .id = "b" };

	(void)state;
	(void)snprintf(link, sizeof(link), "%s/link", dir);
	memset(key.bytes, 'B', sizeof(key.bytes));
	put_file(A);
	assert_int_equal(symlink("pepper.key", link), 0);
	assert_int_equal(keyfile_change(link, KEYFILE_SECRET, KEYFILE_ADD,
	    &key), ST_OK);
	check_file(A B);
	assert_int_equal(lstat(link, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	assert_int_equal(unlink(link), 0);
}

/* A line that somebody types while we are at it is not lost. */
static void
test_edited_meanwhile(void **state)
{
	(void)state;
	edited = 0;
	edits[0] = HEAD A C;
	put_file(A);
	assert_int_equal(change(KEYFILE_ADD, "b"), ST_OK);
	check_file(HEAD A C B);
	assert_int_equal(edited, 1);
	/* One that makes ours wrong is heard. */
	unit_expect_log("is in it already");
	edits[1] = A B;
	put_file(A);
	assert_int_equal(change(KEYFILE_ADD, "b"), ST_BAD);
	check_file(A B);
	/* And who does not leave it alone is not fought. */
	unit_expect_log("edits it all the time");
	edits[2] = "# 1\n" A;
	edits[3] = "# 2\n" A;
	edits[4] = "# 3\n" A;
	edits[5] = "# 4\n" A;
	edits[6] = "# 5\n" A;
	put_file(A);
	assert_int_equal(change(KEYFILE_ADD, "b"), ST_BUSY);
	check_file("# 5\n" A);
}

/* The lock is on the directory, and whoever holds it is waited for. */
static void
test_locked(void **state)
{
	int	fds[2], other;
	char	byte;
	pid_t	child;

	(void)state;
	put_file(A);
	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		other = open(dir, O_RDONLY | O_DIRECTORY);
		if (other < 0 || flock(other, LOCK_EX) != 0 ||
		    write(fds[1], "x", 1) != 1)
			_exit(1);
		(void)usleep(300000);
		_exit(access(path, F_OK) != 0);
	}
	assert_true(child > 0);
	assert_int_equal(read(fds[0], &byte, 1), 1);
	assert_int_equal(keyfile_await(path), ST_OK);
	assert_int_equal(change(KEYFILE_ADD, "b"), ST_OK);
	check_file(A B);
	assert_int_equal(waitpid(child, NULL, 0), child);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

/* A new file is whole or not there, and what a killed one left goes. */
static void
test_create(void **state)
{
	char	next[96];

	(void)state;
	(void)snprintf(next, sizeof(next), "%s/.pepper.key.next", dir);
	put_file(A);
	assert_int_equal(rename(path, next), 0);
	assert_int_equal(keyfile_create(path, 0640, B), ST_OK);
	check_file(B);
	assert_int_not_equal(access(next, F_OK), 0);
	unit_expect_log("it exists");
	assert_int_equal(keyfile_create(path, 0640, C), ST_BAD);
	check_file(B);
	assert_int_not_equal(access(next, F_OK), 0);
}

/* The mode stays. */
static void
test_replace(void **state)
{
	(void)state;
	put_file("old\n");
	assert_int_equal(keyfile_replace(path, "new\n"), ST_OK);
	check_file("new\n");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_changes),
		UNIT_TEST(test_refused),
		UNIT_TEST(test_leftover),
		UNIT_TEST(test_link),
		UNIT_TEST(test_replace),
		UNIT_TEST(test_edited_meanwhile),
		UNIT_TEST(test_locked),
		UNIT_TEST(test_create),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
