/*
 * ja.c - the mails in Japanese.
 */
#include "core/letter-language.h"

static const struct letter_zone	zones_ja[] = {
	{ "JST", "JST" },
	{ NULL, NULL }
};

static const struct letter_language	letter_ja = {
	.tag = "ja",
	.sentences = {
		[SENTENCE_SUBJECT] = "ボイスメールの新しい PIN のお知らせ、"
		    "{requested} [{reference}]",
		[SENTENCE_SUBJECT_CHANGED] = "ボイスメールの PIN が"
		    "変更されました、{requested} [{reference}]",
		[SENTENCE_SUBJECT_WELCOME] = "ボイスメールとその PIN のお"
		    "知らせ、{requested} [{reference}]",
		[SENTENCE_SUBJECT_EXPIRING] = "{requested} のお知らせ: "
		    "ボイスメールの PIN の有効期限が近づいています "
		    "[{reference}]",
		[SENTENCE_SUBJECT_LOCKED] = "ボイスメールがロックされました、"
		    "{requested} [{reference}]",
		[SENTENCE_LOCKED] = "ボイスメールがロックされています。電話で"
		    "ログオンできません。",
		[SENTENCE_LOCKED_CONTACT] = "ロックの解除については、"
		    "ヘルプデスクにご連絡ください: {contact}",
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
		[SENTENCE_ADMIN] = "{requested} に、管理者がお使いの"
		    "ボイスメールの PIN をリセットしました。新しい PIN は"
		    "次のとおりです。",
		[SENTENCE_WELCOME] = "お客様のボイスメールが作成されました。"
		    "PIN は次のとおりです。",
		[SENTENCE_ELSEWHERE] = "{requested} に、管理者がお使いの"
		    "ボイスメールの PIN をリセットし、新しい PIN は別の"
		    "メールアドレスに送信されました。このメールには PIN は"
		    "記載されていません。",
		[SENTENCE_SET] = "{requested} に、管理者がお使いの"
		    "ボイスメールの PIN を設定しました。新しい PIN は別の"
		    "方法でお知らせします。このメールには PIN は"
		    "記載されていません。",
		[SENTENCE_CHANGED] = "{requested} に、お使いのボイスメールの "
		    "PIN が電話で変更されました。",
		[SENTENCE_EXPIRING] = "お使いのボイスメールの PIN の有効期限: "
		    "{expires}。期限までに電話でログオンし、PIN を"
		    "変更してください。期限を過ぎると、次回のログオン時に"
		    "新しい PIN の設定が必要になります。",
		[SENTENCE_LOCKED_OUT] = "{requested} に、お使いのボイスメールが"
		    "ロックされました。誤った PIN が繰り返し"
		    "入力されたためです。",
		[SENTENCE_LOCKED_UNTIL] = "ロックが自動的に解除される日時: "
		    "{until}。",
		[SENTENCE_LOCKED_LASTING] = "管理者が解除するまで、ロックは"
		    "続きます。",
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
		[SENTENCE_PRIVATE] = "以前の PIN は使えなくなりました。新しい "
		    "PIN は誰にも教えないでください。管理者がお客様に PIN をお"
		    "尋ねすることはありません。",
		[SENTENCE_PRIVATE_FIRST] = "PIN は誰にも教えないでください。"
		    "管理者がお客様に PIN をお尋ねすることはありません。",
		[SENTENCE_NOT_YOU] = "新しい PIN を要求した覚えがない場合は、"
		    "他の人がお客様のアカウントを使用している"
		    "可能性があります。",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "誤った PIN を入力した覚えがない"
		    "場合は、他の人がお客様のボイスメールに"
		    "アクセスしようとしている可能性があります。",
		[SENTENCE_NOT_YOU_ADMIN] = "新しい PIN を依頼した覚えがない"
		    "場合は、他の人がお客様になりすまして依頼した"
		    "可能性があります。",
		[SENTENCE_NOT_YOU_ELSEWHERE] = "依頼した覚えがない場合は、他の"
		    "人が新しい PIN を受け取った可能性があります。",
		[SENTENCE_NOT_YOU_SET] = "新しい PIN を依頼した覚えがない"
		    "場合は、他の人がお客様になりすまして PIN を入手した"
		    "可能性があります。",
		[SENTENCE_NOT_YOU_CHANGED] = "PIN を変更した覚えがない場合は、"
		    "他の人がお客様のメッセージを聞く可能性があります。",
		[SENTENCE_TELL] = "その場合は、すぐにヘルプデスクにご"
		    "連絡ください: {contact}",
		[SENTENCE_TELL_RENEW] = "その場合は、新しい PIN を"
		    "要求し、すぐにヘルプデスクにご連絡ください: {contact}",
		[SENTENCE_RENEW] = "その場合は、すぐに新しい PIN を"
		    "要求してください。",
		[SENTENCE_QUESTIONS] = "ご不明な点は、ヘルプデスクにお問い"
		    "合わせください: {contact}",
		[SENTENCE_DATE] = "{year}年{month}{day}日 {time} ({zone})",
	},
	.months = {
		"1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月",
		"10月", "11月", "12月",
	},
	.fonts = "'Hiragino Sans','Yu Gothic UI',Meiryo,",
	.zones = zones_ja,
};
