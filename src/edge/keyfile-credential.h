/*
 * keyfile-credential.h - key files that systemd hands over: LoadCredential= in
 * systemd.exec(5). Private to edge/keyfile.
 */
#ifndef UMWS_KEYFILE_CREDENTIAL_H
#define UMWS_KEYFILE_CREDENTIAL_H

#include <stdbool.h>

/* Is it below $CREDENTIALS_DIRECTORY, whose files have modes of their own? */
bool	keyfile_is_credential(const char *path);

/*
 * Open what systemd has read for us, as root and at our start, of a file that
 * is not there for us. That is a credential with the name of the file, for
 * files of the folder home alone: elsewhere the same name may mean another.
 * One of a single byte counts as none: with SetCredential= a unit has that so
 * as to start without the file.
 *
 * Returns a descriptor, the path then being in *instead, which the caller
 * frees; or -1: errno is ESTALE when the file was written later than the
 * credential, which only a restart mends, and otherwise says why not.
 */
int	keyfile_credential_open(const char *home, const char *path,
	    char **instead);

#endif
