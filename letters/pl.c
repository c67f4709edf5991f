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
		[SENTENCE_SUBJECT_WELCOME] = "Nowa skrzynka poczty głosowej i "
		    "PIN do niej, {requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "Przypomnienie z dnia "
		    "{requested}: PIN do poczty głosowej wkrótce wygaśnie "
		    "[{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "Zablokowano pocztę głosową, "
		    "{requested} [{reference}]",
		[SENTENCE_LOCKED] = "Poczta głosowa jest zablokowana: nie "
		    "można się do niej zalogować.",
		[SENTENCE_LOCKED_CONTACT] = "W sprawie odblokowania prosimy o "
		    "kontakt z pomocą techniczną: {contact}",
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
		[SENTENCE_ADMIN] = "W dniu {requested} administrator "
		    "zresetował PIN do poczty głosowej. Oto nowy PIN:",
		[SENTENCE_WELCOME] = "Utworzono nową skrzynkę poczty głosowej. "
		    "Oto PIN do niej:",
		[SENTENCE_ELSEWHERE] = "W dniu {requested} administrator "
		    "zresetował PIN do poczty głosowej i zlecił wysłanie "
		    "nowego na inny adres e-mail. Ta wiadomość go nie zawiera.",
		[SENTENCE_SET] = "W dniu {requested} administrator ustawił PIN "
		    "do poczty głosowej. Zostanie on przekazany w inny sposób. "
		    "Ta wiadomość go nie zawiera.",
		[SENTENCE_CHANGED] = "PIN do poczty głosowej został zmieniony "
		    "telefonicznie w dniu {requested}.",
		[SENTENCE_EXPIRING] = "PIN do poczty głosowej wygasa w dniu "
		    "{expires}. Prosimy zalogować się telefonicznie przed tym "
		    "terminem i zmienić PIN. Później przy następnym logowaniu "
		    "trzeba będzie wybrać nowy PIN.",
		[SENTENCE_LOCKED_OUT] = "W dniu {requested} poczta głosowa "
		    "została zablokowana, ponieważ zbyt wiele razy wprowadzono "
		    "nieprawidłowy PIN.",
		[SENTENCE_LOCKED_UNTIL] = "Blokada zostanie automatycznie "
		    "zdjęta w dniu {until}.",
		[SENTENCE_LOCKED_LASTING] = "Blokada będzie trwać, dopóki nie "
		    "zdejmie jej administrator.",
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
		    "nikomu nie podawać nowego: nikt inny go nie potrzebuje i "
		    "żaden administrator o niego nie zapyta.",
		[SENTENCE_PRIVATE_FIRST] = "Prosimy nikomu nie podawać tego "
		    "PIN-u: nikt inny go nie potrzebuje i żaden administrator "
		    "o niego nie zapyta.",
		[SENTENCE_NOT_YOU] = "Jeśli prośba o nowy PIN nie pochodzi od "
		    "odbiorcy tej wiadomości, być może ktoś inny korzysta z "
		    "jego konta.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "Jeśli nieprawidłowy PIN "
		    "wprowadzał ktoś inny niż odbiorca tej wiadomości, być "
		    "może próbuje on uzyskać dostęp do skrzynki.",
		[SENTENCE_NOT_YOU_ADMIN] = "Jeśli prośba o nowy PIN nie "
		    "pochodzi od odbiorcy tej wiadomości, być może złożył ją "
		    "ktoś inny w jego imieniu.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "Jeśli prośba o to nie pochodzi "
		    "od odbiorcy tej wiadomości, być może nowy PIN otrzymał "
		    "ktoś inny.",
		[SENTENCE_NOT_YOU_SET] = "Jeśli prośba o nowy PIN nie pochodzi "
		    "od odbiorcy tej wiadomości, być może ktoś inny uzyskał go "
		    "w jego imieniu.",
		[SENTENCE_NOT_YOU_CHANGED] = "Jeśli PIN zmienił ktoś inny niż "
		    "odbiorca tej wiadomości, osoba ta może odsłuchiwać "
		    "nagrania.",
		[SENTENCE_TELL] = "W takim przypadku prosimy niezwłocznie "
		    "powiadomić dział pomocy technicznej: {contact}",
		[SENTENCE_TELL_RENEW] = "W takim przypadku należy poprosić o "
		    "nowy PIN i niezwłocznie powiadomić dział pomocy "
		    "technicznej: {contact}",
		[SENTENCE_RENEW] = "W takim przypadku należy niezwłocznie "
		    "poprosić o nowy PIN.",
		[SENTENCE_QUESTIONS] = "W razie pytań prosimy o kontakt z "
		    "pomocą techniczną: {contact}",
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
