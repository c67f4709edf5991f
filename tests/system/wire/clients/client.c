/*
 * client.c - one call by stubs that gSOAP makes from the WSDL.
 *
 *   client URL LOGIN ResetPIN|IsUMEnabled
 *
 * The password is in UMWS_PASSWORD. Prints "ok", "true", "false", or
 * "fault CODE". Built by test_clients.py, not by make.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "UM2007LegacySoap.nsmap"
#include "soapH.h"

static int
reset_pin(struct soap *soap, const char *url)
{
	struct _ewsmsg__ResetPIN		request;
	struct _ewsmsg__ResetPINResponse	response;

	if (soap_call___ewsmsg__ResetPIN(soap, url, NULL, &request,
	    &response) != SOAP_OK)
		return 1;
	(void)puts("ok");
	return 0;
}

static int
is_um_enabled(struct soap *soap, const char *url)
{
	struct _ewsmsg__IsUMEnabled		request;
	struct _ewsmsg__IsUMEnabledResponse	response = { 0 };

	if (soap_call___ewsmsg__IsUMEnabled(soap, url, NULL, &request,
	    &response) != SOAP_OK)
		return 1;
	(void)puts(response.IsUMEnabledResponse == xsd__boolean__true_ ?
	    "true" : "false");
	return 0;
}

int
main(int argc, char *argv[])
{
	struct soap	*soap = soap_new();
	int		 code;

	if (argc != 4 || soap == NULL)
		return 64;
	soap->userid = argv[2];
	soap->passwd = getenv("UMWS_PASSWORD");
	code = strcmp(argv[3], "ResetPIN") == 0 ? reset_pin(soap, argv[1]) :
	    is_um_enabled(soap, argv[1]);
	if (code != 0)
		(void)printf("fault %s\n", *soap_faultcode(soap));
	soap_destroy(soap);
	soap_end(soap);
	soap_free(soap);
	return 0;
}
