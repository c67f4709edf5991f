-- audit.sql - write audit rows for refusals and other events.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.audit_refusal(
        p_user_id bigint, p_login text, p_address inet, p_request_id text,
        p_action text, p_result text, p_rule text, p_policy text)
    RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO umws.audit (user_id, login, actor, actor_address, way, action, result,
        rule, policy, request_id, minute)
    VALUES (p_user_id, p_login, p_login, p_address, 'soap', p_action, p_result,
        p_rule, p_policy, p_request_id, date_trunc('minute', clock_timestamp(), 'UTC'))
    ON CONFLICT (login, action, result, minute) WHERE minute IS NOT NULL
    DO UPDATE SET count = audit.count + 1
$$;
COMMENT ON FUNCTION umws.audit_refusal(bigint, text, inet, text, text, text, text, text) IS
    'Note a refusal, once per mailbox, reason and minute, with a count.';

CREATE OR REPLACE FUNCTION umws.actor() RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(nullif(current_setting('umws.actor', true), ''), session_user::text)
$$;
COMMENT ON FUNCTION umws.actor() IS
    'Who acts: the setting umws.actor, which umwsctl makes for its transaction; without it whoever is logged in.';

CREATE OR REPLACE FUNCTION umws.audit_act(
        p_action text, p_user_id bigint, p_login text, p_policy text, p_reason text)
    RETURNS void
    LANGUAGE sql
AS $$
    INSERT INTO umws.audit (user_id, login, actor, actor_address, way, action, result,
        policy, reason)
    VALUES (p_user_id, p_login, umws.actor(), inet_client_addr(), 'umwsctl', p_action,
        'ok', p_policy, nullif(p_reason, ''))
$$;
COMMENT ON FUNCTION umws.audit_act(text, bigint, text, text, text) IS
    'Note what an operator did. p_login: the mailbox, or what else was acted on.';

RESET ROLE;
