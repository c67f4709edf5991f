/*
 * pl.c - the mails in Polish.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_pl = {
	.tag = "pl",
	.sentences = {
		[SENTENCE_SUBJECT] =
		    "Nowy kod PIN poczty głosowej, {requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] =
		    "Kod PIN poczty głosowej został zmieniony, {requested} ["
		    "{reference}]",
		[SENTENCE_LOCKED] =
		    "Poczta głosowa zablokowana: prosimy o kontakt z pomocą "
		    "techniczną.",
		[SENTENCE_LOCKED_PIN] =
		    "Podany niżej nowy kod PIN zacznie działać dopiero po "
		    "odblokowaniu.",
		[SENTENCE_HELLO_NAME] = "Dzień dobry, {name}!",
		[SENTENCE_HELLO] = "Dzień dobry!",
		[SENTENCE_REQUESTED] =
		    "W dniu {requested} zażądano nowego kodu PIN do poczty "
		    "głosowej. Nowy kod PIN:",
		[SENTENCE_AUTOMATIC] =
		    "W dniu {requested} kod PIN poczty głosowej został "
		    "automatycznie zresetowany, ponieważ zbyt wiele razy "
		    "wprowadzono błędny kod. Nowy kod PIN:",
		[SENTENCE_ADMIN] =
		    "W dniu {requested} pomoc techniczna zresetowała kod PIN "
		    "poczty głosowej. Nowy kod PIN:",
		[SENTENCE_ELSEWHERE] =
		    "W dniu {requested} pomoc techniczna zresetowała kod PIN "
		    "poczty głosowej i zleciła wysłanie nowego na inny "
		    "adres e-mail. Ta wiadomość go nie zawiera.",
		[SENTENCE_SET] =
		    "W dniu {requested} pomoc techniczna ustawiła kod PIN "
		    "poczty głosowej. Nowy kod przekaże osobiście: ta "
		    "wiadomość go nie zawiera.",
		[SENTENCE_CHANGED] =
		    "Kod PIN poczty głosowej został zmieniony przez telefon "
		    "w dniu {requested}.",
		[SENTENCE_EXTENSION] = "Numer wewnętrzny: {extension}",
		[SENTENCE_ACCESS] =
		    "Aby odsłuchać wiadomości, należy zadzwonić pod "
		    "numer: {access}",
		[SENTENCE_MUST_CHANGE] =
		    "Ten kod PIN służy tylko do pierwszego logowania. "
		    "Następnie trzeba będzie wybrać własny.",
		[SENTENCE_TEMPORARY] =
		    "Prosimy zalogować się do dnia {until}. Później ten "
		    "kod PIN będzie odrzucany i trzeba będzie zażądać "
		    "nowego.",
		[SENTENCE_EXPIRES] = "Kod PIN wygasa w dniu {expires}.",
		[SENTENCE_LASTING] = "Kod PIN nie wygasa.",
		[SENTENCE_PRIVATE] =
		    "Poprzedni kod PIN już nie działa. Nowego nie należy "
		    "nikomu podawać: pomoc techniczna go nie potrzebuje i "
		    "nigdy o niego nie zapyta.",
		[SENTENCE_PRIVATE_FIRST] =
		    "Kodu PIN nie należy nikomu podawać: pomoc techniczna "
		    "go nie potrzebuje i nigdy o niego nie zapyta.",
		[SENTENCE_NOT_YOU] =
		    "Jeśli to nie na Państwa prośbę wydano nowy kod PIN, "
		    "z konta może korzystać ktoś inny. Prosimy "
		    "niezwłocznie powiadomić pomoc techniczną.",
		[SENTENCE_NOT_YOU_AUTOMATIC] =
		    "Jeśli błędne kody PIN wprowadzał ktoś inny, być "
		    "może próbuje uzyskać dostęp do Państwa poczty "
		    "głosowej. Prosimy niezwłocznie powiadomić pomoc "
		    "techniczną.",
		[SENTENCE_NOT_YOU_ADMIN] =
		    "Jeśli prośba o nowy kod PIN nie pochodziła od "
		    "Państwa, ktoś mógł podać się za właściciela "
		    "skrzynki. Prosimy niezwłocznie powiadomić pomoc "
		    "techniczną.",
		[SENTENCE_NOT_YOU_ELSEWHERE] =
		    "Jeśli prośba nie pochodziła od Państwa, nowy kod PIN "
		    "może znać ktoś inny. Prosimy niezwłocznie "
		    "powiadomić pomoc techniczną i zażądać kolejnego.",
		[SENTENCE_NOT_YOU_SET] =
		    "Jeśli prośba o nowy kod PIN nie pochodziła od "
		    "Państwa, mógł go otrzymać ktoś inny. Prosimy "
		    "niezwłocznie powiadomić pomoc techniczną i zażądać "
		    "nowego kodu PIN.",
		[SENTENCE_NOT_YOU_CHANGED] =
		    "Jeśli kod PIN zmienił ktoś inny, może on "
		    "odsłuchiwać Państwa wiadomości. Prosimy "
		    "niezwłocznie powiadomić pomoc techniczną i zażądać "
		    "nowego kodu PIN.",
		[SENTENCE_DATE] = "{day} {month} {year} r., {time} (UTC)",
	},
	.months = {
		"stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
		"lipca", "sierpnia", "września", "października",
		"listopada", "grudnia",
	},
};
