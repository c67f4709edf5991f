/*
 * zh-Hans.c - the mails in Chinese, in simplified characters.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_zh_Hans = {
	.tag = "zh-Hans",
	.sentences = {
		[SENTENCE_SUBJECT] = "您的新语音信箱 PIN 码，{requested} "
		    "[{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "您的语音信箱 PIN 码已更改，"
		    "{requested} [{reference}]",
		[SENTENCE_LOCKED] = "您的语音信箱已被锁定，请联系技术支持部门"
		    "解锁。",
		[SENTENCE_LOCKED_PIN] = "下面的新 PIN 码在解锁之后方可使用。",
		[SENTENCE_HELLO_NAME] = "{name}，您好！",
		[SENTENCE_HELLO] = "您好！",
		[SENTENCE_REQUESTED] = "系统于 {requested} 收到了为您的语音"
		    "信箱申请新 PIN 码的请求。您的新 PIN 码是：",
		[SENTENCE_AUTOMATIC] = "由于输入错误 PIN 码的次数过多，您的"
		    "语音信箱 PIN 码已于 {requested} 自动重置。您的新 PIN "
		    "码是：",
		[SENTENCE_ADMIN] = "技术支持部门已于 {requested} 重置您的语音"
		    "信箱 PIN 码。您的新 PIN 码是：",
		[SENTENCE_ELSEWHERE] = "技术支持部门已于 {requested} 重置您的"
		    "语音信箱 PIN 码，并将新 PIN 码发送到了另一个电子邮件"
		    "地址。本邮件不包含该 PIN 码。",
		[SENTENCE_SET] = "技术支持部门已于 {requested} 设置您的语音"
		    "信箱 PIN 码，并会直接告知您。本邮件不包含该 PIN 码。",
		[SENTENCE_CHANGED] = "您的语音信箱 PIN 码已于 {requested} "
		    "通过电话更改。",
		[SENTENCE_EXTENSION] = "分机号：{extension}",
		[SENTENCE_ACCESS] = "收听留言请拨打：{access}",
		[SENTENCE_MUST_CHANGE] = "此 PIN 码仅供首次登录使用。登录后，"
		    "系统会要求您设置自己的 PIN 码。",
		[SENTENCE_TEMPORARY] = "请在 {until} 之前登录。逾期此 PIN 码"
		    "将失效，您需要重新申请。",
		[SENTENCE_EXPIRES] = "此 PIN 码将于 {expires} 到期。",
		[SENTENCE_LASTING] = "此 PIN 码长期有效。",
		[SENTENCE_PRIVATE] = "您之前的 PIN 码已失效。请勿将新 PIN 码"
		    "告诉任何人：技术支持人员不需要它，也绝不会向您索要。",
		[SENTENCE_PRIVATE_FIRST] = "请勿将您的 PIN 码告诉任何人：技术"
		    "支持人员不需要它，也绝不会向您索要。",
		[SENTENCE_NOT_YOU] = "如果您没有申请新的 PIN 码，则可能有人"
		    "正在使用您的帐户。请立即通知技术支持部门。",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "如果错误的 PIN 码不是您输入"
		    "的，则可能有人正在试图进入您的语音信箱。请立即通知技术"
		    "支持部门。",
		[SENTENCE_NOT_YOU_ADMIN] = "如果您没有请技术支持部门重置 PIN "
		    "码，则可能有人以您的名义提出了请求。请立即通知技术支持"
		    "部门。",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "如果您没有请技术支持部门这样"
		    "做，则可能有人获得了您的新 PIN 码。请立即通知技术支持"
		    "部门，并申请另一个 PIN 码。",
		[SENTENCE_NOT_YOU_SET] = "如果您没有请技术支持部门设置新的 "
		    "PIN 码，则可能有人以您的名义获得了它。请立即通知技术"
		    "支持部门，并申请新的 PIN 码。",
		[SENTENCE_NOT_YOU_CHANGED] = "如果不是您更改的 PIN 码，则可能"
		    "有人能够收听您的留言。请立即通知技术支持部门，并申请"
		    "新的 PIN 码。",
		[SENTENCE_DATE] = "{year}年{month}{day}日 {time} (UTC)",
	},
	.months = {
		"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月",
		"10月", "11月", "12月",
	},
	.fonts = "'PingFang SC','Microsoft YaHei',",
};
