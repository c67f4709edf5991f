/*
 * secret.c - forgetting is one call that the optimiser cannot remove.
 */
#include "config.h"

#include "base/secret.h"

#include <string.h>

void
secret_wipe(void *p, size_t size)
{
	explicit_bzero(p, size);
}
