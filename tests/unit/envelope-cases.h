/*
 * envelope-cases.h - one flat table: documents, and what is wrong with each.
 *
 * The macros build a document from the inside: ENVELOPE(BODY(OP)).
 */
#ifndef UMWS_ENVELOPE_CASES_H
#define UMWS_ENVELOPE_CASES_H

#include "soap/envelope.h"

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

/* An operation with a child: what its value comes to, or why it is wrong. */
#define CALL(name, inner)	ENVELOPE(BODY("<" name " xmlns='" M_NS "' " \
				XSI ">" inner "</" name ">"))
#define OOF(inner)		CALL("SetOofStatus", inner)
#define STATUS(text)		OOF("<status>" text "</status>")
#define DIAL(text)		CALL("SetPlayOnPhoneDialString", \
				"<dialString>" text "</dialString>")
#define FOLDER(text)		CALL("SetTelephoneAccessFolderEmail", \
				"<base64FolderId>" text "</base64FolderId>")
#define TEN			"0123456789"
#define DIAL_128		TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN \
				TEN TEN "01234567"
#define BASE_64			"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g" \
				"ISIjJCUmJygpKissLS4v"
#define BASE_512		BASE_64 BASE_64 BASE_64 BASE_64 BASE_64 \
				BASE_64 BASE_64 BASE_64
#define SPACES			"          "
#define SPACES_600		SPACES SPACES SPACES SPACES SPACES SPACES \
				SPACES SPACES SPACES SPACES SPACES SPACES \
				SPACES SPACES SPACES SPACES SPACES SPACES \
				SPACES SPACES SPACES SPACES SPACES SPACES \
				SPACES SPACES SPACES SPACES SPACES SPACES \
				SPACES SPACES SPACES SPACES SPACES SPACES \
				SPACES SPACES SPACES SPACES SPACES SPACES \
				SPACES SPACES SPACES SPACES SPACES SPACES \
				SPACES SPACES SPACES SPACES SPACES SPACES \
				SPACES SPACES SPACES SPACES SPACES SPACES

struct value_case {
	const char	*name;
	const char	*document;
	const char	*value;		/* NULL: refused */
	const char	*reason;	/* part of it */
};

static const struct value_case value_cases[] = {
	{ "true", STATUS("true"), "true", NULL },
	{ "false", STATUS("false"), "false", NULL },
	{ "1", STATUS("1"), "true", NULL },
	{ "0", STATUS("0"), "false", NULL },
	{ "space around", STATUS(" \t\r\n true&#10; "), "true", NULL },
	{ "much space around", STATUS(SPACES_600 "false" SPACES_600), "false",
	    NULL },
	{ "in pieces", STATUS("<![CDATA[t]]>r<!--u-->u&#101;"), "true", NULL },
	{ "comment and space beside", OOF(" <!--a--><status>1</status>\n"),
	    "true", NULL },
	{ "missed calls", CALL("SetMissedCallNotificationEnabled",
	    "<status>0</status>"), "false", NULL },
	{ "prefixed", ENVELOPE(BODY("<q:SetOofStatus xmlns:q='" M_NS "'>"
	    "<q:status>1</q:status></q:SetOofStatus>")), "true", NULL },
	{ "https", ENVELOPE(BODY("<SetOofStatus xmlns='" MS_NS "'>"
	    "<status>1</status></SetOofStatus>")), "true", NULL },
	{ "xsi:type", OOF("<status xsi:type='b' xml:lang='en'>1</status>"),
	    "true", NULL },
	{ "not nil", OOF("<status xsi:nil=' 0 '>1</status>"), "true", NULL },
	{ "TRUE", STATUS("TRUE"), NULL, "no boolean" },
	{ "yes", STATUS("yes"), NULL, "no boolean" },
	{ "2", STATUS("2"), NULL, "no boolean" },
	{ "10", STATUS("10"), NULL, "no boolean" },
	{ "empty boolean", STATUS(""), NULL, "no boolean" },
	{ "space alone", STATUS("  "), NULL, "no boolean" },
	{ "two words", STATUS("1 1"), NULL, "within" },
	{ "falsehood", STATUS("falsehood"), NULL, "too long" },
	{ "nil boolean", OOF("<status xsi:nil='true'/>"), NULL, "no boolean" },
	{ "nil with content", OOF("<status xsi:nil='1'>1</status>"), NULL,
	    "nil element" },
	{ "nil that is none", OOF("<status xsi:nil='x'>1</status>"), NULL,
	    "xsi:nil" },
	{ "no child", OOF(""), NULL, "missing" },
	{ "text without a child", OOF("true"), NULL, "text" },
	{ "text before it", OOF("x<status>1</status>"), NULL, "text" },
	{ "text after it", OOF("<status>1</status>x"), NULL, "text" },
	{ "child twice", OOF("<status>1</status><status>1</status>"), NULL,
	    "twice" },
	{ "another child", OOF("<state>1</state>"), NULL, "another" },
	{ "one child more", OOF("<status>1</status><a/>"), NULL, "another" },
	{ "Status", OOF("<Status>1</Status>"), NULL, "another" },
	{ "child of no namespace", OOF("<status xmlns=''>1</status>"), NULL,
	    "another" },
	{ "child in types", OOF("<status xmlns='" T_NS "'>1</status>"), NULL,
	    "another" },
	{ "child in the other scheme", OOF("<status xmlns='" MS_NS "'>1"
	    "</status>"), NULL, "another" },
	{ "attribute on the child", OOF("<status a='b'>1</status>"), NULL,
	    "attribute" },
	{ "child in the child", OOF("<status>1<a/></status>"), NULL,
	    "child has a child" },
	{ "text deeper", OOF("<status><a>1</a></status>"), NULL,
	    "child has a child" },
	{ "dial string", DIAL("+49 (30) 123-45,,6#*"), "+49 (30) 123-45,,6#*",
	    NULL },
	{ "space is kept", DIAL(" 1  2 "), " 1  2 ", NULL },
	{ "empty string", DIAL(""), "", NULL },
	{ "nil string", CALL("SetPlayOnPhoneDialString",
	    "<dialString xsi:nil='true'/>"), "", NULL },
	{ "markup in it", DIAL("&lt;&amp;&gt;&quot;&apos;\xc3\xa4"
	    "\xf0\x9f\x93\x9e"), "<&>\"'\xc3\xa4\xf0\x9f\x93\x9e", NULL },
	{ "no-break space", DIAL("1\xc2\xa0" "2"), "1\xc2\xa0" "2", NULL },
	{ "longest string", DIAL(DIAL_128), DIAL_128, NULL },
	{ "longer string", DIAL(DIAL_128 "0"), NULL, "too long" },
	{ "longer by a character", DIAL(TEN "\xc3\xa4" DIAL_128), NULL,
	    "too long" },
	{ "line feed", DIAL("1\n2"), NULL, "control" },
	{ "carriage return", DIAL("1&#13;"), NULL, "control" },
	{ "tab", DIAL("\t1"), NULL, "control" },
	{ "DEL", DIAL("1\x7f"), NULL, "control" },
	{ "C1", DIAL("1\xc2\x85"), NULL, "control" },
	{ "line separator", DIAL("1&#x2028;"), NULL, "control" },
	{ "paragraph separator", DIAL("&#x2029;1"), NULL, "control" },
	{ "a folder as in Microsoft's page", FOLDER("AAAAAGsd2rbQLVtLobUGbrq/"
	    "9IUBAEX2ikn/L8JJtI5WHI0FAW8AAAFXHhsAAA=="), "AAAAAGsd2rbQLVtLobU"
	    "Gbrq/9IUBAEX2ikn/L8JJtI5WHI0FAW8AAAFXHhsAAA==", NULL },
	{ "base64FolderID", CALL("SetTelephoneAccessFolderEmail",
	    "<base64FolderID>AAE=</base64FolderID>"), "AAE=", NULL },
	{ "both of them", CALL("SetTelephoneAccessFolderEmail",
	    "<base64FolderID/><base64FolderId/>"), NULL, "twice" },
	{ "base64 in lines", FOLDER("\n AAEC\n AwQF "), "AAECAwQF", NULL },
	{ "empty base64", FOLDER(""), "", NULL },
	{ "nil base64", CALL("SetTelephoneAccessFolderEmail",
	    "<base64FolderId xsi:nil='1'> </base64FolderId>"), "", NULL },
	{ "longest base64", FOLDER(BASE_512), BASE_512, NULL },
	{ "longer base64", FOLDER(BASE_512 "AAAA"), NULL, "too long" },
	{ "half a group", FOLDER("AAECA"), NULL, "not base64" },
	{ "another digit", FOLDER("AA-_"), NULL, "not base64" },
	{ "padding within", FOLDER("AA==AAEC"), NULL, "not base64" },
	{ "padding alone", FOLDER("===="), NULL, "not base64" },
	{ "three of it", FOLDER("A==="), NULL, "not base64" },
	{ "bits behind the last of two", FOLDER("AB=="), NULL, "not base64" },
	{ "bits behind the last of three", FOLDER("AAF="), NULL,
	    "not base64" },
	{ "any children", CALL("PlayOnPhone", "<entryId>AA==</entryId>\n"
	    "<DialString x='y'>1<z xmlns='urn:z'>2</z></DialString>"), "",
	    NULL },
	{ "no children", CALL("Disconnect", ""), "", NULL },
	{ "text beside them", CALL("GetCallInfo", "<CallId>1</CallId>x"), NULL,
	    "text" },
	{ "text instead", CALL("PlayOnPhoneGreeting", "x"), NULL, "text" },
	{ "child in GetUMProperties", CALL("GetUMProperties", "<status/>"),
	    NULL, "has a child" },
	{ "child in an unknown operation", CALL("Unknown",
	    "<status>1</status>"), NULL, "has a child" },
};

#endif
