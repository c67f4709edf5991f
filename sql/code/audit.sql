-- audit.sql - write audit rows for refusals and other events.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.audit_refusal(
        p_user_id bigint, p_login text, p_address inet, p_request_id text,
        p_action text, p_result text, p_rule text, p_policy text)
    RETURNS void
    LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO umws.audit (user_id, login, actor, actor_address, action, result,
        rule, policy, request_id, minute)
    VALUES (p_user_id, p_login, p_login, p_address, p_action, p_result,
        p_rule, p_policy, p_request_id, date_trunc('minute', clock_timestamp(), 'UTC'))
    ON CONFLICT (login, action, result, minute) WHERE minute IS NOT NULL
    DO UPDATE SET count = audit.count + 1;
END
$$;
COMMENT ON FUNCTION umws.audit_refusal(bigint, text, inet, text, text, text, text, text) IS
    'Note a refusal, once per mailbox, reason and minute, with a count.';

RESET ROLE;
