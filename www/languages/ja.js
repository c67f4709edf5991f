/* ja.js - the pages in Japanese. */
export default {
	title: 'ボイスメールの PIN',
	language: '言語',
	loading: 'お待ちください。PIN の状態を確認しています。',

	account: 'サインイン中のユーザー',
	address: 'メールの送信先',
	extension: '内線番号',
	set: '設定日時',
	expires: '有効期限',
	first_logon: '使用期限',
	locked_since: 'ロック日時',

	state_title: 'あなたの PIN',
	state_ready: 'PIN は有効です。',
	state_no_pin: 'PIN はまだありません。',
	state_must_change: 'この PIN で電話からログオンできるのは一度だけで' +
	    'す。その後、ご自分の PIN を選ぶよう求められます。',
	state_expired: 'PIN の有効期限が切れました。次に電話でログオンすると、' +
	    '新しい PIN を選ぶよう求められます。',
	state_ended: '期限までに使われなかったため、PIN は無効になりました。' +
	    '新しい PIN を受け取るには、リセットしてください。',
	state_reset_due: '誤った PIN が何度も入力されたため、PIN は無効にな' +
	    'りました。新しい PIN を受け取るには、リセットしてください。',
	state_locked_out: '誤った PIN が何度も入力されたため、メールボックス' +
	    'がロックされています。ロックが終わるまで、どの PIN も使えません。',
	state_locked_admin: '管理者がメールボックスをロックしています。ロッ' +
	    'クが解除されるまで、どの PIN も使えません。',
	state_disabled: 'ここにはあなたのボイスメールボックスがないか、無効' +
	    'になっています。',
	state_enabled: 'ボイスメールボックスがあります。',
	state_unknown: '現在、PIN の状態を表示できません。',
	lock_ends: 'ロックは自動的に終わります: {date}',
	lock_lasts: 'ヘルプデスクがロックを解除できます。',
	pin_locked: '管理者が PIN の変更を禁止しています。ここではリセットで' +
	    'きません。',

	reset_title: '新しい PIN の取得',
	reset_text: '新しい PIN は無作為に選ばれ、メールで送られます。このペ' +
	    'ージに表示されることはありません。',
	reset: 'PIN をリセットする',
	confirm_title: 'PIN を今リセットしますか?',
	confirm_old: '現在の PIN はすぐに使えなくなります。',
	confirm_mail: '新しい PIN はメールで {address} に送られます。',
	confirm_mail_plain: '新しい PIN はメールボックスのアドレスにメールで' +
	    '送られます。',
	confirm_again: 'すでにリセットしています ({time})。もう一度行うと、' +
	    'そのメールの PIN は使えなくなります。',
	confirm_yes: 'はい、リセットします',
	confirm_no: 'いいえ、今の PIN を使います',
	working: 'PIN をリセットしています。このページを開いたままお待ちくだ' +
	    'さい。',

	done_title: 'PIN はリセットされました。',
	done_mail: '新しい PIN を記したメールを {address} に送っています。',
	done_mail_plain: '新しい PIN を記したメールをメールボックスのアドレ' +
	    'スに送っています。',
	done_time: '通常は 5 分以内に届きます。届かない場合は、迷惑メールの' +
	    'フォルダーも確認してください。',
	done_last: 'このようなメールが複数届いた場合、有効なのは最新のメール' +
	    'の PIN だけです。',
	done_call: 'その後、ボイスメールに電話し、新しい PIN を入力してくだ' +
	    'さい。求められたら、ご自分の PIN を選んでください。',
	done_locked: 'メールボックスはまだロックされています。新しい PIN は' +
	    'ロックが終わると使えます。',

	unknown_title: 'PIN がリセットされたかどうかは確かではありません。',
	unknown_wait: '10 分間メールをお待ちください。メールが届いたら、その' +
	    ' PIN が有効で、以前の PIN は無効です。',
	unknown_none: '届かない場合は、以前の PIN がまだ有効かもしれません。' +
	    'その場合はもう一度リセットできます。',

	failed_title: 'PIN はリセットされませんでした。',
	unchanged: '何も変更されていません。',
	error_signin: 'サインインが切れました。',
	error_forbidden: 'ウェブサーバーがこの操作を許可していません。',
	error_many: 'お使いのネットワークからの要求が多すぎます。1 分後にも' +
	    'う一度お試しください。',
	error_invalid: 'このページとサービスの組み合わせが正しくありません。' +
	    'ページを読み込み直し、それでも直らない場合はヘルプデスクに連絡' +
	    'してください。',
	error_denied: 'ほかの人のためにこの操作を行うことはできません。',
	error_nobody: 'そのようなメールボックスはありません。',
	error_disabled: 'ここにはあなたのボイスメールボックスがないか、無効' +
	    'になっています。',
	error_locked: '管理者が PIN の変更を禁止しています。ヘルプデスクにお' +
	    '問い合わせください。',
	error_busy: 'サービスが混み合っています。1 分後にもう一度お試しくだ' +
	    'さい。',
	error_limit: '回数が多すぎます。次の時刻から、もう一度お試しいただけ' +
	    'ます: {date}',
	error_away: '現在、サービスがデータにアクセスできません。数分後にも' +
	    'う一度お試しください。',
	error_broken: 'サービス自体に障害があります。ヘルプデスクに連絡して' +
	    'ください。',
	error_offline: 'ネットワークに接続されていません。',
	error_unknown: 'サービスから応答がありませんでした。数分後にもう一度' +
	    'お試しください。',
	reference: 'ヘルプデスク用の番号: {reference}',
	sign_in: 'もう一度サインインする',
	try_again: 'もう一度試す',

	access_title: 'ボイスメールに電話する',
	access_none: 'ボイスメールの電話番号はヘルプデスクにお尋ねください。',
	contact: 'ヘルプデスク: {contact}',
	private: 'PIN は誰にも教えないでください。手助けをする人に PIN は必' +
	    '要ありません。',

	desk_title: 'ボイスメール ヘルプデスク',
	desk_link: 'ヘルプデスクのページを開く',
	desk_back: '自分の PIN のページを開く',
	desk_find: 'メールボックスを検索',
	desk_label: 'ログイン名、内線番号、メールアドレス、または名前の先' +
	    '頭部分',
	desk_search: '検索',
	desk_none: 'メールボックスは見つかりませんでした。',
	desk_more: 'ほかにもあります。名前をもっと入力してください。',
	desk_wait: 'お待ちください。',
	desk_policy: 'ポリシー',
	desk_failed: 'ログオン失敗回数',
	desk_mail: '最新のメール',
	desk_mail_queued: '送信待ち',
	desk_mail_sent: '送信済み',
	desk_mail_superseded: '新しいメールに置き換え済み',
	desk_mail_lost: '未送信',
	desk_ready: 'PIN は有効です。',
	desk_no_pin: 'PIN はまだありません。',
	desk_must_change: '次回のログオン時に PIN を変更する必要があります。',
	desk_expired: 'PIN の期限が切れています。次回のログオン時に変更が' +
	    '必要です。',
	desk_ended: 'PIN は期限内に使用されなかったため無効です。',
	desk_reset_due: '誤った PIN が何度も入力されたため、PIN は無効です。',
	desk_locked_out: '誤った PIN が何度も入力されたため、メールボック' +
	    'スはロックされています。',
	desk_locked_admin: 'メールボックスは管理者によりロックされています' +
	    '。解除できるのは管理者だけです。',
	desk_disabled: 'メールボックスは無効になっています。',
	desk_pin_locked: '管理者が PIN の変更を禁止しています。',
	desk_reason: '理由 (記録用)',
	desk_reset: 'PIN をリセット',
	desk_unlock: 'ロックを解除',
	desk_reset_done: '{login} の PIN をリセットしました。新しい PIN ' +
	    'は利用者にメールで送信されます。',
	desk_unlock_done: '{login} のロックを解除しました。',
	desk_nothing: '{login} には解除するロックがありませんでした。',
	desk_unknown: '実行されたかどうか不明です。メールボックスをもう一' +
	    '度確認してください。',
	desk_denied: 'ヘルプデスクの権限がないか、このメールボックスの権限' +
	    'がありません。',
	desk_private: 'PIN が表示されることはありません。だれにも PIN ' +
	    'を尋ねないでください。ここでの操作は記録されます。',
};
