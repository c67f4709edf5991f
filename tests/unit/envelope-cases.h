/*
 * envelope-cases.h - one flat table: documents, and what is wrong with each.
 *
 * The macros build a document from the inside: ENVELOPE(BODY(OP)).
 */
#ifndef UMWS_ENVELOPE_CASES_H
#define UMWS_ENVELOPE_CASES_H

#include "core/envelope.h"

#define M_NS	"http://schemas.microsoft.com/exchange/services/2006/messages"
#define MS_NS	"https://schemas.microsoft.com/exchange/services/2006/messages"
#define T_NS	"http://schemas.microsoft.com/exchange/services/2006/types"
#define TS_NS	"https://schemas.microsoft.com/exchange/services/2006/types"
#define SOAP_12	"http://www.w3.org/2003/05/soap-envelope"
#define NEXT	"http://schemas.xmlsoap.org/soap/actor/next"
#define SOAP	"xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' "
#define XSI	"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "

#define OP		"<ResetPIN xmlns='" M_NS "'/>"
#define ENVELOPE(inner)	"<s:Envelope " SOAP ">" inner "</s:Envelope>"
#define BODY(inner)	"<s:Body>" inner "</s:Body>"
#define HEADER(inner)	ENVELOPE("<s:Header>" inner "</s:Header>" BODY(OP))
#define ENTRY(attributes) "<h:x xmlns:h='urn:h' " attributes "/>"
#define MUST		HEADER(ENTRY("s:mustUnderstand='1'"))
#define MISMATCH(inner)	"<s:Envelope xmlns:s='" SOAP_12 "'>" inner \
			"</s:Envelope>"

#define OK	ENVELOPE_OK
#define BAD	ENVELOPE_INVALID
#define VERSION	ENVELOPE_VERSION_MISMATCH
#define UNKNOWN	ENVELOPE_MUST_UNDERSTAND

#define NAME_63	"abcdefghijklmnopqrstuvwxyzabcdefghij" \
			"klmnopqrstuvwxyz01234567890"

struct envelope_case {
	const char		*name;
	const char		*document;
	enum envelope_verdict	 verdict;
	const char		*reason;	/* part of it, if it matters */
};

/* Each is ResetPIN in the http namespace when it is OK. */
static const struct envelope_case cases[] = {
	{ "plain", ENVELOPE(BODY(OP)), OK, NULL },
	{ "default namespace", "<Envelope xmlns='http://schemas.xmlsoap.org/"
	    "soap/envelope/'><Body>" OP "</Body></Envelope>", OK, NULL },
	{ "prefixed operation", ENVELOPE(BODY("<q:ResetPIN xmlns:q='" M_NS
	    "'></q:ResetPIN>")), OK, NULL },
	{ "comments and space", "<!--a--> " ENVELOPE(" <!--b--> "
	    BODY(" \t\r\n<!--c--><ResetPIN xmlns='" M_NS "'> <!--d-->\n"
	    "</ResetPIN> ") "\n") "\n<!--e-->\n", OK, NULL },
	{ "space as CDATA", ENVELOPE(BODY(OP "<![CDATA[ ]]>")), OK, NULL },
	{ "space by reference", ENVELOPE(BODY(OP "&#32;&#x9;&#13;&#xA;")), OK,
	    NULL },
	{ "empty", "", BAD, NULL },
	{ "white space alone", " \n ", BAD, NULL },
	{ "no XML", "hello", BAD, NULL },
	{ "unclosed", "<s:Envelope " SOAP ">" BODY(OP), BAD, NULL },
	{ "two roots", ENVELOPE(BODY(OP)) "<a/>", BAD, NULL },
	{ "unbound prefix", ENVELOPE("<z:Body/>"), BAD, NULL },
	{ "undefined entity", ENVELOPE(BODY("&nbsp;" OP)), BAD, NULL },
	{ "attribute twice", ENVELOPE(BODY("<a b='' b=''/>")), BAD, NULL },
	{ "bytes that are not UTF-8", ENVELOPE(BODY(OP "\xff")), BAD, NULL },
	{ "newline in a namespace", ENVELOPE(BODY("<ResetPIN xmlns='" M_NS
	    "&#10;x'/>")), BAD, NULL },
	{ "DOCTYPE", "<!DOCTYPE a>" ENVELOPE(BODY(OP)), BAD, "DOCTYPE" },
	{ "DOCTYPE with entities", "<!DOCTYPE a [<!ENTITY b 'c'>"
	    "<!ENTITY d '&b;&b;'>]>" ENVELOPE(BODY(OP)), BAD, "DOCTYPE" },
	{ "DOCTYPE with a file", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>"
	    ENVELOPE(BODY(OP)), BAD, "DOCTYPE" },
	{ "instruction first", "<?a b?>" ENVELOPE(BODY(OP)), BAD, "proc" },
	{ "instruction inside", ENVELOPE(BODY(OP "<?a b?>")), BAD, "proc" },
	{ "instruction last", ENVELOPE(BODY(OP)) "<?a?>", BAD, "proc" },
	{ "SOAP 1.2", MISMATCH(BODY(OP)), VERSION, NULL },
	{ "no namespace", "<Envelope><Body/></Envelope>", VERSION, NULL },
	{ "https envelope", "<Envelope xmlns='https://schemas.xmlsoap.org/"
	    "soap/envelope/'/>", VERSION, NULL },
	{ "mismatch, later unclosed", "<s:Envelope xmlns:s='" SOAP_12 "'>"
	    "<s:Body>", BAD, NULL },
	{ "mismatch, later an instruction", MISMATCH("<?a?>"), BAD, "proc" },
	{ "mismatch, wrong structure", MISMATCH("text<a/>"), VERSION, NULL },
	{ "mismatch, unknown header", MISMATCH("<s:Header>"
	    "<h:x xmlns:h='urn:h' s:mustUnderstand='1'/></s:Header>"),
	    VERSION, NULL },
	{ "another root", "<html/>", BAD, "root" },
	{ "another root in soap", "<s:Fault " SOAP "/>", BAD, "root" },
	{ "no Body", ENVELOPE(""), BAD, "no Body" },
	{ "Header alone", ENVELOPE("<s:Header/>"), BAD, "no Body" },
	{ "empty Header", HEADER(""), OK, NULL },
	{ "Header twice", ENVELOPE("<s:Header/><s:Header/>" BODY(OP)), BAD,
	    "Header" },
	{ "Header last", ENVELOPE(BODY(OP) "<s:Header/>"), BAD, "Header" },
	{ "Body twice", ENVELOPE(BODY(OP) BODY(OP)), BAD, "Body" },
	{ "Body twice, one empty", ENVELOPE(BODY(OP) BODY("")), BAD, "Body" },
	{ "qualified after Body", ENVELOPE(BODY(OP) ENTRY("")), BAD,
	    "neither" },
	{ "unqualified before Body", ENVELOPE("<a/>" BODY(OP)), BAD,
	    "neither" },
	{ "Body without namespace", ENVELOPE("<Body>" OP "</Body>"), BAD,
	    "neither" },
	{ "text in Envelope", ENVELOPE("x" BODY(OP)), BAD, "text" },
	{ "text after Body", ENVELOPE(BODY(OP) "x"), BAD, "text" },
	{ "text in Header", HEADER("x"), BAD, "text" },
	{ "text in Body", ENVELOPE(BODY("x" OP)), BAD, "text" },
	{ "CDATA in Body", ENVELOPE(BODY(OP "<![CDATA[x]]>")), BAD, "text" },
	{ "attribute on Envelope", "<s:Envelope " SOAP "a='b'>" BODY(OP)
	    "</s:Envelope>", BAD, "attribute" },
	{ "attribute on Header", ENVELOPE("<s:Header a='b'/>" BODY(OP)), BAD,
	    "attribute" },
	{ "attribute on Body", ENVELOPE("<s:Body a='b'>" OP "</s:Body>"), BAD,
	    "attribute" },
	{ "encodingStyle anywhere", "<s:Envelope " SOAP "s:encodingStyle=''>"
	    "<s:Header s:encodingStyle='u'/><s:Body s:encodingStyle='u'>"
	    "<ResetPIN s:encodingStyle='u' xmlns='" M_NS "'/></s:Body>"
	    "</s:Envelope>", OK, NULL },
	{ "unqualified encodingStyle", ENVELOPE("<s:Body encodingStyle=''>"
	    OP "</s:Body>"), BAD, "attribute" },
	{ "xml: and xsi: attributes", "<s:Envelope " SOAP XSI "xml:lang='en'>"
	    "<s:Body xml:space='preserve'><ResetPIN xml:lang='de' "
	    "xsi:nil='true' xmlns='" M_NS "'/></s:Body></s:Envelope>", OK,
	    NULL },
	{ "mustUnderstand elsewhere", "<s:Envelope " SOAP
	    "s:mustUnderstand='1'><s:Header s:mustUnderstand='7'/><s:Body "
	    "s:mustUnderstand='1'><ResetPIN s:mustUnderstand='1' s:actor='a' "
	    "xmlns='" M_NS "'/></s:Body></s:Envelope>", OK, NULL },
	{ "entry of no weight", HEADER(ENTRY("")), OK, NULL },
	{ "entry with text and children", HEADER("<h:x xmlns:h='urn:h'>text"
	    "<y z='1'>text</y></h:x>"), OK, NULL },
	{ "unqualified entry", HEADER("<x/>"), BAD, "unqualified" },
	{ "mustUnderstand 1", MUST, UNKNOWN, NULL },
	{ "mustUnderstand true", HEADER(ENTRY("s:mustUnderstand='true'")),
	    UNKNOWN, NULL },
	{ "mustUnderstand 0", HEADER(ENTRY("s:mustUnderstand='0'")), OK,
	    NULL },
	{ "mustUnderstand false", HEADER(ENTRY("s:mustUnderstand='false'")),
	    OK, NULL },
	{ "mustUnderstand 2", HEADER(ENTRY("s:mustUnderstand='2'")), BAD,
	    "boolean" },
	{ "mustUnderstand empty", HEADER(ENTRY("s:mustUnderstand=''")), BAD,
	    "boolean" },
	{ "mustUnderstand TRUE", HEADER(ENTRY("s:mustUnderstand='TRUE'")),
	    BAD, "boolean" },
	{ "unqualified mustUnderstand", HEADER(ENTRY("mustUnderstand='1'")),
	    OK, NULL },
	{ "mustUnderstand deeper", HEADER("<h:x xmlns:h='urn:h'><h:y "
	    "s:mustUnderstand='1'/></h:x>"), OK, NULL },
	{ "actor next", HEADER(ENTRY("s:mustUnderstand='1' s:actor='" NEXT
	    "'")), UNKNOWN, NULL },
	{ "actor empty", HEADER(ENTRY("s:actor='' s:mustUnderstand='1'")),
	    UNKNOWN, NULL },
	{ "another actor", HEADER(ENTRY("s:mustUnderstand='1' s:actor='u'")),
	    OK, NULL },
	{ "another actor, no boolean", HEADER(ENTRY("s:mustUnderstand='2' "
	    "s:actor='u'")), BAD, "boolean" },
	{ "second entry", HEADER(ENTRY("") ENTRY("s:mustUnderstand='1'")),
	    UNKNOWN, NULL },
	{ "RequestServerVersion", HEADER("<t:RequestServerVersion xmlns:t='"
	    T_NS "' Version='Nonsense'/>"), OK, NULL },
	{ "unknown header, bad body", ENVELOPE("<s:Header>"
	    ENTRY("s:mustUnderstand='1'") "</s:Header>" BODY("x<a/><b/>")),
	    UNKNOWN, NULL },
	{ "unknown header, bad structure", ENVELOPE("<s:Header>"
	    ENTRY("s:mustUnderstand='1'") "</s:Header>" BODY(OP) "<a/>"),
	    BAD, "neither" },
	{ "unknown header, text after Body", ENVELOPE("<s:Header>"
	    ENTRY("s:mustUnderstand='1'") "</s:Header>" BODY(OP) "x"), BAD,
	    "between" },
	{ "unknown header, no Body", ENVELOPE("<s:Header>"
	    ENTRY("s:mustUnderstand='1'") "</s:Header>"), BAD, "no Body" },
	{ "unknown header, not closed", "<s:Envelope " SOAP "><s:Header>"
	    ENTRY("s:mustUnderstand='1'") "</s:Header>", BAD, NULL },
	{ "empty Body", ENVELOPE(BODY("")), BAD, "no operation" },
	{ "two operations", ENVELOPE(BODY(OP OP)), BAD, "more than one" },
	{ "operation and another", ENVELOPE(BODY(OP "<a/>")), BAD, "more" },
	{ "another and operation", ENVELOPE(BODY("<a/>" OP)), BAD, NULL },
	{ "no namespace on it", ENVELOPE(BODY("<ResetPIN/>")), BAD, "names" },
	{ "types namespace", ENVELOPE(BODY("<ResetPIN xmlns='" T_NS "'/>")),
	    BAD, "names" },
	{ "short namespace", ENVELOPE(BODY("<a:R xmlns:a='h'/>")), BAD,
	    "names" },
	{ "longer namespace", ENVELOPE(BODY("<ResetPIN xmlns='" M_NS
	    "/'/>")), BAD, "names" },
	{ "xttp namespace", ENVELOPE(BODY("<ResetPIN xmlns='xttp://schemas."
	    "microsoft.com/exchange/services/2006/messages'/>")), BAD,
	    "names" },
	{ "attribute on it", ENVELOPE(BODY("<ResetPIN a='' xmlns='" M_NS
	    "'/>")), BAD, "attribute" },
	{ "qualified attribute on it", ENVELOPE(BODY("<q:ResetPIN q:a='' "
	    "xmlns:q='" M_NS "'/>")), BAD, "attribute" },
	{ "child in it", ENVELOPE(BODY("<ResetPIN xmlns='" M_NS "'><a/>"
	    "</ResetPIN>")), BAD, "child" },
	{ "text in it", ENVELOPE(BODY("<ResetPIN xmlns='" M_NS "'>x"
	    "</ResetPIN>")), BAD, "text" },
	{ "name too long", ENVELOPE(BODY("<" NAME_63 "x xmlns='" M_NS
	    "'/>")), BAD, "too long" },
	{ "XML 1.1", "<?xml version='1.1'?>" ENVELOPE(BODY(OP)), OK, NULL },
	{ "XML 2", "<?xml version='2.0'?>" ENVELOPE(BODY(OP)), BAD, "XML 1" },
	{ "XML 1.x", "<?xml version='1.x'?>" ENVELOPE(BODY(OP)), BAD, NULL },
};

#endif
