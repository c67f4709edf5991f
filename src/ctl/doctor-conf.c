/*
 * doctor-conf.c - the configuration: can it be read, who may write it, and is
 * what must be set there?
 */
#include "config.h"

#include <glob.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/doctor.h"
#include "base/log.h"

#define PATH_SIZE	1100	/* bytes of a path, or of a pattern for some */

static void
on_fault(void *context, const struct conf_fault *fault)
{
	struct doctor			*doctor = context;
	const struct conf_place		*place = &fault->place;
	struct doctor_heard		*heard = &doctor->conf_heard;
	char				 line[LOG_NUMBER_SIZE + 1] = "";

	if (doctor->conf_faults++ > 0)
		return;
	if (place->line > 0)
		(void)snprintf(line, sizeof(line), ":%u", place->line);
	(void)snprintf(heard->text, sizeof(heard->text), "%s%s%s%s",
	    place->file != NULL ? place->file : place->variable != NULL ?
	    place->variable : "", line, place->file != NULL ||
	    place->variable != NULL ? ": " : "", fault->reason);
	(void)snprintf(heard->todo, sizeof(heard->todo), "%s",
	    fault->todo != NULL ? fault->todo : "correct it, or take it out");
}

void
doctor_read_conf(struct doctor *doctor)
{
	if (conf_read(doctor->command->config, on_fault, doctor,
	    &doctor->command->conf) != ST_OK && doctor->conf_faults == 0)
		(void)snprintf(doctor->conf_heard.text,
		    sizeof(doctor->conf_heard.text), "no memory");
}

static void
check_read(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	size_t	len;

	if (doctor->command->conf != NULL) {
		doctor_well(line, check);
		return;
	}
	doctor_say(line, DOCTOR_WRONG, doctor->conf_heard.todo, "%s",
	    doctor->conf_heard.text);
	len = strlen(line->text);
	if (doctor->conf_faults > 1)
		(void)snprintf(line->text + len, sizeof(line->text) - len,
		    " (and %zu more)", doctor->conf_faults - 1);
}

/* Who may write it says where PINs go. True when nobody else may. */
static bool
is_safe(const char *path, struct doctor_line *line)
{
	struct stat	 file;
	char		 todo[DOCTOR_TEXT_SIZE];
	bool		 is_folder;

	if (stat(path, &file) != 0)
		return true;
	is_folder = S_ISDIR(file.st_mode);
	if (file.st_uid != 0 && file.st_uid != geteuid()) {
		(void)snprintf(todo, sizeof(todo), "chown root %s", path);
		doctor_say(line, DOCTOR_WRONG, todo, "%s: its owner is "
		    "neither root nor us, and can send PINs and passwords "
		    "anywhere", path);
		return false;
	}
	/* In a folder like /tmp nobody removes what is another's. */
	if ((is_folder && (file.st_mode & S_ISVTX) != 0) ||
	    ((file.st_mode & S_IWOTH) == 0 &&
	    ((file.st_mode & S_IWGRP) == 0 || file.st_gid == 0)))
		return true;
	(void)snprintf(todo, sizeof(todo), "chmod %s %s",
	    is_folder ? "0755" : "0644", path);
	doctor_say(line, DOCTOR_WRONG, todo, "%s: %s can write it, and send "
	    "PINs and passwords anywhere", path,
	    (file.st_mode & S_IWOTH) != 0 ? "everybody" : "its group");
	return false;
}

static void
check_rights(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	const char	*path = doctor->command->config != NULL ?
			    doctor->command->config : CONF_DEFAULT_FILE;
	char		 pattern[PATH_SIZE], copy[PATH_SIZE];
	glob_t		 found = { .gl_pathc = 0 };
	bool		 is_well;
	size_t		 i;

	(void)snprintf(copy, sizeof(copy), "%s", path);
	(void)snprintf(pattern, sizeof(pattern), "%s.d", path);
	is_well = is_safe(path, line) && is_safe(pattern, line) &&
	    is_safe(dirname(copy), line);
	(void)snprintf(pattern, sizeof(pattern), "%s.d/*.conf", path);
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (i = 0; i < found.gl_pathc && is_well; i++)
			is_well = is_safe(found.gl_pathv[i], line);
		globfree(&found);
	}
	if (is_well)
		doctor_well(line, check);
}

static void
check_sender(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	if (doctor->command->conf->message.from[0] == '\0')
		doctor_say(line, DOCTOR_WRONG, "set mail_from to an address "
		    "that people can answer", "mail_from is not set: no mail "
		    "leaves");
	else
		doctor_well(line, check);
}

const struct doctor_check	doctor_conf_checks[] = {
	{ "conf-read", "it can be read, and every key of it is known",
	    check_read, NULL, 0 },
	{ "conf-rights", "nobody but root and us can write it", check_rights,
	    NULL, DOCTOR_CONF },
	{ "conf-sender", "mails have a sender", check_sender, NULL,
	    DOCTOR_CONF },
	{ .name = NULL }
};
