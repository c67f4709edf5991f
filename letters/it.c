/*
 * it.c - the mails in Italian.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_it = {
	.tag = "it",
	.first_day = "1º",
	.sentences = {
		[SENTENCE_SUBJECT] =
		    "Il Suo nuovo PIN della segreteria telefonica, "
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] =
		    "Il Suo PIN della segreteria telefonica è stato "
		    "modificato, {requested} [{reference}]",
		[SENTENCE_LOCKED] =
		    "Segreteria telefonica bloccata: chieda all'help desk di "
		    "sbloccarla.",
		[SENTENCE_LOCKED_PIN] =
		    "Il nuovo PIN riportato qui sotto funzionerà solo dopo "
		    "lo sblocco.",
		[SENTENCE_HELLO_NAME] = "Gentile {name},",
		[SENTENCE_HELLO] = "Buongiorno,",
		[SENTENCE_REQUESTED] =
		    "in data {requested} è stato richiesto un nuovo PIN per "
		    "la Sua segreteria telefonica. Il Suo nuovo PIN è:",
		[SENTENCE_AUTOMATIC] =
		    "in data {requested} il PIN della Sua segreteria "
		    "telefonica è stato reimpostato automaticamente, perché "
		    "era stato inserito troppe volte un PIN errato. Il Suo "
		    "nuovo PIN è:",
		[SENTENCE_ADMIN] =
		    "in data {requested} l'help desk ha reimpostato il PIN "
		    "della Sua segreteria telefonica. Il Suo nuovo PIN è:",
		[SENTENCE_ELSEWHERE] =
		    "in data {requested} l'help desk ha reimpostato il PIN "
		    "della Sua segreteria telefonica e ha fatto inviare "
		    "quello nuovo a un altro indirizzo e-mail. Questo "
		    "messaggio non lo contiene.",
		[SENTENCE_SET] =
		    "in data {requested} l'help desk ha impostato il PIN "
		    "della Sua segreteria telefonica. Sarà l'help desk a "
		    "comunicarLe quello nuovo: questo messaggio non lo "
		    "contiene.",
		[SENTENCE_CHANGED] =
		    "il PIN della Sua segreteria telefonica è stato "
		    "modificato per telefono in data {requested}.",
		[SENTENCE_EXTENSION] = "Interno: {extension}",
		[SENTENCE_ACCESS] =
		    "Per ascoltare i messaggi, chiami il numero: {access}",
		[SENTENCE_MUST_CHANGE] =
		    "Questo PIN vale solo per il primo accesso. In seguito Le "
		    "verrà chiesto di sceglierne uno personale.",
		[SENTENCE_TEMPORARY] =
		    "Effettui l'accesso entro questa data: {until}. In "
		    "seguito questo PIN non sarà più accettato e dovrà "
		    "richiederne un altro.",
		[SENTENCE_EXPIRES] = "Scadenza del PIN: {expires}.",
		[SENTENCE_LASTING] = "Il PIN non ha scadenza.",
		[SENTENCE_PRIVATE] =
		    "Il PIN precedente non funziona più. Non comunichi a "
		    "nessuno quello nuovo: l'help desk non ne ha bisogno e "
		    "non glielo chiederà mai.",
		[SENTENCE_PRIVATE_FIRST] =
		    "Non comunichi il PIN a nessuno: l'help desk non ne ha "
		    "bisogno e non glielo chiederà mai.",
		[SENTENCE_NOT_YOU] =
		    "Se non ha richiesto un nuovo PIN, è possibile che "
		    "qualcun altro stia usando il Suo account. Informi subito "
		    "l'help desk.",
		[SENTENCE_NOT_YOU_AUTOMATIC] =
		    "Se non è stato Lei a inserire i PIN errati, è "
		    "possibile che qualcuno stia cercando di accedere alla "
		    "Sua segreteria. Informi subito l'help desk.",
		[SENTENCE_NOT_YOU_ADMIN] =
		    "Se non ha chiesto un nuovo PIN all'help desk, è "
		    "possibile che qualcuno l'abbia fatto a Suo nome. Informi "
		    "subito l'help desk.",
		[SENTENCE_NOT_YOU_ELSEWHERE] =
		    "Se non l'ha chiesto all'help desk, è possibile che "
		    "qualcun altro abbia il Suo nuovo PIN. Informi subito "
		    "l'help desk e ne richieda un altro.",
		[SENTENCE_NOT_YOU_SET] =
		    "Se non ha chiesto un nuovo PIN all'help desk, è "
		    "possibile che qualcun altro l'abbia ottenuto a Suo nome. "
		    "Informi subito l'help desk e richieda un nuovo PIN.",
		[SENTENCE_NOT_YOU_CHANGED] =
		    "Se non è stato Lei a modificare il PIN, qualcun altro "
		    "può ascoltare i Suoi messaggi. Informi subito l'help "
		    "desk e richieda un nuovo PIN.",
		[SENTENCE_DATE] = "{day} {month} {year}, ore {time} (UTC)",
	},
	.months = {
		"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
		"luglio", "agosto", "settembre", "ottobre", "novembre",
		"dicembre",
	},
};
