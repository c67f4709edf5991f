/*
 * es.c - the mails in Spanish.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_es = {
	.tag = "es",
	.sentences = {
		[SENTENCE_SUBJECT] =
		    "Su nuevo PIN del buzón de voz, {requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] =
		    "Se ha cambiado su PIN del buzón de voz, {requested} ["
		    "{reference}]",
		[SENTENCE_LOCKED] =
		    "Buzón de voz bloqueado: contacte con el servicio de "
		    "asistencia.",
		[SENTENCE_LOCKED_PIN] =
		    "El nuevo PIN que figura abajo no funcionará hasta "
		    "entonces.",
		[SENTENCE_HELLO_NAME] = "Hola, {name}:",
		[SENTENCE_HELLO] = "Hola:",
		[SENTENCE_REQUESTED] =
		    "El {requested} se solicitó un nuevo PIN para su buzón "
		    "de voz. Su nuevo PIN es:",
		[SENTENCE_AUTOMATIC] =
		    "El {requested} su PIN del buzón de voz se restableció "
		    "automáticamente porque se había introducido un PIN "
		    "incorrecto demasiadas veces. Su nuevo PIN es:",
		[SENTENCE_ADMIN] =
		    "El {requested} el servicio de asistencia restableció el "
		    "PIN de su buzón de voz. Su nuevo PIN es:",
		[SENTENCE_ELSEWHERE] =
		    "El {requested} el servicio de asistencia restableció el "
		    "PIN de su buzón de voz e hizo enviar el nuevo a otra "
		    "dirección de correo distinta de esta. Este mensaje no "
		    "lo contiene.",
		[SENTENCE_SET] =
		    "El {requested} el servicio de asistencia estableció el "
		    "PIN de su buzón de voz. Le comunicará el nuevo "
		    "directamente: este mensaje no lo contiene.",
		[SENTENCE_CHANGED] =
		    "El PIN de su buzón de voz se cambió por teléfono el "
		    "{requested}.",
		[SENTENCE_EXTENSION] = "Extensión: {extension}",
		[SENTENCE_ACCESS] =
		    "Para escuchar sus mensajes, llame al: {access}",
		[SENTENCE_MUST_CHANGE] =
		    "Este PIN solo sirve para el primer inicio de sesión. "
		    "Después se le pedirá que elija uno propio.",
		[SENTENCE_TEMPORARY] =
		    "Inicie sesión antes del {until}. Después este PIN se "
		    "rechazará y tendrá que solicitar otro.",
		[SENTENCE_EXPIRES] = "El PIN caduca el {expires}.",
		[SENTENCE_LASTING] = "El PIN no caduca.",
		[SENTENCE_PRIVATE] =
		    "Su PIN anterior ya no funciona. No comparta el nuevo con "
		    "nadie: el servicio de asistencia no lo necesita ni se lo "
		    "pedirá.",
		[SENTENCE_PRIVATE_FIRST] =
		    "No comparta su PIN con nadie: el servicio de asistencia "
		    "no lo necesita ni se lo pedirá.",
		[SENTENCE_NOT_YOU] =
		    "Si no ha solicitado un nuevo PIN, es posible que otra "
		    "persona esté usando su cuenta. Avise de inmediato al "
		    "servicio de asistencia.",
		[SENTENCE_NOT_YOU_AUTOMATIC] =
		    "Si no fue usted quien introdujo los PIN incorrectos, es "
		    "posible que alguien intente acceder a su buzón. Avise "
		    "de inmediato al servicio de asistencia.",
		[SENTENCE_NOT_YOU_ADMIN] =
		    "Si no ha pedido un nuevo PIN al servicio de asistencia, "
		    "es posible que alguien lo haya hecho en su nombre. Avise "
		    "de inmediato al servicio de asistencia.",
		[SENTENCE_NOT_YOU_ELSEWHERE] =
		    "Si no ha pedido eso al servicio de asistencia, es "
		    "posible que otra persona tenga su nuevo PIN. Avise de "
		    "inmediato al servicio de asistencia y solicite otro.",
		[SENTENCE_NOT_YOU_SET] =
		    "Si no ha pedido un nuevo PIN al servicio de asistencia, "
		    "es posible que otra persona lo haya obtenido en su "
		    "nombre. Avise de inmediato al servicio de asistencia y "
		    "solicite un nuevo PIN.",
		[SENTENCE_NOT_YOU_CHANGED] =
		    "Si no fue usted quien cambió el PIN, otra persona puede "
		    "escuchar sus mensajes. Avise de inmediato al servicio de "
		    "asistencia y solicite un nuevo PIN.",
		[SENTENCE_DATE] = "{day} de {month} de {year}, {time} (UTC)",
	},
	.months = {
		"enero", "febrero", "marzo", "abril", "mayo", "junio",
		"julio", "agosto", "septiembre", "octubre", "noviembre",
		"diciembre",
	},
};
