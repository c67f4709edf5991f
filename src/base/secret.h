/*
 * secret.h - a PIN in clear text, the wiping of memory, and how a process
 * keeps others from reading its memory.
 *
 * A PIN lives in one struct secret on the stack of the use case that made
 * it. Being a struct it does not compile as "%s" or const char *.
 */
#ifndef UMWS_SECRET_H
#define UMWS_SECRET_H

#include <stddef.h>

#define SECRET_MAX	24	/* digits: the longest PIN of any policy */

struct secret {
	size_t	len;			/* digits in use, 0..SECRET_MAX */
	char	digits[SECRET_MAX];	/* ASCII '0'..'9', no NUL */
};

/*
 * Overwrite the object that p points to; the compiler may not leave it out.
 * p must be the address of a whole object (&pin, &key), so a char * that
 * has lost its size does not compile.
 */
#define WIPE(p)						\
	_Generic((p),					\
	    char *: secret_wipe_lost_size,		\
	    unsigned char *: secret_wipe_lost_size,	\
	    void *: secret_wipe_lost_size,		\
	    default: secret_wipe)((p), sizeof(*(p)))

/* Overwrite size bytes at p. Use WIPE() where the object is at hand. */
void	secret_wipe(void *p, size_t size);

/* Never defined: what WIPE() picks when it is given a bare pointer. */
void	secret_wipe_lost_size(void *p, size_t size)
	    __attribute__((error("WIPE() takes the address of an object")));

/*
 * Let nobody but root look into this process from now on: no core file, no
 * debugger, no /proc/PID/mem. Libraries have copies of what passes through
 * them which no WIPE() reaches. Every program of ours calls it before it
 * reads a key; those that have a configuration first ask core_dumps.
 */
void	secret_hide_memory(void);

#endif
