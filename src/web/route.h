/*
 * route.h - what a request of each route is answered with. One file each.
 */
#ifndef UMWS_ROUTE_H
#define UMWS_ROUTE_H

#include "web/turn.h"

/* A SOAP request to the service: an operation, or a fault. */
void	route_ews(struct turn *turn);

/*
 * GET and HEAD at the address of the service. ?wsdl in any letter case is the
 * WSDL; without a query it is a page for people, if Accept names text/html;
 * all else is refused (405). Nothing that the client sent is part of the
 * answer but Host, in the WSDL, if it is a valid one (400 if it is needed and
 * is not). No operation is reached from here.
 */
void	route_help(struct turn *turn);

/*
 * A phone system's question whether a PIN is right, or its wish to set another
 * one: a form, answered by a word.
 */
void	route_tui(struct turn *turn);

/*
 * GET and HEAD: the state of the caller's own mailbox, as JSON. Changes
 * nothing.
 */
void	route_mailbox(struct turn *turn);

/*
 * The help desk's page: a form with an action, find, state, reset or unlock,
 * answered by JSON. Whoever is no help desk is told the same, whatever he
 * asks.
 */
void	route_helpdesk(struct turn *turn);

/*
 * The scoreboard's counters and times in Prometheus' text format 0.0.4, whether
 * the database takes writes, and how the mails are doing and the audit's seal,
 * unless the database does not say it.
 */
void	route_metrics(struct turn *turn);

/*
 * Can the database take a write right now? 200, or 503. The field X-UMWS-Mail
 * of a 200 says how the mails are doing.
 */
void	route_health(struct turn *turn);

/* A child answers: 200, whatever the database says, which is not asked. */
void	route_live(struct turn *turn);

#endif
