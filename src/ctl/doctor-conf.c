/*
 * doctor-conf.c - the configuration: can it be read, who may write it, and is
 * what must be set there?
 */
#include "config.h"

#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/doctor.h"
#include "base/log.h"

#define PATH_SIZE	1100	/* bytes of a path */

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

/*
 * Who may put a file there says where PINs go; umws.conf, umws.conf.d and what
 * is in that conf-read refuses. True when nobody else may.
 */
static bool
is_safe(const char *folder, struct doctor_line *line)
{
	struct stat	info;
	char		todo[DOCTOR_TEXT_SIZE];
	bool		is_open;

	if (stat(folder, &info) != 0)
		return true;
	/* In one like /tmp nobody removes what is another's. */
	is_open = (info.st_mode & S_ISVTX) == 0 &&
	    ((info.st_mode & S_IWOTH) != 0 ||
	    ((info.st_mode & S_IWGRP) != 0 && info.st_gid != 0));
	if (!is_open && (info.st_uid == 0 || info.st_uid == geteuid()))
		return true;
	(void)snprintf(todo, sizeof(todo), "chown root %s && chmod 0755 %s",
	    folder, folder);
	doctor_say(line, DOCTOR_WRONG, todo, "%s: %s can put settings there, "
	    "and send PINs and passwords anywhere", folder, !is_open ?
	    "its owner, neither root nor us," :
	    (info.st_mode & S_IWOTH) != 0 ? "everybody" : "its group");
	return false;
}

static void
check_rights(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	const char	*path = doctor->command->config != NULL ?
			    doctor->command->config : CONF_DEFAULT_FILE;
	char		 copy[PATH_SIZE];

	(void)snprintf(copy, sizeof(copy), "%s", path);
	if (is_safe(dirname(copy), line))
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
	{ "conf-rights", "nobody but root and us can put files beside it",
	    check_rights, NULL, 0 },
	{ "conf-sender", "mails have a sender", check_sender, NULL,
	    DOCTOR_CONF },
	{ .name = NULL }
};
