/*
 * test-keyfile.c - key files that others can read are refused, with one line
 * that says what to do; new ones appear whole or not at all.
 *
 * Cases about other owners and groups need root and are skipped without.
 */
#include "config.h"

#include "unit.h"

#include <endian.h>
#include <errno.h>
#include <grp.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "edge/keyfile.h"
#include "edge/keyfile-edit.h"

#define COUNT	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define NOBODY	65534	/* uid and gid that own nothing of ours */

static char	dir[64];
static char	path[128];

static int
group_begin(void **state)
{
	(void)state;
	(void)unsetenv("CREDENTIALS_DIRECTORY");
	(void)strcpy(dir, "/tmp/umws-keyfile-XXXXXX");
	if (mkdtemp(dir) == NULL || chmod(dir, 0755) != 0)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/pepper.key", dir);
	return 0;
}

static int
group_end(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static void
put_file(const char *text, mode_t mode)
{
	FILE	*file;

	(void)unlink(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* What the log holds; *count is set to the number of its lines. */
static const char *
log_text(size_t *count)
{
	static char	text[4096];
	ssize_t		len;

	len = pread(STDERR_FILENO, text, sizeof(text) - 1, 0);
	assert_true(len >= 0);
	text[len] = '\0';
	*count = 0;
	for (ssize_t i = 0; i < len; i++)
		*count += text[i] == '\n';
	return text;
}

/* The file is refused with one line, which holds reason and todo. */
static void
check_refused(const char *file, enum keyfile_kind kind, const char *reason,
    const char *todo)
{
	struct keyring	*ring = (struct keyring *)dir;
	const char	*text;
	size_t		 count;

	assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
	(void)lseek(STDERR_FILENO, 0, SEEK_SET);
	assert_int_equal(keyfile_read(file, kind, &ring), ST_BAD);
	assert_null(ring);
	text = log_text(&count);
	UNIT_CHECK(reason, count == 1);
	UNIT_CHECK(reason, strncmp(text, "<3>", 3) == 0);
	UNIT_CHECK(text, strstr(text, file) != NULL);
	UNIT_CHECK(text, strstr(text, reason) != NULL);
	UNIT_CHECK(text, strstr(text, todo) != NULL);
	UNIT_CHECK(text, strstr(text, "AAEC") == NULL);
}

static void
check_read(const char *file, enum keyfile_kind kind)
{
	struct keyring	*ring;

	assert_int_equal(keyfile_read(file, kind, &ring), ST_OK);
	assert_int_equal(keyring_count(ring), 1);
	assert_string_equal(keyring_at(ring, 0)->id, "a");
	keyring_free(&ring);
}

static void
test_modes(void **state)
{
	static const struct {
		mode_t			 mode;
		enum keyfile_kind	 kind;
		const char		*reason;	/* NULL: taken */
	} cases[] = {
		{ 0400, KEYFILE_SECRET, NULL },
		{ 0600, KEYFILE_SECRET, NULL },
		{ 0440, KEYFILE_SECRET, NULL },
		{ 0640, KEYFILE_SECRET, NULL },
		{ 0644, KEYFILE_SECRET, "others can use it" },
		{ 0604, KEYFILE_SECRET, "others can use it" },
		{ 0602, KEYFILE_SECRET, "others can use it" },
		{ 0601, KEYFILE_SECRET, "others can use it" },
		{ 0666, KEYFILE_SECRET, "others can use it" },
		{ 0660, KEYFILE_SECRET, "its group can write it" },
		{ 0620, KEYFILE_SECRET, "its group can write it" },
		{ 0400, KEYFILE_PUBLIC, NULL },
		{ 0600, KEYFILE_PUBLIC, NULL },
		{ 0644, KEYFILE_PUBLIC, NULL },
		{ 0444, KEYFILE_PUBLIC, NULL },
		{ 0664, KEYFILE_PUBLIC, "its group can write it" },
		{ 0646, KEYFILE_PUBLIC, "others can write it" },
		{ 0666, KEYFILE_PUBLIC, "others can write it" },
	};
	char	todo[160];

	(void)state;
	unit_expect_log("key-refused");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put_file("a:" COUNT "\n", cases[i].mode);
		if (cases[i].reason == NULL) {
			check_read(path, cases[i].kind);
			continue;
		}
		(void)snprintf(todo, sizeof(todo), "todo=\"chmod %s %s\"",
		    cases[i].kind == KEYFILE_SECRET ? "0640" : "0644", path);
		check_refused(path, cases[i].kind, cases[i].reason, todo);
	}
}

static void
test_no_file(void **state)
{
	char	missing[160];

	(void)state;
	unit_expect_log("key-refused");
	(void)snprintf(missing, sizeof(missing), "%s/missing.key", dir);
	check_refused(missing, KEYFILE_SECRET, "No such file",
	    "umwsctl key create");
	(void)snprintf(missing, sizeof(missing), "%s/no/missing.key", dir);
	check_refused(missing, KEYFILE_PUBLIC, "No such file",
	    "umws.conf");
	check_refused(dir, KEYFILE_SECRET, "not a regular file", "umws.conf");
	check_refused("/dev/null", KEYFILE_PUBLIC, "not a regular file",
	    "umws.conf");
	/* Nobody ever writes to it; opening it must not wait for that. */
	(void)unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	check_refused(path, KEYFILE_SECRET, "not a regular file", "umws.conf");
}

static void
test_content(void **state)
{
	char	text[KEYRING_FILE_MAX + 2];

	(void)state;
	unit_expect_log("key-refused");
	put_file("# peppers\n\nnonsense\n", 0600);
	check_refused(path, KEYFILE_SECRET, "line=3", "id:base64");
	put_file("a:" COUNT "\nb:" COUNT "=\n", 0600);
	check_refused(path, KEYFILE_SECRET, "line=2", "umwsctl key create");
	put_file("", 0600);
	check_refused(path, KEYFILE_SECRET, "there is no key", "umwsctl");
	/* As long as may be, and one byte longer. */
	memset(text, '#', sizeof(text));
	memcpy(text, "a:" COUNT "\n", 47);
	text[KEYRING_FILE_MAX] = '\0';
	put_file(text, 0600);
	check_read(path, KEYFILE_SECRET);
	text[KEYRING_FILE_MAX] = '#';
	text[KEYRING_FILE_MAX + 1] = '\0';
	put_file(text, 0600);
	check_refused(path, KEYFILE_SECRET, "too long", "4096");
}

/* What counts is the file that a link leads to. */
static void
test_symlink(void **state)
{
	char	link[160];

	(void)state;
	unit_expect_log("key-refused");
	(void)snprintf(link, sizeof(link), "%s/link.key", dir);
	assert_int_equal(symlink(path, link), 0);
	put_file("a:" COUNT "\n", 0640);
	check_read(link, KEYFILE_SECRET);
	put_file("a:" COUNT "\n", 0644);
	check_refused(link, KEYFILE_SECRET, "others can use it", "0640");
	(void)unlink(path);
	check_refused(link, KEYFILE_SECRET, "No such file", "umwsctl");
	(void)unlink(link);
}

/* Below the folder that systemd names, the group does not count. */
static void
test_credentials(void **state)
{
	(void)state;
	unit_expect_log("key-refused");
	put_file("a:" COUNT "\n", 0660);
	check_refused(path, KEYFILE_SECRET, "its group can write it", "0640");
	(void)setenv("CREDENTIALS_DIRECTORY", dir, 1);
	check_read(path, KEYFILE_SECRET);
	put_file("a:" COUNT "\n", 0644);
	check_refused(path, KEYFILE_SECRET, "others can use it", "0640");
	/* A folder whose name only begins alike is another one. */
	put_file("a:" COUNT "\n", 0660);
	dir[strlen(dir) - 1] ^= 1;
	(void)setenv("CREDENTIALS_DIRECTORY", dir, 1);
	dir[strlen(dir) - 1] ^= 1;
	check_refused(path, KEYFILE_SECRET, "its group can write it", "0640");
	(void)setenv("CREDENTIALS_DIRECTORY", "/tm", 1);
	check_refused(path, KEYFILE_SECRET, "its group can write it", "0640");
	(void)unsetenv("CREDENTIALS_DIRECTORY");
}

/* Become nobody with one further group, and root again. */
static void
become_nobody(gid_t further)
{
	assert_int_equal(setgroups(1, &further), 0);
	assert_int_equal(setegid(NOBODY), 0);
	assert_int_equal(seteuid(NOBODY), 0);
}

static void
become_root(void)
{
	assert_int_equal(seteuid(0), 0);
	assert_int_equal(setegid(0), 0);
	assert_int_equal(setgroups(0, NULL), 0);
}

static void
test_owners(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	unit_expect_log("key-refused");
	put_file("a:" COUNT "\n", 0640);
	assert_int_equal(chown(path, NOBODY, 0), 0);
	check_refused(path, KEYFILE_SECRET, "neither root nor us",
	    "chown root ");
	check_refused(path, KEYFILE_PUBLIC, "neither root nor us",
	    "chown root ");
	/* Root may read what belongs to any group. */
	assert_int_equal(chown(path, 0, 4711), 0);
	check_read(path, KEYFILE_SECRET);

	become_nobody(4712);
	/* Whose group it is, and never one that is shared with others. */
	check_refused(path, KEYFILE_SECRET, "Permission denied",
	    "chgrp nogroup ");
	become_root();
	assert_int_equal(chown(path, NOBODY, 4711), 0);
	become_nobody(4712);
	check_refused(path, KEYFILE_SECRET, "group that is not ours",
	    "chgrp ");
	check_read(path, KEYFILE_PUBLIC);
	become_root();
	/* Our own group, and one that we are in besides. */
	assert_int_equal(chown(path, 0, NOBODY), 0);
	become_nobody(4712);
	check_read(path, KEYFILE_SECRET);
	become_root();
	assert_int_equal(chown(path, NOBODY, 4712), 0);
	become_nobody(4712);
	check_read(path, KEYFILE_SECRET);
	become_root();
	/* A group without the right to read is nobody's concern. */
	assert_int_equal(chown(path, NOBODY, 4711), 0);
	assert_int_equal(chmod(path, 0600), 0);
	become_nobody(4712);
	check_read(path, KEYFILE_SECRET);
	become_root();
}

#define ACL_ENTRIES	6

struct acl_entry {
	uint16_t	tag, rights;
	uint32_t	id;
};

/* Give the file an ACL as setfacl would: false where there are none. */
static bool
put_acl(const struct acl_entry entries[ACL_ENTRIES])
{
	struct {
		uint32_t		version;
		struct acl_entry	entries[ACL_ENTRIES];
	} acl = { htole32(2), { { 0 } } };
	size_t	i;

	put_file("a:" COUNT "\n", 0600);
	for (i = 0; i < ACL_ENTRIES && entries[i].tag != 0; i++) {
		acl.entries[i].tag = htole16(entries[i].tag);
		acl.entries[i].rights = htole16(entries[i].rights);
		acl.entries[i].id = htole32(entries[i].id);
	}
	if (setxattr(path, "system.posix_acl_access", &acl, 4 + i * 8, 0) == 0)
		return true;
	assert_int_equal(errno, ENOTSUP);
	return false;
}

#define OWNER(rights)	{ 0x01, rights, UINT32_MAX }
#define USER(id, rights) { 0x02, rights, id }
#define ITS_GROUP(rights) { 0x04, rights, UINT32_MAX }
#define GROUP(id, rights) { 0x08, rights, id }
#define MASK(rights)	{ 0x10, rights, UINT32_MAX }
#define OTHERS		{ 0x20, 0, UINT32_MAX }

/* A file of root's, read as nobody, who is in group 4712 besides. */
static void
test_acl(void **state)
{
	static const struct {
		struct acl_entry	 entries[ACL_ENTRIES];
		enum keyfile_kind	 kind;
		const char		*reason;	/* NULL: taken */
		const char		*todo;
	} cases[] = {
		{ { OWNER(6), ITS_GROUP(0), GROUP(4712, 4), MASK(4), OTHERS },
		    KEYFILE_SECRET, NULL, NULL },
		{ { OWNER(6), USER(NOBODY, 4), ITS_GROUP(0), MASK(4), OTHERS },
		    KEYFILE_SECRET, NULL, NULL },
		{ { OWNER(6), USER(NOBODY, 4), ITS_GROUP(0), GROUP(4711, 4),
		    MASK(4), OTHERS }, KEYFILE_SECRET,
		    "its ACL lets others read it", "setfacl -x g:4711 " },
		{ { OWNER(6), USER(NOBODY, 4), USER(4711, 4), ITS_GROUP(0),
		    MASK(4), OTHERS }, KEYFILE_SECRET,
		    "its ACL lets others read it", "setfacl -x u:4711 " },
		{ { OWNER(6), ITS_GROUP(0), GROUP(4712, 6), MASK(6), OTHERS },
		    KEYFILE_SECRET, "its ACL lets others write it",
		    "setfacl -x g:4712 " },
		/* The mask takes the right away. */
		{ { OWNER(6), ITS_GROUP(0), GROUP(4712, 7), MASK(4), OTHERS },
		    KEYFILE_SECRET, NULL, NULL },
		{ { OWNER(6), USER(NOBODY, 4), ITS_GROUP(4), MASK(4), OTHERS },
		    KEYFILE_SECRET, "a group that is not ours can read it",
		    "chgrp " },
		{ { OWNER(6), USER(NOBODY, 6), ITS_GROUP(2), MASK(6), OTHERS },
		    KEYFILE_SECRET, "its group can write it", "chmod " },
		/* Whoever may read a public file does no harm. */
		{ { OWNER(6), USER(NOBODY, 4), USER(4711, 4), ITS_GROUP(4),
		    MASK(4), OTHERS }, KEYFILE_PUBLIC, NULL, NULL },
		{ { OWNER(6), USER(NOBODY, 4), USER(4711, 2), ITS_GROUP(4),
		    MASK(6), OTHERS }, KEYFILE_PUBLIC,
		    "its ACL lets others write it", "setfacl -x u:4711 " },
	};

	(void)state;
	if (geteuid() != 0 || !put_acl(cases[0].entries))
		skip();
	unit_expect_log("key-refused");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_true(put_acl(cases[i].entries));
		become_nobody(4712);
		if (cases[i].reason == NULL)
			check_read(path, cases[i].kind);
		else
			check_refused(path, cases[i].kind, cases[i].reason,
			    cases[i].todo);
		become_root();
	}
}

/* Root may read any, and still no web server may. */
static void
test_acl_web_server(void **state)
{
	static const struct acl_entry	web[ACL_ENTRIES] = { OWNER(6),
		ITS_GROUP(0), GROUP(33, 4), MASK(4), OTHERS };
	static const struct acl_entry	masked[ACL_ENTRIES] = { OWNER(6),
		ITS_GROUP(4), GROUP(33, 4), MASK(0), OTHERS };
	static const struct acl_entry	user[ACL_ENTRIES] = { OWNER(6),
		USER(33, 4), ITS_GROUP(0), MASK(4), OTHERS };

	(void)state;
	if (geteuid() != 0 || getgrgid(33) == NULL || !put_acl(web))
		skip();
	unit_expect_log("key-refused");
	check_refused(path, KEYFILE_SECRET, "lets the web server read it",
	    "setfacl -x g:33 ");
	check_read(path, KEYFILE_PUBLIC);
	assert_true(put_acl(user));
	check_refused(path, KEYFILE_SECRET, "lets others read it",
	    "setfacl -x u:33 ");
	assert_true(put_acl(masked));
	check_read(path, KEYFILE_SECRET);
}

#define WEB	33	/* www-data, which Debian always has */

/*
 * The group that a worker shares with the web server may not read a secret:
 * every process of the web server could.
 */
static void
test_web_server(void **state)
{
	const char	*web_user;

	(void)state;
	assert_false(keyfile_web_group(NOBODY, &web_user));
	assert_null(web_user);
	if (getgrgid(WEB) == NULL || geteuid() != 0)
		skip();
	assert_true(keyfile_web_group(WEB, &web_user));
	assert_string_equal(web_user, "www-data");
	unit_expect_log("key-refused");
	put_file("a:" COUNT "\n", 0640);
	assert_int_equal(chown(path, 0, WEB), 0);
	check_refused(path, KEYFILE_SECRET, "every process of the web server "
	    "(www-data) can read it", "umws_worker");
	check_read(path, KEYFILE_PUBLIC);
	become_nobody(WEB);
	check_refused(path, KEYFILE_SECRET, "(www-data) can read it",
	    "chgrp nogroup ");
	become_root();
	/* To be in that group besides is fine, as long as the file is not. */
	assert_int_equal(chown(path, 0, NOBODY), 0);
	become_nobody(WEB);
	check_read(path, KEYFILE_SECRET);
	become_root();
	/* No other advice leads there: this process's group is the socket's. */
	assert_int_equal(chown(path, 0, 4711), 0);
	assert_int_equal(setgroups(0, NULL), 0);
	assert_int_equal(setegid(WEB), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	check_refused(path, KEYFILE_SECRET, "Permission denied",
	    "chgrp nogroup ");
	become_root();
	/* A group that may not read is nobody's concern. */
	assert_int_equal(chown(path, 0, WEB), 0);
	assert_int_equal(chmod(path, 0600), 0);
	check_read(path, KEYFILE_SECRET);
	/* Plain CGI: the web server runs us as itself. */
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(setegid(WEB), 0);
	assert_int_equal(seteuid(WEB), 0);
	check_read(path, KEYFILE_SECRET);
	become_root();
}

static void
check_content(const char *text, mode_t mode)
{
	struct stat	 file;
	char		 bytes[256] = "";
	FILE		*stream;

	assert_int_equal(stat(path, &file), 0);
	assert_int_equal(file.st_mode & 07777, mode);
	stream = fopen(path, "r");
	assert_non_null(stream);
	assert_int_equal(fread(bytes, 1, sizeof(bytes), stream), strlen(text));
	(void)fclose(stream);
	assert_string_equal(bytes, text);
}

static void
test_create(void **state)
{
	static const unsigned int	modes[] = { 0600, 0640, 0644 };
	mode_t				mask = umask(0077);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		(void)unlink(path);
		assert_int_equal(keyfile_create(path, modes[i],
				     "a:" COUNT "\n"),
		    ST_OK);
		check_content("a:" COUNT "\n", modes[i]);
		check_read(path,
		    i == 2 ? KEYFILE_PUBLIC : KEYFILE_SECRET);
	}
	(void)umask(mask);
}

static void
test_create_refused(void **state)
{
	char	other[160];

	(void)state;
	unit_expect_log("it exists");
	unit_expect_log("key-not-written");
	put_file("precious\n", 0600);
	assert_int_equal(keyfile_create(path, 0644, "b:" COUNT "\n"),
	    ST_BAD);
	check_content("precious\n", 0600);
	/* A link that leads nowhere is no way to write elsewhere. */
	(void)unlink(path);
	(void)snprintf(other, sizeof(other), "%s/elsewhere", dir);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(keyfile_create(path, 0600, "b:" COUNT "\n"),
	    ST_BAD);
	assert_int_not_equal(access(other, F_OK), 0);
	(void)unlink(path);
	(void)snprintf(other, sizeof(other), "%s/no/new.key", dir);
	assert_int_equal(keyfile_create(other, 0600, "b:" COUNT "\n"),
	    ST_BAD);
}

/* The disk is full in the middle of the file: nothing stays. */
static void
test_create_fails(void **state)
{
	struct rlimit	limit, old;
	enum status	st;

	(void)state;
	unit_expect_log("key-not-written");
	(void)unlink(path);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	/* The log's own file must still be able to grow. */
	limit.rlim_cur = 300;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	{
		char	text[1000];

		memset(text, '#', sizeof(text));
		text[sizeof(text) - 1] = '\0';
		st = keyfile_create(path, 0600, text);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(st, ST_BAD);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(errno, ENOENT);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_modes),
		UNIT_TEST(test_no_file),
		UNIT_TEST(test_content),
		UNIT_TEST(test_symlink),
		UNIT_TEST(test_credentials),
		UNIT_TEST(test_owners),
		UNIT_TEST(test_web_server),
		UNIT_TEST(test_acl),
		UNIT_TEST(test_acl_web_server),
		UNIT_TEST(test_create),
		UNIT_TEST(test_create_refused),
		UNIT_TEST(test_create_fails),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
