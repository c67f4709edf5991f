/*
 * actor.h - who sits at the keyboard: the person behind su and sudo.
 */
#ifndef UMWS_ACTOR_H
#define UMWS_ACTOR_H

#define ACTOR_SIZE	256	/* bytes of a name, with the NUL */

/*
 * The operating system's name of whoever has started us, for the audit:
 * whose login session this is (/proc/self/loginuid, which the kernel keeps
 * through su and sudo); else, for root and system accounts, who has called
 * sudo (SUDO_UID); else our own user. "uid N" for one without a name.
 */
void	actor_name(char name[ACTOR_SIZE]);

#endif
