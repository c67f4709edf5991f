/*
 * ja.c - the mails in Japanese.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_ja = {
	.tag = "ja",
	.sentences = {
		[SENTENCE_SUBJECT] =
		    "ボイスメールの新しい PIN のお知らせ、{requested} ["
		    "{reference}]",
		[SENTENCE_SUBJECT_CHANGED] =
		    "ボイスメールの PIN 変更のお知らせ、{requested} ["
		    "{reference}]",
		[SENTENCE_LOCKED] =
		    "ボイスメールがロックされています。ヘルプデスクに解除をご"
		    "依頼ください。",
		[SENTENCE_LOCKED_PIN] =
		    "下記の新しい PIN は、ロックが解除されるまでご利用になれ"
		    "ません。",
		[SENTENCE_HELLO_NAME] = "{name} 様",
		[SENTENCE_HELLO] = "ご利用者様",
		[SENTENCE_REQUESTED] =
		    "{requested} に、ボイスメールの新しい PIN の発行依頼があ"
		    "りました。新しい PIN は次のとおりです。",
		[SENTENCE_AUTOMATIC] =
		    "誤った PIN が規定の回数を超えて入力されたため、"
		    "{requested} に、ボイスメールの PIN が自動的にリセットさ"
		    "れました。新しい PIN は次のとおりです。",
		[SENTENCE_ADMIN] =
		    "{requested} に、ヘルプデスクがボイスメールの PIN をリセ"
		    "ットしました。新しい PIN は次のとおりです。",
		[SENTENCE_ELSEWHERE] =
		    "{requested} に、ヘルプデスクがボイスメールの PIN をリセ"
		    "ットし、新しい PIN を別のメール アドレスに送信しました。"
		    "このメールに PIN は記載されていません。",
		[SENTENCE_SET] =
		    "{requested} に、ヘルプデスクがボイスメールの PIN を設定"
		    "しました。新しい PIN はヘルプデスクから直接お知らせしま"
		    "す。このメールに PIN は記載されていません。",
		[SENTENCE_CHANGED] =
		    "{requested} に、ボイスメールの PIN が電話で変更されまし"
		    "た。",
		[SENTENCE_EXTENSION] = "内線番号: {extension}",
		[SENTENCE_ACCESS] =
		    "メッセージを聞くには、次の番号に電話してください: "
		    "{access}",
		[SENTENCE_MUST_CHANGE] =
		    "この PIN は初回のログオン専用です。ログオン後、ご自身の"
		    " PIN を設定していただきます。",
		[SENTENCE_TEMPORARY] =
		    "{until} までにログオンしてください。この期限を過ぎると、"
		    "この PIN は使用できなくなり、再発行の依頼が必要になりま"
		    "す。",
		[SENTENCE_EXPIRES] = "PIN の有効期限は {expires} です。",
		[SENTENCE_LASTING] = "PIN に有効期限はありません。",
		[SENTENCE_PRIVATE] =
		    "以前の PIN は使用できなくなりました。新しい PIN は誰にも"
		    "教えないでください。ヘルプデスクが PIN をお尋ねすること"
		    "はありません。",
		[SENTENCE_PRIVATE_FIRST] =
		    "PIN は誰にも教えないでください。ヘルプデスクが PIN をお"
		    "尋ねすることはありません。",
		[SENTENCE_NOT_YOU] =
		    "新しい PIN の発行を依頼した覚えがない場合は、第三者がお"
		    "客様のアカウントを使用しているおそれがあります。ただちに"
		    "ヘルプデスクにご連絡ください。",
		[SENTENCE_NOT_YOU_AUTOMATIC] =
		    "誤った PIN を入力した覚えがない場合は、第三者がボイスメ"
		    "ールにアクセスしようとしているおそれがあります。ただちに"
		    "ヘルプデスクにご連絡ください。",
		[SENTENCE_NOT_YOU_ADMIN] =
		    "ヘルプデスクに新しい PIN を依頼した覚えがない場合は、第"
		    "三者がお客様の名前で依頼したおそれがあります。ただちにヘ"
		    "ルプデスクにご連絡ください。",
		[SENTENCE_NOT_YOU_ELSEWHERE] =
		    "ヘルプデスクに依頼した覚えがない場合は、第三者が新しい"
		    " PIN を入手したおそれがあります。ただちにヘルプデスクに"
		    "連絡し、PIN の再発行をご依頼ください。",
		[SENTENCE_NOT_YOU_SET] =
		    "ヘルプデスクに新しい PIN を依頼した覚えがない場合は、第"
		    "三者がお客様の名前で入手したおそれがあります。ただちにヘ"
		    "ルプデスクに連絡し、新しい PIN の発行をご依頼ください。",
		[SENTENCE_NOT_YOU_CHANGED] =
		    "PIN を変更した覚えがない場合は、第三者がメッセージを聞く"
		    "ことができる状態です。ただちにヘルプデスクに連絡し、新し"
		    "い PIN の発行をご依頼ください。",
		[SENTENCE_DATE] = "{year}年{month}{day}日 {time} (UTC)",
	},
	.months = {
		"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月",
		"9月", "10月", "11月", "12月",
	},
};
