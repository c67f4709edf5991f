/*
 * zh-Hans.c - the mails in Simplified Chinese.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_zh_Hans = {
	.tag = "zh-Hans",
	.also = "zh zh-CN zh-SG zh-MY",
	.except = "zh-Hant zh-TW zh-HK zh-MO",
	.sentences = {
		[SENTENCE_SUBJECT] =
		    "您的新语音邮件 PIN，{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] =
		    "您的语音邮件 PIN 已更改，{requested} ["
		    "{reference}]",
		[SENTENCE_LOCKED] =
		    "您的语音邮箱已锁定，请联系技术支持人员"
		    "解锁。",
		[SENTENCE_LOCKED_PIN] =
		    "下面的新 PIN 在解锁之后才能使用。",
		[SENTENCE_HELLO_NAME] = "{name}，您好！",
		[SENTENCE_HELLO] = "您好！",
		[SENTENCE_REQUESTED] =
		    "{requested}，有人为您的语音邮箱申请了新的 "
		    "PIN。您的新 PIN 是：",
		[SENTENCE_AUTOMATIC] =
		    "由于多次输入错误的 PIN，您的语音邮件 PIN "
		    "已于 {requested} 自动重置。您的新 PIN 是：",
		[SENTENCE_ADMIN] =
		    "技术支持人员已于 {requested} 重置您的语音"
		    "邮箱 PIN。您的新 PIN 是：",
		[SENTENCE_ELSEWHERE] =
		    "技术支持人员已于 {requested} 重置您的语音"
		    "邮箱 PIN，并将新的 PIN 发送到另一个邮件地"
		    "址。本邮件不包含该 PIN。",
		[SENTENCE_SET] =
		    "技术支持人员已于 {requested} 设置您的语音"
		    "邮箱 PIN，并会亲自告知您新的 PIN。本邮件"
		    "不包含该 PIN。",
		[SENTENCE_CHANGED] =
		    "您的语音邮箱 PIN 已于 {requested} 通过电话更"
		    "改。",
		[SENTENCE_EXTENSION] = "分机号：{extension}",
		[SENTENCE_ACCESS] =
		    "若要收听留言，请拨打：{access}",
		[SENTENCE_MUST_CHANGE] =
		    "此 PIN 仅供首次登录使用。登录后，系统会"
		    "要求您设置自己的 PIN。",
		[SENTENCE_TEMPORARY] =
		    "请在 {until} 之前登录。逾期此 PIN 将失效，"
		    "您需要重新申请。",
		[SENTENCE_EXPIRES] = "此 PIN 将于 {expires} 到期。",
		[SENTENCE_LASTING] = "此 PIN 不会过期。",
		[SENTENCE_PRIVATE] =
		    "您以前的 PIN 已失效。请勿将新的 PIN 告诉"
		    "任何人：技术支持人员不需要它，也不会向"
		    "您索取。",
		[SENTENCE_PRIVATE_FIRST] =
		    "请勿将 PIN 告诉任何人：技术支持人员不需"
		    "要它，也不会向您索取。",
		[SENTENCE_NOT_YOU] =
		    "如果您没有申请新的 PIN，可能有人正在使"
		    "用您的帐户。请立即通知技术支持人员。",
		[SENTENCE_NOT_YOU_AUTOMATIC] =
		    "如果错误的 PIN 不是您输入的，可能有人正"
		    "在试图访问您的语音邮箱。请立即通知技术"
		    "支持人员。",
		[SENTENCE_NOT_YOU_ADMIN] =
		    "如果您没有向技术支持人员申请新的 PIN，"
		    "可能有人以您的名义提出了申请。请立即通"
		    "知技术支持人员。",
		[SENTENCE_NOT_YOU_ELSEWHERE] =
		    "如果您没有提出过这一要求，可能有人已获"
		    "得您的新 PIN。请立即通知技术支持人员，"
		    "并重新申请 PIN。",
		[SENTENCE_NOT_YOU_SET] =
		    "如果您没有向技术支持人员申请新的 PIN，"
		    "可能有人以您的名义获得了新的 PIN。请立"
		    "即通知技术支持人员，并申请新的 PIN。",
		[SENTENCE_NOT_YOU_CHANGED] =
		    "如果 PIN 不是您更改的，其他人可能会听到"
		    "您的留言。请立即通知技术支持人员，并申"
		    "请新的 PIN。",
		[SENTENCE_DATE] = "{year}年{month}{day}日 {time} (UTC)",
	},
	.months = {
		"1月", "2月", "3月", "4月", "5月", "6月", "7月",
		"8月", "9月", "10月", "11月", "12月",
	},
};
