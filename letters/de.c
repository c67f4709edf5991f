/*
 * de.c - the mails in German.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_de = {
	.tag = "de",
	.sentences = {
		[SENTENCE_SUBJECT] =
		    "Ihre neue Voicemail-PIN vom {requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] =
		    "Ihre Voicemail-PIN wurde geändert, {requested} ["
		    "{reference}]",
		[SENTENCE_LOCKED] =
		    "Ihre Voicemail ist gesperrt: Der Helpdesk kann sie "
		    "entsperren.",
		[SENTENCE_LOCKED_PIN] =
		    "Die neue PIN unten gilt erst, wenn das geschehen ist.",
		[SENTENCE_HELLO_NAME] = "Guten Tag {name},",
		[SENTENCE_HELLO] = "Guten Tag,",
		[SENTENCE_REQUESTED] =
		    "am {requested} wurde eine neue PIN für Ihre Voicemail "
		    "angefordert. Ihre neue PIN lautet:",
		[SENTENCE_AUTOMATIC] =
		    "am {requested} wurde Ihre Voicemail-PIN automatisch "
		    "zurückgesetzt, weil zu oft eine falsche PIN eingegeben "
		    "wurde. Ihre neue PIN lautet:",
		[SENTENCE_ADMIN] =
		    "am {requested} hat der Helpdesk die PIN Ihrer Voicemail "
		    "zurückgesetzt. Ihre neue PIN lautet:",
		[SENTENCE_ELSEWHERE] =
		    "am {requested} hat der Helpdesk die PIN Ihrer Voicemail "
		    "zurückgesetzt und die neue PIN an eine andere "
		    "E-Mail-Adresse senden lassen. Diese E-Mail enthält sie "
		    "nicht.",
		[SENTENCE_SET] =
		    "am {requested} hat der Helpdesk die PIN Ihrer Voicemail "
		    "festgelegt. Er teilt Ihnen die neue PIN selbst mit; "
		    "diese E-Mail enthält sie nicht.",
		[SENTENCE_CHANGED] =
		    "die PIN Ihrer Voicemail wurde am {requested} per Telefon "
		    "geändert.",
		[SENTENCE_EXTENSION] = "Nebenstelle: {extension}",
		[SENTENCE_ACCESS] =
		    "Um Ihre Nachrichten abzuhören, wählen Sie: {access}",
		[SENTENCE_MUST_CHANGE] =
		    "Diese PIN gilt nur für Ihre erste Anmeldung. Danach "
		    "werden Sie aufgefordert, eine eigene PIN zu wählen.",
		[SENTENCE_TEMPORARY] =
		    "Bitte melden Sie sich bis zum {until} an. Danach wird "
		    "diese PIN nicht mehr angenommen, und Sie müssen eine "
		    "neue anfordern.",
		[SENTENCE_EXPIRES] = "Die PIN läuft am {expires} ab.",
		[SENTENCE_LASTING] = "Die PIN läuft nicht ab.",
		[SENTENCE_PRIVATE] =
		    "Ihre bisherige PIN ist nicht mehr gültig. Bitte geben "
		    "Sie die neue an niemanden weiter: Der Helpdesk benötigt "
		    "sie nicht und wird Sie nie danach fragen.",
		[SENTENCE_PRIVATE_FIRST] =
		    "Bitte geben Sie Ihre PIN an niemanden weiter: Der "
		    "Helpdesk benötigt sie nicht und wird Sie nie danach "
		    "fragen.",
		[SENTENCE_NOT_YOU] =
		    "Falls Sie keine neue PIN angefordert haben, verwendet "
		    "möglicherweise jemand anderes Ihr Konto. Bitte "
		    "informieren Sie umgehend den Helpdesk.",
		[SENTENCE_NOT_YOU_AUTOMATIC] =
		    "Falls die falschen PINs nicht von Ihnen stammen, "
		    "versucht möglicherweise jemand, auf Ihre Voicemail "
		    "zuzugreifen. Bitte informieren Sie umgehend den Helpdesk.",
		[SENTENCE_NOT_YOU_ADMIN] =
		    "Falls Sie den Helpdesk nicht um eine neue PIN gebeten "
		    "haben, hat das möglicherweise jemand in Ihrem Namen "
		    "getan. Bitte informieren Sie umgehend den Helpdesk.",
		[SENTENCE_NOT_YOU_ELSEWHERE] =
		    "Falls Sie den Helpdesk nicht darum gebeten haben, kennt "
		    "möglicherweise jemand anderes Ihre neue PIN. Bitte "
		    "informieren Sie umgehend den Helpdesk, und fordern Sie "
		    "eine weitere PIN an.",
		[SENTENCE_NOT_YOU_SET] =
		    "Falls Sie den Helpdesk nicht um eine neue PIN gebeten "
		    "haben, hat möglicherweise jemand in Ihrem Namen eine "
		    "erhalten. Bitte informieren Sie umgehend den Helpdesk, "
		    "und fordern Sie eine neue PIN an.",
		[SENTENCE_NOT_YOU_CHANGED] =
		    "Falls nicht Sie die PIN geändert haben, kann jemand "
		    "anderes Ihre Nachrichten abhören. Bitte informieren Sie "
		    "umgehend den Helpdesk, und fordern Sie eine neue PIN an.",
		[SENTENCE_DATE] = "{day}. {month} {year} um {time} Uhr (UTC)",
	},
	.months = {
		"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli",
		"August", "September", "Oktober", "November", "Dezember",
	},
};
