/*
 * doctor.h - the checks of "doctor", by subject, and what they share. Private
 * to command.
 *
 * A subject is a file of its own with a table of its checks; doctor.c lists
 * the subjects. The checks of a subject are run one after the other in one
 * child process (edge/guard), which is killed when a check takes too long: the
 * next one is then run in another child. So a check may keep something for
 * those after it in struct doctor, and must do without what is not there.
 *
 * No check writes to the database, sends a mail or changes a file.
 */
#ifndef UMWS_COMMAND_DOCTOR_H
#define UMWS_COMMAND_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/verbs.h"
#include "base/log.h"
#include "edge/smtp.h"
#include "edge/web-probe.h"

#define DOCTOR_TEXT_SIZE	800	/* bytes of a sentence, with the NUL */

enum doctor_verdict {
	DOCTOR_OK,
	DOCTOR_WARNING,		/* somebody should look */
	DOCTOR_WRONG,		/* something does not work, or is not safe */
	DOCTOR_SKIPPED		/* not checked */
};

/* What a check has found. */
struct doctor_line {
	enum doctor_verdict	verdict;
	char			text[DOCTOR_TEXT_SIZE]; /* what is so, or why it
				 * was not checked */
	char			todo[DOCTOR_TEXT_SIZE]; /* "" when it is well */
};

/* What lower layers have logged since the last doctor_listen(). */
struct doctor_heard {
	bool			is_heard;
	enum log_level		level;	/* the gravest, and its first event */
	char			text[DOCTOR_TEXT_SIZE];
	char			todo[DOCTOR_TEXT_SIZE];
};

/* What is needed before a check can be run. */
enum doctor_need {
	DOCTOR_NOTHING,
	DOCTOR_CONF,		/* umws.conf */
	DOCTOR_DATABASE,	/* and the database; a connection stands */
	DOCTOR_SCHEMA,		/* and the schema is the one that we know */
	DOCTOR_URL		/* --url */
};

struct doctor {
	struct command		*command;	/* conf is NULL if it is bad */
	size_t			 conf_faults;
	struct doctor_heard	 conf_heard;	/* the first of them */
	const char		*url;		/* or NULL */
	const char		*patroni_url;	/* or NULL */
	const char		*ca_file;	/* or NULL */
	bool			 is_database_bad; /* the first check said so */
	bool			 is_schema_bad;	/* and the second */
	struct doctor_heard	 heard;
	/* Kept by the subjects smtp and web for their later checks. */
	bool			 is_asked;
	bool			 is_smtp_made;
	enum status		 smtp_status;
	struct doctor_heard	 smtp_heard;
	struct smtp_report	 smtp_report;
	struct web_answer	 web;
};

struct doctor_check {
	const char		*name;
	const char		*about;	/* what is so when it is well */
	void			(*run)(struct doctor *doctor,
				    const struct doctor_check *check,
				    struct doctor_line *line);
	const char		*with;	/* SQL of doctor_ask(), or what else the
					 * run of this one wants */
	enum doctor_need	 need;	/* if more than the subject's */
};

struct doctor_subject {
	const char			*name;
	enum doctor_need		 need;
	unsigned int			 timeout_s;	/* of each check */
	const struct doctor_check	*checks; /* the last has no name */
};

/* In the order of the report; the last one has no name. */
extern const struct doctor_subject	doctor_subjects[];

extern const struct doctor_check	doctor_conf_checks[];
extern const struct doctor_check	doctor_key_checks[];
extern const struct doctor_check	doctor_database_checks[];
extern const struct doctor_check	doctor_role_checks[];
extern const struct doctor_check	doctor_server_checks[];
extern const struct doctor_check	doctor_patroni_checks[];
extern const struct doctor_check	doctor_mail_checks[];
extern const struct doctor_check	doctor_user_checks[];
extern const struct doctor_check	doctor_audit_checks[];
extern const struct doctor_check	doctor_smtp_checks[];
extern const struct doctor_check	doctor_web_checks[];

/* The rights that the schema's files grant, as role|right|kind|object; made of
 * sql/ by tools/lib/grants. The last one is NULL. */
extern const char *const		doctor_grants[];

/* Is there a check that is called so, or whose name begins so? */
bool	doctor_knows(const char *only);

/*
 * Run the checks of a subject; only is NULL for all of them. on_line gets the
 * line of each.
 */
void	doctor_run(struct doctor *doctor, const struct doctor_subject *subject,
	    const char *only, void (*on_line)(void *context,
	    const struct doctor_subject *subject,
	    const struct doctor_check *check, const struct doctor_line *line),
	    void *context);

/* Have command->conf, or why not. */
void		doctor_read_conf(struct doctor *doctor);

/* Have command->admin, whose connection stands; what fails has been heard. */
enum status	doctor_connect(struct doctor *doctor);

/* What it means that somebody's clock is so far ahead of ours. */
void	doctor_judge_clock(struct doctor_line *line,
	    const struct doctor_check *check, int64_t ahead_s,
	    const char *whose);

/* Forget what was heard, and listen. */
void	doctor_listen(struct doctor *doctor);

/* The verdict and its sentences. */
void	doctor_say(struct doctor_line *line, enum doctor_verdict verdict,
	    const char *todo, const char *format, ...)
	    __attribute__((format(printf, 4, 5)));
/* That it is well, as check->about has it. */
void	doctor_well(struct doctor_line *line, const struct doctor_check *check);
/* What was heard, or where nothing was, other words. */
void	doctor_repeat(const struct doctor *doctor, struct doctor_line *line,
	    enum doctor_verdict verdict, const char *otherwise);

/*
 * The run of a check with SQL: each row of it (verdict, text, todo) is
 * something found, the gravest is told; none is well.
 */
void	doctor_ask(struct doctor *doctor, const struct doctor_check *check,
	    struct doctor_line *line);
/* The same with parameters. */
void	doctor_ask_with(struct doctor *doctor,
	    const struct doctor_check *check, const char *const *params,
	    size_t count, struct doctor_line *line);

#endif
