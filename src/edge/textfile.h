/*
 * textfile.h - put a text into a file that others read while we write it.
 */
#ifndef UMWS_TEXTFILE_H
#define UMWS_TEXTFILE_H

#include "base/buf.h"

/*
 * Replace the file at path, mode 0644 whatever the umask, by one with this
 * text: readers find the old text or the new one, whole. It is written under
 * another name in the same folder, which is the path with seven more bytes.
 *
 * Best effort: when it cannot be written, one warn line metrics-not-written
 * says why, and the file is as it was.
 */
void	textfile_write(const char *path, const struct buf *text);

#endif
