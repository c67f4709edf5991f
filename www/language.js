/*
 * language.js - in which language the pages speak: chosen, else the browser's,
 * else the mailbox's, else English; its direction, its dates and its numbers.
 *
 * The sentences are in languages/TAG.js, a table each. {name} in a sentence is
 * filled by text(); what is filled in is text, never markup.
 */
const KEY = 'umws.language';
const FALLBACK = 'en';

/* Each in its own language, in the order in which they are offered. */
export const LANGUAGES = new Map([
	['ar', 'العربية'],
	['de', 'Deutsch'],
	['en', 'English'],
	['es', 'Español'],
	['fr', 'Français'],
	['it', 'Italiano'],
	['nl', 'Nederlands'],
	['pl', 'Polski'],
	['pt-BR', 'Português (Brasil)'],
	['ru', 'Русский'],
	['ja', '日本語'],
	['zh-Hans', '简体中文'],
]);

const RIGHT_TO_LEFT = new Set(['ar']);

/* Whatever stands between them reads in its own direction. */
const ISOLATE = '\u2068', END = '\u2069';

let current = FALLBACK;
let sentences = {};
const listeners = [];

/* Ours for a wanted tag ("de-AT", "zh-CN"), or undefined. */
export function match(wanted) {
	let locale;

	try {
		locale = new Intl.Locale(wanted).maximize();
	} catch {
		return undefined;
	}
	return [...LANGUAGES.keys()].find((tag) => {
		const own = new Intl.Locale(tag).maximize();
		return own.language === locale.language &&
		    own.script === locale.script;
	});
}

function stored() {
	try {
		return localStorage.getItem(KEY);
	} catch {
		return null;    /* switched off: then nothing is remembered */
	}
}

function store(tag) {
	try {
		localStorage.setItem(KEY, tag);
	} catch {
		/* Chosen for now. */
	}
}

function wanted() {
	const tag = stored();

	return LANGUAGES.has(tag) ? tag :
	    navigator.languages.map(match).find((found) => found);
}

async function load(tag) {
	const [table, english] = await Promise.all([tag, FALLBACK].map(
	    (name) => import(`./languages/${name}.js`)));

	sentences = {...english.default, ...table.default};
	current = tag;
	document.documentElement.lang = tag;
	document.documentElement.dir =
	    RIGHT_TO_LEFT.has(tag) ? 'rtl' : 'ltr';
}

/* The sentence of this name, with values in the place of its {names}. */
export function text(name, values = {}) {
	if (!(name in sentences))
		throw new Error(`no sentence "${name}"`);
	return sentences[name].replace(/\{(\w+)\}/g, (found, key) =>
	    key in values ? ISOLATE + values[key] + END : found);
}

export function has(name) {
	return name in sentences;
}

/*
 * A moment for people, by the clock of a time zone, which it names.
 *
 * moment  a Date, or a text that Date understands
 * zone    of the tz database; undefined or unknown: the browser's own
 */
export function date(moment, zone) {
	const form = {
		day: 'numeric', month: 'long', year: 'numeric',
		hour: 'numeric', minute: '2-digit', timeZoneName: 'short',
	};

	return formatted(moment, form, zone);
}

/* The same without the day. */
export function time(moment, zone) {
	return formatted(moment, {hour: 'numeric', minute: '2-digit',
		timeZoneName: 'short'}, zone);
}

function formatted(moment, form, zone) {
	const make = (timeZone) => new Intl.DateTimeFormat(regional(),
	    {...form, timeZone}).format(new Date(moment));

	try {
		return make(zone || undefined);
	} catch (error) {
		if (!(error instanceof RangeError) || !zone)
			throw error;
		return make(undefined);
	}
}

/* As the browser's own region writes this language ("en-GB"), with digits as
 * telephones and the mails have them. */
function regional() {
	const tag = navigator.languages.find((each) => match(each) === current);

	return new Intl.Locale(tag ?? current, {numberingSystem: 'latn'});
}

/* Texts of all elements that name a sentence. */
export function translate(root = document) {
	for (const element of root.querySelectorAll('[data-text]'))
		element.textContent = text(element.dataset.text);
}

/* Do this now, and again whenever the language has changed. */
export function follow(listener) {
	listeners.push(listener);
	listener();
}

async function change(tag) {
	await load(tag);
	translate();
	listeners.forEach((listener) => listener());
}

/* Offer them in a <select>; what is chosen is remembered. */
function offer(chooser) {
	for (const [tag, name] of LANGUAGES) {
		const option = new Option(name, tag);
		option.lang = tag;
		chooser.append(option);
	}
	chooser.value = current;
	chooser.addEventListener('change', async () => {
		await change(chooser.value);
		store(chooser.value);
	});
}

/* Once, before any other function of this file. */
export async function start(chooser) {
	try {
		await load(wanted() ?? FALLBACK);
	} catch {
		await load(FALLBACK);
	}
	offer(chooser);
	translate();
}

/* The mailbox's language, where neither reader nor browser has named one. */
export async function prefer(chooser, tag) {
	const found = match(tag ?? '');

	if (found === undefined || found === current || wanted() !== undefined)
		return;
	await change(found);
	chooser.value = found;
}
