/* pt-BR.js - the pages in Portuguese (Brazil). */
export default {
	title: 'PIN do correio de voz',
	language: 'Idioma',
	loading: 'Aguarde: o estado do seu PIN está sendo consultado.',

	account: 'Conectado como',
	address: 'Os e-mails vão para',
	extension: 'Ramal',
	set: 'Definido em',
	expires: 'Expira em',
	first_logon: 'A ser usado antes de',
	locked_since: 'Bloqueada desde',

	state_title: 'Seu PIN',
	state_ready: 'Seu PIN é válido.',
	state_no_pin: 'Você ainda não tem um PIN.',
	state_must_change: 'Seu PIN vale para um único acesso por telefone: ' +
	    'depois será solicitado que você escolha um próprio.',
	state_expired: 'Seu PIN expirou. No próximo acesso por telefone ' +
	    'será solicitado que você escolha um novo.',
	state_ended: 'Seu PIN não vale mais, porque não foi usado a tempo. ' +
	    'Redefina-o para receber um novo.',
	state_reset_due: 'Seu PIN não vale mais, porque um PIN errado foi ' +
	    'digitado vezes demais. Redefina-o para receber um novo.',
	state_locked_out: 'Sua caixa está bloqueada, porque um PIN errado ' +
	    'foi digitado vezes demais. Enquanto durar o bloqueio, nenhum ' +
	    'PIN é aceito.',
	state_locked_admin: 'Um administrador bloqueou sua caixa. Enquanto ' +
	    'durar o bloqueio, nenhum PIN é aceito.',
	state_disabled: 'Você não tem uma caixa de correio de voz aqui, ou ' +
	    'ela está desativada.',
	state_enabled: 'Você tem uma caixa de correio de voz.',
	state_unknown: 'O estado do seu PIN não pode ser mostrado no ' +
	    'momento.',
	lock_ends: 'O bloqueio termina sozinho: {date}.',
	lock_lasts: 'O suporte pode encerrar o bloqueio.',
	pin_locked: 'Um administrador impediu a alteração do seu PIN. Ele ' +
	    'não pode ser redefinido aqui.',

	reset_title: 'Receber um novo PIN',
	reset_text: 'Um novo PIN é sorteado e enviado a você por e-mail. ' +
	    'Ele nunca é mostrado nesta página.',
	reset: 'Redefinir meu PIN',
	confirm_title: 'Redefinir seu PIN agora?',
	confirm_old: 'O PIN que você tem agora deixa de valer imediatamente.',
	confirm_mail: 'Um novo é enviado por e-mail para {address}.',
	confirm_mail_plain: 'Um novo é enviado por e-mail para o endereço ' +
	    'da sua caixa.',
	confirm_again: 'Você já fez isso ({time}). Se fizer de novo, o PIN ' +
	    'daquele e-mail deixa de valer.',
	confirm_yes: 'Sim, redefinir meu PIN',
	confirm_no: 'Não, manter meu PIN',
	working: 'Seu PIN está sendo redefinido. Mantenha esta página ' +
	    'aberta.',

	done_title: 'Seu PIN foi redefinido.',
	done_mail: 'Um e-mail com seu novo PIN está a caminho de {address}.',
	done_mail_plain: 'Um e-mail com seu novo PIN está a caminho do ' +
	    'endereço da sua caixa.',
	done_time: 'Ele costuma chegar em até cinco minutos. Se não chegar, ' +
	    'veja também na pasta de lixo eletrônico.',
	done_last: 'Se chegarem vários desses e-mails, só vale o PIN do ' +
	    'mais recente.',
	done_call: 'Ligue então para o correio de voz e digite o novo PIN. ' +
	    'Se for solicitado, escolha um PIN próprio.',
	done_locked: 'Sua caixa ainda está bloqueada: o novo PIN valerá ' +
	    'quando o bloqueio terminar.',

	unknown_title: 'Não é certo que seu PIN tenha sido redefinido.',
	unknown_wait: 'Espere um e-mail por dez minutos. Se chegar, vale o ' +
	    'PIN que ele contém, e o antigo não.',
	unknown_none: 'Se não chegar, seu PIN antigo talvez ainda valha. ' +
	    'Você pode então redefini-lo de novo.',

	failed_title: 'Seu PIN não foi redefinido.',
	unchanged: 'Nada foi alterado.',
	error_signin: 'Sua sessão terminou.',
	error_forbidden: 'O servidor web não permite que você faça isso.',
	error_many: 'Vieram solicitações demais da sua rede. Tente de novo ' +
	    'em um minuto.',
	error_invalid: 'Esta página e o serviço não combinam. Recarregue a ' +
	    'página; se não adiantar, avise o suporte.',
	error_denied: 'Você não pode fazer isso por outras pessoas.',
	error_nobody: 'Essa caixa não existe.',
	error_disabled: 'Você não tem uma caixa de correio de voz aqui, ou ' +
	    'ela está desativada.',
	error_locked: 'Um administrador impediu a alteração do seu PIN. ' +
	    'Procure o suporte.',
	error_busy: 'O serviço está ocupado. Tente de novo em um minuto.',
	error_limit: 'Isso foi feito vezes demais. Você poderá tentar de ' +
	    'novo neste momento: {date}.',
	error_away: 'O serviço não alcança seus dados no momento. Tente de ' +
	    'novo em alguns minutos.',
	error_broken: 'O próprio serviço tem uma falha. Avise o suporte.',
	error_offline: 'Você não está conectado à rede.',
	error_unknown: 'O serviço não respondeu. Tente de novo em alguns ' +
	    'minutos.',
	reference: 'Referência para o suporte: {reference}',
	sign_in: 'Entrar de novo',
	try_again: 'Tentar de novo',

	access_title: 'Ligar para o correio de voz',
	access_none: 'O suporte sabe o número do seu correio de voz.',
	contact: 'Suporte: {contact}',
	private: 'Não dê seu PIN a ninguém. Quem ajuda você não precisa ' +
	    'dele.',

	desk_title: 'Suporte do correio de voz',
	desk_link: 'Abrir a página do suporte',
	desk_back: 'Abrir a página do seu próprio PIN',
	desk_find: 'Procurar uma caixa postal',
	desk_label: 'Usuário, ramal, endereço de e-mail ou início do nome',
	desk_search: 'Procurar',
	desk_none: 'Nenhuma caixa postal encontrada.',
	desk_more: 'Há mais do que estas. Escreva mais do nome.',
	desk_wait: 'Aguarde.',
	desk_policy: 'Política',
	desk_failed: 'Acessos com falha',
	desk_mail: 'E-mail mais recente',
	desk_mail_queued: 'aguardando',
	desk_mail_sent: 'enviado',
	desk_mail_superseded: 'substituído por um mais novo',
	desk_mail_lost: 'não enviado',
	desk_ready: 'O PIN é válido.',
	desk_no_pin: 'Ainda não há PIN.',
	desk_must_change: 'O PIN precisa ser alterado no próximo acesso.',
	desk_expired: 'O PIN expirou: o próximo acesso precisa alterá-lo.',
	desk_ended: 'O PIN não é mais válido: não foi usado a tempo.',
	desk_reset_due: 'O PIN não é mais válido: um PIN errado foi ' +
	    'digitado vezes demais.',
	desk_locked_out: 'A caixa postal está bloqueada: um PIN errado ' +
	    'foi digitado vezes demais.',
	desk_locked_admin: 'A caixa postal foi bloqueada por um ' +
	    'administrador, e só ele pode desbloqueá-la.',
	desk_disabled: 'A caixa postal está desativada.',
	desk_pin_locked: 'Um administrador bloqueou a alteração do PIN.',
	desk_reason: 'Motivo, para o registro',
	desk_reset: 'Redefinir o PIN',
	desk_unlock: 'Desbloquear',
	desk_reset_done: 'O PIN de {login} foi redefinido. Um e-mail com ' +
	    'o novo vai para o usuário.',
	desk_unlock_done: 'O bloqueio de {login} terminou.',
	desk_nothing: 'Não havia bloqueio de {login}.',
	desk_unknown: 'Não é certo que isso tenha sido feito. Veja a ' +
	    'caixa postal de novo.',
	desk_denied: 'Você não tem o papel de suporte, ou não para esta ' +
	    'caixa postal.',
	desk_private: 'Você nunca vê um PIN. Não o peça a ninguém. O que ' +
	    'você faz aqui é registrado.',
};
