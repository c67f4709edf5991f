/*
 * terminal.h - print text from outside safely on a terminal.
 *
 * Names and addresses come from a database, error texts from its server: none
 * of it may move the cursor, colour, hide or reorder what stands there. What
 * could is replaced: control characters (C0, DEL and C1), what sets the
 * direction of writing, what has no width, line and paragraph separators, and
 * bytes that are not UTF-8.
 */
#ifndef UMWS_TERMINAL_H
#define UMWS_TERMINAL_H

#include <stdio.h>

/* Print text, each character of that kind (or byte) as '?'. */
void	terminal_print(FILE *stream, const char *text);

/*
 * Print the text of a JSON value that PostgreSQL made, each such character
 * as \uXXXX, which means the same (RFC 8259, section 7).
 */
void	terminal_print_json(FILE *stream, const char *json);

#endif
