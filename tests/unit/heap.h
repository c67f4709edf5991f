/*
 * heap.h - the bytes that what is under test holds: counted, with their
 * peak, and refused once.
 *
 * Link with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free: the
 * memory is counted and refused here, without a hook in what is tested.
 */
#ifndef UMWS_HEAP_H
#define UMWS_HEAP_H

#include "unit.h"

/* Memory of the program under test, and the allocation that fails. */
static struct {
	size_t	live;
	size_t	peak;
	size_t	count;
	size_t	failing;	/* the number of the one, or 0 */
} heap;

union heap_block {
	size_t		size;
	max_align_t	align;
};

void	*__real_realloc(void *data, size_t size);
void	 __real_free(void *data);
void	*__wrap_malloc(size_t size);
void	*__wrap_calloc(size_t count, size_t size);
void	*__wrap_realloc(void *data, size_t size);
void	 __wrap_free(void *data);

void *
__wrap_realloc(void *data, size_t size)
{
	union heap_block	*block = data;
	size_t			 old_size = 0;

	if (++heap.count == heap.failing)
		return NULL;
	if (block != NULL)
		old_size = (--block)->size;
	block = __real_realloc(block, size + sizeof(*block));
	assert_non_null(block);
	block->size = size;
	heap.live += size - old_size;
	if (heap.live > heap.peak)
		heap.peak = heap.live;
	return block + 1;
}

void *
__wrap_malloc(size_t size)
{
	return __wrap_realloc(NULL, size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	void	*data = __wrap_realloc(NULL, count * size);

	return data == NULL ? NULL : memset(data, 0, count * size);
}

void
__wrap_free(void *data)
{
	union heap_block	*block = data;

	if (block == NULL)
		return;
	heap.live -= (--block)->size;
	__real_free(block);
}

#endif
