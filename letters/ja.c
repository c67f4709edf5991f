/*
 * ja.c - the mails in Japanese.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_ja = {
	.tag = "ja",
	.sentences = {
		[SENTENCE_SUBJECT] =
		    "ボイスメールの新しい PIN のお知らせ、"
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] =
		    "ボイスメールの PIN 変更のお知らせ、"
		    "{requested} [{reference}]",
		[SENTENCE_LOCKED] =
		    "ボイスメールがロックされています。ヘル"
		    "プデスクに解除をご依頼ください。",
		[SENTENCE_LOCKED_PIN] =
		    "下記の新しい PIN は、ロックが解除される"
		    "までご利用になれません。",
		[SENTENCE_HELLO_NAME] = "{name} 様",
		[SENTENCE_HELLO] = "ご利用者様",
		[SENTENCE_REQUESTED] =
		    "{requested} に、ボイスメールの新しい PIN の"
		    "発行依頼がありました。新しい PIN は次の"
		    "とおりです。",
		[SENTENCE_AUTOMATIC] =
		    "誤った PIN が規定の回数を超えて入力され"
		    "たため、{requested} に、ボイスメールの PIN "
		    "が自動的にリセットされました。新しい "
		    "PIN は次のとおりです。",
		[SENTENCE_ADMIN] =
		    "{requested} に、ヘルプデスクがボイスメール"
		    "の PIN をリセットしました。新しい PIN は"
		    "次のとおりです。",
		[SENTENCE_ELSEWHERE] =
		    "{requested} に、ヘルプデスクがボイスメール"
		    "の PIN をリセットし、新しい PIN を別のメ"
		    "ール アドレスに送信しました。このメー"
		    "ルに PIN は記載されていません。",
		[SENTENCE_SET] =
		    "{requested} に、ヘルプデスクがボイスメール"
		    "の PIN を設定しました。新しい PIN はヘル"
		    "プデスクから直接お知らせします。このメ"
		    "ールに PIN は記載されていません。",
		[SENTENCE_CHANGED] =
		    "{requested} に、ボイスメールの PIN が電話で"
		    "変更されました。",
		[SENTENCE_EXTENSION] = "内線番号: {extension}",
		[SENTENCE_ACCESS] =
		    "メッセージを聞くには、次の番号に電話し"
		    "てください: {access}",
		[SENTENCE_MUST_CHANGE] =
		    "この PIN は初回のログオン専用です。ログ"
		    "オン後、ご自身の PIN を設定していただき"
		    "ます。",
		[SENTENCE_TEMPORARY] =
		    "{until} までにログオンしてください。この"
		    "期限を過ぎると、この PIN は使用できなく"
		    "なり、再発行の依頼が必要になります。",
		[SENTENCE_EXPIRES] =
		    "PIN の有効期限は {expires} です。",
		[SENTENCE_LASTING] =
		    "PIN に有効期限はありません。",
		[SENTENCE_PRIVATE] =
		    "以前の PIN は使用できなくなりました。新"
		    "しい PIN は誰にも教えないでください。ヘ"
		    "ルプデスクが PIN をお尋ねすることはあり"
		    "ません。",
		[SENTENCE_PRIVATE_FIRST] =
		    "PIN は誰にも教えないでください。ヘルプ"
		    "デスクが PIN をお尋ねすることはありませ"
		    "ん。",
		[SENTENCE_NOT_YOU] =
		    "新しい PIN の発行を依頼した覚えがない場"
		    "合は、第三者がお客様のアカウントを使用"
		    "しているおそれがあります。ただちにヘル"
		    "プデスクにご連絡ください。",
		[SENTENCE_NOT_YOU_AUTOMATIC] =
		    "誤った PIN を入力した覚えがない場合は、"
		    "第三者がボイスメールにアクセスしようと"
		    "しているおそれがあります。ただちにヘル"
		    "プデスクにご連絡ください。",
		[SENTENCE_NOT_YOU_ADMIN] =
		    "ヘルプデスクに新しい PIN を依頼した覚え"
		    "がない場合は、第三者がお客様の名前で依"
		    "頼したおそれがあります。ただちにヘルプ"
		    "デスクにご連絡ください。",
		[SENTENCE_NOT_YOU_ELSEWHERE] =
		    "ヘルプデスクに依頼した覚えがない場合は"
		    "、第三者が新しい PIN を入手したおそれが"
		    "あります。ただちにヘルプデスクに連絡し"
		    "、PIN の再発行をご依頼ください。",
		[SENTENCE_NOT_YOU_SET] =
		    "ヘルプデスクに新しい PIN を依頼した覚え"
		    "がない場合は、第三者がお客様の名前で入"
		    "手したおそれがあります。ただちにヘルプ"
		    "デスクに連絡し、新しい PIN の発行をご依"
		    "頼ください。",
		[SENTENCE_NOT_YOU_CHANGED] =
		    "PIN を変更した覚えがない場合は、第三者"
		    "がメッセージを聞くことができる状態です"
		    "。ただちにヘルプデスクに連絡し、新しい"
		    " PIN の発行をご依頼ください。",
		[SENTENCE_DATE] = "{year}年{month}{day}日 {time} (UTC)",
	},
	.months = {
		"1月", "2月", "3月", "4月", "5月", "6月", "7月",
		"8月", "9月", "10月", "11月", "12月",
	},
};
