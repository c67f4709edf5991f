/*
 * fr.c - the mails in French.
 */
#include "core/letter-language.h"

static const struct letter_zone	zones_fr_CA[] = {
	{ "EST", "HNE" }, { "EDT", "HAE" }, { "CST", "HNC" }, { "CDT", "HAC" },
	{ "MST", "HNR" }, { "MDT", "HAR" }, { "PST", "HNP" }, { "PDT", "HAP" },
	{ "AST", "HNA" }, { "ADT", "HAA" }, { "NST", "HNT" }, { "NDT", "HAT" },
	{ NULL, NULL }
};

static const struct letter_region	regions_fr[] = {
	{ .regions = "CA",
	    .date = "{day} {month} {year} à {hour} h {minute} ({zone})",
	    .zones = zones_fr_CA },
	{ .regions = NULL }
};

static const struct letter_language	letter_fr = {
	.tag = "fr",
	.sentences = {
		[SENTENCE_SUBJECT] = "Votre nouveau code PIN de messagerie "
		    "vocale, {requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "Votre code PIN de messagerie "
		    "vocale a été modifié, {requested} [{reference}]",
		[SENTENCE_SUBJECT_WELCOME] = "Votre messagerie vocale et son "
		    "code PIN, {requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "Rappel du {requested}\u00a0: "
		    "votre code PIN de messagerie vocale expire bientôt "
		    "[{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "Votre messagerie vocale a été "
		    "bloquée, {requested} [{reference}]",
		[SENTENCE_LOCKED] = "Votre messagerie vocale est "
		    "bloquée\u00a0: toute connexion est impossible.",
		[SENTENCE_LOCKED_CONTACT] = "Pour la faire débloquer, "
		    "contactez le service d’assistance\u00a0: {contact}",
		[SENTENCE_LOCKED_PIN] = "Le nouveau code PIN ci-dessous ne "
		    "sera valable qu’une fois votre messagerie débloquée.",
		[SENTENCE_HELLO_NAME] = "Bonjour {name},",
		[SENTENCE_HELLO] = "Bonjour,",
		[SENTENCE_REQUESTED] = "Un nouveau code PIN a été demandé "
		    "pour votre messagerie vocale le {requested}. Voici "
		    "votre nouveau code PIN\u00a0:",
		[SENTENCE_AUTOMATIC] = "Le {requested}, votre code PIN de "
		    "messagerie vocale a été réinitialisé automatiquement, "
		    "à la suite d’un trop grand nombre de codes erronés. "
		    "Voici votre nouveau code PIN\u00a0:",
		[SENTENCE_ADMIN] = "Le {requested}, un administrateur a "
		    "réinitialisé le code PIN de votre messagerie vocale. "
		    "Voici votre nouveau code PIN\u00a0:",
		[SENTENCE_WELCOME] = "Une messagerie vocale a été créée pour "
		    "vous. Voici votre code PIN\u00a0:",
		[SENTENCE_ELSEWHERE] = "Le {requested}, un administrateur a "
		    "réinitialisé le code PIN de votre messagerie vocale et a "
		    "fait envoyer le nouveau à une autre adresse e-mail que "
		    "celle-ci. Il ne figure donc pas dans ce message.",
		[SENTENCE_SET] = "Le {requested}, un administrateur a défini "
		    "un code PIN pour votre messagerie vocale. Il vous sera "
		    "communiqué par un autre moyen\u00a0: ce code ne figure "
		    "pas dans ce message.",
		[SENTENCE_CHANGED] = "Le code PIN de votre messagerie vocale "
		    "a été modifié par téléphone le {requested}.",
		[SENTENCE_EXPIRING] = "Le code PIN de votre messagerie vocale "
		    "expire le {expires}. Veuillez vous connecter par "
		    "téléphone et le modifier avant cette date. Passé ce "
		    "délai, vous devrez en choisir un nouveau lors de votre "
		    "prochaine connexion.",
		[SENTENCE_LOCKED_OUT] = "Le {requested}, votre messagerie "
		    "vocale a été bloquée à la suite d’un trop grand nombre de "
		    "codes erronés.",
		[SENTENCE_LOCKED_UNTIL] = "Elle sera débloquée automatiquement "
		    "le {until}.",
		[SENTENCE_LOCKED_LASTING] = "Elle restera bloquée jusqu’à ce "
		    "qu’un administrateur la débloque.",
		[SENTENCE_EXTENSION] = "Numéro de poste\u00a0: {extension}",
		[SENTENCE_ACCESS] = "Pour écouter vos messages, appelez "
		    "le\u00a0: {access}",
		[SENTENCE_MUST_CHANGE] = "Ce code PIN ne sert qu’à votre "
		    "première connexion. Vous serez ensuite invité à en "
		    "choisir un autre.",
		[SENTENCE_TEMPORARY] = "Veuillez vous connecter avant le "
		    "{until}. Passé ce délai, ce code PIN sera refusé et "
		    "vous devrez en demander un autre.",
		[SENTENCE_EXPIRES] = "Le code PIN expire le {expires}.",
		[SENTENCE_LASTING] = "Le code PIN n’a pas de date "
		    "d’expiration.",
		[SENTENCE_PRIVATE] = "Votre ancien code PIN n’est plus "
		    "valable. Ne communiquez le nouveau à personne\u00a0: "
		    "personne d’autre n’en a besoin, et aucun administrateur "
		    "ne vous le demandera.",
		[SENTENCE_PRIVATE_FIRST] = "Ne communiquez votre code PIN à "
		    "personne\u00a0: personne d’autre n’en a besoin, et aucun "
		    "administrateur ne vous le demandera.",
		[SENTENCE_NOT_YOU] = "Si vous n’avez pas demandé de nouveau "
		    "code PIN, il est possible qu’une autre personne utilise "
		    "votre compte.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "Si ce n’est pas vous qui avez "
		    "saisi les codes erronés, il est possible qu’une autre "
		    "personne cherche à accéder à votre messagerie.",
		[SENTENCE_NOT_YOU_ADMIN] = "Si vous n’avez pas demandé de "
		    "nouveau code PIN, il est possible qu’une autre personne "
		    "l’ait fait en votre nom.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "Si vous n’avez pas fait cette "
		    "demande, il est possible qu’une autre personne ait reçu "
		    "votre nouveau code PIN.",
		[SENTENCE_NOT_YOU_SET] = "Si vous n’avez pas demandé de "
		    "nouveau code PIN, il est possible qu’une autre personne "
		    "l’ait obtenu en votre nom.",
		[SENTENCE_NOT_YOU_CHANGED] = "Si ce n’est pas vous qui avez "
		    "modifié le code PIN, une autre personne peut écouter vos "
		    "messages.",
		[SENTENCE_TELL] = "Dans ce cas, prévenez immédiatement le "
		    "service d’assistance\u00a0: {contact}",
		[SENTENCE_TELL_RENEW] = "Dans ce cas, demandez un nouveau code "
		    "PIN et prévenez immédiatement le service "
		    "d’assistance\u00a0: {contact}",
		[SENTENCE_RENEW] = "Dans ce cas, demandez immédiatement un "
		    "nouveau code PIN.",
		[SENTENCE_QUESTIONS] = "Pour toute question, adressez-vous au "
		    "service d’assistance\u00a0: {contact}",
		[SENTENCE_DATE] = "{day} {month} {year} à {time} ({zone})",
	},
	.months = {
		"janvier", "février", "mars", "avril", "mai", "juin",
		"juillet", "août", "septembre", "octobre", "novembre",
		"décembre",
	},
	.first_day = "1er",
	.regions = regions_fr,
};
