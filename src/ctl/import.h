/*
 * import.h - the rows of a CSV file for ctl/stage. Private to command.
 */
#ifndef UMWS_COMMAND_IMPORT_H
#define UMWS_COMMAND_IMPORT_H

#include "ctl/stage.h"
#include "ctl/verbs.h"

/* The columns that a file may have, for its header and in errors. */
#define IMPORT_HEADER	"login,email,name,extension,locale,time_zone," \
			"policy,enabled"

/* What errors call the file: its path, "stdin" for "-". */
const char	*import_name(const char *path);

/*
 * Read a file ("-": standard input) and give its rows to stage_add(), as the
 * verb's options --map and --delimiter say, where it has them. Bad rows are
 * told and passed over; a file that has no form is told, and that is the end.
 * is_ended: so is one whose last line has no line end, since the rest of it
 * may be missing.
 * EX_OK, or the exit code of what was printed.
 */
int	import_read(struct command *command, const char *path,
	    bool is_ended, struct stage *stage);

#endif
