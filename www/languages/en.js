/* en.js - the pages in English. */
export default {
	title: 'Voice mail PIN',
	language: 'Language',
	loading: 'Please wait: the state of your PIN is being looked up.',

	account: 'Signed in as',
	address: 'Mails go to',
	extension: 'Extension',
	set: 'Set on',
	expires: 'Expires on',
	first_logon: 'To be used before',
	locked_since: 'Locked since',

	state_title: 'Your PIN',
	state_ready: 'Your PIN is valid.',
	state_no_pin: 'You have no PIN yet.',
	state_must_change: 'Your PIN is for one logon by telephone only: you ' +
	    'will then be asked to choose one of your own.',
	state_expired: 'Your PIN has expired. At your next logon by telephone ' +
	    'you will be asked to choose a new one.',
	state_ended: 'Your PIN is no longer valid, because you did not use it ' +
	    'in time. Reset it to get a new one.',
	state_reset_due: 'Your PIN is no longer valid, because a wrong PIN was ' +
	    'entered too often. Reset it to get a new one.',
	state_locked_out: 'Your mailbox is locked, because a wrong PIN was ' +
	    'entered too often. No PIN is accepted until the lock ends.',
	state_locked_admin: 'Your mailbox has been locked by an administrator. ' +
	    'No PIN is accepted until the lock is ended.',
	state_disabled: 'You have no voice mailbox here, or it is switched off.',
	state_enabled: 'You have a voice mailbox.',
	state_unknown: 'The state of your PIN cannot be shown at the moment.',
	lock_ends: 'The lock ends by itself: {date}.',
	lock_lasts: 'The help desk can end the lock.',
	pin_locked: 'An administrator has locked your PIN against change. It ' +
	    'cannot be reset here.',

	reset_title: 'Get a new PIN',
	reset_text: 'A new PIN is drawn and sent to you by mail. It is never ' +
	    'shown on this page.',
	reset: 'Reset my PIN',
	confirm_title: 'Reset your PIN now?',
	confirm_old: 'The PIN that you have now stops working at once.',
	confirm_mail: 'A new one is sent by mail to {address}.',
	confirm_mail_plain: 'A new one is sent by mail to the address of your ' +
	    'mailbox.',
	confirm_again: 'You have done this already ({time}). If you do it again, ' +
	    'the PIN in that mail does not work any more.',
	confirm_yes: 'Yes, reset my PIN',
	confirm_no: 'No, keep my PIN',
	working: 'Your PIN is being reset. Please keep this page open.',

	done_title: 'Your PIN has been reset.',
	done_mail: 'A mail with your new PIN is on its way to {address}.',
	done_mail_plain: 'A mail with your new PIN is on its way to the address ' +
	    'of your mailbox.',
	done_time: 'It usually comes within five minutes. If it does not, look ' +
	    'into the folder for unwanted mail as well.',
	done_last: 'If several such mails come, only the PIN in the newest one ' +
	    'is valid.',
	done_call: 'Then call your voice mail and enter the new PIN. If you are ' +
	    'asked to, choose a PIN of your own.',
	done_locked: 'Your mailbox is still locked: the new PIN works when the ' +
	    'lock has ended.',

	unknown_title: 'It is not certain whether your PIN has been reset.',
	unknown_wait: 'Wait ten minutes for a mail. If one comes, the PIN in it ' +
	    'is valid and the old one is not.',
	unknown_none: 'If none comes, your old PIN may still be valid. You can ' +
	    'then reset it again.',

	failed_title: 'Your PIN has not been reset.',
	unchanged: 'Nothing was changed.',
	error_signin: 'You are not signed in any more.',
	error_forbidden: 'The web server does not allow you to do this.',
	error_many: 'Too many requests have come from your network. Try again ' +
	    'in a minute.',
	error_invalid: 'This page and the service do not fit together. Load ' +
	    'the page again; if that does not help, tell the help desk.',
	error_denied: 'You may not do this for others.',
	error_nobody: 'There is no such mailbox.',
	error_disabled: 'You have no voice mailbox here, or it is switched off.',
	error_locked: 'An administrator has locked your PIN against change. Ask ' +
	    'the help desk.',
	error_busy: 'The service is busy. Try again in a minute.',
	error_limit: 'This has been done too often. You can try again at this ' +
	    'time: {date}.',
	error_away: 'The service cannot reach its data at the moment. Try again ' +
	    'in a few minutes.',
	error_broken: 'The service has a fault of its own. Tell the help desk.',
	error_offline: 'You are not connected to the network.',
	error_unknown: 'The service did not answer. Try again in a few minutes.',
	reference: 'Reference for the help desk: {reference}',
	sign_in: 'Sign in again',
	try_again: 'Try again',

	access_title: 'Call your voice mail',
	access_none: 'The help desk knows the number of your voice mail.',
	contact: 'Help desk: {contact}',
	private: 'Give your PIN to nobody. Nobody who helps you needs it.',

	desk_title: 'Voice mail help desk',
	desk_link: 'Open the page of the help desk',
	desk_back: 'Open the page of your own PIN',
	desk_find: 'Find a mailbox',
	desk_label: 'Login, extension, mail address or beginnings of the ' +
	    'name',
	desk_search: 'Search',
	desk_none: 'No mailbox was found.',
	desk_more: 'There are more than these. Write more of the name.',
	desk_wait: 'Please wait.',
	desk_policy: 'Policy',
	desk_failed: 'Failed logons',
	desk_mail: 'Newest mail',
	desk_mail_queued: 'waiting',
	desk_mail_sent: 'sent',
	desk_mail_superseded: 'replaced by a newer one',
	desk_mail_lost: 'not sent',
	desk_ready: 'The PIN is valid.',
	desk_no_pin: 'There is no PIN yet.',
	desk_must_change: 'The PIN must be changed at the next logon.',
	desk_expired: 'The PIN has expired: the next logon has to change it.',
	desk_ended: 'The PIN is no longer valid: it was not used in time.',
	desk_reset_due: 'The PIN is no longer valid: a wrong one was ' +
	    'entered too often.',
	desk_locked_out: 'The mailbox is locked: a wrong PIN was entered ' +
	    'too often.',
	desk_locked_admin: 'The mailbox was locked by an administrator, ' +
	    'who alone can end that.',
	desk_disabled: 'The mailbox is switched off.',
	desk_pin_locked: 'An administrator has locked the PIN against ' +
	    'change.',
	desk_reason: 'Reason, for the record',
	desk_reset: 'Reset the PIN',
	desk_unlock: 'End the lockout',
	desk_reset_done: 'The PIN of {login} has been reset. A mail with ' +
	    'the new one goes to the user.',
	desk_unlock_done: 'The lockout of {login} has ended.',
	desk_nothing: 'There was no lockout of {login} to end.',
	desk_unknown: 'It is not certain whether this was done. Look at ' +
	    'the mailbox again.',
	desk_denied: 'You have no help desk role, or none for this mailbox.',
	desk_private: 'You never see a PIN. Ask nobody for one. What you ' +
	    'do here is recorded.',
};
