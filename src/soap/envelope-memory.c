/*
 * envelope-memory.c - allocate for expat up to a limit: each block has its
 * size before it, by which free() counts it back.
 */
#include "config.h"

#include "soap/envelope-memory.h"

#include <stdlib.h>

#include "base/log.h"

/*
 * expat's allocator callbacks carry no context, so who pays for an
 * allocation has to be left where they find it. This variable is an
 * argument passed aside, not state: it is set right before each call into
 * expat and cleared right after, in the same function. It is the one
 * exception from the rule against mutable globals; being thread-local, it
 * would hold with threads too.
 */
static _Thread_local struct envelope_memory *accounted;

void
envelope_memory_account(struct envelope_memory *memory)
{
	accounted = memory;
}

/* Stands before each block, so that free knows its size. */
union block {
	size_t		size;	/* bytes, this header included */
	max_align_t	align;
};

/* Allocate or resize a block, within the maximum. */
static void *
block_resize(union block *block, size_t size)
{
	size_t		 old_size = block == NULL ? 0 : block->size;
	size_t		 left = accounted->max -
			    (accounted->allocated - old_size);
	union block	*resized;

	if (left < sizeof(*block) || size > left - sizeof(*block)) {
		accounted->refusal = ENVELOPE_MEMORY_LIMIT;
		return NULL;
	}
	resized = realloc(block, size + sizeof(*block));
	if (resized == NULL) {
		log_err("envelope-memory", "reason", "out of memory", NULL);
		accounted->refusal = ENVELOPE_MEMORY_NONE_LEFT;
		return NULL;
	}
	resized->size = size + sizeof(*resized);
	accounted->allocated += resized->size - old_size;
	return resized + 1;
}

void *
envelope_memory_malloc(size_t size)
{
	return block_resize(NULL, size);
}

void *
envelope_memory_realloc(void *data, size_t size)
{
	return block_resize(data == NULL ? NULL : (union block *)data - 1,
	    size);
}

void
envelope_memory_free(void *data)
{
	union block	*block;

	if (data == NULL)
		return;
	block = (union block *)data - 1;
	accounted->allocated -= block->size;
	free(block);
}
