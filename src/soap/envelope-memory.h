/*
 * envelope-memory.h - the allocator that soap/envelope gives to expat:
 * malloc, realloc and free up to a limit. Private to core/envelope.
 */
#ifndef UMWS_ENVELOPE_MEMORY_H
#define UMWS_ENVELOPE_MEMORY_H

#include <stddef.h>

/* Why an allocation was refused, the last time that one was. */
enum envelope_memory_refusal {
	ENVELOPE_MEMORY_GRANTED = 0,
	ENVELOPE_MEMORY_LIMIT,		/* above our maximum */
	ENVELOPE_MEMORY_NONE_LEFT	/* the system has no more; logged */
};

/* What one user of the library holds. */
struct envelope_memory {
	size_t	max;		/* bytes */
	size_t	allocated;	/* bytes, our headers too */
	enum envelope_memory_refusal	refusal;
};

/*
 * Who pays for what follows on this thread; NULL: nobody, and nothing may be
 * asked for. Stands right before each call into the library and, with NULL,
 * right after it.
 */
void	 envelope_memory_account(struct envelope_memory *memory);

/* As those of libc; NULL above the maximum as well, and that is noted. */
void	*envelope_memory_malloc(size_t size);
void	*envelope_memory_realloc(void *data, size_t size);
void	 envelope_memory_free(void *data);

#endif
