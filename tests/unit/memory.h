/*
 * memory.h - the heap of what is under test: counted, and refused once at
 * each allocation in turn.
 *
 * Link with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free. That
 * sees the calls of what is linked into the test, not those that a shared
 * library makes for itself.
 */
#ifndef UMWS_MEMORY_H
#define UMWS_MEMORY_H

#include "unit.h"

#define MEMORY_LIVE_MAX	512	/* blocks at one time */
#define MEMORY_FAIL_MAX	1000	/* allocations of one act */

static struct {
	void	*live[MEMORY_LIVE_MAX];
	size_t	 count;
	size_t	 failing;	/* the number of the one, or 0 */
} memory;

void	*__real_malloc(size_t size);
void	*__real_calloc(size_t count, size_t size);
void	*__real_realloc(void *data, size_t size);
void	 __real_free(void *data);
void	*__wrap_malloc(size_t size);
void	*__wrap_calloc(size_t count, size_t size);
void	*__wrap_realloc(void *data, size_t size);
void	 __wrap_free(void *data);

/* Is this the allocation that fails? */
static bool
memory_refuses(void)
{
	return ++memory.count == memory.failing;
}

/* Put the address in the place of another: NULL in an empty one, to note. */
static void *
memory_replace(void *old, void *data)
{
	size_t	i;

	for (i = 0; i < MEMORY_LIVE_MAX; i++) {
		if (memory.live[i] == old) {
			memory.live[i] = data;
			return data;
		}
	}
	/* What a shared library has allocated is not of this book. */
	assert_non_null(old);
	return data;
}

void *
__wrap_malloc(size_t size)
{
	return memory_refuses() ? NULL :
	    memory_replace(NULL, __real_malloc(size));
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return memory_refuses() ? NULL :
	    memory_replace(NULL, __real_calloc(count, size));
}

void *
__wrap_realloc(void *data, size_t size)
{
	if (memory_refuses())
		return NULL;
	(void)memory_replace(data, NULL);
	return memory_replace(NULL, __real_realloc(data, size));
}

void
__wrap_free(void *data)
{
	if (data != NULL)
		(void)memory_replace(data, NULL);
	__real_free(data);
}

/* Has the allocation that was to fail come, and failed? */
static bool
memory_was_short(void)
{
	return memory.failing != 0 && memory.count >= memory.failing;
}

static size_t
memory_live(void)
{
	size_t	i, count = 0;

	for (i = 0; i < MEMORY_LIVE_MAX; i++)
		count += memory.live[i] != NULL;
	return count;
}

/*
 * Let act() run once for each of its allocations, which then fails, and
 * once more undisturbed; what it has taken it must have given back. Returns
 * how many allocations there are.
 */
static size_t
memory_fail_each(const char *name, void (*act)(void))
{
	size_t	failing = 0, live = memory_live();
	bool	was_short;

	do {
		memory.count = 0;
		memory.failing = ++failing;
		act();
		was_short = memory_was_short();
		memory.failing = 0;
		UNIT_CHECK(name, memory_live() == live);
	} while (was_short && failing < MEMORY_FAIL_MAX);
	UNIT_CHECK(name, !was_short);
	return failing - 1;
}

#endif
