/*
 * ar.c - the mails in Arabic, which is written from right to left.
 */
#include "core/letter-language.h"

static const char *const	months_ar_levant[] = {
	"كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران", "تموز",
	"آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول",
};

static const char *const	months_ar_algeria[] = {
	"جانفي", "فيفري", "مارس", "أفريل", "ماي", "جوان", "جويلية", "أوت",
	"سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
};

static const char *const	months_ar_morocco[] = {
	"يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو", "يوليوز", "غشت",
	"شتنبر", "أكتوبر", "نونبر", "دجنبر",
};

static const char *const	months_ar_mauritania[] = {
	"يناير", "فبراير", "مارس", "إبريل", "مايو", "يونيو", "يوليو", "أغشت",
	"شتمبر", "أكتوبر", "نوفمبر", "دجمبر",
};

#define DATE_AR_24	"{day} {month} {year}، الساعة {time} ({zone})"

static const struct letter_region	regions_ar[] = {
	{ .regions = "IQ JO LB PS SY", .months = months_ar_levant },
	{ .regions = "DZ TN", .months = months_ar_algeria },
	{ .regions = "MA", .date = DATE_AR_24, .months = months_ar_morocco },
	{ .regions = "MR", .months = months_ar_mauritania },
	{ .regions = "IL KM", .date = DATE_AR_24 },
	{ .regions = NULL }
};

static const struct letter_language	letter_ar = {
	.tag = "ar",
	.sentences = {
		[SENTENCE_SUBJECT] = "رقم PIN الجديد لبريدك الصوتي، "
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "تم تغيير رقم PIN لبريدك "
		    "الصوتي، {requested} [{reference}]",
		[SENTENCE_SUBJECT_WELCOME] = "بريدك الصوتي ورقم PIN الخاص به، "
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "تذكير في {requested}: ستنتهي "
		    "صلاحية رقم PIN لبريدك الصوتي قريبًا [{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "تم قفل بريدك الصوتي، {requested} "
		    "[{reference}]",
		[SENTENCE_LOCKED] = "تم قفل بريدك الصوتي: لا يمكن تسجيل الدخول "
		    "عبر الهاتف.",
		[SENTENCE_LOCKED_CONTACT] = "لإلغاء القفل، يرجى الاتصال بمكتب "
		    "المساعدة: {contact}",
		[SENTENCE_LOCKED_PIN] = "لن يعمل رقم PIN الجديد الوارد أدناه "
		    "إلا بعد إلغاء القفل.",
		[SENTENCE_HELLO_NAME] = "مرحبًا {name}،",
		[SENTENCE_HELLO] = "مرحبًا،",
		[SENTENCE_REQUESTED] = "تم طلب رقم PIN جديد لبريدك الصوتي في "
		    "{requested}. رقم PIN الجديد هو:",
		[SENTENCE_AUTOMATIC] = "في {requested} تمت إعادة تعيين رقم "
		    "PIN لبريدك الصوتي تلقائيًا بسبب إدخال رقم غير صحيح مرات "
		    "كثيرة. رقم PIN الجديد هو:",
		[SENTENCE_ADMIN] = "في {requested} أعاد أحد المسؤولين تعيين "
		    "رقم PIN لبريدك الصوتي. رقم PIN الجديد هو:",
		[SENTENCE_WELCOME] = "تم إنشاء بريد صوتي لك. رقم PIN الخاص بك "
		    "هو:",
		[SENTENCE_ELSEWHERE] = "في {requested} أعاد أحد المسؤولين "
		    "تعيين رقم PIN لبريدك الصوتي، وطلب إرسال الرقم الجديد إلى "
		    "عنوان بريد إلكتروني آخر. لا تتضمن هذه الرسالة ذلك الرقم.",
		[SENTENCE_SET] = "في {requested} عيّن أحد المسؤولين رقم PIN "
		    "لبريدك الصوتي، وسيتم إبلاغك به بطريقة أخرى. لا تتضمن هذه "
		    "الرسالة ذلك الرقم.",
		[SENTENCE_CHANGED] = "تم تغيير رقم PIN لبريدك الصوتي عبر "
		    "الهاتف في {requested}.",
		[SENTENCE_EXPIRING] = "تنتهي صلاحية رقم PIN لبريدك الصوتي في "
		    "{expires}. يرجى تسجيل الدخول عبر الهاتف وتغيير الرقم قبل "
		    "ذلك. وبعد هذا الموعد سيتعين عليك اختيار رقم جديد عند "
		    "تسجيل الدخول التالي.",
		[SENTENCE_LOCKED_OUT] = "في {requested} تم قفل بريدك الصوتي "
		    "بسبب إدخال رقم PIN غير صحيح مرات كثيرة.",
		[SENTENCE_LOCKED_UNTIL] = "سيُلغى القفل تلقائيًا في {until}.",
		[SENTENCE_LOCKED_LASTING] = "سيبقى بريدك الصوتي مقفلًا حتى "
		    "يلغي أحد المسؤولين القفل.",
		[SENTENCE_EXTENSION] = "الرقم الداخلي: {extension}",
		[SENTENCE_ACCESS] = "للاستماع إلى رسائلك، يرجى الاتصال على: "
		    "{access}",
		[SENTENCE_MUST_CHANGE] = "رقم PIN هذا مخصص لتسجيل الدخول "
		    "الأول فقط. وسيُطلب منك بعد ذلك اختيار رقم خاص بك.",
		[SENTENCE_TEMPORARY] = "يرجى تسجيل الدخول قبل {until}. بعد "
		    "ذلك لن يُقبل رقم PIN هذا، وسيتعين عليك طلب رقم آخر.",
		[SENTENCE_EXPIRES] = "تنتهي صلاحية رقم PIN في {expires}.",
		[SENTENCE_LASTING] = "لا تنتهي صلاحية رقم PIN هذا.",
		[SENTENCE_PRIVATE] = "لم يعد رقم PIN السابق صالحًا. يرجى عدم "
		    "مشاركة الرقم الجديد مع أي شخص: فلا أحد غيرك يحتاج إليه، "
		    "ولن يطلبه منك أي مسؤول.",
		[SENTENCE_PRIVATE_FIRST] = "يرجى عدم مشاركة رقم PIN مع أي شخص: "
		    "فلا أحد غيرك يحتاج إليه، ولن يطلبه منك أي مسؤول.",
		[SENTENCE_NOT_YOU] = "إذا لم تطلب رقم PIN جديدًا، فربما يستخدم "
		    "شخص آخر حسابك.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "إذا لم تكن أنت من أدخل الأرقام "
		    "غير الصحيحة، فربما يحاول شخص آخر الوصول إلى بريدك الصوتي.",
		[SENTENCE_NOT_YOU_ADMIN] = "إذا لم تطلب رقم PIN جديدًا، فربما "
		    "طلبه شخص آخر باسمك.",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "إذا لم تطلب ذلك، فربما حصل شخص "
		    "آخر على رقم PIN الجديد.",
		[SENTENCE_NOT_YOU_SET] = "إذا لم تطلب رقم PIN جديدًا، فربما "
		    "حصل عليه شخص آخر باسمك.",
		[SENTENCE_NOT_YOU_CHANGED] = "إذا لم تكن أنت من غيّر رقم PIN، "
		    "فبإمكان شخص آخر الاستماع إلى رسائلك.",
		[SENTENCE_TELL] = "في هذه الحالة، يرجى إبلاغ مكتب المساعدة على "
		    "الفور: {contact}",
		[SENTENCE_TELL_RENEW] = "في هذه الحالة، يرجى طلب رقم PIN جديد "
		    "وإبلاغ مكتب المساعدة على الفور: {contact}",
		[SENTENCE_RENEW] = "في هذه الحالة، يرجى طلب رقم PIN جديد على "
		    "الفور.",
		[SENTENCE_QUESTIONS] = "إذا كانت لديك أسئلة، يرجى الاتصال "
		    "بمكتب المساعدة: {contact}",
		[SENTENCE_DATE] = "{day} {month} {year}، الساعة {time12} "
		    "{half} ({zone})",
	},
	.months = {
		"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو",
		"أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر",
	},
	.is_right_to_left = true,
	.halves = { "ص", "م" },
	.regions = regions_ar,
};
