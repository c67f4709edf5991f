/*
 * nl.c - the mails in Dutch.
 */
#include "core/letter-language.h"

static const struct letter_zone	zones_nl[] = {
	{ "CET", "CET" }, { "CEST", "CEST" },
	{ "EET", "EET" }, { "EEST", "EEST" },
	{ "WET", "WET" }, { "WEST", "WEST" },
	{ NULL, NULL }
};

static const struct letter_language	letter_nl = {
	.tag = "nl",
	.sentences = {
		[SENTENCE_SUBJECT] = "Uw nieuwe pincode voor voicemail, "
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "De pincode van uw voicemail is "
		    "gewijzigd, {requested} [{reference}]",
		[SENTENCE_LOCKED] = "Uw voicemail is geblokkeerd: neem "
		    "contact op met de helpdesk.",
		[SENTENCE_LOCKED_PIN] = "De nieuwe pincode hieronder werkt "
		    "pas als de blokkering is opgeheven.",
		[SENTENCE_HELLO_NAME] = "Beste {name},",
		[SENTENCE_HELLO] = "Hallo,",
		[SENTENCE_REQUESTED] = "Op {requested} is een nieuwe pincode "
		    "voor uw voicemail aangevraagd. Dit is uw nieuwe "
		    "pincode:",
		[SENTENCE_AUTOMATIC] = "Op {requested} is de pincode van uw "
		    "voicemail automatisch opnieuw ingesteld, omdat te vaak "
		    "een onjuiste pincode was ingevoerd. Dit is uw nieuwe "
		    "pincode:",
		[SENTENCE_ADMIN] = "Op {requested} heeft de helpdesk de "
		    "pincode van uw voicemail opnieuw ingesteld. Dit is uw "
		    "nieuwe pincode:",
		[SENTENCE_ELSEWHERE] = "Op {requested} heeft de helpdesk de "
		    "pincode van uw voicemail opnieuw ingesteld en de nieuwe "
		    "naar een ander e-mailadres laten sturen. In deze e-mail "
		    "staat de pincode niet.",
		[SENTENCE_SET] = "Op {requested} heeft de helpdesk de pincode "
		    "van uw voicemail ingesteld. De helpdesk geeft u de "
		    "nieuwe pincode zelf door: in deze e-mail staat die "
		    "niet.",
		[SENTENCE_CHANGED] = "De pincode van uw voicemail is op "
		    "{requested} telefonisch gewijzigd.",
		[SENTENCE_EXTENSION] = "Toestelnummer: {extension}",
		[SENTENCE_ACCESS] = "Bel om uw berichten te beluisteren: "
		    "{access}",
		[SENTENCE_MUST_CHANGE] = "Deze pincode is alleen bedoeld voor "
		    "de eerste keer dat u zich aanmeldt. Daarna wordt u "
		    "gevraagd er zelf een te kiezen.",
		[SENTENCE_TEMPORARY] = "Meld u uiterlijk op {until} aan. "
		    "Daarna wordt deze pincode geweigerd en moet u een "
		    "nieuwe aanvragen.",
		[SENTENCE_EXPIRES] = "De pincode verloopt op {expires}.",
		[SENTENCE_LASTING] = "De pincode verloopt niet.",
		[SENTENCE_PRIVATE] = "Uw vorige pincode werkt niet meer. Houd "
		    "de nieuwe geheim: de helpdesk heeft hem niet nodig en "
		    "zal er nooit om vragen.",
		[SENTENCE_PRIVATE_FIRST] = "Houd uw pincode geheim: de "
		    "helpdesk heeft hem niet nodig en zal er nooit om "
		    "vragen.",
		[SENTENCE_NOT_YOU] = "Hebt u geen nieuwe pincode aangevraagd? "
		    "Dan gebruikt iemand anders mogelijk uw account. Neem "
		    "meteen contact op met de helpdesk.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "Hebt u de onjuiste pincodes "
		    "niet zelf ingevoerd? Dan probeert iemand anders "
		    "mogelijk toegang te krijgen tot uw voicemail. Neem "
		    "meteen contact op met de helpdesk.",
		[SENTENCE_NOT_YOU_ADMIN] = "Hebt u de helpdesk niet om een "
		    "nieuwe pincode gevraagd? Dan heeft iemand anders dat "
		    "mogelijk uit uw naam gedaan. Neem meteen contact op met "
		    "de helpdesk.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "Hebt u de helpdesk daar niet "
		    "om gevraagd? Dan heeft iemand anders mogelijk uw nieuwe "
		    "pincode ontvangen. Neem meteen contact op met de "
		    "helpdesk en vraag een andere pincode aan.",
		[SENTENCE_NOT_YOU_SET] = "Hebt u de helpdesk niet om een "
		    "nieuwe pincode gevraagd? Dan heeft iemand anders die "
		    "mogelijk uit uw naam gekregen. Neem meteen contact op "
		    "met de helpdesk en vraag een nieuwe pincode aan.",
		[SENTENCE_NOT_YOU_CHANGED] = "Hebt u de pincode niet zelf "
		    "gewijzigd? Dan kan iemand anders uw berichten "
		    "beluisteren. Neem meteen contact op met de helpdesk en "
		    "vraag een nieuwe pincode aan.",
		[SENTENCE_DATE] = "{day} {month} {year} om {time} uur ({zone})",
	},
	.months = {
		"januari", "februari", "maart", "april", "mei", "juni",
		"juli", "augustus", "september", "oktober", "november",
		"december",
	},
	.zones = zones_nl,
};
