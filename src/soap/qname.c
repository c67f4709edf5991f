/* qname.c - nothing but comparisons; the namespaces are those of soap.h. */
#include "config.h"

#include "soap/qname.h"

#include <string.h>

#define XML_NS	"http://www.w3.org/XML/1998/namespace" QNAME_SEP

static bool
has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
qname_is_qualified(const char *name)
{
	return strchr(name, QNAME_SEP[0]) != NULL;
}

const char *
qname_local(const char *name)
{
	const char	*separator = strrchr(name, QNAME_SEP[0]);

	return separator == NULL ? name : separator + 1;
}

const char *
qname_exchange(const char *name, const char *tail, enum soap_scheme *scheme)
{
	*scheme = has_prefix(name, "https:") ? SOAP_HTTPS : SOAP_HTTP;
	if (!has_prefix(name, "http"))
		return NULL;
	name += *scheme == SOAP_HTTPS ? strlen("https") : strlen("http");
	if (!has_prefix(name, SOAP_NS_TAIL))
		return NULL;
	name += strlen(SOAP_NS_TAIL);
	if (!has_prefix(name, tail) || name[strlen(tail)] != QNAME_SEP[0])
		return NULL;
	return name + strlen(tail) + 1;
}

bool
qname_is_harmless_attribute(const char *name)
{
	return has_prefix(name, XML_NS) || has_prefix(name, QNAME_XSI("")) ||
	    strcmp(name, QNAME_SOAP("encodingStyle")) == 0 ||
	    strcmp(name, QNAME_SOAP("mustUnderstand")) == 0 ||
	    strcmp(name, QNAME_SOAP("actor")) == 0;
}
