/*
 * derive.c - how many Argon2id derivations this machine does in a second.
 *
 *	derive PROCESSES SECONDS MEMORY_KIB PASSES
 *
 * The same call of the same library as src/core/derive.c and nothing else,
 * in as many processes as asked for: the rate that no service can exceed.
 * Prints one JSON object.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/wait.h>

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#define HASH_SIZE	32	/* bytes, as src/core/derive.h has it */
#define MAC_SIZE	32
#define PROCESSES_MAX	1024

struct cost {
	unsigned long long	passes;
	size_t			memory;	/* bytes */
};

/* What one process has done, in memory shared with the parent. */
struct tally {
	uint64_t	count;
	double		seconds;
};

static double
now(void)
{
	struct timespec	ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Derive until the time is over, another input each time. */
static int
derive(const struct cost *cost, double seconds, struct tally *tally)
{
	unsigned char	hash[HASH_SIZE], salt[crypto_pwhash_SALTBYTES];
	char		mac[MAC_SIZE];
	double		begin = now();

	randombytes_buf(salt, sizeof(salt));
	randombytes_buf(mac, sizeof(mac));
	do {
		if (crypto_pwhash(hash, sizeof(hash), mac, sizeof(mac), salt,
		    cost->passes, cost->memory,
		    crypto_pwhash_ALG_ARGON2ID13) != 0)
			return EX_OSERR;
		memcpy(mac, hash, sizeof(mac));
		tally->count++;
		tally->seconds = now() - begin;
	} while (tally->seconds < seconds);
	return EX_OK;
}

/* Start all, wait for all; EX_OK if every one of them did its part. */
static int
run(unsigned long processes, double seconds, const struct cost *cost,
    struct tally *tallies)
{
	unsigned long	i;
	int		code = EX_OK, status;

	for (i = 0; i < processes; i++) {
		switch (fork()) {
		case -1:
			perror("derive: fork");
			code = EX_OSERR;
			break;
		case 0:
			_exit(derive(cost, seconds, &tallies[i]));
		default:
			break;
		}
	}
	while (wait(&status) > 0)
		if (!WIFEXITED(status) || WEXITSTATUS(status) != EX_OK)
			code = EX_OSERR;
	return code;
}

int
main(int argc, char *argv[])
{
	struct tally	*tallies;
	struct cost	 cost;
	unsigned long	 processes, i;
	double		 seconds, rate = 0;

	if (argc != 5 || sodium_init() < 0) {
		(void)fputs("usage: derive PROCESSES SECONDS MEMORY_KIB"
		    " PASSES\n", stderr);
		return EX_USAGE;
	}
	processes = strtoul(argv[1], NULL, 10);
	seconds = strtod(argv[2], NULL);
	cost.memory = (size_t)strtoul(argv[3], NULL, 10) * 1024;
	cost.passes = strtoull(argv[4], NULL, 10);
	if (processes < 1 || processes > PROCESSES_MAX)
		return EX_USAGE;
	tallies = mmap(NULL, processes * sizeof(*tallies),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tallies == MAP_FAILED ||
	    run(processes, seconds, &cost, tallies) != EX_OK) {
		(void)fputs("derive: no memory, or bad parameters\n", stderr);
		return EX_OSERR;
	}
	for (i = 0; i < processes; i++)
		rate += (double)tallies[i].count / tallies[i].seconds;
	(void)printf("{\"processes\": %lu, \"rate\": %.3f}\n", processes,
	    rate);
	return EX_OK;
}
