/*
 * conf-list.h - what is in force of each key, and where it comes from, for
 * those who show a configuration or judge it.
 */
#ifndef UMWS_CONF_LIST_H
#define UMWS_CONF_LIST_H

#include <stddef.h>
#include <stdio.h>

#include "app/conf.h"
#include "base/buf.h"

#define CONF_ORIGIN_SIZE	4200	/* bytes of "/path/of/a/file:17" */

/* All but value is borrowed from the conf. */
struct conf_entry {
	const char		*key;
	struct conf_place	 place;		/* all NULL: the default */
	struct buf		 value;		/* may be shown: each password
						 * is "(hidden)" */
};

#define CONF_ENTRY_INIT	{ NULL, { NULL, 0, NULL }, BUF_INIT(8192) }

/* How many keys there are. */
size_t		 conf_count(void);

/*
 * The key of this number, 0..conf_count() - 1, in the order of
 * umws.conf.example. entry is CONF_ENTRY_INIT or of an earlier call; whoever
 * has it frees its value, buf_free(). ST_OK, or ST_RETRY without memory.
 */
enum status	 conf_entry(const struct conf *conf, size_t number,
		    struct conf_entry *entry) MUSTCHECK;

/* "default", "environment", or the file and, behind a ':', the line. */
const char	*conf_origin(const struct conf_place *place,
		    char text[CONF_ORIGIN_SIZE]);

/* The files that were read, in their order, from number 0 on; NULL behind the
 * last. umws.conf is not among them if it is missing. */
const char	*conf_file(const struct conf *conf, size_t number);

/*
 * Print a line for each key: key = value, a tab, the origin. ST_OK, or
 * ST_RETRY without memory (logged).
 */
enum status	 conf_print(const struct conf *conf, FILE *stream) MUSTCHECK;

#endif
