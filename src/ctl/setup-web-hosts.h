/*
 * setup-web-hosts.h - is a host name of another site of the web server? Private
 * to setup.
 *
 * Of two sites with one name on one port a web server takes the one that it
 * has read first, and its test has nothing against it.
 */
#ifndef UMWS_COMMAND_SETUP_WEB_HOSTS_H
#define UMWS_COMMAND_SETUP_WEB_HOSTS_H

#include <stdbool.h>

#define SETUP_PLACE_SIZE	512	/* bytes of a file's name */

/*
 * The first site with this name and port that is not of the file own, in what
 * the server tells of its files; place is where it stands.
 *
 * nginx: what "nginx -T" writes, all its files. Apache: what "-D DUMP_VHOSTS"
 * writes, a table.
 */
bool	setup_find_nginx_host(const char *told, const char *host,
	    const char *port, const char *own, char place[SETUP_PLACE_SIZE]);
bool	setup_find_apache_host(const char *told, const char *host,
	    const char *port, const char *own, char place[SETUP_PLACE_SIZE]);

#endif
