/*
 * replay.c - every file of a target's corpus through the target, once.
 *
 *	replay-TARGET [FOLDER...]
 *
 * Without arguments the corpus is the one in the tree. An empty folder is an
 * error: it would prove nothing.
 */
#include "config.h"

#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "fuzz.h"

#define PATH_SIZE	4096

/* From a block of its own, so that sanitizers see a byte too far. */
static void
replay_file(const char *path)
{
	FILE	*file = fopen(path, "rb");
	uint8_t	*data;
	long	 size;

	if (file == NULL || fseek(file, 0, SEEK_END) != 0 ||
	    (size = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0)
		err(EX_NOINPUT, "%s", path);
	data = malloc(size == 0 ? 1 : (size_t)size);
	if (data == NULL)
		err(EX_OSERR, NULL);
	if (fread(data, 1, (size_t)size, file) != (size_t)size)
		err(EX_NOINPUT, "%s", path);
	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
}

static unsigned int
replay_folder(const char *folder)
{
	char		 path[PATH_SIZE];
	unsigned int	 count = 0;
	struct dirent	*entry;
	DIR		*dir = opendir(folder);

	if (dir == NULL)
		err(EX_NOINPUT, "%s", folder);
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder,
		    entry->d_name);
		/* The last line before a crash says which one it was. */
		printf("%s\n", path);
		(void)fflush(stdout);
		replay_file(path);
		count++;
	}
	(void)closedir(dir);
	if (count == 0)
		errx(EX_NOINPUT, "%s: empty", folder);
	return count;
}

int
main(int argc, char **argv)
{
	const char	*srcdir = getenv("srcdir");
	char		 folder[PATH_SIZE];
	unsigned int	 count = 0;
	int		 i;

	(void)snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s",
	    srcdir == NULL ? "." : srcdir, fuzz_target);
	if (argc < 2)
		count = replay_folder(folder);
	for (i = 1; i < argc; i++)
		count += replay_folder(argv[i]);
	printf("%s: %u inputs\n", fuzz_target, count);
	return 0;
}
