-- reset.sql - what the worker calls: who may reset, the one reset
-- transaction, and what became of a commit whose answer was lost.
--
-- No function here returns a hash or a sealed PIN.

SET LOCAL ROLE umws_owner;

CREATE OR REPLACE FUNCTION umws.is_um_enabled(p_login text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce((SELECT u.um_enabled FROM umws.um_user u
        WHERE u.login = umws.login_form(p_login)), false)
$$;
COMMENT ON FUNCTION umws.is_um_enabled(text) IS
    'Has this login an enabled mailbox? False without a mailbox.';
GRANT EXECUTE ON FUNCTION umws.is_um_enabled(text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.not_enabled_cause(p_login text, p_other text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    -- Both names are looked up in any case: what it takes tells nothing.
    SELECT CASE
        WHEN count(*) FILTER (WHERE u.login = umws.login_form(p_login)) > 0 THEN 'disabled'
        WHEN count(*) > 0 THEN 'other'
        ELSE 'unknown' END
    FROM umws.um_user u
    WHERE u.login IN (umws.login_form(p_login), p_other)
$$;
COMMENT ON FUNCTION umws.not_enabled_cause(text, text) IS
    'Why a login has no enabled mailbox, for the log: unknown; disabled; other: the same name under another domain, or without one, has a mailbox.';
GRANT EXECUTE ON FUNCTION umws.not_enabled_cause(text, text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.reset_prepare(
        p_login text, p_address inet, p_request_id text,
        OUT result text, OUT back_off_ms bigint, OUT user_id bigint,
        OUT basis text, OUT recipient text, OUT extension text,
        OUT display_name text, OUT rules text, OUT hash_parameters text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login         text := umws.login_form(p_login);
    v_now           timestamptz := clock_timestamp();
    v_is_um_enabled boolean;
    v_is_pin_locked boolean;
    v_policy        text;
    v_per_hour      integer;
    v_per_day       integer;
    v_parameters    text[];
    v_resets        timestamptz[];
    v_rule          text;
    v_free_at       timestamptz;
    v_limit         record;
BEGIN
    SELECT u.id, u.um_enabled, u.pin_locked, u.email, coalesce(u.extension, ''),
        u.display_name, umws.reset_basis(u, p), p.name, p.rules, p.resets_per_hour, p.resets_per_day,
        ARRAY(
            SELECT umws.hash_parameters(h.pin_key_id, h.verifier)
            FROM umws.pin_history h
            WHERE h.user_id = u.id
            ORDER BY h.generation DESC LIMIT p.pin_history_count),
        ARRAY(
            SELECT a.at FROM umws.audit a
            WHERE a.user_id = u.id AND a.action = 'reset' AND a.result = 'ok'
                AND a.at > v_now - interval '24 hours'
            ORDER BY a.at DESC LIMIT greatest(p.resets_per_hour, p.resets_per_day))
    INTO user_id, v_is_um_enabled, v_is_pin_locked, recipient, extension,
        display_name, basis, v_policy, rules, v_per_hour, v_per_day, v_parameters, v_resets
    FROM umws.um_user u JOIN umws.policy p ON p.id = u.policy_id
    WHERE u.login = v_login;
    result := 'ok';
    IF user_id IS NULL OR NOT v_is_um_enabled THEN
        result := 'not_enabled';
        v_rule := CASE WHEN user_id IS NULL THEN 'unknown' ELSE 'disabled' END;
    ELSIF v_is_pin_locked THEN
        result := 'pin_locked';
    ELSE
        -- Of several limits the one that lasts longest is told.
        IF cardinality(v_resets) >= least(nullif(v_per_hour, 0), nullif(v_per_day, 0)) THEN
            v_limit := umws.mailbox_back_off(v_resets, v_per_hour, v_per_day, v_now);
            v_rule := v_limit.rule;
            v_free_at := v_limit.free_at;
        END IF;
        v_limit := umws.common_back_off(p_address, v_now);
        IF v_limit.free_at > coalesce(v_free_at, v_now) THEN
            v_rule := v_limit.rule;
            v_free_at := v_limit.free_at;
        END IF;
        IF v_rule IS NOT NULL THEN
            result := 'busy';
            back_off_ms := ceil(extract(epoch FROM v_free_at - v_now) * 1000)::bigint;
        END IF;
    END IF;
    IF result <> 'ok' THEN
        PERFORM umws.commit_durably();
        PERFORM umws.audit_refusal(user_id, v_login, v_login, p_address, p_request_id,
            'reset', result, v_rule, v_policy);
        user_id := NULL;
        basis := NULL;
        recipient := NULL;
        extension := NULL;
        display_name := NULL;
        rules := NULL;
        RETURN;
    END IF;
    hash_parameters := umws.distinct_hash_parameters(v_parameters);
END
$$;
COMMENT ON FUNCTION umws.reset_prepare(text, inet, text) IS
    'May this login reset now, and what is a PIN drawn, derived and sealed by? result: ok, not_enabled, pin_locked, busy (back_off_ms). rules: as in policy. hash_parameters: "keyid:PHC string without its hash" of the last PINs, newest first, parted by blanks. Refusals are audited.';
GRANT EXECUTE ON FUNCTION umws.reset_prepare(text, inet, text) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.reset_commit(
        p_reset_id uuid, p_user_id bigint, p_login text, p_address inet,
        p_request_id text, p_basis text, p_key_ids text[], p_verifiers text[],
        p_mail_key_id text, p_sealed bytea,
        OUT result text, OUT back_off_ms bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_login         text := umws.login_form(p_login);
    v_now           timestamptz;
    v_user          umws.um_user;
    v_is_key_active boolean;
    v_basis         text;
    v_policy        text;
    v_per_hour      integer;
    v_per_day       integer;
    v_marks         text[];
    v_resets        timestamptz[];
    v_rule          text;
    v_limit         record;
BEGIN
    PERFORM umws.commit_durably();
    SELECT * INTO v_user FROM umws.um_user u
    WHERE u.id = p_user_id AND u.login = v_login FOR UPDATE;
    v_now := clock_timestamp();
    -- Read under the lock: what has committed while we waited for it counts.
    SELECT umws.reset_basis(v_user, p), p.name, p.resets_per_hour, p.resets_per_day,
        EXISTS (SELECT FROM umws.mail_key k
            WHERE k.id = p_mail_key_id AND k.state = 'active'),
        ARRAY(
            SELECT umws.history_mark(h.pin_key_id, h.verifier, p_verifiers)
            FROM umws.pin_history h
            WHERE h.user_id = v_user.id
            ORDER BY h.generation DESC LIMIT p.pin_history_count),
        ARRAY(
            SELECT a.at FROM umws.audit a
            WHERE a.user_id = v_user.id AND a.action = 'reset' AND a.result = 'ok'
                AND a.at > v_now - interval '24 hours'
            ORDER BY a.at DESC LIMIT greatest(p.resets_per_hour, p.resets_per_day))
    INTO v_basis, v_policy, v_per_hour, v_per_day, v_is_key_active, v_marks, v_resets
    FROM umws.policy p
    WHERE p.id = v_user.policy_id;

    result := 'ok';
    IF v_user.um_enabled IS NOT TRUE THEN
        result := 'not_enabled';
        v_rule := CASE WHEN v_user.id IS NULL THEN 'unknown' ELSE 'disabled' END;
    ELSIF v_user.pin_locked THEN
        result := 'pin_locked';
    ELSIF v_basis IS DISTINCT FROM p_basis THEN
        result := 'stale';
    ELSE
        result := umws.history_verdict(v_marks, p_key_ids, p_verifiers);
    END IF;
    IF result = 'ok' AND NOT v_is_key_active THEN
        result := 'key_unknown';
    END IF;
    -- The limits over all mailboxes were looked at in reset_prepare(): they
    -- hold but for the resets that are on their way at the same time.
    IF result = 'ok'
        AND cardinality(v_resets) >= least(nullif(v_per_hour, 0), nullif(v_per_day, 0))
    THEN
        v_limit := umws.mailbox_back_off(v_resets, v_per_hour, v_per_day, v_now);
        IF v_limit.rule IS NOT NULL THEN
            result := 'busy';
            v_rule := v_limit.rule;
            back_off_ms := ceil(extract(epoch FROM v_limit.free_at - v_now) * 1000)::bigint;
        END IF;
    END IF;
    -- reset_outcome() may have been here before us: then the id is taken,
    -- and all of this fails.
    INSERT INTO umws.audit (at, user_id, login, actor, actor_address, way, action,
        result, rule, policy, operation_id, request_id, reset_number)
    VALUES (v_now, p_user_id, v_login, v_login, p_address, 'soap', 'reset', result,
        v_rule, v_policy, p_reset_id, p_request_id,
        CASE WHEN result = 'ok' THEN nextval('umws.audit_reset_number_seq') END);
    IF result = 'ok' THEN
        PERFORM umws.pin_store(p_user_id, v_now, p_key_ids[1], p_verifiers[1],
            p_reset_id, 'reset', p_mail_key_id, p_sealed);
    END IF;
END
$$;
COMMENT ON FUNCTION umws.reset_commit(uuid, bigint, text, inet, text, text, text[], text[], text, bytea) IS
    'The one reset transaction. p_key_ids and p_verifiers: the candidate under all hash_parameters of reset_prepare, the one to store first. result: ok; nothing changed: stale (prepare again), history (draw again), busy (back_off_ms), not_enabled, pin_locked, key_unknown.';
GRANT EXECUTE ON FUNCTION umws.reset_commit(uuid, bigint, text, inet, text, text, text[], text[], text, bytea) TO umws_worker;

CREATE OR REPLACE FUNCTION umws.operation_outcome(
        p_operation_id uuid, p_user_id bigint, p_login text, p_actor text, p_way text,
        p_action text)
    RETURNS text
    LANGUAGE plpgsql
AS $$
DECLARE
    v_result text;
BEGIN
    -- A plain SELECT would find nothing while the old backend is still at
    -- work, and then it commits. The insert waits for it, or fences it off.
    INSERT INTO umws.audit (user_id, login, actor, way, action, result, operation_id)
    VALUES (p_user_id,
        coalesce((SELECT u.login FROM umws.um_user u WHERE u.id = p_user_id), p_login),
        p_actor, p_way, p_action, 'abandoned', p_operation_id)
    ON CONFLICT (operation_id) DO NOTHING;
    IF FOUND THEN
        RETURN 'abandoned';
    END IF;
    PERFORM umws.commit_behind();
    SELECT a.result INTO STRICT v_result FROM umws.audit a
    WHERE a.operation_id = p_operation_id;
    RETURN v_result;
END
$$;
COMMENT ON FUNCTION umws.operation_outcome(uuid, bigint, text, text, text, text) IS
    'What became of the transaction that has, or would have had, this id in the audit: its result, or abandoned: it never happened and now never can. p_login: of a mailbox that is gone.';

CREATE OR REPLACE FUNCTION umws.reset_outcome(p_reset_id uuid, p_user_id bigint, p_login text)
    RETURNS text
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '3s'
AS $$
    SELECT umws.commit_durably();
    SELECT umws.operation_outcome(p_reset_id, p_user_id, umws.login_form(p_login),
        umws.login_form(p_login), 'soap', 'reset')
$$;
COMMENT ON FUNCTION umws.reset_outcome(uuid, bigint, text) IS
    'What became of a reset_commit or auto_commit whose answer was lost: its result, or abandoned: it never happened and now never can.';
GRANT EXECUTE ON FUNCTION umws.reset_outcome(uuid, bigint, text) TO umws_worker;

RESET ROLE;
