/* de.js - the pages in German. */
export default {
	title: 'Voicemail-PIN',
	language: 'Sprache',
	loading: 'Bitte warten: Der Stand Ihrer PIN wird abgefragt.',

	account: 'Angemeldet als',
	address: 'E-Mails gehen an',
	extension: 'Durchwahl',
	set: 'Gesetzt am',
	expires: 'Läuft ab am',
	first_logon: 'Zu verwenden bis',
	locked_since: 'Gesperrt seit',

	state_title: 'Ihre PIN',
	state_ready: 'Ihre PIN ist gültig.',
	state_no_pin: 'Sie haben noch keine PIN.',
	state_must_change: 'Ihre PIN gilt nur für eine Anmeldung per ' +
	    'Telefon: Danach werden Sie aufgefordert, eine eigene zu wählen.',
	state_expired: 'Ihre PIN ist abgelaufen. Bei der nächsten Anmeldung ' +
	    'per Telefon werden Sie aufgefordert, eine neue zu wählen.',
	state_ended: 'Ihre PIN ist nicht mehr gültig, weil sie nicht ' +
	    'rechtzeitig verwendet wurde. Setzen Sie sie zurück, um eine ' +
	    'neue zu erhalten.',
	state_reset_due: 'Ihre PIN ist nicht mehr gültig, weil zu oft eine ' +
	    'falsche PIN eingegeben wurde. Setzen Sie sie zurück, um eine ' +
	    'neue zu erhalten.',
	state_locked_out: 'Ihr Postfach ist gesperrt, weil zu oft eine ' +
	    'falsche PIN eingegeben wurde. Solange die Sperre besteht, wird ' +
	    'keine PIN angenommen.',
	state_locked_admin: 'Die Administration hat Ihr Postfach gesperrt. ' +
	    'Solange die Sperre besteht, wird keine PIN angenommen.',
	state_disabled: 'Sie haben hier kein Voicemail-Postfach, oder es ' +
	    'ist abgeschaltet.',
	state_enabled: 'Sie haben ein Voicemail-Postfach.',
	state_unknown: 'Der Stand Ihrer PIN kann gerade nicht angezeigt ' +
	    'werden.',
	lock_ends: 'Die Sperre endet automatisch: {date}.',
	lock_lasts: 'Der Helpdesk kann die Sperre aufheben.',
	pin_locked: 'Die Administration hat Ihre PIN gegen Änderung ' +
	    'gesperrt. Sie kann hier nicht zurückgesetzt werden.',

	reset_title: 'Neue PIN erhalten',
	reset_text: 'Eine neue PIN wird ausgelost und Ihnen per E-Mail ' +
	    'gesendet. Auf dieser Seite wird sie nie angezeigt.',
	reset: 'Meine PIN zurücksetzen',
	confirm_title: 'PIN jetzt zurücksetzen?',
	confirm_old: 'Ihre bisherige PIN gilt dann sofort nicht mehr.',
	confirm_mail: 'Eine neue wird per E-Mail an {address} gesendet.',
	confirm_mail_plain: 'Eine neue wird per E-Mail an die Adresse Ihres ' +
	    'Postfachs gesendet.',
	confirm_again: 'Sie haben das bereits getan ({time}). Wenn Sie es ' +
	    'noch einmal tun, gilt die PIN in jener E-Mail nicht mehr.',
	confirm_yes: 'Ja, PIN zurücksetzen',
	confirm_no: 'Nein, PIN behalten',
	working: 'Ihre PIN wird zurückgesetzt. Bitte lassen Sie diese Seite ' +
	    'offen.',

	done_title: 'Ihre PIN wurde zurückgesetzt.',
	done_mail: 'Eine E-Mail mit Ihrer neuen PIN ist unterwegs an ' +
	    '{address}.',
	done_mail_plain: 'Eine E-Mail mit Ihrer neuen PIN ist unterwegs an ' +
	    'die Adresse Ihres Postfachs.',
	done_time: 'Meist kommt sie innerhalb von fünf Minuten an. Wenn ' +
	    'nicht, sehen Sie auch im Ordner für unerwünschte E-Mails nach.',
	done_last: 'Wenn mehrere solche E-Mails ankommen, gilt nur die PIN ' +
	    'in der neuesten.',
	done_call: 'Rufen Sie dann Ihr Postfach an und geben Sie die neue ' +
	    'PIN ein. Wenn Sie dazu aufgefordert werden, wählen Sie eine ' +
	    'eigene PIN.',
	done_locked: 'Ihr Postfach ist noch gesperrt: Die neue PIN gilt, ' +
	    'sobald die Sperre beendet ist.',

	unknown_title: 'Es ist nicht sicher, ob Ihre PIN zurückgesetzt ' +
	    'wurde.',
	unknown_wait: 'Warten Sie zehn Minuten auf eine E-Mail. Wenn eine ' +
	    'kommt, gilt die PIN darin und die alte nicht mehr.',
	unknown_none: 'Wenn keine kommt, gilt Ihre alte PIN möglicherweise ' +
	    'noch. Sie können sie dann erneut zurücksetzen.',

	failed_title: 'Ihre PIN wurde nicht zurückgesetzt.',
	unchanged: 'Es wurde nichts geändert.',
	error_signin: 'Sie sind nicht mehr angemeldet.',
	error_forbidden: 'Der Webserver erlaubt Ihnen das nicht.',
	error_many: 'Aus Ihrem Netz kamen zu viele Anfragen. Versuchen Sie ' +
	    'es in einer Minute noch einmal.',
	error_invalid: 'Diese Seite und der Dienst passen nicht zusammen. ' +
	    'Laden Sie die Seite neu; wenn das nicht hilft, verständigen ' +
	    'Sie den Helpdesk.',
	error_denied: 'Für andere dürfen Sie das nicht.',
	error_nobody: 'Ein solches Postfach gibt es nicht.',
	error_disabled: 'Sie haben hier kein Voicemail-Postfach, oder es ' +
	    'ist abgeschaltet.',
	error_locked: 'Die Administration hat Ihre PIN gegen Änderung ' +
	    'gesperrt. Wenden Sie sich an den Helpdesk.',
	error_busy: 'Der Dienst ist ausgelastet. Versuchen Sie es in einer ' +
	    'Minute noch einmal.',
	error_limit: 'Das ist zu oft geschehen. Sie können es zu dieser ' +
	    'Zeit wieder versuchen: {date}.',
	error_away: 'Der Dienst erreicht gerade seine Daten nicht. ' +
	    'Versuchen Sie es in einigen Minuten noch einmal.',
	error_broken: 'Der Dienst hat selbst einen Fehler. Verständigen Sie ' +
	    'den Helpdesk.',
	error_offline: 'Sie sind nicht mit dem Netz verbunden.',
	error_unknown: 'Der Dienst hat nicht geantwortet. Versuchen Sie es ' +
	    'in einigen Minuten noch einmal.',
	reference: 'Kennung für den Helpdesk: {reference}',
	sign_in: 'Neu anmelden',
	try_again: 'Erneut versuchen',

	access_title: 'Ihr Postfach anrufen',
	access_none: 'Der Helpdesk kennt die Rufnummer Ihres Postfachs.',
	contact: 'Helpdesk: {contact}',
	private: 'Geben Sie Ihre PIN an niemanden weiter. Wer Ihnen hilft, ' +
	    'braucht sie nicht.',

	desk_title: 'Helpdesk für Voicemail',
	desk_link: 'Seite des Helpdesks öffnen',
	desk_back: 'Seite Ihrer eigenen PIN öffnen',
	desk_find: 'Mailbox suchen',
	desk_label: 'Anmeldename, Durchwahl, E-Mail-Adresse oder Anfänge ' +
	    'des Namens',
	desk_search: 'Suchen',
	desk_none: 'Keine Mailbox gefunden.',
	desk_more: 'Es gibt mehr als diese. Geben Sie mehr vom Namen ein.',
	desk_wait: 'Bitte warten.',
	desk_policy: 'Richtlinie',
	desk_failed: 'Fehlgeschlagene Anmeldungen',
	desk_mail: 'Neueste E-Mail',
	desk_mail_queued: 'wartet',
	desk_mail_sent: 'gesendet',
	desk_mail_superseded: 'durch eine neuere ersetzt',
	desk_mail_lost: 'nicht gesendet',
	desk_ready: 'Die PIN ist gültig.',
	desk_no_pin: 'Es gibt noch keine PIN.',
	desk_must_change: 'Die PIN muss bei der nächsten Anmeldung ' +
	    'geändert werden.',
	desk_expired: 'Die PIN ist abgelaufen: Die nächste Anmeldung muss ' +
	    'sie ändern.',
	desk_ended: 'Die PIN gilt nicht mehr: Sie wurde nicht rechtzeitig ' +
	    'verwendet.',
	desk_reset_due: 'Die PIN gilt nicht mehr: Zu oft wurde eine ' +
	    'falsche eingegeben.',
	desk_locked_out: 'Die Mailbox ist gesperrt: Zu oft wurde eine ' +
	    'falsche PIN eingegeben.',
	desk_locked_admin: 'Die Mailbox wurde von einem Administrator ' +
	    'gesperrt; nur er kann das beenden.',
	desk_disabled: 'Die Mailbox ist ausgeschaltet.',
	desk_pin_locked: 'Ein Administrator hat die PIN gegen Änderung ' +
	    'gesperrt.',
	desk_reason: 'Grund, für das Protokoll',
	desk_reset: 'PIN zurücksetzen',
	desk_unlock: 'Sperre aufheben',
	desk_reset_done: 'Die PIN von {login} wurde zurückgesetzt. Eine ' +
	    'E-Mail mit der neuen geht an den Benutzer.',
	desk_unlock_done: 'Die Sperre von {login} ist aufgehoben.',
	desk_nothing: 'Bei {login} war keine Sperre aufzuheben.',
	desk_unknown: 'Es ist nicht sicher, ob das geschehen ist. Sehen ' +
	    'Sie die Mailbox noch einmal an.',
	desk_denied: 'Sie haben keine Helpdesk-Rolle, oder keine für ' +
	    'diese Mailbox.',
	desk_private: 'Sie sehen nie eine PIN. Fragen Sie niemanden ' +
	    'danach. Was Sie hier tun, wird aufgezeichnet.',
};
