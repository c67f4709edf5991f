/*
 * directory-connect.h - a connection to a directory, safe and bound. Private
 * to directory.
 */
#ifndef UMWS_DIRECTORY_CONNECT_H
#define UMWS_DIRECTORY_CONNECT_H

#include <ldap.h>

#include "base/status.h"
#include "edge/directory.h"

/*
 * Connect, check the certificate, and say who we are. As directory_read();
 * *ld is NULL unless ST_OK, and ended by directory_disconnect().
 */
enum status	directory_connect(const struct directory_options *options,
		    char *password, LDAP **ld,
		    char reason[DIRECTORY_REASON_SIZE]) MUSTCHECK;
void		directory_disconnect(LDAP **ld);

/*
 * What an error of libldap or a result code of the server means, as
 * directory_read(). reason begins with what was tried; diagnostic is the
 * server's words, or NULL: those of the connection.
 */
enum status	directory_refuse(LDAP *ld, int result, const char *tried,
		    const char *diagnostic,
		    char reason[DIRECTORY_REASON_SIZE]) MUSTCHECK;

#endif
