/*
 * it.c - the mails in Italian. "In data", since an article before a date
 * depends on the day (l'8, il 9).
 */
#include "core/letter-language.h"

static const struct letter_zone	zones_it[] = {
	{ "CET", "CET" }, { "CEST", "CEST" },
	{ "EET", "EET" }, { "EEST", "EEST" },
	{ "WET", "WET" }, { "WEST", "WEST" },
	{ NULL, NULL }
};

static const struct letter_language	letter_it = {
	.tag = "it",
	.sentences = {
		[SENTENCE_SUBJECT] = "Il nuovo PIN della Sua casella vocale, "
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "Il PIN della Sua casella vocale "
		    "è stato modificato, {requested} [{reference}]",
		[SENTENCE_LOCKED] = "La Sua casella vocale è bloccata: si "
		    "rivolga al supporto tecnico.",
		[SENTENCE_LOCKED_PIN] = "Il nuovo PIN riportato di seguito "
		    "sarà valido solo dopo lo sblocco della casella.",
		[SENTENCE_HELLO_NAME] = "Buongiorno {name},",
		[SENTENCE_HELLO] = "Buongiorno,",
		[SENTENCE_REQUESTED] = "in data {requested} è stato richiesto "
		    "un nuovo PIN per la Sua casella vocale. Ecco il nuovo "
		    "PIN:",
		[SENTENCE_AUTOMATIC] = "in data {requested} il PIN della Sua "
		    "casella vocale è stato reimpostato automaticamente, "
		    "perché era stato inserito troppe volte un PIN errato. "
		    "Ecco il nuovo PIN:",
		[SENTENCE_ADMIN] = "in data {requested} il supporto tecnico "
		    "ha reimpostato il PIN della Sua casella vocale. Ecco il "
		    "nuovo PIN:",
		[SENTENCE_ELSEWHERE] = "in data {requested} il supporto "
		    "tecnico ha reimpostato il PIN della Sua casella vocale "
		    "e ha fatto inviare quello nuovo a un altro indirizzo di "
		    "posta elettronica. Questo messaggio non lo contiene.",
		[SENTENCE_SET] = "in data {requested} il supporto tecnico ha "
		    "impostato il PIN della Sua casella vocale e Glielo "
		    "comunicherà direttamente. Questo messaggio non lo "
		    "contiene.",
		[SENTENCE_CHANGED] = "il PIN della Sua casella vocale è stato "
		    "modificato per telefono in data {requested}.",
		[SENTENCE_EXTENSION] = "Interno: {extension}",
		[SENTENCE_ACCESS] = "Per ascoltare i messaggi, chiami il "
		    "numero: {access}",
		[SENTENCE_MUST_CHANGE] = "Questo PIN serve solo per il primo "
		    "accesso. Subito dopo Le verrà chiesto di sceglierne uno "
		    "personale.",
		[SENTENCE_TEMPORARY] = "Termine per il primo accesso: "
		    "{until}. Trascorso tale termine, questo PIN verrà "
		    "rifiutato e sarà necessario richiederne un altro.",
		[SENTENCE_EXPIRES] = "Il PIN scade in data {expires}.",
		[SENTENCE_LASTING] = "Il PIN non ha scadenza.",
		[SENTENCE_PRIVATE] = "Il PIN precedente non è più valido. Non "
		    "comunichi a nessuno quello nuovo: il supporto tecnico "
		    "non ne ha bisogno e non Glielo chiederà mai.",
		[SENTENCE_PRIVATE_FIRST] = "Non comunichi il PIN a nessuno: "
		    "il supporto tecnico non ne ha bisogno e non Glielo "
		    "chiederà mai.",
		[SENTENCE_NOT_YOU] = "Se non ha richiesto Lei un nuovo PIN, è "
		    "possibile che qualcun altro stia usando il Suo account. "
		    "Avvisi immediatamente il supporto tecnico.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "Se non è stato Lei a inserire "
		    "i PIN errati, è possibile che qualcun altro stia "
		    "cercando di accedere alla Sua casella. Avvisi "
		    "immediatamente il supporto tecnico.",
		[SENTENCE_NOT_YOU_ADMIN] = "Se non ha chiesto un nuovo PIN al "
		    "supporto tecnico, è possibile che qualcun altro lo "
		    "abbia fatto a Suo nome. Avvisi immediatamente il "
		    "supporto tecnico.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "Se non lo ha chiesto Lei al "
		    "supporto tecnico, è possibile che qualcun altro abbia "
		    "ricevuto il Suo nuovo PIN. Avvisi immediatamente il "
		    "supporto tecnico e richieda un altro PIN.",
		[SENTENCE_NOT_YOU_SET] = "Se non ha chiesto un nuovo PIN al "
		    "supporto tecnico, è possibile che qualcun altro lo "
		    "abbia ottenuto a Suo nome. Avvisi immediatamente il "
		    "supporto tecnico e richieda un nuovo PIN.",
		[SENTENCE_NOT_YOU_CHANGED] = "Se non è stato Lei a modificare "
		    "il PIN, qualcun altro può ascoltare i Suoi messaggi. "
		    "Avvisi immediatamente il supporto tecnico e richieda un "
		    "nuovo PIN.",
		[SENTENCE_DATE] = "{day} {month} {year} alle ore {time} "
		    "({zone})",
	},
	.months = {
		"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
		"luglio", "agosto", "settembre", "ottobre", "novembre",
		"dicembre",
	},
	.first_day = "1º",
	.zones = zones_it,
};
