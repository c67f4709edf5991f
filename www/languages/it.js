/* it.js - the pages in Italian. */
export default {
	title: 'PIN della segreteria telefonica',
	language: 'Lingua',
	loading: 'Attendere: lo stato del PIN è in corso di lettura.',

	account: 'Accesso eseguito come',
	address: 'Le e-mail vanno a',
	extension: 'Interno',
	set: 'Impostato il',
	expires: 'Scade il',
	first_logon: 'Da usare entro il',
	locked_since: 'Bloccata dal',

	state_title: 'Il Suo PIN',
	state_ready: 'Il Suo PIN è valido.',
	state_no_pin: 'Non ha ancora un PIN.',
	state_must_change: 'Il Suo PIN vale per un solo accesso per ' +
	    'telefono: poi Le verrà chiesto di sceglierne uno Suo.',
	state_expired: 'Il Suo PIN è scaduto. Al prossimo accesso per ' +
	    'telefono Le verrà chiesto di sceglierne uno nuovo.',
	state_ended: 'Il Suo PIN non è più valido, perché non è stato usato ' +
	    'in tempo. Lo reimposti per riceverne uno nuovo.',
	state_reset_due: 'Il Suo PIN non è più valido, perché troppe volte ' +
	    'è stato inserito un PIN errato. Lo reimposti per riceverne uno ' +
	    'nuovo.',
	state_locked_out: 'La Sua casella è bloccata, perché troppe volte è ' +
	    'stato inserito un PIN errato. Finché dura il blocco non viene ' +
	    'accettato alcun PIN.',
	state_locked_admin: 'Un amministratore ha bloccato la Sua casella. ' +
	    'Finché dura il blocco non viene accettato alcun PIN.',
	state_disabled: 'Qui non ha una casella vocale, oppure è ' +
	    'disattivata.',
	state_enabled: 'Ha una casella vocale.',
	state_unknown: 'Lo stato del Suo PIN non può essere mostrato in ' +
	    'questo momento.',
	lock_ends: 'Il blocco termina da solo: {date}.',
	lock_lasts: 'L’assistenza può porre fine al blocco.',
	pin_locked: 'Un amministratore ha impedito la modifica del Suo PIN. ' +
	    'Qui non può essere reimpostato.',

	reset_title: 'Ottenere un nuovo PIN',
	reset_text: 'Un nuovo PIN viene estratto a caso e inviato a Lei per ' +
	    'e-mail. In questa pagina non viene mai mostrato.',
	reset: 'Reimposta il mio PIN',
	confirm_title: 'Reimpostare il PIN adesso?',
	confirm_old: 'Il PIN che ha ora smette subito di valere.',
	confirm_mail: 'Uno nuovo viene inviato per e-mail a {address}.',
	confirm_mail_plain: 'Uno nuovo viene inviato per e-mail ' +
	    'all’indirizzo della Sua casella.',
	confirm_again: 'Lo ha già fatto ({time}). Se lo fa di nuovo, il PIN ' +
	    'in quella e-mail non vale più.',
	confirm_yes: 'Sì, reimposta il mio PIN',
	confirm_no: 'No, mantieni il mio PIN',
	working: 'Il Suo PIN viene reimpostato. Tenga aperta questa pagina.',

	done_title: 'Il Suo PIN è stato reimpostato.',
	done_mail: 'Una e-mail con il nuovo PIN è in viaggio verso {address}' +
	    '.',
	done_mail_plain: 'Una e-mail con il nuovo PIN è in viaggio verso ' +
	    'l’indirizzo della Sua casella.',
	done_time: 'Di solito arriva entro cinque minuti. Altrimenti guardi ' +
	    'anche nella cartella della posta indesiderata.',
	done_last: 'Se arrivano più e-mail di questo tipo, vale solo il PIN ' +
	    'della più recente.',
	done_call: 'Chiami poi la Sua casella e inserisca il nuovo PIN. Se ' +
	    'Le viene chiesto, scelga un PIN Suo.',
	done_locked: 'La Sua casella è ancora bloccata: il nuovo PIN varrà ' +
	    'quando il blocco sarà terminato.',

	unknown_title: 'Non è certo che il Suo PIN sia stato reimpostato.',
	unknown_wait: 'Attenda una e-mail per dieci minuti. Se ne arriva ' +
	    'una, il PIN che contiene vale e quello vecchio no.',
	unknown_none: 'Se non ne arriva nessuna, il vecchio PIN potrebbe ' +
	    'valere ancora. In tal caso può reimpostarlo di nuovo.',

	failed_title: 'Il Suo PIN non è stato reimpostato.',
	unchanged: 'Non è stato cambiato nulla.',
	error_signin: 'La Sua sessione è terminata.',
	error_forbidden: 'Il server web non Le permette di farlo.',
	error_many: 'Dalla Sua rete sono arrivate troppe richieste. Riprovi ' +
	    'tra un minuto.',
	error_invalid: 'Questa pagina e il servizio non vanno d’accordo. ' +
	    'Ricarichi la pagina; se non serve, avvisi l’assistenza.',
	error_denied: 'Non può farlo per altri.',
	error_nobody: 'Questa casella non esiste.',
	error_disabled: 'Qui non ha una casella vocale, oppure è ' +
	    'disattivata.',
	error_locked: 'Un amministratore ha impedito la modifica del Suo ' +
	    'PIN. Si rivolga all’assistenza.',
	error_busy: 'Il servizio è occupato. Riprovi tra un minuto.',
	error_limit: 'È stato fatto troppe volte. Potrà riprovare in questo ' +
	    'momento: {date}.',
	error_away: 'Il servizio non raggiunge i suoi dati in questo ' +
	    'momento. Riprovi tra qualche minuto.',
	error_broken: 'Il servizio stesso ha un guasto. Avvisi l’assistenza.',
	error_offline: 'Non è collegato alla rete.',
	error_unknown: 'Il servizio non ha risposto. Riprovi tra qualche ' +
	    'minuto.',
	reference: 'Riferimento per l’assistenza: {reference}',
	sign_in: 'Accedi di nuovo',
	try_again: 'Riprova',

	access_title: 'Chiamare la Sua casella vocale',
	access_none: 'L’assistenza conosce il numero della Sua casella ' +
	    'vocale.',
	contact: 'Assistenza: {contact}',
	private: 'Non dia il Suo PIN a nessuno. Chi La aiuta non ne ha ' +
	    'bisogno.',

	desk_title: 'Assistenza della segreteria',
	desk_link: 'Apri la pagina dell’assistenza',
	desk_back: 'Apri la pagina del Suo PIN',
	desk_find: 'Cerca una casella',
	desk_label: 'Nome utente, interno, indirizzo e-mail o inizio del ' +
	    'nome',
	desk_search: 'Cerca',
	desk_none: 'Nessuna casella trovata.',
	desk_more: 'Ce ne sono altre. Scriva di più del nome.',
	desk_wait: 'Attendere.',
	desk_policy: 'Criterio',
	desk_failed: 'Accessi falliti',
	desk_mail: 'E-mail più recente',
	desk_mail_queued: 'in attesa',
	desk_mail_sent: 'inviata',
	desk_mail_superseded: 'sostituita da una più recente',
	desk_mail_lost: 'non inviata',
	desk_ready: 'Il PIN è valido.',
	desk_no_pin: 'Non c’è ancora un PIN.',
	desk_must_change: 'Il PIN deve essere cambiato al prossimo accesso.',
	desk_expired: 'Il PIN è scaduto: va cambiato al prossimo accesso.',
	desk_ended: 'Il PIN non è più valido: non è stato usato in tempo.',
	desk_reset_due: 'Il PIN non è più valido: ne è stato inserito uno ' +
	    'errato troppe volte.',
	desk_locked_out: 'La casella è bloccata: è stato inserito un PIN ' +
	    'errato troppe volte.',
	desk_locked_admin: 'La casella è stata bloccata da un ' +
	    'amministratore, che solo può sbloccarla.',
	desk_disabled: 'La casella è disattivata.',
	desk_pin_locked: 'Un amministratore ha bloccato la modifica del PIN.',
	desk_reason: 'Motivo, per il registro',
	desk_reset: 'Reimposta il PIN',
	desk_unlock: 'Sblocca',
	desk_reset_done: 'Il PIN di {login} è stato reimpostato. ' +
	    'Un’e-mail con quello nuovo va all’utente.',
	desk_unlock_done: 'Il blocco di {login} è terminato.',
	desk_nothing: 'Non c’era alcun blocco di {login}.',
	desk_unknown: 'Non è certo che sia stato fatto. Guardi di nuovo ' +
	    'la casella.',
	desk_denied: 'Non ha il ruolo di assistenza, o non per questa ' +
	    'casella.',
	desk_private: 'Non vedrà mai un PIN. Non lo chieda a nessuno. Ciò ' +
	    'che fa qui viene registrato.',
};
