/*
 * json.h - how the routes of the pages say that something was refused:
 * {"error": WORD}, and with a limit how long it lasts. The words are those of
 * www/soap.js and doc/protocol.md.
 */
#ifndef UMWS_JSON_H
#define UMWS_JSON_H

#include <stdbool.h>

#include "web/turn.h"

/* Is the request on one of these routes? */
bool	json_is_spoken(const struct turn *turn);

/* The body of an answer that is refused by its HTTP status alone. */
void	json_refuse(struct turn *turn);

/*
 * The answer is turn->outcome: what the route has written into the body, with
 * 200; or why not, in its place. It is counted as page.
 */
void	json_answer(struct turn *turn, enum score_page page);

#endif
