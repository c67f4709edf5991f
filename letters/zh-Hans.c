/*
 * zh-Hans.c - the mails in Chinese, in simplified characters.
 */
#include "core/letter-language.h"

static const struct letter_region	regions_zh_Hans[] = {
	{ .regions = "HK MO MY SG",
	    .date = "{year}年{month}{day}日 {half}{time12} ({zone})",
	    .halves = { "上午", "下午" } },
	{ .regions = NULL }
};

static const struct letter_language	letter_zh_Hans = {
	.tag = "zh-Hans",
	.sentences = {
		[SENTENCE_SUBJECT] = "您的新语音信箱 PIN 码，{requested} "
		    "[{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "您的语音信箱 PIN 码已更改，"
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_WELCOME] = "您的语音信箱及其 PIN 码，"
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "{requested} 提醒：您的语音信箱 "
		    "PIN 码即将到期 [{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "您的语音信箱已被锁定，{requested} "
		    "[{reference}]",
		[SENTENCE_LOCKED] = "您的语音信箱已被锁定，目前无法登录。",
		[SENTENCE_LOCKED_CONTACT] = "如需解锁，请联系技术支持部门："
		    "{contact}",
		[SENTENCE_LOCKED_PIN] = "下面的新 PIN 码在解锁之后方可使用。",
		[SENTENCE_HELLO_NAME] = "{name}，您好！",
		[SENTENCE_HELLO] = "您好！",
		[SENTENCE_REQUESTED] = "系统于 {requested} 收到了为您的语音"
		    "信箱申请新 PIN 码的请求。您的新 PIN 码是：",
		[SENTENCE_AUTOMATIC] = "由于输入错误 PIN 码的次数过多，您的"
		    "语音信箱 PIN 码已于 {requested} 自动重置。您的新 PIN "
		    "码是：",
		[SENTENCE_ADMIN] = "管理员已于 {requested} 重置您的语音信箱 "
		    "PIN 码。您的新 PIN 码是：",
		[SENTENCE_WELCOME] = "已为您开通语音信箱。您的 PIN 码是：",
		[SENTENCE_ELSEWHERE] = "管理员已于 {requested} 重置您的语音信"
		    "箱 PIN 码，并将新 PIN 码发送到了另一个电子邮件地址。本邮件"
		    "不包含该 PIN 码。",
		[SENTENCE_SET] = "管理员已于 {requested} 设置您的语音信箱 PIN "
		    "码，并会以其他方式告知您。本邮件不包含该 PIN 码。",
		[SENTENCE_CHANGED] = "您的语音信箱 PIN 码已于 {requested} "
		    "通过电话更改。",
		[SENTENCE_EXPIRING] = "您的语音信箱 PIN 码将于 {expires} 到期。"
		    "请在此之前通过电话登录并更改 PIN 码。到期之后，您下次登录"
		    "时必须设置新的 PIN 码。",
		[SENTENCE_LOCKED_OUT] = "由于输入错误 PIN 码的次数过多，您的语"
		    "音信箱已于 {requested} 被锁定。",
		[SENTENCE_LOCKED_UNTIL] = "锁定将于 {until} 自动解除。",
		[SENTENCE_LOCKED_LASTING] = "在管理员解锁之前，信箱将一直处于锁"
		    "定状态。",
		[SENTENCE_EXTENSION] = "分机号：{extension}",
		[SENTENCE_ACCESS] = "收听留言请拨打：{access}",
		[SENTENCE_MUST_CHANGE] = "此 PIN 码仅供首次登录使用。登录后，"
		    "系统会要求您设置自己的 PIN 码。",
		[SENTENCE_TEMPORARY] = "请在 {until} 之前登录。逾期此 PIN 码"
		    "将失效，您需要重新申请。",
		[SENTENCE_EXPIRES] = "此 PIN 码将于 {expires} 到期。",
		[SENTENCE_LASTING] = "此 PIN 码长期有效。",
		[SENTENCE_PRIVATE] = "您之前的 PIN 码已失效。请勿将新 PIN 码告"
		    "诉任何人：其他人都不需要它，管理员也绝不会向您索要。",
		[SENTENCE_PRIVATE_FIRST] = "请勿将您的 PIN 码告诉任何人：其他人"
		    "都不需要它，管理员也绝不会向您索要。",
		[SENTENCE_NOT_YOU] = "如果您没有申请新的 PIN 码，则可能有人正在"
		    "使用您的帐户。",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "如果错误的 PIN 码不是您输入的，"
		    "则可能有人正在试图进入您的语音信箱。",
		[SENTENCE_NOT_YOU_ADMIN] = "如果您没有请求重置 PIN 码，则可能有"
		    "人以您的名义提出了请求。",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "如果您没有提出过这样的请求，则"
		    "可能有人获得了您的新 PIN 码。",
		[SENTENCE_NOT_YOU_SET] = "如果您没有请求设置新的 PIN 码，则可能"
		    "有人以您的名义获得了它。",
		[SENTENCE_NOT_YOU_CHANGED] = "如果不是您更改的 PIN 码，则可能有"
		    "人能够收听您的留言。",
		[SENTENCE_TELL] = "在这种情况下，请立即通知技术支持部门："
		    "{contact}",
		[SENTENCE_TELL_RENEW] = "在这种情况下，请申请新的 PIN 码，并立"
		    "即通知技术支持部门：{contact}",
		[SENTENCE_RENEW] = "在这种情况下，请立即申请新的 PIN 码。",
		[SENTENCE_QUESTIONS] = "如有疑问，请联系技术支持部门："
		    "{contact}",
		[SENTENCE_DATE] = "{year}年{month}{day}日 {time} ({zone})",
	},
	.months = {
		"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月",
		"10月", "11月", "12月",
	},
	.fonts = "'PingFang SC','Microsoft YaHei',",
	.regions = regions_zh_Hans,
};
