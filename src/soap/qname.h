/*
 * qname.h - qualified names (QNames) as expat reports them: the namespace,
 * QNAME_SEP, the local name; or the local name alone.
 *
 * Source: Namespaces in XML 1.0, section 2.1.
 */
#ifndef UMWS_QNAME_H
#define UMWS_QNAME_H

#include <stdbool.h>

#include "soap/soap.h"

#define QNAME_SEP	"\n"	/* no namespace can hold one */
#define QNAME_SOAP(name)	SOAP_NS_ENVELOPE QNAME_SEP name
#define QNAME_XSI(name)	"http://www.w3.org/2001/XMLSchema-instance" \
			QNAME_SEP name

bool		 qname_is_qualified(const char *name);

/* Without its namespace; points into name. */
const char	*qname_local(const char *name);

/*
 * The local name, if name is in the Exchange namespace that ends with tail
 * ("messages"), in either scheme; else NULL. *scheme is set in any case.
 */
const char	*qname_exchange(const char *name, const char *tail,
		    enum soap_scheme *scheme);

/*
 * May an element that takes no attributes have this one all the same?
 * SOAP 1.1, section 4.2.1: soap:mustUnderstand and soap:actor mean nothing
 * outside the Header and are ignored there. soap:encodingStyle may stand
 * anywhere, and so may xml: and xsi: attributes.
 */
bool		 qname_is_harmless_attribute(const char *name);

#endif
