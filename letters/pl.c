/*
 * pl.c - the mails in Polish, impersonal, so that no verb needs a gender.
 */
#include "core/letter-language.h"

static const struct letter_zone	zones_pl[] = {
	{ "CET", "CET" }, { "CEST", "CEST" },
	{ "EET", "EET" }, { "EEST", "EEST" },
	{ "WET", "WET" }, { "WEST", "WEST" },
	{ NULL, NULL }
};

static const struct letter_language	letter_pl = {
	.tag = "pl",
	.sentences = {
		[SENTENCE_SUBJECT] = "Nowy PIN do poczty głosowej, "
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "Zmieniono PIN do poczty "
		    "głosowej, {requested} [{reference}]",
		[SENTENCE_LOCKED] = "Poczta głosowa jest zablokowana: prosimy "
		    "o kontakt z pomocą techniczną.",
		[SENTENCE_LOCKED_PIN] = "Podany niżej nowy PIN zacznie "
		    "działać dopiero po jej odblokowaniu.",
		[SENTENCE_HELLO_NAME] = "Dzień dobry, {name}!",
		[SENTENCE_HELLO] = "Dzień dobry!",
		[SENTENCE_REQUESTED] = "W dniu {requested} złożono prośbę o "
		    "nowy PIN do poczty głosowej. Oto nowy PIN:",
		[SENTENCE_AUTOMATIC] = "W dniu {requested} PIN do poczty "
		    "głosowej został automatycznie zresetowany, ponieważ "
		    "zbyt wiele razy wprowadzono nieprawidłowy PIN. Oto nowy "
		    "PIN:",
		[SENTENCE_ADMIN] = "W dniu {requested} dział pomocy "
		    "technicznej zresetował PIN do poczty głosowej. Oto nowy "
		    "PIN:",
		[SENTENCE_ELSEWHERE] = "W dniu {requested} dział pomocy "
		    "technicznej zresetował PIN do poczty głosowej i zlecił "
		    "wysłanie nowego na inny adres e-mail. Ta wiadomość go "
		    "nie zawiera.",
		[SENTENCE_SET] = "W dniu {requested} dział pomocy technicznej "
		    "ustawił PIN do poczty głosowej i przekaże go "
		    "bezpośrednio. Ta wiadomość go nie zawiera.",
		[SENTENCE_CHANGED] = "PIN do poczty głosowej został zmieniony "
		    "telefonicznie w dniu {requested}.",
		[SENTENCE_EXTENSION] = "Numer wewnętrzny: {extension}",
		[SENTENCE_ACCESS] = "Numer do odsłuchiwania wiadomości: "
		    "{access}",
		[SENTENCE_MUST_CHANGE] = "Ten PIN służy tylko do pierwszego "
		    "logowania. Po zalogowaniu trzeba będzie wybrać własny "
		    "PIN.",
		[SENTENCE_TEMPORARY] = "Prosimy zalogować się najpóźniej "
		    "{until}. Po tym terminie PIN zostanie odrzucony i "
		    "trzeba będzie poprosić o inny.",
		[SENTENCE_EXPIRES] = "PIN wygasa w dniu {expires}.",
		[SENTENCE_LASTING] = "PIN nie wygasa.",
		[SENTENCE_PRIVATE] = "Poprzedni PIN już nie działa. Prosimy "
		    "nikomu nie podawać nowego: pracownicy pomocy "
		    "technicznej go nie potrzebują i nigdy o niego nie "
		    "zapytają.",
		[SENTENCE_PRIVATE_FIRST] = "Prosimy nikomu nie podawać tego "
		    "PIN-u: pracownicy pomocy technicznej go nie potrzebują "
		    "i nigdy o niego nie zapytają.",
		[SENTENCE_NOT_YOU] = "Jeśli prośba o nowy PIN nie pochodzi od "
		    "odbiorcy tej wiadomości, być może ktoś inny korzysta z "
		    "jego konta. Prosimy niezwłocznie powiadomić dział "
		    "pomocy technicznej.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "Jeśli nieprawidłowy PIN "
		    "wprowadzał ktoś inny niż odbiorca tej wiadomości, być "
		    "może próbuje on uzyskać dostęp do skrzynki. Prosimy "
		    "niezwłocznie powiadomić dział pomocy technicznej.",
		[SENTENCE_NOT_YOU_ADMIN] = "Jeśli prośba o nowy PIN nie "
		    "pochodzi od odbiorcy tej wiadomości, być może złożył ją "
		    "ktoś inny w jego imieniu. Prosimy niezwłocznie "
		    "powiadomić dział pomocy technicznej.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "Jeśli prośba o to nie "
		    "pochodzi od odbiorcy tej wiadomości, być może nowy PIN "
		    "otrzymał ktoś inny. Prosimy niezwłocznie powiadomić "
		    "dział pomocy technicznej i poprosić o inny PIN.",
		[SENTENCE_NOT_YOU_SET] = "Jeśli prośba o nowy PIN nie "
		    "pochodzi od odbiorcy tej wiadomości, być może ktoś inny "
		    "uzyskał go w jego imieniu. Prosimy niezwłocznie "
		    "powiadomić dział pomocy technicznej i poprosić o nowy "
		    "PIN.",
		[SENTENCE_NOT_YOU_CHANGED] = "Jeśli PIN zmienił ktoś inny niż "
		    "odbiorca tej wiadomości, osoba ta może odsłuchiwać "
		    "nagrania. Prosimy niezwłocznie powiadomić dział pomocy "
		    "technicznej i poprosić o nowy PIN.",
		[SENTENCE_DATE] = "{day} {month} {year} r. o godz. {time} "
		    "({zone})",
	},
	.months = {
		"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
		"lipca", "sierpnia", "września", "października",
		"listopada", "grudnia",
	},
	.zones = zones_pl,
};
