/*
 * setup-web.h - a web server that setup can write files for. Private to setup.
 */
#ifndef UMWS_COMMAND_SETUP_WEB_H
#define UMWS_COMMAND_SETUP_WEB_H

#include "ctl/setup.h"
#include "ctl/setup-web-hosts.h"

#define SETUP_WEB_ITEMS	64

/* One file or link. Its text is that of source, in which the names of an
 * installation become those that were told; or, without a source, what site()
 * writes. */
struct setup_web_item {
	const char	*path;
	const char	*source;	/* below UMWS_SHAREDIR, or NULL; "@"
					 * is the way to authenticate, of which
					 * not each has such a file */
	const char	*target;	/* of a link, or NULL */
};

struct setup_web {
	const char		*name;		/* of --web */
	const char		*program;	/* it is there if this is */
	const char		*folder;	/* and this */
	const char		*pid_file;
	const char		*unit;		/* of systemd */
	const char *const	*test;		/* a program and its arguments,
						 * NULL ends them */
	const char *const	*reload;	/* likewise, where no systemd
						 * runs */
	const char *const	*tell;		/* likewise: tells its sites */
	bool			 (*find_host)(const char *told,
				    const char *host, const char *port,
				    const char *own,
				    char place[SETUP_PLACE_SIZE]);
	const char		*own;		/* our site, as it is told */
	bool			 is_nginx;	/* which names stand in its
						 * files */
	void			 (*site)(const struct setup *setup,
				    struct buf *text);
	/* More links, as of modules; returns how many there are then. */
	size_t			 (*add)(const struct setup *setup,
				    struct setup_web_item *items,
				    size_t count);
	struct setup_web_item	 items[12];	/* the last has no path; the
						 * last but one puts the site
						 * in force */
};

extern const struct setup_web	setup_web_nginx;
extern const struct setup_web	setup_web_apache;

#endif
