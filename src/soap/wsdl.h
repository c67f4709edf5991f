/*
 * wsdl.h - the description of the service that programs are made from.
 *
 * Sources: WSDL 1.1 (W3C NOTE-wsdl-20010315); WS-I Basic Profile 1.1 R2701,
 * R2702, R2706, R2712, R2716; MS-OXWUMS for operations and their types.
 */
#ifndef UMWS_WSDL_H
#define UMWS_WSDL_H

#include "base/buf.h"
#include "base/status.h"

#define WSDL_MAX	9216	/* bytes that it can need without the address */

/*
 * The whole WSDL, document/literal over SOAP 1.1 and HTTP.
 *
 * address  where clients shall send their requests, an absolute URL; it is
 *          escaped here
 * ST_OK, or why buf could not take it: ST_BAD when it is too small,
 * ST_RETRY without memory.
 */
enum status	wsdl_write(struct buf *buf, const char *address) MUSTCHECK;

#endif
