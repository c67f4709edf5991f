/*
 * pt-BR.c - the mails in the Portuguese of Brazil.
 */
#include "core/letter-language.h"

static const struct letter_zone	zones_pt_BR[] = {
	{ "CET", "CET" }, { "CEST", "CEST" },
	{ "EET", "EET" }, { "EEST", "EEST" },
	{ "WET", "WET" }, { "WEST", "WEST" },
	{ NULL, NULL }
};

static const struct letter_language	letter_pt_BR = {
	.tag = "pt-BR",
	.sentences = {
		[SENTENCE_SUBJECT] = "Seu novo PIN do correio de voz, "
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "O PIN do seu correio de voz foi "
		    "alterado, {requested} [{reference}]",
		[SENTENCE_SUBJECT_WELCOME] = "Seu correio de voz e o PIN de "
		    "acesso, {requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "Lembrete de {requested}: o PIN "
		    "do seu correio de voz expira em breve [{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "Seu correio de voz foi bloqueado, "
		    "{requested} [{reference}]",
		[SENTENCE_LOCKED] = "Seu correio de voz está bloqueado: não é "
		    "possível acessá-lo.",
		[SENTENCE_LOCKED_CONTACT] = "Para que seja desbloqueado, fale "
		    "com o suporte técnico: {contact}",
		[SENTENCE_LOCKED_PIN] = "O novo PIN abaixo só funcionará "
		    "depois do desbloqueio.",
		[SENTENCE_HELLO_NAME] = "Olá, {name}!",
		[SENTENCE_HELLO] = "Olá!",
		[SENTENCE_REQUESTED] = "Em {requested}, foi solicitado um "
		    "novo PIN para o seu correio de voz. Este é o seu novo "
		    "PIN:",
		[SENTENCE_AUTOMATIC] = "Em {requested}, o PIN do seu correio "
		    "de voz foi redefinido automaticamente porque um PIN "
		    "incorreto foi digitado muitas vezes. Este é o seu novo "
		    "PIN:",
		[SENTENCE_ADMIN] = "Em {requested}, um administrador redefiniu "
		    "o PIN do seu correio de voz. Este é o seu novo PIN:",
		[SENTENCE_WELCOME] = "Um correio de voz foi criado para você. "
		    "Este é o seu PIN:",
		[SENTENCE_ELSEWHERE] = "Em {requested}, um administrador "
		    "redefiniu o PIN do seu correio de voz e solicitou o envio "
		    "do novo PIN para outro endereço de email, diferente "
		    "deste. Esta mensagem não contém o PIN.",
		[SENTENCE_SET] = "Em {requested}, um administrador definiu o "
		    "PIN do seu correio de voz. O novo PIN será informado a "
		    "você por outro meio. Esta mensagem não contém o PIN.",
		[SENTENCE_CHANGED] = "O PIN do seu correio de voz foi "
		    "alterado por telefone em {requested}.",
		[SENTENCE_EXPIRING] = "O PIN do seu correio de voz expira em "
		    "{expires}. Acesse o correio de voz por telefone e altere "
		    "o PIN antes disso. Depois, você precisará escolher um "
		    "novo PIN no próximo acesso.",
		[SENTENCE_LOCKED_OUT] = "Em {requested}, seu correio de voz "
		    "foi bloqueado porque um PIN incorreto foi digitado muitas "
		    "vezes.",
		[SENTENCE_LOCKED_UNTIL] = "Ele será desbloqueado "
		    "automaticamente em {until}.",
		[SENTENCE_LOCKED_LASTING] = "Ele ficará bloqueado até que um "
		    "administrador o desbloqueie.",
		[SENTENCE_EXTENSION] = "Ramal: {extension}",
		[SENTENCE_ACCESS] = "Para ouvir suas mensagens, ligue para: "
		    "{access}",
		[SENTENCE_MUST_CHANGE] = "Este PIN serve somente para o "
		    "primeiro acesso. Em seguida, você deverá escolher o seu "
		    "próprio PIN.",
		[SENTENCE_TEMPORARY] = "Faça o primeiro acesso até {until}. "
		    "Depois disso, este PIN será recusado e você precisará "
		    "solicitar outro.",
		[SENTENCE_EXPIRES] = "O PIN expira em {expires}.",
		[SENTENCE_LASTING] = "O PIN não expira.",
		[SENTENCE_PRIVATE] = "Seu PIN anterior não funciona mais. Não "
		    "compartilhe o novo PIN com ninguém: ninguém mais precisa "
		    "dele e nenhum administrador o pedirá a você.",
		[SENTENCE_PRIVATE_FIRST] = "Não compartilhe seu PIN com "
		    "ninguém: ninguém mais precisa dele e nenhum administrador "
		    "o pedirá a você.",
		[SENTENCE_NOT_YOU] = "Se você não solicitou um novo PIN, outra "
		    "pessoa pode estar usando a sua conta.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "Se não foi você quem digitou "
		    "os PINs incorretos, outra pessoa pode estar tentando "
		    "acessar o seu correio de voz.",
		[SENTENCE_NOT_YOU_ADMIN] = "Se você não pediu um novo PIN, "
		    "outra pessoa pode ter feito isso em seu nome.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "Se você não pediu isso, outra "
		    "pessoa pode ter recebido o seu novo PIN.",
		[SENTENCE_NOT_YOU_SET] = "Se você não pediu um novo PIN, outra "
		    "pessoa pode tê-lo obtido em seu nome.",
		[SENTENCE_NOT_YOU_CHANGED] = "Se não foi você quem alterou o "
		    "PIN, outra pessoa pode ouvir as suas mensagens.",
		[SENTENCE_TELL] = "Nesse caso, avise o suporte técnico "
		    "imediatamente: {contact}",
		[SENTENCE_TELL_RENEW] = "Nesse caso, solicite um novo PIN e "
		    "avise o suporte técnico imediatamente: {contact}",
		[SENTENCE_RENEW] = "Nesse caso, solicite um novo PIN "
		    "imediatamente.",
		[SENTENCE_QUESTIONS] = "Se tiver dúvidas, fale com o suporte "
		    "técnico: {contact}",
		[SENTENCE_DATE] = "{day} de {month} de {year} às {time} "
		    "({zone})",
	},
	.months = {
		"janeiro", "fevereiro", "março", "abril", "maio", "junho",
		"julho", "agosto", "setembro", "outubro", "novembro",
		"dezembro",
	},
	.first_day = "1º",
	.zones = zones_pt_BR,
};
