-- admin-reset.sql - an operator resets a PIN, which goes to its user by mail
-- and to nobody else; or sets one that a person has to get by another way.
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

CREATE OR REPLACE FUNCTION umws.pin_order_refusal(
        p_user umws.um_user, p_policy umws.policy, p_notify text, p_lost uuid)
    RETURNS text
    LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN p_user.id IS NULL THEN 'unknown'
        WHEN NOT p_user.um_enabled THEN 'disabled'
        WHEN p_user.pin_locked THEN 'pin_locked'
        WHEN p_notify <> p_user.email AND NOT p_policy.allow_notify_address
            THEN 'notify_refused'
        WHEN p_lost IS NOT NULL AND NOT EXISTS (SELECT FROM umws.v_outbox_lost l
                WHERE l.id = p_lost AND l.login = p_user.login)
            THEN 'not_lost' END
$$;
COMMENT ON FUNCTION umws.pin_order_refusal(umws.um_user, umws.policy, text, uuid) IS
    'Why an operator may not give this mailbox a PIN, or not have it mailed to p_notify, or not as the mail p_lost was never sent (NULL = that is not why): unknown, disabled, pin_locked, notify_refused, not_lost; NULL = nothing is against it.';

CREATE OR REPLACE FUNCTION umws.pin_order_reason(p_reason text, p_notify text) RETURNS text
    LANGUAGE sql IMMUTABLE
AS $$
    SELECT nullif(concat_ws(': ', 'notify ' || p_notify, nullif(p_reason, '')), '')
$$;
COMMENT ON FUNCTION umws.pin_order_reason(text, text) IS
    'The reason as the audit has it: with the address that the PIN was to be mailed to, NULL = the user''s own.';

CREATE OR REPLACE FUNCTION umws.pin_order_prepare(
        p_login text, p_actor text, p_action text, p_reason text, p_notify text,
        p_lost uuid DEFAULT NULL,
        OUT result text, OUT back_off_ms bigint, OUT user_id bigint,
        OUT basis text, OUT recipient text, OUT extension text,
        OUT rules text, OUT hash_parameters text, OUT login text, OUT display_name text,
        OUT is_first boolean)
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
    result := umws.pin_order_refusal(v_user, v_policy, p_notify, p_lost);
    IF result IS NOT NULL THEN
        INSERT INTO umws.audit (user_id, login, actor, actor_address, way, action,
            result, policy, reason)
        VALUES (v_user.id, login, umws.operator_or_role(p_actor), inet_client_addr(),
            'umwsctl', p_action, result, v_policy.name,
            umws.pin_order_reason(p_reason, p_notify));
        RETURN;
    END IF;
    result := 'ok';
    user_id := v_user.id;
    is_first := v_user.generation = 0;
    -- The kind of the mail, which is sealed with it, goes by that.
    basis := is_first::text || ' ' || umws.reset_basis(v_user, v_policy);
    recipient := CASE WHEN p_action = 'pin_reset' OR v_policy.notify_change
        THEN v_user.email ELSE '' END;
    extension := coalesce(v_user.extension, '');
    rules := v_policy.rules;
    display_name := v_user.display_name;
    hash_parameters := umws.history_parameters(v_user.id, v_policy.pin_history_count);
END
$$;
COMMENT ON FUNCTION umws.pin_order_prepare(text, text, text, text, text, uuid) IS
    'As reset_prepare, for an operator, whom no limit binds. p_action: pin_reset, or pin_set. p_notify: where the PIN is to be mailed, NULL = to its user. recipient: the user''s address; empty = no mail is to tell of it. is_first: it has never had a PIN; the mail of a pin_reset to its user is then of the kind welcome. p_lost: a mail that was never sent, if that is why; NULL = it is not. result: ok; unknown, disabled, pin_locked, notify_refused, not_lost, which are audited.';
GRANT EXECUTE ON FUNCTION umws.pin_order_prepare(text, text, text, text, text, uuid) TO umws_admin, umws_helpdesk;

CREATE OR REPLACE FUNCTION umws.pin_order_verdict(
        p_user umws.um_user, p_policy umws.policy, p_action text, p_basis text, p_rule text,
        p_key_ids text[], p_verifiers text[], p_mail_key_id text, p_sealed bytea,
        p_notify text, p_lost uuid)
    RETURNS text
    LANGUAGE plpgsql STABLE
AS $$
DECLARE
    v_verdict text;
BEGIN
    v_verdict := coalesce(umws.pin_order_refusal(p_user, p_policy, p_notify, p_lost),
        CASE WHEN starts_with(p_basis, (p_user.generation = 0)::text || ' ')
            THEN umws.pin_verdict(p_user, p_policy, substr(p_basis, strpos(p_basis, ' ') + 1),
                p_rule, p_key_ids, p_verifiers,
                CASE WHEN p_sealed IS NULL THEN '' ELSE p_mail_key_id END)
            ELSE 'stale' END);
    -- A PIN that was drawn reaches its user by the mail alone.
    IF v_verdict = 'ok' AND p_sealed IS NULL
            AND (p_action = 'pin_reset' OR p_policy.notify_change) THEN
        v_verdict := 'stale';
    END IF;
    RETURN v_verdict;
END
$$;
COMMENT ON FUNCTION umws.pin_order_verdict(umws.um_user, umws.policy, text, text, text, text[], text[], text, bytea, text, uuid) IS
    'May a locked mailbox have this PIN from an operator? ok, or what pin_order_commit says, the rule in place of refused.';

CREATE OR REPLACE FUNCTION umws.pin_order_commit(
        p_reset_id uuid, p_user_id bigint, p_login text, p_actor text, p_action text,
        p_reason text, p_basis text, p_rule text, p_key_ids text[], p_verifiers text[],
        p_mail_key_id text, p_sealed bytea, p_notify text, p_notice_id uuid, p_notice bytea,
        p_lost uuid DEFAULT NULL,
        OUT result text, OUT back_off_ms bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_now    timestamptz;
    v_user   umws.um_user;
    v_policy umws.policy;
    v_rule   text;
BEGIN
    PERFORM umws.commit_durably();
    IF p_action NOT IN ('pin_reset', 'pin_set') THEN
        RAISE EXCEPTION 'there is no action "%"', p_action
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO v_user FROM umws.um_user u WHERE u.id = p_user_id FOR UPDATE;
    v_now := clock_timestamp();
    SELECT * INTO v_policy FROM umws.policy p WHERE p.id = v_user.policy_id;
    result := umws.pin_order_verdict(v_user, v_policy, p_action, p_basis, p_rule, p_key_ids,
        p_verifiers, p_mail_key_id, p_sealed, p_notify, p_lost);
    -- Of a PIN that was drawn there is another one; this one somebody has chosen.
    IF p_action = 'pin_set' AND (result = 'history' OR result = p_rule) THEN
        v_rule := result;
        result := 'refused';
    END IF;
    -- As in reset_commit(): if the id is taken, all of this fails.
    INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way, action,
        result, rule, policy, reason, operation_id)
    VALUES (v_now, p_user_id, coalesce(v_user.login, umws.login_form(p_login)),
        umws.operator_or_role(p_actor), inet_client_addr(), 'umwsctl', p_action, result,
        v_rule, v_policy.name, umws.pin_order_reason(p_reason, p_notify), p_reset_id);
    IF result = 'ok' THEN
        PERFORM umws.pin_store(p_user_id, v_now, p_key_ids[1], p_verifiers[1], p_reset_id,
            CASE WHEN p_action = 'pin_set' THEN 'set'
                WHEN v_user.generation = 0 AND p_notify IS NULL THEN 'welcome'
                ELSE 'admin' END, p_mail_key_id,
            p_sealed);
    END IF;
    IF result = 'ok' AND p_notify IS NOT NULL THEN
        UPDATE umws.outbox o SET recipient = p_notify::umws.mail_address
        WHERE o.id = p_reset_id;
        INSERT INTO umws.outbox (id, user_id, generation, kind, recipient, locale,
            key_id, sealed, next_attempt_at, created_at, expires_at, display_name,
            extension, access_numbers, contact, extra_text, brand_name, brand_color,
            is_locked_out, must_change, pin_expires_at, temporary_until)
        SELECT p_notice_id, o.user_id, o.generation, 'elsewhere', v_user.email, o.locale,
            o.key_id, p_notice, v_now, v_now, v_now + interval '120 hours',
            o.display_name, o.extension, o.access_numbers, o.contact, '', o.brand_name,
            o.brand_color, o.is_locked_out, o.must_change, o.pin_expires_at, o.temporary_until
        FROM umws.outbox o WHERE o.id = p_reset_id;
    END IF;
END
$$;
COMMENT ON FUNCTION umws.pin_order_commit(uuid, bigint, text, text, text, text, text, text, text[], text[], text, bytea, text, uuid, bytea, uuid) IS
    'As reset_commit, for an operator; it ends a lockout, but not one by an administrator. Of pin_set, p_rule: the rule of the policy that the PIN breaks, NULL = none; p_sealed: the notice, NULL = none. p_notify: the address that p_sealed goes to, NULL = the user''s; the user is then told by the mail p_notice_id, in which p_notice is sealed. p_lost: as pin_order_prepare has it. result: ok; nothing changed: unknown, disabled, pin_locked, notify_refused, not_lost, stale, history, key_unknown; refused: pin_set, and a rule of the policy is against that PIN.';
GRANT EXECUTE ON FUNCTION umws.pin_order_commit(uuid, bigint, text, text, text, text, text, text, text[], text[], text, bytea, text, uuid, bytea, uuid) TO umws_admin, umws_helpdesk;

CREATE OR REPLACE FUNCTION umws.pin_order_outcome(
        p_reset_id uuid, p_user_id bigint, p_login text, p_actor text, p_action text)
    RETURNS text
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '3s'
AS $$
    SELECT umws.commit_durably();
    SELECT umws.operation_outcome(p_reset_id, p_user_id, umws.login_form(p_login),
        umws.operator_or_role(p_actor), 'umwsctl', p_action)
$$;
COMMENT ON FUNCTION umws.pin_order_outcome(uuid, bigint, text, text, text) IS
    'As reset_outcome, of a pin_order_commit.';
GRANT EXECUTE ON FUNCTION umws.pin_order_outcome(uuid, bigint, text, text, text) TO umws_admin, umws_helpdesk;

RESET ROLE;
