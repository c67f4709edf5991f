/*
 * mailbox.js - what there is to say of the mailbox of whoever is signed in.
 *
 * From /umws/mailbox where the web server has it; else from two operations of
 * the SOAP service, which know less. Never a PIN: neither has one.
 */
import {Failure, call, objectOf, send, wordFailure} from './soap.js';

const MAILBOX = new URL('../umws/mailbox', import.meta.url);

const DISABLED = {state: 'disabled'};

/* As JSON has it, or null where nobody serves that. */
async function ask() {
	const {response, text} = await send(MAILBOX, {
		headers: {Accept: 'application/json'},
	});
	const row = objectOf(text);

	if (response.status === 200 && typeof row.state === 'string')
		return row;
	const failure = wordFailure(response, row);
	/* No such route, for its own answers say why in another way. */
	if (['invalid', 'forbidden'].includes(failure.kind))
		return null;
	throw failure;
}

function fromJson(row) {
	return {
		state: row.state,
		login: row.login,
		name: row.display_name,
		address: row.email,
		extension: row.extension,
		setAt: row.set_at,
		expiresAt: row.expires_at,
		firstLogonUntil: row.temporary_ends_at,
		isLockedOut: row.is_locked_out === true,
		isLockedByAdmin: row.locked_by_admin === true,
		lockedSince: row.locked_out_at,
		lockEndsAt: row.lockout_ends_at,
		isPinLocked: row.pin_locked === true,
		nextResetAt: row.next_reset_at,
		accessNumbers: row.access_numbers,
		contact: row.help_desk_contact,
		language: row.locale,
		timeZone: row.time_zone,
		isHelpDesk: row.is_helpdesk === true,
	};
}

async function fromSoap() {
	if (!await call('IsUMEnabled'))
		return DISABLED;
	const properties = await call('GetUMProperties');

	return {state: 'enabled',
		accessNumbers: properties.TelephoneAccessNumbers};
}

/*
 * The mailbox. Its state is one of v_user's (sql/code/views.sql), or enabled
 * where no more is known; all else may be missing. Throws a Failure.
 */
export async function look() {
	try {
		const row = await ask();

		return row === null ? await fromSoap() : fromJson(row);
	} catch (error) {
		if (error instanceof Failure && error.kind === 'disabled')
			return DISABLED;
		throw error;
	}
}
