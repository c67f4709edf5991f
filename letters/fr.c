/*
 * fr.c - the mails in French.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_fr = {
	.tag = "fr",
	.first_day = "1er",
	.sentences = {
		[SENTENCE_SUBJECT] =
		    "Votre nouveau code PIN de messagerie vocale, {requested} "
		    "[{reference}]",
		[SENTENCE_SUBJECT_CHANGED] =
		    "Votre code PIN de messagerie vocale a été modifié, "
		    "{requested} [{reference}]",
		[SENTENCE_LOCKED] =
		    "Messagerie vocale verrouillée : contactez le support "
		    "technique.",
		[SENTENCE_LOCKED_PIN] =
		    "Le nouveau code PIN ci-dessous ne fonctionnera qu'une "
		    "fois cela fait.",
		[SENTENCE_HELLO_NAME] = "Bonjour {name},",
		[SENTENCE_HELLO] = "Bonjour,",
		[SENTENCE_REQUESTED] =
		    "Un nouveau code PIN a été demandé pour votre "
		    "messagerie vocale le {requested}. Voici votre nouveau "
		    "code PIN :",
		[SENTENCE_AUTOMATIC] =
		    "Le {requested}, votre code PIN de messagerie vocale a "
		    "été réinitialisé automatiquement, car un code "
		    "erroné avait été saisi trop souvent. Voici votre "
		    "nouveau code PIN :",
		[SENTENCE_ADMIN] =
		    "Le {requested}, le support technique a réinitialisé le "
		    "code PIN de votre messagerie vocale. Voici votre nouveau "
		    "code PIN :",
		[SENTENCE_ELSEWHERE] =
		    "Le {requested}, le support technique a réinitialisé le "
		    "code PIN de votre messagerie vocale et a fait envoyer le "
		    "nouveau à une autre adresse que celle-ci. Le présent "
		    "message ne le contient pas.",
		[SENTENCE_SET] =
		    "Le {requested}, le support technique a défini le code "
		    "PIN de votre messagerie vocale. Il vous communiquera "
		    "lui-même le nouveau code : le présent message ne le "
		    "contient pas.",
		[SENTENCE_CHANGED] =
		    "Le code PIN de votre messagerie vocale a été modifié "
		    "par téléphone le {requested}.",
		[SENTENCE_EXTENSION] = "Poste : {extension}",
		[SENTENCE_ACCESS] =
		    "Pour écouter vos messages, appelez le : {access}",
		[SENTENCE_MUST_CHANGE] =
		    "Ce code PIN n'est valable que pour votre première "
		    "connexion. Vous serez ensuite invité à en choisir un "
		    "autre.",
		[SENTENCE_TEMPORARY] =
		    "Veuillez vous connecter avant le {until}. Passé ce "
		    "délai, ce code PIN sera refusé et vous devrez en "
		    "demander un autre.",
		[SENTENCE_EXPIRES] = "Le code PIN expire le {expires}.",
		[SENTENCE_LASTING] = "Le code PIN n'expire pas.",
		[SENTENCE_PRIVATE] =
		    "Votre ancien code PIN n'est plus valable. Ne communiquez "
		    "le nouveau à personne : le support technique n'en a pas "
		    "besoin et ne vous le demandera jamais.",
		[SENTENCE_PRIVATE_FIRST] =
		    "Ne communiquez votre code PIN à personne : le support "
		    "technique n'en a pas besoin et ne vous le demandera "
		    "jamais.",
		[SENTENCE_NOT_YOU] =
		    "Si vous n'avez pas demandé de nouveau code PIN, il se "
		    "peut que quelqu'un d'autre utilise votre compte. "
		    "Veuillez prévenir immédiatement le support technique.",
		[SENTENCE_NOT_YOU_AUTOMATIC] =
		    "Si ce n'est pas vous qui avez saisi les codes erronés, "
		    "il se peut que quelqu'un essaie d'accéder à votre "
		    "messagerie. Veuillez prévenir immédiatement le support "
		    "technique.",
		[SENTENCE_NOT_YOU_ADMIN] =
		    "Si vous n'avez pas demandé de nouveau code PIN au "
		    "support technique, il se peut que quelqu'un l'ait fait "
		    "en votre nom. Veuillez le prévenir immédiatement.",
		[SENTENCE_NOT_YOU_ELSEWHERE] =
		    "Si vous n'avez rien demandé de tel au support "
		    "technique, il se peut que quelqu'un d'autre ait obtenu "
		    "votre nouveau code PIN. Veuillez le prévenir "
		    "immédiatement et demander un autre code.",
		[SENTENCE_NOT_YOU_SET] =
		    "Si vous n'avez pas demandé de nouveau code PIN au "
		    "support technique, il se peut que quelqu'un l'ait obtenu "
		    "en votre nom. Veuillez le prévenir immédiatement et "
		    "demander un nouveau code.",
		[SENTENCE_NOT_YOU_CHANGED] =
		    "Si ce n'est pas vous qui avez modifié le code PIN, "
		    "quelqu'un d'autre peut écouter vos messages. Veuillez "
		    "prévenir immédiatement le support technique et "
		    "demander un nouveau code.",
		[SENTENCE_DATE] = "{day} {month} {year} à {time} (UTC)",
	},
	.months = {
		"janvier", "février", "mars", "avril", "mai", "juin",
		"juillet", "août", "septembre", "octobre", "novembre",
		"décembre",
	},
};
