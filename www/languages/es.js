/* es.js - the pages in Spanish. */
export default {
	title: 'PIN del buzón de voz',
	language: 'Idioma',
	loading: 'Espere, por favor: se está consultando el estado de su ' +
	    'PIN.',

	account: 'Sesión iniciada como',
	address: 'Los correos van a',
	extension: 'Extensión',
	set: 'Fijado el',
	expires: 'Caduca el',
	first_logon: 'Debe usarse antes del',
	locked_since: 'Bloqueado desde el',

	state_title: 'Su PIN',
	state_ready: 'Su PIN es válido.',
	state_no_pin: 'Todavía no tiene ningún PIN.',
	state_must_change: 'Su PIN solo sirve para un inicio de sesión por ' +
	    'teléfono: después se le pedirá que elija uno propio.',
	state_expired: 'Su PIN ha caducado. En el próximo inicio de sesión ' +
	    'por teléfono se le pedirá que elija uno nuevo.',
	state_ended: 'Su PIN ya no es válido porque no se usó a tiempo. ' +
	    'Restablézcalo para recibir uno nuevo.',
	state_reset_due: 'Su PIN ya no es válido porque se introdujo un PIN ' +
	    'erróneo demasiadas veces. Restablézcalo para recibir uno nuevo.',
	state_locked_out: 'Su buzón está bloqueado porque se introdujo un ' +
	    'PIN erróneo demasiadas veces. Mientras dure el bloqueo no se ' +
	    'acepta ningún PIN.',
	state_locked_admin: 'Un administrador ha bloqueado su buzón. ' +
	    'Mientras dure el bloqueo no se acepta ningún PIN.',
	state_disabled: 'Aquí no tiene ningún buzón de voz, o está ' +
	    'desactivado.',
	state_enabled: 'Tiene un buzón de voz.',
	state_unknown: 'El estado de su PIN no se puede mostrar en este ' +
	    'momento.',
	lock_ends: 'El bloqueo termina por sí solo: {date}.',
	lock_lasts: 'El servicio de asistencia puede poner fin al bloqueo.',
	pin_locked: 'Un administrador ha impedido que se cambie su PIN. ' +
	    'Aquí no se puede restablecer.',

	reset_title: 'Obtener un PIN nuevo',
	reset_text: 'Se elige al azar un PIN nuevo y se le envía por ' +
	    'correo. Nunca se muestra en esta página.',
	reset: 'Restablecer mi PIN',
	confirm_title: '¿Restablecer su PIN ahora?',
	confirm_old: 'El PIN que tiene ahora deja de valer de inmediato.',
	confirm_mail: 'Se envía uno nuevo por correo a {address}.',
	confirm_mail_plain: 'Se envía uno nuevo por correo a la dirección ' +
	    'de su buzón.',
	confirm_again: 'Ya lo ha hecho ({time}). Si lo hace otra vez, el ' +
	    'PIN de aquel correo deja de valer.',
	confirm_yes: 'Sí, restablecer mi PIN',
	confirm_no: 'No, conservar mi PIN',
	working: 'Se está restableciendo su PIN. Deje abierta esta página, ' +
	    'por favor.',

	done_title: 'Su PIN se ha restablecido.',
	done_mail: 'Un correo con su PIN nuevo está en camino a {address}.',
	done_mail_plain: 'Un correo con su PIN nuevo está en camino a la ' +
	    'dirección de su buzón.',
	done_time: 'Suele llegar en cinco minutos. Si no llega, mire ' +
	    'también en la carpeta de correo no deseado.',
	done_last: 'Si llegan varios correos así, solo vale el PIN del más ' +
	    'reciente.',
	done_call: 'Llame entonces a su buzón e introduzca el PIN nuevo. Si ' +
	    'se le pide, elija un PIN propio.',
	done_locked: 'Su buzón sigue bloqueado: el PIN nuevo valdrá cuando ' +
	    'termine el bloqueo.',

	unknown_title: 'No es seguro que su PIN se haya restablecido.',
	unknown_wait: 'Espere un correo durante diez minutos. Si llega ' +
	    'alguno, vale el PIN que contiene y el anterior ya no.',
	unknown_none: 'Si no llega ninguno, puede que su PIN anterior siga ' +
	    'valiendo. Entonces puede restablecerlo otra vez.',

	failed_title: 'Su PIN no se ha restablecido.',
	unchanged: 'No se ha cambiado nada.',
	error_signin: 'Su sesión ha terminado.',
	error_forbidden: 'El servidor web no le permite hacer esto.',
	error_many: 'Han llegado demasiadas peticiones de su red. Inténtelo ' +
	    'de nuevo en un minuto.',
	error_invalid: 'Esta página y el servicio no encajan. Vuelva a ' +
	    'cargar la página; si no sirve, avise al servicio de asistencia.',
	error_denied: 'No puede hacer esto para otras personas.',
	error_nobody: 'No existe tal buzón.',
	error_disabled: 'Aquí no tiene ningún buzón de voz, o está ' +
	    'desactivado.',
	error_locked: 'Un administrador ha impedido que se cambie su PIN. ' +
	    'Consulte al servicio de asistencia.',
	error_busy: 'El servicio está ocupado. Inténtelo de nuevo en un ' +
	    'minuto.',
	error_limit: 'Esto se ha hecho demasiadas veces. Podrá intentarlo ' +
	    'de nuevo en este momento: {date}.',
	error_away: 'El servicio no tiene acceso a sus datos en este ' +
	    'momento. Inténtelo de nuevo en unos minutos.',
	error_broken: 'El propio servicio tiene un fallo. Avise al servicio ' +
	    'de asistencia.',
	error_offline: 'No está conectado a la red.',
	error_unknown: 'El servicio no ha respondido. Inténtelo de nuevo en ' +
	    'unos minutos.',
	reference: 'Referencia para el servicio de asistencia: {reference}',
	sign_in: 'Iniciar sesión de nuevo',
	try_again: 'Intentar de nuevo',

	access_title: 'Llamar a su buzón de voz',
	access_none: 'El servicio de asistencia conoce el número de su ' +
	    'buzón de voz.',
	contact: 'Servicio de asistencia: {contact}',
	private: 'No dé su PIN a nadie. Quien le ayuda no lo necesita.',

	desk_title: 'Asistencia del buzón de voz',
	desk_link: 'Abrir la página del servicio de asistencia',
	desk_back: 'Abrir la página de su propio PIN',
	desk_find: 'Buscar un buzón',
	desk_label: 'Usuario, extensión, dirección de correo o comienzos ' +
	    'del nombre',
	desk_search: 'Buscar',
	desk_none: 'No se ha encontrado ningún buzón.',
	desk_more: 'Hay más que estos. Escriba más del nombre.',
	desk_wait: 'Espere, por favor.',
	desk_policy: 'Directiva',
	desk_failed: 'Intentos fallidos',
	desk_mail: 'Último correo',
	desk_mail_queued: 'en espera',
	desk_mail_sent: 'enviado',
	desk_mail_superseded: 'sustituido por uno más reciente',
	desk_mail_lost: 'no enviado',
	desk_ready: 'El PIN es válido.',
	desk_no_pin: 'Todavía no hay PIN.',
	desk_must_change: 'El PIN debe cambiarse en el próximo acceso.',
	desk_expired: 'El PIN ha caducado: hay que cambiarlo en el ' +
	    'próximo acceso.',
	desk_ended: 'El PIN ya no es válido: no se usó a tiempo.',
	desk_reset_due: 'El PIN ya no es válido: se introdujo uno ' +
	    'incorrecto demasiadas veces.',
	desk_locked_out: 'El buzón está bloqueado: se introdujo un PIN ' +
	    'incorrecto demasiadas veces.',
	desk_locked_admin: 'Un administrador ha bloqueado el buzón, y ' +
	    'solo él puede desbloquearlo.',
	desk_disabled: 'El buzón está desactivado.',
	desk_pin_locked: 'Un administrador ha bloqueado el cambio del PIN.',
	desk_reason: 'Motivo, para el registro',
	desk_reset: 'Restablecer el PIN',
	desk_unlock: 'Desbloquear',
	desk_reset_done: 'Se ha restablecido el PIN de {login}. El ' +
	    'usuario recibirá un correo con el nuevo.',
	desk_unlock_done: 'El bloqueo de {login} ha terminado.',
	desk_nothing: 'No había ningún bloqueo de {login}.',
	desk_unknown: 'No es seguro que se haya hecho. Consulte el buzón ' +
	    'de nuevo.',
	desk_denied: 'No tiene el rol de asistencia, o no para este buzón.',
	desk_private: 'Nunca verá un PIN. No se lo pida a nadie. Lo que ' +
	    'haga aquí queda registrado.',
};
