-- admin-reset.sql - an operator resets a PIN, which goes to its user by mail
-- and to nobody else.
--
-- umwsctl draws and derives as the worker does; these are its reset_prepare()
-- and reset_commit(). No limit holds for an operator. Who that is comes as a
-- parameter, since each call is a transaction of its own.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.operator_or_role(p_actor text) RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT coalesce(nullif(p_actor, ''), session_user::text)
$$;
COMMENT ON FUNCTION umws.operator_or_role(text) IS
    'Who acts, for the audit: whom umwsctl names, else whoever is logged in to the database.';

CREATE OR REPLACE FUNCTION umws.pin_order_refusal(p_user umws.um_user)
    RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN p_user.id IS NULL THEN 'unknown'
        WHEN NOT p_user.um_enabled THEN 'disabled'
        WHEN p_user.pin_locked THEN 'pin_locked' END
$$;
COMMENT ON FUNCTION umws.pin_order_refusal(umws.um_user) IS
    'Why an operator may not give this mailbox a PIN: unknown, disabled, pin_locked; NULL = nothing is against it.';

CREATE OR REPLACE FUNCTION umws.pin_order_prepare(
        p_login text, p_actor text, p_reason text,
        OUT result text, OUT back_off_ms bigint, OUT user_id bigint,
        OUT basis text, OUT recipient text, OUT extension text,
        OUT rules text, OUT hash_parameters text, OUT login text, OUT display_name text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_user   umws.um_user;
    v_policy umws.policy;
BEGIN
    PERFORM umws.commit_durably();
    login := umws.login_form(p_login);
    SELECT * INTO v_user FROM umws.um_user u WHERE u.login = umws.login_form(p_login);
    SELECT * INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    result := umws.pin_order_refusal(v_user);
    IF result IS NOT NULL THEN
        INSERT INTO umws.audit (user_id, login, actor, actor_address, way, action,
            result, policy, reason)
        VALUES (v_user.id, login, umws.operator_or_role(p_actor), inet_client_addr(),
            'umwsctl', 'pin_reset', result, v_policy.name, nullif(p_reason, ''));
        RETURN;
    END IF;
    result := 'ok';
    user_id := v_user.id;
    basis := umws.reset_basis(v_user, v_policy);
    recipient := v_user.email;
    extension := coalesce(v_user.extension, '');
    rules := v_policy.rules;
    display_name := v_user.display_name;
    hash_parameters := umws.history_parameters(v_user.id, v_policy.pin_history_count);
END
$$;
COMMENT ON FUNCTION umws.pin_order_prepare(text, text, text) IS
    'As reset_prepare, for an operator, whom no limit binds. result: ok; unknown, disabled, pin_locked, which are audited.';
GRANT EXECUTE ON FUNCTION umws.pin_order_prepare(text, text, text) TO umws_admin, umws_helpdesk;

CREATE OR REPLACE FUNCTION umws.pin_order_commit(
        p_reset_id uuid, p_user_id bigint, p_login text, p_actor text, p_reason text,
        p_basis text, p_key_ids text[], p_verifiers text[], p_mail_key_id text, p_sealed bytea,
        OUT result text, OUT back_off_ms bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now    timestamptz;
    v_user   umws.um_user;
    v_policy umws.policy;
BEGIN
    PERFORM umws.commit_durably();
    SELECT * INTO v_user FROM umws.um_user u WHERE u.id = p_user_id FOR UPDATE;
    v_now := clock_timestamp();
    SELECT * INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    result := umws.pin_order_refusal(v_user);
    IF result IS NULL THEN
        result := umws.pin_verdict(v_user, v_policy, p_basis, NULL, p_key_ids,
            p_verifiers, p_mail_key_id);
    END IF;
    -- As in reset_commit(): if the id is taken, all of this fails.
    INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way, action,
        result, policy, reason, operation_id)
    VALUES (v_now, p_user_id, coalesce(v_user.login, umws.login_form(p_login)), umws.operator_or_role(p_actor),
        inet_client_addr(), 'umwsctl', 'pin_reset', result, v_policy.name,
        nullif(p_reason, ''), p_reset_id);
    IF result = 'ok' THEN
        PERFORM umws.pin_store(p_user_id, v_now, p_key_ids[1], p_verifiers[1],
            p_reset_id, 'admin', p_mail_key_id, p_sealed);
    END IF;
END
$$;
COMMENT ON FUNCTION umws.pin_order_commit(uuid, bigint, text, text, text, text, text[], text[], text, bytea) IS
    'As reset_commit, for an operator; it ends a lockout. result: ok; nothing changed: unknown, disabled, pin_locked, stale, history, key_unknown.';
GRANT EXECUTE ON FUNCTION umws.pin_order_commit(uuid, bigint, text, text, text, text, text[], text[], text, bytea) TO umws_admin, umws_helpdesk;

CREATE OR REPLACE FUNCTION umws.pin_order_outcome(
        p_reset_id uuid, p_user_id bigint, p_login text, p_actor text)
    RETURNS text
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '3s'
AS $$
    SELECT umws.commit_durably();
    SELECT umws.operation_outcome(p_reset_id, p_user_id, umws.login_form(p_login),
        umws.operator_or_role(p_actor), 'umwsctl', 'pin_reset')
$$;
COMMENT ON FUNCTION umws.pin_order_outcome(uuid, bigint, text, text) IS
    'As reset_outcome, of a pin_order_commit.';
GRANT EXECUTE ON FUNCTION umws.pin_order_outcome(uuid, bigint, text, text) TO umws_admin, umws_helpdesk;

RESET ROLE;
