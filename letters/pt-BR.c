/*
 * pt-BR.c - the mails in Portuguese of Brazil.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_pt_BR = {
	.tag = "pt-BR",
	.also = "pt",
	.first_day = "1º",
	.sentences = {
		[SENTENCE_SUBJECT] =
		    "Seu novo PIN do correio de voz, {requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] =
		    "O PIN do seu correio de voz foi alterado, {requested} ["
		    "{reference}]",
		[SENTENCE_LOCKED] =
		    "Correio de voz bloqueado: peça o desbloqueio à central "
		    "de suporte.",
		[SENTENCE_LOCKED_PIN] =
		    "O novo PIN abaixo só funcionará depois do desbloqueio.",
		[SENTENCE_HELLO_NAME] = "Olá, {name},",
		[SENTENCE_HELLO] = "Olá,",
		[SENTENCE_REQUESTED] =
		    "Em {requested}, foi solicitado um novo PIN para o seu "
		    "correio de voz. Este é o seu novo PIN:",
		[SENTENCE_AUTOMATIC] =
		    "Em {requested}, o PIN do seu correio de voz foi "
		    "redefinido automaticamente, porque um PIN incorreto foi "
		    "digitado vezes demais. Este é o seu novo PIN:",
		[SENTENCE_ADMIN] =
		    "Em {requested}, a central de suporte redefiniu o PIN do "
		    "seu correio de voz. Este é o seu novo PIN:",
		[SENTENCE_ELSEWHERE] =
		    "Em {requested}, a central de suporte redefiniu o PIN do "
		    "seu correio de voz e mandou enviar o novo para outro "
		    "endereço de e-mail. Esta mensagem não contém o PIN.",
		[SENTENCE_SET] =
		    "Em {requested}, a central de suporte definiu o PIN do "
		    "seu correio de voz. Ela mesma informará o novo PIN a "
		    "você: esta mensagem não o contém.",
		[SENTENCE_CHANGED] =
		    "O PIN do seu correio de voz foi alterado por telefone em "
		    "{requested}.",
		[SENTENCE_EXTENSION] = "Ramal: {extension}",
		[SENTENCE_ACCESS] =
		    "Para ouvir suas mensagens, ligue para: {access}",
		[SENTENCE_MUST_CHANGE] =
		    "Este PIN serve apenas para o primeiro acesso. Em "
		    "seguida, você deverá escolher um PIN próprio.",
		[SENTENCE_TEMPORARY] =
		    "Acesse o correio de voz até {until}. Depois disso, este "
		    "PIN será recusado e você precisará solicitar outro.",
		[SENTENCE_EXPIRES] = "O PIN expira em {expires}.",
		[SENTENCE_LASTING] = "O PIN não expira.",
		[SENTENCE_PRIVATE] =
		    "Seu PIN anterior não funciona mais. Não informe o novo "
		    "a ninguém: a central de suporte não precisa dele e "
		    "nunca o pedirá.",
		[SENTENCE_PRIVATE_FIRST] =
		    "Não informe seu PIN a ninguém: a central de suporte "
		    "não precisa dele e nunca o pedirá.",
		[SENTENCE_NOT_YOU] =
		    "Se você não solicitou um novo PIN, outra pessoa pode "
		    "estar usando sua conta. Avise imediatamente a central de "
		    "suporte.",
		[SENTENCE_NOT_YOU_AUTOMATIC] =
		    "Se não foi você quem digitou os PINs incorretos, "
		    "alguém pode estar tentando acessar seu correio de voz. "
		    "Avise imediatamente a central de suporte.",
		[SENTENCE_NOT_YOU_ADMIN] =
		    "Se você não pediu um novo PIN à central de suporte, "
		    "alguém pode ter feito isso em seu nome. Avise "
		    "imediatamente a central de suporte.",
		[SENTENCE_NOT_YOU_ELSEWHERE] =
		    "Se você não pediu isso à central de suporte, outra "
		    "pessoa pode ter obtido seu novo PIN. Avise imediatamente "
		    "a central de suporte e solicite outro.",
		[SENTENCE_NOT_YOU_SET] =
		    "Se você não pediu um novo PIN à central de suporte, "
		    "outra pessoa pode tê-lo obtido em seu nome. Avise "
		    "imediatamente a central de suporte e solicite um novo "
		    "PIN.",
		[SENTENCE_NOT_YOU_CHANGED] =
		    "Se não foi você quem alterou o PIN, outra pessoa pode "
		    "ouvir suas mensagens. Avise imediatamente a central de "
		    "suporte e solicite um novo PIN.",
		[SENTENCE_DATE] = "{day} de {month} de {year}, {time} (UTC)",
	},
	.months = {
		"janeiro", "fevereiro", "março", "abril", "maio", "junho",
		"julho", "agosto", "setembro", "outubro", "novembro",
		"dezembro",
	},
};
