/*
 * element.js - pieces of a page, made of texts and never of markup.
 */
import {text} from './language.js';

export function $(id) {
	return document.getElementById(id);
}

/* An element with a text or elements in it. */
export function make(name, content = [], properties = {}) {
	const element = document.createElement(name);

	element.append(...[content].flat());
	return Object.assign(element, properties);
}

/* A paragraph of one sentence. */
export function say(name, values) {
	return make('p', text(name, values));
}

/* A button that does something. */
export function button(name, action) {
	const made = make('button', text(name), {type: 'button'});

	made.addEventListener('click', action);
	return made;
}

/* What is foreign to the page's language reads in its own direction. */
export function foreign(value) {
	return make('bdi', value);
}

/* Names and values, as a list or none; what has no value is left out. */
export function facts(rows) {
	const known = rows.filter(([, value]) => value);

	return known.length === 0 ? [] : [make('dl', known.flatMap(
	    ([name, value]) => [make('dt', text(name)),
		make('dd', foreign(value))]), {className: 'facts'})];
}

/* Telephone numbers as they were written, to be dialled where that goes. */
export function numbers(written) {
	return written.split(/([,;\n])/).map((part) => {
		const digits = part.replace(/[\s()/.-]/g, '');

		return /^\+?\d{2,20}$/.test(digits) ? make('a',
		    make('bdi', part.trim(), {dir: 'ltr'}),
		    {href: `tel:${digits}`}) :
		    make('bdi', /^[,;]$/.test(part) ? `${part} ` : part);
	});
}
