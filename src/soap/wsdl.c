/*
 * wsdl.c - write the WSDL from the table of soap/operation: the schema's
 * elements, the messages, the port type, and the binding to SOAP.
 *
 * There is one schema and no import, nothing but soap:body in the binding,
 * and no wsdl:fault: the faults of Exchange have no element that one could
 * name, and the toolkits give them to their callers as they come.
 */
#include "config.h"

#include "soap/wsdl.h"

#include <stddef.h>

#include "soap/operation.h"
#include "core/properties.h"
#include "soap/reply.h"
#include "soap/soap.h"

#define TRANSPORT	"http://schemas.xmlsoap.org/soap/http"
#define BOOLEAN		"xsd:boolean"
#define STRING		"xsd:string"
#define PROPERTIES	"tns:UMProperties"

/* The one child that a request or response has, or none. */
struct child {
	const char	*name;
	const char	*type;
};

/* What soap/operation does not say: the children of responses. */
static const struct child responses[OPERATION_COUNT] = {
	[OPERATION_IS_UM_ENABLED] = { "IsUMEnabledResponse", BOOLEAN },
	[OPERATION_GET_UM_PROPERTIES] = { "GetUMPropertiesResponse",
	    PROPERTIES },
};

/*
 * The next operation from id on that the WSDL describes, or OPERATION_COUNT.
 * Those that are always refused are not offered.
 */
static unsigned int
next_described(unsigned int id)
{
	while (id < OPERATION_COUNT && operation_at((enum operation_id)id)->
	    content == OPERATION_ANY)
		id++;
	return id;
}

static const char *
name_of(unsigned int id)
{
	return operation_at((enum operation_id)id)->name;
}

static const char *
type_of(enum property_id id)
{
	return property_at(id)->type == PROPERTY_BOOLEAN ? BOOLEAN : STRING;
}

static struct child
request_child(unsigned int id)
{
	const struct operation	*op = operation_at((enum operation_id)id);

	return (struct child){ op->child, type_of(op->property) };
}

static void
put_element(struct buf *buf, const char *name, const char *suffix,
    struct child child)
{
	buf_printf(buf, "<xsd:element name=\"%s%s\"><xsd:complexType>", name,
	    suffix);
	buf_puts(buf, "<xsd:sequence>");
	if (child.name != NULL)
		buf_printf(buf, "<xsd:element name=\"%s\" type=\"%s\"/>",
		    child.name, child.type);
	buf_puts(buf, "</xsd:sequence></xsd:complexType></xsd:element>\n");
}

/* All are always in the answer; a string that is not set is empty. */
static void
put_properties(struct buf *buf)
{
	unsigned int	id;

	buf_puts(buf, "<xsd:complexType name=\"UMProperties\">"
	    "<xsd:sequence>\n");
	for (id = 0; id < PROPERTY_COUNT; id++)
		buf_printf(buf, "<xsd:element name=\"%s\" type=\"%s\"/>\n",
		    property_at((enum property_id)id)->name,
		    type_of((enum property_id)id));
	buf_puts(buf, "</xsd:sequence></xsd:complexType>\n");
}

static void
put_types(struct buf *buf)
{
	unsigned int	 id;

	buf_puts(buf, "<wsdl:types>\n<xsd:schema elementFormDefault="
	    "\"qualified\" targetNamespace=\"" SOAP_NS_MESSAGES "\">\n");
	for (id = next_described(0); id < OPERATION_COUNT;
	    id = next_described(id + 1)) {
		put_element(buf, name_of(id), "", request_child(id));
		put_element(buf, name_of(id), "Response", responses[id]);
	}
	put_properties(buf);
	buf_puts(buf, "</xsd:schema>\n</wsdl:types>\n");
}

static void
put_messages(struct buf *buf)
{
	static const char	format[] = "<wsdl:message name=\"%sSoap%s\">"
	    "<wsdl:part name=\"parameters\" element=\"tns:%s%s\"/>"
	    "</wsdl:message>\n";
	unsigned int	 id;

	for (id = next_described(0); id < OPERATION_COUNT;
	    id = next_described(id + 1)) {
		buf_printf(buf, format, name_of(id), "In", name_of(id), "");
		buf_printf(buf, format, name_of(id), "Out", name_of(id),
		    "Response");
	}
}

static void
put_port_type(struct buf *buf)
{
	unsigned int	 id;

	buf_puts(buf, "<wsdl:portType name=\"UM2007LegacySoap\">\n");
	for (id = next_described(0); id < OPERATION_COUNT;
	    id = next_described(id + 1))
		buf_printf(buf, "<wsdl:operation name=\"%s\">"
		    "<wsdl:input message=\"tns:%sSoapIn\"/>"
		    "<wsdl:output message=\"tns:%sSoapOut\"/>"
		    "</wsdl:operation>\n", name_of(id), name_of(id),
		    name_of(id));
	buf_puts(buf, "</wsdl:portType>\n");
}

static void
put_binding(struct buf *buf)
{
	unsigned int	 id;

	buf_puts(buf, "<wsdl:binding name=\"UM2007LegacySoap\""
	    " type=\"tns:UM2007LegacySoap\">\n"
	    "<soap:binding style=\"document\" transport=\"" TRANSPORT
	    "\"/>\n");
	for (id = next_described(0); id < OPERATION_COUNT;
	    id = next_described(id + 1))
		buf_printf(buf, "<wsdl:operation name=\"%s\">"
		    "<soap:operation style=\"document\""
		    " soapAction=\"" SOAP_NS_MESSAGES "/%s\"/>"
		    "<wsdl:input><soap:body use=\"literal\"/></wsdl:input>"
		    "<wsdl:output><soap:body use=\"literal\"/></wsdl:output>"
		    "</wsdl:operation>\n", name_of(id), name_of(id));
	buf_puts(buf, "</wsdl:binding>\n");
}

static void
put_service(struct buf *buf, const char *address)
{
	buf_puts(buf, "<wsdl:service name=\"UM2007Legacy\">\n"
	    "<wsdl:port name=\"UM2007LegacySoap\""
	    " binding=\"tns:UM2007LegacySoap\">"
	    "<soap:address location=\"");
	reply_escape(buf, address);
	buf_puts(buf, "\"/></wsdl:port>\n</wsdl:service>\n");
}

enum status
wsdl_write(struct buf *buf, const char *address)
{
	buf_puts(buf, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<wsdl:definitions name=\"UM2007Legacy\""
	    " xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\""
	    " xmlns:soap=\"http://schemas.xmlsoap.org/wsdl/soap/\""
	    " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
	    " xmlns:tns=\"" SOAP_NS_MESSAGES "\""
	    " targetNamespace=\"" SOAP_NS_MESSAGES "\">\n");
	put_types(buf);
	put_messages(buf);
	put_port_type(buf);
	put_binding(buf);
	put_service(buf, address);
	buf_puts(buf, "</wsdl:definitions>\n");
	return buf_status(buf);
}
