/*
 * soap.js - one call of the Exchange UM web service, and what came of it.
 *
 * Knows SOAP and HTTP; knows no page and no language. It never sees a PIN: no
 * answer has one. doc/protocol.md has what is answered when.
 */
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const TYPES = 'http://schemas.microsoft.com/exchange/services/2006/types';
const MESSAGES =
    'http://schemas.microsoft.com/exchange/services/2006/messages';

/* Beside the folder that this file is in, below whatever path that is. */
const SERVICE = new URL('../EWS/UM2007Legacy.asmx', import.meta.url);

/* The web server gives up after 30 s. */
const PATIENCE_MS = 40000;
const OFFLINE_MS = 5000;

/* What a ResponseCode means to whoever asked. */
const KINDS = new Map([
	['ErrorInvalidRequest', 'invalid'],
	['ErrorImpersonateUserDenied', 'denied'],
	['ErrorInvalidExchangeImpersonationHeaderData', 'nobody'],
	['ErrorNonExistentMailbox', 'nobody'],
	['ErrorUserNotUnifiedMessagingEnabled', 'disabled'],
	['ErrorAccessDenied', 'locked'],
	['ErrorUnifiedMessagingRequestFailed', 'broken'],
	['ErrorServerBusy', 'busy'],
	['ErrorMailboxStoreUnavailable', 'away'],
	['ErrorInternalServerError', 'broken'],
	['ErrorInternalServerTransientError', 'unknown'],
]);

/* Of answers without an envelope: those that say that nothing was done. */
const STATUSES = new Map([
	[400, 'invalid'], [401, 'signin'], [403, 'forbidden'],
	[404, 'invalid'], [405, 'invalid'], [413, 'invalid'],
	[415, 'invalid'], [429, 'many'],
]);

/* Why a JSON route does not do it, each a kind of Failure. */
const WORDS = new Set([
	'signin', 'forbidden', 'denied', 'invalid', 'nobody', 'disabled',
	'locked', 'locked_by_admin', 'busy', 'away', 'broken', 'unknown',
]);

/*
 * Why a call has no result.
 *
 * kind       signin     nobody is signed in (any more)
 *            forbidden  refused by the web server, or called by another site
 *            many       refused by the web server: too many requests
 *            invalid    we and the service do not understand each other
 *            denied     no role for others' mailboxes
 *            nobody     no such mailbox
 *            disabled   no mailbox, or not enabled
 *            locked     the PIN is locked against change
 *            locked_by_admin  an administrator has locked the mailbox
 *            busy       a limit, or a busy server
 *            away       the database is not available
 *            broken     the service's own mistake
 *            offline    nothing has left this computer
 *            unknown    it may have happened
 * backOffMs  how long to wait at least; 0: nobody has said
 * reference  the request in the service's log; '': it has none
 *
 * All but unknown mean that nothing was changed.
 */
export class Failure extends Error {
	constructor(kind, {backOffMs = 0, reference = ''} = {}) {
		super(kind);
		this.name = 'Failure';
		this.kind = kind;
		this.backOffMs = backOffMs;
		this.reference = reference;
	}

	get isUnknown() {
		return this.kind === 'unknown';
	}
}

const escapes = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'};

function escaped(text) {
	return String(text).replace(/[&<>"]/g, (found) => escapes[found]);
}

/* impersonate  {PrincipalName: ...} or one of its siblings */
function envelope(operation, impersonate) {
	let header = '';

	if (impersonate !== undefined) {
		const [[name, value]] = Object.entries(impersonate);
		header = '<soap:Header><t:ExchangeImpersonation>' +
		    `<t:ConnectingSID><t:${name}>${escaped(value)}</t:${name}>` +
		    '</t:ConnectingSID></t:ExchangeImpersonation></soap:Header>';
	}
	return '<?xml version="1.0" encoding="utf-8"?>' +
	    `<soap:Envelope xmlns:soap="${SOAP}" xmlns:t="${TYPES}">` +
	    `${header}<soap:Body><${operation} xmlns="${MESSAGES}"/>` +
	    '</soap:Body></soap:Envelope>';
}

/* The first element of this local name below another, or null. */
function below(node, name) {
	return node?.getElementsByTagNameNS('*', name)[0] ?? null;
}

/* The one child of Body, or null if this is no envelope. */
function content(text) {
	const root = new DOMParser().parseFromString(text,
	    'text/xml').documentElement;

	if (root.namespaceURI !== SOAP || root.localName !== 'Envelope')
		return null;
	return root.getElementsByTagNameNS(SOAP, 'Body')[0]
	    ?.firstElementChild ?? null;
}

/* "120": seconds, as the service and its web servers write it. */
export function retryAfterMs(headers) {
	const text = headers.get('Retry-After') ?? '';

	return /^\d{1,9}$/.test(text) ? Number(text) * 1000 : 0;
}

function faultOf(fault, response, reference) {
	const code = below(fault, 'ResponseCode')?.textContent.trim();
	const name = below(fault, 'faultcode')?.textContent.split(':').pop();
	const said = [...fault.getElementsByTagNameNS('*', 'Value')]
	    .find((value) => value.getAttribute('Name') ===
	    'BackOffMilliseconds');
	const backOffMs = Math.max(Number(said?.textContent) || 0,
	    retryAfterMs(response.headers));
	const kind = KINDS.get(code) ??
	    (['VersionMismatch', 'MustUnderstand'].includes(name) ?
	    'invalid' : 'unknown');

	return new Failure(kind, {backOffMs, reference});
}

const OPTIONS = {
	cache: 'no-store',
	credentials: 'same-origin',
	mode: 'same-origin',
	/* To a page of a provider, where one signs in. */
	redirect: 'manual',
	/* Without a referrer Origin is null, and refused. */
	referrerPolicy: 'same-origin',
};

/* A browser may be wrong when it says so: then this file is still there. */
async function isOffline() {
	if (navigator.onLine !== false)
		return false;
	try {
		await fetch(import.meta.url, {...OPTIONS, method: 'HEAD',
			signal: AbortSignal.timeout(OFFLINE_MS)});
		return false;
	} catch {
		return true;
	}
}

/*
 * Send a request to this host, and nowhere else. Whatever goes wrong on the
 * way is a Failure: offline if it has not left us, else unknown.
 */
export async function send(url, options) {
	if (await isOffline())
		throw new Failure('offline');
	try {
		const response = await fetch(url, {...OPTIONS,
			signal: AbortSignal.timeout(PATIENCE_MS), ...options});
		if (response.type === 'opaqueredirect')
			throw new Failure('signin');
		return {response, text: await response.text()};
	} catch (error) {
		if (error instanceof Failure)
			throw error;
		throw new Failure('unknown');
	}
}

/* The failure of an answer that is none of the service's own. */
export function statusFailure(response) {
	return new Failure(STATUSES.get(response.status) ?? 'unknown', {
		backOffMs: retryAfterMs(response.headers),
		reference: response.headers.get('X-Request-Id') ?? '',
	});
}

/* The object that an answer of a JSON route is; of anything else an empty
 * one. */
export function objectOf(text) {
	try {
		const value = JSON.parse(text);
		return value !== null && typeof value === 'object' ? value : {};
	} catch {
		return {};      /* of something between us and the service */
	}
}

/* The failure of such an answer: in its word if that is one of the service's,
 * else by its status. */
export function wordFailure(response, {error, back_off_ms: backOffMs}) {
	const failure = statusFailure(response);

	if (WORDS.has(error))
		failure.kind = error;
	if (Number.isSafeInteger(backOffMs) && backOffMs > 0)
		failure.backOffMs = backOffMs;
	return failure;
}

/*
 * Call an operation without parameters: 'ResetPIN', 'IsUMEnabled' or
 * 'GetUMProperties'.
 *
 * impersonate  whose mailbox, for a help desk: {PrincipalName: login},
 *              {PrimarySmtpAddress: address} or {SmtpAddress: address}
 *
 * Returns null, a boolean, or an object with a text for each property. Throws
 * a Failure and nothing else.
 */
export async function call(operation, {impersonate} = {}) {
	const {response, text} = await send(SERVICE, {
		method: 'POST',
		headers: {
			'Content-Type': 'text/xml; charset=utf-8',
			'SOAPAction': `"${MESSAGES}/${operation}"`,
		},
		body: envelope(operation, impersonate),
	});
	const reference = response.headers.get('X-Request-Id') ?? '';
	const answer = content(text);

	if (answer?.namespaceURI === SOAP && answer.localName === 'Fault')
		throw faultOf(answer, response, reference);
	if (response.status !== 200 ||
	    answer?.localName !== `${operation}Response`)
		throw statusFailure(response);
	return resultOf(operation, answer);
}

function resultOf(operation, answer) {
	const result = answer.firstElementChild;

	if (operation === 'IsUMEnabled')
		return result?.textContent.trim() === 'true';
	if (operation !== 'GetUMProperties')
		return null;
	return Object.fromEntries([...(result?.children ?? [])].map(
	    (child) => [child.localName, child.textContent]));
}
