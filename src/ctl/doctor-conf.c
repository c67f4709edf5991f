/*
 * doctor-conf.c - the configuration: can it be read, who may write it, and is
 * what must be set there?
 */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl/doctor.h"

static const char *
conf_path(const struct doctor *doctor)
{
	return doctor->command->config != NULL ? doctor->command->config :
	    CONF_DEFAULT_FILE;
}

static void
check_read(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	if (doctor->command->conf != NULL) {
		doctor_well(line, check);
		return;
	}
	doctor->heard = doctor->conf_heard;
	doctor_repeat(doctor, line, DOCTOR_WRONG, "it cannot be read");
	if (line->todo[0] == '\0')
		(void)snprintf(line->todo, sizeof(line->todo), "correct it; "
		    "umws.conf(5) has every key");
}

/* Who may write it says where PINs go. */
static void
check_rights(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	const char	*path = conf_path(doctor);
	struct stat	 file;
	char		 todo[DOCTOR_TEXT_SIZE];

	if (stat(path, &file) != 0) {
		doctor_say(line, DOCTOR_SKIPPED, NULL, "%s: %s", path,
		    strerror(errno));
		return;
	}
	(void)snprintf(todo, sizeof(todo), "chown root %s && chmod 0644 %s",
	    path, path);
	if ((file.st_mode & S_IWOTH) != 0 ||
	    ((file.st_mode & S_IWGRP) != 0 && file.st_gid != 0))
		doctor_say(line, DOCTOR_WRONG, todo, "%s: %s can write it, "
		    "and send PINs and passwords anywhere", path,
		    (file.st_mode & S_IWOTH) != 0 ? "everybody" : "its group");
	else
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
	{ "conf-rights", "nobody but its owner can write it", check_rights,
	    NULL, 0 },
	{ "conf-sender", "mails have a sender", check_sender, NULL,
	    DOCTOR_CONF },
	{ .name = NULL }
};
