/*
 * de.c - the mails in German.
 */
#include "core/letter-language.h"

static const struct letter_zone	zones_de[] = {
	{ "CET", "MEZ" }, { "CEST", "MESZ" },
	{ "EET", "OEZ" }, { "EEST", "OESZ" },
	{ "WET", "WEZ" }, { "WEST", "WESZ" },
	{ NULL, NULL }
};

static const char *const	months_de_AT[] = {
	"Jänner", "Februar", "März", "April", "Mai", "Juni", "Juli",
	"August", "September", "Oktober", "November", "Dezember",
};

static const struct letter_region	regions_de[] = {
	/* Of Italy it is South Tyrol that has German. */
	{ .regions = "AT IT", .months = months_de_AT },
	{ .regions = NULL }
};

static const struct letter_language	letter_de = {
	.tag = "de",
	.sentences = {
		[SENTENCE_SUBJECT] = "Ihre neue Voicemail-PIN, {requested} "
		    "[{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "Ihre Voicemail-PIN wurde "
		    "geändert, {requested} [{reference}]",
		[SENTENCE_SUBJECT_WELCOME] = "Ihr Voicemail-Postfach und seine "
		    "PIN, {requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "Erinnerung vom {requested}: "
		    "Ihre Voicemail-PIN läuft bald ab [{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "Ihr Voicemail-Postfach wurde "
		    "gesperrt, {requested} [{reference}]",
		[SENTENCE_LOCKED] = "Ihr Voicemail-Postfach ist gesperrt, eine "
		    "Anmeldung ist nicht möglich.",
		[SENTENCE_LOCKED_CONTACT] = "Um es entsperren zu lassen, "
		    "wenden Sie sich bitte an den Helpdesk: {contact}",
		[SENTENCE_LOCKED_PIN] = "Die neue PIN in dieser E-Mail gilt "
		    "erst, wenn die Sperre aufgehoben ist.",
		[SENTENCE_HELLO_NAME] = "Guten Tag {name},",
		[SENTENCE_HELLO] = "Guten Tag,",
		[SENTENCE_REQUESTED] = "am {requested} wurde eine neue PIN "
		    "für Ihr Voicemail-Postfach angefordert. Ihre neue PIN "
		    "lautet:",
		[SENTENCE_AUTOMATIC] = "am {requested} wurde Ihre "
		    "Voicemail-PIN automatisch zurückgesetzt, weil zu oft "
		    "eine falsche PIN eingegeben worden war. Ihre neue PIN "
		    "lautet:",
		[SENTENCE_ADMIN] = "am {requested} hat die Administration die "
		    "PIN Ihres Voicemail-Postfachs zurückgesetzt. Ihre neue "
		    "PIN lautet:",
		[SENTENCE_WELCOME] = "für Sie wurde ein Voicemail-Postfach "
		    "eingerichtet. Ihre PIN dafür lautet:",
		[SENTENCE_ELSEWHERE] = "am {requested} hat die Administration "
		    "die PIN Ihres Voicemail-Postfachs zurückgesetzt und die "
		    "neue PIN an eine andere E-Mail-Adresse senden lassen. In "
		    "dieser E-Mail steht sie nicht.",
		[SENTENCE_SET] = "am {requested} hat die Administration für "
		    "Ihr Voicemail-Postfach eine PIN festgelegt. Sie wird "
		    "Ihnen auf anderem Weg mitgeteilt: In dieser E-Mail steht "
		    "sie nicht.",
		[SENTENCE_CHANGED] = "am {requested} wurde die PIN Ihres "
		    "Voicemail-Postfachs per Telefon geändert.",
		[SENTENCE_EXPIRING] = "die PIN Ihres Voicemail-Postfachs läuft "
		    "am {expires} ab. Bitte melden Sie sich vorher per Telefon "
		    "an und ändern Sie die PIN. Danach müssen Sie bei der "
		    "nächsten Anmeldung eine neue PIN wählen.",
		[SENTENCE_LOCKED_OUT] = "am {requested} wurde Ihr "
		    "Voicemail-Postfach gesperrt, weil zu oft eine falsche PIN "
		    "eingegeben worden war.",
		[SENTENCE_LOCKED_UNTIL] = "Die Sperre endet automatisch am "
		    "{until}.",
		[SENTENCE_LOCKED_LASTING] = "Die Sperre bleibt bestehen, bis "
		    "die Administration sie aufhebt.",
		[SENTENCE_EXTENSION] = "Durchwahl: {extension}",
		[SENTENCE_ACCESS] = "Rufnummer zum Abhören Ihrer "
		    "Nachrichten: {access}",
		[SENTENCE_MUST_CHANGE] = "Diese PIN gilt nur für die erste "
		    "Anmeldung. Danach werden Sie aufgefordert, eine eigene "
		    "PIN zu wählen.",
		[SENTENCE_TEMPORARY] = "Bitte melden Sie sich bis zum {until} "
		    "an. Danach ist diese PIN ungültig, und Sie müssen eine "
		    "neue anfordern.",
		[SENTENCE_EXPIRES] = "Die PIN läuft am {expires} ab.",
		[SENTENCE_LASTING] = "Die PIN läuft nicht ab.",
		[SENTENCE_PRIVATE] = "Ihre bisherige PIN ist nicht mehr "
		    "gültig. Bitte geben Sie die neue an niemanden weiter: "
		    "Niemand sonst braucht sie, und auch die Administration "
		    "wird Sie nie danach fragen.",
		[SENTENCE_PRIVATE_FIRST] = "Bitte geben Sie Ihre PIN an "
		    "niemanden weiter: Niemand sonst braucht sie, und auch die "
		    "Administration wird Sie nie danach fragen.",
		[SENTENCE_NOT_YOU] = "Falls Sie keine neue PIN angefordert "
		    "haben, verwendet möglicherweise jemand anders Ihr Konto.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "Falls nicht Sie die falschen "
		    "PINs eingegeben haben, versucht möglicherweise jemand "
		    "anders, auf Ihr Postfach zuzugreifen.",
		[SENTENCE_NOT_YOU_ADMIN] = "Falls Sie nicht um eine neue PIN "
		    "gebeten haben, hat das möglicherweise jemand anders in "
		    "Ihrem Namen getan.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "Falls Sie nicht darum gebeten "
		    "haben, hat möglicherweise jemand anders Ihre neue PIN "
		    "erhalten.",
		[SENTENCE_NOT_YOU_SET] = "Falls Sie nicht um eine neue PIN "
		    "gebeten haben, hat möglicherweise jemand anders sie in "
		    "Ihrem Namen erhalten.",
		[SENTENCE_NOT_YOU_CHANGED] = "Falls nicht Sie die PIN geändert "
		    "haben, kann jemand anders Ihre Nachrichten abhören.",
		[SENTENCE_TELL] = "Bitte verständigen Sie in diesem Fall "
		    "umgehend den Helpdesk: {contact}",
		[SENTENCE_TELL_RENEW] = "Bitte fordern Sie in diesem Fall eine "
		    "neue PIN an, und verständigen Sie umgehend den Helpdesk: "
		    "{contact}",
		[SENTENCE_RENEW] = "Bitte fordern Sie in diesem Fall umgehend "
		    "eine neue PIN an.",
		[SENTENCE_QUESTIONS] = "Bei Fragen wenden Sie sich bitte an "
		    "den Helpdesk: {contact}",
		[SENTENCE_DATE] = "{day}. {month} {year} um {time} Uhr {zone}",
	},
	.months = {
		"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
		"August", "September", "Oktober", "November", "Dezember",
	},
	.zones = zones_de,
	.regions = regions_de,
};
