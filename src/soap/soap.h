/*
 * soap.h - the names that the envelope parser and the reply writer share.
 *
 * Sources: SOAP 1.1 (W3C NOTE-SOAP-20000508); MS-OXWUMS for the namespaces
 * of the Exchange UM web service.
 */
#ifndef UMWS_SOAP_H
#define UMWS_SOAP_H

#define SOAP_NS_ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"
#define SOAP_NS_TAIL	 "://schemas.microsoft.com/exchange/services/2006/"
#define SOAP_NS_MESSAGES "http" SOAP_NS_TAIL "messages"
#define SOAP_NS_TYPES	 "http" SOAP_NS_TAIL "types"
#define SOAP_NS_ERRORS	 "http" SOAP_NS_TAIL "errors"

/*
 * The messages namespace is seen with both schemes: Microsoft's page of the
 * operation prints https, MS-OXWUMS and real clients use http. Both mean
 * the same, and an answer is in the one that the request used.
 */
enum soap_scheme {
	SOAP_HTTP = 0,
	SOAP_HTTPS
};

#endif
