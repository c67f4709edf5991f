/*
 * helpdesk.js - the help desk's page: find a mailbox, its state, reset its PIN
 * with a reason, end its lockout. It never sees a PIN.
 *
 * As in page.js, what is shown is made anew whenever what is known or the
 * language changes.
 */
import {$, button, facts, make, say} from './element.js';
import * as language from './language.js';
import {text} from './language.js';
import {Failure, objectOf, send, wordFailure} from './soap.js';

const ROUTE = new URL('../umws/helpdesk', import.meta.url);
const MINUTE_MS = 60000;

/* Failures that are said in another way than to the mailbox's user. */
const WORDS = new Map([
	['denied', 'desk_denied'], ['disabled', 'desk_disabled'],
	['locked', 'desk_pin_locked'],
	['locked_by_admin', 'desk_locked_admin'],
]);

/* What each action is answered with; all else comes from something between
 * us and the service. */
const ANSWERS = {
	find: ({mailboxes}) => Array.isArray(mailboxes),
	state: ({state}) => typeof state === 'string',
	reset: ({result}) => result === 'ok',
	unlock: ({result}) => result === 'ok',
};

let found = null;       /* as the service answers; null: not asked */
let mailbox = null;     /* the one that is looked at */
let outcome = null;     /* {action, login, isChanged, failure} of the last
			 * thing */
let isAtWork = false;

/* One request of the route. Throws a Failure, and nothing of the world's
 * else. */
async function ask(action, fields) {
	const {response, text: body} = await send(ROUTE, {
		method: 'POST',
		headers: {Accept: 'application/json'},
		body: new URLSearchParams({action, ...fields}),
	});
	const value = objectOf(body);

	if (response.status === 200 && ANSWERS[action](value))
		return value;
	throw wordFailure(response, value);
}

function date(moment) {
	return moment && language.date(moment, mailbox?.time_zone);
}

function failureSentence(action, failure) {
	if (failure.isUnknown && ['reset', 'unlock'].includes(action))
		return text('desk_unknown');
	if (failure.kind === 'busy' && failure.backOffMs >= MINUTE_MS) {
		const over = failure.at + failure.backOffMs;
		return text('error_limit', {date: language.date(
		    Math.ceil(over / MINUTE_MS) * MINUTE_MS)});
	}
	return text(WORDS.get(failure.kind) ?? `error_${failure.kind}`);
}

function showNotice() {
	$('notice').hidden = outcome === null;
	if (outcome === null)
		return;
	const {action, failure, isChanged, login} = outcome;
	const parts = [];

	if (failure === undefined)
		parts.push(text(action === 'reset' ? 'desk_reset_done' :
		    isChanged ? 'desk_unlock_done' : 'desk_nothing', {login}));
	else
		parts.push(failureSentence(action, failure));
	$('notice').className = `notice ${failure === undefined ? 'good' :
	    failure.isUnknown ? 'warn' : 'bad'}`;
	$('notice').replaceChildren(make('h2', parts, {id: 'notice-title'}));
	if (failure !== undefined && failure.reference !== '')
		$('notice').append(make('p', text('reference',
		    {reference: failure.reference}), {className: 'soft'}));
	if (failure?.kind === 'signin')
		$('notice').append(make('p', button('sign_in',
		    () => location.reload())));
}

/* Each mailbox is a button: whoever has no mouse gets there, too. */
function choice({login, display_name: name, extension}) {
	const made = make('button', make('bdi', [name, login, extension].filter(
	    (part) => part).join(' · ')), {type: 'button'});

	made.addEventListener('click', () => isAtWork || look(login));
	return make('li', made);
}

function showFound() {
	const parts = [];

	if (found !== null && found.mailboxes.length === 0)
		parts.push(say('desk_none'));
	else if (found !== null)
		parts.push(make('ul', found.mailboxes.map(choice),
		    {className: 'found'}));
	if (found !== null && !found.is_complete)
		parts.push(say('desk_more'));
	$('found').replaceChildren(...parts);
}

/* The sentence for a word; one that only a newer service knows is shown as it
 * is. */
function known(group, word) {
	const name = `${group}_${word}`;

	return language.has(name) ? text(name) : word;
}

function stateSentence() {
	if (mailbox.state === 'locked_out' && mailbox.locked_by_admin)
		return say('desk_locked_admin');
	return make('p', known('desk', mailbox.state));
}

function mailOf({mail}) {
	if (!mail)
		return null;
	const name = ['queued', 'sending'].includes(mail.state) ? 'queued' :
	    ['expired', 'dead'].includes(mail.state) ? 'lost' : mail.state;

	return `${known('desk_mail', name)} (${date(mail.sent_at ??
	    mail.created_at)})`;
}

function showMailbox() {
	$('mailbox').hidden = mailbox === null;
	if (mailbox === null)
		return;
	const {display_name: name, login} = mailbox;
	const parts = [stateSentence()];

	parts[0].classList.add('state');
	if (mailbox.lockout_ends_at)
		parts.push(say('lock_ends',
		    {date: date(mailbox.lockout_ends_at)}));
	if (mailbox.pin_locked)
		parts.push(say('desk_pin_locked'));
	parts.push(...facts([
		['address', mailbox.email], ['extension', mailbox.extension],
		['desk_policy', mailbox.policy], ['set', date(mailbox.set_at)],
		['first_logon', date(mailbox.temporary_ends_at)],
		['expires', date(mailbox.expires_at)],
		['locked_since', date(mailbox.locked_out_at)],
		['desk_failed', String(mailbox.failed_logons)],
		['desk_mail', mailOf(mailbox)],
	]));
	$('mailbox-title').replaceChildren(make('bdi', name && name !== login ?
	    `${name} (${login})` : login));
	$('state').replaceChildren(...parts);
	/* The service has the last word: here is what cannot be. */
	$('act').hidden = !mailbox.um_enabled;
	$('reset').hidden = mailbox.pin_locked;
	$('unlock').hidden = mailbox.locked_by_admin ||
	    !(mailbox.is_locked_out || mailbox.failed_logons > 0);
}

function show() {
	showNotice();
	showFound();
	showMailbox();
}

/* Do a thing, and say what came of it. Nobody begins one while isAtWork. */
async function work(action, fields, take) {
	isAtWork = true;
	outcome = null;
	showNotice();
	$('live').replaceChildren(say('desk_wait'));
	try {
		take(await ask(action, fields));
	} catch (error) {
		if (!(error instanceof Failure))
			throw error;
		outcome = {action, failure: Object.assign(error,
		    {at: Date.now()})};
	} finally {
		isAtWork = false;
		$('live').replaceChildren();
	}
	show();
	if (outcome !== null)
		$('notice').focus();
}

async function find() {
	await work('find', {name: $('name').value.trim()}, (answer) => {
		found = answer;
		mailbox = null;
	});
	const {mailboxes = []} = found ?? {};
	if (outcome !== null)
		return;
	if (mailboxes.length === 1)
		await look(mailboxes[0].login);
	else
		$('found').focus();
}

/* Whose state is not known is not shown, and nobody else is in his place. */
async function look(login) {
	$('reason').value = '';
	mailbox = null;
	await work('state', {login}, (answer) => {
		mailbox = answer;
	});
	if (outcome === null)
		$('mailbox-title').focus();
}

/* What was done is told, and the state that it has made is looked up. */
async function act(action) {
	const {login} = mailbox;

	await work(action, {login, reason: $('reason').value.trim()},
	    ({is_changed: isChanged}) => {
		outcome = {action, isChanged, login};
	});
	const done = outcome;
	if (done.failure !== undefined)
		return;
	await look(login);
	/* It was done, whether or not its state could be looked up. */
	outcome = done;
	show();
	$('notice').focus();
}

/* A second click while the first one is under way is none. */
function submitted(form, action) {
	$(form).addEventListener('submit', (event) => {
		event.preventDefault();
		if (!isAtWork)
			action(event);
	});
}

function listen() {
	submitted('find', find);
	submitted('act', (event) => act(event.submitter?.value ?? 'reset'));
}

await language.start($('language'));
language.follow(show);
listen();
$('name').focus();
