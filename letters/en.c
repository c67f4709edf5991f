/*
 * en.c - the mails in English; who has no other language gets this one.
 */
#include "core/letter-language.h"

/* PostgreSQL writes all of them in capitals. */
static const struct letter_zone	zones_en[] = {
	{ "CHST", "ChST" },
	{ NULL, NULL }
};

static const struct letter_region	regions_en[] = {
	{ .regions = "AS GU MH MP PH PR UM US VI",
	    .date = "{month} {day}, {year} at {time12} {half} {zone}",
	    .halves = { "AM", "PM" } },
	{ .regions = "CA",
	    .date = "{month} {day}, {year} at {time12} {half} {zone}",
	    .halves = { "a.m.", "p.m." } },
	{ .regions = "AE AG AU BB BD BM BS CY DM ER FJ FM GD GH GM GY HK IN JM "
	    "KI KN KY LC LK LR LS MO MW MY NA NZ PG PK PW SB SD SG SL SS SZ TC "
	    "TO TT VC VG VU WS ZM",
	    .date = "{day} {month} {year} at {time12} {half} {zone}",
	    .halves = { "am", "pm" } },
	{ .regions = NULL }
};

static const struct letter_language	letter_en = {
	.tag = "en",
	.sentences = {
		[SENTENCE_SUBJECT] = "Your new voice mail PIN, {requested} "
		    "[{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "Your voice mail PIN was "
		    "changed, {requested} [{reference}]",
		[SENTENCE_SUBJECT_WELCOME] = "Your voice mailbox and its PIN, "
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "Reminder of {requested}: your "
		    "voice mail PIN expires soon [{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "Your voice mailbox was locked, "
		    "{requested} [{reference}]",
		[SENTENCE_LOCKED] = "Your voice mailbox is locked: nobody can "
		    "log on to it by telephone.",
		[SENTENCE_LOCKED_CONTACT] = "To have it unlocked, please ask "
		    "your help desk: {contact}",
		[SENTENCE_LOCKED_PIN] = "The new PIN below works as soon as "
		    "the mailbox is unlocked, and not before.",
		[SENTENCE_HELLO_NAME] = "Hello {name},",
		[SENTENCE_HELLO] = "Hello,",
		[SENTENCE_REQUESTED] = "A new PIN for your voice mailbox was "
		    "requested on {requested}. This is your new PIN:",
		[SENTENCE_AUTOMATIC] = "On {requested} your voice mail PIN "
		    "was reset automatically, because somebody had entered a "
		    "wrong PIN too many times. This is your new PIN:",
		[SENTENCE_ADMIN] = "On {requested} an administrator reset the "
		    "PIN of your voice mailbox. This is your new PIN:",
		[SENTENCE_WELCOME] = "A voice mailbox has been set up for you. "
		    "This is your PIN for it:",
		[SENTENCE_ELSEWHERE] = "On {requested} an administrator reset "
		    "the PIN of your voice mailbox, and had the new one sent "
		    "to another mail address than this one. This mail does not "
		    "hold it.",
		[SENTENCE_SET] = "On {requested} an administrator set the PIN "
		    "of your voice mailbox. You will be told the new one in "
		    "another way: this mail does not hold it.",
		[SENTENCE_CHANGED] = "The PIN of your voice mailbox was "
		    "changed by telephone on {requested}.",
		[SENTENCE_EXPIRING] = "The PIN of your voice mailbox expires "
		    "on {expires}. Please log on by telephone and change it "
		    "before then. After that, you will have to choose a new "
		    "one when you next log on.",
		[SENTENCE_LOCKED_OUT] = "On {requested} your voice mailbox was "
		    "locked, because somebody had entered a wrong PIN too many "
		    "times.",
		[SENTENCE_LOCKED_UNTIL] = "It will be unlocked automatically "
		    "on {until}.",
		[SENTENCE_LOCKED_LASTING] = "It stays locked until an "
		    "administrator unlocks it.",
		[SENTENCE_EXTENSION] = "Extension: {extension}",
		[SENTENCE_ACCESS] = "To listen to your messages, call: "
		    "{access}",
		[SENTENCE_MUST_CHANGE] = "This PIN is for your first logon "
		    "only. You will then be asked to choose one of your own.",
		[SENTENCE_TEMPORARY] = "Please log on by {until}. After that "
		    "this PIN is refused, and you will have to request "
		    "another one.",
		[SENTENCE_EXPIRES] = "The PIN expires on {expires}.",
		[SENTENCE_LASTING] = "The PIN does not expire.",
		[SENTENCE_PRIVATE] = "Your previous PIN no longer works. "
		    "Please keep the new one to yourself: nobody else needs "
		    "it, and no administrator will ask you for it.",
		[SENTENCE_PRIVATE_FIRST] = "Please keep it to yourself: nobody "
		    "else needs your PIN, and no administrator will ask you "
		    "for it.",
		[SENTENCE_NOT_YOU] = "If you did not request a new PIN, "
		    "somebody else may be using your account.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "If it was not you who entered "
		    "the wrong PINs, somebody may be trying to get into your "
		    "mailbox.",
		[SENTENCE_NOT_YOU_ADMIN] = "If you did not ask for a new PIN, "
		    "somebody else may have asked in your name.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "If you did not ask for that, "
		    "somebody else may have got your new PIN.",
		[SENTENCE_NOT_YOU_SET] = "If you did not ask for a new PIN, "
		    "somebody else may have got it in your name.",
		[SENTENCE_NOT_YOU_CHANGED] = "If it was not you who changed "
		    "the PIN, somebody else can listen to your messages.",
		[SENTENCE_TELL] = "In that case, please tell your help desk at "
		    "once: {contact}",
		[SENTENCE_TELL_RENEW] = "In that case, please request a new "
		    "PIN, and tell your help desk at once: {contact}",
		[SENTENCE_RENEW] = "In that case, please request a new PIN at "
		    "once.",
		[SENTENCE_QUESTIONS] = "If you have any questions, please ask "
		    "your help desk: {contact}",
		[SENTENCE_DATE] = "{day} {month} {year} at {time} {zone}",
	},
	.months = {
		"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November",
		"December",
	},
	.zones = zones_en,
	.has_zone_words = true,
	.regions = regions_en,
};
