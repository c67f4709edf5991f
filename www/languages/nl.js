/* nl.js - the pages in Dutch. */
export default {
	title: 'Pincode van de voicemail',
	language: 'Taal',
	loading: 'Een ogenblik: de toestand van uw pincode wordt opgezocht.',

	account: 'Aangemeld als',
	address: 'E-mails gaan naar',
	extension: 'Toestel',
	set: 'Ingesteld op',
	expires: 'Verloopt op',
	first_logon: 'Te gebruiken vóór',
	locked_since: 'Geblokkeerd sinds',

	state_title: 'Uw pincode',
	state_ready: 'Uw pincode is geldig.',
	state_no_pin: 'U hebt nog geen pincode.',
	state_must_change: 'Uw pincode geldt voor één aanmelding per ' +
	    'telefoon: daarna wordt u gevraagd zelf een pincode te kiezen.',
	state_expired: 'Uw pincode is verlopen. Bij de volgende aanmelding ' +
	    'per telefoon wordt u gevraagd een nieuwe te kiezen.',
	state_ended: 'Uw pincode is niet meer geldig, omdat u die niet op ' +
	    'tijd hebt gebruikt. Stel de pincode opnieuw in om een nieuwe ' +
	    'te krijgen.',
	state_reset_due: 'Uw pincode is niet meer geldig, omdat te vaak een ' +
	    'verkeerde is ingevoerd. Stel de pincode opnieuw in om een ' +
	    'nieuwe te krijgen.',
	state_locked_out: 'Uw voicemail is geblokkeerd, omdat te vaak een ' +
	    'verkeerde pincode is ingevoerd. Zolang de blokkering duurt, ' +
	    'wordt geen pincode aanvaard.',
	state_locked_admin: 'Een beheerder heeft uw voicemail geblokkeerd. ' +
	    'Zolang de blokkering duurt, wordt geen pincode aanvaard.',
	state_disabled: 'U hebt hier geen voicemail, of die is ' +
	    'uitgeschakeld.',
	state_enabled: 'U hebt een voicemail.',
	state_unknown: 'De toestand van uw pincode kan nu niet worden ' +
	    'getoond.',
	lock_ends: 'De blokkering eindigt vanzelf: {date}.',
	lock_lasts: 'De helpdesk kan de blokkering opheffen.',
	pin_locked: 'Een beheerder heeft het wijzigen van uw pincode ' +
	    'geblokkeerd. Hier kan de pincode niet opnieuw worden ingesteld.',

	reset_title: 'Een nieuwe pincode krijgen',
	reset_text: 'Er wordt een nieuwe pincode getrokken en per e-mail ' +
	    'aan u gestuurd. Op deze pagina is die nooit te zien.',
	reset: 'Mijn pincode opnieuw instellen',
	confirm_title: 'Uw pincode nu opnieuw instellen?',
	confirm_old: 'De pincode die u nu hebt, geldt dan meteen niet meer.',
	confirm_mail: 'Een nieuwe wordt per e-mail gestuurd naar {address}.',
	confirm_mail_plain: 'Een nieuwe wordt per e-mail gestuurd naar het ' +
	    'adres van uw voicemail.',
	confirm_again: 'U hebt dit al gedaan ({time}). Als u het nog eens ' +
	    'doet, geldt de pincode in die e-mail niet meer.',
	confirm_yes: 'Ja, opnieuw instellen',
	confirm_no: 'Nee, mijn pincode houden',
	working: 'Uw pincode wordt opnieuw ingesteld. Houd deze pagina open.',

	done_title: 'Uw pincode is opnieuw ingesteld.',
	done_mail: 'Een e-mail met uw nieuwe pincode is onderweg naar ' +
	    '{address}.',
	done_mail_plain: 'Een e-mail met uw nieuwe pincode is onderweg naar ' +
	    'het adres van uw voicemail.',
	done_time: 'Meestal komt die binnen vijf minuten aan. Zo niet, kijk ' +
	    'dan ook in de map met ongewenste e-mail.',
	done_last: 'Als er meer van zulke e-mails komen, geldt alleen de ' +
	    'pincode in de nieuwste.',
	done_call: 'Bel dan uw voicemail en voer de nieuwe pincode in. Als ' +
	    'u erom wordt gevraagd, kies dan zelf een pincode.',
	done_locked: 'Uw voicemail is nog geblokkeerd: de nieuwe pincode ' +
	    'geldt zodra de blokkering voorbij is.',

	unknown_title: 'Het is niet zeker of uw pincode opnieuw is ' +
	    'ingesteld.',
	unknown_wait: 'Wacht tien minuten op een e-mail. Als er een komt, ' +
	    'geldt de pincode daarin en de oude niet meer.',
	unknown_none: 'Als er geen komt, geldt uw oude pincode misschien ' +
	    'nog. U kunt de pincode dan nog eens opnieuw instellen.',

	failed_title: 'Uw pincode is niet opnieuw ingesteld.',
	unchanged: 'Er is niets gewijzigd.',
	error_signin: 'U bent niet meer aangemeld.',
	error_forbidden: 'De webserver staat u dit niet toe.',
	error_many: 'Er kwamen te veel verzoeken uit uw netwerk. Probeer ' +
	    'het over een minuut opnieuw.',
	error_invalid: 'Deze pagina en de dienst passen niet bij elkaar. ' +
	    'Laad de pagina opnieuw; helpt dat niet, waarschuw dan de ' +
	    'helpdesk.',
	error_denied: 'Voor anderen mag u dit niet doen.',
	error_nobody: 'Zo’n voicemail bestaat niet.',
	error_disabled: 'U hebt hier geen voicemail, of die is ' +
	    'uitgeschakeld.',
	error_locked: 'Een beheerder heeft het wijzigen van uw pincode ' +
	    'geblokkeerd. Neem contact op met de helpdesk.',
	error_busy: 'De dienst is bezet. Probeer het over een minuut ' +
	    'opnieuw.',
	error_limit: 'Dit is te vaak gedaan. Op dit moment kunt u het ' +
	    'opnieuw proberen: {date}.',
	error_away: 'De dienst kan nu niet bij zijn gegevens. Probeer het ' +
	    'over enkele minuten opnieuw.',
	error_broken: 'De dienst heeft zelf een fout. Waarschuw de helpdesk.',
	error_offline: 'U hebt geen verbinding met het netwerk.',
	error_unknown: 'De dienst heeft niet geantwoord. Probeer het over ' +
	    'enkele minuten opnieuw.',
	reference: 'Kenmerk voor de helpdesk: {reference}',
	sign_in: 'Opnieuw aanmelden',
	try_again: 'Opnieuw proberen',

	access_title: 'Uw voicemail bellen',
	access_none: 'De helpdesk kent het nummer van uw voicemail.',
	contact: 'Helpdesk: {contact}',
	private: 'Geef uw pincode aan niemand. Wie u helpt, heeft die niet ' +
	    'nodig.',

	desk_title: 'Helpdesk voicemail',
	desk_link: 'De pagina van de helpdesk openen',
	desk_back: 'De pagina van uw eigen pincode openen',
	desk_find: 'Een mailbox zoeken',
	desk_label: 'Gebruikersnaam, toestel, e-mailadres of begin van de ' +
	    'naam',
	desk_search: 'Zoeken',
	desk_none: 'Geen mailbox gevonden.',
	desk_more: 'Er zijn er meer dan deze. Typ meer van de naam.',
	desk_wait: 'Even geduld.',
	desk_policy: 'Beleid',
	desk_failed: 'Mislukte aanmeldingen',
	desk_mail: 'Nieuwste e-mail',
	desk_mail_queued: 'wacht',
	desk_mail_sent: 'verzonden',
	desk_mail_superseded: 'vervangen door een nieuwere',
	desk_mail_lost: 'niet verzonden',
	desk_ready: 'De pincode is geldig.',
	desk_no_pin: 'Er is nog geen pincode.',
	desk_must_change: 'De pincode moet bij de volgende aanmelding ' +
	    'worden gewijzigd.',
	desk_expired: 'De pincode is verlopen: bij de volgende aanmelding ' +
	    'moet een nieuwe worden gekozen.',
	desk_ended: 'De pincode is niet meer geldig: ze is niet op tijd ' +
	    'gebruikt.',
	desk_reset_due: 'De pincode is niet meer geldig: er is te vaak ' +
	    'een verkeerde ingevoerd.',
	desk_locked_out: 'De mailbox is vergrendeld: er is te vaak een ' +
	    'verkeerde pincode ingevoerd.',
	desk_locked_admin: 'De mailbox is vergrendeld door een beheerder, ' +
	    'die dat als enige kan beëindigen.',
	desk_disabled: 'De mailbox is uitgeschakeld.',
	desk_pin_locked: 'Een beheerder heeft de pincode tegen wijziging ' +
	    'vergrendeld.',
	desk_reason: 'Reden, voor het logboek',
	desk_reset: 'Pincode opnieuw instellen',
	desk_unlock: 'Ontgrendelen',
	desk_reset_done: 'De pincode van {login} is opnieuw ingesteld. ' +
	    'Een e-mail met de nieuwe gaat naar de gebruiker.',
	desk_unlock_done: 'De vergrendeling van {login} is opgeheven.',
	desk_nothing: 'Er was geen vergrendeling van {login}.',
	desk_unknown: 'Het is niet zeker of dit is gebeurd. Bekijk de ' +
	    'mailbox opnieuw.',
	desk_denied: 'U hebt geen helpdeskrol, of niet voor deze mailbox.',
	desk_private: 'U ziet nooit een pincode. Vraag er niemand om. Wat ' +
	    'u hier doet, wordt vastgelegd.',
};
