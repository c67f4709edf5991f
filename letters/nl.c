/*
 * nl.c - the mails in Dutch.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_nl = {
	.tag = "nl",
	.sentences = {
		[SENTENCE_SUBJECT] =
		    "Uw nieuwe voicemailpincode, {requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] =
		    "Voicemailpincode gewijzigd, {requested} [{reference}]",
		[SENTENCE_LOCKED] =
		    "Uw voicemail is vergrendeld: vraag de helpdesk om die te "
		    "ontgrendelen.",
		[SENTENCE_LOCKED_PIN] =
		    "De nieuwe pincode hieronder werkt pas als dat is gebeurd.",
		[SENTENCE_HELLO_NAME] = "Beste {name},",
		[SENTENCE_HELLO] = "Beste gebruiker,",
		[SENTENCE_REQUESTED] =
		    "Op {requested} is een nieuwe pincode voor uw voicemail "
		    "aangevraagd. Uw nieuwe pincode is:",
		[SENTENCE_AUTOMATIC] =
		    "Op {requested} is uw pincode voor voicemail automatisch "
		    "opnieuw ingesteld, omdat er te vaak een onjuiste pincode "
		    "was ingevoerd. Uw nieuwe pincode is:",
		[SENTENCE_ADMIN] =
		    "Op {requested} heeft de helpdesk de pincode van uw "
		    "voicemail opnieuw ingesteld. Uw nieuwe pincode is:",
		[SENTENCE_ELSEWHERE] =
		    "Op {requested} heeft de helpdesk de pincode van uw "
		    "voicemail opnieuw ingesteld en de nieuwe naar een ander "
		    "e-mailadres laten sturen. Deze e-mail bevat de pincode "
		    "niet.",
		[SENTENCE_SET] =
		    "Op {requested} heeft de helpdesk de pincode van uw "
		    "voicemail ingesteld. De helpdesk geeft u de nieuwe zelf "
		    "door: deze e-mail bevat de pincode niet.",
		[SENTENCE_CHANGED] =
		    "De pincode van uw voicemail is op {requested} "
		    "telefonisch gewijzigd.",
		[SENTENCE_EXTENSION] = "Toestelnummer: {extension}",
		[SENTENCE_ACCESS] =
		    "Bel om uw berichten te beluisteren: {access}",
		[SENTENCE_MUST_CHANGE] =
		    "Deze pincode is alleen bedoeld voor de eerste keer dat u "
		    "zich aanmeldt. Daarna wordt u gevraagd er zelf een te "
		    "kiezen.",
		[SENTENCE_TEMPORARY] =
		    "Meld u uiterlijk op {until} aan. Daarna wordt deze "
		    "pincode geweigerd en moet u een andere aanvragen.",
		[SENTENCE_EXPIRES] = "De pincode verloopt op {expires}.",
		[SENTENCE_LASTING] = "De pincode verloopt niet.",
		[SENTENCE_PRIVATE] =
		    "Uw vorige pincode werkt niet meer. Houd de nieuwe voor "
		    "uzelf: de helpdesk heeft die niet nodig en zal er nooit "
		    "om vragen.",
		[SENTENCE_PRIVATE_FIRST] =
		    "Houd uw pincode voor uzelf: de helpdesk heeft die niet "
		    "nodig en zal er nooit om vragen.",
		[SENTENCE_NOT_YOU] =
		    "Als u geen nieuwe pincode hebt aangevraagd, gebruikt "
		    "iemand anders mogelijk uw account. Waarschuw direct de "
		    "helpdesk.",
		[SENTENCE_NOT_YOU_AUTOMATIC] =
		    "Als u de onjuiste pincodes niet zelf hebt ingevoerd, "
		    "probeert iemand mogelijk toegang te krijgen tot uw "
		    "voicemail. Waarschuw direct de helpdesk.",
		[SENTENCE_NOT_YOU_ADMIN] =
		    "Als u de helpdesk niet om een nieuwe pincode hebt "
		    "gevraagd, heeft iemand dat mogelijk uit uw naam gedaan. "
		    "Waarschuw direct de helpdesk.",
		[SENTENCE_NOT_YOU_ELSEWHERE] =
		    "Als u de helpdesk hier niet om hebt gevraagd, heeft "
		    "iemand anders mogelijk uw nieuwe pincode. Waarschuw "
		    "direct de helpdesk en vraag een andere aan.",
		[SENTENCE_NOT_YOU_SET] =
		    "Als u de helpdesk niet om een nieuwe pincode hebt "
		    "gevraagd, heeft iemand anders die mogelijk uit uw naam "
		    "gekregen. Waarschuw direct de helpdesk en vraag een "
		    "nieuwe pincode aan.",
		[SENTENCE_NOT_YOU_CHANGED] =
		    "Als u de pincode niet zelf hebt gewijzigd, kan iemand "
		    "anders uw berichten beluisteren. Waarschuw direct de "
		    "helpdesk en vraag een nieuwe pincode aan.",
		[SENTENCE_DATE] = "{day} {month} {year}, {time} uur (UTC)",
	},
	.months = {
		"januari", "februari", "maart", "april", "mei", "juni",
		"juli", "augustus", "september", "oktober", "november",
		"december",
	},
};
