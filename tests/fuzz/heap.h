/*
 * heap.h - how much memory the code under test holds, counted from outside.
 *
 * Link with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free. That
 * sees the calls of all that is linked into the program; only those between
 * heap_begin() and heap_end() count. Nothing is put before a block, because
 * the runtime of libFuzzer frees blocks that came from elsewhere.
 */
#ifndef UMWS_FUZZ_HEAP_H
#define UMWS_FUZZ_HEAP_H

#include <malloc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define HEAP_ROUND	24	/* bytes that malloc may add to a block, */
#define HEAP_PAGE	4096	/* and to one that it gets from mmap */

static struct {
	bool	is_counting;
	size_t	live;		/* bytes */
	size_t	peak;		/* bytes, without what malloc may have added */
	size_t	blocks;
} heap;

void	*__real_malloc(size_t size);
void	*__real_calloc(size_t count, size_t size);
void	*__real_realloc(void *data, size_t size);
void	 __real_free(void *data);
void	*__wrap_malloc(size_t size);
void	*__wrap_calloc(size_t count, size_t size);
void	*__wrap_realloc(void *data, size_t size);
void	 __wrap_free(void *data);

static void
heap_forget(void *data)
{
	if (!heap.is_counting || data == NULL)
		return;
	heap.live -= malloc_usable_size(data);
	heap.blocks--;
}

static void *
heap_note(void *data)
{
	size_t	added;

	if (!heap.is_counting || data == NULL)
		return data;
	heap.live += malloc_usable_size(data);
	heap.blocks++;
	added = heap.blocks * HEAP_ROUND + HEAP_PAGE;
	if (heap.live > added && heap.live - added > heap.peak)
		heap.peak = heap.live - added;
	return data;
}

void *
__wrap_malloc(size_t size)
{
	return heap_note(__real_malloc(size));
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return heap_note(__real_calloc(count, size));
}

/* Without memory the old block stays; nobody here runs out of it. */
void *
__wrap_realloc(void *data, size_t size)
{
	heap_forget(data);
	return heap_note(__real_realloc(data, size));
}

void
__wrap_free(void *data)
{
	heap_forget(data);
	__real_free(data);
}

static inline void
heap_begin(void)
{
	heap.live = heap.peak = heap.blocks = 0;
	heap.is_counting = true;
}

/* Has all been given back? */
static inline bool
heap_end(void)
{
	heap.is_counting = false;
	return heap.blocks == 0;
}

#endif
