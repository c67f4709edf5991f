/*
 * es.c - the mails in Spanish.
 */
#include "core/letter-language.h"

static const struct letter_zone	zones_es[] = {
	{ "CET", "CET" }, { "CEST", "CEST" },
	{ "EET", "EET" }, { "EEST", "EEST" },
	{ "WET", "WET" }, { "WEST", "WEST" },
	{ NULL, NULL }
};

static const struct letter_zone	zones_es_US[] = {
	{ "EST", "EST" }, { "EDT", "EDT" }, { "CST", "CST" },
	{ "CDT", "CDT" }, { "MST", "MST" }, { "MDT", "MDT" },
	{ "PST", "PST" }, { "PDT", "PDT" }, { "AKST", "AKST" },
	{ "AKDT", "AKDT" }, { "HST", "HST" }, { "AST", "AST" },
	{ NULL, NULL }
};

#define DATE_ES_12	"{day} de {month} de {year} a las {time12} {half} " \
			"({zone})"

static const struct letter_region	regions_es[] = {
	{ .regions = "PR US", .date = DATE_ES_12,
	    .halves = { "a.\u00a0m.", "p.\u00a0m." }, .zones = zones_es_US },
	{ .regions = "005 013 019 029 419 AR BO CL CO CR CU DO EC GT HN MX NI "
	    "PA PE PH PY SV UY VE",
	    .date = DATE_ES_12, .halves = { "a.\u00a0m.", "p.\u00a0m." } },
	{ .regions = NULL }
};

static const struct letter_language	letter_es = {
	.tag = "es",
	.sentences = {
		[SENTENCE_SUBJECT] = "Su nuevo PIN del buzón de voz, "
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "Se ha cambiado el PIN de su "
		    "buzón de voz, {requested} [{reference}]",
		[SENTENCE_SUBJECT_WELCOME] = "Su buzón de voz y su PIN, "
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "Recordatorio del {requested}: "
		    "el PIN de su buzón de voz caduca pronto [{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "Se ha bloqueado su buzón de voz, "
		    "{requested} [{reference}]",
		[SENTENCE_LOCKED] = "Su buzón de voz está bloqueado: no es "
		    "posible iniciar sesión.",
		[SENTENCE_LOCKED_CONTACT] = "Para que lo desbloqueen, diríjase "
		    "al soporte técnico: {contact}",
		[SENTENCE_LOCKED_PIN] = "El nuevo PIN de este mensaje solo "
		    "funcionará cuando el buzón esté desbloqueado.",
		[SENTENCE_HELLO_NAME] = "Hola, {name}:",
		[SENTENCE_HELLO] = "Hola:",
		[SENTENCE_REQUESTED] = "El {requested} se solicitó un nuevo "
		    "PIN para su buzón de voz. Este es su nuevo PIN:",
		[SENTENCE_AUTOMATIC] = "El {requested} se restableció "
		    "automáticamente el PIN de su buzón de voz porque se "
		    "había introducido un PIN incorrecto demasiadas veces. "
		    "Este es su nuevo PIN:",
		[SENTENCE_ADMIN] = "El {requested} un administrador "
		    "restableció el PIN de su buzón de voz. Este es su nuevo "
		    "PIN:",
		[SENTENCE_WELCOME] = "Se ha creado un buzón de voz para usted. "
		    "Este es su PIN:",
		[SENTENCE_ELSEWHERE] = "El {requested} un administrador "
		    "restableció el PIN de su buzón de voz e hizo enviar el "
		    "nuevo a otra dirección de correo distinta de esta. Este "
		    "mensaje no lo contiene.",
		[SENTENCE_SET] = "El {requested} un administrador estableció "
		    "el PIN de su buzón de voz, que se le comunicará por otro "
		    "medio. Este mensaje no lo contiene.",
		[SENTENCE_CHANGED] = "El PIN de su buzón de voz se cambió por "
		    "teléfono el {requested}.",
		[SENTENCE_EXPIRING] = "El PIN de su buzón de voz caduca el "
		    "{expires}. Inicie sesión por teléfono y cámbielo antes de "
		    "esa fecha. Después tendrá que elegir uno nuevo la próxima "
		    "vez que inicie sesión.",
		[SENTENCE_LOCKED_OUT] = "El {requested} se bloqueó su buzón de "
		    "voz porque se había introducido un PIN incorrecto "
		    "demasiadas veces.",
		[SENTENCE_LOCKED_UNTIL] = "Se desbloqueará automáticamente el "
		    "{until}.",
		[SENTENCE_LOCKED_LASTING] = "Seguirá bloqueado hasta que un "
		    "administrador lo desbloquee.",
		[SENTENCE_EXTENSION] = "Extensión: {extension}",
		[SENTENCE_ACCESS] = "Para escuchar sus mensajes, llame al: "
		    "{access}",
		[SENTENCE_MUST_CHANGE] = "Este PIN solo sirve para el primer "
		    "inicio de sesión. A continuación se le pedirá que elija "
		    "uno propio.",
		[SENTENCE_TEMPORARY] = "Inicie sesión antes del {until}. "
		    "Pasado ese plazo, este PIN se rechazará y tendrá que "
		    "solicitar otro.",
		[SENTENCE_EXPIRES] = "El PIN caduca el {expires}.",
		[SENTENCE_LASTING] = "El PIN no caduca.",
		[SENTENCE_PRIVATE] = "Su PIN anterior ya no es válido. No "
		    "comparta el nuevo con nadie: nadie más lo necesita y "
		    "ningún administrador se lo pedirá.",
		[SENTENCE_PRIVATE_FIRST] = "No comparta su PIN con nadie: "
		    "nadie más lo necesita y ningún administrador se lo "
		    "pedirá.",
		[SENTENCE_NOT_YOU] = "Si usted no solicitó un nuevo PIN, es "
		    "posible que otra persona esté usando su cuenta.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "Si no fue usted quien "
		    "introdujo los PIN incorrectos, es posible que otra "
		    "persona esté intentando acceder a su buzón.",
		[SENTENCE_NOT_YOU_ADMIN] = "Si usted no pidió un nuevo PIN, es "
		    "posible que otra persona lo haya pedido en su nombre.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "Si usted no pidió esto, es "
		    "posible que otra persona haya recibido su nuevo PIN.",
		[SENTENCE_NOT_YOU_SET] = "Si usted no pidió un nuevo PIN, es "
		    "posible que otra persona lo haya obtenido en su nombre.",
		[SENTENCE_NOT_YOU_CHANGED] = "Si no fue usted quien cambió el "
		    "PIN, otra persona puede escuchar sus mensajes.",
		[SENTENCE_TELL] = "En ese caso, avise de inmediato al soporte "
		    "técnico: {contact}",
		[SENTENCE_TELL_RENEW] = "En ese caso, solicite un nuevo PIN y "
		    "avise de inmediato al soporte técnico: {contact}",
		[SENTENCE_RENEW] = "En ese caso, solicite de inmediato un "
		    "nuevo PIN.",
		[SENTENCE_QUESTIONS] = "Si tiene alguna pregunta, diríjase al "
		    "soporte técnico: {contact}",
		[SENTENCE_DATE] = "{day} de {month} de {year} a las {time} "
		    "({zone})",
	},
	.months = {
		"enero", "febrero", "marzo", "abril", "mayo", "junio",
		"julio", "agosto", "septiembre", "octubre", "noviembre",
		"diciembre",
	},
	.zones = zones_es,
	.regions = regions_es,
};
