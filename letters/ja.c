/*
 * ja.c - the mails in Japanese.
 */
#include "core/letter-language.h"

static const struct letter_language	letter_ja = {
	.tag = "ja",
	.sentences = {
		[SENTENCE_SUBJECT] = "ボイスメールの新しい PIN のお知らせ、"
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "ボイスメールの PIN が"
		    "変更されました、{requested} [{reference}]",
		[SENTENCE_LOCKED] = "ボイスメールがロックされています。"
		    "ヘルプデスクにご連絡ください。",
		[SENTENCE_LOCKED_PIN] = "下記の新しい PIN は、ロックが"
		    "解除されてからご利用いただけます。",
		[SENTENCE_HELLO_NAME] = "{name} 様",
		[SENTENCE_HELLO] = "ご利用者様",
		[SENTENCE_REQUESTED] = "{requested} に、お使いの"
		    "ボイスメールの新しい PIN が要求されました。新しい PIN "
		    "は次のとおりです。",
		[SENTENCE_AUTOMATIC] = "{requested} に、お使いの"
		    "ボイスメールの PIN が自動的にリセットされました。"
		    "誤った PIN が繰り返し入力されたためです。新しい PIN "
		    "は次のとおりです。",
		[SENTENCE_ADMIN] = "{requested} に、ヘルプデスクがお使いの"
		    "ボイスメールの PIN をリセットしました。新しい PIN は"
		    "次のとおりです。",
		[SENTENCE_ELSEWHERE] = "{requested} に、ヘルプデスクがお使い"
		    "のボイスメールの PIN をリセットし、新しい PIN は別の"
		    "メールアドレスに送信されました。このメールには PIN は"
		    "記載されていません。",
		[SENTENCE_SET] = "{requested} に、ヘルプデスクがお使いの"
		    "ボイスメールの PIN を設定しました。新しい PIN は"
		    "ヘルプデスクから直接お知らせします。このメールには PIN "
		    "は記載されていません。",
		[SENTENCE_CHANGED] = "{requested} に、お使いのボイスメールの "
		    "PIN が電話で変更されました。",
		[SENTENCE_EXTENSION] = "内線番号: {extension}",
		[SENTENCE_ACCESS] = "メッセージを聞くための電話番号: "
		    "{access}",
		[SENTENCE_MUST_CHANGE] = "この PIN は初回のログオン専用です。"
		    "ログオン後、ご自分の PIN を設定していただきます。",
		[SENTENCE_TEMPORARY] = "ログオンの期限: {until}。期限を"
		    "過ぎるとこの PIN は使えなくなり、新しい PIN の要求が"
		    "必要になります。",
		[SENTENCE_EXPIRES] = "この PIN の有効期限: {expires}。",
		[SENTENCE_LASTING] = "この PIN に有効期限はありません。",
		[SENTENCE_PRIVATE] = "以前の PIN は使えなくなりました。"
		    "新しい PIN は誰にも教えないでください。ヘルプデスクが"
		    "お客様に PIN をお尋ねすることはありません。",
		[SENTENCE_PRIVATE_FIRST] = "PIN は誰にも教えないでください。"
		    "ヘルプデスクがお客様に PIN をお尋ねすることは"
		    "ありません。",
		[SENTENCE_NOT_YOU] = "新しい PIN を要求した覚えがない場合は、"
		    "他の人がお客様のアカウントを使用している可能性が"
		    "あります。すぐにヘルプデスクにご連絡ください。",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "誤った PIN を入力した覚えが"
		    "ない場合は、他の人がお客様のボイスメールにアクセス"
		    "しようとしている可能性があります。すぐにヘルプデスクに"
		    "ご連絡ください。",
		[SENTENCE_NOT_YOU_ADMIN] = "ヘルプデスクに新しい PIN を依頼"
		    "した覚えがない場合は、他の人がお客様になりすまして依頼"
		    "した可能性があります。すぐにヘルプデスクにご連絡"
		    "ください。",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "ヘルプデスクに依頼した覚えが"
		    "ない場合は、他の人が新しい PIN を受け取った可能性が"
		    "あります。すぐにヘルプデスクにご連絡のうえ、別の PIN "
		    "を要求してください。",
		[SENTENCE_NOT_YOU_SET] = "ヘルプデスクに新しい PIN を依頼した"
		    "覚えがない場合は、他の人がお客様になりすまして PIN を"
		    "入手した可能性があります。すぐにヘルプデスクにご連絡の"
		    "うえ、新しい PIN を要求してください。",
		[SENTENCE_NOT_YOU_CHANGED] = "PIN を変更した覚えがない場合"
		    "は、他の人がお客様のメッセージを聞く可能性があります。"
		    "すぐにヘルプデスクにご連絡のうえ、新しい PIN を要求"
		    "してください。",
		[SENTENCE_DATE] = "{year}年{month}{day}日 {time} (UTC)",
	},
	.months = {
		"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月",
		"10月", "11月", "12月",
	},
	.fonts = "'Hiragino Sans','Yu Gothic UI',Meiryo,",
};
