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
		[SENTENCE_SUBJECT_WELCOME] = "La Sua casella vocale e il "
		    "relativo PIN, {requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "Promemoria, {requested}: il PIN "
		    "della Sua casella vocale sta per scadere [{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "La Sua casella vocale è stata "
		    "bloccata, {requested} [{reference}]",
		[SENTENCE_LOCKED] = "La Sua casella vocale è bloccata: non è "
		    "possibile accedervi.",
		[SENTENCE_LOCKED_CONTACT] = "Per farla sbloccare, si rivolga "
		    "al supporto tecnico: {contact}",
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
		[SENTENCE_ADMIN] = "in data {requested} un amministratore ha "
		    "reimpostato il PIN della Sua casella vocale. Ecco il "
		    "nuovo PIN:",
		[SENTENCE_WELCOME] = "è stata creata una casella vocale a Suo "
		    "nome. Ecco il PIN:",
		[SENTENCE_ELSEWHERE] = "in data {requested} un amministratore "
		    "ha reimpostato il PIN della Sua casella vocale e ha fatto "
		    "inviare quello nuovo a un altro indirizzo di posta "
		    "elettronica. Questo messaggio non lo contiene.",
		[SENTENCE_SET] = "in data {requested} un amministratore ha "
		    "impostato il PIN della Sua casella vocale, che Le verrà "
		    "comunicato in altro modo. Questo messaggio non lo "
		    "contiene.",
		[SENTENCE_CHANGED] = "il PIN della Sua casella vocale è stato "
		    "modificato per telefono in data {requested}.",
		[SENTENCE_EXPIRING] = "il PIN della Sua casella vocale scade "
		    "in data {expires}. La preghiamo di accedere per telefono "
		    "e di modificarlo prima della scadenza. In seguito dovrà "
		    "sceglierne uno nuovo al successivo accesso.",
		[SENTENCE_LOCKED_OUT] = "in data {requested} la Sua casella "
		    "vocale è stata bloccata, perché era stato inserito troppe "
		    "volte un PIN errato.",
		[SENTENCE_LOCKED_UNTIL] = "Sblocco automatico: {until}.",
		[SENTENCE_LOCKED_LASTING] = "La casella resterà bloccata "
		    "finché un amministratore non la sbloccherà.",
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
		    "comunichi a nessuno quello nuovo: nessun altro ne ha "
		    "bisogno e nessun amministratore Glielo chiederà.",
		[SENTENCE_PRIVATE_FIRST] = "Non comunichi il PIN a nessuno: "
		    "nessun altro ne ha bisogno e nessun amministratore Glielo "
		    "chiederà.",
		[SENTENCE_NOT_YOU] = "Se non ha richiesto Lei un nuovo PIN, è "
		    "possibile che qualcun altro stia usando il Suo account.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "Se non è stato Lei a inserire "
		    "i PIN errati, è possibile che qualcun altro stia cercando "
		    "di accedere alla Sua casella.",
		[SENTENCE_NOT_YOU_ADMIN] = "Se non ha chiesto Lei un nuovo "
		    "PIN, è possibile che qualcun altro lo abbia fatto a Suo "
		    "nome.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "Se non lo ha chiesto Lei, è "
		    "possibile che qualcun altro abbia ricevuto il Suo nuovo "
		    "PIN.",
		[SENTENCE_NOT_YOU_SET] = "Se non ha chiesto Lei un nuovo PIN, "
		    "è possibile che qualcun altro lo abbia ottenuto a Suo "
		    "nome.",
		[SENTENCE_NOT_YOU_CHANGED] = "Se non è stato Lei a modificare "
		    "il PIN, qualcun altro può ascoltare i Suoi messaggi.",
		[SENTENCE_TELL] = "In tal caso, avvisi immediatamente il "
		    "supporto tecnico: {contact}",
		[SENTENCE_TELL_RENEW] = "In tal caso, richieda un nuovo PIN e "
		    "avvisi immediatamente il supporto tecnico: {contact}",
		[SENTENCE_RENEW] = "In tal caso, richieda immediatamente un "
		    "nuovo PIN.",
		[SENTENCE_QUESTIONS] = "Per qualsiasi domanda, si rivolga al "
		    "supporto tecnico: {contact}",
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
