/*
 * page.js - the page for people: the state of my PIN, and one button.
 *
 * What is shown is made of three things, and made anew whenever one of them
 * or the language changes: the mailbox or why it is not known, what the last
 * reset came to, and whether one is under way.
 */
import {$, button, facts, make, numbers, say} from './element.js';
import * as language from './language.js';
import {text} from './language.js';
import {look} from './mailbox.js';
import {Failure, call} from './soap.js';

const MINUTE_MS = 60000;
/* What the reader can do nothing against here, and no button helps. */
const HOPELESS = ['signin', 'forbidden', 'disabled', 'locked'];

let mailbox = null;     /* as mailbox.js has it; null: not known */
let lookFailure = null; /* why not */
let outcome = null;     /* of the last reset: {failure, at}, failure may be
			 * null */
let isAtWork = false;
let resetAt = null;     /* when this page has reset the PIN */

function date(moment) {
	return moment && language.date(moment, mailbox?.timeZone);
}

/* The sentence for a word; for one that only a newer service knows, that of
 * another. */
function known(group, word, other) {
	const name = `${group}_${word}`;

	return text(language.has(name) ? name : `${group}_${other}`);
}

/* The sentence for a failure. Those of a limit say when it is over. */
function failureSentence(failure) {
	if (failure.kind === 'busy' && failure.backOffMs >= MINUTE_MS) {
		const over = failure.at + failure.backOffMs;
		return text('error_limit', {date: date(
		    Math.ceil(over / MINUTE_MS) * MINUTE_MS)});
	}
	return known('error', failure.kind, 'unknown');
}

function failureParts(failure) {
	const parts = [make('p', failureSentence(failure))];

	if (failure.reference !== '')
		parts.push(make('p', text('reference',
		    {reference: failure.reference}), {className: 'soft'}));
	if (failure.kind === 'signin')
		parts.push(make('p', button('sign_in',
		    () => location.reload())));
	return parts;
}

/* One sentence on the PIN, and what follows from it. */
function stateParts() {
	const {state} = mailbox;
	const parts = [];

	if (state === 'locked_out' && mailbox.isLockedByAdmin)
		parts.push(say('state_locked_admin'));
	else
		parts.push(make('p', known('state', state, 'enabled')));
	if (state === 'locked_out')
		parts.push(mailbox.lockEndsAt ? say('lock_ends',
		    {date: date(mailbox.lockEndsAt)}) : say('lock_lasts'));
	if (mailbox.isPinLocked)
		parts.push(say('pin_locked'));
	parts[0].classList.add('state');
	parts.push(...facts([
		['account', accountOf(mailbox)],
		['address', mailbox.address],
		['extension', mailbox.extension],
		['set', date(mailbox.setAt)],
		['first_logon', date(mailbox.firstLogonUntil)],
		['expires', mailbox.firstLogonUntil ? null :
		    date(mailbox.expiresAt)],
		['locked_since', mailbox.isLockedOut &&
		    date(mailbox.lockedSince)],
	]));
	return parts;
}

function accountOf({name, login}) {
	return name && login && name !== login ? `${name} (${login})` :
	    login;
}

function showState() {
	const parts = [];

	if (mailbox !== null)
		parts.push(...stateParts());
	else if (lookFailure !== null)
		parts.push(say('state_unknown'), ...failureParts(lookFailure),
		    make('p', button('try_again', lookAgain)));
	$('state-card').hidden = parts.length === 0;
	if (mailbox?.contact)
		parts.push(say('contact', {contact: mailbox.contact}));
	$('state').replaceChildren(...parts);
}

function showAccess() {
	const written = mailbox?.accessNumbers?.trim();

	$('access').hidden = mailbox === null || mailbox.state === 'disabled';
	$('numbers').replaceChildren(written ?
	    make('p', numbers(written)) : say('access_none'));
}

/* May there be anything to reset? The service has the last word. */
function isOffered() {
	if (mailbox === null)
		return lookFailure !== null &&
		    !HOPELESS.includes(lookFailure.kind);
	return mailbox.state !== 'disabled' && !mailbox.isPinLocked;
}

function showReset() {
	$('renew').hidden = !isOffered() && !isAtWork;
	$('reset').setAttribute('aria-disabled', isAtWork);
	$('reset').classList.toggle('busy', isAtWork);
	$('reset').textContent = text('reset');
	$('limit').replaceChildren(...mailbox?.nextResetAt ?
	    [say('error_limit', {date: date(mailbox.nextResetAt)})] : []);
}

/* Sentence, or the one that knows no address. */
function withAddress(name) {
	return mailbox?.address ? text(name, {address: mailbox.address}) :
	    text(`${name}_plain`);
}

function doneParts() {
	const items = [withAddress('done_mail'), text('done_time'),
		text('done_last'), text('done_call')];

	if (mailbox?.isLockedOut)
		items.push(text('done_locked'));
	return ['good', text('done_title'),
		[make('ul', items.map((item) => make('li', item)))]];
}

function unknownParts(failure) {
	const parts = [say('unknown_wait'), say('unknown_none')];

	if (failure.reference !== '')
		parts.push(make('p', text('reference',
		    {reference: failure.reference}), {className: 'soft'}));
	return ['warn', text('unknown_title'), parts];
}

function outcomeParts({failure}) {
	if (failure === null)
		return doneParts();
	if (failure.isUnknown)
		return unknownParts(failure);
	return ['bad', text('failed_title'),
		[...failureParts(failure), say('unchanged')]];
}

function showNotice() {
	$('notice').hidden = outcome === null;
	if (outcome === null)
		return;
	const [look, title, parts] = outcomeParts(outcome);
	$('notice').className = `notice ${look}`;
	$('notice').replaceChildren(make('h2', title, {id: 'notice-title'}),
	    make('div', parts, {id: 'notice-text'}));
}

function showConfirm() {
	const parts = [say('confirm_old'),
		make('p', withAddress('confirm_mail'))];

	if (resetAt !== null)
		parts.push(say('confirm_again', {time: language.time(resetAt,
		    mailbox?.timeZone)}));
	$('confirm-text').replaceChildren(...parts);
}

function show() {
	$('desk').hidden = mailbox?.isHelpDesk !== true;
	showState();
	showAccess();
	showReset();
	showNotice();
	showConfirm();
}

/* Told to who does not see: what is under way. */
function tell(name) {
	$('live').replaceChildren(...name === null ? [] : [say(name)]);
}

/* Only Failures are the world's; anything else is a mistake of ours. */
function failureOf(error) {
	if (!(error instanceof Failure))
		throw error;
	return Object.assign(error, {at: Date.now()});
}

async function refresh() {
	try {
		mailbox = await look();
		lookFailure = null;
	} catch (error) {
		mailbox = null;
		lookFailure = failureOf(error);
	}
	show();
	await language.prefer($('language'), mailbox?.language);
}

/* The button for it goes: who was on it is led to what came of it. */
async function lookAgain() {
	tell('loading');
	await refresh();
	tell(null);
	$('state-title').focus();
}

async function reset() {
	if (isAtWork)
		return;
	isAtWork = true;
	outcome = null;
	show();
	tell('working');
	outcome = await attempt();
	isAtWork = false;
	if (outcome.failure === null || outcome.failure.isUnknown)
		resetAt = Date.now();
	tell(null);
	show();
	$('notice').focus();
	if (outcome.failure?.kind !== 'signin')
		await refresh();
}

async function attempt() {
	try {
		await call('ResetPIN');
		return {failure: null};
	} catch (error) {
		return {failure: failureOf(error)};
	}
}

function ask() {
	if (isAtWork)
		return;
	showConfirm();
	$('confirm').showModal();
	$('no').focus();
}

function listen() {
	$('reset').addEventListener('click', ask);
	$('no').addEventListener('click', () => $('confirm').close());
	$('yes').addEventListener('click', () => {
		$('confirm').close();
		reset();
	});
}

await language.start($('language'));
language.follow(show);
listen();
tell('loading');
await refresh();
tell(null);
