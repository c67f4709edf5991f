/* zh-Hans.js - the pages in Chinese (simplified). */
export default {
	title: '语音邮箱 PIN',
	language: '语言',
	loading: '请稍候：正在查询您的 PIN 的状态。',

	account: '登录身份',
	address: '邮件发送至',
	extension: '分机',
	set: '设置时间',
	expires: '到期时间',
	first_logon: '使用期限',
	locked_since: '锁定时间',

	state_title: '您的 PIN',
	state_ready: '您的 PIN 有效。',
	state_no_pin: '您还没有 PIN。',
	state_must_change: '您的 PIN 只能用于一次电话登录：之后系统会要求您' +
	    '自行设置一个 PIN。',
	state_expired: '您的 PIN 已过期。下次电话登录时，系统会要求您设置新' +
	    '的 PIN。',
	state_ended: '您的 PIN 未及时使用，已经失效。请重置以获取新的 PIN。',
	state_reset_due: '由于多次输入错误的 PIN，您的 PIN 已经失效。请重置' +
	    '以获取新的 PIN。',
	state_locked_out: '由于多次输入错误的 PIN，您的语音邮箱已被锁定。锁' +
	    '定结束之前，任何 PIN 都无法使用。',
	state_locked_admin: '管理员已锁定您的语音邮箱。锁定解除之前，任何 ' +
	    'PIN 都无法使用。',
	state_disabled: '您在这里没有语音邮箱，或者语音邮箱已停用。',
	state_enabled: '您有一个语音邮箱。',
	state_unknown: '目前无法显示您的 PIN 的状态。',
	lock_ends: '锁定将自动结束：{date}。',
	lock_lasts: '帮助台可以解除锁定。',
	pin_locked: '管理员已禁止更改您的 PIN。无法在此重置。',

	reset_title: '获取新的 PIN',
	reset_text: '系统会随机生成新的 PIN，并通过邮件发送给您。PIN 绝不会' +
	    '显示在本页面上。',
	reset: '重置我的 PIN',
	confirm_title: '现在重置您的 PIN 吗？',
	confirm_old: '您现有的 PIN 将立即失效。',
	confirm_mail: '新的 PIN 将通过邮件发送至 {address}。',
	confirm_mail_plain: '新的 PIN 将通过邮件发送至您邮箱的地址。',
	confirm_again: '您已经重置过（{time}）。如果再次重置，那封邮件中的 ' +
	    'PIN 将失效。',
	confirm_yes: '是，重置我的 PIN',
	confirm_no: '否，保留我的 PIN',
	working: '正在重置您的 PIN。请不要关闭本页面。',

	done_title: '您的 PIN 已重置。',
	done_mail: '包含新 PIN 的邮件正在发送至 {address}。',
	done_mail_plain: '包含新 PIN 的邮件正在发送至您邮箱的地址。',
	done_time: '邮件通常在五分钟内送达。如果没有收到，请同时查看垃圾邮件' +
	    '文件夹。',
	done_last: '如果收到多封此类邮件，只有最新一封中的 PIN 有效。',
	done_call: '然后拨打语音邮箱并输入新的 PIN。如果系统要求，请自行设置' +
	    '一个 PIN。',
	done_locked: '您的语音邮箱仍处于锁定状态：锁定结束后，新的 PIN 才能' +
	    '使用。',

	unknown_title: '无法确定您的 PIN 是否已重置。',
	unknown_wait: '请等待邮件十分钟。如果收到邮件，其中的 PIN 有效，旧的' +
	    ' PIN 失效。',
	unknown_none: '如果没有收到邮件，旧的 PIN 可能仍然有效。届时您可以再' +
	    '次重置。',

	failed_title: '您的 PIN 没有重置。',
	unchanged: '没有任何更改。',
	error_signin: '您的登录已失效。',
	error_forbidden: '网站服务器不允许您执行此操作。',
	error_many: '来自您所在网络的请求过多。请在一分钟后重试。',
	error_invalid: '本页面与服务不匹配。请重新加载页面；如果仍无法解决，' +
	    '请告知帮助台。',
	error_denied: '您无权为他人执行此操作。',
	error_nobody: '没有这样的语音邮箱。',
	error_disabled: '您在这里没有语音邮箱，或者语音邮箱已停用。',
	error_locked: '管理员已禁止更改您的 PIN。请联系帮助台。',
	error_busy: '服务正忙。请在一分钟后重试。',
	error_limit: '操作次数过多。您可以在此时间之后重试：{date}。',
	error_away: '服务目前无法访问其数据。请在几分钟后重试。',
	error_broken: '服务自身出现故障。请告知帮助台。',
	error_offline: '您没有连接到网络。',
	error_unknown: '服务没有响应。请在几分钟后重试。',
	reference: '提供给帮助台的编号：{reference}',
	sign_in: '重新登录',
	try_again: '重试',

	access_title: '拨打语音邮箱',
	access_none: '帮助台知道您的语音邮箱号码。',
	contact: '帮助台：{contact}',
	private: '请勿将 PIN 告诉任何人。帮助您的人不需要它。',

	desk_title: '语音邮件帮助台',
	desk_link: '打开语音邮件帮助台页面',
	desk_back: '打开您自己的 PIN 页面',
	desk_find: '查找邮箱',
	desk_label: '登录名、分机号、邮件地址或姓名开头',
	desk_search: '搜索',
	desk_none: '未找到邮箱。',
	desk_more: '还有更多邮箱。请输入更多姓名内容。',
	desk_wait: '请稍候。',
	desk_policy: '策略',
	desk_failed: '登录失败次数',
	desk_mail: '最新邮件',
	desk_mail_queued: '等待发送',
	desk_mail_sent: '已发送',
	desk_mail_superseded: '已被更新的邮件取代',
	desk_mail_lost: '未发送',
	desk_ready: 'PIN 有效。',
	desk_no_pin: '尚无 PIN。',
	desk_must_change: '下次登录时必须更改 PIN。',
	desk_expired: 'PIN 已过期：下次登录时必须更改。',
	desk_ended: 'PIN 未及时使用，已失效。',
	desk_reset_due: '错误的 PIN 输入次数过多，PIN 已失效。',
	desk_locked_out: '错误的 PIN 输入次数过多，邮箱已锁定。',
	desk_locked_admin: '邮箱已被管理员锁定，只有管理员可以解除。',
	desk_disabled: '邮箱已停用。',
	desk_pin_locked: '管理员已禁止更改 PIN。',
	desk_reason: '原因（用于记录）',
	desk_reset: '重置 PIN',
	desk_unlock: '解除锁定',
	desk_reset_done: '{login} 的 PIN 已重置。包含新 PIN ' +
	    '的邮件将发送给用户。',
	desk_unlock_done: '{login} 的锁定已解除。',
	desk_nothing: '{login} 没有需要解除的锁定。',
	desk_unknown: '无法确定是否已完成。请再次查看该邮箱。',
	desk_denied: '您没有帮助台角色，或没有此邮箱的权限。',
	desk_private: '您永远看不到 PIN。请勿向任何人索要。您在此的操作会' +
	    '被记录。',
};
