/*
 * reply.h - SOAP responses and faults into a buffer. The only XML escaper.
 *
 * Source: MS-OXWUMS 2.2.2.1 and 4.15; SOAP 1.1 section 4.4; WS-I Basic
 * Profile 1.1 R1000, R1001, R1004, R1126.
 */
#ifndef UMWS_REPLY_H
#define UMWS_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "core/properties.h"
#include "core/refusal.h"
#include "soap/soap.h"

#define REPLY_MAX	8192	/* bytes that a response or fault can need */

/*
 * <OPERATIONResponse xmlns=...> in the scheme of the request: empty, or
 * (is_um_enabled, properties) with one child of the same name.
 * ST_OK, or ST_BAD when buf is too small.
 */
enum status	reply_response(struct buf *buf, enum soap_scheme scheme,
		    const char *operation) MUSTCHECK;
enum status	reply_is_um_enabled(struct buf *buf, enum soap_scheme scheme,
		    bool is_enabled) MUSTCHECK;
enum status	reply_properties(struct buf *buf, enum soap_scheme scheme,
		    const struct properties *properties) MUSTCHECK;

/*
 * The fault for a refusal (not REFUSAL_NONE).
 * back_off_ms  BackOffMilliseconds; used by REFUSAL_BUSY only
 */
enum status	reply_fault(struct buf *buf, enum soap_scheme scheme,
		    enum refusal refusal, uint64_t back_off_ms) MUSTCHECK;

/* The code of a refusal, for logs and metrics: "ErrorServerBusy"; static. */
const char	*reply_refusal_code(enum refusal refusal);

/*
 * Append text with the five XML characters escaped. U+FFFD stands for each
 * byte that is not of a character of XML 1.0 in UTF-8.
 */
void	reply_escape(struct buf *buf, const char *text);

#endif
