/*
 * capped.h - malloc, realloc and free for a library that has to make do with
 * so much memory and no more: expat's.
 */
#ifndef UMWS_CAPPED_H
#define UMWS_CAPPED_H

#include <stddef.h>

/* Why an allocation was refused, the last time that one was. */
enum capped_refusal {
	CAPPED_NONE = 0,
	CAPPED_MAX,		/* above our maximum */
	CAPPED_EMPTY		/* the system has no more; logged */
};

/* What one user of the library holds. */
struct capped {
	size_t			max;		/* bytes */
	size_t			allocated;	/* bytes, our headers too */
	enum capped_refusal	refusal;
};

/*
 * Who pays for what follows on this thread; NULL: nobody, and nothing may be
 * asked for. Stands right before each call into the library and, with NULL,
 * right after it.
 */
void	 capped_account(struct capped *capped);

/* As those of libc; NULL above the maximum as well, and that is noted. */
void	*capped_malloc(size_t size);
void	*capped_realloc(void *data, size_t size);
void	 capped_free(void *data);

#endif
