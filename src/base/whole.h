/*
 * whole.h - write(2) that goes on until all is written.
 */
#ifndef UMWS_WHOLE_H
#define UMWS_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Write len bytes to a descriptor that blocks, however many signals and pieces
 * it takes. False: errno says why, and a part may be written.
 */
bool	whole_write(int fd, const char *bytes, size_t len);

#endif
