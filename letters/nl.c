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
		[SENTENCE_SUBJECT_WELCOME] = "Uw voicemail en de pincode "
		    "ervoor, {requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "Herinnering van {requested}: de "
		    "pincode van uw voicemail verloopt binnenkort "
		    "[{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "Uw voicemail is geblokkeerd, "
		    "{requested} [{reference}]",
		[SENTENCE_LOCKED] = "Uw voicemail is geblokkeerd: aanmelden is "
		    "niet mogelijk.",
		[SENTENCE_LOCKED_CONTACT] = "Neem contact op met de helpdesk "
		    "om de blokkering te laten opheffen: {contact}",
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
		[SENTENCE_ADMIN] = "Op {requested} heeft een beheerder de "
		    "pincode van uw voicemail opnieuw ingesteld. Dit is uw "
		    "nieuwe pincode:",
		[SENTENCE_WELCOME] = "Er is een voicemail voor u aangemaakt. "
		    "Dit is uw pincode:",
		[SENTENCE_ELSEWHERE] = "Op {requested} heeft een beheerder de "
		    "pincode van uw voicemail opnieuw ingesteld en de nieuwe "
		    "naar een ander e-mailadres laten sturen. In deze e-mail "
		    "staat de pincode niet.",
		[SENTENCE_SET] = "Op {requested} heeft een beheerder de "
		    "pincode van uw voicemail ingesteld. U krijgt de nieuwe "
		    "pincode op een andere manier te horen: in deze e-mail "
		    "staat die niet.",
		[SENTENCE_CHANGED] = "De pincode van uw voicemail is op "
		    "{requested} telefonisch gewijzigd.",
		[SENTENCE_EXPIRING] = "De pincode van uw voicemail verloopt op "
		    "{expires}. Meld u voor die tijd telefonisch aan en wijzig "
		    "de pincode. Daarna moet u bij de volgende aanmelding een "
		    "nieuwe kiezen.",
		[SENTENCE_LOCKED_OUT] = "Op {requested} is uw voicemail "
		    "geblokkeerd, omdat te vaak een onjuiste pincode was "
		    "ingevoerd.",
		[SENTENCE_LOCKED_UNTIL] = "De blokkering wordt automatisch "
		    "opgeheven op {until}.",
		[SENTENCE_LOCKED_LASTING] = "De blokkering blijft bestaan "
		    "totdat een beheerder deze opheft.",
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
		    "de nieuwe geheim: niemand anders heeft hem nodig en geen "
		    "enkele beheerder zal erom vragen.",
		[SENTENCE_PRIVATE_FIRST] = "Houd uw pincode geheim: niemand "
		    "anders heeft hem nodig en geen enkele beheerder zal erom "
		    "vragen.",
		[SENTENCE_NOT_YOU] = "Hebt u geen nieuwe pincode aangevraagd? "
		    "Dan gebruikt iemand anders mogelijk uw account.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "Hebt u de onjuiste pincodes "
		    "niet zelf ingevoerd? Dan probeert iemand anders mogelijk "
		    "toegang te krijgen tot uw voicemail.",
		[SENTENCE_NOT_YOU_ADMIN] = "Hebt u niet om een nieuwe pincode "
		    "gevraagd? Dan heeft iemand anders dat mogelijk uit uw "
		    "naam gedaan.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "Hebt u daar niet om gevraagd? "
		    "Dan heeft iemand anders mogelijk uw nieuwe pincode "
		    "ontvangen.",
		[SENTENCE_NOT_YOU_SET] = "Hebt u niet om een nieuwe pincode "
		    "gevraagd? Dan heeft iemand anders die mogelijk uit uw "
		    "naam gekregen.",
		[SENTENCE_NOT_YOU_CHANGED] = "Hebt u de pincode niet zelf "
		    "gewijzigd? Dan kan iemand anders uw berichten "
		    "beluisteren.",
		[SENTENCE_TELL] = "Neem in dat geval meteen contact op met de "
		    "helpdesk: {contact}",
		[SENTENCE_TELL_RENEW] = "Vraag in dat geval een nieuwe pincode "
		    "aan en neem meteen contact op met de helpdesk: {contact}",
		[SENTENCE_RENEW] = "Vraag in dat geval meteen een nieuwe "
		    "pincode aan.",
		[SENTENCE_QUESTIONS] = "Hebt u vragen? Neem dan contact op met "
		    "de helpdesk: {contact}",
		[SENTENCE_DATE] = "{day} {month} {year} om {time} uur ({zone})",
	},
	.months = {
		"januari", "februari", "maart", "april", "mei", "juni",
		"juli", "augustus", "september", "oktober", "november",
		"december",
	},
	.zones = zones_nl,
};
