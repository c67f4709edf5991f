/* fr.js - the pages in French. */
export default {
	title: 'Code PIN de la messagerie vocale',
	language: 'Langue',
	loading: 'Veuillez patienter : l’état de votre code PIN est en ' +
	    'cours de consultation.',

	account: 'Connecté en tant que',
	address: 'Les e-mails vont à',
	extension: 'Poste',
	set: 'Défini le',
	expires: 'Expire le',
	first_logon: 'À utiliser avant le',
	locked_since: 'Verrouillée depuis le',

	state_title: 'Votre code PIN',
	state_ready: 'Votre code PIN est valable.',
	state_no_pin: 'Vous n’avez pas encore de code PIN.',
	state_must_change: 'Votre code PIN ne vaut que pour une connexion ' +
	    'par téléphone : vous serez ensuite invité à en choisir un ' +
	    'vous-même.',
	state_expired: 'Votre code PIN a expiré. À la prochaine connexion ' +
	    'par téléphone, vous serez invité à en choisir un nouveau.',
	state_ended: 'Votre code PIN n’est plus valable, car il n’a pas été ' +
	    'utilisé à temps. Réinitialisez-le pour en recevoir un nouveau.',
	state_reset_due: 'Votre code PIN n’est plus valable, car un code ' +
	    'erroné a été saisi trop souvent. Réinitialisez-le pour en ' +
	    'recevoir un nouveau.',
	state_locked_out: 'Votre messagerie est verrouillée, car un code ' +
	    'PIN erroné a été saisi trop souvent. Aucun code n’est accepté ' +
	    'tant que le verrouillage dure.',
	state_locked_admin: 'Un administrateur a verrouillé votre ' +
	    'messagerie. Aucun code PIN n’est accepté tant que le ' +
	    'verrouillage dure.',
	state_disabled: 'Vous n’avez pas de messagerie vocale ici, ou elle ' +
	    'est désactivée.',
	state_enabled: 'Vous avez une messagerie vocale.',
	state_unknown: 'L’état de votre code PIN ne peut pas être affiché ' +
	    'pour le moment.',
	lock_ends: 'Le verrouillage prend fin de lui-même : {date}.',
	lock_lasts: 'Le service d’assistance peut mettre fin au ' +
	    'verrouillage.',
	pin_locked: 'Un administrateur a interdit la modification de votre ' +
	    'code PIN. Il ne peut pas être réinitialisé ici.',

	reset_title: 'Obtenir un nouveau code PIN',
	reset_text: 'Un nouveau code PIN est tiré au hasard et vous est ' +
	    'envoyé par e-mail. Il n’est jamais affiché sur cette page.',
	reset: 'Réinitialiser mon code PIN',
	confirm_title: 'Réinitialiser votre code PIN maintenant ?',
	confirm_old: 'Votre code PIN actuel cesse aussitôt d’être valable.',
	confirm_mail: 'Un nouveau code est envoyé par e-mail à {address}.',
	confirm_mail_plain: 'Un nouveau code est envoyé par e-mail à ' +
	    'l’adresse de votre messagerie.',
	confirm_again: 'Vous l’avez déjà fait ({time}). Si vous ' +
	    'recommencez, le code PIN de cet e-mail-là ne sera plus valable.',
	confirm_yes: 'Oui, réinitialiser',
	confirm_no: 'Non, garder mon code PIN',
	working: 'Votre code PIN est en cours de réinitialisation. Veuillez ' +
	    'laisser cette page ouverte.',

	done_title: 'Votre code PIN a été réinitialisé.',
	done_mail: 'Un e-mail contenant votre nouveau code PIN est en route ' +
	    'vers {address}.',
	done_mail_plain: 'Un e-mail contenant votre nouveau code PIN est en ' +
	    'route vers l’adresse de votre messagerie.',
	done_time: 'Il arrive d’ordinaire en moins de cinq minutes. Sinon, ' +
	    'regardez aussi dans le dossier des courriers indésirables.',
	done_last: 'Si plusieurs e-mails de ce type arrivent, seul le code ' +
	    'PIN du plus récent est valable.',
	done_call: 'Appelez ensuite votre messagerie et saisissez le ' +
	    'nouveau code PIN. Si l’on vous y invite, choisissez votre ' +
	    'propre code.',
	done_locked: 'Votre messagerie est encore verrouillée : le nouveau ' +
	    'code PIN vaudra dès la fin du verrouillage.',

	unknown_title: 'Il n’est pas certain que votre code PIN ait été ' +
	    'réinitialisé.',
	unknown_wait: 'Attendez un e-mail pendant dix minutes. S’il en ' +
	    'arrive un, le code PIN qu’il contient est valable et l’ancien ' +
	    'ne l’est plus.',
	unknown_none: 'S’il n’en arrive aucun, votre ancien code PIN est ' +
	    'peut-être encore valable. Vous pouvez alors le réinitialiser ' +
	    'de nouveau.',

	failed_title: 'Votre code PIN n’a pas été réinitialisé.',
	unchanged: 'Rien n’a été modifié.',
	error_signin: 'Vous n’êtes plus connecté.',
	error_forbidden: 'Le serveur web ne vous y autorise pas.',
	error_many: 'Trop de demandes sont venues de votre réseau. ' +
	    'Réessayez dans une minute.',
	error_invalid: 'Cette page et le service ne concordent pas. ' +
	    'Rechargez la page ; si cela n’aide pas, prévenez le service ' +
	    'd’assistance.',
	error_denied: 'Vous n’avez pas le droit de le faire pour d’autres.',
	error_nobody: 'Cette messagerie n’existe pas.',
	error_disabled: 'Vous n’avez pas de messagerie vocale ici, ou elle ' +
	    'est désactivée.',
	error_locked: 'Un administrateur a interdit la modification de ' +
	    'votre code PIN. Adressez-vous au service d’assistance.',
	error_busy: 'Le service est surchargé. Réessayez dans une minute.',
	error_limit: 'Cela a été fait trop souvent. Vous pourrez réessayer ' +
	    'à ce moment : {date}.',
	error_away: 'Le service n’atteint pas ses données pour le moment. ' +
	    'Réessayez dans quelques minutes.',
	error_broken: 'Le service lui-même est en défaut. Prévenez le ' +
	    'service d’assistance.',
	error_offline: 'Vous n’êtes pas connecté au réseau.',
	error_unknown: 'Le service n’a pas répondu. Réessayez dans quelques ' +
	    'minutes.',
	reference: 'Référence pour le service d’assistance : {reference}',
	sign_in: 'Se reconnecter',
	try_again: 'Réessayer',

	access_title: 'Appeler votre messagerie',
	access_none: 'Le service d’assistance connaît le numéro de votre ' +
	    'messagerie.',
	contact: 'Service d’assistance : {contact}',
	private: 'Ne donnez votre code PIN à personne. Ceux qui vous aident ' +
	    'n’en ont pas besoin.',

	desk_title: 'Assistance de la messagerie vocale',
	desk_link: 'Ouvrir la page du service d’assistance',
	desk_back: 'Ouvrir la page de votre propre code PIN',
	desk_find: 'Rechercher une boîte vocale',
	desk_label: 'Identifiant, poste, adresse e-mail ou débuts du nom',
	desk_search: 'Rechercher',
	desk_none: 'Aucune boîte vocale trouvée.',
	desk_more: 'Il y en a d’autres. Saisissez davantage du nom.',
	desk_wait: 'Veuillez patienter.',
	desk_policy: 'Stratégie',
	desk_failed: 'Connexions échouées',
	desk_mail: 'Dernier e-mail',
	desk_mail_queued: 'en attente',
	desk_mail_sent: 'envoyé',
	desk_mail_superseded: 'remplacé par un plus récent',
	desk_mail_lost: 'non envoyé',
	desk_ready: 'Le code PIN est valide.',
	desk_no_pin: 'Il n’y a pas encore de code PIN.',
	desk_must_change: 'Le code PIN doit être changé à la prochaine ' +
	    'connexion.',
	desk_expired: 'Le code PIN a expiré : la prochaine connexion doit ' +
	    'le changer.',
	desk_ended: 'Le code PIN n’est plus valide : il n’a pas été ' +
	    'utilisé à temps.',
	desk_reset_due: 'Le code PIN n’est plus valide : un code erroné a ' +
	    'été saisi trop souvent.',
	desk_locked_out: 'La boîte vocale est verrouillée : un code PIN ' +
	    'erroné a été saisi trop souvent.',
	desk_locked_admin: 'La boîte vocale a été verrouillée par un ' +
	    'administrateur, qui seul peut y mettre fin.',
	desk_disabled: 'La boîte vocale est désactivée.',
	desk_pin_locked: 'Un administrateur a verrouillé le code PIN ' +
	    'contre toute modification.',
	desk_reason: 'Motif, pour le journal',
	desk_reset: 'Réinitialiser le code PIN',
	desk_unlock: 'Déverrouiller',
	desk_reset_done: 'Le code PIN de {login} a été réinitialisé. Un ' +
	    'e-mail avec le nouveau est envoyé à l’utilisateur.',
	desk_unlock_done: 'Le verrouillage de {login} a pris fin.',
	desk_nothing: 'Il n’y avait aucun verrouillage de {login} à lever.',
	desk_unknown: 'Il n’est pas certain que cela ait été fait. ' +
	    'Consultez de nouveau la boîte vocale.',
	desk_denied: 'Vous n’avez pas le rôle d’assistance, ou pas pour ' +
	    'cette boîte vocale.',
	desk_private: 'Vous ne voyez jamais de code PIN. N’en demandez à ' +
	    'personne. Ce que vous faites ici est enregistré.',
};
